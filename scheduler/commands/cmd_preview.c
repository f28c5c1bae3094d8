#include <string.h>

#include "base/i18n.h"
#include "campaign/checker.h"
#include "commands/preview.h"
#include "commands/survey.h"
#include "text/similar.h"

enum { DEFAULT_DAYS = 7, MOST_ROUNDS = 4 };

bool preview_shows(const struct preview *preview, const struct occurrence *occurrence)
{
    return (!preview->campaign || !strcmp(preview->campaign, occurrence->campaign->name)) &&
           (!preview->account || !strcmp(preview->account, occurrence->account->name));
}

static bool unknown_name(const char *what, const struct similar *similar, struct err *err)
{
    if (similar->best)
        return err_set(err, ERR_USAGE, _("there is no %s \"%s\"; did you mean \"%s\"?"), what,
                       similar->word, similar->best);
    return err_set(err, ERR_USAGE, _("there is no %s \"%s\""), what, similar->word);
}

static bool check_campaign(const char *name, const struct campaign_set *set, struct err *err)
{
    struct similar similar = similar_to(name);

    for (size_t i = 0; i < set->count; i++) {
        if (!strcmp(set->campaigns[i].name, name))
            return true;
        similar_offer(&similar, set->campaigns[i].name);
    }
    return unknown_name(_("campaign"), &similar, err);
}

static bool check_account(const char *name, const struct workspace *workspace, struct err *err)
{
    struct similar similar = similar_to(name);

    for (size_t i = 0; i < workspace->account_count; i++)
        similar_offer(&similar, workspace->accounts[i].name);
    return workspace_account(workspace, name) || unknown_name(_("account"), &similar, err);
}

/* What is said of the texts that are shown, each once. */
static void gather_findings(const struct preview *preview, struct findings *findings)
{
    const struct post *post = NULL;
    size_t first = 0;

    for (size_t i = 0; i < preview->occurrences.count; i++) {
        const struct occurrence *occurrence = &preview->occurrences.items[i];

        if (occurrence->text->counted || !preview_shows(preview, occurrence))
            continue;
        occurrence->text->counted = true;
        if (occurrence->post != post)
            first = findings->count;
        post = occurrence->post;
        findings_take(findings, first, &occurrence->text->findings);
    }
    findings_sort(findings);
}

static void print_findings(const struct findings *findings)
{
    struct buffer text;

    buffer_init(&text, SIZE_MAX);
    findings_print(findings, &text);
    (void)fwrite(text.bytes, 1, text.length, stderr);
    buffer_clear(&text);
}

static bool read_window(const struct invocation *invocation, struct survey *survey,
                        struct preview *preview, struct err *err)
{
    int64_t days;

    if (!survey_days(invocation_value(invocation, "days"), DEFAULT_DAYS, &days, err) ||
        !survey_make(invocation, NULL, survey, err) ||
        !survey_time(survey, invocation_value(invocation, "from"), invocation->now, &preview->from,
                     err))
        return false;
    preview->workspace = &survey->set.workspace;
    preview->until = instant_plus(preview->from, span_days(days));
    preview->campaign = invocation_value(invocation, "campaign");
    preview->account = invocation_value(invocation, "account");
    preview->colour = invocation->colour;
    return (!preview->campaign || check_campaign(preview->campaign, &survey->set, err)) &&
           (!preview->account || check_account(preview->account, preview->workspace, err));
}

/* Rendered by what is known of the media now. */
static struct plan_texts *plan(const struct invocation *invocation, struct survey *survey,
                               struct preview *preview)
{
    struct plan_texts *texts =
        plan_texts_new(&survey->set, survey->facts, survey->fact_count, invocation->arena);

    preview->occurrences = (struct occurrences){.count = 0};
    plan_occurrences(texts, preview->from, preview->until, invocation->arena, &preview->occurrences,
                     &survey->findings);
    preview->media = plan_texts_media(texts);
    return texts;
}

/* What goes out is made first, as the daemon does it: the content is what it makes known. What
 * comes of one recipe can lead to another. */
static bool plan_made(const struct invocation *invocation, struct survey *survey,
                      struct preview *preview, struct err *err)
{
    const struct findings before = survey->findings;

    for (int round = 0;; round++) {
        const struct unmade *unmade;
        size_t count;

        plan_unmade(plan(invocation, survey, preview), invocation->arena, &unmade, &count);
        if (count == 0 || round == MOST_ROUNDS)
            return true;
        if (!survey_render(invocation, unmade, count, survey, err))
            return false;
        survey->findings = before;
    }
}

static bool print(const struct invocation *invocation, const struct preview *preview,
                  struct err *err)
{
    if (invocation->json) {
        preview_json(preview, stdout);
    } else {
        print_findings(preview->findings);
        preview_text(preview, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        return err_set(err, ERR_IO, _("the output could not be written"));
    return true;
}

static bool show(const struct invocation *invocation, struct survey *survey, struct err *err)
{
    const struct findings *findings = &survey->findings;
    struct preview preview = {.findings = findings};

    if (!read_window(invocation, survey, &preview, err) ||
        !plan_made(invocation, survey, &preview, err))
        return false;
    gather_findings(&preview, &survey->findings);
    if (!print(invocation, &preview, err))
        return false;
    if (findings->errors)
        return err_set(err, ERR_FOUND, "%zu %s, %zu %s", findings->errors,
                       dngettext("crier", "error", "errors", findings->errors), findings->warnings,
                       dngettext("crier", "warning", "warnings", findings->warnings));
    return true;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct survey survey = {0};
    bool ok = show(invocation, &survey, err);

    survey_end(&survey);
    return ok;
}

static const struct command_option options[] = {
    {0, "days", "N", N_("how many days to show, 1 to 400 (default: 7)"), false},
    {0, "from", "TIME", N_("where to begin: a date, a date and time, or RFC 3339 (default: now)"),
     false},
    {0, "campaign", "NAME", N_("show this campaign alone"), false},
    {0, "account", "NAME", N_("show this account alone"), false},
    {0},
};

const struct command cmd_preview = {
    .name = "preview",
    .summary = N_("show what would be published, where and when; send nothing"),
    .usage = "preview [--days N] [--from TIME] [--campaign NAME] [--account NAME] [--json]",
    .details = N_("Drafts are left out. What is held is listed at its own time, with the reason.\n"
                  "Pictures and videos that a platform wants in another form are made first; they\n"
                  "are kept in $XDG_CACHE_HOME/crier, else ~/.cache/crier."),
    .options = options,
    .effects = READS_FILES,
    .run = run,
};

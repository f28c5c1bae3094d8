#include <string.h>

#include "base/i18n.h"
#include "campaign/checker.h"
#include "commands/preview.h"
#include "commands/survey.h"
#include "text/similar.h"

enum { DEFAULT_DAYS = 7 };

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

static bool read_preview(const struct invocation *invocation, struct survey *survey,
                         struct preview *preview, struct err *err)
{
    struct plan_texts *texts;
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
    if (preview->campaign && !check_campaign(preview->campaign, &survey->set, err))
        return false;
    if (preview->account && !check_account(preview->account, preview->workspace, err))
        return false;
    texts = plan_texts_new(&survey->set, survey->facts, survey->fact_count, invocation->arena);
    plan_occurrences(texts, preview->from, preview->until, invocation->arena, &preview->occurrences,
                     &survey->findings);
    preview->findings = &survey->findings;
    return true;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct survey survey = {0};
    struct preview preview = {0};

    if (!read_preview(invocation, &survey, &preview, err))
        return false;
    gather_findings(&preview, &survey.findings);
    if (invocation->json) {
        preview_json(&preview, stdout);
    } else {
        print_findings(&survey.findings);
        preview_text(&preview, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        return err_set(err, ERR_IO, _("the output could not be written"));
    if (survey.findings.errors)
        return err_set(err, ERR_FOUND, "%zu %s, %zu %s", survey.findings.errors,
                       dngettext("crier", "error", "errors", survey.findings.errors),
                       survey.findings.warnings,
                       dngettext("crier", "warning", "warnings", survey.findings.warnings));
    return true;
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
    .details = N_("Drafts are left out. What is held is listed at its own time, with the reason."),
    .options = options,
    .effects = READS_FILES,
    .run = run,
};

#include <string.h>

#include "base/i18n.h"
#include "campaign/checker.h"
#include "commands/preview.h"
#include "commands/preview_requests.h"
#include "commands/survey.h"

enum { DEFAULT_DAYS = 7, MOST_ROUNDS = 4 };

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

/* ---- the forms ---- */

/* What is written into a file or folder that the user names. */
static const struct file_form {
    const char *option;
    bool (*write)(const struct preview *preview, const char *where, struct err *err);
    const char *makes; /* in that folder: it is named when it is written */
} file_forms[] = {
    {"html", preview_html, "/index.html"},
    {"ics", preview_ics, ""},
    {NULL, NULL, NULL},
};

/* What is printed where no file was asked for: the first that is wanted. */
static bool wants_json(const struct invocation *invocation)
{
    return invocation->json;
}

static bool wants_requests(const struct invocation *invocation)
{
    return invocation_has(invocation, "requests");
}

static bool wants_cards(const struct invocation *invocation)
{
    return invocation->word_count > 0 || invocation_has(invocation, "full");
}

static bool wants_table(const struct invocation *invocation)
{
    (void)invocation;
    return true;
}

static const struct print_form {
    bool (*is_wanted)(const struct invocation *invocation);
    void (*print)(const struct preview *preview, FILE *out);
    bool with_findings;  /* all of them, on stderr */
    bool with_elsewhere; /* those that stand at nothing that is shown */
} print_forms[] = {
    {wants_json, preview_json, false, false},
    {wants_requests, preview_requests, true, false},
    {wants_cards, preview_cards, false, true},
    {wants_table, preview_table, true, false},
};

static bool write_files(const struct invocation *invocation, const struct preview *preview,
                        bool *wrote, struct err *err)
{
    *wrote = false;
    for (const struct file_form *form = file_forms; form->option; form++) {
        const char *where = invocation_value(invocation, form->option);

        if (where && !form->write(preview, where, err))
            return false;
        if (where && strcmp(where, "-") != 0 && !invocation->json)
            printf("%s%s\n", where, form->makes);
        *wrote = *wrote || where;
    }
    return true;
}

static void print(const struct invocation *invocation, const struct preview *preview)
{
    const struct print_form *form = print_forms;

    while (!form->is_wanted(invocation))
        form++;
    if (form->with_findings)
        survey_tell(preview->findings, stderr);
    if (form->with_elsewhere)
        survey_tell(preview->elsewhere, stderr);
    form->print(preview, stdout);
}

static bool put_out(const struct invocation *invocation, const struct preview *preview,
                    struct err *err)
{
    bool wrote;

    if (!write_files(invocation, preview, &wrote, err))
        return false;
    if (wrote && !invocation->json)
        survey_tell(preview->findings, stderr);
    else
        print(invocation, preview);
    if (fflush(stdout) != 0 || ferror(stdout))
        return err_set(err, ERR_IO, _("the output could not be written"));
    return true;
}

/* ---- what is shown ---- */

static bool read_window(const struct invocation *invocation, const struct survey *survey,
                        struct preview *preview, struct err *err)
{
    int64_t days;

    if (!survey_count(invocation, "days", SURVEY_MOST_DAYS, DEFAULT_DAYS, &days, err) ||
        !survey_time(survey, invocation_value(invocation, "from"), invocation->now, &preview->from,
                     err))
        return false;
    preview->until = instant_plus(preview->from, span_days(days));
    return true;
}

static bool choose(const struct invocation *invocation, const struct survey *survey,
                   struct preview *preview, struct err *err)
{
    const struct campaign_set *set = &survey->set;

    return preview_campaign(invocation_value(invocation, "campaign"), set, preview, err) &&
           preview_account(invocation_value(invocation, "account"), set, preview, err) &&
           (invocation->word_count == 0 ||
            preview_choose(invocation->words[0], survey, invocation_has(invocation, "days"),
                           preview, err));
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

/* A post that was named is there, or it is said why not. */
static bool shows_any(const struct invocation *invocation, const struct preview *preview,
                      struct err *err)
{
    bool any = !preview->one_time;

    for (size_t i = 0; i < preview->occurrences.count && !any; i++)
        any = preview_shows(preview, &preview->occurrences.items[i]);
    return any || err_set(err, ERR_USAGE,
                          _("nothing of %s goes out: it is a draft, this date is excepted, or the "
                            "account is left out (accounts, skip)"),
                          invocation->words[0]);
}

static bool judge(const struct findings *findings, struct err *err)
{
    if (findings->errors == 0)
        return true;
    return err_set(err, ERR_FOUND, "%s, %s",
                   arena_printf(findings->arena, P_("%zu error", "%zu errors", findings->errors),
                                findings->errors),
                   arena_printf(findings->arena,
                                P_("%zu warning", "%zu warnings", findings->warnings),
                                findings->warnings));
}

static bool show(const struct invocation *invocation, struct survey *survey, struct err *err)
{
    struct findings elsewhere;
    struct preview preview = {.workspace = &survey->set.workspace,
                              .now = invocation->now,
                              .findings = &survey->findings,
                              .elsewhere = &elsewhere,
                              .shelf = &survey->cache.shelf,
                              .colour = invocation->colour,
                              .quiet = invocation->json,
                              .with_requests = wants_requests(invocation),
                              .arena = invocation->arena};

    if (!survey_make(invocation, NULL, survey, err) ||
        !read_window(invocation, survey, &preview, err) ||
        !choose(invocation, survey, &preview, err) ||
        !plan_made(invocation, survey, &preview, err) || !shows_any(invocation, &preview, err))
        return false;
    findings_init(&elsewhere, invocation->arena);
    findings_take(&elsewhere, 0, &survey->findings);
    findings_sort(&elsewhere);
    gather_findings(&preview, &survey->findings);
    return put_out(invocation, &preview, err) && judge(&survey->findings, err);
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
    {0, "full", NULL, N_("all that is known of each delivery, not one row"), false},
    {0, "ics", "FILE", N_("write a calendar for phones (iCalendar); - is the standard output"),
     false},
    {0, "requests", NULL, N_("each HTTP request that would be sent, with marks for secrets"),
     false},
    {0, "html", "DIR", N_("write a page to look at in a browser and to print: DIR/index.html"),
     false},
    {0},
};

const struct command cmd_preview = {
    .name = "preview",
    .summary = N_("show what would be published, where and when; send nothing"),
    .usage = "preview [--days N] [--from TIME] [--campaign NAME] [--account NAME] [--full] "
             "[--html DIR] [--ics FILE] [--requests] [--json] [POST]",
    .details =
        N_("POST is \"traffic/helmet\", \"traffic/helmet@once\" or "
           "\"traffic/helmet@once/x-main\":\nall that is known of it, at its time or, where it "
           "repeats, the next time.\n\n"
           "Drafts are left out. What is held is listed at its own time, with the reason.\n"
           "Pictures and videos that a platform wants in another form are made first; they\n"
           "are kept in $XDG_CACHE_HOME/crier, else ~/.cache/crier."),
    .options = options,
    .effects = READS_FILES | WRITES_FILES,
    .most_words = 1,
    .run = run,
};

/* crier check - all that can be known of the files without a network, at once. */
#include <string.h>

#include "base/i18n.h"
#include "campaign/checker.h"
#include "commands/survey.h"
#include "commands/terminal.h"

static const struct command_option options[] = {
    {0, "from", "TIME", N_("what counts as today: a date, a date and time, or RFC 3339"), false},
    {0},
};

static bool is_asked_for(const struct invocation *invocation, const char *file)
{
    for (size_t i = 0; i < invocation->word_count; i++) {
        if (file && survey_names_file(invocation->words[i], file))
            return true;
    }
    return invocation->word_count == 0;
}

static bool is_known(const struct campaign_set *set, const char *word, struct similar *similar)
{
    if (survey_names_file(word, "crier.cfg"))
        return true;
    for (size_t i = 0; i < set->count; i++) {
        if (survey_names_file(word, set->campaigns[i].file))
            return true;
        similar_offer(similar, set->campaigns[i].name);
    }
    return false;
}

static bool check_words(const struct invocation *invocation, const struct campaign_set *set,
                        struct err *err)
{
    for (size_t i = 0; i < invocation->word_count; i++) {
        struct similar similar = similar_to(invocation->words[i]);

        if (!is_known(set, invocation->words[i], &similar))
            return survey_no_file(&similar, err);
    }
    return true;
}

/* All files are read, because texts are compared across them; these are the ones asked about. */
static size_t count_files(const struct invocation *invocation, const struct campaign_set *set)
{
    size_t count = is_asked_for(invocation, "crier.cfg");

    for (size_t i = 0; i < set->count; i++)
        count += is_asked_for(invocation, set->campaigns[i].file);
    return count;
}

static void select_findings(const struct invocation *invocation, const struct findings *all,
                            struct findings *selected)
{
    findings_init(selected, invocation->arena);
    for (size_t i = 0; i < all->count; i++) {
        if (is_asked_for(invocation, all->items[i].place.file))
            finding_copy(selected, &all->items[i]);
    }
    findings_sort(selected);
}

/* The first error, else the first warning. */
static const char *first_code(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].severity == SEVERITY_ERROR || !findings->errors)
            return findings->items[i].code;
    return NULL;
}

/* What a clerk can read out on the telephone. */
static const char *verdict(const struct findings *findings)
{
    if (findings->errors)
        return _(
            "NOT IN ORDER: nothing new in a file with errors goes out until they are corrected.");
    if (findings->warnings)
        return _(
            "No errors: the files are used. Read the warnings: some say that a post will be held.");
    return _("In order.");
}

static void print_end(const struct findings *findings)
{
    const char *code = first_code(findings);

    if (code) {
        (void)printf(_("'crier explain %s' shows an example of wrong and right."), code);
        (void)printf("\n\n");
    }
    terminal_print(stdout, "", "", verdict(findings), findings->arena);
}

static void print_text(const struct findings *findings, size_t files)
{
    survey_tell(findings, stdout);
    print_end(findings);
    (void)printf(P_("%zu file", "%zu files", files), files);
    (void)printf(", ");
    (void)printf(P_("%zu error", "%zu errors", findings->errors), findings->errors);
    (void)printf(", ");
    (void)printf(P_("%zu warning", "%zu warnings", findings->warnings), findings->warnings);
    (void)printf("\n");
}

static void print_facts(const struct invocation *invocation, const struct findings *findings,
                        size_t files)
{
    json_t *facts = findings_json(findings, files);

    (void)puts(json_write(facts, invocation->arena, NULL));
    json_decref(facts);
}

static bool check(const struct invocation *invocation, struct survey *survey, struct err *err)
{
    struct findings selected;
    struct instant today;
    size_t files;

    if (!survey_make(invocation, NULL, survey, err) ||
        !survey_time(survey, invocation_value(invocation, "from"), invocation->now, &today, err) ||
        !check_words(invocation, &survey->set, err))
        return false;
    check_set(&survey->set, today, survey->facts, survey->fact_count, invocation->arena,
              &survey->findings);
    select_findings(invocation, &survey->findings, &selected);
    files = count_files(invocation, &survey->set);
    if (invocation->json)
        print_facts(invocation, &selected, files);
    else
        print_text(&selected, files);
    return selected.errors == 0 || err_set(err, ERR_FOUND, "%s", "");
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct survey survey = {0};
    bool ok = check(invocation, &survey, err);

    survey_end(&survey);
    return ok;
}

const struct command cmd_check = {
    .name = "check",
    .summary = N_("find all that is wrong in the files; needs no network"),
    .usage = "check [--from TIME] [--json] [FILE...]",
    .details = N_("FILE is a campaign's name or its file; without one, all are checked."),
    .options = options,
    .effects = READS_FILES,
    .most_words = 1000,
    .run = run,
};

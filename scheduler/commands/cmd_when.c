/* crier when - what a time or a rule means: its plain form, and the next times it stands for. */
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/plan.h"
#include "campaign/read_repeat.h"
#include "campaign/reader.h"
#include "commands/command.h"
#include "commands/expression.h"
#include "commands/survey.h"
#include "page/dates.h"
#include "platform/registry.h"
#include "text/unicode.h"

enum { DEFAULT_TIMES = 5, MOST_TIMES = 1000, LABEL_COLUMNS = 14 };

static const struct command_option options[] = {
    {0, "from", "TIME", N_("the first time to look at: a date, a date and time, or RFC 3339"),
     false},
    {'n', "times", "N", N_("how many times to show (default: 5)"), false},
    {0},
};

struct meaning {
    const struct invocation *invocation;
    struct survey survey; /* crier.cfg alone */
    const struct campaign *campaign;
    struct instant from;
    size_t most; /* times to show */
    struct occurrences next;
    struct findings findings;
};

/* ---- Reading. ---- */

static bool read_workspace(struct meaning *meaning, struct err *err)
{
    static const char *const no_campaign[] = {NULL};
    const struct read_options reading = {.platforms = platform_facts_all(), .only = no_campaign};
    struct survey *survey = &meaning->survey;
    struct arena *arena = meaning->invocation->arena;

    findings_init(&survey->findings, arena);
    if (!workspace_read(meaning->invocation->workspace, &reading, arena, &survey->set,
                        &survey->findings, err))
        return false;
    if (survey->set.workspace_broken || survey->set.workspace.account_count == 0)
        return err_set(err, ERR_CONFIG,
                       _("crier.cfg has mistakes, so its time zone and quiet hours are not known; "
                         "'crier check' shows them"));
    return true;
}

/* Looks further ahead until enough is found: most rules need the first step only. */
static void find_next(struct meaning *meaning)
{
    static const int64_t steps[] = {35, 400, 4000, 40000};
    struct arena *arena = meaning->invocation->arena;
    const struct campaign_set *all = &meaning->survey.set;
    struct campaign_set *set = arena_alloc(arena, sizeof *set);

    *set = (struct campaign_set){.workspace = all->workspace,
                                 .campaigns = meaning->campaign,
                                 .count = 1};
    for (size_t i = 0; i < COUNT_OF(steps) && meaning->next.count < meaning->most; i++) {
        struct plan_texts *texts = plan_texts_new(set, NULL, 0, arena);

        meaning->next = (struct occurrences){0};
        plan_occurrences(texts, meaning->from, instant_plus(meaning->from, span_days(steps[i])),
                         arena, &meaning->next, NULL);
    }
    if (meaning->next.count > meaning->most)
        meaning->next.count = meaning->most;
}

/* ---- For people. ---- */

static void print_label(const char *label)
{
    size_t columns = unicode_columns(label, strlen(label));

    for (; columns < LABEL_COLUMNS; columns++)
        putchar(' ');
    (void)printf("%s: ", label);
}

static void print_line(const char *label, const char *text)
{
    print_label(label);
    (void)puts(text);
}

static const char *normal_form(const struct meaning *meaning)
{
    const struct post *post = meaning->campaign->posts;
    const struct civil *at = &post->at;
    struct arena *arena = meaning->invocation->arena;

    if (post->repeats)
        return repeat_written(&post->repeat, arena);
    return arena_printf(arena,
                        at->second ? "at = \"%04d-%02d-%02d %02d:%02d:%02d\";"
                                   : "at = \"%04d-%02d-%02d %02d:%02d\";",
                        at->year, at->month, at->day, at->hour, at->minute, at->second);
}

/* "in 3 days 4 h"; nothing when another time than now counts. */
static const char *distance(const struct meaning *meaning, struct instant t)
{
    struct arena *arena = meaning->invocation->arena;
    struct span ahead = instant_since(t, meaning->invocation->now);
    int64_t minutes = ahead.ms / 60000, hours = minutes / 60, days = hours / 24;

    if (invocation_has(meaning->invocation, "from"))
        return "";
    if (days > 0)
        return arena_printf(arena,
                            P_("in %" PRId64 " day %" PRId64 " h",
                               "in %" PRId64 " days %" PRId64 " h", (unsigned long)days),
                            days, hours % 24);
    if (hours > 0)
        return arena_printf(arena, _("in %" PRId64 " h %" PRId64 " min"), hours, minutes % 60);
    return arena_printf(arena, _("in %" PRId64 " min"), minutes);
}

static const char *clock_of(const struct meaning *meaning, struct instant t)
{
    struct civil wall = zone_civil(meaning->survey.set.workspace.zone, t);

    return arena_printf(meaning->invocation->arena, "%02d:%02d", wall.hour, wall.minute);
}

/* NULL when nothing stands in the way. */
static const char *obstacle(const struct meaning *meaning, const struct occurrence *occurrence)
{
    struct arena *arena = meaning->invocation->arena;

    if (!occurrence->held_by)
        return NULL;
    if (!instant_is_none(occurrence->waits_until))
        return arena_printf(arena, _("quiet hours: it would go out at %s"),
                            clock_of(meaning, occurrence->waits_until));
    if (occurrence->held_name)
        return arena_printf(arena, _("HELD: blackout \"%s\""),
                            unicode_line(occurrence->held_name, arena));
    return _("HELD: when quiet hours end it is of no use any more");
}

static void print_time(const struct meaning *meaning, const struct occurrence *occurrence)
{
    struct civil wall = zone_civil(meaning->survey.set.workspace.zone, occurrence->at);
    struct civil utc = civil_from_seconds(occurrence->at.ms / 1000);
    const char *held = obstacle(meaning, occurrence), *ahead = distance(meaning, occurrence->at);

    (void)printf("%s %04d-%02d-%02d %02d:%02d  %04d-%02d-%02d %02d:%02d UTC%s%s\n",
                 weekday_short(civil_weekday(civil_days(wall.year, wall.month, wall.day))),
                 wall.year, wall.month, wall.day, wall.hour, wall.minute, utc.year, utc.month,
                 utc.day, utc.hour, utc.minute, *ahead ? "  " : "", ahead);
    if (held)
        (void)printf("%*s%s%s%s\n", LABEL_COLUMNS + 2, "",
                     meaning->invocation->colour ? "\033[1;31m" : "", held,
                     meaning->invocation->colour ? "\033[0m" : "");
}

static void print_text(const struct meaning *meaning)
{
    survey_tell(&meaning->findings, stderr);
    print_line(_("written as"),
               unicode_line(meaning->invocation->words[0], meaning->invocation->arena));
    print_line(_("plain form"), normal_form(meaning));
    print_line(_("time zone"), zone_name(meaning->survey.set.workspace.zone));
    if (meaning->next.count == 0)
        print_line(_("next"), _("never: all its times are over"));
    for (size_t i = 0; i < meaning->next.count; i++) {
        print_label(i == 0 ? _("next") : _("then"));
        print_time(meaning, &meaning->next.items[i]);
    }
}

static void print_refusal(const struct meaning *meaning)
{
    survey_tell(&meaning->findings, stderr);
    if (!strchr(meaning->invocation->words[0], '='))
        (void)fputs(_("A rule is written as in a campaign, for example:\n"
                      "  crier when 'on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = "
                      "\"2026-12-01\";'\n"),
                    stderr);
}

/* ---- For programs. ---- */

static json_t *time_json(const struct meaning *meaning, const struct occurrence *occurrence)
{
    const struct zone *zone = meaning->survey.set.workspace.zone;
    char text[INSTANT_TEXT];
    json_t *time = json_object();

    json_put(time, "local",
             instant_local(occurrence->at, zone_offset_s(zone, occurrence->at), false, text));
    json_put(time, "utc", instant_local(occurrence->at, 0, false, text));
    json_put(time, "held_by", occurrence->held_by);
    json_put(time, "held_name", occurrence->held_name);
    json_put(time, "goes_out",
             occurrence_is_held(occurrence) ? NULL
             : occurrence->held_by
                 ? instant_local(occurrence->waits_until,
                                 zone_offset_s(zone, occurrence->waits_until), false, text)
                 : instant_local(occurrence->at, zone_offset_s(zone, occurrence->at), false, text));
    return time;
}

static void print_facts(const struct meaning *meaning)
{
    json_t *facts = findings_json(&meaning->findings, 0), *next = json_array();

    json_object_del(facts, "files");
    json_put(facts, "expression", meaning->invocation->words[0]);
    json_put(facts, "normal", meaning->campaign ? normal_form(meaning) : NULL);
    json_put(facts, "zone", zone_name(meaning->survey.set.workspace.zone));
    for (size_t i = 0; i < meaning->next.count; i++)
        json_array_append_new(next, time_json(meaning, &meaning->next.items[i]));
    json_object_set_new(facts, "next", next);
    (void)puts(json_write(facts, meaning->invocation->arena, NULL));
    json_decref(facts);
}

/* ---- */

static bool explain(struct meaning *meaning, struct err *err)
{
    const struct invocation *invocation = meaning->invocation;
    const struct workspace *workspace = &meaning->survey.set.workspace;
    int64_t times;

    if (!survey_count(invocation, "times", MOST_TIMES, DEFAULT_TIMES, &times, err) ||
        !read_workspace(meaning, err) ||
        !survey_time(&meaning->survey, invocation_value(invocation, "from"), invocation->now,
                     &meaning->from, err))
        return false;
    meaning->most = (size_t)times;
    findings_init(&meaning->findings, invocation->arena);
    meaning->campaign =
        expression_read(invocation->words[0], workspace, invocation->arena, &meaning->findings);
    if (meaning->campaign)
        find_next(meaning);
    if (invocation->json)
        print_facts(meaning);
    else if (meaning->campaign)
        print_text(meaning);
    else
        print_refusal(meaning);
    return meaning->campaign || err_set(err, ERR_FOUND, "%s", "");
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct meaning meaning = {.invocation = invocation};

    return explain(&meaning, err);
}

const struct command cmd_when = {
    .name = "when",
    .summary = N_("what a time or a rule means, and when it comes next"),
    .usage = "when [--from TIME] [-n N] [--json] 'EXPR'",
    .details =
        N_("EXPR is what stands in a campaign file: a time (2026-12-01 09:30), or what stands\n"
           "inside repeat = { }, as in: crier when 'on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = "
           "\"2026-12-01\";'\nMore keys of a post may follow at = or repeat =, such as class."),
    .options = options,
    .effects = READS_FILES,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};

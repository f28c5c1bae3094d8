/* The summary of a rehearsal. */
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "commands/rehearse.h"
#include "commands/words.h"
#include "text/unicode.h"

enum { BAR = 30, LABEL_COLUMNS = 16, DAY_MS = 86400000 };

/* The facts of design.md §7, then what was added since. */
static const struct figure {
    const char *name;  /* of the JSON member */
    const char *label; /* N_(); NULL: only in JSON */
    size_t offset;
} figures[] = {
    {"deliveries", N_("due"), offsetof(struct rehearse_result, deliveries)},
    {"published", N_("published"), offsetof(struct rehearse_result, published)},
    {"retried", N_("  after a retry"), offsetof(struct rehearse_result, retried)},
    {"doubtful", N_("  after doubt"), offsetof(struct rehearse_result, doubtful)},
    {"held", N_("held"), offsetof(struct rehearse_result, held)},
    {"expired", N_("expired"), offsetof(struct rehearse_result, expired)},
    {"failed", N_("failed"), offsetof(struct rehearse_result, failed)},
    {"cancelled", NULL, offsetof(struct rehearse_result, cancelled)},
    {"waiting", N_("still waiting"), offsetof(struct rehearse_result, waiting)},
    {"duplicates", N_("public twice"), offsetof(struct rehearse_result, duplicates)},
    {"lost", N_("lost"), offsetof(struct rehearse_result, lost)},
    {"unasked", NULL, offsetof(struct rehearse_result, unasked)},
};

static int64_t value_of(const struct figure *figure, const struct rehearse_result *result)
{
    int64_t value;

    memcpy(&value, (const char *)result + figure->offset, sizeof value);
    return value;
}

static const char *local(const struct rehearse *rehearse, struct instant t, struct arena *arena)
{
    struct civil wall = zone_civil(rehearse->survey.set.workspace.zone, t);

    return arena_printf(arena, "%04d-%02d-%02d %02d:%02d", wall.year, wall.month, wall.day,
                        wall.hour, wall.minute);
}

/* ---- for people ---- */

static void print_trouble(const struct rehearse *rehearse, const struct rehearse_trouble *trouble,
                          struct arena *arena, FILE *out)
{
    const struct delivery *row = trouble->row;
    const char *why = trouble->reason ? reason_sentence(trouble->reason)
                                      : _("since its files were read; 'crier preview' says why");

    fprintf(out, "  %s  %s\n      %s", local(rehearse, row->at, arena), delivery_name(row, arena),
            state_word(trouble->state));
    if (why)
        fprintf(out, ": %s", why);
    if (*row->note)
        fprintf(out, " (%s)", unicode_line(row->note, arena));
    if (trouble->public_times > 1)
        fprintf(out, _("; it is public %zu times"), trouble->public_times);
    if (trouble->lost)
        fputs(_("; it is lost"), out);
    fputc('\n', out);
}

static void print_troubles(const struct rehearse *rehearse, const struct rehearse_result *result,
                           FILE *out)
{
    struct arena scratch = {0};
    size_t i;

    if (result->trouble_count > 0)
        fputs(_("\nA person would have to look at\n"), out);
    for (i = 0; i < result->trouble_count; i++) {
        print_trouble(rehearse, &result->troubles[i], &scratch, out);
        arena_reset(&scratch);
    }
    arena_clear(&scratch);
}

static size_t count_live(const struct rehearse *rehearse)
{
    const struct workspace *workspace = &rehearse->survey.set.workspace;
    size_t i, count = 0;

    for (i = 0; i < workspace->account_count; i++)
        count += workspace->accounts[i].live;
    return count;
}

static void print_differences(const struct rehearse *rehearse, FILE *out)
{
    if (count_live(rehearse) > 0)
        fputs(_("\nLive accounts kept their approvals and their gap. What a sandbox cannot show: "
                "their\n"
                "tokens, https, this machine's clock, and limits of their servers that differ from "
                "the\n"
                "platform's usual ones.\n"),
              out);
}

static void print_verdict(const struct rehearse_result *result, FILE *out)
{
    if (rehearse_is_good(result))
        fputs(_("\nNothing went out twice, and nothing was lost.\n"), out);
    else
        fprintf(out,
                _("\nThis must not happen: %" PRId64 " public twice, %" PRId64 " lost, %" PRId64
                  " that nobody asked for.\nPlease report it, with the folder that --keep "
                  "leaves.\n"),
                result->duplicates, result->lost, result->unasked);
}

static void print_kept(const struct rehearse *rehearse, FILE *out)
{
    if (rehearse->keep)
        fprintf(out,
                _("\nKept in %s:\n  crier -C %s/workspace status\n  crier -C %s/workspace audit "
                  "show\n  crier-sandbox --virtual --port 8642 --state %s/sandbox   (the pages as "
                  "the public would see them)\n"),
                rehearse->keep, rehearse->keep, rehearse->keep, rehearse->keep);
}

void rehearse_print(const struct rehearse *rehearse, const struct rehearse_result *result,
                    FILE *out)
{
    struct arena scratch = {0};
    size_t i;

    fprintf(out,
            rehearse->script ? _("Rehearsed %1$s to %2$s, with the faults of %3$s.\n\n")
                             : _("Rehearsed %1$s to %2$s, without faults.\n\n"),
            local(rehearse, rehearse->from, &scratch), local(rehearse, rehearse->until, &scratch),
            rehearse->script);
    for (i = 0; i < COUNT_OF(figures); i++) {
        if (figures[i].label) {
            fprintf(out, "  %s%6" PRId64 "\n",
                    words_padded(_(figures[i].label), LABEL_COLUMNS, &scratch),
                    value_of(&figures[i], result));
        }
    }
    print_troubles(rehearse, result, out);
    print_differences(rehearse, out);
    print_verdict(result, out);
    print_kept(rehearse, out);
    arena_clear(&scratch);
}

/* ---- JSON ---- */

static json_t *trouble_json(const struct rehearse *rehearse, const struct rehearse_trouble *trouble,
                            struct arena *arena)
{
    const struct delivery *row = trouble->row;
    int offset_s = zone_offset_s(rehearse->survey.set.workspace.zone, row->at);
    json_t *object = json_object();
    char due[INSTANT_TEXT];

    json_put(object, "id", row->id);
    json_put(object, "name", delivery_name(row, arena));
    json_put(object, "due", instant_local(row->at, offset_s, false, due));
    json_put(object, "state", state_word(trouble->state));
    json_put(object, "reason", trouble->reason && *trouble->reason ? trouble->reason : NULL);
    json_put(object, "note", *row->note ? row->note : NULL);
    json_put_integer(object, "public", (int64_t)trouble->public_times);
    json_put_bool(object, "lost", trouble->lost);
    return object;
}

static json_t *troubles_json(const struct rehearse *rehearse, const struct rehearse_result *result)
{
    struct arena scratch = {0};
    json_t *list = json_array();
    size_t i;

    for (i = 0; result && i < result->trouble_count; i++)
        json_array_append_new(list, trouble_json(rehearse, &result->troubles[i], &scratch));
    arena_clear(&scratch);
    return list;
}

static json_t *findings_list(const struct rehearse *rehearse)
{
    json_t *facts = findings_json(&rehearse->survey.findings, 0);
    json_t *list = json_incref(json_object_get(facts, "findings"));

    json_decref(facts);
    return list;
}

void rehearse_print_json(const struct rehearse *rehearse, const struct rehearse_result *result,
                         FILE *out)
{
    struct arena scratch = {0};
    json_t *object = json_object();
    size_t i;

    json_put_integer(object, "days", rehearse->days);
    for (i = 0; i < COUNT_OF(figures); i++)
        json_put_new(object, figures[i].name,
                     result ? json_integer(value_of(&figures[i], result)) : NULL);
    json_put_new(object, "troubles", troubles_json(rehearse, result));
    json_put_new(object, "findings", findings_list(rehearse));
    json_put_new(object, "wall_ms", result ? json_integer(rehearse->wall_ms) : NULL);
    fprintf(out, "%s\n", json_write(object, &scratch, NULL));
    json_decref(object);
    arena_clear(&scratch);
}

/* ---- while it runs ---- */

void rehearse_moved(void *arg, struct instant now)
{
    const struct rehearse *rehearse = arg;
    int64_t whole = instant_since(rehearse->until, rehearse->from).ms;
    int64_t done = instant_since(now, rehearse->from).ms;
    int filled;

    if (!rehearse->progress)
        return;
    done = done < whole ? done : whole;
    filled = (int)(done * BAR / whole);
    fprintf(stderr, _("\r[%.*s%*s] day %" PRId64 " of %" PRId64), filled,
            "##############################", BAR - filled, "", done / DAY_MS, rehearse->days);
    fflush(stderr);
}

void rehearse_end_progress(const struct rehearse *rehearse)
{
    if (rehearse->progress)
        fprintf(stderr, _("\r\033[K%" PRId64 " days in %" PRId64 ".%" PRId64 " s\n"),
                rehearse->days, rehearse->wall_ms / 1000, rehearse->wall_ms % 1000 / 100);
}

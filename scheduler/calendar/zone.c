#include "calendar/zone.h"

#include <glib.h>
#include <string.h>

#include "base/i18n.h"

enum { DAY_S = 86400 };

struct zone {
    GTimeZone *rules;
    char name[];
};

/* tzdata's own list: "# version 2026f", "Z NAME rules...", "L TARGET NAME", and lines of rules. */
static const char list_path[] = "/usr/share/zoneinfo/tzdata.zi";

static bool read_list(struct arena *arena, char **text)
{
    gchar *bytes;

    if (!g_file_get_contents(list_path, &bytes, NULL, NULL))
        return false;
    *text = arena_text(arena, bytes);
    g_free(bytes);
    return true;
}

/* Cuts the next blank-separated word off a line; "" at the line's end. */
static char *next_word(char **line)
{
    char *word = *line + strspn(*line, " \t");
    char *end = word + strcspn(word, " \t");

    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

struct entry {
    const char *name;
    const char *target; /* NULL for a zone of its own */
};

/* One entry of the list after another; *rest starts at the text and is used up. */
static bool next_entry(char **rest, struct entry *entry)
{
    while (**rest) {
        char *line = *rest;
        char *end = line + strcspn(line, "\n");
        const char *kind;

        *rest = *end ? end + 1 : end;
        *end = '\0';
        kind = next_word(&line);
        *entry = (struct entry){0};
        if (!strcmp(kind, "L"))
            entry->target = next_word(&line);
        if (entry->target || !strcmp(kind, "Z")) {
            entry->name = next_word(&line);
            return true;
        }
    }
    return false;
}

static bool find_entry(const char *name, struct arena *arena, struct entry *entry)
{
    char *rest;

    if (!read_list(arena, &rest))
        return false;
    while (next_entry(&rest, entry)) {
        if (!strcmp(entry->name, name))
            return true;
    }
    return false;
}

/* GLib opens whatever file the name leads to: only plain parts joined by single slashes get there.
 */
static bool has_zone_form(const char *name)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-";
    size_t slashes = 0, part;

    if (!g_ascii_isupper(*name) || strlen(name) > 64)
        return false;
    for (;;) {
        part = strspn(name, letters);
        if (!part)
            return false;
        name += part;
        if (!*name)
            return true;
        if (*name != '/' || ++slashes > 2)
            return false;
        name++;
    }
}

/* Without a list only names with a place in them: GLib would read "IST-5" as a rule. */
static bool is_known(const char *name)
{
    struct arena scratch = {0};
    struct entry entry;
    char *list;
    bool known = has_zone_form(name);

    if (known && read_list(&scratch, &list))
        known = find_entry(name, &scratch, &entry);
    else if (known)
        known = strchr(name, '/') || !strcmp(name, "UTC");
    arena_clear(&scratch);
    return known;
}

bool zone_open(const char *name, struct zone **zone, struct err *err)
{
    GTimeZone *rules = is_known(name) ? g_time_zone_new_identifier(name) : NULL;
    size_t size = strlen(name) + 1;

    *zone = NULL;
    if (!rules)
        return err_set(err, ERR_CONFIG, _("there is no time zone \"%s\""), name);
    *zone = g_malloc(sizeof **zone + size);
    (*zone)->rules = rules;
    memcpy((*zone)->name, name, size);
    return true;
}

void zone_close(struct zone *zone)
{
    if (!zone)
        return;
    g_time_zone_unref(zone->rules);
    g_free(zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

static int64_t seconds_of(struct instant t)
{
    int64_t seconds = t.ms / 1000;

    return t.ms % 1000 < 0 ? seconds - 1 : seconds;
}

static struct instant instant_of(int64_t seconds)
{
    return (struct instant){seconds * 1000};
}

static int64_t offset_at(const struct zone *zone, int64_t utc_s)
{
    gint interval = g_time_zone_find_interval(zone->rules, G_TIME_TYPE_UNIVERSAL, utc_s);

    return g_time_zone_get_offset(zone->rules, interval);
}

int zone_offset_s(const struct zone *zone, struct instant t)
{
    return (int)offset_at(zone, seconds_of(t));
}

struct civil zone_civil(const struct zone *zone, struct instant t)
{
    int64_t seconds = seconds_of(t);

    return civil_from_seconds(seconds + offset_at(zone, seconds));
}

/* The offsets a day before and a day after are the only candidates, since no zone changes twice in
 * two days. GLib's own conversion trusts the summer-time flag, which is wrong in Dublin. */
enum zone_fit zone_resolve(const struct zone *zone, const struct civil *civil,
                           struct instant *first, struct instant *second)
{
    int64_t wall = civil_seconds(civil);
    int64_t before = offset_at(zone, wall - DAY_S), after = offset_at(zone, wall + DAY_S);
    int64_t early = wall - before, late = wall - after;
    bool early_fits = offset_at(zone, early) == before, late_fits = offset_at(zone, late) == after;

    *first = *second = instant_of(early_fits || !late_fits ? early : late);
    if (!early_fits && !late_fits)
        return ZONE_GAP;
    if (!early_fits || !late_fits || early == late)
        return ZONE_ONCE;
    *first = instant_of(early < late ? early : late);
    *second = instant_of(early < late ? late : early);
    return ZONE_TWICE;
}

void zone_names(struct arena *arena, const char *const **names, size_t *count)
{
    const char **list = NULL;
    size_t capacity = 0;
    struct entry entry;
    char *rest;

    *count = 0;
    if (read_list(arena, &rest)) {
        while (next_entry(&rest, &entry)) {
            const char **name = arena_push(arena, &list, count, &capacity, sizeof *list);
            *name = entry.name;
        }
    }
    *names = list;
}

const char *zone_modern_name(const char *name, struct arena *arena)
{
    struct entry entry;

    return find_entry(name, arena, &entry) ? entry.target : NULL;
}

const char *zone_rules_version(struct arena *arena)
{
    static const char mark[] = "# version ";
    char *text;

    if (!read_list(arena, &text) || strncmp(text, mark, strlen(mark)) != 0)
        return "unknown";
    text[strcspn(text, "\n")] = '\0';
    return text + strlen(mark);
}

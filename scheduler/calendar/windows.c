#include "calendar/windows.h"

#include <stdint.h>
#include <string.h>

enum { DAY_S = 86400 };

static const char *const words[URGENCY_COUNT] = {
    [URGENCY_AWARENESS] = "awareness",
    [URGENCY_SAFETY] = "safety",
    [URGENCY_URGENT] = "urgent",
};

const char *urgency_word(enum urgency urgency)
{
    return words[urgency];
}

bool urgency_from_word(const char *word, enum urgency *urgency)
{
    int i;

    for (i = 0; i < URGENCY_COUNT; i++) {
        if (!strcmp(words[i], word)) {
            *urgency = (enum urgency)i;
            return true;
        }
    }
    return false;
}

static int64_t wall_seconds(const struct zone *zone, struct instant t)
{
    struct civil civil = zone_civil(zone, t);

    return civil_seconds(&civil);
}

/* The end of the gap in which a wall time lies, given the instant as if there were none. */
static struct instant gap_end(const struct zone *zone, int64_t wall_s, struct instant within)
{
    int64_t high = within.ms / 1000, low = high - DAY_S;

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (wall_seconds(zone, (struct instant){middle * 1000}) < wall_s)
            low = middle;
        else
            high = middle;
    }
    return (struct instant){high * 1000};
}

/* The first instant after t at which the wall has reached a time. */
static struct instant reached(const struct zone *zone, int64_t wall_s, struct instant t)
{
    struct civil civil = civil_from_seconds(wall_s);
    struct instant first, second;

    if (zone_resolve(zone, &civil, &first, &second) == ZONE_GAP)
        return gap_end(zone, wall_s, first);
    return instant_before(t, first) ? first : second;
}

/* The wall time at which the quiet hours around a time of day end; -1 when it is not quiet then. */
static int64_t quiet_end(const struct quiet *quiet, int64_t wall_s)
{
    int64_t second = wall_s % DAY_S, midnight = wall_s - second;

    if (quiet->from_s < quiet->to_s)
        return second >= quiet->from_s && second < quiet->to_s ? midnight + quiet->to_s : -1;
    if (quiet->from_s == quiet->to_s)
        return -1;
    if (second < quiet->to_s)
        return midnight + quiet->to_s;
    return second >= quiet->from_s ? midnight + DAY_S + quiet->to_s : -1;
}

bool quiet_covers(const struct quiet *quiet, const struct zone *zone, struct instant t,
                  enum urgency urgency, struct instant *end)
{
    int64_t end_s;

    *end = INSTANT_NONE;
    if (!quiet->set || (quiet->allow & urgency_bit(urgency)))
        return false;
    end_s = quiet_end(quiet, wall_seconds(zone, t));
    if (end_s < 0)
        return false;
    *end = reached(zone, end_s, t);
    return true;
}

/* Minutes count whole: the first second of `from` is inside, so is the last of `to`. */
static bool is_inside(const struct blackout *blackout, int64_t wall_s)
{
    int64_t from_s = civil_seconds(&blackout->from), to_s = civil_seconds(&blackout->to);

    return wall_s >= from_s - from_s % 60 && wall_s < to_s - to_s % 60 + 60;
}

const struct blackout *blackout_covering(const struct blackout *blackouts, size_t count,
                                         const struct zone *zone, struct instant t,
                                         enum urgency urgency, struct instant *end)
{
    const struct blackout *found = NULL;
    int64_t wall_s = wall_seconds(zone, t);
    size_t i;

    *end = INSTANT_NONE;
    for (i = 0; i < count; i++) {
        int64_t to_s = civil_seconds(&blackouts[i].to);
        struct instant its_end;

        if ((blackouts[i].allow & urgency_bit(urgency)) || !is_inside(&blackouts[i], wall_s))
            continue;
        its_end = reached(zone, to_s - to_s % 60 + 60, t);
        if (!found || instant_before(*end, its_end)) {
            found = &blackouts[i];
            *end = its_end;
        }
    }
    return found;
}

struct instant windows_open(const struct quiet *quiet, const struct blackout *blackouts,
                            size_t count, const struct zone *zone, struct instant t,
                            enum urgency urgency)
{
    struct instant end;

    while (quiet_covers(quiet, zone, t, urgency, &end) ||
           blackout_covering(blackouts, count, zone, t, urgency, &end))
        t = end;
    return t;
}

/* calendar/windows.h - when nothing goes out: quiet hours every night, blackouts by date.
 *
 * Both let the classes in `allow` pass. Pure questions about an instant; what to do (wait,
 * hold) is the engine's decision.
 */
#ifndef CRIER_CALENDAR_WINDOWS_H
#define CRIER_CALENDAR_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/instant.h"
#include "calendar/zone.h"

/* The class of a post. */
enum urgency { URGENCY_AWARENESS, URGENCY_SAFETY, URGENCY_URGENT };
enum { URGENCY_COUNT = 3 };

/* "awareness", "safety", "urgent". */
const char *urgency_word(enum urgency urgency);
MUST_CHECK bool urgency_from_word(const char *word, enum urgency *urgency);

/* A set of classes: bit 1 << urgency. */
static inline unsigned urgency_bit(enum urgency urgency)
{
    return 1u << urgency;
}

/* Every day from `from_s` until just before `to_s`, seconds since midnight on the wall; to_s <=
 * from_s means over midnight; equal ones mean never. */
struct quiet {
    bool set; /* false: there are no quiet hours */
    int from_s;
    int to_s;
    unsigned allow;
};

/* From the first second of `from` to the last second of the minute `to`. */
struct blackout {
    const char *name;
    struct civil from;
    struct civil to;
    unsigned allow;
};

/* Whether a post of that class must keep quiet at t, and if so when the quiet hours end. */
bool quiet_covers(const struct quiet *quiet, const struct zone *zone, struct instant t,
                  enum urgency urgency, struct instant *end);

/* The blackout that covers t for that class, the one that ends last; NULL when none does.
 * `end` is the first instant after it. */
const struct blackout *blackout_covering(const struct blackout *blackouts, size_t count,
                                         const struct zone *zone, struct instant t,
                                         enum urgency urgency, struct instant *end);

/* The first instant at or after t at which neither rule stands in the way. */
struct instant windows_open(const struct quiet *quiet, const struct blackout *blackouts,
                            size_t count, const struct zone *zone, struct instant t,
                            enum urgency urgency);

#endif

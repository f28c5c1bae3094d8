/* calendar/zone.h - a time zone: UTC to the wall and back, with gaps and overlaps as results.
 *
 * A zone is read once from the system's tzdata and never changes afterwards; it may be
 * used by several threads. Names are checked against tzdata's own list, so a
 * misspelt name is an error and never silently UTC. After an upgrade of tzdata the new
 * rules come with the first zone_open after every zone of that name is closed.
 * Right for 1970 to 2037; later years by the rules known today.
 */
#ifndef CRIER_CALENDAR_ZONE_H
#define CRIER_CALENDAR_ZONE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/instant.h"

struct zone;

enum zone_fit {
    ZONE_ONCE, /* the usual case */
    ZONE_GAP,  /* clocks jumped over it */
    ZONE_TWICE /* clocks were set back over it */
};

/* ERR_CONFIG for an unknown name. */
MUST_CHECK bool zone_open(const char *name, struct zone **zone, struct err *err);
void zone_close(struct zone *zone); /* NULL is fine */

const char *zone_name(const struct zone *zone);

/* Seconds east of UTC at that instant. */
int zone_offset_s(const struct zone *zone, struct instant t);

/* The wall clock at that instant; milliseconds are dropped. */
struct civil zone_civil(const struct zone *zone, struct instant t);

/* The instants at which the wall shows `civil`, which must be valid. ONCE: both are it.
 * TWICE: the earlier and the later. GAP: both are the instant as if the clock had not
 * jumped (RFC 5545), which shows a later wall time. */
enum zone_fit zone_resolve(const struct zone *zone, const struct civil *civil,
                           struct instant *first, struct instant *second);

/* Every zone name of the system, for "did you mean". Empty when tzdata has no list. */
void zone_names(struct arena *arena, const char *const **names, size_t *count);

/* The modern name of an old one (Asia/Calcutta: Asia/Kolkata); NULL when `name` is modern. */
const char *zone_modern_name(const char *name, struct arena *arena);

/* "2026f", or "unknown": goes into the audit record of each plan. */
const char *zone_rules_version(struct arena *arena);

#endif

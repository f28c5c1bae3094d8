/* base/instant.h - points and lengths of time as distinct types.
 *
 * An instant is UTC milliseconds since 1970-01-01 without leap seconds; a span
 * is a length in milliseconds. Nothing here reads a clock: the time is always an
 * argument. Years 1970 to 9999; what lies outside is refused by the parsers.
 */
#ifndef CRIER_BASE_INSTANT_H
#define CRIER_BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct instant {
    int64_t ms;
};

struct span {
    int64_t ms;
};

#define INSTANT_NONE ((struct instant){INT64_MIN})                /* "no such time" */
#define INSTANT_MAX  ((struct instant){INT64_C(253402300799999)}) /* 9999-12-31T23:59:59.999Z */

static inline bool instant_is_none(struct instant t)
{
    return t.ms == INT64_MIN;
}

static inline struct instant instant_plus(struct instant t, struct span s)
{
    return (struct instant){t.ms + s.ms};
}

static inline struct instant instant_minus(struct instant t, struct span s)
{
    return (struct instant){t.ms - s.ms};
}

static inline struct span instant_since(struct instant later, struct instant earlier)
{
    return (struct span){later.ms - earlier.ms};
}

static inline bool instant_before(struct instant a, struct instant b)
{
    return a.ms < b.ms;
}

static inline struct span span_seconds(int64_t s)
{
    return (struct span){s * 1000};
}

static inline struct span span_minutes(int64_t m)
{
    return (struct span){m * 60 * 1000};
}

static inline struct span span_hours(int64_t h)
{
    return (struct span){h * 3600 * 1000};
}

static inline struct span span_days(int64_t d)
{
    return (struct span){d * 86400 * 1000};
}

/* A date and time of day on some calendar wall, with no zone. Month and day from 1. */
struct civil {
    int year, month, day, hour, minute, second;
};

/* Days since 1970-01-01 of a proleptic Gregorian date, and back. Pure arithmetic. */
int64_t civil_days(int year, int month, int day);
void civil_from_days(int64_t days, int *year, int *month, int *day);
int civil_days_in_month(int year, int month);
/* 0 = Monday ... 6 = Sunday. */
int civil_weekday(int64_t days);

/* A civil time read as if it were UTC, in seconds since 1970; and back. */
int64_t civil_seconds(const struct civil *civil);
struct civil civil_from_seconds(int64_t seconds);
/* Whether every member is in its range (day within its month). */
bool civil_is_valid(const struct civil *civil);

enum { INSTANT_TEXT = 96 }; /* room for every text below, with its NUL */

/* "2026-11-22T04:30:00.123Z", always with milliseconds. */
const char *instant_utc(struct instant t, char text[INSTANT_TEXT]);

/* "2026-11-22T10:00:00+05:30", or with ".123" when with_ms. offset_s is east of UTC. */
const char *instant_local(struct instant t, int offset_s, bool with_ms, char text[INSTANT_TEXT]);

/* That, shortened in its place to what staff write: "2026-11-22 10:00", with seconds if it has any.
 */
char *instant_plain(char *text);
const char *instant_wall(struct instant t, int offset_s, char text[INSTANT_TEXT]);

/* RFC 3339 with any offset and any fraction (ISO 8601 with microseconds included). Strict: no
 * blanks. */
MUST_CHECK bool instant_parse(const char *text, struct instant *t);

/* RFC 9110 IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT", both ways. */
MUST_CHECK bool instant_parse_http(const char *text, struct instant *t);
const char *instant_http(struct instant t, char text[INSTANT_TEXT]);

/* "30s", "5m", "6h", "7d": a whole number of ASCII digits and a unit. At most 400 d. */
MUST_CHECK bool span_parse(const char *text, struct span *s);
/* The shortest exact form of a whole number of seconds: 7200000 -> "2h". */
const char *span_text(struct span s, char text[INSTANT_TEXT]);

#endif

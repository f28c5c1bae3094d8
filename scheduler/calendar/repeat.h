/* calendar/repeat.h - rules that repeat, by own date arithmetic on the wall calendar.
 *
 * A rule has slots: a date and a time of day each. Slots are numbered from 0, the first one on
 * or after `from`; excepted days keep their numbers, so that texts taken in turn stay
 * with their dates when an exception is added. Zones, gaps and overlaps come later.
 *
 *     DAYS        every interval-th day from `from`
 *     WEEKDAYS    the weekdays of every interval-th week; weeks start on Monday
 *     MONTH_DAYS  the days (1..31, -1 the last) of every interval-th month; a month
 *                 without that day has none
 *     NTH         the first..fourth or last (-1) weekday of every interval-th month
 *
 * Intervals count from the day, week or month of `from`. Dates are days since
 * 1970-01-01 (civil_days). Nothing lies beyond 9999-12-31.
 */
#ifndef CRIER_CALENDAR_REPEAT_H
#define CRIER_CALENDAR_REPEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/instant.h"

enum repeat_form { REPEAT_DAYS, REPEAT_WEEKDAYS, REPEAT_MONTH_DAYS, REPEAT_NTH };

struct repeat_nth {
    int nth;     /* 1..4, or -1 for the last */
    int weekday; /* 0 = Monday */
};

#define REPEAT_FOR_EVER INT64_MAX

/* The arrays belong to the caller and live as long as the rule. */
struct repeat {
    enum repeat_form form;
    int interval;      /* at least 1 */
    unsigned weekdays; /* WEEKDAYS: bit 0 is Monday */
    int *days;         /* MONTH_DAYS */
    size_t day_count;
    struct repeat_nth *nths; /* NTH */
    size_t nth_count;
    int *times_s; /* seconds since midnight, at least one */
    size_t time_count;
    int64_t from;
    int64_t until;   /* inclusive; REPEAT_FOR_EVER */
    int64_t *except; /* dates */
    size_t except_count;
};

/* Sorts times and exceptions and drops doubles. Called once, before all else. */
void repeat_prepare(struct repeat *repeat);

/* Slot number `number`, excepted or not. False when the rule ends before it. */
MUST_CHECK bool repeat_slot(const struct repeat *repeat, int64_t number, struct civil *civil);

/* The way back: false when `civil` is not a slot of the rule. */
MUST_CHECK bool repeat_number(const struct repeat *repeat, const struct civil *civil,
                              int64_t *number);

/* The first slot at or after `from` that is not excepted, and its number. To walk on, ask
 * again one second later. False when there is none. */
MUST_CHECK bool repeat_next(const struct repeat *repeat, const struct civil *from,
                            struct civil *civil, int64_t *number);

/* Whether a date is one of the exceptions; dates that are no day of the rule can be told
 * from useful ones by repeat_has_day. */
bool repeat_is_excepted(const struct repeat *repeat, int64_t day);
bool repeat_has_day(const struct repeat *repeat, int64_t day);

#endif

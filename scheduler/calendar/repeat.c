#include "calendar/repeat.h"

#include <stdlib.h>

/* Every rule is a row of periods (a day, a week, a month), each with a set of days in it. All
 * questions are answered from two facts: the days of period p, and how many days lie before it. */

enum {
    DAY_S = 86400,
    DAYS_OF_WEEK = 7,
    MONTHS_OF_YEAR = 12,
    MONTHS_OF_CYCLE = 4800 /* the calendar repeats itself after 400 years */
};

#define LAST_DAY INT64_C(2932896) /* 9999-12-31 */

struct period {
    int64_t start; /* its first date */
    uint32_t days; /* bit n: the date start + n belongs to the rule */
};

static int compare_times(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int compare_dates(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

void repeat_prepare(struct repeat *repeat)
{
    size_t i, kept = 0;

    if (repeat->except_count)
        qsort(repeat->except, repeat->except_count, sizeof *repeat->except, compare_dates);
    if (repeat->time_count)
        qsort(repeat->times_s, repeat->time_count, sizeof *repeat->times_s, compare_times);
    for (i = 0; i < repeat->time_count; i++) {
        if (!kept || repeat->times_s[kept - 1] != repeat->times_s[i])
            repeat->times_s[kept++] = repeat->times_s[i];
    }
    repeat->time_count = kept;
}

static int64_t last_day(const struct repeat *repeat)
{
    return repeat->until < LAST_DAY ? repeat->until : LAST_DAY;
}

static int64_t week_start(int64_t day)
{
    return day - civil_weekday(day);
}

/* Months since year 0, so that intervals are subtraction. */
static int64_t month_index(int64_t day)
{
    int year, month, day_of_month;

    civil_from_days(day, &year, &month, &day_of_month);
    return (int64_t)year * MONTHS_OF_YEAR + month - 1;
}

static uint32_t bit(int day_of_month)
{
    return UINT32_C(1) << (day_of_month - 1);
}

static uint32_t month_days(const struct repeat *repeat, int length)
{
    uint32_t days = 0;
    size_t i;

    for (i = 0; i < repeat->day_count; i++) {
        if (repeat->days[i] == -1)
            days |= bit(length);
        else if (repeat->days[i] <= length)
            days |= bit(repeat->days[i]);
    }
    return days;
}

static uint32_t month_nths(const struct repeat *repeat, int64_t start, int length)
{
    uint32_t days = 0;
    size_t i;

    for (i = 0; i < repeat->nth_count; i++) {
        const struct repeat_nth *nth = &repeat->nths[i];
        int first = 1 + (nth->weekday - civil_weekday(start) + DAYS_OF_WEEK) % DAYS_OF_WEEK;
        int weeks = nth->nth == -1 ? (length - first) / DAYS_OF_WEEK : nth->nth - 1;

        days |= bit(first + weeks * DAYS_OF_WEEK);
    }
    return days;
}

static struct period month_period(const struct repeat *repeat, int64_t index)
{
    int year = (int)(index / MONTHS_OF_YEAR), month = (int)(index % MONTHS_OF_YEAR) + 1;
    int length = civil_days_in_month(year, month);
    struct period period = {.start = civil_days(year, month, 1)};

    period.days = repeat->form == REPEAT_NTH ? month_nths(repeat, period.start, length)
                                             : month_days(repeat, length);
    return period;
}

/* Without the days before `from`, which only the first period can have. */
static struct period clip(struct period period, int64_t from)
{
    if (period.start < from)
        period.days &= ~UINT32_C(0) << (from - period.start);
    return period;
}

/* The number of periods up to year 9999. */
static int64_t period_count(const struct repeat *repeat)
{
    int64_t units = LAST_DAY - repeat->from;

    if (repeat->form == REPEAT_WEEKDAYS)
        units = (LAST_DAY - week_start(repeat->from)) / DAYS_OF_WEEK;
    else if (repeat->form != REPEAT_DAYS)
        units = month_index(LAST_DAY) - month_index(repeat->from);
    return repeat->from > LAST_DAY ? 0 : units / repeat->interval + 1;
}

static struct period period_at(const struct repeat *repeat, int64_t p)
{
    int64_t step = p * repeat->interval;

    switch (repeat->form) {
    case REPEAT_DAYS:
        return (struct period){repeat->from + step, 1};
    case REPEAT_WEEKDAYS:
        return clip((struct period){week_start(repeat->from) + step * DAYS_OF_WEEK,
                                    repeat->weekdays},
                    repeat->from);
    case REPEAT_MONTH_DAYS:
    case REPEAT_NTH:
        break;
    }
    return clip(month_period(repeat, month_index(repeat->from) + step), repeat->from);
}

/* The last period that starts on or before a date, which is not before `from`. */
static int64_t period_of(const struct repeat *repeat, int64_t day)
{
    if (repeat->form == REPEAT_DAYS)
        return (day - repeat->from) / repeat->interval;
    if (repeat->form == REPEAT_WEEKDAYS)
        return (day - week_start(repeat->from)) / DAYS_OF_WEEK / repeat->interval;
    return (month_index(day) - month_index(repeat->from)) / repeat->interval;
}

static int64_t day_count(struct period period)
{
    return __builtin_popcount(period.days);
}

static bool asks_for(const struct repeat *repeat, int weekday, int nth)
{
    size_t i;

    for (i = 0; i < repeat->nth_count; i++) {
        if (repeat->nths[i].weekday == weekday && repeat->nths[i].nth == nth)
            return true;
    }
    return false;
}

/* Whether each whole period has the same number of days: then counting is a multiplication. Months
 * differ where a day beyond the 28th, or the last one beside others, is asked for; and where the
 * fourth and the last of a weekday may be one. */
static bool is_even(const struct repeat *repeat)
{
    size_t i;
    int weekday;

    if (repeat->form == REPEAT_DAYS || repeat->form == REPEAT_WEEKDAYS)
        return true;
    for (i = 0; repeat->form == REPEAT_MONTH_DAYS && i < repeat->day_count; i++) {
        if (repeat->days[i] > 28 || (repeat->days[i] == -1 && repeat->day_count > 1))
            return false;
    }
    for (weekday = 0; repeat->form == REPEAT_NTH && weekday < DAYS_OF_WEEK; weekday++) {
        if (asks_for(repeat, weekday, 4) && asks_for(repeat, weekday, -1))
            return false;
    }
    return true;
}

/* How many days of the rule lie before period p. */
static int64_t days_before(const struct repeat *repeat, int64_t p)
{
    int64_t days = 0, i;

    if (p > 0 && is_even(repeat))
        return day_count(period_at(repeat, 0)) + (p - 1) * day_count(period_at(repeat, 1));
    for (i = 0; i < p; i++)
        days += day_count(period_at(repeat, i));
    return days;
}

static int count_below(uint32_t days, int64_t offset)
{
    return __builtin_popcount(days & ((UINT32_C(1) << offset) - 1));
}

/* The offset of the day that has `skip` days of the period before it. */
static int nth_bit(uint32_t days, int64_t skip)
{
    for (; skip > 0; skip--)
        days &= days - 1;
    return __builtin_ctz(days);
}

static bool even_day(const struct repeat *repeat, int64_t number, int64_t *day)
{
    struct period first = period_at(repeat, 0), whole = period_at(repeat, 1);
    int64_t rest = number - day_count(first), p;

    if (rest >= 0) {
        if (!whole.days)
            return false;
        p = 1 + rest / day_count(whole);
        if (p >= period_count(repeat))
            return false;
        number = rest % day_count(whole);
        first = period_at(repeat, p);
    }
    *day = first.start + nth_bit(first.days, number);
    return true;
}

/* The date of day number `number`. */
static bool day_at(const struct repeat *repeat, int64_t number, int64_t *day)
{
    int64_t p, empty = 0, periods = period_count(repeat);

    if (is_even(repeat))
        return even_day(repeat, number, day);
    for (p = 0; p < periods && empty < MONTHS_OF_CYCLE; p++) {
        struct period period = period_at(repeat, p);
        if (number < day_count(period)) {
            *day = period.start + nth_bit(period.days, number);
            return true;
        }
        number -= day_count(period);
        empty = period.days ? 0 : empty + 1;
    }
    return false;
}

static struct civil civil_at(int64_t day, int time_s)
{
    return civil_from_seconds(day * DAY_S + time_s);
}

bool repeat_slot(const struct repeat *repeat, int64_t number, struct civil *civil)
{
    int64_t times = (int64_t)repeat->time_count, day;

    if (number < 0 || !times || period_count(repeat) == 0)
        return false;
    if (!day_at(repeat, number / times, &day) || day > last_day(repeat))
        return false;
    *civil = civil_at(day, repeat->times_s[number % times]);
    return true;
}

bool repeat_has_day(const struct repeat *repeat, int64_t day)
{
    struct period period;

    if (day < repeat->from || day > last_day(repeat))
        return false;
    period = period_at(repeat, period_of(repeat, day));
    return day - period.start < 32 && (period.days >> (day - period.start) & 1) != 0;
}

bool repeat_is_excepted(const struct repeat *repeat, int64_t day)
{
    return repeat->except_count && bsearch(&day, repeat->except, repeat->except_count,
                                           sizeof *repeat->except, compare_dates);
}

/* The number of the slot at a time of a day, both of the rule. */
static int64_t number_of(const struct repeat *repeat, int64_t day, size_t time)
{
    int64_t p = period_of(repeat, day);
    struct period period = period_at(repeat, p);
    int64_t days = days_before(repeat, p) + count_below(period.days, day - period.start);

    return days * (int64_t)repeat->time_count + (int64_t)time;
}

/* The index of the first time of day at or after `time_s`; time_count when there is none. */
static size_t first_time(const struct repeat *repeat, int64_t time_s)
{
    size_t i;

    for (i = 0; i < repeat->time_count && repeat->times_s[i] < time_s; i++)
        ;
    return i;
}

bool repeat_number(const struct repeat *repeat, const struct civil *civil, int64_t *number)
{
    int64_t day = civil_days(civil->year, civil->month, civil->day);
    int64_t time_s = civil_seconds(civil) - day * DAY_S;
    size_t time = first_time(repeat, time_s);

    if (!repeat_has_day(repeat, day))
        return false;
    if (time == repeat->time_count || repeat->times_s[time] != time_s)
        return false;
    *number = number_of(repeat, day, time);
    return true;
}

/* The first day of the rule on or after a date, excepted or not. */
static bool day_from(const struct repeat *repeat, int64_t from, int64_t *day)
{
    int64_t start = from > repeat->from ? from : repeat->from;
    int64_t p, empty, periods = period_count(repeat);

    if (start > last_day(repeat))
        return false;
    for (p = period_of(repeat, start), empty = 0; p < periods && empty <= MONTHS_OF_CYCLE;
         p++, empty++) {
        struct period period = period_at(repeat, p);
        if (start - period.start >= 32)
            continue;
        period = clip(period, start);
        if (period.days) {
            *day = period.start + __builtin_ctz(period.days);
            return *day <= last_day(repeat);
        }
    }
    return false;
}

bool repeat_next(const struct repeat *repeat, const struct civil *from, struct civil *civil,
                 int64_t *number)
{
    int64_t asked = civil_days(from->year, from->month, from->day);
    size_t time = first_time(repeat, civil_seconds(from) - asked * DAY_S);
    int64_t day;

    if (time == repeat->time_count)
        asked++;
    while (day_from(repeat, asked, &day)) {
        if (repeat->time_count && !repeat_is_excepted(repeat, day)) {
            time = day == civil_days(from->year, from->month, from->day) ? time : 0;
            *civil = civil_at(day, repeat->times_s[time]);
            *number = number_of(repeat, day, time);
            return true;
        }
        asked = day + 1;
    }
    return false;
}

#include "base/instant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_YEAR = 1970, LAST_YEAR = 9999 };

/* Days from civil dates with the year starting in March, so that the leap day
 * is the last day of a year: every month length is then a fixed pattern. */
int64_t civil_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

int civil_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

int civil_weekday(int64_t days)
{
    int64_t since_monday = (days + 3) % 7; /* 1970-01-01 was a Thursday */

    return (int)(since_monday < 0 ? since_monday + 7 : since_monday);
}

int64_t civil_seconds(const struct civil *c)
{
    return civil_days(c->year, c->month, c->day) * 86400 + c->hour * INT64_C(3600) +
           c->minute * INT64_C(60) + c->second;
}

struct civil civil_from_seconds(int64_t seconds)
{
    struct civil c = {0};
    int64_t days = seconds / 86400;
    int64_t rest = seconds % 86400;

    if (rest < 0) {
        rest += 86400;
        days--;
    }
    civil_from_days(days, &c.year, &c.month, &c.day);
    c.hour = (int)(rest / 3600);
    c.minute = (int)(rest / 60 % 60);
    c.second = (int)(rest % 60);
    return c;
}

bool civil_is_valid(const struct civil *c)
{
    return c->year >= FIRST_YEAR && c->year <= LAST_YEAR && c->month >= 1 && c->month <= 12 &&
           c->day >= 1 && c->day <= civil_days_in_month(c->year, c->month) && c->hour >= 0 &&
           c->hour <= 23 && c->minute >= 0 && c->minute <= 59 && c->second >= 0 && c->second <= 59;
}

static int64_t floor_div(int64_t value, int64_t by)
{
    int64_t quotient = value / by;

    return value % by < 0 ? quotient - 1 : quotient;
}

static char *put_digits(char *to, int value, int count)
{
    for (int i = count; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + count;
}

/* By hand: every record carries two. */
static void print(char text[INSTANT_TEXT], const struct civil *c, int64_t ms, const char *zone)
{
    const int parts[] = {abs(c->year % 10000), c->month, c->day, c->hour, c->minute, c->second};
    char *at = text;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        at = put_digits(at, parts[i], i == 0 ? 4 : 2);
        *at++ = "--T::."[i];
    }
    at = ms < 0 ? at - 1 : put_digits(at, (int)(ms % 1000), 3);
    memcpy(at, zone, strlen(zone) + 1);
}

const char *instant_utc(struct instant t, char text[INSTANT_TEXT])
{
    struct civil c = civil_from_seconds(floor_div(t.ms, 1000));

    print(text, &c, t.ms - floor_div(t.ms, 1000) * 1000, "Z");
    return text;
}

const char *instant_local(struct instant t, int offset_s, bool with_ms, char text[INSTANT_TEXT])
{
    int64_t seconds = floor_div(t.ms, 1000);
    struct civil c = civil_from_seconds(seconds + offset_s);
    int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
    char zone[16];

    (void)snprintf(zone, sizeof zone, "%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60 % 100,
                   minutes % 60);
    print(text, &c, with_ms ? t.ms - seconds * 1000 : -1, zone);
    return text;
}

char *instant_plain(char *text)
{
    const size_t minutes = sizeof "2026-11-22T10:00" - 1,
                 seconds = sizeof "2026-11-22T10:00:00" - 1;

    text[strncmp(text + minutes, ":00", 3) == 0 ? minutes : seconds] = '\0';
    text[sizeof "2026-11-22" - 1] = ' ';
    return text;
}

const char *instant_wall(struct instant t, int offset_s, char text[INSTANT_TEXT])
{
    (void)instant_local(t, offset_s, false, text);
    return instant_plain(text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly `count` digits into *value; moves *text on. */
static bool digits(const char **text, int count, int *value)
{
    *value = 0;
    for (; count > 0; count--, (*text)++) {
        if (!is_digit(**text))
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

static bool literal(const char **text, char expected)
{
    if (**text != expected)
        return false;
    (*text)++;
    return true;
}

static bool fraction_ms(const char **text, int *ms)
{
    int place = 100;

    *ms = 0;
    if (**text != '.')
        return true;
    (*text)++;
    if (!is_digit(**text))
        return false;
    for (; is_digit(**text); (*text)++, place /= 10)
        *ms += (**text - '0') * place;
    return true;
}

static bool zone_offset(const char **text, int *offset_s)
{
    int hours, minutes, sign = **text == '-' ? -1 : 1;

    *offset_s = 0;
    if (**text == 'Z' || **text == 'z')
        return literal(text, **text);
    if (**text != '+' && **text != '-')
        return false;
    (*text)++;
    if (!digits(text, 2, &hours) || !literal(text, ':') || !digits(text, 2, &minutes))
        return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return hours <= 23 && minutes <= 59;
}

bool instant_parse(const char *text, struct instant *t)
{
    struct civil c;
    int ms, offset_s;

    if (!digits(&text, 4, &c.year) || !literal(&text, '-') || !digits(&text, 2, &c.month) ||
        !literal(&text, '-') || !digits(&text, 2, &c.day))
        return false;
    if (*text != 'T' && *text != 't')
        return false;
    text++;
    if (!digits(&text, 2, &c.hour) || !literal(&text, ':') || !digits(&text, 2, &c.minute) ||
        !literal(&text, ':') || !digits(&text, 2, &c.second) || !fraction_ms(&text, &ms) ||
        !zone_offset(&text, &offset_s) || *text)
        return false;
    if (!civil_is_valid(&c))
        return false;
    t->ms = (civil_seconds(&c) - offset_s) * 1000 + ms;
    return t->ms >= 0;
}

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const weekday_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static bool month_name(const char **text, int *month)
{
    for (*month = 1; *month <= 12; (*month)++) {
        if (!strncmp(*text, month_names[*month - 1], 3)) {
            *text += 3;
            return true;
        }
    }
    return false;
}

bool instant_parse_http(const char *text, struct instant *t)
{
    struct civil c;

    if (strlen(text) != 29 || strncmp(text + 3, ", ", 2) != 0)
        return false;
    text += 5;
    if (!digits(&text, 2, &c.day) || !literal(&text, ' ') || !month_name(&text, &c.month) ||
        !literal(&text, ' ') || !digits(&text, 4, &c.year) || !literal(&text, ' ') ||
        !digits(&text, 2, &c.hour) || !literal(&text, ':') || !digits(&text, 2, &c.minute) ||
        !literal(&text, ':') || !digits(&text, 2, &c.second) || strcmp(text, " GMT") != 0)
        return false;
    if (!civil_is_valid(&c))
        return false;
    t->ms = civil_seconds(&c) * 1000;
    return true;
}

const char *instant_http(struct instant t, char text[INSTANT_TEXT])
{
    int64_t seconds = floor_div(t.ms, 1000);
    struct civil c = civil_from_seconds(seconds);
    int weekday = civil_weekday(floor_div(seconds, 86400));

    (void)snprintf(text, INSTANT_TEXT, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                   weekday_names[weekday], c.day, month_names[c.month - 1], c.year % 10000, c.hour,
                   c.minute, c.second);
    return text;
}

static const struct unit {
    char letter;
    int64_t seconds;
} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

enum { SPAN_DIGITS = 8, SPAN_MAX_DAYS = 400 };

bool span_parse(const char *text, struct span *s)
{
    size_t length = strspn(text, "0123456789");
    int value;
    size_t i;

    if (length == 0 || length > SPAN_DIGITS || strlen(text) != length + 1)
        return false;
    (void)digits(&text, (int)length, &value);
    for (i = 0; i < COUNT_OF(units); i++) {
        if (*text == units[i].letter) {
            *s = span_seconds(value * units[i].seconds);
            return s->ms <= span_days(SPAN_MAX_DAYS).ms;
        }
    }
    return false;
}

const char *span_text(struct span s, char text[INSTANT_TEXT])
{
    int64_t seconds = s.ms / 1000;
    size_t i = 0;

    while (i < COUNT_OF(units) - 1 && (seconds == 0 || seconds % units[i].seconds != 0))
        i++;
    (void)snprintf(text, INSTANT_TEXT, "%lld%c", (long long)(seconds / units[i].seconds),
                   units[i].letter);
    return text;
}

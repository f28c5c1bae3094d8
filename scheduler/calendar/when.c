#include "calendar/when.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

/* One lenient reader takes in whatever looks like a date and a time and notes each fault it passes.
 * A text is right when no fault was noted: so the strict form and the guesses cannot disagree about
 * what a text means. */

struct reader {
    const char *at;
    uint32_t faults; /* bit 1 << enum when_fault */
};

struct number {
    int value;
    int width; /* digits */
};

struct reading {
    struct civil civil;
    bool has_date, has_time, unclear;
};

static void fault(struct reader *reader, enum when_fault fault)
{
    reader->faults |= UINT32_C(1) << fault;
}

/* The digits of the scripts that staff may type in: bytes before the last one, and the last of
 * zero. */
static const struct script {
    const char *before;
    unsigned char zero;
} scripts[] = {
    {"", '0'},          {"\xE0\xA5", 0xA6}, /* Devanagari */
    {"\xE0\xA7", 0xA6},                     /* Bengali */
    {"\xE0\xA9", 0xA6},                     /* Gurmukhi */
    {"\xE0\xAB", 0xA6},                     /* Gujarati */
    {"\xE0\xAD", 0xA6},                     /* Odia */
    {"\xE0\xAF", 0xA6},                     /* Tamil */
    {"\xE0\xB1", 0xA6},                     /* Telugu */
    {"\xE0\xB3", 0xA6},                     /* Kannada */
    {"\xE0\xB5", 0xA6},                     /* Malayalam */
    {"\xD9", 0xA0},                         /* Arabic */
    {"\xDB", 0xB0},                         /* Urdu, Sindhi */
    {"\xEF\xBC", 0x90},                     /* full width */
};

/* The size of the digit at `text`, 0 when there is none. */
static size_t digit(const char *text, int *value)
{
    size_t i;

    for (i = 0; i < COUNT_OF(scripts); i++) {
        size_t before = strlen(scripts[i].before);
        int last;

        if (strncmp(text, scripts[i].before, before) != 0)
            continue;
        last = (unsigned char)text[before];
        if (last >= scripts[i].zero && last <= scripts[i].zero + 9) {
            *value = last - scripts[i].zero;
            return before + 1;
        }
    }
    return 0;
}

static bool read_number(struct reader *reader, struct number *number)
{
    size_t size;
    int value;

    *number = (struct number){0};
    for (; number->width < 9 && (size = digit(reader->at, &value)) > 0; reader->at += size) {
        number->value = number->value * 10 + value;
        number->width++;
        if (size > 1)
            fault(reader, WHEN_OTHER_DIGITS);
    }
    return number->width > 0;
}

static bool skip(struct reader *reader, const char *text)
{
    size_t length = strlen(text);

    if (strncmp(reader->at, text, length) != 0)
        return false;
    reader->at += length;
    return true;
}

/* Blanks of any kind; how many. */
static int skip_blanks(struct reader *reader)
{
    int count = 0;

    while (skip(reader, " ") || skip(reader, "\t") || skip(reader, "\xC2\xA0")) {
        if (reader->at[-1] != ' ')
            fault(reader, WHEN_BLANKS);
        count++;
    }
    return count;
}

static bool same_word(const char *text, const char *word, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != word[i])
            return false;
    }
    return true;
}

static bool skip_word(struct reader *reader, const char *word)
{
    size_t length = strlen(word);

    if (!same_word(reader->at, word, length))
        return false;
    reader->at += length;
    return true;
}

static bool read_separator(struct reader *reader, char *separator)
{
    *separator = *reader->at;
    if (*separator != '-' && *separator != '/' && *separator != '.')
        return false;
    reader->at++;
    return true;
}

static void check_width(struct reader *reader, struct number number)
{
    if (number.width != 2)
        fault(reader, WHEN_SHORT_NUMBER);
}

/* Year, month, day in either order. In India the day stands first; "12-25-2026" has one meaning
 * only. */
static void take_date(struct reader *reader, struct number a, struct number b, struct number c,
                      struct reading *reading)
{
    bool day_first = a.width < 3 && c.width >= 3;
    struct number year = day_first ? c : a, day = day_first ? a : c;

    if (day_first)
        fault(reader, WHEN_DAY_FIRST);
    if (day_first && b.value > 12 && day.value <= 12) {
        struct number month = day;
        day = b;
        b = month;
    }
    if (year.width != 4 || year.value < 1970)
        fault(reader, WHEN_YEAR);
    check_width(reader, b);
    check_width(reader, day);
    reading->civil.year = year.value;
    reading->civil.month = b.value;
    reading->civil.day = day.value;
    reading->has_date = true;
}

/* Three numbers with two separators; else the reader stays where it was. */
static void read_date(struct reader *reader, struct reading *reading)
{
    struct reader start = *reader;
    struct number a, b, c;
    char first, second;

    if (!read_number(reader, &a) || !read_separator(reader, &first) || !read_number(reader, &b) ||
        !read_separator(reader, &second) || !read_number(reader, &c)) {
        *reader = start;
        return;
    }
    if (first != '-' || second != '-')
        fault(reader, WHEN_SEPARATOR);
    take_date(reader, a, b, c, reading);
}

/* "AM", "p.m." and the like behind a time; whether there was one. */
static bool read_half(struct reader *reader, struct civil *civil)
{
    struct reader start = *reader;
    bool morning, evening;

    skip_blanks(reader);
    morning = skip_word(reader, "am") || skip_word(reader, "a.m.");
    evening = !morning && (skip_word(reader, "pm") || skip_word(reader, "p.m."));
    if (!morning && !evening) {
        *reader = start;
        return false;
    }
    fault(reader, WHEN_TWELVE_HOUR);
    if (civil->hour < 1 || civil->hour > 12)
        fault(reader, WHEN_NO_SUCH_TIME);
    else
        civil->hour = civil->hour % 12 + (evening ? 12 : 0);
    return true;
}

static bool read_colon(struct reader *reader)
{
    if (skip(reader, ":"))
        return true;
    if (!skip(reader, "."))
        return false;
    fault(reader, WHEN_SEPARATOR);
    return true;
}

/* What follows the hour: minutes and seconds, or nothing ("9 PM", "0930"). */
static bool read_minutes(struct reader *reader, struct number hour, struct civil *civil)
{
    struct number minute, second;

    if (hour.width == 4 && (!*reader->at || *reader->at == ' ')) {
        fault(reader, WHEN_SEPARATOR);
        civil->hour = hour.value / 100;
        civil->minute = hour.value % 100;
        return true;
    }
    if (!read_colon(reader))
        return false;
    check_width(reader, hour);
    if (!read_number(reader, &minute))
        return false;
    check_width(reader, minute);
    civil->minute = minute.value;
    if (!read_colon(reader))
        return true;
    if (!read_number(reader, &second))
        return false;
    check_width(reader, second);
    civil->second = second.value;
    return true;
}

static void read_time(struct reader *reader, struct reading *reading)
{
    struct reader start = *reader;
    struct civil civil = reading->civil;
    struct number hour;
    bool minutes;

    if (!read_number(reader, &hour))
        return;
    civil.hour = hour.value;
    minutes = read_minutes(reader, hour, &civil);
    if (!read_half(reader, &civil) && !minutes) {
        *reader = start;
        return;
    }
    reading->civil = civil;
    reading->has_time = true;
}

/* A zone behind the time. Only IST is surely the wall that is meant. */
static void read_zone(struct reader *reader, struct reading *reading)
{
    struct reader start = *reader;
    struct number offset;
    bool india;

    skip_blanks(reader);
    india = skip_word(reader, "ist") || skip(reader, "+05:30") || skip(reader, "+0530");
    if (!india && !skip_word(reader, "utc") && !skip_word(reader, "gmt") && !skip(reader, "Z") &&
        !skip(reader, "+") && !skip(reader, "-")) {
        *reader = start;
        return;
    }
    if (!india && read_number(reader, &offset) && skip(reader, ":"))
        (void)read_number(reader, &offset);
    fault(reader, WHEN_ZONE);
    reading->unclear = !india;
}

/* What stands between a date and a time. */
static void read_gap(struct reader *reader)
{
    struct reader start = *reader;
    bool comma = skip(reader, ",");
    int blanks = skip_blanks(reader);

    if (skip(reader, "T") || skip(reader, "t")) {
        fault(reader, WHEN_T_BETWEEN);
        return;
    }
    if (comma)
        fault(reader, WHEN_SEPARATOR);
    if (!*reader->at)
        *reader = start; /* blanks at the end are noted there */
    else if (blanks != 1)
        fault(reader, WHEN_BLANKS);
}

static void read_all(struct reader *reader, struct reading *reading)
{
    if (skip_blanks(reader))
        fault(reader, WHEN_BLANKS);
    if (!*reader->at)
        fault(reader, WHEN_EMPTY);
    read_date(reader, reading);
    if (reading->has_date)
        read_gap(reader);
    read_time(reader, reading);
    if (reading->has_time)
        read_zone(reader, reading);
    if (skip_blanks(reader))
        fault(reader, WHEN_BLANKS);
    if (*reader->at || !(reading->has_date || reading->has_time))
        fault(reader, WHEN_NOT_A_TIME);
}

enum want { WANT_DATE = 1, WANT_TIME = 2 };

static void check_parts(struct reader *reader, const struct reading *reading, unsigned want)
{
    if ((want & WANT_DATE) && !reading->has_date)
        fault(reader, WHEN_NO_DATE);
    if ((want & WANT_TIME) && !reading->has_time)
        fault(reader, WHEN_NO_TIME);
    if (!(want & WANT_DATE) && reading->has_date)
        fault(reader, WHEN_EXTRA_DATE);
    if (!(want & WANT_TIME) && reading->has_time)
        fault(reader, WHEN_EXTRA_TIME);
}

static void check_values(struct reader *reader, struct civil *civil)
{
    if (civil->month < 1 || civil->month > 12)
        fault(reader, WHEN_NO_SUCH_MONTH);
    else if (civil->day < 1 || civil->day > civil_days_in_month(civil->year, civil->month))
        fault(reader, WHEN_NO_SUCH_DAY);
    else if (civil->hour == 24 && !civil->minute && !civil->second)
        fault(reader, WHEN_MIDNIGHT_24);
    else if (civil->hour > 23 || civil->minute > 59 || civil->second > 59)
        fault(reader, WHEN_NO_SUCH_TIME);
}

/* The right way to write what was read. Midnight at the end of a day is the start of the next. */
static void write_guess(const struct civil *read, unsigned want, char guess[WHEN_GUESS])
{
    struct civil c = civil_from_seconds(civil_seconds(read));
    char date[WHEN_GUESS] = "", time[WHEN_GUESS] = "";

    if (want & WANT_DATE)
        (void)snprintf(date, sizeof date, "%04u-%02u-%02u", (unsigned)c.year % 10000,
                       (unsigned)c.month % 100, (unsigned)c.day % 100);
    if (want & WANT_TIME)
        (void)snprintf(time, sizeof time, "%02u:%02u", (unsigned)c.hour % 100,
                       (unsigned)c.minute % 100);
    if ((want & WANT_TIME) && c.second)
        (void)snprintf(time + 5, sizeof time - 5, ":%02u", (unsigned)c.second % 100);
    (void)snprintf(guess, WHEN_GUESS, "%.10s%s%.8s", date, *date && *time ? " " : "", time);
}

static enum when_fault first_fault(uint32_t faults)
{
    return faults ? (enum when_fault)__builtin_ctz(faults) : WHEN_OK;
}

static bool parse(const char *text, unsigned want, struct when *when)
{
    static const uint32_t hopeless = 1u << WHEN_EMPTY | 1u << WHEN_NOT_A_TIME | 1u << WHEN_YEAR |
                                     1u << WHEN_NO_TIME | 1u << WHEN_NO_DATE |
                                     1u << WHEN_NO_SUCH_MONTH | 1u << WHEN_NO_SUCH_DAY |
                                     1u << WHEN_NO_SUCH_TIME;
    struct reader reader = {.at = text};
    struct reading reading = {.civil = {.year = 1970, .month = 1, .day = 1}};

    *when = (struct when){0};
    read_all(&reader, &reading);
    check_parts(&reader, &reading, want);
    check_values(&reader, &reading.civil);
    when->fault = first_fault(reader.faults);
    when->civil = reading.civil;
    if (when->fault && !(reader.faults & hopeless) && !reading.unclear)
        write_guess(&reading.civil, want, when->guess);
    return when->fault == WHEN_OK;
}

bool when_parse(const char *text, struct when *when)
{
    return parse(text, WANT_DATE | WANT_TIME, when);
}

bool when_parse_date(const char *text, struct when *when)
{
    return parse(text, WANT_DATE, when);
}

bool when_parse_time(const char *text, struct when *when)
{
    return parse(text, WANT_TIME, when);
}

const char *when_fault_text(enum when_fault fault)
{
    static const char *const texts[] = {
        [WHEN_OK] = "",
        [WHEN_EMPTY] = N_("nothing is written here"),
        [WHEN_NOT_A_TIME] = N_("this is not a date or time"),
        [WHEN_OTHER_DIGITS] = N_("write the digits 0 to 9, not those of another script"),
        [WHEN_DAY_FIRST] = N_("the year comes first, then month, then day"),
        [WHEN_YEAR] = N_("the year has four digits, from 1970 on"),
        [WHEN_SEPARATOR] = N_("dates are written with hyphens, times with a colon"),
        [WHEN_T_BETWEEN] = N_("between date and time stands a blank, no T"),
        [WHEN_TWELVE_HOUR] = N_("hours run from 00 to 23, without AM or PM"),
        [WHEN_ZONE] = N_("no time zone is written: the workspace has one"),
        [WHEN_SHORT_NUMBER] = N_("month, day, hour and minute have two digits each"),
        [WHEN_BLANKS] = N_("only one blank is written, between date and time"),
        [WHEN_NO_TIME] = N_("the time of day is missing"),
        [WHEN_NO_DATE] = N_("the date is missing"),
        [WHEN_EXTRA_TIME] = N_("only a date is written here, without a time"),
        [WHEN_EXTRA_DATE] = N_("only a time of day is written here, without a date"),
        [WHEN_NO_SUCH_MONTH] = N_("there is no such month"),
        [WHEN_NO_SUCH_DAY] = N_("the month has no such day"),
        [WHEN_MIDNIGHT_24] = N_("midnight is 00:00 of the next day"),
        [WHEN_NO_SUCH_TIME] = N_("there is no such time of day"),
    };

    return texts[fault];
}

const char *when_day_text(int64_t day, char text[WHEN_GUESS])
{
    const struct civil civil = civil_from_seconds(day * 86400);

    write_guess(&civil, WANT_DATE, text);
    return text;
}

const char *when_slot_text(const struct civil *civil, char text[WHEN_GUESS])
{
    write_guess(civil, WANT_DATE | WANT_TIME, text);
    text[10] = 'T';
    return text;
}

bool when_slot_parse(const char *text, struct civil *civil)
{
    struct when when;

    if (when_parse(text, &when)) /* with a blank it is a time, but not the name of a slot */
        return false;
    *civil = when.civil;
    return when.fault == WHEN_T_BETWEEN && strlen(text) == strlen(when.guess) && text[10] == 'T' &&
           !memcmp(text + 11, when.guess + 11, strlen(text + 11)) && !memcmp(text, when.guess, 10);
}

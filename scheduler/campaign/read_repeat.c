#include "campaign/read_repeat.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "calendar/when.h"
#include "campaign/advice.h"
#include "text/similar.h"

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const long_weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                            "Friday", "Saturday", "Sunday"};
static const char *const hindi_weekdays[] = {"सोमवार", "मंगलवार", "बुधवार", "गुरुवार",
                                             "शुक्रवार", "शनिवार", "रविवार"};
static const char *const ordinals[] = {"first", "second", "third", "fourth", "last"};
static const int ordinal_numbers[] = {1, 2, 3, 4, -1};
static const char *const numerals[] = {"1st", "2nd", "3rd", "4th"};

enum unit { EVERY_DAY, EVERY_WEEK, EVERY_MONTH }; /* the order of the choices in the table */

static bool find_word(const char *const *words, size_t count, const char *word, size_t *index)
{
    for (*index = 0; *index < count; (*index)++) {
        if (strcmp(words[*index], word) == 0)
            return true;
    }
    return false;
}

/* What was meant by a word that is no weekday; NULL when that is not clear. */
static const char *weekday_guess(const char *word)
{
    size_t index;
    const char *near;

    for (index = 0; index < COUNT_OF(weekdays); index++) {
        if (begins_with_word(word, weekdays[index]) || strcmp(word, hindi_weekdays[index]) == 0)
            return weekdays[index];
    }
    near = similar_word(word, long_weekdays, COUNT_OF(long_weekdays));
    if (near && find_word(long_weekdays, COUNT_OF(long_weekdays), near, &index))
        return weekdays[index];
    return similar_word(word, weekdays, COUNT_OF(weekdays));
}

static bool read_weekdays(struct reading *reading, const struct value *value, unsigned *set)
{
    bool ok = true;

    for (size_t i = 0; i < value->texts.count; i++) {
        const char *word = value->texts.items[i];
        size_t index;

        if (find_word(weekdays, COUNT_OF(weekdays), word, &index)) {
            *set |= 1u << index;
            continue;
        }
        reading_report(reading, "E307", value->texts.places[i], word,
                       guess_text(reading, weekday_guess(word),
                                  _("Write for example on = [ \"Mon\", \"Fri\" ];")),
                       NULL);
        ok = false;
    }
    return ok;
}

static bool read_days(struct reading *reading, const struct value *value, struct repeat *repeat)
{
    bool ok = true;

    repeat->days = arena_array(reading->arena, value->number_count, sizeof *repeat->days);
    for (size_t i = 0; i < value->number_count; i++) {
        int64_t day = value->numbers[i];

        if (day == -1 || (day >= 1 && day <= 31)) {
            repeat->days[repeat->day_count++] = (int)day;
            continue;
        }
        reading_report(reading, "E308", value->texts.places[i],
                       arena_printf(reading->arena, "%" PRId64, day), NULL, NULL);
        ok = false;
    }
    return ok;
}

/* "5th Fri" and "1st Monday" were meant as "last Fri" and "first Mon". */
static const char *nth_guess(struct reading *reading, const char *first, const char *second)
{
    const char *ordinal = similar_word(first, ordinals, COUNT_OF(ordinals));
    const char *weekday = weekday_guess(second);
    size_t index;

    if (find_word(numerals, COUNT_OF(numerals), first, &index))
        ordinal = ordinals[index];
    else if (first[0] == '5' || begins_with_word(first, "fifth"))
        ordinal = "last";
    return ordinal && weekday ? arena_printf(reading->arena, "%s %s", ordinal, weekday) : NULL;
}

static bool read_nth(struct reading *reading, const char *text, struct place place,
                     struct repeat_nth *nth)
{
    const char *blank = strchr(text, ' ');
    size_t length = blank ? (size_t)(blank - text) : strlen(text);
    const char *first = arena_text_n(reading->arena, text, length);
    const char *second = blank ? blank + strspn(blank, " ") : "";
    size_t ordinal, weekday;

    if (blank && find_word(ordinals, COUNT_OF(ordinals), first, &ordinal) &&
        find_word(weekdays, COUNT_OF(weekdays), blank + 1, &weekday)) {
        *nth = (struct repeat_nth){ordinal_numbers[ordinal], (int)weekday};
        return true;
    }
    reading_report(reading, "E309", place, text,
                   guess_text(reading, nth_guess(reading, first, second),
                              _("Write for example nth = \"last Fri\";")),
                   NULL);
    return false;
}

static bool read_nths(struct reading *reading, const struct value *value, struct repeat *repeat)
{
    bool ok = true;

    repeat->nths = arena_array(reading->arena, value->texts.count, sizeof *repeat->nths);
    for (size_t i = 0; i < value->texts.count; i++) {
        struct repeat_nth *nth = &repeat->nths[repeat->nth_count];
        bool good = read_nth(reading, value->texts.items[i], value->texts.places[i], nth);

        repeat->nth_count += good;
        ok = ok && good;
    }
    return ok;
}

/* The parts that decide which days are meant. */
struct parts {
    const struct value *on, *every, *day, *nth;
};

static bool stands(const struct value *value)
{
    return value->given || value->wrong;
}

/* What is not clear, and what to do about it. */
struct unclear {
    const char *why, *try; /* N_() */
};

static const struct unclear two_rules = {
    N_("Two of on, day and nth stand together, and only one can be meant."),
    N_("Keep the one that you mean, and take the others out, each with its value and its ;")};
static const struct unclear no_rule = {N_("Nothing says on which days it goes out."),
                                       N_("Add one of these: every = \"day\"; or on = [ \"Fri\" ]; "
                                          "or day = [ 1, 15 ]; or nth = \"last Fri\";")};
static const struct unclear day_and_more = {
    N_("every = \"day\" already means every day, and another key says otherwise."),
    N_("Take out every = \"day\"; if only those days are meant, or else the other key with its "
       "value and its "
       ";")};
static const struct unclear week_without_on = {
    N_("every = \"week\" needs on, with the days of the week."),
    N_("Add on = [ \"Fri\" ]; with the days that you mean: Mon, Tue, Wed, Thu, Fri, Sat, Sun.")};
static const struct unclear week_with_others = {
    N_("every = \"week\" needs on, with the days of the week."),
    N_("Write every = \"month\"; in its place, for day and nth are days of a month.")};
static const struct unclear month_without_days = {
    N_("every = \"month\" needs day or nth."),
    N_("Add day = [ 1 ]; with the days of the month that you mean, or nth = \"last Fri\";")};
static const struct unclear month_with_on = {
    N_("every = \"month\" needs day or nth."),
    N_("Write every = \"week\"; in its place, or nth = \"last Fri\"; in place of on.")};

/* NULL when all is. */
static const struct unclear *unclear(const struct parts *parts, enum repeat_form *form)
{
    bool on = stands(parts->on), day = stands(parts->day), nth = stands(parts->nth);
    bool every = stands(parts->every);
    enum unit unit = every ? (enum unit)parts->every->number : EVERY_DAY;

    if (on + day + nth > 1)
        return &two_rules;
    *form = on ? REPEAT_WEEKDAYS : day ? REPEAT_MONTH_DAYS : nth ? REPEAT_NTH : REPEAT_DAYS;
    if (!every)
        return on || day || nth ? NULL : &no_rule;
    if (unit == EVERY_DAY && (on || day || nth))
        return &day_and_more;
    if (unit == EVERY_WEEK && !on)
        return day || nth ? &week_with_others : &week_without_on;
    if (unit == EVERY_MONTH && !day && !nth)
        return on ? &month_with_on : &month_without_days;
    return NULL;
}

static bool read_form(struct reading *reading, const struct value *value,
                      const struct group_values *group, struct repeat *repeat)
{
    struct parts parts = {group_value(group, "on"), group_value(group, "every"),
                          group_value(group, "day"), group_value(group, "nth")};
    const struct unclear *doubt;

    if (parts.every->wrong)
        return false;
    doubt = unclear(&parts, &repeat->form);
    if (doubt) {
        reading_report(reading, "E306", value->place, _(doubt->why), _(doubt->try), NULL);
        return false;
    }
    if (parts.on->wrong || parts.day->wrong || parts.nth->wrong)
        return false;
    switch (repeat->form) {
    case REPEAT_WEEKDAYS:
        return read_weekdays(reading, parts.on, &repeat->weekdays);
    case REPEAT_MONTH_DAYS:
        return read_days(reading, parts.day, repeat);
    case REPEAT_NTH:
        return read_nths(reading, parts.nth, repeat);
    case REPEAT_DAYS:
        break;
    }
    return true;
}

static void read_times(struct reading *reading, const struct value *value, struct repeat *repeat)
{
    repeat->times_s = arena_array(reading->arena, value->number_count, sizeof *repeat->times_s);
    for (size_t i = 0; i < value->number_count; i++)
        repeat->times_s[repeat->time_count++] = (int)value->numbers[i];
}

static const char *day_written(int64_t day, struct arena *arena)
{
    char text[WHEN_GUESS];

    return arena_text(arena, when_day_text(day, text));
}

/* That day in the first year in which it is not before `from`; NULL when there is none. */
static const char *later_until(const struct civil *until, int64_t from, struct arena *arena)
{
    int year, month, day;
    int64_t days;

    civil_from_days(from, &year, &month, &day);
    for (int last = year + 1; year <= last; year++) {
        days = civil_days(year, until->month, until->day);
        if (days >= from && until->day <= civil_days_in_month(year, until->month))
            return day_written(days, arena);
    }
    return NULL;
}

static bool read_bounds(struct reading *reading, const struct group_values *group,
                        struct repeat *repeat)
{
    const struct value *from = group_value(group, "from");
    const struct value *until = group_value(group, "until");

    repeat->from = from->number;
    repeat->until = until->given ? until->number : REPEAT_FOR_EVER;
    if (!from->given || until->wrong)
        return false;
    if (repeat->until >= repeat->from)
        return true;
    reading_report(reading, "E305", until->place, from->text, until->text,
                   guess_text(reading, later_until(&until->civil, from->number, reading->arena),
                              _("Correct one of the two dates.")));
    return false;
}

/* The nearest day of the rule in one direction; NULL when there is none within a year. */
static const char *near_day(const struct repeat *repeat, int64_t day, int step, struct arena *arena)
{
    enum { FAR_DAYS = 366 };

    for (int i = 0; i < FAR_DAYS; i++) {
        day += step;
        if (repeat_has_day(repeat, day))
            return day_written(day, arena);
    }
    return NULL;
}

static const char *nearest_days(const struct repeat *repeat, int64_t day, struct arena *arena)
{
    const char *before = near_day(repeat, day, -1, arena), *after = near_day(repeat, day, 1, arena);

    if (before && after)
        return arena_printf(arena,
                            _("It goes out on %s and again on %s: write the one of them on which "
                              "it must not."),
                            before, after);
    return arena_printf(arena,
                        _("The nearest day on which it goes out is %s: write that, if it "
                          "must not go out then."),
                        before  ? before
                        : after ? after
                                : "?");
}

static const char *drop_date(const struct value *except, size_t index, struct arena *arena)
{
    const char *line = advice_list(except, ADVICE_KEEP_ALL, arena);

    if (member_count(&except->member) > 1)
        line = advice_list(except, (int)index, arena);
    if (!line)
        return _("If no day is meant, take this date out with the comma beside it.");
    return arena_printf(arena,
                        member_count(&except->member) > 1
                            ? _("If no day is meant, write %s")
                            : _("If no day is meant, take out all of %s"),
                        line);
}

static void refuse_exception(struct reading *reading, const struct value *except, size_t index,
                             const struct repeat *bare)
{
    if (!source_is_full(reading->source))
        reading_report(reading, "W311", except->texts.places[index], except->texts.items[index],
                       nearest_days(bare, except->numbers[index], reading->arena),
                       drop_date(except, index, reading->arena));
}

/* What would give the rule a day. */
static const char *first_day(const struct repeat *bare, struct arena *arena)
{
    const struct civil start = {1970, 1, 1, 0, 0, 0};
    struct repeat open = *bare;
    struct civil first;
    const char *day;
    int64_t number;

    if (repeat_next(bare, &start, &first, &number))
        return _("All its days stand in except: take one of them out there, or take out the whole "
                 "post.");
    open.until = REPEAT_FOR_EVER;
    if (!repeat_next(&open, &start, &first, &number))
        return _("Correct from, until or the days.");
    day = day_written(civil_days(first.year, first.month, first.day), arena);
    return arena_printf(arena,
                        _("The first day that fits is %s: write until = \"%s\"; or a later day, or "
                          "choose other days."),
                        day, day);
}

/* Only once the rule is known to be right. */
static bool check_days(struct reading *reading, const struct value *value,
                       const struct value *except, const struct repeat *repeat)
{
    struct civil from = {1970, 1, 1, 0, 0, 0}, slot;
    struct repeat bare = *repeat;
    int64_t number;

    bare.except_count = 0;
    for (size_t i = 0; i < except->number_count; i++) {
        if (!repeat_has_day(&bare, except->numbers[i]))
            refuse_exception(reading, except, i, &bare);
    }
    if (repeat_next(repeat, &from, &slot, &number))
        return true;
    reading_report(reading, "E314", value->place, first_day(&bare, reading->arena), NULL, NULL);
    return false;
}

bool repeat_read(struct reading *reading, const struct value *value, struct repeat *repeat)
{
    struct group_values group;
    const struct value *except, *at;
    bool ok;

    group_read(reading, value->member, IN_REPEAT, &group);
    group_refuse_others(reading, &group);
    except = group_value(&group, "except");
    at = group_value(&group, "at");

    *repeat = (struct repeat){.interval = (int)group_value(&group, "interval")->number};
    ok = read_form(reading, value, &group, repeat);
    ok = read_bounds(reading, &group, repeat) && ok && at->given && !except->wrong;
    read_times(reading, at, repeat);
    repeat->except =
        arena_copy(reading->arena, except->numbers, except->number_count * sizeof *except->numbers);
    repeat->except_count = except->number_count;
    if (!ok)
        return false;
    repeat_prepare(repeat);
    return check_days(reading, value, except, repeat);
}

/* ---- And back. ---- */

static void write_date(struct buffer *out, int64_t days)
{
    int year, month, day;

    civil_from_days(days, &year, &month, &day);
    (void)buffer_printf(out, "\"%04d-%02d-%02d\"", year, month, day);
}

static void write_clock(struct buffer *out, int seconds)
{
    (void)buffer_printf(out, "\"%02d:%02d", seconds / 3600, seconds / 60 % 60);
    if (seconds % 60)
        (void)buffer_printf(out, ":%02d", seconds % 60);
    (void)buffer_char(out, '"');
}

static void write_nth(struct buffer *out, const struct repeat_nth *nth)
{
    (void)buffer_printf(out, "\"%s %s\"", ordinals[(nth->nth < 0 ? 5 : nth->nth) - 1],
                        weekdays[nth->weekday]);
}

static void write_weekdays(struct buffer *out, unsigned set)
{
    const char *comma = "";

    (void)buffer_text(out, "on = [ ");
    for (size_t i = 0; i < COUNT_OF(weekdays); i++) {
        if (!(set & 1u << i))
            continue;
        (void)buffer_printf(out, "%s\"%s\"", comma, weekdays[i]);
        comma = ", ";
    }
    (void)buffer_text(out, " ]; ");
}

static void write_numbers(struct buffer *out, const int *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)buffer_printf(out, "%s%d", i ? ", " : "", numbers[i]);
}

/* every is said where the key itself does not say it. */
static void write_every(struct buffer *out, const struct repeat *repeat)
{
    static const char *const units[] = {[REPEAT_DAYS] = "day",
                                        [REPEAT_WEEKDAYS] = "week",
                                        [REPEAT_MONTH_DAYS] = "month",
                                        [REPEAT_NTH] = "month"};

    if (repeat->form == REPEAT_DAYS || repeat->interval > 1)
        (void)buffer_printf(out, "every = \"%s\"; ", units[repeat->form]);
    if (repeat->interval > 1)
        (void)buffer_printf(out, "interval = %d; ", repeat->interval);
}

static void write_days(struct buffer *out, const struct repeat *repeat)
{
    if (repeat->form == REPEAT_WEEKDAYS) {
        write_weekdays(out, repeat->weekdays);
    } else if (repeat->form == REPEAT_MONTH_DAYS) {
        (void)buffer_text(out, "day = [ ");
        write_numbers(out, repeat->days, repeat->day_count);
        (void)buffer_text(out, " ]; ");
    } else if (repeat->form == REPEAT_NTH) {
        (void)buffer_text(out, "nth = [ ");
        for (size_t i = 0; i < repeat->nth_count; i++) {
            (void)buffer_text(out, i ? ", " : "");
            write_nth(out, &repeat->nths[i]);
        }
        (void)buffer_text(out, " ]; ");
    }
}

static void write_times(struct buffer *out, const struct repeat *repeat)
{
    (void)buffer_text(out, "at = [ ");
    for (size_t i = 0; i < repeat->time_count; i++) {
        (void)buffer_text(out, i ? ", " : "");
        write_clock(out, repeat->times_s[i]);
    }
    (void)buffer_text(out, " ]; ");
}

static void write_bounds(struct buffer *out, const struct repeat *repeat)
{
    (void)buffer_text(out, "from = ");
    write_date(out, repeat->from);
    if (repeat->until != REPEAT_FOR_EVER) {
        (void)buffer_text(out, "; until = ");
        write_date(out, repeat->until);
    }
    for (size_t i = 0; i < repeat->except_count; i++) {
        (void)buffer_text(out, i ? ", " : "; except = [ ");
        write_date(out, repeat->except[i]);
    }
    (void)buffer_text(out, repeat->except_count ? " ]; };" : "; };");
}

const char *repeat_written(const struct repeat *repeat, struct arena *arena)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, SIZE_MAX);
    (void)buffer_text(&out, "repeat = { ");
    write_every(&out, repeat);
    write_days(&out, repeat);
    write_times(&out, repeat);
    write_bounds(&out, repeat);
    text = arena_text(arena, out.bytes);
    buffer_clear(&out);
    return text;
}

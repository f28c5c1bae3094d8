/* Rules known by heart, and properties of random ones. tests/oracle/repeat compares 10,000 with
 * dateutil. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/compiler.h"
#include "calendar/repeat.h"
#include "calendar/when.h"

static int evening[] = {19 * 3600};

static int64_t day_of(const char *text)
{
    struct when when;

    assert_true(when_parse_date(text, &when));
    return civil_days(when.civil.year, when.civil.month, when.civil.day);
}

static struct repeat rule(enum repeat_form form, const char *from)
{
    return (struct repeat){.form = form,
                           .interval = 1,
                           .times_s = evening,
                           .time_count = 1,
                           .from = day_of(from),
                           .until = REPEAT_FOR_EVER};
}

/* The slots from a date on, names joined by blanks, must begin with `expected`. */
static void expect_slots(const struct repeat *repeat, const char *from, const char *expected)
{
    struct civil at = civil_from_seconds(day_of(from) * 86400), civil;
    char found[512] = "", name[WHEN_GUESS];
    int64_t number;

    while (strlen(found) < strlen(expected) && repeat_next(repeat, &at, &civil, &number)) {
        if (*found)
            strncat(found, " ", sizeof found - strlen(found) - 1);
        strncat(found, when_slot_text(&civil, name), sizeof found - strlen(found) - 1);
        at = civil_from_seconds(civil_seconds(&civil) + 1);
    }
    assert_string_equal(found, expected);
}

static void weekdays_repeat_from_the_first_on_or_after_from(void **state)
{
    struct repeat repeat = rule(REPEAT_WEEKDAYS, "2026-12-01"); /* a Tuesday */

    (void)state;
    repeat.weekdays = 1u << 4 | 1u << 5;
    repeat_prepare(&repeat);
    expect_slots(&repeat, "2026-11-01", "2026-12-04T19:00 2026-12-05T19:00 2026-12-11T19:00");
    repeat.interval = 2;
    expect_slots(&repeat, "2026-12-05", "2026-12-05T19:00 2026-12-18T19:00");
    repeat.weekdays = 1; /* Monday: that week's is already over */
    expect_slots(&repeat, "2026-11-01", "2026-12-14T19:00 2026-12-28T19:00");
}

static void a_month_without_the_day_is_skipped(void **state)
{
    struct repeat repeat = rule(REPEAT_MONTH_DAYS, "2026-01-15");
    int days[] = {31, -1, 30};

    (void)state;
    repeat.days = days;
    repeat.day_count = 1;
    expect_slots(&repeat, "2026-01-01", "2026-01-31T19:00 2026-03-31T19:00 2026-05-31T19:00");
    repeat.days = days + 1;
    expect_slots(&repeat, "2026-01-01", "2026-01-31T19:00 2026-02-28T19:00 2026-03-31T19:00");
    repeat.day_count = 2; /* the last day and the 30th may be one */
    expect_slots(&repeat, "2026-03-31", "2026-03-31T19:00 2026-04-30T19:00 2026-05-30T19:00");
}

static void the_nth_weekday_of_a_month_is_found(void **state)
{
    struct repeat repeat = rule(REPEAT_NTH, "2026-12-01");
    struct repeat_nth nths[] = {{-1, 4}, {4, 4}, {2, 1}};

    (void)state;
    repeat.nths = nths;
    repeat.nth_count = 1;
    expect_slots(&repeat, "2026-12-01", "2026-12-25T19:00 2027-01-29T19:00 2027-02-26T19:00");
    repeat.nth_count = 2; /* in December both are the 25th: one slot */
    expect_slots(&repeat, "2026-12-01", "2026-12-25T19:00 2027-01-22T19:00 2027-01-29T19:00");
    repeat.nths = nths + 2;
    repeat.nth_count = 1;
    expect_slots(&repeat, "2026-12-01", "2026-12-08T19:00 2027-01-12T19:00");
}

static void exceptions_keep_their_numbers(void **state)
{
    struct repeat repeat = rule(REPEAT_DAYS, "2026-12-01");
    int times[] = {64800, 32400, 32400};
    int64_t except[] = {day_of("2026-12-03"), day_of("2026-12-02")};
    struct civil start = {2026, 12, 2, 0, 0, 0}, civil;
    int64_t number;

    (void)state;
    repeat.times_s = times;
    repeat.time_count = COUNT_OF(times);
    repeat.except = except;
    repeat.except_count = COUNT_OF(except);
    repeat_prepare(&repeat);
    assert_int_equal(repeat.time_count, 2); /* a doubled time counts once */
    assert_true(repeat_next(&repeat, &start, &civil, &number));
    assert_int_equal(civil.day, 4);
    assert_int_equal(civil.hour, 9);
    assert_int_equal(number, 6);
    assert_true(repeat_slot(&repeat, 3, &civil)); /* excepted, but still number 3 */
    assert_int_equal(civil.day, 2);
    assert_true(repeat_is_excepted(&repeat, day_of("2026-12-02")));
    assert_false(repeat_is_excepted(&repeat, day_of("2026-12-04")));
    assert_true(repeat_has_day(&repeat, day_of("2026-12-02")));
}

static void a_rule_ends_with_its_last_day(void **state)
{
    struct repeat repeat = rule(REPEAT_DAYS, "2026-12-01");
    struct civil civil = {2026, 12, 3, 19, 0, 0};
    int64_t number;

    (void)state;
    repeat.until = day_of("2026-12-03");
    assert_true(repeat_number(&repeat, &civil, &number));
    assert_int_equal(number, 2);
    assert_true(repeat_slot(&repeat, 2, &civil));
    assert_false(repeat_slot(&repeat, 3, &civil));
    assert_false(repeat_slot(&repeat, -1, &civil));
    assert_true(repeat_next(&repeat, &(struct civil){2026, 12, 3, 19, 0, 0}, &civil, &number));
    assert_false(repeat_next(&repeat, &(struct civil){2026, 12, 3, 19, 0, 1}, &civil, &number));
    assert_false(repeat_number(&repeat, &(struct civil){2026, 12, 3, 18, 0, 0}, &number));
    assert_false(repeat_number(&repeat, &(struct civil){2026, 12, 4, 19, 0, 0}, &number));
    assert_false(repeat_number(&repeat, &(struct civil){2026, 11, 30, 19, 0, 0}, &number));
    repeat.until = repeat.from - 1;
    assert_false(repeat_next(&repeat, &civil, &civil, &number));
}

static void rules_that_never_happen_end_too(void **state)
{
    struct repeat repeat = rule(REPEAT_MONTH_DAYS, "2026-02-01");
    struct civil start = {2026, 1, 1, 0, 0, 0}, civil;
    int day[] = {30};
    int64_t number;

    (void)state;
    repeat.days = day;
    repeat.day_count = 1;
    repeat.interval = 12; /* every February the 30th */
    assert_false(repeat_next(&repeat, &start, &civil, &number));
    assert_false(repeat_slot(&repeat, 0, &civil));
    repeat.form = REPEAT_WEEKDAYS;
    assert_false(repeat_next(&repeat, &start, &civil, &number));
    assert_false(repeat_slot(&repeat, 0, &civil));
    repeat.form = REPEAT_DAYS;
    repeat.time_count = 0;
    assert_false(repeat_next(&repeat, &start, &civil, &number));
    assert_false(repeat_slot(&repeat, 0, &civil));
}

static void nothing_lies_beyond_the_year_9999(void **state)
{
    static const enum repeat_form forms[] = {REPEAT_DAYS, REPEAT_WEEKDAYS, REPEAT_MONTH_DAYS,
                                             REPEAT_NTH};
    int day[] = {31};
    struct repeat_nth nth[] = {{-1, 4}};
    struct civil late = {9999, 12, 31, 19, 0, 1}, civil;
    int64_t number;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(forms); i++) {
        struct repeat repeat = rule(forms[i], "2026-12-01");

        repeat.weekdays = 1u << 4;
        repeat.days = day;
        repeat.nths = nth;
        repeat.day_count = repeat.nth_count = 1;
        assert_false(repeat_slot(&repeat, INT64_MAX, &civil));
        assert_false(repeat_slot(&repeat, 100000000, &civil));
        assert_false(repeat_next(&repeat, &late, &civil, &number));
        repeat.from = civil_days(9999, 12, 31) + 1;
        assert_false(repeat_slot(&repeat, 0, &civil));
    }
}

static uint32_t dice(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % sides;
}

struct random_rule {
    struct repeat repeat;
    int days[4], times[3];
    struct repeat_nth nths[3];
};

static void make_random(struct random_rule *made, uint64_t *seed)
{
    size_t i;

    *made = (struct random_rule){0};
    for (i = 0; i < COUNT_OF(made->days); i++)
        made->days[i] = dice(seed, 6) ? 1 + (int)dice(seed, 31) : -1;
    for (i = 0; i < COUNT_OF(made->times); i++)
        made->times[i] = (int)dice(seed, 1440) * 60;
    for (i = 0; i < COUNT_OF(made->nths); i++)
        made->nths[i] =
            (struct repeat_nth){dice(seed, 5) ? 1 + (int)dice(seed, 4) : -1, (int)dice(seed, 7)};
    made->repeat = (struct repeat){
        .form = (enum repeat_form)dice(seed, 4),
        .interval = 1 + (int)dice(seed, 9),
        .weekdays = 1 + dice(seed, 127),
        .days = made->days,
        .day_count = 1 + dice(seed, 4),
        .nths = made->nths,
        .nth_count = 1 + dice(seed, 3),
        .times_s = made->times,
        .time_count = 1 + dice(seed, 3),
        .from = 18000 + dice(seed, 4000),
        .until = REPEAT_FOR_EVER,
    };
    repeat_prepare(&made->repeat);
}

static void a_slot_and_its_number_lead_to_each_other(void **state)
{
    uint64_t seed = 3;
    int i;

    (void)state;
    for (i = 0; i < 5000; i++) {
        struct random_rule made;
        struct civil civil, next;
        int64_t wanted, back, following;

        make_random(&made, &seed);
        wanted = dice(&seed, 2000);
        if (!repeat_slot(&made.repeat, wanted, &civil))
            continue;
        assert_true(repeat_number(&made.repeat, &civil, &back));
        assert_int_equal(back, wanted);
        assert_true(repeat_next(&made.repeat, &civil, &next, &following));
        assert_int_equal(following, wanted);
        assert_int_equal(civil_seconds(&next), civil_seconds(&civil));
        if (wanted && repeat_slot(&made.repeat, wanted - 1, &next))
            assert_true(civil_seconds(&next) < civil_seconds(&civil));
    }
}

/* Day by day, the slow way: the next number belongs to the next day that has a slot, and to no
 * other. */
static void numbers_run_without_a_hole_over_the_days_of_a_rule(void **state)
{
    uint64_t seed = 4;
    int i;

    (void)state;
    for (i = 0; i < 200; i++) {
        struct random_rule made;
        int64_t day, expected = 0, number;

        make_random(&made, &seed);
        for (day = made.repeat.from - 40; day < made.repeat.from + 1500; day++) {
            struct civil first = civil_from_seconds(day * 86400 + made.repeat.times_s[0]);
            bool has = repeat_number(&made.repeat, &first, &number);

            assert_int_equal(has, repeat_has_day(&made.repeat, day));
            if (has) {
                assert_int_equal(number, expected);
                expected += (int64_t)made.repeat.time_count;
            }
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(weekdays_repeat_from_the_first_on_or_after_from),
        cmocka_unit_test(a_month_without_the_day_is_skipped),
        cmocka_unit_test(the_nth_weekday_of_a_month_is_found),
        cmocka_unit_test(exceptions_keep_their_numbers),
        cmocka_unit_test(a_rule_ends_with_its_last_day),
        cmocka_unit_test(rules_that_never_happen_end_too),
        cmocka_unit_test(nothing_lies_beyond_the_year_9999),
        cmocka_unit_test(a_slot_and_its_number_lead_to_each_other),
        cmocka_unit_test(numbers_run_without_a_hole_over_the_days_of_a_rule),
    };

    return cmocka_run_group_tests_name("calendar/repeat", tests, NULL, NULL);
}

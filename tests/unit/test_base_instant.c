#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/instant.h"

static void dates_and_day_numbers_lead_to_each_other(void **state)
{
    int64_t days;
    int year = 0, month = 0, day = 0, last_year = 0, last_month = 0, last_day = 0;

    (void)state;
    assert_int_equal(civil_days(1970, 1, 1), 0);
    assert_int_equal(civil_days(2000, 3, 1), 11017);
    assert_int_equal(civil_days(9999, 12, 31), 2932896);
    for (days = -1000; days < 200000; days++) {
        civil_from_days(days, &year, &month, &day);
        assert_int_equal(civil_days(year, month, day), days);
        if (days > -1000 && day != last_day + 1) {
            assert_int_equal(day, 1);
            assert_int_equal(last_day, civil_days_in_month(last_year, last_month));
        }
        last_year = year;
        last_month = month;
        last_day = day;
    }
}

static void weekdays_and_leap_years_are_right(void **state)
{
    (void)state;
    assert_int_equal(civil_weekday(civil_days(2026, 11, 22)), 6);
    assert_int_equal(civil_weekday(civil_days(2026, 12, 1)), 1);
    assert_int_equal(civil_weekday(-4), 6);
    assert_int_equal(civil_days_in_month(2024, 2), 29);
    assert_int_equal(civil_days_in_month(2026, 2), 28);
    assert_int_equal(civil_days_in_month(2000, 2), 29);
    assert_int_equal(civil_days_in_month(2100, 2), 28);
}

static void civil_times_are_checked_member_by_member(void **state)
{
    static const struct {
        struct civil civil;
        bool valid;
    } rows[] = {
        {{1970, 1, 1, 0, 0, 0}, true},    {{9999, 12, 31, 23, 59, 59}, true},
        {{1969, 12, 31, 0, 0, 0}, false}, {{10000, 1, 1, 0, 0, 0}, false},
        {{2026, 0, 1, 0, 0, 0}, false},   {{2026, 13, 1, 0, 0, 0}, false},
        {{2026, 2, 29, 0, 0, 0}, false},  {{2026, 1, 0, 0, 0, 0}, false},
        {{2026, 1, 1, 24, 0, 0}, false},  {{2026, 1, 1, -1, 0, 0}, false},
        {{2026, 1, 1, 0, 60, 0}, false},  {{2026, 1, 1, 0, 0, 60}, false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(civil_is_valid(&rows[i].civil), rows[i].valid);
}

static void seconds_before_1970_are_times_too(void **state)
{
    struct civil civil = civil_from_seconds(-1);

    (void)state;
    assert_int_equal(civil.year, 1969);
    assert_int_equal(civil.hour * 3600 + civil.minute * 60 + civil.second, 86399);
    assert_int_equal(civil_seconds(&civil), -1);
}

static void instants_are_written_and_read_as_rfc_3339(void **state)
{
    static const struct {
        const char *text, *utc;
    } rows[] = {
        {"2026-11-22T10:00:00+05:30", "2026-11-22T04:30:00.000Z"},
        {"2026-11-22T04:30:00Z", "2026-11-22T04:30:00.000Z"},
        {"2026-11-22t04:30:00.5z", "2026-11-22T04:30:00.500Z"},
        {"2026-11-22T00:05:00.123456Z", "2026-11-22T00:05:00.123Z"},
        {"2026-11-21T23:00:00-05:30", "2026-11-22T04:30:00.000Z"},
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
    };
    char text[INSTANT_TEXT];
    struct instant t;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        assert_true(instant_parse(rows[i].text, &t));
        assert_string_equal(instant_utc(t, text), rows[i].utc);
    }
    assert_string_equal(instant_local(t, 19800, true, text), "1970-01-01T05:30:00.000+05:30");
    assert_string_equal(instant_local(t, -12600, false, text), "1969-12-31T20:30:00-03:30");
    assert_string_equal(instant_utc(INSTANT_MAX, text), "9999-12-31T23:59:59.999Z");
}

static void other_texts_are_no_instants(void **state)
{
    static const char *const wrong[] = {
        "",
        "2026-11-22",
        "2026-11-22T10:00:00",
        "2026-11-22 10:00:00Z",
        "2026-11-22T10:00Z",
        "2026-11-22T10:00:00.Z",
        "2026-11-22T10:00:00+0530",
        "2026-11-22T10:00:00+24:00",
        "2026-11-22T10:00:00+05:60",
        "2026-02-30T10:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:00:00Z ",
        " 2026-11-22T10:00:00Z",
        "1970-01-01T00:00:00+00:01",
        "2026-1-22T10:00:00Z",
        "20261122T100000Z",
    };
    struct instant t;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(wrong); i++)
        assert_false(instant_parse(wrong[i], &t));
}

static void http_dates_go_both_ways(void **state)
{
    static const char *const wrong[] = {
        "",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Now 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:3x GMT",
    };
    char text[INSTANT_TEXT];
    struct instant t;
    size_t i;

    (void)state;
    assert_true(instant_parse_http("Sun, 06 Nov 1994 08:49:37 GMT", &t));
    assert_true(t.ms == INT64_C(784111777000));
    assert_string_equal(instant_http(t, text), "Sun, 06 Nov 1994 08:49:37 GMT");
    for (i = 0; i < COUNT_OF(wrong); i++)
        assert_false(instant_parse_http(wrong[i], &t));
}

static void spans_are_a_number_and_a_unit(void **state)
{
    static const struct {
        const char *text, *shortest;
        int64_t seconds;
    } rows[] = {
        {"30s", "30s", 30}, {"5m", "5m", 300},          {"120m", "2h", 7200}, {"48h", "2d", 172800},
        {"0s", "0s", 0},    {"400d", "400d", 34560000}, {"90s", "90s", 90},
    };
    static const char *const wrong[] = {"",     "5",          "m",  "5 m", "-5m", "5.5h",
                                        "401d", "999999999s", "5M", "5mm", "५m"};
    char text[INSTANT_TEXT];
    struct span span;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        assert_true(span_parse(rows[i].text, &span));
        assert_int_equal(span.ms, rows[i].seconds * 1000);
        assert_string_equal(span_text(span, text), rows[i].shortest);
    }
    for (i = 0; i < COUNT_OF(wrong); i++)
        assert_false(span_parse(wrong[i], &span));
}

static void instants_and_spans_do_arithmetic(void **state)
{
    struct instant t = {1000};

    (void)state;
    assert_true(instant_is_none(INSTANT_NONE));
    assert_false(instant_is_none(t));
    assert_int_equal(instant_plus(t, span_minutes(1)).ms, 61000);
    assert_int_equal(instant_minus(t, span_seconds(1)).ms, 0);
    assert_int_equal(instant_since(instant_plus(t, span_hours(1)), t).ms, 3600000);
    assert_true(instant_before(t, instant_plus(t, span_days(1))));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_and_day_numbers_lead_to_each_other),
        cmocka_unit_test(weekdays_and_leap_years_are_right),
        cmocka_unit_test(civil_times_are_checked_member_by_member),
        cmocka_unit_test(seconds_before_1970_are_times_too),
        cmocka_unit_test(instants_are_written_and_read_as_rfc_3339),
        cmocka_unit_test(other_texts_are_no_instants),
        cmocka_unit_test(http_dates_go_both_ways),
        cmocka_unit_test(spans_are_a_number_and_a_unit),
        cmocka_unit_test(instants_and_spans_do_arithmetic),
    };

    return cmocka_run_group_tests_name("base/instant", tests, NULL, NULL);
}

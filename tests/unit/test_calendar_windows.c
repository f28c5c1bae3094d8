#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "calendar/windows.h"

static struct zone *zone;

static int open_zone(const char *name)
{
    struct err err;

    return zone_open(name, &zone, &err) ? 0 : -1;
}

static int open_india(void **state)
{
    (void)state;
    return open_zone("Asia/Kolkata");
}

static int open_london(void **state)
{
    (void)state;
    return open_zone("Europe/London");
}

static int close_zone(void **state)
{
    (void)state;
    zone_close(zone);
    zone = NULL;
    return 0;
}

static struct instant at(const char *text)
{
    struct instant t;

    assert_true(instant_parse(text, &t));
    return t;
}

static const struct quiet night = {true, 22 * 3600, 7 * 3600, 1u << URGENCY_URGENT};
static const struct quiet noon = {true, 12 * 3600, 14 * 3600, 0};

static void classes_have_words(void **state)
{
    enum urgency urgency;
    int i;

    (void)state;
    for (i = 0; i < URGENCY_COUNT; i++) {
        assert_true(urgency_from_word(urgency_word((enum urgency)i), &urgency));
        assert_int_equal(urgency, i);
    }
    assert_false(urgency_from_word("Urgent", &urgency));
}

static void quiet_hours_cross_midnight(void **state)
{
    static const struct {
        const char *t;
        const char *end; /* NULL: not quiet */
    } rows[] = {
        {"2026-12-01T21:59:59+05:30", NULL},
        {"2026-12-01T22:00:00+05:30", "2026-12-02T07:00:00+05:30"},
        {"2026-12-02T00:00:00+05:30", "2026-12-02T07:00:00+05:30"},
        {"2026-12-02T06:59:59+05:30", "2026-12-02T07:00:00+05:30"},
        {"2026-12-02T07:00:00+05:30", NULL},
    };
    struct instant end;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        bool is_quiet = quiet_covers(&night, zone, at(rows[i].t), URGENCY_SAFETY, &end);

        assert_int_equal(is_quiet, rows[i].end != NULL);
        assert_int_equal(end.ms, rows[i].end ? at(rows[i].end).ms : INSTANT_NONE.ms);
        assert_false(quiet_covers(&night, zone, at(rows[i].t), URGENCY_URGENT, &end));
    }
}

static void quiet_hours_within_a_day_and_none_at_all(void **state)
{
    struct quiet none = {.set = false, .from_s = 0, .to_s = 86399}, empty = {true, 3600, 3600, 0};
    struct instant end;

    (void)state;
    assert_true(quiet_covers(&noon, zone, at("2026-12-01T13:00:00+05:30"), URGENCY_URGENT, &end));
    assert_int_equal(end.ms, at("2026-12-01T14:00:00+05:30").ms);
    assert_false(quiet_covers(&noon, zone, at("2026-12-01T14:00:00+05:30"), URGENCY_URGENT, &end));
    assert_false(quiet_covers(&noon, zone, at("2026-12-01T11:59:59+05:30"), URGENCY_URGENT, &end));
    assert_false(quiet_covers(&none, zone, at("2026-12-01T13:00:00+05:30"), URGENCY_SAFETY, &end));
    assert_false(quiet_covers(&empty, zone, at("2026-12-01T01:00:00+05:30"), URGENCY_SAFETY, &end));
}

static const struct blackout blackouts[] = {
    {"state mourning", {2026, 12, 20, 0, 0, 0}, {2026, 12, 22, 23, 59, 0}, 1u << URGENCY_URGENT},
    {"election", {2026, 12, 22, 12, 0, 30}, {2026, 12, 24, 18, 0, 0}, 0},
};

static void both_ends_of_a_blackout_are_inside_to_the_minute(void **state)
{
    struct instant end;
    const struct blackout *found;

    (void)state;
    assert_null(blackout_covering(blackouts, 1, zone, at("2026-12-19T23:59:59+05:30"),
                                  URGENCY_SAFETY, &end));
    assert_true(instant_is_none(end));
    assert_non_null(blackout_covering(blackouts, 1, zone, at("2026-12-20T00:00:00+05:30"),
                                      URGENCY_SAFETY, &end));
    found = blackout_covering(blackouts, 1, zone, at("2026-12-22T23:59:59+05:30"), URGENCY_SAFETY,
                              &end);
    assert_string_equal(found->name, "state mourning");
    assert_int_equal(end.ms, at("2026-12-23T00:00:00+05:30").ms);
    assert_null(blackout_covering(blackouts, 1, zone, at("2026-12-23T00:00:00+05:30"),
                                  URGENCY_SAFETY, &end));
    assert_null(blackout_covering(blackouts, 1, zone, at("2026-12-21T00:00:00+05:30"),
                                  URGENCY_URGENT, &end));
}

static void of_two_blackouts_the_one_that_ends_last_is_named(void **state)
{
    struct instant end;
    const struct blackout *found =
        blackout_covering(blackouts, 2, zone, at("2026-12-22T12:00:00+05:30"), URGENCY_SAFETY,
                          &end);

    (void)state;
    assert_string_equal(found->name, "election");
    assert_int_equal(end.ms, at("2026-12-24T18:01:00+05:30").ms);
}

static void the_way_is_open_after_both(void **state)
{
    struct instant open =
        windows_open(&night, blackouts, 2, zone, at("2026-12-21T10:00:00+05:30"), URGENCY_SAFETY);
    struct instant free = at("2026-12-01T10:00:00+05:30");

    (void)state;
    assert_int_equal(open.ms, at("2026-12-24T18:01:00+05:30").ms);
    assert_int_equal(windows_open(&night, blackouts, 2, zone, free, URGENCY_SAFETY).ms, free.ms);
    open =
        windows_open(&night, blackouts, 1, zone, at("2026-12-22T10:00:00+05:30"), URGENCY_SAFETY);
    assert_int_equal(open.ms, at("2026-12-23T07:00:00+05:30").ms);
}

static bool is_closed(const struct quiet *quiet, const struct blackout *blackout, struct instant t)
{
    struct instant end;

    return quiet_covers(quiet, zone, t, URGENCY_SAFETY, &end) ||
           blackout_covering(blackout, 1, zone, t, URGENCY_SAFETY, &end);
}

/* In steps of five minutes: the answer must be the first open instant, also when
 * the clocks change inside the quiet hours or at their end. */
static void the_end_is_the_first_open_instant_also_when_clocks_change(void **state)
{
    static const struct {
        const char *start;
        struct quiet quiet;
        bool once; /* false: the wall leaves the quiet hours for a while, at their start again */
    } rows[] = {
        {"2025-03-29T20:00:00Z",
         {true, 23 * 3600, 5400, 0},
         true}, /* ends at 01:30, which is skipped */
        {"2025-03-29T20:00:00Z", {true, 5400, 3 * 3600, 0}, true}, /* begins in the gap */
        {"2025-10-25T20:00:00Z",
         {true, 23 * 3600, 5400, 0},
         true}, /* ends at 01:30, which is twice */
        {"2025-10-25T20:00:00Z", {true, 5400, 3 * 3600, 0}, false}, /* begins in the overlap */
    };
    static const struct blackout mourning = {
        "m", {2025, 3, 30, 0, 0, 0}, {2025, 3, 30, 1, 14, 0}, 0};
    size_t i;
    int step;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        struct instant t = at(rows[i].start);

        for (step = 0; step < 150; step++, t = instant_plus(t, span_minutes(5))) {
            struct instant open =
                windows_open(&rows[i].quiet, &mourning, 1, zone, t, URGENCY_SAFETY);
            struct instant probe = t;

            while (is_closed(&rows[i].quiet, &mourning, probe))
                probe = instant_plus(probe, span_minutes(5));
            assert_false(is_closed(&rows[i].quiet, &mourning, open));
            assert_true(rows[i].once ? open.ms == probe.ms : open.ms >= probe.ms);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_have_words),
        cmocka_unit_test_setup_teardown(quiet_hours_cross_midnight, open_india, close_zone),
        cmocka_unit_test_setup_teardown(quiet_hours_within_a_day_and_none_at_all, open_india,
                                        close_zone),
        cmocka_unit_test_setup_teardown(both_ends_of_a_blackout_are_inside_to_the_minute,
                                        open_india, close_zone),
        cmocka_unit_test_setup_teardown(of_two_blackouts_the_one_that_ends_last_is_named,
                                        open_india, close_zone),
        cmocka_unit_test_setup_teardown(the_way_is_open_after_both, open_india, close_zone),
        cmocka_unit_test_setup_teardown(the_end_is_the_first_open_instant_also_when_clocks_change,
                                        open_london, close_zone),
    };

    return cmocka_run_group_tests_name("calendar/windows", tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/compiler.h"
#include "calendar/zone.h"

static struct zone *opened(const char *name)
{
    struct zone *zone;
    struct err err;

    if (!zone_open(name, &zone, &err))
        fail_msg("%s", err.text);
    return zone;
}

static struct instant at(const char *text)
{
    struct instant t;

    assert_true(instant_parse(text, &t));
    return t;
}

static void only_names_of_the_system_open_a_zone(void **state)
{
    static const char *const wrong[] = {
        "",
        "Mars/Base",
        "Asia/Kolkatta",
        "asia/kolkata",
        "Asia",
        "Asia/",
        "/etc/passwd",
        "../../etc/passwd",
        "Asia/../Europe/London",
        "posix/Asia/Kolkata",
        "+05:30",
        "IST-5:30",
        "IST-5",
        "Asia//Kolkata",
        "Asia/Kolkata ",
        "A/B/C/D",
        "localtime",
    };
    struct zone *zone;
    struct err err;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(wrong); i++) {
        if (zone_open(wrong[i], &zone, &err))
            fail_msg("\"%s\" was taken for a zone", wrong[i]);
        assert_null(zone);
        assert_int_equal(err.kind, ERR_CONFIG);
    }
    zone_close(NULL);
}

static void india_is_five_and_a_half_hours_east(void **state)
{
    struct zone *zone = opened("Asia/Kolkata");
    struct civil civil = {2026, 12, 1, 9, 30, 0}, back;
    struct instant first, second;

    (void)state;
    assert_string_equal(zone_name(zone), "Asia/Kolkata");
    assert_int_equal(zone_resolve(zone, &civil, &first, &second), ZONE_ONCE);
    assert_int_equal(first.ms, at("2026-12-01T04:00:00Z").ms);
    assert_int_equal(second.ms, first.ms);
    assert_int_equal(zone_offset_s(zone, first), 19800);
    back = zone_civil(zone, first);
    assert_memory_equal(&back, &civil, sizeof back);
    zone_close(zone);
}

static void gaps_and_overlaps_are_results_of_their_own(void **state)
{
    static const struct {
        const char *zone;
        struct civil wall;
        enum zone_fit fit;
        const char *first, *second;
    } rows[] = {
        {"Europe/London",
         {2025, 3, 30, 1, 30, 0},
         ZONE_GAP,
         "2025-03-30T01:30:00Z",
         "2025-03-30T01:30:00Z"},
        {"Europe/London",
         {2025, 3, 30, 2, 0, 0},
         ZONE_ONCE,
         "2025-03-30T01:00:00Z",
         "2025-03-30T01:00:00Z"},
        {"Europe/London",
         {2025, 10, 26, 1, 30, 0},
         ZONE_TWICE,
         "2025-10-26T00:30:00Z",
         "2025-10-26T01:30:00Z"},
        {"Europe/Dublin",
         {2025, 10, 26, 1, 30, 0},
         ZONE_TWICE,
         "2025-10-26T00:30:00Z",
         "2025-10-26T01:30:00Z"},
        {"Australia/Lord_Howe",
         {2025, 4, 6, 1, 45, 0},
         ZONE_TWICE,
         "2025-04-05T14:45:00Z",
         "2025-04-05T15:15:00Z"},
        {"America/New_York",
         {2026, 3, 8, 2, 30, 0},
         ZONE_GAP,
         "2026-03-08T07:30:00Z",
         "2026-03-08T07:30:00Z"},
        {"UTC", {2026, 3, 8, 2, 30, 0}, ZONE_ONCE, "2026-03-08T02:30:00Z", "2026-03-08T02:30:00Z"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        struct zone *zone = opened(rows[i].zone);
        struct instant first, second;

        assert_int_equal(zone_resolve(zone, &rows[i].wall, &first, &second), rows[i].fit);
        assert_int_equal(first.ms, at(rows[i].first).ms);
        assert_int_equal(second.ms, at(rows[i].second).ms);
        zone_close(zone);
    }
}

static void milliseconds_before_a_second_belong_to_the_one_before(void **state)
{
    struct zone *zone = opened("UTC");

    (void)state;
    assert_int_equal(zone_civil(zone, (struct instant){1999}).second, 1);
    assert_int_equal(zone_civil(zone, (struct instant){-1}).second, 59);
    zone_close(zone);
}

static void the_list_of_names_helps_with_misspelt_and_old_ones(void **state)
{
    struct arena arena = {0};
    const char *const *names;
    size_t count, i, found = 0;

    (void)state;
    zone_names(&arena, &names, &count);
    assert_true(count > 300);
    for (i = 0; i < count; i++)
        found += !strcmp(names[i], "Asia/Kolkata") || !strcmp(names[i], "Asia/Calcutta");
    assert_int_equal(found, 2);
    assert_string_equal(zone_modern_name("Asia/Calcutta", &arena), "Asia/Kolkata");
    assert_null(zone_modern_name("Asia/Kolkata", &arena));
    assert_null(zone_modern_name("Mars/Base", &arena));
    assert_int_equal(strncmp(zone_rules_version(&arena), "20", 2), 0);
    arena_clear(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_names_of_the_system_open_a_zone),
        cmocka_unit_test(india_is_five_and_a_half_hours_east),
        cmocka_unit_test(gaps_and_overlaps_are_results_of_their_own),
        cmocka_unit_test(milliseconds_before_a_second_belong_to_the_one_before),
        cmocka_unit_test(the_list_of_names_helps_with_misspelt_and_old_ones),
    };

    return cmocka_run_group_tests_name("calendar/zone", tests, NULL, NULL);
}

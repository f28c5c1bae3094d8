/* Calendars, read again by libical's own parser. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/ics.h"

static const struct ics_event event = {
    .uid = "0123456789abcdef@crier",
    .start = {INT64_C(1796097600000)}, /* 2026-12-01T04:00:00Z */
    .length = {INT64_C(15) * 60 * 1000},
    .summary = "हेलमेट पहनें, घर; पहुँचें \\ "
               "👨‍👩‍👧‍👦",
    .description = "एक\nदो, तीन; चार",
    .category = "traffic",
    .tentative = true,
    .written = {INT64_C(1795312800123)},
};

static icalcomponent *read_again(const struct ics_event *one)
{
    struct buffer out;
    icalcomponent *calendar;

    buffer_init(&out, SIZE_MAX / 2);
    ics_begin(&out, "Crier");
    ics_add(&out, one);
    ics_end(&out);
    (void)buffer_char(&out, '\0');
    calendar = icalparser_parse_string(out.bytes);
    buffer_clear(&out);
    assert_non_null(calendar);
    assert_int_equal(icalcomponent_count_errors(calendar), 0);
    assert_true(icalrestriction_check(calendar));
    return calendar;
}

static void what_is_written_is_read_again_as_it_was(void **state)
{
    icalcomponent *calendar = read_again(&event);
    icalcomponent *read = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    const struct icaltimetype start = icalcomponent_get_dtstart(read);

    (void)state;
    assert_int_equal(icaltime_as_timet_with_zone(start, icaltimezone_get_utc_timezone()),
                     event.start.ms / 1000);
    assert_true(icaltime_is_utc(start));
    assert_string_equal(icalcomponent_get_summary(read), event.summary);
    assert_string_equal(icalcomponent_get_description(read), event.description);
    assert_string_equal(icalcomponent_get_uid(read), event.uid);
    assert_int_equal(icalcomponent_get_status(read), ICAL_STATUS_TENTATIVE);
    assert_int_equal(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 1);
    icalcomponent_free(calendar);
}

static void a_later_version_has_a_higher_number(void **state)
{
    struct ics_event later = event;
    icalcomponent *first = read_again(&event), *second;

    (void)state;
    later.written = instant_plus(event.written, span_minutes(2));
    second = read_again(&later);
    assert_int_equal(icalcomponent_get_sequence(
                         icalcomponent_get_first_component(second, ICAL_VEVENT_COMPONENT)) -
                         icalcomponent_get_sequence(
                             icalcomponent_get_first_component(first, ICAL_VEVENT_COMPONENT)),
                     2);
    icalcomponent_free(first);
    icalcomponent_free(second);
}

/* At every length, so that a fold falls on every byte of a letter. */
static void no_line_is_long_or_cut_inside_a_letter(void **state)
{
    /* clang-format off */
    static const char letters[] = "अआइईउऊऋएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह👨‍👩‍👧‍👦🇮🇳";
    /* clang-format on */

    (void)state;
    for (size_t blanks = 0; blanks < 80; blanks++) {
        char summary[600];
        struct ics_event one = event;
        struct buffer out;

        (void)snprintf(summary, sizeof summary, "%*s%s", (int)blanks, "x", letters);
        one.summary = summary;
        buffer_init(&out, SIZE_MAX / 2);
        ics_add(&out, &one);
        (void)buffer_char(&out, '\0');
        for (char *line = out.bytes, *end; (end = strstr(line, "\r\n")); line = end + 2) {
            assert_true(end - line <= 75);
            assert_true(((unsigned char)end[0] & 0xc0) != 0x80);
            assert_true(line[0] != ' ' || ((unsigned char)line[1] & 0xc0) != 0x80);
        }
        buffer_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again_as_it_was),
        cmocka_unit_test(a_later_version_has_a_higher_number),
        cmocka_unit_test(no_line_is_long_or_cut_inside_a_letter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "calendar/when.h"

struct row {
    const char *text;
    enum when_fault fault;
    const char *guess;
};

typedef bool parser(const char *text, struct when *when);

static void expect_all(parser *parse, const struct row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        struct when when;
        bool ok = parse(rows[i].text, &when);

        assert_int_equal(ok, when.fault == WHEN_OK);
        if (when.fault != rows[i].fault || strcmp(when.guess, rows[i].guess) != 0)
            fail_msg("\"%s\": \"%s\", guess \"%s\"; expected \"%s\", guess \"%s\"", rows[i].text,
                     when_fault_text(when.fault), when.guess, when_fault_text(rows[i].fault),
                     rows[i].guess);
    }
}

static void one_form_is_right(void **state)
{
    struct when when;

    (void)state;
    assert_true(when_parse("2026-12-01 09:30", &when));
    assert_int_equal(civil_seconds(&when.civil),
                     civil_seconds(&(struct civil){2026, 12, 1, 9, 30, 0}));
    assert_true(when_parse("2028-02-29 23:59:58", &when));
    assert_int_equal(when.civil.second, 58);
    assert_true(when_parse("9999-12-31 00:00", &when));
    assert_true(when_parse_date("2026-12-01", &when));
    assert_int_equal(when.civil.day, 1);
    assert_true(when_parse_time("09:30", &when));
    assert_int_equal(when.civil.hour * 60 + when.civil.minute, 570);
    assert_true(when_parse_time("23:59:59", &when));
}

static void each_mistake_of_a_clerk_has_a_name_and_a_guess(void **state)
{
    static const struct row rows[] = {
        {"", WHEN_EMPTY, ""},
        {"  ", WHEN_EMPTY, ""},
        {"tomorrow", WHEN_NOT_A_TIME, ""},
        {"2026-12-01 09:30 or so", WHEN_NOT_A_TIME, ""},
        {"2026-12-01 09:30-", WHEN_ZONE, ""},
        {"2026-12", WHEN_NOT_A_TIME, ""},
        {"20261201", WHEN_NOT_A_TIME, ""},
        {"2026-12-01 09:", WHEN_NOT_A_TIME, ""},
        {"2026-12-01 09:30:", WHEN_NOT_A_TIME, ""},
        {"2026-12-01 noon", WHEN_NOT_A_TIME, ""},
        {"99999999999-12-01 09:30", WHEN_NOT_A_TIME, ""},
        {"२०२६-१२-०१ ०९:३०", WHEN_OTHER_DIGITS, "2026-12-01 09:30"},
        {"2026-12-01 ०९:30", WHEN_OTHER_DIGITS, "2026-12-01 09:30"},
        {"২০২৬-১২-০১ ০৯:৩০", WHEN_OTHER_DIGITS, "2026-12-01 09:30"},
        {"۲۰۲۶-۱۲-۰۱ ۰۹:۳۰", WHEN_OTHER_DIGITS, "2026-12-01 09:30"},
        {"２０２６-12-01 09:30", WHEN_OTHER_DIGITS, "2026-12-01 09:30"},
        {"01-12-2026 09:30", WHEN_DAY_FIRST, "2026-12-01 09:30"},
        {"1/12/2026 9:30 PM", WHEN_DAY_FIRST, "2026-12-01 21:30"},
        {"31.12.2026 09:30", WHEN_DAY_FIRST, "2026-12-31 09:30"},
        {"12-25-2026 09:30", WHEN_DAY_FIRST, "2026-12-25 09:30"},
        {"31-11-2026 09:30", WHEN_DAY_FIRST, ""},
        {"26-12-01 09:30", WHEN_YEAR, ""},
        {"01-12-26 09:30", WHEN_YEAR, ""},
        {"1969-12-31 09:30", WHEN_YEAR, ""},
        {"12026-12-01 09:30", WHEN_YEAR, ""},
        {"2026/12/01 09:30", WHEN_SEPARATOR, "2026-12-01 09:30"},
        {"2026.12.01 09.30", WHEN_SEPARATOR, "2026-12-01 09:30"},
        {"2026-12-01 09.30", WHEN_SEPARATOR, "2026-12-01 09:30"},
        {"2026-12-01 0930", WHEN_SEPARATOR, "2026-12-01 09:30"},
        {"2026-12-01, 09:30", WHEN_SEPARATOR, "2026-12-01 09:30"},
        {"2026-12-01T09:30", WHEN_T_BETWEEN, "2026-12-01 09:30"},
        {"2026-12-01T09:30:15", WHEN_T_BETWEEN, "2026-12-01 09:30:15"},
        {"2026-12-01 9:30 PM", WHEN_TWELVE_HOUR, "2026-12-01 21:30"},
        {"2026-12-01 09:30 am", WHEN_TWELVE_HOUR, "2026-12-01 09:30"},
        {"2026-12-01 12:05AM", WHEN_TWELVE_HOUR, "2026-12-01 00:05"},
        {"2026-12-01 12:05 p.m.", WHEN_TWELVE_HOUR, "2026-12-01 12:05"},
        {"2026-12-01 9 PM", WHEN_TWELVE_HOUR, "2026-12-01 21:00"},
        {"2026-12-01 21:30 PM", WHEN_TWELVE_HOUR, ""},
        {"2026-12-01 09:30 IST", WHEN_ZONE, "2026-12-01 09:30"},
        {"2026-12-01 09:30+05:30", WHEN_ZONE, "2026-12-01 09:30"},
        {"2026-12-01 09:30Z", WHEN_ZONE, ""},
        {"2026-12-01 09:30 +02:00", WHEN_ZONE, ""},
        {"2026-12-01 09:30 UTC", WHEN_ZONE, ""},
        {"2026-12-01 9:30", WHEN_SHORT_NUMBER, "2026-12-01 09:30"},
        {"2026-12-1 09:30", WHEN_SHORT_NUMBER, "2026-12-01 09:30"},
        {"2026-2-1 09:5", WHEN_SHORT_NUMBER, "2026-02-01 09:05"},
        {"2026-12-01 09:30:5", WHEN_SHORT_NUMBER, "2026-12-01 09:30:05"},
        {"2026-12-01  09:30", WHEN_BLANKS, "2026-12-01 09:30"},
        {" 2026-12-01 09:30", WHEN_BLANKS, "2026-12-01 09:30"},
        {"2026-12-01 09:30 ", WHEN_BLANKS, "2026-12-01 09:30"},
        {"2026-12-01\t09:30", WHEN_BLANKS, "2026-12-01 09:30"},
        {"2026-12-01\u00A009:30", WHEN_BLANKS, "2026-12-01 09:30"},
        {"2026-12-0109:30", WHEN_NOT_A_TIME, ""},
        {"2026-12-01", WHEN_NO_TIME, ""},
        {"2026-12-01 ", WHEN_BLANKS, ""},
        {"09:30", WHEN_NO_DATE, ""},
        {"2026-13-01 09:30", WHEN_NO_SUCH_MONTH, ""},
        {"2026-00-01 09:30", WHEN_NO_SUCH_MONTH, ""},
        {"2026-02-30 09:30", WHEN_NO_SUCH_DAY, ""},
        {"2026-04-31 09:30", WHEN_NO_SUCH_DAY, ""},
        {"2027-02-29 09:30", WHEN_NO_SUCH_DAY, ""},
        {"2026-12-00 09:30", WHEN_NO_SUCH_DAY, ""},
        {"2026-12-31 24:00", WHEN_MIDNIGHT_24, "2027-01-01 00:00"},
        {"2026-12-01 24:01", WHEN_NO_SUCH_TIME, ""},
        {"2026-12-01 25:00", WHEN_NO_SUCH_TIME, ""},
        {"2026-12-01 09:60", WHEN_NO_SUCH_TIME, ""},
        {"2026-12-01 09:30:60", WHEN_NO_SUCH_TIME, ""},
    };

    (void)state;
    expect_all(when_parse, rows, COUNT_OF(rows));
}

static void dates_and_times_alone_are_as_strict(void **state)
{
    static const struct row dates[] = {
        {"01/12/2026", WHEN_DAY_FIRST, "2026-12-01"},
        {"2026-12-01 09:30", WHEN_EXTRA_TIME, "2026-12-01"},
        {"2026-1-2", WHEN_SHORT_NUMBER, "2026-01-02"},
        {"09:30", WHEN_NO_DATE, ""},
        {"2026-02-29", WHEN_NO_SUCH_DAY, ""},
    };
    static const struct row times[] = {
        {"7:00", WHEN_SHORT_NUMBER, "07:00"},
        {"7 pm", WHEN_TWELVE_HOUR, "19:00"},
        {"19.00", WHEN_SEPARATOR, "19:00"},
        {"1900", WHEN_SEPARATOR, "19:00"},
        {"19", WHEN_NOT_A_TIME, ""},
        {"१९:००", WHEN_OTHER_DIGITS, "19:00"},
        {"24:00", WHEN_MIDNIGHT_24, "00:00"},
        {"19:00 IST", WHEN_ZONE, "19:00"},
        {"2026-12-01 19:00", WHEN_EXTRA_DATE, "19:00"},
        {"2026-12-01", WHEN_NO_TIME, ""},
    };

    (void)state;
    expect_all(when_parse_date, dates, COUNT_OF(dates));
    expect_all(when_parse_time, times, COUNT_OF(times));
}

static void every_guess_is_itself_right(void **state)
{
    static const char *const texts[] = {"1/12/2026 9:30 PM", "2026-12-31 24:00", "2026-12-01 9 PM"};
    struct when when, again;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(texts); i++) {
        assert_false(when_parse(texts[i], &when));
        assert_true(when_parse(when.guess, &again));
    }
}

static void every_fault_has_a_sentence(void **state)
{
    int fault;

    (void)state;
    assert_string_equal(when_fault_text(WHEN_OK), "");
    for (fault = WHEN_OK + 1; fault <= WHEN_NO_SUCH_TIME; fault++)
        assert_true(strlen(when_fault_text((enum when_fault)fault)) > 10);
}

/* The form checked letter by letter: what the lenient reader calls right must be it. */
static bool has_the_form(const char *text)
{
    static const char form[] = "0000-00-00 00:00:00";
    size_t i, length = strlen(text);

    for (i = 0; i < length; i++) {
        if (i >= sizeof form - 1 ||
            (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]))
            return false;
    }
    return length == 16 || length == 19;
}

static void no_other_text_is_ever_right(void **state)
{
    static const char letters[] = "0123456789-: T./ZapmIS+\xE0\xA5\xA6";
    uint32_t seed = 7;
    size_t right = 0;
    int i, n;

    (void)state;
    for (i = 0; i < 300000; i++) {
        char text[] = "2026-12-01 09:30:15\0\0\0";
        struct when when;

        if (i % 2)
            text[16] = '\0';
        for (n = 0; n < 2; n++) {
            seed = seed * 1664525u + 1013904223u;
            text[(seed >> 8) % 20] = letters[(seed >> 16) % (sizeof letters - 1)];
        }
        if (when_parse(text, &when)) {
            right++;
            assert_true(has_the_form(text));
            assert_true(civil_is_valid(&when.civil));
        }
    }
    assert_true(right > 1000);
}

static void slots_are_named_by_their_wall_time(void **state)
{
    static const char *const wrong[] = {"2026-12-04 19:00",
                                        "2026-12-04t19:00",
                                        "2026-12-4T19:00",
                                        "2026-12-04T19:00 ",
                                        "2026-12-04T24:00",
                                        "2026-12-04T19:00:00",
                                        "",
                                        "once",
                                        "2026-12-04T"};
    struct civil civil = {2026, 12, 4, 19, 0, 0}, back;
    char text[WHEN_GUESS];
    size_t i;

    (void)state;
    assert_string_equal(when_slot_text(&civil, text), "2026-12-04T19:00");
    assert_true(when_slot_parse(text, &back));
    assert_memory_equal(&civil, &back, sizeof civil);
    civil.second = 5;
    assert_string_equal(when_slot_text(&civil, text), "2026-12-04T19:00:05");
    assert_true(when_slot_parse(text, &back));
    assert_memory_equal(&civil, &back, sizeof civil);
    for (i = 0; i < COUNT_OF(wrong); i++)
        assert_false(when_slot_parse(wrong[i], &back));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_form_is_right),
        cmocka_unit_test(each_mistake_of_a_clerk_has_a_name_and_a_guess),
        cmocka_unit_test(dates_and_times_alone_are_as_strict),
        cmocka_unit_test(every_guess_is_itself_right),
        cmocka_unit_test(every_fault_has_a_sentence),
        cmocka_unit_test(no_other_text_is_ever_right),
        cmocka_unit_test(slots_are_named_by_their_wall_time),
    };

    return cmocka_run_group_tests_name("calendar/when", tests, NULL, NULL);
}

/* Numbers that people would dial, and those that are something else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/compiler.h"
#include "text/numbers.h"

static struct arena arena;

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* "1930 dialled" or "173 otherwise" or "420" of each number, with a blank between. */
static const char *found_in(const char *text, const char *label)
{
    struct number_list list = numbers_find(text, label, &arena);
    const char *all = "";

    for (size_t i = 0; i < list.count; i++)
        all = arena_printf(&arena, "%s%s%s%s%s", all, i ? " " : "", list.items[i].digits,
                           list.items[i].dialled ? "!" : "", list.items[i].otherwise ? "~" : "");
    return all;
}

static void a_number_to_dial_is_told_from_others(void **state)
{
    static const struct {
        const char *text, *found;
    } rows[] = {
        {"ठगी हो गई? तुरंत 1930 मिलाएँ।", "1930!"},
        {"तुरंत १९३० डायल करें", "1930!"},
        {"Dial 112 in an emergency", "112!"},
        {"Helpline 181 and 15100", "181! 15100!"},
        {"हेल्पलाइन: 1098, दिन-रात।", "1098!"},
        {"Call 112. In 2024 there were 500 calls.", "112! 2024~ 500~"},
        {"BNSS धारा 173 और 176", "173~ 176~"},
        {"sections 105, 173 and 176", "105~ 173~ 176~"},
        {"धारा 134A, NH-48, 4G, MH12AB1234", "134~ 1234~"},
        {"₹500, Rs 1000, 500 रुपये, 1,00,000 लोग, 80%, 120 km", "500~ 1000~ 500~ 000~ 120~"},
        {"2026-12-01, 01/12/2026, 10:30, 2025-26, 100-200", "2026~ 2026~ 2025~ 100~ 200~"},
        {"1 जुलाई 2024 से, Act 1988, since 2019, 1950 में, (2013)", "2024~ 1988~ 2019~ 1950~ 2013~"},
        {"90 दिन, 365 दिन, 100 किमी", "365~ 100~"},
        {"Nothing says what 420 is", "420"},
        {"WhatsApp 9876543210 or +91 98765 43210 or 098765-43210",
         "9876543210! 9876543210! 9876543210!"},
        {"1800-11-4949, 1800 180 1253, 011-23456789, 0120 2345678",
         "1800114949! 18001801253! 1123456789! 1202345678!"},
        {"112 181 1930", "112 181 1930"},
        {"https://a.gov.in/1930 #1930 @1930", "1930~"},
        {"Your PNR 4521098765432101 is confirmed", "4521098765432101~"},
        {"ट्रेन 12345 का नंबर", "12345~"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *found = found_in(rows[i].text, NULL);

        if (strcmp(found, rows[i].found) != 0)
            fail_msg("\"%s\": found \"%s\", not \"%s\"", rows[i].text, found, rows[i].found);
    }
}

static void a_text_that_is_a_number_goes_by_its_label(void **state)
{
    (void)state;
    assert_string_equal(found_in("1930", "helpline"), "1930!");
    assert_string_equal(found_in("1930", "emergency_number"), "1930!");
    assert_string_equal(found_in("1930", "since"), "1930");
    assert_string_equal(found_in("500 लोग", "helpline"), "500~");
}

static void entries_of_a_list_are_read_as_digits(void **state)
{
    static const struct {
        const char *text, *digits; /* NULL: no number */
    } rows[] = {{"112", "112"},
                {"1800-11-4949", "1800114949"},
                {"+91 11 2345 6789", "1123456789"},
                {"011-23456789", "1123456789"},
                {"१९३०", "1930"},
                {"12", NULL},
                {"112 (Police)", NULL},
                {"", NULL},
                {"1-1", NULL},
                {"12345678901234567890", NULL}};
    char digits[NUMBER_DIGITS + 1];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool ok = number_digits(rows[i].text, digits);

        assert_int_equal(ok, rows[i].digits != NULL);
        if (ok)
            assert_string_equal(digits, rows[i].digits);
    }
}

static void one_slip_is_near_and_two_are_not(void **state)
{
    static const char *const near[][2] = {{"1930", "1390"},  {"1930", "1920"}, {"1930", "193"},
                                          {"1930", "19030"}, {"112", "122"},   {"1098", "1908"}};
    static const char *const far[][2] = {
        {"1930", "1930"}, {"1930", "1029"}, {"112", "12"}, {"112", "211"}, {"1930", "3019"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(near); i++) {
        assert_true(numbers_are_near(near[i][0], near[i][1]));
        assert_true(numbers_are_near(near[i][1], near[i][0]));
    }
    for (size_t i = 0; i < COUNT_OF(far); i++) {
        assert_false(numbers_are_near(far[i][0], far[i][1]));
        assert_false(numbers_are_near(far[i][1], far[i][0]));
    }
}

static void a_number_is_written_in_the_digits_beside_it(void **state)
{
    (void)state;
    assert_string_equal(number_in_digits_of("1930", "१३९०", &arena), "१९३०");
    assert_string_equal(number_in_digits_of("1800-11-4949", "dial ٣", &arena), "١٨٠٠-١١-٤٩٤٩");
    assert_string_equal(number_in_digits_of("1930", "1903", &arena), "1930");
    assert_string_equal(number_in_digits_of("1930", "none", &arena), "1930");
}

#define TEST(name) cmocka_unit_test_teardown(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_to_dial_is_told_from_others),
        TEST(a_text_that_is_a_number_goes_by_its_label),
        TEST(entries_of_a_list_are_read_as_digits),
        TEST(one_slip_is_near_and_two_are_not),
        TEST(a_number_is_written_in_the_digits_beside_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

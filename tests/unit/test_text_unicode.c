#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "base/compiler.h"
#include "text/unicode.h"

static struct arena arena;

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static void the_first_fault_of_bad_utf8_is_found(void **state)
{
    static const struct {
        const char *bytes;
        size_t fault;
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"हिन्दी", 18},
        {"ab\x80", 2},            /* a continuation byte alone */
        {"ab\xC3", 2},            /* cut off */
        {"ab\xE0\xA4", 2},        /* cut off */
        {"a\xC0\xAF", 1},         /* overlong slash */
        {"a\xE0\x80\xAF", 1},     /* overlong */
        {"a\xED\xA0\x80", 1},     /* surrogate */
        {"a\xF4\x90\x80\x80", 1}, /* beyond U+10FFFF */
        {"a\xF8\x88\x80\x80", 1}, /* five-byte form */
        {"a\xFF", 1},             /* never a byte of UTF-8 */
        {"\xF4\x8F\xBF\xBD", 4},  /* U+10FFFD */
        {"\xED\x9F\xBF", 3},      /* U+D7FF */
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(unicode_fault(rows[i].bytes, strlen(rows[i].bytes)), rows[i].fault);
    assert_int_equal(unicode_fault("a\0b", 3), 3);
}

static void code_points_are_read_one_by_one(void **state)
{
    const char *text = "aक👍";
    uint32_t c;

    (void)state;
    assert_int_equal(unicode_next(text, &c), 1);
    assert_int_equal(c, 'a');
    assert_int_equal(unicode_next(text + 1, &c), 3);
    assert_int_equal(c, 0x915);
    assert_int_equal(unicode_next(text + 4, &c), 4);
    assert_int_equal(c, 0x1F44D);
    assert_int_equal(unicode_next(text + 8, &c), 0);
    assert_int_equal(unicode_code_points(text, strlen(text)), 3);
    assert_int_equal(unicode_code_points(text, 4), 2);
}

static void hidden_characters_are_found_where_they_stand(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
        uint32_t code_point; /* 0: nothing to find */
    } rows[] = {
        {"पंक्ति\nदो", 0, 0},
        {"क्\u200Dष और क्\u200Cष", 0, 0},
        {"👨\u200D👩 ❤\uFE0F", 0, 0},
        {"a\tb", 1, '\t'},
        {"a\rb", 1, '\r'},
        {"ab\x1B[31m", 2, 0x1B},
        {"a\x7F", 1, 0x7F},
        {"a\xC2\x85", 1, 0x85},
        {"क\xE2\x80\xAE", 3, 0x202E},
        {"क\xE2\x80\xAA", 3, 0x202A},
        {"\xE2\x81\xA6", 0, 0x2066},
        {"\xE2\x81\xA9", 0, 0x2069},
        {"\xEF\xBF\xBE", 0, 0xFFFE},
        {"\xEF\xB7\x90", 0, 0xFDD0},
        {"\xF0\x9F\xBF\xBF", 0, 0x1FFFF},
    };
    size_t i, offset;
    uint32_t c;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        bool found = unicode_find_forbidden(rows[i].text, &offset, &c);

        assert_int_equal(found, rows[i].code_point != 0);
        if (found) {
            assert_int_equal(offset, rows[i].offset);
            assert_int_equal(c, rows[i].code_point);
        }
    }
}

static void normal_form_makes_equal_texts_equal_bytes(void **state)
{
    (void)state;
    assert_string_equal(unicode_nfc("plain", &arena), "plain");
    assert_string_equal(unicode_nfc("e\u0301", &arena), "é");
    assert_string_equal(unicode_nfc("é", &arena), "é");
    assert_string_equal(unicode_nfc("\u0958", &arena), "\u0915\u093C"); /* it grows */
    assert_string_equal(unicode_nfc("हिन्दी", &arena), "हिन्दी");
    assert_string_equal(unicode_nfc("", &arena), "");
    assert_string_equal(unicode_nfc("\U0001D160", &arena), "\U0001D158\U0001D165\U0001D16E");
}

static void white_space_is_unicodes(void **state)
{
    (void)state;
    assert_string_equal(unicode_trim(" \t\n\u00A0क ख\u3000\u2003\n", &arena), "क ख");
    assert_string_equal(unicode_trim("", &arena), "");
    assert_string_equal(unicode_trim(" \u00A0 ", &arena), "");
    assert_true(unicode_is_white(0x2028));
    assert_false(unicode_is_white(0x200B));
}

static void folding_forgets_what_a_reader_does_not_see(void **state)
{
    (void)state;
    assert_string_equal(unicode_fold("  e\u0301  a\n\n b\u00A0 ", &arena), "é a b");
    assert_string_equal(unicode_fold("क़\tख", &arena), "क़ ख");
    assert_string_equal(unicode_fold(" \n ", &arena), "");
    assert_string_not_equal(unicode_fold("Helmet!", &arena), unicode_fold("helmet", &arena));
}

static void handles_are_compared_without_case(void **state)
{
    (void)state;
    assert_true(unicode_equal_caseless("Police", "pOLICE"));
    assert_true(unicode_equal_caseless("ÄRGER", "ärger"));
    assert_true(unicode_equal_caseless("", ""));
    assert_false(unicode_equal_caseless("police", "police_"));
    assert_false(unicode_equal_caseless("police_", "police"));
    assert_false(unicode_equal_caseless("police", "polite"));
}

static void terminals_get_no_control_characters(void **state)
{
    (void)state;
    assert_string_equal(unicode_line("a\tb\xE2\x80\xAE"
                                     "c\nd\x1B",
                                     &arena),
                        "a b<U+202E>c<U+000A>d<U+001B>");
    assert_string_equal(unicode_lines("a\nb\x07", &arena), "a\nb<U+0007>");
    assert_string_equal(unicode_line("हिन्दी 👍", &arena), "हिन्दी 👍");
    assert_string_equal(unicode_line("\xF4\x8F\xBF\xBF", &arena), "<U+10FFFF>");
}

static void columns_are_those_of_the_printed_line(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } rows[] = {
        {"abc", 3},      {"हिन्दी", 5},        {"日本", 4}, {"👍", 2},      {"e\u0301", 1},
        {"क्\u200Dष", 2}, {"a\tb", 3},         {"\x1B", 8}, {"\u00AD", 1}, {"\u1112\u1161\u11AB", 2},
        {"", 0},         {"\xE2\x80\xAE", 8},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(unicode_columns(rows[i].text, strlen(rows[i].text)), rows[i].columns);
    assert_int_equal(unicode_columns("हिन्दी", 6), 2);
}

static void columns_agree_with_the_c_library_for_the_scripts_of_india(void **state)
{
    uint32_t c;

    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        skip();
    for (c = 0x900; c < 0xD80; c++) {
        char text[4] = {(char)(0xE0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3F)),
                        (char)(0x80 | (c & 0x3F)), 0};
        int width = wcwidth((wchar_t)c);

        if (width >= 0)
            assert_int_equal(unicode_columns(text, 3), width);
    }
}

static void accents_are_taken_off_where_a_plain_letter_is_below(void **state)
{
    (void)state;
    assert_string_equal(unicode_plain("traffic/caf\u00e9.png", &arena), "traffic/cafe.png");
    assert_string_equal(unicode_plain("cafe\u0301 \u1ebf", &arena), "cafe e");
    assert_null(unicode_plain("हेलमेट.png", &arena));
    assert_null(unicode_plain("stra\u00dfe", &arena));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_fault_of_bad_utf8_is_found),
        cmocka_unit_test(code_points_are_read_one_by_one),
        cmocka_unit_test(hidden_characters_are_found_where_they_stand),
        cmocka_unit_test_teardown(normal_form_makes_equal_texts_equal_bytes, clear),
        cmocka_unit_test_teardown(white_space_is_unicodes, clear),
        cmocka_unit_test_teardown(folding_forgets_what_a_reader_does_not_see, clear),
        cmocka_unit_test_teardown(accents_are_taken_off_where_a_plain_letter_is_below, clear),
        cmocka_unit_test(handles_are_compared_without_case),
        cmocka_unit_test_teardown(terminals_get_no_control_characters, clear),
        cmocka_unit_test(columns_are_those_of_the_printed_line),
        cmocka_unit_test(columns_agree_with_the_c_library_for_the_scripts_of_india),
    };

    return cmocka_run_group_tests_name("text/unicode", tests, NULL, NULL);
}

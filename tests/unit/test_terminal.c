/* Texts broken to fit a terminal. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/terminal.h"
#include "text/unicode.h"

static const struct {
    const char *text;
    size_t columns;
    const char *wrapped;
} rows[] = {
    {"", 10, ""},
    {"one two three", 0, "one two three"},
    {"one two three", 13, "one two three"},
    {"one two three", 12, "one two\nthree"},
    {"one two three", 7, "one two\nthree"},
    {"one two three", 6, "one\ntwo\nthree"},
    {"one two three", 1, "one\ntwo\nthree"},
    {"extraordinary", 5, "extraordinary"},
    {"an extraordinary case", 5, "an\nextraordinary\ncase"},
    /* Columns, not bytes. */
    {"a × b × c d", 9, "a × b × c\nd"},
    {"a × b × c d", 8, "a × b ×\nc d"},
    /* हिन्दी takes five columns. */
    {"हिन्दी हिन्दी", 11, "हिन्दी हिन्दी"},
    {"हिन्दी हिन्दी", 10, "हिन्दी\nहिन्दी"},
};

static void lines_break_between_words_where_they_would_be_too_long(void **unused)
{
    struct arena arena = {0};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(unicode_wrap(rows[i].text, rows[i].columns, &arena), rows[i].wrapped);
    arena_clear(&arena);
}

static void what_is_no_terminal_has_no_width(void **unused)
{
    int fd = open("/dev/null", O_WRONLY);

    (void)unused;
    assert_true(fd >= 0);
    assert_int_equal(terminal_columns(fd), 0);
    assert_int_equal(close(fd), 0);
}

static void a_page_without_a_terminal_is_as_wide_as_it_is_told(void **unused)
{
    static const struct {
        const char *said; /* NULL = nothing */
        size_t columns;
    } cases[] = {{NULL, 80},   {"120", 120}, {"40", 40}, {"39", 80},
                 {"400", 400}, {"401", 80},  {"", 80},   {"wide", 80}};
    int fd = open("/dev/null", O_WRONLY);

    (void)unused;
    assert_true(fd >= 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(cases[i].said ? setenv("COLUMNS", cases[i].said, 1) : unsetenv("COLUMNS"),
                         0);
        assert_int_equal(terminal_page(fd), cases[i].columns);
    }
    assert_int_equal(close(fd), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_between_words_where_they_would_be_too_long),
        cmocka_unit_test(what_is_no_terminal_has_no_width),
        cmocka_unit_test(a_page_without_a_terminal_is_as_wide_as_it_is_told),
    };

    return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}

/* Findings on a terminal: the caret stands below what it points at, however narrow. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "campaign/finding.h"
#include "text/unicode.h"

static const struct place here = {.file = "campaigns/a.cfg", .line = 1};

static const char *printed(const char *source, int column, size_t columns, struct arena *arena)
{
    struct place place = here;
    struct findings findings;
    struct buffer out;
    const char *text;

    place.column = column;
    findings_init(&findings, arena);
    finding_add(&findings, "E112", place, source, "shedule", "text, texts, title, description",
                NULL);
    buffer_init(&out, SIZE_MAX);
    findings_print(&findings, columns, &out);
    text = arena_text(arena, out.bytes);
    buffer_clear(&out);
    return text;
}

/* The line of the source as it is printed; the caret's line follows it. */
static const char *source_in(const char *text)
{
    const char *line = text;

    while (strncmp(line, "    ", 4) != 0)
        line = strchr(line, '\n') + 1;
    return line;
}

static const struct {
    const char *source;
    int column;
    size_t columns;
    const char *shown;
} rows[] = {
    {"  a = \"one\"; shedule = 1;", 14, 0, "      a = \"one\"; shedule = 1;\n"},
    {"  a = \"one\"; shedule = 1;", 14, 80, "      a = \"one\"; shedule = 1;\n"},
    {"  a = \"one two three\"; shedule = 1; b = 2; c = 3;", 24, 44,
     "      a = \"one two three\"; shedule = 1; b…\n"},
    {"  shedule = 1; b = \"one two three four five six\";", 3, 44,
     "      shedule = 1; b = \"one two three…\n"},
    {"    text = \"हेलमेट पहनें सुरक्षित घर पहुँचें\"; shedule = 1; c = 3;", 48, 44,
     "    …पहनें सुरक्षित घर पहुँचें\"; shedule = 1; c =…\n"},
    /* A word that is wider than the terminal is cut all the same. */
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaSHEDULE=1;", 61, 44,
     "    …aaaaaaaaaaaaaaaaaaaaaaaaaSHEDULE=1;\n"},
};

static void a_long_line_is_shown_around_its_caret(void **unused)
{
    struct arena arena = {0};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *text =
            source_in(printed(rows[i].source, rows[i].column, rows[i].columns, &arena));

        if (strncmp(text, rows[i].shown, strlen(rows[i].shown)) != 0)
            fail_msg("%.*s", (int)strcspn(text, "\n"), text);
    }
    arena_clear(&arena);
}

/* Columns before the first `sign` of the line. */
static size_t column_of(const char *line, const char *sign)
{
    return unicode_columns(line, (size_t)(strstr(line, sign) - line));
}

static void the_caret_stands_below_what_it_points_at(void **unused)
{
    struct arena arena = {0};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *sign = strstr(rows[i].source, "SHEDULE") ? "SHEDULE" : "shedule";
        const char *text =
            source_in(printed(rows[i].source, rows[i].column, rows[i].columns, &arena));
        const char *caret = strchr(text, '\n') + 1;

        assert_int_equal(column_of(caret, "^"), column_of(text, sign));
    }
    arena_clear(&arena);
}

static void no_line_is_wider_than_the_terminal(void **unused)
{
    struct arena arena = {0};

    (void)unused;
    for (size_t columns = 44; columns < 120; columns++) {
        const char *line = printed(rows[4].source, rows[4].column, columns, &arena);

        for (const char *end; (end = strchr(line, '\n')); line = end + 1)
            assert_true(unicode_columns(line, (size_t)(end - line)) <= columns);
    }
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_line_is_shown_around_its_caret),
        cmocka_unit_test(the_caret_stands_below_what_it_points_at),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

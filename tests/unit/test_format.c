#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/format.h"
#include "campaign/pieces.h"

struct sheet {
    struct arena arena;
    struct findings findings;
};

/* NULL when it is refused. */
static const char *formatted(struct sheet *sheet, const char *text)
{
    struct source source = {
        .file = "a.cfg", .text = text, .length = strlen(text), .findings = &sheet->findings};
    const char *result;

    findings_init(&sheet->findings, &sheet->arena);
    return format_text(&source, &sheet->arena, &result) ? result : NULL;
}

static const struct {
    const char *what, *before, *after;
} cases[] = {
    {"nothing stays nothing", "", ""},
    {"empty lines alone are nothing", "\n\n  \n", ""},
    {"one blank around =", "a=1;", "a = 1;\n"},
    {"a colon is =", "a : 1;", "a = 1;\n"},
    {"a missing ; is added", "a = 1\nb = \"x\"", "a = 1;\nb = \"x\";\n"},
    {"a comma behind a setting is ;", "v = { a = 1, b = 2 };", "v = { a = 1; b = 2; };\n"},
    {"= below each other", "title = \"t\";\ntags=[\"a\"];\n",
     "title = \"t\";\ntags  = [ \"a\" ];\n"},
    {"an empty line ends the run", "title = \"t\";\n\nid = 1;\n", "title = \"t\";\n\nid = 1;\n"},
    {"a comment does not", "title = \"t\";\n# c\nid = 1;\n", "title = \"t\";\n# c\nid    = 1;\n"},
    {"settings on one line are not aligned", "v = { long = 1; b = 2; };\n",
     "v = { long = 1; b = 2; };\n"},
    {"one empty line at most", "a = 1;\n\n\n\nb = 2;\n", "a = 1;\n\nb = 2;\n"},
    {"none behind an opening bracket", "v = {\n\n\na = 1;\n\n};\n", "v = {\n  a = 1;\n};\n"},
    {"brackets with nothing in them", "tags = [  ];", "tags = [];\n"},
    {"what hangs", "posts = ( {id=\"a\";\ntext=\"x\";} )",
     "posts = ( { id   = \"a\";\n            text = \"x\"; } );\n"},
    {"what does not hang", "posts = (\n{ id = \"a\";\ntext = \"x\";\n},\n{ id = \"b\"; }\n)",
     "posts = (\n  { id   = \"a\";\n    text = \"x\";\n  },\n  { id = \"b\"; }\n);\n"},
    {"a block within a block", "v = {\nw = {\na = 1;\n};\n};",
     "v = {\n  w = {\n    a = 1;\n  };\n};\n"},
    {"the parts of a text", "text = \"a\"\n\"b\"\n    \"c\";",
     "text = \"a\"\n       \"b\"\n       \"c\";\n"},
    {"a text on a line of its own", "text =\n\"a\"\n\"b\";", "text =\n  \"a\"\n  \"b\";\n"},
    {"list items below each other", "tags = [ \"a\",\n\"b\" ];",
     "tags = [ \"a\",\n         \"b\" ];\n"},
    {"a comma at the beginning of a line", "tags = [ \"a\"\n, \"b\" ];",
     "tags = [ \"a\",\n         \"b\" ];\n"},
    {"comments behind lines", "a = 1; # one\nlong = 2;    // two\n",
     "a    = 1;  # one\nlong = 2;  // two\n"},
    {"a comment on its own line", "v = {\n# c   \na = 1; };", "v = {\n  # c\n  a = 1; };\n"},
    {"a ; behind a comment", "a = 1 # one\n;\nb = 2;", "a = 1;  # one\nb = 2;\n"},
    {"a comment in a line", "a = /* one */ 1;", "a = /* one */ 1;\n"},
    {"a long comment keeps its lines", "/* a\n     b */\nc=1;", "/* a\n     b */\nc = 1;\n"},
    {"a comment behind a bracket", "posts = ( # all\n{ id = \"a\"; } );",
     "posts = (  # all\n  { id = \"a\"; } );\n"},
    {"a comment is all there is", "  # c", "# c\n"},
    {"Windows line ends", "a = 1;\r\n/* x\r\ny */\r\n", "a = 1;\n/* x\ny */\n"},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "a=1;",
     "a = 1;\n"},
    {"Devanagari is as wide as it is shown", "v = ( \"हिन्दी\", { a = 1;\nb = 2; } );\n",
     "v = ( \"हिन्दी\", { a = 1;\n                 b = 2; } );\n"},
    {"comments behind Devanagari", "a = \"हिन्दी\"; # x\nb = \"abcde\"; # y\n",
     "a = \"हिन्दी\";  # x\nb = \"abcde\";  # y\n"},
    {"what is in quotes stays", "text = \"a  =  b ;# c\\n\\\"{x}\\\"\";",
     "text = \"a  =  b ;# c\\n\\\"{x}\\\"\";\n"},
    {"an unclosed text is refused", "text = \"a;\n", NULL},
    {"an unclosed bracket is refused", "posts = ( { id = \"a\"; }", NULL},
    {"a curly quote is refused", "text = “a”;", NULL},
    {"no text at all is refused", "a = \"\xff\";", NULL},
};

static void each_layout_is_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sheet sheet = {0};
        const char *result = formatted(&sheet, cases[i].before);

        if (!cases[i].after) {
            if (result)
                fail_msg("%s: not refused but \"%s\"", cases[i].what, result);
            assert_true(sheet.findings.errors > 0);
        } else if (!result || strcmp(result, cases[i].after) != 0) {
            fail_msg("%s: \"%s\"", cases[i].what, result ? result : "refused");
        }
        arena_clear(&sheet.arena);
    }
}

static void formatting_twice_is_formatting_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sheet sheet = {0};
        const char *once = formatted(&sheet, cases[i].before);

        if (once)
            assert_string_equal(formatted(&sheet, once), once);
        arena_clear(&sheet.arena);
    }
}

/* ---- Any blanks between the same pieces give the same layout of lines. ---- */

static const char campaign[] = "# a campaign\n"
                               "title    = \"सड़क सुरक्षा\";  # the title\n"
                               "accounts = [ \"all\" ];\n"
                               "\n"
                               "posts = (\n"
                               "  { id    = \"helmet\";\n"
                               "    at    = \"2026-12-01 09:30\";  /* in the morning */\n"
                               "    text  = \"हेलमेट \"\n"
                               "            # the second half\n"
                               "            \"पहनें\";\n"
                               "    media = ( { file = \"a.jpg\"; alt = \"x\"; },\n"
                               "              { file = \"b.jpg\";\n"
                               "                alt  = \"y\"; } );\n"
                               "    x     = { skip = true; };\n"
                               "  },\n"
                               "  // the last one\n"
                               "  { id = \"b\"; text = \"q\"; }\n"
                               ");\n";

static uint32_t next_number(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Blanks, tabs and, where a blank stood, line ends and marks left out. */
static char *shaken(uint32_t seed, struct arena *arena)
{
    char *text = arena_alloc(arena, sizeof campaign * 6), *end = text;
    bool quoted = false, comment = false;

    for (const char *at = campaign; *at; at++) {
        quoted ^= *at == '"' && !comment;
        comment =
            !quoted && (comment ? *at != '\n' && !(at > campaign && at[-1] == '*' && *at == '/')
                                : *at == '#' || *at == '/');
        if (quoted || comment || *at != ' ') {
            *end++ = *at;
            continue;
        }
        for (uint32_t count = 1 + next_number(&seed) % 4; count > 0; count--)
            *end++ = " \t \n"[next_number(&seed) % 4];
    }
    return text;
}

static void blanks_and_line_ends_anywhere_change_no_piece(void **state)
{
    (void)state;
    size_t other = 0;

    for (uint32_t seed = 1; seed <= 3000; seed++) {
        struct sheet sheet = {0};
        const char *text = shaken(seed, &sheet.arena);
        const char *once = formatted(&sheet, text);
        struct source plain = {.file = "", .text = campaign, .length = strlen(campaign)};
        struct source result = {.file = "", .text = once};
        struct pieces before, after;

        assert_non_null(once);
        result.length = strlen(once);
        assert_string_equal(formatted(&sheet, once), once);
        pieces_cut(&plain, &sheet.arena, &before);
        pieces_cut(&result, &sheet.arena, &after);
        assert_true(pieces_equal(&before, &after));
        other += strcmp(once, campaign) != 0;
        arena_clear(&sheet.arena);
    }
    assert_true(other > 2000);
}

static void what_is_tidy_stays_as_it_is(void **state)
{
    (void)state;
    struct sheet sheet = {0};

    assert_string_equal(formatted(&sheet, campaign), campaign);
    arena_clear(&sheet.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_layout_is_as_written),
        cmocka_unit_test(formatting_twice_is_formatting_once),
        cmocka_unit_test(what_is_tidy_stays_as_it_is),
        cmocka_unit_test(blanks_and_line_ends_anywhere_change_no_piece),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "campaign/scan.h"

struct scanned {
    struct arena arena;
    struct findings findings;
    struct scan scan;
};

static struct scanned *scan(const char *text)
{
    static struct scanned scanned;
    struct source source = {.file = "campaigns/x.cfg",
                            .text = text,
                            .length = strlen(text),
                            .findings = &scanned.findings};

    arena_clear(&scanned.arena);
    findings_init(&scanned.findings, &scanned.arena);
    scan_text(&source, &scanned.arena, &scanned.scan);
    return &scanned;
}

static void assert_place(struct place place, int line, int column)
{
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
}

static void keys_and_values_have_their_places(void **state)
{
    const struct scanned *scanned = scan("title = \"सड़क\"; n = 5;\n"
                                         "posts = (\n\t{ id = \"a\"; } );\n");
    const struct node *root = &scanned->scan.root;

    (void)state;
    assert_int_equal(scanned->findings.count, 0);
    assert_int_equal(root->count, 3);
    assert_place(root->items[0].key, 1, 1);
    assert_place(root->items[0].value, 1, 9);
    assert_place(root->items[1].key, 1, 17); /* columns count code points, not bytes */
    assert_place(root->items[2].value, 2, 9);
    assert_place(root->items[2].items[0].key, 3, 2); /* a tab is one column */
    assert_string_equal(root->items[2].items[0].items[0].name, "id");
    assert_place(root->items[2].items[0].items[0].value, 3, 9);
}

/* Each mistake of one kind is found once, at its place, and not turned into a second one. */
static const struct {
    const char *text, *code;
    int line, column;
} mistakes[] = {
    {"a = \"x", "E109", 1, 5},
    {"a = \"x”;", "E110", 1, 7},
    {"a = {\nb = 1;\n", "E111", 1, 5},
    {"a = ( { b = 1;\n { c = 2; } );", "E111", 1, 7},
    {"a = 1; }", "E113", 1, 8},
    {"a = 1; /* x", "E114", 1, 8},
    {"a = ( \"x\"\n \"y\" );", "E115", 1, 10},
    {"a = [ 1, 2, ];", "E116", 1, 11},
    {"a = \"x\\ty\";", "E117", 1, 7},
    {"a = “x”;", "E118", 1, 5},
    {"a\u00a0= 1;", "E119", 1, 2},
    {"a = 1234567890;", "E121", 1, 5},
    {"a = 09:30;", "E123", 1, 5},
    {"a = ;", "E124", 1, 1},
    {"a 5;", "E125", 1, 1},
    {"a = 1;\na = 2;", "E126", 2, 1},
    {"a=(((((((((((1)))))))))));", "E127", 1, 13},
    {"a = [ { b = 1; } ];", "E129", 1, 5},
    {"@include \"x\"\n", "E108", 1, 1},
    {"a = \"x\ty\";", "E134", 1, 7},
    {"a = \"say \"yes\" now\";", "E137", 1, 10},
    {"a = ( 1; 2 );", "E138", 1, 8},
    {"a = \"x\"; \"y\";", "E139", 1, 10},
    {"a = yes;", "E140", 1, 5},
    {"a = 1;\rb = 2;", "E107", 1, 7},
    {"a = \"x\u202ey\";", "E106", 1, 7},
    {"\xef\xbb\xbf"
     "a = 1;",
     "W104", 1, 1},
};

static void each_mistake_is_found_once_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        const struct scanned *scanned = scan(mistakes[i].text);

        if (scanned->findings.count != 1)
            fail_msg("%zu findings in: %s", scanned->findings.count, mistakes[i].text);
        assert_string_equal(scanned->findings.items[0].code, mistakes[i].code);
        assert_place(scanned->findings.items[0].place, mistakes[i].line, mistakes[i].column);
    }
}

/* Braces are looked for by their number: a normal form moves bytes, but no brace. */
static void a_character_of_a_text_is_found_where_it_stands(void **state)
{
    static const char text[] = "a = \"{ \\\"{\" # {\n  \"क़ {\"; b = \"{\";";
    const struct source source = {.file = "a", .text = text, .length = sizeof text - 1};
    const struct place opening = {"a", 1, 5};

    (void)state;
    assert_place(source_place_of(&source, opening, "{", 0), 1, 6);
    assert_place(source_place_of(&source, opening, "{", 1), 1, 10);
    assert_place(source_place_of(&source, opening, "{", 2), 2, 7);
    assert_place(source_place_of(&source, opening, "{", 3), 1, 5); /* no such: the text itself */
    assert_place(source_place_in(&source, opening, 2), 1, 8);
    assert_place(source_place_in(&source, (struct place){"a", 9, 9}, 2), 9, 9);
}

static void strings_side_by_side_join_in_a_group_only(void **state)
{
    (void)state;
    assert_int_equal(scan("a = \"x\"\n    \"y\";")->findings.count, 0);
    assert_int_equal(scan("a = ( { b = \"x\" \"y\"; } );")->findings.count, 0);
    assert_int_equal(scan("a = [ \"x\" \"y\" ];")->findings.count, 1);
}

static void lines_stay_where_they_are_for_libconfig(void **state)
{
    const struct scanned *scanned = scan("# one\n/* two\nthree */\na = 1;\n\nb = \"x\"\n\"y\";");

    (void)state;
    assert_string_equal(scanned->scan.clean, "\n\n\na=1;\n\nb=\"x\" \n\"y\" ;");
}

static void a_group_of_more_than_a_thousand_keys_is_refused(void **state)
{
    struct arena arena = {0};
    struct buffer text;

    (void)state;
    buffer_init(&text, SIZE_MAX);
    for (int i = 0; i < SCAN_MOST_MEMBERS; i++)
        (void)buffer_printf(&text, "k%d=1;", i);
    assert_int_equal(scan(text.bytes)->findings.count, 0);
    (void)buffer_text(&text, "more=1;");
    assert_string_equal(scan(text.bytes)->findings.items[0].code, "E128");
    buffer_clear(&text);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_values_have_their_places),
        cmocka_unit_test(each_mistake_is_found_once_at_its_place),
        cmocka_unit_test(a_character_of_a_text_is_found_where_it_stands),
        cmocka_unit_test(strings_side_by_side_join_in_a_group_only),
        cmocka_unit_test(lines_stay_where_they_are_for_libconfig),
        cmocka_unit_test(a_group_of_more_than_a_thousand_keys_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

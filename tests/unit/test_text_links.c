#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/compiler.h"
#include "text/links.h"
#include "text/top_names.h"

/* Writes the marks as "kind<bytes>", a blank between them. */
static void expect_marks(const char *text, const char *expected)
{
    static const char *const kinds[] = {"link", "tag", "mention"};
    struct arena arena = {0};
    struct mark_list marks = links_find(text, &arena);
    struct buffer found;
    size_t i;

    buffer_init(&found, 4096);
    for (i = 0; i < marks.count; i++)
        assert_true(buffer_printf(&found, "%s%s<%.*s>%s", i ? " " : "", kinds[marks.items[i].kind],
                                  (int)marks.items[i].length, text + marks.items[i].start,
                                  marks.items[i].uncertain ? "?" : ""));
    if (strcmp(found.bytes, expected) != 0)
        fail_msg("in \"%s\"\nfound    %s\nexpected %s", text, found.bytes, expected);
    buffer_clear(&found);
    arena_clear(&arena);
}

struct row {
    const char *text, *marks;
};

static void expect_all(const struct row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        expect_marks(rows[i].text, rows[i].marks);
}

static void links_end_where_the_sentence_goes_on(void **state)
{
    static const struct row rows[] = {
        {"no link here", ""},
        {"https://cybercrime.gov.in", "link<https://cybercrime.gov.in>"},
        {"HTTPS://CyberCrime.Gov.In/A", "link<HTTPS://CyberCrime.Gov.In/A>"},
        {"देखें https://cybercrime.gov.in।", "link<https://cybercrime.gov.in>"},
        {"https://cybercrime.gov.in/a। और", "link<https://cybercrime.gov.in/a>"},
        {"https://cybercrime.gov.in/a۔", "link<https://cybercrime.gov.in/a>"},
        {"https://cybercrime.gov.in/aपर", "link<https://cybercrime.gov.in/a>"},
        {"https://cybercrime.gov.inपर", "link<https://cybercrime.gov.in>"},
        {"\"https://x.gov.in/a\"", "link<https://x.gov.in/a>"},
        {"'https://x.gov.in/a'", "link<https://x.gov.in/a>"},
        {"“https://x.gov.in/a”", "link<https://x.gov.in/a>"},
        {"(https://x.gov.in/a)", "link<https://x.gov.in/a>"},
        {"[https://x.gov.in/a]", "link<https://x.gov.in/a>"},
        {"<https://x.gov.in/a>", "link<https://x.gov.in/a>"},
        {"https://x.gov.in/a.", "link<https://x.gov.in/a>"},
        {"https://x.gov.in/a?!", "link<https://x.gov.in/a>"},
        {"https://x.gov.in/?", "link<https://x.gov.in/>"},
        {"https://x.gov.in...", "link<https://x.gov.in>"},
        {"https://x.gov.in, b", "link<https://x.gov.in>"},
        {"https://x.gov.in-", "link<https://x.gov.in>"},
        {"https://x.gov.in\nhttps://y.gov.in", "link<https://x.gov.in> link<https://y.gov.in>"},
        {"https://x.gov.in,https://y.gov.in", "link<https://x.gov.in> link<https://y.gov.in>"},
    };

    (void)state;
    expect_all(rows, COUNT_OF(rows));
}

static void balanced_brackets_stay_in_a_path(void **state)
{
    static const struct row rows[] = {
        {"https://x.org/Foo_(bar)", "link<https://x.org/Foo_(bar)>"},
        {"(https://x.org/Foo_(bar))", "link<https://x.org/Foo_(bar)>"},
        {"https://x.org/a[1]/b", "link<https://x.org/a[1]/b>"},
        {"https://x.org/a(b", "link<https://x.org/a>"},
        {"https://x.org/a(b]c)", "link<https://x.org/a>"},
        {"https://x.org/a(b.", "link<https://x.org/a>"},
        {"https://x.org/((((((((((a))))))))))", "link<https://x.org/>"},
        {"https://x.org/?q=(a)", "link<https://x.org/?q=>"},
        {"https://x.org/a?b=c&d=e#f", "link<https://x.org/a?b=c&d=e#f>"},
        {"https://x.org?a=b", "link<https://x.org?a=b>"},
    };

    (void)state;
    expect_all(rows, COUNT_OF(rows));
}

static void a_host_is_a_name_with_a_dot(void **state)
{
    static const struct row rows[] = {
        {"https://", ""},
        {"https://localhost/a", ""},
        {"https://.gov.in", ""},
        {"https://user@x.gov.in/", ""},
        {"https://x.gov.in:8443/a", "link<https://x.gov.in:8443/a>"},
        {"https://x.gov.in:", "link<https://x.gov.in>"},
        {"https://x.gov.in:123456/a", "link<https://x.gov.in>"},
        {"https://डाक.भारत/x", "link<https://डाक.भारत/x>"},
        {"https://bücher.example/", "link<https://bücher.example/>"},
        {"https://xn--c1yn36f.xn--h2brj9c/", "link<https://xn--c1yn36f.xn--h2brj9c/>"},
        {"http://127.0.0.1/a", "link<http://127.0.0.1/a>?"},
        {"http://a.b/", "link<http://a.b/>?"},
        {"http://पोर्टल.परीक्षा/", "link<http://पोर्टल.परीक्षा/>?"},
        {"xhttps://x.gov.in", ""},
        {"@https://x.gov.in", "mention<@https>"},
        {"यहाँhttps://x.gov.in", "link<https://x.gov.in>"},
        {"ftp://x.gov.in hello", ""},
    };

    (void)state;
    expect_all(rows, COUNT_OF(rows));
}

static void tags_and_mentions_are_found_outside_links(void **state)
{
    static const struct row rows[] = {
        {"#RoadSafety #सड़क_सुरक्षा2", "tag<#RoadSafety> tag<#सड़क_सुरक्षा2>"},
        {"#क्\u200Dष #क्\u200Cष.", "tag<#क्\u200Dष> tag<#क्\u200Cष>"},
        {"＃सुरक्षा।", "tag<＃सुरक्षा>"},
        {"#112 #1930call a#b &#x27; ##a", "tag<#1930call>"},
        {"#\uFE0F\u20E3 #a\u200D", "tag<#a>"},
        {"https://x.gov.in/a#b #c", "link<https://x.gov.in/a#b> tag<#c>"},
        {"@police से", "mention<@police>"},
        {"(@police@social.example.gov.in).", "mention<@police@social.example.gov.in>"},
        {"a@b.in @ @. @-a @a-", "mention<@a>"},
        {"https://s.example/@police", "link<https://s.example/@police>"},
        {"https://x.gov.in@a", ""},
    };

    (void)state;
    expect_all(rows, COUNT_OF(rows));
}

static void a_mention_knows_its_local_part(void **state)
{
    struct arena arena = {0};
    struct mark_list marks = links_find("x @police.hq@social.example.in: y", &arena);

    (void)state;
    assert_int_equal(marks.count, 1);
    assert_int_equal(marks.items[0].start, 2);
    assert_int_equal(marks.items[0].local, strlen("@police.hq"));
    arena_clear(&arena);
}

static void a_link_field_is_one_whole_link(void **state)
{
    static const struct {
        const char *text;
        bool valid, lacks_scheme;
    } rows[] = {
        {"https://cybercrime.gov.in", true, false},
        {"http://cybercrime.gov.in/a?b", true, false},
        {"cybercrime.gov.in", false, true},
        {"www.cybercrime.gov.in/a", false, true},
        {"https://cybercrime.gov.in और", false, false},
        {" https://cybercrime.gov.in", false, false},
        {"https://cybercrime.gov.in।", false, false},
        {"cybercrime", false, false},
        {"1.2", false, false},
        {"", false, false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(link_is_valid(rows[i].text), rows[i].valid);
        assert_int_equal(link_lacks_scheme(rows[i].text), rows[i].lacks_scheme);
    }
}

static void a_tag_field_is_one_whole_tag(void **state)
{
    (void)state;
    assert_true(tag_is_valid("RoadSafety"));
    assert_true(tag_is_valid("सड़कसुरक्षा"));
    assert_true(tag_is_valid("सड़क_सुरक्षा"));
    assert_true(tag_is_valid("क्\u200Dष"));
    assert_true(tag_is_valid("१९३०कॉल"));
    assert_false(tag_is_valid(""));
    assert_false(tag_is_valid("112"));
    assert_false(tag_is_valid("road safety"));
    assert_false(tag_is_valid("#road"));
    assert_false(tag_is_valid("road-safety"));
    assert_false(tag_is_valid("👍"));
    assert_false(tag_is_valid("\u093Eक"));
}

static void marks_never_overlap_and_each_is_found_again_alone(void **state)
{
    static const char *const pieces[] = {"https://", "HTTP://", "x.gov.in", "डाक.भारत", "/a", "(",
                                         ")",        "[",       "]",        "?",        "#",  "@",
                                         "क",        "\u094D",  "\u200D",   "।",        "۔",  " ",
                                         ".",        "-",       "_",        ":80",      "é",  "\"",
                                         "👍",        "＃",      "1"};
    struct arena arena = {0};
    uint64_t seed = 9;
    size_t links = 0;
    int i;

    (void)state;
    for (i = 0; i < 50000; i++) {
        char text[256] = "";
        struct mark_list marks;
        size_t n, end = 0;

        for (n = 0; n < 12; n++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            strncat(text, pieces[(seed >> 33) % COUNT_OF(pieces)], sizeof text - strlen(text) - 1);
        }
        marks = links_find(text, &arena);
        for (n = 0; n < marks.count; n++) {
            const struct mark *mark = &marks.items[n];
            assert_true(mark->start >= end && mark->local <= mark->length && mark->length > 1);
            end = mark->start + mark->length;
            if (mark->kind == MARK_LINK) {
                assert_true(link_is_valid(arena_text_n(&arena, text + mark->start, mark->length)));
                links++;
            }
        }
        assert_true(end <= strlen(text));
        arena_reset(&arena);
    }
    assert_true(links > 1000);
    arena_clear(&arena);
}

static void an_address_without_a_scheme_is_found_where_it_is_asked_for(void **state)
{
    static const struct {
        const char *text, *link; /* "" = none */
    } rows[] = {
        {"cybercrime.gov.in", "cybercrime.gov.in"},
        {"देखें cybercrime.gov.in।", "cybercrime.gov.in"},
        {"(india.gov.in/a(b))", "india.gov.in/a(b)"},
        {"x india.gov.in:8443/a, b", "india.gov.in:8443/a"},
        {"india.gov.inपर", "india.gov.in"},
        {"है.फिर", ""},
        {"ends.Then", ""},
        {"ends.then", ""},
        {"e.g. this", ""},
        {"1930.in", ""},
        {"my-site.com", ""},
        {"example.com-foo", ""},
        {"police@example.com", ""},
        {"a.b@example.com", ""},
        {"@example.com", ""},
        {"#example.com", ""},
        {"“example.com”", ""},
        {"x/example.com", ""},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mark_list marks = links_find_bare_too(rows[i].text, &arena);
        const struct mark *link = NULL;

        for (size_t n = 0; n < marks.count; n++)
            link = marks.items[n].kind == MARK_LINK ? &marks.items[n] : link;
        assert_int_equal(link && link->bare, rows[i].link[0] != '\0');
        if (link)
            assert_string_equal(arena_text_n(&arena, rows[i].text + link->start, link->length),
                                rows[i].link);
        marks = links_find(rows[i].text, &arena);
        for (size_t n = 0; n < marks.count; n++)
            assert_int_not_equal(marks.items[n].kind, MARK_LINK);
    }
    arena_clear(&arena);
}

static void top_names_are_whole_names_in_small_letters(void **state)
{
    (void)state;
    assert_true(top_name_is_known("in", 2));
    assert_true(top_name_is_known("aaa", 3));
    assert_true(top_name_is_known("zw", 2));
    assert_true(top_name_is_known("travelersinsurance", 18));
    assert_false(top_name_is_known("In", 2));
    assert_false(top_name_is_known("", 0));
    assert_false(top_name_is_known("travelersinsuranc", 17));
    assert_false(top_name_is_known("aero agency", 11));
    assert_false(top_name_is_known("9", 1));
    assert_false(top_name_is_known("internationalinternational", 26));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_end_where_the_sentence_goes_on),
        cmocka_unit_test(balanced_brackets_stay_in_a_path),
        cmocka_unit_test(a_host_is_a_name_with_a_dot),
        cmocka_unit_test(tags_and_mentions_are_found_outside_links),
        cmocka_unit_test(a_mention_knows_its_local_part),
        cmocka_unit_test(a_link_field_is_one_whole_link),
        cmocka_unit_test(a_tag_field_is_one_whole_tag),
        cmocka_unit_test(marks_never_overlap_and_each_is_found_again_alone),
        cmocka_unit_test(an_address_without_a_scheme_is_found_where_it_is_asked_for),
        cmocka_unit_test(top_names_are_whole_names_in_small_letters),
    };

    return cmocka_run_group_tests_name("text/links", tests, NULL, NULL);
}

/* A text read as a careful colleague would: each finding at the very character, also where a text
 * is written as several below each other; numbers and hosts against the list of crier.cfg. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "campaign/reader.h"

static const struct limits limits = {.text = {{.unit = COUNT_GRAPHEMES, .most = 500}},
                                     .most_media = 4,
                                     .source = "test"};
static const struct account_key keys[] = {{NULL, ACCOUNT_KEY_TEXT, NULL, NULL}};
static const struct platform_facts platforms[] = {
    {.name = "mastodon", .limits = &limits, .keys = keys},
    {.name = NULL},
};
static const struct read_options options = {.platforms = platforms};

#define KNOWN                                                                                      \
    "known = { numbers = [ \"112\", \"1930\", \"1800-11-4949\" ];"                                 \
    " hosts = [ \"cybercrime.gov.in\", \"xn--i1b4bl5c1b.xn--h2brj9c\" ]; };"

static struct arena arena;

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* "E431 2:12, W442 3:7" of all findings. */
static const char *listed(struct findings *findings)
{
    const char *all = "";

    findings_sort(findings);
    for (size_t i = 0; i < findings->count; i++)
        all = arena_printf(&arena, "%s%s%s %d:%d", all, i ? ", " : "", findings->items[i].code,
                           findings->items[i].place.line, findings->items[i].place.column);
    return all;
}

static const char *config_says(const char *more)
{
    const char *text = arena_printf(&arena,
                                    "timezone = \"Asia/Kolkata\"; accounts = ( { name = \"toots\"; "
                                    "platform = \"mastodon\"; live = false; base_url = "
                                    "\"http://127.0.0.1:8642/mastodon\"; } );\n%s",
                                    more);
    struct workspace workspace = {0};
    struct findings findings;
    bool broken;

    findings_init(&findings, &arena);
    workspace_read_text(text, strlen(text), &options, &arena, &workspace, &broken, &findings);
    return listed(&findings);
}

/* The lines of one post, from line 2 on. */
static struct findings *post_findings(const char *known, const char *lines)
{
    const char *config =
        arena_printf(&arena,
                     "timezone = \"Asia/Kolkata\"; accounts = ( { name = \"toots\"; platform = "
                     "\"mastodon\"; live = false; base_url = \"http://127.0.0.1:8642/mastodon\"; } "
                     ");\n%s",
                     known);
    const char *text = arena_printf(
        &arena,
        "accounts = [ \"toots\" ]; posts = ( { id = \"a\"; at = \"2026-12-01 09:30\";\n%s } );\n",
        lines);
    struct findings *findings = arena_alloc(&arena, sizeof *findings);
    struct workspace workspace = {0};
    struct campaign campaign;
    bool broken;

    findings_init(findings, &arena);
    workspace_read_text(config, strlen(config), &options, &arena, &workspace, &broken, findings);
    campaign_read_text("traffic", text, strlen(text), &workspace, &arena, &campaign, findings);
    return findings;
}

static const char *post_says(const char *known, const char *lines)
{
    return listed(post_findings(known, lines));
}

struct row {
    const char *lines, *said;
};

static void expect(const char *known, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *said = post_says(known, rows[i].lines);

        if (strcmp(said, rows[i].said) != 0)
            fail_msg("%s: said \"%s\", not \"%s\"", rows[i].lines, said, rows[i].said);
    }
}

static void a_finding_points_at_the_very_character(void **state)
{
    static const struct row rows[] = {
        {"text = \"abc\u200B\";", "W430 2:12"},
        {"text = \"हिन्दी \uFFFD\";", "E431 2:16"},
        {"text = \"a\\n\\\"b\\\" \uFFFD\";", "E431 2:18"},
        {"text = \"one \" # a comment \"\n  /* \" */ \"two \uFFFD\";", "E431 3:16"},
        {"text = \"one \"\n\"\"\n   \"\uFFFD two\";", "E431 4:5"},
        {"texts = ( \"a\", \"b \uFFFD\" );", "E431 2:19"},
        {"text = \"a\"; title = \"(b\"; link = \"https://p\u043Elice.gov.in\";",
         "W438 2:22, E441 2:35"},
        {"text = \"a\"; media = ( { file = \"a.png\"; alt = \"a \uFFFD\"; } );", "E431 2:50"},
        {"text = \"a\"; thread = ( \"b\", \"c \uFFFD\" );", "E431 2:32"},
        {"text = \"a\"; tags = [ \"Road\u00ADSafety\" ];", "W430 2:27"},
        {"text = \"a {x}\"; vars = { x = \"the the\"; };", "W439 2:35"},
        {"text = \"a\"; toots = { text = \"(a\"; };", "W438 2:31"},
    };

    (void)state;
    expect("", rows, COUNT_OF(rows));
}

static void the_caret_stands_on_the_odd_digit(void **state)
{
    static const struct row rows[] = {
        {"text = \"Rs 1O8\";", "W435 2:13"},
        {"text = \"Rs 1१2\";", "W435 2:13"},
        {"text = \"Rs १1२\";", "W435 2:12"},
    };

    (void)state;
    expect("", rows, COUNT_OF(rows));
}

static void without_a_list_no_number_and_no_host_is_warned_of(void **state)
{
    static const struct row rows[] = {
        {"text = \"Dial 999 or see https://example.org\";", ""},
        {"text = \"Dial 999\"; link = \"https://example.org\";", ""},
    };

    (void)state;
    expect("", rows, COUNT_OF(rows));
    expect("known = { };", rows, COUNT_OF(rows));
}

static void numbers_are_held_against_the_list(void **state)
{
    static const struct row rows[] = {
        {"text = \"Dial 112 or 1930, or १९३०, or 1800 11 4949\";", ""},
        {"text = \"Dial 15100\";", "W442 2:14"},
        {"text = \"ठगी हो तो 1920 मिलाएँ\";", "W443 2:19"},
        {"text = \"1390 seems to be a slip\";", "W443 2:9"},
        {"text = \"धारा 122, Rs 113, 111 people, 1950 में, In 1931\";", ""},
        {"text = \"Call 9876543210\";", "W442 2:14"},
        {"text = \"dial {h}\"; vars = { helpline = \"1931\"; h = \"500\"; };", "W443 2:41"},
        {"text = \"a\"; title = \"Helpline 181\";", "W442 2:31"},
        {"text = \"a\"; media = ( { file = \"a.png\"; alt = \"Call 999\"; } );", "W442 2:53"},
        {"text = \"a\"; link = \"https://cybercrime.gov.in/1390\";", ""},
    };

    (void)state;
    expect(KNOWN, rows, COUNT_OF(rows));
}

static void hosts_are_held_against_the_list(void **state)
{
    static const struct row rows[] = {
        {"text = \"See https://cybercrime.gov.in/x and www.cybercrime.gov.in.\";", ""},
        {"text = \"https://पुलिस.भारत\";", "W444 2:9"},
        {"text = \"a\"; link = \"https://cybercrirne.gov.in\";", "W445 2:21"},
        {"text = \"See https://cybercrime.gov.in.pay.example\";", "W445 2:13"},
        {"text = \"See cybercime.gov.in now\";", "W445 2:13"},
        {"text = \"See https://example.org\";", "W444 2:13"},
        {"text = \"https://cybercr\u0456me.gov.in\";", "E441 2:9"},
        {"text = \"See police.gov.inपर\";", "W444 2:13"},
    };

    (void)state;
    expect("known = { numbers = [ ]; hosts = [ \"cybercrime.gov.in\" ]; };", rows, COUNT_OF(rows));
}

static void the_right_number_and_host_are_named(void **state)
{
    struct findings *findings =
        post_findings(KNOWN, "text = \"Dial 1920\"; link = \"https://cybercrirne.gov.in\";");

    (void)state;
    assert_int_equal(findings->count, 2);
    assert_non_null(strstr(findings->items[0].try, "If it is 1930, write 1930."));
    assert_non_null(strstr(findings->items[1].try, "Write \"https://cybercrime.gov.in\"."));
}

static void the_whole_correction_can_be_copied(void **state)
{
    static const struct {
        const char *lines, *try;
    } cases[] = {
        {"link = \"https://cybercrirne.gov.in/a?b=c\";", "\"https://cybercrime.gov.in/a?b=c\""},
        {"text = \"See https://cybercrirne.gov.in/a.\";", "\"https://cybercrime.gov.in/a\""},
        {"text = \"See cybercrirne.gov.in, now.\";", "\"cybercrime.gov.in\""},
        {"link = \"https://cybercr\u0456me.gov.in/a\";", "\"https://cybercrime.gov.in/a\""},
        {"text = \"The p\u043elice.\";", "\"police\""},
        {"text = \"हेलमेट पहन ें, घर।\";", "\"पहनें,\""},
        {"text = \"हेलमेट पहना ें।\";", "the word again"},
        {"text = \"ें\";", "the word again"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct findings *findings = post_findings(KNOWN, cases[i].lines);

        assert_int_equal(findings->count, 1);
        assert_non_null(strstr(findings->items[0].try, cases[i].try));
    }
}

static void entries_of_the_list_are_checked_themselves(void **state)
{
    static const struct row rows[] = {
        {"known = { numbers = [ \"112\", \"+91 11 2345 6789\" ]; hosts = [ \"gov.in\" ]; };", ""},
        {"known = { numbers = [ \"112 (Police)\" ]; };", "E626 2:23"},
        {"known = { numbers = [ \"12\" ]; };", "E626 2:23"},
        {"known = { hosts = [ \"https://cybercrime.gov.in/\" ]; };", "E627 2:21"},
        {"known = { hosts = [ \"Police.gov.in\" ]; };", "E627 2:21"},
        {"known = { hosts = [ \"police\" ]; };", "E627 2:21"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(config_says(rows[i].lines), rows[i].said);
}

/* What was mended is a guess, and nothing more is said about it. */
static void the_texts_of_a_mended_value_are_left_alone(void **state)
{
    (void)state;
    assert_string_equal(post_says("", "text = \"(a\\q\";"), "E117 2:11");
}

#define TEST(name) cmocka_unit_test_teardown(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_finding_points_at_the_very_character),
        TEST(the_caret_stands_on_the_odd_digit),
        TEST(without_a_list_no_number_and_no_host_is_warned_of),
        TEST(numbers_are_held_against_the_list),
        TEST(hosts_are_held_against_the_list),
        TEST(the_right_number_and_host_are_named),
        TEST(the_whole_correction_can_be_copied),
        TEST(entries_of_the_list_are_checked_themselves),
        TEST(the_texts_of_a_mended_value_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Hosts: what belongs to one, and which only look like another. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/compiler.h"
#include "text/hosts.h"

static struct arena arena;

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static void the_host_is_cut_out_of_an_address(void **state)
{
    static const struct {
        const char *text, *host;
    } rows[] = {
        {"https://cybercrime.gov.in/x", "cybercrime.gov.in"},
        {"HTTP://A.gov.in:80?x", "A.gov.in"},
        {"https://user@evil.example/", "evil.example"},
        {"https://cybercrime.gov.in@evil.example", "evil.example"},
        {"cybercrime.gov.in.", "cybercrime.gov.in"},
        {"https://cybercrime.gov.inपर देखें", "cybercrime.gov.in"},
        {"https://पुलिस.भारत। और", "पुलिस.भारत"},
        {"https://cybercr\u0456me.gov.in", "cybercr\u0456me.gov.in"},
        {"https://{host}/", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(host_of(rows[i].text, strlen(rows[i].text), &arena), rows[i].host);
}

static void a_host_has_one_spelling(void **state)
{
    (void)state;
    assert_string_equal(host_ascii("CyberCrime.GOV.in", &arena), "cybercrime.gov.in");
    assert_string_equal(host_ascii("पुलिस.भारत", &arena), "xn--n2bqs1ai.xn--h2brj9c");
    assert_null(host_ascii("a..b", &arena));
    assert_null(host_ascii("", &arena));
    assert_null(host_ascii("a b.in", &arena));
}

static void what_lies_below_a_host_belongs_to_it(void **state)
{
    (void)state;
    assert_true(host_is_below("cybercrime.gov.in", "cybercrime.gov.in"));
    assert_true(host_is_below("www.cybercrime.gov.in", "cybercrime.gov.in"));
    assert_false(host_is_below("xcybercrime.gov.in", "cybercrime.gov.in"));
    assert_false(host_is_below("cybercrime.gov.in.evil.example", "cybercrime.gov.in"));
    assert_false(host_is_below("gov.in", "cybercrime.gov.in"));
}

static void a_host_that_deceives_is_told_from_one_in_another_script(void **state)
{
    static const char *const bad[] = {
        "cybercr\u0456me.gov.in",             /* Cyrillic і */
        "\u0430\u0440\u0440\u04CF\u0435.com", /* аррӏе, wholly Cyrillic */
        "p\u03BFlice.gov.in",                 /* Greek omicron */
        "1\u0967\u0968.gov.in",               /* Devanagari digits beside ASCII ones */
    };
    static const char *const good[] = {"cybercrime.gov.in", "पुलिस.भारत", "bücher.example",
                                       "例え.jp", "xn--h2brj9c"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (!host_deceives(bad[i]))
            fail_msg("%s passes", bad[i]);
    for (size_t i = 0; i < COUNT_OF(good); i++)
        if (host_deceives(good[i]))
            fail_msg("%s does not pass", good[i]);
}

static void hosts_that_a_reader_would_mix_up_look_alike(void **state)
{
    (void)state;
    assert_true(hosts_look_alike("cybercrirne.gov.in", "cybercrime.gov.in"));
    assert_true(hosts_look_alike("cybercr\u0456me.gov.in", "cybercrime.gov.in"));
    assert_true(hosts_look_alike("po1ice.gov.in", "police.gov.in"));
    assert_false(hosts_look_alike("police.gov.in", "cybercrime.gov.in"));
}

#define TEST(name) cmocka_unit_test_teardown(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_host_is_cut_out_of_an_address),
        TEST(a_host_has_one_spelling),
        TEST(what_lies_below_a_host_belongs_to_it),
        TEST(a_host_that_deceives_is_told_from_one_in_another_script),
        TEST(hosts_that_a_reader_would_mix_up_look_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

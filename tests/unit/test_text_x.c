#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "text/x_links.h"
#include "text/x_weight.h"

struct row {
    const char *text;
    size_t weight;
};

static void expect_weights(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t weight = x_weight(rows[i].text);

        if (weight != rows[i].weight)
            fail_msg("\"%s\" weighs %zu, not %zu", rows[i].text, weight, rows[i].weight);
    }
}

static void a_devanagari_sign_weighs_as_much_as_a_latin_letter(void **state)
{
    static const struct row rows[] = {
        {"", 0},    {"Helmet", 6}, {"नमस्ते", 6},   {"क्षि", 4}, {"है।", 3},    {"ZWJ\u200D\u200C", 5},
        {"सड़क", 4}, {"क़", 2},      {"\u0958", 2}, {"১২", 2},  {"सुरक्षा", 7}, {"؟", 1},
    };

    (void)state;
    expect_weights(rows, COUNT_OF(rows));
}

static void other_signs_weigh_two(void **state)
{
    static const struct row rows[] = {{"₹", 2}, {"…", 2}, {"•", 2},  {"→", 2},  {"✓", 2},
                                      {"–", 1}, {"—", 1}, {"“”", 2}, {"漢", 2}, {"\u2011", 1}};

    (void)state;
    expect_weights(rows, COUNT_OF(rows));
}

static void an_emoji_weighs_two_however_it_is_made(void **state)
{
    static const struct row rows[] = {
        {"😀", 2},
        {"☺", 2},
        {"☺️", 2},
        {"©", 2},
        {"1⃣", 2},
        {"1️⃣", 2},
        {"1", 1},
        {"#", 1},
        {"🇮🇳", 2},
        {"👮🏽‍♀️", 2},
        {"👨‍👩‍👧‍👦", 2},
        {"🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2},
        {"🙏🙏", 4},
        {"👍\u0301", 3},
        {"😀\u200D😀", 5}, /* no emoji that Unicode recommends: its parts */
        {"🇮", 2},
        {"☺\uFE0E", 4},
    };

    (void)state;
    expect_weights(rows, COUNT_OF(rows));
}

static void an_address_weighs_23_with_and_without_a_scheme(void **state)
{
    static const struct row rows[] = {
        {"https://cybercrime.gov.in", 23},
        {"cybercrime.gov.in", 23},
        {"CyberCrime.Gov.In", 23},
        {"देखें cybercrime.gov.in/a?b=c।", 5 + 1 + 23 + 1},
        {"https://पुलिस.भारत/क", 23 + 1},
        {"पुलिस.भारत", 10},
        {"police@up.gov.in", 16},
        {"@up.gov.in", 10},
        {"है।Then", 7},
        {"on.Then", 7},
        {"on.In", 23},
        {"file.tar.bz2", 12},
    };

    (void)state;
    expect_weights(rows, COUNT_OF(rows));
}

static void in_doubt_it_is_the_larger_count(void **state)
{
    static const struct row rows[] = {
        {"a.music", 23},
        {"https://the-longest-name-of-all.music", 37},
        {"https://the-longest-name-of-all.org", 23},
    };

    (void)state;
    expect_weights(rows, COUNT_OF(rows));
}

/* A text of this kind once took a second a kilobyte. */
static void long_texts_without_a_blank_are_weighed_in_good_time(void **state)
{
    static const char *const parts[] = {"क", "क.", "क.कख", "http://", "a_."};
    enum { REPEATS = 20000 };
    char *text = malloc(REPEATS * 16 + 1);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const size_t length = strlen(parts[i]);

        for (size_t n = 0; n < REPEATS; n++)
            memcpy(text + n * length, parts[i], length + 1);
        assert_true(x_weight(text) >= REPEATS);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_devanagari_sign_weighs_as_much_as_a_latin_letter),
        cmocka_unit_test(other_signs_weigh_two),
        cmocka_unit_test(an_emoji_weighs_two_however_it_is_made),
        cmocka_unit_test(an_address_weighs_23_with_and_without_a_scheme),
        cmocka_unit_test(in_doubt_it_is_the_larger_count),
        cmocka_unit_test(long_texts_without_a_blank_are_weighed_in_good_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

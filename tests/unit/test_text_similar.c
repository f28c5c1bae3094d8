#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "text/similar.h"

static void distances_are_damerau_levenshtein(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},
        {"a", "", 1},
        {"repeat", "repeat", 0},
        {"Repeat", "rEPEAT", 0},
        {"repaet", "repeat", 1},
        {"shedule", "schedule", 1},
        {"texts", "text", 1},
        {"kitten", "sitting", 3},
        {"ca", "abc", 3},
        {"यातायात", "यातयात", 1},
        {"abcd", "badc", 2},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(similar_distance(rows[i].a, rows[i].b), rows[i].distance);
        assert_int_equal(similar_distance(rows[i].b, rows[i].a), rows[i].distance);
    }
}

static void a_long_word_is_like_nothing(void **state)
{
    static const char longer[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    (void)state;
    assert_int_equal(sizeof longer - 1, SIMILAR_MAX_LETTERS + 1);
    assert_true(similar_distance(longer, longer) == SIZE_MAX);
    assert_true(similar_distance("a", longer) == SIZE_MAX);
}

static void the_nearest_word_is_guessed_and_no_far_one(void **state)
{
    static const char *const words[] = {"text", "texts", "title", "repeat", "at", "tags", "class"};

    (void)state;
    assert_string_equal(similar_word("repaet", words, COUNT_OF(words)), "repeat");
    assert_string_equal(similar_word("txet", words, COUNT_OF(words)), "text");
    assert_string_equal(similar_word("Title", words, COUNT_OF(words)), "title");
    assert_string_equal(similar_word("ta", words, COUNT_OF(words)), "at");
    assert_null(similar_word("x", words, COUNT_OF(words)));
    assert_null(similar_word("colour", words, COUNT_OF(words)));
    assert_null(similar_word("lags_", words, 0));
    assert_null(similar_word("tegx", words + 2, 1));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_damerau_levenshtein),
        cmocka_unit_test(a_long_word_is_like_nothing),
        cmocka_unit_test(the_nearest_word_is_guessed_and_no_far_one),
    };

    return cmocka_run_group_tests_name("text/similar", tests, NULL, NULL);
}

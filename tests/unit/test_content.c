/* campaign/content: the bytes that approvals and keys are made of. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/json.h"
#include "campaign/content.h"

static const struct medium picture = {
    .file = "a.png",
    .alt = "alt \"text\"",
    .recipe = "",
    .sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"};

static const struct content full = {
    .account = "toots",
    .text = "हेलमेट\nपहनें \\ \x01",
    .link = "https://a.in",
    .language = "hi",
    .media = &picture,
    .media_count = 1,
};

static void every_member_is_there_and_null_when_empty(void **unused)
{
    struct arena arena = {0};
    struct content empty = {.account = "toots"};
    struct delivery made = {0};

    (void)unused;
    content_write(&empty, &arena, &made);
    assert_string_equal(made.content,
                        "{\"account\":\"toots\",\"description\":null,\"language\":null,"
                        "\"link\":null,\"media\":[],\"parent\":null,\"text\":null,"
                        "\"title\":null,\"v\":1}");
    content_write(&full, &arena, &made);
    assert_string_equal(made.content,
                        "{\"account\":\"toots\",\"description\":null,\"language\":\"hi\","
                        "\"link\":\"https://a.in\",\"media\":[{\"alt\":\"alt \\\"text\\\"\","
                        "\"recipe\":null,\"sha256\":\"00112233445566778899aabbccddeeff"
                        "00112233445566778899aabbccddeeff\"}],\"parent\":null,"
                        "\"text\":\"हेलमेट\\nपहनें \\\\ \\u0001\",\"title\":null,\"v\":1}");
    arena_clear(&arena);
}

static void the_bytes_are_the_canonical_form_of_base_json(void **unused)
{
    struct arena arena = {0};
    struct delivery made = {0};
    struct err err;
    char every[130];
    struct content odd = full;
    json_t *value;

    (void)unused;
    for (int c = 1; c < 128; c++)
        every[c - 1] = (char)c;
    every[127] = 0;
    odd.text = every;
    content_write(&odd, &arena, &made);
    value = json_read(made.content, strlen(made.content), &err);
    assert_non_null(value);
    assert_string_equal(json_write(value, &arena, NULL), made.content);
    json_decref(value);
    arena_clear(&arena);
}

static void what_was_written_is_read_back(void **unused)
{
    struct arena arena = {0};
    struct delivery made = {0}, again = {0};
    struct content read;
    struct err err;

    (void)unused;
    content_write(&full, &arena, &made);
    assert_true(content_read(made.content, &arena, &read, &err));
    content_write(&read, &arena, &again);
    assert_string_equal(again.content, made.content);
    assert_string_equal(again.content_hash, made.content_hash);
    assert_string_equal(again.same_hash, made.same_hash);
    arena_clear(&arena);
}

static void damaged_content_is_refused(void **unused)
{
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "{\"account\":\"a\",\"media\":[],\"v\":2}",
        "{\"account\":\"a\",\"media\":{},\"v\":1}",
        "{\"account\":\"a\",\"media\":[1],\"v\":1}",
        "{\"account\":\"a\",\"media\":[{\"sha256\":\"12\"}],\"v\":1}",
        "{\"media\":[],\"v\":1}",
    };
    struct arena arena = {0};
    struct content read;
    struct err err;

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(content_read(bad[i], &arena, &read, &err));
    arena_clear(&arena);
}

static void the_same_words_are_the_same_whatever_account_and_blanks(void **unused)
{
    static const struct {
        const char *text;
        bool same;
    } cases[] = {
        {"हेलमेट  पहनें", true},
        {" हेलमेट\nपहनें ", true},
        {"हेलमेट पहनें।", false},
        {"हेलमेटपहनें", false},
    };
    struct arena arena = {0};
    struct content a = {.account = "toots", .text = "हेलमेट पहनें"}, b = {.account = "wing"};
    char left[DIGEST_HEX], right[DIGEST_HEX];

    (void)unused;
    content_same_hash(&a, &arena, left);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        b.text = cases[i].text;
        content_same_hash(&b, &arena, right);
        assert_int_equal(!strcmp(left, right), cases[i].same);
    }
    b = a;
    b.media = &picture;
    b.media_count = 1;
    content_same_hash(&b, &arena, right);
    assert_string_not_equal(left, right);
    arena_clear(&arena);
}

static void bare_links_are_told_apart(void **unused)
{
    struct arena arena = {0};
    struct content a = {.account = "x", .link = "https://a.in"},
                   b = {.account = "x", .link = "https://b.in"};
    char left[DIGEST_HEX], right[DIGEST_HEX];

    (void)unused;
    content_same_hash(&a, &arena, left);
    content_same_hash(&b, &arena, right);
    assert_string_not_equal(left, right);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_there_and_null_when_empty),
        cmocka_unit_test(the_bytes_are_the_canonical_form_of_base_json),
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(damaged_content_is_refused),
        cmocka_unit_test(the_same_words_are_the_same_whatever_account_and_blanks),
        cmocka_unit_test(bare_links_are_told_apart),
    };

    return cmocka_run_group_tests_name("campaign/content", tests, NULL, NULL);
}

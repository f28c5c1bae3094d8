/* base: errors, arenas, buffers, JSON. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdalign.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/json.h"

static void an_error_is_one_line_with_its_context_first(void **state)
{
    struct err err;

    (void)state;
    assert_false(err_set(&err, ERR_CONFIG, "bad\nline %d\x1b", 7));
    assert_string_equal(err.text, "bad line 7 ");
    assert_false(err_within(&err, "file %s", "a.cfg"));
    assert_string_equal(err.text, "file a.cfg: bad line 7 ");
    assert_int_equal(err.kind, ERR_CONFIG);
}

static void a_full_disk_is_an_error_of_its_own(void **state)
{
    struct err err;

    (void)state;
    assert_false(err_errno(&err, ERR_IO, ENOSPC, "writing %s", "x"));
    assert_int_equal(err.kind, ERR_SPACE);
    assert_string_equal(err.text, "writing x: No space left on device");
    assert_false(err_errno(&err, ERR_IO, EDQUOT, "x"));
    assert_int_equal(err.kind, ERR_SPACE);
    assert_false(err_errno(&err, ERR_CONFIG, EACCES, "x"));
    assert_int_equal(err.kind, ERR_CONFIG);
}

static void a_long_error_is_cut_and_never_overflows(void **state)
{
    struct err err;
    char text[2000];
    int i;

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(err_set(&err, ERR_IO, "%s", text));
    for (i = 0; i < 3; i++)
        assert_false(err_within(&err, "%s", text));
    assert_false(err_errno(&err, ERR_IO, EIO, "%s", text));
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void each_kind_has_its_exit_status(void **state)
{
    static const int statuses[][2] = {{ERR_NONE, 0},     {ERR_FOUND, 1},  {ERR_USAGE, 2},
                                      {ERR_SERVICE, 69}, {ERR_IO, 70},    {ERR_SPACE, 70},
                                      {ERR_BUSY, 75},    {ERR_CONFIG, 78}};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(statuses); i++)
        assert_int_equal(err_exit_status((enum err_kind)statuses[i][0]), statuses[i][1]);
}

static void arena_memory_is_zeroed_aligned_and_large_enough(void **state)
{
    struct arena arena = {0};
    size_t size, i;

    (void)state;
    for (size = 0; size < 200000; size = size * 3 + 1) {
        unsigned char *bytes = arena_alloc(&arena, size);

        assert_int_equal((uintptr_t)bytes % alignof(max_align_t), 0);
        for (i = 0; i < size; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xAA, size);
        arena_reset(&arena); /* reused memory must be zeroed too */
    }
    arena_clear(&arena);
    arena_reset(&arena);
}

static void arenas_copy_and_format_texts(void **state)
{
    struct arena arena = {0};

    (void)state;
    assert_null(arena_text(&arena, NULL));
    assert_string_equal(arena_text(&arena, "abc"), "abc");
    assert_string_equal(arena_text_n(&arena, "abc", 2), "ab");
    assert_string_equal(arena_text_n(&arena, NULL, 0), "");
    assert_memory_equal(arena_copy(&arena, "a\0b", 3), "a\0b", 3);
    assert_string_equal(arena_printf(&arena, "%s-%03d", "x", 7), "x-007");
    arena_clear(&arena);
}

static void an_arena_array_grows_and_keeps_its_elements(void **state)
{
    struct arena arena = {0};
    int *items = NULL;
    size_t count = 0, capacity = 0;
    int i;

    (void)state;
    for (i = 0; i < 1000; i++) {
        int *item = arena_push(&arena, &items, &count, &capacity, sizeof *item);
        assert_int_equal(*item, 0);
        *item = i;
    }
    assert_int_equal(count, 1000);
    for (i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    arena_clear(&arena);
}

static int ends[8];
static size_t end_count;

static void note_end(void *object)
{
    ends[end_count++] = *(int *)object;
}

static void cleanups_run_newest_first_and_once(void **state)
{
    struct arena arena = {0};
    int one = 1, two = 2;

    (void)state;
    end_count = 0;
    arena_on_clear(&arena, note_end, &one);
    arena_on_clear(&arena, note_end, &two);
    arena_reset(&arena);
    arena_clear(&arena);
    assert_int_equal(end_count, 2);
    assert_int_equal(ends[0], 2);
    assert_int_equal(ends[1], 1);
}

static void a_buffer_grows_up_to_its_maximum(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100);
    assert_string_equal(buffer.bytes, "");
    assert_true(buffer_text(&buffer, "abc"));
    assert_true(buffer_char(&buffer, '-'));
    assert_true(buffer_printf(&buffer, "%086d", 1));
    assert_int_equal(buffer.length, 90);
    assert_false(buffer_add(&buffer, "0123456789a", 11));
    assert_true(buffer.overflowed);
    assert_int_equal(buffer.length, 90);
    assert_true(buffer_add(&buffer, "0123456789", 10));
    assert_false(buffer_char(&buffer, 'x'));
    assert_int_equal(strlen(buffer.bytes), 100);
    buffer_empty(&buffer);
    assert_string_equal(buffer.bytes, "");
    assert_false(buffer.overflowed);
    assert_true(buffer_add(&buffer, "a\0b", 3));
    assert_int_equal(buffer.length, 3);
    buffer_clear(&buffer);
    assert_string_equal(buffer.bytes, "");
    buffer_empty(&buffer);
}

static json_t *read_text(const char *text)
{
    struct err err;

    return json_read(text, strlen(text), &err);
}

static void json_is_read_strictly(void **state)
{
    static const char *const wrong[] = {
        "",
        "{",
        "{\"a\":1,\"a\":2}",
        "{} x",
        "\xEF\xBB\xBF{}",
        "{\"a\":\"\xFF\"}",
        "[1,]",
        "{\"a\":nan}",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "'a'",
        "9223372036854775808",
        "\"a\nb\"",
    };
    struct err err;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(wrong); i++) {
        assert_null(json_read(wrong[i], strlen(wrong[i]), &err));
        assert_int_equal(err.kind, ERR_FOUND);
    }
}

static void deep_and_large_json_is_refused(void **state)
{
    char deep[2 * JSON_MAX_DEPTH + 3];
    struct err err;
    json_t *value;

    (void)state;
    memset(deep, '[', sizeof deep);
    memset(deep + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
    value = json_read(deep, 2 * JSON_MAX_DEPTH, &err);
    assert_non_null(value);
    json_decref(value);
    memset(deep, '[', JSON_MAX_DEPTH + 1);
    memset(deep + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
    assert_null(json_read(deep, 2 * JSON_MAX_DEPTH + 2, &err));
    assert_null(json_read(deep, JSON_MAX_BYTES + 1, &err)); /* refused before a byte is read */
    value = read_text("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"");
    assert_non_null(value); /* brackets in a string do not count */
    json_decref(value);
}

static void equal_json_values_have_equal_bytes(void **state)
{
    struct arena arena = {0};
    json_t *value = read_text("{ \"b\" : [1, true,null] ,\n\"a\":\"क\\u0916\" }");
    size_t length;

    (void)state;
    assert_string_equal(json_write(value, &arena, &length), "{\"a\":\"कख\",\"b\":[1,true,null]}");
    assert_int_equal(length, strlen("{\"a\":\"कख\",\"b\":[1,true,null]}"));
    assert_string_equal(json_write(json_object_get(value, "a"), &arena, NULL), "\"कख\"");
    json_decref(value);
    arena_clear(&arena);
}

static void json_members_are_typed(void **state)
{
    struct arena arena = {0};
    json_t *object = json_object();

    (void)state;
    json_put(object, "text", "t");
    json_put(object, "none", NULL);
    json_put_integer(object, "n", INT64_MAX);
    json_put_bool(object, "yes", true);
    json_put_new(object, "list", json_array());
    json_put_new(object, "void", NULL);
    assert_string_equal(json_write(object, &arena, NULL),
                        "{\"list\":[],\"n\":9223372036854775807,\"none\":null,\"text\":\"t\","
                        "\"void\":null,\"yes\":true}");
    assert_string_equal(json_text(object, "text"), "t");
    assert_null(json_text(object, "n"));
    assert_null(json_text(object, "absent"));
    assert_true(json_integer_or(object, "n", 0) == INT64_MAX);
    assert_int_equal(json_integer_or(object, "text", -1), -1);
    assert_true(json_flag(object, "yes"));
    assert_false(json_flag(object, "text"));
    json_decref(object);
    arena_clear(&arena);
}

/* Every byte that a text may hold alone, and what stands beside it. */
static void a_quoted_text_is_what_the_writer_of_values_writes(void **state)
{
    static const char *const texts[] = {"", "plain", "\xc3\xa9 \xe0\xa4\xb9 \xf0\x9f\x98\x80",
                                        "a\"b\\c/d", "\\\\\"\""};
    struct arena arena = {0};
    struct buffer buffer;
    json_t *value;
    const char *read;
    char one[] = "x?y";
    size_t i;

    (void)state;
    buffer_init(&buffer, SIZE_MAX);
    for (i = 1; i < 128 + COUNT_OF(texts); i++) {
        const char *text = i < 128 ? one : texts[i - 128];
        one[1] = (char)(i & 127);
        value = json_string(text);
        buffer_empty(&buffer);
        json_quote(&buffer, text);
        assert_string_equal(buffer.bytes, json_write(value, &arena, NULL));
        assert_true(json_unquote(&(const char *){buffer.bytes}, &arena, &read));
        assert_string_equal(read, text);
        json_decref(value);
    }
    buffer_empty(&buffer);
    json_quote(&buffer, NULL);
    assert_string_equal(buffer.bytes, "null");
    assert_true(json_unquote(&(const char *){buffer.bytes}, &arena, &read));
    assert_null(read);
    buffer_clear(&buffer);
    arena_clear(&arena);
}

static void what_is_not_quoted_as_we_quote_is_not_read(void **state)
{
    static const char *const wrong[] = {"",          "nul",         "\"a",
                                        "\"a\\\"",   "\"\\u0041",   "\"\\x\"",
                                        "\"\\u00\"", "\"\\u00g1\"", "\"\\u0000\"",
                                        "1"};
    struct arena arena = {0};
    const char *text;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(json_unquote(&(const char *){wrong[i]}, &arena, &text));
    arena_clear(&arena);
}

static void json_can_be_written_without_values(void **state)
{
    struct arena arena = {0};
    struct buffer buffer;
    json_t *value;

    (void)state;
    buffer_init(&buffer, SIZE_MAX);
    json_open(&buffer, NULL, '{');
    json_add(&buffer, "a", "\xe0\xa4\xb9\"");
    json_open(&buffer, "b", '[');
    json_open(&buffer, NULL, '{');
    json_close(&buffer, '}');
    json_open(&buffer, NULL, '[');
    json_close(&buffer, ']');
    json_add(&buffer, NULL, NULL);
    json_close(&buffer, ']');
    json_add_integer(&buffer, "c", INT64_MIN);
    json_add_bool(&buffer, "d", true);
    json_add_bool(&buffer, "e", false);
    json_close(&buffer, '}');
    value = read_text(buffer.bytes);
    assert_non_null(value);
    assert_string_equal(json_write(value, &arena, NULL), buffer.bytes);
    assert_string_equal(buffer.bytes, "{\"a\":\"\xe0\xa4\xb9\\\"\",\"b\":[{},[],null],"
                                      "\"c\":-9223372036854775808,\"d\":true,\"e\":false}");
    json_decref(value);
    buffer_clear(&buffer);
    arena_clear(&arena);
}

static void a_character_is_written_alike_wherever_it_stands(void **state)
{
    struct arena arena = {0};
    struct buffer buffer;
    json_t *value;

    (void)state;
    buffer_init(&buffer, SIZE_MAX);
    for (int c = 1; c < 128; c++) {
        for (size_t place = 0; place < 20; place++) {
            char text[] = "....................";
            text[place] = (char)c;
            value = json_string(text);
            buffer_empty(&buffer);
            json_quote(&buffer, text);
            assert_string_equal(buffer.bytes, json_write(value, &arena, NULL));
            json_decref(value);
        }
    }
    buffer_clear(&buffer);
    arena_clear(&arena);
}

static void a_text_that_is_not_utf8_ends_the_process(void **state)
{
    static const char *const wrong[] = {"\x80",         "\xc0\x80",         "\xe0\x9f\xbf",
                                        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                                        "\xe0\xa4",     "\xf5\x80\x80\x80"};
    struct buffer buffer;
    int status;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        pid_t child = fork();
        if (child == 0) {
            (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
            (void)signal(SIGABRT, SIG_DFL);
            buffer_init(&buffer, SIZE_MAX);
            json_quote(&buffer, wrong[i]);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quoted_text_is_what_the_writer_of_values_writes),
        cmocka_unit_test(what_is_not_quoted_as_we_quote_is_not_read),
        cmocka_unit_test(json_can_be_written_without_values),
        cmocka_unit_test(a_character_is_written_alike_wherever_it_stands),
        cmocka_unit_test(a_text_that_is_not_utf8_ends_the_process),
        cmocka_unit_test(an_error_is_one_line_with_its_context_first),
        cmocka_unit_test(a_full_disk_is_an_error_of_its_own),
        cmocka_unit_test(a_long_error_is_cut_and_never_overflows),
        cmocka_unit_test(each_kind_has_its_exit_status),
        cmocka_unit_test(arena_memory_is_zeroed_aligned_and_large_enough),
        cmocka_unit_test(arenas_copy_and_format_texts),
        cmocka_unit_test(an_arena_array_grows_and_keeps_its_elements),
        cmocka_unit_test(cleanups_run_newest_first_and_once),
        cmocka_unit_test(a_buffer_grows_up_to_its_maximum),
        cmocka_unit_test(json_is_read_strictly),
        cmocka_unit_test(deep_and_large_json_is_refused),
        cmocka_unit_test(equal_json_values_have_equal_bytes),
        cmocka_unit_test(json_members_are_typed),
    };

    return cmocka_run_group_tests_name("base/values", tests, NULL, NULL);
}

/* The walk through an adapter's machines: what it makes of each platform, and what stands there
 * for what nobody knows yet. That its requests are those that are sent is shown by
 * tests/rehearse/test_requests.py. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "platform/registry.h"
#include "platform/walk.h"
#include "support/platform_job.h"

static int clear(void **state)
{
    struct arena *arena = *state;

    arena_clear(arena);
    free(arena);
    return 0;
}

static int begin(void **state)
{
    *state = calloc(1, sizeof(struct arena));
    return *state ? 0 : -1;
}

static void walk_of(const char *platform, size_t pictures, struct arena *arena, struct walk *walk)
{
    static struct platform_job made;
    const struct adapter *adapter = adapter_by_name(platform);

    platform_job_make(&made, adapter, pictures);
    walk_delivery(adapter, &made.account, &made.delivery, &made.content, arena, walk);
}

/* ---- */

static void a_walk_publishes_exactly_once_on_every_platform(void **state)
{
    for (const struct adapter *const *adapter = adapters; *adapter; adapter++) {
        const bool needs_media =
            (*adapter)->facts->limits->needs_media || strcmp((*adapter)->name, "instagram") == 0;
        struct walk walk;
        size_t published = 0;

        if (strcmp((*adapter)->name, "youtube") == 0) /* its video is asked for in test_requests */
            continue;
        walk_of((*adapter)->name, needs_media ? 1 : 0, *state, &walk);
        assert_null(walk.ends);
        for (size_t i = 0; i < walk.count; i++) {
            assert_true(request_is_sound(&walk.items[i].request));
            published += walk.items[i].request.kind == REQUEST_PUBLISH;
        }
        assert_int_equal(published, 1);
    }
}

static void what_a_platform_gives_out_stands_as_a_mark(void **state)
{
    const struct http_request *publish;
    struct walk walk;

    walk_of("mastodon", 2, *state, &walk);
    assert_int_equal(walk.count, 5);
    publish = &walk.items[2].request;
    assert_string_equal(publish->path, "/api/v1/statuses");
    assert_null(strstr(publish->body, "<media id 1>"));
    assert_non_null(strstr(walk_marked(&walk, publish->body, *state),
                           "\"media_ids\":[\"<media id 1>\",\"<media id 2>\"]"));
    assert_string_equal(walk_marked(&walk, walk.items[3].request.path, *state),
                        "/api/v1/statuses/<post id 1>");
}

static void a_number_of_json_becomes_a_mark_too(void **state)
{
    struct walk walk = {.arena = *state};
    json_t *marked, *value = json_object();

    json_put_integer(value, "message_id", strtoll(walk_new(&walk, "message id", true), NULL, 10));
    json_put_integer(value, "other", 7);
    marked = walk_marked_json(&walk, value, *state);
    assert_string_equal(json_text(marked, "message_id"), "<message id 1>");
    assert_int_equal(json_integer_or(marked, "other", 0), 7);
    json_decref(value);
    json_decref(marked);
}

static void a_text_without_stand_ins_stays_the_same(void **state)
{
    struct walk walk = {.arena = *state};
    static const char text[] = "हेलमेट <b>";

    (void)walk_new(&walk, "media id", true);
    assert_ptr_equal(walk_marked(&walk, text, *state), text);
}

static void marks_of_one_noun_are_numbered(void **state)
{
    struct walk walk = {.arena = *state};
    const char *one = walk_new(&walk, "photo id", true), *id = walk_new(&walk, "id of fb", false),
               *two = walk_new(&walk, "photo id", true);

    assert_string_equal(walk_marked(&walk, arena_printf(*state, "%s %s %s", two, id, one), *state),
                        "<photo id 2> <id of fb> <photo id 1>");
}

static void what_a_platform_refuses_is_said(void **state)
{
    struct walk walk;

    walk_of("youtube", 0, *state, &walk);
    assert_int_equal(walk.count, 0);
    assert_string_equal(walk.ends, "A post on YouTube is exactly one video.");
}

static void an_answer_that_no_row_has_ends_the_walk(void **state)
{
    const struct progress nowhere = {.state = "nowhere"};
    const struct http_request request = {.method = "GET", .path = "/"};
    const struct job job = {.content = NULL};
    struct walk walk = {.arena = *state};
    struct walk_asks asks = {.adapter = adapter_by_name("x"),
                             .job = &job,
                             .doing = "publish",
                             .at = &nowhere,
                             .request = &request};
    struct http_reply reply;

    assert_false(walk_answer(&walk, &asks, &reply));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_walk_publishes_exactly_once_on_every_platform, begin,
                                        clear),
        cmocka_unit_test_setup_teardown(what_a_platform_gives_out_stands_as_a_mark, begin, clear),
        cmocka_unit_test_setup_teardown(a_number_of_json_becomes_a_mark_too, begin, clear),
        cmocka_unit_test_setup_teardown(a_text_without_stand_ins_stays_the_same, begin, clear),
        cmocka_unit_test_setup_teardown(marks_of_one_noun_are_numbered, begin, clear),
        cmocka_unit_test_setup_teardown(what_a_platform_refuses_is_said, begin, clear),
        cmocka_unit_test_setup_teardown(an_answer_that_no_row_has_ends_the_walk, begin, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

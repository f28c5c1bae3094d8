/* Looking again at what was published: only reads, and no row is touched. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine_world.h"

#define COMPARING  "{\"at\":\"comparing\",\"kept\":{\"id\":\"55\",\"media\":[],\"ready\":0}}"
#define PUBLISHING "{\"at\":\"publishing\",\"kept\":{\"media\":[],\"ready\":0}}"
#define LIST       "/api/v1/accounts/77/statuses"
#define ONE        "{\"id\":\"55\",\"created_at\":\"2025-12-01T06:30:01Z\",\"media_attachments\":[]}"
#define TWO        ONE ",{\"id\":\"56\",\"created_at\":\"2025-12-01T06:30:02Z\",\"media_attachments\":[]}"

static struct world world;
static struct delivery *row;
static size_t sent_before;

static int start(void **state)
{
    (void)state;
    world_start(&world, 1);
    row = world_post(&world, "helmet", 0, 0);
    row->attempts = 1;
    row->born = row->first_intent = row->intent = world.now;
    delivery_set_key(row);
    sent_before = world.send_count;
    return 0;
}

/* Whatever was seen: nothing but reading was asked for, and nothing was saved. */
static int end(void **state)
{
    (void)state;
    for (size_t i = sent_before; i < world.send_count; i++)
        assert_int_equal(world.sends[i].request.kind, REQUEST_READ);
    assert_int_equal(world.save_count, 0);
    world_stop(&world);
    return 0;
}

static void look(enum state as, const char *progress)
{
    const struct delivery *shown = row;

    row->state = as;
    row->progress = progress;
    row->remote_id = as == STATE_PUBLISHED ? "55" : "";
    world_event(&world, (struct event){.kind = EVENT_CHECK, .rows = &shown, .row_count = 1});
}

static void answer(const char *path, int status, const char *body)
{
    struct sent *sent = world_open(&world, "GET", path);

    if (!sent)
        fail_msg("nobody asks for %s", path);
    world_answer(&world, sent, status, body);
}

/* The account's own posts; older pages are empty. */
static void list(const char *posts)
{
    answer(LIST, 200, posts);
    while (world_open(&world, "GET", LIST))
        answer(LIST, 200, "[]");
}

static void seen(enum check_verdict verdict)
{
    assert_non_null(world.checked);
    assert_string_equal(check_word(world.checked->verdict), check_word(verdict));
    assert_string_equal(world.checked->delivery_id, row->id);
    assert_int_equal(engine_load(world.engine, world.now).in_flight, 0);
}

static void what_is_there_as_it_was_sent_is_equal(void **state)
{
    (void)state;
    look(STATE_PUBLISHED, COMPARING);
    assert_int_equal(engine_load(world.engine, world.now).in_flight, 1);
    answer("/api/v1/statuses/55/source", 200, "{\"text\":\"helmet\"}");
    seen(CHECK_EQUAL);
}

static void what_says_something_else_differs(void **state)
{
    (void)state;
    look(STATE_PUBLISHED, COMPARING);
    answer("/api/v1/statuses/55/source", 200, "{\"text\":\"something else\"}");
    seen(CHECK_DIFFERS);
}

static void what_the_platform_does_not_have_is_gone(void **state)
{
    (void)state;
    look(STATE_PUBLISHED, COMPARING);
    answer("/api/v1/statuses/55/source", 404, "{\"error\":\"Record not found\"}");
    seen(CHECK_GONE);
}

static void a_page_in_front_of_the_platform_calls_nothing_gone(void **state)
{
    (void)state;
    look(STATE_PUBLISHED, COMPARING);
    answer("/api/v1/statuses/55/source", 404, "<html>");
    list("[]");
    seen(CHECK_UNREADABLE);
}

static void what_would_publish_is_looked_for_instead(void **state)
{
    (void)state;
    look(STATE_PUBLISHED, PUBLISHING);
    list("[" ONE "]");
    answer("/api/v1/statuses/55/source", 200, "{\"text\":\"helmet\"}");
    seen(CHECK_EQUAL);
}

static void an_old_post_that_a_search_does_not_reach_is_not_called_gone(void **state)
{
    (void)state;
    look(STATE_PUBLISHED, "");
    answer(LIST, 200, "[]");
    seen(CHECK_UNREADABLE);
}

static void what_cannot_be_read_is_said_with_the_reason(void **state)
{
    (void)state;
    look(STATE_PUBLISHED, COMPARING);
    answer("/api/v1/statuses/55/source", 503, "<html>");
    answer(LIST, 503, "<html>");
    seen(CHECK_UNREADABLE);
    assert_string_not_equal(world.checked->text, "");
}

static void one_like_what_is_in_doubt_is_found(void **state)
{
    (void)state;
    look(STATE_HELD, PUBLISHING);
    list("[" ONE "]");
    answer("/api/v1/statuses/55/source", 200, "{\"text\":\"helmet\"}");
    seen(CHECK_FOUND);
    assert_string_equal(world.checked->remote_id, "55");
}

static void none_like_it_proves_nothing_and_two_are_no_receipt(void **state)
{
    (void)state;
    look(STATE_DOUBTFUL, PUBLISHING);
    answer(LIST, 200, "[]");
    seen(CHECK_ABSENT);
    look(STATE_DOUBTFUL, PUBLISHING);
    list("[" TWO "]");
    answer("/api/v1/statuses/55/source", 200, "{\"text\":\"helmet\"}");
    answer("/api/v1/statuses/56/source", 200, "{\"text\":\"helmet\"}");
    seen(CHECK_UNREADABLE);
}

static void an_account_that_cannot_be_asked_is_said_so_at_once(void **state)
{
    (void)state;
    row->account = "gone";
    look(STATE_PUBLISHED, COMPARING);
    seen(CHECK_UNREADABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_there_as_it_was_sent_is_equal),
        TEST(what_says_something_else_differs),
        TEST(what_the_platform_does_not_have_is_gone),
        TEST(a_page_in_front_of_the_platform_calls_nothing_gone),
        TEST(what_would_publish_is_looked_for_instead),
        TEST(an_old_post_that_a_search_does_not_reach_is_not_called_gone),
        TEST(what_cannot_be_read_is_said_with_the_reason),
        TEST(one_like_what_is_in_doubt_is_found),
        TEST(none_like_it_proves_nothing_and_two_are_no_receipt),
        TEST(an_account_that_cannot_be_asked_is_said_so_at_once),
    };

    return cmocka_run_group_tests_name("engine checks", tests, NULL, NULL);
}

/* What is done to a post once it is public, and its retraction: an adapter with two steps of its
 * own, a comment that must not be sent twice and a list that may. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine/after.h"
#include "engine_world.h"
#include "platform/mastodon.h"

static bool wants_comment, can_look;

static bool comment_wanted(const struct job *job)
{
    (void)job;
    return wants_comment;
}

static bool always(const struct job *job)
{
    (void)job;
    return true;
}

static struct step send(const char *method, const char *path, enum request_kind kind, bool once,
                        const char *progress)
{
    const struct http_request request = {
        .method = method, .path = path, .kind = kind, .unrepeatable = once, .signing = "bearer"};

    return step_send(&request, progress);
}

static struct step send_comment(void)
{
    return send("POST", "/comment", REQUEST_PUBLISH, true, "{\"at\":\"commenting\",\"kept\":{}}");
}

/* A lost answer is either looked into, or called a failure like any other: a careless adapter. */
static struct step comment(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    const bool looking = at->state && !strcmp(at->state, "looking");

    (void)arena;
    assert_string_equal(job->delivery->remote_id, "55");
    if (!reply)
        return looking ? send("GET", "/comments", REQUEST_READ, false, NULL) : send_comment();
    if (looking && reply_is(reply, 200))
        return strcmp(reply->body, "[]") ? step_done((struct receipt){0}) : send_comment();
    if (reply_is(reply, 200))
        return step_done((struct receipt){0});
    if (reply_is(reply, 403))
        return step_refused("comments are off");
    if (reply_is(reply, 451))
        return step_trouble(TROUBLE_SCOPE, "this key may not comment");
    if (reply_is(reply, 202))
        return step_wait(span_seconds(5), NULL);
    if (can_look)
        return send("GET", "/comments", REQUEST_READ, false, "{\"at\":\"looking\",\"kept\":{}}");
    return step_retry("lost", INSTANT_NONE);
}

static struct step list(const struct job *job, const struct progress *at,
                        const struct http_reply *reply, struct arena *arena)
{
    (void)job;
    (void)at;
    (void)arena;
    if (!reply)
        return send("PUT", "/list", REQUEST_PUBLISH, false, NULL);
    return reply_is(reply, 200) ? step_done((struct receipt){0})
                                : step_retry("not now", INSTANT_NONE);
}

static const struct after_step steps[] = {
    {"first_comment", comment_wanted, comment},
    {"playlist", always, list},
    {NULL, NULL, NULL},
};

const struct adapter *__wrap_adapter_by_name(const char *name);
const struct adapter *__wrap_adapter_by_name(const char *name)
{
    static struct adapter with_steps;

    (void)name;
    with_steps = mastodon;
    with_steps.after = steps;
    return &with_steps;
}

static struct world world;

static int start(void **state)
{
    (void)state;
    wants_comment = true;
    can_look = false;
    world_start(&world, 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static const struct delivery *row(void)
{
    return world_row(&world, "helmet");
}

static const char *stands(const char *word)
{
    const char *is = json_text(json_object_get(after_read(row()->after, &world.arena), word), "is");

    return is ? is : "";
}

static void publish(void)
{
    world_show(&world, world_post(&world, "helmet", 0, 0));
    world_answer(&world, world_open(&world, "POST", "/api/v1/statuses"), 200, "{\"id\":\"55\"}");
    world_read_back(&world, "55", "helmet");
}

static void answer(const char *path, int status, const char *body)
{
    const char *methods[] = {"POST", "PUT", "GET", "DELETE"};

    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        struct sent *sent = world_open(&world, methods[i], path);
        if (!sent)
            continue;
        world_answer(&world, sent, status, body);
        return;
    }
    fail_msg("nobody asks for %s", path);
}

/* The process ends; the store shows what is left to do. */
static void die(void)
{
    world_restart(&world);
    if (!instant_is_none(row()->not_before))
        world_show(&world, row());
}

static void steps_run_one_at_a_time_once_it_is_published(void **state)
{
    (void)state;
    world_show(&world, world_post(&world, "helmet", 0, 0));
    world_answer(&world, world_open(&world, "POST", "/api/v1/statuses"), 200, "{\"id\":\"55\"}");
    assert_null(world_open(&world, "POST", "/comment"));
    world_read_back(&world, "55", "helmet");
    assert_int_equal(row()->state, STATE_PUBLISHED);
    assert_string_equal(stands("first_comment"), "sent");
    assert_true(world_open(&world, "POST", "/comment")->fresh);
    assert_null(world_open(&world, "PUT", "/list"));
    answer("/comment", 200, "{}");
    answer("/list", 200, "{}");
    assert_string_equal(stands("first_comment"), "done");
    assert_string_equal(stands("playlist"), "done");
    assert_true(instant_is_none(row()->not_before));
    assert_string_equal(row()->reason, "");
    assert_false(engine_holds(world.engine, row()->id));
    assert_int_equal(world.alarm_count, 0);
}

static void nothing_is_sent_before_its_intent_is_durable(void **state)
{
    (void)state;
    world_show(&world, world_post(&world, "helmet", 0, 0));
    world_answer(&world, world_open(&world, "POST", "/api/v1/statuses"), 200, "{\"id\":\"55\"}");
    world_answer(&world, world_open(&world, "GET", "/api/v1/statuses/55"), 200,
                 "{\"id\":\"55\",\"media_attachments\":[]}");
    world.stuck = true;
    world_answer(&world, world_open(&world, "GET", "/api/v1/statuses/55/source"), 200,
                 "{\"text\":\"helmet\"}");
    assert_null(world_open(&world, "POST", "/comment"));
    world.stuck = false;
    world_settle(&world);
    assert_non_null(world_open(&world, "POST", "/comment"));
}

static void a_refused_step_is_a_reason_and_an_alarm_and_the_next_one_runs(void **state)
{
    (void)state;
    publish();
    answer("/comment", 403, "{}");
    assert_int_equal(row()->state, STATE_PUBLISHED);
    assert_string_equal(row()->reason, REASON_AFTER);
    assert_non_null(strstr(row()->note, "comments are off"));
    assert_string_equal(stands("first_comment"), "failed");
    assert_true(world_alarmed(&world, REASON_AFTER));
    answer("/list", 200, "{}");
    assert_string_equal(stands("playlist"), "done");
    assert_string_equal(row()->reason, REASON_AFTER);
}

static void what_the_key_may_not_do_to_a_post_pauses_nobody(void **state)
{
    (void)state;
    publish();
    answer("/comment", 451, "{}");
    assert_string_equal(stands("first_comment"), "failed");
    assert_non_null(strstr(row()->note, "may not comment"));
    assert_true(world_alarmed(&world, REASON_AFTER));
    assert_false(world_alarmed(&world, "account"));
    answer("/list", 200, "{}");
    world_show(&world, world_post(&world, "seat-belt", 0, 0));
    assert_non_null(world_open(&world, "POST", "/api/v1/statuses"));
}

static void a_step_that_waits_is_asked_again_after_a_while(void **state)
{
    (void)state;
    publish();
    answer("/comment", 202, "{}");
    assert_null(world_open(&world, "POST", "/comment"));
    world_pass(&world, 5000);
    answer("/comment", 200, "{}");
    assert_string_equal(stands("first_comment"), "done");
}

static void an_unrepeatable_step_whose_answer_is_lost_is_never_sent_again(void **state)
{
    (void)state;
    publish();
    world_lose(&world, world_open(&world, "POST", "/comment"), FATE_MAYBE_SENT);
    world_pass(&world, 60000);
    assert_string_equal(stands("first_comment"), "failed");
    answer("/list", 200, "{}");
    world_pass(&world, 7200000);
    assert_int_equal(world_count(&world, "POST", "/comment"), 1);
    assert_string_equal(row()->reason, REASON_AFTER);
    assert_true(world_alarmed(&world, REASON_AFTER));
}

static void without_the_rule_it_would_be_sent_again(void **state)
{
    (void)state;
    engine_rule_off(world.engine, RULE_AFTER_ONCE);
    publish();
    world_lose(&world, world_open(&world, "POST", "/comment"), FATE_MAYBE_SENT);
    world_pass(&world, 60000);
    assert_int_equal(world_count(&world, "POST", "/comment"), 2);
}

static void one_that_never_left_is_sent_again(void **state)
{
    (void)state;
    publish();
    world_lose(&world, world_open(&world, "POST", "/comment"), FATE_NOT_SENT);
    assert_string_equal(stands("first_comment"), "waiting");
    world_pass(&world, 60000);
    assert_int_equal(world_count(&world, "POST", "/comment"), 2);
    answer("/comment", 200, "{}");
    assert_string_equal(stands("first_comment"), "done");
}

static void a_crash_between_send_and_answer_is_a_lost_answer(void **state)
{
    (void)state;
    publish();
    die();
    world_pass(&world, 60000);
    assert_int_equal(world_count(&world, "POST", "/comment"), 1);
    assert_string_equal(stands("first_comment"), "failed");
    answer("/list", 200, "{}");
    assert_true(instant_is_none(row()->not_before));
}

static void a_machine_that_can_look_finds_its_comment_there(void **state)
{
    (void)state;
    can_look = true;
    publish();
    die();
    answer("/comments", 200, "[\"ours\"]");
    assert_string_equal(stands("first_comment"), "done");
    assert_int_equal(world_count(&world, "POST", "/comment"), 1);
    assert_string_equal(row()->reason, "");
}

static void a_look_that_fails_is_tried_again_and_nothing_is_sent_meanwhile(void **state)
{
    (void)state;
    can_look = true;
    publish();
    world_lose(&world, world_open(&world, "POST", "/comment"), FATE_MAYBE_SENT);
    can_look = false;
    for (int i = 0; i < 3; i++) {
        answer("/comments", 503, "<html>");
        world_pass(&world, 600000);
    }
    answer("/comments", 200, "[\"ours\"]");
    assert_string_equal(stands("first_comment"), "done");
    assert_int_equal(world_count(&world, "POST", "/comment"), 1);
}

static void a_machine_that_has_looked_may_send_again(void **state)
{
    (void)state;
    can_look = true;
    publish();
    world_lose(&world, world_open(&world, "POST", "/comment"), FATE_MAYBE_SENT);
    die();
    die();
    assert_int_equal(world_count(&world, "POST", "/comment"), 1);
    answer("/comments", 200, "[]");
    assert_int_equal(world_count(&world, "POST", "/comment"), 2);
    answer("/comment", 200, "{}");
    assert_string_equal(stands("first_comment"), "done");
}

static void a_repeatable_step_is_tried_eight_times_and_then_given_up(void **state)
{
    (void)state;
    wants_comment = false;
    publish();
    for (int i = 0; i < 8; i++) {
        assert_string_not_equal(stands("playlist"), "failed");
        world_lose(&world, world_open(&world, "PUT", "/list"), FATE_MAYBE_SENT);
        if (i % 3 == 0)
            die();
        world_pass(&world, 3600000);
    }
    assert_int_equal(world_count(&world, "PUT", "/list"), 8);
    assert_string_equal(stands("playlist"), "failed");
    assert_string_equal(row()->reason, REASON_AFTER);
    assert_true(instant_is_none(row()->not_before));
}

static void hold(bool on)
{
    static const struct flag all = {FLAG_ALL, ""};

    world_event(&world, (struct event){.kind = EVENT_FLAGS, .flags = {&all, on}});
    world_settle(&world);
}

static void a_hold_keeps_a_step_back_even_between_its_save_and_its_request(void **state)
{
    (void)state;
    world_show(&world, world_post(&world, "helmet", 0, 0));
    world_answer(&world, world_open(&world, "POST", "/api/v1/statuses"), 200, "{\"id\":\"55\"}");
    world_answer(&world, world_open(&world, "GET", "/api/v1/statuses/55"), 200,
                 "{\"id\":\"55\",\"media_attachments\":[]}");
    world.stuck = true;
    world_answer(&world, world_open(&world, "GET", "/api/v1/statuses/55/source"), 200,
                 "{\"text\":\"helmet\"}");
    hold(true);
    world.stuck = false;
    world_settle(&world);
    assert_null(world_open(&world, "POST", "/comment"));
    hold(false);
    assert_non_null(world_open(&world, "POST", "/comment"));
}

/* ---- taking it back ---- */

static void ask_retract(void)
{
    struct delivery *asked = delivery_copy(row(), &world.arena);

    for (size_t i = 0; i < world.row_count; i++) {
        if (strcmp(world.rows[i]->id, asked->id) != 0)
            continue;
        asked->after = after_ask_retract(asked->after, "os:1000:clerk", &world.arena);
        asked->not_before = world.now;
        asked->rev++;
        world.rows[i] = asked;
    }
    world_show(&world, asked);
}

static void a_post_is_taken_back_also_under_a_hold(void **state)
{
    (void)state;
    wants_comment = false;
    publish();
    answer("/list", 200, "{}");
    hold(true);
    ask_retract();
    answer("/api/v1/statuses/55", 200, "{}");
    assert_int_equal(row()->state, STATE_RETRACTED);
    assert_string_equal(stands("retract"), "done");
    assert_true(instant_is_none(row()->not_before));
    assert_false(engine_holds(world.engine, row()->id));
}

static void what_is_still_to_be_done_to_it_is_not_done_any_more(void **state)
{
    (void)state;
    publish();
    world_lose(&world, world_open(&world, "POST", "/comment"), FATE_NOT_SENT);
    ask_retract();
    answer("/api/v1/statuses/55", 404, "{}");
    world_pass(&world, 3600000);
    assert_int_equal(row()->state, STATE_RETRACTED);
    assert_int_equal(world_count(&world, "POST", "/comment"), 1);
    assert_int_equal(world_count(&world, "PUT", "/list"), 0);
}

static void a_retraction_is_repeated_after_a_crash_and_after_a_lost_answer(void **state)
{
    (void)state;
    wants_comment = false;
    publish();
    answer("/list", 200, "{}");
    ask_retract();
    die();
    world_pass(&world, 60000);
    world_lose(&world, world_open(&world, "DELETE", "/api/v1/statuses/55"), FATE_MAYBE_SENT);
    world_pass(&world, 60000);
    assert_int_equal(world_count(&world, "DELETE", "/api/v1/statuses/55"), 3);
    answer("/api/v1/statuses/55", 404, "{}");
    assert_int_equal(row()->state, STATE_RETRACTED);
}

/* Its row comes from the store, which knows of the one before it only that it is public. */
static void nothing_answers_a_post_that_is_being_taken_back(void **state)
{
    struct delivery *part;

    (void)state;
    wants_comment = false;
    publish();
    answer("/list", 200, "{}");
    ask_retract();
    assert_non_null(world_open(&world, "DELETE", "/api/v1/statuses/55"));
    part = world_post(&world, "belt", 0, 0);
    part->post = "helmet";
    part->occurrence = "once.2";
    delivery_set_id(part);
    part->parent_state = STATE_PUBLISHED;
    part->parent_id = part->root_id = "55";
    world_show(&world, part);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 1);
    assert_int_equal(world.rows[world.row_count - 1]->state, STATE_HELD);
    assert_string_equal(world.rows[world.row_count - 1]->reason, REASON_PARENT);
}

static void a_retraction_that_fails_for_good_is_told_and_the_post_stays_published(void **state)
{
    (void)state;
    wants_comment = false;
    publish();
    answer("/list", 200, "{}");
    ask_retract();
    for (int i = 0; i < 8; i++) {
        answer("/api/v1/statuses/55", 500, "<html>");
        world_pass(&world, 3600000);
    }
    assert_int_equal(row()->state, STATE_PUBLISHED);
    assert_string_equal(stands("retract"), "failed");
    assert_true(world_alarmed(&world, "retract"));
    ask_retract();
    answer("/api/v1/statuses/55", 200, "{}");
    assert_int_equal(row()->state, STATE_RETRACTED);
}

static void nothing_is_done_to_it_as_another_account(void **state)
{
    (void)state;
    publish();
    world_lose(&world, world_open(&world, "POST", "/comment"), FATE_NOT_SENT);
    world_pass(&world, 1000);
    world.accounts[0].handle = "somebody-else";
    world_event(&world, (struct event){.kind = EVENT_CONFIG, .workspace = &world.workspace});
    ask_retract();
    world_pass(&world, 3600000);
    assert_int_equal(row()->state, STATE_PUBLISHED);
    assert_string_equal(stands("retract"), "failed");
    assert_int_equal(world_count(&world, "DELETE", "/api/v1/statuses/55"), 0);
    assert_int_equal(world_count(&world, "POST", "/comment"), 1);
    assert_int_equal(world_count(&world, "PUT", "/list"), 0);
    assert_true(world_alarmed(&world, "retract"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(steps_run_one_at_a_time_once_it_is_published),
        TEST(nothing_is_sent_before_its_intent_is_durable),
        TEST(a_refused_step_is_a_reason_and_an_alarm_and_the_next_one_runs),
        TEST(what_the_key_may_not_do_to_a_post_pauses_nobody),
        TEST(a_step_that_waits_is_asked_again_after_a_while),
        TEST(an_unrepeatable_step_whose_answer_is_lost_is_never_sent_again),
        TEST(without_the_rule_it_would_be_sent_again),
        TEST(one_that_never_left_is_sent_again),
        TEST(a_crash_between_send_and_answer_is_a_lost_answer),
        TEST(a_machine_that_can_look_finds_its_comment_there),
        TEST(a_look_that_fails_is_tried_again_and_nothing_is_sent_meanwhile),
        TEST(a_machine_that_has_looked_may_send_again),
        TEST(a_repeatable_step_is_tried_eight_times_and_then_given_up),
        TEST(a_hold_keeps_a_step_back_even_between_its_save_and_its_request),
        TEST(a_post_is_taken_back_also_under_a_hold),
        TEST(what_is_still_to_be_done_to_it_is_not_done_any_more),
        TEST(a_retraction_is_repeated_after_a_crash_and_after_a_lost_answer),
        TEST(nothing_is_done_to_it_as_another_account),
        TEST(nothing_answers_a_post_that_is_being_taken_back),
        TEST(a_retraction_that_fails_for_good_is_told_and_the_post_stays_published),
    };

    return cmocka_run_group_tests_name("engine after", tests, NULL, NULL);
}

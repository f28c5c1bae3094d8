/* What is published by the id of something prepared, through the engine with the Instagram adapter:
 * in doubt the container says what became of it, and only what it calls unpublished is sent again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine_world.h"

#define PHOTOS   "/v25.0/me/photos"
#define CREATE   "/v25.0/42/media"
#define PUBLISH  "/v25.0/42/media_publish"
#define STATUS   "/v25.0/7?fields=id%2Cstatus%2Cstatus_code"
#define SAYS(to) "{\"id\":\"7\",\"status_code\":\"" to "\",\"status\":\"" to "\"}"

static struct world world;

static void reply(const char *method, const char *path, int status, const char *body)
{
    struct sent *sent = world_open(&world, method, path);

    if (!sent)
        fail_msg("nobody asks %s %s", method, path);
    world_answer(&world, sent, status, body);
}

static void show_picture(void)
{
    static struct medium medium = {.alt = "", .recipe = "", .mime = "image/jpeg"};
    struct delivery *row = world_post(&world, "helmet", 0, 60000);
    struct content content = {.account = row->account, .text = "helmet", .media_count = 1};

    digest_hex_of("picture", 7, medium.sha256);
    content.media = row->media = &medium;
    row->media_count = 1;
    row->lead = span_seconds(60);
    content_write(&content, &world.arena, row);
    world_show(&world, row);
    world_pass(&world, 1);
}

static void make_container(void)
{
    reply("POST", PHOTOS, 200, "{\"id\":\"5\"}");
    reply("GET", "/v25.0/5?fields=images", 200,
          "{\"images\":[{\"width\":9,\"source\":\"http://127.0.0.1:1/m0/a.jpg\"}]}");
    reply("POST", CREATE, 200, "{\"id\":\"7\"}");
    world_pass(&world, 3000);
    reply("GET", STATUS, 200, SAYS("FINISHED"));
}

static int start(void **state)
{
    (void)state;
    world_start_on(&world, "instagram", 1);
    reply("GET", "/v25.0/me?fields=instagram_business_account%7Bid%2Cusername%7D", 200,
          "{\"instagram_business_account\":{\"id\":\"42\",\"username\":\"police\"},\"id\":\"1\"}");
    reply("GET", "/v25.0/42/content_publishing_limit?fields=config%2Cquota_usage", 200,
          "{\"data\":[{\"quota_usage\":0,\"config\":{\"quota_total\":50,\"quota_duration\":86400}}]"
          "}");
    show_picture();
    make_container();
    world_pass(&world, 60000);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static enum state state_now(void)
{
    return world_row(&world, "helmet")->state;
}

static void lose_publish(void)
{
    struct sent *sent = world_open(&world, "POST", PUBLISH);

    assert_non_null(sent);
    world_lose(&world, sent, FATE_MAYBE_SENT);
    assert_int_equal(state_now(), STATE_DOUBTFUL);
}

/* Every reading of R4 that falls into that time finds it so. */
static void read_for(int64_t ms, const char *body)
{
    for (int64_t passed = 0; passed < ms && state_now() == STATE_DOUBTFUL; passed += 1000) {
        struct sent *sent = world_open(&world, "GET", STATUS);

        if (sent)
            world_answer(&world, sent, 200, body);
        world_pass(&world, 1000);
    }
}

static void
what_the_container_calls_unpublished_is_sent_again_after_two_minutes_and_a_look(void **state)
{
    (void)state;
    lose_publish();
    read_for(100000, SAYS("FINISHED"));
    assert_int_equal(state_now(), STATE_DOUBTFUL); /* the first request may still be under way */
    assert_int_equal(world_count(&world, "POST", PUBLISH), 1);
    read_for(400000, SAYS("FINISHED"));
    assert_int_equal(state_now(), STATE_READY);
    world_pass(&world, 40000);
    assert_int_equal(world_count(&world, "POST", PUBLISH), 1);
    reply("GET", STATUS, 200, SAYS("FINISHED")); /* it looks before it sends */
    reply("POST", PUBLISH, 200, "{\"id\":\"9\"}");
    assert_int_equal(world_count(&world, "POST", PUBLISH), 2);
}

static void what_the_container_calls_published_is_never_sent_again(void **state)
{
    struct sent *sent;

    (void)state;
    lose_publish();
    world_pass(&world, 5000);
    reply("GET", STATUS, 200, SAYS("PUBLISHED"));
    sent = world_open(&world, "GET", CREATE "?fields=");
    assert_non_null(sent);
    world_answer(&world, sent, 200,
                 "{\"data\":[{\"id\":\"9\",\"caption\":\"helmet\",\"media_type\":\"IMAGE\"}]}");
    assert_int_equal(state_now(), STATE_PUBLISHED);
    assert_string_equal(world_row(&world, "helmet")->remote_id, "9");
    assert_int_equal(world_count(&world, "POST", PUBLISH), 1);
}

static void what_is_published_by_the_time_it_looks_is_not_sent(void **state)
{
    (void)state;
    lose_publish();
    read_for(500000, SAYS("FINISHED"));
    world_pass(&world, 40000);
    reply("GET", STATUS, 200, SAYS("PUBLISHED"));
    assert_int_equal(world_count(&world, "POST", PUBLISH), 1);
}

static void a_container_that_is_dead_by_then_is_made_anew(void **state)
{
    (void)state;
    lose_publish();
    read_for(500000, SAYS("EXPIRED"));
    assert_int_equal(state_now(), STATE_READY);
    world_pass(&world, 40000);
    make_container();
    world_pass(&world, 40000);
    reply("GET", STATUS, 200, SAYS("FINISHED"));
    reply("POST", PUBLISH, 200, "{\"id\":\"9\"}");
    assert_int_equal(world_count(&world, "POST", PUBLISH), 2);
}

static void one_that_dies_while_it_waits_is_seen_before_it_is_published(void **state)
{
    (void)state;
    reply("POST", PUBLISH, 400,
          "{\"error\":{\"message\":\"not available\",\"type\":\"OAuthException\",\"code\":9007,"
          "\"error_subcode\":2207027}}");
    assert_int_equal(state_now(), STATE_READY);
    world_pass(&world, 40000);
    reply("GET", STATUS, 200, SAYS("EXPIRED"));
    assert_int_equal(world_count(&world, "POST", PUBLISH), 1);
    assert_int_equal(state_now(), STATE_READY);
    world_pass(&world, 60000);
    assert_non_null(world_open(&world, "POST", PHOTOS));
}

static void without_looking_first_it_would_go_out_twice(void **state)
{
    (void)state;
    engine_rule_off(world.engine, RULE_LOOK_FIRST);
    reply("POST", PUBLISH, 400,
          "{\"error\":{\"message\":\"not available\",\"type\":\"OAuthException\",\"code\":9007,"
          "\"error_subcode\":2207027}}");
    world_pass(&world, 40000);
    assert_int_equal(world_count(&world, "POST", PUBLISH), 2); /* and nobody had looked */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_the_container_calls_unpublished_is_sent_again_after_two_minutes_and_a_look),
        CASE(what_the_container_calls_published_is_never_sent_again),
        CASE(what_is_published_by_the_time_it_looks_is_not_sent),
        CASE(a_container_that_is_dead_by_then_is_made_anew),
        CASE(one_that_dies_while_it_waits_is_seen_before_it_is_published),
        CASE(without_looking_first_it_would_go_out_twice),
    };

    return cmocka_run_group_tests_name("engine container", tests, NULL, NULL);
}

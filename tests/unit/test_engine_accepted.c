/* A post that its platform takes first and makes public later: a Reel, whose video may fail on the
 * way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine_world.h"

#define STATUS(video, publishing)                                                                  \
    "{\"id\":\"900\",\"status\":{\"video_status\":\"" video                                        \
    "\",\"publishing_phase\":{\"status\":\"" publishing "\"}}}"

/* A Reel that is uploaded and due now. */
static void begin(struct world *world)
{
    struct delivery *row;
    struct medium *medium;
    struct content content = {.account = "a0", .text = "helmet", .more.kind = "reel"};

    world_start_on(world, "facebook", 1);
    world_answer(world, world_open(world, "GET", "/v25.0/me"), 200,
                 "{\"id\":\"77\",\"name\":\"police\"}");
    world_answer(world, world_open(world, "GET", "/v25.0/debug_token"), 400, "{}");
    row = world_post(world, "helmet", 0, 0);
    medium = arena_alloc(&world->arena, sizeof *medium);
    *medium = (struct medium){
        .file = "a.mp4", .alt = "", .recipe = "", .mime = "video/mp4", .bytes = 4096};
    digest_hex_of("film", 4, medium->sha256);
    content.media = row->media = medium;
    content.media_count = row->media_count = 1;
    content_write(&content, &world->arena, row);
    row->progress = "{\"at\":\"publishing\",\"kept\":{\"photos\":[],\"video\":\"900\"}}";
    world_show(world, row);
}

static void answer(struct world *world, const char *method, const char *path, const char *body)
{
    world_answer(world, world_open(world, method, path), 200, body);
}

static void assert_state(const struct world *world, enum state state, const char *reason)
{
    const struct delivery *row = world_row(world, "helmet");

    assert_string_equal(state_word(row->state), state_word(state));
    assert_string_equal(row->reason, reason);
}

static void what_was_taken_is_waited_for_until_it_is_public(void **unused)
{
    struct world world;

    (void)unused;
    begin(&world);
    answer(&world, "POST", "/v25.0/77/video_reels", "{\"success\":true}");
    answer(&world, "GET", "/v25.0/900", STATUS("ready", "in_progress"));
    assert_state(&world, STATE_SENDING, "");
    world_pass(&world, 3000);
    answer(&world, "GET", "/v25.0/900", STATUS("ready", "complete"));
    assert_state(&world, STATE_PUBLISHED, "");
    assert_int_equal(world_count(&world, "POST", "/v25.0/77/video_reels"), 1);
    world_stop(&world);
}

/* I5: never published when the platform itself says that it could not make it public. */
static void what_was_taken_and_then_failed_is_failed_once_a_reading_finds_nothing(void **unused)
{
    struct world world;

    (void)unused;
    begin(&world);
    answer(&world, "POST", "/v25.0/77/video_reels", "{\"success\":true}");
    answer(&world, "GET", "/v25.0/900", STATUS("error", "not_started"));
    assert_state(&world, STATE_SENDING, "");
    answer(&world, "GET", "/v25.0/900", STATUS("error", "not_started"));
    assert_state(&world, STATE_FAILED, REASON_REFUSED);
    assert_int_equal(world_count(&world, "POST", "/v25.0/77/video_reels"), 1);
    world_stop(&world);
}

static void what_failed_and_is_there_all_the_same_is_published(void **unused)
{
    struct world world;

    (void)unused;
    begin(&world);
    answer(&world, "POST", "/v25.0/77/video_reels", "{\"success\":true}");
    answer(&world, "GET", "/v25.0/900", STATUS("error", "not_started"));
    answer(&world, "GET", "/v25.0/900", STATUS("ready", "complete"));
    assert_state(&world, STATE_PUBLISHED, "");
    world_stop(&world);
}

/* The finish call names its video: what has not been started may be finished again. */
static void
a_lost_finish_is_sent_again_only_after_the_platform_said_that_nothing_was_done(void **unused)
{
    struct world world;

    (void)unused;
    begin(&world);
    world_lose(&world, world_open(&world, "POST", "/v25.0/77/video_reels"), FATE_MAYBE_SENT);
    assert_state(&world, STATE_DOUBTFUL, "");
    world_pass(&world, 6000);
    answer(&world, "GET", "/v25.0/900", STATUS("ready", "not_started"));
    assert_state(&world, STATE_READY, "");
    world_pass(&world, 60000);
    answer(&world, "GET", "/v25.0/900", STATUS("ready", "not_started")); /* looked for once more */
    answer(&world, "POST", "/v25.0/77/video_reels", "{\"success\":true}");
    answer(&world, "GET", "/v25.0/900", STATUS("ready", "complete"));
    assert_state(&world, STATE_PUBLISHED, "");
    assert_int_equal(world_count(&world, "POST", "/v25.0/77/video_reels"), 2);
    world_stop(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_taken_is_waited_for_until_it_is_public),
        cmocka_unit_test(what_was_taken_and_then_failed_is_failed_once_a_reading_finds_nothing),
        cmocka_unit_test(what_failed_and_is_there_all_the_same_is_published),
        cmocka_unit_test(
            a_lost_finish_is_sent_again_only_after_the_platform_said_that_nothing_was_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The way of one delivery through the engine with the Mastodon adapter, and each place where it can
 * go wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine_world.h"

static void assert_state(const struct world *world, const char *name, enum state state,
                         const char *reason)
{
    const struct delivery *row = world_row(world, name);

    assert_string_equal(state_word(row->state), state_word(state));
    assert_string_equal(row->reason, reason);
}

static void a_text_goes_out_at_its_time_and_is_read_back(void **unused)
{
    struct world world;
    struct sent *publish;

    (void)unused;
    world_start(&world, 1);
    world_show(&world, world_post(&world, "helmet", 0, 60000));
    world_pass(&world, 59999);
    assert_null(world_open(&world, "POST", "/api/v1/statuses"));
    world_pass(&world, 1);
    publish = world_open(&world, "POST", "/api/v1/statuses");
    assert_non_null(publish);
    assert_state(&world, "helmet", STATE_SENDING, "");
    world_answer(&world, publish, 200, "{\"id\":\"9\",\"url\":\"https://s.example/@p/9\"}");
    world_read_back(&world, "9", "helmet");
    assert_state(&world, "helmet", STATE_PUBLISHED, "");
    assert_string_equal(world_row(&world, "helmet")->remote_id, "9");
    assert_int_equal(engine_load(world.engine, world.now).held_in_memory, 0);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 1);
    world_stop(&world);
}

/* A post with one picture, and its upload under way. */
static struct sent *begin_upload(struct world *world)
{
    static struct medium medium = {.alt = "", .recipe = "", .mime = "image/png"};
    struct delivery *row = world_post(world, "helmet", 0, 60000);
    struct content content = {.account = row->account, .text = "helmet", .media_count = 1};

    digest_hex_of("picture", 7, medium.sha256);
    content.media = row->media = &medium;
    row->media_count = 1;
    row->lead = span_seconds(60);
    content_write(&content, &world->arena, row);
    world_show(world, row);
    world_pass(world, 1);
    return world_open(world, "POST", "/api/v2/media");
}

static void a_picture_that_is_not_what_was_checked_is_held_with_an_alarm(void **unused)
{
    struct world world;
    struct sent *upload;
    struct http_reply changed = {.fate = FATE_NOT_SENT,
                                 .body = "",
                                 .date = INSTANT_NONE,
                                 .why = "the pinned medium changed",
                                 .media_changed = true};

    (void)unused;
    world_start(&world, 1);
    upload = begin_upload(&world);
    assert_non_null(upload);
    upload->answered = true;
    changed.received = world.now;
    world_event(&world,
                (struct event){.kind = EVENT_REPLY, .ticket = upload->ticket, .reply = &changed});
    world_settle(&world);
    assert_state(&world, "helmet", STATE_HELD, REASON_MEDIA);
    assert_true(world_alarmed(&world, "held"));
    world_pass(&world, 3600000);
    assert_int_equal(world_count(&world, "POST", "/api/v2/media"), 1);
    world_stop(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_goes_out_at_its_time_and_is_read_back),
        cmocka_unit_test(a_picture_that_is_not_what_was_checked_is_held_with_an_alarm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Two things at once: a refusal and a hold, an answer and a reload, a commit and the end of a key.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine_world.h"

static void assert_state(const struct world *world, enum state state)
{
    assert_string_equal(state_word(world_row(world, "helmet")->state), state_word(state));
}

static size_t publishes(const struct world *world)
{
    return world_count(world, "POST", "/api/v1/statuses");
}

static void set_hold(struct world *world, bool on)
{
    static const struct flag all = {FLAG_ALL, ""};

    world->flags = (struct flags){&all, on ? 1 : 0};
    world_event(world, (struct event){.kind = EVENT_FLAGS, .flags = world->flags});
    world_settle(world);
}

static void remove_accounts(struct world *world)
{
    world->workspace.account_count = 0;
    world_event(world, (struct event){.kind = EVENT_CONFIG, .workspace = &world->workspace});
    world_settle(world);
}

/* A post with one picture that lies uploaded and is due in a minute. */
static void prepare(struct world *world)
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
    world_answer(world, world_open(world, "POST", "/api/v2/media"), 200, "{\"id\":\"7\"}");
    assert_state(world, STATE_PREPARING);
}

/* The newest save is refused because its files are being read; its campaign is held meanwhile. */
static void what_was_refused_is_not_sent_before_it_is_written(void **unused)
{
    struct world world;

    (void)unused;
    world_start(&world, 1);
    prepare(&world);
    world.stuck = true;
    world_pass(&world, 60000);
    assert_string_equal(world.saves[world.save_count - 1].event, "publish.intent");
    set_hold(&world, true);
    world.stuck = false;
    world.saved = world.save_count;
    world_event(&world, (struct event){.kind = EVENT_REFUSED,
                                       .ticket = world.tickets[world.save_count - 1],
                                       .refusal = REFUSAL_UNREAD});
    world_pass(&world, 60000);
    assert_int_equal(publishes(&world), 0);
    assert_state(&world, STATE_PREPARING);
    set_hold(&world, false);
    assert_int_equal(publishes(&world), 1);
    assert_state(&world, STATE_SENDING);
    world_stop(&world);
}

static struct sent *send_text(struct world *world)
{
    world_show(world, world_post(world, "helmet", 0, 1000));
    world_pass(world, 1000);
    return world_open(world, "POST", "/api/v1/statuses");
}

static void an_answer_whose_account_is_gone_is_a_doubt(void **unused)
{
    struct world world;
    struct sent *publish;

    (void)unused;
    world_start(&world, 1);
    publish = send_text(&world);
    remove_accounts(&world);
    world_answer(&world, publish, 200, "{\"id\":\"9\",\"url\":\"https://s.example/@p/9\"}");
    assert_state(&world, STATE_DOUBTFUL);
    assert_true(world_alarmed(&world, "doubt"));
    world_stop(&world);
}

static void a_repeat_whose_account_is_gone_waits(void **unused)
{
    struct world world;

    (void)unused;
    world_start(&world, 1);
    world_lose(&world, send_text(&world), FATE_MAYBE_SENT);
    world_lose(&world, world_open(&world, "POST", "/api/v1/statuses"), FATE_MAYBE_SENT);
    assert_state(&world, STATE_DOUBTFUL);
    remove_accounts(&world);
    world_pass(&world, 600000);
    assert_state(&world, STATE_DOUBTFUL);
    assert_int_equal(publishes(&world), 2);
    world_stop(&world);
}

static void found_in_flight_without_its_account_it_is_a_doubt(void **unused)
{
    struct world world;

    (void)unused;
    world_start(&world, 1);
    assert_non_null(send_text(&world));
    world.workspace.account_count = 0;
    world_restart(&world);
    assert_state(&world, STATE_DOUBTFUL);
    assert_true(world_alarmed(&world, "doubt"));
    world_stop(&world);
}

/* Only the oldest of the saves becomes durable; the disk is full for the others. */
static void commit_one(struct world *world)
{
    const struct delivery *after = world->saves[world->saved].after;
    int64_t ticket = world->tickets[world->saved++];

    world->rows[0] = delivery_copy(after, &world->arena);
    world->rows[0]->rev++;
    world_event(world, (struct event){.kind = EVENT_SAVED, .ticket = ticket});
}

/* Mastodon forgets a key after an hour, and we do not trust it beyond half of that. */
static void a_repeat_whose_commit_outlives_its_key_is_withdrawn(void **unused)
{
    struct world world;
    struct sent *publish;

    (void)unused;
    world_start(&world, 1);
    publish = send_text(&world);
    world.stuck = true;
    world_lose(&world, publish, FATE_MAYBE_SENT);
    commit_one(&world);
    assert_string_equal(world.saves[world.save_count - 1].event, "publish.intent");
    world_pass(&world, INT64_C(40) * 60000);
    world.stuck = false;
    world_settle(&world);
    assert_int_equal(publishes(&world), 1);
    assert_state(&world, STATE_DOUBTFUL);
    world_stop(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_refused_is_not_sent_before_it_is_written),
        cmocka_unit_test(an_answer_whose_account_is_gone_is_a_doubt),
        cmocka_unit_test(a_repeat_whose_account_is_gone_waits),
        cmocka_unit_test(found_in_flight_without_its_account_it_is_a_doubt),
        cmocka_unit_test(a_repeat_whose_commit_outlives_its_key_is_withdrawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

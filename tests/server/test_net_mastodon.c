/* The Mastodon machines through net/ against crier-sandbox, which shares no code with them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "platform/mastodon.h"
#include "support/net_fixture.h"
#include "support/platform_job.h"
#include "support/sandbox_process.h"

enum { MOST_STEPS = 60 };

struct world {
    struct sandbox_process sandbox;
    struct net_fixture fixture;
    struct platform_job made;
    struct arena arena;
};

static int start(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    sandbox_start(&world->sandbox);
    net_fixture_start(&world->fixture, world->sandbox.port);
    *state = world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;

    net_fixture_stop(&world->fixture);
    arena_clear(&world->arena);
    sandbox_stop(&world->sandbox);
    free(world);
    return 0;
}

/* Puts a file of media/ into the spool and describes it. */
static void pin(struct world *world, size_t number, const char *name, const char *mime)
{
    struct medium *medium = &world->made.media[number];
    const char *path = arena_printf(&world->arena, "media/%s", name);
    struct err err = {0};
    size_t length;
    char *bytes;

    if (!file_read(path, 1 << 24, &world->arena, &bytes, &length, &err))
        fail_msg("%s", err.text);
    digest_hex_of(bytes, length, medium->sha256);
    medium->mime = mime;
    path = arena_printf(&world->arena, "%s/spool/%s", world->fixture.folder, medium->sha256);
    assert_true(file_replace(path, bytes, length, 0600, &err));
}

static void make_job(struct world *world, size_t pictures, bool keeps_keys)
{
    struct account *account = &world->fixture.account;

    platform_job_make(&world->made, &mastodon, pictures);
    platform_job_option(&world->made, "keeps_keys", keeps_keys ? "true" : "false");
    world->made.account.base_url =
        arena_printf(&world->arena, "http://127.0.0.1:%d/%s", world->sandbox.port,
                     keeps_keys ? "mastodon" : "mastodon-nokeys");
    account->base_url = world->made.account.base_url;
    world->made.job.since.ms = 0;
}

/* Lets a machine run to its end; waits and retries come at once. */
static struct step run(struct world *world, machine asked)
{
    const struct http_reply *reply = NULL;
    const char *stored = "";
    struct progress at;
    struct step step = {0};

    for (int i = 0; i < MOST_STEPS; i++) {
        assert_true(progress_read(stored, &world->arena, &at));
        step = asked(&world->made.job, &at, reply, &world->arena);
        stored = step.progress ? step.progress : stored;
        reply = NULL;
        if (step.kind == STEP_SEND)
            reply = net_fixture_ask(&world->fixture, &step.request,
                                    step.request.kind == REQUEST_PUBLISH);
        else if (step.kind != STEP_WAIT)
            break;
    }
    return step;
}

static void learn_identity(struct world *world)
{
    struct step step = run(world, mastodon.identify);

    assert_int_equal(step.kind, STEP_DONE);
    world->made.job.identity = (struct account_identity){.handle = step.receipt.handle,
                                                         .remote_id = step.receipt.remote_id};
}

static void expect_found(struct world *world, size_t count, const char *id)
{
    struct step step = run(world, mastodon.find);

    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(step.receipt.found, count);
    if (count == 1)
        assert_string_equal(step.receipt.remote_id, id);
}

static void publish_and_find(struct world *world, size_t pictures, bool keeps_keys)
{
    struct step step;

    make_job(world, pictures, keeps_keys);
    if (pictures > 0)
        pin(world, 0, "traffic/helmet.png", "image/png");
    if (pictures > 1)
        pin(world, 1, "traffic/seat-belt.png", "image/png");
    learn_identity(world);
    expect_found(world, 0, "");
    step = run(world, mastodon.publish);
    if (step.kind != STEP_DONE)
        fail_msg("step %d: %s", (int)step.kind, step.why ? step.why : "");
    assert_false(step.receipt.differs);
    assert_false(step.receipt.not_read_back);
    assert_true(strncmp(step.receipt.url, "http", 4) == 0);
    expect_found(world, 1, step.receipt.remote_id);
    world->made.delivery.remote_id = step.receipt.remote_id;
}

static void a_text_is_published_read_back_found_and_removed(void **state)
{
    struct world *world = *state;

    publish_and_find(world, 0, true);
    assert_int_equal(run(world, mastodon.retract).kind, STEP_DONE);
    expect_found(world, 0, "");
    assert_int_equal(run(world, mastodon.retract).kind, STEP_DONE);
}

static void two_pictures_are_published_with_their_texts(void **state)
{
    publish_and_find(*state, 2, true);
}

static void the_same_key_twice_is_one_post_and_without_keys_two(void **state)
{
    struct world *world = *state;

    publish_and_find(world, 0, true);
    assert_string_equal(run(world, mastodon.publish).receipt.remote_id,
                        world->made.delivery.remote_id);
    expect_found(world, 1, world->made.delivery.remote_id);
    publish_and_find(world, 0, false);
    assert_string_not_equal(run(world, mastodon.publish).receipt.remote_id,
                            world->made.delivery.remote_id);
    expect_found(world, 2, "");
}

static void the_servers_limits_are_read(void **state)
{
    struct world *world = *state;
    struct step step;

    make_job(world, 0, true);
    step = run(world, mastodon.limits);
    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(json_integer_or(step.receipt.server, "text", 0), 500);
    assert_int_equal(json_integer_or(step.receipt.server, "urls", 0), 23);
    json_decref(step.receipt.server);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_text_is_published_read_back_found_and_removed),
        TEST(two_pictures_are_published_with_their_texts),
        TEST(the_same_key_twice_is_one_post_and_without_keys_two),
        TEST(the_servers_limits_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_goes_out_at_its_time_and_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

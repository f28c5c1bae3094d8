/* A platform's budgets: counted where it is kept, waited for, never exceeded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine/budgets.h"
#include "engine_world.h"

#define HOUR_MS INT64_C(3600000)

static const struct budget two_an_hour[] = {{"posts", NULL, 2, {HOUR_MS}, "a test"}, {0}};
static const struct post_kind kinds[] = {{.word = "post"}, {.word = "reel"}, {.word = NULL}};
static const struct budget two_reels[] = {{"reels", "reel", 2, {HOUR_MS}, "a test"}, {0}};
static const char *const names[] = {"helmet", "belt", "lamp", "phone"};

static struct world world;
static struct instant start;

static void begin(const struct budget *budgets)
{
    world_start(&world, 1);
    start = world.now;
    world.accounts[0].limits.budgets = budgets;
    world.accounts[0].limits.kinds = kinds;
}

static int end(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static const struct delivery *row(size_t number)
{
    return world_row(&world, names[number]);
}

static struct delivery *show(size_t number)
{
    struct delivery *shown =
        world_post(&world, names[number], 0, instant_since(world.now, start).ms);

    world_show(&world, shown);
    return shown;
}

static void answer(size_t number)
{
    const char *id = arena_printf(&world.arena, "%zu", 50 + number);
    struct sent *sent = world_open(&world, "POST", "/api/v1/statuses");

    assert_non_null(sent);
    world_answer(&world, sent, 200, arena_printf(&world.arena, "{\"id\":\"%s\"}", id));
    world_read_back(&world, id, names[number]);
    assert_int_equal(row(number)->state, STATE_PUBLISHED);
}

static void publish(size_t number)
{
    show(number);
    answer(number);
}

static struct budget_use used(const struct budget *budget)
{
    return budget_use(spent_read(world_state(&world, "a0")->spent, &world.arena), budget,
                      world.now);
}

/* The store refuses the intent: nothing has left, and it is made again. */
static void an_intent_that_was_not_written_is_not_counted(void **state)
{
    const struct delivery *shown;

    (void)state;
    begin(two_an_hour);
    world.stuck = true;
    shown = show(0);
    world.stuck = false;
    world.saved = world.save_count;
    world_event(&world, (struct event){.kind = EVENT_REFUSED,
                                       .ticket = world.tickets[world.save_count - 1],
                                       .refusal = REFUSAL_STALE,
                                       .rows = &shown,
                                       .row_count = 1});
    world_settle(&world);
    answer(0);
    assert_int_equal(used(two_an_hour).used, 1);
}

static void what_is_over_the_budget_waits_until_the_oldest_leaves_the_window(void **state)
{
    (void)state;
    begin(two_an_hour);
    publish(0);
    world_pass(&world, HOUR_MS / 2);
    publish(1);
    show(2);
    assert_int_equal(row(2)->state, STATE_READY);
    assert_string_equal(row(2)->reason, REASON_BUDGET);
    assert_int_equal(used(two_an_hour).used, 2);
    assert_int_equal(used(two_an_hour).until.ms, row(2)->not_before.ms);
    world_pass(&world, HOUR_MS / 2 - 1);
    assert_null(world_open(&world, "POST", "/api/v1/statuses"));
    world_pass(&world, 1);
    answer(2);
    assert_string_equal(row(2)->reason, "");
    assert_int_equal(world.alarm_count, 0);
}

static void waiting_for_a_budget_makes_nothing_late_also_over_a_restart(void **state)
{
    struct delivery *third;

    (void)state;
    begin(two_an_hour);
    publish(0);
    publish(1);
    third = world_post(&world, names[2], 0, 0);
    third->late = LATE_HOLD;
    world_show(&world, third);
    world_pass(&world, HOUR_MS / 3);
    world_restart(&world);
    assert_int_equal(used(two_an_hour).used, 2);
    world_pass(&world, HOUR_MS - HOUR_MS / 3);
    answer(2);
}

static void what_the_platform_says_of_the_account_takes_the_place_of_the_stated_budget(void **state)
{
    json_t *told = json_pack("{s:{s:{s:i}}}", "budgets", "posts", "most", 100);
    json_t *nothing = json_pack("{s:{s:{s:i}}}", "budgets", "posts", "most", 0);

    (void)state;
    world_start(&world, 1);
    assert_int_equal(budget_as_told(two_an_hour, told).most, 100);
    assert_int_equal(budget_as_told(two_an_hour, told).window.ms, HOUR_MS);
    assert_int_equal(budget_as_told(two_reels, told).most, 2); /* another word */
    assert_int_equal(budget_as_told(two_an_hour, nothing).most, 2);
    assert_int_equal(budget_as_told(two_an_hour, NULL).most, 2);
    json_decref(told);
    json_decref(nothing);
}

static void useful_for_ends_it(void **state)
{
    struct delivery *third;

    (void)state;
    begin(two_an_hour);
    publish(0);
    publish(1);
    third = world_post(&world, names[2], 0, 0);
    third->useful_until.ms = third->at.ms + HOUR_MS / 2;
    world_show(&world, third);
    world_pass(&world, HOUR_MS);
    assert_int_equal(row(2)->state, STATE_EXPIRED);
    assert_null(world_open(&world, "POST", "/api/v1/statuses"));
}

static void what_never_left_is_not_counted_and_what_is_tried_again_is_counted_once(void **state)
{
    (void)state;
    begin(two_an_hour);
    show(0);
    world_lose(&world, world_open(&world, "POST", "/api/v1/statuses"), FATE_NOT_SENT);
    assert_int_equal(used(two_an_hour).used, 0);
    world_pass(&world, 60000);
    world_answer(&world, world_open(&world, "POST", "/api/v1/statuses"), 429, "{}");
    assert_int_equal(used(two_an_hour).used, 1);
    world_pass(&world, 120000);
    answer(0);
    assert_int_equal(used(two_an_hour).used, 1);
    publish(1);
    assert_int_equal(used(two_an_hour).used, 2);
}

static void a_budget_of_another_kind_is_not_touched(void **state)
{
    (void)state;
    begin(two_reels);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        publish(i);
    assert_int_equal(used(two_reels).used, 0);
}

static void without_the_rule_it_would_go_out(void **state)
{
    (void)state;
    begin(two_an_hour);
    engine_rule_off(world.engine, RULE_BUDGET);
    publish(0);
    publish(1);
    publish(2);
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_intent_that_was_not_written_is_not_counted),
        TEST(what_is_over_the_budget_waits_until_the_oldest_leaves_the_window),
        TEST(waiting_for_a_budget_makes_nothing_late_also_over_a_restart),
        TEST(what_the_platform_says_of_the_account_takes_the_place_of_the_stated_budget),
        TEST(useful_for_ends_it),
        TEST(what_never_left_is_not_counted_and_what_is_tried_again_is_counted_once),
        TEST(a_budget_of_another_kind_is_not_touched),
        TEST(without_the_rule_it_would_go_out),
    };

    return cmocka_run_group_tests_name("engine budget", tests, NULL, NULL);
}

/* The program's clock: real timers fire in order, frozen time moves only when it is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "daemon/clock.h"

enum { MOST = 300 };

static uv_loop_t loop;
static struct daemon_clock *machine;
static struct clock *wall;
static char order[MOST + 1];
static size_t fired;

struct letter {
    struct clock_timer timer;
    char name;
};

static void note(struct clock_timer *timer)
{
    const struct letter *letter = timer->owner;

    order[fired++] = letter->name;
}

static void arm(struct letter *letter, char name)
{
    letter->timer = (struct clock_timer){.fire = note, .owner = letter};
    letter->name = name;
}

static int start(void **state)
{
    struct err err;

    (void)state;
    fired = 0;
    memset(order, 0, sizeof order);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_true(daemon_clock_start(&loop, NULL, NULL, &machine, &err));
    wall = daemon_clock_interface(machine);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    daemon_clock_stop(machine);
    uv_run(&loop, UV_RUN_DEFAULT);
    daemon_clock_free(machine);
    assert_int_equal(uv_loop_close(&loop), 0);
    return 0;
}

static void elapsed_and_wall_timers_fire_in_the_order_of_their_times(void **state)
{
    struct letter a, b, c;

    (void)state;
    arm(&a, 'a');
    arm(&b, 'b');
    arm(&c, 'c');
    wall->after(wall, &c.timer, (struct span){600}); /* a busy machine stands still for a while */
    wall->at(wall, &b.timer, instant_plus(wall->now(wall), (struct span){150}));
    wall->after(wall, &a.timer, (struct span){1});
    while (fired < 3)
        uv_run(&loop, UV_RUN_ONCE);
    assert_string_equal(order, "abc");
}

static void a_stopped_timer_does_not_fire_and_an_armed_one_can_be_moved(void **state)
{
    struct letter a, b;

    (void)state;
    arm(&a, 'a');
    arm(&b, 'b');
    wall->after(wall, &a.timer, (struct span){1});
    wall->after(wall, &b.timer, (struct span){2});
    wall->stop(wall, &a.timer);
    wall->stop(wall, &a.timer);
    wall->after(wall, &b.timer, (struct span){5});
    while (fired < 1)
        uv_run(&loop, UV_RUN_ONCE);
    assert_string_equal(order, "b");
}

static void a_wall_timer_of_the_past_fires_at_once(void **state)
{
    struct letter a;

    (void)state;
    arm(&a, 'a');
    wall->at(wall, &a.timer, (struct instant){0});
    while (fired < 1)
        uv_run(&loop, UV_RUN_ONCE);
    assert_string_equal(order, "a");
}

static void frozen_time_stands_until_it_is_moved(void **state)
{
    struct instant then = {INT64_C(1900000000000)};
    struct letter a, b;

    (void)state;
    arm(&a, 'a');
    arm(&b, 'b');
    daemon_clock_freeze(machine, then);
    wall->at(wall, &b.timer, instant_plus(then, span_hours(3)));
    wall->after(wall, &a.timer, span_minutes(10));
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(fired, 0);
    assert_int_equal(daemon_clock_next(machine).ms, instant_plus(then, span_minutes(10)).ms);
    daemon_clock_move(machine, daemon_clock_next(machine));
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_string_equal(order, "a");
    daemon_clock_move(machine, daemon_clock_next(machine));
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_string_equal(order, "ab");
    assert_int_equal(wall->now(wall).ms, instant_plus(then, span_hours(3)).ms);
    assert_true(instant_is_none(daemon_clock_next(machine)));
}

static void three_hundred_timers_come_out_sorted(void **state)
{
    static struct letter letters[MOST];
    struct instant then = {INT64_C(1900000000000)};
    uint32_t random = 7;
    size_t i;

    (void)state;
    daemon_clock_freeze(machine, then);
    for (i = 0; i < MOST; i++) {
        random = random * 1664525u + 1013904223u;
        arm(&letters[i], (char)('A' + random % 50));
        wall->after(wall, &letters[i].timer, span_seconds((int64_t)(random % 50) + 1));
    }
    while (!instant_is_none(daemon_clock_next(machine))) {
        daemon_clock_move(machine, daemon_clock_next(machine));
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    assert_int_equal(fired, MOST);
    for (i = 1; i < MOST; i++)
        assert_true(order[i - 1] <= order[i]);
}

static void without_a_timer_the_loop_is_never_woken(void **state)
{
    (void)state;
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(uv_backend_timeout(&loop), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(elapsed_and_wall_timers_fire_in_the_order_of_their_times,
                                        start, stop),
        cmocka_unit_test_setup_teardown(a_stopped_timer_does_not_fire_and_an_armed_one_can_be_moved,
                                        start, stop),
        cmocka_unit_test_setup_teardown(a_wall_timer_of_the_past_fires_at_once, start, stop),
        cmocka_unit_test_setup_teardown(frozen_time_stands_until_it_is_moved, start, stop),
        cmocka_unit_test_setup_teardown(three_hundred_timers_come_out_sorted, start, stop),
        cmocka_unit_test_setup_teardown(without_a_timer_the_loop_is_never_woken, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "support/test_clock.h"

#include <stdlib.h>

static struct instant now(struct clock *clock)
{
    return ((struct test_clock *)clock)->now;
}

static void stop(struct clock *clock, struct clock_timer *timer)
{
    struct test_clock *test = (struct test_clock *)clock;

    if (timer->node.slot == 0)
        return;
    test->timers[timer->node.slot - 1] = test->timers[--test->count];
    test->timers[timer->node.slot - 1]->node.slot = timer->node.slot;
    timer->node.slot = 0;
}

static void at(struct clock *clock, struct clock_timer *timer, struct instant when)
{
    struct test_clock *test = (struct test_clock *)clock;

    stop(clock, timer);
    if (test->count == TEST_CLOCK_TIMERS)
        abort();
    timer->due = when;
    test->timers[test->count++] = timer;
    timer->node.slot = test->count;
}

static void after(struct clock *clock, struct clock_timer *timer, struct span span)
{
    at(clock, timer, instant_plus(now(clock), span));
}

void test_clock_init(struct test_clock *clock)
{
    *clock = (struct test_clock){.clock = {now, at, after, stop}, .now = {INT64_C(1795320000000)}};
}

static struct clock_timer *earliest(const struct test_clock *clock)
{
    struct clock_timer *first = NULL;

    for (size_t i = 0; i < clock->count; i++) {
        if (!first || instant_before(clock->timers[i]->due, first->due))
            first = clock->timers[i];
    }
    return first;
}

void test_clock_advance(struct test_clock *clock, struct span span)
{
    const struct instant end = instant_plus(clock->now, span);
    struct clock_timer *timer;

    while ((timer = earliest(clock)) && !instant_before(end, timer->due)) {
        if (instant_before(clock->now, timer->due))
            clock->now = timer->due;
        stop(&clock->clock, timer);
        timer->fire(timer);
    }
    clock->now = end;
}

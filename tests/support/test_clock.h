/* tests/support/test_clock.h - the program's clock interface, moved by hand. */
#ifndef CRIER_TESTS_TEST_CLOCK_H
#define CRIER_TESTS_TEST_CLOCK_H

#include "base/clock.h"

enum { TEST_CLOCK_TIMERS = 4096 };

struct test_clock {
    struct clock clock; /* first: the interface */
    struct instant now;
    struct clock_timer *timers[TEST_CLOCK_TIMERS];
    size_t count;
};

void test_clock_init(struct test_clock *clock);
/* Moves the time and fires what is due, in order. */
void test_clock_advance(struct test_clock *clock, struct span span);

#endif

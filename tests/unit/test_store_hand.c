/* Rows in hand: whatever is put, dropped and found, it is as a list would have it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/hand.h"

enum { IDS = 3000, STEPS = 60000 };

static struct arena arena;

static void put(struct hand *hand, int number, int64_t rev)
{
    struct delivery delivery = {.state = STATE_SENDING, .rev = rev, .reason = "", .request = ""};
    struct row row = {.delivery = &delivery, .number = number, .identity = "i", .told = rev};
    char name[32];

    (void)snprintf(delivery.id, sizeof delivery.id, "%016" PRIx64,
                   (uint64_t)number * UINT64_C(0x9E3779B97F4A7C15));
    (void)snprintf(name, sizeof name, "post %d", number);
    row.name = name;
    hand_put(hand, &row);
}

static const char *id_of(int number)
{
    return arena_printf(&arena, "%016" PRIx64, (uint64_t)number * UINT64_C(0x9E3779B97F4A7C15));
}

/* -1: not in hand. */
static int64_t rev_of(const struct hand *hand, int number)
{
    struct row row;

    if (!hand_find(hand, id_of(number), &arena, &row))
        return -1;
    assert_int_equal(row.number, number);
    assert_string_equal(row.delivery->id, id_of(number));
    assert_string_equal(row.name, arena_printf(&arena, "post %d", number));
    assert_int_equal(row.told, row.delivery->rev);
    return row.delivery->rev;
}

static void what_was_put_is_found_until_it_is_dropped(void **state)
{
    static int64_t revs[IDS];
    struct hand hand = {.slots = NULL};
    uint32_t dice = 1;
    int step;

    (void)state;
    memset(revs, -1, sizeof revs);
    for (step = 0; step < STEPS; step++) {
        int number;
        dice = dice * 1664525 + 1013904223;
        number = (int)(dice >> 8) % IDS;
        assert_int_equal(rev_of(&hand, number), revs[number]);
        if (dice >> 30 == 0) {
            hand_drop(&hand, id_of(number));
            revs[number] = -1;
        } else {
            put(&hand, number, step);
            revs[number] = step;
        }
        if (step % 1000 == 0)
            arena_reset(&arena);
    }
    for (step = 0; step < IDS; step++)
        assert_int_equal(rev_of(&hand, step), revs[step]);
    hand_clear(&hand);
    assert_int_equal(rev_of(&hand, 1), -1);
    arena_clear(&arena);
}

static void with_too_many_it_begins_anew(void **state)
{
    struct hand hand = {.slots = NULL};
    int i;

    (void)state;
    for (i = 0; i < 3 * HAND_MOST; i++) {
        put(&hand, i, i);
        assert_true(hand.count <= HAND_MOST);
    }
    assert_int_equal(rev_of(&hand, i - 1), i - 1);
    hand_clear(&hand);
    arena_clear(&arena);
}

static void a_row_may_be_put_from_what_was_found(void **state)
{
    struct hand hand = {.slots = NULL};
    struct row row;

    (void)state;
    put(&hand, 1, 1);
    assert_true(hand_find(&hand, id_of(1), &arena, &row));
    row.delivery->rev = row.told = 2;
    hand_put(&hand, &row);
    assert_int_equal(rev_of(&hand, 1), 2);
    hand_clear(&hand);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found_until_it_is_dropped),
        cmocka_unit_test(with_too_many_it_begins_anew),
        cmocka_unit_test(a_row_may_be_put_from_what_was_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "campaign/delivery.h"
#include "campaign/records.h"

/* design.md §5, "leads to", word for word. */
static const struct {
    const char *from, *to;
} drawn[] = {
    {"planned", "ready held expired cancelled"},
    {"ready", "preparing sending planned held expired cancelled"},
    {"preparing", "sending ready planned failed held expired cancelled"},
    {"sending", "published ready failed doubtful"},
    {"doubtful", "published sending ready held"},
    {"held", "planned ready published expired cancelled"},
    {"published", "retracted"},
    {"failed", ""},
    {"expired", ""},
    {"cancelled", "planned"},
    {"retracted", ""},
};

static void every_change_of_state_is_allowed_exactly_if_it_is_drawn(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(drawn), STATE_COUNT);
    for (int from = 0; from < STATE_COUNT; from++) {
        assert_string_equal(state_word((enum state)from), drawn[from].from);
        for (int to = 0; to < STATE_COUNT; to++) {
            bool expected = strstr(drawn[from].to, state_word((enum state)to)) != NULL;

            assert_int_equal(transition_allowed((enum state)from, (enum state)to), expected);
        }
    }
}

static void states_are_read_back_from_their_words(void **state)
{
    enum state read = STATE_COUNT;

    (void)state;
    for (int s = 0; s < STATE_COUNT; s++) {
        assert_true(state_from_word(state_word((enum state)s), &read));
        assert_int_equal(read, s);
    }
    assert_false(state_from_word("Ready", &read));
    assert_false(state_from_word("", &read));
}

static bool may_become(enum state from, const char *reason, enum state to, const char *event)
{
    struct delivery before = {.state = from, .reason = reason};
    struct delivery after = {.state = to, .reason = ""};
    struct change change = {.after = &after, .from = from, .event = event};

    return change_allowed(&before, &change);
}

static void only_what_was_removed_returns_from_cancelled(void **state)
{
    (void)state;
    assert_true(may_become(STATE_CANCELLED, REASON_REMOVED, STATE_PLANNED, "plan.return"));
    assert_false(may_become(STATE_CANCELLED, REASON_PERSON, STATE_PLANNED, "plan.return"));
    assert_false(may_become(STATE_CANCELLED, REASON_REMOVED, STATE_READY, "plan.return"));
}

static void after_doubt_only_resolve_sets_free(void **state)
{
    static const char *const doubts[] = {REASON_UNPROVEN, REASON_FOUND_TWICE};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(doubts); i++) {
        assert_false(may_become(STATE_HELD, doubts[i], STATE_READY, "release"));
        assert_false(may_become(STATE_HELD, doubts[i], STATE_PLANNED, "release"));
        assert_true(may_become(STATE_HELD, doubts[i], STATE_READY, "resolve"));
        assert_true(may_become(STATE_HELD, doubts[i], STATE_CANCELLED, "cancel"));
    }
    assert_true(may_become(STATE_HELD, REASON_LATE, STATE_READY, "release"));
}

static void a_change_that_read_another_state_is_refused(void **state)
{
    struct delivery before = {.state = STATE_SENDING, .reason = ""};
    struct delivery after = {.state = STATE_PREPARING, .reason = ""};
    struct change change = {.after = &after, .from = STATE_READY, .event = "prepare"};

    (void)state;
    assert_false(change_allowed(&before, &change));
}

static void an_id_is_the_hash_of_four_names(void **state)
{
    struct delivery delivery = {.campaign = "traffic",
                                .post = "helmet",
                                .occurrence = "once",
                                .account = "x-main",
                                .generation = 7};
    static const char joined[] = "traffic\0helmet\0once\0x-main";
    struct arena arena = {0};
    char hex[DIGEST_HEX];

    (void)state;
    delivery_set_id(&delivery);
    (void)digest_hex_of(joined, sizeof joined - 1, hex);
    assert_memory_equal(delivery.id, hex, 16);
    assert_int_equal(strlen(delivery.id), 16);
    assert_string_equal(delivery_name(&delivery, &arena), "traffic/helmet@once/x-main");

    memcpy(delivery.content_hash, hex, DIGEST_HEX);
    delivery_set_key(&delivery);
    char *key = arena_printf(&arena, "%s|%s|7", delivery.id, hex);
    size_t length = strlen(key);
    key[16] = key[length - 2] = '\0';
    (void)digest_hex_of(key, length, hex);
    assert_string_equal(delivery.key, hex);
    arena_clear(&arena);
}

/* The same number read back from its letters, so that the writing of it is not judged by itself. */
static uint64_t number_of_letters(const char *letters)
{
    static const char order[] = "234567abcdefghijklmnopqrstuvwxyz";
    uint64_t number = 0;

    for (; *letters; letters++)
        number = number * 32 + (uint64_t)(strchr(order, *letters) - order);
    return number;
}

static void a_record_key_is_the_time_of_birth_and_sorts_like_it(void **state)
{
    struct delivery delivery = {.born = {INT64_C(1764570600000)}};
    char first[sizeof delivery.record_key];

    (void)state;
    (void)snprintf(delivery.key, sizeof delivery.key, "0123456789abcdef%048d", 0);
    delivery_set_record_key(&delivery);
    assert_string_equal(delivery.record_key, "3m6vshwqnbbla");
    assert_int_equal(number_of_letters(delivery.record_key) >> 10,
                     UINT64_C(1764570600000000) + 0x01234567 % 1000);
    assert_int_equal(number_of_letters(delivery.record_key) & 1023, 0x89a >> 2);
    memcpy(first, delivery.record_key, sizeof first);
    delivery.born.ms++;
    delivery_set_record_key(&delivery);
    assert_true(strcmp(first, delivery.record_key) < 0);
}

static void every_reason_has_a_sentence(void **state)
{
    (void)state;
    assert_true(reason_count > 20);
    for (size_t i = 0; i < reason_count; i++) {
        assert_true(strlen(reasons[i].sentence) > 10);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(reasons[i].word, reasons[j].word);
    }
}

static void a_flag_holds_what_it_names(void **state)
{
    struct delivery delivery = {.campaign = "traffic",
                                .account = "toots",
                                .urgency = URGENCY_SAFETY};
    static const struct {
        struct flag flag;
        bool holds;
    } cases[] = {
        {{FLAG_ALL, ""}, true},
        {{FLAG_CAMPAIGN, "traffic"}, true},
        {{FLAG_CAMPAIGN, "toots"}, false},
        {{FLAG_ACCOUNT, "toots"}, true},
        {{FLAG_ACCOUNT, "traffic"}, false},
        {{FLAG_CLASS, "safety"}, true},
        {{FLAG_CLASS, "urgent"}, false},
    };
    struct flags none = {NULL, 0};

    (void)state;
    assert_false(flags_hold(&none, &delivery));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct flags flags = {&cases[i].flag, 1};

        assert_int_equal(flags_hold(&flags, &delivery), cases[i].holds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_of_state_is_allowed_exactly_if_it_is_drawn),
        cmocka_unit_test(states_are_read_back_from_their_words),
        cmocka_unit_test(only_what_was_removed_returns_from_cancelled),
        cmocka_unit_test(after_doubt_only_resolve_sets_free),
        cmocka_unit_test(a_change_that_read_another_state_is_refused),
        cmocka_unit_test(an_id_is_the_hash_of_four_names),
        cmocka_unit_test(a_record_key_is_the_time_of_birth_and_sorts_like_it),
        cmocka_unit_test(every_reason_has_a_sentence),
        cmocka_unit_test(a_flag_holds_what_it_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

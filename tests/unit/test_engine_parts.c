/* The parts of the engine that stand alone: heap, table, waits, doubt, words, trace. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "engine/doubt.h"
#include "engine/pace.h"
#include "engine/rules.h"
#include "engine/table.h"
#include "engine/trace.h"

enum { MANY = 1000 };

struct ranked {
    struct heap_node node;
    uint64_t rank;
};

static bool lower(const struct heap_node *a, const struct heap_node *b)
{
    return ((const struct ranked *)a)->rank < ((const struct ranked *)b)->rank;
}

static void a_heap_gives_back_the_lowest_whatever_was_moved_or_taken(void **unused)
{
    static struct ranked nodes[MANY];
    struct heap heap = {.before = lower};
    uint64_t random = 3, last = 0;
    size_t seen = 0;

    (void)unused;
    for (size_t i = 0; i < MANY; i++) {
        nodes[i].rank = pace_random(&random) % 500;
        heap_put(&heap, &nodes[i].node);
    }
    for (size_t i = 0; i < MANY; i += 3) {
        nodes[i].rank = pace_random(&random) % 500;
        heap_put(&heap, &nodes[i].node);
    }
    for (size_t i = 1; i < MANY; i += 5)
        heap_take(&heap, &nodes[i].node);
    heap_take(&heap, &nodes[1].node);
    while (heap_first(&heap)) {
        struct ranked *first = (struct ranked *)heap_first(&heap);
        assert_true(first->rank >= last);
        last = first->rank;
        heap_take(&heap, &first->node);
        seen++;
    }
    assert_int_equal(seen, MANY - MANY / 5);
    heap_clear(&heap);
}

static void a_table_finds_what_is_in_it_and_nothing_else(void **unused)
{
    static int values[MANY];
    struct table table = {0};

    (void)unused;
    assert_null(table_get(&table, 1));
    assert_null(table_take(&table, 1));
    for (size_t i = 0; i < MANY; i++)
        table_put(&table, i * 64, &values[i]);
    for (size_t i = 0; i < MANY; i += 2)
        assert_ptr_equal(table_take(&table, i * 64), &values[i]);
    for (size_t i = 0; i < MANY; i++)
        assert_ptr_equal(table_get(&table, i * 64), i % 2 ? &values[i] : NULL);
    assert_int_equal(table.count, MANY / 2);
    table_clear(&table);
}

static void every_retry_waits_between_half_and_all_of_its_longest(void **unused)
{
    static const int64_t longest_s[] = {30, 60, 120, 240, 480, 900, 900, 900};
    uint64_t random = 1;

    (void)unused;
    for (int64_t n = 0; n < PACE_TRIES; n++) {
        int64_t least = INT64_MAX, most = 0;

        for (int i = 0; i < 10000; i++) {
            int64_t ms = pace_retry(&random, n).ms;
            least = ms < least ? ms : least;
            most = ms > most ? ms : most;
        }
        assert_in_range(least, longest_s[n] * 500, longest_s[n] * 510);
        assert_in_range(most, longest_s[n] * 990, longest_s[n] * 1000);
    }
}

static void waits_are_spread_evenly(void **unused)
{
    uint64_t random = 5;
    int bins[10] = {0};

    (void)unused;
    for (int i = 0; i < 10000; i++)
        bins[(pace_retry(&random, 0).ms - 15000) * 10 / 15001]++;
    for (size_t i = 0; i < COUNT_OF(bins); i++)
        assert_in_range(bins[i], 880, 1120);
}

static void readings_and_probes_keep_their_rhythm(void **unused)
{
    static const int64_t reading_s[] = {5, 15, 45, 120, 300, 300};
    static const int64_t probe_s[] = {60, 120, 240, 480, 900, 900};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(reading_s); i++) {
        assert_int_equal(pace_reading((int64_t)i).ms, reading_s[i] * 1000);
        assert_int_equal(pace_probe((int64_t)i).ms, probe_s[i] * 1000);
    }
}

static void a_key_is_safe_for_half_its_window_less_the_margin(void **unused)
{
    static const struct {
        int64_t age_s;
        bool safe;
    } rows[] = {{0, true}, {1680, true}, {1681, false}, {3600, false}, {-1, false}};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(key_is_safe(span_seconds(rows[i].age_s), span_seconds(60), span_hours(1)),
                         rows[i].safe);
}

static void in_doubt_class_and_age_and_flags_decide(void **unused)
{
    static const struct {
        enum adapter_class class;
        int64_t age_s, tries, reads;
        bool may_publish;
        enum doubt_move move;
    } rows[] = {
        {CLASS_A, 86400, 0, 0, true, DOUBT_REPEAT}, {CLASS_B, 60, 0, 0, true, DOUBT_REPEAT},
        {CLASS_B, 60, 0, 0, false, DOUBT_READ},     {CLASS_B, 1800, 0, 0, true, DOUBT_READ},
        {CLASS_B, 60, 8, 0, true, DOUBT_READ},      {CLASS_C, 0, 0, 0, true, DOUBT_READ},
        {CLASS_C, 0, 0, 4, true, DOUBT_READ},       {CLASS_C, 0, 0, 5, true, DOUBT_HOLD},
        {CLASS_B, 1800, 0, 5, true, DOUBT_HOLD},    {CLASS_A, 0, 8, 5, true, DOUBT_HOLD},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct doubt doubt = {.class = rows[i].class,
                              .key_age = span_seconds(rows[i].age_s),
                              .key_window = span_hours(1),
                              .timeout = span_seconds(60),
                              .may_publish = rows[i].may_publish,
                              .tries = rows[i].tries,
                              .reads = rows[i].reads};
        assert_int_equal(doubt_next(&doubt), rows[i].move);
    }
}

static void only_an_answer_with_an_id_ends_an_earlier_doubt(void **unused)
{
    (void)unused;
    assert_int_equal(verdict_of(STEP_DONE, true), VERDICT_READ_BACK);
    assert_int_equal(verdict_of(STEP_SEND, true), VERDICT_READ_BACK);
    assert_int_equal(verdict_of(STEP_RETRY, true), VERDICT_DOUBT);
    assert_int_equal(verdict_of(STEP_REFUSED, true), VERDICT_DOUBT);
    assert_int_equal(verdict_of(STEP_RETRY, false), VERDICT_AGAIN);
    assert_int_equal(verdict_of(STEP_REFUSED, false), VERDICT_CONFIRM);
    assert_int_equal(verdict_of(STEP_DOUBT, false), VERDICT_DOUBT);
}

static void every_rule_has_a_word_and_every_word_a_rule(void **unused)
{
    enum engine_rule found;

    (void)unused;
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        assert_non_null(engine_rule_word((enum engine_rule)rule));
        assert_true(engine_rule_from_word(engine_rule_word((enum engine_rule)rule), &found));
        assert_int_equal(found, rule);
    }
    assert_false(engine_rule_from_word("courage", &found));
}

static void events_and_actions_are_stable_lines(void **unused)
{
    struct arena arena = {0};
    struct http_reply reply = {.status = 200};
    struct event event = {.kind = EVENT_REPLY, .ticket = 4, .reply = &reply, .now = {0}};
    struct delivery row = {.campaign = "c",
                           .post = "p",
                           .occurrence = "once",
                           .account = "a",
                           .state = STATE_HELD,
                           .reason = "late"};
    const struct delivery *rows = &row;
    struct account account = {.name = "a"};
    struct account_state state = {.account = "a", .paused = "token"};
    struct http_request request = {.method = "POST", .path = "/x"};
    struct action save = {.kind = ACTION_SAVE,
                          .ticket = 3,
                          .change = {.after = &row, .from = STATE_READY, .event = "hold"}};
    struct action send = {
        .kind = ACTION_SEND, .ticket = 5, .account = &account, .request = &request, .fresh = true};
    struct action pause = {.kind = ACTION_SAVE_ACCOUNT, .ticket = 6, .account_state = &state};

    (void)unused;
    assert_string_equal(trace_event(&event, &arena),
                        "at 1970-01-01T00:00:00.000Z reply 4 answered 200");
    event = (struct event){
        .kind = EVENT_REFUSED, .ticket = 3, .refusal = REFUSAL_TWIN, .rows = &rows, .row_count = 1};
    assert_string_equal(trace_event(&event, &arena),
                        "at 1970-01-01T00:00:00.000Z refused 3 twin c/p@once/a held");
    event = (struct event){.kind = EVENT_CLOCK, .step = {-5}, .slept = true};
    assert_string_equal(trace_event(&event, &arena),
                        "at 1970-01-01T00:00:00.000Z clock step -5 ms slept");
    assert_string_equal(trace_action(&save, &arena), "save 3 c/p@once/a ready -> held hold late");
    assert_string_equal(trace_action(&send, &arena), "send 5 a POST /x fresh");
    assert_string_equal(trace_action(&pause, &arena), "save 6 account a token");
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_heap_gives_back_the_lowest_whatever_was_moved_or_taken),
        cmocka_unit_test(a_table_finds_what_is_in_it_and_nothing_else),
        cmocka_unit_test(every_retry_waits_between_half_and_all_of_its_longest),
        cmocka_unit_test(waits_are_spread_evenly),
        cmocka_unit_test(readings_and_probes_keep_their_rhythm),
        cmocka_unit_test(a_key_is_safe_for_half_its_window_less_the_margin),
        cmocka_unit_test(in_doubt_class_and_age_and_flags_decide),
        cmocka_unit_test(only_an_answer_with_an_id_ends_an_earlier_doubt),
        cmocka_unit_test(every_rule_has_a_word_and_every_word_a_rule),
        cmocka_unit_test(events_and_actions_are_stable_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

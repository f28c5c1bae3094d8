/* What others do to a delivery while the engine holds it: refused saves, rows that change, stops,
 * our own bugs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine_world.h"

static void assert_state(const struct world *world, enum state state, const char *reason)
{
    const struct delivery *row = world_row(world, "helmet");

    assert_string_equal(state_word(row->state), state_word(state));
    assert_string_equal(row->reason, reason);
}

/* A delivery whose intent waits for its commit. */
static struct delivery *begin(struct world *world)
{
    struct delivery *row;

    world_start(world, 1);
    row = world_post(world, "helmet", 0, 0);
    world->stuck = true;
    world_show(world, row);
    return row;
}

/* The store says no; after that saves are durable again. */
static void refuse(struct world *world, enum refusal refusal, const struct delivery *row)
{
    int64_t ticket = world->tickets[world->save_count - 1];

    world->stuck = false;
    world->saved = world->save_count;
    world_event(world, (struct event){.kind = EVENT_REFUSED,
                                      .ticket = ticket,
                                      .refusal = refusal,
                                      .twin = "cyber/otp@once/a0",
                                      .rows = &row,
                                      .row_count = row ? 1 : 0});
    world_settle(world);
}

static void a_row_that_changed_is_decided_anew(void **unused)
{
    struct world world;
    struct delivery *row = begin(&world);

    (void)unused;
    row->rev = 2;
    refuse(&world, REFUSAL_STALE, row);
    assert_state(&world, STATE_SENDING, "");
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 1);
    world_stop(&world);
}

static void a_row_that_somebody_held_is_let_go(void **unused)
{
    struct world world;
    struct delivery *row = begin(&world);

    (void)unused;
    row->rev = 2;
    row->state = STATE_HELD;
    row->reason = REASON_PERSON;
    refuse(&world, REFUSAL_STALE, row);
    assert_int_equal(engine_load(world.engine, world.now).held_in_memory, 0);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 0);
    world_stop(&world);
}

static void refusals_lead_where_they_belong(void **unused)
{
    static const struct {
        enum refusal refusal;
        enum state state;
        const char *reason, *alarm;
    } rows[] = {
        {REFUSAL_TWIN, STATE_HELD, REASON_NEVER_TWICE, "held"},
        {REFUSAL_UNAPPROVED, STATE_PLANNED, REASON_CHANGED, "approval"},
        {REFUSAL_UNDRAWN, STATE_HELD, REASON_BUG, "bug"},
        {REFUSAL_UNREAD, STATE_SENDING, "", NULL},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        struct delivery *row = begin(&world);

        engine_rule_off(world.engine, RULE_ABORT);
        refuse(&world, rows[i].refusal, rows[i].refusal == REFUSAL_UNREAD ? NULL : row);
        assert_state(&world, rows[i].state, rows[i].reason);
        assert_true(!rows[i].alarm || world_alarmed(&world, rows[i].alarm));
        world_stop(&world);
    }
}

/* A search finds the post of another delivery that says the same: that is no receipt, and no proof
 * of absence. */
static void what_was_found_for_another_leaves_it_in_doubt(void **unused)
{
    struct world world;
    struct delivery *row;

    (void)unused;
    world_start(&world, 1);
    row = world_post(&world, "helmet", 0, 0);
    row->state = STATE_DOUBTFUL;
    row->attempts = 1;
    row->born = row->first_intent = row->intent = instant_minus(world.now, span_minutes(60));
    delivery_set_key(row);
    world_show(&world, row);
    world_pass(&world, 60000);
    world_answer(&world, world_open(&world, "GET", "/api/v1/accounts/77/statuses"), 200,
                 "[{\"id\":\"55\",\"created_at\":\"2025-12-01T06:30:01Z\","
                 "\"media_attachments\":[]}]");
    while (world_open(&world, "GET", "/api/v1/accounts/77/statuses"))
        world_answer(&world, world_open(&world, "GET", "/api/v1/accounts/77/statuses"), 200, "[]");
    world.stuck = true;
    world_answer(&world, world_open(&world, "GET", "/api/v1/statuses/55/source"), 200,
                 "{\"text\":\"helmet\"}");
    refuse(&world, REFUSAL_POST_TAKEN, world_row(&world, "helmet"));
    assert_state(&world, STATE_HELD, REASON_UNPROVEN);
    assert_true(world_alarmed(&world, "held"));
    world_pass(&world, 3600000);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 0);
    world_stop(&world);
}

static void a_row_that_is_gone_is_forgotten(void **unused)
{
    struct world world;
    struct delivery *row = begin(&world);
    const char *id = row->id;

    (void)unused;
    refuse(&world, REFUSAL_GONE, NULL);
    assert_int_equal(engine_load(world.engine, world.now).held_in_memory, 0);
    row->at.ms += 60000;
    world_show(&world, row);
    world_event(&world, (struct event){.kind = EVENT_GONE, .ids = &id, .id_count = 1});
    world_pass(&world, 120000);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 0);
    world_stop(&world);
}

static void a_row_that_moved_goes_out_at_its_new_time(void **unused)
{
    struct world world;
    struct delivery *row;

    (void)unused;
    world_start(&world, 1);
    row = world_post(&world, "helmet", 0, 60000);
    world_show(&world, row);
    row->rev = 2;
    row->at.ms += 60000;
    row->useful_until.ms += 60000;
    world_show(&world, row);
    world_pass(&world, 119999);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 0);
    world_pass(&world, 1);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 1);
    world_stop(&world);
}

static void a_stop_withdraws_the_intent_and_lets_the_reading_end(void **unused)
{
    struct world world;

    (void)unused;
    (void)begin(&world);
    world_event(&world, (struct event){.kind = EVENT_STOP});
    world.stuck = false;
    world_settle(&world);
    assert_state(&world, STATE_READY, "");
    assert_int_equal(world_row(&world, "helmet")->attempts, 0);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 0);
    world_restart(&world);
    world_answer(&world, world_open(&world, "POST", "/api/v1/statuses"), 200, "{\"id\":\"9\"}");
    world_event(&world, (struct event){.kind = EVENT_STOP});
    world_read_back(&world, "9", "helmet");
    assert_state(&world, STATE_PUBLISHED, "");
    world_stop(&world);
}

static void a_hold_between_the_save_and_the_send_withdraws_it(void **unused)
{
    struct world world;
    struct flag all = {FLAG_ALL, ""};

    (void)unused;
    (void)begin(&world);
    world_event(&world, (struct event){.kind = EVENT_FLAGS, .flags = {&all, 1}});
    world.stuck = false;
    world_settle(&world);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 0);
    assert_state(&world, STATE_READY, "");
    world_stop(&world);
}

static void without_that_question_the_hold_comes_too_late(void **unused)
{
    struct world world;
    struct flag all = {FLAG_ALL, ""};

    (void)unused;
    (void)begin(&world);
    engine_rule_off(world.engine, RULE_ASK_AGAIN);
    world_event(&world, (struct event){.kind = EVENT_FLAGS, .flags = {&all, 1}});
    world.stuck = false;
    world_settle(&world);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 1);
    world_stop(&world);
}

static void nothing_is_sent_before_its_intent_is_durable(void **unused)
{
    struct world world;

    (void)unused;
    (void)begin(&world);
    world_pass(&world, 60000);
    assert_int_equal(world_count(&world, "POST", "/api/v1/statuses"), 0);
    assert_int_equal(engine_load(world.engine, world.now).unsaved, 1);
    assert_int_equal(engine_load(world.engine, world.now).overdue_without_reason, 0);
    world_stop(&world);
}

static void planned_and_held_rows_expire_but_not_those_in_doubt(void **unused)
{
    static const struct {
        enum state state;
        const char *reason;
        enum state end;
    } rows[] = {{STATE_PLANNED, "", STATE_EXPIRED},
                {STATE_HELD, REASON_LATE, STATE_EXPIRED},
                {STATE_HELD, REASON_UNPROVEN, STATE_HELD},
                {STATE_HELD, REASON_FOUND_TWICE, STATE_HELD},
                {STATE_HELD, REASON_DAMAGED, STATE_HELD}};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        struct delivery *row;

        world_start(&world, 1);
        row = world_post(&world, "helmet", 0, -7200000);
        row->state = rows[i].state;
        row->reason = rows[i].reason;
        world_show(&world, row);
        assert_string_equal(state_word(world_row(&world, "helmet")->state),
                            state_word(rows[i].end));
        assert_int_equal(engine_load(world.engine, world.now).held_in_memory, 0);
        assert_int_equal(world_alarmed(&world, "held"),
                         strcmp(rows[i].reason, REASON_DAMAGED) == 0);
        world_stop(&world);
    }
}

static void why_says_what_keeps_it(void **unused)
{
    struct world world;
    struct delivery *row;

    (void)unused;
    world_start(&world, 1);
    row = world_post(&world, "helmet", 0, 60000);
    assert_null(engine_why(world.engine, row->id, world.now, &world.arena));
    world_show(&world, row);
    assert_non_null(strstr(engine_why(world.engine, row->id, world.now, &world.arena), "time"));
    world.workspace.account_count = 0;
    world_event(&world, (struct event){.kind = EVENT_CONFIG, .workspace = &world.workspace});
    world_pass(&world, 60000);
    assert_non_null(
        strstr(engine_why(world.engine, row->id, world.now, &world.arena), "crier.cfg"));
    assert_int_equal(engine_load(world.engine, world.now).waiting, 1);
    world_stop(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_changed_is_decided_anew),
        cmocka_unit_test(a_row_that_somebody_held_is_let_go),
        cmocka_unit_test(refusals_lead_where_they_belong),
        cmocka_unit_test(what_was_found_for_another_leaves_it_in_doubt),
        cmocka_unit_test(a_row_that_is_gone_is_forgotten),
        cmocka_unit_test(a_row_that_moved_goes_out_at_its_new_time),
        cmocka_unit_test(a_stop_withdraws_the_intent_and_lets_the_reading_end),
        cmocka_unit_test(a_hold_between_the_save_and_the_send_withdraws_it),
        cmocka_unit_test(without_that_question_the_hold_comes_too_late),
        cmocka_unit_test(nothing_is_sent_before_its_intent_is_durable),
        cmocka_unit_test(planned_and_held_rows_expire_but_not_those_in_doubt),
        cmocka_unit_test(why_says_what_keeps_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Never twice, as the store asks it at the last moment: same content, same identity, another post,
 * 30 days. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "support/store_fixture.h"

static struct fixture fixture;

/* The other post: what it is, what became of it, and whether it stands in the way of "new" now. */
struct other {
    const char *what;
    int64_t days;       /* its time, from now */
    enum state path[4]; /* the states it goes through from ready; ends with STATE_COUNT */
    int64_t attempts;
    bool in_the_way;
};

#define NEVER STATE_COUNT

static const struct other others[] = {
    {"published yesterday", -1, {STATE_SENDING, STATE_PUBLISHED, NEVER}, 1, true},
    {"published 29 days ago", -29, {STATE_SENDING, STATE_PUBLISHED, NEVER}, 1, true},
    {"published 31 days ago", -31, {STATE_SENDING, STATE_PUBLISHED, NEVER}, 1, false},
    {"retracted yesterday", -1, {STATE_SENDING, STATE_PUBLISHED, STATE_RETRACTED, NEVER}, 1, true},
    {"being sent", 0, {STATE_SENDING, NEVER}, 1, true},
    {"in doubt", 0, {STATE_SENDING, STATE_DOUBTFUL, NEVER}, 1, true},
    {"held after doubt", 0, {STATE_SENDING, STATE_DOUBTFUL, STATE_HELD, NEVER}, 1, true},
    {"failed: nothing is public", -1, {STATE_SENDING, STATE_FAILED, NEVER}, 1, false},
    {"cancelled unsent", -1, {STATE_CANCELLED, NEVER}, 0, false},
    {"expired unsent", -1, {STATE_EXPIRED, NEVER}, 0, false},
    {"cancelled after an attempt", -1, {STATE_HELD, STATE_CANCELLED, NEVER}, 1, true},
    {"ready, earlier", -1, {NEVER}, 0, true},
    {"ready, later", 1, {NEVER}, 0, false},
    {"held, earlier", -1, {STATE_HELD, NEVER}, 0, true},
    {"ready, 31 days earlier", -31, {NEVER}, 0, false},
    {"tried and ready again, later", 1, {NEVER}, 1, true},
};

static struct delivery *make(const char *post, const char *account, struct instant at)
{
    struct delivery *delivery = fixture_delivery(&fixture, post, account, at);

    memset(delivery->same_hash, 'a', DIGEST_HEX - 1); /* all say the same */
    return delivery;
}

/* Each step writes without being asked about twins: the other goes first, alone. */
static void play(const struct other *other)
{
    struct delivery *row = make("old", "toots", instant_plus(fixture.now, span_days(other->days)));
    size_t i;

    row->attempts = other->attempts;
    fixture_insert(&fixture, row);
    for (i = 0; other->path[i] != NEVER; i++)
        assert_int_equal(fixture_move(&fixture, row->id, other->path[i], REASON_PERSON), WRITTEN);
}

static enum written try(struct delivery *row, enum state to)
{
    fixture_insert(&fixture, row);
    return fixture_move(&fixture, row->id, to, "");
}

static void another_post_stands_in_the_way_as_the_table_says(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(others); i++) {
        enum written wanted = others[i].in_the_way ? WRITTEN_TWIN : WRITTEN, found;
        fixture_start(&fixture);
        play(&others[i]);
        found = try(make("new", "toots", fixture.now), i % 2 ? STATE_SENDING : STATE_PREPARING);
        fixture_end(&fixture);
        if (found != wanted)
            fail_msg("%s: %d instead of %d", others[i].what, (int)found, (int)wanted);
    }
}

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    play(&others[0]);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fixture);
    return 0;
}

static void the_other_post_is_named(void **state)
{
    struct delivery *row = make("new", "toots", fixture.now);
    struct change change = {.after = row, .from = STATE_READY, .event = "x", .actor = "svc:crier"};
    enum written written;
    const char *twin;

    (void)state;
    fixture_insert(&fixture, row);
    row->state = STATE_SENDING;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_change(fixture.outbox, &change, fixture.now, &fixture.arena, &written, &twin,
                              &fixture.err));
    outbox_rollback(fixture.outbox);
    assert_int_equal(written, WRITTEN_TWIN);
    assert_string_equal(twin, "traffic/old@once/toots");
}

static void again_lifts_it(void **state)
{
    struct delivery *row = make("new", "toots", fixture.now);

    (void)state;
    row->again = true;
    assert_int_equal(try(row, STATE_SENDING), WRITTEN);
}

static void another_account_may_say_the_same(void **state)
{
    (void)state;
    assert_int_equal(try(make("new", "x-main", fixture.now), STATE_SENDING), WRITTEN);
}

static void a_renamed_account_is_the_same_identity(void **state)
{
    struct delivery *row = make("new", "renamed", fixture.now);

    (void)state;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_insert(fixture.outbox, row, "mastodon|toots", &fixture.err));
    fixture_commit(&fixture);
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN_TWIN);
}

static void the_same_occurrence_on_a_renamed_account_may_not(void **state)
{
    struct delivery *row = make("old", "renamed", fixture.now);

    (void)state;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_insert(fixture.outbox, row, "mastodon|toots", &fixture.err));
    fixture_commit(&fixture);
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN_TWIN);
}

static void put(const char *account, const char *identity)
{
    struct account_state state = {
        .account = account,
        .identity = identity,
        .handle = "police",
        .remote_id = "1",
        .paused = "",
        .paused_since = INSTANT_NONE,
        .last_publish = INSTANT_NONE,
        .retry_at = INSTANT_NONE,
        .server_limits = "",
        .limits_read = INSTANT_NONE,
    };

    assert_true(outbox_account_put(fixture.outbox, &state, &fixture.err));
}

static void learn(const char *account, const char *identity)
{
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    put(account, identity);
    fixture_commit(&fixture);
}

static void two_names_of_what_the_platform_calls_one_account_are_one(void **state)
{
    struct delivery *row = make("new", "drill", fixture.now);

    (void)state;
    learn("toots", "mastodon|127.0.0.1|police");
    fixture_insert(&fixture, row);
    learn("drill", "mastodon|127.0.0.1|somebody-else");
    assert_int_equal(fixture_move(&fixture, row->id, STATE_PREPARING, ""), WRITTEN);
    learn("drill", "mastodon|127.0.0.1|police");
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN_TWIN);
}

static void what_was_rolled_back_was_not_learnt(void **state)
{
    struct delivery *row = make("new", "drill", fixture.now);

    (void)state;
    learn("toots", "mastodon|127.0.0.1|police");
    fixture_insert(&fixture, row);
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    put("drill", "mastodon|127.0.0.1|police");
    outbox_rollback(fixture.outbox);
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN);
}

/* crier.cfg calls it by what the platform said; rows of before have its old name there. */
static void an_account_with_another_handle_is_still_that_account(void **state)
{
    struct delivery *row = make("new", "toots", fixture.now);

    (void)state;
    learn("toots", "mastodon|police");
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_insert(fixture.outbox, row, "mastodon|police", &fixture.err));
    fixture_commit(&fixture);
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN_TWIN);
}

static void another_occurrence_of_the_same_post_may(void **state)
{
    struct delivery *row = make("old", "toots", fixture.now);

    (void)state;
    row->occurrence = "2026-11-29T08:00";
    delivery_set_id(row);
    assert_int_equal(try(row, STATE_SENDING), WRITTEN);
}

static void of_two_at_the_same_time_exactly_one_goes_out(void **state)
{
    struct delivery *a = make("new-a", "x-main", fixture.now);
    struct delivery *b = make("new-b", "x-main", fixture.now);
    enum written first, second;

    (void)state;
    fixture_insert(&fixture, a);
    fixture_insert(&fixture, b);
    first = fixture_move(&fixture, a->id, STATE_PREPARING, "");
    second = fixture_move(&fixture, b->id, STATE_PREPARING, "");
    assert_true((first == WRITTEN) != (second == WRITTEN));
}

/* What happens between the reading of a row that is due, when it was alone, and its start. */
static void nothing_happens(void)
{
}

static void another_row_is_planned(void)
{
    fixture_insert(&fixture, make("later", "x-main", instant_plus(fixture.now, (struct span){-1})));
}

static void another_row_gets_its_text(void)
{
    struct delivery *row =
        fixture_delivery(&fixture, "other", "x-main", instant_plus(fixture.now, (struct span){-1}));

    memset(row->same_hash, 'a', DIGEST_HEX - 1);
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, "plan.change"), WRITTEN);
}

static void another_row_gets_its_account(void)
{
    const char *id = make("old", "toots", instant_plus(fixture.now, span_days(-1)))->id;

    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_set_identity(fixture.outbox, id, "mastodon|x-main", &fixture.err));
    fixture_commit(&fixture);
}

static void the_accounts_are_found_to_be_one(void)
{
    learn("toots", "mastodon|one");
    learn("x-main", "mastodon|one");
}

static void the_clock_goes_back_an_hour_and_more(void)
{
    fixture.now = instant_plus(fixture.now, (struct span){-3600 * 1000 - 1});
}

static void what_was_asked_of_a_row_that_is_due_holds_only_until_something_changes(void **state)
{
    static const struct {
        void (*happens)(void);
        enum written written;
    } cases[] = {
        {nothing_happens, WRITTEN},
        {another_row_is_planned, WRITTEN_TWIN},
        {another_row_gets_its_text, WRITTEN_TWIN},
        {another_row_gets_its_account, WRITTEN_TWIN},
        {the_accounts_are_found_to_be_one, WRITTEN_TWIN},
        {the_clock_goes_back_an_hour_and_more, WRITTEN},
    };
    struct due_place place;
    struct deliveries due;
    size_t i;

    for (i = 0; i < COUNT_OF(cases); i++) {
        struct delivery *row;
        start(state);
        row = make("new", "x-main", fixture.now);
        fixture_insert(&fixture, row);
        fixture_insert(&fixture, fixture_delivery(&fixture, "other", "x-main",
                                                  instant_plus(fixture.now, (struct span){-1})));
        place = (struct due_place){INSTANT_NONE, 0};
        assert_true(outbox_due(fixture.outbox, &place, fixture.now, 10, &fixture.arena, &due,
                               &fixture.err));
        assert_int_equal(due.count, 2);
        cases[i].happens();
        assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), cases[i].written);
        end(state);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_post_stands_in_the_way_as_the_table_says),
        TEST(the_other_post_is_named),
        TEST(again_lifts_it),
        TEST(another_account_may_say_the_same),
        TEST(a_renamed_account_is_the_same_identity),
        TEST(the_same_occurrence_on_a_renamed_account_may_not),
        TEST(two_names_of_what_the_platform_calls_one_account_are_one),
        TEST(what_was_rolled_back_was_not_learnt),
        cmocka_unit_test(what_was_asked_of_a_row_that_is_due_holds_only_until_something_changes),
        TEST(an_account_with_another_handle_is_still_that_account),
        TEST(another_occurrence_of_the_same_post_may),
        TEST(of_two_at_the_same_time_exactly_one_goes_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

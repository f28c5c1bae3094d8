/* campaign/merge: every row of the decision table, and for each rule of safety the same case
 * without its cause, so that a rule that is switched off is noticed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "campaign/merge.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)
enum { NOW = 1000 };
static const struct instant now = {NOW * 24 * INT64_C(3600000)};

static const struct post once = {.id = "helmet"};
static const struct post weekly = {.id = "weekend", .repeats = true};

static struct delivery delivery(int64_t at, char content)
{
    struct delivery row = {.campaign = "traffic",
                           .post = "helmet",
                           .occurrence = "once",
                           .account = "toots",
                           .platform = "mastodon",
                           .at = {now.ms + at},
                           .useful_until = {now.ms + at + 2 * HOUR},
                           .content = "{}",
                           .file = "traffic.cfg",
                           .state = STATE_READY};
    delivery_start_afresh(&row);

    memset(row.content_hash, content, DIGEST_HEX - 1);
    memset(row.same_hash, content, DIGEST_HEX - 1);
    return row;
}

static struct planned planned(int64_t at, char content)
{
    return (struct planned){.delivery = delivery(at, content), .post = &once};
}

static struct merge_facts facts(void)
{
    return (struct merge_facts){
        .now = now,
        .from = {now.ms - 7 * DAY},
        .until = {now.ms + 35 * DAY},
        .planned_until = {now.ms + 34 * DAY},
        .missing_since = INSTANT_NONE,
        .last_published = INSTANT_NONE,
        .approved = true,
    };
}

static struct merge_result decide(const struct delivery *stored, const struct planned *plan,
                                  const struct merge_facts *known)
{
    struct merge_result result;

    merge_decide(stored, plan, known, &result);
    return result;
}

static void expect(const struct merge_result *result, enum merge_kind kind, enum state state,
                   const char *reason)
{
    assert_string_equal(merge_word(result->kind), merge_word(kind));
    assert_string_equal(state_word(result->row.state), state_word(state));
    assert_string_equal(result->row.reason, reason);
}

static struct delivery stored_as(enum state state, const char *reason)
{
    struct delivery row = delivery(HOUR, 'a');

    row.state = state;
    row.reason = reason;
    return row;
}

/* New rows. */

static void a_new_post_becomes_ready_or_waits_for_approval(void **unused)
{
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();
    struct merge_result result = decide(NULL, &plan, &known);

    (void)unused;
    expect(&result, MERGE_INSERT, STATE_READY, "");
    known.approved = false;
    result = decide(NULL, &plan, &known);
    expect(&result, MERGE_INSERT, STATE_PLANNED, "");
}

static const struct medium unmade[] = {
    {.file = "a.png", .recipe = "v1 image/jpeg 9x9", .source = "e"}};
static const struct medium made[] = {
    {.file = "a.png", .recipe = "v1 image/jpeg 9x9 = f", .source = "e", .sha256 = "f"}};

static struct planned planned_with(const struct medium *media, char content)
{
    struct planned plan = planned(HOUR, content);

    plan.delivery.media = media;
    plan.delivery.media_count = 1;
    return plan;
}

static void what_is_not_made_is_planned_and_then_goes_its_way(void **unused)
{
    struct planned before = planned_with(unmade, 'a'), after = planned_with(made, 'b');
    struct merge_facts known = facts();
    struct merge_result result = decide(NULL, &before, &known);
    struct delivery stored = result.row;

    (void)unused;
    expect(&result, MERGE_INSERT, STATE_PLANNED, REASON_RENDERING);
    result = decide(&stored, &before, &known);
    expect(&result, MERGE_KEEP, STATE_PLANNED, REASON_RENDERING);
    result = decide(&stored, &after, &known);
    expect(&result, MERGE_REPLACE, STATE_READY, "");
    known.approved = false;
    result = decide(&stored, &after, &known);
    expect(&result, MERGE_REPLACE, STATE_PLANNED, "");
}

static void what_was_ready_is_planned_again_when_its_media_must_be_made(void **unused)
{
    static const enum state states[] = {STATE_READY, STATE_PREPARING, STATE_PLANNED};
    struct planned plan = planned_with(unmade, 'b');
    struct merge_facts known = facts();

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct delivery stored = stored_as(states[i], "");
        struct merge_result result = decide(&stored, &plan, &known);

        expect(&result, MERGE_REPLACE, STATE_PLANNED, REASON_RENDERING);
    }
}

static void what_is_held_is_freed_to_wait_for_its_media(void **unused)
{
    struct planned plan = planned_with(unmade, 'b');
    struct merge_facts known = facts();
    struct delivery stored = stored_as(STATE_HELD, REASON_LIMITS);
    struct merge_result result = decide(&stored, &plan, &known);

    (void)unused;
    expect(&result, MERGE_RETURN, STATE_PLANNED, REASON_RENDERING);
}

static void a_new_row_is_late_held_or_skipped_by_its_time(void **unused)
{
    static const struct {
        int64_t at;
        bool new_store;
        enum merge_kind kind;
        const char *reason;
    } cases[] = {
        {HOUR, false, MERGE_INSERT, ""},
        {HOUR, true, MERGE_INSERT, ""},
        {-60 * 1000, false, MERGE_INSERT, ""},
        {-120 * 1000, false, MERGE_INSERT, ""},
        {-120 * 1000 - 1, false, MERGE_HOLD, REASON_FIRST_READ},
        {-2 * HOUR + 1, false, MERGE_HOLD, REASON_FIRST_READ},
        {-2 * HOUR, false, MERGE_SKIP, ""},
        {-1, true, MERGE_SKIP, ""},
        {0, true, MERGE_INSERT, ""},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct planned plan = planned(cases[i].at, 'a');
        struct merge_facts known = facts();
        struct merge_result result;

        known.new_store = cases[i].new_store;
        result = decide(NULL, &plan, &known);
        assert_string_equal(merge_word(result.kind), merge_word(cases[i].kind));
        if (cases[i].kind == MERGE_HOLD)
            expect(&result, MERGE_HOLD, STATE_HELD, cases[i].reason);
    }
}

static void a_broken_file_keeps_its_rows_and_brings_no_new_ones(void **unused)
{
    struct planned plan = planned(HOUR, 'b');
    struct delivery row = delivery(HOUR, 'a');
    struct merge_facts known = facts();

    (void)unused;
    known.broken = true;
    known.missing_since = (struct instant){now.ms - DAY};
    assert_int_equal(decide(&row, NULL, &known).kind, MERGE_KEEP);
    assert_int_equal(decide(&row, &plan, &known).kind, MERGE_KEEP);
    assert_int_equal(decide(NULL, &plan, &known).kind, MERGE_SKIP);
    known.broken = false; /* the twins: the same rows in a readable file */
    assert_int_equal(decide(&row, NULL, &known).kind, MERGE_CANCEL);
    assert_int_equal(decide(&row, &plan, &known).kind, MERGE_REPLACE);
    assert_int_equal(decide(NULL, &plan, &known).kind, MERGE_INSERT);
}

static void the_same_words_by_another_post_are_held_unless_again_is_written(void **unused)
{
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();
    struct merge_result result;

    (void)unused;
    plan.held_by = REASON_NEVER_TWICE;
    plan.held_name = "traffic/other";
    result = decide(NULL, &plan, &known);
    expect(&result, MERGE_HOLD, STATE_HELD, REASON_NEVER_TWICE);
    assert_string_equal(result.row.note, "traffic/other");
    plan.held_by = NULL;
    assert_int_equal(decide(NULL, &plan, &known).kind, MERGE_INSERT);
    known.twin = "cyber/otp@once/toots";
    result = decide(NULL, &plan, &known);
    expect(&result, MERGE_HOLD, STATE_HELD, REASON_NEVER_TWICE);
    assert_string_equal(result.row.note, "cyber/otp@once/toots");
    plan.delivery.again = true;
    assert_int_equal(decide(NULL, &plan, &known).kind, MERGE_INSERT);
}

static void quiet_hours_and_blackouts_are_left_to_the_hour_itself(void **unused)
{
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();

    (void)unused;
    plan.held_by = REASON_BLACKOUT;
    assert_int_equal(decide(NULL, &plan, &known).kind, MERGE_INSERT);
}

static void an_edited_repetition_does_not_go_out_again_within_twelve_hours(void **unused)
{
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();
    struct merge_result result;

    (void)unused;
    plan.post = &weekly;
    known.last_published = (struct instant){now.ms + HOUR - 12 * HOUR + 1};
    result = decide(NULL, &plan, &known);
    expect(&result, MERGE_HOLD, STATE_HELD, REASON_REPEAT_EDITED);
    known.last_published.ms--;
    assert_int_equal(decide(NULL, &plan, &known).kind, MERGE_INSERT);
    known.last_published.ms++;
    plan.delivery.again = true;
    assert_int_equal(decide(NULL, &plan, &known).kind, MERGE_INSERT);
    plan.delivery.again = false;
    known.planned_until = plan.delivery.at; /* the window just reached it: nothing was edited */
    assert_int_equal(decide(NULL, &plan, &known).kind, MERGE_INSERT);
}

static void where_approval_is_asked_the_author_must_be_known(void **unused)
{
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();
    struct merge_result result;

    (void)unused;
    known.approved = false;
    plan.delivery.approvals = 1;
    plan.delivery.author = -1;
    result = decide(NULL, &plan, &known);
    expect(&result, MERGE_HOLD, STATE_HELD, REASON_AUTHOR_UNKNOWN);
    plan.delivery.author = 1000;
    result = decide(NULL, &plan, &known);
    expect(&result, MERGE_INSERT, STATE_PLANNED, "");
}

/* Changed rows. */

static void what_is_the_same_is_kept(void **unused)
{
    static const enum state states[] = {STATE_PLANNED,   STATE_READY,    STATE_PREPARING,
                                        STATE_SENDING,   STATE_DOUBTFUL, STATE_HELD,
                                        STATE_PUBLISHED, STATE_FAILED,   STATE_EXPIRED,
                                        STATE_CANCELLED, STATE_RETRACTED};
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct delivery row = stored_as(states[i], states[i] == STATE_HELD ? REASON_PERSON : "");

        known.approved = states[i] != STATE_PLANNED;
        assert_string_equal(merge_word(decide(&row, &plan, &known).kind), "keep");
    }
}

static void a_change_before_anything_left_replaces_the_row(void **unused)
{
    static const enum state states[] = {STATE_PLANNED, STATE_READY, STATE_PREPARING};
    struct merge_facts known = facts();

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(states); i++)
        for (int approved = 0; approved < 2; approved++) {
            struct delivery row = stored_as(states[i], "");
            struct planned edited = planned(HOUR, 'b'), moved = planned(2 * HOUR, 'a');
            enum state expected = approved ? STATE_READY : STATE_PLANNED;
            struct merge_result result;

            known.approved = approved;
            row.progress = "{\"at\":\"uploading\"}";
            row.key[0] = 'k';
            result = decide(&row, &edited, &known);
            expect(&result, MERGE_REPLACE, expected, REASON_CHANGED);
            assert_string_equal(result.row.progress, "");
            assert_string_equal(result.row.key, "");
            assert_true(transition_allowed(row.state, expected) || row.state == expected);
            result = decide(&row, &moved, &known);
            expect(&result, MERGE_REPLACE, expected, REASON_MOVED);
            assert_int_equal(result.row.at.ms, moved.delivery.at.ms);
        }
}

static void a_lost_or_won_approval_changes_the_state(void **unused)
{
    struct planned plan = planned(HOUR, 'a');
    struct delivery ready = stored_as(STATE_READY, ""), waiting = stored_as(STATE_PLANNED, "");
    struct merge_facts known = facts();
    struct merge_result result = decide(&waiting, &plan, &known);

    (void)unused;
    expect(&result, MERGE_REPLACE, STATE_READY, "");
    known.approved = false;
    result = decide(&ready, &plan, &known);
    expect(&result, MERGE_REPLACE, STATE_PLANNED, "");
}

static void settings_alone_leave_the_state(void **unused)
{
    struct planned plan = planned(HOUR, 'a');
    struct delivery row = stored_as(STATE_PREPARING, "");
    struct merge_facts known = facts();
    struct merge_result result;

    (void)unused;
    plan.delivery.late = LATE_HOLD;
    row.progress = "{}";
    result = decide(&row, &plan, &known);
    expect(&result, MERGE_REPLACE, STATE_PREPARING, "");
    assert_int_equal(result.row.late, LATE_HOLD);
    assert_string_equal(result.row.progress, "{}");
}

static void a_post_moved_into_the_past_is_held(void **unused)
{
    struct planned plan = planned(-HOUR, 'a');
    struct delivery row = stored_as(STATE_READY, "");
    struct merge_facts known = facts();
    struct merge_result result = decide(&row, &plan, &known);

    (void)unused;
    expect(&result, MERGE_HOLD, STATE_HELD, REASON_FIRST_READ);
    row.at = plan.delivery.at; /* the twin: it was known with this time */
    row.useful_until = plan.delivery.useful_until;
    assert_int_equal(decide(&row, &plan, &known).kind, MERGE_KEEP);
}

static void what_may_be_public_is_frozen(void **unused)
{
    static const struct {
        enum state state;
        const char *reason;
        bool frozen;
    } cases[] = {
        {STATE_SENDING, "", true},
        {STATE_DOUBTFUL, "", true},
        {STATE_HELD, REASON_UNPROVEN, true},
        {STATE_HELD, REASON_FOUND_TWICE, true},
        {STATE_HELD, REASON_DAMAGED, true},
        {STATE_HELD, REASON_PERSON, false},
        {STATE_READY, "", false},
    };
    struct merge_facts known = facts();

    (void)unused;
    known.missing_since = (struct instant){now.ms - DAY};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct delivery row = stored_as(cases[i].state, cases[i].reason);
        struct planned edited = planned(DAY, 'b');

        assert_int_equal(decide(&row, &edited, &known).kind == MERGE_FROZEN, cases[i].frozen);
        assert_int_equal(decide(&row, NULL, &known).kind == MERGE_FROZEN, cases[i].frozen);
    }
}

static void what_went_out_is_only_spoken_of(void **unused)
{
    struct delivery row = stored_as(STATE_PUBLISHED, "");
    struct planned edited = planned(HOUR, 'b'), moved = planned(DAY, 'a'),
                   back = planned(-DAY, 'a');
    struct merge_facts known = facts();

    (void)unused;
    assert_int_equal(decide(&row, &edited, &known).kind, MERGE_WARN_PUBLISHED_CHANGED);
    assert_int_equal(decide(&row, &moved, &known).kind, MERGE_ERROR_WENT_OUT);
    assert_int_equal(decide(&row, &back, &known).kind, MERGE_KEEP);
    row.state = STATE_EXPIRED;
    assert_int_equal(decide(&row, &edited, &known).kind, MERGE_KEEP);
    assert_int_equal(decide(&row, &moved, &known).kind, MERGE_ERROR_ENDED);
    known.missing_since = (struct instant){now.ms - DAY};
    assert_int_equal(decide(&row, NULL, &known).kind, MERGE_KEEP);
}

/* Held rows. */

static void a_hold_ends_with_its_cause_and_not_before(void **unused)
{
    enum { CAUSE_GONE = 1, MOVED = 2, EDITED = 4 };
    static const struct {
        const char *reason;
        int lifted_by;
    } cases[] = {
        {REASON_NEVER_TWICE, CAUSE_GONE | MOVED | EDITED},
        {REASON_FIRST_READ, MOVED},
        {REASON_LATE, MOVED},
        {REASON_BACKLOG, MOVED},
        {REASON_QUIET, MOVED},
        {REASON_BLACKOUT, MOVED},
        {REASON_LIMITS, EDITED},
        {REASON_MEDIA, EDITED},
        {REASON_REJECTED, EDITED},
        {REASON_PERSON, 0},
        {REASON_TRIES, 0},
        {REASON_BUG, 0},
        {REASON_REPEAT_EDITED, 0},
    };
    struct merge_facts known = facts();

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct delivery row = stored_as(STATE_HELD, cases[i].reason);
        struct planned same = planned(HOUR, 'a'), moved = planned(DAY, 'a'),
                       edited = planned(HOUR, 'b');
        const struct {
            const struct planned *plan;
            int by;
        } tries[] = {{&same, CAUSE_GONE}, {&moved, MOVED}, {&edited, EDITED}};

        for (size_t t = 0; t < COUNT_OF(tries); t++) {
            struct merge_result result = decide(&row, tries[t].plan, &known);
            bool lifted = result.kind == MERGE_RETURN;

            assert_int_equal(lifted, (cases[i].lifted_by & tries[t].by) != 0);
            assert_int_equal(result.row.state, lifted ? STATE_READY : STATE_HELD);
        }
    }
}

static void an_attempted_row_keeps_its_old_key_only_while_it_is_held(void **unused)
{
    struct delivery row = stored_as(STATE_HELD, REASON_TRIES);
    struct planned edited = planned(HOUR, 'b');
    struct merge_facts known = facts();

    (void)unused;
    row.attempts = 1;
    row.key[0] = 'k';
    assert_int_equal(decide(&row, &edited, &known).row.key[0], 'k'); /* release compares */
    row.reason = REASON_MEDIA;
    assert_int_equal(decide(&row, &edited, &known).row.key[0], 0);
    row.state = STATE_READY;
    row.reason = "";
    assert_int_equal(decide(&row, &edited, &known).row.key[0], 0);
}

static void never_twice_stays_while_the_other_stands(void **unused)
{
    struct delivery row = stored_as(STATE_HELD, REASON_NEVER_TWICE);
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();

    (void)unused;
    known.twin = "traffic/other@once/toots";
    assert_int_equal(decide(&row, &plan, &known).kind, MERGE_KEEP);
    plan.delivery.again = true;
    assert_int_equal(decide(&row, &plan, &known).kind, MERGE_RETURN);
}

static void a_release_lasts_as_long_as_the_content(void **unused)
{
    struct delivery row = stored_as(STATE_READY, "");
    struct planned same = planned(HOUR, 'a'), edited = planned(HOUR, 'b');
    struct merge_facts known = facts();

    (void)unused;
    known.twin = "traffic/other@once/toots";
    row.again = true; /* what release writes */
    assert_int_equal(decide(&row, &same, &known).kind, MERGE_KEEP);
    assert_int_equal(decide(&row, &edited, &known).kind, MERGE_HOLD);
}

static void what_was_let_go_early_stays_so_until_it_is_edited_or_moved(void **unused)
{
    struct delivery row = stored_as(STATE_READY, "");
    struct planned same = planned(HOUR, 'a'), edited = planned(HOUR, 'b'),
                   moved = planned(2 * HOUR, 'a');
    struct merge_facts known = facts();

    (void)unused;
    row.early = known.now; /* what publish writes */
    assert_int_equal(decide(&row, &same, &known).kind, MERGE_KEEP);
    assert_true(instant_is_none(decide(&row, &edited, &known).row.early));
    assert_true(instant_is_none(decide(&row, &moved, &known).row.early));
}

static void a_released_late_post_stays_released_through_a_reload(void **unused)
{
    struct delivery row = stored_as(STATE_READY, REASON_RELEASED);
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();

    (void)unused;
    plan.delivery.late = LATE_HOLD;
    row.late = LATE_PUBLISH; /* what release writes */
    assert_int_equal(decide(&row, &plan, &known).kind, MERGE_KEEP);
    row.reason = "";
    assert_int_not_equal(decide(&row, &plan, &known).kind, MERGE_KEEP);
}

/* Removal. */

static void what_is_removed_is_stopped_at_once_and_cancelled_after_a_minute(void **unused)
{
    static const enum state states[] = {STATE_PLANNED, STATE_READY, STATE_PREPARING};
    struct merge_facts known = facts();

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct delivery row = stored_as(states[i], "");
        struct merge_result result;

        known.missing_since = INSTANT_NONE;
        result = decide(&row, NULL, &known);
        expect(&result, MERGE_REMOVING, STATE_HELD, REASON_REMOVING);
        assert_int_equal(result.again.ms, now.ms + 60000);
        row = result.row;
        known.missing_since = (struct instant){now.ms - 59999};
        result = decide(&row, NULL, &known);
        assert_int_equal(result.kind, MERGE_REMOVING);
        assert_int_equal(result.again.ms, now.ms + 1);
        known.missing_since.ms--;
        result = decide(&row, NULL, &known);
        expect(&result, MERGE_CANCEL, STATE_CANCELLED, REASON_REMOVED);
    }
}

static void what_comes_back_within_the_minute_goes_on(void **unused)
{
    struct delivery row = stored_as(STATE_HELD, REASON_REMOVING);
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();
    struct merge_result result = decide(&row, &plan, &known);

    (void)unused;
    expect(&result, MERGE_RETURN, STATE_READY, "");
    assert_false(result.via_planned);
    known.twin = "traffic/new-id@once/toots"; /* back, but meanwhile another says it */
    result = decide(&row, &plan, &known);
    expect(&result, MERGE_HOLD, STATE_HELD, REASON_NEVER_TWICE);
}

static void what_comes_back_before_its_time_is_planned_again(void **unused)
{
    struct delivery row = stored_as(STATE_CANCELLED, REASON_REMOVED);
    struct planned plan = planned(HOUR, 'b'), past = planned(-1, 'a');
    struct merge_facts known = facts();
    struct merge_result result = decide(&row, &plan, &known);

    (void)unused;
    expect(&result, MERGE_RETURN, STATE_READY, "");
    assert_true(result.via_planned);
    known.approved = false;
    result = decide(&row, &plan, &known);
    expect(&result, MERGE_RETURN, STATE_PLANNED, "");
    assert_int_equal(decide(&row, &past, &known).kind, MERGE_KEEP);
}

static void what_a_person_cancelled_stays_cancelled(void **unused)
{
    struct delivery row = stored_as(STATE_CANCELLED, REASON_PERSON);
    struct planned same = planned(HOUR, 'a'), edited = planned(HOUR, 'b');
    struct merge_facts known = facts();

    (void)unused;
    assert_int_equal(decide(&row, &same, &known).kind, MERGE_KEEP);
    assert_int_equal(decide(&row, &edited, &known).kind, MERGE_KEEP);
}

static void a_persons_hold_survives_removal_and_return(void **unused)
{
    struct delivery row = stored_as(STATE_HELD, REASON_PERSON);
    struct planned plan = planned(HOUR, 'a');
    struct merge_facts known = facts();
    struct merge_result result = decide(&row, NULL, &known);

    (void)unused;
    expect(&result, MERGE_REMOVING, STATE_HELD, REASON_PERSON);
    known.missing_since = (struct instant){now.ms - 60000};
    result = decide(&row, NULL, &known);
    expect(&result, MERGE_CANCEL, STATE_CANCELLED, REASON_REMOVED);
    row = result.row;
    result = decide(&row, &plan, &known);
    expect(&result, MERGE_HOLD, STATE_HELD, REASON_PERSON);
    assert_true(result.via_planned);
}

static void a_row_outside_the_window_is_not_missed(void **unused)
{
    struct delivery early = delivery(-8 * DAY, 'a'), late = delivery(35 * DAY, 'a');
    struct merge_facts known = facts();

    (void)unused;
    known.missing_since = (struct instant){now.ms - DAY};
    assert_int_equal(decide(&early, NULL, &known).kind, MERGE_KEEP);
    assert_int_equal(decide(&late, NULL, &known).kind, MERGE_KEEP);
}

/* The store refuses undrawn changes and ends the process: merge must never ask for one. */
static void every_answer_is_a_drawn_change(void **unused)
{
    static const char *const held[] = {REASON_PERSON, REASON_NEVER_TWICE, REASON_REMOVING,
                                       REASON_UNPROVEN, REASON_QUIET};
    static const int64_t times[] = {-DAY, -HOUR, 0, HOUR, DAY};
    int asked = 0;

    (void)unused;
    for (int state = 0; state < STATE_COUNT; state++)
        for (size_t r = 0; r < COUNT_OF(held); r++)
            for (size_t t = 0; t < COUNT_OF(times); t++)
                for (int bits = 0; bits < 32; bits++) {
                    struct delivery row =
                        stored_as((enum state)state, state == STATE_HELD        ? held[r]
                                                     : state == STATE_CANCELLED ? REASON_REMOVED
                                                                                : "");
                    struct planned plan = planned(times[t], bits & 1 ? 'a' : 'b');
                    struct merge_facts known = facts();
                    struct merge_result result;
                    enum state from;

                    known.approved = bits & 2;
                    known.twin = bits & 4 ? "x/y@once/toots" : NULL;
                    if (bits & 8)
                        known.missing_since = (struct instant){now.ms - DAY};
                    result = decide(&row, bits & 16 ? NULL : &plan, &known);
                    from = result.via_planned ? STATE_PLANNED : row.state;
                    if (result.event) {
                        assert_true(result.row.state == from ||
                                    transition_allowed(from, result.row.state));
                        asked++;
                    }
                }
    assert_true(asked > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_post_becomes_ready_or_waits_for_approval),
        cmocka_unit_test(what_is_not_made_is_planned_and_then_goes_its_way),
        cmocka_unit_test(what_was_ready_is_planned_again_when_its_media_must_be_made),
        cmocka_unit_test(what_is_held_is_freed_to_wait_for_its_media),
        cmocka_unit_test(a_new_row_is_late_held_or_skipped_by_its_time),
        cmocka_unit_test(a_broken_file_keeps_its_rows_and_brings_no_new_ones),
        cmocka_unit_test(the_same_words_by_another_post_are_held_unless_again_is_written),
        cmocka_unit_test(quiet_hours_and_blackouts_are_left_to_the_hour_itself),
        cmocka_unit_test(an_edited_repetition_does_not_go_out_again_within_twelve_hours),
        cmocka_unit_test(where_approval_is_asked_the_author_must_be_known),
        cmocka_unit_test(what_is_the_same_is_kept),
        cmocka_unit_test(a_change_before_anything_left_replaces_the_row),
        cmocka_unit_test(a_lost_or_won_approval_changes_the_state),
        cmocka_unit_test(settings_alone_leave_the_state),
        cmocka_unit_test(a_post_moved_into_the_past_is_held),
        cmocka_unit_test(what_may_be_public_is_frozen),
        cmocka_unit_test(what_went_out_is_only_spoken_of),
        cmocka_unit_test(a_hold_ends_with_its_cause_and_not_before),
        cmocka_unit_test(an_attempted_row_keeps_its_old_key_only_while_it_is_held),
        cmocka_unit_test(never_twice_stays_while_the_other_stands),
        cmocka_unit_test(a_release_lasts_as_long_as_the_content),
        cmocka_unit_test(what_was_let_go_early_stays_so_until_it_is_edited_or_moved),
        cmocka_unit_test(a_released_late_post_stays_released_through_a_reload),
        cmocka_unit_test(what_is_removed_is_stopped_at_once_and_cancelled_after_a_minute),
        cmocka_unit_test(what_comes_back_within_the_minute_goes_on),
        cmocka_unit_test(what_comes_back_before_its_time_is_planned_again),
        cmocka_unit_test(what_a_person_cancelled_stays_cancelled),
        cmocka_unit_test(a_persons_hold_survives_removal_and_return),
        cmocka_unit_test(a_row_outside_the_window_is_not_missed),
        cmocka_unit_test(every_answer_is_a_drawn_change),
    };

    return cmocka_run_group_tests_name("campaign/merge", tests, NULL, NULL);
}

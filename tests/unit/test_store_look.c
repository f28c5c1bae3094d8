/* What a look shows is what a reload then does; and what waits to be applied stays as it was. Over
 * many random edits of the files, with rows in every state. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "campaign_world.h"
#include "store/inside.h"
#include "store/reload.h"
#include "support/store_fixture.h"

enum { WORLDS = 10, EDITS = 20, POSTS = 6, MOST_ROWS = 512 };

static struct fixture fixture;
static struct world world;
static uint64_t seed;
static int version; /* of the campaign's file */
static struct file_digests applied;
static struct reload_result result;

/* A row as somebody remembers it. */
struct memory {
    char id[17], content[DIGEST_HEX];
    enum state state;
    const char *reason, *note;
    int64_t at, useful_until, rev;
    int approvals;
};

struct memories {
    struct memory items[MOST_ROWS];
    size_t count;
};

static struct memories before, shown, after;

static unsigned chance(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

static void begin_world(uint64_t number)
{
    static const char hash[] = "0000000000000000000000000000000000000000000000000000000000000000";

    fixture_start(&fixture);
    world_open(&world, "Asia/Kolkata");
    fixture.now = world_time(&world, "2026-11-29 13:30");
    seed = number * 7919 + 1;
    version = 0;
    applied = (struct file_digests){0};
    world.set.workspace.config_hash = hash;
    world.campaign.source = "0";
    for (size_t i = 0; i < 3; i++)
        world.accounts[i].approvals = (int)chance(2);
}

static void end_world(void)
{
    world_close(&world);
    fixture_end(&fixture);
}

/* ---- edits ---- */

/* Few texts, so that posts often say the same. */
static const char *const texts[] = {"Helmets save lives", "Drive sober", "Dial 112", "Dial 1930"};

static void edit_text(struct post *post)
{
    post->wording.text = texts[chance(COUNT_OF(texts))];
}

static void edit_time(struct post *post)
{
    post->at_instant = instant_plus(fixture.now, span_hours((int64_t)chance(200) - 20));
}

static void edit_accounts(struct post *post)
{
    post->accounts = world.all + chance(2);
    post->account_count = 1 + chance(2);
}

static void edit_again(struct post *post)
{
    post->again = !post->again;
}

static void edit_late(struct post *post)
{
    post->late = post->late == LATE_HOLD ? LATE_PUBLISH : LATE_HOLD;
}

static void edit_draft(struct post *post)
{
    post->draft = !post->draft;
}

static void edit_approvals(struct post *post)
{
    (void)post;
    world.accounts[chance(3)].approvals = (int)chance(3);
}

static void edit_broken(struct post *post)
{
    (void)post;
    world.campaign.broken = chance(4) == 0;
}

static void edit(void)
{
    static void (*const edits[])(struct post * post) = {edit_text,  edit_text,  edit_time,
                                                        edit_time,  edit_again, edit_accounts,
                                                        edit_draft, edit_late,  edit_approvals,
                                                        edit_draft, edit_broken};
    unsigned posts = (unsigned)world.campaign.post_count;

    world.campaign.source = arena_printf(&world.arena, "%d", ++version);
    if (posts < POSTS && chance(3) == 0) {
        struct post *post = world_post(&world, arena_printf(&world.arena, "post-%u", posts), "");
        edit_text(post);
        edit_time(post);
        edit_accounts(post);
    }
    for (unsigned n = chance(4); n > 0 && world.campaign.post_count > 0; n--)
        edits[chance(COUNT_OF(edits))](&world.posts[chance((unsigned)world.campaign.post_count)]);
}

/* ---- rows ---- */

static struct deliveries rows(void)
{
    const struct outbox_filter all = {.from = INSTANT_NONE, .until = INSTANT_NONE};
    struct deliveries found;

    assert_true(outbox_list(fixture.outbox, &all, &fixture.arena, &found, &fixture.err));
    return found;
}

static void remember(struct memories *memories, const struct delivery *row)
{
    struct memory *memory = &memories->items[memories->count++];

    assert_true(memories->count < MOST_ROWS);
    *memory = (struct memory){.state = row->state,
                              .reason = arena_text(&fixture.arena, row->reason),
                              .note = arena_text(&fixture.arena, row->note),
                              .at = row->at.ms,
                              .useful_until = row->useful_until.ms,
                              .rev = row->rev,
                              .approvals = row->approvals};
    memcpy(memory->id, row->id, sizeof memory->id);
    memcpy(memory->content, row->content_hash, sizeof memory->content);
}

static void remember_all(struct memories *memories)
{
    struct deliveries found = rows();

    memories->count = 0;
    for (size_t i = 0; i < found.count; i++)
        remember(memories, found.items[i]);
}

static const struct memory *recall(const struct memories *memories, const char *id)
{
    for (size_t i = 0; i < memories->count; i++) {
        if (!strcmp(memories->items[i].id, id))
            return &memories->items[i];
    }
    return NULL;
}

static bool is_like(const struct memory *a, const struct memory *b)
{
    return a->state == b->state && !strcmp(a->reason, b->reason) && !strcmp(a->note, b->note) &&
           !strcmp(a->content, b->content) && a->at == b->at &&
           a->useful_until == b->useful_until && a->approvals == b->approvals;
}

static bool are_equal(const struct memories *a, const struct memories *b)
{
    bool equal = a->count == b->count;

    for (size_t i = 0; equal && i < a->count; i++) {
        const struct memory *other = recall(b, a->items[i].id);
        equal = other && is_like(&a->items[i], other) && a->items[i].rev == other->rev;
    }
    return equal;
}

/* Somebody decides, or something goes out. */
static void happen(void)
{
    static const enum state ways[][4] = {{STATE_SENDING, STATE_PUBLISHED, STATE_COUNT},
                                         {STATE_SENDING, STATE_DOUBTFUL, STATE_COUNT},
                                         {STATE_HELD, STATE_COUNT},
                                         {STATE_CANCELLED, STATE_COUNT},
                                         {STATE_SENDING, STATE_FAILED, STATE_COUNT},
                                         {STATE_PREPARING, STATE_COUNT}};
    struct deliveries found = rows();
    const enum state *way = ways[chance(COUNT_OF(ways))];
    const char *id;

    if (!found.count)
        return;
    id = found.items[chance((unsigned)found.count)]->id;
    for (; *way != STATE_COUNT; way++) {
        struct delivery *row = fixture_row(&fixture, id);
        enum state from = row->state;
        if ((from != STATE_READY && from != STATE_SENDING) || !transition_allowed(from, *way))
            return;
        row->state = *way;
        row->reason = *way == STATE_CANCELLED || *way == STATE_HELD ? REASON_PERSON : "";
        row->attempts = *way == STATE_SENDING ? 1 : row->attempts;
        row->intent = row->first_intent = fixture.now;
        if (*way == STATE_PUBLISHED)
            row->published = fixture.now;
        if (fixture_change(&fixture, row, from, "test") != WRITTEN)
            return;
    }
}

static void approve(void)
{
    struct deliveries found = rows();
    struct approval approval = {.login = "asha", .given = fixture.now};
    const struct delivery *row;

    if (!found.count)
        return;
    row = found.items[chance((unsigned)found.count)];
    approval.uid = 2001 + chance(2);
    memcpy(approval.delivery, row->id, sizeof approval.delivery);
    memcpy(approval.content_hash, row->content_hash, sizeof approval.content_hash);
    approval.at = row->at;
    approval.useful_until = row->useful_until;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_approve(fixture.outbox, &approval, &fixture.err));
    fixture_commit(&fixture);
}

/* ---- loads ---- */

static void on_seen(void *arg, const struct reload_seen *seen)
{
    (void)arg;
    if (seen->row && !recall(&shown, seen->row->id))
        remember(&shown, seen->row);
}

static void load(struct reload_manner manner)
{
    struct instant from = instant_minus(fixture.now, span_days(7));
    struct instant until = instant_plus(fixture.now, span_days(35));
    struct plan_texts *made =
        plan_texts_new(&world.set, world.facts, world.fact_count, &world.arena);
    struct plan_pages *pages = plan_pages_new(made, from, until);
    struct file_digests files;
    struct reload *steps;

    digests_of(&world.set, NULL, 0, &world.arena, &files);
    manner.applied = &applied;
    manner.files = &files;
    manner.seen = on_seen;
    steps = reload_new(&world.set, pages, from, until, &manner);
    do {
        assert_true(outbox_begin(fixture.outbox, &fixture.err));
        if (!reload_step(steps, fixture.outbox, fixture.now, &fixture.arena, &fixture.err))
            fail_msg("%s", fixture.err.text);
        fixture_commit(&fixture);
        reload_stored(steps);
    } while (!reload_ends(steps));
    result = *reload_result(steps);
    if (manner.mode == RELOAD_WHOLE && !world.campaign.broken)
        applied = files;
    reload_free(steps);
    plan_pages_free(pages);
}

static void look(bool forgetful)
{
    shown.count = 0;
    load((struct reload_manner){.mode = RELOAD_LOOK, .forgetful = forgetful});
}

/* ---- what a look shows ---- */

/* How many rows are not as the look said: changed otherwise, or changed unsaid. */
static size_t count_surprises(void)
{
    size_t surprises = 0;

    for (size_t i = 0; i < after.count; i++) {
        const struct memory *row = &after.items[i], *then = recall(&before, row->id);
        const struct memory *said = recall(&shown, row->id);
        const bool changed = !then || then->rev != row->rev;
        surprises += changed != (said != NULL) || (said && !is_like(said, row));
    }
    return surprises;
}

static size_t live_through(uint64_t number, bool forgetful)
{
    size_t surprises = 0, records;

    begin_world(number);
    for (int i = 0; i < EDITS; i++) {
        edit();
        for (unsigned n = chance(3); n > 0; n--)
            chance(2) ? happen() : approve();
        fixture.now.ms += (int64_t)chance(90) * 1000;
        remember_all(&before);
        records = (size_t)fixture.outbox->committed.size;
        look(forgetful);
        remember_all(&after);
        assert_int_equal(fixture.outbox->committed.size, records); /* nothing was written */
        assert_true(are_equal(&before, &after));
        load((struct reload_manner){.mode = RELOAD_WHOLE});
        remember_all(&after);
        surprises += count_surprises();
        arena_reset(&fixture.arena);
    }
    end_world();
    return surprises;
}

static void a_reload_does_exactly_what_a_look_showed(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < WORLDS; number++)
        assert_int_equal(live_through(number, false), 0);
}

static void a_look_that_forgets_what_it_would_have_written_is_noticed(void **state)
{
    size_t surprises = 0;

    (void)state;
    for (uint64_t number = 0; number < WORLDS; number++)
        surprises += live_through(number, true);
    assert_true(surprises > 0);
}

/* ---- what waits to be applied ---- */

/* Whom the files do not name any more. */
static bool is_stopped(const struct memory *row)
{
    return row->state == STATE_CANCELLED || !strcmp(row->reason, REASON_REMOVING);
}

/* New rows, and rows that say anything else than what was applied, or ask fewer people. */
static size_t count_unapplied(void)
{
    size_t wrong = 0;

    for (size_t i = 0; i < after.count; i++) {
        const struct memory *row = &after.items[i], *then = recall(&before, row->id);
        wrong += !then || strcmp(then->content, row->content) != 0 || then->at != row->at ||
                 then->useful_until != row->useful_until || row->approvals < then->approvals;
    }
    return wrong;
}

/* What was gone from the files stands among what may go out. */
static size_t count_unstopped(void)
{
    size_t wrong = 0;

    look(false); /* all that a whole load would do now */
    for (size_t i = 0; i < shown.count; i++) {
        const struct memory *row = recall(&after, shown.items[i].id);
        wrong += row && is_stopped(&shown.items[i]) && !is_stopped(row) && row->state != STATE_HELD;
    }
    return wrong;
}

static size_t wait_through(uint64_t number, enum reload_mode mode)
{
    size_t wrong = 0;

    begin_world(number);
    for (int i = 0; i < EDITS; i++) {
        edit();
        load((struct reload_manner){.mode = RELOAD_WHOLE}); /* somebody applies */
        if (chance(2))
            approve();
        edit();
        edit();
        fixture.now.ms += (int64_t)chance(90) * 1000;
        remember_all(&before);
        load((struct reload_manner){.mode = mode});
        remember_all(&after);
        wrong += count_unapplied();
        wrong += count_unstopped();
        look(false);
        remember_all(&before);
        load((struct reload_manner){.mode = RELOAD_WHOLE}); /* and what was shown is done */
        remember_all(&after);
        assert_int_equal(count_surprises(), 0);
        arena_reset(&fixture.arena);
    }
    end_world();
    return wrong;
}

static void until_it_is_applied_nothing_is_added_or_changed_but_what_is_gone_stops(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < WORLDS; number++)
        assert_int_equal(wait_through(number, RELOAD_SAFE), 0);
}

static void a_reload_that_does_not_wait_is_noticed(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (uint64_t number = 0; number < WORLDS; number++)
        wrong += wait_through(number, RELOAD_WHOLE);
    assert_true(wrong > 0);
}

/* ---- single cases ---- */

static int start(void **state)
{
    (void)state;
    begin_world(0);
    for (size_t i = 0; i < 3; i++)
        world.accounts[i].approvals = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    end_world();
    return 0;
}

static const struct delivery *only_row(void)
{
    struct deliveries found = rows();

    assert_int_equal(found.count, 1);
    return found.items[0];
}

static void next_version(void)
{
    world.campaign.source = arena_printf(&world.arena, "%d", ++version);
}

static void load_safely(void)
{
    load((struct reload_manner){.mode = RELOAD_SAFE});
}

static void the_days_to_come_of_what_was_applied_are_added_without_anybody(void **state)
{
    size_t first;

    (void)state;
    (void)world_repeat(&world, "weekend", "Drive sober", 1 << 5);
    load((struct reload_manner){.mode = RELOAD_WHOLE});
    first = rows().count;
    fixture.now = instant_plus(fixture.now, span_days(14));
    load_safely();
    assert_true(rows().count > first);
    assert_int_equal(result.waiting_new, 0);
    first = rows().count;
    next_version(); /* now the file says something that nobody has applied */
    fixture.now = instant_plus(fixture.now, span_days(14));
    load_safely();
    assert_int_equal(rows().count, first);
    assert_true(result.waiting_new > 0);
}

static void a_store_in_which_nothing_was_applied_stays_empty(void **state)
{
    (void)state;
    (void)world_post(&world, "helmet", "Helmets save lives");
    load_safely();
    assert_int_equal(rows().count, 0);
    assert_int_equal(result.waiting_new, 1);
}

static void more_approvals_are_asked_for_at_once_and_fewer_only_when_applied(void **state)
{
    (void)state;
    (void)world_post(&world, "helmet", "Helmets save lives");
    load((struct reload_manner){.mode = RELOAD_WHOLE});
    assert_int_equal(only_row()->state, STATE_READY);
    next_version();
    world.posts[0].wording.text = "other words";
    world.accounts[0].approvals = 2;
    load_safely();
    assert_int_equal(only_row()->approvals, 2);
    assert_int_equal(only_row()->state, STATE_PLANNED);
    world.accounts[0].approvals = 0;
    next_version();
    load_safely();
    assert_int_equal(only_row()->approvals, 2);
}

static void what_was_taken_out_and_put_back_as_it_was_goes_on(void **state)
{
    (void)state;
    (void)world_post(&world, "helmet", "Helmets save lives");
    load((struct reload_manner){.mode = RELOAD_WHOLE});
    world.posts[0].draft = true;
    next_version();
    load_safely();
    assert_string_equal(only_row()->reason, REASON_REMOVING);
    world.posts[0].draft = false;
    world.campaign.source = "0";
    load_safely();
    assert_int_equal(only_row()->state, STATE_READY);
}

static void what_was_cancelled_comes_back_only_when_that_is_applied(void **state)
{
    (void)state;
    (void)world_post(&world, "helmet", "Helmets save lives");
    load((struct reload_manner){.mode = RELOAD_WHOLE});
    world.posts[0].draft = true;
    next_version();
    load_safely();
    fixture.now.ms += 60000;
    load_safely();
    assert_int_equal(only_row()->state, STATE_CANCELLED);
    world.posts[0].draft = false;
    next_version();
    load_safely();
    assert_int_equal(only_row()->state, STATE_CANCELLED);
    assert_int_equal(result.waiting_new, 1);
    load((struct reload_manner){.mode = RELOAD_WHOLE});
    assert_int_equal(only_row()->state, STATE_READY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reload_does_exactly_what_a_look_showed),
        cmocka_unit_test(a_look_that_forgets_what_it_would_have_written_is_noticed),
        cmocka_unit_test(until_it_is_applied_nothing_is_added_or_changed_but_what_is_gone_stops),
        cmocka_unit_test(a_reload_that_does_not_wait_is_noticed),
        cmocka_unit_test_setup_teardown(
            the_days_to_come_of_what_was_applied_are_added_without_anybody, start, end),
        cmocka_unit_test_setup_teardown(a_store_in_which_nothing_was_applied_stays_empty, start,
                                        end),
        cmocka_unit_test_setup_teardown(
            more_approvals_are_asked_for_at_once_and_fewer_only_when_applied, start, end),
        cmocka_unit_test_setup_teardown(what_was_taken_out_and_put_back_as_it_was_goes_on, start,
                                        end),
        cmocka_unit_test_setup_teardown(what_was_cancelled_comes_back_only_when_that_is_applied,
                                        start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

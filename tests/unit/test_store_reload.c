/* A plan laid over the outbox: what is inserted, changed, removed, kept; the decision itself is
 * test_merge's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "campaign/merge.h"
#include "campaign_world.h"
#include "store/inside.h"
#include "store/reload.h"
#include "support/store_fixture.h"

static struct fixture fixture;
static struct world world;
static struct plan plan;
static struct reload_result result;
static const char *changed_id; /* the last one */
static size_t changed_count, finding_count;
static const char *first_code;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    world_open(&world, "Asia/Kolkata");
    fixture.now = world_time(&world, "2026-11-29 13:30");
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_close(&world);
    fixture_end(&fixture);
    return 0;
}

static void reload(void)
{
    struct instant from = instant_minus(fixture.now, span_days(7));
    struct instant until = instant_plus(fixture.now, span_days(35));

    struct plan_pages *pages;
    struct reload *steps;

    plan_build(&world.set, from, until, world.facts, world.fact_count, &world.arena, &plan, NULL);
    pages = plan_pages_new(plan_texts_new(&world.set, world.facts, world.fact_count, &world.arena),
                           from, until);
    steps = reload_new(&world.set, pages, from, until, &(struct reload_manner){RELOAD_WHOLE});
    changed_count = 0;
    do {
        assert_true(outbox_begin(fixture.outbox, &fixture.err));
        if (!reload_step(steps, fixture.outbox, fixture.now, &fixture.arena, &fixture.err))
            fail_msg("%s", fixture.err.text);
        fixture_commit(&fixture);
        result = *reload_result(steps);
        if (result.changed_count)
            changed_id = result.changed_ids[result.changed_count - 1];
        changed_count += result.changed_count;
        reload_stored(steps);
    } while (!reload_ends(steps));
    finding_count = reload_findings(steps)->count;
    first_code = finding_count ? reload_findings(steps)->items[0].code : NULL;
    reload_free(steps);
    plan_pages_free(pages);
}

static struct deliveries rows(void)
{
    const struct outbox_filter all = {.from = INSTANT_NONE, .until = INSTANT_NONE};
    struct deliveries found;

    assert_true(outbox_list(fixture.outbox, &all, &fixture.arena, &found, &fixture.err));
    return found;
}

static const struct delivery *only_row(void)
{
    struct deliveries found = rows();

    assert_int_equal(found.count, 1);
    return found.items[0];
}

static void walk(const char *id, const enum state *path)
{
    for (; *path != STATE_COUNT; path++) {
        struct delivery *row = fixture_row(&fixture, id);
        enum state from = row->state;
        row->state = *path;
        row->reason = *path == STATE_CANCELLED ? REASON_PERSON : "";
        row->attempts = *path == STATE_SENDING ? 1 : row->attempts;
        if (*path == STATE_PUBLISHED)
            row->published = fixture.now;
        assert_int_equal(fixture_change(&fixture, row, from, "test"), WRITTEN);
    }
}

static void the_first_load_inserts_and_the_second_changes_nothing(void **state)
{
    size_t length;
    const char *lines;

    (void)state;
    world_post(&world, "helmet", "Helmets save lives")->account_count = 2;
    (void)world_repeat(&world, "weekend", "Drive sober", 1 << 5);
    reload();
    assert_int_equal(result.inserted, plan.count);
    assert_int_equal(rows().count, plan.count);
    assert_true(plan.count > 5);
    reload();
    assert_int_equal(result.inserted, 0);
    assert_int_equal(result.unchanged, plan.count);
    assert_int_equal(changed_count, 0);
    lines = fixture_read(&fixture, "audit/audit-000000000000.jsonl", &length);
    assert_non_null(strstr(lines, "\"ev\":\"config.load\""));
    assert_int_equal(fixture.outbox->committed.size, 2); /* one record for each load */
}

static void a_changed_text_replaces_the_row(void **state)
{
    struct post *post = world_post(&world, "helmet", "old words");
    char before[DIGEST_HEX];

    (void)state;
    reload();
    memcpy(before, only_row()->content_hash, DIGEST_HEX);
    post->wording.text = "new words";
    reload();
    assert_int_equal(result.replaced, 1);
    assert_int_equal(changed_count, 1);
    assert_string_equal(changed_id, only_row()->id);
    assert_string_not_equal(only_row()->content_hash, before);
    assert_int_equal(only_row()->rev, 1);
}

static void a_removed_post_is_cancelled_after_a_minute_and_comes_back(void **state)
{
    (void)state;
    (void)world_post(&world, "helmet", "words");
    reload();
    world.campaign.post_count = 0;
    reload();
    assert_int_equal(result.removing, 1);
    assert_int_equal(result.again.ms, fixture.now.ms + 60000);
    assert_string_equal(only_row()->reason, REASON_REMOVING);
    fixture.now.ms += 59999;
    reload();
    assert_int_equal(result.cancelled, 0);
    assert_int_equal(changed_count, 0);
    fixture.now.ms += 1;
    reload();
    assert_int_equal(result.cancelled, 1);
    assert_true(instant_is_none(result.again));
    assert_int_equal(only_row()->state, STATE_CANCELLED);
    world.campaign.post_count = 1;
    reload();
    assert_int_equal(result.returned, 1);
    assert_int_equal(only_row()->state, STATE_READY);
}

static void
a_post_that_comes_back_within_the_minute_is_ready_again_and_the_minute_begins_anew(void **state)
{
    (void)state;
    (void)world_post(&world, "helmet", "words");
    reload();
    world.campaign.post_count = 0;
    reload();
    fixture.now.ms += 50000;
    world.campaign.post_count = 1;
    reload();
    assert_int_equal(only_row()->state, STATE_READY);
    world.campaign.post_count = 0;
    reload();
    fixture.now.ms += 50000;
    reload();
    assert_int_equal(result.cancelled, 0);
    assert_int_equal(result.removing, 1);
}

static void rows_of_a_broken_file_or_folder_stay(void **state)
{
    (void)state;
    (void)world_post(&world, "helmet", "words");
    reload();
    world.campaign.post_count = 0;
    world.campaign.broken = true;
    reload();
    assert_int_equal(only_row()->state, STATE_READY);
    world.campaign.broken = false;
    world.set.count = 0;
    world.set.folder_broken = true;
    reload();
    assert_int_equal(only_row()->state, STATE_READY);
    world.set.folder_broken = false;
    reload();
    assert_string_equal(only_row()->reason, REASON_REMOVING); /* now it is gone */
}

static void what_went_out_is_reported_when_its_file_changes(void **state)
{
    static const enum state out[] = {STATE_SENDING, STATE_PUBLISHED, STATE_COUNT};
    struct post *post = world_post(&world, "helmet", "words");

    (void)state;
    reload();
    walk(only_row()->id, out);
    post->wording.text = "other words";
    reload();
    assert_int_equal(finding_count, 1);
    assert_string_equal(first_code, "W901");
    post->at_instant = instant_plus(post->at_instant, span_days(2));
    reload();
    assert_int_equal(finding_count, 1);
    assert_string_equal(first_code, "E901");
    assert_int_equal(only_row()->state, STATE_PUBLISHED);
}

static const char *stored_identity(const char *id)
{
    struct row row;

    assert_true(query_id(fixture.outbox, id, &fixture.arena, &row, &fixture.err));
    return row.identity;
}

static void a_row_follows_its_account_to_another_identity_until_it_was_attempted(void **state)
{
    static const enum state out[] = {STATE_SENDING, STATE_PUBLISHED, STATE_COUNT};
    const char *id, *first;

    (void)state;
    (void)world_post(&world, "helmet", "words");
    world.accounts[0].handle = "police";
    reload();
    id = only_row()->id;
    first = stored_identity(id);
    world.accounts[0].handle = "traffic";
    reload();
    assert_string_not_equal(stored_identity(id), first);
    walk(id, out);
    world.accounts[0].handle = "police";
    reload();
    assert_string_not_equal(stored_identity(id), first);
}

static void planned_rows_become_ready_when_approvals_stand_and_planned_again_when_lost(void **state)
{
    struct post *post = world_post(&world, "helmet", "words");
    struct approval approval = {.uid = 2001, .login = "asha"};
    const struct delivery *row;

    (void)state;
    world.accounts[0].approvals = 1;
    world.campaign.stamp = (struct file_stamp){.owner = 1000, .mode = 0600};
    reload();
    row = only_row();
    assert_int_equal(row->author, 1000);
    assert_int_equal(row->state, STATE_PLANNED);
    memcpy(approval.delivery, row->id, sizeof approval.delivery);
    memcpy(approval.content_hash, row->content_hash, DIGEST_HEX);
    approval.at = row->at;
    approval.useful_until = row->useful_until;
    approval.given = fixture.now;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_approve(fixture.outbox, &approval, &fixture.err));
    fixture_commit(&fixture);
    reload();
    assert_int_equal(only_row()->state, STATE_READY);
    post->wording.text = "other words";
    reload();
    assert_int_equal(only_row()->state, STATE_PLANNED);
}

/* reload.c passes over rows that did not change without asking merge_decide: it must have said
 * keep. */
static void what_is_passed_over_is_what_the_decision_keeps(void **state)
{
    static const enum state paths[][5] = {
        {STATE_COUNT},
        {STATE_PREPARING, STATE_COUNT},
        {STATE_SENDING, STATE_COUNT},
        {STATE_SENDING, STATE_DOUBTFUL, STATE_COUNT},
        {STATE_SENDING, STATE_PUBLISHED, STATE_COUNT},
        {STATE_SENDING, STATE_PUBLISHED, STATE_RETRACTED, STATE_COUNT},
        {STATE_SENDING, STATE_FAILED, STATE_COUNT},
        {STATE_EXPIRED, STATE_COUNT},
        {STATE_CANCELLED, STATE_COUNT},
    };
    struct merge_facts facts = {.now = fixture.now,
                                .from = instant_minus(fixture.now, span_days(7)),
                                .until = instant_plus(fixture.now, span_days(35)),
                                .planned_until = INSTANT_NONE,
                                .missing_since = INSTANT_NONE,
                                .last_published = INSTANT_NONE,
                                .approved = true};
    struct merge_result merged;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(paths); i++) {
        end(NULL);
        start(NULL);
        (void)world_post(&world, "helmet", "words");
        reload();
        walk(only_row()->id, paths[i]);
        reload();
        assert_int_equal(result.unchanged, 1);
        assert_int_equal(changed_count, 0);
        merge_decide(only_row(), &plan.items[0], &facts, &merged);
        assert_int_equal(merged.kind, MERGE_KEEP);
    }
}

static void a_damaged_row_is_left_alone(void **state)
{
    struct post *post = world_post(&world, "helmet", "words");

    (void)state;
    reload();
    fixture_close(&fixture);
    fixture_sql(&fixture, "UPDATE standing SET note = 'x'");
    assert_true(fixture_open(&fixture));
    post->wording.text = "other words";
    reload();
    assert_int_equal(only_row()->state, STATE_HELD);
    assert_string_equal(only_row()->reason, REASON_DAMAGED);
    world.campaign.post_count = 0;
    fixture.now.ms += 100000;
    reload();
    assert_string_equal(only_row()->reason, REASON_DAMAGED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_load_inserts_and_the_second_changes_nothing),
        TEST(a_changed_text_replaces_the_row),
        TEST(a_removed_post_is_cancelled_after_a_minute_and_comes_back),
        TEST(a_post_that_comes_back_within_the_minute_is_ready_again_and_the_minute_begins_anew),
        TEST(rows_of_a_broken_file_or_folder_stay),
        TEST(what_went_out_is_reported_when_its_file_changes),
        TEST(a_row_follows_its_account_to_another_identity_until_it_was_attempted),
        TEST(planned_rows_become_ready_when_approvals_stand_and_planned_again_when_lost),
        TEST(what_is_passed_over_is_what_the_decision_keeps),
        TEST(a_damaged_row_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The outbox as its callers see it: rows, changes, what is due, lists, small tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/store_fixture.h"

static struct fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fixture);
    return 0;
}

static struct instant in_minutes(int64_t minutes)
{
    return instant_plus(fixture.now, span_minutes(minutes));
}

static struct delivery *insert(const char *post, int64_t minutes)
{
    struct delivery *delivery = fixture_delivery(&fixture, post, "toots", in_minutes(minutes));

    fixture_insert(&fixture, delivery);
    return delivery;
}

static void a_row_comes_back_as_it_was_written_also_after_a_restart(void **state)
{
    static const struct medium medium = {.file = "traffic/हेलमेट.jpg",
                                         .alt = "हेलमेट",
                                         .recipe = "mastodon/1",
                                         .sha256 =
                                             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
                                             "a495991b7852b855",
                                         .mime = "image/jpeg",
                                         .bytes = 4711,
                                         .role = MEDIUM_THUMBNAIL,
                                         .width = 1200,
                                         .height = 630};
    struct delivery *written = fixture_delivery(&fixture, "helmet", "toots", in_minutes(5)), *read;

    (void)state;
    written->media = &medium;
    written->media_count = 1;
    written->lead = span_minutes(10);
    written->late = LATE_HOLD;
    written->urgency = URGENCY_URGENT;
    written->again = true;
    written->approvals = 2;
    fixture_insert(&fixture, written);
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    read = fixture_row(&fixture, written->id);
    assert_string_equal(read->content, written->content);
    assert_string_equal(read->media[0].file, medium.file);
    assert_string_equal(read->media[0].sha256, medium.sha256);
    assert_int_equal(read->media[0].bytes, 4711);
    assert_int_equal(read->media[0].role, MEDIUM_THUMBNAIL);
    assert_int_equal(read->lead.ms, 600000);
    assert_int_equal(read->late, LATE_HOLD);
    assert_int_equal(read->urgency, URGENCY_URGENT);
    assert_true(read->again);
    assert_int_equal(read->approvals, 2);
    assert_true(instant_is_none(read->not_before));
    assert_int_equal(read->at.ms, written->at.ms);
    assert_int_equal(read->state, STATE_READY);
}

static void a_part_of_a_thread_knows_what_it_answers_and_where_the_thread_begins(void **state)
{
    struct delivery *parts[3], *read;
    static const char *const occurrences[] = {"once", "once.2", "once.3"};
    struct deliveries answers;

    (void)state;
    assert_true(outbox_answers(fixture.outbox, "0123456789abcdef", &fixture.arena, &answers,
                               &fixture.err)); /* none answers any yet */
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        parts[i] = fixture_delivery(&fixture, "thread", "toots", in_minutes(5));
        parts[i]->occurrence = occurrences[i];
        delivery_set_id(parts[i]);
        fixture_insert(&fixture, parts[i]);
    }
    assert_string_equal(parts[0]->parent, "");
    assert_string_equal(parts[1]->parent, parts[0]->id);
    assert_string_equal(parts[2]->parent, parts[1]->id);
    read = fixture_row(&fixture, parts[1]->id);
    assert_int_equal(read->parent_state, STATE_READY);
    assert_string_equal(read->parent_id, "");
    for (size_t i = 0; i < 2; i++) {
        struct delivery *row = fixture_row(&fixture, parts[i]->id);
        row->state = STATE_SENDING;
        assert_int_equal(fixture_change(&fixture, row, STATE_READY, "publish.intent"), WRITTEN);
        row = fixture_row(&fixture, parts[i]->id);
        row->state = STATE_PUBLISHED;
        row->remote_id = i ? "1002" : "1001";
        row->after = i ? "" : "{\"first_comment\":{\"at\":\"done\"}}";
        assert_int_equal(fixture_change(&fixture, row, STATE_SENDING, "publish.confirmed"),
                         WRITTEN);
    }
    read = fixture_row(&fixture, parts[2]->id);
    assert_string_equal(read->parent, parts[1]->id);
    assert_int_equal(read->parent_state, STATE_PUBLISHED);
    assert_string_equal(read->parent_id, "1002");
    assert_string_equal(read->root_id, "1001");
    assert_string_equal(fixture_row(&fixture, parts[0]->id)->after,
                        "{\"first_comment\":{\"at\":\"done\"}}");
    assert_true(
        outbox_answers(fixture.outbox, parts[0]->id, &fixture.arena, &answers, &fixture.err));
    assert_int_equal(answers.count, 1);
    assert_string_equal(answers.items[0]->id, parts[1]->id);
}

static void what_is_left_to_do_to_a_published_row_is_due_at_its_time(void **state)
{
    const char *id = insert("helmet", 0)->id;
    struct due_place place = {.at = INSTANT_NONE};
    struct deliveries due;
    struct delivery *row;

    (void)state;
    row = fixture_row(&fixture, id);
    row->state = STATE_SENDING;
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, "publish.intent"), WRITTEN);
    row = fixture_row(&fixture, id);
    row->state = STATE_PUBLISHED;
    row->not_before = in_minutes(3);
    assert_int_equal(fixture_change(&fixture, row, STATE_SENDING, "publish.confirmed"), WRITTEN);
    assert_true(
        outbox_due(fixture.outbox, &place, in_minutes(2), 10, &fixture.arena, &due, &fixture.err));
    assert_int_equal(due.count, 0);
    assert_true(
        outbox_due(fixture.outbox, &place, in_minutes(3), 10, &fixture.arena, &due, &fixture.err));
    assert_int_equal(due.count, 1);
    row = fixture_row(&fixture, id);
    row->not_before = INSTANT_NONE;
    assert_int_equal(fixture_change(&fixture, row, STATE_PUBLISHED, "after.done"), WRITTEN);
    place = (struct due_place){.at = INSTANT_NONE};
    assert_true(
        outbox_due(fixture.outbox, &place, in_minutes(60), 10, &fixture.arena, &due, &fixture.err));
    assert_int_equal(due.count, 0);
}

static void what_a_person_lets_go_early_is_due_at_once_also_after_a_restart(void **state)
{
    const char *id = insert("helmet", 600)->id;
    struct due_place place = {.at = INSTANT_NONE};
    struct deliveries due;
    struct delivery *row;

    (void)state;
    row = fixture_row(&fixture, id);
    row->early = in_minutes(-1);
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, "publish.now"), WRITTEN);
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(
        outbox_due(fixture.outbox, &place, fixture.now, 10, &fixture.arena, &due, &fixture.err));
    assert_int_equal(due.count, 1);
    assert_int_equal(delivery_opens(due.items[0]).ms, in_minutes(-1).ms);
    assert_int_equal(due.items[0]->at.ms, in_minutes(600).ms);
}

static void a_receipt_belongs_to_one_delivery_of_an_account(void **state)
{
    const char *ids[] = {insert("helmet", 0)->id, insert("belt", 0)->id};
    struct delivery *row = fixture_row(&fixture, ids[0]);
    bool taken;

    (void)state;
    row->state = STATE_SENDING;
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, "publish.intent"), WRITTEN);
    row = fixture_row(&fixture, ids[0]);
    row->state = STATE_PUBLISHED;
    row->remote_id = "4711";
    assert_int_equal(fixture_change(&fixture, row, STATE_SENDING, "publish.confirmed"), WRITTEN);
    assert_true(outbox_remote_id_taken(fixture.outbox, fixture_row(&fixture, ids[1]), "4711",
                                       &taken, &fixture.err));
    assert_true(taken);
    assert_true(outbox_remote_id_taken(fixture.outbox, fixture_row(&fixture, ids[1]), "4712",
                                       &taken, &fixture.err));
    assert_false(taken);
    assert_true(outbox_remote_id_taken(fixture.outbox, fixture_row(&fixture, ids[0]), "4711",
                                       &taken, &fixture.err));
    assert_false(taken);
}

/* What is found by its words may be the other post that says the same. */
static void what_is_found_is_nobodys_receipt_when_it_is_anothers(void **state)
{
    const char *ids[] = {insert("helmet", 0)->id, insert("belt", 0)->id};
    struct delivery *row;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        row = fixture_row(&fixture, ids[i]);
        row->state = STATE_SENDING;
        assert_int_equal(fixture_change(&fixture, row, STATE_READY, "publish.intent"), WRITTEN);
    }
    row = fixture_row(&fixture, ids[0]);
    row->state = STATE_PUBLISHED;
    row->remote_id = "4711";
    assert_int_equal(fixture_change(&fixture, row, STATE_SENDING, "publish.confirmed"), WRITTEN);
    row = fixture_row(&fixture, ids[1]);
    row->state = STATE_PUBLISHED;
    row->remote_id = "4711";
    assert_int_equal(fixture_change(&fixture, row, STATE_SENDING, "reconcile"), WRITTEN_POST_TAKEN);
    assert_int_equal(fixture_row(&fixture, ids[1])->state, STATE_SENDING);
    row->remote_id = "4712";
    assert_int_equal(fixture_change(&fixture, row, STATE_SENDING, "reconcile"), WRITTEN);
}

static void a_part_without_its_parent_says_so(void **state)
{
    struct delivery *part = fixture_delivery(&fixture, "thread", "toots", in_minutes(5));

    (void)state;
    part->occurrence = "2026-12-04T19:00.2";
    delivery_set_id(part);
    fixture_insert(&fixture, part);
    assert_int_equal(fixture_row(&fixture, part->id)->parent_state, STATE_CANCELLED);
}

static void a_change_writes_the_row_and_raises_its_revision(void **state)
{
    const char *id = insert("helmet", 0)->id;
    struct delivery *row;

    (void)state;
    assert_int_equal(fixture_move(&fixture, id, STATE_HELD, REASON_PERSON), WRITTEN);
    row = fixture_row(&fixture, id);
    assert_int_equal(row->state, STATE_HELD);
    assert_string_equal(row->reason, REASON_PERSON);
    assert_int_equal(row->rev, 1);
}

static void a_change_of_a_row_that_was_changed_meanwhile_is_stale(void **state)
{
    struct delivery *row;

    (void)state;
    row = fixture_row(&fixture, insert("helmet", 0)->id);
    assert_int_equal(fixture_move(&fixture, row->id, STATE_READY, ""), WRITTEN);
    row->state = STATE_HELD;
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, "hold"), WRITTEN_STALE);
    assert_int_equal(fixture_row(&fixture, row->id)->state, STATE_READY);
}

static void a_change_of_no_row_is_gone(void **state)
{
    struct delivery *never = fixture_delivery(&fixture, "never", "toots", in_minutes(1));

    (void)state;
    assert_int_equal(fixture_change(&fixture, never, STATE_READY, "hold"), WRITTEN_GONE);
}

/* Test builds abort; others refuse and write nothing. */
static void a_change_that_is_not_drawn_is_never_written(void **state)
{
    const char *id = insert("helmet", 0)->id;
    pid_t child;
    int status;

    (void)state;
    fixture_close(&fixture);
    child = fork();
    if (child == 0) {
        enum written written;
        close(2);
        if (!fixture_open(&fixture))
            _exit(2);
        signal(SIGABRT, SIG_DFL);
        written = fixture_move(&fixture, id, STATE_RETRACTED, "");
        _exit(written == WRITTEN_UNDRAWN ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true((WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) ||
                (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    assert_true(fixture_open(&fixture));
    assert_int_equal(fixture_row(&fixture, id)->state, STATE_READY);
}

static void rolled_back_work_leaves_no_trace(void **state)
{
    struct delivery *row = fixture_delivery(&fixture, "helmet", "toots", in_minutes(1)), *read;
    int64_t counts[STATE_COUNT];

    (void)state;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_insert(fixture.outbox, row, "mastodon|toots", &fixture.err));
    assert_true(outbox_note(fixture.outbox, "hold", "svc:crier", NULL, fixture.now, &fixture.err));
    outbox_rollback(fixture.outbox);
    assert_false(outbox_read(fixture.outbox, row->id, &fixture.arena, &read, &fixture.err));
    assert_int_equal(fixture.err.kind, ERR_USAGE);
    assert_true(outbox_counts(fixture.outbox, counts, &fixture.err));
    assert_int_equal(counts[STATE_READY], 0);
    insert("belt", 1);
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
}

static size_t due(struct instant after, struct instant now, struct deliveries *rows)
{
    struct due_place place = {after, INT64_MAX};

    assert_true(outbox_due(fixture.outbox, &place, now, 100, &fixture.arena, rows, &fixture.err));
    return rows->count;
}

static void due_is_what_may_begin_earliest_first(void **state)
{
    struct delivery *picture = fixture_delivery(&fixture, "picture", "toots", in_minutes(30));
    struct delivery *waits = fixture_delivery(&fixture, "waits", "toots", in_minutes(-5));
    struct deliveries rows;

    (void)state;
    insert("past", -1);
    insert("now", 0);
    insert("later", 10);
    picture->lead = span_minutes(40); /* begins 10 minutes ago */
    fixture_insert(&fixture, picture);
    waits->not_before = in_minutes(3);
    fixture_insert(&fixture, waits);
    assert_int_equal(due(INSTANT_NONE, fixture.now, &rows), 3);
    assert_string_equal(rows.items[0]->post, "picture");
    assert_string_equal(rows.items[1]->post, "past");
    assert_string_equal(rows.items[2]->post, "now");
    assert_int_equal(due(in_minutes(-1), in_minutes(5), &rows), 2);
    assert_string_equal(rows.items[0]->post, "now");
    assert_string_equal(rows.items[1]->post, "waits");
}

static void due_of_one_moment_comes_page_by_page_each_once(void **state)
{
    struct due_place place = {INSTANT_NONE, 0};
    struct deliveries page;
    size_t i, seen = 0;

    (void)state;
    for (i = 0; i < 7; i++)
        insert(arena_printf(&fixture.arena, "p%zu", i), i < 5 ? 0 : 1);
    do {
        assert_true(outbox_due(fixture.outbox, &place, in_minutes(1), 3, &fixture.arena, &page,
                               &fixture.err));
        for (i = 0; i < page.count; i++)
            assert_string_equal(page.items[i]->post, arena_printf(&fixture.arena, "p%zu", seen++));
    } while (page.count == 3);
    assert_int_equal(seen, 7);
    insert("past", 0);
    assert_true(
        outbox_due(fixture.outbox, &place, in_minutes(2), 3, &fixture.arena, &page, &fixture.err));
    assert_int_equal(page.count, 0);
}

static void next_due_is_the_earliest_begin_or_end(void **state)
{
    struct delivery *planned = fixture_delivery(&fixture, "planned", "toots", in_minutes(-60));
    struct instant next;

    (void)state;
    assert_true(
        outbox_next_due(fixture.outbox, fixture.now, (struct span){0}, &next, &fixture.err));
    assert_true(instant_is_none(next));
    insert("now", 0);
    insert("later", 90);
    assert_true(
        outbox_next_due(fixture.outbox, fixture.now, (struct span){0}, &next, &fixture.err));
    assert_int_equal(next.ms, in_minutes(90).ms);
    assert_true(
        outbox_next_due(fixture.outbox, fixture.now, (struct span){5000}, &next, &fixture.err));
    assert_int_equal(next.ms, in_minutes(90).ms - 5000);
    planned->state = STATE_PLANNED; /* useful for 2 h */
    fixture_insert(&fixture, planned);
    assert_true(
        outbox_next_due(fixture.outbox, fixture.now, (struct span){0}, &next, &fixture.err));
    assert_int_equal(next.ms, in_minutes(60).ms + 1);
}

static void overdue_are_planned_and_held_rows_past_their_use(void **state)
{
    struct delivery *planned = fixture_delivery(&fixture, "planned", "toots", in_minutes(-120));
    struct deliveries rows;

    (void)state;
    planned->state = STATE_PLANNED;
    fixture_insert(&fixture, planned);
    insert("ready", -300);
    assert_true(
        outbox_overdue(fixture.outbox, fixture.now, 10, &fixture.arena, &rows, &fixture.err));
    assert_int_equal(rows.count, 0);
    fixture.now.ms++;
    assert_true(
        outbox_overdue(fixture.outbox, fixture.now, 10, &fixture.arena, &rows, &fixture.err));
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.items[0]->post, "planned");
}

static void unfinished_are_preparing_sending_and_doubtful(void **state)
{
    struct deliveries rows;
    const char *a = insert("a", 0)->id, *b = insert("b", 0)->id, *c = insert("c", 0)->id;

    (void)state;
    insert("d", 0);
    fixture_move(&fixture, a, STATE_PREPARING, "");
    fixture_move(&fixture, b, STATE_SENDING, "");
    fixture_move(&fixture, c, STATE_SENDING, "");
    fixture_move(&fixture, c, STATE_DOUBTFUL, "");
    assert_true(outbox_unfinished(fixture.outbox, &fixture.arena, &rows, &fixture.err));
    assert_int_equal(rows.count, 3);
}

static void counts_follow_every_change_and_survive_a_restart(void **state)
{
    int64_t counts[STATE_COUNT];
    const char *id = insert("a", 0)->id;

    (void)state;
    insert("b", 0);
    fixture_move(&fixture, id, STATE_SENDING, "");
    fixture_move(&fixture, id, STATE_PUBLISHED, "");
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(outbox_counts(fixture.outbox, counts, &fixture.err));
    assert_int_equal(counts[STATE_READY], 1);
    assert_int_equal(counts[STATE_SENDING], 0);
    assert_int_equal(counts[STATE_PUBLISHED], 1);
}

static size_t list(const struct outbox_filter *filter, struct deliveries *rows)
{
    assert_true(outbox_list(fixture.outbox, filter, &fixture.arena, rows, &fixture.err));
    return rows->count;
}

#define EVERYTHING .from = INSTANT_NONE, .until = INSTANT_NONE

static void lists_filter_by_name_id_account_state_and_time(void **state)
{
    const char *id = insert("helmet", 5)->id;
    struct deliveries rows;

    (void)state;
    insert("helmet-two", 6);
    insert("belt", 7);
    fixture_insert(&fixture, fixture_delivery(&fixture, "belt", "x-main", in_minutes(8)));
    fixture_move(&fixture, id, STATE_HELD, REASON_PERSON);
    assert_int_equal(list(&(struct outbox_filter){EVERYTHING}, &rows), 4);
    assert_int_equal(list(&(struct outbox_filter){EVERYTHING, .prefix = "traffic/helmet"}, &rows),
                     2);
    assert_int_equal(list(&(struct outbox_filter){EVERYTHING, .prefix = "traffic/helmet@"}, &rows),
                     1);
    assert_int_equal(list(&(struct outbox_filter){EVERYTHING, .prefix = id}, &rows), 1);
    assert_int_equal(list(&(struct outbox_filter){EVERYTHING, .account = "x-main"}, &rows), 1);
    assert_int_equal(list(&(struct outbox_filter){EVERYTHING, .campaign = "cyber"}, &rows), 0);
    assert_int_equal(list(&(struct outbox_filter){EVERYTHING, .states = 1u << STATE_HELD}, &rows),
                     1);
    assert_int_equal(
        list(&(struct outbox_filter){.from = in_minutes(6), .until = in_minutes(8)}, &rows), 2);
}

static void lists_are_read_page_by_page_without_gap_or_double(void **state)
{
    struct outbox_filter filter = {EVERYTHING, .limit = 7};
    struct deliveries rows;
    size_t seen = 0;
    int i;

    (void)state;
    for (i = 0; i < 40; i++) /* many share their time: the id decides */
        insert(arena_printf(&fixture.arena, "p%d", i), i / 10);
    while (list(&filter, &rows) > 0) {
        seen += rows.count;
        filter.after_id = rows.items[rows.count - 1]->id;
        filter.after_at = rows.items[rows.count - 1]->at;
    }
    assert_int_equal(seen, 40);
}

static void flags_accounts_and_values_are_kept(void **state)
{
    const struct account_state put = {.account = "toots",
                                      .identity = "mastodon|host|police",
                                      .handle = "police",
                                      .remote_id = "42",
                                      .paused = "token",
                                      .paused_since = fixture.now,
                                      .last_publish = INSTANT_NONE,
                                      .retry_at = INSTANT_NONE,
                                      .server_limits = "",
                                      .limits_read = INSTANT_NONE};
    const struct account_state *accounts;
    const struct flag *flags;
    const char *value;
    size_t count;

    (void)state;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_flag_set(fixture.outbox, "all", "", true, &fixture.err));
    assert_true(outbox_flag_set(fixture.outbox, "account", "toots", true, &fixture.err));
    assert_true(outbox_flag_set(fixture.outbox, "all", "", false, &fixture.err));
    assert_true(outbox_account_put(fixture.outbox, &put, &fixture.err));
    assert_true(outbox_value_put(fixture.outbox, "high-water", "17", &fixture.err));
    fixture_commit(&fixture);
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(outbox_flags(fixture.outbox, &fixture.arena, &flags, &count, &fixture.err));
    assert_int_equal(count, 1);
    assert_int_equal(flags[0].scope, FLAG_ACCOUNT);
    assert_string_equal(flags[0].name, "toots");
    assert_true(outbox_accounts(fixture.outbox, &fixture.arena, &accounts, &count, &fixture.err));
    assert_int_equal(count, 1);
    assert_string_equal(accounts[0].paused, "token");
    assert_int_equal(accounts[0].paused_since.ms, fixture.now.ms);
    assert_true(instant_is_none(accounts[0].last_publish));
    assert_true(outbox_value(fixture.outbox, "high-water", &fixture.arena, &value, &fixture.err));
    assert_string_equal(value, "17");
    assert_true(outbox_value(fixture.outbox, "nothing", &fixture.arena, &value, &fixture.err));
    assert_null(value);
}

/* The hashes, by their first digit. */
static const char *media_since(struct instant since)
{
    char *seen = arena_text(&fixture.arena, "----");
    const char *const *hashes;
    size_t count;

    assert_true(outbox_media(fixture.outbox, since, &fixture.arena, &hashes, &count, &fixture.err));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(strlen(hashes[i]), 64);
        if (*hashes[i] >= 'a' && *hashes[i] <= 'd')
            seen[*hashes[i] - 'a'] = *hashes[i];
    }
    return seen;
}

static const char *insert_with_medium(const char *post, int minutes, char digit, char of)
{
    struct medium *medium = arena_alloc(&fixture.arena, sizeof *medium);
    struct delivery *delivery = fixture_delivery(&fixture, post, "toots", in_minutes(minutes));

    *medium = (struct medium){.file = "a.jpg", .alt = "deadbeef", .recipe = "", .mime = "a/b"};
    memset(medium->sha256, digit, sizeof medium->sha256 - 1);
    if (of)
        memset(medium->source, of, sizeof medium->source - 1);
    delivery->media = medium;
    delivery->media_count = 1;
    fixture_insert(&fixture, delivery);
    return delivery->id;
}

/* Due long ago, it counts as long as something may become of it; due lately, whatever became. */
static void media_are_those_of_rows_that_are_open_or_were_due_lately(void **state)
{
    const char *old = insert_with_medium("old", 5, 'a', 'b');
    const char *late = insert_with_medium("late", 60, 'c', 0);

    (void)state;
    insert("plain", 7);
    assert_string_equal(media_since(in_minutes(100)), "abc-");
    fixture_move(&fixture, old, STATE_HELD, REASON_MEDIA);
    assert_string_equal(media_since(in_minutes(100)), "abc-");
    fixture_move(&fixture, old, STATE_CANCELLED, REASON_PERSON);
    fixture_move(&fixture, late, STATE_SENDING, "");
    assert_string_equal(media_since(in_minutes(30)), "--c-");
    fixture_move(&fixture, late, STATE_PUBLISHED, "");
    assert_string_equal(media_since(in_minutes(30)), "--c-");
    assert_string_equal(media_since(in_minutes(5)), "abc-");
    assert_string_equal(media_since(in_minutes(61)), "----");
}

static void a_session_is_kept_sealed_and_is_nowhere_in_the_audit_log(void **state)
{
    const struct account_state put = {.account = "sky",
                                      .identity = "bluesky||police",
                                      .handle = "police",
                                      .remote_id = "did:plc:1",
                                      .paused = "",
                                      .paused_since = INSTANT_NONE,
                                      .last_publish = INSTANT_NONE,
                                      .retry_at = INSTANT_NONE,
                                      .server_limits = "",
                                      .limits_read = INSTANT_NONE,
                                      .host = "a.host.bsky.network",
                                      .tokens = "sealed-canary",
                                      .tokens_until = in_minutes(120),
                                      .scopes = "write read",
                                      .ends = in_minutes(600),
                                      .identified = in_minutes(-10),
                                      .spent = "{\"posts\":[1]}"};
    const struct account_state *accounts;
    size_t count;

    (void)state;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_account_put(fixture.outbox, &put, &fixture.err));
    fixture_commit(&fixture);
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(outbox_accounts(fixture.outbox, &fixture.arena, &accounts, &count, &fixture.err));
    assert_int_equal(count, 1);
    assert_string_equal(accounts[0].tokens, "sealed-canary");
    assert_string_equal(accounts[0].host, "a.host.bsky.network");
    assert_int_equal(accounts[0].tokens_until.ms, in_minutes(120).ms);
    assert_string_equal(accounts[0].scopes, "write read");
    assert_int_equal(accounts[0].ends.ms, in_minutes(600).ms);
    assert_int_equal(accounts[0].identified.ms, in_minutes(-10).ms);
    assert_string_equal(accounts[0].spent, "{\"posts\":[1]}");
    assert_int_not_equal(system(arena_printf(&fixture.arena, "grep -rq sealed-canary '%s'",
                                             fixture_path(&fixture, "audit"))),
                         0);
}

static enum written name_record(struct delivery *row, const char *record_key)
{
    (void)snprintf(row->record_key, sizeof row->record_key, "%s", record_key);
    row->state = STATE_SENDING;
    row->born = fixture.now;
    return fixture_change(&fixture, row, STATE_READY, "publish.intent");
}

static void a_record_key_belongs_to_one_row_for_ever(void **state)
{
    struct delivery *first = fixture_row(&fixture, insert("helmet", 0)->id),
                    *second = fixture_row(&fixture, insert("belt", 0)->id);

    (void)state;
    assert_int_equal(name_record(first, "3m6vshwqnbbla"), WRITTEN);
    assert_int_equal(name_record(second, "3m6vshwqnbbla"), WRITTEN_KEY_TAKEN);
    assert_string_equal(fixture_row(&fixture, second->id)->record_key, "");
    assert_int_equal(name_record(second, "3m6vshwqnbblb"), WRITTEN);
    assert_string_equal(fixture_row(&fixture, first->id)->record_key, "3m6vshwqnbbla");
    assert_string_equal(fixture_row(&fixture, second->id)->record_key, "3m6vshwqnbblb");
}

static void a_flag_that_cannot_be_read_holds_everything(void **state)
{
    const struct flag *flags;
    size_t count;

    (void)state;
    fixture_close(&fixture);
    fixture_sql(&fixture, "INSERT INTO flag VALUES ('acco?nt', 'toots')");
    assert_true(fixture_open(&fixture));
    assert_true(outbox_flags(fixture.outbox, &fixture.arena, &flags, &count, &fixture.err));
    assert_int_equal(count, 1);
    assert_int_equal(flags[0].scope, FLAG_ALL);
}

static void approve(const struct delivery *delivery, int64_t uid, struct instant given)
{
    struct approval approval = {.at = delivery->at,
                                .useful_until = delivery->useful_until,
                                .uid = uid,
                                .login = "asha",
                                .given = given};

    memcpy(approval.delivery, delivery->id, sizeof approval.delivery);
    memcpy(approval.content_hash, delivery->content_hash, DIGEST_HEX);
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_approve(fixture.outbox, &approval, &fixture.err));
    fixture_commit(&fixture);
}

static void nothing_starts_without_the_approvals_it_asks_for(void **state)
{
    struct delivery *row = fixture_delivery(&fixture, "helmet", "toots", in_minutes(1));

    (void)state;
    row->approvals = 2;
    fixture_insert(&fixture, row);
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN_UNAPPROVED);
    approve(row, row->author, fixture.now); /* never by the author */
    approve(row, 2001, fixture.now);
    approve(row, 2001, fixture.now); /* one person counts once */
    assert_int_equal(fixture_move(&fixture, row->id, STATE_PREPARING, ""), WRITTEN_UNAPPROVED);
    approve(row, 2002, instant_minus(fixture.now, span_days(36))); /* ran out */
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN_UNAPPROVED);
    approve(row, 2002, fixture.now);
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN);
}

static void an_approval_of_other_words_or_another_window_is_none(void **state)
{
    struct delivery *row = fixture_delivery(&fixture, "helmet", "toots", in_minutes(1));
    struct delivery other = *row;

    (void)state;
    row->approvals = 1;
    fixture_insert(&fixture, row);
    other.at.ms++;
    approve(&other, 2001, fixture.now);
    other = *row;
    other.content_hash[0] = other.content_hash[0] == '0' ? '1' : '0';
    approve(&other, 2001, fixture.now);
    assert_int_equal(fixture_move(&fixture, row->id, STATE_SENDING, ""), WRITTEN_UNAPPROVED);
}

static void the_same_file_opened_twice_is_busy(void **state)
{
    const struct outbox_options options = fixture_options(&fixture);
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        execl("/proc/self/exe", "test", "--second", options.state, (char *)NULL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 75);
    insert("still-works", 1);
}

/* This program again, as another process that wants the same state folder. */
static int open_as_second(const char *folder)
{
    struct outbox_options options = fixture_options(&fixture);
    struct outbox *outbox;
    struct err err;

    options.state = folder;
    return outbox_open(&options, (struct instant){0}, &outbox, &err) ? 0
                                                                     : err_exit_status(err.kind);
}

/* What is in hand is what is stored. */
static void a_change_after_a_rollback_starts_from_what_is_stored(void **state)
{
    struct delivery *row = fixture_delivery(&fixture, "helmet", "toots", fixture.now);
    const struct change change = {
        .after = row, .from = STATE_SENDING, .event = "defer", .actor = "svc:crier"};
    enum written written;
    const char *twin;

    (void)state;
    fixture_insert(&fixture, row);
    row->state = STATE_SENDING;
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, "publish.intent"), WRITTEN);
    row->rev = 1;
    row->state = STATE_READY;
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_change(fixture.outbox, &change, fixture.now, &fixture.arena, &written, &twin,
                              &fixture.err));
    assert_int_equal(written, WRITTEN);
    outbox_rollback(fixture.outbox);
    assert_int_equal(fixture_row(&fixture, row->id)->state, STATE_SENDING);
    assert_int_equal(fixture_change(&fixture, row, STATE_SENDING, "defer"), WRITTEN);
    assert_int_equal(fixture_change(&fixture, row, STATE_SENDING, "defer"), WRITTEN_STALE);
}

/* More rows than are kept in hand, each as it was written. */
static void many_rows_change_in_turn(void **state)
{
    enum { MANY = 1500, TIMES = 3 };
    int time, i;

    (void)state;
    for (i = 0; i < MANY; i++) {
        const char *post = arena_printf(&fixture.arena, "p%d", i);
        fixture_insert(&fixture, fixture_delivery(&fixture, post, "toots", fixture.now));
    }
    for (time = 0; time < TIMES; time++) {
        for (i = 0; i < MANY; i++) {
            struct delivery *row =
                fixture_delivery(&fixture, arena_printf(&fixture.arena, "p%d", i), "toots",
                                 fixture.now);
            row->rev = time;
            row->note = arena_printf(&fixture.arena, "%d of %d", time, i);
            assert_int_equal(fixture_change(&fixture, row, STATE_READY, "defer"), WRITTEN);
            assert_string_equal(fixture_row(&fixture, row->id)->note, row->note);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_comes_back_as_it_was_written_also_after_a_restart),
        TEST(a_part_of_a_thread_knows_what_it_answers_and_where_the_thread_begins),
        TEST(a_part_without_its_parent_says_so),
        TEST(what_is_left_to_do_to_a_published_row_is_due_at_its_time),
        TEST(what_a_person_lets_go_early_is_due_at_once_also_after_a_restart),
        TEST(a_receipt_belongs_to_one_delivery_of_an_account),
        TEST(what_is_found_is_nobodys_receipt_when_it_is_anothers),
        TEST(a_change_writes_the_row_and_raises_its_revision),
        TEST(a_change_of_a_row_that_was_changed_meanwhile_is_stale),
        TEST(a_change_of_no_row_is_gone),
        TEST(a_change_that_is_not_drawn_is_never_written),
        TEST(rolled_back_work_leaves_no_trace),
        TEST(due_is_what_may_begin_earliest_first),
        TEST(due_of_one_moment_comes_page_by_page_each_once),
        TEST(next_due_is_the_earliest_begin_or_end),
        TEST(overdue_are_planned_and_held_rows_past_their_use),
        TEST(unfinished_are_preparing_sending_and_doubtful),
        TEST(counts_follow_every_change_and_survive_a_restart),
        TEST(lists_filter_by_name_id_account_state_and_time),
        TEST(media_are_those_of_rows_that_are_open_or_were_due_lately),
        TEST(a_session_is_kept_sealed_and_is_nowhere_in_the_audit_log),
        TEST(a_record_key_belongs_to_one_row_for_ever),
        TEST(lists_are_read_page_by_page_without_gap_or_double),
        TEST(flags_accounts_and_values_are_kept),
        TEST(a_flag_that_cannot_be_read_holds_everything),
        TEST(nothing_starts_without_the_approvals_it_asks_for),
        TEST(an_approval_of_other_words_or_another_window_is_none),
        TEST(the_same_file_opened_twice_is_busy),
        TEST(a_change_after_a_rollback_starts_from_what_is_stored),
        TEST(many_rows_change_in_turn),
    };

    if (argc == 3 && !strcmp(argv[1], "--second"))
        return open_as_second(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

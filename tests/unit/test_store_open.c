/* What a start does with the files it finds: whole, torn, old, foreign, damaged. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inside.h"
#include "support/store_fixture.h"

static struct fixture fixture;
#define LINES "audit/audit-000000000000.jsonl"

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

static struct delivery *insert(const char *post)
{
    struct delivery *delivery = fixture_delivery(&fixture, post, "toots", fixture.now);

    fixture_insert(&fixture, delivery);
    return delivery;
}

static void note(const char *event)
{
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_note(fixture.outbox, event, "svc:crier", NULL, fixture.now, &fixture.err));
    fixture_commit(&fixture);
}

static void note_many(int count)
{
    while (count-- > 0)
        note("test");
}

static void refused(const char *words)
{
    assert_false(fixture_open(&fixture));
    assert_int_equal(fixture.err.kind, ERR_CONFIG);
    if (!strstr(fixture.err.text, words))
        fail_msg("\"%s\" does not say \"%s\"", fixture.err.text, words);
}

static void verifies(int64_t records)
{
    struct audit_verdict verdict;
    struct span again;

    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_AT_END, &again, &fixture.err));
    assert_true(audit_verify(fixture_path(&fixture, "audit"), NULL, &verdict, &fixture.err));
    assert_string_equal(verdict.why, "");
    assert_true(verdict.ok);
    assert_int_equal(verdict.records, records);
    assert_int_equal(verdict.checkpoint, records);
}

static void settings_are_as_promised(void **state)
{
    static const char *const wanted[][2] = {
        {"PRAGMA synchronous", "2"},          {"PRAGMA journal_mode", "wal"},
        {"PRAGMA locking_mode", "exclusive"}, {"PRAGMA wal_autocheckpoint", "0"},
        {"PRAGMA foreign_keys", "1"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(wanted); i++) {
        sqlite3_stmt *statement =
            database_statement(&fixture.outbox->database, wanted[i][0], &fixture.err);
        bool row;
        assert_non_null(statement);
        assert_true(database_step(&fixture.outbox->database, statement, &row, &fixture.err));
        assert_string_equal(sqlite3_column_text(statement, 0), wanted[i][1]);
        sqlite3_reset(statement);
    }
}

/* Nothing else would: the daemon may be busy for hours. */
static void a_large_journal_is_folded_while_it_is_busy(void **state)
{
    struct span again;
    size_t length;
    int i;

    (void)state;
    for (i = 0; i < 90; i++) {
        struct delivery *delivery =
            fixture_delivery(&fixture, arena_printf(&fixture.arena, "p%d", i), "toots",
                             fixture.now);
        char *content = arena_alloc(&fixture.arena, 1 << 20);
        memset(content, 'x', (1 << 20) - 1);
        delivery->content = content;
        digest_hex_of(content, (1 << 20) - 1, delivery->content_hash);
        delivery->content_hash[0] = (char)('a' + i % 10); /* each its own, and nobody reads them */
        delivery->content_hash[1] = (char)('a' + i / 10);
        fixture_insert(&fixture, delivery);
        assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_BUSY, &again, &fixture.err));
    }
    (void)fixture_read(&fixture, "outbox.db", &length);
    assert_true(length > 58 << 20);
    (void)fixture_read(&fixture, "outbox.db-wal", &length);
    assert_true(length < 68 << 20);
}

/* Its length; without a header it holds nothing. */
static size_t emptied_journal(void)
{
    static const char nothing[32];
    size_t length;
    const char *bytes = fixture_read(&fixture, "outbox.db-wal", &length);

    assert_true(length > sizeof nothing);
    assert_memory_equal(bytes, nothing, sizeof nothing);
    return length;
}

static void insert_many(int count)
{
    for (int i = 0; i < count; i++)
        fixture_insert(&fixture, fixture_delivery(&fixture, arena_printf(&fixture.arena, "p%d", i),
                                                  "toots", fixture.now));
}

static void an_emptied_journal_keeps_its_place_and_holds_nothing(void **state)
{
    struct span again;
    const char *id;
    size_t length;

    (void)state;
    insert_many(20);
    id = fixture_delivery(&fixture, "p19", "toots", fixture.now)->id;
    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_AT_END, &again, &fixture.err));
    length = emptied_journal();
    fixture_close(&fixture);
    assert_int_equal(emptied_journal(), length);
    unlink(fixture_path(&fixture, "outbox.db-wal"));
    assert_true(fixture_open(&fixture));
    assert_non_null(fixture_row(&fixture, id));
}

/* Behind the new frames stand those of before, as whole as they were. */
static void what_stood_in_the_journal_before_does_not_come_back(void **state)
{
    const char *id;

    (void)state;
    insert_many(20);
    id = fixture_delivery(&fixture, "p7", "toots", fixture.now)->id;
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_int_equal(fixture_move(&fixture, id, STATE_HELD, "requested"), WRITTEN);
    fixture_copy(&fixture, "outbox.db", "killed.db");
    fixture_copy(&fixture, "outbox.db-wal", "killed.db-wal");
    fixture_close(&fixture);
    fixture_copy(&fixture, "killed.db", "outbox.db");
    fixture_copy(&fixture, "killed.db-wal", "outbox.db-wal");
    assert_true(fixture_open(&fixture));
    assert_int_equal(fixture_row(&fixture, id)->state, STATE_HELD);
}

static void a_journal_takes_room_for_what_was_loaded(void **state)
{
    enum { LOADED_BYTES = 5 << 20 };
    struct delivery *delivery = fixture_delivery(&fixture, "p", "toots", fixture.now);
    char *content = arena_alloc(&fixture.arena, LOADED_BYTES);
    struct span again;

    (void)state;
    memset(content, 'x', LOADED_BYTES - 1);
    delivery->content = content;
    digest_hex_of(content, LOADED_BYTES - 1, delivery->content_hash);
    assert_true(outbox_begin_load(fixture.outbox, &fixture.err));
    fixture_insert(&fixture, delivery);
    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_AT_END, &again, &fixture.err));
    assert_true(emptied_journal() >= 3 * LOADED_BYTES);
}

static void network_and_fuse_file_systems_are_refused(void **state)
{
    (void)state;
    assert_false(filesystem_is_local(0x6969));
    assert_false(filesystem_is_local(0xFF534D42));
    assert_false(filesystem_is_local(0x65735546));
    assert_true(filesystem_is_local(0xEF53));     /* ext4  */
    assert_true(filesystem_is_local(0x58465342)); /* XFS   */
    assert_true(filesystem_is_local(0x9123683E)); /* btrfs */
}

static void a_file_that_is_no_database_is_refused_and_left_alone(void **state)
{
    static const char text[] = "this is not a database, whatever its name says; it is long enough "
                               "to hold a header of 100 bytes, and then some more";
    size_t length;

    (void)state;
    fixture_close(&fixture);
    fixture_write(&fixture, "outbox.db", text, sizeof text);
    refused("not a database");
    assert_memory_equal(fixture_read(&fixture, "outbox.db", &length), text, sizeof text);
    assert_int_equal(length, sizeof text);
}

static void a_database_of_another_program_is_refused(void **state)
{
    (void)state;
    fixture_close(&fixture);
    unlink(fixture_path(&fixture, "outbox.db"));
    fixture_sql(&fixture, "CREATE TABLE recipe (name TEXT)");
    refused("not made by Crier");
}

static void a_database_of_a_newer_version_is_refused(void **state)
{
    (void)state;
    fixture_close(&fixture);
    fixture_sql(&fixture, "INSERT INTO migration (number) VALUES (999)");
    refused("newer");
}

static void a_database_of_a_trial_version_is_refused(void **state)
{
    (void)state;
    fixture_close(&fixture);
    fixture_sql(&fixture, "DELETE FROM migration WHERE number > 2");
    refused("trial version");
}

static void a_restored_backup_is_refused(void **state)
{
    (void)state;
    note_many(3);
    fixture_close(&fixture);
    fixture_copy(&fixture, "outbox.db", "backup.db");
    assert_true(fixture_open(&fixture));
    note("publish.result");
    fixture_close(&fixture);
    fixture_copy(&fixture, "backup.db", "outbox.db");
    refused("older");
}

/* Even where the newer lines were cut off as well, the signed checkpoint tells. */
static void a_restored_backup_with_its_old_lines_is_refused_by_the_checkpoint(void **state)
{
    struct span again;

    (void)state;
    note_many(3);
    fixture_close(&fixture);
    fixture_copy(&fixture, "outbox.db", "backup.db");
    fixture_copy(&fixture, LINES, "backup.jsonl");
    assert_true(fixture_open(&fixture));
    note("publish.result");
    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_AT_END, &again, &fixture.err));
    fixture_close(&fixture);
    fixture_copy(&fixture, "backup.db", "outbox.db");
    fixture_copy(&fixture, "backup.jsonl", LINES);
    refused("checkpoint");
}

static void audit_files_without_a_database_are_refused_and_none_is_made(void **state)
{
    (void)state;
    note("test");
    fixture_close(&fixture);
    unlink(fixture_path(&fixture, "outbox.db"));
    refused("missing");
    assert_int_equal(access(fixture_path(&fixture, "outbox.db"), F_OK), -1);
}

static void a_changed_last_line_is_refused(void **state)
{
    size_t length;
    char *bytes;

    (void)state;
    note_many(3);
    fixture_close(&fixture);
    bytes = fixture_read(&fixture, LINES, &length);
    *strstr(memrchr(bytes, '\n', length - 1), "svc:") = 'S';
    fixture_write(&fixture, LINES, bytes, length);
    refused("differs");
}

static void a_last_line_that_is_no_record_is_refused(void **state)
{
    size_t length;
    char *bytes;

    (void)state;
    note("test");
    fixture_close(&fixture);
    bytes = fixture_read(&fixture, LINES, &length);
    fixture_write(&fixture, LINES, arena_printf(&fixture.arena, "%shello\n", bytes), length + 6);
    refused("not an audit record");
}

static void another_audit_key_is_refused(void **state)
{
    static const unsigned char other[SIGN_KEY_BYTES] = "another key than the one before";
    struct outbox_options options = fixture_options(&fixture);

    (void)state;
    fixture_close(&fixture);
    options.audit_key = other;
    assert_false(outbox_open(&options, fixture.now, &fixture.outbox, &fixture.err));
    assert_int_equal(fixture.err.kind, ERR_CONFIG);
}

static void the_origin_is_kept_from_the_first_start(void **state)
{
    struct outbox_options options = fixture_options(&fixture);
    size_t length;

    (void)state;
    fixture_close(&fixture);
    options.origin = "renamed.gov.in/crier";
    assert_true(outbox_open(&options, fixture.now, &fixture.outbox, &fixture.err));
    note("test");
    verifies(1);
    assert_memory_equal(fixture_read(&fixture, "audit/checkpoint", &length),
                        "example.gov.in/crier\n", 21);
}

static void lines_that_are_missing_are_written_again(void **state)
{
    size_t length;
    char *bytes, *cut;

    (void)state;
    note_many(5);
    fixture_close(&fixture);
    bytes = fixture_read(&fixture, LINES, &length);
    cut = strchr(strchr(bytes, '\n') + 1, '\n') + 1; /* two whole lines */
    fixture_write(&fixture, LINES, bytes, (size_t)(cut - bytes));
    assert_true(fixture_open(&fixture));
    verifies(5);
}

static void a_whole_log_that_is_missing_is_written_again(void **state)
{
    (void)state;
    note_many(5);
    fixture_close(&fixture);
    unlink(fixture_path(&fixture, LINES));
    assert_true(fixture_open(&fixture));
    verifies(5);
}

/* C10, at every byte of the last record. */
static void a_last_line_cut_at_any_byte_is_kept_told_of_and_written_again(void **state)
{
    size_t length, whole, cut;
    char *bytes;

    (void)state;
    note_many(3);
    fixture_close(&fixture);
    bytes = fixture_read(&fixture, LINES, &length);
    fixture_copy(&fixture, "outbox.db", "backup.db");
    fixture_copy(&fixture, "audit/checkpoint", "backup.checkpoint");
    whole = (size_t)((char *)memrchr(bytes, '\n', length - 1) - bytes) + 1;
    for (cut = whole + 1; cut < length; cut++) {
        size_t torn, size;
        fixture_copy(&fixture, "backup.db", "outbox.db");
        fixture_copy(&fixture, "backup.checkpoint", "audit/checkpoint");
        fixture_write(&fixture, LINES, bytes, cut);
        assert_true(fixture_open(&fixture));
        verifies(4);
        assert_memory_equal(fixture_read(&fixture, "audit/torn-2", &torn), bytes + whole,
                            cut - whole);
        assert_int_equal(torn, cut - whole);
        assert_non_null(strstr(fixture_read(&fixture, LINES, &size), "\"ev\":\"recovery\""));
        fixture_close(&fixture);
        arena_reset(&fixture.arena);
        bytes = NULL;
        bytes = fixture_read(&fixture, LINES, &size); /* begins with the same records */
    }
}

/* A crash of the machine: what was not synchronised reads as zeros, here and there. */
static void lines_that_were_never_written_are_kept_told_of_and_written_again(void **state)
{
    size_t length, torn;
    char *bytes, *third;

    (void)state;
    note_many(6);
    fixture_close(&fixture);
    bytes = fixture_read(&fixture, LINES, &length);
    third = strchr(strchr(bytes, '\n') + 1, '\n') + 1;
    memset(third + 40, 0, 100);
    fixture_write(&fixture, LINES, bytes, length);
    assert_true(fixture_open(&fixture));
    verifies(7); /* and the record that tells of it */
    assert_memory_equal(fixture_read(&fixture, "audit/torn-2", &torn), third,
                        length - (size_t)(third - bytes));
    assert_int_equal(torn, length - (size_t)(third - bytes));
}

static int64_t held(void)
{
    int64_t counts[STATE_COUNT];

    assert_true(outbox_counts(fixture.outbox, counts, &fixture.err));
    return counts[STATE_HELD];
}

/* `statement` about the row's number, which it names %s. */
static void damage(const char *id, const char *statement)
{
    const char *number =
        arena_printf(&fixture.arena, "(SELECT number FROM delivery WHERE id = '%s')", id);
    const char *mark = strstr(statement, "%s");

    fixture_close(&fixture);
    fixture_sql(&fixture, arena_printf(&fixture.arena, "%.*s%s%s", (int)(mark - statement),
                                       statement, number, mark + 2));
    assert_true(fixture_open(&fixture));
}

#define IN_DELIVERY(assignment) "UPDATE delivery SET " assignment " WHERE number = %s"
#define IN_STANDING(assignment) "UPDATE standing SET " assignment " WHERE number = %s"
#define IN_CONTENT(assignment)                                                                     \
    "UPDATE content SET " assignment                                                               \
    " WHERE number = (SELECT content FROM delivery WHERE number = %s)"

static void any_changed_column_makes_the_row_held_as_damaged(void **state)
{
    static const char *const statements[] = {
        IN_CONTENT("text = replace(text, 'text', 'tExt')"),
        IN_CONTENT("text = CAST(x'fffefd00' AS TEXT)"),
        IN_CONTENT("number = number + 1000"),
        "DELETE FROM content WHERE number = (SELECT content FROM delivery WHERE number = %s)",
        "DELETE FROM standing WHERE number = %s",
        IN_DELIVERY("content = 1"),
        IN_DELIVERY("content = NULL"),
        IN_DELIVERY("at = at + 1"),
        IN_DELIVERY("account = 'x-main'"),
        IN_DELIVERY("identity = 'mastodon|other'"),
        IN_DELIVERY("name = 'traffic/other@once/toots'"),
        IN_DELIVERY("said = ''"),
        IN_DELIVERY("approvals = 1"),
        IN_DELIVERY("media = '[{}]'"),
        IN_DELIVERY("post = CAST(x'80ff' AS TEXT)"),
        IN_DELIVERY("digest = ''"),
        IN_STANDING("state = 'planned'"),
        IN_STANDING("state = 'nonsense'"),
        IN_STANDING("not_before = 1"),
        IN_STANDING("published = 0"),
        IN_STANDING("moment = moment - 60000"),
        IN_STANDING("lane = NULL"),
        IN_STANDING("record_key = '3l'"),
        IN_STANDING("request_hash = 'ab'"),
        IN_STANDING("attempts = 1"),
        IN_STANDING("digest = ''"),
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(statements); i++) {
        const char *id = insert(arena_printf(&fixture.arena, "p%zu", i))->id;
        struct delivery *row;
        damage(id, statements[i]);
        row = fixture_row(&fixture, id);
        assert_int_equal(row->state, STATE_HELD);
        assert_string_equal(row->reason, REASON_DAMAGED);
        note("test"); /* the next commit marks it */
        assert_int_equal(held(), i + 1);
    }
    verifies(2 * (int64_t)COUNT_OF(statements));
}

static void damage_is_told_once_and_the_row_never_goes_out(void **state)
{
    const char *id = insert("helmet")->id;
    struct delivery *row;
    struct deliveries due;

    (void)state;
    damage(id, IN_CONTENT("text = '{}'"));
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_due(fixture.outbox, &(struct due_place){INSTANT_NONE, 0}, fixture.now, 10,
                           &fixture.arena, &due, &fixture.err));
    assert_int_equal(due.count, 1);
    assert_int_equal(due.items[0]->state, STATE_HELD);
    fixture_commit(&fixture);
    fixture_row(&fixture, id);
    note("test");
    verifies(2); /* one record of the damage */
    assert_true(outbox_due(fixture.outbox, &(struct due_place){INSTANT_NONE, 0}, fixture.now, 10,
                           &fixture.arena, &due, &fixture.err));
    assert_int_equal(due.count, 0);
    assert_true(outbox_overdue(fixture.outbox, instant_plus(fixture.now, span_days(100)), 10,
                               &fixture.arena, &due, &fixture.err));
    assert_int_equal(due.count, 0); /* it may be public: a person looks */
    row = fixture_row(&fixture, id);
    row->state = STATE_READY;
    assert_int_equal(fixture_change(&fixture, row, STATE_HELD, "release"), WRITTEN_STALE);
    row->state = STATE_CANCELLED;
    assert_int_equal(fixture_change(&fixture, row, STATE_HELD, "cancel"), WRITTEN);
}

/* Bytes of the file itself: refused, or a damaged row, or not in use; never a crash. */
static void a_database_with_damaged_pages_is_refused_or_tells_of_it(void **state)
{
    size_t length, at;
    char *whole;
    int i;

    (void)state;
    for (i = 0; i < 30; i++)
        insert(arena_printf(&fixture.arena, "p%d", i));
    fixture_close(&fixture);
    whole = fixture_read(&fixture, "outbox.db", &length);
    for (at = 0; at < length; at += 1777) {
        char *bytes = arena_copy(&fixture.arena, whole, length);
        memset(bytes + at, 0x5a, 64 < length - at ? 64 : length - at);
        fixture_write(&fixture, "outbox.db", bytes, length);
        unlink(fixture_path(&fixture, "outbox.db-wal"));
        if (fixture_open(&fixture)) {
            struct outbox_filter filter = {.from = INSTANT_NONE, .until = INSTANT_NONE};
            struct deliveries rows;
            if (!outbox_list(fixture.outbox, &filter, &fixture.arena, &rows, &fixture.err))
                assert_int_equal(fixture.err.kind, ERR_CONFIG);
            fixture_close(&fixture);
        } else
            assert_int_equal(fixture.err.kind, ERR_CONFIG);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(settings_are_as_promised),
        TEST(a_large_journal_is_folded_while_it_is_busy),
        TEST(an_emptied_journal_keeps_its_place_and_holds_nothing),
        TEST(what_stood_in_the_journal_before_does_not_come_back),
        TEST(a_journal_takes_room_for_what_was_loaded),
        TEST(network_and_fuse_file_systems_are_refused),
        TEST(a_file_that_is_no_database_is_refused_and_left_alone),
        TEST(a_database_of_another_program_is_refused),
        TEST(a_database_of_a_newer_version_is_refused),
        TEST(a_database_of_a_trial_version_is_refused),
        TEST(a_restored_backup_is_refused),
        TEST(a_restored_backup_with_its_old_lines_is_refused_by_the_checkpoint),
        TEST(audit_files_without_a_database_are_refused_and_none_is_made),
        TEST(a_changed_last_line_is_refused),
        TEST(a_last_line_that_is_no_record_is_refused),
        TEST(another_audit_key_is_refused),
        TEST(the_origin_is_kept_from_the_first_start),
        TEST(lines_that_are_missing_are_written_again),
        TEST(a_whole_log_that_is_missing_is_written_again),
        TEST(a_last_line_cut_at_any_byte_is_kept_told_of_and_written_again),
        TEST(lines_that_were_never_written_are_kept_told_of_and_written_again),
        TEST(any_changed_column_makes_the_row_held_as_damaged),
        TEST(damage_is_told_once_and_the_row_never_goes_out),
        TEST(a_database_with_damaged_pages_is_refused_or_tells_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The audit file when its disk is full or lies: the linker puts these in front of write_all and
 * fdatasync. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "store/inside.h"
#include "support/store_fixture.h"

static struct fixture fixture;
static bool full, unsynced, unsigned_yet;
static int syncs;

bool __real_write_all(int fd, const void *bytes, size_t length, struct err *err);
bool __wrap_write_all(int fd, const void *bytes, size_t length, struct err *err);
bool __real_file_replace(const char *path, const void *bytes, size_t length, mode_t mode,
                         struct err *err);
bool __wrap_file_replace(const char *path, const void *bytes, size_t length, mode_t mode,
                         struct err *err);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

/* As a full disk does it: half of it still fits. */
bool __wrap_write_all(int fd, const void *bytes, size_t length, struct err *err)
{
    if (!full)
        return __real_write_all(fd, bytes, length, err);
    assert_true(__real_write_all(fd, bytes, length / 2, err));
    return err_errno(err, ERR_IO, ENOSPC, "write failed");
}

bool __wrap_file_replace(const char *path, const void *bytes, size_t length, mode_t mode,
                         struct err *err)
{
    if (unsigned_yet)
        return err_errno(err, ERR_IO, ENOSPC, "%s", path);
    return __real_file_replace(path, bytes, length, mode, err);
}

int __wrap_fdatasync(int fd)
{
    syncs++;
    errno = ENOSPC;
    return unsynced ? -1 : __real_fdatasync(fd);
}

static int start(void **state)
{
    (void)state;
    full = unsynced = unsigned_yet = false;
    fixture_start(&fixture);
    syncs = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    full = unsynced = unsigned_yet = false;
    fixture_end(&fixture);
    return 0;
}

static bool note(void)
{
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_note(fixture.outbox, "test", "svc:crier", NULL, fixture.now, &fixture.err));
    return outbox_commit(fixture.outbox, fixture.now, &fixture.err);
}

static void verifies(int64_t records)
{
    struct audit_verdict verdict;
    struct span again;

    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_AT_END, &again, &fixture.err));
    assert_true(audit_verify(fixture_path(&fixture, "audit"), NULL, &verdict, &fixture.err));
    assert_string_equal(verdict.why, "");
    assert_int_equal(verdict.records, records);
}

static void half_a_line_is_cut_off_and_the_whole_one_follows_when_there_is_space(void **state)
{
    size_t before, after;

    (void)state;
    assert_true(note());
    (void)fixture_read(&fixture, "audit/audit-000000000000.jsonl", &before);
    full = true;
    assert_false(note());
    assert_int_equal(fixture.err.kind, ERR_SPACE);
    assert_true(outbox_owes_lines(fixture.outbox)); /* the transaction itself stands */
    assert_false(outbox_commit(fixture.outbox, fixture.now, &fixture.err));
    (void)fixture_read(&fixture, "audit/audit-000000000000.jsonl", &after);
    assert_int_equal(after, before);
    full = false;
    assert_true(outbox_commit(fixture.outbox, fixture.now, &fixture.err));
    assert_false(outbox_owes_lines(fixture.outbox));
    assert_true(note());
    verifies(3);
}

static void lines_that_are_owed_at_the_end_are_written_at_the_next_start(void **state)
{
    (void)state;
    full = true;
    assert_false(note());
    fixture_close(&fixture);
    full = false;
    assert_true(fixture_open(&fixture));
    verifies(1);
}

/* Else the store thread would run the work once more. */
static void a_checkpoint_that_finds_no_space_undoes_no_commit(void **state)
{
    (void)state;
    fixture.now.ms += 120000; /* one is due */
    unsigned_yet = true;
    assert_true(note());
    assert_false(outbox_owes_lines(fixture.outbox));
    unsigned_yet = false;
    verifies(1);
}

static void a_failed_fsync_is_never_tried_again_whatever_it_says(void **state)
{
    (void)state;
    unsynced = true;
    assert_false(note());
    assert_int_equal(fixture.err.kind, ERR_IO); /* not ERR_SPACE, though errno said so: exit 70 */
}

/* As the store thread does it. */
static void write_record(void)
{
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_note(fixture.outbox, "test", "svc:crier", NULL, fixture.now, &fixture.err));
    assert_true(outbox_commit_rows(fixture.outbox, fixture.now, &fixture.err));
    assert_true(outbox_write_lines(fixture.outbox, fixture.now, &fixture.err));
}

static int64_t tidy(enum tidying how)
{
    struct span again;

    assert_true(outbox_tidy(fixture.outbox, fixture.now, how, &again, &fixture.err));
    return again.ms;
}

static void lines_of_many_commits_are_synchronised_once_and_soon(void **state)
{
    (void)state;
    write_record();
    write_record();
    assert_in_range(tidy(TIDY_BUSY), 1, 10);
    assert_int_equal(syncs, 0);
    (void)tidy(TIDY_QUIET);
    assert_int_equal(syncs, 1);
    (void)tidy(TIDY_QUIET);
    assert_int_equal(syncs, 1);
    verifies(2);
}

static void much_is_synchronised_while_it_is_busy(void **state)
{
    int commits = 0;

    (void)state;
    for (; syncs == 0; commits++) {
        assert_true(fixture.outbox->segments.unsynced < UNSYNCED_BYTES);
        write_record();
    }
    assert_int_equal(fixture.outbox->segments.unsynced, 0);
    assert_true(commits > 100);
}

static void a_checkpoint_is_never_ahead_of_the_disk(void **state)
{
    struct span again;

    (void)state;
    write_record();
    fixture.now.ms += 120000; /* one is due */
    unsynced = true;
    assert_false(outbox_tidy(fixture.outbox, fixture.now, TIDY_BUSY, &again, &fixture.err));
    assert_int_equal(fixture.err.kind, ERR_IO);
    assert_int_equal(fixture.outbox->signed_size, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(half_a_line_is_cut_off_and_the_whole_one_follows_when_there_is_space),
        TEST(lines_that_are_owed_at_the_end_are_written_at_the_next_start),
        TEST(a_checkpoint_that_finds_no_space_undoes_no_commit),
        TEST(a_failed_fsync_is_never_tried_again_whatever_it_says),
        TEST(lines_of_many_commits_are_synchronised_once_and_soon),
        TEST(much_is_synchronised_while_it_is_busy),
        TEST(a_checkpoint_is_never_ahead_of_the_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

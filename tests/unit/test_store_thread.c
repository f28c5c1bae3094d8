/* The store thread: group commit, order, want of space, stop. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "store/inside.h"
#include "store/store.h"
#include "support/store_fixture.h"

static struct fixture fixture;
static struct store *store;
static int bell; /* rung by `wake` */
static struct instant time_now;

static struct instant now(void *arg)
{
    (void)arg;
    return time_now;
}

static void wake(void *arg)
{
    const uint64_t one = 1;

    (void)arg;
    if (write(bell, &one, sizeof one) != (ssize_t)sizeof one)
        _exit(1);
}

static int start(void **state)
{
    struct store_options options = {.now = now, .wake = wake, .retry_ms = 30};

    (void)state;
    fixture_start(&fixture);
    fixture_close(&fixture);
    time_now = fixture.now;
    bell = eventfd(0, EFD_CLOEXEC);
    options.outbox = fixture_options(&fixture);
    assert_true(store_start(&options, &store, &fixture.err));
    return 0;
}

static void stop_store(void)
{
    if (store)
        store_stop(store);
    store = NULL;
}

static int end(void **state)
{
    (void)state;
    stop_store();
    close(bell);
    fixture_end(&fixture);
    return 0;
}

/* One turn of a loop: waits for the thread, then collects. */
static void turn(void)
{
    struct pollfd wait = {.fd = bell, .events = POLLIN};
    uint64_t count;

    assert_int_equal(poll(&wait, 1, 10000), 1);
    assert_int_equal(read(bell, &count, sizeof count), sizeof count);
    store_collect(store);
}

static void settle(void)
{
    while (store_pending(store) > 0)
        turn();
}

struct insertion {
    const struct delivery *delivery;
    int runs, done;
    int64_t in_batch;  /* records in the log when it ran */
    const char *limit; /* a pragma for the connection */
};

static int finished;

static void insertion_done(void *arg)
{
    struct insertion *insertion = arg;

    insertion->done = ++finished;
}

static bool insertion_work(struct outbox *outbox, struct instant at, void *arg, struct err *err)
{
    struct insertion *insertion = arg;

    insertion->runs++;
    insertion->in_batch = outbox->committed.size;
    if (insertion->limit && !database_exec(&outbox->database, insertion->limit, err))
        return false;
    return !insertion->delivery || (outbox_insert(outbox, insertion->delivery, "identity", err) &&
                                    outbox_note(outbox, "test", "svc:crier", NULL, at, err));
}

static struct delivery *delivery(int number)
{
    return fixture_delivery(&fixture, arena_printf(&fixture.arena, "p%d", number), "toots",
                            fixture.now);
}

static void jobs_of_one_turn_are_one_transaction_in_order(void **state)
{
    struct insertion jobs[20] = {0};
    int i;

    (void)state;
    finished = 0;
    for (i = 0; i < 20; i++) {
        jobs[i].delivery = delivery(i);
        store_submit(store, false, insertion_work, insertion_done, &jobs[i]);
    }
    assert_int_equal(store_pending(store), 20);
    store_flush(store);
    settle();
    for (i = 0; i < 20; i++) {
        assert_int_equal(jobs[i].runs, 1);
        assert_int_equal(jobs[i].done, i + 1);
        assert_int_equal(jobs[i].in_batch, jobs[0].in_batch); /* nothing was committed between */
    }
}

static void what_is_done_is_on_disk_and_its_line_one_commit_later(void **state)
{
    struct insertion job = {.delivery = delivery(1)}, next = {.delivery = delivery(2)};
    size_t length;

    (void)state;
    store_submit(store, false, insertion_work, insertion_done, &job);
    store_flush(store);
    settle();
    store_submit(store, false, insertion_work, insertion_done, &next);
    store_flush(store);
    settle();
    assert_non_null(
        strstr(fixture_read(&fixture, "audit/audit-000000000000.jsonl", &length), "\"seq\":0"));
    stop_store();
    assert_true(fixture_open(&fixture));
    assert_string_equal(fixture_row(&fixture, job.delivery->id)->post, "p1");
}

static void a_stop_runs_what_is_queued_and_signs(void **state)
{
    struct insertion jobs[3] = {{.delivery = delivery(1)},
                                {.delivery = delivery(2)},
                                {.delivery = delivery(3)}};
    struct audit_verdict verdict;
    size_t i;

    (void)state;
    finished = 0;
    for (i = 0; i < COUNT_OF(jobs); i++)
        store_submit(store, false, insertion_work, insertion_done, &jobs[i]);
    stop_store(); /* not even flushed */
    assert_int_equal(finished, 3);
    assert_true(audit_verify(fixture_path(&fixture, "audit"), NULL, &verdict, &fixture.err));
    assert_string_equal(verdict.why, "");
    assert_int_equal(verdict.records, 3);
    assert_int_equal(verdict.checkpoint, 3);
}

/* The database may not grow: SQLITE_FULL. */
static void make_full(void)
{
    struct insertion job = {.limit = "PRAGMA max_page_count = 1"};

    store_submit(store, true, insertion_work, insertion_done, &job);
    store_flush(store);
    settle();
}

static void fill(struct insertion *jobs, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        jobs[i] = (struct insertion){.delivery = delivery(i)};
        store_submit(store, false, insertion_work, insertion_done, &jobs[i]);
    }
    store_flush(store);
    while (!store_stalled(store))
        turn();
}

static void want_of_space_stalls_and_nothing_is_lost_when_it_ends(void **state)
{
    enum { MANY = 200 };
    static struct insertion jobs[MANY];
    struct insertion grow = {.limit = "PRAGMA max_page_count = 1000000"};
    struct audit_verdict verdict;
    int i;

    (void)state;
    finished = 0;
    make_full();
    fill(jobs, MANY);
    for (i = 0; i < MANY; i++)
        assert_int_equal(jobs[i].done, 0);
    store_submit(store, true, insertion_work, insertion_done, &grow); /* reads run all the same */
    store_flush(store);
    settle();
    assert_null(store_stalled(store));
    assert_true(jobs[0].runs > 1);
    for (i = 0; i < MANY; i++)
        assert_true(jobs[i].done > 0);
    stop_store();
    assert_true(audit_verify(fixture_path(&fixture, "audit"), NULL, &verdict, &fixture.err));
    assert_string_equal(verdict.why, "");
    assert_int_equal(verdict.records, MANY);
    assert_true(fixture_open(&fixture));
    for (i = 0; i < MANY; i++)
        assert_non_null(fixture_row(&fixture, jobs[i].delivery->id));
}

static void work_that_comes_while_space_is_wanting_follows_later(void **state)
{
    enum { MANY = 200 };
    static struct insertion jobs[MANY];
    struct insertion late = {.delivery = delivery(MANY + 1)};
    struct insertion grow = {.limit = "PRAGMA max_page_count = 1000000"};

    (void)state;
    make_full();
    fill(jobs, MANY);
    store_submit(store, false, insertion_work, insertion_done, &late);
    store_flush(store);
    store_submit(store, true, insertion_work, insertion_done, &grow);
    store_flush(store);
    settle();
    assert_int_equal(late.runs, 1);
    stop_store();
    assert_true(fixture_open(&fixture));
    assert_non_null(fixture_row(&fixture, late.delivery->id));
}

static void a_stop_without_space_gives_up_and_keeps_what_was_there(void **state)
{
    enum { MANY = 200 };
    static struct insertion jobs[MANY];

    (void)state;
    finished = 0;
    make_full();
    finished = 0;
    fill(jobs, MANY);
    stop_store();
    assert_int_equal(finished, 0);
    assert_true(fixture_open(&fixture));
    assert_true(outbox_counts(fixture.outbox, (int64_t[STATE_COUNT]){0}, &fixture.err));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(jobs_of_one_turn_are_one_transaction_in_order),
        TEST(what_is_done_is_on_disk_and_its_line_one_commit_later),
        TEST(a_stop_runs_what_is_queued_and_signs),
        TEST(want_of_space_stalls_and_nothing_is_lost_when_it_ends),
        TEST(work_that_comes_while_space_is_wanting_follows_later),
        TEST(a_stop_without_space_gives_up_and_keeps_what_was_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The audit log: tree, checkpoint, records, segments, and what verify says of honest and changed
 * logs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inside.h"
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

/* The leaves and roots of certificate-transparency's own tests (RFC 6962 reference implementation).
 */
static void the_tree_has_the_roots_of_rfc_6962(void **state)
{
    static const struct {
        const char *leaf;
        size_t length;
        const char *root;
    } steps[] = {
        {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    };
    struct merkle tree = {.count = 0};
    struct digest root = merkle_root(&tree);
    char hex[DIGEST_HEX];
    size_t i;

    (void)state;
    assert_string_equal(digest_hex(&root, hex),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (i = 0; i < COUNT_OF(steps); i++) {
        merkle_add(&tree, steps[i].leaf, steps[i].length);
        root = merkle_root(&tree);
        assert_string_equal(digest_hex(&root, hex), steps[i].root);
    }
}

static void a_checkpoint_is_read_back_and_any_changed_byte_refused(void **state)
{
    static const unsigned char key[SIGN_KEY_BYTES] = "thirty-two bytes of a secret key";
    struct checkpoint written = {.origin = "example.gov.in/crier", .size = 200}, read;
    unsigned char public_key[SIGN_KEY_BYTES];
    char *text;
    size_t i;

    (void)state;
    written.root = digest_of("x", 1);
    sign_public(key, public_key);
    text = checkpoint_write(&written, key, &fixture.arena);
    assert_true(checkpoint_read(text, public_key, &fixture.arena, &read, &fixture.err));
    assert_string_equal(read.origin, written.origin);
    assert_int_equal(read.size, 200);
    assert_memory_equal(&read.root, &written.root, sizeof read.root);
    for (i = 0; text[i]; i++) {
        text[i] ^= 1;
        assert_false(checkpoint_read(text, public_key, &fixture.arena, &read, &fixture.err));
        text[i] ^= 1;
    }
    for (i = strlen(text); i > 0; i--) {
        text[i - 1] = '\0';
        assert_false(checkpoint_read(text, public_key, &fixture.arena, &read, &fixture.err));
    }
}

static void note(const char *event, const char *facts)
{
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(
        outbox_note(fixture.outbox, event, "os:1000:asha", facts, fixture.now, &fixture.err));
    fixture_commit(&fixture);
}

static void note_many(int count)
{
    int i;

    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    for (i = 0; i < count; i++)
        assert_true(
            outbox_note(fixture.outbox, "test", "svc:crier", NULL, fixture.now, &fixture.err));
    fixture_commit(&fixture);
}

static struct audit_verdict verify(void)
{
    struct audit_verdict verdict;

    assert_true(audit_verify(fixture_path(&fixture, "audit"), NULL, &verdict, &fixture.err));
    return verdict;
}

static void sign(void)
{
    struct span again;

    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_AT_END, &again, &fixture.err));
}

static void a_record_of_a_change_says_who_what_when_and_which(void **state)
{
    struct delivery *row = fixture_delivery(&fixture, "helmet", "toots", fixture.now);
    size_t length;
    const char *line;
    json_t *record;

    (void)state;
    fixture_insert(&fixture, row);
    row->state = STATE_SENDING;
    row->attempts = 1;
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, "publish.intent"), WRITTEN);
    line = fixture_read(&fixture, "audit/audit-000000000000.jsonl", &length);
    record = json_read(line, length - 1, &fixture.err);
    assert_non_null(record);
    assert_string_equal(json_text(record, "ev"), "publish.intent");
    assert_string_equal(json_text(record, "actor"), "svc:crier");
    assert_string_equal(json_text(record, "account"), "toots");
    assert_string_equal(json_text(record, "delivery"), row->id);
    assert_string_equal(json_text(record, "name"), "traffic/helmet@once/toots");
    assert_string_equal(json_text(record, "from"), "ready");
    assert_string_equal(json_text(record, "state"), "sending");
    assert_string_equal(json_text(record, "ts"), "2026-11-29T08:00:00.000Z");
    assert_string_equal(json_text(record, "ts_local"), "2026-11-29T08:00:00.000+00:00");
    assert_string_equal(json_text(record, "node"), "node1");
    assert_int_equal(json_integer_or(record, "attempt", -1), 1);
    assert_int_equal(json_integer_or(record, "seq", -1), 0);
    assert_int_equal(json_integer_or(record, "v", -1), 1);
    assert_int_equal(strspn(json_text(record, "prev"), "0"), 64);
    assert_int_equal(json_object_size(record), 21);
    json_decref(record);
}

/* Lines are written member by member; what writes values must agree. */
static void a_line_is_what_the_writer_of_values_would_write(void **state)
{
    struct delivery *row = fixture_delivery(&fixture, "helmet", "toots", fixture.now);
    char *line, *next;
    size_t length;

    (void)state;
    fixture_insert(&fixture, row);
    row->state = STATE_HELD;
    row->reason = REASON_PERSON;
    row->remote_id = "\"\\\b\f\n\r\t\x01\x1f/\x7f é हेलमेट \xf0\x9f\x98\x80";
    row->attempts = 3;
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, "hold"), WRITTEN);
    note("start", "{ \"b\": 2, \"a\": [\"\\u0041\"] }");
    note_many(1);
    line = fixture_read(&fixture, "audit/audit-000000000000.jsonl", &length);
    for (; (next = strchr(line, '\n')); line = next + 1) {
        json_t *record = json_read(line, (size_t)(next - line), &fixture.err);
        *next = '\0';
        assert_non_null(record);
        assert_string_equal(json_write(record, &fixture.arena, NULL), line);
        json_decref(record);
    }
}

static void an_honest_log_verifies(void **state)
{
    struct audit_verdict verdict;

    (void)state;
    verdict = verify();
    assert_true(verdict.ok); /* even an empty one */
    assert_int_equal(verdict.records, 0);
    note("hold", "{\"scope\":\"all\"}");
    note_many(100);
    sign();
    verdict = verify();
    assert_true(verdict.ok);
    assert_int_equal(verdict.records, 101);
    assert_int_equal(verdict.checkpoint, 101);
    assert_int_equal(verdict.first_bad, -1);
    note_many(3); /* newer than the checkpoint */
    verdict = verify();
    assert_true(verdict.ok);
    assert_int_equal(verdict.records, 104);
    assert_int_equal(verdict.checkpoint, 101);
}

static size_t segments(const char ***names)
{
    size_t count;

    assert_true(segments_list(fixture_path(&fixture, "audit"), &fixture.arena, names, &count,
                              &fixture.err));
    return count;
}

static void remove_segments(const char **names, size_t count)
{
    while (count > 0)
        unlink(fixture_path(&fixture, arena_printf(&fixture.arena, "audit/%s", names[--count])));
}

static void a_new_day_begins_a_new_segment_and_closes_the_old(void **state)
{
    const char **names;
    struct stat status;

    (void)state;
    note_many(3);
    fixture.now = instant_plus(fixture.now, span_days(1));
    note_many(2);
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    note_many(2);
    fixture.now = instant_plus(fixture.now, span_days(1));
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    note_many(1);
    sign();
    assert_int_equal(segments(&names), 3);
    assert_string_equal(names[1], "audit-000000000003.jsonl");
    assert_string_equal(names[2], "audit-000000000007.jsonl");
    assert_int_equal(stat(fixture_path(&fixture, "audit/audit-000000000003.jsonl"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0440);
    assert_true(verify().ok);
}

static void a_full_segment_is_followed_by_a_new_one(void **state)
{
    char *facts = arena_alloc(&fixture.arena, 1 << 20);
    const char **names;
    int i;

    (void)state;
    memset(facts, ' ', (1 << 20) - 1);
    memset(facts + 2, 'x', (1 << 20) - 6);
    memcpy(facts, "[\"", 2);
    memcpy(facts + (1 << 20) - 4, "\"]", 2);
    for (i = 0; i < 18; i++)
        note("test", facts);
    sign();
    assert_int_equal(segments(&names), 2);
    assert_true(verify().ok);
}

static int64_t signed_records(void)
{
    size_t length;
    const char *text = fixture_read(&fixture, "audit/checkpoint", &length);

    return strtoll(strchr(text, '\n') + 1, NULL, 10);
}

static void checkpoints_come_within_a_second_of_a_hold_and_a_minute_of_other_news(void **state)
{
    (void)state;
    fixture.now.ms += 10000;
    note("test", NULL);
    assert_int_equal(signed_records(), 0);
    note("hold", NULL);
    assert_int_equal(signed_records(), 2);
    note("hold", NULL); /* at most one a second */
    assert_int_equal(signed_records(), 2);
    fixture.now.ms += 1000;
    note("hold", NULL);
    assert_int_equal(signed_records(), 4);
    fixture.now.ms += 59999;
    note("test", NULL);
    assert_int_equal(signed_records(), 4);
    fixture.now.ms += 1;
    note("test", NULL);
    assert_int_equal(signed_records(), 6);
}

static void tidy_says_when_the_next_checkpoint_is_due(void **state)
{
    struct span again;

    (void)state;
    fixture.now.ms += 10000;
    note("hold", NULL);
    note("hold", NULL);
    fixture.now.ms += 400;
    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_QUIET, &again, &fixture.err));
    assert_int_equal(again.ms, 600);
    fixture.now.ms += 600;
    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_QUIET, &again, &fixture.err));
    assert_int_equal(signed_records(), 2);
    assert_int_equal(again.ms, 1000); /* only then it is quiet: the journal is folded */
    assert_true(outbox_tidy(fixture.outbox, fixture.now, TIDY_QUIET, &again, &fixture.err));
    assert_true(again.ms < 0);
}

static void a_rolled_back_record_leaves_no_gap(void **state)
{
    (void)state;
    note_many(2);
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(outbox_note(fixture.outbox, "x", "svc:crier", NULL, fixture.now, &fixture.err));
    outbox_rollback(fixture.outbox);
    note_many(2);
    sign();
    assert_int_equal(verify().records, 4);
    assert_true(verify().ok);
}

/* A transaction's lines become rows of 64 KiB; 4 MiB of them are kept for the file. */
static void
a_transaction_of_any_size_is_exported_whole_and_over_midnight_into_two_files(void **state)
{
    static const int counts[] = {1, 200, 9000};
    const char **names;
    int64_t records = 0;
    size_t i;
    int n;

    (void)state;
    fixture.now = instant_plus(fixture.now, span_hours(15)); /* 23:00 UTC */
    for (i = 0; i < COUNT_OF(counts); i++) {
        assert_true(outbox_begin(fixture.outbox, &fixture.err));
        for (n = 0; n < counts[i]; n++) {
            if (n == counts[i] / 2)
                fixture.now = instant_plus(fixture.now, span_hours(n ? 24 : 0));
            assert_true(outbox_note(fixture.outbox, "test", "svc:crier", "{\"of\":\"a test\"}",
                                    fixture.now, &fixture.err));
        }
        fixture_commit(&fixture);
        records += counts[i];
    }
    sign();
    assert_int_equal(segments(&names), 3);
    assert_true(verify().ok);
    assert_int_equal(verify().records, records);
    remove_segments(names, 3);
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(verify().ok);
    assert_int_equal(verify().records, records);
}

static void events_are(const char *id, const char *const *events, size_t count)
{
    struct history history;
    size_t i;

    assert_true(outbox_history(fixture.outbox, id, &fixture.arena, &history, &fixture.err));
    assert_int_equal(history.count, count);
    for (i = 0; i < count; i++)
        assert_non_null(
            strstr(history.lines[i], arena_printf(&fixture.arena, "\"ev\":\"%s\"", events[i])));
}

/* Also of those that are not committed yet. */
static void the_history_of_a_delivery_is_its_records_in_their_order(void **state)
{
    static const char *const events[] = {"publish.intent", "defer", "hold"};
    struct delivery *row = fixture_delivery(&fixture, "helmet", "toots", fixture.now);
    struct change change = {.after = row, .from = STATE_SENDING, .actor = "svc:crier"};
    enum written written;
    const char *twin;

    (void)state;
    fixture_insert(&fixture, row);
    fixture_insert(&fixture, fixture_delivery(&fixture, "belt", "toots", fixture.now));
    events_are(row->id, events, 0);
    row->state = STATE_SENDING;
    assert_int_equal(fixture_change(&fixture, row, STATE_READY, events[0]), WRITTEN);
    note_many(3);
    events_are(row->id, events, 1);
    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    for (row->rev = 1; row->rev < 3; row->rev++) {
        row->state = row->rev == 1 ? STATE_READY : STATE_HELD;
        change.event = events[row->rev];
        assert_true(outbox_change(fixture.outbox, &change, fixture.now, &fixture.arena, &written,
                                  &twin, &fixture.err));
        assert_int_equal(written, WRITTEN);
        change.from = row->state;
        assert_true(
            outbox_note(fixture.outbox, "test", "svc:crier", NULL, fixture.now, &fixture.err));
    }
    events_are(row->id, events, 3);
    fixture_commit(&fixture);
    events_are(row->id, events, 3);
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    events_are(row->id, events, 3);
    events_are("no such id", events, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_tree_has_the_roots_of_rfc_6962),
        TEST(a_checkpoint_is_read_back_and_any_changed_byte_refused),
        TEST(a_record_of_a_change_says_who_what_when_and_which),
        TEST(a_line_is_what_the_writer_of_values_would_write),
        TEST(an_honest_log_verifies),
        TEST(a_new_day_begins_a_new_segment_and_closes_the_old),
        TEST(a_full_segment_is_followed_by_a_new_one),
        TEST(checkpoints_come_within_a_second_of_a_hold_and_a_minute_of_other_news),
        TEST(tidy_says_when_the_next_checkpoint_is_due),
        TEST(a_rolled_back_record_leaves_no_gap),
        TEST(a_transaction_of_any_size_is_exported_whole_and_over_midnight_into_two_files),
        TEST(the_history_of_a_delivery_is_its_records_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

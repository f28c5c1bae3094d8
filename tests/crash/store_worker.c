/* What the crash tests of the store kill, and what judges the state left behind.
 *
 *   store_worker run FOLDER N     goes on from where the folder stands to transaction N; prints
 * "ack I" when I is durable store_worker check FOLDER I   opens; exit 0 only if the state is
 * exactly that of transaction I or I + 1 store_worker judge            reads names of audit folders
 * from stdin, prints "ok RECORDS" or "bad SEQ WHY" for each
 *
 * Transaction 4j inserts delivery j, 4j+1 writes its intent, 4j+2 that it is published, 4j+3 a flag
 * and three records. Value "t" names the last one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inside.h"

#define BEGINNING INT64_C(1795939200000)
enum { STEP_MS = 400, STEPS = 4 };

static const unsigned char key[SIGN_KEY_BYTES] = "the key of a test, 32 bytes long";
static struct arena arena;
static struct err err;

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "store_worker: %s: %s\n", what, err.text);
        exit(1);
    }
}

static struct instant at(int64_t t)
{
    return (struct instant){BEGINNING + t * STEP_MS};
}

static struct delivery *make(int64_t j)
{
    struct delivery *delivery = arena_alloc(&arena, sizeof *delivery);

    *delivery = (struct delivery){.campaign = "traffic",
                                  .post = arena_printf(&arena, "p%" PRId64, j),
                                  .occurrence = "once",
                                  .account = "toots",
                                  .platform = "mastodon",
                                  .at = at(STEPS * j),
                                  .useful_until = instant_plus(at(STEPS * j), span_hours(2)),
                                  .file = "traffic.cfg",
                                  .state = STATE_READY};
    delivery_start_afresh(delivery);
    delivery->content = arena_printf(&arena, "{\"text\":\"हेलमेट %" PRId64 "\"}", j);
    digest_hex_of(delivery->content, strlen(delivery->content), delivery->content_hash);
    memcpy(delivery->same_hash, delivery->content_hash, DIGEST_HEX);
    delivery_set_id(delivery);
    return delivery;
}

static bool move(struct outbox *outbox, int64_t t, enum state to, const char *event)
{
    struct delivery *row;
    struct change change = {.event = event, .actor = "svc:crier"};
    enum written written;
    const char *twin;

    if (!outbox_read(outbox, make(t / STEPS)->id, &arena, &row, &err))
        return false;
    change.from = row->state;
    change.after = row;
    row->state = to;
    row->attempts = 1;
    return outbox_change(outbox, &change, at(t), &arena, &written, &twin, &err) &&
           written == WRITTEN;
}

static bool notes(struct outbox *outbox, int64_t t)
{
    int i;

    for (i = 0; i < 3; i++) {
        if (!outbox_note(outbox, "test", "svc:crier", "{\"n\":1}", at(t), &err))
            return false;
    }
    return outbox_flag_set(outbox, "account", "toots", t / STEPS % 2 == 0, &err);
}

static bool transaction(struct outbox *outbox, int64_t t)
{
    if (!outbox_value_put(outbox, "t", arena_printf(&arena, "%" PRId64, t), &err))
        return false;
    switch (t % STEPS) {
    case 0:
        return outbox_insert(outbox, make(t / STEPS), "mastodon|toots", &err);
    case 1:
        return move(outbox, t, STATE_SENDING, "publish.intent");
    case 2:
        return move(outbox, t, STATE_PUBLISHED, "publish.result");
    default:
        return notes(outbox, t);
    }
}

static struct outbox *open_at(const char *folder, int64_t t)
{
    const struct outbox_options options = {
        .state = folder, .origin = "example.gov.in/crier", .audit_key = key, .node = "node1"};
    struct outbox *outbox;

    require(outbox_open(&options, at(t), &outbox, &err), "open");
    return outbox;
}

static int64_t position(struct outbox *outbox)
{
    const char *t;

    require(outbox_value(outbox, "t", &arena, &t, &err), "value");
    return t ? strtoll(t, NULL, 10) : -1;
}

static void acknowledge(int64_t t)
{
    char line[32];
    int length = snprintf(line, sizeof line, "ack %" PRId64 "\n", t);

    require(write(STDOUT_FILENO, line, (size_t)length) == length, "write");
}

/* A checkpoint may be due first: then it is quiet after the second or third time. */
static bool rest(struct outbox *outbox, int64_t t)
{
    struct span again;

    return outbox_tidy(outbox, at(t), TIDY_QUIET, &again, &err) &&
           outbox_tidy(outbox, at(t), TIDY_QUIET, &again, &err) &&
           outbox_tidy(outbox, at(t), TIDY_QUIET, &again, &err);
}

static int run(const char *folder, int64_t last, bool boasts)
{
    struct outbox *outbox = open_at(folder, 0);
    struct span again;
    int64_t t;

    for (t = position(outbox) + 1; t <= last; t++) {
        require(outbox_begin(outbox, &err) && transaction(outbox, t), "transaction");
        if (boasts)
            acknowledge(t);
        require(outbox_commit(outbox, at(t), &err), "commit");
        if (!boasts)
            acknowledge(t);
        require(t % 16 != 15 || rest(outbox, t), "tidy");
        arena_reset(&arena);
    }
    require(outbox_tidy(outbox, at(last), TIDY_AT_END, &again, &err), "tidy");
    outbox_close(outbox);
    return 0;
}

/* The state of delivery j after transaction t. */
static enum state expected(int64_t j, int64_t t)
{
    int64_t step = t - STEPS * j;

    return step >= 2 ? STATE_PUBLISHED : step == 1 ? STATE_SENDING : STATE_READY;
}

static void check_rows(struct outbox *outbox, int64_t t)
{
    const struct outbox_filter all = {.from = INSTANT_NONE, .until = INSTANT_NONE};
    int64_t counts[STATE_COUNT], found[STATE_COUNT] = {0}, j;
    struct deliveries rows;
    struct delivery *row;

    require(outbox_list(outbox, &all, &arena, &rows, &err) && outbox_counts(outbox, counts, &err),
            "list");
    require((int64_t)rows.count == (t < 0 ? 0 : t / STEPS + 1), "another number of rows");
    for (j = 0; j < (int64_t)rows.count; j++) {
        require(outbox_read(outbox, make(j)->id, &arena, &row, &err), "a row is lost");
        require(row->state == expected(j, t), "a row in another state");
        found[row->state]++;
    }
    require(!memcmp(counts, found, sizeof counts), "counts differ from rows");
}

/* File = database: what verify reads there is all that the database has. */
static void check_log(struct outbox *outbox, const char *folder)
{
    struct audit_verdict verdict;
    struct span again;
    int64_t size = outbox->committed.size;

    require(outbox_tidy(outbox, at(0), TIDY_AT_END, &again, &err), "tidy");
    require(audit_verify(arena_printf(&arena, "%s/audit", folder), NULL, &verdict, &err), "verify");
    if (!verdict.ok || verdict.records != size || verdict.checkpoint != size) {
        fprintf(stderr, "store_worker: %s (%" PRId64 " of %" PRId64 " records)\n", verdict.why,
                verdict.records, size);
        exit(1);
    }
}

static int check(const char *folder, int64_t acknowledged)
{
    struct outbox *outbox = open_at(folder, 0);
    int64_t t = position(outbox);

    require(t == acknowledged || t == acknowledged + 1,
            "acknowledged work is lost, or more was done");
    check_rows(outbox, t);
    check_log(outbox, folder);
    outbox_close(outbox);
    return 0;
}

static int judge(void)
{
    char folder[1024];

    while (fgets(folder, sizeof folder, stdin)) {
        struct audit_verdict verdict;
        folder[strcspn(folder, "\n")] = '\0';
        if (!audit_verify(folder, NULL, &verdict, &err))
            printf("bad - %s\n", err.text);
        else if (verdict.ok)
            printf("ok %" PRId64 "\n", verdict.records);
        else
            printf("bad %" PRId64 " %s\n", verdict.first_bad, verdict.why);
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    int status = 2;

    if (argc == 4 && (!strcmp(argv[1], "run") || !strcmp(argv[1], "boast")))
        status = run(argv[2], strtoll(argv[3], NULL, 10), !strcmp(argv[1], "boast"));
    else if (argc == 4 && !strcmp(argv[1], "check"))
        status = check(argv[2], strtoll(argv[3], NULL, 10));
    else if (argc == 2 && !strcmp(argv[1], "judge"))
        status = judge();
    arena_clear(&arena);
    return status;
}

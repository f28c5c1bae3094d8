/* How fast the outbox commits, beside the least that SQLite must do for the same promise.
 *
 *   store_speed FOLDER GROUP [ROWS]
 *
 * Inserts rows, a post to 100 accounts each; then reads those that are due, and writes for each its
 * intent and its result, as a burst does: a commit holds the intents of GROUP rows and the results
 * of the GROUP before. First through store/outbox.h (digests, never-twice, approvals, an audit
 * record in the same transaction, its line in a synchronised file), then bare: one table, one
 * index, the same bytes, WAL, synchronous=FULL. Prints microseconds a row and the ratio. FOLDER is
 * made, and must lie on a real disk.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "store/database.h"
#include "store/outbox.h"

#define BEGINNING INT64_C(1795939200000)
enum { ACCOUNTS = 100 };

static const unsigned char key[SIGN_KEY_BYTES] = "the key of a test, 32 bytes long";
static struct arena posts; /* deliveries */
static struct err err;

enum step { INSERT, INTENT, RESULT, STEPS };
static const char *const step_names[STEPS] = {"insert", "intent", "result"};

enum phase { PLANNING, BURST, PHASES };
static const char *const phase_names[PHASES] = {"insert", "intent and result"};

struct run {
    const char *folder;
    size_t rows, group;
    struct delivery **deliveries;
    struct cost {
        double us, cpu_us; /* a row */
    } costs[PHASES];
};

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "store_speed: %s: %s\n", what, err.text);
        exit(1);
    }
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct cost cost_now(void)
{
    return (struct cost){seconds(CLOCK_MONOTONIC) * 1e6, seconds(CLOCK_PROCESS_CPUTIME_ID) * 1e6};
}

static struct cost cost_since(struct cost begin, size_t rows)
{
    struct cost now = cost_now();

    return (struct cost){(now.us - begin.us) / (double)rows,
                         (now.cpu_us - begin.cpu_us) / (double)rows};
}

static struct instant moment(size_t i)
{
    return (struct instant){BEGINNING + (int64_t)i};
}

static struct delivery *make(size_t i)
{
    static const char text[] = "हेलमेट केवल चालान से नहीं, जान बचाता है। आपात स्थिति में 112 डायल करें। "
                               "हर दोपहिया चालक और सवार के लिए, हर बार। #RoadSafety";
    struct delivery *delivery = arena_alloc(&posts, sizeof *delivery);

    *delivery = (struct delivery){.campaign = "traffic",
                                  .post = arena_printf(&posts, "p%zu", i / ACCOUNTS),
                                  .occurrence = "once",
                                  .account = arena_printf(&posts, "account-%zu", i % ACCOUNTS),
                                  .platform = "mastodon",
                                  .at = moment(0),
                                  .useful_until = instant_plus(moment(0), span_hours(2)),
                                  .file = "traffic.cfg",
                                  .state = STATE_READY};
    delivery_start_afresh(delivery);
    delivery->content = arena_printf(&posts, "{\"text\":\"%s %zu\"}", text, i / ACCOUNTS);
    digest_hex_of(delivery->content, strlen(delivery->content), delivery->content_hash);
    memcpy(delivery->same_hash, delivery->content_hash, DIGEST_HEX);
    delivery_set_id(delivery);
    return delivery;
}

static struct delivery after(const struct delivery *before, enum step step, struct arena *arena)
{
    struct delivery delivery = *before;

    if (step == INTENT) {
        delivery.state = STATE_SENDING;
        delivery.attempts = 1;
        delivery.born = delivery.first_intent = delivery.intent = moment(1);
        delivery_set_key(&delivery);
        delivery.progress = "{\"step\":\"publish\"}";
        delivery.request =
            arena_printf(arena, "{\"body\":%s,\"method\":\"POST\"}", before->content);
    } else {
        delivery.state = STATE_PUBLISHED;
        delivery.remote_id = "116123456789012345";
        delivery.url = "https://social.example.gov.in/@police/116123456789012345";
        delivery.published = moment(2);
    }
    return delivery;
}

/* Through the outbox. */
static void apply(struct outbox *outbox, struct delivery *delivery, enum step step,
                  struct arena *arena)
{
    static const char *const events[STEPS] = {NULL, "publish.intent", "publish.result"};
    struct change change = {.from = delivery->state, .event = events[step], .actor = "svc:crier"};
    struct delivery next;
    enum written written = WRITTEN;
    const char *twin;

    if (step == INSERT) {
        const char *identity = arena_printf(arena, "mastodon|%s|police", delivery->account);
        require(outbox_insert(outbox, delivery, identity, &err), "insert");
        return;
    }
    next = after(delivery, step, &posts);
    change.after = &next;
    require(outbox_change(outbox, &change, moment((size_t)step), arena, &written, &twin, &err) &&
                written == WRITTEN,
            "change");
    *delivery = next;
    delivery->rev++;
}

/* Of group `g` of the rows; groups before the first and behind the last are empty. */
static void apply_group(struct outbox *outbox, struct run *run, size_t g, enum step step,
                        struct arena *arena)
{
    size_t i;

    for (i = g * run->group; i < (g + 1) * run->group && i < run->rows; i++)
        apply(outbox, run->deliveries[i], step, arena);
}

/* As they are read before their time comes. */
static void read_due(struct outbox *outbox)
{
    struct due_place place = {.at = INSTANT_NONE};
    struct deliveries due = {.count = 1};
    struct arena arena = {0};

    while (due.count > 0) {
        require(outbox_due(outbox, &place, moment(0), 500, &arena, &due, &err), "due");
        arena_reset(&arena);
    }
    arena_clear(&arena);
}

static void run_phase(struct outbox *outbox, struct run *run, enum phase phase)
{
    struct cost begin = cost_now();
    size_t g, groups = (run->rows + run->group - 1) / run->group;
    struct arena arena = {0};
    struct span again;

    for (g = 0; g < groups + phase; g++) {
        require(outbox_begin(outbox, &err), "begin");
        if (phase == BURST && g > 0)
            apply_group(outbox, run, g - 1, RESULT, &arena);
        apply_group(outbox, run, g, phase == BURST ? INTENT : INSERT, &arena);
        require(outbox_commit(outbox, moment(g), &err) &&
                    outbox_tidy(outbox, moment(g), TIDY_BUSY, &again, &err),
                "commit");
        arena_reset(&arena);
    }
    arena_clear(&arena);
    run->costs[phase] = cost_since(begin, run->rows);
}

static void run_outbox(struct run *run)
{
    const struct outbox_options options = {
        .state = run->folder, .origin = "example.gov.in/crier", .audit_key = key, .node = "node1"};
    struct outbox *outbox;

    require(outbox_open(&options, moment(0), &outbox, &err), "open");
    run_phase(outbox, run, PLANNING);
    read_due(outbox);
    run_phase(outbox, run, BURST);
    outbox_close(outbox);
}

/* Bare. */
static sqlite3_stmt *bare_statements[STEPS];
static const char *const bare_sql[STEPS] = {
    "INSERT INTO post (id, state, content, request, receipt) VALUES (?1, ?2, ?3, '', '')",
    "UPDATE post SET state = ?2, request = ?3 WHERE id = ?1",
    "UPDATE post SET state = ?2, receipt = ?3 WHERE id = ?1",
};

static void bare_group(struct run *run, size_t g, enum step step)
{
    sqlite3_stmt *statement = bare_statements[step];
    size_t i;

    for (i = g * run->group; i < (g + 1) * run->group && i < run->rows; i++) {
        const struct delivery *delivery = run->deliveries[i];
        bind_text(statement, 1, delivery->id);
        bind_text(statement, 2, step_names[step]);
        bind_text(statement, 3,
                  step == RESULT ? "https://social.example.gov.in/@police/116123456789012345"
                                 : delivery->content);
        require(sqlite3_step(statement) == SQLITE_DONE, "step");
        sqlite3_reset(statement);
    }
}

static void bare_phase(sqlite3 *db, struct run *run, enum phase phase)
{
    struct cost begin = cost_now();
    size_t g, groups = (run->rows + run->group - 1) / run->group;

    for (g = 0; g < groups + phase; g++) {
        require(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK, "begin");
        if (phase == BURST && g > 0)
            bare_group(run, g - 1, RESULT);
        bare_group(run, g, phase == BURST ? INTENT : INSERT);
        require(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "commit");
    }
    run->costs[phase] = cost_since(begin, run->rows);
}

static void run_bare(struct run *run)
{
    struct arena scratch = {0};
    sqlite3 *db = NULL;
    enum phase phase;
    enum step step;

    require(sqlite3_open(arena_printf(&scratch, "%s/bare.db", run->folder), &db) == SQLITE_OK &&
                sqlite3_exec(db,
                             "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                             "PRAGMA synchronous = FULL;"
                             "CREATE TABLE post (id TEXT, state TEXT, content TEXT, request TEXT,"
                             " receipt TEXT) STRICT;"
                             "CREATE UNIQUE INDEX post_id ON post (id)",
                             NULL, NULL, NULL) == SQLITE_OK,
            "bare database");
    for (step = INSERT; step < STEPS; step++)
        require(sqlite3_prepare_v2(db, bare_sql[step], -1, &bare_statements[step], NULL) ==
                    SQLITE_OK,
                "prepare");
    for (phase = PLANNING; phase < PHASES; phase++)
        bare_phase(db, run, phase);
    for (step = INSERT; step < STEPS; step++)
        sqlite3_finalize(bare_statements[step]);
    sqlite3_close(db);
    arena_clear(&scratch);
}

static void print(const struct run *bare, const struct run *ours)
{
    enum phase phase;

    printf("groups of %zu, %zu rows: microseconds a row (of them CPU)\n", ours->group, ours->rows);
    for (phase = PLANNING; phase < PHASES; phase++) {
        const struct cost *a = &bare->costs[phase], *b = &ours->costs[phase];
        printf("  %-17s  bare %7.1f (%5.1f)  outbox %7.1f (%5.1f)  ratio %4.1f (%4.1f)\n",
               phase_names[phase], a->us, a->cpu_us, b->us, b->cpu_us, b->us / a->us,
               b->cpu_us / a->cpu_us);
    }
}

int main(int count, char **words)
{
    struct run bare = {.rows = 20000}, ours;
    size_t i;

    if (count < 3)
        return 2;
    bare.folder = words[1];
    bare.group = strtoul(words[2], NULL, 10);
    if (count > 3)
        bare.rows = strtoul(words[3], NULL, 10);
    require(bare.group > 0 && mkdir(bare.folder, 0700) == 0, "folder must be new");
    bare.deliveries = arena_array(&posts, bare.rows, sizeof *bare.deliveries);
    for (i = 0; i < bare.rows; i++)
        bare.deliveries[i] = make(i);
    ours = bare;
    run_outbox(&ours);
    run_bare(&bare);
    print(&bare, &ours);
    arena_clear(&posts);
    return 0;
}

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "base/i18n.h"
#include "store/inside.h"

enum { CHUNK_BYTES = 4 * 1024 * 1024 };
#define DAY_MS INT64_C(86400000)

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static json_t *prefixed_hash(const char *hex)
{
    return *hex ? json_sprintf("sha256:%s", hex) : NULL;
}

/* The approvals that stood when the record was made, as one hash; NULL when there were none. */
static bool approvals_hash(struct outbox *outbox, const struct delivery *delivery, json_t **hash,
                           struct err *err)
{
    const struct approval *approvals;
    char hex[DIGEST_HEX];
    size_t count, i;
    struct buffer text;

    *hash = NULL;
    if (delivery->approvals == 0)
        return true;
    if (!outbox_approvals(outbox, delivery->id, &outbox->scratch, &approvals, &count, err))
        return false;
    buffer_init(&text, SIZE_MAX);
    for (i = 0; i < count; i++) {
        if (!strcmp(approvals[i].content_hash, delivery->content_hash))
            buffer_printf(&text, "%s %s %" PRId64 " %" PRId64 " %" PRId64 "\n",
                          approvals[i].delivery, approvals[i].content_hash, approvals[i].at.ms,
                          approvals[i].useful_until.ms, approvals[i].uid);
    }
    if (text.length)
        *hash = prefixed_hash(digest_hex_of(text.bytes, text.length, hex));
    buffer_clear(&text);
    return true;
}

static bool put_delivery(struct outbox *outbox, const struct record *record, json_t *object,
                         struct err *err)
{
    static const struct delivery none = {.account = "", .reason = "", .remote_id = ""};
    const struct delivery *delivery = record->delivery ? record->delivery : &none;
    bool about = record->delivery != NULL;
    json_t *approval = NULL;

    if (about && !approvals_hash(outbox, delivery, &approval, err))
        return false;
    json_put_new(object, "approval", approval);
    json_put(object, "account", or_null(delivery->account));
    json_put_new(object, "attempt", about ? json_integer(delivery->attempts) : NULL);
    json_put_new(object, "content", prefixed_hash(delivery->content_hash));
    json_put(object, "delivery", or_null(delivery->id));
    json_put(object, "from", about ? state_word(record->from) : NULL);
    json_put(object, "name", about ? delivery_name(delivery, &outbox->scratch) : NULL);
    json_put(object, "reason", or_null(delivery->reason));
    json_put(object, "remote_id", or_null(delivery->remote_id));
    json_put(object, "state", about ? state_word(delivery->state) : NULL);
    return true;
}

static void put_times(const struct outbox *outbox, struct instant now, json_t *object)
{
    char text[INSTANT_TEXT];
    int offset_s = outbox->offset_s ? outbox->offset_s(outbox->offset_arg, now) : 0;

    json_put(object, "ts", instant_utc(now, text));
    json_put(object, "ts_local", instant_local(now, offset_s, true, text));
}

static bool put_facts(const char *facts, json_t *object, struct err *err)
{
    json_t *value = NULL;

    if (facts && !(value = json_read_own(facts, strlen(facts), err)))
        return err_within(err, "bug: facts of an audit record");
    json_put_new(object, "facts", value);
    return true;
}

static bool insert_line(struct outbox *outbox, struct instant now, const char *delivery,
                        const char *line, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database,
                           "INSERT INTO audit (seq, at, delivery, line) VALUES (?1, ?2, ?3, ?4)",
                           err);

    if (!statement)
        return false;
    bind_integer(statement, 1, outbox->log.size);
    bind_integer(statement, 2, now.ms);
    bind_text(statement, 3, delivery);
    bind_text(statement, 4, line);
    return database_run(&outbox->database, statement, err);
}

static bool is_urgent(const struct record *record)
{
    const struct delivery *delivery = record->delivery;

    if (!strncmp(record->event, "hold", 4))
        return true;
    return delivery && delivery->state != record->from &&
           (delivery->state == STATE_PUBLISHED || delivery->state == STATE_HELD);
}

static bool add_object(struct outbox *outbox, const struct record *record, struct instant now,
                       json_t *object, struct err *err)
{
    size_t length;
    const char *line;

    json_put(object, "actor", record->actor);
    json_put(object, "boot", outbox->boot);
    json_put_new(object, "cfg", prefixed_hash(outbox->log.config));
    json_put(object, "ev", record->event);
    json_put(object, "node", outbox->node);
    json_put(object, "prev", outbox->log.prev);
    json_put_integer(object, "seq", outbox->log.size);
    json_put_integer(object, "v", 1);
    put_times(outbox, now, object);
    if (!put_delivery(outbox, record, object, err) || !put_facts(record->facts, object, err))
        return false;
    line = json_write(object, &outbox->scratch, &length);
    if (!insert_line(outbox, now, record->delivery ? record->delivery->id : NULL, line, err))
        return false;
    digest_hex_of(line, length, outbox->log.prev);
    merkle_add(&outbox->log.tree, line, length);
    outbox->log.size++;
    outbox->log.written = true;
    outbox->urgent = outbox->urgent || is_urgent(record);
    return true;
}

bool log_add(struct outbox *outbox, const struct record *record, struct instant now,
             struct err *err)
{
    json_t *object = json_object();
    bool ok = add_object(outbox, record, now, object, err);

    json_decref(object);
    return ok;
}

/* The tree as bytes: 33 for each node, its height first. */
enum { NODE_BYTES = 1 + DIGEST_BYTES };

static size_t tree_bytes(const struct merkle *tree, unsigned char bytes[64 * NODE_BYTES])
{
    size_t i;

    for (i = 0; i < tree->count; i++) {
        bytes[i * NODE_BYTES] = (unsigned char)tree->nodes[i].height;
        memcpy(bytes + i * NODE_BYTES + 1, tree->nodes[i].hash.bytes, DIGEST_BYTES);
    }
    return tree->count * NODE_BYTES;
}

static bool tree_from_bytes(const unsigned char *bytes, size_t length, int64_t size,
                            struct merkle *tree)
{
    int64_t leaves = 0;
    size_t i;

    *tree = (struct merkle){.count = length / NODE_BYTES, .size = size};
    if (length % NODE_BYTES != 0 || tree->count > COUNT_OF(tree->nodes))
        return false;
    for (i = 0; i < tree->count; i++) {
        tree->nodes[i].height = bytes[i * NODE_BYTES];
        if (tree->nodes[i].height > 62)
            return false;
        leaves += INT64_C(1) << tree->nodes[i].height;
        memcpy(tree->nodes[i].hash.bytes, bytes + i * NODE_BYTES + 1, DIGEST_BYTES);
    }
    return leaves == size;
}

static bool load_log(struct outbox *outbox, struct err *err)
{
    struct database *database = &outbox->database;
    sqlite3_stmt *statement =
        database_statement(database, "SELECT size, prev, tree FROM log WHERE one = 1", err);
    struct log *log = &outbox->log;
    bool row, ok = statement && database_step(database, statement, &row, err);

    memset(log->prev, '0', DIGEST_HEX - 1);
    if (ok && row) {
        const char *prev = (const char *)sqlite3_column_text(statement, 1);
        log->size = sqlite3_column_int64(statement, 0);
        ok = prev && strlen(prev) == DIGEST_HEX - 1 &&
             tree_from_bytes(sqlite3_column_blob(statement, 2),
                             (size_t)sqlite3_column_bytes(statement, 2), log->size, &log->tree);
        if (ok)
            memcpy(log->prev, prev, DIGEST_HEX);
        else
            err_set(err, ERR_CONFIG, _("the database is damaged: its state of the audit log"));
    }
    sqlite3_reset(statement);
    return ok;
}

static bool load_tally(struct outbox *outbox, struct err *err)
{
    struct database *database = &outbox->database;
    sqlite3_stmt *statement = database_statement(database, "SELECT state, rows FROM tally", err);
    bool row, ok = statement != NULL;

    while (ok && (ok = database_step(database, statement, &row, err)) && row) {
        const char *word = (const char *)sqlite3_column_text(statement, 0);
        enum state state;
        if (word && state_from_word(word, &state))
            outbox->log.tally[state] = sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    return ok;
}

bool log_load(struct outbox *outbox, struct err *err)
{
    const char *config;

    if (!load_log(outbox, err) || !load_tally(outbox, err) ||
        !outbox_value(outbox, "plan-hash", &outbox->arena, &config, err))
        return false;
    if (config && strlen(config) == DIGEST_HEX - 1)
        memcpy(outbox->log.config, config, DIGEST_HEX);
    outbox->committed = outbox->log;
    return true;
}

static bool store_tally(struct outbox *outbox, struct err *err)
{
    int state;

    for (state = 0; state < STATE_COUNT; state++) {
        sqlite3_stmt *statement;
        if (outbox->log.tally[state] == outbox->committed.tally[state])
            continue;
        statement =
            database_statement(&outbox->database,
                               "INSERT OR REPLACE INTO tally (state, rows) VALUES (?1, ?2)", err);
        if (!statement)
            return false;
        bind_text(statement, 1, state_word((enum state)state));
        bind_integer(statement, 2, outbox->log.tally[state]);
        if (!database_run(&outbox->database, statement, err))
            return false;
    }
    return true;
}

bool log_store(struct outbox *outbox, struct err *err)
{
    unsigned char bytes[64 * NODE_BYTES];
    sqlite3_stmt *statement;

    if (!outbox->log.written)
        return true;
    statement = database_statement(
        &outbox->database,
        "INSERT OR REPLACE INTO log (one, size, prev, tree) VALUES (1, ?1, ?2, ?3)", err);
    if (!statement || !store_tally(outbox, err))
        return false;
    bind_integer(statement, 1, outbox->log.size);
    bind_text(statement, 2, outbox->log.prev);
    if (sqlite3_bind_blob(statement, 3, bytes, (int)tree_bytes(&outbox->log.tree, bytes),
                          SQLITE_STATIC) != SQLITE_OK)
        out_of_memory();
    outbox->log.written = false;
    return database_run(&outbox->database, statement, err);
}

struct chunk {
    struct buffer lines;
    struct instant at;
    int64_t count;
};

static bool flush_chunk(struct outbox *outbox, struct chunk *chunk, struct err *err)
{
    bool ok = chunk->count == 0 || segments_append(&outbox->segments, chunk->at, chunk->lines.bytes,
                                                   chunk->lines.length, chunk->count, err);

    buffer_empty(&chunk->lines);
    chunk->count = 0;
    return ok;
}

static bool export_line(struct outbox *outbox, sqlite3_stmt *statement, struct chunk *chunk,
                        struct err *err)
{
    struct instant at = {sqlite3_column_int64(statement, 1)};
    bool full = chunk->lines.length >= CHUNK_BYTES || at.ms / DAY_MS != chunk->at.ms / DAY_MS;

    if (sqlite3_column_int64(statement, 0) != outbox->segments.next + chunk->count)
        return err_set(err, ERR_CONFIG, _("the database is damaged: audit record %lld is missing"),
                       (long long)(outbox->segments.next + chunk->count));
    if (chunk->count > 0 && full && !flush_chunk(outbox, chunk, err))
        return false;
    chunk->at = at;
    chunk->count++;
    buffer_add(&chunk->lines, sqlite3_column_text(statement, 2),
               (size_t)sqlite3_column_bytes(statement, 2));
    buffer_char(&chunk->lines, '\n');
    return true;
}

/* Everything the database has and the files lack; the same for a commit and after a crash. */
bool log_export(struct outbox *outbox, struct err *err)
{
    struct database *database = &outbox->database;
    struct chunk chunk = {.count = 0};
    sqlite3_stmt *statement;
    bool row, ok;

    if (outbox->segments.next >= outbox->committed.size)
        return true;
    statement =
        database_statement(database, "SELECT seq, at, line FROM audit WHERE seq >= ?1 ORDER BY seq",
                           err);
    if (!statement)
        return false;
    bind_integer(statement, 1, outbox->segments.next);
    buffer_init(&chunk.lines, SIZE_MAX);
    while ((ok = database_step(database, statement, &row, err)) && row) {
        if (!(ok = export_line(outbox, statement, &chunk, err)))
            break;
    }
    sqlite3_reset(statement);
    ok = ok && flush_chunk(outbox, &chunk, err);
    buffer_clear(&chunk.lines);
    return ok;
}

/* I10: the last line of the file must be a record of the database. */
static bool compare_tail(struct outbox *outbox, const struct tail *tail, struct err *err)
{
    struct database *database = &outbox->database;
    sqlite3_stmt *statement;
    bool row, same = false;

    if (tail->seq < 0)
        return true;
    statement = database_statement(database, "SELECT line FROM audit WHERE seq = ?1", err);
    if (!statement)
        return false;
    bind_integer(statement, 1, tail->seq);
    if (!database_step(database, statement, &row, err))
        return false;
    if (row)
        same = (size_t)sqlite3_column_bytes(statement, 0) == tail->length &&
               !memcmp(sqlite3_column_text(statement, 0), tail->line, tail->length);
    sqlite3_reset(statement);
    if (!row)
        return err_set(err, ERR_CONFIG,
                       _("the database is older than the audit log: it ends at record %lld, the "
                         "log at %lld. Was it restored from a backup? Publishing again what went "
                         "out since then would be wrong, so Crier does not start"),
                       (long long)outbox->log.size - 1, (long long)tail->seq);
    return same || err_set(err, ERR_CONFIG,
                           _("audit record %lld differs between the database and %s: one of them "
                             "was changed, so Crier does not start"),
                           (long long)tail->seq, outbox->folder);
}

static bool keep_torn(struct outbox *outbox, const struct tail *tail, struct instant now,
                      struct err *err)
{
    struct arena scratch = {0};
    char hex[DIGEST_HEX];
    char *path = arena_printf(&scratch, "%s/torn-%" PRId64, outbox->folder, outbox->segments.next);
    char *facts = arena_printf(&scratch, "{\"bytes\":%zu,\"sha256\":\"%s\",\"torn\":%" PRId64 "}",
                               tail->torn_length, digest_hex_of(tail->torn, tail->torn_length, hex),
                               outbox->segments.next);
    bool ok = file_replace(path, tail->torn, tail->torn_length, 0440, err) &&
              outbox_begin(outbox, err) &&
              outbox_note(outbox, "recovery", "svc:crier", facts, now, err);

    arena_clear(&scratch);
    return ok;
}

/* C10: the torn bytes are kept and told of before they are cut; the export then writes the line
 * again. */
static bool recover_torn(struct outbox *outbox, const struct tail *tail, struct instant now,
                         struct err *err)
{
    if (tail->torn_length == 0)
        return true;
    return keep_torn(outbox, tail, now, err) && outbox_commit_rows(outbox, now, err) &&
           segments_cut(&outbox->segments, tail, err);
}

bool log_reconcile(struct outbox *outbox, struct instant now, struct err *err)
{
    struct arena scratch = {0};
    struct tail tail;
    bool ok = segments_open(&outbox->segments, outbox->folder, &scratch, &tail, err) &&
              compare_tail(outbox, &tail, err) && recover_torn(outbox, &tail, now, err) &&
              log_export(outbox, err);

    arena_clear(&scratch);
    return ok;
}

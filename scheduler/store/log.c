#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "base/i18n.h"
#include "store/inside.h"

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

/* A member whose value is plain as it stands (hexadecimal, a time, a word of ours), or null when it
 * is empty. Not the first one. */
#define PUT_PLAIN(line, name, before, text)                                                        \
    put_plain(line, ",\"" name "\":", sizeof ",\"" name "\":" - 1, "\"" before, text)

static void put_plain(struct buffer *line, const char *name, size_t name_length, const char *before,
                      const char *text)
{
    const size_t lengths[] = {name_length, strlen(before), strlen(text)};
    char *at = buffer_more(line, lengths[0] + (*text ? lengths[1] + lengths[2] + 1 : 4));

    if (!at)
        out_of_memory();
    at = mempcpy(at, name, lengths[0]);
    if (!*text) {
        (void)mempcpy(at, "null", 4);
        return;
    }
    at = mempcpy(at, before, lengths[1]);
    at = mempcpy(at, text, lengths[2]);
    *at = '"';
}

/* The approvals that stood when the record was made, as one hash; "" when there were none. */
static bool approvals_hash(struct outbox *outbox, const struct delivery *delivery,
                           char hex[DIGEST_HEX], struct err *err)
{
    const struct approval *approvals;
    size_t count, i;
    struct buffer text;

    hex[0] = '\0';
    if (!delivery || delivery->approvals == 0)
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
        digest_hex_of(text.bytes, text.length, hex);
    buffer_clear(&text);
    return true;
}

/* `facts` as canonical JSON, whatever its spelling. Those of a change are promised to be, and only
 * test builds look. */
static bool canonical(struct outbox *outbox, const struct record *record, const char **text,
                      struct err *err)
{
    const char *facts = record->facts;
    json_t *value;

    *text = facts ? facts : "null";
    if (!facts || (record->row && !IN_TESTS))
        return true;
    value = json_read_own(facts, strlen(facts), err);
    if (!value)
        return err_within(err, _("bug: facts of an audit record"));
    *text = json_write(value, &outbox->scratch, NULL);
    json_decref(value);
    return !record->row || !strcmp(*text, facts) ||
           err_set(err, ERR_IO, _("bug: facts of a change are not canonical: %s"), facts);
}

/* The records of one group have few times. */
static void stamp(struct outbox *outbox, struct instant now)
{
    int offset_s;

    if (outbox->stamp.utc[0] && outbox->stamp.at.ms == now.ms)
        return;
    offset_s = outbox->offset_s ? outbox->offset_s(outbox->offset_arg, now) : 0;
    outbox->stamp.at = now;
    instant_utc(now, outbox->stamp.utc);
    instant_local(now, offset_s, true, outbox->stamp.local);
}

/* Members in the order of their names, so that it is what json_write would write. */
static void write_line(const struct outbox *outbox, const struct record *record,
                       const char *approval, const char *facts, struct buffer *line)
{
    static const struct delivery none = {.account = "", .reason = "", .remote_id = ""};
    const struct delivery *delivery = record->row ? record->delivery : &none;

    buffer_char(line, '{');
    json_add(line, "account", or_null(delivery->account));
    json_add(line, "actor", record->actor);
    PUT_PLAIN(line, "approval", "sha256:", approval);
    if (record->row)
        json_add_integer(line, "attempt", delivery->attempts);
    else
        json_add(line, "attempt", NULL);
    json_add(line, "boot", outbox->boot);
    PUT_PLAIN(line, "cfg", "sha256:", outbox->log.config);
    PUT_PLAIN(line, "content", "sha256:", delivery->content_hash);
    PUT_PLAIN(line, "delivery", "", delivery->id);
    json_add(line, "ev", record->event);
    buffer_text(line, ",\"facts\":");
    buffer_text(line, facts);
    PUT_PLAIN(line, "from", "", record->row ? state_word(record->from) : "");
    json_add(line, "name", record->row ? record->row->name : NULL);
    json_add(line, "node", outbox->node);
    PUT_PLAIN(line, "prev", "", outbox->log.prev);
    json_add(line, "reason", or_null(delivery->reason));
    json_add(line, "remote_id", or_null(delivery->remote_id));
    json_add_integer(line, "seq", outbox->log.size);
    PUT_PLAIN(line, "state", "", record->row ? state_word(delivery->state) : "");
    PUT_PLAIN(line, "ts", "", outbox->stamp.utc);
    PUT_PLAIN(line, "ts_local", "", outbox->stamp.local);
    buffer_add(line, ",\"v\":1}", 7);
}

static bool is_urgent(const struct record *record)
{
    const struct delivery *delivery = record->delivery;

    if (!strncmp(record->event, "hold", 4))
        return true;
    return delivery && delivery->state != record->from &&
           (delivery->state == STATE_PUBLISHED || delivery->state == STATE_HELD);
}

bool log_add(struct outbox *outbox, const struct record *record, struct instant now,
             struct err *err)
{
    struct buffer *text = &outbox->lines.text;
    char approval[DIGEST_HEX];
    const char *facts;
    size_t begin;

    if (!approvals_hash(outbox, record->row ? record->delivery : NULL, approval, err) ||
        !canonical(outbox, record, &facts, err) || !lines_begin(outbox, now, err))
        return false;
    begin = text->length;
    stamp(outbox, now);
    write_line(outbox, record, approval, facts, text);
    digest_hex_of(text->bytes + begin, text->length - begin, outbox->log.prev);
    merkle_add(&outbox->log.tree, text->bytes + begin, text->length - begin);
    lines_end(outbox, now, record->row ? record->row->told : -1);
    outbox->log.size++;
    outbox->log.written = true;
    outbox->urgent = outbox->urgent || is_urgent(record);
    return true;
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
    if (!lines_store(outbox, err))
        return false;
    statement = database_statement(
        &outbox->database,
        "INSERT OR REPLACE INTO log (one, size, prev, tree) VALUES (1, ?1, ?2, ?3)", err);
    if (!statement || !store_tally(outbox, err))
        return false;
    bind_integer(statement, 1, outbox->log.size);
    bind_text(statement, 2, outbox->log.prev);
    bind_bytes(statement, 3, bytes, tree_bytes(&outbox->log.tree, bytes));
    outbox->log.written = false;
    return database_run(&outbox->database, statement, err);
}

/* I10: the last line of the file must be a record of the database. */
static bool compare_tail(struct outbox *outbox, const struct tail *tail, struct err *err)
{
    struct arena scratch = {0};
    struct line line;
    bool ok, same;

    if (tail->seq < 0)
        return true;
    ok = lines_find(outbox, tail->seq, &scratch, &line, err);
    same = ok && line.text && line.length == tail->length &&
           !memcmp(line.text, tail->line, tail->length);
    arena_clear(&scratch);
    if (!ok)
        return false;
    if (!line.text)
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
              lines_export(outbox, err) && segments_sync(&outbox->segments, err);

    arena_clear(&scratch);
    return ok;
}

/* The lines of audit records on their way: gathered in memory while a transaction is open, many of
 * them one row of table `audit` when it commits, appended to their file after that. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "store/inside.h"

/* Of the file's bytes in memory, and of the text of one row: a line is found by reading its row. */
enum { CHUNK_BYTES = 4 * 1024 * 1024, GROUP_BYTES = 64 * 1024 };
#define DAY_MS INT64_C(86400000)

static bool same_day(struct instant a, struct instant b)
{
    return a.ms / DAY_MS == b.ms / DAY_MS;
}

void lines_forget(struct lines *lines)
{
    buffer_empty(&lines->text);
    buffer_empty(&lines->befores);
    lines->count = lines->stored = 0;
    lines->stored_bytes = 0;
    lines->broken = false;
}

/* What no row has yet becomes one. */
bool lines_store(struct outbox *outbox, struct err *err)
{
    struct lines *lines = &outbox->lines;
    sqlite3_stmt *statement;

    if (lines->stored == lines->count)
        return true;
    statement =
        database_statement(&outbox->database,
                           "INSERT INTO audit (seq, at, lines, befores) VALUES (?1, ?2, ?3, ?4)",
                           err);
    if (!statement)
        return false;
    bind_integer(statement, 1, lines->first + lines->stored);
    bind_integer(statement, 2, lines->at.ms);
    bind_text_n(statement, 3, lines->text.bytes + lines->stored_bytes,
                lines->text.length - lines->stored_bytes);
    bind_bytes(statement, 4, lines->befores.bytes + (size_t)lines->stored * sizeof(int64_t),
               (size_t)(lines->count - lines->stored) * sizeof(int64_t));
    lines->stored = lines->count;
    lines->stored_bytes = lines->text.length;
    return database_run(&outbox->database, statement, err);
}

/* Those of an earlier transaction are in the table: from there they reach their file. */
static void begin_transaction(struct outbox *outbox)
{
    if (outbox->log.size == outbox->committed.size)
        lines_forget(&outbox->lines);
}

bool lines_begin(struct outbox *outbox, struct instant now, struct err *err)
{
    struct lines *lines = &outbox->lines;
    bool other_day;

    begin_transaction(outbox);
    other_day = lines->count > 0 && !same_day(lines->at, now);
    if ((other_day || lines->text.length - lines->stored_bytes >= GROUP_BYTES) &&
        !lines_store(outbox, err))
        return false;
    if (other_day || lines->text.length >= CHUNK_BYTES) {
        if (!lines_store(outbox, err))
            return false;
        lines_forget(lines);
        lines->broken = true;
    }
    if (lines->count == 0)
        lines->first = outbox->log.size;
    return true;
}

void lines_end(struct outbox *outbox, struct instant now, int64_t before)
{
    struct lines *lines = &outbox->lines;

    buffer_char(&lines->text, '\n');
    buffer_add(&lines->befores, &before, sizeof before);
    lines->at = now;
    lines->count++;
}

/* Line `number` of a text whose lines all have their LF; false: there are fewer. */
static bool line_of(const char *text, size_t length, int64_t number, struct line *line)
{
    const char *end = text + length, *stop = text;

    for (;; text = stop + 1) {
        stop = text < end ? memchr(text, '\n', (size_t)(end - text)) : NULL;
        if (!stop)
            return false;
        if (number-- == 0)
            break;
    }
    line->text = text;
    line->length = (size_t)(stop - text);
    return true;
}

static int64_t before_of(const void *befores, size_t bytes, int64_t number)
{
    int64_t before = -1;

    if (((size_t)number + 1) * sizeof before <= bytes)
        memcpy(&before, (const char *)befores + (size_t)number * sizeof before, sizeof before);
    return before;
}

static bool find_fresh(const struct lines *lines, int64_t seq, struct arena *arena,
                       struct line *line)
{
    int64_t number = seq - lines->first;

    if (lines->count == 0 || number < 0 ||
        !line_of(lines->text.bytes, lines->text.length, number, line))
        return false;
    line->text = arena_text_n(arena, line->text, line->length);
    line->before = before_of(lines->befores.bytes, lines->befores.length, number);
    return true;
}

bool lines_find(struct outbox *outbox, int64_t seq, struct arena *arena, struct line *line,
                struct err *err)
{
    sqlite3_stmt *statement;
    bool row;

    *line = (struct line){.text = NULL};
    if (find_fresh(&outbox->lines, seq, arena, line))
        return true;
    statement = database_statement(&outbox->database,
                                   "SELECT lines, befores, ?1 - seq FROM audit WHERE seq <= ?1"
                                   " ORDER BY seq DESC LIMIT 1",
                                   err);
    if (!statement)
        return false;
    bind_integer(statement, 1, seq);
    if (!database_step(&outbox->database, statement, &row, err))
        return false;
    if (row && line_of((const char *)sqlite3_column_text(statement, 0),
                       (size_t)sqlite3_column_bytes(statement, 0),
                       sqlite3_column_int64(statement, 2), line)) {
        line->text = arena_text_n(arena, line->text, line->length);
        line->before =
            before_of(sqlite3_column_blob(statement, 1), (size_t)sqlite3_column_bytes(statement, 1),
                      sqlite3_column_int64(statement, 2));
    }
    sqlite3_reset(statement);
    return true;
}

/* What one append to a file takes. */
struct chunk {
    struct buffer text;
    struct instant at;
    int64_t count;
};

static bool flush_chunk(struct outbox *outbox, struct chunk *chunk, struct err *err)
{
    bool ok = chunk->count == 0 || segments_append(&outbox->segments, chunk->at, chunk->text.bytes,
                                                   chunk->text.length, chunk->count, err);

    buffer_empty(&chunk->text);
    chunk->count = 0;
    return ok;
}

static int64_t count_lines(const char *text, size_t length)
{
    int64_t count = 0;
    size_t i;

    for (i = 0; i < length; i++)
        count += text[i] == '\n';
    return count;
}

/* The rest of a row, from what the files lack on. */
static bool export_row(struct outbox *outbox, sqlite3_stmt *statement, struct chunk *chunk,
                       struct err *err)
{
    const char *text = (const char *)sqlite3_column_text(statement, 2);
    size_t length = (size_t)sqlite3_column_bytes(statement, 2);
    struct instant at = {sqlite3_column_int64(statement, 1)};
    int64_t wanted = outbox->segments.next + chunk->count,
            have = sqlite3_column_int64(statement, 0);
    struct line line;

    if (have > wanted || !line_of(text, length, wanted - have, &line))
        return err_set(err, ERR_CONFIG, _("the database is damaged: audit record %lld is missing"),
                       (long long)wanted);
    if (chunk->count > 0 && (chunk->text.length >= CHUNK_BYTES || !same_day(at, chunk->at)) &&
        !flush_chunk(outbox, chunk, err))
        return false;
    length -= (size_t)(line.text - text);
    buffer_add(&chunk->text, line.text, length);
    chunk->count += count_lines(line.text, length);
    chunk->at = at;
    return true;
}

/* Everything the database has and the files lack. */
static bool export_all(struct outbox *outbox, struct err *err)
{
    struct database *database = &outbox->database;
    struct chunk chunk = {.count = 0};
    sqlite3_stmt *statement;
    bool row, ok;

    statement = database_statement(database,
                                   "SELECT seq, at, lines FROM audit WHERE seq >="
                                   " (SELECT max(seq) FROM audit WHERE seq <= ?1) ORDER BY seq",
                                   err);
    if (!statement)
        return false;
    bind_integer(statement, 1, outbox->segments.next);
    buffer_init(&chunk.text, SIZE_MAX);
    while ((ok = database_step(database, statement, &row, err)) && row) {
        if (!(ok = export_row(outbox, statement, &chunk, err)))
            break;
    }
    sqlite3_reset(statement);
    ok = ok && flush_chunk(outbox, &chunk, err);
    buffer_clear(&chunk.text);
    return ok;
}

bool lines_export(struct outbox *outbox, struct err *err)
{
    const struct lines *lines = &outbox->lines;
    struct segments *segments = &outbox->segments;
    bool ok;

    if (segments->next >= outbox->committed.size)
        ok = true;
    else if (!lines->broken && lines->count > 0 && lines->first == segments->next &&
             lines->first + lines->count == outbox->committed.size)
        ok = segments_append(segments, lines->at, lines->text.bytes, lines->text.length,
                             lines->count, err);
    else
        ok = export_all(outbox, err);
    lines_forget(&outbox->lines);
    return ok;
}

#include "store/row.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "campaign/delivery.h"

/* X(column, kind, member): those that never change, those that follow the files, those that every
 * change may write; all in the order of the digest. NAME, IDENTITY, BEGIN and SAID are made, not
 * members. */
#define FIXED_COLUMNS(X)                                                                           \
    X(id, CHARS, id)                                                                               \
    X(campaign, TEXT, campaign)                                                                    \
    X(post, TEXT, post)                                                                            \
    X(occurrence, TEXT, occurrence)                                                                \
    X(account, TEXT, account)                                                                      \
    X(platform, TEXT, platform)                                                                    \
    X(name, NAME, id)
#define FILED_COLUMNS(X)                                                                           \
    X(identity, IDENTITY, id)                                                                      \
    X(at, INSTANT, at)                                                                             \
    X(useful_until, INSTANT, useful_until)                                                         \
    X(lead, SPAN, lead)                                                                            \
    X(late, LATE, late)                                                                            \
    X(urgency, URGENCY, urgency)                                                                   \
    X(again, TRUTH, again)                                                                         \
    X(approvals, SMALL, approvals)                                                                 \
    X(content, TEXT, content)                                                                      \
    X(content_hash, CHARS, content_hash)                                                           \
    X(same_hash, CHARS, same_hash)                                                                 \
    X(media, MEDIA, media)                                                                         \
    X(file, TEXT, file)                                                                            \
    X(author, INTEGER, author)                                                                     \
    X(said, SAID, id)
#define STANDING_COLUMNS(X)                                                                        \
    X(state, STATE, state)                                                                         \
    X(reason, TEXT, reason)                                                                        \
    X(note, TEXT, note)                                                                            \
    X(rev, INTEGER, rev)                                                                           \
    X(born, INSTANT, born)                                                                         \
    X(generation, INTEGER, generation)                                                             \
    X(key, CHARS, key)                                                                             \
    X(progress, TEXT, progress)                                                                    \
    X(request, TEXT, request)                                                                      \
    X(attempts, INTEGER, attempts)                                                                 \
    X(tries, INTEGER, tries)                                                                       \
    X(reads, INTEGER, reads)                                                                       \
    X(not_before, INSTANT, not_before)                                                             \
    X(first_intent, INSTANT, first_intent)                                                         \
    X(intent, INSTANT, intent)                                                                     \
    X(remote_id, TEXT, remote_id)                                                                  \
    X(url, TEXT, url)                                                                              \
    X(published, INSTANT, published)                                                               \
    X(begin, BEGIN, id)
#define ALL_COLUMNS(X)                                                                             \
    FIXED_COLUMNS(X)                                                                               \
    FILED_COLUMNS(X)                                                                               \
    STANDING_COLUMNS(X)

#define COLUMN_NAME(column, kind, member) #column ","
#define COLUMN_MARK(column, kind, member) "?,"
#define COLUMN_SET(column, kind, member)  #column " = ?,"
#define COLUMN_ENUM(column, kind, member) COLUMN_##column,
#define COLUMN_ROW(column, kind, member)                                                           \
    {KIND_##kind, offsetof(struct delivery, member), sizeof(((struct delivery *)0)->member)},

enum kind {
    KIND_CHARS,
    KIND_TEXT,
    KIND_NAME,
    KIND_IDENTITY,
    KIND_INSTANT,
    KIND_SPAN,
    KIND_LATE,
    KIND_URGENCY,
    KIND_TRUTH,
    KIND_SMALL,
    KIND_MEDIA,
    KIND_INTEGER,
    KIND_STATE,
    KIND_BEGIN,
    KIND_SAID,
    KIND_COUNT
};

enum { ALL_COLUMNS(COLUMN_ENUM) COLUMNS, FILED = COLUMN_identity, STANDING = COLUMN_state };

static const struct column {
    enum kind kind;
    size_t offset, size;
} columns[COLUMNS] = {ALL_COLUMNS(COLUMN_ROW)};

const char row_select[] = "SELECT " ALL_COLUMNS(COLUMN_NAME) "digest, rowid FROM delivery ";
static const char insert_row[] = "INSERT INTO delivery (" ALL_COLUMNS(
    COLUMN_NAME) "digest) VALUES (" ALL_COLUMNS(COLUMN_MARK) "?)";
static const char update_filed[] = "UPDATE delivery SET " FILED_COLUMNS(COLUMN_SET)
    STANDING_COLUMNS(COLUMN_SET) "digest = ? WHERE rowid = ?";
/* SQLite writes an index anew when one of its columns is set, also to the same value. */
static const char update_standing[] =
    "UPDATE delivery SET " STANDING_COLUMNS(COLUMN_SET) "digest = ? WHERE rowid = ?";

/* A value on its way between a member and a column. */
struct cell {
    enum { CELL_NONE, CELL_INTEGER, CELL_TEXT } type;
    int64_t number;
    const char *text;
    size_t length;
};

static struct cell text_cell(const char *text)
{
    return (struct cell){.type = CELL_TEXT, .text = text, .length = strlen(text)};
}

static struct cell integer_cell(int64_t number)
{
    return (struct cell){.type = CELL_INTEGER, .number = number};
}

static struct cell instant_cell(struct instant t)
{
    struct cell none = {.type = CELL_NONE};

    return instant_is_none(t) ? none : integer_cell(t.ms);
}

struct instant row_begin(const struct delivery *delivery)
{
    struct instant begin = instant_minus(delivery->at, delivery->lead);

    return !instant_is_none(delivery->not_before) && instant_before(begin, delivery->not_before)
               ? delivery->not_before
               : begin;
}

const char *row_said(const struct delivery *delivery, const char *identity, struct arena *arena)
{
    char hex[DIGEST_HEX];
    char *text =
        arena_printf(arena, "%" PRId64 " %" PRId64 " %" PRId64 " %s %s %d %d %s %s %" PRId64 " %s",
                     delivery->at.ms, delivery->useful_until.ms, delivery->lead.ms,
                     late_word(delivery->late), urgency_word(delivery->urgency), delivery->again,
                     delivery->approvals, delivery->content_hash, delivery->file, delivery->author,
                     identity);

    return arena_text_n(arena, digest_hex_of(text, strlen(text), hex), SAID_CHARS);
}

static json_t *medium_json(const struct medium *medium)
{
    json_t *object = json_object();

    json_put(object, "alt", medium->alt);
    json_put_integer(object, "bytes", medium->bytes);
    json_put_integer(object, "duration_ms", medium->duration_ms);
    json_put(object, "file", medium->file);
    json_put_integer(object, "height", medium->height);
    json_put(object, "mime", medium->mime);
    json_put(object, "recipe", medium->recipe);
    json_put(object, "sha256", medium->sha256);
    json_put_integer(object, "width", medium->width);
    return object;
}

static const char *media_text(const struct delivery *delivery, struct arena *arena)
{
    json_t *list;
    const char *text;
    size_t i;

    if (delivery->media_count == 0)
        return "[]";
    list = json_array();
    for (i = 0; i < delivery->media_count; i++)
        json_array_append_new(list, medium_json(&delivery->media[i]));
    text = json_write(list, arena, NULL);
    json_decref(list);
    return text;
}

static const char *member_text(const json_t *object, const char *member, struct arena *arena)
{
    const char *text = json_text(object, member);

    return arena_text(arena, text ? text : "");
}

static bool medium_read(const json_t *object, struct arena *arena, struct medium *medium)
{
    const char *hash = json_text(object, "sha256");

    if (!hash || strlen(hash) != DIGEST_HEX - 1)
        return false;
    memcpy(medium->sha256, hash, DIGEST_HEX);
    medium->file = member_text(object, "file", arena);
    medium->alt = member_text(object, "alt", arena);
    medium->recipe = member_text(object, "recipe", arena);
    medium->mime = member_text(object, "mime", arena);
    medium->bytes = json_integer_or(object, "bytes", 0);
    medium->width = json_integer_or(object, "width", 0);
    medium->height = json_integer_or(object, "height", 0);
    medium->duration_ms = json_integer_or(object, "duration_ms", 0);
    return true;
}

static bool media_read(const struct cell *cell, struct arena *arena, struct delivery *delivery)
{
    struct err ignored;
    json_t *list;
    struct medium *media;
    bool ok;
    size_t i;

    if (!strcmp(cell->text, "[]"))
        return true;
    list = json_read_own(cell->text, cell->length, &ignored);
    delivery->media_count = json_array_size(list);
    delivery->media = media = arena_array(arena, delivery->media_count, sizeof *media);
    ok = delivery->media_count > 0;
    for (i = 0; ok && i < delivery->media_count; i++)
        ok = medium_read(json_array_get(list, i), arena, &media[i]);
    json_decref(list);
    return ok;
}

/* What is no member. */
struct made {
    const char *name, *identity, *said;
};

static struct cell cell_of(const struct column *column, const struct delivery *delivery,
                           const struct made *made, struct arena *arena)
{
    const void *member = (const char *)delivery + column->offset;

    switch (column->kind) {
    case KIND_CHARS:
        return text_cell(member);
    case KIND_TEXT:
        return text_cell(*(const char *const *)member);
    case KIND_NAME:
        return text_cell(made->name);
    case KIND_IDENTITY:
        return text_cell(made->identity);
    case KIND_INSTANT:
        return instant_cell(*(const struct instant *)member);
    case KIND_SPAN:
        return integer_cell(((const struct span *)member)->ms);
    case KIND_LATE:
        return text_cell(late_word(*(const enum late_policy *)member));
    case KIND_URGENCY:
        return text_cell(urgency_word(*(const enum urgency *)member));
    case KIND_TRUTH:
        return integer_cell(*(const bool *)member);
    case KIND_SMALL:
        return integer_cell(*(const int *)member);
    case KIND_MEDIA:
        return text_cell(media_text(delivery, arena));
    case KIND_INTEGER:
        return integer_cell(*(const int64_t *)member);
    case KIND_STATE:
        return text_cell(state_word(*(const enum state *)member));
    case KIND_BEGIN:
        return instant_cell(row_begin(delivery));
    case KIND_SAID:
        return text_cell(made->said);
    case KIND_COUNT:
        break;
    }
    abort();
}

static bool set_chars(char *member, size_t size, const struct cell *cell)
{
    if (cell->length >= size)
        return false;
    memcpy(member, cell->text, cell->length + 1);
    return true;
}

/* False when the digest holds and yet the value is none of ours: a word of a newer version. */
static bool member_of(const struct column *column, const struct cell *cell, struct arena *arena,
                      struct row *row)
{
    void *member = (char *)row->delivery + column->offset;

    switch (column->kind) {
    case KIND_CHARS:
        return set_chars(member, column->size, cell);
    case KIND_TEXT:
        *(const char **)member = arena_text_n(arena, cell->text, cell->length);
        return true;
    case KIND_IDENTITY:
        row->identity = arena_text_n(arena, cell->text, cell->length);
        return true;
    case KIND_INSTANT:
        *(struct instant *)member =
            cell->type == CELL_NONE ? INSTANT_NONE : (struct instant){cell->number};
        return true;
    case KIND_SPAN:
        ((struct span *)member)->ms = cell->number;
        return true;
    case KIND_LATE:
        return late_from_word(cell->text, member);
    case KIND_URGENCY:
        return urgency_from_word(cell->text, member);
    case KIND_TRUTH:
        *(bool *)member = cell->number != 0;
        return true;
    case KIND_SMALL:
        *(int *)member = (int)cell->number;
        return true;
    case KIND_MEDIA:
        return media_read(cell, arena, row->delivery);
    case KIND_INTEGER:
        *(int64_t *)member = cell->number;
        return true;
    case KIND_STATE:
        return state_from_word(cell->text, member);
    case KIND_NAME:
        row->name = arena_text_n(arena, cell->text, cell->length);
        return true;
    case KIND_SAID:
        row->said = arena_text_n(arena, cell->text, cell->length);
        return true;
    case KIND_BEGIN:
    case KIND_COUNT:
        break;
    }
    return true;
}

static const char *digest_cells(const struct cell cells[COLUMNS], struct buffer *buffer,
                                char hex[DIGEST_HEX])
{
    size_t i;

    buffer_empty(buffer);
    for (i = 0; i < COLUMNS; i++) {
        int64_t head[2] = {(int64_t)cells[i].type,
                           cells[i].type == CELL_TEXT ? (int64_t)cells[i].length : cells[i].number};
        buffer_add(buffer, head, sizeof head);
        buffer_add(buffer, cells[i].text, cells[i].length);
    }
    return digest_hex_of(buffer->bytes, buffer->length, hex);
}

static void bind_cell(sqlite3_stmt *statement, int parameter, const struct cell *cell)
{
    if (cell->type == CELL_INTEGER)
        bind_integer(statement, parameter, cell->number);
    else if (cell->type == CELL_TEXT)
        bind_text_n(statement, parameter, cell->text, cell->length);
    else
        bind_text(statement, parameter, NULL);
}

static void make_cells(const struct delivery *delivery, const struct made *made, size_t first,
                       size_t end, struct arena *arena, struct cell cells[COLUMNS])
{
    size_t i;

    for (i = first; i < end; i++)
        cells[i] = cell_of(&columns[i], delivery, made, arena);
}

/* The cells from `first`, and the digest over all. */
static int bind_cells(sqlite3_stmt *statement, const struct cell cells[COLUMNS], size_t first,
                      struct buffer *buffer, char hex[DIGEST_HEX])
{
    int parameter = 1;
    size_t i;

    for (i = first; i < COLUMNS; i++)
        bind_cell(statement, parameter++, &cells[i]);
    bind_text(statement, parameter++, digest_cells(cells, buffer, hex));
    return parameter;
}

bool row_insert(struct database *database, const struct delivery *delivery, const char *identity,
                struct buffer *buffer, struct arena *arena, struct err *err)
{
    const struct made made = {.name = delivery_name(delivery, arena),
                              .identity = identity,
                              .said = row_said(delivery, identity, arena)};
    sqlite3_stmt *statement = database_statement(database, insert_row, err);
    struct cell cells[COLUMNS];
    char hex[DIGEST_HEX];

    if (!statement)
        return false;
    make_cells(delivery, &made, 0, COLUMNS, arena, cells);
    bind_cells(statement, cells, 0, buffer, hex);
    return database_run(database, statement, err);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->type == b->type && a->number == b->number && a->length == b->length &&
           (a->length == 0 || !memcmp(a->text, b->text, a->length));
}

/* Whether all that follows the files is as it was; what stands in a damaged row is not known. */
static bool same_filed(const struct row *before, const struct made *made,
                       const struct cell after[COLUMNS], struct arena *arena)
{
    const struct made was = {.identity = before->identity, .said = made->said};
    struct cell cells[COLUMNS];
    size_t i;

    if (before->damaged)
        return false;
    make_cells(before->delivery, &was, FILED, STANDING, arena, cells);
    for (i = FILED; i < STANDING; i++) {
        if (!same_cell(&cells[i], &after[i]))
            return false;
    }
    return true;
}

bool row_update(struct database *database, const struct row *before,
                const struct delivery *delivery, const char *identity, struct buffer *buffer,
                struct arena *arena, struct err *err)
{
    struct made made = {.name = before->name, .identity = identity, .said = before->said};
    struct cell cells[COLUMNS];
    char hex[DIGEST_HEX];
    sqlite3_stmt *statement;
    size_t first = STANDING;

    make_cells(delivery, &made, 0, COLUMNS, arena, cells);
    if (!same_filed(before, &made, cells, arena)) {
        cells[COLUMN_said] = text_cell(row_said(delivery, identity, arena));
        first = FILED;
    }
    statement = database_statement(database, first == FILED ? update_filed : update_standing, err);
    if (!statement)
        return false;
    bind_integer(statement, bind_cells(statement, cells, first, buffer, hex), before->rowid);
    return database_run(database, statement, err);
}

static struct cell column_cell(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return integer_cell(sqlite3_column_int64(statement, column));
    case SQLITE_TEXT:
        return (struct cell){.type = CELL_TEXT,
                             .text = (const char *)sqlite3_column_text(statement, column),
                             .length = (size_t)sqlite3_column_bytes(statement, column)};
    default:
        return (struct cell){.type = CELL_NONE};
    }
}

/* Damaged bytes may be no UTF-8 and no name: what is left of them is fit to be printed. */
static const char *harmless(const struct cell *cell, struct arena *arena)
{
    char *text = arena_text_n(arena, cell->text ? cell->text : "", cell->length);
    char *at;

    for (at = text; *at; at++) {
        if (*at < 0x21 || *at > 0x7e || *at == '"' || *at == '\\')
            *at = '?';
    }
    return text;
}

static void read_damaged(const struct cell cells[COLUMNS], struct arena *arena, struct row *row)
{
    struct delivery *delivery = row->delivery;
    size_t i;

    *delivery = (struct delivery){0};
    for (i = 0; i < COLUMNS; i++) {
        void *member = (char *)delivery + columns[i].offset;
        if (columns[i].kind == KIND_TEXT)
            *(const char **)member = i < FILED ? harmless(&cells[i], arena) : "";
        else if (columns[i].kind == KIND_INSTANT)
            *(struct instant *)member = INSTANT_NONE;
        else if (columns[i].kind == KIND_INTEGER)
            *(int64_t *)member = cells[i].number;
        if (columns[i].kind == KIND_STATE)
            row->marked = cells[i].text && !strcmp(cells[i].text, state_word(STATE_HELD)) &&
                          cells[i + 1].text && !strcmp(cells[i + 1].text, REASON_DAMAGED);
    }
    strncpy(delivery->id, harmless(&cells[0], arena), sizeof delivery->id - 1);
    delivery->at = delivery->useful_until = (struct instant){0};
    delivery->author = -1;
    delivery->state = STATE_HELD;
    delivery->reason = REASON_DAMAGED;
    row->name = delivery_name(delivery, arena);
    row->identity = row->said = "";
    row->damaged = true;
}

static bool read_whole(const struct cell cells[COLUMNS], struct arena *arena, struct row *row)
{
    size_t i;

    for (i = 0; i < COLUMNS; i++) {
        if (!member_of(&columns[i], &cells[i], arena, row))
            return false;
    }
    return true;
}

void row_read(sqlite3_stmt *statement, struct buffer *buffer, struct arena *arena, struct row *row)
{
    const char *digest = (const char *)sqlite3_column_text(statement, COLUMNS);
    struct cell cells[COLUMNS];
    char hex[DIGEST_HEX];
    int i;

    *row = (struct row){.delivery = arena_alloc(arena, sizeof *row->delivery),
                        .rowid = sqlite3_column_int64(statement, COLUMNS + 1)};
    for (i = 0; i < COLUMNS; i++)
        cells[i] = column_cell(statement, i);
    if (!digest || strcmp(digest, digest_cells(cells, buffer, hex)) != 0 ||
        !read_whole(cells, arena, row))
        read_damaged(cells, arena, row);
}

#include "store/row.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "campaign/delivery.h"

/* X(column, kind, member), in the order of the digests. Table `delivery`: those that never change,
 * and those that follow the files. Table `standing`: those that every change may write. NAME,
 * IDENTITY, SAID, CONTENT, REQUEST, REQUEST_HASH, TOLD, LANE and MOMENT are made, not members.
 */
#define FIXED_COLUMNS(X)                                                                           \
    X(id, CHARS, id)                                                                               \
    X(campaign, TEXT, campaign)                                                                    \
    X(post, TEXT, post)                                                                            \
    X(occurrence, TEXT, occurrence)                                                                \
    X(account, TEXT, account)                                                                      \
    X(platform, TEXT, platform)                                                                    \
    X(name, NAME, id)                                                                              \
    X(parent, CHARS, parent)
#define FILED_COLUMNS(X)                                                                           \
    X(identity, IDENTITY, id)                                                                      \
    X(at, INSTANT, at)                                                                             \
    X(useful_until, INSTANT, useful_until)                                                         \
    X(lead, SPAN, lead)                                                                            \
    X(late, LATE, late)                                                                            \
    X(urgency, URGENCY, urgency)                                                                   \
    X(again, TRUTH, again)                                                                         \
    X(approvals, SMALL, approvals)                                                                 \
    X(content, CONTENT, id)                                                                        \
    X(content_hash, CHARS, content_hash)                                                           \
    X(same_hash, CHARS, same_hash)                                                                 \
    X(media, MEDIA, media)                                                                         \
    X(file, TEXT, file)                                                                            \
    X(author, INTEGER, author)                                                                     \
    X(said, SAID, id)
#define CHANGING_COLUMNS(X)                                                                        \
    X(state, STATE, state)                                                                         \
    X(reason, TEXT, reason)                                                                        \
    X(note, TEXT, note)                                                                            \
    X(rev, INTEGER, rev)                                                                           \
    X(early, INSTANT, early)                                                                       \
    X(born, INSTANT, born)                                                                         \
    X(generation, INTEGER, generation)                                                             \
    X(key, CHARS, key)                                                                             \
    X(progress, TEXT, progress)                                                                    \
    X(request, REQUEST, id)                                                                        \
    X(request_hash, REQUEST_HASH, id)                                                              \
    X(attempts, INTEGER, attempts)                                                                 \
    X(tries, INTEGER, tries)                                                                       \
    X(reads, INTEGER, reads)                                                                       \
    X(not_before, INSTANT, not_before)                                                             \
    X(first_intent, INSTANT, first_intent)                                                         \
    X(intent, INSTANT, intent)                                                                     \
    X(remote_id, TEXT, remote_id)                                                                  \
    X(url, TEXT, url)                                                                              \
    X(published, INSTANT, published)                                                               \
    X(after, TEXT, after)                                                                          \
    X(told, TOLD, id)                                                                              \
    X(lane, LANE, id)                                                                              \
    X(moment, MOMENT, id)
#define STANDING_COLUMNS(X) X(record_key, RECORD, record_key) CHANGING_COLUMNS(X)

#define COLUMN_NAME(column, kind, member)   #column ","
#define DELIVERY_NAME(column, kind, member) "delivery." #column ","
#define STANDING_NAME(column, kind, member) "standing." #column ","
#define COLUMN_MARK(column, kind, member)   "?,"
#define COLUMN_SET(column, kind, member)    #column " = ?,"
#define COLUMN_ENUM(column, kind, member)   COLUMN_##column,
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
    KIND_CONTENT,
    KIND_MEDIA,
    KIND_INTEGER,
    KIND_STATE,
    KIND_REQUEST,
    KIND_REQUEST_HASH,
    KIND_RECORD,
    KIND_LANE,
    KIND_MOMENT,
    KIND_SAID,
    KIND_TOLD,
    KIND_COUNT
};

enum {
    FIXED_COLUMNS(COLUMN_ENUM) FILED_COLUMNS(COLUMN_ENUM) STANDING_COLUMNS(COLUMN_ENUM) COLUMNS,
    FILED = COLUMN_identity,
    STANDING = COLUMN_record_key,
    CHANGING = COLUMN_state,
};

enum table { TABLE_DELIVERY, TABLE_STANDING };

/* What a bare row has of table `delivery`. */
#define BARE_COLUMNS(X)   X(id) X(name) X(parent) X(identity) X(content) X(said)
#define BARE_ENUM(column) COLUMN_##column,
#define BARE_NAME(column) "delivery." #column ","
static const int bare[] = {BARE_COLUMNS(BARE_ENUM)};

/* Where the rest stands behind the columns that are read. */
enum {
    READ_DIGEST = COLUMNS, /* of `delivery`: whole rows only */
    READ_STANDING_DIGEST,
    READ_NUMBER,
    READ_CONTENT,
    READ_REQUEST,
    BARE_DIGEST = COUNT_OF(bare) + COLUMNS - STANDING,
    BARE_NUMBER
};

static const struct column {
    enum kind kind;
    size_t offset, size;
} columns[COLUMNS] = {FIXED_COLUMNS(COLUMN_ROW) FILED_COLUMNS(COLUMN_ROW)
                          STANDING_COLUMNS(COLUMN_ROW)};

const int row_due_column = COLUMN_moment;
const char row_select[] =
    "SELECT " FIXED_COLUMNS(DELIVERY_NAME) FILED_COLUMNS(DELIVERY_NAME) STANDING_COLUMNS(
        STANDING_NAME) "delivery.digest, standing.digest, delivery.number, content.text, "
                       "request.text";
const char row_select_bare[] = "SELECT " BARE_COLUMNS(BARE_NAME)
    STANDING_COLUMNS(STANDING_NAME) "standing.digest, delivery.number";

static const char insert_delivery[] = "INSERT INTO delivery (" FIXED_COLUMNS(COLUMN_NAME)
    FILED_COLUMNS(COLUMN_NAME) "digest) VALUES (" FIXED_COLUMNS(COLUMN_MARK)
        FILED_COLUMNS(COLUMN_MARK) "?)";
static const char insert_standing[] = "INSERT INTO standing (" STANDING_COLUMNS(
    COLUMN_NAME) "digest, number) VALUES (" STANDING_COLUMNS(COLUMN_MARK) "?, ?)";
static const char update_delivery[] =
    "UPDATE delivery SET " FILED_COLUMNS(COLUMN_SET) "digest = ? WHERE number = ?";
static const char update_standing[] =
    "UPDATE standing SET " CHANGING_COLUMNS(COLUMN_SET) "digest = ? WHERE number = ?";

/* A value on its way between a member and a column. */
struct cell {
    enum { CELL_NONE, CELL_INTEGER, CELL_TEXT } type;
    int64_t number;
    const char *text;
    size_t length;
};

static const struct cell no_cell = {.type = CELL_NONE};

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
    return instant_is_none(t) ? no_cell : integer_cell(t.ms);
}

bool state_is_apart(enum state state)
{
    return state == STATE_PREPARING || state == STATE_SENDING || state == STATE_DOUBTFUL ||
           state == STATE_HELD || state == STATE_FAILED;
}

/* When work on it may start. */
static struct instant row_begin(const struct delivery *delivery)
{
    struct instant begin = instant_minus(delivery_opens(delivery), delivery->lead);

    return !instant_is_none(delivery->not_before) && instant_before(begin, delivery->not_before)
               ? delivery->not_before
               : begin;
}

/* What is still to be done to a published one has its time in not_before. */
static struct instant row_due(const struct delivery *delivery)
{
    if (delivery->state == STATE_READY)
        return row_begin(delivery);
    return delivery->state == STATE_PUBLISHED ? delivery->not_before : INSTANT_NONE;
}

/* NULL: nothing will become of it by itself, and nobody looks for it. */
static struct cell lane_cell(const struct delivery *delivery)
{
    if (!instant_is_none(row_due(delivery)))
        return text_cell("due");
    return state_is_apart(delivery->state) || delivery->state == STATE_PLANNED
               ? text_cell(state_word(delivery->state))
               : no_cell;
}

static struct cell moment_cell(const struct delivery *delivery)
{
    return delivery->state == STATE_PLANNED || delivery->state == STATE_HELD
               ? instant_cell(delivery->useful_until)
               : instant_cell(row_due(delivery));
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
    if (medium->role != MEDIUM_OF_POST)
        json_put_integer(object, "role", medium->role);
    json_put(object, "sha256", medium->sha256);
    if (*medium->source)
        json_put(object, "source", medium->source);
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

/* A rendition may not be made yet. */
static bool is_hash(const char *text, bool may_be_empty)
{
    return text && (strlen(text) == DIGEST_HEX - 1 || (may_be_empty && !*text));
}

static bool medium_read(const json_t *object, struct arena *arena, struct medium *medium)
{
    const char *hash = json_text(object, "sha256"), *source = json_text(object, "source");
    const int64_t role = json_integer_or(object, "role", MEDIUM_OF_POST);

    if (!is_hash(hash, source != NULL) || (source && !is_hash(source, false)) ||
        role < MEDIUM_OF_POST || role > MEDIUM_CAPTIONS)
        return false;
    medium->role = (enum medium_role)role;
    memcpy(medium->sha256, hash, strlen(hash) + 1);
    if (source)
        memcpy(medium->source, source, DIGEST_HEX);
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

static struct cell cell_of(const struct column *column, const struct row *row)
{
    const struct delivery *delivery = row->delivery;
    const void *member = (const char *)delivery + column->offset;

    switch (column->kind) {
    case KIND_CHARS:
        return text_cell(member);
    case KIND_TEXT:
        return text_cell(*(const char *const *)member);
    case KIND_NAME:
        return text_cell(row->name);
    case KIND_IDENTITY:
        return text_cell(row->identity);
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
    case KIND_CONTENT:
        return row->content ? integer_cell(row->content) : no_cell;
    case KIND_INTEGER:
        return integer_cell(*(const int64_t *)member);
    case KIND_STATE:
        return text_cell(state_word(*(const enum state *)member));
    case KIND_REQUEST:
        return row->request ? integer_cell(row->request) : no_cell;
    case KIND_REQUEST_HASH:
        return text_cell(row->request_hash);
    case KIND_RECORD:
        return *delivery->record_key ? text_cell(delivery->record_key) : no_cell;
    case KIND_LANE:
        return lane_cell(delivery);
    case KIND_MOMENT:
        return moment_cell(delivery);
    case KIND_SAID:
        return text_cell(row->said);
    case KIND_TOLD:
        return integer_cell(row->told);
    case KIND_MEDIA:
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
    case KIND_CONTENT:
        row->content = cell->number;
        return true;
    case KIND_REQUEST:
        row->request = cell->number;
        return true;
    case KIND_REQUEST_HASH:
        return set_chars(row->request_hash, sizeof row->request_hash, cell);
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
        return set_chars(row->said, sizeof row->said, cell);
    case KIND_TOLD:
        row->told = cell->number;
        return true;
    case KIND_RECORD:
        return cell->type == CELL_NONE || set_chars(member, column->size, cell);
    case KIND_LANE:
    case KIND_MOMENT:
    case KIND_COUNT:
        break;
    }
    return true;
}

enum { CELL_HEAD = 1 + sizeof(int64_t) };

/* What all of them would take: room is made once. */
static char *begin_digest(const struct cell cells[COLUMNS], struct buffer *buffer)
{
    size_t bytes = (size_t)COLUMNS * CELL_HEAD, i;

    for (i = 0; i < COLUMNS; i++)
        bytes += cells[i].length;
    buffer_empty(buffer);
    buffer_reserve(buffer, bytes);
    return buffer->bytes;
}

/* Returns where the next one goes. */
static char *digest_cell(const struct cell *cell, char *at)
{
    int64_t number = cell->type == CELL_TEXT ? (int64_t)cell->length : cell->number;

    *at++ = (char)cell->type;
    memcpy(at, &number, sizeof number);
    at += sizeof number;
    return cell->length ? mempcpy(at, cell->text, cell->length) : at;
}

static bool is_bare(size_t column)
{
    size_t i;

    for (i = 0; i < COUNT_OF(bare); i++) {
        if (bare[i] == (int)column)
            return true;
    }
    return false;
}

/* Of `delivery`: all its cells. Of `standing`: its own, and those that a bare row has of the other.
 */
static const char *digest_cells(const struct cell cells[COLUMNS], enum table table,
                                struct buffer *buffer, char hex[DIGEST_HEX])
{
    size_t i, end = table == TABLE_DELIVERY ? STANDING : COLUMNS;
    char *at = begin_digest(cells, buffer);

    for (i = 0; table == TABLE_STANDING && i < COUNT_OF(bare); i++)
        at = digest_cell(&cells[bare[i]], at);
    for (i = table == TABLE_DELIVERY ? 0 : STANDING; i < end; i++)
        at = digest_cell(&cells[i], at);
    return digest_hex_of(buffer->bytes, (size_t)(at - buffer->bytes), hex);
}

/* Media are in the content's hash. */
static bool is_said(size_t column)
{
    return column != COLUMN_content && column != COLUMN_media && column != COLUMN_said;
}

static void said_of(const struct cell cells[COLUMNS], struct buffer *buffer,
                    char said[SAID_CHARS + 1])
{
    char hex[DIGEST_HEX], *at = begin_digest(cells, buffer);
    size_t i;

    for (i = FILED; i < STANDING; i++) {
        if (is_said(i))
            at = digest_cell(&cells[i], at);
    }
    digest_hex_of(buffer->bytes, (size_t)(at - buffer->bytes), hex);
    memcpy(said, hex, SAID_CHARS);
    said[SAID_CHARS] = '\0';
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

/* All but media, which cost: whoever writes table `delivery` adds them. */
static void make_cells(const struct row *row, size_t first, struct cell cells[COLUMNS])
{
    size_t i;

    for (i = first; i < COLUMNS; i++)
        cells[i] = columns[i].kind == KIND_MEDIA ? no_cell : cell_of(&columns[i], row);
}

void row_said(const struct delivery *delivery, const char *identity, struct buffer *buffer,
              char said[SAID_CHARS + 1])
{
    struct delivery copy = *delivery;
    const struct row row = {.delivery = &copy, .identity = identity};
    struct cell cells[COLUMNS] = {{.type = CELL_NONE}};
    size_t i;

    for (i = FILED; i < STANDING; i++) {
        if (is_said(i))
            cells[i] = cell_of(&columns[i], &row);
    }
    said_of(cells, buffer, said);
}

/* What a statement about one row needs. */
struct writing {
    struct database *database;
    struct buffer *buffer;
    struct arena *arena;
    struct cell cells[COLUMNS];
};

/* Writes the cells from `first` to `end` and their table's digest. `number` 0: a new row. */
static bool write_cells(struct writing *writing, const char *sql, size_t first, size_t end,
                        int64_t number, struct err *err)
{
    sqlite3_stmt *statement = database_statement(writing->database, sql, err);
    enum table table = end == STANDING ? TABLE_DELIVERY : TABLE_STANDING;
    char hex[DIGEST_HEX];
    int parameter = 1;
    size_t i;

    if (!statement)
        return false;
    for (i = first; i < end; i++)
        bind_cell(statement, parameter++, &writing->cells[i]);
    digest_cells(writing->cells, table, writing->buffer, hex);
    bind_text_n(statement, parameter++, hex, DIGEST_HEX - 1);
    if (number)
        bind_integer(statement, parameter, number);
    return database_run(writing->database, statement, err);
}

static bool find_content(struct database *database, const char *hash, int64_t *number,
                         struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(database, "SELECT number FROM content WHERE hash = ?1", err);
    bool found;

    *number = 0;
    if (!statement)
        return false;
    bind_text(statement, 1, hash);
    if (!database_step(database, statement, &found, err))
        return false;
    if (found)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return true;
}

static bool add_content(struct database *database, const struct delivery *delivery, int64_t *number,
                        struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(database, "INSERT INTO content (hash, text) VALUES (?1, ?2)", err);

    if (!statement)
        return false;
    bind_text(statement, 1, delivery->content_hash);
    bind_text(statement, 2, delivery->content);
    if (!database_run(database, statement, err))
        return false;
    *number = sqlite3_last_insert_rowid(database->handle);
    return true;
}

/* The same content is stored once, however many rows say it. */
static bool write_content(struct writing *writing, struct row *row, struct err *err)
{
    const struct delivery *delivery = row->delivery;

    row->content = 0;
    if (*delivery->content_hash) {
        if (!find_content(writing->database, delivery->content_hash, &row->content, err) ||
            (!row->content && !add_content(writing->database, delivery, &row->content, err)))
            return false;
    }
    writing->cells[COLUMN_content] = cell_of(&columns[COLUMN_content], row);
    writing->cells[COLUMN_media] = text_cell(media_text(delivery, writing->arena));
    return true;
}

/* Over that of an earlier attempt. */
static bool write_request(struct writing *writing, struct row *row, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(writing->database,
                           row->request ? "UPDATE request SET text = ?1 WHERE number = ?2"
                                        : "INSERT INTO request (text) VALUES (?1)",
                           err);

    if (!statement)
        return false;
    bind_text(statement, 1, row->delivery->request);
    if (row->request)
        bind_integer(statement, 2, row->request);
    if (!database_run(writing->database, statement, err))
        return false;
    if (!row->request)
        row->request = sqlite3_last_insert_rowid(writing->database->handle);
    writing->cells[COLUMN_request] = integer_cell(row->request);
    return true;
}

/* Unless it is given. Of a row that was not just read bare, the request itself is known. */
static void hash_request(const struct row *before, struct row *row)
{
    const char *request = row->delivery->request,
               *known = before ? before->delivery->request : NULL;

    if (row->request_hash[0])
        return;
    if (known && *request && !strcmp(known, request))
        memcpy(row->request_hash, before->request_hash, DIGEST_HEX);
    else if (*request)
        digest_hex_of(request, strlen(request), row->request_hash);
}

/* The cells as they shall be, with all that is made of them. */
static void begin_writing(struct writing *writing, const struct row *before, struct row *row)
{
    hash_request(before, row);
    row->said[0] = '\0';
    make_cells(row, 0, writing->cells);
    said_of(writing->cells, writing->buffer, row->said);
    writing->cells[COLUMN_said] = text_cell(row->said);
}

bool row_insert(struct database *database, const struct delivery *delivery, const char *identity,
                struct buffer *buffer, struct arena *arena, struct err *err)
{
    struct writing writing = {.database = database, .buffer = buffer, .arena = arena};
    struct delivery copy = *delivery;
    struct row row = {.delivery = &copy,
                      .name = delivery_name(delivery, arena),
                      .identity = identity,
                      .told = -1};

    begin_writing(&writing, NULL, &row);
    if (!write_content(&writing, &row, err) ||
        !write_cells(&writing, insert_delivery, 0, STANDING, 0, err))
        return false;
    row.number = sqlite3_last_insert_rowid(database->handle);
    return (!*copy.request || write_request(&writing, &row, err)) &&
           write_cells(&writing, insert_standing, STANDING, COLUMNS, row.number, err);
}

/* Hardly ever: its index rests when a row changes otherwise. */
static bool write_record_key(struct writing *writing, int64_t number, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(writing->database,
                           "UPDATE standing SET record_key = ?1 WHERE number = ?2", err);

    if (!statement)
        return false;
    bind_cell(statement, 1, &writing->cells[COLUMN_record_key]);
    bind_integer(statement, 2, number);
    return database_run(writing->database, statement, err);
}

/* What stands in a damaged row is not known: all of it is written. */
bool row_update(struct database *database, const struct row *before, struct row *after,
                struct buffer *buffer, struct arena *arena, struct err *err)
{
    struct writing writing = {.database = database, .buffer = buffer, .arena = arena};

    after->number = before->number;
    after->content = before->content;
    after->request = before->request;
    begin_writing(&writing, before, after);
    if ((before->damaged || strcmp(after->said, before->said) != 0) &&
        (!write_content(&writing, after, err) ||
         !write_cells(&writing, update_delivery, FILED, STANDING, after->number, err)))
        return false;
    if (*after->delivery->request && strcmp(after->request_hash, before->request_hash) != 0 &&
        !write_request(&writing, after, err))
        return false;
    return write_cells(&writing, update_standing, CHANGING, COLUMNS, after->number, err) &&
           ((!before->damaged &&
             !strcmp(after->delivery->record_key, before->delivery->record_key)) ||
            write_record_key(&writing, after->number, err));
}

static struct cell column_cell(sqlite3_stmt *statement, int column)
{
    sqlite3_value *value = sqlite3_column_value(statement, column); /* found once for all of it */

    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        return integer_cell(sqlite3_value_int64(value));
    case SQLITE_TEXT:
        return (struct cell){.type = CELL_TEXT,
                             .text = (const char *)sqlite3_value_text(value),
                             .length = (size_t)sqlite3_value_bytes(value)};
    default:
        return no_cell;
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
    delivery->content = delivery->request = delivery->parent_id = delivery->root_id = "";
    row->content = row->request = 0;
    row->request_hash[0] = '\0';
    strncpy(delivery->id, harmless(&cells[0], arena), sizeof delivery->id - 1);
    delivery->at = delivery->useful_until = (struct instant){0};
    delivery->author = -1;
    delivery->state = STATE_HELD;
    delivery->reason = REASON_DAMAGED;
    row->name = harmless(&cells[COLUMN_name], arena);
    row->identity = "";
    row->said[0] = '\0';
    row->told = cells[COLUMN_told].type == CELL_INTEGER ? cells[COLUMN_told].number : -1;
    row->damaged = true;
}

/* Empty cells are of columns that a bare row does not have. */
static bool read_members(const struct cell cells[COLUMNS], bool whole, struct arena *arena,
                         struct row *row)
{
    size_t i;

    for (i = 0; i < COLUMNS; i++) {
        if ((whole || i >= STANDING || is_bare(i)) &&
            !member_of(&columns[i], &cells[i], arena, row))
            return false;
    }
    return true;
}

static bool holds(const struct cell cells[COLUMNS], enum table table, sqlite3_stmt *statement,
                  int column, struct buffer *buffer)
{
    const char *digest = (const char *)sqlite3_column_text(statement, column);
    char hex[DIGEST_HEX];

    return digest && !strcmp(digest, digest_cells(cells, table, buffer, hex));
}

/* A text that stands in a table of its own, against its hash in the row. */
static bool read_text(sqlite3_stmt *statement, int column, const char *hash, struct arena *arena,
                      const char **text)
{
    struct cell cell = column_cell(statement, column);
    char hex[DIGEST_HEX];

    *text = "";
    if (!*hash)
        return true;
    if (cell.type != CELL_TEXT || strcmp(digest_hex_of(cell.text, cell.length, hex), hash) != 0)
        return false;
    *text = arena_text_n(arena, cell.text, cell.length);
    return true;
}

void row_read(sqlite3_stmt *statement, struct buffer *buffer, struct arena *arena, struct row *row)
{
    struct delivery *delivery = arena_alloc(arena, sizeof *delivery);
    struct cell cells[COLUMNS];
    int i;

    *row =
        (struct row){.delivery = delivery, .number = sqlite3_column_int64(statement, READ_NUMBER)};
    for (i = 0; i < COLUMNS; i++)
        cells[i] = column_cell(statement, i);
    if (!holds(cells, TABLE_DELIVERY, statement, READ_DIGEST, buffer) ||
        !holds(cells, TABLE_STANDING, statement, READ_STANDING_DIGEST, buffer) ||
        !read_members(cells, true, arena, row) ||
        !read_text(statement, READ_CONTENT, delivery->content_hash, arena, &delivery->content) ||
        !read_text(statement, READ_REQUEST, row->request_hash, arena, &delivery->request))
        read_damaged(cells, arena, row);
}

void row_read_bare(sqlite3_stmt *statement, struct buffer *buffer, struct arena *arena,
                   struct row *row)
{
    struct cell cells[COLUMNS] = {{.type = CELL_NONE}};
    int i, from = 0;

    *row = (struct row){.delivery = arena_alloc(arena, sizeof *row->delivery),
                        .number = sqlite3_column_int64(statement, BARE_NUMBER)};
    for (i = 0; i < (int)COUNT_OF(bare); i++)
        cells[bare[i]] = column_cell(statement, from++);
    for (i = STANDING; i < COLUMNS; i++)
        cells[i] = column_cell(statement, from++);
    if (!holds(cells, TABLE_STANDING, statement, BARE_DIGEST, buffer) ||
        !read_members(cells, false, arena, row))
        read_damaged(cells, arena, row);
}

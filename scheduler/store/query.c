#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "store/inside.h"

/* What may be public does not expire: it waits for a person's answer, however long. A damaged row
 * may be. */
#define NOT_IN_DOUBT                                                                               \
    " AND reason NOT IN ('" REASON_UNPROVEN "', '" REASON_FOUND_TWICE "', '" REASON_DAMAGED "')"

/* SQLite keeps no statistics here, so that the index is named where it would guess wrong. */
static const char *const queries[QUERY_COUNT] = {
    [QUERY_ID] = ROW_FROM "WHERE id = ?1",
    [QUERY_ID_BARE] = ROW_FROM_BARE "WHERE id = ?1",
    [QUERY_NUMBER] = ROW_FROM "WHERE delivery.number = ?1",
    /* Of the millisecond in which a page ended, then of later ones: one question for both would
     * read again, for every page, all that the pages before it had. */
    [QUERY_DUE_REST] = ROW_FROM_LANE "WHERE lane = 'due' AND moment = ?3 AND ?3 <= ?1"
                                     " AND standing.number > ?4 ORDER BY standing.number LIMIT ?2",
    [QUERY_DUE] = ROW_FROM_LANE "WHERE lane = 'due' AND moment > ?3 AND moment <= ?1"
                                " ORDER BY moment, standing.number LIMIT ?2",
    [QUERY_UNFINISHED] =
        ROW_FROM_LANE "WHERE lane IN ('preparing', 'sending', 'doubtful', 'held')"
                      " AND (lane <> 'held' OR reason = '" REASON_PARENT "') ORDER BY at, id",
    [QUERY_ANSWERS] = ROW_FROM "WHERE parent = ?1 AND parent <> '' ORDER BY at, id",
    [QUERY_OVERDUE] = ROW_FROM_LANE "WHERE lane IN ('planned', 'held') AND moment < ?1" NOT_IN_DOUBT
                                    " ORDER BY moment, id LIMIT ?2",
};

static bool is_bare(enum query query)
{
    return query == QUERY_ID_BARE;
}

sqlite3_stmt *query_statement(struct outbox *outbox, enum query query, struct err *err)
{
    const char **sql = &outbox->queries[query];

    if (!*sql)
        *sql = arena_printf(&outbox->arena, "%s%s", is_bare(query) ? row_select_bare : row_select,
                            queries[query]);
    return database_statement(&outbox->database, *sql, err);
}

static void note_damaged(struct outbox *outbox, const struct row *row)
{
    size_t i;

    for (i = 0; i < outbox->damaged_count; i++) {
        if (outbox->damaged[i] == row->number)
            return;
    }
    if (!row->marked && outbox->damaged_count < COUNT_OF(outbox->damaged))
        outbox->damaged[outbox->damaged_count++] = row->number;
}

static void read_row(struct outbox *outbox, sqlite3_stmt *statement, bool bare, struct arena *arena,
                     struct row *row)
{
    if (bare)
        row_read_bare(statement, &outbox->buffer, arena, row);
    else
        row_read(statement, &outbox->buffer, arena, row);
    if (row->damaged)
        note_damaged(outbox, row);
}

/* What is known of those before it in its thread. One without a row will never be there. */
static bool fill_thread(struct outbox *outbox, struct delivery *delivery, struct arena *arena,
                        struct err *err)
{
    const char *next = delivery->parent;
    struct row row;

    delivery->parent_id = delivery->root_id = "";
    delivery->parent_state = *next ? STATE_CANCELLED : STATE_PLANNED;
    while (*next) {
        if (!query_id_bare(outbox, next, arena, &row, err))
            return false;
        if (!row.delivery)
            return true;
        if (next == delivery->parent) {
            delivery->parent_state = row.delivery->state;
            if (row.delivery->state == STATE_PUBLISHED)
                delivery->parent_id = row.delivery->remote_id;
        }
        delivery->root_id = row.delivery->remote_id;
        next = row.delivery->parent;
    }
    return true;
}

/* Rows that are gathered; of those that are due, where it stands among them. */
struct walk {
    struct arena *arena;
    struct deliveries *rows;
    size_t capacity;
    bool due;
    struct instant now;
    struct due_place last;
};

static void add_row(struct walk *walk, const struct delivery *row)
{
    struct deliveries *rows = walk->rows;

    *(const struct delivery **)arena_push(walk->arena, &rows->items, &rows->count, &walk->capacity,
                                          sizeof *rows->items) = row;
}

/* A row that is due will change soon. A damaged one says nothing of its time, but its column does.
 */
static bool take_in_hand(struct outbox *outbox, sqlite3_stmt *statement, const struct row *row,
                         struct walk *walk, struct err *err)
{
    walk->last = (struct due_place){{sqlite3_column_int64(statement, row_due_column)}, row->number};
    if (row->damaged)
        return true;
    hand_put(&outbox->hand, row);
    return change_vouch(outbox, row, walk->now, err);
}

static bool all_rows(struct outbox *outbox, sqlite3_stmt *statement, struct walk *walk,
                     struct err *err)
{
    struct row row;
    bool found, ok = true;

    while (ok && (ok = database_step(&outbox->database, statement, &found, err)) && found) {
        read_row(outbox, statement, false, walk->arena, &row);
        ok = fill_thread(outbox, row.delivery, walk->arena, err) &&
             (!walk->due || take_in_hand(outbox, statement, &row, walk, err));
        add_row(walk, row.delivery);
    }
    sqlite3_reset(statement);
    return ok;
}

bool query_rows(struct outbox *outbox, sqlite3_stmt *statement, struct arena *arena,
                struct deliveries *rows, struct err *err)
{
    struct walk walk = {.arena = arena, .rows = rows};

    *rows = (struct deliveries){.count = 0};
    return all_rows(outbox, statement, &walk, err);
}

static bool one_row(struct outbox *outbox, sqlite3_stmt *statement, bool bare, struct arena *arena,
                    struct row *row, struct err *err)
{
    bool found;

    *row = (struct row){.delivery = NULL};
    if (!database_step(&outbox->database, statement, &found, err))
        return false;
    if (found)
        read_row(outbox, statement, bare, arena, row);
    sqlite3_reset(statement);
    return !found || bare || fill_thread(outbox, row->delivery, arena, err);
}

bool query_row(struct outbox *outbox, sqlite3_stmt *statement, struct arena *arena, struct row *row,
               struct err *err)
{
    return one_row(outbox, statement, false, arena, row, err);
}

static bool by_id(struct outbox *outbox, enum query query, const char *id, struct arena *arena,
                  struct row *row, struct err *err)
{
    sqlite3_stmt *statement = query_statement(outbox, query, err);

    if (!statement)
        return false;
    bind_text(statement, 1, id);
    return one_row(outbox, statement, is_bare(query), arena, row, err);
}

bool query_id(struct outbox *outbox, const char *id, struct arena *arena, struct row *row,
              struct err *err)
{
    return by_id(outbox, QUERY_ID, id, arena, row, err);
}

bool query_id_bare(struct outbox *outbox, const char *id, struct arena *arena, struct row *row,
                   struct err *err)
{
    return by_id(outbox, QUERY_ID_BARE, id, arena, row, err);
}

bool outbox_read(struct outbox *outbox, const char *id, struct arena *arena,
                 struct delivery **delivery, struct err *err)
{
    struct row row;

    *delivery = NULL;
    if (!query_id(outbox, id, arena, &row, err))
        return false;
    *delivery = row.delivery;
    return row.delivery || err_set(err, ERR_USAGE, _("there is no delivery %s"), id);
}

/* Up to `limit` in all. */
static bool due_rows(struct outbox *outbox, enum query query, size_t limit, struct walk *walk,
                     struct err *err)
{
    sqlite3_stmt *statement = query_statement(outbox, query, err);

    if (!statement)
        return false;
    bind_integer(statement, 1, walk->now.ms);
    bind_integer(statement, 2, (int64_t)(limit - walk->rows->count));
    bind_integer(statement, 3, walk->last.at.ms); /* NONE is the smallest number there is */
    if (query == QUERY_DUE_REST)
        bind_integer(statement, 4, walk->last.number);
    return all_rows(outbox, statement, walk, err);
}

bool outbox_due(struct outbox *outbox, struct due_place *place, struct instant now, size_t limit,
                struct arena *arena, struct deliveries *due, struct err *err)
{
    struct walk walk = {.arena = arena, .rows = due, .due = true, .now = now, .last = *place};

    *due = (struct deliveries){.count = 0};
    if (!due_rows(outbox, QUERY_DUE_REST, limit, &walk, err) ||
        !due_rows(outbox, QUERY_DUE, limit, &walk, err))
        return false;
    *place = due->count < limit ? (struct due_place){now, INT64_MAX} : walk.last;
    return true;
}

/* Asked once, then told by whoever adds a row: most workspaces have none, and each post that comes
 * out asks who answers it. */
static bool has_threads(struct outbox *outbox, bool *has, struct err *err)
{
    sqlite3_stmt *statement;

    *has = outbox->threads != THREADS_NONE;
    if (outbox->threads != THREADS_UNKNOWN)
        return true;
    statement = database_statement(
        &outbox->database,
        "SELECT 1 FROM delivery INDEXED BY delivery_parent WHERE parent <> '' LIMIT 1", err);
    if (!statement || !database_step(&outbox->database, statement, has, err))
        return false;
    sqlite3_reset(statement);
    outbox->threads = *has ? THREADS_SOME : THREADS_NONE;
    return true;
}

bool outbox_answers(struct outbox *outbox, const char *id, struct arena *arena,
                    struct deliveries *rows, struct err *err)
{
    sqlite3_stmt *statement;
    bool has;

    *rows = (struct deliveries){.count = 0};
    if (!has_threads(outbox, &has, err))
        return false;
    if (!has)
        return true;
    statement = query_statement(outbox, QUERY_ANSWERS, err);
    if (!statement)
        return false;
    bind_text(statement, 1, id);
    return query_rows(outbox, statement, arena, rows, err);
}

/* A post may go out a while after its time, at most seven days. */
bool outbox_remote_id_taken(struct outbox *outbox, const struct delivery *mine,
                            const char *remote_id, bool *taken, struct err *err)
{
    sqlite3_stmt *statement = database_statement(
        &outbox->database,
        "SELECT 1 FROM delivery INDEXED BY delivery_time"
        " JOIN standing ON standing.number = delivery.number"
        " WHERE at >= ?1 AND account = ?2 AND remote_id = ?3 AND id <> ?4 LIMIT 1",
        err);

    if (!statement)
        return false;
    bind_integer(statement, 1, instant_minus(mine->at, span_days(8)).ms);
    bind_text(statement, 2, mine->account);
    bind_text(statement, 3, remote_id);
    bind_text(statement, 4, mine->id);
    if (!database_step(&outbox->database, statement, taken, err))
        return false;
    sqlite3_reset(statement);
    return true;
}

/* Where crier.cfg names no handle, the account's is known only since it was asked. */
bool outbox_same_account(struct outbox *outbox, const char *id, bool *same, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database,
                           "SELECT 1 FROM delivery JOIN account ON account.account = "
                           "delivery.account WHERE id = ?1 AND account.identity <> '' AND "
                           "substr(delivery.identity, -1) <> '|' AND delivery.identity <> "
                           "account.identity",
                           err);
    bool differs;

    if (!statement)
        return false;
    bind_text(statement, 1, id);
    if (!database_step(&outbox->database, statement, &differs, err))
        return false;
    sqlite3_reset(statement);
    *same = !differs;
    return true;
}

bool outbox_overdue(struct outbox *outbox, struct instant now, size_t limit, struct arena *arena,
                    struct deliveries *rows, struct err *err)
{
    sqlite3_stmt *statement = query_statement(outbox, QUERY_OVERDUE, err);

    if (!statement)
        return false;
    bind_integer(statement, 1, now.ms);
    bind_integer(statement, 2, (int64_t)limit);
    return query_rows(outbox, statement, arena, rows, err);
}

bool outbox_unfinished(struct outbox *outbox, struct arena *arena, struct deliveries *rows,
                       struct err *err)
{
    sqlite3_stmt *statement = query_statement(outbox, QUERY_UNFINISHED, err);

    return statement && query_rows(outbox, statement, arena, rows, err);
}

/* The one number that `sql` asks for, when it is earlier. */
static bool earliest(struct outbox *outbox, const char *sql, int64_t after, int64_t plus,
                     struct instant *next, struct err *err)
{
    sqlite3_stmt *statement = database_statement(&outbox->database, sql, err);
    bool row;

    if (!statement)
        return false;
    bind_integer(statement, 1, after);
    if (!database_step(&outbox->database, statement, &row, err))
        return false;
    if (row && sqlite3_column_type(statement, 0) == SQLITE_INTEGER) {
        struct instant found = {sqlite3_column_int64(statement, 0) + plus};
        if (instant_is_none(*next) || instant_before(found, *next))
            *next = found;
    }
    sqlite3_reset(statement);
    return true;
}

#define EARLIEST(lane)                                                                             \
    "SELECT min(moment) FROM standing INDEXED BY standing_lane WHERE lane = " lane                 \
    " AND moment > ?1"

/* A row is overdue one millisecond after the last one in which it was useful. */
bool outbox_next_due(struct outbox *outbox, struct instant after, struct span ahead,
                     struct instant *next, struct err *err)
{
    *next = INSTANT_NONE;
    return earliest(outbox, EARLIEST("'due'"), after.ms, -ahead.ms, next, err) &&
           earliest(outbox, EARLIEST("'planned'"), INT64_MIN, 1, next, err) &&
           earliest(outbox, EARLIEST("'held'") NOT_IN_DOUBT, INT64_MIN, 1, next, err);
}

static bool all_apart(uint32_t states)
{
    int state;

    for (state = 0; state < STATE_COUNT; state++) {
        if (states >> state & 1 && !state_is_apart((enum state)state))
            return false;
    }
    return true;
}

/* A condition is added for each part of the filter that is set, so that SQLite can use the index of
 * those. */
static void add_states(uint32_t states, struct buffer *sql)
{
    const char *separator = "";
    int state;

    buffer_printf(sql, " AND %s IN (", all_apart(states) ? "lane" : "state");
    for (state = 0; state < STATE_COUNT; state++) {
        if (states >> state & 1) {
            buffer_printf(sql, "%s'%s'", separator, state_word((enum state)state));
            separator = ", ";
        }
    }
    buffer_text(sql, ")");
}

static void filter_sql(const struct outbox_filter *filter, struct buffer *sql)
{
    buffer_printf(sql, "%s" ROW_FROM "WHERE true", row_select);
    if (filter->prefix)
        buffer_text(sql, " AND ((name >= ?1 AND name < ?2) OR (id >= ?1 AND id < ?2))");
    if (filter->account)
        buffer_text(sql, " AND account = ?3");
    if (filter->campaign)
        buffer_text(sql, " AND campaign = ?4");
    if (filter->states)
        add_states(filter->states, sql);
    if (!instant_is_none(filter->from))
        buffer_text(sql, " AND at >= ?5");
    if (!instant_is_none(filter->until))
        buffer_text(sql, " AND at < ?6");
    if (filter->after_id)
        buffer_text(sql, " AND (at, id) > (?7, ?8)");
    buffer_text(sql, " ORDER BY at, id LIMIT ?9");
}

/* Texts only where the statement has the parameter: SQLite refuses others. */
static void bind_filter(sqlite3_stmt *statement, const struct outbox_filter *filter,
                        struct arena *arena)
{
    if (filter->prefix) {
        bind_text(statement, 1, filter->prefix);
        /* Names are ASCII: 0x7f sorts behind all that begin with the prefix. */
        bind_text(statement, 2, arena_printf(arena, "%s\x7f", filter->prefix));
    }
    if (filter->account)
        bind_text(statement, 3, filter->account);
    if (filter->campaign)
        bind_text(statement, 4, filter->campaign);
    if (!instant_is_none(filter->from))
        bind_integer(statement, 5, filter->from.ms);
    if (!instant_is_none(filter->until))
        bind_integer(statement, 6, filter->until.ms);
    if (filter->after_id) {
        bind_integer(statement, 7, filter->after_at.ms);
        bind_text(statement, 8, filter->after_id);
    }
    bind_integer(statement, 9, filter->limit ? (int64_t)filter->limit : -1);
}

bool outbox_list(struct outbox *outbox, const struct outbox_filter *filter, struct arena *arena,
                 struct deliveries *rows, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    struct buffer sql;
    bool ok;

    buffer_init(&sql, SIZE_MAX);
    filter_sql(filter, &sql);
    ok = sqlite3_prepare_v2(outbox->database.handle, sql.bytes, -1, &statement, NULL) == SQLITE_OK;
    if (ok) {
        bind_filter(statement, filter, arena);
        ok = query_rows(outbox, statement, arena, rows, err);
    } else
        database_fail(&outbox->database, _("list deliveries"), err);
    sqlite3_finalize(statement);
    buffer_clear(&sql);
    return ok;
}

/* What stands in the column is not read as JSON: it may be damaged, and a file too many does no
 * harm. */
static void take_hashes(const char *text, struct arena *arena, const char ***hashes, size_t *count,
                        size_t *capacity)
{
    for (size_t length; *text; text += length ? length : 1) {
        length = strspn(text, "0123456789abcdef");
        if (length == DIGEST_HEX - 1)
            *(const char **)arena_push(arena, hashes, count, capacity, sizeof **hashes) =
                arena_text_n(arena, text, length);
    }
}

static const char *const media_queries[] = {
    "SELECT DISTINCT media FROM delivery INDEXED BY delivery_time WHERE at >= ?1",
    "SELECT DISTINCT media FROM standing INDEXED BY standing_lane JOIN delivery"
    " ON delivery.number = standing.number WHERE lane IS NOT NULL AND ?1 IS NOT NULL",
};

bool outbox_media(struct outbox *outbox, struct instant since, struct arena *arena,
                  const char *const **hashes, size_t *count, struct err *err)
{
    const char **found = NULL;
    size_t capacity = 0;
    bool ok = true, row;

    *count = 0;
    for (size_t i = 0; ok && i < COUNT_OF(media_queries); i++) {
        sqlite3_stmt *statement = database_statement(&outbox->database, media_queries[i], err);
        if (!statement)
            return false;
        bind_integer(statement, 1, since.ms);
        while ((ok = database_step(&outbox->database, statement, &row, err)) && row)
            take_hashes((const char *)sqlite3_column_text(statement, 0), arena, &found, count,
                        &capacity);
        sqlite3_reset(statement);
    }
    *hashes = found;
    return ok;
}

bool outbox_counts(struct outbox *outbox, int64_t counts[STATE_COUNT], struct err *err)
{
    (void)err;
    memcpy(counts, outbox->log.tally, sizeof outbox->log.tally);
    return true;
}

bool outbox_last_record(struct outbox *outbox, struct instant *at, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database, "SELECT at FROM audit ORDER BY seq DESC LIMIT 1",
                           err);
    bool row = false;
    bool ok = statement && database_step(&outbox->database, statement, &row, err);

    *at = INSTANT_NONE;
    if (row)
        at->ms = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return ok;
}

static bool newest_record(struct outbox *outbox, const char *id, int64_t *seq, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database,
                           "SELECT told FROM delivery JOIN standing"
                           " ON standing.number = delivery.number WHERE id = ?1",
                           err);
    bool row;

    *seq = -1;
    if (!statement)
        return false;
    bind_text(statement, 1, id);
    if (!database_step(&outbox->database, statement, &row, err))
        return false;
    if (row && sqlite3_column_type(statement, 0) == SQLITE_INTEGER)
        *seq = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return true;
}

/* Where a damaged row points to may be anything. */
static bool is_about(const struct line *line, const char *id, struct arena *arena)
{
    return line->text && strstr(line->text, arena_printf(arena, "\"delivery\":\"%s\"", id));
}

static void turn_round(const char **lines, size_t count)
{
    size_t i;

    for (i = 0; i < count / 2; i++) {
        const char *line = lines[i];
        lines[i] = lines[count - 1 - i];
        lines[count - 1 - i] = line;
    }
}

/* From the newest record back, each names the one before it. */
bool outbox_history(struct outbox *outbox, const char *id, struct arena *arena,
                    struct history *history, struct err *err)
{
    size_t capacity = 0;
    struct line line;
    int64_t seq, last;

    *history = (struct history){.count = 0};
    if (!newest_record(outbox, id, &seq, err))
        return false;
    for (last = INT64_MAX; seq >= 0 && seq < last; seq = line.before) {
        if (!lines_find(outbox, seq, arena, &line, err))
            return false;
        if (!is_about(&line, id, arena))
            break;
        *(const char **)arena_push(arena, &history->lines, &history->count, &capacity,
                                   sizeof *history->lines) = line.text;
        last = seq;
    }
    turn_round(history->lines, history->count);
    return true;
}

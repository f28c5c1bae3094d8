#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "store/inside.h"

static void bind_instant(sqlite3_stmt *statement, int parameter, struct instant t)
{
    if (instant_is_none(t))
        bind_text(statement, parameter, NULL);
    else
        bind_integer(statement, parameter, t.ms);
}

static struct instant column_instant(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? INSTANT_NONE
               : (struct instant){sqlite3_column_int64(statement, column)};
}

static void column_chars(sqlite3_stmt *statement, int column, char *chars, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    size_t length = text ? strnlen(text, size - 1) : 0;

    memcpy(chars, text ? text : "", length);
    chars[length] = '\0';
}

/* Runs a query and lets `read` fill an element for each row. */
struct listing {
    const char *sql, *parameter; /* ?1; NULL: none */
    size_t size;
    void (*read)(sqlite3_stmt *statement, struct arena *arena, void *element);
};

static bool list(struct outbox *outbox, const struct listing *listing, struct arena *arena,
                 void *items, size_t *count, struct err *err)
{
    sqlite3_stmt *statement = database_statement(&outbox->database, listing->sql, err);
    size_t capacity = 0;
    bool row, ok = statement != NULL;

    *count = 0;
    if (ok && listing->parameter)
        bind_text(statement, 1, listing->parameter);
    while (ok && (ok = database_step(&outbox->database, statement, &row, err)) && row)
        listing->read(statement, arena, arena_push(arena, items, count, &capacity, listing->size));
    sqlite3_reset(statement);
    return ok;
}

bool outbox_approve(struct outbox *outbox, const struct approval *approval, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database,
                           "INSERT OR REPLACE INTO approval (delivery, content_hash, at, "
                           "useful_until, uid, login, given)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                           err);

    if (!statement)
        return false;
    bind_text(statement, 1, approval->delivery);
    bind_text(statement, 2, approval->content_hash);
    bind_instant(statement, 3, approval->at);
    bind_instant(statement, 4, approval->useful_until);
    bind_integer(statement, 5, approval->uid);
    bind_text(statement, 6, approval->login);
    bind_instant(statement, 7, approval->given);
    return database_run(&outbox->database, statement, err);
}

static void read_approval(sqlite3_stmt *statement, struct arena *arena, void *element)
{
    struct approval *approval = element;

    column_chars(statement, 0, approval->delivery, sizeof approval->delivery);
    column_chars(statement, 1, approval->content_hash, sizeof approval->content_hash);
    approval->at = column_instant(statement, 2);
    approval->useful_until = column_instant(statement, 3);
    approval->uid = sqlite3_column_int64(statement, 4);
    approval->login = column_text(statement, 5, arena);
    approval->given = column_instant(statement, 6);
}

bool outbox_approvals(struct outbox *outbox, const char *id, struct arena *arena,
                      const struct approval **approvals, size_t *count, struct err *err)
{
    const struct listing listing = {
        .sql = "SELECT delivery, content_hash, at, useful_until, uid, login, given FROM approval"
               " WHERE delivery = ?1 ORDER BY given, uid",
        .parameter = id,
        .size = sizeof **approvals,
        .read = read_approval,
    };

    *approvals = NULL;
    return list(outbox, &listing, arena, approvals, count, err);
}

void outbox_approval_life(struct outbox *outbox, struct span life)
{
    outbox->approval_life = life;
}

bool approvals_stand(struct outbox *outbox, const struct delivery *delivery, struct instant now,
                     bool *stand, struct err *err)
{
    sqlite3_stmt *statement;
    bool row;

    *stand = delivery->approvals == 0;
    if (*stand)
        return true;
    statement = database_statement(
        &outbox->database,
        "SELECT count(DISTINCT uid) FROM approval WHERE delivery = ?1 AND content_hash = ?2"
        " AND at = ?3 AND useful_until = ?4 AND uid <> ?5 AND given >= ?6",
        err);
    if (!statement)
        return false;
    bind_text(statement, 1, delivery->id);
    bind_text(statement, 2, delivery->content_hash);
    bind_instant(statement, 3, delivery->at);
    bind_instant(statement, 4, delivery->useful_until);
    bind_integer(statement, 5, delivery->author);
    bind_integer(statement, 6, instant_minus(now, outbox->approval_life).ms);
    if (!database_step(&outbox->database, statement, &row, err))
        return false;
    *stand = row && sqlite3_column_int64(statement, 0) >= delivery->approvals;
    sqlite3_reset(statement);
    return true;
}

bool outbox_flag_set(struct outbox *outbox, const char *scope, const char *name, bool on,
                     struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database,
                           on ? "INSERT OR REPLACE INTO flag (scope, name) VALUES (?1, ?2)"
                              : "DELETE FROM flag WHERE scope = ?1 AND name = ?2",
                           err);

    if (!statement)
        return false;
    bind_text(statement, 1, scope);
    bind_text(statement, 2, name);
    return database_run(&outbox->database, statement, err);
}

/* A scope that we cannot read stops everything: better than to let through what a person stopped.
 */
static void read_flag(sqlite3_stmt *statement, struct arena *arena, void *element)
{
    struct flag *flag = element;

    if (!flag_scope_from_word(column_text(statement, 0, arena), &flag->scope))
        flag->scope = FLAG_ALL;
    flag->name = column_text(statement, 1, arena);
}

bool outbox_flags(struct outbox *outbox, struct arena *arena, const struct flag **flags,
                  size_t *count, struct err *err)
{
    const struct listing listing = {.sql = "SELECT scope, name FROM flag ORDER BY scope, name",
                                    .size = sizeof **flags,
                                    .read = read_flag};

    *flags = NULL;
    return list(outbox, &listing, arena, flags, count, err);
}

/* Each publish writes its account, but who it is changes hardly ever: its index rests. */
static const char update_account[] =
    "UPDATE account SET handle = ?3, remote_id = ?4, paused = ?5, paused_since = ?6,"
    " last_publish = ?7, retry_at = ?8, server_limits = ?9, limits_read = ?10, host = ?11,"
    " tokens = ?12, tokens_until = ?13, scopes = ?14, ends = ?15, identified = ?16, spent = ?17"
    " WHERE account = ?1 AND identity = ?2";
static const char insert_account[] =
    "INSERT OR REPLACE INTO account (account, identity, handle, remote_id, paused, paused_since,"
    " last_publish, retry_at, server_limits, limits_read, host, tokens, tokens_until,"
    " scopes, ends, identified, spent)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

static bool write_account(struct outbox *outbox, const char *sql, const struct account_state *state,
                          struct err *err)
{
    sqlite3_stmt *statement = database_statement(&outbox->database, sql, err);

    if (!statement)
        return false;
    bind_text(statement, 1, state->account);
    bind_text(statement, 2, state->identity);
    bind_text(statement, 3, state->handle);
    bind_text(statement, 4, state->remote_id);
    bind_text(statement, 5, state->paused);
    bind_instant(statement, 6, state->paused_since);
    bind_instant(statement, 7, state->last_publish);
    bind_instant(statement, 8, state->retry_at);
    bind_text(statement, 9, state->server_limits);
    bind_instant(statement, 10, state->limits_read);
    bind_text(statement, 11, state->host ? state->host : "");
    bind_text(statement, 12, state->tokens ? state->tokens : "");
    bind_instant(statement, 13, state->tokens_until);
    bind_text(statement, 14, state->scopes ? state->scopes : "");
    bind_instant(statement, 15, state->ends);
    bind_instant(statement, 16, state->identified);
    bind_text(statement, 17, state->spent ? state->spent : "");
    return database_run(&outbox->database, statement, err);
}

bool outbox_account_put(struct outbox *outbox, const struct account_state *state, struct err *err)
{
    identities_follow(outbox, state);
    return write_account(outbox, update_account, state, err) &&
           (sqlite3_changes(outbox->database.handle) > 0 ||
            write_account(outbox, insert_account, state, err));
}

static void read_account(sqlite3_stmt *statement, struct arena *arena, void *element)
{
    struct account_state *state = element;

    state->account = column_text(statement, 0, arena);
    state->identity = column_text(statement, 1, arena);
    state->handle = column_text(statement, 2, arena);
    state->remote_id = column_text(statement, 3, arena);
    state->paused = column_text(statement, 4, arena);
    state->paused_since = column_instant(statement, 5);
    state->last_publish = column_instant(statement, 6);
    state->retry_at = column_instant(statement, 7);
    state->server_limits = column_text(statement, 8, arena);
    state->limits_read = column_instant(statement, 9);
    state->host = column_text(statement, 10, arena);
    state->tokens = column_text(statement, 11, arena);
    state->tokens_until = column_instant(statement, 12);
    state->scopes = column_text(statement, 13, arena);
    state->ends = column_instant(statement, 14);
    state->identified = column_instant(statement, 15);
    state->spent = column_text(statement, 16, arena);
}

bool outbox_accounts(struct outbox *outbox, struct arena *arena,
                     const struct account_state **states, size_t *count, struct err *err)
{
    const struct listing listing = {
        .sql = "SELECT account, identity, handle, remote_id, paused, paused_since, last_publish,"
               " retry_at, server_limits, limits_read, host, tokens, tokens_until, scopes, ends,"
               " identified, spent FROM account ORDER BY account",
        .size = sizeof **states,
        .read = read_account,
    };

    *states = NULL;
    return list(outbox, &listing, arena, states, count, err);
}

bool outbox_value_put(struct outbox *outbox, const char *name, const char *value, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database,
                           "INSERT OR REPLACE INTO value (name, value) VALUES (?1, ?2)", err);

    if (!statement)
        return false;
    bind_text(statement, 1, name);
    bind_text(statement, 2, value);
    if (!database_run(&outbox->database, statement, err))
        return false;
    if (!strcmp(name, "plan-hash") && strlen(value) == DIGEST_HEX - 1)
        memcpy(outbox->log.config, value, DIGEST_HEX);
    return true;
}

bool outbox_value(struct outbox *outbox, const char *name, struct arena *arena, const char **value,
                  struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database, "SELECT value FROM value WHERE name = ?1", err);
    bool row = false, ok = statement != NULL;

    *value = NULL;
    if (ok) {
        bind_text(statement, 1, name);
        ok = database_step(&outbox->database, statement, &row, err);
    }
    if (row)
        *value = column_text(statement, 0, arena);
    sqlite3_reset(statement);
    return ok;
}

bool outbox_missing_since(struct outbox *outbox, const char *id, struct instant *since,
                          struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database, "SELECT since FROM removal WHERE delivery = ?1", err);
    bool row;

    *since = INSTANT_NONE;
    if (!statement)
        return false;
    bind_text(statement, 1, id);
    if (!database_step(&outbox->database, statement, &row, err))
        return false;
    if (row)
        since->ms = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return true;
}

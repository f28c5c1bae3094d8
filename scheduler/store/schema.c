#include "store/schema.h"

#include "base/i18n.h"

/* Append only. Times are UTC milliseconds, NULL = none; states and reasons are words, so that a
 * person can read the file. What the tables of deliveries are for: row.h. `lane` is "due" while
 * something is to be done to a row from `moment` on, else its state while something may become of
 * it or a person should look at it; then `moment` is the useful_until of a planned or held one.
 * `said` is a short hash of all that files say of it. `told` is the seq of the newest audit record
 * about it; in `befores` stands, 8 bytes for each line, the seq of the one before it about the same
 * delivery; -1 is none. */
static const char *const migrations[] = {
    /* The layouts before the first release: rows in one table; rows without threads and
     * after-steps; a row for each line of the audit log.
     */
    "",
    "",
    "",
    "CREATE TABLE content (number INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE,"
    "  text TEXT NOT NULL) STRICT;"
    "CREATE TABLE delivery ("
    "  number INTEGER PRIMARY KEY,"
    "  id TEXT NOT NULL, campaign TEXT NOT NULL, post TEXT NOT NULL, occurrence TEXT NOT NULL,"
    "  account TEXT NOT NULL, platform TEXT NOT NULL, name TEXT NOT NULL, parent TEXT NOT NULL,"
    "  identity TEXT NOT NULL, at INTEGER, useful_until INTEGER, lead INTEGER NOT NULL, late TEXT "
    "NOT NULL,"
    "  urgency TEXT NOT NULL, again INTEGER NOT NULL, approvals INTEGER NOT NULL,"
    "  content INTEGER, content_hash TEXT NOT NULL, same_hash TEXT NOT NULL,"
    "  media TEXT NOT NULL, file TEXT NOT NULL, author INTEGER NOT NULL, said TEXT NOT NULL,"
    "  digest TEXT NOT NULL) STRICT;"
    "CREATE TABLE standing ("
    "  number INTEGER PRIMARY KEY,"
    "  state TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL, rev INTEGER NOT NULL,"
    "  early INTEGER, born INTEGER, generation INTEGER NOT NULL, key TEXT NOT NULL, record_key "
    "TEXT,"
    "  progress TEXT NOT NULL, request INTEGER, request_hash TEXT NOT NULL, attempts INTEGER NOT "
    "NULL,"
    "  tries INTEGER NOT NULL, reads INTEGER NOT NULL, not_before INTEGER, first_intent INTEGER,"
    "  intent INTEGER, remote_id TEXT NOT NULL, url TEXT NOT NULL, published INTEGER,"
    "  after TEXT NOT NULL, told INTEGER NOT NULL, lane TEXT, moment INTEGER, digest "
    "TEXT NOT NULL) STRICT;"
    /* In the order in which they were asked: those of a burst lie together. */
    "CREATE TABLE request (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX delivery_id ON delivery (id);"
    "CREATE INDEX delivery_name ON delivery (name);"
    "CREATE INDEX delivery_time ON delivery (at, id);"
    "CREATE INDEX delivery_parent ON delivery (parent) WHERE parent <> '';"
    /* Never twice, by what crier.cfg and by what the platform calls the account. */
    "CREATE INDEX delivery_same ON delivery (substr(same_hash, 1, 16), identity, at);"
    "CREATE INDEX delivery_same_account ON delivery (substr(same_hash, 1, 16), account, at);"
    /* A change of state writes to this only, and in the order of insertion where it is the same
     * time: a burst's pages lie together. */
    "CREATE INDEX standing_lane ON standing (lane, moment) WHERE lane IS NOT NULL;"
    "CREATE UNIQUE INDEX standing_record_key ON standing (record_key)"
    "  WHERE record_key IS NOT NULL;"
    "CREATE TABLE removal (delivery TEXT PRIMARY KEY, since INTEGER NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE approval ("
    "  delivery TEXT NOT NULL, content_hash TEXT NOT NULL, at INTEGER, useful_until INTEGER,"
    "  uid INTEGER NOT NULL, login TEXT NOT NULL, given INTEGER,"
    "  PRIMARY KEY (delivery, content_hash, at, useful_until, uid)) STRICT;"
    "CREATE TABLE account ("
    "  account TEXT PRIMARY KEY, identity TEXT NOT NULL, handle TEXT NOT NULL,"
    "  remote_id TEXT NOT NULL, paused TEXT NOT NULL, paused_since INTEGER, last_publish INTEGER,"
    "  retry_at INTEGER, server_limits TEXT NOT NULL, limits_read INTEGER, host TEXT NOT NULL,"
    "  tokens TEXT NOT NULL, tokens_until INTEGER, scopes TEXT NOT NULL, ends INTEGER,"
    "  identified INTEGER, spent TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX account_identity ON account (identity);"
    "CREATE TABLE flag (scope TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (scope, name))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE value (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    /* As they stand in the file, many lines to a row: it is written once a transaction. */
    "CREATE TABLE audit (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, lines TEXT NOT NULL,"
    "  befores BLOB NOT NULL) STRICT;"
    /* One row each, rewritten in every transaction that changes them. */
    "CREATE TABLE log (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL,"
    "  prev TEXT NOT NULL, tree BLOB NOT NULL) STRICT;"
    "CREATE TABLE tally (state TEXT PRIMARY KEY, rows INTEGER NOT NULL)"
    "  STRICT, WITHOUT ROWID;",
};

enum { FIRST_READ = 4 }; /* what is older is refused */

static bool read_number(struct database *database, const char *sql, int64_t *number,
                        struct err *err)
{
    sqlite3_stmt *statement = database_statement(database, sql, err);
    bool row = false;
    bool ok = statement && database_step(database, statement, &row, err);

    *number = row ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return ok;
}

static bool apply(struct database *database, int64_t number, struct err *err)
{
    sqlite3_stmt *statement;

    if (!database_exec(database, migrations[number], err))
        return false;
    statement = database_statement(database, "INSERT INTO migration (number) VALUES (?1)", err);
    if (!statement)
        return false;
    bind_integer(statement, 1, number + 1);
    return database_run(database, statement, err);
}

static bool apply_from(struct database *database, int64_t number, struct err *err)
{
    bool ok = database_exec(database, "BEGIN IMMEDIATE", err);

    while (ok && number < (int64_t)COUNT_OF(migrations))
        ok = apply(database, number++, err);
    ok = ok && database_exec(database, "COMMIT", err);
    if (!ok)
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

/* A file that is empty, or stopped before its first commit, has no application id yet. */
static bool accept(struct database *database, int64_t *applied, struct err *err)
{
    int64_t application, tables;

    *applied = 0;
    if (!read_number(database, "PRAGMA application_id", &application, err) ||
        !read_number(database, "SELECT count(*) FROM sqlite_schema", &tables, err))
        return false;
    if (tables == 0)
        return database_exec(database,
                             "BEGIN IMMEDIATE;"
                             "PRAGMA application_id = 0x43726965;"
                             "CREATE TABLE migration (number INTEGER PRIMARY KEY) STRICT;"
                             "COMMIT",
                             err);
    if (application != SCHEMA_APPLICATION)
        return err_set(err, ERR_CONFIG, _("this database was not made by Crier"));
    return read_number(database, "SELECT max(number) FROM migration", applied, err);
}

bool schema_upgrade(struct database *database, struct err *err)
{
    int64_t applied;

    if (!accept(database, &applied, err))
        return false;
    if (applied > 0 && applied < FIRST_READ)
        return err_set(err, ERR_CONFIG,
                       _("the database was made by a trial version from before the first release, "
                         "and its layout is no longer read: begin with an empty state folder"));
    if (applied > (int64_t)COUNT_OF(migrations))
        return err_set(err, ERR_CONFIG,
                       _("the database was written by a newer Crier (schema %lld, this one knows "
                         "%zu): install that version again"),
                       (long long)applied, COUNT_OF(migrations));
    return applied == (int64_t)COUNT_OF(migrations) || apply_from(database, applied, err);
}

#include "store/database.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/i18n.h"
#include "store/gather.h"
#include "store/schema.h"

enum { BUSY_MS = 500, PAGE_BYTES = 4096 };

/* linux/magic.h has not all of them. */
static const uint64_t remote_filesystems[] = {
    0x6969,     /* NFS   */
    0x517B,     /* SMB   */
    0xFF534D42, /* CIFS  */
    0xFE534D42, /* SMB2  */
    0x65735546, /* FUSE  */
    0x5346414F, /* AFS   */
    0x73757245, /* CODA  */
    0x00C36400, /* CEPH  */
};

bool filesystem_is_local(uint64_t magic)
{
    size_t i;

    for (i = 0; i < COUNT_OF(remote_filesystems); i++) {
        if (magic == remote_filesystems[i])
            return false;
    }
    return true;
}

static enum err_kind kind_of(const struct database *database, int code)
{
    int system = sqlite3_system_errno(database->handle);

    if (code == SQLITE_FULL || (code == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT)))
        return ERR_SPACE;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return ERR_BUSY;
    return code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? ERR_CONFIG : ERR_IO;
}

bool database_fail(const struct database *database, const char *doing, struct err *err)
{
    int code = sqlite3_extended_errcode(database->handle);

    return err_set(err, kind_of(database, code & 0xff), _("the store cannot %s: %s (SQLite %d)"),
                   doing, sqlite3_errmsg(database->handle), code);
}

static bool refuse_remote(const char *path, struct err *err)
{
    struct arena scratch = {0};
    char *folder = arena_text(&scratch, path);
    char *slash = strrchr(folder, '/');
    struct statfs status;
    bool ok;

    if (slash)
        *slash = '\0';
    if (statfs(slash ? folder : ".", &status) != 0)
        ok = err_errno(err, ERR_CONFIG, errno, _("folder of %s cannot be examined"), path);
    else if (!filesystem_is_local((uint64_t)status.f_type & 0xFFFFFFFF))
        ok = err_set(err, ERR_CONFIG,
                     _("%s lies on a network or FUSE file system, which may lose what it "
                       "confirmed: choose a folder on a local disk"),
                     path);
    else
        ok = true;
    arena_clear(&scratch);
    return ok;
}

bool database_exec(struct database *database, const char *sql, struct err *err)
{
    if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return database_fail(database, _("run a statement"), err);
    return true;
}

/* A pragma that did not take says nothing: ask what it is now. */
static bool require_setting(struct database *database, const char *sql, const char *wanted,
                            struct err *err)
{
    sqlite3_stmt *statement = database_statement(database, sql, err);
    bool row = false;
    bool ok = statement && database_step(database, statement, &row, err);
    const char *found = row ? (const char *)sqlite3_column_text(statement, 0) : "nothing";

    if (ok && strcmp(found ? found : "", wanted) != 0)
        ok = err_set(err, ERR_IO, _("SQLite answers %s to \"%s\", and %s is needed"),
                     found ? found : "NULL", sql, wanted);
    while (ok && row) /* to its end: only there a setting that is written has been written */
        ok = database_step(database, statement, &row, err);
    sqlite3_reset(statement);
    return ok;
}

static int on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
    struct database *database = arg;

    (void)handle;
    (void)name;
    database->journal_bytes = (int64_t)pages * PAGE_BYTES;
    database->has_journal = true;
    return SQLITE_OK;
}

/* NULL: there is none yet. */
static sqlite3_file *journal_of(const struct database *database)
{
    sqlite3_file *journal = NULL;

    return sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal) ==
                       SQLITE_OK &&
                   journal && journal->pMethods
               ? journal
               : NULL;
}

/* What a process left that was killed. */
static bool finds_journal(const struct database *database)
{
    sqlite3_file *journal = journal_of(database);
    sqlite3_int64 size = 0;

    return journal && journal->pMethods->xFileSize(journal, &size) == SQLITE_OK && size > 0;
}

/* It keeps its place on the disk: gather.h. */
static bool keep_journal(struct database *database, struct err *err)
{
    char sql[64];
    int on = 1;

    (void)snprintf(sql, sizeof sql, "PRAGMA journal_size_limit = %d", GATHER_KEPT_BYTES);
    if (sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on) != SQLITE_OK)
        return database_fail(database, _("keep its journal"), err);
    return database_exec(database, sql, err);
}

/* locking_mode first: then WAL needs no shared memory, and no other process can come between. */
static bool settings(struct database *database, struct err *err)
{
    int on = 0;
    bool ok;

    sqlite3_busy_timeout(database->handle, BUSY_MS);
    sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    ok = require_setting(database, "PRAGMA locking_mode = EXCLUSIVE", "exclusive", err) &&
         require_setting(database, "PRAGMA journal_mode = WAL", "wal", err) &&
         database_exec(database,
                       "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                       "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                       "PRAGMA trusted_schema = OFF",
                       err) &&
         keep_journal(database, err) && database_keep(database, DATABASE_LITTLE, err) &&
         require_setting(database, "PRAGMA synchronous", "2", err);
    /* Last: wal_autocheckpoint is a hook too, and takes away the one that was there. */
    sqlite3_wal_hook(database->handle, on_commit, database);
    database->has_journal = ok && finds_journal(database);
    return ok;
}

bool database_open(struct database *database, const char *path, struct err *err)
{
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

    *database = (struct database){0};
    /* Counting its memory costs a lock at each allocation. Refused, and of no matter, once in use.
     */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (!refuse_remote(path, err))
        return false;
    if (sqlite3_open_v2(path, &database->handle, flags, gather_vfs()) != SQLITE_OK) {
        if (!database->handle)
            out_of_memory();
        database_fail(database, _("be opened"), err);
    } else if (settings(database, err) && schema_upgrade(database, err))
        return true;
    database_close(database);
    return err_within(err, "%s", path);
}

void database_close(struct database *database)
{
    size_t i;

    for (i = 0; i < database->count; i++)
        sqlite3_finalize(database->prepared[i].statement);
    database->count = 0;
    sqlite3_close_v2(database->handle);
    database->handle = NULL;
}

static sqlite3_stmt *prepare(struct database *database, const char *sql, struct err *err)
{
    sqlite3_stmt *statement = NULL;

    if (database->count == DATABASE_STATEMENTS) {
        err_set(err, ERR_IO, _("bug: more than %d statements"), DATABASE_STATEMENTS);
        return NULL;
    }
    if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                           NULL) != SQLITE_OK) {
        database_fail(database, _("prepare a statement"), err);
        return NULL;
    }
    database->prepared[database->count].sql = sql;
    database->prepared[database->count++].statement = statement;
    return statement;
}

sqlite3_stmt *database_statement(struct database *database, const char *sql, struct err *err)
{
    size_t i;

    for (i = 0; i < database->count; i++) {
        if (database->prepared[i].sql == sql) {
            sqlite3_reset(database->prepared[i].statement);
            return database->prepared[i].statement;
        }
    }
    return prepare(database, sql, err);
}

bool database_step(struct database *database, sqlite3_stmt *statement, bool *row, struct err *err)
{
    int code = sqlite3_step(statement);

    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return true;
    database_fail(database, _("read or write"), err);
    sqlite3_reset(statement);
    return false;
}

bool database_run(struct database *database, sqlite3_stmt *statement, struct err *err)
{
    bool row;

    do {
        if (!database_step(database, statement, &row, err))
            return false;
    } while (row);
    sqlite3_reset(statement);
    return true;
}

/* Binding fails only for our own mistakes and for want of memory. */
static void require_bound(int code)
{
    if (code != SQLITE_OK)
        abort();
}

void bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    require_bound(text ? sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC)
                       : sqlite3_bind_null(statement, parameter));
}

void bind_text_n(sqlite3_stmt *statement, int parameter, const char *text, size_t length)
{
    require_bound(
        sqlite3_bind_text64(statement, parameter, text, length, SQLITE_STATIC, SQLITE_UTF8));
}

void bind_bytes(sqlite3_stmt *statement, int parameter, const void *bytes, size_t length)
{
    require_bound(sqlite3_bind_blob64(statement, parameter, bytes, length, SQLITE_STATIC));
}

void bind_integer(sqlite3_stmt *statement, int parameter, int64_t number)
{
    require_bound(sqlite3_bind_int64(statement, parameter, number));
}

char *column_text(sqlite3_stmt *statement, int column, struct arena *arena)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return arena_text(arena, text ? text : "");
}

bool database_keep(struct database *database, int megabytes, struct err *err)
{
    char sql[64];

    (void)snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", megabytes * 1024);
    return database_exec(database, sql, err);
}

bool database_fold(struct database *database, bool empty, struct err *err)
{
    int mode = empty ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;

    if (sqlite3_wal_checkpoint_v2(database->handle, NULL, mode, NULL, NULL) != SQLITE_OK)
        return database_fail(database, _("copy its journal"), err);
    database->journal_bytes = 0;
    database->has_journal = database->has_journal && !empty;
    return true;
}

bool database_make_room(struct database *database, int64_t bytes, struct err *err)
{
    sqlite3_file *journal = journal_of(database);

    return !journal || gather_make_room(journal, bytes) == SQLITE_OK ||
           err_set(err, ERR_IO, _("the store's journal cannot be synchronised"));
}

/* store/database.h - SQLite as this layer uses it: one file, one connection, errors as values.
 *
 * The only header that includes sqlite3.h. WAL with synchronous=FULL and exclusive locking: a
 * second process gets ERR_BUSY. The WAL grows until database_fold is called; nothing folds it by
 * itself, because only one connection may ever commit and fold (the WAL-reset race of SQLite
 * < 3.51.3).
 *
 * Errors: not a database, damaged, or made by a newer version = ERR_CONFIG and the file is left
 * alone; locked = ERR_BUSY; no space or quota = ERR_SPACE; everything else = ERR_IO.
 */
#ifndef CRIER_STORE_DATABASE_H
#define CRIER_STORE_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { DATABASE_STATEMENTS = 64 };

struct database {
    sqlite3 *handle;
    struct {
        const char
            *sql; /* compared by address: a literal, or text that lives as long as the database */
        sqlite3_stmt *statement;
    } prepared[DATABASE_STATEMENTS];
    size_t count;
    int64_t journal_bytes; /* of commits since it was last folded, as of the last commit */
    bool has_journal;      /* it may hold something, folded or not */
};

/* Whether SQLite's locks and fsync can be trusted there: `magic` is f_type of statfs(2). */
bool filesystem_is_local(uint64_t magic);

/* Opens or makes the file and brings its schema up to date. */
MUST_CHECK bool database_open(struct database *database, const char *path, struct err *err);
void database_close(struct database *database);

/* Always false. `doing` completes "the store cannot ...". */
bool database_fail(const struct database *database, const char *doing, struct err *err);

/* Prepared on first use, kept, and handed out reset. NULL with *err. */
MUST_CHECK sqlite3_stmt *database_statement(struct database *database, const char *sql,
                                            struct err *err);
/* Next row: *row false at the end. */
MUST_CHECK bool database_step(struct database *database, sqlite3_stmt *statement, bool *row,
                              struct err *err);
/* To the end, then reset: for statements without rows. */
MUST_CHECK bool database_run(struct database *database, sqlite3_stmt *statement, struct err *err);
/* Several statements without parameters. */
MUST_CHECK bool database_exec(struct database *database, const char *sql, struct err *err);

/* Parameters from 1, columns from 0. Bound texts and bytes are not copied: they outlive the step.
 */
void bind_text(sqlite3_stmt *statement, int parameter, const char *text); /* NULL = NULL */
void bind_text_n(sqlite3_stmt *statement, int parameter, const char *text, size_t length);
void bind_bytes(sqlite3_stmt *statement, int parameter, const void *bytes, size_t length);
void bind_integer(sqlite3_stmt *statement, int parameter, int64_t number);
/* A copy; "" for NULL. */
char *column_text(sqlite3_stmt *statement, int column, struct arena *arena);

/* How much of the file it keeps in memory: DATABASE_LITTLE once it is open. */
enum { DATABASE_LITTLE = 1, DATABASE_MUCH = 10 };
MUST_CHECK bool database_keep(struct database *database, int megabytes, struct err *err);

/* Copies the journal into the database file; the next commits write over it, which spares the disk
 * the growing of a file. `empty`: and nothing is left in it for the next start to read. */
MUST_CHECK bool database_fold(struct database *database, bool empty, struct err *err);
/* An emptied journal takes so much of the disk before it is written. */
MUST_CHECK bool database_make_room(struct database *database, int64_t bytes, struct err *err);

#endif

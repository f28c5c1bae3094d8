/* store/row.h - a delivery as a row of table `delivery`, and back.
 *
 * One table of columns (row.c) makes the SQL, binds, reads and digests; a new member of struct
 * delivery is one line there and one migration. The digest is SHA-256 over all other columns in the
 * table's order, each with type and length: a row that was changed by anything but this file is
 * noticed when it is read.
 */
#ifndef CRIER_STORE_ROW_H
#define CRIER_STORE_ROW_H

#include "base/buffer.h"
#include "campaign/delivery.h"
#include "store/database.h"

/* A row as read. */
struct row {
    struct delivery
        *delivery; /* damaged: state held, reason "damaged", texts empty or made harmless */
    int64_t rowid;
    const char *identity; /* "mastodon|social.example.gov.in|police": never-twice's account */
    const char *name;     /* of the delivery */
    const char *said;     /* row_said of it */
    bool damaged;
    bool marked; /* damaged, and its stored state says so already */
};

/* "SELECT columns FROM delivery ", to be followed by WHERE. Lives as long as the program. */
extern const char row_select[];

/* With a new digest. `buffer` is scratch that the caller keeps. */
MUST_CHECK bool row_insert(struct database *database, const struct delivery *delivery,
                           const char *identity, struct buffer *buffer, struct arena *arena,
                           struct err *err);
/* Over `before` as it was read: only what changed since, so that indexes of the rest rest. */
MUST_CHECK bool row_update(struct database *database, const struct row *before,
                           const struct delivery *delivery, const char *identity,
                           struct buffer *buffer, struct arena *arena, struct err *err);
/* From the current row of a statement that began with row_select. */
void row_read(sqlite3_stmt *statement, struct buffer *buffer, struct arena *arena, struct row *row);

/* All that files say of a delivery, as a short hash: equal while nothing was edited. */
enum { SAID_CHARS = 32 };
const char *row_said(const struct delivery *delivery, const char *identity, struct arena *arena);

/* When work on it may start: max(at - lead, not_before). */
struct instant row_begin(const struct delivery *delivery);

#endif

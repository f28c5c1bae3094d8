/* store/row.h - a delivery as rows of the database, and back.
 *
 * What it is and what the files say of it stands in table `delivery`, written at planning; where it
 * stands in table `standing`, small and written at every change; its content in table `content`,
 * shared by all that say the same; its frozen request in table `request`, written once an attempt.
 *
 * One table of columns (row.c) makes the SQL, binds, reads and digests; a new member of struct
 * delivery is one line there and one migration. The digests of `delivery` and `standing` are
 * SHA-256 over the columns in the table's order, each with type and length; content and request are
 * held by their hashes in them: a row that was changed by anything but this file is noticed when it
 * is read. The digest of `standing` covers what a bare row has of `delivery` too.
 */
#ifndef CRIER_STORE_ROW_H
#define CRIER_STORE_ROW_H

#include "base/buffer.h"
#include "campaign/delivery.h"
#include "store/database.h"

/* Of a hash of all that files say of a delivery. */
enum { SAID_CHARS = 32 };

/* A row as read. */
struct row {
    struct delivery
        *delivery;  /* damaged: state held, reason "damaged", texts empty or made harmless */
    int64_t number; /* in tables `delivery` and `standing` */
    int64_t content, request; /* numbers of their texts; 0: none */
    char request_hash[DIGEST_HEX];
    const char *identity;      /* "mastodon|social.example.gov.in|police": never-twice's account */
    const char *name;          /* of the delivery */
    char said[SAID_CHARS + 1]; /* row_said of it */
    int64_t told;              /* seq of the newest audit record about it; -1: none */
    bool damaged;
    bool marked; /* damaged, and its stored state says so already */
};

/* "SELECT columns", to be followed by where they are FROM. A bare row has of table `delivery` only
 * what a change must know. Both live as long as the program. */
extern const char row_select[], row_select_bare[];
extern const int row_due_column; /* of row_select */
#define ROW_FROM_BARE " FROM delivery LEFT JOIN standing ON standing.number = delivery.number "
#define ROW_TEXTS                                                                                  \
    "LEFT JOIN content ON content.number = delivery.content "                                      \
    "LEFT JOIN request ON request.number = standing.request "
/* Whole rows, found by what they are, or by where they stand. */
#define ROW_FROM ROW_FROM_BARE ROW_TEXTS
#define ROW_FROM_LANE                                                                              \
    " FROM standing INDEXED BY standing_lane"                                                      \
    " CROSS JOIN delivery ON delivery.number = standing.number " ROW_TEXTS

/* With a new digest. `buffer` is scratch that the caller keeps. */
MUST_CHECK bool row_insert(struct database *database, const struct delivery *delivery,
                           const char *identity, struct buffer *buffer, struct arena *arena,
                           struct err *err);
/* Over `before` as it was read, bare or whole: only what changed since, so that the rest rests. Of
 * `after` delivery, identity, name, told and, where it is known, request_hash are given, all else
 * is made. */
MUST_CHECK bool row_update(struct database *database, const struct row *before, struct row *after,
                           struct buffer *buffer, struct arena *arena, struct err *err);
/* From the current row of a statement that began with row_select, or with row_select_bare: then the
 * delivery's id and where it stands are known, the rest is NULL and 0. */
void row_read(sqlite3_stmt *statement, struct buffer *buffer, struct arena *arena, struct row *row);
void row_read_bare(sqlite3_stmt *statement, struct buffer *buffer, struct arena *arena,
                   struct row *row);

/* Equal while nothing was edited. */
void row_said(const struct delivery *delivery, const char *identity, struct buffer *buffer,
              char said[SAID_CHARS + 1]);

/* Somebody looks for those in this state among many rows: they are in an index of their own. */
bool state_is_apart(enum state state);

#endif

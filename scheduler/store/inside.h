/* store/inside.h - what the files of this layer share and nobody else sees: the outbox itself.
 *
 * outbox.c opens, begins, commits; change.c writes deliveries; query.c reads them; records.c keeps
 * the small tables; log.c makes audit records; lines.c stores and exports their lines.
 */
#ifndef CRIER_STORE_INSIDE_H
#define CRIER_STORE_INSIDE_H

#include "base/buffer.h"
#include "store/audit.h"
#include "store/database.h"
#include "store/hand.h"
#include "store/outbox.h"
#include "store/overlay.h"
#include "store/row.h"
#include "store/segments.h"

/* A mistake of ours must not pass a test unnoticed; in service the caller holds the delivery. */
#if defined(CRIER_FAULT) || !defined(__OPTIMIZE__)
#define IN_TESTS true
#else
#define IN_TESTS false
#endif

/* The ways to find rows: query.c has the conditions. */
enum query {
    QUERY_ID,
    QUERY_ID_BARE,
    QUERY_NUMBER,
    QUERY_DUE_REST,
    QUERY_DUE,
    QUERY_UNFINISHED,
    QUERY_OVERDUE,
    QUERY_ANSWERS,
    QUERY_COUNT
};

/* What a rollback takes back besides rows. */
struct log {
    int64_t size;          /* records; the next seq */
    char prev[DIGEST_HEX]; /* SHA-256 of the last line */
    struct merkle tree;
    int64_t tally[STATE_COUNT];
    char config[DIGEST_HEX]; /* value "plan-hash": `cfg` of the records */
    bool written;            /* records or tallies that the tables do not have yet */
};

/* The lines of the open transaction, or of one whose lines are not in the file yet: lines.c. */
struct lines {
    struct buffer text;    /* each with its LF */
    struct buffer befores; /* an int64_t for each: see struct line */
    int64_t first, count;  /* seq */
    int64_t stored;        /* so many of them are in the table, */
    size_t stored_bytes;   /* so much of the text */
    struct instant at;     /* of the last */
    bool broken;           /* not all of them are here */
};

/* What table `account` says of who they are: identities.c. */
struct identities {
    struct learnt {
        const char *account, *identity;
        bool shared; /* with another account */
    } * items;       /* by account; those without are not there */
    size_t count;
    struct arena arena;
    bool known; /* read, and true since */
};

struct outbox {
    struct arena arena;   /* lives as long as the outbox */
    struct arena scratch; /* one call of a function that writes */
    struct buffer buffer; /* digests */
    struct database database;
    struct segments segments;
    struct lines lines;
    struct hand hand;
    enum { THREADS_UNKNOWN, THREADS_NONE, THREADS_SOME } threads; /* any row answers another */
    struct {
        struct instant at;
        char utc[INSTANT_TEXT], local[INSTANT_TEXT];
    } stamp;              /* the last record's time as text */
    struct log log;       /* as in the open transaction */
    struct log committed; /* as in the file */
    const char *state, *folder, *origin, *node, *boot;
    int (*offset_s)(void *arg, struct instant t);
    void *offset_arg;
    unsigned char key[SIGN_KEY_BYTES];
    bool signs;
    int64_t signed_size; /* of the last checkpoint; -1: none yet */
    struct instant signed_at;
    bool urgent;                      /* a publish or a hold since then */
    const char *queries[QUERY_COUNT]; /* their SQL, made on first use */
    int64_t damaged[64]; /* numbers of rows read since the last commit, which marks them; the rest
                            wait */
    size_t damaged_count;
    struct span approval_life;
    struct identities identities;
    int64_t asked_ms; /* when outbox_tidy wanted to be called again; < 0: never */
    bool loads;       /* files: SQLite keeps much in memory until it is quiet */
};

/* outbox.c: a load of files reads and writes all over the tables. */
MUST_CHECK bool outbox_begin_load(struct outbox *outbox, struct err *err);

/* records.c: whether as many different people as asked for said yes to exactly this. */
MUST_CHECK bool approvals_stand(struct outbox *outbox, const struct delivery *delivery,
                                struct instant now, bool *stand, struct err *err);

/* log.c */
struct record {
    const char *event, *actor, *facts;
    const struct row *row;           /* as it was; NULL: not about a delivery */
    const struct delivery *delivery; /* as it is now */
    enum state from;                 /* its state before */
};
MUST_CHECK bool log_add(struct outbox *outbox, const struct record *record, struct instant now,
                        struct err *err);
MUST_CHECK bool log_load(struct outbox *outbox, struct err *err);
MUST_CHECK bool log_store(struct outbox *outbox, struct err *err);
/* The database against STATE/audit: I10, torn tail, what is missing there. */
MUST_CHECK bool log_reconcile(struct outbox *outbox, struct instant now, struct err *err);

/* lines.c: a line is written at the end of `lines.text` between begin and end. `before`: seq of the
 * record before it about the same delivery; -1: there is none. */
MUST_CHECK bool lines_begin(struct outbox *outbox, struct instant now, struct err *err);
void lines_end(struct outbox *outbox, struct instant now, int64_t before);
/* With the commit. */
MUST_CHECK bool lines_store(struct outbox *outbox, struct err *err);
/* All that are committed and not in the file. */
MUST_CHECK bool lines_export(struct outbox *outbox, struct err *err);
/* What is in memory is void: rolled back, or in the file. */
void lines_forget(struct lines *lines);
struct line {
    const char *text; /* without its LF; NULL: there is none */
    size_t length;
    int64_t before;
};
MUST_CHECK bool lines_find(struct outbox *outbox, int64_t seq, struct arena *arena,
                           struct line *line, struct err *err);

/* signer.c */
MUST_CHECK bool signer_start(struct outbox *outbox, struct instant now, struct err *err);
/* Signs if it is time; `at_end`: if there is anything new. */
MUST_CHECK bool signer_turn(struct outbox *outbox, struct instant now, bool at_end,
                            struct err *err);
/* How long until it will be time; ms < 0: nothing new. */
struct span signer_wait(const struct outbox *outbox, struct instant now);

/* query.c. Damaged rows are noted for the next commit. */
MUST_CHECK sqlite3_stmt *query_statement(struct outbox *outbox, enum query query, struct err *err);
/* All rows of such a statement. */
MUST_CHECK bool query_rows(struct outbox *outbox, sqlite3_stmt *statement, struct arena *arena,
                           struct deliveries *rows, struct err *err);
/* Its first row; NULL delivery when there is none. */
MUST_CHECK bool query_row(struct outbox *outbox, sqlite3_stmt *statement, struct arena *arena,
                          struct row *row, struct err *err);
MUST_CHECK bool query_id(struct outbox *outbox, const char *id, struct arena *arena,
                         struct row *row, struct err *err);
/* The same without the texts of content and request: what a change must know. */
MUST_CHECK bool query_id_bare(struct outbox *outbox, const char *id, struct arena *arena,
                              struct row *row, struct err *err);

/* identities.c: what the account's platform said of who it is; NULL: nothing. */
MUST_CHECK bool identities_find(struct outbox *outbox, const char *account,
                                const struct learnt **found, struct err *err);
/* An account is written. */
void identities_follow(struct outbox *outbox, const struct account_state *state);
void identities_forget(struct identities *identities);

/* change.c */
enum twin_question { TWIN_AT_PLANNING, TWIN_AT_START };
/* Another post's row that stands in the way of the same content at `when`; NULL = none. Rows of the
 * overlay, NULL = none, take the place of what is stored. */
MUST_CHECK bool change_twin(struct outbox *outbox, const struct overlay *overlay,
                            const struct delivery *mine, const char *identity, struct instant when,
                            enum twin_question question, struct arena *arena, const char **twin,
                            struct err *err);
/* Asks of a row in hand that is due what its start will ask, while there is time. */
MUST_CHECK bool change_vouch(struct outbox *outbox, const struct row *row, struct instant now,
                             struct err *err);
/* Marks the rows noted as damaged: held, with a record each. Needs an open transaction. */
MUST_CHECK bool change_damaged(struct outbox *outbox, struct instant now, struct err *err);

#endif

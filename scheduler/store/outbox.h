/* store/outbox.h - the durable list of deliveries, with its audit, in one SQLite file.
 *
 * Synchronous: called on the store thread only (store/store.h), or by a command that owns the store
 * under the lock. A change of state and the audit record that tells of it are written in one
 * transaction, or neither. Rows are never deleted; they end in a final state. A row carries its own
 * digest, checked whenever it is read: a wrong one makes the row held, reason "damaged".
 *
 * WAL, synchronous=FULL, exclusive locking, one connection. Nothing here reads the clock: `now` is
 * given. Texts handed out live in the arena passed in.
 */
#ifndef CRIER_STORE_OUTBOX_H
#define CRIER_STORE_OUTBOX_H

#include "base/err.h"
#include "base/json.h"
#include "campaign/delivery.h"
#include "campaign/records.h"

struct outbox;

/* Opens STATE/outbox.db, upgrading its schema; checks I10 against STATE/audit (ERR_CONFIG when the
 * database is older than the audit file, or audit files stand without a database). A torn last
 * audit line is handled as C10. Makes STATE/audit and the audit key when missing. */
struct outbox_options {
    const char *state;  /* folder, must exist */
    const char *origin; /* of a new log; stored at first start, kept afterwards */
    const unsigned char
        *audit_key;   /* 32-byte Ed25519 seed; NULL: no checkpoint is signed (read-only tools) */
    const char *node; /* host name */
    int (*offset_s)(void *arg, struct instant t); /* local zone for ts_local; NULL = UTC */
    void *offset_arg;
};
MUST_CHECK bool outbox_open(const struct outbox_options *options, struct instant now,
                            struct outbox **outbox, struct err *err);
void outbox_close(struct outbox *outbox); /* NULL is fine */

/* One transaction around many calls. outbox_commit also makes the audit records' lines durable in
 * the file and, when due, writes the checkpoint. A failed commit is rolled back whole; ERR_SPACE
 * may be tried again, any other failure means the process must end (70). */
MUST_CHECK bool outbox_begin(struct outbox *outbox, struct err *err);
MUST_CHECK bool outbox_commit(struct outbox *outbox, struct instant now, struct err *err);
void outbox_rollback(struct outbox *outbox);
/* Its parts: the transaction is durable, and may be told of, before the lines of its records are in
 * the file. They are written before the next one; on the disk they are there when outbox_tidy was
 * called and it was not busy, or when much has gathered. The transaction has them, too. */
MUST_CHECK bool outbox_commit_rows(struct outbox *outbox, struct instant now, struct err *err);
MUST_CHECK bool outbox_write_lines(struct outbox *outbox, struct instant now, struct err *err);
/* After outbox_commit failed for want of space: the transaction itself is durable, only lines of
 * the audit file are missing. Call outbox_commit again, and do not repeat the work. */
bool outbox_owes_lines(const struct outbox *outbox);

/* Between transactions, when there is time: synchronises the audit file, signs a checkpoint if one
 * is due (at the end: if anything is new), and copies SQLite's journal into the database file: a
 * large one always, any when it is quiet, and then memory is given back. Quiet: nothing came since
 * the last call, for as long as that asked. *again: call again after that long; ms < 0 = not before
 * the next commit. */
enum tidying { TIDY_BUSY, TIDY_QUIET, TIDY_AT_END };
MUST_CHECK bool outbox_tidy(struct outbox *outbox, struct instant now, enum tidying how,
                            struct span *again, struct err *err);

/* Deliveries. */
enum written {
    WRITTEN,
    WRITTEN_STALE,
    WRITTEN_TWIN,
    WRITTEN_GONE,
    WRITTEN_KEY_TAKEN,
    WRITTEN_POST_TAKEN,
    WRITTEN_UNAPPROVED,
    WRITTEN_UNDRAWN
};

/* Writes one change with its audit record. UNDRAWN: the table does not know it, nothing is written
 * (a bug; test builds abort). STALE: the row changed since it was read, or is damaged and may only
 * be cancelled, expire or be told published. TWIN (only for changes to preparing or sending from
 * ready): another post's delivery with the same same_hash on the same identity (crier.cfg's, or
 * what the platform said) within 30 days has been attempted or published or stands earlier; *twin
 * is its name. KEY_TAKEN: another row has that record key. POST_TAKEN (only for what becomes
 * published by being found, event `reconcile`): that post is another row's of its account.
 * UNAPPROVED (same changes, I4): fewer different uids than row.approvals have approved exactly this
 * content and window, by somebody other than the author, within approval_for. */
MUST_CHECK bool outbox_change(struct outbox *outbox, const struct change *change,
                              struct instant now, struct arena *arena, enum written *written,
                              const char **twin, struct err *err);
/* A new row (no audit record of its own: the reload's record covers it). `identity` is its
 * account's, see campaign/records.h: never-twice compares it, whatever the account is called. */
MUST_CHECK bool outbox_insert(struct outbox *outbox, const struct delivery *delivery,
                              const char *identity, struct err *err);
/* The account of a stored row is another one now. */
MUST_CHECK bool outbox_set_identity(struct outbox *outbox, const char *id, const char *identity,
                                    struct err *err);
/* False with ERR_USAGE when there is no such row. */
MUST_CHECK bool outbox_read(struct outbox *outbox, const char *id, struct arena *arena,
                            struct delivery **delivery, struct err *err);

struct deliveries {
    const struct delivery **items;
    size_t count;
};
/* Ready rows whose work may begin (at - lead, and not_before), and published ones with something
 * left to do (not_before), after `place` and at or before `now`,
 * earliest first, at most `limit`. The place is then behind them, so that what became due in the
 * same millisecond comes page by page; with fewer than `limit` it is behind all of `now`. */
struct due_place {
    struct instant at; /* NONE = from the beginning */
    int64_t number;
};
MUST_CHECK bool outbox_due(struct outbox *outbox, struct due_place *place, struct instant now,
                           size_t limit, struct arena *arena, struct deliveries *due,
                           struct err *err);
/* preparing, sending, doubtful, and parts of threads that are held for the one before them: what a
 * start finds unfinished. */
MUST_CHECK bool outbox_unfinished(struct outbox *outbox, struct arena *arena,
                                  struct deliveries *rows, struct err *err);
/* planned and held rows whose useful_until has passed: they expire. Not those held after doubt
 * (unproven, found-twice): what may be public waits for a person. */
MUST_CHECK bool outbox_overdue(struct outbox *outbox, struct instant now, size_t limit,
                               struct arena *arena, struct deliveries *rows, struct err *err);
/* The parts of a thread that answer this one. */
MUST_CHECK bool outbox_answers(struct outbox *outbox, const char *id, struct arena *arena,
                               struct deliveries *rows, struct err *err);
/* Whether another delivery of its account, due at about its time or later, has that receipt. */
MUST_CHECK bool outbox_remote_id_taken(struct outbox *outbox, const struct delivery *mine,
                                       const char *remote_id, bool *taken, struct err *err);
/* Whether its account is, on the platform, the one that it was planned for: a row that may have
 * been sent keeps that one, whoever crier.cfg means by now. */
MUST_CHECK bool outbox_same_account(struct outbox *outbox, const char *id, bool *same,
                                    struct err *err);
/* When to ask again: `ahead` before the earliest begin of a ready row after `after`, or when a
 * planned or held one is overdue, whichever is first: NONE = never. */
MUST_CHECK bool outbox_next_due(struct outbox *outbox, struct instant after, struct span ahead,
                                struct instant *next, struct err *err);

struct outbox_filter {
    const char
        *prefix; /* of the name "campaign/post@occurrence/account", or of the id; NULL = all */
    const char *account, *campaign;
    uint32_t states;            /* bit set of 1u << state; 0 = all */
    struct instant from, until; /* by `at`; NONE = open */
    const char *after_id; /* paging by (at, id): the last row of the page before; NULL = first */
    struct instant after_at;
    size_t limit;
};
MUST_CHECK bool outbox_list(struct outbox *outbox, const struct outbox_filter *filter,
                            struct arena *arena, struct deliveries *rows, struct err *err);
/* The SHA-256s in hex of all media, and of what they were made of, of rows that may still go out or
 * were due at or after `since`; of those that are damaged as well. Some may come twice. */
MUST_CHECK bool outbox_media(struct outbox *outbox, struct instant since, struct arena *arena,
                             const char *const **hashes, size_t *count, struct err *err);
/* Kept by outbox_change and outbox_insert; costs nothing to read. */
MUST_CHECK bool outbox_counts(struct outbox *outbox, int64_t counts[STATE_COUNT], struct err *err);

/* Since when the row's post is gone from its readable file; NONE: it is there. */
MUST_CHECK bool outbox_missing_since(struct outbox *outbox, const char *id, struct instant *since,
                                     struct err *err);

/* The name of another post's row that would stand in the way if this one started at `when`, by the
 * rule that outbox_change asks then; NULL = none. */
MUST_CHECK bool outbox_twin(struct outbox *outbox, const struct delivery *row, struct instant when,
                            struct arena *arena, const char **twin, struct err *err);

/* How long an approval stands (approval_for of crier.cfg); 35 days until told otherwise. */
void outbox_approval_life(struct outbox *outbox, struct span life);

/* Approvals: (delivery, content, window, uid, time). */
MUST_CHECK bool outbox_approve(struct outbox *outbox, const struct approval *approval,
                               struct err *err);
MUST_CHECK bool outbox_approvals(struct outbox *outbox, const char *id, struct arena *arena,
                                 const struct approval **approvals, size_t *count, struct err *err);

/* Flags, accounts, and small values by name ("origin", "plan-hash", "high-water" ...). */
MUST_CHECK bool outbox_flag_set(struct outbox *outbox, const char *scope, const char *name, bool on,
                                struct err *err);
MUST_CHECK bool outbox_flags(struct outbox *outbox, struct arena *arena, const struct flag **flags,
                             size_t *count, struct err *err);
MUST_CHECK bool outbox_account_put(struct outbox *outbox, const struct account_state *state,
                                   struct err *err);
MUST_CHECK bool outbox_accounts(struct outbox *outbox, struct arena *arena,
                                const struct account_state **states, size_t *count,
                                struct err *err);
MUST_CHECK bool outbox_value_put(struct outbox *outbox, const char *name, const char *value,
                                 struct err *err);
MUST_CHECK bool outbox_value(struct outbox *outbox, const char *name, struct arena *arena,
                             const char **value, struct err *err); /* NULL when unset */

/* The time of the newest record: what the clock must not stand before (I8). NONE in a new store. */
MUST_CHECK bool outbox_last_record(struct outbox *outbox, struct instant *at, struct err *err);

/* The audit records of one delivery as their lines, oldest first. */
struct history {
    const char **lines;
    size_t count;
};
MUST_CHECK bool outbox_history(struct outbox *outbox, const char *id, struct arena *arena,
                               struct history *history, struct err *err);

/* An audit record that is not a change of state: start, stop, config.load, hold, clock.step,
 * recovery ... `facts` may be NULL. */
MUST_CHECK bool outbox_note(struct outbox *outbox, const char *event, const char *actor,
                            const char *facts, struct instant now, struct err *err);

#endif

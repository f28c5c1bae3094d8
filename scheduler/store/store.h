/* store/store.h - the store thread: jobs in, commits out, the loop never waits for a disk.
 *
 * The jobs submitted in one turn of the loop are one transaction (group commit). After the commit
 * the thread calls `wake` (from its own thread); the loop then calls store_collect, which runs each
 * job's `done` on the loop thread, in order of submission. Meanwhile the audit lines are written:
 * the file is never more than one commit behind; it is synchronised in the first pause.
 *
 * For want of space the transaction is rolled back, kept, and tried again every 10 s: store_stalled
 * is true meanwhile, and read-only jobs (`reads`) still run. Any other failed commit ends the
 * process (70). A job may run more than once: it must have no effect but on the outbox and its own
 * argument.
 */
#ifndef CRIER_STORE_STORE_H
#define CRIER_STORE_STORE_H

#include "store/outbox.h"

struct store;

/* Returns false with *err for a failure that ends the whole transaction (disk). What a job finds
 * out it writes into its argument. */
typedef bool (*store_work)(struct outbox *outbox, struct instant now, void *arg, struct err *err);
typedef void (*store_done)(void *arg);

struct store_options {
    struct outbox_options outbox;
    struct instant (*now)(void *arg); /* thread-safe clock */
    void *now_arg;
    void (*wake)(void *arg); /* called on the store thread; async-safe for the loop */
    void *wake_arg;
    int retry_ms; /* how long to wait for space; 0 = 10 s */
};

/* Opens the outbox (on the calling thread, so that errors come here) and starts the thread. */
MUST_CHECK bool store_start(const struct store_options *options, struct store **store,
                            struct err *err);
void store_submit(struct store *store, bool reads, store_work work, store_done done, void *arg);
/* On the loop: ends the turn's batch, hands it to the thread. */
void store_flush(struct store *store);
/* The same in the middle of a long turn, once there is much, or enough for a thread that has
 * nothing to do: it works while the turn goes on. Called where a transaction may end: between two
 * events, never within one. */
void store_flush_much(struct store *store);
/* On the loop, after wake: runs the `done`s. */
void store_collect(struct store *store);
/* Jobs without a collected `done`. */
size_t store_pending(const struct store *store);
/* The reason while commits fail for want of space, else NULL; as of the last store_collect (`wake`
 * tells of changes). */
const char *store_stalled(const struct store *store);
/* Runs what is queued, signs a last checkpoint, joins the thread, closes the outbox. */
void store_stop(struct store *store);

#endif

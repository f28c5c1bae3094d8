/* daemon/desk.h - what people ask of the store: status, why, approve, hold, release, cancel,
 * resolve.
 *
 * One handler a request word, run inside a transaction: on the store thread when a daemon runs
 * (through the control socket), in the command's own process under the lock when none does. The
 * same code either way.
 *
 * A request is a JSON object {"command","words":[...],"options":{...}}; an answer is an exit kind,
 * a sentence when it failed, and a result object, the contract of `--json`.
 *
 *   status    options.after_id and after_at: the page after that row; 1,000 rows a page
 *   accounts  what is known of each account that was ever used; the daemon adds "credentials"
 *             (daemon/credentials.h)
 *   why       words: NAME of one delivery, or its beginning; who has an engine adds what that
 *             considers (daemon/considered.h)
 *   select    words: NAME, id, beginning or "*"; lists what it stands for
 *   approve, reject, cancel, hold, release
 *             words: whole ids, as select gave them
 *   hold, release
 *             options.all, campaign, account or class instead: a durable flag
 *   resolve   words: whole ids; options.published (an address), absent or cancel
 *   publish   words: whole ids; what is approved goes out now instead of at its time
 *   retract   words: whole ids; asks the engine to take back what is public. Each entry of "done"
 *             names in "left" the parts of a thread that answer it and stay
 *
 * Decisions answer {"done":[...],"refused":[{"id","name","why"}]}: each delivery by itself.
 */
#ifndef CRIER_DAEMON_DESK_H
#define CRIER_DAEMON_DESK_H

#include "base/err.h"
#include "base/json.h"
#include "daemon/considered.h"
#include "engine/decide.h"
#include "store/outbox.h"

struct desk_request {
    const json_t *body;
    struct person person;
    struct instant now;
    struct span approval_for;
    bool
        approvals_asked; /* some account asks for approvals: lifting a hold is then an approver's */
    int offset_s;        /* the workspace's zone now, for times in answers */
    bool daemon;         /* approve, reject, release, resolve, publish, retract need it */
    pid_t pid;           /* of the daemon, for status; 0 = none */
    struct instant since; /* of the daemon */
    const char *config;   /* hash of crier.cfg in force, or NULL */
};

struct desk_answer {
    enum err_kind kind;           /* ERR_NONE = done */
    char text[ERR_TEXT];          /* the sentence of a failure */
    json_t *result;               /* the caller's to decref; NULL on failure */
    const struct delivery *about; /* the row of `why`, in the arena; else NULL */
    bool flags_changed;
    const char **changed_ids; /* rows that the engine may hold */
    size_t changed_count, changed_capacity;
};

/* Runs one request. False only when the whole transaction must be given up (disk). Everything
 * allocated lives in the arena, but the result. */
MUST_CHECK bool desk_handle(struct outbox *outbox, const struct desk_request *request,
                            struct arena *arena, struct desk_answer *answer, struct err *err);

/* The durable flag that a hold or release names by its options all, campaign, account or class;
 * false when it names deliveries. The name is lent by the body. */
bool desk_chosen_flag(const json_t *body, struct flag *flag);

/* By whose clock, zone and approvals `why` considers. */
struct considered_by desk_considers(const struct desk_request *request);

/* Whether the request changes nothing (it may run while the disk is full). */
bool desk_only_reads(const json_t *body);

/* The result of `status` where nothing was ever planned. */
json_t *desk_empty_status(const char *config);

/* A delivery as `status` and `why` show it. */
json_t *desk_delivery_json(const struct delivery *delivery, int offset_s, struct arena *arena);

#endif

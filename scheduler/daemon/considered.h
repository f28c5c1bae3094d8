/* daemon/considered.h - all that was considered of one delivery, for `why`.
 *
 * "considerations":[{"what","ok","waits","says"}] in the order in which they are asked, and
 * "outcome":
 * {"goes","at","because","try"}: whether it goes out by itself, when (null: when what it waits for
 * has happened), what is decisive against it going out now, and what to do about it. What only the
 * outbox knows comes first (considered_store); the rest is the engine's own judgement
 * (engine/consider.h), of the daemon's engine, or, without a daemon, of one that knows what the
 * outbox and crier.cfg say.
 */
#ifndef CRIER_DAEMON_CONSIDERED_H
#define CRIER_DAEMON_CONSIDERED_H

#include "base/json.h"
#include "campaign/model.h"
#include "engine/engine.h"
#include "store/outbox.h"

/* Whose times and approvals. */
struct considered_by {
    struct instant now;
    struct span approval_for;
    int offset_s;
};

/* Adds "considerations" to the result. */
MUST_CHECK bool considered_store(struct outbox *outbox, const struct considered_by *by,
                                 const struct delivery *row, json_t *result, struct arena *arena,
                                 struct err *err);
/* Adds the rest of them, and "outcome". */
void considered_engine(const struct engine *engine, const struct considered_by *by,
                       const struct delivery *row, json_t *result, struct arena *arena);
/* The same where no daemon runs. */
MUST_CHECK bool considered_offline(struct outbox *outbox, const struct workspace *workspace,
                                   const struct considered_by *by, const struct delivery *row,
                                   json_t *result, struct arena *arena, struct err *err);

#endif

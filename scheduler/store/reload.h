/* store/reload.h - a finished plan laid over the outbox.
 *
 * One pass over the plan and the rows it touches; the decision for each pair is campaign/merge.h,
 * pure. One audit record for the whole reload (counts, plan hash), one for each change of state.
 */
#ifndef CRIER_STORE_RELOAD_H
#define CRIER_STORE_RELOAD_H

#include "campaign/plan.h"
#include "store/outbox.h"

struct reload_result {
    int64_t inserted, replaced, cancelled, held, unchanged, removing, returned;
    const char **changed_ids; /* rows that the engine may hold and must read again */
    size_t changed_count;
    struct deliveries newly_held; /* what this load has put on hold: somebody must be told */
    struct instant again;         /* come back then (removal of 60 s ripens); NONE = not needed */
    struct findings *findings; /* "went out on ...; give it a new id" and the like; in the arena */
};

/* `plan` covers [from, until); `set` says which files were readable (a broken file keeps its rows).
 * Runs inside the caller's transaction. */
MUST_CHECK bool outbox_reload(struct outbox *outbox, const struct campaign_set *set,
                              const struct plan *plan, struct instant from, struct instant until,
                              struct instant now, struct arena *arena, struct reload_result *result,
                              struct err *err);

#endif

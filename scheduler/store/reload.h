/* store/reload.h - a finished plan laid over the outbox, step by step.
 *
 * Each step is one short transaction, so that a plan of a million deliveries keeps nobody waiting:
 * first the rows that the plan does not name any more, then the plan page by page, last the record
 * of the whole load (counts, plan hash) and where its window ends. A crash between leaves rows that
 * are right and a load that never ended: the next start does all of it again, and finds most of it
 * done. The decision for each pair is campaign/merge.h, pure.
 */
#ifndef CRIER_STORE_RELOAD_H
#define CRIER_STORE_RELOAD_H

#include "campaign/plan.h"
#include "store/outbox.h"

struct reload_result {
    int64_t inserted, replaced, cancelled, held, unchanged, removing, returned;
    const char **changed_ids; /* of this step: rows that the engine may hold and must read again */
    size_t changed_count;
    size_t newly_held_count;           /* what this load has put on hold: somebody must be told */
    const struct delivery *newly_held; /* the first of them */
    struct instant again; /* come back then (removal of 60 s ripens); NONE = not needed */
};

struct reload;
/* `pages` cover [from, until); `set` says which files were readable (a broken file keeps its rows).
 * Both outlive it. */
struct reload *reload_new(const struct campaign_set *set, struct plan_pages *pages,
                          struct instant from, struct instant until);
void reload_free(struct reload *reload); /* NULL is fine */

/* One step, inside the caller's transaction. It may run again if that was rolled back: a step
 * counts only when reload_stored is called, after the commit. `arena` lives until then. */
MUST_CHECK bool reload_step(struct reload *reload, struct outbox *outbox, struct instant now,
                            struct arena *arena, struct err *err);
/* Whether the step that has just run is the last. */
bool reload_ends(const struct reload *reload);
void reload_stored(struct reload *reload);

/* Up to the last step; they live as long as the reload. The findings are "went out on ...; give it
 * a new id" and the like. */
const struct reload_result *reload_result(const struct reload *reload);
const struct findings *reload_findings(const struct reload *reload);

#endif

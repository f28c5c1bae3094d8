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

#include "campaign/digests.h"
#include "campaign/merge.h"
#include "campaign/plan.h"
#include "store/outbox.h"

enum reload_mode {
    RELOAD_WHOLE, /* all that the files say */
    RELOAD_SAFE,  /* with `reload = "apply"`, nobody has applied: of files that are not as they were
                     applied last nothing is added, and stored rows stay as they are (see
                     merge_as_applied). What is gone is removed all the same */
    RELOAD_LOOK   /* what RELOAD_WHOLE would do; nothing is written */
};

/* One pair that a look finds changed. Its texts live for the call only. */
struct reload_seen {
    enum merge_kind kind;
    const struct delivery *stored; /* NULL: a new row */
    const struct delivery *row;    /* as it would be; NULL: it stays (W901, E901, E902) */
    const struct planned *planned; /* NULL: gone from its file */
};

struct reload_manner {
    enum reload_mode mode;
    const struct file_digests *applied,
        *files;        /* SAFE: of what was applied last; of this reading */
    const char *actor; /* who applied it; NULL = nobody, a file changed */
    void (*seen)(void *arg, const struct reload_seen *seen); /* LOOK */
    void *arg;
    bool forgetful; /* tests: a look that forgets what it would have written, which is wrong */
};

struct reload_result {
    int64_t inserted, replaced, cancelled, held, unchanged, removing, returned;
    int64_t removed;                      /* taken from those that might have gone out, each once */
    int64_t waiting_new, waiting_changed; /* SAFE: so many would be, if it were applied */
    const char **changed_ids; /* of this step: rows that the engine may hold and must read again */
    size_t changed_count;
    size_t newly_held_count;           /* what this load has put on hold: somebody must be told */
    const struct delivery *newly_held; /* the first of them */
    struct instant again; /* come back then (removal of 60 s ripens); NONE = not needed */
};

/* Whether it added, changed or took away anything that could be seen from outside. */
bool reload_changed_anything(const struct reload_result *result);

struct reload;
/* `pages` cover [from, until); `set` says which files were readable (a broken file keeps its rows).
 * Both outlive it, and what the manner names. */
struct reload *reload_new(const struct campaign_set *set, struct plan_pages *pages,
                          struct instant from, struct instant until,
                          const struct reload_manner *manner);
void reload_free(struct reload *reload); /* NULL is fine */

/* One step, inside the caller's transaction. It may run again if that was rolled back: a step
 * counts only when reload_stored is called, after the commit. `arena` lives until then. */
MUST_CHECK bool reload_step(struct reload *reload, struct outbox *outbox, struct instant now,
                            struct arena *arena, struct err *err);
/* Whether the step that has just run is the last. */
bool reload_ends(const struct reload *reload);
void reload_stored(struct reload *reload);
/* A look's step ran twice (the disk is full): what was seen counts for nothing. */
bool reload_disturbed(const struct reload *reload);

/* Up to the last step; they live as long as the reload. The findings are "went out on ...; give it
 * a new id" and the like. */
const struct reload_result *reload_result(const struct reload *reload);
const struct findings *reload_findings(const struct reload *reload);

#endif

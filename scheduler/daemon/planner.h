/* daemon/planner.h - the thread that reads what staff wrote.
 *
 * The only one that opens campaign files and calls libconfig and zones while the daemon runs. Asked
 * for a reading, it reads the workspace, inspects and pins the media, builds the plan of the
 * horizon, and hands the loop a finished set; the loop never waits for a file. Requests made while
 * one runs become one more run.
 */
#ifndef CRIER_DAEMON_PLANNER_H
#define CRIER_DAEMON_PLANNER_H

#include "base/err.h"
#include "campaign/digests.h"
#include "campaign/plan.h"
#include "daemon/rendering.h"

struct planner;

/* A file as it was when it was read. `there` false: it was missing or refused. */
struct seen_file {
    const char *path; /* relative to the workspace: "campaigns/traffic.cfg" */
    bool there;
    struct file_stamp stamp;
};

/* All campaigns, and what follows from them: large, and of use only until it has been laid over the
 * outbox. */
struct planning {
    struct arena arena;
    struct campaign_set set;
    struct findings findings;
    struct plan_pages *pages; /* NULL: they could not be made */
};
void planning_free(struct planning *planning); /* NULL is fine; gives the memory back */

/* One finished reading: what lasts of it lives in `arena`; reading_free ends all. */
struct reading {
    struct arena arena;
    struct campaign_set set;    /* the workspace alone; no campaigns */
    struct planning *planning;  /* NULL: laid over the outbox, or crier.cfg alone was read */
    struct instant from, until; /* what the plan covers */
    const struct seen_file *files;
    size_t file_count;
    struct file_digests digests; /* what they said */
    bool whole; /* laid over the outbox with all that it says; see enum reload_mode */
    const struct file_digests *before; /* what was applied before it; NULL = nobody asks */
    const char *applied; /* digests to be remembered as applied, as JSON; NULL = as before */
    const char *actor;   /* who applied it; NULL = nobody */
    bool failed;         /* could not be done at all: `err` */
    bool spool_failed;   /* because our own folder could not be written */
    struct err err;
};
void reading_free(struct reading *reading); /* NULL is fine */

struct planner_options {
    const char *workspace;
    const char *spool, *shelf;
    struct instant until;    /* nothing due later is planned, whatever the horizon; NONE */
    const char *last_good;   /* crier.cfg in force, for the case that the file gets errors */
    void (*wake)(void *arg); /* on another thread: a reading is finished, or renditions are made */
    void *wake_arg;
};
MUST_CHECK bool planner_start(const struct planner_options *options, struct planner **planner,
                              struct err *err);
/* Asks for a reading as of `now`, planned until the horizon's end, or until `until` if that is
 * sooner and not NONE. */
void planner_request(struct planner *planner, struct instant now, struct instant until);
/* The newest finished reading, which the caller frees; NULL when there is none. */
struct reading *planner_take(struct planner *planner);
/* Takes a planning that has been used and ends it, on its own thread: that takes a while. */
void planner_end(struct planner *planner, struct planning *planning);
/* Removes from the spool and the shelf what was written before `before` and is neither `needed` (by
 * rows, SHA-256s in hex; copied) nor shown by the newest reading. Only between readings: all that
 * they have found is in the store, or will be found again. */
void planner_sweep(struct planner *planner, const char *const *needed, size_t count,
                   struct instant before);
/* A reading is asked for or under way, or renditions are. */
bool planner_busy(struct planner *planner);
/* As renderer_take: true = a new reading will find more than the last one. */
bool planner_take_made(struct planner *planner, struct err *failure);
/* As renderer_now. */
bool planner_makes(struct planner *planner, struct rendering_now *now);
void planner_stop(struct planner *planner);

/* crier.cfg alone, or `last_good` (NULL = none) when it has errors, for the start before the thread
 * exists. Neither can be read: reading->set.workspace_broken. */
struct reading *planner_read_workspace(const char *workspace, const char *last_good);

/* Whether the file is no longer what was seen (one stat). */
bool seen_file_changed(int workspace_folder, const struct seen_file *file);

#endif

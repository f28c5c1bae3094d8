/* campaign/merge.h - one row of the outbox against what the files say now: what becomes of it.
 *
 * Pure: no clock, no store, no files. store/reload.c walks over the plan and over its rows, asks
 * merge_decide once for each pair and writes what it answers; design.md §4 ("Never twice",
 * "Removal", "First read late", "Horizon") and §5 are kept here and nowhere else.
 *
 *     stored   planned   what
 *     no       yes       INSERT, HOLD (a new row, held) or SKIP (no row)
 *     yes      yes       KEEP, REPLACE, HOLD, RETURN; FROZEN, WARN_PUBLISHED_CHANGED, ERROR_*
 *     yes      no        REMOVING, after 60 s CANCEL; KEEP outside the planned window
 *
 * A broken file speaks for nobody: its rows KEEP, its new posts SKIP.
 *
 * While a row is REMOVING it is held with reason "removing" (a row that was held already keeps its
 * reason); the store remembers since when and asks again at `again`. A cancelled row
 * (reason "removed") whose hold only a person can lift carries that reason as its note, so that it
 * returns held.
 *
 * What a person released stays released: `release` of a row held "never-twice" or "repeat-edited"
 * sets `again` in the row, which lasts as long as its content.
 */
#ifndef CRIER_CAMPAIGN_MERGE_H
#define CRIER_CAMPAIGN_MERGE_H

#include "campaign/delivery.h"
#include "campaign/plan.h"

enum merge_kind {
    MERGE_KEEP,                   /* nothing to write                                            */
    MERGE_INSERT,                 /* a new row: planned or ready                                 */
    MERGE_REPLACE,                /* content, time or settings changed, nothing may have left    */
    MERGE_REMOVING,               /* gone from its file: nothing of it is sent                   */
    MERGE_CANCEL,                 /* gone for 60 s: cancelled, reason "removed"                  */
    MERGE_RETURN,                 /* was removed and is back; or the cause of its hold is gone   */
    MERGE_SKIP,                   /* no row is made                                              */
    MERGE_HOLD,                   /* new or stored: held, see row.reason                         */
    MERGE_WARN_PUBLISHED_CHANGED, /* W901: went out, and the file says something else now        */
    MERGE_ERROR_WENT_OUT,         /* E901: went out, and its time is in the future now           */
    MERGE_ERROR_ENDED,            /* E902: expired, failed or cancelled by a person, likewise    */
    MERGE_FROZEN                  /* may be public: the row stays as it is, whatever files say   */
};

#define MERGE_REMOVAL_MS INT64_C(60000)
#define MERGE_ON_TIME_MS INT64_C(120000)             /* first read later than this: held */
#define MERGE_EDITED_MS  (INT64_C(12) * 3600 * 1000) /* repeat-edited                    */
#define NEVER_TWICE_DAYS 30

/* What else must be known of the pair. */
struct merge_facts {
    struct instant now;
    struct instant from, until;    /* the window that the plan covers                            */
    struct instant planned_until;  /* end of the window of the load before; NONE on a new store  */
    struct instant missing_since;  /* stored, not planned: since when; NONE = just noticed       */
    struct instant last_published; /* newest published occurrence of this post on this account;
                                      NONE = none                                                */
    bool new_store;                /* no load was ever finished                                  */
    bool broken;                   /* its file, the folder or crier.cfg could not be read        */
    bool approved;                 /* enough approvals stand for what is planned (content, window,
                                      number); true where none is asked                          */
    const char *twin; /* name of another post's row with this same_hash on this identity
                         within 30 days, attempted, published or planned earlier; NULL */
};

struct merge_result {
    enum merge_kind kind;
    struct delivery
        row; /* INSERT, REPLACE, REMOVING, CANCEL, RETURN, HOLD: the row as it shall be, its
                rev as it was read. Texts belong to `stored` and `planned`. Where the
                content changed, key, progress and request are "": whoever
                lets it leave ready makes them anew */
    const char *event; /* the audit word of the change: "plan.change", "hold" ...; NULL = none */
    bool via_planned; /* out of cancelled only `planned` is drawn: write cancelled -> planned first,
                         then planned -> row.state */
    struct instant again; /* REMOVING: decide again then; else NONE */
};

/* `stored` or `planned` may be NULL, not both. */
void merge_decide(const struct delivery *stored, const struct planned *planned,
                  const struct merge_facts *facts, struct merge_result *result);

/* Whether the files say anything else than the stored row of what it is, when and how it goes out.
 */
bool merge_says_otherwise(const struct delivery *stored, const struct planned *planned);

/* With `reload = "apply"` an edit waits until somebody applies it; until then the files are taken
 * to say what was applied last, which is what the row says. Only what forbids counts at once: more
 * approvals than before, and (by `planned` being NULL) that a post is gone. */
struct planned merge_as_applied(const struct delivery *stored, const struct planned *planned);

/* Approved (merge_facts), and all that it shows is made: else it is planned, for want of the latter
 * with reason "rendering". */
bool merge_may_be_ready(const struct delivery *row, bool approved);

const char *merge_word(enum merge_kind kind); /* "keep", "insert" ... for audit counts and tests */

#endif

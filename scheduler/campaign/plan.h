/* campaign/plan.h - campaigns and a window of time to the deliveries that follow from them.
 *
 * Deterministic: the same files and window give the same list in the same order
 * (at, then name). Drafts and skipped accounts are left out. Held ones (quiet hours that do not end
 * in time, blackout, never-twice among the files themselves) are listed with
 * `held_by`. The plan knows nothing of the outbox.
 */
#ifndef CRIER_CAMPAIGN_PLAN_H
#define CRIER_CAMPAIGN_PLAN_H

#include "campaign/model.h"
#include "campaign/render.h"

struct planned {
    struct delivery delivery; /* state ready or planned by approvals; its content is made */
    const struct campaign *campaign;
    const struct post *post;
    const struct account *account;
    const struct rendered *rendered; /* shared by the occurrences with the same text */
    int64_t slot;                    /* number in the rule; 0 for `at` */
    const char *held_by;             /* a reason word, or NULL */
    const char *held_name;           /* the blackout's name, or the other post's, or NULL */
};

struct plan {
    struct planned *items;
    size_t count, capacity;
};

/* Deliveries with from <= at < until. `facts` as for render. Findings about what a window shows
 * only (never-twice among the files, slots in a clock gap) are added when `findings` is not NULL.
 */
void plan_build(const struct campaign_set *set, struct instant from, struct instant until,
                const struct media_facts *facts, size_t fact_count, struct arena *arena,
                struct plan *plan, struct findings *findings);

/* Who the public sees behind an account, whatever its name in crier.cfg: "platform|host|handle" in
 * small letters, the account's name where no handle is given. Never-twice is per identity; the
 * store uses the same words (struct account_state). */
const char *account_identity_key(const struct account *account, struct arena *arena);

/* The media files that the posts name, each once, sorted: what asset/ must look at. */
void plan_media(const struct campaign_set *set, struct arena *arena, const char *const **files,
                size_t *count);

#endif

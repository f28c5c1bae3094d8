/* campaign/checker.h - rules across fields, files and limits: all that can be known without
 * network.
 *
 * The reader has found what is wrong inside a file; the checker adds what needs
 * more than one key: texts over a platform's limit for each account, media that
 * a platform refuses, GPS in a picture, missing alternative texts, past times, never-twice among
 * the files, `texts` that come round inside a platform's duplicate window. Drafts are checked too.
 *
 * "Today" is the argument `now`; what only a window of time shows (quiet hours, blackouts,
 * never-twice) is looked for in the 366 days from it.
 */
#ifndef CRIER_CAMPAIGN_CHECKER_H
#define CRIER_CAMPAIGN_CHECKER_H

#include "campaign/plan.h"

/* One finding for each mistake: what two accounts have in common is said once. */
void check_set(const struct campaign_set *set, struct instant now, const struct media_facts *facts,
               size_t fact_count, struct arena *scratch, struct findings *findings);

/* The same with texts that a plan shares: each is rendered once for both. They live as long as the
 * findings. */
void check_planned(struct plan_texts *texts, struct instant now, struct arena *scratch,
                   struct findings *findings);

/* What a platform, and the law of the house, say to the media of one rendered post. */
void check_media(const struct campaign *campaign, const struct account *account,
                 const struct rendered *rendered, const struct media_index *media,
                 struct findings *findings);

/* What is to be said of a file in media/ itself, whatever the platform. */
void check_media_file(const struct media_facts *facts, struct findings *findings);

/* Whether a campaign has errors among the findings. */
bool check_is_broken(const struct campaign *campaign, const struct findings *findings);

/* Marks such campaigns `broken` (in a copy of the list, in the arena): the daemon then keeps their
 * last good rows, so that nothing that `check` calls an error is ever planned. */
void check_mark_broken(struct campaign_set *set, const struct findings *findings,
                       struct arena *arena);

#endif

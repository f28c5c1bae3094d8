/* campaign/checker.h - rules across fields, files and limits: all that can be known without network.
 *
 * The reader has found what is wrong inside a file; the checker adds what needs
 * more than one key: texts over a platform's limit for each account, media that
 * a platform refuses, GPS in a JPEG, missing alternative texts, past times, never-twice among the
 * files, `texts` that come round inside a platform's duplicate window.
 */
#ifndef CRIER_CAMPAIGN_CHECKER_H
#define CRIER_CAMPAIGN_CHECKER_H

#include "campaign/plan.h"

void check_set(const struct campaign_set *set, struct instant now,
               const struct media_facts *facts, size_t fact_count, struct arena *scratch,
               struct findings *findings);

#endif

/* commands/survey.h - the workspace as `check` and `preview` see it: files, media, what is wrong.
 *
 * Reads campaign files and media, starts crier-inspect, opens nothing for writing and no
 * connection.
 */
#ifndef CRIER_COMMANDS_SURVEY_H
#define CRIER_COMMANDS_SURVEY_H

#include "campaign/plan.h"
#include "commands/command.h"

struct survey {
    struct campaign_set set;
    struct findings findings; /* the reader's so far */
    struct media_facts *facts;
    size_t fact_count;
};

/* `only` as in campaign/reader.h, NULL = all. False only when the work could not be done. */
MUST_CHECK bool survey_make(const struct invocation *invocation, const char *const *only,
                            struct survey *survey, struct err *err);

/* "2026-12-01", "2026-12-01 09:30" in the workspace's zone, or RFC 3339; NULL text = `now`. */
MUST_CHECK bool survey_time(const struct survey *survey, const char *text, struct instant now,
                            struct instant *t, struct err *err);

/* --days N, 1 to 400; NULL text = `otherwise`. */
MUST_CHECK bool survey_days(const char *text, int64_t otherwise, int64_t *days, struct err *err);

#endif

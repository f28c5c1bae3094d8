/* commands/survey.h - the workspace as `check`, `media` and `preview` see it: files, media, what is
 * wrong, and what is made of the media.
 *
 * Reads campaign files and media, starts crier-inspect and crier-render, writes nothing but its
 * cache, opens no connection. What takes long has a progress bar on a terminal.
 */
#ifndef CRIER_COMMANDS_SURVEY_H
#define CRIER_COMMANDS_SURVEY_H

#include "campaign/plan.h"
#include "commands/cache.h"
#include "commands/command.h"
#include "text/similar.h"

struct survey {
    struct campaign_set set;
    struct findings findings; /* the reader's so far */
    struct media_facts *facts;
    size_t fact_count;
    struct cache cache;
};

/* `only` as in campaign/reader.h, NULL = all. False only when the work could not be done. A survey
 * is zeroed at first, and ended whatever came of it. */
MUST_CHECK bool survey_make(const struct invocation *invocation, const char *const *only,
                            struct survey *survey, struct err *err);
void survey_end(struct survey *survey);

/* Of some files alone, relative to media/. */
MUST_CHECK bool survey_media(const struct invocation *invocation, const char *const *files,
                             size_t count, struct survey *survey, struct err *err);

/* Makes what goes out of these files but is not made yet; the facts know of it afterwards. What
 * cannot be made is known as such. */
MUST_CHECK bool survey_render(const struct invocation *invocation, const struct unmade *unmade,
                              size_t count, struct survey *survey, struct err *err);

/* "2026-12-01", "2026-12-01 09:30" in the workspace's zone, or RFC 3339; NULL text = `now`. */
MUST_CHECK bool survey_time(const struct survey *survey, const char *text, struct instant now,
                            struct instant *t, struct err *err);

/* The number that an option asks for, 1 to `most`; `otherwise` where it is not given. */
MUST_CHECK bool survey_count(const struct invocation *invocation, const char *option, int most,
                             int otherwise, int64_t *count, struct err *err);
enum { SURVEY_MOST_DAYS = 400 };

/* Whether a word of the command line means a file: by a campaign's name, by its file, or by a path
 * to it. */
bool survey_names_file(const char *word, const char *file);
/* Refuses a word that means none of those that were offered to it. */
bool survey_no_file(const struct similar *similar, struct err *err);

/* All of them, for people. */
void survey_tell(const struct findings *findings, FILE *out);

#endif

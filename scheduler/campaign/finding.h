/* campaign/finding.h - one remark of `check`, with its place and what to do about it.
 *
 * The list of codes is a table (finding_kinds.c), one row a code: severity, message,
 * why, try. Codes never change and are never reused: E1xx file and syntax,
 * E2xx fields, E3xx times, E4xx texts, E5xx media, E6xx accounts and crier.cfg, E7xx never-twice
 * and plan, E9xx state against files; W with the same ranges. Printing: FILE:LINE:COL: error[E112]:
 * message, the source line, a caret, why:, try:.
 */
#ifndef CRIER_CAMPAIGN_FINDING_H
#define CRIER_CAMPAIGN_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/json.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

/* Where in a file. line and column from 1; 0 = no place. Columns count code points; a tab is 1. */
struct place {
    const char *file; /* relative to the workspace: "campaigns/traffic.cfg" */
    int line;
    int column;
};

struct finding {
    struct place place;
    enum severity severity;
    const char *code;    /* "E112" */
    const char *message; /* in the user's language, as the three below */
    const char *why;
    const char *try;
    const char *source; /* the source line, or what is around the column of a long one; or NULL */
    int source_column;  /* the column at which it begins */
    bool source_cut;    /* the line goes on behind it */
};

struct findings {
    struct arena *arena; /* everything of the findings lives here */
    struct finding *items;
    size_t count, capacity;
    size_t errors, warnings;
    /* Where the newest source line was found: the next one is mostly below or further right. */
    const char *last_source;
    const char *last_start, *last_at;
    int last_line, last_column;
};

void findings_init(struct findings *findings, struct arena *arena);

/* Adds one by its code; the variable parts fill the {0}, {1}, {2} of the table's sentences (NULL
 * when unused). `source` is the whole text of the file, from which the line is taken, or NULL. An
 * unknown code is a bug and ends the process. */
void finding_add(struct findings *findings, const char *code, struct place place,
                 const char *source, const char *a, const char *b, const char *c);

/* Adds one that was made elsewhere; its texts must live as long as these findings. */
void finding_copy(struct findings *findings, const struct finding *finding);

/* Takes over what `more` says and `findings` does not say yet from number `first` on; the texts
 * stay where they are. */
void findings_take(struct findings *findings, size_t first, const struct findings *more);

/* Takes back all but the first `count`. */
void findings_cut(struct findings *findings, size_t count);

/* By file, line, column, code. */
void findings_sort(struct findings *findings);

/* "campaigns/a.cfg:3:5", without what is not known of it; "" without a file. */
const char *place_text(const struct place *place, struct arena *arena);

/* For people, all of them; control and bidi characters escaped, caret aligned by display width. On
 * a terminal of so many columns sentences are broken between words, and of a longer source line
 * only what is around its caret is shown; 0 = as it is. */
void findings_print(const struct findings *findings, size_t columns, struct buffer *out);
/* {"findings":[...],"errors":N,"warnings":N,"files":N} of design.md §7. */
json_t *findings_json(const struct findings *findings, size_t files);
json_t *finding_json(const struct finding *finding);

/* The table. */
struct finding_kind {
    const char *code;
    enum severity severity;
    const char *message, *why, *try; /* N_(), with {0} {1} {2} */
};
extern const struct finding_kind finding_kinds[];
extern const size_t finding_kind_count;

#endif

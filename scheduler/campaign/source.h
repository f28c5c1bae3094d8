/* campaign/source.h - the text of one file, and remarks about places in it.
 *
 * The border: source_admit refuses what is not plain UTF-8 text before any
 * other module looks at it (wrong encodings, NUL, old Mac line breaks), and
 * names characters that nobody sees. A file gets at most SOURCE_MOST_FINDINGS remarks, so that
 * no file, however broken, can flood the screen.
 */
#ifndef CRIER_CAMPAIGN_SOURCE_H
#define CRIER_CAMPAIGN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "campaign/finding.h"

enum { SOURCE_MOST_FINDINGS = 100 };

struct source {
    const char *file; /* relative to the workspace */
    const char *text; /* NUL-terminated */
    size_t length;
    struct findings *findings;
    size_t reported;
    size_t errors;
};

/* Adds a finding with this file's text; from the hundredth on only says that there is more. */
void source_report(struct source *source, const char *code, struct place place, const char *a,
                   const char *b, const char *c);

/* Whether another remark would not be shown: looking for a guess is not worth while. */
bool source_is_full(const struct source *source);

/* A place in this file, by counting from its beginning: for the rare caller. */
struct place source_place(const struct source *source, size_t offset);

/* Where byte `offset` of the text stands whose opening quote is at `text`: past \", and past the
 * quotes between "..." and "...". `text` itself where that cannot be found. */
struct place source_place_in(const struct source *source, struct place text, size_t offset);

/* The same for number `number`, from 0, of those of its characters that are among `marks`, which a
 * normal form neither adds nor takes. */
struct place source_place_of(const struct source *source, struct place text, const char *marks,
                             size_t number);

/* False when the bytes are no text that can be scanned at all. *start is where the text begins:
 * behind a byte order mark. */
MUST_CHECK bool source_admit(struct source *source, size_t *start);

#endif

/* commands/preview.h - what `preview` shows, and its two forms. */
#ifndef CRIER_COMMANDS_PREVIEW_H
#define CRIER_COMMANDS_PREVIEW_H

#include <stdio.h>

#include "campaign/plan.h"
#include "commands/command.h"

struct preview {
    const struct workspace *workspace;
    struct instant from, until;
    const char *campaign, *account; /* shown alone; NULL = all */
    struct occurrences occurrences;
    const struct media_index *media; /* the facts of the files in media/ */
    const struct findings *findings; /* the reader's, the window's and those of what is shown */
    bool colour;
};

bool preview_shows(const struct preview *preview, const struct occurrence *occurrence);

/* Written piece by piece: a year of a large department is some hundred megabytes of JSON. */
void preview_json(const struct preview *preview, FILE *out);
void preview_text(const struct preview *preview, FILE *out);

#endif

/* commands/media.h - what `media` found out: each file against each platform, and its two forms. */
#ifndef CRIER_COMMANDS_MEDIA_H
#define CRIER_COMMANDS_MEDIA_H

#include <stdio.h>

#include "base/json.h"
#include "campaign/finding.h"
#include "campaign/fit.h"

/* One file on one platform. */
struct media_row {
    const char *platform, *kind; /* kind NULL = the platform has only one */
    const struct limits *limits;
    const struct post_kind *form; /* of that kind; NULL likewise */
    struct fit_answer answer;
    const struct finding *finding; /* why it is refused; NULL unless it is */
    const struct rendition *made;  /* with --make; else NULL */
};

struct media_report {
    const struct media_facts *facts;
    struct media_row *rows;
    size_t row_count;
    struct findings findings; /* what is to be said of the file, each once */
};

bool media_is_refused_everywhere(const struct media_report *report);

json_t *media_json(const struct media_report *reports, size_t count);
/* Several files as one table, then each by itself. */
void media_text(const struct media_report *reports, size_t count, bool colour, FILE *out);

#endif

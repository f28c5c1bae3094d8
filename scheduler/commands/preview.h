/* commands/preview.h - what `preview` shows, and its forms: a table, cards, JSON, requests, and
 * files to take along. A form is a file of its own and a row of the table in cmd_preview.c. */
#ifndef CRIER_COMMANDS_PREVIEW_H
#define CRIER_COMMANDS_PREVIEW_H

#include <stdio.h>

#include "campaign/plan.h"
#include "commands/command.h"
#include "commands/survey.h"

/* What is shown alone; NULL = all. */
struct preview_choice {
    const char *campaign, *account;
    const char *post, *occurrence; /* "once" is all parts of its thread */
};

struct preview {
    const struct workspace *workspace;
    struct instant now, from, until;
    struct preview_choice choice;
    struct occurrences occurrences;
    const struct media_index *media;  /* the facts of the files in media/ */
    const struct findings *findings;  /* the reader's, the window's and those of what is shown */
    const struct findings *elsewhere; /* those alone that stand at nothing that is shown */
    const struct shelf *shelf;        /* what was made of the media */
    bool colour;
    bool quiet;         /* no progress bar */
    bool one_time;      /* the window is that of one occurrence: nothing to count in it */
    bool with_requests; /* what would be sent stands at each delivery */
    struct arena *arena;
};

bool preview_shows(const struct preview *preview, const struct occurrence *occurrence);

/* POST is "traffic/helmet", "traffic/helmet@once" or "traffic/helmet@once/x-main". Chooses by it,
 * and the window by what was chosen: a post is shown when it goes out, or when it does next after
 * `from`; with `whole_window` all that repeats in it. ERR_USAGE, with the nearest name, where there
 * is no such thing. */
MUST_CHECK bool preview_choose(const char *word, const struct survey *survey, bool whole_window,
                               struct preview *preview, struct err *err);
/* --campaign and --account. */
MUST_CHECK bool preview_campaign(const char *name, const struct campaign_set *set,
                                 struct preview *preview, struct err *err);
MUST_CHECK bool preview_account(const char *name, const struct campaign_set *set,
                                struct preview *preview, struct err *err);

/* Written piece by piece: a year of a large department is some hundred megabytes of JSON. */
void preview_json(const struct preview *preview, FILE *out);

/* By the calendar, a row for each delivery; then how many there are. */
void preview_table(const struct preview *preview, FILE *out);
/* All that is known of each delivery. */
void preview_cards(const struct preview *preview, FILE *out);

/* FOLDER/index.html. The folder is made when it is missing; nothing in it but a page of ours is
 * replaced. */
MUST_CHECK bool preview_html(const struct preview *preview, const char *folder, struct err *err);

/* An iCalendar file, one event for each post at its time; "-" is stdout. Nothing but a calendar is
 * replaced. */
MUST_CHECK bool preview_ics(const struct preview *preview, const char *where, struct err *err);

#endif

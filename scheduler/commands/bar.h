/* commands/bar.h - a progress bar: one line on stderr, only on a terminal, erased at the end.
 *
 * It shows itself once the work has taken half a second; what is quicker leaves no trace. Work is
 * `count` pieces in a row, each of which may tell how far it is.
 */
#ifndef CRIER_COMMANDS_BAR_H
#define CRIER_COMMANDS_BAR_H

#include "asset/renditions.h"

struct bar {
    const char *doing; /* "Looking at the media", translated */
    size_t piece, count;
    bool shown;           /* stands on the terminal now */
    int64_t drawn_ms;     /* when last, or when it began; 0 = no terminal */
    struct arena scratch; /* of one line */
};

/* `quiet`: no bar at all, as with --json. */
void bar_begin(struct bar *bar, const char *doing, size_t count, bool quiet);
/* For renditions_look and renditions_make: how far piece number bar->piece is. */
struct headway bar_progress(struct bar *bar);
void bar_end(struct bar *bar);

#endif

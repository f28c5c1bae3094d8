/* asset/helper.h - one run of a program that reads hostile files for us: crier-inspect or
 * crier-render.
 *
 * It stands beside the one that runs. It gets the files as descriptors 3, 4 ... and answers in
 * lines on stdout. What it does to itself (crash, hang, nonsense) leaves lines out; it never
 * reaches us. Knows nothing of names, hashes and limits, nor what the lines say.
 */
#ifndef CRIER_ASSET_HELPER_H
#define CRIER_ASSET_HELPER_H

#include <sys/types.h>

#include "base/buffer.h"
#include "base/err.h"

enum { HELPER_FILES = 32, HELPER_ARGS = 4, HELPER_LACKS = 69, HELPER_STARTS_NOT = 70 };

struct helper_run {
    const char *program;     /* "crier-inspect" */
    const char *const *args; /* behind its name, at most HELPER_ARGS; ends with NULL */
    const int *fds;          /* stay the caller's */
    size_t count;            /* at most HELPER_FILES */
    unsigned line_ms;        /* for the first line from the start, for each from the one before */
    size_t lines;            /* that buy time for another; more are chatter */
    unsigned total_ms;       /* for all of it; 0 = as its lines have it */
    int nice;                /* 10: everything else goes first */
    /* Asked five times a second, with all that was said so far; false ends the program. Or NULL. */
    bool (*watch)(void *arg, const struct buffer *answer);
    void *arg;
};

struct helper_end {
    int64_t status; /* its exit status; HELPER_STARTS_NOT: it could not start, or not lock itself
                       in; HELPER_LACKS: a program that it needs is not installed */
    int signal;     /* that ended it; 0 = none */
    bool killed;    /* by us: its time was over, it talked too much, or `watch` had it so */
};

/* Fills `answer` with what it printed. False only when the program cannot be started. */
MUST_CHECK bool helper_run(const struct helper_run *run, struct buffer *answer,
                           struct helper_end *end, struct err *err);

#endif

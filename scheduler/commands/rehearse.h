/* commands/rehearse.h - a rehearsal: the workspace's plan in virtual time against a sandbox of its
 * own.
 *
 * What is real: the files' copy, planner, engine, store, audit, net, HTTP. What is not: the clock,
 * the servers, the credentials, the people who approve. Nothing of the real state folder and no
 * real credential is opened: the command is not even told where they are.
 *
 *   rehearse_copy.c     the folder: workspace, crier.cfg for the sandbox, made-up credentials
 *   rehearse_sandbox.c  crier-sandbox as a child, ended whatever happens
 *   rehearse_count.c    the outbox against the sandbox's own word
 *   rehearse_print.c    the summary, for people and as JSON
 */
#ifndef CRIER_COMMANDS_REHEARSE_H
#define CRIER_COMMANDS_REHEARSE_H

#include <stdio.h>
#include <sys/types.h>

#include "commands/survey.h"

struct rehearse {
    const struct invocation *invocation;
    struct arena *arena;
    struct survey survey; /* of the real files */
    int64_t days;
    struct instant from, until;
    bool in_order; /* --seed was given */
    uint64_t seed;
    const char *script; /* NULL = no faults */
    const char *keep;   /* NULL = the folder is removed */
    char *folder; /* workspace/, workspace/state/, sandbox/, daemon.log; NULL = not made yet */
    const char *workspace, *state;
    pid_t sandbox;   /* 0 = none */
    char host[32];   /* "127.0.0.1:PORT" of the sandbox */
    int64_t wall_ms; /* what it took */
    bool progress;   /* draws a bar on stderr */
};

/* ---- rehearse_copy.c ---- */

/* Makes the folder and copies crier.cfg's plan, campaigns/ and the media that they name into it. */
MUST_CHECK bool rehearse_make_folder(struct rehearse *rehearse, struct err *err);
/* crier.cfg and credentials for `host`. Rules of live accounts (approvals, gap) are written down as
 * they are, the accounts are live no more. */
MUST_CHECK bool rehearse_write_config(const struct rehearse *rehearse, struct err *err);
void rehearse_remove_folder(struct rehearse *rehearse); /* unless it is to be kept */

/* ---- rehearse_sandbox.c ---- */

/* Starts crier-sandbox, which stands beside this program, and fills `host` in. It dies with us. */
MUST_CHECK bool rehearse_start_sandbox(struct rehearse *rehearse, struct err *err);
void rehearse_stop_sandbox(struct rehearse *rehearse); /* fine when there is none */

/* ---- rehearse_count.c ---- */

/* A delivery that a person would have to look at. */
struct rehearse_trouble {
    const struct delivery *row;
    enum state state;    /* its own, but held for what expired because nobody released it */
    const char *reason;  /* "" or NULL = none is known */
    size_t public_times; /* by the sandbox's word */
    bool lost;
};

struct rehearse_result {
    int64_t deliveries;                                           /* that were due */
    int64_t published, held, expired, failed, cancelled, waiting; /* their ends; they sum up */
    int64_t retried, doubtful;                                    /* ever */
    int64_t duplicates; /* posts beyond the first of a delivery, by the sandbox's word */
    int64_t lost;       /* published and not there, or due without an end or a reason */
    int64_t unasked;    /* posts that no delivery asked for */
    const struct rehearse_trouble *troubles;
    size_t trouble_count;
};

MUST_CHECK bool rehearse_count(const struct rehearse *rehearse, struct rehearse_result *result,
                               struct err *err);
static inline bool rehearse_is_good(const struct rehearse_result *result)
{
    return result->duplicates == 0 && result->lost == 0 && result->unasked == 0;
}

/* ---- rehearse_print.c ---- */

void rehearse_print(const struct rehearse *rehearse, const struct rehearse_result *result,
                    FILE *out);
/* `result` NULL: the files have errors, and nothing was rehearsed. */
void rehearse_print_json(const struct rehearse *rehearse, const struct rehearse_result *result,
                         FILE *out);
/* For the daemon: time has moved. */
void rehearse_moved(void *rehearse, struct instant now);
void rehearse_end_progress(const struct rehearse *rehearse);

#endif

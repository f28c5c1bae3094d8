/* daemon/daemon.h - the program that runs: carries things between engine, store, net and people.
 *
 * It decides nothing. Events go into engine_step, actions come out and are carried in order: saves
 * to the store thread, sends to net, alarms to the duty officer. One "now" a step. The loop never
 * waits for a disk, a file or a child.
 *
 *   daemon.c    life: start, ready, stop, signals
 *   carrier.c   events in, actions out; the check that a delivery's files are what was read
 *   loading.c   readings of the planner laid over the outbox; the due index and its one timer
 *   comparing.c readings compared with the outbox, and applied when somebody says so
 *   asking.c    requests of the control socket to the desk
 *   rehearsing.c  what a rehearsal needs besides: requests in order, approvals, its end
 */
#ifndef CRIER_DAEMON_DAEMON_H
#define CRIER_DAEMON_DAEMON_H

#include "base/err.h"
#include "base/instant.h"

/* A rehearsal: all is real but time and whom it speaks to. Only `crier rehearse` makes one, in its
 * own process and on its own copy of the workspace; no environment and no option of `run` leads
 * here. It refuses accounts that are live or speak to anybody but `host`, answers no control
 * socket, watches no files, tells no service manager, approves by itself what waits for approval,
 * and takes SIGINT and SIGTERM, which its caller has blocked, only while it runs. */
struct rehearsal {
    const char *host;     /* "127.0.0.1:PORT": the sandbox whose clock is ours */
    struct instant until; /* nothing that is due later is planned */
    bool in_order;        /* requests go out one at a time, by due and id */
    uint64_t seed;        /* of the jitter; the same seed, in order, gives the same run */
    void (*moved)(void *arg, struct instant now); /* time moved; NULL = nobody wants to know */
    void *arg;
    bool
        ended; /* answered: all that was due has come to its end, or eight days have passed since */
};

struct daemon_options {
    const char *workspace;
    const char *state;        /* made 0700 when missing */
    const char *runtime;      /* control.sock stands there */
    const char *credentials;  /* $CREDENTIALS_DIRECTORY or NULL */
    bool until_idle;          /* end when nothing is left that could go out by itself */
    size_t terminal;          /* columns of the terminal on which a person looks on: each reload is
                                 told on stderr, for people; 0 = none */
    bool colour;              /* it may be told in red */
    const char *virtual_host; /* fault builds: "127.0.0.1:PORT" of the sandbox whose clock is ours;
                                 else NULL */
    struct rehearsal *rehearsal; /* NULL = this is no rehearsal */
};

/* Runs until SIGTERM, SIGINT, idle or the end of the rehearsal. False with a reason and its exit
 * kind; ERR_FOUND when
 * --until-idle ends with something due that waits. */
MUST_CHECK bool daemon_run(const struct daemon_options *options, struct err *err);

#endif

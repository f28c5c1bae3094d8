/* daemon/daemon.h - the program that runs: carries things between engine, store, net and people.
 *
 * It decides nothing. Events go into engine_step, actions come out and are carried in order: saves
 * to the store thread, sends to net, alarms to the duty officer. One "now" a step. The loop never
 * waits for a disk, a file or a child.
 *
 *   daemon.c    life: start, ready, stop, signals
 *   carrier.c   events in, actions out; the check that a delivery's files are what was read
 *   loading.c   readings of the planner laid over the outbox; the due index and its one timer
 *   asking.c    requests of the control socket to the desk
 */
#ifndef CRIER_DAEMON_DAEMON_H
#define CRIER_DAEMON_DAEMON_H

#include "base/err.h"

struct daemon_options {
    const char *workspace;
    const char *state;        /* made 0700 when missing */
    const char *runtime;      /* control.sock stands there */
    const char *credentials;  /* $CREDENTIALS_DIRECTORY or NULL */
    bool until_idle;          /* end when nothing is left that could go out by itself */
    const char *virtual_host; /* fault builds: "127.0.0.1:PORT" of the sandbox whose clock is ours;
                                 else NULL */
};

/* Runs until SIGTERM, SIGINT or idle. False with a reason and its exit kind; ERR_FOUND when
 * --until-idle ends with something due that waits. */
MUST_CHECK bool daemon_run(const struct daemon_options *options, struct err *err);

#endif

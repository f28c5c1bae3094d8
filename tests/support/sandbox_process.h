/* tests/support/sandbox_process.h - a crier-sandbox of the test's own, on a free port of loopback.
 */
#ifndef CRIER_TESTS_SANDBOX_PROCESS_H
#define CRIER_TESTS_SANDBOX_PROCESS_H

#include <sys/types.h>

struct sandbox_process {
    pid_t pid;
    int port;
};

/* $CRIER_BIN/crier-sandbox; when it returns, the sandbox listens. */
void sandbox_start(struct sandbox_process *sandbox);
void sandbox_stop(struct sandbox_process *sandbox);

#endif

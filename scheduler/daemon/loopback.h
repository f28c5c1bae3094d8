/* daemon/loopback.h - one question to crier-sandbox on this machine, and its JSON answer.
 *
 * Small and blocking, for what a rehearsal asks the sandbox itself: its clock and its ground truth.
 * Nothing that a platform would see goes this way. `host` is "127.0.0.1:PORT".
 */
#ifndef CRIER_DAEMON_LOOPBACK_H
#define CRIER_DAEMON_LOOPBACK_H

#include "base/err.h"
#include "base/json.h"

/* Connects and asks. The descriptor becomes readable when the answer is there; it is the caller's
 * to close, or to give to loopback_answer. ERR_SERVICE when nobody listens. */
MUST_CHECK bool loopback_ask(const char *host, const char *method, const char *path,
                             const char *body, int *fd, struct err *err);

/* Reads the answer to its end and closes `fd`. NULL: it was none (ERR_SERVICE), or no JSON
 * (ERR_FOUND). The value is the caller's. */
MUST_CHECK json_t *loopback_answer(int fd, struct err *err);

/* Both. */
MUST_CHECK json_t *loopback_call(const char *host, const char *method, const char *path,
                                 const char *body, struct err *err);

#endif

/* net/control_client.h - asks the daemon through its control socket. Blocking, for commands.
 *
 * HTTP over a UNIX socket with libcurl; the answer is the daemon's JSON {"kind","text","result"}.
 */
#ifndef CRIER_NET_CONTROL_CLIENT_H
#define CRIER_NET_CONTROL_CLIENT_H

#include "base/err.h"
#include "base/json.h"

/* Sends `body` and returns the answer (the caller's to decref), or NULL: ERR_SERVICE when nobody
 * listens there. */
MUST_CHECK json_t *control_ask_daemon(const char *socket_path, const json_t *body, struct err *err);

#endif

/* sandbox/server.h - the wire: HTTP on 127.0.0.1, faults, and answers that are held back.
 *
 * One thread, one loop: a request is read whole, becomes a value, is answered by
 * its platform's server or by control.c, and goes out, unless a fault says otherwise. A
 * held answer waits for the sandbox's clock (delay) or for its client to go away
 * (stall). Bodies are capped: 1 MiB, or 20 MiB for multipart forms.
 */
#ifndef CRIER_SANDBOX_SERVER_H
#define CRIER_SANDBOX_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/instant.h"
#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

struct MHD_Daemon;
struct exchange;

struct server {
    struct world world;
    struct faults faults;
    struct MHD_Daemon *daemon;
    int signals;           /* tells of SIGTERM and SIGINT */
    struct exchange *held; /* delayed or stalled */
    bool stopping;
};

/* Listens; port 0 chooses a free one. *bound is the port. */
MUST_CHECK bool server_start(struct server *server, uint16_t port, uint16_t *bound,
                             struct err *err);
/* Serves until SIGTERM or SIGINT. */
void server_run(struct server *server);
void server_stop(struct server *server);

/* How many requests are held (those whose client went away are not), and when the first delayed one
 * is due (INSTANT_NONE: none is). */
size_t server_held(const struct server *server, struct instant *until);

/* control.c: what lies below /_sandbox/, and the list at "/". */
void control_serve(struct server *server, struct request *request, struct answer *answer);
void control_index(struct server *server, struct request *request, struct answer *answer);

#endif

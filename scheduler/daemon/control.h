/* daemon/control.h - the control socket: HTTP and JSON over a UNIX socket, who asks is known from
 * the kernel.
 *
 * One address, POST /v1/ask with a desk request as body; the answer is {"kind","text","result"}.
 * The socket is made 0660 with the group of crier.cfg's `editors`. Identity comes from SO_PEERCRED,
 * groups from SO_PEERGROUPS. A call is answered later, when the store has done it; a body of more
 * than 256 KiB is refused.
 */
#ifndef CRIER_DAEMON_CONTROL_H
#define CRIER_DAEMON_CONTROL_H

#include <sys/types.h>
#include <uv.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"

struct control;
struct control_call;

struct peer {
    uid_t uid;
    pid_t pid;
    const gid_t *groups; /* all of them, the primary one too */
    size_t group_count;
};

/* Called on the loop. The receiver owns neither body nor peer after it returns; it answers once,
 * now or later. */
typedef void (*control_ask)(void *arg, struct control_call *call, const json_t *body,
                            const struct peer *peer);

MUST_CHECK bool control_start(uv_loop_t *loop, struct clock *clock, const char *path, gid_t group,
                              bool has_group, control_ask ask, void *arg, struct control **control,
                              struct err *err);
/* `result` is lent. */
void control_answer(struct control_call *call, enum err_kind kind, const char *text,
                    const json_t *result);
/* Somebody is asking, or has not closed yet. */
size_t control_connections(const struct control *control);
void control_stop(
    struct control *control); /* answers what waits with "stopping"; the loop must run after */
void control_free(struct control *control);

#endif

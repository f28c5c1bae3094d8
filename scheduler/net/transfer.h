/* net/transfer.h - a request value in, a reply value out, on the loop.
 *
 * libcurl's multi interface on libuv. https only for live accounts, no redirect ever, no proxy from
 * the environment, no cookies; a body of more than 1 MiB is cut and the reply is FATE_MAYBE_SENT.
 * `fresh` requests have a connection of their own (R2). Time-outs are timers of the program's clock
 * (base/clock.h), not libcurl's. FATE_NOT_SENT only when no byte of the request left (R3):
 * PRETRANSFER_TIME = 0 and REQUEST_SIZE = 0.
 *
 * A file of the spool goes out whole or in pieces, in 64 KiB of memory; see upload.h for what makes
 * sure of its bytes, and hashing.h for the pause before its first piece.
 */
#ifndef CRIER_NET_TRANSFER_H
#define CRIER_NET_TRANSFER_H

#include <uv.h>

#include "base/clock.h"
#include "base/err.h"
#include "net/secrets.h"
#include "platform/adapter.h"
#include "platform/message.h"

struct transfers;

struct transfers_options {
    uv_loop_t *loop;
    struct clock *clock;
    const char *spool; /* folder of pinned media */
    struct secrets *secrets;
    const char *ca_file; /* NULL = the system's; tests give their own */
};

/* Runs once on the loop thread; the reply lives until it returns. */
typedef void (*transfer_done)(void *arg, const struct http_reply *reply);

MUST_CHECK bool transfers_start(const struct transfers_options *options,
                                struct transfers **transfers, struct err *err);

/* The request and account are copied as far as needed. Always calls done, later, from the loop. */
void transfer_send(struct transfers *transfers, const struct account *account,
                   const struct adapter *adapter, const struct http_request *request, bool fresh,
                   transfer_done done, void *arg);

/* Requests under way. */
size_t transfers_active(const struct transfers *transfers);

/* Ends uploads and reads at once (their done is called with FATE_MAYBE_SENT); publishes and what
 * opens a session go on. */
void transfers_cancel_repeatable(struct transfers *transfers);

/* Ends what is left (done is called) and gives back the handles; the loop must run afterwards until
 * they are closed. */
void transfers_stop(struct transfers *transfers);

#endif

/* net/ask.h - one request at a time, for commands that wait for its answer.
 *
 * A loop, a clock and the transfers of net/transfer.h of their own: host table, https, time-outs
 * and wiping are the daemon's. The clock counts elapsed time only, which is all that a time-out
 * needs.
 */
#ifndef CRIER_NET_ASK_H
#define CRIER_NET_ASK_H

#include "net/secrets.h"

struct asker;

/* The secrets are lent. */
MUST_CHECK bool asker_open(struct secrets *secrets, struct asker **asker, struct err *err);
void asker_close(struct asker *asker);

/* Sends it, and waits. The reply lives in the arena. */
const struct http_reply *asker_ask(struct asker *asker, const struct account *account,
                                   const struct adapter *adapter,
                                   const struct http_request *request, struct arena *arena);

/* Asks a machine of the adapter until it has an end; waits of its own are an end, too. *tokens: of
 * an answer that opened a session, sealed; NULL when there was none. */
struct step asker_run(struct asker *asker, machine advance, const struct job *job,
                      const struct adapter *adapter, const char **tokens, struct arena *arena);

#endif

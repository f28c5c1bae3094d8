/* daemon/comparing_here.h - `plan` without a daemon, by the store's owner.
 *
 * The same reading and the same look as the daemon's (comparing.c), one after the other, on the
 * calling thread; nothing is written but the spool and the shelf of renditions, which hold files by
 * their content.
 */
#ifndef CRIER_DAEMON_COMPARING_HERE_H
#define CRIER_DAEMON_COMPARING_HERE_H

#include "base/json.h"
#include "store/outbox.h"

struct comparing_here {
    const char *workspace;
    const char *state; /* exists; its lock is ours */
    struct instant now;
};

/* The plan as compared.h has it, the caller's to decref; NULL with a reason. No transaction may be
 * open. */
MUST_CHECK json_t *comparing_here(const struct comparing_here *options, struct outbox *outbox,
                                  struct err *err);

#endif

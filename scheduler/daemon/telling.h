/* daemon/telling.h - what a reload did, for the person at the terminal on which the daemon runs.
 *
 * The log has its own words for it; a service has no terminal, and is told nothing twice.
 */
#ifndef CRIER_DAEMON_TELLING_H
#define CRIER_DAEMON_TELLING_H

#include <stdio.h>

#include "daemon/planner.h"
#include "store/reload.h"

/* What changed, what waits to be applied, and all errors with their places; nothing when there is
 * nothing of it. */
void telling_reload(FILE *out, const struct reading *reading, const struct reload_result *result,
                    const struct findings *late, struct instant now);

#endif

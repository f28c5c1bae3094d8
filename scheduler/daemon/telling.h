/* daemon/telling.h - what a reload did, for the person at the terminal on which the daemon runs.
 *
 * The log has its own words for it; a service has no terminal, and is told nothing twice.
 */
#ifndef CRIER_DAEMON_TELLING_H
#define CRIER_DAEMON_TELLING_H

#include <stdio.h>

#include "daemon/planner.h"
#include "store/reload.h"

struct telling {
    FILE *out;
    size_t columns; /* of the terminal */
    bool colour;
    bool wrong; /* errors were told, and nobody has yet been told that they are gone */
};

/* What changed, what waits to be applied, and all errors with their places; that errors told before
 * are gone; else that nothing changes: who has edited a file wants to know that it was read. */
void telling_reload(struct telling *telling, const struct reading *reading,
                    const struct reload_result *result, const struct findings *late,
                    struct instant now);

#endif

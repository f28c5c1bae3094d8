/* What `why` says of each delivery (engine/consider.h) against what the engine does, at every step
 * of every scenario:
 *
 * - an intent that mere time has brought about was foretold: it goes, and not later than now;
 * - a delivery that the engine lets lie is one of which something is said against going out now.
 *
 * `--deaf WORD` of the runner leaves one consideration out, as its twin: then something must not
 * agree any more.
 */
#ifndef CRIER_TESTS_SCENARIOS_CONSIDERED_H
#define CRIER_TESTS_SCENARIOS_CONSIDERED_H

#include "engine/consider.h"
#include "engine/engine.h"
#include "store/outbox.h"

struct foretold {
    struct deliveries rows; /* those that may go out next */
    struct considerations *each;
};

/* False: there are too many to ask all of them at each step. */
bool considered_before(const struct engine *engine, struct outbox *outbox, struct instant now,
                       const char *deaf, struct arena *arena, struct foretold *foretold);
/* NULL, or what does not agree. */
const char *considered_action(const struct foretold *foretold, const struct action *action,
                              struct instant now, struct arena *arena);
const char *considered_after(const struct engine *engine, const struct foretold *foretold,
                             struct instant now, const char *deaf, struct arena *arena);

#endif

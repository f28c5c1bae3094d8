/* engine/trace.h - events and actions as stable lines of text, for logs and for what scenarios
 * expect.
 *
 *     at 2026-12-01T04:00:00.000Z rows traffic/helmet@once/toots ready
 *     save 3 traffic/helmet@once/toots ready -> sending publish.intent
 *     send 4 toots POST /api/v1/statuses fresh
 *     alarm held traffic/helmet@once/toots is held ...
 */
#ifndef CRIER_ENGINE_TRACE_H
#define CRIER_ENGINE_TRACE_H

#include "engine/engine.h"

const char *trace_event(const struct event *event, struct arena *arena);
const char *trace_action(const struct action *action, struct arena *arena);

#endif

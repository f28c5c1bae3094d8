/* engine/after.h - what is done to a post once it is public, and its retraction, as a row stores
 * it.
 *
 * delivery->after is a canonical JSON object with one member a step ("first_comment", "thumbnail",
 * "captions", "playlist" and "retract"):
 *
 *   {"at","kept"}  the machine's progress, absent at its beginning
 *   "is"           "waiting", "sent" (its request may be on its way), "done" or "failed"
 *   "once"         the request that was sent is unrepeatable
 *   "lost"         whether an unrepeatable one was done is not known: it is not sent again
 *   "tries"        failures in a row
 *   "why"          what went wrong last, for people
 *   "by"           of a retraction: who asked for it, "os:UID:LOGIN"
 *
 * Pure. While something is left to do the row's not_before says when; the store shows it to the
 * engine then.
 */
#ifndef CRIER_ENGINE_AFTER_H
#define CRIER_ENGINE_AFTER_H

#include "base/json.h"
#include "campaign/delivery.h"

/* The stored steps, the arena's; an empty object for "" and for what cannot be read. */
json_t *after_read(const char *after, struct arena *arena);

/* With a retraction asked for by that person, from its beginning. */
char *after_ask_retract(const char *after, const char *actor, struct arena *arena);

/* Whether a retraction is under way. */
bool after_retracts(const char *after);

#endif

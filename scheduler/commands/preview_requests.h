/* commands/preview_requests.h - every request that a delivery would be sent with, in order.
 *
 * Made by the adapter's own machines (platform/walk.h) and addressed by net/address.h; nothing is
 * opened, neither a socket nor a credential. What stands there instead of a secret, of a platform's
 * id, of a random number or of a time says so: <access token of toots>, <media id 1>.
 */
#ifndef CRIER_COMMANDS_PREVIEW_REQUESTS_H
#define CRIER_COMMANDS_PREVIEW_REQUESTS_H

#include <stdio.h>

#include "commands/preview.h"

/* {"method","url","kind","for","waits","unrepeatable","headers":[{"name","value"}],"json","form":
 * [{"name","value"}],"text","parts":[{"name","value","file","filename","mime","offset","bytes"}],
 * "file":{"file","offset","bytes"}} each, every member there; {"requests":[...],"ends"} is what is
 * answered: `ends` says why it goes no further, null when it does. In the arena. */
json_t *requests_of(const struct preview *preview, const struct occurrence *occurrence,
                    struct arena *arena);

/* For people, all that are shown. */
void preview_requests(const struct preview *preview, FILE *out);

#endif

/* commands/cache.h - the folder in which commands keep what decoders said of media files, and what
 * was made of them: $XDG_CACHE_HOME/crier, else ~/.cache/crier.
 *
 * Nothing in it is needed: it saves looking and making again. Only its owner may write there, so
 * nobody else can put a picture into a preview; a folder that others own or may write to is not
 * used. Where there is none, a temporary one stands in for it and goes at the end. What has not
 * been made for longest goes once all files together are larger than 2 GiB. The daemon never uses
 * it.
 */
#ifndef CRIER_COMMANDS_CACHE_H
#define CRIER_COMMANDS_CACHE_H

#include "asset/renditions.h"
#include "commands/command.h"

struct cache {
    struct shelf shelf;
    const char *folder; /* NULL = not open */
    bool passing;       /* temporary */
};

MUST_CHECK bool cache_open(const struct invocation *invocation, struct cache *cache,
                           struct err *err);
void cache_close(struct cache *cache); /* one that is not open is fine */

#endif

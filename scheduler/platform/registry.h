/* platform/registry.h - the table of adapters, in name order. A new platform is one row in each
 * list here. */
#ifndef CRIER_PLATFORM_REGISTRY_H
#define CRIER_PLATFORM_REGISTRY_H

#include "platform/adapter.h"

/* NULL for an unknown name. */
const struct adapter *adapter_by_name(const char *name);

/* All of them, ends with NULL. */
extern const struct adapter *const adapters[];

/* Facts are values in one array so that the layers below can be handed all of them at once. */
enum platform_row {
    PLATFORM_BLUESKY,
    PLATFORM_FACEBOOK,
    PLATFORM_INSTAGRAM,
    PLATFORM_MASTODON,
    PLATFORM_TELEGRAM,
    PLATFORM_THREADS,
    PLATFORM_WEBHOOK,
    PLATFORM_X,
    PLATFORM_YOUTUBE,
    PLATFORM_COUNT
};
extern const struct platform_facts platform_rows[PLATFORM_COUNT + 1];

/* What the reader and the checker need to know of each, ends with name NULL. */
const struct platform_facts *platform_facts_all(void);

#endif

/* platform/registry.h - the table of adapters, in name order. A new platform is one row here. */
#ifndef CRIER_PLATFORM_REGISTRY_H
#define CRIER_PLATFORM_REGISTRY_H

#include "platform/adapter.h"

/* NULL for an unknown name. */
const struct adapter *adapter_by_name(const char *name);

/* All of them, ends with NULL. */
extern const struct adapter *const adapters[];

/* What the reader and the checker need to know of each, ends with name NULL. */
const struct platform_facts *platform_facts_all(void);

#endif

#include "platform/registry.h"

#include <string.h>

#include "platform/mastodon.h"

const struct adapter *const adapters[] = {&mastodon, NULL};

const struct platform_facts platform_rows[PLATFORM_COUNT + 1] = {
    [PLATFORM_MASTODON] = {.name = "mastodon",
                           .limits = &mastodon_limits,
                           .keys = mastodon_keys,
                           .media_lead = {INT64_C(10) * 60 * 1000},
                           .needs_server = true},
};

const struct adapter *adapter_by_name(const char *name)
{
    for (size_t i = 0; adapters[i]; i++) {
        if (strcmp(adapters[i]->name, name) == 0)
            return adapters[i];
    }
    return NULL;
}

const struct platform_facts *platform_facts_all(void)
{
    return platform_rows;
}

#include "commands/plan_of_nothing.h"

#include "commands/cache.h"
#include "daemon/comparing_here.h"

json_t *plan_of_nothing(const struct invocation *invocation, struct err *err)
{
    struct invocation without = *invocation;
    struct outbox_options options = {.origin = "", .node = ""};
    struct comparing_here here = {.workspace = invocation->workspace, .now = invocation->now};
    struct outbox *outbox = NULL;
    struct cache cache;
    json_t *plan = NULL;

    without.cache = NULL; /* a folder that passes */
    if (!cache_open(&without, &cache, err))
        return NULL;
    options.state = here.state = cache.folder;
    if (outbox_open(&options, invocation->now, &outbox, err))
        plan = comparing_here(&here, outbox, err);
    outbox_close(outbox);
    cache_close(&cache);
    return plan;
}

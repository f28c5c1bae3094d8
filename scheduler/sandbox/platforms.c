#include "sandbox/platform.h"

#include <string.h>

#include "sandbox/mastodon.h"

const struct platform platforms[] = {
    {"mastodon", "Mastodon", "Idempotency-Key", true, mastodon_serve, mastodon_too_many,
     mastodon_no_token},
    /* Servers of the same API that ignore the key, as some do. */
    {"mastodon-nokeys", "Mastodon API without idempotency keys", "Idempotency-Key", false,
     mastodon_serve, mastodon_too_many, mastodon_no_token},
};
const size_t platform_count = COUNT_OF(platforms);

const struct platform *platform_of_path(const char *path, const char **below)
{
    size_t i, length = strcspn(path + 1, "/");

    for (i = 0; i < platform_count; i++)
        if (strlen(platforms[i].name) == length &&
            strncmp(platforms[i].name, path + 1, length) == 0) {
            *below = path + 1 + length;
            return &platforms[i];
        }
    return NULL;
}

const char *platform_base(const struct platform *platform, struct request *request)
{
    return arena_printf(&request->arena, "http://%s/%s", request->host, platform->name);
}

/* sandbox/platform.h - what a platform's server is to the sandbox: a name and a few functions.
 *
 * A new platform is one file with its functions and one row in platforms.c. Its
 * addresses are those of the real server, below /NAME. Nothing here is shared with the
 * adapters of scheduler/platform: two readings of the same facts page are worth
 * more than one.
 */
#ifndef CRIER_SANDBOX_PLATFORM_H
#define CRIER_SANDBOX_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/instant.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

struct platform {
    const char *name;       /* the first segment of its paths */
    const char *title;      /* for people */
    const char *key_header; /* request header with the client's key, or NULL */
    bool keeps_keys;        /* the same key twice is one post */
    const char *page;       /* "@": an account's page lies at /NAME/@HANDLE */
    size_t body_most;       /* of a request that is no multipart form; 0: 1 MiB */

    /* Answers a request for a path below the platform. request->account is set on the way. */
    void (*serve)(const struct platform *platform, struct world *world, struct request *request,
                  struct answer *answer);
    /* Its own words for "too many requests, until `reset`"; for "your token is no good", where from
     * now on it is no good on a platform whose tokens end; and for "too large" (NULL: no own
     * words).
     */
    void (*too_many)(struct request *request, struct instant reset, struct answer *answer);
    void (*no_token)(struct world *world, struct request *request, struct answer *answer);
    void (*too_large)(struct request *request, struct answer *answer);
};

extern const struct platform platforms[];
extern const size_t platform_count;

/* The platform of "/NAME/..." and the path below it, or NULL. */
const struct platform *platform_of_path(const char *path, const char **below);

/* "http://HOST/NAME" of the request at hand, in its arena. */
const char *platform_base(const struct platform *platform, struct request *request);

/* What a browser asks for when it shows a page.
 *
 * A file by its hash, as `mime`; NULL: as it was uploaded last, on whatever platform. False, with
 * nothing answered, when nobody uploaded it. */
MUST_CHECK bool platform_show_file(struct world *world, struct request *request, const char *sha256,
                                   const char *mime, struct answer *answer);
/* Whether a post stands on its account's page; `only` is the one that is asked for, NULL = all. */
bool platform_is_shown(const struct post *post, const struct account *account,
                       const struct post *only);

#endif

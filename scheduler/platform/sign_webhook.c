#include "platform/sign_webhook.h"

#include <inttypes.h>
#include <string.h>

#include "base/digest.h"

static const char prefix[] = "whsec_";

char *webhook_timestamp(struct instant at, struct arena *arena)
{
    return arena_printf(arena, "%" PRId64, at.ms / 1000);
}

struct signed_bytes {
    const char *bytes;
    size_t length;
};

static struct signed_bytes bytes_of(const char *id, const char *timestamp, const void *body,
                                    size_t length, struct arena *arena)
{
    const size_t id_length = strlen(id), time_length = strlen(timestamp);
    const size_t head = id_length + time_length + 2;
    char *bytes = arena_alloc(arena, head + length), *at = bytes;

    at = mempcpy(at, id, id_length);
    *at++ = '.';
    at = mempcpy(at, timestamp, time_length);
    *at++ = '.';
    if (length)
        memcpy(at, body, length);
    return (struct signed_bytes){bytes, head + length};
}

/* "v1,..." by one secret; NULL when it is none. */
static char *sign_with(char *secret, const struct signed_bytes *all, struct arena *arena)
{
    bool marked = strncmp(secret, prefix, sizeof prefix - 1) == 0;
    struct digest mac;
    unsigned char *key;
    size_t length;

    if (!base64_decode(secret + (marked ? sizeof prefix - 1 : 0), arena, &key, &length) ||
        length == 0)
        return NULL;
    mac = hmac_sha256(key, length, all->bytes, all->length);
    wipe(key, length);
    return arena_joined(arena, "v1", ",", base64_encode(mac.bytes, sizeof mac.bytes, arena));
}

static char *sign_with_each(char *secrets, const struct signed_bytes *all, struct arena *arena)
{
    char *list = NULL, *rest = NULL;

    for (char *secret = strtok_r(secrets, " ", &rest); secret;
         secret = strtok_r(NULL, " ", &rest)) {
        char *one = sign_with(secret, all, arena);

        if (!one)
            return NULL;
        list = list ? arena_printf(arena, "%s %s", list, one) : one;
    }
    return list;
}

char *sign_webhook(const char *id, const char *timestamp, const void *body, size_t length,
                   const char *secrets, struct arena *arena)
{
    struct signed_bytes all;
    char *copy, *list;
    size_t copy_length = strlen(secrets);

    if (!*id || strchr(id, '.'))
        return NULL;
    all = bytes_of(id, timestamp, body, length, arena);
    copy = arena_text(arena, secrets);
    list = sign_with_each(copy, &all, arena);
    wipe(copy, copy_length);
    return list;
}

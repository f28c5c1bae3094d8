#include "sandbox/platform.h"

#include <string.h>

#include "sandbox/bluesky.h"
#include "sandbox/facebook.h"
#include "sandbox/instagram.h"
#include "sandbox/mastodon.h"
#include "sandbox/telegram.h"
#include "sandbox/threads.h"
#include "sandbox/webhook.h"
#include "sandbox/x.h"
#include "sandbox/youtube.h"

const struct platform platforms[] = {
    {"mastodon", "Mastodon", "Idempotency-Key", true, "@", 0, mastodon_serve, mastodon_too_many,
     mastodon_no_token, NULL},
    /* Servers of the same API that ignore the key, as some do. */
    {"mastodon-nokeys", "Mastodon API without idempotency keys", "Idempotency-Key", false, "@", 0,
     mastodon_serve, mastodon_too_many, mastodon_no_token, NULL},
    {"bluesky", "Bluesky", NULL, true, "profile/", BLUESKY_BLOB_MOST, bluesky_serve,
     bluesky_too_many, bluesky_no_token, bluesky_too_large},
    {"facebook", "Facebook", NULL, false, "", FACEBOOK_BODY_MOST, facebook_serve, facebook_too_many,
     facebook_no_token, NULL},
    {"instagram", "Instagram", NULL, false, "", INSTAGRAM_BODY_MOST, instagram_serve,
     instagram_too_many, instagram_no_token, NULL},
    {"telegram", "Telegram", NULL, false, "", 0, telegram_serve, telegram_too_many,
     telegram_no_token, telegram_too_large},
    {"threads", "Threads", NULL, false, "@", 0, threads_serve, threads_too_many, threads_no_token,
     NULL},
    {"webhook", "Webhook", "webhook-id", true, "", WEBHOOK_BODY_MOST, webhook_serve,
     webhook_too_many, webhook_no_token, webhook_too_large},
    /* A receiver that keeps no ids, so that the same event twice is two posts. */
    {"webhook-forgetful", "Webhook that keeps no ids", "webhook-id", false, "", WEBHOOK_BODY_MOST,
     webhook_serve, webhook_too_many, webhook_no_token, webhook_too_large},
    {"x", "X", NULL, false, "", 0, x_serve, x_too_many, x_no_token, NULL},
    {"youtube", "YouTube", NULL, false, "@", YOUTUBE_BODY_MOST, youtube_serve, youtube_too_many,
     youtube_no_token, NULL},
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

static const char *mime_as_uploaded(const struct world *world, const char *sha256)
{
    const struct upload *upload = world->uploads;

    while (upload && strcmp(upload->sha256, sha256) != 0)
        upload = upload->older;
    return upload ? upload->mime : NULL;
}

bool platform_show_file(struct world *world, struct request *request, const char *sha256,
                        const char *mime, struct answer *answer)
{
    if (!mime)
        mime = mime_as_uploaded(world, sha256);
    if (!mime || !world_media(world, sha256, &request->arena, &answer->body, &answer->length))
        return false;
    answer->status = 200;
    answer->mime = mime;
    answer_header(request, "X-Content-Type-Options", "nosniff", answer);
    return true;
}

bool platform_is_shown(const struct post *post, const struct account *account,
                       const struct post *only)
{
    return (!only || post == only) && instant_is_none(post->deleted_at) &&
           strcmp(post->platform, account->platform) == 0 &&
           strcmp(post->account, account->handle) == 0;
}

#include "platform/registry.h"

#include <string.h>

#include "platform/bluesky.h"
#include "platform/container.h"
#include "platform/facebook.h"
#include "platform/instagram.h"
#include "platform/mastodon.h"
#include "platform/telegram.h"
#include "platform/threads.h"
#include "platform/webhook.h"
#include "platform/x.h"
#include "platform/youtube.h"

const struct adapter *const adapters[] = {&bluesky, &facebook, &instagram, &mastodon, &telegram,
                                          &threads, &webhook,  &x,         &youtube,  NULL};

static const char *const x_words[] = {"oauth1", "oauth2", NULL}; /* of x_ways */
static const char *const page_keys[] = {"page_id", NULL};
static const char *const channel_keys[] = {"channel", NULL};

const struct platform_facts platform_rows[PLATFORM_COUNT + 1] = {
    [PLATFORM_BLUESKY] = {.name = "bluesky",
                          .limits = &bluesky_limits,
                          .keys = bluesky_keys,
                          /* R11: a session is renewed 15 min before the first post at the latest */
                          .text_lead = {INT64_C(20) * 60 * 1000},
                          .media_lead = {INT64_C(20) * 60 * 1000}},
    /* Unpublished photos live for about a day; a video's upload and processing take their time. */
    [PLATFORM_FACEBOOK] = {.name = "facebook",
                           .limits = &facebook_limits,
                           .keys = facebook_keys,
                           .live_keys = page_keys,
                           .media_lead = {INT64_C(60) * 60 * 1000}},
    [PLATFORM_INSTAGRAM] = {.name = "instagram",
                            .limits = &instagram_limits,
                            .keys = instagram_keys,
                            .file_ways = container_picture_ways,
                            .text_lead = {INT64_C(60) * 60 * 1000},
                            .media_lead = {INT64_C(60) * 60 * 1000}},
    [PLATFORM_MASTODON] = {.name = "mastodon",
                           .limits = &mastodon_limits,
                           .keys = mastodon_keys,
                           .media_lead = {INT64_C(10) * 60 * 1000},
                           .needs_server = true},
    /* Its media travel with the post: there is nothing to prepare. */
    [PLATFORM_TELEGRAM] = {.name = "telegram",
                           .limits = &telegram_limits,
                           .keys = telegram_keys,
                           .live_keys = channel_keys},
    [PLATFORM_THREADS] = {.name = "threads",
                          .limits = &threads_limits,
                          .keys = threads_keys,
                          .file_ways = container_file_ways,
                          /* R11, as above; and text containers take a while, too */ .text_lead =
                              {INT64_C(20) * 60 * 1000},
                          .media_lead = {INT64_C(60) * 60 * 1000}},
    [PLATFORM_WEBHOOK] = {.name = "webhook",
                          .limits = &webhook_limits,
                          .keys = webhook_keys,
                          .needs_url = true},
    /* A video's upload and processing take their time; media ids live for a day. */
    [PLATFORM_X] = {.name = "x",
                    .limits = &x_limits,
                    .keys = x_keys,
                    .auth_words = x_words,
                    .text_lead = {INT64_C(20) * 60 * 1000},
                    .media_lead = {INT64_C(60) * 60 * 1000}},
    /* 300 MB at 1 MB/s are five minutes; a session may open late, and pieces may have to wait. */
    [PLATFORM_YOUTUBE] = {.name = "youtube",
                          .limits = &youtube_limits,
                          .keys = youtube_keys,
                          .text_lead = {INT64_C(60) * 60 * 1000},
                          .media_lead = {INT64_C(60) * 60 * 1000}},
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

#include "page/look.h"

#include <stddef.h>
#include <string.h>

#include "base/i18n.h"

static const struct look looks[] = {
    {"facebook", "Facebook", "Fb", "fb", .plain_links = false},
    {"instagram", "Instagram", "Ig", "ig", .plain_links = true, .name_in_text = true},
    {"x", "X", "X", "x", .bare_links = true},
    {"youtube", "YouTube", "Yt", "yt", .plain_links = false},
    {"threads", "Threads", "Th", "th", .plain_links = false},
    {"telegram", "Telegram", "Tg", "tg", .plain_links = false},
    {"mastodon", "Mastodon", "Ma", "ma", .plain_links = false},
    {"bluesky", "Bluesky", "Bs", "bs", .plain_links = false},
    {"webhook", N_("Website"), "Web", "we", .is_page = true},
    {NULL, NULL, "?", "no", .plain_links = false},
};

const struct look *look_of(const char *platform)
{
    const struct look *look = looks;

    while (look->platform && strcmp(look->platform, platform) != 0)
        look++;
    return look;
}

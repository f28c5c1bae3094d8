/* Nothing in a post is live by itself there: each client reads the facets that come with the
 * record. They are what the platform's own library (@atproto/api, RichText) finds, but for what
 * design.md says of links and tags on all platforms; tests/bluesky/facets.json lists every
 * difference with its reason. */
#include <string.h>

#include "platform/bluesky.h"
#include "text/count.h"
#include "text/links.h"
#include "text/unicode.h"

enum { TAG_UTF16 = 64 };

/* Without its '#', which may be a wide one. */
static const char *tag_of(const char *text, const struct mark *mark, struct arena *arena)
{
    size_t hash = text[mark->start] == '#' ? 1 : strlen("＃");

    return arena_text_n(arena, text + mark->start + hash, mark->length - hash);
}

static const char *address_of(const char *text, const struct mark *mark, struct arena *arena)
{
    return arena_printf(arena, "%s%.*s", mark->bare ? "https://" : "", (int)mark->length,
                        text + mark->start);
}

static json_t *feature_of(const char *text, const struct mark *mark, struct arena *arena)
{
    const bool is_link = mark->kind == MARK_LINK;
    json_t *feature = json_object();

    json_put(feature, "$type",
             is_link ? "app.bsky.richtext.facet#link" : "app.bsky.richtext.facet#tag");
    json_put(feature, is_link ? "uri" : "tag",
             is_link ? address_of(text, mark, arena) : tag_of(text, mark, arena));
    return feature;
}

static json_t *facet_of(const char *text, const struct mark *mark, struct arena *arena)
{
    json_t *facet = json_object(), *index = json_object(), *features = json_array();

    json_put_integer(index, "byteStart", (json_int_t)mark->start);
    json_put_integer(index, "byteEnd", (json_int_t)(mark->start + mark->length));
    json_array_append_new(features, feature_of(text, mark, arena));
    json_put_new(facet, "index", index);
    json_put_new(facet, "features", features);
    return facet;
}

/* A tag stands at the beginning or after white space there, and is short. */
static bool is_live_tag(const char *text, const struct mark *mark, uint32_t before,
                        struct arena *arena)
{
    return (before == 0 || unicode_is_white(before)) &&
           count_text(tag_of(text, mark, arena)).utf16 <= TAG_UTF16;
}

static bool is_live(const char *text, const struct mark *mark, uint32_t before, struct arena *arena)
{
    return mark->kind == MARK_LINK ||
           (mark->kind == MARK_TAG && is_live_tag(text, mark, before, arena));
}

/* The code point that ends at `end`, or 0. */
static uint32_t code_point_before(const char *text, size_t end)
{
    uint32_t c = 0;
    size_t at = end;

    while (at > 0 && ((unsigned char)text[--at] & 0xc0) == 0x80)
        continue;
    if (end > 0)
        (void)unicode_next(text + at, &c);
    return c;
}

/* Punctuation at the end is not the tag's there, and a low line counts as such. */
static void shorten(const char *text, struct mark *mark)
{
    while (mark->kind == MARK_TAG && text[mark->start + mark->length - 1] == '_')
        mark->length--;
}

json_t *bluesky_facets(const char *text, struct arena *arena)
{
    struct mark_list marks = links_find_bare_too(text, arena);
    json_t *facets = json_array();

    for (size_t i = 0; i < marks.count; i++) {
        struct mark *mark = &marks.items[i];

        shorten(text, mark);
        if (is_live(text, mark, code_point_before(text, mark->start), arena))
            json_array_append_new(facets, facet_of(text, mark, arena));
    }
    return facets;
}

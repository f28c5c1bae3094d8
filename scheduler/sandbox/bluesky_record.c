/* What the published schemas say of a post's record, and what they leave unsaid. */
#include <string.h>

#include "sandbox/bluesky.h"
#include "sandbox/clusters.h"

/* A record on its way through the rules; the first complaint stays. */
struct reader {
    struct arena *arena;
    const char *complaint;
};

struct rule {
    const char *name;
    bool required;
    void (*check)(struct reader *reader, const json_t *value, const char *path);
};

static void complain(struct reader *reader, const char *path, const char *what)
{
    if (!reader->complaint)
        reader->complaint = arena_printf(reader->arena, "%s at %s", what, path);
}

static const char *member_path(struct reader *reader, const char *path, const char *name)
{
    return arena_printf(reader->arena, "%s.%s", path, name);
}

/* A value as the server's complaints show it. */
static const char *shown(struct reader *reader, const json_t *value)
{
    void *first = json_object_iter((json_t *)(uintptr_t)value);

    if (first)
        return arena_printf(reader->arena, "{\"%s\": ...}", json_object_iter_key(first));
    if (json_array_size(value) > 0)
        return "[...]";
    return json_write(value, reader->arena, NULL);
}

static void unexpected(struct reader *reader, const json_t *value, const char *wanted,
                       const char *path)
{
    complain(reader, path,
             arena_printf(reader->arena, "Expected %s value type (got %s)", wanted,
                          shown(reader, value)));
}

static bool is_type(struct reader *reader, const json_t *value, json_type type, const char *word,
                    const char *path)
{
    if (json_typeof(value) != type)
        unexpected(reader, value, word, path);
    return json_typeof(value) == type;
}

static void check_members(struct reader *reader, const json_t *object, const char *path,
                          const struct rule *rules)
{
    if (!is_type(reader, object, JSON_OBJECT, "object", path))
        return;
    for (; rules->name; rules++) {
        const json_t *value = json_object_get(object, rules->name);

        if (value && rules->check)
            rules->check(reader, value, member_path(reader, path, rules->name));
        else if (!value && rules->required)
            complain(reader, path,
                     arena_printf(reader->arena, "Missing required key \"%s\"", rules->name));
    }
}

static void check_items(struct reader *reader, const json_t *list, size_t most, const char *path,
                        void (*check)(struct reader *, const json_t *, const char *))
{
    size_t i;

    if (!is_type(reader, list, JSON_ARRAY, "array", path))
        return;
    if (json_array_size(list) > most)
        complain(reader, path,
                 arena_printf(reader->arena, "array too big (maximum %zu, got %zu)", most,
                              json_array_size(list)));
    for (i = 0; i < json_array_size(list); i++)
        check(reader, json_array_get(list, i), arena_printf(reader->arena, "%s[%zu]", path, i));
}

/* ---- texts and numbers ---- */

static void check_text(struct reader *reader, const json_t *value, const char *path)
{
    (void)is_type(reader, value, JSON_STRING, "string", path);
}

static void check_sized_text(struct reader *reader, const json_t *value, size_t bytes,
                             size_t graphemes, const char *path)
{
    size_t clusters;

    if (!is_type(reader, value, JSON_STRING, "string", path))
        return;
    if (json_string_length(value) > bytes)
        complain(reader, path,
                 arena_printf(reader->arena, "string too big (maximum %zu, got %zu)", bytes,
                              json_string_length(value)));
    clusters = clusters_count(json_string_value(value), json_string_length(value));
    if (clusters > graphemes)
        complain(reader, path,
                 arena_printf(reader->arena, "grapheme too big (maximum %zu, got %zu)", graphemes,
                              clusters));
}

static void check_post_text(struct reader *reader, const json_t *value, const char *path)
{
    check_sized_text(reader, value, BLUESKY_BYTES_MOST, BLUESKY_GRAPHEMES_MOST, path);
}

static void check_tag(struct reader *reader, const json_t *value, const char *path)
{
    check_sized_text(reader, value, 640, 64, path);
}

static void check_tags(struct reader *reader, const json_t *value, const char *path)
{
    check_items(reader, value, 8, path, check_tag);
}

/* The AT Protocol's datetime: RFC 3339 with a capital T and Z or an offset, never -00:00. */
static void check_datetime(struct reader *reader, const json_t *value, const char *path)
{
    const char *text = json_string_value(value);
    struct instant ignored;

    if (!is_type(reader, value, JSON_STRING, "string", path))
        return;
    if (!strchr(text, 'T') || strchr(text, 'z') || strstr(text, "-00:00") ||
        !instant_parse(text, &ignored))
        complain(reader, path, arena_printf(reader->arena, "Invalid datetime (got \"%s\")", text));
}

/* BCP 47, roughly: "hi", "en-IN". */
static void check_language(struct reader *reader, const json_t *value, const char *path)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    const char *text = json_string_value(value);
    size_t first;

    if (!is_type(reader, value, JSON_STRING, "string", path))
        return;
    first = strspn(text, lower);
    if (first < 2 || first > 3 || (text[first] && text[first] != '-') || text[strspn(text, rest)])
        complain(reader, path, arena_printf(reader->arena, "Invalid language (got \"%s\")", text));
}

static void check_languages(struct reader *reader, const json_t *value, const char *path)
{
    check_items(reader, value, 3, path, check_language);
}

static void check_uri(struct reader *reader, const json_t *value, const char *path)
{
    const char *text = json_string_value(value);

    if (!is_type(reader, value, JSON_STRING, "string", path))
        return;
    if (!strchr(text, ':') || strpbrk(text, " \t\r\n") || strcspn(text, ":") == 0)
        complain(reader, path, arena_printf(reader->arena, "Invalid uri (got \"%s\")", text));
}

static void check_did(struct reader *reader, const json_t *value, const char *path)
{
    const char *text = json_string_value(value);

    if (is_type(reader, value, JSON_STRING, "string", path) && strncmp(text, "did:", 4) != 0)
        complain(reader, path, arena_printf(reader->arena, "Invalid DID (got \"%s\")", text));
}

static void check_at_least(struct reader *reader, const json_t *value, json_int_t least,
                           const char *path)
{
    if (is_type(reader, value, JSON_INTEGER, "integer", path) && json_integer_value(value) < least)
        complain(reader, path,
                 arena_printf(reader->arena,
                              "integer too small (minimum %d, got %" JSON_INTEGER_FORMAT ")",
                              (int)least, json_integer_value(value)));
}

static void check_offset(struct reader *reader, const json_t *value, const char *path)
{
    check_at_least(reader, value, 0, path);
}

static void check_side(struct reader *reader, const json_t *value, const char *path)
{
    check_at_least(reader, value, 1, path);
}

/* ---- facets ---- */

static const struct rule index_rules[] = {{"byteStart", true, check_offset},
                                          {"byteEnd", true, check_offset},
                                          {0}};
static const struct rule link_rules[] = {{"uri", true, check_uri}, {0}};
static const struct rule tag_rules[] = {{"tag", true, check_tag}, {0}};
static const struct rule mention_rules[] = {{"did", true, check_did}, {0}};

static const struct kind {
    const char *type;
    const struct rule *rules;
} features[] = {
    {"app.bsky.richtext.facet#link", link_rules},
    {"app.bsky.richtext.facet#tag", tag_rules},
    {"app.bsky.richtext.facet#mention", mention_rules},
};

/* A member of an open union: its kind's rules, when we know its kind. */
static void check_union(struct reader *reader, const json_t *value, const char *path,
                        const struct kind *kinds, size_t count)
{
    const char *type = json_text(value, "$type");
    size_t i;

    if (!is_type(reader, value, JSON_OBJECT, "object", path))
        return;
    if (!type)
        unexpected(reader, value, "an object which includes the \"$type\" property", path);
    for (i = 0; type && i < count; i++)
        if (strcmp(kinds[i].type, type) == 0)
            check_members(reader, value, path, kinds[i].rules);
}

static void check_feature(struct reader *reader, const json_t *value, const char *path)
{
    check_union(reader, value, path, features, COUNT_OF(features));
}

static void check_index(struct reader *reader, const json_t *value, const char *path)
{
    check_members(reader, value, path, index_rules);
}

static void check_features(struct reader *reader, const json_t *value, const char *path)
{
    check_items(reader, value, SIZE_MAX, path, check_feature);
}

static const struct rule facet_rules[] = {{"index", true, check_index},
                                          {"features", true, check_features},
                                          {0}};

static void check_facet(struct reader *reader, const json_t *value, const char *path)
{
    check_members(reader, value, path, facet_rules);
}

static void check_facets(struct reader *reader, const json_t *value, const char *path)
{
    check_items(reader, value, SIZE_MAX, path, check_facet);
}

/* ---- embeds ---- */

static const struct rule ref_rules[] = {{"$link", true, check_text}, {0}};

static void check_ref(struct reader *reader, const json_t *value, const char *path)
{
    check_members(reader, value, path, ref_rules);
}

static const struct rule blob_rules[] = {
    {"ref", true, check_ref}, {"mimeType", true, check_text}, {"size", true, check_offset}, {0}};

static void check_blob(struct reader *reader, const json_t *value, const char *accept,
                       json_int_t most, const char *path)
{
    const char *type = json_text(value, "$type"), *mime = json_text(value, "mimeType");
    json_int_t size = json_integer_or(value, "size", 0);

    if (!type || strcmp(type, "blob") != 0)
        unexpected(reader, value, "blob", path);
    check_members(reader, value, path, blob_rules);
    if (mime && strncmp(mime, accept, strlen(accept)) != 0)
        complain(reader, member_path(reader, path, "mimeType"),
                 arena_printf(reader->arena, "Expected \"%s*\" (got \"%s\")", accept, mime));
    if (size > most)
        complain(reader, path,
                 arena_printf(reader->arena,
                              "blob too big (maximum %d, got %" JSON_INTEGER_FORMAT ")", (int)most,
                              size));
}

static void check_image_blob(struct reader *reader, const json_t *value, const char *path)
{
    check_blob(reader, value, "image/", BLUESKY_IMAGE_BYTES_MOST, path);
}

static void check_thumb(struct reader *reader, const json_t *value, const char *path)
{
    check_blob(reader, value, "image/", BLUESKY_THUMB_BYTES_MOST, path);
}

static void check_video_blob(struct reader *reader, const json_t *value, const char *path)
{
    check_blob(reader, value, "video/mp4", 300000000, path);
}

static const struct rule ratio_rules[] = {{"width", true, check_side},
                                          {"height", true, check_side},
                                          {0}};

static void check_ratio(struct reader *reader, const json_t *value, const char *path)
{
    check_members(reader, value, path, ratio_rules);
}

static const struct rule image_rules[] = {{"image", true, check_image_blob},
                                          {"alt", true, check_text},
                                          {"aspectRatio", false, check_ratio},
                                          {0}};

static void check_image(struct reader *reader, const json_t *value, const char *path)
{
    check_members(reader, value, path, image_rules);
}

static void check_images(struct reader *reader, const json_t *value, const char *path)
{
    check_items(reader, value, BLUESKY_IMAGES_MOST, path, check_image);
}

static const struct rule card_rules[] = {{"uri", true, check_uri},
                                         {"title", true, check_text},
                                         {"description", true, check_text},
                                         {"thumb", false, check_thumb},
                                         {0}};

static void check_card(struct reader *reader, const json_t *value, const char *path)
{
    check_members(reader, value, path, card_rules);
}

static const struct rule images_rules[] = {{"images", true, check_images}, {0}};
static const struct rule external_rules[] = {{"external", true, check_card}, {0}};
static const struct rule video_rules[] = {{"video", true, check_video_blob},
                                          {"alt", false, check_text},
                                          {"aspectRatio", false, check_ratio},
                                          {0}};

static const struct kind embeds[] = {
    {"app.bsky.embed.images", images_rules},
    {"app.bsky.embed.external", external_rules},
    {"app.bsky.embed.video", video_rules},
};

static void check_embed(struct reader *reader, const json_t *value, const char *path)
{
    check_union(reader, value, path, embeds, COUNT_OF(embeds));
}

/* ---- the post ---- */

static const struct rule strong_rules[] = {{"uri", true, check_uri},
                                           {"cid", true, check_text},
                                           {0}};

static void check_strong(struct reader *reader, const json_t *value, const char *path)
{
    check_members(reader, value, path, strong_rules);
}

static const struct rule reply_rules[] = {{"root", true, check_strong},
                                          {"parent", true, check_strong},
                                          {0}};

static void check_reply(struct reader *reader, const json_t *value, const char *path)
{
    check_members(reader, value, path, reply_rules);
}

static void check_type(struct reader *reader, const json_t *value, const char *path)
{
    const char *type = json_string_value(value);

    if (!type || strcmp(type, BLUESKY_POST) != 0)
        complain(reader, path, "Invalid $type: expected " BLUESKY_POST);
}

static const struct rule post_rules[] = {
    {"$type", false, check_type},
    {"text", true, check_post_text},
    {"createdAt", true, check_datetime},
    {"langs", false, check_languages},
    {"facets", false, check_facets},
    {"embed", false, check_embed},
    {"reply", false, check_reply},
    {"tags", false, check_tags},
    {0},
};

const char *bluesky_complaint(const json_t *record, struct arena *arena)
{
    struct reader reader = {.arena = arena};

    check_members(&reader, record, "$.record", post_rules);
    return reader.complaint;
}

const char *bluesky_key_complaint(const char *rkey)
{
    static const char first[] = "234567abcdefghij", rest[] = "234567abcdefghijklmnopqrstuvwxyz";

    if (strlen(rkey) == 13 && strchr(first, *rkey) && rkey[strspn(rkey, rest)] == '\0')
        return NULL;
    return "Invalid TID string";
}

/* ---- what nobody checks ---- */

static bool splits_character(const char *text, size_t at)
{
    return ((unsigned char)text[at] & 0xc0) == 0x80;
}

static const char *flaw_of(const char *text, size_t length, int64_t start, int64_t end)
{
    if (start >= end)
        return "is empty";
    if ((size_t)end > length)
        return "reaches beyond the text";
    if (splits_character(text, (size_t)start) || splits_character(text, (size_t)end))
        return "splits a character";
    return NULL;
}

json_t *bluesky_flaws(const json_t *record, struct arena *arena)
{
    const json_t *facets = json_object_get(record, "facets"), *index;
    const char *text = json_text(record, "text"), *flaw;
    json_t *flaws = NULL;
    size_t i;

    for (i = 0; i < json_array_size(facets); i++) {
        index = json_object_get(json_array_get(facets, i), "index");
        flaw = flaw_of(text, strlen(text), json_integer_or(index, "byteStart", 0),
                       json_integer_or(index, "byteEnd", 0));
        if (!flaw)
            continue;
        flaws = flaws ? flaws : json_array();
        json_array_append_new(flaws, json_string(arena_printf(arena, "facet %zu %s", i, flaw)));
    }
    return flaws;
}

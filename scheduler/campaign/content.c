#include "campaign/content.h"

#include <string.h>

#include "base/buffer.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/recipe.h"
#include "text/unicode.h"

enum { CONTENT_MAX = 64 * 1024 * 1024 };

static void add_member(struct buffer *out, const char *before, const char *text)
{
    (void)buffer_text(out, before);
    json_quote(out, text && *text ? text : NULL);
}

static void add_media(struct buffer *out, const struct medium *media, size_t count)
{
    (void)buffer_text(out, ",\"media\":[");
    for (size_t i = 0; i < count; i++) {
        add_member(out, i ? ",{\"alt\":" : "{\"alt\":", media[i].alt);
        add_member(out, ",\"recipe\":", media[i].recipe);
        add_member(out, ",\"sha256\":", medium_source(&media[i]));
        (void)buffer_char(out, '}');
    }
    (void)buffer_char(out, ']');
}

/* The members of `more`, in order. */
#define EXTRAS(more)                                                                               \
    {                                                                                              \
        {"captions", &(more).captions}, {"category", &(more).category},                            \
            {"first_comment", &(more).first_comment}, {"kind", &(more).kind},                      \
            {"playlist", &(more).playlist}, {"privacy", &(more).privacy},                          \
            {"thumbnail", &(more).thumbnail},                                                      \
    }

static void add_more(struct buffer *out, const struct extras *more)
{
    const struct {
        const char *name, *const *text;
    } extras[] = EXTRAS(*more);
    bool some = false;

    for (size_t i = 0; i < COUNT_OF(extras); i++) {
        if (!*extras[i].text || !**extras[i].text)
            continue;
        (void)buffer_printf(out, "%s\"%s\":", some ? "," : ",\"more\":{", extras[i].name);
        json_quote(out, *extras[i].text);
        some = true;
    }
    if (some)
        (void)buffer_char(out, '}');
}

static void write_json(const struct content *content, struct buffer *out)
{
    add_member(out, "{\"account\":", content->account);
    add_member(out, ",\"description\":", content->description);
    add_member(out, ",\"language\":", content->language);
    add_member(out, ",\"link\":", content->link);
    add_media(out, content->media, content->media_count);
    add_more(out, &content->more);
    add_member(out, ",\"parent\":", content->parent);
    add_member(out, ",\"text\":", content->text);
    add_member(out, ",\"title\":", content->title);
    (void)buffer_text(out, ",\"v\":1}");
}

/* A post that is a bare link or title on a platform with fields for them would otherwise be the
 * same as every other one. */
static const char *words_of(const struct content *content)
{
    if (content->text || content->media_count)
        return content->text;
    return content->link ? content->link : content->title;
}

void content_same_hash(const struct content *content, struct arena *scratch, char hex[DIGEST_HEX])
{
    struct digest_stream *stream = digest_begin();
    const char *words = words_of(content);
    const char *folded = words ? unicode_fold(words, scratch) : "";
    struct digest digest;

    digest_add(stream, folded, strlen(folded) + 1);
    for (size_t i = 0; i < content->media_count; i++)
        digest_add(stream, medium_source(&content->media[i]),
                   strlen(medium_source(&content->media[i])) + 1);
    digest = digest_end(stream);
    (void)digest_hex(&digest, hex);
}

void content_write(const struct content *content, struct arena *arena, struct delivery *delivery)
{
    struct arena scratch = {0};
    struct buffer json;

    buffer_init(&json, CONTENT_MAX);
    write_json(content, &json);
    if (json.overflowed)
        out_of_memory();
    delivery->content = arena_text_n(arena, json.bytes, json.length);
    (void)digest_hex_of(json.bytes, json.length, delivery->content_hash);
    buffer_clear(&json);
    content_same_hash(content, &scratch, delivery->same_hash);
    arena_clear(&scratch);
}

/* Reading takes exactly what write_json writes; a row's digest has vouched for the bytes. */
static bool take(const char **at, const char *literal)
{
    size_t length = strlen(literal);

    if (strncmp(*at, literal, length) != 0)
        return false;
    *at += length;
    return true;
}

static bool take_member(const char **at, const char *before, struct arena *arena, const char **text)
{
    return take(at, before) && json_unquote(at, arena, text);
}

static bool take_medium(const char **at, struct arena *arena, struct medium *medium)
{
    const char *source, *made;

    if (!take_member(at, "{\"alt\":", arena, &medium->alt) ||
        !take_member(at, ",\"recipe\":", arena, &medium->recipe) ||
        !take_member(at, ",\"sha256\":", arena, &source) || !take(at, "}") ||
        (source && strlen(source) != DIGEST_HEX - 1))
        return false;
    medium->alt = medium->alt ? medium->alt : "";
    medium->recipe = medium->recipe ? medium->recipe : "";
    made = *medium->recipe ? recipe_made(medium->recipe) : source;
    if (source && *medium->recipe)
        memcpy(medium->source, source, DIGEST_HEX);
    if (made)
        memcpy(medium->sha256, made, DIGEST_HEX);
    return true;
}

static bool take_media(const char **at, struct arena *arena, struct content *content)
{
    struct medium *media = NULL;
    size_t capacity = 0;

    content->media_count = 0;
    if (!take(at, ",\"media\":["))
        return false;
    while (!take(at, "]")) {
        struct medium *medium =
            arena_push(arena, &media, &content->media_count, &capacity, sizeof *media);

        if ((content->media_count > 1 && !take(at, ",")) || !take_medium(at, arena, medium))
            return false;
    }
    content->media = media;
    return true;
}

static bool take_more(const char **at, struct arena *arena, struct extras *more)
{
    const struct {
        const char *name, **text;
    } extras[] = EXTRAS(*more);
    bool some = false;

    *more = (struct extras){0};
    if (!take(at, ",\"more\":{"))
        return true;
    for (size_t i = 0; i < COUNT_OF(extras); i++) {
        const char *before = arena_printf(arena, "%s\"%s\":", some ? "," : "", extras[i].name);

        if (strncmp(*at, before, strlen(before)) != 0)
            continue;
        if (!take_member(at, before, arena, extras[i].text) || !*extras[i].text)
            return false;
        some = true;
    }
    return some && take(at, "}");
}

bool content_read(const char *json, struct arena *arena, struct content *content, struct err *err)
{
    const char *at = json;

    if (take_member(&at, "{\"account\":", arena, &content->account) && content->account &&
        take_member(&at, ",\"description\":", arena, &content->description) &&
        take_member(&at, ",\"language\":", arena, &content->language) &&
        take_member(&at, ",\"link\":", arena, &content->link) && take_media(&at, arena, content) &&
        take_more(&at, arena, &content->more) &&
        take_member(&at, ",\"parent\":", arena, &content->parent) &&
        take_member(&at, ",\"text\":", arena, &content->text) &&
        take_member(&at, ",\"title\":", arena, &content->title) && take(&at, ",\"v\":1}") && !*at)
        return true;
    return err_set(err, ERR_CONFIG, _("stored content is not of a form this version knows"));
}

#include "campaign/content.h"

#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "text/unicode.h"

enum { CONTENT_MAX = 64 * 1024 * 1024 };

/* The escapes of base/json's canonical form, so that reading and writing again gives the same
 * bytes. */
static const char *escape_of(unsigned char c, char numbered[8])
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* character, letter */
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i + 1 < sizeof letters; i += 2)
        if ((unsigned char)letters[i] == c) {
            memcpy(numbered, (char[]){'\\', letters[i + 1], 0}, 3);
            return numbered;
        }
    memcpy(numbered, "\\u00", 4);
    numbered[4] = digits[c >> 4];
    numbered[5] = digits[c & 15];
    numbered[6] = 0;
    return numbered;
}

void content_quote(struct buffer *out, const char *text)
{
    const char *plain = text;
    char escape[8];

    if (!text || !*text) {
        (void)buffer_text(out, text ? "\"\"" : "null");
        return;
    }
    (void)buffer_char(out, '"');
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == '"' || *c == '\\') {
            (void)buffer_add(out, plain, (size_t)(c - plain));
            (void)buffer_text(out, escape_of((unsigned char)*c, escape));
            plain = c + 1;
        }
    (void)buffer_text(out, plain);
    (void)buffer_char(out, '"');
}

static void add_member(struct buffer *out, const char *before, const char *text)
{
    (void)buffer_text(out, before);
    content_quote(out, text && *text ? text : NULL);
}

static void add_media(struct buffer *out, const struct medium *media, size_t count)
{
    (void)buffer_text(out, ",\"media\":[");
    for (size_t i = 0; i < count; i++) {
        add_member(out, i ? ",{\"alt\":" : "{\"alt\":", media[i].alt);
        add_member(out, ",\"recipe\":", media[i].recipe);
        add_member(out, ",\"sha256\":", media[i].sha256);
        (void)buffer_char(out, '}');
    }
    (void)buffer_char(out, ']');
}

static void write_json(const struct content *content, struct buffer *out)
{
    add_member(out, "{\"account\":", content->account);
    add_member(out, ",\"description\":", content->description);
    add_member(out, ",\"language\":", content->language);
    add_member(out, ",\"link\":", content->link);
    add_media(out, content->media, content->media_count);
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
        digest_add(stream, content->media[i].sha256, strlen(content->media[i].sha256) + 1);
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

static const char *keep(struct arena *arena, const json_t *object, const char *member)
{
    return arena_text(arena, json_text(object, member));
}

static bool read_medium(const json_t *value, struct arena *arena, struct medium *medium)
{
    const char *sha256 = json_text(value, "sha256");
    const char *alt = keep(arena, value, "alt");
    const char *recipe = keep(arena, value, "recipe");

    if (!json_is_object(value) || (sha256 && strlen(sha256) != DIGEST_HEX - 1))
        return false;
    medium->alt = alt ? alt : "";
    medium->recipe = recipe ? recipe : "";
    if (sha256)
        memcpy(medium->sha256, sha256, DIGEST_HEX);
    return true;
}

static bool read_media(const json_t *list, struct arena *arena, struct content *content)
{
    size_t count = json_array_size(list);
    struct medium *media = arena_array(arena, count, sizeof *media);

    if (!json_is_array(list))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_medium(json_array_get(list, i), arena, &media[i]))
            return false;
    content->media = media;
    content->media_count = count;
    return true;
}

bool content_read(const char *json, struct arena *arena, struct content *content, struct err *err)
{
    json_t *value = json_read_own(json, strlen(json), err);
    bool ok;

    if (!value)
        return err_within(err, "stored content");
    ok = json_integer_or(value, "v", 0) == 1 &&
         read_media(json_object_get(value, "media"), arena, content);
    content->account = keep(arena, value, "account");
    content->text = keep(arena, value, "text");
    content->title = keep(arena, value, "title");
    content->description = keep(arena, value, "description");
    content->link = keep(arena, value, "link");
    content->language = keep(arena, value, "language");
    content->parent = keep(arena, value, "parent");
    json_decref(value);
    if (!ok || !content->account)
        return err_set(err, ERR_CONFIG, "stored content is not of a form this version knows");
    return true;
}

/* Texts as X keeps, counts and shows them. By our own reading of its rules and our own calls of
 * ICU; simpler than Crier's, which is judged by X's own cases. */
#include "sandbox/x.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/digest.h"
#include "sandbox/html.h"

enum { LINK_WEIGHT = 23, LINKS_MOST = 64, UNITS_MOST = 65536 };

static bool is_name_letter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

static bool ends_in_known_name(const char *text, size_t length)
{
    static const char *const known[] = {"in",  "com", "org",  "net", "gov",
                                        "edu", "int", "info", "io",  "co"};
    size_t start = length;

    while (start > 0 && text[start - 1] != '.')
        start--;
    for (size_t i = 0; start > 0 && i < COUNT_OF(known); i++) {
        if (strlen(known[i]) == length - start &&
            strncasecmp(text + start, known[i], length - start) == 0)
            return true;
    }
    return false;
}

/* "a.b.in" at the start of the text: its length, 0 for what is no name. */
static size_t name_length(const char *text)
{
    size_t length = 0;

    while (is_name_letter(text[length]) ||
           (length > 0 && text[length] == '.' && is_name_letter(text[length + 1])))
        length++;
    return text[length] != '@' && ends_in_known_name(text, length) ? length : 0;
}

static size_t path_length(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "-._~:/?#[]@!$&'*+,;=%";
    size_t length = *text == '/' || *text == '?' ? strspn(text, allowed) : 0;

    while (length > 0 && strchr(".,;:!?'*", text[length - 1]))
        length--;
    return length;
}

static size_t link_length(const char *text, bool *bare)
{
    const size_t scheme = strncasecmp(text, "https://", 8) == 0  ? 8
                          : strncasecmp(text, "http://", 7) == 0 ? 7
                                                                 : 0;
    const size_t name = name_length(text + scheme);
    size_t port = 0;

    *bare = scheme == 0;
    if (name == 0)
        return 0;
    if (text[scheme + name] == ':')
        port = 1 + strspn(text + scheme + name + 1, "0123456789");
    port = port > 1 ? port : 0;
    return scheme + name + port + path_length(text + scheme + name + port);
}

size_t x_links(const char *text, struct x_link *links, size_t most)
{
    size_t count = 0;

    for (size_t at = 0; text[at] && count < most;) {
        const bool may_begin =
            at == 0 || (!is_name_letter(text[at - 1]) && !strchr("@#$_./", text[at - 1]));
        bool bare = false;
        const size_t length = may_begin ? link_length(text + at, &bare) : 0;

        if (length > 0)
            links[count++] = (struct x_link){at, length, bare};
        at += length > 0 ? length : 1;
    }
    return count;
}

/* ---- counting ---- */

static size_t weight_of(uint32_t c)
{
    return c <= 4351 || (c >= 8192 && c <= 8205) || (c >= 8208 && c <= 8223) ||
                   (c >= 8242 && c <= 8247)
               ? 1
               : 2;
}

/* By hand: ICU's macros mix signs. */
static uint32_t first_of(const UChar *text, int32_t length, int32_t *size)
{
    const bool pair = length > 1 && (text[0] & 0xFC00) == 0xD800 && (text[1] & 0xFC00) == 0xDC00;

    *size = pair ? 2 : 1;
    return pair ? 0x10000 + ((text[0] & 0x3FFU) << 10) + (text[1] & 0x3FFU) : text[0];
}

/* The longest emoji that begins here, in units; 0 = none. */
static int32_t emoji_units(const UChar *text, int32_t length)
{
    const int32_t most = length < 32 ? length : 32;
    int32_t size;
    const uint32_t first = first_of(text, length, &size);

    for (int32_t units = most; units > 0; units--) {
        if (u_stringHasBinaryProperty(text, units, UCHAR_RGI_EMOJI))
            return units;
    }
    return u_hasBinaryProperty((UChar32)first, UCHAR_EXTENDED_PICTOGRAPHIC) ? size : 0;
}

static size_t weigh(const UChar *text, int32_t length)
{
    size_t weight = 0;

    for (int32_t at = 0; at < length;) {
        const int32_t emoji = emoji_units(text + at, length - at);
        int32_t size;
        const uint32_t c = first_of(text + at, length - at, &size);

        weight += emoji > 0 ? 2 : weight_of(c);
        at += emoji > 0 ? emoji : size;
    }
    return weight;
}

static size_t plain_weight(const char *text, size_t length)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    UChar *units = calloc(2 * (size_t)UNITS_MOST, sizeof *units), *normal;
    int32_t count = 0;
    size_t weight;

    if (!units)
        out_of_memory();
    normal = units + UNITS_MOST;
    (void)u_strFromUTF8(units, UNITS_MOST, &count, text, (int32_t)length, &status);
    count = unorm2_normalize(nfc, units, count, normal, UNITS_MOST, &status);
    weight = U_SUCCESS(status) ? weigh(normal, count) : length;
    free(units);
    return weight;
}

size_t x_weight_of(const char *text)
{
    struct x_link links[LINKS_MOST];
    const size_t count = x_links(text, links, LINKS_MOST);
    size_t weight = 0, done = 0;

    for (size_t i = 0; i < count; i++) {
        weight += plain_weight(text + done, links[i].start - done) + LINK_WEIGHT;
        done = links[i].start + links[i].length;
    }
    return weight + plain_weight(text + done, strlen(text + done));
}

/* ---- showing ---- */

static size_t code_points(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* "https://t.co/0a1b2c3d4e" of a post's nth address. */
static const char *brief(const struct post *post, size_t number, struct arena *arena)
{
    const char *name = arena_printf(arena, "%s/%zu", post->id, number);
    char hex[DIGEST_HEX];

    digest_hex_of(name, strlen(name), hex);
    return arena_printf(arena, "https://t.co/%.10s", hex);
}

static void add_text(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '&')
            buffer_text(out, "&amp;");
        else if (text[i] == '<')
            buffer_text(out, "&lt;");
        else if (text[i] == '>')
            buffer_text(out, "&gt;");
        else
            buffer_char(out, text[i]);
    }
}

static void add_url(struct buffer *out, json_t *urls, const char *url, const char *expanded,
                    const char *display, const char *media_key)
{
    const size_t start = code_points(out->bytes);
    json_t *one = json_pack("{s:I,s:I,s:s,s:s,s:s}", "start", (json_int_t)start, "end",
                            (json_int_t)start + (json_int_t)strlen(url), "url", url, "expanded_url",
                            expanded, "display_url", display);

    if (media_key)
        json_put(one, "media_key", media_key);
    json_array_append_new(urls, one);
    buffer_text(out, url);
}

static void add_link(struct buffer *out, json_t *urls, const struct post *post,
                     const struct x_link *link, struct arena *arena)
{
    const char *typed = arena_text_n(arena, post->text + link->start, link->length);
    const char *scheme = strstr(typed, "://");

    add_url(out, urls, brief(post, json_array_size(urls), arena),
            link->bare ? arena_printf(arena, "http://%s", typed) : typed,
            scheme && !link->bare ? scheme + 3 : typed, NULL);
}

/* One address for all media, behind the text. */
static void add_media(struct buffer *out, json_t *urls, const struct post *post,
                      struct arena *arena)
{
    const bool video = strncmp(post->media[0].mime, "video/", 6) == 0;
    const char *url = brief(post, json_array_size(urls), arena);

    if (out->length > 0)
        buffer_char(out, ' ');
    add_url(out, urls, url,
            arena_printf(arena, "https://x.com/%s/status/%s/%s/1", post->account, post->id,
                         video ? "video" : "photo"),
            arena_printf(arena, "pic.x.com/%s", url + strlen("https://t.co/")),
            x_media_key(post->media[0].upload, arena));
}

const char *x_shown(const struct post *post, struct arena *arena, json_t **entities)
{
    struct x_link links[LINKS_MOST];
    const size_t count = x_links(post->text, links, LINKS_MOST);
    json_t *urls = json_array();
    struct buffer out;
    const char *shown;
    size_t done = 0;

    buffer_init(&out, HTML_MOST_BYTES);
    for (size_t i = 0; i < count; i++) {
        add_text(&out, post->text + done, links[i].start - done);
        add_link(&out, urls, post, &links[i], arena);
        done = links[i].start + links[i].length;
    }
    add_text(&out, post->text + done, strlen(post->text + done));
    if (post->media_count > 0)
        add_media(&out, urls, post, arena);
    shown = arena_text_n(arena, out.bytes, out.length);
    buffer_clear(&out);
    *entities = json_array_size(urls) > 0 ? json_pack("{s:O}", "urls", urls) : NULL;
    json_decref(urls);
    return shown;
}

void x_html(struct buffer *html, const char *text)
{
    struct x_link links[LINKS_MOST];
    const size_t count = x_links(text, links, LINKS_MOST);
    size_t done = 0;

    for (size_t i = 0; i < count; i++) {
        html_escape_n(html, text + done, links[i].start - done);
        buffer_text(html, "<span class=\"link\">");
        html_escape_n(html, text + links[i].start, links[i].length);
        buffer_text(html, "</span>");
        done = links[i].start + links[i].length;
    }
    html_escape(html, text + done);
}

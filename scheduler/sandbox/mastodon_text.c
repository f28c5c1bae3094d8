/* What a Mastodon server sees in a text: links, hashtags, mentions, and its length. */
#include "sandbox/mastodon.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "sandbox/clusters.h"
#include "sandbox/html.h"

enum token_kind { TOKEN_PLAIN, TOKEN_LINK, TOKEN_TAG, TOKEN_MENTION };

struct token {
    enum token_kind kind;
    const char *start;
    size_t length;
    size_t name_length; /* of a mention: "@user" without the host */
};

static UChar32 code_point(const char *at, size_t *length)
{
    const uint8_t *bytes = (const uint8_t *)at;
    int32_t i = 0;
    UChar32 c;

    U8_NEXT_UNSAFE(bytes, i, c); /* every text was checked when it came in */
    *length = (size_t)i;
    return c;
}

static bool is_word(UChar32 c)
{
    return u_isalnum(c) || c == '_' || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

static bool ends_link(char c)
{
    return strchr(" \t\r\n<>\"", c) != NULL; /* NUL too */
}

/* Marks at the end belong to the sentence, as does a bracket that was not opened in the link. */
static size_t trim_link(const char *link, size_t length)
{
    for (; length > 0; length--) {
        char last = link[length - 1];

        if (last == ')' && memchr(link, '(', length))
            break;
        if (!strchr("?!*'<>;:=,.$%[]~&|@)", last))
            break;
    }
    return length;
}

static size_t link_length(const char *at)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    size_t scheme = strncasecmp(at, "https://", 8) == 0  ? 8
                    : strncasecmp(at, "http://", 7) == 0 ? 7
                                                         : 0;
    size_t host = scheme ? strspn(at + scheme, letters) : 0, length = scheme + host;

    if (!host || !memchr(at + scheme, '.', host))
        return 0;
    if (at[length] == ':')
        length += 1 + strspn(at + length + 1, "0123456789");
    if (at[length] == '/' || at[length] == '?' || at[length] == '#')
        while (!ends_link(at[length]))
            length++;
    return trim_link(at, length);
}

static size_t tag_length(const char *at)
{
    size_t length = 1, step;

    if (*at != '#')
        return 0;
    for (;;) {
        UChar32 c = at[length] ? code_point(at + length, &step) : 0;

        if (c == 0 || (!is_word(c) && c != 0x200c && c != 0x200d))
            break;
        length += step;
    }
    return strspn(at + 1, "0123456789") + 1 == length ? 0 : length; /* "#1" is no tag */
}

static size_t mention_length(const char *at, size_t *name_length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t host;

    if (*at != '@')
        return 0;
    *name_length = 1 + strspn(at + 1, letters);
    if (*name_length == 1)
        return 0;
    if (at[*name_length] != '@')
        return *name_length;
    host = 1 + strspn(at + *name_length + 1,
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");
    while (host > 1 && at[*name_length + host - 1] == '.')
        host--;
    return host > 1 ? *name_length + host : *name_length;
}

/* The next token at `at`; `before` is the code point in front of it (0 at the start). */
static struct token next_token(const char *at, UChar32 before)
{
    struct token token = {.start = at};

    if (!is_word(before) && before != '/' && before != '&') {
        if ((token.length = link_length(at)) != 0)
            token.kind = TOKEN_LINK;
        else if ((token.length = tag_length(at)) != 0)
            token.kind = TOKEN_TAG;
        else if ((token.length = mention_length(at, &token.name_length)) != 0)
            token.kind = TOKEN_MENTION;
    }
    if (token.length == 0)
        (void)code_point(at, &token.length);
    return token;
}

static UChar32 last_code_point(const struct token *token)
{
    int32_t end = (int32_t)token->length;
    UChar32 c;

    U8_PREV(token->start, 0, end, c);
    return c;
}

static void each_token(const char *text, void (*visit)(void *context, const struct token *token),
                       void *context)
{
    UChar32 before = 0;

    while (*text) {
        struct token token = next_token(text, before);

        visit(context, &token);
        before = last_code_point(&token);
        text += token.length;
    }
}

/* ---- length ---- */

static void add_countable(void *context, const struct token *token)
{
    static const char stand_in[] = "xxxxxxxxxxxxxxxxxxxxxxx";
    struct buffer *countable = context;

    if (token->kind == TOKEN_LINK)
        buffer_add(countable, stand_in, MASTODON_URL_LENGTH);
    else if (token->kind == TOKEN_MENTION)
        buffer_add(countable, token->start, token->name_length);
    else
        buffer_add(countable, token->start, token->length);
}

size_t mastodon_count(const char *text)
{
    struct buffer countable;
    size_t clusters;

    buffer_init(&countable, HTML_MOST_BYTES);
    each_token(text, add_countable, &countable);
    clusters = clusters_count(countable.bytes ? countable.bytes : "", countable.length);
    buffer_clear(&countable);
    return clusters;
}

/* ---- HTML and tags ---- */

struct writer {
    const char *base;
    struct buffer *html;
    json_t *tags;
    bool after_break;
};

static void write_link(struct writer *writer, const struct token *token)
{
    buffer_text(writer->html, "<a href=\"");
    html_escape_n(writer->html, token->start, token->length);
    buffer_text(writer->html, "\" target=\"_blank\" rel=\"nofollow noopener\">");
    html_escape_n(writer->html, token->start, token->length);
    buffer_text(writer->html, "</a>");
}

static void write_named(struct writer *writer, const struct token *token, const char *class,
                        const char *path, size_t name_length)
{
    buffer_printf(writer->html, "<a href=\"%s/%s", writer->base, path);
    html_escape_n(writer->html, token->start + 1, name_length - 1);
    buffer_printf(writer->html, "\" class=\"%s\">%c<span>", class, *token->start);
    html_escape_n(writer->html, token->start + 1, name_length - 1);
    buffer_text(writer->html, "</span></a>");
}

/* One line break is <br />, an empty line a new paragraph. */
static void write_plain(struct writer *writer, const struct token *token)
{
    if (*token->start != '\n') {
        html_escape_n(writer->html, token->start, token->length);
        return;
    }
    if (token->start[1] == '\n' && !writer->after_break) {
        buffer_text(writer->html, "</p><p>");
        writer->after_break = true;
    } else if (!writer->after_break) {
        buffer_text(writer->html, "<br />");
    }
    if (token->start[1] != '\n')
        writer->after_break = false;
}

static void write_token(void *context, const struct token *token)
{
    struct writer *writer = context;

    if (token->kind == TOKEN_LINK)
        write_link(writer, token);
    else if (token->kind == TOKEN_TAG)
        write_named(writer, token, "mention hashtag", "tags/", token->length);
    else if (token->kind == TOKEN_MENTION)
        write_named(writer, token, "u-url mention", "@", token->name_length);
    else
        write_plain(writer, token);
}

void mastodon_html(const char *text, const char *base, struct buffer *html)
{
    struct writer writer = {.base = base, .html = html};

    if (*text == '\0')
        return;
    buffer_text(html, "<p>");
    each_token(text, write_token, &writer);
    buffer_text(html, "</p>");
}

static void add_tag(void *context, const struct token *token)
{
    struct writer *writer = context;
    json_t *tag;

    if (token->kind != TOKEN_TAG)
        return;
    tag = json_object();
    json_put_new(tag, "name", json_stringn(token->start + 1, token->length - 1));
    json_put_new(tag, "url",
                 json_sprintf("%s/tags/%.*s", writer->base, (int)token->length - 1,
                              token->start + 1));
    json_array_append_new(writer->tags, tag);
}

json_t *mastodon_tags(const char *text, const char *base)
{
    struct writer writer = {.base = base, .tags = json_array()};

    each_token(text, add_tag, &writer);
    return writer.tags;
}

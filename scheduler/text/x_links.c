#include "text/x_links.h"

#include <stdint.h>
#include <string.h>
#include <unicode/uidna.h>

#include "base/compiler.h"
#include "text/unicode.h"
#include "text/x_names.h"

enum {
    MOST_HOST = 1024, /* bytes; a name has at most 253 letters */
    MOST_ADDRESS = 4096,
    MOST_SLUG = 40, /* of t.co */
    MONGOLIAN_SEPARATOR = 0x180E
};

/* The text, and where to stop reading. */
struct stretch {
    const char *text;
    size_t end;
};

/* A dot that a top-level name follows. */
struct top_name {
    size_t at, length; /* of the name; length 0 = none */
    bool young;
};

struct top_names {
    struct top_name *items; /* in the order of the text */
    size_t count, capacity;
};

struct range {
    uint32_t first, last;
};

static bool is_within(uint32_t c, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    }
    return false;
}

static size_t next(const struct stretch *stretch, size_t at, uint32_t *c)
{
    *c = 0;
    return at < stretch->end ? unicode_next(stretch->text + at, c) : 0;
}

static char byte(const struct stretch *stretch, size_t at)
{
    return at < stretch->end ? stretch->text[at] : '\0';
}

static bool is_one_of(uint32_t c, const char *set)
{
    return c > 0 && c < 0x80 && strchr(set, (int)c);
}

static bool is_alnum(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- what stands before, in and behind a name ---- */

/* Marks of direction and what is no character. */
static bool is_unseen(uint32_t c)
{
    static const struct range unseen[] = {{0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E},
                                          {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFFE, 0xFFFF}};

    return is_within(c, unseen, COUNT_OF(unseen));
}

static bool may_stand_before(uint32_t c)
{
    static const struct range barred[] = {
        {0xFEFF, 0xFEFF}, {0xFF03, 0xFF03}, {0xFF20, 0xFF20}, {0xFFFE, 0xFFFF}};

    return !is_alnum(c) && !is_one_of(c, "@#$") && !is_within(c, barred, COUNT_OF(barred));
}

static bool is_host_character(uint32_t c)
{
    return c != 0 && !is_one_of(c, "!'#%&()*+,-./:;<=>?@[]\\^_{|}~$") && !unicode_is_white(c) &&
           c != MONGOLIAN_SEPARATOR && !is_unseen(c);
}

/* Latin letters with accents, of which a name without a scheme may be made too. */
static bool is_latin(uint32_t c)
{
    static const struct range accented[] = {{0x00C0, 0x00D6}, {0x00D8, 0x00F6}, {0x00F8, 0x024F},
                                            {0x0253, 0x0254}, {0x0256, 0x0257}, {0x0259, 0x0259},
                                            {0x025B, 0x025B}, {0x0263, 0x0263}, {0x0268, 0x0268},
                                            {0x026F, 0x026F}, {0x0272, 0x0272}, {0x0289, 0x0289},
                                            {0x02BB, 0x02BB}, {0x0300, 0x036F}, {0x1E00, 0x1EFF}};

    return is_alnum(c) || is_within(c, accented, COUNT_OF(accented));
}

static bool is_path_character(uint32_t c)
{
    return is_latin(c) || (c >= 0x0400 && c <= 0x04FF) || c == 0x2013 ||
           is_one_of(c, "!*';:=+,.$/%#[]-_~@|&");
}

static bool ends_path(uint32_t c)
{
    return is_latin(c) || (c >= 0x0400 && c <= 0x04FF) || is_one_of(c, "+-=_#/");
}

static bool is_query_character(uint32_t c)
{
    return is_alnum(c) || is_one_of(c, "!?*'@();:&=+$/%#[]-_.,~|");
}

static bool ends_query(uint32_t c)
{
    return is_alnum(c) || is_one_of(c, "-_&=#/");
}

/* ---- names ---- */

static size_t alnum_run(const struct stretch *stretch, size_t at)
{
    size_t length = 0;

    while (is_alnum((unsigned char)byte(stretch, at + length)))
        length++;
    return length;
}

static bool begins(const struct stretch *stretch, size_t at, const char *word)
{
    for (; *word; word++, at++) {
        char c = byte(stretch, at);

        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != *word)
            return false;
    }
    return true;
}

/* "xn--" and what follows. */
static size_t encoded_name(const struct stretch *stretch, size_t at)
{
    size_t length = 4;

    if (!begins(stretch, at, "xn--"))
        return 0;
    while (byte(stretch, at + length) == '-' || is_alnum((unsigned char)byte(stretch, at + length)))
        length++;
    return length > 4 ? length : 0;
}

/* Whether a name may end here: not in the middle of a word or before the rest of a mail address. */
static bool may_end(const struct stretch *stretch, size_t at)
{
    const unsigned char c = (unsigned char)byte(stretch, at);

    return !is_alnum(c) && !is_one_of(c, "@+-");
}

static struct top_name top_name_at(const struct stretch *stretch, size_t at)
{
    struct top_name top = {.at = at, .length = encoded_name(stretch, at)};
    enum x_name kind;

    if (top.length > 0)
        return top;
    top.length = alnum_run(stretch, at);
    kind = top.length ? x_name_ascii(stretch->text + at, top.length) : X_NAME_NONE;
    top.young = kind == X_NAME_YOUNG;
    if (kind == X_NAME_NONE)
        top.length = at < stretch->end ? x_name_native(stretch->text + at) : 0;
    if (at + top.length > stretch->end || !may_end(stretch, at + top.length))
        top.length = 0;
    return top;
}

/* Once for a text: who looks for names looks only where one can end. */
static struct top_names top_names_of(const struct stretch *stretch, struct arena *arena)
{
    struct top_names tops = {0};
    const char *dot = strchr(stretch->text, '.');

    for (; dot; dot = strchr(dot + 1, '.')) {
        const struct top_name top = top_name_at(stretch, (size_t)(dot - stretch->text) + 1);
        struct top_name *kept;

        if (top.length == 0)
            continue;
        kept = arena_push(arena, &tops.items, &tops.count, &tops.capacity, sizeof *kept);
        *kept = top;
    }
    return tops;
}

/* One label of a name. */
struct label {
    size_t end;
    bool sound;      /* neither empty nor with - or _ at an end */
    bool underscore; /* then only as a part of what stands before the name proper */
};

static struct label label_at(const struct stretch *stretch, size_t at)
{
    struct label label = {.end = at};
    bool inner = false;
    uint32_t c;

    for (size_t size; (size = next(stretch, label.end, &c)) > 0; label.end += size) {
        inner = is_host_character(c);
        if (!inner && c != '-' && c != '_')
            break;
        if (!inner && label.end == at)
            return label;
        label.underscore = label.underscore || c == '_';
        label.sound = inner;
    }
    return label;
}

struct host {
    size_t end; /* 0 = there is none */
    bool young;
};

static struct host host_of(const struct top_name *top)
{
    return (struct host){.end = top->at + top->length, .young = top->young};
}

/* The longest: labels, and a top-level name. */
static struct host host_at(const struct stretch *stretch, const struct top_names *tops,
                           size_t start)
{
    const struct top_name *top = tops->items, *last = top + tops->count;
    struct host host = {0};

    while (top < last && top->at <= start)
        top++;
    for (size_t at = start; top < last && top->at - start < MOST_HOST;) {
        const struct label label = label_at(stretch, at);

        if (!label.sound || byte(stretch, label.end) != '.')
            break;
        at = label.end + 1;
        if (top->at != at)
            continue;
        if (!label.underscore)
            host = host_of(top);
        top++;
    }
    return host;
}

/* As the name system writes it, a label has at most 63 letters. */
static bool is_encodable(const char *host, size_t length)
{
    const uint32_t fatal = UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG |
                           UIDNA_ERROR_INVALID_ACE_LABEL | UIDNA_ERROR_PUNYCODE;
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UIDNA *idna = uidna_openUTS46(UIDNA_DEFAULT, &status);
    char encoded[2 * MOST_HOST];

    (void)uidna_nameToASCII_UTF8(idna, host, (int32_t)length, encoded, sizeof encoded, &info,
                                 &status);
    uidna_close(idna);
    return U_SUCCESS(status) && (info.errors & fatal) == 0;
}

static bool is_usable_host(const struct stretch *stretch, size_t start, size_t end)
{
    size_t label = 0;

    for (size_t i = start; i < end; i++) {
        if ((unsigned char)stretch->text[i] >= 0x80)
            return is_encodable(stretch->text + start, end - start);
        label = stretch->text[i] == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return true;
}

/* ---- what follows a name ---- */

static size_t plain_run(const struct stretch *stretch, size_t at)
{
    uint32_t c;

    for (size_t size; (size = next(stretch, at, &c)) > 0 && is_path_character(c);)
        at += size;
    return at;
}

/* "(film)", "(a(b)c)"; the place behind it, or 0. */
static size_t brackets_at(const struct stretch *stretch, size_t at)
{
    size_t end;

    if (byte(stretch, at) != '(')
        return 0;
    end = plain_run(stretch, at + 1);
    if (byte(stretch, end) == '(') {
        size_t inner = plain_run(stretch, end + 1);

        if (inner == end + 1 || byte(stretch, inner) != ')')
            return 0;
        end = plain_run(stretch, inner + 1);
    }
    return end > at + 1 && byte(stretch, end) == ')' ? end + 1 : 0;
}

/* Up to the last character that may end a path. */
static size_t path_at(const struct stretch *stretch, size_t at)
{
    size_t end = at, size;
    uint32_t c;

    if (byte(stretch, at) != '/')
        return at;
    for (end = ++at; (size = next(stretch, at, &c)) > 0;) {
        size_t behind = brackets_at(stretch, at);

        if (behind == 0 && !is_path_character(c))
            break;
        at = behind ? behind : at + size;
        if (behind || ends_path(c))
            end = at;
    }
    return end;
}

static size_t query_at(const struct stretch *stretch, size_t at)
{
    size_t end = at, size;
    uint32_t c;

    if (byte(stretch, at) != '?')
        return at;
    for (at++; (size = next(stretch, at, &c)) > 0 && is_query_character(c);) {
        at += size;
        if (ends_query(c))
            end = at;
    }
    return end;
}

static size_t port_at(const struct stretch *stretch, size_t at)
{
    size_t end = at + 1;

    if (byte(stretch, at) != ':')
        return at;
    while (byte(stretch, end) >= '0' && byte(stretch, end) <= '9')
        end++;
    return end > at + 1 ? end : at;
}

/* ---- addresses ---- */

/* One match: a scheme or none, a host, and the rest. */
struct address {
    size_t start, host, host_end, end;
    bool young;
};

static bool address_at(const struct stretch *stretch, const struct top_names *tops, size_t start,
                       struct address *address)
{
    struct host host;

    *address = (struct address){.start = start, .host = start};
    if (begins(stretch, start, "http://"))
        address->host += 7;
    else if (begins(stretch, start, "https://"))
        address->host += 8;
    host = host_at(stretch, tops, address->host);
    if (host.end == 0)
        return false;
    address->host_end = host.end;
    address->young = host.young;
    address->end = query_at(stretch, path_at(stretch, port_at(stretch, host.end)));
    return true;
}

static void add(struct mark_list *marks, size_t start, size_t end, bool young, struct arena *arena)
{
    struct mark *mark =
        arena_push(arena, &marks->items, &marks->count, &marks->capacity, sizeof *mark);

    *mark = (struct mark){.kind = MARK_LINK,
                          .start = start,
                          .length = end - start,
                          .local = end - start,
                          .uncertain = young};
}

/* X's own short addresses end with their letters; too many of them make it none. */
static bool cut_short(const struct stretch *stretch, struct address *address)
{
    size_t slug;

    if (!begins(stretch, address->host, "t.co/") || address->host_end != address->host + 4)
        return true;
    slug = alnum_run(stretch, address->host + 5);
    if (slug > 0)
        address->end = query_at(stretch, address->host + 5 + slug);
    return slug <= MOST_SLUG;
}

/* The longest name of Latin letters alone. */
static struct host latin_host_at(const struct stretch *stretch, size_t at)
{
    struct host host = {0};

    while (at < stretch->end) {
        struct top_name top;
        size_t end = at, size;
        uint32_t c;

        while ((size = next(stretch, end, &c)) > 0 && (is_latin(c) || c == '-'))
            end += size;
        if (end == at || byte(stretch, end) != '.')
            break;
        at = end + 1;
        top = top_name_at(stretch, at);
        if (top.length > 0)
            host = host_of(&top);
    }
    return host;
}

/* Without a scheme only names of Latin letters count, each by itself; what follows belongs to the
 * last. */
static void add_bare(struct mark_list *marks, const struct stretch *stretch,
                     const struct address *address, struct arena *arena)
{
    const struct stretch name = {stretch->text, address->host_end};
    const size_t before = marks->count;
    struct mark *last;
    uint32_t c;

    for (size_t at = address->host; at < name.end;) {
        const struct host host = latin_host_at(&name, at);

        if (host.end > 0)
            add(marks, at, host.end, host.young, arena);
        at = host.end > 0 ? host.end : at + next(&name, at, &c);
    }
    if (marks->count == before)
        return;
    last = &marks->items[marks->count - 1];
    if (address->end > address->host_end)
        last->length = last->local = address->end - last->start;
}

/* `before`: what stands before it, 0 at the beginning. */
static void take(struct mark_list *marks, const struct stretch *stretch, uint32_t before,
                 struct address *address, struct arena *arena)
{
    const bool bare = address->host == address->start;

    if (address->end - address->start > MOST_ADDRESS ||
        !is_usable_host(stretch, address->host, address->host_end))
        return;
    if (!bare) {
        if (cut_short(stretch, address))
            add(marks, address->start, address->end, address->young, arena);
    } else if (!is_one_of(before, "-_./")) {
        add_bare(marks, stretch, address, arena);
    }
}

struct mark_list x_links_find(const char *text, struct arena *arena)
{
    const struct stretch stretch = {text, strlen(text)};
    struct top_names tops = top_names_of(&stretch, arena);
    struct mark_list marks = {0};
    struct address address = {0};
    size_t at = 0, size;
    uint32_t c;

    while (tops.count > 0 && (size = next(&stretch, at, &c)) > 0) {
        bool found = may_stand_before(c) && address_at(&stretch, &tops, at + size, &address);

        if (!found && at == 0) {
            c = 0;
            found = address_at(&stretch, &tops, 0, &address);
        }
        if (found)
            take(&marks, &stretch, c, &address, arena);
        at = found ? address.end : at + size;
        for (; tops.count > 0 && tops.items->at <= at; tops.count--)
            tops.items++; /* nothing from here on ends there */
    }
    return marks;
}

#include "text/links.h"

#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "base/compiler.h"
#include "text/top_names.h"
#include "text/unicode.h"

enum { ZWNJ = 0x200C, ZWJ = 0x200D, WIDE_AT = 0xFF20, WIDE_HASH = 0xFF03, MAX_NESTING = 8 };

static bool is_ascii_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_ascii_alnum(uint32_t c)
{
    return is_ascii_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(uint32_t c, const char *set)
{
    return c > 0 && c < 0x80 && strchr(set, (int)c);
}

static bool is_joiner(uint32_t c)
{
    return c == ZWJ || c == ZWNJ;
}

static bool is_letter(uint32_t c)
{
    return (U_GET_GC_MASK((UChar32)c) & U_GC_L_MASK) != 0;
}

/* Marks of writing; not the enclosing keycap nor the selectors of emoji. */
static bool is_mark(uint32_t c)
{
    uint32_t category = U_GET_GC_MASK((UChar32)c);

    return (category & (U_GC_MN_MASK | U_GC_MC_MASK)) != 0 && !(c >= 0xFE00 && c <= 0xFE0F);
}

static bool is_digit(uint32_t c)
{
    return (U_GET_GC_MASK((UChar32)c) & U_GC_ND_MASK) != 0;
}

static bool is_word_character(uint32_t c)
{
    return is_letter(c) || is_mark(c) || is_digit(c) || c == '_';
}

/* The length of "http://" or "https://" at the start of the text, in any case; else 0. */
static size_t scheme_length(const char *text)
{
    static const char *const schemes[] = {"https://", "http://"};
    size_t i, n;

    for (i = 0; i < COUNT_OF(schemes); i++) {
        for (n = 0; schemes[i][n]; n++) {
            char c = text[n];
            if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != schemes[i][n])
                break;
        }
        if (!schemes[i][n])
            return n;
    }
    return 0;
}

/* A name in a host is written in Latin or in another script, never in both: so a Hindi word that
 * follows a Latin address without a blank is not taken for a part of it. */
enum script { SCRIPT_NONE, SCRIPT_LATIN, SCRIPT_OTHER };

static enum script script_of(uint32_t c)
{
    UErrorCode status = U_ZERO_ERROR;

    if (!is_letter(c))
        return SCRIPT_NONE;
    return uscript_getScript((UChar32)c, &status) == USCRIPT_LATIN ? SCRIPT_LATIN : SCRIPT_OTHER;
}

static bool is_host_character(uint32_t c, enum script script)
{
    if (c == '-' || c == '_' || is_ascii_digit(c) || is_letter(c))
        return true;
    return script == SCRIPT_OTHER && (is_mark(c) || is_digit(c) || is_joiner(c));
}

/* One name between dots; its length without hyphens at the end. */
static size_t label_length(const char *text)
{
    enum script script = SCRIPT_NONE;
    size_t at = 0, end = 0, size;
    uint32_t c;

    for (; (size = unicode_next(text + at, &c)) > 0; at += size) {
        enum script its = script_of(c);

        if (!is_host_character(c, script) || (its && script && its != script))
            break;
        if (its)
            script = its;
        if (c != '-')
            end = at + size;
    }
    return end;
}

/* Top-level names of India that are not ASCII; the others count as uncertain. */
static const char *const native_names[] = {
    "भारत",   "भारतम्", "भारोत", "ভারত",  "ভাৰত",  "ભારત", "ਭਾਰਤ", "ଭାରତ",
    "இந்தியா", "భారత్",   "ಭಾರತ",  "ഭാരതം", "بھارت", "بارت", "ڀارت", "संगठन",
};

static bool is_native_name(const char *label, size_t length)
{
    size_t i;

    for (i = 0; i < COUNT_OF(native_names); i++) {
        if (strlen(native_names[i]) == length && !memcmp(native_names[i], label, length))
            return true;
    }
    return false;
}

static bool is_top_name(const char *label, size_t length)
{
    size_t i;

    if (length > 4 && !memcmp(label, "xn--", 4))
        return true;
    for (i = 0; i < length; i++) {
        if (!is_ascii_alnum((unsigned char)label[i]) || is_ascii_digit((unsigned char)label[i]))
            return is_native_name(label, length);
    }
    return length >= 2;
}

/* A host of at least two names; 0 when there is none. */
static size_t host_length(const char *text, bool *uncertain)
{
    size_t length = label_length(text), names = length > 0, last = 0;

    while (length && text[length] == '.') {
        size_t next = label_length(text + length + 1);
        if (!next)
            break;
        last = length + 1;
        length = last + next;
        names++;
    }
    *uncertain = !is_top_name(text + last, length - last);
    return names > 1 ? length : 0;
}

static size_t port_length(const char *text)
{
    size_t n = 1;

    if (text[0] != ':')
        return 0;
    while (is_ascii_digit((unsigned char)text[n]))
        n++;
    return n >= 2 && n <= 6 ? n : 0;
}

/* How far a path may reach: ASCII without blanks, quotes and what addresses never hold, up
 * to a bracket that closes what was not opened in it, and not beyond one that stays open. */
static size_t path_reach(const char *text, size_t length)
{
    size_t open[MAX_NESTING], depth = 0, n;

    for (n = 0; n < length && text[n] > ' ' && text[n] < 0x7F; n++) {
        char c = text[n];

        if (is_one_of((unsigned char)c, "\"'`<>{}\\^"))
            break;
        if (c == '(' || c == '[') {
            if (depth == MAX_NESTING)
                break;
            open[depth++] = n;
        } else if (c == ')' || c == ']') {
            if (!depth || text[open[depth - 1]] != (c == ')' ? '(' : '['))
                break;
            depth--;
        }
    }
    return depth ? open[0] : n;
}

/* Punctuation at the end of an address belongs to the sentence. Servers are stricter in a query. */
static bool may_end_path(char c, bool in_query)
{
    if (in_query)
        return is_ascii_alnum((unsigned char)c) || is_one_of((unsigned char)c, "_&=#/-");
    return !is_one_of((unsigned char)c, ".,;:!?*=$%~&|@");
}

static size_t path_length(const char *text)
{
    size_t length = path_reach(text, SIZE_MAX);
    const char *query = memchr(text, '?', length);

    if (text[0] != '/' && text[0] != '?')
        return 0;
    for (;;) {
        size_t kept = length, reach;

        while (kept > 0 && !may_end_path(text[kept - 1], query && query < text + kept - 1))
            kept--;
        reach = path_reach(text, kept);
        if (reach == length)
            return length;
        length = reach; /* cutting may have opened a bracket, and the other way round */
    }
}

/* All of a link behind its scheme; 0 when it is none. */
static size_t address_length(const char *text, bool *uncertain)
{
    size_t length = host_length(text, uncertain);

    if (!length)
        return 0;
    length += port_length(text + length);
    if (text[length] == '@') /* what looked like the host was a user's name */
        return 0;
    return length + path_length(text + length);
}

static bool may_precede_link(uint32_t before)
{
    return !is_ascii_alnum(before) && !is_one_of(before, "@#$") && before != WIDE_AT &&
           before != WIDE_HASH;
}

static bool read_link(const char *text, uint32_t before, struct mark *mark)
{
    size_t scheme = scheme_length(text);
    size_t address =
        scheme && may_precede_link(before) ? address_length(text + scheme, &mark->uncertain) : 0;

    mark->kind = MARK_LINK;
    mark->length = mark->local = scheme + address;
    return address > 0;
}

/* Names of ASCII letters and digits, the first beginning with a letter, the last a known one. */
static bool is_plain_host(const char *host, size_t length)
{
    size_t last = length;

    for (size_t i = 0; i < length; i++) {
        if (!is_ascii_alnum((unsigned char)host[i]) && host[i] != '.')
            return false;
    }
    while (last > 0 && host[last - 1] != '.')
        last--;
    return last > 0 && !is_ascii_digit((unsigned char)host[0]) &&
           top_name_is_known(host + last, length - last);
}

/* An address that staff typed without its scheme. A hyphen in it, or a letter before it, and it may
 * be anything: then it stays text. */
static bool read_bare_link(const char *text, uint32_t before, struct mark *mark)
{
    bool uncertain;
    size_t host = host_length(text, &uncertain);

    if ((before && before != '(' && !unicode_is_white(before)) || !is_plain_host(text, host))
        return false;
    mark->kind = MARK_LINK;
    mark->bare = true;
    mark->length = mark->local = address_length(text, &mark->uncertain);
    return mark->length > 0;
}

/* The length of a tag behind its '#'; 0 when no letter is in it. */
static size_t tag_length(const char *text)
{
    size_t at = 0, end = 0, size;
    bool letter = false;
    uint32_t c;

    for (; (size = unicode_next(text + at, &c)) > 0; at += size) {
        if (!is_word_character(c) && !is_joiner(c))
            break;
        if (at == 0 && (is_mark(c) || is_joiner(c)))
            break;
        letter = letter || is_letter(c);
        if (!is_joiner(c))
            end = at + size;
    }
    return letter ? end : 0;
}

static bool read_tag(const char *text, uint32_t before, struct mark *mark)
{
    size_t hash = text[0] == '#' ? 1 : strlen("＃");
    size_t name = tag_length(text + hash);

    if (is_word_character(before) || is_one_of(before, "&/=#"))
        return false;
    mark->kind = MARK_TAG;
    mark->length = mark->local = hash + name;
    return name > 0;
}

/* ASCII letters, digits and _, in it also dots and hyphens. */
static size_t name_length(const char *text)
{
    size_t n, end = 0;

    for (n = 0; is_ascii_alnum((unsigned char)text[n]) || is_one_of((unsigned char)text[n], "_.-");
         n++) {
        if (!is_one_of((unsigned char)text[n], ".-"))
            end = n + 1;
        else if (n == 0)
            break;
    }
    return end;
}

static bool read_mention(const char *text, uint32_t before, struct mark *mark)
{
    size_t user = name_length(text + 1);
    size_t host = user && text[1 + user] == '@' ? name_length(text + user + 2) : 0;

    if (is_word_character(before) || is_one_of(before, "/=@"))
        return false;
    mark->kind = MARK_MENTION;
    mark->local = 1 + user;
    mark->length = mark->local + (host ? 1 + host : 0);
    return user > 0;
}

static bool read_mark(const char *text, uint32_t c, uint32_t before, struct mark *mark)
{
    if (c == 'h' || c == 'H')
        return read_link(text, before, mark);
    if (c == '#' || c == WIDE_HASH)
        return read_tag(text, before, mark);
    return c == '@' && read_mention(text, before, mark);
}

/* The last code point of a mark, for what comes behind it. */
static uint32_t last_of(const char *text, size_t length)
{
    uint32_t c = 0;
    size_t at = 0, size;

    while (at < length && (size = unicode_next(text + at, &c)) > 0)
        at += size;
    return c;
}

static struct mark_list find(const char *text, bool bare_too, struct arena *arena)
{
    struct mark_list marks = {0};
    uint32_t c, before = 0;
    size_t at = 0, size;

    while ((size = unicode_next(text + at, &c)) > 0) {
        struct mark mark = {.start = at};

        if (read_mark(text + at, c, before, &mark) ||
            (bare_too && is_ascii_alnum(c) && read_bare_link(text + at, before, &mark))) {
            struct mark *kept =
                arena_push(arena, &marks.items, &marks.count, &marks.capacity, sizeof *kept);
            *kept = mark;
            c = last_of(text + at, mark.length);
            size = mark.length;
        }
        before = c;
        at += size;
    }
    return marks;
}

struct mark_list links_find(const char *text, struct arena *arena)
{
    return find(text, false, arena);
}

struct mark_list links_find_bare_too(const char *text, struct arena *arena)
{
    return find(text, true, arena);
}

bool links_cover(const struct mark_list *marks, size_t *next, size_t at)
{
    const struct mark *mark;

    while (*next < marks->count && marks->items[*next].start + marks->items[*next].length <= at)
        ++*next;
    mark = *next < marks->count ? &marks->items[*next] : NULL;
    return mark && mark->kind == MARK_LINK && mark->start <= at;
}

bool link_is_valid(const char *text)
{
    struct mark mark;

    return read_link(text, 0, &mark) && mark.length == strlen(text);
}

bool link_lacks_scheme(const char *text)
{
    bool uncertain;
    size_t length = address_length(text, &uncertain);

    return length > 0 && length == strlen(text) && !uncertain;
}

bool tag_is_valid(const char *tag)
{
    size_t length = tag_length(tag);

    return length > 0 && length == strlen(tag);
}

#include "base/json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

/* jansson recurses up to 2,048 levels; we count brackets outside strings before it sees them. */
static bool too_deep(const char *bytes, size_t length)
{
    bool in_string = false;
    size_t i;
    int depth = 0;

    for (i = 0; i < length; i++) {
        if (in_string && bytes[i] == '\\')
            i++;
        else if (bytes[i] == '"')
            in_string = !in_string;
        else if (!in_string && (bytes[i] == '{' || bytes[i] == '['))
            depth++;
        else if (!in_string && (bytes[i] == '}' || bytes[i] == ']'))
            depth--;
        if (depth > JSON_MAX_DEPTH)
            return true;
    }
    return false;
}

json_t *json_read_own(const char *bytes, size_t length, struct err *err)
{
    json_error_t reason;
    json_t *value;

    if (too_deep(bytes, length)) {
        err_set(err, ERR_FOUND, _("JSON nested more than %d deep"), JSON_MAX_DEPTH);
        return NULL;
    }
    value = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &reason);
    if (!value)
        err_set(err, ERR_FOUND, _("not JSON: %s at line %d column %d"), reason.text, reason.line,
                reason.column);
    return value;
}

json_t *json_read(const char *bytes, size_t length, struct err *err)
{
    if (length > JSON_MAX_BYTES) {
        err_set(err, ERR_FOUND, _("JSON larger than %d bytes"), JSON_MAX_BYTES);
        return NULL;
    }
    return json_read_own(bytes, length, err);
}

static void release(void *value)
{
    json_decref(value);
}

json_t *json_in_arena(json_t *value, struct arena *arena)
{
    if (value)
        arena_on_clear(arena, release, value);
    return value;
}

static char *dump(const json_t *value, size_t flags, struct arena *arena, size_t *length)
{
    size_t size = json_dumpb(value, NULL, 0, flags);
    char *text;

    if (size == 0)
        out_of_memory();
    text = arena_alloc(arena, size + 1);
    if (json_dumpb(value, text, size, flags) != size)
        out_of_memory();
    if (length)
        *length = size;
    return text;
}

char *json_write(const json_t *value, struct arena *arena, size_t *length)
{
    return dump(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY, arena, length);
}

char *json_pretty(const json_t *value, struct arena *arena)
{
    return dump(value, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY, arena, NULL);
}

/* Pairs of a character and its letter, and the digits of the others. */
static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";
static const char digits[] = "0123456789ABCDEF";

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* How many of the next bytes come before one that is not, looked at together where the processor
 * can. */
#ifdef __SSE2__
enum { AT_ONCE = 16 };

static size_t plain_at_once(const char *text)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i_u *)text),
                  control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes),
                  quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                  backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const int found = _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash)));

    return found ? (size_t)__builtin_ctz((unsigned)found) : AT_ONCE;
}
#else
enum { AT_ONCE = 1 };

static size_t plain_at_once(const char *text)
{
    return is_plain(*text);
}
#endif

/* How many of the bytes, from the first on, are written as they are. */
static size_t plain_length(const char *text, size_t length)
{
    size_t i = 0;

    for (; i + AT_ONCE <= length; i += AT_ONCE) {
        size_t plain = plain_at_once(text + i);
        if (plain < AT_ONCE)
            return i + plain;
    }
    while (i < length && is_plain(text[i]))
        i++;
    return i;
}

static char letter_of(char c)
{
    const char *pair = letters;

    while (*pair && *pair != c)
        pair += 2;
    return *pair ? pair[1] : '\0';
}

static char *escape(char *to, char c)
{
    const char letter = c == '"' ? '"' : letter_of(c);
    const char numbered[] = {'u', '0', '0', digits[c >> 4 & 15], digits[c & 15]};

    *to++ = '\\';
    *to++ = letter;
    if (letter)
        return to;
    memcpy(to - 1, numbered, sizeof numbered);
    return to - 1 + sizeof numbered;
}

/* Of the text between its quotes. */
static size_t escaped_length(const char *text, size_t length)
{
    size_t all = length, i = 0;

    for (; (i += plain_length(text + i, length - i)) < length; i++)
        all += text[i] == '"' || letter_of(text[i]) ? 1 : 5;
    return all;
}

static void write_escaped(char *to, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        size_t plain = plain_length(text + i, length - i);

        memcpy(to, text + i, plain);
        to += plain;
        i += plain;
        if (i < length)
            to = escape(to, text[i]);
    }
}

/* The length of the well-formed character at `text` beyond ASCII; 0 = it is none (Unicode 3.9,
 * table 3-7). */
static size_t character_length(const unsigned char *text)
{
    static const struct form {
        unsigned char first, last, low, high; /* of the lead byte, of the byte after it */
        size_t length;
    } forms[] = {
        {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xc2, 0xdf, 0x80, 0xbf, 2},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    const struct form *form = forms;

    while (form < forms + COUNT_OF(forms) && (text[0] < form->first || text[0] > form->last))
        form++;
    if (form == forms + COUNT_OF(forms) || text[1] < form->low || text[1] > form->high)
        return 0;
    for (size_t i = 2; i < form->length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    }
    return form->length;
}

/* As json_put: what is no UTF-8 ends the process. */
static size_t require_character(const unsigned char *at)
{
    size_t length = *at < 0x80 ? 1 : character_length(at);

    if (length == 0) {
        fprintf(stderr, "crier: bug: a JSON text is not UTF-8\n");
        abort();
    }
    return length;
}

/* What eight bytes surely are whole characters of. Most of what is written is ASCII or, in our
 * texts, letters of India: 1110 0000, 101x xxxx, 10xx xxxx. */
static size_t usual_length(const unsigned char *eight)
{
    static const unsigned char mask[8] = {0xff, 0xe0, 0xc0, 0xff, 0xe0, 0xc0},
                               wanted[8] = {0xe0, 0xa0, 0x80, 0xe0, 0xa0, 0x80};
    uint64_t word, masked, two;

    memcpy(&word, eight, sizeof word);
    if ((word & UINT64_C(0x8080808080808080)) == 0)
        return 8;
    memcpy(&masked, mask, sizeof masked);
    memcpy(&two, wanted, sizeof two);
    return (word & masked) == two ? 6 : 0;
}

static void require_utf8(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + length;

    while (at < end) {
        size_t usual = end - at >= 8 ? usual_length(at) : 0;
        at += usual ? usual : require_character(at);
    }
}

void json_quote(struct buffer *buffer, const char *text)
{
    size_t length = text ? strlen(text) : 0, size = escaped_length(text, length);
    char *at;

    if (!text) {
        buffer_add(buffer, "null", 4);
        return;
    }
    require_utf8(text, length);
    at = buffer_more(buffer, size + 2);
    if (!at)
        return;
    at[0] = '"';
    if (size == length)
        memcpy(at + 1, text, size);
    else
        write_escaped(at + 1, text, length);
    at[size + 1] = '"';
}

static int digit(char c)
{
    const char *found = c ? strchr(digits, c) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* The character that `text` stands for behind a backslash; 0 = not one of escape's. */
static char escaped(const char *text, size_t *length)
{
    *length = 1;
    for (const char *pair = letters; *pair; pair += 2) {
        if (pair[1] == *text)
            return pair[0];
    }
    if (strncmp(text, "u00", 3) != 0 || digit(text[3]) < 0 || digit(text[4]) < 0)
        return 0;
    *length = 5;
    return (char)(digit(text[3]) << 4 | digit(text[4]));
}

/* Up to the quote, the backslash or the end of what is left: texts have few of them. */
static size_t run_length(const char *text)
{
    return strcspn(text, "\"\\");
}

/* Of a text in quotes, without escapes resolved; it may lack its end. */
static size_t quoted_length(const char *text)
{
    size_t length = run_length(text);

    while (text[length] == '\\') {
        length += text[length + 1] ? 2 : 1;
        length += run_length(text + length);
    }
    return length;
}

bool json_unquote(const char **at, struct arena *arena, const char **text)
{
    const char *from = *at;
    size_t length, step;
    char *to;

    *text = NULL;
    if (*from != '"') {
        if (strncmp(from, "null", 4) != 0)
            return false;
        *at += 4;
        return true;
    }
    *text = to = arena_alloc(arena, quoted_length(++from) + 1);
    for (;;) {
        length = run_length(from);
        memcpy(to, from, length);
        to += length;
        from += length;
        if (*from != '\\')
            break;
        *to = escaped(++from, &step);
        if (!*to++)
            return false;
        from += step;
    }
    *at = from + 1;
    return *from == '"';
}

static void begin_value(struct buffer *buffer, const char *name)
{
    const char last = buffer->length > 0 ? buffer->bytes[buffer->length - 1] : '[';
    const bool first = last == '{' || last == '[';
    const size_t length = name ? strlen(name) : 0;
    char *at = buffer_more(buffer, (first ? 0 : 1) + (name ? length + 3 : 0));

    if (!at)
        return;
    if (!first)
        *at++ = ',';
    if (!name)
        return;
    *at++ = '"';
    at = mempcpy(at, name, length);
    *at++ = '"';
    *at = ':';
}

void json_open(struct buffer *buffer, const char *name, char bracket)
{
    begin_value(buffer, name);
    buffer_char(buffer, bracket);
}

void json_close(struct buffer *buffer, char bracket)
{
    buffer_char(buffer, bracket);
}

void json_add(struct buffer *buffer, const char *name, const char *text)
{
    begin_value(buffer, name);
    json_quote(buffer, text);
}

void json_add_integer(struct buffer *buffer, const char *name, int64_t number)
{
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char text[24], *at = text + sizeof text;

    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        *--at = '-';
    begin_value(buffer, name);
    buffer_add(buffer, at, (size_t)(text + sizeof text - at));
}

void json_add_known(struct buffer *buffer, const char *name, int64_t number)
{
    if (number > 0)
        json_add_integer(buffer, name, number);
    else
        json_add(buffer, name, NULL);
}

void json_add_bool(struct buffer *buffer, const char *name, bool truth)
{
    begin_value(buffer, name);
    buffer_text(buffer, truth ? "true" : "false");
}

const char *json_text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

int64_t json_integer_or(const json_t *object, const char *member, int64_t otherwise)
{
    const json_t *value = json_object_get(object, member);

    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool json_flag(const json_t *object, const char *member)
{
    return json_is_true(json_object_get(object, member));
}

void json_put_new(json_t *object, const char *member, json_t *value)
{
    if (json_object_set_new(object, member, value ? value : json_null()) != 0) {
        fprintf(stderr, "crier: bug: JSON member %s could not be set\n", member);
        abort();
    }
}

void json_put(json_t *object, const char *member, const char *text)
{
    json_t *value = text ? json_string(text) : json_null();

    if (!value) {
        fprintf(stderr, "crier: bug: JSON member %s is not UTF-8\n", member);
        abort();
    }
    json_put_new(object, member, value);
}

void json_put_integer(json_t *object, const char *member, int64_t number)
{
    json_put_new(object, member, json_integer(number));
}

void json_put_known(json_t *object, const char *member, int64_t number)
{
    json_put_new(object, member, number > 0 ? json_integer(number) : NULL);
}

void json_put_bool(json_t *object, const char *member, bool truth)
{
    json_put_new(object, member, json_boolean(truth));
}

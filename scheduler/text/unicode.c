#include "text/unicode.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/buffer.h"

enum {
    ESCAPE_BYTES = 16, /* "<U+10FFFF>" */
    MAX_BYTES = 4      /* of a code point */
};

/* What a first byte promises, and the smallest code point that needs that many bytes. */
static size_t promised(unsigned char first, uint32_t *bits, uint32_t *smallest)
{
    static const struct {
        unsigned char mask, value;
        uint32_t smallest;
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    size_t i;

    for (i = 0; i < COUNT_OF(forms); i++) {
        if ((first & forms[i].mask) == forms[i].value) {
            *bits = (uint32_t)(first & ~forms[i].mask & 0xFF);
            *smallest = forms[i].smallest;
            return i + 1;
        }
    }
    return 0;
}

/* The size of the code point at the start of `bytes`; 0 when it is not strict UTF-8. */
static size_t decode(const char *bytes, size_t length, uint32_t *code_point)
{
    uint32_t c = 0, smallest = 0;
    size_t size = promised((unsigned char)bytes[0], &c, &smallest), i;

    if (size == 0 || size > length)
        return 0;
    for (i = 1; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if ((byte & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (byte & 0x3Fu);
    }
    *code_point = c;
    return c < smallest || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : size;
}

size_t unicode_fault(const char *bytes, size_t length)
{
    uint32_t c;
    size_t at = 0;

    while (at < length) {
        size_t size = decode(bytes + at, length - at, &c);
        if (!size)
            break;
        at += size;
    }
    return at;
}

size_t unicode_next(const char *text, uint32_t *code_point)
{
    size_t size;

    *code_point = (unsigned char)text[0];
    if (*code_point < 0x80)
        return *code_point != 0;
    size = decode(text, strnlen(text, MAX_BYTES), code_point);
    assert(size); /* texts were validated at the border */
    return size;
}

size_t unicode_code_points(const char *text, size_t length)
{
    size_t count = 0, at;

    for (at = 0; at < length; at++)
        count += ((unsigned char)text[at] & 0xC0) != 0x80;
    return count;
}

static bool is_bidi_control(uint32_t c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || is_bidi_control(c) || U_IS_UNICODE_NONCHAR(c);
}

bool unicode_find_forbidden(const char *text, size_t *offset, uint32_t *code_point)
{
    size_t at = 0, size;

    while ((size = unicode_next(text + at, code_point)) > 0) {
        if (is_hidden(*code_point) && *code_point != '\n') {
            *offset = at;
            return true;
        }
        at += size;
    }
    return false;
}

bool unicode_is_white(uint32_t code_point)
{
    return u_isUWhiteSpace((UChar32)code_point);
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

/* ICU's failures here are ours: bad UTF-8 that passed the border, or no memory. */
static void expect(UErrorCode status)
{
    if (U_FAILURE(status))
        out_of_memory();
}

static UChar *to_utf16(const char *text, struct arena *arena, int32_t *length)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t capacity = (int32_t)strlen(text) + 1;
    UChar *units = arena_array(arena, (size_t)capacity, sizeof *units);

    u_strFromUTF8(units, capacity, length, text, -1, &status);
    expect(status);
    return units;
}

static char *from_utf16(const UChar *units, int32_t length, struct arena *arena)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t capacity = length * 3 + 1;
    char *text = arena_alloc(arena, (size_t)capacity);

    u_strToUTF8(text, capacity, NULL, units, length, &status);
    expect(status);
    return text;
}

/* NFC of UTF-16 is at most three times as long (UAX #15). */
static char *normalize(const UNormalizer2 *nfc, const UChar *units, int32_t length,
                       struct arena *scratch, struct arena *arena)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t capacity = length * 3 + 1;
    UChar *normal = arena_array(scratch, (size_t)capacity, sizeof *normal);
    int32_t made = unorm2_normalize(nfc, units, length, normal, capacity, &status);

    expect(status);
    return from_utf16(normal, made, arena);
}

char *unicode_nfc(const char *text, struct arena *arena)
{
    struct arena scratch = {0};
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc;
    UChar *units;
    char *normal;
    int32_t length;

    if (is_ascii(text))
        return arena_text(arena, text);
    nfc = unorm2_getNFCInstance(&status);
    expect(status);
    units = to_utf16(text, &scratch, &length);
    if (unorm2_isNormalized(nfc, units, length, &status))
        normal = arena_text(arena, text);
    else
        normal = normalize(nfc, units, length, &scratch, arena);
    expect(status);
    arena_clear(&scratch);
    return normal;
}

/* The letter below all accents; 0 for an accent that stands alone. */
static UChar32 below_accents(UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    UChar parts[4];

    expect(status);
    while (c >= 0x80 && unorm2_getRawDecomposition(nfc, c, parts, 4, &status) > 0)
        c = parts[0];
    expect(status);
    return u_getCombiningClass(c) ? 0 : c;
}

const char *unicode_plain(const char *text, struct arena *arena)
{
    char *plain = arena_alloc(arena, strlen(text) + 1), *to = plain;
    uint32_t c;

    for (size_t size; (size = unicode_next(text, &c)) > 0; text += size) {
        UChar32 letter = below_accents((UChar32)c);

        if (letter >= 0x80)
            return NULL;
        if (letter)
            *to++ = (char)letter;
    }
    *to = '\0';
    return plain;
}

char *unicode_trim(const char *text, struct arena *arena)
{
    uint32_t c;
    size_t size, at, end = 0;

    while ((size = unicode_next(text, &c)) > 0 && unicode_is_white(c))
        text += size;
    for (at = 0; (size = unicode_next(text + at, &c)) > 0; at += size) {
        if (!unicode_is_white(c))
            end = at + size;
    }
    return arena_text_n(arena, text, end);
}

/* One blank for each run of white space, none at the ends; in place. */
static char *collapse(char *text)
{
    const char *from = text;
    char *to = text;
    uint32_t c;
    size_t size;
    bool blank = false;

    for (; (size = unicode_next(from, &c)) > 0; from += size) {
        if (unicode_is_white(c)) {
            blank = to > text;
            continue;
        }
        if (blank)
            *to++ = ' ';
        blank = false;
        memmove(to, from, size);
        to += size;
    }
    *to = '\0';
    return text;
}

char *unicode_fold(const char *text, struct arena *arena)
{
    return collapse(unicode_nfc(text, arena));
}

bool unicode_equal_caseless(const char *a, const char *b)
{
    uint32_t c, d;
    size_t size_a, size_b;

    for (;;) {
        size_a = unicode_next(a, &c);
        size_b = unicode_next(b, &d);
        if (u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT) !=
            u_foldCase((UChar32)d, U_FOLD_CASE_DEFAULT))
            return false;
        if (!size_a || !size_b)
            return size_a == size_b;
        a += size_a;
        b += size_b;
    }
}

static size_t escape(uint32_t c, char text[ESCAPE_BYTES])
{
    int made = snprintf(text, ESCAPE_BYTES, "<U+%04X>", c & 0x1FFFFFu);

    return made > 0 ? (size_t)made : 0;
}

static char *make_visible(const char *text, bool keep_lines, struct arena *arena)
{
    struct buffer out;
    char code[ESCAPE_BYTES];
    char *result;
    uint32_t c;
    size_t size;

    buffer_init(&out, SIZE_MAX / 2);
    for (; (size = unicode_next(text, &c)) > 0; text += size) {
        if (c == '\t')
            buffer_char(&out, ' ');
        else if (is_hidden(c) && !(keep_lines && c == '\n'))
            buffer_add(&out, code, escape(c, code));
        else
            buffer_add(&out, text, size);
    }
    result = arena_text_n(arena, out.bytes, out.length);
    buffer_clear(&out);
    return result;
}

char *unicode_line(const char *text, struct arena *arena)
{
    return make_visible(text, false, arena);
}

char *unicode_lines(const char *text, struct arena *arena)
{
    return make_visible(text, true, arena);
}

/* As wcwidth of the C library says, by ICU's newer tables. */
static size_t columns_of(uint32_t c)
{
    char code[ESCAPE_BYTES];
    uint32_t category = U_GET_GC_MASK((UChar32)c);
    int width = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);

    if (c == '\t' || c == 0xAD) /* the soft hyphen is a format character that terminals show */
        return 1;
    if (is_hidden(c))
        return escape(c, code);
    if (category & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK))
        return 0;
    if (c >= 0x1160 && c <= 0x11FF) /* Hangul vowels and finals join the syllable's first letter */
        return 0;
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t unicode_columns(const char *text, size_t length)
{
    size_t columns = 0, at = 0, size;
    uint32_t c;

    while (at < length && (size = unicode_next(text + at, &c)) > 0) {
        columns += c >= 0x20 && c < 0x7F ? 1 : columns_of(c);
        at += size;
    }
    return columns;
}

char *unicode_wrap(const char *text, size_t columns, struct arena *arena)
{
    char *wrapped = arena_text(arena, text);
    char *line = wrapped, *last = NULL;

    for (char *at = wrapped; columns && *at; at = last + (*last == ' ')) {
        char *end = at + strcspn(at, " ");

        if (last && unicode_columns(line, (size_t)(end - line)) > columns) {
            *last = '\n';
            line = last + 1;
        }
        last = end;
    }
    return wrapped;
}

#include "text/emoji.h"

#include <stdbool.h>
#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "base/compiler.h"
#include "text/unicode.h"

enum {
    MOST_EMOJI = 64, /* bytes of the longest that is looked for */
    KEYCAP = 0x20E3,
    TEXT_STYLE = 0xFE0E,
    EMOJI_STYLE = 0xFE0F,
    JOINER = 0x200D
};

/* Whether Unicode recommends this sequence for interchange. */
static bool is_recommended(const char *text, size_t length)
{
    UChar units[MOST_EMOJI];
    UErrorCode status = U_ZERO_ERROR;
    int32_t count = 0;

    (void)u_strFromUTF8(units, COUNT_OF(units), &count, text, (int32_t)length, &status);
    return U_SUCCESS(status) && u_stringHasBinaryProperty(units, count, UCHAR_RGI_EMOJI);
}

/* 1⃣ with or without its selector. */
static size_t keycap_length(const char *text, size_t first)
{
    uint32_t c;
    size_t size = unicode_next(text + first, &c);

    if (c == EMOJI_STYLE) {
        first += size;
        size = unicode_next(text + first, &c);
    }
    return c == KEYCAP ? first + size : 0;
}

static bool can_go_on(uint32_t c)
{
    return c == JOINER || c == EMOJI_STYLE || (c >= 0xE0020 && c <= 0xE007F) ||
           u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI);
}

/* The longest recommended sequence, in bytes; else a lone sign that may be shown as an emoji. */
static size_t pictograph_length(const char *text, uint32_t c, size_t first)
{
    const bool alone = u_hasBinaryProperty((UChar32)c, UCHAR_EXTENDED_PICTOGRAPHIC);
    size_t longest = 0, size;
    uint32_t then;

    for (size_t end = first;;) {
        if (is_recommended(text, end))
            longest = end;
        size = unicode_next(text + end, &then);
        if (size == 0 || end + size > MOST_EMOJI || !can_go_on(then))
            break;
        end += size;
    }
    if (longest == 0 && alone && (unicode_next(text + first, &then), then != TEXT_STYLE))
        longest = first;
    return longest;
}

size_t emoji_length(const char *text)
{
    uint32_t c;
    const size_t first = unicode_next(text, &c);

    if (c < 0x80)
        return (c >= '0' && c <= '9') || c == '#' || c == '*' ? keycap_length(text, first) : 0;
    return u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI) ||
                   u_hasBinaryProperty((UChar32)c, UCHAR_EXTENDED_PICTOGRAPHIC)
               ? pictograph_length(text, c, first)
               : 0;
}

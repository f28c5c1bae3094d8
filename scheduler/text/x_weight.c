#include "text/x_weight.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "base/compiler.h"
#include "text/unicode.h"
#include "text/x_links.h"

enum {
    ADDRESS = 23,
    EMOJI = 2,
    MOST_EMOJI = 64,            /* bytes of the longest that is looked for */
    MOST_SEARCHED = 128 * 1024, /* bytes; no post of X is nearly as long */
    KEYCAP = 0x20E3,
    TEXT_STYLE = 0xFE0E,
    EMOJI_STYLE = 0xFE0F,
    JOINER = 0x200D
};

static size_t letter_weight(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } light[] = {{0, 4351}, {8192, 8205}, {8208, 8223}, {8242, 8247}};

    for (size_t i = 0; i < COUNT_OF(light); i++) {
        if (c >= light[i].first && c <= light[i].last)
            return 1;
    }
    return 2;
}

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

/* The bytes of the emoji that begins here; 0 = none. */
static size_t emoji_length(const char *text)
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

static size_t plain_weight(const char *text, size_t length)
{
    size_t weight = 0;
    uint32_t c;

    for (size_t at = 0; at < length;) {
        size_t size = unicode_next(text + at, &c), emoji = emoji_length(text + at);

        if (emoji > 0 && at + emoji <= length) {
            weight += EMOJI;
            at += emoji;
        } else {
            weight += letter_weight(c);
            at += size;
        }
    }
    return weight;
}

static size_t address_weight(const char *text, const struct mark *mark)
{
    size_t plain = mark->uncertain ? plain_weight(text, mark->length) : 0;

    return plain > ADDRESS ? plain : ADDRESS;
}

size_t x_weight(const char *text)
{
    struct arena scratch = {0};
    const char *nfc = unicode_nfc(text, &scratch);
    struct mark_list marks = {0};
    size_t weight = 0, done = 0;

    if (strlen(nfc) <= MOST_SEARCHED)
        marks = x_links_find(nfc, &scratch);
    for (size_t i = 0; i < marks.count; i++) {
        weight += plain_weight(nfc + done, marks.items[i].start - done);
        weight += address_weight(nfc + marks.items[i].start, &marks.items[i]);
        done = marks.items[i].start + marks.items[i].length;
    }
    weight += plain_weight(nfc + done, strlen(nfc + done));
    arena_clear(&scratch);
    return weight;
}

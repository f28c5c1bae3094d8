#include "text/x_weight.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"
#include "text/emoji.h"
#include "text/unicode.h"
#include "text/x_links.h"

enum {
    ADDRESS = 23,
    EMOJI = 2,
    MOST_SEARCHED = 128 * 1024 /* bytes; no post of X is nearly as long */
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

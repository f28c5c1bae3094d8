#include "page/fits.h"

#include <string.h>

#include "text/count.h"
#include "text/unicode.h"

static bool is_within(const char *text, size_t length, const struct text_limit *limit,
                      struct arena *scratch)
{
    const struct text_use use = text_measure(arena_text_n(scratch, text, length), limit);

    return use.used <= use.limit;
}

/* Back to where a character begins. */
static size_t character_at(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

/* No letter is cut through: none of the two sides has one more for it. */
static bool is_between(const char *text, size_t at)
{
    const size_t length = strlen(text);

    return count_graphemes(text, at).joined + count_graphemes(text + at, length - at).joined ==
           count_graphemes(text, length).joined;
}

static size_t search(const char *text, const struct text_limit *limit, struct arena *scratch)
{
    size_t low = 0, high = strlen(text); /* low fits, high does not */

    while (character_at(text, high - 1) > low) {
        size_t middle = character_at(text, low + (high - low) / 2);

        if (middle == low)
            middle = character_at(text, high - 1);
        if (is_within(text, middle, limit, scratch))
            low = middle;
        else
            high = middle;
        arena_reset(scratch);
    }
    return low;
}

size_t fits_bytes(const char *text, const struct text_limit *limit)
{
    struct arena scratch = {0};
    size_t fits = strlen(text);

    if (limit->most && !is_within(text, fits, limit, &scratch)) {
        fits = search(text, limit, &scratch);
        while (fits > 0 && !is_between(text, fits))
            fits = character_at(text, fits - 1);
    }
    arena_clear(&scratch);
    return fits;
}

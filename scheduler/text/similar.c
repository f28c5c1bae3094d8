#include "text/similar.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text/unicode.h"

struct letters {
    uint32_t at[SIMILAR_MAX_LETTERS];
    size_t count;
};

static uint32_t lower(uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool spell(const char *word, struct letters *letters)
{
    uint32_t c;
    size_t size;

    letters->count = 0;
    for (; (size = unicode_next(word, &c)) > 0; word += size) {
        if (letters->count == SIMILAR_MAX_LETTERS)
            return false;
        letters->at[letters->count++] = lower(c);
    }
    return true;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum { ROW = SIMILAR_MAX_LETTERS + 1 };

/* One row of the table: distances of the first i letters of a to every beginning of b. */
static void fill_row(const struct letters *a, const struct letters *b, size_t i,
                     size_t rows[3][ROW])
{
    const size_t *before = rows[(i + 1) % 3], *above = rows[(i + 2) % 3];
    size_t *now = rows[i % 3];
    size_t j;

    now[0] = i;
    for (j = 1; j <= b->count; j++) {
        size_t change = above[j - 1] + (a->at[i - 1] != b->at[j - 1]);
        now[j] = least(least(above[j], now[j - 1]) + 1, change);
        if (i > 1 && j > 1 && a->at[i - 1] == b->at[j - 2] && a->at[i - 2] == b->at[j - 1])
            now[j] = least(now[j], before[j - 2] + 1);
    }
}

size_t similar_distance(const char *a, const char *b)
{
    struct letters first, second;
    size_t rows[3][ROW];
    size_t i;

    if (!spell(a, &first) || !spell(b, &second))
        return SIZE_MAX;
    for (i = 0; i <= second.count; i++)
        rows[0][i] = i;
    for (i = 1; i <= first.count; i++)
        fill_row(&first, &second, i, rows);
    return rows[first.count % 3][second.count];
}

struct similar similar_to(const char *word)
{
    return (struct similar){.word = word, .distance = SIZE_MAX};
}

/* Short words are near to too many others. */
static size_t farthest(const char *word)
{
    size_t letters = unicode_code_points(word, strlen(word));

    if (letters <= 1)
        return 0;
    return letters <= 4 ? 1 : 2;
}

void similar_offer(struct similar *similar, const char *candidate)
{
    size_t distance = similar_distance(similar->word, candidate);

    if (distance <= farthest(similar->word) && distance < similar->distance) {
        similar->best = candidate;
        similar->distance = distance;
    }
}

const char *similar_word(const char *word, const char *const words[], size_t count)
{
    struct similar similar = similar_to(word);
    size_t i;

    for (i = 0; i < count; i++)
        similar_offer(&similar, words[i]);
    return similar.best;
}

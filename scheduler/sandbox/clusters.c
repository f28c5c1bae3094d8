#include "sandbox/clusters.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "base/arena.h"

static bool is_virama(UChar32 c)
{
    return c == 0x94d || c == 0x9cd || c == 0xacd || c == 0xb4d || c == 0xc4d || c == 0xd4d;
}

/* Clusters that a server with Unicode before 15.1 sees in this one: a consonant after a virama
 * starts one. */
static size_t clusters_within(const UChar *text, int32_t start, int32_t end)
{
    bool after_virama = false;
    size_t clusters = 1;
    int32_t i;

    for (i = start; i < end; i++) { /* by code unit: these scripts lie in the basic plane */
        if (after_virama && i > start && u_charType(text[i]) == U_OTHER_LETTER) {
            clusters++;
            after_virama = false;
        }
        if (is_virama(text[i]))
            after_virama = true;
    }
    return clusters;
}

static size_t count_clusters(const UChar *text, int32_t length)
{
    static UBreakIterator *iterator; /* opening one costs 2 ms; the program has one thread */
    UErrorCode code = U_ZERO_ERROR;
    int32_t start = 0, end;
    size_t clusters = 0;

    if (!iterator)
        iterator = ubrk_open(UBRK_CHARACTER, "", NULL, 0, &code);
    ubrk_setText(iterator, text, length, &code);
    if (U_FAILURE(code))
        abort(); /* ICU's data are missing: a broken machine */
    while ((end = ubrk_next(iterator)) != UBRK_DONE) {
        clusters += clusters_within(text, start, end);
        start = end;
    }
    return clusters;
}

size_t clusters_count(const char *text, size_t length)
{
    UErrorCode code = U_ZERO_ERROR;
    UChar *wide = calloc(length + 1, sizeof *wide);
    int32_t wide_length = 0;
    size_t clusters;

    if (!wide)
        out_of_memory();
    u_strFromUTF8(wide, (int32_t)length + 1, &wide_length, text, (int32_t)length, &code);
    clusters = count_clusters(wide, wide_length);
    free(wide);
    return clusters;
}

/* Our clusters and our UTF-8 border against ICU's own, on random texts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "base/compiler.h"
#include "text/count.h"
#include "text/unicode.h"

enum { STRINGS = 200000, MOST = 24 };

/* Where the rules of clusters bite: each row is a range of code points. */
static const struct {
    uint32_t first, last;
} ranges[] = {
    {0x20, 0x7E},       {0x0A, 0x0D},       {0x300, 0x36F},     {0x900, 0x97F},
    {0x900, 0x97F},     {0x94D, 0x94D},     {0x915, 0x939},     {0x980, 0x9FE},
    {0x9CD, 0x9CD},     {0xA80, 0xAFF},     {0xB00, 0xB7F},     {0xB80, 0xBFF},
    {0xC00, 0xC7F},     {0xC80, 0xCFF},     {0xD00, 0xD7F},     {0xE00, 0xE5F},
    {0x200C, 0x200D},   {0x200D, 0x200D},   {0x200E, 0x200F},   {0x1100, 0x11FF},
    {0xAC00, 0xAC40},   {0xFE00, 0xFE0F},   {0x1F1E6, 0x1F1FF}, {0x1F3FB, 0x1F3FF},
    {0x1F466, 0x1F469}, {0x1F600, 0x1F64F}, {0x2600, 0x27BF},   {0x20E3, 0x20E3},
    {0x0600, 0x0605},   {0x110BD, 0x110BD}, {0xE0020, 0xE007F}, {0x1F3F4, 0x1F3F4},
};

static uint32_t dice(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % sides;
}

static int32_t random_units(uint64_t *seed, UChar units[2 * MOST])
{
    uint32_t count = 1 + dice(seed, MOST - 1), i;
    size_t length = 0;

    for (i = 0; i < count; i++) {
        size_t row = dice(seed, COUNT_OF(ranges));
        uint32_t c = ranges[row].first + dice(seed, ranges[row].last - ranges[row].first + 1);
        U16_APPEND_UNSAFE(units, length, c);
    }
    return (int32_t)length;
}

static size_t icu_clusters(UBreakIterator *iterator, const UChar *units, int32_t length)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t count = 0;

    ubrk_setText(iterator, units, length, &status);
    while (ubrk_next(iterator) != UBRK_DONE)
        count++;
    assert_true(U_SUCCESS(status));
    return count;
}

static UChar32 next_unit_pair(const UChar *units, int32_t *at)
{
    int32_t lead = units[(*at)++];

    if (lead < 0xD800 || lead > 0xDBFF)
        return lead;
    return 0x10000 + ((lead - 0xD800) << 10) + (units[(*at)++] - 0xDC00);
}

/* The published formula for the older rule: walk each cluster, a virama sets a flag, the next
 * letter that does not begin the cluster adds one. (Thai sara am is a letter by category and a
 * spacing mark by rule.) */
static size_t icu_split(UBreakIterator *iterator, const UChar *units, size_t clusters)
{
    static const UChar viramas[] = {0x94D, 0x9CD, 0xACD, 0xB4D, 0xC4D, 0xD4D, 0};
    int32_t start = ubrk_first(iterator), end;

    while ((end = ubrk_next(iterator)) != UBRK_DONE) {
        bool joined = false;
        int32_t at = start;
        while (at < end) {
            bool first = at == start;
            UChar32 c = next_unit_pair(units, &at);
            if (!first && joined && u_charType(c) == U_OTHER_LETTER && c != 0xE33) {
                clusters++;
                joined = false;
            }
            if (c < 0x10000 && u_strchr(viramas, (UChar)c))
                joined = true;
        }
        start = end;
    }
    return clusters;
}

static void both_counts_equal_icus_iterator_on_random_texts(void **state)
{
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_CHARACTER, "", NULL, 0, &status);
    uint64_t seed = 1;
    size_t different = 0;
    int i;

    (void)state;
    assert_true(U_SUCCESS(status));
    for (i = 0; i < STRINGS; i++) {
        UChar units[2 * MOST];
        char text[4 * MOST + 1];
        int32_t length = random_units(&seed, units), bytes;
        size_t joined = icu_clusters(iterator, units, length);
        struct grapheme_count count;

        u_strToUTF8(text, sizeof text, &bytes, units, length, &status);
        count = count_graphemes(text, (size_t)bytes);
        assert_int_equal(count.joined, joined);
        assert_int_equal(count.split, icu_split(iterator, units, joined));
        different += count.joined != count.split;
    }
    ubrk_close(iterator);
    print_message("%d texts, %zu of them with joined consonants\n", STRINGS, different);
    assert_true(different > 500);
}

static bool icu_accepts(const char *bytes, size_t length)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[64];
    int32_t made;

    u_strFromUTF8(units, 64, &made, bytes, (int32_t)length, &status);
    return U_SUCCESS(status);
}

static void the_border_accepts_exactly_what_icu_accepts(void **state)
{
    static const unsigned char likely[] = {0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xDF,
                                           0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0x8F,
                                           0x90, 0x9F, 0xA0, 0xFF, 0xE1, 0x85};
    uint64_t seed = 2;
    size_t good = 0;
    int i;

    (void)state;
    for (i = 0; i < STRINGS * 5; i++) {
        char bytes[4];
        size_t length = 1 + dice(&seed, 4), n;
        bool ours;

        for (n = 0; n < length; n++)
            bytes[n] = (char)(dice(&seed, 3) ? likely[dice(&seed, COUNT_OF(likely))]
                                             : 1 + dice(&seed, 255));
        ours = unicode_fault(bytes, length) == length;
        assert_int_equal(ours, icu_accepts(bytes, length));
        good += ours;
    }
    assert_true(good > 1000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_counts_equal_icus_iterator_on_random_texts),
        cmocka_unit_test(the_border_accepts_exactly_what_icu_accepts),
    };

    return cmocka_run_group_tests_name("clusters", tests, NULL, NULL);
}

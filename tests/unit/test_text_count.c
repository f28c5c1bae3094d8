/* Counts that a platform will check: one too many and a post is refused in public. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buffer.h"
#include "base/compiler.h"
#include "text/count.h"

/* The larger counts were made by Perl's \X (the rule before Unicode 15.1), the smaller
 * ones by taking the joined consonants off, links and mentions by a separate expression. */
static const struct row {
    const char *text;
    size_t joined, split;
} mastodon_rows[] = {
    /* clang-format off */
    { "a", 1, 1 },
    { "Hello, world!", 13, 13 },
    { "112", 3, 3 },
    { "नमस्ते", 3, 4 },
    { "क्षि", 1, 2 },
    { "हिन्दी", 2, 3 },
    { "क्\u200Dष", 1, 2 },
    { "क्\u200Cष", 2, 2 },
    { "विद्यार्थी", 3, 5 },
    { "राष्ट्रीय सुरक्षा", 7, 10 },
    { "ज्ञान", 2, 3 },
    { "श्री", 1, 2 },
    { "त्र्यम्बक", 3, 6 },
    { "स्त्री", 1, 3 },
    { "कृपया हेलमेट पहनें।", 13, 13 },
    { "हेलमेट केवल चालान से नहीं, जान बचाता है।", 28, 28 },
    { "आपात स्थिति में 112 डायल करें।", 20, 21 },
    { "सीट बेल्ट लगाएँ, सुरक्षित रहें।", 19, 21 },
    { "शराब पीकर गाड़ी न चलाएँ।", 17, 17 },
    { "क़ानून", 3, 3 },
    { "ज़रूरत", 4, 4 },
    { "फ़ोन", 2, 2 },
    { "ड़ ढ़", 3, 3 },
    { "ॐ शान्तिः शान्तिः", 7, 9 },
    { "अंतर्राष्ट्रीय महिला दिवस", 13, 16 },
    { "साइबर ठगी? 1930 पर कॉल करें", 22, 22 },
    { "महिला हेल्पलाइन 181", 13, 14 },
    { "भारतीय न्याय संहिता, 2023", 17, 18 },
    { "१२३४५", 5, 5 },
    { "गाड़ी धीरे चलाएँ — घर पर कोई इंतज़ार कर रहा है", 33, 33 },
    { "😀", 1, 1 },
    { "👍🏽", 1, 1 },
    { "👨\u200D👩\u200D👧\u200D👦", 1, 1 },
    { "🇮🇳", 1, 1 },
    { "🇮🇳🇮🇳", 2, 2 },
    { "🏳\uFE0F\u200D🌈", 1, 1 },
    { "❤\uFE0F", 1, 1 },
    { "1\uFE0F⃣", 1, 1 },
    { "#\uFE0F⃣", 1, 1 },
    { "👮\u200D♀\uFE0F", 1, 1 },
    { "👮🏾\u200D♂\uFE0F पुलिस आपके साथ", 12, 12 },
    { "🚦 रुकें 🚗 देखें", 9, 9 },
    { "🙏 धन्यवाद 🙏", 8, 9 },
    { "e", 1, 1 },
    { "é", 1, 1 },
    { "e\u0301", 1, 1 },
    { "à\u0338", 1, 1 },
    { "한국어", 3, 3 },
    { "한", 1, 1 },
    { "日本語", 3, 3 },
    { "ไทย", 3, 3 },
    { "กำ", 1, 1 },
    { "தமிழ்", 3, 3 },
    { "க்ஷ", 2, 2 },
    { "বাংলা ক্ষ", 4, 5 },
    { "ગુજરાતી ક્ષ", 6, 7 },
    { "ਪੰਜਾਬੀ", 3, 3 },
    { "తెలుగు క్ష", 5, 6 },
    { "ಕನ್ನಡ ಕ್ಷ", 7, 7 },
    { "മലയാളം ക്ഷ", 6, 7 },
    { "ଓଡ଼ିଆ କ୍ଷ", 5, 6 },
    { "اردو ۔", 6, 6 },
    { "https://cybercrime.gov.in", 23, 23 },
    { "http://cybercrime.gov.in", 23, 23 },
    { "HTTPS://CYBERCRIME.GOV.IN", 23, 23 },
    { "Https://Cybercrime.gov.in/", 23, 23 },
    { "https://t.in", 23, 23 },
    { "https://www.example.gov.in/a/very/long/path/that/is/longer/than/twenty-three/letters?with=query&and=more#part", 23, 23 },
    { "देखें https://cybercrime.gov.in", 26, 26 },
    { "देखें https://cybercrime.gov.in।", 27, 27 },
    { "देखें https://cybercrime.gov.in/।", 27, 27 },
    { "https://cybercrime.gov.in/report। शिकायत करें।", 33, 33 },
    { "شکایت https://cybercrime.gov.in۔", 30, 30 },
    { "(https://cybercrime.gov.in)", 25, 25 },
    { "(देखें https://en.wikipedia.org/wiki/Traffic_(disambiguation))", 28, 28 },
    { "\"https://cybercrime.gov.in\"", 25, 25 },
    { "“https://cybercrime.gov.in”", 25, 25 },
    { "‘https://cybercrime.gov.in/x’", 25, 25 },
    { "«https://cybercrime.gov.in»", 25, 25 },
    { "[https://cybercrime.gov.in/x]", 25, 25 },
    { "https://cybercrime.gov.in, और", 27, 27 },
    { "https://cybercrime.gov.in. और", 27, 27 },
    { "https://cybercrime.gov.in/a?b=c! और", 27, 27 },
    { "https://cybercrime.gov.in/a... और", 29, 29 },
    { "https://cybercrime.gov.in:8443/x", 23, 23 },
    { "https://a.example.gov.in https://b.example.gov.in", 47, 47 },
    { "https://a.example.gov.in,https://b.example.gov.in", 47, 47 },
    { "https://डाक.भारत", 23, 23 },
    { "https://डाक.भारत/x", 23, 23 },
    { "यहाँhttps://cybercrime.gov.in/xपर", 27, 27 },
    { "https://cybercrime.gov.inपर", 25, 25 },
    { "cybercrime.gov.in", 17, 17 },
    { "www.example.gov.in/path", 23, 23 },
    { "ftp://example.gov.in/file", 25, 25 },
    { "https://", 8, 8 },
    { "https://localhost/a", 19, 19 },
    { "xhttps://cybercrime.gov.in", 26, 26 },
    { "http://127.0.0.1/abc", 23, 23 },
    { "http://127.0.0.1:8642/a/rather/long/path", 40, 40 },
    { "@police", 7, 7 },
    { "@police@social.example.gov.in", 7, 7 },
    { "@police@social.example.gov.in से संपर्क करें", 16, 17 },
    { ".@police@social.example.gov.in", 8, 8 },
    { "(@police@social.example.gov.in)", 9, 9 },
    { "@police@social.example.gov.in।", 8, 8 },
    { "@a@b.example @c@d.example", 5, 5 },
    { "police@example.gov.in", 21, 21 },
    { "https://social.example.gov.in/@police", 23, 23 },
    { "https://social.example.gov.in/@police@other.example.in", 23, 23 },
    { "@police.hq@social.example.gov.in: धन्यवाद", 16, 17 },
    { "#सड़कसुरक्षा", 7, 8 },
    { "#RoadSafety #हेलमेट", 17, 17 },
    { "सुरक्षा #RoadSafety https://cybercrime.gov.in @police@social.example.gov.in 🙏", 49, 50 },
    { "1930 पर कॉल करें या https://cybercrime.gov.in पर शिकायत दर्ज करें। #CyberSafety", 67, 68 },
    { "पंक्ति एक\nपंक्ति दो", 10, 12 },
    { "पंक्ति एक\n\nhttps://cybercrime.gov.in\n\n#CyberSafety", 44, 45 },
    /* clang-format on */
};

static void every_text_counts_as_mastodon_counts_it(void **state)
{
    size_t i;

    (void)state;
    assert_true(COUNT_OF(mastodon_rows) >= 100);
    for (i = 0; i < COUNT_OF(mastodon_rows); i++) {
        const struct row *row = &mastodon_rows[i];
        struct grapheme_count count = count_mastodon(row->text, 23);

        if (count.joined != row->joined || count.split != row->split)
            fail_msg("\"%s\": %zu and %zu instead of %zu and %zu", row->text, count.joined,
                     count.split, row->joined, row->split);
    }
}

/* A text of `times` units with something at both ends. */
static struct grapheme_count count_long(const char *head, const char *unit, size_t times,
                                        const char *tail)
{
    struct buffer text;
    struct grapheme_count count;

    buffer_init(&text, 1 << 20);
    assert_true(buffer_text(&text, head));
    while (times-- > 0)
        assert_true(buffer_text(&text, unit));
    assert_true(buffer_text(&text, tail));
    count = count_mastodon(text.bytes, 23);
    buffer_clear(&text);
    return count;
}

#define LINK "https://www.example.gov.in/a/path/much/longer/than/twenty-three/letters"

static void texts_at_the_limit_of_500_and_one_over_are_told_apart(void **state)
{
    static const struct {
        const char *head, *unit, *tail;
        size_t at_limit; /* so many units make `joined` exactly 500 */
        size_t split;
    } rows[] = {
        {"", "a", "", 500, 500},
        {"", "क", "", 500, 500},
        {"", "कि", "", 500, 500},
        {"", "क्ष", "", 500, 1000},
        {"", "हिन्दी", "", 250, 750},
        {"", "👨\u200D👩\u200D👧\u200D👦", "", 500, 500},
        {"", "🇮🇳", "", 500, 500},
        {"", "e\u0301", "", 500, 500},
        {LINK " ", "क", "", 476, 500},
        {"", "क", " " LINK, 476, 500},
        {LINK "\n", "क", "\n" LINK, 452, 500},
        {"@police@social.example.gov.in ", "a", "", 492, 500},
        {"(" LINK ") ", "a", "।", 473, 500},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        struct grapheme_count full =
            count_long(rows[i].head, rows[i].unit, rows[i].at_limit, rows[i].tail);
        struct grapheme_count over =
            count_long(rows[i].head, rows[i].unit, rows[i].at_limit + 1, rows[i].tail);

        assert_int_equal(full.joined, 500);
        assert_int_equal(full.split, rows[i].split);
        assert_true(over.joined > 500 && over.joined <= 502);
    }
}

static void the_servers_own_length_of_a_link_is_used(void **state)
{
    struct grapheme_count count = count_mastodon("a " LINK " b", 30);

    (void)state;
    assert_int_equal(count.joined, 34);
    assert_int_equal(count.split, 34);
}

/* Measured with ICU 72 and, for the split rule, utf8proc 2.8. */
static void the_measured_table_of_units_holds(void **state)
{
    static const struct {
        const char *text;
        struct text_count count;
    } rows[] = {
        {"क्षि", {{1, 2}, 4, 4, 12}},
        {"हिन्दी", {{2, 3}, 6, 6, 18}},
        {"नमस्ते", {{3, 4}, 6, 6, 18}},
        {"क्\u200Dष", {{1, 2}, 4, 4, 12}},
        {"क्\u200Cष", {{2, 2}, 4, 4, 12}},
        {"👨\u200D👩\u200D👧\u200D👦", {{1, 1}, 11, 7, 25}},
        {"🇮🇳", {{1, 1}, 4, 2, 8}},
        {"🇮🇳🇮🇳", {{2, 2}, 8, 4, 16}},
        {"🏳\uFE0F\u200D🌈", {{1, 1}, 6, 4, 14}},
        {"க்ஷ", {{2, 2}, 3, 3, 9}},
        {"", {{0, 0}, 0, 0, 0}},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        struct text_count count = count_text(rows[i].text);

        assert_int_equal(count.graphemes.joined, rows[i].count.graphemes.joined);
        assert_int_equal(count.graphemes.split, rows[i].count.graphemes.split);
        assert_int_equal(count.utf16, rows[i].count.utf16);
        assert_int_equal(count.codepoints, rows[i].count.codepoints);
        assert_int_equal(count.bytes, rows[i].count.bytes);
    }
}

static void line_ends_and_joined_controls_follow_the_standard(void **state)
{
    (void)state;
    assert_int_equal(count_graphemes("a\r\nb", 4).joined, 3);
    assert_int_equal(count_graphemes("\n\u0301", 3).joined, 2);
    assert_int_equal(count_graphemes("각", strlen("각")).joined, 1);
    assert_int_equal(count_graphemes("각", strlen("각")).split, 1);
}

static void a_beginning_ends_before_the_letter_that_does_not_fit(void **state)
{
    static const struct {
        const char *text;
        size_t length, floor;
    } cases[] = {
        {"", 0, 0},
        {"abc", 0, 0},
        {"abc", 2, 2},
        {"abc", 3, 3},
        {"abc", 9, 3},
        {"हिहि", 6, 6},
        {"हिहि", 7, 6},
        {"हिहि", 11, 6},
        {"हिहि", 5, 0},
        {"हिहि", 12, 12},
        {"क्षि", 6, 0},
        {"क्षि", 12, 12},
        {"e\u0301x", 1, 0},
        {"e\u0301x", 3, 3},
        {"👨‍👩‍👧‍👦x", 24, 0},
        {"👨‍👩‍👧‍👦x", 25, 25},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(grapheme_floor(cases[i].text, cases[i].length), cases[i].floor);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_counts_as_mastodon_counts_it),
        cmocka_unit_test(texts_at_the_limit_of_500_and_one_over_are_told_apart),
        cmocka_unit_test(the_servers_own_length_of_a_link_is_used),
        cmocka_unit_test(the_measured_table_of_units_holds),
        cmocka_unit_test(line_ends_and_joined_controls_follow_the_standard),
        cmocka_unit_test(a_beginning_ends_before_the_letter_that_does_not_fit),
    };

    return cmocka_run_group_tests_name("text/count", tests, NULL, NULL);
}

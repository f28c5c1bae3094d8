/* What is suspicious in a text: each danger with its offset, and ordinary texts without any. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "text/safety.h"

static struct arena arena;

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* "invisible@3+3 " of all that is found. */
static const char *found_in(const char *text)
{
    static const char *const words[] = {
        [DANGER_INVISIBLE] = "invisible", [DANGER_LOST] = "lost",
        [DANGER_NO_LETTER] = "none",      [DANGER_STYLED] = "styled",
        [DANGER_SCRIPTS] = "scripts",     [DANGER_DIGITS] = "digits",
        [DANGER_LOOSE_SIGN] = "loose",    [DANGER_HALF_LETTER] = "half",
        [DANGER_UNPAIRED] = "unpaired",   [DANGER_TWICE] = "twice",
        [DANGER_NO_BLANK] = "no-blank",
    };
    struct danger_list list = safety_find(text, &arena);
    const char *all = "";

    for (size_t i = 0; i < list.count; i++)
        all = arena_printf(&arena, "%s%s%s@%zu+%zu", all, i ? " " : "", words[list.items[i].danger],
                           list.items[i].start, list.items[i].length);
    return all;
}

struct row {
    const char *text, *found;
};

static void expect(const struct row *rows, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        const char *found = found_in(rows[i].text);

        if (strcmp(found, rows[i].found) == 0)
            continue;
        print_error("\"%s\": found \"%s\", not \"%s\"\n", rows[i].text, found, rows[i].found);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void characters_that_nobody_sees_are_found_where_they_do_nothing(void **state)
{
    static const struct row rows[] = {
        {"रा\u200Bज", "invisible@6+3"},
        {"co\u00ADoperate", "invisible@2+2"},
        {"a\u2060\u2060b", "invisible@1+6"}, /* side by side: one remark */
        {"a\uFEFF"
         "b",
         "invisible@1+3"},
        {"a\u3164"
         "b",
         "invisible@1+3"},
        {"a\u115F"
         "b",
         "invisible@1+3"},
        {"a\u2800"
         "b",
         "invisible@1+3"},
        {"a\u2028"
         "b",
         "invisible@1+3"},
        {"a\u180E"
         "b",
         "invisible@1+3"},
        {"a\U000E0041"
         "b",
         "invisible@1+4"},
        {"a\uFE0F", "invisible@1+3"},
        {"Road\u200Dsafety", "invisible@4+3"},
        {"सड़\u200Cक", "invisible@9+3"},
        {"a\u200F b", "invisible@1+3"},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void joiners_and_selectors_that_work_are_fine(void **state)
{
    static const struct row rows[] = {
        {"क्\u200Dष और क्\u200Cष", ""}, /* half forms */
        {"दर\u094D\u200Dया", ""},     /* the eyelash ra of Marathi */
        {"র\u200D্য", ""},             /* Bengali */
        {"👨\u200D👩\u200D👧 👮🏽\u200D♀\uFE0F ❤\uFE0F 1\uFE0F\u20E3", ""},
        {"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", ""},
        {"می\u200Cخواهم", ""}, /* Persian and Urdu */
        {"پولیس\u200F (112)", ""},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void letters_that_were_lost_are_found(void **state)
{
    static const struct row rows[] = {
        {"a\uFFFD"
         "b",
         "lost@1+3"},
        {"à¤¹à¥‡ घर", "lost@0+13"},
        {"itâ€™s", "lost@2+8"},
        {"à la carte, ¤", ""},
        {"\uE000x", "none@0+3"},
        {"\u0378", "none@0+2"},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void letters_and_digits_that_only_look_like_them_are_found(void **state)
{
    static const struct row rows[] = {
        {"𝐏𝐨𝐥𝐢𝐜𝐞 112", "styled@0+24"}, {"𝐖𝐞 𝐚 b", "styled@0+13"},
        {"１１２", "styled@0+9"},      {"Pоlice", "scripts@0+7"}, /* Cyrillic о */
        {"Αlert", "scripts@0+6"},                                 /* Greek Α */
        {"полиция and police", ""},    {"UPIका, FIRs की, एसएमएसों", ""},
        {"हিन्दी", "scripts@0+18"}, /* a Bengali vowel sign */
        {"19३0", "digits@0+6"},        {"1O98 और 1I2", "digits@0+4 digits@12+3"},
        {"11O2", "digits@0+4"},        {"10l दूध, 4G, H2O, 134A, १९३०, 1930", ""},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void a_sign_without_a_letter_is_found(void **state)
{
    static const struct row rows[] = {
        {"ि किताब", "loose@0+3"}, {"कार ी", "loose@10+3"},
        {"काा", "loose@6+3"},     {"कंं", "loose@6+3"},
        {"अाप", "loose@3+3"},     {"Roadि", "loose@4+3"},
        {"का़", "loose@6+3"},      {"्क", "loose@0+3"},
        {"നി ി", "loose@7+3"},    {"ज़रूरी, क़ानून, दुःख, चाँद, ॐ, ऑफ़िस, हूँ, कृपया, श्रीमती, ट्रैफ़िक", ""},
        {"the sign ◌ि", ""},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void half_a_letter_at_an_end_is_found(void **state)
{
    static const struct row rows[] = {
        {"सड़क सुरक्", ""}, /* क् may end a word: सम्यक् */
        {"सुरक्षा के नियम् ष्", "half@48+3"},
        {"दुर्घ्\nघर", "half@15+3"},
        {"क्ष\u094D\u200D", "half@12+3"},
        {"अन्\u200D", "half@9+3"},
        {"वन्दे मातरम्", ""},
        {"अर्थात्, श्रीमान्", ""},
        {"नियम्https://a.gov.in", "half@12+3"},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void quotes_and_brackets_without_a_partner_are_found(void **state)
{
    static const struct row rows[] = {
        {"(BNSS धारा 173", "unpaired@0+1"},
        {"BNSS धारा 173)", "unpaired@21+1"},
        {"[a (b] c)", "unpaired@3+1 unpaired@8+1"},
        {"“चालान कटा है", "unpaired@0+3"},
        {"चालान” कटा", "unpaired@15+3"},
        {"„a“ “b” „c” «d» »e«", ""},
        {"«d", "unpaired@0+2"},
        {"» पहला\n» दूसरा", ""},
        {"कहा \"रुको", "unpaired@10+1"},
        {"\"a\" और \"b\"", ""},
        {"a 5\" pipe, 6' tall, 5'8\"", ""},
        {"'बस थोड़ी सी' और 'पास ही': 'ना' का मतलब ना है", ""},
        {"'बस थोड़ी सी", "unpaired@0+1"},
        {"थोड़ी सी' पी", "unpaired@22+1"},
        {"The officers' duty, it's, don't, '90s, rock 'n' roll, 'tis", ""},
        {"the women’s and the officers’ rights", ""},
        {"‘रुको", "unpaired@0+3"},
        {":-) ;) :( 8) =)", ""},
        {"see x(1), x(5)", ""},
        {"'crier explain 2' and ‘route 66’, 5' and 6'", ""},
        {"1) हेलमेट 2) बेल्ट\nक) पहला\n(ii) b iv) c", ""},
        {"https://a.in/x_(y) और (https://a.in/z)", ""},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void small_words_twice_and_missing_blanks_are_found(void **state)
{
    static const struct row rows[] = {
        {"पुलिस के के साथ", "twice@23+6"},
        {"in the the city", "twice@7+3"},
        {"धीरे धीरे, बार बार, had had, के, के", ""},
        {"रुकें।देखें", "no-blank@15+3"},
        {"रुकें। देखें॥", ""},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void ordinary_texts_are_clean(void **state)
{
    static const struct row rows[] = {
        {"हेलमेट चालान से बचने के लिए नहीं, घर लौटने के लिए पहनें।\n\nWear it, strap it, every ride.", ""},
        {"आपात स्थिति में {helpline} मिलाएँ। https://cybercrime.gov.in/x?y=(1)", ""},
        {"• {a}\n• b (c)\n• d – e — f… “g” ‘h’", ""},
        {"پولیس کی مدد: 112۔", ""},
        {"தமிழ், తెలుగు, ಕನ್ನಡ, മലയാളം, ગુજરાતી, ਪੰਜਾਬੀ, ଓଡ଼ିଆ, বাংলা, සිංහල", ""},
        {"", ""},
    };

    (void)state;
    expect(rows, COUNT_OF(rows));
}

static void what_was_meant_is_named(void **state)
{
    (void)state;
    assert_string_equal(safety_name(0x200B, &arena), "U+200B ZERO WIDTH SPACE");
    assert_string_equal(safety_plain("𝐏𝐨𝐥𝐢𝐜𝐞", DANGER_STYLED, &arena), "Police");
    assert_string_equal(safety_plain("१९3O", DANGER_DIGITS, &arena), "1930");
    assert_string_equal(safety_plain("à¤¹à¥‡", DANGER_LOST, &arena), "हे");
    assert_null(safety_plain("\uFFFD", DANGER_LOST, &arena));
    assert_null(safety_plain("à¤", DANGER_LOST, &arena));
    assert_string_equal(safety_partner(0x201C), "”");
    assert_string_equal(safety_partner('x'), "");
}

#define TEST(name) cmocka_unit_test_teardown(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(characters_that_nobody_sees_are_found_where_they_do_nothing),
        TEST(joiners_and_selectors_that_work_are_fine),
        TEST(letters_that_were_lost_are_found),
        TEST(letters_and_digits_that_only_look_like_them_are_found),
        TEST(a_sign_without_a_letter_is_found),
        TEST(half_a_letter_at_an_end_is_found),
        TEST(quotes_and_brackets_without_a_partner_are_found),
        TEST(small_words_twice_and_missing_blanks_are_found),
        TEST(ordinary_texts_are_clean),
        TEST(what_was_meant_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

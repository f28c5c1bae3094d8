#include "text/safety.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include "text/links.h"
#include "text/pairs.h"
#include "text/unicode.h"

/* One character and its neighbours; 0 where there is none. */
struct spot {
    const char *text;
    size_t at, size;
    uint32_t before, c, after;
    bool has_rtl; /* the text has letters that run from right to left */
};

static void add(struct danger_list *list, struct arena *arena, enum danger danger, size_t start,
                size_t length, uint32_t code_point)
{
    struct danger_mark *mark =
        arena_push(arena, &list->items, &list->count, &list->capacity, sizeof *mark);

    *mark = (struct danger_mark){danger, start, length, code_point};
}

const char *safety_name(uint32_t code_point, struct arena *arena)
{
    UErrorCode status = U_ZERO_ERROR;
    char name[96] = "";

    (void)u_charName((UChar32)code_point, U_UNICODE_CHAR_NAME, name, sizeof name, &status);
    return arena_printf(arena, *name ? "U+%04X %s" : "U+%04X", code_point & 0x1FFFFFu, name);
}

/* ICU's failures here are ours: no memory. */
static const char *compatible(const char *text, struct arena *arena)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    int32_t units = (int32_t)strlen(text) + 1, length, most = units * 4;
    UChar *from = arena_array(arena, (size_t)units, sizeof *from);
    UChar *to = arena_array(arena, (size_t)most, sizeof *to);
    char *plain = arena_alloc(arena, (size_t)most * 3 + 1);

    u_strFromUTF8(from, units, &length, text, -1, &status);
    length = unorm2_normalize(nfkc, from, length, to, most, &status);
    u_strToUTF8(plain, most * 3 + 1, NULL, to, length, &status);
    if (U_FAILURE(status))
        out_of_memory();
    return plain;
}

static const char *ascii_digits(const char *text, struct arena *arena)
{
    char *digits = arena_alloc(arena, strlen(text) + 1), *to = digits;
    uint32_t c;

    for (size_t size; (size = unicode_next(text, &c)) > 0; text += size)
        *to++ = u_isdigit((UChar32)c)  ? (char)('0' + u_charDigitValue((UChar32)c))
                : c == 'O' || c == 'o' ? '0'
                                       : '1';
    *to = '\0';
    return digits;
}

/* The byte that Windows-1252 shows as this character; 0 = none from 0x80 on. */
static unsigned char windows_byte(uint32_t c)
{
    static const uint16_t from_0x80[] = {0x20AC, 0,      0x201A, 0x192,  0x201E, 0x2026, 0x2020,
                                         0x2021, 0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0,
                                         0x17D,  0,      0,      0x2018, 0x2019, 0x201C, 0x201D,
                                         0x2022, 0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A,
                                         0x153,  0,      0x17E,  0x178};

    for (size_t i = 0; i < COUNT_OF(from_0x80); i++)
        if (from_0x80[i] == c)
            return (unsigned char)(0x80 + i);
    return c >= 0xA0 && c <= 0xFF ? (unsigned char)c : 0;
}

/* UTF-8 that was once read as Windows-1252, read as it should have been; NULL when it is not. */
static const char *read_again(const char *text, struct arena *arena)
{
    char *bytes = arena_alloc(arena, strlen(text) + 1), *to = bytes;
    uint32_t c;

    for (size_t size; (size = unicode_next(text, &c)) > 0; text += size) {
        unsigned char byte = c < 0x80 ? (unsigned char)c : windows_byte(c);

        if (!byte)
            return NULL;
        *to++ = (char)byte;
    }
    *to = '\0';
    return unicode_fault(bytes, (size_t)(to - bytes)) == (size_t)(to - bytes) ? bytes : NULL;
}

/* Letters of other scripts as the Latin ones that they look like; NULL where one looks like none.
 */
static const char *latin_letters(const char *text, struct arena *arena)
{
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&status);
    char *plain = arena_text(arena, text), *out = plain;
    uint32_t c;

    for (size_t at = 0, size; text[at] && U_SUCCESS(status); at += size) {
        char like[16];
        int32_t length = 1;

        size = unicode_next(text + at, &c);
        like[0] = (char)c;
        if (c >= 0x80)
            length = uspoof_getSkeletonUTF8(checker, 0, text + at, (int32_t)size, like, sizeof like,
                                            &status);
        if (length != 1 || (unsigned char)like[0] >= 0x80)
            status = U_INVALID_CHAR_FOUND;
        *out++ = like[0];
    }
    *out = '\0';
    uspoof_close(checker);
    return U_SUCCESS(status) ? plain : NULL;
}

const char *safety_plain(const char *text, enum danger danger, struct arena *arena)
{
    if (danger == DANGER_SCRIPTS)
        return latin_letters(text, arena);
    if (danger == DANGER_LOST)
        return read_again(text, arena);
    return danger == DANGER_DIGITS ? ascii_digits(text, arena) : compatible(text, arena);
}

static const struct {
    uint32_t c;
    const char *partner;
} partners[] = {{'(', ")"},     {')', "("},     {'[', "]"},     {']', "["},     {0x201C, "”"},
                {0x201D, "“"},  {0x201E, "“"},  {0x201F, "”"},  {0x2018, "’"},  {0x2019, "‘"},
                {0x201A, "‘"},  {'\'', "'"},    {'"', "\\\""},  {0xAB, "»"},    {0xBB, "«"},
                {0x3008, "〉"}, {0x3009, "〈"}, {0x300A, "》"}, {0x300B, "《"}, {0x300C, "」"},
                {0x300D, "「"}, {0xFF08, "）"}, {0xFF09, "（"}};

const char *safety_partner(uint32_t code_point)
{
    for (size_t i = 0; i < COUNT_OF(partners); i++)
        if (partners[i].c == code_point)
            return partners[i].partner;
    return "";
}

static bool has(uint32_t c, UProperty property)
{
    return u_hasBinaryProperty((UChar32)c, property);
}

static int indic(uint32_t c)
{
    return u_getIntPropertyValue((UChar32)c, UCHAR_INDIC_SYLLABIC_CATEGORY);
}

static bool is_virama(uint32_t c)
{
    return indic(c) == U_INSC_VIRAMA || indic(c) == U_INSC_INVISIBLE_STACKER;
}

/* Also ZWJ and its like: "क्<ZWJ>" is still half a letter. */
static bool is_joiner(uint32_t c)
{
    return c == 0x200C || c == 0x200D;
}

static bool is_devanagari(uint32_t c)
{
    return c >= 0x0900 && c <= 0x097F;
}

/* ---- Characters that nobody sees. ---- */

static bool joins(uint32_t c)
{
    int type = u_getIntPropertyValue((UChar32)c, UCHAR_JOINING_TYPE);

    return type != U_JT_NON_JOINING && type != U_JT_TRANSPARENT;
}

static bool ends_emoji(uint32_t c)
{
    return c == 0xFE0F || has(c, UCHAR_EXTENDED_PICTOGRAPHIC) || has(c, UCHAR_EMOJI_MODIFIER);
}

static bool joiner_works(const struct spot *spot)
{
    if (is_virama(spot->before) || is_virama(spot->after))
        return true;
    if (!is_joiner(spot->before) && !is_joiner(spot->after) &&
        (joins(spot->before) || joins(spot->after)))
        return true;
    return spot->c == 0x200D && ends_emoji(spot->before) &&
           has(spot->after, UCHAR_EXTENDED_PICTOGRAPHIC);
}

static bool selector_works(const struct spot *spot)
{
    if (spot->c == 0xFE0E || spot->c == 0xFE0F)
        return has(spot->before, UCHAR_EMOJI);
    return has(spot->before, UCHAR_IDEOGRAPHIC) ||
           u_charType((UChar32)spot->before) == U_MATH_SYMBOL;
}

static bool is_tag_character(uint32_t c)
{
    return c >= 0xE0020 && c <= 0xE007F;
}

/* Default ignorables, and three sorts that only look like nothing. */
static bool is_unseen(uint32_t c)
{
    return has(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || (c >= 0xFFF9 && c <= 0xFFFB) ||
           c == 0x2800 || c == 0x2028 || c == 0x2029;
}

static bool is_invisible(const struct spot *spot)
{
    uint32_t c = spot->c;

    if (!is_unseen(c))
        return false;
    if (is_joiner(c))
        return !joiner_works(spot);
    if (has(c, UCHAR_VARIATION_SELECTOR))
        return !selector_works(spot);
    if (is_tag_character(c)) /* the flags of England, Scotland and Wales */
        return spot->before != 0x1F3F4 && !is_tag_character(spot->before);
    if (c == 0x200E || c == 0x200F || c == 0x61C)
        return !spot->has_rtl;
    return true;
}

/* ---- Letters that are none. ---- */

/* Devanagari saved as UTF-8 and read as Windows-1252 begins every letter with one of these. */
static bool is_lost(const struct spot *spot)
{
    if (spot->c == 0xFFFD)
        return true;
    if (spot->c == 0xE0)
        return spot->after == 0xA4 || spot->after == 0xA5;
    return spot->c == 0xE2 && spot->after == 0x20AC;
}

static bool is_no_letter(const struct spot *spot)
{
    int8_t type = u_charType((UChar32)spot->c);

    return type == U_PRIVATE_USE_CHAR || type == U_UNASSIGNED;
}

static bool is_styled(const struct spot *spot)
{
    uint32_t c = spot->c;

    return (c >= 0x1D400 && c <= 0x1D7FF) ||
           (c >= 0xFF10 && c <= 0xFF5A && u_isalnum((UChar32)c)) || (c >= 0x24B6 && c <= 0x24E9) ||
           (c >= 0x1F130 && c <= 0x1F189 && c != 0x1F170 && c != 0x1F171 && c != 0x1F17E &&
            c != 0x1F17F);
}

/* ---- Signs without a letter. ---- */

static bool is_consonant(uint32_t c)
{
    switch (indic(c)) {
    case U_INSC_CONSONANT:
    case U_INSC_CONSONANT_DEAD:
    case U_INSC_CONSONANT_PLACEHOLDER: /* ◌, ×, a no-break space: to show a sign by itself */
    case U_INSC_NUKTA:
        return true;
    default:
        return false;
    }
}

static bool bears_nukta(uint32_t c)
{
    return is_consonant(c) || is_virama(c) || indic(c) == U_INSC_VOWEL_INDEPENDENT;
}

static bool bears_virama(uint32_t c)
{
    return is_consonant(c) || is_joiner(c) || indic(c) == U_INSC_VOWEL_INDEPENDENT;
}

static bool bears_nasal(uint32_t c)
{
    return is_consonant(c) || indic(c) == U_INSC_VOWEL_DEPENDENT ||
           indic(c) == U_INSC_VOWEL_INDEPENDENT || indic(c) == U_INSC_VOWEL || c == 0x93D;
}

static bool any_letter_bears(uint32_t c)
{
    return u_isalpha((UChar32)c) || (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK) || is_joiner(c) ||
           is_consonant(c);
}

static const struct {
    UIndicSyllabicCategory sign;
    bool (*bears)(uint32_t c);
} devanagari_signs[] = {
    {U_INSC_VOWEL_DEPENDENT, is_consonant}, {U_INSC_NUKTA, bears_nukta},
    {U_INSC_VIRAMA, bears_virama},          {U_INSC_BINDU, bears_nasal},
    {U_INSC_VISARGA, bears_nasal},
};

/* Of Devanagari the grammar is known; in the other scripts of India only a sign with no letter
 * at all before it is. */
static bool is_loose_sign(const struct spot *spot)
{
    int sign;

    if (!(U_GET_GC_MASK((UChar32)spot->c) & (U_GC_MN_MASK | U_GC_MC_MASK)))
        return false;
    sign = indic(spot->c);
    if (!is_devanagari(spot->c))
        return sign != U_INSC_OTHER && !any_letter_bears(spot->before);
    for (size_t i = 0; i < COUNT_OF(devanagari_signs); i++)
        if ((int)devanagari_signs[i].sign == sign)
            return !devanagari_signs[i].bears(spot->before);
    return false;
}

/* ---- Ends. ---- */

static bool ends_line(uint32_t c)
{
    return c == 0 || c == '\n';
}

/* Letters in which Sanskrit words of everyday Hindi end: अर्थात्, भगवान्, मातरम्, सम्यक्, सम्राट्,
 * परिषद्. */
static bool may_end_a_word(uint32_t c)
{
    return c == 0x924 || c == 0x928 || c == 0x92E || c == 0x915 || c == 0x91F || c == 0x926;
}

static bool is_half_letter(const struct spot *spot)
{
    if (is_joiner(spot->c))
        return ends_line(spot->after) && is_virama(spot->before);
    if (!is_devanagari(spot->c) || !is_virama(spot->c) || is_joiner(spot->after))
        return false;
    if (spot->after < 0x80 && u_isalnum((UChar32)spot->after))
        return true; /* a link or a Latin word cuts it off */
    return ends_line(spot->after) && !may_end_a_word(spot->before);
}

static bool lacks_blank(const struct spot *spot)
{
    return (spot->c == 0x964 || spot->c == 0x965) && u_isalpha((UChar32)spot->after);
}

/* ---- Character by character. ---- */

static const struct {
    enum danger danger;
    bool (*is)(const struct spot *spot);
} kinds[] = {
    {DANGER_HALF_LETTER, is_half_letter},
    {DANGER_INVISIBLE, is_invisible},
    {DANGER_LOST, is_lost},
    {DANGER_NO_LETTER, is_no_letter},
    {DANGER_STYLED, is_styled},
    {DANGER_LOOSE_SIGN, is_loose_sign},
    {DANGER_NO_BLANK, lacks_blank},
};

static bool has_rtl(const char *text)
{
    uint32_t c;

    for (size_t size; (size = unicode_next(text, &c)) > 0; text += size) {
        if (c < 0x590 || !u_isalpha((UChar32)c))
            continue;
        UCharDirection direction = u_charDirection((UChar32)c);
        if (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC)
            return true;
    }
    return false;
}

/* Several of a sort side by side are one remark: a run of signs, words in mathematical letters. */
static bool goes_on(const struct danger_list *list, enum danger danger, const struct spot *spot)
{
    const struct danger_mark *last = list->count ? &list->items[list->count - 1] : NULL;
    size_t end = last ? last->start + last->length : 0;

    if (!last || last->danger != danger || danger == DANGER_LOOSE_SIGN)
        return false;
    return end == spot->at ||
           (danger == DANGER_STYLED && end + 1 == spot->at && spot->text[end] == ' ');
}

static bool is_more_lost(const struct danger_list *list, const struct spot *spot)
{
    const struct danger_mark *last = list->count ? &list->items[list->count - 1] : NULL;

    return last && last->danger == DANGER_LOST && last->start + last->length == spot->at &&
           last->code_point != 0xFFFD && windows_byte(spot->c);
}

static void judge(const struct spot *spot, struct arena *arena, struct danger_list *list)
{
    if (is_more_lost(list, spot)) {
        list->items[list->count - 1].length += spot->size;
        return;
    }
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!kinds[i].is(spot))
            continue;
        if (goes_on(list, kinds[i].danger, spot))
            list->items[list->count - 1].length =
                spot->at + spot->size - list->items[list->count - 1].start;
        else
            add(list, arena, kinds[i].danger, spot->at, spot->size, spot->c);
        return;
    }
}

static void find_characters(const char *text, struct arena *arena, struct danger_list *list)
{
    struct spot spot = {.text = text, .has_rtl = has_rtl(text)};
    size_t next;

    for (; (spot.size = unicode_next(text + spot.at, &spot.c)) > 0; spot.at += spot.size) {
        next = unicode_next(text + spot.at + spot.size, &spot.after);
        if (!next)
            spot.after = 0;
        if (spot.c >= 0x80)
            judge(&spot, arena, list);
        spot.before = spot.c;
    }
}

/* ---- Words and numbers. ---- */

static bool in_word(uint32_t c)
{
    return u_isalnum((UChar32)c) || (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK) || is_joiner(c);
}

static size_t word_length(const char *text)
{
    size_t at = 0, size;
    uint32_t c;

    while ((size = unicode_next(text + at, &c)) > 0 && in_word(c))
        at += size;
    return at;
}

static UScriptCode script_of(uint32_t c)
{
    UErrorCode status = U_ZERO_ERROR;

    return uscript_getScript((UChar32)c, &status);
}

static bool is_of(UScriptCode script, const UScriptCode *family, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (family[i] == script)
            return true;
    return false;
}

/* Latin beside Devanagari is everyday Hindi (UPIका); beside Cyrillic it is a forgery. */
static bool scripts_go_together(UScriptCode a, UScriptCode b)
{
    static const UScriptCode alike[] = {USCRIPT_LATIN,    USCRIPT_CYRILLIC, USCRIPT_GREEK,
                                        USCRIPT_ARMENIAN, USCRIPT_CHEROKEE, USCRIPT_COPTIC};
    static const UScriptCode eastern[] = {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA,
                                          USCRIPT_HANGUL, USCRIPT_BOPOMOFO};
    bool a_alike = is_of(a, alike, COUNT_OF(alike)), b_alike = is_of(b, alike, COUNT_OF(alike));

    if (a == b || (is_of(a, eastern, COUNT_OF(eastern)) && is_of(b, eastern, COUNT_OF(eastern))))
        return true;
    if (a != USCRIPT_LATIN && b != USCRIPT_LATIN)
        return false;
    return !(a_alike && b_alike);
}

/* *odd is the letter that does not go with those before it; of Latin and another the other. */
static bool mixes_scripts(const char *word, size_t length, uint32_t *odd)
{
    UScriptCode first = USCRIPT_COMMON;
    uint32_t c;

    for (size_t at = 0; at < length; at += unicode_next(word + at, &c)) {
        UScriptCode script;

        (void)unicode_next(word + at, &c);
        script = c < 0x80 && !u_isalpha((UChar32)c) ? USCRIPT_COMMON : script_of(c);
        if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED || script == USCRIPT_UNKNOWN)
            continue;
        if (first == USCRIPT_COMMON) {
            first = script;
            *odd = c;
        }
        if (first == script)
            continue;
        *odd = script == USCRIPT_LATIN ? *odd : c;
        if (!scripts_go_together(first, script))
            return true;
    }
    return false;
}

static bool looks_like_digit(uint32_t c)
{
    return c == 'O' || c == 'o' || c == 'I' || c == 'l';
}

/* Digits of one script have one zero. Letters count only where all else of the word is digits,
 * and not at its end: 10l are ten litres. */
static bool mixes_digits(const char *word, size_t length)
{
    int64_t zero = -1;
    size_t digits = 0, letters = 0;
    bool letter_last = false;
    uint32_t c;

    for (size_t at = 0; at < length; at += unicode_next(word + at, &c)) {
        (void)unicode_next(word + at, &c);
        letter_last = false;
        if (u_isdigit((UChar32)c)) {
            int64_t of_this = (int64_t)c - u_charDigitValue((UChar32)c);

            if (zero >= 0 && zero != of_this)
                return true;
            zero = of_this;
            digits++;
        } else if (looks_like_digit(c)) {
            letters++;
            letter_last = true;
        } else {
            return false;
        }
    }
    return letters == 1 && digits >= 2 && !letter_last;
}

/* Words that nobody repeats on purpose. */
static const char *const small_words[] = {"के",  "का",  "की",  "को",   "में",    "ने",  "से",  "है",
                                          "हैं",  "और",  "the", "a",    "an",   "of", "to", "and",
                                          "in", "for", "at",  "with", "from", "by"};

static bool is_small_word(const char *word, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(small_words); i++)
        if (strlen(small_words[i]) == length && !memcmp(small_words[i], word, length))
            return true;
    return false;
}

struct word {
    size_t start, length;
};

static bool is_twice(const char *text, const struct word *before, const struct word *word)
{
    return before->length == word->length && word->start == before->start + before->length + 1 &&
           text[word->start - 1] == ' ' &&
           !memcmp(text + before->start, text + word->start, word->length) &&
           is_small_word(text + word->start, word->length);
}

static void judge_word(const char *text, const struct word *before, const struct word *word,
                       struct arena *arena, struct danger_list *list)
{
    const char *start = text + word->start;
    uint32_t c;

    (void)unicode_next(start, &c);
    if (mixes_scripts(start, word->length, &c))
        add(list, arena, DANGER_SCRIPTS, word->start, word->length, c);
    else if (mixes_digits(start, word->length))
        add(list, arena, DANGER_DIGITS, word->start, word->length, c);
    else if (is_twice(text, before, word))
        add(list, arena, DANGER_TWICE, word->start, word->length, c);
}

static void find_words(const char *text, const struct mark_list *marks, struct arena *arena,
                       struct danger_list *list)
{
    struct word before = {0}, word = {0};
    size_t next = 0;
    uint32_t c;

    while (text[word.start]) {
        word.length = word_length(text + word.start);
        if (!word.length) {
            word.start += unicode_next(text + word.start, &c);
            continue;
        }
        if (!links_cover(marks, &next, word.start))
            judge_word(text, &before, &word, arena, list);
        before = word;
        word.start += word.length;
    }
}

static int by_start(const void *left, const void *right)
{
    const struct danger_mark *a = left, *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

struct danger_list safety_find(const char *text, struct arena *arena)
{
    struct danger_list list = {0};
    struct mark_list marks = links_find_bare_too(text, arena);

    find_characters(text, arena, &list);
    find_words(text, &marks, arena, &list);
    pairs_find(text, &marks, arena, &list);
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, by_start);
    return list;
}

#include "text/numbers.h"

#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>

#include "base/compiler.h"
#include "text/links.h"
#include "text/unicode.h"

enum {
    MOST_GROUPS = 6,
    WORDS_AWAY = 3,
    PIECES_AWAY = 12,
    SHORT_LEAST = 3,
    SHORT_MOST = 8,
    NUKTA = 0x93C
};

/* ---- What words say about a number beside them. ---- */

enum clue {
    CLUE_DIALS = 1,
    CLUE_NAMES = 2,  /* before a number: section 173 */
    CLUE_COUNTS = 4, /* behind a number: 500 people */
    CLUE_YEAR = 8,   /* before a year: in 1988 */
    CLUE_TENSE = 16, /* behind a year: 1988 में */
    CLUE_JOINS = 32, /* between numbers: 105 and 173 */
    CLUE_STEM = 64   /* words that begin so */
};

struct clue_word {
    const char *word; /* small letters, without nukta */
    unsigned clue;
};

/* clang-format off */
static const struct clue_word clue_words[] = {
    {"डायल", CLUE_DIALS | CLUE_STEM}, {"मिलाए", CLUE_DIALS | CLUE_STEM}, {"मिलाइ", CLUE_DIALS | CLUE_STEM},
    {"मिलाक", CLUE_DIALS | CLUE_STEM}, {"मिलाओ", CLUE_DIALS}, {"मिलाना", CLUE_DIALS}, {"कॉल", CLUE_DIALS},
    {"काल", CLUE_DIALS}, {"फोन", CLUE_DIALS}, {"टेलीफोन", CLUE_DIALS}, {"दूरभाष", CLUE_DIALS},
    {"हेल्पलाइन", CLUE_DIALS | CLUE_STEM}, {"हेल्पलाईन", CLUE_DIALS}, {"हॉटलाइन", CLUE_DIALS}, {"टोल", CLUE_DIALS},
    {"संपर्क", CLUE_DIALS}, {"सम्पर्क", CLUE_DIALS}, {"आपात", CLUE_DIALS | CLUE_STEM}, {"सहायता", CLUE_DIALS},
    {"मदद", CLUE_DIALS}, {"नंबर", CLUE_DIALS}, {"नम्बर", CLUE_DIALS}, {"मोबाइल", CLUE_DIALS},
    {"व्हाट्स", CLUE_DIALS | CLUE_STEM}, {"वॉट्स", CLUE_DIALS | CLUE_STEM}, {"एसएमएस", CLUE_DIALS},
    {"dial", CLUE_DIALS | CLUE_STEM}, {"call", CLUE_DIALS}, {"calling", CLUE_DIALS}, {"ring", CLUE_DIALS},
    {"phone", CLUE_DIALS}, {"telephone", CLUE_DIALS}, {"tel", CLUE_DIALS}, {"ph", CLUE_DIALS},
    {"helpline", CLUE_DIALS | CLUE_STEM}, {"hotline", CLUE_DIALS}, {"toll", CLUE_DIALS}, {"tollfree", CLUE_DIALS},
    {"emergency", CLUE_DIALS}, {"whatsapp", CLUE_DIALS}, {"sms", CLUE_DIALS}, {"contact", CLUE_DIALS},
    {"mobile", CLUE_DIALS}, {"number", CLUE_DIALS}, {"control", CLUE_DIALS}, {"ambulance", CLUE_DIALS},
    {"एंबुलेंस", CLUE_DIALS}, {"एम्बुलेंस", CLUE_DIALS},

    {"धारा", CLUE_NAMES | CLUE_STEM}, {"अनुच्छेद", CLUE_NAMES}, {"नियम", CLUE_NAMES}, {"अधिनियम", CLUE_NAMES | CLUE_YEAR},
    {"अध्याय", CLUE_NAMES}, {"पृष्ठ", CLUE_NAMES | CLUE_COUNTS}, {"क्रमांक", CLUE_NAMES}, {"वार्ड", CLUE_NAMES},
    {"सेक्टर", CLUE_NAMES}, {"कमरा", CLUE_NAMES}, {"मकान", CLUE_NAMES}, {"ट्रेन", CLUE_NAMES}, {"बस", CLUE_NAMES},
    {"रु", CLUE_NAMES | CLUE_COUNTS}, {"रुपये", CLUE_NAMES | CLUE_COUNTS}, {"रुपए", CLUE_NAMES | CLUE_COUNTS},
    {"रुपयों", CLUE_COUNTS}, {"रुपया", CLUE_COUNTS}, {"बीएनएस", CLUE_NAMES | CLUE_STEM}, {"बीएसए", CLUE_NAMES},
    {"आईपीसी", CLUE_NAMES}, {"सीआरपीसी", CLUE_NAMES},
    {"section", CLUE_NAMES}, {"sections", CLUE_NAMES}, {"sec", CLUE_NAMES}, {"article", CLUE_NAMES},
    {"rule", CLUE_NAMES}, {"rules", CLUE_NAMES}, {"act", CLUE_NAMES | CLUE_YEAR}, {"bns", CLUE_NAMES},
    {"bnss", CLUE_NAMES}, {"bsa", CLUE_NAMES}, {"ipc", CLUE_NAMES}, {"crpc", CLUE_NAMES}, {"chapter", CLUE_NAMES},
    {"page", CLUE_NAMES}, {"sector", CLUE_NAMES}, {"ward", CLUE_NAMES}, {"room", CLUE_NAMES}, {"gate", CLUE_NAMES},
    {"train", CLUE_NAMES}, {"bus", CLUE_NAMES}, {"flight", CLUE_NAMES}, {"nh", CLUE_NAMES}, {"fir", CLUE_NAMES},
    {"rs", CLUE_NAMES | CLUE_COUNTS}, {"inr", CLUE_NAMES | CLUE_COUNTS}, {"pin", CLUE_NAMES}, {"पिन", CLUE_NAMES},

    {"लोग", CLUE_COUNTS | CLUE_STEM}, {"व्यक्ति", CLUE_COUNTS | CLUE_STEM}, {"वाहन", CLUE_COUNTS | CLUE_STEM},
    {"चालान", CLUE_COUNTS}, {"दिन", CLUE_COUNTS | CLUE_STEM}, {"घंट", CLUE_COUNTS | CLUE_STEM},
    {"मिनट", CLUE_COUNTS | CLUE_STEM}, {"सेकंड", CLUE_COUNTS}, {"साल", CLUE_COUNTS | CLUE_YEAR | CLUE_STEM},
    {"वर्ष", CLUE_COUNTS | CLUE_YEAR | CLUE_STEM}, {"महीन", CLUE_COUNTS | CLUE_STEM}, {"माह", CLUE_COUNTS},
    {"सप्ताह", CLUE_COUNTS}, {"हफ्त", CLUE_COUNTS | CLUE_STEM}, {"किमी", CLUE_COUNTS}, {"किलोमीटर", CLUE_COUNTS},
    {"मीटर", CLUE_COUNTS}, {"किलो", CLUE_COUNTS}, {"ग्राम", CLUE_COUNTS}, {"लीटर", CLUE_COUNTS}, {"लाख", CLUE_COUNTS},
    {"हजार", CLUE_COUNTS}, {"करोड", CLUE_COUNTS}, {"प्रतिशत", CLUE_COUNTS}, {"शब्द", CLUE_COUNTS | CLUE_STEM},
    {"मामल", CLUE_COUNTS | CLUE_STEM}, {"केस", CLUE_COUNTS}, {"बच्च", CLUE_COUNTS | CLUE_STEM},
    {"महिला", CLUE_COUNTS | CLUE_STEM}, {"पुलिसकर्मी", CLUE_COUNTS | CLUE_STEM}, {"जवान", CLUE_COUNTS | CLUE_STEM},
    {"स्कूल", CLUE_COUNTS | CLUE_STEM}, {"थान", CLUE_COUNTS | CLUE_STEM}, {"गाँव", CLUE_COUNTS | CLUE_STEM},
    {"जिल", CLUE_COUNTS | CLUE_STEM}, {"बजे", CLUE_COUNTS}, {"डिग्री", CLUE_COUNTS}, {"degrees", CLUE_COUNTS}, {"सीसी", CLUE_COUNTS}, {"बार", CLUE_COUNTS},
    {"people", CLUE_COUNTS}, {"persons", CLUE_COUNTS}, {"vehicles", CLUE_COUNTS}, {"challans", CLUE_COUNTS},
    {"calls", CLUE_COUNTS}, {"complaints", CLUE_COUNTS}, {"days", CLUE_COUNTS}, {"hours", CLUE_COUNTS},
    {"hrs", CLUE_COUNTS}, {"minutes", CLUE_COUNTS}, {"seconds", CLUE_COUNTS}, {"years", CLUE_COUNTS},
    {"months", CLUE_COUNTS}, {"weeks", CLUE_COUNTS}, {"km", CLUE_COUNTS}, {"kmph", CLUE_COUNTS},
    {"metres", CLUE_COUNTS}, {"meters", CLUE_COUNTS}, {"m", CLUE_COUNTS}, {"kg", CLUE_COUNTS}, {"cc", CLUE_COUNTS},
    {"litres", CLUE_COUNTS}, {"lakh", CLUE_COUNTS}, {"crore", CLUE_COUNTS}, {"thousand", CLUE_COUNTS},
    {"percent", CLUE_COUNTS}, {"per", CLUE_COUNTS}, {"rupees", CLUE_COUNTS}, {"words", CLUE_COUNTS},
    {"pages", CLUE_COUNTS}, {"cases", CLUE_COUNTS}, {"children", CLUE_COUNTS}, {"women", CLUE_COUNTS},
    {"officers", CLUE_COUNTS}, {"schools", CLUE_COUNTS}, {"stations", CLUE_COUNTS}, {"times", CLUE_COUNTS},
    {"students", CLUE_COUNTS}, {"volunteers", CLUE_COUNTS}, {"seats", CLUE_COUNTS}, {"cameras", CLUE_COUNTS},

    {"in", CLUE_YEAR}, {"since", CLUE_YEAR}, {"of", CLUE_YEAR}, {"by", CLUE_YEAR}, {"until", CLUE_YEAR},
    {"till", CLUE_YEAR}, {"from", CLUE_YEAR}, {"year", CLUE_YEAR}, {"सन", CLUE_YEAR | CLUE_STEM},
    {"जनवरी", CLUE_YEAR}, {"फरवरी", CLUE_YEAR}, {"मार्च", CLUE_YEAR}, {"अप्रैल", CLUE_YEAR}, {"मई", CLUE_YEAR},
    {"जून", CLUE_YEAR}, {"जुलाई", CLUE_YEAR}, {"अगस्त", CLUE_YEAR}, {"सितंबर", CLUE_YEAR}, {"अक्टूबर", CLUE_YEAR},
    {"नवंबर", CLUE_YEAR}, {"दिसंबर", CLUE_YEAR}, {"january", CLUE_YEAR}, {"february", CLUE_YEAR},
    {"march", CLUE_YEAR}, {"april", CLUE_YEAR}, {"may", CLUE_YEAR}, {"june", CLUE_YEAR}, {"july", CLUE_YEAR},
    {"august", CLUE_YEAR}, {"september", CLUE_YEAR}, {"october", CLUE_YEAR}, {"november", CLUE_YEAR},
    {"december", CLUE_YEAR}, {"jan", CLUE_YEAR}, {"feb", CLUE_YEAR}, {"mar", CLUE_YEAR}, {"apr", CLUE_YEAR},
    {"jun", CLUE_YEAR}, {"jul", CLUE_YEAR}, {"aug", CLUE_YEAR}, {"sep", CLUE_YEAR}, {"oct", CLUE_YEAR},
    {"nov", CLUE_YEAR}, {"dec", CLUE_YEAR},
    {"में", CLUE_TENSE}, {"से", CLUE_TENSE | CLUE_JOINS}, {"तक", CLUE_TENSE}, {"के", CLUE_TENSE}, {"का", CLUE_TENSE},
    {"की", CLUE_TENSE},

    {"और", CLUE_JOINS}, {"व", CLUE_JOINS}, {"या", CLUE_JOINS}, {"एवं", CLUE_JOINS}, {"तथा", CLUE_JOINS},
    {"and", CLUE_JOINS}, {"or", CLUE_JOINS}, {"to", CLUE_JOINS}, {"no", CLUE_JOINS}, {"नं", CLUE_JOINS},
    {"संख्या", CLUE_JOINS},
};
/* clang-format on */

/* The letter that is compared: small, and क for क़. 0 for a nukta. */
static uint32_t plain(uint32_t c)
{
    static const uint16_t with_nukta[] = {0x915, 0x916, 0x917, 0x91C, 0x921, 0x922, 0x92B, 0x92F};

    if (c >= 0x958 && c <= 0x95F)
        return with_nukta[c - 0x958];
    return c == NUKTA ? 0 : c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool is_that_word(const char *text, size_t length, const struct clue_word *clue)
{
    const char *word = clue->word;
    size_t at = 0;
    uint32_t c, expected;

    while (at < length) {
        at += unicode_next(text + at, &c);
        c = plain(c);
        if (!c)
            continue;
        size_t size = unicode_next(word, &expected);
        if (!size)
            return (clue->clue & CLUE_STEM) != 0;
        if (c != expected)
            return false;
        word += size;
    }
    return !*word;
}

static unsigned clue_of(const char *text, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(clue_words); i++)
        if (is_that_word(text, length, &clue_words[i]))
            return clue_words[i].clue;
    return 0;
}

/* ---- A text as words, numbers and ends of sentences. ---- */

enum piece_kind { PIECE_WORD, PIECE_NUMBER, PIECE_END };

struct piece {
    enum piece_kind kind;
    size_t start, length;
    unsigned clue; /* of a word */
    bool clue_known;
    struct number number; /* of a number */
};

struct pieces {
    const char *text;
    struct piece *items;
    size_t count, capacity;
    struct arena *arena;
};

static bool in_word(uint32_t c)
{
    return u_isalpha((UChar32)c) || (U_GET_GC_MASK((UChar32)c) & (U_GC_MN_MASK | U_GC_MC_MASK)) ||
           c == 0x200C || c == 0x200D;
}

static bool is_digit(uint32_t c)
{
    return c < 0x80 ? c >= '0' && c <= '9' : u_isdigit((UChar32)c) != 0;
}

static bool is_latin(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static uint32_t at_code_point(const char *text)
{
    uint32_t c;

    return unicode_next(text, &c) ? c : 0;
}

static uint32_t before_code_point(const char *text, size_t at)
{
    if (at == 0)
        return 0;
    at--;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at_code_point(text + at);
}

/* Digits side by side, and what may stand between two such groups. */
struct groups {
    size_t start[MOST_GROUPS], end[MOST_GROUPS], digits[MOST_GROUPS];
    size_t count;
    bool plus;
};

static size_t group_end(const char *text, size_t at, size_t *digits)
{
    uint32_t c;
    size_t size;

    *digits = 0;
    while ((size = unicode_next(text + at, &c)) > 0 && is_digit(c)) {
        at += size;
        ++*digits;
    }
    return at;
}

static bool separates(uint32_t c)
{
    return c == ' ' || c == '-' || c == 0xA0 || c == 0x2010 || c == 0x2011 || c == 0x2013;
}

static void find_groups(const char *text, size_t at, struct groups *groups)
{
    uint32_t c = at_code_point(text + at);

    *groups = (struct groups){.plus = c == '+'};
    at += c == '+';
    while (groups->count < MOST_GROUPS) {
        size_t n = groups->count, size;

        groups->start[n] = at;
        groups->end[n] = at = group_end(text, at, &groups->digits[n]);
        if (!groups->digits[n])
            break;
        groups->count++;
        size = unicode_next(text + at, &c);
        if (!size || !separates(c))
            break;
        at += size;
    }
}

static void copy_digits(const char *text, size_t start, size_t end, char digits[NUMBER_DIGITS + 1])
{
    size_t count = 0;
    uint32_t c;

    for (size_t at = start; at < end && count < NUMBER_DIGITS;) {
        at += unicode_next(text + at, &c);
        if (is_digit(c))
            digits[count++] = (char)('0' + u_charDigitValue((UChar32)c));
    }
    digits[count] = '\0';
}

/* +91 98765 43210, 098765 43210 and 98765 43210 are one number. */
static void strip_prefix(char digits[NUMBER_DIGITS + 1])
{
    size_t length = strlen(digits);
    size_t prefix = length == 12 && !strncmp(digits, "91", 2) ? 2
                    : length == 11 && digits[0] == '0'        ? 1
                                                              : 0;

    memmove(digits, digits + prefix, length - prefix + 1);
}

const char *number_in_digits_of(const char *number, const char *like, struct arena *arena)
{
    uint8_t *text = arena_alloc(arena, strlen(number) * U8_MAX_LENGTH + 1);
    uint32_t zero = 0, made;
    size_t length = 0;

    for (size_t size; !is_digit(zero) && (size = unicode_next(like, &zero)) > 0;)
        like += size;
    zero = is_digit(zero) ? zero - (uint32_t)u_charDigitValue((UChar32)zero) : '0';
    for (size_t size; (size = unicode_next(number, &made)) > 0; number += size) {
        if (made >= '0' && made <= '9')
            made += zero - '0';
        U8_APPEND_UNSAFE(text, length, made);
    }
    text[length] = 0;
    return (const char *)text;
}

static bool is_mobile(const struct groups *groups, size_t count, const char *digits)
{
    if (strlen(digits) != 10 || digits[0] < '6')
        return false;
    for (size_t i = 0; i < count; i++)
        if (groups->digits[i] < 3)
            return false;
    return true;
}

/* Whether the first `count` groups have the form of a telephone number. */
static bool is_telephone(const struct groups *groups, size_t count, const char *digits)
{
    size_t length = strlen(digits);

    if (groups->plus)
        return length >= 10 && length <= 14;
    if (!strncmp(digits, "1800", 4) || !strncmp(digits, "1860", 4))
        return length >= 10 && length <= 11 && (count == 1 || groups->digits[0] == 4);
    if (digits[0] == '0')
        return length == 11 && groups->digits[0] >= 3;
    if (length == 12 && !strncmp(digits, "91", 2) && groups->digits[0] == 2)
        return true;
    return is_mobile(groups, count, digits);
}

/* Part of a date, a time, an amount, a code: 134A, 12.50, 1,00,000, 10:30, 173/2026, ₹500, 80%. */
static bool is_glued(const char *text, size_t start, size_t end)
{
    uint32_t before = before_code_point(text, start), after = at_code_point(text + end);
    bool joins_before = before && before < 0x80 && strchr(".,:/-", (int)before) &&
                        is_digit(before_code_point(text, start - 1));
    bool joins_after = after && after < 0x80 && strchr(".,:/-", (int)after) &&
                       (is_digit(at_code_point(text + end + 1)) || after == '/');
    bool code = before == '-' && start > 1 && is_latin(before_code_point(text, start - 1));

    return is_latin(before) || is_latin(after) || before == '#' || before == '@' || joins_before ||
           joins_after || code || after == '%' || after == 0xB0 || after == 0x2030 ||
           after == 0x2013 || before == 0x2013 ||
           u_charType((UChar32)before) == U_CURRENCY_SYMBOL ||
           u_charType((UChar32)after) == U_CURRENCY_SYMBOL;
}

static struct piece *add_piece(struct pieces *pieces, enum piece_kind kind, size_t start,
                               size_t length)
{
    struct piece *piece =
        arena_push(pieces->arena, &pieces->items, &pieces->count, &pieces->capacity, sizeof *piece);

    *piece = (struct piece){.kind = kind, .start = start, .length = length};
    return piece;
}

/* The longest run of groups that has the form of a telephone number, else the first group alone. */
static size_t take_number(struct pieces *pieces, size_t at)
{
    const char *text = pieces->text;
    struct groups groups;
    struct piece *piece;
    bool whole = false;
    size_t count;
    char digits[NUMBER_DIGITS + 1] = "";

    find_groups(text, at, &groups);
    for (count = groups.count; count > 0; count--) {
        size_t length = 0;

        for (size_t i = 0; i < count; i++)
            length += groups.digits[i];
        copy_digits(text, groups.start[0], groups.end[count - 1], digits);
        whole = length < NUMBER_DIGITS && is_telephone(&groups, count, digits);
        if (whole || count == 1)
            break;
    }
    size_t end = groups.end[count - 1];
    piece = add_piece(pieces, PIECE_NUMBER, at, end - at);
    piece->number = (struct number){.start = at, .length = end - at};
    piece->number.otherwise = is_glued(text, at, end) || groups.digits[0] > NUMBER_DIGITS - 1;
    piece->number.dialled = whole && !piece->number.otherwise;
    memcpy(piece->number.digits, digits, sizeof digits);
    if (whole)
        strip_prefix(piece->number.digits);
    return end;
}

static bool ends_sentence(const char *text, size_t at, uint32_t c)
{
    if (c == '.')
        return text[at + 1] == ' ' || text[at + 1] == '\n' || !text[at + 1];
    return c == 0x964 || c == 0x965 || c == '!' || c == '?' || c == '\n' || c == 0x6D4;
}

static size_t take_word(struct pieces *pieces, size_t at)
{
    size_t start = at, size;
    uint32_t c;

    while ((size = unicode_next(pieces->text + at, &c)) > 0 && in_word(c))
        at += size;
    (void)add_piece(pieces, PIECE_WORD, start, at - start);
    return at;
}

static size_t take_piece(struct pieces *pieces, size_t at)
{
    const char *text = pieces->text;
    uint32_t c, next;
    size_t size = unicode_next(text + at, &c);

    if (is_digit(c))
        return take_number(pieces, at);
    if (c == '+' && unicode_next(text + at + 1, &next) && is_digit(next))
        return take_number(pieces, at);
    if (in_word(c))
        return take_word(pieces, at);
    if (ends_sentence(text, at, c))
        (void)add_piece(pieces, PIECE_END, at, size);
    return at + size;
}

static void cut(struct pieces *pieces)
{
    struct mark_list marks = links_find_bare_too(pieces->text, pieces->arena);
    size_t next = 0, at = 0;

    while (pieces->text[at]) {
        const struct mark *mark;

        while (next < marks.count && marks.items[next].start < at)
            next++;
        mark = next < marks.count ? &marks.items[next] : NULL;
        at = mark && mark->start == at ? at + mark->length : take_piece(pieces, at);
    }
}

/* ---- What stands around a number. ---- */

static unsigned piece_clue(const struct pieces *pieces, struct piece *piece)
{
    if (piece->kind == PIECE_WORD && !piece->clue_known) {
        piece->clue = clue_of(pieces->text + piece->start, piece->length);
        piece->clue_known = true;
    }
    return piece->kind == PIECE_WORD ? piece->clue : 0;
}

/* Whether a word of dialling stands within reach; `step` is 1 or -1. */
static bool dials_toward(const struct pieces *pieces, size_t at, int step)
{
    size_t words = 0, passed = 0;

    for (size_t i = at + (size_t)step;
         i < pieces->count && words < WORDS_AWAY && passed < PIECES_AWAY;
         i += (size_t)step, passed++) {
        if (pieces->items[i].kind == PIECE_END)
            return false;
        if (piece_clue(pieces, &pieces->items[i]) & CLUE_DIALS)
            return true;
        words += pieces->items[i].kind == PIECE_WORD;
    }
    return false;
}

/* The word before a number, past other numbers and what joins them: sections 105, 173 and 176. */
static unsigned clue_before(const struct pieces *pieces, size_t at)
{
    for (size_t passed = 0; passed < PIECES_AWAY && at-- > 0; passed++) {
        unsigned clue = piece_clue(pieces, &pieces->items[at]);

        if (pieces->items[at].kind == PIECE_END)
            return 0;
        if (pieces->items[at].kind == PIECE_WORD && !(clue & CLUE_JOINS))
            return clue;
    }
    return 0;
}

/* The word behind a number, with nothing but blanks between, and not the first of दिन-रात. */
static unsigned clue_behind(const struct pieces *pieces, size_t at)
{
    const struct piece *number = &pieces->items[at];
    struct piece *next = at + 1 < pieces->count ? &pieces->items[at + 1] : NULL;
    uint32_t c;

    if (!next || pieces->text[next->start + next->length] == '-')
        return 0;
    for (size_t i = number->start + number->length; i < next->start;) {
        i += unicode_next(pieces->text + i, &c);
        if (!separates(c))
            return 0;
    }
    return piece_clue(pieces, next);
}

static bool is_year(const char *digits)
{
    return strlen(digits) == 4 && (!strncmp(digits, "19", 2) || !strncmp(digits, "20", 2));
}

static bool in_brackets(const struct pieces *pieces, const struct number *number)
{
    return before_code_point(pieces->text, number->start) == '(' &&
           pieces->text[number->start + number->length] == ')';
}

static void judge(const struct pieces *pieces, size_t at, const char *label)
{
    struct number *number = &pieces->items[at].number;
    unsigned before = clue_before(pieces, at), behind = clue_behind(pieces, at);
    size_t length = strlen(number->digits);
    bool dials = dials_toward(pieces, at, 1) || dials_toward(pieces, at, -1);

    if (number->dialled || number->otherwise)
        return;
    if (label && pieces->count == 1)
        dials = true;
    if (is_year(number->digits))
        number->otherwise =
            (before & CLUE_YEAR) ||
            (!dials && ((behind & (CLUE_TENSE | CLUE_YEAR)) || in_brackets(pieces, number)));
    number->otherwise |= (before & CLUE_NAMES) || (behind & CLUE_COUNTS);
    number->dialled = dials && !number->otherwise && length >= SHORT_LEAST && length <= SHORT_MOST;
}

/* Whether a key or variable is called after what is dialled: helpline, emergency_number. */
static bool label_dials(const char *label)
{
    while (label && *label) {
        size_t length = strcspn(label, "_-0123456789");

        if (clue_of(label, length) & CLUE_DIALS)
            return true;
        label += length + (label[length] != '\0');
    }
    return false;
}

static bool has_digits(const char *text)
{
    uint32_t c;

    for (size_t size; (size = unicode_next(text, &c)) > 0; text += size)
        if (is_digit(c))
            return true;
    return false;
}

struct number_list numbers_find(const char *text, const char *label, struct arena *arena)
{
    struct pieces pieces = {.text = text, .arena = arena};
    struct number_list list = {0};

    if (!has_digits(text))
        return list;
    cut(&pieces);
    for (size_t i = 0; i < pieces.count; i++) {
        struct number *number;

        if (pieces.items[i].kind != PIECE_NUMBER ||
            strlen(pieces.items[i].number.digits) < SHORT_LEAST)
            continue;
        judge(&pieces, i, label_dials(label) ? label : NULL);
        number = arena_push(arena, &list.items, &list.count, &list.capacity, sizeof *number);
        *number = pieces.items[i].number;
    }
    return list;
}

bool number_digits(const char *text, char digits[NUMBER_DIGITS + 1])
{
    size_t length = strlen(text), count = 0, size;
    uint32_t c;

    for (size_t at = 0; (size = unicode_next(text + at, &c)) > 0; at += size) {
        count += is_digit(c);
        if (!is_digit(c) && !separates(c) && !(c == '+' && at == 0))
            return false;
    }
    if (count < SHORT_LEAST || count > NUMBER_DIGITS - 1)
        return false;
    copy_digits(text, 0, length, digits);
    strip_prefix(digits);
    return true;
}

/* Where two texts begin to differ. */
static size_t same_start(const char *a, const char *b)
{
    size_t at = 0;

    while (a[at] && a[at] == b[at])
        at++;
    return at;
}

bool numbers_are_near(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b), at = same_start(a, b);

    if (length_a > length_b)
        return numbers_are_near(b, a);
    if (!b[at])
        return false; /* the same */
    if (length_a == length_b)
        return !strcmp(a + at + 1, b + at + 1) ||
               (a[at + 1] && a[at] == b[at + 1] && a[at + 1] == b[at] &&
                !strcmp(a + at + 2, b + at + 2));
    return length_a + 1 == length_b && length_a >= SHORT_LEAST && length_b > SHORT_LEAST &&
           !strcmp(a + at, b + at + 1);
}

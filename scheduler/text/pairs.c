#include "text/pairs.h"

#include <string.h>
#include <unicode/uchar.h>

#include "text/unicode.h"

enum { MOST_OPEN = 64, MARKER_LETTERS = 4, MARKER_BYTES = 12 };

/* What one character does: opens, closes, or either, as the text has it. */
enum side { SIDE_NONE, SIDE_OPENS, SIDE_CLOSES, SIDE_EITHER };

struct pair_spot {
    const char *text;
    const struct mark_list *marks;
    size_t at, size, line; /* where its line begins */
    uint32_t before2, before, c, after;
};

struct opened {
    uint32_t c;
    size_t at, size;
};

struct pairs {
    struct opened open[MOST_OPEN];
    size_t depth;
    bool in_list;                  /* an item's "1)" was seen */
    size_t inches;                 /* " behind a digit: may be an inch */
    size_t straights, straight_at; /* " in the whole text, the last of them */
    struct arena *arena;
    struct danger_list *list;
};

static bool is_space(uint32_t c)
{
    return c == 0 || unicode_is_white(c);
}

static bool is_letter(uint32_t c)
{
    return u_isalpha((UChar32)c) || (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK);
}

static bool in_word(uint32_t c)
{
    return is_letter(c) || u_isdigit((UChar32)c);
}

static void unpaired(struct pairs *pairs, size_t at, size_t size, uint32_t c)
{
    struct danger_mark *mark = arena_push(pairs->arena, &pairs->list->items, &pairs->list->count,
                                          &pairs->list->capacity, sizeof *mark);

    *mark = (struct danger_mark){DANGER_UNPAIRED, at, size, c};
}

/* ---- What only looks like a bracket. ---- */

/* :-) ;) =( 8-) with a blank or nothing before the eyes. */
static bool is_smiley(const struct pair_spot *spot)
{
    bool nose = spot->before == '-' || spot->before == '\'' || spot->before == 'o';
    uint32_t eyes = nose ? spot->before2 : spot->before;

    return eyes && eyes < 0x80 && !in_word(spot->after) && strchr(":;=8xX", (int)eyes) &&
           (nose || is_space(spot->before2));
}

static bool begins_list(const char *word, size_t length)
{
    static const char *const firsts[] = {"1", "a", "A", "i", "I", "१", "क", "अ"};

    for (size_t i = 0; i < COUNT_OF(firsts); i++)
        if (strlen(firsts[i]) == length && !memcmp(firsts[i], word, length))
            return true;
    return false;
}

/* "1)" "क)" "iv)" at the beginning of a line; inside one, the first of a list or behind another. */
static bool is_marker(struct pairs *pairs, const struct pair_spot *spot)
{
    size_t at = spot->at, letters = 0;

    while (at > spot->line && letters <= MARKER_BYTES) {
        char c = spot->text[at - 1];

        if (c == ' ' || c == '\t')
            break;
        if ((c & 0x80) == 0 && !u_isalnum(c) && c != '.')
            return false;
        letters++;
        at--;
    }
    if (!letters || unicode_code_points(spot->text + at, spot->at - at) > MARKER_LETTERS ||
        !(at == spot->line || pairs->in_list || begins_list(spot->text + at, spot->at - at)))
        return false;
    pairs->in_list = true;
    return true;
}

/* An apostrophe, feet, or the mark of left-out letters: 'tis, '90s. */
static bool is_apostrophe(const struct pair_spot *spot, bool quote_is_open)
{
    static const char *const shortened[] = {"tis", "twas", "em ", "til", "cause", "n "};
    const char *behind = spot->text + spot->at + spot->size;

    if ((in_word(spot->before) && in_word(spot->after)) ||
        (u_isdigit((UChar32)spot->before) && !quote_is_open) || u_isdigit((UChar32)spot->after) ||
        (is_space(spot->before) && is_space(spot->after)))
        return true;
    for (size_t i = 0; i < COUNT_OF(shortened); i++)
        if (!strncmp(behind, shortened[i], strlen(shortened[i])))
            return true;
    return false;
}

static bool is_bullet(const struct pair_spot *spot)
{
    return is_space(spot->before) && is_space(spot->after);
}

/* ---- Quotes and brackets. ---- */

static const struct {
    uint32_t opens, closes;
} brackets[] = {{'(', ')'},       {'[', ']'},       {0x3008, 0x3009},
                {0x300A, 0x300B}, {0x300C, 0x300D}, {0xFF08, 0xFF09}};

static uint32_t opener_of(uint32_t closer)
{
    for (size_t i = 0; i < COUNT_OF(brackets); i++)
        if (brackets[i].closes == closer)
            return brackets[i].opens;
    return 0;
}

static bool is_opener(uint32_t c)
{
    for (size_t i = 0; i < COUNT_OF(brackets); i++)
        if (brackets[i].opens == c)
            return true;
    return false;
}

static void open_pair(struct pairs *pairs, const struct pair_spot *spot)
{
    if (pairs->depth < MOST_OPEN)
        pairs->open[pairs->depth++] = (struct opened){spot->c, spot->at, spot->size};
}

/* Closes the innermost of these; what was opened inside of it stays alone. */
static bool close_pair(struct pairs *pairs, const uint32_t *openers, size_t count)
{
    for (size_t i = pairs->depth; i > 0; i--) {
        for (size_t k = 0; k < count; k++) {
            if (pairs->open[i - 1].c != openers[k])
                continue;
            for (size_t inner = i; inner < pairs->depth; inner++)
                unpaired(pairs, pairs->open[inner].at, pairs->open[inner].size,
                         pairs->open[inner].c);
            pairs->depth = i - 1;
            return true;
        }
    }
    return false;
}

static void take_bracket(struct pairs *pairs, const struct pair_spot *spot)
{
    const uint32_t opener = opener_of(spot->c);

    if (is_opener(spot->c)) {
        if (!is_smiley(spot))
            open_pair(pairs, spot);
    } else if (!close_pair(pairs, &opener, 1) && !is_smiley(spot) &&
               !(spot->c == ')' && is_marker(pairs, spot))) {
        unpaired(pairs, spot->at, spot->size, spot->c);
    }
}

static bool is_open(const struct pairs *pairs, uint32_t c)
{
    for (size_t i = 0; i < pairs->depth; i++)
        if (pairs->open[i].c == c)
            return true;
    return false;
}

/* “ ” and „ “ and „ ”. */
static void take_double(struct pairs *pairs, const struct pair_spot *spot)
{
    static const uint32_t low[] = {0x201E}, both[] = {0x201C, 0x201E, 0x201F};

    if (spot->c == 0x201D) {
        if (!close_pair(pairs, both, COUNT_OF(both)))
            unpaired(pairs, spot->at, spot->size, spot->c);
    } else if (spot->c != 0x201C || !close_pair(pairs, low, 1)) {
        open_pair(pairs, spot);
    }
}

/* « » and » «. */
static void take_angle(struct pairs *pairs, const struct pair_spot *spot)
{
    const uint32_t other = spot->c == 0xAB ? 0xBB : 0xAB;

    if (!is_bullet(spot) && !close_pair(pairs, &other, 1))
        open_pair(pairs, spot);
}

/* ‘ ’ and ' ': what stands inside a word or closes nothing behind a Latin letter is an apostrophe:
 * the officers' duty. Hindi has none. */
static void take_single(struct pairs *pairs, const struct pair_spot *spot)
{
    static const uint32_t openers[] = {'\'', 0x2018, 0x201A};
    bool closes = spot->c != 0x2018 && spot->c != 0x201A && !is_space(spot->before);

    if (is_apostrophe(spot, is_open(pairs, spot->c == 0x2019 ? 0x2018 : '\'')))
        return;
    if (closes && !in_word(spot->after)) {
        if (!close_pair(pairs, openers, COUNT_OF(openers)) && is_letter(spot->before) &&
            spot->before >= 0x900)
            unpaired(pairs, spot->at, spot->size, spot->c);
    } else if (spot->c != 0x2019 && in_word(spot->after)) {
        open_pair(pairs, spot);
    }
}

/* " opens and closes: they are only counted. */
static void take_straight(struct pairs *pairs, const struct pair_spot *spot)
{
    pairs->straights++;
    pairs->straight_at = spot->at;
    pairs->inches += u_isdigit((UChar32)spot->before) != 0;
}

static const struct {
    uint32_t c;
    void (*take)(struct pairs *pairs, const struct pair_spot *spot);
} takers[] = {
    {'"', take_straight},  {'\'', take_single},   {0x2018, take_single}, {0x2019, take_single},
    {0x201A, take_single}, {0x201C, take_double}, {0x201D, take_double}, {0x201E, take_double},
    {0x201F, take_double}, {0xAB, take_angle},    {0xBB, take_angle},
};

static void take(struct pairs *pairs, const struct pair_spot *spot)
{
    if (is_opener(spot->c) || opener_of(spot->c)) {
        take_bracket(pairs, spot);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(takers); i++)
        if (takers[i].c == spot->c)
            takers[i].take(pairs, spot);
}

static void finish(struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->depth; i++)
        unpaired(pairs, pairs->open[i].at, pairs->open[i].size, pairs->open[i].c);
    if (pairs->straights % 2 && !pairs->inches)
        unpaired(pairs, pairs->straight_at, 1, '"');
}

void pairs_find(const char *text, const struct mark_list *marks, struct arena *arena,
                struct danger_list *list)
{
    struct pairs pairs = {.arena = arena, .list = list};
    struct pair_spot spot = {.text = text, .marks = marks};
    size_t next = 0;

    for (; (spot.size = unicode_next(text + spot.at, &spot.c)) > 0; spot.at += spot.size) {
        if (!unicode_next(text + spot.at + spot.size, &spot.after))
            spot.after = 0;
        if (!links_cover(marks, &next, spot.at))
            take(&pairs, &spot);
        if (spot.c == '\n')
            spot.line = spot.at + 1;
        spot.before2 = spot.before;
        spot.before = spot.c;
    }
    finish(&pairs);
}

#include "text/count.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "text/emoji.h"
#include "text/links.h"
#include "text/unicode.h"

/* Grapheme clusters by the rules of UAX #29 over ICU's properties. ICU's own iterator knows one
 * rule at a time, costs 2 ms to open and belongs to one thread; this needs nothing and
 * answers both rules in one walk. A test compares it with the iterator. */

enum emoji_state { EMOJI_NONE, EMOJI_BASE, EMOJI_JOINED };
enum conjunct_state { CONJUNCT_NONE, CONJUNCT_CONSONANT, CONJUNCT_LINKED };

/* What of the text so far decides whether a cluster ends before the next code point. */
struct walk {
    int previous; /* Grapheme_Cluster_Break; -1 at the start */
    enum emoji_state emoji;
    enum conjunct_state conjunct;
    bool odd_regional;
};

enum fit { FIT_BREAK, FIT_JOIN, FIT_CONJUNCT };

static bool is_control(int kind)
{
    return kind == U_GCB_CONTROL || kind == U_GCB_CR || kind == U_GCB_LF;
}

/* GB6 to GB8 */
static bool hangul_joins(int before, int kind)
{
    if (before == U_GCB_L)
        return kind == U_GCB_L || kind == U_GCB_V || kind == U_GCB_LV || kind == U_GCB_LVT;
    if (before == U_GCB_LV || before == U_GCB_V)
        return kind == U_GCB_V || kind == U_GCB_T;
    return (before == U_GCB_LVT || before == U_GCB_T) && kind == U_GCB_T;
}

/* The scripts whose consonants join through a virama (GB9c). */
static bool joins_consonants(UChar32 c)
{
    static const UScriptCode scripts[] = {USCRIPT_DEVANAGARI, USCRIPT_BENGALI, USCRIPT_GUJARATI,
                                          USCRIPT_ORIYA,      USCRIPT_TELUGU,  USCRIPT_MALAYALAM};
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &status);
    size_t i;

    for (i = 0; i < COUNT_OF(scripts); i++) {
        if (script == scripts[i])
            return true;
    }
    return false;
}

static bool has_syllable_role(UChar32 c, int role)
{
    return u_getIntPropertyValue(c, UCHAR_INDIC_SYLLABIC_CATEGORY) == role && joins_consonants(c);
}

static enum conjunct_state conjunct_after(enum conjunct_state state, UChar32 c, int kind)
{
    if (c < 0x300)
        return CONJUNCT_NONE;
    if (has_syllable_role(c, U_INSC_CONSONANT))
        return CONJUNCT_CONSONANT;
    if (state == CONJUNCT_NONE)
        return CONJUNCT_NONE;
    if (has_syllable_role(c, U_INSC_VIRAMA))
        return CONJUNCT_LINKED;
    if (kind == U_GCB_ZWJ || (kind == U_GCB_EXTEND && u_getCombiningClass(c) != 0))
        return state;
    return CONJUNCT_NONE;
}

static enum emoji_state emoji_after(enum emoji_state state, int kind, bool pictographic)
{
    if (pictographic)
        return EMOJI_BASE;
    if (state != EMOJI_BASE)
        return EMOJI_NONE;
    if (kind == U_GCB_ZWJ)
        return EMOJI_JOINED;
    return kind == U_GCB_EXTEND ? EMOJI_BASE : EMOJI_NONE;
}

static enum fit fit(const struct walk *walk, enum conjunct_state next, int kind, bool pictographic)
{
    if (walk->previous < 0)
        return FIT_BREAK;
    if (walk->previous == U_GCB_CR && kind == U_GCB_LF)
        return FIT_JOIN;
    if (is_control(walk->previous) || is_control(kind))
        return FIT_BREAK;
    if (hangul_joins(walk->previous, kind) || kind == U_GCB_EXTEND || kind == U_GCB_ZWJ ||
        kind == U_GCB_SPACING_MARK || walk->previous == U_GCB_PREPEND)
        return FIT_JOIN;
    if (pictographic && walk->emoji == EMOJI_JOINED)
        return FIT_JOIN;
    if (kind == U_GCB_REGIONAL_INDICATOR && walk->odd_regional)
        return FIT_JOIN;
    return walk->conjunct == CONJUNCT_LINKED && next == CONJUNCT_CONSONANT ? FIT_CONJUNCT
                                                                           : FIT_BREAK;
}

static enum fit step(struct walk *walk, uint32_t code_point)
{
    UChar32 c = (UChar32)code_point;
    int kind = u_getIntPropertyValue(c, UCHAR_GRAPHEME_CLUSTER_BREAK);
    bool pictographic = u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC);
    enum conjunct_state conjunct = conjunct_after(walk->conjunct, c, kind);
    enum fit answer = fit(walk, conjunct, kind, pictographic);

    walk->previous = kind;
    walk->emoji = emoji_after(walk->emoji, kind, pictographic);
    walk->conjunct = conjunct;
    walk->odd_regional = kind == U_GCB_REGIONAL_INDICATOR && !walk->odd_regional;
    return answer;
}

struct grapheme_count count_graphemes(const char *text, size_t length)
{
    struct grapheme_count count = {0};
    struct walk walk = {.previous = -1};
    size_t at = 0, size;
    uint32_t c;

    while (at < length && (size = unicode_next(text + at, &c)) > 0) {
        enum fit answer = step(&walk, c);
        count.joined += answer == FIT_BREAK;
        count.split += answer != FIT_JOIN;
        at += size;
    }
    return count;
}

size_t grapheme_floor(const char *text, size_t length)
{
    struct walk walk = {.previous = -1};
    size_t at = 0, begins = 0, size;
    uint32_t c;

    while (at <= length && (size = unicode_next(text + at, &c)) > 0) {
        if (step(&walk, c) == FIT_BREAK)
            begins = at;
        at += size;
    }
    return at <= length ? at : begins;
}

struct text_count count_text(const char *text)
{
    struct text_count count = {.bytes = strlen(text)};
    size_t at = 0, size;
    uint32_t c;

    count.graphemes = count_graphemes(text, count.bytes);
    for (; (size = unicode_next(text + at, &c)) > 0; at += size) {
        count.codepoints++;
        count.utf16 += c > 0xFFFF ? 2 : 1;
    }
    return count;
}

/* How long Mastodon takes a link to be. One that it may not recognise counts at least as it stands;
 * a final ] it leaves outside the link. */
static size_t mastodon_link(const char *link, const struct mark *mark, size_t per_link)
{
    size_t plain = count_graphemes(link, mark->length).split;

    if (mark->uncertain && plain > per_link)
        return plain;
    return per_link + (link[mark->length - 1] == ']');
}

/* The text that Mastodon counts: links as so many letters, mentions without their host. */
static char *mastodon_text(const char *text, const struct mark_list *marks, size_t per_link,
                           struct arena *arena, size_t *length)
{
    char *out = arena_alloc(arena, strlen(text) + marks->count * (per_link + 1) + 1);
    size_t i, done = 0, made = 0;

    for (i = 0; i < marks->count; i++) {
        const struct mark *mark = &marks->items[i];
        size_t end = mark->kind == MARK_LINK ? mark->start : mark->start + mark->local;

        memcpy(out + made, text + done, end - done);
        made += end - done;
        if (mark->kind == MARK_LINK) {
            size_t letters = mastodon_link(text + mark->start, mark, per_link);
            memset(out + made, 'x', letters);
            made += letters;
        }
        done = mark->start + mark->length;
    }
    memcpy(out + made, text + done, strlen(text + done));
    *length = made + strlen(text + done);
    return out;
}

size_t count_emoji_as_bytes(const char *text)
{
    size_t count = 0, size;
    uint32_t c;

    while ((size = unicode_next(text, &c)) > 0) {
        const size_t emoji = emoji_length(text);

        count += emoji ? emoji : 1;
        text += emoji ? emoji : size;
    }
    return count;
}

struct grapheme_count count_mastodon(const char *text, size_t per_link)
{
    struct arena scratch = {0};
    struct mark_list marks;
    struct grapheme_count count;
    size_t length;
    char *counted;

    if (!strchr(text, '@') && !strstr(text, "://"))
        return count_graphemes(text, strlen(text));
    marks = links_find(text, &scratch);
    counted = mastodon_text(text, &marks, per_link, &scratch, &length);
    count = count_graphemes(counted, length);
    arena_clear(&scratch);
    return count;
}

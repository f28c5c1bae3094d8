#include "campaign/proof.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "text/hosts.h"
#include "text/links.h"
#include "text/numbers.h"
#include "text/safety.h"
#include "text/similar.h"
#include "text/unicode.h"

enum {
    MOST_SHOWN = 40,     /* code points of the text in a message */
    MOST_ADDRESS = 2048, /* bytes of an address that are looked at */
    MOST_CODES = 16,     /* that this file reports */
    MOST_ALIKE = 5       /* of one code in one text: more would hide what else is wrong */
};

struct told {
    const char *code;
    size_t count;
};

struct proof {
    struct reading *reading;
    const struct value *value;
    const char *text;
    const char *label; /* the key, or the name of the variable */
    const struct known *known;
    struct arena *scratch;
    struct told *told; /* MOST_CODES of them */
};

static bool is_told_enough(const struct proof *proof, const char *code)
{
    struct told *told = proof->told;

    while (told->code && strcmp(told->code, code) != 0)
        told++;
    assert(told < proof->told + MOST_CODES);
    told->code = code;
    return ++told->count > MOST_ALIKE;
}

static void report(const struct proof *proof, const char *code, size_t offset, const char *a,
                   const char *b, const char *c)
{
    /* else its place need not be looked for */
    if (!source_is_full(proof->reading->source) && !is_told_enough(proof, code))
        reading_report(proof->reading, code,
                       source_place_in(proof->reading->source, proof->value->place, offset), a, b,
                       c);
}

static const char *excerpt(const struct proof *proof, size_t start, size_t length)
{
    const char *from = proof->text + start;
    size_t at = 0, size;
    uint32_t c;

    for (size_t points = 0; at < length && points < MOST_SHOWN; points++) {
        size = unicode_next(from + at, &c);
        at += size;
    }
    return arena_printf(proof->reading->arena, "%s%s", arena_text_n(proof->scratch, from, at),
                        at < length ? "…" : "");
}

/* ---- Letters. ---- */

static const char *const danger_codes[] = {
    [DANGER_INVISIBLE] = "W430",  [DANGER_LOST] = "E431",        [DANGER_NO_LETTER] = "W432",
    [DANGER_STYLED] = "W433",     [DANGER_SCRIPTS] = "W434",     [DANGER_DIGITS] = "W435",
    [DANGER_LOOSE_SIGN] = "W436", [DANGER_HALF_LETTER] = "W437", [DANGER_UNPAIRED] = "W438",
    [DANGER_TWICE] = "W439",      [DANGER_NO_BLANK] = "W440",
};

/* The word that ends at `end`. */
static size_t word_start(const char *text, size_t end)
{
    size_t start = end;

    while (start > 0 && end - start < MOST_ADDRESS && !strchr(" \n", text[start - 1]))
        start--;
    while (start < end && ((unsigned char)text[start] & 0xC0) == 0x80)
        start++;
    return start;
}

static bool has_loose_sign(const struct proof *proof, const char *word)
{
    struct danger_list list = safety_find(word, proof->scratch);

    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].danger == DANGER_LOOSE_SIGN)
            return true;
    return false;
}

/* "पहन ें" with the blank before the sign taken out; NULL where that does not mend it. *cut is how
 * it stands there. */
static const char *joined_sign(const struct proof *proof, size_t sign, const char **cut)
{
    const char *text = proof->text;
    size_t start, blank = sign, length = strcspn(text + sign, " \n");
    char *joined;

    while (blank > 0 && text[blank - 1] == ' ')
        blank--;
    start = word_start(text, blank);
    if (blank == sign || start == blank || length > MOST_ADDRESS)
        return NULL;
    *cut =
        arena_printf(proof->reading->arena, "\"%s\"", excerpt(proof, start, sign + length - start));
    joined = arena_printf(proof->scratch, "%.*s%.*s", (int)(blank - start), text + start,
                          (int)length, text + sign);
    return has_loose_sign(proof, joined) ? NULL : joined;
}

static const char *loose_sign_advice(const struct proof *proof, const struct danger_mark *mark,
                                     const char **shown)
{
    const char *joined = joined_sign(proof, mark->start, shown);

    return joined ? arena_printf(proof->reading->arena,
                                 _("Take out the blank before it: write \"%s\"."), joined)
                  : _("Delete it; or type the word again, where the sign comes right behind its "
                      "letter.");
}

static const char *scripts_advice(const struct proof *proof, const char *word)
{
    const char *plain = safety_plain(word, DANGER_SCRIPTS, proof->reading->arena);

    return plain ? arena_printf(proof->reading->arena, _("Write \"%s\", typed by hand."), plain)
                 : _("Type the word again on one keyboard.");
}

/* Where in a word of two scripts the odd letter stands. */
static size_t odd_letter(const struct proof *proof, const struct danger_mark *mark)
{
    uint32_t c = 0;

    for (size_t at = mark->start, size; at < mark->start + mark->length; at += size) {
        size = unicode_next(proof->text + at, &c);
        if (c == mark->code_point)
            return at;
    }
    return mark->start;
}

/* Where the first character stands that would be another one. */
static size_t first_other(const char *shown, const char *plain)
{
    const char *at = shown;
    uint32_t a, b;

    for (size_t size; (size = unicode_next(at, &a)) > 0; at += size) {
        plain += unicode_next(plain, &b);
        if (a != b)
            return (size_t)(at - shown);
    }
    return 0;
}

static void report_danger(const struct proof *proof, const struct danger_mark *mark)
{
    struct arena *arena = proof->reading->arena;
    const char *shown = excerpt(proof, mark->start, mark->length), *more = NULL, *advice = NULL;
    size_t start, at = mark->start;

    switch (mark->danger) {
    case DANGER_INVISIBLE:
    case DANGER_NO_LETTER:
        shown = safety_name(mark->code_point, arena);
        break;
    case DANGER_LOOSE_SIGN:
        shown = safety_name(mark->code_point, arena);
        more = loose_sign_advice(proof, mark, &shown);
        break;
    case DANGER_STYLED:
    case DANGER_DIGITS:
        more = safety_plain(shown, mark->danger, arena);
        at += first_other(shown, more);
        break;
    case DANGER_SCRIPTS:
        more = safety_name(mark->code_point, arena);
        advice = scripts_advice(proof, shown);
        at = odd_letter(proof, mark);
        break;
    case DANGER_HALF_LETTER:
        start = word_start(proof->text, mark->start);
        shown = excerpt(proof, start, mark->start + mark->length - start);
        break;
    case DANGER_UNPAIRED:
        more = safety_partner(mark->code_point);
        break;
    case DANGER_LOST:
        more = safety_plain(shown, mark->danger, arena);
        more = more ? arena_printf(arena, _("Write in their place, without quotes: %s"), more)
                    : _("Type these words again, or copy them from the original.");
        break;
    case DANGER_TWICE:
    case DANGER_NO_BLANK:
        break;
    }
    report(proof, danger_codes[mark->danger], at, shown, more, advice);
}

/* Whether it stands in an address, whose letters have a finding of their own. */
static bool in_address(const struct proof *proof, size_t at)
{
    for (size_t i = word_start(proof->text, at); i + 3 <= at; i++)
        if (!memcmp(proof->text + i, "://", 3))
            return true;
    return false;
}

static bool is_full(const struct proof *proof)
{
    return source_is_full(proof->reading->source);
}

/* What no file may hold at all is named when the file is admitted (E106), and a letter of an
 * address by what is said of its host. */
static bool is_named_elsewhere(const struct proof *proof, const struct danger_mark *mark)
{
    const char *letter = arena_text_n(proof->scratch, proof->text + mark->start, mark->length);
    size_t offset;
    uint32_t code_point;

    if (mark->danger == DANGER_SCRIPTS)
        return in_address(proof, mark->start);
    return mark->danger == DANGER_INVISIBLE && unicode_find_forbidden(letter, &offset, &code_point);
}

static void proof_letters(const struct proof *proof)
{
    struct danger_list list = safety_find(proof->text, proof->scratch);

    for (size_t i = 0; i < list.count && !is_full(proof); i++)
        if (!is_named_elsewhere(proof, &list.items[i]))
            report_danger(proof, &list.items[i]);
}

/* ---- Numbers. ---- */

static bool is_known_number(const struct known *known, const char *digits)
{
    char entry[NUMBER_DIGITS + 1];

    for (size_t i = 0; i < known->numbers.count; i++)
        if (number_digits(known->numbers.items[i], entry) && !strcmp(entry, digits))
            return true;
    return false;
}

/* One slip away. */
static const char *near_number(const struct known *known, const char *digits)
{
    char entry[NUMBER_DIGITS + 1];

    for (size_t i = 0; i < known->numbers.count; i++)
        if (number_digits(known->numbers.items[i], entry) && numbers_are_near(entry, digits))
            return known->numbers.items[i];
    return NULL;
}

static void report_number(const struct proof *proof, const struct number *number)
{
    const char *shown = excerpt(proof, number->start, number->length);
    const char *near = near_number(proof->known, number->digits);

    if (near)
        report(proof, "W443", number->start, shown, near,
               number_in_digits_of(near, shown, proof->reading->arena));
    else if (number->dialled)
        report(proof, "W442", number->start, shown,
               known_text(proof->reading, proof->known->numbers.items, proof->known->numbers.count),
               NULL);
}

static void proof_numbers(const struct proof *proof)
{
    struct number_list list;

    if (!proof->known->has_numbers || !strcmp(proof->label, "link"))
        return;
    list = numbers_find(proof->text, proof->label, proof->scratch);
    for (size_t i = 0; i < list.count && !is_full(proof); i++)
        if (!list.items[i].otherwise && !is_known_number(proof->known, list.items[i].digits))
            report_number(proof, &list.items[i]);
}

/* ---- Hosts. ---- */

static bool is_known_host(const struct known *known, const char *host)
{
    for (size_t i = 0; i < known->hosts.count; i++)
        if (host_is_below(host, known->hosts.items[i]))
            return true;
    return false;
}

/* cybercrime.gov.in.pay.example: ours as a part of another. */
static bool stands_in(const char *host, const char *whole)
{
    const char *found = strstr(host, whole);

    return found && (found == host || found[-1] == '.' || found[-1] == '-') &&
           found[strlen(whole)] != '\0';
}

/* The host that a reader would take it for. */
static const char *taken_for(const struct known *known, const char *host)
{
    for (size_t i = 0; i < known->hosts.count; i++) {
        const char *ours = known->hosts.items[i];

        if (hosts_look_alike(host, ours) || stands_in(host, ours) ||
            similar_distance(host, ours) <= 2)
            return ours;
    }
    return NULL;
}

static bool has_scheme(const char *at)
{
    return begins_with_word(at, "http://") || begins_with_word(at, "https://");
}

/* The address that begins at `offset`, with our host in it. In running text it ends where a
 * sentence may go on; a link has nothing behind it. */
static const char *address_of_ours(const struct proof *proof, size_t offset, const char *ours)
{
    const char *at = proof->text + offset;
    const char *path = (has_scheme(at) ? strstr(at, "://") + 3 : at);
    size_t length = 0;

    path += strcspn(path, "/?# \t\r\n");
    if (!strcmp(proof->label, "link"))
        length = strlen(path);
    while (path[length] > ' ' && path[length] < 0x7f)
        length++;
    while (length && strchr(".,;:!?)", path[length - 1]) && strcmp(proof->label, "link") != 0)
        length--;
    return arena_printf(proof->reading->arena, "%s%s%.*s", has_scheme(at) ? "https://" : "", ours,
                        (int)length, path);
}

static void proof_known_host(const struct proof *proof, size_t offset, const char *host,
                             const char *ascii)
{
    const struct known *known = proof->known;
    const char *ours;

    if (!known->has_hosts || is_known_host(known, ascii))
        return;
    ours = taken_for(known, ascii);
    if (ours)
        report(proof, "W445", offset, host, ours, address_of_ours(proof, offset, ours));
    else
        report(proof, "W444", offset, host,
               known_text(proof->reading, known->hosts.items, known->hosts.count), NULL);
}

static void proof_host(const struct proof *proof, size_t offset, const char *host)
{
    const char *ascii = host_ascii(host, proof->scratch);
    const char *ours;

    if (host_deceives(host)) {
        ours = taken_for(proof->known, host);
        report(proof, "E441", offset, host, ascii ? ascii : host,
               ours ? arena_printf(proof->reading->arena,
                                   _("Write \"%s\" and type it by hand. Do not open or copy the "
                                     "old address."),
                                   address_of_ours(proof, offset, ours))
                    : _("Type the address again, in Latin letters."));
    } else if (ascii && strchr(ascii, '.')) {
        proof_known_host(proof, offset, host, ascii);
    }
}

/* Addresses with a scheme are looked for by it alone: a host with a letter that no host may have
 * is no link to text/links.h. */
static void proof_hosts(const struct proof *proof)
{
    const char *text = proof->text;
    struct mark_list marks;

    for (const char *at = text; (at = strpbrk(at, "hH")) && !is_full(proof); at++) {
        size_t offset = (size_t)(at - text);
        const char *host =
            has_scheme(at) ? host_of(at, strnlen(at, MOST_ADDRESS), proof->scratch) : "";

        if (*host)
            proof_host(proof, offset, host);
    }
    if (!strchr(text, '.'))
        return;
    marks = links_find_bare_too(text, proof->scratch);
    for (size_t i = 0; i < marks.count && !is_full(proof); i++) {
        const struct mark *mark = &marks.items[i];

        if (mark->kind == MARK_LINK && mark->bare)
            proof_host(proof, mark->start,
                       host_of(text + mark->start, mark->length, proof->scratch));
    }
}

/* ---- */

void proof_text(struct reading *reading, const struct value *value, const char *text)
{
    static const struct known nothing;
    struct arena scratch = {0};
    const char *name = value->member.node->name;
    struct told told[MOST_CODES] = {{NULL, 0}};
    const struct proof proof = {
        .reading = reading,
        .value = value,
        .text = text,
        .label = name ? name : value->field->name,
        .known = reading->known ? reading->known : &nothing,
        .scratch = &scratch,
        .told = told,
    };

    proof_letters(&proof);
    proof_numbers(&proof);
    proof_hosts(&proof);
    arena_clear(&scratch);
}

/* ---- The list itself. ---- */

/* The digits of "112 (Police)": what was probably meant. */
static const char *number_guess(struct reading *reading, const char *text)
{
    struct number_list list = numbers_find(text, "helpline", reading->arena);

    if (list.count != 1)
        return NULL;
    return list.items[0].digits;
}

static void proof_known_number(struct reading *reading, const char *text, struct place place)
{
    char digits[NUMBER_DIGITS + 1];

    if (!number_digits(text, digits))
        reading_report(reading, "E626", place, text,
                       guess_text(reading, number_guess(reading, text),
                                  _("Write for example \"1930\" or \"1800-11-4949\".")),
                       NULL);
}

static void proof_known_entry(struct reading *reading, const char *text, struct place place)
{
    const char *ascii = host_ascii(text, reading->arena);
    const char *guess;

    if (ascii && !strcmp(ascii, text) && strchr(ascii, '.'))
        return;
    guess = host_ascii(host_of(text, strlen(text), reading->arena), reading->arena);
    reading_report(reading, "E627", place, text,
                   guess_text(reading, guess && strchr(guess, '.') ? guess : NULL,
                              _("Write for example \"cybercrime.gov.in\".")),
                   NULL);
}

void proof_known(struct reading *reading, const struct known *known)
{
    for (size_t i = 0; i < known->numbers.count; i++)
        proof_known_number(reading, known->numbers.items[i], known->numbers.places[i]);
    for (size_t i = 0; i < known->hosts.count; i++)
        proof_known_entry(reading, known->hosts.items[i], known->hosts.places[i]);
}

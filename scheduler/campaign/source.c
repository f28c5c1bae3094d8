#include "campaign/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text/unicode.h"

void source_report(struct source *source, const char *code, struct place place, const char *a,
                   const char *b, const char *c)
{
    size_t errors = source->findings->errors;

    source->reported++;
    if (source->reported < SOURCE_MOST_FINDINGS) {
        finding_add(source->findings, code, place, source->text, a, b, c);
    } else if (source->reported == SOURCE_MOST_FINDINGS) {
        struct place whole = {.file = source->file};
        finding_add(source->findings, "E131", whole, NULL, "99", NULL, NULL);
    }
    source->errors += source->findings->errors - errors;
}

bool source_is_full(const struct source *source)
{
    return source->reported > SOURCE_MOST_FINDINGS;
}

struct place source_place(const struct source *source, size_t offset)
{
    struct place place = {.file = source->file, .line = 1};
    const char *line = source->text;
    const char *at = source->text + offset;
    const char *end;

    while ((end = memchr(line, '\n', (size_t)(at - line)))) {
        line = end + 1;
        place.line++;
    }
    place.column = 1 + (int)unicode_code_points(line, (size_t)(at - line));
    return place;
}

/* Where the quote stands that opens the text. */
static const char *opening(const struct source *source, const struct place *place)
{
    const char *at = source->text;
    uint32_t c;

    for (int line = 1; line < place->line; line++) {
        const char *end = strchr(at, '\n');

        if (!end)
            return NULL;
        at = end + 1;
    }
    for (int column = 1; column < place->column && *at; column++)
        at += unicode_next(at, &c);
    return *at == '"' ? at : NULL;
}

/* From behind a closing quote to the next opening one of the same text; NULL when there is none. */
static const char *next_opening(const char *at)
{
    while (*at && *at != '"') {
        if (*at == '#' || !strncmp(at, "//", 2))
            at += strcspn(at, "\n");
        else if (!strncmp(at, "/*", 2))
            at = strstr(at, "*/") ? strstr(at, "*/") + 2 : at + strlen(at);
        else if (strchr(" \t\r\n", *at))
            at++;
        else
            return NULL;
    }
    return *at ? at : NULL;
}

/* The first character of the text at `at` or behind, where its next part begins; NULL behind its
 * end. */
static const char *inside(const char *at)
{
    while (at && *at == '"') {
        at = next_opening(at + 1);
        at = at ? at + 1 : NULL;
    }
    return at && *at ? at : NULL;
}

static const char *first_inside(const struct source *source, const struct place *text)
{
    const char *quote = source->text ? opening(source, text) : NULL;

    return quote ? inside(quote + 1) : NULL;
}

static const char *next_inside(const char *at)
{
    return inside(at + (at[0] == '\\' && at[1] ? 2 : 1));
}

struct place source_place_in(const struct source *source, struct place text, size_t offset)
{
    const char *at = first_inside(source, &text);

    for (; at && offset; offset--)
        at = next_inside(at);
    return at ? source_place(source, (size_t)(at - source->text)) : text;
}

struct place source_place_of(const struct source *source, struct place text, const char *marks,
                             size_t number)
{
    const char *at = first_inside(source, &text);

    while (at && (!strchr(marks, *at) || number--))
        at = next_inside(at);
    return at ? source_place(source, (size_t)(at - source->text)) : text;
}

static bool begins_with(const struct source *source, const char *bytes, size_t length)
{
    return source->length >= length && memcmp(source->text, bytes, length) == 0;
}

/* With a byte order mark, or by the zero that every ASCII letter then has beside it. */
static bool is_utf16(const struct source *source)
{
    if (begins_with(source, "\xff\xfe", 2) || begins_with(source, "\xfe\xff", 2))
        return true;
    return source->length >= 2 && (source->text[0] == '\0') != (source->text[1] == '\0');
}

static bool refuse(struct source *source, const char *code, size_t offset)
{
    source_report(source, code, source_place(source, offset), NULL, NULL, NULL);
    return false;
}

static const char *lone_cr(const struct source *source)
{
    const char *at = source->text;

    while ((at = strchr(at, '\r')) && at[1] == '\n')
        at++;
    return at;
}

/* Tabs and CR LF are fine between the settings; a tab inside a text is the tokenizer's to find. */
static void report_invisible(struct source *source, size_t start)
{
    size_t offset = start, found;
    uint32_t code_point;

    while (unicode_find_forbidden(source->text + offset, &found, &code_point)) {
        char name[16];

        offset += found;
        if (code_point != '\t' && code_point != '\r') {
            (void)snprintf(name, sizeof name, "U+%04" PRIX32, code_point);
            source_report(source, "E106", source_place(source, offset), name, NULL, NULL);
        }
        offset += unicode_next(source->text + offset, &code_point);
        if (source->reported >= SOURCE_MOST_FINDINGS)
            return;
    }
}

bool source_admit(struct source *source, size_t *start)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t fault;
    const char *found;

    *start = 0;
    if (is_utf16(source)) {
        struct place whole = {.file = source->file};
        source_report(source, "E103", whole, NULL, NULL, NULL);
        return false;
    }
    found = memchr(source->text, '\0', source->length);
    fault = unicode_fault(source->text, found ? (size_t)(found - source->text) : source->length);
    if (fault < source->length && source->text + fault != found)
        return refuse(source, "E102", fault);
    if (found)
        return refuse(source, "E105", fault);
    if ((found = lone_cr(source)))
        return refuse(source, "E107", (size_t)(found - source->text));
    if (begins_with(source, mark, 3)) {
        struct place first = {.file = source->file, .line = 1, .column = 1};
        source_report(source, "W104", first, NULL, NULL, NULL);
        *start = 3;
    }
    report_invisible(source, *start);
    return true;
}

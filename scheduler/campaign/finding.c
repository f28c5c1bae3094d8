#include "campaign/finding.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "text/unicode.h"

enum { SHOWN_BEFORE = 100, SHOWN_POINTS = 160 }; /* of a source line that is too long to print */
enum { SOURCE_INDENT = 4, HEAD_INDENT = 2, ROOM_LEAST = 20 }; /* columns of a terminal */

void findings_init(struct findings *findings, struct arena *arena)
{
    *findings = (struct findings){.arena = arena};
}

static const struct finding_kind *kind_of(const char *code)
{
    for (size_t i = 0; i < finding_kind_count; i++) {
        if (strcmp(finding_kinds[i].code, code) == 0)
            return &finding_kinds[i];
    }
    return NULL;
}

/* Moves on to a line. The last place is remembered: files are read from top to bottom, and without
 * that 10,000 remarks would mean 10,000 walks through the file. */
static bool go_to_line(struct findings *findings, const char *source, int line)
{
    if (findings->last_source != source || findings->last_line > line) {
        findings->last_source = findings->last_start = findings->last_at = source;
        findings->last_line = findings->last_column = 1;
    }
    while (findings->last_line < line) {
        const char *end = strchr(findings->last_start, '\n');

        if (!end)
            return false;
        findings->last_start = findings->last_at = end + 1;
        findings->last_line++;
        findings->last_column = 1;
    }
    return true;
}

static bool in_line(const char *at)
{
    return *at && *at != '\n' && *at != '\r';
}

/* The next code point of bytes that may be anything. */
static const char *step(const char *at)
{
    at++;
    while ((*at & 0xc0) == 0x80)
        at++;
    return at;
}

/* Keeps the line, or of a long line only what is around the column. */
static void keep_source(struct findings *findings, const char *source, struct finding *finding)
{
    int column = finding->place.column;
    int first = column > SHOWN_POINTS ? column - SHOWN_BEFORE : 1;
    const char *end;

    if (!source || finding->place.line <= 0 || !go_to_line(findings, source, finding->place.line))
        return;
    if (findings->last_column > first) {
        findings->last_at = findings->last_start;
        findings->last_column = 1;
    }
    while (findings->last_column < first && in_line(findings->last_at)) {
        findings->last_at = step(findings->last_at);
        findings->last_column++;
    }
    end = findings->last_at;
    for (int i = 0; i < SHOWN_POINTS && in_line(end); i++)
        end = step(end);

    size_t length = (size_t)(end - findings->last_at);
    if (unicode_fault(findings->last_at, length) < length)
        return;
    finding->source = arena_text_n(findings->arena, findings->last_at, length);
    finding->source_column = findings->last_column;
    finding->source_cut = in_line(end);
}

void finding_add(struct findings *findings, const char *code, struct place place,
                 const char *source, const char *a, const char *b, const char *c)
{
    const struct finding_kind *kind = kind_of(code);
    const char *const parts[3] = {a, b, c};
    struct arena *arena = findings->arena;

    assert(kind && "a finding without a row in the table");
    struct finding *finding =
        arena_push(arena, &findings->items, &findings->count, &findings->capacity, sizeof *finding);
    *finding = (struct finding){
        .place = place,
        .severity = kind->severity,
        .code = kind->code,
        .message = i18n_fill(_(kind->message), parts, arena),
        .why = i18n_fill(_(kind->why), parts, arena),
        .try = i18n_fill(_(kind->try), parts, arena),
    };
    keep_source(findings, source, finding);
    findings->errors += kind->severity == SEVERITY_ERROR;
    findings->warnings += kind->severity == SEVERITY_WARNING;
}

static bool is_said(const struct findings *findings, size_t first, const struct finding *finding)
{
    for (size_t i = first; i < findings->count; i++) {
        const struct finding *said = &findings->items[i];

        if (said->place.line == finding->place.line &&
            said->place.column == finding->place.column && !strcmp(said->code, finding->code) &&
            !strcmp(said->message, finding->message))
            return true;
    }
    return false;
}

void finding_copy(struct findings *findings, const struct finding *finding)
{
    struct finding *copy = arena_push(findings->arena, &findings->items, &findings->count,
                                      &findings->capacity, sizeof *copy);

    *copy = *finding;
    findings->errors += finding->severity == SEVERITY_ERROR;
    findings->warnings += finding->severity == SEVERITY_WARNING;
}

void findings_take(struct findings *findings, size_t first, const struct findings *more)
{
    for (size_t i = 0; i < more->count; i++) {
        if (!is_said(findings, first, &more->items[i]))
            finding_copy(findings, &more->items[i]);
    }
}

void findings_cut(struct findings *findings, size_t count)
{
    while (findings->count > count) {
        const struct finding *last = &findings->items[--findings->count];

        findings->errors -= last->severity == SEVERITY_ERROR;
        findings->warnings -= last->severity == SEVERITY_WARNING;
    }
}

static int by_place(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = strcmp(a->place.file ? a->place.file : "", b->place.file ? b->place.file : "");

    if (order == 0)
        order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
    if (order == 0)
        order = (a->place.column > b->place.column) - (a->place.column < b->place.column);
    if (order == 0)
        order = strcmp(a->code, b->code);
    return order ? order : strcmp(a->message, b->message);
}

void findings_sort(struct findings *findings)
{
    if (findings->count)
        qsort(findings->items, findings->count, sizeof *findings->items, by_place);
}

static const char *severity_word(enum severity severity)
{
    return severity == SEVERITY_ERROR ? "error" : "warning";
}

/* The offset of code point number `points`, or of the end. */
static size_t offset_of(const char *text, size_t points)
{
    size_t offset = 0;
    uint32_t code_point;

    for (size_t i = 0; i < points && text[offset]; i++)
        offset += unicode_next(text + offset, &code_point);
    return offset;
}

/* The source line and a caret below its column. */
static void print_source(const struct finding *finding, struct arena *arena, struct buffer *out)
{
    bool is_whole = finding->source_column == 1;
    int before = finding->place.column - finding->source_column;

    (void)buffer_printf(out, "    %s%s%s\n", is_whole ? "" : "…",
                        unicode_line(finding->source, arena), finding->source_cut ? "…" : "");
    if (before >= 0) {
        size_t bytes = offset_of(finding->source, (size_t)before);
        size_t columns = unicode_columns(finding->source, bytes);

        (void)buffer_printf(out, "    %*s^\n", (int)columns + !is_whole, "");
    }
}

/* ---- on a terminal: what is around the caret, and lines between words ---- */

/* Where to begin so that what comes before `caret` takes no more columns: behind a blank if there
 * is one. */
static size_t begin_of(const char *source, size_t caret, size_t most)
{
    size_t at = 0, first = caret;
    uint32_t code_point;

    while (at < caret) {
        at += unicode_next(source + at, &code_point);
        if (unicode_columns(source + at, caret - at) > most)
            continue;
        first = at < first ? at : first;
        if (code_point == ' ')
            return at;
    }
    return first;
}

/* Where to end so that it fits: before a blank if there is one behind `caret`. */
static size_t end_of(const char *source, size_t caret, size_t most)
{
    size_t at = 0, blank = 0, size;
    uint32_t code_point;

    while ((size = unicode_next(source + at, &code_point)) &&
           unicode_columns(source, at + size) <= most) {
        if (code_point == ' ' && at > caret)
            blank = at;
        at += size;
    }
    return source[at] && blank ? blank : at;
}

/* A source line that a terminal would break cannot have a caret below it. */
static void fit_source(struct finding *finding, size_t columns, struct arena *arena)
{
    const size_t room =
        columns > ROOM_LEAST + SOURCE_INDENT + 2 ? columns - SOURCE_INDENT - 2 : ROOM_LEAST;
    const int before = finding->place.column - finding->source_column;
    const char *source = finding->source;
    size_t caret = before > 0 ? offset_of(source, (size_t)before) : 0, begin = 0, end;

    if (!columns || unicode_columns(source, strlen(source)) <= room)
        return;
    if (unicode_columns(source, caret) > room * 2 / 3)
        begin = begin_of(source, caret, room * 2 / 3);
    finding->source_column += (int)unicode_code_points(source, begin);
    source += begin;
    end = end_of(source, caret - begin, room);
    finding->source_cut = finding->source_cut || source[end];
    finding->source = arena_text_n(arena, source, end);
}

/* `first` before the first line, `indent` columns of room before the others. */
static void print_wrapped(const char *first, size_t indent, const char *text, size_t columns,
                          struct arena *arena, struct buffer *out)
{
    const size_t room = columns > indent + ROOM_LEAST ? columns - indent : columns;
    const char *line = unicode_wrap(unicode_line(text, arena), room, arena);
    size_t length = strcspn(line, "\n");

    (void)buffer_printf(out, "%s%.*s\n", first, (int)length, line);
    while (*(line += length)) {
        length = strcspn(++line, "\n");
        (void)buffer_printf(out, "%*s%.*s\n", (int)indent, "", (int)length, line);
    }
}

static void print_labelled(const char *label, const char *text, size_t columns, struct arena *arena,
                           struct buffer *out)
{
    const char *first = arena_printf(arena, "  %s ", label);

    print_wrapped(first, unicode_columns(first, strlen(first)), text, columns, arena, out);
}

const char *place_text(const struct place *place, struct arena *arena)
{
    const char *text = place->file ? place->file : "";

    if (place->file && place->line > 0)
        text = arena_printf(arena, "%s:%d", text, place->line);
    if (place->file && place->line > 0 && place->column > 0)
        text = arena_printf(arena, "%s:%d", text, place->column);
    return text;
}

static const char *head_of(const struct finding *finding, struct arena *arena)
{
    return arena_printf(arena, "%s%s%s[%s]: %s", place_text(&finding->place, arena),
                        finding->place.file ? ": " : "",
                        finding->severity == SEVERITY_ERROR ? _("error") : _("warning"),
                        finding->code, finding->message);
}

static void print_one(struct finding finding, size_t columns, struct arena *arena,
                      struct buffer *out)
{
    print_wrapped("", HEAD_INDENT, head_of(&finding, arena), columns, arena, out);
    if (finding.source) {
        fit_source(&finding, columns, arena);
        print_source(&finding, arena, out);
    }
    print_labelled(_("why:"), finding.why, columns, arena, out);
    print_labelled(_("try:"), finding.try, columns, arena, out);
}

void findings_print(const struct findings *findings, size_t columns, struct buffer *out)
{
    for (size_t i = 0; i < findings->count; i++) {
        print_one(findings->items[i], columns, findings->arena, out);
        (void)buffer_char(out, '\n');
    }
}

static void put_position(json_t *object, const char *member, int position)
{
    if (position > 0)
        json_put_integer(object, member, position);
    else
        json_put_new(object, member, NULL);
}

json_t *finding_json(const struct finding *finding)
{
    json_t *object = json_object();

    json_put(object, "file", finding->place.file);
    put_position(object, "line", finding->place.line);
    put_position(object, "column", finding->place.column);
    json_put(object, "severity", severity_word(finding->severity));
    json_put(object, "code", finding->code);
    json_put(object, "message", finding->message);
    json_put(object, "why", finding->why);
    json_put(object, "try", finding->try);
    return object;
}

json_t *findings_json(const struct findings *findings, size_t files)
{
    json_t *object = json_object();
    json_t *list = json_array();

    for (size_t i = 0; i < findings->count; i++)
        (void)json_array_append_new(list, finding_json(&findings->items[i]));
    json_put_new(object, "findings", list);
    json_put_integer(object, "errors", (int64_t)findings->errors);
    json_put_integer(object, "warnings", (int64_t)findings->warnings);
    json_put_integer(object, "files", (int64_t)files);
    return object;
}

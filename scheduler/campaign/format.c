#include "campaign/format.h"

#include <assert.h>
#include <string.h>

#include "campaign/pieces.h"
#include "campaign/scan.h"
#include "text/unicode.h"

enum { STEP = 2, COMMENT_GAP = 2, MOST_COLUMNS = 100 };

/* What is inside one bracket, or in the file itself. */
struct level {
    size_t indent;  /* where its settings and items begin */
    size_t closing; /* where its closing bracket stands if it begins a line */
    size_t value;   /* where the value of the setting begins */
    bool in_value;
};

/* A finished line; a comment behind it stands apart until it is known where. */
struct line {
    const char *text;
    size_t length, columns;
    const struct piece *comment;
};

struct layout {
    const struct pieces *pieces;
    const size_t *pads; /* blanks more before the = of each key */
    struct arena *arena;
    struct level levels[SCAN_MOST_LEVELS + 2];
    size_t depth;
    struct buffer text;          /* of the line that is being written */
    const struct piece *comment; /* behind it */
    size_t columns, line_indent;
    struct line *lines;
    size_t count, capacity;
};

static const struct piece *piece_at(const struct pieces *pieces, size_t i)
{
    return &pieces->items[i];
}

/* No empty line behind an opening bracket or before a closing one. */
static int breaks_before(const struct pieces *pieces, size_t i)
{
    const struct piece *piece = piece_at(pieces, i);
    bool at_edge =
        piece->kind == PIECE_CLOSE || (i > 0 && piece_at(pieces, i - 1)->kind == PIECE_OPEN);

    return at_edge && piece->breaks > 1 ? 1 : piece->breaks;
}

/* ---- Which = stand below each other. ---- */

/* The next key or the end of the same bracket. */
static size_t next_in_bracket(const struct pieces *pieces, size_t i)
{
    size_t inside = piece_at(pieces, i)->inside;
    const struct piece *piece;

    do
        piece = piece_at(pieces, ++i);
    while (piece->kind != PIECE_END && !(piece->kind == PIECE_NAME && piece->inside == inside) &&
           piece->inside >= inside);
    return i;
}

/* How many lines end between the setting before `i`, or its bracket, and `i`; comments count. */
static int breaks_around(const struct pieces *pieces, size_t i)
{
    int most = breaks_before(pieces, i);

    while (i > 0 && piece_at(pieces, i - 1)->kind == PIECE_COMMENT) {
        int breaks = breaks_before(pieces, --i);

        most = breaks > most ? breaks : most;
    }
    return most;
}

static bool begins_line(const struct pieces *pieces, size_t i)
{
    return i == 0 || piece_at(pieces, i - 1)->kind == PIECE_OPEN || breaks_around(pieces, i) > 0;
}

/* A setting that shares no line with the one before or behind it. */
static bool stands_alone(const struct pieces *pieces, size_t i)
{
    size_t next = next_in_bracket(pieces, i);

    return begins_line(pieces, i) &&
           (piece_at(pieces, next)->kind != PIECE_NAME || begins_line(pieces, next));
}

/* Whether the setting `next` belongs to the same run as the one before it. */
static bool goes_on(const struct pieces *pieces, size_t next)
{
    return piece_at(pieces, next)->kind == PIECE_NAME && breaks_around(pieces, next) == 1 &&
           stands_alone(pieces, next);
}

static void align_run(const struct pieces *pieces, size_t first, size_t *pads, bool *done)
{
    size_t widest = 0, i, behind;

    for (i = first;; i = behind) {
        if (piece_at(pieces, i)->length > widest)
            widest = piece_at(pieces, i)->length;
        behind = next_in_bracket(pieces, i);
        if (!goes_on(pieces, behind))
            break;
    }
    for (i = first;; i = next_in_bracket(pieces, i)) {
        pads[i] = widest - piece_at(pieces, i)->length;
        done[i] = true;
        if (next_in_bracket(pieces, i) == behind)
            break;
    }
}

static const size_t *align(const struct pieces *pieces, struct arena *arena)
{
    size_t *pads = arena_array(arena, pieces->count + 1, sizeof *pads);
    bool *done = arena_array(arena, pieces->count + 1, sizeof *done);

    for (size_t i = 0; i < pieces->count; i++) {
        if (piece_at(pieces, i)->kind == PIECE_NAME && !done[i] && stands_alone(pieces, i))
            align_run(pieces, i, pads, done);
    }
    return pads;
}

/* ---- Lines. ---- */

static void put(struct layout *layout, const char *text, size_t length)
{
    (void)buffer_add(&layout->text, text, length);
    for (size_t i = 0; i < length; i++) {
        if (text[length - 1 - i] == '\n') {
            layout->columns = unicode_columns(text + length - i, i);
            return;
        }
    }
    layout->columns += unicode_columns(text, length);
}

static void put_blanks(struct layout *layout, size_t count)
{
    while (count-- > 0)
        put(layout, " ", 1);
}

static void end_line(struct layout *layout)
{
    struct line *line =
        arena_push(layout->arena, &layout->lines, &layout->count, &layout->capacity, sizeof *line);

    line->text = arena_text_n(layout->arena, layout->text.bytes, layout->text.length);
    line->length = layout->text.length;
    line->columns = layout->columns;
    line->comment = layout->comment;
    layout->comment = NULL;
    buffer_empty(&layout->text);
    layout->columns = 0;
}

static struct level *innermost(struct layout *layout)
{
    return &layout->levels[layout->depth];
}

static size_t indent_of(struct layout *layout, const struct piece *piece)
{
    const struct level *level = innermost(layout);

    if (piece->kind == PIECE_CLOSE)
        return level->closing;
    if (!level->in_value)
        return level->indent;
    return level->value ? level->value : level->indent + STEP;
}

static void begin_line(struct layout *layout, const struct piece *piece)
{
    layout->line_indent = indent_of(layout, piece);
    put_blanks(layout, layout->line_indent);
}

static void go_on(struct layout *layout, size_t i)
{
    const struct pieces *pieces = layout->pieces;
    bool is_empty = i > 0 && piece_at(pieces, i - 1)->kind == PIECE_OPEN &&
                    piece_at(pieces, i)->kind == PIECE_CLOSE;

    if (i == 0 || is_empty)
        return;
    if (piece_at(pieces, i)->kind == PIECE_SIGN && piece_at(pieces, i - 1)->kind == PIECE_NAME)
        put_blanks(layout, layout->pads[i - 1]);
    put(layout, " ", 1);
}

static void open_level(struct layout *layout, size_t i, size_t column)
{
    const struct piece *next = piece_at(layout->pieces, i + 1);
    bool hangs = breaks_before(layout->pieces, i + 1) == 0 && next->kind != PIECE_COMMENT;

    layout->depth++;
    *innermost(layout) = (struct level){.indent = (hangs ? column : layout->line_indent) + STEP,
                                        .closing = hangs ? column : layout->line_indent};
}

static void keep_level(struct layout *layout, size_t i, size_t column)
{
    const struct piece *piece = piece_at(layout->pieces, i);
    struct level *level = innermost(layout);

    if (piece->kind == PIECE_SIGN) {
        level->in_value = true;
        level->value = 0;
    } else if (level->in_value && !level->value && piece->kind != PIECE_COMMENT) {
        level->value = column;
    }
    if (piece->kind == PIECE_OPEN)
        open_level(layout, i, column);
    else if (piece->after == ';')
        level->in_value = false;
}

/* Behind the end of a line, and short enough to be moved. */
static bool is_behind_line(const struct pieces *pieces, size_t i)
{
    const struct piece *piece = piece_at(pieces, i), *next = piece_at(pieces, i + 1);

    return piece->kind == PIECE_COMMENT && i > 0 && piece->breaks == 0 &&
           !memchr(piece->text, '\n', piece->length) &&
           (next->kind == PIECE_END || breaks_before(pieces, i + 1) > 0);
}

static void lay_piece(struct layout *layout, size_t i)
{
    const struct piece *piece = piece_at(layout->pieces, i);
    int breaks = breaks_before(layout->pieces, i);
    size_t column;

    for (int k = 0; k < breaks; k++)
        end_line(layout);
    if (is_behind_line(layout->pieces, i)) {
        layout->comment = piece;
        return;
    }
    if (breaks > 0)
        begin_line(layout, piece);
    else
        go_on(layout, i);
    if (piece->kind == PIECE_CLOSE)
        layout->depth--;
    column = layout->columns;
    put(layout, piece->text, piece->length);
    if (piece->after)
        put(layout, &piece->after, 1);
    keep_level(layout, i, column);
}

/* ---- Comments behind lines stand below each other, and all becomes one text. ---- */

static size_t comment_column(const struct layout *layout, size_t first)
{
    size_t widest = 0;

    for (size_t i = first; i < layout->count && layout->lines[i].comment; i++)
        if (layout->lines[i].columns > widest)
            widest = layout->lines[i].columns;
    return widest <= MOST_COLUMNS ? widest + COMMENT_GAP : 0;
}

static void join_line(const struct line *line, size_t column, struct buffer *out)
{
    (void)buffer_add(out, line->text, line->length);
    if (line->comment) {
        size_t blanks = column > line->columns ? column - line->columns : COMMENT_GAP;

        while (blanks-- > 0)
            (void)buffer_char(out, ' ');
        (void)buffer_add(out, line->comment->text, line->comment->length);
    }
    (void)buffer_char(out, '\n');
}

static const char *join(const struct layout *layout)
{
    struct buffer out;
    const char *text;
    size_t column = 0;

    buffer_init(&out, SIZE_MAX);
    for (size_t i = 0; i < layout->count; i++) {
        if (layout->lines[i].comment && (i == 0 || !layout->lines[i - 1].comment))
            column = comment_column(layout, i);
        join_line(&layout->lines[i], column, &out);
    }
    text = arena_text_n(layout->arena, out.bytes, out.length);
    buffer_clear(&out);
    return text;
}

static const char *lay_out(const struct pieces *pieces, struct arena *arena)
{
    struct layout layout = {.pieces = pieces, .pads = align(pieces, arena), .arena = arena};

    buffer_init(&layout.text, SIZE_MAX);
    for (size_t i = 0; i < pieces->count; i++)
        lay_piece(&layout, i);
    if (pieces->count > 0)
        end_line(&layout);
    buffer_clear(&layout.text);
    return join(&layout);
}

/* ---- */

static bool has_good_form(struct source *source, struct arena *arena)
{
    struct scan scan;

    scan_text(source, arena, &scan);
    return source->errors == 0 && !scan.lost;
}

bool format_text(struct source *source, struct arena *arena, const char **formatted)
{
    struct pieces pieces, again;
    struct source result = {.file = source->file};

    if (!has_good_form(source, arena))
        return false;
    pieces_cut(source, arena, &pieces);
    *formatted = lay_out(&pieces, arena);
    result.text = *formatted;
    result.length = strlen(*formatted);
    pieces_cut(&result, arena, &again);
    assert(pieces_equal(&pieces, &again) && "a tidied file says something else");
    return true;
}

#include "campaign/pieces.h"

#include <assert.h>
#include <string.h>

#include "campaign/scan.h"
#include "campaign/tokens.h"

enum { MOST_BREAKS = 2 };

struct bracket {
    size_t number;  /* 0 = the file itself */
    bool is_group;  /* holds settings */
    bool has_value; /* the value of a setting is complete, as far as is known */
};

struct cutter {
    struct pieces *pieces;
    struct arena *arena;
    int breaks;      /* before the next piece */
    int carried;     /* before a mark that belongs to the piece before it */
    size_t last;     /* the newest piece that is no comment, plus 1 */
    size_t brackets; /* opened so far */
    struct bracket stack[SCAN_MOST_LEVELS + 2];
    size_t depth;
};

static struct bracket *innermost(struct cutter *cutter)
{
    return &cutter->stack[cutter->depth];
}

static struct piece *add(struct cutter *cutter, enum piece_kind kind, const char *text,
                         size_t length)
{
    struct pieces *pieces = cutter->pieces;
    int breaks = cutter->breaks > cutter->carried ? cutter->breaks : cutter->carried;
    struct piece *piece =
        arena_push(cutter->arena, &pieces->items, &pieces->count, &pieces->capacity, sizeof *piece);

    if (pieces->count == 1)
        breaks = 0;
    else if (breaks == 0 && piece_ends_line(piece - 1))
        breaks = 1;
    *piece = (struct piece){.kind = kind,
                            .text = text,
                            .length = length,
                            .breaks = breaks,
                            .inside = innermost(cutter)->number};
    cutter->breaks = cutter->carried = 0;
    if (kind != PIECE_COMMENT)
        cutter->last = pieces->count;
    return piece;
}

/* ---- Comments, and where lines end. ---- */

static size_t comment_length(const char *at)
{
    if (at[0] == '/' && at[1] == '*')
        return (size_t)(strstr(at + 2, "*/") - at) + 2;
    return strcspn(at, "\n");
}

static size_t without_blanks(const char *text, size_t length)
{
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    return length;
}

static void add_comments(struct cutter *cutter, const char *at, const char *end)
{
    while (at < end) {
        if (*at == '#' || *at == '/') {
            size_t length = comment_length(at);

            (void)add(cutter, PIECE_COMMENT, at, without_blanks(at, length));
            at += length;
            continue;
        }
        if (*at == '\n' && cutter->breaks < MOST_BREAKS)
            cutter->breaks++;
        at++;
    }
}

/* ---- Tokens. ---- */

static void end_value(struct cutter *cutter, char mark)
{
    if (cutter->last > 0)
        cutter->pieces->items[cutter->last - 1].after = mark;
    innermost(cutter)->has_value = false;
    if (cutter->carried < cutter->breaks)
        cutter->carried = cutter->breaks;
    cutter->breaks = 0;
}

/* The end of the setting before, if nobody marked it. */
static void end_unmarked(struct cutter *cutter)
{
    if (innermost(cutter)->is_group && innermost(cutter)->has_value)
        end_value(cutter, ';');
}

/* That brackets come in pairs, and how deep, the scanner has seen to. */
static void open_bracket(struct cutter *cutter, const struct token *token)
{
    (void)add(cutter, PIECE_OPEN, token->start, token->length);
    assert(cutter->depth + 1 < COUNT_OF(cutter->stack));
    cutter->depth++;
    *innermost(cutter) =
        (struct bracket){.number = ++cutter->brackets, .is_group = *token->start == '{'};
}

static void close_bracket(struct cutter *cutter, const struct token *token)
{
    end_unmarked(cutter);
    assert(cutter->depth > 0);
    cutter->depth--;
    (void)add(cutter, PIECE_CLOSE, token->start, token->length);
    innermost(cutter)->has_value = true;
}

static void add_mark(struct cutter *cutter, const struct token *token)
{
    switch (*token->start) {
    case '{':
    case '(':
    case '[':
        open_bracket(cutter, token);
        break;
    case '}':
    case ')':
    case ']':
        close_bracket(cutter, token);
        break;
    case ';':
    case ',':
        end_value(cutter, innermost(cutter)->is_group ? ';' : ',');
        break;
    default:
        cutter->breaks = cutter->carried = 0;
        (void)add(cutter, PIECE_SIGN, "=", 1);
    }
}

static void add_token(struct cutter *cutter, const struct token *token)
{
    bool is_key = token->kind == TOKEN_NAME && innermost(cutter)->is_group &&
                  (cutter->last == 0 || cutter->pieces->items[cutter->last - 1].kind != PIECE_SIGN);

    if (token->kind == TOKEN_MARK) {
        add_mark(cutter, token);
        return;
    }
    if (is_key)
        end_unmarked(cutter);
    (void)add(cutter,
              is_key                        ? PIECE_NAME
              : token->kind == TOKEN_STRING ? PIECE_TEXT
                                            : PIECE_WORD,
              token->start, token->length);
    innermost(cutter)->has_value = !is_key;
}

/* Lines end with a line feed alone, also those inside of a block comment. */
static void drop_carriage_returns(struct pieces *pieces, struct arena *arena)
{
    for (size_t i = 0; i < pieces->count; i++) {
        struct piece *piece = &pieces->items[i];
        char *copy;
        size_t kept = 0;

        if (!memchr(piece->text, '\r', piece->length))
            continue;
        copy = arena_text_n(arena, piece->text, piece->length);
        for (size_t k = 0; k < piece->length; k++)
            if (copy[k] != '\r')
                copy[kept++] = copy[k];
        piece->text = copy;
        piece->length = kept;
    }
}

void pieces_cut(const struct source *source, struct arena *arena, struct pieces *pieces)
{
    struct cutter cutter = {.pieces = pieces, .arena = arena, .stack = {{.is_group = true}}};
    struct findings unheard;
    struct source silent = *source;
    struct tokens tokens;
    struct buffer lines;
    const char *end;
    size_t start = 0;

    findings_init(&unheard, arena);
    silent.findings = &unheard;
    *pieces = (struct pieces){0};
    if (!source_admit(&silent, &start))
        return;
    end = source->text + start;
    buffer_init(&lines, SIZE_MAX);
    for (tokens_start(&tokens, &silent, start, arena, &lines);; tokens_take(&tokens)) {
        add_comments(&cutter, end, tokens.now.start);
        if (tokens.now.kind == TOKEN_END)
            break;
        add_token(&cutter, &tokens.now);
        end = tokens.now.start + tokens.now.length;
    }
    end_unmarked(&cutter);
    buffer_clear(&lines);
    drop_carriage_returns(pieces, arena);
    (void)add(&cutter, PIECE_END, "", 0);
    pieces->count--;
}

/* ---- Questions. ---- */

static bool piece_equal(const struct piece *a, const struct piece *b)
{
    return a->kind == b->kind && a->after == b->after && a->length == b->length &&
           memcmp(a->text, b->text, a->length) == 0;
}

bool pieces_equal(const struct pieces *a, const struct pieces *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!piece_equal(&a->items[i], &b->items[i]))
            return false;
    }
    return true;
}

bool piece_ends_line(const struct piece *piece)
{
    return piece->kind == PIECE_COMMENT && !(piece->text[0] == '/' && piece->text[1] == '*');
}

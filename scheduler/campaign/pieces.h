/* campaign/pieces.h - a campaign file without mistakes cut into pieces: tokens and comments.
 *
 * What campaign/format.h lays out anew. The marks that end settings and divide lists are no pieces
 * but belong to the piece before them; where a setting lacks its ; it is given one.
 */
#ifndef CRIER_CAMPAIGN_PIECES_H
#define CRIER_CAMPAIGN_PIECES_H

#include "base/arena.h"
#include "campaign/source.h"

enum piece_kind {
    PIECE_NAME, /* the key of a setting */
    PIECE_SIGN, /* = */
    PIECE_TEXT, /* a string in its quotes */
    PIECE_WORD, /* a number, true, false */
    PIECE_OPEN,
    PIECE_CLOSE,
    PIECE_COMMENT, /* block comments, too */
    PIECE_END      /* behind the last one */
};

struct piece {
    enum piece_kind kind;
    const char *text;
    size_t length;
    int breaks;    /* lines that end before it: 0, 1, or 2 for an empty line */
    char after;    /* ';' or ',' that follows it, 0 = none */
    size_t inside; /* number of the bracket it stands in, 0 = none; a bracket stands outside itself
                    */
};

struct pieces {
    struct piece *items;
    size_t count, capacity; /* PIECE_END is not counted */
};

/* The text must have been scanned (campaign/scan.h) without an error. Reports nothing. */
void pieces_cut(const struct source *source, struct arena *arena, struct pieces *pieces);

/* Whether both say the same in the same order, comments included. */
bool pieces_equal(const struct pieces *a, const struct pieces *b);

/* A comment that goes on to the end of its line. */
bool piece_ends_line(const struct piece *piece);

#endif

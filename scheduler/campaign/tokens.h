/* campaign/tokens.h - a campaign text cut into tokens, each with its place.
 *
 * Knows strings, the three kinds of comment, numbers, names and brackets, and what
 * people do to them: curly quotes, no-break spaces, quotes that are not closed. Every mistake
 * becomes a finding and a token that the scanner can go on with, so that one reading finds all
 * mistakes. What this does not know: nesting, keys, values.
 */
#ifndef CRIER_CAMPAIGN_TOKENS_H
#define CRIER_CAMPAIGN_TOKENS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "campaign/source.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,   /* a key, true, false, or a word that lacks its quotes     */
    TOKEN_STRING, /* `text` is what stands between the quotes, mended        */
    TOKEN_NUMBER, /* a whole number that libconfig reads as it is meant      */
    TOKEN_MARK,   /* one of { } [ ] ( ) , ; = :                              */
    TOKEN_BARE    /* anything else                                           */
};

struct token {
    enum token_kind kind;
    const char *start; /* in the source */
    size_t length;
    struct place place;
    const char *text; /* in the arena */
    bool faulty;      /* a finding was made about it */
    bool begins_line; /* nothing but blanks before it on its line */
};

struct tokens {
    struct source *source;
    struct arena *arena;
    const char *at;
    int line;
    const char *counted; /* columns are counted up to here: long lines stay linear */
    int column;
    struct token now;     /* the token that stands next */
    bool torn;            /* a text took the rest of its line with it, brackets included */
    bool cut;             /* a comment swallowed the rest of the file */
    struct place after;   /* right behind the one taken before it */
    struct buffer *lines; /* gets a line feed for each one passed */
};

/* `lines` collects the line feeds, so that what is written there has the lines of the source. */
void tokens_start(struct tokens *tokens, struct source *source, size_t start, struct arena *arena,
                  struct buffer *lines);

/* Takes tokens->now and looks at the next one. */
void tokens_take(struct tokens *tokens);

bool token_is(const struct token *token, char mark);

/* Whether the token is a name with = behind it: the beginning of a setting. */
bool tokens_at_setting(const struct tokens *tokens);

/* Takes everything up to where a value that lacks its quotes must end: ; , a closing bracket, a
 * comment or the end of the line. In a group commas belong to it, unless a setting follows. */
const char *tokens_take_bare(struct tokens *tokens, bool in_group);

/* Leaves out everything up to the next ; or the end of the line. */
void tokens_skip_line(struct tokens *tokens);

#endif

/* commands/explain.h - the words that `crier explain` explains, read from the tables by which the
 * program itself works: there is no second list that could say something else.
 *
 * A kind of word is one row of explain_kinds: how many there are, what each is called, and a
 * function that fills a sheet with what is known about one. A sheet is printed for people or as
 * JSON; both come from the same lines. Labels and sentences are in the user's language, member
 * names and words never.
 */
#ifndef CRIER_COMMANDS_EXPLAIN_H
#define CRIER_COMMANDS_EXPLAIN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "campaign/limits.h"

struct sheet_line {
    const char *member; /* in JSON */
    const char *label;  /* for people */
    json_t *value;      /* a text, true or false, a list of texts, or null */
    const char *said;   /* to people in place of a text that JSON has as a fixed word; or NULL */
    bool as_it_is;      /* a text of several lines, never broken */
};

struct sheet {
    struct arena *arena;
    struct sheet_line *lines;
    size_t count, capacity;
};

/* A line; NULL is null in JSON and not shown to people. */
void sheet_say(struct sheet *sheet, const char *member, const char *label, const char *text);
/* A fixed word in JSON, and what it is called to people. */
void sheet_call(struct sheet *sheet, const char *member, const char *label, const char *word,
                const char *said);
/* Lines of a file, each on a line of its own. */
void sheet_show(struct sheet *sheet, const char *member, const char *label, const char *lines);
void sheet_flag(struct sheet *sheet, const char *member, const char *label, bool truth);
/* A list of its own lines; each text that follows is one item. */
void sheet_list(struct sheet *sheet, const char *member, const char *label);
void sheet_item(struct sheet *sheet, const char *text);

/* A list of words that ends with NULL; the list itself may be NULL. */
void sheet_words(struct sheet *sheet, const char *member, const char *label,
                 const char *const *words);
/* "500 graphemes". */
const char *sheet_quantity(struct sheet *sheet, int64_t number, const char *what);

/* explain_platform.c: what is known about adapters[i]. */
void explain_platform(size_t i, struct sheet *sheet);
/* explain_media.c: its part about pictures and videos. */
void explain_media(const struct limits *limits, struct sheet *sheet);

struct explain_kind {
    const char *name;     /* "key", in JSON */
    const char *heading;  /* N_(): over the list of all */
    const char *singular; /* N_(): behind a word */
    size_t (*count)(void);
    const char *(*word)(size_t i);
    /* Whether `word` may mean it besides by its name, as "repeat.at" does; or NULL. */
    bool (*also)(size_t i, const char *word);
    void (*fill)(size_t i, struct sheet *sheet);
};
extern const struct explain_kind explain_kinds[];
extern const size_t explain_kind_count;

#endif

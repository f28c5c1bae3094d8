/* campaign/fields.h - every key that may stand in crier.cfg or in a campaign, once.
 *
 * The reader checks by this table, "did you mean" chooses from it, and the
 * reference prints it. To add a key: a row here, and the line that uses its value. Account keys
 * that only one platform has come from that platform's own table (struct account_key).
 */
#ifndef CRIER_CAMPAIGN_FIELDS_H
#define CRIER_CAMPAIGN_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kinds of groups. A key may stand in several. */
enum field_place {
    IN_CONFIG = 1, /* crier.cfg itself */
    IN_ACCOUNT = 2,
    IN_LIMITS = 4,
    IN_GROUP = 8,
    IN_BLACKOUT = 16,
    IN_QUIET = 32,
    IN_CAMPAIGN = 64, /* a campaign file itself */
    IN_POST = 128,
    IN_OVERRIDE = 256, /* mastodon = { ... } in a post */
    IN_MEDIA = 512,
    IN_REPEAT = 1024,
    IN_PART = 2048, /* of a thread */
    IN_KNOWN = 4096
};

enum field_type {
    FIELD_TEXT, /* free text, made NFC                        */
    FIELD_NAME, /* a text that is taken byte by byte          */
    FIELD_BOOL,
    FIELD_NUMBER, /* least .. most                              */
    FIELD_SPAN,   /* "6h", least .. most in milliseconds        */
    FIELD_TIME,   /* "2026-12-01 09:30"                         */
    FIELD_DATE,   /* "2026-12-01"                               */
    FIELD_CLOCK,  /* "19:00"                                    */
    FIELD_CHOICE, /* one of `choices`                           */
    FIELD_TEXTS,  /* lists: at least `least` items              */
    FIELD_NAMES,
    FIELD_NUMBERS,
    FIELD_DATES,
    FIELD_CLOCKS,
    FIELD_NTH, /* "last Fri", or a list of such               */
    FIELD_GROUP,
    FIELD_GROUPS,
    FIELD_PARTS, /* a list of texts or groups: value.texts has NULL for a group */
    FIELD_VARS   /* a group of texts with names of their own    */
};

struct field {
    const char *name;
    unsigned where;
    enum field_type type;
    bool required;
    int64_t least, most;        /* numbers and spans; items of a list (most 0: 10,000) */
    const char *const *choices; /* ends with NULL */
    const char *words;          /* N_(): what its words or numbers mean, a sentence; or NULL */
    const char *fallback;       /* as it would be written; NULL = none */
    const char *sentence;       /* N_(): what it says, without a full stop */
    const char *example;        /* as it would be written in a file */
};

extern const struct field fields[];
extern const size_t field_count;

/* NULL for an unknown key. */
const struct field *field_find(const char *name, enum field_place where);

/* The other places where a key of that name may stand, those in the same file first; 0 = none. */
unsigned field_elsewhere(const char *name, enum field_place not_here);

/* The groups, in the order in which a person should think of them, by a word each. */
struct field_group {
    enum field_place place;
    const char *word; /* "post" */
    const char *text; /* N_(): "inside a post" */
};
extern const struct field_group field_groups[];
extern const size_t field_group_count;

/* "inside a post", for people; of the first place in `where`. */
const char *field_place_text(unsigned where);

/* "a text", "a list of texts", "true or false", for people. */
const char *field_type_text(enum field_type type);

#endif

/* campaign/values.h - one group of settings, checked against the table of fields.
 *
 * group_read walks over the members of a group: unknown keys, wrong types, words that are none of
 * the choices, numbers out of range, missing keys. What is left are values that can be used without
 * another look. A value that was wrong is not `given` but `wrong`: whoever asks for it takes the
 * default and says nothing more about it.
 */
#ifndef CRIER_CAMPAIGN_VALUES_H
#define CRIER_CAMPAIGN_VALUES_H

#include <libconfig.h>

#include "base/arena.h"
#include "base/instant.h"
#include "calendar/zone.h"
#include "campaign/fields.h"
#include "campaign/model.h"
#include "campaign/scan.h"

/* One file while it is read. */
struct reading {
    struct source *source;
    struct arena *arena; /* the model's lifetime */
    const struct zone *zone;
    const struct known *known; /* what texts are held against; NULL = nothing */
};

/* A setting of libconfig's together with its places. */
struct member {
    config_setting_t *setting;
    const struct node *node;
};

struct value {
    const struct field *field;
    bool given;
    bool wrong;
    struct member member;
    struct place key, place;
    const char *text; /* texts, names, choices */
    int64_t number;   /* numbers, truths, dates (days), clocks (seconds), index of a choice */
    struct span span;
    struct civil civil; /* times */
    struct texts texts; /* lists of texts and names */
    int64_t *numbers;   /* lists of numbers, dates, clocks */
    size_t number_count;
};

enum { GROUP_MOST_FIELDS = 32 };

struct group_values {
    enum field_place where;
    struct place place;
    struct value values[GROUP_MOST_FIELDS];
    size_t count;
    struct member *others; /* members that the table does not know: overrides, a platform's own
                              keys, mistakes */
    size_t other_count, other_capacity;
};

/* `places`: a group's own place, for what is missing in it. */
void group_read(struct reading *reading, struct member member, enum field_place where,
                struct group_values *group);

/* Never NULL for a key of the table: one that is not given has its default. */
const struct value *group_value(const struct group_values *group, const char *key);
static inline bool group_has(const struct group_values *group, const char *key)
{
    return group_value(group, key)->given;
}

/* A finding for a member that nobody knows, with the nearest of the table's keys and of `more`. */
void group_refuse_other(struct reading *reading, const struct group_values *group,
                        const struct member *other, const char *const *more, size_t more_count);
/* For all of them. */
void group_refuse_others(struct reading *reading, const struct group_values *group);

/* The items of a list or group. */
size_t member_count(const struct member *member);
struct member member_at(const struct member *member, size_t index);

/* The texts of `vars`. */
struct variables variables_read(struct reading *reading, const struct value *value);

/* "Did you mean ...?", or the choices: the `try` of many findings. */
const char *guess_text(struct reading *reading, const char *guess, const char *otherwise);
const char *known_text(struct reading *reading, const char *const *words, size_t count);
const char *nearest_text(struct reading *reading, const char *word, const char *const *words,
                         size_t count);

/* The instant of a local time; a finding and false when it does not exist or comes twice. */
MUST_CHECK bool reading_instant(struct reading *reading, const struct value *value,
                                struct instant *instant);

void reading_report(struct reading *reading, const char *code, struct place place, const char *a,
                    const char *b, const char *c);

/* Whether `text` begins with `word`, without regard to the case of ASCII letters. */
bool begins_with_word(const char *text, const char *word);

/* a-z, 0-9 and -; beginning with a letter if asked for; at most `most` characters. */
MUST_CHECK bool is_plain_name(const char *text, bool letter_first, size_t most);
/* The nearest text that is one: capitals made small, blanks and _ made hyphens, the rest dropped.
 * "" when nothing is left. */
const char *plain_name_of(const char *text, bool letter_first, size_t most, struct arena *arena);

#endif

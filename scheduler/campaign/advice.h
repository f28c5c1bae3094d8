/* campaign/advice.h - how a line should stand: what the `try:` of findings shows.
 *
 * A reader who never saw the file format writes what is shown; so a mended line is whole, from its
 * key to its ; and is shown only where it is short and certain. Everything returned lives in the
 * arena that is given.
 */
#ifndef CRIER_CAMPAIGN_ADVICE_H
#define CRIER_CAMPAIGN_ADVICE_H

#include "campaign/values.h"

enum { ADVICE_KEEP_ALL = -1 };

/* Whether it is short, and stands between quotes as it is. */
bool advice_may_show(const char *text, size_t most_bytes);

/* "a, b, c"; of very many the first. */
const char *advice_words(const char *const *words, size_t count, struct arena *arena);

/* `accounts = [ "toots", "wing" ];`: a list as it stands, but for item `without` and for what
 * stands in it a second time. NULL when it is long, or holds other than words and numbers. */
const char *advice_list(const struct value *list, int without, struct arena *arena);

/* The first text of a list that stands there for the second time; 0 when none does. */
int advice_doubled(const struct value *list);

/* The sentence that takes item `index`, which is not the first one, out of a list. */
const char *advice_without(const struct value *list, int index, struct arena *arena);

/* The sentences for a text or a list that is empty: those without which the group would not do
 * can only be filled. */
const char *advice_fill_text(const struct value *value, struct arena *arena);
const char *advice_fill_list(const struct value *value, struct arena *arena);

/* For a number, a length of time and a word that cannot be: what can, and what it means. */
const char *advice_number(const struct field *field, struct arena *arena);
const char *advice_span(const struct field *field, struct arena *arena);
const char *advice_choice(struct reading *reading, const struct field *field, const char *word);

#endif

/* base/i18n.h - messages for people go through _(), so that they can be in Hindi.
 *
 * Codes, state words, keys, options and JSON names are never translated. N_() marks a text in a
 * table that is translated where it is printed; P_() chooses by a number. A message is a whole
 * sentence: what is put into it is a name, a number or a code, never another translated half.
 *
 * The catalogue stands beside the program, in ../share/locale seen from the executable: in the
 * build tree as where it is installed. Neither the current folder nor a variable has a say in that,
 * for a catalogue holds formats.
 */
#ifndef CRIER_BASE_I18N_H
#define CRIER_BASE_I18N_H

#include <libintl.h>

#include "base/arena.h"

#define _(text)              dgettext("crier", text)
#define N_(text)             text
#define P_(one, many, count) dngettext("crier", one, many, count)

/* "hi" or "en" when the name of a locale or language means one of the two ("hi", "hi_IN.UTF-8"),
 * else NULL. */
const char *i18n_language(const char *locale);

/* What the person asks for: the first language of LANGUAGE that we speak, else the first of LC_ALL,
 * LC_MESSAGES and LANG that says something. Another people's language is answered in English; NULL
 * when the environment names no language at all (nothing set, C, C.UTF-8, POSIX). */
const char *i18n_wanted(void);

/* To be called once, before there are threads: characters are UTF-8 whatever the environment says,
 * numbers stay in the C locale, and messages come in `language`; NULL = English. */
void i18n_start(const char *language);

/* A sentence of a table with its parts in place of {0}, {1} and {2}; all other braces stay, and a
 * part that is NULL is empty. For sentences that the compiler cannot check as formats. */
const char *i18n_fill(const char *sentence, const char *const parts[3], struct arena *arena);

#endif

/* commands/words.h - the words of a post on a terminal, for preview and why alike.
 *
 * Each line stands behind a mark, so that nobody takes the words of a post for ours; control and
 * bidi characters are shown escaped.
 */
#ifndef CRIER_COMMANDS_WORDS_H
#define CRIER_COMMANDS_WORDS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/json.h"

/* "INDENT MARK line" for each line of the text, broken where the terminal ends; nothing for NULL
 * and "". */
void words_print(FILE *out, const char *indent, const char *mark, const char *text,
                 struct arena *scratch);

/* A word and blanks up to that many columns of the terminal: in Hindi a byte is no column. */
const char *words_padded(const char *word, size_t columns, struct arena *arena);

/* A finding as the desk answers it, behind `mark`, and what to try; in red where there are colours.
 */
void words_finding(FILE *out, const char *mark, const json_t *finding, bool colour,
                   struct arena *arena);

/* "2026-12-01T09:30:00+05:30" as staff write it: "2026-12-01 09:30", with seconds if it has any; ""
 * for NULL. */
const char *words_time(const char *time, struct arena *arena);

#endif

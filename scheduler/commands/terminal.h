/* commands/terminal.h - how wide the terminal is, and texts broken to fit it. */
#ifndef CRIER_COMMANDS_TERMINAL_H
#define CRIER_COMMANDS_TERMINAL_H

#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"

/* 80 where it does not say; 0 when the descriptor is no terminal: nothing is broken then. */
size_t terminal_columns(int fd);

/* How wide a page may be: the terminal; without one what $COLUMNS says (40 to 400), else 80. */
size_t terminal_page(int fd);

/* A text as lines that fit `out`: `first` before the first of them, as many blanks and `more`
 * before the others. */
void terminal_print(FILE *out, const char *first, const char *more, const char *text,
                    struct arena *arena);

/* Paragraphs whose lines are broken already, with an empty line between them: on a terminal they
 * are joined and broken anew. */
void terminal_paragraphs(FILE *out, const char *text, struct arena *arena);

#endif

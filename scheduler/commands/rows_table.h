/* commands/rows_table.h - deliveries as an aligned table for people (libsmartcols: it knows how
 * wide Hindi is).
 *
 * Columns without a single value are left out. Nothing is ever cut, also on a narrow terminal: a
 * name or an address must be there to copy.
 */
#ifndef CRIER_COMMANDS_ROWS_TABLE_H
#define CRIER_COMMANDS_ROWS_TABLE_H

#include <stdio.h>

#include "base/json.h"

struct rows_table;

struct rows_table *rows_table_new(void);
/* A delivery as the desk answers it. */
void rows_table_add(struct rows_table *table, const json_t *delivery);
/* Prints what was added, under `title`, and ends the table. Nothing when nothing was added. */
void rows_table_print(struct rows_table *table, const char *title, FILE *out);

#endif

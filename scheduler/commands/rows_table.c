#include "commands/rows_table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/i18n.h"

/* The columns, and the member of a delivery that each shows. */
static const struct column {
    const char *title; /* N_() */
    const char *member;
} columns[] = {
    {N_("WHEN"), "due"},      {N_("STATE"), "state"}, {N_("DELIVERY"), "name"},
    {N_("REASON"), "reason"}, {N_("NOTE"), "note"},   {N_("ADDRESS"), "url"},
};

struct rows_table {
    struct libscols_table *table;
    struct arena arena;
    bool filled[COUNT_OF(columns)];
    size_t rows;
};

struct rows_table *rows_table_new(void)
{
    struct rows_table *made = calloc(1, sizeof *made);
    size_t i;

    if (!made || !(made->table = scols_new_table()))
        out_of_memory();
    for (i = 0; i < COUNT_OF(columns); i++) {
        if (!scols_table_new_column(made->table, _(columns[i].title), 0, 0))
            out_of_memory();
    }
    return made;
}

/* "2026-11-22 09:48": what went out shows when it did. */
static const char *minute(struct rows_table *table, const json_t *delivery)
{
    const char *published = json_text(delivery, "published");
    char *text =
        arena_printf(&table->arena, "%.16s", published ? published : json_text(delivery, "due"));
    char *letter = strchr(text, 'T');

    if (letter)
        *letter = ' ';
    return text;
}

void rows_table_add(struct rows_table *table, const json_t *delivery)
{
    struct libscols_line *line = scols_table_new_line(table->table, NULL);
    size_t i;

    if (!line)
        out_of_memory();
    table->rows++;
    for (i = 0; i < COUNT_OF(columns); i++) {
        const char *text =
            i == 0 ? minute(table, delivery) : json_text(delivery, columns[i].member);
        table->filled[i] = table->filled[i] || text;
        if (text && scols_line_set_data(line, i, text) != 0)
            out_of_memory();
    }
}

static void hide_empty(struct rows_table *table)
{
    size_t i;

    for (i = 0; i < COUNT_OF(columns); i++) {
        if (!table->filled[i])
            (void)scols_column_set_flags(scols_table_get_column(table->table, i), SCOLS_FL_HIDDEN);
    }
}

void rows_table_print(struct rows_table *table, const char *title, FILE *out)
{
    if (table->rows > 0) {
        fprintf(out, "\n%s\n", title);
        hide_empty(table);
        (void)scols_table_set_stream(table->table, out);
        (void)scols_print_table(table->table);
    }
    scols_unref_table(table->table);
    arena_clear(&table->arena);
    free(table);
}

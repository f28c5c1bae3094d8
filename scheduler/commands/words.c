#include "commands/words.h"

#include <string.h>

#include "commands/terminal.h"
#include "text/unicode.h"

void words_print(FILE *out, const char *indent, const char *mark, const char *text,
                 struct arena *scratch)
{
    const char *line = text ? unicode_lines(text, scratch) : "";

    while (*line) {
        size_t length = strcspn(line, "\n");

        terminal_print(out, arena_printf(scratch, "%s%s", indent, mark), "",
                       arena_text_n(scratch, line, length), scratch);
        line += length + (line[length] == '\n');
    }
}

void words_pad(FILE *out, const char *word, size_t columns)
{
    size_t taken = unicode_columns(word, strlen(word));

    fprintf(out, "%s%*s", word, taken < columns ? (int)(columns - taken) : 0, "");
}

const char *words_time(const char *time, struct arena *arena)
{
    const size_t seconds = strlen("2026-12-01T09:30:00"), minutes = strlen("2026-12-01T09:30");
    char *text;

    if (!time || strlen(time) < seconds)
        return "";
    text = arena_text_n(arena, time, strncmp(time + minutes, ":00", 3) ? seconds : minutes);
    text[strlen("2026-12-01")] = ' ';
    return text;
}

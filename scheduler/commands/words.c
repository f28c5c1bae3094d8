#include "commands/words.h"

#include <string.h>

#include "base/i18n.h"
#include "base/instant.h"
#include "campaign/finding.h"
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

const char *words_padded(const char *word, size_t columns, struct arena *arena)
{
    const size_t taken = unicode_columns(word, strlen(word));

    return arena_printf(arena, "%s%*s", word, taken < columns ? (int)(columns - taken) : 0, "");
}

static const char *place_of(const json_t *finding, struct arena *arena)
{
    const char *file = json_text(finding, "file");
    const struct place place = {.file = file ? file : "crier.cfg",
                                .line = (int)json_integer_or(finding, "line", 0),
                                .column = (int)json_integer_or(finding, "column", 0)};

    return place_text(&place, arena);
}

void words_finding(FILE *out, const char *mark, const json_t *finding, bool colour,
                   struct arena *arena)
{
    const char *try = json_text(finding, "try");
    const char *says = arena_printf(arena, "%s: %s[%s]: %s", place_of(finding, arena),
                                    _(json_text(finding, "severity")), json_text(finding, "code"),
                                    json_text(finding, "message"));

    fputs(colour ? "\033[1;31m" : "", out);
    terminal_print(out, mark, "", unicode_line(says, arena), arena);
    fputs(colour ? "\033[0m" : "", out);
    if (try)
        terminal_print(out, _("  try: "), "", unicode_line(try, arena), arena);
}

const char *words_time(const char *time, struct arena *arena)
{
    if (!time || strlen(time) < strlen("2026-12-01T09:30:00"))
        return "";
    return instant_plain(arena_text(arena, time));
}

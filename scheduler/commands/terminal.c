#include "commands/terminal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text/unicode.h"

enum { USUAL_COLUMNS = 80, LEAST_COLUMNS = 40, MOST_COLUMNS = 400 };

size_t terminal_columns(int fd)
{
    struct winsize size;

    if (!isatty(fd))
        return 0;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_COLUMNS;
}

size_t terminal_page(int fd)
{
    const size_t columns = terminal_columns(fd);
    const char *said = columns ? NULL : getenv("COLUMNS");
    const long wanted = said ? strtol(said, NULL, 10) : 0;

    if (columns)
        return columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns;
    return wanted >= LEAST_COLUMNS && wanted <= MOST_COLUMNS ? (size_t)wanted : USUAL_COLUMNS;
}

void terminal_print(FILE *out, const char *first, const char *more, const char *text,
                    struct arena *arena)
{
    const size_t length = strlen(text); /* an error may name a file in bytes that are no text */
    const size_t columns = unicode_fault(text, length) < length ? 0 : terminal_columns(fileno(out));
    const size_t before = unicode_columns(first, strlen(first));
    const size_t indent = before + unicode_columns(more, strlen(more));
    char *rest = unicode_wrap(text, columns > indent ? columns - indent : columns, arena);
    const char *line = strsep(&rest, "\n");

    (void)fprintf(out, "%s%s\n", first, line);
    while ((line = strsep(&rest, "\n")))
        (void)fprintf(out, "%*s%s%s\n", (int)before, "", more, line);
}

void terminal_paragraphs(FILE *out, const char *text, struct arena *arena)
{
    char *joined = arena_text(arena, text), *rest = joined, *line;
    const bool breaks = terminal_columns(fileno(out)) > 0;

    for (char *at = joined; breaks && (at = strchr(at, '\n')); at++) {
        if (at[1] == '\n')
            at++;
        else
            *at = ' ';
    }
    while ((line = strsep(&rest, "\n")))
        terminal_print(out, "", "", line, arena);
}

#include "commands/terminal.h"

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

const char *terminal_wrap(const char *text, size_t columns, struct arena *arena)
{
    char *wrapped = arena_text(arena, text);
    char *line = wrapped, *last = NULL;

    for (char *at = wrapped; columns && *at; at++) {
        char *end = at + strcspn(at, " ");

        if (last && unicode_columns(line, (size_t)(end - line)) > columns) {
            *last = '\n';
            line = last + 1;
        }
        last = end;
        at = end;
        if (!*at)
            break;
    }
    return wrapped;
}

void terminal_print(FILE *out, const char *first, const char *more, const char *text,
                    struct arena *arena)
{
    const size_t columns = terminal_columns(fileno(out));
    const size_t indent = strlen(first) + strlen(more);
    char *rest =
        arena_text(arena,
                   terminal_wrap(text, columns > indent ? columns - indent : columns, arena));
    const char *line = strsep(&rest, "\n");

    (void)fprintf(out, "%s%s\n", first, line);
    while ((line = strsep(&rest, "\n")))
        (void)fprintf(out, "%*s%s%s\n", (int)strlen(first), "", more, line);
}

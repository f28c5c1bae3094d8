#include "commands/bar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "commands/terminal.h"
#include "text/unicode.h"

enum { CELLS = 24, LEAST_COLUMNS = 20, FIRST_MS = 500, STEP_MS = 100 };

static int64_t now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void bar_begin(struct bar *bar, const char *doing, size_t count, bool quiet)
{
    *bar = (struct bar){.doing = doing, .count = count};
    if (!quiet && isatty(STDERR_FILENO))
        bar->drawn_ms = now_ms();
}

/* The last column stays free: a line that fills it would wrap. */
static size_t room(void)
{
    const size_t columns = terminal_columns(STDERR_FILENO);

    return columns > LEAST_COLUMNS ? columns - 1 : LEAST_COLUMNS;
}

/* The file's name, or as much of its end as there is room for. */
static const char *name_within(struct bar *bar, const char *file, size_t columns)
{
    const char *name = unicode_line(file, &bar->scratch);
    uint32_t letter;

    while (*name && unicode_columns(name, strlen(name)) > columns)
        name += unicode_next(name, &letter);
    return name;
}

static void draw(struct bar *bar, const char *file, size_t done, size_t all)
{
    const size_t whole = bar->count * all;
    const size_t parts = bar->piece * all + (done < all ? done : all);
    const int filled = whole ? (int)(parts * CELLS / whole) : CELLS;
    const char *line = arena_printf(&bar->scratch, "%s [%.*s%*s] %zu %%  ", bar->doing, filled,
                                    "########################", CELLS - filled, "",
                                    whole ? parts * 100 / whole : 100);
    const size_t used = unicode_columns(line, strlen(line));

    (void)fprintf(stderr, "\r\033[K%s%s", line,
                  used < room() ? name_within(bar, file, room() - used) : "");
    (void)fflush(stderr);
    bar->shown = true;
    arena_reset(&bar->scratch);
}

static bool tell(void *arg, const char *file, size_t done, size_t all)
{
    struct bar *bar = arg;
    const int64_t now = bar->drawn_ms ? now_ms() : 0;

    if (bar->drawn_ms && now - bar->drawn_ms >= (bar->shown ? STEP_MS : FIRST_MS)) {
        draw(bar, file, done, all);
        bar->drawn_ms = now;
    }
    return true;
}

struct headway bar_progress(struct bar *bar)
{
    return (struct headway){.tell = tell, .arg = bar};
}

void bar_end(struct bar *bar)
{
    if (bar->shown)
        (void)fputs("\r\033[K", stderr);
    arena_clear(&bar->scratch);
    *bar = (struct bar){.shown = false};
}

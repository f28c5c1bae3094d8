#include "commands/bar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "commands/terminal.h"
#include "text/unicode.h"

enum { MOST_CELLS = 24, LEAST_CELLS = 4, FIRST_MS = 500, STEP_MS = 100 };

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

    return columns ? columns - 1 : 0;
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

/* "Fitting the media [######        ] 25 %  ". */
static const char *line_of(struct bar *bar, size_t cells, size_t parts, size_t whole)
{
    const int filled = (int)(parts * cells / whole);

    return arena_printf(&bar->scratch, "%s [%.*s%*s] %zu %%  ", bar->doing, filled,
                        "########################", (int)cells - filled, "", parts * 100 / whole);
}

/* Nothing where there is no room for it. */
static void draw(struct bar *bar, const char *file, size_t done, size_t all)
{
    const size_t columns = room();
    const size_t words = unicode_columns(bar->doing, strlen(bar->doing)) + strlen(" [] 100 %  ");
    const size_t cells = columns < words + MOST_CELLS ? columns - words : MOST_CELLS;
    const size_t parts = bar->piece * all + (done < all ? done : all);

    if (columns < words + LEAST_CELLS || bar->count * all == 0)
        return;
    (void)fprintf(stderr, "\r\033[K%s%s", line_of(bar, cells, parts, bar->count * all),
                  name_within(bar, file, columns - words - cells));
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

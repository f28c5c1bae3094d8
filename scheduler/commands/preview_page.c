#include "commands/preview_page.h"

#include <string.h>

#include "base/i18n.h"
#include "commands/terminal.h"
#include "page/dates.h"
#include "text/count.h"
#include "text/unicode.h"

struct page page_begin(const struct preview *preview, FILE *out)
{
    return (struct page){.preview = preview, .out = out, .columns = terminal_page(fileno(out))};
}

static struct civil wall_of(const struct page *page, struct instant t)
{
    const struct zone *zone = page->preview->workspace->zone;

    return zone ? zone_civil(zone, t) : civil_from_seconds(t.ms / 1000);
}

static const char *summary(struct page *page)
{
    const struct preview *preview = page->preview;
    const struct civil from = wall_of(page, preview->from), until = wall_of(page, preview->until);

    return arena_printf(
        &page->scratch,
        _("%zu to go out between %04d-%02d-%02d %02d:%02d and %04d-%02d-%02d %02d:%02d (%s), "
          "%zu of them held, %zu waiting for the end of quiet hours."),
        page->shown, from.year, from.month, from.day, from.hour, from.minute, until.year,
        until.month, until.day, until.hour, until.minute,
        preview->workspace->zone ? zone_name(preview->workspace->zone) : "UTC", page->held,
        page->waiting);
}

void page_end(struct page *page)
{
    if (!page->preview->one_time)
        fprintf(page->out, "%s%s\n", page->shown ? "\n" : "",
                unicode_wrap(summary(page), page->columns, &page->scratch));
    arena_clear(&page->scratch);
}

const char *page_colour(const struct page *page, enum page_colour colour)
{
    static const char *const codes[] = {
        [PAGE_PLAIN] = "\033[0m", [PAGE_BOLD] = "\033[1m",  [PAGE_DIM] = "\033[2m",
        [PAGE_GOOD] = "\033[32m", [PAGE_NEAR] = "\033[33m", [PAGE_BAD] = "\033[1;31m"};

    return page->preview->colour ? codes[colour] : "";
}

const char *page_day(struct page *page, struct instant at)
{
    const struct civil wall = wall_of(page, at);
    const int weekday = civil_weekday(civil_days(wall.year, wall.month, wall.day));

    return arena_printf(&page->scratch, "%s %04d-%02d-%02d", weekday_name(weekday), wall.year,
                        wall.month, wall.day);
}

const char *page_clock(struct page *page, struct instant at)
{
    const struct civil wall = wall_of(page, at);

    return arena_printf(&page->scratch, "%02d:%02d", wall.hour, wall.minute);
}

/* ---- bars ---- */

enum page_colour page_fullness(const struct text_use *use)
{
    if (use->limit == 0)
        return PAGE_PLAIN;
    if (use->used > use->limit)
        return PAGE_BAD;
    return use->used * 10 > use->limit * 9 ? PAGE_NEAR : PAGE_GOOD;
}

const char *page_bar(struct page *page, const struct text_use *use, size_t cells)
{
    char *bar = arena_alloc(&page->scratch, cells + 1);
    size_t filled = 0;

    if (use->limit > 0)
        filled = use->used >= use->limit ? cells : use->used * cells / use->limit;
    if (filled == 0 && use->used > 0 && cells > 0)
        filled = 1;
    memset(bar, '#', filled);
    memset(bar + filled, '.', cells - filled);
    bar[cells] = '\0';
    return bar;
}

/* ---- texts ---- */

/* The bytes of the longest beginning of whole characters that has at most so many columns. */
static size_t fitting(const char *line, size_t columns)
{
    size_t length = 0, taken = 0, size;
    uint32_t letter;

    while ((size = unicode_next(line + length, &letter)) > 0 &&
           (taken += unicode_columns(line + length, size)) <= columns)
        length += size;
    return length;
}

const char *page_cut(struct page *page, const char *text, size_t columns)
{
    const char *line = unicode_line(unicode_fold(text, &page->scratch), &page->scratch);
    size_t length = fitting(line, columns);

    if (!line[length])
        return line;
    length = columns > 0 ? grapheme_floor(line, fitting(line, columns - 1)) : 0;
    return arena_printf(&page->scratch, "%.*s…", (int)length, line);
}

void page_pad(struct page *page, const char *text, size_t columns)
{
    const size_t is = unicode_columns(text, strlen(text));

    fprintf(page->out, "%s%*s", text, (int)(is < columns ? columns - is : 0), "");
}

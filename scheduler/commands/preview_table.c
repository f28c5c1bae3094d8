/* The calendar: a line for each post at its time, and below it a row for each account.
 *
 *   Tuesday 2026-12-01
 *
 *   09:30  traffic/helmet@once
 *          toots     [#.......]  49/500  1 photo   HELD    हेलमेट जान बचाता है। …
 */
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "commands/preview_page.h"
#include "text/unicode.h"

enum { INDENT = 7, BAR = 8, LEAST_TEXT = 10, WIDE = 100 };

/* How wide each column must be. */
struct columns {
    size_t account, count, media, mark;
};

struct table {
    struct page page;
    struct columns columns;
    const struct occurrence *before; /* the row before, NULL at first */
};

/* ---- cells ---- */

static const char *count_cell(struct table *table, const struct occurrence *occurrence)
{
    const struct text_use *use = rendered_fullest(&occurrence->text->rendered);

    return use ? arena_printf(&table->page.scratch, "%zu/%zu", use->used, use->limit) : "";
}

/* "2 photos", "1 video"; where both, the photos' word counts all. */
static const char *media_cell(struct table *table, const struct occurrence *occurrence)
{
    const struct content *content = &occurrence->text->rendered.content;
    struct arena *scratch = &table->page.scratch;
    const size_t count = content->media_count;

    if (count == 0)
        return "";
    if (mime_is_video(content->media[0].mime))
        return arena_printf(scratch, P_("%zu video", "%zu videos", count), count);
    return arena_printf(scratch, P_("%zu photo", "%zu photos", count), count);
}

/* What a person must know before the time comes, the gravest alone. */
struct mark {
    const char *text;
    enum page_colour colour;
};

static const char *held_text(struct table *table, const struct occurrence *occurrence)
{
    return table->page.columns < WIDE
               ? _("HELD")
               : arena_printf(&table->page.scratch, "%s %s", _("HELD"), occurrence->held_by);
}

static struct mark mark_of(struct table *table, const struct occurrence *occurrence)
{
    const struct findings *findings = &occurrence->text->findings;

    if (findings->errors)
        return (struct mark){_("ERROR"), PAGE_BAD};
    if (occurrence_is_held(occurrence))
        return (struct mark){held_text(table, occurrence), PAGE_BAD};
    if (occurrence->held_by)
        return (struct mark){arena_printf(&table->page.scratch, "> %s",
                                          page_clock(&table->page, occurrence->waits_until)),
                             PAGE_NEAR};
    return (struct mark){findings->warnings ? "!" : "", PAGE_NEAR};
}

/* ---- how wide ---- */

static void widen(size_t *column, const char *text)
{
    const size_t columns = unicode_columns(text, strlen(text));

    if (columns > *column)
        *column = columns;
}

static void measure(struct table *table)
{
    const struct preview *preview = table->page.preview;

    for (size_t i = 0; i < preview->occurrences.count; i++) {
        const struct occurrence *occurrence = &preview->occurrences.items[i];

        if (!preview_shows(preview, occurrence))
            continue;
        widen(&table->columns.account, occurrence->account->name);
        widen(&table->columns.count, count_cell(table, occurrence));
        widen(&table->columns.media, media_cell(table, occurrence));
        widen(&table->columns.mark, mark_of(table, occurrence).text);
        arena_reset(&table->page.scratch);
    }
}

/* What is left for the words; on a narrow terminal they go below. */
static size_t room_for_text(const struct table *table)
{
    const struct columns *columns = &table->columns;
    size_t taken = INDENT + columns->account + 2 + BAR + 2 + 1 + columns->count + 2;

    if (columns->media)
        taken += columns->media + 2;
    if (columns->mark)
        taken += columns->mark + 2;
    return taken + LEAST_TEXT <= table->page.columns ? table->page.columns - taken : 0;
}

/* ---- lines ---- */

static void print_day(struct table *table, const struct occurrence *occurrence)
{
    struct page *page = &table->page;
    const char *day = page_day(page, occurrence->at);

    if (table->before && !strcmp(page_day(page, table->before->at), day))
        return;
    fprintf(page->out, "%s%s%s%s\n", table->before ? "\n" : "", page_colour(page, PAGE_BOLD), day,
            page_colour(page, PAGE_PLAIN));
}

static bool is_same_post(const struct occurrence *a, const struct occurrence *b)
{
    return a && a->post == b->post && a->at.ms == b->at.ms && a->part == b->part;
}

static void print_post(struct table *table, const struct occurrence *occurrence)
{
    struct page *page = &table->page;
    char word[WHEN_GUESS];

    if (is_same_post(table->before, occurrence))
        return;
    print_day(table, occurrence);
    fprintf(page->out, "\n%s%s%s  %s/%s@%s\n", page_colour(page, PAGE_BOLD),
            page_clock(page, occurrence->at), page_colour(page, PAGE_PLAIN),
            occurrence->campaign->name, occurrence->post->id, occurrence_word(occurrence, word));
}

static void print_cell(struct page *page, const char *text, size_t columns, enum page_colour colour)
{
    if (columns == 0)
        return;
    fputs(page_colour(page, colour), page->out);
    page_pad(page, text, columns);
    fprintf(page->out, "%s  ", page_colour(page, PAGE_PLAIN));
}

/* "[##......]  49/500": the number stands at the right. */
static void print_use(struct table *table, const struct occurrence *occurrence)
{
    static const struct text_use nothing;
    struct page *page = &table->page;
    const struct text_use *fullest = rendered_fullest(&occurrence->text->rendered);
    const struct text_use *use = fullest ? fullest : &nothing;

    fprintf(page->out, "%s[%s] %*s%s  ", page_colour(page, page_fullness(use)),
            page_bar(page, use, BAR), (int)table->columns.count, count_cell(table, occurrence),
            page_colour(page, PAGE_PLAIN));
}

/* Last on its line, so that nothing stands behind what a terminal draws wider than we count. */
static void print_text(struct table *table, const struct occurrence *occurrence)
{
    struct page *page = &table->page;
    const char *text = content_words(&occurrence->text->rendered.content);
    const size_t room = room_for_text(table);

    if (room)
        fprintf(page->out, "%s\n", page_cut(page, text, room));
    else
        fprintf(page->out, "\n%*s%s\n", INDENT + 2, "",
                page_cut(page, text, page->columns - INDENT - 2));
}

static void count_it(struct page *page, const struct occurrence *occurrence)
{
    page->shown++;
    if (occurrence_is_held(occurrence))
        page->held++;
    else if (occurrence->held_by)
        page->waiting++;
}

static void print_row(struct table *table, const struct occurrence *occurrence)
{
    struct page *page = &table->page;
    const struct mark mark = mark_of(table, occurrence);

    print_post(table, occurrence);
    fprintf(page->out, "%*s", INDENT, "");
    print_cell(page, occurrence->account->name, table->columns.account, PAGE_PLAIN);
    print_use(table, occurrence);
    print_cell(page, media_cell(table, occurrence), table->columns.media, PAGE_PLAIN);
    print_cell(page, mark.text, table->columns.mark, mark.colour);
    print_text(table, occurrence);
    count_it(page, occurrence);
    table->before = occurrence;
    arena_reset(&page->scratch);
}

void preview_table(const struct preview *preview, FILE *out)
{
    struct table table = {.page = page_begin(preview, out)};

    measure(&table);
    for (size_t i = 0; i < preview->occurrences.count; i++)
        if (preview_shows(preview, &preview->occurrences.items[i]))
            print_row(&table, &preview->occurrences.items[i]);
    page_end(&table.page);
}

#include "base/i18n.h"
#include "page/dates.h"
#include "page/parts.h"

/* ---- in one line of figures ---- */

static void put_figure(struct html *html, const char *css, size_t number, const char *word)
{
    html_print(html, "<div class=\"%s\"><dt>%s</dt><dd>%zu</dd></div>\n", number ? css : "none",
               word, number);
}

static size_t waiting(const struct calendar_page *page)
{
    size_t count = 0;

    for (size_t i = 0; i < page->count; i++)
        count += !instant_is_none(page->occurrences[i].waits_until);
    return count;
}

static size_t held(const struct calendar_page *page)
{
    size_t count = 0;

    for (size_t i = 0; i < page->count; i++)
        count += occurrence_is_held(&page->occurrences[i]);
    return count;
}

void put_summary(struct sheet *sheet)
{
    const struct calendar_page *page = sheet->page;
    const size_t errors = page->findings->errors, warnings = page->findings->warnings;

    html_print(&sheet->html, "<dl class=\"figures\">\n");
    put_figure(&sheet->html, "good", page->count,
               P_("delivery in all", "deliveries in all", page->count));
    put_figure(&sheet->html, "bad", held(page), _("held"));
    put_figure(&sheet->html, "wait", waiting(page), _("wait for the end of quiet hours"));
    put_figure(&sheet->html, "bad", errors, P_("error", "errors", errors));
    put_figure(&sheet->html, "wait", warnings, P_("warning", "warnings", warnings));
    html_print(&sheet->html, "</dl>\n");
}

/* ---- one by one ---- */

void put_finding(struct html *html, const struct finding *finding, bool with_place)
{
    html_print(html, "<li class=\"%s\"><b class=\"code\">%s</b> %s",
               finding->severity == SEVERITY_ERROR ? "bad" : "wait", finding->code,
               finding->message);
    if (with_place && finding->place.file) {
        html_print(html, " <code>%s", finding->place.file);
        if (finding->place.line > 0)
            html_print(html, ":%d:%d", finding->place.line, finding->place.column);
        html_print(html, "</code>");
    }
    if (with_place && finding->why)
        html_print(html, "<br><span>%s</span>", finding->why);
    if (with_place && finding->try)
        html_print(html, "<br><span><b>%s</b> %s</span>", _("try:"), finding->try);
    html_print(html, "</li>\n");
}

static void put_findings(struct sheet *sheet, enum severity severity)
{
    const struct findings *findings = sheet->page->findings;

    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].severity == severity)
            put_finding(&sheet->html, &findings->items[i], true);
        arena_reset(&sheet->html.scratch);
    }
}

static const char *named_hold(const struct occurrence *occurrence, struct arena *arena)
{
    const char *sentence = reason_sentence(occurrence->held_by);

    if (!sentence)
        sentence = occurrence->held_by;
    if (!occurrence->held_name)
        return arena_printf(arena, _("held: %s"), sentence);
    return arena_printf(arena, _("held: %1$s (%2$s)"), sentence, occurrence->held_name);
}

const char *hold_text(const struct sheet *sheet, const struct occurrence *occurrence,
                      struct arena *arena)
{
    struct civil wall;

    if (!occurrence->held_by)
        return NULL;
    if (occurrence_is_held(occurrence))
        return named_hold(occurrence, arena);
    wall = sheet_wall(sheet, occurrence->waits_until);
    return arena_printf(arena, _("quiet hours: goes out at %s"),
                        arena_printf(arena, "%02d:%02d", wall.hour, wall.minute));
}

const char *hold_class(const struct occurrence *occurrence)
{
    return occurrence_is_held(occurrence) ? "hold" : "hold wait";
}

/* At how many times; `*first` is of the earliest. */
static size_t held_times(const struct block *block, const struct occurrence **first)
{
    size_t count = 0;

    for (size_t i = block->time_count; i-- > 0;)
        if (occurrence_is_held(block->times[i])) {
            count += count == 0 || block->times[i]->at.ms != (*first)->at.ms;
            *first = block->times[i];
        }
    return count;
}

static void put_held(struct sheet *sheet, const struct block *block)
{
    struct html *html = &sheet->html;
    const struct occurrence *first = NULL;
    const size_t count = held_times(block, &first);
    struct civil wall;

    if (!count)
        return;
    wall = sheet_wall(sheet, first->at);
    html_print(html, "<li class=\"bad k c%zu\"><a href=\"#",
               sheet_campaign(sheet, first->campaign));
    block_id(html, first, block->number);
    html_print(html, "\">%s/%s</a> <span>%s</span> %s", first->campaign->name, first->post->id,
               moment_text(&wall, &html->scratch), hold_text(sheet, first, &html->scratch));
    if (count > 1)
        html_print(html, " <span>%s</span>",
                   arena_printf(&html->scratch, P_("in all %zu time", "in all %zu times", count),
                                count));
    html_print(html, "</li>\n");
    arena_reset(&html->scratch);
}

void put_remarks(struct sheet *sheet)
{
    const struct outline *outline = &sheet->outline;

    if (!sheet->page->findings->count && !held(sheet->page))
        return;
    html_print(&sheet->html,
               "<div class=\"remarks\">\n<h2 id=\"remarks\">%s</h2>\n"
               "<section aria-labelledby=\"remarks\" tabindex=\"0\">\n<ul>\n",
               _("Needs a look"));
    put_findings(sheet, SEVERITY_ERROR);
    for (size_t i = 0; i < outline->chapter_count; i++)
        for (size_t j = 0; j < outline->chapters[i].block_count; j++)
            put_held(sheet, &outline->chapters[i].blocks[j]);
    put_findings(sheet, SEVERITY_WARNING);
    html_print(&sheet->html, "</ul>\n</section>\n</div>\n");
}

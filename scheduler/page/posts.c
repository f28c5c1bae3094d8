#include "base/i18n.h"
#include "page/dates.h"
#include "page/parts.h"

enum { TIMES_SHOWN = 4 };

/* ---- when ---- */

static bool same_hold(const struct occurrence *a, const struct occurrence *b)
{
    return a->held_by == b->held_by && a->held_name == b->held_name &&
           a->waits_until.ms == b->waits_until.ms;
}

/* The accounts that share what holds the one at `i`; false when another before it named them. */
static bool begins_hold(const struct block *block, size_t from, size_t i)
{
    if (!block->times[i]->held_by)
        return false;
    for (size_t j = from; j < i; j++)
        if (same_hold(block->times[j], block->times[i]))
            return false;
    return true;
}

static void put_names(struct html *html, const struct block *block, size_t from, size_t end,
                      const struct occurrence *hold)
{
    size_t named = 0;

    for (size_t i = from; i < end; i++)
        named += !hold || same_hold(block->times[i], hold);
    if (named == block->card_count)
        return;
    html_print(html, " (");
    for (size_t i = from, left = named; i < end; i++)
        if (!hold || same_hold(block->times[i], hold))
            html_print(html, "%s%s", block->times[i]->account->name, --left ? ", " : "");
    html_print(html, ")");
}

static size_t same_time(const struct block *block, size_t from)
{
    size_t end = from;

    while (end < block->time_count && block->times[end]->at.ms == block->times[from]->at.ms)
        end++;
    return end;
}

static void put_time(struct sheet *sheet, const struct block *block, size_t from, size_t end)
{
    struct html *html = &sheet->html;
    const struct civil wall = sheet_wall(sheet, block->times[from]->at);
    const int64_t day = civil_days(wall.year, wall.month, wall.day);

    html_print(html, "<li>%s <b>%s</b>", weekday_short(civil_weekday(day)),
               moment_text(&wall, &html->scratch));
    put_names(html, block, from, end, NULL);
    for (size_t i = from; i < end; i++)
        if (begins_hold(block, from, i)) {
            html_print(html, " <span class=\"%s\">%s", hold_class(block->times[i]),
                       hold_text(sheet, block->times[i], &html->scratch));
            put_names(html, block, from, end, block->times[i]);
            html_print(html, "</span>");
        }
    html_print(html, "</li>\n");
    arena_reset(&html->scratch);
}

static size_t count_times(const struct block *block)
{
    size_t count = 0;

    for (size_t at = 0; at < block->time_count; at = same_time(block, at))
        count++;
    return count;
}

static void put_times(struct sheet *sheet, const struct block *block)
{
    struct html *html = &sheet->html;
    const size_t count = count_times(block);
    size_t at = 0;

    if (count > TIMES_SHOWN)
        html_print(html, "<details class=\"times\"><summary>%s</summary>\n",
                   arena_printf(&html->scratch, P_("%zu time", "%zu times", count), count));
    html_print(html, "<ul class=\"times\">\n");
    while (at < block->time_count) {
        const size_t end = same_time(block, at);

        put_time(sheet, block, at, end);
        at = end;
    }
    html_print(html, count > TIMES_SHOWN ? "</ul></details>\n" : "</ul>\n");
}

/* ---- what ---- */

static void put_block(struct sheet *sheet, const struct chapter *chapter, const struct block *block)
{
    struct html *html = &sheet->html;
    const bool in_turn = chapter->block_count > 1;

    html_print(html, "<div class=\"u block\" id=\"");
    block_id(html, block->cards[0].first, block->number);
    html_print(html, "\">\n");
    if (in_turn)
        html_print(html, "<h5>%s</h5>\n",
                   arena_printf(&html->scratch, _("Text %1$zu of %2$zu"), block->number,
                                chapter->block_count));
    put_times(sheet, block);
    html_print(html, "<div class=\"cards\">\n");
    for (size_t i = 0; i < block->card_count; i++)
        put_card(sheet, &block->cards[i], in_turn ? 6 : 5);
    html_print(html, "</div></div>\n");
}

static const char *const urgency_sentences[URGENCY_COUNT] = {
    [URGENCY_AWARENESS] = N_("awareness"),
    [URGENCY_SAFETY] = N_("safety"),
    [URGENCY_URGENT] = N_("urgent"),
};

static void put_chapter(struct sheet *sheet, const struct chapter *chapter)
{
    struct html *html = &sheet->html;
    const enum urgency urgency = chapter->post->urgency;

    html_print(html,
               "<section class=\"u post\">\n<a href=\"#calendar\">%s</a>\n<h4>%s/<b>%s</b> <span "
               "class=\"class %s\">%s</span></h4>\n",
               _("to the calendar"), chapter->campaign->name, chapter->post->id,
               urgency_word(urgency), _(urgency_sentences[urgency]));
    for (size_t i = 0; i < chapter->block_count; i++) {
        put_block(sheet, chapter, &chapter->blocks[i]);
        arena_reset(&html->scratch);
    }
    html_print(html, "</section>\n");
}

static void begin_campaign(struct sheet *sheet, const struct campaign *campaign)
{
    html_print(&sheet->html,
               "<section class=\"campaign k c%zu\">\n<h3><b class=\"dot\"></b>%s</h3>\n",
               sheet_campaign(sheet, campaign), campaign->title ? campaign->title : campaign->name);
}

void put_posts(struct sheet *sheet)
{
    const struct chapter *chapters = sheet->outline.chapters;
    const size_t count = sheet->outline.chapter_count;
    struct html *html = &sheet->html;

    html_print(html, "<section id=\"posts\" tabindex=\"-1\">\n<h2>%s</h2>\n", _("Posts"));
    if (!count)
        html_print(html, "<p>%s</p>\n", _("Nothing goes out in this time."));
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || chapters[i].campaign != chapters[i - 1].campaign)
            begin_campaign(sheet, chapters[i].campaign);
        put_chapter(sheet, &chapters[i]);
        if (i + 1 == count || chapters[i + 1].campaign != chapters[i].campaign)
            html_print(html, "</section>\n");
    }
    html_print(html, "</section>\n");
}

#include <string.h>

#include "base/i18n.h"
#include "page/dates.h"
#include "page/parts.h"
#include "text/unicode.h"

enum { WORDS_CODE_POINTS = 60 };

/* What is drawn: the weeks of a month that the window touches. */
struct walk {
    struct sheet *sheet;
    int64_t first, last; /* the window's days since 1970 */
    size_t at;           /* the next occurrence */
};

static int64_t day_of(const struct civil *civil)
{
    return civil_days(civil->year, civil->month, civil->day);
}

static const struct occurrence *next(const struct walk *walk)
{
    const struct calendar_page *page = walk->sheet->page;

    return walk->at < page->count ? &page->occurrences[walk->at] : NULL;
}

static bool is_on(const struct walk *walk, int64_t day)
{
    const struct occurrence *occurrence = next(walk);
    struct civil wall;

    if (!occurrence)
        return false;
    wall = sheet_wall(walk->sheet, occurrence->at);
    return day_of(&wall) == day;
}

/* ---- one post at one time ---- */

/* The beginning of what it says, on one line. */
static const char *words_of(const struct occurrence *occurrence, struct arena *arena)
{
    const struct content *content = &occurrence->text->rendered.content;
    const char *text = content->title ? content->title : content->text;
    size_t length = 0, size;
    uint32_t c;

    if (!text)
        return "";
    for (size_t n = 0; n < WORDS_CODE_POINTS && text[length] && text[length] != '\n'; n++) {
        size = unicode_next(text + length, &c);
        length += size;
    }
    return arena_joined(arena, arena_text_n(arena, text, length),
                        text[length] && text[length] != '\n' ? "…" : "", "");
}

static void put_chip(struct sheet *sheet, const struct occurrence *occurrence)
{
    const struct look *look = look_of(occurrence->account->platform);

    html_print(&sheet->html, "<i class=\"u %s a%zu%s\" title=\"%s\">%s%s</i>", look->css,
               sheet_account(sheet, occurrence->account),
               occurrence_needs_look(occurrence) ? " w" : "", occurrence->account->name, look->mark,
               occurrence_is_held(occurrence) ? "!" : "");
}

static bool same_post(const struct occurrence *a, const struct occurrence *b)
{
    return a && a->post == b->post && a->at.ms == b->at.ms;
}

static void put_hold(struct sheet *sheet, const struct occurrence *occurrence)
{
    html_print(&sheet->html, "<span class=\"%s\">%s</span>", hold_class(occurrence),
               hold_text(sheet, occurrence, &sheet->html.scratch));
}

/* All accounts on which it appears. */
static void put_chips(struct walk *walk, const struct occurrence *first)
{
    const struct occurrence *held = NULL;

    for (; same_post(next(walk), first); walk->at++) {
        if (next(walk)->part > 0)
            continue;
        put_chip(walk->sheet, next(walk));
        if (!held && next(walk)->held_by)
            held = next(walk);
    }
    html_print(&walk->sheet->html, "</span>");
    if (held)
        put_hold(walk->sheet, held);
}

static void put_entry(struct walk *walk)
{
    struct html *html = &walk->sheet->html;
    const struct occurrence *first = next(walk);
    const struct civil wall = sheet_wall(walk->sheet, first->at);
    const size_t number = walk->sheet->outline.block_of[walk->at];

    html_print(html, "<li class=\"u k c%zu\"><a href=\"#",
               sheet_campaign(walk->sheet, first->campaign));
    block_id(html, first, number);
    html_print(html, "\"><b>%s</b> <b>%s</b> <span class=\"words\" dir=\"auto\"",
               arena_printf(&html->scratch, "%02d:%02d", wall.hour, wall.minute), first->post->id);
    put_language(html, first->text->rendered.content.language);
    html_print(html, ">%s</span>", words_of(first, &html->scratch));
    html_print(html, "<span class=\"chips\">");
    put_chips(walk, first);
    html_print(html, "</a></li>\n");
    arena_reset(&html->scratch);
}

/* ---- a day ---- */

static bool is_blacked_out(const struct blackout *blackout, int64_t day)
{
    return day_of(&blackout->from) <= day && day <= day_of(&blackout->to);
}

static void put_blackouts(struct sheet *sheet, int64_t day)
{
    const struct workspace *workspace = sheet->page->workspace;

    for (size_t i = 0; i < workspace->blackout_count; i++)
        if (is_blacked_out(&workspace->blackouts[i], day))
            html_print(&sheet->html, "<p class=\"blackout\">%s</p>", workspace->blackouts[i].name);
}

static void put_day(struct walk *walk, int64_t day, bool begins_month)
{
    struct html *html = &walk->sheet->html;
    const bool outside = day < walk->first || day > walk->last;
    struct civil date = {.year = 0};

    civil_from_days(day, &date.year, &date.month, &date.day);
    html_print(html, "<li class=\"day%s%s\"", outside ? " outside" : "",
               !outside && !is_on(walk, day) ? " empty" : "");
    if (begins_month)
        html_print(html, " style=\"--column:%d\"", civil_weekday(day) + 1);
    html_print(html, "><p><span class=\"weekday\">%s </span>%d</p>",
               weekday_name(civil_weekday(day)), date.day);
    put_blackouts(walk->sheet, day);
    if (is_on(walk, day)) {
        html_print(html, "<ul>\n");
        while (is_on(walk, day))
            put_entry(walk);
        html_print(html, "</ul>");
    }
    html_print(html, "</li>\n");
}

/* ---- a month ---- */

static void put_weekdays(struct html *html)
{
    html_print(html, "<p class=\"week\" aria-hidden=\"true\">");
    for (int i = 0; i < WEEK_DAYS; i++)
        html_print(html, "<span>%s</span>", weekday_short(i));
    html_print(html, "</p>\n");
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Of a month that is hardly touched, the weeks that are. */
static void put_month(struct walk *walk, int year, int month)
{
    struct html *html = &walk->sheet->html;
    int64_t first = civil_days(year, month, 1);
    int64_t last = first + civil_days_in_month(year, month) - 1;

    first = later(first, walk->first - civil_weekday(walk->first));
    last = earlier(last, walk->last + WEEK_DAYS - 1 - civil_weekday(walk->last));
    html_print(html, "<section class=\"month\">\n<h3>%s %d</h3>\n", month_name(month), year);
    put_weekdays(html);
    html_print(html, "<ol class=\"days\">\n");
    for (int64_t day = first; day <= last; day++)
        put_day(walk, day, day == first);
    html_print(html, "</ol>\n</section>\n");
}

void put_months(struct sheet *sheet)
{
    const struct civil from = sheet_wall(sheet, sheet->page->from);
    const struct civil until = sheet_wall(sheet, (struct instant){sheet->page->until.ms - 1});
    struct walk walk = {.sheet = sheet, .first = day_of(&from), .last = day_of(&until)};

    html_print(&sheet->html, "<section id=\"calendar\">\n<h2>%s</h2>\n", _("Calendar"));
    for (int at = from.year * 12 + from.month - 1; at <= until.year * 12 + until.month - 1; at++)
        put_month(&walk, at / 12, at % 12 + 1);
    html_print(&sheet->html, "</section>\n");
}

#include "page/calendar_page.h"

#include "base/i18n.h"
#include "page/dates.h"
#include "page/parts.h"

/* The chapters are in their order. */
static void find_campaigns(struct sheet *sheet)
{
    const struct outline *outline = &sheet->outline;

    sheet->campaigns =
        arena_array(&sheet->arena, outline->chapter_count, sizeof(struct campaign *));
    for (size_t i = 0; i < outline->chapter_count; i++)
        if (i == 0 || outline->chapters[i].campaign != outline->chapters[i - 1].campaign)
            sheet->campaigns[sheet->campaign_count++] = outline->chapters[i].campaign;
}

static const char *window_text(struct sheet *sheet)
{
    const struct calendar_page *page = sheet->page;
    const struct civil from = sheet_wall(sheet, page->from), until = sheet_wall(sheet, page->until);

    return arena_printf(&sheet->arena, "%s – %s", moment_text(&from, &sheet->html.scratch),
                        moment_text(&until, &sheet->html.scratch));
}

/* What a browser may do: draw. */
static void put_head(struct sheet *sheet, const char *window)
{
    struct html *html = &sheet->html;

    html_print(html, CALENDAR_PAGE_MARK "<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               /* i18n: the code of the language of this very translation, for screen readers */
               _("en"));
    html_print(html, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
                     "base-uri 'none'\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n");
    html_print(html, "<title>%s · %s</title>\n<style>\n", _("What goes out"), window);
    (void)buffer_text(html->out, page_style);
    put_filter_rules(sheet);
    html_print(html, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#posts\">%s</a>\n",
               _("Skip to the posts"));
}

static void put_header(struct sheet *sheet, const char *window)
{
    html_print(&sheet->html,
               "<header>\n<p class=\"mark\">%s</p>\n<h1>%s</h1>\n"
               "<p class=\"window\">%s <span>%s</span></p>\n",
               _("Preview: nothing has been sent"), _("What goes out"), window,
               zone_name(sheet->page->workspace->zone));
    put_summary(sheet);
    html_print(&sheet->html, "</header>\n");
}

static void put_footer(struct sheet *sheet)
{
    html_print(&sheet->html, "</main>\n<footer><p>%s</p></footer>\n</body>\n</html>\n",
               _("Made by crier preview from the campaign files. The platforms may show a post a "
                 "little differently; its words, pictures and times are exactly these."));
}

void calendar_page_write(const struct calendar_page *page, struct buffer *out)
{
    struct sheet sheet = {.page = page, .html = {.out = out}};
    const char *window;

    outline_make(page->occurrences, page->count, &sheet.arena, &sheet.outline);
    find_campaigns(&sheet);
    window = window_text(&sheet);
    put_head(&sheet, window);
    put_header(&sheet, window);
    put_filters(&sheet);
    html_print(&sheet.html, "<main>\n");
    put_remarks(&sheet);
    put_months(&sheet);
    put_posts(&sheet);
    put_pictures(&sheet);
    put_footer(&sheet);
    arena_clear(&sheet.html.scratch);
    arena_clear(&sheet.arena);
}

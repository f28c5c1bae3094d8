#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/fit_how.h"
#include "page/parts.h"

enum { NO_PICTURE = -1, MOST_SHOWN = 10 };

/* ---- the small pictures ---- */

/* Two media that go out as the same bytes share one. */
static int picture_of(const struct sheet *sheet, const struct medium *medium)
{
    const struct calendar_page *page = sheet->page;

    for (size_t i = 0; i < page->picture_count; i++)
        if (!strcmp(page->pictures[i].file, medium->file) &&
            !strcmp(page->pictures[i].recipe, medium->recipe))
            return (int)i;
    return NO_PICTURE;
}

/* Each once; a card shows it by its number. */
void put_pictures(struct sheet *sheet)
{
    const struct calendar_page *page = sheet->page;
    struct html *html = &sheet->html;

    if (!page->picture_count)
        return;
    html_print(html, "<svg class=\"store\" width=\"0\" height=\"0\" aria-hidden=\"true\">\n");
    for (size_t i = 0; i < page->picture_count; i++) {
        const struct page_picture *picture = &page->pictures[i];

        html_print(
            html,
            "<symbol id=\"i%zu\" viewBox=\"0 0 %d %d\"><image width=\"%d\" height=\"%d\" href=\"",
            i, picture->width, picture->height, picture->width, picture->height);
        html_jpeg(html, picture->jpeg, picture->bytes);
        html_print(html, "\"/></symbol>\n");
    }
    html_print(html, "</svg>\n");
}

/* ---- as they are shown ---- */

static const char *length_text(int64_t duration_ms, struct arena *arena)
{
    const int64_t seconds = (duration_ms + 500) / 1000;

    return arena_printf(arena, "%" PRId64 ":%02" PRId64, seconds / 60, seconds % 60);
}

/* A film is shown by the thumbnail that stands beside it, if it has one. */
static const struct medium *shown_by(const struct rendered *rendered, const struct medium *medium)
{
    for (size_t i = rendered->content.media_count;
         mime_is_video(medium->mime) && i < rendered->file_count; i++)
        if (rendered->files[i].role == MEDIUM_THUMBNAIL)
            return &rendered->files[i];
    return medium;
}

static void put_picture(struct sheet *sheet, const struct rendered *rendered,
                        const struct medium *medium, size_t label)
{
    const int number = picture_of(sheet, shown_by(rendered, medium));
    const struct page_picture *picture = &sheet->page->pictures[number < 0 ? 0 : number];

    if (number == NO_PICTURE)
        html_print(&sheet->html, "<span class=\"absent\">%s</span>", medium->file);
    else
        html_print(&sheet->html,
                   "<svg role=\"img\" aria-labelledby=\"m%zu\" viewBox=\"0 0 %d %d\" "
                   "preserveAspectRatio=\"xMidYMid slice\"><use href=\"#i%d\"/></svg>",
                   label, picture->width, picture->height, number);
    if (mime_is_video(medium->mime))
        html_print(&sheet->html, "<span class=\"play\">%s</span>",
                   length_text(medium->duration_ms, &sheet->html.scratch));
}

void put_media(struct sheet *sheet, const struct rendered *rendered, size_t first)
{
    const size_t count = rendered->content.media_count;

    if (!count)
        return;
    html_print(&sheet->html, "<div class=\"media n%zu\">", count < 5 ? count : (size_t)4);
    for (size_t i = 0; i < count && i < MOST_SHOWN; i++) {
        html_print(&sheet->html, "<div>");
        put_picture(sheet, rendered, &rendered->content.media[i], first + i);
        html_print(&sheet->html, "</div>");
    }
    html_print(&sheet->html, "</div>\n");
}

/* ---- what is to be known ---- */

static const char *kib_text(int64_t bytes, struct arena *arena)
{
    return arena_printf(arena, "%" PRId64 " KiB", (bytes + 1023) / 1024);
}

static void put_becomes(struct html *html, const struct medium *medium,
                        const struct media_facts *facts)
{
    struct recipe recipe;

    if (*medium->recipe && facts && recipe_read(medium->recipe, &recipe))
        html_print(html, "<br>%s", fit_how(&recipe, facts, &html->scratch));
}

static void put_file(struct sheet *sheet, const struct medium *medium)
{
    struct html *html = &sheet->html;
    const struct media_facts *facts = media_index_find(sheet->page->media, medium->file);
    int64_t width, height;

    html_print(html, "<code>%s</code>", medium->file);
    if (!facts || !facts->readable || facts->problem) {
        html_print(html, " <b class=\"bad\">%s</b>", _("cannot be used"));
        return;
    }
    fit_shown_size(facts, &width, &height);
    html_print(html, " %s",
               arena_printf(&html->scratch, "%" PRId64 "×%" PRId64 ", %s", width, height,
                            kib_text(facts->bytes, &html->scratch)));
    put_becomes(html, medium, facts);
}

static void put_description(struct html *html, const struct content *content,
                            const struct medium *medium, size_t label)
{
    html_print(html, "<p class=\"alt\"><b>%s</b> <span id=\"m%zu\"", _("Read aloud instead:"),
               label);
    put_language(html, content->language);
    html_print(html, ">%s</span></p>", medium->alt);
}

static void put_alt(struct html *html, const struct content *content, const struct medium *medium,
                    size_t label)
{
    if (*medium->alt)
        put_description(html, content, medium, label);
    else
        html_print(html, "<p class=\"alt\" id=\"m%zu\">%s</p>", label, _("no alternative text"));
}

static void put_beside(struct html *html, const struct medium *medium)
{
    html_print(html, "<li>%s <code>%s</code></li>\n",
               medium->role == MEDIUM_THUMBNAIL ? _("thumbnail: ") : _("captions: "), medium->file);
}

void put_media_facts(struct sheet *sheet, const struct rendered *rendered, size_t first)
{
    struct html *html = &sheet->html;
    const struct content *content = &rendered->content;

    if (!rendered->file_count)
        return;
    html_print(html, "<ul class=\"files\">\n");
    for (size_t i = 0; i < content->media_count; i++) {
        html_print(html, "<li>");
        put_file(sheet, &content->media[i]);
        put_alt(html, content, &content->media[i], first + i);
        html_print(html, "</li>\n");
    }
    for (size_t i = content->media_count; i < rendered->file_count; i++)
        put_beside(html, &rendered->files[i]);
    html_print(html, "</ul>\n");
}

#include "page/marked.h"

#include <string.h>

#include "text/links.h"
#include "text/x_links.h"

struct writer {
    struct html *html;
    const char *text;
    size_t fits;
    bool is_over;
};

static void put(struct writer *writer, size_t from, size_t to, bool is_marked)
{
    if (from >= to)
        return;
    html_print(writer->html, is_marked ? "<span>" : "");
    html_text(writer->html, writer->text + from, to - from);
    html_print(writer->html, is_marked ? "</span>" : "");
}

/* From where it is over the limit, one <mark> to the end; a link that begins before it is two. */
static void stretch(struct writer *writer, size_t from, size_t to, bool is_marked)
{
    if (!writer->is_over && to > writer->fits) {
        put(writer, from, writer->fits, is_marked);
        html_print(writer->html, "<mark>");
        writer->is_over = true;
        from = writer->fits > from ? writer->fits : from;
    }
    put(writer, from, to, is_marked);
}

static bool is_shown(const struct mark *mark, const struct marking *marking)
{
    switch (mark->kind) {
    case MARK_LINK:
        return !marking->look->plain_links;
    case MARK_TAG:
        return marking->has_tags;
    case MARK_MENTION:
        break;
    }
    return false;
}

static bool overlaps(const struct mark *mark, const struct mark_list *others)
{
    for (size_t i = 0; i < others->count; i++)
        if (mark->start < others->items[i].start + others->items[i].length &&
            others->items[i].start < mark->start + mark->length)
            return true;
    return false;
}

static void add(struct mark_list *list, const struct mark *mark, struct arena *arena)
{
    struct mark *added =
        arena_push(arena, &list->items, &list->count, &list->capacity, sizeof *added);

    for (; added > list->items && added[-1].start > mark->start; added--)
        added[0] = added[-1];
    *added = *mark;
}

/* X's own links, and the tags beside them. */
static struct mark_list find_for_x(const char *text, struct arena *arena)
{
    const struct mark_list links = x_links_find(text, arena), all = links_find(text, arena);
    struct mark_list list = {.items = NULL};

    for (size_t i = 0; i < links.count; i++)
        add(&list, &links.items[i], arena);
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i].kind != MARK_LINK && !overlaps(&all.items[i], &links))
            add(&list, &all.items[i], arena);
    return list;
}

void marked_write(struct html *html, const char *text, const struct marking *marking)
{
    struct writer writer = {html, text, marking->fits, false};
    const struct mark_list marks = marking->look->bare_links ? find_for_x(text, &html->scratch)
                                                             : links_find(text, &html->scratch);
    size_t at = 0;

    for (size_t i = 0; i < marks.count; i++) {
        const struct mark *mark = &marks.items[i];

        if (!is_shown(mark, marking))
            continue;
        stretch(&writer, at, mark->start, false);
        at = mark->start + mark->length;
        stretch(&writer, mark->start, at, true);
    }
    stretch(&writer, at, strlen(text), false);
    html_print(html, writer.is_over ? "</mark>" : "");
}

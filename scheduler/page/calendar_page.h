/* page/calendar_page.h - a plan as one page of HTML that needs nothing else: months, filters, and
 * each distinct text drawn once for each account, as a reader of that platform would see it.
 *
 * No script, no address that is fetched: its security policy forbids both, so whatever a text says
 * stays text. Filters are radio buttons and CSS; who has no such browser sees everything. Dark
 * or light as the reader's system has it, light on paper. Words are in the user's language, each
 * post's in its own. The same input gives the same bytes. About 300 bytes a time of a post,
 * and 2,000 a card; pictures once each.
 */
#ifndef CRIER_PAGE_CALENDAR_PAGE_H
#define CRIER_PAGE_CALENDAR_PAGE_H

#include "base/buffer.h"
#include "campaign/plan.h"

/* What is drawn of a medium: the small picture of what goes out, or of a video's first frames. */
struct page_picture {
    const char *file;   /* of the medium, relative to media/ */
    const char *recipe; /* of the medium; "" = it goes out as it is */
    const void *jpeg;
    size_t bytes;
    int width, height;
};

struct calendar_page {
    const struct workspace *workspace; /* its zone must be known */
    struct instant from, until;
    const struct occurrence *occurrences; /* in the plan's order; what is not shown is left out */
    size_t count;
    const struct findings
        *findings; /* all of them; what is said of a text stands at its card, too */
    const struct media_index *media;
    const struct page_picture *pictures;
    size_t picture_count;
};

/* How a page of ours begins, so that it may be replaced by a newer one; nothing else may. */
#define CALENDAR_PAGE_MARK "<!DOCTYPE html>\n<!-- crier preview -->\n"

void calendar_page_write(const struct calendar_page *page, struct buffer *out);

#endif

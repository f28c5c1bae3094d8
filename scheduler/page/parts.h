/* page/parts.h - the parts of a calendar page, each in a file of its own. For page/ alone.
 *
 * Classes: c0 is the first campaign, a0 the first account of crier.cfg, a platform's word is that
 * of page/look.h. "k" is what belongs to one campaign, "u" what disappears when nothing in it is of
 * the chosen account; "w" needs a look. The rules of the filters are made of these (filters.c).
 */
#ifndef CRIER_PAGE_PARTS_H
#define CRIER_PAGE_PARTS_H

#include "page/calendar_page.h"
#include "page/html.h"
#include "page/look.h"
#include "page/outline.h"

extern const char page_style[]; /* page.css */

struct sheet {
    const struct calendar_page *page;
    struct html html;
    struct arena arena; /* what lives as long as the sheet */
    struct outline outline;
    const struct campaign **campaigns; /* that are shown */
    size_t campaign_count;
    size_t labels; /* how many pictures have one so far */
};

size_t sheet_campaign(const struct sheet *sheet, const struct campaign *campaign);
size_t sheet_account(const struct sheet *sheet, const struct account *account);
struct civil sheet_wall(const struct sheet *sheet, struct instant t);

/* Where a text stands in the page: "traffic/weekend", "traffic/weekend.2". */
void block_id(struct html *html, const struct occurrence *occurrence, size_t number);

/* An attribute, for whoever reads it aloud: a text's language, where it can be one. */
void put_language(struct html *html, const char *language);

/* In the order of the page. */
void put_filter_rules(struct sheet *sheet);
void put_summary(struct sheet *sheet);
void put_filters(struct sheet *sheet);
void put_remarks(struct sheet *sheet);
void put_months(struct sheet *sheet);
void put_posts(struct sheet *sheet);
void put_pictures(struct sheet *sheet);

/* One account's card, with a heading of that level. */
void put_card(struct sheet *sheet, const struct card *card, int level);
/* Its media as they are shown, and what is to be known of them. `first` is the number of their
 * first label. */
void put_media(struct sheet *sheet, const struct rendered *rendered, size_t first);
void put_media_facts(struct sheet *sheet, const struct rendered *rendered, size_t first);

/* Why it does not go out at its time, as a sentence in the arena; NULL where it does. */
const char *hold_text(const struct sheet *sheet, const struct occurrence *occurrence,
                      struct arena *arena);
/* The classes of that sentence. */
const char *hold_class(const struct occurrence *occurrence);
/* What `check` says, as a list item. */
void put_finding(struct html *html, const struct finding *finding, bool with_place);

#endif

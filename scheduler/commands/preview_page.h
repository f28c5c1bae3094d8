/* commands/preview_page.h - what the table and the cards of `preview` have in common: how wide they
 * may be, colours that say something, clocks, bars, and texts cut to a width.
 *
 * A bar and what stands beside it are plain ASCII, so that they have one width on every terminal;
 * words are padded by text/unicode.h's columns, which are never fewer than a terminal takes. What
 * staff wrote stands last on its line, because terminals differ about scripts and emoji.
 */
#ifndef CRIER_COMMANDS_PREVIEW_PAGE_H
#define CRIER_COMMANDS_PREVIEW_PAGE_H

#include "commands/preview.h"

enum page_colour { PAGE_PLAIN, PAGE_BOLD, PAGE_DIM, PAGE_GOOD, PAGE_NEAR, PAGE_BAD };

struct page {
    const struct preview *preview;
    FILE *out;
    size_t columns;       /* never more than these are written in a line of our own */
    struct arena scratch; /* of one row or card */
    int64_t day;          /* that the last heading named */
    size_t shown, held, waiting;
};

/* As wide as the terminal; without one as $COLUMNS says, else 80. */
struct page page_begin(const struct preview *preview, FILE *out);
/* How many are shown in the window, unless one post was asked for; then the page is over. */
void page_end(struct page *page);

/* "" where there are no colours. */
const char *page_colour(const struct page *page, enum page_colour colour);

/* "Tuesday 2026-12-01". */
const char *page_day(struct page *page, struct instant at);
/* "09:30". */
const char *page_clock(struct page *page, struct instant at);

/* How full a measure is: over its limit, within the last tenth, or neither. */
enum page_colour page_fullness(const struct text_use *use);
/* "#####.....": at least one mark where anything is used, all only where it is full. */
const char *page_bar(struct page *page, const struct text_use *use, size_t cells);

/* Of a text of several lines as much as fits, on one line that is safe for a terminal; "…" where
 * it was cut. */
const char *page_cut(struct page *page, const char *text, size_t columns);
/* A word and blanks up to that many columns. */
void page_pad(struct page *page, const char *text, size_t columns);

#endif

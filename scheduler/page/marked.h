/* page/marked.h - a post's text with its links and tags as the platform marks them, and what lies
 * over its limit in <mark>. Mentions stay plain. Line feeds stay: CSS keeps them.
 */
#ifndef CRIER_PAGE_MARKED_H
#define CRIER_PAGE_MARKED_H

#include "page/html.h"
#include "page/look.h"

struct marking {
    const struct look *look;
    bool has_tags; /* hashtags mean something there */
    size_t fits;   /* bytes within the limit: page/fits.h */
};

void marked_write(struct html *html, const char *text, const struct marking *marking);

#endif

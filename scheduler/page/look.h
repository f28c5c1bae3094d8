/* page/look.h - how each platform shows a post, as far as a reader recognises it: by its layout and
 * colours, never by its logo. A platform without a row of its own gets a plain look, so a new one
 * needs none. Its colours and order stand in page.css under its class.
 */
#ifndef CRIER_PAGE_LOOK_H
#define CRIER_PAGE_LOOK_H

#include <stdbool.h>

struct look {
    const char *platform; /* the word in crier.cfg; NULL = any other */
    const char *name;     /* as people write it */
    const char *mark;     /* two or three letters for the calendar */
    const char *css;      /* class */
    bool plain_links;     /* an address in a text cannot be followed there */
    bool bare_links;      /* what begins without a scheme becomes a link too, as X has it */
    bool name_in_text;    /* the text begins with the account's name */
    bool is_page;         /* the text is an article of a website: headline, picture, text */
};

const struct look *look_of(const char *platform);

#endif

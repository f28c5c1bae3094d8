/* sandbox/instagram.h - Instagram's publishing by the Graph API (Facebook Login), as far as a
 * publisher meets it: containers, the resumable upload, publishing, media, stories, comments,
 * deletion, the publishing limit; and the Page's photos that pictures from disk go through.
 *
 * Written from the facts page. A container read with a Page's token is 100/33, as since May 2026.
 * Insights, mentions and product tags are not served.
 */
#ifndef CRIER_SANDBOX_INSTAGRAM_H
#define CRIER_SANDBOX_INSTAGRAM_H

#include "sandbox/container.h"

enum {
    INSTAGRAM_CAPTION_MOST = 2200,
    INSTAGRAM_TAGS_MOST = 5,
    INSTAGRAM_ALT_MOST = 1000,
    INSTAGRAM_CAROUSEL_MOST = 10,
    INSTAGRAM_POSTS_A_DAY = 50,
    INSTAGRAM_IMAGE_BYTES_MOST = 8 * 1000 * 1000,
    INSTAGRAM_BODY_MOST = 64 * 1024 * 1024
};

void instagram_serve(const struct platform *platform, struct world *world, struct request *request,
                     struct answer *answer);
void instagram_too_many(struct request *request, struct instant reset, struct answer *answer);
void instagram_no_token(struct world *world, struct request *request, struct answer *answer);

/* instagram_page.c: the profile, or with `only` one post, as a page. */
void instagram_page(const struct platform *platform, struct world *world, struct request *request,
                    const struct account *account, const struct post *only, struct answer *answer);

#endif

/* sandbox/threads.h - the Threads API (graph.threads.net), as far as a publisher meets it:
 * containers of texts, pictures, videos and carousels, answers, publishing, lists, deletion, the
 * publishing limit, and the exchange of a token for the next one; and the Page's photos
 * (graph.facebook.com) that pictures from disk go through.
 *
 * Written from the facts page. A container that is not ready is 24/4279009, for texts too. A first
 * token is good for 60 days from the account's first request; one that was given here is exchanged
 * when it is a day old. Insights, search, mentions, polls and ghost posts are not served.
 */
#ifndef CRIER_SANDBOX_THREADS_H
#define CRIER_SANDBOX_THREADS_H

#include "sandbox/container.h"

enum {
    THREADS_TEXT_MOST = 500,
    THREADS_LINKS_MOST = 5,
    THREADS_ALT_MOST = 1000,
    THREADS_CAROUSEL_MOST = 20,
    THREADS_POSTS_A_DAY = 250,
    THREADS_REPLIES_A_DAY = 1000
};

void threads_serve(const struct platform *platform, struct world *world, struct request *request,
                   struct answer *answer);
void threads_too_many(struct request *request, struct instant reset, struct answer *answer);
void threads_no_token(struct world *world, struct request *request, struct answer *answer);

/* threads_page.c: the profile, or with `only` one post, as a page. */
void threads_page(const struct platform *platform, struct world *world, struct request *request,
                  const struct account *account, const struct post *only, struct answer *answer);

#endif

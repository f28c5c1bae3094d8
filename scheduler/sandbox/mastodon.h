/* sandbox/mastodon.h - a Mastodon server, as far as a publisher meets it.
 *
 * Written from the facts page and the published OpenAPI document: statuses with
 * Idempotency-Key (an hour, by the sandbox's clock), media that may take a while,
 * accounts, instance, the default limits with their headers, the real error texts, and the
 * profile page. Addresses of posts lead to pages of ours.
 */
#ifndef CRIER_SANDBOX_MASTODON_H
#define CRIER_SANDBOX_MASTODON_H

#include "base/buffer.h"
#include "sandbox/platform.h"

enum {
    MASTODON_TEXT_MOST = 500,
    MASTODON_MEDIA_MOST = 4,
    MASTODON_URL_LENGTH = 23,
    MASTODON_ALT_MOST = 1500
};

void mastodon_serve(const struct platform *platform, struct world *world, struct request *request,
                    struct answer *answer);
void mastodon_too_many(struct request *request, struct instant reset, struct answer *answer);
void mastodon_no_token(struct world *world, struct request *request, struct answer *answer);

/* mastodon_text.c: grapheme clusters, a link counts 23 and a remote mention without its host. Where
 * a server's Unicode decides about Indic conjuncts, the larger count. */
size_t mastodon_count(const char *text);
/* What the server makes of a text: <p>, <br>, links, hashtags, mentions, all else escaped. */
void mastodon_html(const char *text, const char *base, struct buffer *html);
/* The hashtags, as a list of {"name","url"}. The caller's. */
json_t *mastodon_tags(const char *text, const char *base);

/* mastodon_page.c: the profile, or with `only` one post, as a page. */
void mastodon_page(const struct platform *platform, struct world *world, struct request *request,
                   const struct account *account, const struct post *only, struct answer *answer);

#endif

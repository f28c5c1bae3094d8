/* platform/threads.h - Threads: the API of graph.threads.net.
 *
 * A post is a text, a picture, a video, or a carousel of 2 to 20 of them; it can answer another of
 * ours, so that a thread is one post after the other. How it is made, published and found is
 * platform/container.h's; here is what is Threads' own: its fields, its errors, its limits, its
 * session and who the account is.
 *
 * Threads takes no file: it fetches media from a public address. The account has one of two ways:
 * `media_url`, a folder of the department's own web server; or, for pictures only, the Facebook
 * Page of `page_id` with the credential's `page_token`. Without either a post with media is
 * refused, before anything is sent (threads_takes).
 *
 * The token lives 60 days and is exchanged for the next one while it is good and a day old; after
 * that a person must log in again: nothing lasts longer there. Paths say "me": a stored number can
 * answer 24/4279009.
 *
 * Facts: developers.facebook.com/docs/threads, Meta's Postman collection of fbsamples/threads_api
 * (January 2026); November 2026.
 */
#ifndef CRIER_PLATFORM_THREADS_H
#define CRIER_PLATFORM_THREADS_H

#include "platform/adapter.h"

extern const struct adapter threads;
extern const struct limits threads_limits;
extern const struct account_key threads_keys[];

/* Whether each file of the post has a way to the platform; else why not, for people. Needs the
 * content, the account and the files' types; asks nobody. */
MUST_CHECK bool threads_takes(const struct job *job, const char **why);

#endif

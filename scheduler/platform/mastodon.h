/* platform/mastodon.h - Mastodon and the servers that speak its API (GoToSocial, Pleroma, Akkoma,
 * snac).
 *
 * Class B: the Idempotency-Key is remembered for one hour. Servers that do not know it are class C
 * by the account key `keeps_keys = false`. Ids are opaque texts. The drawing of the machine is in
 * mastodon.c.
 */
#ifndef CRIER_PLATFORM_MASTODON_H
#define CRIER_PLATFORM_MASTODON_H

#include "platform/adapter.h"

extern const struct adapter mastodon;
extern const struct limits mastodon_limits;
extern const struct account_key mastodon_keys[];

/* What mastodon.c and mastodon_find.c share. */

/* An id that may stand in a path as it is: letters, digits and ._~- , but not a dot segment. */
bool mastodon_id_usable(const char *id);

/* A web address worth storing and showing; else "". */
const char *mastodon_url(const json_t *status, struct arena *arena);

/* The text as the server keeps it against ours: NFC, without white space at both ends. */
bool mastodon_same_text(const char *ours, const char *theirs, struct arena *arena);

/* A GET of this path; nothing it answers can be a refusal of content. */
/* Whether a status that was read answers the post that ours is to answer, or none. */
bool mastodon_same_parent(const struct job *job, const json_t *status);
struct http_request mastodon_get(const char *path);
struct step mastodon_unreadable(const struct http_reply *reply, struct arena *arena);

/* The machine `find`. */
struct step mastodon_find(const struct job *job, const struct progress *at,
                          const struct http_reply *reply, struct arena *arena);

#endif

/* campaign/content.h - exactly what the public will see, as canonical JSON.
 *
 * {"account","description","language","link","media":[{"alt","recipe","sha256"}],
 *  "parent","text","title","v":1}, every member there, null when empty. A post that uses what only
 * some platforms have gets one member more, "more":{...}, after "media": the used ones of
 * "captions","category","first_comment","kind","playlist","privacy","thumbnail", in this order,
 * none null. So the hash of a plain post never changes when a platform comes. `content` of a
 * delivery is the hex SHA-256 of these bytes: approvals bind it, keys derive from it.
 */
#ifndef CRIER_CAMPAIGN_CONTENT_H
#define CRIER_CAMPAIGN_CONTENT_H

#include "base/arena.h"
#include "base/err.h"
#include "campaign/delivery.h"

/* NULL when not used. `kind` NULL = the platform's usual one. */
struct extras {
    const char *kind, *first_comment, *playlist, *privacy, *category;
    const char *thumbnail, *captions; /* SHA-256 of what goes out, which stands in the row's media;
                                         of the source while it is not made */
};

struct content {
    const char *account;
    const char *text, *title, *description, *link, *language; /* NULL when empty */
    const char
        *parent; /* of a thread's part: the number of the one that it answers, "1"; else NULL */
    const struct medium *media; /* alt, recipe and the source's sha256 are used */
    size_t media_count;
    struct extras more;
};

/* Fills delivery->content, content_hash and same_hash. */
void content_write(const struct content *content, struct arena *arena, struct delivery *delivery);

/* Never-twice's hash alone: folded text and media source hashes, without the account. */
void content_same_hash(const struct content *content, struct arena *scratch, char hex[DIGEST_HEX]);

/* Back from the stored bytes, which must be content_write's; media carry alt, recipe, source
 * and sha256 only.
 */
MUST_CHECK bool content_read(const char *json, struct arena *arena, struct content *content,
                             struct err *err);

#endif

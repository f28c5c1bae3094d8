/* sandbox/bluesky.h - a Bluesky server (an AT Protocol PDS), as far as a publisher meets it.
 *
 * Written from the facts page, from what a real PDS was seen to answer, and from the
 * published lexicons: sessions with tokens that end, blobs, records of
 * app.bsky.feed.post under a key of the client's, the default limits with their headers, the
 * real error names, and the profile page. A record overwritten with other content is a further
 * version of the post in the ground truth; facets that do not fit the text, which the real
 * server takes, are named there as "flaws".
 *
 * The cids are true ones (DAG-CBOR, SHA-256). Commits have made-up cids: there is no repository
 * tree. Other collections than posts, the video service and the AppView are not served.
 */
#ifndef CRIER_SANDBOX_BLUESKY_H
#define CRIER_SANDBOX_BLUESKY_H

#include "base/buffer.h"
#include "sandbox/platform.h"

enum {
    BLUESKY_BLOB_MOST = 5 * 1024 * 1024, /* a PDS's default */
    BLUESKY_JSON_MOST = 1024 * 1024,
    BLUESKY_GRAPHEMES_MOST = 300,
    BLUESKY_BYTES_MOST = 3000,
    BLUESKY_IMAGES_MOST = 4,
    BLUESKY_IMAGE_BYTES_MOST = 2000000,
    BLUESKY_THUMB_BYTES_MOST = 1000000
};

#define BLUESKY_POST "app.bsky.feed.post"

void bluesky_serve(const struct platform *platform, struct world *world, struct request *request,
                   struct answer *answer);
void bluesky_too_many(struct request *request, struct instant reset, struct answer *answer);
void bluesky_no_token(struct world *world, struct request *request, struct answer *answer);
void bluesky_too_large(struct request *request, struct answer *answer);

/* "did:plc:..." and "police.test" of an account: made of its name, the same in every run. */
const char *bluesky_did(const struct account *account, struct arena *arena);
const char *bluesky_handle(const struct account *account, struct arena *arena);

/* bluesky_record.c: what the schemas say of a post's record. NULL when it is fine, else the
 * complaint as the server words it. */
const char *bluesky_complaint(const json_t *record, struct arena *arena);
/* "Invalid TID string"; NULL for a good one. */
const char *bluesky_key_complaint(const char *rkey);
/* What the server takes and a reader would see wrong: a list of texts, or NULL. The caller's. */
json_t *bluesky_flaws(const json_t *record, struct arena *arena);

/* bluesky_page.c: the profile, or with `only` one post, as a page. */
void bluesky_page(const struct platform *platform, struct world *world, struct request *request,
                  const struct account *account, const struct post *only, struct answer *answer);

#endif

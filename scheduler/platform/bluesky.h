/* platform/bluesky.h - Bluesky: the AT Protocol's XRPC on the account's own data server (PDS).
 *
 * Class A: the record has a name of ours (delivery->record_key, a TID), and putRecord of the same
 * record again changes nothing. The machine `publish` is drawn in bluesky.c; what the record says
 * is in bluesky_record.c and bluesky_facets.c, `find` and `retract` too; sessions are in
 * bluesky_session.c.
 *
 * Facts: docs.bsky.app, the lexicons of bluesky-social/atproto (August 2026), and what a PDS
 * (0.4.217) answered when it was asked.
 */
#ifndef CRIER_PLATFORM_BLUESKY_H
#define CRIER_PLATFORM_BLUESKY_H

#include "platform/adapter.h"

extern const struct adapter bluesky;
extern const struct limits bluesky_limits;
extern const struct account_key bluesky_keys[];

/* ---- what its own files share ---- */

/* bluesky_facets.c: what makes links and tags live, each with its place in UTF-8 bytes; a new
 * array. Mentions stay plain text: whom a handle means is for the platform to say, and nobody is
 * asked here. */
MUST_CHECK json_t *bluesky_facets(const char *text, struct arena *arena);

/* bluesky_record.c */

/* A TID as the server checks it: 13 letters of its own base 32, the first not too large. */
bool bluesky_key_usable(const char *key);

/* The record, new. The same job, blobs and reply (NULL = it answers none) give the same bytes on
 * every try. */
MUST_CHECK json_t *bluesky_record(const struct job *job, const json_t *blobs, const json_t *reply,
                                  struct arena *arena);

/* Whether a record that was read shows the public what the content says. */
bool bluesky_shows(const json_t *record, const struct content *content, struct arena *arena);

/* The body of a request about this record: {"collection","repo","rkey"}, new. */
MUST_CHECK json_t *bluesky_place(const struct job *job);
/* "at://did:plc:.../app.bsky.feed.post/3mmmmmmmmmmmm" */
const char *bluesky_uri(const struct job *job, struct arena *arena);
/* The page on bsky.app: there every account of the network is shown, whatever its server. That of a
 * drill is below its base_url: nobody looks for it in public. */
const char *bluesky_page(const struct job *job, struct arena *arena);

/* A GET of this record from the account's own server, which knows before anybody else does. */
struct http_request bluesky_get_record(const struct job *job, struct arena *arena);
/* The same of the record that a thread's part answers (job->parent_id), and what the part's record
 * says of it and of the first of the thread: {"parent":{"cid","uri"},"root":{"cid","uri"}}, the
 * arena's; NULL when the answer has no such record. */
struct http_request bluesky_get_parent(const struct job *job, struct arena *arena);
json_t *bluesky_reply(const json_t *body, struct arena *arena);
struct http_request bluesky_post(const struct job *job, const char *method, const json_t *body,
                                 struct arena *arena);

struct step bluesky_find(const struct job *job, const struct progress *at,
                         const struct http_reply *reply, struct arena *arena);
struct step bluesky_retract(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena);

/* bluesky_session.c */

/* The name of an XRPC error: {"error":"ExpiredToken","message":...}; NULL for anything else. */
const char *bluesky_error(const struct http_reply *reply, struct arena *arena);
bool bluesky_says(const struct http_reply *reply, const char *error, struct arena *arena);

/* What is wrong with the account when the server answers with that name. An expired or a junk token
 * is a 400 there, so the status alone says nothing. */
enum trouble bluesky_trouble(const struct http_reply *reply, struct arena *arena);

/* step_for_failure with these troubles; of a read, which can be no refusal of content. */
struct step bluesky_failure(const struct http_reply *reply, struct arena *arena);
struct step bluesky_unreadable(const struct http_reply *reply, struct arena *arena);

struct step bluesky_refresh(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena);
struct step bluesky_identify(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *arena);

#endif

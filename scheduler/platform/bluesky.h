/* platform/bluesky.h - Bluesky: the AT Protocol's XRPC on the account's own data server (PDS).
 *
 * Class A: the record has a name of ours (delivery->record_key, a TID), and putRecord with the same
 * record again changes nothing. The drawing of the machine `publish` is in bluesky.c, sessions are
 * in bluesky_session.c, words that both use in bluesky_xrpc.c.
 *
 * Facts: docs.bsky.app, the lexicons of bluesky-social/atproto (2026-08), and what a PDS answered
 * when it was asked (0.4.217).
 */
#ifndef CRIER_PLATFORM_BLUESKY_H
#define CRIER_PLATFORM_BLUESKY_H

#include "platform/adapter.h"

extern const struct adapter bluesky;
extern const struct limits bluesky_limits;
extern const struct account_key bluesky_keys[];

/* What makes links and tags live: each with its place in UTF-8 bytes. A new array. Mentions stay
 * plain text: whom a handle means is for the platform to say, and nobody is asked here. */
MUST_CHECK json_t *bluesky_facets(const char *text, struct arena *arena);

#endif

/* platform/sign_webhook.h - the signature of Standard Webhooks 1.0.0, symmetric scheme v1.
 *
 * Signed are "<webhook-id>.<webhook-timestamp>.<body>" with HMAC-SHA256; the timestamp is that of
 * this attempt in seconds, so each attempt has its own signature. A secret is base64 of its key
 * bytes, with or without "whsec_" before it; while a receiver changes secrets there are several,
 * separated by blanks, and each signs.
 *
 * Source: standard-webhooks/standard-webhooks spec/standard-webhooks.md, reference library for
 * Rust.
 */
#ifndef CRIER_PLATFORM_SIGN_WEBHOOK_H
#define CRIER_PLATFORM_SIGN_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/instant.h"

/* Seconds since 1970 as the header has them. */
char *webhook_timestamp(struct instant at, struct arena *arena);

/* The value of `webhook-signature`: "v1,... v1,..."; NULL when a secret is not usable (not base64,
 * or empty), or when the id has a dot, which would let a signature mean two things. */
char *sign_webhook(const char *id, const char *timestamp, const void *body, size_t length,
                   const char *secrets, struct arena *arena);

#endif

/* base/digest.h - SHA-256, HMAC, Ed25519, base64, sealing and random bytes, over libcrypto.
 *
 * Failures of these primitives mean a broken machine, not a broken input: they
 * end the process. Only what reads foreign bytes (base64, keys, sealed text)
 * answers with false.
 */
#ifndef CRIER_BASE_DIGEST_H
#define CRIER_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"

enum {
    DIGEST_BYTES = 32,
    DIGEST_HEX = 65,
    SIGNATURE_BYTES = 64,
    SIGN_KEY_BYTES = 32,
    SEAL_KEY_BYTES = 32,
    SHA1_BYTES = 20
};

struct digest {
    unsigned char bytes[DIGEST_BYTES];
};

struct digest digest_of(const void *bytes, size_t length);
/* Lower-case hexadecimal with its NUL. */
const char *digest_hex(const struct digest *digest, char hex[DIGEST_HEX]);
/* Both in one call. */
const char *digest_hex_of(const void *bytes, size_t length, char hex[DIGEST_HEX]);
MUST_CHECK bool digest_from_hex(const char *hex, struct digest *digest);

/* Piece by piece. digest_end takes the stream back. */
struct digest_stream;
struct digest_stream *digest_begin(void);
void digest_add(struct digest_stream *stream, const void *bytes, size_t length);
struct digest digest_end(struct digest_stream *stream);

struct digest hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length);
/* Only for what demands it (OAuth 1.0a). */
void hmac_sha1(const void *key, size_t key_length, const void *bytes, size_t length,
               unsigned char mac[SHA1_BYTES]);

/* Standard base64 with padding; decoding is strict. */
char *base64_encode(const void *bytes, size_t length, struct arena *arena);
MUST_CHECK bool base64_decode(const char *text, struct arena *arena, unsigned char **bytes,
                              size_t *length);

void random_bytes(void *bytes, size_t length);

/* Ed25519. The secret is the 32-byte seed. */
void sign_public(const unsigned char secret[SIGN_KEY_BYTES],
                 unsigned char public_key[SIGN_KEY_BYTES]);
void sign_bytes(const unsigned char secret[SIGN_KEY_BYTES], const void *bytes, size_t length,
                unsigned char signature[SIGNATURE_BYTES]);
MUST_CHECK bool sign_verify(const unsigned char public_key[SIGN_KEY_BYTES], const void *bytes,
                            size_t length, const unsigned char signature[SIGNATURE_BYTES]);
/* The public key as PEM (SubjectPublicKeyInfo), readable by openssl; and back. */
char *sign_public_pem(const unsigned char public_key[SIGN_KEY_BYTES], struct arena *arena);
MUST_CHECK bool sign_public_from_pem(const char *pem, unsigned char public_key[SIGN_KEY_BYTES]);

/* AES-256-GCM: 12 random bytes, ciphertext, 16-byte tag, base64 over all. `context` is bound, not
 * stored. */
char *seal(const unsigned char key[SEAL_KEY_BYTES], const char *context, const void *bytes,
           size_t length, struct arena *arena);
MUST_CHECK bool unseal(const unsigned char key[SEAL_KEY_BYTES], const char *context,
                       const char *sealed, struct arena *arena, unsigned char **bytes,
                       size_t *length);

/* Overwrites memory that held a secret; never optimised away. */
void wipe(void *memory, size_t length);

#endif

#include "base/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 /* of SHA-256 */, NONCE_BYTES = 12, TAG_BYTES = 16 };

static void require(bool ok)
{
    if (!ok) {
        fputs("crier: libcrypto refused a primitive it must have; the process ends\n", stderr);
        abort();
    }
}

/* Fetched once: a fetch for each digest costs as much as the digest (dependencies: twice the time).
 */
static const EVP_MD *sha256(void)
{
    static EVP_MD *fetched;
    EVP_MD *method = __atomic_load_n(&fetched, __ATOMIC_ACQUIRE);

    if (!method) {
        EVP_MD *other = NULL;
        method = EVP_MD_fetch(NULL, "SHA256", NULL);
        require(method != NULL);
        if (!__atomic_compare_exchange_n(&fetched, &other, method, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE)) {
            EVP_MD_free(method);
            method = other;
        }
    }
    return method;
}

struct digest_stream {
    EVP_MD_CTX *context;
};

/* Each thread keeps one at rest: to make one costs a dozen allocations, more than to
 * hash what is short. */
static _Thread_local struct spares {
    bool end_with_thread;
    struct digest_stream *stream;
} spares;

static pthread_key_t spares_key; /* for what is done at a thread's end */
static pthread_once_t spares_once = PTHREAD_ONCE_INIT;

static void stream_free(struct digest_stream *stream)
{
    if (stream)
        EVP_MD_CTX_free(stream->context);
    free(stream);
}

static void spares_free(void *of_thread)
{
    (void)of_thread;
    stream_free(spares.stream);
    spares = (struct spares){.stream = NULL};
}

static void make_spares_key(void)
{
    require(pthread_key_create(&spares_key, spares_free) == 0);
}

static void keep_spares(void)
{
    if (spares.end_with_thread)
        return;
    require(pthread_once(&spares_once, make_spares_key) == 0);
    require(pthread_setspecific(spares_key, &spares) == 0);
    spares.end_with_thread = true;
}

static struct digest_stream *stream_new(void)
{
    struct digest_stream *stream = malloc(sizeof *stream);

    if (!stream)
        out_of_memory();
    stream->context = EVP_MD_CTX_new();
    require(stream->context != NULL);
    return stream;
}

struct digest_stream *digest_begin(void)
{
    struct digest_stream *stream = spares.stream ? spares.stream : stream_new();

    spares.stream = NULL;
    require(EVP_DigestInit_ex(stream->context, sha256(), NULL) == 1);
    return stream;
}

void digest_add(struct digest_stream *stream, const void *bytes, size_t length)
{
    require(EVP_DigestUpdate(stream->context, bytes, length) == 1);
}

struct digest digest_end(struct digest_stream *stream)
{
    struct digest digest;

    require(EVP_DigestFinal_ex(stream->context, digest.bytes, NULL) == 1);
    if (spares.stream) {
        stream_free(stream);
        return digest;
    }
    keep_spares();
    spares.stream = stream;
    return digest;
}

struct digest digest_of(const void *bytes, size_t length)
{
    struct digest_stream *stream = digest_begin();

    digest_add(stream, bytes, length);
    return digest_end(stream);
}

const char *digest_hex(const struct digest *digest, char hex[DIGEST_HEX])
{
    static const char letters[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < DIGEST_BYTES; i++) {
        hex[2 * i] = letters[digest->bytes[i] >> 4];
        hex[2 * i + 1] = letters[digest->bytes[i] & 15];
    }
    hex[DIGEST_HEX - 1] = '\0';
    return hex;
}

const char *digest_hex_of(const void *bytes, size_t length, char hex[DIGEST_HEX])
{
    struct digest digest = digest_of(bytes, length);

    return digest_hex(&digest, hex);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool digest_from_hex(const char *hex, struct digest *digest)
{
    size_t i;

    if (strlen(hex) != DIGEST_HEX - 1)
        return false;
    for (i = 0; i < DIGEST_BYTES; i++) {
        int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        digest->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* A key that is longer than a block stands there as its digest. */
static void fit_key(const void *key, size_t length, unsigned char block[BLOCK_BYTES])
{
    if (length > BLOCK_BYTES) {
        const struct digest digest = digest_of(key, length);
        memcpy(block, &digest, sizeof digest);
    } else if (length > 0) {
        memcpy(block, key, length);
    }
}

/* What a half of an HMAC begins with: a block of the key, which nobody can read again. */
static struct digest_stream *begin_keyed(const unsigned char key[BLOCK_BYTES], unsigned char mask)
{
    struct digest_stream *stream = digest_begin();
    unsigned char block[BLOCK_BYTES];

    for (size_t i = 0; i < sizeof block; i++)
        block[i] = key[i] ^ mask;
    digest_add(stream, block, sizeof block);
    wipe(block, sizeof block);
    return stream;
}

/* RFC 2104 §2. libcrypto's own takes longer to be told a key, and then to forget it, than to hash a
 * request. */
struct digest hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length)
{
    unsigned char block[BLOCK_BYTES] = {0};
    struct digest inner;
    struct digest_stream *stream;

    fit_key(key, key_length, block);
    stream = begin_keyed(block, 0x36);
    digest_add(stream, bytes, length);
    inner = digest_end(stream);
    stream = begin_keyed(block, 0x5c);
    digest_add(stream, inner.bytes, sizeof inner.bytes);
    wipe(block, sizeof block);
    return digest_end(stream);
}

/* Once a request at most: nothing is kept ready for it. */
void hmac_sha1(const void *key, size_t key_length, const void *bytes, size_t length,
               unsigned char mac[SHA1_BYTES])
{
    size_t size = 0;

    require(EVP_Q_mac(NULL, OSSL_MAC_NAME_HMAC, NULL, "SHA1", NULL, key, key_length, bytes, length,
                      mac, SHA1_BYTES, &size) != NULL &&
            size == SHA1_BYTES);
}

char *base64_encode(const void *bytes, size_t length, struct arena *arena)
{
    char *text = arena_alloc(arena, (length + 2) / 3 * 4 + 1);

    (void)EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
    return text;
}

/* EVP_DecodeBlock forgives blanks and returns the padded length: we check first and subtract after.
 */
bool base64_decode(const char *text, struct arena *arena, unsigned char **bytes, size_t *length)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = strlen(text);
    size_t body = strspn(text, alphabet);
    size_t padding = size - body;

    *bytes = arena_alloc(arena, size / 4 * 3 + 1);
    *length = 0;
    if (size % 4 != 0 || padding > 2 || strspn(text + body, "=") != padding)
        return false;
    if (size == 0)
        return true;
    if (EVP_DecodeBlock(*bytes, (const unsigned char *)text, (int)size) < 0)
        return false;
    *length = size / 4 * 3 - padding;
    return true;
}

void random_bytes(void *bytes, size_t length)
{
    require(RAND_bytes(bytes, (int)length) == 1);
}

static EVP_PKEY *secret_key(const unsigned char secret[SIGN_KEY_BYTES])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, SIGN_KEY_BYTES);

    require(key != NULL);
    return key;
}

void sign_public(const unsigned char secret[SIGN_KEY_BYTES],
                 unsigned char public_key[SIGN_KEY_BYTES])
{
    EVP_PKEY *key = secret_key(secret);
    size_t length = SIGN_KEY_BYTES;

    require(EVP_PKEY_get_raw_public_key(key, public_key, &length) == 1);
    EVP_PKEY_free(key);
}

void sign_bytes(const unsigned char secret[SIGN_KEY_BYTES], const void *bytes, size_t length,
                unsigned char signature[SIGNATURE_BYTES])
{
    EVP_PKEY *key = secret_key(secret);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = SIGNATURE_BYTES;

    require(context && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
            EVP_DigestSign(context, signature, &size, bytes, length) == 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
}

bool sign_verify(const unsigned char public_key[SIGN_KEY_BYTES], const void *bytes, size_t length,
                 const unsigned char signature[SIGNATURE_BYTES])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, SIGN_KEY_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(context, signature, SIGNATURE_BYTES, bytes, length) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}

/* SubjectPublicKeyInfo of Ed25519 is a fixed prefix and the key (RFC 8410 §4). */
static const unsigned char spki_prefix[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                            0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
static const char pem_begin[] = "-----BEGIN PUBLIC KEY-----\n";
static const char pem_end[] = "\n-----END PUBLIC KEY-----\n";

char *sign_public_pem(const unsigned char public_key[SIGN_KEY_BYTES], struct arena *arena)
{
    unsigned char der[sizeof spki_prefix + SIGN_KEY_BYTES];

    memcpy(der, spki_prefix, sizeof spki_prefix);
    memcpy(der + sizeof spki_prefix, public_key, SIGN_KEY_BYTES);
    return arena_printf(arena, "%s%s%s", pem_begin, base64_encode(der, sizeof der, arena), pem_end);
}

bool sign_public_from_pem(const char *pem, unsigned char public_key[SIGN_KEY_BYTES])
{
    struct arena scratch = {0};
    size_t size = strlen(pem), frame = strlen(pem_begin) + strlen(pem_end), length = 0;
    unsigned char *der = NULL;
    bool ok = false;

    if (size > frame && !strncmp(pem, pem_begin, strlen(pem_begin)) &&
        !strcmp(pem + size - strlen(pem_end), pem_end)) {
        char *body = arena_text_n(&scratch, pem + strlen(pem_begin), size - frame);
        ok = base64_decode(body, &scratch, &der, &length) &&
             length == sizeof spki_prefix + SIGN_KEY_BYTES &&
             !memcmp(der, spki_prefix, sizeof spki_prefix);
    }
    if (ok)
        memcpy(public_key, der + sizeof spki_prefix, SIGN_KEY_BYTES);
    arena_clear(&scratch);
    return ok;
}

char *seal(const unsigned char key[SEAL_KEY_BYTES], const char *context, const void *bytes,
           size_t length, struct arena *arena)
{
    size_t size = NONCE_BYTES + length + TAG_BYTES;
    unsigned char *out = arena_alloc(arena, size);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int part = 0;

    random_bytes(out, NONCE_BYTES);
    require(cipher && EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
            EVP_EncryptUpdate(cipher, NULL, &part, (const unsigned char *)context,
                              (int)strlen(context)) == 1 &&
            EVP_EncryptUpdate(cipher, out + NONCE_BYTES, &part, bytes, (int)length) == 1 &&
            EVP_EncryptFinal_ex(cipher, out + NONCE_BYTES + part, &part) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, out + size - TAG_BYTES) ==
                1);
    EVP_CIPHER_CTX_free(cipher);
    return base64_encode(out, size, arena);
}

bool unseal(const unsigned char key[SEAL_KEY_BYTES], const char *context, const char *sealed,
            struct arena *arena, unsigned char **bytes, size_t *length)
{
    EVP_CIPHER_CTX *cipher;
    unsigned char *in;
    size_t size;
    int part = 0;
    bool ok;

    if (!base64_decode(sealed, arena, &in, &size) || size < NONCE_BYTES + TAG_BYTES)
        return false;
    *length = size - NONCE_BYTES - TAG_BYTES;
    *bytes = arena_alloc(arena, *length + 1);
    cipher = EVP_CIPHER_CTX_new();
    ok = cipher && EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, in) == 1 &&
         EVP_DecryptUpdate(cipher, NULL, &part, (const unsigned char *)context,
                           (int)strlen(context)) == 1 &&
         EVP_DecryptUpdate(cipher, *bytes, &part, in + NONCE_BYTES, (int)*length) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, in + size - TAG_BYTES) == 1 &&
         EVP_DecryptFinal_ex(cipher, *bytes + part, &part) == 1;
    EVP_CIPHER_CTX_free(cipher);
    return ok;
}

void wipe(void *memory, size_t length)
{
    OPENSSL_cleanse(memory, length);
}

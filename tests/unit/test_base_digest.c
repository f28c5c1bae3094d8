/* The published vectors: FIPS 180-2, RFC 4231, RFC 8032, RFC 4648. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/digest.h"

static struct arena arena;

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static size_t from_hex(const char *hex, unsigned char *bytes)
{
    static const char digits[] = "0123456789abcdef";
    size_t i, length = strlen(hex) / 2;

    for (i = 0; i < length; i++)
        bytes[i] = (unsigned char)((strchr(digits, hex[2 * i]) - digits) << 4 |
                                   (strchr(digits, hex[2 * i + 1]) - digits));
    return length;
}

static void sha256_gives_the_published_values(void **state)
{
    static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    char hex[DIGEST_HEX];
    struct digest digest, again;
    struct digest_stream *stream = digest_begin();

    (void)state;
    assert_string_equal(digest_hex_of("abc", 3, hex), abc);
    assert_string_equal(digest_hex_of("", 0, hex),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest_add(stream, "a", 1);
    digest_add(stream, "bc", 2);
    digest = digest_end(stream);
    assert_string_equal(digest_hex(&digest, hex), abc);
    assert_true(digest_from_hex(abc, &again));
    assert_memory_equal(&digest, &again, sizeof digest);
}

static void only_64_small_hex_digits_are_a_digest(void **state)
{
    char hex[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    struct digest digest;

    (void)state;
    hex[5] = 'G';
    assert_false(digest_from_hex(hex, &digest));
    hex[5] = 'B';
    assert_false(digest_from_hex(hex, &digest));
    hex[63] = '\0';
    assert_false(digest_from_hex(hex, &digest));
    assert_false(digest_from_hex("", &digest));
}

static void hmac_gives_the_values_of_rfc_4231(void **state)
{
    static const char large[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    unsigned char key[131];
    char hex[DIGEST_HEX];
    struct digest digest;

    (void)state;
    memset(key, 0x0b, 20);
    digest = hmac_sha256(key, 20, "Hi There", 8);
    assert_string_equal(digest_hex(&digest, hex),
                        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    digest = hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28);
    assert_string_equal(digest_hex(&digest, hex),
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    digest = hmac_sha256(key, sizeof key, large, strlen(large));
    assert_string_equal(digest_hex(&digest, hex),
                        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void base64_gives_the_values_of_rfc_4648(void **state)
{
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    static const char *const wrong[] = {"Zg=",  "Zg",   "Zm9v\n", " Zm9v",    "Zm9v=",
                                        "Z===", "Zm-v", "====",   "Zg==Zg==", "=Zm9"};
    unsigned char *bytes;
    size_t i, length;

    (void)state;
    for (i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(base64_encode(rows[i][0], strlen(rows[i][0]), &arena), rows[i][1]);
        assert_true(base64_decode(rows[i][1], &arena, &bytes, &length));
        assert_int_equal(length, strlen(rows[i][0]));
        assert_memory_equal(bytes, rows[i][0], length);
    }
    for (i = 0; i < COUNT_OF(wrong); i++) {
        if (base64_decode(wrong[i], &arena, &bytes, &length))
            fail_msg("\"%s\" was taken for base64", wrong[i]);
    }
}

static const struct {
    const char *secret, *public_key, *message, *signature;
} rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f0595bbe2465"
     "5141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2eaeb4302aeeb0"
     "0d291612bb0c00"},
};

static void ed25519_gives_the_values_of_rfc_8032(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(rfc8032); i++) {
        unsigned char secret[32], expected_key[32], key[32], message[8], expected[64],
            signature[64];
        size_t length = from_hex(rfc8032[i].message, message);

        from_hex(rfc8032[i].secret, secret);
        from_hex(rfc8032[i].public_key, expected_key);
        from_hex(rfc8032[i].signature, expected);
        sign_public(secret, key);
        assert_memory_equal(key, expected_key, sizeof key);
        sign_bytes(secret, message, length, signature);
        assert_memory_equal(signature, expected, sizeof signature);
        assert_true(sign_verify(key, message, length, signature));
        signature[3] ^= 1;
        assert_false(sign_verify(key, message, length, signature));
    }
}

static void a_public_key_survives_its_pem(void **state)
{
    unsigned char secret[32] = {7}, key[32], back[32];
    char *pem;

    (void)state;
    sign_public(secret, key);
    pem = sign_public_pem(key, &arena);
    assert_int_equal(strncmp(pem, "-----BEGIN PUBLIC KEY-----\n", 27), 0);
    assert_true(sign_public_from_pem(pem, back));
    assert_memory_equal(key, back, sizeof key);
    assert_false(
        sign_public_from_pem("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", back));
    assert_false(sign_public_from_pem("", back));
}

static void what_is_sealed_opens_only_unchanged_with_key_and_context(void **state)
{
    unsigned char key[32] = {1}, other[32] = {2};
    char *sealed = seal(key, "x-main", "token", 5, &arena);
    unsigned char *bytes;
    size_t length, i;

    (void)state;
    assert_true(unseal(key, "x-main", sealed, &arena, &bytes, &length));
    assert_int_equal(length, 5);
    assert_memory_equal(bytes, "token", 5);
    assert_false(unseal(other, "x-main", sealed, &arena, &bytes, &length));
    assert_false(unseal(key, "x-drill", sealed, &arena, &bytes, &length));
    assert_false(unseal(key, "x-main", "", &arena, &bytes, &length));
    assert_false(unseal(key, "x-main", "AAAA", &arena, &bytes, &length));
    assert_string_not_equal(sealed, seal(key, "x-main", "token", 5, &arena));
    for (i = 0; sealed[i]; i++) {
        char kept = sealed[i];

        sealed[i] = kept == 'A' ? 'B' : 'A';
        assert_false(unseal(key, "x-main", sealed, &arena, &bytes, &length));
        sealed[i] = kept;
    }
}

static void random_bytes_differ_and_wiped_ones_are_gone(void **state)
{
    unsigned char a[16], b[16], zero[16] = {0};

    (void)state;
    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    wipe(a, sizeof a);
    assert_memory_equal(a, zero, sizeof a);
}

static void streams_and_keys_of_one_thread_do_not_mix(void **state)
{
    struct digest_stream *one = digest_begin(), *two = digest_begin();
    struct digest first, second, plain = digest_of("one", 3), keyed;

    (void)state;
    digest_add(one, "o", 1);
    digest_add(two, "two", 3);
    keyed = hmac_sha256("key", 3, "text", 4);
    digest_add(one, "ne", 2);
    first = digest_end(one);
    second = digest_end(two);
    assert_memory_equal(first.bytes, plain.bytes, DIGEST_BYTES);
    plain = digest_of("two", 3);
    assert_memory_equal(second.bytes, plain.bytes, DIGEST_BYTES);
    first = hmac_sha256("other", 5, "text", 4);
    second = hmac_sha256("key", 3, "text", 4);
    assert_memory_not_equal(first.bytes, second.bytes, DIGEST_BYTES);
    assert_memory_equal(second.bytes, keyed.bytes, DIGEST_BYTES);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_published_values),
        cmocka_unit_test(only_64_small_hex_digits_are_a_digest),
        cmocka_unit_test(hmac_gives_the_values_of_rfc_4231),
        cmocka_unit_test(streams_and_keys_of_one_thread_do_not_mix),
        cmocka_unit_test_teardown(base64_gives_the_values_of_rfc_4648, clear),
        cmocka_unit_test(ed25519_gives_the_values_of_rfc_8032),
        cmocka_unit_test_teardown(a_public_key_survives_its_pem, clear),
        cmocka_unit_test_teardown(what_is_sealed_opens_only_unchanged_with_key_and_context, clear),
        cmocka_unit_test(random_bytes_differ_and_wiped_ones_are_gone),
    };

    return cmocka_run_group_tests_name("base/digest", tests, NULL, NULL);
}

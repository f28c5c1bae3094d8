#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/json.h"
#include "platform/sign_oauth1.h"

static json_t *vectors(const char *test)
{
    const char *specs = getenv("CRIER_SPECS");
    char path[512];
    json_t *root;

    (void)snprintf(path, sizeof path, "%s/oauth1/vectors.json", specs ? specs : "../shared/specs");
    root = json_load_file(path, 0, NULL);
    if (!root)
        printf("SKIPPED %s: no %s\n", test, path);
    return root;
}

static const char *parameter(const json_t *vector, const char *name)
{
    const json_t *pair;
    size_t i;

    json_array_foreach(json_object_get(vector, "params"), i, pair)
    {
        if (strcmp(json_string_value(json_array_get(pair, 0)), name) == 0)
            return json_string_value(json_array_get(pair, 1));
    }
    return NULL;
}

/* The parameters that are not the header's own, as a form has them. */
static char *others(const json_t *vector, struct arena *arena)
{
    char *form = arena_text(arena, "");
    const json_t *pair;
    size_t i;

    json_array_foreach(json_object_get(vector, "params"), i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0));

        if (strncmp(name, "oauth_", 6) != 0 || strcmp(name, "oauth_callback") == 0 ||
            strcmp(name, "oauth_verifier") == 0)
            form =
                arena_printf(arena, "%s%s%s=%s", form, *form ? "&" : "", form_escape(name, arena),
                             form_escape(json_string_value(json_array_get(pair, 1)), arena));
    }
    return form;
}

static struct oauth1 request_of(const json_t *vector, struct arena *arena)
{
    return (struct oauth1){.method = json_text(vector, "method"),
                           .url = json_text(vector, "base_url"),
                           .form = others(vector, arena),
                           .nonce = parameter(vector, "oauth_nonce"),
                           .timestamp = parameter(vector, "oauth_timestamp"),
                           .consumer_key = parameter(vector, "oauth_consumer_key"),
                           .consumer_secret = json_text(vector, "consumer_secret"),
                           .token = parameter(vector, "oauth_token"),
                           .token_secret = json_text(vector, "token_secret")};
}

/* Where the parameters stand makes no difference to what is signed. */
static void expect_vector(const json_t *vector, struct arena *arena)
{
    struct oauth1 request = request_of(vector, arena);

    if (!parameter(vector, "oauth_version"))
        return; /* one that leaves out what we always send */
    assert_string_equal(oauth1_base_string(&request, arena), json_text(vector, "base_string"));
    assert_string_equal(oauth1_signature(&request, arena), json_text(vector, "signature"));
    request.url = arena_printf(arena, "%s?%s", request.url, request.form);
    request.form = NULL;
    assert_string_equal(oauth1_signature(&request, arena), json_text(vector, "signature"));
}

static void the_published_vectors_come_out(void **state)
{
    json_t *root = vectors("the_published_vectors_come_out"), *vector;
    struct arena arena = {0};
    size_t i;

    (void)state;
    if (!root)
        skip();
    assert_true(json_array_size(json_object_get(root, "vectors")) >= 3);
    json_array_foreach(json_object_get(root, "vectors"), i, vector) expect_vector(vector, &arena);
    json_decref(root);
    arena_clear(&arena);
}

static const struct oauth1 simple = {.method = "POST",
                                     .url = "https://api.x.com/2/tweets",
                                     .nonce = "n",
                                     .timestamp = "1",
                                     .consumer_key = "k",
                                     .consumer_secret = "s",
                                     .token = "t",
                                     .token_secret = "u"};

static void addresses_that_mean_the_same_are_signed_alike(void **state)
{
    static const char *const same[] = {
        "https://api.x.com/2/tweets",       "HTTPS://API.X.COM/2/tweets",
        "https://api.x.com:443/2/tweets",   "https://api.x.com/2/tweets?",
        "https://api.x.com/2/tweets#there",
    };
    struct arena arena = {0};
    const char *wanted = oauth1_base_string(&simple, &arena);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        struct oauth1 request = simple;

        request.url = same[i];
        assert_string_equal(oauth1_base_string(&request, &arena), wanted);
    }
    arena_clear(&arena);
}

static void addresses_that_mean_something_else_are_not(void **state)
{
    static const char *const others[] = {
        "http://api.x.com/2/tweets",       "https://api.x.com/2/Tweets",
        "https://api.x.com:8443/2/tweets", "https://api.x.com/2/tweets/",
        "https://api.x.com/2/tweets?a",    "https://api.x.com/2/tweets?a=1",
    };
    struct arena arena = {0};
    const char *wanted = oauth1_base_string(&simple, &arena);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct oauth1 request = simple;

        request.url = others[i];
        assert_string_not_equal(oauth1_base_string(&request, &arena), wanted);
    }
    arena_clear(&arena);
}

static void what_is_no_address_is_not_signed(void **state)
{
    static const char *const bad[] = {"", "/2/tweets", "ftp://host/x", "https://", "https:///x"};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct oauth1 request = simple;

        request.url = bad[i];
        assert_null(oauth1_base_string(&request, &arena));
        assert_null(oauth1_header(&request, &arena));
    }
    arena_clear(&arena);
}

static void the_header_is_quoted_sorted_and_has_no_secret(void **state)
{
    static const struct form_field callback[] = {{"oauth_callback", "oob"}, {NULL, NULL}};
    struct oauth1 request = simple;
    struct arena arena = {0};
    const char *header;

    (void)state;
    request.consumer_secret = "canary-one";
    request.token_secret = "canary-two";
    header = oauth1_header(&request, &arena);
    assert_ptr_equal(strstr(header, "OAuth oauth_consumer_key=\"k\", oauth_nonce=\"n\", "
                                    "oauth_signature=\""),
                     header);
    assert_non_null(strstr(header, "\", oauth_signature_method=\"HMAC-SHA1\", "
                                   "oauth_timestamp=\"1\", oauth_token=\"t\", "
                                   "oauth_version=\"1.0\""));
    assert_null(strstr(header, "canary"));
    request.token = request.token_secret = NULL;
    request.parameters = callback;
    header = oauth1_header(&request, &arena);
    assert_ptr_equal(strstr(header, "OAuth oauth_callback=\"oob\", oauth_consumer_key"), header);
    assert_null(strstr(header, "oauth_token"));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_come_out),
        cmocka_unit_test(addresses_that_mean_the_same_are_signed_alike),
        cmocka_unit_test(addresses_that_mean_something_else_are_not),
        cmocka_unit_test(what_is_no_address_is_not_signed),
        cmocka_unit_test(the_header_is_quoted_sorted_and_has_no_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

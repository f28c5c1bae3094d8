#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "platform/sign_webhook.h"

/* Of the project's own libraries: rust/src/lib.rs, go/webhook_test.go. */
static const struct published {
    const char *secret, *id, *timestamp, *body, *signature;
} published[] = {
    {"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", "1649367553",
     "{\"email\":\"test@example.com\",\"username\":\"test_user\"}",
     "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="},
    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
     "{\"test\": 2432232314}", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
};

static void published_vectors_come_out_with_and_without_the_prefix(void **state)
{
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(published); i++) {
        const struct published *p = &published[i];

        assert_string_equal(sign_webhook(p->id, p->timestamp, p->body, strlen(p->body), p->secret,
                                         &arena),
                            p->signature);
        assert_string_equal(sign_webhook(p->id, p->timestamp, p->body, strlen(p->body),
                                         p->secret + 6, &arena),
                            p->signature);
    }
    arena_clear(&arena);
}

static void during_a_rotation_each_secret_signs(void **state)
{
    const struct published *p = &published[0];
    struct arena arena = {0};
    char *old = sign_webhook(p->id, p->timestamp, p->body, strlen(p->body), p->secret, &arena);
    char *new =
        sign_webhook(p->id, p->timestamp, p->body, strlen(p->body), published[1].secret, &arena);
    char *both =
        sign_webhook(p->id, p->timestamp, p->body, strlen(p->body),
                     arena_printf(&arena, "%s %s", p->secret, published[1].secret), &arena);

    (void)state;
    assert_string_equal(both, arena_printf(&arena, "%s %s", old, new));
    assert_string_not_equal(old, new);
    arena_clear(&arena);
}

static void what_cannot_be_a_secret_or_an_id_signs_nothing(void **state)
{
    static const char *const bad[] = {"",           " ",     "whsec_",           "whsec_!!",
                                      "not base64", "QUJD=", "whsec_QUJD whsec_"};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_null(sign_webhook("msg_1", "1", "{}", 2, bad[i], &arena));
    assert_non_null(sign_webhook("msg_1", "1", "{}", 2, "QUJD", &arena));
    assert_null(sign_webhook("msg.1", "1", "{}", 2, "QUJD", &arena));
    assert_null(sign_webhook("", "1", "{}", 2, "QUJD", &arena));
    arena_clear(&arena);
}

static void the_time_is_seconds_of_the_attempt(void **state)
{
    struct arena arena = {0};

    (void)state;
    assert_string_equal(webhook_timestamp((struct instant){1649367553999}, &arena), "1649367553");
    arena_clear(&arena);
}

static json_t *vectors(void)
{
    const char *specs = getenv("CRIER_SPECS");
    char path[512];
    json_t *root;

    (void)snprintf(path, sizeof path, "%s/standard-webhooks/vectors.json",
                   specs ? specs : "../shared/specs");
    root = json_load_file(path, 0, NULL);
    if (!root)
        printf("SKIPPED the_vectors_of_the_specification_come_out: no %s\n", path);
    return root;
}

static const char *timestamp_of(const json_t *vector, struct arena *arena)
{
    return arena_printf(arena, "%lld", (long long)json_integer_or(vector, "webhook_timestamp", 0));
}

static void the_vectors_of_the_specification_come_out(void **state)
{
    json_t *root = vectors(), *vector;
    struct arena arena = {0};
    size_t i;

    (void)state;
    if (!root)
        skip();
    assert_true(json_array_size(json_object_get(root, "vectors")) >= 4);
    json_array_foreach(json_object_get(root, "vectors"), i, vector)
    {
        const char *body = json_text(vector, "payload");

        assert_string_equal(sign_webhook(json_text(vector, "webhook_id"),
                                         timestamp_of(vector, &arena), body, strlen(body),
                                         json_text(vector, "secret"), &arena),
                            json_text(vector, "signature"));
    }
    json_decref(root);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_come_out_with_and_without_the_prefix),
        cmocka_unit_test(during_a_rotation_each_secret_signs),
        cmocka_unit_test(what_cannot_be_a_secret_or_an_id_signs_nothing),
        cmocka_unit_test(the_time_is_seconds_of_the_attempt),
        cmocka_unit_test(the_vectors_of_the_specification_come_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

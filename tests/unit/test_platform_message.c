#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/adapter.h"

#define NOW INT64_C(1795320000000) /* 2026-11-22T04:00:00Z */
enum { NEVER = -1, WEEK_S = 7 * 86400 };

static struct http_reply reply_with(const struct header *headers, size_t count)
{
    return (struct http_reply){.fate = FATE_ANSWERED,
                               .status = 429,
                               .headers = headers,
                               .header_count = count,
                               .body = "",
                               .date = INSTANT_NONE,
                               .received = {NOW}};
}

static void the_platforms_time_is_read_in_every_form_and_never_trusted_too_far(void **state)
{
    static const struct {
        const char *name, *value;
        int64_t expected_s; /* from now */
    } rows[] = {
        {"Retry-After", "120", 120},
        {"retry-after", "0", 0},
        {"Retry-After", "Sun, 22 Nov 2026 04:05:00 GMT", 300},
        {"Retry-After", "Sun, 22 Nov 2026 03:00:00 GMT", 0},
        {"Retry-After", "2026-11-22T04:05:00.000000Z", 300},
        {"Retry-After", "-5", NEVER},
        {"Retry-After", "+5", NEVER},
        {"Retry-After", "1.5", NEVER},
        {"Retry-After", "5 s", NEVER},
        {"Retry-After", "", NEVER},
        {"Retry-After", "soon", NEVER},
        {"Retry-After", "0x10", NEVER},
        {"Retry-After", "604800", WEEK_S},
        {"Retry-After", "604801", WEEK_S},
        {"Retry-After", "99999999999999999999999999", WEEK_S},
        {"Retry-After", "9223372036854775807", WEEK_S},
        {"Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT", WEEK_S},
        {"X-RateLimit-Reset", "2026-11-22T04:05:00.000000Z", 300},
        {"X-RateLimit-Reset", "2026-11-22T09:35:00.123456+05:30", 300},
        {"x-ratelimit-reset", "1795320060", 60},
        {"X-RateLimit-Reset", "1795310000", 0},
        {"X-RateLimit-Reset", "1970-01-01T00:00:00Z", 0},
        {"X-RateLimit-Reset", "9999-12-31T23:59:59Z", WEEK_S},
        {"X-RateLimit-Reset", "2026-13-22T04:05:00Z", NEVER},
        {"X-RateLimit-Reset", "tomorrow", NEVER},
        {"X-Other", "120", NEVER},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct header header = {rows[i].name, rows[i].value};
        struct http_reply reply = reply_with(&header, 1);
        struct instant at = reply_retry_at(&reply, "X-RateLimit-Reset");
        int64_t seconds = instant_is_none(at) ? NEVER : (at.ms - NOW) / 1000;
        if (seconds != rows[i].expected_s)
            fail_msg("%s: %s gave %lld s", rows[i].name, rows[i].value, (long long)seconds);
    }
}

static void of_two_times_the_later_one_counts(void **state)
{
    static const struct header headers[] = {{"Retry-After", "10"},
                                            {"X-RateLimit-Reset", "1795320060"}};
    struct http_reply reply = reply_with(headers, 2);

    (void)state;
    assert_int_equal(reply_retry_at(&reply, "X-RateLimit-Reset").ms, NOW + 60000);
    assert_int_equal(reply_retry_at(&reply, NULL).ms, NOW + 10000);
}

static void a_platform_whose_clock_is_behind_ours_is_not_asked_too_early(void **state)
{
    static const struct header header = {"X-RateLimit-Reset", "1795320060"};
    struct http_reply reply = reply_with(&header, 1);

    (void)state;
    reply.date.ms = NOW - 30000;
    assert_int_equal(reply_retry_at(&reply, "X-RateLimit-Reset").ms, NOW + 90000);
    reply.date.ms = 0; /* a broken clock tells nothing */
    assert_int_equal(reply_retry_at(&reply, "X-RateLimit-Reset").ms, NOW + 60000);
}

static void a_request_survives_being_written_and_read(void **state)
{
    static const struct header headers[] = {{"Content-Type", "application/json"},
                                            {"Idempotency-Key", "k"}};
    static const struct form_part parts[] = {
        {.name = "file", .file_sha256 = "00ff", .mime = "image/png", .filename = "medium-1.png"},
        {.name = "media", .file_sha256 = "00ff", .mime = "video/mp4", .offset = 5, .length = 7},
        {.name = "description", .value = "हेलमेट \"x\"\n"},
    };
    static const struct secret_field fields[] = {
        {.name = "grant_type", .value = "refresh_token"},
        {.name = "refresh_token", .secret = SECRET_REFRESH},
    };
    const struct http_request requests[] = {
        {.method = "POST",
         .path = "/api/v1/statuses",
         .headers = headers,
         .header_count = 2,
         .body = "{\"a\":\"ह\"}",
         .body_length = strlen("{\"a\":\"ह\"}"),
         .kind = REQUEST_PUBLISH,
         .unrepeatable = true,
         .signing = "bearer",
         .timeout = {15000}},
        {.method = "POST",
         .path = "/api/v2/media",
         .parts = parts,
         .part_count = 3,
         .kind = REQUEST_UPLOAD,
         .signing = "bearer"},
        {.method = "PUT",
         .path = "/upload?id=1",
         .host = "upload.example",
         .file_sha256 = "00ff",
         .file_offset = 262144,
         .file_length = 1048576,
         .kind = REQUEST_UPLOAD,
         .signer = "page_token",
         .signing = "oauth"},
        {.method = "POST",
         .path = "/2/oauth2/token",
         .fields = fields,
         .field_count = 2,
         .fields_place = FIELDS_FORM,
         .opens_session = true,
         .kind = REQUEST_READ,
         .signing = "none"},
        {.method = "GET", .path = "/x", .kind = REQUEST_READ, .signing = "none"},
    };
    struct arena arena = {0};
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct http_request back;
        char *written = request_write(&requests[i], &arena);
        assert_true(request_read(written, &arena, &back, &err));
        assert_string_equal(request_write(&back, &arena), written);
        assert_int_equal(back.kind, requests[i].kind);
        assert_int_equal(back.unrepeatable, requests[i].unrepeatable);
        assert_int_equal(back.timeout.ms, requests[i].timeout.ms);
        assert_int_equal(back.body_length, requests[i].body_length);
        assert_int_equal(back.fields_place, requests[i].fields_place);
        assert_int_equal(back.file_offset, requests[i].file_offset);
        assert_int_equal(back.file_length, requests[i].file_length);
    }
    arena_clear(&arena);
}

static void a_stored_request_that_is_not_ours_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "null",
        "{\"method\":\"GET\"}",
        "{\"body\":null,\"headers\":[],\"kind\":\"other\",\"method\":\"GET\",\"parts\":[],\"path\":"
        "\"/\",\"signing\":\"none\"}",
        "{\"body\":null,\"headers\":[],\"kind\":\"read\",\"method\":\"GET\",\"parts\":[],\"path\":"
        "\"x\",\"signing\":\"none\"}",
        "{\"body\":null,\"headers\":{},\"kind\":\"read\",\"method\":\"GET\",\"parts\":[],\"path\":"
        "\"/\",\"signing\":\"none\"}",
        "{\"body\":null,\"headers\":[{\"name\":\"a\"}],\"kind\":\"read\",\"method\":\"GET\","
        "\"parts\":[],\"path\":\"/\",\"signing\":\"none\"}",
        "{\"body\":null,\"headers\":[{\"name\":\"a\",\"value\":\"b\\r\\nc: "
        "d\"}],\"kind\":\"read\",\"method\":\"GET\",\"parts\":[],\"path\":\"/"
        "\",\"signing\":\"none\"}",
        "{\"body\":null,\"headers\":[],\"kind\":\"read\",\"method\":\"GET\",\"parts\":[{\"name\":"
        "\"a\"}],\"path\":\"/\",\"signing\":\"none\"}",
        "{\"body\":\"x\",\"headers\":[],\"kind\":\"read\",\"method\":\"GET\",\"parts\":[{\"name\":"
        "\"a\",\"value\":\"b\"}],\"path\":\"/\",\"signing\":\"none\"}",
    };
    struct arena arena = {0};
    struct http_request request;
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        if (request_read(bad[i], &arena, &request, &err))
            fail_msg("accepted: %s", bad[i]);
    }
    arena_clear(&arena);
}

static void what_a_platform_says_is_made_safe_and_short(void **state)
{
    struct arena arena = {0};
    struct http_reply reply = reply_with(NULL, 0);
    char body[4096] = "{\"error\":\"";
    const char *sentence;

    (void)state;
    reply.status = 422;
    reply.body = "{\"error\":\"Text \\u202e\\u001b[31m is bad\"}";
    reply.body_length = strlen(reply.body);
    sentence = reply_sentence(&reply, &arena);
    assert_null(strchr(sentence, '\x1b'));
    assert_null(strstr(sentence, "\u202e"));
    assert_non_null(strstr(sentence, "422"));
    for (size_t i = 0; i < 900; i++)
        strcat(body, "ह"); /* lint: strcat because the array is sized for it */
    strcat(body, "\"}");   /* lint: strcat because the array is sized for it */
    reply.body = body;
    reply.body_length = strlen(body);
    sentence = reply_sentence(&reply, &arena);
    assert_true(strlen(sentence) <= 300);
    assert_non_null(strstr(sentence, "ह…"));
    reply.body = "<html>";
    reply.body_length = 6;
    assert_non_null(strstr(reply_sentence(&reply, &arena), "without an explanation"));
    arena_clear(&arena);
}

static void a_code_is_told_with_its_explanation(void **state)
{
    static const struct {
        const char *body, *sentence;
    } cases[] = {
        {"{\"error\":\"InvalidRequest\",\"message\":\"blob too big\"}",
         "The platform answered 400: InvalidRequest: blob too big"},
        {"{\"error\":\"InvalidRequest\"}", "The platform answered 400: InvalidRequest"},
        {"{\"message\":\"blob too big\"}", "The platform answered 400: blob too big"},
        {"{\"error\":\"Text is too long\",\"message\":\"m\"}",
         "The platform answered 400: Text is too long"},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = reply_with(NULL, 0);

        reply.status = 400;
        reply.body = cases[i].body;
        reply.body_length = strlen(reply.body);
        assert_string_equal(reply_sentence(&reply, &arena), cases[i].sentence);
    }
    arena_clear(&arena);
}

static void progress_survives_being_written_and_read(void **state)
{
    struct arena arena = {0};
    struct progress progress;
    json_t *kept = json_object();
    char *stored;

    (void)state;
    json_put(kept, "id", "1");
    stored = progress_write("answered", kept, &arena);
    json_decref(kept);
    assert_string_equal(stored, "{\"at\":\"answered\",\"kept\":{\"id\":\"1\"}}");
    assert_true(progress_read(stored, &arena, &progress));
    assert_string_equal(progress.state, "answered");
    assert_string_equal(json_text(progress.kept, "id"), "1");
    assert_true(progress_read("", &arena, &progress));
    assert_null(progress.state);
    assert_true(progress_read(NULL, &arena, &progress));
    assert_false(progress_read("{\"at\":1,\"kept\":{}}", &arena, &progress));
    assert_false(progress_read("{\"at\":\"x\"}", &arena, &progress));
    assert_false(progress_read("torn", &arena, &progress));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_platforms_time_is_read_in_every_form_and_never_trusted_too_far),
        cmocka_unit_test(of_two_times_the_later_one_counts),
        cmocka_unit_test(a_platform_whose_clock_is_behind_ours_is_not_asked_too_early),
        cmocka_unit_test(a_request_survives_being_written_and_read),
        cmocka_unit_test(a_stored_request_that_is_not_ours_is_refused),
        cmocka_unit_test(what_a_platform_says_is_made_safe_and_short),
        cmocka_unit_test(a_code_is_told_with_its_explanation),
        cmocka_unit_test(progress_survives_being_written_and_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

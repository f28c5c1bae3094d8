/* Sessions on Bluesky: renewing, logging in, who am I; each state with every kind of reply. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/bluesky.h"
#include "support/adapter_test.h"

#define DID         "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
#define WHO         "\"active\":true,\"did\":\"" DID "\",\"handle\":\"police.example.gov.in\""
#define SESSION     "{" WHO "}"
#define ERROR(name) "{\"error\":\"" name "\",\"message\":\"so it is\"}"
#define RENEWING    "{\"at\":\"renewing\",\"kept\":{}}"
#define CREATING    "{\"at\":\"creating\",\"kept\":{}}"

static struct platform_job made;

static int start(void **state)
{
    (void)state;
    platform_job_make(&made, &bluesky, 0);
    made.job.identity = (struct account_identity){.has_session = true};
    return 0;
}

static struct step ask(machine asked, const char *stored, const struct http_reply *reply)
{
    return machine_asked(asked, &made.job, stored, reply, &arena);
}

/* As net/ hands it on: the tokens are gone from the body. */
static struct http_reply opened(const char *body)
{
    struct http_reply reply = reply_of(200, body);

    reply.tokens = "c2VhbGVk";
    return reply;
}

static void every_state_has_an_answer_to_every_reply(void **state)
{
    static const struct {
        int status; /* 0 = not sent, -1 = perhaps sent */
        const char *body;
        const char *expected; /* renewing creating identify */
    } rows[] = {
        {0, "", "RRR"},
        {-1, "", "RRR"},       /* the old refresh token gives the same successor */
        {200, SESSION, "RRD"}, /* without tokens it opens nothing */
        {200, "{\"did\":\"" DID "\"}", "RRR"},
        {200, "{\"did\":\"police\",\"handle\":\"police\"}", "RRR"},
        {200, "<html>", "RRR"},
        {204, "", "RRR"},
        {302, "", "RRR"},
        {400, ERROR("ExpiredToken"), "STE"},
        {400, ERROR("InvalidToken"), "STE"},
        {400, ERROR("InvalidRequest"), "RTR"},
        {400, "<html>", "RRR"},
        {401, ERROR("AuthenticationRequired"), "STT"},
        {401, ERROR("AuthMissing"), "STE"},
        {401, ERROR("AuthFactorTokenRequired"), "STT"},
        {401, ERROR("AccountTakedown"), "TTT"},
        {401, "", "STT"},
        {403, ERROR("AccountDeactivated"), "TTT"},
        {403, "<html>", "TTT"},
        {404, "<html>", "RRR"},
        {413, ERROR("PayloadTooLarge"), "RRR"},
        {429, ERROR("RateLimitExceeded"), "RRR"},
        {500, ERROR("InternalServerError"), "RRR"},
        {502, "<html>", "RRR"},
        {503, "", "RRR"},
    };
    static const struct {
        machine asked;
        const char *stored;
    } asked[] = {{bluesky_refresh, RENEWING}, {bluesky_refresh, CREATING}, {bluesky_identify, ""}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_in_table(rows[i].status, rows[i].body);
        char found[COUNT_OF(asked) + 1] = "";
        for (size_t j = 0; j < COUNT_OF(asked); j++) {
            struct step step = ask(asked[j].asked, asked[j].stored, &reply);
            found[j] = step_letter(&step);
        }
        if (strcmp(found, rows[i].expected) != 0)
            fail_msg("%d %s: %s, expected %s", rows[i].status, rows[i].body, found,
                     rows[i].expected);
    }
}

/* Logging in for each post has locked accounts out for a day. */
static void a_session_is_renewed_and_the_password_is_used_only_where_that_fails(void **state)
{
    struct http_reply over = reply_of(400, ERROR("ExpiredToken"));
    struct step step = ask(bluesky_refresh, "", NULL);

    (void)state;
    assert_string_equal(step.request.path, "/xrpc/com.atproto.server.refreshSession");
    assert_string_equal(step.request.signing, "refresh");
    assert_true(step.request.opens_session);
    assert_null(step.request.body);
    step = ask(bluesky_refresh, step.progress, &over);
    assert_string_equal(step.request.path, "/xrpc/com.atproto.server.createSession");
    made.job.identity.has_session = false;
    step = ask(bluesky_refresh, "", NULL);
    assert_string_equal(step.request.path, "/xrpc/com.atproto.server.createSession");
}

static void the_password_is_a_mark_for_net_and_nothing_else_carries_it(void **state)
{
    struct step step = ask(bluesky_refresh, CREATING, NULL);

    (void)state;
    assert_int_equal(step.request.field_count, 2);
    assert_string_equal(step.request.fields[0].name, "identifier");
    assert_string_equal(step.request.fields[1].name, "password");
    for (size_t i = 0; i < 2; i++) {
        assert_null(step.request.fields[i].value);
        assert_string_equal(step.request.fields[i].secret, bluesky.credential_keys[i]);
    }
    assert_null(step.request.body);
    assert_string_equal(step.request.signing, "none");
}

/* The entryway opens the session; its account may live anywhere by now. */
static void a_session_is_asked_for_at_the_accounts_own_server_not_where_it_lived(void **state)
{
    (void)state;
    made.job.identity.host = "oyster.us-east.host.bsky.network";
    assert_null(ask(bluesky_refresh, RENEWING, NULL).request.host);
    assert_null(ask(bluesky_refresh, CREATING, NULL).request.host);
    assert_string_equal(ask(bluesky_identify, "", NULL).request.host, made.job.identity.host);
}

#define HOME(endpoint)                                                                             \
    "{" WHO                                                                                        \
    ",\"didDoc\":{\"service\":[{\"id\":\"#other\",\"serviceEndpoint\":\"https://x.example\"},"     \
    "{\"id\":\"#atproto_pds\",\"serviceEndpoint\":" endpoint "}]}}"

static void where_the_account_lives_stands_in_its_own_document(void **state)
{
    static const struct {
        const char *body, *host;
    } rows[] = {
        {HOME("\"https://oyster.us-east.host.bsky.network\""), "oyster.us-east.host.bsky.network"},
        {HOME("\"https://pds.example.gov.in/\""), "pds.example.gov.in"},
        {HOME("\"http://localhost:2583\""), NULL},
        {HOME("\"https://pds.example:8443\""), NULL},
        {HOME("\"https://user@pds.example\""), NULL},
        {HOME("\"https://pds.example/path\""), NULL},
        {HOME("\"https://\""), NULL},
        {HOME("17"), NULL},
        {"{" WHO ",\"didDoc\":{\"service\":\"none\"}}", NULL},
        {SESSION, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = opened(rows[i].body);
        struct step step = ask(bluesky_refresh, RENEWING, &reply);

        assert_int_equal(step.kind, STEP_DONE);
        assert_string_equal(step.receipt.handle, "police.example.gov.in");
        assert_string_equal(step.receipt.remote_id, DID);
        if (rows[i].host)
            assert_string_equal(step.receipt.host, rows[i].host);
        else
            assert_null(step.receipt.host);
    }
}

static void a_full_did_document_names_the_service_with_the_whole_id(void **state)
{
    struct http_reply reply =
        opened("{" WHO ",\"didDoc\":{\"service\":[{\"id\":\"" DID "#atproto_pds\","
               "\"serviceEndpoint\":\"https://pds.example.gov.in\"}]}}");

    (void)state;
    assert_string_equal(ask(bluesky_refresh, CREATING, &reply).receipt.host, "pds.example.gov.in");
}

static void an_account_that_is_not_active_is_suspended_whoever_says_so(void **state)
{
    struct http_reply reply = opened("{\"active\":false,\"status\":\"deactivated\",\"did\":\"" DID
                                     "\",\"handle\":\"police.example.gov.in\"}");

    (void)state;
    assert_int_equal(ask(bluesky_refresh, RENEWING, &reply).trouble, TROUBLE_SUSPENDED);
    assert_int_equal(ask(bluesky_refresh, CREATING, &reply).trouble, TROUBLE_SUSPENDED);
    assert_int_equal(ask(bluesky_identify, "", &reply).trouble, TROUBLE_SUSPENDED);
}

static void a_main_password_with_a_second_factor_is_told_apart(void **state)
{
    struct http_reply factor = reply_of(401, ERROR("AuthFactorTokenRequired"));
    struct http_reply wrong = reply_of(401, ERROR("AuthenticationRequired"));
    struct step first = ask(bluesky_refresh, CREATING, &factor);
    struct step second = ask(bluesky_refresh, CREATING, &wrong);

    (void)state;
    assert_int_equal(first.trouble, TROUBLE_TOKEN);
    assert_int_equal(second.trouble, TROUBLE_TOKEN);
    assert_non_null(strstr(first.why, "e-mail"));
    assert_null(strstr(second.why, "e-mail"));
}

/* 30 logins in 5 minutes, and no Retry-After. */
static void a_throttled_login_waits_until_the_reset(void **state)
{
    static const struct header reset[] = {{"RateLimit-Reset", "1795320300"}};
    struct http_reply throttled = reply_of(429, ERROR("RateLimitExceeded"));

    (void)state;
    throttled.headers = reset;
    throttled.header_count = 1;
    assert_int_equal(ask(bluesky_refresh, CREATING, &throttled).not_before.ms,
                     INT64_C(1795320300000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_state_has_an_answer_to_every_reply),
        TEST(a_session_is_renewed_and_the_password_is_used_only_where_that_fails),
        TEST(the_password_is_a_mark_for_net_and_nothing_else_carries_it),
        TEST(a_session_is_asked_for_at_the_accounts_own_server_not_where_it_lived),
        TEST(where_the_account_lives_stands_in_its_own_document),
        TEST(a_full_did_document_names_the_service_with_the_whole_id),
        TEST(an_account_that_is_not_active_is_suspended_whoever_says_so),
        TEST(a_main_password_with_a_second_factor_is_told_apart),
        TEST(a_throttled_login_waits_until_the_reset),
    };

    return cmocka_run_group_tests_name("bluesky_session", tests, NULL, NULL);
}

/* What goes on the wire for each way of signing and each kind of body, as a server receives it; and
 * what becomes of a session's tokens on their way back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "platform/sign_webhook.h"
#include "support/net_fixture.h"
#include "support/scripted_server.h"

#define ACCESS  "canary-access"
#define REFRESH "canary-refresh"

static const char *const words[] = {"identifier", "password", NULL};
static const struct session_words session = {.access = "accessJwt",
                                             .refresh = "refreshJwt",
                                             .life = {7200000}};
static const struct platform_facts facts = {.name = "fake"};
static const struct adapter with_session = {
    .name = "fake", .facts = &facts, .credential_keys = words, .session = &session};
static const char *const secret_words[] = {"secret", NULL};
static const struct adapter webhooks = {.name = "fake",
                                        .facts = &facts,
                                        .credential_keys = secret_words};

struct heard {
    char request[8192];
    struct behaviour behaviour;
};

static const struct behaviour *hear(void *arg, const char *request, size_t length)
{
    struct heard *heard = arg;

    if (!request)
        return NULL;
    assert_true(length < sizeof heard->request);
    memcpy(heard->request, request, length + 1);
    return &heard->behaviour;
}

struct stage {
    struct heard heard;
    struct scripted_server *server;
    struct net_fixture net;
};

#define HEAD "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 04:00:00 GMT\r\n"

static void put(const struct stage *stage, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", stage->net.folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static void begin(struct stage *stage, const struct adapter *adapter, const char *credential)
{
    struct err err = {0};

    memset(stage, 0, sizeof *stage);
    stage->heard.behaviour.bytes = HEAD "Content-Length: 2\r\n\r\n{}";
    stage->server = scripted_server_start(hear, &stage->heard);
    net_fixture_start(&stage->net, scripted_server_port(stage->server));
    stage->net.adapter = adapter;
    stage->net.account.facts = &facts;
    put(stage, "credentials/test/drill.json", credential);
    assert_true(secrets_load(stage->net.secrets, &stage->net.account, adapter, &err));
    assert_true(secrets_allow_sessions(stage->net.secrets, &err));
}

static void end(struct stage *stage)
{
    net_fixture_stop(&stage->net);
    scripted_server_stop(stage->server);
}

#define LOGIN "{\"identifier\":\"police\",\"password\":\"pass-\\\"word\"}"
#define PAIR  "{\"accessJwt\":\"" ACCESS "\",\"did\":\"did:plc:1\",\"refreshJwt\":\"" REFRESH "\"}"

static const struct secret_field login_fields[] = {{.name = "identifier", .secret = "identifier"},
                                                   {.name = "password", .secret = "password"}};
static const struct http_request login = {.method = "POST",
                                          .path = "/xrpc/createSession",
                                          .kind = REQUEST_UPLOAD,
                                          .signing = "none",
                                          .fields = login_fields,
                                          .field_count = 2,
                                          .opens_session = true};

static void answer(struct stage *stage, const char *status, const char *body)
{
    static char bytes[2048];

    (void)snprintf(bytes, sizeof bytes,
                   "HTTP/1.1 %s\r\nDate: Sun, 22 Nov 2026 04:00:00 GMT\r\nContent-Length: "
                   "%zu\r\n\r\n%s",
                   status, strlen(body), body);
    stage->heard.behaviour.bytes = bytes;
}

static void a_login_carries_its_secrets_and_its_tokens_come_back_sealed(void **state)
{
    struct stage stage;
    const struct http_reply *reply;

    (void)state;
    begin(&stage, &with_session, LOGIN);
    answer(&stage, "200 OK", PAIR);
    reply = net_fixture_ask(&stage.net, &login, false);
    assert_non_null(strstr(stage.heard.request, "\r\n\r\n" LOGIN));
    assert_non_null(strstr(stage.heard.request, "Content-Type: application/json"));
    assert_string_equal(reply->body, "{\"did\":\"did:plc:1\"}");
    assert_int_equal(reply->body_length, strlen(reply->body));
    assert_non_null(reply->tokens);
    assert_null(strstr(reply->tokens, "canary"));
    assert_int_equal(reply->tokens_until.ms, reply->received.ms + 7200000);
    assert_null(secrets_session_access(stage.net.secrets, "drill")); /* not durable yet */
    end(&stage);
}

static void requests_carry_the_session_only_once_it_is_used(void **state)
{
    struct http_request read = {
        .method = "GET", .path = "/x", .kind = REQUEST_READ, .signing = "bearer"};
    struct stage stage;
    struct err err = {0};
    const struct http_reply *reply;

    (void)state;
    begin(&stage, &with_session, LOGIN);
    assert_int_equal(net_fixture_ask(&stage.net, &read, false)->fate, FATE_NOT_SENT);
    answer(&stage, "200 OK", PAIR);
    reply = net_fixture_ask(&stage.net, &login, false);
    assert_true(secrets_use_session(stage.net.secrets, "drill", reply->tokens, &err));
    answer(&stage, "200 OK", "{}");
    assert_int_equal(net_fixture_ask(&stage.net, &read, false)->fate, FATE_ANSWERED);
    assert_non_null(strstr(stage.heard.request, "Authorization: Bearer " ACCESS "\r\n"));
    read.signing = "refresh";
    assert_int_equal(net_fixture_ask(&stage.net, &read, false)->fate, FATE_ANSWERED);
    assert_non_null(strstr(stage.heard.request, "Authorization: Bearer " REFRESH "\r\n"));
    end(&stage);
}

static void answers_without_a_whole_pair_give_no_session_and_no_token(void **state)
{
    static const struct {
        const char *status, *body;
    } rows[] = {
        {"200 OK", "{\"accessJwt\":\"" ACCESS "\"}"},
        {"200 OK", "{\"accessJwt\":\"" ACCESS "\",\"refreshJwt\":\"\"}"},
        {"200 OK", "{\"accessJwt\":\"\",\"refreshJwt\":\"" REFRESH "\"}"},
        {"200 OK", "{\"accessJwt\":\"" ACCESS "\",\"refreshJwt\":7}"},
        {"200 OK", "{\"accessJwt\":\"a\\nb\",\"refreshJwt\":\"" REFRESH "\"}"},
        {"200 OK", ACCESS " " REFRESH},
        {"200 OK", "[\"" ACCESS "\"]"},
        {"401 Unauthorized", PAIR},
        {"500 Internal Server Error", PAIR},
    };
    struct stage stage;

    (void)state;
    begin(&stage, &with_session, LOGIN);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct http_reply *reply;

        answer(&stage, rows[i].status, rows[i].body);
        reply = net_fixture_ask(&stage.net, &login, false);
        assert_int_equal(reply->fate, FATE_ANSWERED);
        assert_null(reply->tokens);
        assert_int_equal(reply->tokens_until.ms, INSTANT_NONE.ms);
        assert_null(strstr(reply->body, "canary"));
    }
    stage.heard.behaviour =
        (struct behaviour){.bytes = HEAD "Content-Length: 900\r\n\r\n{\"accessJwt\":\"" ACCESS
                                         "\",\"refr",
                           .then = THEN_CLOSE};
    assert_int_equal(net_fixture_ask(&stage.net, &login, false)->fate, FATE_MAYBE_SENT);
    assert_string_equal(stage.net.reply.body, "");
    assert_null(stage.net.reply.tokens);
    end(&stage);
}

static void a_stop_waits_for_the_answer_that_holds_tokens(void **state)
{
    struct stage stage;

    (void)state;
    begin(&stage, &with_session, LOGIN);
    stage.heard.behaviour = (struct behaviour){.then = THEN_STALL};
    net_fixture_send(&stage.net, &login, false);
    while (scripted_server_requests(stage.server) == 0)
        (void)uv_run(&stage.net.loop, UV_RUN_NOWAIT);
    transfers_cancel_repeatable(stage.net.transfers);
    assert_int_equal(transfers_active(stage.net.transfers), 1);
    assert_int_equal(stage.net.answers, 0);
    end(&stage);
}

static void a_file_of_the_spool_is_a_body_of_its_own(void **state)
{
    static const struct header type = {"Content-Type", "image/jpeg"};
    char hex[DIGEST_HEX], path[128];
    struct http_request upload = {.method = "POST",
                                  .path = "/blob",
                                  .headers = &type,
                                  .header_count = 1,
                                  .kind = REQUEST_UPLOAD,
                                  .signing = "none"};
    struct stage stage;

    (void)state;
    begin(&stage, &with_session, LOGIN);
    digest_hex_of("picture", 7, hex);
    (void)snprintf(path, sizeof path, "spool/%s", hex);
    put(&stage, path, "picture");
    upload.file_sha256 = hex;
    assert_int_equal(net_fixture_ask(&stage.net, &upload, false)->fate, FATE_ANSWERED);
    assert_non_null(strstr(stage.heard.request, "Content-Length: 7\r\n"));
    assert_non_null(strstr(stage.heard.request, "Content-Type: image/jpeg\r\n"));
    assert_non_null(strstr(stage.heard.request, "\r\n\r\npicture"));
    assert_null(strstr(stage.heard.request, "chunked"));
    put(&stage, path, "Picture");
    assert_true(net_fixture_ask(&stage.net, &upload, false)->media_changed);
    assert_int_equal(stage.net.reply.fate, FATE_NOT_SENT);
    end(&stage);
}

static void check_signature(struct stage *stage, struct instant at, const char *body)
{
    char expected[256];
    struct arena arena = {0};
    const char *timestamp = webhook_timestamp(at, &arena);

    (void)snprintf(
        expected, sizeof expected, "webhook-timestamp: %s\r\nwebhook-signature: %s\r\n", timestamp,
        sign_webhook("msg_1", timestamp, body, strlen(body), "whsec_QUJDQUJDQUJDQUJD", &arena));
    assert_non_null(strstr(stage->heard.request, expected));
    arena_clear(&arena);
}

static void each_attempt_of_a_webhook_is_signed_with_its_own_time(void **state)
{
    static const char body[] = "{\"text\":\"सड़क\"}";
    static const struct header id = {"webhook-id", "msg_1"};
    struct http_request post = {.method = "POST",
                                .path = "/hook",
                                .headers = &id,
                                .header_count = 1,
                                .body = body,
                                .body_length = sizeof body - 1,
                                .kind = REQUEST_PUBLISH,
                                .signing = "webhook"};
    struct stage stage;
    struct clock *clock;

    (void)state;
    begin(&stage, &webhooks, "{\"secret\":\"whsec_QUJDQUJDQUJDQUJD\"}");
    clock = &stage.net.clock.clock;
    for (int i = 0; i < 2; i++) {
        test_clock_advance(&stage.net.clock, span_seconds(5));
        assert_int_equal(net_fixture_ask(&stage.net, &post, false)->fate, FATE_ANSWERED);
        check_signature(&stage, clock->now(clock), body);
    }
    assert_int_equal(scripted_server_connections(stage.server), 1); /* keyed: rides the pool */
    post.header_count = 0;
    assert_int_equal(net_fixture_ask(&stage.net, &post, false)->fate, FATE_NOT_SENT);
    end(&stage);
}

/* ---- secrets in forms, queries, paths and headers ---- */

static const char *const client_words[] = {"token", "client_id", NULL}, *const optional_words[] = {
                                                                            "client_secret", NULL};
static const struct adapter clients = {.name = "fake",
                                       .facts = &facts,
                                       .credential_keys = client_words,
                                       .optional_keys = optional_words};
#define CLIENT        "{\"token\":\"1:a_b\",\"client_id\":\"me &you\",\"client_secret\":\"s%\xc3\xa9\"}"
#define PUBLIC_CLIENT "{\"token\":\"1:a_b\",\"client_id\":\"me\"}"

static const struct secret_field token_fields[] = {
    {.name = "grant_type", .value = "a b"},
    {.name = "client_id", .secret = "client_id"},
    {.name = "client_secret", .secret = "client_secret"},
};

static struct http_request with_fields(enum fields_place place)
{
    return (struct http_request){.method = place == FIELDS_QUERY ? "GET" : "POST",
                                 .path = "/token",
                                 .kind = REQUEST_READ,
                                 .signing = "none",
                                 .fields = token_fields,
                                 .field_count = COUNT_OF(token_fields),
                                 .fields_place = place};
}

static void check_heard(struct stage *stage, const struct http_request *request, const char *part)
{
    assert_int_equal(net_fixture_ask(&stage->net, request, false)->fate, FATE_ANSWERED);
    if (!strstr(stage->heard.request, part))
        fail_msg("\"%s\" is not in:\n%s", part, stage->heard.request);
}

static void secrets_stand_in_forms_and_queries_percent_encoded(void **state)
{
    static const char fields[] = "grant_type=a%20b&client_id=me%20%26you&client_secret=s%25%C3%A9";
    struct http_request form = with_fields(FIELDS_FORM), query = with_fields(FIELDS_QUERY);
    char part[256];
    struct stage stage;

    (void)state;
    begin(&stage, &clients, CLIENT);
    (void)snprintf(part, sizeof part, "\r\n\r\n%s", fields);
    check_heard(&stage, &form, part);
    check_heard(&stage, &form, "Content-Type: application/x-www-form-urlencoded\r\n");
    (void)snprintf(part, sizeof part, "GET /token?%s HTTP/1.1\r\n", fields);
    check_heard(&stage, &query, part);
    assert_null(strstr(stage.heard.request, "Content-Type"));
    query.path = "/token?v=1";
    (void)snprintf(part, sizeof part, "GET /token?v=1&%s HTTP/1.1\r\n", fields);
    check_heard(&stage, &query, part);
    query.method = "POST";
    query.body = "text";
    query.body_length = 4;
    check_heard(&stage, &query, "\r\n\r\ntext");
    (void)snprintf(part, sizeof part, "POST /token?v=1&%s HTTP/1.1\r\n", fields);
    check_heard(&stage, &query, part);
    end(&stage);
}

static void an_optional_secret_that_is_not_there_is_left_out(void **state)
{
    static const struct secret_field wrong = {.name = "password", .secret = "password"};
    struct http_request form = with_fields(FIELDS_FORM), json = with_fields(FIELDS_JSON);
    struct stage stage;

    (void)state;
    begin(&stage, &clients, PUBLIC_CLIENT);
    check_heard(&stage, &form, "\r\n\r\ngrant_type=a%20b&client_id=me");
    assert_null(strstr(stage.heard.request, "client_secret"));
    check_heard(&stage, &json, "\r\n\r\n{\"grant_type\":\"a b\",\"client_id\":\"me\"}");
    form.fields = &wrong;
    form.field_count = 1;
    assert_int_equal(net_fixture_ask(&stage.net, &form, false)->fate, FATE_NOT_SENT);
    end(&stage);
}

static void the_sessions_own_tokens_can_be_fields_and_signers(void **state)
{
    static const struct secret_field fields[] = {{.name = "r", .secret = SECRET_REFRESH},
                                                 {.name = "a", .secret = SECRET_ACCESS}};
    struct http_request request = {.method = "POST",
                                   .path = "/x",
                                   .kind = REQUEST_READ,
                                   .signing = "oauth",
                                   .fields = fields,
                                   .field_count = 2,
                                   .fields_place = FIELDS_FORM};
    struct stage stage;
    struct err err = {0};

    (void)state;
    begin(&stage, &with_session, LOGIN);
    assert_int_equal(net_fixture_ask(&stage.net, &request, false)->fate, FATE_NOT_SENT);
    answer(&stage, "200 OK", PAIR);
    assert_true(secrets_use_session(stage.net.secrets, "drill",
                                    net_fixture_ask(&stage.net, &login, false)->tokens, &err));
    answer(&stage, "200 OK", "{}");
    check_heard(&stage, &request, "\r\n\r\nr=" REFRESH "&a=" ACCESS);
    check_heard(&stage, &request, "Authorization: OAuth " ACCESS "\r\n");
    request.signer = SECRET_REFRESH;
    check_heard(&stage, &request, "Authorization: OAuth " REFRESH "\r\n");
    request.signer = "identifier";
    request.signing = "bearer";
    check_heard(&stage, &request, "Authorization: Bearer police\r\n");
    end(&stage);
}

static void a_client_with_a_secret_names_itself_in_a_header(void **state)
{
    struct http_request request = {
        .method = "POST", .path = "/x", .kind = REQUEST_READ, .signing = "basic"};
    struct stage stage;

    (void)state;
    begin(&stage, &clients, CLIENT);
    /* me%20%26you:s%25%C3%A9 */
    check_heard(&stage, &request, "Authorization: Basic bWUlMjAlMjZ5b3U6cyUyNSVDMyVBOQ==\r\n");
    end(&stage);
    begin(&stage, &clients, PUBLIC_CLIENT);
    check_heard(&stage, &request, "POST /x HTTP/1.1\r\n");
    assert_null(strstr(stage.heard.request, "Authorization"));
    end(&stage);
}

static void the_token_of_a_bot_stands_before_the_path(void **state)
{
    struct http_request request = {
        .method = "GET", .path = "/getMe", .kind = REQUEST_READ, .signing = "bot"};
    struct stage stage;

    (void)state;
    begin(&stage, &clients, CLIENT);
    check_heard(&stage, &request, "GET /bot1:a_b/getMe HTTP/1.1\r\n");
    request.signer = "client_id"; /* a blank in it: not a token */
    assert_int_equal(net_fixture_ask(&stage.net, &request, false)->fate, FATE_NOT_SENT);
    end(&stage);
}

/* Whatever goes wrong with it: an address with a secret in it is not told to anybody. */
static void no_sentence_repeats_an_address_with_a_secret(void **state)
{
    static const struct secret_field field = {.name = "token", .secret = "token"};
    struct http_request request = {.method = "GET",
                                   .path = "/x",
                                   .kind = REQUEST_READ,
                                   .signing = "none",
                                   .fields = &field,
                                   .field_count = 1,
                                   .fields_place = FIELDS_QUERY};
    static const struct behaviour faults[] = {{.then = THEN_CLOSE},
                                              {.then = THEN_RESET},
                                              {.bytes = "junk\r\n\r\n", .then = THEN_CLOSE}};
    struct stage stage;

    (void)state;
    begin(&stage, &clients, "{\"token\":\"canary-token\",\"client_id\":\"x\"}");
    for (size_t i = 0; i < COUNT_OF(faults) * 2; i++) {
        stage.heard.behaviour = faults[i / 2];
        request.signing = i % 2 ? "bot" : "none";
        assert_true(net_fixture_ask(&stage.net, &request, false)->fate != FATE_ANSWERED);
        assert_non_null(strstr(stage.heard.request, "canary-token"));
        assert_null(strstr(stage.net.reply.why, "canary"));
    }
    (void)snprintf(stage.net.base_url, sizeof stage.net.base_url, "http://127.0.0.1:1");
    assert_int_equal(net_fixture_ask(&stage.net, &request, false)->fate, FATE_NOT_SENT);
    assert_null(strstr(stage.net.reply.why, "canary"));
    end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_login_carries_its_secrets_and_its_tokens_come_back_sealed),
        cmocka_unit_test(requests_carry_the_session_only_once_it_is_used),
        cmocka_unit_test(answers_without_a_whole_pair_give_no_session_and_no_token),
        cmocka_unit_test(a_stop_waits_for_the_answer_that_holds_tokens),
        cmocka_unit_test(a_file_of_the_spool_is_a_body_of_its_own),
        cmocka_unit_test(each_attempt_of_a_webhook_is_signed_with_its_own_time),
        cmocka_unit_test(secrets_stand_in_forms_and_queries_percent_encoded),
        cmocka_unit_test(an_optional_secret_that_is_not_there_is_left_out),
        cmocka_unit_test(the_sessions_own_tokens_can_be_fields_and_signers),
        cmocka_unit_test(a_client_with_a_secret_names_itself_in_a_header),
        cmocka_unit_test(the_token_of_a_bot_stands_before_the_path),
        cmocka_unit_test(no_sentence_repeats_an_address_with_a_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

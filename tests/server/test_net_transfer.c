/* What net/ makes of servers that misbehave: each row is one behaviour with the fate and status
 * expected (T20, T22, T24 of reliability.md on the level of one request). */
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
#include "platform/registry.h"
#include "support/net_fixture.h"
#include "support/scripted_server.h"

static const struct http_request get = {
    .method = "GET", .path = "/api/v1/x", .kind = REQUEST_READ, .signing = "bearer"};
static const struct http_request post = {.method = "POST",
                                         .path = "/api/v1/statuses",
                                         .body = "{\"status\":\"x\"}",
                                         .body_length = 14,
                                         .kind = REQUEST_PUBLISH,
                                         .signing = "bearer"};

struct row {
    const char *what;
    struct behaviour behaviour;
    enum request_fate fate;
    int status;
    size_t body_length; /* of what is kept */
};

#define OK_HEAD "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 04:00:00 GMT\r\n"
#define TEXT64  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define TEXT256 TEXT64 TEXT64 TEXT64 TEXT64
#define KIB     TEXT256 TEXT256 TEXT256 TEXT256

static const struct row rows[] = {
    {"a whole answer", {.bytes = OK_HEAD "Content-Length: 2\r\n\r\n{}"}, FATE_ANSWERED, 200, 2},
    {"a chunked answer",
     {.bytes = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"},
     FATE_ANSWERED,
     200,
     2},
    {"an answer without length, ended by close",
     {.bytes = OK_HEAD "\r\n{}", .then = THEN_CLOSE},
     FATE_ANSWERED,
     200,
     2},
    {"no content", {.bytes = "HTTP/1.1 204 No Content\r\n\r\n"}, FATE_ANSWERED, 204, 0},
    {"an error page",
     {.bytes = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>"},
     FATE_ANSWERED,
     502,
     6},
    {"gzip that nobody asked for",
     {.bytes = OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8bz"},
     FATE_ANSWERED,
     200,
     3},
    {"some 1xx, then the answer",
     {.bytes = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" OK_HEAD
               "Content-Length: 2\r\n\r\n{}"},
     FATE_ANSWERED,
     200,
     2},
    {"the same length twice",
     {.bytes = OK_HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
     FATE_ANSWERED,
     200,
     2},
    {"two different lengths",
     {.bytes = OK_HEAD "Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}"},
     FATE_MAYBE_SENT,
     200,
     0},
    {"closed as soon as connected", {.then = THEN_CLOSE, .unread = true}, FATE_MAYBE_SENT, 0, 0},
    {"closed after reading", {.then = THEN_CLOSE}, FATE_MAYBE_SENT, 0, 0},
    {"reset after reading", {.then = THEN_RESET}, FATE_MAYBE_SENT, 0, 0},
    {"closed after the first byte", {.bytes = "H", .then = THEN_CLOSE}, FATE_MAYBE_SENT, 0, 0},
    {"reset after the status line",
     {.bytes = "HTTP/1.1 200 OK\r\n", .then = THEN_RESET},
     FATE_MAYBE_SENT,
     -1,
     0},
    {"a body cut short",
     {.bytes = OK_HEAD "Content-Length: 9\r\n\r\n{\"id\"", .then = THEN_CLOSE},
     FATE_MAYBE_SENT,
     200,
     5},
    {"a chunk cut short",
     {.bytes = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"id\"", .then = THEN_CLOSE},
     FATE_MAYBE_SENT,
     200,
     5},
    {"a chunk length that is none",
     {.bytes = OK_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
      .then = THEN_CLOSE},
     FATE_MAYBE_SENT,
     200,
     0},
    {"the last chunk missing",
     {.bytes = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", .then = THEN_CLOSE},
     FATE_MAYBE_SENT,
     200,
     2},
    {"2 MiB announced",
     {.bytes = OK_HEAD "Content-Length: 2097152\r\n\r\n{}", .then = THEN_STALL},
     FATE_MAYBE_SENT,
     200,
     0},
    {"2 MiB without announcement",
     {.head = OK_HEAD "\r\n", .bytes = KIB, .repeat = 2048, .then = THEN_CLOSE},
     FATE_MAYBE_SENT,
     200,
     0},
    {"exactly 1 MiB",
     {.head = OK_HEAD "\r\n", .bytes = KIB, .repeat = 1024, .then = THEN_CLOSE},
     FATE_ANSWERED,
     200,
     1048576},
    {"1 MiB and one byte",
     {.head = OK_HEAD "\r\nx", .bytes = KIB, .repeat = 1024, .then = THEN_CLOSE},
     FATE_MAYBE_SENT,
     200,
     0},
    {"not HTTP at all",
     {.bytes = "220 mail.example ESMTP\r\n", .then = THEN_CLOSE},
     FATE_MAYBE_SENT,
     0,
     0},
    {"an endless flood of 1xx",
     {.bytes = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
      .repeat = 100000,
      .then = THEN_CLOSE},
     FATE_MAYBE_SENT,
     103,
     0},
    {"a slow header, 1 ms a byte",
     {.bytes = OK_HEAD "Content-Length: 2\r\n\r\n{}", .slow_us = 1000},
     FATE_ANSWERED,
     200,
     2},
    {"a redirect",
     {.bytes =
          "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:9/other\r\nContent-Length: 0\r\n\r\n"},
     FATE_ANSWERED,
     302,
     0},
};

static const struct behaviour *always(void *arg, const char *request, size_t length)
{
    const struct behaviour *behaviour = arg;

    (void)length;
    return request || behaviour->unread ? behaviour : NULL;
}

/* An unannounced body follows its head, which the row cannot repeat: the head is sent by the first
 * request line. */
static void check_row(const struct row *row, const struct http_request *request)
{
    struct behaviour behaviour = row->behaviour;
    struct scripted_server *server = scripted_server_start(always, &behaviour);
    struct net_fixture fixture;
    const struct http_reply *reply;

    net_fixture_start(&fixture, scripted_server_port(server));
    reply = net_fixture_ask(&fixture, request, request->kind == REQUEST_PUBLISH);
    if (reply->fate != row->fate || (row->status >= 0 && reply->status != row->status) ||
        (row->body_length && reply->body_length != row->body_length))
        fail_msg("%s: fate %d, status %d, %zu bytes (%s)", row->what, (int)reply->fate,
                 reply->status, reply->body_length, reply->why ? reply->why : "");
    assert_true((reply->why == NULL) == (reply->fate == FATE_ANSWERED));
    net_fixture_stop(&fixture);
    assert_true(scripted_server_connections(server) == 1);
    scripted_server_stop(server);
}

static void every_behaviour_has_its_fate_for_a_read_and_for_a_publish(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_row(&rows[i], &get);
        check_row(&rows[i], &post);
    }
}

static void a_port_where_nobody_listens_means_not_sent(void **state)
{
    struct scripted_server *server = scripted_server_start(always, NULL);
    int port = scripted_server_port(server);
    struct net_fixture fixture;

    (void)state;
    scripted_server_stop(server);
    net_fixture_start(&fixture, port);
    assert_int_equal(net_fixture_ask(&fixture, &post, true)->fate, FATE_NOT_SENT);
    assert_int_equal(fixture.reply.status, 0);
    net_fixture_stop(&fixture);
}

static void a_live_account_on_an_unknown_host_is_not_sent(void **state)
{
    struct net_fixture fixture;

    (void)state;
    net_fixture_start(&fixture, 1);
    fixture.account =
        (struct account){.name = "drill", .live = true, .server = "no-such-host.invalid"};
    assert_int_equal(net_fixture_ask(&fixture, &post, true)->fate, FATE_NOT_SENT);
    net_fixture_stop(&fixture);
}

static void addresses_that_are_not_the_accounts_own_are_never_opened(void **state)
{
    static const struct account accounts[] = {
        {.name = "drill", .base_url = "http://192.0.2.1:80"},
        {.name = "drill", .base_url = "http://127.0.0.1.example.org"},
        {.name = "drill", .base_url = "http://127.0.0.1@example.org"},
        {.name = "drill", .base_url = "http://localhost:80"},
        {.name = "drill", .base_url = "ftp://127.0.0.1"},
        {.name = "drill", .base_url = "http://127.0.0.256"},
        {.name = "drill", .base_url = "http://127.0.0.1:99999"},
        {.name = "drill", .server = "social.example.org"},
        {.name = "drill", .live = true, .base_url = "http://127.0.0.1"},
        {.name = "drill", .live = true, .server = "user@example.org"},
        {.name = "drill", .live = true, .server = "example.org/x"},
        {.name = "drill", .live = true, .server = "example.org\r\nX: y"},
        {.name = "drill", .live = true},
    };
    struct net_fixture fixture;

    (void)state;
    net_fixture_start(&fixture, 1);
    for (size_t i = 0; i < COUNT_OF(accounts); i++) {
        fixture.account = accounts[i];
        assert_int_equal(net_fixture_ask(&fixture, &post, true)->fate, FATE_NOT_SENT);
        assert_true(strstr(fixture.reply.why, "account") != NULL);
    }
    net_fixture_stop(&fixture);
}

/* ---- redirects and the token ---- */

struct witness {
    char first[4096];
};

static const struct behaviour *redirect(void *arg, const char *request, size_t length)
{
    static _Thread_local char answer[256];
    static _Thread_local struct behaviour behaviour;
    const int *port = arg;

    (void)length;
    if (!request)
        return NULL;
    (void)snprintf(
        answer, sizeof answer,
        "HTTP/1.1 %d Moved\r\nLocation: http://127.0.0.1:%d/elsewhere\r\nContent-Length: 0\r\n\r\n",
        port[1], port[0]);
    behaviour = (struct behaviour){.bytes = answer};
    return &behaviour;
}

static void no_redirect_is_followed_and_no_token_leaves_its_host(void **state)
{
    static const int statuses[] = {301, 302, 303, 307, 308};
    struct behaviour silent = {.then = THEN_CLOSE, .unread = true};
    struct scripted_server *other = scripted_server_start(always, &silent);
    int target[2] = {scripted_server_port(other), 0};
    struct scripted_server *server = scripted_server_start(redirect, target);
    struct net_fixture fixture;

    (void)state;
    net_fixture_start(&fixture, scripted_server_port(server));
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        target[1] = statuses[i];
        assert_int_equal(net_fixture_ask(&fixture, &get, false)->status, statuses[i]);
        assert_int_equal(net_fixture_ask(&fixture, &post, true)->status, statuses[i]);
    }
    assert_int_equal(scripted_server_connections(other), 0);
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
    scripted_server_stop(other);
}

/* ---- what is on the wire ---- */

static const struct behaviour *remember(void *arg, const char *request, size_t length)
{
    static const struct behaviour fine = {.bytes = OK_HEAD "Content-Length: 2\r\n\r\n{}"};
    struct witness *witness = arg;

    if (!request)
        return NULL;
    if (length > sizeof witness->first - 1)
        length = sizeof witness->first - 1;
    memcpy(witness->first, request, length);
    witness->first[length] = '\0';
    return &fine;
}

static void the_request_is_on_the_wire_as_it_was_made(void **state)
{
    static const struct header headers[] = {{"Content-Type", "application/json"},
                                            {"Idempotency-Key", "k1"}};
    struct witness witness = {""};
    struct scripted_server *server = scripted_server_start(remember, &witness);
    struct http_request request = post;
    struct net_fixture fixture;
    char expected[512];

    (void)state;
    request.headers = headers;
    request.header_count = 2;
    net_fixture_start(&fixture, scripted_server_port(server));
    net_fixture_ask(&fixture, &request, true);
    (void)snprintf(
        expected, sizeof expected,
        "POST /api/v1/statuses HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: crier/0.1\r\n"
        "Accept: application/json\r\nContent-Type: application/json\r\nIdempotency-Key: k1\r\n"
        "Authorization: Bearer " FIXTURE_TOKEN "\r\nContent-Length: 14\r\n\r\n{\"status\":\"x\"}",
        scripted_server_port(server));
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
    assert_string_equal(witness.first, expected);
}

static void the_date_of_an_answer_is_read(void **state)
{
    struct witness witness = {""};
    struct scripted_server *server = scripted_server_start(remember, &witness);
    struct net_fixture fixture;

    (void)state;
    net_fixture_start(&fixture, scripted_server_port(server));
    assert_int_equal(net_fixture_ask(&fixture, &get, false)->date.ms, INT64_C(1795320000000));
    assert_string_equal(reply_header(&fixture.reply, "content-length"), "2");
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
}

static void characters_that_would_make_another_header_are_refused(void **state)
{
    static const struct header bad[] = {{"X", "a\r\nY: b"}, {"X\r\nY", "a"}, {"X", "\x01"}};
    static const char *const paths[] = {"/a b", "/a\r\nX: y", "a", "//other.example/x", "/x#y"};
    struct witness witness = {""};
    struct scripted_server *server = scripted_server_start(remember, &witness);
    struct net_fixture fixture;
    struct http_request request;

    (void)state;
    net_fixture_start(&fixture, scripted_server_port(server));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        request = get;
        request.headers = &bad[i];
        request.header_count = 1;
        assert_int_equal(net_fixture_ask(&fixture, &request, false)->fate, FATE_NOT_SENT);
    }
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        request = get;
        request.path = paths[i];
        assert_int_equal(net_fixture_ask(&fixture, &request, false)->fate, FATE_NOT_SENT);
    }
    assert_int_equal(scripted_server_connections(server), 0);
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
}

/* ---- uploads ---- */

static struct form_part parts[2];

static struct http_request upload_of(struct net_fixture *fixture, const char *bytes,
                                     const char *named, char hex[DIGEST_HEX])
{
    char path[256];
    FILE *file;

    digest_hex_of(named, strlen(named), hex);
    (void)snprintf(path, sizeof path, "%s/spool/%s", fixture->folder, hex);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0 && fclose(file) == 0);
    parts[0] = (struct form_part){
        .name = "file", .file_sha256 = hex, .mime = "image/png", .filename = "medium-1.png"};
    parts[1] = (struct form_part){.name = "description", .value = "हेलमेट"};
    return (struct http_request){.method = "POST",
                                 .path = "/api/v2/media",
                                 .parts = parts,
                                 .part_count = 2,
                                 .kind = REQUEST_UPLOAD,
                                 .signing = "bearer"};
}

static void an_upload_carries_file_and_alt_text_with_its_exact_length(void **state)
{
    struct witness witness = {""};
    struct scripted_server *server = scripted_server_start(remember, &witness);
    struct net_fixture fixture;
    struct http_request request;
    char hex[DIGEST_HEX];
    const char *body, *length;

    (void)state;
    net_fixture_start(&fixture, scripted_server_port(server));
    request = upload_of(&fixture, "PNG bytes", "PNG bytes", hex);
    assert_int_equal(net_fixture_ask(&fixture, &request, false)->fate, FATE_ANSWERED);
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
    assert_non_null(strstr(witness.first,
                           "name=\"file\"; filename=\"medium-1.png\"\r\nContent-Type: "
                           "image/png\r\n\r\nPNG bytes\r\n"));
    assert_non_null(strstr(witness.first, "name=\"description\"\r\n\r\nहेलमेट\r\n"));
    assert_null(strstr(witness.first, "chunked"));
    body = strstr(witness.first, "\r\n\r\n");
    length = strstr(witness.first, "Content-Length: ");
    assert_non_null(body);
    assert_non_null(length);
    assert_int_equal(strtoul(length + 16, NULL, 10), strlen(body + 4));
}

static void a_medium_that_was_changed_never_becomes_a_whole_request(void **state)
{
    static const char *const changed[] = {"PNG bytes!", "PNG byteS", "PNG", ""};
    struct witness witness = {""};
    struct scripted_server *server = scripted_server_start(remember, &witness);
    struct net_fixture fixture;
    struct http_request request;
    char hex[DIGEST_HEX];

    (void)state;
    net_fixture_start(&fixture, scripted_server_port(server));
    for (size_t i = 0; i < COUNT_OF(changed); i++) {
        request = upload_of(&fixture, changed[i], "PNG bytes", hex);
        assert_int_equal(net_fixture_ask(&fixture, &request, false)->fate, FATE_NOT_SENT);
        assert_true(fixture.reply.media_changed);
    }
    net_fixture_stop(&fixture);
    assert_int_equal(scripted_server_requests(server), 0);
    scripted_server_stop(server);
}

static void a_medium_that_is_missing_is_told_as_such(void **state)
{
    struct net_fixture fixture;
    struct http_request request;
    char hex[DIGEST_HEX], other[DIGEST_HEX];

    (void)state;
    net_fixture_start(&fixture, 1);
    request = upload_of(&fixture, "x", "x", hex);
    parts[0].file_sha256 = digest_hex_of("y", 1, other);
    assert_int_equal(net_fixture_ask(&fixture, &request, false)->fate, FATE_NOT_SENT);
    assert_true(fixture.reply.media_changed);
    net_fixture_stop(&fixture);
}

/* ---- time and stopping ---- */

static void await_requests(struct net_fixture *fixture, struct scripted_server *server, int count)
{
    while (scripted_server_requests(server) < count)
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
}

static void a_stalled_server_is_left_after_the_time_of_its_kind(void **state)
{
    static const struct behaviour silent = {.then = THEN_STALL};
    static const int64_t limits_s[] = {
        [REQUEST_READ] = 30, [REQUEST_UPLOAD] = 900, [REQUEST_PUBLISH] = 60};

    (void)state;
    for (int kind = REQUEST_READ; kind <= REQUEST_PUBLISH; kind++) {
        struct behaviour behaviour = silent;
        struct scripted_server *server = scripted_server_start(always, &behaviour);
        struct http_request request = post;
        struct net_fixture fixture;

        net_fixture_start(&fixture, scripted_server_port(server));
        request.kind = (enum request_kind)kind;
        net_fixture_send(&fixture, &request, true);
        await_requests(&fixture, server, 1);
        test_clock_advance(&fixture.clock, span_seconds(limits_s[kind] - 1));
        assert_int_equal(fixture.answers, 0);
        test_clock_advance(&fixture.clock, span_seconds(1));
        assert_int_equal(fixture.answers, 1);
        assert_int_equal(fixture.reply.fate, FATE_MAYBE_SENT);
        net_fixture_stop(&fixture);
        scripted_server_stop(server);
    }
}

static void a_connection_that_does_not_come_about_is_not_sent_after_ten_seconds(void **state)
{
    struct net_fixture fixture;

    (void)state;
    net_fixture_start(&fixture, 1);
    net_fixture_send(&fixture, &post, true); /* the loop does not run: no connection yet */
    test_clock_advance(&fixture.clock, span_seconds(9));
    assert_int_equal(fixture.answers, 0);
    test_clock_advance(&fixture.clock, span_seconds(1));
    assert_int_equal(fixture.answers, 1);
    assert_int_equal(fixture.reply.fate, FATE_NOT_SENT);
    net_fixture_stop(&fixture);
}

static void stopping_ends_reads_at_once_and_leaves_publishes_alone(void **state)
{
    struct behaviour silent = {.then = THEN_STALL};
    struct scripted_server *server = scripted_server_start(always, &silent);
    struct net_fixture fixture;

    (void)state;
    net_fixture_start(&fixture, scripted_server_port(server));
    net_fixture_send(&fixture, &get, false);
    net_fixture_send(&fixture, &post, true);
    await_requests(&fixture, server, 2);
    transfers_cancel_repeatable(fixture.transfers);
    assert_int_equal(fixture.answers, 1);
    assert_int_equal(fixture.reply.fate, FATE_MAYBE_SENT);
    assert_int_equal(transfers_active(fixture.transfers), 1);
    net_fixture_stop(&fixture);
    assert_int_equal(fixture.answers, 2);
    scripted_server_stop(server);
}

static size_t told;

static void stop_all(void *arg, const struct http_reply *reply)
{
    struct net_fixture *fixture = arg;

    (void)reply;
    told++;
    if (fixture->transfers) {
        struct transfers *transfers = fixture->transfers;
        fixture->transfers = NULL;
        transfers_stop(transfers);
    }
}

static void stopping_from_within_a_reply_tells_everybody_once(void **state)
{
    struct witness witness = {""};
    struct scripted_server *server = scripted_server_start(remember, &witness);
    struct net_fixture fixture;
    struct http_request unsound = get;

    (void)state;
    told = 0;
    unsound.path = "no path";
    net_fixture_start(&fixture, scripted_server_port(server));
    for (int i = 0; i < 200; i++) {
        const struct http_request *request = i % 50 == 49 ? &unsound : i % 2 ? &post : &get;
        transfer_send(fixture.transfers, &fixture.account, adapter_by_name("mastodon"), request,
                      i % 3 == 0, stop_all, &fixture);
    }
    uv_run(&fixture.loop, UV_RUN_DEFAULT);
    assert_int_equal(told, 200);
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
}

static void reads_share_a_connection_and_publishes_have_their_own(void **state)
{
    struct witness witness = {""};
    struct scripted_server *server = scripted_server_start(remember, &witness);
    struct net_fixture fixture;

    (void)state;
    net_fixture_start(&fixture, scripted_server_port(server));
    for (int i = 0; i < 10; i++)
        net_fixture_ask(&fixture, &get, false);
    assert_int_equal(scripted_server_connections(server), 1);
    for (int i = 0; i < 10; i++)
        net_fixture_ask(&fixture, &post, true);
    assert_int_equal(scripted_server_connections(server), 11);
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
}

static void a_proxy_of_the_environment_is_not_used(void **state)
{
    struct witness witness = {""};
    struct scripted_server *server = scripted_server_start(remember, &witness);
    struct net_fixture fixture;

    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1",
           1); /* lint: setenv because the environment is what is tested */
    setenv("ALL_PROXY", "http://127.0.0.1:1",
           1); /* lint: setenv because the environment is what is tested */
    net_fixture_start(&fixture, scripted_server_port(server));
    assert_int_equal(net_fixture_ask(&fixture, &get, false)->status, 200);
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
    unsetenv("http_proxy"); /* lint: unsetenv because the environment is what is tested */
    unsetenv("ALL_PROXY");  /* lint: unsetenv because the environment is what is tested */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_on_the_wire_as_it_was_made),
        cmocka_unit_test(the_date_of_an_answer_is_read),
        cmocka_unit_test(every_behaviour_has_its_fate_for_a_read_and_for_a_publish),
        cmocka_unit_test(a_port_where_nobody_listens_means_not_sent),
        cmocka_unit_test(a_live_account_on_an_unknown_host_is_not_sent),
        cmocka_unit_test(addresses_that_are_not_the_accounts_own_are_never_opened),
        cmocka_unit_test(no_redirect_is_followed_and_no_token_leaves_its_host),
        cmocka_unit_test(characters_that_would_make_another_header_are_refused),
        cmocka_unit_test(an_upload_carries_file_and_alt_text_with_its_exact_length),
        cmocka_unit_test(a_medium_that_was_changed_never_becomes_a_whole_request),
        cmocka_unit_test(a_medium_that_is_missing_is_told_as_such),
        cmocka_unit_test(a_stalled_server_is_left_after_the_time_of_its_kind),
        cmocka_unit_test(a_connection_that_does_not_come_about_is_not_sent_after_ten_seconds),
        cmocka_unit_test(stopping_ends_reads_at_once_and_leaves_publishes_alone),
        cmocka_unit_test(stopping_from_within_a_reply_tells_everybody_once),
        cmocka_unit_test(reads_share_a_connection_and_publishes_have_their_own),
        cmocka_unit_test(a_proxy_of_the_environment_is_not_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

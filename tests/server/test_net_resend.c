/* T21: libcurl sends a request again, and reports success, when a kept-alive connection dies before
 * the answer. With the rule R2 (a connection of its own) a request arrives once; without it the
 * twins show the second.
 *
 * The server answers the first request of a pair and keeps the connection; it reads all of the
 * second and closes without an answer; whatever then arrives again it answers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/net_fixture.h"
#include "support/scripted_server.h"

enum { MOST_ROUNDS = 1000 };

static const struct {
    const char *what, *method, *body;
} shapes[] = {
    {"POST with a body", "POST", "{\"status\":\"x\"}"},
    {"POST without a body", "POST", NULL},
    {"DELETE", "DELETE", NULL},
};

struct arrivals {
    int count[MOST_ROUNDS];
};

static const struct behaviour *answer_or_die(void *arg, const char *request, size_t length)
{
    static const struct behaviour fine = {
        .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"id\":\"123\"}"};
    static const struct behaviour die = {.then = THEN_CLOSE};
    struct arrivals *arrivals = arg;
    const char *number = request ? strstr(request, " /publish/") : NULL;

    (void)length;
    if (!request)
        return NULL;
    return number && arrivals->count[strtol(number + 10, NULL, 10)]++ == 0 ? &die : &fine;
}

static size_t rounds(void)
{
    const char *wanted = getenv("CRIER_RESEND_ROUNDS");
    size_t count = wanted ? strtoul(wanted, NULL, 10) : 50;

    return count > 0 && count <= MOST_ROUNDS ? count : MOST_ROUNDS;
}

struct tally {
    size_t single, doubled, success;
};

/* Why a request has a connection of its own, if it has one. */
enum why { KEPT, FRESH, SESSION };

static const char *const whys[] = {
    [KEPT] = "TWIN on a kept connection",
    [FRESH] = "own connection",
    [SESSION] = "own connection, for it opens a session",
};

static void publish(struct net_fixture *fixture, size_t shape, size_t number, enum why why,
                    struct tally *tally)
{
    static const struct http_request warm = {
        .method = "GET", .path = "/warm", .kind = REQUEST_READ, .signing = "bearer"};
    char path[32];
    struct http_request request = {.method = shapes[shape].method,
                                   .path = path,
                                   .body = shapes[shape].body,
                                   .body_length =
                                       shapes[shape].body ? strlen(shapes[shape].body) : 0,
                                   .kind = REQUEST_PUBLISH,
                                   .unrepeatable = why == FRESH,
                                   .opens_session = why == SESSION,
                                   .signing = "bearer"};

    (void)snprintf(path, sizeof path, "/publish/%zu", number);
    assert_int_equal(net_fixture_ask(fixture, &warm, false)->status, 200);
    tally->success += net_fixture_ask(fixture, &request, why == FRESH)->fate == FATE_ANSWERED;
}

static struct tally play(size_t shape, enum why why)
{
    struct arrivals *arrivals = calloc(1, sizeof *arrivals);
    struct scripted_server *server = scripted_server_start(answer_or_die, arrivals);
    struct net_fixture fixture;
    struct tally tally = {0};

    net_fixture_start(&fixture, scripted_server_port(server));
    for (size_t i = 0; i < rounds(); i++)
        publish(&fixture, shape, i, why, &tally);
    net_fixture_stop(&fixture);
    scripted_server_stop(server);
    for (size_t i = 0; i < rounds(); i++) {
        tally.single += arrivals->count[i] == 1;
        tally.doubled += arrivals->count[i] > 1;
    }
    free(arrivals);
    printf("%s, %s: %zu rounds, %zu arrived once, %zu twice, %zu reported as success\n",
           shapes[shape].what, whys[why], rounds(), tally.single, tally.doubled, tally.success);
    return tally;
}

static void with_a_connection_of_its_own_every_request_arrives_once(void **state)
{
    (void)state;
    for (size_t shape = 0; shape < COUNT_OF(shapes); shape++) {
        struct tally tally = play(shape, FRESH);
        assert_int_equal(tally.single, rounds());
        assert_int_equal(tally.success, 0);
    }
}

/* A refresh token that is spent twice may be taken for stolen. */
static void what_opens_a_session_arrives_once(void **state)
{
    (void)state;
    for (size_t shape = 0; shape < COUNT_OF(shapes); shape++)
        assert_int_equal(play(shape, SESSION).single, rounds());
}

static void without_the_rule_requests_arrive_twice_and_look_successful(void **state)
{
    (void)state;
    for (size_t shape = 0; shape < COUNT_OF(shapes); shape++) {
        struct tally tally = play(shape, KEPT);
        assert_true(tally.doubled > 0);
        assert_int_equal(tally.success, tally.doubled);
    }
}

/* Answers one request of a connection, reads another, and is gone for good. */
static void *vanish(void *arg)
{
    static const char fine[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    int listener = *(const int *)arg, connection = accept(listener, NULL, NULL);
    char bytes[4096];

    if (read(connection, bytes, sizeof bytes) > 0 && write(connection, fine, sizeof fine - 1) > 0 &&
        read(connection, bytes, sizeof bytes) > 0)
        close(listener);
    close(connection);
    return NULL;
}

static int listen_somewhere(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return listener;
}

/* A keyed request may ride a kept connection. Its first sending counts, although the second one
 * that libcurl tried by itself never left us: else its key would seem unused. */
static void a_repeat_by_libcurl_that_reaches_nobody_may_have_been_sent(void **state)
{
    static const struct http_request request = {.method = "POST",
                                                .path = "/publish",
                                                .body = "{}",
                                                .body_length = 2,
                                                .kind = REQUEST_PUBLISH,
                                                .signing = "bearer"};
    struct net_fixture fixture;
    pthread_t server;
    int port, listener = listen_somewhere(&port);

    (void)state;
    assert_int_equal(pthread_create(&server, NULL, vanish, &listener), 0);
    net_fixture_start(&fixture, port);
    assert_int_equal(net_fixture_ask(&fixture, &request, false)->status, 200);
    assert_int_equal(net_fixture_ask(&fixture, &request, false)->fate, FATE_MAYBE_SENT);
    pthread_join(server, NULL);
    net_fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_a_connection_of_its_own_every_request_arrives_once),
        cmocka_unit_test(what_opens_a_session_arrives_once),
        cmocka_unit_test(without_the_rule_requests_arrive_twice_and_look_successful),
        cmocka_unit_test(a_repeat_by_libcurl_that_reaches_nobody_may_have_been_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

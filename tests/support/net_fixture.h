/* tests/support/net_fixture.h - net/ on a loop, one account on a loopback server, one reply at a
 * time. */
#ifndef CRIER_TESTS_NET_FIXTURE_H
#define CRIER_TESTS_NET_FIXTURE_H

#include <uv.h>

#include "base/arena.h"
#include "campaign/model.h"
#include "net/transfer.h"
#include "support/test_clock.h"

#define FIXTURE_TOKEN "canary-token-0123456789"

struct net_fixture {
    uv_loop_t loop;
    struct test_clock clock;
    struct secrets *secrets;
    struct transfers *transfers; /* NULL: the test has stopped them itself */
    struct account account;
    const struct adapter *adapter; /* Mastodon; a test may set its own before it sends */
    struct arena arena;            /* replies are copied into it */
    char folder[64];               /* state: credentials/test/drill.json, spool/ */
    char base_url[64];
    size_t answers;
    struct http_reply reply; /* the newest */
};

void net_fixture_start(struct net_fixture *fixture, int port);
/* The same with an authority of the test's own (a PEM file). */
void net_fixture_start_trusting(struct net_fixture *fixture, int port, const char *ca_file);
void net_fixture_stop(
    struct net_fixture *fixture); /* also asserts that nothing is left on the loop */

void net_fixture_send(struct net_fixture *fixture, const struct http_request *request, bool fresh);
/* Runs the loop until `count` replies came since the start. */
void net_fixture_run(struct net_fixture *fixture, size_t count);
/* Both: one request, its reply. */
const struct http_reply *net_fixture_ask(struct net_fixture *fixture,
                                         const struct http_request *request, bool fresh);

#endif

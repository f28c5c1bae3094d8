/* tests/support/scripted_server.h - a raw HTTP/1.1 server on loopback that misbehaves as it is
 * told.
 *
 * One thread, any number of connections. For each whole request `choose` says what to do; it runs
 * on the server's thread and may count in memory that nobody reads before scripted_server_stop.
 */
#ifndef CRIER_TESTS_SCRIPTED_SERVER_H
#define CRIER_TESTS_SCRIPTED_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum then { THEN_KEEP, THEN_CLOSE, THEN_RESET, THEN_STALL };

struct behaviour {
    const char *head;  /* sent once, before `bytes`; or NULL */
    const char *bytes; /* NULL = no byte                       */
    size_t length;     /* 0 = strlen(bytes)                    */
    enum then then;
    size_t repeat; /* `bytes` this often; 0 = once         */
    int slow_us;   /* between single bytes                 */
    bool unread;   /* acts when a connection opens         */
};

/* `request` is headers and body as received, NUL-terminated; NULL when a connection opened and
 * nothing was read: answer NULL then to read on. */
typedef const struct behaviour *(*choose_behaviour)(void *arg, const char *request, size_t length);

struct scripted_server;
struct scripted_server *scripted_server_start(choose_behaviour choose, void *arg);
int scripted_server_port(const struct scripted_server *server);
/* Whole requests received so far, and connections accepted. */
int scripted_server_requests(struct scripted_server *server);
int scripted_server_connections(struct scripted_server *server);
void scripted_server_stop(struct scripted_server *server);

#endif

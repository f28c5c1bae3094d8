#include "support/scripted_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 128, REQUEST_BYTES = 8 * 1024 * 1024 };

struct connection {
    int fd; /* -1 = free */
    char *bytes;
    size_t length, capacity;
    bool stalled;
};

struct scripted_server {
    int listener, port, wake[2];
    pthread_t thread;
    choose_behaviour choose;
    void *arg;
    atomic_int requests, accepted;
    struct connection connections[MOST_CONNECTIONS];
};

static void must(bool fine, const char *what)
{
    if (fine)
        return;
    perror(what);
    abort();
}

static void drop(struct connection *connection, bool reset)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    if (reset)
        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(connection->fd);
    connection->fd = -1;
    free(connection->bytes);
    connection->bytes = NULL;
    connection->length = connection->capacity = 0;
    connection->stalled = false;
}

static bool send_bytes(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool send_slowly(int fd, const char *bytes, size_t length, int pause_us)
{
    for (size_t i = 0; i < length; i++) {
        if (!send_bytes(fd, bytes + i, 1))
            return false;
        usleep((useconds_t)pause_us);
    }
    return true;
}

static void behave(struct connection *connection, const struct behaviour *behaviour)
{
    size_t times = behaviour->repeat ? behaviour->repeat : 1;
    size_t length =
        behaviour->length || !behaviour->bytes ? behaviour->length : strlen(behaviour->bytes);
    bool alive =
        !behaviour->head || send_bytes(connection->fd, behaviour->head, strlen(behaviour->head));

    while (alive && times-- > 0 && length > 0)
        alive = behaviour->slow_us
                    ? send_slowly(connection->fd, behaviour->bytes, length, behaviour->slow_us)
                    : send_bytes(connection->fd, behaviour->bytes, length);
    if (!alive || behaviour->then == THEN_CLOSE || behaviour->then == THEN_RESET)
        drop(connection, behaviour->then == THEN_RESET);
    else
        connection->stalled = behaviour->then == THEN_STALL;
}

/* The length of a whole request at the start of the buffer; 0 while it is incomplete. */
static size_t whole_request(const struct connection *connection)
{
    const char *end = connection->bytes ? strstr(connection->bytes, "\r\n\r\n") : NULL;
    const char *length = end ? strcasestr(connection->bytes, "\r\nContent-Length:") : NULL;
    size_t total;

    if (!end)
        return 0;
    total = (size_t)(end - connection->bytes) + 4;
    if (length && length < end)
        total += strtoul(length + 17, NULL, 10);
    return total <= connection->length ? total : 0;
}

static void serve(struct scripted_server *server, struct connection *connection)
{
    size_t length;

    while (connection->fd >= 0 && !connection->stalled &&
           (length = whole_request(connection)) > 0) {
        const struct behaviour *behaviour = server->choose(server->arg, connection->bytes, length);
        connection->length -= length;
        memmove(connection->bytes, connection->bytes + length, connection->length + 1);
        atomic_fetch_add(&server->requests, 1);
        behave(connection, behaviour);
    }
}

static void receive(struct scripted_server *server, struct connection *connection)
{
    char chunk[65536];
    ssize_t got = recv(connection->fd, chunk, sizeof chunk, 0);

    if (got <= 0) {
        drop(connection, false);
        return;
    }
    must(connection->length + (size_t)got < REQUEST_BYTES, "request too large");
    if (connection->length + (size_t)got >= connection->capacity) {
        connection->capacity = (connection->length + (size_t)got) * 2 + 1;
        connection->bytes = realloc(connection->bytes, connection->capacity);
        must(connection->bytes != NULL, "memory");
    }
    memcpy(connection->bytes + connection->length, chunk, (size_t)got);
    connection->length += (size_t)got;
    connection->bytes[connection->length] = '\0';
    serve(server, connection);
}

static void welcome(struct scripted_server *server)
{
    int fd = accept(server->listener, NULL, NULL), on = 1;
    const struct behaviour *behaviour;

    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    atomic_fetch_add(&server->accepted, 1);
    for (size_t i = 0; i < MOST_CONNECTIONS; i++) {
        struct connection *connection = &server->connections[i];
        if (connection->fd >= 0)
            continue;
        connection->fd = fd;
        behaviour = server->choose(server->arg, NULL, 0);
        if (behaviour && behaviour->unread)
            behave(connection, behaviour);
        return;
    }
    close(fd);
}

static void *run(void *arg)
{
    struct scripted_server *server = arg;

    for (;;) {
        struct pollfd fds[MOST_CONNECTIONS + 2];
        fds[0] = (struct pollfd){server->wake[0], POLLIN, 0};
        fds[1] = (struct pollfd){server->listener, POLLIN, 0};
        for (size_t i = 0; i < MOST_CONNECTIONS; i++)
            fds[i + 2] = (struct pollfd){server->connections[i].fd, POLLIN, 0};
        if (poll(fds, MOST_CONNECTIONS + 2, -1) < 0)
            continue;
        if (fds[0].revents)
            return NULL;
        for (size_t i = 0; i < MOST_CONNECTIONS; i++) {
            if (fds[i + 2].revents && server->connections[i].fd >= 0)
                receive(server, &server->connections[i]);
        }
        if (fds[1].revents)
            welcome(server);
    }
}

struct scripted_server *scripted_server_start(choose_behaviour choose, void *arg)
{
    struct scripted_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    must(server != NULL, "memory");
    server->choose = choose;
    server->arg = arg;
    for (size_t i = 0; i < MOST_CONNECTIONS; i++)
        server->connections[i].fd = -1;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(server->listener >= 0, "socket");
    must(bind(server->listener, (const struct sockaddr *)&address, sizeof address) == 0, "bind");
    must(listen(server->listener, MOST_CONNECTIONS) == 0, "listen");
    must(getsockname(server->listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    server->port = ntohs(address.sin_port);
    must(pipe(server->wake) == 0, "pipe");
    must(pthread_create(&server->thread, NULL, run, server) == 0, "thread");
    return server;
}

int scripted_server_port(const struct scripted_server *server)
{
    return server->port;
}

int scripted_server_requests(struct scripted_server *server)
{
    return atomic_load(&server->requests);
}

int scripted_server_connections(struct scripted_server *server)
{
    return atomic_load(&server->accepted);
}

void scripted_server_stop(struct scripted_server *server)
{
    must(write(server->wake[1], "x", 1) == 1, "wake");
    pthread_join(server->thread, NULL);
    for (size_t i = 0; i < MOST_CONNECTIONS; i++) {
        if (server->connections[i].fd >= 0)
            drop(&server->connections[i], false);
    }
    close(server->listener);
    close(server->wake[0]);
    close(server->wake[1]);
    free(server);
}

/* The server at the other end of a measurement: answers every POST at once, over connections that
 * stay.
 *
 *   sink [-d DELAY_MS] [-l LOG]
 *
 * Listens on a port of 127.0.0.1 that it prints first. Each request must carry a `webhook-id`; the
 * sink keeps the ids and counts those that come again, as a receiver does that honours them. It
 * verifies nothing else: what it costs must not show in the figures. A GET is answered with the
 * counts so far, as JSON. Ends on SIGTERM; LOG then has a line for each request: microseconds since
 * 1970 when it was read, its id, the name of the delivery in its body ("-" when there is none).
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 64 * 1024, ID_BYTES = 96, NAME_BYTES = 160, EVENTS = 256 };

struct arrival {
    int64_t us;
    char id[ID_BYTES], name[NAME_BYTES];
};

struct connection {
    int fd;
    size_t used;
    int64_t answer_at_us; /* 0 = nothing to answer */
    struct connection *next_late;
    char bytes[ROOM];
};

static struct sink {
    int epoll, listener, signals;
    int64_t delay_us;
    const char *log;
    struct arrival *arrivals;
    size_t count, capacity, distinct;
    size_t *seen; /* hash of ids: index of an arrival + 1 */
    size_t seen_capacity;
    struct connection *late, **late_end; /* those that wait for their delay, in order */
} sink = {.late_end = &sink.late};

static void require(bool ok, const char *what)
{
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* ---- what arrived ---- */

static size_t *place_of(const char *id)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    size_t index;

    for (const char *c = id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    index = (size_t)(hash ^ hash >> 32) & (sink.seen_capacity - 1);
    while (sink.seen[index] && strcmp(sink.arrivals[sink.seen[index] - 1].id, id) != 0)
        index = (index + 1) & (sink.seen_capacity - 1);
    return &sink.seen[index];
}

static void grow(void)
{
    sink.capacity = sink.capacity ? 2 * sink.capacity : 16384;
    sink.arrivals = realloc(sink.arrivals, sink.capacity * sizeof *sink.arrivals);
    free(sink.seen);
    sink.seen_capacity = 2 * sink.capacity;
    sink.seen = calloc(sink.seen_capacity, sizeof *sink.seen);
    require(sink.arrivals && sink.seen, "memory");
    for (size_t i = 0; i < sink.count; i++) {
        size_t *place = place_of(sink.arrivals[i].id);
        if (!*place)
            *place = i + 1;
    }
}

/* Up to one of `ends`, at most `room` - 1 bytes. */
static void copy_word(char *to, size_t room, const char *from, const char *ends)
{
    size_t length = from ? strcspn(from, ends) : 0;

    if (length >= room)
        length = room - 1;
    memcpy(to, length ? from : "-", length ? length : 1);
    to[length ? length : 1] = '\0';
}

static const char *after_word(const char *text, const char *word)
{
    const char *found = strcasestr(text, word);

    return found ? found + strlen(word) : NULL;
}

static void arrived(const char *head, const char *body)
{
    struct arrival *arrival;
    size_t *place;

    if (sink.count == sink.capacity)
        grow();
    arrival = &sink.arrivals[sink.count];
    arrival->us = now_us();
    copy_word(arrival->id, ID_BYTES, after_word(head, "webhook-id: "), "\r\n");
    copy_word(arrival->name, NAME_BYTES, after_word(body, "\"name\":\""), "\"");
    place = place_of(arrival->id);
    sink.count++;
    if (!*place) {
        *place = sink.count;
        sink.distinct++;
    }
}

static void write_log(void)
{
    FILE *file = sink.log ? fopen(sink.log, "w") : NULL;

    for (size_t i = 0; file && i < sink.count; i++)
        fprintf(file, "%" PRId64 " %s %s\n", sink.arrivals[i].us, sink.arrivals[i].id,
                sink.arrivals[i].name);
    require(!sink.log || (file && fclose(file) == 0), "log");
}

/* ---- connections ---- */

static void hang_up(struct connection *connection)
{
    close(connection->fd);
    if (connection->answer_at_us)
        connection->fd = -1; /* freed when its turn comes */
    else
        free(connection);
}

static bool say(struct connection *connection, const char *text, size_t length)
{
    return connection->fd >= 0 &&
           send(connection->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static bool answer(struct connection *connection)
{
    static const char text[] = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                               "content-length: 2\r\n\r\n{}";

    return say(connection, text, sizeof text - 1);
}

static bool answer_counts(struct connection *connection)
{
    char body[200], text[400];
    int length = snprintf(body, sizeof body,
                          "{\"requests\":%zu,\"distinct\":%zu,\"first_us\":%" PRId64
                          ",\"last_us\":%" PRId64 "}",
                          sink.count, sink.distinct, sink.count ? sink.arrivals[0].us : 0,
                          sink.count ? sink.arrivals[sink.count - 1].us : 0);

    length = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s", length,
                      body);
    return say(connection, text, (size_t)length);
}

static bool answer_later(struct connection *connection)
{
    connection->answer_at_us = now_us() + sink.delay_us;
    connection->next_late = NULL;
    *sink.late_end = connection;
    sink.late_end = &connection->next_late;
    return true;
}

/* False: nobody is there any more. */
static bool take_request(struct connection *connection, char *body)
{
    if (!strncmp(connection->bytes, "GET ", 4))
        return answer_counts(connection);
    arrived(connection->bytes, body);
    return sink.delay_us ? answer_later(connection) : answer(connection);
}

/* The requests that are here whole; the rest of another stays. */
static bool take_requests(struct connection *connection)
{
    char *end;

    while ((end = strstr(connection->bytes, "\r\n\r\n"))) {
        char *body = end + 4, kept;
        const char *length;
        size_t whole;
        bool ok;

        *end = '\0';
        length = after_word(connection->bytes, "content-length:");
        whole = (size_t)(body - connection->bytes) + (length ? strtoul(length, NULL, 10) : 0);
        if (whole > connection->used) {
            *end = '\r';
            return whole < ROOM;
        }
        kept = connection->bytes[whole];
        connection->bytes[whole] = '\0';
        ok = take_request(connection, body);
        connection->bytes[whole] = kept;
        connection->used -= whole;
        memmove(connection->bytes, connection->bytes + whole, connection->used + 1);
        if (!ok)
            return false;
    }
    return true;
}

static void on_bytes(struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->bytes + connection->used,
                       ROOM - 1 - connection->used, MSG_DONTWAIT);

    if (got < 0 && errno == EAGAIN)
        return;
    if (got > 0) {
        connection->used += (size_t)got;
        connection->bytes[connection->used] = '\0';
    }
    if (got <= 0 || !take_requests(connection))
        hang_up(connection);
}

static void watch(int fd, void *data)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = data};

    require(epoll_ctl(sink.epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}

static void on_caller(void)
{
    struct connection *connection;
    int fd = accept4(sink.listener, NULL, NULL, SOCK_CLOEXEC), on = 1;

    if (fd < 0)
        return;
    connection = calloc(1, sizeof *connection);
    require(connection != NULL, "memory");
    connection->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(fd, connection);
}

/* ---- time ---- */

static void answer_late(void)
{
    struct connection *connection;

    while ((connection = sink.late) && connection->answer_at_us <= now_us()) {
        sink.late = connection->next_late;
        if (!sink.late)
            sink.late_end = &sink.late;
        connection->answer_at_us = 0;
        if (connection->fd < 0)
            free(connection);
        else if (!answer(connection))
            hang_up(connection);
    }
}

static int wait_ms(void)
{
    int64_t left;

    if (!sink.late)
        return -1;
    left = sink.late->answer_at_us - now_us();
    return left > 0 ? (int)((left + 999) / 1000) : 0;
}

static void serve(void)
{
    struct epoll_event events[EVENTS];

    for (;;) {
        int count = epoll_wait(sink.epoll, events, EVENTS, wait_ms());

        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &sink.signals)
                return;
            if (events[i].data.ptr == &sink.listener)
                on_caller();
            else
                on_bytes(events[i].data.ptr);
        }
        answer_late();
    }
}

static void open_all(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    sink.signals = signalfd(-1, &ends, SFD_CLOEXEC);
    sink.epoll = epoll_create1(EPOLL_CLOEXEC);
    sink.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(sink.listener >= 0 &&
                bind(sink.listener, (struct sockaddr *)&address, sizeof address) == 0 &&
                listen(sink.listener, 1024) == 0 &&
                getsockname(sink.listener, (struct sockaddr *)&address, &length) == 0,
            "listen");
    watch(sink.signals, &sink.signals);
    watch(sink.listener, &sink.listener);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
}

int main(int count, char **words)
{
    int option;

    while ((option = getopt(count, words, "d:l:")) != -1) {
        if (option == 'd')
            sink.delay_us = strtol(optarg, NULL, 10) * 1000;
        else if (option == 'l')
            sink.log = optarg;
        else
            return 2;
    }
    grow();
    open_all();
    serve();
    write_log();
    return 0;
}

#include "daemon/virtual.h"

#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"

enum { MOST_ANSWER = 64 * 1024 };

struct virtual_time {
    struct daemon_clock *clock;
    struct sockaddr_in address;
    char host[64];
};

/* One small exchange on loopback. The loop waits for it: time stands still anyway. */
static bool exchange(const struct virtual_time *time, const char *request, struct buffer *answer,
                     struct err *err)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char piece[4096];
    ssize_t got = 0;
    bool ok;

    if (fd < 0)
        return err_errno(err, ERR_SERVICE, errno, "no socket");
    ok = connect(fd, (const struct sockaddr *)&time->address, sizeof time->address) == 0 ||
         err_errno(err, ERR_SERVICE, errno, "the sandbox at %s does not answer", time->host);
    ok = ok && write_all(fd, request, strlen(request), err);
    while (ok && (got = read(fd, piece, sizeof piece)) > 0)
        ok = buffer_add(answer, piece, (size_t)got);
    close(fd);
    return ok && got == 0;
}

struct sandbox_clock {
    struct instant now, until;
    size_t stalled;
};

static bool ask(const struct virtual_time *time, const char *method, const char *body,
                struct sandbox_clock *clock, struct err *err)
{
    struct arena arena = {0};
    struct buffer answer;
    json_t *value = NULL;
    const char *at, *until;
    bool ok;

    buffer_init(&answer, MOST_ANSWER);
    ok = exchange(time,
                  arena_printf(&arena,
                               "%s /_sandbox/clock HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                               "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                               method, time->host, strlen(body), body),
                  &answer, err);
    at = ok ? strstr(answer.bytes, "\r\n\r\n") : NULL;
    if (at)
        value = json_read(at + 4, answer.length - (size_t)(at + 4 - answer.bytes), err);
    if (!value)
        ok = err_within(err, "the sandbox's clock");
    else if (clock) {
        until = json_text(value, "until");
        clock->stalled = (size_t)json_integer_or(value, "stalled", 0);
        clock->until = INSTANT_NONE;
        ok = json_text(value, "now") && instant_parse(json_text(value, "now"), &clock->now) &&
             (!until || instant_parse(until, &clock->until));
    }
    json_decref(value);
    buffer_clear(&answer);
    arena_clear(&arena);
    return ok;
}

bool virtual_start(const char *host, struct daemon_clock *clock, struct virtual_time **virtual_time,
                   struct err *err)
{
    struct virtual_time *made = calloc(1, sizeof *made);
    struct sandbox_clock now;
    const char *colon = strrchr(host, ':');

    if (!made)
        out_of_memory();
    (void)snprintf(made->host, sizeof made->host, "%s", host);
    made->clock = clock;
    made->address.sin_family = AF_INET;
    made->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    made->address.sin_port = htons((uint16_t)(colon ? strtoul(colon + 1, NULL, 10) : 0));
    if (!ask(made, "GET", "", &now, err)) {
        free(made);
        return false;
    }
    daemon_clock_freeze(clock, now.now);
    *virtual_time = made;
    return true;
}

static struct instant earlier(struct instant a, struct instant b)
{
    if (instant_is_none(a))
        return b;
    return instant_is_none(b) || a.ms < b.ms ? a : b;
}

bool virtual_move(struct virtual_time *time, size_t requests)
{
    struct instant next = daemon_clock_next(time->clock);
    struct sandbox_clock clock = {.until = INSTANT_NONE};
    char text[INSTANT_TEXT], body[INSTANT_TEXT + 16];
    struct err err;

    if (requests > 0 && (!ask(time, "GET", "", &clock, &err) || clock.stalled < requests))
        return false;
    next = earlier(next, requests > 0 ? clock.until : INSTANT_NONE);
    if (instant_is_none(next))
        return false;
    (void)snprintf(body, sizeof body, "{\"now\":\"%s\"}", instant_utc(next, text));
    if (next.ms > daemon_clock_now(time->clock).ms && !ask(time, "PUT", body, NULL, &err))
        return false;
    daemon_clock_move(time->clock, next);
    return true;
}

void virtual_free(struct virtual_time *time)
{
    free(time);
}

#include "daemon/virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/json.h"
#include "daemon/loopback.h"

static const char clock_path[] = "/_sandbox/clock";

struct question;

struct virtual_time {
    struct daemon_clock *clock;
    uv_loop_t *loop;
    char host[64];
    struct question *asked;             /* not answered yet, or NULL */
    size_t settled_requests;            /* what the last answer was about: */
    int64_t asked_begun, settled_begun; /* INT64_MIN: nothing is known */
    size_t asked_requests;
    struct instant until; /* of the last answer */
    bool gone;            /* the sandbox */
};

/* "Tell me when so many are stalled", on its way. */
struct question {
    uv_poll_t poll;
    struct virtual_time *owner;
    int fd;
};

struct sandbox_clock {
    struct instant now, until;
    size_t stalled;
};

/* Takes `value` over. */
static bool read_clock(json_t *value, struct sandbox_clock *clock, struct err *err)
{
    const char *now = json_text(value, "now"), *until = json_text(value, "until");
    bool ok = value && ((now && instant_parse(now, &clock->now)) ||
                        err_set(err, ERR_FOUND, _("the sandbox's clock shows nothing")));

    clock->stalled = (size_t)json_integer_or(value, "stalled", 0);
    if (!until || !instant_parse(until, &clock->until))
        clock->until = INSTANT_NONE;
    json_decref(value);
    return ok;
}

static bool call(const struct virtual_time *time, const char *method, const char *body,
                 struct sandbox_clock *clock, struct err *err)
{
    return read_clock(loopback_call(time->host, method, clock_path, body, err), clock, err);
}

bool virtual_start(const char *host, uv_loop_t *loop, struct daemon_clock *clock,
                   struct virtual_time **virtual_time, struct err *err)
{
    struct virtual_time *made = calloc(1, sizeof *made);
    struct sandbox_clock now;

    if (!made)
        out_of_memory();
    (void)snprintf(made->host, sizeof made->host, "%s", host);
    made->clock = clock;
    made->loop = loop;
    made->settled_begun = INT64_MIN;
    if (!call(made, "GET", "", &now, err)) {
        free(made);
        return false;
    }
    daemon_clock_freeze(clock, now.now);
    *virtual_time = made;
    return true;
}

/* ---- asking whether all is stalled ---- */

static void question_closed(uv_handle_t *handle)
{
    struct question *question = handle->data;

    free(question);
}

/* Closes what is still open; the answer, if there is one, has been read. */
static void forget(struct virtual_time *time, bool answered)
{
    struct question *question = time->asked;

    if (!question)
        return;
    time->asked = NULL;
    (void)uv_poll_stop(&question->poll);
    if (!answered)
        close(question->fd);
    uv_close((uv_handle_t *)&question->poll, question_closed);
}

static void on_answer(uv_poll_t *poll, int status, int events)
{
    const struct question *question = poll->data;
    struct virtual_time *time = question->owner;
    struct sandbox_clock clock;
    struct err err;

    (void)status;
    (void)events;
    (void)uv_poll_stop(&time->asked->poll);
    if (!read_clock(loopback_answer(question->fd, &err), &clock, &err))
        time->gone = err.kind == ERR_SERVICE;
    else if (clock.stalled >= time->asked_requests) {
        time->settled_requests = time->asked_requests;
        time->settled_begun = time->asked_begun;
        time->until = clock.until;
    }
    forget(time, true);
}

static bool ask_when(struct virtual_time *time, size_t requests, int64_t begun, struct err *err)
{
    struct question *question = calloc(1, sizeof *question);
    char path[sizeof clock_path + 32];

    if (!question)
        out_of_memory();
    (void)snprintf(path, sizeof path, "%s?stalled=%zu", clock_path, requests);
    if (!loopback_ask(time->host, "GET", path, "", &question->fd, err)) {
        free(question);
        return false;
    }
    question->owner = time;
    uv_poll_init(time->loop, &question->poll, question->fd);
    question->poll.data = question;
    uv_poll_start(&question->poll, UV_READABLE, on_answer);
    time->asked = question;
    time->asked_requests = requests;
    time->asked_begun = begun;
    return true;
}

bool virtual_settled(struct virtual_time *time, size_t requests, int64_t begun, struct err *err)
{
    err->kind = ERR_NONE;
    if (time->gone)
        return err_set(err, ERR_SERVICE, _("the sandbox at %s is gone"), time->host);
    if (requests == 0) {
        forget(time, false);
        time->settled_begun = INT64_MIN;
        return true;
    }
    if (time->settled_begun == begun && time->settled_requests == requests)
        return true;
    if (time->asked && time->asked_begun == begun && time->asked_requests == requests)
        return false;
    forget(time, false);
    (void)ask_when(time, requests, begun, err);
    return false;
}

/* ---- moving ---- */

static struct instant earlier(struct instant a, struct instant b)
{
    if (instant_is_none(a))
        return b;
    return instant_is_none(b) || a.ms < b.ms ? a : b;
}

static bool tell_sandbox(const struct virtual_time *time, struct instant next, struct err *err)
{
    char text[INSTANT_TEXT], body[INSTANT_TEXT + 16];
    struct sandbox_clock ignored;

    if (next.ms <= daemon_clock_now(time->clock).ms)
        return true;
    (void)snprintf(body, sizeof body, "{\"now\":\"%s\"}", instant_utc(next, text));
    return call(time, "PUT", body, &ignored, err);
}

bool virtual_move(struct virtual_time *time, struct err *err)
{
    struct instant next = daemon_clock_next(time->clock);

    err->kind = ERR_NONE;
    if (time->settled_begun != INT64_MIN)
        next = earlier(next, time->until);
    if (instant_is_none(next) || !tell_sandbox(time, next, err))
        return false;
    forget(time, false);
    time->settled_begun = INT64_MIN; /* what was stalled may be answered now */
    daemon_clock_move(time->clock, next);
    return true;
}

void virtual_stop(struct virtual_time *time)
{
    if (time)
        forget(time, false);
}

void virtual_free(struct virtual_time *time)
{
    free(time);
}

#include "net/multi.h"

#include <stdlib.h>

#include "base/arena.h"

enum { CONNECTIONS_PER_HOST = 128, CONNECTIONS_KEPT = 128 };

/* What libcurl wants to know about one socket. */
struct watch {
    uv_poll_t poll;
    curl_socket_t socket;
    int events; /* that libcurl waits for */
    struct multi *multi;
};

static void count_closed(struct multi *multi)
{
    if (--multi->open_handles == 0)
        multi->gone(multi->arg);
}

static void watch_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    struct multi *multi = watch->multi;

    free(watch);
    count_closed(multi);
}

static void timer_closed(uv_handle_t *handle)
{
    count_closed(handle->data);
}

static void end(struct multi *multi)
{
    curl_multi_cleanup(multi->curl);
    multi->curl = NULL;
    uv_close((uv_handle_t *)&multi->timer, timer_closed);
}

/* Finished transfers are only found by asking, after every call into libcurl. */
static void collect(struct multi *multi)
{
    CURLMsg *message;
    int left;

    while (!multi->stopping && (message = curl_multi_info_read(multi->curl, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        curl_multi_remove_handle(multi->curl, easy); /* ends the life of *message */
        multi->finished(multi->arg, easy, result);
    }
}

static void serve(struct multi *multi, curl_socket_t socket, int events)
{
    int running;

    multi->inside = true;
    curl_multi_socket_action(multi->curl, socket, events, &running);
    collect(multi);
    multi->inside = false;
    if (multi->stopping)
        end(multi);
}

/* A socket in error is read, so that the kernel says what happened: told of the error alone,
 * libcurl calls the request lost where a moment earlier or later it would have found the same reset
 * by reading, and repeated it. libuv has stopped watching then; what is still unread may come
 * first. */
static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    int flags = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
                (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);

    if (status < 0) {
        flags = CURL_CSELECT_IN | CURL_CSELECT_ERR;
        (void)uv_poll_start(poll, watch->events, on_socket);
    }
    serve(watch->multi, watch->socket, flags);
}

static void on_timer(uv_timer_t *timer)
{
    serve(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static struct watch *watch_new(struct multi *multi, curl_socket_t socket)
{
    struct watch *watch = calloc(1, sizeof *watch);

    if (!watch)
        out_of_memory();
    watch->multi = multi;
    watch->socket = socket;
    watch->poll.data = watch;
    if (uv_poll_init_socket(multi->loop, &watch->poll, socket) != 0) {
        free(watch);
        return NULL;
    }
    multi->open_handles++;
    curl_multi_assign(multi->curl, socket, watch);
    return watch;
}

static void watch_end(struct multi *multi, struct watch *watch)
{
    curl_multi_assign(multi->curl, watch->socket, NULL);
    uv_poll_stop(&watch->poll);
    uv_close((uv_handle_t *)&watch->poll, watch_closed);
}

static int wish_of_socket(CURL *easy, curl_socket_t socket, int wish, void *arg, void *assigned)
{
    struct multi *multi = arg;
    struct watch *watch = assigned;
    int events = (wish & CURL_POLL_IN ? UV_READABLE : 0) | (wish & CURL_POLL_OUT ? UV_WRITABLE : 0);

    (void)easy;
    if (wish == CURL_POLL_REMOVE) {
        if (watch)
            watch_end(multi, watch);
        return 0;
    }
    if (!watch)
        watch = watch_new(multi, socket);
    if (watch)
        watch->events = events;
    return watch && uv_poll_start(&watch->poll, events, on_socket) == 0 ? 0 : -1;
}

/* 0 means "soon", but never now: libuv calls back in the loop's next turn. */
static int wish_of_timer(CURLM *curl, long timeout_ms, void *arg)
{
    struct multi *multi = arg;

    (void)curl;
    if (timeout_ms < 0)
        uv_timer_stop(&multi->timer);
    else
        uv_timer_start(&multi->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

bool multi_start(struct multi *multi, uv_loop_t *loop, multi_finished finished, multi_gone gone,
                 void *arg, struct err *err)
{
    *multi = (struct multi){.loop = loop, .finished = finished, .gone = gone, .arg = arg};
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_IO, "libcurl cannot be started");
    multi->curl = curl_multi_init();
    if (!multi->curl)
        out_of_memory();
    uv_timer_init(loop, &multi->timer);
    multi->timer.data = multi;
    multi->open_handles = 1;
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, wish_of_socket);
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, wish_of_timer);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS_PER_HOST);
    curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    curl_multi_setopt(multi->curl, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return true;
}

void multi_stop(struct multi *multi)
{
    if (multi->stopping)
        return;
    multi->stopping = true;
    uv_timer_stop(&multi->timer);
    if (!multi->inside)
        end(multi);
}

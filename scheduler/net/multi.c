#include "net/multi.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/i18n.h"

enum { CONNECTIONS_PER_HOST = 128, CONNECTIONS_KEPT = 128 };

/* What libcurl wants to know about one socket. */
struct watch {
    uv_poll_t poll;
    curl_socket_t socket;
    int events;  /* that the kernel is asked for; 0 = none */
    bool wanted; /* libcurl waits for them; else the connection rests between two requests */
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

static void watch_end(struct watch *watch)
{
    watch->multi->watches[watch->socket] = NULL;
    uv_poll_stop(&watch->poll);
    uv_close((uv_handle_t *)&watch->poll, watch_closed);
}

static struct watch *watch_of(const struct multi *multi, curl_socket_t socket)
{
    return (size_t)socket < multi->watch_room ? multi->watches[socket] : NULL;
}

static void end(struct multi *multi)
{
    curl_multi_cleanup(multi->curl); /* closes the connections, and so ends their watches */
    multi->curl = NULL;
    for (size_t i = 0; i < multi->watch_room; i++) {
        if (multi->watches[i])
            watch_end(multi->watches[i]);
    }
    free(multi->watches);
    multi->watches = NULL;
    multi->watch_room = 0;
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

/* A resting connection has something to say, most likely its end: libcurl looks before it uses it
 * again. */
static void stop_watching(struct watch *watch)
{
    watch->events = 0;
    uv_poll_stop(&watch->poll);
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

    if (!watch->wanted) {
        stop_watching(watch);
        return;
    }
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

static void make_room(struct multi *multi, curl_socket_t socket)
{
    size_t room = multi->watch_room ? multi->watch_room : 64;
    struct watch **larger;

    while (room <= (size_t)socket)
        room *= 2;
    if (room == multi->watch_room)
        return;
    larger = realloc(multi->watches, room * sizeof(struct watch *));
    if (!larger)
        out_of_memory();
    memset(larger + multi->watch_room, 0, (room - multi->watch_room) * sizeof(struct watch *));
    multi->watches = larger;
    multi->watch_room = room;
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
    make_room(multi, socket);
    return multi->watches[socket] = watch;
}

/* Once an answer has begun to come, libcurl closes the connection through close_socket; before, it
 * may close it without a word. */
static bool will_tell_its_end(CURL *easy)
{
    long status = 0;

    return curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status > 0;
}

static int watch_for(struct watch *watch, int events)
{
    watch->wanted = true;
    uv_ref((uv_handle_t *)&watch->poll);
    if (watch->events == events)
        return 0;
    watch->events = events;
    return uv_poll_start(&watch->poll, events, on_socket) == 0 ? 0 : -1;
}

static void rest(struct watch *watch)
{
    watch->wanted = false;
    uv_unref((uv_handle_t *)&watch->poll); /* no reason for the loop to go on */
}

/* A connection that is used again and again stays watched: four system calls a request less. */
static int wish_of_socket(CURL *easy, curl_socket_t socket, int wish, void *arg, void *assigned)
{
    struct multi *multi = arg;
    struct watch *watch = watch_of(multi, socket);
    int events = (wish & CURL_POLL_IN ? UV_READABLE : 0) | (wish & CURL_POLL_OUT ? UV_WRITABLE : 0);

    (void)assigned;
    if (wish != CURL_POLL_REMOVE) {
        watch = watch ? watch : watch_new(multi, socket);
        return watch ? watch_for(watch, events) : -1;
    }
    if (watch && will_tell_its_end(easy))
        rest(watch);
    else if (watch)
        watch_end(watch);
    return 0;
}

static int close_socket(void *arg, curl_socket_t socket)
{
    struct watch *watch = watch_of(arg, socket);

    if (watch)
        watch_end(watch);
    return close(socket);
}

void multi_adopt(struct multi *multi, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, multi);
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
        return err_set(err, ERR_IO, _("libcurl cannot be started"));
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

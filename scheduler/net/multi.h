/* net/multi.h - libcurl's multi interface on a libuv loop, and nothing else.
 *
 * One uv_poll_t a socket, which stays with its connection as long as that lives, freed in its close
 * callback; libcurl's timer is one uv_timer_t. libcurl is never entered from one of its own
 * callbacks. Finished transfers are reported one by one with their handle already removed, so the
 * callback may begin others, or stop it all.
 */
#ifndef CRIER_NET_MULTI_H
#define CRIER_NET_MULTI_H

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

#include "base/err.h"

struct watch;

typedef void (*multi_finished)(void *arg, CURL *easy, CURLcode result);
typedef void (*multi_gone)(void *arg);

struct multi {
    CURLM *curl;
    uv_loop_t *loop;
    uv_timer_t timer;
    multi_finished finished;
    multi_gone gone;
    void *arg;
    struct watch **watches; /* by socket; NULL = none */
    size_t watch_room;
    size_t open_handles;
    bool inside; /* a callback of the loop is being served */
    bool stopping;
};

/* `gone` is called once after multi_stop, when the last handle is closed. */
MUST_CHECK bool multi_start(struct multi *multi, uv_loop_t *loop, multi_finished finished,
                            multi_gone gone, void *arg, struct err *err);

/* Each new easy handle, before its first request: says when its connections are closed. */
void multi_adopt(struct multi *multi, CURL *easy);

/* Easy handles must have been removed with curl_multi_remove_handle before. */
void multi_stop(struct multi *multi);

#endif

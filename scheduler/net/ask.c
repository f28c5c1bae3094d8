#include "net/ask.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "net/transfer.h"

enum { MOST_STEPS = 8 };

struct asker {
    uv_loop_t loop;
    struct clock clock;
    uv_timer_t timer;          /* the one time-out of the one transfer */
    struct clock_timer *armed; /* whose it is; NULL */
    struct transfers *transfers;
    struct arena *arena; /* of the question under way */
    struct http_reply *reply;
};

/* ---- the clock ---- */

static struct asker *asker_of(struct clock *clock)
{
    return (struct asker *)((char *)clock - offsetof(struct asker, clock));
}

static struct instant clock_now(struct clock *clock)
{
    struct timespec now = {0};

    (void)clock;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (struct instant){(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
}

static void on_timer(uv_timer_t *timer)
{
    struct asker *asker = timer->data;
    struct clock_timer *armed = asker->armed;

    asker->armed = NULL;
    if (armed)
        armed->fire(armed);
}

static void clock_after(struct clock *clock, struct clock_timer *timer, struct span span)
{
    struct asker *asker = asker_of(clock);

    assert(!asker->armed || asker->armed == timer);
    asker->armed = timer;
    uv_timer_start(&asker->timer, on_timer, span.ms > 0 ? (uint64_t)span.ms : 0, 0);
}

static void clock_at(struct clock *clock, struct clock_timer *timer, struct instant when)
{
    clock_after(clock, timer, instant_since(when, clock_now(clock)));
}

static void clock_stop(struct clock *clock, struct clock_timer *timer)
{
    struct asker *asker = asker_of(clock);

    if (asker->armed != timer)
        return;
    asker->armed = NULL;
    uv_timer_stop(&asker->timer);
}

/* ---- questions ---- */

bool asker_open(struct secrets *secrets, struct asker **asker, struct err *err)
{
    struct asker *made = calloc(1, sizeof *made);
    struct transfers_options options = {.spool = "", .secrets = secrets};

    if (!made || uv_loop_init(&made->loop) != 0)
        out_of_memory();
    made->clock = (struct clock){clock_now, clock_at, clock_after, clock_stop};
    uv_timer_init(&made->loop, &made->timer);
    made->timer.data = made;
    options.loop = &made->loop;
    options.clock = &made->clock;
    *asker = made;
    if (transfers_start(&options, &made->transfers, err))
        return true;
    asker_close(made);
    *asker = NULL;
    return false;
}

void asker_close(struct asker *asker)
{
    if (!asker)
        return;
    if (asker->transfers)
        transfers_stop(asker->transfers);
    uv_close((uv_handle_t *)&asker->timer, NULL);
    (void)uv_run(&asker->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&asker->loop);
    free(asker);
}

static struct header *copy_headers(const struct http_reply *reply, struct arena *arena)
{
    struct header *headers = arena_array(arena, reply->header_count + 1, sizeof *headers);

    for (size_t i = 0; i < reply->header_count; i++)
        headers[i] = (struct header){arena_text(arena, reply->headers[i].name),
                                     arena_text(arena, reply->headers[i].value)};
    return headers;
}

static void on_reply(void *arg, const struct http_reply *reply)
{
    struct asker *asker = arg;
    struct arena *arena = asker->arena;

    asker->reply = arena_copy(arena, reply, sizeof *reply);
    asker->reply->headers = copy_headers(reply, arena);
    asker->reply->body = arena_text_n(arena, reply->body, reply->body_length);
    asker->reply->why = arena_text(arena, reply->why);
    asker->reply->tokens = arena_text(arena, reply->tokens);
}

const struct http_reply *asker_ask(struct asker *asker, const struct account *account,
                                   const struct adapter *adapter,
                                   const struct http_request *request, struct arena *arena)
{
    asker->arena = arena;
    asker->reply = NULL;
    transfer_send(asker->transfers, account, adapter, request, true, on_reply, asker);
    while (!asker->reply)
        (void)uv_run(&asker->loop, UV_RUN_ONCE);
    return asker->reply;
}

struct step asker_run(struct asker *asker, machine advance, const struct job *job,
                      const struct adapter *adapter, const char **tokens, struct arena *arena)
{
    struct progress at = {0};
    struct step step = advance(job, &at, NULL, arena);

    *tokens = NULL;
    for (int i = 0; i < MOST_STEPS && step.kind == STEP_SEND; i++) {
        const struct http_reply *reply =
            asker_ask(asker, job->account, adapter, &step.request, arena);

        if (step.progress && !progress_read(step.progress, arena, &at))
            at = (struct progress){0};
        if (reply->tokens)
            *tokens = reply->tokens;
        step = advance(job, &at, reply, arena);
    }
    return step;
}

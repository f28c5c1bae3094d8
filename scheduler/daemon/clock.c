#include "daemon/clock.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/i18n.h"

enum { STEP_MS = 2000 };

struct daemon_clock {
    struct clock interface; /* first: a struct clock * is a struct daemon_clock * */
    uv_timer_t elapsed_timer;
    uv_poll_t wall_poll;
    int wall_fd;
    struct heap elapsed, wall;
    clock_changed changed;
    void *arg;
    int64_t wall_minus_boot, boot_minus_monotonic;
    bool frozen;
    int64_t frozen_ms; /* atomic: read by the store thread */
    bool closed;
};

static int64_t read_ms(clockid_t id)
{
    struct timespec t;

    if (clock_gettime(id, &t) != 0)
        abort();
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct daemon_clock *of(struct clock *clock)
{
    return (struct daemon_clock *)clock;
}

struct instant daemon_clock_now(void *arg)
{
    struct daemon_clock *clock = arg;

    if (clock->frozen)
        return (struct instant){__atomic_load_n(&clock->frozen_ms, __ATOMIC_ACQUIRE)};
    return (struct instant){read_ms(CLOCK_REALTIME)};
}

static struct instant now_of(struct clock *clock)
{
    return daemon_clock_now(of(clock));
}

/* Elapsed time's own scale: BOOTTIME, or the frozen wall. */
static int64_t elapsed_ms(const struct daemon_clock *clock)
{
    return clock->frozen ? clock->frozen_ms : read_ms(CLOCK_BOOTTIME);
}

static struct clock_timer *timer_of(const struct heap_node *node)
{
    return (struct clock_timer *)((uintptr_t)node - offsetof(struct clock_timer, node));
}

static bool due_before(const struct heap_node *a, const struct heap_node *b)
{
    return instant_before(timer_of(a)->due, timer_of(b)->due);
}

/* NONE: nothing is armed. */
static struct instant first_due(const struct heap *heap)
{
    const struct heap_node *first = heap_first(heap);

    return first ? timer_of(first)->due : INSTANT_NONE;
}

static void rearm_wall(struct daemon_clock *clock)
{
    struct itimerspec when = {0};

    if (clock->frozen || clock->closed)
        return;
    if (clock->wall.count > 0) {
        int64_t ms = first_due(&clock->wall).ms;
        when.it_value.tv_sec = ms > 0 ? ms / 1000 : 0;
        when.it_value.tv_nsec = ms > 0 ? ms % 1000 * 1000000 : 1;
    }
    if (timerfd_settime(clock->wall_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) !=
            0 &&
        errno != ECANCELED)
        abort();
}

static void on_elapsed(uv_timer_t *timer);

static void rearm_elapsed(struct daemon_clock *clock)
{
    int64_t wait;

    if (clock->closed)
        return;
    if (clock->elapsed.count == 0 && !(clock->frozen && clock->wall.count > 0)) {
        uv_timer_stop(&clock->elapsed_timer);
        return;
    }
    if (clock->frozen) {
        struct instant next = daemon_clock_next(clock);
        if (next.ms > clock->frozen_ms) {
            uv_timer_stop(&clock->elapsed_timer);
            return;
        }
        wait = 0;
    } else {
        wait = first_due(&clock->elapsed).ms - elapsed_ms(clock);
    }
    uv_update_time(clock->elapsed_timer.loop);
    uv_timer_start(&clock->elapsed_timer, on_elapsed, wait > 0 ? (uint64_t)wait : 0, 0);
}

static void fire_due(struct heap *heap, int64_t now)
{
    /* Only what is armed now: a callback that arms itself for "at once" waits for the next turn. */
    size_t most = heap->count;

    while (most-- > 0 && heap->count > 0 && first_due(heap).ms <= now) {
        struct clock_timer *timer = timer_of(heap_first(heap));
        heap_take(heap, &timer->node);
        timer->fire(timer);
    }
}

void daemon_clock_look(struct daemon_clock *clock)
{
    int64_t wall_minus_boot = read_ms(CLOCK_REALTIME) - read_ms(CLOCK_BOOTTIME);
    int64_t boot_minus_monotonic = read_ms(CLOCK_BOOTTIME) - read_ms(CLOCK_MONOTONIC);
    int64_t step = wall_minus_boot - clock->wall_minus_boot;
    bool slept = boot_minus_monotonic - clock->boot_minus_monotonic >= STEP_MS;

    if (clock->frozen)
        return;
    if (step > -STEP_MS && step < STEP_MS)
        step = 0;
    else
        clock->wall_minus_boot = wall_minus_boot;
    clock->boot_minus_monotonic = boot_minus_monotonic;
    if ((step != 0 || slept) && clock->changed)
        clock->changed(clock->arg, (struct span){step}, slept);
}

static void fire_all(struct daemon_clock *clock)
{
    daemon_clock_look(clock);
    fire_due(&clock->elapsed, elapsed_ms(clock));
    fire_due(&clock->wall, daemon_clock_now(clock).ms);
    rearm_elapsed(clock);
    rearm_wall(clock);
}

static void on_elapsed(uv_timer_t *timer)
{
    fire_all(timer->data);
}

static void on_wall(uv_poll_t *poll, int status, int events)
{
    struct daemon_clock *clock = poll->data;
    uint64_t expirations;

    (void)status;
    (void)events;
    /* ECANCELED says that the clock was set; either way the timers are looked at. */
    if (read(clock->wall_fd, &expirations, sizeof expirations) < 0 && errno == EAGAIN)
        return;
    fire_all(clock);
}

static void arm(struct daemon_clock *clock, struct clock_timer *timer, bool wall,
                struct instant due)
{
    struct heap *heap = wall ? &clock->wall : &clock->elapsed;

    clock->interface.stop(&clock->interface, timer);
    timer->wall = wall;
    timer->due = due;
    heap_put(heap, &timer->node);
    if (heap_first(heap) != &timer->node && !clock->frozen)
        return;
    if (wall)
        rearm_wall(clock);
    if (!wall || clock->frozen)
        rearm_elapsed(clock);
}

static void arm_at(struct clock *interface, struct clock_timer *timer, struct instant when)
{
    arm(of(interface), timer, true, when);
}

static void arm_after(struct clock *interface, struct clock_timer *timer, struct span span)
{
    struct daemon_clock *clock = of(interface);

    arm(clock, timer, false, (struct instant){elapsed_ms(clock) + span.ms});
}

static void disarm(struct clock *interface, struct clock_timer *timer)
{
    struct daemon_clock *clock = of(interface);

    struct heap *heap = timer->wall ? &clock->wall : &clock->elapsed;
    bool first = heap_first(heap) == &timer->node;

    if (timer->node.slot == 0)
        return;
    heap_take(heap, &timer->node);
    if (!first && !clock->frozen)
        return;
    if (timer->wall)
        rearm_wall(clock);
    else
        rearm_elapsed(clock);
}

bool daemon_clock_start(uv_loop_t *loop, clock_changed changed, void *arg,
                        struct daemon_clock **clock, struct err *err)
{
    struct daemon_clock *made = calloc(1, sizeof *made);

    if (!made)
        out_of_memory();
    made->interface =
        (struct clock){.now = now_of, .at = arm_at, .after = arm_after, .stop = disarm};
    made->elapsed.before = made->wall.before = due_before;
    made->changed = changed;
    made->arg = arg;
    made->wall_minus_boot = read_ms(CLOCK_REALTIME) - read_ms(CLOCK_BOOTTIME);
    made->boot_minus_monotonic = read_ms(CLOCK_BOOTTIME) - read_ms(CLOCK_MONOTONIC);
    made->wall_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (made->wall_fd < 0) {
        free(made);
        return err_errno(err, ERR_IO, errno, _("no wall-clock timer"));
    }
    uv_timer_init(loop, &made->elapsed_timer);
    made->elapsed_timer.data = made;
    uv_poll_init(loop, &made->wall_poll, made->wall_fd);
    made->wall_poll.data = made;
    uv_poll_start(&made->wall_poll, UV_READABLE, on_wall);
    *clock = made;
    return true;
}

struct clock *daemon_clock_interface(struct daemon_clock *clock)
{
    return &clock->interface;
}

bool daemon_clock_trusted(void)
{
    return access("/run/systemd/timesync/synchronized", F_OK) == 0 ||
           access("/run/chrony/synchronised", F_OK) == 0;
}

void daemon_clock_stop(struct daemon_clock *clock)
{
    if (!clock || clock->closed)
        return;
    clock->closed = true;
    uv_timer_stop(&clock->elapsed_timer);
    uv_close((uv_handle_t *)&clock->elapsed_timer, NULL);
    uv_poll_stop(&clock->wall_poll);
    uv_close((uv_handle_t *)&clock->wall_poll, NULL);
}

void daemon_clock_free(struct daemon_clock *clock)
{
    if (!clock)
        return;
    close(clock->wall_fd);
    heap_clear(&clock->elapsed);
    heap_clear(&clock->wall);
    free(clock);
}

void daemon_clock_freeze(struct daemon_clock *clock, struct instant now)
{
    clock->frozen = true;
    __atomic_store_n(&clock->frozen_ms, now.ms, __ATOMIC_RELEASE);
}

struct instant daemon_clock_next(const struct daemon_clock *clock)
{
    struct instant next = first_due(&clock->elapsed), wall = first_due(&clock->wall);

    if (instant_is_none(next) || (!instant_is_none(wall) && instant_before(wall, next)))
        return wall;
    return next;
}

void daemon_clock_move(struct daemon_clock *clock, struct instant now)
{
    if (now.ms > clock->frozen_ms)
        __atomic_store_n(&clock->frozen_ms, now.ms, __ATOMIC_RELEASE);
    rearm_elapsed(clock);
}

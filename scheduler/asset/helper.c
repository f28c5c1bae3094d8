#include "asset/helper.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "base/i18n.h"

enum { STDIO_COUNT = 3, WATCH_MS = 200 };

/* A loop of its own: it lives for one run, on whatever thread asks. */
struct child {
    const struct helper_run *run;
    struct helper_end *end;
    uv_loop_t loop;
    uv_process_t process;
    uv_pipe_t output;
    uv_timer_t line_limit, total_limit, watch;
    struct buffer *answer;
    size_t awaited; /* lines still to come */
    char piece[16 * 1024];
    bool ended, drained;
};

static bool program_path(const char *name, char path[PATH_MAX], struct err *err)
{
    size_t size = strlen(name) + 1;
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - size);
    char *slash;

    if (length < 0)
        return err_errno(err, ERR_IO, errno, "/proc/self/exe");
    path[length] = 0;
    slash = strrchr(path, '/');
    memcpy(slash ? slash + 1 : path, name, size);
    return true;
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void finish_when_done(struct child *child)
{
    if (child->ended && child->drained)
        uv_walk(&child->loop, close_handle, NULL);
}

static void kill_it(struct child *child)
{
    if (!child->ended && uv_process_kill(&child->process, SIGKILL) == 0)
        child->end->killed = true;
}

static void on_exit(uv_process_t *process, int64_t status, int signal_number)
{
    struct child *child = process->data;

    child->end->status = status;
    child->end->signal = signal_number;
    child->ended = true;
    finish_when_done(child);
}

static void on_limit(uv_timer_t *timer)
{
    kill_it(timer->data);
}

static void on_watch(uv_timer_t *timer)
{
    struct child *child = timer->data;

    if (!child->run->watch(child->run->arg, child->answer))
        kill_it(child);
}

static void start_timer(uv_timer_t *timer, uv_timer_cb fire, unsigned after_ms, unsigned every_ms)
{
    int failure = uv_timer_start(timer, fire, after_ms, every_ms);

    assert(!failure);
}

static void start_limit(struct child *child)
{
    start_timer(&child->line_limit, on_limit, child->run->line_ms, 0);
}

/* Each line that was asked for buys time for the next; chatter buys nothing. */
static void count_lines(struct child *child, const char *bytes, size_t length)
{
    const char *end = bytes + length, *newline;

    for (; child->awaited && (newline = memchr(bytes, '\n', (size_t)(end - bytes)));
         bytes = newline + 1) {
        child->awaited--;
        start_limit(child);
    }
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room)
{
    struct child *child = handle->data;

    (void)wanted;
    *room = uv_buf_init(child->piece, sizeof child->piece);
}

static void on_bytes(uv_stream_t *stream, ssize_t got, const uv_buf_t *bytes)
{
    struct child *child = stream->data;

    if (got > 0 && buffer_add(child->answer, bytes->base, (size_t)got)) {
        count_lines(child, bytes->base, (size_t)got);
        return;
    }
    if (got == 0)
        return;
    child->drained = true; /* its end, or more than any honest answer */
    (void)uv_read_stop(stream);
    if (got > 0)
        kill_it(child);
    finish_when_done(child);
}

static void fill_stdio(struct child *child, uv_stdio_container_t *stdio)
{
    stdio[0].flags = UV_IGNORE;
    stdio[1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    stdio[1].data.stream = (uv_stream_t *)&child->output;
    stdio[2].flags = UV_INHERIT_FD; /* ignoring it would open /dev/null for writing */
    stdio[2].data.fd = STDERR_FILENO;
    for (size_t i = 0; i < child->run->count; i++) {
        stdio[STDIO_COUNT + i].flags = UV_INHERIT_FD;
        stdio[STDIO_COUNT + i].data.fd = child->run->fds[i];
    }
}

/* libuv takes them as `char *` and leaves them as they are. */
static void fill_args(const struct helper_run *run, char *path, char *args[HELPER_ARGS + 2])
{
    size_t count = 0;

    args[0] = path;
    for (; run->args[count]; count++) {
        assert(count < HELPER_ARGS);
        memcpy(&args[count + 1], &run->args[count], sizeof args[0]);
    }
    args[count + 1] = NULL;
}

static bool spawn(struct child *child, struct err *err)
{
    char path[PATH_MAX], *args[HELPER_ARGS + 2];
    char locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC0", threads[] = "OMP_NUM_THREADS=1",
         home[] = "VIPSHOME=/nonexistent";
    /* Ours may hold what is nobody's business; this one crier-render need not make itself. */
    char *environment[] = {locale, zone, threads, home, NULL};
    uv_stdio_container_t stdio[STDIO_COUNT + HELPER_FILES];
    uv_process_options_t options = {
        .exit_cb = on_exit,
        .file = path,
        .args = args,
        .env = environment,
        .stdio = stdio,
        .stdio_count = (int)(STDIO_COUNT + child->run->count),
    };
    int failure;

    if (!program_path(child->run->program, path, err))
        return false;
    fill_args(child->run, path, args);
    fill_stdio(child, stdio);
    failure = uv_spawn(&child->loop, &child->process, &options);
    if (failure)
        return err_set(err, ERR_IO, _("%s cannot be started: %s"), path, uv_strerror(failure));
    return true;
}

static void start_reading(struct child *child)
{
    const struct helper_run *run = child->run;
    int failure = uv_read_start((uv_stream_t *)&child->output, on_room, on_bytes);

    assert(!failure);
    if (run->nice)
        (void)setpriority(PRIO_PROCESS, (id_t)child->process.pid, run->nice);
    start_limit(child);
    if (run->total_ms)
        start_timer(&child->total_limit, on_limit, run->total_ms, 0);
    if (run->watch)
        start_timer(&child->watch, on_watch, WATCH_MS, WATCH_MS);
}

static void init_handles(struct child *child)
{
    uv_timer_t *timers[] = {&child->line_limit, &child->total_limit, &child->watch};
    int failure = uv_pipe_init(&child->loop, &child->output, 0);

    for (size_t i = 0; !failure && i < COUNT_OF(timers); i++) {
        failure = uv_timer_init(&child->loop, timers[i]);
        timers[i]->data = child;
    }
    assert(!failure);
    child->process.data = child->output.data = child;
}

bool helper_run(const struct helper_run *run, struct buffer *answer, struct helper_end *end,
                struct err *err)
{
    struct child child = {.run = run, .end = end, .answer = answer, .awaited = run->lines};
    int failure = uv_loop_init(&child.loop);
    bool ok;

    assert(run->count <= HELPER_FILES);
    *end = (struct helper_end){0};
    if (failure)
        return err_set(err, ERR_IO, _("event loop: %s"), uv_strerror(failure));
    init_handles(&child);
    ok = spawn(&child, err);
    if (ok)
        start_reading(&child);
    else
        uv_walk(&child.loop, close_handle, NULL);
    (void)uv_run(&child.loop, UV_RUN_DEFAULT);
    failure = uv_loop_close(&child.loop);
    assert(!failure);
    return ok;
}

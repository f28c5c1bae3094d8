#include "asset/inspector.h"

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum { STDIO_COUNT = 3 };

/* A loop of its own: it lives for one run, on whatever thread asks. */
struct run {
    uv_loop_t loop;
    uv_process_t process;
    uv_pipe_t output;
    uv_timer_t limit;
    struct buffer *answer;
    size_t awaited; /* lines still to come */
    unsigned limit_ms;
    char piece[16 * 1024];
    bool ended, drained;
};

static bool program_path(char path[PATH_MAX], struct err *err)
{
    static const char name[] = "crier-inspect";
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof name);
    char *slash;

    if (length < 0)
        return err_errno(err, ERR_IO, errno, "/proc/self/exe");
    path[length] = 0;
    slash = strrchr(path, '/');
    memcpy(slash ? slash + 1 : path, name, sizeof name);
    return true;
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void finish_when_done(struct run *run)
{
    if (!run->ended || !run->drained)
        return;
    close_handle((uv_handle_t *)&run->process);
    close_handle((uv_handle_t *)&run->output);
    close_handle((uv_handle_t *)&run->limit);
}

static void on_exit(uv_process_t *process, int64_t status, int signal_number)
{
    struct run *run = process->data;

    (void)status; /* what it printed counts, not how it ended */
    (void)signal_number;
    run->ended = true;
    finish_when_done(run);
}

static void on_limit(uv_timer_t *timer)
{
    struct run *run = timer->data;

    (void)uv_process_kill(&run->process, SIGKILL);
}

static void start_limit(struct run *run)
{
    int failure = uv_timer_start(&run->limit, on_limit, run->limit_ms, 0);

    assert(!failure);
}

/* Each line that was asked for buys the next file its time; chatter buys nothing. */
static void count_lines(struct run *run, const char *bytes, size_t length)
{
    const char *end = bytes + length, *newline;

    for (; run->awaited && (newline = memchr(bytes, '\n', (size_t)(end - bytes)));
         bytes = newline + 1) {
        run->awaited--;
        start_limit(run);
    }
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room)
{
    struct run *run = handle->data;

    (void)wanted;
    *room = uv_buf_init(run->piece, sizeof run->piece);
}

static void on_bytes(uv_stream_t *stream, ssize_t got, const uv_buf_t *bytes)
{
    struct run *run = stream->data;

    if (got > 0 && buffer_add(run->answer, bytes->base, (size_t)got)) {
        count_lines(run, bytes->base, (size_t)got);
        return;
    }
    if (got == 0)
        return;
    run->drained = true; /* its end, or more than any honest answer */
    (void)uv_read_stop(stream);
    if (got > 0)
        (void)uv_process_kill(&run->process, SIGKILL);
    finish_when_done(run);
}

static void fill_stdio(struct run *run, const int *fds, size_t count, uv_stdio_container_t *stdio)
{
    stdio[0].flags = UV_IGNORE;
    stdio[1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    stdio[1].data.stream = (uv_stream_t *)&run->output;
    stdio[2].flags = UV_INHERIT_FD; /* ignoring it would open /dev/null for writing */
    stdio[2].data.fd = STDERR_FILENO;
    for (size_t i = 0; i < count; i++) {
        stdio[STDIO_COUNT + i].flags = UV_INHERIT_FD;
        stdio[STDIO_COUNT + i].data.fd = fds[i];
    }
}

static bool spawn(struct run *run, const int *fds, size_t count, struct err *err)
{
    char path[PATH_MAX], number[24];
    char *args[] = {path, number, NULL};
    char locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC0";
    char *environment[] = {locale, zone, NULL}; /* ours may hold what is nobody's business */
    uv_stdio_container_t stdio[STDIO_COUNT + INSPECTOR_BATCH];
    uv_process_options_t options = {
        .exit_cb = on_exit,
        .file = path,
        .args = args,
        .env = environment,
        .stdio = stdio,
        .stdio_count = (int)(STDIO_COUNT + count),
    };
    int failure;

    if (!program_path(path, err))
        return false;
    (void)snprintf(number, sizeof number, "%zu", count);
    fill_stdio(run, fds, count, stdio);
    failure = uv_spawn(&run->loop, &run->process, &options);
    if (failure)
        return err_set(err, ERR_IO, "%s cannot be started: %s", path, uv_strerror(failure));
    return true;
}

static void start_reading(struct run *run)
{
    int failure = uv_read_start((uv_stream_t *)&run->output, on_room, on_bytes);

    assert(!failure);
    start_limit(run);
}

bool inspector_run(const int *fds, size_t count, unsigned limit_ms, struct buffer *answer,
                   struct err *err)
{
    struct run run = {.answer = answer, .awaited = count, .limit_ms = limit_ms};
    int failure = uv_loop_init(&run.loop);
    bool ok;

    assert(count <= INSPECTOR_BATCH);
    if (failure)
        return err_set(err, ERR_IO, "event loop: %s", uv_strerror(failure));
    failure = uv_pipe_init(&run.loop, &run.output, 0);
    if (!failure)
        failure = uv_timer_init(&run.loop, &run.limit);
    assert(!failure);
    run.process.data = run.output.data = run.limit.data = &run;
    ok = spawn(&run, fds, count, err);
    if (ok) {
        start_reading(&run);
    } else {
        close_handle((uv_handle_t *)&run.process);
        close_handle((uv_handle_t *)&run.output);
        close_handle((uv_handle_t *)&run.limit);
    }
    (void)uv_run(&run.loop, UV_RUN_DEFAULT);
    failure = uv_loop_close(&run.loop);
    assert(!failure);
    return ok;
}

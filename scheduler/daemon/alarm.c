#include "daemon/alarm.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

enum { MOST_QUEUED = 100, RUN_SECONDS = 30, QUIET_SECONDS = 60 };

struct message {
    struct message *next;
    struct instant raised;
    char text[1]; /* "word: sentence\n", allocated longer */
};

struct alarms {
    uv_loop_t *loop;
    struct clock *clock;
    struct arena program_arena;
    char **program;
    struct message *first, *last, *running;
    size_t queued;
    struct message *recent; /* told in the last minute: not told again */
    uv_process_t process;
    uv_pipe_t input;
    uv_write_t write;
    int open_handles;
    struct clock_timer limit;
    bool stopping;
};

static void tell_next(struct alarms *alarms);

static void end_late_child(struct clock_timer *timer)
{
    struct alarms *alarms = timer->owner;

    log_line(LOG_ERROR, "the alarm program ran longer than %d s and was ended", RUN_SECONDS);
    uv_process_kill(&alarms->process, SIGKILL);
}

struct alarms *alarms_new(uv_loop_t *loop, struct clock *clock)
{
    struct alarms *alarms = calloc(1, sizeof *alarms);

    if (!alarms)
        out_of_memory();
    alarms->loop = loop;
    alarms->clock = clock;
    alarms->limit = (struct clock_timer){.fire = end_late_child, .owner = alarms};
    return alarms;
}

void alarms_program(struct alarms *alarms, const char *const *program)
{
    size_t count = 0, i;

    arena_clear(&alarms->program_arena);
    alarms->program = NULL;
    if (!program)
        return;
    while (program[count])
        count++;
    alarms->program = arena_array(&alarms->program_arena, count + 1, sizeof *alarms->program);
    for (i = 0; i < count; i++)
        alarms->program[i] = arena_text(&alarms->program_arena, program[i]);
}

static void forget_old(struct alarms *alarms)
{
    struct instant now = alarms->clock->now(alarms->clock);
    struct message **at = &alarms->recent;

    while (*at) {
        struct message *message = *at;
        if (instant_since(now, message->raised).ms < span_seconds(QUIET_SECONDS).ms) {
            at = &message->next;
            continue;
        }
        *at = message->next;
        free(message);
    }
}

static bool stands_in(const struct message *message, const char *text)
{
    for (; message; message = message->next) {
        if (!strcmp(message->text, text))
            return true;
    }
    return false;
}

/* Within the last minute, at this moment, or soon. */
static bool told_already(struct alarms *alarms, const char *text)
{
    forget_old(alarms);
    return stands_in(alarms->recent, text) || stands_in(alarms->running, text) ||
           stands_in(alarms->first, text);
}

static struct message *message_new(struct alarms *alarms, const char *text)
{
    struct message *message = malloc(sizeof *message + strlen(text) + 1);

    if (!message)
        out_of_memory();
    message->next = NULL;
    message->raised = alarms->clock->now(alarms->clock);
    memcpy(message->text, text, strlen(text) + 1);
    return message;
}

static void finished(struct alarms *alarms)
{
    struct message *message = alarms->running;

    if (alarms->open_handles > 0)
        return;
    alarms->clock->stop(alarms->clock, &alarms->limit);
    alarms->running = NULL;
    message->next = alarms->recent;
    alarms->recent = message;
    if (!alarms->stopping)
        tell_next(alarms);
}

static void on_closed(uv_handle_t *handle)
{
    struct alarms *alarms = handle->data;

    alarms->open_handles--;
    finished(alarms);
}

static void on_exit_of(uv_process_t *process, int64_t status, int signal_number)
{
    if (status != 0 || signal_number != 0)
        log_line(LOG_ERROR, "the alarm program failed (status %lld, signal %d)", (long long)status,
                 signal_number);
    uv_close((uv_handle_t *)process, on_closed);
}

static void on_written(uv_write_t *write, int status)
{
    (void)status; /* the program's exit tells more */
    uv_close((uv_handle_t *)write->handle, on_closed);
}

static void write_text(struct alarms *alarms)
{
    uv_buf_t text = uv_buf_init(alarms->running->text, (unsigned)strlen(alarms->running->text));

    alarms->input.data = alarms;
    if (uv_write(&alarms->write, (uv_stream_t *)&alarms->input, &text, 1, on_written) != 0)
        uv_close((uv_handle_t *)&alarms->input, on_closed);
}

static void start_program(struct alarms *alarms)
{
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&alarms->input},
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
    };
    uv_process_options_t options = {
        .exit_cb = on_exit_of,
        .file = alarms->program[0],
        .args = alarms->program,
        .stdio_count = 3,
        .stdio = stdio,
    };
    int failed;

    uv_pipe_init(alarms->loop, &alarms->input, 0);
    alarms->input.data = alarms;
    alarms->process.data = alarms;
    alarms->open_handles = 2;
    failed = uv_spawn(alarms->loop, &alarms->process, &options);
    if (failed) {
        log_line(LOG_ERROR, "the alarm program %s cannot be started: %s", alarms->program[0],
                 uv_strerror(failed));
        uv_close((uv_handle_t *)&alarms->process, on_closed);
        uv_close((uv_handle_t *)&alarms->input, on_closed);
        return;
    }
    alarms->clock->after(alarms->clock, &alarms->limit, span_seconds(RUN_SECONDS));
    write_text(alarms);
}

static void tell_next(struct alarms *alarms)
{
    if (alarms->running || !alarms->first || alarms->stopping)
        return;
    alarms->running = alarms->first;
    alarms->first = alarms->first->next;
    if (!alarms->first)
        alarms->last = NULL;
    alarms->queued--;
    start_program(alarms);
}

void alarm_raise(struct alarms *alarms, const char *word, const char *text)
{
    struct arena scratch = {0};
    char *line = arena_printf(&scratch, "%s: %s\n", word, text);
    struct message *message;

    if (!told_already(alarms, line)) {
        log_line(LOG_ALARM, "ALARM %s: %s", word, text);
        message = message_new(alarms, line);
        if (!alarms->program || alarms->queued >= MOST_QUEUED) {
            message->next = alarms->recent;
            alarms->recent = message;
        } else {
            if (alarms->last)
                alarms->last->next = message;
            else
                alarms->first = message;
            alarms->last = message;
            alarms->queued++;
            tell_next(alarms);
        }
    }
    arena_clear(&scratch);
}

size_t alarms_pending(const struct alarms *alarms)
{
    return alarms->queued + (alarms->running != NULL);
}

void alarms_stop(struct alarms *alarms)
{
    alarms->stopping = true;
    alarms->clock->stop(alarms->clock, &alarms->limit);
    if (alarms->running && alarms->open_handles == 2)
        uv_process_kill(&alarms->process, SIGTERM);
}

static void free_list(struct message *message)
{
    while (message) {
        struct message *next = message->next;
        free(message);
        message = next;
    }
}

void alarms_free(struct alarms *alarms)
{
    if (!alarms)
        return;
    free_list(alarms->first);
    free_list(alarms->recent);
    free(alarms->running);
    arena_clear(&alarms->program_arena);
    free(alarms);
}

#include "daemon/watch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"

static const char *const folders[] = {"", "/campaigns", "/media"};
enum { QUIET_SECONDS = 2, MOST_FURTHER = 200 };

/* A folder within media/. Its memory ends with its handle. */
struct further {
    uv_fs_event_t event;
    struct further *next;
    char path[];
};

struct watch {
    struct watch_options options;
    struct arena arena;
    char *paths[COUNT_OF(folders)];
    uv_fs_event_t events[COUNT_OF(folders)];
    struct further *further;
    size_t further_count;
    int state_fd;
    uv_poll_t state;
    struct clock_timer quiet;
};

static void on_event(uv_fs_event_t *event, const char *name, int what, int status);

static void restart(uv_fs_event_t *event, const char *path)
{
    (void)uv_fs_event_stop(event);
    (void)uv_fs_event_start(event, on_event, path, 0);
}

/* A folder that was put in another's place has to be watched anew. */
static void watch_again(struct watch *watch)
{
    struct further *further;
    size_t i;

    for (i = 1; i < COUNT_OF(folders); i++)
        restart(&watch->events[i], watch->paths[i]);
    for (further = watch->further; further; further = further->next)
        restart(&further->event, further->path);
}

/* Watched first, then read: no change falls between. */
static void on_quiet(struct clock_timer *timer)
{
    struct watch *watch = timer->owner;

    watch_again(watch);
    watch->options.changed(watch->options.arg);
}

/* The state folder and a log may lie in the workspace: their comings and goings are our own. */
static bool matters(const struct watch *watch, const uv_fs_event_t *event, const char *name)
{
    static const char *const words[] = {"crier.cfg", "campaigns", "media"};
    size_t i;

    if (!name || event != &watch->events[0])
        return !name || name[0] != '.';
    for (i = 0; i < COUNT_OF(words); i++) {
        if (!strcmp(name, words[i]))
            return true;
    }
    return false;
}

static void on_event(uv_fs_event_t *event, const char *name, int what, int status)
{
    struct watch *watch = event->data;

    (void)what;
    if (status == 0 && matters(watch, event, name))
        watch->options.clock->after(watch->options.clock, &watch->quiet,
                                    span_seconds(QUIET_SECONDS));
}

static void on_state_event(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    char ignored[4096];

    (void)status;
    (void)events;
    while (read(watch->state_fd, ignored, sizeof ignored) > 0)
        continue;
    watch->options.flagged(watch->options.arg);
}

/* Our own inotify: libuv's would wake us at every write of the database. */
static bool watch_state(struct watch *watch)
{
    watch->state_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->state_fd >= 0 &&
        inotify_add_watch(watch->state_fd, watch->options.state, IN_CREATE | IN_MOVED_TO) >= 0)
        return true;
    log_line(LOG_WARNING, "a file HOLD is not noticed before something is due");
    return false;
}

static void start_one(struct watch *watch, uv_fs_event_t *event, const char *path)
{
    int failed;

    uv_fs_event_init(watch->options.loop, event);
    event->data = watch;
    failed = uv_fs_event_start(event, on_event, path, 0);
    if (failed)
        log_line(LOG_WARNING, "changes in %s are not noticed at once (%s)", path,
                 uv_strerror(failed));
}

struct watch *watch_start(const struct watch_options *options)
{
    struct watch *watch = calloc(1, sizeof *watch);
    size_t i;

    if (!watch)
        out_of_memory();
    watch->options = *options;
    watch->quiet = (struct clock_timer){.fire = on_quiet, .owner = watch};
    for (i = 0; i < COUNT_OF(folders); i++) {
        watch->paths[i] = arena_printf(&watch->arena, "%s%s", options->workspace, folders[i]);
        start_one(watch, &watch->events[i], watch->paths[i]);
    }
    if (watch_state(watch)) {
        uv_poll_init(options->loop, &watch->state, watch->state_fd);
        watch->state.data = watch;
        uv_poll_start(&watch->state, UV_READABLE, on_state_event);
    }
    return watch;
}

static bool is_watched(const struct watch *watch, const char *path)
{
    const struct further *further = watch->further;

    while (further && strcmp(further->path, path) != 0)
        further = further->next;
    return further != NULL;
}

void watch_also(struct watch *watch, const char *folder)
{
    struct arena scratch = {0};
    char *path;
    struct further *further;

    if (!watch || watch->further_count >= MOST_FURTHER)
        return;
    path = arena_printf(&scratch, "%s/%s", watch->options.workspace, folder);
    if (!is_watched(watch, path)) {
        further = calloc(1, sizeof *further + strlen(path) + 1);
        if (!further)
            out_of_memory();
        memcpy(further->path, path, strlen(path) + 1);
        uv_fs_event_init(watch->options.loop, &further->event);
        further->event.data = watch;
        (void)uv_fs_event_start(&further->event, on_event, path, 0);
        further->next = watch->further;
        watch->further = further;
        watch->further_count++;
    }
    arena_clear(&scratch);
}

/* The event is the first member of its struct further. */
static void free_further(uv_handle_t *handle)
{
    free(handle);
}

void watch_stop(struct watch *watch)
{
    struct further *further, *next;
    size_t i;

    if (!watch)
        return;
    watch->options.clock->stop(watch->options.clock, &watch->quiet);
    if (watch->state.data)
        uv_close((uv_handle_t *)&watch->state, NULL);
    for (i = 0; i < COUNT_OF(folders); i++)
        uv_close((uv_handle_t *)&watch->events[i], NULL);
    for (further = watch->further; further; further = next) {
        next = further->next;
        uv_close((uv_handle_t *)&further->event, free_further);
    }
    watch->further = NULL;
}

void watch_free(struct watch *watch)
{
    if (!watch)
        return;
    if (watch->state_fd >= 0)
        close(watch->state_fd);
    arena_clear(&watch->arena);
    free(watch);
}

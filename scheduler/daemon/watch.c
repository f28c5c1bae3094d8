#include "daemon/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

static const char *const folders[] = {"", "/campaigns", "/media"};
enum { QUIET_SECONDS = 2 };

struct watch {
    struct clock *clock;
    struct arena arena;
    char *paths[COUNT_OF(folders)];
    uv_fs_event_t events[COUNT_OF(folders)];
    struct clock_timer quiet;
    void (*changed)(void *arg);
    void *arg;
};

static void on_event(uv_fs_event_t *event, const char *name, int what, int status);

/* A folder that was put in another's place has to be watched anew. */
static void watch_again(struct watch *watch)
{
    size_t i;

    for (i = 1; i < COUNT_OF(folders); i++) {
        (void)uv_fs_event_stop(&watch->events[i]);
        (void)uv_fs_event_start(&watch->events[i], on_event, watch->paths[i], 0);
    }
}

/* Watched first, then read: no change falls between. */
static void on_quiet(struct clock_timer *timer)
{
    struct watch *watch = timer->owner;

    watch_again(watch);
    watch->changed(watch->arg);
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
        watch->clock->after(watch->clock, &watch->quiet, span_seconds(QUIET_SECONDS));
}

struct watch *watch_start(uv_loop_t *loop, struct clock *clock, const char *workspace,
                          void (*changed)(void *arg), void *arg)
{
    struct watch *watch = calloc(1, sizeof *watch);
    size_t i;

    if (!watch)
        out_of_memory();
    watch->clock = clock;
    watch->changed = changed;
    watch->arg = arg;
    watch->quiet = (struct clock_timer){.fire = on_quiet, .owner = watch};
    for (i = 0; i < COUNT_OF(folders); i++) {
        char *path = watch->paths[i] = arena_printf(&watch->arena, "%s%s", workspace, folders[i]);
        int failed;
        uv_fs_event_init(loop, &watch->events[i]);
        watch->events[i].data = watch;
        failed = uv_fs_event_start(&watch->events[i], on_event, path, 0);
        if (failed)
            log_line(LOG_WARNING,
                     "changes in %s are not noticed at once (%s); SIGHUP reads the files", path,
                     uv_strerror(failed));
    }
    return watch;
}

void watch_stop(struct watch *watch)
{
    size_t i;

    if (!watch)
        return;
    watch->clock->stop(watch->clock, &watch->quiet);
    for (i = 0; i < COUNT_OF(folders); i++)
        uv_close((uv_handle_t *)&watch->events[i], NULL);
}

void watch_free(struct watch *watch)
{
    if (watch)
        arena_clear(&watch->arena);
    free(watch);
}

#include "daemon/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

static const char *const folders[] = {"", "/campaigns", "/media"};
enum { QUIET_SECONDS = 2 };

struct watch {
    struct clock *clock;
    uv_fs_event_t events[COUNT_OF(folders)];
    struct clock_timer quiet;
    void (*changed)(void *arg);
    void *arg;
};

static void on_quiet(struct clock_timer *timer)
{
    struct watch *watch = timer->owner;

    watch->changed(watch->arg);
}

/* The state folder may lie in the workspace: its comings and goings are our own. */
static bool matters(const char *name)
{
    return !name || (strcmp(name, "state") != 0 && name[0] != '.');
}

static void on_event(uv_fs_event_t *event, const char *name, int what, int status)
{
    struct watch *watch = event->data;

    (void)what;
    if (status == 0 && matters(name))
        watch->clock->after(watch->clock, &watch->quiet, span_seconds(QUIET_SECONDS));
}

struct watch *watch_start(uv_loop_t *loop, struct clock *clock, const char *workspace,
                          void (*changed)(void *arg), void *arg)
{
    struct watch *watch = calloc(1, sizeof *watch);
    struct arena scratch = {0};
    size_t i;

    if (!watch)
        out_of_memory();
    watch->clock = clock;
    watch->changed = changed;
    watch->arg = arg;
    watch->quiet = (struct clock_timer){.fire = on_quiet, .owner = watch};
    for (i = 0; i < COUNT_OF(folders); i++) {
        char *path = arena_printf(&scratch, "%s%s", workspace, folders[i]);
        int failed;
        uv_fs_event_init(loop, &watch->events[i]);
        watch->events[i].data = watch;
        failed = uv_fs_event_start(&watch->events[i], on_event, path, 0);
        if (failed)
            log_line(LOG_WARNING,
                     "changes in %s are not noticed at once (%s); SIGHUP reads the files", path,
                     uv_strerror(failed));
    }
    arena_clear(&scratch);
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
    free(watch);
}

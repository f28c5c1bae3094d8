#include "daemon/comparing_here.h"

#include <errno.h>
#include <sys/stat.h>
#include <uv.h>

#include "daemon/compared.h"

/* ---- the reading ---- */

static void on_wake(void *arg)
{
    uv_sem_post(arg);
}

/* Renditions wake too. */
static struct reading *await(struct planner *planner, uv_sem_t *woken)
{
    struct reading *reading = NULL;

    while (!reading) {
        uv_sem_wait(woken);
        reading = planner_take(planner);
    }
    return reading;
}

static bool make_folder(const char *path, struct err *err)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ||
           err_errno(err, ERR_CONFIG, errno, "the folder %s cannot be made", path);
}

static struct reading *read_files(const struct comparing_here *options, struct outbox *outbox,
                                  struct arena *arena, struct err *err)
{
    uv_sem_t woken;
    struct planner_options planner_options = {
        .workspace = options->workspace,
        .spool = arena_printf(arena, "%s/spool", options->state),
        .shelf = arena_printf(arena, "%s/renditions", options->state),
        .until = INSTANT_NONE,
        .wake = on_wake,
        .wake_arg = &woken,
    };
    struct reading *reading = NULL;
    struct planner *planner;

    if (!make_folder(planner_options.spool, err) ||
        !outbox_value(outbox, "config", arena, &planner_options.last_good, err))
        return NULL;
    (void)uv_sem_init(&woken, 0);
    if (planner_start(&planner_options, &planner, err)) {
        planner_request(planner, options->now, INSTANT_NONE);
        reading = await(planner, &woken);
        planner_stop(planner);
    }
    uv_sem_destroy(&woken);
    return reading;
}

/* ---- the look ---- */

/* Nothing is written, so nothing is committed. */
static bool look_step(struct reload *reload, struct compared *compared, struct outbox *outbox,
                      struct instant now, struct err *err)
{
    struct arena scratch = {0};
    bool ok = outbox_begin(outbox, err);

    if (!ok)
        return false;
    compared_step(compared, outbox);
    ok = reload_step(reload, outbox, now, &scratch, err) && compared_ok(compared, err);
    outbox_rollback(outbox);
    arena_clear(&scratch);
    return ok;
}

static json_t *look(const struct comparing_here *options, const struct reading *reading,
                    struct outbox *outbox, struct err *err)
{
    struct compared *compared = compared_new(reading, options->state, options->now);
    const struct reload_manner manner = compared_manner(compared);
    struct reload *reload = reload_new(&reading->planning->set, reading->planning->pages,
                                       reading->from, reading->until, &manner);
    json_t *result = NULL;
    bool ok, ends = false;

    outbox_approval_life(outbox, reading->set.workspace.approval_for);
    while ((ok = ends || look_step(reload, compared, outbox, options->now, err)) && !ends) {
        ends = reload_ends(reload);
        reload_stored(reload);
    }
    if (ok)
        result = compared_result(compared, reload_result(reload), reload_findings(reload));
    reload_free(reload);
    compared_free(compared);
    return result;
}

json_t *comparing_here(const struct comparing_here *options, struct outbox *outbox, struct err *err)
{
    struct arena arena = {0};
    struct reading *reading = read_files(options, outbox, &arena, err);
    json_t *result = NULL;

    if (reading && reading->failed)
        *err = reading->err;
    else if (reading && reading->set.workspace_broken)
        result = compared_nothing(reading, options->state, options->now);
    else if (reading)
        result = look(options, reading, outbox, err);
    reading_free(reading);
    arena_clear(&arena);
    return result;
}

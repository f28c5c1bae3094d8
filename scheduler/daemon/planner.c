#include "daemon/planner.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "asset/inspect.h"
#include "asset/renditions.h"
#include "asset/spool.h"
#include "asset/sweep.h"
#include "base/failpoint.h"
#include "base/i18n.h"
#include "base/log.h"
#include "campaign/checker.h"
#include "campaign/reader.h"
#include "platform/registry.h"

enum {
    BEHIND_DAYS = 7, /* the longest useful_for: what may still matter of the past */
    PATIENCE_MS = 2000
};

/* Who makes what: a picture, made within a second, does not wait for a video that takes hours. */
enum hand { PICTURES, VIDEOS, HANDS };

struct planner {
    struct planner_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    struct shelf shelf;
    struct renderer *renderers[HANDS];
    struct instant ask, ask_until; /* NONE = nothing asked for */
    bool working, stop;
    struct reading *finished;
    struct planning *used; /* to be ended */
    bool sweeps;           /* nobody needs what is older, beside `needed` and the facts */
    struct instant sweep_before;
    const char **needed;
    size_t needed_count;
    struct arena needed_arena;
    struct media_facts *facts;
    size_t fact_count;
    struct arena facts_arena;
    const char *last_good; /* the thread's own */
    struct arena config_arena, life;
};

static struct reading *reading_new(void)
{
    struct reading *reading = calloc(1, sizeof *reading);

    if (!reading)
        out_of_memory();
    return reading;
}

static struct planning *planning_new(void)
{
    struct planning *planning = calloc(1, sizeof *planning);

    if (!planning)
        out_of_memory();
    findings_init(&planning->findings, &planning->arena);
    return planning;
}

void planning_free(struct planning *planning)
{
    if (!planning)
        return;
    plan_pages_free(planning->pages);
    arena_clear(&planning->arena);
    free(planning);
    arena_give_back();
}

void reading_free(struct reading *reading)
{
    if (!reading)
        return;
    planning_free(reading->planning);
    arena_clear(&reading->arena);
    free(reading);
}

static struct read_options read_all(const char *last_good)
{
    return (struct read_options){.platforms = platform_facts_all(), .last_good = last_good};
}

struct reading *planner_read_workspace(const char *workspace, const char *last_good)
{
    static const char *const none[] = {NULL};
    struct reading *reading = reading_new();
    struct read_options options = read_all(last_good);
    struct findings findings;

    findings_init(&findings, &reading->arena);
    options.only = none;
    reading->failed = !workspace_read(workspace, &options, &reading->arena, &reading->set,
                                      &findings, &reading->err);
    return reading;
}

/* Facts found earlier spare a second reading of unchanged pictures; they must outlive any one
 * reading. */
static void keep_facts(struct planner *planner, const struct media_facts *facts, size_t count)
{
    struct arena fresh = {0};
    struct media_facts *copy = arena_array(&fresh, count ? count : 1, sizeof *copy);

    for (size_t i = 0; i < count; i++)
        copy[i] = asset_copy_facts(&facts[i], &fresh);
    arena_clear(&planner->facts_arena);
    planner->facts_arena = fresh;
    planner->facts = copy;
    planner->fact_count = count;
}

/* A picture that cannot be pinned keeps its deliveries from being planned: its facts become
 * unreadable. A spool that cannot be written is not the picture's fault: no reading at all. */
static bool pin_media(const struct planner *planner, const char *media, struct media_facts *facts,
                      size_t count, struct reading *reading)
{
    struct err err;
    size_t i;

    for (i = 0; i < count; i++) {
        if (!facts[i].readable || spool_pin(planner->options.spool, media, facts[i].file,
                                            facts[i].sha256, facts[i].bytes, &err))
            continue;
        if (err.kind == ERR_IO || err.kind == ERR_SPACE) {
            reading->err = err;
            reading->spool_failed = true;
            return false;
        }
        facts[i].readable = false;
        facts[i].problem = "changed";
        facts[i].why = arena_text(&reading->arena, err.text);
        log_line(LOG_WARNING, "media %s could not be pinned: %s", facts[i].file, err.text);
    }
    return true;
}

/* A file that was refused unread (a link, a pipe, too large) stays refused until it changes: its
 * stamp is taken here. */
static void see_file(struct reading *reading, const char *workspace, size_t *capacity,
                     const char *path, const struct file_stamp *read)
{
    struct seen_file *file =
        arena_push(&reading->arena, &reading->files, &reading->file_count, capacity, sizeof *file);
    struct stat status;

    file->path = path;
    file->there = read != NULL;
    if (read) {
        file->stamp = *read;
    } else if (lstat(arena_printf(&reading->arena, "%s/%s", workspace, path), &status) == 0) {
        file->there = true;
        file->stamp = file_stamp_of(&status);
    }
}

static void see_files(struct reading *reading, const char *workspace,
                      const struct media_facts *facts, size_t count)
{
    struct arena *arena = &reading->arena;
    const struct campaign_set *set = &reading->planning->set;
    size_t i, capacity = 0;

    for (i = 0; i < set->count; i++) {
        const struct campaign *campaign = &set->campaigns[i];
        see_file(reading, workspace, &capacity, arena_printf(arena, "campaigns/%s", campaign->file),
                 campaign->stamp.inode != 0 ? &campaign->stamp : NULL);
    }
    for (i = 0; i < count; i++)
        see_file(reading, workspace, &capacity, arena_printf(arena, "media/%s", facts[i].file),
                 facts[i].readable ? &facts[i].stamp : NULL);
}

static bool goes_on(void *arg, const char *file, size_t done, size_t all)
{
    struct planner *planner = arg;
    bool stop;

    (void)file;
    (void)done;
    (void)all;
    pthread_mutex_lock(&planner->lock);
    stop = planner->stop;
    pthread_mutex_unlock(&planner->lock);
    return !stop;
}

/* Pinned first: what a decoder sees is what will go out, or what that is made of. */
static bool gather_facts(struct planner *planner, struct reading *reading,
                         struct media_facts **facts, size_t *count)
{
    const struct headway headway = {goes_on, planner};
    struct arena *arena = &reading->planning->arena;
    const char *const *files;
    bool ok;

    plan_media(&reading->planning->set, arena, &files, count);
    ok = asset_inspect(planner->shelf.media, files, *count, planner->facts, planner->fact_count,
                       arena, facts, &reading->err) &&
         pin_media(planner, planner->shelf.media, *facts, *count, reading) &&
         renditions_look(&planner->shelf, *facts, *count, &headway, arena, &reading->err);
    if (ok)
        keep_facts(planner, *facts, *count);
    return ok;
}

/* Whether nothing else is asked for. */
static bool has_time(struct planner *planner)
{
    bool asked;

    pthread_mutex_lock(&planner->lock);
    asked = planner->stop || !instant_is_none(planner->ask);
    pthread_mutex_unlock(&planner->lock);
    return !asked;
}

static void want(struct planner *planner, const struct plan_texts *texts, struct arena *arena,
                 size_t *count)
{
    const struct unmade *unmade;
    size_t pictures = 0;

    plan_unmade(texts, arena, &unmade, count);
    while (pictures < *count && !unmade_is_video(&unmade[pictures]))
        pictures++;
    renderer_want(planner->renderers[PICTURES], unmade, pictures);
    renderer_want(planner->renderers[VIDEOS], unmade + pictures, *count - pictures);
}

static void wait_a_moment(struct planner *planner)
{
    for (enum hand hand = 0; hand < HANDS; hand++)
        renderer_wait(planner->renderers[hand], PATIENCE_MS);
}

static void interrupt(struct planner *planner)
{
    for (enum hand hand = 0; hand < HANDS; hand++)
        renderer_interrupt(planner->renderers[hand]);
}

static struct plan_texts *render_texts(struct planning *planning, const struct media_facts *facts,
                                       size_t count, struct instant now)
{
    struct plan_texts *texts = plan_texts_new(&planning->set, facts, count, &planning->arena);
    struct arena scratch = {0};

    check_planned(texts, now, &scratch, &planning->findings);
    arena_clear(&scratch);
    return texts;
}

/* The texts with the renditions that are there. What is made within a moment is shown at once; what
 * came of it may want another. */
static bool make_texts(struct planner *planner, struct reading *reading, struct media_facts *facts,
                       size_t count, struct instant now, struct plan_texts **texts)
{
    struct planning *planning = reading->planning;
    size_t said = planning->findings.count, missing;

    for (bool patient = true;; patient = false) {
        findings_cut(&planning->findings, said);
        *texts = render_texts(planning, facts, count, now);
        want(planner, *texts, &planning->arena, &missing);
        if (!missing || !patient || !has_time(planner))
            return true;
        wait_a_moment(planner);
        if (!renditions_look(&planner->shelf, facts, count, NULL, &planning->arena, &reading->err))
            return false;
    }
}

/* What a reading is asked for. */
struct wish {
    struct instant now, until;
};

static void choose_window(const struct planner *planner, const struct wish *wish,
                          struct reading *reading)
{
    const struct instant most = planner->options.until;

    reading->from = instant_minus(wish->now, span_days(BEHIND_DAYS));
    reading->until = instant_plus(wish->now, reading->planning->set.workspace.horizon);
    /* What somebody asks for may make it shorter, not a thousand years long. */
    if (!instant_is_none(wish->until) && instant_before(wish->until, reading->until))
        reading->until = wish->until;
    if (!instant_is_none(most) && instant_before(most, reading->until))
        reading->until = most;
}

static bool plan_reading(struct planner *planner, struct reading *reading, const struct wish *wish)
{
    struct planning *planning = reading->planning;
    struct plan_texts *texts;
    struct media_facts *facts;
    size_t count;

    if (!gather_facts(planner, reading, &facts, &count))
        return false;
    FAILPOINT("planner.pinned");
    if (!make_texts(planner, reading, facts, count, wish->now, &texts))
        return false;
    check_mark_broken(&planning->set, &planning->findings, &planning->arena);
    choose_window(planner, wish, reading);
    planning->pages = plan_pages_new(texts, reading->from, reading->until);
    see_files(reading, planner->options.workspace, facts, count);
    digests_of(&planning->set, facts, count, &reading->arena, &reading->digests);
    return true;
}

static void keep_config(struct planner *planner, const struct workspace *workspace)
{
    struct arena fresh = {0};

    planner->last_good = arena_text(&fresh, workspace->source);
    arena_clear(&planner->config_arena);
    planner->config_arena = fresh;
}

/* The workspace again, by itself: it lasts longer than the campaigns that were read with it. */
static void keep_workspace(const struct read_options *options, const struct workspace *read,
                           struct reading *reading)
{
    struct arena *arena = &reading->arena, scratch = {0};
    struct workspace *workspace = &reading->set.workspace;
    struct findings known;

    findings_init(&known, &scratch);
    workspace->path = arena_text(arena, read->path);
    workspace->stamp = read->stamp;
    workspace_read_text(arena_text(arena, read->source), strlen(read->source), options, arena,
                        workspace, &reading->set.workspace_broken, &known);
    arena_clear(&scratch);
}

static struct reading *read_everything(struct planner *planner, const struct wish *wish)
{
    struct reading *reading = reading_new();
    struct planning *planning = reading->planning = planning_new();
    struct read_options options = read_all(planner->last_good);

    reading->failed = !workspace_read(planner->options.workspace, &options, &planning->arena,
                                      &planning->set, &planning->findings, &reading->err);
    reading->set.workspace_broken = planning->set.workspace_broken;
    if (reading->failed || planning->set.workspace_broken)
        return reading;
    keep_workspace(&options, &planning->set.workspace, reading);
    keep_config(planner, &planning->set.workspace);
    reading->failed = !plan_reading(planner, reading, wish);
    return reading;
}

/* With the lock held; without it while the memory is given back. */
static void end_used(struct planner *planner)
{
    struct planning *used = planner->used;

    if (!used)
        return;
    planner->used = NULL;
    pthread_mutex_unlock(&planner->lock);
    planning_free(used);
    pthread_mutex_lock(&planner->lock);
}

/* With the lock held; without it while files are removed. On this thread, for no reading may run:
 * and the facts are those of the newest, so that what a row will be given meanwhile is among them.
 */
static void sweep(struct planner *planner)
{
    const struct sweep sweep = {.shelf = &planner->shelf,
                                .before = planner->sweep_before,
                                .needed = planner->needed,
                                .count = planner->needed_count,
                                .facts = planner->facts,
                                .fact_count = planner->fact_count};
    struct swept swept;

    if (!planner->sweeps)
        return;
    pthread_mutex_unlock(&planner->lock);
    asset_sweep(&sweep, &swept);
    if (swept.files)
        log_line(LOG_INFO, "spool: %zu files with %lld bytes that nobody needs are removed",
                 swept.files, (long long)swept.bytes);
    pthread_mutex_lock(&planner->lock);
    planner->sweeps = false;
}

static void *planner_thread(void *arg)
{
    struct planner *planner = arg;

    pthread_mutex_lock(&planner->lock);
    for (;;) {
        struct wish wish;
        struct reading *reading, *stale;
        while (!planner->stop && !planner->used && !planner->sweeps &&
               instant_is_none(planner->ask))
            pthread_cond_wait(&planner->wanted, &planner->lock);
        end_used(planner);
        sweep(planner);
        if (!planner->stop && instant_is_none(planner->ask))
            continue;
        if (planner->stop)
            break;
        wish = (struct wish){planner->ask, planner->ask_until};
        planner->ask = INSTANT_NONE;
        planner->working = true;
        pthread_mutex_unlock(&planner->lock);
        reading = read_everything(planner, &wish);
        pthread_mutex_lock(&planner->lock);
        stale = planner->finished;
        planner->finished = reading;
        planner->working = false;
        planner->options.wake(planner->options.wake_arg);
        reading_free(stale);
    }
    pthread_mutex_unlock(&planner->lock);
    return NULL;
}

static void stop_renderers(struct planner *planner)
{
    for (enum hand hand = 0; hand < HANDS; hand++)
        renderer_stop(planner->renderers[hand]);
}

static bool start_renderers(struct planner *planner, struct err *err)
{
    const struct planner_options *options = &planner->options;
    struct renderer_options renderer = {.wake = options->wake, .arg = options->wake_arg};

    planner->shelf = (struct shelf){
        .folder = options->shelf,
        .spool = options->spool,
        .media = arena_printf(&planner->life, "%s/media", options->workspace),
    };
    renderer.shelf = planner->shelf;
    for (enum hand hand = 0; hand < HANDS; hand++)
        if (!renderer_start(&renderer, &planner->renderers[hand], err)) {
            stop_renderers(planner);
            return false;
        }
    return true;
}

static void planner_free(struct planner *planner)
{
    reading_free(planner->finished);
    planning_free(planner->used);
    arena_clear(&planner->facts_arena);
    arena_clear(&planner->config_arena);
    arena_clear(&planner->needed_arena);
    arena_clear(&planner->life);
    pthread_cond_destroy(&planner->wanted);
    pthread_mutex_destroy(&planner->lock);
    free(planner);
}

bool planner_start(const struct planner_options *options, struct planner **planner, struct err *err)
{
    struct planner *made = calloc(1, sizeof *made);
    int failed;

    if (!made)
        out_of_memory();
    made->options = *options;
    made->last_good = arena_text(&made->config_arena, options->last_good);
    made->ask = INSTANT_NONE;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->wanted, NULL);
    spool_clean(options->spool);
    arena_keep_little();
    if (!start_renderers(made, err)) {
        planner_free(made);
        return false;
    }
    failed = pthread_create(&made->thread, NULL, planner_thread, made);
    if (failed) {
        stop_renderers(made);
        planner_free(made);
        return err_errno(err, ERR_IO, failed, _("the planner's thread cannot be started"));
    }
    *planner = made;
    return true;
}

void planner_request(struct planner *planner, struct instant now, struct instant until)
{
    pthread_mutex_lock(&planner->lock);
    planner->ask = now;
    planner->ask_until = until;
    pthread_cond_signal(&planner->wanted);
    pthread_mutex_unlock(&planner->lock);
    interrupt(planner);
}

struct reading *planner_take(struct planner *planner)
{
    struct reading *reading;

    pthread_mutex_lock(&planner->lock);
    reading = planner->finished;
    planner->finished = NULL;
    pthread_mutex_unlock(&planner->lock);
    return reading;
}

void planner_end(struct planner *planner, struct planning *planning)
{
    struct planning *before;

    pthread_mutex_lock(&planner->lock);
    before = planner->used;
    planner->used = planning;
    pthread_cond_signal(&planner->wanted);
    pthread_mutex_unlock(&planner->lock);
    planning_free(before);
}

void planner_sweep(struct planner *planner, const char *const *needed, size_t count,
                   struct instant before)
{
    pthread_mutex_lock(&planner->lock);
    if (!planner->sweeps) {
        arena_clear(&planner->needed_arena);
        planner->needed = arena_array(&planner->needed_arena, count, sizeof *planner->needed);
        for (size_t i = 0; i < count; i++)
            planner->needed[i] = arena_text(&planner->needed_arena, needed[i]);
        planner->needed_count = count;
        planner->sweep_before = before;
        planner->sweeps = true;
        pthread_cond_signal(&planner->wanted);
    }
    pthread_mutex_unlock(&planner->lock);
}

bool planner_busy(struct planner *planner)
{
    bool busy;

    pthread_mutex_lock(&planner->lock);
    busy = planner->working || planner->finished || !instant_is_none(planner->ask);
    pthread_mutex_unlock(&planner->lock);
    for (enum hand hand = 0; hand < HANDS; hand++)
        busy = busy || renderer_busy(planner->renderers[hand]);
    return busy;
}

bool planner_take_made(struct planner *planner, struct err *failure)
{
    struct err another;
    bool made = renderer_take(planner->renderers[PICTURES], failure);

    made = renderer_take(planner->renderers[VIDEOS], &another) || made;
    if (failure->kind == ERR_NONE)
        *failure = another;
    return made;
}

bool planner_makes(struct planner *planner, struct rendering_now *now)
{
    struct rendering_now other;
    bool makes = renderer_now(planner->renderers[VIDEOS], now);

    if (!renderer_now(planner->renderers[PICTURES], &other))
        return makes;
    other.left += makes ? now->left : 0;
    *now = other;
    return true;
}

void planner_stop(struct planner *planner)
{
    if (!planner)
        return;
    pthread_mutex_lock(&planner->lock);
    planner->stop = true;
    pthread_cond_signal(&planner->wanted);
    pthread_mutex_unlock(&planner->lock);
    interrupt(planner);
    pthread_join(planner->thread, NULL);
    stop_renderers(planner);
    planner_free(planner);
}

bool seen_file_changed(int workspace_folder, const struct seen_file *file)
{
    struct stat status;
    struct file_stamp stamp;

    if (fstatat(workspace_folder, file->path, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return file->there;
    stamp = file_stamp_of(&status);
    return !file->there || !file_stamp_equal(&stamp, &file->stamp);
}

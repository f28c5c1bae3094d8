#include "daemon/rendering.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asset/inspect.h"
#include "base/i18n.h"
#include "base/log.h"

enum { NEWS_SECONDS = 10 }; /* a long list is not read anew after each of its files */

struct job {
    struct media_facts facts;
    const char *recipe;
};

struct renderer {
    struct renderer_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted; /* for the thread: something is, or it shall stop */
    pthread_cond_t moved;  /* for who waits: one came to its end, or somebody interrupts */
    struct arena arena;    /* of the jobs */
    struct job *jobs;
    size_t count, next;
    struct arena own; /* of the job under way, which outlives the list that it came from */
    struct job job;
    size_t done, all;
    bool working, unwanted, awaited, interrupted, stop, news;
    time_t told; /* when `wake` was last called, on the monotonic clock */
    struct err failure;
};

static time_t seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static bool is_same(const struct media_facts *facts, const char *recipe, const struct job *job)
{
    return !strcmp(facts->sha256, job->facts.sha256) && !strcmp(recipe, job->recipe);
}

static bool on_headway(void *arg, const char *file, size_t done, size_t all)
{
    struct renderer *renderer = arg;
    bool goes_on;

    (void)file;
    pthread_mutex_lock(&renderer->lock);
    renderer->done = done;
    renderer->all = all;
    goes_on = !renderer->stop && !renderer->unwanted;
    pthread_mutex_unlock(&renderer->lock);
    return goes_on;
}

/* Without the lock. */
static bool make(struct renderer *renderer, struct err *err)
{
    const struct headway headway = {on_headway, renderer};
    struct arena scratch = {0};
    struct rendition rendition;
    bool ok = renditions_make(&renderer->options.shelf, &renderer->job.facts, renderer->job.recipe,
                              &headway, &scratch, &rendition, err);

    if (ok && rendition.problem)
        log_line(LOG_WARNING, "media/%s cannot be fitted: %s", renderer->job.facts.file,
                 rendition.problem);
    arena_clear(&scratch);
    return ok;
}

/* With the lock. */
static void begin_job(struct renderer *renderer)
{
    const struct job *job = &renderer->jobs[renderer->next++];

    arena_clear(&renderer->own);
    renderer->job.facts = asset_copy_facts(&job->facts, &renderer->own);
    renderer->job.recipe = arena_text(&renderer->own, job->recipe);
    renderer->working = true;
    renderer->unwanted = false;
    renderer->done = 0;
    renderer->all = 1;
}

static void end_job(struct renderer *renderer, bool ok, const struct err *err)
{
    const bool given_up = !ok && err->kind == ERR_BUSY; /* wanted again since: by a new reading */

    renderer->working = false;
    renderer->news = renderer->news || ((ok || given_up) && !renderer->unwanted);
    if (!ok && !given_up && !renderer->stop && !renderer->unwanted) {
        log_line(LOG_WARNING, "media/%s could not be fitted: %s", renderer->job.facts.file,
                 err->text);
        renderer->failure = *err;
    }
    pthread_cond_broadcast(&renderer->moved);
}

/* That nothing is left to make is always told, if only so that it is noticed. Who waits for it will
 * look for itself. */
static void tell(struct renderer *renderer)
{
    time_t now = seconds_now();
    bool last = renderer->next == renderer->count;
    bool news = renderer->news || renderer->failure.kind != ERR_NONE;

    if (renderer->awaited || (!last && (!news || now - renderer->told < NEWS_SECONDS)))
        return;
    renderer->told = now;
    renderer->options.wake(renderer->options.arg);
}

static void *renderer_thread(void *arg)
{
    struct renderer *renderer = arg;
    struct err err;

    pthread_mutex_lock(&renderer->lock);
    while (!renderer->stop) {
        bool ok;
        if (renderer->next == renderer->count) {
            pthread_cond_wait(&renderer->wanted, &renderer->lock);
            continue;
        }
        begin_job(renderer);
        pthread_mutex_unlock(&renderer->lock);
        ok = make(renderer, &err);
        pthread_mutex_lock(&renderer->lock);
        end_job(renderer, ok, &err);
        tell(renderer);
    }
    pthread_mutex_unlock(&renderer->lock);
    return NULL;
}

static void init_conditions(struct renderer *renderer)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&renderer->lock, NULL);
    pthread_cond_init(&renderer->wanted, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&renderer->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void renderer_free(struct renderer *renderer)
{
    arena_clear(&renderer->arena);
    arena_clear(&renderer->own);
    pthread_cond_destroy(&renderer->wanted);
    pthread_cond_destroy(&renderer->moved);
    pthread_mutex_destroy(&renderer->lock);
    free(renderer);
}

bool renderer_start(const struct renderer_options *options, struct renderer **renderer,
                    struct err *err)
{
    struct renderer *made = calloc(1, sizeof *made);
    int failed;

    if (!made)
        out_of_memory();
    made->options = *options;
    init_conditions(made);
    failed = pthread_create(&made->thread, NULL, renderer_thread, made);
    if (failed) {
        renderer_free(made);
        return err_errno(err, ERR_IO, failed, _("the renderer's thread cannot be started"));
    }
    *renderer = made;
    return true;
}

void renderer_stop(struct renderer *renderer)
{
    if (!renderer)
        return;
    pthread_mutex_lock(&renderer->lock);
    renderer->stop = true;
    pthread_cond_broadcast(&renderer->wanted);
    pthread_cond_broadcast(&renderer->moved);
    pthread_mutex_unlock(&renderer->lock);
    pthread_join(renderer->thread, NULL);
    renderer_free(renderer);
}

void renderer_want(struct renderer *renderer, const struct unmade *unmade, size_t count)
{
    struct arena fresh = {0};
    struct job *jobs = arena_array(&fresh, count, sizeof *jobs);
    size_t kept = 0;

    pthread_mutex_lock(&renderer->lock);
    renderer->unwanted = renderer->working;
    for (size_t i = 0; i < count; i++) {
        if (renderer->working && is_same(unmade[i].facts, unmade[i].recipe, &renderer->job)) {
            renderer->unwanted = false;
            continue;
        }
        jobs[kept].facts = asset_copy_facts(unmade[i].facts, &fresh);
        jobs[kept++].recipe = arena_text(&fresh, unmade[i].recipe);
    }
    arena_clear(&renderer->arena);
    renderer->arena = fresh;
    renderer->jobs = jobs;
    renderer->count = kept;
    renderer->next = 0;
    renderer->interrupted = false;
    pthread_cond_signal(&renderer->wanted);
    pthread_mutex_unlock(&renderer->lock);
}

static bool is_making(const struct renderer *renderer)
{
    return renderer->working || renderer->next < renderer->count;
}

void renderer_wait(struct renderer *renderer, unsigned most_ms)
{
    struct timespec until;
    bool in_time = true;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += most_ms / 1000;
    pthread_mutex_lock(&renderer->lock);
    renderer->awaited = true;
    while (in_time && is_making(renderer) && !renderer->interrupted && !renderer->stop)
        in_time = pthread_cond_timedwait(&renderer->moved, &renderer->lock, &until) != ETIMEDOUT;
    renderer->awaited = renderer->news = false;
    pthread_mutex_unlock(&renderer->lock);
}

void renderer_interrupt(struct renderer *renderer)
{
    pthread_mutex_lock(&renderer->lock);
    renderer->interrupted = true;
    pthread_cond_broadcast(&renderer->moved);
    pthread_mutex_unlock(&renderer->lock);
}

bool renderer_busy(struct renderer *renderer)
{
    bool busy;

    pthread_mutex_lock(&renderer->lock);
    busy = is_making(renderer) || renderer->news || renderer->failure.kind != ERR_NONE;
    pthread_mutex_unlock(&renderer->lock);
    return busy;
}

bool renderer_take(struct renderer *renderer, struct err *failure)
{
    bool news;

    pthread_mutex_lock(&renderer->lock);
    news = renderer->news;
    *failure = renderer->failure;
    renderer->news = false;
    renderer->failure = (struct err){0};
    pthread_mutex_unlock(&renderer->lock);
    return news;
}

bool renderer_now(struct renderer *renderer, struct rendering_now *now)
{
    bool making;

    pthread_mutex_lock(&renderer->lock);
    making = renderer->working;
    if (making) {
        (void)snprintf(now->file, sizeof now->file, "%s", renderer->job.facts.file);
        now->done = renderer->done;
        now->all = renderer->all;
        now->left = 1 + renderer->count - renderer->next;
    }
    pthread_mutex_unlock(&renderer->lock);
    return making;
}

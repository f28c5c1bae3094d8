#include "store/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"

/* Jobs of a turn. A hundred accounts have two hundred under way, a result and the next intent each:
 * much is handed over before the turn's end, so that loop and thread work at the same time, and
 * less than ENOUGH is not worth a commit of its own. */
enum { RETRY_MS = 10000, MUCH = 160, ENOUGH = 100 };

struct job {
    struct job *next;
    store_work work;
    store_done done;
    void *arg;
    bool reads;
};

/* A list in order of arrival. */
struct jobs {
    struct job *first, **end;
};

struct store {
    struct store_options options;
    struct outbox *outbox;
    pthread_t thread;
    struct jobs turn; /* the loop's: submitted since the last flush */
    size_t turn_count;
    size_t pending;       /* the loop's: submitted and not collected */
    char shown[ERR_TEXT]; /* the loop's copy of `stalled` */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t news;  /* something was queued, or stop was asked for */
    struct jobs queued;
    struct jobs finished;
    bool stopping;
    bool idle; /* atomic: the thread waits for news; read without the lock, as a hint */
    char stalled[ERR_TEXT]; /* why commits wait for space; "" = they do not */

    struct jobs batch;   /* the thread's: one transaction */
    struct jobs waiting; /* the thread's: came while the batch waited for space */
};

static void jobs_clear(struct jobs *jobs)
{
    jobs->first = NULL;
    jobs->end = &jobs->first;
}

static void jobs_add(struct jobs *jobs, struct job *job)
{
    job->next = NULL;
    *jobs->end = job;
    jobs->end = &job->next;
}

/* Moves all of `from` behind `to`. */
static void jobs_move(struct jobs *from, struct jobs *to)
{
    if (!from->first)
        return;
    *to->end = from->first;
    to->end = from->end;
    jobs_clear(from);
}

static struct job *jobs_take(struct jobs *jobs)
{
    struct job *job = jobs->first;

    if (job) {
        jobs->first = job->next;
        if (!jobs->first)
            jobs->end = &jobs->first;
    }
    return job;
}

static struct instant now(const struct store *store)
{
    return store->options.now(store->options.now_arg);
}

/* What is on disk now is unknown: only a start that reads it again may go on. */
static void die(const struct err *err)
{
    log_line(LOG_ALARM, _("the store failed and the process ends: %s"), err->text);
    _exit(err->kind == ERR_CONFIG ? err_exit_status(ERR_CONFIG) : err_exit_status(ERR_IO));
}

static void finish(struct store *store, struct jobs *jobs)
{
    pthread_mutex_lock(&store->lock);
    jobs_move(jobs, &store->finished);
    pthread_mutex_unlock(&store->lock);
    store->options.wake(store->options.wake_arg);
}

/* The loop is woken, so that it shows the change. */
static void set_stalled(struct store *store, const char *why)
{
    bool changed;

    pthread_mutex_lock(&store->lock);
    changed = strcmp(store->stalled, why) != 0;
    (void)strncpy(store->stalled, why, sizeof store->stalled - 1);
    pthread_mutex_unlock(&store->lock);
    if (changed)
        store->options.wake(store->options.wake_arg);
}

static bool work_all(struct store *store, struct err *err)
{
    struct job *job;

    if (!outbox_begin(store->outbox, err))
        return false;
    for (job = store->batch.first; job; job = job->next) {
        if (!job->work(store->outbox, now(store), job->arg, err)) {
            outbox_rollback(store->outbox);
            return false;
        }
    }
    return true;
}

/* Want of space is waited for. */
static void stall(struct store *store, const struct err *err)
{
    if (err->kind != ERR_SPACE)
        die(err);
    if (!store->stalled[0])
        log_line(LOG_ALARM, _("no space for the store, tried again every 10 s: %s"), err->text);
    set_stalled(store, err->text);
}

/* The loop hears of the commit before the lines of its records are in the file, which are written
 * before the next one. False: no space; the batch is kept for another try. */
static bool run_batch(struct store *store)
{
    struct err err;

    if (!outbox_write_lines(store->outbox, now(store), &err) || !work_all(store, &err) ||
        !outbox_commit_rows(store->outbox, now(store), &err)) {
        stall(store, &err);
        return false;
    }
    set_stalled(store, "");
    finish(store, &store->batch);
    if (!outbox_write_lines(store->outbox, now(store), &err))
        stall(store, &err);
    return true;
}

/* Questions are answered even while nothing can be written. */
static void run_reads(struct store *store, struct jobs *jobs)
{
    struct jobs answered;
    struct job *job;
    struct err err;

    jobs_clear(&answered);
    while ((job = jobs_take(jobs))) {
        if (!job->reads) {
            jobs_add(&store->waiting, job);
            continue;
        }
        if (!job->work(store->outbox, now(store), job->arg, &err) && err.kind != ERR_SPACE)
            die(&err);
        jobs_add(&answered, job);
    }
    if (answered.first)
        finish(store, &answered);
}

static struct timespec deadline(int64_t ms)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += ms / 1000;
    time.tv_nsec += ms % 1000 * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        time.tv_sec++;
    }
    return time;
}

static void set_idle(struct store *store, bool idle)
{
    __atomic_store_n(&store->idle, idle, __ATOMIC_RELAXED);
}

/* Waits for news, at most until `until` (NULL: for ever); takes what is queued. False: stop, and
 * nothing is left. */
static bool next_jobs(struct store *store, const struct timespec *until, struct jobs *taken)
{
    int late = 0;
    bool go_on;

    jobs_clear(taken);
    pthread_mutex_lock(&store->lock);
    set_idle(store, true);
    while (!store->queued.first && !store->stopping && late != ETIMEDOUT)
        late = until ? pthread_cond_timedwait(&store->news, &store->lock, until)
                     : pthread_cond_wait(&store->news, &store->lock);
    set_idle(store, false);
    go_on = !store->stopping || store->queued.first;
    jobs_move(&store->queued, taken);
    pthread_mutex_unlock(&store->lock);
    return go_on;
}

/* Between transactions. Want of space there is no reason to stop: the next commit meets it too. */
static struct span tidy(struct store *store, enum tidying how)
{
    struct span again = {-1};
    struct err err;

    if (outbox_tidy(store->outbox, now(store), how, &again, &err)) {
        set_stalled(store, "");
    } else {
        stall(store, &err);
        again.ms = store->options.retry_ms ? store->options.retry_ms : RETRY_MS;
    }
    return again;
}

/* Tries until there is space; with `stopping` once more, and then gives up. */
static bool settle_batch(struct store *store)
{
    int retry_ms = store->options.retry_ms ? store->options.retry_ms : RETRY_MS;

    while (!run_batch(store)) {
        struct timespec until = deadline(retry_ms);
        struct jobs taken;
        bool go_on;
        do {
            go_on = next_jobs(store, &until, &taken);
            run_reads(store, &taken);
        } while (go_on && deadline(0).tv_sec < until.tv_sec);
        if (!go_on)
            return run_batch(store);
    }
    return true;
}

static bool settle_all(struct store *store)
{
    while (store->waiting.first) {
        jobs_move(&store->waiting, &store->batch);
        if (!settle_batch(store))
            return false;
    }
    return true;
}

static void *run(void *arg)
{
    struct store *store = arg;
    struct timespec until;
    struct jobs taken;
    bool go_on = true, quiet = false;

    while (go_on) {
        struct span again = tidy(store, quiet ? TIDY_QUIET : TIDY_BUSY);
        until = deadline(again.ms > 0 ? again.ms : 0);
        go_on = next_jobs(store, again.ms < 0 ? NULL : &until, &taken);
        quiet = !taken.first;
        jobs_move(&taken, &store->waiting);
        if (!settle_all(store)) {
            log_line(LOG_ALARM, _("stopped without space: the last changes were not stored"));
            return NULL;
        }
    }
    tidy(store, TIDY_AT_END);
    return NULL;
}

static void start_thread(struct store *store)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&store->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&store->news, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&store->thread, NULL, run, store) != 0)
        out_of_memory();
}

bool store_start(const struct store_options *options, struct store **result, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);

    if (!store)
        out_of_memory();
    *result = NULL;
    store->options = *options;
    jobs_clear(&store->turn);
    jobs_clear(&store->queued);
    jobs_clear(&store->finished);
    jobs_clear(&store->batch);
    jobs_clear(&store->waiting);
    if (!outbox_open(&options->outbox, now(store), &store->outbox, err)) {
        free(store);
        return false;
    }
    start_thread(store);
    *result = store;
    return true;
}

void store_submit(struct store *store, bool reads, store_work work, store_done done, void *arg)
{
    struct job *job = malloc(sizeof *job);

    if (!job)
        out_of_memory();
    *job = (struct job){.reads = reads, .work = work, .done = done, .arg = arg};
    jobs_add(&store->turn, job);
    store->turn_count++;
    store->pending++;
}

void store_flush(struct store *store)
{
    if (!store->turn.first)
        return;
    pthread_mutex_lock(&store->lock);
    jobs_move(&store->turn, &store->queued);
    store->turn_count = 0;
    set_idle(store, false);
    pthread_cond_signal(&store->news);
    pthread_mutex_unlock(&store->lock);
}

void store_flush_much(struct store *store)
{
    bool idle = __atomic_load_n(&store->idle, __ATOMIC_RELAXED);

    if (store->turn_count >= (idle ? ENOUGH : MUCH))
        store_flush(store);
}

void store_collect(struct store *store)
{
    struct jobs finished;
    struct job *job;

    jobs_clear(&finished);
    pthread_mutex_lock(&store->lock);
    jobs_move(&store->finished, &finished);
    memcpy(store->shown, store->stalled, sizeof store->shown);
    pthread_mutex_unlock(&store->lock);
    while ((job = jobs_take(&finished))) {
        store->pending--;
        if (job->done)
            job->done(job->arg);
        free(job);
    }
}

size_t store_pending(const struct store *store)
{
    return store->pending;
}

const char *store_stalled(const struct store *store)
{
    return store->shown[0] ? store->shown : NULL;
}

static void drop(struct jobs *jobs)
{
    struct job *job;

    while ((job = jobs_take(jobs)))
        free(job);
}

void store_stop(struct store *store)
{
    store_flush(store);
    pthread_mutex_lock(&store->lock);
    store->stopping = true;
    pthread_cond_signal(&store->news);
    pthread_mutex_unlock(&store->lock);
    pthread_join(store->thread, NULL);
    store_collect(store);
    drop(&store->batch);
    drop(&store->waiting);
    outbox_close(store->outbox);
    pthread_cond_destroy(&store->news);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

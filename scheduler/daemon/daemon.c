/* The daemon's life: start, ready, stop, signals. */
#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "daemon/internal.h"
#include "daemon/lock.h"
#include "daemon/people.h"
#include "engine/rules.h"
#include "platform/registry.h"

enum { STOP_SECONDS = 30, HIGH_WATER_TOLERANCE_S = 60, NODE_BYTES = 256, VIRTUAL_RETRY_MS = 20 };

void daemon_fail(struct daemon *daemon, const struct err *err)
{
    if (!daemon->failed)
        daemon->err = *err;
    daemon->failed = true;
    daemon->finished = true;
    uv_stop(&daemon->loop);
}

/* ---- turns of the loop ---- */

static bool store_is_quiet(const struct daemon *daemon)
{
    return store_pending(daemon->store) == 0;
}

static bool nothing_moves(struct daemon *daemon)
{
    return daemon->ready && store_is_quiet(daemon) && !planner_busy(daemon->planner) &&
           !daemon->reloading && alarms_pending(daemon->alarms) == 0 &&
           (!daemon->control || control_connections(daemon->control) == 0);
}

static void finish_if_stopped(struct daemon *daemon)
{
    struct engine_load load = engine_load(daemon->engine, daemon_now(daemon));

    if (!daemon->stopping || load.in_flight > 0 || load.unsaved > 0 || !store_is_quiet(daemon))
        return;
    daemon->finished = true;
    uv_stop(&daemon->loop);
}

struct idle {
    size_t waits;
};

/* Due, and waiting for a person, a flag or an account. */
static bool idle_work(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    struct outbox_filter filter = {
        .states = 1u << STATE_PLANNED | 1u << STATE_READY | 1u << STATE_HELD,
        .from = INSTANT_NONE,
        .until = instant_plus(now, (struct span){1}),
        .after_at = INSTANT_NONE,
        .limit = 1,
    };
    struct deliveries rows = {0};
    struct idle *idle = task->data;

    if (!outbox_list(outbox, &filter, &task->arena, &rows, err))
        return false;
    idle->waits = rows.count;
    return true;
}

static void idle_done(struct task *task)
{
    const struct idle *idle = task->data;
    struct daemon *daemon = task->daemon;

    daemon->idle_asked = false;
    daemon->idle_waits = idle->waits > 0;
    daemon_stop(daemon);
}

static bool is_idle(struct daemon *daemon)
{
    struct engine_load load = engine_load(daemon->engine, daemon_now(daemon));

    return load.in_flight == 0 && load.unsaved == 0 && load.held_in_memory == load.waiting &&
           daemon->reload_again.node.slot == 0 && !daemon->due_running;
}

/* Nothing moves. True: --until-idle is being answered. */
static bool ask_whether_idle(struct daemon *daemon)
{
    if (!daemon->idle_asked && daemon->options->until_idle && is_idle(daemon)) {
        daemon->idle_asked = true;
        task_submit(task_new(daemon, sizeof(struct idle), idle_work, idle_done), true);
        store_flush(daemon->store);
    }
    return daemon->idle_asked;
}

/* Only the sandbox and time have anything left to do. */
static void let_time_pass(struct daemon *daemon)
{
    struct err err;

    if (virtual_settled(daemon->virtual_time, transfers_active(daemon->transfers),
                        daemon->requests_begun, &err)) {
        if (rehearsing_sends(daemon))
            return;
        if (virtual_move(daemon->virtual_time, &err))
            rehearsing_moved(daemon);
    }
    if (daemon->options->rehearsal && err.kind != ERR_NONE)
        daemon_fail(daemon, &err);
}

/* What was looked at is looked at again in the next turn; the short turns of a millisecond count as
 * one. */
static void look_again(struct daemon *daemon)
{
    uint64_t now_ms = uv_now(&daemon->loop);

    if (now_ms == daemon->turn_ms)
        return;
    daemon->turn_ms = now_ms;
    daemon->looked_for_hold = daemon->looked_at_clock = false;
    daemon->turn_number++;
}

/* The end of a turn: hand the turn's saves to the store, and when nothing can happen any more, end
 * or move time. */
static void on_turn_end(uv_prepare_t *prepare)
{
    struct daemon *daemon = prepare->data;

    look_again(daemon);
    carrier_turn_end(daemon);
    store_flush(daemon->store);
    if (daemon->stopping)
        finish_if_stopped(daemon);
    else if (!nothing_moves(daemon) || ask_whether_idle(daemon) || rehearsing_ends(daemon))
        return;
    if (daemon->virtual_time && !daemon->finished && store_is_quiet(daemon))
        let_time_pass(daemon);
}

static void on_store_wake(uv_async_t *async)
{
    struct daemon *daemon = async->data;
    const char *why;

    if (!daemon->store)
        return;
    store_collect(daemon->store);
    why = store_stalled(daemon->store);
    if (why) {
        alarm_raise(daemon->alarms, "disk", why);
        rehearsing_stalls(daemon, why);
    }
}

static void on_planner_wake(uv_async_t *async)
{
    loading_made(async->data);
    loading_collect(async->data);
}

static void wake_async(void *arg)
{
    (void)uv_async_send(arg);
}

/* ---- signals and stopping ---- */

static void on_stop_limit(struct clock_timer *timer)
{
    struct daemon *daemon = timer->owner;

    log_line(LOG_WARNING,
             "a publish request had no answer after %d s; the next start asks the platform",
             STOP_SECONDS);
    daemon->finished = true;
    uv_stop(&daemon->loop);
}

void daemon_stop(struct daemon *daemon)
{
    struct event event = {.kind = EVENT_STOP};

    if (daemon->stopping)
        return;
    daemon->stopping = true;
    notify_stopping(daemon->notifier);
    daemon_tell(daemon, &event);
    transfers_cancel_repeatable(daemon->transfers);
    daemon->stop_limit = (struct clock_timer){.fire = on_stop_limit, .owner = daemon};
    if (!daemon->virtual_time)
        daemon->clock->after(daemon->clock, &daemon->stop_limit, span_seconds(STOP_SECONDS));
}

static void stop_by_signal(struct daemon *daemon)
{
    log_line(LOG_NOTICE, "stopping");
    daemon_stop(daemon);
}

static void hold_by_signal(struct daemon *daemon)
{
    log_line(LOG_NOTICE, "SIGUSR2: everything is held");
    asking_hold_all(daemon, "svc:crier");
}

static const struct signal_rule {
    int number;
    void (*act)(struct daemon *daemon);
} signal_rules[] = {
    {SIGTERM, stop_by_signal},
    {SIGINT, stop_by_signal},
    {SIGHUP, loading_request},
    {SIGUSR2, hold_by_signal},
};

static void on_signal(uv_signal_t *handle, int number)
{
    size_t i;

    for (i = 0; i < COUNT_OF(signal_rules); i++) {
        if (signal_rules[i].number == number)
            signal_rules[i].act(handle->data);
    }
}

static void watch_signals(struct daemon *daemon)
{
    size_t i;

    signal(SIGPIPE, SIG_IGN);
    for (i = 0; i < COUNT_OF(signal_rules); i++) {
        uv_signal_init(&daemon->loop, &daemon->signals[i]);
        daemon->signals[i].data = daemon;
        uv_signal_start(&daemon->signals[i], on_signal, signal_rules[i].number);
        uv_unref((uv_handle_t *)&daemon->signals[i]);
    }
}

/* ---- starting ---- */

static void on_clock_changed(void *arg, struct span step, bool slept)
{
    struct daemon *daemon = arg;
    struct event event = {.kind = EVENT_CLOCK, .step = step, .slept = slept};

    if (!daemon->engine)
        return;
    log_line(LOG_WARNING, "the clock stepped by %lld ms%s", (long long)step.ms,
             slept ? " and the machine slept" : "");
    daemon_tell(daemon, &event);
    loading_due_all(daemon);
}

static bool is_healthy(void *arg)
{
    struct daemon *daemon = arg;

    return engine_load(daemon->engine, daemon_now(daemon)).overdue_without_reason == 0;
}

/* For the store's records, on its thread: a zone of their own, since a reload frees the
 * workspace's. */
static int offset_of(void *arg, struct instant t)
{
    struct daemon *daemon = arg;
    int offset_s;

    pthread_mutex_lock(&daemon->zone_lock);
    offset_s = daemon->zone ? zone_offset_s(daemon->zone, t) : 0;
    pthread_mutex_unlock(&daemon->zone_lock);
    return offset_s;
}

void daemon_take_zone(struct daemon *daemon)
{
    const struct zone *wanted = daemon->config->set.workspace.zone;
    struct zone *fresh = NULL;
    struct err err;

    if (!wanted || (daemon->zone && !strcmp(zone_name(daemon->zone), zone_name(wanted))))
        return;
    if (!zone_open(zone_name(wanted), &fresh, &err)) {
        log_line(LOG_WARNING, "the local times of records stay as they were: %s", err.text);
        return;
    }
    pthread_mutex_lock(&daemon->zone_lock);
    zone_close(daemon->zone);
    daemon->zone = fresh;
    pthread_mutex_unlock(&daemon->zone_lock);
}

static bool make_folders(struct daemon *daemon, struct err *err)
{
    static const char *const folders[] = {"", "/spool", "/audit", "/credentials",
                                          "/credentials/test"};
    struct arena scratch = {0};
    bool ok = true;
    size_t i;

    for (i = 0; ok && i < COUNT_OF(folders); i++) {
        char *path = arena_printf(&scratch, "%s%s", daemon->options->state, folders[i]);
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            ok = err_errno(err, ERR_CONFIG, errno, _("the folder %s cannot be made"), path);
    }
    arena_clear(&scratch);
    return ok;
}

static bool start_store(struct daemon *daemon, unsigned char key[SIGN_KEY_BYTES], struct err *err)
{
    static char node[NODE_BYTES];
    struct store_options options = {
        .outbox =
            {
                .state = daemon->options->state,
                .audit_key = key,
                .node = node,
                .offset_s = offset_of,
                .offset_arg = daemon,
            },
        .now = daemon_clock_now,
        .now_arg = daemon->machine_clock,
        .wake = wake_async,
        .wake_arg = &daemon->store_wake,
        .retry_ms = daemon->virtual_time ? VIRTUAL_RETRY_MS : 0,
    };
    bool ok;

    if (gethostname(node, sizeof node - 1) != 0)
        return err_errno(err, ERR_IO, errno, _("this machine has no name"));
    options.outbox.origin = daemon->config && daemon->config->set.workspace.origin
                                ? daemon->config->set.workspace.origin
                                : arena_printf(&daemon->life, "%s/crier", node);
    ok = store_start(&options, &daemon->store, err);
    return ok;
}

/* A rehearsal's approvers are nobody of this machine. */
static bool groups_exist(const struct daemon *daemon, struct err *err)
{
    const struct workspace *workspace = &daemon->config->set.workspace;
    const char *names[] = {workspace->editors, workspace->approvers};
    bool asked = workspace_asks_approvals(workspace) && !daemon->options->rehearsal;
    gid_t group;
    size_t k;

    for (k = 0; asked && k < COUNT_OF(names); k++) {
        if (!group_find(names[k], &group))
            return err_set(err, ERR_CONFIG,
                           _("an account asks for approvals, and the unix group '%s' of crier.cfg "
                             "does not exist on this machine"),
                           names[k] ? names[k]
                           : k == 0 ? "editors"
                                    : "approvers");
    }
    return true;
}

static bool no_live_account(const struct daemon *daemon, struct err *err)
{
#ifdef CRIER_FAULT
    const struct workspace *workspace = &daemon->config->set.workspace;
    size_t i;

    for (i = 0; i < workspace->account_count; i++) {
        if (workspace->accounts[i].live)
            return err_set(err, ERR_CONFIG,
                           _("this build is for tests and refuses live accounts (%s)"),
                           workspace->accounts[i].name);
    }
#else
    (void)daemon;
    (void)err;
#endif
    return true;
}

/* What the first step of the engine rests on. */
struct first {
    struct flags flags;
    const struct account_state *accounts;
    size_t account_count;
    struct deliveries unfinished;
    struct instant high_water;
    const char *files, *applied;
};

static bool read_flags(struct outbox *outbox, struct arena *arena, struct flags *flags,
                       struct err *err)
{
    const struct flag *items;
    bool ok = outbox_flags(outbox, arena, &items, &flags->count, err);

    flags->items = ok ? items : NULL;
    return ok;
}

static bool first_work(struct task *task, struct outbox *outbox, struct instant now,
                       struct err *err)
{
    struct first *first = task->data;
    struct arena *arena = &task->arena;

    (void)now;
    outbox_approval_life(outbox, task->daemon->config->set.workspace.approval_for);
    if (!read_flags(outbox, arena, &first->flags, err) ||
        !outbox_accounts(outbox, arena, &first->accounts, &first->account_count, err) ||
        !outbox_unfinished(outbox, arena, &first->unfinished, err) ||
        !outbox_value(outbox, "files", arena, &first->files, err) ||
        !outbox_value(outbox, "applied", arena, &first->applied, err) ||
        !outbox_last_record(outbox, &first->high_water, err) ||
        !outbox_value_put(outbox, "config", task->daemon->config->set.workspace.source, err))
        return false;
    return outbox_note(outbox, "start", "svc:crier", NULL, now, err);
}

static void on_high_water(struct clock_timer *timer)
{
    struct daemon *daemon = timer->owner;

    daemon->behind_high_water = false;
    log_line(LOG_NOTICE, "the clock has passed what was seen before; publishing goes on");
    daemon_tell_flags(daemon);
}

/* I8: nothing fires while the clock stands before what this store has seen. */
static void judge_clock(struct daemon *daemon, struct instant high_water)
{
    if (instant_is_none(high_water) ||
        daemon_now(daemon).ms >= high_water.ms - span_seconds(HIGH_WATER_TOLERANCE_S).ms)
        return;
    daemon->behind_high_water = true;
    daemon->high_water_wake = (struct clock_timer){.fire = on_high_water, .owner = daemon};
    daemon->clock->at(daemon->clock, &daemon->high_water_wake, high_water);
    alarm_raise(daemon->alarms, "clock",
                _("this machine's clock stands before the time of the last record; nothing is "
                  "published until it has caught "
                  "up. Check the clock (timedatectl)"));
}

/* The accounts as the engine shall see them: a session that cannot be opened is none. */
static const struct account_state *use_sessions(struct daemon *daemon, const struct first *first,
                                                struct arena *arena)
{
    struct account_state *states =
        arena_copy(arena, first->accounts, first->account_count * sizeof *states);

    for (size_t i = 0; i < first->account_count; i++) {
        if (carrier_use_session(daemon, &states[i]))
            continue;
        states[i].tokens = "";
        states[i].tokens_until = states[i].ends = states[i].identified = INSTANT_NONE;
    }
    return states;
}

static void first_done(struct task *task)
{
    struct daemon *daemon = task->daemon;
    const struct first *first = task->data;
    struct event config = {.kind = EVENT_CONFIG, .workspace = &daemon->config->set.workspace};
    struct event start = {
        .kind = EVENT_START,
        .account_count = first->account_count,
    };

    loading_first(daemon, first->files, first->applied);
    daemon_take_flags(daemon, &first->flags);
    judge_clock(daemon, first->high_water);
    alarms_program(daemon->alarms, daemon->config->set.workspace.alarm);
    loading_credentials(daemon, &daemon->config->set.workspace);
    start.accounts = use_sessions(daemon, first, &task->arena);
    start.flags = daemon->flags;
    daemon_tell(daemon, &start);
    loading_first_logins(daemon, &daemon->config->set.workspace);
    daemon_tell(daemon, &config);
    daemon_tell_flags(daemon);
    daemon_tell_rows(daemon, &first->unfinished);
    daemon->ready = true;
    notify_ready(daemon->notifier);
    FAILPOINT("daemon.ready");
    (void)loading_finds_hold(daemon);
    loading_start(daemon);
    loading_due(daemon);
}

static bool open_workspace(struct daemon *daemon, struct err *err)
{
    return folder_open(daemon->options->workspace, &daemon->workspace_folder, err) &&
           loading_config(daemon, err) && groups_exist(daemon, err) &&
           no_live_account(daemon, err) &&
           rehearsing_allows(daemon, &daemon->config->set.workspace, err);
}

static bool start_clock(struct daemon *daemon, struct err *err)
{
    const struct daemon_options *options = daemon->options;
    const char *host = options->rehearsal ? options->rehearsal->host : options->virtual_host;

    if (!daemon_clock_start(&daemon->loop, on_clock_changed, daemon, &daemon->machine_clock, err))
        return false;
    daemon->clock = daemon_clock_interface(daemon->machine_clock);
    if (!host)
        return true;
    return virtual_start(host, &daemon->loop, daemon->machine_clock, &daemon->virtual_time, err);
}

/* For the twins of the sweeps: one safety rule less, and they must notice. Fault builds only. */
static void switch_rule_off(struct engine *engine)
{
#ifdef CRIER_FAULT
    enum engine_rule rule;
    const char *word = getenv("CRIER_RULE_OFF");

    if (word && engine_rule_from_word(word, &rule))
        engine_rule_off(engine, rule);
#else
    (void)engine;
#endif
}

static void on_files_changed(void *arg)
{
    loading_request(arg);
}

static void on_hold_file(void *arg)
{
    (void)loading_finds_hold(arg);
}

static void start_watch(struct daemon *daemon)
{
    struct watch_options watch = {
        .loop = &daemon->loop,
        .clock = daemon->clock,
        .workspace = daemon->options->workspace,
        .state = daemon->options->state,
        .changed = on_files_changed,
        .flagged = on_hold_file,
        .arg = daemon,
    };

    daemon->watch = watch_start(&watch);
}

static uint64_t seed_of(const struct daemon_options *options)
{
    uint64_t seed;

    if (options->rehearsal)
        return options->rehearsal->seed;
    random_bytes(&seed, sizeof seed);
    return seed;
}

/* What others see of us. */
static bool start_visible(struct daemon *daemon, struct err *err)
{
    static const char socket_name[] = "control.sock";
    gid_t group = 0;
    bool has_group = group_find(daemon->config->set.workspace.editors, &group);

    daemon->notifier = notifier_new(daemon->clock, is_healthy, daemon);
    return control_start(&daemon->loop, daemon->clock,
                         arena_printf(&daemon->life, "%s/%s", daemon->options->runtime,
                                      socket_name),
                         group, has_group, asking, daemon, &daemon->control, err);
}

static bool start_parts(struct daemon *daemon, struct err *err)
{
    const struct daemon_options *options = daemon->options;
    const char *spool = arena_printf(&daemon->life, "%s/spool", options->state);
    struct transfers_options net = {
        .loop = &daemon->loop,
        .clock = daemon->clock,
        .spool = spool,
        .secrets = daemon->secrets,
    };
    struct planner_options planner = {
        .workspace = options->workspace,
        .spool = spool,
        .shelf = arena_printf(&daemon->life, "%s/renditions", options->state),
        .until = options->rehearsal ? options->rehearsal->until : INSTANT_NONE,
        .last_good = daemon->config->set.workspace.source,
        .wake = wake_async,
        .wake_arg = &daemon->planner_wake,
    };
    bool ok;

    daemon->engine = engine_new(seed_of(options));
    switch_rule_off(daemon->engine);
    daemon->alarms = alarms_new(&daemon->loop, daemon->clock);
    ok = transfers_start(&net, &daemon->transfers, err) &&
         planner_start(&planner, &daemon->planner, err) &&
         (options->rehearsal || start_visible(daemon, err));
    if (ok && !options->until_idle && !options->rehearsal)
        start_watch(daemon);
    return ok;
}

static void start_turns(struct daemon *daemon)
{
    uv_async_init(&daemon->loop, &daemon->store_wake, on_store_wake);
    uv_async_init(&daemon->loop, &daemon->planner_wake, on_planner_wake);
    uv_prepare_init(&daemon->loop, &daemon->turn_end);
    daemon->store_wake.data = daemon->planner_wake.data = daemon->turn_end.data = daemon;
    carrier_start(daemon);
}

static bool start(struct daemon *daemon, struct err *err)
{
    unsigned char key[SIGN_KEY_BYTES];
    bool ok;

    start_turns(daemon);
    ok = start_clock(daemon, err) && lock_take(daemon->options->state, true, &daemon->lock, err) &&
         make_folders(daemon, err);
    if (!ok)
        return false;
    daemon->since = daemon_now(daemon);
    daemon->secrets = secrets_new(daemon->options->credentials, daemon->options->state);
    ok = secrets_key(daemon->secrets, "audit-key", true, key, err) &&
         secrets_allow_sessions(daemon->secrets, err) && open_workspace(daemon, err);
    if (ok)
        daemon_take_zone(daemon);
    ok = ok && start_store(daemon, key, err) && start_parts(daemon, err);
    wipe(key, sizeof key);
    if (!ok)
        return false;
    watch_signals(daemon);
    rehearsing_hears(daemon, true);
    uv_prepare_start(&daemon->turn_end, on_turn_end);
    task_submit(task_new(daemon, sizeof(struct first), first_work, first_done), false);
    store_flush(daemon->store);
    return true;
}

/* ---- ending ---- */

static bool note_stop(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    (void)task;
    return outbox_note(outbox, "stop", "svc:crier", NULL, now, err);
}

static void noted(struct task *task)
{
    (void)task;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* The store goes last, so that what ends here is still recorded: a request without an answer is a
 * doubt. Its commits are told to nobody any more. */
static void stop_parts(struct daemon *daemon)
{
    rehearsing_hears(daemon, false);
    planner_stop(daemon->planner);
    watch_stop(daemon->watch);
    control_stop(daemon->control);
    if (daemon->transfers)
        transfers_stop(daemon->transfers);
    daemon->ended = true;
    if (daemon->store && daemon->ready && !daemon->failed)
        task_submit(task_new(daemon, 1, note_stop, noted), false);
    if (daemon->store) {
        store_flush(daemon->store);
        store_stop(daemon->store);
        daemon->store = NULL;
    }
    if (daemon->alarms)
        alarms_stop(daemon->alarms);
    if (daemon->machine_clock)
        daemon_clock_stop(daemon->machine_clock);
    virtual_stop(daemon->virtual_time);
    uv_walk(&daemon->loop, close_handle, NULL);
    (void)uv_run(&daemon->loop, UV_RUN_DEFAULT);
}

static void free_parts(struct daemon *daemon)
{
    reconciling_free(daemon);
    comparing_free(daemon);
    rehearsing_free(daemon);
    tasks_free(daemon);
    free(daemon->checked);
    notifier_free(daemon->notifier);
    alarms_free(daemon->alarms);
    control_free(daemon->control);
    watch_free(daemon->watch);
    engine_free(daemon->engine);
    secrets_free(daemon->secrets);
    virtual_free(daemon->virtual_time);
    daemon_clock_free(daemon->machine_clock);
    reading_free(daemon->config);
    zone_close(daemon->zone);
    pthread_mutex_destroy(&daemon->zone_lock);
    arena_clear(&daemon->flags_arena);
    arena_clear(&daemon->loading_arena);
    arena_clear(&daemon->applied_arena);
    arena_clear(&daemon->stored_files_arena);
    arena_clear(&daemon->turn);
    arena_clear(&daemon->life);
    if (daemon->workspace_folder >= 0)
        close(daemon->workspace_folder);
    lock_release(daemon->lock);
}

bool daemon_run(const struct daemon_options *options, struct err *err)
{
    struct daemon *daemon = calloc(1, sizeof *daemon);
    bool ok;

    if (!daemon)
        out_of_memory();
    daemon->options = options;
    daemon->onlooker =
        (struct telling){.out = stderr, .columns = options->terminal, .colour = options->colour};
    daemon->lock = daemon->workspace_folder = -1;
    daemon->due_place.at = INSTANT_NONE;
    pthread_mutex_init(&daemon->zone_lock, NULL);
    /* libcurl would write session keys to the file named there (I11). */
    (void)unsetenv("SSLKEYLOGFILE"); /* lint: unsetenv because threads do not exist yet */
#ifndef __SANITIZE_ADDRESS__         /* the leak check at exit traces its own process */
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
    uv_loop_init(&daemon->loop);
    ok = start(daemon, err);
    while (ok && !daemon->finished)
        (void)uv_run(&daemon->loop, UV_RUN_DEFAULT);
    if (ok && daemon->failed) {
        *err = daemon->err;
        ok = false;
    }
    stop_parts(daemon);
    if (ok && daemon->idle_waits)
        ok = err_set(err, ERR_FOUND,
                     _("nothing more can go out by itself; what is due waits for a person, a hold "
                       "or an account: see "
                       "'crier status'"));
    free_parts(daemon);
    (void)uv_loop_close(&daemon->loop);
    free(daemon);
    return ok;
}

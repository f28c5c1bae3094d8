/* Events in, actions out. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "daemon/internal.h"
#include "platform/registry.h"

struct instant daemon_now(struct daemon *daemon)
{
    return daemon->clock->now(daemon->clock);
}

enum { MOST_IDLE_TASKS = 128 };

/* A burst takes two a post: they come back with the memory they had. */
static struct task *task_take(struct daemon *daemon)
{
    struct task *task = daemon->idle_tasks;

    if (task) {
        daemon->idle_tasks = task->next;
        daemon->idle_task_count--;
        return task;
    }
    task = calloc(1, sizeof *task);
    if (!task)
        out_of_memory();
    return task;
}

static void task_free(struct task *task)
{
    arena_clear(&task->arena);
    free(task);
}

static void task_give_back(struct task *task)
{
    struct daemon *daemon = task->daemon;

    if (daemon->idle_task_count == MOST_IDLE_TASKS) {
        task_free(task);
        return;
    }
    arena_reset(&task->arena);
    task->next = daemon->idle_tasks;
    daemon->idle_tasks = task;
    daemon->idle_task_count++;
}

void tasks_free(struct daemon *daemon)
{
    while (daemon->idle_tasks)
        task_free(task_take(daemon));
}

struct task *task_new(struct daemon *daemon, size_t data_size,
                      bool (*work)(struct task *task, struct outbox *outbox, struct instant now,
                                   struct err *err),
                      void (*done)(struct task *task))
{
    struct task *task = task_take(daemon);

    task->daemon = daemon;
    task->work = work;
    task->done = done;
    task->data = arena_alloc(&task->arena, data_size);
    return task;
}

static bool task_work(struct outbox *outbox, struct instant now, void *arg, struct err *err)
{
    struct task *task = arg;

    return task->work(task, outbox, now, err);
}

static void task_done(void *arg)
{
    struct task *task = arg;

    task->done(task);
    task_give_back(task);
}

void task_submit(struct task *task, bool reads)
{
    store_submit(task->daemon->store, reads, task_work, task_done, task);
}

/* Events that come up while a step is carried out wait for its end, in order. */
static struct waiting_event *wait_event(struct daemon *daemon, enum event_kind kind)
{
    struct waiting_event *waiting = calloc(1, sizeof *waiting);

    if (!waiting)
        out_of_memory();
    waiting->event.kind = kind;
    if (daemon->last_event)
        daemon->last_event->next = waiting;
    else
        daemon->first_event = waiting;
    daemon->last_event = waiting;
    return waiting;
}

/* ---- saves ---- */

struct save {
    int64_t ticket;
    struct change change;
    enum written written;
    const char *twin;
    struct delivery *now;
    struct deliveries answers; /* parts of a thread that answer what came out just now */
};

static bool came_out(const struct change *change)
{
    return change->after->state == STATE_PUBLISHED && change->from != STATE_PUBLISHED;
}

static bool save_work(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    struct save *save = task->data;
    struct err missing;

    save->now = NULL;
    save->answers.count = 0;
    if (!outbox_change(outbox, &save->change, now, &task->arena, &save->written, &save->twin, err))
        return false;
    if (save->written != WRITTEN &&
        !outbox_read(outbox, save->change.after->id, &task->arena, &save->now, &missing))
        save->now = NULL;
    return save->written != WRITTEN || !came_out(&save->change) ||
           outbox_answers(outbox, save->change.after->id, &task->arena, &save->answers, err);
}

static enum refusal refusal_of(enum written written)
{
    static const enum refusal refusals[] = {
        [WRITTEN_STALE] = REFUSAL_STALE,
        [WRITTEN_TWIN] = REFUSAL_TWIN,
        [WRITTEN_GONE] = REFUSAL_GONE,
        [WRITTEN_UNAPPROVED] = REFUSAL_UNAPPROVED,
        [WRITTEN_UNDRAWN] = REFUSAL_UNDRAWN,
        [WRITTEN_KEY_TAKEN] = REFUSAL_KEY_TAKEN,
        [WRITTEN_POST_TAKEN] = REFUSAL_POST_TAKEN,
    };

    return refusals[written];
}

/* While it was frozen its files could be changed without changing it. */
static bool was_frozen(const struct change *change)
{
    return change->after->state == STATE_READY &&
           (change->from == STATE_SENDING || change->from == STATE_DOUBTFUL);
}

static void save_done(struct task *task)
{
    const struct save *save = task->data;
    const struct delivery *row = save->now;
    struct event event = {.kind = EVENT_SAVED, .ticket = save->ticket};

    if (save->written != WRITTEN) {
        event.kind = EVENT_REFUSED;
        event.refusal = refusal_of(save->written);
        event.twin = save->twin;
        event.rows = &row;
        event.row_count = row ? 1 : 0;
    }
    FAILPOINT("daemon.saved");
    if (save->written == WRITTEN && was_frozen(&save->change))
        loading_again(task->daemon, save->change.after->campaign);
    daemon_tell(task->daemon, &event);
    if (save->answers.count > 0)
        daemon_tell_rows(task->daemon, &save->answers);
}

static bool begins_work(const struct change *change)
{
    enum state to = change->after->state;

    return (to == STATE_PREPARING && change->from == STATE_READY) ||
           (to == STATE_SENDING && change->from != STATE_SENDING);
}

/* A repeat out of doubt sends what is stored: files have no say in it, a hold has. */
static bool may_begin(struct daemon *daemon, const struct change *change)
{
    return !begins_work(change) ||
           (!loading_finds_hold(daemon) &&
            (change->from == STATE_DOUBTFUL || loading_is_fresh(daemon, change->after)));
}

/* Files that changed since they were read are read first: the save is refused as if the row had
 * changed, and the flag of its campaign keeps the engine from asking again at once. */
static void refuse_unread(struct daemon *daemon, const struct action *action)
{
    struct waiting_event *waiting;

    daemon_tell_flags(daemon);
    waiting = wait_event(daemon, EVENT_REFUSED);
    waiting->event.ticket = action->ticket;
    waiting->event.refusal = REFUSAL_UNREAD;
}

/* The row is lent by the engine until it hears of the save; the words are not. */
static void carry_save(struct daemon *daemon, const struct action *action)
{
    struct task *task;
    struct save *save;

    if (!may_begin(daemon, &action->change)) {
        refuse_unread(daemon, action);
        return;
    }
    task = task_new(daemon, sizeof *save, save_work, save_done);
    save = task->data;
    save->ticket = action->ticket;
    save->change = action->change;
    save->change.event = arena_text(&task->arena, action->change.event);
    save->change.actor = arena_text(&task->arena, action->change.actor);
    save->change.facts = arena_text(&task->arena, action->change.facts);
    save->change.request_hash = arena_text(&task->arena, action->change.request_hash);
    task_submit(task, false);
}

struct account_save {
    int64_t ticket;
    bool new_session;
    struct account_state state;
};

bool carrier_use_session(struct daemon *daemon, const struct account_state *state)
{
    struct err err = {0};

    if (!state->tokens[0])
        return true;
    if (secrets_use_session(daemon->secrets, state->account, state->tokens, &err))
        return true;
    log_line(LOG_WARNING, "%s", err.text);
    return false;
}

static bool account_work(struct task *task, struct outbox *outbox, struct instant now,
                         struct err *err)
{
    const struct account_save *save = task->data;

    (void)now;
    return outbox_account_put(outbox, &save->state, err);
}

static void account_done(struct task *task)
{
    const struct account_save *save = task->data;
    struct event event = {.kind = EVENT_SAVED, .ticket = save->ticket};

    if (save->new_session) {
        FAILPOINT("daemon.session");
        (void)carrier_use_session(task->daemon, &save->state);
    }
    daemon_tell(task->daemon, &event);
}

static void carry_account(struct daemon *daemon, const struct action *action)
{
    struct task *task = task_new(daemon, sizeof(struct account_save), account_work, account_done);
    struct account_save *save = task->data;
    struct account_state *state = &save->state;

    save->ticket = action->ticket;
    save->new_session = action->new_session;
    *state = *action->account_state;
    state->account = arena_text(&task->arena, state->account);
    state->identity = arena_text(&task->arena, state->identity);
    state->handle = arena_text(&task->arena, state->handle);
    state->remote_id = arena_text(&task->arena, state->remote_id);
    state->paused = arena_text(&task->arena, state->paused);
    state->server_limits = arena_text(&task->arena, state->server_limits);
    state->host = arena_text(&task->arena, state->host);
    state->tokens = arena_text(&task->arena, state->tokens);
    state->scopes = arena_text(&task->arena, state->scopes);
    state->spent = arena_text(&task->arena, state->spent);
    task_submit(task, false);
}

/* ---- sends ---- */

struct sending {
    struct daemon *daemon;
    int64_t ticket;
};

static void on_reply(void *arg, const struct http_reply *reply)
{
    struct sending *sending = arg;
    struct event event = {.kind = EVENT_REPLY, .ticket = sending->ticket, .reply = reply};

    FAILPOINT("daemon.replied");
    daemon_tell(sending->daemon, &event);
    free(sending);
}

void daemon_send(struct daemon *daemon, int64_t ticket, const struct account *account,
                 const struct http_request *request, bool fresh)
{
    struct sending *sending = malloc(sizeof *sending);

    if (!sending)
        out_of_memory();
    *sending = (struct sending){daemon, ticket};
    daemon->requests_begun++;
    FAILPOINT("daemon.send");
    transfer_send(daemon->transfers, account, adapter_by_name(account->platform), request, fresh,
                  on_reply, sending);
    FAILPOINT("daemon.sent");
}

static void carry_send(struct daemon *daemon, const struct action *action)
{
    if (!rehearsing_keeps(daemon, action))
        daemon_send(daemon, action->ticket, action->account, action->request, action->fresh);
}

/* ---- steps ---- */

static void carry_alarm(struct daemon *daemon, const struct action *action)
{
    alarm_raise(daemon->alarms, action->alarm, action->text);
}

static void carry_drop(struct daemon *daemon, const struct action *action)
{
    (void)action;
    daemon->due_again = true;
}

static void carry(struct daemon *daemon, const struct actions *actions)
{
    static void (*const carriers[])(struct daemon * daemon, const struct action *action) = {
        [ACTION_SAVE] = carry_save, [ACTION_SAVE_ACCOUNT] = carry_account,
        [ACTION_SEND] = carry_send, [ACTION_ALARM] = carry_alarm,
        [ACTION_DROP] = carry_drop, [ACTION_CHECKED] = reconciling_checked,
    };
    size_t i;

    for (i = 0; i < actions->count; i++)
        carriers[actions->items[i].kind](daemon, &actions->items[i]);
    daemon->engine_wish = actions->wake;
}

/* Hundreds of steps a turn: the kernel hears of the last wish only, and only of a new one. */
void carrier_turn_end(struct daemon *daemon)
{
    struct clock_timer *timer = &daemon->engine_wake;
    bool armed = timer->node.slot != 0;

    if (instant_is_none(daemon->engine_wish)) {
        if (armed)
            daemon->clock->stop(daemon->clock, timer);
    } else if (!armed || timer->due.ms != daemon->engine_wish.ms) {
        daemon->clock->at(daemon->clock, timer, daemon->engine_wish);
    }
}

static void step(struct daemon *daemon, struct event *event)
{
    struct actions actions = {.arena = &daemon->turn, .wake = INSTANT_NONE};

    event->now = daemon_now(daemon);
    event->clock_trusted = daemon->clock_trusted;
    engine_step(daemon->engine, event, &actions);
    carry(daemon, &actions);
    arena_reset(&daemon->turn);
}

/* Whether the clock stepped or the host slept, and whether it is trusted: asked once a turn. */
static void look_at_clock(struct daemon *daemon)
{
    if (daemon->looked_at_clock)
        return;
    daemon->looked_at_clock = true;
    daemon->clock_trusted = daemon_clock_trusted();
    daemon_clock_look(daemon->machine_clock);
}

void daemon_tell(struct daemon *daemon, struct event *event)
{
    if (daemon->failed || daemon->ended)
        return;
    look_at_clock(daemon);
    daemon->telling = true;
    step(daemon, event);
    while (daemon->first_event) {
        struct waiting_event *waiting = daemon->first_event;
        daemon->first_event = waiting->next;
        if (!daemon->first_event)
            daemon->last_event = NULL;
        step(daemon, &waiting->event);
        arena_clear(&waiting->arena);
        free(waiting);
    }
    daemon->telling = false;
    store_flush_much(daemon->store);
}

void daemon_take_flags(struct daemon *daemon, const struct flags *flags)
{
    struct flag *items;
    size_t i;

    arena_clear(&daemon->flags_arena);
    items = arena_array(&daemon->flags_arena, flags->count + 1, sizeof *items);
    for (i = 0; i < flags->count; i++) {
        items[i].scope = flags->items[i].scope;
        items[i].name = arena_text(&daemon->flags_arena, flags->items[i].name);
    }
    daemon->flags = (struct flags){items, flags->count};
}

/* The durable flags, and for the moment those of campaigns whose files changed and of a clock that
 * stands too early. */
static struct flags flags_now(struct daemon *daemon, struct arena *arena)
{
    size_t count = daemon->flags.count + daemon->loading_count + 1, i, n = 0;
    struct flag *items = arena_array(arena, count, sizeof *items);

    for (i = 0; i < daemon->flags.count; i++)
        items[n++] = daemon->flags.items[i];
    for (i = 0; i < daemon->loading_count; i++)
        items[n++] = (struct flag){FLAG_CAMPAIGN, daemon->loading[i]};
    if (daemon->behind_high_water)
        items[n++] = (struct flag){FLAG_ALL, ""};
    return (struct flags){items, n};
}

void daemon_tell_flags(struct daemon *daemon)
{
    if (daemon->telling) {
        struct waiting_event *waiting = wait_event(daemon, EVENT_FLAGS);
        waiting->event.flags = flags_now(daemon, &waiting->arena);
    } else {
        struct arena arena = {0};
        struct event event = {.kind = EVENT_FLAGS};
        event.flags = flags_now(daemon, &arena);
        daemon_tell(daemon, &event);
        arena_clear(&arena);
    }
}

struct span daemon_ahead(const struct daemon *daemon)
{
    enum { AHEAD_MS = 2000 };

    return (struct span){daemon->virtual_time ? 0 : AHEAD_MS};
}

/* Ready, its work begins later, and nobody holds it: the store's due index has it. */
static bool is_for_later(struct daemon *daemon, const struct delivery *row, struct instant now)
{
    struct instant begin = instant_minus(delivery_opens(row), row->lead);

    if (instant_before(begin, row->not_before))
        begin = row->not_before;
    return row->state == STATE_READY &&
           instant_before(instant_plus(now, daemon_ahead(daemon)), begin) &&
           !engine_holds(daemon->engine, row->id);
}

void daemon_tell_due(struct daemon *daemon, const struct deliveries *rows)
{
    struct event event = {.kind = EVENT_ROWS, .rows = rows->items, .row_count = rows->count};

    if (rows->count > 0)
        daemon_tell(daemon, &event);
}

void daemon_tell_rows(struct daemon *daemon, const struct deliveries *rows)
{
    struct arena arena = {0};
    struct deliveries now_due = {.items =
                                     arena_array(&arena, rows->count + 1, sizeof *rows->items)};
    struct instant now = daemon_now(daemon);
    size_t i;

    for (i = 0; i < rows->count; i++) {
        if (!is_for_later(daemon, rows->items[i], now))
            now_due.items[now_due.count++] = rows->items[i];
    }
    daemon_tell_due(daemon, &now_due);
    arena_clear(&arena);
}

static void on_engine_wake(struct clock_timer *timer)
{
    struct event event = {.kind = EVENT_TIME};

    daemon_tell(timer->owner, &event);
}

void carrier_start(struct daemon *daemon)
{
    daemon->engine_wake = (struct clock_timer){.fire = on_engine_wake, .owner = daemon};
    daemon->engine_wish = INSTANT_NONE;
    daemon->turn_number = 1;
}

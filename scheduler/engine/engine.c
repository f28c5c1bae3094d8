#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

enum { TIMERS_A_STEP = 500 };

bool rule_on(const struct engine *engine, enum engine_rule rule)
{
    return (engine->rules_off >> rule & 1u) == 0;
}

void engine_rule_off(struct engine *engine, enum engine_rule rule)
{
    engine->rules_off |= 1u << rule;
}

static const char *const rule_words[RULE_COUNT] = {
    [RULE_INTENT_FIRST] = "intent-first",
    [RULE_ASK_AGAIN] = "ask-again",
    [RULE_NOT_BEFORE] = "not-before",
    [RULE_USEFUL] = "useful",
    [RULE_FRESH] = "fresh",
    [RULE_ONE_AT_A_TIME] = "one-at-a-time",
    [RULE_GAP] = "gap",
    [RULE_RETRY_AFTER] = "retry-after",
    [RULE_KEY_MARGIN] = "key-margin",
    [RULE_RECORD_KEY] = "record-key",
    [RULE_HOLD_UNPROVEN] = "hold-unproven",
    [RULE_DOUBT_STAYS] = "doubt-stays",
    [RULE_LOOK_FIRST] = "look-first",
    [RULE_CONFIRM_ABSENCE] = "confirm-absence",
    [RULE_FOUND_TWICE] = "found-twice",
    [RULE_IDENTITY] = "identity",
    [RULE_LATE] = "late",
    [RULE_WINDOWS] = "windows",
    [RULE_CLOCK] = "clock",
    [RULE_BREAKER] = "breaker",
    [RULE_LIMITS] = "limits",
    [RULE_ONE_REFRESH] = "one-refresh",
    [RULE_STORED_FIRST] = "stored-first",
    [RULE_KEEP_TOKENS] = "keep-tokens",
    [RULE_THREAD_ORDER] = "thread-order",
    [RULE_AFTER_ONCE] = "after-once",
    [RULE_MADE_FIRST] = "made-first",
    [RULE_BUDGET] = "budget",
    [RULE_ABORT] = "abort",
};

const char *engine_rule_word(enum engine_rule rule)
{
    return rule_words[rule];
}

bool engine_rule_from_word(const char *word, enum engine_rule *rule)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (!strcmp(rule_words[i], word)) {
            *rule = (enum engine_rule)i;
            return true;
        }
    }
    return false;
}

static bool timer_before(const struct heap_node *a, const struct heap_node *b)
{
    const struct timer *x = (const struct timer *)a, *y = (const struct timer *)b;

    if (x->due.ms != y->due.ms)
        return x->due.ms < y->due.ms;
    if (x->of_line || y->of_line)
        return x->of_line && (!y->of_line || strcmp(x->name, y->name) < 0);
    return x->urgent != y->urgent ? x->urgent : x->number < y->number;
}

/* A mistake of ours must not pass a test unnoticed; in service it stops one delivery, not the
 * program. */
#if defined(CRIER_FAULT) || !defined(__OPTIMIZE__)
enum { RULES_OFF = 0 };
#else
enum { RULES_OFF = 1 << RULE_ABORT };
#endif

struct engine *engine_new(uint64_t seed)
{
    struct engine *engine = calloc(1, sizeof *engine);

    if (!engine)
        out_of_memory();
    engine->random = seed;
    engine->rules_off = RULES_OFF;
    engine->timers.before = timer_before;
    buffer_init(&engine->facts, JSON_MAX_BYTES);
    engine->clock_pause = INSTANT_NONE;
    return engine;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    checks_free(engine);
    for (size_t i = 0; i < engine->items.capacity; i++) {
        while (engine->items.slots[i].value)
            item_forget(engine, engine->items.slots[i].value);
    }
    for (size_t i = 0; i < engine->line_count; i++)
        line_free(engine->lines[i]);
    free(engine->lines);
    heap_clear(&engine->timers);
    table_clear(&engine->items);
    table_clear(&engine->tickets);
    arena_clear(&engine->flags_memory);
    buffer_clear(&engine->facts);
    free(engine);
}

struct action *act(struct pass *pass, enum action_kind kind)
{
    struct actions *out = pass->out;
    struct action *action =
        arena_push(out->arena, &out->items, &out->count, &out->capacity, sizeof *out->items);

    action->kind = kind;
    action->delivery_id = "";
    return action;
}

void alarm(struct pass *pass, const char *word, const char *id, const char *text)
{
    struct action *action = act(pass, ACTION_ALARM);

    action->alarm = word;
    action->delivery_id = arena_text(pass->out->arena, id);
    action->text = text;
}

int64_t ticket_new(struct engine *engine, struct timer *owner)
{
    table_put(&engine->tickets, (uint64_t)++engine->last_ticket, owner);
    return engine->last_ticket;
}

void timer_set(struct engine *engine, struct timer *timer, struct instant due)
{
    timer->due = due;
    if (instant_is_none(due))
        heap_take(&engine->timers, &timer->node);
    else
        heap_put(&engine->timers, &timer->node);
}

struct instant instant_earlier(struct instant a, struct instant b)
{
    if (instant_is_none(a) || instant_is_none(b))
        return instant_is_none(a) ? b : a;
    return instant_before(a, b) ? a : b;
}

char *text_own(char *old, const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy)
        out_of_memory();
    free(old);
    return copy;
}

static void set_flags(struct engine *engine, const struct flags *flags)
{
    struct flag *items;

    arena_clear(&engine->flags_memory);
    items = arena_array(&engine->flags_memory, flags->count, sizeof *items);
    for (size_t i = 0; i < flags->count; i++) {
        items[i].scope = flags->items[i].scope;
        items[i].name = arena_text(&engine->flags_memory, flags->items[i].name);
    }
    engine->flags = (struct flags){items, flags->count};
}

static void unblock_all(struct pass *pass)
{
    for (size_t i = 0; i < pass->engine->line_count; i++)
        line_unblock(pass, pass->engine->lines[i]);
}

static void on_start(struct pass *pass)
{
    pass->engine->clock_trusted = pass->event->clock_trusted;
    set_flags(pass->engine, &pass->event->flags);
    lines_remember(pass, pass->event->accounts, pass->event->account_count);
}

static void on_config(struct pass *pass)
{
    pass->engine->workspace = pass->event->workspace;
    lines_configure(pass);
    unblock_all(pass);
}

static void on_rows(struct pass *pass)
{
    for (size_t i = 0; i < pass->event->row_count; i++)
        item_admit(pass, pass->event->rows[i]);
}

/* What is being saved or sent is left alone: the store refuses the save, or the row is frozen. */
static void on_gone(struct pass *pass)
{
    for (size_t i = 0; i < pass->event->id_count; i++) {
        struct item *item = item_find(pass->engine, pass->event->ids[i]);

        if (item && item->doing != DOING_SAVE && item->row->state != STATE_SENDING &&
            item->row->state != STATE_DOUBTFUL)
            item_drop(pass, item);
    }
}

static struct timer *take_ticket(struct pass *pass)
{
    return table_take(&pass->engine->tickets, (uint64_t)pass->event->ticket);
}

/* A ticket of a line was the save of its new session; one without an owner was another save of an
 * account, or its item is gone. */
static void on_saved(struct pass *pass)
{
    struct timer *owner = take_ticket(pass);

    if (owner && !owner->of_line) {
        item_saved(pass, (struct item *)owner);
        return;
    }
    if (pass->engine->account_saves > 0)
        pass->engine->account_saves--;
    if (owner)
        session_saved(pass, (struct line *)owner);
}

static void on_refused(struct pass *pass)
{
    struct timer *owner = take_ticket(pass);

    if (owner && !owner->of_line)
        item_refused(pass, (struct item *)owner);
}

static void on_reply(struct pass *pass)
{
    struct timer *owner = take_ticket(pass);

    if (owner && owner->of_check)
        check_reply(pass, owner, pass->event->reply);
    else if (owner && owner->of_line)
        line_reply(pass, (struct line *)owner, pass->event->reply);
    else if (owner)
        item_reply(pass, (struct item *)owner, pass->event->reply);
}

/* Before the first EVENT_CONFIG too. */
static void on_login(struct pass *pass)
{
    line_login(pass, line_get(pass->engine, pass->event->account));
}

static void on_flags(struct pass *pass)
{
    set_flags(pass->engine, &pass->event->flags);
    unblock_all(pass);
}

struct instant instant_shifted(struct instant t, struct span step)
{
    return instant_is_none(t) ? t : instant_plus(t, step);
}

/* Waits count what passes, not what the clock says; so do the ages of keys. A row's own times stay.
 */
static void shift_item(struct pass *pass, struct item *item)
{
    struct span step = pass->event->step;

    item->wait_until = instant_shifted(item->wait_until, step);
    item->doubt_since = instant_shifted(item->doubt_since, step);
    item->row->not_before = instant_shifted(item->row->not_before, step);
    item->row->first_intent = instant_shifted(item->row->first_intent, step);
    item->next_shift.ms += step.ms;
}

static void shift_line(struct line *line, struct span step)
{
    line->state.last_publish = instant_shifted(line->state.last_publish, step);
    line->state.retry_at = instant_shifted(line->state.retry_at, step);
    line->last_late = instant_shifted(line->last_late, step);
    line->late_at = instant_shifted(line->late_at, step);
    line->probe_at = instant_shifted(line->probe_at, step);
    line->limits_at = instant_shifted(line->limits_at, step);
    line->moved = instant_shifted(line->moved, step);
    session_shift(line, step);
    for (size_t i = 0; i < PACE_FAILURES; i++)
        line->failures[i] = instant_shifted(line->failures[i], step);
}

static void look_again(struct pass *pass, struct item *item)
{
    if (item->doing == DOING_NOTHING)
        item_go(pass, item);
}

static void on_clock(struct pass *pass)
{
    struct engine *engine = pass->engine;
    int64_t step_ms = pass->event->step.ms;

    engine->clock_trusted = pass->event->clock_trusted;
    for (size_t i = 0; i < engine->line_count; i++) {
        shift_line(engine->lines[i], pass->event->step);
        line_touch(engine, engine->lines[i]);
    }
    items_each(engine, shift_item, pass);
    if (step_ms > span_seconds(PACE_CLOCK_STEP_S).ms ||
        step_ms < -span_seconds(PACE_CLOCK_STEP_S).ms)
        engine->clock_pause = instant_plus(pass->now, span_seconds(PACE_CLOCK_PAUSE_S));
    if (pass->event->slept || step_ms > span_seconds(PACE_CLOCK_STEP_S).ms)
        items_each(engine, late_again, pass);
    items_each(engine, look_again, pass);
}

static void on_time(struct pass *pass)
{
    bool before = pass->engine->clock_trusted;

    pass->engine->clock_trusted = pass->event->clock_trusted;
    if (!before && pass->engine->clock_trusted)
        unblock_all(pass);
}

static void on_check(struct pass *pass)
{
    for (size_t i = 0; i < pass->event->row_count; i++)
        check_begin(pass, pass->event->rows[i]);
}

static void on_stop(struct pass *pass)
{
    pass->engine->stopping = true;
}

static void (*const handlers[])(struct pass *pass) = {
    [EVENT_START] = on_start, [EVENT_CONFIG] = on_config, [EVENT_ROWS] = on_rows,
    [EVENT_GONE] = on_gone,   [EVENT_SAVED] = on_saved,   [EVENT_REFUSED] = on_refused,
    [EVENT_REPLY] = on_reply, [EVENT_FLAGS] = on_flags,   [EVENT_CLOCK] = on_clock,
    [EVENT_TIME] = on_time,   [EVENT_STOP] = on_stop,     [EVENT_LOGIN] = on_login,
    [EVENT_CHECK] = on_check,
};

/* Of a burst some: the first requests leave while the rest is still being woken. Who is left is due
 * already, so the caller comes again at once. */
static void run_timers(struct pass *pass)
{
    struct heap *timers = &pass->engine->timers;
    struct heap_node *node;
    int most = TIMERS_A_STEP;

    while (most-- > 0 && (node = heap_first(timers)) &&
           ((struct timer *)node)->due.ms <= pass->now.ms) {
        struct timer *timer = (struct timer *)node;

        heap_take(timers, node);
        if (timer->of_line)
            line_touch(pass->engine, (struct line *)timer);
        else
            item_go(pass, (struct item *)timer);
    }
}

static void run_touched(struct pass *pass)
{
    struct line *line;

    while ((line = pass->engine->touched)) {
        pass->engine->touched = line->next_touched;
        line->touched = false;
        line_run(pass, line);
    }
}

/* The end of a pause after a step of the clock. */
static void run_clock(struct pass *pass)
{
    struct engine *engine = pass->engine;

    if (instant_is_none(engine->clock_pause) || instant_before(pass->now, engine->clock_pause))
        return;
    engine->clock_pause = INSTANT_NONE;
    unblock_all(pass);
}

void engine_step(struct engine *engine, const struct event *event, struct actions *actions)
{
    struct pass pass = {.engine = engine, .event = event, .now = event->now, .out = actions};
    struct heap_node *first;

    handlers[event->kind](&pass);
    run_clock(&pass);
    run_timers(&pass);
    run_touched(&pass);
    first = heap_first(&engine->timers);
    actions->wake = first ? ((struct timer *)first)->due : INSTANT_NONE;
    actions->wake = instant_earlier(actions->wake, engine->clock_pause);
}

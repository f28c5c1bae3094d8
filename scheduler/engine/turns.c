#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

bool line_is_live(const struct line *line)
{
    return line->account && line->account->live;
}

/* I8, asked for live accounts only. */
static bool clock_forbids(const struct pass *pass, const struct line *line)
{
    const struct engine *engine = pass->engine;

    if (!line_is_live(line) || !rule_on(engine, RULE_CLOCK))
        return false;
    return !engine->clock_trusted || (!instant_is_none(engine->clock_pause) &&
                                      instant_before(pass->now, engine->clock_pause));
}

bool gate_is_closed(const struct pass *pass, const struct item *item, enum gate gate)
{
    const struct line *line = item->line;

    switch (gate) {
    case GATE_STOPPING:
        return pass->engine->stopping;
    case GATE_NO_ACCOUNT:
        return !line->account || !line->adapter;
    case GATE_PAUSED:
        return line->state.paused[0] != '\0';
    case GATE_SESSION:
        return !session_is_ready(pass, line);
    case GATE_IDENTITY:
        return !line->identified && rule_on(pass->engine, RULE_IDENTITY);
    case GATE_FLAG:
        return flags_hold(&pass->engine->flags, item->row);
    case GATE_CLOCK:
        return clock_forbids(pass, line);
    case GATE_PARENT:
        return thread_waits(pass, item);
    case GATE_OPEN:
        break;
    }
    return false;
}

static enum gate first_closed(const struct pass *pass, const struct item *item,
                              const enum gate *gates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (gate_is_closed(pass, item, gates[i]))
            return gates[i];
    }
    return GATE_OPEN;
}

/* A stop lets what is public already be read back, and begins nothing else. */
enum gate gate_to_talk(const struct pass *pass, const struct item *item)
{
    static const enum gate gates[] = {GATE_NO_ACCOUNT, GATE_PAUSED, GATE_SESSION, GATE_IDENTITY};

    if (!item->answered && gate_is_closed(pass, item, GATE_STOPPING))
        return GATE_STOPPING;
    return first_closed(pass, item, gates, COUNT_OF(gates));
}

enum gate gate_of(const struct pass *pass, const struct item *item)
{
    static const enum gate gates[] = {GATE_STOPPING, GATE_FLAG, GATE_CLOCK, GATE_PARENT};
    enum gate gate = gate_to_talk(pass, item);

    return gate != GATE_OPEN ? gate : first_closed(pass, item, gates, COUNT_OF(gates));
}

struct window window_at(const struct engine *engine, const struct delivery *row, struct instant t)
{
    const struct workspace *workspace = engine->workspace;
    const struct blackout *blackout;
    struct window window = {.kind = WINDOW_OPEN, .end = INSTANT_NONE};

    if (!workspace || !rule_on(engine, RULE_WINDOWS) ||
        (!workspace->quiet.set && workspace->blackout_count == 0))
        return window;
    blackout = blackout_covering(workspace->blackouts, workspace->blackout_count, workspace->zone,
                                 t, row->urgency, &window.end);
    if (blackout)
        return (struct window){WINDOW_HOLD, window.end, REASON_BLACKOUT, blackout->name};
    if (!quiet_covers(&workspace->quiet, workspace->zone, t, row->urgency, &window.end))
        return window;
    window.kind = instant_before(window.end, row->useful_until) ? WINDOW_WAIT : WINDOW_HOLD;
    window.reason = REASON_QUIET;
    return window;
}

struct instant due_of(const struct engine *engine, const struct delivery *row)
{
    struct instant opens = delivery_opens(row);
    struct instant due = instant_before(opens, row->not_before) ? row->not_before : opens;
    struct window window = window_at(engine, row, due);

    return window.kind == WINDOW_WAIT ? window.end : due;
}

struct instant end_of(const struct engine *engine, const struct delivery *row)
{
    return rule_on(engine, RULE_USEFUL) ? row->useful_until : INSTANT_NONE;
}

bool is_over(const struct pass *pass, const struct delivery *row)
{
    struct instant end = end_of(pass->engine, row);

    return !instant_is_none(end) && !instant_before(pass->now, end);
}

bool is_early(const struct pass *pass, struct instant when)
{
    return instant_before(pass->now, when) && rule_on(pass->engine, RULE_NOT_BEFORE);
}

void line_touch(struct engine *engine, struct line *line)
{
    if (line->touched)
        return;
    line->touched = true;
    line->next_touched = engine->touched;
    engine->touched = line;
}

/* Everything that waited is asked again, in its order; what must wait on blocks again by itself. */
void line_unblock(struct pass *pass, struct line *line)
{
    size_t count = 0;
    struct item **items = arena_array(pass->out->arena, line->blocked.count, sizeof(struct item *));
    struct heap_node *first;

    while ((first = heap_first(&line->blocked))) {
        items[count++] = item_of(first);
        item_enqueue(item_of(first), QUEUE_NONE);
    }
    for (size_t i = 0; i < count; i++)
        item_go(pass, items[i]);
    line_touch(pass->engine, line);
}

/* NONE once it is over. */
static struct instant still_to_come(const struct pass *pass, struct instant when)
{
    return instant_is_none(when) || instant_before(pass->now, when) ? when : INSTANT_NONE;
}

/* Until when the platform asked the account to wait. */
static struct instant asked_wait(const struct pass *pass, const struct line *line)
{
    return rule_on(pass->engine, RULE_RETRY_AFTER) ? line->state.retry_at : INSTANT_NONE;
}

/* When the next post of this account may begin: its gap, and what the platform asked for. NONE =
 * now. */
struct instant line_free_at(const struct pass *pass, const struct line *line)
{
    struct instant free_at = INSTANT_NONE, asked = asked_wait(pass, line);

    if (line->account && line->account->gap.ms > 0 && !instant_is_none(line->state.last_publish) &&
        rule_on(pass->engine, RULE_GAP))
        free_at = instant_plus(line->state.last_publish, line->account->gap);
    return still_to_come(pass, instant_before(free_at, asked) ? asked : free_at);
}

/* A repeat out of doubt is not a post: it keeps its turn, not the gap. What belongs to a post that
 * is public, and a part of a thread, follow without one. */
struct instant line_may_take_at(const struct pass *pass, const struct line *line,
                                const struct item *item)
{
    bool follows = item->row->state == STATE_PUBLISHED || thread_follows(item);

    if (item->row->state == STATE_DOUBTFUL)
        return INSTANT_NONE;
    return follows ? still_to_come(pass, asked_wait(pass, line)) : line_free_at(pass, line);
}

static bool may_take(const struct pass *pass, const struct line *line, const struct item *item)
{
    return instant_is_none(line_may_take_at(pass, line, item));
}

/* Whose turn it is; NULL = nobody's. */
static struct item *next_turn(const struct pass *pass, struct line *line)
{
    struct heap_node *first = heap_first(&line->turns);
    struct item *part;

    if (thread_reserves(pass, line, &part))
        return part;
    return first ? item_of(first) : NULL;
}

static bool is_recording(const struct item *item)
{
    return item->doing == DOING_REQUEST ||
           (item->doing == DOING_SAVE && (item->next->state == STATE_SENDING ||
                                          (item->next->state == STATE_PUBLISHED && item->pending)));
}

static void give_turns(struct pass *pass, struct line *line)
{
    bool one = rule_on(pass->engine, RULE_ONE_AT_A_TIME);
    struct item *next;

    while (!(line->publishing && one) && (next = next_turn(pass, line)) &&
           may_take(pass, line, next)) {
        line->publishing = next;
        item_turn(pass, line->publishing);
        if (line->publishing && !is_recording(line->publishing))
            line->publishing = NULL;
    }
}

/* A probe waits for the session that it carries. */
static struct instant probe_moment(const struct pass *pass, const struct line *line)
{
    struct instant not_before = line->session.not_before;

    if (line->session.saving)
        return INSTANT_NONE;
    if (session_is_ready(pass, line) || instant_is_none(line->probe_at) ||
        instant_before(not_before, line->probe_at))
        return line->probe_at;
    return not_before;
}

static struct instant next_moment(const struct pass *pass, const struct line *line)
{
    struct instant next = line->late_at;

    if (line->errand == LINE_IDLE && line->account && !pass->engine->stopping) {
        next = instant_earlier(next, probe_moment(pass, line));
        next = instant_earlier(next, session_next(line));
        if (line->identified && !line->state.paused[0] && session_is_ready(pass, line))
            next = instant_earlier(next, line->limits_at);
    }
    if (line->turns.count > 0 && !line->publishing) {
        next = instant_earlier(next, line_free_at(pass, line));
        next = instant_earlier(next, still_to_come(pass, thread_patience(line)));
    }
    return next;
}

void line_run(struct pass *pass, struct line *line)
{
    if (!instant_is_none(line->late_at) && !instant_before(pass->now, line->late_at))
        late_judge(pass, line);
    line_errands(pass, line);
    if (line->thread_told) {
        line->thread_told = false;
        line_unblock(pass, line);
    }
    give_turns(pass, line);
    timer_set(pass->engine, &line->timer, next_moment(pass, line));
}

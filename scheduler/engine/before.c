/* Before the intent: ready and preparing. Nothing is public, everything may be tried again. */
#include <string.h>

#include "engine/inside.h"

/* Moves a moment behind quiet hours that cover it; false when a window has held the item. */
static bool window_lets(struct pass *pass, struct item *item, struct instant *when)
{
    struct window window = window_at(pass->engine, item->row, *when);

    if (window.kind == WINDOW_HOLD)
        item_hold(pass, item, window.reason, window.note);
    else if (window.kind == WINDOW_WAIT)
        *when = window.end;
    return window.kind != WINDOW_HOLD;
}

static void record_intent(struct pass *pass, struct item *item, const struct delivery *draft,
                          const struct step *step)
{
    struct delivery after = *draft;
    struct line *line = item->line;

    after.state = STATE_SENDING;
    after.reason = after.note = "";
    after.progress = step->progress ? step->progress : draft->progress;
    after.request = request_write(&step->request, pass->out->arena);
    after.attempts++;
    after.reads = 0;
    after.intent = pass->now;
    if (instant_is_none(after.first_intent))
        after.first_intent = pass->now;
    line->state.last_publish = pass->now;
    if (item->late)
        line->last_late = pass->now;
    budget_count(pass, item);
    if (line->account->gap.ms > 0)
        line_save(pass, line);
    thread_leads(pass, item);
    item->answered = item->unproven = item->repeated = item->confirming = false;
    item->looking = item->looked = false;
    item->doubt_since = INSTANT_NONE;
    item_intend(pass, item, &after, &step->request);
}

/* Uploads are done (or there are none): the publish request waits for its time and its turn. */
static void uploads_done(struct pass *pass, struct item *item, const struct delivery *draft,
                         const struct step *step)
{
    struct delivery after = *draft;

    item->prepared = true;
    if (item->row->state != STATE_PREPARING || !step->progress ||
        !strcmp(step->progress, item->row->progress)) {
        item_go(pass, item);
        return;
    }
    after.progress = step->progress;
    after.tries = 0;
    item_save(pass, item, &after, "upload", NULL, NULL);
}

static void before_send(struct pass *pass, struct item *item, const struct delivery *draft,
                        const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *draft;

    if (step->request.kind == REQUEST_PUBLISH && item->at_turn) {
        record_intent(pass, item, draft, step);
        return;
    }
    if (step->request.kind == REQUEST_PUBLISH) {
        uploads_done(pass, item, draft, step);
        return;
    }
    after.state = STATE_PREPARING;
    after.reason = after.note = "";
    after.progress = step->progress ? step->progress : draft->progress;
    if (reply)
        after.tries = 0;
    item_save(pass, item, &after, "upload", NULL, &step->request);
}

static void before_wait(struct pass *pass, struct item *item, const struct delivery *draft,
                        const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *draft;

    (void)reply;
    item->wait_until = instant_plus(pass->now, step->wait);
    after.state = STATE_PREPARING;
    after.progress = step->progress ? step->progress : draft->progress;
    if (item->row->state == STATE_PREPARING && !strcmp(after.progress, item->row->progress))
        item_go(pass, item);
    else
        item_save(pass, item, &after, "upload", NULL, NULL);
}

static void before_retry(struct pass *pass, struct item *item, const struct delivery *draft,
                         const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *draft;

    if (reply && reply->media_changed) { /* I7: what was approved is not there any more */
        item_hold(pass, item, REASON_MEDIA, step_why(step));
        return;
    }
    item_note_failure(pass, item, &after, step);
    after.state = STATE_READY;
    item_save(pass, item, &after, "defer", attempt_facts(pass, &after, reply, step), NULL);
}

/* The table draws no line from ready to failed: nothing was asked of the platform yet. */
static void before_refused(struct pass *pass, struct item *item, const struct delivery *draft,
                           const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *draft;

    if (item->row->state == STATE_READY) {
        item_hold(pass, item, REASON_LIMITS, step_why(step));
        return;
    }
    after.state = STATE_FAILED;
    after.reason = REASON_REFUSED;
    after.note = step_why(step);
    item_save(pass, item, &after, "fail", attempt_facts(pass, &after, reply, step), NULL);
}

static void before_strange(struct pass *pass, struct item *item, const struct delivery *draft,
                           const struct step *step, const struct http_reply *reply)
{
    (void)draft;
    (void)reply;
    item_hold(pass, item, REASON_DAMAGED, step_why(step));
}

typedef void (*before_way)(struct pass *pass, struct item *item, const struct delivery *draft,
                           const struct step *step, const struct http_reply *reply);
static const before_way before_intent[] = {
    [STEP_SEND] = before_send,   [STEP_WAIT] = before_wait,       [STEP_DONE] = before_strange,
    [STEP_RETRY] = before_retry, [STEP_REFUSED] = before_refused, [STEP_DOUBT] = before_strange,
};

void way_advance(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    struct delivery *draft = machine_draft(pass, item);
    struct step step =
        machine_ask(pass, item, item->line->adapter->publish, draft, draft->progress, reply);

    line_trouble(pass, item->line, &step, item->session);
    before_intent[step.kind](pass, item, draft, &step, reply);
}

struct instant way_wanted(const struct pass *pass, const struct item *item)
{
    struct instant when = delivery_opens(item->row);

    if (instant_before(when, item->row->not_before))
        when = item->row->not_before;
    return instant_before(when, pass->now) ? pass->now : when;
}

static void prepare(struct pass *pass, struct item *item)
{
    enum gate gate = gate_of(pass, item);

    if (gate != GATE_OPEN)
        item_block(pass, item, gate);
    else
        way_advance(pass, item, NULL);
}

/* Common to what is ready and what is prepared: when it may go out; false when a rule has taken the
 * item. */
static bool may_wait_for_turn(struct pass *pass, struct item *item, struct instant *when)
{
    *when = way_wanted(pass, item);
    if (is_over(pass, item->row)) {
        item_expire(pass, item);
        return false;
    }
    return !thread_holds(pass, item) && !late_meets(pass, item) && window_lets(pass, item, when);
}

/* Uploads may begin `lead` ahead, but not before a wait that the platform asked for. */
static struct instant start_of(const struct item *item, struct instant when)
{
    struct instant start = instant_minus(when, item->row->lead);

    return instant_before(start, item->row->not_before) ? item->row->not_before : start;
}

static void sleep_until_due(struct pass *pass, struct item *item, struct instant when)
{
    session_plan(pass, item->line, when);
    item_sleep_until(pass, item, when);
}

void way_ready(struct pass *pass, struct item *item)
{
    bool uploads = item->row->lead.ms > 0 && !item->prepared;
    struct instant when;

    if (item->row->tries >= PACE_TRIES && !is_over(pass, item->row)) {
        item_hold(pass, item, REASON_TRIES, item->row->note);
        return;
    }
    if (!may_wait_for_turn(pass, item, &when))
        return;
    if (uploads)
        when = start_of(item, when);
    if (is_early(pass, when))
        sleep_until_due(pass, item, when);
    else if (uploads)
        prepare(pass, item);
    else
        item_wait(pass, item, QUEUE_TURNS);
}

void way_preparing(struct pass *pass, struct item *item)
{
    enum gate gate = gate_to_talk(pass, item);
    struct instant when;

    if (is_over(pass, item->row))
        item_expire(pass, item);
    else if (gate != GATE_OPEN)
        item_block(pass, item, gate);
    else if (item->pending)
        item_send_pending(pass, item);
    else if (!instant_is_none(item->wait_until) && instant_before(pass->now, item->wait_until))
        item_sleep_until(pass, item, item->wait_until);
    else if (!item->prepared)
        way_advance(pass, item, NULL);
    else if (!may_wait_for_turn(pass, item, &when))
        return;
    else if (is_early(pass, when))
        sleep_until_due(pass, item, when);
    else
        item_wait(pass, item, QUEUE_TURNS);
}

static bool may_start(struct pass *pass, struct item *item)
{
    enum gate gate = gate_of(pass, item);
    struct instant when;
    const char *why;

    if (gate != GATE_OPEN) {
        item_block(pass, item, gate);
        return false;
    }
    if (!may_wait_for_turn(pass, item, &when))
        return false;
    if (is_early(pass, when)) {
        item_sleep_until(pass, item, when);
        return false;
    }
    if (budget_waits(pass, item))
        return false;
    if (item_fits(pass, item, &why))
        return true;
    item_hold(pass, item, REASON_LIMITS, why);
    return false;
}

struct instant way_late_at(const struct pass *pass, const struct item *item)
{
    struct instant free_at;

    if (!item->late || thread_follows(item) || instant_is_none(item->line->last_late))
        return INSTANT_NONE;
    free_at = instant_plus(item->line->last_late, span_seconds(PACE_LATE_GAP_S));
    return instant_before(pass->now, free_at) ? free_at : INSTANT_NONE;
}

/* Late ones keep their distance. */
static bool must_keep_distance(struct pass *pass, struct item *item)
{
    struct instant free_at = way_late_at(pass, item);

    if (instant_is_none(free_at))
        return false;
    item_sleep_until(pass, item, free_at);
    return true;
}

void way_turn(struct pass *pass, struct item *item)
{
    if (!may_start(pass, item) || must_keep_distance(pass, item))
        return;
    item->at_turn = true;
    way_advance(pass, item, NULL);
    item->at_turn = false;
}

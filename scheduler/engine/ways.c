#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

/* ---- the machines of the adapter ---- */

/* The row as its machine shall see it. What leaves `ready` for the first time gets its key; a new
 * key, or a request that never left, starts its age anew. */
static struct delivery *draft_of(struct pass *pass, const struct item *item)
{
    struct delivery *draft = arena_copy(pass->out->arena, item->row, sizeof *item->row);

    if (instant_is_none(draft->born))
        draft->born = pass->now;
    if (!draft->key[0])
        delivery_set_key(draft);
    if (!draft->request[0])
        draft->first_intent = INSTANT_NONE;
    return draft;
}

/* Read once an attempt; NULL when it cannot be. */
static const struct content *content_of(struct item *item)
{
    struct content *content;
    struct err err;

    if (item->content)
        return item->content;
    content = arena_alloc(&item->attempt, sizeof *content);
    if (!content_read(item->row->content, &item->attempt, content, &err))
        return NULL;
    return item->content = content;
}

static struct step ask(struct pass *pass, struct item *item, machine advance,
                       const struct delivery *row, const char *stored,
                       const struct http_reply *reply)
{
    static const struct span slack = {2 * 60 * 1000}; /* R4 */
    struct arena *arena = pass->out->arena;
    const struct line *line = item->line;
    struct progress at = {0};
    struct job job = {
        .delivery = row,
        .content = content_of(item),
        .account = line->account,
        .identity = {line->state.handle[0] ? line->state.handle : NULL,
                     line->state.remote_id[0] ? line->state.remote_id : NULL},
        .since = instant_is_none(row->first_intent) ? row->first_intent
                                                    : instant_minus(row->first_intent, slack),
    };

    if (!job.content)
        return step_doubt(_("its stored content cannot be read"));
    if (stored && stored[0] && !progress_read(stored, arena, &at))
        return step_doubt(_("it was stored in a state that this version does not know"));
    return advance(&job, &at, reply, arena);
}

static const char *why_of(const struct step *step)
{
    return step->why ? step->why : "";
}

static json_t *attempt_facts(const struct delivery *after, const struct http_reply *reply,
                             const struct step *step)
{
    json_t *facts = json_object();

    json_put_integer(facts, "attempt", after->attempts);
    if (reply && reply->status)
        json_put_integer(facts, "status", reply->status);
    if (step && step->why)
        json_put(facts, "why", step->why);
    return facts;
}

/* ---- ends and rests that several ways share ---- */

static void expire(struct pass *pass, struct item *item)
{
    item_change(pass, item, STATE_EXPIRED, REASON_TOO_LATE, NULL, "expire");
}

static void hold(struct pass *pass, struct item *item, const char *reason, const char *note)
{
    item_change(pass, item, STATE_HELD, reason, note, "hold");
}

static void turn_over(struct pass *pass, struct item *item)
{
    if (item->line->publishing != item)
        return;
    item->line->publishing = NULL;
    line_touch(pass->engine, item->line);
}

/* Waits in a queue of its line; what is not useful any more wakes by itself. */
static void wait_in(struct pass *pass, struct item *item, enum queue queue)
{
    enum state state = item->row->state;
    bool ends = state == STATE_READY || state == STATE_PREPARING;

    item_enqueue(item, queue);
    timer_set(pass->engine, &item->timer, ends ? end_of(pass->engine, item->row) : INSTANT_NONE);
    line_touch(pass->engine, item->line);
}

/* `status` shows who waits for a paused account; the others say it in memory only. */
static void block(struct pass *pass, struct item *item, enum gate gate)
{
    struct delivery after = *item->row;

    wait_in(pass, item, QUEUE_BLOCKED);
    if (gate != GATE_PAUSED || after.state != STATE_READY || !strcmp(after.reason, REASON_ACCOUNT))
        return;
    after.reason = REASON_ACCOUNT;
    item_save(pass, item, &after, "wait", NULL, NULL);
}

static void sleep_until(struct pass *pass, struct item *item, struct instant when)
{
    item_sleep(pass, item, instant_earlier(when, end_of(pass->engine, item->row)));
}

/* Moves a moment behind quiet hours that cover it; false when a window has held the item. */
static bool window_lets(struct pass *pass, struct item *item, struct instant *when)
{
    struct window window = window_at(pass->engine, item->row, *when);

    if (window.kind == WINDOW_HOLD)
        hold(pass, item, window.reason, window.note);
    else if (window.kind == WINDOW_WAIT)
        *when = window.end;
    return window.kind != WINDOW_HOLD;
}

/* ---- before the intent: ready and preparing ---- */

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
    if (line->account->gap.ms > 0)
        line_save(pass, line);
    item->answered = item->unproven = item->repeated = item->confirming = false;
    item->doubt_since = INSTANT_NONE;
    item_save(pass, item, &after, "publish.intent", attempt_facts(&after, NULL, NULL),
              &step->request);
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

/* Never before the time that the platform asked for; the others of the account wait too. */
static void obey(struct pass *pass, struct item *item, struct delivery *after, struct instant when)
{
    if (instant_is_none(when) || !rule_on(pass->engine, RULE_RETRY_AFTER))
        return;
    if (instant_before(after->not_before, when))
        after->not_before = when;
    item->line->state.retry_at = when;
    line_save(pass, item->line);
}

/* R8. Trouble of the account is no failure of the delivery. */
static void note_failure(struct pass *pass, struct item *item, struct delivery *after,
                         const struct step *step)
{
    after->note = why_of(step);
    after->reason = step->trouble != TROUBLE_NONE ? REASON_ACCOUNT : "";
    after->not_before = INSTANT_NONE;
    if (step->progress)
        after->progress = step->progress;
    if (step->trouble != TROUBLE_NONE)
        return;
    after->not_before = instant_plus(pass->now, pace_retry(&pass->engine->random, after->tries++));
    obey(pass, item, after, step->not_before);
}

static void before_retry(struct pass *pass, struct item *item, const struct delivery *draft,
                         const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *draft;

    if (reply && reply->media_changed) { /* I7: what was approved is not there any more */
        hold(pass, item, REASON_MEDIA, why_of(step));
        return;
    }
    note_failure(pass, item, &after, step);
    after.state = STATE_READY;
    item_save(pass, item, &after, "defer", attempt_facts(&after, reply, step), NULL);
}

/* The table draws no line from ready to failed: nothing was asked of the platform yet. */
static void before_refused(struct pass *pass, struct item *item, const struct delivery *draft,
                           const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *draft;

    if (item->row->state == STATE_READY) {
        hold(pass, item, REASON_LIMITS, why_of(step));
        return;
    }
    after.state = STATE_FAILED;
    after.reason = REASON_REFUSED;
    after.note = why_of(step);
    item_save(pass, item, &after, "fail", attempt_facts(&after, reply, step), NULL);
}

static void before_strange(struct pass *pass, struct item *item, const struct delivery *draft,
                           const struct step *step, const struct http_reply *reply)
{
    (void)draft;
    (void)reply;
    hold(pass, item, REASON_DAMAGED, why_of(step));
}

typedef void (*before_way)(struct pass *pass, struct item *item, const struct delivery *draft,
                           const struct step *step, const struct http_reply *reply);
static const before_way before_intent[] = {
    [STEP_SEND] = before_send,   [STEP_WAIT] = before_wait,       [STEP_DONE] = before_strange,
    [STEP_RETRY] = before_retry, [STEP_REFUSED] = before_refused, [STEP_DOUBT] = before_strange,
};

static void go_on(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    struct delivery *draft = draft_of(pass, item);
    struct step step = ask(pass, item, item->line->adapter->publish, draft, draft->progress, reply);

    line_trouble(pass, item->line, step.trouble, why_of(&step));
    before_intent[step.kind](pass, item, draft, &step, reply);
}

/* The earliest moment at which it may be public, as far as we know now. */
static struct instant wanted(const struct pass *pass, const struct item *item)
{
    struct instant when = item->row->at;

    if (instant_before(when, item->row->not_before))
        when = item->row->not_before;
    return instant_before(when, pass->now) ? pass->now : when;
}

static void prepare(struct pass *pass, struct item *item)
{
    enum gate gate = gate_of(pass, item);

    if (gate != GATE_OPEN)
        block(pass, item, gate);
    else
        go_on(pass, item, NULL);
}

/* Common to what is ready and what is prepared: when it may go out; false when a rule has taken the
 * item. */
static bool may_wait_for_turn(struct pass *pass, struct item *item, struct instant *when)
{
    *when = wanted(pass, item);
    if (is_over(pass, item->row)) {
        expire(pass, item);
        return false;
    }
    return !late_meets(pass, item) && window_lets(pass, item, when);
}

static bool is_early(const struct pass *pass, struct instant when)
{
    return instant_before(pass->now, when) && rule_on(pass->engine, RULE_NOT_BEFORE);
}

/* Uploads may begin `lead` ahead, but not before a wait that the platform asked for. */
static struct instant start_of(const struct item *item, struct instant when)
{
    struct instant start = instant_minus(when, item->row->lead);

    return instant_before(start, item->row->not_before) ? item->row->not_before : start;
}

static void ready_go(struct pass *pass, struct item *item)
{
    bool uploads = item->row->lead.ms > 0 && !item->prepared;
    struct instant when;

    if (item->row->tries >= PACE_TRIES && !is_over(pass, item->row)) {
        hold(pass, item, REASON_TRIES, item->row->note);
        return;
    }
    if (!may_wait_for_turn(pass, item, &when))
        return;
    if (uploads)
        when = start_of(item, when);
    if (is_early(pass, when))
        sleep_until(pass, item, when);
    else if (uploads)
        prepare(pass, item);
    else
        wait_in(pass, item, QUEUE_TURNS);
}

/* `step` says why, and perhaps when the platform wants to be asked again; NULL: nobody answered. */
static void become_doubtful(struct pass *pass, struct item *item, const char *why,
                            const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *item->row;

    after.state = STATE_DOUBTFUL;
    after.reason = "";
    after.note = why;
    after.reads = 0;
    after.not_before = INSTANT_NONE;
    if (item->repeated)
        after.not_before =
            instant_plus(pass->now, pace_retry(&pass->engine->random, after.tries++));
    if (step)
        obey(pass, item, &after, step->not_before);
    item->repeated = item->confirming = item->answered = false;
    item->doubt_since = INSTANT_NONE;
    item->found_at = text_own(item->found_at, NULL);
    item_save(pass, item, &after, "publish.doubt", attempt_facts(&after, reply, NULL), NULL);
}

static void send_pending(struct pass *pass, struct item *item)
{
    const struct http_request *request = item->pending;

    item->pending = NULL;
    item->errand = ERRAND_PUBLISH;
    item_send(pass, item, request);
}

static void preparing_go(struct pass *pass, struct item *item)
{
    enum gate gate = gate_to_talk(pass, item);
    struct instant when;

    if (is_over(pass, item->row))
        expire(pass, item);
    else if (gate != GATE_OPEN)
        block(pass, item, gate);
    else if (item->pending)
        send_pending(pass, item);
    else if (!instant_is_none(item->wait_until) && instant_before(pass->now, item->wait_until))
        sleep_until(pass, item, item->wait_until);
    else if (!item->prepared)
        go_on(pass, item, NULL);
    else if (!may_wait_for_turn(pass, item, &when))
        return;
    else if (is_early(pass, when))
        sleep_until(pass, item, when);
    else
        wait_in(pass, item, QUEUE_TURNS);
}

/* ---- sending ---- */

static void become_published(struct pass *pass, struct item *item, const struct receipt *receipt,
                             const char *reason, const char *event)
{
    struct delivery after = *item->row;
    json_t *facts = json_object();

    after.state = STATE_PUBLISHED;
    after.reason = reason;
    after.note = "";
    after.tries = 0;
    after.not_before = INSTANT_NONE;
    if (receipt->remote_id)
        after.remote_id = receipt->remote_id;
    if (receipt->url)
        after.url = receipt->url;
    after.published = pass->now;
    json_put_integer(facts, "attempt", after.attempts);
    json_put(facts, "remote_id", after.remote_id);
    json_put(facts, "url", after.url);
    item_save(pass, item, &after, event, facts, NULL);
}

/* It was withdrawn or never left us: an attempt that did not happen. */
static void uncount(struct delivery *after)
{
    after->attempts--;
    if (after->attempts == 0)
        after->first_intent = INSTANT_NONE;
}

static void back_to_ready(struct pass *pass, struct item *item, const struct step *step,
                          const struct http_reply *reply)
{
    struct delivery after = *item->row;

    note_failure(pass, item, &after, step);
    after.state = STATE_READY;
    if (reply->fate == FATE_NOT_SENT)
        uncount(&after);
    item->prepared = !step->progress;
    item_save(pass, item, &after, "defer", attempt_facts(&after, reply, step), NULL);
}

/* Between the save and now somebody said no, or its time ran out. */
static void withdraw(struct pass *pass, struct item *item)
{
    struct delivery after = *item->row;

    turn_over(pass, item);
    item->pending = NULL;
    after.state = item->unproven ? STATE_DOUBTFUL : STATE_READY;
    uncount(&after);
    item->repeated = false;
    item_save(pass, item, &after, "publish.withdrawn", NULL, NULL);
}

static bool may_still_go(struct pass *pass, const struct item *item)
{
    if (!rule_on(pass->engine, RULE_ASK_AGAIN))
        return true;
    return gate_of(pass, item) == GATE_OPEN && !is_over(pass, item->row) &&
           window_at(pass->engine, item->row, pass->now).kind == WINDOW_OPEN &&
           !is_early(pass, item->row->at);
}

/* R4's rhythm also serves a receipt whose reading failed in a way its adapter has no answer to. */
static void read_again(struct pass *pass, struct item *item)
{
    struct delivery after = *item->row;
    struct receipt receipt = {.remote_id = after.remote_id, .url = after.url};

    if (instant_is_none(item->doubt_since))
        item->doubt_since = pass->now;
    if (after.reads >= PACE_READS) {
        become_published(pass, item, &receipt, REASON_NOT_READ_BACK, "publish.confirmed");
        return;
    }
    item->wait_until = instant_plus(item->doubt_since, pace_reading(after.reads++));
    item_save(pass, item, &after, "reconcile", NULL, NULL);
}

static const char *receipt_reason(const struct receipt *receipt)
{
    if (receipt->not_read_back)
        return REASON_NOT_READ_BACK;
    return receipt->differs ? REASON_DIFFERS : "";
}

/* The publish request was answered with an id, or what follows it was answered. */
static void answered(struct pass *pass, struct item *item, const struct step *step)
{
    struct delivery after = *item->row;

    item->answered = true;
    item->unproven = false;
    if (step->progress)
        after.progress = step->progress;
    if (step->receipt.remote_id)
        after.remote_id = step->receipt.remote_id;
    if (step->kind == STEP_DONE) {
        become_published(pass, item, &step->receipt, receipt_reason(&step->receipt),
                         "publish.confirmed");
        return;
    }
    if (step->kind == STEP_WAIT)
        item->wait_until = instant_plus(pass->now, step->wait);
    item_save(pass, item, &after, "publish.answered", attempt_facts(&after, NULL, NULL),
              step->kind == STEP_SEND ? &step->request : NULL);
}

static void find(struct pass *pass, struct item *item, const struct http_reply *reply);

/* Refused: failed is true only once a reading has found nothing. */
static void confirm_absence(struct pass *pass, struct item *item, const struct step *step)
{
    item->confirming = true;
    item->note = text_own(item->note, why_of(step));
    if (rule_on(pass->engine, RULE_CONFIRM_ABSENCE))
        find(pass, item, NULL);
    else
        item_change(pass, item, STATE_FAILED, REASON_REFUSED, item->note, "fail");
}

static void publish_answered(struct pass *pass, struct item *item, const struct step *step,
                             const struct http_reply *reply)
{
    bool unproven = item->unproven && rule_on(pass->engine, RULE_DOUBT_STAYS);

    switch (verdict_of(step->kind, unproven)) {
    case VERDICT_READ_BACK:
        if (step->kind == STEP_SEND && step->request.kind == REQUEST_PUBLISH)
            become_doubtful(pass, item, _("its adapter wanted to send it twice"), NULL, reply);
        else
            answered(pass, item, step);
        return;
    case VERDICT_AGAIN:
        back_to_ready(pass, item, step, reply);
        return;
    case VERDICT_CONFIRM:
        confirm_absence(pass, item, step);
        return;
    case VERDICT_DOUBT:
        become_doubtful(pass, item, why_of(step), step, reply);
        return;
    }
}

/* After the id is known, nothing but time can go wrong with the reading. */
static void read_back_answered(struct pass *pass, struct item *item, const struct step *step)
{
    if (step->kind == STEP_SEND && step->request.kind == REQUEST_READ)
        answered(pass, item, step);
    else if (step->kind == STEP_DONE || step->kind == STEP_WAIT)
        answered(pass, item, step);
    else
        read_again(pass, item);
}

static void sending_step(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    struct step step =
        ask(pass, item, item->line->adapter->publish, item->row, item->row->progress, reply);

    line_trouble(pass, item->line, step.trouble, why_of(&step));
    if (item->answered)
        read_back_answered(pass, item, &step);
    else
        publish_answered(pass, item, &step, reply);
}

/* Found in flight after a start: a crash and a lost connection are the same case. */
static void found_in_flight(struct pass *pass, struct item *item)
{
    struct http_reply lost = {
        .fate = FATE_MAYBE_SENT,
        .body = "",
        .date = INSTANT_NONE,
        .received = pass->now,
        .why = _("Crier was stopped before the answer was stored"),
    };

    item->unproven = true;
    sending_step(pass, item, &lost);
}

static void sending_go(struct pass *pass, struct item *item)
{
    enum gate gate = gate_to_talk(pass, item);
    bool publishes = item->pending && !item->answered;

    if (publishes && !may_still_go(pass, item))
        withdraw(pass, item);
    else if (gate != GATE_OPEN)
        block(pass, item, gate);
    else if (item->pending)
        send_pending(pass, item);
    else if (!instant_is_none(item->wait_until) && instant_before(pass->now, item->wait_until))
        item_sleep(pass, item, item->wait_until);
    else if (item->answered)
        sending_step(pass, item, NULL);
    else
        found_in_flight(pass, item);
}

/* ---- doubtful ---- */

static struct span timeout_of(const struct http_request *request)
{
    return request->timeout.ms > 0 ? request->timeout : span_seconds(60);
}

static bool stored_request(struct pass *pass, const struct item *item, struct http_request *request)
{
    struct err err;

    return item->row->request[0] &&
           request_read(item->row->request, pass->out->arena, request, &err);
}

static struct instant next_try(const struct pass *pass, const struct item *item)
{
    return instant_before(pass->now, item->row->not_before) ? item->row->not_before : pass->now;
}

static enum doubt_move move_of(struct pass *pass, const struct item *item)
{
    const struct engine *engine = pass->engine;
    const struct adapter *adapter = item->line->adapter;
    struct http_request request = {0};
    bool stored = stored_request(pass, item, &request);
    struct doubt doubt = {
        .class = adapter->class_of(item->line->account),
        .key_age = instant_since(next_try(pass, item), item->row->first_intent),
        .key_window = adapter->key_window,
        .timeout = timeout_of(&request),
        .may_publish = stored && may_still_go(pass, item),
        .tries = item->row->tries,
        .reads = item->row->reads,
        .ignore_margin = !rule_on(engine, RULE_KEY_MARGIN),
        .repeat_unkeyed = !rule_on(engine, RULE_HOLD_UNPROVEN),
    };

    return doubt_next(&doubt);
}

static void read_in_doubt(struct pass *pass, struct item *item)
{
    struct instant when;

    if (instant_is_none(item->doubt_since))
        item->doubt_since = pass->now;
    when = instant_plus(item->doubt_since, pace_reading(item->row->reads));
    if (instant_before(pass->now, when))
        item_sleep(pass, item, when);
    else
        find(pass, item, NULL);
}

static void doubtful_go(struct pass *pass, struct item *item)
{
    enum gate gate = gate_to_talk(pass, item);

    if (gate != GATE_OPEN) {
        block(pass, item, gate);
        return;
    }
    switch (move_of(pass, item)) {
    case DOUBT_REPEAT:
        if (instant_before(pass->now, item->row->not_before))
            item_sleep(pass, item, item->row->not_before);
        else
            wait_in(pass, item, QUEUE_TURNS);
        return;
    case DOUBT_READ:
        read_in_doubt(pass, item);
        return;
    case DOUBT_HOLD:
        hold(pass, item, REASON_UNPROVEN, item->row->note);
        return;
    }
}

/* The stored request once more: same key, same bytes. */
static void repeat(struct pass *pass, struct item *item)
{
    struct delivery after = *item->row;
    struct http_request request;

    if (move_of(pass, item) != DOUBT_REPEAT || !stored_request(pass, item, &request)) {
        item_go(pass, item);
        return;
    }
    after.state = STATE_SENDING;
    after.attempts++;
    after.intent = pass->now;
    item->line->state.last_publish = pass->now;
    item->unproven = item->repeated = true;
    item->answered = false;
    item_save(pass, item, &after, "publish.intent", attempt_facts(&after, NULL, NULL), &request);
}

static void nothing_found(struct pass *pass, struct item *item, const char *why)
{
    struct delivery after = *item->row;

    if (item->confirming) {
        become_doubtful(pass, item, why, NULL, NULL);
        return;
    }
    after.reads++;
    if (why[0])
        after.note = why;
    item_save(pass, item, &after, "reconcile", NULL, NULL);
}

static void found(struct pass *pass, struct item *item, const struct step *step)
{
    enum finding_of_doubt finding = found_of(step->receipt.found);

    if (finding == FOUND_MANY && !rule_on(pass->engine, RULE_FOUND_TWICE))
        finding = FOUND_ONE;
    if (finding == FOUND_ONE)
        become_published(pass, item, &step->receipt, receipt_reason(&step->receipt), "reconcile");
    else if (finding == FOUND_MANY && item->confirming)
        become_doubtful(pass, item, _("the platform refused it, and shows it more than once"), NULL,
                        NULL);
    else if (finding == FOUND_MANY)
        hold(pass, item, REASON_FOUND_TWICE, NULL);
    else if (item->confirming)
        item_change(pass, item, STATE_FAILED, REASON_REFUSED, item->note, "fail");
    else
        nothing_found(pass, item, "");
}

static void find(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    struct step step =
        ask(pass, item, item->line->adapter->find, item->row, reply ? item->found_at : NULL, reply);

    line_trouble(pass, item->line, step.trouble, why_of(&step));
    if (step.kind == STEP_SEND && step.request.kind == REQUEST_READ) {
        item_sleep(pass, item, INSTANT_NONE);
        item->found_at = text_own(item->found_at, step.progress);
        item->errand = ERRAND_FIND;
        item_send(pass, item, &step.request);
    } else if (step.kind == STEP_DONE) {
        found(pass, item, &step);
    } else {
        nothing_found(pass, item, why_of(&step));
    }
}

/* ---- planned, held and the final states ---- */

/* What may be public does not expire: a person's answer is still wanted. */
static bool ends_by_itself(const struct delivery *row)
{
    return row->state == STATE_PLANNED ||
           (row->state == STATE_HELD && strcmp(row->reason, REASON_UNPROVEN) != 0 &&
            strcmp(row->reason, REASON_FOUND_TWICE) != 0);
}

static void rest_go(struct pass *pass, struct item *item)
{
    if (ends_by_itself(item->row) && is_over(pass, item->row))
        expire(pass, item);
    else
        item_drop(pass, item);
}

static void (*const ways[STATE_COUNT])(struct pass *pass, struct item *item) = {
    [STATE_PLANNED] = rest_go,    [STATE_READY] = ready_go,       [STATE_PREPARING] = preparing_go,
    [STATE_SENDING] = sending_go, [STATE_DOUBTFUL] = doubtful_go, [STATE_HELD] = rest_go,
    [STATE_PUBLISHED] = rest_go,  [STATE_FAILED] = rest_go,       [STATE_EXPIRED] = rest_go,
    [STATE_CANCELLED] = rest_go,  [STATE_RETRACTED] = rest_go,
};

void item_go(struct pass *pass, struct item *item)
{
    if (item->doing == DOING_NOTHING)
        ways[item->row->state](pass, item);
}

static bool may_start(struct pass *pass, struct item *item)
{
    enum gate gate = gate_of(pass, item);
    struct instant when;
    const char *why;

    if (gate != GATE_OPEN) {
        block(pass, item, gate);
        return false;
    }
    if (!may_wait_for_turn(pass, item, &when))
        return false;
    if (is_early(pass, when)) {
        sleep_until(pass, item, when);
        return false;
    }
    if (item_fits(pass, item, &why))
        return true;
    hold(pass, item, REASON_LIMITS, why);
    return false;
}

/* Late ones keep their distance. */
static bool must_keep_distance(struct pass *pass, struct item *item)
{
    struct instant free_at;

    if (!item->late || instant_is_none(item->line->last_late))
        return false;
    free_at = instant_plus(item->line->last_late, span_seconds(PACE_LATE_GAP_S));
    if (!instant_before(pass->now, free_at))
        return false;
    sleep_until(pass, item, free_at);
    return true;
}

void item_turn(struct pass *pass, struct item *item)
{
    item_sleep(pass, item, INSTANT_NONE);
    if (item->row->state == STATE_DOUBTFUL) {
        repeat(pass, item);
        return;
    }
    if (!may_start(pass, item) || must_keep_distance(pass, item))
        return;
    item->at_turn = true;
    go_on(pass, item, NULL);
    item->at_turn = false;
}

void item_reply(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    item->ticket = 0;
    item->doing = DOING_NOTHING;
    turn_over(pass, item);
    line_heard(pass, item->line, reply, item->asked);
    if (item->errand == ERRAND_FIND)
        find(pass, item, reply);
    else if (item->row->state == STATE_SENDING)
        sending_step(pass, item, reply);
    else
        go_on(pass, item, reply);
}

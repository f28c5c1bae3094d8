/* Nobody knows whether it is public: R4 to R7. */
#include "base/i18n.h"
#include "engine/inside.h"

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

/* I4, where it asks more people by now than when its content was judged: a drill that went live. */
static bool is_approved_enough(const struct item *item)
{
    return item->row->approvals >= item->line->account->approvals;
}

static struct doubt doubt_of(struct pass *pass, const struct item *item)
{
    const struct engine *engine = pass->engine;
    const struct adapter *adapter = item->line->adapter;
    struct http_request request = {0};
    bool stored = stored_request(pass, item, &request);

    return (struct doubt){
        .class = adapter->class_of(item->line->account),
        .key_age = instant_since(next_try(pass, item), item->row->first_intent),
        .key_window =
            adapter->key_window ? adapter->key_window(item->line->account) : (struct span){0},
        .timeout = timeout_of(&request),
        .may_publish = stored && is_approved_enough(item) && way_may_still_go(pass, item),
        .tries = item->row->tries,
        .reads = item->row->reads,
        .unreadable = !adapter->find,
        .ignore_margin = !rule_on(engine, RULE_KEY_MARGIN),
        .repeat_unkeyed = !rule_on(engine, RULE_HOLD_UNPROVEN),
    };
}

static enum doubt_move move_of(struct pass *pass, const struct item *item)
{
    struct doubt doubt = doubt_of(pass, item);

    return doubt_next(&doubt);
}

bool way_key_lives(struct pass *pass, const struct item *item)
{
    struct doubt doubt = doubt_of(pass, item);

    return doubt_key_lives(&doubt);
}

bool way_may_repeat(struct pass *pass, const struct item *item)
{
    return move_of(pass, item) == DOUBT_REPEAT;
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
        way_find(pass, item, NULL);
}

/* Sent as another account: what stands on today's proves nothing, and a repeat would be a second
 * post. */
bool way_was_sent_elsewhere(const struct item *item)
{
    return !instant_is_none(item->line->moved) &&
           !instant_before(item->line->moved, item->row->first_intent);
}

void way_doubtful(struct pass *pass, struct item *item)
{
    enum gate gate = gate_to_talk(pass, item);

    if (way_was_sent_elsewhere(item)) {
        item_hold(pass, item, REASON_UNPROVEN,
                  _("crier.cfg means another account by this name than when it was sent"));
        return;
    }
    if (gate != GATE_OPEN) {
        item_block(pass, item, gate);
        return;
    }
    switch (move_of(pass, item)) {
    case DOUBT_REPEAT:
        if (instant_before(pass->now, item->row->not_before))
            item_sleep(pass, item, item->row->not_before);
        else
            item_wait(pass, item, QUEUE_TURNS);
        return;
    case DOUBT_READ:
        read_in_doubt(pass, item);
        return;
    case DOUBT_HOLD:
        item_hold(pass, item, REASON_UNPROVEN, item->row->note);
        return;
    }
}

/* The stored request once more: same key, same bytes. (Without the rule: what it would be now.) */
static bool request_again(struct pass *pass, struct item *item, struct http_request *request)
{
    struct delivery *draft;
    struct step step;

    if (rule_on(pass->engine, RULE_RECORD_KEY))
        return stored_request(pass, item, request);
    draft = machine_draft(pass, item);
    step = machine_ask(pass, item, item->line->adapter->publish, draft, draft->progress, NULL);
    *request = step.request;
    return step.kind == STEP_SEND;
}

void way_repeat(struct pass *pass, struct item *item)
{
    struct delivery after = *item->row;
    struct http_request request;

    if (gate_to_talk(pass, item) != GATE_OPEN || !way_may_repeat(pass, item) ||
        !request_again(pass, item, &request)) {
        item_go(pass, item);
        return;
    }
    after.state = STATE_SENDING;
    after.attempts++;
    after.intent = pass->now;
    item->line->state.last_publish = pass->now;
    item->unproven = item->repeated = true;
    item->answered = false;
    item_intend(pass, item, &after, &request);
}

static void nothing_found(struct pass *pass, struct item *item, const char *why)
{
    struct delivery after = *item->row;

    if (item->confirming) {
        item_doubt(pass, item, why, NULL, NULL);
        return;
    }
    after.reads++;
    if (why[0])
        after.note = why;
    item_save(pass, item, &after, "reconcile", NULL, NULL);
}

/* Nothing came of the request, by the platform's own word: from here on it is a failure like any
 * other (R8), and before the next request it is looked for once more. */
static void proven_absent(struct pass *pass, struct item *item, const struct step *step)
{
    struct step again = step_retry(item->row->note, INSTANT_NONE);
    struct delivery after = *item->row;

    again.progress = step->progress;
    item_note_failure(pass, item, &after, &again);
    after.state = STATE_READY;
    item->prepared = item->unproven = item->looked = false;
    item_save(pass, item, &after, "reconcile", NULL, NULL);
}

static void found(struct pass *pass, struct item *item, const struct step *step)
{
    enum finding_of_doubt finding = found_of(step->receipt.found);

    if (finding == FOUND_MANY && !rule_on(pass->engine, RULE_FOUND_TWICE))
        finding = FOUND_ONE;
    if (finding == FOUND_ONE)
        item_published(pass, item, &step->receipt, receipt_reason(&step->receipt), "reconcile");
    else if (finding == FOUND_MANY && item->confirming)
        item_doubt(pass, item, _("the platform refused it, and shows it more than once"), NULL,
                   NULL);
    else if (finding == FOUND_MANY)
        item_hold(pass, item, REASON_FOUND_TWICE, NULL);
    else if (item->confirming)
        item_change(pass, item, STATE_FAILED, REASON_REFUSED, item->note, "fail");
    else if (finding == FOUND_NONE && step->receipt.absent)
        proven_absent(pass, item, step);
    else
        nothing_found(pass, item, "");
}

void way_find(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    struct step step = machine_ask(pass, item, item->line->adapter->find, item->row,
                                   reply ? item->found_at : NULL, reply);

    line_trouble(pass, item->line, &step, item->session);
    if (step.kind == STEP_SEND && step.request.kind == REQUEST_READ) {
        item_sleep(pass, item, INSTANT_NONE);
        item->found_at = text_own(item->found_at, step.progress);
        item->errand = ERRAND_FIND;
        item_send(pass, item, &step.request);
    } else if (step.trouble == TROUBLE_EXPIRED && !item->looking) {
        item_go(pass, item); /* no reading: it is asked again with a new session */
    } else if (item->looking) {
        way_looked(pass, item, &step);
    } else if (step.kind == STEP_DONE) {
        found(pass, item, &step);
    } else {
        nothing_found(pass, item, step_why(&step));
    }
}

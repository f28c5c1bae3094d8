/* From the durable intent to the receipt. What is answered here decides between once and never. */
#include "base/i18n.h"
#include "engine/inside.h"

/* It was withdrawn or never left us: an attempt that did not happen. */
static void uncount(struct pass *pass, struct item *item, struct delivery *after)
{
    after->attempts--;
    if (after->attempts > 0)
        return;
    after->first_intent = INSTANT_NONE;
    budget_take_back(pass, item);
}

static void back_to_ready(struct pass *pass, struct item *item, const struct step *step,
                          const struct http_reply *reply)
{
    struct delivery after = *item->row;

    item_note_failure(pass, item, &after, step);
    after.state = STATE_READY;
    if (reply->fate == FATE_NOT_SENT || step->undone)
        uncount(pass, item, &after);
    item->prepared = !step->progress;
    item_save(pass, item, &after, "defer", attempt_facts(pass, &after, reply, step), NULL);
}

/* Between the save and now somebody said no, or its time ran out. */
static void withdraw(struct pass *pass, struct item *item)
{
    struct delivery after = *item->row;

    item_turn_over(pass, item);
    item->pending = NULL;
    after.state = item->unproven ? STATE_DOUBTFUL : STATE_READY;
    uncount(pass, item, &after);
    item->repeated = false;
    item_save(pass, item, &after, "publish.withdrawn", NULL, NULL);
}

bool way_may_still_go(struct pass *pass, const struct item *item)
{
    if (!rule_on(pass->engine, RULE_ASK_AGAIN))
        return true;
    return gate_of(pass, item) == GATE_OPEN && !is_over(pass, item->row) &&
           window_at(pass->engine, item->row, pass->now).kind == WINDOW_OPEN &&
           !is_early(pass, delivery_opens(item->row));
}

/* R4's rhythm also serves a receipt whose reading failed in a way its adapter has no answer to. */
static void read_again(struct pass *pass, struct item *item)
{
    struct delivery after = *item->row;
    struct receipt receipt = {.remote_id = after.remote_id, .url = after.url};

    if (instant_is_none(item->doubt_since))
        item->doubt_since = pass->now;
    if (after.reads >= PACE_READS) {
        item_published(pass, item, &receipt, REASON_NOT_READ_BACK, "publish.confirmed");
        return;
    }
    item->wait_until = instant_plus(item->doubt_since, pace_reading(after.reads++));
    item_save(pass, item, &after, "reconcile", NULL, NULL);
}

/* The publish request was answered with an id, or what follows it was answered. */
static void answered(struct pass *pass, struct item *item, const struct step *step,
                     const struct http_reply *reply)
{
    struct delivery after = *item->row;

    item->answered = true;
    item->reading_at = NULL;
    item->unproven = false;
    if (step->progress)
        after.progress = step->progress;
    if (step->receipt.remote_id)
        after.remote_id = step->receipt.remote_id;
    if (step->kind == STEP_DONE) {
        item_published(pass, item, &step->receipt, receipt_reason(&step->receipt),
                       "publish.confirmed");
        return;
    }
    if (step->kind == STEP_WAIT)
        item->wait_until = instant_plus(pass->now, step->wait);
    item_save(pass, item, &after, "publish.answered", attempt_facts(pass, &after, reply, NULL),
              step->kind == STEP_SEND ? &step->request : NULL);
}

/* Refused: failed is true only once a reading has found nothing. */
static void confirm_absence(struct pass *pass, struct item *item, const struct step *step)
{
    item->confirming = true;
    item->note = text_own(item->note, step_why(step));
    if (rule_on(pass->engine, RULE_CONFIRM_ABSENCE) && item->line->adapter->find)
        way_find(pass, item, NULL);
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
            item_doubt(pass, item, _("its adapter wanted to send it twice"), NULL, reply);
        else
            answered(pass, item, step, reply);
        return;
    case VERDICT_AGAIN:
        back_to_ready(pass, item, step, reply);
        return;
    case VERDICT_CONFIRM:
        confirm_absence(pass, item, step);
        return;
    case VERDICT_DOUBT:
        item_doubt(pass, item, step_why(step), step, reply);
        return;
    }
}

/* After the id is known, nothing but time can go wrong with the reading; so a reading that leads to
 * another one is not written down: after a crash it begins again. */
static void read_back_answered(struct pass *pass, struct item *item, const struct step *step,
                               const struct http_reply *reply)
{
    if (step->kind == STEP_SEND && step->request.kind == REQUEST_READ) {
        if (step->progress)
            item->reading_at = arena_text(&item->attempt, step->progress);
        item_send(pass, item, &step->request);
    } else if (step->kind == STEP_DONE || step->kind == STEP_WAIT) {
        answered(pass, item, step, reply);
    } else if (step->kind == STEP_REFUSED) { /* taken, and it could not be made public after all */
        confirm_absence(pass, item, step);
    } else if (step->trouble == TROUBLE_EXPIRED) {
        item_go(pass, item);
    } else {
        read_again(pass, item);
    }
}

void way_sending_step(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    bool reading_back = item->answered;
    struct step step =
        machine_ask(pass, item, item->line->adapter->publish, item->row,
                    item->reading_at ? item->reading_at : item->row->progress, reply);

    line_trouble(pass, item->line, &step, item->session);
    if (reading_back)
        read_back_answered(pass, item, &step, reply);
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
    if (item->line->adapter)
        way_sending_step(pass, item, &lost);
    else
        item_doubt(pass, item, _("its account is not in crier.cfg any more"), NULL, &lost);
}

/* Nobody waits for its answer. That is a doubt whatever becomes of its account: people must hear
 * of it, and may resolve it. */
static bool is_lost(const struct item *item)
{
    return !item->pending && !item->answered && !item->confirming &&
           instant_is_none(item->wait_until);
}

/* Without a key, what was answered "not now" may have been done all the same (T20): an error of a
 * front-end, or of a server that keeps no keys, or has forgotten ours by the time it named. Before
 * the next request it is looked for. */
static bool must_look_first(struct pass *pass, const struct item *item)
{
    return item->row->attempts > 1 && !item->looked && !item->repeated &&
           rule_on(pass->engine, RULE_LOOK_FIRST) && !way_key_lives(pass, item);
}

/* Where nothing can be seen, a person decides. */
static void look_first(struct pass *pass, struct item *item)
{
    if (item->line->adapter->find) {
        item->looking = true;
        way_find(pass, item, NULL);
        return;
    }
    item_turn_over(pass, item);
    item->pending = NULL;
    item_doubt(pass, item,
               _("an earlier try may have been done all the same, and by now the platform does not "
                 "know its key any more"),
               NULL, NULL);
}

void way_looked(struct pass *pass, struct item *item, const struct step *step)
{
    const struct http_reply unsent = {
        .fate = FATE_NOT_SENT, .body = "", .date = INSTANT_NONE, .received = pass->now};
    bool done = step->kind == STEP_DONE;

    item->looking = false;
    if (done && found_of(step->receipt.found) == FOUND_NONE && !step->progress) {
        item->looked = true;
        way_sending(pass, item);
        return;
    }
    item_turn_over(pass, item);
    item->pending = NULL;
    if (!done || found_of(step->receipt.found) == FOUND_NONE) /* what it would publish is dead */
        back_to_ready(pass, item, step, &unsent);
    else if (found_of(step->receipt.found) == FOUND_ONE)
        item_published(pass, item, &step->receipt, receipt_reason(&step->receipt), "reconcile");
    else
        item_doubt(pass, item, _("the platform shows it more than once"), NULL, NULL);
}

/* The commit may have taken longer than the key of a repeated request lives. */
static bool may_leave_now(struct pass *pass, const struct item *item)
{
    return way_may_still_go(pass, item) && (!item->repeated || way_may_repeat(pass, item));
}

void way_sending(struct pass *pass, struct item *item)
{
    enum gate gate = gate_to_talk(pass, item);
    bool publishes = item->pending && !item->answered;

    if (publishes && !may_leave_now(pass, item))
        withdraw(pass, item);
    else if (is_lost(item))
        found_in_flight(pass, item);
    else if (gate != GATE_OPEN)
        item_block(pass, item, gate);
    else if (publishes && must_look_first(pass, item))
        look_first(pass, item);
    else if (item->pending)
        item_send_pending(pass, item);
    else if (item->confirming)
        way_find(pass, item, NULL);
    else if (!instant_is_none(item->wait_until) && instant_before(pass->now, item->wait_until))
        item_sleep(pass, item, item->wait_until);
    else if (item->answered)
        way_sending_step(pass, item, NULL);
}

/* Once it is public: a first comment, a thumbnail, captions, a playlist; and taking it back. One at
 * a time, in the adapter's order, saved before it is sent. What fails is told and given up; the
 * post stays published (R10). What may have been done is never done again on a guess. */
#include "engine/after.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

static const char retraction[] = "retract";
static const char waiting[] = "waiting", sent[] = "sent", done[] = "done", failed[] = "failed";

json_t *after_read(const char *after, struct arena *arena)
{
    struct err ignored;
    json_t *all = *after ? json_read_own(after, strlen(after), &ignored) : NULL;

    if (!json_is_object(all)) {
        json_decref(all);
        all = json_object();
    }
    return json_in_arena(all, arena);
}

char *after_ask_retract(const char *after, const char *actor, struct arena *arena)
{
    json_t *all = after_read(after, arena), *mine = json_object();

    json_put(mine, "by", actor);
    json_put(mine, "is", waiting);
    json_put_new(all, retraction, mine);
    return json_write(all, arena, NULL);
}

static bool is(const json_t *mine, const char *word)
{
    const char *stored = json_text(mine, "is");

    return stored && !strcmp(stored, word);
}

static bool has_ended(const json_t *mine)
{
    return is(mine, done) || is(mine, failed);
}

bool after_retracts(const char *after)
{
    struct arena scratch = {0};
    const json_t *mine = *after ? json_object_get(after_read(after, &scratch), retraction) : NULL;
    bool under_way = mine && !has_ended(mine);

    arena_clear(&scratch);
    return under_way;
}

/* One thing to do to the post. */
struct chore {
    const char *word;
    machine advance;
    json_t *all, *mine; /* as stored, to be changed; the arena's */
};

static void take_chore(struct chore *chore, const char *word, machine advance)
{
    chore->word = word;
    chore->advance = advance;
    chore->mine = json_object_get(chore->all, word);
    if (chore->mine)
        return;
    chore->mine = json_object();
    json_put_new(chore->all, word, chore->mine);
}

static bool next_retraction(const struct item *item, struct chore *chore)
{
    const json_t *mine = json_object_get(chore->all, retraction);

    if (!mine || has_ended(mine) || !item->line->adapter->retract)
        return false;
    take_chore(chore, retraction, item->line->adapter->retract);
    return true;
}

/* The next of the adapter's steps that this post wants. */
static bool next_step(struct pass *pass, struct item *item, struct chore *chore)
{
    const struct after_step *steps = item->line->adapter->after;
    struct job job;

    if (!steps || !machine_job(pass, item, item->row, &job))
        return false;
    for (; steps->word; steps++) {
        if (has_ended(json_object_get(chore->all, steps->word)) || !steps->wanted(&job))
            continue;
        take_chore(chore, steps->word, steps->advance);
        return true;
    }
    return false;
}

static bool next_chore(struct pass *pass, struct item *item, struct chore *chore)
{
    const struct adapter *adapter = item->line->adapter;

    if (!adapter || (!adapter->after && !item->row->after[0]))
        return false;
    chore->all = after_read(item->row->after, pass->out->arena);
    return next_retraction(item, chore) || next_step(pass, item, chore);
}

bool after_is_wanted(struct pass *pass, struct item *item)
{
    struct chore chore;

    return next_chore(pass, item, &chore);
}

static bool retracts(const struct chore *chore)
{
    return !strcmp(chore->word, retraction);
}

/* A hold is no reason to leave standing what shall be taken back. */
static enum gate gate_for(const struct pass *pass, const struct item *item,
                          const struct chore *chore)
{
    return retracts(chore) ? gate_to_talk(pass, item) : gate_of(pass, item);
}

/* ---- saving ---- */

/* The machine's progress into the member, or out of it as the machine reads it. */
static void put_progress(struct chore *chore, const char *progress, struct arena *arena)
{
    struct progress at;

    if (!progress || !progress_read(progress, arena, &at) || !at.state)
        return;
    json_put(chore->mine, "at", at.state);
    json_put_new(chore->mine, "kept", json_deep_copy(at.kept));
}

static const char *stored_progress(const struct chore *chore, struct arena *arena)
{
    const char *at = json_text(chore->mine, "at");
    const json_t *kept = json_object_get(chore->mine, "kept");

    return at ? progress_write(at, json_is_object(kept) ? kept : NULL, arena) : "";
}

static const char *chore_facts(struct pass *pass, const struct chore *chore,
                               const struct http_reply *reply)
{
    struct buffer *facts = facts_begin(pass);
    const char *by = json_text(chore->mine, "by"), *why = json_text(chore->mine, "why");

    if (by)
        json_add(facts, "by", by);
    if (reply && reply->status)
        json_add_integer(facts, "status", reply->status);
    json_add(facts, "step", chore->word);
    if (why)
        json_add(facts, "why", why);
    return facts_end(pass);
}

/* What a save of one step says besides the step itself. */
struct saving {
    const char *is, *why, *event;
    struct instant not_before; /* NONE = nothing is left to do */
    const struct http_reply *reply;
    const struct http_request *pending;
};

static void save_chore(struct pass *pass, struct item *item, struct chore *chore,
                       const struct step *step, const struct saving *saving, struct delivery *after)
{
    struct arena *arena = pass->out->arena;

    put_progress(chore, step ? step->progress : NULL, arena);
    json_put(chore->mine, "is", saving->is);
    if (saving->why)
        json_put(chore->mine, "why", saving->why);
    else
        json_object_del(chore->mine, "why");
    after->after = json_write(chore->all, arena, NULL);
    after->not_before = saving->not_before;
    item_save(pass, item, after, saving->event, chore_facts(pass, chore, saving->reply),
              saving->pending);
}

/* When the next thing is to be done: at once, if there is one. */
static struct instant what_is_left(struct pass *pass, struct item *item, const struct chore *chore)
{
    struct delivery *row = item->row, later = *row;
    bool more;

    later.after = json_write(chore->all, pass->out->arena, NULL);
    item->row = &later;
    more = after_is_wanted(pass, item);
    item->row = row;
    return more ? pass->now : INSTANT_NONE;
}

static void end_chore(struct pass *pass, struct item *item, struct chore *chore,
                      const struct step *step, const struct saving *end, struct delivery *after)
{
    struct saving saving = *end;

    json_put(chore->mine, "is", saving.is);
    saving.not_before =
        after->state == STATE_PUBLISHED ? what_is_left(pass, item, chore) : INSTANT_NONE;
    save_chore(pass, item, chore, step, &saving, after);
}

static const char *sentence_of(const struct chore *chore)
{
    return retracts(chore) ? _("could not be taken back; a person must do it at the platform")
                           : _("is public, but something that belongs to it is missing");
}

static void give_up(struct pass *pass, struct item *item, struct chore *chore,
                    const struct step *step, const struct http_reply *reply, const char *why)
{
    struct arena *arena = pass->out->arena;
    struct delivery after = *item->row;
    const struct saving end = {.is = failed, .why = why, .event = "after.failed", .reply = reply};

    if (!after.reason[0] && !retracts(chore))
        after.reason = REASON_AFTER;
    after.note = arena_printf(arena, "%s: %s", chore->word, why);
    alarm(pass, retracts(chore) ? retraction : REASON_AFTER, after.id,
          arena_printf(arena, "%s %s (%s)", delivery_name(&after, arena), sentence_of(chore),
                       after.note));
    end_chore(pass, item, chore, step, &end, &after);
}

/* ---- what each step of a machine means ---- */

/* Whether an unrepeatable request was done is not known. What is taken back twice is gone all the
 * same. */
static bool is_lost(const struct pass *pass, const struct chore *chore)
{
    return json_flag(chore->mine, "lost") && !retracts(chore) &&
           rule_on(pass->engine, RULE_AFTER_ONCE);
}

static const char *lost_sentence(void)
{
    return _("the connection broke while it was done, and whether it was cannot be seen; it is not "
             "done again");
}

/* A further publish request waits for its turn like the first. */
static void chore_send(struct pass *pass, struct item *item, struct chore *chore,
                       const struct step *step, const struct http_reply *reply)
{
    const struct http_request *request = &step->request;
    struct delivery after = *item->row;
    bool turn = reply && request->kind == REQUEST_PUBLISH;
    const struct saving saving = {.is = turn ? waiting : sent,
                                  .event = turn ? "after.step" : "after.intent",
                                  .not_before = pass->now,
                                  .reply = reply,
                                  .pending = turn ? NULL : request};

    if (request->unrepeatable && is_lost(pass, chore)) {
        give_up(pass, item, chore, step, reply, lost_sentence());
        return;
    }
    json_put_bool(chore->mine, "once", request->unrepeatable);
    if (reply)
        json_put_integer(chore->mine, "tries", 0);
    save_chore(pass, item, chore, step, &saving, &after);
}

static void chore_wait(struct pass *pass, struct item *item, struct chore *chore,
                       const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *item->row;
    const struct saving saving = {.is = waiting,
                                  .event = "after.step",
                                  .not_before = instant_plus(pass->now, step->wait),
                                  .reply = reply};

    save_chore(pass, item, chore, step, &saving, &after);
}

/* R8. Trouble of the account is no failure of the step. What may be done again is asked when it is
 * to be sent. */
static void chore_retry(struct pass *pass, struct item *item, struct chore *chore,
                        const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *item->row;
    int64_t tries = json_integer_or(chore->mine, "tries", 0);
    struct saving saving = {.is = waiting,
                            .why = step_why(step),
                            .event = "after.step",
                            .not_before = pass->now,
                            .reply = reply};

    if (step->trouble == TROUBLE_NONE && tries + 1 >= PACE_TRIES) {
        give_up(pass, item, chore, step, reply, step_why(step));
        return;
    }
    if (step->trouble == TROUBLE_NONE) {
        saving.not_before = instant_plus(pass->now, pace_retry(&pass->engine->random, tries));
        json_put_integer(chore->mine, "tries", tries + 1);
        line_obey(pass, item->line, step->not_before);
    }
    if (instant_before(saving.not_before, step->not_before))
        saving.not_before = step->not_before;
    save_chore(pass, item, chore, step, &saving, &after);
}

static void chore_done(struct pass *pass, struct item *item, struct chore *chore,
                       const struct step *step, const struct http_reply *reply)
{
    struct delivery after = *item->row;
    const struct saving end = {.is = done,
                               .event = retracts(chore) ? "retract" : "after.done",
                               .reply = reply};

    if (retracts(chore)) {
        after.state = STATE_RETRACTED;
        after.reason = after.note = "";
    }
    end_chore(pass, item, chore, step, &end, &after);
}

static void chore_ends(struct pass *pass, struct item *item, struct chore *chore,
                       const struct step *step, const struct http_reply *reply)
{
    give_up(pass, item, chore, step, reply, step_why(step));
}

typedef void (*chore_way)(struct pass *pass, struct item *item, struct chore *chore,
                          const struct step *step, const struct http_reply *reply);
static const chore_way chore_ways[] = {
    [STEP_SEND] = chore_send,   [STEP_WAIT] = chore_wait,    [STEP_DONE] = chore_done,
    [STEP_RETRY] = chore_retry, [STEP_REFUSED] = chore_ends, [STEP_DOUBT] = chore_ends,
};

/* What an unrepeatable request became is known again once something was read. */
static void note_fate(struct chore *chore, const struct http_reply *reply)
{
    bool once = json_flag(chore->mine, "once");

    if (reply && once && reply->fate == FATE_MAYBE_SENT)
        json_put_bool(chore->mine, "lost", true);
    else if (reply && !once && reply->fate == FATE_ANSWERED)
        json_object_del(chore->mine, "lost");
}

/* What the key does not allow here, it may allow for posts: they are not kept waiting for it. */
static void spare_the_account(struct step *step)
{
    if (step->trouble != TROUBLE_SCOPE)
        return;
    step->trouble = TROUBLE_NONE;
    step->kind = STEP_REFUSED;
}

static void chore_step(struct pass *pass, struct item *item, struct chore *chore,
                       const struct http_reply *reply)
{
    struct step step = machine_ask(pass, item, chore->advance, item->row,
                                   stored_progress(chore, pass->out->arena), reply);

    spare_the_account(&step);
    line_trouble(pass, item->line, &step, item->session);
    note_fate(chore, reply);
    chore_ways[step.kind](pass, item, chore, &step, reply);
}

/* ---- the way of a published row ---- */

/* Sent, and nobody waits for its answer: a crash and a lost connection are the same case. */
static void found_sent(struct pass *pass, struct item *item, struct chore *chore)
{
    const struct http_reply lost = {.fate = FATE_MAYBE_SENT,
                                    .body = "",
                                    .date = INSTANT_NONE,
                                    .received = pass->now,
                                    .why = _("Crier was stopped before the answer was stored")};

    chore_step(pass, item, chore, &lost);
}

/* Between the save and now somebody said no. */
static void withdraw(struct pass *pass, struct item *item, struct chore *chore)
{
    struct delivery after = *item->row;
    const struct saving saving = {.is = waiting, .event = "after.step", .not_before = pass->now};

    item_turn_over(pass, item);
    item->pending = NULL;
    save_chore(pass, item, chore, NULL, &saving, &after);
}

static void nothing_left(struct pass *pass, struct item *item)
{
    struct delivery after = *item->row;

    after.not_before = INSTANT_NONE;
    item_save(pass, item, &after, "after.end", NULL, NULL);
}

void way_published(struct pass *pass, struct item *item)
{
    struct chore chore;
    enum gate gate;

    if (instant_is_none(item->row->not_before)) {
        item_rest(pass, item);
        return;
    }
    item->answered = false; /* a stop lets what is public be read back, and begins nothing here */
    if (!item->line->adapter) {
        item_block(pass, item, GATE_NO_ACCOUNT);
        return;
    }
    if (!next_chore(pass, item, &chore)) {
        nothing_left(pass, item);
        return;
    }
    gate = gate_for(pass, item, &chore);
    if (way_was_sent_elsewhere(item)) {
        item_turn_over(pass, item);
        item->pending = NULL;
        give_up(pass, item, &chore, NULL, NULL,
                _("crier.cfg means another account by this name than when it was sent"));
    } else if (gate != GATE_OPEN && item->pending)
        withdraw(pass, item, &chore);
    else if (gate != GATE_OPEN)
        item_block(pass, item, gate);
    else if (item->pending)
        item_send_pending(pass, item);
    else if (is(chore.mine, sent))
        found_sent(pass, item, &chore);
    else if (instant_before(pass->now, item->row->not_before))
        item_sleep(pass, item, item->row->not_before);
    else
        item_wait(pass, item, QUEUE_TURNS);
}

void way_chore_turn(struct pass *pass, struct item *item)
{
    struct chore chore;

    if (!next_chore(pass, item, &chore) || gate_for(pass, item, &chore) != GATE_OPEN)
        item_go(pass, item);
    else
        chore_step(pass, item, &chore, NULL);
}

void way_chore_reply(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    struct chore chore;

    if (next_chore(pass, item, &chore))
        chore_step(pass, item, &chore, reply);
    else
        item_go(pass, item);
}

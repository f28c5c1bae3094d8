/* What the ways of all states share: the machines of the adapter, and the ends and rests of a
 * delivery. */
#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

static enum adapter_class class_of(const struct item *item)
{
    const struct adapter *adapter = item->line->adapter;

    return adapter->class_of ? adapter->class_of(item->line->account) : CLASS_C;
}

/* The row as its machine shall see it. What leaves `ready` for the first time gets its key; a new
 * key, or a request that never left, starts its age anew. */
struct delivery *machine_draft(struct pass *pass, const struct item *item)
{
    struct delivery *draft = arena_copy(pass->out->arena, item->row, sizeof *item->row);

    if (instant_is_none(draft->born))
        draft->born = pass->now;
    if (!draft->key[0])
        delivery_set_key(draft);
    if (!rule_on(pass->engine, RULE_RECORD_KEY)) {
        draft->record_key[0] = '\0';
        draft->born = pass->now;
    }
    if (!draft->record_key[0] && class_of(item) == CLASS_A) {
        draft->born.ms += item->later_ms;
        delivery_set_record_key(draft);
    }
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

bool machine_job(struct pass *pass, struct item *item, const struct delivery *row, struct job *job)
{
    static const struct span slack = {120 * INT64_C(1000)}; /* R4 */
    const struct line *line = item->line;
    struct delivery *shown = arena_copy(pass->out->arena, row, sizeof *row);

    *job = (struct job){
        .delivery = shown,
        .content = content_of(item),
        .account = line->account,
        .identity = line_identity(line),
        .since = instant_is_none(row->first_intent) ? row->first_intent
                                                    : instant_minus(row->first_intent, slack),
        .parent_id = item->before.id,
        .root_id = item->before.root ? item->before.root : item->before.id,
    };

    /* What is sent now is a first intent of now: a record that carries the time of its making is
     * the same bytes ever after. */
    if (instant_is_none(shown->first_intent))
        shown->first_intent = pass->now;
    return job->content != NULL;
}

struct step machine_ask(struct pass *pass, struct item *item, machine advance,
                        const struct delivery *row, const char *stored,
                        const struct http_reply *reply)
{
    struct arena *arena = pass->out->arena;
    struct progress at = {0};
    struct job job;

    if (!machine_job(pass, item, row, &job))
        return step_doubt(_("its stored content cannot be read"));
    if (stored && stored[0] && !progress_read(stored, arena, &at))
        return step_doubt(_("it was stored in a state that this version does not know"));
    return session_reading(item->line, item->session, advance(&job, &at, reply, arena));
}

const char *step_why(const struct step *step)
{
    return step->why ? step->why : "";
}

/* What the audit says of a save besides its row, written in one buffer that stays. */
struct buffer *facts_begin(struct pass *pass)
{
    struct buffer *facts = &pass->engine->facts;

    buffer_empty(facts);
    json_open(facts, NULL, '{');
    return facts;
}

const char *facts_end(struct pass *pass)
{
    struct buffer *facts = &pass->engine->facts;

    json_close(facts, '}');
    return arena_text_n(pass->out->arena, facts->bytes, facts->length);
}

const char *attempt_facts(struct pass *pass, const struct delivery *after,
                          const struct http_reply *reply, const struct step *step)
{
    struct buffer *facts = facts_begin(pass);
    char hex[DIGEST_HEX];

    if (reply && reply->body_length)
        json_add(facts, "answer", digest_hex_of(reply->body, reply->body_length, hex));
    json_add_integer(facts, "attempt", after->attempts);
    if (!reply && after->request[0])
        json_add(facts, "request", digest_hex_of(after->request, strlen(after->request), hex));
    if (reply && reply->status)
        json_add_integer(facts, "status", reply->status);
    if (step && step->why)
        json_add(facts, "why", step->why);
    return facts_end(pass);
}

void item_expire(struct pass *pass, struct item *item)
{
    item_change(pass, item, STATE_EXPIRED, REASON_TOO_LATE, NULL, "expire");
}

void item_hold(struct pass *pass, struct item *item, const char *reason, const char *note)
{
    item_change(pass, item, STATE_HELD, reason, note, "hold");
}

void item_turn_over(struct pass *pass, struct item *item)
{
    if (item->line->publishing != item)
        return;
    item->line->publishing = NULL;
    line_touch(pass->engine, item->line);
}

/* Waits in a queue of its line; what is not useful any more wakes by itself. */
void item_wait(struct pass *pass, struct item *item, enum queue queue)
{
    enum state state = item->row->state;
    bool ends = state == STATE_READY || state == STATE_PREPARING;

    item_enqueue(item, queue);
    timer_set(pass->engine, &item->timer, ends ? end_of(pass->engine, item->row) : INSTANT_NONE);
    line_touch(pass->engine, item->line);
}

/* Its session has run out by our clock: nobody else would ask for a new one. */
static void ask_for_session(struct pass *pass, struct item *item, enum gate gate)
{
    struct line *line = item->line;

    if (gate == GATE_SESSION && line->errand != LINE_REFRESH && !line->session.saving)
        session_want(pass, line);
}

/* `status` shows who waits for a paused account; the others say it in memory only. */
void item_block(struct pass *pass, struct item *item, enum gate gate)
{
    struct delivery after = *item->row;

    item_wait(pass, item, QUEUE_BLOCKED);
    ask_for_session(pass, item, gate);
    if (gate != GATE_PAUSED || after.state != STATE_READY || !strcmp(after.reason, REASON_ACCOUNT))
        return;
    after.reason = REASON_ACCOUNT;
    item_save(pass, item, &after, "wait", NULL, NULL);
}

void item_sleep_until(struct pass *pass, struct item *item, struct instant when)
{
    item_sleep(pass, item, instant_earlier(when, end_of(pass->engine, item->row)));
}

/* Never before the time that the platform asked for; the others of the account wait too. */
void line_obey(struct pass *pass, struct line *line, struct instant when)
{
    if (instant_is_none(when) || !rule_on(pass->engine, RULE_RETRY_AFTER))
        return;
    line->state.retry_at = when;
    line_save(pass, line);
}

static void obey(struct pass *pass, struct item *item, struct delivery *after, struct instant when)
{
    if (instant_before(after->not_before, when) && rule_on(pass->engine, RULE_RETRY_AFTER))
        after->not_before = when;
    line_obey(pass, item->line, when);
}

/* R8. Trouble of the account is no failure of the delivery. */
void item_note_failure(struct pass *pass, struct item *item, struct delivery *after,
                       const struct step *step)
{
    bool expired = step->trouble == TROUBLE_EXPIRED;

    after->note = expired ? "" : step_why(step);
    after->reason = step->trouble != TROUBLE_NONE && !expired ? REASON_ACCOUNT : "";
    after->not_before = INSTANT_NONE;
    if (step->progress)
        after->progress = step->progress;
    if (step->trouble == TROUBLE_NONE)
        after->not_before =
            instant_plus(pass->now, pace_retry(&pass->engine->random, after->tries++));
    obey(pass, item, after, step->not_before);
}

/* `step` says why, and perhaps when the platform wants to be asked again; NULL: nobody answered. */
void item_doubt(struct pass *pass, struct item *item, const char *why, const struct step *step,
                const struct http_reply *reply)
{
    struct delivery after = *item->row;

    after.state = STATE_DOUBTFUL;
    after.reason = "";
    after.note = why;
    after.reads = 0;
    after.not_before = INSTANT_NONE;
    if (step && step->progress)
        after.progress = step->progress;
    if (item->repeated && !(step && step->trouble == TROUBLE_EXPIRED))
        after.not_before =
            instant_plus(pass->now, pace_retry(&pass->engine->random, after.tries++));
    if (step)
        obey(pass, item, &after, step->not_before);
    item->repeated = item->confirming = item->answered = false;
    item->doubt_since = INSTANT_NONE;
    item->found_at = text_own(item->found_at, NULL);
    item_save(pass, item, &after, "publish.doubt", attempt_facts(pass, &after, reply, NULL), NULL);
}

void item_published(struct pass *pass, struct item *item, const struct receipt *receipt,
                    const char *reason, const char *event)
{
    struct delivery after = *item->row;
    struct buffer *facts = facts_begin(pass);

    after.state = STATE_PUBLISHED;
    after.reason = reason;
    after.note = receipt->differs && receipt->note ? receipt->note : "";
    after.tries = 0;
    after.not_before = INSTANT_NONE;
    if (receipt->remote_id)
        after.remote_id = receipt->remote_id;
    if (receipt->url)
        after.url = receipt->url;
    after.published = pass->now;
    if (after_is_wanted(pass, item))
        after.not_before = pass->now;
    json_add_integer(facts, "attempt", after.attempts);
    json_add(facts, "remote_id", after.remote_id);
    json_add(facts, "url", after.url);
    item_save(pass, item, &after, event, facts_end(pass), NULL);
}

const char *receipt_reason(const struct receipt *receipt)
{
    if (receipt->not_read_back)
        return REASON_NOT_READ_BACK;
    return receipt->differs ? REASON_DIFFERS : "";
}

void item_send_pending(struct pass *pass, struct item *item)
{
    const struct http_request *request = item->pending;

    item->pending = NULL;
    item->errand = ERRAND_PUBLISH;
    item_send(pass, item, request);
}

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

static uint64_t number_of(const char *id)
{
    return strtoull(id, NULL, 16);
}

struct item *item_find(const struct engine *engine, const char *id)
{
    return table_get(&engine->items, number_of(id));
}

struct item *item_of(struct heap_node *place)
{
    return (struct item *)((char *)place - offsetof(struct item, place));
}

/* Ten thousand rows stand here in a burst, so each is one block of exactly its size. */
static struct delivery *row_own(const struct delivery *row)
{
    struct delivery *own = malloc(delivery_pack(row, NULL));

    if (!own)
        out_of_memory();
    (void)delivery_pack(row, own);
    return own;
}

void items_each(struct engine *engine, void (*visit)(struct pass *, struct item *),
                struct pass *pass)
{
    size_t count = 0;
    struct item **all = arena_array(pass->out->arena, engine->items.count, sizeof(struct item *));

    for (size_t i = 0; i < engine->items.capacity; i++) {
        if (engine->items.slots[i].value)
            all[count++] = engine->items.slots[i].value;
    }
    for (size_t i = 0; i < count; i++)
        visit(pass, all[i]);
}

static void take_row(struct item *item, struct delivery *row)
{
    item->row = row;
    item->at = row->at;
    item->timer.urgent = row->urgency == URGENCY_URGENT;
}

void item_begin(struct engine *engine, struct item *item, const struct delivery *row)
{
    char thread[17];

    take_row(item, row_own(row));
    item->timer.number = number_of(row->id);
    item->wait_until = item->doubt_since = INSTANT_NONE;
    item->line = line_get(engine, row->account);
    delivery_thread_id(row, thread);
    item->thread = number_of(thread);
    item->part = occurrence_part(row->occurrence);
    thread_take(item);
}

static struct item *item_new(struct engine *engine, const struct delivery *row)
{
    struct item *item = calloc(1, sizeof *item);

    if (!item)
        out_of_memory();
    item_begin(engine, item, row);
    item->line->parts += row->parent[0] != '\0';
    table_put(&engine->items, item->timer.number, item);
    return item;
}

static void end_attempt(struct item *item)
{
    arena_clear(&item->attempt);
    item->content = NULL;
    item->pending = NULL;
    item->reading_at = NULL;
}

/* What was known of the attempt belongs to the row as it was. */
static void adopt(struct item *item, const struct delivery *row)
{
    struct delivery *own = row_own(row);

    free(item->row);
    take_row(item, own);
    thread_take(item);
    end_attempt(item);
    item->found_at = text_own(item->found_at, NULL);
    item->wait_until = item->doubt_since = INSTANT_NONE;
    item->measured = item->late = item->prepared = false;
    item->answered = item->confirming = item->unproven = false;
    item->looking = item->looked = false;
}

static void let_go(struct engine *engine, struct item *item)
{
    item_enqueue(item, QUEUE_NONE);
    timer_set(engine, &item->timer, INSTANT_NONE);
    if (item->ticket)
        (void)table_take(&engine->tickets, (uint64_t)item->ticket);
    item->ticket = 0;
    item->doing = DOING_NOTHING;
    if (item->line->publishing == item) {
        item->line->publishing = NULL;
        line_touch(engine, item->line);
    }
}

/* A save in flight is told of a newer row by its refusal. */
void item_admit(struct pass *pass, const struct delivery *row)
{
    struct item *item = item_find(pass->engine, row->id);

    if (item && (item->doing == DOING_SAVE || row->rev <= item->row->rev))
        return;
    if (!item) {
        item = item_new(pass->engine, row);
    } else {
        let_go(pass->engine, item);
        adopt(item, row);
    }
    thread_look(pass, item);
    thread_tell(pass, item);
    item_go(pass, item);
}

void item_end(struct item *item)
{
    thread_forget(item);
    free(item->row);
    free(item->next);
    end_attempt(item);
    free(item->found_at);
    free(item->note);
}

void item_forget(struct engine *engine, struct item *item)
{
    let_go(engine, item);
    (void)table_take(&engine->items, item->timer.number);
    item->line->parts -= item->row->parent[0] != '\0';
    item_end(item);
    free(item);
}

void item_drop(struct pass *pass, struct item *item)
{
    act(pass, ACTION_DROP)->delivery_id = arena_text(pass->out->arena, item->row->id);
    item_forget(pass->engine, item);
}

static struct heap *heap_of(struct item *item)
{
    switch (item->queue) {
    case QUEUE_TURNS:
        return &item->line->turns;
    case QUEUE_BLOCKED:
        return &item->line->blocked;
    case QUEUE_LATE:
        return &item->line->late;
    case QUEUE_NONE:
        break;
    }
    return NULL;
}

void item_enqueue(struct item *item, enum queue queue)
{
    if (item->queue != QUEUE_NONE)
        heap_take(heap_of(item), &item->place);
    item->queue = queue;
    if (queue != QUEUE_NONE)
        heap_put(heap_of(item), &item->place);
}

void item_sleep(struct pass *pass, struct item *item, struct instant until)
{
    item_enqueue(item, QUEUE_NONE);
    timer_set(pass->engine, &item->timer, until);
}

/* An undrawn change: our mistake. Test builds end here; others stop this delivery and say so. What
 * may be public stays in doubt, what is final stays final. */
static void engine_bug(struct pass *pass, struct item *item, const struct delivery *after,
                       const char *event)
{
    static const enum state refuge[STATE_COUNT] = {
        [STATE_PLANNED] = STATE_HELD,   [STATE_READY] = STATE_HELD,
        [STATE_PREPARING] = STATE_HELD, [STATE_SENDING] = STATE_DOUBTFUL,
        [STATE_DOUBTFUL] = STATE_HELD,
    };
    enum state to = refuge[item->row->state];

    if (rule_on(pass->engine, RULE_ABORT))
        abort();
    alarm(pass, "bug", item->row->id,
          arena_printf(pass->out->arena,
                       _("Crier stopped a mistake of its own: %s wanted to become %s (%s)"),
                       state_word(item->row->state), state_word(after->state), event));
    if (to == STATE_PLANNED)
        item_drop(pass, item);
    else
        item_change(pass, item, to, REASON_BUG, "", "bug");
}

static struct change *answer_save(struct pass *pass, struct item *item,
                                  const struct delivery *after, const char *event,
                                  const char *facts)
{
    struct action *action = act(pass, ACTION_SAVE);

    action->ticket = item->ticket;
    action->delivery_id = after->id;
    action->change = (struct change){
        .after = after,
        .from = item->row->state,
        .event = event,
        .actor = "svc:crier",
        .facts = facts,
    };
    return &action->change;
}

static struct secret_field *fields_own(const struct http_request *request, struct arena *arena)
{
    struct secret_field *fields = arena_array(arena, request->field_count, sizeof *fields);

    for (size_t i = 0; i < request->field_count; i++) {
        fields[i].name = arena_text(arena, request->fields[i].name);
        fields[i].value = arena_text(arena, request->fields[i].value);
        fields[i].secret = arena_text(arena, request->fields[i].secret);
    }
    return fields;
}

static struct http_request *request_own(const struct http_request *request, struct arena *arena)
{
    struct http_request *own = arena_copy(arena, request, sizeof *request);
    struct header *headers = arena_array(arena, request->header_count, sizeof *headers);
    struct form_part *parts = arena_array(arena, request->part_count, sizeof *parts);

    own->method = arena_text(arena, request->method);
    own->path = arena_text(arena, request->path);
    own->signing = arena_text(arena, request->signing);
    own->signer = arena_text(arena, request->signer);
    own->host = arena_text(arena, request->host);
    own->file_sha256 = arena_text(arena, request->file_sha256);
    own->fields = fields_own(request, arena);
    own->body = request->body ? arena_text_n(arena, request->body, request->body_length) : NULL;
    for (size_t i = 0; i < request->header_count; i++) {
        headers[i].name = arena_text(arena, request->headers[i].name);
        headers[i].value = arena_text(arena, request->headers[i].value);
    }
    for (size_t i = 0; i < request->part_count; i++) {
        parts[i].name = arena_text(arena, request->parts[i].name);
        parts[i].value = arena_text(arena, request->parts[i].value);
        parts[i].file_sha256 = arena_text(arena, request->parts[i].file_sha256);
        parts[i].mime = arena_text(arena, request->parts[i].mime);
        parts[i].filename = arena_text(arena, request->parts[i].filename);
        parts[i].offset = request->parts[i].offset;
        parts[i].length = request->parts[i].length;
    }
    own->headers = headers;
    own->parts = parts;
    return own;
}

/* The rule switched off: the request goes out with nothing written. */
static void forget_save(struct pass *pass, struct item *item)
{
    pass->out->count--;
    (void)table_take(&pass->engine->tickets, (uint64_t)item->ticket);
    item->next->rev--;
    item_saved(pass, item);
}

/* The change as it is asked for; NULL when it may not be. */
static struct change *save(struct pass *pass, struct item *item, const struct delivery *after,
                           const char *event, const char *facts, const struct http_request *pending)
{
    struct change change = {.after = after, .from = item->row->state, .event = event}, *asked;

    if (!change_allowed(item->row, &change)) {
        engine_bug(pass, item, after, event);
        return NULL;
    }
    item_sleep(pass, item, INSTANT_NONE);
    item->doing = DOING_SAVE;
    item->ticket = ticket_new(pass->engine, &item->timer);
    item->next = row_own(after);
    item->next_shift = (struct span){0};
    asked = answer_save(pass, item, item->next, event, facts);
    item->pending = pending ? request_own(pending, &item->attempt) : NULL;
    if (pending && !rule_on(pass->engine, RULE_INTENT_FIRST))
        forget_save(pass, item);
    return asked;
}

void item_save(struct pass *pass, struct item *item, const struct delivery *after,
               const char *event, const char *facts, const struct http_request *pending)
{
    (void)save(pass, item, after, event, facts, pending);
}

void item_intend(struct pass *pass, struct item *item, const struct delivery *after,
                 const struct http_request *request)
{
    struct buffer *facts = facts_begin(pass);
    char *hash = arena_alloc(pass->out->arena, DIGEST_HEX);
    struct change *asked;

    digest_hex_of(after->request, strlen(after->request), hash);
    json_add_integer(facts, "attempt", after->attempts);
    json_add(facts, "request", hash);
    asked = save(pass, item, after, "publish.intent", facts_end(pass), request);
    if (asked)
        asked->request_hash = hash;
}

void item_change(struct pass *pass, struct item *item, enum state to, const char *reason,
                 const char *note, const char *event)
{
    struct delivery after = *item->row;

    after.state = to;
    after.reason = reason;
    after.note = note ? note : "";
    item_save(pass, item, &after, event, NULL, NULL);
}

void item_send(struct pass *pass, struct item *item, const struct http_request *request)
{
    struct action *action = act(pass, ACTION_SEND);

    item->doing = DOING_REQUEST;
    item->asked = request->kind;
    item->session = item->line->session.number;
    item->ticket = ticket_new(pass->engine, &item->timer);
    action->ticket = item->ticket;
    action->account = item->line->account;
    action->delivery_id = arena_text(pass->out->arena, item->row->id);
    action->request = request_own(request, pass->out->arena);
    action->fresh = request->unrepeatable && rule_on(pass->engine, RULE_FRESH);
}

/* What the duty officer hears of, within the step in which it became durable. */
static const struct told {
    enum state state;
    const char *reason; /* NULL = any */
    const char *word;
    const char *sentence; /* N_(), of a delivery {0} and why {1} */
} told[] = {
    {STATE_PLANNED, REASON_RENDERING, "rendering", N_("{0} does not go out yet: {1}")},
    {STATE_PLANNED, NULL, "approval",
     N_("{0} does not go out: nobody has approved it as it is now: {1}")},
    {STATE_HELD, NULL, "held", N_("{0} is held and waits for a person: {1}")},
    {STATE_DOUBTFUL, NULL, "doubt", N_("{0} may or may not be public: {1}")},
    {STATE_FAILED, NULL, "failed",
     N_("{0} was refused by the platform, and nothing is public: {1}")},
    {STATE_EXPIRED, NULL, "expired", N_("{0} will not go out any more: {1}")},
    {STATE_PUBLISHED, REASON_DIFFERS, "differs", N_("{0} is public, but not as it was sent: {1}")},
    {STATE_PUBLISHED, REASON_NOT_READ_BACK, "not-read-back",
     N_("{0} was accepted, but could not be read back: {1}")},
};

static const char *why_sentence(const struct delivery *row)
{
    const char *sentence = row->note[0] ? row->note : reason_sentence(row->reason);

    return sentence ? sentence : row->reason;
}

static void tell(struct pass *pass, const struct delivery *row, enum state from)
{
    struct arena *arena = pass->out->arena;

    for (size_t i = 0; from != row->state && i < COUNT_OF(told); i++) {
        if (told[i].state != row->state ||
            (told[i].reason && strcmp(told[i].reason, row->reason) != 0))
            continue;
        const char *const parts[3] = {delivery_name(row, arena), why_sentence(row)};
        alarm(pass, told[i].word, row->id, i18n_fill(_(told[i].sentence), parts, arena));
        return;
    }
}

void item_saved(struct pass *pass, struct item *item)
{
    enum state from = item->row->state;

    free(item->row);
    take_row(item, item->next);
    item->next = NULL;
    item->row->rev++;
    item->row->first_intent = instant_shifted(item->row->first_intent, item->next_shift);
    if (item->row->state == STATE_READY || item->row->state == STATE_DOUBTFUL)
        end_attempt(item);
    item->ticket = 0;
    item->doing = DOING_NOTHING;
    tell(pass, item->row, from);
    thread_tell(pass, item);
    item_go(pass, item);
}

static void hold_twin(struct pass *pass, struct item *item)
{
    const char *note = arena_printf(pass->out->arena, _("the other is %s"),
                                    pass->event->twin ? pass->event->twin : "?");

    item_change(pass, item, STATE_HELD, REASON_NEVER_TWICE, note, "hold");
}

static void lose_approval(struct pass *pass, struct item *item)
{
    item_change(pass, item, STATE_PLANNED, REASON_CHANGED,
                _("its approvals do not stand any more; approve it again"), "approve.void");
}

static bool is_in_doubt(enum state state)
{
    return state == STATE_SENDING || state == STATE_DOUBTFUL;
}

static bool is_before_intent(enum state state)
{
    return state == STATE_READY || state == STATE_PREPARING;
}

/* Two of an account were born in one moment with one key: the next millisecond is free, or the one
 * after it. */
static void take_next_key(struct pass *pass, struct item *item)
{
    item->later_ms++;
    item_go(pass, item);
}

/* What it would be published as is another's, so nothing is known of its own fate. */
static void doubt_find(struct pass *pass, struct item *item)
{
    const char *why = _("a post like it was found, but that is the one of another delivery");

    if (item->row->state == STATE_DOUBTFUL)
        item_hold(pass, item, REASON_UNPROVEN, why);
    else
        item_doubt(pass, item, why, NULL, NULL);
}

/* What was to be its first attempt. */
static bool was_first_intent(const struct item *item)
{
    return item->next->state == STATE_SENDING && item->row->attempts == 0;
}

/* The row as it stands in the store is the truth; what we wanted is decided anew from it. */
void item_refused(struct pass *pass, struct item *item)
{
    enum refusal refusal = pass->event->refusal;

    if (was_first_intent(item))
        budget_take_back(pass, item);
    free(item->next);
    item->next = NULL;
    item->pending = NULL; /* it was to go out only once this was durable */
    item->ticket = 0;     /* taken already */
    let_go(pass->engine, item);
    if (pass->event->row_count > 0) {
        adopt(item, pass->event->rows[0]);
        thread_look(pass, item);
    }
    if (refusal == REFUSAL_GONE)
        item_drop(pass, item);
    else if (refusal == REFUSAL_KEY_TAKEN)
        take_next_key(pass, item);
    else if (refusal == REFUSAL_POST_TAKEN && is_in_doubt(item->row->state))
        doubt_find(pass, item);
    else if (refusal == REFUSAL_UNDRAWN)
        engine_bug(pass, item, item->row, "refused by the store");
    else if (refusal == REFUSAL_TWIN && is_before_intent(item->row->state))
        hold_twin(pass, item);
    else if (refusal == REFUSAL_UNAPPROVED && is_before_intent(item->row->state))
        lose_approval(pass, item);
    else
        item_go(pass, item);
}

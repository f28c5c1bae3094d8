#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

enum { OVERDUE_S = 60 };

static const char *const gate_sentences[] = {
    [GATE_OPEN] = NULL,
    [GATE_STOPPING] = N_("Crier is stopping"),
    [GATE_NO_ACCOUNT] = N_("its account is not in crier.cfg"),
    [GATE_FLAG] = N_("a hold is on; 'crier release' ends it"),
    [GATE_PAUSED] = N_("its account is paused"),
    [GATE_IDENTITY] = N_("the platform has not yet said whose account this is"),
    [GATE_SESSION] = N_("its account's session is being renewed"),
    [GATE_PARENT] = N_("the post before it in its thread is not public yet"),
    [GATE_CLOCK] = N_("this machine's clock is not to be trusted yet"),
};

const char *gate_sentence(enum gate gate)
{
    return gate_sentences[gate] ? _(gate_sentences[gate]) : NULL;
}

static bool waits_for_time(const struct item *item, struct instant now)
{
    return item->queue == QUEUE_NONE && item->timer.node.slot != 0 &&
           instant_before(now, item->timer.due);
}

/* What keeps an item back, as one sentence; NULL when nothing does. */
static const char *reason_of(const struct engine *engine, const struct item *item,
                             struct instant now)
{
    struct pass pass = {.engine = (struct engine *)(uintptr_t)engine, .now = now};
    enum gate gate = gate_of(&pass, item);

    if (item->doing == DOING_SAVE)
        return _("its next step is being written");
    if (item->doing == DOING_REQUEST)
        return _("its request is under way");
    if (item->queue == QUEUE_LATE)
        return _("it is late, and is being weighed with the other late ones");
    if (item->queue == QUEUE_BLOCKED || gate != GATE_OPEN)
        return gate_sentence(gate);
    if (item->queue == QUEUE_TURNS && item->line->publishing)
        return _("another post of its account is on its way");
    if (item->queue == QUEUE_TURNS && !instant_is_none(line_free_at(&pass, item->line)))
        return _("its account waits between two posts, or the platform asked it to wait");
    return waits_for_time(item, now) ? _("it waits for its time") : NULL;
}

/* Blocked, and not only until the platform has said who we are or has renewed a session: that is
 * asked again by itself. */
static bool waits_for_somebody(const struct engine *engine, const struct item *item,
                               struct instant now)
{
    struct pass pass = {.engine = (struct engine *)(uintptr_t)engine, .now = now};

    enum gate gate = gate_to_talk(&pass, item);

    return item->queue == QUEUE_BLOCKED && gate != GATE_IDENTITY && gate != GATE_SESSION;
}

static bool is_overdue(const struct engine *engine, const struct item *item, struct instant now)
{
    struct instant due = instant_plus(due_of(engine, item->row), span_seconds(OVERDUE_S));

    return item->row->state == STATE_READY && instant_before(due, now);
}

struct engine_load engine_load(const struct engine *engine, struct instant now)
{
    struct engine_load load = {.held_in_memory = engine->items.count,
                               .unsaved = engine->account_saves};

    for (size_t i = 0; i < engine->items.capacity; i++) {
        const struct item *item = engine->items.slots[i].value;

        if (!item)
            continue;
        load.in_flight += item->doing == DOING_REQUEST;
        load.unsaved += item->doing == DOING_SAVE;
        load.waiting += waits_for_somebody(engine, item, now);
        load.overdue_without_reason +=
            is_overdue(engine, item, now) && !reason_of(engine, item, now);
    }
    for (size_t i = 0; i < engine->line_count; i++)
        load.in_flight += engine->lines[i]->ticket != 0;
    load.in_flight += checks_in_flight(engine);
    return load;
}

bool engine_holds(const struct engine *engine, const char *id)
{
    return item_find(engine, id) != NULL;
}

struct instant engine_due(const struct engine *engine, const char *id)
{
    const struct item *item = item_find(engine, id);

    return item ? item->row->at : INSTANT_NONE;
}

const char *engine_why(const struct engine *engine, const char *id, struct instant now,
                       struct arena *arena)
{
    const struct item *item = item_find(engine, id);
    const char *reason = item ? reason_of(engine, item, now) : NULL;

    if (!item)
        return NULL;
    return arena_text(arena, reason ? reason : _("it goes out next"));
}

struct instant engine_last_publish(const struct engine *engine, const char *account)
{
    for (size_t i = 0; i < engine->line_count; i++) {
        if (strcmp(engine->lines[i]->name, account) == 0)
            return engine->lines[i]->state.last_publish;
    }
    return INSTANT_NONE;
}

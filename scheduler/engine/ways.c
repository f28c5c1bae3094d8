/* What a delivery does next, by its state. */
#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

/* What may be public does not expire: a person's answer is still wanted. A damaged row says nothing
 * of itself, not even its time. */
static bool ends_by_itself(const struct delivery *row)
{
    static const char *const stay[] = {REASON_UNPROVEN, REASON_FOUND_TWICE, REASON_DAMAGED};

    for (size_t i = 0; i < COUNT_OF(stay) && row->state == STATE_HELD; i++) {
        if (!strcmp(row->reason, stay[i]))
            return false;
    }
    return row->state == STATE_PLANNED || row->state == STATE_HELD;
}

/* The store found the damage and holds it; a row is shown here once, when it is found. */
static void tell_damage(struct pass *pass, const struct delivery *row)
{
    if (row->state == STATE_HELD && !strcmp(row->reason, REASON_DAMAGED))
        alarm(pass, "held", row->id,
              arena_printf(pass->out->arena, _("%s is held and waits for a person: %s"),
                           delivery_name(row, pass->out->arena), reason_sentence(row->reason)));
}

void item_rest(struct pass *pass, struct item *item)
{
    if (ends_by_itself(item->row) && is_over(pass, item->row)) {
        item_expire(pass, item);
        return;
    }
    if (thread_frees(pass, item))
        return;
    tell_damage(pass, item->row);
    item_drop(pass, item);
}

static void (*const ways[STATE_COUNT])(struct pass *pass, struct item *item) = {
    [STATE_PLANNED] = item_rest,       [STATE_READY] = way_ready,
    [STATE_PREPARING] = way_preparing, [STATE_SENDING] = way_sending,
    [STATE_DOUBTFUL] = way_doubtful,   [STATE_HELD] = item_rest,
    [STATE_PUBLISHED] = way_published, [STATE_FAILED] = item_rest,
    [STATE_EXPIRED] = item_rest,       [STATE_CANCELLED] = item_rest,
    [STATE_RETRACTED] = item_rest,
};

/* Whoever made it ready was mistaken: nothing of it may leave, not even what is there. */
static bool must_be_made(struct pass *pass, struct item *item)
{
    const struct delivery *row = item->row;

    if ((row->state != STATE_READY && row->state != STATE_PREPARING) || delivery_is_made(row) ||
        !rule_on(pass->engine, RULE_MADE_FIRST))
        return false;
    item_change(pass, item, STATE_PLANNED, REASON_RENDERING, NULL, "defer");
    return true;
}

void item_go(struct pass *pass, struct item *item)
{
    if (item->doing == DOING_NOTHING && !must_be_made(pass, item))
        ways[item->row->state](pass, item);
}

void item_turn(struct pass *pass, struct item *item)
{
    item_sleep(pass, item, INSTANT_NONE);
    if (item->row->state == STATE_DOUBTFUL)
        way_repeat(pass, item);
    else if (item->row->state == STATE_PUBLISHED)
        way_chore_turn(pass, item);
    else
        way_turn(pass, item);
}

/* A reload took the account away while the answer was under way: nobody is left to read it. */
static void without_account(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    if (item->row->state == STATE_SENDING && !item->pending)
        item_doubt(pass, item, _("its account is not in crier.cfg any more"), NULL, reply);
    else
        item_go(pass, item);
}

void item_reply(struct pass *pass, struct item *item, const struct http_reply *reply)
{
    item->ticket = 0;
    item->doing = DOING_NOTHING;
    if (!item->looking)
        item_turn_over(pass, item);
    line_heard(pass, item->line, reply, item->asked, item->session);
    if (!item->line->adapter)
        without_account(pass, item, reply);
    else if (item->errand == ERRAND_FIND)
        way_find(pass, item, reply);
    else if (item->row->state == STATE_SENDING)
        way_sending_step(pass, item, reply);
    else if (item->row->state == STATE_PUBLISHED)
        way_chore_reply(pass, item, reply);
    else
        way_advance(pass, item, reply);
}

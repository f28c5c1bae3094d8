/* Parts of a thread: each answers the one before it, goes out only once that one is public, and
 * nothing else of its account goes out between them.
 *
 * What a part knows of the one before it comes with its row, and from here whenever that one's row
 * is durable anew. */
#include <string.h>

#include "base/i18n.h"
#include "engine/after.h"
#include "engine/inside.h"

enum { PATIENCE_MIN = 5 }; /* how long the others of the account stand back for the next part */

static bool is_part(const struct item *item)
{
    return item->row->parent[0] != '\0';
}

static void learn(struct item *item, enum state state, const char *id, const char *root)
{
    item->before.state = state;
    item->before.id = text_own(item->before.id, id && *id ? id : NULL);
    item->before.root = text_own(item->before.root, root && *root ? root : NULL);
}

void thread_take(struct item *item)
{
    const struct delivery *row = item->row;

    if (is_part(item))
        learn(item, row->parent_state, row->parent_id, row->root_id);
}

void thread_look(struct pass *pass, struct item *item)
{
    const struct item *before = is_part(item) ? item_find(pass->engine, item->row->parent) : NULL;

    if (before && after_retracts(before->row->after))
        learn(item, STATE_RETRACTED, NULL, item->before.root);
}

void thread_forget(struct item *item)
{
    learn(item, STATE_PLANNED, NULL, NULL);
}

/* The platform's id of the first; NULL while not known. */
static const char *root_of(const struct item *item)
{
    if (!is_part(item))
        return item->row->remote_id;
    return item->before.root ? item->before.root : item->before.id;
}

static struct item *answer_of(const struct engine *engine, const struct delivery *row)
{
    struct item *item;
    char id[17];

    delivery_answer_id(row, id);
    item = item_find(engine, id);
    return item && !strcmp(item->row->parent, row->id) ? item : NULL;
}

/* Touched, as nobody goes from an item into another. */
void thread_tell(struct pass *pass, const struct item *item)
{
    const struct delivery *row = item->row;
    struct item *answer = item->line->parts > 0 ? answer_of(pass->engine, row) : NULL;

    if (!answer)
        return;
    learn(answer, after_retracts(row->after) ? STATE_RETRACTED : row->state,
          row->state == STATE_PUBLISHED ? row->remote_id : NULL, root_of(item));
    item->line->thread_told = true;
    line_touch(pass->engine, item->line);
}

bool thread_waits(const struct pass *pass, const struct item *item)
{
    return is_part(item) && rule_on(pass->engine, RULE_THREAD_ORDER) &&
           (item->before.state != STATE_PUBLISHED || !item->before.id);
}

/* In words for people; NULL = it may still come out. */
static const char *why_never(const struct before *before)
{
    if (before->state == STATE_PUBLISHED)
        return before->id ? NULL : _("the platform's id of the post before it is not known");
    if (before->state == STATE_HELD)
        return _("the post before it is held; once that one is public, this one goes on by itself");
    if (state_is_final(before->state))
        return _("the post before it will not be there; cancel this one too, or give the rest of "
                 "the thread a new id");
    return NULL;
}

bool thread_holds(struct pass *pass, struct item *item)
{
    const char *why = thread_waits(pass, item) ? why_never(&item->before) : NULL;

    if (why)
        item_hold(pass, item, REASON_PARENT, why);
    return why != NULL;
}

/* Its approvals are asked for where work begins. */
bool thread_frees(struct pass *pass, struct item *item)
{
    const struct delivery *row = item->row;

    if (row->state != STATE_HELD || strcmp(row->reason, REASON_PARENT) != 0 ||
        item->before.state != STATE_PUBLISHED || !item->before.id)
        return false;
    item_change(pass, item, STATE_READY, "", NULL, "release");
    return true;
}

/* Whole threads by the id of their first, their parts in order. */
bool thread_before(const struct item *a, const struct item *b)
{
    if (a->thread != b->thread)
        return a->thread < b->thread;
    return a->part != b->part ? a->part < b->part : a->timer.number < b->timer.number;
}

void thread_leads(struct pass *pass, struct item *item)
{
    struct line *line = item->line;
    const struct item *answer = line->parts > 0 ? answer_of(pass->engine, item->row) : NULL;

    line->led = pass->now;
    line->next_part[0] = '\0';
    if (answer)
        memcpy(line->next_part, answer->row->id, sizeof line->next_part);
}

bool thread_follows(const struct item *item)
{
    return is_part(item) && !strcmp(item->line->next_part, item->row->id);
}

struct instant thread_patience(const struct line *line)
{
    return line->next_part[0] ? instant_plus(line->led, span_minutes(PATIENCE_MIN)) : INSTANT_NONE;
}

/* On its way, or waiting for one that is. */
static bool is_moving(const struct item *item)
{
    if (item->before.state != STATE_PUBLISHED)
        return item->before.state == STATE_SENDING;
    return item->doing != DOING_NOTHING || item->queue == QUEUE_TURNS ||
           (item->row->state == STATE_PREPARING && item->queue == QUEUE_NONE);
}

bool thread_reserves(const struct pass *pass, const struct line *line, struct item **next)
{
    struct item *item = line->next_part[0] ? item_find(pass->engine, line->next_part) : NULL;

    if (!item || !rule_on(pass->engine, RULE_THREAD_ORDER) ||
        !instant_before(pass->now, thread_patience(line)) || !is_moving(item))
        return false;
    *next = item->queue == QUEUE_TURNS ? item : NULL;
    return true;
}

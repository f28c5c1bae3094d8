#include <stdlib.h>
#include <string.h>

#include "engine/inside.h"

/* Late is measured when a due delivery is first met: after a start, a sleep of the host, the end of
 * a pause, a release, an approval. Those met together are judged together, a moment after the last.
 */
enum { ON_TIME_S = 120, SETTLE_MS = 1000, MOST_LATE = 3 };

bool late_meets(struct pass *pass, struct item *item)
{
    struct instant due = due_of(pass->engine, item->row);

    if (item->queue == QUEUE_LATE)
        return true;
    if (item->measured || !rule_on(pass->engine, RULE_LATE))
        return false;
    item->measured = true;
    if (instant_since(pass->now, due).ms <= span_seconds(ON_TIME_S).ms)
        return false;
    item_enqueue(item, QUEUE_LATE);
    timer_set(pass->engine, &item->timer, end_of(pass->engine, item->row));
    item->line->late_at = instant_plus(pass->now, (struct span){SETTLE_MS});
    line_touch(pass->engine, item->line);
    return true;
}

void late_again(struct pass *pass, struct item *item)
{
    (void)pass;
    if (item->row->state == STATE_READY || item->row->state == STATE_PREPARING)
        item->measured = false;
}

static int by_post(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
    int order = strcmp(x->row->campaign, y->row->campaign);

    if (order == 0)
        order = strcmp(x->row->post, y->row->post);
    if (order == 0)
        order = (x->row->at.ms < y->row->at.ms) - (x->row->at.ms > y->row->at.ms);
    return order != 0 ? order : strcmp(x->row->id, y->row->id);
}

static int by_deadline(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;

    if (x->row->useful_until.ms != y->row->useful_until.ms)
        return x->row->useful_until.ms < y->row->useful_until.ms ? -1 : 1;
    return thread_before(x, y) ? -1 : thread_before(y, x);
}

/* An occurrence of a repeat is named by its local slot, all others by a word. */
static bool repeats(const struct delivery *row)
{
    return row->occurrence[0] >= '0' && row->occurrence[0] <= '9';
}

static bool same_post(const struct item *a, const struct item *b)
{
    return !strcmp(a->row->campaign, b->row->campaign) && !strcmp(a->row->post, b->row->post);
}

/* All of the line that are due and not yet on their way, each post's newest first. */
static size_t all_due(struct pass *pass, const struct line *line, struct item **due)
{
    const struct table *items = &pass->engine->items;
    size_t count = 0;

    for (size_t i = 0; i < items->capacity; i++) {
        struct item *item = items->slots[i].value;

        if (item && item->line == line && repeats(item->row) &&
            (item->row->state == STATE_READY || item->row->state == STATE_PREPARING) &&
            !instant_before(pass->now, item->row->at))
            due[count++] = item;
    }
    if (count > 1)
        qsort(due, count, sizeof(struct item *), by_post);
    return count;
}

/* Of a repeat only the newest missed occurrence counts, with all its parts. */
static void expire_older(struct pass *pass, struct line *line)
{
    struct item **due =
        arena_array(pass->out->arena, pass->engine->items.count, sizeof(struct item *));
    size_t count = all_due(pass, line, due), newest = 0;

    for (size_t i = 1; i < count; i++) {
        if (!same_post(due[newest], due[i]))
            newest = i;
        else if (due[i]->row->at.ms < due[newest]->row->at.ms && due[i]->queue == QUEUE_LATE)
            item_change(pass, due[i], STATE_EXPIRED, REASON_NEWER, NULL, "expire");
    }
}

static bool same_thread(const struct item *a, const struct item *b)
{
    return a->thread == b->thread;
}

/* Of what may still go out the first few; a thread is one of them, whole. */
void late_judge(struct pass *pass, struct line *line)
{
    struct item **late;
    struct heap_node *first;
    size_t count = 0;

    line->late_at = INSTANT_NONE;
    expire_older(pass, line);
    late = arena_array(pass->out->arena, line->late.count, sizeof(struct item *));
    while ((first = heap_first(&line->late))) {
        struct item *item = item_of(first);

        item_enqueue(item, QUEUE_NONE);
        if (item->row->late == LATE_HOLD)
            item_change(pass, item, STATE_HELD, REASON_LATE, NULL, "hold");
        else
            late[count++] = item;
    }
    if (count > 1)
        qsort(late, count, sizeof(struct item *), by_deadline);
    for (size_t i = 0, taken = 0; i < count; i++) {
        taken += i == 0 || !same_thread(late[i - 1], late[i]);
        late[i]->late = taken <= MOST_LATE;
        if (late[i]->late)
            item_go(pass, late[i]);
        else
            item_change(pass, late[i], STATE_HELD, REASON_BACKLOG, NULL, "hold");
    }
}

#include "campaign/merge.h"

#include <assert.h>
#include <string.h>

static const char *const words[] = {
    [MERGE_KEEP] = "keep",
    [MERGE_INSERT] = "insert",
    [MERGE_REPLACE] = "replace",
    [MERGE_REMOVING] = "removing",
    [MERGE_CANCEL] = "cancel",
    [MERGE_RETURN] = "return",
    [MERGE_SKIP] = "skip",
    [MERGE_HOLD] = "hold",
    [MERGE_WARN_PUBLISHED_CHANGED] = "warn-published-changed",
    [MERGE_ERROR_WENT_OUT] = "error-went-out",
    [MERGE_ERROR_ENDED] = "error-ended",
    [MERGE_FROZEN] = "frozen",
};

const char *merge_word(enum merge_kind kind)
{
    return words[kind];
}

/* What ends a hold without a person: the cause is looked at again with each load. */
enum lift {
    LIFT_NEVER,  /* only a person                                          */
    LIFT_FROZEN, /* may be public, or unreadable: files have no say at all */
    LIFT_CAUSE,  /* as soon as the planner finds no cause any more         */
    LIFT_TIME,   /* its time was moved into the future                     */
    LIFT_CONTENT /* its content was changed                                */
};

static const struct {
    const char *reason;
    enum lift lift;
} lifts[] = {
    {REASON_UNPROVEN, LIFT_FROZEN}, {REASON_FOUND_TWICE, LIFT_FROZEN},
    {REASON_DAMAGED, LIFT_FROZEN},  {REASON_NEVER_TWICE, LIFT_CAUSE},
    {REASON_REMOVING, LIFT_CAUSE},  {REASON_AUTHOR_UNKNOWN, LIFT_CAUSE},
    {REASON_FIRST_READ, LIFT_TIME}, {REASON_LATE, LIFT_TIME},
    {REASON_BACKLOG, LIFT_TIME},    {REASON_QUIET, LIFT_TIME},
    {REASON_BLACKOUT, LIFT_TIME},   {REASON_LIMITS, LIFT_CONTENT},
    {REASON_MEDIA, LIFT_CONTENT},   {REASON_REJECTED, LIFT_CONTENT},
};

static enum lift lift_of(const char *reason)
{
    for (size_t i = 0; i < COUNT_OF(lifts); i++)
        if (!strcmp(lifts[i].reason, reason))
            return lifts[i].lift;
    return LIFT_NEVER;
}

static bool is(const char *word, const char *reason)
{
    return word && !strcmp(word, reason);
}

static bool content_differs(const struct delivery *a, const struct delivery *b)
{
    return strcmp(a->content_hash, b->content_hash) != 0;
}

static bool window_differs(const struct delivery *a, const struct delivery *b)
{
    return a->at.ms != b->at.ms || a->useful_until.ms != b->useful_until.ms;
}

/* Settings that decide how it goes out but that nobody approves. `again` is compared after
 * carry_over, so that a person's release does not look like a difference. */
static bool settings_differ(const struct delivery *a, const struct delivery *b)
{
    return a->lead.ms != b->lead.ms || a->late != b->late || a->urgency != b->urgency ||
           a->again != b->again || a->approvals != b->approvals || a->author != b->author ||
           strcmp(a->file, b->file) != 0;
}

static bool differs(const struct delivery *stored, const struct delivery *row)
{
    return content_differs(stored, row) || window_differs(stored, row) ||
           settings_differ(stored, row);
}

/* A new content is a new public act: nothing made for the old one may be used for it. Before the
 * first attempt even its birth is forgotten. A held row that was attempted keeps its old key until
 * a person releases it: by the difference `release` knows that the generation must grow. */
static void forget_preparations(struct delivery *row)
{
    if (!row->attempts || row->state != STATE_HELD)
        row->key[0] = 0;
    row->progress = "";
    row->request = "";
    if (row->attempts)
        return;
    row->born = INSTANT_NONE;
    row->generation = 0;
}

/* The stored row with what the files say now. */
static struct delivery carry_over(const struct delivery *stored, const struct delivery *planned)
{
    struct delivery row = *stored;
    bool same = !content_differs(stored, planned);

    if (!same || window_differs(stored, planned))
        row.early = INSTANT_NONE;
    row.at = planned->at;
    row.useful_until = planned->useful_until;
    row.lead = planned->lead;
    row.late = same && is(stored->reason, REASON_RELEASED) ? stored->late : planned->late;
    row.urgency = planned->urgency;
    row.again = planned->again || (same && stored->again);
    row.approvals = planned->approvals;
    row.content = planned->content;
    memcpy(row.content_hash, planned->content_hash, sizeof row.content_hash);
    memcpy(row.same_hash, planned->same_hash, sizeof row.same_hash);
    row.media = planned->media;
    row.media_count = planned->media_count;
    row.file = planned->file;
    row.author = planned->author;
    if (!same)
        forget_preparations(&row);
    return row;
}

static bool is_late(const struct delivery *row, const struct merge_facts *facts)
{
    return facts->now.ms - row->at.ms > MERGE_ON_TIME_MS;
}

/* Nothing tells an edited rule from an old one but that a slot turns up inside a window that was
 * planned before without it. */
static bool edited_too_close(const struct planned *planned, const struct merge_facts *facts)
{
    int64_t apart;

    if (!planned->post->repeats || instant_is_none(facts->last_published) ||
        instant_is_none(facts->planned_until) ||
        !instant_before(planned->delivery.at, facts->planned_until))
        return false;
    apart = planned->delivery.at.ms - facts->last_published.ms;
    return apart >= 0 && apart < MERGE_EDITED_MS;
}

/* The reason why the planner holds a row, first sight of it or not; NULL = it does not. */
static const char *hold_cause(const struct delivery *stored, const struct planned *planned,
                              const struct delivery *row, const struct merge_facts *facts)
{
    bool first_seen = !stored || stored->state == STATE_CANCELLED;

    if (!row->again && (facts->twin || is(planned->held_by, REASON_NEVER_TWICE)))
        return REASON_NEVER_TWICE;
    if (!row->again && first_seen && edited_too_close(planned, facts))
        return REASON_REPEAT_EDITED;
    if ((!stored || window_differs(stored, row)) && is_late(row, facts))
        return REASON_FIRST_READ;
    if (row->approvals > 0 && row->author < 0)
        return REASON_AUTHOR_UNKNOWN;
    return NULL;
}

static void set_hold(struct merge_result *result, const char *reason, const struct planned *planned,
                     const struct merge_facts *facts)
{
    const char *other = facts->twin ? facts->twin : planned->held_name;

    result->kind = MERGE_HOLD;
    result->event = "hold";
    result->row.state = STATE_HELD;
    result->row.reason = reason;
    result->row.note = is(reason, REASON_NEVER_TWICE) && other ? other : "";
}

bool merge_may_be_ready(const struct delivery *row, bool approved)
{
    return approved && delivery_is_made(row);
}

static void set_free(struct merge_result *result, enum merge_kind kind, const char *reason,
                     const struct merge_facts *facts)
{
    result->kind = kind;
    result->event = kind == MERGE_RETURN ? "plan.return" : "plan.change";
    result->row.state =
        merge_may_be_ready(&result->row, facts->approved) ? STATE_READY : STATE_PLANNED;
    result->row.key[0] = 0; /* made anew, from the content as it is then */
    result->row.reason = delivery_is_made(&result->row) ? reason : REASON_RENDERING;
    result->row.note = "";
}

static void decide_new(const struct planned *planned, const struct merge_facts *facts,
                       struct merge_result *result)
{
    const struct delivery *row = &planned->delivery;
    const char *cause = hold_cause(NULL, planned, row, facts);
    bool past = instant_before(row->at, facts->now);

    if (facts->broken || !instant_before(facts->now, row->useful_until) ||
        (facts->new_store && past)) {
        result->kind = MERGE_SKIP;
        return;
    }
    result->row = *row;
    if (cause)
        set_hold(result, cause, planned, facts);
    else
        set_free(result, MERGE_INSERT, "", facts);
    if (!cause)
        result->event = "plan.add";
}

static bool is_frozen(const struct delivery *stored)
{
    return stored->state == STATE_SENDING || stored->state == STATE_DOUBTFUL ||
           (stored->state == STATE_HELD && lift_of(stored->reason) == LIFT_FROZEN);
}

static bool was_removed(const struct delivery *stored)
{
    return stored->state == STATE_CANCELLED && is(stored->reason, REASON_REMOVED);
}

/* Ended for good: files can neither call it back nor send it again. */
static void decide_ended(const struct delivery *stored, const struct planned *planned,
                         const struct merge_facts *facts, struct merge_result *result)
{
    bool out = stored->state == STATE_PUBLISHED || stored->state == STATE_RETRACTED;

    if (stored->at.ms != planned->delivery.at.ms &&
        instant_before(facts->now, planned->delivery.at))
        result->kind = out ? MERGE_ERROR_WENT_OUT : MERGE_ERROR_ENDED;
    else if (stored->state == STATE_PUBLISHED && content_differs(stored, &planned->delivery))
        result->kind = MERGE_WARN_PUBLISHED_CHANGED;
}

static void decide_return(const struct delivery *stored, const struct planned *planned,
                          const struct merge_facts *facts, struct merge_result *result)
{
    const char *cause;

    if (!instant_before(facts->now, planned->delivery.at))
        return;
    result->row = carry_over(stored, &planned->delivery);
    forget_preparations(&result->row);
    result->via_planned = true;
    cause = *stored->note ? stored->note : hold_cause(stored, planned, &result->row, facts);
    if (!cause) {
        set_free(result, MERGE_RETURN, "", facts);
        return;
    }
    set_hold(result, cause, planned, facts);
    result->event = "plan.return";
}

static bool is_lifted(const struct delivery *stored, const struct delivery *row, const char *cause,
                      const struct merge_facts *facts)
{
    switch (lift_of(stored->reason)) {
    case LIFT_CAUSE:
        return !cause;
    case LIFT_TIME:
        return window_differs(stored, row) && !is_late(row, facts);
    case LIFT_CONTENT:
        return content_differs(stored, row);
    case LIFT_NEVER:
    case LIFT_FROZEN:
        break;
    }
    /* A person may lift it, and `again` says what a person would. */
    return is(stored->reason, REASON_REPEAT_EDITED) && row->again;
}

static void decide_held(const struct delivery *stored, const struct planned *planned,
                        const struct merge_facts *facts, struct merge_result *result)
{
    const char *cause = hold_cause(stored, planned, &result->row, facts);

    if (is_lifted(stored, &result->row, cause, facts)) {
        if (cause)
            set_hold(result, cause, planned, facts);
        else
            set_free(result, MERGE_RETURN, "", facts);
        return;
    }
    if (is(stored->reason, REASON_REMOVING)) { /* back, but to another hold */
        set_hold(result, cause, planned, facts);
        return;
    }
    if (differs(stored, &result->row)) {
        result->kind = MERGE_REPLACE;
        result->event = "plan.change";
    }
}

bool merge_says_otherwise(const struct delivery *stored, const struct planned *planned)
{
    struct delivery row = carry_over(stored, &planned->delivery);

    return differs(stored, &row);
}

struct planned merge_as_applied(const struct delivery *stored, const struct planned *planned)
{
    struct planned as_applied = *planned;

    as_applied.delivery = *stored;
    if (planned->delivery.approvals > stored->approvals)
        as_applied.delivery.approvals = planned->delivery.approvals;
    as_applied.held_by = as_applied.held_name = NULL;
    return as_applied;
}

/* planned, ready or preparing. That what it shows is made now is no change that anybody made. */
static void decide_open(const struct delivery *stored, const struct planned *planned,
                        const struct merge_facts *facts, struct merge_result *result)
{
    const char *cause = hold_cause(stored, planned, &result->row, facts);
    bool content = content_differs(stored, &result->row);
    bool moved = window_differs(stored, &result->row);
    bool free = merge_may_be_ready(&result->row, facts->approved);
    bool lost = stored->state != STATE_PLANNED && !free;
    bool gained = stored->state == STATE_PLANNED && free;
    const char *changed = is(stored->reason, REASON_RENDERING) ? "" : REASON_CHANGED;

    if (cause) {
        forget_preparations(&result->row);
        set_hold(result, cause, planned, facts);
        return;
    }
    if (content || moved || lost || gained) {
        set_free(result, MERGE_REPLACE, content ? changed : moved ? REASON_MOVED : "", facts);
        if (stored->state == STATE_PREPARING)
            forget_preparations(&result->row);
        return;
    }
    if (differs(stored, &result->row)) {
        result->kind = MERGE_REPLACE;
        result->event = "plan.change";
    }
}

static void decide_pair(const struct delivery *stored, const struct planned *planned,
                        const struct merge_facts *facts, struct merge_result *result)
{
    if (is_frozen(stored)) {
        if (differs(stored, &planned->delivery))
            result->kind = MERGE_FROZEN;
        return;
    }
    if (was_removed(stored)) {
        decide_return(stored, planned, facts, result);
        return;
    }
    if (state_is_final(stored->state)) {
        decide_ended(stored, planned, facts, result);
        return;
    }
    result->row = carry_over(stored, &planned->delivery);
    if (stored->state == STATE_HELD)
        decide_held(stored, planned, facts, result);
    else
        decide_open(stored, planned, facts, result);
}

static void set_cancelled(const struct delivery *stored, struct merge_result *result)
{
    bool by_person = stored->state == STATE_HELD && lift_of(stored->reason) == LIFT_NEVER;

    result->kind = MERGE_CANCEL;
    result->event = "cancel";
    result->row.state = STATE_CANCELLED;
    result->row.note = by_person ? stored->reason : "";
    result->row.reason = REASON_REMOVED;
}

static void decide_missing(const struct delivery *stored, const struct merge_facts *facts,
                           struct merge_result *result)
{
    struct instant since =
        instant_is_none(facts->missing_since) ? facts->now : facts->missing_since;

    if (state_is_final(stored->state) || instant_before(stored->at, facts->from) ||
        !instant_before(stored->at, facts->until))
        return;
    if (is_frozen(stored)) {
        result->kind = MERGE_FROZEN;
        return;
    }
    if (facts->now.ms - since.ms >= MERGE_REMOVAL_MS) {
        set_cancelled(stored, result);
        return;
    }
    result->kind = MERGE_REMOVING;
    result->again = (struct instant){since.ms + MERGE_REMOVAL_MS};
    if (stored->state == STATE_HELD)
        return;
    forget_preparations(&result->row);
    result->event = "plan.remove";
    result->row.state = STATE_HELD;
    result->row.reason = REASON_REMOVING;
}

void merge_decide(const struct delivery *stored, const struct planned *planned,
                  const struct merge_facts *facts, struct merge_result *result)
{
    assert(stored || planned);
    *result = (struct merge_result){.kind = MERGE_KEEP, .again = INSTANT_NONE};
    if (!stored) {
        decide_new(planned, facts, result);
        return;
    }
    result->row = *stored;
    if (facts->broken)
        return;
    if (planned)
        decide_pair(stored, planned, facts, result);
    else
        decide_missing(stored, facts, result);
}

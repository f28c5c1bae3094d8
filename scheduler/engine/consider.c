#include "engine/consider.h"

#include "base/i18n.h"
#include "engine/inside.h"

static const char *const words[CONSIDERATIONS] = {
    [CONSIDER_STATE] = "state",     [CONSIDER_MEDIA] = "media",       [CONSIDER_USEFUL] = "useful",
    [CONSIDER_TRIES] = "tries",     [CONSIDER_ACCOUNT] = "account",   [CONSIDER_PAUSED] = "paused",
    [CONSIDER_SESSION] = "session", [CONSIDER_IDENTITY] = "identity", [CONSIDER_HOLD] = "hold",
    [CONSIDER_CLOCK] = "clock",     [CONSIDER_THREAD] = "thread",     [CONSIDER_DUE] = "due",
    [CONSIDER_WINDOW] = "window",   [CONSIDER_LATE] = "late",         [CONSIDER_BUDGET] = "budget",
    [CONSIDER_LIMITS] = "limits",   [CONSIDER_UPLOADS] = "uploads",   [CONSIDER_TURN] = "turn",
    [CONSIDER_PACE] = "pace",       [CONSIDER_STOPPING] = "stopping",
};

const char *consideration_word(enum consideration which)
{
    return words[which];
}

static struct considered goes(void)
{
    return (struct considered){WEIGHT_NONE, INSTANT_NONE, ""};
}

static struct considered waits(struct instant until, const char *says)
{
    return (struct considered){WEIGHT_WAITS, until, says};
}

static struct considered stops(const char *says)
{
    return (struct considered){WEIGHT_STOPS, INSTANT_NONE, says};
}

/* ---- what the row itself says ---- */

static struct considered state(struct pass *pass, struct item *item)
{
    const struct delivery *row = item->row;
    const char *reason = reason_sentence(row->reason);

    (void)pass;
    if (row->state == STATE_READY || row->state == STATE_PREPARING)
        return goes();
    if (row->state == STATE_SENDING || row->state == STATE_DOUBTFUL)
        return waits(INSTANT_NONE, state_sentence(row->state));
    return stops(reason ? reason : state_sentence(row->state));
}

static struct considered media(struct pass *pass, struct item *item)
{
    return delivery_is_made(item->row) || !rule_on(pass->engine, RULE_MADE_FIRST)
               ? goes()
               : waits(INSTANT_NONE, reason_sentence(REASON_RENDERING));
}

static struct considered useful(struct pass *pass, struct item *item)
{
    return is_over(pass, item->row) ? stops(reason_sentence(REASON_TOO_LATE)) : goes();
}

static struct considered tries(struct pass *pass, struct item *item)
{
    (void)pass;
    return item->row->tries >= PACE_TRIES ? stops(reason_sentence(REASON_TRIES)) : goes();
}

/* ---- gates ---- */

static struct considered gate(struct pass *pass, struct item *item, enum gate which,
                              struct considered closed)
{
    if (!gate_is_closed(pass, item, which))
        return goes();
    closed.says = gate_sentence(which);
    return closed;
}

static struct considered account(struct pass *pass, struct item *item)
{
    return gate(pass, item, GATE_NO_ACCOUNT, stops(""));
}

/* The probe may end the pause by itself, or not. */
static struct considered paused(struct pass *pass, struct item *item)
{
    const char *word = item->line->state.paused;
    struct considered pause = gate(pass, item, GATE_PAUSED, stops(""));

    if (pause.weight != WEIGHT_NONE)
        pause.says = arena_printf(pass->out->arena, "%s: %s", pause.says, word);
    return pause;
}

static struct considered session(struct pass *pass, struct item *item)
{
    return gate(pass, item, GATE_SESSION, waits(INSTANT_NONE, ""));
}

static struct considered identity(struct pass *pass, struct item *item)
{
    return gate(pass, item, GATE_IDENTITY, waits(INSTANT_NONE, ""));
}

static struct considered hold(struct pass *pass, struct item *item)
{
    return gate(pass, item, GATE_FLAG, stops(""));
}

static struct considered clock_trust(struct pass *pass, struct item *item)
{
    return gate(pass, item, GATE_CLOCK, waits(INSTANT_NONE, ""));
}

static struct considered thread(struct pass *pass, struct item *item)
{
    return gate(pass, item, GATE_PARENT, waits(INSTANT_NONE, ""));
}

static struct considered stopping(struct pass *pass, struct item *item)
{
    return gate(pass, item, GATE_STOPPING, waits(INSTANT_NONE, ""));
}

/* ---- times ---- */

static struct considered due(struct pass *pass, struct item *item)
{
    struct instant when = way_wanted(pass, item);

    if (!is_early(pass, when))
        return goes();
    return waits(when, instant_before(item->row->at, when)
                           ? _("the platform asked for a wait, or it is tried again then")
                           : _("its time has not come"));
}

static struct considered window(struct pass *pass, struct item *item)
{
    struct window window = window_at(pass->engine, item->row, way_wanted(pass, item));

    if (window.kind == WINDOW_HOLD)
        return stops(window.note && *window.note
                         ? arena_printf(pass->out->arena, "%s: %s", reason_sentence(window.reason),
                                        window.note)
                         : reason_sentence(window.reason));
    return window.kind == WINDOW_WAIT
               ? waits(window.end, _("quiet hours: it goes out when they end"))
               : goes();
}

static struct considered late(struct pass *pass, struct item *item)
{
    struct instant after = way_late_at(pass, item);

    if (item->queue == QUEUE_LATE)
        return waits(item->line->late_at,
                     _("it is late, and is being weighed with the other late ones"));
    return instant_is_none(after)
               ? goes()
               : waits(after, _("late posts of an account keep a minute between them"));
}

/* ---- what the account still may ---- */

static struct considered budget(struct pass *pass, struct item *item)
{
    const struct budget *spent;
    struct budget_use use;

    if (gate_is_closed(pass, item, GATE_NO_ACCOUNT))
        return goes();
    spent = budget_spent(pass, item, &use);
    if (!spent)
        return goes();
    return waits(use.until, arena_printf(pass->out->arena, _("%lld of %lld %s are used"),
                                         (long long)use.used, (long long)spent->most, spent->word));
}

static struct considered limits(struct pass *pass, struct item *item)
{
    const char *why = "";

    if (gate_is_closed(pass, item, GATE_NO_ACCOUNT) || item_fits(pass, item, &why))
        return goes();
    return stops(why);
}

static struct considered uploads(struct pass *pass, struct item *item)
{
    (void)pass;
    return item->row->state != STATE_PREPARING || item->prepared
               ? goes()
               : waits(INSTANT_NONE, _("its pictures or videos are being uploaded"));
}

static struct considered turn(struct pass *pass, struct item *item)
{
    const struct line *line = item->line;
    struct item *next = NULL;

    if ((line->publishing && line->publishing != item &&
         rule_on(pass->engine, RULE_ONE_AT_A_TIME)) ||
        (thread_reserves(pass, line, &next) && next != item))
        return waits(INSTANT_NONE, _("another post of its account is on its way"));
    return goes();
}

static struct considered pace(struct pass *pass, struct item *item)
{
    struct instant free_at = line_may_take_at(pass, item->line, item);

    return instant_is_none(free_at)
               ? goes()
               : waits(free_at,
                       _("its account waits between two posts, or the platform asked it to wait"));
}

static struct considered (*const judges[CONSIDERATIONS])(struct pass *, struct item *) = {
    [CONSIDER_STATE] = state,       [CONSIDER_MEDIA] = media,       [CONSIDER_USEFUL] = useful,
    [CONSIDER_TRIES] = tries,       [CONSIDER_ACCOUNT] = account,   [CONSIDER_PAUSED] = paused,
    [CONSIDER_SESSION] = session,   [CONSIDER_IDENTITY] = identity, [CONSIDER_HOLD] = hold,
    [CONSIDER_CLOCK] = clock_trust, [CONSIDER_THREAD] = thread,     [CONSIDER_DUE] = due,
    [CONSIDER_WINDOW] = window,     [CONSIDER_LATE] = late,         [CONSIDER_BUDGET] = budget,
    [CONSIDER_LIMITS] = limits,     [CONSIDER_UPLOADS] = uploads,   [CONSIDER_TURN] = turn,
    [CONSIDER_PACE] = pace,         [CONSIDER_STOPPING] = stopping,
};

/* ---- what follows ---- */

/* What stops it says more than what it waits for, an unknown wait more than a known one, a longer
 * one more than a shorter. */
static bool says_more(const struct considered *one, const struct considered *other)
{
    if (one->weight != other->weight)
        return one->weight > other->weight;
    if (one->weight != WEIGHT_WAITS || instant_is_none(other->until))
        return false;
    return instant_is_none(one->until) || instant_before(other->until, one->until);
}

void considerations_conclude(struct considerations *considerations, struct instant now)
{
    const struct considered *decisive;

    considerations->decisive = 0;
    for (enum consideration i = 1; i < CONSIDERATIONS; i++) {
        if (says_more(&considerations->each[i], &considerations->each[considerations->decisive]))
            considerations->decisive = i;
    }
    decisive = &considerations->each[considerations->decisive];
    considerations->any_against = decisive->weight != WEIGHT_NONE;
    considerations->goes = decisive->weight != WEIGHT_STOPS;
    considerations->at = considerations->any_against ? decisive->until : now;
}

static void judge(struct pass *pass, struct item *item, struct considerations *considerations)
{
    for (enum consideration i = 0; i < CONSIDERATIONS; i++)
        considerations->each[i] = judges[i](pass, item);
    considerations->in_flight = item->doing != DOING_NOTHING;
    considerations_conclude(considerations, pass->now);
}

void engine_consider(const struct engine *engine, const struct delivery *row, struct instant now,
                     struct arena *arena, struct considerations *considerations)
{
    struct engine *asked = (struct engine *)(uintptr_t)engine;
    struct actions out = {.arena = arena, .wake = INSTANT_NONE};
    struct pass pass = {.engine = asked, .now = now, .out = &out};
    struct item *held = item_find(engine, row->id), passing = {.doing = DOING_NOTHING};

    if (held) {
        judge(&pass, held, considerations);
        return;
    }
    item_begin(asked, &passing, row);
    judge(&pass, &passing, considerations);
    item_end(&passing);
}

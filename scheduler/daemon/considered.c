#include "daemon/considered.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/consider.h"
#include "engine/decide.h"

/* What can be done about it, by what is decisive; what is not here passes by itself. */
static const struct {
    const char *what, *try;
} tries[] = {
    {"file",
     N_("Put the post back into its file, or leave it: then it is cancelled after a minute.")},
    {"approvals",
     N_("Somebody of the approvers, who is not the author, says: crier approve NAME.")},
    {"never-twice", N_("Change the words, or write again = true; if it is meant.")},
    {"state",
     N_("crier release NAME lets it go on, crier cancel NAME gives it up; crier resolve NAME "
        "says what is true of one in doubt. What has ended needs a new post with a new id.")},
    {"useful", N_("Give the post a new time and a new id.")},
    {"tries", N_("crier release NAME tries it again.")},
    {"account", N_("Put the account back into crier.cfg.")},
    {"paused",
     N_("crier accounts says what is the matter; crier login ACCOUNT puts a new credential "
        "in place.")},
    {"identity", N_("The daemon asks the platform by itself; crier accounts shows what it said.")},
    {"hold", N_("crier release --all, --campaign, --account or --class ends the hold.")},
    {"clock", N_("See to the machine's clock: timedatectl.")},
    {"window", N_("Give it another time, or wait; class = \"urgent\" passes where crier.cfg allows "
                  "it.")},
    {"limits", N_("Shorten the post for this account.")},
    {"daemon", N_("Start it: crier run, or systemctl start crier.")},
};

static const char *try_of(const char *what)
{
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        if (!strcmp(tries[i].what, what))
            return _(tries[i].try);
    }
    return NULL;
}

static void add_weighed(json_t *result, const char *what, enum weight weight, const char *says)
{
    json_t *entry = json_object();

    json_put(entry, "what", what);
    json_put_bool(entry, "ok", weight == WEIGHT_NONE);
    json_put_bool(entry, "waits", weight == WEIGHT_WAITS);
    json_put(entry, "says", says);
    json_array_append_new(json_object_get(result, "considerations"), entry);
}

static void add(json_t *result, const char *what, bool ok, const char *says)
{
    add_weighed(result, what, ok ? WEIGHT_NONE : WEIGHT_STOPS, says);
}

static const char *local(const struct considered_by *by, struct instant t, struct arena *arena)
{
    char text[INSTANT_TEXT];

    return arena_text(arena, instant_local(t, by->offset_s, false, text));
}

/* In a sentence. */
static const char *wall(const struct considered_by *by, struct instant t, struct arena *arena)
{
    char text[INSTANT_TEXT];

    return arena_text(arena, instant_wall(t, by->offset_s, text));
}

/* ---- what the outbox knows ---- */

static bool add_file(struct outbox *outbox, const struct delivery *row, json_t *result,
                     struct arena *arena, struct err *err)
{
    struct instant missing;

    if (!outbox_missing_since(outbox, row->id, &missing, err))
        return false;
    add(result, "file", instant_is_none(missing),
        instant_is_none(missing)
            ? arena_printf(arena, "campaigns/%s: %s", row->file, row->post)
            : arena_printf(arena, _("its post is gone from campaigns/%s"), row->file));
    return true;
}

static void add_time(const struct considered_by *by, const struct delivery *row, json_t *result,
                     struct arena *arena)
{
    char utc[INSTANT_TEXT];

    add(result, "time", true,
        arena_printf(arena, _("%1$s, which is %2$s UTC; useful until %3$s"),
                     wall(by, row->at, arena), instant_wall(row->at, 0, utc),
                     wall(by, row->useful_until, arena)));
}

static const char *names_of(const struct considered_by *by, const struct delivery *row,
                            const struct approval *approvals, size_t count, struct arena *arena)
{
    const char *names = "";

    for (size_t i = 0; i < count; i++) {
        if (approvals_valid(row, &approvals[i], 1, by->approval_for, by->now) == 1)
            names = arena_printf(arena, "%s%s%s", names, *names ? ", " : ": ", approvals[i].login);
    }
    return names;
}

static bool add_approvals(struct outbox *outbox, const struct considered_by *by,
                          const struct delivery *row, json_t *result, struct arena *arena,
                          struct err *err)
{
    const struct approval *approvals;
    size_t count, valid;

    if (!outbox_approvals(outbox, row->id, arena, &approvals, &count, err))
        return false;
    valid = approvals_valid(row, approvals, count, by->approval_for, by->now);
    add(result, "approvals", valid >= (size_t)row->approvals,
        row->approvals == 0
            ? _("its account asks for none")
            : arena_printf(arena, _("%zu of %d for these very words, pictures and time%s"), valid,
                           row->approvals, names_of(by, row, approvals, count, arena)));
    return true;
}

static bool may_go_out(const struct delivery *row)
{
    return !state_is_final(row->state) && row->state != STATE_SENDING &&
           row->state != STATE_DOUBTFUL;
}

static bool add_twin(struct outbox *outbox, const struct considered_by *by,
                     const struct delivery *row, json_t *result, struct arena *arena,
                     struct err *err)
{
    struct instant when = instant_before(row->at, by->now) ? by->now : row->at;
    const char *twin = NULL;

    if (may_go_out(row) && !outbox_twin(outbox, row, when, arena, &twin, err))
        return false;
    add(result, "never-twice", !twin,
        twin ? arena_printf(arena, _("%s says the same within 30 days"), twin)
             : _("no other post says the same within 30 days"));
    return true;
}

bool considered_store(struct outbox *outbox, const struct considered_by *by,
                      const struct delivery *row, json_t *result, struct arena *arena,
                      struct err *err)
{
    json_put_new(result, "considerations", json_array());
    add_time(by, row, result, arena);
    return add_file(outbox, row, result, arena, err) &&
           add_approvals(outbox, by, row, result, arena, err) &&
           add_twin(outbox, by, row, result, arena, err);
}

/* ---- what the engine judges ---- */

/* Where nothing is to be said against it. */
static const char *const fine[CONSIDERATIONS] = {
    [CONSIDER_STATE] = N_("it may go out"),
    [CONSIDER_MEDIA] = N_("all that it shows is ready"),
    [CONSIDER_USEFUL] = N_("it is not too late"),
    [CONSIDER_TRIES] = N_("it has not been tried too often"),
    [CONSIDER_ACCOUNT] = N_("its account is in crier.cfg"),
    [CONSIDER_PAUSED] = N_("its account is not paused"),
    [CONSIDER_SESSION] = N_("its account's credential is in force"),
    [CONSIDER_IDENTITY] = N_("the platform says that the account is ours"),
    [CONSIDER_HOLD] = N_("no hold is on"),
    [CONSIDER_CLOCK] = N_("this machine's clock is right"),
    [CONSIDER_THREAD] = N_("nothing has to go out before it"),
    [CONSIDER_DUE] = N_("its time has come"),
    [CONSIDER_WINDOW] = N_("neither quiet hours nor a blackout at that time"),
    [CONSIDER_LATE] = N_("it is not weighed as late"),
    [CONSIDER_BUDGET] = N_("the platform lets the account publish so many"),
    [CONSIDER_LIMITS] = N_("it fits what the server takes"),
    [CONSIDER_UPLOADS] = N_("nothing is left to upload"),
    [CONSIDER_TURN] = N_("no other post of its account goes first"),
    [CONSIDER_PACE] = N_("its account need not wait between two posts"),
    [CONSIDER_STOPPING] = N_("Crier is not stopping"),
};

static void add_considered(const struct considered_by *by, enum consideration which,
                           const struct considered *one, json_t *result, struct arena *arena)
{
    const char *says = one->says;

    if (one->weight == WEIGHT_NONE)
        says = _(fine[which]);
    else if (!instant_is_none(one->until))
        says = arena_printf(arena, _("%1$s; until %2$s"), says, wall(by, one->until, arena));
    add_weighed(result, consideration_word(which), one->weight, says);
}

/* The store's own judgements stop it, whatever the engine says. */
static const json_t *stored_objection(const json_t *result)
{
    const json_t *list = json_object_get(result, "considerations");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        if (!json_flag(entry, "ok"))
            return entry;
    }
    return NULL;
}

static void put_outcome(json_t *result, bool is_going, const char *at, const char *what,
                        const char *because)
{
    json_t *outcome = json_object();

    json_put_bool(outcome, "goes", is_going);
    json_put(outcome, "at", at);
    json_put(outcome, "what", what);
    json_put(outcome, "because", because);
    json_put(outcome, "try", what ? try_of(what) : NULL);
    json_put_new(result, "outcome", outcome);
}

/* What has ended, or may be public, is not asked what stands against it. */
static void put_ended(const struct considered_by *by, const struct delivery *row, json_t *result,
                      struct arena *arena)
{
    bool out = row->state == STATE_PUBLISHED && !instant_is_none(row->published);

    put_outcome(result, false, NULL, row->state == STATE_DOUBTFUL ? "state" : NULL,
                out ? arena_printf(arena, _("it went out at %s"), wall(by, row->published, arena))
                    : state_sentence(row->state));
}

static void conclude(const struct considered_by *by, const struct delivery *row,
                     const struct considerations *all, const json_t *objection, json_t *result,
                     struct arena *arena)
{
    const struct considered *decisive = &all->each[all->decisive];

    if (!may_go_out(row))
        put_ended(by, row, result, arena);
    else if (decisive->weight == WEIGHT_STOPS || !objection)
        put_outcome(result, all->goes,
                    all->goes && !instant_is_none(all->at) ? local(by, all->at, arena) : NULL,
                    all->any_against ? consideration_word(all->decisive) : NULL,
                    all->any_against ? decisive->says : NULL);
    else
        put_outcome(result, false, NULL, json_text(objection, "what"),
                    json_text(objection, "says"));
}

/* A planned or held row says by its state only that others have spoken: they say it better. */
static bool is_said_better(const struct delivery *row, const json_t *objection)
{
    return objection && (row->state == STATE_PLANNED || !strcmp(row->reason, REASON_REMOVING) ||
                         !strcmp(row->reason, REASON_NEVER_TWICE));
}

void considered_engine(const struct engine *engine, const struct considered_by *by,
                       const struct delivery *row, json_t *result, struct arena *arena)
{
    const json_t *objection = stored_objection(result);
    struct considerations all;

    engine_consider(engine, row, by->now, arena, &all);
    for (enum consideration i = 0; may_go_out(row) && i < CONSIDERATIONS; i++)
        add_considered(by, i, &all.each[i], result, arena);
    if (is_said_better(row, objection)) {
        all.each[CONSIDER_STATE] = (struct considered){WEIGHT_NONE, INSTANT_NONE, ""};
        considerations_conclude(&all, by->now);
    }
    conclude(by, row, &all, objection, result, arena);
}

/* ---- without a daemon ---- */

static bool tell_start(struct engine *engine, struct outbox *outbox,
                       const struct workspace *workspace, struct instant now, struct arena *arena,
                       struct err *err)
{
    struct event start = {.kind = EVENT_START, .now = now};
    const struct event config = {.kind = EVENT_CONFIG, .now = now, .workspace = workspace};
    struct actions actions = {.arena = arena};

    if (!outbox_accounts(outbox, arena, &start.accounts, &start.account_count, err) ||
        !outbox_flags(outbox, arena, &start.flags.items, &start.flags.count, err))
        return false;
    engine_step(engine, &start, &actions);
    engine_step(engine, &config, &actions);
    return true;
}

bool considered_offline(struct outbox *outbox, const struct workspace *workspace,
                        const struct considered_by *by, const struct delivery *row, json_t *result,
                        struct arena *arena, struct err *err)
{
    struct engine *engine = engine_new(0);
    bool ok = tell_start(engine, outbox, workspace, by->now, arena, err);

    if (ok && may_go_out(row))
        add(result, "daemon", false, _("the daemon is not running: nothing goes out"));
    if (ok)
        considered_engine(engine, by, row, result, arena);
    engine_free(engine);
    return ok;
}

/* What grows old is looked after each day. Approvals are told 48 h before they end, and taken back
 * when they have ended; logins that end are told from two weeks before; media that no row of the
 * last 30 days and no file shows leave the spool. */
#include <string.h>

#include "base/i18n.h"
#include "daemon/credentials.h"
#include "daemon/internal.h"
#include "engine/decide.h"

enum { PAGE = 1000, ANNOUNCE_HOURS = 48 };

struct keeping {
    struct span approval_for;
    struct deliveries voided;
    size_t capacity;
    const char **ending; /* names of deliveries whose approval ends before their time */
    size_t ending_count, ending_capacity;
};

/* The youngest moment at which the row has approvals enough. NONE: it has them for good, or not at
 * all. */
static struct instant approval_ends(const struct delivery *row, const struct approval *approvals,
                                    size_t count, struct span approval_for, struct instant now)
{
    struct instant end = INSTANT_NONE;
    size_t i;

    for (i = 0; i < count; i++) {
        struct instant one = instant_plus(approvals[i].given, approval_for);
        bool counts = approvals_valid(row, &approvals[i], 1, approval_for, now) == 1;
        if (counts && (instant_is_none(end) || instant_before(one, end)))
            end = one;
    }
    return end;
}

static bool void_row(struct task *task, struct outbox *outbox, const struct delivery *row,
                     struct instant now, struct err *err)
{
    struct keeping *keeping = task->data;
    struct delivery *after = delivery_copy(row, &task->arena);
    struct change change = {
        .after = after, .from = row->state, .event = "approve.void", .actor = "svc:crier"};
    enum written written;
    const char *twin;
    const struct delivery **slot;

    after->state = STATE_PLANNED;
    after->reason = REASON_CHANGED;
    after->note = _("its approval is too old");
    if (!outbox_change(outbox, &change, now, &task->arena, &written, &twin, err))
        return false;
    if (written != WRITTEN)
        return true;
    after->rev++;
    slot = arena_push(&task->arena, &keeping->voided.items, &keeping->voided.count,
                      &keeping->capacity, sizeof *slot);
    *slot = after;
    return true;
}

static bool keep_row(struct task *task, struct outbox *outbox, const struct delivery *row,
                     struct instant now, struct err *err)
{
    struct keeping *keeping = task->data;
    const struct approval *approvals;
    struct instant end;
    size_t count;

    if (row->approvals == 0)
        return true;
    if (!outbox_approvals(outbox, row->id, &task->arena, &approvals, &count, err))
        return false;
    if (approvals_valid(row, approvals, count, keeping->approval_for, now) < (size_t)row->approvals)
        return void_row(task, outbox, row, now, err);
    end = approval_ends(row, approvals, count, keeping->approval_for, now);
    if (instant_before(end, row->at) &&
        instant_since(end, now).ms <= span_hours(ANNOUNCE_HOURS).ms) {
        const char **slot = arena_push(&task->arena, &keeping->ending, &keeping->ending_count,
                                       &keeping->ending_capacity, sizeof *slot);
        *slot = delivery_name(row, &task->arena);
    }
    return true;
}

static bool keep_page(struct task *task, struct outbox *outbox, struct outbox_filter *filter,
                      struct instant now, bool *more, struct err *err)
{
    struct deliveries rows = {0};
    size_t i;

    if (!outbox_list(outbox, filter, &task->arena, &rows, err))
        return false;
    for (i = 0; i < rows.count; i++) {
        if (!keep_row(task, outbox, rows.items[i], now, err))
            return false;
    }
    *more = rows.count == PAGE;
    if (*more) {
        filter->after_id = rows.items[PAGE - 1]->id;
        filter->after_at = rows.items[PAGE - 1]->at;
    }
    return true;
}

static bool keeping_work(struct task *task, struct outbox *outbox, struct instant now,
                         struct err *err)
{
    struct outbox_filter filter = {
        .states = 1u << STATE_READY,
        .from = INSTANT_NONE,
        .until = INSTANT_NONE,
        .after_at = INSTANT_NONE,
        .limit = PAGE,
    };
    struct keeping *keeping = task->data;
    bool more = true;

    keeping->voided = (struct deliveries){0};
    keeping->capacity = keeping->ending_count = keeping->ending_capacity = 0;
    while (more) {
        if (!keep_page(task, outbox, &filter, now, &more, err))
            return false;
    }
    return true;
}

static void keeping_done(struct task *task)
{
    const struct keeping *keeping = task->data;
    struct arena scratch = {0};
    size_t i;

    daemon_tell_rows(task->daemon, &keeping->voided);
    for (i = 0; i < keeping->voided.count; i++)
        alarm_raise(task->daemon->alarms, "approval",
                    arena_printf(&scratch,
                                 _("the approval of %s is too old; somebody must approve it again"),
                                 delivery_name(keeping->voided.items[i], &scratch)));
    for (i = 0; i < keeping->ending_count; i++)
        alarm_raise(task->daemon->alarms, "approval",
                    arena_printf(
                        &scratch,
                        _("the approval of %s ends before its time, within 48 hours; somebody must "
                          "approve it again"),
                        keeping->ending[i]));
    arena_clear(&scratch);
}

void keeping_approvals(struct daemon *daemon)
{
    const struct workspace *workspace = &daemon->config->set.workspace;
    struct task *task;
    struct keeping *keeping;

    if (!workspace_asks_approvals(workspace))
        return;
    task = task_new(daemon, sizeof *keeping, keeping_work, keeping_done);
    keeping = task->data;
    keeping->approval_for = workspace->approval_for;
    task_submit(task, false);
}

/* ---- media ---- */

enum { SWEEP_HOURS = 24, YOUNG_HOURS = 24, KEPT_DAYS = 30 };

/* What rows need of the spool. */
struct needed_media {
    const char *const *hashes;
    size_t count;
};

static bool media_work(struct task *task, struct outbox *outbox, struct instant now,
                       struct err *err)
{
    struct needed_media *needed = task->data;

    return outbox_media(outbox, instant_minus(now, span_days(KEPT_DAYS)), &task->arena,
                        &needed->hashes, &needed->count, err);
}

/* A reading that has begun since may give rows what no row has needed. */
static void media_done(struct task *task)
{
    struct daemon *daemon = task->daemon;
    const struct needed_media *needed = task->data;
    const struct instant now = daemon_now(daemon);

    if (daemon->stopping || daemon->ended || daemon->reloading)
        return;
    daemon->swept = now;
    planner_sweep(daemon->planner, needed->hashes, needed->count,
                  instant_minus(now, span_hours(YOUNG_HOURS)));
}

void keeping_media(struct daemon *daemon)
{
    struct instant since = instant_minus(daemon_now(daemon), span_hours(SWEEP_HOURS));

    if (daemon->reloading || daemon->options->until_idle || instant_before(since, daemon->swept))
        return;
    task_submit(task_new(daemon, sizeof(struct needed_media), media_work, media_done), true);
}

/* ---- logins ---- */

/* The accounts as the store has them, read for the loop. */
struct known_accounts {
    const struct account_state *states;
    size_t count;
};

static bool logins_work(struct task *task, struct outbox *outbox, struct instant now,
                        struct err *err)
{
    struct known_accounts *known = task->data;

    (void)now;
    return outbox_accounts(outbox, &task->arena, &known->states, &known->count, err);
}

static void warn_of_end(struct daemon *daemon, const struct account_state *state,
                        struct arena *scratch)
{
    const struct account *account =
        workspace_account(&daemon->config->set.workspace, state->account);
    struct instant now = daemon_now(daemon),
                   ends = account ? login_ends(state, account) : INSTANT_NONE;
    const struct zone *zone = daemon->config->set.workspace.zone;
    char text[INSTANT_TEXT];

    if (!account || !login_ends_soon(ends, now))
        return;
    alarm_raise(daemon->alarms, "login",
                arena_printf(scratch,
                             _("the login of account %s ends at %s; its posts stop then. Somebody "
                               "must log in again before: crier login %s"),
                             account->name,
                             instant_local(ends, zone ? zone_offset_s(zone, ends) : 0, false, text),
                             account->name));
}

static void logins_done(struct task *task)
{
    const struct known_accounts *known = task->data;
    struct arena scratch = {0};

    for (size_t i = 0; i < known->count; i++)
        warn_of_end(task->daemon, &known->states[i], &scratch);
    arena_clear(&scratch);
}

void keeping_logins(struct daemon *daemon)
{
    struct task *task = task_new(daemon, sizeof(struct known_accounts), logins_work, logins_done);

    task_submit(task, true);
}

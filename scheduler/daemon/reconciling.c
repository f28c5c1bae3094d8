/* Published posts read back on demand, and what is in doubt looked for again: what is proven is
 * written down. A few at a time; the engine looks (ACTION_CHECKED), the store is told afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "daemon/desk.h"
#include "daemon/internal.h"

enum { BATCH = 8, PAGE = 1000, LONGEST_USEFUL_DAYS = 8, MOST_DAYS = 400 };
enum { VERDICTS = CHECK_ABSENT + 1 };

/* What a look at one delivery found, and what was written of it. */
struct looked {
    const char *id;
    enum check_verdict verdict;
    const char *remote_id, *url, *why;
    struct delivery *row; /* as it stands afterwards; NULL = gone */
    bool news;            /* the row says something else than before */
    bool is_anothers;     /* what was found belongs to another delivery */
};

struct reconciling {
    struct daemon *daemon;
    struct arena arena;
    const char *actor;
    struct instant since;
    const char **ids;
    size_t count, capacity, next; /* next: the first that is not looked at yet */
    struct looked batch[BATCH];
    size_t open, closed; /* of the batch: under way, and answered */
    bool running;
    int64_t verdicts[VERDICTS], resolved;
    json_t *deliveries; /* all but the equal ones */
};

void reconciling_free(struct daemon *daemon)
{
    struct reconciling *job = daemon->reconciling;

    if (!job)
        return;
    json_decref(job->deliveries);
    arena_clear(&job->arena);
    free(job);
    daemon->reconciling = NULL;
}

/* ---- which ones ---- */

struct listing {
    struct reconciling *job;
    const char **ids;
    size_t count, capacity;
};

/* Its fate is unknown. */
static bool is_in_doubt(const struct delivery *row)
{
    return row->state == STATE_DOUBTFUL ||
           (row->state == STATE_HELD && !strcmp(row->reason, REASON_UNPROVEN));
}

static bool is_wanted(const struct reconciling *job, const struct delivery *row)
{
    return row->state == STATE_PUBLISHED ? !instant_before(row->published, job->since)
                                         : is_in_doubt(row);
}

static void list_page(struct task *task, const struct deliveries *rows)
{
    struct listing *listing = task->data;

    for (size_t i = 0; i < rows->count; i++) {
        if (is_wanted(listing->job, rows->items[i]))
            *(const char **)arena_push(&task->arena, &listing->ids, &listing->count,
                                       &listing->capacity, sizeof *listing->ids) =
                arena_text(&task->arena, rows->items[i]->id);
    }
}

static bool list_states(struct task *task, struct outbox *outbox, uint32_t states,
                        struct instant from, struct err *err)
{
    struct outbox_filter filter = {.states = states,
                                   .from = from,
                                   .until = INSTANT_NONE,
                                   .after_at = INSTANT_NONE,
                                   .limit = PAGE};
    struct deliveries rows;

    do {
        if (!outbox_list(outbox, &filter, &task->arena, &rows, err))
            return false;
        list_page(task, &rows);
        if (rows.count > 0) {
            filter.after_id = rows.items[rows.count - 1]->id;
            filter.after_at = rows.items[rows.count - 1]->at;
        }
    } while (rows.count == PAGE);
    return true;
}

/* A post may go out a while after its time. */
static bool list_work(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    struct listing *listing = task->data;
    struct instant from = instant_minus(listing->job->since, span_days(LONGEST_USEFUL_DAYS));

    (void)now;
    listing->ids = NULL;
    listing->count = listing->capacity = 0;
    return list_states(task, outbox, 1u << STATE_PUBLISHED, from, err) &&
           list_states(task, outbox, 1u << STATE_DOUBTFUL | 1u << STATE_HELD, INSTANT_NONE, err);
}

static void next_batch(struct reconciling *job);

static void list_done(struct task *task)
{
    const struct listing *listing = task->data;
    struct reconciling *job = listing->job;

    job->ids = arena_array(&job->arena, listing->count, sizeof *job->ids);
    job->count = listing->count;
    for (size_t i = 0; i < job->count; i++)
        job->ids[i] = arena_text(&job->arena, listing->ids[i]);
    next_batch(job);
}

/* ---- looking ---- */

struct reading_rows {
    struct reconciling *job;
    struct deliveries rows;
};

static bool read_work(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    struct reading_rows *reading = task->data;
    const struct reconciling *job = reading->job;

    (void)now;
    reading->rows.items = arena_array(&task->arena, BATCH, sizeof *reading->rows.items);
    reading->rows.count = 0;
    for (size_t i = 0; i < job->open; i++) {
        struct delivery *row;

        if (!outbox_read(outbox, job->batch[i].id, &task->arena, &row, err))
            return false;
        reading->rows.items[reading->rows.count++] = row;
    }
    return true;
}

static void read_done(struct task *task)
{
    const struct reading_rows *reading = task->data;
    struct event event = {.kind = EVENT_CHECK,
                          .rows = reading->rows.items,
                          .row_count = reading->rows.count};

    daemon_tell(task->daemon, &event);
}

static void next_batch(struct reconciling *job)
{
    struct task *task;

    job->open = job->closed = 0;
    while (job->open < BATCH && job->next < job->count)
        job->batch[job->open++] = (struct looked){.id = job->ids[job->next++]};
    job->running = job->open > 0;
    if (!job->running)
        return;
    task = task_new(job->daemon, sizeof(struct reading_rows), read_work, read_done);
    ((struct reading_rows *)task->data)->job = job;
    task_submit(task, true);
}

/* ---- writing down what is proven ---- */

struct writing_down {
    struct reconciling *job;
    struct looked looked[BATCH];
    size_t count;
    struct deliveries answers; /* parts of threads that go on by what was found */
};

/* Its reason, by what was seen of a published one; NULL = as it is. */
static const char *reason_of(const struct delivery *row, enum check_verdict verdict)
{
    static const char *const of_reading[] = {REASON_NOT_READ_BACK, REASON_DIFFERS, REASON_GONE};

    if (verdict == CHECK_DIFFERS)
        return REASON_DIFFERS;
    if (verdict == CHECK_GONE)
        return REASON_GONE;
    for (size_t i = 0; i < COUNT_OF(of_reading); i++) {
        if (verdict == CHECK_EQUAL && !strcmp(row->reason, of_reading[i]))
            return "";
    }
    return NULL;
}

/* What was in doubt, and was found: unless it is another delivery's. */
static bool draft_found(struct task *task, struct outbox *outbox, struct looked *looked,
                        struct instant now, struct delivery *after, bool *wanted, struct err *err)
{
    if (!outbox_remote_id_taken(outbox, after, looked->remote_id, &looked->is_anothers, err))
        return false;
    *wanted = !looked->is_anothers;
    after->state = STATE_PUBLISHED;
    after->reason = after->note = "";
    after->remote_id = arena_text(&task->arena, looked->remote_id);
    after->url = arena_text(&task->arena, looked->url);
    after->published = after->not_before = now;
    return true;
}

/* The row as it shall be; *wanted: it says something else than before. */
static bool draft_of(struct task *task, struct outbox *outbox, struct looked *looked,
                     struct instant now, struct delivery *after, bool *wanted, struct err *err)
{
    const char *reason;

    *wanted = looked->is_anothers = false;
    *after = *looked->row;
    if (looked->verdict == CHECK_FOUND && is_in_doubt(after))
        return draft_found(task, outbox, looked, now, after, wanted, err);
    reason = after->state == STATE_PUBLISHED ? reason_of(after, looked->verdict) : NULL;
    *wanted = reason && strcmp(after->reason, reason) != 0;
    if (*wanted) {
        after->reason = reason;
        after->note = "";
    }
    return true;
}

static bool write_one(struct task *task, struct outbox *outbox, struct looked *looked,
                      struct instant now, struct err *err)
{
    struct writing_down *writing = task->data;
    struct delivery after;
    struct change change = {.after = &after, .event = "reconcile", .actor = writing->job->actor};
    enum written written;
    const char *twin;
    bool wanted, same;

    looked->news = false;
    if (!outbox_same_account(outbox, looked->id, &same, err))
        return false;
    if (!same)
        *looked = (struct looked){.id = looked->id,
                                  .verdict = CHECK_UNREADABLE,
                                  .why = _("crier.cfg means another account by this name than when "
                                           "it was sent")};
    if (!outbox_read(outbox, looked->id, &task->arena, &looked->row, err) ||
        !draft_of(task, outbox, looked, now, &after, &wanted, err))
        return false;
    if (!wanted)
        return true;
    change.from = looked->row->state;
    if (!outbox_change(outbox, &change, now, &task->arena, &written, &twin, err))
        return false;
    looked->news = written == WRITTEN;
    return outbox_read(outbox, looked->id, &task->arena, &looked->row, err);
}

static bool add_answers(struct task *task, struct outbox *outbox, const struct looked *looked,
                        struct err *err)
{
    struct writing_down *writing = task->data;
    struct deliveries answers;
    const struct delivery **all;

    if (!outbox_answers(outbox, looked->id, &task->arena, &answers, err))
        return false;
    all = arena_array(&task->arena, writing->answers.count + answers.count, sizeof *all);
    for (size_t i = 0; i < writing->answers.count; i++)
        all[i] = writing->answers.items[i];
    for (size_t i = 0; i < answers.count; i++)
        all[writing->answers.count + i] = answers.items[i];
    writing->answers.items = all;
    writing->answers.count += answers.count;
    return true;
}

static bool write_work(struct task *task, struct outbox *outbox, struct instant now,
                       struct err *err)
{
    struct writing_down *writing = task->data;

    writing->answers = (struct deliveries){.count = 0};
    for (size_t i = 0; i < writing->count; i++) {
        struct looked *looked = &writing->looked[i];

        if (!write_one(task, outbox, looked, now, err) ||
            (looked->news && looked->verdict == CHECK_FOUND &&
             !add_answers(task, outbox, looked, err)))
            return false;
    }
    return true;
}

static const char *why_of(const struct looked *looked)
{
    if (looked->is_anothers)
        return _("what was found there belongs to another delivery");
    return looked->why;
}

static void put_looked(struct reconciling *job, const struct looked *looked, struct arena *arena)
{
    json_t *entry = json_object();

    json_put(entry, "account", looked->row->account);
    json_put(entry, "id", looked->row->id);
    json_put(entry, "name", delivery_name(looked->row, arena));
    json_put(entry, "result", check_word(looked->verdict));
    json_put(entry, "state", state_word(looked->row->state));
    json_put(entry, "url", *looked->row->url ? looked->row->url : NULL);
    json_put(entry, "why", *why_of(looked) ? why_of(looked) : NULL);
    json_array_append_new(job->deliveries, entry);
}

/* Whoever is on duty hears of what is not as it was published. */
static void tell_duty(struct daemon *daemon, const struct looked *looked, struct arena *arena)
{
    const struct delivery *row = looked->row;

    if (looked->news && row->state == STATE_PUBLISHED && row->reason[0])
        alarm_raise(daemon->alarms, row->reason,
                    arena_printf(arena, "%s: %s", delivery_name(row, arena),
                                 reason_sentence(row->reason)));
}

static void take_looked(struct reconciling *job, const struct looked *looked, struct arena *arena)
{
    const struct delivery *row = looked->row;
    struct deliveries one = {.items = &row, .count = 1};

    job->verdicts[looked->verdict]++;
    job->resolved += looked->news && looked->verdict == CHECK_FOUND;
    if (looked->verdict != CHECK_EQUAL || looked->news)
        put_looked(job, looked, arena);
    tell_duty(job->daemon, looked, arena);
    if (looked->news)
        daemon_tell_rows(job->daemon, &one);
}

static void write_done(struct task *task)
{
    const struct writing_down *writing = task->data;
    struct reconciling *job = writing->job;

    for (size_t i = 0; i < writing->count; i++)
        take_looked(job, &writing->looked[i], &task->arena);
    daemon_tell_rows(job->daemon, &writing->answers);
    next_batch(job);
}

static void write_batch(struct reconciling *job)
{
    struct task *task = task_new(job->daemon, sizeof(struct writing_down), write_work, write_done);
    struct writing_down *writing = task->data;

    *writing = (struct writing_down){.job = job, .count = job->open};
    memcpy(writing->looked, job->batch, sizeof writing->looked);
    task_submit(task, false);
}

void reconciling_checked(struct daemon *daemon, const struct action *action)
{
    struct reconciling *job = daemon->reconciling;

    for (size_t i = 0; i < job->open; i++) {
        struct looked *looked = &job->batch[i];

        if (strcmp(looked->id, action->delivery_id) != 0)
            continue;
        looked->verdict = action->verdict;
        looked->remote_id = arena_text(&job->arena, action->remote_id);
        looked->url = arena_text(&job->arena, action->url);
        looked->why = arena_text(&job->arena, action->text);
        job->closed++;
    }
    if (job->closed == job->open)
        write_batch(job);
}

/* ---- who asks ---- */

static void begin(struct daemon *daemon, int64_t days, const char *actor)
{
    struct reconciling *job = calloc(1, sizeof *job);
    struct task *task;

    if (!job)
        out_of_memory();
    reconciling_free(daemon);
    daemon->reconciling = job;
    job->daemon = daemon;
    job->actor = arena_text(&job->arena, actor);
    job->since = instant_minus(daemon_now(daemon), span_days(days));
    job->deliveries = json_array();
    job->running = true;
    task = task_new(daemon, sizeof(struct listing), list_work, list_done);
    ((struct listing *)task->data)->job = job;
    task_submit(task, true);
}

static json_t *result_of(const struct reconciling *job)
{
    json_t *result = json_object();

    for (size_t i = 0; i < VERDICTS; i++)
        json_put_integer(result, check_word((enum check_verdict)i), job->verdicts[i]);
    json_put_integer(result, "checked", (int64_t)(job->next - (job->running ? job->open : 0)));
    json_put_new(result, "deliveries", json_incref(job->deliveries));
    json_put_integer(result, "of", (int64_t)job->count);
    json_put_integer(result, "resolved", job->resolved);
    json_put_bool(result, "running", job->running);
    return result;
}

bool reconciling_ask(struct daemon *daemon, struct control_call *call, const json_t *body,
                     const char *actor)
{
    const char *command = json_text(body, "command");
    int64_t days = json_integer_or(json_object_get(body, "options"), "days", 0);
    json_t *result;

    if (!command || strcmp(command, "reconcile") != 0)
        return false;
    if (days > 0 && days <= MOST_DAYS && !(daemon->reconciling && daemon->reconciling->running))
        begin(daemon, days, actor);
    if (!daemon->reconciling) {
        control_answer(call, ERR_USAGE, _("say how many days back, from 1 to 400"), NULL);
        return true;
    }
    result = result_of(daemon->reconciling);
    control_answer(call, ERR_NONE, "", result);
    json_decref(result);
    return true;
}

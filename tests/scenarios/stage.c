#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "campaign/merge.h"
#include "considered.h"
#include "campaign/reader.h"
#include "engine/pace.h"
#include "engine/trace.h"
#include "platform/registry.h"

void fail(const struct stage *stage, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "%s:%zu: ", stage->file, stage->line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    _exit(1);
}

static void must(const struct stage *stage, bool ok, const struct err *err)
{
    if (!ok)
        fail(stage, "%s", err->text);
}

void stage_begin(struct stage *stage, const char *file)
{
    const char *folder = getenv("TMPDIR");

    *stage = (struct stage){
        .file = file, .now = INSTANT_NONE, .wake = INSTANT_NONE, .fed = INSTANT_NONE};
    stage->trusted = true;
    stage->server.arena = &stage->arena;
    (void)snprintf(stage->state, sizeof stage->state, "%s/scenario-XXXXXX",
                   folder ? folder : "/tmp");
    if (!mkdtemp(stage->state))
        fail(stage, "no folder for the state");
}

static void complain(struct stage *stage, const struct findings *findings)
{
    struct buffer text;

    if (findings->errors == 0)
        return;
    buffer_init(&text, 1 << 16);
    findings_print(findings, 0, &text);
    fail(stage, "the files have errors:\n%s", text.bytes);
}

void stage_read(struct stage *stage, const char *workspace, const char *const *names,
                const char *const *texts, size_t count)
{
    const struct read_options options = {.platforms = platform_facts_all()};
    struct campaign *campaigns = arena_array(&stage->arena, count, sizeof *campaigns);
    struct findings findings;

    findings_init(&findings, &stage->arena);
    workspace_read_text(workspace, strlen(workspace), &options, &stage->arena,
                        &stage->set.workspace, &stage->set.workspace_broken, &findings);
    for (size_t i = 0; i < count; i++)
        campaign_read_text(names[i], texts[i], strlen(texts[i]), &stage->set.workspace,
                           &stage->arena, &campaigns[i], &findings);
    stage->set.campaigns = campaigns;
    stage->set.count = count;
    complain(stage, &findings);
}

/* A boundary of the sweep: here the process may end. */
static void may_crash(struct stage *stage)
{
    if (stage->crash_at && ++stage->crashes == stage->crash_at)
        longjmp(stage->crashed, 1);
    if (stage->chaos && pace_random(&stage->chaos) % 50 == 0 && ++stage->crashes < 10)
        longjmp(stage->crashed, 1);
}

static void queue(struct stage *stage, struct event event)
{
    struct event *last = arena_push(&stage->arena, &stage->events, &stage->event_count,
                                    &stage->event_capacity, sizeof *last);

    *last = event;
}

static const enum refusal refusals[] = {
    [WRITTEN_STALE] = REFUSAL_STALE,
    [WRITTEN_TWIN] = REFUSAL_TWIN,
    [WRITTEN_GONE] = REFUSAL_GONE,
    [WRITTEN_UNAPPROVED] = REFUSAL_UNAPPROVED,
    [WRITTEN_UNDRAWN] = REFUSAL_UNDRAWN,
    [WRITTEN_KEY_TAKEN] = REFUSAL_KEY_TAKEN,
    [WRITTEN_POST_TAKEN] = REFUSAL_POST_TAKEN,
};

/* As the daemon does: what answers a post that came out is shown to the engine. */
static void queue_answers(struct stage *stage, const char *id)
{
    struct deliveries answers;
    struct err err;

    must(stage, outbox_answers(stage->outbox, id, &stage->arena, &answers, &err), &err);
    if (answers.count > 0)
        queue(stage, (struct event){
                         .kind = EVENT_ROWS, .rows = answers.items, .row_count = answers.count});
}

static void save(struct stage *stage, const struct action *action)
{
    struct event event = {.kind = EVENT_SAVED, .ticket = action->ticket};
    const struct delivery **row = arena_array(&stage->arena, 1, sizeof *row);
    struct delivery *now;
    enum written written;
    struct err err;

    must(stage, outbox_begin(stage->outbox, &err), &err);
    stage->in_transaction = true;
    must(stage,
         outbox_change(stage->outbox, &action->change, stage->now, &stage->arena, &written,
                       &event.twin, &err),
         &err);
    may_crash(stage);
    must(stage, outbox_commit(stage->outbox, stage->now, &err), &err);
    stage->in_transaction = false;
    may_crash(stage);
    if (written != WRITTEN) {
        event.kind = EVENT_REFUSED;
        event.refusal = refusals[written];
        must(stage, outbox_read(stage->outbox, action->delivery_id, &stage->arena, &now, &err),
             &err);
        *row = now;
        event.rows = row;
        event.row_count = 1;
    }
    queue(stage, event);
    if (written == WRITTEN && action->change.after->state == STATE_PUBLISHED &&
        action->change.from != STATE_PUBLISHED)
        queue_answers(stage, action->change.after->id);
}

static void save_account(struct stage *stage, const struct action *action)
{
    struct err err;

    must(stage, outbox_begin(stage->outbox, &err), &err);
    stage->in_transaction = true;
    must(stage, outbox_account_put(stage->outbox, action->account_state, &err), &err);
    may_crash(stage);
    must(stage, outbox_commit(stage->outbox, stage->now, &err), &err);
    stage->in_transaction = false;
    may_crash(stage);
    if (action->new_session)
        *(struct kept *)arena_push(&stage->arena, &stage->kept, &stage->kept_count,
                                   &stage->kept_capacity, sizeof(struct kept)) =
            (struct kept){action->ticket, action->account_state->account,
                          action->account_state->tokens};
    queue(stage, (struct event){.kind = EVENT_SAVED, .ticket = action->ticket});
}

static void queue_reply(struct stage *stage, struct call *call, const struct http_reply *reply)
{
    call->open = false;
    may_crash(stage);
    queue(stage, (struct event){.kind = EVENT_REPLY,
                                .ticket = call->ticket,
                                .reply = arena_copy(&stage->arena, reply, sizeof *reply)});
}

static bool answers_itself(const struct stage *stage, const struct call *call)
{
    if (call->request.kind == REQUEST_PUBLISH)
        return stage->automatic;
    return call->request.kind == REQUEST_READ || !stage->uploads_wait;
}

/* Whatever a network and a platform can do with one request. */
static struct http_reply any_answer(struct stage *stage, const struct call *call)
{
    struct server *server = &stage->server;
    unsigned dice = (unsigned)(pace_random(&stage->chaos) % 12);
    bool publishes = call->request.kind == REQUEST_PUBLISH &&
                     server_knows(server, call->account, &call->request, stage->now);
    const char *id = publishes && (dice < 5 || dice > 9)
                         ? server_store(server, call->account, &call->request, NULL, stage->now)
                         : NULL;

    if (dice == 6)
        server_end_sessions(server, call->account, stage->now);
    if (dice == 5)
        return server_silence(server, FATE_NOT_SENT, stage->now);
    if (dice == 6)
        return server_reply(server, call->account, 429, "{\"error\":\"Too many requests\"}",
                            stage->now);
    if (dice == 7 || dice == 10)
        return server_reply(server, call->account, 503, "<html>", stage->now);
    if (dice == 8 || dice == 9 || dice == 11)
        return server_silence(server, FATE_MAYBE_SENT, stage->now);
    return publishes ? server_accepts(server, call->account, id, stage->now)
                     : server_answer(server, call->account, &call->request, stage->now);
}

static void send(struct stage *stage, const struct action *action)
{
    struct call *call = arena_push(&stage->arena, &stage->calls, &stage->call_count,
                                   &stage->call_capacity, sizeof *call);
    struct http_reply reply;

    stage->server.accounts[server_account(&stage->server, action->account->name)].there =
        there_named(action->account->platform);
    may_crash(stage);
    *call = (struct call){.ticket = action->ticket,
                          .account = action->account->name,
                          .delivery = action->delivery_id,
                          .request = *action->request,
                          .fresh = action->fresh,
                          .open = true};
    if (!answers_itself(stage, call))
        return;
    if (stage->chaos)
        reply = any_answer(stage, call);
    else if (!server_knows(&stage->server, call->account, &call->request, stage->now))
        reply = server_expired(&stage->server, call->account, stage->now);
    else if (call->request.kind == REQUEST_PUBLISH)
        reply = server_accepts(&stage->server, call->account,
                               server_store(&stage->server, call->account, &call->request, NULL,
                                            stage->now),
                               stage->now);
    else
        reply = server_answer(&stage->server, call->account, &call->request, stage->now);
    queue_reply(stage, call, &reply);
}

static void say(struct stage *stage, const struct action *action)
{
    struct said *said = arena_push(&stage->arena, &stage->alarms, &stage->alarm_count,
                                   &stage->alarm_capacity, sizeof *said);

    *said = (struct said){action->alarm, action->text};
}

/* The engine forgot it: what it did not want now may be due again later. */
static void drop(struct stage *stage, const struct action *action)
{
    (void)stage;
    (void)action;
}

static void (*const carriers[])(struct stage *stage, const struct action *action) = {
    [ACTION_SAVE] = save, [ACTION_SAVE_ACCOUNT] = save_account,
    [ACTION_SEND] = send, [ACTION_ALARM] = say,
    [ACTION_DROP] = drop, [ACTION_CHECKED] = drop,
};

static void carry(struct stage *stage, const char *account, const char *tokens)
{
    stage->server.accounts[server_account(&stage->server, account)].sessions.carries = tokens;
}

/* As the daemon does: what is durable is used, then the engine hears of it. */
static void use_kept(struct stage *stage, const struct event *event)
{
    for (size_t i = 0; event->kind == EVENT_SAVED && i < stage->kept_count; i++) {
        if (stage->kept[i].ticket == event->ticket)
            carry(stage, stage->kept[i].account, stage->kept[i].tokens);
    }
}

/* Before anything is carried: then the row is as it was. */
static void compare(struct stage *stage, const struct event *event, const struct foretold *foretold,
                    const struct actions *actions)
{
    struct arena *arena = &stage->foretold;
    const bool same_trust =
        stage->told_trust == stage->trusted; /* else the step itself brought it */
    const char *wrong = considered_after(stage->engine, foretold, stage->now, stage->deaf, arena);

    for (size_t i = 0; !wrong && event->kind == EVENT_TIME && same_trust && i < actions->count; i++)
        wrong = considered_action(foretold, &actions->items[i], stage->now, arena);
    if (wrong)
        fail(stage, "%s", wrong);
    stage->told_trust = stage->trusted;
}

static void step(struct stage *stage, struct event event)
{
    struct actions actions = {.arena = &stage->arena};
    struct foretold foretold;
    bool asked;

    use_kept(stage, &event);
    event.now = stage->now;
    event.clock_trusted = stage->trusted;
    if (stage->trace)
        fprintf(stderr, "%s\n", trace_event(&event, &stage->arena));
    asked = considered_before(stage->engine, stage->outbox, stage->now, stage->deaf,
                              &stage->foretold, &foretold);
    engine_step(stage->engine, &event, &actions);
    stage->wake = actions.wake;
    if (asked)
        compare(stage, &event, &foretold, &actions);
    for (size_t i = 0; i < actions.count; i++) {
        if (stage->trace)
            fprintf(stderr, "    %s\n", trace_action(&actions.items[i], &stage->arena));
        carriers[actions.items[i].kind](stage, &actions.items[i]);
    }
    arena_reset(&stage->foretold);
}

void stage_tell(struct stage *stage, struct event event)
{
    size_t steps = 0;

    queue(stage, event);
    while (stage->event_first < stage->event_count) {
        if (++steps > 10000)
            fail(stage, "the engine does not come to rest");
        step(stage, stage->events[stage->event_first++]);
    }
}

static void show(struct stage *stage, const struct deliveries *rows)
{
    if (rows->count > 0)
        stage_tell(stage, (struct event){
                              .kind = EVENT_ROWS, .rows = rows->items, .row_count = rows->count});
}

static void feed(struct stage *stage)
{
    struct due_place place = {stage->fed, INT64_MAX};
    struct deliveries due, overdue;
    struct err err;

    must(stage, outbox_due(stage->outbox, &place, stage->now, 1000, &stage->arena, &due, &err),
         &err);
    must(stage, outbox_overdue(stage->outbox, stage->now, 1000, &stage->arena, &overdue, &err),
         &err);
    stage->fed = stage->now;
    show(stage, &due);
    show(stage, &overdue);
}

static struct instant earlier(struct instant a, struct instant b)
{
    if (instant_is_none(a) || instant_is_none(b))
        return instant_is_none(a) ? b : a;
    return instant_before(a, b) ? a : b;
}

void stage_until(struct stage *stage, struct instant when)
{
    for (size_t steps = 0;; steps++) {
        struct instant next, begin;
        struct err err;

        must(stage, outbox_next_due(stage->outbox, stage->fed, (struct span){0}, &begin, &err),
             &err);
        next = earlier(stage->wake, begin);
        if (steps > 100000)
            fail(stage, "time does not pass");
        if (instant_is_none(next) || instant_before(when, next))
            break;
        if (instant_before(stage->now, next))
            stage->now = next;
        feed(stage);
        stage_tell(stage, (struct event){.kind = EVENT_TIME});
    }
    stage->now = when;
    feed(stage);
    stage_tell(stage, (struct event){.kind = EVENT_TIME});
}

void stage_reply(struct stage *stage, struct call *call, const struct http_reply *reply)
{
    call->open = false;
    stage_tell(stage, (struct event){.kind = EVENT_REPLY, .ticket = call->ticket, .reply = reply});
}

void stage_flags(struct stage *stage)
{
    stage_tell(stage,
               (struct event){.kind = EVENT_FLAGS, .flags = {stage->flags, stage->flag_count}});
}

/* A person's word, at the desk. */
void stage_decide(struct stage *stage, const struct change *change)
{
    const struct delivery **row = arena_array(&stage->arena, 1, sizeof *row);
    struct delivery *now;
    enum written written;
    const char *twin;
    struct err err;

    must(stage, outbox_begin(stage->outbox, &err), &err);
    must(stage,
         outbox_change(stage->outbox, change, stage->now, &stage->arena, &written, &twin, &err),
         &err);
    must(stage, outbox_commit(stage->outbox, stage->now, &err), &err);
    if (written != WRITTEN)
        fail(stage, "the store refuses it");
    must(stage, outbox_read(stage->outbox, change->after->id, &stage->arena, &now, &err), &err);
    *row = now;
    queue_answers(stage, now->id);
    stage_tell(stage, (struct event){.kind = EVENT_ROWS, .rows = row, .row_count = 1});
}

static void open_outbox(struct stage *stage)
{
    const struct outbox_options options = {.state = stage->state,
                                           .origin = "scenario/crier",
                                           .node = "scenario"};
    struct err err;

    must(stage, outbox_open(&options, stage->now, &stage->outbox, &err), &err);
}

static void start_engine(struct stage *stage)
{
    struct event start = {.kind = EVENT_START, .flags = {stage->flags, stage->flag_count}};
    struct deliveries rows;
    struct err err;

    stage->engine = engine_new(1);
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        if (stage->rules_off >> rule & 1)
            engine_rule_off(stage->engine, (enum engine_rule)rule);
    }
    stage->fed = INSTANT_NONE;
    must(stage,
         outbox_accounts(stage->outbox, &stage->arena, &start.accounts, &start.account_count, &err),
         &err);
    stage->kept_count = 0;
    for (size_t i = 0; i < start.account_count; i++)
        carry(stage, start.accounts[i].account, start.accounts[i].tokens);
    stage_tell(stage, start);
    stage_tell(stage, (struct event){.kind = EVENT_CONFIG, .workspace = &stage->set.workspace});
    must(stage, outbox_unfinished(stage->outbox, &stage->arena, &rows, &err), &err);
    show(stage, &rows);
    feed(stage);
}

static void insert(struct stage *stage, const struct planned *planned)
{
    struct delivery row = planned->delivery;
    struct err err;

    must(stage,
         outbox_insert(stage->outbox, &row, account_identity_key(planned->account, &stage->arena),
                       &err),
         &err);
}

static struct plan plan_from(struct stage *stage, struct instant from)
{
    struct findings findings;
    struct plan plan = {0};

    findings_init(&findings, &stage->arena);
    plan_build(&stage->set, from, instant_plus(stage->now, span_days(35)), stage->media,
               stage->media_count, &stage->arena, &plan, &findings);
    return plan;
}

void stage_start(struct stage *stage)
{
    struct plan plan = plan_from(stage, stage->now);
    struct err err;

    open_outbox(stage);
    must(stage, outbox_begin(stage->outbox, &err), &err);
    for (size_t i = 0; i < plan.count; i++)
        insert(stage, &plan.items[i]);
    must(stage, outbox_commit(stage->outbox, stage->now, &err), &err);
    stage->started = true;
    start_engine(stage);
}

void stage_restart(struct stage *stage)
{
    engine_free(stage->engine);
    if (stage->in_transaction)
        outbox_rollback(stage->outbox);
    stage->in_transaction = false;
    outbox_close(stage->outbox);
    stage->event_first = stage->event_count;
    for (size_t i = 0; i < stage->call_count; i++)
        stage->calls[i].open = false;
    open_outbox(stage);
    start_engine(stage);
}

void stage_end(struct stage *stage)
{
    char *command;

    engine_free(stage->engine);
    outbox_close(stage->outbox);
    command = arena_printf(&stage->arena, "rm -rf '%s'", stage->state);
    if (system(command) != 0) // NOLINT(cert-env33-c): the path is our own
        fprintf(stderr, "%s stays behind\n", stage->state);
    arena_clear(&stage->arena);
    arena_clear(&stage->foretold);
}

static void make(struct stage *stage, const struct medium *medium)
{
    for (size_t i = 0; i < stage->media_count; i++) {
        struct media_facts *facts = &stage->media[i];
        struct rendition *made = arena_alloc(&stage->arena, sizeof *made);

        if (strcmp(facts->file, medium->file) != 0)
            continue;
        *made = (struct rendition){.recipe = medium->recipe,
                                   .mime = "image/png",
                                   .bytes = 900,
                                   .width = facts->width,
                                   .height = facts->height};
        (void)digest_hex_of(medium->recipe, strlen(medium->recipe), made->sha256);
        facts->renditions = made;
        facts->rendition_count = 1;
    }
}

static void reload_row(struct stage *stage, const struct planned *planned)
{
    const struct merge_facts known = {.now = stage->now,
                                      .from = stage->now,
                                      .until = instant_plus(stage->now, span_days(35)),
                                      .planned_until = INSTANT_NONE,
                                      .missing_since = INSTANT_NONE,
                                      .last_published = INSTANT_NONE,
                                      .approved = true};
    const struct delivery *stored =
        stage_row(stage, delivery_name(&planned->delivery, &stage->arena));
    struct merge_result merged;

    merge_decide(stored, planned, &known, &merged);
    if (merged.event)
        stage_decide(stage, &(struct change){.after = &merged.row,
                                             .from = stored->state,
                                             .event = merged.event,
                                             .actor = "svc:crier"});
}

void stage_make(struct stage *stage)
{
    const struct instant from = instant_minus(stage->now, span_days(1));
    struct plan plan = plan_from(stage, from);

    for (size_t i = 0; i < plan.count; i++)
        for (size_t k = 0; k < plan.items[i].delivery.media_count; k++)
            if (!medium_is_made(&plan.items[i].delivery.media[k]))
                make(stage, &plan.items[i].delivery.media[k]);
    plan = plan_from(stage, from);
    for (size_t i = 0; i < plan.count; i++)
        reload_row(stage, &plan.items[i]);
}

const struct delivery *stage_row(struct stage *stage, const char *name)
{
    const struct outbox_filter filter = {.prefix = name,
                                         .from = INSTANT_NONE,
                                         .until = INSTANT_NONE,
                                         .after_at = INSTANT_NONE,
                                         .limit = 10};
    struct deliveries rows;
    struct err err;

    must(stage, outbox_list(stage->outbox, &filter, &stage->arena, &rows, &err), &err);
    if (rows.count != 1)
        fail(stage, "%zu deliveries are called %s", rows.count, name);
    return rows.items[0];
}

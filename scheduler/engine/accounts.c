#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/plan.h"
#include "engine/inside.h"

/* ---- the lines ---- */

static const struct item *item_at(const struct heap_node *place)
{
    return (const struct item *)((const char *)place - offsetof(struct item, place));
}

static bool place_before(const struct heap_node *a, const struct heap_node *b)
{
    const struct item *x = item_at(a), *y = item_at(b);

    if (x->timer.urgent != y->timer.urgent)
        return x->timer.urgent;
    return x->at.ms != y->at.ms ? x->at.ms < y->at.ms : thread_before(x, y);
}

/* All its texts: whoever copies a state copies them. */
#define STATE_TEXTS(state)                                                                         \
    {                                                                                              \
        &(state).account, &(state).identity, &(state).handle, &(state).remote_id, &(state).paused, \
            &(state).server_limits, &(state).host, &(state).tokens, &(state).scopes,               \
            &(state).spent                                                                         \
    }

/* Its texts in memory of their own, so that an old state can be dropped whole. */
void line_own(struct line *line, struct account_state state)
{
    struct arena memory = {0};
    const char **texts[] = STATE_TEXTS(state);

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = arena_text(&memory, *texts[i] ? *texts[i] : "");
    arena_clear(&line->state_memory);
    line->state_memory = memory;
    line->state = state;
}

static struct line *line_new(const char *name)
{
    struct line *line = calloc(1, sizeof *line);

    if (!line)
        out_of_memory();
    line->name = text_own(NULL, name);
    line->timer.name = line->name;
    line->timer.of_line = true;
    line->turns.before = line->blocked.before = line->late.before = place_before;
    line->late_at = line->last_late = line->probe_at = line->limits_at = INSTANT_NONE;
    line->moved = INSTANT_NONE;
    line_own(line, (struct account_state){.account = name,
                                          .paused_since = INSTANT_NONE,
                                          .last_publish = INSTANT_NONE,
                                          .retry_at = INSTANT_NONE,
                                          .limits_read = INSTANT_NONE,
                                          .tokens_until = INSTANT_NONE,
                                          .ends = INSTANT_NONE,
                                          .identified = INSTANT_NONE});
    session_init(&line->session);
    return line;
}

void line_free(struct line *line)
{
    heap_clear(&line->turns);
    heap_clear(&line->blocked);
    heap_clear(&line->late);
    arena_clear(&line->state_memory);
    json_decref(line->server);
    free(line->name);
    free(line->whom);
    free(line->progress);
    session_clear(&line->session);
    free(line);
}

static size_t place_of(const struct engine *engine, const char *name)
{
    size_t low = 0, high = engine->line_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(engine->lines[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(struct engine *engine, struct line *line, size_t place)
{
    if (engine->line_count == engine->line_capacity) {
        size_t larger = engine->line_capacity ? engine->line_capacity * 2 : 16;
        struct line **lines = realloc(engine->lines, larger * sizeof(struct line *));

        if (!lines)
            out_of_memory();
        engine->lines = lines;
        engine->line_capacity = larger;
    }
    memmove(engine->lines + place + 1, engine->lines + place,
            (engine->line_count - place) * sizeof(struct line *));
    engine->lines[place] = line;
    engine->line_count++;
}

struct line *line_get(struct engine *engine, const char *name)
{
    size_t place = place_of(engine, name);

    if (place == engine->line_count || strcmp(engine->lines[place]->name, name) != 0)
        insert(engine, line_new(name), place);
    return engine->lines[place];
}

static void read_server(struct line *line)
{
    struct err ignored;

    json_decref(line->server);
    line->server =
        line->state.server_limits[0]
            ? json_read(line->state.server_limits, strlen(line->state.server_limits), &ignored)
            : NULL;
}

void lines_remember(struct pass *pass, const struct account_state *states, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct line *line = line_get(pass->engine, states[i].account);

        line_own(line, states[i]);
        read_server(line);
    }
}

void line_save(struct pass *pass, struct line *line)
{
    struct arena *arena = pass->out->arena;
    struct action *action = act(pass, ACTION_SAVE_ACCOUNT);
    struct account_state *state = arena_copy(arena, &line->state, sizeof *state);
    const char **texts[] = STATE_TEXTS(*state);

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = arena_text(arena, *texts[i]);
    action->ticket = ++pass->engine->last_ticket;
    action->account_state = state;
    pass->engine->account_saves++;
}

/* What never-twice counts by, with the handle that the platform told where crier.cfg has none. */
static const char *identity_of(const struct account *account, const char *handle,
                               struct arena *arena)
{
    struct account known = *account;

    if (!known.handle)
        known.handle = handle;
    return account_identity_key(&known, arena);
}

/* Whom crier.cfg means, and where: a drill under a live account's name is somebody else. */
static const char *whom_of(const struct account *account, struct arena *arena)
{
    return arena_printf(arena, "%s|%s", identity_of(account, NULL, arena),
                        account->base_url ? account->base_url : "");
}

/* Since the last run, by what the platform said of itself then. */
static bool was_another(const struct line *line, struct arena *arena)
{
    const struct account_state *state = &line->state;
    const char *handle = state->handle[0] ? state->handle : NULL;

    return state->identity[0] &&
           strcmp(state->identity, identity_of(line->account, handle, arena)) != 0;
}

/* Its answer is not heard any more. */
static void forget_errand(struct pass *pass, struct line *line)
{
    if (line->ticket)
        (void)table_take(&pass->engine->tickets, (uint64_t)line->ticket);
    line->ticket = 0;
    line->errand = LINE_IDLE;
}

/* What was asked of another is not heard any more, and what it gave is not used. */
static void forget_another(struct pass *pass, struct line *line)
{
    forget_errand(pass, line);
    line->moved = pass->now;
    session_restart(pass, line);
}

static void configure(struct pass *pass, struct line *line, const struct account *account)
{
    struct arena *arena = pass->out->arena;
    const char *whom;

    line->account = account;
    line->adapter = adapter_by_name(account->platform);
    if (!line->adapter)
        return;
    whom = whom_of(account, arena);
    if (line->whom && !strcmp(line->whom, whom))
        return;
    if (line->whom || was_another(line, arena))
        forget_another(pass, line);
    line->whom = text_own(line->whom, whom);
    line->identified = false;
    line->probe_at = line->limits_at = pass->now;
    line->probes = 0;
}

void lines_configure(struct pass *pass)
{
    const struct workspace *workspace = pass->engine->workspace;

    for (size_t i = 0; i < pass->engine->line_count; i++) {
        pass->engine->lines[i]->account = NULL;
        pass->engine->lines[i]->adapter = NULL;
    }
    for (size_t i = 0; i < workspace->account_count; i++) {
        const struct account *account = &workspace->accounts[i];
        struct line *line = line_get(pass->engine, account->name);

        configure(pass, line, account);
        line_touch(pass->engine, line);
    }
}

/* ---- pauses ---- */

void line_pause(struct pass *pass, struct line *line, const char *word, const char *why)
{
    struct account_state state = line->state;

    if (!strcmp(state.paused, word))
        return;
    state.paused = word;
    state.paused_since = pass->now;
    line_own(line, state);
    line->probes = ++line->pauses;
    line->probe_at = instant_plus(pass->now, pace_probe(line->pauses - 1));
    line_save(pass, line);
    alarm(pass, "account", "",
          arena_printf(pass->out->arena,
                       _("account %s is paused (%s); its posts wait until it works again: %s"),
                       line->name, word, why));
    line_touch(pass->engine, line);
}

static void go_if_of(struct pass *pass, struct item *item)
{
    if (item->line != pass->resuming)
        return;
    late_again(pass, item);
    if (item->queue == QUEUE_TURNS)
        item_go(pass, item);
}

void line_resume(struct pass *pass, struct line *line)
{
    struct account_state state = line->state;

    state.paused = "";
    state.paused_since = INSTANT_NONE;
    line_own(line, state);
    line->failure_count = 0;
    line_save(pass, line);
    pass->resuming = line;
    items_each(pass->engine, go_if_of, pass);
    line_unblock(pass, line);
}

/* Whether it is whom crier.cfg means is asked anew; a pause ends when the answer is good. */
void line_login(struct pass *pass, struct line *line)
{
    line->identified = false;
    line->probe_at = pass->now;
    line->probes = 0;
    if (line->errand != LINE_REFRESH || pass->event->new_session)
        forget_errand(pass, line);
    session_login(pass, line);
    line_touch(pass->engine, line);
}

void line_trouble(struct pass *pass, struct line *line, const struct step *step, int64_t session)
{
    if (step->trouble == TROUBLE_NONE)
        return;
    if (step->trouble == TROUBLE_EXPIRED) {
        session_expired(pass, line, session, step_why(step));
        return;
    }
    if (step->trouble == TROUBLE_TOKEN && session_is_needed(line))
        session_want(pass, line); /* the probe begins with a new one */
    line_pause(pass, line, trouble_word(step->trouble), step_why(step));
}

/* ---- what every answer tells of the account ---- */

/* The breaker: so many transport failures within so short a time. */
static void count_failure(struct pass *pass, struct line *line, const char *why)
{
    size_t oldest = line->failure_count % PACE_FAILURES;
    struct instant since;
    bool full = line->failure_count >= PACE_FAILURES - 1;

    line->failures[oldest] = pass->now;
    line->failure_count++;
    since = line->failures[line->failure_count % PACE_FAILURES];
    if (full && instant_since(pass->now, since).ms <= span_seconds(PACE_FAILURES_S).ms &&
        rule_on(pass->engine, RULE_BREAKER))
        line_pause(pass, line, trouble_word(TROUBLE_TRANSPORT), why ? why : "");
}

static bool agree(struct span a, struct span b)
{
    return llabs(a.ms - b.ms) <= span_seconds(PACE_CLOCK_DIFFERS_S).ms;
}

static const char clock_word[] = "clock";

/* Two accounts whose times come from different machines. */
static bool same_source(const struct line *a, const struct line *b)
{
    const char *x = a->account->server, *y = b->account->server;

    return a->adapter == b->adapter && (!x || !y || !strcmp(x, y));
}

static bool accuses(const struct line *line)
{
    return line_is_live(line) && line->clock_differs;
}

/* Two platforms that agree with each other and not with us: it is our clock. */
static bool clock_is_accused(const struct engine *engine)
{
    for (size_t i = 0; i < engine->line_count; i++) {
        for (size_t k = 0; accuses(engine->lines[i]) && k < i; k++) {
            if (accuses(engine->lines[k]) && !same_source(engine->lines[i], engine->lines[k]) &&
                agree(engine->lines[i]->clock_error, engine->lines[k]->clock_error))
                return true;
        }
    }
    return false;
}

static void pause_all_live(struct pass *pass)
{
    for (size_t i = 0; i < pass->engine->line_count; i++) {
        if (line_is_live(pass->engine->lines[i]))
            line_pause(pass, pass->engine->lines[i], clock_word,
                       _("two platforms say that this machine's clock is wrong"));
    }
}

static void compare_clocks(struct pass *pass, struct line *line, const struct http_reply *reply)
{
    line->clock_error = instant_since(reply->date, reply->received);
    line->clock_differs = llabs(line->clock_error.ms) > span_seconds(PACE_CLOCK_DIFFERS_S).ms;
    if (!line->clock_differs)
        return;
    line_pause(pass, line, clock_word,
               _("the platform's clock and this machine's differ by more than a minute"));
    if (clock_is_accused(pass->engine))
        pause_all_live(pass);
}

void line_heard(struct pass *pass, struct line *line, const struct http_reply *reply,
                enum request_kind kind, int64_t session)
{
    session_heard(line, session, reply);
    if (reply->fate != FATE_ANSWERED) {
        count_failure(pass, line, reply->why);
        return;
    }
    line->failure_count = 0;
    if (kind == REQUEST_PUBLISH && reply->status >= 200 && reply->status < 300)
        line->pauses = 0;
    if (kind == REQUEST_READ && line_is_live(line) && !instant_is_none(reply->date) &&
        rule_on(pass->engine, RULE_CLOCK))
        compare_clocks(pass, line, reply);
}

/* ---- who am I, what do you take ---- */

static void errand_failed(struct pass *pass, struct line *line, enum errand_of_line errand,
                          const struct step *step)
{
    const char *why = step_why(step);
    bool again = step->trouble == TROUBLE_EXPIRED && !line->session.unproved;

    if (errand == LINE_LIMITS) {
        line->limits_at = again ? pass->now : instant_plus(pass->now, span_hours(1));
        if (step->trouble == TROUBLE_EXPIRED)
            line_trouble(pass, line, step, line->asked_session);
        return;
    }
    line->probe_at = again ? pass->now : instant_plus(pass->now, pace_probe(line->probes++));
    if (step->trouble != TROUBLE_NONE)
        line_trouble(pass, line, step, line->asked_session);
    else if (line->probes > 1 && !line->state.paused[0])
        line_pause(pass, line, trouble_word(TROUBLE_TRANSPORT), why);
    if (instant_before(line->probe_at, step->not_before))
        line->probe_at = step->not_before;
}

static bool same_state(const struct account_state *a, const struct account_state *b)
{
    return !strcmp(a->handle, b->handle) && !strcmp(a->remote_id, b->remote_id) &&
           !strcmp(a->identity, b->identity) && a->identified.ms == b->identified.ms;
}

/* `answered` NONE: nobody was asked. */
static void learn(struct pass *pass, struct line *line, const struct receipt *receipt,
                  struct instant answered)
{
    struct account_state state = line->state;

    state.handle = receipt->handle;
    state.remote_id = receipt->remote_id ? receipt->remote_id : "";
    state.identity = identity_of(line->account, receipt->handle, pass->out->arena);
    state.scopes = receipt->scopes ? receipt->scopes : "";
    state.ends = receipt->ends.ms > 0 ? receipt->ends : INSTANT_NONE;
    state.identified = answered;
    if (same_state(&state, &line->state))
        return;
    line_own(line, state);
    line_save(pass, line);
}

/* It is whom crier.cfg means; the same is asked again in a day. */
static void is_known(struct pass *pass, struct line *line)
{
    line->probes = 0;
    line->probe_at = line->adapter->identify ? instant_plus(pass->now, span_days(1)) : INSTANT_NONE;
    line->identified = true;
    if (line->clock_differs || (line_is_live(line) && clock_is_accused(pass->engine)))
        line->probe_at = instant_plus(pass->now, pace_probe(0));
    else if (line->state.paused[0])
        line_resume(pass, line);
    else
        line_unblock(pass, line);
}

static void identified(struct pass *pass, struct line *line, const struct receipt *receipt)
{
    const char *wanted = line->account->handle ? line->account->handle : line->state.handle;
    const char *handle = receipt->handle ? receipt->handle : "";
    struct receipt told = *receipt;

    told.handle = handle;
    if (wanted[0] && !handle_is_same(wanted, handle) && rule_on(pass->engine, RULE_IDENTITY)) {
        line->identified = false;
        session_is_anothers(pass, line);
        line->probe_at = instant_plus(pass->now, pace_probe(line->probes++));
        line_pause(pass, line, trouble_word(TROUBLE_IDENTITY),
                   arena_printf(pass->out->arena, _("the platform says it is \"%s\", not \"%s\""),
                                handle, wanted));
        return;
    }
    learn(pass, line, &told, pass->now);
    is_known(pass, line);
}

/* Where nobody can be asked the account is its address, and a paused one is tried again. */
static void identified_unasked(struct pass *pass, struct line *line)
{
    const struct receipt known = {.handle = line->account->handle ? line->account->handle
                                                                  : line->state.handle};

    learn(pass, line, &known, INSTANT_NONE);
    is_known(pass, line);
}

static void limits_told(struct pass *pass, struct line *line, const struct receipt *receipt)
{
    struct account_state state = line->state;
    struct arena *arena = pass->out->arena;
    const char *how;

    state.server_limits = json_write(receipt->server, arena, NULL);
    state.limits_read = pass->now;
    line->limits_at = instant_plus(pass->now, span_days(1));
    if (strcmp(state.server_limits, line->state.server_limits) != 0 &&
        limits_differ(line->account, receipt->server, arena, &how))
        alarm(pass, "limits", "",
              arena_printf(arena,
                           _("the server of account %s allows something else than Crier "
                             "reckoned with: %s"),
                           line->name, how));
    line_own(line, state);
    read_server(line);
    line_save(pass, line);
}

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

struct account_identity line_identity(const struct line *line)
{
    return (struct account_identity){
        .handle = or_null(line->state.handle),
        .remote_id = or_null(line->state.remote_id),
        .host = or_null(line->state.host),
        .has_session = line->state.tokens[0] != '\0',
    };
}

static machine machine_of(const struct line *line)
{
    switch (line->errand) {
    case LINE_LIMITS:
        return line->adapter->limits;
    case LINE_REFRESH:
        return line->adapter->refresh;
    case LINE_IDENTIFY:
    case LINE_IDLE:
        break;
    }
    return line->adapter->identify;
}

static struct step line_ask(struct pass *pass, struct line *line, const struct http_reply *reply)
{
    struct progress at = {0};
    struct job job = {
        .account = line->account,
        .identity = line_identity(line),
        .since = INSTANT_NONE,
    };
    machine advance = machine_of(line);

    if (reply && line->progress && !progress_read(line->progress, pass->out->arena, &at))
        at = (struct progress){0};
    return line->errand == LINE_REFRESH
               ? advance(&job, &at, reply, pass->out->arena)
               : session_reading(line, line->asked_session,
                                 advance(&job, &at, reply, pass->out->arena));
}

static void line_send(struct pass *pass, struct line *line, const struct step *step)
{
    struct action *action = act(pass, ACTION_SEND);

    line->progress = text_own(line->progress, step->progress);
    line->asked_session = line->session.number;
    line->ticket = ticket_new(pass->engine, &line->timer);
    action->ticket = line->ticket;
    action->account = line->account;
    action->request = arena_copy(pass->out->arena, &step->request, sizeof step->request);
}

static void errand_step(struct pass *pass, struct line *line, const struct http_reply *reply)
{
    struct step step = line_ask(pass, line, reply);
    enum errand_of_line errand = line->errand;

    if (step.kind == STEP_SEND) {
        line_send(pass, line, &step);
        return;
    }
    line->errand = LINE_IDLE;
    if (errand == LINE_REFRESH && step.kind == STEP_DONE)
        session_done(pass, line, &step);
    else if (errand == LINE_REFRESH)
        session_failed(pass, line, &step);
    else if (step.kind == STEP_DONE && errand == LINE_IDENTIFY)
        identified(pass, line, &step.receipt);
    else if (step.kind == STEP_DONE && step.receipt.server)
        limits_told(pass, line, &step.receipt);
    else
        errand_failed(pass, line, errand, &step);
    json_decref(step.receipt.server);
    line_touch(pass->engine, line);
}

static bool has_come(const struct pass *pass, struct instant when)
{
    return !instant_is_none(when) && !instant_before(pass->now, when);
}

static enum errand_of_line next_errand(struct pass *pass, struct line *line)
{
    if (session_is_due(pass, line))
        return LINE_REFRESH;
    if (!session_is_ready(pass, line))
        return LINE_IDLE;
    if (has_come(pass, line->probe_at)) {
        line->probe_at = INSTANT_NONE;
        if (line->adapter->identify)
            return LINE_IDENTIFY;
        identified_unasked(pass, line);
    }
    if (line->identified && !line->state.paused[0] && has_come(pass, line->limits_at)) {
        line->limits_at = INSTANT_NONE;
        return line->adapter->limits ? LINE_LIMITS : LINE_IDLE;
    }
    return LINE_IDLE;
}

void line_errands(struct pass *pass, struct line *line)
{
    if (line->errand != LINE_IDLE || !line->account || !line->adapter || pass->engine->stopping)
        return;
    line->errand = next_errand(pass, line);
    if (line->errand != LINE_IDLE)
        errand_step(pass, line, NULL);
}

/* A reload may have taken the account away while its answer was under way. */
void line_reply(struct pass *pass, struct line *line, const struct http_reply *reply)
{
    line->ticket = 0;
    line_heard(pass, line, reply, REQUEST_READ, line->asked_session);
    if (line->errand == LINE_REFRESH)
        session_told(line, reply);
    if (line->account && line->adapter)
        errand_step(pass, line, reply);
    else
        line->errand = LINE_IDLE;
}

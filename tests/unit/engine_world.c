#include "engine_world.h"

#include <stdlib.h>
#include <string.h>

#include "platform/registry.h"

static const struct instant begin = {INT64_C(1764570600000)}; /* 2025-12-01T06:30:00Z */

static void take(struct world *world, const struct action *action)
{
    struct arena *arena = &world->arena;

    if (action->kind == ACTION_SAVE) {
        struct change *change = arena_push(arena, &world->saves, &world->save_count,
                                           &world->save_capacity, sizeof *change);
        int64_t *ticket = arena_push(arena, &world->tickets, &world->ticket_count,
                                     &world->ticket_capacity, sizeof *ticket);
        *change = action->change;
        *ticket = action->ticket;
    } else if (action->kind == ACTION_SEND) {
        struct sent *sent = arena_push(arena, &world->sends, &world->send_count,
                                       &world->send_capacity, sizeof *sent);
        *sent = (struct sent){action->ticket,   action->account->name, action->delivery_id,
                              *action->request, action->fresh,         false};
    } else if (action->kind == ACTION_SAVE_ACCOUNT) {
        *(int64_t *)arena_push(arena, &world->account_tickets, &world->account_count,
                               &world->account_capacity, sizeof(int64_t)) = action->ticket;
        *(struct account_state *)arena_push(arena, &world->states, &world->state_count,
                                            &world->state_capacity, sizeof *world->states) =
            *action->account_state;
    } else if (action->kind == ACTION_CHECKED) {
        world->checked = arena_copy(arena, action, sizeof *action);
    } else if (action->kind == ACTION_ALARM) {
        *(const char **)arena_push(arena, &world->alarms, &world->alarm_count,
                                   &world->alarm_capacity, sizeof(char *)) = action->alarm;
    }
}

void world_event(struct world *world, struct event event)
{
    struct actions actions = {.arena = &world->arena};

    event.now = world->now;
    engine_step(world->engine, &event, &actions);
    world->wake = actions.wake;
    for (size_t i = 0; i < actions.count; i++)
        take(world, &actions.items[i]);
}

static void commit(struct world *world, size_t number)
{
    const struct delivery *after = world->saves[number].after;
    int64_t ticket = world->tickets[number];

    for (size_t i = 0; i < world->row_count; i++) {
        if (strcmp(world->rows[i]->id, after->id) != 0)
            continue;
        if (world->rows[i]->rev != after->rev) {
            const struct delivery *row = world->rows[i];
            world_event(world, (struct event){.kind = EVENT_REFUSED,
                                              .ticket = ticket,
                                              .refusal = REFUSAL_STALE,
                                              .rows = &row,
                                              .row_count = 1});
            return;
        }
        world->rows[i] = delivery_copy(after, &world->arena);
        world->rows[i]->rev++;
        world_event(world, (struct event){.kind = EVENT_SAVED, .ticket = ticket});
        return;
    }
    abort();
}

void world_settle(struct world *world)
{
    while (!world->accounts_stuck && world->accounts_saved < world->account_count)
        world_event(world,
                    (struct event){.kind = EVENT_SAVED,
                                   .ticket = world->account_tickets[world->accounts_saved++]});
    while (!world->stuck && world->saved < world->save_count)
        commit(world, world->saved++);
}

const struct account_state *world_state(const struct world *world, const char *account)
{
    for (size_t i = world->accounts_saved; i-- > 0;) {
        if (!strcmp(world->states[i].account, account))
            return &world->states[i];
    }
    return NULL;
}

static void start(struct world *world)
{
    struct account_state states[COUNT_OF(world->accounts)];
    size_t count = 0;

    for (size_t i = 0; i < world->workspace.account_count; i++) {
        const struct account_state *state = world_state(world, world->accounts[i].name);
        if (state)
            states[count++] = *state;
    }
    world->engine = engine_new(7);
    world_event(world, (struct event){.kind = EVENT_START,
                                      .flags = world->flags,
                                      .accounts = states,
                                      .account_count = count,
                                      .clock_trusted = true});
    world_event(world, (struct event){.kind = EVENT_CONFIG, .workspace = &world->workspace});
}

void world_begin(struct world *world)
{
    start(world);
}

static void make_accounts(struct world *world, const char *platform, size_t count)
{
    struct variable *keys = arena_array(&world->arena, 2, sizeof *keys);
    const struct adapter *adapter = adapter_by_name(platform);

    keys[0] = (struct variable){.name = "keeps_keys", .value = "true"};
    keys[1] = (struct variable){.name = "remembers", .value = "5m"};
    for (size_t i = 0; i < count; i++)
        world->accounts[i] = (struct account){
            .name = arena_printf(&world->arena, "a%zu", i),
            .platform = platform,
            .facts = adapter->facts,
            .base_url = arena_printf(&world->arena, "http://127.0.0.1:1/m%zu", i),
            .options = {keys, 2},
            .limits = *adapter->facts->limits,
        };
    world->workspace.accounts = world->accounts;
    world->workspace.account_count = count;
}

void world_start_on(struct world *world, const char *platform, size_t account_count)
{
    *world = (struct world){.now = begin, .wake = INSTANT_NONE};
    make_accounts(world, platform, account_count);
    start(world);
    world_settle(world);
}

void world_start(struct world *world, size_t account_count)
{
    world_start_on(world, "mastodon", account_count);
    world_identify(world);
    world_settle(world);
}

void world_stop(struct world *world)
{
    engine_free(world->engine);
    arena_clear(&world->arena);
}

void world_reborn(struct world *world)
{
    engine_free(world->engine);
    world->saved = world->save_count;
    world->state_count = world->account_count = world->accounts_saved;
    for (size_t i = 0; i < world->send_count; i++)
        world->sends[i].answered = true;
    start(world);
    for (size_t i = 0; i < world->row_count; i++) {
        if (!state_is_final(world->rows[i]->state))
            world_show(world, world->rows[i]);
    }
    world_settle(world);
}

void world_restart(struct world *world)
{
    world_reborn(world);
    world_identify(world);
    world_settle(world);
}

struct delivery *world_post(struct world *world, const char *name, size_t account, int64_t at_ms)
{
    struct delivery *row = arena_alloc(&world->arena, sizeof *row);
    struct content content = {.account = world->accounts[account].name,
                              .text = name,
                              .language = "hi"};

    *row = (struct delivery){.campaign = "traffic",
                             .post = name,
                             .occurrence = "once",
                             .account = world->accounts[account].name,
                             .platform = world->accounts[account].platform,
                             .at = {begin.ms + at_ms},
                             .useful_until = {begin.ms + at_ms + 7200000},
                             .urgency = URGENCY_SAFETY,
                             .file = "traffic.cfg",
                             .author = -1,
                             .state = STATE_READY,
                             .rev = 1};
    delivery_start_afresh(row);
    delivery_set_id(row);
    content_write(&content, &world->arena, row);
    world->rows[world->row_count++] = row;
    return row;
}

void world_show(struct world *world, const struct delivery *row)
{
    world_event(world, (struct event){.kind = EVENT_ROWS, .rows = &row, .row_count = 1});
    world_settle(world);
}

void world_pass(struct world *world, int64_t ms)
{
    struct instant end = {world->now.ms + ms};

    while (!instant_is_none(world->wake) && world->wake.ms <= end.ms) {
        if (instant_before(world->now, world->wake))
            world->now = world->wake;
        world_event(world, (struct event){.kind = EVENT_TIME, .clock_trusted = true});
        world_settle(world);
    }
    world->now = end;
    world_event(world, (struct event){.kind = EVENT_TIME, .clock_trusted = true});
    world_settle(world);
}

static bool matches(const struct sent *sent, const char *method, const char *path)
{
    return !strcmp(sent->request.method, method) &&
           !strncmp(sent->request.path, path, strlen(path));
}

struct sent *world_open(struct world *world, const char *method, const char *path)
{
    for (size_t i = 0; i < world->send_count; i++) {
        if (!world->sends[i].answered && matches(&world->sends[i], method, path))
            return &world->sends[i];
    }
    return NULL;
}

size_t world_count(const struct world *world, const char *method, const char *path)
{
    size_t count = 0;

    for (size_t i = 0; i < world->send_count; i++)
        count += matches(&world->sends[i], method, path);
    return count;
}

static void reply(struct world *world, struct sent *sent, const struct http_reply *reply)
{
    sent->answered = true;
    world_event(world, (struct event){.kind = EVENT_REPLY, .ticket = sent->ticket, .reply = reply});
    world_settle(world);
}

void world_give(struct world *world, struct sent *sent, const char *body, const char *tokens,
                int64_t life_ms)
{
    struct http_reply answer = {.fate = FATE_ANSWERED,
                                .status = 200,
                                .body = body,
                                .body_length = strlen(body),
                                .date = INSTANT_NONE,
                                .received = world->now,
                                .tokens = tokens,
                                .tokens_until = INSTANT_NONE};

    if (tokens)
        answer.tokens_until.ms = world->now.ms + life_ms;
    reply(world, sent, &answer);
}

void world_answer(struct world *world, struct sent *sent, int status, const char *body)
{
    struct http_reply answer = {.fate = FATE_ANSWERED,
                                .status = status,
                                .body = body,
                                .body_length = strlen(body),
                                .date = INSTANT_NONE,
                                .received = world->now};

    reply(world, sent, &answer);
}

void world_lose(struct world *world, struct sent *sent, enum request_fate fate)
{
    struct http_reply lost = {.fate = fate,
                              .body = "",
                              .date = INSTANT_NONE,
                              .received = world->now,
                              .why = "connection lost"};

    reply(world, sent, &lost);
}

void world_read_back(struct world *world, const char *id, const char *text)
{
    const char *path = arena_printf(&world->arena, "/api/v1/statuses/%s", id);

    world_answer(world, world_open(world, "GET", path), 200,
                 arena_printf(&world->arena,
                              "{\"id\":\"%s\",\"visibility\":\"public\",\"media_attachments\":[]}",
                              id));
    world_answer(world, world_open(world, "GET", arena_printf(&world->arena, "%s/source", path)),
                 200, arena_printf(&world->arena, "{\"id\":\"%s\",\"text\":\"%s\"}", id, text));
}

void world_identify(struct world *world)
{
    struct sent *sent;

    while ((sent = world_open(world, "GET", "/api/v1/accounts/verify_credentials")))
        world_answer(world, sent, 200, "{\"id\":\"77\",\"acct\":\"police\"}");
    while ((sent = world_open(world, "GET", "/api/v2/instance")))
        world_answer(world, sent, 200,
                     "{\"configuration\":{\"statuses\":{\"max_characters\":500,"
                     "\"max_media_attachments\":4}}}");
}

bool world_alarmed(const struct world *world, const char *word)
{
    for (size_t i = 0; i < world->alarm_count; i++) {
        if (!strcmp(world->alarms[i], word))
            return true;
    }
    return false;
}

const struct delivery *world_row(const struct world *world, const char *name)
{
    for (size_t i = 0; i < world->row_count; i++) {
        if (!strcmp(world->rows[i]->post, name))
            return world->rows[i];
    }
    return NULL;
}

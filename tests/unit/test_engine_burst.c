/* Ten thousand posts of a hundred accounts, due at one second: all out once, and the engine's own
 * cost an event. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"
#include "platform/registry.h"

enum { ACCOUNTS = 100, POSTS = 10000, POST_BYTES = 600 };

struct burst {
    struct arena keep;     /* accounts and rows */
    struct arena turns[2]; /* actions of this step and the last */
    struct engine *engine;
    struct workspace workspace;
    const struct delivery **rows;
    struct instant now;
    struct event *events; /* a ring, large enough for all that can be under way */
    size_t first, count, capacity;
    size_t steps, published, sends;
    double engine_s;
};

static const struct http_reply *reply_to(struct burst *burst, const struct http_request *request)
{
    static const char status[] = "{\"id\":\"9\",\"url\":\"https://s.example/@p/9\","
                                 "\"visibility\":\"public\",\"media_attachments\":[]}";
    struct http_reply *reply = arena_alloc(&burst->keep, sizeof *reply);
    const char *body = status;

    if (strstr(request->path, "verify_credentials"))
        body = "{\"id\":\"77\",\"acct\":\"police\"}";
    else if (strstr(request->path, "instance"))
        body = "{\"configuration\":{\"statuses\":{\"max_characters\":1000}}}";
    else if (strstr(request->path, "/source"))
        body = "{\"id\":\"9\",\"text\":\"\"}";
    *reply = (struct http_reply){.fate = FATE_ANSWERED,
                                 .status = 200,
                                 .body = body,
                                 .body_length = strlen(body),
                                 .date = INSTANT_NONE,
                                 .received = burst->now};
    return reply;
}

static void queue(struct burst *burst, struct event event)
{
    *(struct event *)arena_push(&burst->keep, &burst->events, &burst->count, &burst->capacity,
                                sizeof event) = event;
}

static void carry(struct burst *burst, const struct action *action)
{
    if (action->kind == ACTION_SAVE) {
        burst->published += action->change.after->state == STATE_PUBLISHED;
        queue(burst, (struct event){.kind = EVENT_SAVED, .ticket = action->ticket});
    } else if (action->kind == ACTION_SEND) {
        burst->sends += action->request->kind == REQUEST_PUBLISH;
        queue(burst, (struct event){.kind = EVENT_REPLY,
                                    .ticket = action->ticket,
                                    .reply = reply_to(burst, action->request)});
    }
}

static void step(struct burst *burst, struct event event)
{
    struct arena *arena = &burst->turns[burst->steps % 2];
    struct actions actions = {.arena = arena};
    clock_t begin;

    arena_reset(arena);
    event.now = burst->now;
    event.clock_trusted = true;
    begin = clock();
    engine_step(burst->engine, &event, &actions);
    burst->engine_s += (double)(clock() - begin) / CLOCKS_PER_SEC;
    burst->steps++;
    for (size_t i = 0; i < actions.count; i++)
        carry(burst, &actions.items[i]);
}

static void settle(struct burst *burst)
{
    while (burst->first < burst->count)
        step(burst, burst->events[burst->first++]);
}

static void make_rows(struct burst *burst)
{
    char text[POST_BYTES + 1];

    memset(text, 'x', POST_BYTES);
    text[POST_BYTES] = '\0';
    burst->rows = arena_array(&burst->keep, POSTS, sizeof(struct delivery *));
    for (size_t i = 0; i < POSTS; i++) {
        struct delivery *row = arena_alloc(&burst->keep, sizeof *row);
        const char *account = burst->workspace.accounts[i % ACCOUNTS].name;
        struct content content = {.account = account, .text = text, .language = "hi"};

        *row = (struct delivery){.campaign = "traffic",
                                 .post = arena_printf(&burst->keep, "p%zu", i),
                                 .occurrence = "once",
                                 .account = account,
                                 .platform = "mastodon",
                                 .at = burst->now,
                                 .useful_until = {burst->now.ms + 7200000},
                                 .file = "traffic.cfg",
                                 .state = STATE_READY,
                                 .rev = 1};
        delivery_start_afresh(row);
        delivery_set_id(row);
        content_write(&content, &burst->keep, row);
        burst->rows[i] = row;
    }
}

static void make_accounts(struct burst *burst)
{
    static const struct variable keys = {.name = "keeps_keys", .value = "true"};
    struct account *accounts = arena_array(&burst->keep, ACCOUNTS, sizeof *accounts);

    for (size_t i = 0; i < ACCOUNTS; i++)
        accounts[i] = (struct account){.name = arena_printf(&burst->keep, "a%zu", i),
                                       .platform = "mastodon",
                                       .base_url = "http://127.0.0.1:1/m",
                                       .options = {&keys, 1},
                                       .limits = *adapter_by_name("mastodon")->facts->limits};
    burst->workspace.accounts = accounts;
    burst->workspace.account_count = ACCOUNTS;
}

static void ten_thousand_due_at_one_second_go_out_once_each(void **unused)
{
    static struct burst burst;

    (void)unused;
    burst.now = (struct instant){INT64_C(1764570600000)};
    burst.engine = engine_new(1);
    make_accounts(&burst);
    make_rows(&burst);
    step(&burst, (struct event){.kind = EVENT_START});
    step(&burst, (struct event){.kind = EVENT_CONFIG, .workspace = &burst.workspace});
    settle(&burst);
    step(&burst, (struct event){.kind = EVENT_ROWS, .rows = burst.rows, .row_count = POSTS});
    settle(&burst);
    printf("%zu events, %.1f us each, %.1f us a post\n", burst.steps,
           burst.engine_s * 1e6 / (double)burst.steps, burst.engine_s * 1e6 / POSTS);
    assert_int_equal(burst.published, POSTS);
    assert_int_equal(burst.sends, POSTS);
    assert_int_equal(engine_load(burst.engine, burst.now).held_in_memory, 0);
    engine_free(burst.engine);
    arena_clear(&burst.turns[0]);
    arena_clear(&burst.turns[1]);
    arena_clear(&burst.keep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_due_at_one_second_go_out_once_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* T26: sixteen requests under way when the session ends, again and again: engine, net and sealed
 * tokens in one process against crier-sandbox, whose clock jumps behind each round. However the
 * answers come in, each expiry costs one renewal, and the account is logged in once in all.
 * CRIER_STORM_ROUNDS: 50 for every day, 1,000 for `trust`. With CRIER_STORM_PORT there is a strict
 * OAuth 2 server in front of the sandbox's X, and CRIER_STORM_TOKEN is its first refresh token
 * (tests/oauth). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/engine.h"
#include "engine/rules.h"
#include "platform/registry.h"
#include "support/net_fixture.h"
#include "support/sandbox_process.h"

enum { PARALLEL = 16, MOST_SAVES = 256, ROUND_HOURS = 3, ROUND_LIMIT = 100000 };

/* Whom it is done to. */
struct service {
    const char *platform, *credential; /* %s: CRIER_STORM_TOKEN */
    const char *upload, *renewal, *login;
    int expired; /* the status and the words of what says that the session is over */
    const char *expired_words;
};

static const struct service bluesky_service = {
    .platform = "bluesky",
    .credential = "{\"identifier\":\"police.test\",\"password\":\"sandbox-police\"}",
    .upload = "uploadBlob",
    .renewal = "refreshSession",
    .login = "createSession",
    .expired = 400,
    .expired_words = "\"ExpiredToken\"",
};
static const struct service x_service = {
    .platform = "x",
    .credential = "{\"client_id\":\"crier\",\"client_secret\":\"a secret/with:signs\","
                  "\"refresh_token\":\"%s\"}",
    .upload = "/2/media/upload",
    .renewal = "/2/oauth2/token",
    .login = "nothing is like it",
    .expired = 401,
    .expired_words = "\"Unauthorized\"",
};

struct save {
    int64_t ticket;
    char *tokens; /* of an account's new session; NULL for all others */
};

struct storm {
    const struct service *service;
    struct sandbox_process sandbox; /* not ours with CRIER_STORM_PORT: pid 0 */
    struct variable auth;
    struct net_fixture net;
    struct engine *engine;
    struct workspace workspace;
    struct arena turn, round;
    struct save saves[MOST_SAVES]; /* a ring: durable in their order, after the step */
    size_t first_save, save_count;
    size_t refreshes, logins, expired, uploaded; /* answers of this round, by kind */
};

struct sending {
    struct storm *storm;
    int64_t ticket;
    bool upload;
};

/* One request of the test's own, answered before it goes on. */
static void set_sandbox_clock(const struct storm *storm, struct instant now)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)storm->sandbox.port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    char text[INSTANT_TEXT], body[64], request[256], answer[64] = "";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), length;

    (void)snprintf(body, sizeof body, "{\"now\":\"%s\"}", instant_utc(now, text));
    length = snprintf(request, sizeof request,
                      "PUT /_sandbox/clock HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n"
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                      storm->sandbox.port, strlen(body), body);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(write(fd, request, (size_t)length), length);
    assert_true(read(fd, answer, sizeof answer - 1) > 0);
    assert_non_null(strstr(answer, " 200 "));
    close(fd);
}

/* ---- the daemon in small: what the engine asks is done, what was saved is told ---- */

static void tell(struct storm *storm, struct event event);

static void count_answer(struct storm *storm, const struct sending *sending,
                         const struct http_reply *reply)
{
    const struct service *service = storm->service;

    storm->uploaded += sending->upload && reply->status == 200;
    storm->expired += sending->upload && reply->status == service->expired &&
                      strstr(reply->body, service->expired_words) != NULL;
}

static void on_reply(void *arg, const struct http_reply *reply)
{
    struct sending *sending = arg;
    struct storm *storm = sending->storm;

    assert_int_equal(reply->fate, FATE_ANSWERED);
    assert_null(strstr(reply->body, "accessJwt"));
    assert_null(strstr(reply->body, "access_token"));
    count_answer(storm, sending, reply);
    tell(storm, (struct event){.kind = EVENT_REPLY, .ticket = sending->ticket, .reply = reply});
    free(sending);
}

static void carry_send(struct storm *storm, const struct action *action)
{
    struct sending *sending = calloc(1, sizeof *sending);
    const char *path = action->request->path;

    assert_non_null(sending);
    *sending =
        (struct sending){storm, action->ticket, strstr(path, storm->service->upload) != NULL};
    storm->refreshes += strstr(path, storm->service->renewal) != NULL;
    storm->logins += strstr(path, storm->service->login) != NULL;
    transfer_send(storm->net.transfers, action->account, storm->net.adapter, action->request,
                  action->fresh, on_reply, sending);
}

static void carry_save(struct storm *storm, const struct action *action)
{
    struct save *save = &storm->saves[(storm->first_save + storm->save_count) % MOST_SAVES];

    assert_true(storm->save_count < MOST_SAVES);
    *save = (struct save){.ticket = action->ticket};
    if (action->kind == ACTION_SAVE_ACCOUNT && action->new_session)
        save->tokens = strdup(action->account_state->tokens);
    storm->save_count++;
}

static void step(struct storm *storm, struct event event)
{
    struct actions actions = {.arena = &storm->turn, .wake = INSTANT_NONE};

    event.now = storm->net.clock.now;
    event.clock_trusted = true;
    engine_step(storm->engine, &event, &actions);
    for (size_t i = 0; i < actions.count; i++) {
        const struct action *action = &actions.items[i];

        if (action->kind == ACTION_SEND)
            carry_send(storm, action);
        else if (action->kind == ACTION_SAVE || action->kind == ACTION_SAVE_ACCOUNT)
            carry_save(storm, action);
        else if (action->kind == ACTION_ALARM)
            fail_msg("alarm %s: %s", action->alarm, action->text);
    }
    arena_reset(&storm->turn);
}

static void tell(struct storm *storm, struct event event)
{
    struct err err = {0};

    step(storm, event);
    while (storm->save_count > 0) {
        struct save save = storm->saves[storm->first_save];

        storm->first_save = (storm->first_save + 1) % MOST_SAVES;
        storm->save_count--;
        if (save.tokens)
            assert_true(secrets_use_session(storm->net.secrets, "drill", save.tokens, &err));
        free(save.tokens);
        step(storm, (struct event){.kind = EVENT_SAVED, .ticket = save.ticket});
    }
}

/* ---- the story ---- */

static const char *credential_of(struct storm *storm)
{
    const char *token = getenv("CRIER_STORM_TOKEN"), *text = storm->service->credential;
    const char *gap = strstr(text, "%s");

    return gap ? arena_printf(&storm->round, "%.*s%s%s", (int)(gap - text), text,
                              token ? token : "", gap + 2)
               : text;
}

static void put_credential(struct storm *storm)
{
    const char *text = credential_of(storm);
    char path[256];
    struct err err = {0};

    (void)snprintf(path, sizeof path, "%s/credentials/test/drill.json", storm->net.folder);
    assert_true(file_replace(path, text, strlen(text), 0600, &err));
    assert_true(secrets_load(storm->net.secrets, &storm->net.account, storm->net.adapter, &err));
    assert_true(secrets_allow_sessions(storm->net.secrets, &err));
}

static void pin(struct storm *storm, struct medium *medium)
{
    struct err err = {0};
    size_t length;
    char *bytes;

    assert_true(
        file_read("tests/support/media/plain.png", 1 << 24, &storm->round, &bytes, &length, &err));
    *medium = (struct medium){.alt = "", .recipe = "", .mime = "image/png"};
    digest_hex_of(bytes, length, medium->sha256);
    assert_true(
        file_replace(arena_printf(&storm->round, "%s/spool/%s", storm->net.folder, medium->sha256),
                     bytes, length, 0600, &err));
}

/* Its clock begins at the true time and does not go back; ours is one of the past and stands still,
 * so that nothing here can know when a token ends. */
static struct instant sandbox_time(const struct storm *storm, size_t round)
{
    return instant_plus(instant_plus(storm->net.clock.now, span_days(400 * 10)),
                        span_hours((int64_t)(ROUND_HOURS * round)));
}

static void start_service(struct storm *storm)
{
    const char *port = getenv("CRIER_STORM_PORT");

    storm->service = port ? &x_service : &bluesky_service;
    if (port)
        storm->sandbox.port = atoi(port);
    else
        sandbox_start(&storm->sandbox);
}

static void start(struct storm *storm)
{
    const char *platform, *rule = getenv("CRIER_RULE_OFF");
    enum engine_rule off;

    start_service(storm);
    platform = storm->service->platform;
    net_fixture_start(&storm->net, storm->sandbox.port);
    storm->net.adapter = adapter_by_name(platform);
    (void)snprintf(storm->net.base_url, sizeof storm->net.base_url, "http://127.0.0.1:%d/%s",
                   storm->sandbox.port, platform);
    storm->auth = (struct variable){.name = "auth", .value = "oauth2"};
    storm->net.account.options = (struct variables){&storm->auth, 1};
    storm->net.account.platform = platform;
    storm->net.account.facts = storm->net.adapter->facts;
    storm->net.account.limits = *storm->net.adapter->facts->limits;
    put_credential(storm);
    set_sandbox_clock(storm, sandbox_time(storm, 0));
    storm->workspace = (struct workspace){.accounts = &storm->net.account, .account_count = 1};
    storm->engine = engine_new(1);
    if (rule && engine_rule_from_word(rule, &off))
        engine_rule_off(storm->engine, off);
    tell(storm, (struct event){.kind = EVENT_START});
    tell(storm, (struct event){.kind = EVENT_CONFIG, .workspace = &storm->workspace});
}

static void end(struct storm *storm)
{
    engine_free(storm->engine);
    net_fixture_stop(&storm->net);
    arena_clear(&storm->turn);
    arena_clear(&storm->round);
    if (storm->sandbox.pid > 0)
        sandbox_stop(&storm->sandbox);
}

/* A picture post that is prepared now and due in an hour. */
static struct delivery *post(struct storm *storm, const struct medium *medium, size_t round,
                             size_t number)
{
    struct arena *arena = &storm->round;
    struct delivery *row = arena_alloc(arena, sizeof *row);
    struct content content = {.account = "drill", .media = medium, .media_count = 1};

    *row = (struct delivery){.campaign = "storm",
                             .post = arena_printf(arena, "p-%zu-%zu", round, number),
                             .occurrence = "once",
                             .account = "drill",
                             .platform = storm->service->platform,
                             .at = instant_plus(storm->net.clock.now, span_hours(1)),
                             .useful_until = instant_plus(storm->net.clock.now, span_hours(3)),
                             .lead = span_hours(2),
                             .file = "storm.cfg",
                             .author = -1,
                             .media = medium,
                             .media_count = 1,
                             .state = STATE_READY,
                             .rev = 1};
    content.text = row->post;
    delivery_start_afresh(row);
    delivery_set_id(row);
    content_write(&content, arena, row);
    return row;
}

static void run_until(struct storm *storm, size_t uploaded)
{
    for (int turns = 0; storm->uploaded < uploaded ||
                        engine_load(storm->engine, storm->net.clock.now).in_flight > 0;
         turns++) {
        if (turns > ROUND_LIMIT)
            fail_msg("%zu of %zu uploads, %zu refreshes", storm->uploaded, uploaded,
                     storm->refreshes);
        (void)uv_run(&storm->net.loop, UV_RUN_ONCE);
    }
}

static void begin_uploads(struct storm *storm, const struct medium *medium, size_t round,
                          const char *ids[PARALLEL])
{
    const struct delivery *rows[PARALLEL];

    for (size_t i = 0; i < PARALLEL; i++) {
        rows[i] = post(storm, medium, round, i);
        ids[i] = rows[i]->id;
    }
    storm->refreshes = storm->logins = storm->expired = storm->uploaded = 0;
    tell(storm, (struct event){.kind = EVENT_ROWS, .rows = rows, .row_count = PARALLEL});
}

static void each_expiry_costs_one_refresh(void **state)
{
    const char *asked = getenv("CRIER_STORM_ROUNDS");
    size_t rounds = asked ? (size_t)strtoul(asked, NULL, 10) : 50, refreshes = 0, expired = 0;
    struct storm *storm = calloc(1, sizeof *storm);
    const char *ids[PARALLEL];

    (void)state;
    assert_non_null(storm);
    start(storm);
    run_until(storm, 0);
    assert_int_equal(storm->logins + storm->refreshes, 1);
    for (size_t round = 1; round <= rounds; round++) {
        struct medium medium;

        pin(storm, &medium);
        set_sandbox_clock(storm, sandbox_time(storm, round));
        begin_uploads(storm, &medium, round, ids);
        run_until(storm, PARALLEL);
        if (storm->refreshes != 1 || storm->logins != 0 || storm->expired != PARALLEL)
            fail_msg("round %zu: %zu refreshes, %zu logins, %zu expired", round, storm->refreshes,
                     storm->logins, storm->expired);
        refreshes += storm->refreshes;
        expired += storm->expired;
        tell(storm, (struct event){.kind = EVENT_GONE, .ids = ids, .id_count = PARALLEL});
        arena_reset(&storm->round);
    }
    printf("%zu expiries, %zu expired answers, %zu refreshes, 1 login\n", rounds, expired,
           refreshes);
    end(storm);
    free(storm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_expiry_costs_one_refresh)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

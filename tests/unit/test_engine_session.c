/* Sessions (R11), record keys (R6) and platforms that show nothing, with the adapters of Bluesky
 * and of webhooks. Each safety rule is told once more with the rule switched off. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"

#define CREATE  "/xrpc/com.atproto.server.createSession"
#define REFRESH "/xrpc/com.atproto.server.refreshSession"
#define WHO     "/xrpc/com.atproto.server.getSession"
#define UPLOAD  "/xrpc/com.atproto.repo.uploadBlob"
#define PUT     "/xrpc/com.atproto.repo.putRecord"
#define READ    "/xrpc/com.atproto.repo.getRecord"
#define ME      "{\"did\":\"did:plc:me\",\"handle\":\"police.example\",\"active\":true}"
#define EXPIRED "{\"error\":\"ExpiredToken\",\"message\":\"Token has expired\"}"

enum { HOUR = 3600000, MINUTE = 60000, MANY = 16 };

static void identify(struct world *world)
{
    struct sent *sent = world_open(world, "GET", WHO);

    assert_non_null(sent);
    world_answer(world, sent, 200, ME);
}

/* One account on Bluesky, logged in; its session lives that long. */
static void start(struct world *world, int64_t life_ms)
{
    struct sent *sent;

    world_start_on(world, "bluesky", 1);
    sent = world_open(world, "POST", CREATE);
    assert_non_null(sent);
    world_give(world, sent, ME, "sealed-1", life_ms);
    identify(world);
}

static size_t open_count(const struct world *world, const char *path)
{
    size_t count = 0;

    for (size_t i = 0; i < world->send_count; i++)
        count +=
            !world->sends[i].answered && !strncmp(world->sends[i].request.path, path, strlen(path));
    return count;
}

static void the_first_use_logs_in_and_nothing_else_is_sent_before_that_is_durable(void **unused)
{
    struct world world;
    struct sent *sent;

    (void)unused;
    world_start_on(&world, "bluesky", 1);
    world_show(&world, world_post(&world, "helmet", 0, 1000));
    world_pass(&world, 2000);
    assert_int_equal(world.send_count, 1);
    sent = world_open(&world, "POST", CREATE);
    assert_true(sent->request.opens_session);
    world.accounts_stuck = true;
    world_give(&world, sent, ME, "sealed-1", 2 * HOUR);
    world_pass(&world, 5000);
    assert_int_equal(world.send_count, 1); /* RULE_STORED_FIRST */
    world.accounts_stuck = false;
    world_settle(&world);
    assert_string_equal(world_state(&world, "a0")->tokens, "sealed-1");
    identify(&world);
    assert_non_null(world_open(&world, "POST", PUT));
    world_stop(&world);
}

static void switched_off_it_would_be_used_before_it_is_durable(void **unused)
{
    struct world world;

    (void)unused;
    world_start_on(&world, "bluesky", 1);
    engine_rule_off(world.engine, RULE_STORED_FIRST);
    world.accounts_stuck = true;
    world_give(&world, world_open(&world, "POST", CREATE), ME, "sealed-1", 2 * HOUR);
    assert_int_equal(world.send_count, 2);
    world_stop(&world);
}

static void show_picture(struct world *world, size_t number)
{
    static struct medium medium = {.alt = "", .recipe = "", .mime = "image/png"};
    char *name = arena_printf(&world->arena, "post-%zu", number);
    struct delivery *row = world_post(world, name, 0, MINUTE);
    struct content content = {.account = row->account, .text = name, .media_count = 1};

    digest_hex_of("picture", 7, medium.sha256);
    content.media = row->media = &medium;
    row->media_count = 1;
    row->lead = span_minutes(10);
    content_write(&content, &world->arena, row);
    world_show(world, row);
}

/* Sixteen uploads under way, and the session ends. */
static void start_uploads(struct world *world)
{
    start(world, 2 * HOUR);
    for (size_t i = 0; i < MANY; i++)
        show_picture(world, i);
    assert_int_equal(open_count(world, UPLOAD), MANY);
}

static void answer_uploads(struct world *world, size_t count)
{
    for (size_t i = 0; i < count; i++)
        world_answer(world, world_open(world, "POST", UPLOAD), 400, EXPIRED);
}

static void sixteen_expired_answers_renew_the_session_once(void **unused)
{
    struct world world;

    (void)unused;
    start_uploads(&world);
    answer_uploads(&world, MANY / 2);
    assert_int_equal(world_count(&world, "POST", REFRESH), 1);
    assert_int_equal(open_count(&world, UPLOAD), MANY / 2); /* nothing new meanwhile */
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", 2 * HOUR);
    assert_int_equal(open_count(&world, UPLOAD), MANY);
    for (size_t i = 0; i < world.send_count; i++) { /* the late half of the first ones */
        struct sent *sent = &world.sends[i];
        if (!sent->answered && i < 2 + MANY)
            world_answer(&world, sent, 400, EXPIRED);
    }
    assert_int_equal(world_count(&world, "POST", REFRESH), 1);
    assert_int_equal(open_count(&world, UPLOAD), MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(world.rows[i]->tries, 0);
    assert_int_equal(world.alarm_count, 0);
    assert_string_equal(world_state(&world, "a0")->paused, "");
    world_stop(&world);
}

static void switched_off_a_late_answer_would_renew_it_again(void **unused)
{
    struct world world;

    (void)unused;
    start_uploads(&world);
    engine_rule_off(world.engine, RULE_ONE_REFRESH);
    answer_uploads(&world, 1);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", 2 * HOUR);
    answer_uploads(&world, 1);
    assert_string_equal(world_state(&world, "a0")->paused, "token"); /* though nothing is wrong */
    world_stop(&world);
}

static void an_answer_without_a_session_never_replaces_the_stored_one(void **unused)
{
    struct world world;

    (void)unused;
    for (int off = 0; off < 2; off++) {
        start_uploads(&world);
        if (off)
            engine_rule_off(world.engine, RULE_KEEP_TOKENS);
        answer_uploads(&world, 1);
        world_give(&world, world_open(&world, "POST", REFRESH), ME, NULL, 0);
        if (off)
            assert_string_equal(world_state(&world, "a0")->tokens, "");
        else
            assert_string_equal(world_state(&world, "a0")->tokens, "sealed-1");
        if (!off) {
            world_pass(&world, MINUTE);
            assert_int_equal(open_count(&world, REFRESH), 1); /* renewed, not logged in anew */
        }
        world_stop(&world);
    }
}

static void expired_straight_after_a_renewal_pauses_instead_of_turning_in_a_circle(void **unused)
{
    struct world world;

    (void)unused;
    start_uploads(&world);
    answer_uploads(&world, MANY);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", 2 * HOUR);
    answer_uploads(&world, MANY);
    assert_string_equal(world_state(&world, "a0")->paused, "token");
    assert_true(world_alarmed(&world, "account"));
    assert_int_equal(world_count(&world, "POST", REFRESH), 1);
    world_pass(&world, 61000); /* the probe begins with a new session */
    assert_int_equal(world_count(&world, "POST", REFRESH), 2);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-3", 2 * HOUR);
    world_answer(&world, world_open(&world, "GET", WHO), 400, EXPIRED);
    world_pass(&world, 30000);
    assert_int_equal(world_count(&world, "POST", REFRESH), 2);
    world_pass(&world, 5 * MINUTE);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-4", 2 * HOUR);
    identify(&world);
    assert_string_equal(world_state(&world, "a0")->paused, "");
    world_stop(&world);
}

static void a_refused_token_is_renewed_once_before_it_is_trouble(void **unused)
{
    static const char refused[] = "{\"error\":\"Unauthorized\",\"message\":\"no\"}";
    struct world world;

    (void)unused;
    start_uploads(&world);
    for (size_t i = 0; i < MANY - 1; i++)
        world_answer(&world, world_open(&world, "POST", UPLOAD), 401, refused);
    assert_int_equal(world_count(&world, "POST", REFRESH), 1);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", 2 * HOUR);
    world_answer(&world, world_open(&world, "POST", UPLOAD), 401, refused); /* the late one */
    assert_string_equal(world_state(&world, "a0")->paused, "");
    world_answer(&world, world_open(&world, "POST", UPLOAD), 401, refused);
    assert_string_equal(world_state(&world, "a0")->paused, "token");
    assert_int_equal(world_count(&world, "POST", REFRESH), 1);
    world_stop(&world);
}

static void a_lost_renewal_is_tried_again_and_pauses_nobody(void **unused)
{
    struct world world;

    (void)unused;
    start_uploads(&world);
    answer_uploads(&world, 1);
    for (int i = 0; i < 3; i++) {
        world_lose(&world, world_open(&world, "POST", REFRESH), FATE_MAYBE_SENT);
        assert_string_equal(world_state(&world, "a0")->paused, "");
        world_pass(&world, 3 * MINUTE);
    }
    assert_true(world_alarmed(&world, "account")); /* people hear of it */
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", 2 * HOUR);
    assert_int_equal(open_count(&world, UPLOAD), MANY);
    world_stop(&world);
}

static void refused_credentials_pause_the_account(void **unused)
{
    struct world world;

    (void)unused;
    world_start_on(&world, "bluesky", 1);
    world_answer(&world, world_open(&world, "POST", CREATE), 401,
                 "{\"error\":\"AuthenticationRequired\",\"message\":\"Invalid password\"}");
    assert_string_equal(world_state(&world, "a0")->paused, "token");
    world_pass(&world, 59000);
    assert_int_equal(world_count(&world, "POST", CREATE), 1);
    world_pass(&world, 2000);
    assert_int_equal(world_count(&world, "POST", CREATE), 2);
    world_stop(&world);
}

static void people_hear_at_once_of_a_platform_that_gives_no_session_for_long(void **unused)
{
    static const struct header later = {"Retry-After", "86400"};
    struct world world;
    struct http_reply full = {.fate = FATE_ANSWERED,
                              .status = 429,
                              .headers = &later,
                              .header_count = 1,
                              .body = "{\"error\":\"RateLimitExceeded\"}",
                              .date = INSTANT_NONE};

    (void)unused;
    world_start_on(&world, "bluesky", 1);
    full.body_length = strlen(full.body);
    full.received = world.now;
    world_event(&world, (struct event){.kind = EVENT_REPLY,
                                       .ticket = world_open(&world, "POST", CREATE)->ticket,
                                       .reply = &full});
    assert_int_equal(world.alarm_count, 1);
    world_pass(&world, 12 * HOUR);
    assert_int_equal(world_count(&world, "POST", CREATE), 1);
    assert_int_equal(world.alarm_count, 1);
    world_stop(&world);
}

/* Its tokens are kept, since the old ones may be spent; but a new session is no reason to ask again
 * at once. */
static void a_session_of_an_account_that_is_not_active_waits_for_the_probe(void **unused)
{
    static const char asleep[] =
        "{\"did\":\"did:plc:me\",\"handle\":\"police.example\",\"active\":false}";
    struct world world;

    (void)unused;
    world_start_on(&world, "bluesky", 1);
    world_give(&world, world_open(&world, "POST", CREATE), asleep, "sealed-1", 2 * HOUR);
    assert_string_equal(world_state(&world, "a0")->paused, "suspended");
    assert_string_equal(world_state(&world, "a0")->tokens, "sealed-1");
    world_pass(&world, 59000);
    assert_int_equal(world.send_count, 1);
    world_pass(&world, 2000);
    world_give(&world, world_open(&world, "POST", REFRESH), asleep, "sealed-2", 2 * HOUR);
    world_pass(&world, 30000);
    assert_int_equal(world_count(&world, "POST", REFRESH), 1);
    world_pass(&world, 5 * MINUTE);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-3", 2 * HOUR);
    identify(&world);
    assert_string_equal(world_state(&world, "a0")->paused, "");
    world_stop(&world);
}

/* What "expired" answers to a publish request: nothing is public, and nothing is counted. */
static void a_post_whose_session_ended_goes_out_under_the_same_record_key(void **unused)
{
    struct world world;
    struct sent *first, *second;
    char *body;

    (void)unused;
    start(&world, 2 * HOUR);
    world_show(&world, world_post(&world, "helmet", 0, 1000));
    world_pass(&world, 1000);
    first = world_open(&world, "POST", PUT);
    assert_false(first->fresh); /* keyed: rides the pool */
    body = arena_text(&world.arena, first->request.body);
    assert_int_equal(strlen(world_row(&world, "helmet")->record_key), 13);
    world_answer(&world, first, 400, EXPIRED);
    assert_string_equal(state_word(world_row(&world, "helmet")->state), "ready");
    assert_string_equal(world_row(&world, "helmet")->reason, "");
    assert_int_equal(world_row(&world, "helmet")->tries, 0);
    world_pass(&world, 7000);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", 2 * HOUR);
    second = world_open(&world, "POST", PUT);
    assert_non_null(second);
    assert_string_equal(second->request.body, body); /* createdAt is the first intent */
    assert_int_equal(world.alarm_count, 0);
    world_stop(&world);
}

static void found_in_flight_after_a_restart_the_stored_request_is_repeated(void **unused)
{
    struct world world;
    char *body;

    (void)unused;
    start(&world, 2 * HOUR);
    world_show(&world, world_post(&world, "helmet", 0, 1000));
    world_pass(&world, 1000);
    body = arena_text(&world.arena, world_open(&world, "POST", PUT)->request.body);
    world_pass(&world, 3 * MINUTE);
    world_reborn(&world);
    assert_null(world_open(&world, "POST", CREATE)); /* the stored session is used */
    identify(&world);
    assert_int_equal(open_count(&world, PUT), 1);
    assert_string_equal(world_open(&world, "POST", PUT)->request.body, body);
    world_stop(&world);
}

static void in_doubt_an_expired_answer_counts_no_try(void **unused)
{
    struct world world;

    (void)unused;
    start(&world, 2 * HOUR);
    world_show(&world, world_post(&world, "helmet", 0, 1000));
    world_pass(&world, 1000);
    world_lose(&world, world_open(&world, "POST", PUT), FATE_MAYBE_SENT);
    world_answer(&world, world_open(&world, "POST", PUT), 400, EXPIRED);
    assert_string_equal(state_word(world_row(&world, "helmet")->state), "doubtful");
    assert_int_equal(world_row(&world, "helmet")->tries, 0);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", 2 * HOUR);
    assert_int_equal(open_count(&world, PUT), 1); /* at once */
    world_stop(&world);
}

static void a_session_is_renewed_before_the_first_post_and_not_within_a_burst(void **unused)
{
    struct world world;
    struct delivery *row;

    (void)unused;
    start(&world, HOUR);
    row = world_post(&world, "early", 0, HOUR);
    row->lead = span_minutes(20);
    world_pass(&world, HOUR - 20 * MINUTE);
    world_show(&world, row);
    assert_int_equal(open_count(&world, REFRESH), 1);
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", HOUR);
    world_pass(&world, 10 * MINUTE);
    assert_int_equal(world_count(&world, "POST", REFRESH), 1);
    assert_null(world_open(&world, "POST", PUT));
    world_stop(&world);

    start(&world, 30 * MINUTE);
    row = world_post(&world, "soon", 0, 14 * MINUTE);
    row->lead = span_minutes(20);
    world_show(&world, row);
    row = world_post(&world, "later", 0, 20 * MINUTE);
    row->lead = span_minutes(20);
    world_show(&world, row);
    world_pass(&world, 14 * MINUTE - 1);
    assert_int_equal(world_count(&world, "POST", REFRESH), 0);
    world_stop(&world);
}

static void what_has_ended_by_our_clock_is_renewed_before_it_is_used(void **unused)
{
    struct world world;

    (void)unused;
    start(&world, HOUR);
    world_pass(&world, 5 * HOUR);
    /* Idle is idle: who we are is asked again a day after the last answer. */
    assert_int_equal(instant_since(world.wake, world.now).ms, 19 * HOUR);
    assert_int_equal(world_count(&world, "POST", REFRESH), 0);
    world_show(&world, world_post(&world, "helmet", 0, 5 * HOUR));
    assert_null(world_open(&world, "POST", PUT));
    world_give(&world, world_open(&world, "POST", REFRESH), ME, "sealed-2", HOUR);
    assert_non_null(world_open(&world, "POST", PUT));
    world_stop(&world);
}

static void where_the_account_lives_is_learnt_and_used(void **unused)
{
    static const char home[] =
        "{\"did\":\"did:plc:me\",\"handle\":\"police.example\",\"active\":true,\"didDoc\":{"
        "\"service\":[{\"id\":\"#atproto_pds\",\"serviceEndpoint\":"
        "\"https://morel.us-east.host.bsky.network\"}]}}";
    struct world world;

    (void)unused;
    world_start_on(&world, "bluesky", 1);
    world_give(&world, world_open(&world, "POST", CREATE), home, "sealed-1", 2 * HOUR);
    assert_string_equal(world_state(&world, "a0")->host, "morel.us-east.host.bsky.network");
    assert_string_equal(world_open(&world, "GET", WHO)->request.host,
                        "morel.us-east.host.bsky.network");
    identify(&world);
    world_show(&world, world_post(&world, "helmet", 0, 1000));
    world_pass(&world, 1000);
    assert_string_equal(world_open(&world, "POST", PUT)->request.host,
                        "morel.us-east.host.bsky.network");
    world_stop(&world);
}

static void a_session_of_somebody_else_is_forgotten(void **unused)
{
    struct world world;

    (void)unused;
    start(&world, 2 * HOUR);
    world.accounts[0].handle = "other.example";
    world_reborn(&world);
    world_give(&world, world_open(&world, "POST", CREATE), ME, "sealed-2", 2 * HOUR);
    identify(&world);
    assert_string_equal(world_state(&world, "a0")->paused, "identity");
    assert_string_equal(world_state(&world, "a0")->tokens, "");
    world_pass(&world, 61000);
    assert_int_equal(world_count(&world, "POST", CREATE), 3); /* with today's credentials */
    world_stop(&world);
}

/* Whom crier.cfg means besides, under the same name. */
static void move(struct account *account)
{
    account->server = "pds.example";
}

static void become_a_drill(struct account *account)
{
    account->base_url = "http://127.0.0.1:2/drill";
}

static void (*const changes[])(struct account *account) = {move, become_a_drill};

static void tokens_of_another_server_are_not_sent_after_a_reload(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct world world;

        start(&world, 2 * HOUR);
        changes[i](&world.accounts[0]);
        world_event(&world, (struct event){.kind = EVENT_CONFIG, .workspace = &world.workspace});
        world_settle(&world);
        assert_string_equal(world_state(&world, "a0")->tokens, "");
        assert_non_null(world_open(&world, "POST", CREATE));
        assert_int_equal(world_count(&world, "GET", WHO), 1);
        world_stop(&world);
    }
}

/* The files were edited while nothing ran. */
static void tokens_of_another_server_are_not_sent_after_a_restart(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct world world;

        start(&world, 2 * HOUR);
        changes[i](&world.accounts[0]);
        world_reborn(&world);
        assert_string_equal(world_state(&world, "a0")->tokens, "");
        assert_non_null(world_open(&world, "POST", CREATE));
        assert_int_equal(world_count(&world, "GET", WHO), 1);
        world_stop(&world);
    }
}

/* A live account and its drill on one server: only the address tells them apart. */
static void a_drill_of_a_live_account_is_asked_anew_who_it_is(void **unused)
{
    struct world world;

    (void)unused;
    world_start_on(&world, "bluesky", 1);
    world.accounts[0].server = "pds.example";
    world_reborn(&world);
    world_give(&world, world_open(&world, "POST", CREATE), ME, "sealed-1", 2 * HOUR);
    identify(&world);
    world.accounts[0].base_url = NULL;
    world.accounts[0].live = true;
    world_event(&world, (struct event){.kind = EVENT_CONFIG, .workspace = &world.workspace});
    world_settle(&world);
    assert_string_equal(world_state(&world, "a0")->tokens, "");
    assert_int_equal(open_count(&world, CREATE), 1);
    world_stop(&world);
}

/* An answer that was under way when crier.cfg came to mean another says nothing of that one. */
static void what_was_asked_of_another_is_not_heard(void **unused)
{
    struct world world;
    (void)unused;
    world_start_on(&world, "bluesky", 1);
    move(&world.accounts[0]);
    world_event(&world, (struct event){.kind = EVENT_CONFIG, .workspace = &world.workspace});
    assert_int_equal(open_count(&world, CREATE), 2);
    world_give(&world, &world.sends[0], ME, "sealed-1", 2 * HOUR);
    assert_null(world_state(&world, "a0"));
    assert_null(world_open(&world, "GET", WHO));
    world_give(&world, world_open(&world, "POST", CREATE), ME, "sealed-2", 2 * HOUR);
    assert_string_equal(world_state(&world, "a0")->tokens, "sealed-2");
    world_stop(&world);
}

/* ---- record keys ---- */

/* The commit of the newest save is refused: another row has that record key. */
static void refuse_key(struct world *world)
{
    const struct delivery *row = world->rows[0];

    world_event(world, (struct event){.kind = EVENT_REFUSED,
                                      .ticket = world->tickets[world->saved++],
                                      .refusal = REFUSAL_KEY_TAKEN,
                                      .rows = &row,
                                      .row_count = 1});
}

static void a_record_key_that_is_taken_is_born_a_millisecond_later(void **unused)
{
    struct world world;
    struct instant born;
    char taken[14];

    (void)unused;
    start(&world, 2 * HOUR);
    world_show(&world, world_post(&world, "helmet", 0, 1000));
    world.stuck = true;
    world_pass(&world, 1000);
    born = world.saves[world.save_count - 1].after->born;
    memcpy(taken, world.saves[world.save_count - 1].after->record_key, sizeof taken);
    refuse_key(&world);
    assert_int_equal(world.saves[world.save_count - 1].after->born.ms, born.ms + 1);
    assert_true(strcmp(taken, world.saves[world.save_count - 1].after->record_key) < 0);
    assert_null(world_open(&world, "POST", PUT));
    world.stuck = false;
    world_settle(&world);
    assert_non_null(strstr(world_open(&world, "POST", PUT)->request.body,
                           world_row(&world, "helmet")->record_key));
    world_stop(&world);
}

/* ---- a platform that shows nothing ---- */

static struct sent *start_webhook(struct world *world)
{
    world_start_on(world, "webhook", 1);
    assert_int_equal(world->send_count, 0); /* nobody is asked who it is */
    assert_string_equal(world_state(world, "a0")->identity, "webhook|http://127.0.0.1:1/m0");
    world_show(world, world_post(world, "helmet", 0, 1000));
    world_pass(world, 1000);
    return world_open(world, "POST", "/");
}

static const struct answer_row {
    int status;
    const char *state, *reason;
} answers[] = {
    {204, "published", ""},
    {422, "failed", REASON_REFUSED},
};

static void its_answer_is_the_proof(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct world world;
        struct sent *sent = start_webhook(&world);

        world_answer(&world, sent, answers[i].status, "");
        assert_string_equal(state_word(world_row(&world, "helmet")->state), answers[i].state);
        assert_string_equal(world_row(&world, "helmet")->reason, answers[i].reason);
        assert_int_equal(world.send_count, 1);
        world_stop(&world);
    }
}

static void in_doubt_it_repeats_while_its_key_is_remembered_and_is_then_held(void **unused)
{
    struct world world;
    struct sent *sent = start_webhook(&world);
    char *body = arena_text(&world.arena, sent->request.body);
    size_t repeats = 0;

    (void)unused;
    for (int s = 0; s < 600; s++) {
        sent = world_open(&world, "POST", "/");
        if (sent) {
            assert_string_equal(sent->request.body, body);
            assert_false(sent->fresh);
            assert_true(s <= 75); /* half of five minutes, less a minute and the time-out */
            world_lose(&world, sent, FATE_MAYBE_SENT);
            repeats++;
        }
        world_pass(&world, 1000);
    }
    assert_true(repeats > 2);
    assert_string_equal(state_word(world_row(&world, "helmet")->state), "held");
    assert_string_equal(world_row(&world, "helmet")->reason, REASON_UNPROVEN);
    assert_int_equal(world_row(&world, "helmet")->reads, 0);
    world_stop(&world);
}

/* In doubt at one receiver, it is not sent to another; nor by a drill's leave to the public. */
static void what_was_sent_as_another_account_is_not_repeated(void **unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++) {
        struct world world;
        struct sent *sent = start_webhook(&world);

        if (i == 2)
            world.accounts[0].approvals = 1;
        else
            become_a_drill(&world.accounts[0]);
        if (i == 1)
            world_reborn(&world);
        else
            world_event(&world,
                        (struct event){.kind = EVENT_CONFIG, .workspace = &world.workspace});
        if (i != 1)
            world_lose(&world, sent, FATE_MAYBE_SENT);
        world_settle(&world);
        world_pass(&world, MINUTE);
        assert_int_equal(world_count(&world, "POST", "/"), 1);
        assert_string_equal(state_word(world_row(&world, "helmet")->state), "held");
        assert_string_equal(world_row(&world, "helmet")->reason, REASON_UNPROVEN);
        world_stop(&world);
    }
}

static void a_receiver_that_is_closed_pauses_the_account_and_is_tried_again(void **unused)
{
    struct world world;
    struct sent *sent = start_webhook(&world);

    (void)unused;
    world_answer(&world, sent, 410, "");
    assert_string_equal(world_state(&world, "a0")->paused, "suspended");
    assert_string_equal(state_word(world_row(&world, "helmet")->state), "ready");
    world_pass(&world, 61000);
    assert_non_null(world_open(&world, "POST", "/"));
    world_stop(&world);
}

/* ---- sessions that a person logged in for (Threads: the token itself is exchanged) ---- */

#define EXCHANGE   "/refresh_access_token"
#define THREADS_ME "{\"id\":\"178\",\"username\":\"police\"}"

enum { DAY = 24 * HOUR };

/* Since begin_threads. */
static size_t exchanged(const struct world *world)
{
    return world_count(world, "GET", EXCHANGE) - 1;
}

static void log_in(struct world *world, const char *tokens, int64_t life_ms)
{
    world_event(world, (struct event){.kind = EVENT_LOGIN,
                                      .account = "a0",
                                      .new_session = true,
                                      .tokens = tokens,
                                      .tokens_until = {world->now.ms + life_ms}});
    world_settle(world);
}

/* Who am I, and what may I. */
static void answer_threads(struct world *world)
{
    struct sent *sent;

    while ((sent = world_open(world, "GET", "/v25.0/me?")))
        world_answer(world, sent, 200, THREADS_ME);
    while ((sent = world_open(world, "GET", "/v25.0/me/threads_publishing_limit")))
        world_answer(world, sent, 200, "{\"data\":[]}");
}

static void pass_hours(struct world *world, int64_t ms)
{
    for (; ms > 0; ms -= HOUR) {
        world_pass(world, ms < HOUR ? ms : HOUR);
        answer_threads(world);
    }
}

static void begin_threads(struct world *world, int64_t life_ms)
{
    world_start_on(world, "threads", 1);
    log_in(world, "sealed-1", life_ms);
    world_open(world, "GET", EXCHANGE)->answered = true; /* of before: nobody hears it */
    answer_threads(world);
}

static void a_login_that_brings_a_session_needs_no_other(void **unused)
{
    struct world world;

    (void)unused;
    world_start_on(&world, "threads", 1);
    assert_non_null(world_open(&world, "GET", EXCHANGE)); /* a token, but nothing stored of it */
    log_in(&world, "sealed-1", 40 * (int64_t)DAY);
    assert_string_equal(world_state(&world, "a0")->tokens, "sealed-1");
    assert_non_null(world_open(&world, "GET", "/v25.0/me?"));
    assert_int_equal(world_count(&world, "GET", EXCHANGE), 1);
    world_stop(&world);
}

static void a_token_is_exchanged_at_half_of_its_life_without_any_post(void **unused)
{
    struct world world;

    (void)unused;
    begin_threads(&world, 31 * (int64_t)DAY);
    pass_hours(&world, (int64_t)DAY - MINUTE);
    assert_int_equal(exchanged(&world), 0);
    pass_hours(&world, 2 * MINUTE);
    assert_int_equal(exchanged(&world), 1);
    world_give(&world, world_open(&world, "GET", EXCHANGE), "{}", "sealed-2", 60 * (int64_t)DAY);
    assert_string_equal(world_state(&world, "a0")->tokens, "sealed-2");
    pass_hours(&world, 30 * (int64_t)DAY - HOUR);
    assert_int_equal(exchanged(&world), 1);
    pass_hours(&world, 2 * HOUR);
    assert_int_equal(exchanged(&world), 2);
    world_stop(&world);
}

/* Its life is shorter than is known of the platform: a day lies between two exchanges. */
static void exchanges_do_not_chase_each_other(void **unused)
{
    struct world world;

    (void)unused;
    begin_threads(&world, HOUR);
    for (int i = 0; i < 5; i++) {
        pass_hours(&world, DAY - MINUTE);
        assert_int_equal(exchanged(&world), i);
        pass_hours(&world, 2 * MINUTE);
        assert_int_equal(exchanged(&world), i + 1);
        world_give(&world, world_open(&world, "GET", EXCHANGE), "{}", "sealed-n", DAY * (int64_t)9);
    }
    world_stop(&world);
}

static void a_failure_ahead_of_time_holds_nothing_up(void **unused)
{
    struct world world;

    (void)unused;
    begin_threads(&world, 31 * (int64_t)DAY);
    pass_hours(&world, 2 * (int64_t)DAY);
    world_answer(&world, world_open(&world, "GET", EXCHANGE), 503, "");
    pass_hours(&world, 10 * MINUTE);
    assert_int_equal(exchanged(&world), 2);
    world_answer(&world, world_open(&world, "GET", EXCHANGE), 503, "");
    world_show(&world, world_post(&world, "helmet", 0, 2 * (int64_t)DAY + 10 * MINUTE));
    assert_non_null(world_open(&world, "POST", "/v25.0/me/threads"));
    assert_int_equal(world.alarm_count, 0);
    world_stop(&world);
}

static void a_dead_token_pauses_until_a_new_login_and_its_posts_wait(void **unused)
{
    struct world world;

    (void)unused;
    begin_threads(&world, 31 * (int64_t)DAY);
    pass_hours(&world, 2 * (int64_t)DAY);
    world_answer(&world, world_open(&world, "GET", EXCHANGE), 400,
                 "{\"error\":{\"message\":\"Error validating access token\",\"code\":190}}");
    assert_string_equal(world_state(&world, "a0")->paused, "token");
    assert_string_equal(world_state(&world, "a0")->tokens, "sealed-1"); /* R11 */
    world_show(&world, world_post(&world, "helmet", 0, 2 * (int64_t)DAY));
    assert_null(world_open(&world, "POST", "/v25.0/me/threads"));
    log_in(&world, "sealed-2", 31 * (int64_t)DAY);
    answer_threads(&world);
    assert_string_equal(world_state(&world, "a0")->paused, "");
    assert_non_null(world_open(&world, "POST", "/v25.0/me/threads"));
    world_stop(&world);
}

/* The answer under way belongs to the login before: it is not heard. */
static void a_new_login_drops_what_the_one_before_was_asking(void **unused)
{
    struct world world;
    struct sent *old;

    (void)unused;
    begin_threads(&world, 31 * (int64_t)DAY);
    pass_hours(&world, 2 * (int64_t)DAY);
    old = world_open(&world, "GET", EXCHANGE);
    log_in(&world, "sealed-new", 31 * (int64_t)DAY);
    world_give(&world, old, "{}", "sealed-old", 60 * (int64_t)DAY);
    assert_string_equal(world_state(&world, "a0")->tokens, "sealed-new");
    world_stop(&world);
}

/* A file that was only written again: what is being renewed may be the only token there is. */
static void the_same_login_waits_for_the_renewal_under_way(void **unused)
{
    struct world world;

    (void)unused;
    begin_threads(&world, 31 * (int64_t)DAY);
    pass_hours(&world, 2 * (int64_t)DAY);
    world_event(&world, (struct event){.kind = EVENT_LOGIN, .account = "a0"});
    world_give(&world, world_open(&world, "GET", EXCHANGE), "{}", "sealed-2", 60 * (int64_t)DAY);
    assert_string_equal(world_state(&world, "a0")->tokens, "sealed-2");
    world_stop(&world);
}

static void a_new_credential_ends_the_pause_at_once(void **unused)
{
    struct world world;

    (void)unused;
    world_start(&world, 1);
    world_show(&world, world_post(&world, "helmet", 0, 1000));
    pass_hours(&world, 1000);
    world_answer(&world, world_open(&world, "POST", "/api/v1/statuses"), 401, "{\"error\":\"x\"}");
    assert_string_equal(world_state(&world, "a0")->paused, "token");
    world_event(&world, (struct event){.kind = EVENT_LOGIN, .account = "a0"});
    world_settle(&world);
    world_identify(&world);
    assert_string_equal(world_state(&world, "a0")->paused, "");
    world_stop(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_use_logs_in_and_nothing_else_is_sent_before_that_is_durable),
        cmocka_unit_test(switched_off_it_would_be_used_before_it_is_durable),
        cmocka_unit_test(sixteen_expired_answers_renew_the_session_once),
        cmocka_unit_test(switched_off_a_late_answer_would_renew_it_again),
        cmocka_unit_test(an_answer_without_a_session_never_replaces_the_stored_one),
        cmocka_unit_test(expired_straight_after_a_renewal_pauses_instead_of_turning_in_a_circle),
        cmocka_unit_test(a_refused_token_is_renewed_once_before_it_is_trouble),
        cmocka_unit_test(a_lost_renewal_is_tried_again_and_pauses_nobody),
        cmocka_unit_test(refused_credentials_pause_the_account),
        cmocka_unit_test(people_hear_at_once_of_a_platform_that_gives_no_session_for_long),
        cmocka_unit_test(a_session_of_an_account_that_is_not_active_waits_for_the_probe),
        cmocka_unit_test(a_post_whose_session_ended_goes_out_under_the_same_record_key),
        cmocka_unit_test(found_in_flight_after_a_restart_the_stored_request_is_repeated),
        cmocka_unit_test(in_doubt_an_expired_answer_counts_no_try),
        cmocka_unit_test(a_session_is_renewed_before_the_first_post_and_not_within_a_burst),
        cmocka_unit_test(what_has_ended_by_our_clock_is_renewed_before_it_is_used),
        cmocka_unit_test(where_the_account_lives_is_learnt_and_used),
        cmocka_unit_test(a_session_of_somebody_else_is_forgotten),
        cmocka_unit_test(tokens_of_another_server_are_not_sent_after_a_reload),
        cmocka_unit_test(tokens_of_another_server_are_not_sent_after_a_restart),
        cmocka_unit_test(a_drill_of_a_live_account_is_asked_anew_who_it_is),
        cmocka_unit_test(what_was_asked_of_another_is_not_heard),
        cmocka_unit_test(a_record_key_that_is_taken_is_born_a_millisecond_later),
        cmocka_unit_test(its_answer_is_the_proof),
        cmocka_unit_test(in_doubt_it_repeats_while_its_key_is_remembered_and_is_then_held),
        cmocka_unit_test(what_was_sent_as_another_account_is_not_repeated),
        cmocka_unit_test(a_receiver_that_is_closed_pauses_the_account_and_is_tried_again),
        cmocka_unit_test(a_login_that_brings_a_session_needs_no_other),
        cmocka_unit_test(a_token_is_exchanged_at_half_of_its_life_without_any_post),
        cmocka_unit_test(exchanges_do_not_chase_each_other),
        cmocka_unit_test(a_failure_ahead_of_time_holds_nothing_up),
        cmocka_unit_test(a_dead_token_pauses_until_a_new_login_and_its_posts_wait),
        cmocka_unit_test(a_new_login_drops_what_the_one_before_was_asking),
        cmocka_unit_test(the_same_login_waits_for_the_renewal_under_way),
        cmocka_unit_test(a_new_credential_ends_the_pause_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

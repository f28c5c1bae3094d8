/* The webhook machine: one state with every kind of reply, its event byte for byte. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/webhook.h"
#include "support/adapter_test.h"

#define POSTING "{\"at\":\"posting\",\"kept\":{}}"

static struct platform_job made;

static int start(void **state)
{
    (void)state;
    platform_job_make(&made, &webhook, 2);
    made.job.identity = (struct account_identity){0};
    return 0;
}

static struct step ask(machine asked, const char *stored, const struct http_reply *reply)
{
    return machine_asked(asked, &made.job, stored, reply, &arena);
}

static const struct header comes_back[] = {{"Retry-After", "60"}};

static void every_reply_has_an_answer_with_and_without_retry_after(void **state)
{
    static const struct {
        int status; /* 0 = not sent, -1 = perhaps sent */
        const char *body;
        const char *expected; /* without, with Retry-After */
    } rows[] = {
        {0, "", "RR"},
        {-1, "", "??"},
        {200, "", "DD"},
        {200, "ok", "DD"},
        {200, "{}", "DD"},
        {201, "{\"id\":\"7\"}", "DD"},
        {202, "", "DD"},
        {204, "", "DD"},
        {299, "", "DD"},
        {199, "", "??"},
        {301, "", "TT"},
        {302, "<html>", "TT"},
        {307, "", "TT"},
        {308, "", "TT"},
        {400, "no", "XX"},
        {401, "", "TT"},
        {403, "", "TT"},
        {404, "<html>", "TT"},
        {405, "", "??"},
        {408, "", "??"},
        {409, "", "??"},
        {410, "", "TT"},
        {413, "", "XX"},
        {415, "", "??"},
        {422, "{\"error\":\"text\"}", "XX"},
        {425, "", "??"},
        {429, "", "RR"},
        {500, "", "??"},
        {502, "", "?R"},
        {503, "<html>", "?R"},
        {504, "", "?R"},
        {507, "", "??"},
        {599, "", "??"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char found[3] = "";
        for (size_t with = 0; with < 2; with++) {
            struct http_reply reply = reply_in_table(rows[i].status, rows[i].body);
            struct step step;
            reply.headers = comes_back;
            reply.header_count = with;
            step = ask(webhook.publish, POSTING, &reply);
            found[with] = step_letter(&step);
            assert_true(strchr("RTX?", found[with]) == NULL || step.why != NULL);
        }
        if (strcmp(found, rows[i].expected) != 0)
            fail_msg("%d: %s, expected %s", rows[i].status, found, rows[i].expected);
    }
}

static void the_event_is_the_content_and_names_its_media(void **state)
{
    struct step step = ask(webhook.publish, "", NULL);
    const char *expected;

    (void)state;
    expected = arena_printf(
        &arena,
        "{\"data\":{\"account\":\"toots\",\"description\":null,\"id\":\"%s\",\"language\":\"hi\","
        "\"link\":null,\"media\":[{\"alt\":\"हेलमेट पहने दोपहिया सवार\",\"bytes\":75540,\"mime\":"
        "\"image/png\",\"sha256\":\"%s\"},{\"alt\":\"हेलमेट पहने दोपहिया "
        "सवार\",\"bytes\":75540,\"mime\":"
        "\"image/jpeg\",\"sha256\":\"%s\"}],\"name\":\"traffic/helmet@once/toots\",\"parent\":null,"
        "\"text\":\"नमस्ते\",\"title\":null},\"timestamp\":\"2026-11-22T03:59:59.000Z\",\"type\":"
        "\"post.publish\"}",
        made.delivery.id, made.media[0].sha256, made.media[1].sha256);
    assert_string_equal(step.request.body, expected);
    assert_int_equal(step.request.body_length, strlen(expected));
    assert_int_equal(step.request.timeout.ms, 15000);
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    assert_string_equal(step.request.signing, "webhook");
    assert_false(step.request.unrepeatable);
}

static const char *header_of(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return NULL;
}

static void a_repeat_is_the_same_event_with_the_same_id(void **state)
{
    struct step once = ask(webhook.publish, "", NULL), again;

    (void)state;
    made.delivery.intent = instant_plus(made.delivery.intent, span_minutes(2));
    made.delivery.attempts = 3;
    again = ask(webhook.publish, once.progress, NULL);
    assert_string_equal(request_write(&once.request, &arena),
                        request_write(&again.request, &arena));
    assert_string_equal(header_of(&once.request, "webhook-id"), made.delivery.key);
    assert_null(strchr(made.delivery.key, '.'));
}

static void an_answer_may_name_the_post_and_need_not(void **state)
{
    static const struct {
        const char *body, *id, *url; /* id NULL = the delivery's */
    } rows[] = {
        {"", NULL, ""},
        {"thank you", NULL, ""},
        {"{}", NULL, ""},
        {"[]", NULL, ""},
        {"{\"id\":7}", NULL, ""},
        {"{\"id\":\"\"}", NULL, ""},
        {"{\"id\":\"a\\nb\"}", NULL, ""},
        {"{\"id\":\"\\u202eabc\"}", NULL, ""},
        {"{\"id\":\"समाचार-7\",\"url\":\"https://portal.example.gov.in/7\"}", "समाचार-7",
         "https://portal.example.gov.in/7"},
        {"{\"id\":\"7\",\"url\":\"javascript:alert(1)\"}", "7", ""},
        {"{\"id\":\"7\",\"url\":\"https://a.in/ b\"}", "7", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_of(200, rows[i].body);
        struct step step = ask(webhook.publish, POSTING, &reply);

        assert_int_equal(step.kind, STEP_DONE);
        assert_string_equal(step.receipt.remote_id, rows[i].id ? rows[i].id : made.delivery.id);
        assert_string_equal(step.receipt.url, rows[i].url);
    }
}

static void a_removal_is_an_event_of_its_own_with_an_id_of_its_own(void **state)
{
    struct http_reply taken = reply_of(202, "");
    struct step step, again;

    (void)state;
    made.delivery.remote_id = "7";
    made.delivery.published = made.delivery.first_intent;
    step = ask(webhook.retract, "", NULL);
    again = ask(webhook.retract, step.progress, NULL);
    assert_string_equal(
        step.request.body,
        arena_printf(
            &arena,
            "{\"data\":{\"id\":\"%s\",\"name\":\"traffic/helmet@once/toots\",\"remote_id\":"
            "\"7\",\"url\":\"\"},\"timestamp\":\"2026-11-22T03:59:59.000Z\",\"type\":"
            "\"post.delete\"}",
            made.delivery.id));
    assert_string_not_equal(header_of(&step.request, "webhook-id"), made.delivery.key);
    assert_string_equal(request_write(&step.request, &arena),
                        request_write(&again.request, &arena));
    assert_int_equal(ask(webhook.retract, step.progress, &taken).kind, STEP_DONE);
}

static void the_window_is_what_the_receiver_remembers(void **state)
{
    (void)state;
    assert_int_equal(webhook.class_of(&made.account), CLASS_B);
    assert_int_equal(webhook.key_window(&made.account).ms, 5 * 60 * 1000);
    platform_job_option(&made, "remembers", "2d");
    assert_int_equal(webhook.key_window(&made.account).ms, INT64_C(2) * 86400 * 1000);
    platform_job_option(&made, "remembers", "for ever");
    assert_int_equal(webhook.key_window(&made.account).ms, 0); /* then nothing is repeated */
}

static void nobody_can_be_asked(void **state)
{
    (void)state;
    assert_int_equal(webhook.proof, PROOF_ANSWER);
    assert_null(webhook.find);
    assert_null(webhook.identify);
    assert_null(webhook.hosts);
}

static void stored_progress_of_another_version_is_doubt_and_sends_nothing(void **state)
{
    (void)state;
    assert_int_equal(ask(webhook.publish, "{\"at\":\"flying\",\"kept\":{}}", NULL).kind,
                     STEP_DOUBT);
}

static void a_part_of_a_thread_is_refused_before_anything_is_sent(void **state)
{
    (void)state;
    made.content.parent = "traffic/helmet@once";
    assert_int_equal(ask(webhook.publish, "", NULL).kind, STEP_REFUSED);
}

static struct http_reply random_reply(uint64_t *seed)
{
    static const int statuses[] = {200, 202, 301, 400, 401, 404, 410, 422, 429, 500, 502, 503};
    uint64_t dice = random_next(seed);
    struct http_reply reply = reply_of(statuses[dice / 64 % COUNT_OF(statuses)], "");

    reply.headers = comes_back;
    reply.header_count = dice / 4096 % 2;
    return dice % 8 == 0 ? reply_lost(dice % 16 ? FATE_NOT_SENT : FATE_MAYBE_SENT) : reply;
}

static void no_sequence_of_replies_sends_twice_and_the_twin_is_noticed(void **state)
{
    static const struct lives lives = {.adapter = &webhook,
                                       .jobs = {&made.job},
                                       .reply = random_reply};

    (void)state;
    assert_no_fault(&lives, 1000);
    assert_true(faults_of(&lives, careless, 1000) > 50);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_reply_has_an_answer_with_and_without_retry_after),
        TEST(the_event_is_the_content_and_names_its_media),
        TEST(a_repeat_is_the_same_event_with_the_same_id),
        TEST(an_answer_may_name_the_post_and_need_not),
        TEST(a_removal_is_an_event_of_its_own_with_an_id_of_its_own),
        TEST(the_window_is_what_the_receiver_remembers),
        TEST(nobody_can_be_asked),
        TEST(stored_progress_of_another_version_is_doubt_and_sends_nothing),
        TEST(a_part_of_a_thread_is_refused_before_anything_is_sent),
        TEST(no_sequence_of_replies_sends_twice_and_the_twin_is_noticed),
    };

    return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}

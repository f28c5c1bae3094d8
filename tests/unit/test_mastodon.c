/* The Mastodon machine `publish`: every state with every kind of reply, its pitfalls one by one,
 * and random replies against the two properties that matter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "platform/mastodon.h"
#include "support/adapter_test.h"

#define STATUS                                                                                     \
    "{\"id\":\"55\",\"text\":\"नमस्ते\",\"url\":\"https://s.example/@police/55\","     \
    "\"visibility\":\"public\",\"media_attachments\":[{},{}]}"
#define ERROR(text) "{\"error\":\"" text "\"}"
#define UNFINISHED  "Cannot attach files that have not finished processing. Try again in a moment!"

static const char *const states[] = {
    "{\"at\":\"uploading\",\"kept\":{\"media\":[\"54\"],\"ready\":1}}",
    "{\"at\":\"processing\",\"kept\":{\"media\":[\"54\",\"55\"],\"ready\":1}}",
    "{\"at\":\"publishing\",\"kept\":{\"media\":[\"54\",\"55\"],\"ready\":2}}",
    "{\"at\":\"answered\",\"kept\":{\"id\":\"55\",\"media\":[\"54\",\"55\"],\"ready\":2}}",
    "{\"at\":\"comparing\",\"kept\":{\"id\":\"55\",\"media\":[\"54\",\"55\"],\"ready\":2}}",
};

static struct platform_job two_pictures;

static int start(void **state)
{
    (void)state;
    platform_job_make(&two_pictures, &mastodon, 2);
    return 0;
}

static struct step ask(machine asked, const struct job *job, const char *stored,
                       const struct http_reply *reply)
{
    return machine_asked(asked, job, stored, reply, &arena);
}

static struct step tell(const char *stored, int status, const char *body)
{
    return machine_told(mastodon.publish, &two_pictures.job, stored, status, body);
}

static void every_state_has_an_answer_to_every_reply(void **state)
{
    static const struct answer_row rows[] = {
        /* uploading processing publishing answered comparing */
        {0, "", "RRRWW"},
        {-1, "", "RR?WW"},
        {200, STATUS, "SSSSD"},
        {200, "{}", "RR?WW"},
        {200, ERROR("no"), "RR?WW"},
        {200, "{\"id\":55}", "RR?WW"},
        {200, "{\"id\":\"../5\"}", "RR?WW"},
        {200, "{\"id\":\"55\"", "RR?WW"},
        {200, "<html>welcome</html>", "RR?WW"},
        {200, "", "RR?WW"},
        {200, "[]", "RR?WW"},
        {201, STATUS, "RR?WW"},
        {202, STATUS, "SR?WW"},
        {204, "", "RR?WW"},
        {206, "{\"id\":\"55\"}", "RW?WW"},
        {301, "", "RR?WW"},
        {302, "<html>", "RR?WW"},
        {307, "", "RR?WW"},
        {400, ERROR("bad"), "XX?WW"},
        {400, "<html>", "RR?WW"},
        {401, ERROR("The access token is invalid"), "TTTWW"},
        {401, "", "TTTWW"},
        {403, ERROR("This action is outside the authorized scopes"), "TTTWW"},
        {403, "<html>blocked</html>", "TT?WW"},
        {404, ERROR("Record not found"), "XRXWW"},
        {404, "<html>", "RR?WW"},
        {408, "", "RR?WW"},
        {409, ERROR("conflict"), "XX?WW"},
        {410, ERROR("gone"), "XXXWW"},
        {413, ERROR("too large"), "XXXWW"},
        {413, "<html>", "XX?WW"},
        {418, ERROR("teapot"), "XX?WW"},
        {422, ERROR("Validation failed: Text can't be blank"), "XXXWW"},
        {422, "<html>", "RR?WW"},
        {422, ERROR(UNFINISHED), "XXRWW"},
        {422, ERROR("Media 55 not found or already attached to another post"), "XX?WW"},
        {429, ERROR("Too many requests"), "RRRWW"},
        {429, "<html>", "RRRWW"},
        {500, ERROR("Error processing thumbnail for uploaded media"), "RR?WW"},
        {502, "<html>", "RR?WW"},
        {503, "", "RR?WW"},
        {504, "<html>", "RR?WW"},
        {599, "", "RR?WW"},
    };

    (void)state;
    assert_answers(
        &(struct states){mastodon.publish, states, COUNT_OF(states), {&two_pictures.job}}, rows,
        COUNT_OF(rows));
}

/* ---- the way of a post ---- */

static void a_text_goes_out_is_read_back_and_done(void **state)
{
    struct platform_job text;
    struct http_reply created = reply_of(200, "{\"id\":\"9\",\"url\":\"https://s.example/9\"}");
    struct http_reply shown =
        reply_of(200, "{\"id\":\"9\",\"media_attachments\":[],\"visibility\":\"public\"}");
    struct http_reply source =
        reply_of(200, "{\"id\":\"9\",\"text\":\"नमस्ते\",\"spoiler_text\":\"\"}");
    struct step step;

    (void)state;
    platform_job_make(&text, &mastodon, 0);
    step = ask(mastodon.publish, &text.job, "", NULL);
    assert_string_equal(step.request.path, "/api/v1/statuses");
    assert_string_equal(step.request.body,
                        "{\"language\":\"hi\",\"status\":\"नमस्ते\",\"visibility\":\"public\"}");
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    step = ask(mastodon.publish, &text.job, step.progress, &created);
    assert_string_equal(step.request.path, "/api/v1/statuses/9");
    assert_int_equal(step.request.kind, REQUEST_READ);
    step = ask(mastodon.publish, &text.job, step.progress, &shown);
    assert_string_equal(step.request.path, "/api/v1/statuses/9/source");
    step = ask(mastodon.publish, &text.job, step.progress, &source);
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, "9");
    assert_string_equal(step.receipt.url, "https://s.example/9");
    assert_false(step.receipt.differs);
    assert_false(step.receipt.not_read_back);
}

static void pictures_are_uploaded_in_order_with_their_alt_texts(void **state)
{
    struct platform_job four;
    const char *stored = "";
    struct http_reply reply;
    char body[32];
    struct step step;

    (void)state;
    platform_job_make(&four, &mastodon, 4);
    step = ask(mastodon.publish, &four.job, stored, NULL);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(step.request.path, "/api/v2/media");
        assert_int_equal(step.request.kind, REQUEST_UPLOAD);
        assert_string_equal(step.request.parts[0].file_sha256, four.media[i].sha256);
        assert_string_equal(step.request.parts[0].mime, four.media[i].mime);
        assert_non_null(step.request.parts[0].filename);
        assert_int_equal(step.request.part_count, i == 3 ? 1 : 2); /* the fourth has no alt text */
        (void)snprintf(body, sizeof body, "{\"id\":\"m%zu\"}", i);
        reply = reply_of(200, body);
        step = ask(mastodon.publish, &four.job, step.progress, &reply);
    }
    assert_non_null(strstr(step.request.body, "\"media_ids\":[\"m0\",\"m1\",\"m2\",\"m3\"]"));
}

static void
a_server_that_keeps_keys_gets_ours_and_one_that_does_not_gets_an_unrepeatable_request(void **state)
{
    struct platform_job b, c;
    struct step step;

    (void)state;
    platform_job_make(&b, &mastodon, 0);
    platform_job_make(&c, &mastodon, 0);
    platform_job_option(&c, "keeps_keys", "false");
    assert_int_equal(mastodon.class_of(&b.account), CLASS_B);
    assert_int_equal(mastodon.class_of(&c.account), CLASS_C);
    step = ask(mastodon.publish, &b.job, "", NULL);
    assert_int_equal(step.request.header_count, 2);
    assert_string_equal(step.request.headers[1].name, "Idempotency-Key");
    assert_string_equal(step.request.headers[1].value, b.delivery.key);
    assert_false(step.request.unrepeatable);
    step = ask(mastodon.publish, &c.job, "", NULL);
    assert_int_equal(step.request.header_count, 1);
    assert_true(step.request.unrepeatable);
}

static void asked_again_a_state_sends_the_very_same_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct step once = ask(mastodon.publish, &two_pictures.job, states[i], NULL);
        struct step again = ask(mastodon.publish, &two_pictures.job, once.progress, NULL);
        assert_int_equal(once.kind, STEP_SEND);
        assert_string_equal(request_write(&once.request, &arena),
                            request_write(&again.request, &arena));
        assert_string_equal(once.progress, again.progress);
    }
}

/* ---- pitfalls ---- */

static void an_unfinished_picture_is_waited_for_and_its_polls_slow_down(void **state)
{
    static const int64_t seconds[] = {1, 2, 4, 8, 15, 15};
    struct step step = tell(states[0], 202, "{\"id\":\"55\",\"url\":null}");

    (void)state;
    assert_string_equal(step.request.path, "/api/v1/media/55");
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        step = tell(step.progress, 206, "{}");
        assert_int_equal(step.kind, STEP_WAIT);
        assert_int_equal(step.wait.ms, seconds[i] * 1000);
    }
    step = tell(step.progress, 200, "{\"id\":\"55\"}");
    assert_string_equal(step.request.path, "/api/v1/statuses");
}

static void
a_publish_refused_for_unfinished_pictures_polls_them_all_before_the_next_try(void **state)
{
    struct step step = tell(states[2], 422, ERROR(UNFINISHED));

    (void)state;
    assert_int_equal(step.kind, STEP_RETRY);
    step = ask(mastodon.publish, &two_pictures.job, step.progress, NULL);
    assert_string_equal(step.request.path, "/api/v1/media/54");
    step = tell(step.progress, 200, "{\"id\":\"54\"}");
    assert_string_equal(step.request.path, "/api/v1/media/55");
    step = tell(step.progress, 200, "{\"id\":\"55\"}");
    assert_string_equal(step.request.path, "/api/v1/statuses");
}

static void a_forgotten_picture_is_uploaded_again_unless_a_publish_may_have_used_it(void **state)
{
    struct step step = tell(states[1], 404, ERROR("Record not found"));

    (void)state;
    assert_int_equal(step.kind, STEP_RETRY);
    step = ask(mastodon.publish, &two_pictures.job, step.progress, NULL);
    assert_string_equal(step.request.path, "/api/v2/media");
    assert_string_equal(step.request.parts[0].file_sha256, two_pictures.media[1].sha256);
    two_pictures.delivery.attempts = 1;
    step = tell(states[1], 404, ERROR("Record not found"));
    assert_int_equal(step.kind, STEP_DOUBT);
}

static void a_throttled_publish_waits_until_the_reset_in_iso_form(void **state)
{
    static const struct header header = {"X-RateLimit-Reset", "2026-11-22T04:05:00.000000Z"};
    struct http_reply reply = reply_of(429, ERROR("Too many requests"));
    struct step step;

    (void)state;
    reply.headers = &header;
    reply.header_count = 1;
    for (size_t i = 0; i < 3; i++) {
        step = ask(mastodon.publish, &two_pictures.job, states[i], &reply);
        assert_int_equal(step.not_before.ms, reply.received.ms + 300000);
    }
    step = ask(mastodon.publish, &two_pictures.job, states[3], &reply);
    assert_int_equal(step.kind, STEP_WAIT);
    assert_int_equal(step.wait.ms, 300000);
}

static void what_is_public_but_unreadable_is_read_five_times_more_and_then_told(void **state)
{
    static const int64_t seconds[] = {5, 15, 45, 120, 300};
    const char *stored = states[3];
    struct step step;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        step = tell(stored, 404, ERROR("Record not found"));
        assert_int_equal(step.kind, STEP_WAIT);
        assert_int_equal(step.wait.ms, seconds[i] * 1000);
        stored = step.progress;
    }
    step = tell(stored, 404, ERROR("Record not found"));
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.not_read_back);
    assert_string_equal(step.receipt.remote_id, "55");
}

static void what_is_public_but_not_what_was_sent_is_told(void **state)
{
    static const struct {
        const char *status, *source;
        bool differs;
    } rows[] = {
        {STATUS, "{\"text\":\"नमस्ते\"}", false},
        {STATUS, "{\"text\":\"  नमस्ते\\n\"}", false},
        {STATUS, "{\"text\":\"नमस्ते!\"}", true},
        {STATUS, "{\"text\":\"\"}", true},
        {"{\"id\":\"55\",\"media_attachments\":[{}]}", "{\"text\":\"नमस्ते\"}", true},
        {"{\"id\":\"55\"}", "{\"text\":\"नमस्ते\"}", true},
        {"{\"id\":\"55\",\"media_attachments\":[{},{}],\"visibility\":\"private\"}",
         "{\"text\":\"नमस्ते\"}", true},
        {"{\"id\":\"55\",\"media_attachments\":[{},{}]}", "{\"text\":\"नमस्ते\"}", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step = tell(states[3], 200, rows[i].status);
        assert_int_equal(step.kind, STEP_SEND);
        step = tell(step.progress, 200, rows[i].source);
        assert_int_equal(step.kind, STEP_DONE);
        if (step.receipt.differs != rows[i].differs)
            fail_msg("row %zu", i);
    }
}

static void an_address_that_is_not_one_is_not_shown(void **state)
{
    static const char *const bad[] = {"javascript:alert(1)", "https://x/\\\"onload=", "ftp://x",
                                      ""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *body = arena_printf(&arena, "{\"id\":\"55\",\"url\":\"%s\"}", bad[i]);
        struct step step = tell(states[2], 200, body);
        step = tell(step.progress, 200, STATUS);
        step = tell(step.progress, 200, "{\"text\":\"नमस्ते\"}");
        assert_string_equal(step.receipt.url, "");
    }
}

static void stored_progress_of_another_version_is_doubt_and_sends_nothing(void **state)
{
    static const char *const strange[] = {
        "{\"at\":\"dreaming\",\"kept\":{\"media\":[],\"ready\":0}}",
        "{\"at\":\"publishing\",\"kept\":{}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\"],\"ready\":1}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"2\"],\"ready\":1}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"2\",\"3\"],\"ready\":3}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"../2\"],\"ready\":2}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",2],\"ready\":2}}",
        "{\"at\":\"uploading\",\"kept\":{\"media\":[\"1\",\"2\"],\"ready\":2}}",
        "{\"at\":\"processing\",\"kept\":{\"media\":[\"1\"],\"ready\":1}}",
        "{\"at\":\"processing\",\"kept\":{\"media\":[\"1\"],\"ready\":-1}}",
        "{\"at\":\"answered\",\"kept\":{\"media\":[],\"ready\":0}}",
        "{\"at\":\"answered\",\"kept\":{\"media\":[],\"ready\":0,\"id\":\"a/b\"}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(strange); i++) {
        struct step step = ask(mastodon.publish, &two_pictures.job, strange[i], NULL);
        if (step.kind != STEP_DOUBT)
            fail_msg("%s: %c", strange[i], step_letter(&step));
    }
}

static void a_part_of_a_thread_answers_the_one_before_it(void **state)
{
    struct step step;

    (void)state;
    two_pictures.content.parent = "1";
    step = ask(mastodon.publish, &two_pictures.job, "", NULL);
    assert_int_equal(step.kind, STEP_REFUSED); /* nobody knows whom it answers */
    two_pictures.job.parent_id = two_pictures.job.root_id = "54321";
    step = ask(mastodon.publish, &two_pictures.job, states[2], NULL);
    assert_int_equal(step.kind, STEP_SEND);
    assert_non_null(strstr(step.request.body, "\"in_reply_to_id\":\"54321\""));
}

static void a_part_that_answers_something_else_differs(void **state)
{
    static const struct {
        const char *parent, *theirs;
        bool differs;
    } rows[] = {
        {"54321", "\"54321\"", false}, {"54321", "null", true},   {"54321", "\"9\"", true},
        {NULL, "null", false},         {NULL, "\"54321\"", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step;
        two_pictures.job.parent_id = rows[i].parent;
        step = tell(states[3], 200,
                    arena_printf(&arena,
                                 "{\"id\":\"55\",\"in_reply_to_id\":%s,"
                                 "\"media_attachments\":[{},{}]}",
                                 rows[i].theirs));
        step = tell(step.progress, 200, "{\"text\":\"नमस्ते\"}");
        assert_int_equal(step.kind, STEP_DONE);
        assert_int_equal(step.receipt.differs, rows[i].differs);
    }
}

/* ---- any sequence of replies ---- */

static struct http_reply random_reply(uint64_t *seed)
{
    static const int statuses[] = {200, 200, 200, 200, 202, 206, 302, 401,
                                   403, 404, 408, 413, 422, 429, 500, 503};
    static const char *const bodies[] = {
        STATUS, STATUS, STATUS, "{}", ERROR(UNFINISHED), ERROR("no"), "<html>", "{\"id\":\"55\""};
    static const struct reply_dice dice = {statuses, COUNT_OF(statuses), bodies, COUNT_OF(bodies)};

    return reply_thrown(&dice, random_next(seed));
}

static const struct lives lives = {.adapter = &mastodon,
                                   .jobs = {&two_pictures.job},
                                   .answered = "answered",
                                   .reply = random_reply};

static void no_sequence_of_replies_sends_twice_or_leaves_the_declared_states(void **state)
{
    (void)state;
    assert_no_fault(&lives, lives_wanted());
}

/* The twin: an answered post whose read-back fails is published once more. */
static struct step forgetful(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *memory)
{
    struct step step = mastodon.publish(job, at, reply, memory);
    struct progress back;

    if (step.kind != STEP_WAIT || !at->state || strcmp(at->state, "answered") != 0 ||
        !progress_read(states[2], memory, &back))
        return step;
    return mastodon.publish(job, &back, NULL, memory);
}

static void the_twins_without_the_rules_are_noticed(void **state)
{
    const size_t first = faults_of(&lives, careless, 500);
    const size_t second = faults_of(&lives, forgetful, 500);

    (void)state;
    printf("of 500 sequences: %zu faults when doubt is repeated, %zu when an answer is forgotten\n",
           first, second);
    assert_true(first > 0);
    assert_true(second > 0);
}

/* ---- the small machines ---- */

static void who_am_i_answers_handle_and_id(void **state)
{
    struct http_reply fine =
        reply_of(200, "{\"id\":\"42\",\"acct\":\"police\",\"url\":\"https://s.example/@police\"}");
    struct http_reply strange = reply_of(200, "{\"id\":\"42\"}");
    struct http_reply gone = reply_of(404, ERROR("no"));
    struct step step = ask(mastodon.identify, &two_pictures.job, "", NULL);

    (void)state;
    assert_string_equal(step.request.path, "/api/v1/accounts/verify_credentials");
    step = ask(mastodon.identify, &two_pictures.job, "", &fine);
    assert_string_equal(step.receipt.handle, "police");
    assert_string_equal(step.receipt.remote_id, "42");
    assert_int_equal(ask(mastodon.identify, &two_pictures.job, "", &strange).kind, STEP_RETRY);
    assert_int_equal(ask(mastodon.identify, &two_pictures.job, "", &gone).kind, STEP_RETRY);
}

static void limits_are_read_from_new_and_old_servers(void **state)
{
    struct http_reply modern = reply_of(
        200,
        "{\"version\":\"4.7.0\",\"configuration\":{\"statuses\":{\"max_characters\":1000,\"max_"
        "media_attachments\":6,"
        "\"characters_reserved_per_url\":23},\"media_attachments\":{\"image_size_limit\":16777216,"
        "\"image_matrix_limit\":33177600,\"description_limit\":1500,\"supported_mime_types\":["
        "\"image/png\"]}}}");
    struct http_reply absent = reply_of(404, "");
    struct http_reply old =
        reply_of(200, "{\"max_toot_chars\":5000,\"upload_limit\":1000,\"version\":\"2.7.2\"}");
    struct step step = ask(mastodon.limits, &two_pictures.job, "", &modern);

    (void)state;
    assert_string_equal(
        json_write(step.receipt.server, &arena, NULL),
        "{\"alt\":1500,\"image_bytes\":16777216,\"image_pixels\":33177600,\"media\":6,"
        "\"mime\":[\"image/png\"],\"text\":1000,\"urls\":23,\"version\":\"4.7.0\"}");
    json_decref(step.receipt.server);
    step = ask(mastodon.limits, &two_pictures.job, "", &absent);
    assert_string_equal(step.request.path, "/api/v1/instance");
    step = ask(mastodon.limits, &two_pictures.job, step.progress, &old);
    assert_int_equal(json_integer_or(step.receipt.server, "text", 0), 5000);
    assert_int_equal(json_integer_or(step.receipt.server, "image_bytes", 0), 1000);
    json_decref(step.receipt.server);
    step = ask(mastodon.limits, &two_pictures.job, "{\"at\":\"old\",\"kept\":{}}", &absent);
    assert_int_equal(step.kind, STEP_RETRY);
}

static void removing_a_post_that_is_gone_is_done(void **state)
{
    struct http_reply gone = reply_of(404, ERROR("Record not found"));
    struct http_reply busy = reply_of(503, ""), page = reply_of(404, "<html>");
    struct step step;

    (void)state;
    two_pictures.delivery.remote_id = "55";
    step = ask(mastodon.retract, &two_pictures.job, "", NULL);
    assert_string_equal(step.request.method, "DELETE");
    assert_string_equal(step.request.path, "/api/v1/statuses/55");
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    assert_int_equal(ask(mastodon.retract, &two_pictures.job, "", &gone).kind, STEP_DONE);
    assert_int_equal(ask(mastodon.retract, &two_pictures.job, "", &busy).kind, STEP_RETRY);
    assert_int_equal(ask(mastodon.retract, &two_pictures.job, "", &page).kind, STEP_RETRY);
    two_pictures.delivery.remote_id = "";
    assert_int_equal(ask(mastodon.retract, &two_pictures.job, "", NULL).kind, STEP_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_state_has_an_answer_to_every_reply),
        TEST(a_text_goes_out_is_read_back_and_done),
        TEST(pictures_are_uploaded_in_order_with_their_alt_texts),
        TEST(a_server_that_keeps_keys_gets_ours_and_one_that_does_not_gets_an_unrepeatable_request),
        TEST(asked_again_a_state_sends_the_very_same_request),
        TEST(an_unfinished_picture_is_waited_for_and_its_polls_slow_down),
        TEST(a_publish_refused_for_unfinished_pictures_polls_them_all_before_the_next_try),
        TEST(a_forgotten_picture_is_uploaded_again_unless_a_publish_may_have_used_it),
        TEST(a_throttled_publish_waits_until_the_reset_in_iso_form),
        TEST(what_is_public_but_unreadable_is_read_five_times_more_and_then_told),
        TEST(what_is_public_but_not_what_was_sent_is_told),
        TEST(an_address_that_is_not_one_is_not_shown),
        TEST(stored_progress_of_another_version_is_doubt_and_sends_nothing),
        TEST(a_part_of_a_thread_answers_the_one_before_it),
        TEST(a_part_that_answers_something_else_differs),
        TEST(no_sequence_of_replies_sends_twice_or_leaves_the_declared_states),
        TEST(the_twins_without_the_rules_are_noticed),
        TEST(who_am_i_answers_handle_and_id),
        TEST(limits_are_read_from_new_and_old_servers),
        TEST(removing_a_post_that_is_gone_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The Mastodon machine `find`: content decides, never the newest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/mastodon.h"
#include "support/adapter_test.h"

#define POST(id, time, media)                                                                      \
    "{\"id\":\"" id "\",\"url\":\"https://s.example/" id "\",\"created_at\":\"2026-11-22T" time    \
    "Z\",\"media_attachments\":" media "}"

static struct platform_job text;

static int start(void **state)
{
    (void)state;
    platform_job_make(&text, &mastodon, 0);
    return 0;
}

static struct step ask(const char *stored, const struct http_reply *reply)
{
    struct progress at;

    assert_true(progress_read(stored, &arena, &at));
    return mastodon.find(&text.job, &at, reply, &arena);
}

static struct step tell(const char *stored, int status, const char *body)
{
    struct http_reply reply = reply_of(status, body);

    return ask(stored, &reply);
}

static struct step list(const char *body)
{
    struct step step = ask("", NULL);

    step = tell(step.progress, 200, body);
    while (step.kind == STEP_SEND && strstr(step.request.path, "max_id"))
        step = tell(step.progress, 200, "[]");
    return step;
}

static struct step source(const struct step *step, const char *said)
{
    return tell(step->progress, 200, arena_printf(&arena, "{\"text\":\"%s\"}", said));
}

static void the_one_that_says_it_is_found_and_not_the_newest(void **state)
{
    struct step step =
        list("[" POST("3", "03:59:59.000", "[]") "," POST("2", "03:59:30.000", "[]") "]");

    (void)state;
    assert_string_equal(step.request.path, "/api/v1/statuses/3/source");
    step = source(&step, "something else");
    assert_string_equal(step.request.path, "/api/v1/statuses/2/source");
    step = source(&step, "नमस्ते");
    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(step.receipt.found, 1);
    assert_string_equal(step.receipt.remote_id, "2");
    assert_string_equal(step.receipt.url, "https://s.example/2");
}

static void two_that_say_it_are_both_counted(void **state)
{
    struct step step =
        list("[" POST("3", "03:59:59.000", "[]") "," POST("2", "03:59:30.000", "[]") "]");

    (void)state;
    step = source(&step, "नमस्ते");
    step = source(&step, "नमस्ते\\n");
    assert_int_equal(step.receipt.found, 2);
    assert_string_equal(step.receipt.remote_id, "3");
}

static void nothing_that_says_it_is_nothing_found(void **state)
{
    struct step step = list("[" POST("3", "03:59:59.000", "[]") "]");

    (void)state;
    step = source(&step, "नमस्ते!");
    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(step.receipt.found, 0);
    assert_null(step.receipt.remote_id);
    step = list("[]");
    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(step.receipt.found, 0);
}

static void older_posts_boosts_and_other_numbers_of_pictures_are_no_candidates(void **state)
{
    static const char *const pages[] = {
        "[" POST("3", "03:57:59.999", "[]") "]",
        "[" POST("3", "03:59:00.000", "[{}]") "]",
        ("[{\"id\":\"3\",\"created_at\":\"2026-11-22T03:59:00Z\",\"media_attachments\":[],"
         "\"reblog\":{\"id\":\"1\"}}]"),
        "[{\"id\":\"../3\",\"created_at\":\"2026-11-22T03:59:00Z\"}]",
        "[7,null,{},[]]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        struct step step = list(pages[i]);
        if (step.kind != STEP_DONE || step.receipt.found != 0)
            fail_msg("%s", pages[i]);
    }
}

static void pages_are_read_back_to_the_intent_but_not_more_than_three(void **state)
{
    struct step step = ask("", NULL);

    (void)state;
    assert_string_equal(step.request.path,
                        "/api/v1/accounts/42/statuses?limit=40&exclude_reblogs=true");
    step = tell(step.progress, 200, "[" POST("9", "03:59:59.000", "[{}]") "]");
    assert_non_null(strstr(step.request.path, "&max_id=9"));
    step = tell(step.progress, 200, "[" POST("8", "03:59:58.000", "[{}]") "]");
    assert_non_null(strstr(step.request.path, "&max_id=8"));
    step = tell(step.progress, 200, "[" POST("7", "03:59:57.000", "[{}]") "]");
    assert_int_equal(step.kind, STEP_DONE);
    step = ask("", NULL);
    step = tell(step.progress, 200, "[" POST("9", "03:50:00.000", "[]") "]");
    assert_int_equal(step.kind, STEP_DONE);
}

static void a_post_whose_time_cannot_be_read_is_compared_all_the_same(void **state)
{
    struct step step =
        list("[{\"id\":\"3\",\"created_at\":\"yesterday\",\"media_attachments\":[]}]");

    (void)state;
    assert_string_equal(step.request.path, "/api/v1/statuses/3/source");
}

static void a_candidate_that_is_gone_is_passed_over(void **state)
{
    struct step step =
        list("[" POST("3", "03:59:59.000", "[]") "," POST("2", "03:59:30.000", "[]") "]");

    (void)state;
    step = tell(step.progress, 404, "{\"error\":\"Record not found\"}");
    step = source(&step, "नमस्ते");
    assert_int_equal(step.receipt.found, 1);
}

static void not_being_able_to_look_is_never_a_verdict(void **state)
{
    static const int statuses[] = {200, 302, 400, 401, 403, 404, 408, 410, 413, 422, 429, 500, 503};
    struct step search = ask("", NULL);
    struct step match = list("[" POST("3", "03:59:59.000", "[]") "]");
    struct http_reply lost = reply_lost(FATE_MAYBE_SENT), unsent = reply_lost(FATE_NOT_SENT);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        assert_int_equal(tell(search.progress, statuses[i], "{\"error\":\"no\"}").kind, STEP_RETRY);
        if (statuses[i] != 404)
            assert_int_equal(tell(match.progress, statuses[i], "{\"error\":\"no\"}").kind,
                             STEP_RETRY);
    }
    assert_int_equal(ask(search.progress, &lost).kind, STEP_RETRY);
    assert_int_equal(ask(match.progress, &unsent).kind, STEP_RETRY);
}

static void asked_again_it_goes_on_where_it_was(void **state)
{
    struct step step = list("[" POST("3", "03:59:59.000", "[]") "]");
    struct step again = ask(step.progress, NULL);

    (void)state;
    assert_string_equal(again.request.path, step.request.path);
    assert_string_equal(again.progress, step.progress);
}

static void the_progress_of_a_publish_is_the_beginning_of_a_search(void **state)
{
    struct http_reply reply = reply_lost(FATE_MAYBE_SENT);
    const char *stored = "{\"at\":\"publishing\",\"kept\":{\"media\":[],\"ready\":0}}";

    (void)state;
    assert_non_null(strstr(ask(stored, &reply).request.path, "/accounts/42/statuses"));
}

static void without_the_accounts_id_nothing_is_asked(void **state)
{
    (void)state;
    text.job.identity.remote_id = NULL;
    assert_int_equal(ask("", NULL).kind, STEP_RETRY);
    text.job.identity.remote_id = "4/2";
    assert_int_equal(ask("", NULL).kind, STEP_RETRY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_one_that_says_it_is_found_and_not_the_newest),
        TEST(two_that_say_it_are_both_counted),
        TEST(nothing_that_says_it_is_nothing_found),
        TEST(older_posts_boosts_and_other_numbers_of_pictures_are_no_candidates),
        TEST(pages_are_read_back_to_the_intent_but_not_more_than_three),
        TEST(a_post_whose_time_cannot_be_read_is_compared_all_the_same),
        TEST(a_candidate_that_is_gone_is_passed_over),
        TEST(not_being_able_to_look_is_never_a_verdict),
        TEST(asked_again_it_goes_on_where_it_was),
        TEST(the_progress_of_a_publish_is_the_beginning_of_a_search),
        TEST(without_the_accounts_id_nothing_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

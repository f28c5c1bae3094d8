/* X's ways in: who am I, and a new pair of tokens. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/x.h"
#include "support/adapter_test.h"

static struct platform_job job;

static int start(void **state)
{
    (void)state;
    platform_job_make(&job, &x, 0);
    return 0;
}

static struct step tell(machine asked, const struct http_reply *reply)
{
    return machine_asked(asked, &job.job, "", reply, &arena);
}

static void there_are_two_ways_in_and_the_first_is_the_usual_one(void **state)
{
    (void)state;
    assert_string_equal(adapter_way(&x, &job.account)->word, "oauth1");
    assert_null(adapter_session(&x, &job.account));
    assert_string_equal(adapter_credential_keys(&x, &job.account)[3], "access_token_secret");
    platform_job_option(&job, "auth", "oauth2");
    assert_string_equal(adapter_way(&x, &job.account)->word, "oauth2");
    assert_int_equal(adapter_session(&x, &job.account)->keeps, REFRESH_ROTATES);
    assert_string_equal(adapter_session(&x, &job.account)->first, "refresh_token");
    assert_string_equal(adapter_optional_keys(&x, &job.account)[0], "client_secret");
}

static void who_am_i_tells_id_name_and_what_the_token_may(void **state)
{
    static const struct header level = {"x-access-level", "read-write"};
    struct http_reply reply =
        reply_of(200, "{\"data\":{\"id\":\"42\",\"name\":\"Police\",\"username\":\"police\"}}");
    struct step step = tell(x.identify, NULL);

    (void)state;
    assert_string_equal(step.request.path, "/2/users/me");
    reply.headers = &level;
    reply.header_count = 1;
    step = tell(x.identify, &reply);
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, "42");
    assert_string_equal(step.receipt.handle, "police");
    assert_string_equal(step.receipt.scopes, "read-write");
}

static void a_token_made_before_the_app_could_write_is_told_at_once(void **state)
{
    static const struct header level = {"x-access-level", "read"};
    struct http_reply reply = reply_of(200, "{\"data\":{\"id\":\"42\",\"username\":\"police\"}}");

    (void)state;
    reply.headers = &level;
    reply.header_count = 1;
    assert_int_equal(tell(x.identify, &reply).trouble, TROUBLE_SCOPE);
}

static void who_am_i_has_an_answer_to_every_reply(void **state)
{
    static const struct {
        int status;
        const char *body;
        char letter;
    } rows[] = {
        {0, "", 'R'},         {-1, "", 'R'},
        {200, "{}", 'R'},     {200, "{\"data\":{\"id\":\"x\",\"username\":\"p\"}}", 'R'},
        {200, "<html>", 'R'}, {400, "{}", 'R'},
        {401, "", 'T'},       {402, "{}", 'T'},
        {403, "{}", 'T'},     {404, "{}", 'R'},
        {429, "", 'R'},       {500, "", 'R'},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_in_table(rows[i].status, rows[i].body);
        struct step step = tell(x.identify, &reply);

        if (step_letter(&step) != rows[i].letter)
            fail_msg("%d %s: %c", rows[i].status, rows[i].body, step_letter(&step));
    }
}

static void a_refresh_is_a_form_whose_secrets_stay_with_net(void **state)
{
    struct step step = tell(x.refresh, NULL);

    (void)state;
    assert_string_equal(step.request.path, "/2/oauth2/token");
    assert_int_equal(step.request.fields_place, FIELDS_FORM);
    assert_true(step.request.opens_session);
    assert_null(step.request.body);
    assert_string_equal(step.request.fields[1].secret, SECRET_REFRESH);
}

static void a_refresh_has_an_answer_to_every_reply(void **state)
{
    static const struct {
        int status;
        const char *body, *tokens;
        char letter;
    } rows[] = {
        {200, "{}", "sealed", 'D'},
        {200, "{}", NULL, 'R'},
        {0, "", NULL, 'R'},
        {-1, "", NULL, 'R'},
        {400, "{\"error\":\"invalid_request\"}", NULL, 'T'},
        {400, "{\"error\":\"invalid_grant\"}", NULL, 'T'},
        {401, "{\"error\":\"unauthorized_client\"}", NULL, 'T'},
        {400, "<html>", NULL, 'R'},
        {429, "", NULL, 'R'},
        {500, "", NULL, 'R'},
        {503, "<html>", NULL, 'R'},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_in_table(rows[i].status, rows[i].body);
        struct step step;

        reply.tokens = rows[i].tokens;
        step = tell(x.refresh, &reply);
        if (step_letter(&step) != rows[i].letter)
            fail_msg("%d %s: %c", rows[i].status, rows[i].body, step_letter(&step));
    }
}

static void a_refresh_token_that_was_used_already_asks_for_a_new_login(void **state)
{
    struct http_reply reply = reply_of(400, "{\"error\":\"invalid_request\",\"error_description\":"
                                            "\"Value passed for the token was invalid.\"}");

    (void)state;
    assert_non_null(strstr(tell(x.refresh, &reply).why, "Log in again"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(there_are_two_ways_in_and_the_first_is_the_usual_one),
        TEST(who_am_i_tells_id_name_and_what_the_token_may),
        TEST(a_token_made_before_the_app_could_write_is_told_at_once),
        TEST(who_am_i_has_an_answer_to_every_reply),
        TEST(a_refresh_is_a_form_whose_secrets_stay_with_net),
        TEST(a_refresh_has_an_answer_to_every_reply),
        TEST(a_refresh_token_that_was_used_already_asks_for_a_new_login),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

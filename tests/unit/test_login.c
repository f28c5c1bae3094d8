/* The ways to log in, without anybody to ask: pages, pasted addresses, requests, answers, files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "platform/login.h"
#include "platform/registry.h"

/* RFC 7636, appendix B. */
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

struct stage {
    struct arena arena;
    struct variable options[2];
    struct account account;
    struct login login;
};

static void begin(struct stage *stage, const char *platform, const char *way, const char *by)
{
    *stage = (struct stage){.options = {{.name = "auth", .value = way},
                                        {.name = "page_id", .value = "105107727441414699"}}};
    stage->account = (struct account){.name = "drill",
                                      .platform = platform,
                                      .options = {stage->options, way ? 2 : 0}};
    stage->login.account = &stage->account;
    stage->login.adapter = adapter_by_name(platform);
    stage->login.flow = login_find(&stage->account, stage->login.adapter, by);
    assert_non_null(stage->login.flow);
    stage->login.members = json_object();
    stage->login.verifier = VERIFIER;
    stage->login.state = "state-1";
    json_put(stage->login.members, "client_id", "me");
}

static void end(struct stage *stage)
{
    json_decref(stage->login.members);
    arena_clear(&stage->arena);
}

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static bool is_in(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static void check_members(const struct account *account, const struct adapter *adapter,
                          const struct login_flow *flow)
{
    for (const struct login_member *member = flow->members; member->name; member++) {
        const bool needed = is_in(adapter_credential_keys(adapter, account), member->name);

        if (needed == member->optional ||
            (!needed && !is_in(adapter_optional_keys(adapter, account), member->name) &&
             flow->kind == LOGIN_PASTE))
            fail_msg("%s by %s asks for \"%s\"", adapter->name, login_word(flow->kind),
                     member->name);
    }
}

static void every_platform_has_a_way_and_pastes_what_its_file_holds(void **state)
{
    static const char *const ways[] = {"oauth1", "oauth2"};

    (void)state;
    for (size_t i = 0; adapters[i]; i++) {
        for (size_t k = 0; k < COUNT_OF(ways); k++) {
            const struct variable auth = {.name = "auth", .value = ways[k]};
            const struct account account = {.platform = adapters[i]->name, .options = {&auth, 1}};
            const struct login_flow *paste = login_find(&account, adapters[i], "paste");

            assert_non_null(login_find(&account, adapters[i], NULL));
            assert_non_null(paste);
            check_members(&account, adapters[i], paste);
            assert_null(login_find(&account, adapters[i], "magic"));
        }
    }
}

static void the_page_carries_the_challenge_and_never_the_verifier(void **state)
{
    struct stage stage;
    const char *page;

    (void)state;
    begin(&stage, "youtube", NULL, "code");
    json_put(stage.login.members, "client_secret", "canary");
    page = login_page(&stage.login, &stage.arena);
    contains(page, "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=me&");
    contains(page, "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080&");
    contains(page, "&code_challenge=" CHALLENGE "&code_challenge_method=S256");
    contains(page, "&state=state-1&");
    contains(page, "&access_type=offline&prompt=consent");
    assert_null(strstr(page, VERIFIER));
    assert_null(strstr(page, "canary"));
    end(&stage);
}

static void a_code_is_taken_out_of_the_pasted_address_of_this_login_only(void **state)
{
    static const struct {
        const char *pasted, *code;
    } rows[] = {
        {"http://127.0.0.1:8080/?state=state-1&code=4%2F0Ab&scope=x", "4/0Ab"},
        {"http://localhost:8080/callback?code=abc&state=state-1#_", "abc"},
        {"code=abc&state=state-1", "abc"},
        {"http://127.0.0.1:8080/?state=state-2&code=abc", NULL},
        {"http://127.0.0.1:8080/?code=abc", NULL},
        {"http://127.0.0.1:8080/?state=state-1", NULL},
        {"http://127.0.0.1:8080/?state=state-1&code=", NULL},
        {"http://127.0.0.1:8080/?state=state-1&error=access_denied", NULL},
        {"http://127.0.0.1:8080/?state=state-1&code=%4", "%4"},
        {"", NULL},
        {"?", NULL},
        {"&&&=&code", NULL},
    };
    struct stage stage;

    (void)state;
    begin(&stage, "youtube", NULL, "code");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *why = NULL,
                   *code = login_code(&stage.login, rows[i].pasted, &stage.arena, &why);

        if (!rows[i].code) {
            assert_null(code);
            assert_non_null(why);
        } else {
            assert_non_null(code);
            assert_string_equal(code, rows[i].code);
        }
    }
    end(&stage);
}

static const char *header_of(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (!strcmp(request->headers[i].name, name))
            return request->headers[i].value;
    }
    return NULL;
}

static void a_confidential_client_of_x_names_itself_in_the_header_a_public_one_in_the_form(void **s)
{
    struct http_request request;
    struct stage stage;

    (void)s;
    begin(&stage, "x", "oauth2", "code");
    request = login_token(&stage.login, "abc", &stage.arena);
    assert_string_equal(request.path, "/2/oauth2/token");
    assert_string_equal(request.body,
                        "grant_type=authorization_code&code=abc&redirect_uri=http%3A%2F%2Flocalhost"
                        "%3A8080%2Fcallback&code_verifier=" VERIFIER "&client_id=me");
    assert_null(header_of(&request, "Authorization"));
    json_put(stage.login.members, "client_secret", "s&t");
    request = login_token(&stage.login, "abc", &stage.arena);
    assert_string_equal(header_of(&request, "Authorization"), "Basic bWU6cyUyNnQ="); /* me:s%26t */
    assert_null(strstr(request.body, "s%26t"));
    assert_true(request_is_sound(&request));
    end(&stage);
}

static struct http_reply answer(int status, const char *body)
{
    return (struct http_reply){.fate = FATE_ANSWERED,
                               .status = status,
                               .body = body,
                               .body_length = strlen(body),
                               .date = INSTANT_NONE};
}

static void google_is_asked_until_somebody_typed_the_code(void **state)
{
    struct http_reply reply = answer(200, "{\"device_code\":\"dc\",\"user_code\":\"ABC-DEF\","
                                          "\"verification_url\":\"https://www.google.com/device\","
                                          "\"expires_in\":1800,\"interval\":5}");
    struct http_request request;
    const char *shown, *why;
    struct stage stage;

    (void)state;
    begin(&stage, "youtube", NULL, "device");
    json_put(stage.login.members, "client_secret", "sec");
    request = login_start(&stage.login, &stage.arena);
    assert_string_equal(request.path, "/device/code");
    assert_string_equal(request.host, "oauth2.googleapis.com");
    assert_true(login_started(&stage.login, &reply, &stage.arena, &shown, &why));
    contains(shown, "https://www.google.com/device");
    contains(shown, "ABC-DEF");
    request = login_token(&stage.login, NULL, &stage.arena);
    contains(request.body, "&device_code=dc&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type"
                           "%3Adevice_code");
    reply = answer(428, "{\"error\":\"authorization_pending\"}");
    assert_int_equal(login_taken(&stage.login, &reply, &stage.arena, &why), LOGIN_PENDING);
    reply = answer(403, "{\"error\":\"slow_down\"}");
    assert_int_equal(login_taken(&stage.login, &reply, &stage.arena, &why), LOGIN_PENDING);
    assert_int_equal(stage.login.interval.ms, 10000);
    reply = answer(403, "{\"error\":\"access_denied\"}");
    assert_int_equal(login_taken(&stage.login, &reply, &stage.arena, &why), LOGIN_REFUSED);
    reply = answer(200, "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":3599}");
    assert_int_equal(login_taken(&stage.login, &reply, &stage.arena, &why), LOGIN_DONE);
    assert_string_equal(login_file(&stage.login, &stage.arena),
                        "{\"client_id\":\"me\",\"client_secret\":\"sec\",\"refresh_token\":\"r\"}"
                        "\n");
    end(&stage);
}

/* 0 would be a loop without a pause. */
static void numbers_that_nobody_can_mean_are_not_obeyed(void **state)
{
    static const char *const numbers[] = {"0", "-5", "9223372036854775807"};
    const char *shown, *why;
    struct stage stage;

    (void)state;
    begin(&stage, "youtube", NULL, "device");
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        const char *body = arena_printf(&stage.arena,
                                        "{\"device_code\":\"dc\",\"user_code\":\"A\","
                                        "\"verification_url\":\"https://g.example/d\","
                                        "\"expires_in\":%s,\"interval\":%s}",
                                        numbers[i], numbers[i]);
        struct http_reply reply = answer(200, body);

        assert_true(login_started(&stage.login, &reply, &stage.arena, &shown, &why));
        assert_int_equal(stage.login.interval.ms, 5000);
        assert_int_equal(stage.login.life.ms, 1800000);
    }
    end(&stage);
}

static void a_page_that_is_not_https_is_not_shown(void **state)
{
    struct http_reply reply = answer(200, "{\"device_code\":\"dc\",\"user_code\":\"A\","
                                          "\"verification_url\":\"javascript:alert(1)\"}");
    const char *shown, *why;
    struct stage stage;

    (void)state;
    begin(&stage, "youtube", NULL, "device");
    assert_false(login_started(&stage.login, &reply, &stage.arena, &shown, &why));
    end(&stage);
}

/* Google's second consent without prompt=consent: an access token and nothing that lasts. */
/* Every way of one platform has a redirect that a browser may be sent to, or has none. */
static void check_redirects(const char *platform)
{
    static const char *const words[] = {"paste", "page", "code", "device", "pin"};
    static const char *const ways[] = {"oauth1", "oauth2"};

    for (size_t i = 0; i < COUNT_OF(words) * COUNT_OF(ways); i++) {
        const struct variable auth = {.name = "auth", .value = ways[i % COUNT_OF(ways)]};
        const struct account account = {.platform = platform, .options = {&auth, 1}};
        const struct login_flow *flow =
            login_find(&account, adapter_by_name(platform), words[i / COUNT_OF(ways)]);
        const char *redirect = flow ? flow->redirect : NULL;

        if (redirect && strncmp(redirect, "https://", 8) != 0 &&
            strncmp(redirect, "http://127.0.0.1:", 17) != 0 &&
            strncmp(redirect, "http://localhost:", 17) != 0)
            fail_msg("%s sends a browser to %s", platform, redirect);
    }
}

static void a_browser_is_sent_to_https_or_to_its_own_machine(void **state)
{
    (void)state;
    for (size_t i = 0; adapters[i]; i++)
        check_redirects(adapters[i]->name);
}

/* Threads takes https only, which a server without a page of its own has not: its token is made in
 * the App Dashboard. */
static void threads_needs_no_redirect(void **state)
{
    const struct account account = {.platform = "threads"};
    const struct login_flow *flow = login_find(&account, adapter_by_name("threads"), NULL);

    (void)state;
    assert_int_equal(flow->kind, LOGIN_PASTE);
    assert_null(flow->redirect);
}

static void automated_accounts_are_to_be_called_so(void **state)
{
    struct stage stage;

    (void)state;
    begin(&stage, "mastodon", NULL, NULL);
    contains(stage.login.flow->intro, "automated");
    end(&stage);
    begin(&stage, "x", "oauth1", NULL);
    contains(stage.login.flow->intro, "Automated");
    end(&stage);
}

static void an_answer_without_a_refresh_token_is_no_login(void **state)
{
    static const char *const bodies[] = {"{\"access_token\":\"a\"}",
                                         "{\"access_token\":\"a\",\"refresh_token\":\"\"}",
                                         "{\"access_token\":\"a\",\"refresh_token\":\"x\\ny\"}",
                                         "[]",
                                         "",
                                         "<html>"};
    const char *why;
    struct stage stage;

    (void)state;
    begin(&stage, "youtube", NULL, "code");
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct http_reply reply = answer(200, bodies[i]);

        why = NULL;
        assert_int_equal(login_taken(&stage.login, &reply, &stage.arena, &why), LOGIN_REFUSED);
        assert_non_null(why);
    }
    assert_null(json_text(stage.login.members, "refresh_token"));
    end(&stage);
}

static void a_number_of_x_gives_the_pair_that_signs(void **state)
{
    struct http_reply reply = answer(200, "oauth_token=t%2F1&oauth_token_secret=ts&"
                                          "oauth_callback_confirmed=true");
    struct http_request request;
    const char *shown, *why;
    struct stage stage;

    (void)state;
    begin(&stage, "x", "oauth1", NULL);
    assert_int_equal(stage.login.flow->kind, LOGIN_PIN);
    json_put(stage.login.members, "consumer_key", "ck");
    json_put(stage.login.members, "consumer_secret", "canary");
    stage.login.nonce = "n";
    stage.login.timestamp = "1";
    stage.login.address = "https://api.x.com/oauth/request_token";
    request = login_start(&stage.login, &stage.arena);
    contains(header_of(&request, "Authorization"), "oauth_callback=\"oob\"");
    contains(header_of(&request, "Authorization"), "oauth_consumer_key=\"ck\"");
    assert_null(strstr(header_of(&request, "Authorization"), "canary"));
    assert_null(strstr(header_of(&request, "Authorization"), "oauth_token="));
    assert_true(login_started(&stage.login, &reply, &stage.arena, &shown, &why));
    assert_string_equal(login_page(&stage.login, &stage.arena),
                        "https://api.x.com/oauth/authorize?oauth_token=t%2F1");
    request = login_token(&stage.login, "1234567", &stage.arena);
    contains(header_of(&request, "Authorization"), "oauth_verifier=\"1234567\"");
    contains(header_of(&request, "Authorization"), "oauth_token=\"t%2F1\"");
    reply = answer(200, "oauth_token=a&oauth_token_secret=b&user_id=1&screen_name=police");
    assert_int_equal(login_taken(&stage.login, &reply, &stage.arena, &why), LOGIN_DONE);
    assert_string_equal(login_file(&stage.login, &stage.arena),
                        "{\"consumer_key\":\"ck\",\"consumer_secret\":\"canary\","
                        "\"access_token\":\"a\",\"access_token_secret\":\"b\"}\n");
    end(&stage);
}

static void a_pages_token_is_asked_with_the_system_users(void **state)
{
    struct http_reply reply = answer(200, "{\"access_token\":\"page\",\"id\":\"1\"}");
    struct http_request request;
    const char *shown, *why;
    struct stage stage;

    (void)state;
    begin(&stage, "facebook", "", NULL);
    json_put(stage.login.members, "user_token", "system");
    request = login_start(&stage.login, &stage.arena);
    assert_string_equal(request.path, "/v25.0/105107727441414699?fields=access_token");
    assert_string_equal(header_of(&request, "Authorization"), "Bearer system");
    assert_true(login_started(&stage.login, &reply, &stage.arena, &shown, &why));
    assert_string_equal(login_file(&stage.login, &stage.arena),
                        "{\"page_token\":\"page\",\"user_token\":\"system\"}\n");
    /* HMAC-SHA256("key", "system") */
    json_put(stage.login.members, "app_secret", "key");
    request = login_start(&stage.login, &stage.arena);
    contains(request.path, "&appsecret_proof=");
    assert_null(strstr(request.path, "=key"));
    reply = answer(400, "{\"error\":{\"message\":\"gone\",\"code\":190}}");
    assert_false(login_started(&stage.login, &reply, &stage.arena, &shown, &why));
    contains(why, "gone");
    end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_platform_has_a_way_and_pastes_what_its_file_holds),
        cmocka_unit_test(the_page_carries_the_challenge_and_never_the_verifier),
        cmocka_unit_test(a_code_is_taken_out_of_the_pasted_address_of_this_login_only),
        cmocka_unit_test(
            a_confidential_client_of_x_names_itself_in_the_header_a_public_one_in_the_form),
        cmocka_unit_test(google_is_asked_until_somebody_typed_the_code),
        cmocka_unit_test(numbers_that_nobody_can_mean_are_not_obeyed),
        cmocka_unit_test(a_page_that_is_not_https_is_not_shown),
        cmocka_unit_test(a_browser_is_sent_to_https_or_to_its_own_machine),
        cmocka_unit_test(threads_needs_no_redirect),
        cmocka_unit_test(automated_accounts_are_to_be_called_so),
        cmocka_unit_test(an_answer_without_a_refresh_token_is_no_login),
        cmocka_unit_test(a_number_of_x_gives_the_pair_that_signs),
        cmocka_unit_test(a_pages_token_is_asked_with_the_system_users),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What Meta's platforms share: versions, ids, times, texts and errors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/facebook.h"
#include "support/adapter_test.h"

static void a_version_is_a_number_and_a_number(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {{"v25.0", true},     {"v26.0", true},  {"v1.0", true},   {"25.0", false},
                {"v25", false},      {"v25.", false},  {"v.0", false},   {"", false},
                {"v25.0/me", false}, {"V25.0", false}, {"v25.0 ", false}};
    struct platform_job made;
    const char *version;

    (void)state;
    platform_job_make(&made, &facebook, 0);
    assert_true(graph_version(&made.account, &version));
    assert_string_equal(version, "v25.0");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        platform_job_option(&made, "api_version", rows[i].text);
        if (graph_version(&made.account, &version) != rows[i].good)
            fail_msg("%s", rows[i].text);
    }
}

static void an_id_is_digits_and_leads_nowhere(void **state)
{
    static const char *const good[] = {"1", "105512345678901_77"};
    static const char *const bad[] = {"", "me", "../1", "1/2", "_1", "1_", "1?x", "1%2F", "१"};

    (void)state;
    assert_false(graph_id_usable(NULL));
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(graph_id_usable(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(graph_id_usable(bad[i]));
}

static void dates_come_with_a_zone_without_a_colon(void **state)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1 = unreadable */
    } rows[] = {
        {"2026-11-22T04:00:00+0000", INT64_C(1795320000000)},
        {"2026-11-22T09:30:00+0530", INT64_C(1795320000000)},
        {"2026-11-22T04:00:00+00:00", INT64_C(1795320000000)},
        {"2026-11-22T04:00:00Z", INT64_C(1795320000000)},
        {"2026-11-22", -1},
        {"1795320000", -1},
        {"+0000", -1},
        {"", -1},
    };
    struct instant when;

    (void)state;
    assert_false(graph_time(NULL, &when));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bool readable = graph_time(rows[i].text, &when);
        if (readable != (rows[i].ms >= 0) || (readable && when.ms != rows[i].ms))
            fail_msg("%s", rows[i].text);
    }
}

static void texts_are_the_same_in_any_normal_form_with_any_line_ends(void **state)
{
    (void)state;
    assert_true(graph_same_text("एक\nदो", "एक\r\nदो\n", &arena));
    assert_true(graph_same_text("\xc3\xa9", "e\xcc\x81", &arena));
    assert_true(graph_same_text(NULL, "", &arena));
    assert_true(graph_same_text("", NULL, &arena));
    assert_false(graph_same_text("एक", "एक।", &arena));
    assert_false(graph_same_text("एक\nदो", "एक दो", &arena));
}

static void a_platforms_own_rows_are_asked_first_and_others_fall_through(void **state)
{
    static const struct graph_code own[] = {{9007, 0, 2207027, NULL, GRAPH_NOT_READY},
                                            {100, 0, 33, NULL, GRAPH_ANEW},
                                            {0, 0, 0, NULL, GRAPH_MEANINGS}};
    static const struct {
        const char *body;
        enum graph_meaning with, without;
    } rows[] = {
        {"{\"error\":{\"code\":9007,\"error_subcode\":2207027}}", GRAPH_NOT_READY, GRAPH_STRANGE},
        {"{\"error\":{\"code\":100,\"error_subcode\":33}}", GRAPH_ANEW, GRAPH_GONE},
        {"{\"error\":{\"code\":190}}", GRAPH_TOKEN, GRAPH_TOKEN},
        {"{\"error\":{\"code\":4711,\"is_transient\":true}}", GRAPH_TRANSIENT, GRAPH_TRANSIENT},
        {"{\"error\":{\"code\":4711}}", GRAPH_STRANGE, GRAPH_STRANGE},
        {"{\"error\":{\"code\":80001}}", GRAPH_THROTTLED, GRAPH_THROTTLED},
        {"{\"error\":{\"code\":80015}}", GRAPH_STRANGE, GRAPH_STRANGE},
        {"{\"error\":{\"code\":4,\"error_subcode\":2207051}}", GRAPH_BLOCKED, GRAPH_BLOCKED},
        {"{\"debug_info\":{\"retriable\":true}}", GRAPH_TRANSIENT, GRAPH_TRANSIENT},
        {"{\"debug_info\":{\"retriable\":false}}", GRAPH_ANEW, GRAPH_ANEW},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_of(400, rows[i].body);
        if (graph_error_read(&reply, own, &arena).meaning != rows[i].with ||
            graph_error_read(&reply, NULL, &arena).meaning != rows[i].without)
            fail_msg("%s", rows[i].body);
    }
}

/* A person reads what was said; support reads the trace. */
static void the_sentence_has_code_subcode_words_and_trace_on_one_line(void **state)
{
    struct http_reply reply =
        reply_of(400, "{\"error\":{\"message\":\"Bad\\nthing\",\"code\":190,\"error_subcode\":460,"
                      "\"fbtrace_id\":\"AbCdEf\"}}");
    const char *why = graph_error_read(&reply, NULL, &arena).why;

    (void)state;
    assert_non_null(strstr(why, "400"));
    assert_non_null(strstr(why, "190/460"));
    assert_non_null(strstr(why, "AbCdEf"));
    assert_null(strchr(why, '\n'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_a_number_and_a_number),
        cmocka_unit_test(an_id_is_digits_and_leads_nowhere),
        cmocka_unit_test(dates_come_with_a_zone_without_a_colon),
        cmocka_unit_test(texts_are_the_same_in_any_normal_form_with_any_line_ends),
        cmocka_unit_test(a_platforms_own_rows_are_asked_first_and_others_fall_through),
        cmocka_unit_test(the_sentence_has_code_subcode_words_and_trace_on_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, adapter_test_end);
}

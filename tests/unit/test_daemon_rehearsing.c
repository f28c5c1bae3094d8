/* Whom a rehearsal speaks to: its own sandbox and nobody else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/internal.h"

static bool is_allowed(const char *base_url, bool live, struct rehearsal *rehearsal)
{
    const struct account accounts[] = {
        {.name = "drill", .base_url = "http://127.0.0.1:8642/mastodon"},
        {.name = "other", .base_url = base_url, .live = live},
    };
    const struct workspace workspace = {.accounts = accounts, .account_count = 2};
    const struct daemon_options options = {.rehearsal = rehearsal};
    const struct daemon daemon = {.options = &options};
    struct err err;
    bool allowed = rehearsing_allows(&daemon, &workspace, &err);

    if (!allowed) {
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_non_null(strstr(err.text, "other"));
    }
    return allowed;
}

static void a_rehearsal_speaks_to_its_own_sandbox_only(void **state)
{
    static const char *const others[] = {
        NULL,
        "http://127.0.0.1:86421/mastodon",
        "http://127.0.0.1:864/mastodon",
        "http://127.0.0.1:8642",
        "http://127.0.0.1/mastodon",
        "http://127.0.0.2:8642/mastodon",
        "https://127.0.0.1:8642/mastodon",
        "http://127.0.0.1:8642@example.org/mastodon",
        "http://127.0.0.1:8642.example.org/mastodon",
        "https://social.example.org/127.0.0.1:8642/",
    };
    struct rehearsal rehearsal = {.host = "127.0.0.1:8642"};
    size_t i;

    (void)state;
    assert_true(is_allowed("http://127.0.0.1:8642/webhook/site", false, &rehearsal));
    for (i = 0; i < COUNT_OF(others); i++)
        assert_false(is_allowed(others[i], false, &rehearsal));
}

static void a_rehearsal_refuses_a_live_account_wherever_it_speaks_to(void **state)
{
    struct rehearsal rehearsal = {.host = "127.0.0.1:8642"};

    (void)state;
    assert_false(is_allowed(NULL, true, &rehearsal));
    assert_false(is_allowed("http://127.0.0.1:8642/mastodon", true, &rehearsal));
}

static void what_is_no_rehearsal_is_not_asked(void **state)
{
    (void)state;
    assert_true(is_allowed(NULL, true, NULL));
    assert_true(is_allowed("http://127.0.0.1:9/mastodon", false, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rehearsal_speaks_to_its_own_sandbox_only),
        cmocka_unit_test(a_rehearsal_refuses_a_live_account_wherever_it_speaks_to),
        cmocka_unit_test(what_is_no_rehearsal_is_not_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

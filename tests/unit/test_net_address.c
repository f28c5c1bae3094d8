/* Where a request may go: every way out that a platform's answer, a campaign file or a mistake of
 * ours could open must end here, before a byte leaves. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "net/address.h"

static const char *const hosts[] = {"bsky.social", "*.host.bsky.network", NULL};
static const struct account_key keys[] = {{"url", ACCOUNT_KEY_URL, NULL, ""}, {0}};
static const struct platform_facts plain_facts = {.name = "plain"},
                                   url_facts = {.name = "hook", .keys = keys, .needs_url = true};
static const struct adapter with_hosts = {.name = "b", .facts = &plain_facts, .hosts = hosts},
                            without_hosts = {.name = "m", .facts = &plain_facts},
                            addresses = {.name = "hook", .facts = &url_facts};

#define LIVE(SERVER)                                                                               \
    {                                                                                              \
        .name = "a", .facts = &plain_facts, .live = true, .server = (SERVER)                       \
    }
#define DRILL(BASE)                                                                                \
    {                                                                                              \
        .name = "a", .facts = &plain_facts, .base_url = (BASE)                                     \
    }

struct row {
    struct account account;
    const struct adapter *adapter;
    const char *host;
    const char *address; /* NULL = refused */
};

static const struct row rows[] = {
    {LIVE(NULL), &with_hosts, NULL, "https://bsky.social/x"},
    {LIVE("pds.example.gov.in"), &with_hosts, NULL, "https://pds.example.gov.in/x"},
    {LIVE("pds.example.gov.in"), &with_hosts, "pds.example.gov.in", "https://pds.example.gov.in/x"},
    {LIVE("pds.example.gov.in"), &with_hosts, "PDS.example.gov.in", "https://PDS.example.gov.in/x"},
    {LIVE(NULL), &with_hosts, "morel.us-east.host.bsky.network",
     "https://morel.us-east.host.bsky.network/x"},
    {LIVE(NULL), &with_hosts, "a.host.bsky.network", "https://a.host.bsky.network/x"},
    {LIVE(NULL), &with_hosts, "host.bsky.network", NULL},
    {LIVE(NULL), &with_hosts, ".host.bsky.network", NULL},
    {LIVE(NULL), &with_hosts, "evilhost.bsky.network", NULL},
    {LIVE(NULL), &with_hosts, "a.host.bsky.network.evil.example", NULL},
    {LIVE(NULL), &with_hosts, "a.host.bsky.network:8443", NULL},
    {LIVE(NULL), &with_hosts, "a.host.bsky.network@evil.example", NULL},
    {LIVE(NULL), &with_hosts, "evil.example/a.host.bsky.network", NULL},
    {LIVE(NULL), &with_hosts, "evil.example#.host.bsky.network", NULL},
    {LIVE(NULL), &with_hosts, "evil.example", NULL},
    {LIVE(NULL), &with_hosts, "127.0.0.1", NULL},
    {LIVE(NULL), &with_hosts, "", NULL},
    {LIVE("social.example.gov.in"), &without_hosts, NULL, "https://social.example.gov.in/x"},
    {LIVE("social.example.gov.in"), &without_hosts, "evil.example", NULL},
    {LIVE(NULL), &without_hosts, NULL, NULL},
    {DRILL("http://127.0.0.1:8642/b"), &with_hosts, NULL, "http://127.0.0.1:8642/b/x"},
    {DRILL("http://127.0.0.1:8642/b"), &with_hosts, "evil.example", "http://127.0.0.1:8642/b/x"},
    {DRILL("http://127.0.0.1.evil.example"), &with_hosts, NULL, NULL},
    {DRILL("http://10.0.0.1"), &with_hosts, NULL, NULL},
    {DRILL(NULL), &with_hosts, "bsky.social", NULL},
    {DRILL("http://[::1]:9/hook/a?b=c"), &addresses, NULL, "http://[::1]:9/hook/a?b=c"},
};

static void each_request_goes_to_its_own_host_or_nowhere(void **state)
{
    struct http_request request = {.method = "GET", .path = "/x"};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *why = NULL, *address;

        request.host = rows[i].host;
        address = address_of(&rows[i].account, rows[i].adapter, &request, &arena, &why);
        if (!address != !rows[i].address || (address && strcmp(address, rows[i].address) != 0))
            fail_msg("row %zu: %s", i, address ? address : why);
        assert_true(address || why[0]);
    }
    arena_clear(&arena);
}

static void an_account_that_is_an_address_is_reached_there_and_by_https_only(void **state)
{
    static const struct {
        const char *url;
        bool goes;
    } urls[] = {{"https://hooks.example.gov.in/crier?k=1", true},
                {"http://hooks.example.gov.in/crier", false},
                {NULL, false}};
    const struct http_request request = {.method = "POST",
                                         .path = "/somewhere/else",
                                         .host = "evil.example"};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct variable option = {.name = "url", .value = urls[i].url};
        struct account account = {
            .name = "a", .facts = &url_facts, .live = true, .options = {&option, 1}};
        const char *why, *address = address_of(&account, &addresses, &request, &arena, &why);

        assert_true((address != NULL) == urls[i].goes);
        if (address)
            assert_string_equal(address, urls[i].url);
    }
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_goes_to_its_own_host_or_nowhere),
        cmocka_unit_test(an_account_that_is_an_address_is_reached_there_and_by_https_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

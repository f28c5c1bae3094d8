/* Accounts that are an address: what may be written, and when two of them are one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "campaign/plan.h"
#include "campaign/reader.h"

static const struct limits limits = {.source = "test"};
static const struct account_key keys[] = {
    {"url", ACCOUNT_KEY_URL, NULL, ""},
    {"remembers", ACCOUNT_KEY_SPAN, "5m", ""},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};
static const struct account_key server_keys[] = {
    {"server", ACCOUNT_KEY_HOST, NULL, ""},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};
static const struct limits thread_limits = {.source = "test", .has_threads = true};
static const struct account_key thread_keys[] = {
    {"threads", ACCOUNT_KEY_BOOL, "true", ""},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};
static const struct platform_facts platforms[] = {
    {.name = "hook", .limits = &limits, .keys = keys, .needs_url = true},
    {.name = "sky", .limits = &limits, .keys = server_keys},
    {.name = "chain", .limits = &thread_limits, .keys = thread_keys},
    {.name = NULL},
};
static const struct read_options options = {.platforms = platforms};

struct world {
    struct arena arena;
    struct findings findings;
    struct workspace workspace;
};

static void read_accounts(struct world *world, const char *accounts)
{
    char *text;
    bool broken;

    memset(world, 0, sizeof *world);
    text = arena_printf(&world->arena, "timezone = \"Asia/Kolkata\"; accounts = ( %s );", accounts);
    findings_init(&world->findings, &world->arena);
    workspace_read_text(text, strlen(text), &options, &world->arena, &world->workspace, &broken,
                        &world->findings);
}

static void check_code(const struct world *world, const char *code, const char *what)
{
    if (!code && world->findings.count > 0)
        fail_msg("%s: %s", what, world->findings.items[0].code);
    if (code && (world->findings.count != 1 || strcmp(world->findings.items[0].code, code) != 0))
        fail_msg("%s: %zu findings, wanted %s", what, world->findings.count, code);
}

static const struct row {
    const char *url;
    const char *code; /* NULL = fine */
} rows[] = {
    {"https://hooks.example.gov.in", NULL},
    {"https://hooks.example.gov.in/crier?key=1&b=%20", NULL},
    {"https://hooks.example.gov.in:8443/", NULL},
    {"https://8.8.8.8/x", NULL},
    {"http://hooks.example.gov.in/", "E620"},
    {"https://user:secret@hooks.example.gov.in/", "E620"},
    {"https://user@hooks.example.gov.in/", "E620"},
    {"https://Hooks.example.gov.in/", "E620"},
    {"https://hooks/", "E620"},
    {"https://localhost/", "E620"},
    {"https://hooks.example.gov.in./", "E620"},
    {"https://hooks.example.gov.in:x/", "E620"},
    {"https://hooks.example.gov.in?x", "E620"},
    {"https://hooks.example.gov.in/a b", "E620"},
    {"https://hooks.example.gov.in/a#b", "E620"},
    {"https://[::1]/", "E620"},
    {"https://[fd00::1]/", "E620"},
    {"https://", "E620"},
    {"", "E620"},
    {"https://127.0.0.1/", "E623"},
    {"https://127.1/", "E623"},
    {"https://0.0.0.0/", "E623"},
    {"https://0x7f.0x0.0x0.0x1/", "E623"},
    {"https://0177.0.0.1/", "E623"},
    {"https://10.1.2.3:8443/x", "E623"},
    {"https://172.16.0.1/", "E623"},
    {"https://172.31.255.255/", "E623"},
    {"https://192.168.1.1/", "E623"},
    {"https://169.254.169.254/latest/meta-data", "E623"},
    {"https://100.64.0.1/", "E623"},
    {"https://224.0.0.1/", "E623"},
    {"https://255.255.255.255/", "E623"},
    {"https://1.2.3.999/", "E623"},
    {"https://printer.local/", "E623"},
    {"https://x.localhost/", "E623"},
    {"https://metadata.google.internal/", "E623"},
};

static void an_address_is_https_public_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        struct arena arena = {0};

        read_accounts(&world,
                      arena_printf(&arena,
                                   "{ name = \"a\"; platform = \"hook\"; live = true; url = "
                                   "\"%s\"; }",
                                   rows[i].url));
        check_code(&world, rows[i].code, rows[i].url);
        if (!rows[i].code)
            assert_string_equal(account_url(&world.workspace.accounts[0]), rows[i].url);
        arena_clear(&world.arena);
        arena_clear(&arena);
    }
}

static const struct text_row {
    const char *accounts, *code;
} text_rows[] = {
    {"{ name = \"a\"; platform = \"hook\"; live = true; }", "E621"},
    {"{ name = \"a\"; platform = \"hook\"; live = false; base_url = \"http://127.0.0.1:1/a\"; }",
     NULL},
    {"{ name = \"a\"; platform = \"hook\"; live = true; url = \"https://a.example/x\"; },"
     "{ name = \"b\"; platform = \"hook\"; live = true; url = \"https://a.example/x\"; }",
     "E624"},
    {"{ name = \"a\"; platform = \"hook\"; live = true; url = \"https://a.example/x\"; },"
     "{ name = \"b\"; platform = \"hook\"; live = true; url = \"https://a.example/X\"; }",
     NULL},
    {"{ name = \"a\"; platform = \"sky\"; live = true; handle = \"police.example\"; },"
     "{ name = \"b\"; platform = \"sky\"; live = true; handle = \"police.example\"; server = "
     "\"https://pds.example\"; }",
     "E613"},
    {"{ name = \"a\"; platform = \"sky\"; live = true; handle = \"police.example\"; },"
     "{ name = \"b\"; platform = \"sky\"; live = true; handle = \"other.example\"; }",
     NULL},
    {"{ name = \"a\"; platform = \"hook\"; live = true; url = 7; }", "E201"},
    {"{ name = \"a\"; platform = \"hook\"; live = true; url = \"https://a.example\"; remembers = "
     "\"1h\"; }",
     NULL},
    {"{ name = \"a\"; platform = \"hook\"; live = true; url = \"https://a.example\"; remembers = "
     "\"an hour\"; }",
     "E201"},
    {"{ name = \"a\"; platform = \"hook\"; live = true; url = \"https://a.example\"; remembers = "
     "5; }",
     "E201"},
};

static void a_live_account_needs_its_address_and_shares_it_with_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(text_rows); i++) {
        struct world world;

        read_accounts(&world, text_rows[i].accounts);
        check_code(&world, text_rows[i].code, text_rows[i].accounts);
        arena_clear(&world.arena);
    }
}

static void never_twice_goes_by_the_address(void **state)
{
    struct world world;
    const struct account *accounts;

    (void)state;
    read_accounts(&world, "{ name = \"a\"; platform = \"hook\"; live = true; handle = \"x\"; url = "
                          "\"https://a.example/X\"; },"
                          "{ name = \"b\"; platform = \"hook\"; live = false; base_url = "
                          "\"http://127.0.0.1:1/a\"; },"
                          "{ name = \"c\"; platform = \"hook\"; live = false; base_url = "
                          "\"http://127.0.0.1:1/a\"; }");
    accounts = world.workspace.accounts;
    assert_int_equal(world.findings.count, 0);
    assert_string_equal(account_identity_key(&accounts[0], &world.arena),
                        "hook|https://a.example/X");
    assert_string_equal(account_identity_key(&accounts[1], &world.arena),
                        account_identity_key(&accounts[2], &world.arena));
    arena_clear(&world.arena);
}

/* Else the first of its posts would go out, and be the only one. */
static void an_account_whose_threads_are_off_takes_none(void **state)
{
    struct world world;

    (void)state;
    read_accounts(&world,
                  "{ name = \"a\"; platform = \"chain\"; base_url = \"http://127.0.0.1:1/a\"; "
                  "live = false; threads = false; }, { name = \"b\"; platform = \"chain\"; "
                  "base_url = \"http://127.0.0.1:1/b\"; live = false; }");
    check_code(&world, NULL, "threads");
    assert_false(world.workspace.accounts[0].limits.has_threads);
    assert_true(world.workspace.accounts[1].limits.has_threads);
    arena_clear(&world.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_https_public_and_nothing_else),
        cmocka_unit_test(a_live_account_needs_its_address_and_shares_it_with_none),
        cmocka_unit_test(never_twice_goes_by_the_address),
        cmocka_unit_test(an_account_whose_threads_are_off_takes_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/secrets.h"
#include "platform/registry.h"

static char state_folder[64], folder[64];
static const struct account drill = {.name = "drill"}, live = {.name = "drill", .live = true};

static void put(const char *base, const char *name, const char *text, mode_t mode)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", base, name);
    (void)unlink(path);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int start(void **state)
{
    char path[128];

    (void)state;
    strcpy(state_folder,
           "/tmp/crier-state-XXXXXX"); /* lint: strcpy because a literal into a larger array */
    strcpy(folder,
           "/tmp/crier-creds-XXXXXX"); /* lint: strcpy because a literal into a larger array */
    assert_non_null(mkdtemp(state_folder));
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/credentials", state_folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/credentials/test", state_folder);
    return mkdir(path, 0700);
}

static int end(void **state)
{
    char command[256];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s' '%s'", state_folder, folder);
    return system(command);
}

static bool load(const struct account *account, const char *credentials, char value[64],
                 struct err *err)
{
    struct secrets *secrets = secrets_new(credentials, state_folder);
    bool ok = secrets_load(secrets, account, adapter_by_name("mastodon"), err);
    const char *found = secrets_value(secrets, account->name, "access_token");

    assert_true(ok == (found != NULL));
    (void)snprintf(value, 64, "%s", found ? found : "");
    secrets_free(secrets);
    return ok;
}

static void live_and_test_credentials_lie_apart_and_are_never_mixed(void **state)
{
    struct err err = {0};
    char value[64];

    (void)state;
    put(state_folder, "credentials/drill.json", "{\"access_token\":\"real\"}", 0600);
    assert_false(load(&drill, NULL, value, &err));
    put(state_folder, "credentials/test/drill.json", "{\"access_token\":\"made-up\"}", 0600);
    assert_true(load(&drill, NULL, value, &err));
    assert_string_equal(value, "made-up");
    assert_true(load(&live, NULL, value, &err));
    assert_string_equal(value, "real");
}

static void of_a_missing_file_all_is_told_that_it_holds(void **state)
{
    struct secrets *secrets = secrets_new(NULL, state_folder);
    struct err err = {0};

    (void)state;
    assert_false(secrets_load(secrets, &drill, adapter_by_name("bluesky"), &err));
    assert_non_null(strstr(err.text, "{\"identifier\": \"...\", \"password\": \"...\"}"));
    secrets_free(secrets);
}

static void the_credentials_directory_comes_first_with_flat_names(void **state)
{
    struct err err = {0};
    char value[64];

    (void)state;
    put(state_folder, "credentials/drill.json", "{\"access_token\":\"state\"}", 0600);
    put(folder, "drill.json", "{\"access_token\":\"directory\"}", 0400);
    put(folder, "test.drill.json", "{\"access_token\":\"directory-test\"}", 0400);
    assert_true(load(&live, folder, value, &err));
    assert_string_equal(value, "directory");
    assert_true(load(&drill, folder, value, &err));
    assert_string_equal(value, "directory-test");
}

static void wrong_modes_are_refused_and_the_file_is_named_but_not_its_content(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0644, 0660, 0602,        0610,
                                   0601, 0620, 0666, 0677, 0700 | 0040, 0777};
    struct err err = {0};
    char value[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        put(state_folder, "credentials/test/drill.json", "{\"access_token\":\"canary\"}", modes[i]);
        assert_false(load(&drill, NULL, value, &err));
        assert_non_null(strstr(err.text, "credentials/test/drill.json"));
        assert_null(strstr(err.text, "canary"));
        assert_int_equal(err.kind, ERR_CONFIG);
    }
}

static void files_that_are_not_what_they_should_be_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "canary",
        "[]",
        "{}",
        "{\"access_token\":1}",
        "{\"access_token\":\"\"}",
        "{\"token\":\"canary\"}",
        "{\"access_token\":\"canary\\r\\nX: y\"}",
        "{\"access_token\":\"canary\\u0000\"}",
        "{\"access_token\":\"canary\",\"access_token\":\"canary\"}",
        "{\"access_token\":\"canary\"",
    };
    struct err err = {0};
    char value[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        put(state_folder, "credentials/test/drill.json", bad[i], 0600);
        if (load(&drill, NULL, value, &err))
            fail_msg("accepted: %s", bad[i]);
        assert_null(strstr(err.text, "canary"));
    }
}

static void links_and_special_files_are_refused(void **state)
{
    struct err err = {0};
    char from[128], to[128], value[64];

    (void)state;
    put(state_folder, "credentials/drill.json", "{\"access_token\":\"real\"}", 0600);
    (void)snprintf(from, sizeof from, "%s/credentials/drill.json", state_folder);
    (void)snprintf(to, sizeof to, "%s/credentials/test/drill.json", state_folder);
    assert_int_equal(symlink(from, to), 0);
    assert_false(load(&drill, NULL, value, &err));
    assert_int_equal(unlink(to), 0);
    assert_int_equal(link(from, to), 0);
    assert_false(load(&drill, NULL, value, &err));
    assert_int_equal(unlink(to), 0);
    assert_int_equal(mkfifo(to, 0600), 0);
    assert_false(load(&drill, NULL, value, &err));
    assert_int_equal(unlink(to), 0);
    assert_int_equal(mkdir(to, 0700), 0);
    assert_false(load(&drill, NULL, value, &err));
}

static void a_file_of_another_user_is_refused(void **state)
{
    struct err err = {0};
    char path[128], value[64];

    (void)state;
    if (geteuid() != 0)
        skip();
    put(state_folder, "credentials/test/drill.json", "{\"access_token\":\"x\"}", 0600);
    (void)snprintf(path, sizeof path, "%s/credentials/test/drill.json", state_folder);
    assert_int_equal(chown(path, 65533, 65533), 0);
    assert_false(load(&drill, NULL, value, &err));
    assert_non_null(strstr(err.text, "65533"));
}

static void loading_again_replaces_and_a_fault_forgets(void **state)
{
    struct secrets *secrets = secrets_new(NULL, state_folder);
    struct err err = {0};

    (void)state;
    put(state_folder, "credentials/test/drill.json", "{\"access_token\":\"one\"}", 0600);
    assert_true(secrets_load(secrets, &drill, adapter_by_name("mastodon"), &err));
    put(state_folder, "credentials/test/drill.json", "{\"access_token\":\"two\"}", 0600);
    assert_true(secrets_load(secrets, &drill, adapter_by_name("mastodon"), &err));
    assert_string_equal(secrets_value(secrets, "drill", "access_token"), "two");
    assert_null(secrets_value(secrets, "drill", "other"));
    assert_null(secrets_value(secrets, "other", "access_token"));
    put(state_folder, "credentials/test/drill.json", "{}", 0600);
    assert_false(secrets_load(secrets, &drill, adapter_by_name("mastodon"), &err));
    assert_null(secrets_value(secrets, "drill", "access_token"));
    secrets_free(secrets);
}

static void a_key_is_made_once_and_then_read(void **state)
{
    struct secrets *secrets = secrets_new(folder, state_folder);
    unsigned char made[32], read_back[32], other[32];
    struct err err = {0};
    struct stat status;
    char path[128];

    (void)state;
    assert_false(secrets_key(secrets, "audit-key", false, made, &err));
    assert_true(secrets_key(secrets, "audit-key", true, made, &err));
    assert_true(secrets_key(secrets, "audit-key", true, read_back, &err));
    assert_memory_equal(made, read_back, 32);
    (void)snprintf(path, sizeof path, "%s/credentials/audit-key", state_folder);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    put(folder, "audit-key", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
        0400);
    assert_true(secrets_key(secrets, "audit-key", false, other, &err));
    assert_int_equal(other[1], 0x11);
    put(folder, "audit-key", "short", 0400);
    assert_false(secrets_key(secrets, "audit-key", true, other, &err));
    put(folder, "audit-key", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        0444);
    assert_false(secrets_key(secrets, "audit-key", true, other, &err));
    secrets_free(secrets);
}

static const struct session_words words = {.access = "access", .refresh = "refresh", .life = {1}};
static const char pair[] = "{\"access\":\"canary-a\",\"refresh\":\"canary-r\"}";

static char *sealed_for(struct secrets *secrets, const char *account, struct arena *arena)
{
    const struct session_opening opening = secrets_open_session(secrets, account, &words, arena);
    const struct session_answer taken =
        secrets_take_session(secrets, account, &opening, pair, strlen(pair), arena);

    assert_string_equal(taken.rest, "{}");
    return taken.sealed;
}

static void a_sealed_session_opens_after_a_restart_and_for_its_account_only(void **state)
{
    struct secrets *before = secrets_new(NULL, state_folder), *after;
    struct arena arena = {0};
    struct err err = {0};
    char *sealed;

    (void)state;
    assert_null(sealed_for(before, "drill", &arena)); /* no key yet */
    assert_true(secrets_allow_sessions(before, &err));
    sealed = sealed_for(before, "drill", &arena);
    assert_null(strstr(sealed, "canary"));
    after = secrets_new(NULL, state_folder);
    assert_true(secrets_allow_sessions(after, &err));
    assert_true(secrets_use_session(after, "drill", sealed, &err));
    assert_string_equal(secrets_session_access(after, "drill"), "canary-a");
    assert_string_equal(secrets_session_refresh(after, "drill"), "canary-r");
    assert_null(secrets_session_access(after, "other"));
    assert_false(secrets_use_session(after, "other", sealed, &err));
    assert_null(strstr(err.text, "canary"));
    secrets_free(before);
    secrets_free(after);
    arena_clear(&arena);
}

static void a_session_sealed_with_another_key_or_altered_is_no_session(void **state)
{
    struct secrets *secrets = secrets_new(NULL, state_folder);
    struct arena arena = {0};
    struct err err = {0};
    char *sealed;

    (void)state;
    assert_true(secrets_allow_sessions(secrets, &err));
    sealed = sealed_for(secrets, "drill", &arena);
    assert_true(secrets_use_session(secrets, "drill", sealed, &err));
    sealed[20] = sealed[20] == 'A' ? 'B' : 'A';
    assert_false(secrets_use_session(secrets, "drill", sealed, &err));
    assert_null(secrets_session_access(secrets, "drill"));
    put(state_folder, "credentials/store-key",
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 0600);
    sealed = sealed_for(secrets, "drill", &arena);
    assert_true(secrets_allow_sessions(secrets, &err));
    assert_false(secrets_use_session(secrets, "drill", sealed, &err));
    secrets_free(secrets);
    arena_clear(&arena);
}

/* ---- sessions that begin with a token of the file ---- */

static const char *const client_words[] = {"client_id", NULL}, *const more[] = {"refresh_token",
                                                                                "client_secret",
                                                                                NULL};
static const struct session_words rotating = {.access = "access_token",
                                              .refresh = "refresh_token",
                                              .life_member = "expires_in",
                                              .life = {7200000},
                                              .keeps = REFRESH_ROTATES,
                                              .first = "refresh_token"};
static const struct session_words staying = {.access = "access_token",
                                             .refresh = "refresh_token",
                                             .life = {3600000},
                                             .keeps = REFRESH_STAYS,
                                             .first = "refresh_token"};
static const char *const token_words[] = {"access_token", NULL};
static const struct session_words exchanging = {.access = "access_token",
                                                .life_member = "expires_in",
                                                .life = {INT64_C(5184000000)},
                                                .keeps = REFRESH_IS_ACCESS,
                                                .first = "access_token"};
static const struct way_in rotates = {"rotates", client_words, more, &rotating, "bearer"},
                           stays = {"stays", client_words, more, &staying, "bearer"},
                           exchanges = {"exchanges", token_words, NULL, &exchanging, "bearer"};
static const struct way_in *const ways[] = {&rotates, &stays, &exchanges, NULL};
static const struct platform_facts facts = {.name = "fake"};
static const struct adapter several = {.name = "fake", .facts = &facts, .ways = ways};

/* One account, its file, and what it keeps of answers. */
struct flow {
    struct secrets *secrets;
    struct account account;
    struct variable option;
    struct arena arena;
    struct session_answer taken;
};

static void put_file(struct flow *flow, const char *text)
{
    struct err err = {0};

    put(state_folder, "credentials/test/drill.json", text, 0600);
    if (!secrets_load(flow->secrets, &flow->account, &several, &err))
        fail_msg("%s", err.text);
}

static void begin(struct flow *flow, const char *way, const char *file)
{
    struct err err = {0};

    *flow = (struct flow){.option = {.name = "auth", .value = way}};
    flow->account = (struct account){.name = "drill", .options = {&flow->option, 1}};
    flow->secrets = secrets_new(NULL, state_folder);
    assert_true(secrets_allow_sessions(flow->secrets, &err));
    put_file(flow, file);
}

static void finish(struct flow *flow)
{
    secrets_free(flow->secrets);
    arena_clear(&flow->arena);
}

static struct session_opening ask(struct flow *flow)
{
    return secrets_open_session(flow->secrets, "drill", adapter_session(&several, &flow->account),
                                &flow->arena);
}

static void take(struct flow *flow, const struct session_opening *opening, const char *answer)
{
    flow->taken =
        secrets_take_session(flow->secrets, "drill", opening, answer, strlen(answer), &flow->arena);
}

/* The whole way: sent, answered, stored, used. */
static void renew(struct flow *flow, const char *answer)
{
    const struct session_opening opening = ask(flow);
    struct err err = {0};

    take(flow, &opening, answer);
    assert_non_null(flow->taken.sealed);
    assert_true(secrets_use_session(flow->secrets, "drill", flow->taken.sealed, &err));
}

static void check(const struct flow *flow, const char *access, const char *refresh)
{
    const char *has = secrets_session_access(flow->secrets, "drill");

    if (access)
        assert_string_equal(has, access);
    else
        assert_null(has);
    assert_string_equal(secrets_session_refresh(flow->secrets, "drill"), refresh);
}

#define FIRST "{\"client_id\":\"me\",\"refresh_token\":\"first\"}"

static void the_first_token_of_the_file_opens_the_session(void **state)
{
    struct flow flow;

    (void)state;
    begin(&flow, "rotates", FIRST);
    check(&flow, NULL, "first");
    assert_true(secrets_is_new_login(flow.secrets, "drill"));
    assert_null(secrets_seal_first(flow.secrets, "drill", &flow.arena));
    renew(&flow, "{\"access_token\":\"a1\",\"refresh_token\":\"r1\",\"expires_in\":900}");
    check(&flow, "a1", "r1");
    assert_int_equal(flow.taken.life.ms, 900000);
    assert_false(secrets_is_new_login(flow.secrets, "drill"));
    finish(&flow);
}

static void after_a_restart_the_stored_session_goes_on_not_the_first_token(void **state)
{
    struct flow before, after;
    struct err err = {0};

    (void)state;
    begin(&before, "rotates", FIRST);
    renew(&before, "{\"access_token\":\"a1\",\"refresh_token\":\"r1\"}");
    begin(&after, "rotates", FIRST);
    assert_true(secrets_use_session(after.secrets, "drill", before.taken.sealed, &err));
    check(&after, "a1", "r1");
    finish(&before);
    finish(&after);
}

static void another_first_token_is_a_new_login_and_is_spent_next(void **state)
{
    struct flow flow;

    (void)state;
    begin(&flow, "rotates", FIRST);
    renew(&flow, "{\"access_token\":\"a1\",\"refresh_token\":\"r1\"}");
    assert_false(secrets_changed(flow.secrets, "drill"));
    put_file(&flow, FIRST);
    assert_false(secrets_changed(flow.secrets, "drill"));
    put_file(&flow, "{\"client_id\":\"me\",\"refresh_token\":\"second\"}");
    assert_true(secrets_changed(flow.secrets, "drill"));
    assert_true(secrets_is_new_login(flow.secrets, "drill"));
    check(&flow, NULL, "second");
    renew(&flow, "{\"access_token\":\"a2\",\"refresh_token\":\"r2\"}");
    check(&flow, "a2", "r2");
    finish(&flow);
}

static void an_answer_belongs_to_the_login_that_it_was_asked_with(void **state)
{
    struct session_opening opening;
    struct err err = {0};
    struct flow flow;

    (void)state;
    begin(&flow, "rotates", FIRST);
    opening = ask(&flow);
    put_file(&flow, "{\"client_id\":\"me\",\"refresh_token\":\"second\"}");
    take(&flow, &opening, "{\"access_token\":\"a1\",\"refresh_token\":\"r1\"}");
    assert_true(secrets_use_session(flow.secrets, "drill", flow.taken.sealed, &err));
    check(&flow, NULL, "second");
    finish(&flow);
}

static void where_refresh_tokens_stay_none_or_an_empty_one_keeps_ours(void **state)
{
    static const char *const answers[] = {
        "{\"access_token\":\"a1\"}",
        "{\"access_token\":\"a1\",\"refresh_token\":\"\"}",
        "{\"access_token\":\"a1\",\"refresh_token\":null}",
        "{\"access_token\":\"a1\",\"refresh_token\":7}",
    };
    struct flow flow;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        begin(&flow, "stays", FIRST);
        renew(&flow, answers[i]);
        check(&flow, "a1", "first");
        renew(&flow, "{\"access_token\":\"a2\",\"refresh_token\":\"given\"}");
        check(&flow, "a2", "given");
        renew(&flow, answers[i]);
        check(&flow, "a1", "given");
        finish(&flow);
    }
}

static void where_they_rotate_an_answer_without_one_is_no_session(void **state)
{
    struct session_opening opening;
    struct flow flow;

    (void)state;
    begin(&flow, "rotates", FIRST);
    renew(&flow, "{\"access_token\":\"a1\",\"refresh_token\":\"r1\"}");
    opening = ask(&flow);
    take(&flow, &opening, "{\"access_token\":\"a2\",\"refresh_token\":\"\"}");
    assert_null(flow.taken.sealed);
    assert_string_equal(flow.taken.rest, "{}");
    check(&flow, "a1", "r1");
    finish(&flow);
}

/* The twin: with R11 switched off an empty token takes the place of a good one, and the session is
 * gone. */
static void without_the_rule_an_empty_token_would_lose_the_session(void **state)
{
    struct session_opening opening;
    struct err err = {0};
    struct flow flow;

    (void)state;
    begin(&flow, "stays", FIRST);
    renew(&flow, "{\"access_token\":\"a1\",\"refresh_token\":\"r1\"}");
    secrets_trust_empty(flow.secrets);
    opening = ask(&flow);
    take(&flow, &opening, "{\"access_token\":\"a2\",\"refresh_token\":\"\"}");
    assert_non_null(flow.taken.sealed);
    assert_false(secrets_use_session(flow.secrets, "drill", flow.taken.sealed, &err));
    check(&flow, NULL, "first");
    finish(&flow);
}

static void an_access_token_that_is_exchanged_is_a_session_from_the_first_moment(void **state)
{
    struct err err = {0};
    struct flow flow;
    char *sealed;

    (void)state;
    begin(&flow, "exchanges", "{\"access_token\":\"long\"}");
    check(&flow, "long", "long");
    sealed = secrets_seal_first(flow.secrets, "drill", &flow.arena);
    assert_non_null(sealed);
    assert_null(strstr(sealed, "long"));
    assert_true(secrets_use_session(flow.secrets, "drill", sealed, &err));
    assert_false(secrets_is_new_login(flow.secrets, "drill"));
    renew(&flow, "{\"access_token\":\"longer\",\"token_type\":\"bearer\",\"expires_in\":5183944}");
    check(&flow, "longer", "longer");
    assert_int_equal(flow.taken.life.ms, INT64_C(5183944000));
    assert_string_equal(flow.taken.rest, "{\"expires_in\":5183944,\"token_type\":\"bearer\"}");
    finish(&flow);
}

static void a_life_that_cannot_be_is_not_believed(void **state)
{
    static const char *const lives[] = {"0", "-5", "1e9", "\"900\"", "1000000000", "null"};
    struct flow flow;

    (void)state;
    begin(&flow, "rotates", FIRST);
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        renew(&flow, arena_printf(&flow.arena,
                                  "{\"access_token\":\"a\",\"refresh_token\":\"r\","
                                  "\"expires_in\":%s}",
                                  lives[i]));
        assert_int_equal(flow.taken.life.ms, 7200000);
    }
    finish(&flow);
}

static void optional_members_may_be_missing_or_empty_but_not_junk(void **state)
{
    struct err err = {0};
    struct flow flow;

    (void)state;
    begin(&flow, "rotates", "{\"client_id\":\"me\",\"client_secret\":\"\"}");
    assert_null(secrets_value(flow.secrets, "drill", "client_secret"));
    assert_null(secrets_session_refresh(flow.secrets, "drill"));
    put_file(&flow, "{\"client_id\":\"me\",\"client_secret\":\"s\"}");
    assert_string_equal(secrets_value(flow.secrets, "drill", "client_secret"), "s");
    put(state_folder, "credentials/test/drill.json",
        "{\"client_id\":\"me\",\"client_secret\":\"a\\nb\"}", 0600);
    assert_false(secrets_load(flow.secrets, &flow.account, &several, &err));
    assert_non_null(strstr(err.text, "\"client_secret\""));
    finish(&flow);
}

static void each_way_in_has_members_of_its_own(void **state)
{
    struct err err = {0};
    struct flow flow;

    (void)state;
    begin(&flow, "exchanges", "{\"access_token\":\"t\"}");
    flow.option.value = "stays";
    assert_false(secrets_load(flow.secrets, &flow.account, &several, &err));
    assert_non_null(strstr(err.text, "\"client_id\""));
    finish(&flow);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(live_and_test_credentials_lie_apart_and_are_never_mixed),
        TEST(of_a_missing_file_all_is_told_that_it_holds),
        TEST(the_credentials_directory_comes_first_with_flat_names),
        TEST(wrong_modes_are_refused_and_the_file_is_named_but_not_its_content),
        TEST(files_that_are_not_what_they_should_be_are_refused),
        TEST(links_and_special_files_are_refused),
        TEST(a_file_of_another_user_is_refused),
        TEST(loading_again_replaces_and_a_fault_forgets),
        TEST(a_key_is_made_once_and_then_read),
        TEST(a_sealed_session_opens_after_a_restart_and_for_its_account_only),
        TEST(a_session_sealed_with_another_key_or_altered_is_no_session),
        TEST(the_first_token_of_the_file_opens_the_session),
        TEST(after_a_restart_the_stored_session_goes_on_not_the_first_token),
        TEST(another_first_token_is_a_new_login_and_is_spent_next),
        TEST(an_answer_belongs_to_the_login_that_it_was_asked_with),
        TEST(where_refresh_tokens_stay_none_or_an_empty_one_keeps_ours),
        TEST(where_they_rotate_an_answer_without_one_is_no_session),
        TEST(without_the_rule_an_empty_token_would_lose_the_session),
        TEST(an_access_token_that_is_exchanged_is_a_session_from_the_first_moment),
        TEST(a_life_that_cannot_be_is_not_believed),
        TEST(optional_members_may_be_missing_or_empty_but_not_junk),
        TEST(each_way_in_has_members_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

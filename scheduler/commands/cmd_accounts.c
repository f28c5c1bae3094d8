/* crier accounts - who we are on each platform, how we get in, and how long that lasts. */
#include <string.h>

#include "base/i18n.h"
#include "campaign/reader.h"
#include "commands/desk_client.h"
#include "daemon/credentials.h"
#include "platform/registry.h"

static const struct command_option options[] = {{0}};

static bool read_workspace(const struct invocation *invocation, struct campaign_set *set,
                           struct err *err)
{
    static const char *const none[] = {NULL};
    const struct read_options reading = {.platforms = platform_facts_all(), .only = none};
    struct findings findings;

    findings_init(&findings, invocation->arena);
    return invocation_workspace(invocation, err) &&
           workspace_read(invocation->workspace, &reading, invocation->arena, set, &findings, err);
}

/* ---- the facts ---- */

static const json_t *known_of(const json_t *told, const char *name)
{
    const json_t *list = json_object_get(told, "accounts"), *known;
    size_t i;

    json_array_foreach(list, i, known)
    {
        if (!strcmp(json_text(known, "account"), name))
            return known;
    }
    return NULL;
}

static void copy_members(json_t *object, const json_t *known)
{
    static const char *const members[] = {"handle",       "remote_id", "scopes",
                                          "identified",   "ends",      "session_until",
                                          "last_publish", "paused",    "paused_since"};

    for (size_t i = 0; i < COUNT_OF(members); i++)
        json_put(object, members[i], json_text(known, members[i]));
}

static struct instant instant_of(const json_t *known, const char *member)
{
    struct instant t;

    return json_text(known, member) && instant_parse(json_text(known, member), &t) ? t
                                                                                   : INSTANT_NONE;
}

/* "none" (the credential itself is what requests carry), "stored", "missing". */
static const char *session_of(const struct account *account, const json_t *known)
{
    if (!adapter_session(adapter_by_name(account->platform), account))
        return "none";
    return json_flag(known, "session") ? "stored" : "missing";
}

/* What a person must do; NULL = nothing. */
static const char *warning_of(const struct invocation *invocation, const struct account *account,
                              const json_t *known, const char *fault)
{
    const struct account_state state = {.ends = instant_of(known, "ends"),
                                        .tokens_until = instant_of(known, "session_until")};
    const char *paused = json_text(known, "paused");
    struct instant ends = login_ends(&state, account);
    const char *member = ends.ms == state.ends.ms ? "ends" : "session_until";

    if (fault)
        return fault;
    if (paused && (!strcmp(paused, "token") || !strcmp(paused, "scope")))
        return arena_printf(invocation->arena, _("the platform refuses it; log in: crier login %s"),
                            account->name);
    if (!login_ends_soon(ends, invocation->now))
        return NULL;
    return arena_printf(invocation->arena, _("it ends at %s; log in before: crier login %s"),
                        json_text(known, member), account->name);
}

static json_t *account_facts(const struct invocation *invocation, const struct account *account,
                             const json_t *told, const json_t *credentials)
{
    const struct way_in *way = adapter_way(adapter_by_name(account->platform), account);
    const json_t *known = known_of(told, account->name);
    const char *fault = json_text(credentials, account->name);
    json_t *object = json_object();

    json_put(object, "account", account->name);
    json_put(object, "platform", account->platform);
    json_put_bool(object, "live", account->live);
    json_put(object, "way", way ? way->word : NULL);
    json_put(object, "expected_handle", account->handle);
    copy_members(object, known);
    json_put(object, "session", session_of(account, known));
    json_put(object, "credential", fault);
    json_put(object, "warning", warning_of(invocation, account, known, fault));
    return object;
}

static json_t *all_facts(const struct invocation *invocation, const struct workspace *workspace,
                         json_t *told)
{
    json_t *result = json_object(), *list = json_array();
    const json_t *credentials = json_object_get(told, "credentials");

    if (!credentials) {
        json_put_new(told, "credentials",
                     credentials_judged(invocation->credentials, invocation->state, workspace));
        credentials = json_object_get(told, "credentials");
    }
    for (size_t i = 0; i < workspace->account_count; i++)
        json_array_append_new(list, account_facts(invocation, &workspace->accounts[i], told,
                                                  credentials));
    json_put_new(result, "accounts", list);
    return result;
}

/* ---- for people ---- */

static void print_line(const char *label, const char *value)
{
    if (value)
        printf("  %s %s\n", label, value);
}

static void print_session(const json_t *facts)
{
    const char *until = json_text(facts, "session_until");

    if (!strcmp(json_text(facts, "session"), "missing"))
        puts(_("  session: none yet"));
    else if (until)
        printf(_("  session: until %s, renewed by itself\n"), until);
}

static void print_account(const json_t *facts)
{
    const char *handle = json_text(facts, "handle"), *id = json_text(facts, "remote_id");

    printf("%s: %s%s%s, %s%s%s%s%s\n", json_text(facts, "account"), json_text(facts, "platform"),
           json_text(facts, "way") ? " " : "",
           json_text(facts, "way") ? json_text(facts, "way") : "",
           json_flag(facts, "live") ? _("live") : _("drill"), handle ? ", " : "",
           handle ? handle : _(", nobody asked yet who it is"), id ? " " : "", id ? id : "");
    print_line(_("asked who it is:"), json_text(facts, "identified"));
    print_line(_("may:"), json_text(facts, "scopes"));
    print_session(facts);
    print_line(_("ends:"), json_text(facts, "ends"));
    print_line(_("last post:"), json_text(facts, "last_publish"));
    if (json_text(facts, "paused"))
        printf(_("  paused (%s) since %s; its posts wait\n"), json_text(facts, "paused"),
               json_text(facts, "paused_since"));
    print_line(_("needs a person:"), json_text(facts, "warning"));
}

static size_t print_accounts(const json_t *result, bool as_json)
{
    const json_t *list = json_object_get(result, "accounts"), *facts;
    size_t i, warnings = 0;

    json_array_foreach(list, i, facts)
    {
        warnings += json_text(facts, "warning") != NULL;
        if (!as_json)
            print_account(facts);
    }
    if (as_json)
        print_json(result);
    return warnings;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct campaign_set set = {0};
    json_t *body, *told, *result;
    enum err_kind kind;
    size_t warnings;

    if (!read_workspace(invocation, &set, err))
        return false;
    body = desk_body("accounts");
    told = desk_ask(invocation, body, &kind, err);
    json_decref(body);
    if (!told)
        return false;
    result = all_facts(invocation, &set.workspace, told);
    warnings = print_accounts(result, invocation->json);
    json_decref(result);
    json_decref(told);
    return warnings == 0 ||
           err_set(err, ERR_FOUND, _("accounts that need a person: %zu"), warnings);
}

const struct command cmd_accounts = {
    .name = "accounts",
    .summary = N_("who we are on each platform, and how long that lasts"),
    .usage = "accounts [--json]",
    .details =
        N_("Shows of each account of crier.cfg whose it is, what its credential allows, its\n"
           "session, when it ends, its last post, and why it is paused. Whatever needs a\n"
           "person, also what ends within 14 days, makes the exit status 1. No platform is\n"
           "asked."),
    .options = options,
    .effects = USES_STORE | JUDGES_CREDENTIALS,
    .run = run,
};

/* crier login - an account's first credential, or a new one: asked of the person, tried out on the
 * platform, put in place, told to the daemon. */
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "campaign/reader.h"
#include "commands/desk_client.h"
#include "commands/login_try.h"
#include "net/control_client.h"
#include "platform/registry.h"
#include "text/similar.h"

static const struct command_option options[] = {
    {0, "by", "WAY", N_("another way than the usual one: see below"), false},
    {0, "unasked", NULL, N_("keep it without asking the platform whose it is"), false},
    {0},
};

static const struct account *find_account(const struct invocation *invocation, struct err *err)
{
    static const char *const none[] = {NULL};
    const struct read_options reading = {.platforms = platform_facts_all(), .only = none};
    struct campaign_set *set = arena_alloc(invocation->arena, sizeof *set);
    const char *name = invocation->words[0];
    struct similar similar = similar_to(name);
    struct findings findings;

    *set = (struct campaign_set){0};
    findings_init(&findings, invocation->arena);
    if (!invocation_workspace(invocation, err) ||
        !workspace_read(invocation->workspace, &reading, invocation->arena, set, &findings, err))
        return NULL;
    for (size_t i = 0; i < set->workspace.account_count; i++) {
        if (strcmp(set->workspace.accounts[i].name, name) == 0)
            return &set->workspace.accounts[i];
        similar_offer(&similar, set->workspace.accounts[i].name);
    }
    if (similar.best)
        (void)err_set(err, ERR_USAGE, _("crier.cfg has no account \"%s\"; did you mean \"%s\"?"),
                      name, similar.best);
    else
        (void)err_set(err, ERR_USAGE, _("crier.cfg has no account \"%s\"; write it there first"),
                      name);
    return NULL;
}

static bool choose(const struct invocation *invocation, struct login *login, struct err *err)
{
    const char *by = invocation_value(invocation, "by");

    login->adapter = adapter_by_name(login->account->platform);
    login->flow = login_find(login->account, login->adapter, by);
    return login->flow || err_set(err, ERR_USAGE, _("account %s has no way \"%s\"; it has: %s"),
                                  login->account->name, by ? by : "",
                                  login_choices(login->account, login->adapter, invocation->arena));
}

/* True when a daemon took it up; without one it is read at the next start. */
static bool tell_daemon(const struct login_try *try, bool *running, struct err *err)
{
    const char *path = arena_printf(try->arena, "%s/control.sock", try->invocation->runtime);
    json_t *body, *answer;
    bool ok = true;

    *running = access(path, W_OK) == 0;
    if (!*running)
        return true;
    body = desk_body("login");
    desk_word(body, try->login.account->name);
    answer = control_ask_daemon(path, body, err);
    json_decref(body);
    if (!answer && err->kind == ERR_SERVICE) {
        *running = false;
        return true;
    }
    if (!answer)
        return false;
    if (!json_is_object(json_object_get(answer, "result")))
        ok = err_set(err, (enum err_kind)json_integer_or(answer, "kind", ERR_IO), "%s",
                     json_text(answer, "text"));
    json_decref(answer);
    return ok;
}

static void print_identity(const struct login_try *try)
{
    char ends[INSTANT_TEXT];

    if (try->handle && *try->handle)
        (void)printf(_("account %s is logged in as %s"), try->login.account->name, try->handle);
    else
        (void)printf(_("account %s has a new credential"), try->login.account->name);
    if (try->remote_id && *try->remote_id)
        (void)printf(" (%s)", try->remote_id);
    (void)putchar('\n');
    if (try->scopes && *try->scopes)
        (void)printf(_("It may: %s\n"), try->scopes);
    if (try->ends.ms > 0 && !instant_is_none(try->ends))
        (void)printf(_("It ends: %s\n"), instant_utc(try->ends, ends));
}

static void print_result(const struct login_try *try, bool running)
{
    print_identity(try);
    (void)printf(_("Kept in %s.\n"), try->file);
    (void)puts(running ? _("The daemon uses it from now on.")
                       : _("The daemon is not running; it reads it when it starts."));
}

/* What crier.cfg says, or who it was before. */
static const char *wanted_handle(const struct invocation *invocation, const struct account *account)
{
    json_t *body, *told;
    const json_t *known;
    enum err_kind kind;
    struct err ignored;
    const char *handle = account->handle;
    size_t i;

    if (handle)
        return handle;
    body = desk_body("accounts");
    told = desk_ask(invocation, body, &kind, &ignored);
    json_decref(body);
    json_array_foreach(json_object_get(told, "accounts"), i, known)
    {
        if (!strcmp(json_text(known, "account"), account->name))
            handle = arena_text(invocation->arena, json_text(known, "handle"));
    }
    json_decref(told);
    return handle;
}

static bool log_in(struct login_try *try, struct err *err)
{
    bool running = false;

    if (!login_try_open(try, err) || !login_try_flow(try, err) || !login_try_stage(try, err))
        return false;
    if (!invocation_has(try->invocation, "unasked") && !login_try_identify(try, err))
        return false;
    if (!login_try_keep(try, err) || !tell_daemon(try, &running, err))
        return false;
    print_result(try, running);
    return true;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct login_try try = {.invocation = invocation,
                            .arena = invocation->arena,
                            .ends = INSTANT_NONE};
    bool ok;

    try.login.account = find_account(invocation, err);
    if (!try.login.account || !choose(invocation, &try.login, err))
        return false;
    try.wanted = wanted_handle(invocation, try.login.account);
    ok = log_in(&try, err);
    login_try_close(&try);
    return ok;
}

const struct command cmd_login = {
    .name = "login",
    .summary = N_("give an account its credential"),
    .usage = "login ACCOUNT [--by WAY] [--unasked]",
    .details =
        N_("Asks for what the platform gave you, without showing it; without a terminal each\n"
           "answer is a line of stdin. The platform is then asked whose it is: what belongs to\n"
           "another account than crier.cfg says is not kept. The file is\n"
           "state/credentials/ACCOUNT.json (state/credentials/test/ for a drill account).\n\n"
           "WAY is one of: paste (all of it is pasted), page (a system user's token is pasted,\n"
           "the page's own is asked for; Facebook, Instagram), code (a browser anywhere opens a\n"
           "page, and the address that it ends at is pasted; X, YouTube), device (a code is typed\n"
           "into a page; YouTube), pin (a page shows a number; X). Not every platform has each."),
    .options = options,
    .effects = USES_STORE | USES_NETWORK,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};

#include "commands/login_try.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/i18n.h"
#include "commands/person.h"
#include "net/address.h"

enum { RANDOM_BYTES = 32 };

/* ---- the folder ---- */

static bool make_folder(const char *path, struct err *err)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ||
           err_errno(err, ERR_IO, errno, _("folder %s cannot be made"), path);
}

static bool make_folders(const char *base, struct arena *arena, struct err *err)
{
    const char *credentials = arena_printf(arena, "%s/credentials", base);

    return make_folder(credentials, err) &&
           make_folder(arena_printf(arena, "%s/test", credentials), err);
}

/* Sessions that are only tried out are sealed with a key that ends with the folder. */
static bool open_secrets(struct login_try *try, struct err *err)
{
    try->secrets = secrets_new(NULL, try->folder);
    return secrets_allow_sessions(try->secrets, err) && asker_open(try->secrets, &try->asker, err);
}

bool login_try_open(struct login_try *try, struct err *err)
{
    const struct account *account = try->login.account;
    const char *name = arena_printf(try->arena, "credentials/%s%s.json",
                                    account->live ? "" : "test/", account->name);
    const char *state = try->invocation->state;

    if (mkdir(state, 0700) != 0 && access(state, W_OK | X_OK) != 0)
        return err_errno(err, ERR_SERVICE, errno,
                         _("the state folder %s cannot be written; log in as its owner (sudo -u "
                           "crier crier login ...)"),
                         state);
    try->folder = arena_printf(try->arena, "%s/login-XXXXXX", state);
    if (!mkdtemp(try->folder)) {
        try->folder = NULL;
        return err_errno(err, ERR_IO, errno, _("no folder can be made in %s"), state);
    }
    try->staged = arena_printf(try->arena, "%s/%s", try->folder, name);
    try->file = arena_printf(try->arena, "%s/%s", state, name);
    return make_folders(try->folder, try->arena, err) && open_secrets(try, err);
}

static void remove_folder(const struct login_try *try)
{
    static const char *const parts[] = {"credentials/test", "credentials", ""};

    (void)unlink(try->staged);
    (void)unlink(arena_printf(try->arena, "%s/credentials/store-key", try->folder));
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        (void)rmdir(arena_printf(try->arena, "%s/%s", try->folder, parts[i]));
}

static void wipe_members(json_t *members)
{
    const char *name;
    json_t *value;

    json_object_foreach(members, name, value)
        wipe((char *)(uintptr_t)json_string_value(value), json_string_length(value));
}

void login_try_close(struct login_try *try)
{
    asker_close(try->asker);
    secrets_free(try->secrets);
    if (try->folder)
        remove_folder(try);
    if (try->answer)
        wipe(try->answer, strlen(try->answer));
    wipe_members(try->login.members);
    json_decref(try->login.members);
    if (try->signals_wait)
        (void)sigprocmask(SIG_SETMASK, &try->signals, NULL);
}

/* ---- the flow ---- */

static bool take_members(struct login_try *try, struct err *err)
{
    const struct login_member *member = try->login.flow->members;
    char *answer;

    for (; member->name; member++) {
        if (!person_secret(_(member->question), try->arena, &answer, err))
            return false;
        if (!*answer && member->optional)
            continue;
        if (!login_usable(answer))
            return err_set(err, ERR_USAGE,
                           _("\"%s\" is empty, or holds letters that no key has; nothing was "
                             "changed"),
                           _(member->question));
        json_put(try->login.members, member->name, answer);
        wipe(answer, strlen(answer));
    }
    return true;
}

static const char *random_text(struct arena *arena)
{
    unsigned char bytes[RANDOM_BYTES];
    char hex[DIGEST_HEX];
    struct digest digest;

    random_bytes(bytes, sizeof bytes);
    memcpy(digest.bytes, bytes, sizeof bytes);
    return arena_text(arena, digest_hex(&digest, hex));
}

static bool refused(const struct login_try *try, const char *why, struct err *err)
{
    return err_set(err, ERR_FOUND, _("account %s was not logged in; nothing was changed. %s"),
                   try->login.account->name, why);
}

static const struct http_reply *ask(struct login_try *try, const struct http_request *request)
{
    return asker_ask(try->asker, try->login.account, try->login.adapter, request, try->arena);
}

/* A signature is made for one address, one time, and once. */
static bool prepare_signature(struct login_try *try, const char *path, const char **why)
{
    const struct http_request request = {.method = "POST", .path = path};

    try->login.nonce = random_text(try->arena);
    try->login.timestamp = arena_printf(try->arena, "%" PRId64, (int64_t)time(NULL));
    try->login.address =
        address_of(try->login.account, try->login.adapter, &request, try->arena, why);
    return try->login.address != NULL;
}

static bool start(struct login_try *try, const char **shown, struct err *err)
{
    struct login *login = &try->login;
    struct http_request request;
    const char *why;

    if (login->flow->kind == LOGIN_PIN && !prepare_signature(try, login->flow->start, &why))
        return refused(try, why, err);
    request = login_start(login, try->arena);
    return login_started(login, ask(try, &request), try->arena, shown, &why) ||
           refused(try, why, err);
}

static bool take_token(struct login_try *try, const char *code, struct err *err)
{
    struct login *login = &try->login;
    const char *why;
    struct http_request request;
    const struct http_reply *reply;

    if (login->flow->kind == LOGIN_PIN && !prepare_signature(try, login->flow->token, &why))
        return refused(try, why, err);
    request = login_token(login, code, try->arena);
    reply = ask(try, &request);
    if (login_taken(login, reply, try->arena, &why) != LOGIN_DONE)
        return refused(try, why, err);
    if (adapter_session(login->adapter, login->account))
        try->answer = arena_text(try->arena, reply->body);
    return true;
}

static bool by_code(struct login_try *try, struct err *err)
{
    const char *code, *why;
    char *pasted;

    try->login.verifier = random_text(try->arena);
    try->login.state = random_text(try->arena);
    (void)fprintf(stderr,
                  _("Open this page in any browser, as the account's owner:\n\n  %s\n\n"
                    "At the end the browser says that it cannot reach %s: that is as it should\n"
                    "be. Copy the whole address from its address bar and paste it here.\n"),
                  login_page(&try->login, try->arena), try->login.flow->redirect);
    if (!person_secret(_("Address"), try->arena, &pasted, err))
        return false;
    code = login_code(&try->login, pasted, try->arena, &why);
    return code ? take_token(try, code, err) : refused(try, why, err);
}

static bool by_pin(struct login_try *try, struct err *err)
{
    const char *shown = "";
    char *pin;

    if (!start(try, &shown, err))
        return false;
    (void)fprintf(stderr,
                  _("Open this page in any browser, as the account's owner, and allow the app:\n\n"
                    "  %s\n\nThen type the number that it shows.\n"),
                  login_page(&try->login, try->arena));
    return person_secret(_("Number"), try->arena, &pin, err) && take_token(try, pin, err);
}

static void sleep_for(struct span span)
{
    struct timespec rest = {.tv_sec = span.ms / 1000, .tv_nsec = span.ms % 1000 * 1000000};

    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

static bool by_device(struct login_try *try, struct err *err)
{
    const char *shown = "", *why = "";
    int64_t left_ms;

    if (!start(try, &shown, err))
        return false;
    (void)fprintf(stderr, "%s\n", shown);
    for (left_ms = try->login.life.ms; left_ms > 0; left_ms -= try->login.interval.ms) {
        struct http_request request = login_token(&try->login, NULL, try->arena);
        const struct http_reply *reply = ask(try, &request);
        const enum login_result result = login_taken(&try->login, reply, try->arena, &why);

        if (result == LOGIN_DONE)
            try->answer = arena_text(try->arena, reply->body);
        if (result != LOGIN_PENDING)
            return result == LOGIN_DONE || refused(try, why, err);
        sleep_for(try->login.interval);
    }
    return refused(try, _("Nobody typed the code in time."), err);
}

static bool does_without_page(const struct login_try *try)
{
    const char *const *key = try->login.flow->instead;

    while (key && *key && account_option(try->login.account, *key))
        key++;
    return key && !*key;
}

static bool by_page(struct login_try *try, struct err *err)
{
    const char *shown = "";

    if (account_option(try->login.account, "page_id"))
        return start(try, &shown, err);
    return does_without_page(try) || refused(try, _(try->login.flow->no_page), err);
}

static bool by_paste(struct login_try *try, struct err *err)
{
    (void)try;
    (void)err;
    return true;
}

bool login_try_flow(struct login_try *try, struct err *err)
{
    static bool (*const ways[LOGIN_KINDS])(struct login_try * try, struct err * err) = {
        [LOGIN_PASTE] = by_paste,   [LOGIN_PAGE] = by_page, [LOGIN_CODE] = by_code,
        [LOGIN_DEVICE] = by_device, [LOGIN_PIN] = by_pin,
    };

    if (isatty(STDIN_FILENO))
        (void)fprintf(stderr, "%s\n\n", _(try->login.flow->intro));
    try->login.members = json_object();
    return take_members(try, err) && ways[try->login.flow->kind](try, err);
}

/* ---- the file, tried out ---- */

/* The answer that brought the refresh token brought an access token, too: whose it is can be asked
 * without spending the one for the other. */
static void use_tokens(struct login_try *try)
{
    const struct login *login = &try->login;
    const struct session_words *words = adapter_session(login->adapter, login->account);
    const char *body = try->answer;
    struct session_opening opening;
    struct session_answer taken;
    struct err ignored;

    if (!body || !words)
        return;
    opening = secrets_open_session(try->secrets, login->account->name, words, try->arena);
    taken = secrets_take_session(try->secrets, login->account->name, &opening, body, strlen(body),
                                 try->arena);
    if (taken.sealed &&
        secrets_use_session(try->secrets, login->account->name, taken.sealed, &ignored))
        try->tokens = taken.sealed;
}

/* While a secret lies in a folder that is to be removed, whoever gives up waits for that: at most
 * as long as the platform has for its answer. */
static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void let_signals_wait(struct login_try *try)
{
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < COUNT_OF(ending); i++)
        sigaddset(&set, ending[i]);
    try->signals_wait = sigprocmask(SIG_BLOCK, &set, &try->signals) == 0;
}

bool login_try_stage(struct login_try *try, struct err *err)
{
    char *text = login_file(&try->login, try->arena);
    bool ok;

    let_signals_wait(try);
    ok = file_replace(try->staged, text, strlen(text), 0600, err) &&
         secrets_load(try->secrets, try->login.account, try->login.adapter, err);

    wipe(text, strlen(text));
    if (ok)
        use_tokens(try);
    return ok;
}

/* ---- who am I ---- */

/* A refresh token that is good for one use is the daemon's to spend. */
static bool may_ask(const struct login_try *try)
{
    const struct session_words *words = adapter_session(try->login.adapter, try->login.account);

    return try->login.adapter->identify &&
           (!words || !words->first || try->tokens || words->keeps != REFRESH_ROTATES);
}

static bool told_by(struct login_try *try, const struct step *step, struct err *err)
{
    const char *why = step->why ? step->why : _("The platform gave no answer.");

    if (step->kind == STEP_DONE)
        return true;
    if (step->trouble != TROUBLE_NONE || step->kind == STEP_REFUSED)
        return refused(try, why, err);
    return err_set(err, ERR_SERVICE,
                   _("the platform could not be asked whose this is; nothing was changed. Try "
                     "again, or --unasked keeps it all the same. %s"),
                   why);
}

static bool open_session(struct login_try *try, struct job *job, struct err *err)
{
    const struct login *login = &try->login;
    const struct session_words *words = adapter_session(login->adapter, login->account);
    struct step step;

    if (!words || try->tokens || (words->first && words->keeps == REFRESH_IS_ACCESS))
        return true;
    step = asker_run(try->asker, login->adapter->refresh, job, login->adapter, &try->tokens,
                     try->arena);
    json_decref(step.receipt.server);
    if (!told_by(try, &step, err))
        return false;
    job->identity.host = step.receipt.host;
    return !try->tokens ||
           secrets_use_session(try->secrets, login->account->name, try->tokens, err);
}

static bool is_meant(struct login_try *try, const struct receipt *receipt, struct err *err)
{
    try->handle = receipt->handle ? receipt->handle : "";
    try->remote_id = receipt->remote_id;
    try->scopes = receipt->scopes;
    try->ends = receipt->ends;
    if (!try->wanted || handle_is_same(try->wanted, try->handle))
        return true;
    return refused(try,
                   arena_printf(try->arena,
                                _("The platform says that this is \"%s\", and the account is "
                                  "\"%s\": log in as that one. An account that shall become "
                                  "another one gets that handle in crier.cfg first."),
                                try->handle, try->wanted),
                   err);
}

bool login_try_identify(struct login_try *try, struct err *err)
{
    struct job job = {.account = try->login.account, .since = INSTANT_NONE};
    const char *ignored;
    struct step step;

    if (!may_ask(try))
        return true;
    if (!open_session(try, &job, err))
        return false;
    step = asker_run(try->asker, try->login.adapter->identify, &job, try->login.adapter, &ignored,
                     try->arena);
    json_decref(step.receipt.server);
    return told_by(try, &step, err) && is_meant(try, &step.receipt, err);
}

/* ---- in place ---- */

/* Root logs in for the service's own user, who is the only one to read it. */
static bool give_to_owner(const struct login_try *try, const char *path, struct err *err)
{
    struct stat owner;

    if (geteuid() != 0)
        return true;
    if (stat(try->invocation->state, &owner) != 0 || lchown(path, owner.st_uid, owner.st_gid) != 0)
        return err_errno(err, ERR_IO, errno, _("%s cannot be given to the owner of %s"), path,
                         try->invocation->state);
    return true;
}

static bool was_given_up(void)
{
    sigset_t waiting;

    if (sigpending(&waiting) != 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(ending); i++) {
        if (sigismember(&waiting, ending[i]) == 1)
            return true;
    }
    return false;
}

bool login_try_keep(struct login_try *try, struct err *err)
{
    const char *base = arena_printf(try->arena, "%s/credentials", try->invocation->state);
    const char *folder =
        try->login.account->live ? base : arena_printf(try->arena, "%s/test", base);

    if (was_given_up())
        return err_set(err, ERR_USAGE, _("given up; nothing was changed"));
    if (!make_folders(try->invocation->state, try->arena, err) || !give_to_owner(try, base, err) ||
        !give_to_owner(try, folder, err) || !give_to_owner(try, try->staged, err))
        return false;
    if (rename(try->staged, try->file) != 0)
        return err_errno(err, ERR_IO, errno, _("%s cannot be written"), try->file);
    return folder_sync(folder, err);
}

#include "commands/desk_client.h"
#include "commands/rows_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "campaign/reader.h"
#include "commands/plan_of_nothing.h"
#include "daemon/comparing_here.h"
#include "daemon/desk.h"
#include "daemon/lock.h"
#include "daemon/people.h"
#include "net/control_client.h"
#include "net/secrets.h"
#include "platform/registry.h"
#include "store/outbox.h"

enum { MOST_LISTED = 20 };

json_t *desk_body(const char *command)
{
    json_t *body = json_object();

    json_put(body, "command", command);
    json_put_new(body, "words", json_array());
    json_put_new(body, "options", json_object());
    json_put_new(body, "seen", json_object());
    return body;
}

void desk_word(json_t *body, const char *word)
{
    json_array_append_new(json_object_get(body, "words"), json_string(word));
}

void desk_option(json_t *body, const char *name, const char *value)
{
    json_put(json_object_get(body, "options"), name, value);
}

void print_json(const json_t *value)
{
    struct arena scratch = {0};

    (void)puts(json_write(value, &scratch, NULL));
    arena_clear(&scratch);
}

/* In-process
 * -------------------------------------------------------------------------------------------------
 */

static bool read_workspace(const struct invocation *invocation, struct workspace *workspace)
{
    static const char *const none[] = {NULL};
    struct read_options options = {.platforms = platform_facts_all(), .only = none};
    struct campaign_set set = {0};
    struct findings findings;
    struct err ignored;
    bool ok;

    findings_init(&findings, invocation->arena);
    ok = workspace_read(invocation->workspace, &options, invocation->arena, &set, &findings,
                        &ignored);
    *workspace = set.workspace;
    return ok;
}

static int offset_of(void *zone, struct instant t)
{
    return zone ? zone_offset_s(zone, t) : 0;
}

static void fill_request(const struct invocation *invocation, const struct workspace *workspace,
                         const json_t *body, struct desk_request *request)
{
    request->body = body;
    request->now = invocation->now;
    request->approval_for =
        workspace->approval_for.ms > 0 ? workspace->approval_for : span_days(35);
    request->offset_s = offset_of((void *)(uintptr_t)workspace->zone, request->now);
    request->config = workspace->config_hash;
    request->person.uid = getuid();
    request->person.login = login_of(getuid(), invocation->arena);
    request->person.roles = ROLE_EDITOR; /* whoever may open the state folder */
    request->person.actor =
        arena_printf(invocation->arena, "os:%lld:%s", (long long)getuid(), request->person.login);
}

/* Who only reads signs nothing. */
static bool open_outbox(const struct invocation *invocation, const struct workspace *workspace,
                        bool reads, unsigned char key[SIGN_KEY_BYTES], struct outbox **outbox,
                        struct err *err)
{
    static char node[256];
    struct outbox_options options = {.state = invocation->state,
                                     .audit_key = reads ? NULL : key,
                                     .node = node,
                                     .offset_s = offset_of,
                                     .offset_arg = (void *)(uintptr_t)workspace->zone};
    struct secrets *secrets = secrets_new(invocation->credentials, invocation->state);
    bool ok = reads || secrets_key(secrets, "audit-key", false, key, err);

    if (gethostname(node, sizeof node - 1) != 0)
        node[0] = '\0';
    options.origin =
        workspace->origin ? workspace->origin : arena_printf(invocation->arena, "%s/crier", node);
    ok = ok && outbox_open(&options, invocation->now, outbox, err);
    secrets_free(secrets);
    return ok;
}

/* What the daemon's engine would add to `why`. */
static bool consider_here(const struct invocation *invocation, const struct workspace *workspace,
                          struct outbox *outbox, const struct desk_request *request,
                          const struct desk_answer *answer, struct err *err)
{
    const struct considered_by by = desk_considers(request);

    return !answer->about || considered_offline(outbox, workspace, &by, answer->about,
                                                answer->result, invocation->arena, err);
}

static bool handle_here(const struct invocation *invocation, const struct workspace *workspace,
                        struct outbox *outbox, const json_t *body, struct desk_answer *answer,
                        struct err *err)
{
    struct desk_request request = {0};

    fill_request(invocation, workspace, body, &request);
    if (!outbox_begin(outbox, err))
        return false;
    if (desk_handle(outbox, &request, invocation->arena, answer, err) &&
        consider_here(invocation, workspace, outbox, &request, answer, err))
        return outbox_commit(outbox, invocation->now, err);
    outbox_rollback(outbox);
    return false;
}

static bool asks_for_plan(const json_t *body)
{
    return !strcmp(json_text(body, "command"), "plan");
}

static bool plan_here(const struct invocation *invocation, struct outbox *outbox,
                      struct desk_answer *answer, struct err *err)
{
    const struct comparing_here here = {.workspace = invocation->workspace,
                                        .state = invocation->state,
                                        .now = invocation->now};

    answer->result = comparing_here(&here, outbox, err);
    return answer->result != NULL;
}

static json_t *ask_here(const struct invocation *invocation, const json_t *body,
                        enum err_kind *kind, struct err *err)
{
    unsigned char key[SIGN_KEY_BYTES];
    struct workspace workspace = {0};
    struct desk_answer answer = {0};
    struct outbox *outbox = NULL;
    int lock = -1;
    bool ok;

    (void)read_workspace(invocation, &workspace); /* what is unreadable leaves the defaults */
    ok = lock_take(invocation->state, false, &lock, err) &&
         open_outbox(invocation, &workspace, desk_only_reads(body), key, &outbox, err) &&
         (asks_for_plan(body) ? plan_here(invocation, outbox, &answer, err)
                              : handle_here(invocation, &workspace, outbox, body, &answer, err));
    wipe(key, sizeof key);
    outbox_close(outbox);
    lock_release(lock);
    *kind = answer.kind;
    if (ok && !answer.result)
        err_set(err, answer.kind, "%s", answer.text);
    return ok ? answer.result : NULL;
}

/* A workspace whose daemon never ran: reading must not make a store. */
static json_t *nothing_planned(const struct invocation *invocation, const json_t *body,
                               enum err_kind *kind, struct err *err)
{
    struct workspace workspace;

    if (!invocation_workspace(invocation, err))
        return NULL;
    if (asks_for_plan(body)) {
        *kind = ERR_NONE;
        return plan_of_nothing(invocation, err);
    }
    if (!strcmp(json_text(body, "command"), "accounts")) {
        json_t *none = json_object();

        *kind = ERR_NONE;
        json_put_new(none, "accounts", json_array());
        return none;
    }
    if (!strcmp(json_text(body, "command"), "status")) {
        *kind = ERR_NONE;
        return desk_empty_status(read_workspace(invocation, &workspace) ? workspace.config_hash
                                                                        : NULL);
    }
    err_set(err, ERR_USAGE,
            _("there is no such delivery: nothing was ever planned here; start the daemon with "
              "'crier run'"));
    return NULL;
}

/* Through the socket
 * ---------------------------------------------------------------------------------------------- */

static json_t *take_result(json_t *answer, enum err_kind *kind, struct err *err)
{
    json_t *result = json_object_get(answer, "result");
    const char *text = json_text(answer, "text");

    *kind = (enum err_kind)json_integer_or(answer, "kind", ERR_IO);
    if (json_is_object(result))
        json_incref(result);
    else
        err_set(err, *kind == ERR_NONE ? ERR_IO : *kind, "%s", text ? text : "");
    result = json_is_object(result) ? result : NULL;
    json_decref(answer);
    return result;
}

json_t *desk_ask(const struct invocation *invocation, const json_t *body, enum err_kind *kind,
                 struct err *err)
{
    const char *socket_path =
        arena_printf(invocation->arena, "%s/control.sock", invocation->runtime);
    struct stat status;
    json_t *answer;

    if (access(socket_path, W_OK) == 0) {
        answer = control_ask_daemon(socket_path, body, err);
        if (answer)
            return take_result(answer, kind, err);
        if (err->kind != ERR_SERVICE)
            return NULL;
    } else if (errno == EACCES) {
        err_set(err, ERR_SERVICE,
                _("%s is closed to you, so Crier cannot ask the daemon; the administrator must put "
                  "you into the group 'editors' of crier.cfg, or tell you the daemon's "
                  "RUNTIME_DIRECTORY"),
                socket_path);
        return NULL;
    }
    if (desk_only_reads(body) &&
        stat(arena_printf(invocation->arena, "%s/outbox.db", invocation->state), &status) != 0 &&
        errno == ENOENT)
        return nothing_planned(invocation, body, kind, err);
    if (stat(invocation->state, &status) != 0) {
        if (!invocation_workspace(invocation, err))
            return NULL;
        err_set(err, ERR_SERVICE,
                _("there is no state folder %s yet: nothing was ever planned here; start the "
                  "daemon with 'crier run'"),
                invocation->state);
        return NULL;
    }
    if (access(invocation->state, W_OK | X_OK) != 0) {
        err_set(err, ERR_SERVICE,
                _("the daemon is not running, and without it only its own user may look into %s; "
                  "ask the administrator to start it (systemctl start crier)"),
                invocation->state);
        return NULL;
    }
    return ask_here(invocation, body, kind, err);
}

/* Choosing
 * ----------------------------------------------------------------------------------------------------------
 */

static bool confirm(const json_t *rows, const char *doing, struct err *err)
{
    struct rows_table *table = rows_table_new();
    size_t count = json_array_size(rows), i;
    char answer[16];

    for (i = 0; i < count && i < MOST_LISTED; i++)
        rows_table_add(table, json_array_get(rows, i));
    rows_table_print(table, doing, stderr);
    if (count > MOST_LISTED)
        fprintf(stderr, _("  and %zu more\n"), count - MOST_LISTED);
    if (!isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE,
                       _("several deliveries match; nothing was done. Give the whole name of one, "
                         "or --yes for all"));
    fputs(_("Do it for all of these? Type yes: "), stderr);
    if (!fgets(answer, sizeof answer, stdin) || strcmp(answer, "yes\n") != 0)
        return err_set(err, ERR_USAGE, _("nothing was done"));
    return true;
}

/* What has ended is nobody's choice any more, unless it was named alone. */
static void drop_ended(json_t *rows)
{
    enum state state;

    for (size_t i = json_array_size(rows); i-- > 0 && json_array_size(rows) > 1;) {
        if (state_from_word(json_text(json_array_get(rows, i), "state"), &state) &&
            state_is_final(state))
            json_array_remove(rows, i);
    }
}

static bool select_among(const struct invocation *invocation, const char *name, const char *doing,
                         desk_keep keep, json_t *body, struct err *err)
{
    json_t *question = desk_body("select"), *result, *rows;
    enum err_kind kind;
    size_t i;
    bool ok;

    desk_word(question, name);
    result = desk_ask(invocation, question, &kind, err);
    json_decref(question);
    if (!result)
        return false;
    rows = json_object_get(result, "deliveries");
    keep(rows);
    ok = json_array_size(rows) == 1 || invocation_has(invocation, "yes") ||
         confirm(rows, doing, err);
    for (i = 0; ok && i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        desk_word(body, json_text(row, "id"));
        json_put(json_object_get(body, "seen"), json_text(row, "id"), json_text(row, "content"));
    }
    json_decref(result);
    return ok;
}

bool desk_select(const struct invocation *invocation, const char *name, const char *doing,
                 json_t *body, struct err *err)
{
    return select_among(invocation, name, doing, drop_ended, body, err);
}

/* Of a delivery {0} and its state {1}: not every decision changes that at once. */
static const struct {
    const char *command, *sentence;
} sentences[] = {
    {"approve", N_("{0} is approved, and now {1}")},
    {"publish", N_("{0} goes out as soon as nothing stands in its way; it is still {1}")},
    {"retract", N_("{0} is being taken back ('crier why' tells when it is done); it is still {1}")},
    {NULL, N_("{0} is now {1}")},
};

static const char *sentence_of(const char *command)
{
    size_t i = 0;

    while (sentences[i].command && strcmp(sentences[i].command, command) != 0)
        i++;
    return _(sentences[i].sentence);
}

static void print_left(const json_t *entry)
{
    const json_t *left = json_object_get(entry, "left");

    for (size_t i = 0; i < json_array_size(left); i++)
        printf(_("  what answers it stays: %s\n"), json_string_value(json_array_get(left, i)));
}

static void print_done(const json_t *result, const char *command, struct arena *arena)
{
    const json_t *done = json_object_get(result, "done"),
                 *refused = json_object_get(result, "refused");
    size_t i;

    for (i = 0; i < json_array_size(done); i++) {
        const json_t *entry = json_array_get(done, i);

        puts(i18n_fill(sentence_of(command),
                       (const char *const[3]){json_text(entry, "name"), json_text(entry, "state")},
                       arena));
        print_left(entry);
    }
    for (i = 0; i < json_array_size(refused); i++)
        fprintf(stderr, _("%s: not done: %s\n"), json_text(json_array_get(refused, i), "name"),
                json_text(json_array_get(refused, i), "why"));
}

bool desk_decide(const struct invocation *invocation, json_t *body, const char *doing,
                 struct err *err)
{
    return desk_decide_among(invocation, body, doing, drop_ended, err);
}

bool desk_decide_among(const struct invocation *invocation, json_t *body, const char *doing,
                       desk_keep keep, struct err *err)
{
    enum err_kind kind = ERR_NONE;
    json_t *result;
    size_t i;

    for (i = 0; i < invocation->word_count; i++) {
        if (!select_among(invocation, invocation->words[i], doing, keep, body, err))
            return false;
    }
    result = desk_ask(invocation, body, &kind, err);
    if (!result)
        return false;
    if (invocation->json)
        print_json(result);
    else
        print_done(result, json_text(body, "command"), invocation->arena);
    json_decref(result);
    if (kind == ERR_FOUND) {
        err->kind = ERR_FOUND;
        err->text[0] = '\0';
        return false;
    }
    return true;
}

/* Requests of the control socket to the desk, and back. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "daemon/credentials.h"
#include "daemon/desk.h"
#include "daemon/internal.h"
#include "daemon/people.h"
#include "platform/registry.h"

enum { NOBODY_UID = 65534 };

struct ask {
    struct control_call *call; /* NULL: the daemon's own hold */
    json_t *body;
    struct desk_request request;
    struct desk_answer answer;
    struct deliveries changed;
    struct flags flags;
    bool announced; /* the flag is in force already */
};

/* ---- who asks ---- */

static bool is_in_group(const struct peer *peer, const char *name)
{
    gid_t group;
    size_t i;

    if (!group_find(name, &group))
        return false;
    for (i = 0; i < peer->group_count; i++) {
        if (peer->groups[i] == group)
            return true;
    }
    return false;
}

static struct person person_of(const struct peer *peer, const struct workspace *workspace,
                               struct arena *arena)
{
    struct person person = {.uid = peer->uid, .login = login_of(peer->uid, arena)};

    person.is_person = peer->uid != 0 && peer->uid != NOBODY_UID && peer->uid != getuid();
    if (is_in_group(peer, workspace->editors))
        person.roles |= ROLE_EDITOR;
    if (is_in_group(peer, workspace->approvers))
        person.roles |= ROLE_APPROVER;
    person.actor = arena_printf(arena, "os:%lld:%s", (long long)person.uid, person.login);
    return person;
}

/* ---- what it may rest on ---- */

/* On the store thread the workspace may be gone: what is needed of it is copied. */
static void fill_request(struct daemon *daemon, struct ask *ask, struct arena *arena)
{
    const struct workspace *workspace = &daemon->config->set.workspace;
    struct desk_request *request = &ask->request;

    request->body = ask->body;
    request->now = daemon_now(daemon);
    request->approval_for = workspace->approval_for;
    request->approvals_asked = workspace_asks_approvals(workspace);
    request->offset_s = workspace->zone ? zone_offset_s(workspace->zone, request->now) : 0;
    request->daemon = true;
    request->pid = getpid();
    request->since = daemon->since;
    request->config = arena_text(arena, workspace->config_hash);
}

/* ---- on the store thread ---- */

/* Parts of a thread wait for what a person has just said to be public. */
static bool read_answers(struct task *task, struct outbox *outbox, struct ask *ask,
                         const struct delivery *row, struct err *err)
{
    struct deliveries answers;
    const struct delivery **items;
    size_t room = ask->answer.changed_count + 1;

    if (!outbox_answers(outbox, row->id, &task->arena, &answers, err))
        return false;
    if (answers.count == 0)
        return true;
    room += answers.count + ask->changed.count;
    items = arena_array(&task->arena, room, sizeof *items);
    for (size_t i = 0; i < ask->changed.count; i++)
        items[i] = ask->changed.items[i];
    for (size_t i = 0; i < answers.count; i++)
        items[ask->changed.count++] = answers.items[i];
    ask->changed.items = items;
    return true;
}

static bool read_after(struct task *task, struct outbox *outbox, struct ask *ask, struct err *err)
{
    const struct desk_answer *answer = &ask->answer;
    const struct flag *flags;
    size_t i;

    ask->changed = (struct deliveries){0};
    ask->changed.items =
        arena_array(&task->arena, answer->changed_count + 1, sizeof *ask->changed.items);
    for (i = 0; i < answer->changed_count; i++) {
        struct delivery *row;
        if (!outbox_read(outbox, answer->changed_ids[i], &task->arena, &row, err))
            return false;
        ask->changed.items[ask->changed.count++] = row;
        if (row->state == STATE_PUBLISHED && !read_answers(task, outbox, ask, row, err))
            return false;
    }
    if (!outbox_flags(outbox, &task->arena, &flags, &ask->flags.count, err))
        return false;
    ask->flags.items = flags;
    return true;
}

static bool ask_work(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    struct ask *ask = task->data;

    (void)now;
    json_decref(ask->answer.result);
    ask->answer.result = NULL;
    return desk_handle(outbox, &ask->request, &task->arena, &ask->answer, err) &&
           read_after(task, outbox, ask, err);
}

/* ---- back on the loop ---- */

static void add_considered(struct daemon *daemon, struct ask *ask, const char *id,
                           struct arena *arena)
{
    struct considered_by by = desk_considers(&ask->request);

    by.now = daemon_now(daemon);
    json_put(ask->answer.result, "now", engine_why(daemon->engine, id, by.now, arena));
    if (ask->answer.about)
        considered_engine(daemon->engine, &by, ask->answer.about, ask->answer.result, arena);
}

/* What the engine knows and the store does not: why a delivery that is due waits at this moment. */
static void add_engine_why(struct daemon *daemon, struct ask *ask, struct arena *arena)
{
    const char *id = json_text(ask->answer.result, "id");
    const char *command = json_text(ask->body, "command");

    if (id && command && !strcmp(command, "why"))
        add_considered(daemon, ask, id, arena);
}

static void add_last_publish(struct daemon *daemon, const struct ask *ask)
{
    const json_t *list = json_object_get(ask->answer.result, "accounts");
    char text[INSTANT_TEXT];
    json_t *account;
    size_t i;

    json_array_foreach(list, i, account)
    {
        struct instant last = engine_last_publish(daemon->engine, json_text(account, "account"));

        if (!instant_is_none(last))
            json_put(account, "last_publish",
                     instant_local(last, ask->request.offset_s, false, text));
    }
}

/* Of accounts the engine knows more than the store, and the files of credentials may be ours only.
 */
static void add_to_accounts(struct daemon *daemon, struct ask *ask)
{
    const char *command = json_text(ask->body, "command");

    if (!ask->answer.result || !command || strcmp(command, "accounts") != 0)
        return;
    add_last_publish(daemon, ask);
    json_put_new(ask->answer.result, "credentials",
                 credentials_judged(daemon->options->credentials, daemon->options->state,
                                    &daemon->config->set.workspace));
}

/* What is being made of media at this moment. */
static void add_rendering(struct daemon *daemon, const struct ask *ask)
{
    const char *command = json_text(ask->body, "command");
    struct rendering_now now;
    json_t *object;

    if (!ask->answer.result || !command || strcmp(command, "status") != 0 ||
        !planner_makes(daemon->planner, &now))
        return;
    object = json_object();
    json_put(object, "file", now.file);
    json_put_integer(object, "percent", (int64_t)(now.done * 100 / now.all));
    json_put_integer(object, "left", (int64_t)now.left);
    json_put_new(ask->answer.result, "rendering", object);
}

static void ask_done(struct task *task)
{
    struct daemon *daemon = task->daemon;
    struct ask *ask = task->data;

    if (ask->answer.flags_changed) {
        daemon_take_flags(daemon, &ask->flags);
        daemon_tell_flags(daemon);
    }
    daemon_tell_rows(daemon, &ask->changed);
    if (ask->changed.count > 0)
        loading_due_all(daemon);
    add_engine_why(daemon, ask, &task->arena);
    add_to_accounts(daemon, ask);
    add_rendering(daemon, ask);
    if (ask->call)
        control_answer(ask->call, ask->answer.kind, ask->answer.text, ask->answer.result);
    json_decref(ask->answer.result);
    json_decref(ask->body);
}

/* A hold is in force from this moment, before it is durable: the acknowledgement waits for the
 * commit. */
static void forbid_at_once(struct daemon *daemon, const json_t *body)
{
    const char *command = json_text(body, "command");
    size_t count = daemon->flags.count;
    struct flag chosen, *all;

    if (!command || strcmp(command, "hold") != 0 || !desk_chosen_flag(body, &chosen))
        return;
    all = arena_array(&daemon->flags_arena, count + 1, sizeof *all);
    if (count)
        memcpy(all, daemon->flags.items, count * sizeof *all);
    chosen.name = arena_text(&daemon->flags_arena, chosen.name);
    all[count] = chosen;
    daemon->flags = (struct flags){all, count + 1};
    daemon_tell_flags(daemon);
}

static struct task *ask_new(struct daemon *daemon, struct control_call *call, json_t *body)
{
    struct task *task = task_new(daemon, sizeof(struct ask), ask_work, ask_done);
    struct ask *ask = task->data;

    ask->call = call;
    ask->body = body;
    fill_request(daemon, ask, &task->arena);
    return task;
}

static void ask_submit(struct task *task, struct person person)
{
    struct ask *ask = task->data;

    ask->request.person = person;
    forbid_at_once(task->daemon, ask->body);
    task_submit(task, desk_only_reads(ask->body));
}

/* ---- a credential was put in (`crier login`): it is read again, nothing is stored ---- */

static bool read_credential(struct daemon *daemon, const char *name, struct err *err)
{
    const struct account *account =
        name ? workspace_account(&daemon->config->set.workspace, name) : NULL;

    if (!account)
        return err_set(err, ERR_USAGE, _("the daemon knows no account \"%s\""), name ? name : "");
    if (!secrets_load(daemon->secrets, account, adapter_by_name(account->platform), err))
        return false;
    loading_login(daemon, account);
    return true;
}

struct login_ask {
    struct control_call *call;
    const char *name; /* of the account; NULL = none was named */
};

static bool login_work(struct task *task, struct outbox *outbox, struct instant now,
                       struct err *err)
{
    (void)task;
    (void)outbox;
    (void)now;
    (void)err;
    return true;
}

static void login_done(struct task *task)
{
    const struct login_ask *ask = task->data;
    struct err err = {0};
    json_t *result = NULL;

    if (read_credential(task->daemon, ask->name, &err)) {
        result = json_object();
        json_put(result, "account", ask->name);
    }
    control_answer(ask->call, err.kind, err.text, result);
    json_decref(result);
}

static bool asks_for_login(struct daemon *daemon, struct control_call *call, const json_t *body)
{
    const char *command = json_text(body, "command");
    struct task *task;
    struct login_ask *ask;

    if (!command || strcmp(command, "login") != 0)
        return false;
    task = task_new(daemon, sizeof *ask, login_work, login_done);
    ask = task->data;
    ask->call = call;
    ask->name = arena_text(&task->arena,
                           json_string_value(json_array_get(json_object_get(body, "words"), 0)));
    task_submit(task, true);
    return true;
}

static bool asks_to_reconcile(struct daemon *daemon, struct control_call *call, const json_t *body,
                              const struct peer *peer)
{
    struct arena scratch = {0};
    const struct person person = person_of(peer, &daemon->config->set.workspace, &scratch);
    const bool asks = reconciling_ask(daemon, call, body, person.actor);

    arena_clear(&scratch);
    return asks;
}

static bool asks_to_compare(struct daemon *daemon, struct control_call *call, const json_t *body,
                            const struct peer *peer)
{
    struct arena scratch = {0};
    const struct person person = person_of(peer, &daemon->config->set.workspace, &scratch);
    const bool asks = comparing_ask(daemon, call, body, &person);

    arena_clear(&scratch);
    return asks;
}

void asking(void *arg, struct control_call *call, const json_t *body, const struct peer *peer)
{
    struct daemon *daemon = arg;
    struct task *task;

    if (asks_for_login(daemon, call, body))
        return;
    if (asks_to_reconcile(daemon, call, body, peer))
        return;
    if (asks_to_compare(daemon, call, body, peer))
        return;
    task = ask_new(daemon, call, json_deep_copy(body));
    ask_submit(task, person_of(peer, &daemon->config->set.workspace, &task->arena));
}

void asking_as(struct daemon *daemon, json_t *body, const struct person *person)
{
    ask_submit(ask_new(daemon, NULL, body), *person);
}

void asking_hold_all(struct daemon *daemon, const char *actor)
{
    const struct person person = {.uid = getuid(), .login = "crier", .actor = actor};
    json_t *body = json_object(), *options = json_object();

    json_put(body, "command", "hold");
    json_put(options, "all", "yes");
    json_put_new(body, "options", options);
    asking_as(daemon, body, &person);
}

#include "daemon/desk.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "daemon/reloaded.h"
#include "engine/after.h"
#include "engine/budgets.h"
#include "platform/registry.h"

enum { PAGE = 1000, MOST_SELECTED = 10000 };

/* What a handler works on. */
struct desk {
    struct outbox *outbox;
    const struct desk_request *request;
    struct arena *arena;
    struct desk_answer *answer;
    struct err *err;
};

/* A failure that is the asker's business: the transaction goes on. Always true. */
static bool answer_no(struct desk *desk, enum err_kind kind, const char *text)
{
    desk->answer->kind = kind;
    (void)snprintf(desk->answer->text, sizeof desk->answer->text, "%s", text);
    return true;
}

static const json_t *options_of(const struct desk *desk)
{
    return json_object_get(desk->request->body, "options");
}

static const char *option(const struct desk *desk, const char *name)
{
    return json_text(options_of(desk), name);
}

static const char *word(const struct desk *desk, size_t index)
{
    return json_string_value(json_array_get(json_object_get(desk->request->body, "words"), index));
}

static size_t word_count(const struct desk *desk)
{
    return json_array_size(json_object_get(desk->request->body, "words"));
}

static void put_time(const struct desk *desk, json_t *object, const char *member, struct instant t)
{
    char text[INSTANT_TEXT];

    json_put(object, member,
             instant_is_none(t) ? NULL : instant_local(t, desk->request->offset_s, false, text));
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

json_t *desk_delivery_json(const struct delivery *delivery, int offset_s, struct arena *arena)
{
    json_t *object = json_object();
    char text[INSTANT_TEXT];

    json_put(object, "id", delivery->id);
    json_put(object, "name", delivery_name(delivery, arena));
    json_put(object, "account", delivery->account);
    json_put(object, "platform", delivery->platform);
    json_put(object, "state", state_word(delivery->state));
    json_put(object, "reason", or_null(delivery->reason));
    json_put(object, "note", or_null(delivery->note));
    json_put(object, "due", instant_local(delivery->at, offset_s, false, text));
    json_put(object, "useful_until", instant_local(delivery->useful_until, offset_s, false, text));
    json_put_integer(object, "attempts", delivery->attempts);
    json_put(object, "content", delivery->content_hash);
    json_put_integer(object, "approvals", delivery->approvals);
    json_put(object, "remote_id", or_null(delivery->remote_id));
    json_put(object, "url", or_null(delivery->url));
    json_put_new(object, "after",
                 *delivery->after ? json_incref(after_read(delivery->after, arena)) : NULL);
    json_put(object, "answers", or_null(delivery->parent));
    json_put(object, "published",
             instant_is_none(delivery->published)
                 ? NULL
                 : instant_local(delivery->published, offset_s, false, text));
    return object;
}

static json_t *delivery_json(const struct desk *desk, const struct delivery *delivery)
{
    return desk_delivery_json(delivery, desk->request->offset_s, desk->arena);
}

/* ---- status ---- */

static bool put_counts(struct desk *desk, json_t *result)
{
    int64_t counts[STATE_COUNT];
    json_t *object = json_object();
    int state;

    json_put_new(result, "counts", object);
    if (!outbox_counts(desk->outbox, counts, desk->err))
        return false;
    for (state = 0; state < STATE_COUNT; state++)
        json_put_integer(object, state_word((enum state)state), counts[state]);
    return true;
}

static bool put_flags(struct desk *desk, json_t *result)
{
    const struct flag *flags;
    size_t count, i;
    bool all = false;
    json_t *list = json_array();

    json_put_new(result, "holds", list);
    if (!outbox_flags(desk->outbox, desk->arena, &flags, &count, desk->err))
        return false;
    for (i = 0; i < count; i++) {
        json_t *flag = json_object();
        all = all || flags[i].scope == FLAG_ALL;
        json_put(flag, "scope", flag_scope_word(flags[i].scope));
        json_put(flag, "name", or_null(flags[i].name));
        json_array_append_new(list, flag);
    }
    json_put_bool(result, "hold_all", all);
    return true;
}

/* The platform's name stands first in the identity. */
static const struct adapter *adapter_of(const struct desk *desk, const struct account_state *state)
{
    const size_t length = strcspn(state->identity, "|");

    return adapter_by_name(arena_text_n(desk->arena, state->identity, length));
}

static json_t *budget_json(const struct desk *desk, const json_t *spent,
                           const struct budget *budget)
{
    const struct budget_use use = budget_use(spent, budget, desk->request->now);
    json_t *object = json_object();

    json_put(object, "budget", budget->word);
    json_put_integer(object, "most", budget->most);
    put_time(desk, object, "until", use.until);
    json_put_integer(object, "used", use.used);
    json_put_integer(object, "window_s", budget->window.ms / 1000);
    return object;
}

/* What is used of each, and until when nothing more goes out. */
static json_t *budgets_json(const struct desk *desk, const struct account_state *state)
{
    const struct adapter *adapter = adapter_of(desk, state);
    const struct budget *budget = adapter ? adapter->facts->limits->budgets : NULL;
    const json_t *spent = spent_read(state->spent, desk->arena);
    json_t *list = json_array();

    for (; budget && budget->word; budget++)
        json_array_append_new(list, budget_json(desk, spent, budget));
    return list;
}

static json_t *account_json(const struct desk *desk, const struct account_state *state)
{
    json_t *object = json_object();

    json_put(object, "account", state->account);
    json_put(object, "handle", or_null(state->handle));
    json_put(object, "remote_id", or_null(state->remote_id));
    json_put(object, "scopes", or_null(state->scopes));
    put_time(desk, object, "ends", state->ends);
    put_time(desk, object, "identified", state->identified);
    json_put_bool(object, "session", *state->tokens != '\0');
    put_time(desk, object, "session_until", state->tokens_until);
    json_put(object, "paused", or_null(state->paused));
    put_time(desk, object, "paused_since", state->paused_since);
    put_time(desk, object, "last_publish", state->last_publish);
    put_time(desk, object, "retry_at", state->retry_at);
    json_put(object, "scopes", or_null(state->scopes));
    put_time(desk, object, "ends", state->ends);
    put_time(desk, object, "identified", state->identified);
    json_put_new(object, "budgets", budgets_json(desk, state));
    return object;
}

static bool put_accounts(struct desk *desk, json_t *result)
{
    const struct account_state *states;
    size_t count, i;
    json_t *list = json_array();

    json_put_new(result, "accounts", list);
    if (!outbox_accounts(desk->outbox, desk->arena, &states, &count, desk->err))
        return false;
    for (i = 0; i < count; i++)
        json_array_append_new(list, account_json(desk, &states[i]));
    return true;
}

static bool put_page(struct desk *desk, json_t *result)
{
    struct outbox_filter filter = {
        .from = INSTANT_NONE, .until = INSTANT_NONE, .after_at = INSTANT_NONE, .limit = PAGE};
    struct deliveries rows;
    json_t *list = json_array(), *next;
    size_t i;

    json_put_new(result, "deliveries", list);
    filter.after_id = option(desk, "after_id");
    if (filter.after_id)
        filter.after_at.ms = json_integer_or(options_of(desk), "after_at", 0);
    if (!outbox_list(desk->outbox, &filter, desk->arena, &rows, desk->err))
        return false;
    for (i = 0; i < rows.count; i++)
        json_array_append_new(list, delivery_json(desk, rows.items[i]));
    next = rows.count == PAGE ? json_object() : NULL;
    if (next) {
        json_put(next, "after_id", rows.items[PAGE - 1]->id);
        json_put_integer(next, "after_at", rows.items[PAGE - 1]->at.ms);
    }
    json_put_new(result, "next", next);
    return true;
}

static void put_daemon(const struct desk_request *request, json_t *result)
{
    json_t *daemon = json_object();
    char since[INSTANT_TEXT];

    json_put_bool(daemon, "running", request->daemon);
    json_put_new(daemon, "pid", request->daemon ? json_integer(request->pid) : NULL);
    json_put(daemon, "since",
             request->daemon ? instant_local(request->since, request->offset_s, false, since)
                             : NULL);
    json_put(daemon, "config", request->config);
    json_put_new(result, "daemon", daemon);
    json_put_new(result, "rendering", NULL); /* the daemon itself knows */
}

json_t *desk_empty_status(const char *config)
{
    static const char *const lists[] = {"holds", "accounts", "problems", "deliveries"};
    const struct desk_request request = {.config = config};
    json_t *result = json_object(), *counts = json_object();
    size_t i;
    int state;

    put_daemon(&request, result);
    json_put_bool(result, "hold_all", false);
    json_put_new(result, "counts", counts);
    for (state = 0; state < STATE_COUNT; state++)
        json_put_integer(counts, state_word((enum state)state), 0);
    for (i = 0; i < COUNT_OF(lists); i++)
        json_put_new(result, lists[i], json_array());
    json_put_new(result, "reload", reloaded_none());
    return result;
}

static bool put_reload(struct desk *desk, json_t *result)
{
    json_t *reload = NULL;

    if (!reloaded_read(desk->outbox, desk->request->offset_s, desk->arena, &reload, desk->err))
        return false;
    json_put_new(result, "reload", reload);
    return true;
}

static bool handle_status(struct desk *desk)
{
    json_t *result = json_object();
    const char *problems = NULL;

    desk->answer->result = result;
    put_daemon(desk->request, result);
    if (!outbox_value(desk->outbox, "problems", desk->arena, &problems, desk->err))
        return false;
    json_put_new(result, "problems", json_array());
    if (problems) {
        struct err ignored;
        json_t *list = json_read_own(problems, strlen(problems), &ignored);
        if (list)
            json_put_new(result, "problems", list);
    }
    return put_reload(desk, result) && put_flags(desk, result) && put_counts(desk, result) &&
           put_accounts(desk, result) && put_page(desk, result);
}

static bool handle_accounts(struct desk *desk)
{
    desk->answer->result = json_object();
    return put_accounts(desk, desk->answer->result);
}

/* ---- selecting ---- */

/* "*" is all; a star at the end of a beginning adds nothing to it. */
static const char *prefix_of(const struct desk *desk, const char *name)
{
    size_t length = strlen(name);

    if (length > 0 && name[length - 1] == '*')
        length--;
    return length > 0 ? arena_text_n(desk->arena, name, length) : NULL;
}

static bool select_beginning(struct desk *desk, const char *prefix, struct deliveries *rows)
{
    struct outbox_filter filter = {
        .prefix = prefix,
        .from = INSTANT_NONE,
        .until = INSTANT_NONE,
        .after_at = INSTANT_NONE,
        .limit = MOST_SELECTED,
    };

    return outbox_list(desk->outbox, &filter, desk->arena, rows, desk->err);
}

/* "traffic/helmet" is that post where there is one, and not traffic/helmet-film besides; a star
 * ("traffic/helmet*") or a beginning that is no post's name means all that begin with it. */
static bool select_rows(struct desk *desk, const char *name, struct deliveries *rows)
{
    if (strchr(name, '/') && !strpbrk(name, "@*")) {
        if (!select_beginning(desk, arena_printf(desk->arena, "%s@", name), rows))
            return false;
        if (rows->count > 0)
            return true;
    }
    return select_beginning(desk, prefix_of(desk, name), rows);
}

static const struct delivery *exact_match(const struct desk *desk, const char *name,
                                          const struct deliveries *rows)
{
    size_t i;

    for (i = 0; i < rows->count; i++) {
        if (!strcmp(rows->items[i]->id, name) ||
            !strcmp(delivery_name(rows->items[i], desk->arena), name))
            return rows->items[i];
    }
    return NULL;
}

static bool no_such_delivery(struct desk *desk, const char *name)
{
    return answer_no(
        desk, ERR_USAGE,
        arena_printf(
            desk->arena,
            _("there is no delivery \"%s\"; names look like traffic/helmet@once/toots, their "
              "beginning is enough (traffic/helmet), and 'crier status --json' lists them all"),
            name));
}

static bool handle_select(struct desk *desk)
{
    const char *name = word(desk, 0);
    struct deliveries rows = {0};
    const struct delivery *one;
    json_t *list;
    size_t i;

    if (!name)
        return answer_no(desk, ERR_USAGE, _("say which delivery"));
    if (!select_rows(desk, name, &rows))
        return false;
    if (rows.count == 0)
        return no_such_delivery(desk, name);
    if (rows.count == MOST_SELECTED)
        return answer_no(desk, ERR_USAGE,
                         _("too many deliveries match; name fewer of them, or hold and release by "
                           "--all, --campaign or --account"));
    one = exact_match(desk, name, &rows);
    list = json_array();
    for (i = 0; i < rows.count; i++) {
        if (!one || rows.items[i] == one)
            json_array_append_new(list, delivery_json(desk, rows.items[i]));
    }
    desk->answer->result = json_object();
    json_put_new(desk->answer->result, "deliveries", list);
    return true;
}

/* ---- deciding ---- */

static void note_changed(struct desk *desk, const char *id)
{
    struct desk_answer *answer = desk->answer;
    const char **slot = arena_push(desk->arena, &answer->changed_ids, &answer->changed_count,
                                   &answer->changed_capacity, sizeof *slot);

    *slot = arena_text(desk->arena, id);
}

static bool write_decided(struct desk *desk, const struct decided *decided, const char **problem)
{
    enum written written = WRITTEN;
    const char *twin = NULL;
    size_t i;

    if (decided->approves && !outbox_approve(desk->outbox, &decided->approval, desk->err))
        return false;
    for (i = 0; i < decided->change_count && written == WRITTEN; i++) {
        if (!outbox_change(desk->outbox, &decided->changes[i], desk->request->now, desk->arena,
                           &written, &twin, desk->err))
            return false;
    }
    if (written != WRITTEN)
        *problem = _("it changed at this very moment; look again and repeat");
    return true;
}

/* A decision is about the content that its person was shown: `seen` has its hash by id. */
static bool changed_since_seen(const struct desk *desk, const struct delivery *row)
{
    const char *seen = json_text(json_object_get(desk->request->body, "seen"), row->id);

    return seen && strcmp(seen, row->content_hash) != 0;
}

/* Why the row's present state of affairs forbids the decision, whoever makes it; NULL = nothing
 * does. */
static bool forbidden(struct desk *desk, enum decision decision, const struct delivery *row,
                      const char **why)
{
    struct instant missing;
    bool same = true;

    *why = NULL;
    if (changed_since_seen(desk, row))
        *why = _("its content changed since it was listed for you; look at it again, then repeat");
    if (decision == DECISION_RETRACT &&
        !outbox_same_account(desk->outbox, row->id, &same, desk->err))
        return false;
    if (!same)
        *why = _("crier.cfg means another account by this name than when it was sent; remove it by "
                 "hand where it stands");
    if (decision != DECISION_RELEASE && decision != DECISION_RESOLVE_ABSENT &&
        decision != DECISION_PUBLISH)
        return true;
    if (!outbox_missing_since(desk->outbox, row->id, &missing, desk->err))
        return false;
    if (!instant_is_none(missing))
        *why = _("its post is gone from its campaign file; put it back there first");
    return true;
}

/* What stays when a part of a thread is taken back: the parts that answer it. */
static bool put_left(struct desk *desk, const struct delivery *row, json_t *entry)
{
    struct deliveries answers;
    json_t *list = json_array();

    json_put_new(entry, "left", list);
    if (!outbox_answers(desk->outbox, row->id, desk->arena, &answers, desk->err))
        return false;
    for (size_t i = 0; i < answers.count; i++) {
        if (answers.items[i]->state == STATE_PUBLISHED)
            json_array_append_new(list, json_string(delivery_name(answers.items[i], desk->arena)));
    }
    return true;
}

static bool decide_one(struct desk *desk, enum decision decision, const char *id, const char *url,
                       json_t *done, json_t *refused)
{
    const struct desk_request *request = desk->request;
    const struct approval *approvals;
    struct delivery *row;
    struct decided decided;
    const char *problem = NULL;
    json_t *entry;
    size_t count;

    if (!outbox_read(desk->outbox, id, desk->arena, &row, desk->err))
        return desk->err->kind == ERR_USAGE && no_such_delivery(desk, id);
    if (!outbox_approvals(desk->outbox, id, desk->arena, &approvals, &count, desk->err))
        return false;
    if (!forbidden(desk, decision, row, &problem))
        return false;
    decided = decide(decision, row, approvals, count, request->approval_for, &request->person, url,
                     request->now, desk->arena);
    if (!problem && !decided.allowed)
        problem = decided.why;
    if (!problem && !write_decided(desk, &decided, &problem))
        return false;
    entry = json_object();
    json_put(entry, "id", row->id);
    json_put(entry, "name", delivery_name(row, desk->arena));
    if (problem) {
        json_put(entry, "why", problem);
        json_array_append_new(refused, entry);
        return true;
    }
    note_changed(desk, row->id);
    json_put(entry, "state", state_word(decided.changes[decided.change_count - 1].after->state));
    json_array_append_new(done, entry);
    return decision != DECISION_RETRACT || put_left(desk, row, entry);
}

static bool decide_all(struct desk *desk, enum decision decision, const char *url)
{
    json_t *done = json_array(), *refused = json_array();
    size_t i;

    desk->answer->result = json_object();
    json_put_new(desk->answer->result, "done", done);
    json_put_new(desk->answer->result, "refused", refused);
    for (i = 0; i < word_count(desk); i++) {
        const char *id = word(desk, i);
        if (id && !decide_one(desk, decision, id, url, done, refused))
            return false;
    }
    if (json_array_size(refused) > 0 && desk->answer->kind == ERR_NONE)
        desk->answer->kind = ERR_FOUND;
    return true;
}

static bool needs_daemon(struct desk *desk)
{
    return answer_no(desk, ERR_SERVICE,
                     _("the daemon is not running, and this needs it; start it with 'crier run' "
                       "(or systemctl start crier), "
                       "then repeat"));
}

static bool handle_approve(struct desk *desk)
{
    return desk->request->daemon ? decide_all(desk, DECISION_APPROVE, NULL) : needs_daemon(desk);
}

static bool handle_reject(struct desk *desk)
{
    return desk->request->daemon ? decide_all(desk, DECISION_REJECT, NULL) : needs_daemon(desk);
}

static bool handle_cancel(struct desk *desk)
{
    return decide_all(desk, DECISION_CANCEL, NULL);
}

static bool handle_resolve(struct desk *desk)
{
    const char *url = option(desk, "published");

    if (!desk->request->daemon)
        return needs_daemon(desk);
    if (url && word_count(desk) > 1)
        return answer_no(desk, ERR_USAGE,
                         _("an address belongs to one delivery; give the whole name of that one"));
    if (url)
        return decide_all(desk, DECISION_RESOLVE_PUBLISHED, url);
    if (option(desk, "absent"))
        return decide_all(desk, DECISION_RESOLVE_ABSENT, NULL);
    if (option(desk, "cancel"))
        return decide_all(desk, DECISION_RESOLVE_CANCEL, NULL);
    return answer_no(desk, ERR_USAGE,
                     _("say what is true: --published URL (it is public there), --absent (it is "
                       "not, send it), or --cancel "
                       "(give it up)"));
}

static bool handle_retract(struct desk *desk)
{
    return desk->request->daemon ? decide_all(desk, DECISION_RETRACT, NULL) : needs_daemon(desk);
}

static bool handle_publish(struct desk *desk)
{
    return desk->request->daemon ? decide_all(desk, DECISION_PUBLISH, NULL) : needs_daemon(desk);
}

/* ---- flags: hold --all and its kin ---- */

bool desk_chosen_flag(const json_t *body, struct flag *flag)
{
    const json_t *options = json_object_get(body, "options");

    for (flag->scope = FLAG_ALL; flag->scope <= FLAG_CLASS; flag->scope++) {
        flag->name = json_text(options, flag_scope_word(flag->scope));
        if (flag->name) {
            flag->name = flag->scope == FLAG_ALL ? "" : flag->name;
            return true;
        }
    }
    return false;
}

static bool flag_is_set(struct desk *desk, const struct flag *flag, bool *set)
{
    const struct flag *flags;
    size_t count, i;

    *set = false;
    if (!outbox_flags(desk->outbox, desk->arena, &flags, &count, desk->err))
        return false;
    for (i = 0; i < count; i++)
        *set = *set || (flags[i].scope == flag->scope && !strcmp(flags[i].name, flag->name));
    return true;
}

static bool set_flag(struct desk *desk, const struct flag *flag, bool on)
{
    const char *scope = flag_scope_word(flag->scope), *name = flag->name;
    json_t *facts;
    bool was = false;
    char *text;

    if (!flag_is_set(desk, flag, &was))
        return false;
    facts = json_object();

    json_put(facts, "scope", scope);
    json_put(facts, "name", or_null(name));
    text = json_write(facts, desk->arena, NULL);
    json_decref(facts);
    desk->answer->flags_changed = true;
    desk->answer->result = json_object();
    json_put(desk->answer->result, "scope", scope);
    json_put(desk->answer->result, "name", or_null(name));
    json_put_bool(desk->answer->result, "held", on);
    json_put_bool(desk->answer->result, "changed", was != on);
    return outbox_flag_set(desk->outbox, scope, name, on, desk->err) &&
           put_flags(desk, desk->answer->result) &&
           outbox_note(desk->outbox, on ? "hold" : "release", desk->request->person.actor, text,
                       desk->request->now, desk->err);
}

static bool handle_hold(struct desk *desk)
{
    struct flag flag;

    if (desk_chosen_flag(desk->request->body, &flag))
        return set_flag(desk, &flag, true);
    return decide_all(desk, DECISION_HOLD, NULL);
}

static bool handle_release(struct desk *desk)
{
    struct flag flag;

    if (!desk->request->daemon)
        return needs_daemon(desk);
    if (!desk_chosen_flag(desk->request->body, &flag))
        return decide_all(desk, DECISION_RELEASE, NULL);
    if (desk->request->approvals_asked &&
        (!desk->request->person.is_person || !(desk->request->person.roles & ROLE_APPROVER)))
        return answer_no(desk, ERR_FOUND,
                         _("a hold is lifted by an approver under a login of their own; ask one of "
                           "the group 'approvers'"));
    return set_flag(desk, &flag, false);
}

/* ---- why ---- */

static bool put_approvals(struct desk *desk, json_t *object, const struct delivery *row)
{
    const struct approval *approvals;
    json_t *list = json_array();
    size_t count, i;

    json_put_new(object, "approved_by", list);
    if (!outbox_approvals(desk->outbox, row->id, desk->arena, &approvals, &count, desk->err))
        return false;
    for (i = 0; i < count; i++) {
        json_t *entry = json_object();
        bool valid = approvals_valid(row, &approvals[i], 1, desk->request->approval_for,
                                     desk->request->now) == 1;
        json_put(entry, "login", approvals[i].login);
        put_time(desk, entry, "given", approvals[i].given);
        json_put_bool(entry, "valid", valid);
        json_array_append_new(list, entry);
    }
    return true;
}

static bool put_history(struct desk *desk, json_t *object, const struct delivery *row)
{
    json_t *list = json_array();
    struct history history;
    struct err ignored;
    size_t i;

    json_put_new(object, "history", list);
    if (!outbox_history(desk->outbox, row->id, desk->arena, &history, desk->err))
        return false;
    for (i = 0; i < history.count; i++)
        json_array_append_new(list,
                              json_read_own(history.lines[i], strlen(history.lines[i]), &ignored));
    return true;
}

/* What goes out of a file; with a recipe it is a rendition of it. */
static json_t *medium_json(const struct medium *medium)
{
    json_t *object = json_object();

    json_put(object, "file", medium->file);
    json_put(object, "sha256", or_null(medium->sha256));
    json_put(object, "alt", or_null(medium->alt));
    json_put(object, "mime", or_null(medium->mime));
    json_put(object, "recipe", or_null(medium->recipe));
    json_put_known(object, "bytes", medium->bytes);
    json_put_known(object, "width", medium->width);
    json_put_known(object, "height", medium->height);
    return object;
}

/* What the public sees or will see. */
static void put_content(json_t *object, const struct delivery *row)
{
    static const char *const members[] = {"title", "description", "text", "link"};
    struct err ignored;
    json_t *content =
        row->content ? json_read_own(row->content, strlen(row->content), &ignored) : NULL;
    json_t *media = json_array();
    size_t i;

    for (i = 0; i < COUNT_OF(members); i++)
        json_put(object, members[i], json_text(content, members[i]));
    for (i = 0; i < row->media_count; i++)
        json_array_append_new(media, medium_json(&row->media[i]));
    json_put_new(object, "media", media);
    json_decref(content);
}

struct considered_by desk_considers(const struct desk_request *request)
{
    return (struct considered_by){request->now, request->approval_for, request->offset_s};
}

static bool handle_why(struct desk *desk)
{
    const struct considered_by by = desk_considers(desk->request);
    const char *name = word(desk, 0);
    struct deliveries rows;
    const struct delivery *row;
    json_t *object;

    if (!name)
        return answer_no(desk, ERR_USAGE, _("say which delivery"));
    if (!select_rows(desk, name, &rows))
        return false;
    row = exact_match(desk, name, &rows);
    if (!row && rows.count == 1)
        row = rows.items[0];
    if (!row && rows.count > 1)
        return answer_no(
            desk, ERR_USAGE,
            arena_printf(
                desk->arena,
                _("'%s' stands for %zu deliveries; give the whole name of one, such as %s"), name,
                rows.count, delivery_name(rows.items[0], desk->arena)));
    if (!row)
        return no_such_delivery(desk, name);
    object = delivery_json(desk, row);
    desk->answer->result = object;
    json_put(object, "why", reason_sentence(row->reason));
    put_time(desk, object, "not_before", row->not_before);
    json_put(object, "file", row->file);
    put_content(object, row);
    desk->answer->about = row;
    return considered_store(desk->outbox, &by, row, object, desk->arena, desk->err) &&
           put_approvals(desk, object, row) && put_history(desk, object, row);
}

/* ---- the requests by their word ---- */

static const struct handler {
    const char *command;
    bool reads;
    bool (*run)(struct desk *desk);
} handlers[] = {
    {"accounts", true, handle_accounts},
    {"status", true, handle_status},
    {"why", true, handle_why},
    {"select", true, handle_select},
    {"approve", false, handle_approve},
    {"reject", false, handle_reject},
    {"hold", false, handle_hold},
    {"release", false, handle_release},
    {"cancel", false, handle_cancel},
    {"resolve", false, handle_resolve},
    {"retract", false, handle_retract},
    {"publish", false, handle_publish},
    {"reconcile", false, needs_daemon},
    {"plan", true, needs_daemon}, /* asked elsewhere: daemon/comparing.c, comparing_here.h */
    {"apply", false, needs_daemon},
};

static const struct handler *handler_of(const json_t *body)
{
    const char *command = json_text(body, "command");
    size_t i;

    for (i = 0; command && i < COUNT_OF(handlers); i++) {
        if (!strcmp(handlers[i].command, command))
            return &handlers[i];
    }
    return NULL;
}

bool desk_only_reads(const json_t *body)
{
    const struct handler *handler = handler_of(body);

    return handler && handler->reads;
}

bool desk_handle(struct outbox *outbox, const struct desk_request *request, struct arena *arena,
                 struct desk_answer *answer, struct err *err)
{
    const struct handler *handler = handler_of(request->body);
    struct desk desk = {
        .outbox = outbox, .request = request, .arena = arena, .answer = answer, .err = err};

    *answer = (struct desk_answer){.kind = ERR_NONE};
    if (!handler)
        return answer_no(&desk, ERR_USAGE, _("this daemon does not know that request"));
    if (!handler->run(&desk)) {
        json_decref(answer->result);
        answer->result = NULL;
        return false;
    }
    if (answer->kind != ERR_NONE && answer->kind != ERR_FOUND && answer->result) {
        json_decref(answer->result);
        answer->result = NULL;
    }
    return true;
}

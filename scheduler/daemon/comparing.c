/* What the files would change (`plan`), and `apply`: readings that are compared with the outbox.
 *
 * Both make a reading of their own. It is looked at step by step, as a reload is laid over the
 * outbox step by step, so that neither the loop nor a post that is due waits for it. To apply a
 * plan means: the same look is made again, at this moment; if it finds the same files, the same
 * changes and the same rows as the plan says, that very reading is laid over the outbox. So nothing
 * can slip in between what people saw and what is done.
 *
 * A large plan is handed out in pages: the newest one is kept until its last page is asked for. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "daemon/compared.h"
#include "daemon/internal.h"

enum { PAGE = 500 };

struct comparing {
    struct comparing *next;
    struct arena arena;
    struct control_call *call;
    bool applies;
    const char *actor;
    /* The plan to be applied, by its hashes. */
    const char *workspace, *files, *plan, *outbox;
    struct instant until; /* NONE = the horizon's end */
    /* Of the look under way. */
    struct reading *reading;
    struct compared *compared;
    struct reload *reload;
    json_t *result;
};

static void end_look(struct comparing *comparing)
{
    reload_free(comparing->reload);
    compared_free(comparing->compared);
    comparing->reload = NULL;
    comparing->compared = NULL;
}

static void comparing_end(struct comparing *comparing)
{
    end_look(comparing);
    json_decref(comparing->result);
    arena_clear(&comparing->arena);
    free(comparing);
}

void comparing_free(struct daemon *daemon)
{
    struct comparing *next;

    if (daemon->comparing) {
        if (daemon->comparing->reading)
            reading_free(daemon->comparing->reading);
        comparing_end(daemon->comparing);
    }
    for (struct comparing *each = daemon->waiting_compares; each; each = next) {
        next = each->next;
        comparing_end(each);
    }
    json_decref(daemon->compared);
}

/* ---- pages ---- */

/* The plan without those of its changes that other pages bring. */
static json_t *page_of(const json_t *plan, size_t from)
{
    const json_t *changes = json_object_get(plan, "changes");
    const size_t count = json_array_size(changes);
    json_t *page = json_copy((json_t *)(uintptr_t)plan), *some = json_array();

    for (size_t i = from; i < count && i < from + PAGE; i++)
        json_array_append(some, json_array_get(changes, i));
    json_put_new(page, "changes", some);
    json_put_new(page, "next", from + PAGE < count ? json_integer((json_int_t)from + PAGE) : NULL);
    return page;
}

static void answer_page(struct daemon *daemon, struct control_call *call, enum err_kind kind,
                        const char *text, size_t from)
{
    json_t *page = page_of(daemon->compared, from);

    control_answer(call, kind, text, page);
    if (json_is_null(json_object_get(page, "next"))) {
        json_decref(daemon->compared);
        daemon->compared = NULL;
    }
    json_decref(page);
}

static void answer_next(struct daemon *daemon, struct control_call *call, const json_t *options)
{
    const char *plan = json_text(options, "of"), *kept = NULL;
    int64_t from = json_integer_or(options, "from", 0);

    if (daemon->compared)
        kept = json_text(json_object_get(daemon->compared, "hashes"), "plan");
    if (!kept || !plan || strcmp(kept, plan) != 0 || from < 0)
        control_answer(call, ERR_BUSY, _("somebody else asked for a plan meanwhile; ask again"),
                       NULL);
    else
        answer_page(daemon, call, ERR_NONE, "", (size_t)from);
}

/* ---- the end of one ---- */

static struct comparing *take_current(struct daemon *daemon)
{
    struct comparing *current = daemon->comparing;

    daemon->comparing = NULL;
    return current;
}

static void refuse(struct daemon *daemon, enum err_kind kind, const char *text)
{
    struct comparing *current = take_current(daemon);

    control_answer(current->call, kind, text, NULL);
    comparing_end(current);
}

/* The result is kept for further pages. */
static void answer(struct daemon *daemon, enum err_kind kind, const char *text)
{
    struct comparing *current = take_current(daemon);

    json_decref(daemon->compared);
    daemon->compared = current->result;
    current->result = NULL;
    answer_page(daemon, current->call, kind, text, 0);
    comparing_end(current);
}

/* ---- applying ---- */

static bool is_same(const json_t *object, const char *member, const char *wanted)
{
    const char *is = json_text(object, member);

    return is && wanted && !strcmp(is, wanted);
}

/* NULL: it may be applied. */
static const char *why_not(const struct comparing *comparing)
{
    const json_t *hashes = json_object_get(comparing->result, "hashes");

    if (!is_same(comparing->result, "workspace", comparing->workspace))
        return _("this plan was made for another workspace; nothing was changed");
    if (!is_same(hashes, "files", comparing->files))
        return _("files have changed since the plan was made; nothing was changed. Make a new plan "
                 "and look at it");
    if (!is_same(hashes, "outbox", comparing->outbox) || !is_same(hashes, "plan", comparing->plan))
        return _("what the plan is about has changed since it was made: time has passed, something "
                 "went out, or somebody decided; nothing was changed. Make a new plan and look at "
                 "it");
    return NULL;
}

void comparing_applied(struct daemon *daemon, const struct reload_result *result)
{
    struct comparing *current = daemon->comparing;
    json_t *done;

    if (!current)
        return;
    done = json_object();
    json_put_integer(done, "added", result->inserted);
    json_put_integer(done, "changed", result->replaced);
    json_put_integer(done, "removed", result->removed);
    json_put_integer(done, "held", result->held);
    json_put_integer(done, "returned", result->returned);
    json_put_new(current->result, "applied", done);
    answer(daemon, ERR_NONE, "");
}

static void apply(struct daemon *daemon)
{
    struct comparing *comparing = daemon->comparing;
    struct reading *reading = comparing->reading;
    const char *why = why_not(comparing);

    end_look(comparing);
    comparing->reading = NULL;
    json_put(comparing->result, "refused", why);
    if (why) {
        answer(daemon, ERR_FOUND, why);
        loading_drop(daemon, reading);
        return;
    }
    reading->whole = true;
    reading->actor = arena_text(&reading->arena, comparing->actor);
    plan_pages_rewind(reading->planning->pages);
    loading_lay(daemon, reading);
}

/* ---- looking ---- */

static bool look_work(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    struct comparing *comparing = *(struct comparing **)task->data;

    compared_step(comparing->compared, outbox);
    return reload_step(comparing->reload, outbox, now, &task->arena, err) &&
           compared_ok(comparing->compared, err);
}

static void look_done(struct task *task);

static void submit_look(struct daemon *daemon)
{
    struct task *task = task_new(daemon, sizeof(struct comparing *), look_work, look_done);

    *(struct comparing **)task->data = daemon->comparing;
    task_submit(task, true);
}

static void finish_look(struct daemon *daemon)
{
    struct comparing *comparing = daemon->comparing;
    struct reading *reading = comparing->reading;

    comparing->result = compared_result(comparing->compared, reload_result(comparing->reload),
                                        reload_findings(comparing->reload));
    if (comparing->applies) {
        apply(daemon);
        return;
    }
    comparing->reading = NULL;
    end_look(comparing);
    answer(daemon, ERR_NONE, "");
    loading_drop(daemon, reading);
}

static void give_up(struct daemon *daemon, enum err_kind kind, const char *text)
{
    struct reading *reading = daemon->comparing->reading;

    daemon->comparing->reading = NULL;
    refuse(daemon, kind, text);
    loading_drop(daemon, reading);
}

static void look_done(struct task *task)
{
    struct daemon *daemon = task->daemon;
    struct reload *reload = daemon->comparing->reload;

    if (daemon->ended)
        return;
    reload_stored(reload);
    if (daemon->stopping)
        give_up(daemon, ERR_SERVICE, _("the daemon is stopping; ask again in a moment"));
    else if (reload_disturbed(reload))
        give_up(daemon, ERR_BUSY, _("the disk is full, so that nothing can be planned now"));
    else if (reload_ends(reload))
        finish_look(daemon);
    else
        submit_look(daemon);
}

static void begin_look(struct daemon *daemon, struct reading *reading)
{
    struct comparing *comparing = daemon->comparing;
    struct reload_manner manner;

    comparing->reading = reading;
    comparing->compared = compared_new(reading, daemon->options->state, daemon_now(daemon));
    manner = compared_manner(comparing->compared);
    comparing->reload = reload_new(&reading->planning->set, reading->planning->pages, reading->from,
                                   reading->until, &manner);
    submit_look(daemon);
}

/* crier.cfg has errors: nothing would change, and why. */
static void answer_broken(struct daemon *daemon, struct reading *reading)
{
    struct comparing *comparing = daemon->comparing;

    comparing->reading = NULL;
    comparing->result = compared_nothing(reading, daemon->options->state, daemon_now(daemon));
    if (comparing->applies)
        json_put(comparing->result, "refused", _("crier.cfg has errors; nothing was changed"));
    answer(daemon, comparing->applies ? ERR_FOUND : ERR_NONE, "");
    loading_drop(daemon, reading);
}

void comparing_collect(struct daemon *daemon, struct reading *reading)
{
    daemon->comparing->reading = reading;
    if (daemon->stopping)
        give_up(daemon, ERR_SERVICE, _("the daemon is stopping; ask again in a moment"));
    else if (reading->failed)
        give_up(daemon, reading->err.kind, reading->err.text);
    else if (reading->set.workspace_broken)
        answer_broken(daemon, reading);
    else if (daemon->comparing->applies && !reading->set.workspace.applies)
        give_up(daemon, ERR_USAGE,
                _("crier.cfg does not say reload = \"apply\": files count as soon as they are "
                  "saved, and there is nothing to apply"));
    else
        begin_look(daemon, reading);
}

bool comparing_next(struct daemon *daemon)
{
    struct comparing **oldest = &daemon->waiting_compares;

    if (!*oldest)
        return false;
    while ((*oldest)->next)
        oldest = &(*oldest)->next;
    daemon->comparing = *oldest;
    *oldest = NULL;
    daemon->reloading = true;
    planner_request(daemon->planner, daemon_now(daemon), daemon->comparing->until);
    return true;
}

/* ---- who asks ---- */

/* As for `cancel`: where an account asks for approvals, editors and approvers do it. */
static bool may_apply(const struct daemon *daemon, const struct person *person)
{
    return !workspace_asks_approvals(&daemon->config->set.workspace) ||
           (person->roles & (ROLE_EDITOR | ROLE_APPROVER)) != 0;
}

static void enqueue(struct daemon *daemon, struct comparing *comparing)
{
    comparing->next = daemon->waiting_compares;
    daemon->waiting_compares = comparing;
    if (!daemon->reloading)
        (void)comparing_next(daemon);
}

static struct comparing *comparing_new(struct control_call *call, const json_t *options,
                                       const struct person *person, bool applies)
{
    struct comparing *made = calloc(1, sizeof *made);
    const char *until = json_text(options, "until");

    if (!made)
        out_of_memory();
    made->call = call;
    made->applies = applies;
    made->actor = arena_text(&made->arena, person->actor);
    made->workspace = arena_text(&made->arena, json_text(options, "workspace"));
    made->files = arena_text(&made->arena, json_text(options, "files"));
    made->plan = arena_text(&made->arena, json_text(options, "plan"));
    made->outbox = arena_text(&made->arena, json_text(options, "outbox"));
    made->until = INSTANT_NONE;
    if (until && !instant_parse(until, &made->until))
        made->until = INSTANT_NONE;
    return made;
}

bool comparing_ask(struct daemon *daemon, struct control_call *call, const json_t *body,
                   const struct person *person)
{
    const char *command = json_text(body, "command");
    const json_t *options = json_object_get(body, "options");
    const bool applies = command && !strcmp(command, "apply");

    if (!applies && (!command || strcmp(command, "plan") != 0))
        return false;
    if (!applies && json_object_get(options, "from"))
        answer_next(daemon, call, options);
    else if (applies && !may_apply(daemon, person))
        control_answer(call, ERR_FOUND,
                       _("a plan is applied by an editor or an approver, under a login of their "
                         "own"),
                       NULL);
    else
        enqueue(daemon, comparing_new(call, options, person, applies));
    return true;
}

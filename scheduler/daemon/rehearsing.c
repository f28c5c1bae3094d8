/* What a rehearsal needs besides: requests in order, approvals, its end. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "daemon/internal.h"

enum { APPROVE_AHEAD_HOURS = 48, LATEST_DAYS = 8, PAGE = 1000 };

static struct rehearsal *rehearsal_of(const struct daemon *daemon)
{
    return daemon->options->rehearsal;
}

/* ---- whom it may speak to ---- */

static bool speaks_to(const struct account *account, const char *host)
{
    static const char scheme[] = "http://";
    const char *url = account->base_url;
    size_t length = strlen(host);

    return url && !strncmp(url, scheme, sizeof scheme - 1) &&
           !strncmp(url + sizeof scheme - 1, host, length) &&
           url[sizeof scheme - 1 + length] == '/';
}

bool rehearsing_allows(const struct daemon *daemon, const struct workspace *workspace,
                       struct err *err)
{
    const struct rehearsal *rehearsal = rehearsal_of(daemon);
    size_t i;

    for (i = 0; rehearsal && i < workspace->account_count; i++) {
        const struct account *account = &workspace->accounts[i];
        if (account->live || !speaks_to(account, rehearsal->host))
            return err_set(err, ERR_CONFIG,
                           _("a rehearsal speaks to its own sandbox only, and account %s does not"),
                           account->name);
    }
    return true;
}

void rehearsing_hears(const struct daemon *daemon, bool signals)
{
    sigset_t set;

    if (!rehearsal_of(daemon))
        return;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(signals ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

/* ---- approvals, by people who are nobody ---- */

static const struct person invented[] = {
    {4294900001, "rehearsal", ROLE_EDITOR | ROLE_APPROVER, true, "svc:rehearsal"},
    {4294900002, "rehearsal-2", ROLE_EDITOR | ROLE_APPROVER, true, "svc:rehearsal"},
};

struct approving {
    struct instant until;
    json_t *ids;
};

static bool list_page(struct outbox *outbox, struct outbox_filter *filter, struct arena *arena,
                      json_t *ids, bool *more, struct err *err)
{
    struct deliveries rows = {0};
    size_t i;

    if (!outbox_list(outbox, filter, arena, &rows, err))
        return false;
    for (i = 0; i < rows.count; i++)
        json_array_append_new(ids, json_string(rows.items[i]->id));
    *more = rows.count == PAGE;
    if (*more) {
        filter->after_id = rows.items[PAGE - 1]->id;
        filter->after_at = rows.items[PAGE - 1]->at;
    }
    return true;
}

static bool approving_work(struct task *task, struct outbox *outbox, struct instant now,
                           struct err *err)
{
    struct approving *approving = task->data;
    struct outbox_filter filter = {
        .states = 1u << STATE_PLANNED,
        .from = INSTANT_NONE,
        .until = approving->until,
        .after_at = INSTANT_NONE,
        .limit = PAGE,
    };
    bool more = true;

    (void)now;
    json_decref(approving->ids);
    approving->ids = json_array();
    while (more) {
        if (!list_page(outbox, &filter, &task->arena, approving->ids, &more, err))
            return false;
    }
    return true;
}

static void approving_done(struct task *task)
{
    const struct approving *approving = task->data;
    size_t i;

    for (i = 0; json_array_size(approving->ids) > 0 && i < COUNT_OF(invented); i++) {
        json_t *body = json_object();
        json_put(body, "command", "approve");
        json_put_new(body, "words", json_deep_copy(approving->ids));
        asking_as(task->daemon, body, &invented[i]);
    }
    json_decref(approving->ids);
}

/* As people do: shortly before the time, not when the plan is made, or an approval would be too old
 * at the end of the horizon. */
void rehearsing_approve(struct daemon *daemon)
{
    struct task *task;
    struct approving *approving;

    if (!rehearsal_of(daemon) || !workspace_asks_approvals(&daemon->config->set.workspace))
        return;
    task = task_new(daemon, sizeof *approving, approving_work, approving_done);
    approving = task->data;
    approving->until = instant_plus(daemon_now(daemon), span_hours(APPROVE_AHEAD_HOURS));
    approving->ids = NULL;
    task_submit(task, true);
}

/* ---- one request at a time ---- */

/* A request whose turn has not come, as text: what it was made of ends with the engine's step. */
struct kept_request {
    struct kept_request *next;
    struct arena arena;
    const char *id; /* of its delivery; "" = the account's own, which go first */
    const char *account;
    const char *request;
    struct instant due;
    int64_t ticket;
    bool fresh;
};

static bool comes_before(const struct kept_request *a, const struct kept_request *b)
{
    int order;

    if (!*a->id != !*b->id)
        return !*a->id;
    if (*a->id && a->due.ms != b->due.ms)
        return a->due.ms < b->due.ms;
    order = strcmp(a->id, b->id);
    order = order ? order : strcmp(a->account, b->account);
    return order ? order < 0 : a->ticket < b->ticket;
}

bool rehearsing_keeps(struct daemon *daemon, const struct action *action)
{
    const struct rehearsal *rehearsal = rehearsal_of(daemon);
    struct kept_request *kept, **link = &daemon->first_kept;

    if (!rehearsal || !rehearsal->in_order)
        return false;
    kept = calloc(1, sizeof *kept);
    if (!kept)
        out_of_memory();
    kept->id = arena_text(&kept->arena, action->delivery_id ? action->delivery_id : "");
    kept->account = arena_text(&kept->arena, action->account->name);
    kept->request = request_write(action->request, &kept->arena);
    kept->due = engine_due(daemon->engine, kept->id);
    kept->ticket = action->ticket;
    kept->fresh = action->fresh;
    while (*link && !comes_before(kept, *link))
        link = &(*link)->next;
    kept->next = *link;
    *link = kept;
    return true;
}

static void free_kept(struct kept_request *kept)
{
    arena_clear(&kept->arena);
    free(kept);
}

static void lose(struct daemon *daemon, const char *account)
{
    struct err err;

    err_set(&err, ERR_CONFIG, _("the rehearsal lost a request of account %s"), account);
    daemon_fail(daemon, &err);
}

bool rehearsing_sends(struct daemon *daemon)
{
    struct kept_request *kept = daemon->first_kept;
    const struct account *account;
    struct http_request request;
    struct err err;

    if (!kept)
        return false;
    daemon->first_kept = kept->next;
    account = workspace_account(&daemon->config->set.workspace, kept->account);
    if (account && request_read(kept->request, &kept->arena, &request, &err))
        daemon_send(daemon, kept->ticket, account, &request, kept->fresh);
    else
        lose(daemon, kept->account);
    free_kept(kept);
    return true;
}

void rehearsing_free(struct daemon *daemon)
{
    while (daemon->first_kept) {
        struct kept_request *kept = daemon->first_kept;
        daemon->first_kept = kept->next;
        free_kept(kept);
    }
}

/* ---- the end ---- */

struct ending {
    int64_t open;
};

/* What still goes on by itself: an answer, a time or a probe is waited for. */
static bool ending_work(struct task *task, struct outbox *outbox, struct instant now,
                        struct err *err)
{
    static const enum state open[] = {STATE_PLANNED, STATE_READY, STATE_PREPARING, STATE_SENDING,
                                      STATE_DOUBTFUL};
    struct ending *ending = task->data;
    int64_t counts[STATE_COUNT];
    size_t i;

    (void)now;
    ending->open = 0;
    if (!outbox_counts(outbox, counts, err))
        return false;
    for (i = 0; i < COUNT_OF(open); i++)
        ending->open += counts[open[i]];
    return true;
}

static void ending_done(struct task *task)
{
    const struct ending *ending = task->data;
    struct daemon *daemon = task->daemon;
    struct rehearsal *rehearsal = rehearsal_of(daemon);
    struct instant latest = instant_plus(rehearsal->until, span_days(LATEST_DAYS));

    daemon->end_asking = false;
    rehearsal->ended = ending->open == 0 || !instant_before(daemon_now(daemon), latest);
    if (rehearsal->ended)
        daemon_stop(daemon);
}

/* Asked once at each moment after the last one planned. */
bool rehearsing_ends(struct daemon *daemon)
{
    const struct rehearsal *rehearsal = rehearsal_of(daemon);
    struct instant now = daemon_now(daemon);

    if (!rehearsal || instant_before(now, rehearsal->until) || daemon->end_asking)
        return daemon->end_asking;
    if (daemon->end_asked.ms == now.ms || daemon->first_kept ||
        transfers_active(daemon->transfers) > 0)
        return false;
    daemon->end_asked = now;
    daemon->end_asking = true;
    task_submit(task_new(daemon, sizeof(struct ending), ending_work, ending_done), true);
    store_flush(daemon->store);
    return true;
}

void rehearsing_stalls(struct daemon *daemon, const char *why)
{
    struct err err;

    if (!rehearsal_of(daemon))
        return;
    err_set(&err, ERR_SPACE, "%s", why);
    daemon_fail(daemon, &err);
}

void rehearsing_moved(const struct daemon *daemon)
{
    const struct rehearsal *rehearsal = rehearsal_of(daemon);

    if (rehearsal && rehearsal->moved)
        rehearsal->moved(rehearsal->arg, daemon_now((struct daemon *)(uintptr_t)daemon));
}

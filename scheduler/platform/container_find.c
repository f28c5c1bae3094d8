/* The machines `find` and `retract`.
 *
 * find:
 *   asking     the container that the publish request named
 *              --PUBLISHED--> searching for the post's id
 *              --FINISHED, ERROR, EXPIRED--> not there; two minutes after the request: absent, for
 *                then nothing of it is under way any more. A dead one is made anew
 *              --IN_PROGRESS--> not there
 *              --not known there--> searching: only its words are left
 *   searching  the account's newest posts since the intent
 *              --one has our words, kind and time--> found, with its id
 *              --none or several, and the container said PUBLISHED--> read again; after three
 *                readings found, its id unknown
 *              --else--> as many as there are
 *
 * A story has no words: nothing tells ours from another, so it is never searched for. A failed
 * reading proves nothing.
 *
 * retract:
 *   deleting   --200--> done     --not there--> listing
 *   listing    --not in the list--> done, else later again. "Not there" alone is also what a token
 *              of the wrong kind is answered.
 */
#include "platform/container.h"

#include <string.h>

#include "base/i18n.h"

enum { PATIENCE = 3, SETTLED_MINUTES = 2, CLOCK_SLACK_MINUTES = 1 };
#define LIST_MOST "50"

struct search {
    const struct container_platform *platform;
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
};

/* Whether anything tells it from the account's other posts. */
static bool has_words(const struct job *job)
{
    const char *kind = job->content->more.kind;

    return job->content->text && *job->content->text && !(kind && strcmp(kind, "story") == 0);
}

static const char asking[] = "asking", searching[] = "searching", published[] = "published";

/* ---- find ---- */

/* Of the publish machine's own progress; NULL before there was one. */
static const char *container_of(const struct search *search)
{
    struct progress made;

    if (!progress_read(search->job->delivery->progress, search->arena, &made))
        return NULL;
    return graph_id_usable(json_text(made.kept, "container")) ? json_text(made.kept, "container")
                                                              : NULL;
}

static const char *since_of(const struct search *search)
{
    struct instant since = search->job->since;

    return instant_is_none(since)
               ? NULL
               : arena_printf(search->arena, "%lld", (long long)(since.ms / 1000));
}

static struct step send_list(const struct search *search, const char *state)
{
    const char *edge = search->platform->list_edge(search->job);
    const char *path = search->platform->edge(search->job, edge, search->arena);
    const struct form_field query[] = {{"fields", search->platform->post_fields},
                                       {"since", since_of(search)},
                                       {"limit", LIST_MOST},
                                       {NULL, NULL}};
    struct http_request request;

    if (!path)
        return step_retry(_("The platform's id of the account is not known yet."), INSTANT_NONE);
    request = graph_get(path, query, search->arena);
    request.signer = search->platform->signer;
    return step_send(&request, progress_write(state, NULL, search->arena));
}

static struct step send_question(const struct search *search, const char *container)
{
    struct http_request request = container_get(search->platform, search->job, container,
                                                search->platform->status_fields, search->arena);

    return step_send(&request, progress_write(asking, NULL, search->arena));
}

/* Public by the container's word, but which of the posts it is cannot be told (yet). */
static struct step unnamed(const struct search *search)
{
    const struct delivery *delivery = search->job->delivery;

    if (delivery->reads + delivery->tries < PATIENCE && has_words(search->job))
        return step_retry(_("It is public, and the platform does not list it yet."), INSTANT_NONE);
    return step_done((struct receipt){.found = 1, .not_read_back = true});
}

static struct step not_there(const struct search *search, const char *state)
{
    const char *stored = search->job->delivery->progress;
    const bool ended = strcmp(state, "IN_PROGRESS") != 0;
    const bool dead = ended && strcmp(state, "FINISHED") != 0;
    const struct instant settled =
        instant_plus(search->job->delivery->intent, span_minutes(SETTLED_MINUTES));
    const bool absent = ended && !instant_before(search->reply->received, settled);
    struct step step = step_done((struct receipt){.absent = absent});

    if (dead || (absent && container_is_stale(stored, search->arena)))
        step.progress = container_anew(stored, search->arena);
    return step;
}

static struct step search_words(const struct search *search)
{
    return has_words(search->job) ? send_list(search, searching) : step_done((struct receipt){0});
}

static struct step after_question(const struct search *search)
{
    const json_t *body = reply_is(search->reply, 200)
                             ? json_in_arena(reply_json(search->reply), search->arena)
                             : NULL;
    const char *state = json_text(body, search->platform->status);
    const struct graph_error error =
        graph_error_read(search->reply, search->platform->codes, search->arena);

    if (state && strcmp(state, "PUBLISHED") == 0)
        return has_words(search->job) ? send_list(search, published) : unnamed(search);
    if (state)
        return not_there(search, state);
    if (search->reply->fate == FATE_ANSWERED &&
        (error.meaning == GRAPH_GONE || error.meaning == GRAPH_ANEW))
        return search_words(search);
    return graph_unreadable(search->reply, search->platform->codes, search->arena);
}

static bool is_ours(const struct search *search, const json_t *post)
{
    struct instant made, earliest;

    if (!graph_id_usable(json_text(post, "id")) ||
        !search->platform->shows(search->job, post, search->arena))
        return false;
    if (instant_is_none(search->job->since) || !graph_time(json_text(post, "timestamp"), &made))
        return true;
    earliest = instant_minus(search->job->since, span_minutes(CLOCK_SLACK_MINUTES));
    return !instant_before(made, earliest);
}

static struct receipt matches_in(const struct search *search, const json_t *list)
{
    struct receipt receipt = {0};

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *post = json_array_get(list, i);

        if (!is_ours(search, post))
            continue;
        receipt.found++;
        receipt.remote_id = json_text(post, "id");
        receipt.url = receipt_url(json_text(post, "permalink"), search->arena);
    }
    return receipt;
}

static struct step after_list(const struct search *search, bool is_published)
{
    const json_t *body = reply_is(search->reply, 200)
                             ? json_in_arena(reply_json(search->reply), search->arena)
                             : NULL;
    const json_t *list = json_object_get(body, "data");
    struct receipt receipt;

    if (!json_is_array(list))
        return graph_unreadable(search->reply, search->platform->codes, search->arena);
    receipt = matches_in(search, list);
    return is_published && receipt.found != 1 ? unnamed(search) : step_done(receipt);
}

static struct step begin_search(const struct search *search)
{
    const char *container = container_of(search);

    if (container)
        return send_question(search, container);
    return search_words(search);
}

static bool is_at(const struct progress *at, const char *state)
{
    return at->state && strcmp(at->state, state) == 0;
}

struct step container_find(const struct container_platform *platform, const struct job *job,
                           const struct progress *at, const struct http_reply *reply,
                           struct arena *arena)
{
    const struct search search = {platform, job, reply, arena};

    if (!reply)
        return begin_search(&search);
    if (is_at(at, searching) || is_at(at, published))
        return after_list(&search, is_at(at, published));
    return is_at(at, asking) ? after_question(&search) : begin_search(&search);
}

/* ---- retract ---- */

static struct step send_deletion(const struct search *search)
{
    struct http_request request = graph_delete(
        graph_path(search->job, search->arena, "%s", search->job->delivery->remote_id));

    request.signer = search->platform->signer;
    return step_send(&request, progress_write("deleting", NULL, search->arena));
}

static struct step taken_back(const struct search *search)
{
    return step_done((struct receipt){.remote_id = search->job->delivery->remote_id,
                                      .url = search->job->delivery->url});
}

static struct step after_deletion(const struct search *search)
{
    const struct http_reply *reply = search->reply;
    const bool gone =
        reply->fate == FATE_ANSWERED &&
        graph_error_read(reply, search->platform->codes, search->arena).meaning == GRAPH_GONE;

    if (reply_says(reply, 200))
        return taken_back(search);
    return gone ? send_list(search, "listing")
                : graph_unreadable(reply, search->platform->codes, search->arena);
}

static struct step after_listing(const struct search *search)
{
    const json_t *body = reply_is(search->reply, 200)
                             ? json_in_arena(reply_json(search->reply), search->arena)
                             : NULL;
    const json_t *list = json_object_get(body, "data");

    if (!json_is_array(list))
        return graph_unreadable(search->reply, search->platform->codes, search->arena);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_text(json_array_get(list, i), "id");

        if (id && strcmp(id, search->job->delivery->remote_id) == 0)
            return step_retry(_("The platform lists the post, but does not remove it."),
                              INSTANT_NONE);
    }
    return taken_back(search);
}

struct step container_retract(const struct container_platform *platform, const struct job *job,
                              const struct progress *at, const struct http_reply *reply,
                              struct arena *arena)
{
    const struct search search = {platform, job, reply, arena};

    if (!graph_id_usable(job->delivery->remote_id))
        return step_refused(_("The id of this post is not known, so it cannot be removed."));
    if (!reply)
        return send_deletion(&search);
    return is_at(at, "listing") ? after_listing(&search) : after_deletion(&search);
}

/* ---- limits ---- */

/* {"data":[{"quota_usage":2,"config":{"quota_total":50,"quota_duration":86400}}]} */
static json_t *budget_of(const json_t *body)
{
    const json_t *row = json_array_get(json_object_get(body, "data"), 0);
    const json_t *config = json_object_get(row, "config");
    const int64_t most = json_integer_or(config, "quota_total", 0);
    const int64_t seconds = json_integer_or(config, "quota_duration", 0);
    json_t *budget;

    if (most <= 0 || seconds <= 0)
        return NULL;
    budget = json_object();
    json_put_integer(budget, "most", most);
    json_put_integer(budget, "used", json_integer_or(row, "quota_usage", 0));
    json_put_integer(budget, "window_s", seconds);
    return budget;
}

struct step container_limits(const struct container_platform *platform, const struct job *job,
                             const char *edge, const struct http_reply *reply, struct arena *arena)
{
    static const struct form_field query[] = {{"fields", "config,quota_usage"}, {NULL, NULL}};
    const char *path = platform->edge(job, edge, arena);
    struct http_request request;
    json_t *budget;

    if (!path)
        return step_retry(_("The platform's id of the account is not known yet."), INSTANT_NONE);
    request = graph_get(path, query, arena);
    request.signer = platform->signer;
    if (!reply)
        return step_send(&request, NULL);
    if (!reply_is(reply, 200))
        return graph_unreadable(reply, platform->codes, arena);
    budget = budget_of(json_in_arena(reply_json(reply), arena));
    return budget
               ? step_done(
                     (struct receipt){.server = json_pack("{s:{s:o}}", "budgets", "posts", budget)})
               : step_retry(_("The platform did not say what is left of its quota."), INSTANT_NONE);
}

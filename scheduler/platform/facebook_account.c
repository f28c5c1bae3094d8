/* Whose token it is, and taking a post back.
 *
 *   identify: (asking) --200, our page's id--> inspecting --any answer--> done
 *
 * What a token may do and when it ends is asked of debug_token with the token itself; an answer
 * that tells nothing is no failure. "0" is a token without an end, but access to data may end
 * before.
 */
#include <string.h>

#include "base/i18n.h"
#include "platform/facebook.h"

static struct step send_debug(const struct job *job, const json_t *who, struct arena *arena)
{
    static const struct secret_field token[] = {{"input_token", NULL, "page_token"}};
    const struct form_field none[] = {{NULL, NULL}};
    struct http_request request = graph_get(graph_path(job, arena, "debug_token"), none, arena);

    request.fields = token;
    request.field_count = COUNT_OF(token);
    request.fields_place = FIELDS_QUERY;
    return step_send(&request, progress_write("inspecting", who, arena));
}

static struct step send_me(const struct job *job, struct arena *arena)
{
    static const struct form_field fields[] = {{"fields", "id,name"}, {NULL, NULL}};
    struct http_request request = graph_get(graph_path(job, arena, "me"), fields, arena);

    return step_send(&request, progress_write("asking", NULL, arena));
}

static struct step after_me(const struct job *job, const struct http_reply *reply,
                            struct arena *arena)
{
    const json_t *body = reply_is(reply, 200) ? json_in_arena(reply_json(reply), arena) : NULL;
    const char *id = graph_id(body, "id", arena), *name = json_text(body, "name");
    const char *wanted = account_option(job->account, "page_id");

    if (!reply_is(reply, 200))
        return graph_unreadable(reply, NULL, arena);
    if (!id || !name)
        return step_retry(_("Facebook did not say whose token this is."), INSTANT_NONE);
    if (job->account->live && !wanted)
        return step_trouble(TROUBLE_IDENTITY,
                            arena_printf(arena,
                                         _("crier.cfg has no page_id for this account; the token "
                                           "is of page %s."),
                                         id));
    if (job->account->live && strcmp(wanted, id) != 0)
        return step_trouble(
            TROUBLE_IDENTITY,
            arena_printf(arena, _("The token is of page %s, but crier.cfg says page_id %.64s."), id,
                         wanted));
    return send_debug(job, body, arena);
}

/* The earlier of the two ends; 0 is none. */
static struct instant end_of(const json_t *data)
{
    static const char *const members[] = {"expires_at", "data_access_expires_at"};
    int64_t first = 0;

    for (size_t i = 0; i < COUNT_OF(members); i++) {
        const int64_t seconds = json_integer_or(data, members[i], 0);
        if (seconds > 0 && seconds < INT64_MAX / 1000 && (first == 0 || seconds < first))
            first = seconds;
    }
    if (first == 0)
        return INSTANT_NONE;
    return (struct instant){first * 1000};
}

static const char *scopes_of(const json_t *data, struct arena *arena)
{
    const json_t *list = json_object_get(data, "scopes");
    const char *text = NULL;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *scope = json_string_value(json_array_get(list, i));
        if (scope)
            text = text ? arena_printf(arena, "%s %s", text, scope) : arena_text(arena, scope);
    }
    return text;
}

static struct step after_debug(const struct progress *at, const struct http_reply *reply,
                               struct arena *arena)
{
    const json_t *body = reply_is(reply, 200) ? json_in_arena(reply_json(reply), arena) : NULL;
    const json_t *data = json_object_get(body, "data");

    return step_done((struct receipt){.remote_id = json_text(at->kept, "id"),
                                      .handle = json_text(at->kept, "name"),
                                      .url = "",
                                      .scopes = scopes_of(data, arena),
                                      .ends = end_of(data)});
}

struct step facebook_identify(const struct job *job, const struct progress *at,
                              const struct http_reply *reply, struct arena *arena)
{
    if (!reply)
        return send_me(job, arena);
    if (at->state && strcmp(at->state, "inspecting") == 0)
        return after_debug(at, reply, arena);
    return after_me(job, reply, arena);
}

struct step facebook_retract(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *arena)
{
    const char *id = job->delivery->remote_id;
    struct http_request request;

    (void)at;
    if (!graph_id_usable(id))
        return step_refused(_("The id of this post is not known, so it cannot be removed."));
    request = graph_delete(graph_path(job, arena, "%s", id));
    if (!reply)
        return step_send(&request, NULL);
    if (reply_says(reply, 200) || graph_error_read(reply, NULL, arena).meaning == GRAPH_GONE)
        return step_done((struct receipt){.remote_id = id, .url = job->delivery->url});
    return graph_unreadable(reply, NULL, arena);
}

/* The machines `refresh` and `identify`.
 *
 * Google's refresh token stays; the access token made with it lives about an hour. A refresh token
 * of a project in "Testing" ends after seven days, one that is not used for six months ends too.
 */
#include <string.h>

#include "base/i18n.h"
#include "platform/youtube.h"

/* ---- refresh ---- */

static struct step send_refresh(void)
{
    static const struct secret_field fields[] = {{"client_id", NULL, "client_id"},
                                                 {"client_secret", NULL, "client_secret"},
                                                 {"refresh_token", NULL, SECRET_REFRESH},
                                                 {"grant_type", "refresh_token", NULL}};
    struct http_request request = {.method = "POST",
                                   .path = "/token",
                                   .host = "oauth2.googleapis.com",
                                   .kind = REQUEST_UPLOAD,
                                   .signing = "none",
                                   .fields = fields,
                                   .field_count = COUNT_OF(fields),
                                   .fields_place = FIELDS_FORM,
                                   .opens_session = true,
                                   .timeout = span_seconds(30)};

    return step_send(&request, NULL);
}

static bool says(const json_t *body, const char *error)
{
    const char *said = json_text(body, "error");

    return said && strcmp(said, error) == 0;
}

static struct step after_refusal(const struct http_reply *reply, const json_t *body,
                                 struct arena *arena)
{
    if (says(body, "invalid_grant"))
        return step_trouble(TROUBLE_TOKEN,
                            _("Google does not accept the refresh token any more: it was "
                              "withdrawn, was not used for six months, or the project stands on "
                              "\"Testing\", where tokens end after seven days. Log in again."));
    if (says(body, "invalid_client") || says(body, "unauthorized_client"))
        return step_trouble(TROUBLE_TOKEN,
                            _("Google does not know the client_id, or its client_secret is "
                              "another one."));
    return youtube_unreadable(reply, arena);
}

struct step youtube_refresh(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    const json_t *body;

    (void)job;
    (void)at;
    if (!reply)
        return send_refresh();
    body = json_in_arena(reply_json(reply), arena);
    if (!reply_is(reply, 200))
        return after_refusal(reply, body, arena);
    if (!reply->tokens)
        return step_retry(_("Google's answer has no access token in it."), INSTANT_NONE);
    return step_done((struct receipt){.scopes = arena_text(arena, json_text(body, "scope"))});
}

/* ---- identify ---- */

/* "@delhipolice" as people write it in crier.cfg; a channel without such a name is its title. */
static const char *handle_of(const json_t *channel, struct arena *arena)
{
    const json_t *snippet = json_object_get(channel, "snippet");
    const char *name = json_text(snippet, "customUrl");

    if (!name || !*name)
        name = json_text(snippet, "title");
    return name ? arena_text(arena, name + (*name == '@')) : NULL;
}

static struct step told(const json_t *list, struct arena *arena)
{
    const json_t *items = json_object_get(list, "items"), *channel = youtube_first(list);
    const char *id = youtube_id(channel, arena), *handle = handle_of(channel, arena);

    if (json_is_array(items) && json_array_size(items) == 0)
        return step_trouble(TROUBLE_SCOPE,
                            _("The Google account of the credential has no YouTube channel. Choose "
                              "the department's channel when you log in."));
    if (!id || !handle)
        return step_retry(_("YouTube did not say whose token this is."), INSTANT_NONE);
    return step_done((struct receipt){
        .remote_id = id,
        .handle = handle,
        .url = arena_printf(arena, "https://www.youtube.com/channel/%s", id),
    });
}

struct step youtube_identify(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *arena)
{
    const struct http_request request =
        youtube_get("/youtube/v3/channels?part=id,snippet&mine=true");

    (void)job;
    (void)at;
    if (!reply)
        return step_send(&request, NULL);
    if (!reply_is(reply, 200))
        return youtube_unreadable(reply, arena);
    return told(json_in_arena(reply_json(reply), arena), arena);
}

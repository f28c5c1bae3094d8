/* Mastodon, as far as a scenario meets it. */
#include "server.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char *key(const struct http_request *request, const json_t *body)
{
    (void)body;
    return server_header(request, "Idempotency-Key");
}

static const char *text(const json_t *body)
{
    return json_text(body, "status");
}

static size_t media(const json_t *body)
{
    return json_array_size(json_object_get(body, "media_ids"));
}

static const char *answers(const struct post_there *post, json_t **sent)
{
    struct err err;

    *sent = json_read(post->sent, strlen(post->sent), &err);
    return json_text(*sent, "in_reply_to_id");
}

static json_t *post_json(const struct post_there *post)
{
    json_t *sent;
    char created[INSTANT_TEXT];
    json_t *object = json_object(), *media = json_array();

    for (size_t i = 0; i < post->media; i++)
        json_array_append_new(media, json_object());
    json_put(object, "id", post->id);
    json_put(object, "url", "https://social.example/@police/1");
    json_put(object, "visibility", "public");
    json_put(object, "in_reply_to_id", answers(post, &sent));
    json_decref(sent);
    json_put(object, "text", post->text);
    json_put(object, "created_at", instant_utc(post->created, created));
    json_put_new(object, "media_attachments", media);
    return object;
}

static struct http_reply accepts(struct server *server, const char *account,
                                 const struct post_there *post, struct instant now)
{
    return server_json(server, account, post_json(post), now);
}

static struct http_reply list(struct server *server, const char *account, const char *path,
                              struct instant now)
{
    const char *page = strstr(path, "max_id=");
    unsigned long before = page ? strtoul(page + strlen("max_id="), NULL, 10) : ULONG_MAX;
    json_t *posts = json_array();

    for (size_t i = server->count; i > 0 && !server->hidden; i--) {
        if (!strcmp(server->posts[i - 1].account, account) &&
            strtoul(server->posts[i - 1].id, NULL, 10) < before)
            json_array_append_new(posts, post_json(&server->posts[i - 1]));
    }
    return server_json(server, account, posts, now);
}

static struct http_reply whoami(struct server *server, const char *account, struct instant now)
{
    json_t *object = json_object();

    json_put(object, "id", "77");
    json_put(object, "acct", server->accounts[server_account(server, account)].handle);
    return server_json(server, account, object, now);
}

static struct http_reply instance(struct server *server, const char *account, struct instant now)
{
    const char *body = arena_printf(
        server->arena,
        "{\"configuration\":{\"statuses\":{\"max_characters\":%zu,\"max_media_attachments\":4}}}",
        server->most_text ? server->most_text : 500);

    return server_reply(server, account, 200, body, now);
}

static struct http_reply status(struct server *server, const char *account, const char *path,
                                struct instant now)
{
    const char *id = path + strlen("/api/v1/statuses/");
    const struct post_there *post = server_post(server, id, strcspn(id, "/?"));

    return post && !server->hidden
               ? server_json(server, account, post_json(post), now)
               : server_reply(server, account, 404, "{\"error\":\"Record not found\"}", now);
}

static struct http_reply answer(struct server *server, const char *account,
                                const struct http_request *request, struct instant now)
{
    const char *path = request->path;

    if (!strcmp(request->method, "POST"))
        return server_reply(server, account, 200,
                            arena_printf(server->arena, "{\"id\":\"m%zu\"}", ++server->last_id),
                            now);
    if (begins_with(path, "/api/v1/accounts/verify_credentials"))
        return whoami(server, account, now);
    if (begins_with(path, "/api/v2/instance"))
        return instance(server, account, now);
    if (begins_with(path, "/api/v1/media/"))
        return server_reply(server, account,
                            server->processing > 0 ? (server->processing--, 206) : 200,
                            "{\"id\":\"m1\"}", now);
    if (begins_with(path, "/api/v1/statuses/"))
        return status(server, account, path, now);
    if (begins_with(path, "/api/v1/accounts/"))
        return list(server, account, path, now);
    return server_reply(server, account, 404, "{\"error\":\"Record not found\"}", now);
}

const struct there there_mastodon = {
    .platform = "mastodon",
    .key = key,
    .text = text,
    .media = media,
    .remembers = {3600000},
    .accepts = accepts,
    .answer = answer,
};

#include "server.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

size_t server_account(struct server *server, const char *account)
{
    size_t i;

    for (i = 0; i < server->account_count; i++) {
        if (!strcmp(server->accounts[i].account, account))
            return i;
    }
    if (server->account_count == COUNT_OF(server->accounts))
        abort();
    server->accounts[i].account = arena_text(server->arena, account);
    server->accounts[i].handle = "police";
    server->account_count++;
    return i;
}

struct http_reply server_reply(struct server *server, const char *account, int status,
                               const char *body, struct instant now)
{
    struct span date = server->accounts[server_account(server, account)].date;

    return (struct http_reply){.fate = FATE_ANSWERED,
                               .status = status,
                               .body = body,
                               .body_length = strlen(body),
                               .date = instant_plus(now, date),
                               .received = now};
}

struct http_reply server_silence(struct server *server, enum request_fate fate, struct instant now)
{
    (void)server;
    return (struct http_reply){
        .fate = fate, .body = "", .date = INSTANT_NONE, .received = now, .why = "connection lost"};
}

static const char *header_of(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (!strcmp(request->headers[i].name, name))
            return request->headers[i].value;
    }
    return "";
}

/* Mastodon remembers a key for an hour after it was stored. */
static const struct post_there *remembered(const struct server *server, const char *account,
                                           const char *key, struct instant now)
{
    for (size_t i = 0; *key && i < server->count; i++) {
        const struct post_there *post = &server->posts[i];

        if (!strcmp(post->key, key) && !strcmp(post->account, account) &&
            instant_since(now, post->created).ms <= span_hours(1).ms)
            return post;
    }
    return NULL;
}

const char *server_store(struct server *server, const char *account,
                         const struct http_request *request, const char *text, struct instant now)
{
    struct err err;
    json_t *body = json_read(request->body, request->body_length, &err);
    const char *key = arena_text(server->arena, header_of(request, "Idempotency-Key"));
    const struct post_there *old = remembered(server, account, key, now);
    const char *said = json_text(body, "status");
    struct post_there *post;

    if (!old) {
        post = arena_push(server->arena, &server->posts, &server->count, &server->capacity,
                          sizeof *post);
        *post = (struct post_there){.id = arena_printf(server->arena, "%zu", ++server->last_id),
                                    .account = arena_text(server->arena, account),
                                    .text = arena_text(server->arena, text   ? text
                                                                      : said ? said
                                                                             : ""),
                                    .key = key,
                                    .media = json_array_size(json_object_get(body, "media_ids")),
                                    .created = now};
        old = post;
    }
    json_decref(body);
    return old->id;
}

static json_t *post_json(const struct post_there *post)
{
    char created[INSTANT_TEXT];
    json_t *object = json_object(), *media = json_array();

    for (size_t i = 0; i < post->media; i++)
        json_array_append_new(media, json_object());
    json_put(object, "id", post->id);
    json_put(object, "url", "https://social.example/@police/1");
    json_put(object, "visibility", "public");
    json_put(object, "text", post->text);
    json_put(object, "created_at", instant_utc(post->created, created));
    json_put_new(object, "media_attachments", media);
    return object;
}

static struct http_reply json_reply(struct server *server, const char *account, json_t *value,
                                    struct instant now)
{
    const char *body = json_write(value, server->arena, NULL);

    json_decref(value);
    return server_reply(server, account, 200, body, now);
}

static const struct post_there *post_named(const struct server *server, const char *id,
                                           size_t length)
{
    for (size_t i = 0; i < server->count; i++) {
        if (strlen(server->posts[i].id) == length && !strncmp(server->posts[i].id, id, length))
            return &server->posts[i];
    }
    return NULL;
}

struct http_reply server_accepts(struct server *server, const char *account, const char *id,
                                 struct instant now)
{
    return json_reply(server, account, post_json(post_named(server, id, strlen(id))), now);
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
    return json_reply(server, account, posts, now);
}

static struct http_reply whoami(struct server *server, const char *account, struct instant now)
{
    json_t *object = json_object();

    json_put(object, "id", "77");
    json_put(object, "acct", server->accounts[server_account(server, account)].handle);
    return json_reply(server, account, object, now);
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
    const struct post_there *post = post_named(server, id, strcspn(id, "/?"));

    return post && !server->hidden
               ? json_reply(server, account, post_json(post), now)
               : server_reply(server, account, 404, "{\"error\":\"Record not found\"}", now);
}

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

static struct http_reply failing(struct server *server, const char *account, struct instant now)
{
    if (server->reads == READS_LOST)
        return server_silence(server, FATE_MAYBE_SENT, now);
    return server->reads == READS_REFUSED
               ? server_reply(server, account, 401, "{\"error\":\"The access token is invalid\"}",
                              now)
               : server_reply(server, account, 503, "<html>busy</html>", now);
}

struct http_reply server_answer(struct server *server, const char *account,
                                const struct http_request *request, struct instant now)
{
    const char *path = request->path;

    if (server->reads != READS_WORK)
        return failing(server, account, now);
    if (!strcmp(request->method, "POST"))
        return server_reply(server, account, 200,
                            arena_printf(server->arena, "{\"id\":\"m%zu\"}", ++server->last_id),
                            now);
    if (begins(path, "/api/v1/accounts/verify_credentials"))
        return whoami(server, account, now);
    if (begins(path, "/api/v2/instance"))
        return instance(server, account, now);
    if (begins(path, "/api/v1/media/"))
        return server_reply(server, account,
                            server->processing > 0 ? (server->processing--, 206) : 200,
                            "{\"id\":\"m1\"}", now);
    if (begins(path, "/api/v1/statuses/"))
        return status(server, account, path, now);
    if (begins(path, "/api/v1/accounts/"))
        return list(server, account, path, now);
    return server_reply(server, account, 404, "{\"error\":\"Record not found\"}", now);
}

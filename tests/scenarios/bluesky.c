/* Bluesky, as far as a scenario meets it: records under keys of ours, and sessions that end. */
#include "server.h"

#include <stdlib.h>
#include <string.h>

static const char me[] = "did:plc:police";
static const struct span life = {2 * 3600000};

static const char *key(const struct http_request *request, const json_t *body)
{
    const char *name = json_text(body, "rkey");

    (void)request;
    return name ? name : "";
}

static const char *text(const json_t *body)
{
    return json_text(json_object_get(body, "record"), "text");
}

static size_t media(const json_t *body)
{
    const json_t *embed = json_object_get(json_object_get(body, "record"), "embed");

    return json_array_size(json_object_get(embed, "images"));
}

static const char *uri_of(struct server *server, const struct post_there *post)
{
    return arena_printf(server->arena, "at://%s/app.bsky.feed.post/%s", me, post->key);
}

static struct http_reply accepts(struct server *server, const char *account,
                                 const struct post_there *post, struct instant now)
{
    json_t *object = json_object();

    json_put(object, "uri", uri_of(server, post));
    json_put(object, "cid", "bafyrei");
    return server_json(server, account, object, now);
}

/* ---- sessions: number n has the tokens "tokens-n" ---- */

static struct sessions *sessions_of(struct server *server, const char *account)
{
    return &server->accounts[server_account(server, account)].sessions;
}

static size_t carried(const struct sessions *sessions)
{
    return begins_with(sessions->carries, "tokens-") ? strtoul(sessions->carries + 7, NULL, 10) : 0;
}

static bool knows(struct server *server, const char *account, const struct http_request *request,
                  struct instant now)
{
    const struct sessions *sessions = sessions_of(server, account);

    if (strcmp(request->signing, "bearer") != 0)
        return true;
    return instant_before(now, sessions->until[carried(sessions)]);
}

static json_t *identity(const struct server *server, const char *account)
{
    json_t *object = json_object();

    json_put(object, "did", me);
    json_put(object, "handle",
             server->accounts[server_account((struct server *)(uintptr_t)server, account)].handle);
    json_put_bool(object, "active", true);
    return object;
}

/* The answer as net/ hands it on: without the tokens, which come sealed beside it. */
static struct http_reply give(struct server *server, const char *account, size_t number,
                              struct instant now)
{
    struct http_reply reply = server_json(server, account, identity(server, account), now);

    reply.tokens_until = INSTANT_NONE;
    if (server->renewals == RENEWALS_EMPTY)
        return reply;
    reply.tokens = arena_printf(server->arena, "tokens-%zu", number);
    reply.tokens_until = instant_plus(now, life);
    return reply;
}

static size_t make(struct sessions *sessions, struct instant now)
{
    if (sessions->made == MOST_SESSIONS)
        abort();
    sessions->until[++sessions->made] = instant_plus(now, life);
    return sessions->made;
}

static struct http_reply log_in(struct server *server, const char *account, struct instant now)
{
    struct sessions *sessions = sessions_of(server, account);

    sessions->logins++;
    return give(server, account, make(sessions, now), now);
}

/* The same refresh token again gives the same successor. */
static struct http_reply renew(struct server *server, const char *account, struct instant now)
{
    struct sessions *sessions = sessions_of(server, account);
    size_t old = carried(sessions);

    sessions->renewals++;
    if (old == 0)
        return server_reply(server, account, 401, "{\"error\":\"AuthMissing\"}", now);
    if (server->renewals == RENEWALS_LOST)
        return server_silence(server, FATE_MAYBE_SENT, now);
    if (sessions->successor[old] == 0)
        sessions->successor[old] = make(sessions, now);
    return give(server, account, sessions->successor[old], now);
}

/* ---- readings and uploads ---- */

static struct http_reply record(struct server *server, const char *account, const char *path,
                                struct instant now)
{
    const char *name = strstr(path, "rkey=");

    for (size_t i = 0; name && i < server->count && !server->hidden; i++) {
        const struct post_there *post = &server->posts[i];
        json_t *object = json_object(), *value;
        struct err err;

        if (strcmp(post->key, name + 5) != 0 || strcmp(post->account, account) != 0) {
            json_decref(object);
            continue;
        }
        value = json_read(post->sent, strlen(post->sent), &err);
        json_put(object, "uri", uri_of(server, post));
        json_put(object, "cid", "bafyrei");
        json_put_new(object, "value", json_incref(json_object_get(value, "record")));
        json_put(json_object_get(object, "value"), "text", post->text);
        json_decref(value);
        return server_json(server, account, object, now);
    }
    return server_reply(server, account, 400, "{\"error\":\"RecordNotFound\"}", now);
}

static const char blob[] = "{\"blob\":{\"$type\":\"blob\",\"ref\":{\"$link\":\"bafkrei\"},"
                           "\"mimeType\":\"image/png\",\"size\":1000}}";

static struct http_reply answer(struct server *server, const char *account,
                                const struct http_request *request, struct instant now)
{
    const char *method = request->path + strlen("/xrpc/");

    if (begins_with(method, "com.atproto.server.createSession"))
        return log_in(server, account, now);
    if (begins_with(method, "com.atproto.server.refreshSession"))
        return renew(server, account, now);
    if (begins_with(method, "com.atproto.server.getSession"))
        return server_json(server, account, identity(server, account), now);
    if (begins_with(method, "com.atproto.repo.uploadBlob"))
        return server_reply(server, account, 200, blob, now);
    return record(server, account, method, now);
}

const struct there there_bluesky = {
    .platform = "bluesky",
    .key = key,
    .text = text,
    .media = media,
    .accepts = accepts,
    .answer = answer,
    .knows = knows,
};

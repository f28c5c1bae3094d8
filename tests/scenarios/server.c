#include "server.h"

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
    server->accounts[i].there = &there_mastodon;
    server->accounts[i].sessions.carries = "";
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

const char *server_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (!strcmp(request->headers[i].name, name))
            return request->headers[i].value;
    }
    return "";
}

static const struct there *there_of(struct server *server, const char *account)
{
    return server->accounts[server_account(server, account)].there;
}

const struct there *there_named(const char *platform)
{
    static const struct there *const all[] = {&there_mastodon, &there_bluesky, &there_webhook};

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        if (!strcmp(all[i]->platform, platform))
            return all[i];
    }
    abort();
}

/* A key is remembered for a while after its post was stored. */
static const struct post_there *remembered(struct server *server, const char *account,
                                           const char *key, struct instant now)
{
    struct span window = there_of(server, account)->remembers;

    for (size_t i = 0; *key && i < server->count; i++) {
        const struct post_there *post = &server->posts[i];

        if (!strcmp(post->key, key) && !strcmp(post->account, account) &&
            (window.ms == 0 || instant_since(now, post->created).ms <= window.ms))
            return post;
    }
    return NULL;
}

static const struct post_there *add(struct server *server, struct post_there post)
{
    struct arena *arena = server->arena;
    struct post_there *added =
        arena_push(arena, &server->posts, &server->count, &server->capacity, sizeof *added);

    *added = post;
    added->id = arena_printf(arena, "%zu", ++server->last_id);
    added->account = arena_text(arena, post.account);
    added->text = arena_text(arena, post.text ? post.text : "");
    added->key = arena_text(arena, post.key);
    return added;
}

const char *server_store(struct server *server, const char *account,
                         const struct http_request *request, const char *text, struct instant now)
{
    const struct there *there = there_of(server, account);
    struct err err;
    json_t *body = json_read(request->body, request->body_length, &err);
    const char *key = there->key(request, body);
    const struct post_there *post = remembered(server, account, key, now);

    if (!post)
        post = add(server,
                   (struct post_there){
                       .account = account,
                       .text = text ? text : there->text(body),
                       .key = key,
                       .sent = arena_text_n(server->arena, request->body, request->body_length),
                       .media = there->media(body),
                       .created = now,
                   });
    json_decref(body);
    return post->id;
}

struct http_reply server_json(struct server *server, const char *account, json_t *value,
                              struct instant now)
{
    const char *body = json_write(value, server->arena, NULL);

    json_decref(value);
    return server_reply(server, account, 200, body, now);
}

const struct post_there *server_post(const struct server *server, const char *id, size_t length)
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
    return there_of(server, account)
        ->accepts(server, account, server_post(server, id, strlen(id)), now);
}

bool server_knows(struct server *server, const char *account, const struct http_request *request,
                  struct instant now)
{
    const struct there *there = there_of(server, account);

    return !there->knows || there->knows(server, account, request, now);
}

struct http_reply server_expired(struct server *server, const char *account, struct instant now)
{
    return server_reply(server, account, 400,
                        "{\"error\":\"ExpiredToken\",\"message\":\"Token has expired\"}", now);
}

void server_end_sessions(struct server *server, const char *account, struct instant now)
{
    struct sessions *sessions = &server->accounts[server_account(server, account)].sessions;

    for (size_t i = 0; i < COUNT_OF(sessions->until); i++)
        sessions->until[i] = now;
}

bool begins_with(const char *text, const char *with)
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
    if (server->reads != READS_WORK)
        return failing(server, account, now);
    if (!server_knows(server, account, request, now))
        return server_expired(server, account, now);
    return there_of(server, account)->answer(server, account, request, now);
}

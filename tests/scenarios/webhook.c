/* A receiver of webhooks: it keeps ids for five minutes, and nobody can ask it anything. */
#include "server.h"

#include <string.h>

static const char *key(const struct http_request *request, const json_t *body)
{
    (void)body;
    return server_header(request, "webhook-id");
}

static const char *text(const json_t *body)
{
    return json_text(json_object_get(body, "data"), "text");
}

static size_t media(const json_t *body)
{
    return json_array_size(json_object_get(json_object_get(body, "data"), "media"));
}

static struct http_reply accepts(struct server *server, const char *account,
                                 const struct post_there *post, struct instant now)
{
    (void)post;
    return server_reply(server, account, 204, "", now);
}

static struct http_reply answer(struct server *server, const char *account,
                                const struct http_request *request, struct instant now)
{
    (void)request;
    return server_reply(server, account, 405, "", now);
}

const struct there there_webhook = {
    .platform = "webhook",
    .key = key,
    .text = text,
    .media = media,
    .remembers = {300000},
    .accepts = accepts,
    .answer = answer,
};

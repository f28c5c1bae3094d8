/* What lies below /_sandbox/: ground truth, faults and the clock; and the list of accounts at "/".
 */
#include "sandbox/server.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/html.h"
#include "sandbox/platform.h"

static void put_time(json_t *object, const char *member, struct instant at)
{
    char text[INSTANT_TEXT];

    json_put(object, member, instant_is_none(at) ? NULL : instant_utc(at, text));
}

static void fail(struct request *request, int status, const char *text, struct answer *answer)
{
    answer_json(request, status, json_pack("{s:s}", "error", text), answer);
}

static json_t *medium_json(const struct medium *medium)
{
    json_t *object = json_object();

    json_put(object, "sha256", medium->sha256);
    json_put(object, "mime", medium->mime);
    json_put(object, "alt", medium->alt);
    json_put_integer(object, "bytes", medium->bytes);
    return object;
}

static json_t *post_json(const struct post *post)
{
    json_t *object = json_object(), *media = json_array();
    size_t i;

    for (i = 0; i < post->media_count; i++)
        json_array_append_new(media, medium_json(&post->media[i]));
    json_put(object, "platform", post->platform);
    json_put(object, "account", post->account);
    json_put(object, "id", post->id);
    json_put(object, "text", post->text);
    json_put(object, "key", post->key);
    json_put_new(object, "media", media);
    json_put_new(object, "detail", json_deep_copy(post->detail));
    put_time(object, "at", post->at);
    json_put_bool(object, "deleted", !instant_is_none(post->deleted_at));
    return object;
}

static void list_posts(struct server *server, struct request *request, struct answer *answer)
{
    json_t *body = json_object(), *list = json_array();
    const struct post *post;

    for (post = server->world.first; post; post = post->newer)
        json_array_append_new(list, post_json(post));
    json_put_new(body, "posts", list);
    answer_json(request, 200, body, answer);
}

/* How often each account's tokens were made and expired. */
static void list_sessions(struct server *server, struct request *request, struct answer *answer)
{
    json_t *body = json_object(), *list = json_array();
    const struct account *account;

    for (account = server->world.accounts; account; account = account->next)
        if (account->logins)
            json_array_append_new(list, json_pack("{s:s,s:s,s:I,s:I,s:I}", "platform",
                                                  account->platform, "account", account->handle,
                                                  "logins", (json_int_t)account->logins,
                                                  "refreshes", (json_int_t)account->refreshes,
                                                  "expired", (json_int_t)account->expired));
    json_put_new(body, "sessions", list);
    answer_json(request, 200, body, answer);
}

static json_t *visit_json(const struct visit *visit)
{
    json_t *object = json_object();

    json_put_integer(object, "n", visit->n);
    json_put(object, "platform", visit->platform);
    json_put(object, "method", visit->method);
    json_put(object, "path", visit->path);
    json_put(object, "query", visit->query);
    json_put(object, "key", visit->key);
    json_put(object, "account", visit->account);
    json_put_new(object, "status", visit->status ? json_integer(visit->status) : NULL);
    put_time(object, "at", visit->at);
    return object;
}

/* ?after=N leaves out what the asker knows. */
static void list_requests(struct server *server, struct request *request, struct answer *answer)
{
    const char *after = fields_text(&request->query, "after");
    int64_t known = after ? strtoll(after, NULL, 10) : 0;
    json_t *body = json_object(), *list = json_array();
    const struct visit *visit;

    for (visit = server->world.visits; visit; visit = visit->next)
        if (visit->n > known)
            json_array_append_new(list, visit_json(visit));
    json_put_new(body, "requests", list);
    answer_json(request, 200, body, answer);
}

static void show_faults(struct server *server, struct request *request, struct answer *answer)
{
    answer_json(request, 200, faults_report(&server->faults), answer);
}

static void set_faults(struct server *server, struct request *request, struct answer *answer)
{
    struct err err;

    if (faults_read(&server->faults, request->body.bytes, request->body.length, &err))
        show_faults(server, request, answer);
    else
        fail(request, 400, err.text, answer);
}

static void clear_faults(struct server *server, struct request *request, struct answer *answer)
{
    faults_clear(&server->faults);
    show_faults(server, request, answer);
}

static void show_clock(struct server *server, struct request *request, struct answer *answer)
{
    json_t *body = json_object();
    struct instant until;

    json_put_integer(body, "stalled", (int64_t)server_held(server, &until));
    put_time(body, "now", world_now(&server->world));
    put_time(body, "until", until);
    answer_json(request, 200, body, answer);
}

static void set_clock(struct server *server, struct request *request, struct answer *answer)
{
    struct err ignored;
    json_t *body = json_read(request->body.bytes, request->body.length, &ignored);
    const char *text = json_text(body, "now");
    struct instant now;

    if (!text || !instant_parse(text, &now))
        fail(request, 400, "want {\"now\":\"2026-12-01T09:30:00+05:30\"}", answer);
    else if (!world_set_clock(&server->world, now))
        fail(request, 409, "the sandbox's clock does not go back", answer);
    else
        show_clock(server, request, answer);
    json_decref(body);
}

static const struct route {
    const char *method, *path;
    void (*serve)(struct server *server, struct request *request, struct answer *answer);
} routes[] = {
    {"GET", "/_sandbox/posts", list_posts},       {"GET", "/_sandbox/sessions", list_sessions},
    {"GET", "/_sandbox/requests", list_requests}, {"GET", "/_sandbox/faults", show_faults},
    {"PUT", "/_sandbox/faults", set_faults},      {"DELETE", "/_sandbox/faults", clear_faults},
    {"GET", "/_sandbox/clock", show_clock},       {"PUT", "/_sandbox/clock", set_clock},
};

void control_serve(struct server *server, struct request *request, struct answer *answer)
{
    size_t i;

    for (i = 0; i < COUNT_OF(routes); i++)
        if (strcmp(routes[i].method, request->method) == 0 &&
            strcmp(routes[i].path, request->path) == 0) {
            routes[i].serve(server, request, answer);
            return;
        }
    fail(request, 404, "no such thing below /_sandbox/", answer);
}

static void list_accounts(struct buffer *html, const struct world *world,
                          const struct platform *platform)
{
    const struct account *account;
    size_t count = 0;

    buffer_text(html, "<ul>\n");
    for (account = world->accounts; account; account = account->next) {
        if (strcmp(account->platform, platform->name) != 0)
            continue;
        count++;
        buffer_printf(html, "<li><a href=\"/%s/%s", platform->name, platform->page);
        html_escape(html, account->handle);
        buffer_text(html, "\">@");
        html_escape(html, account->handle);
        buffer_text(html, "</a></li>\n");
    }
    buffer_text(html, count ? "</ul>\n" : "<li>nobody has come yet</li>\n</ul>\n");
}

void control_index(struct server *server, struct request *request, struct answer *answer)
{
    static const char style[] = "main{max-width:40em;margin:1em auto;padding:0 1em}\n";
    struct buffer html;
    size_t i;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, "Platforms and accounts", style);
    buffer_text(&html, "<h1>Platforms and accounts</h1>\n");
    for (i = 0; i < platform_count; i++) {
        buffer_printf(&html, "<h2>%s</h2>\n<p>base_url <code>http://", platforms[i].title);
        html_escape(&html, request->host);
        buffer_printf(&html, "/%s</code></p>\n", platforms[i].name);
        list_accounts(&html, &server->world, &platforms[i]);
    }
    buffer_text(&html, "<p>Ground truth: <a href=\"/_sandbox/posts\">posts</a>, "
                       "<a href=\"/_sandbox/requests\">requests</a>, "
                       "<a href=\"/_sandbox/sessions\">sessions</a>, "
                       "<a href=\"/_sandbox/faults\">faults</a>, "
                       "<a href=\"/_sandbox/clock\">clock</a></p>\n");
    html_end(&html);
    html_answer(request, 200, &html, answer);
}

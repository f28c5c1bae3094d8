#include "sandbox/login.h"
#include "sandbox/x.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_LEAST = 5, PAGE_MOST = 100, PAGE_DEFAULT = 10, IDS_MOST = 100 };

/* Equal text is refused for some hours; how many is not known. */
static const struct span duplicate_window = {INT64_C(12) * 3600000};
static const struct span read_lag = {60000};

/* ---- answers ---- */

bool x_has_quirk(const struct x_call *call, const char *quirk)
{
    return call->request->quirk && strcmp(call->request->quirk, quirk) == 0;
}

bool x_problem(struct x_call *call, int status, const char *type, const char *title,
               const char *detail)
{
    answer_json(call->request, status,
                json_pack("{s:s,s:s,s:s,s:i}", "title", title, "detail", detail, "type", type,
                          "status", status),
                call->answer);
    return false;
}

static bool forbid(struct x_call *call, const char *detail)
{
    return x_problem(call, 403, "about:blank", "Forbidden", detail);
}

static void refuse_parameters(struct x_call *call, json_t *parameters, const char *message)
{
    answer_json(call->request, 400,
                json_pack("{s:[{s:o,s:s}],s:s,s:s,s:s}", "errors", "parameters", parameters,
                          "message", message, "title", "Invalid Request", "detail",
                          "One or more parameters to your request was invalid.", "type",
                          "https://api.x.com/2/problems/invalid-request"),
                call->answer);
}

bool x_invalid(struct x_call *call, const char *parameter, const char *value, const char *message)
{
    refuse_parameters(call, json_pack("{s:[s]}", parameter, value ? value : ""),
                      arena_printf(call->arena, "The `%s` query parameter value [%s] %s", parameter,
                                   value ? value : "", message));
    return false;
}

bool x_missing(struct x_call *call, const char *id, const char *kind)
{
    answer_json(call->request, 404,
                json_pack("{s:s,s:s,s:s,s:s,s:s,s:i}", "title", "Not Found Error", "detail",
                          arena_printf(call->arena, "Could not find %s with id: [%s].", kind, id),
                          "type", "https://api.x.com/2/problems/resource-not-found",
                          "resource_type", kind, "resource_id", id, "status", 404),
                call->answer);
    return false;
}

void x_data(struct x_call *call, int status, json_t *data)
{
    answer_json(call->request, status, json_pack("{s:o}", "data", data), call->answer);
}

bool x_is_id(const char *text)
{
    const size_t length = text ? strspn(text, "0123456789") : 0;

    return length > 0 && length <= 19 && !text[length];
}

bool x_only(struct x_call *call, const char *known)
{
    const char *name;
    json_t *value;

    json_object_foreach(call->input, name, value)
    {
        if (!strstr(known, arena_printf(call->arena, "|%s|", name)))
            return x_problem(call, 400, "https://api.x.com/2/problems/invalid-request",
                             "Invalid Request",
                             arena_printf(call->arena, "[$.%s] is not defined", name));
    }
    return true;
}

static void rate_headers(struct request *request, int64_t most, int64_t left, struct instant reset,
                         struct answer *answer)
{
    struct arena *arena = &request->arena;

    answer_header(request, "x-rate-limit-limit", arena_printf(arena, "%" PRId64, most), answer);
    answer_header(request, "x-rate-limit-remaining",
                  arena_printf(arena, "%" PRId64, left < 0 ? 0 : left), answer);
    answer_header(request, "x-rate-limit-reset",
                  arena_printf(arena, "%" PRId64, (reset.ms + 999) / 1000), answer);
}

static void refuse_for_rate(struct x_call *call)
{
    (void)x_problem(call, 429, "about:blank", "Too Many Requests", "Too Many Requests");
}

void x_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    struct x_call call = {.request = request, .answer = answer, .arena = &request->arena};

    refuse_for_rate(&call);
    rate_headers(request, 100, -1, reset, answer);
}

/* ---- posts ---- */

static bool is_public(const struct x_call *call, const struct post *post)
{
    return post && strcmp(post->platform, call->platform->name) == 0 &&
           instant_is_none(post->deleted_at);
}

static bool is_mine(const struct x_call *call, const struct post *post)
{
    return is_public(call, post) && strcmp(post->account, call->account->handle) == 0;
}

/* `field` in the list that was asked for, by either name of the parameter. */
static bool wants(const struct x_call *call, const char *field)
{
    const struct fields *query = &call->request->query;
    const char *list = fields_text(query, "tweet.fields");

    if (!list)
        list = fields_text(query, "post.fields");
    return list && strstr(arena_printf(call->arena, ",%s,", list),
                          arena_printf(call->arena, ",%s,", field));
}

/* The names of 2.159 (and of every page of the documentation), or those of 2.167. */
static bool is_renamed(const struct x_call *call)
{
    return x_has_quirk(call, "renamed") || fields_text(&call->request->query, "post.fields");
}

static json_t *keys_of(const struct x_call *call, const struct post *post)
{
    json_t *keys = json_array();

    for (size_t i = 0; i < post->media_count; i++)
        json_array_append_new(keys, json_string(x_media_key(post->media[i].upload, call->arena)));
    return keys;
}

static json_t *post_json(const struct x_call *call, const struct post *post)
{
    const char *parent = json_text(post->detail, "parent");
    json_t *object = json_object(), *entities;
    char at[INSTANT_TEXT];

    json_put(object, "id", post->id);
    json_put(object, "text", x_shown(post, call->arena, &entities));
    json_put_new(object, is_renamed(call) ? "edit_history_post_ids" : "edit_history_tweet_ids",
                 json_pack("[s]", post->id));
    if (wants(call, "created_at"))
        json_put(object, "created_at", instant_utc(post->at, at));
    if (wants(call, "conversation_id"))
        json_put(object, "conversation_id", json_text(post->detail, "root"));
    if (wants(call, "attachments") && post->media_count > 0)
        json_put_new(object, "attachments", json_pack("{s:o}", "media_keys", keys_of(call, post)));
    if (parent && (wants(call, "referenced_tweets") || is_renamed(call)))
        json_put_new(object, is_renamed(call) ? "referenced_posts" : "referenced_tweets",
                     json_pack("[{s:s,s:s}]", "type", "replied_to", "id", parent));
    if (entities && wants(call, "entities"))
        json_object_set(object, "entities", entities);
    json_decref(entities);
    return object;
}

static bool fields_are_known(struct x_call *call)
{
    static const char *const known[] = {
        ",attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,id,"
        "in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets,reply_settings,"
        "source,text,",
        ",attachments,conversation_id,created_at,entities,id,lang,note_post,public_metrics,"
        "reply_settings,source,text,"};
    static const char *const names[] = {"tweet.fields", "post.fields"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *list = fields_text(&call->request->query, names[i]);
        char *copy = arena_text(call->arena, list), *rest = NULL;

        for (char *word = copy ? strtok_r(copy, ",", &rest) : NULL; word;
             word = strtok_r(NULL, ",", &rest)) {
            if (!strstr(known[i], arena_printf(call->arena, ",%s,", word)))
                return x_invalid(call, names[i], word, "is not one of its values");
        }
    }
    return true;
}

/* ---- a new post ---- */

/* What stands in a draft besides its text. */
struct new_post {
    const char *text, *parent, *root;
    struct medium media[X_MEDIA_MOST];
    size_t media_count;
};

static bool refuse_media(struct x_call *call, json_t *ids)
{
    refuse_parameters(call, json_pack("{s:O}", "media.media_ids", ids),
                      "Your media IDs are invalid.");
    return false;
}

static bool is_picture(const struct medium *medium)
{
    return strncmp(medium->mime, "image/", 6) == 0 && strcmp(medium->mime, "image/gif") != 0;
}

static bool may_stand_together(const struct new_post *post)
{
    for (size_t i = 0; post->media_count > 1 && i < post->media_count; i++) {
        if (!is_picture(&post->media[i]))
            return false;
    }
    return true;
}

static bool take_media(struct x_call *call, struct new_post *post)
{
    json_t *media = json_object_get(call->input, "media");
    json_t *ids = json_object_get(media, "media_ids"), *id;
    size_t i;

    if (!media)
        return true;
    if (json_array_size(ids) < 1 || json_array_size(ids) > X_MEDIA_MOST)
        return x_invalid(call, "media.media_ids", "", "must have 1 to 4 elements");
    json_array_foreach(ids, i, id)
    {
        const char *text = json_string_value(id);
        struct upload *upload = x_is_id(text) ? x_usable_media(call, text) : NULL;

        if (!upload || x_has_quirk(call, "expire"))
            return refuse_media(call, ids);
        post->media[post->media_count++] = world_medium(upload);
    }
    return may_stand_together(post) || refuse_media(call, ids);
}

static bool take_parent(struct x_call *call, struct new_post *post)
{
    const json_t *reply = json_object_get(call->input, "reply");
    const char *id = json_text(reply, "in_reply_to_tweet_id");
    const struct post *parent = id ? world_find_post(call->world, call->platform->name, id) : NULL;

    if (!reply)
        return true;
    if (!x_is_id(id))
        return x_invalid(call, "reply.in_reply_to_tweet_id", id, "does not match ^[0-9]{1,19}$");
    if (!is_public(call, parent))
        return forbid(call, "You attempted to reply to a Tweet that is deleted or not visible to "
                            "you.");
    if (!is_mine(call, parent) || x_has_quirk(call, "no_replies"))
        return forbid(call, "Reply to this conversation is not allowed because you have not been "
                            "mentioned or otherwise engaged by the author of the post you are "
                            "replying to.");
    post->parent = id;
    post->root = json_text(parent->detail, "root");
    return true;
}

/* Media make a text another one: their address stands in it. */
static bool is_duplicate(struct x_call *call, const struct new_post *post)
{
    const struct instant since = {world_now(call->world).ms - duplicate_window.ms};
    const struct post *one = call->world->posts;

    for (; one && post->media_count == 0; one = one->older) {
        if (is_mine(call, one) && !instant_before(one->at, since) && one->media_count == 0 &&
            strcmp(one->text, post->text) == 0)
            return true;
    }
    return false;
}

static bool take_text(struct x_call *call, struct new_post *post)
{
    const json_t *text = json_object_get(call->input, "text");

    post->text = text ? json_string_value(text) : "";
    if (!post->text)
        return x_invalid(call, "text", "", "is not a string");
    if (!*post->text && post->media_count == 0)
        return x_problem(call, 400, "https://api.x.com/2/problems/invalid-request",
                         "Invalid Request", "One or more parameters to your request was invalid.");
    if (x_weight_of(post->text) > X_WEIGHT_MOST)
        return forbid(call, "You are not permitted to perform this action.");
    if (is_duplicate(call, post))
        return forbid(call, "You are not allowed to create a Tweet with duplicate content.");
    return true;
}

static json_t *detail_of(const struct new_post *post)
{
    json_t *detail = json_object();

    json_put(detail, "parent", post->parent);
    json_put(detail, "root", post->root);
    return detail;
}

static void answer_created(struct x_call *call, const struct post *post)
{
    json_t *entities = NULL;
    json_t *data =
        json_pack("{s:s,s:s,s:[s]}", "id", post->id, "text", x_shown(post, call->arena, &entities),
                  x_has_quirk(call, "renamed") ? "edit_history_post_ids" : "edit_history_tweet_ids",
                  post->id);
    json_t *body = json_pack("{s:o}", "data", data);

    json_decref(entities);
    if (x_has_quirk(call, "partial"))
        json_put_new(body, "errors",
                     json_pack("[{s:s,s:s,s:s}]", "title", "Internal Error", "detail",
                               "A part of the answer could not be made.", "type",
                               "https://api.x.com/2/problems/internal-error"));
    answer_json(call->request, 201, body, call->answer);
}

static void create_post(struct x_call *call)
{
    struct new_post post = {0};
    struct draft draft = {0};

    if (!x_only(call, "|text|media|reply|reply_settings|made_with_ai|paid_partnership|geo|nullcast|"
                      "card_uri|community_id|") ||
        !take_media(call, &post) || !take_parent(call, &post) || !take_text(call, &post))
        return;
    draft.id = world_new_id(call->world, &call->world->arena);
    if (!post.root)
        post.root = draft.id;
    draft.text = post.text;
    draft.media = post.media;
    draft.media_count = post.media_count;
    draft.detail = detail_of(&post);
    answer_created(call, world_publish(call->world, call->account, &draft));
}

/* ---- reading and deleting ---- */

static bool is_shown(const struct x_call *call, const struct post *post)
{
    const struct instant now = world_now(call->world);

    return is_public(call, post) &&
           !(x_has_quirk(call, "lag") && instant_since(now, post->at).ms < read_lag.ms);
}

static void show_post(struct x_call *call)
{
    const struct post *post =
        x_is_id(call->argument) ? world_find_post(call->world, call->platform->name, call->argument)
                                : NULL;

    if (!fields_are_known(call))
        return;
    if (is_shown(call, post))
        x_data(call, 200, post_json(call, post));
    else
        (void)x_missing(call, call->argument, "tweet");
}

static void delete_post(struct x_call *call)
{
    struct post *post = x_is_id(call->argument)
                            ? world_find_post(call->world, call->platform->name, call->argument)
                            : NULL;

    if (!is_public(call, post)) {
        (void)x_missing(call, call->argument, "tweet");
    } else if (!is_mine(call, post)) {
        (void)forbid(call, "You are not authorized to delete this Tweet.");
    } else {
        world_delete(call->world, post);
        x_data(call, 200, json_pack("{s:b}", "deleted", 1));
    }
}

/* Newest first, from behind `token` (the last id of the page before). */
struct page {
    struct instant since;
    uint64_t behind;
    size_t limit;
};

static bool read_page(struct x_call *call, struct page *page)
{
    const struct fields *query = &call->request->query;
    const char *limit = fields_text(query, "max_results"),
               *since = fields_text(query, "start_time");
    const char *token = fields_text(query, "pagination_token");
    const long wanted = limit ? strtol(limit, NULL, 10) : PAGE_DEFAULT;

    *page = (struct page){.since = INSTANT_NONE, .behind = UINT64_MAX, .limit = (size_t)wanted};
    if (wanted < PAGE_LEAST || wanted > PAGE_MOST)
        return x_invalid(call, "max_results", limit, "is not between 5 and 100");
    if (since && (strlen(since) != 20 || !instant_parse(since, &page->since)))
        return x_invalid(call, "start_time", since, "is not YYYY-MM-DDTHH:mm:ssZ");
    if (token && !x_is_id(token))
        return x_invalid(call, "pagination_token", token, "is not valid");
    if (token)
        page->behind = strtoull(token, NULL, 10);
    return true;
}

static bool is_on_page(const struct x_call *call, const struct page *page, const char *handle,
                       const struct post *post)
{
    return is_shown(call, post) && strcmp(post->account, handle) == 0 &&
           strtoull(post->id, NULL, 10) < page->behind &&
           (instant_is_none(page->since) || !instant_before(post->at, page->since));
}

static void answer_page(struct x_call *call, json_t *list, bool more)
{
    const size_t count = json_array_size(list);
    json_t *body = json_object(), *meta = json_pack("{s:I}", "result_count", (json_int_t)count);

    if (count > 0) {
        json_put(meta, "newest_id", json_text(json_array_get(list, 0), "id"));
        json_put(meta, "oldest_id", json_text(json_array_get(list, count - 1), "id"));
        json_object_set(body, "data", list);
    }
    if (more)
        json_put(meta, "next_token", json_text(json_array_get(list, count - 1), "id"));
    json_put_new(body, "meta", meta);
    json_decref(list);
    answer_json(call->request, 200, body, call->answer);
}

static void list_posts(struct x_call *call)
{
    const struct account *account =
        world_account_by_id(call->world, call->platform->name, call->argument);
    const struct post *post = call->world->posts;
    json_t *list;
    struct page page;
    bool more = false;

    if (!fields_are_known(call) || !read_page(call, &page))
        return;
    if (!account) {
        (void)x_missing(call, call->argument, "user");
        return;
    }
    list = json_array();
    for (; post && !more; post = post->older) {
        if (!is_on_page(call, &page, account->handle, post))
            continue;
        if (json_array_size(list) == page.limit)
            more = true;
        else
            json_array_append_new(list, post_json(call, post));
    }
    answer_page(call, list, more);
}

static void show_me(struct x_call *call)
{
    x_data(call, 200,
           json_pack("{s:s,s:s,s:s}", "id", call->account->id, "name", call->account->handle,
                     "username", call->account->handle));
    answer_header(call->request, "x-access-level", "read-write", call->answer);
}

/* ---- pages ---- */

static void show_media(struct x_call *call)
{
    if (!platform_show_file(call->world, call->request, call->argument, NULL, call->answer))
        (void)x_missing(call, call->argument, "media");
}

/* "/HANDLE" and "/HANDLE/status/ID". */
static bool served_page(struct x_call *call)
{
    const char *below = call->request->below, *slash = strchr(below + (*below == '/'), '/');
    const struct account *account;
    const struct post *post = NULL;

    if (strcmp(call->request->method, "GET") != 0 || below[0] != '/' || !below[1])
        return false;
    account =
        world_find_account(call->world, call->platform->name,
                           slash ? arena_text_n(call->arena, below + 1, (size_t)(slash - below - 1))
                                 : below + 1);
    if (!account || (slash && strncmp(slash, "/status/", 8) != 0))
        return false;
    if (slash) {
        post = world_find_post(call->world, call->platform->name, slash + 8);
        if (!is_public(call, post) || strcmp(post->account, account->handle) != 0)
            return false;
    }
    x_page(call, account, post);
    return true;
}

/* ---- the table of paths ---- */

/* Per user and 15 minutes (docs.x.com, rate limits). */
#define QUARTER                                                                                    \
    {                                                                                              \
        INT64_C(15) * 60 * 1000                                                                    \
    }
static const struct limit per_post = {"tweets", 100, QUARTER};
static const struct limit per_delete = {"delete", 50, QUARTER};
static const struct limit per_upload = {"upload", 500, QUARTER};
static const struct limit per_piece = {"pieces", 1875, QUARTER};
static const struct limit per_status = {"status", 1000, QUARTER};
static const struct limit per_metadata = {"metadata", 500, QUARTER};
static const struct limit per_read = {"read", 900, QUARTER};
static const struct limit per_me = {"me", 75, QUARTER};

enum body { BODY_NONE, BODY_JSON, BODY_FORM };

static const struct route {
    const char *method, *path;
    enum body body;
    const struct limit *limit;
    void (*serve)(struct x_call *call);
} routes[] = {
    {"POST", "/2/tweets", BODY_JSON, &per_post, create_post},
    {"GET", "/2/tweets/*", BODY_NONE, &per_read, show_post},
    {"DELETE", "/2/tweets/*", BODY_NONE, &per_delete, delete_post},
    {"GET", "/2/users/me", BODY_NONE, &per_me, show_me},
    {"GET", "/2/users/*/tweets", BODY_NONE, &per_read, list_posts},
    {"POST", "/2/media/upload", BODY_FORM, &per_upload, x_upload},
    {"GET", "/2/media/upload", BODY_NONE, &per_status, x_status},
    {"POST", "/2/media/upload/initialize", BODY_JSON, &per_piece, x_initialize},
    {"POST", "/2/media/upload/*/append", BODY_FORM, &per_piece, x_append},
    {"POST", "/2/media/upload/*/finalize", BODY_NONE, &per_piece, x_finalize},
    {"POST", "/2/media/metadata", BODY_JSON, &per_metadata, x_metadata},
    {"POST", "/2/media/subtitles", BODY_JSON, &per_metadata, x_subtitles},
};

/* What the script has the platform say before it looks at the request. */
static bool is_in_a_mood(struct x_call *call)
{
    if (x_has_quirk(call, "no_credits"))
        (void)x_problem(call, 402, "https://api.twitter.com/2/problems/credits", "CreditsDepleted",
                        "Your enrolled account does not have any credits to fulfill this request.");
    else if (x_has_quirk(call, "payment"))
        (void)x_problem(call, 402, "https://api.x.com/2/problems/credits-depleted",
                        "Payment Required", "Your credits are used up.");
    else if (x_has_quirk(call, "capped"))
        (void)x_problem(call, 403, "https://api.twitter.com/2/problems/usage-capped",
                        "UsageCapExceeded", "Usage cap exceeded: Monthly product cap");
    else if (x_has_quirk(call, "suspended"))
        (void)x_problem(call, 403, "https://api.twitter.com/2/problems/user-suspended", "Forbidden",
                        "Your account is suspended.");
    else
        return false;
    return true;
}

static bool is_within_limit(struct x_call *call, const struct limit *limit)
{
    const struct limit_state state =
        limiter_use(&call->world->limiter, limit, 1,
                    arena_printf(call->arena, "x/%s", call->account->handle),
                    world_now(call->world), &call->world->arena);
    const bool within = state.left >= 0 || call->world->unlimited;

    if (!within)
        refuse_for_rate(call);
    rate_headers(call->request, state.most, state.left, state.reset, call->answer);
    return within;
}

static bool take_body(struct x_call *call, enum body kind)
{
    struct err ignored = {0};

    if (kind == BODY_JSON && request_body_is(call->request, "application/json")) {
        call->input = json_in_arena(json_read(call->request->body.bytes, call->request->body.length,
                                              &ignored),
                                    call->arena);
        if (json_is_object(call->input))
            return true;
    }
    if (kind == BODY_NONE ||
        (kind == BODY_FORM && form_read_body(call->request, call->arena, &call->form)))
        return true;
    return x_problem(call, 400, "https://api.x.com/2/problems/invalid-request", "Invalid Request",
                     "The body cannot be read.");
}

static bool served_route(struct x_call *call)
{
    const struct request *request = call->request;

    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (strcmp(routes[i].method, request->method) != 0 ||
            !path_matches(routes[i].path, request->below, call->arena, &call->argument))
            continue;
        if (x_authenticate(call) && is_within_limit(call, routes[i].limit) && !is_in_a_mood(call) &&
            take_body(call, routes[i].body))
            routes[i].serve(call);
        return true;
    }
    return false;
}

/* Where nobody is known yet. */
static const struct {
    const char *method, *path;
    void (*serve)(struct x_call *call);
} doors[] = {
    {"POST", "/2/oauth2/token", x_serve_token},
    {"POST", "/2/oauth2/revoke", x_serve_revoke},
    {"POST", "/oauth/request_token", x_serve_request_token},
    {"GET", "/oauth/authorize", x_serve_authorize},
    {"POST", "/oauth/access_token", x_serve_access_token},
    {"GET", "/media/*", show_media},
};

static bool served_door(struct x_call *call)
{
    const struct request *request = call->request;

    for (size_t i = 0; i < COUNT_OF(doors); i++) {
        if (strcmp(doors[i].method, request->method) == 0 &&
            path_matches(doors[i].path, request->below, call->arena, &call->argument)) {
            doors[i].serve(call);
            return true;
        }
    }
    return false;
}

void x_serve(const struct platform *platform, struct world *world, struct request *request,
             struct answer *answer)
{
    struct x_call call = {.platform = platform,
                          .world = world,
                          .request = request,
                          .answer = answer,
                          .arena = &request->arena};

    if (login_served(request, answer))
        return;
    if (!served_door(&call) && !served_route(&call) && !served_page(&call))
        (void)x_problem(&call, 404, "about:blank", "Not Found", "Not Found");
}

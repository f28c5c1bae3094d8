#include "sandbox/threads.h"

#include <string.h>

#include "sandbox/session.h"

static const struct span text_processing = {2000}, picture_processing = {4000};
static const struct span video_processing = {30000}, day = {86400000};
static const struct span token_life = {INT64_C(60) * 86400000};

/* ---- what is asked of a container's parameters ---- */

/* "Emojis are counted as the number of UTF-8 bytes they are made of." */
static size_t letters_in(const char *text)
{
    size_t count = 0;

    for (; *text; text++) {
        const unsigned char byte = (unsigned char)*text;

        if (byte >= 0xf0)
            count += 4;
        else if ((byte & 0xc0) != 0x80)
            count++;
    }
    return count;
}

static size_t links_in(const char *text)
{
    size_t count = 0;
    const char *at;

    for (at = strstr(text, "http"); at; at = strstr(at + 4, "http"))
        count += strncmp(at, "http://", 7) == 0 || strncmp(at, "https://", 8) == 0;
    return count;
}

static bool text_is_fine(struct container_call *call)
{
    const char *text = container_field(call, "text"), *alt = container_field(call, "alt_text");
    const char *link = container_field(call, "link_attachment");

    if (text && letters_in(text) > THREADS_TEXT_MOST)
        graph_invalid(call->request, "Param text must be at most 500 characters long.",
                      call->answer);
    else if (links_in(text ? text : "") + (link ? 1 : 0) > THREADS_LINKS_MOST)
        container_refuse(call, 400, 100, 0, "(#100) THREADS_API__LINK_LIMIT_EXCEEDED");
    else if (alt && container_code_points(alt) > THREADS_ALT_MOST)
        graph_invalid(call->request, "Param alt_text must be at most 1000 characters long.",
                      call->answer);
    else
        return true;
    return false;
}

static bool reply_is_fine(struct container_call *call)
{
    const char *to = container_field(call, "reply_to_id");
    const struct post *post = to ? world_find_post(call->world, call->platform->name, to) : NULL;

    if (!to || (post && instant_is_none(post->deleted_at)))
        return true;
    container_refuse(call, 400, 24, 4279009, "The requested resource does not exist");
    return false;
}

static bool is_item(const struct container_call *call)
{
    const char *item = container_field(call, "is_carousel_item");

    return item && strcmp(item, "true") == 0;
}

/* Everything that a post will show of it. */
static json_t *detail_of(struct container_call *call)
{
    static const char *const members[] = {"text", "alt_text", "link_attachment", "reply_to_id"};
    json_t *detail = json_object();
    size_t i;

    for (i = 0; i < COUNT_OF(members); i++)
        json_put(detail, members[i], container_field(call, members[i]));
    json_put_bool(detail, "is_carousel_item", is_item(call));
    return detail;
}

/* ---- making ---- */

static void make_text(struct container_call *call)
{
    const char *text = container_field(call, "text");

    if ((!text || !*text) && !container_field(call, "link_attachment"))
        graph_missing(call->request, "text", call->answer);
    else
        container_answer_id(
            call, container_make(call, "TEXT", detail_of(call), NULL, NULL, text_processing)->id);
}

static const char *flaw_of(const char *kind, const struct medium *medium)
{
    const bool video = strncmp(medium->mime, "video/", 6) == 0;

    if (strcmp(kind, "VIDEO") == 0)
        return video ? NULL : "FAILED_PROCESSING_VIDEO";
    return video ? "UNKNOWN" : NULL;
}

static void make_file(struct container_call *call, const char *kind, const char *parameter,
                      struct span processing)
{
    const char *address = container_field(call, parameter);
    struct medium medium;

    if (!address)
        graph_missing(call->request, parameter, call->answer);
    else if (!container_fetch(call, address, &medium))
        container_refuse(call, 400, 1, 2207052,
                         "The media could not be fetched from this URI. Please check the URI.");
    else
        container_answer_id(call, container_make(call, kind, detail_of(call), &medium,
                                                 flaw_of(kind, &medium), processing)
                                      ->id);
}

static void make_picture(struct container_call *call)
{
    make_file(call, "IMAGE", "image_url", picture_processing);
}

static void make_video(struct container_call *call)
{
    make_file(call, "VIDEO", "video_url", video_processing);
}

static bool take_child(struct container_call *call, const char *id, json_t *children)
{
    const struct upload *child = container_of(call, id);

    if (child && json_flag(child->detail, "is_carousel_item") &&
        container_state_of(call, child) == CONTAINER_FINISHED)
        return json_array_append_new(children, json_string(id)) == 0;
    container_refuse(call, 400, 24, 4279009, "The requested resource does not exist");
    return false;
}

static bool take_children(struct container_call *call, json_t *children)
{
    if (!container_take_children(call, take_child, children))
        return false;
    if (json_array_size(children) >= 2 && json_array_size(children) <= THREADS_CAROUSEL_MOST)
        return true;
    graph_invalid(call->request, "Param children must have between 2 and 20 elements.",
                  call->answer);
    return false;
}

static void make_carousel(struct container_call *call)
{
    json_t *children = json_array(), *detail;

    if (!take_children(call, children)) {
        json_decref(children);
        return;
    }
    detail = detail_of(call);
    json_put_new(detail, "children", children);
    container_answer_id(
        call, container_make(call, "CAROUSEL", detail, NULL, NULL, picture_processing)->id);
}

static const struct maker {
    const char *type;
    void (*make)(struct container_call *call);
} makers[] = {
    {"TEXT", make_text},
    {"IMAGE", make_picture},
    {"VIDEO", make_video},
    {"CAROUSEL", make_carousel},
};

static void make_container(struct container_call *call)
{
    const char *type = container_field(call, "media_type");
    size_t i;

    if (!text_is_fine(call) || !reply_is_fine(call))
        return;
    if (container_field(call, "auto_publish_text")) {
        container_refuse(call, 501, 1, 0, "SANDBOX: auto_publish_text is not served here");
        return;
    }
    if (container_field(call, "link_attachment") && type && strcmp(type, "TEXT") != 0) {
        graph_invalid(call->request, "link_attachment is only supported for TEXT posts.",
                      call->answer);
        return;
    }
    for (i = 0; type && i < COUNT_OF(makers); i++)
        if (strcmp(makers[i].type, type) == 0) {
            makers[i].make(call);
            return;
        }
    graph_invalid(call->request, "Param media_type must be one of {CAROUSEL, IMAGE, TEXT, VIDEO}.",
                  call->answer);
}

/* ---- publishing ---- */

static bool is_answer(const struct container_call *call, const struct post *post)
{
    (void)call;
    return json_text(post->detail, "reply_to_id") != NULL;
}

static bool is_no_answer(const struct container_call *call, const struct post *post)
{
    return !is_answer(call, post);
}

static int64_t used(const struct container_call *call, bool answers)
{
    return container_posts_of_a_day(call, answers ? is_answer : is_no_answer);
}

static void publish_container(struct container_call *call, const struct upload *container)
{
    struct medium media[THREADS_CAROUSEL_MOST];
    const char *text = json_text(container->detail, "text");
    struct draft draft = {.text = text ? text : "", .media = media};

    draft.media_count = container_media(call, container, media, COUNT_OF(media));
    draft.detail = json_pack("{s:s,s:s}", "container", container->id, "kind",
                             json_text(container->detail, "container"));
    json_put(draft.detail, "link", json_text(container->detail, "link_attachment"));
    if (json_text(container->detail, "reply_to_id"))
        json_put(draft.detail, "reply_to_id", json_text(container->detail, "reply_to_id"));
    container_answer_id(call, world_publish(call->world, call->account, &draft)->id);
}

static void publish(struct container_call *call)
{
    const struct upload *container = container_of(call, container_field(call, "creation_id"));
    enum container_state state =
        container ? container_state_of(call, container) : CONTAINER_EXPIRED;
    const bool answers = container && json_text(container->detail, "reply_to_id");

    if (state != CONTAINER_FINISHED && state != CONTAINER_PUBLISHED)
        container_refuse(call, 400, 24, 4279009, "The requested resource does not exist");
    else if (json_flag(container->detail, "is_carousel_item"))
        graph_invalid(call->request, "A carousel item cannot be published by itself", call->answer);
    else if (used(call, answers) >= (answers ? THREADS_REPLIES_A_DAY : THREADS_POSTS_A_DAY) &&
             !call->world->unlimited)
        container_refuse(call, 403, 613, 0,
                         "(#613) Calls to this api have exceeded the rate limit.");
    else
        publish_container(call, container);
}

/* ---- reading ---- */

static void show_container(struct container_call *call, const struct upload *container)
{
    enum container_state state = container_state_of(call, container);
    json_t *body = json_pack("{s:s}", "id", container->id);

    if (container_wants(call, "status"))
        json_put(body, "status", container_word(state));
    if (container_wants(call, "error_message") && state == CONTAINER_ERROR)
        json_put(body, "error_message", json_text(container->detail, "flaw"));
    answer_json(call->request, 200, body, call->answer);
}

static const char *media_type_of(const struct post *post)
{
    const char *kind = json_text(post->detail, "kind");

    if (strcmp(kind, "TEXT") == 0)
        return "TEXT_POST";
    return strcmp(kind, "CAROUSEL") == 0 ? "CAROUSEL_ALBUM" : kind;
}

static json_t *post_json(struct container_call *call, const struct post *post)
{
    const char *permalink =
        arena_printf(call->arena, "%s/@%s/post/%s", call->base, post->account, post->id);

    return container_post_json(call, post, "text", media_type_of(post), permalink);
}

static void list_threads(struct container_call *call)
{
    container_list(call, is_no_answer, post_json);
}

static void list_replies(struct container_call *call)
{
    container_list(call, is_answer, post_json);
}

static json_t *quota_json(int64_t most)
{
    return json_pack("{s:I,s:i}", "quota_total", (json_int_t)most, "quota_duration", 86400);
}

static void show_limit(struct container_call *call)
{
    answer_json(call->request, 200,
                json_pack("{s:[{s:I,s:o,s:I,s:o}]}", "data", "quota_usage",
                          (json_int_t)used(call, false), "config", quota_json(THREADS_POSTS_A_DAY),
                          "reply_quota_usage", (json_int_t)used(call, true), "reply_config",
                          quota_json(THREADS_REPLIES_A_DAY)),
                call->answer);
}

static void show_me(struct container_call *call)
{
    answer_json(call->request, 200,
                json_pack("{s:s,s:s}", "id", call->account->id, "username", call->account->handle),
                call->answer);
}

/* ---- objects ---- */

static void show_object(struct container_call *call, const char *id)
{
    const struct upload *container = container_of(call, id);
    const struct post *post = container_post(call, id);

    if (container)
        show_container(call, container);
    else if (post && container_wants(call, "status"))
        graph_invalid(call->request,
                      "Tried accessing nonexisting field (status) on node type (ThreadsMedia)",
                      call->answer);
    else if (post)
        answer_json(call->request, 200, post_json(call, post), call->answer);
    else
        container_refuse(call, 400, 24, 4279009, "The requested resource does not exist");
}

static void delete_post(struct container_call *call, const char *id)
{
    struct post *post = container_post(call, id);

    if (!post) {
        graph_gone(call->request, id, call->answer);
        return;
    }
    world_delete(call->world, post);
    answer_json(call->request, 200, json_pack("{s:b,s:s}", "success", 1, "deleted_id", id),
                call->answer);
}

/* ---- the token ---- */

static bool is_young(struct container_call *call, const char *token)
{
    const struct session *session = session_of_access(call->world, call->platform->name, token);

    return session && instant_before(world_now(call->world), instant_plus(session->at, day));
}

static void refresh_token(struct container_call *call)
{
    const char *grant = container_field(call, "grant_type");
    const char *token = container_field(call, "access_token"), *fresh;

    if (!grant || strcmp(grant, "th_refresh_token") != 0) {
        graph_missing(call->request, "grant_type", call->answer);
        return;
    }
    if (is_young(call, token)) {
        container_refuse(call, 400, 100, 0,
                         "(#100) The access token must be at least 24 hours old to be refreshed.");
        return;
    }
    fresh = arena_printf(call->arena, "THAAsandbox%s", world_new_id(call->world, call->arena));
    (void)session_make(call->world, call->account, fresh, token_life, fresh, token_life, NULL);
    answer_json(call->request, 200,
                json_pack("{s:s,s:s,s:i}", "access_token", fresh, "token_type", "bearer",
                          "expires_in", 5184000),
                call->answer);
}

/* ---- the table of paths ---- */

static const struct container_edge edges[] = {
    {"POST", "/me/threads", make_container},
    {"POST", "/me/threads_publish", publish},
    {"GET", "/me/threads", list_threads},
    {"GET", "/me/replies", list_replies},
    {"GET", "/me/threads_publishing_limit", show_limit},
    {"GET", "/me", show_me},
    {"GET", "/refresh_access_token", refresh_token},
};

static void serve_object(struct container_call *call)
{
    const char *method = call->request->method, *id = NULL;

    if (!path_matches("/*", call->below, call->arena, &id))
        container_refuse(call, 400, 24, 4279009, "The requested resource does not exist");
    else if (strcmp(method, "GET") == 0)
        show_object(call, id);
    else if (strcmp(method, "DELETE") == 0)
        delete_post(call, id);
    else
        graph_gone(call->request, id, call->answer);
}

static void serve_edge(struct container_call *call)
{
    if (!container_serve_edge(call, edges, COUNT_OF(edges), call->below))
        serve_object(call);
}

/* A first token is one that nobody gave here; it has 60 days, too. */
static bool is_first_token_good(struct container_call *call)
{
    const char *token = graph_token(call->request, &call->form, false);

    if (session_of_access(call->world, call->platform->name, token) ||
        instant_before(world_now(call->world), instant_plus(call->account->since, token_life)))
        return true;
    graph_no_token(call->request, call->answer);
    return false;
}

static void serve_threads(struct container_call *call)
{
    if (container_begin(call, false) && is_first_token_good(call) &&
        graph_within(call->world, call->request, "threads", 4800, call->answer))
        serve_edge(call);
}

/* graph.facebook.com, where the Page lives. */
static void serve_page_photo(struct container_call *call)
{
    if (!graph_below(call->request, 21, 26, &call->below, call->answer) ||
        !container_begin(call, false))
        return;
    if (!container_serve_photo(call))
        graph_gone(call->request, call->below + 1, call->answer);
}

/* "/@police" and "/@police/post/ID", as on threads.net. */
static bool served_page(struct container_call *call)
{
    const char *below = call->request->below, *name = below + 2, *rest;
    const struct account *account;
    const struct post *only = NULL;
    size_t length;

    if (strncmp(below, "/@", 2) != 0 || strcmp(call->request->method, "GET") != 0)
        return false;
    length = strcspn(name, "/");
    rest = name + length;
    account = world_find_account(call->world, call->platform->name,
                                 arena_text_n(call->arena, name, length));
    if (account && strncmp(rest, "/post/", 6) == 0)
        only = world_find_post(call->world, call->platform->name, rest + 6);
    if (!account || (*rest && !only))
        answer_text(call->request, 404, "text/plain; charset=utf-8", "SANDBOX: not found",
                    call->answer);
    else
        threads_page(call->platform, call->world, call->request, account, only, call->answer);
    return true;
}

void threads_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    graph_too_many(request, "threads", reset, answer);
}

/* The token at hand ends now, for good. */
void threads_no_token(struct world *world, struct request *request, struct answer *answer)
{
    const char *token = graph_token(request, NULL, false);
    const struct session *session = token ? session_of_access(world, "threads", token) : NULL;

    if (session)
        session_expire_access(world, world_find_account(world, "threads", session->account));
    graph_no_token(request, answer);
}

void threads_serve(const struct platform *platform, struct world *world, struct request *request,
                   struct answer *answer)
{
    struct container_call call = container_receive(platform, world, request, answer);
    const char *below = request->below;

    if (container_serve_file(platform, world, request, answer) || served_page(&call))
        return;
    if (strncmp(below, "/v2", 3) == 0) {
        serve_page_photo(&call);
        return;
    }
    call.below = strncmp(below, "/v1.0/", 6) == 0 ? below + 5 : below;
    serve_threads(&call);
}

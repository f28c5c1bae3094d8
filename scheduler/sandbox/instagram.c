#include "sandbox/instagram.h"

#include <string.h>

static const struct span image_processing = {2000}, video_processing = {20000};
static const struct span story_life = {86400000};

/* ---- what is asked of a container's parameters ---- */

static size_t tags_in(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += *text == '#' && text[1] && !strchr(" \t\r\n#", text[1]);
    return count;
}

static bool text_is_fine(struct container_call *call)
{
    const char *caption = container_field(call, "caption"),
               *alt = container_field(call, "alt_text");

    if (caption && container_code_points(caption) > INSTAGRAM_CAPTION_MOST)
        container_refuse(call, 400, 100, 2207010,
                         "The caption was too long. The maximum is 2200 characters.");
    else if (caption && tags_in(caption) > INSTAGRAM_TAGS_MOST)
        container_refuse(call, 400, 100, 2207040, "Cannot use more than 5 tags per created media");
    else if (alt && container_code_points(alt) > INSTAGRAM_ALT_MOST)
        graph_invalid(call->request, "Param alt_text must be at most 1000 characters long",
                      call->answer);
    else
        return true;
    return false;
}

/* ---- pictures ---- */

static bool ratio_is_fine(struct container_call *call, const struct medium *medium)
{
    const char *bytes;
    size_t length;
    int64_t width, height;

    return !world_media(call->world, medium->sha256, call->arena, &bytes, &length) ||
           !container_jpeg_size(bytes, length, &width, &height) || height == 0 ||
           (width * 5 >= height * 4 && width * 100 <= height * 191);
}

static bool picture_is_fine(struct container_call *call, const struct medium *medium, bool story)
{
    if (strcmp(medium->mime, "image/jpeg") != 0)
        container_refuse(call, 400, 36001, 2207005,
                         "The image format is not supported. Supported formats are: JPEG.");
    else if (medium->bytes > INSTAGRAM_IMAGE_BYTES_MOST)
        container_refuse(call, 400, 36000, 2207004,
                         "The image is too large to download. It should be less than 8 MiB.");
    else if (!story && !ratio_is_fine(call, medium))
        container_refuse(call, 400, 36003, 2207009,
                         "The submitted image with aspect ratio cannot be published. Please submit "
                         "an image with a valid aspect ratio.");
    else
        return true;
    return false;
}

/* Everything that a post will show of it. */
static json_t *detail_of(struct container_call *call)
{
    json_t *detail = json_object();

    json_put(detail, "caption", container_field(call, "caption"));
    json_put(detail, "alt_text", container_field(call, "alt_text"));
    json_put_bool(detail, "is_carousel_item", container_field(call, "is_carousel_item") != NULL);
    return detail;
}

static void make_picture(struct container_call *call, const char *kind)
{
    struct medium medium;

    if (!container_fetch(call, container_field(call, "image_url"), &medium))
        container_refuse(call, 400, 9004, 2207052,
                         "The media could not be fetched from this URI. Please check the URI.");
    else if (picture_is_fine(call, &medium, strcmp(kind, "STORIES") == 0))
        container_answer_id(
            call, container_make(call, kind, detail_of(call), &medium, NULL, image_processing)->id);
}

/* ---- videos ---- */

static void make_video_by_address(struct container_call *call, const char *kind)
{
    struct medium medium;
    const char *flaw;

    if (!container_fetch(call, container_field(call, "video_url"), &medium)) {
        container_refuse(call, 400, 9004, 2207052,
                         "The media could not be fetched from this URI. Please check the URI.");
        return;
    }
    flaw = strncmp(medium.mime, "video/", 6) == 0
               ? NULL
               : "Error: Media upload has failed with error code 2207026";
    container_answer_id(
        call, container_make(call, kind, detail_of(call), &medium, flaw, video_processing)->id);
}

static void make_resumable(struct container_call *call, const char *kind)
{
    json_t *detail = detail_of(call);
    const struct upload *video;

    json_put(detail, "container", kind);
    video = graph_video_start(call->world, call->account, kind, detail);
    answer_json(call->request, 200,
                json_pack("{s:s,s:s}", "id", video->id, "uri",
                          arena_printf(call->arena, "%s/ig-api-upload/v25.0/%s", call->base,
                                       video->id)),
                call->answer);
}

static void make_video(struct container_call *call, const char *kind)
{
    const char *type = container_field(call, "upload_type");

    if (type && strcmp(type, "resumable") == 0)
        make_resumable(call, kind);
    else if (container_field(call, "video_url"))
        make_video_by_address(call, kind);
    else
        graph_invalid(call->request, "The parameter video_url is required.", call->answer);
}

/* ---- carousels ---- */

static bool take_child(struct container_call *call, const char *id, json_t *children)
{
    const struct upload *child = container_of(call, id);

    if (!child || !json_flag(child->detail, "is_carousel_item"))
        container_refuse(call, 400, 100, 0,
                         arena_printf(call->arena,
                                      "(#100) The following child is not a carousel "
                                      "item: %s",
                                      id));
    else if (container_state_of(call, child) != CONTAINER_FINISHED)
        container_refuse(call, 400, 9007, 2207027, "Media ID is not available");
    else
        return json_array_append_new(children, json_string(id)) == 0;
    return false;
}

static bool take_children(struct container_call *call, json_t *children)
{
    if (!container_take_children(call, take_child, children))
        return false;
    if (json_array_size(children) >= 2 && json_array_size(children) <= INSTAGRAM_CAROUSEL_MOST)
        return true;
    container_refuse(call, 400, 100, 2207028,
                     "Your post won't work as a carousel. Carousels need at least 2 photos/videos "
                     "and no more than 10.");
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
    container_answer_id(call,
                        container_make(call, "CAROUSEL", detail, NULL, NULL, image_processing)->id);
}

/* ---- making and publishing ---- */

static void make_container(struct container_call *call)
{
    const char *type = container_field(call, "media_type");
    const bool has_picture = container_field(call, "image_url") != NULL;

    if (!text_is_fine(call))
        return;
    if (type && strcmp(type, "CAROUSEL") == 0)
        make_carousel(call);
    else if (type && strcmp(type, "STORIES") == 0)
        (has_picture ? make_picture : make_video)(call, "STORIES");
    else if (type && strcmp(type, "REELS") == 0)
        make_video(call, "REELS");
    else if (type && strcmp(type, "VIDEO") == 0 && container_field(call, "is_carousel_item"))
        make_video(call, "VIDEO");
    else if (type && strcmp(type, "IMAGE") != 0)
        container_refuse(call, 400, 100, 2207023, "The media type is unknown.");
    else if (has_picture)
        make_picture(call, "IMAGE");
    else
        graph_invalid(call->request, "The parameter image_url is required", call->answer);
}

static void publish_container(struct container_call *call, const struct upload *container)
{
    struct medium media[INSTAGRAM_CAROUSEL_MOST];
    const char *caption = json_text(container->detail, "caption");
    const char *kind = json_text(container->detail, "container");
    struct draft draft = {.text = caption && strcmp(kind, "STORIES") != 0 ? caption : "",
                          .media = media};

    draft.media_count = container_media(call, container, media, COUNT_OF(media));
    draft.detail = json_pack("{s:s,s:s}", "container", container->id, "kind", kind);
    container_answer_id(call, world_publish(call->world, call->account, &draft)->id);
}

static void publish(struct container_call *call)
{
    const struct upload *container = container_of(call, container_field(call, "creation_id"));
    enum container_state state = container ? container_state_of(call, container) : CONTAINER_ERROR;

    if (!container)
        container_refuse(call, 400, 24, 2207006, "The requested resource does not exist");
    else if (json_flag(container->detail, "is_carousel_item"))
        graph_invalid(call->request, "A carousel item cannot be published by itself", call->answer);
    else if (state == CONTAINER_EXPIRED)
        container_refuse(call, 400, -2, 2207020, "The media you are trying to access has expired");
    else if (state == CONTAINER_IN_PROGRESS || state == CONTAINER_ERROR)
        container_refuse(call, 400, 9007, 2207027, "Media ID is not available");
    else if (container_posts_of_a_day(call, NULL) >= INSTAGRAM_POSTS_A_DAY &&
             !call->world->unlimited)
        container_refuse(call, 403, 9, 2207042,
                         "The maximum number of posts that can be published is reached");
    else
        publish_container(call, container);
}

/* ---- reading ---- */

static const char *status_of(const struct upload *container, enum container_state state)
{
    static const char *const texts[] = {
        [CONTAINER_IN_PROGRESS] = "In Progress: Media is still being processed.",
        [CONTAINER_FINISHED] = "Finished: Media has been uploaded and it is ready to be published.",
        [CONTAINER_PUBLISHED] = "Published: Media has been published.",
        [CONTAINER_EXPIRED] = "Expired: The container was not published within 24 hours.",
        [CONTAINER_ERROR] = NULL};

    return state == CONTAINER_ERROR ? json_text(container->detail, "flaw") : texts[state];
}

static json_t *video_status(const struct container_call *call, const struct upload *container)
{
    int64_t size, received = graph_video_received(call->world, container, &size);
    const bool whole = graph_video_whole(call->world, container) != NULL;

    return json_pack("{s:{s:s,s:I},s:{s:s}}", "uploading_phase", "status",
                     whole      ? "complete"
                     : received ? "in_progress"
                                : "not_started",
                     "bytes_transferred", (json_int_t)received, "processing_phase", "status",
                     whole ? "in_progress" : "not_started");
}

static void show_container(struct container_call *call, const struct upload *container)
{
    enum container_state state = container_state_of(call, container);
    json_t *body = json_pack("{s:s}", "id", container->id);

    if (container_wants(call, "status_code"))
        json_put(body, "status_code", container_word(state));
    if (container_wants(call, "status"))
        json_put(body, "status", status_of(container, state));
    if (container_wants(call, "video_status") && json_text(container->detail, "video"))
        json_put_new(body, "video_status", video_status(call, container));
    answer_json(call->request, 200, body, call->answer);
}

static bool is_story(const struct post *post)
{
    return strcmp(json_text(post->detail, "kind"), "STORIES") == 0;
}

static const char *media_type_of(const struct post *post)
{
    if (post->media_count > 1)
        return "CAROUSEL_ALBUM";
    return post->media_count == 1 && strncmp(post->media[0].mime, "video/", 6) == 0 ? "VIDEO"
                                                                                    : "IMAGE";
}

static const char *product_of(const struct post *post)
{
    if (is_story(post))
        return "STORY";
    return strcmp(json_text(post->detail, "kind"), "REELS") == 0 ? "REELS" : "FEED";
}

static json_t *media_json(struct container_call *call, const struct post *post)
{
    const char *permalink = arena_printf(call->arena, "%s/p/%s/", call->base, post->id);
    json_t *body = container_post_json(call, post, "caption", media_type_of(post), permalink);

    if (container_wants(call, "media_product_type"))
        json_put(body, "media_product_type", product_of(post));
    return body;
}

static bool is_in_feed(const struct container_call *call, const struct post *post)
{
    (void)call;
    return !is_story(post);
}

static bool is_live_story(const struct container_call *call, const struct post *post)
{
    return is_story(post) &&
           !instant_before(instant_plus(post->at, story_life), world_now(call->world));
}

static void list_feed(struct container_call *call)
{
    container_list(call, is_in_feed, media_json);
}

static void list_stories(struct container_call *call)
{
    container_list(call, is_live_story, media_json);
}

static void show_limit(struct container_call *call)
{
    answer_json(call->request, 200,
                json_pack("{s:[{s:{s:i,s:i},s:I}]}", "data", "config", "quota_total",
                          INSTAGRAM_POSTS_A_DAY, "quota_duration", 86400, "quota_usage",
                          (json_int_t)container_posts_of_a_day(call, NULL)),
                call->answer);
}

/* ---- the objects themselves ---- */

static void show_object(struct container_call *call, const char *id)
{
    const struct upload *container = container_of(call, id);
    const struct post *post = container_post(call, id);

    if (call->token == TOKEN_PAGE || (!container && !post))
        graph_gone(call->request, id, call->answer);
    else if (container)
        show_container(call, container);
    else
        answer_json(call->request, 200, media_json(call, post), call->answer);
}

static void delete_media(struct container_call *call, const char *id)
{
    struct post *post = container_post(call, id);

    if (!post) {
        graph_gone(call->request, id, call->answer);
        return;
    }
    world_delete(call->world, post);
    graph_success(call->request, call->answer);
}

/* A comment is no post of the account: it is kept beside. */
static void add_comment(struct container_call *call, const char *id)
{
    const struct post *post = container_post(call, id);
    const char *message = container_field(call, "message");

    if (!post)
        graph_gone(call->request, id, call->answer);
    else if (!message || !*message)
        graph_missing(call->request, "message", call->answer);
    else
        container_answer_id(call, world_upload(call->world, call->account, "", 0, "text/plain",
                                               NULL, (struct span){0},
                                               json_pack("{s:s,s:s}", "comment_on", id, "message",
                                                         message))
                                      ->id);
}

static bool is_comment_on(const struct upload *upload, const char *id)
{
    const char *on = json_text(upload->detail, "comment_on");

    return on && strcmp(on, id) == 0;
}

static void list_comments(struct container_call *call, const char *id)
{
    const struct upload *upload;
    json_t *data = json_array();

    for (upload = call->world->uploads; upload; upload = upload->older)
        if (is_comment_on(upload, id))
            json_array_append_new(data, json_pack("{s:s,s:s,s:s}", "id", upload->id, "text",
                                                  json_text(upload->detail, "message"), "username",
                                                  upload->account));
    answer_json(call->request, 200, json_pack("{s:o}", "data", data), call->answer);
}

/* ---- who is who ---- */

static json_t *user_json(const struct container_call *call)
{
    return json_pack("{s:s,s:s}", "id", call->account->id, "username", call->account->handle);
}

/* The Page behind a Page's token; its number is made from the account's. */
static void show_me(struct container_call *call)
{
    if (call->token == TOKEN_USER)
        answer_json(call->request, 200,
                    json_pack("{s:s,s:s}", "id", "122000000000001", "name", "SANDBOX system user"),
                    call->answer);
    else
        answer_json(call->request, 200,
                    json_pack("{s:s,s:o}", "id",
                              arena_printf(call->arena, "1%s", call->account->id),
                              "instagram_business_account", user_json(call)),
                    call->answer);
}

static void show_user(struct container_call *call)
{
    answer_json(call->request, 200, user_json(call), call->answer);
}

/* ---- the table of paths ---- */

/* Below the account's id. */
static const struct container_edge edges[] = {
    {"POST", "/media", make_container},
    {"POST", "/media_publish", publish},
    {"GET", "/media", list_feed},
    {"GET", "/stories", list_stories},
    {"GET", "/content_publishing_limit", show_limit},
    {"GET", "", show_user},
};

static bool served_account(struct container_call *call)
{
    const size_t length = strlen(call->account->id);
    const char *rest = call->below + 1 + length;

    return strncmp(call->below + 1, call->account->id, length) == 0 &&
           container_serve_edge(call, edges, COUNT_OF(edges), rest);
}

static void serve_object(struct container_call *call)
{
    const char *method = call->request->method, *id = NULL;

    if (path_matches("/*/comments", call->below, call->arena, &id))
        (strcmp(method, "POST") == 0 ? add_comment : list_comments)(call, id);
    else if (!path_matches("/*", call->below, call->arena, &id))
        graph_gone(call->request, call->below + 1, call->answer);
    else if (strcmp(method, "GET") == 0)
        show_object(call, id);
    else if (strcmp(method, "DELETE") == 0)
        delete_media(call, id);
    else
        graph_gone(call->request, id, call->answer);
}

static void serve_graph(struct container_call *call)
{
    if (!graph_below(call->request, 21, 26, &call->below, call->answer) ||
        !container_begin(call, false) ||
        !graph_within(call->world, call->request, "instagram", 4800, call->answer))
        return;
    if (strcmp(call->below, "/me") == 0 && strcmp(call->request->method, "GET") == 0)
        show_me(call);
    else if (!container_serve_photo(call) && !served_account(call))
        serve_object(call);
}

/* rupload.facebook.com/ig-api-upload/v25.0/CONTAINER */
static void serve_upload(struct container_call *call, const char *id)
{
    struct upload *video;

    if (!container_begin(call, true))
        return;
    video = graph_video(call->world, call->account, id);
    if (!video || graph_video_whole(call->world, video))
        graph_upload_refused(call->request, 400, false, "ProcessingFailedError",
                             "Request processing failed", call->answer);
    else
        graph_video_take(call->world, call->request, video, video_processing, call->answer);
}

/* "/police" and "/p/ID/", as on instagram.com. */
static bool served_page(struct container_call *call)
{
    const char *below = call->request->below, *id = NULL;
    const struct account *account;
    const struct post *only = NULL;

    if (strcmp(call->request->method, "GET") != 0 || !strchr(below, '/'))
        return false;
    if (path_matches("/p/*/", below, call->arena, &id))
        only = world_find_post(call->world, call->platform->name, id);
    account =
        world_find_account(call->world, call->platform->name, only ? only->account : below + 1);
    if (!account)
        return false;
    instagram_page(call->platform, call->world, call->request, account, only, call->answer);
    return true;
}

void instagram_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    graph_too_many(request, "instagram", reset, answer);
}

void instagram_no_token(struct world *world, struct request *request, struct answer *answer)
{
    (void)world;
    graph_no_token(request, answer);
}

void instagram_serve(const struct platform *platform, struct world *world, struct request *request,
                     struct answer *answer)
{
    struct container_call call = container_receive(platform, world, request, answer);
    const char *id = NULL;

    if (container_serve_file(platform, world, request, answer) || served_page(&call))
        return;
    if (path_matches("/ig-api-upload/v25.0/*", request->below, call.arena, &id) &&
        strcmp(request->method, "POST") == 0)
        serve_upload(&call, id);
    else
        serve_graph(&call);
}

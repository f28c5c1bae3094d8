#include "sandbox/facebook.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/sniff.h"

enum { OLDEST_VERSION = 21, NEWEST_VERSION = 26 };

static const struct span same_text_window = {3600000};

/* ---- what all parts share ---- */

const char *facebook_field(const struct facebook_call *call, const char *name)
{
    const char *text = fields_text(&call->form, name);

    return text ? text : fields_text(&call->request->query, name);
}

size_t facebook_length(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

const char *facebook_post_id(struct facebook_call *call)
{
    return arena_printf(call->arena, "%s_%s", call->account->id,
                        world_new_id(call->world, call->arena));
}

static bool is_mine(const struct facebook_call *call, const struct post *post)
{
    return post && instant_is_none(post->deleted_at) &&
           strcmp(post->platform, call->platform->name) == 0 &&
           strcmp(post->account, call->account->handle) == 0;
}

struct post *facebook_post_with(const struct facebook_call *call, const char *member,
                                const char *value)
{
    struct post *post = call->world->posts;

    for (; post; post = post->older) {
        const char *text = is_mine(call, post) ? json_text(post->detail, member) : NULL;

        if (text && strcmp(text, value) == 0)
            return post;
    }
    return NULL;
}

struct post *facebook_post(const struct facebook_call *call, const char *id)
{
    struct post *post = world_find_post(call->world, call->platform->name, id);

    return is_mine(call, post) ? post : facebook_post_with(call, "video", id);
}

const char *facebook_kind(const struct post *post)
{
    return json_text(post->detail, "kind");
}

const char *facebook_permalink(struct facebook_call *call, const struct post *post)
{
    const char *video = json_text(post->detail, "video");

    if (video)
        return arena_printf(call->arena, "/reel/%s/", video);
    return arena_printf(call->arena, "%s/%s/posts/%s", call->base, post->account, post->id);
}

/* Whether a list of words, blank between, has this one. */
static bool has_word(const char *words, const char *word, size_t length)
{
    const char *at;

    for (at = words; (at = strstr(at, word)) != NULL; at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

/* "id,from{id,name},comments.limit(0)" holds id, from and comments. */
static bool next_field(const char **at, const char **name, size_t *length)
{
    int depth = 0;

    *name = *at;
    *length = strcspn(*at, ",{.(");
    for (; **at && (depth > 0 || **at != ','); ++*at)
        depth += (**at == '{' || **at == '(') - (**at == '}' || **at == ')');
    if (**at == ',')
        ++*at;
    return *length > 0;
}

void facebook_answer_fields(struct facebook_call *call, json_t *full, const char *known)
{
    const char *at = facebook_field(call, "fields"), *name;
    json_t *chosen = json_object();
    size_t length;

    json_put_new(chosen, "id", json_incref(json_object_get(full, "id")));
    if (!at)
        json_object_update(chosen, full);
    while (at && next_field(&at, &name, &length)) {
        const char *word = arena_text_n(call->arena, name, length);

        if (!has_word(known, word, length)) {
            graph_invalid(call->request,
                          arena_printf(call->arena, "Tried accessing nonexistent field (%s)", word),
                          call->answer);
            break;
        }
        if (json_object_get(full, word))
            json_put_new(chosen, word, json_incref(json_object_get(full, word)));
    }
    if (call->answer->status == 0)
        answer_json(call->request, 200, json_incref(chosen), call->answer);
    json_decref(chosen);
    json_decref(full);
}

void facebook_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    graph_too_many(request, "pages", reset, answer);
}

void facebook_no_token(struct world *world, struct request *request, struct answer *answer)
{
    (void)world;
    graph_no_token(request, answer);
}

/* ---- photos ---- */

static const char *mime_of(const struct field *file)
{
    return sniff_mime(file->value, file->length,
                      SNIFF_JPEG | SNIFF_PNG | SNIFF_GIF | SNIFF_BMP | SNIFF_TIFF);
}

/* The part `source` when it is a photo that is taken; else NULL with the answer written. */
static const struct field *photo_of(struct facebook_call *call)
{
    static const struct graph_fault not_a_photo = {
        .status = 400,
        .code = 100,
        .subcode = 2069019,
        .message = "(#100) Invalid parameter",
        .title = "Invalid image file",
        .told = "The file that you uploaded is not a photo that we can use."};
    static const struct graph_fault too_large = {
        .status = 400,
        .code = 100,
        .subcode = 1366046,
        .message = "(#100) Invalid parameter",
        .title = "Photo too large",
        .told = "Your photos couldn't be uploaded. Photos should be smaller than 10 MB."};
    const struct field *file = fields_find(&call->form, "source");

    if (facebook_field(call, "url"))
        graph_invalid(call->request, "SANDBOX: url is not fetched here", call->answer);
    else if (!file || !file->filename || !file->length)
        graph_missing(call->request, "source", call->answer);
    else if (!mime_of(file))
        graph_refuse(call->request, &not_a_photo, call->answer);
    else if (file->length > FACEBOOK_PHOTO_BYTES_MOST)
        graph_refuse(call->request, &too_large, call->answer);
    else
        return file;
    return NULL;
}

static const char *publish(struct facebook_call *call, const char *text, const struct medium *media,
                           size_t count, json_t *detail)
{
    const struct draft draft = {.id = facebook_post_id(call),
                                .text = text ? text : "",
                                .media = media,
                                .media_count = count,
                                .detail = detail};

    return world_publish(call->world, call->account, &draft)->id;
}

/* Unpublished it is only an id; else a post of its own at once. */
static void photos(struct facebook_call *call)
{
    const char *published = facebook_field(call, "published");
    const char *text = facebook_field(call, "message");
    const struct field *file = photo_of(call);
    struct upload *upload;
    struct medium medium;
    json_t *body;

    if (!file)
        return;
    upload = world_upload(call->world, call->account, file->value, file->length, mime_of(file),
                          facebook_field(call, "alt_text_custom"), (struct span){0},
                          json_pack("{s:b}", "photo", 1));
    body = json_pack("{s:s}", "id", upload->id);
    if (!published || strcmp(published, "false") != 0) {
        medium = world_medium(upload);
        json_put(body, "post_id",
                 publish(call, text ? text : facebook_field(call, "caption"), &medium, 1,
                         json_pack("{s:s}", "kind", "feed")));
    }
    answer_json(call->request, 200, body, call->answer);
}

/* The account's photo that no post shows; else NULL with the answer written. */
static struct upload *unused_photo(struct facebook_call *call, const char *id)
{
    static const struct graph_fault used = {.status = 400,
                                            .code = 100,
                                            .subcode = 1366051,
                                            .message = "(#100) Invalid parameter",
                                            .title = "These photos were already posted",
                                            .told = "Each photo can only be posted once."};
    struct upload *upload = world_find_upload(call->world, call->platform->name, id);

    if (!upload || !json_flag(upload->detail, "photo") ||
        strcmp(upload->account, call->account->handle) != 0)
        graph_gone(call->request, id, call->answer);
    else if (upload->post)
        graph_refuse(call->request, &used, call->answer);
    else
        return upload;
    return NULL;
}

static void photo_stories(struct facebook_call *call)
{
    const char *id = facebook_field(call, "photo_id");
    struct upload *upload;
    struct medium medium;

    if (!id) {
        graph_missing(call->request, "photo_id", call->answer);
        return;
    }
    upload = unused_photo(call, id);
    if (!upload)
        return;
    medium = world_medium(upload);
    answer_json(call->request, 200,
                json_pack("{s:b,s:s}", "success", 1, "post_id",
                          publish(call, "", &medium, 1, json_pack("{s:s}", "kind", "story"))),
                call->answer);
}

/* ---- the feed ---- */

static bool take_photo(struct facebook_call *call, const char *text, struct medium *medium)
{
    struct err ignored;
    json_t *named = json_read(text, strlen(text), &ignored);
    const char *id = json_text(named, "media_fbid");
    struct upload *upload = id ? unused_photo(call, arena_text(call->arena, id)) : NULL;

    if (!id)
        graph_invalid(call->request, "Param attached_media must be an array of media_fbid",
                      call->answer);
    json_decref(named);
    if (upload)
        *medium = world_medium(upload);
    return upload != NULL;
}

/* attached_media[0], attached_media[1] ... */
static bool take_photos(struct facebook_call *call, struct medium *media, size_t *count)
{
    const char *text;

    while ((text = facebook_field(call, arena_printf(call->arena, "attached_media[%zu]",
                                                     *count))) != NULL) {
        if (*count == FACEBOOK_PHOTOS_MOST) {
            graph_invalid(call->request, "Too many photos in attached_media", call->answer);
            return false;
        }
        if (!take_photo(call, text, &media[*count]))
            return false;
        ++*count;
    }
    return true;
}

static bool link_is_fine(struct facebook_call *call, const char *link)
{
    static const struct graph_fault own = {.status = 400,
                                           .code = 100,
                                           .subcode = 1609008,
                                           .message = "(#100) Invalid parameter",
                                           .title = "Facebook links cannot be posted"};
    static const struct graph_fault bad = {.status = 400,
                                           .code = 100,
                                           .subcode = 2061006,
                                           .message = "(#100) The URL is not well formed",
                                           .title = "Bad URL"};

    if (link && strstr(link, "facebook.com"))
        graph_refuse(call->request, &own, call->answer);
    else if (link && strncmp(link, "https://", 8) != 0 && strncmp(link, "http://", 7) != 0)
        graph_refuse(call->request, &bad, call->answer);
    else
        return true;
    return false;
}

/* What is not built here, or would not be as staff expects. */
static bool is_plain_post(struct facebook_call *call)
{
    const char *published = facebook_field(call, "published");

    if ((published && strcmp(published, "true") != 0) ||
        facebook_field(call, "scheduled_publish_time"))
        graph_invalid(call->request, "SANDBOX: only posts that are published at once",
                      call->answer);
    else if (facebook_field(call, "text_format_preset_id")) /* retired: looks like an outage */
        graph_refuse(call->request,
                     &(struct graph_fault){
                         .status = 500, .code = 1, .message = "An unknown error has occurred."},
                     call->answer);
    else
        return true;
    return false;
}

/* The newest post of the feed says exactly this, and neither has photos. */
static bool is_same_as_last(const struct facebook_call *call, const char *text, const char *link)
{
    const struct post *post = call->world->posts;
    const char *last;

    while (post && (!is_mine(call, post) || strcmp(facebook_kind(post), "feed") != 0))
        post = post->older;
    if (!post || post->media_count > 0 ||
        !instant_before(world_now(call->world), instant_plus(post->at, same_text_window)))
        return false;
    last = json_text(post->detail, "link");
    return strcmp(post->text, text) == 0 && strcmp(last ? last : "", link ? link : "") == 0;
}

static bool text_is_fine(struct facebook_call *call, const char *text, const char *link,
                         size_t photos_count)
{
    static const struct graph_fault same = {
        .status = 400,
        .code = 506,
        .subcode = 1455006,
        .message = "(#506) Duplicate status message",
        .title = "Duplicate Status Update",
        .told = "This status update is identical to the last one you posted."};

    if (!*text && !link && photos_count == 0)
        graph_invalid(call->request, "Missing message or attachment", call->answer);
    else if (facebook_length(text) > FACEBOOK_MESSAGE_MOST)
        graph_invalid(call->request, "Param message must be at most 63206 characters long",
                      call->answer);
    else if (photos_count == 0 && is_same_as_last(call, text, link))
        graph_refuse(call->request, &same, call->answer);
    else
        return true;
    return false;
}

static void feed(struct facebook_call *call)
{
    const char *text = facebook_field(call, "message"), *link = facebook_field(call, "link");
    struct medium media[FACEBOOK_PHOTOS_MOST];
    size_t count = 0;
    json_t *detail;

    text = text ? text : "";
    if (!is_plain_post(call) || !link_is_fine(call, link) || !take_photos(call, media, &count) ||
        !text_is_fine(call, text, link, count))
        return;
    detail = json_pack("{s:s}", "kind", "feed");
    if (link && count == 0) /* photos take its place */
        json_put(detail, "link", link);
    answer_json(call->request, 200,
                json_pack("{s:s}", "id", publish(call, text, media, count, detail)), call->answer);
}

/* ---- who am I ---- */

/* Any token is the page's own here; a system user's gets that one by asking for it. */
json_t *facebook_page_json(const struct facebook_call *call)
{
    return json_pack("{s:s,s:s,s:o}", "id", call->account->id, "name", call->account->handle,
                     "access_token", json_sprintf("sandbox-%s", call->account->handle));
}

static void me(struct facebook_call *call)
{
    facebook_answer_fields(call, facebook_page_json(call), "id name username access_token");
}

static void debug_token(struct facebook_call *call)
{
    const char *token = facebook_field(call, "input_token");
    const char *handle = token ? world_handle_of(call->world, token, call->arena) : NULL;
    const int64_t ends = instant_plus(call->account->since, span_days(90)).ms / 1000;

    if (!token) {
        graph_missing(call->request, "input_token", call->answer);
        return;
    }
    answer_json(call->request, 200,
                json_pack("{s:{s:b,s:s,s:s,s:i,s:I,s:s,s:[ssss]}}", "data", "is_valid",
                          handle != NULL, "type", "PAGE", "app_id", "100000000000001", "expires_at",
                          0, "data_access_expires_at", (json_int_t)ends, "profile_id",
                          call->account->id, "scopes", "pages_show_list", "pages_manage_posts",
                          "pages_read_engagement", "pages_manage_engagement"),
                call->answer);
}

/* ---- the table of paths ---- */

/* `own`: the '*' must be the asker's Page. */
static const struct route {
    const char *method, *path;
    bool own;
    void (*serve)(struct facebook_call *call);
} routes[] = {
    {"GET", "/me", false, me},
    {"GET", "/debug_token", false, debug_token},
    {"POST", "/*/feed", true, feed},
    {"GET", "/*/feed", true, facebook_published_posts},
    {"GET", "/*/published_posts", true, facebook_published_posts},
    {"POST", "/*/photos", true, photos},
    {"POST", "/*/photo_stories", true, photo_stories},
    {"POST", "/*/videos", true, facebook_videos},
    {"POST", "/*/video_reels", true, facebook_video_reels},
    {"POST", "/*/video_stories", true, facebook_video_stories},
    {"GET", "/*/stories", true, facebook_stories},
    {"POST", "/*/comments", false, facebook_add_comment},
    {"GET", "/*/comments", false, facebook_comments},
    {"POST", "/*/thumbnails", false, facebook_thumbnails},
    {"POST", "/*/captions", false, facebook_captions},
    {"GET", "/*", false, facebook_object},
    {"DELETE", "/*", false, facebook_delete},
};

static const struct route *route_of(struct facebook_call *call)
{
    size_t i;

    for (i = 0; i < COUNT_OF(routes); i++)
        if (strcmp(routes[i].method, call->request->method) == 0 &&
            path_matches(routes[i].path, call->below, call->arena, &call->argument))
            return &routes[i];
    return NULL;
}

static bool is_own_page(struct facebook_call *call)
{
    static const struct graph_fault other = {
        .status = 403,
        .code = 200,
        .message = "(#200) The permission(s) pages_manage_posts are not available for this Page."};

    if (strcmp(call->argument, call->account->id) == 0 || strcmp(call->argument, "me") == 0)
        return true;
    graph_refuse(call->request, &other, call->answer);
    return false;
}

static void serve_route(struct facebook_call *call)
{
    const struct route *route;

    if (!graph_below(call->request, OLDEST_VERSION, NEWEST_VERSION, &call->below, call->answer) ||
        !graph_is_current(call->request, &call->form, call->answer) ||
        !graph_asker(call->world, call->request, call->platform->name, &call->form, false,
                     call->answer) ||
        !graph_within(call->world, call->request, "pages", FACEBOOK_CALLS_A_DAY, call->answer))
        return;
    call->account = call->request->account;
    route = route_of(call);
    if (!route)
        graph_gone(call->request, call->below + 1, call->answer);
    else if (!route->own || is_own_page(call))
        route->serve(call);
}

/* The upload host: /video-upload/v25.0/VIDEO. */
static bool served_upload(struct facebook_call *call)
{
    static const char place[] = "/video-upload/v";
    const char *below = call->request->below, *video = strrchr(below, '/') + 1;

    if (strncmp(below, place, sizeof place - 1) != 0 || strcmp(call->request->method, "POST") != 0)
        return false;
    if (graph_asker(call->world, call->request, call->platform->name, NULL, true, call->answer)) {
        call->account = call->request->account;
        facebook_receive(call, video);
    }
    return true;
}

static void not_found(struct facebook_call *call)
{
    answer_text(call->request, 404, "text/plain; charset=utf-8", "SANDBOX: not found",
                call->answer);
}

/* "/reel/VIDEO/": whoever's it is. */
static void show_reel(struct facebook_call *call, const char *id)
{
    const struct post *post;

    call->account = call->world->accounts;
    for (; call->account; call->account = call->account->next)
        if (strcmp(call->account->platform, call->platform->name) == 0 &&
            (post = facebook_post_with(call, "video", id)) != NULL) {
            facebook_page(call->platform, call->world, call->request, call->account, post,
                          call->answer);
            return;
        }
    not_found(call);
}

/* "/HANDLE", "/HANDLE/posts/ID", "/reel/VIDEO/" and "/media/SHA256": what a browser asks for. */
static bool served_page(struct facebook_call *call)
{
    const char *below = call->request->below, *rest = strchr(below + 1, '/');
    const char *name = arena_text_n(call->arena, below + 1, strcspn(below + 1, "/"));
    const struct post *only = NULL;

    if (strcmp(call->request->method, "GET") != 0 ||
        (name[0] == 'v' && name[1] >= '0' && name[1] <= '9'))
        return false;
    if (strcmp(name, "media") == 0 && rest) {
        if (!platform_show_file(call->world, call->request, rest + 1, NULL, call->answer))
            not_found(call);
        return true;
    }
    if (strcmp(name, "reel") == 0 && rest) {
        show_reel(call, arena_text_n(call->arena, rest + 1, strcspn(rest + 1, "/")));
        return true;
    }
    call->account = world_find_account(call->world, call->platform->name, name);
    if (call->account && rest && strncmp(rest, "/posts/", 7) == 0)
        only = facebook_post(call, rest + 7);
    if (call->account && (!rest || only))
        facebook_page(call->platform, call->world, call->request, call->account, only,
                      call->answer);
    else
        not_found(call);
    return true;
}

static bool has_form(const struct request *request)
{
    return request->body.length > 0 &&
           (request_body_is(request, "multipart/form-data") ||
            request_body_is(request, "application/x-www-form-urlencoded") ||
            request_body_is(request, "application/json"));
}

void facebook_serve(const struct platform *platform, struct world *world, struct request *request,
                    struct answer *answer)
{
    struct facebook_call call = {.platform = platform,
                                 .world = world,
                                 .request = request,
                                 .answer = answer,
                                 .arena = &request->arena,
                                 .base = platform_base(platform, request)};

    if (served_upload(&call) || served_page(&call))
        return;
    if (has_form(request) && !form_read_body(request, &request->arena, &call.form))
        graph_invalid(request, "The body cannot be read", answer);
    else
        serve_route(&call);
}

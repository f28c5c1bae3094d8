#include "sandbox/youtube.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/login.h"
#include "sandbox/session.h"
#include "sandbox/sniff.h"

enum { LIST_MOST = 50, LIST_DEFAULT = 5 };

static const struct span access_life = {INT64_C(3599) * 1000};
static const struct span refresh_life = {INT64_C(180) * 86400000};

/* ---- answers ---- */

void youtube_refuse(struct request *request, int status, const char *domain, const char *reason,
                    const char *message, struct answer *answer)
{
    answer_json(request, status,
                json_pack("{s:{s:i,s:s,s:[{s:s,s:s,s:s}]}}", "error", "code", status, "message",
                          message, "errors", "message", message, "domain", domain, "reason",
                          reason),
                answer);
}

void youtube_fail(struct youtube_call *call, int status, const char *reason, const char *message)
{
    youtube_refuse(call->request, status, status == 403 ? "youtube.quota" : "youtube.video", reason,
                   message, call->answer);
}

const char *youtube_query(const struct youtube_call *call, const char *name)
{
    return fields_text(&call->request->query, name);
}

void youtube_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    (void)reset;
    youtube_refuse(request, 403, "usageLimits", "rateLimitExceeded", "Rate Limit Exceeded", answer);
}

static void refuse_token(struct request *request, struct answer *answer)
{
    youtube_refuse(request, 401, "global", "authError",
                   "Request had invalid authentication credentials.", answer);
    answer_header(request, "WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\"",
                  answer);
}

/* The token at hand ends now, and the answer says so. */
void youtube_no_token(struct world *world, struct request *request, struct answer *answer)
{
    const char *token = request_bearer(request);
    const struct session *session = token ? session_of_access(world, "youtube", token) : NULL;

    if (session)
        session_expire_access(world, world_find_account(world, "youtube", session->account));
    refuse_token(request, answer);
}

static bool know_asker(struct youtube_call *call)
{
    const char *token = request_bearer(call->request);
    const struct session *session = token ? session_of_access(call->world, "youtube", token) : NULL;

    if (!session || !instant_before(world_now(call->world), session->access_until)) {
        refuse_token(call->request, call->answer);
        return false;
    }
    call->account = call->request->account =
        world_find_account(call->world, "youtube", session->account);
    return true;
}

/* ---- the token endpoint ---- */

static void refuse_grant(struct youtube_call *call, int status, const char *error, const char *told)
{
    answer_json(call->request, status,
                json_pack("{s:s,s:s}", "error", error, "error_description", told), call->answer);
}

/* `told`: the answer names the refresh token, too, which is so at a login only. */
static void answer_session(struct youtube_call *call, const struct account *account,
                           const char *refresh, bool told)
{
    const struct session *before = session_of_refresh(call->world, "youtube", refresh);
    const char *access =
        arena_printf(call->arena, "ya29.sandbox-%s", world_new_id(call->world, call->arena));
    const struct session *made =
        session_make(call->world, account, access, access_life, refresh, refresh_life, before);
    json_t *body =
        json_pack("{s:s,s:i,s:s,s:s}", "access_token", made->access, "expires_in", 3599, "scope",
                  "https://www.googleapis.com/auth/youtube.force-ssl", "token_type", "Bearer");

    if (told)
        json_put(body, "refresh_token", refresh);
    answer_json(call->request, 200, body, call->answer);
}

static void log_in(struct youtube_call *call, const char *handle)
{
    answer_session(call, world_account(call->world, "youtube", handle),
                   arena_printf(call->arena, "sandbox-%s", handle), true);
}

/* ---- first tokens ---- */

static void exchange_code(struct youtube_call *call, const struct fields *form)
{
    const char *handle = login_by_code(form, call->arena);

    if (handle)
        log_in(call, handle);
    else
        refuse_grant(call, 400, "invalid_grant", "Malformed auth code.");
}

static void ask_for_device(struct youtube_call *call, const struct fields *form)
{
    const char *handle;

    switch (login_take(fields_text(form, "device_code"), &handle)) {
    case LOGIN_GIVEN:
        log_in(call, handle);
        return;
    case LOGIN_WAITING:
        refuse_grant(call, 428, "authorization_pending", "Precondition Required");
        return;
    case LOGIN_UNKNOWN:
        break;
    }
    refuse_grant(call, 400, "invalid_grant", "Malformed device code.");
}

/* Captions and comments are not for devices. */
static void serve_device_code(struct youtube_call *call)
{
    struct fields form = {0};
    const char *scope, *wish;

    if (!form_read_body(call->request, call->arena, &form) ||
        !(scope = fields_text(&form, "scope")) || !fields_text(&form, "client_id")) {
        refuse_grant(call, 400, "invalid_request", "Missing required parameter.");
        return;
    }
    if (strstr(scope, "force-ssl") || strstr(scope, "upload")) {
        refuse_grant(call, 400, "invalid_scope", "Invalid device flow scope");
        return;
    }
    wish = login_wish(call->arena);
    answer_json(call->request, 200,
                json_pack("{s:s,s:s,s:s,s:i,s:i}", "device_code", wish, "user_code",
                          wish + strlen(wish) - 8, "verification_url",
                          arena_printf(call->arena, "http://%s/youtube/device",
                                       call->request->host),
                          "expires_in", 1800, "interval", 1),
                call->answer);
}

/* A refresh token stays: the answer has no new one. Sessions of one token share it, so that it ends
 * for all of them. */
static void serve_token(struct youtube_call *call)
{
    struct fields form = {0};
    const char *grant, *refresh, *handle;
    const struct session *session;

    if (!request_body_is(call->request, "application/x-www-form-urlencoded") ||
        !form_read_body(call->request, call->arena, &form)) {
        refuse_grant(call, 400, "invalid_request", "The body is no form.");
        return;
    }
    grant = fields_text(&form, "grant_type");
    refresh = fields_text(&form, "refresh_token");
    if (!fields_text(&form, "client_id") || !fields_text(&form, "client_secret"))
        refuse_grant(call, 401, "invalid_client", "The OAuth client was not found.");
    else if (grant && strcmp(grant, "authorization_code") == 0)
        exchange_code(call, &form);
    else if (grant && strcmp(grant, "urn:ietf:params:oauth:grant-type:device_code") == 0)
        ask_for_device(call, &form);
    else if (!grant || strcmp(grant, "refresh_token") != 0)
        refuse_grant(call, 400, "unsupported_grant_type", "Invalid grant_type.");
    else if (!refresh || !*refresh)
        refuse_grant(call, 400, "invalid_request", "Missing required parameter: refresh_token");
    else if ((session = session_of_refresh(call->world, "youtube", refresh)) &&
             !instant_before(world_now(call->world), session->refresh_until))
        refuse_grant(call, 400, "invalid_grant", "Token has been expired or revoked.");
    else if (!(handle = world_handle_of(call->world, refresh, call->arena)))
        refuse_grant(call, 400, "invalid_grant", "Bad Request");
    else
        answer_session(call, world_account(call->world, "youtube", handle), refresh, false);
}

/* ---- names ---- */

static const char *base64_url(const void *bytes, size_t length, struct arena *arena)
{
    char *text = base64_encode(bytes, length, arena), *at;

    for (at = text; *at; at++)
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    text[strcspn(text, "=")] = '\0';
    return text;
}

const char *youtube_channel_id(const struct account *account, const char *prefix,
                               struct arena *arena)
{
    const char *name = arena_printf(arena, "youtube/%s", account->handle);
    struct digest digest = digest_of(name, strlen(name));

    return arena_printf(arena, "%s%s", prefix, base64_url(digest.bytes, 16, arena));
}

const char *youtube_new_id(const char *name, struct arena *arena)
{
    struct digest digest = digest_of(name, strlen(name));

    return base64_url(digest.bytes, 8, arena);
}

/* ---- videos ---- */

struct post *youtube_video(const struct youtube_call *call, const char *id)
{
    struct post *post = world_find_post(call->world, "youtube", id);
    const bool is_rejected = post && strcmp(json_text(post->detail, "outcome"), "processed") != 0;

    return post && (is_rejected || instant_is_none(post->deleted_at)) ? post : NULL;
}

const char *youtube_stage(struct world *world, const struct post *post)
{
    const struct upload *upload = post->media[0].upload;

    return instant_before(world_now(world), upload->ready_at) ? "uploaded"
                                                              : json_text(post->detail, "outcome");
}

struct upload *youtube_upload_with(struct world *world, const char *member, const char *value)
{
    struct upload *upload = world->uploads;

    for (; upload; upload = upload->older) {
        const char *its = json_text(upload->detail, member);

        if (its && strcmp(its, value) == 0 && strcmp(upload->platform, "youtube") == 0)
            return upload;
    }
    return NULL;
}

static const char *time_of(struct instant at, struct arena *arena)
{
    char text[INSTANT_TEXT];

    return arena_text(arena, instant_utc(at, text));
}

static json_t *snippet_of(const struct youtube_call *call, const struct post *post)
{
    const struct account *account = world_find_account(call->world, "youtube", post->account);
    json_t *snippet = json_deep_copy(json_object_get(post->detail, "snippet"));

    json_put(snippet, "publishedAt", time_of(post->at, call->arena));
    json_put(snippet, "channelId", youtube_channel_id(account, "UC", call->arena));
    json_put(snippet, "channelTitle", account->handle);
    json_put(snippet, "liveBroadcastContent", "none");
    return snippet;
}

static json_t *status_of(const struct youtube_call *call, const struct post *post)
{
    const char *stage = youtube_stage(call->world, post);
    json_t *status = json_deep_copy(json_object_get(post->detail, "status"));

    json_put(status, "uploadStatus", stage);
    if (strcmp(stage, "rejected") == 0)
        json_put(status, "rejectionReason", "duplicate");
    if (strcmp(stage, "failed") == 0)
        json_put(status, "failureReason", "codec");
    json_put_bool(status, "madeForKids", false);
    json_put_bool(status, "publicStatsViewable", true);
    return status;
}

static json_t *processing_of(const struct youtube_call *call, const struct post *post)
{
    const char *stage = youtube_stage(call->world, post);

    return json_pack("{s:s}", "processingStatus",
                     strcmp(stage, "uploaded") == 0    ? "processing"
                     : strcmp(stage, "processed") == 0 ? "succeeded"
                                                       : "failed");
}

static json_t *file_of(const struct youtube_call *call, const struct post *post)
{
    json_t *details = json_object();

    json_put(details, "fileName", json_text(post->detail, "fileName"));
    json_put(details, "fileSize",
             arena_printf(call->arena, "%" PRId64, post->media[0].bytes)); /* an unsigned long */
    json_put(details, "fileType", "video");
    return details;
}

static bool names_part(const char *parts, const char *part)
{
    size_t length = strlen(part);
    const char *at = parts;

    while (at && strncmp(at, part, length) != 0) {
        at = strchr(at, ',');
        at += at != NULL;
    }
    return at && (at[length] == ',' || at[length] == '\0');
}

json_t *youtube_resource(const struct youtube_call *call, const struct post *post,
                         const char *parts)
{
    static const struct {
        const char *name;
        json_t *(*make)(const struct youtube_call *call, const struct post *post);
    } makers[] = {{"snippet", snippet_of},
                  {"status", status_of},
                  {"processingDetails", processing_of},
                  {"fileDetails", file_of}};
    json_t *video = json_object();
    size_t i;

    json_put(video, "kind", "youtube#video");
    json_put(video, "etag", arena_printf(call->arena, "etag-%s", post->id));
    json_put(video, "id", post->id);
    for (i = 0; i < COUNT_OF(makers); i++)
        if (names_part(parts, makers[i].name))
            json_put_new(video, makers[i].name, makers[i].make(call, post));
    return video;
}

static void answer_items(struct youtube_call *call, const char *kind, json_t *items)
{
    answer_json(call->request, 200,
                json_pack("{s:s,s:s,s:o}", "kind", kind, "etag", "sandbox", "items", items),
                call->answer);
}

static void answer_list(struct youtube_call *call, const char *kind, json_t *items)
{
    json_int_t count = (json_int_t)json_array_size(items);

    answer_json(call->request, 200,
                json_pack("{s:s,s:s,s:{s:I,s:I},s:o}", "kind", kind, "etag", "sandbox", "pageInfo",
                          "totalResults", count, "resultsPerPage", count, "items", items),
                call->answer);
}

/* The parts that the request names; NULL with the answer written. */
static const char *parts_of(struct youtube_call *call)
{
    const char *parts = youtube_query(call, "part");

    if (!parts || !*parts)
        youtube_fail(call, 400, "missingRequiredParameter", "No filter selected: part");
    return parts && *parts ? parts : NULL;
}

static bool is_own(const struct youtube_call *call, const struct post *post)
{
    return strcmp(post->account, call->account->handle) == 0;
}

/* Others see what is public or unlisted. */
static void list_videos(struct youtube_call *call)
{
    const char *parts = parts_of(call), *ids = youtube_query(call, "id");
    json_t *items = json_array();

    if (!parts || !ids) {
        json_decref(items);
        if (parts)
            youtube_fail(call, 400, "missingRequiredParameter", "No filter selected: id");
        return;
    }
    while (*ids) {
        size_t length = strcspn(ids, ",");
        const struct post *post = youtube_video(call, arena_text_n(call->arena, ids, length));

        if (post && is_own(call, post))
            json_array_append_new(items, youtube_resource(call, post, parts));
        ids += length + (ids[length] == ',');
    }
    answer_list(call, "youtube#videoListResponse", items);
}

static void delete_video(struct youtube_call *call)
{
    const char *id = youtube_query(call, "id");
    struct post *post = id ? youtube_video(call, id) : NULL;

    if (!post || !is_own(call, post)) {
        youtube_fail(call, 404, "videoNotFound",
                     "The video that you are trying to delete cannot be found.");
        return;
    }
    world_delete(call->world, post);
    answer_text(call->request, 204, NULL, "", call->answer);
}

/* ---- channels and playlists ---- */

static json_t *channel_of(struct youtube_call *call, const char *parts)
{
    const struct account *account = call->account;
    json_t *channel = json_object();

    json_put(channel, "kind", "youtube#channel");
    json_put(channel, "id", youtube_channel_id(account, "UC", call->arena));
    if (names_part(parts, "snippet"))
        json_put_new(channel, "snippet",
                     json_pack("{s:s,s:s,s:s,s:s}", "title", account->handle, "description", "",
                               "customUrl", arena_printf(call->arena, "@%s", account->handle),
                               "publishedAt", time_of(account->since, call->arena)));
    if (names_part(parts, "contentDetails"))
        json_put_new(channel, "contentDetails",
                     json_pack("{s:{s:s,s:s}}", "relatedPlaylists", "likes", "LL", "uploads",
                               youtube_channel_id(account, "UU", call->arena)));
    return channel;
}

static void list_channels(struct youtube_call *call)
{
    const char *parts = parts_of(call), *mine = youtube_query(call, "mine");
    json_t *items;

    if (!parts)
        return;
    if (!mine || strcmp(mine, "true") != 0) {
        youtube_fail(call, 400, "missingRequiredParameter", "No filter selected: mine");
        return;
    }
    items = json_array();
    json_array_append_new(items, channel_of(call, parts));
    answer_list(call, "youtube#channelListResponse", items);
}

static json_t *playlist_item(struct youtube_call *call, const char *playlist,
                             const struct post *post, struct instant at)
{
    const char *id = base64_url(playlist, strlen(playlist), call->arena);
    const json_t *snippet = json_object_get(post->detail, "snippet");

    return json_pack("{s:s,s:s,s:{s:s,s:s,s:s,s:{s:s,s:s}},s:{s:s,s:s}}", "kind",
                     "youtube#playlistItem", "id", arena_printf(call->arena, "%s.%s", id, post->id),
                     "snippet", "publishedAt", time_of(at, call->arena), "title",
                     json_text(snippet, "title"), "playlistId", playlist, "resourceId", "kind",
                     "youtube#video", "videoId", post->id, "contentDetails", "videoId", post->id,
                     "videoPublishedAt", time_of(post->at, call->arena));
}

static size_t list_length(const struct youtube_call *call)
{
    const char *text = youtube_query(call, "maxResults");
    long wanted = text ? strtol(text, NULL, 10) : LIST_DEFAULT;

    return wanted < 0 ? 0 : wanted > LIST_MOST ? LIST_MOST : (size_t)wanted;
}

/* The newest first. */
static json_t *uploads_of(struct youtube_call *call, const char *playlist)
{
    json_t *items = json_array();
    const struct post *post;

    for (post = call->world->posts; post && json_array_size(items) < list_length(call);
         post = post->older)
        if (strcmp(post->platform, "youtube") == 0 && is_own(call, post) &&
            instant_is_none(post->deleted_at))
            json_array_append_new(items, playlist_item(call, playlist, post, post->at));
    return items;
}

static bool is_entry(const struct upload *upload, const char *playlist, const char *video)
{
    const char *its = json_text(upload->detail, "playlist");
    const char *whose = json_text(upload->detail, "video");

    return its && strcmp(its, playlist) == 0 && (!video || strcmp(whose, video) == 0);
}

static json_t *entries_of(struct youtube_call *call, const char *playlist)
{
    const char *video = youtube_query(call, "videoId");
    json_t *items = json_array();
    const struct upload *upload;

    for (upload = call->world->uploads; upload; upload = upload->older) {
        const struct post *post = is_entry(upload, playlist, video)
                                      ? youtube_video(call, json_text(upload->detail, "video"))
                                      : NULL;

        if (post && json_array_size(items) < list_length(call))
            json_array_append_new(items, playlist_item(call, playlist, post, upload->at));
    }
    return items;
}

static bool playlist_is_there(struct youtube_call *call, const char *playlist)
{
    if (playlist && (strncmp(playlist, "PL", 2) == 0 ||
                     strcmp(playlist, youtube_channel_id(call->account, "UU", call->arena)) == 0))
        return true;
    youtube_fail(
        call, 404, "playlistNotFound",
        "The playlist identified with the request's playlistId parameter cannot be found.");
    return false;
}

static void list_playlist(struct youtube_call *call)
{
    const char *playlist = youtube_query(call, "playlistId");

    if (!parts_of(call) || !playlist_is_there(call, playlist))
        return;
    answer_list(call, "youtube#playlistItemListResponse",
                strncmp(playlist, "UU", 2) == 0 ? uploads_of(call, playlist)
                                                : entries_of(call, playlist));
}

/* The same video twice is two entries, as on the real server. */
static void add_to_playlist(struct youtube_call *call)
{
    const json_t *snippet = json_object_get(call->input, "snippet");
    const json_t *resource = json_object_get(snippet, "resourceId");
    const char *playlist = json_text(snippet, "playlistId"),
               *video = json_text(resource, "videoId");
    const struct post *post = video ? youtube_video(call, video) : NULL;

    if (!playlist_is_there(call, playlist))
        return;
    if (!post) {
        youtube_fail(call, 404, "videoNotFound", "Video not found.");
        return;
    }
    (void)world_upload(call->world, call->account, "", 0, "application/x-playlist-entry", NULL,
                       (struct span){0},
                       json_pack("{s:s,s:s}", "playlist", playlist, "video", post->id));
    answer_json(call->request, 200, playlist_item(call, playlist, post, world_now(call->world)),
                call->answer);
}

/* ---- thumbnails and captions ---- */

static void set_thumbnail(struct youtube_call *call)
{
    const char *video = youtube_query(call, "videoId");
    const struct buffer *body = &call->request->body;
    const char *mime = sniff_mime(body->bytes, body->length, SNIFF_JPEG | SNIFF_PNG);

    if (!video || !youtube_video(call, video)) {
        youtube_fail(call, 404, "videoNotFound",
                     "The video that you are trying to insert a thumbnail for cannot be found.");
    } else if (body->length == 0) {
        youtube_fail(call, 400, "mediaBodyRequired", "The request does not include the image.");
    } else if (body->length > YOUTUBE_THUMBNAIL_MOST) {
        youtube_fail(call, 400, "failedPrecondition", "The file is too large.");
    } else if (!mime) {
        youtube_fail(call, 400, "invalidImage", "The provided image content is invalid.");
    } else {
        (void)world_upload(call->world, call->account, body->bytes, body->length, mime, NULL,
                           (struct span){0}, json_pack("{s:s}", "thumbnail_of", video));
        answer_json(call->request, 200,
                    json_pack("{s:s,s:[{s:{s:s}}]}", "kind", "youtube#thumbnailSetResponse",
                              "items", "default", "url",
                              arena_printf(call->arena, "%s/vi/%s/default.jpg",
                                           platform_base(call->platform, call->request), video)),
                    call->answer);
    }
}

static void list_captions(struct youtube_call *call)
{
    const char *video = youtube_query(call, "videoId");
    json_t *items;
    const struct upload *upload;

    if (!parts_of(call))
        return;
    if (!video || !youtube_video(call, video)) {
        youtube_fail(call, 404, "videoNotFound", "The video cannot be found.");
        return;
    }
    items = json_array();
    for (upload = call->world->uploads; upload; upload = upload->older) {
        const char *of = json_text(upload->detail, "captions_of");

        if (of && strcmp(of, video) == 0)
            json_array_append_new(items,
                                  json_pack("{s:s,s:s,s:O}", "kind", "youtube#caption", "id",
                                            youtube_new_id(upload->id, call->arena), "snippet",
                                            json_object_get(upload->detail, "snippet")));
    }
    answer_items(call, "youtube#captionListResponse", items);
}

/* ---- quotas ---- */

static const struct limit insert_bucket = {"videos.insert", 100, {86400000}};
static const struct limit units = {"units", 10000, {86400000}};
static const struct span pacific = {INT64_C(8) * 3600000};

/* The project's day begins at midnight in California; all credentials here are of one project. */
static bool within(struct youtube_call *call, const struct limit *limit, int64_t points)
{
    struct limit_state state =
        limiter_use(&call->world->limiter, limit, points, "project",
                    instant_minus(world_now(call->world), pacific), &call->world->arena);

    if (state.left >= 0 || call->world->unlimited)
        return true;
    youtube_fail(call, 403, "quotaExceeded",
                 "The request cannot be completed because you have exceeded your quota.");
    return false;
}

/* ---- the table of methods ---- */

enum input { NO_BODY, JSON_BODY, BYTES };

static const struct route {
    const char *method, *path;
    enum input input;
    const struct limit *limit;
    int64_t points;
    void (*serve)(struct youtube_call *call);
} routes[] = {
    {"POST", "/upload/youtube/v3/videos", JSON_BODY, &insert_bucket, 1, youtube_open_video},
    {"PUT", "/upload/youtube/v3/videos", BYTES, &units, 0, youtube_take},
    {"POST", "/upload/youtube/v3/captions", JSON_BODY, &units, 400, youtube_open_captions},
    {"PUT", "/upload/youtube/v3/captions", BYTES, &units, 0, youtube_take},
    {"POST", "/upload/youtube/v3/thumbnails/set", BYTES, &units, 50, set_thumbnail},
    {"GET", "/youtube/v3/videos", NO_BODY, &units, 1, list_videos},
    {"DELETE", "/youtube/v3/videos", NO_BODY, &units, 50, delete_video},
    {"GET", "/youtube/v3/channels", NO_BODY, &units, 1, list_channels},
    {"GET", "/youtube/v3/playlistItems", NO_BODY, &units, 1, list_playlist},
    {"POST", "/youtube/v3/playlistItems", JSON_BODY, &units, 50, add_to_playlist},
    {"GET", "/youtube/v3/captions", NO_BODY, &units, 50, list_captions},
};

static bool read_input(struct youtube_call *call, enum input input)
{
    const struct buffer *body = &call->request->body;
    struct err err;

    if (input != JSON_BODY)
        return true;
    call->input = request_body_is(call->request, "application/json")
                      ? json_read(body->bytes, body->length, &err)
                      : NULL;
    if (json_is_object(call->input))
        return true;
    youtube_fail(call, 400, "parseError", "This API does not support parsing form-encoded input.");
    return false;
}

static void serve_route(struct youtube_call *call, const struct route *route)
{
    if (know_asker(call) && within(call, route->limit, route->points) &&
        read_input(call, route->input))
        route->serve(call);
    json_decref(call->input);
}

static const struct route *route_of(const struct request *request)
{
    size_t i;

    for (i = 0; i < COUNT_OF(routes); i++)
        if (strcmp(routes[i].path, request->below) == 0 &&
            strcmp(routes[i].method, request->method) == 0)
            return &routes[i];
    return NULL;
}

/* ---- what people see ---- */

static void not_found(struct youtube_call *call)
{
    answer_text(call->request, 404, "text/plain; charset=utf-8", "SANDBOX: not found",
                call->answer);
}

static void show_video(struct youtube_call *call, const char *id)
{
    const struct post *post = id ? youtube_video(call, id) : NULL;

    if (post)
        youtube_page(call->platform, call->world, call->request,
                     world_find_account(call->world, "youtube", post->account), post, call->answer);
    else
        not_found(call);
}

static void show_channel(struct youtube_call *call, const char *handle)
{
    const struct account *account = world_find_account(call->world, "youtube", handle);

    if (account)
        youtube_page(call->platform, call->world, call->request, account, NULL, call->answer);
    else
        not_found(call);
}

/* A video's bytes, or its thumbnail's. */
static void show_bytes(struct youtube_call *call, const char *sha256, const char *mime)
{
    const char *bytes;
    size_t length;

    if (!sha256 || !world_media(call->world, sha256, call->arena, &bytes, &length)) {
        not_found(call);
        return;
    }
    *call->answer = (struct answer){.status = 200, .mime = mime, .body = bytes, .length = length};
}

static void show_thumbnail(struct youtube_call *call, const char *video)
{
    const struct upload *upload = youtube_upload_with(call->world, "thumbnail_of", video);

    show_bytes(call, upload ? upload->sha256 : NULL, upload ? upload->mime : NULL);
}

static void show_file(struct youtube_call *call, const char *video)
{
    const struct post *post = video ? youtube_video(call, video) : NULL;

    show_bytes(call, post ? post->media[0].sha256 : NULL, "video/mp4");
}

static bool served_page(struct youtube_call *call)
{
    const char *below = call->request->below, *rest;

    if (strcmp(call->request->method, "GET") != 0)
        return false;
    if (strcmp(below, "/watch") == 0)
        show_video(call, youtube_query(call, "v"));
    else if (path_matches("/shorts/*", below, call->arena, &rest))
        show_video(call, rest);
    else if (path_matches("/vi/*/default.jpg", below, call->arena, &rest))
        show_thumbnail(call, rest);
    else if (strcmp(below, "/videoplayback") == 0)
        show_file(call, youtube_query(call, "id"));
    else if (strncmp(below, "/@", 2) == 0)
        show_channel(call, below + 2);
    else
        return false;
    return true;
}

void youtube_serve(const struct platform *platform, struct world *world, struct request *request,
                   struct answer *answer)
{
    struct youtube_call call = {.platform = platform,
                                .world = world,
                                .request = request,
                                .answer = answer,
                                .arena = &request->arena};
    const struct route *route = route_of(request);

    if (strcmp(request->below, "/token") == 0 && strcmp(request->method, "POST") == 0)
        serve_token(&call);
    else if (strcmp(request->below, "/device/code") == 0 && strcmp(request->method, "POST") == 0)
        serve_device_code(&call);
    else if (login_served(request, answer))
        return;
    else if (route)
        serve_route(&call, route);
    else if (!served_page(&call))
        youtube_refuse(request, 404, "global", "notFound", "Not Found", answer);
}

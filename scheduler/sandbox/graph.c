#include "sandbox/graph.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char upload_mime[] = "video/mp4";

/* ---- errors ---- */

static const char *trace_of(struct request *request)
{
    char hex[DIGEST_HEX];

    return arena_printf(&request->arena, "A%.12sSANDBOX",
                        digest_hex_of(request->target, strlen(request->target), hex));
}

void graph_refuse(struct request *request, const struct graph_fault *fault, struct answer *answer)
{
    json_t *error = json_object(), *body = json_object();

    json_put(error, "message", fault->message);
    json_put(error, "type", fault->type ? fault->type : "OAuthException");
    json_put_integer(error, "code", fault->code);
    if (fault->subcode)
        json_put_integer(error, "error_subcode", fault->subcode);
    json_put_bool(error, "is_transient", fault->is_transient);
    if (fault->title)
        json_put(error, "error_user_title", fault->title);
    if (fault->told)
        json_put(error, "error_user_msg", fault->told);
    json_put(error, "fbtrace_id", trace_of(request));
    json_put_new(body, "error", error);
    answer_json(request, fault->status, body, answer);
}

void graph_invalid(struct request *request, const char *message, struct answer *answer)
{
    const struct graph_fault fault = {
        .status = 400, .code = 100, .message = arena_printf(&request->arena, "(#100) %s", message)};

    graph_refuse(request, &fault, answer);
}

void graph_missing(struct request *request, const char *name, struct answer *answer)
{
    graph_invalid(request, arena_printf(&request->arena, "The parameter %s is required", name),
                  answer);
}

void graph_gone(struct request *request, const char *id, struct answer *answer)
{
    const struct graph_fault fault = {
        .status = 400,
        .code = 100,
        .subcode = 33,
        .type = "GraphMethodException",
        .message = arena_printf(
            &request->arena,
            "Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to "
            "missing permissions, or does not support this operation",
            strcmp(request->method, "GET") == 0 ? "get" : "post", id)};

    graph_refuse(request, &fault, answer);
}

void graph_success(struct request *request, struct answer *answer)
{
    answer_json(request, 200, json_pack("{s:b}", "success", 1), answer);
}

void graph_upload_refused(struct request *request, int status, bool retriable, const char *type,
                          const char *message, struct answer *answer)
{
    answer_json(request, status,
                json_pack("{s:{s:b,s:s,s:s}}", "debug_info", "retriable", retriable ? 1 : 0, "type",
                          type, "message", message),
                answer);
}

/* One row of X-Business-Use-Case-Usage, by the account's id. */
static void usage_header(struct request *request, const char *type, int64_t percent,
                         int64_t minutes, struct answer *answer)
{
    json_t *body =
        json_pack("{s:[{s:s,s:I,s:I,s:I,s:I}]}", request->account ? request->account->id : "0",
                  "type", type, "call_count", (json_int_t)percent, "total_cputime", (json_int_t)1,
                  "total_time", (json_int_t)1, "estimated_time_to_regain_access",
                  (json_int_t)minutes);

    answer_header(request, "X-Business-Use-Case-Usage", json_write(body, &request->arena, NULL),
                  answer);
    json_decref(body);
}

void graph_too_many(struct request *request, const char *type, struct instant reset,
                    struct answer *answer)
{
    static const struct graph_fault fault = {.status = 400,
                                             .code = 32,
                                             .message = "(#32) Page request limit reached"};
    int64_t left_ms = instant_since(reset, request->came).ms;

    graph_refuse(request, &fault, answer);
    usage_header(request, type, 100, left_ms > 0 ? (left_ms + 59999) / 60000 : 1, answer);
}

void graph_no_token(struct request *request, struct answer *answer)
{
    static const struct graph_fault fault = {
        .status = 400,
        .code = 190,
        .subcode = 463,
        .message = "Error validating access token: Session has expired"};

    graph_refuse(request, &fault, answer);
    answer_header(request, "WWW-Authenticate",
                  "OAuth \"Facebook Platform\" \"invalid_token\" \"Session has expired\"", answer);
}

/* ---- who asks, and how ---- */

bool graph_below(struct request *request, int oldest, int newest, const char **below,
                 struct answer *answer)
{
    const char *path = request->below;
    char *end = NULL;
    long major = strncmp(path, "/v", 2) == 0 ? strtol(path + 2, &end, 10) : -1;
    const struct graph_fault fault = {.status = 400,
                                      .code = 2500,
                                      .message = arena_printf(&request->arena,
                                                              "Unknown path components: %s", path)};

    *below = end && strncmp(end, ".0/", 3) == 0 ? end + 2 : NULL;
    if (*below && major >= oldest && major <= newest)
        return true;
    graph_refuse(request, &fault, answer);
    return false;
}

static const char *removed_feature(const struct request *request, const struct fields *form)
{
    static const char *const removed[] = {"pretty", "debug", "date_format", "ids"};
    size_t i;

    for (i = 0; i < COUNT_OF(removed); i++)
        if (fields_find(&request->query, removed[i]) || (form && fields_find(form, removed[i])))
            return removed[i];
    return header_text(&request->headers, "If-None-Match") ? "If-None-Match" : NULL;
}

bool graph_is_current(struct request *request, const struct fields *form, struct answer *answer)
{
    const char *feature = removed_feature(request, form);

    if (feature)
        graph_invalid(request,
                      arena_printf(&request->arena, "%s is not supported any more", feature),
                      answer);
    return !feature;
}

static const char *after_word(const char *header, const char *word)
{
    size_t length = strlen(word);

    return header && strncasecmp(header, word, length) == 0 && header[length] == ' ' &&
                   header[length + 1]
               ? header + length + 1
               : NULL;
}

const char *graph_token(const struct request *request, const struct fields *form, bool upload_host)
{
    const char *header = header_text(&request->headers, "Authorization");
    const char *token = after_word(header, "OAuth");

    if (token || upload_host)
        return token;
    token = after_word(header, "Bearer");
    if (!token)
        token = fields_text(&request->query, "access_token");
    return token || !form ? token : fields_text(form, "access_token");
}

static void refuse_stranger(struct request *request, const char *token, struct answer *answer)
{
    static const struct graph_fault unknown = {.status = 400,
                                               .code = 190,
                                               .message = "Invalid OAuth access token data."};
    static const struct graph_fault nobody = {
        .status = 400,
        .code = 104,
        .message = "An access token is required to request this resource."};

    graph_refuse(request, token ? &unknown : &nobody, answer);
}

bool graph_asker(struct world *world, struct request *request, const char *platform,
                 const struct fields *form, bool upload_host, struct answer *answer)
{
    const char *token = graph_token(request, form, upload_host);
    const char *handle = token ? world_handle_of(world, token, &request->arena) : NULL;

    if (handle)
        request->account = world_account(world, platform, handle);
    else if (upload_host)
        graph_upload_refused(request, 401, false, "NotAuthorizedError",
                             "User request is not authorized", answer);
    else
        refuse_stranger(request, token, answer);
    return handle != NULL;
}

bool graph_within(struct world *world, struct request *request, const char *type, int64_t most,
                  struct answer *answer)
{
    const struct limit limit = {type, most, {86400000}};
    struct limit_state state =
        limiter_use(&world->limiter, &limit, 1,
                    arena_printf(&request->arena, "%s/%s", request->account->platform,
                                 request->account->handle),
                    world_now(world), &world->arena);
    int64_t percent = (most - state.left) * 100 / most;

    if (state.left < 0 && !world->unlimited) {
        graph_too_many(request, type, state.reset, answer);
        return false;
    }
    answer_header(request, "X-App-Usage",
                  arena_printf(&request->arena,
                               "{\"call_count\":%" PRId64 ",\"total_time\":1,\"total_cputime\":1}",
                               percent),
                  answer);
    usage_header(request, type, percent, 0, answer);
    return true;
}

const char *graph_date(struct instant at, struct arena *arena)
{
    char text[INSTANT_TEXT];

    return arena_printf(arena, "%.19s+0000", instant_utc(at, text));
}

/* ---- videos in pieces ---- */

struct upload *graph_video_start(struct world *world, const struct account *account,
                                 const char *kind, json_t *detail)
{
    json_put(detail, "video", kind);
    return world_upload(world, account, "", 0, upload_mime, NULL, (struct span){0}, detail);
}

struct upload *graph_video(struct world *world, const struct account *account, const char *id)
{
    struct upload *upload = world_find_upload(world, account->platform, id);

    return upload && json_text(upload->detail, "video") &&
                   strcmp(upload->account, account->handle) == 0
               ? upload
               : NULL;
}

static bool belongs(const struct upload *upload, const struct upload *video, const char *member)
{
    const char *id = json_text(upload->detail, member);

    return id && strcmp(id, video->id) == 0 && strcmp(upload->platform, video->platform) == 0;
}

int64_t graph_video_received(const struct world *world, const struct upload *video, int64_t *size)
{
    const struct upload *upload;
    int64_t received = 0;

    *size = 0;
    for (upload = world->uploads; upload && upload != video; upload = upload->older)
        if (belongs(upload, video, "piece_of")) {
            received += upload->bytes;
            *size = json_integer_or(upload->detail, "size", 0);
        }
    return received;
}

struct upload *graph_video_whole(const struct world *world, const struct upload *video)
{
    struct upload *upload = world->uploads;

    while (upload && upload != video && !belongs(upload, video, "whole_of"))
        upload = upload->older;
    return upload != video ? upload : NULL;
}

/* The piece of that video that begins there, or NULL. */
static const struct upload *piece_at(const struct world *world, const struct upload *video,
                                     int64_t offset)
{
    const struct upload *upload = world->uploads;

    while (upload && (!belongs(upload, video, "piece_of") || upload->bytes == 0 ||
                      json_integer_or(upload->detail, "offset", -1) != offset))
        upload = upload->older;
    return upload;
}

/* All pieces in their order become the video's bytes. */
static void assemble(struct world *world, struct request *request, struct upload *video,
                     int64_t size, struct span processing)
{
    char *bytes = arena_alloc(&request->arena, (size_t)size + 1);
    const struct upload *piece;
    const char *part;
    size_t length;
    int64_t at = 0;

    while (at < size && (piece = piece_at(world, video, at)) != NULL &&
           world_media(world, piece->sha256, &request->arena, &part, &length)) {
        memcpy(bytes + at, part, length);
        at += (int64_t)length;
    }
    (void)world_upload(world, world_find_account(world, video->platform, video->account), bytes,
                       (size_t)at, upload_mime, NULL, processing,
                       json_pack("{s:s}", "whole_of", video->id));
}

static bool header_number(const struct request *request, const char *name, int64_t *number)
{
    const char *text = header_text(&request->headers, name);

    *number = text ? strtoll(text, NULL, 10) : -1;
    return text && *text && text[strspn(text, "0123456789")] == '\0' && strlen(text) < 16;
}

/* Whether the piece goes on where the last one ended; false with the answer written. */
static bool piece_fits(struct world *world, struct request *request, const struct upload *video,
                       int64_t offset, int64_t size, struct answer *answer)
{
    int64_t said, received = graph_video_received(world, video, &said);
    int64_t length = (int64_t)request->body.length;

    if (offset != received)
        graph_upload_refused(request, 400, true, "PartialRequestError",
                             arena_printf(&request->arena,
                                          "Offset %" PRId64 " does not match %" PRId64
                                          " bytes received",
                                          offset, received),
                             answer);
    else if (length == 0 || offset + length > size || (said && said != size))
        graph_upload_refused(request, 400, false, "ProcessingFailedError",
                             "Request processing failed", answer);
    else
        return true;
    return false;
}

void graph_video_add(struct world *world, struct request *request, struct upload *video,
                     const void *bytes, size_t length, int64_t offset, int64_t size,
                     struct span processing)
{
    (void)world_upload(world, request->account, bytes, length, upload_mime, NULL, (struct span){0},
                       json_pack("{s:s,s:I,s:I}", "piece_of", video->id, "offset",
                                 (json_int_t)offset, "size", (json_int_t)size));
    if (offset + (int64_t)length == size)
        assemble(world, request, video, size, processing);
}

void graph_video_take(struct world *world, struct request *request, struct upload *video,
                      struct span processing, struct answer *answer)
{
    int64_t offset, size;

    if (header_text(&request->headers, "file_url")) {
        graph_upload_refused(request, 501, false, "SANDBOX", "file_url is not fetched here",
                             answer);
        return;
    }
    if (!header_number(request, "offset", &offset) || !header_number(request, "file_size", &size)) {
        graph_upload_refused(request, 400, false, "ProcessingFailedError",
                             "Headers offset and file_size are required", answer);
        return;
    }
    if (!piece_fits(world, request, video, offset, size, answer))
        return;
    graph_video_add(world, request, video, request->body.bytes, request->body.length, offset, size,
                    processing);
    graph_success(request, answer);
}

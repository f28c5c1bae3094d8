/* Google's resumable protocol: sessions that take a file piece by piece. */
#include "sandbox/youtube.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char upload_mime[] = "application/octet-stream";
static const struct span processing = {20000};

/* ---- opening ---- */

/* Characters, as YouTube counts a title. */
static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool title_is_good(struct youtube_call *call, const char *title)
{
    if (title && *title && characters(title) <= YOUTUBE_TITLE_MOST && !strpbrk(title, "<>"))
        return true;
    youtube_fail(call, 400, "invalidTitle",
                 "The request metadata specifies an invalid or empty video title.");
    return false;
}

static bool description_is_good(struct youtube_call *call, const char *text)
{
    if (!text || (strlen(text) <= YOUTUBE_DESCRIPTION_MOST && !strpbrk(text, "<>")))
        return true;
    youtube_fail(call, 400, "invalidDescription",
                 "The request metadata specifies an invalid video description.");
    return false;
}

static bool is_one_of(const char *words, const char *word)
{
    char mark[64];

    return word && strlen(word) < 60 && snprintf(mark, sizeof mark, " %s ", word) > 0 &&
           strstr(words, mark);
}

/* Categories that may be assigned in India. */
static bool category_is_good(struct youtube_call *call, const char *category)
{
    if (!category || is_one_of(" 1 2 10 15 17 19 20 22 23 24 25 26 27 28 29 ", category))
        return true;
    youtube_fail(call, 400, "invalidCategoryId",
                 "The snippet.categoryId property specifies an invalid category ID.");
    return false;
}

static bool metadata_is_good(struct youtube_call *call)
{
    const json_t *snippet = json_object_get(call->input, "snippet");
    const json_t *status = json_object_get(call->input, "status");
    const char *privacy = json_text(status, "privacyStatus");

    if (!title_is_good(call, json_text(snippet, "title")) ||
        !description_is_good(call, json_text(snippet, "description")) ||
        !category_is_good(call, json_text(snippet, "categoryId")))
        return false;
    if (!privacy || is_one_of(" public unlisted private ", privacy))
        return true;
    youtube_fail(call, 400, "invalidVideoMetadata", "The request metadata is invalid.");
    return false;
}

static bool says(const struct youtube_call *call, const char *quirk)
{
    return call->request->quirk && strcmp(call->request->quirk, quirk) == 0;
}

static bool is_resumable(struct youtube_call *call)
{
    const char *type = youtube_query(call, "uploadType");

    if (type && strcmp(type, "resumable") == 0)
        return true;
    youtube_fail(call, 501, "notImplemented", "SANDBOX: only uploadType=resumable is served");
    return false;
}

static int64_t number_of(const char *text, int64_t otherwise)
{
    return text && *text && !text[strspn(text, "0123456789")] && strlen(text) < 16
               ? strtoll(text, NULL, 10)
               : otherwise;
}

/* 200, no body, and where the bytes go. */
static void open_session(struct youtube_call *call, const char *path, json_t *detail)
{
    struct request *request = call->request;
    const struct upload *session = world_upload(call->world, call->account, "", 0, upload_mime,
                                                NULL, (struct span){0}, detail);

    answer_text(request, 200, NULL, "", call->answer);
    answer_header(request, "Location",
                  arena_printf(call->arena, "%s%s?uploadType=resumable&upload_id=%s",
                               platform_base(call->platform, request), path, session->id),
                  call->answer);
}

static void add_quirks(const struct youtube_call *call, json_t *detail)
{
    json_put(detail, "outcome",
             says(call, "reject") ? "rejected"
             : says(call, "fail") ? "failed"
                                  : "processed");
    json_put_bool(detail, "locked", says(call, "private"));
}

void youtube_open_video(struct youtube_call *call)
{
    const struct fields *headers = &call->request->headers;
    const char *type = header_text(headers, "X-Upload-Content-Type");
    json_t *detail;

    if (!is_resumable(call) || !metadata_is_good(call))
        return;
    if (type && strncmp(type, "video/", 6) != 0 && strcmp(type, upload_mime) != 0) {
        youtube_fail(call, 400, "invalidContentType", "Media type is not supported");
        return;
    }
    detail = json_object();
    json_put(detail, "session", "video");
    json_put(detail, "slug", header_text(headers, "Slug"));
    json_put_integer(detail, "size", number_of(header_text(headers, "X-Upload-Content-Length"), 0));
    json_put_new(detail, "video", json_deep_copy(call->input));
    add_quirks(call, detail);
    open_session(call, "/upload/youtube/v3/videos", detail);
}

void youtube_open_captions(struct youtube_call *call)
{
    const json_t *snippet = json_object_get(call->input, "snippet");
    const char *video = json_text(snippet, "videoId"), *language = json_text(snippet, "language");
    json_t *detail;

    if (!is_resumable(call))
        return;
    if (!video || !youtube_video(call, video)) {
        youtube_fail(call, 404, "videoNotFound",
                     "The video identified by the videoId parameter could not be found.");
        return;
    }
    if (!language || !json_text(snippet, "name")) {
        youtube_fail(call, 400, "invalidMetadata", "The request contains invalid metadata values.");
        return;
    }
    detail = json_object();
    json_put(detail, "session", "captions");
    json_put_new(detail, "snippet", json_deep_copy(snippet));
    open_session(call, "/upload/youtube/v3/captions", detail);
}

/* ---- what a session has ---- */

static bool is_piece_of(const struct upload *upload, const struct upload *session)
{
    const char *of = json_text(upload->detail, "piece_of");

    return of && strcmp(of, session->id) == 0;
}

/* Pieces come in order; the newest that ends highest says it all, unless all was lost since. */
static int64_t received(const struct world *world, const struct upload *session)
{
    const struct upload *upload;

    for (upload = world->uploads; upload; upload = upload->older) {
        if (!is_piece_of(upload, session))
            continue;
        return json_flag(upload->detail, "lost")
                   ? 0
                   : json_integer_or(upload->detail, "offset", 0) + upload->bytes;
    }
    return 0;
}

static void add_piece(struct youtube_call *call, const struct upload *session, const char *bytes,
                      size_t length, int64_t offset, bool lost)
{
    (void)world_upload_kept(call->world, call->account, bytes, length, upload_mime,
                            (struct span){0},
                            json_pack("{s:s,s:I,s:b}", "piece_of", session->id, "offset",
                                      (json_int_t)offset, "lost", lost));
}

/* The bytes of all pieces, in their order: each fills its place, the newest first. As
 * world_keep says, they live long enough. */
static const char *gather(struct youtube_call *call, const struct upload *session, int64_t size)
{
    const struct upload *upload;
    struct buffer whole;
    int64_t left = size;
    char *bytes;

    buffer_init(&whole, (size_t)size);
    bytes = buffer_more(&whole, (size_t)size);
    for (upload = call->world->uploads; upload && left > 0; upload = upload->older) {
        const char *piece;
        size_t length;

        if (!is_piece_of(upload, session) || upload->bytes == 0)
            continue;
        if (!world_media(call->world, upload->sha256, call->arena, &piece, &length))
            abort(); /* it was kept a moment ago */
        memcpy(bytes + json_integer_or(upload->detail, "offset", 0), piece, length);
        left -= (int64_t)length;
    }
    return world_keep(call->world, &whole, call->arena);
}

/* ---- the end of a session ---- */

static const struct post *video_of(const struct youtube_call *call, const struct upload *session)
{
    const struct post *post;

    for (post = call->world->posts; post; post = post->older) {
        const char *of = json_text(post->detail, "session");

        if (of && strcmp(of, session->id) == 0 && strcmp(post->platform, "youtube") == 0)
            return post;
    }
    return NULL;
}

static json_t *status_of(const struct upload *session)
{
    json_t *status =
        json_deep_copy(json_object_get(json_object_get(session->detail, "video"), "status"));

    status = status ? status : json_object();
    if (json_flag(session->detail, "locked"))
        json_put(status, "privacyStatus", "private");
    else if (!json_object_get(status, "privacyStatus"))
        json_put(status, "privacyStatus", "public");
    return status;
}

/* What will be rejected never becomes public, but its channel can read what became of it. */
static const struct post *take_in(struct youtube_call *call, const struct draft *draft,
                                  const char *outcome)
{
    struct post *post = world_publish(call->world, call->account, draft);

    if (strcmp(outcome, "processed") != 0)
        world_delete(call->world, post);
    return post;
}

static const struct post *make_video(struct youtube_call *call, const struct upload *session,
                                     const char *bytes, int64_t size)
{
    const json_t *snippet = json_object_get(json_object_get(session->detail, "video"), "snippet");
    struct upload *whole =
        world_upload_kept(call->world, call->account, bytes, (size_t)size, "video/mp4", processing,
                          json_pack("{s:s}", "whole_of", session->id));
    struct medium medium = world_medium(whole);
    json_t *detail = json_object();
    struct draft draft = {.id = youtube_new_id(session->id, call->arena),
                          .text = json_text(snippet, "description"),
                          .media = &medium,
                          .media_count = 1,
                          .detail = detail};

    json_put(detail, "session", session->id);
    json_put(detail, "outcome", json_text(session->detail, "outcome"));
    json_put(detail, "fileName", json_text(session->detail, "slug"));
    json_put_new(detail, "snippet", json_deep_copy(snippet));
    json_put_new(detail, "status", status_of(session));
    return take_in(call, &draft, json_text(session->detail, "outcome"));
}

static void answer_video(struct youtube_call *call, const struct post *post)
{
    answer_json(call->request, 200, youtube_resource(call, post, "snippet,status"), call->answer);
}

static void make_captions(struct youtube_call *call, const struct upload *session,
                          const char *bytes, int64_t size)
{
    json_t *snippet = json_deep_copy(json_object_get(session->detail, "snippet")), *body;
    const struct upload *track;

    if (!memmem(bytes, (size_t)size, "-->", 3)) {
        json_decref(snippet);
        youtube_fail(call, 400, "contentRequired", "The captions have no timings.");
        return;
    }
    json_put(snippet, "trackKind", "standard");
    json_put(snippet, "status", "serving");
    track =
        world_upload(call->world, call->account, bytes, (size_t)size, "text/plain", NULL,
                     (struct span){0},
                     json_pack("{s:O,s:O,s:s}", "captions_of", json_object_get(snippet, "videoId"),
                               "snippet", snippet, "whole_of", session->id));
    body = json_pack("{s:s,s:s,s:o}", "kind", "youtube#caption", "id",
                     youtube_new_id(track->id, call->arena), "snippet", snippet);
    answer_json(call->request, 200, body, call->answer);
}

static void finish(struct youtube_call *call, const struct upload *session, int64_t size)
{
    const char *bytes = gather(call, session, size);

    if (strcmp(json_text(session->detail, "session"), "captions") == 0)
        make_captions(call, session, bytes, size);
    else
        answer_video(call, make_video(call, session, bytes, size));
}

/* ---- pieces and queries ---- */

struct range {
    bool is_query;
    int64_t first, last, total;
};

/* "bytes 0-8388607/28304912", or "bytes * / 28304912" without the blanks. */
static bool read_range(const char *text, size_t length, struct range *range)
{
    char end;

    if (!text) {
        *range = (struct range){.last = (int64_t)length - 1, .total = (int64_t)length};
        return length > 0;
    }
    *range = (struct range){.is_query = strncmp(text, "bytes */", 8) == 0};
    if (range->is_query)
        return (range->total = number_of(text + 8, -1)) >= 0;
    return sscanf(text, "bytes %15" SCNd64 "-%15" SCNd64 "/%15" SCNd64 "%c", &range->first,
                  &range->last, &range->total, &end) == 3 &&
           range->first >= 0 && range->first <= range->last && range->last < range->total;
}

/* "308 Resume Incomplete"; without Range: nothing is here. */
static void answer_go_on(struct youtube_call *call, const struct upload *session)
{
    int64_t have = received(call->world, session);

    answer_text(call->request, 308, NULL, "", call->answer);
    if (have > 0)
        answer_header(call->request, "Range",
                      arena_printf(call->arena, "bytes=0-%" PRId64, have - 1), call->answer);
}

static void bad_range(struct youtube_call *call)
{
    youtube_fail(call, 400, "badRequest", "Failed to parse Content-Range header.");
}

static bool range_fits(struct youtube_call *call, const struct upload *session,
                       const struct range *range)
{
    const int64_t length = (int64_t)call->request->body.length;
    const int64_t size = json_integer_or(session->detail, "size", 0);
    const bool is_last = range->last + 1 == range->total;

    if ((size > 0 && range->total != size) || length != range->last - range->first + 1 ||
        range->first > received(call->world, session) ||
        (!is_last && length % YOUTUBE_GRAIN != 0)) {
        bad_range(call);
        return false;
    }
    return true;
}

/* Of what is here already the bytes are passed over. */
static void keep(struct youtube_call *call, const struct upload *session, const struct range *range)
{
    const int64_t have = received(call->world, session), skip = have - range->first;
    int64_t length = (int64_t)call->request->body.length - skip;

    if (length <= 0)
        return;
    if (says(call, "keep_less"))
        length = length > YOUTUBE_GRAIN ? YOUTUBE_GRAIN : 0;
    if (says(call, "keep_none"))
        add_piece(call, session, "", 0, 0, true);
    else if (length > 0)
        add_piece(call, session, world_keep(call->world, &call->request->body, call->arena) + skip,
                  (size_t)length, have, false);
}

static void take_piece(struct youtube_call *call, const struct upload *session,
                       const struct range *range)
{
    if (!range_fits(call, session, range))
        return;
    keep(call, session, range);
    if (received(call->world, session) == range->total)
        finish(call, session, range->total);
    else
        answer_go_on(call, session);
}

static struct upload *session_of(struct youtube_call *call)
{
    const char *id = youtube_query(call, "upload_id");
    struct upload *session = id ? world_find_upload(call->world, "youtube", id) : NULL;

    if (session && says(call, "forget"))
        world_discard(call->world, session);
    return session && json_text(session->detail, "session") && !session->discarded &&
                   strcmp(session->account, call->account->handle) == 0
               ? session
               : NULL;
}

/* A finished session answers with its video for ever after. */
void youtube_take(struct youtube_call *call)
{
    const struct upload *session = session_of(call);
    const struct post *made;
    struct range range;

    if (!session) {
        answer_text(call->request, 404, "text/plain; charset=utf-8", "Not Found", call->answer);
        return;
    }
    made = video_of(call, session);
    if (!read_range(header_text(&call->request->headers, "Content-Range"),
                    call->request->body.length, &range))
        bad_range(call);
    else if (made)
        answer_video(call, made);
    else if (range.is_query)
        answer_go_on(call, session);
    else
        take_piece(call, session, &range);
}

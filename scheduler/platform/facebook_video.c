/* A video's way to Facebook: an upload session, its bytes, their processing, and its state by id.
 *
 * Reels and stories send their bytes to the upload host in one request that can go on where it
 * broke; a long video's go in pieces, each as Facebook asks for it. A session that is dead is begun
 * anew: nothing of it was public.
 */
#include "platform/facebook.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

enum { MOST_ROUNDS = 3, MOST_POLLS = 150, PIECE_BYTES = 4 * 1024 * 1024 };

/* What differs between the three edges. */
static const struct edge {
    const char *name;
    const char *host;  /* NULL = the usual one */
    const char *state; /* of the finish call; NULL = none */
    bool in_pieces;    /* multipart requests with offsets that Facebook names */
    bool has_words;    /* title and description */
} edges[FACEBOOK_FORMS] = {
    [FACEBOOK_VIDEO] = {"videos", "graph-video.facebook.com", NULL, true, true},
    [FACEBOOK_REEL] = {"video_reels", NULL, "PUBLISHED", false, true},
    [FACEBOOK_VIDEO_STORY] = {"video_stories", NULL, NULL, false, false},
};

static const struct edge *edge_of(const struct facebook_visit *visit)
{
    return &edges[visit->form];
}

static const struct medium *video_of(const struct facebook_visit *visit)
{
    return &visit->job->content->media[0];
}

static int64_t size_of(const struct facebook_visit *visit)
{
    const struct medium *medium = job_medium(visit->job, video_of(visit)->sha256);

    return medium ? medium->bytes : 0;
}

static const char *number(const struct facebook_visit *visit, int64_t value)
{
    return arena_printf(visit->arena, "%lld", (long long)value);
}

/* The phase stands in the address, as in Meta's examples: so a log tells the calls apart. */
static const char *edge_path(const struct facebook_visit *visit, const char *phase)
{
    return graph_path(visit->job, visit->arena, "%s/%s?upload_phase=%s", visit->page,
                      edge_of(visit)->name, phase);
}

static struct http_request to_edge(const struct facebook_visit *visit, const char *phase,
                                   const struct form_field *fields, enum request_kind kind)
{
    struct http_request request = graph_post(edge_path(visit, phase), fields, kind, visit->arena);

    request.host = edge_of(visit)->host;
    return request;
}

/* ---- a dead session ---- */

/* Gone may also mean that an earlier try was public and somebody removed it. */
static struct step begin_anew(struct facebook_visit *visit, const char *why)
{
    struct step step;

    if (visit->job->delivery->attempts > 0)
        return step_doubt(why);
    if (visit->kept.rounds >= MOST_ROUNDS)
        return step_refused(why);
    visit->kept = (struct facebook_kept){.rounds = visit->kept.rounds + 1};
    step = step_retry(why, INSTANT_NONE);
    step.progress = facebook_write(visit, FACEBOOK_STARTING);
    return step;
}

static struct step after_failure(struct facebook_visit *visit)
{
    const struct graph_error error = graph_error_read(visit->reply, NULL, visit->arena);

    if (error.meaning == GRAPH_ANEW || error.meaning == GRAPH_GONE)
        return begin_anew(visit, error.why);
    return graph_failure(visit->reply, NULL, visit->arena);
}

/* ---- the session ---- */

struct step facebook_send_start(const struct facebook_visit *visit)
{
    const struct form_field fields[] = {
        {"file_size", edge_of(visit)->in_pieces ? number(visit, size_of(visit)) : NULL},
        {NULL, NULL}};
    struct http_request request = to_edge(visit, "start", fields, REQUEST_UPLOAD);

    return step_send(&request, facebook_write(visit, FACEBOOK_STARTING));
}

/* Numbers of this API come as texts or as numbers. */
static int64_t number_of(const json_t *body, const char *member)
{
    const char *text = json_text(body, member);

    if (!text)
        return json_integer_or(body, member, -1);
    return *text && strlen(text) < 16 && text[strspn(text, "0123456789")] == '\0'
               ? strtoll(text, NULL, 10)
               : -1;
}

/* The next piece that Facebook asks for; start and end are equal when it has all. */
static bool read_piece(struct facebook_visit *visit, const json_t *body)
{
    const int64_t start = number_of(body, "start_offset"), end = number_of(body, "end_offset");

    if (start < 0 || end < start || end > size_of(visit))
        return false;
    visit->kept.start = start;
    visit->kept.end = end;
    return true;
}

static bool read_session(struct facebook_visit *visit, const json_t *body)
{
    visit->kept.video = graph_id(body, "video_id", visit->arena);
    if (!edge_of(visit)->in_pieces)
        return job_address(visit->job, json_text(body, "upload_url"), visit->arena,
                           &visit->kept.host, &visit->kept.path) &&
               visit->kept.video;
    visit->kept.session = graph_id(body, "upload_session_id", visit->arena);
    return visit->kept.video && visit->kept.session && read_piece(visit, body);
}

static struct http_request upload_of(const struct facebook_visit *visit)
{
    struct header *headers = arena_array(visit->arena, 3, sizeof *headers);

    headers[0] = (struct header){"Content-Type", "application/octet-stream"};
    headers[1] = (struct header){"offset", number(visit, visit->kept.start)};
    headers[2] = (struct header){"file_size", number(visit, size_of(visit))};
    return (struct http_request){.method = "POST",
                                 .host = visit->kept.host,
                                 .path = visit->kept.path,
                                 .headers = headers,
                                 .header_count = 3,
                                 .file_sha256 = arena_text(visit->arena, video_of(visit)->sha256),
                                 .file_offset = visit->kept.start,
                                 .kind = REQUEST_UPLOAD,
                                 .signing = "oauth"};
}

static struct http_request piece_of(const struct facebook_visit *visit)
{
    struct form_part *parts = arena_array(visit->arena, 3, sizeof *parts);

    parts[0] = (struct form_part){.name = "upload_session_id", .value = visit->kept.session};
    parts[1] =
        (struct form_part){.name = "start_offset", .value = number(visit, visit->kept.start)};
    parts[2] = (struct form_part){.name = "video_file_chunk",
                                  .file_sha256 = arena_text(visit->arena, video_of(visit)->sha256),
                                  .mime = "application/octet-stream",
                                  .filename = "video.mp4",
                                  .offset = visit->kept.start,
                                  .length = visit->kept.end - visit->kept.start};
    return (struct http_request){.method = "POST",
                                 .host = edge_of(visit)->host,
                                 .path = edge_path(visit, "transfer"),
                                 .parts = parts,
                                 .part_count = 3,
                                 .kind = REQUEST_UPLOAD,
                                 .signing = "bearer"};
}

/* What comes after the bytes that are there already. */
static struct step send_bytes(const struct facebook_visit *visit)
{
    const bool in_pieces = edge_of(visit)->in_pieces;
    struct http_request request;

    if (in_pieces && visit->kept.start == visit->kept.end)
        return facebook_send_publish(visit);
    if (!in_pieces && visit->kept.start >= size_of(visit))
        return facebook_send_status(visit);
    request = in_pieces ? piece_of(visit) : upload_of(visit);
    return step_send(&request, facebook_write(visit, FACEBOOK_SENDING));
}

struct step facebook_after_start(struct facebook_visit *visit)
{
    json_t *body;
    bool usable;

    if (!reply_is(visit->reply, 200))
        return after_failure(visit);
    body = json_in_arena(reply_json(visit->reply), visit->arena);
    usable = read_session(visit, body);
    if (usable)
        return send_bytes(visit);
    return step_retry(_("Facebook opened an upload but named no usable id or address for it."),
                      INSTANT_NONE);
}

/* ---- its bytes ---- */

struct step facebook_after_bytes(struct facebook_visit *visit)
{
    const bool in_pieces = edge_of(visit)->in_pieces;
    const json_t *body =
        reply_is(visit->reply, 200) ? json_in_arena(reply_json(visit->reply), visit->arena) : NULL;

    visit->kept.polls = 0;
    if (in_pieces && body && read_piece(visit, body))
        return send_bytes(visit);
    if (!in_pieces && json_flag(body, "success"))
        return facebook_send_status(visit);
    if (reply_is(visit->reply, 200))
        return step_retry(_("Facebook took a part of a video but did not say how much."),
                          INSTANT_NONE);
    return after_failure(visit);
}

struct step facebook_send_resume(const struct facebook_visit *visit)
{
    struct http_request request = facebook_get_video(visit);

    return step_send(&request, facebook_write(visit, FACEBOOK_RESUMING));
}

/* Goes on behind the bytes that are there; where that is not told, with the piece asked for. */
static struct step resume_at(struct facebook_visit *visit, int64_t received)
{
    struct facebook_kept *kept = &visit->kept;
    const int64_t size = size_of(visit), piece = kept->end - kept->start;

    if (received >= 0 && received <= size) {
        kept->start = received;
        kept->end = received + (piece > 0 ? piece : PIECE_BYTES);
        if (kept->end > size)
            kept->end = size;
    }
    return send_bytes(visit);
}

/* ---- its state ---- */

static const char *const read_fields =
    "status,post_id,permalink_url,published,description,created_time";

struct http_request facebook_get_video(const struct facebook_visit *visit)
{
    const struct form_field fields[] = {{"fields", read_fields}, {NULL, NULL}};

    return graph_get(graph_path(visit->job, visit->arena, "%s", visit->kept.video), fields,
                     visit->arena);
}

static const char *phase_says(const json_t *status, const char *phase)
{
    const char *word = json_text(json_object_get(status, phase), "status");

    return word ? word : "";
}

/* The first error of a phase, or NULL. */
static const char *error_of(const json_t *status, struct arena *arena)
{
    static const char *const phases[] = {"publishing_phase", "processing_phase", "uploading_phase"};

    for (size_t i = 0; i < COUNT_OF(phases); i++) {
        const json_t *phase = json_object_get(status, phases[i]);
        const json_t *error = json_array_get(json_object_get(phase, "errors"), 0);
        const char *message = json_text(error, "message");

        if (message || strcmp(phase_says(status, phases[i]), "error") == 0)
            return arena_printf(arena, _("Facebook cannot use the video (error %lld): %s"),
                                (long long)json_integer_or(error, "code", 0),
                                message ? graph_line(message, 150, arena) : "-");
    }
    return NULL;
}

static enum facebook_video_state state_of(const struct facebook_video *video, const json_t *body)
{
    static const struct {
        const char *word;
        enum facebook_video_state state;
    } words[] = {
        {"ready", VIDEO_READY},           {"upload_complete", VIDEO_READY},
        {"processing", VIDEO_PROCESSING}, {"uploading", VIDEO_UPLOADING},
        {"error", VIDEO_FAILED},          {"expired", VIDEO_FAILED},
    };
    const json_t *status = json_object_get(body, "status");
    const char *word = json_text(status, "video_status");
    const char *publishing = phase_says(status, "publishing_phase");

    if (strcmp(publishing, "complete") == 0 || video->post_id ||
        (json_flag(body, "published") && word && strcmp(word, "ready") == 0))
        return VIDEO_PUBLIC;
    if (video->why)
        return VIDEO_FAILED;
    if (strcmp(publishing, "in_progress") == 0)
        return VIDEO_PUBLISHING;
    for (size_t i = 0; word && i < COUNT_OF(words); i++) {
        if (strcmp(words[i].word, word) == 0)
            return words[i].state;
    }
    return word ? VIDEO_PROCESSING : VIDEO_UNREADABLE;
}

struct facebook_video facebook_read_video(const struct facebook_visit *visit)
{
    const json_t *body = json_in_arena(reply_json(visit->reply), visit->arena);
    const json_t *status = json_object_get(body, "status");
    const json_t *uploading = json_object_get(status, "uploading_phase");
    struct facebook_video video = {.not_started = strcmp(phase_says(status, "publishing_phase"),
                                                         "not_started") == 0,
                                   .received = json_integer_or(uploading, "bytes_transferred", -1),
                                   .post_id = graph_id(body, "post_id", visit->arena),
                                   .url = json_text(body, "permalink_url"),
                                   .text = json_text(body, "description"),
                                   .why = error_of(status, visit->arena)};

    if (reply_is(visit->reply, 200))
        video.state = state_of(&video, body);
    else if (graph_error_read(visit->reply, NULL, visit->arena).meaning == GRAPH_GONE)
        video.state = VIDEO_GONE;
    if (video.state == VIDEO_FAILED && !video.why)
        video.why = _("Facebook could not process the video, or its upload has expired.");
    return video;
}

/* Processing takes seconds to minutes; a session that stands still for two hours is dead. */
static struct step poll_later(struct facebook_visit *visit)
{
    static const int64_t seconds[] = {2, 4, 8, 15, 30, 60};
    const int64_t last = (int64_t)COUNT_OF(seconds) - 1, polls = visit->kept.polls++;

    if (polls >= MOST_POLLS)
        return begin_anew(visit, _("Facebook was still processing the video after two hours."));
    return step_wait(span_seconds(seconds[polls < 0 || polls > last ? last : polls]),
                     facebook_write(visit, FACEBOOK_PROCESSING));
}

struct step facebook_send_status(const struct facebook_visit *visit)
{
    struct http_request request = facebook_get_video(visit);

    return step_send(&request, facebook_write(visit, FACEBOOK_PROCESSING));
}

/* A long video is processed after it is finished: its pieces are all that is needed before. */
static struct step continue_with(struct facebook_visit *visit, bool resuming)
{
    const struct facebook_video video = facebook_read_video(visit);

    switch (video.state) {
    case VIDEO_UNREADABLE:
        return graph_unreadable(visit->reply, NULL, visit->arena);
    case VIDEO_GONE:
    case VIDEO_FAILED:
        return begin_anew(visit, video.why ? video.why : _("Facebook knows the upload no more."));
    case VIDEO_UPLOADING:
        return resuming ? resume_at(visit, video.received) : poll_later(visit);
    case VIDEO_PROCESSING:
        return edge_of(visit)->in_pieces ? resume_at(visit, video.received) : poll_later(visit);
    case VIDEO_READY:
        return facebook_send_publish(visit);
    case VIDEO_PUBLISHING:
    case VIDEO_PUBLIC:
        break;
    }
    return step_doubt(_("The video is public, or is being made so, before it was to be."));
}

struct step facebook_after_resume(struct facebook_visit *visit)
{
    return continue_with(visit, true);
}

struct step facebook_after_status(struct facebook_visit *visit)
{
    return continue_with(visit, false);
}

struct http_request facebook_finish(const struct facebook_visit *visit)
{
    const struct edge *edge = edge_of(visit);
    const struct content *content = visit->job->content;
    const struct form_field fields[] = {{edge->in_pieces ? "upload_session_id" : "video_id",
                                         edge->in_pieces ? visit->kept.session : visit->kept.video},
                                        {"video_state", edge->state},
                                        {"title", edge->has_words ? content->title : NULL},
                                        {"description", edge->has_words ? content->text : NULL},
                                        {NULL, NULL}};

    return to_edge(visit, "finish", fields, REQUEST_PUBLISH);
}

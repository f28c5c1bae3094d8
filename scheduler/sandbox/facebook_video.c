/* Videos: three edges with upload sessions, the state of a video, its thumbnail and captions. */
#include "sandbox/facebook.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct span processing = {20000}, publishing = {5000}, day = {86400000};
static const struct span session_life = {86400000};
enum { PIECE_MOST = 1024 * 1024 };

/* ---- the state of a video ---- */

struct state {
    const char *video, *uploading, *processing, *publishing;
    int64_t received, size;
    const struct post *post;
};

static struct state state_of(struct facebook_call *call, const struct upload *video)
{
    struct state state = {.video = "uploading",
                          .uploading = "in_progress",
                          .processing = "not_started",
                          .publishing = "not_started",
                          .post = facebook_post_with(call, "video", video->id)};
    const struct upload *whole = graph_video_whole(call->world, video);
    const struct instant now = world_now(call->world);

    state.received = graph_video_received(call->world, video, &state.size);
    if (whole) {
        const bool ready = !instant_before(now, whole->ready_at);

        state.uploading = "complete";
        state.video = ready ? "ready" : "processing";
        state.processing = ready ? "complete" : "in_progress";
    } else if (!instant_before(now, instant_plus(video->at, session_life))) {
        state.video = "expired";
    }
    if (state.post)
        state.publishing = instant_before(now, instant_plus(state.post->at, publishing))
                               ? "in_progress"
                               : "complete";
    return state;
}

static json_t *status_json(const struct state *state)
{
    return json_pack("{s:s,s:{s:s,s:I,s:I},s:{s:s},s:{s:s}}", "video_status", state->video,
                     "uploading_phase", "status", state->uploading, "bytes_transferred",
                     (json_int_t)state->received, "source_file_size", (json_int_t)state->size,
                     "processing_phase", "status", state->processing, "publishing_phase", "status",
                     state->publishing);
}

void facebook_show_video(struct facebook_call *call, struct upload *video)
{
    const struct state state = state_of(call, video);
    json_t *full = json_pack("{s:s}", "id", video->id);

    json_put_new(full, "status", status_json(&state));
    json_put_bool(full, "published", strcmp(state.publishing, "complete") == 0);
    json_put(full, "permalink_url", arena_printf(call->arena, "/reel/%s/", video->id));
    json_put(full, "created_time", graph_date(video->at, call->arena));
    if (state.post) {
        const char *number = strchr(state.post->id, '_');

        if (strcmp(state.publishing, "complete") == 0)
            json_put(full, "post_id", number ? number + 1 : state.post->id);
        json_put(full, "description", state.post->text);
        json_put(full, "title", json_text(state.post->detail, "title"));
    }
    facebook_answer_fields(call, full,
                           "id status published permalink_url created_time post_id description "
                           "title source length updated_time");
}

/* ---- sessions ---- */

static void start(struct facebook_call *call, const char *kind)
{
    const struct upload *video = graph_video_start(call->world, call->account, kind, json_object());

    answer_json(call->request, 200,
                json_pack("{s:s,s:s}", "video_id", video->id, "upload_url",
                          arena_printf(call->arena, "%s/video-upload/v25.0/%s", call->base,
                                       video->id)),
                call->answer);
}

void facebook_receive(struct facebook_call *call, const char *id)
{
    struct upload *video = graph_video(call->world, call->account, id);

    if (video && strcmp(json_text(video->detail, "video"), "video") != 0)
        graph_video_take(call->world, call->request, video, processing, call->answer);
    else
        graph_upload_refused(call->request, 400, false, "ProcessingFailedError", "FILE_NOT_FOUND",
                             call->answer);
}

static int64_t reels_of_a_day(const struct facebook_call *call)
{
    const struct instant since = instant_minus(world_now(call->world), day);
    const struct post *post;
    int64_t count = 0;

    for (post = call->world->posts; post && !instant_before(post->at, since); post = post->older)
        count += strcmp(post->platform, call->platform->name) == 0 &&
                 strcmp(post->account, call->account->handle) == 0 &&
                 strcmp(facebook_kind(post), "reel") == 0;
    return count;
}

static bool may_finish(struct facebook_call *call, const struct upload *video, const char *kind)
{
    static const struct graph_fault missing = {.status = 400,
                                               .code = 6000,
                                               .subcode = 1363130,
                                               .message = "Video Upload Is Missing",
                                               .title = "Video Upload Is Missing"};
    static const struct graph_fault too_many = {
        .status = 400,
        .code = 613,
        .message = "(#613) Calls to this api have exceeded the rate limit."};

    if (!graph_video_whole(call->world, video))
        graph_refuse(call->request, &missing, call->answer);
    else if (strcmp(kind, "reel") == 0 && !call->world->unlimited &&
             reels_of_a_day(call) >= FACEBOOK_REELS_A_DAY)
        graph_refuse(call->request, &too_many, call->answer);
    else
        return true;
    return false;
}

/* Once public it stays the one post that it is. */
static const struct post *publish(struct facebook_call *call, const struct upload *video,
                                  const char *kind)
{
    const struct post *post = facebook_post_with(call, "video", video->id);
    const char *text = facebook_field(call, "description");
    struct medium medium;
    struct draft draft;

    if (post)
        return post;
    medium = world_medium(graph_video_whole(call->world, video));
    draft = (struct draft){.id = facebook_post_id(call),
                           .text = text && strcmp(kind, "story") != 0 ? text : "",
                           .media = &medium,
                           .media_count = 1,
                           .detail = json_pack("{s:s,s:s}", "kind", kind, "video", video->id)};
    json_put(draft.detail, "title", facebook_field(call, "title"));
    return world_publish(call->world, call->account, &draft);
}

/* The asker's video of this kind; else NULL with the answer written. */
static struct upload *named_video(struct facebook_call *call, const char *kind)
{
    const char *id = facebook_field(call, "video_id");
    struct upload *video = id ? graph_video(call->world, call->account, id) : NULL;

    if (!id)
        graph_missing(call->request, "video_id", call->answer);
    else if (!video || strcmp(json_text(video->detail, "video"), kind) != 0)
        graph_gone(call->request, id, call->answer);
    else
        return video;
    return NULL;
}

static const char *phase_of(struct facebook_call *call)
{
    const char *phase = facebook_field(call, "upload_phase");

    if (!phase)
        graph_missing(call->request, "upload_phase", call->answer);
    return phase ? phase : "";
}

static bool is_unknown_phase(struct facebook_call *call, const char *phase)
{
    if (*phase)
        graph_invalid(call->request, "Param upload_phase must be one of {START, FINISH}",
                      call->answer);
    return true;
}

void facebook_video_reels(struct facebook_call *call)
{
    const char *phase = phase_of(call), *state = facebook_field(call, "video_state");
    const struct upload *video;

    if (strcmp(phase, "start") == 0) {
        start(call, "reel");
        return;
    }
    if (strcmp(phase, "finish") != 0 && is_unknown_phase(call, phase))
        return;
    video = named_video(call, "reel");
    if (!video || !may_finish(call, video, "reel"))
        return;
    if (!state || strcmp(state, "PUBLISHED") != 0) {
        graph_invalid(call->request, "SANDBOX: only video_state PUBLISHED", call->answer);
        return;
    }
    (void)publish(call, video, "reel");
    graph_success(call->request, call->answer);
}

void facebook_video_stories(struct facebook_call *call)
{
    const char *phase = phase_of(call);
    const struct upload *video;

    if (strcmp(phase, "start") == 0) {
        start(call, "story");
        return;
    }
    if (strcmp(phase, "finish") != 0 && is_unknown_phase(call, phase))
        return;
    video = named_video(call, "story");
    if (video && may_finish(call, video, "story"))
        answer_json(call->request, 200,
                    json_pack("{s:b,s:s}", "success", 1, "post_id",
                              publish(call, video, "story")->id),
                    call->answer);
}

/* ---- long videos in pieces ---- */

static int64_t number_field(const struct facebook_call *call, const char *name)
{
    const char *text = facebook_field(call, name);

    return text && *text && strlen(text) < 16 && text[strspn(text, "0123456789")] == '\0'
               ? strtoll(text, NULL, 10)
               : -1;
}

static int64_t size_of(const struct upload *video)
{
    return json_integer_or(video->detail, "size", 0);
}

/* The offsets of the next piece, as texts. */
static void put_piece(struct facebook_call *call, const struct upload *video, json_t *body)
{
    int64_t said, start = graph_video_received(call->world, video, &said), end = start + PIECE_MOST;

    end = end > size_of(video) ? size_of(video) : end;
    json_put(body, "start_offset", arena_printf(call->arena, "%" PRId64, start));
    json_put(body, "end_offset", arena_printf(call->arena, "%" PRId64, end));
}

static void start_pieces(struct facebook_call *call)
{
    const int64_t size = number_field(call, "file_size");
    const struct upload *video;
    json_t *body;

    if (size <= 0) {
        graph_missing(call->request, "file_size", call->answer);
        return;
    }
    video = graph_video_start(call->world, call->account, "video",
                              json_pack("{s:I}", "size", (json_int_t)size));
    body = json_pack("{s:s,s:s}", "upload_session_id", video->id, "video_id", video->id);
    put_piece(call, video, body);
    answer_json(call->request, 200, body, call->answer);
}

/* The session of the request; else NULL with the answer written. */
static struct upload *session_of(struct facebook_call *call)
{
    const char *id = facebook_field(call, "upload_session_id");
    struct upload *video = id ? graph_video(call->world, call->account, id) : NULL;

    if (!id)
        graph_missing(call->request, "upload_session_id", call->answer);
    else if (!video || strcmp(json_text(video->detail, "video"), "video") != 0)
        graph_gone(call->request, id, call->answer);
    else
        return video;
    return NULL;
}

static void take_piece(struct facebook_call *call, struct upload *video)
{
    const struct field *chunk = fields_find(&call->form, "video_file_chunk");
    static const struct graph_fault wrong = {
        .status = 400,
        .code = 6001,
        .subcode = 1363037,
        .is_transient = true,
        .message = "(#6001) There was a problem uploading your video file.",
        .title = "Invalid upload offset"};
    int64_t said, received = graph_video_received(call->world, video, &said);
    json_t *body = json_object();

    if (!chunk || !chunk->filename || !chunk->length) {
        graph_missing(call->request, "video_file_chunk", call->answer);
    } else if (number_field(call, "start_offset") != received ||
               received + (int64_t)chunk->length > size_of(video)) {
        graph_refuse(call->request, &wrong, call->answer);
    } else {
        graph_video_add(call->world, call->request, video, chunk->value, chunk->length, received,
                        size_of(video), processing);
        put_piece(call, video, body);
        answer_json(call->request, 200, json_incref(body), call->answer);
    }
    json_decref(body);
}

void facebook_videos(struct facebook_call *call)
{
    const char *phase = phase_of(call);
    struct upload *video;

    if (strcmp(phase, "start") == 0) {
        start_pieces(call);
        return;
    }
    if (strcmp(phase, "transfer") != 0 && strcmp(phase, "finish") != 0 &&
        is_unknown_phase(call, phase))
        return;
    video = session_of(call);
    if (video && strcmp(phase, "transfer") == 0) {
        take_piece(call, video);
    } else if (video && may_finish(call, video, "video")) {
        (void)publish(call, video, "video");
        graph_success(call->request, call->answer);
    }
}

/* ---- what comes after ---- */

/* The asker's video of the path; else NULL with the answer written. */
static struct upload *video_of_path(struct facebook_call *call)
{
    struct upload *video = graph_video(call->world, call->account, call->argument);

    if (!video)
        graph_gone(call->request, call->argument, call->answer);
    return video;
}

/* Kept beside the video: the page shows the newest of each. */
static void keep_file(struct facebook_call *call, const char *part, const char *mime,
                      const char *member)
{
    const struct field *file = fields_find(&call->form, part);
    const struct upload *video = video_of_path(call);

    if (!video)
        return;
    if (!file || !file->filename || !file->length) {
        graph_missing(call->request, part, call->answer);
        return;
    }
    (void)world_upload(call->world, call->account, file->value, file->length, mime, NULL,
                       (struct span){0}, json_pack("{s:s}", member, video->id));
    graph_success(call->request, call->answer);
}

void facebook_thumbnails(struct facebook_call *call)
{
    keep_file(call, "source", "image/jpeg", "thumbnail_of");
}

/* The language stands in the file's name: "x.hi_IN.srt". */
void facebook_captions(struct facebook_call *call)
{
    const struct field *file = fields_find(&call->form, "captions_file");
    const char *dot = file && file->filename ? strchr(file->filename, '.') : NULL;

    if (file && (!dot || strlen(dot) != strlen(".hi_IN.srt") ||
                 strcmp(dot + strlen(".hi_IN"), ".srt") != 0))
        graph_invalid(call->request, "The name of captions_file must end with .LOCALE.srt",
                      call->answer);
    else
        keep_file(call, "captions_file", "application/x-subrip", "captions_of");
}

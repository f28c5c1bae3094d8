/* What is done to a video once it is up. None of this ever sends the video again.
 *
 *   thumbnail  setting --200--> done          (the same picture again changes nothing)
 *   captions   opening --200--> sending --200, 201--> done
 *                                       --lost--> asking, whether the session made a track
 *   playlist   looking --not in it--> adding --200--> done
 *                                            --lost--> looking: YouTube takes a video twice
 *
 * Scopes: captions need youtube.force-ssl; the others do with youtube. A channel without a verified
 * telephone number may set no thumbnail.
 */
#include <string.h>

#include "base/i18n.h"
#include "platform/form.h"
#include "platform/youtube.h"

static struct step done(const struct job *job)
{
    return step_done(
        (struct receipt){.remote_id = job->delivery->remote_id, .url = job->delivery->url});
}

/* ---- thumbnail ---- */

static bool wants_thumbnail(const struct job *job)
{
    return job->content->more.thumbnail != NULL;
}

static struct step send_thumbnail(const struct job *job, struct arena *arena)
{
    const char *sha256 = job->content->more.thumbnail;
    struct header *headers = arena_array(arena, 1, sizeof *headers);
    struct http_request request = {
        .method = "POST",
        .path = arena_printf(arena, "/upload/youtube/v3/thumbnails/set?uploadType=media&videoId=%s",
                             job->delivery->remote_id),
        .headers = headers,
        .header_count = 1,
        .file_sha256 = arena_text(arena, sha256),
        .kind = REQUEST_PUBLISH,
        .signing = "bearer",
        .timeout = span_minutes(2)};

    headers[0] = (struct header){"Content-Type", job_mime(job, sha256)};
    return step_send(&request, progress_write("setting", NULL, arena));
}

static struct step thumbnail(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *arena)
{
    (void)at;
    if (!youtube_id_usable(job->delivery->remote_id))
        return step_refused(_("The id of this video is not known."));
    if (!reply)
        return send_thumbnail(job, arena);
    return reply_is(reply, 200) ? done(job) : youtube_failure(reply, arena);
}

/* ---- captions ---- */

static bool wants_captions(const struct job *job)
{
    return job->content->more.captions != NULL;
}

static json_t *track_of(const struct job *job)
{
    json_t *track = json_object(), *snippet = json_object();

    json_put_bool(snippet, "isDraft", false);
    json_put(snippet, "language", job->content->language ? job->content->language : "hi");
    json_put(snippet, "name", "");
    json_put(snippet, "videoId", job->delivery->remote_id);
    json_put_new(track, "snippet", snippet);
    return track;
}

static struct step open_captions(const struct job *job, struct arena *arena)
{
    json_t *track = track_of(job);
    struct http_request request =
        youtube_post("/upload/youtube/v3/captions?uploadType=resumable&part=snippet", track,
                     REQUEST_UPLOAD, arena);

    request.timeout = span_minutes(1);
    json_decref(track);
    return step_send(&request, progress_write("opening", NULL, arena));
}

static struct step bad_address(void)
{
    return step_retry(_("YouTube opened an upload but named no usable address for it."),
                      INSTANT_NONE);
}

static const char *write_session(const char *state, const char *session, struct arena *arena)
{
    json_t *kept = json_object();
    const char *progress;

    json_put(kept, "session", session);
    progress = progress_write(state, kept, arena);
    json_decref(kept);
    return progress;
}

/* A file of captions is small: it goes in one piece. */
static struct step send_captions(const struct job *job, const char *session, struct arena *arena)
{
    const struct medium *medium = job_medium(job, job->content->more.captions);
    struct youtube_piece piece = {.mime = "application/octet-stream"};
    struct http_request request;

    if (!medium)
        return step_refused(_("The file of the captions is not known."));
    piece.sha256 = medium->sha256;
    piece.length = piece.total = medium->bytes;
    if (!youtube_send(job, session, &piece, arena, &request))
        return bad_address();
    request.kind = REQUEST_PUBLISH;
    request.unrepeatable = true;
    return step_send(&request, write_session("sending", session, arena));
}

static struct step ask_session(const struct job *job, const char *session, struct arena *arena)
{
    const struct medium *medium = job_medium(job, job->content->more.captions);
    struct http_request request;

    if (!medium || !youtube_query(job, session, medium->bytes, arena, &request))
        return bad_address();
    return step_send(&request, write_session("asking", session, arena));
}

static struct step after_captions_opened(const struct job *job, const struct http_reply *reply,
                                         struct arena *arena)
{
    const char *session = youtube_session(job, reply, arena);

    if (!reply_is(reply, 200))
        return youtube_failure(reply, arena);
    return session ? send_captions(job, session, arena) : bad_address();
}

/* Whether YouTube says for certain that the request did nothing. */
static bool is_certain(const struct http_reply *reply, struct arena *arena)
{
    const struct youtube_error error = youtube_error_read(reply, arena);

    return reply->fate == FATE_NOT_SENT || (error.is_own && error.meaning != YOUTUBE_TRANSIENT);
}

static struct step after_captions_sent(const struct job *job, const char *session,
                                       const struct http_reply *reply, struct arena *arena)
{
    if (reply_is(reply, 200) || reply_is(reply, 201))
        return done(job);
    return is_certain(reply, arena) ? youtube_failure(reply, arena)
                                    : ask_session(job, session, arena);
}

static struct step after_captions_asked(const struct job *job, const char *session,
                                        const struct http_reply *reply, struct arena *arena)
{
    if (reply_is(reply, 200) || reply_is(reply, 201))
        return done(job);
    if (reply_is(reply, 308))
        return send_captions(job, session, arena);
    if (reply_is(reply, 404) || reply_is(reply, 410))
        return step_doubt(_("YouTube does not know the upload of the captions any more; they may "
                            "be there."));
    return youtube_unreadable(reply, arena);
}

static struct step captions(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    const char *session = json_text(at->kept, "session");
    const bool asks = at->state && strcmp(at->state, "asking") == 0;

    if (!youtube_id_usable(job->delivery->remote_id))
        return step_refused(_("The id of this video is not known."));
    if (!session)
        return reply ? after_captions_opened(job, reply, arena) : open_captions(job, arena);
    if (asks)
        return reply ? after_captions_asked(job, session, reply, arena)
                     : ask_session(job, session, arena);
    return reply ? after_captions_sent(job, session, reply, arena)
                 : send_captions(job, session, arena);
}

/* ---- playlist ---- */

static bool wants_playlist(const struct job *job)
{
    return job->content->more.playlist != NULL;
}

static struct step look_into_playlist(const struct job *job, struct arena *arena)
{
    const struct form_field fields[] = {{"part", "id"},
                                        {"playlistId", job->content->more.playlist},
                                        {"videoId", job->delivery->remote_id},
                                        {NULL, NULL}};
    const struct http_request request =
        youtube_get(form_path("/youtube/v3/playlistItems", fields, arena));

    return step_send(&request, progress_write("looking", NULL, arena));
}

static struct step add_to_playlist(const struct job *job, struct arena *arena)
{
    json_t *item = json_object(), *snippet = json_object(), *resource = json_object();
    struct http_request request;

    json_put(resource, "kind", "youtube#video");
    json_put(resource, "videoId", job->delivery->remote_id);
    json_put(snippet, "playlistId", job->content->more.playlist);
    json_put_new(snippet, "resourceId", resource);
    json_put_new(item, "snippet", snippet);
    request = youtube_post("/youtube/v3/playlistItems?part=snippet", item, REQUEST_PUBLISH, arena);
    request.unrepeatable = true;
    json_decref(item);
    return step_send(&request, progress_write("adding", NULL, arena));
}

static struct step after_look(const struct job *job, const struct http_reply *reply,
                              struct arena *arena)
{
    const json_t *list;

    if (!reply_is(reply, 200))
        return youtube_failure(reply, arena);
    list = json_in_arena(reply_json(reply), arena);
    if (!json_is_array(json_object_get(list, "items")))
        return youtube_unreadable(reply, arena);
    return youtube_first(list) ? done(job) : add_to_playlist(job, arena);
}

static struct step after_adding(const struct job *job, const struct http_reply *reply,
                                struct arena *arena)
{
    if (reply_is(reply, 200))
        return done(job);
    return is_certain(reply, arena) ? youtube_failure(reply, arena)
                                    : look_into_playlist(job, arena);
}

static struct step playlist(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    if (!youtube_id_usable(job->delivery->remote_id) ||
        !youtube_id_usable(job->content->more.playlist))
        return step_refused(_("That is not the id of a playlist."));
    if (at->state && strcmp(at->state, "adding") == 0)
        return reply ? after_adding(job, reply, arena) : add_to_playlist(job, arena);
    return reply ? after_look(job, reply, arena) : look_into_playlist(job, arena);
}

const struct after_step youtube_after[] = {
    {"thumbnail", wants_thumbnail, thumbnail},
    {"captions", wants_captions, captions},
    {"playlist", wants_playlist, playlist},
    {NULL, NULL, NULL},
};

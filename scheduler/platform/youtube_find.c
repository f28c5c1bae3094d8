/* The machines `find` and `retract`.
 *
 *   asking   --200, 201--> reading     --308--> done: none, by YouTube's own word
 *            --404, 410--> channel: the session is forgotten, which proves nothing
 *   reading  --200--> done             (a video that was rejected is no post; one that is still
 *                                       being processed is looked at again)
 *   channel  --200--> listing          (whose uploads: the id of a playlist)
 *   listing  --200--> matching | done  (the newest fifty, since the request)
 *   matching --200--> done
 *   any failure is a retry: not being able to look proves nothing.
 *
 * A video is ours by the name that we gave its file, or by its exact title in the time window where
 * its file has no name of ours; never because it is the newest. A progress that is not ours (the
 * publish machine's) is the beginning.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/i18n.h"
#include "platform/youtube.h"

struct search {
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    const char *kept; /* the session's video, the playlist, or the ids; NULL at the beginning */
};

static struct step send(const struct search *search, const char *state,
                        const struct http_request *request, const char *keeps)
{
    json_t *kept = json_object();
    const char *progress;

    json_put(kept, "keeps", keeps);
    progress = progress_write(state, kept, search->arena);
    json_decref(kept);
    return step_send(request, progress);
}

static struct step send_get(const struct search *search, const char *state, const char *path,
                            const char *keeps)
{
    const struct http_request request = youtube_get(path);

    return send(search, state, &request, keeps);
}

static struct step found(const struct search *search, size_t count, const char *id)
{
    return step_done((struct receipt){
        .remote_id = id,
        .url = id ? youtube_page(search->job, id, search->arena) : "",
        .found = count,
    });
}

static const json_t *answered(const struct search *search)
{
    return reply_is(search->reply, 200) ? json_in_arena(reply_json(search->reply), search->arena)
                                        : NULL;
}

/* ---- the session ---- */

static struct step send_channel(struct search *search)
{
    return send_get(search, "channel", "/youtube/v3/channels?part=contentDetails&mine=true", NULL);
}

/* The session that the row keeps. */
static const char *session_of(const struct search *search)
{
    struct progress stored;

    return progress_read(search->job->delivery->progress, search->arena, &stored)
               ? json_text(stored.kept, "session")
               : NULL;
}

static struct step send_query(struct search *search)
{
    const struct job *job = search->job;
    const char *session = session_of(search);
    const struct medium *medium = job_medium(job, job->content->media[0].sha256);
    struct http_request request;

    if (!session || !medium || !youtube_query(job, session, medium->bytes, search->arena, &request))
        return send_channel(search);
    return send(search, "asking", &request, NULL);
}

/* Nothing was made of what the session has; and should the lost bytes still come, they end in the
 * same session, which is used again. */
static struct step proven_absent(const struct search *search)
{
    struct step step = found(search, 0, NULL);

    step.receipt.absent = true;
    return step;
}

static struct step send_read(struct search *search)
{
    return send_get(search, "reading",
                    arena_printf(search->arena, "/youtube/v3/videos?part=snippet,status&id=%s",
                                 search->kept),
                    search->kept);
}

static struct step after_query(struct search *search)
{
    const struct http_reply *reply = search->reply;

    if (reply_is(reply, 308))
        return proven_absent(search);
    if (reply_is(reply, 404) || reply_is(reply, 410))
        return send_channel(search);
    if (!reply_is(reply, 200) && !reply_is(reply, 201))
        return youtube_unreadable(reply, search->arena);
    search->kept = youtube_made(reply, search->arena);
    return search->kept ? send_read(search) : send_channel(search);
}

/* One that is not told is like one that has only begun. */
static const char *stage_of(const json_t *video)
{
    const char *stage = json_text(json_object_get(video, "status"), "uploadStatus");

    return stage ? stage : "uploaded";
}

static bool is_uploaded(const json_t *video)
{
    return strcmp(stage_of(video), "uploaded") == 0;
}

/* Rejected and failed videos are no posts. */
static bool is_watchable(const json_t *video)
{
    return is_uploaded(video) || strcmp(stage_of(video), "processed") == 0;
}

/* Whether it is still too early to say what became of it: four looks, each later than the last. */
static bool is_early(const struct search *search, const json_t *video)
{
    enum { PATIENCE = 4 };

    return is_uploaded(video) &&
           search->job->delivery->reads + search->job->delivery->tries < PATIENCE;
}

static struct step found_video(struct search *search, const json_t *video)
{
    struct step step = found(search, 1, search->kept);

    step.receipt.not_read_back = is_uploaded(video);
    if (!step.receipt.not_read_back)
        step.receipt.note = youtube_differs(search->job, video, search->arena);
    step.receipt.differs = step.receipt.note != NULL;
    return step;
}

/* What the session says is there; the list may be slow to show it. */
static struct step after_read(struct search *search)
{
    const json_t *list = answered(search);
    const json_t *video = youtube_first(list);

    if (!json_is_array(json_object_get(list, "items")))
        return youtube_unreadable(search->reply, search->arena);
    if (is_early(search, video))
        return step_retry(_("YouTube has the video and has not processed it yet."), INSTANT_NONE);
    return is_watchable(video) ? found_video(search, video) : found(search, 0, NULL);
}

/* ---- the channel's uploads ---- */

static struct step send_list(struct search *search)
{
    return send_get(search, "listing",
                    arena_printf(search->arena,
                                 "/youtube/v3/playlistItems?part=snippet,contentDetails&"
                                 "maxResults=50&playlistId=%s",
                                 search->kept),
                    search->kept);
}

static struct step after_channel(struct search *search)
{
    const json_t *details = json_object_get(youtube_first(answered(search)), "contentDetails");
    const char *uploads = json_text(json_object_get(details, "relatedPlaylists"), "uploads");

    if (!youtube_id_usable(uploads))
        return youtube_unreadable(search->reply, search->arena);
    search->kept = uploads;
    return send_list(search);
}

static struct step send_videos(struct search *search)
{
    return send_get(search, "matching",
                    arena_printf(search->arena,
                                 "/youtube/v3/videos?part=snippet,status,fileDetails&id=%s",
                                 search->kept),
                    search->kept);
}

/* "a,b,c": what was uploaded since. */
static const char *candidates(const struct search *search, const json_t *items)
{
    struct buffer ids;
    char *text;

    buffer_init(&ids, SIZE_MAX / 2);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const json_t *details = json_object_get(item, "contentDetails");
        const char *id = json_text(details, "videoId"),
                   *published = json_text(details, "videoPublishedAt");

        if (!published)
            published = json_text(json_object_get(item, "snippet"), "publishedAt");
        if (!youtube_id_usable(id) || job_is_older(search->job, published))
            continue;
        if (ids.length > 0)
            (void)buffer_char(&ids, ',');
        (void)buffer_text(&ids, id);
    }
    text = arena_text_n(search->arena, ids.length ? ids.bytes : "", ids.length);
    buffer_clear(&ids);
    return text;
}

static struct step after_list(struct search *search)
{
    const json_t *items = json_object_get(answered(search), "items");

    if (!json_is_array(items))
        return youtube_unreadable(search->reply, search->arena);
    search->kept = candidates(search, items);
    return *search->kept ? send_videos(search) : found(search, 0, NULL);
}

/* ---- which of them ---- */

static bool is_a_name_of_ours(const char *name)
{
    return name && strncmp(name, "crier-", 6) == 0;
}

static bool is_ours(const struct search *search, const json_t *video)
{
    const json_t *snippet = json_object_get(video, "snippet");
    const char *name = json_text(json_object_get(video, "fileDetails"), "fileName");

    if (!is_watchable(video))
        return false;
    if (is_a_name_of_ours(name))
        return strcmp(name, youtube_file_name(search->job, search->arena)) == 0;
    return !job_is_older(search->job, json_text(snippet, "publishedAt")) &&
           youtube_same_text(search->job->content->title, json_text(snippet, "title"),
                             search->arena);
}

static struct step after_videos(struct search *search)
{
    const json_t *items = json_object_get(answered(search), "items");
    const char *id = NULL;
    size_t count = 0;

    if (!json_is_array(items))
        return youtube_unreadable(search->reply, search->arena);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *video = json_array_get(items, i);
        const char *named = youtube_id(video, search->arena);

        if (!named || !is_ours(search, video))
            continue;
        count++;
        id = id ? id : named;
    }
    return found(search, count, id);
}

static const struct {
    const char *state;
    bool keeps; /* nothing can be asked without what is kept */
    struct step (*send)(struct search *search);
    struct step (*receive)(struct search *search);
} stages[] = {
    {"asking", false, send_query, after_query},      {"reading", true, send_read, after_read},
    {"channel", false, send_channel, after_channel}, {"listing", true, send_list, after_list},
    {"matching", true, send_videos, after_videos},
};

struct step youtube_find(const struct job *job, const struct progress *at,
                         const struct http_reply *reply, struct arena *arena)
{
    struct search search = {job, reply, arena, json_text(at->kept, "keeps")};

    for (size_t i = 0; at->state && i < COUNT_OF(stages); i++) {
        if (strcmp(stages[i].state, at->state) == 0 && (!stages[i].keeps || search.kept))
            return reply ? stages[i].receive(&search) : stages[i].send(&search);
    }
    return send_query(&search);
}

struct step youtube_retract(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    const char *id = job->delivery->remote_id;
    struct http_request request = {.method = "DELETE",
                                   .kind = REQUEST_PUBLISH,
                                   .signing = "bearer"};

    (void)at;
    if (!youtube_id_usable(id))
        return step_refused(_("The id of this video is not known, so it cannot be removed."));
    request.path = arena_printf(arena, "/youtube/v3/videos?id=%s", id);
    if (!reply)
        return step_send(&request, NULL);
    if (reply_is(reply, 204) || reply_is(reply, 200) ||
        (reply_is(reply, 404) && youtube_error_read(reply, arena).is_own))
        return step_done((struct receipt){.remote_id = id, .url = job->delivery->url});
    return youtube_unreadable(reply, arena);
}

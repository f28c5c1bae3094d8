/* What is done to a post once it is public.
 *
 * Captions and thumbnail are set on the video by its id: the same again changes nothing, so a
 * failure is tried again. The first comment is public and has no key:
 *
 *   commenting --200, id--> done
 *              --never left, token, permission--> later again
 *              --anything else--> looking
 *   looking    --200, ours is there--> done      --200, it is not--> given up, with what was said
 *              --else--> later again
 */
#include "platform/facebook.h"

#include <string.h>

#include "base/i18n.h"

/* The row's own progress still names the video; NULL for a post without one. */
static const char *video_of(const struct job *job, struct arena *arena)
{
    struct progress stored;
    struct facebook_kept kept;

    if (!progress_read(job->delivery->progress, arena, &stored) || !stored.state ||
        !facebook_read_kept(stored.kept, &kept))
        return NULL;
    return kept.video;
}

/* ---- thumbnail and captions ---- */

static bool is_shown_video(const struct job *job)
{
    const enum facebook_form form = facebook_form_of(job);

    return form == FACEBOOK_VIDEO || form == FACEBOOK_REEL;
}

static bool wants_thumbnail(const struct job *job)
{
    return job->content->more.thumbnail && is_shown_video(job);
}

static bool wants_captions(const struct job *job)
{
    return job->content->more.captions && is_shown_video(job);
}

static struct step send_file(const struct job *job, const char *edge, const struct form_part *parts,
                             struct arena *arena)
{
    const char *video = video_of(job, arena);
    struct http_request request = {.method = "POST",
                                   .parts = parts,
                                   .part_count = 2,
                                   .kind = REQUEST_UPLOAD,
                                   .signing = "bearer"};

    if (!video)
        return step_refused(_("The id of the video is not stored."));
    request.path = graph_path(job, arena, "%s/%s", video, edge);
    return step_send(&request, NULL);
}

static struct step after_file(const struct http_reply *reply, struct arena *arena)
{
    json_t *body;
    bool done;

    if (!reply_is(reply, 200))
        return graph_failure(reply, NULL, arena);
    body = reply_json(reply);
    done = (json_flag(body, "success") || json_text(body, "id")) && !json_object_get(body, "error");
    json_decref(body);
    return done ? step_done((struct receipt){0})
                : step_retry(_("Facebook answered 200, but not that it is done."), INSTANT_NONE);
}

static struct step set_thumbnail(const struct job *job, const struct progress *at,
                                 const struct http_reply *reply, struct arena *arena)
{
    const char *sha256 = job->content->more.thumbnail;
    struct form_part *parts = arena_array(arena, 2, sizeof *parts);

    (void)at;
    if (reply)
        return after_file(reply, arena);
    parts[0] = (struct form_part){.name = "source",
                                  .file_sha256 = sha256,
                                  .mime = job_mime(job, sha256),
                                  .filename = "thumbnail"};
    parts[1] = (struct form_part){.name = "is_preferred", .value = "true"};
    return send_file(job, "thumbnails", parts, arena);
}

/* The file's name carries its language: "captions.hi_IN.srt". */
static const char *locale_of(const struct job *job)
{
    static const struct {
        const char *language, *locale;
    } locales[] = {
        {"hi", "hi_IN"}, {"ur", "ur_PK"}, {"pa", "pa_IN"}, {"gu", "gu_IN"}, {"mr", "mr_IN"},
        {"bn", "bn_IN"}, {"ta", "ta_IN"}, {"te", "te_IN"}, {"kn", "kn_IN"}, {"ml", "ml_IN"},
    };
    const char *language = job->content->language;

    for (size_t i = 0; language && i < COUNT_OF(locales); i++) {
        if (strncmp(language, locales[i].language, 2) == 0)
            return locales[i].locale;
    }
    return "en_US";
}

static struct step set_captions(const struct job *job, const struct progress *at,
                                const struct http_reply *reply, struct arena *arena)
{
    struct form_part *parts = arena_array(arena, 2, sizeof *parts);

    (void)at;
    if (reply)
        return after_file(reply, arena);
    parts[0] =
        (struct form_part){.name = "captions_file",
                           .file_sha256 = job->content->more.captions,
                           .mime = "application/x-subrip",
                           .filename = arena_printf(arena, "captions.%s.srt", locale_of(job))};
    parts[1] = (struct form_part){.name = "default_locale", .value = locale_of(job)};
    return send_file(job, "captions", parts, arena);
}

/* ---- the first comment ---- */

static bool wants_comment(const struct job *job)
{
    const enum facebook_form form = facebook_form_of(job);

    return job->content->more.first_comment && form != FACEBOOK_VIDEO_STORY &&
           form != FACEBOOK_PHOTO_STORY;
}

static const char *comments_path(const struct job *job, struct arena *arena)
{
    return graph_path(job, arena, "%s/comments", job->delivery->remote_id);
}

static struct step send_comment(const struct job *job, struct arena *arena)
{
    const struct form_field fields[] = {{"message", job->content->more.first_comment},
                                        {NULL, NULL}};
    struct http_request request =
        graph_post(comments_path(job, arena), fields, REQUEST_PUBLISH, arena);

    return step_send(&request, progress_write("commenting", NULL, arena));
}

/* What the doubt is about is kept for the person who reads why. */
static struct step look_for_comment(const struct job *job, const char *why, struct arena *arena)
{
    static const struct form_field fields[] = {{"filter", "stream"},
                                               {"order", "reverse_chronological"},
                                               {"fields", "id,message,from{id}"},
                                               {"limit", "100"},
                                               {NULL, NULL}};
    struct http_request request = graph_get(comments_path(job, arena), fields, arena);
    json_t *kept = json_object();
    struct step step;

    json_put(kept, "why", why);
    step = step_send(&request, progress_write("looking", kept, arena));
    json_decref(kept);
    return step;
}

static struct step after_comment(const struct job *job, const struct http_reply *reply,
                                 struct arena *arena)
{
    struct step failed;
    json_t *body;
    const char *id;

    if (reply_is(reply, 200)) {
        body = reply_json(reply);
        id = graph_id(body, "id", arena);
        json_decref(body);
        if (id)
            return step_done((struct receipt){.remote_id = id});
    }
    failed = graph_publish_failure(reply, NULL, arena);
    return failed.kind == STEP_DOUBT ? look_for_comment(job, failed.why, arena) : failed;
}

/* A page sees its own name; where `from` is missing the words alone do not prove it. */
static bool is_ours(const struct job *job, const json_t *comment, struct arena *arena)
{
    const char *from = json_text(json_object_get(comment, "from"), "id");
    const char *page = facebook_page(job);

    return from && page && strcmp(from, page) == 0 &&
           graph_same_text(job->content->more.first_comment, json_text(comment, "message"), arena);
}

static struct step after_looking(const struct job *job, const struct progress *at,
                                 const struct http_reply *reply, struct arena *arena)
{
    const json_t *body = reply_is(reply, 200) ? json_in_arena(reply_json(reply), arena) : NULL;
    const json_t *list = json_object_get(body, "data");
    const char *why = json_text(at->kept, "why");

    if (!json_is_array(list))
        return graph_unreadable(reply, NULL, arena);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (is_ours(job, json_array_get(list, i), arena))
            return step_done(
                (struct receipt){.remote_id = graph_id(json_array_get(list, i), "id", arena)});
    }
    return step_refused(
        why ? why : _("Nobody knows whether the comment was taken, and it is not to be seen."));
}

static struct step comment(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    const bool looking = at->state && strcmp(at->state, "looking") == 0;

    if (!graph_id_usable(job->delivery->remote_id))
        return step_refused(_("The id of this post is not known, so it cannot be commented."));
    if (looking)
        return reply ? after_looking(job, at, reply, arena)
                     : look_for_comment(job, json_text(at->kept, "why"), arena);
    return reply ? after_comment(job, reply, arena) : send_comment(job, arena);
}

const struct after_step facebook_after_steps[] = {
    {"thumbnail", wants_thumbnail, set_thumbnail},
    {"captions", wants_captions, set_captions},
    {"first_comment", wants_comment, comment},
    {NULL, NULL, NULL},
};

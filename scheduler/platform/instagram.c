/* The machines are drawn in container.c; the one of the first comment here:
 *
 *   commenting --an id--> done     --never left, throttled, token--> later
 *              --anything else, lost--> doubt: it is not sent again
 */
#include "platform/instagram.h"

#include <string.h>

#include "base/i18n.h"
#include "platform/container.h"
#include "platform/registry.h"

#define MEGABYTE INT64_C(1000000)

/* ---- limits ---- */

enum { MOST_CAROUSEL = 10 };
#define STORY_VIDEO_BYTES (100 * MEGABYTE)

/* JPEG only: PNG, WebP, HEIC are refused there. Reels up to 300 MB. */
static const struct media_limit media_limits[] = {
    {.mime = "image/jpeg", .most_bytes = 8 * MEGABYTE},
    {.mime = "video/mp4", .most_bytes = 300 * MEGABYTE},
    {.mime = "video/quicktime", .most_bytes = 300 * MEGABYTE},
    {.mime = NULL},
};

static const struct shape picture = {
    .least_width = 320,
    .most_width = 1440,
    .tallest = {4, 5},
    .widest = {191, 100},
    .source = "developers.facebook.com reference/ig-user/media, image specifications",
};

/* 9:16 is best, but any shape is shown. */
static const struct shape story_picture = {
    .source = "developers.facebook.com reference/ig-user/media, story image specifications",
};

static const struct shape video = {
    .most_width = 1920,
    .tallest = {1, 100},
    .widest = {10, 1},
    .source = "developers.facebook.com reference/ig-user/media, Reel specifications",
};

static const char *const codecs[] = {"h264", "hevc", NULL};
static const char *const sounds[] = {"aac", NULL};
static const char *const pixels[] = {"yuv420p", NULL};

static const struct video_form form = {
    .codecs = codecs,
    .sounds = sounds,
    .least_frame_rate = 23000,
    .most_frame_rate = 60000,
    .most_bit_rate = 25 * MEGABYTE,
    .most_sound_rate = 48000,
    .most_channels = 2,
    .pixels = pixels,
    .index_first = true,
    .no_edits = true,
    .progressive = true,
    .source = "developers.facebook.com reference/ig-user/media, Reel specifications",
};

static const struct post_kind kinds[] = {
    {.word = "post",
     .least_media = 1,
     .most_media = MOST_CAROUSEL,
     .takes_pictures = true,
     .takes_videos = true,
     .has_text = true,
     .least_duration = {3000},
     .most_duration = {INT64_C(15) * 60 * 1000},
     .sentence = N_("a picture, or a carousel of pictures and videos that are all cut to the shape "
                    "of the first; a single video becomes a Reel")},
    {.word = "reel",
     .least_media = 1,
     .most_media = 1,
     .takes_videos = true,
     .has_text = true,
     .least_duration = {3000},
     .most_duration = {INT64_C(15) * 60 * 1000},
     .sentence = N_("a single upright video")},
    {.word = "story",
     .least_media = 1,
     .most_media = 1,
     .takes_pictures = true,
     .takes_videos = true,
     .least_duration = {3000},
     .most_duration = {INT64_C(60) * 1000},
     .picture = &story_picture,
     .most_video_bytes = STORY_VIDEO_BYTES,
     .sentence = N_("one picture or video, shown for 24 hours")},
    {.word = NULL},
};

static const struct budget budgets[] = {
    {.word = "posts",
     .most = 50,
     .window = {INT64_C(24) * 3600 * 1000},
     .source = "reference/ig-user/content_publishing_limit: 50 in 24 hours (the guide says 100); "
               "the platform is asked what holds for the account"},
    {.word = NULL},
};

const struct limits instagram_limits = {
    .text = {{.unit = COUNT_CODEPOINTS, .most = 2200}},
    .most_tags = 5,
    .kinds = kinds,
    .budgets = budgets,
    .has_alt = true,
    .media = media_limits,
    .most_media = MOST_CAROUSEL,
    .picture = &picture,
    .video = &video,
    .form = &form,
    .same_shape = true,
    .most_alt = 1000,
    .needs_media = true,
    .has_first_comment = true,
    .has_tags = true,
    .source = "developers.facebook.com reference/ig-user/media; 5 hashtags since December 2025",
};

const struct account_key instagram_keys[] = {
    {"ig_id", ACCOUNT_KEY_TEXT, NULL,
     N_("The number of the Instagram account (\"17841400000000000\"); without it the Page whose "
        "token is page_token is asked.")},
    {"page_id", ACCOUNT_KEY_TEXT, NULL,
     N_("The number of the Facebook Page that is linked to the account: pictures from disk go "
        "through it.")},
    {"media_url", ACCOUNT_KEY_TEXT, NULL,
     N_("A public https folder under which the department's own web server shows Crier's spool "
        "(HASH.jpg): then neither pictures nor videos go through Facebook, and page_token is not "
        "needed.")},
    GRAPH_VERSION_KEY("v25.0"),
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};

static const char *const hosts[] = {"graph.facebook.com", "rupload.facebook.com", NULL};
static const char *const credential_keys[] = {"user_token", NULL};
static const char *const optional_keys[] = {"page_token", NULL};

/* ---- its words for a container ---- */

/* Error codes of the Instagram platform (reference/error-codes), where they mean more than Meta's
 * general ones. */
static const struct graph_code codes[] = {
    {9007, 0, 2207027, NULL, GRAPH_NOT_READY},
    {24, 0, 2207008, NULL, GRAPH_NOT_READY}, /* publish failed for now: the container tells */
    {0, 0, 2207001, NULL, GRAPH_ANEW},       /* server, create, upload failed */
    {0, 0, 2207032, NULL, GRAPH_ANEW},
    {0, 0, 2207053, NULL, GRAPH_ANEW},
    {0, 0, 2207003, NULL, GRAPH_ANEW}, /* took too long to fetch it */
    {0, 0, 2207052, NULL, GRAPH_ANEW}, /* could not fetch it */
    {0, 0, 2207006, NULL, GRAPH_ANEW}, /* no such container */
    {0, 0, 2207020, NULL, GRAPH_ANEW}, /* expired */
    {0, 0, 2207082, NULL, GRAPH_ANEW}, /* video processing */
    {0, 0, 2207085, NULL, GRAPH_ANEW},
    {9, 0, 0, NULL, GRAPH_THROTTLED},    /* 2207042: the day's posts are used up */
    {0, 0, 2207050, NULL, GRAPH_PERSON}, /* restricted */
    {352, 0, 0, NULL, GRAPH_REFUSED},    /* video format */
    {36000, 36003, 0, NULL, GRAPH_REFUSED},
    {0, 0, 2207010, NULL, GRAPH_REFUSED}, /* caption too long */
    {0, 0, 2207023, NULL, GRAPH_REFUSED}, /* media type */
    {0, 0, 2207057, NULL, GRAPH_REFUSED}, /* thumb offset */
    {0, 0, 2207081, NULL, GRAPH_REFUSED}, /* trial reels */
    {0, 0, 0, NULL, GRAPH_MEANINGS},
};

static bool is_kind(const struct job *job, const char *kind)
{
    return job->content->more.kind && strcmp(job->content->more.kind, kind) == 0;
}

static const char *account_id(const struct job *job)
{
    const char *id = account_option(job->account, "ig_id");

    if (!id)
        id = job->identity.remote_id;
    return graph_id_usable(id) ? id : NULL;
}

static const char *edge_of(const struct job *job, const char *edge, struct arena *arena)
{
    const char *id = account_id(job);

    return id ? graph_path(job, arena, "%s/%s", id, edge) : NULL;
}

static const char *media_type(const struct job *job, const struct container_item *item)
{
    if (item->children)
        return "CAROUSEL";
    if (is_kind(job, "story"))
        return "STORIES";
    if (!item->is_video)
        return NULL; /* a picture */
    return item->of_carousel ? "VIDEO" : "REELS";
}

/* Alternative text is for pictures only; a story has no words; those of a carousel stand at the
 * carousel. */
static void fill_fields(const struct job *job, const struct container_item *item,
                        struct arena *arena, struct form_field *fields)
{
    const char *type = media_type(job, item);
    const bool has_caption = !item->of_carousel && !is_kind(job, "story");
    const bool has_alt = item->medium && !item->is_video && *item->medium->alt;
    const struct form_field all[] = {
        {"media_type", type},
        {"image_url", item->is_video ? NULL : item->address},
        {"video_url", item->is_video ? item->address : NULL},
        {"upload_type", item->is_video && !item->address ? "resumable" : NULL},
        {"is_carousel_item", item->of_carousel ? "true" : NULL},
        {"children", item->children},
        {"caption", has_caption ? job->content->text : NULL},
        {"alt_text", has_alt ? item->medium->alt : NULL},
        {"share_to_feed", type && strcmp(type, "REELS") == 0 ? "true" : NULL},
        {NULL, NULL},
    };

    (void)arena;
    memcpy(fields, all, sizeof all);
}

/* A Reel reads as VIDEO of the product REELS. */
static bool has_our_kind(const struct job *job, const json_t *post)
{
    const char *type = json_text(post, "media_type");
    const char *product = json_text(post, "media_product_type");

    if (!type || strcmp(type, container_media_type(job)) != 0)
        return false;
    return !product || (strcmp(product, "STORY") == 0) == is_kind(job, "story");
}

static bool shows(const struct job *job, const json_t *post, struct arena *arena)
{
    const char *words = is_kind(job, "story") ? NULL : job->content->text;

    return has_our_kind(job, post) && container_has_files(job, post) &&
           graph_same_text(words, json_text(post, "caption"), arena);
}

static const char *list_edge(const struct job *job)
{
    return is_kind(job, "story") ? "stories" : "media";
}

static const struct container_platform platform = {
    .adapter = &instagram,
    .codes = codes,
    .signer = "user_token",
    .create = "media",
    .publish = "media_publish",
    .status = "status_code",
    .reason = "status",
    .status_fields = "id,status,status_code",
    .video_fields = "id,status,status_code,video_status",
    .post_fields = "id,caption,media_type,media_product_type,permalink,timestamp,children{id}",
    .edge = edge_of,
    .fields = fill_fields,
    .shows = shows,
    .list_edge = list_edge,
};

/* ---- the machines ---- */

/* What no request needs to be asked. */
static const char *refusal(const struct job *job)
{
    const struct content *content = job->content;
    const struct medium *first =
        content->media_count > 0 ? job_medium(job, content->media[0].sha256) : NULL;

    if (content->parent)
        return _("Instagram has no posts that answer one another.");
    if (content->media_count == 0)
        return _("Instagram has no posts without a picture or a video.");
    if (content->media_count > MOST_CAROUSEL)
        return _("Instagram takes at most ten files in one post.");
    if (is_kind(job, "story") && first && first->duration_ms > 0 &&
        first->bytes > STORY_VIDEO_BYTES)
        return _("Instagram takes at most 100 MB for the video of a story.");
    return NULL;
}

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    const char *why = refusal(job);

    return why ? step_refused(why) : container_publish(&platform, job, at, reply, arena);
}

static struct step find(const struct job *job, const struct progress *at,
                        const struct http_reply *reply, struct arena *arena)
{
    return container_find(&platform, job, at, reply, arena);
}

static struct step retract(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    return container_retract(&platform, job, at, reply, arena);
}

static struct step limits(const struct job *job, const struct progress *at,
                          const struct http_reply *reply, struct arena *arena)
{
    (void)at;
    return container_limits(&platform, job, "content_publishing_limit", reply, arena);
}

/* By its own number; else by the Page whose token we have. */
static struct step ask_who(const struct job *job, struct arena *arena)
{
    static const struct form_field linked[] = {
        {"fields", "instagram_business_account{id,username}"}, {NULL, NULL}};
    const char *id = account_option(job->account, "ig_id");
    struct http_request request;

    if (id && !graph_id_usable(id))
        return step_trouble(TROUBLE_IDENTITY,
                            _("The account's ig_id in crier.cfg is not a number."));
    if (id) {
        request = container_get(&platform, job, id, "id,username", arena);
    } else {
        request = graph_get(graph_path(job, arena, "me"), linked, arena);
        request.signer = "page_token";
    }
    return step_send(&request, NULL);
}

static struct step identify(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    const json_t *body, *linked;
    struct receipt receipt = {0};

    (void)at;
    if (!reply)
        return ask_who(job, arena);
    if (!reply_is(reply, 200))
        return graph_unreadable(reply, codes, arena);
    body = json_in_arena(reply_json(reply), arena);
    linked = json_object_get(body, "instagram_business_account");
    receipt.remote_id = graph_id(linked ? linked : body, "id", arena);
    receipt.handle = arena_text(arena, json_text(linked ? linked : body, "username"));
    return receipt.remote_id && receipt.handle
               ? step_done(receipt)
               : step_trouble(TROUBLE_IDENTITY,
                              _("The Page has no Instagram account that is linked to it; give the "
                                "account's own ig_id in crier.cfg."));
}

/* ---- the first comment ---- */

static bool wants_comment(const struct job *job)
{
    return job->content->more.first_comment != NULL;
}

static struct step send_comment(const struct job *job, struct arena *arena)
{
    const struct form_field fields[] = {{"message", job->content->more.first_comment},
                                        {NULL, NULL}};
    struct http_request request =
        graph_post(graph_path(job, arena, "%s/comments", job->delivery->remote_id), fields,
                   REQUEST_PUBLISH, arena);

    request.signer = platform.signer;
    return step_send(&request, progress_write("commenting", NULL, arena));
}

static struct step comment(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    const char *id = NULL;

    (void)at;
    if (!graph_id_usable(job->delivery->remote_id))
        return step_refused(_("The id of this post is not known, so it cannot be commented on."));
    if (!reply)
        return send_comment(job, arena);
    if (reply_is(reply, 200))
        id = graph_id(json_in_arena(reply_json(reply), arena), "id", arena);
    return id ? step_done((struct receipt){.remote_id = id})
              : graph_publish_failure(reply, codes, arena);
}

static const struct after_step after_steps[] = {
    {"first_comment", wants_comment, comment},
    {NULL, NULL, NULL},
};

const struct adapter instagram = {
    .name = "instagram",
    .facts = &platform_rows[PLATFORM_INSTAGRAM],
    .proof = PROOF_READ_BACK,
    .hosts = hosts,
    .states = container_states,
    .credential_keys = credential_keys,
    .optional_keys = optional_keys,
    .class_of = adapter_class_c,
    .publish = publish,
    .find = find,
    .identify = identify,
    .limits = limits,
    .retract = retract,
    .after = after_steps,
};

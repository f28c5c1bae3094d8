/* The machines `publish`, `find` and `retract` are drawn in container.c; the session here:
 *
 *   refresh  --200 with a token--> done     --190--> a person must log in again
 *            --anything else--> later again: the token in use stays good
 */
#include "platform/threads.h"

#include <string.h>

#include "base/i18n.h"
#include "platform/container.h"
#include "platform/registry.h"

#define MEGABYTE INT64_C(1000000)

/* ---- limits ---- */

static const struct media_limit media_limits[] = {
    {.mime = "image/jpeg", .most_bytes = 8 * MEGABYTE},
    {.mime = "image/png", .most_bytes = 8 * MEGABYTE},
    {.mime = "video/mp4", .most_bytes = 1000 * MEGABYTE},
    {.mime = "video/quicktime", .most_bytes = 1000 * MEGABYTE},
    {.mime = NULL},
};

static const struct shape picture = {
    .least_width = 320,
    .most_width = 1440,
    .tallest = {1, 10},
    .widest = {10, 1},
    .source = "developers.facebook.com/docs/threads/posts, image specifications",
};

static const struct shape video = {
    .most_width = 1920,
    .source = "developers.facebook.com/docs/threads/posts, video specifications",
};

static const char *const codecs[] = {"h264", "hevc", NULL};
static const char *const sounds[] = {"aac", NULL};

/* That the index stands in front and edits are none is asked by Instagram, which shares its
 * servers; it costs nothing. */
static const struct video_form form = {
    .codecs = codecs,
    .sounds = sounds,
    .least_frame_rate = 23000,
    .most_frame_rate = 60000,
    .index_first = true,
    .no_edits = true,
    .source = "developers.facebook.com/docs/threads/posts, video specifications",
};

static const struct post_kind kinds[] = {
    {.word = "post",
     .most_media = CONTAINER_MOST_MEDIA,
     .takes_pictures = true,
     .takes_videos = true,
     .has_text = true,
     .most_duration = {INT64_C(5) * 60 * 1000},
     .sentence =
         N_("a text, a picture, a video, or several of them in a row; files are fetched from the "
            "web, never uploaded")},
    {.word = NULL},
};

static const struct budget budgets[] = {
    {.word = "posts",
     .most = 250,
     .window = {INT64_C(24) * 3600 * 1000},
     .source = "docs/threads/overview: 250 posts in 24 hours (answers have 1,000 of their own)"},
    {.word = NULL},
};

/* "Emojis are counted as the number of UTF-8 bytes"; how other letters count nobody could find out,
 * so more than 500 bytes is a warning. */
const struct limits threads_limits = {
    .text = {{.unit = COUNT_CODEPOINTS, .most = 500, .emoji_are_bytes = true}},
    .text_sure = {.unit = COUNT_BYTES, .most = 500},
    .most_links = 5,
    .kinds = kinds,
    .budgets = budgets,
    .has_alt = true,
    .media = media_limits,
    .most_media = CONTAINER_MOST_MEDIA,
    .picture = &picture,
    .video = &video,
    .form = &form,
    .most_alt = 1000,
    .has_threads = true,
    .has_tags = true,
    .has_link_field = true,
    .link_needs_no_media = true,
    .source = "developers.facebook.com/docs/threads/posts and /overview",
};

const struct account_key threads_keys[] = {
    {"page_id", ACCOUNT_KEY_TEXT, NULL,
     N_("The number of a Facebook Page of the department: pictures from disk go through it, with "
        "the credential's page_token.")},
    {"media_url", ACCOUNT_KEY_TEXT, NULL,
     N_("A public https folder under which the department's own web server shows Crier's spool "
        "(HASH.jpg): the only way for videos.")},
    GRAPH_VERSION_KEY("v1.0"),
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};

static const char *const hosts[] = {"graph.threads.net", "graph.facebook.com", NULL};
static const char *const credential_keys[] = {"access_token", NULL};
static const char *const optional_keys[] = {"page_token", NULL};
static const struct session_words session = {.access = "access_token",
                                             .life_member = "expires_in",
                                             .life = {INT64_C(60) * 86400 * 1000},
                                             .keeps = REFRESH_IS_ACCESS,
                                             .first = "access_token"};

/* ---- its words for a container ---- */

/* Where they mean more than Meta's general ones. */
static const struct graph_code codes[] = {
    {24, 0, 4279009, NULL, GRAPH_NOT_READY}, /* not there yet; or an old id */
    {0, 0, 4279013, NULL, GRAPH_PERSON},     /* restricted */
    {0, 0, 2207052, NULL, GRAPH_ANEW},       /* could not fetch it */
    {0, 0, 0, "THREADS_API__", GRAPH_REFUSED},
    {0, 0, 0, "nonexisting field (status)", GRAPH_GONE}, /* no container, but a post */
    {0, 0, 0, NULL, GRAPH_MEANINGS},
};

static const char *edge_of(const struct job *job, const char *edge, struct arena *arena)
{
    return graph_path(job, arena, "me/%s", edge);
}

static const char *media_type(const struct container_item *item)
{
    if (item->children)
        return "CAROUSEL";
    return !item->medium ? "TEXT" : item->is_video ? "VIDEO" : "IMAGE";
}

/* The words stand at the post, not at the files of a carousel; a link has a card of its own only
 * where no media stands in its place. */
static void fill_fields(const struct job *job, const struct container_item *item,
                        struct arena *arena, struct form_field *fields)
{
    const bool is_post = !item->of_carousel;
    const bool is_text = !item->medium && !item->children;
    const bool has_alt = item->medium && *item->medium->alt;
    const struct form_field all[] = {
        {"media_type", media_type(item)},
        {"text", is_post ? job->content->text : NULL},
        {"image_url", item->is_video ? NULL : item->address},
        {"video_url", item->is_video ? item->address : NULL},
        {"is_carousel_item", item->of_carousel ? "true" : NULL},
        {"children", item->children},
        {"alt_text", has_alt ? item->medium->alt : NULL},
        {"link_attachment", is_text ? job->content->link : NULL},
        {"reply_to_id", is_post ? job->parent_id : NULL},
        {NULL, NULL},
    };

    (void)arena;
    memcpy(fields, all, sizeof all);
}

static bool shows(const struct job *job, const json_t *post, struct arena *arena)
{
    const char *type = json_text(post, "media_type");

    return type && strcmp(type, container_media_type(job)) == 0 && container_has_files(job, post) &&
           graph_same_text(job->content->text, json_text(post, "text"), arena);
}

static const char *list_edge(const struct job *job)
{
    return job->content->parent ? "replies" : "threads";
}

static const struct container_platform platform = {
    .adapter = &threads,
    .codes = codes,
    .create = "threads",
    .publish = "threads_publish",
    .status = "status",
    .reason = "error_message",
    .status_fields = "id,status,error_message",
    .page_host = "graph.facebook.com",
    .post_fields = "id,media_type,text,timestamp,permalink,children",
    .edge = edge_of,
    .fields = fill_fields,
    .shows = shows,
    .list_edge = list_edge,
};

/* ---- the machines ---- */

bool threads_takes(const struct job *job, const char **why)
{
    return container_takes(&platform, job, why);
}

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    if (job->content->parent && !graph_id_usable(job->parent_id))
        return step_retry(_("The id of the post that it answers is not known yet."), INSTANT_NONE);
    return container_publish(&platform, job, at, reply, arena);
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
    return container_limits(&platform, job, "threads_publishing_limit", reply, arena);
}

static struct step identify(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    struct http_request request = container_get(&platform, job, "me", "id,username", arena);
    struct receipt receipt = {0};
    const json_t *body;

    (void)at;
    if (!reply)
        return step_send(&request, NULL);
    if (!reply_is(reply, 200))
        return graph_unreadable(reply, codes, arena);
    body = json_in_arena(reply_json(reply), arena);
    receipt.remote_id = graph_id(body, "id", arena);
    receipt.handle = arena_text(arena, json_text(body, "username"));
    return receipt.remote_id && receipt.handle
               ? step_done(receipt)
               : step_retry(_("The platform did not say whose token this is."), INSTANT_NONE);
}

/* The token stands in the address: net/ writes it there, and nothing that is stored has it. */
static struct step send_refresh(void)
{
    static const struct secret_field fields[] = {{"grant_type", "th_refresh_token", NULL},
                                                 {"access_token", NULL, SECRET_ACCESS}};
    const struct http_request request = {.method = "GET",
                                         .path = "/refresh_access_token",
                                         .kind = REQUEST_UPLOAD,
                                         .signing = "none",
                                         .fields = fields,
                                         .field_count = COUNT_OF(fields),
                                         .fields_place = FIELDS_QUERY,
                                         .opens_session = true,
                                         .timeout = span_seconds(30)};

    return step_send(&request, NULL);
}

static struct step refresh(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    (void)job;
    (void)at;
    if (!reply)
        return send_refresh();
    if (reply_is(reply, 200))
        return reply->tokens
                   ? step_done((struct receipt){0})
                   : step_retry(_("The platform's answer has no token in it."), INSTANT_NONE);
    if (reply->fate == FATE_ANSWERED &&
        graph_error_read(reply, codes, arena).meaning == GRAPH_TOKEN)
        return step_trouble(TROUBLE_TOKEN,
                            _("The token of this Threads account has ended and cannot be renewed. "
                              "Make a new one (App Dashboard, User Token Generator) and give it "
                              "to 'crier login'."));
    return graph_unreadable(reply, codes, arena);
}

const struct adapter threads = {
    .name = "threads",
    .facts = &platform_rows[PLATFORM_THREADS],
    .proof = PROOF_READ_BACK,
    .hosts = hosts,
    .states = container_states,
    .credential_keys = credential_keys,
    .optional_keys = optional_keys,
    .session = &session,
    .class_of = adapter_class_c,
    .publish = publish,
    .find = find,
    .identify = identify,
    .limits = limits,
    .refresh = refresh,
    .retract = retract,
};

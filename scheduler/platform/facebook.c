/* The machine `publish`. Its state names the request that is under way.
 *
 *   photos:  uploading --200, id--> uploading (next) | publishing      lost: later again,
 * unpublished videos:  starting  --200, id--> sending sending   --200--> processing (Reel, story) |
 * sending (next piece) | publishing (video)
 *                      --lost, refused for now--> resuming: how many bytes are there?
 *            resuming  --200--> sending from there | processing | publishing
 *            processing --200--> processing, after a while | publishing
 *            all of them --the upload is dead--> starting anew, three times at most
 *   all:     publishing --200 with an id or success--> answered
 *                       --never left, token, permission--> later again, looked for before
 *                       --anything else, lost--> doubt: any error of Meta's publish step
 *            answered  --200--> done, equal or different
 *                      --the video is still being made public--> answered, after a while
 *                      --the video failed after all--> refused, confirmed by reading
 *                      --else--> answered, R4's reads, then done without read-back
 *
 * After `answered` nothing leads back: what is public is never sent again.
 */
#include "platform/facebook.h"

#include <string.h>

#include "base/i18n.h"
#include "platform/registry.h"

/* The English page says 10 MB since May 2026; other languages and error 1366046 still 4 MB. */
enum { PHOTO_BYTES = 10000000, SURE_PHOTO_BYTES = 4000000 };
#define VIDEO_BYTES INT64_C(10000000000)
/* Meta's usage headers; from 90 % on calls may be refused (overview/rate-limiting). */
enum { CROWDED_PERCENT = 90, CROWDED_MINUTES = 5 };

#define SECONDS(n)                                                                                 \
    {                                                                                              \
        INT64_C(1000) * (n)                                                                        \
    }
#define HOURS(n)                                                                                   \
    {                                                                                              \
        INT64_C(3600) * 1000 * (n)                                                                 \
    }

static const struct media_limit media_limits[] = {
    {.mime = "image/jpeg", .most_bytes = PHOTO_BYTES, .sure_bytes = SURE_PHOTO_BYTES},
    {.mime = "image/png", .most_bytes = PHOTO_BYTES, .sure_bytes = SURE_PHOTO_BYTES},
    {.mime = "image/gif", .most_bytes = PHOTO_BYTES, .sure_bytes = SURE_PHOTO_BYTES},
    {.mime = "image/bmp", .most_bytes = PHOTO_BYTES, .sure_bytes = SURE_PHOTO_BYTES},
    {.mime = "image/tiff", .most_bytes = PHOTO_BYTES, .sure_bytes = SURE_PHOTO_BYTES},
    {.mime = "video/mp4", .most_bytes = VIDEO_BYTES},
    {.mime = "video/quicktime", .most_bytes = VIDEO_BYTES},
    {.mime = NULL},
};

static const char *const alone[] = {"video/", NULL};

static const struct shape upright = {
    .least_width = 540,
    .least_height = 960,
    .tallest = {9, 16},
    .widest = {9, 16},
    .source = "developers.facebook.com Reels publishing guide (2026-07), Page Stories API",
};

static const char *const codecs[] = {"h264", "hevc", "vp9", "av1", NULL};
static const char *const sounds[] = {"aac", NULL};
static const char *const pixels[] = {"yuv420p", NULL};

/* Of Reels and stories; of other videos nothing is said. */
static const struct video_form reel = {
    .codecs = codecs,
    .sounds = sounds,
    .least_frame_rate = 24000,
    .most_frame_rate = 60000,
    .most_sound_rate = 48000,
    .most_channels = 2,
    .pixels = pixels,
    .progressive = true,
    .steady_rate = true,
    .source = "developers.facebook.com Reels publishing guide (2026-07), Page Stories API",
};

static const char *const captions[] = {"application/x-subrip", NULL};

static const struct post_kind kinds[] = {
    {.word = "post",
     .most_media = FACEBOOK_PHOTOS,
     .takes_pictures = true,
     .takes_videos = true,
     .has_text = true,
     .most_duration = HOURS(4),
     .sentence = N_("A post on the page: text, a link, up to ten photos, or one video.")},
    {.word = "reel",
     .least_media = 1,
     .most_media = 1,
     .takes_videos = true,
     .has_text = true,
     .least_duration = SECONDS(3),
     .most_duration = SECONDS(90),
     .video = &upright,
     .form = &reel,
     .sentence = N_("A Reel: one upright video, 9:16, of 3 to 90 seconds.")},
    {.word = "story",
     .least_media = 1,
     .most_media = 1,
     .takes_pictures = true,
     .takes_videos = true,
     .least_duration = SECONDS(1),
     .most_duration = SECONDS(60),
     .video = &upright,
     .form = &reel,
     .sentence = N_("A story: one photo, or one video of up to 60 seconds. It is gone after a day, "
                    "and nobody would see a text.")},
    {.word = "video",
     .least_media = 1,
     .most_media = 1,
     .takes_videos = true,
     .has_text = true,
     .most_duration = HOURS(4),
     .sentence = N_("A video on the page, of up to 4 hours. Facebook may show it as a Reel.")},
    {.word = NULL},
};

static const struct budget budgets[] = {
    {"reels", "reel", 30, HOURS(24), "developers.facebook.com, Reels publishing guide (2026-07)"},
    {NULL, NULL, 0, SECONDS(0), NULL},
};

const struct limits facebook_limits = {
    .text = {{.unit = COUNT_CODEPOINTS, .most = 63206}},
    .kinds = kinds,
    .budgets = budgets,
    .has_alt = true,
    .media = media_limits,
    .most_media = FACEBOOK_PHOTOS,
    .alone = alone,
    .has_first_comment = true,
    .has_thumbnail = true,
    .has_captions = true,
    .captions = captions,
    .has_tags = true,
    .has_link_field = true,
    .link_needs_no_media = true,
    .source = "developers.facebook.com Pages API, Page Stories API, Reels publishing guide (2026)",
};

const struct account_key facebook_keys[] = {
    {"page_id", ACCOUNT_KEY_TEXT, NULL,
     N_("The page's own number: \"105512345678901\". A live account needs it; its token must be "
        "this page's.")},
    GRAPH_VERSION_KEY(GRAPH_VERSION),
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};

static const char *const states[] = {"uploading",  "starting",   "sending",  "resuming",
                                     "processing", "publishing", "answered", NULL};
static const char *const hosts[] = {"graph.facebook.com", "graph-video.facebook.com",
                                    "rupload.facebook.com", NULL};
static const char *const credential_keys[] = {"page_token", NULL};
static const char *const optional_keys[] = {"user_token", "app_secret", NULL};

/* ---- what a post becomes ---- */

enum facebook_form facebook_form_of(const struct job *job)
{
    const struct content *content = job->content;
    const char *kind = content->more.kind ? content->more.kind : kinds[0].word;
    const bool video =
        content->media_count == 1 && mime_is_video(job_mime(job, content->media[0].sha256));

    if (strcmp(kind, "story") == 0)
        return video ? FACEBOOK_VIDEO_STORY : FACEBOOK_PHOTO_STORY;
    if (strcmp(kind, "reel") == 0)
        return FACEBOOK_REEL;
    return video ? FACEBOOK_VIDEO : FACEBOOK_FEED;
}

bool facebook_is_video(enum facebook_form form)
{
    return form == FACEBOOK_VIDEO || form == FACEBOOK_REEL || form == FACEBOOK_VIDEO_STORY;
}

const char *facebook_page(const struct job *job)
{
    const char *own = account_option(job->account, "page_id");
    const char *told = job->identity.remote_id;
    const char *page = job->account->live || !told ? own : told;

    return graph_id_usable(page) ? page : NULL;
}

struct facebook_visit facebook_visit(const struct job *job, const struct http_reply *reply,
                                     struct arena *arena)
{
    return (struct facebook_visit){.job = job,
                                   .reply = reply,
                                   .arena = arena,
                                   .form = facebook_form_of(job),
                                   .page = facebook_page(job)};
}

const char *facebook_url(const struct job *job, const char *permalink, struct arena *arena)
{
    const struct account *account = job->account;
    const char *place =
        account->live || !account->base_url ? "https://www.facebook.com" : account->base_url;

    if (permalink && permalink[0] == '/' && permalink[1] != '/')
        permalink = arena_printf(arena, "%s%s", place, permalink);
    return receipt_url(permalink, arena);
}

/* ---- what is kept ---- */

const char *facebook_write(const struct facebook_visit *visit, enum facebook_phase phase)
{
    const struct facebook_kept *kept = &visit->kept;
    json_t *object = json_object(), *photos = json_array();
    const char *text;

    for (size_t i = 0; i < kept->photo_count; i++)
        json_array_append_new(photos, json_string(kept->photos[i]));
    json_put_new(object, "photos", photos);
    json_put(object, "video", kept->video);
    json_put(object, "session", kept->session);
    json_put(object, "host", kept->host);
    json_put(object, "path", kept->path);
    json_put_integer(object, "start", kept->start);
    json_put_integer(object, "end", kept->end);
    json_put_integer(object, "polls", kept->polls);
    json_put_integer(object, "rounds", kept->rounds);
    json_put_integer(object, "reads", kept->reads);
    json_put(object, "id", kept->id);
    json_put(object, "url", kept->url);
    text = progress_write(states[phase], object, visit->arena);
    json_decref(object);
    return text;
}

static bool read_photos(const json_t *list, struct facebook_kept *kept)
{
    kept->photo_count = json_array_size(list);
    if (!json_is_array(list) || kept->photo_count > FACEBOOK_PHOTOS)
        return false;
    for (size_t i = 0; i < kept->photo_count; i++) {
        kept->photos[i] = json_string_value(json_array_get(list, i));
        if (!graph_id_usable(kept->photos[i]))
            return false;
    }
    return true;
}

bool facebook_read_kept(const json_t *kept, struct facebook_kept *to)
{
    *to = (struct facebook_kept){
        .video = json_text(kept, "video"),
        .session = json_text(kept, "session"),
        .host = json_text(kept, "host"),
        .path = json_text(kept, "path"),
        .start = json_integer_or(kept, "start", 0),
        .end = json_integer_or(kept, "end", 0),
        .polls = json_integer_or(kept, "polls", 0),
        .rounds = json_integer_or(kept, "rounds", 0),
        .reads = json_integer_or(kept, "reads", 0),
        .id = json_text(kept, "id"),
        .url = json_text(kept, "url"),
    };
    return read_photos(json_object_get(kept, "photos"), to) && to->start >= 0 && to->end >= 0 &&
           (!to->video || graph_id_usable(to->video)) && (!to->id || graph_id_usable(to->id));
}

/* Whether what is kept can belong to the state; a row of another version must not be guessed at. */
static bool kept_fits(const struct facebook_visit *visit, enum facebook_phase phase)
{
    const struct facebook_kept *kept = &visit->kept;
    const size_t wanted = visit->job->content->media_count;

    if (facebook_is_video(visit->form))
        return phase == FACEBOOK_STARTING
                   ? !kept->video
                   : phase != FACEBOOK_UPLOADING && kept->video &&
                         (phase != FACEBOOK_SENDING || kept->path || kept->session);
    if (phase == FACEBOOK_UPLOADING)
        return kept->photo_count < wanted;
    return (phase == FACEBOOK_PUBLISHING || (phase == FACEBOOK_ANSWERED && kept->id)) &&
           kept->photo_count == wanted;
}

static bool read_progress(const struct progress *at, struct facebook_visit *visit,
                          enum facebook_phase *phase)
{
    for (*phase = FACEBOOK_UPLOADING;
         *phase < FACEBOOK_PHASES && strcmp(states[*phase], at->state) != 0;)
        (*phase)++;
    return *phase < FACEBOOK_PHASES && facebook_read_kept(at->kept, &visit->kept) &&
           kept_fits(visit, *phase);
}

/* ---- photos ---- */

/* Staff's file names stay here: they may say more than the public should know. */
static const char *file_name(size_t number, const char *mime, struct arena *arena)
{
    const char *kind = strchr(mime, '/');

    return arena_printf(arena, "photo-%zu.%s", number + 1, kind ? kind + 1 : "bin");
}

static struct step send_photo(const struct facebook_visit *visit)
{
    const size_t number = visit->kept.photo_count;
    const struct medium *medium = &visit->job->content->media[number];
    const char *mime = job_mime(visit->job, medium->sha256);
    struct form_part *parts = arena_array(visit->arena, 3, sizeof *parts);
    struct http_request request = {.method = "POST",
                                   .path = graph_path(visit->job, visit->arena, "%s/photos",
                                                      visit->page),
                                   .parts = parts,
                                   .part_count = 2,
                                   .kind = REQUEST_UPLOAD,
                                   .signing = "bearer"};

    parts[0] = (struct form_part){.name = "source",
                                  .file_sha256 = arena_text(visit->arena, medium->sha256),
                                  .mime = mime,
                                  .filename = file_name(number, mime, visit->arena)};
    parts[1] = (struct form_part){.name = "published", .value = "false"};
    if (medium->alt && *medium->alt)
        parts[request.part_count++] =
            (struct form_part){.name = "alt_text_custom", .value = medium->alt};
    return step_send(&request, facebook_write(visit, FACEBOOK_UPLOADING));
}

/* What is still missing before it can be published. */
static struct step send_next(const struct facebook_visit *visit)
{
    if (facebook_is_video(visit->form))
        return visit->kept.video ? facebook_send_resume(visit) : facebook_send_start(visit);
    return visit->kept.photo_count < visit->job->content->media_count
               ? send_photo(visit)
               : facebook_send_publish(visit);
}

static struct step after_photo(struct facebook_visit *visit)
{
    json_t *body;
    const char *id;

    if (!reply_is(visit->reply, 200))
        return graph_failure(visit->reply, NULL, visit->arena);
    body = reply_json(visit->reply);
    id = graph_id(body, "id", visit->arena);
    json_decref(body);
    if (!id)
        return step_retry(_("Facebook took a photo but named no usable id for it."), INSTANT_NONE);
    visit->kept.photos[visit->kept.photo_count++] = id;
    return send_next(visit);
}

/* ---- the one request with public effect ---- */

/* Nested values of a form are JSON texts. */
static struct http_request post_to_feed(const struct facebook_visit *visit)
{
    const struct content *content = visit->job->content;
    const struct facebook_kept *kept = &visit->kept;
    struct form_field *fields = arena_array(visit->arena, kept->photo_count + 4, sizeof *fields);
    size_t count = 0;

    fields[count++] = (struct form_field){"message", content->text};
    fields[count++] = (struct form_field){"link", kept->photo_count ? NULL : content->link};
    fields[count++] = (struct form_field){"published", "true"};
    for (size_t i = 0; i < kept->photo_count; i++)
        fields[count++] = (struct form_field){arena_printf(visit->arena, "attached_media[%zu]", i),
                                              arena_printf(visit->arena, "{\"media_fbid\":\"%s\"}",
                                                           kept->photos[i])};
    fields[count] = (struct form_field){NULL, NULL};
    return graph_post(graph_path(visit->job, visit->arena, "%s/feed", visit->page), fields,
                      REQUEST_PUBLISH, visit->arena);
}

static struct http_request post_photo_story(const struct facebook_visit *visit)
{
    const struct form_field fields[] = {{"photo_id", visit->kept.photos[0]}, {NULL, NULL}};

    return graph_post(graph_path(visit->job, visit->arena, "%s/photo_stories", visit->page), fields,
                      REQUEST_PUBLISH, visit->arena);
}

struct step facebook_send_publish(const struct facebook_visit *visit)
{
    struct http_request request = facebook_is_video(visit->form)        ? facebook_finish(visit)
                                  : visit->form == FACEBOOK_PHOTO_STORY ? post_photo_story(visit)
                                                                        : post_to_feed(visit);

    return step_send(&request, facebook_write(visit, FACEBOOK_PUBLISHING));
}

/* A post answers with its id, a photo story with its id besides success, a video with success: it
 * is accepted, its own id names it, and its state will tell the rest. */
static bool read_acceptance(struct facebook_visit *visit, const json_t *body)
{
    const char *member = visit->form == FACEBOOK_FEED ? "id" : "post_id";

    if (facebook_is_video(visit->form))
        return json_flag(body, "success") && !json_object_get(body, "error");
    visit->kept.id = graph_id(body, member, visit->arena);
    return visit->kept.id != NULL;
}

static struct step after_publish(struct facebook_visit *visit)
{
    if (!reply_is(visit->reply, 200))
        return graph_publish_failure(visit->reply, NULL, visit->arena);
    if (!read_acceptance(visit, json_in_arena(reply_json(visit->reply), visit->arena)))
        return step_doubt(_("Facebook answered 200, but not with a post that has an id."));
    return facebook_send_read(visit);
}

/* ---- the machine ---- */

static const struct behaviour {
    struct step (*send)(const struct facebook_visit *visit);
    struct step (*receive)(struct facebook_visit *visit);
} behaviours[FACEBOOK_PHASES] = {
    [FACEBOOK_UPLOADING] = {send_photo, after_photo},
    [FACEBOOK_STARTING] = {facebook_send_start, facebook_after_start},
    [FACEBOOK_SENDING] = {facebook_send_resume, facebook_after_bytes},
    [FACEBOOK_RESUMING] = {facebook_send_resume, facebook_after_resume},
    [FACEBOOK_PROCESSING] = {facebook_send_status, facebook_after_status},
    [FACEBOOK_PUBLISHING] = {facebook_send_publish, after_publish},
    [FACEBOOK_ANSWERED] = {facebook_send_read, facebook_after_read},
};

static const char *why_not(const struct facebook_visit *visit)
{
    const struct content *content = visit->job->content;
    const char *version;

    if (content->parent)
        return _("Facebook has no threads: a post cannot answer another.");
    if (content->media_count > FACEBOOK_PHOTOS)
        return _("Facebook takes at most ten photos in one post.");
    if (visit->form != FACEBOOK_FEED && content->media_count != 1)
        return _("A Reel or a story is made of exactly one photo or video.");
    if (!graph_version(visit->job->account, &version))
        return arena_printf(visit->arena, _("The account's api_version is not like \"%s\"."),
                            GRAPH_VERSION);
    return NULL;
}

/* A call that is refused for its number is one more in doubt: near the end of the budget nothing
 * that changes anything is sent for a while. */
static bool is_crowded(const struct facebook_visit *visit, const struct step *step)
{
    return step->kind == STEP_SEND && step->request.kind != REQUEST_READ &&
           graph_usage(visit->reply, visit->arena) >= CROWDED_PERCENT;
}

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    struct facebook_visit visit = facebook_visit(job, reply, arena);
    const char *why = why_not(&visit);
    enum facebook_phase phase;
    struct step step;

    if (why)
        return step_refused(why);
    if (!visit.page)
        return step_retry(_("The id of the page is not known: it stands in crier.cfg as page_id."),
                          INSTANT_NONE);
    if (!at->state)
        return send_next(&visit);
    if (!read_progress(at, &visit, &phase))
        return step_doubt(_("The stored progress is not one that this version knows."));
    if (!reply)
        return behaviours[phase].send(&visit);
    step = behaviours[phase].receive(&visit);
    return is_crowded(&visit, &step) ? step_wait(span_minutes(CROWDED_MINUTES), step.progress)
                                     : step;
}

const struct adapter facebook = {
    .name = "facebook",
    .facts = &platform_rows[PLATFORM_FACEBOOK],
    .proof = PROOF_READ_BACK,
    .hosts = hosts,
    .states = states,
    .credential_keys = credential_keys,
    .optional_keys = optional_keys,
    .class_of = adapter_class_c,
    .publish = publish,
    .find = facebook_find,
    .identify = facebook_identify,
    .retract = facebook_retract,
    .after = facebook_after_steps,
};

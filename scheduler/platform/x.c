/* The machine `publish`. Its state names the request that is under way.
 *
 *   a picture:        uploading ──an id──> (describing) ──> next
 *   a GIF or a video: starting ──an id──> appending ... ──> finishing ──> (processing) ──>
 *                     (describing) ──> next
 *   subtitles:        captioning ──an id──> attaching ──> next
 *   next: the next medium, the subtitles, publishing
 *
 *   appending  --lost--> the same piece again; a piece has its number
 *   finishing  --lost--> asking: what the platform has; then it is finished again, or was
 *   processing --pending--> processing, after check_after_secs    --failed--> refused
 *   any of them --the id is not known there--> that medium from its beginning, three rounds at most
 *   publishing --an id--> answered
 *              --never left, throttled, token, money--> later
 *              --media ids invalid--> all media from the beginning
 *              --refused in X's own words--> refused
 *              --the text stands there already, anything else, lost--> doubt: it is not sent again
 *   answered   --200--> done, equal or different    --else--> answered, R4's reads, then done
 *                                                             without read-back
 *
 * Media are not public and may go up as often as it takes. After `answered` nothing leads back.
 */
#include "platform/x.h"

#include <string.h>

#include "base/i18n.h"
#include "platform/registry.h"

#define MEGABYTE INT64_C(1000000)

enum { MOST_ALT = 1000, ID_DIGITS = 19 };

static const struct shape gif = {
    .most_width = 1280,
    .most_height = 1080,
    .source = "docs.x.com x-api/media best practices: animated GIF",
};

/* "Up to 1280x1024", but 720x1280 is recommended for what stands upright: so many pixels, and no
 * side longer than 1280. */
enum { VIDEO_PIXELS = 1280 * 1024 };
static const struct shape video = {
    .least_width = 32,
    .least_height = 32,
    .most_width = 1280,
    .most_height = 1280,
    .tallest = {1, 3},
    .widest = {3, 1},
    .source = "docs.x.com x-api/media best practices: video",
};

static const char *const codecs[] = {"h264", NULL};
static const char *const sounds[] = {"aac", NULL};
static const char *const pixels[] = {"yuv420p", NULL};

static const struct video_form form = {
    .codecs = codecs,
    .sounds = sounds,
    .most_frame_rate = 60000,
    .most_channels = 2,
    .pixels = pixels,
    .progressive = true,
    .source = "docs.x.com x-api/media best practices: video",
};

static const struct media_limit media_limits[] = {
    {.mime = "image/jpeg", .most_bytes = 5 * MEGABYTE},
    {.mime = "image/png", .most_bytes = 5 * MEGABYTE},
    {.mime = "image/webp", .most_bytes = 5 * MEGABYTE},
    {.mime = "image/gif",
     .most_bytes = 15 * MEGABYTE,
     .moves = true,
     .most_frames = 350,
     .most_frame_pixels = 300 * MEGABYTE,
     .shape = &gif},
    {.mime = "video/mp4", .most_bytes = 512 * MEGABYTE, .most_pixels = VIDEO_PIXELS},
    {.mime = "video/quicktime", .most_bytes = 512 * MEGABYTE, .most_pixels = VIDEO_PIXELS},
    {.mime = NULL},
};
static const char *const alone[] = {"image/gif", "video/", NULL};
static const char *const captions[] = {"application/x-subrip", NULL};

static const struct post_kind kinds[] = {
    {.word = "post",
     .most_media = X_MOST_MEDIA,
     .takes_pictures = true,
     .takes_videos = true,
     .has_text = true,
     .least_duration = {500},
     .most_duration = {INT64_C(140) * 1000},
     .sentence = N_("A text, with up to four pictures, or one GIF, or one video of at most 140 "
                    "seconds.")},
    {.word = NULL},
};

static const struct budget budgets[] = {
    {.word = "posts",
     .most = 100,
     .window = {INT64_C(15) * 60 * 1000},
     .source = "docs.x.com x-api/fundamentals/rate-limits: POST /2/tweets, a user"},
    {.word = NULL},
};

const struct limits x_limits = {
    .text = {{.unit = COUNT_WEIGHTED, .most = 280}},
    .kinds = kinds,
    .budgets = budgets,
    .has_alt = true,
    .media = media_limits,
    .most_media = X_MOST_MEDIA,
    .video = &video,
    .form = &form,
    .captions = captions,
    .alone = alone,
    .most_alt = MOST_ALT,
    .has_threads = true,
    .has_captions = true,
    .has_tags = true,
    .duplicate_window = {INT64_C(24) * 3600 * 1000}, /* how long it is nobody says */
    .source = "twitter-text config/v3.json; docs.x.com x-api/media best practices, openapi 2.167",
};

const struct account_key x_keys[] = {
    {"auth", ACCOUNT_KEY_TEXT, "oauth1",
     N_("How the account proves who it is: \"oauth1\" (keys from X's developer console, which do "
        "not end), or \"oauth2\" (crier login; its tokens are renewed every two hours).")},
    {"threads", ACCOUNT_KEY_BOOL, "true",
     N_("Whether X lets this app answer its own posts, which threads are made of. With false a "
        "thread's parts are refused before anything is sent.")},
    {"fields", ACCOUNT_KEY_TEXT, "tweet.fields",
     N_("What X calls the fields of a post: \"tweet.fields\", or \"post.fields\" once the old name "
        "is gone.")},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};

static const char *const states[] = {
    [X_UPLOADING] = "uploading",   [X_STARTING] = "starting",     [X_APPENDING] = "appending",
    [X_FINISHING] = "finishing",   [X_ASKING] = "asking",         [X_PROCESSING] = "processing",
    [X_DESCRIBING] = "describing", [X_CAPTIONING] = "captioning", [X_ATTACHING] = "attaching",
    [X_PUBLISHING] = "publishing", [X_ANSWERED] = "answered",     NULL,
};
static const char *const hosts[] = {"api.x.com", NULL};

/* ---- what is kept ---- */

bool x_id_usable(const char *id)
{
    return id_usable(id, "0123456789", ID_DIGITS);
}

const char *x_progress(const struct x_visit *visit, enum x_phase phase)
{
    const struct x_kept *kept = &visit->kept;
    json_t *object = json_object(), *media = json_array();
    const char *text;

    for (size_t i = 0; i < kept->count; i++)
        json_array_append_new(media, json_string(kept->media[i]));
    json_put_new(object, "media", media);
    json_put(object, "now", kept->now);
    json_put_integer(object, "segment", kept->segment);
    json_put_integer(object, "piece", kept->piece);
    json_put(object, "captions", kept->captions);
    json_put_integer(object, "rounds", kept->rounds);
    json_put(object, "id", kept->id);
    json_put_integer(object, "reads", kept->reads);
    text = progress_write(states[phase], object, visit->arena);
    json_decref(object);
    return text;
}

static bool read_media(const json_t *list, struct x_kept *kept)
{
    kept->count = json_array_size(list);
    if (!json_is_array(list) || kept->count > X_MOST_MEDIA)
        return false;
    for (size_t i = 0; i < kept->count; i++) {
        kept->media[i] = json_string_value(json_array_get(list, i));
        if (!x_id_usable(kept->media[i]))
            return false;
    }
    return true;
}

static bool is_in_pieces(enum x_phase phase)
{
    return phase == X_APPENDING || phase == X_FINISHING || phase == X_ASKING;
}

/* Whether the medium under way is what this state is about. */
static bool now_fits(const struct x_visit *visit, enum x_phase phase)
{
    const struct x_kept *kept = &visit->kept;
    const bool chunked = x_is_chunked(visit->job, kept->count);

    if (phase == X_UPLOADING || phase == X_STARTING)
        return chunked == (phase == X_STARTING);
    if (!x_id_usable(kept->now))
        return false;
    if (!is_in_pieces(phase))
        return true;
    return chunked && kept->segment >= 0 &&
           (phase != X_APPENDING ||
            kept->segment < x_segments(visit->job, kept->count, kept->piece));
}

/* Whether what is kept can belong to the state; a row of another version must not be guessed at. */
static bool kept_fits(const struct x_visit *visit, enum x_phase phase)
{
    const struct x_kept *kept = &visit->kept;
    const size_t wanted = visit->job->content->media_count;

    if (phase == X_ANSWERED)
        return x_id_usable(kept->id);
    if (phase <= X_DESCRIBING)
        return kept->count < wanted && now_fits(visit, phase);
    if (phase == X_CAPTIONING || phase == X_ATTACHING)
        return kept->count == wanted && x_has_captions(visit->job) &&
               (phase == X_CAPTIONING || x_id_usable(kept->captions));
    return kept->count == wanted;
}

static bool read_progress(const struct progress *at, struct x_visit *visit, enum x_phase *phase)
{
    struct x_kept *kept = &visit->kept;

    for (*phase = X_UPLOADING; *phase < X_PHASES && strcmp(states[*phase], at->state) != 0;)
        (*phase)++;
    if (*phase == X_PHASES || !read_media(json_object_get(at->kept, "media"), kept))
        return false;
    kept->now = json_text(at->kept, "now");
    kept->segment = json_integer_or(at->kept, "segment", 0);
    kept->piece = json_integer_or(at->kept, "piece", x_first_piece());
    kept->captions = json_text(at->kept, "captions");
    kept->rounds = json_integer_or(at->kept, "rounds", 0);
    kept->id = json_text(at->kept, "id");
    kept->reads = json_integer_or(at->kept, "reads", 0);
    return kept->piece > 0 && kept_fits(visit, *phase);
}

/* ---- requests ---- */

struct http_request x_request(const struct job *job, const char *method, const char *path,
                              enum request_kind kind)
{
    return (struct http_request){.method = method,
                                 .path = path,
                                 .kind = kind,
                                 .signing = adapter_way(&x, job->account)->signing};
}

struct http_request x_post(const struct job *job, const char *path, json_t *body,
                           enum request_kind kind, struct arena *arena)
{
    static const struct header json[] = {{"Content-Type", "application/json"}};
    struct http_request request = x_request(job, "POST", path, kind);

    request.headers = json;
    request.header_count = COUNT_OF(json);
    request.body = json_write(body, arena, &request.body_length);
    json_decref(body);
    return request;
}

/* ---- publishing ---- */

static json_t *media_of(const struct x_visit *visit)
{
    json_t *media = json_object(), *ids = json_array();

    for (size_t i = 0; i < visit->kept.count; i++)
        json_array_append_new(ids, json_string(visit->kept.media[i]));
    json_put_new(media, "media_ids", ids);
    return media;
}

struct step x_send_publish(const struct x_visit *visit)
{
    const struct content *content = visit->job->content;
    json_t *body = json_object();
    struct http_request request;

    if (content->text)
        json_put(body, "text", content->text);
    if (visit->kept.count > 0)
        json_put_new(body, "media", media_of(visit));
    if (content->parent)
        json_put_new(body, "reply",
                     json_pack("{s:s}", "in_reply_to_tweet_id", visit->job->parent_id));
    request = x_post(visit->job, "/2/tweets", body, REQUEST_PUBLISH, visit->arena);
    request.unrepeatable = true;
    return step_send(&request, x_progress(visit, X_PUBLISHING));
}

static struct step send_read(const struct x_visit *visit)
{
    const char *path = arena_printf(visit->arena, "/2/tweets/%s", visit->kept.id);
    struct http_request request =
        x_request(visit->job, "GET", x_fields_path(visit->job, path, "", visit->arena),
                  REQUEST_READ);

    return step_send(&request, x_progress(visit, X_ANSWERED));
}

/* `data` counts, whatever `errors` stands beside it. */
static struct step after_acceptance(struct x_visit *visit)
{
    const json_t *body = json_in_arena(reply_json(visit->reply), visit->arena);
    const char *id = json_text(json_object_get(body, "data"), "id");

    if (!x_id_usable(id))
        return step_doubt(_("X accepted the post, but did not say under which id."));
    visit->kept.id = arena_text(visit->arena, id);
    return send_read(visit);
}

/* What X says in its own words of a request that it did not carry out. Whatever is not known here
 * is doubt. */
static struct step after_refusal(struct x_visit *visit)
{
    const char *why = x_sentence(visit->reply, visit->arena);
    struct step step;

    if (x_stops_account(visit->reply, visit->arena, &step))
        return step;
    switch (x_meaning(visit->reply, visit->arena)) {
    case X_MEDIA:
        return visit->kept.count > 0 ? x_upload_anew(visit, why) : step_refused(why);
    case X_REPLY:
    case X_REFUSED:
        return step_refused(why);
    case X_UNKNOWN:
    case X_TOKEN:
    case X_SCOPE:
    case X_SUSPENDED:
    case X_CREDITS:
    case X_LATER:
    case X_DUPLICATE:
        break;
    }
    return step_doubt(why);
}

static struct step after_publish(struct x_visit *visit)
{
    const struct http_reply *reply = visit->reply;

    if (reply->fate == FATE_NOT_SENT)
        return step_retry(reply_sentence(reply, visit->arena), INSTANT_NONE);
    if (reply_is(reply, 201) || reply_is(reply, 200))
        return after_acceptance(visit);
    return after_refusal(visit);
}

/* ---- reading back ---- */

/* It is public, but cannot be read (yet). */
static struct step read_later(struct x_visit *visit, struct receipt receipt)
{
    struct span wait;

    if (!reading_delay(&x, visit->reply, visit->kept.reads, &wait)) {
        receipt.not_read_back = true;
        return step_done(receipt);
    }
    visit->kept.reads++;
    return step_wait(wait, x_progress(visit, X_ANSWERED));
}

static struct step after_read(struct x_visit *visit)
{
    const json_t *body =
        reply_is(visit->reply, 200) ? json_in_arena(reply_json(visit->reply), visit->arena) : NULL;
    const json_t *post = json_object_get(body, "data");
    const char *id = json_text(post, "id");
    struct receipt receipt = {.remote_id = visit->kept.id,
                              .url = x_page(visit->job, visit->kept.id, visit->arena)};

    if (!id || strcmp(id, visit->kept.id) != 0)
        return read_later(visit, receipt);
    receipt.differs = !x_shows(visit->job, post, visit->arena);
    return step_done(receipt);
}

/* ---- the machine ---- */

static const struct x_behaviour last_behaviours[] = {
    [X_PUBLISHING - X_PUBLISHING] = {x_send_publish, after_publish},
    [X_ANSWERED - X_PUBLISHING] = {send_read, after_read},
};

/* What no request could make good; NULL = nothing. */
static const char *fault_of(const struct job *job)
{
    const char *threads = account_option(job->account, "threads");

    if (job->content->media_count > X_MOST_MEDIA)
        return _("X takes at most four pictures in one post.");
    if (!job->content->parent)
        return NULL;
    if (threads && strcmp(threads, "false") == 0)
        return _("This account has threads = false: X does not let it answer its own posts.");
    return x_id_usable(job->parent_id)
               ? NULL
               : _("The id of the post that this one answers is not known.");
}

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    struct x_visit visit = {
        .job = job, .reply = reply, .arena = arena, .kept.piece = x_first_piece()};
    const struct x_behaviour *behaviour;
    const char *fault = fault_of(job);
    enum x_phase phase;

    if (!at->state)
        return fault ? step_refused(fault) : x_send_next(&visit);
    if (!read_progress(at, &visit, &phase))
        return step_doubt(_("The stored progress is not one that this version knows."));
    behaviour =
        phase < X_PUBLISHING ? &x_media_behaviours[phase] : &last_behaviours[phase - X_PUBLISHING];
    return reply ? behaviour->receive(&visit) : behaviour->send(&visit);
}

const struct adapter x = {
    .name = "x",
    .facts = &platform_rows[PLATFORM_X],
    .proof = PROOF_READ_BACK,
    .hosts = hosts,
    .reset_header = "x-rate-limit-reset",
    .states = states,
    .ways = x_ways,
    .class_of = adapter_class_c,
    .publish = publish,
    .find = x_find,
    .identify = x_identify,
    .refresh = x_refresh,
    .retract = x_retract,
};

/* The machine `publish`. Its state names the request that is under way.
 *
 *   uploading  --200--> uploading (next) | publishing        --202--> processing
 *              --lost-> later again: an orphan file is not public
 *   processing --200--> uploading (next) | publishing        --206--> processing, after a while
 *              --404--> uploading again; in doubt when a publish may have left, for an attached
 * file is 404 too publishing --200 with an id--> answered
 *              --never left, 429, 401, 403--> later again    --422 still processing--> processing,
 * later
 *              --404, 410, 413, 422 in Mastodon's own words--> refused
 *              --anything else, lost--> doubt; with our key the same request may be sent again
 *   answered   --200--> comparing      --else--> answered, R4's reads, then done without read-back
 *   comparing  --200--> done, equal or different             --else--> as answered
 *
 * After `answered` nothing leads back: what is public is never sent again.
 */
#include "platform/mastodon.h"

#include <string.h>

#include "base/i18n.h"
#include "platform/registry.h"
#include "text/unicode.h"

enum { ID_BYTES = 128, MOST_MEDIA = 64 };

/* Defaults of the server's source as read for the facts page; a server may say otherwise (machine
 * `limits`). */
enum {
    IMAGE_BYTES = 16777216,
    IMAGE_PIXELS = 33177600,
    VIDEO_BYTES = 103809024,
    VIDEO_PIXELS = 8294400
};

static const struct media_limit media_limits[] = {
    {.mime = "image/jpeg", .most_bytes = IMAGE_BYTES, .most_pixels = IMAGE_PIXELS},
    {.mime = "image/png", .most_bytes = IMAGE_BYTES, .most_pixels = IMAGE_PIXELS},
    {.mime = "image/gif", .most_bytes = IMAGE_BYTES, .most_pixels = IMAGE_PIXELS, .moves = true},
    {.mime = "image/webp", .most_bytes = IMAGE_BYTES, .most_pixels = IMAGE_PIXELS},
    {.mime = "image/heif", .most_bytes = IMAGE_BYTES, .most_pixels = IMAGE_PIXELS},
    {.mime = "image/avif", .most_bytes = IMAGE_BYTES, .most_pixels = IMAGE_PIXELS},
    {.mime = "video/mp4", .most_bytes = VIDEO_BYTES, .most_pixels = VIDEO_PIXELS},
    {.mime = "video/webm", .most_bytes = VIDEO_BYTES, .most_pixels = VIDEO_PIXELS},
    {.mime = NULL},
};

static const struct video_form form = {
    .most_frame_rate = 120000,
    .source = "docs.joinmastodon.org entities/Instance, video_frame_rate_limit",
};

const struct limits mastodon_limits = {
    .text =
        {{.unit = COUNT_GRAPHEMES, .most = 500, .urls_are_23 = true, .mentions_are_local = true}},
    .has_alt = true,
    .media = media_limits,
    .most_media = 4,
    .form = &form,
    .most_alt = 1500,
    .has_tags = true,
    .has_threads = true,
    .source = "docs.joinmastodon.org entities/Instance, defaults of 4.x",
};

const struct account_key mastodon_keys[] = {
    {"server", ACCOUNT_KEY_HOST, NULL,
     N_("The host of the account's own server: \"social.example.gov.in\".")},
    {"keeps_keys", ACCOUNT_KEY_BOOL, "true",
     N_("Whether the server knows Idempotency-Key; Mastodon does. With false a post whose fate is "
        "unknown is "
        "never sent again by itself.")},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};

enum phase { UPLOADING, PROCESSING, PUBLISHING, ANSWERED, COMPARING, PHASES };

static const char *const states[] = {"uploading", "processing", "publishing",
                                     "answered",  "comparing",  NULL};
static const char *const credential_keys[] = {"access_token", NULL};

/* What is kept from step to step. */
struct kept {
    const char *media[MOST_MEDIA]; /* ids, in the order of the content */
    size_t count;                  /* uploaded                         */
    size_t ready;                  /* of these, known to be processed  */
    int64_t polls;                 /* of media[ready]                  */
    const char *id, *url;          /* of the status; NULL before       */
    bool differs;
    int64_t reads; /* that did not show the status     */
};

/* One call of the machine. */
struct visit {
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    struct kept kept;
};

bool mastodon_id_usable(const char *id)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";

    return id_usable(id, allowed, ID_BYTES) && strspn(id, ".") != strlen(id);
}

const char *mastodon_url(const json_t *status, struct arena *arena)
{
    const char *url = json_text(status, "url");

    if (!url)
        url = json_text(status, "uri");
    return receipt_url(url, arena);
}

bool mastodon_same_text(const char *ours, const char *theirs, struct arena *arena)
{
    const char *a = unicode_trim(unicode_nfc(ours ? ours : "", arena), arena);
    const char *b = unicode_trim(unicode_nfc(theirs, arena), arena);

    return strcmp(a, b) == 0;
}

bool mastodon_same_parent(const struct job *job, const json_t *status)
{
    const char *theirs = json_text(status, "in_reply_to_id");

    return job->parent_id ? theirs && strcmp(theirs, job->parent_id) == 0 : !theirs;
}

struct http_request mastodon_get(const char *path)
{
    return (struct http_request){
        .method = "GET", .path = path, .kind = REQUEST_READ, .signing = "bearer"};
}

struct step mastodon_unreadable(const struct http_reply *reply, struct arena *arena)
{
    struct step step = step_for_failure(&mastodon, reply, arena);

    if (step.kind == STEP_REFUSED)
        step.kind = STEP_RETRY;
    return step;
}

static enum adapter_class class_of(const struct account *account)
{
    const char *keeps = account_option(account, "keeps_keys");

    return keeps && strcmp(keeps, "false") == 0 ? CLASS_C : CLASS_B;
}

static struct span key_window(const struct account *account)
{
    (void)account;
    return span_minutes(60);
}

static const char *write_progress(const struct visit *visit, enum phase phase)
{
    const struct kept *kept = &visit->kept;
    json_t *object = json_object(), *media = json_array();
    const char *text;

    for (size_t i = 0; i < kept->count; i++)
        json_array_append_new(media, json_string(kept->media[i]));
    json_put_new(object, "media", media);
    json_put_integer(object, "ready", (json_int_t)kept->ready);
    json_put_integer(object, "polls", kept->polls);
    json_put(object, "id", kept->id);
    json_put(object, "url", kept->url);
    json_put_bool(object, "differs", kept->differs);
    json_put_integer(object, "reads", kept->reads);
    text = progress_write(states[phase], object, visit->arena);
    json_decref(object);
    return text;
}

static bool read_media(const json_t *list, struct kept *kept)
{
    kept->count = json_array_size(list);
    if (!json_is_array(list) || kept->count > MOST_MEDIA)
        return false;
    for (size_t i = 0; i < kept->count; i++) {
        kept->media[i] = json_string_value(json_array_get(list, i));
        if (!mastodon_id_usable(kept->media[i]))
            return false;
    }
    return true;
}

/* Whether what is kept can belong to the state; a row of another version must not be guessed at. */
static bool kept_fits(const struct visit *visit, enum phase phase)
{
    const struct kept *kept = &visit->kept;
    const size_t wanted = visit->job->content->media_count;

    if (kept->count > wanted || kept->ready > kept->count)
        return false;
    switch (phase) {
    case UPLOADING:
        return kept->count < wanted && kept->ready == kept->count;
    case PROCESSING:
        return kept->ready < kept->count;
    case PUBLISHING:
        return kept->ready == wanted;
    case ANSWERED:
    case COMPARING:
        return mastodon_id_usable(kept->id);
    case PHASES:
        break;
    }
    return false;
}

static bool read_progress(const struct progress *at, struct visit *visit, enum phase *phase)
{
    struct kept *kept = &visit->kept;
    int64_t ready = json_integer_or(at->kept, "ready", -1);

    for (*phase = UPLOADING; *phase < PHASES && strcmp(states[*phase], at->state) != 0;)
        (*phase)++;
    if (*phase == PHASES || ready < 0 || ready > MOST_MEDIA ||
        !read_media(json_object_get(at->kept, "media"), kept))
        return false;
    kept->ready = (size_t)ready;
    kept->polls = json_integer_or(at->kept, "polls", 0);
    kept->id = json_text(at->kept, "id");
    kept->url = json_text(at->kept, "url");
    kept->differs = json_flag(at->kept, "differs");
    kept->reads = json_integer_or(at->kept, "reads", 0);
    return kept_fits(visit, *phase);
}

/* ---- what each state sends ---- */

/* Staff's file names stay here: they may say more than the public should know. */
static const char *file_name(size_t number, const char *mime, struct arena *arena)
{
    const char *kind = strchr(mime, '/');

    return arena_printf(arena, "medium-%zu.%s", number + 1, kind ? kind + 1 : "bin");
}

static struct step send_upload(const struct visit *visit)
{
    const size_t number = visit->kept.count;
    const struct medium *medium = &visit->job->content->media[number];
    const char *mime = job_mime(visit->job, medium->sha256);
    struct form_part *parts = arena_array(visit->arena, 2, sizeof *parts);
    struct http_request request = {.method = "POST",
                                   .path = "/api/v2/media",
                                   .parts = parts,
                                   .part_count = 1,
                                   .kind = REQUEST_UPLOAD,
                                   .signing = "bearer"};

    parts[0] = (struct form_part){.name = "file",
                                  .file_sha256 = arena_text(visit->arena, medium->sha256),
                                  .mime = mime,
                                  .filename = file_name(number, mime, visit->arena)};
    if (medium->alt && *medium->alt)
        parts[request.part_count++] =
            (struct form_part){.name = "description", .value = medium->alt};
    return step_send(&request, write_progress(visit, UPLOADING));
}

static struct step send_poll(const struct visit *visit)
{
    struct http_request request = mastodon_get(
        arena_printf(visit->arena, "/api/v1/media/%s", visit->kept.media[visit->kept.ready]));

    return step_send(&request, write_progress(visit, PROCESSING));
}

static char *status_body(const struct visit *visit, size_t *length)
{
    const struct content *content = visit->job->content;
    json_t *body = json_object(), *media = json_array();
    char *text;

    for (size_t i = 0; i < visit->kept.count; i++)
        json_array_append_new(media, json_string(visit->kept.media[i]));
    if (content->text)
        json_put(body, "status", content->text);
    if (visit->job->parent_id)
        json_put(body, "in_reply_to_id", visit->job->parent_id);
    if (visit->kept.count > 0)
        json_object_set(body, "media_ids", media);
    if (content->language)
        json_put(body, "language", content->language);
    json_put(body, "visibility", "public");
    text = json_write(body, visit->arena, length);
    json_decref(media);
    json_decref(body);
    return text;
}

static struct step send_publish(const struct visit *visit)
{
    const bool keyed = class_of(visit->job->account) == CLASS_B;
    struct header *headers = arena_array(visit->arena, 2, sizeof *headers);
    struct http_request request = {.method = "POST",
                                   .path = "/api/v1/statuses",
                                   .headers = headers,
                                   .header_count = keyed ? 2 : 1,
                                   .kind = REQUEST_PUBLISH,
                                   .unrepeatable = !keyed,
                                   .signing = "bearer"};

    headers[0] = (struct header){"Content-Type", "application/json"};
    headers[1] =
        (struct header){"Idempotency-Key", arena_text(visit->arena, visit->job->delivery->key)};
    request.body = status_body(visit, &request.body_length);
    return step_send(&request, write_progress(visit, PUBLISHING));
}

static struct step send_read(const struct visit *visit)
{
    struct http_request request =
        mastodon_get(arena_printf(visit->arena, "/api/v1/statuses/%s", visit->kept.id));

    return step_send(&request, write_progress(visit, ANSWERED));
}

static struct step send_source(const struct visit *visit)
{
    struct http_request request =
        mastodon_get(arena_printf(visit->arena, "/api/v1/statuses/%s/source", visit->kept.id));

    return step_send(&request, write_progress(visit, COMPARING));
}

/* What is still missing before the status can be published. */
static struct step send_next(const struct visit *visit)
{
    const struct kept *kept = &visit->kept;

    if (kept->ready < kept->count)
        return send_poll(visit);
    if (kept->count < visit->job->content->media_count)
        return send_upload(visit);
    return send_publish(visit);
}

/* ---- what each state makes of its reply ---- */

/* A usable "id" of a JSON answer that is not an error in disguise, in the arena; else NULL. */
static const char *answered_id(const json_t *body, struct arena *arena)
{
    const char *id = json_text(body, "id");

    return !json_object_get(body, "error") && mastodon_id_usable(id) ? arena_text(arena, id) : NULL;
}

static struct step after_upload(struct visit *visit)
{
    const struct http_reply *reply = visit->reply;
    json_t *body;
    const char *id;

    if (!reply_is(reply, 200) && !reply_is(reply, 202))
        return step_for_failure(&mastodon, reply, visit->arena);
    body = reply_json(reply);
    id = answered_id(body, visit->arena);
    json_decref(body);
    if (!id)
        return step_retry(_("The server took a picture but named no usable id for it."),
                          INSTANT_NONE);
    visit->kept.media[visit->kept.count++] = id;
    visit->kept.polls = 0;
    if (reply->status == 200)
        visit->kept.ready = visit->kept.count;
    return send_next(visit);
}

static struct span poll_delay(int64_t polls)
{
    static const int64_t seconds[] = {1, 2, 4, 8, 15};
    const int64_t last = (int64_t)COUNT_OF(seconds) - 1;

    return span_seconds(seconds[polls < 0 || polls > last ? last : polls]);
}

/* Unknown there, or attached to a status already. */
static struct step after_lost_medium(struct visit *visit)
{
    struct step step;

    if (visit->job->delivery->attempts > 0)
        return step_doubt(
            _("The server no longer offers an uploaded picture; an earlier try may be public."));
    visit->kept.count = visit->kept.ready;
    visit->kept.polls = 0;
    step =
        step_retry(_("The server forgot an uploaded picture; it is uploaded again."), INSTANT_NONE);
    step.progress = write_progress(visit, UPLOADING);
    return step;
}

/* Whether a 200 speaks of this medium or status, and not of an error or of nothing. */
static bool answered_about(const struct visit *visit, const char *id)
{
    json_t *body = reply_is(visit->reply, 200) ? reply_json(visit->reply) : NULL;
    const char *named = answered_id(body, visit->arena);

    json_decref(body);
    return named && strcmp(named, id) == 0;
}

static struct step after_poll(struct visit *visit)
{
    const struct http_reply *reply = visit->reply;
    struct span wait;

    if (reply_is(reply, 404))
        return after_lost_medium(visit);
    if (reply_is(reply, 206)) {
        wait = poll_delay(visit->kept.polls++);
        return step_wait(wait, write_progress(visit, PROCESSING));
    }
    if (!answered_about(visit, visit->kept.media[visit->kept.ready]))
        return step_for_failure(&mastodon, reply, visit->arena);
    visit->kept.ready++;
    visit->kept.polls = 0;
    return send_next(visit);
}

static struct step after_acceptance(struct visit *visit)
{
    json_t *body = reply_json(visit->reply);
    const char *id = answered_id(body, visit->arena);

    if (id) {
        visit->kept.id = id;
        visit->kept.url = mastodon_url(body, visit->arena);
    }
    json_decref(body);
    return id ? send_read(visit)
              : step_doubt(_("The server answered 200, but not with a status that has an id."));
}

/* What a 422 means stands only in its words (in the language of the account's settings). When they
 * are not recognised it is a refusal, which the engine confirms by reading back. */
static struct step after_invalid(struct visit *visit)
{
    const char *why = reply_sentence(visit->reply, visit->arena);
    struct step step;

    if (strstr(why, "already attached"))
        return step_doubt(why);
    if (!strstr(why, "not finished processing") || visit->kept.count == 0)
        return step_refused(why);
    visit->kept.ready = 0;
    visit->kept.polls = 0;
    step = step_retry(why, INSTANT_NONE);
    step.progress = write_progress(visit, PROCESSING);
    return step;
}

static struct step after_refusal(struct visit *visit)
{
    return step_refused(reply_sentence(visit->reply, visit->arena));
}

static struct step after_throttle_or_trouble(struct visit *visit)
{
    return step_for_failure(&mastodon, visit->reply, visit->arena);
}

/* Answers of the publish request that say for certain that nothing was published. Whether Mastodon
 * itself must have said so: a page of a front-end proves nothing about what is behind it. */
static const struct verdict {
    int status;
    bool own_words;
    struct step (*then)(struct visit *visit);
} verdicts[] = {
    {401, false, after_throttle_or_trouble},
    {403, true, after_throttle_or_trouble},
    {404, true, after_refusal},
    {410, true, after_refusal},
    {413, true, after_refusal},
    {422, true, after_invalid},
    {429, false, after_throttle_or_trouble},
};

static bool has_own_words(const struct http_reply *reply)
{
    json_t *body = reply_json(reply);
    bool own = json_text(body, "error") != NULL;

    json_decref(body);
    return own;
}

static struct step after_publish(struct visit *visit)
{
    const struct http_reply *reply = visit->reply;

    if (reply->fate == FATE_NOT_SENT)
        return step_retry(reply_sentence(reply, visit->arena), INSTANT_NONE);
    if (reply_is(reply, 200))
        return after_acceptance(visit);
    for (size_t i = 0; reply->fate == FATE_ANSWERED && i < COUNT_OF(verdicts); i++) {
        if (verdicts[i].status == reply->status && (!verdicts[i].own_words || has_own_words(reply)))
            return verdicts[i].then(visit);
    }
    return step_doubt(reply_sentence(reply, visit->arena));
}

static struct receipt receipt_of(const struct visit *visit)
{
    return (struct receipt){.remote_id = visit->kept.id,
                            .url = visit->kept.url ? visit->kept.url : "",
                            .differs = visit->kept.differs};
}

/* It is public, but cannot be read (yet): R4's reads, each not before the platform lets us. */
static struct step read_later(struct visit *visit)
{
    struct receipt receipt = receipt_of(visit);
    struct span wait;

    if (!reading_delay(&mastodon, visit->reply, visit->kept.reads, &wait)) {
        receipt.not_read_back = true;
        return step_done(receipt);
    }
    visit->kept.reads++;
    return step_wait(wait, write_progress(visit, ANSWERED));
}

static struct step after_read(struct visit *visit)
{
    json_t *body = reply_is(visit->reply, 200) ? reply_json(visit->reply) : NULL;
    const char *id = json_text(body, "id"), *visibility = json_text(body, "visibility");
    const bool readable = id && strcmp(id, visit->kept.id) == 0;

    visit->kept.differs = json_array_size(json_object_get(body, "media_attachments")) !=
                              visit->job->content->media_count ||
                          (visibility && strcmp(visibility, "public") != 0) ||
                          !mastodon_same_parent(visit->job, body);
    json_decref(body);
    return readable ? send_source(visit) : read_later(visit);
}

static struct step after_source(struct visit *visit)
{
    json_t *body = reply_is(visit->reply, 200) ? reply_json(visit->reply) : NULL;
    const char *text = json_text(body, "text");
    const bool readable = text != NULL;

    if (readable && !mastodon_same_text(visit->job->content->text, text, visit->arena))
        visit->kept.differs = true;
    json_decref(body);
    return readable ? step_done(receipt_of(visit)) : read_later(visit);
}

static const struct behaviour {
    struct step (*send)(const struct visit *visit);
    struct step (*receive)(struct visit *visit);
} behaviours[PHASES] = {
    [UPLOADING] = {send_upload, after_upload},    [PROCESSING] = {send_poll, after_poll},
    [PUBLISHING] = {send_publish, after_publish}, [ANSWERED] = {send_read, after_read},
    [COMPARING] = {send_source, after_source},
};

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    struct visit visit = {.job = job, .reply = reply, .arena = arena};
    enum phase phase;

    if (job->content->parent && !mastodon_id_usable(job->parent_id))
        return step_refused(_("The id of the post that this one answers is not known."));
    if (job->content->media_count > MOST_MEDIA)
        return step_refused(_("No Mastodon server takes so many pictures in one post."));
    if (!at->state)
        return send_next(&visit);
    if (!read_progress(at, &visit, &phase))
        return step_doubt(_("The stored progress is not one that this version knows."));
    return reply ? behaviours[phase].receive(&visit) : behaviours[phase].send(&visit);
}

/* ---- the small machines ---- */

static struct step identify(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    struct http_request request = mastodon_get("/api/v1/accounts/verify_credentials");
    struct receipt receipt = {0};
    json_t *body;

    (void)job;
    (void)at;
    if (!reply)
        return step_send(&request, NULL);
    if (!reply_is(reply, 200))
        return mastodon_unreadable(reply, arena);
    body = reply_json(reply);
    receipt.remote_id = answered_id(body, arena);
    receipt.handle = arena_text(arena, json_text(body, "acct"));
    receipt.url = mastodon_url(body, arena);
    json_decref(body);
    return receipt.remote_id && receipt.handle
               ? step_done(receipt)
               : step_retry(_("The server did not say whose token this is."), INSTANT_NONE);
}

/* A member that is a whole number above 0, as a new value; else NULL. */
static json_t *number_of(const json_t *object, const char *member)
{
    int64_t number = json_integer_or(object, member, 0);

    return number > 0 ? json_integer(number) : NULL;
}

/* Mastodon's `configuration`; Pleroma and its kin put two numbers on top. */
static json_t *read_limits(const json_t *body)
{
    const json_t *settings = json_object_get(body, "configuration");
    const json_t *statuses = json_object_get(settings, "statuses");
    const json_t *media = json_object_get(settings, "media_attachments");
    json_t *text = number_of(statuses, "max_characters"),
           *size = number_of(media, "image_size_limit");
    json_t *limits = json_object(), *mime = json_object_get(media, "supported_mime_types");

    json_put_new(limits, "text", text ? text : number_of(body, "max_toot_chars"));
    json_put_new(limits, "media", number_of(statuses, "max_media_attachments"));
    json_put_new(limits, "urls", number_of(statuses, "characters_reserved_per_url"));
    json_put_new(limits, "alt", number_of(media, "description_limit"));
    json_put_new(limits, "image_bytes", size ? size : number_of(body, "upload_limit"));
    json_put_new(limits, "image_pixels", number_of(media, "image_matrix_limit"));
    json_put_new(limits, "mime", json_is_array(mime) ? json_incref(mime) : NULL);
    json_put(limits, "version", json_text(body, "version"));
    return limits;
}

static struct step limits(const struct job *job, const struct progress *at,
                          const struct http_reply *reply, struct arena *arena)
{
    const bool old = at->state && strcmp(at->state, "old") == 0;
    struct http_request request = mastodon_get("/api/v2/instance");
    struct http_request old_request = mastodon_get("/api/v1/instance");
    struct receipt receipt = {0};
    json_t *body;

    (void)job;
    if (!reply)
        return step_send(old ? &old_request : &request, NULL);
    if (reply_is(reply, 404) && !old)
        return step_send(&old_request, progress_write("old", NULL, arena));
    if (!reply_is(reply, 200))
        return mastodon_unreadable(reply, arena);
    body = reply_json(reply);
    if (json_is_object(body))
        receipt.server = read_limits(body);
    json_decref(body);
    return receipt.server
               ? step_done(receipt)
               : step_retry(_("The server's description of itself is not readable."), INSTANT_NONE);
}

static struct step retract(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    const char *id = job->delivery->remote_id;
    struct http_request request = {.method = "DELETE",
                                   .kind = REQUEST_PUBLISH,
                                   .signing = "bearer"};

    (void)at;
    if (!mastodon_id_usable(id))
        return step_refused(_("The id of this post is not known, so it cannot be removed."));
    request.path = arena_printf(arena, "/api/v1/statuses/%s", id);
    if (!reply)
        return step_send(&request, NULL);
    if (reply_says(reply, 200) || reply_says(reply, 404))
        return step_done((struct receipt){.remote_id = id, .url = job->delivery->url});
    return mastodon_unreadable(reply, arena);
}

const struct adapter mastodon = {
    .name = "mastodon",
    .facts = &platform_rows[PLATFORM_MASTODON],
    .proof = PROOF_READ_BACK,
    .reset_header = "X-RateLimit-Reset",
    .states = states,
    .credential_keys = credential_keys,
    .class_of = class_of,
    .key_window = key_window,
    .publish = publish,
    .find = mastodon_find,
    .identify = identify,
    .limits = limits,
    .retract = retract,
};

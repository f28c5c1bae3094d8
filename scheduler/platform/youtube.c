/* The machine `publish`. Its state names the request that is under way.
 *
 *   opening    --200 with an address--> uploading | publishing
 *              --lost--> later again: a session without bytes is nothing
 *   uploading  --308--> uploading (next piece) | publishing, from where the answer says
 *              --lost, 5xx--> asking, later
 *              --404, 410--> opening again, later, three times at most: only pieces before the last
 *                            have left, so no video can have come of it
 *   asking     --308--> uploading | publishing, from where the answer says; else as uploading
 *   publishing --200, 201 with an id--> answered
 *              --308--> doubt, and then asking: the session is not complete, so it says
 *              --what Google's own words exclude--> later again, or refused
 *              --anything else, lost, 404, 410--> doubt; `find` asks the session first
 *   answered   --processed--> done, equal or different   --uploaded--> answered, after a while
 *              --failed, rejected, deleted--> refused: nobody can watch it
 *              --else--> answered, R4's reads, then done without read-back
 *
 * Asked without a reply, `uploading` asks the session: after a wait or a restart only YouTube knows
 * what it has. After `answered` nothing leads back: a video is never sent again.
 */
#include "platform/youtube.h"

#include <string.h>

#include "base/i18n.h"
#include "platform/registry.h"
#include "text/unicode.h"

enum { MOST_ROUNDS = 3, ID_BYTES = 64, POLLS = 60 };
#define MOST_BYTES INT64_C(274877906944) /* 256 GB: `maxSize` of videos.insert */

static const struct media_limit media_limits[] = {
    {.mime = "video/mp4", .most_bytes = MOST_BYTES},
    {.mime = "video/quicktime", .most_bytes = MOST_BYTES},
    {.mime = "video/webm", .most_bytes = MOST_BYTES},
    {.mime = NULL},
};

static const struct shape short_video = {
    .widest = {1, 1},
    .source = "support.google.com/youtube/answer/10059070",
};

/* 50 MB since 2026-09-14 by the revision history, 2 MB by the discovery document of June. */
enum { THUMBNAIL_BYTES = 2000000 };
static const char *const thumbnails[] = {"image/jpeg", "image/png", NULL};
static const struct shape thumbnail = {
    .most_width = 1280,
    .most_height = 720,
    .source = "developers.google.com/youtube/v3/docs/thumbnails/set; the size that YouTube asks "
              "for",
};

static const char *const captions[] = {"application/x-subrip", "text/vtt", NULL};

/* There is no API for pictures and texts. A Short is a video like any other: what is square or
 * upright and at most three minutes long is shown as one. */
static const struct post_kind kinds[] = {
    {.word = "video",
     .least_media = 1,
     .most_media = 1,
     .takes_videos = true,
     .has_text = true,
     .most_duration = {INT64_C(12) * 3600 * 1000},
     .sentence = N_("A video. What is longer than 15 minutes needs a channel that YouTube has "
                    "verified.")},
    {.word = "short",
     .least_media = 1,
     .most_media = 1,
     .takes_videos = true,
     .has_text = true,
     .most_duration = {INT64_C(180) * 1000},
     .video = &short_video,
     .sentence = N_("A Short: square or upright, at most three minutes. YouTube decides by the "
                    "video itself what it shows as one.")},
    {.word = NULL},
};

static const struct budget budgets[] = {
    {"uploads", NULL, 100, {INT64_C(24) * 3600 * 1000}, "quota determine_quota_cost, June 2026"},
    {.word = NULL},
};

const struct limits youtube_limits = {
    .text = {{.unit = COUNT_BYTES, .most = 5000}},
    .title = {.unit = COUNT_CODEPOINTS, .most = 100},
    .forbidden = "<>",
    .most_tags = 60,
    .kinds = kinds,
    .budgets = budgets,
    .media = media_limits,
    .most_media = 1,
    .needs_media = true,
    .needs_title = true,
    .text_is_description = true,
    .has_playlist = true,
    .has_privacy = true,
    .has_category = true,
    .has_thumbnail = true,
    .has_captions = true,
    .thumbnail = &thumbnail,
    .thumbnail_bytes = THUMBNAIL_BYTES,
    .thumbnails = thumbnails,
    .captions = captions,
    .has_tags = true,
    .has_title = true,
    .source = "developers.google.com/youtube/v3/docs/videos, discovery document of 2026-06-01",
};

const struct account_key youtube_keys[] = {{NULL, ACCOUNT_KEY_TEXT, NULL, NULL}};

enum phase { OPENING, UPLOADING, ASKING, PUBLISHING, ANSWERED, PHASES };

static const char *const states[] = {"opening",    "uploading", "asking",
                                     "publishing", "answered",  NULL};
/* The first is where a request without a host goes. */
static const char *const hosts[] = {"www.googleapis.com", "youtube.googleapis.com",
                                    "oauth2.googleapis.com", NULL};
static const char *const credential_keys[] = {"client_id", "client_secret", "refresh_token", NULL};
static const struct session_words session = {.access = "access_token",
                                             .life_member = "expires_in",
                                             .life = {INT64_C(3599) * 1000},
                                             .keeps = REFRESH_STAYS,
                                             .first = "refresh_token"};

/* What is kept from step to step. */
struct kept {
    const char *session; /* its whole address; NULL before */
    int64_t offset;      /* what it has, by YouTube's own word */
    int64_t stuck;       /* lost pieces since it last had more */
    int64_t rounds;      /* sessions that were forgotten */
    const char *id;      /* of the video; NULL before */
    int64_t polls;       /* that found it still being processed */
    int64_t reads;       /* that did not show it */
};

/* One call of the machine. */
struct visit {
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    struct kept kept;
};

/* ---- what its own files share ---- */

bool youtube_id_usable(const char *id)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

    return id_usable(id, allowed, ID_BYTES);
}

const char *youtube_page(const struct job *job, const char *id, struct arena *arena)
{
    const char *drill = job->account->base_url, *kind = job->content->more.kind;
    const bool is_short = kind && strcmp(kind, "short") == 0;

    return arena_printf(arena, "%s/%s%s", drill ? drill : "https://www.youtube.com",
                        is_short ? "shorts/" : "watch?v=", id);
}

const char *youtube_file_name(const struct job *job, struct arena *arena)
{
    return arena_printf(arena, "crier-%s-%.16s.mp4", job->delivery->id,
                        job->delivery->content_hash);
}

const char *youtube_description(const struct content *content)
{
    const char *text = content->description ? content->description : content->text;

    return text ? text : "";
}

const json_t *youtube_first(const json_t *list)
{
    return json_array_get(json_object_get(list, "items"), 0);
}

const char *youtube_id(const json_t *resource, struct arena *arena)
{
    const char *id = json_text(resource, "id");

    return !json_object_get(resource, "error") && youtube_id_usable(id) ? arena_text(arena, id)
                                                                        : NULL;
}

const char *youtube_made(const struct http_reply *reply, struct arena *arena)
{
    const json_t *video = json_in_arena(reply_json(reply), arena);
    const char *kind = json_text(video, "kind");

    return kind && strcmp(kind, "youtube#video") == 0 ? youtube_id(video, arena) : NULL;
}

bool youtube_same_text(const char *ours, const char *theirs, struct arena *arena)
{
    const char *a = unicode_trim(unicode_nfc(ours ? ours : "", arena), arena);
    const char *b = unicode_trim(unicode_nfc(theirs ? theirs : "", arena), arena);

    return strcmp(a, b) == 0;
}

static const char *privacy_of(const struct content *content)
{
    return content->more.privacy ? content->more.privacy : "public";
}

/* Projects that Google has not audited may upload, but what they upload stays private. */
const char *youtube_differs(const struct job *job, const json_t *video, struct arena *arena)
{
    const struct content *content = job->content;
    const json_t *snippet = json_object_get(video, "snippet");
    const char *privacy = json_text(json_object_get(video, "status"), "privacyStatus");

    if (!privacy || strcmp(privacy, privacy_of(content)) != 0)
        return privacy && strcmp(privacy, "private") == 0
                   ? _("YouTube has made the video private, so nobody can watch it: the project "
                       "of the credential has not passed YouTube's API audit. Ask for the audit, "
                       "and make the video public in YouTube Studio.")
                   : _("The video's visibility on YouTube is not the one that was asked for.");
    if (!youtube_same_text(content->title, json_text(snippet, "title"), arena) ||
        !youtube_same_text(youtube_description(content), json_text(snippet, "description"), arena))
        return _("YouTube shows another title or description than what was sent.");
    return NULL;
}

struct http_request youtube_get(const char *path)
{
    return (struct http_request){
        .method = "GET", .path = path, .kind = REQUEST_READ, .signing = "bearer"};
}

struct http_request youtube_post(const char *path, const json_t *body, enum request_kind kind,
                                 struct arena *arena)
{
    static const struct header json = {"Content-Type", "application/json; charset=UTF-8"};
    struct http_request request = {.method = "POST",
                                   .path = path,
                                   .headers = &json,
                                   .header_count = 1,
                                   .kind = kind,
                                   .signing = "bearer"};

    request.body = json_write(body, arena, &request.body_length);
    return request;
}

/* ---- progress ---- */

static const char *write_progress(const struct visit *visit, enum phase phase)
{
    const struct kept *kept = &visit->kept;
    json_t *object = json_object();
    const char *text;

    json_put(object, "id", kept->id);
    json_put_integer(object, "offset", kept->offset);
    json_put_integer(object, "polls", kept->polls);
    json_put_integer(object, "reads", kept->reads);
    json_put_integer(object, "rounds", kept->rounds);
    json_put(object, "session", kept->session);
    json_put_integer(object, "stuck", kept->stuck);
    text = progress_write(states[phase], object, visit->arena);
    json_decref(object);
    return text;
}

/* The row has the file's size, the content its hash. */
static int64_t total_of(const struct job *job)
{
    const struct medium *medium = job_medium(job, job->content->media[0].sha256);

    return medium ? medium->bytes : 0;
}

/* Whether what is kept can belong to the state; a row of another version must not be guessed at. */
static bool kept_fits(const struct visit *visit, enum phase phase)
{
    const struct kept *kept = &visit->kept;

    if (kept->offset < 0 || kept->offset > total_of(visit->job))
        return false;
    switch (phase) {
    case OPENING:
        return true;
    case UPLOADING:
    case ASKING:
    case PUBLISHING:
        return kept->session != NULL;
    case ANSWERED:
        return youtube_id_usable(kept->id);
    case PHASES:
        break;
    }
    return false;
}

static bool read_progress(const struct progress *at, struct visit *visit, enum phase *phase)
{
    struct kept *kept = &visit->kept;

    for (*phase = OPENING; *phase < PHASES && strcmp(states[*phase], at->state) != 0;)
        (*phase)++;
    if (*phase == PHASES)
        return false;
    kept->session = json_text(at->kept, "session");
    kept->offset = json_integer_or(at->kept, "offset", -1);
    kept->stuck = json_integer_or(at->kept, "stuck", 0);
    kept->rounds = json_integer_or(at->kept, "rounds", 0);
    kept->id = json_text(at->kept, "id");
    kept->polls = json_integer_or(at->kept, "polls", 0);
    kept->reads = json_integer_or(at->kept, "reads", 0);
    return kept_fits(visit, *phase);
}

/* ---- what each state sends ---- */

/* 25 is "News & Politics". Hashtags stand in the description; `tags`, which nobody sees, stay
 * empty. */
static json_t *video_of(const struct content *content)
{
    json_t *video = json_object(), *snippet = json_object(), *status = json_object();

    json_put(snippet, "categoryId", content->more.category ? content->more.category : "25");
    if (content->language) {
        json_put(snippet, "defaultAudioLanguage", content->language);
        json_put(snippet, "defaultLanguage", content->language);
    }
    json_put(snippet, "description", youtube_description(content));
    json_put(snippet, "title", content->title ? content->title : "");
    json_put_bool(status, "embeddable", true);
    json_put(status, "license", "youtube");
    json_put(status, "privacyStatus", privacy_of(content));
    json_put_bool(status, "selfDeclaredMadeForKids", false);
    json_put_new(video, "snippet", snippet);
    json_put_new(video, "status", status);
    return video;
}

static struct step send_opening(const struct visit *visit)
{
    const struct job *job = visit->job;
    struct arena *arena = visit->arena;
    struct header *headers = arena_array(arena, 4, sizeof *headers);
    json_t *video = video_of(job->content);
    struct http_request request =
        youtube_post("/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status", video,
                     REQUEST_UPLOAD, arena);

    headers[0] = request.headers[0];
    headers[1] = (struct header){"X-Upload-Content-Length",
                                 arena_printf(arena, "%lld", (long long)total_of(job))};
    headers[2] =
        (struct header){"X-Upload-Content-Type", job_mime(job, job->content->media[0].sha256)};
    headers[3] = (struct header){"Slug", youtube_file_name(job, arena)};
    request.headers = headers;
    request.header_count = 4;
    request.timeout = span_minutes(1);
    json_decref(video);
    return step_send(&request, write_progress(visit, OPENING));
}

static struct step bad_session(void)
{
    return step_doubt(_("The stored address of the upload may not be asked."));
}

static struct step send_piece(const struct visit *visit, int64_t end, enum request_kind kind)
{
    const struct job *job = visit->job;
    const char *sha256 = job->content->media[0].sha256;
    const struct youtube_piece piece = {sha256, job_mime(job, sha256), visit->kept.offset,
                                        end - visit->kept.offset, total_of(job)};
    struct http_request request;

    if (!youtube_send(job, visit->kept.session, &piece, visit->arena, &request))
        return bad_session();
    request.kind = kind;
    request.unrepeatable = kind == REQUEST_PUBLISH;
    if (request.unrepeatable)
        request.timeout = span_minutes(2);
    return step_send(&request,
                     write_progress(visit, request.unrepeatable ? PUBLISHING : UPLOADING));
}

static struct step send_publish(const struct visit *visit)
{
    return send_piece(visit, total_of(visit->job), REQUEST_PUBLISH);
}

static struct step send_query(const struct visit *visit)
{
    struct http_request request;

    if (!youtube_query(visit->job, visit->kept.session, total_of(visit->job), visit->arena,
                       &request))
        return bad_session();
    return step_send(&request, write_progress(visit, ASKING));
}

/* A line on which nothing got through gets the shortest. */
static int64_t next_length(const struct kept *kept)
{
    const int64_t has = kept->offset / YOUTUBE_GRAIN * YOUTUBE_GRAIN;

    if (kept->stuck > 0 || has < YOUTUBE_PIECE)
        return YOUTUBE_PIECE;
    return has < YOUTUBE_PIECE_MOST ? has : YOUTUBE_PIECE_MOST;
}

/* The next piece, from where YouTube says; the last one publishes. */
static struct step send_next(const struct visit *visit)
{
    const int64_t last = youtube_last_piece(total_of(visit->job));
    const int64_t left = last - visit->kept.offset, length = next_length(&visit->kept);

    if (left <= 0)
        return send_publish(visit);
    return send_piece(visit, left < length ? last : visit->kept.offset + length, REQUEST_UPLOAD);
}

static struct step send_read(const struct visit *visit)
{
    struct http_request request = youtube_get(
        arena_printf(visit->arena, "/youtube/v3/videos?part=snippet,status,processingDetails&id=%s",
                     visit->kept.id));

    return step_send(&request, write_progress(visit, ANSWERED));
}

/* ---- what each state makes of its reply ---- */

static struct step after_opening(struct visit *visit)
{
    if (!reply_is(visit->reply, 200))
        return youtube_failure(visit->reply, visit->arena);
    visit->kept.session = youtube_session(visit->job, visit->reply, visit->arena);
    visit->kept.offset = 0;
    return visit->kept.session
               ? send_next(visit)
               : step_retry(_("YouTube opened an upload but named no usable address for it."),
                            INSTANT_NONE);
}

/* Before the last piece has left, what is forgotten was never a video. */
static struct step after_lost_session(struct visit *visit)
{
    struct step step;

    if (visit->job->delivery->attempts > 0)
        return step_doubt(_("YouTube does not know the upload any more; an earlier try may have "
                            "become a video."));
    step = step_retry(_("YouTube forgot the upload; it begins again."), INSTANT_NONE);
    if (visit->kept.rounds >= MOST_ROUNDS)
        return step;
    visit->kept.rounds++;
    visit->kept.session = NULL;
    visit->kept.offset = 0;
    step.progress = write_progress(visit, OPENING);
    return step;
}

/* The answer, not our own count, says where it goes on. A session that has all bytes and is not
 * finished is looked at again. */
static bool take_range(struct visit *visit)
{
    int64_t offset;

    if (!youtube_wants(visit->reply, total_of(visit->job), &offset) ||
        offset == total_of(visit->job))
        return false;
    if (offset > visit->kept.offset)
        visit->kept.stuck = 0;
    visit->kept.offset = offset;
    return true;
}

/* Each question that is answered begins R8's delays anew; so a line on which no piece gets through
 * would carry 8 MiB every minute. */
static struct instant next_piece_at(const struct visit *visit)
{
    const int64_t doubled = visit->kept.stuck < 5 ? visit->kept.stuck : 5;

    return instant_plus(visit->reply->received, span_seconds(INT64_C(30) << doubled));
}

static struct step ask_later(struct visit *visit, struct step step)
{
    if (step.kind != STEP_RETRY || visit->reply->fate == FATE_NOT_SENT)
        return step;
    if (step.trouble == TROUBLE_NONE && instant_before(step.not_before, next_piece_at(visit)))
        step.not_before = next_piece_at(visit);
    visit->kept.stuck++;
    step.progress = write_progress(visit, ASKING);
    return step;
}

static struct step after_piece(struct visit *visit)
{
    const struct http_reply *reply = visit->reply;

    if (reply_is(reply, 308))
        return take_range(visit) ? send_next(visit)
                                 : ask_later(visit, step_retry(_("YouTube did not say how much of "
                                                                 "the video it has."),
                                                               INSTANT_NONE));
    if (reply_is(reply, 404) || reply_is(reply, 410))
        return after_lost_session(visit);
    if (reply_is(reply, 200) || reply_is(reply, 201))
        return step_doubt(_("YouTube says that the video is complete before its last piece was "
                            "sent."));
    return ask_later(visit, youtube_failure(reply, visit->arena));
}

static struct step after_acceptance(struct visit *visit)
{
    visit->kept.id = youtube_made(visit->reply, visit->arena);
    return visit->kept.id ? send_read(visit)
                          : step_doubt(_("YouTube took the video but named no usable id for it."));
}

static struct step after_publish(struct visit *visit)
{
    const struct http_reply *reply = visit->reply;
    struct step step;

    if (reply_is(reply, 200) || reply_is(reply, 201))
        return after_acceptance(visit);
    if (!reply_is(reply, 308) || !take_range(visit))
        return youtube_publish_failure(reply, visit->arena);
    step = step_doubt(_("YouTube says that it does not have the whole video yet."));
    step.progress = write_progress(visit, ASKING);
    return step;
}

/* ---- reading back ---- */

static struct receipt receipt_of(const struct visit *visit)
{
    return (struct receipt){.remote_id = visit->kept.id,
                            .url = youtube_page(visit->job, visit->kept.id, visit->arena)};
}

/* It is there, but cannot be read (yet). */
static struct step read_later(struct visit *visit)
{
    struct receipt receipt = receipt_of(visit);
    struct span wait;

    if (!reading_delay(&youtube, visit->reply, visit->kept.reads, &wait)) {
        receipt.not_read_back = true;
        return step_done(receipt);
    }
    visit->kept.reads++;
    return step_wait(wait, write_progress(visit, ANSWERED));
}

/* A long video is processed for long; each look costs one of 10,000 units a day. */
static struct step poll_later(struct visit *visit)
{
    static const int64_t seconds[] = {5, 10, 20, 30, 60};
    const int64_t last = (int64_t)COUNT_OF(seconds) - 1, polls = visit->kept.polls;
    struct receipt receipt = receipt_of(visit);

    if (polls < 0 || polls >= POLLS) {
        receipt.not_read_back = true;
        return step_done(receipt);
    }
    visit->kept.polls++;
    return step_wait(span_seconds(seconds[polls > last ? last : polls]),
                     write_progress(visit, ANSWERED));
}

static struct step after_rejection(const struct visit *visit, const json_t *status)
{
    const char *rejection = json_text(status, "rejectionReason"),
               *failure = json_text(status, "failureReason");
    const char *why = rejection ? rejection : failure ? failure : json_text(status, "uploadStatus");

    return step_refused(arena_printf(visit->arena,
                                     _("YouTube took the video and then rejected it: %s."),
                                     unicode_line(why, visit->arena)));
}

static struct step after_processing(const struct visit *visit, const json_t *video)
{
    struct receipt receipt = receipt_of(visit);

    receipt.note = youtube_differs(visit->job, video, visit->arena);
    receipt.differs = receipt.note != NULL;
    return step_done(receipt);
}

static struct step after_read(struct visit *visit)
{
    const json_t *list =
        reply_is(visit->reply, 200) ? json_in_arena(reply_json(visit->reply), visit->arena) : NULL;
    const json_t *video = youtube_first(list), *status = json_object_get(video, "status");
    const char *id = json_text(video, "id"), *stage = json_text(status, "uploadStatus");

    if (!id || strcmp(id, visit->kept.id) != 0 || !stage)
        return read_later(visit);
    if (strcmp(stage, "processed") == 0)
        return after_processing(visit, video);
    return strcmp(stage, "uploaded") == 0 ? poll_later(visit) : after_rejection(visit, status);
}

static const struct behaviour {
    struct step (*send)(const struct visit *visit);
    struct step (*receive)(struct visit *visit);
} behaviours[PHASES] = {
    [OPENING] = {send_opening, after_opening}, [UPLOADING] = {send_query, after_piece},
    [ASKING] = {send_query, after_piece},      [PUBLISHING] = {send_publish, after_publish},
    [ANSWERED] = {send_read, after_read},
};

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    struct visit visit = {.job = job, .reply = reply, .arena = arena};
    enum phase phase;

    if (job->content->parent)
        return step_refused(_("YouTube has no threads."));
    if (job->content->media_count != 1)
        return step_refused(_("A post on YouTube is exactly one video."));
    if (total_of(job) <= 0)
        return step_doubt(_("The size of the video is not known."));
    if (!at->state)
        return send_opening(&visit);
    if (!read_progress(at, &visit, &phase))
        return step_doubt(_("The stored progress is not one that this version knows."));
    if (!reply && youtube_id_usable(job->delivery->remote_id)) { /* found, or told by a person */
        visit.kept.id = job->delivery->remote_id;
        phase = ANSWERED;
    }
    return reply ? behaviours[phase].receive(&visit) : behaviours[phase].send(&visit);
}

const struct adapter youtube = {
    .name = "youtube",
    .facts = &platform_rows[PLATFORM_YOUTUBE],
    .proof = PROOF_READ_BACK,
    .hosts = hosts,
    .states = states,
    .credential_keys = credential_keys,
    .session = &session,
    .class_of = adapter_class_c,
    .publish = publish,
    .find = youtube_find,
    .identify = youtube_identify,
    .refresh = youtube_refresh,
    .retract = youtube_retract,
    .after = youtube_after,
};

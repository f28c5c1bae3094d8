/* What goes up before a post: pictures in one request, GIFs and videos in pieces, alternative
 * texts and subtitles. Drawn in x.c.
 *
 * Nothing of it is public, so every request may be repeated; ids and the number of the next piece
 * are kept before each one is sent, so a new start goes on where it was. Ids end a day after they
 * are ready: then X says that they are invalid, and all goes up again.
 */
#include <string.h>

#include "base/i18n.h"
#include "platform/x.h"

enum {
    PIECE = 1024 * 1024, /* 5 MiB were answered with 431; 1 MiB is what others run */
    LEAST_PIECE = 256 * 1024,
    MOST_PIECES = 1000,
    MOST_ROUNDS = 3,
    MOST_WAIT_S = 60,
    PATIENCE_S = 5 /* where check_after_secs is missing */
};

int64_t x_first_piece(void)
{
    return PIECE;
}

/* ---- the medium under way ---- */

static const struct medium *medium_at(const struct job *job, size_t number)
{
    return &job->content->media[number];
}

static const char *mime_of(const struct job *job, size_t number)
{
    return job_mime(job, medium_at(job, number)->sha256);
}

static bool is_gif(const char *mime)
{
    return strcmp(mime, "image/gif") == 0;
}

bool x_is_chunked(const struct job *job, size_t number)
{
    const char *mime = mime_of(job, number);

    return is_gif(mime) || mime_is_video(mime);
}

bool x_has_captions(const struct job *job)
{
    return job->content->more.captions && job->content->media_count > 0 &&
           mime_is_video(mime_of(job, 0));
}

static const char *category_of(const char *mime)
{
    if (is_gif(mime))
        return "tweet_gif";
    return mime_is_video(mime) ? "tweet_video" : "tweet_image";
}

static int64_t bytes_of(const struct job *job, size_t number)
{
    const struct medium *medium = job_medium(job, medium_at(job, number)->sha256);

    return medium ? medium->bytes : 0;
}

int64_t x_segments(const struct job *job, size_t number, int64_t piece)
{
    return (bytes_of(job, number) + piece - 1) / piece;
}

/* Staff's file names stay here: they may say more than the public should know. */
static const char *file_name(const char *mime, struct arena *arena)
{
    const char *kind = strchr(mime, '/');

    return arena_printf(arena, "medium.%s", kind ? kind + 1 : "bin");
}

/* ---- what each state sends ---- */

static struct step send_file(const struct x_visit *visit, const char *sha256, const char *mime,
                             const char *category, enum x_phase phase)
{
    struct form_part *parts = arena_array(visit->arena, 2, sizeof *parts);
    struct http_request request = x_request(visit->job, "POST", "/2/media/upload", REQUEST_UPLOAD);

    parts[0] = (struct form_part){.name = "media_category", .value = category};
    parts[1] = (struct form_part){.name = "media",
                                  .file_sha256 = arena_text(visit->arena, sha256),
                                  .mime = mime,
                                  .filename = file_name(mime, visit->arena)};
    request.parts = parts;
    request.part_count = 2;
    return step_send(&request, x_progress(visit, phase));
}

static struct step send_upload(const struct x_visit *visit)
{
    const size_t number = visit->kept.count;
    const char *mime = mime_of(visit->job, number);

    return send_file(visit, medium_at(visit->job, number)->sha256, mime, category_of(mime),
                     X_UPLOADING);
}

static struct step send_start(const struct x_visit *visit)
{
    const char *mime = mime_of(visit->job, visit->kept.count);
    json_t *body = json_object();
    struct http_request request;

    json_put(body, "media_type", mime);
    json_put(body, "media_category", category_of(mime));
    json_put_integer(body, "total_bytes", bytes_of(visit->job, visit->kept.count));
    request = x_post(visit->job, "/2/media/upload/initialize", body, REQUEST_UPLOAD, visit->arena);
    return step_send(&request, x_progress(visit, X_STARTING));
}

static struct step send_piece(const struct x_visit *visit)
{
    const struct x_kept *kept = &visit->kept;
    const int64_t offset = kept->segment * kept->piece;
    const int64_t rest = bytes_of(visit->job, kept->count) - offset;
    struct form_part *parts = arena_array(visit->arena, 2, sizeof *parts);
    struct http_request request =
        x_request(visit->job, "POST",
                  arena_printf(visit->arena, "/2/media/upload/%s/append", kept->now),
                  REQUEST_UPLOAD);

    parts[0] =
        (struct form_part){.name = "segment_index",
                           .value = arena_printf(visit->arena, "%lld", (long long)kept->segment)};
    parts[1] =
        (struct form_part){.name = "media",
                           .file_sha256 =
                               arena_text(visit->arena, medium_at(visit->job, kept->count)->sha256),
                           .mime = "application/octet-stream",
                           .filename = "piece.bin",
                           .offset = offset,
                           .length = rest < kept->piece ? rest : kept->piece};
    request.parts = parts;
    request.part_count = 2;
    return step_send(&request, x_progress(visit, X_APPENDING));
}

static struct step send_finish(const struct x_visit *visit)
{
    struct http_request request =
        x_request(visit->job, "POST",
                  arena_printf(visit->arena, "/2/media/upload/%s/finalize", visit->kept.now),
                  REQUEST_UPLOAD);

    return step_send(&request, x_progress(visit, X_FINISHING));
}

static struct step send_status(const struct x_visit *visit, enum x_phase phase)
{
    const char *path =
        arena_printf(visit->arena, "/2/media/upload?command=STATUS&media_id=%s", visit->kept.now);
    struct http_request request = x_request(visit->job, "GET", path, REQUEST_READ);

    return step_send(&request, x_progress(visit, phase));
}

static struct step send_question(const struct x_visit *visit)
{
    return send_status(visit, X_ASKING);
}

static struct step send_poll(const struct x_visit *visit)
{
    return send_status(visit, X_PROCESSING);
}

static struct step send_alt(const struct x_visit *visit)
{
    const char *alt = medium_at(visit->job, visit->kept.count)->alt;
    json_t *body = json_pack("{s:s,s:{s:{s:s}}}", "id", visit->kept.now, "metadata", "alt_text",
                             "text", alt ? alt : "");
    struct http_request request =
        x_post(visit->job, "/2/media/metadata", body, REQUEST_UPLOAD, visit->arena);

    return step_send(&request, x_progress(visit, X_DESCRIBING));
}

static struct step send_captions(const struct x_visit *visit)
{
    const char *sha256 = visit->job->content->more.captions;

    return send_file(visit, sha256, job_mime(visit->job, sha256), "subtitles", X_CAPTIONING);
}

/* Two capital letters are all it takes of a language; the name is what people choose. */
static const struct language {
    const char *tag, *code, *name;
} languages[] = {
    {"hi", "HI", "हिन्दी"}, {"en", "EN", "English"}, {"ur", "UR", "اردو"},   {"pa", "PA", "ਪੰਜਾਬੀ"},
    {"bn", "BN", "বাংলা"}, {"mr", "MR", "मराठी"},   {"gu", "GU", "ગુજરાતી"}, {"ta", "TA", "தமிழ்"},
    {"te", "TE", "తెలుగు"}, {"kn", "KN", "ಕನ್ನಡ"},    {"ml", "ML", "മലയാളം"}, {"or", "OR", "ଓଡ଼ିଆ"},
};

static const struct language *language_of(const struct content *content)
{
    const char *wanted = content->language ? content->language : languages[0].tag;

    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        if (strncmp(languages[i].tag, wanted, 2) == 0)
            return &languages[i];
    }
    return &languages[0];
}

static struct step send_attachment(const struct x_visit *visit)
{
    const struct language *language = language_of(visit->job->content);
    json_t *body =
        json_pack("{s:s,s:s,s:{s:s,s:s,s:s}}", "id", visit->kept.media[0], "media_category",
                  "TweetVideo", "subtitles", "id", visit->kept.captions, "language_code",
                  language->code, "display_name", language->name);
    struct http_request request =
        x_post(visit->job, "/2/media/subtitles", body, REQUEST_UPLOAD, visit->arena);

    return step_send(&request, x_progress(visit, X_ATTACHING));
}

/* What is still missing before the post can be published. */
struct step x_send_next(const struct x_visit *visit)
{
    if (visit->kept.count < visit->job->content->media_count)
        return x_is_chunked(visit->job, visit->kept.count) ? send_start(visit) : send_upload(visit);
    if (x_has_captions(visit->job) && !visit->kept.captions)
        return send_captions(visit);
    return x_send_publish(visit);
}

/* ---- what each state makes of its reply ---- */

static bool is_2xx(const struct http_reply *reply)
{
    return reply->fate == FATE_ANSWERED && reply->status / 100 == 2;
}

static const json_t *data_of(const struct x_visit *visit)
{
    return json_object_get(json_in_arena(reply_json(visit->reply), visit->arena), "data");
}

/* From that medium on all goes up once more. */
static struct step from(struct x_visit *visit, size_t first, const char *why)
{
    struct step step = step_retry(why, INSTANT_NONE);

    if (visit->kept.rounds >= MOST_ROUNDS)
        return step_refused(why);
    visit->kept.rounds++;
    visit->kept.count = first;
    visit->kept.now = visit->kept.captions = NULL;
    visit->kept.segment = 0;
    step.progress = x_progress(visit, x_is_chunked(visit->job, first) ? X_STARTING : X_UPLOADING);
    return step;
}

struct step x_upload_anew(struct x_visit *visit, const char *why)
{
    return from(visit, 0, why);
}

static struct step again(struct x_visit *visit, const char *why)
{
    return from(visit, visit->kept.count, why);
}

/* An upload that X knows no more, or never had whole: 404, or a 400 of its own. */
static bool is_forgotten(const struct x_visit *visit)
{
    const enum x_meaning meaning = x_meaning(visit->reply, visit->arena);

    return (reply_is(visit->reply, 400) || reply_is(visit->reply, 404)) &&
           (meaning == X_REFUSED || meaning == X_MEDIA);
}

static struct step forgotten_or_failed(struct x_visit *visit)
{
    return is_forgotten(visit) ? again(visit, x_sentence(visit->reply, visit->arena))
                               : x_failure(visit);
}

static struct step after_medium(struct x_visit *visit)
{
    visit->kept.media[visit->kept.count++] = visit->kept.now;
    visit->kept.now = NULL;
    visit->kept.segment = 0;
    return x_send_next(visit);
}

/* Pictures and GIFs have an alternative text there, videos have not. */
static struct step describe_or_next(struct x_visit *visit)
{
    const char *alt = medium_at(visit->job, visit->kept.count)->alt;

    return alt && *alt && !mime_is_video(mime_of(visit->job, visit->kept.count))
               ? send_alt(visit)
               : after_medium(visit);
}

static struct step wait_for(struct x_visit *visit, const json_t *processing)
{
    int64_t seconds = json_integer_or(processing, "check_after_secs", PATIENCE_S);

    if (seconds < 1 || seconds > MOST_WAIT_S)
        seconds = seconds < 1 ? 1 : MOST_WAIT_S;
    return step_wait(span_seconds(seconds), x_progress(visit, X_PROCESSING));
}

static struct step after_failed_processing(struct x_visit *visit, const json_t *processing)
{
    const char *said = json_text(json_object_get(processing, "error"), "message");

    return step_refused(said && strlen(said) < 200
                            ? arena_printf(visit->arena, _("X cannot use this file: %s"), said)
                            : _("X cannot use this file: its processing failed."));
}

/* No `processing_info` means that it is ready. */
static struct step after_state(struct x_visit *visit, const json_t *data)
{
    const json_t *processing = json_object_get(data, "processing_info");
    const char *state = json_text(processing, "state");

    if (!processing || (state && strcmp(state, "succeeded") == 0))
        return describe_or_next(visit);
    if (state && strcmp(state, "failed") == 0)
        return after_failed_processing(visit, processing);
    return wait_for(visit, processing);
}

/* An id of an answer that makes one, in the arena; else NULL. */
static const char *new_id(const struct x_visit *visit)
{
    const char *id = json_text(data_of(visit), "id");

    return is_2xx(visit->reply) && x_id_usable(id) ? arena_text(visit->arena, id) : NULL;
}

static struct step without_id(const struct x_visit *visit)
{
    return is_2xx(visit->reply)
               ? step_retry(_("X took a file but named no usable id for it."), INSTANT_NONE)
               : x_failure(visit);
}

static struct step after_upload(struct x_visit *visit)
{
    visit->kept.now = new_id(visit);
    return visit->kept.now ? after_state(visit, data_of(visit)) : without_id(visit);
}

static struct step after_start(struct x_visit *visit)
{
    visit->kept.segment = 0;
    visit->kept.now = new_id(visit);
    if (!visit->kept.now)
        return without_id(visit);
    if (x_segments(visit->job, visit->kept.count, visit->kept.piece) < 1)
        return step_refused(_("The size of a file is not known."));
    return send_piece(visit);
}

/* 413 or 431: some front-end takes less at once. */
static struct step with_smaller_pieces(struct x_visit *visit)
{
    const char *why = x_sentence(visit->reply, visit->arena);
    const int64_t half = visit->kept.piece / 2;

    if (half < LEAST_PIECE || x_segments(visit->job, visit->kept.count, half) > MOST_PIECES)
        return step_refused(why);
    visit->kept.piece = half;
    return again(visit, why);
}

static struct step after_piece(struct x_visit *visit)
{
    if (reply_is(visit->reply, 413) || reply_is(visit->reply, 431))
        return with_smaller_pieces(visit);
    if (!is_2xx(visit->reply))
        return forgotten_or_failed(visit);
    visit->kept.segment++;
    return visit->kept.segment < x_segments(visit->job, visit->kept.count, visit->kept.piece)
               ? send_piece(visit)
               : send_finish(visit);
}

/* Answers of finalize and STATUS name the medium. */
static bool speaks_of_it(const struct x_visit *visit)
{
    const char *id = json_text(data_of(visit), "id");

    return is_2xx(visit->reply) && id && strcmp(id, visit->kept.now) == 0;
}

static struct step after_finish(struct x_visit *visit)
{
    struct step step;

    if (speaks_of_it(visit))
        return after_state(visit, data_of(visit));
    step = forgotten_or_failed(visit);
    if (visit->reply->fate == FATE_MAYBE_SENT || is_2xx(visit->reply))
        step.progress = x_progress(visit, X_ASKING);
    return step;
}

/* A finished upload has a size or is being processed; else it is finished once more. */
static struct step after_question(struct x_visit *visit)
{
    const json_t *data = data_of(visit);

    if (speaks_of_it(visit) &&
        (json_object_get(data, "processing_info") || json_integer_or(data, "size", 0) > 0))
        return after_state(visit, data);
    return is_2xx(visit->reply) || is_forgotten(visit) ? send_finish(visit) : x_failure(visit);
}

static struct step after_poll(struct x_visit *visit)
{
    return speaks_of_it(visit) ? after_state(visit, data_of(visit)) : forgotten_or_failed(visit);
}

static struct step after_alt(struct x_visit *visit)
{
    return is_2xx(visit->reply) ? after_medium(visit) : forgotten_or_failed(visit);
}

static struct step after_captions(struct x_visit *visit)
{
    visit->kept.captions = new_id(visit);
    return visit->kept.captions ? send_attachment(visit) : without_id(visit);
}

static struct step after_attachment(struct x_visit *visit)
{
    if (is_2xx(visit->reply))
        return x_send_publish(visit);
    return is_forgotten(visit) ? x_upload_anew(visit, x_sentence(visit->reply, visit->arena))
                               : x_failure(visit);
}

const struct x_behaviour x_media_behaviours[X_PUBLISHING] = {
    [X_UPLOADING] = {send_upload, after_upload},
    [X_STARTING] = {send_start, after_start},
    [X_APPENDING] = {send_piece, after_piece},
    [X_FINISHING] = {send_finish, after_finish},
    [X_ASKING] = {send_question, after_question},
    [X_PROCESSING] = {send_poll, after_poll},
    [X_DESCRIBING] = {send_alt, after_alt},
    [X_CAPTIONING] = {send_captions, after_captions},
    [X_ATTACHING] = {send_attachment, after_attachment},
};

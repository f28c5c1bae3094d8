/* Media: in one request, or a session that takes pieces, is finished and then processed. */
#include "sandbox/x.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/sniff.h"

enum {
    IMAGE_MOST = 5 * 1000 * 1000,
    GIF_MOST = 15 * 1000 * 1000,
    VIDEO_MOST = 512 * 1000 * 1000,
    SUBTITLES_MOST = 512 * 1024,
    PIECE_MOST = 4 * 1024 * 1024, /* at 5 MiB front-ends answered 431 */
    PIECES_MOST = 1000,
    USABLE_S = 86400
};

static const struct span video_processing = {5000};
static const char session_mime[] = "application/octet-stream";

/* ---- what bytes are ---- */

static const char *mime_of(const char *bytes, size_t length)
{
    const char *mime =
        sniff_mime(bytes, length,
                   SNIFF_JPEG | SNIFF_PNG | SNIFF_GIF | SNIFF_WEBP | SNIFF_QUICKTIME | SNIFF_MP4);

    if (mime)
        return mime;
    return text_is_valid(bytes, length) ? "text/srt" : session_mime;
}

static const struct category {
    const char *word, *mimes;
    size_t most;
    bool processed;
} categories[] = {
    {"tweet_image", " image/jpeg image/png image/webp image/gif ", IMAGE_MOST, false},
    {"tweet_gif", " image/gif ", GIF_MOST, true},
    {"tweet_video", " video/mp4 video/quicktime ", VIDEO_MOST, true},
    {"amplify_video", " video/mp4 video/quicktime ", VIDEO_MOST, true},
    {"subtitles", " text/srt ", SUBTITLES_MOST, false},
};

static const struct category *category_of(const char *word)
{
    for (size_t i = 0; word && i < COUNT_OF(categories); i++) {
        if (strcmp(categories[i].word, word) == 0)
            return &categories[i];
    }
    return NULL;
}

static bool is_processed(const char *word)
{
    const struct category *category = category_of(word);

    return category && category->processed;
}

static bool takes(const struct category *category, const char *mime)
{
    const char *found = strstr(category->mimes, mime);

    return found && found[-1] == ' ' && found[strlen(mime)] == ' ';
}

/* ---- uploads of the asker ---- */

static bool is_mine(const struct x_call *call, const struct upload *upload)
{
    return strcmp(upload->platform, call->platform->name) == 0 &&
           strcmp(upload->account, call->account->handle) == 0;
}

static struct upload *session_of(struct x_call *call, const char *id)
{
    struct upload *upload = id ? world_find_upload(call->world, call->platform->name, id) : NULL;

    return upload && is_mine(call, upload) && json_flag(upload->detail, "session") &&
                   !x_has_quirk(call, "forget")
               ? upload
               : NULL;
}

/* The newest upload whose detail has that member with this text. */
static struct upload *with_detail(struct world *world, const char *member, const char *text)
{
    struct upload *upload = world->uploads;

    for (; upload; upload = upload->older) {
        const char *value = json_text(upload->detail, member);

        if (value && strcmp(value, text) == 0 && strcmp(upload->platform, "x") == 0)
            return upload;
    }
    return NULL;
}

static struct upload *piece_of(struct world *world, const char *id, int64_t index)
{
    struct upload *upload = world->uploads;

    for (; upload; upload = upload->older) {
        const char *of = json_text(upload->detail, "piece_of");

        if (of && strcmp(of, id) == 0 && json_integer_or(upload->detail, "index", -1) == index)
            return upload;
    }
    return NULL;
}

/* They come in order, so that the highest number tells how many there are. */
static int64_t pieces_of(const struct world *world, const char *id)
{
    const struct upload *upload = world->uploads;
    int64_t count = 0;

    for (; upload; upload = upload->older) {
        const char *of = json_text(upload->detail, "piece_of");
        const int64_t index = json_integer_or(upload->detail, "index", 0);

        if (of && strcmp(of, id) == 0 && index >= count)
            count = index + 1;
    }
    return count;
}

/* The bytes that an id stands for: of an upload in one request its own, of a session what was
 * finished. */
static struct upload *whole_of(struct x_call *call, const char *id)
{
    struct upload *upload = world_find_upload(call->world, call->platform->name, id);

    if (!upload || !is_mine(call, upload) || json_text(upload->detail, "piece_of"))
        return NULL;
    return json_flag(upload->detail, "session") ? with_detail(call->world, "whole_of", id) : upload;
}

struct upload *x_usable_media(struct x_call *call, const char *id)
{
    struct upload *whole = whole_of(call, id);
    const struct instant now = world_now(call->world);

    if (!whole || json_flag(whole->detail, "fails") || instant_before(now, whole->ready_at) ||
        !instant_before(now, instant_plus(whole->at, span_seconds(USABLE_S))))
        return NULL;
    return whole;
}

const char *x_subtitle_language(const struct world *world, const struct upload *upload)
{
    const char *id = json_text(upload->detail, "whole_of");
    const struct upload *track = world->uploads;

    for (; id && track; track = track->older) {
        const char *of = json_text(track->detail, "subtitles_of");

        if (of && strcmp(of, id) == 0)
            return json_text(track->detail, "language");
    }
    return NULL;
}

const char *x_media_key(const struct upload *upload, struct arena *arena)
{
    const char *whole = json_text(upload->detail, "whole_of");
    const int kind = strncmp(upload->mime, "video/", 6) == 0  ? 7
                     : strcmp(upload->mime, "image/gif") == 0 ? 16
                                                              : 3;

    return arena_printf(arena, "%d_%s", kind, whole ? whole : upload->id);
}

/* ---- in one request ---- */

static bool only_parts(struct x_call *call, const char *known)
{
    for (size_t i = 0; i < call->form.count; i++) {
        const char *mark = arena_printf(call->arena, "|%s|", call->form.items[i].name);

        if (!strstr(known, mark))
            return x_invalid(call, call->form.items[i].name, "", "is not one of the parameters");
    }
    return true;
}

void x_upload(struct x_call *call)
{
    const struct field *file = fields_find(&call->form, "media");
    const char *word = fields_text(&call->form, "media_category"), *mime;
    const struct category *category = category_of(word);
    const struct upload *made;

    if (!only_parts(call, "|media|media_category|additional_owners|"))
        return;
    if (!file || file->length == 0 || !category) {
        (void)x_invalid(call, category ? "media" : "media_category", word ? word : "",
                        "is missing or not one of its values");
        return;
    }
    mime = mime_of(file->value, file->length);
    if (!takes(category, mime) || file->length > category->most || category->processed) {
        (void)x_invalid(call, "media", mime,
                        "is of a type or size that its category does not take");
        return;
    }
    made = world_upload(call->world, call->account, file->value, file->length, mime, NULL,
                        (struct span){0}, json_pack("{s:s}", "category", word));
    x_data(call, 200,
           json_pack("{s:s,s:s,s:I,s:i}", "id", made->id, "media_key",
                     x_media_key(made, call->arena), "size", (json_int_t)made->bytes,
                     "expires_after_secs", USABLE_S));
}

/* ---- in pieces ---- */

void x_initialize(struct x_call *call)
{
    const char *word = json_text(call->input, "media_category");
    const char *type = json_text(call->input, "media_type");
    const int64_t total = json_integer_or(call->input, "total_bytes", 0);
    const struct category *category = category_of(word);
    const struct upload *made;

    if (!x_only(call, "|media_type|media_category|total_bytes|additional_owners|shared|"))
        return;
    if (!category || !type || !takes(category, type) || total < 1 ||
        total > (int64_t)category->most) {
        (void)x_invalid(call, "media_category", word ? word : "",
                        "media_type, media_category and total_bytes do not fit");
        return;
    }
    made = world_upload(call->world, call->account, "", 0, session_mime, NULL, (struct span){0},
                        json_pack("{s:b,s:s,s:s,s:I}", "session", 1, "media_type", type, "category",
                                  word, "total_bytes", (json_int_t)total));
    x_data(call, 200,
           json_pack("{s:s,s:s,s:i}", "id", made->id, "media_key",
                     arena_printf(call->arena, "7_%s", made->id), "expires_after_secs", 1295999));
}

static int64_t index_of(const struct x_call *call)
{
    const char *text = fields_text(&call->form, "segment_index");

    return text && *text && strlen(text) <= 3 && !text[strspn(text, "0123456789")]
               ? strtoll(text, NULL, 10)
               : -1;
}

/* The next piece, or one that came already: a client whose answer was lost sends it again. */
void x_append(struct x_call *call)
{
    const struct upload *session = session_of(call, call->argument);
    const struct field *file = fields_find(&call->form, "media");
    const int64_t index = index_of(call);

    if (!only_parts(call, "|media|segment_index|"))
        return;
    if (!session || with_detail(call->world, "whole_of", session->id)) {
        (void)x_missing(call, call->argument, "media");
        return;
    }
    if (file && file->length > PIECE_MOST) {
        answer_text(call->request, 431, "text/html", "<html>Request Header Fields Too Large</html>",
                    call->answer);
        return;
    }
    if (!file || file->length == 0 || index < 0 || index >= PIECES_MOST ||
        index > pieces_of(call->world, session->id)) {
        (void)x_invalid(call, "segment_index", fields_text(&call->form, "segment_index"),
                        "is out of order");
        return;
    }
    (void)world_upload(call->world, call->account, file->value, file->length, session_mime, NULL,
                       (struct span){0},
                       json_pack("{s:s,s:I}", "piece_of", session->id, "index", (json_int_t)index));
    x_data(call, 200,
           json_pack("{s:I}", "expires_at",
                     (json_int_t)world_now(call->world).ms / 1000 + 1295999));
}

/* All pieces in order; NULL when they are not what was announced. */
static char *join(struct x_call *call, const struct upload *session, int64_t total)
{
    const int64_t count = pieces_of(call->world, session->id);
    char *bytes = arena_alloc(call->arena, (size_t)total + 1);
    int64_t length = 0;

    for (int64_t i = 0; i < count; i++) {
        const struct upload *piece = piece_of(call->world, session->id, i);
        const char *from;
        size_t size;

        if (!piece || length + piece->bytes > total ||
            !world_media(call->world, piece->sha256, call->arena, &from, &size))
            return NULL;
        memcpy(bytes + length, from, size);
        length += piece->bytes;
    }
    return length == total ? bytes : NULL;
}

static const char *state_of(struct x_call *call, const struct upload *whole)
{
    if (instant_before(world_now(call->world), whole->ready_at))
        return "in_progress";
    return json_flag(whole->detail, "fails") ? "failed" : "succeeded";
}

static json_t *processing_of(struct x_call *call, const struct upload *whole)
{
    const char *state = state_of(call, whole);
    json_t *info = json_pack("{s:s}", "state", state);

    if (strcmp(state, "in_progress") == 0) {
        const int64_t left = instant_since(whole->ready_at, world_now(call->world)).ms;

        json_put_integer(info, "check_after_secs", (left + 999) / 1000);
        json_put_integer(info, "progress_percent", 50);
    } else if (strcmp(state, "failed") == 0) {
        json_put_new(info, "error",
                     json_pack("{s:i,s:s,s:s}", "code", 1, "name", "InvalidMedia", "message",
                               "file is currently unsupported"));
    } else {
        json_put_integer(info, "progress_percent", 100);
    }
    return info;
}

static void answer_state(struct x_call *call, const char *id, const struct upload *whole)
{
    json_t *data =
        json_pack("{s:s,s:s,s:I,s:i}", "id", id, "media_key", x_media_key(whole, call->arena),
                  "size", (json_int_t)whole->bytes, "expires_after_secs", USABLE_S);

    if (is_processed(json_text(whole->detail, "category")))
        json_put_new(data, "processing_info", processing_of(call, whole));
    x_data(call, 200, data);
}

void x_finalize(struct x_call *call)
{
    const struct upload *session = session_of(call, call->argument);
    const char *bytes, *mime, *word = session ? json_text(session->detail, "category") : NULL;
    const int64_t total = session ? json_integer_or(session->detail, "total_bytes", 0) : 0;

    if (!session) {
        (void)x_missing(call, call->argument, "media");
        return;
    }
    if (with_detail(call->world, "whole_of", session->id) ||
        !(bytes = join(call, session, total))) {
        (void)x_invalid(call, "id", session->id,
                        "segments do not add up to the file, or it is finalized already");
        return;
    }
    mime = mime_of(bytes, (size_t)total);
    if (strcmp(mime, json_text(session->detail, "media_type")) != 0) {
        (void)x_invalid(call, "id", session->id, "its bytes are not what media_type says");
        return;
    }
    answer_state(call, session->id,
                 world_upload(call->world, call->account, bytes, (size_t)total, mime, NULL,
                              is_processed(word) ? video_processing : (struct span){0},
                              json_pack("{s:s,s:s,s:b}", "whole_of", session->id, "category", word,
                                        "fails", x_has_quirk(call, "fail"))));
}

void x_status(struct x_call *call)
{
    const char *id = fields_text(&call->request->query, "media_id");
    const char *command = fields_text(&call->request->query, "command");
    const struct upload *whole = id && x_is_id(id) ? whole_of(call, id) : NULL;

    if (!id || !x_is_id(id) || (command && strcmp(command, "STATUS") != 0))
        (void)x_invalid(call, id ? "command" : "media_id", id ? id : "", "is not valid");
    else if (!whole || x_has_quirk(call, "forget"))
        (void)x_missing(call, id, "media");
    else
        answer_state(call, id, whole);
}

/* ---- what is said of media ---- */

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

void x_metadata(struct x_call *call)
{
    const char *id = json_text(call->input, "id");
    json_t *metadata = json_object_get(call->input, "metadata");
    const char *alt = json_text(json_object_get(metadata, "alt_text"), "text");
    struct upload *whole = id && x_is_id(id) ? whole_of(call, id) : NULL;

    if (!x_only(call, "|id|metadata|"))
        return;
    if (!alt || characters(alt) > X_ALT_MOST)
        (void)x_invalid(call, "metadata.alt_text.text", "", "is missing or too long");
    else if (!whole)
        (void)x_missing(call, id ? id : "", "media");
    else {
        world_describe(call->world, whole, alt);
        x_data(call, 200,
               json_pack("{s:s,s:{s:{s:s}}}", "id", id, "associated_metadata", "alt_text", "text",
                         alt));
    }
}

static bool is_language(const char *text)
{
    return text && strlen(text) == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' &&
           text[1] <= 'Z';
}

static bool is_category(const struct upload *upload, const char *word)
{
    const char *category = upload ? json_text(upload->detail, "category") : NULL;

    return category && strcmp(category, word) == 0;
}

void x_subtitles(struct x_call *call)
{
    const char *id = json_text(call->input, "id");
    json_t *track = json_object_get(call->input, "subtitles");
    const char *track_id = json_text(track, "id"), *language = json_text(track, "language_code");
    const char *category = json_text(call->input, "media_category");

    if (!x_only(call, "|id|media_category|subtitles|"))
        return;
    if (!category || strcmp(category, "TweetVideo") != 0 || !is_language(language) || !id ||
        !track_id)
        (void)x_invalid(call, "subtitles", language ? language : "",
                        "media_category TweetVideo and a language of two capitals are needed");
    else if (!is_category(whole_of(call, id), "tweet_video"))
        (void)x_missing(call, id, "media");
    else if (!is_category(whole_of(call, track_id), "subtitles"))
        (void)x_missing(call, track_id, "media");
    else {
        (void)world_upload(call->world, call->account, "", 0, session_mime, NULL, (struct span){0},
                           json_pack("{s:s,s:s,s:s}", "subtitles_of", id, "track", track_id,
                                     "language", language));
        x_data(call, 200,
               json_pack("{s:s,s:s,s:{s:O}}", "id", id, "media_category", category,
                         "associated_subtitles", "subtitles", track));
    }
}

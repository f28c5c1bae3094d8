/* What each platform answers to each request when all goes well, by the machine's own word for
 * where it stands. Only what the machine reads is in an answer. Sources: the same documentation as
 * each adapter's.
 *
 * In an answer %WORD(ARGUMENT) is filled in:
 *   %new(NOUN)       an id that the platform gives out here
 *   %same            the newest of these once more
 *   %kept(MEMBER)    what the machine has kept; of a list the first
 *   %mime %bytes     of the file that the request carries
 *   %total           bytes of the post's first file
 *   %uri             of the post's own record, and %parent and %root of those that it answers
 *   %source(NOUN)    an address on the web that the platform lends
 *   %address(TEXT)   an address of that platform, below which it gives out one for an upload
 *   %end             the last byte that the request carried
 */
#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "platform/walk.h"

static const struct row {
    const char *platform, *doing, *state; /* doing NULL = publish; state "" = none */
    bool of_video;                        /* only where the request carries a video */
    int status;
    const char *body;
    const char *header, *value; /* or NULL */
} rows[] = {
    {"bluesky", NULL, "answering",
     .body = "{\"uri\":\"%parent\",\"cid\":\"%new(cid of its parent)\","
             "\"value\":{\"reply\":{\"root\":{\"uri\":\"%root\","
             "\"cid\":\"%new(cid of the first)\"}}}}"},
    {"bluesky", NULL, "uploading",
     .body = "{\"blob\":{\"$type\":\"blob\",\"ref\":{\"$link\":\"%new(blob)\"},"
             "\"mimeType\":\"%mime\",\"size\":%bytes}}"},
    {"bluesky", NULL, "publishing", .body = "{\"uri\":\"%uri\",\"cid\":\"%new(cid)\"}"},
    {"bluesky", NULL, "answered", .body = "{\"cid\":\"%kept(cid)\",\"value\":{}}"},

    {"facebook", NULL, "uploading", .body = "{\"id\":\"%new(photo id)\"}"},
    {"facebook", NULL, "starting",
     .body = "{\"video_id\":\"%new(video id)\",\"upload_session_id\":\"%new(upload session id)\","
             "\"start_offset\":\"0\",\"end_offset\":\"%total\","
             "\"upload_url\":\"%address(rupload.facebook.com/video-upload/v25.0/)\"}"},
    {"facebook", NULL, "sending",
     .body = "{\"success\":true,\"start_offset\":\"%total\",\"end_offset\":\"%total\"}"},
    {"facebook", NULL, "processing", .body = "{\"status\":{\"video_status\":\"upload_complete\"}}"},
    {"facebook", NULL, "publishing",
     .body = "{\"id\":\"%new(post id)\",\"post_id\":\"%same\",\"success\":true}"},
    {"facebook", NULL, "answered",
     .body = "{\"id\":\"%kept(id)\",\"post_id\":\"%same\",\"published\":true,"
             "\"data\":[{\"media_id\":\"%kept(photos)\"}],"
             "\"status\":{\"video_status\":\"ready\"}}"},
    {"facebook", "thumbnail", "", .body = "{\"success\":true}"},
    {"facebook", "captions", "", .body = "{\"success\":true}"},
    {"facebook", "first_comment", "commenting", .body = "{\"id\":\"%new(comment id)\"}"},

    {"instagram", NULL, "photo", .body = "{\"id\":\"%new(photo id)\"}"},
    {"instagram", NULL, "address",
     .body = "{\"images\":[{\"width\":1,\"source\":\"%source(address of photo)\"}]}"},
    {"instagram", NULL, "creating",
     .body = "{\"id\":\"%new(container id)\","
             "\"uri\":\"%address(rupload.facebook.com/ig-api-upload/v25.0/)\"}"},
    {"instagram", NULL, "uploading", .body = "{\"success\":true}"},
    {"instagram", NULL, "processing", .body = "{\"status_code\":\"FINISHED\"}"},
    {"instagram", NULL, "publishing", .body = "{\"id\":\"%new(post id)\"}"},
    {"instagram", NULL, "answered", .body = "{\"id\":\"%kept(id)\"}"},
    {"instagram", "first_comment", "commenting", .body = "{\"id\":\"%new(comment id)\"}"},

    {"mastodon", NULL, "uploading", .of_video = true, .status = 202,
     .body = "{\"id\":\"%new(media id)\"}"},
    {"mastodon", NULL, "uploading", .body = "{\"id\":\"%new(media id)\"}"},
    {"mastodon", NULL, "processing", .body = "{\"id\":\"%same\"}"},
    {"mastodon", NULL, "publishing", .body = "{\"id\":\"%new(post id)\"}"},
    {"mastodon", NULL, "answered", .body = "{\"id\":\"%kept(id)\"}"},
    {"mastodon", NULL, "comparing", .body = "{\"text\":\"\"}"},

    {"telegram", NULL, "sending",
     .body = "{\"ok\":true,\"result\":{\"message_id\":%new(message id),\"chat\":{\"id\":-1}}}"},

    {"threads", NULL, "photo", .body = "{\"id\":\"%new(photo id)\"}"},
    {"threads", NULL, "address",
     .body = "{\"images\":[{\"width\":1,\"source\":\"%source(address of photo)\"}]}"},
    {"threads", NULL, "creating", .body = "{\"id\":\"%new(container id)\"}"},
    {"threads", NULL, "processing", .body = "{\"status\":\"FINISHED\"}"},
    {"threads", NULL, "publishing", .body = "{\"id\":\"%new(post id)\"}"},
    {"threads", NULL, "answered", .body = "{\"id\":\"%kept(id)\"}"},

    {"webhook", NULL, "posting", .body = "{}"},

    {"x", NULL, "uploading", .body = "{\"data\":{\"id\":\"%new(media id)\"}}"},
    {"x", NULL, "starting", .body = "{\"data\":{\"id\":\"%new(media id)\"}}"},
    {"x", NULL, "appending", .body = "{}"},
    {"x", NULL, "finishing",
     .body = "{\"data\":{\"id\":\"%kept(now)\",\"processing_info\":{\"state\":\"pending\"}}}"},
    {"x", NULL, "processing",
     .body = "{\"data\":{\"id\":\"%kept(now)\",\"processing_info\":{\"state\":\"succeeded\"}}}"},
    {"x", NULL, "describing", .body = "{}"},
    {"x", NULL, "captioning", .body = "{\"data\":{\"id\":\"%new(subtitles id)\"}}"},
    {"x", NULL, "attaching", .body = "{}"},
    {"x", NULL, "publishing", .body = "{\"data\":{\"id\":\"%new(post id)\"}}"},
    {"x", NULL, "answered", .body = "{\"data\":{\"id\":\"%kept(id)\"}}"},

    {"youtube", NULL, "opening", .body = "", .header = "Location",
     .value = "%address(www.googleapis.com/upload/youtube/v3/videos?uploadType=resumable&"
              "upload_id=)"},
    {"youtube", NULL, "uploading", .status = 308, .body = "", .header = "Range",
     .value = "bytes=0-%end"},
    {"youtube", NULL, "publishing",
     .body = "{\"kind\":\"youtube#video\",\"id\":\"%new(video id)\"}"},
    {"youtube", NULL, "answered",
     .body = "{\"items\":[{\"id\":\"%kept(id)\",\"status\":{\"uploadStatus\":\"processed\"}}]}"},
    {"youtube", "thumbnail", "setting", .body = "{}"},
    {"youtube", "captions", "opening", .body = "", .header = "Location",
     .value = "%address(www.googleapis.com/upload/youtube/v3/captions?uploadType=resumable&"
              "upload_id=)"},
    {"youtube", "captions", "sending", .body = "{\"id\":\"%new(captions id)\"}"},
    {"youtube", "playlist", "looking", .body = "{\"items\":[]}"},
    {"youtube", "playlist", "adding", .body = "{\"id\":\"%new(playlist item id)\"}"},
};

/* ---- the file that a request carries ---- */

static const char *file_of(const struct http_request *request)
{
    for (size_t i = 0; i < request->part_count; i++) {
        if (request->parts[i].file_sha256)
            return request->parts[i].file_sha256;
    }
    return request->file_sha256;
}

static const struct medium *carried(const struct walk_asks *asks)
{
    const char *sha256 = file_of(asks->request);

    return sha256 ? job_medium(asks->job, sha256) : NULL;
}

static bool carries_video(const struct walk_asks *asks)
{
    const struct medium *medium = carried(asks);

    return medium && strncmp(medium->mime, "video/", strlen("video/")) == 0;
}

/* ---- what is filled in ---- */

static const char *fill_new(struct walk *walk, const struct walk_asks *asks, const char *noun)
{
    (void)asks;
    return walk_new(walk, noun, true);
}

static const char *fill_same(struct walk *walk, const struct walk_asks *asks, const char *unused)
{
    (void)asks;
    (void)unused;
    return walk->stand_in_count ? walk->stand_ins[walk->stand_in_count - 1].stands : "";
}

static const char *fill_kept(struct walk *walk, const struct walk_asks *asks, const char *member)
{
    const json_t *value = json_object_get(asks->at->kept, member);
    const char *kept = json_string_value(json_is_array(value) ? json_array_get(value, 0) : value);

    (void)walk;
    return kept ? kept : "";
}

static const char *fill_mime(struct walk *walk, const struct walk_asks *asks, const char *unused)
{
    const struct medium *medium = carried(asks);

    (void)walk;
    (void)unused;
    return medium ? medium->mime : "";
}

static const char *number(struct walk *walk, int64_t value)
{
    return arena_printf(walk->arena, "%" PRId64, value);
}

static const char *fill_bytes(struct walk *walk, const struct walk_asks *asks, const char *unused)
{
    const struct medium *medium = carried(asks);

    (void)unused;
    return number(walk, medium ? medium->bytes : 0);
}

static const char *fill_total(struct walk *walk, const struct walk_asks *asks, const char *unused)
{
    const struct content *content = asks->job->content;
    const struct medium *medium =
        content->media_count ? job_medium(asks->job, content->media[0].sha256) : NULL;

    (void)unused;
    return number(walk, medium ? medium->bytes : 0);
}

static const char *fill_end(struct walk *walk, const struct walk_asks *asks, const char *unused)
{
    (void)unused;
    return number(walk, asks->request->file_offset + asks->request->file_length - 1);
}

static const char *record_uri(struct walk *walk, const struct walk_asks *asks, const char *key)
{
    return arena_printf(walk->arena, "at://%s/app.bsky.feed.post/%s", asks->job->identity.remote_id,
                        key);
}

static const char *fill_uri(struct walk *walk, const struct walk_asks *asks, const char *unused)
{
    (void)unused;
    return record_uri(walk, asks, asks->job->delivery->record_key);
}

static const char *fill_parent(struct walk *walk, const struct walk_asks *asks, const char *unused)
{
    (void)walk;
    (void)unused;
    return asks->job->parent_id;
}

/* Of a first answer the parent is the root. */
static const char *fill_root(struct walk *walk, const struct walk_asks *asks, const char *unused)
{
    (void)unused;
    return asks->job->root_id == asks->job->parent_id ? asks->job->parent_id
                                                      : record_uri(walk, asks, asks->job->root_id);
}

static const char *fill_source(struct walk *walk, const struct walk_asks *asks, const char *noun)
{
    const char *id = walk_new(walk, noun, true);
    struct stand_in *made = &walk->stand_ins[walk->stand_in_count - 1];

    (void)asks;
    made->stands = arena_printf(walk->arena, "https://photo.invalid/%s", id);
    return made->stands;
}

/* "host/path": below its base_url where the account is no live one. */
static const char *fill_address(struct walk *walk, const struct walk_asks *asks, const char *text)
{
    const struct account *account = asks->job->account;
    const char *id = walk_new(walk, "upload", true);

    return account->base_url
               ? arena_printf(walk->arena, "%s%s%s", account->base_url, strchr(text, '/'), id)
               : arena_printf(walk->arena, "https://%s%s", text, id);
}

static const struct filling {
    const char *word;
    const char *(*fill)(struct walk *walk, const struct walk_asks *asks, const char *argument);
} fillings[] = {
    {"new", fill_new},   {"same", fill_same},     {"kept", fill_kept},
    {"mime", fill_mime}, {"bytes", fill_bytes},   {"total", fill_total},
    {"end", fill_end},   {"uri", fill_uri},       {"parent", fill_parent},
    {"root", fill_root}, {"source", fill_source}, {"address", fill_address},
};

/* Of "%new(photo id)": what is filled in; *at moves behind it. */
static const char *filled(struct walk *walk, const struct walk_asks *asks, const char **at)
{
    const size_t length = strspn(*at + 1, "abcdefghijklmnopqrstuvwxyz");
    const char *word = *at + 1, *open = word + length, *argument = "";

    *at = open;
    if (*open == '(') {
        const char *close = strchr(open, ')');

        argument = arena_text_n(walk->arena, open + 1, (size_t)(close - open - 1));
        *at = close + 1;
    }
    for (size_t i = 0; i < COUNT_OF(fillings); i++) {
        if (strlen(fillings[i].word) == length && memcmp(fillings[i].word, word, length) == 0)
            return fillings[i].fill(walk, asks, argument);
    }
    return "";
}

static const char *expand(struct walk *walk, const struct walk_asks *asks, const char *text)
{
    struct buffer out;
    const char *made;

    buffer_init(&out, JSON_MAX_BYTES);
    while (*text) {
        if (*text == '%')
            buffer_text(&out, filled(walk, asks, &text));
        else
            buffer_char(&out, *text++);
    }
    made = arena_text_n(walk->arena, out.bytes, out.length);
    buffer_clear(&out);
    return made;
}

/* ---- the answer ---- */

static bool is_there(const struct row *row, const struct walk_asks *asks)
{
    return strcmp(row->platform, asks->adapter->name) == 0 &&
           strcmp(row->doing ? row->doing : "publish", asks->doing) == 0 &&
           strcmp(row->state, asks->at->state ? asks->at->state : "") == 0 &&
           (!row->of_video || carries_video(asks));
}

bool walk_answer(struct walk *walk, const struct walk_asks *asks, struct http_reply *reply)
{
    const struct row *row = rows, *end = rows + COUNT_OF(rows);
    struct header *header;

    while (row < end && !is_there(row, asks))
        row++;
    if (row == end)
        return false;
    *reply = (struct http_reply){.fate = FATE_ANSWERED,
                                 .status = row->status ? row->status : 200,
                                 .body = expand(walk, asks, row->body),
                                 .date = INSTANT_NONE,
                                 .received = asks->job->delivery->intent,
                                 .tokens_until = INSTANT_NONE};
    reply->body_length = strlen(reply->body);
    if (!row->header)
        return true;
    header = arena_alloc(walk->arena, sizeof *header);
    *header = (struct header){row->header, expand(walk, asks, row->value)};
    reply->headers = header;
    reply->header_count = 1;
    return true;
}

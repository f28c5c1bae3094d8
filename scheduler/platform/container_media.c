/* How a file gets to a platform that fetches from the web: which ways the account has, the address
 * on the department's own web server, and the Page's photo whose address is lent for it. */
#include "platform/container.h"

#include <string.h>

#include "base/i18n.h"

enum { MOST_ADDRESS = 2048 };

static const char *const page_or_server[] = {"page_id", "media_url", NULL};
static const char *const server[] = {"media_url", NULL};
const struct file_way container_picture_ways[] = {{"image/", page_or_server}, {NULL, NULL}};
const struct file_way container_file_ways[] = {{"image/", page_or_server},
                                               {"video/", server},
                                               {NULL, NULL}};

bool container_is_video(const struct job *job, const struct medium *medium)
{
    return medium && mime_is_video(job_mime(job, medium->sha256));
}

const char *container_media_type(const struct job *job)
{
    const struct content *content = job->content;

    if (content->media_count == 0)
        return "TEXT_POST";
    if (content->media_count > 1)
        return "CAROUSEL_ALBUM";
    return container_is_video(job, &content->media[0]) ? "VIDEO" : "IMAGE";
}

bool container_has_files(const struct job *job, const json_t *post)
{
    const json_t *children = json_object_get(json_object_get(post, "children"), "data");

    return !children || json_array_size(children) == job->content->media_count;
}

static const char *extension_of(const char *mime)
{
    static const struct {
        const char *mime, *extension;
    } known[] = {{"image/jpeg", "jpg"},
                 {"image/png", "png"},
                 {"video/mp4", "mp4"},
                 {"video/quicktime", "mov"}};

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (strcmp(known[i].mime, mime) == 0)
            return known[i].extension;
    }
    return "bin";
}

/* Meta takes addresses in plain ASCII only. */
bool container_can_fetch(const char *text, bool live)
{
    if (!text || strlen(text) > MOST_ADDRESS ||
        strncmp(text, live ? "https://" : "http", live ? 8 : 4) != 0)
        return false;
    for (; *text; text++) {
        if (*text <= ' ' || *text > '~' || strchr("\"<>\\", *text))
            return false;
    }
    return true;
}

/* On the department's own web server. NULL: it has none for this. */
const char *container_own_address(const struct job *job, const struct medium *medium,
                                  struct arena *arena)
{
    const char *folder = account_option(job->account, "media_url");
    size_t length = folder ? strlen(folder) : 0;

    while (length > 0 && folder[length - 1] == '/')
        length--;
    return length == 0 ? NULL
                       : arena_printf(arena, "%.*s/%s.%s", (int)length, folder, medium->sha256,
                                      extension_of(job_mime(job, medium->sha256)));
}

static bool has_page(const struct job *job)
{
    return account_option(job->account, "page_id") || !job->account->live;
}

static bool file_has_way(const struct container_platform *platform, const struct job *job,
                         const struct medium *medium, const char **why)
{
    const char *folder = account_option(job->account, "media_url");

    if (folder)
        *why = container_can_fetch(folder, job->account->live)
                   ? NULL
                   : _("The account's media_url in crier.cfg is not an https address in plain "
                       "letters, so the platform could not fetch the file.");
    else if (container_is_video(job, medium))
        *why = platform->video_fields ? NULL
                                      : _("This platform fetches videos from the web only: the "
                                          "account needs media_url in crier.cfg.");
    else
        *why = has_page(job) ? NULL
                             : _("This platform fetches pictures from the web only: the account "
                                 "needs page_id (a Facebook Page) or media_url in crier.cfg.");
    return !*why;
}

bool container_takes(const struct container_platform *platform, const struct job *job,
                     const char **why)
{
    if (job->content->media_count > CONTAINER_MOST_MEDIA) {
        *why = _("The platform does not take so many files in one post.");
        return false;
    }
    for (size_t i = 0; i < job->content->media_count; i++) {
        if (!file_has_way(platform, job, &job->content->media[i], why))
            return false;
    }
    return true;
}

/* ---- the Page's photo ---- */

/* The Page is the one of `page_id`, or the one whose token it is. */
struct http_request container_photo(const struct container_platform *platform,
                                    const struct job *job, const struct medium *medium,
                                    size_t number, struct arena *arena)
{
    const char *page = account_option(job->account, "page_id");
    const char *mime = job_mime(job, medium->sha256);
    struct form_part *parts = arena_array(arena, 2, sizeof *parts);

    parts[0] = (struct form_part){.name = "published", .value = "false"};
    parts[1] = (struct form_part){.name = "source",
                                  .file_sha256 = arena_text(arena, medium->sha256),
                                  .mime = mime,
                                  .filename = arena_printf(arena, "medium-%zu.%s", number,
                                                           extension_of(mime))};
    return (struct http_request){.method = "POST",
                                 .path = arena_printf(arena, "/" GRAPH_VERSION "/%s/photos",
                                                      graph_id_usable(page) ? page : "me"),
                                 .host = platform->page_host,
                                 .parts = parts,
                                 .part_count = 2,
                                 .kind = REQUEST_UPLOAD,
                                 .signing = "bearer",
                                 .signer = "page_token"};
}

struct http_request container_photo_address(const struct container_platform *platform,
                                            const char *photo, struct arena *arena)
{
    static const struct form_field query[] = {{"fields", "images"}, {NULL, NULL}};
    struct http_request request =
        graph_get(arena_printf(arena, "/" GRAPH_VERSION "/%s", photo), query, arena);

    request.host = platform->page_host;
    request.signer = "page_token";
    return request;
}

/* {"images":[{"height","source","width"},...]}, in no order that is promised. */
const char *container_widest(const json_t *images)
{
    const char *source = NULL;
    int64_t width = 0;

    for (size_t i = 0; i < json_array_size(images); i++) {
        const json_t *image = json_array_get(images, i);

        if (json_integer_or(image, "width", 0) > width && json_text(image, "source")) {
            width = json_integer_or(image, "width", 0);
            source = json_text(image, "source");
        }
    }
    return source;
}

#include "sandbox/container.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/session.h"
#include "sandbox/sniff.h"

static const struct span container_life = {86400000};
static const struct span address_life = {3600000};

/* ---- who asks ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool read_fields(struct container_call *call)
{
    size_t i;

    if (call->request->body.length > 0 && !form_read_body(call->request, call->arena, &call->form))
        return false;
    for (i = 0; i < call->request->query.count; i++)
        fields_add(&call->form, call->request->query.items[i].name,
                   call->request->query.items[i].value, call->arena);
    return true;
}

static void know_kind_of_token(struct container_call *call, const char *handle)
{
    call->token = begins(handle, "page-")   ? TOKEN_PAGE
                  : begins(handle, "user-") ? TOKEN_USER
                                            : TOKEN_BOTH;
    handle += call->token == TOKEN_BOTH ? 0 : 5;
    call->account = call->request->account =
        world_account(call->world, call->platform->name, handle);
}

/* A token that the platform itself gave. False with the answer written: it has ended. */
static bool know_session(struct container_call *call, const struct session *session)
{
    call->account = call->request->account =
        world_find_account(call->world, call->platform->name, session->account);
    if (instant_before(world_now(call->world), session->access_until))
        return true;
    graph_no_token(call->request, call->answer);
    return false;
}

static bool know_asker(struct container_call *call, bool upload_host)
{
    const char *token = graph_token(call->request, &call->form, upload_host);
    const struct session *session =
        token ? session_of_access(call->world, call->platform->name, token) : NULL;
    const char *handle =
        token && !session ? world_handle_of(call->world, token, call->arena) : NULL;

    if (session)
        return know_session(call, session);
    if (handle)
        know_kind_of_token(call, handle);
    else if (!graph_asker(call->world, call->request, call->platform->name, &call->form,
                          upload_host, call->answer))
        return false;
    return true;
}

struct container_call container_receive(const struct platform *platform, struct world *world,
                                        struct request *request, struct answer *answer)
{
    return (struct container_call){.platform = platform,
                                   .world = world,
                                   .request = request,
                                   .answer = answer,
                                   .arena = &request->arena,
                                   .base = platform_base(platform, request)};
}

bool container_begin(struct container_call *call, bool upload_host)
{
    if (!upload_host && !read_fields(call)) {
        graph_invalid(call->request, "The request body cannot be read", call->answer);
        return false;
    }
    return know_asker(call, upload_host) &&
           graph_is_current(call->request, &call->form, call->answer);
}

const char *container_field(const struct container_call *call, const char *name)
{
    return fields_text(&call->form, name);
}

bool container_wants(const struct container_call *call, const char *field)
{
    const char *fields = container_field(call, "fields");
    const char *at = fields ? strstr(fields, field) : NULL;

    while (at && ((at != fields && at[-1] != ',') || !strchr(",{", at[strlen(field)])))
        at = strstr(at + 1, field);
    return at != NULL;
}

size_t container_code_points(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

void container_answer_id(struct container_call *call, const char *id)
{
    answer_json(call->request, 200, json_pack("{s:s}", "id", id), call->answer);
}

void container_refuse(struct container_call *call, int status, int code, int subcode,
                      const char *message)
{
    const struct graph_fault fault = {
        .status = status, .code = code, .subcode = subcode, .message = message};

    graph_refuse(call->request, &fault, call->answer);
}

/* ---- files ---- */

static const struct {
    const char *mime, *extension;
} endings[] = {
    {"image/jpeg", "jpg"}, {"image/png", "png"}, {"video/quicktime", "mov"}, {"video/mp4", "mp4"}};

static const char *extension_of(const char *mime)
{
    size_t i;

    for (i = 0; i < COUNT_OF(endings); i++)
        if (strcmp(endings[i].mime, mime) == 0)
            return endings[i].extension;
    return "bin";
}

static int64_t number_at(const char *bytes)
{
    return (unsigned char)bytes[0] << 8 | (unsigned char)bytes[1];
}

bool container_jpeg_size(const char *bytes, size_t length, int64_t *width, int64_t *height)
{
    size_t at = 2;

    while (at + 9 <= length && bytes[at] == '\xff') {
        unsigned char marker = (unsigned char)bytes[at + 1];

        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
            marker != 0xcc) {
            *height = number_at(bytes + at + 5);
            *width = number_at(bytes + at + 7);
            return true;
        }
        at += 2 + (size_t)number_at(bytes + at + 2);
    }
    return false;
}

/* "64 hex digits.EXT": the digits, and the type that the ending says. */
static const char *name_of_file(const char *address, struct arena *arena, const char **mime)
{
    const char *slash = strrchr(address, '/'), *name = slash ? slash + 1 : address;
    size_t length = strspn(name, "0123456789abcdef"), i;

    for (i = 0; i < COUNT_OF(endings); i++) {
        const char *extension = endings[i].extension;
        size_t wide = strlen(extension);

        if (length == DIGEST_HEX - 1 && name[length] == '.' &&
            strncmp(name + length + 1, extension, wide) == 0 &&
            (name[length + 1 + wide] == '\0' || name[length + 1 + wide] == '?')) {
            *mime = endings[i].mime;
            return arena_text_n(arena, name, length);
        }
    }
    return NULL;
}

static struct upload *upload_of_bytes(struct world *world, const char *platform, const char *sha256)
{
    struct upload *upload = world->uploads;

    while (upload &&
           (strcmp(upload->sha256, sha256) != 0 || strcmp(upload->platform, platform) != 0))
        upload = upload->older;
    return upload;
}

static bool has_ended(struct container_call *call, const char *address)
{
    const char *end = strstr(address, "?oe=");

    return !end || strtoll(end + 4, NULL, 10) * 1000 < world_now(call->world).ms;
}

bool container_fetch(struct container_call *call, const char *address, struct medium *medium)
{
    const char *mime = NULL, *sha256 = name_of_file(address, call->arena, &mime);
    const char *ours = arena_printf(call->arena, "%s/fbcdn/", call->base);
    const bool is_ours = begins(address, ours);
    struct upload *upload =
        sha256 && is_ours ? upload_of_bytes(call->world, call->platform->name, sha256) : NULL;

    if (!sha256 || (!begins(address, "https://") && !begins(address, "http://")) ||
        (is_ours && (!upload || has_ended(call, address))))
        return false;
    *medium = upload ? (struct medium){.sha256 = upload->sha256,
                                       .mime = upload->mime,
                                       .bytes = upload->bytes}
                     : (struct medium){.sha256 = sha256, .mime = mime};
    return true;
}

/* ---- containers ---- */

const char *container_word(enum container_state state)
{
    static const char *const words[] = {
        [CONTAINER_IN_PROGRESS] = "IN_PROGRESS", [CONTAINER_FINISHED] = "FINISHED",
        [CONTAINER_PUBLISHED] = "PUBLISHED",     [CONTAINER_ERROR] = "ERROR",
        [CONTAINER_EXPIRED] = "EXPIRED",
    };

    return words[state];
}

bool container_take_children(struct container_call *call,
                             bool (*take)(struct container_call *call, const char *id,
                                          json_t *children),
                             json_t *children)
{
    const char *list = container_field(call, "children");

    while (list && *list) {
        size_t length = strcspn(list, ",");

        if (!take(call, arena_text_n(call->arena, list, length), children))
            return false;
        list += length + (list[length] == ',');
    }
    return true;
}

struct upload *container_make(struct container_call *call, const char *kind, json_t *detail,
                              const struct medium *medium, const char *flaw, struct span processing)
{
    json_put(detail, "container", kind);
    if (flaw)
        json_put(detail, "flaw", flaw);
    if (medium) {
        json_put(detail, "sha256", medium->sha256);
        json_put(detail, "mime", medium->mime);
        json_put_integer(detail, "bytes", medium->bytes);
    }
    return world_upload(call->world, call->account, "", 0, "application/octet-stream", NULL,
                        processing, detail);
}

struct upload *container_of(const struct container_call *call, const char *id)
{
    struct upload *upload = id ? world_find_upload(call->world, call->platform->name, id) : NULL;

    return upload && json_text(upload->detail, "container") &&
                   strcmp(upload->account, call->account->handle) == 0
               ? upload
               : NULL;
}

static const struct post *post_of_container(const struct world *world, const struct upload *of)
{
    const struct post *post = world->posts;
    const char *id;

    while (post && (!(id = json_text(post->detail, "container")) || strcmp(id, of->id) != 0 ||
                    strcmp(post->platform, of->platform) != 0))
        post = post->older;
    return post;
}

static bool is_resumable(const struct upload *container)
{
    return json_text(container->detail, "video") != NULL;
}

static struct instant ready_at(const struct container_call *call, const struct upload *container,
                               bool *arrived)
{
    const struct upload *whole =
        is_resumable(container) ? graph_video_whole(call->world, container) : container;

    *arrived = whole != NULL;
    return whole ? whole->ready_at : INSTANT_NONE;
}

enum container_state container_state_of(const struct container_call *call,
                                        const struct upload *container)
{
    const struct instant now = world_now(call->world);
    bool arrived;
    const struct instant ready = ready_at(call, container, &arrived);

    if (post_of_container(call->world, container))
        return CONTAINER_PUBLISHED;
    if (!instant_before(now, instant_plus(container->at, container_life)))
        return CONTAINER_EXPIRED;
    if (!arrived || instant_before(now, ready))
        return CONTAINER_IN_PROGRESS;
    return json_text(container->detail, "flaw") ? CONTAINER_ERROR : CONTAINER_FINISHED;
}

static struct medium medium_of(const struct container_call *call, const struct upload *container)
{
    const struct upload *whole =
        is_resumable(container) ? graph_video_whole(call->world, container) : NULL;
    const json_t *detail = container->detail;

    if (whole)
        return (struct medium){.sha256 = whole->sha256,
                               .mime = whole->mime,
                               .alt = json_text(detail, "alt_text"),
                               .bytes = whole->bytes};
    return (struct medium){.sha256 = json_text(detail, "sha256"),
                           .mime = json_text(detail, "mime"),
                           .alt = json_text(detail, "alt_text"),
                           .bytes = json_integer_or(detail, "bytes", 0)};
}

size_t container_media(const struct container_call *call, const struct upload *container,
                       struct medium *media, size_t most)
{
    const json_t *children = json_object_get(container->detail, "children");
    size_t count = 0, i;

    for (i = 0; i < json_array_size(children) && count < most; i++) {
        const struct upload *child =
            container_of(call, json_string_value(json_array_get(children, i)));

        if (child)
            media[count++] = medium_of(call, child);
    }
    if (!children && (json_text(container->detail, "sha256") || is_resumable(container)))
        media[count++] = medium_of(call, container);
    return count;
}

/* ---- posts ---- */

static bool is_own(const struct container_call *call, const struct post *post)
{
    return strcmp(post->platform, call->platform->name) == 0 &&
           strcmp(post->account, call->account->handle) == 0;
}

int64_t container_posts_of_a_day(const struct container_call *call, container_filter is_meant)
{
    const struct instant since = instant_minus(world_now(call->world), container_life);
    const struct post *post;
    int64_t count = 0;

    for (post = call->world->posts; post; post = post->older)
        count += is_own(call, post) && instant_before(since, post->at) &&
                 (!is_meant || is_meant(call, post));
    return count;
}

struct post *container_post(const struct container_call *call, const char *id)
{
    struct post *post = id ? world_find_post(call->world, call->platform->name, id) : NULL;

    return post && strcmp(post->account, call->account->handle) == 0 &&
                   instant_is_none(post->deleted_at)
               ? post
               : NULL;
}

static json_t *children_json(struct container_call *call, const struct post *post)
{
    json_t *data = json_array();
    size_t i;

    for (i = 0; i < post->media_count; i++)
        json_array_append_new(data, json_pack("{s:s}", "id",
                                              arena_printf(call->arena, "%s%zu", post->id, i)));
    return json_pack("{s:o}", "data", data);
}

json_t *container_post_json(struct container_call *call, const struct post *post, const char *text,
                            const char *media_type, const char *permalink)
{
    json_t *body = json_pack("{s:s}", "id", post->id);

    if (container_wants(call, text) && *post->text)
        json_put(body, text, post->text);
    if (container_wants(call, "media_type"))
        json_put(body, "media_type", media_type);
    if (container_wants(call, "permalink"))
        json_put(body, "permalink", permalink);
    if (container_wants(call, "shortcode"))
        json_put(body, "shortcode", post->id);
    if (container_wants(call, "timestamp"))
        json_put(body, "timestamp", graph_date(post->at, call->arena));
    if (container_wants(call, "children") && post->media_count > 1)
        json_put_new(body, "children", children_json(call, post));
    return body;
}

void container_list(struct container_call *call, container_filter is_meant,
                    json_t *(*show)(struct container_call *call, const struct post *post))
{
    const char *limit = container_field(call, "limit"), *since = container_field(call, "since");
    const size_t most = limit ? (size_t)strtoul(limit, NULL, 10) : 25;
    json_t *data = json_array();
    const struct post *post;

    for (post = call->world->posts; post && json_array_size(data) < most; post = post->older)
        if (is_own(call, post) && instant_is_none(post->deleted_at) &&
            (!since || post->at.ms / 1000 >= strtoll(since, NULL, 10)) && is_meant(call, post))
            json_array_append_new(data, show(call, post));
    answer_json(call->request, 200,
                json_pack("{s:o,s:{s:{s:s,s:s}}}", "data", data, "paging", "cursors", "before", "b",
                          "after", "a"),
                call->answer);
}

/* ---- edges ---- */

bool container_serve_edge(struct container_call *call, const struct container_edge *edges,
                          size_t count, const char *path)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(edges[i].path, path) == 0 &&
            strcmp(edges[i].method, call->request->method) == 0) {
            edges[i].serve(call);
            return true;
        }
    return false;
}

/* ---- the Page's photos ---- */

static void take_photo(struct container_call *call)
{
    const struct field *file = fields_find(&call->form, "source");
    const char *published = container_field(call, "published");
    const char *mime = file && file->filename
                           ? sniff_mime(file->value, file->length, SNIFF_JPEG | SNIFF_PNG)
                           : NULL;
    const struct upload *upload;

    if (call->token == TOKEN_USER) {
        container_refuse(call, 403, 200, 0,
                         "(#200) Unpublished posts must be posted to a page as the page itself.");
        return;
    }
    if (!published || strcmp(published, "false") != 0) {
        graph_invalid(call->request, "SANDBOX: only unpublished photos are taken here",
                      call->answer);
        return;
    }
    if (!mime) {
        container_refuse(call, 400, 324, 2069019, "(#324) Missing or invalid image file");
        return;
    }
    upload = world_upload(call->world, call->account, file->value, file->length, mime, NULL,
                          (struct span){0}, json_pack("{s:b}", "photo", 1));
    answer_json(call->request, 200, json_pack("{s:s}", "id", upload->id), call->answer);
}

static json_t *image_json(struct container_call *call, const struct upload *photo, int64_t width,
                          int64_t height)
{
    const int64_t end = instant_plus(world_now(call->world), address_life).ms / 1000;

    return json_pack("{s:I,s:s,s:I}", "height", (json_int_t)height, "source",
                     arena_printf(call->arena, "%s/fbcdn/%s.%s?oe=%" PRId64, call->base,
                                  photo->sha256, extension_of(photo->mime), end),
                     "width", (json_int_t)width);
}

/* The widest stands second, as nobody has promised an order. */
static void show_photo(struct container_call *call, const struct upload *photo)
{
    json_t *images = json_array();

    json_array_append_new(images,
                          json_pack("{s:i,s:s,s:i}", "height", 130, "source",
                                    arena_printf(call->arena, "%s/fbcdn/small.jpg", call->base),
                                    "width", 130));
    json_array_append_new(images, image_json(call, photo, 1280, 760));
    answer_json(call->request, 200, json_pack("{s:o,s:s}", "images", images, "id", photo->id),
                call->answer);
}

bool container_serve_photo(struct container_call *call)
{
    const bool is_get = strcmp(call->request->method, "GET") == 0;
    const char *page = NULL, *fields = container_field(call, "fields");
    const struct upload *photo;

    if (strcmp(call->request->method, "POST") == 0 &&
        path_matches("/*/photos", call->below, call->arena, &page)) {
        take_photo(call);
        return true;
    }
    photo = is_get ? world_find_upload(call->world, call->platform->name, call->below + 1) : NULL;
    if (!photo || !json_flag(photo->detail, "photo") || !fields || strcmp(fields, "images") != 0)
        return false;
    if (strcmp(photo->account, call->account->handle) != 0 || call->token == TOKEN_USER)
        graph_gone(call->request, call->below + 1, call->answer);
    else
        show_photo(call, photo);
    return true;
}

bool container_serve_file(const struct platform *platform, struct world *world,
                          struct request *request, struct answer *answer)
{
    const char *mime = NULL, *sha256;

    (void)platform;
    if (strcmp(request->method, "GET") != 0 || !begins(request->below, "/fbcdn/"))
        return false;
    sha256 = name_of_file(request->below, &request->arena, &mime);
    if (!sha256 || !platform_show_file(world, request, sha256, mime, answer))
        answer_text(request, 403, "text/plain", "URL signature expired", answer);
    return true;
}

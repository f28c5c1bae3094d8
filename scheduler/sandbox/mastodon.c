#include "sandbox/mastodon.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>

#include "sandbox/html.h"
#include "sandbox/sniff.h"

enum { IMAGE_MOST_BYTES = 16777216, PAGE_MOST = 40, PAGE_DEFAULT = 20 };

static const struct span key_life = {3600000};
static const struct span video_processing = {3000};

/* One request on its way through the server. */
struct call {
    const struct platform *platform;
    struct world *world;
    struct request *request;
    struct answer *answer;
    const char *base;     /* http://HOST/PLATFORM */
    const char *argument; /* the '*' of the route */
    struct fields form;
};

/* ---- limits, answers ---- */

/* 300 in 5 minutes, 30 in 30 minutes, 300 in 3 hours: the defaults of a new server. */
static const struct limit per_token = {"token", 300, {300000}};
static const struct limit per_media = {"media", 30, {1800000}};
static const struct limit per_delete = {"delete", 30, {1800000}};
static const struct limit per_status = {"statuses", 300, {10800000}};

/* ISO 8601 with microseconds, as Rack::Attack's responder writes it. */
static const char *reset_text(struct instant reset, struct arena *arena)
{
    char text[INSTANT_TEXT];

    instant_utc(reset, text);
    return arena_printf(arena, "%.*s000Z", (int)(strlen(text) - 1), text);
}

static void fail(struct call *call, int status, const char *text)
{
    json_t *body = json_object();

    json_put(body, "error", text);
    answer_json(call->request, status, body, call->answer);
}

static void rate_headers(struct request *request, const struct limit_state *state,
                         struct answer *answer)
{
    struct arena *arena = &request->arena;

    answer_header(request, "X-RateLimit-Limit", arena_printf(arena, "%" PRId64, state->most),
                  answer);
    answer_header(request, "X-RateLimit-Remaining",
                  arena_printf(arena, "%" PRId64, state->left < 0 ? 0 : state->left), answer);
    answer_header(request, "X-RateLimit-Reset", reset_text(state->reset, arena), answer);
}

static void refuse_for_rate(struct request *request, const struct limit_state *state,
                            struct answer *answer)
{
    answer_json(request, 429, json_pack("{s:s}", "error", "Too many requests"), answer);
    rate_headers(request, state, answer);
}

void mastodon_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    const struct limit_state state = {.most = per_token.most, .left = -1, .reset = reset};

    refuse_for_rate(request, &state, answer);
}

void mastodon_no_token(struct world *world, struct request *request, struct answer *answer)
{
    (void)world;
    answer_json(request, 401, json_pack("{s:s}", "error", "The access token is invalid"), answer);
    answer_header(request, "WWW-Authenticate",
                  "Bearer realm=\"Doorkeeper\", error=\"invalid_token\", "
                  "error_description=\"The access token is invalid\"",
                  answer);
}

/* Counts the use and writes the headers of the tightest limit; false when one is passed. */
static bool within_limits(struct call *call, const struct limit *extra)
{
    const struct limit *const limits[] = {&per_token, extra};
    struct limit_state tightest = {.left = INT64_MAX};
    size_t i;

    for (i = 0; i < COUNT_OF(limits); i++) {
        struct limit_state state;

        if (!limits[i])
            continue;
        state = limiter_use(&call->world->limiter, limits[i], 1,
                            arena_printf(&call->request->arena, "%s/%s", call->platform->name,
                                         call->request->account->handle),
                            world_now(call->world), &call->world->arena);
        if (state.left < tightest.left)
            tightest = state;
    }
    if (tightest.left < 0 && !call->world->unlimited) {
        refuse_for_rate(call->request, &tightest, call->answer);
        return false;
    }
    rate_headers(call->request, &tightest, call->answer);
    return true;
}

/* ---- entities ---- */

static json_t *account_json(struct call *call, const struct account *account)
{
    const char *none = arena_printf(&call->request->arena, "%s/missing.png", call->base);
    char since[INSTANT_TEXT];
    json_t *object;

    object =
        json_pack("{s:s,s:s,s:s,s:s,s:b,s:b,s:b,s:b,s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:I,s:[],s:[]}",
                  "id", account->id, "username", account->handle, "acct", account->handle,
                  "display_name", account->handle, "locked", 0, "bot", 1, "group", 0, "indexable",
                  1, "note", "<p>SANDBOX account</p>", "avatar", none, "avatar_static", none,
                  "header", none, "header_static", none, "followers_count", 112, "following_count",
                  0, "statuses_count", (json_int_t)account->posts, "emojis", "fields");
    json_put(object, "created_at", instant_utc(account->since, since));
    json_put(object, "url",
             arena_printf(&call->request->arena, "%s/@%s", call->base, account->handle));
    json_put(object, "uri",
             arena_printf(&call->request->arena, "%s/users/%s", call->base, account->handle));
    return object;
}

static const char *kind_of_mime(const char *mime)
{
    if (strncmp(mime, "video/", 6) == 0)
        return "video";
    return strcmp(mime, "image/gif") == 0 ? "gifv" : "image";
}

static json_t *upload_json(struct call *call, const struct upload *upload)
{
    bool ready = !instant_before(world_now(call->world), upload->ready_at);
    const char *url =
        ready ? arena_printf(&call->request->arena, "%s/media/%s", call->base, upload->sha256)
              : NULL;
    json_t *object = json_object();

    json_put(object, "id", upload->id);
    json_put(object, "type", kind_of_mime(upload->mime));
    json_put(object, "url", url);
    json_put(object, "preview_url", url);
    json_put(object, "remote_url", NULL);
    json_put(object, "meta", NULL);
    json_put(object, "blurhash", NULL);
    json_put(object, "description", upload->alt);
    return object;
}

static json_t *media_json(struct call *call, const struct post *post)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < post->media_count; i++)
        json_array_append_new(list, upload_json(call, post->media[i].upload));
    return list;
}

static json_t *content_json(struct call *call, const struct post *post)
{
    struct buffer html;
    json_t *content;

    buffer_init(&html, HTML_MOST_BYTES);
    mastodon_html(post->text, call->base, &html);
    content = json_string(html.bytes);
    buffer_clear(&html);
    return content;
}

static json_t *status_json(struct call *call, const struct post *post)
{
    struct account *account = world_find_account(call->world, post->platform, post->account);
    struct arena *arena = &call->request->arena;
    json_t *object = json_pack("{s:i,s:i,s:i,s:[],s:[],s:n,s:n,s:n,s:n,s:n}", "replies_count", 0,
                               "reblogs_count", 0, "favourites_count", 0, "mentions", "emojis",
                               "reblog", "poll", "card", "edited_at", "in_reply_to_account_id");
    char at[INSTANT_TEXT];

    json_put(object, "id", post->id);
    json_put(object, "created_at", instant_utc(post->at, at));
    json_put(object, "uri",
             arena_printf(arena, "%s/users/%s/statuses/%s", call->base, post->account, post->id));
    json_put(object, "url", arena_printf(arena, "%s/@%s/%s", call->base, post->account, post->id));
    json_put(object, "visibility", json_text(post->detail, "visibility"));
    json_put(object, "spoiler_text", json_text(post->detail, "spoiler_text"));
    json_put(object, "language", json_text(post->detail, "language"));
    json_put(object, "in_reply_to_id", json_text(post->detail, "in_reply_to_id"));
    json_put_bool(object, "sensitive", json_flag(post->detail, "sensitive"));
    json_put_new(object, "application", json_pack("{s:s,s:n}", "name", "Crier", "website"));
    json_put_new(object, "account", account_json(call, account));
    json_put_new(object, "tags", mastodon_tags(post->text, call->base));
    json_put_new(object, "media_attachments", media_json(call, post));
    json_put_new(object, "content", content_json(call, post));
    return object;
}

/* ---- statuses ---- */

static bool is_public(const struct call *call, const struct post *post)
{
    return post && strcmp(post->platform, call->platform->name) == 0 &&
           instant_is_none(post->deleted_at);
}

static bool is_mine(const struct call *call, const struct post *post)
{
    return is_public(call, post) && strcmp(post->account, call->request->account->handle) == 0;
}

/* An unknown language falls back to the server's, silently, as on the real one. */
static const char *language_of(const struct call *call)
{
    const char *wanted = fields_text(&call->form, "language");
    const char *const *code = uloc_getISOLanguages();

    for (; wanted && *code; code++)
        if (strcmp(*code, wanted) == 0)
            return wanted;
    return "en";
}

static const char *visibility_of(const struct call *call)
{
    static const char *const known[] = {"public", "unlisted", "private", "direct"};
    const char *wanted = fields_text(&call->form, "visibility");
    size_t i;

    if (!wanted)
        return known[0];
    for (i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i], wanted) == 0)
            return known[i];
    return NULL;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* Checks one medium of the list; false with the answer written. */
static bool take_medium(struct call *call, const char *id, struct medium *media, size_t count)
{
    struct upload *upload = world_find_upload(call->world, call->platform->name, id);
    size_t i;

    if (!upload || upload->discarded || upload->post ||
        strcmp(upload->account, call->request->account->handle) != 0) {
        fail(call, 422,
             arena_printf(&call->request->arena,
                          "Media %s not found or already attached to another post", id));
        return false;
    }
    media[count] = world_medium(upload);
    for (i = 0; i < count; i++)
        if (strcmp(kind_of_mime(media[i].mime), "image") != 0 ||
            strcmp(kind_of_mime(upload->mime), "image") != 0) {
            fail(call, 422, "Cannot attach a video to a post that already contains images");
            return false;
        }
    if (instant_before(world_now(call->world), upload->ready_at)) {
        fail(call, 422,
             "Cannot attach files that have not finished processing. Try again in a moment!");
        return false;
    }
    return true;
}

static bool take_media(struct call *call, struct medium media[MASTODON_MEDIA_MOST], size_t *count)
{
    size_t i, wanted = 0;

    for (i = 0; i < call->form.count; i++)
        wanted += strcmp(call->form.items[i].name, "media_ids[]") == 0;
    if (wanted > MASTODON_MEDIA_MOST) {
        fail(call, 422, "Cannot attach more than 4 files");
        return false;
    }
    for (i = 0; i < call->form.count; i++)
        if (strcmp(call->form.items[i].name, "media_ids[]") == 0) {
            if (!take_medium(call, call->form.items[i].value, media, *count))
                return false;
            ++*count;
        }
    return true;
}

static bool reply_exists(struct call *call)
{
    const char *id = fields_text(&call->form, "in_reply_to_id");

    if (!id || is_public(call, world_find_post(call->world, call->platform->name, id)))
        return true;
    fail(call, 404, "The post you are trying to reply to does not appear to exist.");
    return false;
}

static bool text_is_fine(struct call *call, const char *text, const char *spoiler, size_t media)
{
    if (is_blank(text) && media == 0) {
        fail(call, 422, "Validation failed: Text can't be blank");
        return false;
    }
    if (mastodon_count(text) + mastodon_count(spoiler) > MASTODON_TEXT_MOST) {
        fail(call, 422, "Validation failed: Text character limit of 500 exceeded");
        return false;
    }
    if (!visibility_of(call)) {
        fail(call, 422, "Validation failed: Visibility is not included in the list");
        return false;
    }
    return true;
}

static json_t *detail_of(const struct call *call, const char *spoiler)
{
    const char *sensitive = fields_text(&call->form, "sensitive");
    json_t *detail = json_object();

    json_put(detail, "spoiler_text", spoiler);
    json_put(detail, "visibility", visibility_of(call));
    json_put(detail, "language", language_of(call));
    json_put(detail, "in_reply_to_id", fields_text(&call->form, "in_reply_to_id"));
    json_put_bool(detail, "sensitive",
                  sensitive && (strcmp(sensitive, "true") == 0 || strcmp(sensitive, "1") == 0));
    return detail;
}

/* The same key again: the status that it made, whatever the body says now. */
static bool answered_by_key(struct call *call, const char *key)
{
    const struct post *made =
        key && *key && call->platform->keeps_keys
            ? world_post_by_key(call->world, call->request->account, key,
                                instant_minus(world_now(call->world), key_life))
            : NULL;

    if (!made)
        return false;
    if (is_public(call, made))
        answer_json(call->request, 200, status_json(call, made), call->answer);
    else
        fail(call, 404, "Record not found");
    return true;
}

static void create_status(struct call *call)
{
    const char *key = header_text(&call->request->headers, "Idempotency-Key");
    const char *text = fields_text(&call->form, "status");
    const char *spoiler = fields_text(&call->form, "spoiler_text");
    struct medium media[MASTODON_MEDIA_MOST];
    struct draft draft = {.text = text ? text : "", .media = media};

    spoiler = spoiler ? spoiler : "";
    if (fields_find(&call->form, "scheduled_at")) {
        fail(call, 501, "SANDBOX: scheduled_at is not served here");
        return;
    }
    if (!reply_exists(call) || answered_by_key(call, key) ||
        !take_media(call, media, &draft.media_count) ||
        !text_is_fine(call, draft.text, spoiler, draft.media_count))
        return;
    draft.key = key && text_is_valid(key, strlen(key)) ? key : NULL;
    draft.detail = detail_of(call, spoiler);
    answer_json(call->request, 200,
                status_json(call, world_publish(call->world, call->request->account, &draft)),
                call->answer);
}

static struct post *status_of(struct call *call,
                              bool (*allowed)(const struct call *, const struct post *))
{
    struct post *post = world_find_post(call->world, call->platform->name, call->argument);

    if (allowed(call, post))
        return post;
    fail(call, 404, "Record not found");
    return NULL;
}

static void show_status(struct call *call)
{
    const struct post *post = status_of(call, is_public);

    if (post)
        answer_json(call->request, 200, status_json(call, post), call->answer);
}

static void show_source(struct call *call)
{
    const struct post *post = status_of(call, is_mine);

    if (post)
        answer_json(call->request, 200,
                    json_pack("{s:s,s:s,s:s}", "id", post->id, "text", post->text, "spoiler_text",
                              json_text(post->detail, "spoiler_text")),
                    call->answer);
}

/* The answer carries the source text, so that a client can draft it again. */
static void delete_status(struct call *call)
{
    struct post *post = status_of(call, is_mine);
    json_t *object;

    if (!post)
        return;
    object = status_json(call, post);
    json_put(object, "text", post->text);
    world_delete(call->world, post);
    answer_json(call->request, 200, object, call->answer);
}

/* ---- lists ---- */

struct page {
    uint64_t max_id, since_id, min_id; /* 0: absent */
    size_t limit;
    const struct post *found[PAGE_MOST];
    size_t count;
};

static uint64_t number_of(const char *text)
{
    return text ? strtoull(text, NULL, 10) : 0;
}

static bool belongs(const struct call *call, const struct post *post, const struct page *page,
                    const struct account *account)
{
    uint64_t id = number_of(post->id);

    return is_public(call, post) && strcmp(post->account, account->handle) == 0 &&
           (!page->max_id || id < page->max_id) && (!page->since_id || id > page->since_id) &&
           (!page->min_id || id > page->min_id);
}

/* min_id asks for those next after it, so the search runs from the oldest; the list is newest first
 * anyway. */
static void find_page(const struct call *call, const struct account *account, struct page *page)
{
    const struct post *post = page->min_id ? call->world->first : call->world->posts;
    size_t i;

    for (; post && page->count < page->limit; post = page->min_id ? post->newer : post->older)
        if (belongs(call, post, page, account))
            page->found[page->count++] = post;
    for (i = 0; page->min_id && i < page->count / 2; i++) {
        const struct post *swap = page->found[i];

        page->found[i] = page->found[page->count - 1 - i];
        page->found[page->count - 1 - i] = swap;
    }
}

static void link_header(struct call *call, const struct account *account, const struct page *page)
{
    struct arena *arena = &call->request->arena;
    const char *list = arena_printf(arena, "%s/api/v1/accounts/%s/statuses?limit=%zu", call->base,
                                    account->id, page->limit);

    if (page->count)
        answer_header(
            call->request, "Link",
            arena_printf(arena, "<%s&max_id=%s>; rel=\"next\", <%s&min_id=%s>; rel=\"prev\"", list,
                         page->found[page->count - 1]->id, list, page->found[0]->id),
            call->answer);
}

static void list_statuses(struct call *call)
{
    const struct account *account =
        world_account_by_id(call->world, call->platform->name, call->argument);
    const struct fields *query = &call->request->query;
    uint64_t limit = number_of(fields_text(query, "limit"));
    struct page page = {.max_id = number_of(fields_text(query, "max_id")),
                        .since_id = number_of(fields_text(query, "since_id")),
                        .min_id = number_of(fields_text(query, "min_id"))};
    const char *pinned = fields_text(query, "pinned");
    json_t *list = json_array();
    size_t i;

    page.limit = limit == 0 ? PAGE_DEFAULT : limit > PAGE_MOST ? PAGE_MOST : (size_t)limit;
    if (!account) {
        json_decref(list);
        fail(call, 404, "Record not found");
        return;
    }
    if (!pinned || strcmp(pinned, "true") != 0)
        find_page(call, account, &page);
    for (i = 0; i < page.count; i++)
        json_array_append_new(list, status_json(call, page.found[i]));
    answer_json(call->request, 200, list, call->answer);
    link_header(call, account, &page);
}

/* ---- media ---- */

enum {
    IMAGES = SNIFF_JPEG | SNIFF_PNG | SNIFF_GIF | SNIFF_WEBP | SNIFF_AVIF | SNIFF_HEIC,
    VIDEOS = SNIFF_MP4 | SNIFF_WEBM
};

static bool alt_is_fine(struct call *call, const char *alt)
{
    if (!alt || mastodon_count(alt) <= MASTODON_ALT_MOST)
        return true;
    fail(call, 422, "Validation failed: Description character limit of 1500 exceeded");
    return false;
}

/* The part must say what it is and be that; 411 is what front-ends answer to a body without length.
 */
static const struct field *file_of(struct call *call, const char **mime)
{
    const struct field *file = fields_find(&call->form, "file");

    *mime = file ? sniff_mime(file->value, file->length, IMAGES | VIDEOS) : NULL;
    if (!header_text(&call->request->headers, "Content-Length"))
        fail(call, 411, "Length Required");
    else if (!file || !file->filename || !file->length)
        fail(call, 422, "Validation failed: File can't be blank");
    else if (!file->mime || !*mime || strcmp(file->mime, *mime) != 0)
        fail(call, 422, "Validation failed: File content type is invalid, File is invalid");
    else if (strncmp(*mime, "image/", 6) == 0 && file->length > IMAGE_MOST_BYTES)
        fail(call, 422, "Validation failed: File file size must be less than or equal to 16 MB");
    else
        return file;
    return NULL;
}

static struct upload *take_file(struct call *call, struct span video)
{
    const char *alt = fields_text(&call->form, "description"), *mime = NULL;
    const struct field *file = file_of(call, &mime);

    if (!file || !alt_is_fine(call, alt))
        return NULL;
    return world_upload(call->world, call->request->account, file->value, file->length, mime,
                        alt && *alt ? alt : NULL,
                        strncmp(mime, "video/", 6) == 0 ? video : (struct span){0}, NULL);
}

static void upload_later(struct call *call)
{
    const struct upload *upload = take_file(call, video_processing);

    if (upload)
        answer_json(call->request,
                    instant_before(world_now(call->world), upload->ready_at) ? 202 : 200,
                    upload_json(call, upload), call->answer);
}

/* The old form: answered when processing is over. */
static void upload_now(struct call *call)
{
    const struct upload *upload = take_file(call, (struct span){0});

    if (upload)
        answer_json(call->request, 200, upload_json(call, upload), call->answer);
}

/* Somebody else's, unknown, or already attached: all the same "not found". */
static struct upload *upload_of(struct call *call)
{
    struct upload *upload = world_find_upload(call->world, call->platform->name, call->argument);

    if (upload && !upload->discarded && !upload->post &&
        strcmp(upload->account, call->request->account->handle) == 0)
        return upload;
    fail(call, 404, "Record not found");
    return NULL;
}

static void show_upload(struct call *call)
{
    const struct upload *upload = upload_of(call);

    if (upload)
        answer_json(call->request,
                    instant_before(world_now(call->world), upload->ready_at) ? 206 : 200,
                    upload_json(call, upload), call->answer);
}

static void describe_upload(struct call *call)
{
    const char *alt = fields_text(&call->form, "description");
    struct upload *upload = upload_of(call);

    if (!upload || !alt_is_fine(call, alt))
        return;
    if (alt)
        world_describe(call->world, upload, alt);
    answer_json(call->request, 200, upload_json(call, upload), call->answer);
}

static void discard_upload(struct call *call)
{
    struct upload *upload = upload_of(call);

    if (!upload)
        return;
    world_discard(call->world, upload);
    answer_json(call->request, 200, json_object(), call->answer);
}

/* ---- account, instance, pages ---- */

static void verify_credentials(struct call *call)
{
    json_t *object = account_json(call, call->request->account);

    json_put_new(object, "source",
                 json_pack("{s:[],s:i,s:b,s:s,s:s,s:b,s:s}", "fields", "follow_requests_count", 0,
                           "indexable", 1, "note", "SANDBOX account", "privacy", "public",
                           "sensitive", 0, "language", "hi"));
    json_put_new(object, "role",
                 json_pack("{s:s,s:s,s:s,s:s,s:b}", "id", "-99", "name", "", "permissions", "65536",
                           "color", "", "highlighted", 0));
    answer_json(call->request, 200, object, call->answer);
}

static json_t *configuration_json(void)
{
    return json_pack("{s:{s:i,s:i,s:i},s:{s:i,s:i,s:i,s:i,s:i,s:i,s:[ssssss]},s:{s:i,s:i},"
                     "s:{s:i,s:i,s:i,s:i},s:{s:b},s:{s:s},s:{s:s}}",
                     "statuses", "max_characters", MASTODON_TEXT_MOST, "max_media_attachments",
                     MASTODON_MEDIA_MOST, "characters_reserved_per_url", MASTODON_URL_LENGTH,
                     "media_attachments", "image_size_limit", IMAGE_MOST_BYTES,
                     "image_matrix_limit", 33177600, "video_size_limit", 103809024,
                     "video_frame_rate_limit", 120, "video_matrix_limit", 8294400,
                     "description_limit", MASTODON_ALT_MOST, "supported_mime_types", "image/jpeg",
                     "image/png", "image/gif", "image/webp", "video/mp4", "video/webm", "accounts",
                     "max_featured_tags", 10, "max_pinned_statuses", 5, "polls", "max_options", 4,
                     "max_characters_per_option", 50, "min_expiration", 300, "max_expiration",
                     2629746, "translation", "enabled", 0, "urls", "streaming", "ws://127.0.0.1/",
                     "vapid", "public_key", "");
}

static void show_instance(struct call *call)
{
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:[],s:[s],s:[],s:{s:i},s:{s:s},s:{s:{s:i}},s:{s:b,s:b,s:n}"
                  ",s:{s:s,s:n}}",
                  "domain", call->request->host, "title", "SANDBOX", "version", "4.5.0",
                  "source_url", "https://github.com/mastodon/mastodon", "description",
                  "A rehearsal. Nothing is published.", "icon", "languages", "hi", "rules",
                  "api_versions", "mastodon", 7, "thumbnail", "url",
                  arena_printf(&call->request->arena, "%s/missing.png", call->base), "usage",
                  "users", "active_month", 1, "registrations", "enabled", 0, "approval_required", 0,
                  "message", "contact", "email", "sandbox@localhost", "account");

    json_put_new(object, "configuration", configuration_json());
    answer_json(call->request, 200, object, call->answer);
}

static void show_old_instance(struct call *call)
{
    json_t *object = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:b,s:b,s:[s],s:[],s:{s:i,s:i,s:i},s:{s:s},s:n,s:n}", "uri",
        call->request->host, "title", "SANDBOX", "version", "4.5.0", "short_description",
        "A rehearsal.", "description", "A rehearsal. Nothing is published.", "email",
        "sandbox@localhost", "registrations", 0, "approval_required", 0, "invites_enabled", 0,
        "languages", "hi", "rules", "stats", "user_count", 1, "status_count", 0, "domain_count", 1,
        "urls", "streaming_api", "ws://127.0.0.1/", "thumbnail", "contact_account");

    json_put_new(object, "configuration", configuration_json());
    answer_json(call->request, 200, object, call->answer);
}

static void show_media(struct call *call)
{
    if (!platform_show_file(call->world, call->request, call->argument, NULL, call->answer))
        fail(call, 404, "Not Found");
}

static void show_page(struct call *call)
{
    const struct account *account =
        world_find_account(call->world, call->platform->name, call->argument);

    if (account)
        mastodon_page(call->platform, call->world, call->request, account, NULL, call->answer);
    else
        fail(call, 404, "Not Found");
}

static void show_one_page(struct call *call, const struct account *account, const char *id)
{
    const struct post *post = world_find_post(call->world, call->platform->name, id);

    if (account && is_public(call, post) && strcmp(post->account, account->handle) == 0)
        mastodon_page(call->platform, call->world, call->request, account, post, call->answer);
    else
        fail(call, 404, "Record not found");
}

/* ---- the table of paths ---- */

enum asker { ANYBODY, WITH_TOKEN };

static const struct route {
    const char *method;
    const char *path;
    enum asker asker;
    const struct limit *limit; /* besides the token's own */
    void (*serve)(struct call *call);
} routes[] = {
    {"POST", "/api/v1/statuses", WITH_TOKEN, &per_status, create_status},
    {"GET", "/api/v1/statuses/*", ANYBODY, NULL, show_status},
    {"DELETE", "/api/v1/statuses/*", WITH_TOKEN, &per_delete, delete_status},
    {"GET", "/api/v1/statuses/*/source", WITH_TOKEN, NULL, show_source},
    {"POST", "/api/v2/media", WITH_TOKEN, &per_media, upload_later},
    {"POST", "/api/v1/media", WITH_TOKEN, &per_media, upload_now},
    {"GET", "/api/v1/media/*", WITH_TOKEN, NULL, show_upload},
    {"PUT", "/api/v1/media/*", WITH_TOKEN, NULL, describe_upload},
    {"DELETE", "/api/v1/media/*", WITH_TOKEN, NULL, discard_upload},
    {"GET", "/api/v1/accounts/verify_credentials", WITH_TOKEN, NULL, verify_credentials},
    {"GET", "/api/v1/accounts/*/statuses", ANYBODY, NULL, list_statuses},
    {"GET", "/api/v2/instance", ANYBODY, NULL, show_instance},
    {"GET", "/api/v1/instance", ANYBODY, NULL, show_old_instance},
    {"GET", "/media/*", ANYBODY, NULL, show_media},
    {"GET", "/@*", ANYBODY, NULL, show_page},
};

/* The account of the bearer token; NULL when there is none or --strict does not list it. */
static struct account *asker_of(struct call *call)
{
    const char *token = request_bearer(call->request);
    const char *handle = token ? world_handle_of(call->world, token, &call->request->arena) : NULL;

    return handle ? world_account(call->world, call->platform->name, handle) : NULL;
}

static void serve_route(struct call *call, const struct route *route)
{
    call->request->account = asker_of(call);
    if (route->asker == WITH_TOKEN && !call->request->account)
        mastodon_no_token(call->world, call->request, call->answer);
    else if (call->request->account && !within_limits(call, route->limit))
        return;
    else if (!form_read_body(call->request, &call->request->arena, &call->form))
        fail(call, 400, "Error occurred while parsing request parameters");
    else
        route->serve(call);
}

/* "/@HANDLE/ID" has two arguments, which the table cannot say. */
static bool served_post_page(struct call *call)
{
    const char *below = call->request->below, *slash = strrchr(below, '/');
    char *handle;

    if (strncmp(below, "/@", 2) != 0 || slash == below || strcmp(call->request->method, "GET") != 0)
        return false;
    handle = arena_text_n(&call->request->arena, below + 2, (size_t)(slash - below - 2));
    show_one_page(call, world_find_account(call->world, call->platform->name, handle), slash + 1);
    return true;
}

void mastodon_serve(const struct platform *platform, struct world *world, struct request *request,
                    struct answer *answer)
{
    struct call call = {.platform = platform,
                        .world = world,
                        .request = request,
                        .answer = answer,
                        .base = platform_base(platform, request)};
    size_t i;

    if (served_post_page(&call))
        return;
    for (i = 0; i < COUNT_OF(routes); i++)
        if (strcmp(routes[i].method, request->method) == 0 &&
            path_matches(routes[i].path, request->below, &request->arena, &call.argument)) {
            serve_route(&call, &routes[i]);
            return;
        }
    fail(&call, 404, "Not Found");
}

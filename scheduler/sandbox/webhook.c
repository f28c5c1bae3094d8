#include "sandbox/webhook.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

enum { SIGNED_MOST_BYTES = 256 * 1024 }; /* the body and two headers */

static const struct span id_life = {300000};

/* One event on its way through the receiver. */
struct call {
    const struct platform *platform;
    struct world *world;
    struct request *request;
    struct answer *answer;
    struct arena *arena;
    const char *name; /* of the account: the first segment */
    const char *id, *timestamp, *signatures;
    json_t *event;
    const json_t *data; /* of the event */
};

static void refuse(struct request *request, int status, const char *text, struct answer *answer)
{
    answer_json(request, status, json_pack("{s:s}", "error", text), answer);
}

static bool fail(struct call *call, int status, const char *text)
{
    refuse(call->request, status, text, call->answer);
    return false;
}

void webhook_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    refuse(request, 429, "too many events", answer);
    answer_retry_after(request, reset, answer);
}

void webhook_no_token(struct world *world, struct request *request, struct answer *answer)
{
    (void)world;
    refuse(request, 401, "no signature of this list is ours", answer);
}

void webhook_too_large(struct request *request, struct answer *answer)
{
    refuse(request, 413, "an event may have 20 kB", answer);
}

/* ---- the signature ---- */

/* In time that says nothing about where they differ. */
static bool same_bytes(const unsigned char *left, const unsigned char *right, size_t length)
{
    unsigned difference = 0;
    size_t i;

    for (i = 0; i < length; i++)
        difference |= (unsigned)(left[i] ^ right[i]);
    return difference == 0;
}

static struct digest expected(struct call *call, const void *key, size_t key_length)
{
    const struct buffer *body = &call->request->body;
    struct digest digest;
    struct buffer bytes;

    buffer_init(&bytes, SIGNED_MOST_BYTES);
    buffer_printf(&bytes, "%s.%s.", call->id, call->timestamp);
    (void)buffer_add(&bytes, body->bytes, body->length);
    digest = hmac_sha256(key, key_length, bytes.bytes, bytes.length);
    buffer_clear(&bytes);
    return digest;
}

/* Whether one "v1,BASE64" of the list is the signature by this key. Other versions say nothing. */
static bool is_signed_by(struct call *call, const void *key, size_t key_length)
{
    struct digest wanted = expected(call, key, key_length);
    const char *at = call->signatures;
    bool found = false;

    for (at += strspn(at, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " "), given_length;
        unsigned char *given;

        if (strncmp(at, "v1,", 3) == 0 &&
            base64_decode(arena_text_n(call->arena, at + 3, length - 3), call->arena, &given,
                          &given_length) &&
            given_length == DIGEST_BYTES)
            found |= same_bytes(given, wanted.bytes, DIGEST_BYTES);
        at += length;
    }
    return found;
}

static bool is_signed_by_list(struct call *call)
{
    bool found = false;
    size_t i;

    for (i = 0; i < json_array_size(call->world->accepted); i++) {
        const char *secret = json_string_value(json_array_get(call->world->accepted, i));
        unsigned char *key;
        size_t length;

        if (strncmp(secret, "whsec_", 6) == 0 &&
            base64_decode(secret + 6, call->arena, &key, &length) && length > 0)
            found |= is_signed_by(call, key, length);
    }
    return found;
}

static bool is_signed(struct call *call)
{
    const char *credential = arena_printf(call->arena, "sandbox-%s", call->name);
    struct digest key = digest_of(credential, strlen(credential));

    return call->world->accepted ? is_signed_by_list(call)
                                 : is_signed_by(call, key.bytes, sizeof key.bytes);
}

static bool is_now(struct call *call)
{
    char *end;
    int64_t then = strtoll(call->timestamp, &end, 10);
    int64_t age = world_now(call->world).ms / 1000 - then;

    return *call->timestamp && *end == '\0' && age >= -WEBHOOK_TOLERANCE_S &&
           age <= WEBHOOK_TOLERANCE_S;
}

static bool is_verified(struct call *call)
{
    const struct fields *headers = &call->request->headers;

    call->id = header_text(headers, "webhook-id");
    call->timestamp = header_text(headers, "webhook-timestamp");
    call->signatures = header_text(headers, "webhook-signature");
    if (!call->id || !*call->id || !call->timestamp || !call->signatures)
        return fail(call, 400, "webhook-id, webhook-timestamp and webhook-signature are needed");
    if (!text_is_valid(call->id, strlen(call->id)) || strchr(call->id, '.'))
        return fail(call, 400, "this webhook-id cannot be used");
    if (!is_now(call))
        return fail(call, 401, "webhook-timestamp is not within 300 s of now");
    if (!is_signed(call))
        return fail(call, 401, "no signature of this list is ours");
    return true;
}

/* ---- events ---- */

static void answer_post(struct call *call, const char *id)
{
    const char *url = arena_printf(call->arena, "%s/%s#e%s",
                                   platform_base(call->platform, call->request), call->name, id);

    answer_json(call->request, 200, json_pack("{s:s,s:s}", "id", id, "url", url), call->answer);
}

static bool take_medium(const json_t *value, struct medium *medium)
{
    struct digest ignored;

    *medium = (struct medium){.sha256 = json_text(value, "sha256"),
                              .mime = json_text(value, "mime"),
                              .alt = json_text(value, "alt"),
                              .bytes = json_integer_or(value, "bytes", -1)};
    return medium->sha256 && digest_from_hex(medium->sha256, &ignored) && medium->mime &&
           strchr(medium->mime, '/') && medium->bytes > 0;
}

static void publish(struct call *call)
{
    const json_t *list = json_object_get(call->data, "media");
    struct medium media[WEBHOOK_MEDIA_MOST];
    const json_t *text = json_object_get(call->data, "text");
    /* null: a picture or a link alone */
    struct draft draft = {.text = json_is_null(text) ? "" : json_string_value(text),
                          .media = media,
                          .media_count = json_array_size(list),
                          .key = call->id};
    size_t i;

    if (!draft.text || !json_text(call->data, "id")) {
        (void)fail(call, 422, "data needs the texts id and text");
        return;
    }
    for (i = 0; i < draft.media_count; i++)
        if (i == COUNT_OF(media) || !take_medium(json_array_get(list, i), &media[i])) {
            (void)fail(call, 422, "each of media needs sha256, mime and bytes; 20 at most");
            return;
        }
    draft.detail = json_pack("{s:O}", "event", call->event);
    answer_post(call, world_publish(call->world, call->request->account, &draft)->id);
}

static const char *published_as(const struct post *post)
{
    return json_text(json_object_get(json_object_get(post->detail, "event"), "data"), "id");
}

/* By the sender's name for it, or by ours; the newest that is still public. */
static struct post *post_of(struct call *call, const char *id)
{
    const struct account *account = call->request->account;
    struct post *post;

    for (post = call->world->posts; post; post = post->older)
        if (strcmp(post->platform, account->platform) == 0 &&
            strcmp(post->account, account->handle) == 0 && instant_is_none(post->deleted_at) &&
            (strcmp(post->id, id) == 0 || strcmp(published_as(post), id) == 0))
            return post;
    return NULL;
}

static void take_back(struct call *call)
{
    const char *id = json_text(call->data, "id");
    struct post *post = id ? post_of(call, id) : NULL;

    if (!id) {
        (void)fail(call, 422, "data needs the text id");
        return;
    }
    if (post)
        world_delete(call->world, post);
    answer_post(call, post ? post->id : id);
}

static const struct event_kind {
    const char *type;
    void (*take)(struct call *call);
} event_kinds[] = {
    {"post.publish", publish},
    {"post.delete", take_back},
};

static void take_event(struct call *call)
{
    const char *type = json_text(call->event, "type"), *at = json_text(call->event, "timestamp");
    struct instant ignored;
    size_t i;

    call->data = json_object_get(call->event, "data");
    if (!type || !at || !instant_parse(at, &ignored) || !json_is_object(call->data)) {
        (void)fail(call, 422, "an event is {\"type\",\"timestamp\",\"data\":{}}");
        return;
    }
    for (i = 0; i < COUNT_OF(event_kinds); i++)
        if (strcmp(event_kinds[i].type, type) == 0) {
            event_kinds[i].take(call);
            return;
        }
    (void)fail(call, 422, "this type of event is not known here");
}

/* The post that this id made within five minutes, whatever the body says now. */
static bool answered_by_id(struct call *call)
{
    const struct post *made =
        call->platform->keeps_keys
            ? world_post_by_key(call->world, call->request->account, call->id,
                                instant_minus(world_now(call->world), id_life))
            : NULL;

    if (made)
        answer_post(call, made->id);
    return made != NULL;
}

static void receive(struct call *call)
{
    const struct buffer *body = &call->request->body;
    struct err err;

    if (!is_verified(call))
        return;
    call->request->account = world_account(call->world, call->platform->name, call->name);
    if (answered_by_id(call))
        return;
    if (!request_body_is(call->request, "application/json")) {
        (void)fail(call, 415, "an event is application/json");
        return;
    }
    call->event = json_read(body->bytes, body->length, &err);
    if (call->event)
        take_event(call);
    else
        (void)fail(call, 400, err.text);
    json_decref(call->event);
}

static void show_page(struct call *call)
{
    const struct account *account =
        world_find_account(call->world, call->platform->name, call->name);

    if (account)
        webhook_page(call->platform, call->world, call->request, account, call->answer);
    else
        (void)fail(call, 404, "nobody of this name has sent anything");
}

static const char *name_of(struct request *request)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const char *name = request->below + (*request->below == '/');
    size_t length = strspn(name, letters);

    return length > 0 && length <= 64 && (name[length] == '/' || name[length] == '\0')
               ? arena_text_n(&request->arena, name, length)
               : NULL;
}

void webhook_serve(const struct platform *platform, struct world *world, struct request *request,
                   struct answer *answer)
{
    struct call call = {.platform = platform,
                        .world = world,
                        .request = request,
                        .answer = answer,
                        .arena = &request->arena,
                        .name = name_of(request)};

    if (!call.name)
        (void)fail(&call, 404, "no such receiver");
    else if (strcmp(request->method, "POST") == 0)
        receive(&call);
    else if (strcmp(request->method, "GET") == 0)
        show_page(&call);
    else
        (void)fail(&call, 405, "an event is a POST");
}

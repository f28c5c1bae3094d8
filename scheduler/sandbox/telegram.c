#include "sandbox/telegram.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/sniff.h"

enum {
    TEXT_MOST = 4096,
    CAPTION_MOST = 1024,
    TEXT_MOST_BYTES = 32768,
    PHOTO_MOST = 10 * 1000 * 1000,
    FILE_MOST = 50 * 1000 * 1000,
    ALBUM_MOST = 10
};

static const struct limit per_channel = {"messages", 20, {60000}};

/* One call on its way through the server. */
struct call {
    const struct platform *platform;
    struct world *world;
    struct request *request;
    struct answer *answer;
    struct arena *arena;
    const char *token, *method;
    struct fields form; /* of a body that is a form */
    json_t *object;     /* of a body that is JSON; the arena's */
    const struct account *channel;
};

/* ---- answers ---- */

static void refuse(struct request *request, int status, const char *description, json_t *parameters,
                   struct answer *answer)
{
    json_t *body =
        json_pack("{s:b,s:i,s:s}", "ok", 0, "error_code", status, "description", description);

    if (parameters)
        json_put_new(body, "parameters", parameters);
    answer_json(request, status, body, answer);
}

static bool fail(struct call *call, int status, const char *description)
{
    refuse(call->request, status, description, NULL, call->answer);
    return false;
}

static void succeed(struct call *call, json_t *result)
{
    answer_json(call->request, 200, json_pack("{s:b,s:o}", "ok", 1, "result", result),
                call->answer);
}

static void too_many(struct request *request, int64_t seconds, struct answer *answer)
{
    const char *description =
        arena_printf(&request->arena, "Too Many Requests: retry after %" PRId64, seconds);

    refuse(request, 429, description, json_pack("{s:I}", "retry_after", (json_int_t)seconds),
           answer);
    answer_header(request, "Retry-After", arena_printf(&request->arena, "%" PRId64, seconds),
                  answer);
}

/* The script names an instant; the real server counts seconds. */
void telegram_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    refuse(request, 429, "Too Many Requests: retry after a while", NULL, answer);
    answer_retry_after(request, reset, answer);
}

void telegram_no_token(struct world *world, struct request *request, struct answer *answer)
{
    (void)world;
    refuse(request, 401, "Unauthorized", NULL, answer);
}

void telegram_too_large(struct request *request, struct answer *answer)
{
    refuse(request, 413, "Request Entity Too Large", NULL, answer);
}

/* ---- arguments: from the query, a form, or a JSON object ---- */

static const char *text_of(const struct call *call, const char *name)
{
    const json_t *value = json_object_get(call->object, name);
    const char *text = json_string_value(value);

    if (json_is_integer(value))
        return arena_printf(call->arena, "%" PRId64, (int64_t)json_integer_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    text = text ? text : fields_text(&call->form, name);
    return text ? text : fields_text(&call->request->query, name);
}

/* What is an object or a list: as it is in JSON, as JSON text in a form. */
static const json_t *value_of(const struct call *call, const char *name)
{
    const json_t *value = json_object_get(call->object, name);
    const char *text = value ? NULL : text_of(call, name);
    struct err ignored;

    return text ? json_in_arena(json_read(text, strlen(text), &ignored), call->arena) : value;
}

static bool is_true(const struct call *call, const char *name)
{
    const char *text = text_of(call, name);

    return text && (strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

static bool read_arguments(struct call *call)
{
    struct request *request = call->request;
    struct err ignored;

    if (request->body.length == 0)
        return true;
    if (!request_body_is(request, "application/json"))
        return form_read_body(request, call->arena, &call->form) ||
               fail(call, 400, "Bad Request: can't parse the request");
    call->object =
        json_in_arena(json_read(request->body.bytes, request->body.length, &ignored), call->arena);
    return json_is_object(call->object) || fail(call, 400, "Bad Request: can't parse JSON object");
}

/* ---- who, and where ---- */

static bool is_token(const char *token)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:";

    return *token && token[strspn(token, letters)] == '\0';
}

static bool take_path(struct call *call)
{
    const char *below = call->request->below, *slash;

    if (strncmp(below, "/bot", 4) != 0 || !(slash = strchr(below + 4, '/')))
        return fail(call, 404, "Not Found");
    call->token = arena_text_n(call->arena, below + 4, (size_t)(slash - below) - 4);
    call->method = slash + 1;
    if (!is_token(call->token))
        return fail(call, 401, "Unauthorized: invalid token specified");
    if (!world_handle_of(call->world, call->token, call->arena))
        return fail(call, 401, "Unauthorized");
    return true;
}

/* "@name" is the channel of that name; a number one without a name of its own. */
static bool take_channel(struct call *call)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *id = text_of(call, "chat_id"), *name;

    if (!id || !*id)
        return fail(call, 400, "Bad Request: chat_id is empty");
    name = *id == '@' ? id + 1 : id;
    if (!*name || name[strspn(name, letters)] || strlen(name) > 64 ||
        (*id != '@' && strncmp(id, "-100", 4) != 0))
        return fail(call, 400, "Bad Request: chat not found");
    call->request->account = world_account(call->world, call->platform->name, name);
    call->channel = call->request->account;
    return true;
}

static bool within_limit(struct call *call, int64_t messages)
{
    const struct instant now = world_now(call->world);
    const struct limit_state state = limiter_use(&call->world->limiter, &per_channel, messages,
                                                 call->channel->handle, now, &call->world->arena);

    if (state.left >= 0 || call->world->unlimited)
        return true;
    too_many(call->request, (instant_since(state.reset, now).ms + 999) / 1000, call->answer);
    return false;
}

/* ---- messages ---- */

static int64_t number_of(const char *text)
{
    return text ? strtoll(text, NULL, 10) : 0;
}

size_t telegram_messages(const struct post *post)
{
    return post->media_count > 1 ? post->media_count : 1;
}

static int64_t chat_number(const struct account *channel)
{
    return strncmp(channel->handle, "-100", 4) == 0
               ? number_of(channel->handle)
               : -INT64_C(1000000000000) - number_of(channel->id) % INT64_C(10000000000);
}

static json_t *chat_json(const struct account *channel)
{
    json_t *chat = json_pack("{s:I,s:s,s:s}", "id", (json_int_t)chat_number(channel), "type",
                             "channel", "title", channel->handle);

    if (strncmp(channel->handle, "-100", 4) != 0)
        json_put(chat, "username", channel->handle);
    return chat;
}

/* Numbers are given in the order of all posts of the platform. */
static int64_t next_number(const struct call *call)
{
    for (const struct post *post = call->world->posts; post; post = post->older) {
        if (strcmp(post->platform, call->platform->name) == 0)
            return number_of(post->id) + (int64_t)telegram_messages(post);
    }
    return 1;
}

static struct post *post_of(const struct call *call, int64_t number)
{
    for (struct post *post = call->world->posts; post; post = post->older) {
        const int64_t first = number_of(post->id);

        if (strcmp(post->platform, call->platform->name) == 0 &&
            strcmp(post->account, call->channel->handle) == 0 && number >= first &&
            number < first + (int64_t)telegram_messages(post))
            return instant_is_none(post->deleted_at) ? post : NULL;
    }
    return NULL;
}

static json_t *medium_json(const struct medium *medium)
{
    return json_pack("{s:s,s:s,s:I}", "file_id", medium->sha256, "file_unique_id", medium->sha256,
                     "file_size", (json_int_t)medium->bytes);
}

static const char *part_of(const char *mime)
{
    if (strcmp(mime, "image/gif") == 0)
        return "animation";
    return strncmp(mime, "image/", 6) == 0 ? "photo" : "video";
}

static void put_medium(json_t *message, const struct medium *medium)
{
    const char *part = part_of(medium->mime);
    json_t *file = medium_json(medium);

    if (strcmp(part, "photo") == 0) {
        json_put_integer(file, "width", 1280);
        json_put_integer(file, "height", 720);
        json_put_new(message, part, json_pack("[o]", file));
        return;
    }
    json_put_integer(file, "width", 1280);
    json_put_integer(file, "height", 720);
    json_put_integer(file, "duration", 10);
    json_put_new(message, part, file);
}

static json_t *message_json(const struct call *call, const struct post *post, size_t index)
{
    json_t *message = json_pack("{s:I,s:o,s:o,s:I}", "message_id",
                                (json_int_t)number_of(post->id) + (json_int_t)index, "sender_chat",
                                chat_json(call->channel), "chat", chat_json(call->channel), "date",
                                (json_int_t)post->at.ms / 1000);

    if (post->media_count > 0)
        put_medium(message, &post->media[index]);
    if (post->media_count > 1)
        json_put(message, "media_group_id", post->id);
    if (*post->text && index == 0)
        json_put(message, post->media_count ? "caption" : "text", post->text);
    return message;
}

/* ---- what is sent ---- */

/* UTF-16 code units. */
static size_t units_of(const char *text)
{
    size_t units = 0;

    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;

        units += (c & 0xc0) != 0x80;
        units += c >= 0xf0;
    }
    return units;
}

static bool text_fits(struct call *call, const char *text, size_t most, const char *too_long)
{
    if (strlen(text) > TEXT_MOST_BYTES)
        return fail(call, 400, "Bad Request: text is too long");
    return units_of(text) <= most || fail(call, 400, too_long);
}

/* The post that a message answers; false where it is asked for and not there. */
static bool take_parent(struct call *call, json_t *detail)
{
    const json_t *parameters = value_of(call, "reply_parameters");
    const int64_t number = json_integer_or(parameters, "message_id", 0);

    if (!parameters)
        return true;
    if (post_of(call, number))
        json_put_integer(detail, "reply_to", number);
    else if (!json_flag(parameters, "allow_sending_without_reply"))
        return fail(call, 400, "Bad Request: message to be replied not found");
    return true;
}

static const struct post *publish(struct call *call, const char *text, const struct medium *media,
                                  size_t count)
{
    json_t *detail = json_object();
    struct draft draft = {.text = text ? text : "", .media = media, .media_count = count};

    if (!take_parent(call, detail) || !within_limit(call, count > 1 ? (int64_t)count : 1)) {
        json_decref(detail);
        return NULL;
    }
    draft.id = arena_printf(call->arena, "%" PRId64, next_number(call));
    draft.detail = detail;
    return world_publish(call->world, call->request->account, &draft);
}

static void send_message(struct call *call)
{
    const char *text = text_of(call, "text");
    const struct post *post;

    if (!text || !text[strspn(text, " \n\t\r")]) {
        (void)fail(call, 400, "Bad Request: message text is empty");
        return;
    }
    if (!text_fits(call, text, TEXT_MOST, "Bad Request: message is too long"))
        return;
    post = publish(call, text, NULL, 0);
    if (post)
        succeed(call, message_json(call, post, 0));
}

static const char *mime_of(const char *bytes, size_t length)
{
    const char *mime =
        sniff_mime(bytes, length, SNIFF_JPEG | SNIFF_PNG | SNIFF_GIF | SNIFF_WEBP | SNIFF_MP4);

    return mime ? mime : "application/octet-stream";
}

/* A file of the form that is what the method wants; false with the real server's words. */
static bool take_file(struct call *call, const char *name, const char *part, struct medium *medium)
{
    const struct field *file = fields_find(&call->form, name);
    const char *mime;

    if (!file || !file->filename)
        return fail(call, 400,
                    arena_printf(call->arena, "Bad Request: there is no %s in the request", part));
    mime = mime_of(file->value, file->length);
    if (strcmp(part, "photo") == 0 && strcmp(part_of(mime), "photo") != 0)
        return fail(call, 400, "Bad Request: IMAGE_PROCESS_FAILED");
    if (strcmp(part, "photo") != 0 && strcmp(part_of(mime), part) != 0 &&
        strcmp(mime, "video/mp4") != 0)
        return fail(call, 400, "Bad Request: wrong file type");
    if (file->length > (strcmp(part, "photo") == 0 ? PHOTO_MOST : FILE_MOST))
        return fail(call, 400, "Bad Request: file is too big");
    *medium = world_medium(world_upload(call->world, call->request->account, file->value,
                                        file->length, mime, NULL, (struct span){0}, NULL));
    return true;
}

static void send_file(struct call *call, const char *part)
{
    const char *caption = text_of(call, "caption");
    struct medium medium;
    const struct post *post;

    if (caption &&
        !text_fits(call, caption, CAPTION_MOST, "Bad Request: message caption is too long"))
        return;
    if (!take_file(call, part, part, &medium))
        return;
    post = publish(call, caption, &medium, 1);
    if (post)
        succeed(call, message_json(call, post, 0));
}

static void send_photo(struct call *call)
{
    send_file(call, "photo");
}

static void send_animation(struct call *call)
{
    send_file(call, "animation");
}

static void send_video(struct call *call)
{
    send_file(call, "video");
}

/* The items name parts of the form: "attach://f0". The words of the first are the album's. */
static bool take_album(struct call *call, const json_t *items, struct medium *media,
                       const char **caption)
{
    static const char attach[] = "attach://";

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const char *type = json_text(item, "type"), *file = json_text(item, "media");

        if (!type || (strcmp(type, "photo") != 0 && strcmp(type, "video") != 0))
            return fail(call, 400, "Bad Request: can't parse InputMedia: type is not allowed");
        if (!file || strncmp(file, attach, sizeof attach - 1) != 0)
            return fail(call, 400, "Bad Request: wrong file identifier/HTTP URL specified");
        if (!take_file(call, file + sizeof attach - 1, type, &media[i]))
            return false;
        if (i == 0)
            *caption = json_text(item, "caption");
    }
    return !*caption ||
           text_fits(call, *caption, CAPTION_MOST, "Bad Request: message caption is too long");
}

static void send_album(struct call *call)
{
    const json_t *items = value_of(call, "media");
    const size_t count = json_array_size(items);
    struct medium media[ALBUM_MOST];
    const char *caption = NULL;
    const struct post *post;
    json_t *messages;

    if (count < 2 || count > ALBUM_MOST) {
        (void)fail(call, 400, "Bad Request: media group must include 2-10 items");
        return;
    }
    if (!take_album(call, items, media, &caption))
        return;
    post = publish(call, caption, media, count);
    if (!post)
        return;
    messages = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(messages, message_json(call, post, i));
    succeed(call, messages);
}

/* ---- what is taken back ---- */

/* An album goes when its first picture does. */
static void delete_message(struct call *call)
{
    struct post *post = post_of(call, number_of(text_of(call, "message_id")));

    if (!post) {
        (void)fail(call, 400, "Bad Request: message to delete not found");
        return;
    }
    world_delete(call->world, post);
    succeed(call, json_true());
}

/* What is not there is skipped. */
static void delete_messages(struct call *call)
{
    const json_t *ids = value_of(call, "message_ids");

    if (json_array_size(ids) < 1 || json_array_size(ids) > 100) {
        (void)fail(call, 400, "Bad Request: message identifiers are not specified");
        return;
    }
    for (size_t i = 0; i < json_array_size(ids); i++) {
        struct post *post = post_of(call, json_integer_value(json_array_get(ids, i)));

        if (post)
            world_delete(call->world, post);
    }
    succeed(call, json_true());
}

/* ---- who is who ---- */

static int64_t bot_number(const struct call *call)
{
    return 1000000000 + (int64_t)(strlen(call->token) * 7919 % 1000000);
}

static json_t *bot_json(const struct call *call)
{
    const char *name = world_handle_of(call->world, call->token, call->arena);

    return json_pack("{s:I,s:b,s:s,s:s,s:b,s:b,s:b}", "id", (json_int_t)bot_number(call), "is_bot",
                     1, "first_name", name, "username", arena_printf(call->arena, "%s_bot", name),
                     "can_join_groups", 1, "can_read_all_group_messages", 0,
                     "supports_inline_queries", 0);
}

static void get_me(struct call *call)
{
    succeed(call, bot_json(call));
}

static void get_chat(struct call *call)
{
    json_t *chat = chat_json(call->channel);

    json_put_integer(chat, "accent_color_id", 0);
    json_put_integer(chat, "max_reaction_count", 11);
    succeed(call, chat);
}

static void get_chat_member(struct call *call)
{
    if (number_of(text_of(call, "user_id")) != bot_number(call)) {
        (void)fail(call, 400, "Bad Request: user not found");
        return;
    }
    succeed(call,
            json_pack("{s:s,s:o,s:b,s:b,s:b,s:b,s:b,s:b}", "status", "administrator", "user",
                      bot_json(call), "can_be_edited", 0, "is_anonymous", 0, "can_manage_chat", 1,
                      "can_post_messages", 1, "can_edit_messages", 1, "can_delete_messages", 1));
}

/* ---- the table ---- */

static const struct method {
    const char *name;
    bool in_channel;
    void (*serve)(struct call *call);
} methods[] = {
    {"sendMessage", true, send_message},
    {"sendPhoto", true, send_photo},
    {"sendAnimation", true, send_animation},
    {"sendVideo", true, send_video},
    {"sendMediaGroup", true, send_album},
    {"deleteMessage", true, delete_message},
    {"deleteMessages", true, delete_messages},
    {"getMe", false, get_me},
    {"getChat", true, get_chat},
    {"getChatMember", true, get_chat_member},
};

static void serve_method(struct call *call)
{
    if (!read_arguments(call))
        return;
    if (text_of(call, "parse_mode") || is_true(call, "allow_paid_broadcast")) {
        (void)fail(call, 501, "SANDBOX: markup and paid broadcasts are not served here");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        if (strcasecmp(methods[i].name, call->method) != 0)
            continue;
        if (!methods[i].in_channel || take_channel(call))
            methods[i].serve(call);
        return;
    }
    (void)fail(call, 404, "Not Found");
}

/* Pictures as the page shows them. */
static void show_media(struct call *call, const char *sha256)
{
    if (platform_show_file(call->world, call->request, sha256, NULL, call->answer))
        call->answer->mime = mime_of(call->answer->body, call->answer->length);
    else
        (void)fail(call, 404, "Not Found");
}

static bool show_page(struct call *call)
{
    const char *below = call->request->below + (*call->request->below == '/');
    const char *name = arena_text_n(call->arena, below, strcspn(below, "/"));
    const struct account *account = world_find_account(call->world, call->platform->name, name);

    if (strcmp(call->request->method, "GET") != 0)
        return false;
    if (strcmp(name, "media") == 0 && below[strlen(name)] == '/')
        show_media(call, below + sizeof "media");
    else if (account)
        telegram_page(call->platform, call->world, call->request, account, call->answer);
    else
        return false;
    return true;
}

void telegram_serve(const struct platform *platform, struct world *world, struct request *request,
                    struct answer *answer)
{
    struct call call = {.platform = platform,
                        .world = world,
                        .request = request,
                        .answer = answer,
                        .arena = &request->arena};

    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0)
        (void)fail(&call, 404, "Not Found");
    else if (!show_page(&call) && take_path(&call))
        serve_method(&call);
}

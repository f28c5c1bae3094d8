#include "platform/telegram.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "platform/graph.h"
#include "platform/registry.h"

enum {
    PHOTO_BYTES = 10 * 1000 * 1000,
    FILE_BYTES = 50 * 1000 * 1000,
    MOST_MEDIA = 10,
    BODY_MAX = 64 * 1024,
    WORDS_BYTES = 200
};

static const struct shape photo = {
    .most_sides = 10000,
    .tallest = {1, 20},
    .widest = {20, 1},
    .source = "core.telegram.org/bots/api sendPhoto",
};

/* An animation is a file, not a photo. */
static const struct shape animation = {.source = "core.telegram.org/bots/api sendAnimation"};

static const struct media_limit media_limits[] = {
    {.mime = "image/jpeg", .most_bytes = PHOTO_BYTES},
    {.mime = "image/png", .most_bytes = PHOTO_BYTES},
    {.mime = "image/webp", .most_bytes = PHOTO_BYTES},
    {.mime = "image/gif", .most_bytes = FILE_BYTES, .moves = true, .shape = &animation},
    {.mime = "video/mp4", .most_bytes = FILE_BYTES},
    {.mime = NULL},
};

static const char *const alone[] = {"image/gif", NULL};

/* Not promised: "no more than 20 messages a minute to the same group", which its support applies to
 * channels too. */
static const struct budget budgets[] = {
    {"messages", NULL, 20, {INT64_C(60) * 1000}, "core.telegram.org/bots/faq"},
    {0},
};

const struct limits telegram_limits = {
    .text = {{.unit = COUNT_UTF16, .most = 4096}},
    .caption = {.unit = COUNT_UTF16, .most = 1024},
    .media = media_limits,
    .most_media = MOST_MEDIA,
    .picture = &photo,
    .alone = alone,
    .has_tags = true,
    .has_threads = true,
    .budgets = budgets,
    .source = "core.telegram.org/bots/api 10.1: sendMessage, sendPhoto, sendMediaGroup, sendVideo",
};

const struct account_key telegram_keys[] = {
    {"channel", ACCOUNT_KEY_TEXT, NULL,
     N_("The channel: \"@name\", or the number that begins with -100.")},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};

static const char *const hosts[] = {"api.telegram.org", NULL};
static const char *const states[] = {"sending", NULL};
static const char *const credential_keys[] = {"token", NULL};

/* A drill's channel is called like its account. */
static const char *channel_of(const struct job *job, struct arena *arena)
{
    const char *channel = account_option(job->account, "channel");

    return channel && *channel ? channel : arena_printf(arena, "@%s", job->account->name);
}

/* ---- requests ---- */

/* Those that make nothing public, and those without files: a JSON object, taken over. */
static struct http_request call(const char *method, json_t *arguments, enum request_kind kind,
                                struct arena *arena)
{
    struct header *headers = arena_array(arena, 1, sizeof *headers);
    struct http_request request = {
        .method = "POST",
        .path = arena_printf(arena, "/%s", method),
        .headers = headers,
        .header_count = 1,
        .kind = kind,
        .signing = "bot",
    };

    headers[0] = (struct header){"Content-Type", "application/json"};
    request.body = json_write(arguments, arena, &request.body_length);
    json_decref(arguments);
    return request;
}

/* Which method takes media of that kind, and what it calls it. */
static const struct method {
    const char *mime; /* of the beginning; NULL = any other */
    const char *name, *part;
} methods[] = {
    {"image/gif", "sendAnimation", "animation"},
    {"image/", "sendPhoto", "photo"},
    {NULL, "sendVideo", "video"},
};

static const struct method *method_for(const char *mime)
{
    const struct method *method = methods;

    while (method->mime && strncmp(mime, method->mime, strlen(method->mime)) != 0)
        method++;
    return method;
}

/* What answers another post says which. */
static json_t *reply_parameters(const struct job *job)
{
    json_t *parameters;

    if (!job->parent_id)
        return NULL;
    parameters = json_object();
    json_put_integer(parameters, "message_id", strtoll(job->parent_id, NULL, 10));
    json_put_bool(parameters, "allow_sending_without_reply", false);
    return parameters;
}

static struct http_request message_request(const struct job *job, struct arena *arena)
{
    json_t *arguments = json_object(), *parameters = reply_parameters(job);

    json_put(arguments, "chat_id", channel_of(job, arena));
    json_put(arguments, "text", job->content->text);
    if (parameters)
        json_put_new(arguments, "reply_parameters", parameters);
    return call("sendMessage", arguments, REQUEST_PUBLISH, arena);
}

/* The parts of a form, as many as they may be. */
struct form_parts {
    struct form_part parts[MOST_MEDIA + 5];
    size_t count;
};

static void add_text(struct form_parts *form, const char *name, const char *value)
{
    if (value && *value)
        form->parts[form->count++] = (struct form_part){.name = name, .value = value};
}

static void add_file(struct form_parts *form, const struct job *job, const char *name,
                     const char *sha256, struct arena *arena)
{
    form->parts[form->count++] = (struct form_part){
        .name = name,
        .file_sha256 = arena_text(arena, sha256),
        .mime = job_mime(job, sha256),
        .filename = name,
    };
}

static void add_parent(struct form_parts *form, const struct job *job, struct arena *arena)
{
    json_t *parameters = reply_parameters(job);

    if (parameters)
        add_text(form, "reply_parameters", json_write(parameters, arena, NULL));
    json_decref(parameters);
}

static void add_one(struct form_parts *form, const struct job *job, const struct method *method,
                    struct arena *arena)
{
    add_text(form, "caption", job->content->text);
    if (strcmp(method->part, "video") == 0)
        add_text(form, "supports_streaming", "true");
    add_file(form, job, method->part, job->content->media[0].sha256, arena);
}

/* The words of an album are those of its first picture. */
static json_t *album_item(const struct job *job, size_t index, const char *name,
                          struct arena *arena)
{
    const char *mime = job_mime(job, job->content->media[index].sha256);
    json_t *item = json_object();

    json_put(item, "type", method_for(mime)->part);
    json_put(item, "media", arena_printf(arena, "attach://%s", name));
    if (index == 0 && job->content->text)
        json_put(item, "caption", job->content->text);
    return item;
}

static void add_album(struct form_parts *form, const struct job *job, struct arena *arena)
{
    json_t *list = json_array();

    for (size_t i = 0; i < job->content->media_count; i++) {
        const char *name = arena_printf(arena, "f%zu", i);

        json_array_append_new(list, album_item(job, i, name, arena));
        add_file(form, job, name, job->content->media[i].sha256, arena);
    }
    add_text(form, "media", json_write(list, arena, NULL));
    json_decref(list);
}

static struct http_request media_request(const struct job *job, struct arena *arena)
{
    const struct content *content = job->content;
    const struct method *method = method_for(job_mime(job, content->media[0].sha256));
    struct form_parts *form = arena_alloc(arena, sizeof *form);

    add_text(form, "chat_id", channel_of(job, arena));
    add_parent(form, job, arena);
    if (content->media_count > 1)
        add_album(form, job, arena);
    else
        add_one(form, job, method, arena);
    return (struct http_request){
        .method = "POST",
        .path =
            arena_printf(arena, "/%s", content->media_count > 1 ? "sendMediaGroup" : method->name),
        .parts = form->parts,
        .part_count = form->count,
        .kind = REQUEST_PUBLISH,
        .signing = "bot",
        .timeout = span_minutes(10), /* a video is converted while the request waits */
    };
}

static struct step send_post(const struct job *job, struct arena *arena)
{
    struct http_request request =
        job->content->media_count > 0 ? media_request(job, arena) : message_request(job, arena);

    request.unrepeatable = true;
    if (request.timeout.ms == 0)
        request.timeout = span_minutes(2); /* an answer that is late costs a person's look */
    return step_send(&request, progress_write(states[0], NULL, arena));
}

/* ---- answers ---- */

/* The result of a whole answer that says ok; NULL for all others. */
static const json_t *result_of(const struct http_reply *reply, struct arena *arena)
{
    const json_t *body = reply_is(reply, 200) ? json_in_arena(reply_json(reply), arena) : NULL;

    return json_flag(body, "ok") ? json_object_get(body, "result") : NULL;
}

/* "-1001234567890" is written as "1234567890" in addresses. */
static const char *page_of(const json_t *chat, struct arena *arena)
{
    const char *username = json_text(chat, "username");
    const int64_t id = json_integer_or(chat, "id", 0);

    if (username && *username)
        return arena_text(arena, username);
    return arena_printf(arena, "c/%" PRId64, id < 0 ? -INT64_C(1000000000000) - id : id);
}

static const char *url_of(const struct job *job, const json_t *message, struct arena *arena)
{
    const char *base = job->account->base_url ? job->account->base_url : "https://t.me";
    const int64_t id = json_integer_or(message, "message_id", 0);

    if (id <= 0)
        return "";
    return receipt_url(arena_printf(arena, "%s/%s/%" PRId64, base,
                                    page_of(json_object_get(message, "chat"), arena), id),
                       arena);
}

/* "812", of an album "812,813,814": all are needed to take it back. */
static const char *ids_of(const json_t *messages, struct arena *arena)
{
    const char *ids = "";

    for (size_t i = 0; i < json_array_size(messages); i++) {
        const int64_t id = json_integer_or(json_array_get(messages, i), "message_id", 0);

        if (id > 0)
            ids = arena_printf(arena, "%s%s%" PRId64, ids, *ids ? "," : "", id);
    }
    return ids;
}

/* A video to a large channel may be put off by Telegram: it has the number 0 until it appears. It
 * is published all the same, and nobody knows its number. */
static struct step after_success(const struct job *job, const json_t *result, struct arena *arena)
{
    json_t *messages = json_is_array(result) ? json_deep_copy(result) : json_array();
    const json_t *first;
    struct receipt receipt;

    if (json_is_object(result))
        json_array_append_new(messages, json_deep_copy(result));
    messages = json_in_arena(messages, arena);
    first = json_array_get(messages, 0);
    if (!json_is_integer(json_object_get(first, "message_id")))
        return step_doubt(_("Telegram took it, but did not answer with a message."));
    receipt =
        (struct receipt){.remote_id = ids_of(messages, arena), .url = url_of(job, first, arena)};
    receipt.not_read_back = !*receipt.remote_id;
    if (receipt.not_read_back)
        receipt.remote_id = "0";
    return step_done(receipt);
}

enum outcome { OUTCOME_REFUSED, OUTCOME_TROUBLE, OUTCOME_GONE };

/* What stands in `description`. The number is looked at first; the words are no stable interface,
 * so what is not known here is a refusal. */
static const struct verdict {
    int status;
    const char *words; /* anywhere in it; NULL = whatever it says */
    enum outcome outcome;
    enum trouble trouble;
} verdicts[] = {
    {400, "message to delete not found", OUTCOME_GONE, TROUBLE_NONE},
    {400, "chat not found", OUTCOME_TROUBLE, TROUBLE_IDENTITY},
    {400, "chat_id is empty", OUTCOME_TROUBLE, TROUBLE_IDENTITY},
    {400, "upgraded to a supergroup", OUTCOME_TROUBLE, TROUBLE_IDENTITY},
    {400, "not enough rights", OUTCOME_TROUBLE, TROUBLE_SCOPE},
    {400, "CHAT_WRITE_FORBIDDEN", OUTCOME_TROUBLE, TROUBLE_SCOPE},
    {400, "need administrator rights", OUTCOME_TROUBLE, TROUBLE_SCOPE},
    {400, NULL, OUTCOME_REFUSED, TROUBLE_NONE},
    {401, NULL, OUTCOME_TROUBLE, TROUBLE_TOKEN},
    {403, NULL, OUTCOME_TROUBLE, TROUBLE_SCOPE},
    {404, NULL, OUTCOME_TROUBLE, TROUBLE_TOKEN},
    {409, NULL, OUTCOME_TROUBLE, TROUBLE_SCOPE},
};

static const struct verdict *verdict_on(int status, const char *description)
{
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        const struct verdict *verdict = &verdicts[i];

        if (verdict->status == status &&
            (!verdict->words || (description && strstr(description, verdict->words))))
            return verdict;
    }
    return NULL;
}

static const char *words_of(const json_t *body, const struct http_reply *reply, struct arena *arena)
{
    const char *description = json_text(body, "description");

    return description && *description ? arena_printf(arena, _("Telegram says: %s"),
                                                      graph_line(description, WORDS_BYTES, arena))
                                       : reply_sentence(reply, arena);
}

/* One second more than it asks for: both clocks count whole seconds. */
static struct instant asked_back(const json_t *body, const struct http_reply *reply)
{
    const int64_t seconds = json_integer_or(json_object_get(body, "parameters"), "retry_after", -1);

    if (seconds >= 0 && seconds < INT64_C(7) * 86400)
        return instant_plus(reply->received, span_seconds(seconds + 1));
    return reply_retry_at(reply, NULL);
}

static struct step by_verdict(const struct verdict *verdict, const char *why)
{
    switch (verdict->outcome) {
    case OUTCOME_TROUBLE:
        return step_trouble(verdict->trouble, why);
    case OUTCOME_GONE:
        return step_done((struct receipt){0});
    case OUTCOME_REFUSED:
        break;
    }
    return step_refused(why);
}

/* An answer of Telegram's own, not of some front-end: {"ok":false,"error_code",...}. */
static bool is_envelope(const json_t *body)
{
    return json_is_false(json_object_get(body, "ok")) &&
           json_is_integer(json_object_get(body, "error_code"));
}

/* Telegram itself says that nothing came of it: it may be sent again, though nobody can look. */
static struct step undone(struct step step)
{
    step.undone = step.kind == STEP_RETRY;
    return step;
}

/* All that is no success. `lost` is what may have arrived means: doubt for what publishes, another
 * try for the rest. A page of some front-end is no verdict of Telegram's. */
static struct step after_failure(const struct http_reply *reply,
                                 struct step (*lost)(const char *why), struct arena *arena)
{
    const json_t *body = json_in_arena(reply_json(reply), arena);
    const char *why = words_of(body, reply, arena);
    const struct verdict *verdict;

    if (reply->fate == FATE_NOT_SENT)
        return step_retry(why, INSTANT_NONE);
    if (reply->fate != FATE_ANSWERED)
        return lost(why);
    if (reply->status == 413)
        return step_refused(why);
    if (!is_envelope(body))
        return lost(why);
    if (reply->status == 429)
        return undone(step_retry(why, asked_back(body, reply)));
    verdict = verdict_on(reply->status, json_text(body, "description"));
    return verdict ? undone(by_verdict(verdict, why)) : lost(why);
}

static struct step again(const char *why)
{
    return step_retry(why, INSTANT_NONE);
}

/* ---- the machines ---- */

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    const json_t *result;

    if (at->state && strcmp(at->state, states[0]) != 0)
        return step_doubt(_("The stored progress is not one that this version knows."));
    if (!reply)
        return send_post(job, arena);
    result = result_of(reply, arena);
    return result ? after_success(job, result, arena) : after_failure(reply, step_doubt, arena);
}

/* Which channel this is, who the bot is, and whether it may post there. */

static struct step ask_chat(const struct job *job, struct arena *arena)
{
    json_t *arguments = json_object();
    struct http_request request;

    json_put(arguments, "chat_id", channel_of(job, arena));
    request = call("getChat", arguments, REQUEST_READ, arena);
    return step_send(&request, progress_write("channel", NULL, arena));
}

static struct step ask_bot(const json_t *chat, struct arena *arena)
{
    struct http_request request = call("getMe", json_object(), REQUEST_READ, arena);
    json_t *kept = json_object();
    struct step step;

    json_put_integer(kept, "id", json_integer_or(chat, "id", 0));
    json_put(kept, "page", page_of(chat, arena));
    step = step_send(&request, progress_write("bot", kept, arena));
    json_decref(kept);
    return step;
}

static struct step ask_rights(const struct job *job, const json_t *kept, const json_t *bot,
                              struct arena *arena)
{
    json_t *arguments = json_object();
    struct http_request request;

    json_put(arguments, "chat_id", channel_of(job, arena));
    json_put_integer(arguments, "user_id", json_integer_or(bot, "id", 0));
    request = call("getChatMember", arguments, REQUEST_READ, arena);
    return step_send(&request, progress_write("rights", kept, arena));
}

static struct step known(const json_t *kept, const json_t *member, struct arena *arena)
{
    const char *status = json_text(member, "status");

    if (!status || (strcmp(status, "creator") != 0 && !json_flag(member, "can_post_messages")))
        return step_trouble(TROUBLE_SCOPE,
                            _("The bot is no administrator of the channel that may post: add it "
                              "there with the right to post messages."));
    return step_done((struct receipt){
        .remote_id = arena_printf(arena, "%" PRId64, json_integer_or(kept, "id", 0)),
        .handle = arena_text(arena, json_text(kept, "page")),
        .scopes = json_flag(member, "can_delete_messages") ? "can_post_messages can_delete_messages"
                                                           : "can_post_messages"});
}

static struct step identify(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    const json_t *result;

    if (!reply || !at->state)
        return ask_chat(job, arena);
    result = result_of(reply, arena);
    if (!result)
        return after_failure(reply, again, arena);
    if (strcmp(at->state, "channel") == 0)
        return ask_bot(result, arena);
    return strcmp(at->state, "bot") == 0 ? ask_rights(job, at->kept, result, arena)
                                         : known(at->kept, result, arena);
}

/* All messages of the post at once; asked again it is done as well. */
static struct step retract(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    json_t *arguments, *ids;
    struct http_request request;
    char *end;

    (void)at;
    if (reply)
        return result_of(reply, arena) ? step_done((struct receipt){0})
                                       : after_failure(reply, again, arena);
    ids = json_array();
    for (const char *id = job->delivery->remote_id; *id; id = *end == ',' ? end + 1 : end) {
        const int64_t number = strtoll(id, &end, 10);

        if (end == id)
            break;
        if (number > 0)
            json_array_append_new(ids, json_integer(number));
    }
    if (json_array_size(ids) == 0) {
        json_decref(ids);
        return step_refused(_("Telegram did not tell the number of this message: delete it in the "
                              "app."));
    }
    arguments = json_object();
    json_put(arguments, "chat_id", channel_of(job, arena));
    json_put_new(arguments, "message_ids", ids);
    request = call("deleteMessages", arguments, REQUEST_PUBLISH, arena);
    return step_send(&request, progress_write("deleting", NULL, arena));
}

const struct adapter telegram = {
    .name = "telegram",
    .facts = &platform_rows[PLATFORM_TELEGRAM],
    .proof = PROOF_ANSWER,
    .hosts = hosts,
    .states = states,
    .credential_keys = credential_keys,
    .class_of = adapter_class_c,
    .publish = publish,
    .identify = identify,
    .retract = retract,
};

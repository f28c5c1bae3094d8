/* The machine `publish` has one state, "posting".
 *
 *   posting --2xx--> done
 *           --never left, 429, 502/503/504 with Retry-After--> later again
 *           --3xx, 401, 403, 404, 410--> trouble: the address or the secret is wrong
 *           --400, 413, 422--> refused
 *           --anything else, lost--> doubt; inside the window the same event may be sent again
 *
 * The event of a removal, `post.delete`, goes the same way under an id of its own.
 */
#include "platform/webhook.h"

#include <string.h>

#include "base/i18n.h"
#include "platform/registry.h"
#include "text/unicode.h"

enum {
    USUAL_BYTES = 1000,
    TEXT_BYTES = 20000,
    TIMEOUT_S = 15,
    ID_BYTES = 200,
    BODY_MAX = 16 * 1024 * 1024
};
static const char window_by_default[] = "5m";

/* Nothing of a file is sent but its name by content, so its size is no matter. */
static const struct media_limit media_limits[] = {
    {.mime = "image/jpeg"},
    {.mime = "image/png"},
    {.mime = "image/gif", .moves = true},
    {.mime = "image/webp", .moves = true},
    {.mime = "image/heif"},
    {.mime = "image/avif", .moves = true},
    {.mime = "video/mp4"},
    {.mime = "video/webm"},
    {.mime = NULL},
};

const struct limits webhook_limits = {
    .text = {{.unit = COUNT_BYTES, .most = TEXT_BYTES}},
    .has_alt = true,
    .media = media_limits,
    .most_media = 20,
    .has_title = true,
    .has_link_field = true,
    .source = "Standard Webhooks 1.0.0: a body of less than 20 kB",
};

const struct account_key webhook_keys[] = {
    {"url", ACCOUNT_KEY_URL, NULL,
     N_("The receiver's whole address: \"https://portal.example.gov.in/hooks/crier\".")},
    {"remembers", ACCOUNT_KEY_SPAN, window_by_default,
     N_("How long the receiver remembers the webhook-id of an event; so long a repeat is safe.")},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};

static const char *const states[] = {"posting", NULL};
static const char *const credential_keys[] = {"secret", NULL};

static enum adapter_class class_of(const struct account *account)
{
    (void)account;
    return CLASS_B;
}

static struct span key_window(const struct account *account)
{
    const char *remembers = account_option(account, "remembers");
    struct span window = {0};

    return span_parse(remembers ? remembers : window_by_default, &window) ? window
                                                                          : (struct span){0};
}

/* ---- the event ----
 *
 * Written straight into its bytes, members in order: each post passes here. */

typedef void (*data_writer)(const struct job *job, struct buffer *out, struct arena *arena);

static void write_media(const struct job *job, struct buffer *out)
{
    json_open(out, "media", '[');
    for (size_t i = 0; i < job->content->media_count; i++) {
        const struct medium *medium = &job->content->media[i];
        const struct medium *facts = job_medium(job, medium->sha256);

        json_open(out, NULL, '{');
        json_add(out, "alt", medium->alt ? medium->alt : "");
        json_add_integer(out, "bytes", facts ? facts->bytes : 0);
        json_add(out, "mime", job_mime(job, medium->sha256));
        json_add(out, "sha256", medium->sha256);
        json_close(out, '}');
    }
    json_close(out, ']');
}

/* The content, which is what was approved, and who it is. */
static void write_post(const struct job *job, struct buffer *out, struct arena *arena)
{
    const struct content *content = job->content;

    json_add(out, "account", content->account);
    json_add(out, "description", content->description);
    json_add(out, "id", job->delivery->id);
    json_add(out, "language", content->language);
    json_add(out, "link", content->link);
    write_media(job, out);
    json_add(out, "name", delivery_name(job->delivery, arena));
    json_add(out, "parent", content->parent);
    json_add(out, "text", content->text);
    json_add(out, "title", content->title);
}

static void write_removal(const struct job *job, struct buffer *out, struct arena *arena)
{
    json_add(out, "id", job->delivery->id);
    json_add(out, "name", delivery_name(job->delivery, arena));
    json_add(out, "remote_id", job->delivery->remote_id);
    json_add(out, "url", job->delivery->url);
}

/* The same time gives the same bytes on every try. */
static void write_event(const struct job *job, const char *type, struct instant at,
                        data_writer write_data, struct arena *arena, struct http_request *request)
{
    char time[INSTANT_TEXT];
    struct buffer out;

    buffer_init(&out, BODY_MAX);
    buffer_reserve(&out, USUAL_BYTES);
    json_open(&out, NULL, '{');
    json_open(&out, "data", '{');
    write_data(job, &out, arena);
    json_close(&out, '}');
    json_add(&out, "timestamp", instant_utc(at, time));
    json_add(&out, "type", type);
    json_close(&out, '}');
    request->body = arena_text_n(arena, out.bytes, out.length);
    request->body_length = out.length;
    buffer_clear(&out);
}

/* Where it goes is the account itself; the path says nothing. */
static struct http_request event_request(const char *id, struct arena *arena)
{
    struct header *headers = arena_array(arena, 2, sizeof *headers);

    headers[0] = (struct header){"content-type", "application/json"};
    headers[1] = (struct header){"webhook-id", id};
    return (struct http_request){.method = "POST",
                                 .path = "/",
                                 .headers = headers,
                                 .header_count = 2,
                                 .kind = REQUEST_PUBLISH,
                                 .signing = "webhook",
                                 .timeout = span_seconds(TIMEOUT_S)};
}

/* Before there is an intent, its time by the plan. */
static struct step send_post(const struct job *job, struct arena *arena)
{
    const struct delivery *delivery = job->delivery;
    struct instant at =
        instant_is_none(delivery->first_intent) ? delivery->at : delivery->first_intent;
    struct http_request request = event_request(arena_text(arena, delivery->key), arena);

    write_event(job, "post.publish", at, write_post, arena, &request);
    return step_send(&request, progress_write(states[0], NULL, arena));
}

/* ---- its answer ---- */

static bool is_success(const struct http_reply *reply)
{
    return reply->fate == FATE_ANSWERED && reply->status >= 200 && reply->status < 300;
}

/* An id that may be stored and shown; else NULL. */
static const char *answered_id(const json_t *answer, struct arena *arena)
{
    const char *id = json_text(answer, "id");
    size_t offset;
    uint32_t code_point;

    if (!id || !*id || strlen(id) > ID_BYTES || strchr(id, '\n') ||
        unicode_find_forbidden(id, &offset, &code_point))
        return NULL;
    return arena_text(arena, id);
}

/* An answer may say what became of the post: {"id","url"}. It need not. */
static struct step after_success(const struct job *job, const struct http_reply *reply,
                                 struct arena *arena)
{
    const json_t *answer = json_in_arena(reply_json(reply), arena);
    const char *id = answered_id(answer, arena);

    return step_done((struct receipt){.remote_id = id ? id : arena_text(arena, job->delivery->id),
                                      .url = receipt_url(json_text(answer, "url"), arena)});
}

enum outcome { OUTCOME_RETRY, OUTCOME_TROUBLE, OUTCOME_REFUSED };

static const struct verdict {
    int first, last;
    enum outcome outcome;
    enum trouble trouble;
    const char *why; /* NULL = what the receiver says */
} verdicts[] = {
    {300, 399, OUTCOME_TROUBLE, TROUBLE_IDENTITY,
     N_("The receiver has moved, and redirects are not followed: correct its address.")},
    {401, 401, OUTCOME_TROUBLE, TROUBLE_TOKEN,
     N_("The receiver refuses the signature: the secret is not the one it has.")},
    {403, 403, OUTCOME_TROUBLE, TROUBLE_SCOPE,
     N_("The receiver does not allow it: the secret is not the one it has, or it is closed to "
        "us.")},
    {404, 404, OUTCOME_TROUBLE, TROUBLE_IDENTITY,
     N_("There is no receiver at this address: correct it.")},
    {410, 410, OUTCOME_TROUBLE, TROUBLE_SUSPENDED,
     N_("The receiver says that this address is closed for good.")},
    {400, 400, OUTCOME_REFUSED, TROUBLE_NONE, NULL},
    {413, 413, OUTCOME_REFUSED, TROUBLE_NONE, NULL},
    {422, 422, OUTCOME_REFUSED, TROUBLE_NONE, NULL},
    {429, 429, OUTCOME_RETRY, TROUBLE_NONE, NULL},
};

/* A gateway that names a time has not handed it on; one that does not may have. */
static bool asks_back(const struct http_reply *reply)
{
    return (reply->status == 502 || reply->status == 503 || reply->status == 504) &&
           reply_header(reply, "Retry-After");
}

static struct step by_verdict(const struct verdict *verdict, const struct http_reply *reply,
                              struct arena *arena)
{
    const char *why = verdict->why ? _(verdict->why) : reply_sentence(reply, arena);

    switch (verdict->outcome) {
    case OUTCOME_TROUBLE:
        return step_trouble(verdict->trouble, why);
    case OUTCOME_REFUSED:
        return step_refused(why);
    case OUTCOME_RETRY:
        break;
    }
    return step_retry(why, reply_retry_at(reply, NULL));
}

static struct step after_failure(const struct http_reply *reply, struct arena *arena)
{
    const char *why = reply_sentence(reply, arena);

    if (reply->fate == FATE_NOT_SENT)
        return step_retry(why, INSTANT_NONE);
    if (reply->fate != FATE_ANSWERED)
        return step_doubt(why);
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        if (reply->status >= verdicts[i].first && reply->status <= verdicts[i].last)
            return by_verdict(&verdicts[i], reply, arena);
    }
    return asks_back(reply) ? step_retry(why, reply_retry_at(reply, NULL)) : step_doubt(why);
}

static struct step after_answer(const struct job *job, const struct http_reply *reply,
                                struct arena *arena)
{
    return is_success(reply) ? after_success(job, reply, arena) : after_failure(reply, arena);
}

/* ---- the machines ---- */

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    if (job->content->parent)
        return step_refused(_("Parts of a thread cannot be sent to a webhook yet."));
    if (at->state && strcmp(at->state, states[0]) != 0)
        return step_doubt(_("The stored progress is not one that this version knows."));
    return reply ? after_answer(job, reply, arena) : send_post(job, arena);
}

/* An event of its own needs an id of its own, the same on every try. */
static const char *removal_id(const struct delivery *delivery, struct arena *arena)
{
    const char *both = arena_printf(arena, "%s post.delete", delivery->key);
    char hex[DIGEST_HEX];

    return arena_text(arena, digest_hex_of(both, strlen(both), hex));
}

/* Its time is that of the publication: a machine knows no other that stays the same. */
static struct step retract(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    const struct delivery *delivery = job->delivery;
    struct http_request request = event_request(removal_id(delivery, arena), arena);

    (void)at;
    if (reply)
        return after_answer(job, reply, arena);
    write_event(job, "post.delete", delivery->published, write_removal, arena, &request);
    return step_send(&request, progress_write(states[0], NULL, arena));
}

const struct adapter webhook = {
    .name = "webhook",
    .facts = &platform_rows[PLATFORM_WEBHOOK],
    .proof = PROOF_ANSWER,
    .states = states,
    .credential_keys = credential_keys,
    .class_of = class_of,
    .key_window = key_window,
    .publish = publish,
    .retract = retract,
};

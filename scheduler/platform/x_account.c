/* What the platform says of an account, and its tokens: the machines `identify` and `refresh`.
 *
 * A refresh token can be used once; used again, it takes the whole login with it. So a request
 * whose answer was lost is repeated (nothing is left to lose: the answer had the only new pair),
 * and what it then says is that somebody has to log in.
 */
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "platform/x.h"

/* ---- errors ---- */

/* Where the words are looked for: api.twitter.com still appears in `type`, so only its end counts.
 */
enum where { IN_TYPE, IN_WORDS, IN_CODE, ANYWHERE };

/* In this order; the first that fits. Source: docs.x.com response codes and errors, and answers
 * that were seen (facts page §4). */
static const struct sign {
    int status; /* 0 = any of 4xx */
    enum where place;
    const char *text; /* IN_TYPE: how it ends */
    int64_t code;
    enum x_meaning meaning;
} signs[] = {
    {402, ANYWHERE, NULL, 0, X_CREDITS}, /* CreditsDepleted, or Payment Required */
    {0, IN_TYPE, "/credits", 0, X_CREDITS},
    {0, IN_TYPE, "/credits-depleted", 0, X_CREDITS},
    {0, IN_TYPE, "/usage-capped", 0, X_CREDITS},
    {0, IN_TYPE, "/user-suspended", 0, X_SUSPENDED},
    {0, IN_WORDS, "suspended", 0, X_SUSPENDED},
    {0, IN_WORDS, "temporarily locked", 0, X_SUSPENDED},
    {0, IN_CODE, NULL, 64, X_SUSPENDED},
    {0, IN_CODE, NULL, 326, X_SUSPENDED},
    {429, ANYWHERE, NULL, 0, X_LATER},
    {0, IN_CODE, NULL, 88, X_LATER},
    {401, ANYWHERE, NULL, 0, X_TOKEN},
    {0, IN_CODE, NULL, 89, X_TOKEN},
    {403, IN_WORDS, "duplicate content", 0, X_DUPLICATE},
    {403, IN_CODE, NULL, 187, X_DUPLICATE},
    {403, IN_WORDS, "Reply to this conversation is not allowed", 0, X_REPLY},
    {403, IN_WORDS, "Unsupported Authentication", 0, X_SCOPE},
    {403, IN_TYPE, "/unsupported-authentication", 0, X_SCOPE},
    {403, IN_TYPE, "/oauth1-permissions", 0, X_SCOPE},
    {403, IN_TYPE, "/client-forbidden", 0, X_SCOPE},
    {403, IN_CODE, NULL, 453, X_SCOPE},
    {400, IN_WORDS, "media IDs are invalid", 0, X_MEDIA},
};

static bool contains(const char *text, const char *part)
{
    return text && strstr(text, part) != NULL;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t wanted = strlen(end);

    return text && strlen(text) >= wanted && strcmp(text + strlen(text) - wanted, end) == 0;
}

static bool object_has(const json_t *object, const struct sign *sign)
{
    switch (sign->place) {
    case IN_TYPE:
        return ends_with(json_text(object, "type"), sign->text);
    case IN_WORDS:
        return contains(json_text(object, "detail"), sign->text) ||
               contains(json_text(object, "message"), sign->text) ||
               contains(json_text(object, "title"), sign->text);
    case IN_CODE:
        return json_integer_or(object, "code", 0) == sign->code;
    case ANYWHERE:
        break;
    }
    return true;
}

/* The answer itself, or one of its list. */
static bool body_has(const json_t *body, const struct sign *sign)
{
    const json_t *errors = json_object_get(body, "errors"), *error;
    size_t i;

    if (object_has(body, sign))
        return true;
    json_array_foreach(errors, i, error)
    {
        if (object_has(error, sign))
            return true;
    }
    return false;
}

/* What is left over is a refusal only when X itself says so: a page or an error of something in
 * front of it knows nothing of what is behind. */
static bool is_refusal(int status, const json_t *body)
{
    return (status == 400 || status == 403 || status == 404) &&
           (json_text(body, "title") || json_text(body, "detail") ||
            json_array_size(json_object_get(body, "errors")) > 0);
}

enum x_meaning x_meaning(const struct http_reply *reply, struct arena *arena)
{
    const json_t *body = json_in_arena(reply_json(reply), arena);
    const int status = reply->status;

    if (reply->fate != FATE_ANSWERED || status < 400 || status >= 500)
        return X_UNKNOWN;
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        if ((signs[i].status == 0 || signs[i].status == status) && body_has(body, &signs[i]))
            return signs[i].meaning;
    }
    return is_refusal(status, body) ? X_REFUSED : X_UNKNOWN;
}

/* The list's first words, where the answer has none of its own on top. */
static const char *words_of(const struct http_reply *reply, struct arena *arena)
{
    const json_t *body = json_in_arena(reply_json(reply), arena);
    const json_t *first = json_array_get(json_object_get(body, "errors"), 0);
    const char *text = json_text(first, "message");
    struct http_reply same = *reply;

    if (!text)
        text = json_text(first, "detail");
    if (!text || json_text(body, "detail") || json_text(body, "title"))
        return reply_sentence(reply, arena);
    same.body = arena_printf(arena, "{\"detail\":%s}",
                             json_write(json_in_arena(json_string(text), arena), arena, NULL));
    same.body_length = strlen(same.body);
    return reply_sentence(&same, arena);
}

/* OAuth 1.0a signs the time: X refuses what is some minutes off. */
static bool clocks_differ(const struct http_reply *reply)
{
    const int64_t tolerated_ms = span_minutes(1).ms;
    const int64_t apart_ms =
        instant_is_none(reply->date) ? 0 : instant_since(reply->date, reply->received).ms;

    return apart_ms > tolerated_ms || apart_ms < -tolerated_ms;
}

static const char *advice(enum x_meaning meaning, const struct http_reply *reply)
{
    switch (meaning) {
    case X_TOKEN:
        return clocks_differ(reply)
                   ? _("The clocks of this server and of X differ; that alone spoils a signature.")
                   : NULL;
    case X_SCOPE:
        return _("The app must allow to read and write before its token is made; then log in "
                 "again.");
    case X_CREDITS:
        return _("Buy credits in X's developer console.");
    case X_DUPLICATE:
        return _("X has this text already: it may be this very post.");
    case X_REPLY:
        return _("X does not let this app answer posts: set threads = false for this account, or "
                 "ask X.");
    case X_UNKNOWN:
    case X_SUSPENDED:
    case X_LATER:
    case X_MEDIA:
    case X_REFUSED:
        break;
    }
    return NULL;
}

const char *x_sentence(const struct http_reply *reply, struct arena *arena)
{
    const char *more = advice(x_meaning(reply, arena), reply);
    const char *said = words_of(reply, arena);
    char *both = more ? arena_printf(arena, "%s %s", more, said) : NULL;

    return both && strlen(both) <= 300 ? both : more ? more : said;
}

bool x_stops_account(const struct http_reply *reply, struct arena *arena, struct step *step)
{
    static const enum trouble troubles[] = {
        [X_TOKEN] = TROUBLE_TOKEN,
        [X_SCOPE] = TROUBLE_SCOPE,
        [X_SUSPENDED] = TROUBLE_SUSPENDED,
        [X_CREDITS] = TROUBLE_CREDITS,
    };
    const enum x_meaning meaning = x_meaning(reply, arena);
    const char *why = x_sentence(reply, arena);

    if (meaning >= X_TOKEN && meaning <= X_CREDITS)
        *step = step_trouble(troubles[meaning], why);
    else if (meaning == X_LATER)
        *step = step_retry(why, reply_retry_at(reply, x.reset_header));
    else
        return false;
    return true;
}

static struct step failure(const struct http_reply *reply, struct arena *arena)
{
    struct step step;

    if (x_stops_account(reply, arena, &step))
        return step;
    if (reply->fate == FATE_ANSWERED && reply->status == 403)
        return step_trouble(TROUBLE_SCOPE, x_sentence(reply, arena));
    step = step_for_failure(&x, reply, arena);
    step.why = x_sentence(reply, arena);
    return step;
}

struct step x_failure(const struct x_visit *visit)
{
    return failure(visit->reply, visit->arena);
}

struct step x_unreadable(const struct http_reply *reply, struct arena *arena)
{
    struct step step = failure(reply, arena);

    if (step.kind == STEP_REFUSED)
        step.kind = STEP_RETRY;
    return step;
}

/* ---- ways in ---- */

static const char *const oauth1_keys[] = {"consumer_key", "consumer_secret", "access_token",
                                          "access_token_secret", NULL};
static const char *const oauth2_keys[] = {"client_id", "refresh_token", NULL};
static const char *const oauth2_optional[] = {"client_secret", NULL};
static const struct session_words oauth2_session = {.access = "access_token",
                                                    .refresh = "refresh_token",
                                                    .life_member = "expires_in",
                                                    .life = {INT64_C(7200) * 1000},
                                                    .keeps = REFRESH_ROTATES,
                                                    .first = "refresh_token"};

static const struct way_in oauth1 = {.word = "oauth1",
                                     .credential_keys = oauth1_keys,
                                     .signing = "oauth1"};
static const struct way_in oauth2 = {.word = "oauth2",
                                     .credential_keys = oauth2_keys,
                                     .optional_keys = oauth2_optional,
                                     .session = &oauth2_session,
                                     .signing = "bearer"};
const struct way_in *const x_ways[] = {&oauth1, &oauth2, NULL};

/* ---- who am I ---- */

/* OAuth 1.0a tells in a header what a token may: "read", "read-write". */
static struct step told(const struct http_reply *reply, struct arena *arena)
{
    const json_t *body = json_in_arena(reply_json(reply), arena);
    const json_t *data = json_object_get(body, "data");
    const char *id = json_text(data, "id"), *name = json_text(data, "username");
    const char *level = reply_header(reply, "x-access-level");

    if (!x_id_usable(id) || !name)
        return step_retry(_("X did not say whose key this is."), INSTANT_NONE);
    if (level && strcmp(level, "read") == 0)
        return step_trouble(TROUBLE_SCOPE,
                            _("The token may only read. Let the app read and write, then make a "
                              "new token: an old one stays as it was."));
    return step_done((struct receipt){.remote_id = arena_text(arena, id),
                                      .handle = arena_text(arena, name),
                                      .scopes = arena_text(arena, level)});
}

struct step x_identify(const struct job *job, const struct progress *at,
                       const struct http_reply *reply, struct arena *arena)
{
    const struct http_request request = x_request(job, "GET", "/2/users/me", REQUEST_READ);

    (void)at;
    if (!reply)
        return step_send(&request, NULL);
    return reply_is(reply, 200) ? told(reply, arena) : x_unreadable(reply, arena);
}

/* ---- a new pair of tokens ---- */

static struct step send_refresh(void)
{
    static const struct secret_field fields[] = {{"grant_type", "refresh_token", NULL},
                                                 {"refresh_token", NULL, SECRET_REFRESH},
                                                 {"client_id", NULL, "client_id"}};
    const struct http_request request = {.method = "POST",
                                         .path = "/2/oauth2/token",
                                         .kind = REQUEST_UPLOAD,
                                         .signing = "basic",
                                         .fields = fields,
                                         .field_count = COUNT_OF(fields),
                                         .fields_place = FIELDS_FORM,
                                         .opens_session = true,
                                         .timeout = span_seconds(30)};

    return step_send(&request, NULL);
}

/* invalid_request is what X says of a token that was used already. */
static bool is_over(const struct http_reply *reply, struct arena *arena)
{
    const json_t *body = json_in_arena(reply_json(reply), arena);
    const char *error = json_text(body, "error");

    return error && (reply_is(reply, 400) || reply_is(reply, 401)) &&
           (strcmp(error, "invalid_request") == 0 || strcmp(error, "invalid_grant") == 0);
}

struct step x_refresh(const struct job *job, const struct progress *at,
                      const struct http_reply *reply, struct arena *arena)
{
    (void)job;
    (void)at;
    if (!reply)
        return send_refresh();
    if (reply_is(reply, 200))
        return reply->tokens ? step_done((struct receipt){0})
                             : step_retry(_("X's answer has no tokens in it."), INSTANT_NONE);
    if (is_over(reply, arena))
        return step_trouble(TROUBLE_TOKEN,
                            _("X does not accept the refresh token any more: it was used already, "
                              "withdrawn, or is older than six months. Log in again."));
    return x_unreadable(reply, arena);
}

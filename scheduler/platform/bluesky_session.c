/* Sessions: the machines `refresh` and `identify`, and what the server says of an account.
 *
 *   renewing  --200--> done       --expired, junk, 401--> creating      --else--> later again
 *   creating  --200--> done       --401, 400--> the credentials are wrong
 *
 * Logging in is counted (30 in 5 min, 300 a day; 100 a day were seen), so a session is renewed as
 * long as that goes. A lost answer is no loss: for two hours the old refresh token gives the same
 * successor. Both go to the account's own server; what the session tells of its home is for
 * everything after it.
 */
#include <string.h>

#include "base/i18n.h"
#include "platform/bluesky.h"

/* ---- what the server says of an account ---- */

const char *bluesky_error(const struct http_reply *reply, struct arena *arena)
{
    return json_text(json_in_arena(reply_json(reply), arena), "error");
}

bool bluesky_says(const struct http_reply *reply, const char *error, struct arena *arena)
{
    const char *said = bluesky_error(reply, arena);

    return said && strcmp(said, error) == 0;
}

static const struct {
    const char *error;
    enum trouble trouble;
} troubles[] = {
    {"ExpiredToken", TROUBLE_EXPIRED},       {"InvalidToken", TROUBLE_EXPIRED},
    {"AuthMissing", TROUBLE_EXPIRED},        {"AccountTakedown", TROUBLE_SUSPENDED},
    {"AccountSuspended", TROUBLE_SUSPENDED}, {"AccountDeactivated", TROUBLE_SUSPENDED},
    {"RepoTakendown", TROUBLE_SUSPENDED},    {"RepoSuspended", TROUBLE_SUSPENDED},
    {"RepoDeactivated", TROUBLE_SUSPENDED},
};

enum trouble bluesky_trouble(const struct http_reply *reply, struct arena *arena)
{
    const char *said = bluesky_error(reply, arena);

    for (size_t i = 0; said && reply->status / 100 == 4 && i < COUNT_OF(troubles); i++) {
        if (strcmp(said, troubles[i].error) == 0)
            return troubles[i].trouble;
    }
    return TROUBLE_NONE;
}

struct step bluesky_failure(const struct http_reply *reply, struct arena *arena)
{
    enum trouble trouble = bluesky_trouble(reply, arena);

    return trouble != TROUBLE_NONE ? step_trouble(trouble, reply_sentence(reply, arena))
                                   : step_for_failure(&bluesky, reply, arena);
}

struct step bluesky_unreadable(const struct http_reply *reply, struct arena *arena)
{
    struct step step = bluesky_failure(reply, arena);

    if (step.kind == STEP_REFUSED)
        step.kind = STEP_RETRY;
    return step;
}

/* ---- what a session tells ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = text ? strlen(text) : 0, wanted = strlen(end);

    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

/* "https://name.region.host.bsky.network" -> the host; NULL for what is not simply that. */
static const char *host_of(const char *endpoint, struct arena *arena)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    size_t length;

    if (!endpoint || strncmp(endpoint, "https://", 8) != 0)
        return NULL;
    endpoint += 8;
    length = strspn(endpoint, allowed);
    if (length == 0 || (endpoint[length] && strcmp(endpoint + length, "/") != 0))
        return NULL;
    return arena_text_n(arena, endpoint, length);
}

/* Where the account lives, by its own document. */
static const char *home_of(const json_t *session, struct arena *arena)
{
    const json_t *services = json_object_get(json_object_get(session, "didDoc"), "service");

    for (size_t i = 0; i < json_array_size(services); i++) {
        const json_t *service = json_array_get(services, i);

        if (ends_with(json_text(service, "id"), "#atproto_pds"))
            return host_of(json_text(service, "serviceEndpoint"), arena);
    }
    return NULL;
}

static bool is_did(const char *text)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:%-";

    return text && strncmp(text, "did:", 4) == 0 && strlen(text) <= 2048 &&
           strspn(text, allowed) == strlen(text);
}

/* Who it is, and where; or what keeps it from being used. */
static struct step told(const struct http_reply *reply, struct arena *arena)
{
    const json_t *session = json_in_arena(reply_json(reply), arena);
    const char *did = json_text(session, "did"), *handle = json_text(session, "handle");

    if (json_is_false(json_object_get(session, "active")))
        return step_trouble(TROUBLE_SUSPENDED,
                            _("The platform says that the account is not active."));
    if (!is_did(did) || !handle)
        return step_retry(_("The server did not say whose session this is."), INSTANT_NONE);
    return step_done((struct receipt){.remote_id = arena_text(arena, did),
                                      .handle = arena_text(arena, handle),
                                      .host = home_of(session, arena)});
}

/* ---- the machines ---- */

static const char creating[] = "creating";

/* The password stays in net/, which writes the body. */
static struct step send_creation(struct arena *arena)
{
    static const struct secret_field fields[] = {{"identifier", NULL, "identifier"},
                                                 {"password", NULL, "password"}};
    struct http_request request = {.method = "POST",
                                   .path = "/xrpc/com.atproto.server.createSession",
                                   .kind = REQUEST_UPLOAD,
                                   .signing = "none",
                                   .fields = fields,
                                   .field_count = COUNT_OF(fields),
                                   .opens_session = true,
                                   .timeout = span_seconds(30)};

    return step_send(&request, progress_write(creating, NULL, arena));
}

static struct step send_renewal(struct arena *arena)
{
    struct http_request request = {.method = "POST",
                                   .path = "/xrpc/com.atproto.server.refreshSession",
                                   .kind = REQUEST_UPLOAD,
                                   .signing = "refresh",
                                   .opens_session = true,
                                   .timeout = span_seconds(30)};

    return step_send(&request, progress_write("renewing", NULL, arena));
}

static struct step after_success(const struct http_reply *reply, struct arena *arena)
{
    return reply->tokens ? told(reply, arena)
                         : step_retry(_("The server's answer has no session in it."), INSTANT_NONE);
}

/* What proves that the refresh token is of no use any more; then the password is asked. */
static bool is_over(const struct http_reply *reply, struct arena *arena)
{
    return reply->fate == FATE_ANSWERED && bluesky_trouble(reply, arena) != TROUBLE_SUSPENDED &&
           (reply->status == 401 || bluesky_trouble(reply, arena) == TROUBLE_EXPIRED);
}

static struct step after_renewal(const struct http_reply *reply, struct arena *arena)
{
    if (reply_is(reply, 200))
        return after_success(reply, arena);
    return is_over(reply, arena) ? send_creation(arena) : bluesky_unreadable(reply, arena);
}

static struct step after_creation(const struct http_reply *reply, struct arena *arena)
{
    if (reply_is(reply, 200))
        return after_success(reply, arena);
    if (bluesky_says(reply, "AuthFactorTokenRequired", arena))
        return step_trouble(TROUBLE_TOKEN,
                            _("The platform asks for a code by e-mail: the credentials "
                              "hold the main password. Make an app password for it."));
    if (bluesky_trouble(reply, arena) == TROUBLE_SUSPENDED)
        return bluesky_failure(reply, arena);
    if (reply_is(reply, 401) || (reply_is(reply, 400) && bluesky_error(reply, arena)))
        return step_trouble(TROUBLE_TOKEN,
                            _("The platform refuses the identifier or the password of "
                              "the credentials. Make a new app password for it."));
    return bluesky_unreadable(reply, arena);
}

struct step bluesky_refresh(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    const bool with_password =
        !job->identity.has_session || (at->state && strcmp(at->state, creating) == 0);

    if (!reply)
        return with_password ? send_creation(arena) : send_renewal(arena);
    return with_password ? after_creation(reply, arena) : after_renewal(reply, arena);
}

struct step bluesky_identify(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *arena)
{
    struct http_request request = {.method = "GET",
                                   .path = "/xrpc/com.atproto.server.getSession",
                                   .host = job->identity.host,
                                   .kind = REQUEST_READ,
                                   .signing = "bearer"};

    (void)at;
    if (!reply)
        return step_send(&request, NULL);
    return reply_is(reply, 200) ? told(reply, arena) : bluesky_unreadable(reply, arena);
}

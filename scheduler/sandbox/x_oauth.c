/* Who asks: OAuth 1.0a by its signature (RFC 5849), OAuth 2.0 by the tokens that were handed out.
 */
#include "sandbox/x.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "sandbox/login.h"
#include "sandbox/html.h"
#include "sandbox/session.h"

enum { CLOCK_TOLERANCE_S = 300, NONCES = 4096, SIGNED_MOST = 64 * 1024 };

static const struct span access_life = {7200000};
static const struct span refresh_life = {INT64_C(180) * 86400000};

static const char request_token[] = "request-";

static bool unauthorized(struct x_call *call)
{
    return x_problem(call, 401, "about:blank", "Unauthorized", "Unauthorized");
}

/* ---- OAuth 1.0a ---- */

static void encode(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                           (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';

        if (plain)
            buffer_char(out, (char)c);
        else
            buffer_printf(out, "%%%02X", c);
    }
}

static const char *encoded(const char *text, struct arena *arena)
{
    struct buffer out;
    const char *copy;

    buffer_init(&out, SIGNED_MOST);
    encode(&out, text);
    copy = arena_text_n(arena, out.bytes, out.length);
    buffer_clear(&out);
    return copy;
}

/* `OAuth a="b", c="d"`, decoded. */
static bool read_header(struct x_call *call, const char *header, struct fields *fields)
{
    for (const char *at = header; *at;) {
        const size_t name = strcspn(at, "=,");
        const char *value = at + name + 2, *end, *decoded_name, *decoded;
        size_t length;

        if (at[name] != '=' || at[name + 1] != '"' || !(end = strchr(value, '"')))
            return false;
        if (!form_decode(at, name, false, call->arena, &decoded_name, &length) ||
            !form_decode(value, (size_t)(end - value), false, call->arena, &decoded, &length))
            return false;
        if (fields_find(fields, decoded_name))
            return false;
        fields_add(fields, decoded_name, decoded, call->arena);
        at = end + 1;
        at += strspn(at, ", ");
    }
    return true;
}

static int by_text(const void *a, const void *b)
{
    const char *const *one = a, *const *other = b;

    return strcmp(*one, *other);
}

/* "name=value" of each, encoded. A blank sorts before everything that an encoded text can hold, so
 * that "a" comes before "a1", whatever their values. */
static size_t add_pairs(struct x_call *call, const struct fields *from, const char **pairs,
                        size_t count)
{
    for (size_t i = 0; i < from->count; i++) {
        if (strcmp(from->items[i].name, "oauth_signature") == 0 ||
            strcmp(from->items[i].name, "realm") == 0)
            continue;
        pairs[count++] =
            arena_printf(call->arena, "%s =%s", encoded(from->items[i].name, call->arena),
                         encoded(from->items[i].value, call->arena));
    }
    return count;
}

static const char *parameters(struct x_call *call, const struct fields *header)
{
    struct fields form = {0};
    const char **pairs, *text;
    struct buffer out;
    size_t count;

    if (request_body_is(call->request, "application/x-www-form-urlencoded") &&
        !form_read_body(call->request, call->arena, &form))
        return NULL;
    pairs = arena_array(call->arena, header->count + call->request->query.count + form.count + 1,
                        sizeof *pairs);
    count = add_pairs(call, header, pairs, 0);
    count = add_pairs(call, &call->request->query, pairs, count);
    count = add_pairs(call, &form, pairs, count);
    qsort(pairs, count, sizeof *pairs, by_text);
    buffer_init(&out, SIGNED_MOST);
    for (size_t i = 0; i < count; i++) {
        const char *blank = strchr(pairs[i], ' ');

        buffer_printf(&out, "%s%.*s%s", i ? "&" : "", (int)(blank - pairs[i]), pairs[i], blank + 1);
    }
    text = out.overflowed ? NULL : arena_text_n(call->arena, out.bytes, out.length);
    buffer_clear(&out);
    return text;
}

/* Over the address as it was asked: that of the sandbox, with the platform's name in the path. */
static const char *signature_of(struct x_call *call, const struct fields *header)
{
    const char *text = parameters(call, header), *key, *base, *target = call->request->target;
    const char *token = fields_text(header, "oauth_token");
    unsigned char mac[SHA1_BYTES];
    char *host = arena_text(call->arena, call->request->host);

    if (!text)
        return NULL;
    for (char *c = host; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + ('a' - 'A')) : *c;
    base = arena_printf(call->arena, "http://%s%.*s", host, (int)strcspn(target, "?"), target);
    base = arena_printf(call->arena, "%s&%s&%s", call->request->method, encoded(base, call->arena),
                        encoded(text, call->arena));
    key = arena_printf(call->arena, "%s&%s",
                       encoded(fields_text(header, "oauth_consumer_key"), call->arena),
                       token ? encoded(token, call->arena) : "");
    hmac_sha1(key, strlen(key), base, strlen(base), mac);
    return base64_encode(mac, sizeof mac, call->arena);
}

/* Each nonce once; remembered as long as their number lets us. */
static bool is_fresh(const char *nonce, const char *token, const char *timestamp)
{
    static uint64_t seen[NONCES];
    static size_t next;
    struct arena arena = {0};
    const char *text = arena_printf(&arena, "%s %s %s", nonce, token, timestamp);
    const struct digest digest = digest_of(text, strlen(text));
    uint64_t mark;

    memcpy(&mark, digest.bytes, sizeof mark);
    arena_clear(&arena);
    for (size_t i = 0; i < NONCES; i++) {
        if (seen[i] == mark)
            return false;
    }
    seen[next++ % NONCES] = mark;
    return true;
}

static bool is_timely(struct x_call *call, const char *timestamp)
{
    const int64_t stated = strtoll(timestamp, NULL, 10);
    const int64_t apart = stated - world_now(call->world).ms / 1000;

    return *timestamp && strspn(timestamp, "0123456789") == strlen(timestamp) &&
           apart <= CLOCK_TOLERANCE_S && apart >= -CLOCK_TOLERANCE_S;
}

static bool is_complete(const struct fields *header)
{
    static const char *const needed[] = {"oauth_consumer_key", "oauth_nonce", "oauth_signature",
                                         "oauth_timestamp"};
    const char *method = fields_text(header, "oauth_signature_method");
    const char *version = fields_text(header, "oauth_version");

    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        const char *value = fields_text(header, needed[i]);

        if (!value || !*value)
            return false;
    }
    return method && strcmp(method, "HMAC-SHA1") == 0 && (!version || strcmp(version, "1.0") == 0);
}

/* A whole and true signature, whoever made it. */
static bool take_signature(struct x_call *call, struct fields *header)
{
    const char *text = header_text(&call->request->headers, "Authorization");
    const char *signature, *token, *timestamp;

    if (!text || strncasecmp(text, "OAuth ", 6) != 0 || !read_header(call, text + 6, header) ||
        !is_complete(header))
        return x_problem(call, 400, "about:blank", "Bad Request", "Bad Authentication data.");
    signature = signature_of(call, header);
    token = fields_text(header, "oauth_token");
    timestamp = fields_text(header, "oauth_timestamp");
    if (!signature || strcmp(signature, fields_text(header, "oauth_signature")) != 0 ||
        !is_timely(call, timestamp) ||
        !is_fresh(fields_text(header, "oauth_nonce"), token ? token : "", timestamp))
        return unauthorized(call);
    return true;
}

static bool authenticate_oauth1(struct x_call *call)
{
    struct fields header = {0};
    const char *token, *handle;

    if (!take_signature(call, &header))
        return false;
    token = fields_text(&header, "oauth_token");
    handle = token ? world_handle_of(call->world, token, call->arena) : NULL;
    if (!handle || strncmp(token, request_token, sizeof request_token - 1) == 0)
        return unauthorized(call);
    call->account = world_account(call->world, call->platform->name, handle);
    return true;
}

/* ---- a login with a number that a page shows ---- */

/* Seven digits, made of the request token. */
static const char *pin_of(const char *token, struct arena *arena)
{
    const struct digest digest = digest_of(token, strlen(token));
    uint32_t number;

    memcpy(&number, digest.bytes, sizeof number);
    return arena_printf(arena, "%07u", number % 10000000);
}

static void answer_pair_of(struct x_call *call, const char *token, const char *more)
{
    struct buffer body;

    buffer_init(&body, SIGNED_MOST);
    buffer_text(&body, "oauth_token=");
    encode(&body, token);
    buffer_text(&body, "&oauth_token_secret=");
    encode(&body, token);
    buffer_text(&body, more);
    answer_text(call->request, 200, "text/html;charset=utf-8", arena_text(call->arena, body.bytes),
                call->answer);
    buffer_clear(&body);
}

void x_serve_request_token(struct x_call *call)
{
    struct fields header = {0};
    const char *callback;

    if (!take_signature(call, &header))
        return;
    callback = fields_text(&header, "oauth_callback");
    if (!callback || !*callback || fields_text(&header, "oauth_token")) {
        (void)unauthorized(call);
        return;
    }
    answer_pair_of(call,
                   arena_printf(call->arena, "%s%s-%s", request_token,
                                world_new_id(call->world, call->arena),
                                fields_text(&header, "oauth_consumer_key")),
                   "&oauth_callback_confirmed=true");
}

/* What the account's owner sees in a browser. */
void x_serve_authorize(struct x_call *call)
{
    const char *token = fields_text(&call->request->query, "oauth_token");
    struct buffer html;

    if (!token || strncmp(token, request_token, sizeof request_token - 1) != 0) {
        (void)x_problem(call, 403, "about:blank", "Forbidden", "Invalid or expired token");
        return;
    }
    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, "Authorize app / X", "main{padding:2em}");
    buffer_printf(&html,
                  "<p>Enter this PIN to complete the authorization:</p><h1><code>%s</code></h1>",
                  pin_of(token, call->arena));
    html_end(&html);
    html_answer(call->request, 200, &html, call->answer);
}

/* The account is the one that the consumer key names. */
void x_serve_access_token(struct x_call *call)
{
    struct fields header = {0};
    const char *token, *pin, *key, *handle;

    if (!take_signature(call, &header))
        return;
    token = fields_text(&header, "oauth_token");
    pin = fields_text(&header, "oauth_verifier");
    key = fields_text(&header, "oauth_consumer_key");
    if (!pin)
        pin = fields_text(&call->request->query, "oauth_verifier");
    handle = world_handle_of(call->world, key, call->arena);
    if (!token || strncmp(token, request_token, sizeof request_token - 1) != 0 || !pin ||
        strcmp(pin, pin_of(token, call->arena)) != 0 || !handle) {
        (void)unauthorized(call);
        return;
    }
    answer_pair_of(call, key,
                   arena_printf(call->arena, "&user_id=%s&screen_name=%s",
                                world_account(call->world, call->platform->name, handle)->id,
                                handle));
}

/* ---- OAuth 2.0 ---- */

static bool authenticate_bearer(struct x_call *call, const char *token)
{
    const struct session *session = session_of_access(call->world, call->platform->name, token);

    if (strncmp(token, "AAAA", 4) == 0)
        return x_problem(call, 403, "https://api.x.com/2/problems/unsupported-authentication",
                         "Unsupported Authentication",
                         "Authenticating with OAuth 2.0 Application-Only is forbidden for this "
                         "endpoint.  Supported authentication types are [OAuth 1.0a User Context, "
                         "OAuth 2.0 User Context].");
    if (!session || !instant_before(world_now(call->world), session->access_until))
        return unauthorized(call);
    call->account = world_find_account(call->world, call->platform->name, session->account);
    return call->account || unauthorized(call);
}

bool x_authenticate(struct x_call *call)
{
    const char *header = header_text(&call->request->headers, "Authorization");
    bool known;

    if (header && strncasecmp(header, "OAuth ", 6) == 0)
        known = authenticate_oauth1(call);
    else if (header && strncasecmp(header, "Bearer ", 7) == 0)
        known = authenticate_bearer(call, header + 7);
    else
        known = unauthorized(call);
    call->request->account = known ? call->account : NULL;
    return known;
}

/* The fault `expire_token`: the session at hand ends. */
void x_no_token(struct world *world, struct request *request, struct answer *answer)
{
    struct x_call call = {
        .world = world, .request = request, .answer = answer, .arena = &request->arena};
    const char *token = request_bearer(request);
    const struct session *session = token ? session_of_access(world, "x", token) : NULL;

    if (session)
        session_expire_access(world, world_find_account(world, "x", session->account));
    (void)unauthorized(&call);
}

/* ---- the token endpoint ---- */

static void refuse_grant(struct x_call *call, int status, const char *error, const char *told)
{
    answer_json(call->request, status,
                json_pack("{s:s,s:s}", "error", error, "error_description", told), call->answer);
}

static const struct session *make_pair(struct x_call *call, const struct account *account,
                                       const struct session *renewed)
{
    const char *number = world_new_id(call->world, call->arena);

    return session_make(call->world, account, arena_printf(call->arena, "xa-%s", number),
                        access_life, arena_printf(call->arena, "xr-%s", number), refresh_life,
                        renewed);
}

static void answer_pair(struct x_call *call, const struct session *pair)
{
    answer_json(call->request, 200,
                json_pack("{s:s,s:i,s:s,s:s,s:s}", "token_type", "bearer", "expires_in", 7200,
                          "access_token", pair->access, "refresh_token", pair->refresh, "scope",
                          "tweet.read tweet.write users.read media.write offline.access"),
                call->answer);
}

/* A token that came again: everything that was ever made from that login ends. */
static void end_login(struct x_call *call, const struct session *session)
{
    struct account *account =
        world_find_account(call->world, call->platform->name, session->account);

    for (; session; session = session->successor)
        session_expire_refresh(call->world, session);
    session_expire_access(call->world, account);
}

/* "sandbox-HANDLE" before anybody used it: the login that it stands for. */
static const struct session *first_login(struct x_call *call, const char *refresh)
{
    const char *handle = world_handle_of(call->world, refresh, call->arena);

    if (!handle || strncmp(refresh, "xr-", 3) == 0)
        return NULL;
    return session_make(call->world, world_account(call->world, call->platform->name, handle),
                        arena_printf(call->arena, "login-%s", refresh), (struct span){0}, refresh,
                        refresh_life, NULL);
}

static void renew(struct x_call *call, const char *refresh)
{
    const struct session *session = session_of_refresh(call->world, call->platform->name, refresh);

    if (!session)
        session = first_login(call, refresh);
    if (session && session->successor)
        end_login(call, session);
    if (!session || session->successor ||
        !instant_before(world_now(call->world), session->refresh_until)) {
        refuse_grant(call, 400, "invalid_request", "Value passed for the token was invalid.");
        return;
    }
    answer_pair(call,
                make_pair(call,
                          world_find_account(call->world, call->platform->name, session->account),
                          session));
}

/* A code is what the page gave, or "sandbox-HANDLE"; who asks for it must show that it began the
 * login. */
static void exchange_code(struct x_call *call)
{
    const char *code = fields_text(&call->form, "code");
    const char *handle = login_by_code(&call->form, call->arena);

    if (!handle && code && strncmp(code, "sandbox-", 8) == 0)
        handle = world_handle_of(call->world, code, call->arena);
    if (!handle || !fields_text(&call->form, "redirect_uri") ||
        !fields_text(&call->form, "code_verifier"))
        refuse_grant(call, 400, "invalid_request",
                     "Value passed for the authorization code was invalid.");
    else
        answer_pair(call, make_pair(call, world_account(call->world, call->platform->name, handle),
                                    NULL));
}

/* A public client names itself, a confidential one proves it. */
static bool is_client(struct x_call *call)
{
    const char *header = header_text(&call->request->headers, "Authorization");
    const char *id = fields_text(&call->form, "client_id");

    return (header && strncasecmp(header, "Basic ", 6) == 0 && header[6]) || (id && *id);
}

static bool take_form(struct x_call *call)
{
    if (request_body_is(call->request, "application/x-www-form-urlencoded") &&
        form_read_body(call->request, call->arena, &call->form))
        return true;
    refuse_grant(call, 400, "invalid_request", "Missing required parameter [grant_type].");
    return false;
}

void x_serve_token(struct x_call *call)
{
    const char *grant, *refresh;

    if (!take_form(call))
        return;
    grant = fields_text(&call->form, "grant_type");
    refresh = fields_text(&call->form, "refresh_token");
    if (!is_client(call))
        refuse_grant(call, 401, "unauthorized_client", "Missing valid authorization header");
    else if (grant && strcmp(grant, "authorization_code") == 0)
        exchange_code(call);
    else if (!grant || strcmp(grant, "refresh_token") != 0)
        refuse_grant(call, 400, "unsupported_grant_type", "grant_type is not supported");
    else if (!refresh || !*refresh)
        refuse_grant(call, 400, "invalid_request", "Missing required parameter [refresh_token].");
    else
        renew(call, refresh);
}

void x_serve_revoke(struct x_call *call)
{
    const struct session *session;
    const char *token;

    if (!take_form(call))
        return;
    token = fields_text(&call->form, "token");
    session = token ? session_of_refresh(call->world, call->platform->name, token) : NULL;
    if (token && !session)
        session = session_of_access(call->world, call->platform->name, token);
    if (session)
        end_login(call, session);
    answer_json(call->request, 200, json_pack("{s:b}", "revoked", 1), call->answer);
}

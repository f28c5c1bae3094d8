#include "platform/login.h"

#include <string.h>

#include "base/digest.h"
#include "base/i18n.h"
#include "platform/form.h"
#include "platform/graph.h"
#include "platform/sign_oauth1.h"

/* ---- what is asked of a person ---- */

static const struct login_member mastodon_members[] = {{"access_token", N_("Access token"), false},
                                                       {.name = NULL}};
static const struct login_member bluesky_members[] = {
    {"identifier", N_("Handle, or the e-mail address of the account"), false},
    {"password", N_("App password"), false},
    {.name = NULL}};
static const struct login_member webhook_members[] = {{"secret", N_("Secret (whsec_...)"), false},
                                                      {.name = NULL}};
static const struct login_member telegram_members[] = {
    {"token", N_("Token of the bot (1234:ABC...)"), false}, {.name = NULL}};
static const struct login_member facebook_members[] = {
    {"user_token", N_("Token of the system user"), false},
    {"app_secret", N_("App secret, if the app asks for it (else leave it empty)"), true},
    {.name = NULL}};
static const struct login_member page_members[] = {{"page_token", N_("Token of the page"), false},
                                                   {.name = NULL}};
static const struct login_member instagram_members[] = {
    {"user_token", N_("Token of the system user"), false}, {.name = NULL}};
static const struct login_member instagram_paste[] = {
    {"user_token", N_("Token of the system user"), false},
    {"page_token", N_("Token of the linked page, if there is one (else leave it empty)"), true},
    {.name = NULL}};
static const struct login_member threads_members[] = {
    {"access_token", N_("Long-lived token"), false},
    {"page_token", N_("Token of the linked page, if there is one (else leave it empty)"), true},
    {.name = NULL}};
static const struct login_member google_members[] = {{"client_id", N_("Client ID"), false},
                                                     {"client_secret", N_("Client secret"), false},
                                                     {.name = NULL}};
static const struct login_member google_paste[] = {{"client_id", N_("Client ID"), false},
                                                   {"client_secret", N_("Client secret"), false},
                                                   {"refresh_token", N_("Refresh token"), false},
                                                   {.name = NULL}};
static const struct login_member x1_members[] = {{"consumer_key", N_("API key"), false},
                                                 {"consumer_secret", N_("API key secret"), false},
                                                 {.name = NULL}};
static const struct login_member x1_paste[] = {{"consumer_key", N_("API key"), false},
                                               {"consumer_secret", N_("API key secret"), false},
                                               {"access_token", N_("Access token"), false},
                                               {"access_token_secret", N_("Access token secret"),
                                                false},
                                               {.name = NULL}};
static const struct login_member x2_members[] = {
    {"client_id", N_("Client ID"), false},
    {"client_secret", N_("Client secret (empty for a public client)"), true},
    {.name = NULL}};
static const struct login_member x2_paste[] = {
    {"client_id", N_("Client ID"), false},
    {"client_secret", N_("Client secret (empty for a public client)"), true},
    {"refresh_token", N_("Refresh token"), false},
    {.name = NULL}};

/* ---- the ways; the first of an account is the usual one ---- */

static const char *const own_server[] = {"ig_id", "media_url", NULL};

static const struct login_flow flows[] = {
    {.platform = "bluesky",
     .kind = LOGIN_PASTE,
     .intro = N_("Make an app password: Bluesky, Settings, Privacy and security, App passwords."),
     .members = bluesky_members},
    {.platform = "facebook",
     .kind = LOGIN_PAGE,
     .intro = N_("Meta Business settings, System users: give the system user the page (full\n"
                 "control), install the app, and generate a token that never ends, with\n"
                 "pages_show_list, pages_manage_posts, pages_read_engagement,\n"
                 "pages_manage_engagement and business_management. The app stands on \"Live\"."),
     .members = facebook_members,
     .no_page = N_("crier.cfg must say its page_id first (crier explain page_id); or paste the "
                   "page's own token: --by paste.")},
    {.platform = "facebook",
     .kind = LOGIN_PASTE,
     .intro = N_("A token of the page itself, made from a long-lived or a system user's token."),
     .members = page_members},
    {.platform = "instagram",
     .kind = LOGIN_PAGE,
     .intro = N_("As for Facebook: a system user who has the page and the Instagram account, and\n"
                 "a token with instagram_basic, instagram_content_publish, pages_read_engagement,\n"
                 "pages_show_list and business_management."),
     .members = instagram_members,
     .instead = own_server,
     .no_page = N_("crier.cfg must say its page_id first (crier explain page_id), or ig_id and "
                   "media_url instead of it; or paste the page's own token: --by paste.")},
    {.platform = "instagram",
     .kind = LOGIN_PASTE,
     .intro = N_("The same tokens, when the page's own one was made elsewhere."),
     .members = instagram_paste},
    {.platform = "mastodon",
     .kind = LOGIN_PASTE,
     .intro = N_("On the server: Preferences, Development, New application, with the scopes\n"
                 "read:accounts, read:statuses, write:statuses and write:media. Its page shows\n"
                 "the access token. In the account's profile, say that it is automated."),
     .members = mastodon_members},
    {.platform = "telegram",
     .kind = LOGIN_PASTE,
     .intro = N_("Ask @BotFather for a bot (/newbot), and make it an administrator of the channel\n"
                 "who may post messages."),
     .members = telegram_members},
    {.platform = "threads",
     .kind = LOGIN_PASTE,
     .intro = N_("App Dashboard, Threads use case, Settings, User Token Generator: generate a\n"
                 "token for the account. It must have accepted the invitation as a tester."),
     .members = threads_members},
    {.platform = "webhook",
     .kind = LOGIN_PASTE,
     .intro = N_("The secret that the receiver of the webhook was given, too."),
     .members = webhook_members},
    {.platform = "x",
     .way = "oauth1",
     .kind = LOGIN_PIN,
     .intro = N_("console.x.com: the app must allow to read and write before the token is made;\n"
                 "a callback address must be registered, any will do. X wants the label\n"
                 "\"Automated\" on the account (Settings, Your account)."),
     .members = x1_members,
     .page = "https://api.x.com/oauth/authorize",
     .start = "/oauth/request_token",
     .token = "/oauth/access_token"},
    {.platform = "x",
     .way = "oauth1",
     .kind = LOGIN_PASTE,
     .intro = N_("console.x.com shows all four for the account that the app belongs to: Keys and\n"
                 "tokens. The access token must be made after the app was set to read and write."),
     .members = x1_paste},
    {.platform = "x",
     .way = "oauth2",
     .kind = LOGIN_CODE,
     .intro = N_("console.x.com, User authentication settings: register the callback address\n"
                 "http://localhost:8080/callback. X lets the code live for 30 seconds only."),
     .members = x2_members,
     .page = "https://x.com/i/oauth2/authorize",
     .token = "/2/oauth2/token",
     .redirect = "http://localhost:8080/callback",
     .scope = "tweet.read tweet.write users.read media.write offline.access",
     .basic = true},
    {.platform = "x",
     .way = "oauth2",
     .kind = LOGIN_PASTE,
     .intro = N_("A refresh token that nobody else uses: it is good for one use only."),
     .members = x2_paste},
    {.platform = "youtube",
     .kind = LOGIN_CODE,
     .intro =
         N_("console.cloud.google.com: a client of the type \"Desktop app\", in a project that\n"
            "is \"In production\" (on \"Testing\" the login ends after seven days). Choose the\n"
            "department's channel when Google asks."),
     .members = google_members,
     .host = "oauth2.googleapis.com",
     .page = "https://accounts.google.com/o/oauth2/v2/auth",
     .token = "/token",
     .redirect = "http://127.0.0.1:8080",
     .scope = "https://www.googleapis.com/auth/youtube.force-ssl",
     .more = "access_type=offline&prompt=consent"},
    {.platform = "youtube",
     .kind = LOGIN_DEVICE,
     .intro =
         N_("console.cloud.google.com: a client of the type \"TVs and Limited Input devices\".\n"
            "This way allows videos, thumbnails and playlists, but no captions and no\n"
            "comments."),
     .members = google_members,
     .host = "oauth2.googleapis.com",
     .start = "/device/code",
     .token = "/token",
     .scope = "https://www.googleapis.com/auth/youtube"},
    {.platform = "youtube",
     .kind = LOGIN_PASTE,
     .intro = N_("A refresh token that was made on another machine with the same client."),
     .members = google_paste},
};

static const char *const words[LOGIN_KINDS] = {
    [LOGIN_PASTE] = "paste",   [LOGIN_PAGE] = "page", [LOGIN_CODE] = "code",
    [LOGIN_DEVICE] = "device", [LOGIN_PIN] = "pin",
};

const char *login_word(enum login_kind kind)
{
    return words[kind];
}

static bool is_of(const struct login_flow *flow, const struct account *account,
                  const struct adapter *adapter)
{
    const struct way_in *way = adapter_way(adapter, account);

    return strcmp(flow->platform, adapter->name) == 0 &&
           (!flow->way || (way && strcmp(flow->way, way->word) == 0));
}

const struct login_flow *login_find(const struct account *account, const struct adapter *adapter,
                                    const char *by)
{
    for (size_t i = 0; i < COUNT_OF(flows); i++) {
        if (is_of(&flows[i], account, adapter) && (!by || strcmp(words[flows[i].kind], by) == 0))
            return &flows[i];
    }
    return NULL;
}

const char *login_choices(const struct account *account, const struct adapter *adapter,
                          struct arena *arena)
{
    const char *text = "";

    for (size_t i = 0; i < COUNT_OF(flows); i++) {
        if (is_of(&flows[i], account, adapter))
            text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", words[flows[i].kind]);
    }
    return text;
}

/* ---- the requests ---- */

static const char *member(const struct login *login, const char *name)
{
    return json_text(login->members, name);
}

/* RFC 7636: base64url of the verifier's SHA-256, without padding. */
static const char *challenge_of(const char *verifier, struct arena *arena)
{
    struct digest digest = digest_of(verifier, strlen(verifier));
    char *text = base64_encode(digest.bytes, sizeof digest.bytes, arena);

    for (char *c = text; *c; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c;
    return text;
}

/* The page of a drill account is the sandbox's. */
static const char *page_of(const struct login *login, struct arena *arena)
{
    const char *page = login->flow->page, *path = strchr(page + strlen("https://"), '/');

    return login->account->live || !login->account->base_url
               ? page
               : arena_printf(arena, "%s%s", login->account->base_url, path);
}

static char *code_page(const struct login *login, struct arena *arena)
{
    const struct login_flow *flow = login->flow;
    const struct form_field fields[] = {
        {"response_type", "code"},         {"client_id", member(login, "client_id")},
        {"redirect_uri", flow->redirect},  {"scope", flow->scope},
        {"state", login->state},           {"code_challenge", challenge_of(login->verifier, arena)},
        {"code_challenge_method", "S256"}, {NULL, NULL},
    };
    char *page = form_path(page_of(login, arena), fields, arena);

    return flow->more ? arena_printf(arena, "%s&%s", page, flow->more) : page;
}

char *login_page(const struct login *login, struct arena *arena)
{
    const struct form_field fields[] = {{"oauth_token", login->token}, {NULL, NULL}};

    return login->flow->kind == LOGIN_CODE ? code_page(login, arena)
                                           : form_path(page_of(login, arena), fields, arena);
}

static struct http_request request_of(const struct login *login, const char *method,
                                      const char *path)
{
    return (struct http_request){.method = method,
                                 .path = path,
                                 .host = login->flow->host,
                                 .kind = REQUEST_UPLOAD,
                                 .signing = "none",
                                 .timeout = span_seconds(30)};
}

static void add_headers(struct http_request *request, const char *authorization,
                        struct arena *arena)
{
    const struct header headers[] = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Authorization", authorization},
    };

    request->headers = arena_copy(arena, headers, sizeof headers);
    request->header_count = authorization ? 2 : 1;
}

/* RFC 6749 §2.3.1. */
static const char *basic_of(const struct login *login, struct arena *arena)
{
    const char *secret = member(login, "client_secret");
    const char *pair;

    if (!login->flow->basic || !secret)
        return NULL;
    pair = arena_printf(arena, "%s:%s", form_escape(member(login, "client_id"), arena),
                        form_escape(secret, arena));
    return arena_printf(arena, "Basic %s", base64_encode(pair, strlen(pair), arena));
}

static struct http_request post_form(const struct login *login, const char *path,
                                     const struct form_field *fields, struct arena *arena)
{
    struct http_request request = request_of(login, "POST", path);

    request.body = form_write(fields, arena);
    request.body_length = strlen(request.body);
    add_headers(&request, basic_of(login, arena), arena);
    return request;
}

static struct http_request start_device(const struct login *login, struct arena *arena)
{
    const struct form_field fields[] = {{"client_id", member(login, "client_id")},
                                        {"scope", login->flow->scope},
                                        {NULL, NULL}};

    return post_form(login, login->flow->start, fields, arena);
}

/* The parameters stand in the header alone; the body is empty. */
static struct http_request signed_request(const struct login *login, const char *path,
                                          const struct form_field *parameters, struct arena *arena)
{
    const struct oauth1 oauth1 = {
        .method = "POST",
        .url = login->address,
        .nonce = login->nonce,
        .timestamp = login->timestamp,
        .consumer_key = member(login, "consumer_key"),
        .consumer_secret = member(login, "consumer_secret"),
        .token = login->token,
        .token_secret = login->token_secret,
        .parameters = parameters,
    };
    struct http_request request = request_of(login, "POST", path);

    add_headers(&request, oauth1_header(&oauth1, arena), arena);
    return request;
}

static struct http_request start_pin(const struct login *login, struct arena *arena)
{
    static const struct form_field parameters[] = {{"oauth_callback", "oob"}, {NULL, NULL}};

    return signed_request(login, login->flow->start, parameters, arena);
}

/* appsecret_proof: HMAC-SHA256 of the token with the app's secret, in hexadecimal. */
static const char *proof_of(const struct login *login, struct arena *arena)
{
    const char *secret = member(login, "app_secret"), *token = member(login, "user_token");
    struct digest digest;
    char hex[DIGEST_HEX];

    if (!secret || !token)
        return NULL;
    digest = hmac_sha256(secret, strlen(secret), token, strlen(token));
    return arena_text(arena, digest_hex(&digest, hex));
}

static struct http_request start_page(const struct login *login, struct arena *arena)
{
    const struct job job = {.account = login->account};
    const char *page = account_option(login->account, "page_id");
    const struct form_field fields[] = {{"fields", "access_token"},
                                        {"appsecret_proof", proof_of(login, arena)},
                                        {NULL, NULL}};
    const char *path = graph_path(&job, arena, "%s", graph_id_usable(page) ? page : "me");
    struct http_request request = request_of(login, "GET", form_path(path, fields, arena));

    add_headers(&request, arena_printf(arena, "Bearer %s", member(login, "user_token")), arena);
    return request;
}

struct http_request login_start(const struct login *login, struct arena *arena)
{
    if (login->flow->kind == LOGIN_DEVICE)
        return start_device(login, arena);
    return login->flow->kind == LOGIN_PIN ? start_pin(login, arena) : start_page(login, arena);
}

static struct http_request token_by_device(const struct login *login, struct arena *arena)
{
    const struct form_field fields[] = {
        {"client_id", member(login, "client_id")},
        {"client_secret", member(login, "client_secret")},
        {"device_code", login->device_code},
        {"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
        {NULL, NULL},
    };

    return post_form(login, login->flow->token, fields, arena);
}

static struct http_request token_by_code(const struct login *login, const char *code,
                                         struct arena *arena)
{
    const struct login_flow *flow = login->flow;
    const struct form_field fields[] = {
        {"grant_type", "authorization_code"},
        {"code", code},
        {"redirect_uri", flow->redirect},
        {"code_verifier", login->verifier},
        {"client_id", member(login, "client_id")},
        {"client_secret", flow->basic ? NULL : member(login, "client_secret")},
        {NULL, NULL},
    };

    return post_form(login, flow->token, fields, arena);
}

struct http_request login_token(const struct login *login, const char *code, struct arena *arena)
{
    const struct form_field verifier[] = {{"oauth_verifier", code}, {NULL, NULL}};

    if (login->flow->kind == LOGIN_PIN)
        return signed_request(login, login->flow->token, verifier, arena);
    return login->flow->kind == LOGIN_DEVICE ? token_by_device(login, arena)
                                             : token_by_code(login, code, arena);
}

/* ---- what a person pastes ---- */

/* The value of `name` in "a=1&name=x#rest" or in what stands behind an address's "?"; or NULL. */
static const char *field_of(const char *text, const char *name, struct arena *arena)
{
    const char *at = strchr(text, '?') ? strchr(text, '?') + 1 : text;
    const size_t wanted = strlen(name);

    while (*at) {
        const size_t length = strcspn(at, "&#");

        if (length > wanted && strncmp(at, name, wanted) == 0 && at[wanted] == '=')
            return form_unescape(at + wanted + 1, length - wanted - 1, arena);
        if (at[length] != '&')
            return NULL;
        at += length + 1;
    }
    return NULL;
}

const char *login_code(const struct login *login, const char *pasted, struct arena *arena,
                       const char **why)
{
    const char *code = field_of(pasted, "code", arena), *state = field_of(pasted, "state", arena);
    const char *error = field_of(pasted, "error", arena);

    if (error)
        *why = _("The platform did not allow it; somebody pressed \"cancel\", or the account may "
                 "not.");
    else if (!code || !*code)
        *why = _("That address has no code in it. Paste the whole address that the browser ended "
                 "at, although its page could not be shown.");
    else if (!state || strcmp(state, login->state) != 0)
        *why = _("That address belongs to another login. Begin anew, and use the page shown then.");
    else
        return code;
    return NULL;
}

/* ---- answers ---- */

bool login_usable(const char *value)
{
    for (const char *c = value; *c; c++) {
        if (*c < ' ' || *c > '~')
            return false;
    }
    return *value != '\0';
}

static const char *keep(const struct login *login, const char *name, const char *value)
{
    if (!value || !login_usable(value))
        return NULL;
    json_put(login->members, name, value);
    return value;
}

static bool failed(const struct login *login, const struct http_reply *reply, struct arena *arena,
                   const char **why)
{
    *why = login->flow->kind == LOGIN_PAGE ? graph_error_read(reply, NULL, arena).why
                                           : reply_sentence(reply, arena);
    return false;
}

static const char unexpected[] = N_("The platform's answer does not hold what was asked for.");

/* The usual number where the answer has none that anybody could mean. */
static struct span seconds_of(const json_t *body, const char *member, int64_t usual, int64_t most)
{
    const int64_t seconds = json_integer_or(body, member, usual);

    return span_seconds(seconds < 1 || seconds > most ? usual : seconds);
}

static bool device_started(struct login *login, const json_t *body, struct arena *arena,
                           const char **shown, const char **why)
{
    const char *page = json_text(body, "verification_url");
    const char *code = json_text(body, "user_code");

    login->device_code = arena_text(arena, json_text(body, "device_code"));
    login->interval = seconds_of(body, "interval", 5, 60);
    login->life = seconds_of(body, "expires_in", 1800, 86400);
    page = page ? page : json_text(body, "verification_uri");
    *why = _(unexpected);
    if (!login->device_code || !code || !page ||
        (strncmp(page, "https://", 8) != 0 &&
         (login->account->live || strncmp(page, "http://", 7) != 0)))
        return false;
    *shown =
        arena_printf(arena, _("Open %s in any browser and type this code there: %s"), page, code);
    return true;
}

static bool pin_started(struct login *login, const struct http_reply *reply, struct arena *arena,
                        const char **why)
{
    login->token = field_of(reply->body, "oauth_token", arena);
    login->token_secret = field_of(reply->body, "oauth_token_secret", arena);
    *why = _(unexpected);
    return login->token && login->token_secret;
}

bool login_started(struct login *login, const struct http_reply *reply, struct arena *arena,
                   const char **shown, const char **why)
{
    const json_t *body = json_in_arena(reply_json(reply), arena);

    *shown = NULL;
    if (!reply_is(reply, 200))
        return failed(login, reply, arena, why);
    if (login->flow->kind == LOGIN_DEVICE)
        return device_started(login, body, arena, shown, why);
    if (login->flow->kind == LOGIN_PIN)
        return pin_started(login, reply, arena, why);
    *why = _(unexpected);
    return keep(login, "page_token", json_text(body, "access_token")) != NULL;
}

static enum login_result pin_taken(const struct login *login, const struct http_reply *reply,
                                   struct arena *arena, const char **why)
{
    *why = _(unexpected);
    return keep(login, "access_token", field_of(reply->body, "oauth_token", arena)) &&
                   keep(login, "access_token_secret",
                        field_of(reply->body, "oauth_token_secret", arena))
               ? LOGIN_DONE
               : LOGIN_REFUSED;
}

enum login_result login_taken(struct login *login, const struct http_reply *reply,
                              struct arena *arena, const char **why)
{
    const json_t *body = json_in_arena(reply_json(reply), arena);
    const char *error = json_text(body, "error");

    if (error && strcmp(error, "slow_down") == 0)
        login->interval = (struct span){login->interval.ms + 5000};
    if (error && (!strcmp(error, "authorization_pending") || !strcmp(error, "slow_down")))
        return LOGIN_PENDING;
    if (!reply_is(reply, 200)) {
        (void)failed(login, reply, arena, why);
        return LOGIN_REFUSED;
    }
    if (login->flow->kind == LOGIN_PIN)
        return pin_taken(login, reply, arena, why);
    *why = _("The platform gave no token that can be renewed. Take its consent away (the account's "
             "security settings, connected apps), then log in again.");
    return keep(login, "refresh_token", json_text(body, "refresh_token")) ? LOGIN_DONE
                                                                          : LOGIN_REFUSED;
}

/* ---- the file ---- */

static void add_members(const struct login *login, const char *const *names, struct buffer *out)
{
    for (; *names; names++) {
        const char *value = member(login, *names);

        if (value && *value)
            json_add(out, *names, value);
    }
}

char *login_file(const struct login *login, struct arena *arena)
{
    struct buffer out;
    char *text;

    buffer_init(&out, JSON_MAX_BYTES);
    json_open(&out, NULL, '{');
    add_members(login, adapter_credential_keys(login->adapter, login->account), &out);
    add_members(login, adapter_optional_keys(login->adapter, login->account), &out);
    json_close(&out, '}');
    text = arena_printf(arena, "%.*s\n", (int)out.length, out.bytes);
    wipe(out.bytes, out.length);
    buffer_clear(&out);
    return text;
}

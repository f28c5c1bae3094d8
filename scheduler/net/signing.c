#include "net/signing.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/i18n.h"
#include "net/address.h"
#include "platform/form.h"
#include "platform/sign_oauth1.h"
#include "platform/sign_webhook.h"

static bool refuse(const char **why, const char *sentence)
{
    *why = sentence;
    return false;
}

static bool is_header_safe(const char *value)
{
    for (; *value; value++) {
        if (*value <= ' ' || *value > '~')
            return false;
    }
    return true;
}

/* By its name: one of the session's tokens, or a member of the credential. */
static const char *secret_named(const struct signing *signing, const char *name)
{
    const char *account = signing->account->name;

    if (strcmp(name, SECRET_ACCESS) == 0)
        return secrets_session_access(signing->secrets, account);
    if (strcmp(name, SECRET_REFRESH) == 0)
        return secrets_session_refresh(signing->secrets, account);
    return secrets_value(signing->secrets, account, name);
}

/* What signs when the request asks for no other. */
static const char *signer_or(const struct signing *signing, const char *usual)
{
    return secret_named(signing, signing->request->signer ? signing->request->signer : usual);
}

static const char *first_credential(const struct signing *signing)
{
    return signer_or(signing, adapter_credential_keys(signing->adapter, signing->account)[0]);
}

static const char *access_token(const struct signing *signing)
{
    return adapter_session(signing->adapter, signing->account) ? signer_or(signing, SECRET_ACCESS)
                                                               : first_credential(signing);
}

static const char *header_of(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return NULL;
}

/* ---- escapes: how many bytes it takes; written unless `at` is NULL ---- */

static size_t escape_quoted(char *at, const char *text)
{
    size_t length = 0;

    if (at)
        at[length] = '"';
    for (length = 1; *text; text++) {
        if (*text == '"' || *text == '\\') {
            if (at)
                at[length] = '\\';
            length++;
        }
        if (at)
            at[length] = *text;
        length++;
    }
    if (at)
        at[length] = '"';
    return length + 1;
}

/* ---- the schemes ---- */

static bool sign_none(const struct signing *signing, struct signature *signature, const char **why)
{
    (void)signing;
    (void)signature;
    (void)why;
    return true;
}

static bool authorization(const struct signing *signing, const char *word, const char *token,
                          struct signature *signature, const char **why)
{
    const char *name = signing->request->signer;

    if ((!token || !is_header_safe(token)) && name)
        return refuse(why, arena_printf(signing->arena,
                                        _("There is no usable %s for this account."), name));
    if (!token || !is_header_safe(token))
        return refuse(why, _("There is no usable access token for this account."));
    signature->lines[signature->count++] =
        arena_printf(signing->arena, "Authorization: %s %s", word, token);
    return true;
}

static bool sign_bearer(const struct signing *signing, struct signature *signature,
                        const char **why)
{
    return authorization(signing, "Bearer", access_token(signing), signature, why);
}

static bool sign_oauth(const struct signing *signing, struct signature *signature, const char **why)
{
    return authorization(signing, "OAuth", access_token(signing), signature, why);
}

static bool sign_refresh(const struct signing *signing, struct signature *signature,
                         const char **why)
{
    return authorization(signing, "Bearer", secret_named(signing, SECRET_REFRESH), signature, why);
}

/* RFC 6749 §2.3.1. A client without a secret is a public one, which names itself in the form. */
static bool sign_basic(const struct signing *signing, struct signature *signature, const char **why)
{
    const char *id = secret_named(signing, "client_id"),
               *secret = secret_named(signing, "client_secret");
    size_t length, middle;
    char *pair, *encoded;
    bool ok;

    if (!id || !secret)
        return true;
    length = form_encode(NULL, id) + form_encode(NULL, secret) + 1;
    pair = arena_alloc(signing->arena, length);
    middle = form_encode(pair, id);
    pair[middle] = ':';
    (void)form_encode(pair + middle + 1, secret);
    encoded = base64_encode(pair, length, signing->arena);
    ok = authorization(signing, "Basic", encoded, signature, why);
    wipe(pair, length);
    wipe(encoded, strlen(encoded));
    return ok;
}

/* A repeat has the same id, a time of its own and so another signature. */
static bool sign_as_webhook(const struct signing *signing, struct signature *signature,
                            const char **why)
{
    const struct http_request *request = signing->request;
    const char *id = header_of(request, "webhook-id"), *secret = first_credential(signing);
    char *timestamp = webhook_timestamp(signing->now, signing->arena), *value = NULL;

    if (id && secret && request->body)
        value = sign_webhook(id, timestamp, request->body, request->body_length, secret,
                             signing->arena);
    if (!value)
        return refuse(why, _("There is no usable secret to sign with for this account."));
    signature->lines[signature->count++] =
        arena_joined(signing->arena, "webhook-timestamp", ": ", timestamp);
    signature->lines[signature->count++] =
        arena_joined(signing->arena, "webhook-signature", ": ", value);
    return true;
}

/* The body as far as OAuth 1.0a signs it. */
static const char *signed_form(const struct http_request *request)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = header_of(request, "Content-Type");

    return request->body && type && strncasecmp(type, form, sizeof form - 1) == 0 ? request->body
                                                                                  : NULL;
}

/* A nonce is never used twice: 128 random bits. */
static char *make_nonce(struct arena *arena)
{
    struct digest random;
    char hex[DIGEST_HEX];

    random_bytes(random.bytes, sizeof random.bytes);
    return arena_text_n(arena, digest_hex(&random, hex), 32);
}

static const char *member(const struct signing *signing, const char *name)
{
    return secrets_value(signing->secrets, signing->account->name, name);
}

static bool sign_oauth1(const struct signing *signing, struct signature *signature,
                        const char **why)
{
    const char *url =
        address_of(signing->account, signing->adapter, signing->request, signing->arena, why);
    const struct oauth1 request = {
        .method = signing->request->method,
        .url = url,
        .form = signed_form(signing->request),
        .nonce = make_nonce(signing->arena),
        .timestamp = arena_printf(signing->arena, "%" PRId64, signing->now.ms / 1000),
        .consumer_key = member(signing, "consumer_key"),
        .consumer_secret = member(signing, "consumer_secret"),
        .token = member(signing, "access_token"),
        .token_secret = member(signing, "access_token_secret"),
    };
    const char *value = NULL;

    if (!url)
        return false;
    if (request.consumer_key && request.consumer_secret && request.token && request.token_secret)
        value = oauth1_header(&request, signing->arena);
    if (!value)
        return refuse(why, _("There are no usable keys to sign with for this account."));
    signature->lines[signature->count++] = arena_printf(signing->arena, "Authorization: %s", value);
    return true;
}

static const struct scheme {
    const char *word;
    bool (*sign)(const struct signing *signing, struct signature *signature, const char **why);
} schemes[] = {
    {"none", sign_none},       {"bearer", sign_bearer},
    {"oauth", sign_oauth},     {"oauth1", sign_oauth1},
    {"basic", sign_basic},     {"bot", sign_none}, /* the address holds the token */
    {"refresh", sign_refresh}, {"webhook", sign_as_webhook},
};

bool request_sign(const struct signing *signing, struct signature *signature, const char **why)
{
    signature->count = 0;
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        if (strcmp(signing->request->signing, schemes[i].word) == 0)
            return schemes[i].sign(signing, signature, why);
    }
    return refuse(why, _("The request asks for a way to sign that is not known."));
}

/* ---- a body or a query with secrets ----
 *
 * Written by hand, because a library leaves copies of what it wrote in memory that nobody wipes.
 * Names are the adapter's own words; values have no control characters (secrets.c refuses them, and
 * so does this). */

static bool is_left_out(const struct signing *signing, const struct secret_field *field)
{
    const char *const *optional = adapter_optional_keys(signing->adapter, signing->account);

    if (field->value || secret_named(signing, field->secret))
        return false;
    while (*optional && strcmp(*optional, field->secret) != 0)
        optional++;
    return *optional != NULL;
}

static const char *field_value(const struct signing *signing, const struct secret_field *field)
{
    const char *value = field->value ? field->value : secret_named(signing, field->secret);

    for (const char *c = value; c && *c; c++) {
        if ((unsigned char)*c < ' ')
            return NULL;
    }
    return value;
}

/* How each place writes them. An escape answers how many bytes it takes, and writes them unless
 * `at` is NULL. */
static const struct notation {
    const char *open, *equals, *between, *close;
    size_t (*escape)(char *at, const char *text);
} notations[] = {
    [FIELDS_JSON] = {"{", ":", ",", "}", escape_quoted},
    [FIELDS_FORM] = {"", "=", "&", "", form_encode},
    [FIELDS_QUERY] = {"", "=", "&", "", form_encode},
};

static size_t put_plain(char *at, const char *text)
{
    size_t length = strlen(text);

    if (at)
        (void)mempcpy(at, text, length);
    return length;
}

/* Measures with `at` NULL. */
static size_t put_fields(const struct signing *signing, char *at)
{
    const struct http_request *request = signing->request;
    const struct notation *notation = &notations[request->fields_place];
    const char *before = notation->open;
    size_t length = 0;

    for (size_t i = 0; i < request->field_count; i++) {
        const struct secret_field *field = &request->fields[i];

        if (is_left_out(signing, field))
            continue;
        length += put_plain(at ? at + length : NULL, before);
        length += notation->escape(at ? at + length : NULL, field->name);
        length += put_plain(at ? at + length : NULL, notation->equals);
        length += notation->escape(at ? at + length : NULL, field_value(signing, field));
        before = notation->between;
    }
    return length + put_plain(at ? at + length : NULL, notation->close);
}

static bool has_all_fields(const struct signing *signing)
{
    for (size_t i = 0; i < signing->request->field_count; i++) {
        const struct secret_field *field = &signing->request->fields[i];

        if (!is_left_out(signing, field) && !field_value(signing, field))
            return false;
    }
    return true;
}

char *request_fields(const struct signing *signing, const char **why)
{
    size_t length;
    char *text;

    if (!has_all_fields(signing)) {
        (void)refuse(why, _("There is no usable credential for this account."));
        return NULL;
    }
    length = put_fields(signing, NULL);
    text = arena_alloc(signing->arena, length + 1);
    put_fields(signing, text);
    text[length] = '\0';
    return text;
}

/* ---- an address with secrets ---- */

/* Telegram's: the token stands before the path. */
static const char *path_of_bot(const struct signing *signing, const char **why)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_-";
    const char *token = first_credential(signing);

    if (token && *token && token[strspn(token, allowed)] == '\0')
        return arena_printf(signing->arena, "/bot%s%s", token, signing->request->path);
    (void)refuse(why, _("There is no usable bot token for this account."));
    return NULL;
}

static char *address_for_bot(const struct signing *signing, const char **why)
{
    struct http_request request = *signing->request;
    char *address;

    request.path = path_of_bot(signing, why);
    if (!request.path)
        return NULL;
    address = address_of(signing->account, signing->adapter, &request, signing->arena, why);
    wipe((char *)(uintptr_t)request.path, strlen(request.path));
    return address;
}

static char *address_with_query(const struct signing *signing, const char *address,
                                const char **why)
{
    char *query = request_fields(signing, why), *whole;

    if (!query)
        return NULL;
    whole =
        arena_printf(signing->arena, "%s%c%s", address, strchr(address, '?') ? '&' : '?', query);
    wipe(query, strlen(query));
    return whole;
}

bool request_address_is_secret(const struct http_request *request)
{
    return strcmp(request->signing, "bot") == 0 ||
           (request->field_count > 0 && request->fields_place == FIELDS_QUERY);
}

char *request_address(const struct signing *signing, const char **why)
{
    const struct http_request *request = signing->request;
    char *address;

    if (strcmp(request->signing, "bot") == 0)
        return address_for_bot(signing, why);
    address = address_of(signing->account, signing->adapter, request, signing->arena, why);
    return address && request_address_is_secret(request) ? address_with_query(signing, address, why)
                                                         : address;
}

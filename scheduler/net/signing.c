#include "net/signing.h"

#include <string.h>
#include <strings.h>

#include "base/i18n.h"
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

static const char *first_credential(const struct signing *signing)
{
    return secrets_value(signing->secrets, signing->account->name,
                         adapter_credential_keys(signing->adapter, signing->account)[0]);
}

static const char *header_of(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return NULL;
}

/* ---- the schemes ---- */

static bool sign_none(const struct signing *signing, struct signature *signature, const char **why)
{
    (void)signing;
    (void)signature;
    (void)why;
    return true;
}

static bool bearer(const struct signing *signing, const char *token, struct signature *signature,
                   const char **why)
{
    if (!token || !is_header_safe(token))
        return refuse(why, _("There is no usable access token for this account."));
    signature->lines[signature->count++] =
        arena_printf(signing->arena, "Authorization: Bearer %s", token);
    return true;
}

static bool sign_bearer(const struct signing *signing, struct signature *signature,
                        const char **why)
{
    const char *token = adapter_session(signing->adapter, signing->account)
                            ? secrets_session_access(signing->secrets, signing->account->name)
                            : first_credential(signing);

    return bearer(signing, token, signature, why);
}

static bool sign_refresh(const struct signing *signing, struct signature *signature,
                         const char **why)
{
    return bearer(signing, secrets_session_refresh(signing->secrets, signing->account->name),
                  signature, why);
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
        arena_printf(signing->arena, "webhook-timestamp: %s", timestamp);
    signature->lines[signature->count++] =
        arena_printf(signing->arena, "webhook-signature: %s", value);
    return true;
}

static const struct scheme {
    const char *word;
    bool (*sign)(const struct signing *signing, struct signature *signature, const char **why);
} schemes[] = {
    {"none", sign_none},
    {"bearer", sign_bearer},
    {"refresh", sign_refresh},
    {"webhook", sign_as_webhook},
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

/* ---- a body with secrets ----
 *
 * Written by hand, because a JSON library leaves copies of what it wrote in memory that nobody
 * wipes. Names are the adapter's own words; values have no control characters (secrets.c refuses
 * them, and so does this). */

static size_t quoted_length(const char *text)
{
    size_t length = 2;

    for (; *text; text++)
        length += *text == '"' || *text == '\\' ? 2 : 1;
    return length;
}

static char *quote(char *at, const char *text)
{
    *at++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            *at++ = '\\';
        *at++ = *text;
    }
    *at++ = '"';
    return at;
}

static const char *field_value(const struct signing *signing, const struct secret_field *field)
{
    const char *value =
        field->value ? field->value
                     : secrets_value(signing->secrets, signing->account->name, field->secret);

    for (const char *c = value; c && *c; c++) {
        if ((unsigned char)*c < ' ')
            return NULL;
    }
    return value;
}

/* Room for the whole object; 0 when a value is missing. */
static size_t fields_length(const struct signing *signing)
{
    size_t length = sizeof "{}";

    for (size_t i = 0; i < signing->request->field_count; i++) {
        const struct secret_field *field = &signing->request->fields[i];
        const char *value = field_value(signing, field);

        if (!value)
            return 0;
        length += quoted_length(field->name) + quoted_length(value) + sizeof ":,";
    }
    return length;
}

static void write_fields(const struct signing *signing, char *at)
{
    for (size_t i = 0; i < signing->request->field_count; i++) {
        const struct secret_field *field = &signing->request->fields[i];
        const char *value = field_value(signing, field);

        *at++ = i == 0 ? '{' : ',';
        at = quote(at, field->name);
        *at++ = ':';
        at = quote(at, value ? value : ""); /* fields_length has seen that none is missing */
    }
    *at++ = '}';
    *at = '\0';
}

char *request_fields(const struct signing *signing, const char **why)
{
    size_t length = fields_length(signing);
    char *body;

    if (length == 0) {
        *why = _("There is no usable credential for this account.");
        return NULL;
    }
    body = arena_alloc(signing->arena, length);
    write_fields(signing, body);
    return body;
}

#include "platform/message.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "text/unicode.h"

enum { DETAIL_BYTES = 200, USUAL_BYTES = 1000, FAR_DAYS = 7, CLOCK_LAG_MINUTES = 5 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

bool reply_is(const struct http_reply *reply, int status)
{
    return reply->fate == FATE_ANSWERED && reply->status == status;
}

bool reply_says(const struct http_reply *reply, int status)
{
    json_t *body = reply_is(reply, status) ? reply_json(reply) : NULL;
    bool says = json_is_object(body);

    json_decref(body);
    return says;
}

const char *reply_header(const struct http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (same_name(reply->headers[i].name, name))
            return reply->headers[i].value;
    }
    return NULL;
}

/* Digits only; anything too large to count becomes the largest number, which the caller cuts to its
 * own limit. */
static bool read_seconds(const char *text, int64_t *seconds)
{
    *seconds = 0;
    if (!*text || text[strspn(text, "0123456789")])
        return false;
    for (; *text; text++) {
        if (*seconds > INT64_MAX / 100000)
            break;
        *seconds = *seconds * 10 + (*text - '0');
    }
    return true;
}

/* A number below this cannot be seconds since 1970 of our days, so it counts from now. */
#define FIRST_EPOCH_SECOND INT64_C(1000000000)

/* Where the platform's clock is behind ours, a time it names comes later by ours. A Date far away
 * is a broken clock and tells nothing. */
static struct span clock_lag(const struct http_reply *reply)
{
    struct span lag = {0};

    if (!instant_is_none(reply->date))
        lag = instant_since(reply->received, reply->date);
    if (lag.ms < 0 || lag.ms > span_minutes(CLOCK_LAG_MINUTES).ms)
        lag.ms = 0;
    return lag;
}

static struct instant stated_time(const struct http_reply *reply, const char *text)
{
    struct instant when, far = instant_plus(reply->received, span_days(FAR_DAYS));
    int64_t seconds;

    if (!text)
        return INSTANT_NONE;
    if (read_seconds(text, &seconds)) {
        if (seconds > far.ms / 1000)
            return far;
        when = seconds < FIRST_EPOCH_SECOND
                   ? instant_plus(reply->received, span_seconds(seconds))
                   : instant_plus((struct instant){seconds * 1000}, clock_lag(reply));
    } else if (instant_parse(text, &when) || instant_parse_http(text, &when)) {
        when = instant_plus(when, clock_lag(reply));
    } else {
        return INSTANT_NONE;
    }
    if (instant_before(when, reply->received))
        return reply->received;
    return instant_before(far, when) ? far : when;
}

struct instant reply_retry_at(const struct http_reply *reply, const char *reset_header)
{
    struct instant asked = stated_time(reply, reply_header(reply, "Retry-After"));
    struct instant reset =
        reset_header ? stated_time(reply, reply_header(reply, reset_header)) : INSTANT_NONE;

    return asked.ms > reset.ms ? asked : reset; /* NONE is the smallest number */
}

json_t *reply_json(const struct http_reply *reply)
{
    struct err ignored = {0};

    if (reply->fate != FATE_ANSWERED)
        return NULL;
    return json_read(reply->body, reply->body_length, &ignored);
}

/* The text cut to `most` bytes, but never inside a character. */
static char *shorten(const char *text, size_t most, struct arena *arena)
{
    size_t length = strlen(text);

    if (length <= most)
        return arena_text(arena, text);
    length = most;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return arena_printf(arena, "%.*s…", (int)length, text);
}

/* A code is no explanation: where the platform adds one, it stands behind it. */
static const char *explanation(const json_t *body, struct arena *arena)
{
    static const char *const members[] = {"error", "message", "detail", "title"};
    const char *text = NULL, *more = json_text(body, "message");

    for (size_t i = 0; i < COUNT_OF(members) && !text; i++)
        text = json_text(body, members[i]);
    if (text && more && more != text && !strchr(text, ' '))
        return arena_printf(arena, "%s: %s", text, more);
    return text;
}

static const char *said(const struct http_reply *reply, struct arena *arena)
{
    json_t *body = reply_json(reply);
    const char *text = explanation(body, arena);

    if (text)
        text =
            shorten(unicode_line(shorten(text, DETAIL_BYTES, arena), arena), DETAIL_BYTES, arena);
    json_decref(body);
    return text;
}

const char *reply_sentence(const struct http_reply *reply, struct arena *arena)
{
    const char *text;

    if (reply->fate != FATE_ANSWERED)
        return shorten(reply->why ? reply->why : _("The request got no answer."), DETAIL_BYTES,
                       arena);
    text = said(reply, arena);
    if (text)
        return arena_printf(arena, _("The platform answered %d: %s"), reply->status, text);
    return arena_printf(arena, _("The platform answered %d without an explanation."),
                        reply->status);
}

static bool is_token(const char *text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    if (!*text)
        return false;
    for (; *text; text++) {
        bool letter = lower(*text) >= 'a' && lower(*text) <= 'z';
        if (!letter && !(*text >= '0' && *text <= '9') && !strchr(others, *text))
            return false;
    }
    return true;
}

/* Printable ASCII; blanks only where they are allowed. */
static bool is_printable(const char *text, bool blanks)
{
    for (; *text; text++) {
        if (*text < ' ' || *text > '~' || (*text == ' ' && !blanks))
            return false;
    }
    return true;
}

bool request_is_sound(const struct http_request *request)
{
    if (!is_token(request->method) || request->path[0] != '/' || request->path[1] == '/' ||
        !is_printable(request->path, false) || strchr(request->path, '#'))
        return false;
    for (size_t i = 0; i < request->header_count; i++) {
        if (!is_token(request->headers[i].name) || !is_printable(request->headers[i].value, true))
            return false;
    }
    return (request->body != NULL) + (request->part_count > 0) + (request->file_sha256 != NULL) +
               (request->field_count > 0 && request->fields_place != FIELDS_QUERY) <=
           1;
}

static const char *const kind_words[] = {
    [REQUEST_READ] = "read",
    [REQUEST_UPLOAD] = "upload",
    [REQUEST_PUBLISH] = "publish",
};

static void headers_write(const struct http_request *request, struct buffer *out)
{
    json_open(out, "headers", '[');
    for (size_t i = 0; i < request->header_count; i++) {
        json_open(out, NULL, '{');
        json_add(out, "name", request->headers[i].name);
        json_add(out, "value", request->headers[i].value);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void parts_write(const struct http_request *request, struct buffer *out)
{
    json_open(out, "parts", '[');
    for (size_t i = 0; i < request->part_count; i++) {
        json_open(out, NULL, '{');
        json_add(out, "file_sha256", request->parts[i].file_sha256);
        json_add(out, "filename", request->parts[i].filename);
        if (request->parts[i].length)
            json_add_integer(out, "length", request->parts[i].length);
        json_add(out, "mime", request->parts[i].mime);
        json_add(out, "name", request->parts[i].name);
        if (request->parts[i].offset)
            json_add_integer(out, "offset", request->parts[i].offset);
        json_add(out, "value", request->parts[i].value);
        json_close(out, '}');
    }
    json_close(out, ']');
}

/* The marks of secrets, never a secret. */
static void fields_write(const struct http_request *request, struct buffer *out)
{
    json_open(out, "fields", '[');
    for (size_t i = 0; i < request->field_count; i++) {
        json_open(out, NULL, '{');
        json_add(out, "name", request->fields[i].name);
        json_add(out, "secret", request->fields[i].secret);
        json_add(out, "value", request->fields[i].value);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static const char *const place_words[] = {
    [FIELDS_JSON] = "json",
    [FIELDS_FORM] = "form",
    [FIELDS_QUERY] = "query",
};

/* What has its usual value is left out where the first requests did not have it. Written with every
 * intent: straight into its bytes, members in order. */
char *request_write(const struct http_request *request, struct arena *arena)
{
    struct buffer out;
    char *text;

    buffer_init(&out, SIZE_MAX / 2);
    buffer_reserve(&out, USUAL_BYTES + request->body_length + request->body_length / 8);
    json_open(&out, NULL, '{');
    json_add(&out, "body", request->body);
    fields_write(request, &out);
    if (request->fields_place != FIELDS_JSON)
        json_add(&out, "fields_place", place_words[request->fields_place]);
    if (request->file_length)
        json_add_integer(&out, "file_length", request->file_length);
    if (request->file_offset)
        json_add_integer(&out, "file_offset", request->file_offset);
    json_add(&out, "file_sha256", request->file_sha256);
    headers_write(request, &out);
    json_add(&out, "host", request->host);
    json_add(&out, "kind", kind_words[request->kind]);
    json_add(&out, "method", request->method);
    json_add_bool(&out, "opens_session", request->opens_session);
    parts_write(request, &out);
    json_add(&out, "path", request->path);
    if (request->signer)
        json_add(&out, "signer", request->signer);
    json_add(&out, "signing", request->signing);
    json_add_integer(&out, "timeout_ms", request->timeout.ms);
    json_add_bool(&out, "unrepeatable", request->unrepeatable);
    json_close(&out, '}');
    text = arena_text_n(arena, out.bytes, out.length);
    buffer_clear(&out);
    return text;
}

static bool headers_read(const json_t *list, struct arena *arena, struct http_request *request)
{
    struct header *headers = arena_array(arena, json_array_size(list), sizeof *headers);

    request->headers = headers;
    request->header_count = json_array_size(list);
    for (size_t i = 0; i < request->header_count; i++) {
        headers[i].name = json_text(json_array_get(list, i), "name");
        headers[i].value = json_text(json_array_get(list, i), "value");
        if (!headers[i].name || !headers[i].value)
            return false;
    }
    return json_is_array(list);
}

static bool parts_read(const json_t *list, struct arena *arena, struct http_request *request)
{
    struct form_part *parts = arena_array(arena, json_array_size(list), sizeof *parts);

    request->parts = parts;
    request->part_count = json_array_size(list);
    for (size_t i = 0; i < request->part_count; i++) {
        const json_t *part = json_array_get(list, i);
        parts[i] = (struct form_part){
            .name = json_text(part, "name"),
            .value = json_text(part, "value"),
            .file_sha256 = json_text(part, "file_sha256"),
            .mime = json_text(part, "mime"),
            .filename = json_text(part, "filename"),
            .offset = json_integer_or(part, "offset", 0),
            .length = json_integer_or(part, "length", 0),
        };
        if (!parts[i].name || !parts[i].value == !parts[i].file_sha256 || parts[i].offset < 0 ||
            parts[i].length < 0)
            return false;
    }
    return json_is_array(list);
}

static bool fields_read(const json_t *list, struct arena *arena, struct http_request *request)
{
    struct secret_field *fields = arena_array(arena, json_array_size(list), sizeof *fields);

    request->fields = fields;
    request->field_count = json_array_size(list);
    for (size_t i = 0; i < request->field_count; i++) {
        const json_t *field = json_array_get(list, i);
        fields[i] = (struct secret_field){
            .name = json_text(field, "name"),
            .value = json_text(field, "value"),
            .secret = json_text(field, "secret"),
        };
        if (!fields[i].name || !fields[i].value == !fields[i].secret)
            return false;
    }
    return json_is_array(list);
}

static bool place_read(const char *word, enum fields_place *place)
{
    for (size_t i = 0; word && i < COUNT_OF(place_words); i++) {
        if (strcmp(word, place_words[i]) == 0) {
            *place = (enum fields_place)i;
            return true;
        }
    }
    return !word;
}

static bool kind_read(const char *word, enum request_kind *kind)
{
    for (size_t i = 0; word && i < COUNT_OF(kind_words); i++) {
        if (strcmp(word, kind_words[i]) == 0) {
            *kind = (enum request_kind)i;
            return true;
        }
    }
    return false;
}

static void release_json(void *value)
{
    json_decref(value);
}

bool request_read(const char *json, struct arena *arena, struct http_request *request,
                  struct err *err)
{
    json_t *object = json_read_own(json, strlen(json), err);
    const json_t *body = json_object_get(object, "body");

    if (!object)
        return err_within(err, _("stored request"));
    arena_on_clear(arena, release_json, object);
    *request = (struct http_request){
        .method = json_text(object, "method"),
        .path = json_text(object, "path"),
        .host = json_text(object, "host"),
        .body = json_string_value(body),
        .body_length = json_string_length(body),
        .file_sha256 = json_text(object, "file_sha256"),
        .file_offset = json_integer_or(object, "file_offset", 0),
        .file_length = json_integer_or(object, "file_length", 0),
        .signer = json_text(object, "signer"),
        .opens_session = json_flag(object, "opens_session"),
        .unrepeatable = json_flag(object, "unrepeatable"),
        .signing = json_text(object, "signing"),
        .timeout = {json_integer_or(object, "timeout_ms", 0)},
    };
    if (request->method && request->path && request->signing && request->file_offset >= 0 &&
        request->file_length >= 0 &&
        place_read(json_text(object, "fields_place"), &request->fields_place) &&
        headers_read(json_object_get(object, "headers"), arena, request) &&
        parts_read(json_object_get(object, "parts"), arena, request) &&
        fields_read(json_object_get(object, "fields"), arena, request) &&
        kind_read(json_text(object, "kind"), &request->kind) && request_is_sound(request))
        return true;
    return err_set(err, ERR_CONFIG, _("stored request is not one of ours"));
}

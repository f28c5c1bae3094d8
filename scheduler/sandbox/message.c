#include "sandbox/message.h"

#include <string.h>
#include <strings.h>

const struct field *fields_find(const struct fields *fields, const char *name)
{
    size_t i;

    for (i = 0; i < fields->count; i++)
        if (strcmp(fields->items[i].name, name) == 0)
            return &fields->items[i];
    return NULL;
}

const char *fields_text(const struct fields *fields, const char *name)
{
    const struct field *field = fields_find(fields, name);

    return field ? field->value : NULL;
}

const char *header_text(const struct fields *headers, const char *name)
{
    size_t i;

    for (i = 0; i < headers->count; i++)
        if (strcasecmp(headers->items[i].name, name) == 0)
            return headers->items[i].value;
    return NULL;
}

void fields_add(struct fields *fields, const char *name, const char *value, struct arena *arena)
{
    struct field *field =
        arena_push(arena, &fields->items, &fields->count, &fields->capacity, sizeof *field);

    field->name = arena_text(arena, name);
    field->value = arena_text(arena, value);
    field->length = strlen(value);
}

bool text_is_valid(const char *bytes, size_t length)
{
    json_t *value = json_stringn(bytes, length);
    bool valid = value && !memchr(bytes, '\0', length);

    json_decref(value);
    return valid;
}

bool request_aim(struct request *request, const char *target)
{
    size_t path = strcspn(target, "?");
    size_t ignored;

    request->target = arena_text(&request->arena, target);
    request->path = "/";
    request->below = "/";
    if (!form_decode(target, path, false, &request->arena, &request->path, &ignored))
        return false;
    request->below = request->path;
    return target[path] == '\0' || form_read_query(target + path + 1, strlen(target + path + 1),
                                                   &request->arena, &request->query);
}

bool request_body_is(const struct request *request, const char *mime)
{
    const char *type = header_text(&request->headers, "Content-Type");
    size_t length = type ? strcspn(type, "; ") : 0;

    return length == strlen(mime) && strncasecmp(type ? type : "", mime, length) == 0;
}

const char *request_bearer(const struct request *request)
{
    const char *header = header_text(&request->headers, "Authorization");

    return header && strncasecmp(header, "Bearer ", 7) == 0 && header[7] ? header + 7 : NULL;
}

void answer_text(struct request *request, int status, const char *mime, const char *text,
                 struct answer *answer)
{
    answer->status = status;
    answer->mime = mime;
    answer->body = arena_text(&request->arena, text);
    answer->length = strlen(text);
}

void answer_json(struct request *request, int status, json_t *value, struct answer *answer)
{
    answer->status = status;
    answer->mime = "application/json; charset=utf-8";
    answer->body = json_write(value, &request->arena, &answer->length);
    json_decref(value);
}

void answer_header(struct request *request, const char *name, const char *value,
                   struct answer *answer)
{
    fields_add(&answer->headers, name, value, &request->arena);
}

void answer_retry_after(struct request *request, struct instant at, struct answer *answer)
{
    char date[INSTANT_TEXT];

    answer_header(request, "Retry-After", instant_http(at, date), answer);
}

bool path_matches(const char *pattern, const char *path, struct arena *arena, const char **argument)
{
    size_t before = strcspn(pattern, "*"), segment;

    if (strncmp(pattern, path, before) != 0)
        return false;
    if (pattern[before] == '\0')
        return path[before] == '\0';
    segment = strcspn(path + before, "/");
    if (segment == 0 || strcmp(path + before + segment, pattern + before + 1) != 0)
        return false;
    *argument = arena_text_n(arena, path + before, segment);
    return true;
}

/* The three forms in which a body brings fields, and the query. */
#include "sandbox/message.h"

#include <string.h>
#include <strings.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool form_decode(const char *text, size_t length, bool plus_is_blank, struct arena *arena,
                 const char **decoded, size_t *decoded_length)
{
    char *out = arena_alloc(arena, length + 1);
    size_t i, n = 0;

    for (i = 0; i < length; i++) {
        if (text[i] == '%' &&
            (i + 2 >= length || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0))
            return false;
        if (text[i] == '%') {
            out[n++] = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out[n++] = (char)(plus_is_blank && text[i] == '+' ? ' ' : text[i]);
        }
    }
    *decoded = out;
    *decoded_length = n;
    return text_is_valid(out, n);
}

static bool read_pair(const char *text, size_t length, struct arena *arena, struct fields *fields)
{
    const char *equals = memchr(text, '=', length);
    size_t name = equals ? (size_t)(equals - text) : length, ignored;
    struct field *field =
        arena_push(arena, &fields->items, &fields->count, &fields->capacity, sizeof *field);

    field->value = "";
    return form_decode(text, name, true, arena, &field->name, &ignored) &&
           (!equals ||
            form_decode(equals + 1, length - name - 1, true, arena, &field->value, &field->length));
}

bool form_read_query(const char *text, size_t length, struct arena *arena, struct fields *fields)
{
    const char *end = text + length;

    while (text < end) {
        const char *ampersand = memchr(text, '&', (size_t)(end - text));
        const char *stop = ampersand ? ampersand : end;

        if (stop > text && !read_pair(text, (size_t)(stop - text), arena, fields))
            return false;
        text = stop + 1;
    }
    return true;
}

static const char *scalar_text(const json_t *value, struct arena *arena)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    return json_is_integer(value) ? json_write(value, arena, NULL) : NULL;
}

static void add_json(struct fields *fields, const char *name, const json_t *value,
                     struct arena *arena)
{
    const char *text = scalar_text(value, arena);
    const char *element_name = arena_printf(arena, "%s[]", name);
    size_t i;

    if (text)
        fields_add(fields, name, text, arena);
    for (i = 0; i < json_array_size(value); i++) {
        const char *element = scalar_text(json_array_get(value, i), arena);

        fields_add(fields, element_name, element ? element : "", arena);
    }
}

static bool read_json(const struct request *request, struct arena *arena, struct fields *fields)
{
    struct err ignored;
    json_t *object = json_read(request->body.bytes, request->body.length, &ignored);
    bool good = json_is_object(object);
    const char *name;
    json_t *value;

    if (good)
        json_object_foreach(object, name, value) add_json(fields, name, value, arena);
    json_decref(object);
    return good;
}

/* The value of NAME="..." or NAME=token in a header; NULL when absent. */
static const char *parameter(const char *header, const char *name, struct arena *arena)
{
    size_t length = strlen(name);
    const char *at;

    for (at = strchr(header, ';'); at; at = strchr(at, ';')) {
        at += 1 + strspn(at + 1, " \t");
        if (strncasecmp(at, name, length) != 0 || at[length] != '=')
            continue;
        at += length + 1;
        return *at == '"' ? arena_text_n(arena, at + 1, strcspn(at + 1, "\""))
                          : arena_text_n(arena, at, strcspn(at, "; \t"));
    }
    return NULL;
}

static void read_part_header(const char *line, size_t length, struct field *field,
                             struct arena *arena)
{
    const char *header = arena_text_n(arena, line, length);

    if (strncasecmp(header, "Content-Disposition:", 20) == 0) {
        field->name = parameter(header, "name", arena);
        field->filename = parameter(header, "filename", arena);
    } else if (strncasecmp(header, "Content-Type:", 13) == 0) {
        field->mime = header + 13 + strspn(header + 13, " \t");
    }
}

/* One part: its headers, an empty line, its bytes. */
static bool read_part(const char *part, size_t length, struct arena *arena, struct fields *fields)
{
    const char *end = part + length;
    struct field *field =
        arena_push(arena, &fields->items, &fields->count, &fields->capacity, sizeof *field);

    for (;;) {
        const char *line_end = memmem(part, (size_t)(end - part), "\r\n", 2);

        if (!line_end)
            return false;
        if (line_end == part)
            break;
        read_part_header(part, (size_t)(line_end - part), field, arena);
        part = line_end + 2;
    }
    field->length = (size_t)(end - part - 2);
    field->value = arena_text_n(arena, part + 2, field->length);
    return field->name && (field->filename || text_is_valid(field->value, field->length));
}

static bool read_multipart(const struct request *request, struct arena *arena,
                           struct fields *fields)
{
    const char *type = header_text(&request->headers, "Content-Type");
    const char *boundary = parameter(type, "boundary", arena);
    const char *at = request->body.bytes, *end = at + request->body.length;
    const char *line = arena_printf(arena, "\r\n--%s", boundary ? boundary : "");
    size_t length = strlen(line);

    /* The first boundary may stand at the very start, without its line break. */
    if (!boundary || request->body.length < length || strncmp(at, line + 2, length - 2) != 0)
        return false;
    for (at += length - 2; strncmp(at, "--", 2) != 0; at += length) {
        const char *part = at + 2;
        const char *stop =
            strncmp(at, "\r\n", 2) == 0 ? memmem(part, (size_t)(end - part), line, length) : NULL;

        if (!stop || !read_part(part, (size_t)(stop - part), arena, fields))
            return false;
        at = stop;
    }
    return true;
}

bool form_read_body(const struct request *request, struct arena *arena, struct fields *fields)
{
    if (request->body.length == 0)
        return true;
    if (request_body_is(request, "application/json"))
        return read_json(request, arena, fields);
    if (request_body_is(request, "multipart/form-data"))
        return read_multipart(request, arena, fields);
    if (request_body_is(request, "application/x-www-form-urlencoded"))
        return form_read_query(request->body.bytes, request->body.length, arena, fields);
    return false;
}

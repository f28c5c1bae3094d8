#include "platform/form.h"

#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

size_t form_encode(char *at, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length = 0;

    for (; *text; text++) {
        const unsigned char byte = (unsigned char)*text;
        const char three[] = {'%', digits[byte >> 4], digits[byte & 15]};
        const bool plain = is_plain(*text);

        if (at)
            memcpy(at + length, plain ? text : three, plain ? 1 : sizeof three);
        length += plain ? 1 : sizeof three;
    }
    return length;
}

char *form_escape(const char *text, struct arena *arena)
{
    char *encoded = arena_alloc(arena, 3 * strlen(text) + 1);

    encoded[form_encode(encoded, text)] = '\0';
    return encoded;
}

char *form_write(const struct form_field *fields, struct arena *arena)
{
    struct buffer out;
    char *text;

    buffer_init(&out, SIZE_MAX / 2);
    for (; fields->name; fields++) {
        if (!fields->value)
            continue;
        if (out.length > 0)
            (void)buffer_char(&out, '&');
        (void)buffer_text(&out, form_escape(fields->name, arena));
        (void)buffer_char(&out, '=');
        (void)buffer_text(&out, form_escape(fields->value, arena));
    }
    text = arena_text_n(arena, out.bytes, out.length);
    buffer_clear(&out);
    return text;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *form_unescape(const char *text, size_t length, struct arena *arena)
{
    char *plain = arena_alloc(arena, length + 1), *end = plain;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == '%' && i + 2 < length && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            *end++ = (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            *end++ = text[i] == '+' ? ' ' : text[i];
        }
    }
    *end = '\0';
    return plain;
}

struct form_field *form_read(const char *text, struct arena *arena)
{
    struct form_field *fields = NULL, *last;
    size_t count = 0, capacity = 0;

    while (*text) {
        const size_t length = strcspn(text, "&"), name = strcspn(text, "=&");
        const size_t skipped = name < length ? name + 1 : length;

        last = arena_push(arena, &fields, &count, &capacity, sizeof *fields);
        *last = (struct form_field){form_unescape(text, name, arena),
                                    form_unescape(text + skipped, length - skipped, arena)};
        text += length + (text[length] == '&');
    }
    last = arena_push(arena, &fields, &count, &capacity, sizeof *fields);
    *last = (struct form_field){NULL, NULL};
    return fields;
}

char *form_path(const char *path, const struct form_field *fields, struct arena *arena)
{
    const char *query = form_write(fields, arena);

    return *query ? arena_printf(arena, "%s?%s", path, query) : arena_text(arena, path);
}

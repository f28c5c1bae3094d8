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

char *form_path(const char *path, const struct form_field *fields, struct arena *arena)
{
    const char *query = form_write(fields, arena);

    return *query ? arena_printf(arena, "%s?%s", path, query) : arena_text(arena, path);
}

#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static char nothing[1] = "";

void buffer_init(struct buffer *buffer, size_t maximum)
{
    *buffer = (struct buffer){.bytes = nothing, .maximum = maximum};
}

void buffer_clear(struct buffer *buffer)
{
    if (buffer->capacity)
        free(buffer->bytes);
    buffer_init(buffer, buffer->maximum);
}

void buffer_empty(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->overflowed = false;
    if (buffer->capacity)
        buffer->bytes[0] = '\0';
}

static void make_room(struct buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    char *grown;

    if (needed <= buffer->capacity)
        return;
    while (capacity < needed)
        capacity *= 2;
    grown = realloc(buffer->capacity ? buffer->bytes : NULL, capacity);
    if (!grown)
        out_of_memory();
    buffer->bytes = grown;
    buffer->capacity = capacity;
}

void buffer_reserve(struct buffer *buffer, size_t length)
{
    if (length < buffer->maximum - buffer->length)
        make_room(buffer, buffer->length + length + 1);
}

char *buffer_more(struct buffer *buffer, size_t length)
{
    char *end;

    if (length > buffer->maximum - buffer->length) {
        buffer->overflowed = true;
        return NULL;
    }
    make_room(buffer, buffer->length + length + 1);
    end = buffer->bytes + buffer->length;
    buffer->length += length;
    end[length] = '\0';
    return end;
}

bool buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    char *end = buffer_more(buffer, length);

    if (end && length)
        memcpy(end, bytes, length);
    return end != NULL;
}

bool buffer_text(struct buffer *buffer, const char *text)
{
    return buffer_add(buffer, text, strlen(text));
}

bool buffer_char(struct buffer *buffer, char c)
{
    return buffer_add(buffer, &c, 1);
}

bool buffer_printf(struct buffer *buffer, const char *format, ...)
{
    struct arena scratch = {0};
    va_list args;
    bool ok;

    va_start(args, format);
    ok = buffer_text(buffer, arena_vprintf(&scratch, format, args));
    va_end(args);
    arena_clear(&scratch);
    return ok;
}

#include "renderer/webp.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

/* "RIFF", size, "WEBP", then chunks: name, size, bytes, and one more where that is odd. */
enum { FIRST_CHUNK = 12, CHUNK_HEAD = 8, FLAGS_AT = CHUNK_HEAD };
enum { FLAG_XMP = 0x04, FLAG_EXIF = 0x08, FLAG_ICC = 0x20 };

static uint32_t read_size(const unsigned char *bytes)
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static void write_size(unsigned char *bytes, size_t size)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(size >> 8 * i);
}

static bool is_metadata(const unsigned char *chunk)
{
    static const char names[][5] = {"EXIF", "XMP ", "ICCP"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!memcmp(chunk, names[i], 4))
            return true;
    return false;
}

/* Head and padding included; never more than there is. */
static size_t chunk_length(const unsigned char *chunk, size_t left)
{
    const size_t size = read_size(chunk + 4), length = CHUNK_HEAD + size + size % 2;

    return length < left ? length : left;
}

size_t webp_strip(unsigned char *bytes, size_t size)
{
    size_t from = FIRST_CHUNK, to = FIRST_CHUNK, length;

    if (size < FIRST_CHUNK || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WEBP", 4) != 0)
        return size;
    for (; from + CHUNK_HEAD <= size; from += length) {
        length = chunk_length(bytes + from, size - from);
        if (is_metadata(bytes + from))
            continue;
        if (!memcmp(bytes + from, "VP8X", 4) && length > FLAGS_AT)
            bytes[from + FLAGS_AT] &= (unsigned char)~(FLAG_XMP | FLAG_EXIF | FLAG_ICC);
        memmove(bytes + to, bytes + from, length);
        to += length;
    }
    write_size(bytes + 4, to - CHUNK_HEAD);
    return to;
}

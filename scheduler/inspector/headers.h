/* inspector/headers.h - what a picture file says about itself, read without decoding it.
 *
 * JPEG, PNG, GIF and WebP are walked from the first byte to the last mark: size in pixels,
 * frames, metadata, an end that is missing, bytes behind the end. Nothing is
 * decompressed, nothing is allocated, and no byte of the file is trusted: a hostile file
 * can only produce a problem. Pure functions over a reader, so that tests and the
 * fuzz target need no file.
 *
 * Width and height are those stored; with orientation 5 to 8 the picture is shown turned.
 */
#ifndef CRIER_INSPECTOR_HEADERS_H
#define CRIER_INSPECTOR_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/metadata.h"

/* More pixels than this are a decompression bomb, not a poster. */
#define HEADERS_MOST_PIXELS UINT64_C(50000000)

/* Copies `length` bytes at `offset`; false when they are not all there. Like pread. */
struct header_source {
    bool (*read)(void *context, uint64_t offset, void *bytes, size_t length);
    void *context;
    uint64_t size;
};

struct headers {
    const char *mime; /* NULL: none of the four */
    uint32_t width, height;
    uint32_t frames;
    uint64_t duration_ms; /* of an animation; else 0 */
    unsigned metadata;    /* enum metadata, or-ed */
    int orientation;      /* EXIF's 1 to 8; 0 when not said */
    /* The first problem met, a stable word, or NULL: unreadable, truncated, trailing-bytes,
     * too-many-pixels, too-many-parts. */
    const char *problem;
};

void headers_read(const struct header_source *source, struct headers *headers);

#endif

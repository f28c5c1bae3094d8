/* renderer/decode.h - hostile bytes in, a libvips image out; or one word that says why not.
 *
 * What is opened has only shown its header: how large it says it is has been judged, nothing has
 * been decoded. Images are read once, from the top, as whoever uses them asks for their pixels.
 */
#ifndef CRIER_RENDERER_DECODE_H
#define CRIER_RENDERER_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vips/vips.h>

/* More pixels than this are a decompression bomb, not a poster (as inspector/headers.h has it). */
#define DECODE_MOST_PIXELS INT64_C(50000000)
/* All frames of an animation. */
#define DECODE_MOST_FRAMES_PIXELS INT64_C(200000000)

/* A file in memory. */
struct source {
    const void *bytes; /* NULL: it is no regular file, or empty */
    size_t size;
};

struct decoded {
    VipsImage *image; /* the caller's: g_object_unref; frames stand below each other */
    const char *mime;
    const char *problem; /* NULL, unsupported, too-many-pixels, truncated, undecodable */
    int width, height;   /* of one frame, as stored; 0 when unknown */
    int frames;          /* of an animation; else 1 */
    int64_t duration_ms; /* of an animation; else 0 */
    int orientation;     /* 1 to 8; 0 when not said */
    bool is_opaque;      /* it may hold what nobody looks into: an EXIF block, further pictures */
};

/* Once, while files can still be opened. False when libvips cannot start. */
bool decode_start(void);

/* Descriptor `fd` as memory, which ends with the process. */
struct source decode_map(int fd);

/* With `frames` all of an animation, else the first; other pictures have one. */
void decode_open(const struct source *source, bool frames, struct decoded *decoded);

/* The first frame again, of a JPEG or WebP at a half, a quarter or an eighth of its size where its
 * format does that cheaply: not smaller than width x height, as stored. */
void decode_open_near(const struct source *source, const struct decoded *header, int width,
                      int height, struct decoded *decoded);

/* Reads every pixel. False as well when the decoder had to guess some. */
bool decode_all(VipsImage *image);

/* The word for what libvips complains of; its text, which may quote the file, is forgotten. */
const char *decode_problem(void);

#endif

/* renderer/container.h - what a video's container says that ffprobe does not tell.
 *
 * Boxes of MP4 and QuickTime (ISO/IEC 14496-12), the beginnings of Matroska/WebM and AVI: whether
 * all of the file is there, whether the index stands in front, whether edits hide part of what it
 * holds, whether frames last equally long, and what may lie in it unseen. Nothing is decoded,
 * nothing is allocated, and no byte is trusted: sizes are 64 bits wide and may lie. Pure functions
 * over a reader, for the tests and the fuzz target.
 */
#ifndef CRIER_RENDERER_CONTAINER_H
#define CRIER_RENDERER_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies `length` bytes at `offset`; false when they are not all there. Like pread. */
struct container_source {
    bool (*read)(void *context, uint64_t offset, void *bytes, size_t length);
    void *context;
    uint64_t size;
};

struct container {
    const char *mime;  /* NULL: none of these */
    bool truncated;    /* it says of itself that it goes on */
    bool has_trailing; /* behind its end there is more */
    bool index_first;
    /* A track that begins with nothing, or shows less than it holds: cut off in an editor, but
     * still there for everybody who looks. What coders need to get going is no edit. */
    bool has_edits;
    bool is_timed;    /* a track of pictures says how long its frames last ... */
    bool rate_varies; /* ... and more than one in fifty a quarter longer or shorter */
    bool has_xmp;
    /* Bytes in a box nobody asked for, or in a free space that is not empty, or what a camera says
     * of its own in the first frame (H.264's SEI; of x264 it is known to be harmless). */
    bool has_opaque;
};

void container_read(const struct container_source *source, struct container *container);

#endif

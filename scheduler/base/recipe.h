/* base/recipe.h - what is made of a media file before it goes out, as one line of words.
 *
 *     v1 image/jpeg 1080x810 pad 1080x1350 most 8000000
 *     v1 image/png 2048x1536
 *     v1 video/mp4 copy
 *     v1 video/mp4 1080x1920 rate 30000 bits 5000000 most 300000000
 *
 * campaign/fit.h decides on one, crier-render follows it, and it stands in the content that is
 * approved. The same file and recipe give the same bytes on the same machine. Whatever it says,
 * a rendition is upright, in sRGB, and without metadata.
 *
 * In content and rows, a recipe that was followed ends with what came of it: " = " and the
 * SHA-256 of the rendition. So an approval binds the very bytes that go out.
 */
#ifndef CRIER_BASE_RECIPE_H
#define CRIER_BASE_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/digest.h"

/* Grows whenever crier-render would make other bytes of the same recipe on purpose. */
enum { RECIPE_VERSION = 1 };

/* Pad: the whole picture in the middle of a frame of another shape (pictures on a blurred ground
 * of their own, videos on black). Crop: the middle of the picture. */
enum recipe_frame { RECIPE_NO_FRAME, RECIPE_PAD, RECIPE_CROP };

struct recipe {
    const char
        *mime;   /* of the rendition: image/jpeg, image/png, image/gif, image/webp, video/mp4 */
    bool copies; /* a video's streams as they are, in a new container whose index is in front */
    int32_t width, height; /* what the upright picture is scaled to; 0 with `copies` */
    enum recipe_frame frame;
    int32_t frame_width, frame_height; /* of the rendition; 0 without a frame */
    /* Of a video: frames in 1,000 seconds, constant; bits a second at most. 0 = as it is. */
    int64_t frame_rate, bit_rate;
    int64_t most_bytes; /* it shall not be larger; 0 = no matter */
};

/* Longest text, with what came of it. */
enum { RECIPE_SIZE = 256 };

void recipe_write(const struct recipe *recipe, char text[RECIPE_SIZE]);
/* Only what recipe_write writes; what came of it may follow and is left out. */
MUST_CHECK bool recipe_read(const char *text, struct recipe *recipe);

/* What came of it: the 64 hex digits at the end of `text`, or NULL. */
const char *recipe_made(const char *text);

#endif

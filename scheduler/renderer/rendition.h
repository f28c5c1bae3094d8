/* renderer/rendition.h - a picture made after a recipe (base/recipe.h).
 *
 * Upright, in sRGB with 8 bits a channel, exactly as large as the recipe has it, without metadata
 * and colour profile. Animations stay animated as GIF and WebP, else the first frame counts. What
 * is transparent becomes white in a JPEG and where a ground is put behind it. Where the recipe
 * says how many bytes it may have, JPEG and WebP lose quality step by step. The same source and
 * recipe give the same bytes.
 */
#ifndef CRIER_RENDERER_RENDITION_H
#define CRIER_RENDERER_RENDITION_H

#include "base/recipe.h"
#include "renderer/decode.h"

struct rendered {
    const char *problem; /* NULL, a word of decode.h, or too-large */
    const char *mime;
    void *bytes; /* the caller's: g_free; NULL with a problem */
    size_t size;
    int width, height, frames; /* 0 with a problem */
    int64_t duration_ms;
    bool is_best; /* nothing was given up for its size: with any limit that they keep to, or with
                     none, the same source and recipe give these bytes */
};

/* False for what is no recipe of a picture. */
bool rendition_is_picture(const struct recipe *recipe);

void rendition_make(const struct source *source, const struct recipe *recipe,
                    struct rendered *rendered);

#endif

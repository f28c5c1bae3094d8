/* renderer/metadata.h - what a picture says beside its picture, by libvips' word.
 *
 * Only that it is there is found out: no text of a file leaves this module.
 */
#ifndef CRIER_RENDERER_METADATA_H
#define CRIER_RENDERER_METADATA_H

#include <stdbool.h>
#include <vips/vips.h>

#include "base/metadata.h"

/* enum metadata, or-ed. */
unsigned metadata_of(VipsImage *image);

/* It has no colour profile, or one that is called sRGB. */
bool metadata_is_srgb(VipsImage *image);

#endif

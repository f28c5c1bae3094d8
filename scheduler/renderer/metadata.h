/* renderer/metadata.h - what a picture says beside its picture, by libvips' word.
 *
 * Only that it is there is found out: no text of a file leaves this module.
 */
#ifndef CRIER_RENDERER_METADATA_H
#define CRIER_RENDERER_METADATA_H

#include <stdbool.h>
#include <vips/vips.h>

enum metadata {
    METADATA_EXIF = 1 << 0,
    METADATA_GPS = 1 << 1, /* a place, in EXIF or XMP */
    METADATA_XMP = 1 << 2,
    METADATA_IPTC = 1 << 3,
    METADATA_ICC = 1 << 4,
    METADATA_TEXT = 1 << 5,     /* comments and descriptions */
    METADATA_SERIAL = 1 << 6,   /* of a camera's body or lens */
    METADATA_AUTHOR = 1 << 7,   /* artist, owner, copyright */
    METADATA_THUMBNAIL = 1 << 8 /* a small copy, perhaps of what was cut away since */
};

/* enum metadata, or-ed. */
unsigned metadata_of(VipsImage *image);

/* The word for one bit, or NULL for none. */
const char *metadata_word(unsigned bit);

/* It has no colour profile, or one that is called sRGB. */
bool metadata_is_srgb(VipsImage *image);

#endif

/* renderer/webp.h - takes out of a WebP file of our own what is no picture.
 *
 * libvips 8.14 writes an EXIF block of its own making, with the picture's size and resolution, also
 * when it was told to leave all metadata out.
 */
#ifndef CRIER_RENDERER_WEBP_H
#define CRIER_RENDERER_WEBP_H

#include <stddef.h>

/* Moves what remains together; the new size. What is no WebP file stays as it is. */
size_t webp_strip(unsigned char *bytes, size_t size);

#endif

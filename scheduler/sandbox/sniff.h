/* sandbox/sniff.h - what a file is, by its first bytes.
 *
 * Every server looks at the content of what it is sent, as the real ones do. Which kinds it knows
 * is the server's own fact: it names them, and what is none of them has no type there.
 */
#ifndef CRIER_SANDBOX_SNIFF_H
#define CRIER_SANDBOX_SNIFF_H

#include <stddef.h>

enum {
    SNIFF_JPEG = 1 << 0,
    SNIFF_PNG = 1 << 1,
    SNIFF_GIF = 1 << 2,
    SNIFF_WEBP = 1 << 3,
    SNIFF_BMP = 1 << 4,
    SNIFF_TIFF = 1 << 5,
    SNIFF_AVIF = 1 << 6,
    SNIFF_HEIC = 1 << 7,
    SNIFF_QUICKTIME = 1 << 8,
    SNIFF_MP4 = 1 << 9, /* any file of that family that is none of the other kinds named */
    SNIFF_WEBM = 1 << 10
};

/* The type of these bytes, "image/jpeg", when it is one of `kinds`; else NULL. */
const char *sniff_mime(const char *bytes, size_t length, unsigned kinds);

#endif

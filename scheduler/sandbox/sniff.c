#include "sandbox/sniff.h"

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"

/* In this order: MP4 is the family of AVIF, HEIC and QuickTime, too. */
static const struct signature {
    unsigned kind;
    const char *mime;
    size_t offset;
    const char *bytes;
    size_t length;
} signatures[] = {
    {SNIFF_JPEG, "image/jpeg", 0, "\xff\xd8\xff", 3},
    {SNIFF_PNG, "image/png", 0, "\x89PNG\r\n\x1a\n", 8},
    {SNIFF_GIF, "image/gif", 0, "GIF8", 4},
    {SNIFF_WEBP, "image/webp", 8, "WEBP", 4},
    {SNIFF_BMP, "image/bmp", 0, "BM", 2},
    {SNIFF_TIFF, "image/tiff", 0, "II*\0", 4},
    {SNIFF_TIFF, "image/tiff", 0, "MM\0*", 4},
    {SNIFF_AVIF, "image/avif", 4, "ftypavif", 8},
    {SNIFF_HEIC, "image/heic", 4, "ftypheic", 8},
    {SNIFF_QUICKTIME, "video/quicktime", 4, "ftypqt", 6},
    {SNIFF_MP4, "video/mp4", 4, "ftyp", 4},
    {SNIFF_WEBM, "video/webm", 0, "\x1a\x45\xdf\xa3", 4},
};

static bool has_signature(const struct signature *signature, const char *bytes, size_t length)
{
    return length >= signature->offset + signature->length &&
           memcmp(bytes + signature->offset, signature->bytes, signature->length) == 0;
}

const char *sniff_mime(const char *bytes, size_t length, unsigned kinds)
{
    size_t i;

    for (i = 0; i < COUNT_OF(signatures); i++)
        if ((kinds & signatures[i].kind) != 0 && has_signature(&signatures[i], bytes, length))
            return signatures[i].mime;
    return NULL;
}

#include "renderer/metadata.h"

#include <string.h>

#include "base/compiler.h"

const char *metadata_word(unsigned bit)
{
    static const struct {
        unsigned bit;
        const char *word;
    } words[] = {
        {METADATA_EXIF, "exif"},     {METADATA_GPS, "gps"},       {METADATA_XMP, "xmp"},
        {METADATA_IPTC, "iptc"},     {METADATA_ICC, "icc"},       {METADATA_TEXT, "text"},
        {METADATA_SERIAL, "serial"}, {METADATA_AUTHOR, "author"}, {METADATA_THUMBNAIL, "thumbnail"},
    };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].bit == bit)
            return words[i].word;
    return NULL;
}

/* libvips' names of fields, by their beginning; the first that fits counts. exif-ifd3 is EXIF's
 * GPS directory, of which the version alone says no place. */
static const struct {
    const char *name;
    unsigned bits;
} fields[] = {
    {"exif-ifd0-Artist", METADATA_AUTHOR},
    {"exif-ifd0-Copyright", METADATA_AUTHOR},
    {"exif-ifd0-XPAuthor", METADATA_AUTHOR},
    {"exif-ifd0-CameraSerialNumber", METADATA_SERIAL},
    {"exif-ifd2-CameraOwnerName", METADATA_AUTHOR},
    {"exif-ifd2-BodySerialNumber", METADATA_SERIAL},
    {"exif-ifd2-LensSerialNumber", METADATA_SERIAL},
    {"exif-ifd3-GPSVersionID", 0},
    {"exif-ifd3-", METADATA_GPS},
    {"exif-data", METADATA_EXIF},
    {"jpeg-thumbnail-data", METADATA_THUMBNAIL},
    {"xmp-data", METADATA_XMP},
    {"iptc-data", METADATA_IPTC},
    {"photoshop-data", METADATA_IPTC},
    {"icc-profile-data", METADATA_ICC},
    {"image-description", METADATA_TEXT},
    {"png-comment-", METADATA_TEXT},
    {"jpeg-comment", METADATA_TEXT},
    {"gif-comment", METADATA_TEXT},
};

static void *note_field(VipsImage *image, const char *name, GValue *value, void *found)
{
    (void)image, (void)value;
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (!strncmp(name, fields[i].name, strlen(fields[i].name))) {
            *(unsigned *)found |= fields[i].bits;
            break;
        }
    return NULL;
}

/* What blocks of bytes say, by what stands in them. IPTC's are record 2, data sets 80 (by-line),
 * 110 (credit) and 116 (copyright). */
#define MARK(text) text, sizeof(text) - 1
static const struct mark {
    const char *field, *mark;
    size_t length;
    unsigned bits;
} marks[] = {
    {"xmp-data", MARK("GPSL"), METADATA_GPS}, /* GPSLatitude, GPSLongitude */
    {"xmp-data", MARK("SerialNumber"), METADATA_SERIAL},
    {"xmp-data", MARK("dc:creator"), METADATA_AUTHOR},
    {"xmp-data", MARK("dc:rights"), METADATA_AUTHOR},
    {"xmp-data", MARK("tiff:Artist"), METADATA_AUTHOR},
    {"xmp-data", MARK("photoshop:Credit"), METADATA_AUTHOR},
    {"xmp-data", MARK("xmpGImg:image"), METADATA_THUMBNAIL},
    {"iptc-data", MARK("\x1c\x02\x50"), METADATA_AUTHOR},
    {"iptc-data", MARK("\x1c\x02\x6e"), METADATA_AUTHOR},
    {"iptc-data", MARK("\x1c\x02\x74"), METADATA_AUTHOR},
};

static bool block_has(VipsImage *image, const char *field, const void *mark, size_t length)
{
    const void *bytes;
    size_t size;

    if (!vips_image_get_typeof(image, field) || vips_image_get_blob(image, field, &bytes, &size)) {
        vips_error_clear();
        return false;
    }
    return memmem(bytes, size, mark, length) != NULL;
}

unsigned metadata_of(VipsImage *image)
{
    unsigned found = 0;

    (void)vips_image_map(image, note_field, &found);
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (block_has(image, marks[i].field, marks[i].mark, marks[i].length))
            found |= marks[i].bits;
    return found;
}

/* A profile's name is ASCII or, since version 4, UTF-16. */
bool metadata_is_srgb(VipsImage *image)
{
    static const char wide[] = "s\0R\0G\0B";

    return !vips_image_get_typeof(image, VIPS_META_ICC_NAME) ||
           block_has(image, VIPS_META_ICC_NAME, "sRGB", 4) ||
           block_has(image, VIPS_META_ICC_NAME, wide, sizeof wide - 1);
}

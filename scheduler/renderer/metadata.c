#include "renderer/metadata.h"

#include <string.h>

#include "base/compiler.h"

/* What blocks of bytes say, by what stands in them. IPTC's are record 2, data sets 80 (by-line),
 * 110 (credit) and 116 (copyright). */
struct mark {
    const char *bytes;
    unsigned bits;
};
static const struct mark in_xmp[] = {
    {"GPSL", METADATA_GPS}, /* GPSLatitude, GPSLongitude */
    {"SerialNumber", METADATA_SERIAL},
    {"dc:creator", METADATA_AUTHOR},
    {"dc:rights", METADATA_AUTHOR},
    {"tiff:Artist", METADATA_AUTHOR},
    {"photoshop:Credit", METADATA_AUTHOR},
    {"xmpGImg:image", METADATA_THUMBNAIL},
    {NULL, 0},
};
static const struct mark in_iptc[] = {
    {"\x1c\x02\x50", METADATA_AUTHOR},
    {"\x1c\x02\x6e", METADATA_AUTHOR},
    {"\x1c\x02\x74", METADATA_AUTHOR},
    {NULL, 0},
};

/* libvips' names of fields, by their beginning; the first that fits counts. exif-ifd3 is EXIF's
 * GPS directory, of which the version alone says no place. */
static const struct field {
    const char *name;
    unsigned bits;
    const struct mark *marks; /* of a block; or NULL */
} fields[] = {
    {"exif-ifd0-Artist", METADATA_AUTHOR, NULL},
    {"exif-ifd0-Copyright", METADATA_AUTHOR, NULL},
    {"exif-ifd0-XPAuthor", METADATA_AUTHOR, NULL},
    {"exif-ifd0-CameraSerialNumber", METADATA_SERIAL, NULL},
    {"exif-ifd2-CameraOwnerName", METADATA_AUTHOR, NULL},
    {"exif-ifd2-BodySerialNumber", METADATA_SERIAL, NULL},
    {"exif-ifd2-LensSerialNumber", METADATA_SERIAL, NULL},
    {"exif-ifd3-GPSVersionID", 0, NULL},
    {"exif-ifd3-", METADATA_GPS, NULL},
    {"exif-data", METADATA_EXIF, NULL},
    {"jpeg-thumbnail-data", METADATA_THUMBNAIL, NULL},
    {"xmp-data", METADATA_XMP, in_xmp},
    {"heif-mime-", METADATA_XMP, in_xmp},
    {"iptc-data", METADATA_IPTC, in_iptc},
    {"photoshop-data", METADATA_IPTC, NULL},
    {"icc-profile-data", METADATA_ICC, NULL},
    {"image-description", METADATA_TEXT, NULL},
    {"png-comment-", METADATA_TEXT, NULL},
    {"jpeg-comment", METADATA_TEXT, NULL},
    {"gif-comment", METADATA_TEXT, NULL},
};

static unsigned search(const GValue *block, const struct mark *mark)
{
    unsigned found = 0;
    size_t size = 0;
    const void *bytes = vips_value_get_blob(block, &size);

    for (; bytes && mark->bytes; mark++)
        if (memmem(bytes, size, mark->bytes, strlen(mark->bytes)))
            found |= mark->bits;
    return found;
}

static void *note_field(VipsImage *image, const char *name, GValue *value, void *found)
{
    const struct field *field = fields, *const end = fields + COUNT_OF(fields);

    (void)image;
    while (field < end && strncmp(name, field->name, strlen(field->name)) != 0)
        field++;
    if (field == end)
        return NULL;
    *(unsigned *)found |= field->bits;
    if (field->marks && G_VALUE_HOLDS(value, VIPS_TYPE_BLOB))
        *(unsigned *)found |= search(value, field->marks);
    return NULL;
}

unsigned metadata_of(VipsImage *image)
{
    unsigned found = 0;

    (void)vips_image_map(image, note_field, &found);
    return found;
}

static bool block_has(VipsImage *image, const char *field, const void *mark, size_t length)
{
    const void *bytes;
    size_t size;

    if (vips_image_get_blob(image, field, &bytes, &size)) {
        vips_error_clear();
        return false;
    }
    return memmem(bytes, size, mark, length) != NULL;
}

/* A profile's name is ASCII or, since version 4, UTF-16. */
bool metadata_is_srgb(VipsImage *image)
{
    static const char wide[] = "s\0R\0G\0B";

    return !vips_image_get_typeof(image, VIPS_META_ICC_NAME) ||
           block_has(image, VIPS_META_ICC_NAME, "sRGB", 4) ||
           block_has(image, VIPS_META_ICC_NAME, wide, sizeof wide - 1);
}

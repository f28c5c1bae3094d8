#include "base/metadata.h"

#include <stddef.h>
#include <string.h>

#include "base/compiler.h"

static const struct {
    enum metadata bit;
    const char *word;
} words[] = {
    {METADATA_EXIF, "exif"},
    {METADATA_GPS, "gps"},
    {METADATA_XMP, "xmp"},
    {METADATA_IPTC, "iptc"},
    {METADATA_ICC, "icc"},
    {METADATA_TEXT, "text"},
    {METADATA_OPAQUE, "opaque"},
    {METADATA_SERIAL, "serial"},
    {METADATA_AUTHOR, "author"},
    {METADATA_CAMERA, "camera"},
    {METADATA_THUMBNAIL, "thumbnail"},
    {METADATA_TIME, "time"},
};

const char *metadata_word(unsigned bit)
{
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].bit == bit)
            return words[i].word;
    return NULL;
}

unsigned metadata_bit(const char *word)
{
    for (size_t i = 0; word && i < COUNT_OF(words); i++)
        if (!strcmp(words[i].word, word))
            return words[i].bit;
    return 0;
}

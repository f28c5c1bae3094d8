/* base/metadata.h - what a file may say beside its picture, film and sound: where, when, by whom.
 *
 * The programs that look into files answer in these words, and asset/ takes no others. Only that it
 * is there is told: no text of a file is.
 */
#ifndef CRIER_BASE_METADATA_H
#define CRIER_BASE_METADATA_H

/* In the order in which they are told. */
enum metadata {
    METADATA_EXIF = 1 << 0,
    METADATA_GPS = 1 << 1, /* a place */
    METADATA_XMP = 1 << 2,
    METADATA_IPTC = 1 << 3,
    METADATA_ICC = 1 << 4,
    METADATA_TEXT = 1 << 5,   /* comments, descriptions, chapters, subtitles */
    METADATA_OPAQUE = 1 << 6, /* a block that we do not look into: compressed EXIF or XMP, a further
                                 picture, an application's own */
    METADATA_SERIAL = 1 << 7, /* of a camera's body or lens */
    METADATA_AUTHOR = 1 << 8, /* artist, owner, copyright */
    METADATA_CAMERA = 1 << 9, /* its make, or the program that wrote the file */
    METADATA_THUMBNAIL = 1 << 10, /* a small copy, perhaps of what was cut away since */
    METADATA_TIME = 1 << 11
};

/* The word for one bit, or NULL for none: the bits from 1 upwards until NULL are all that there
 * are. */
const char *metadata_word(unsigned bit);

/* The bit of a word; 0 = no word of ours, or NULL. */
unsigned metadata_bit(const char *word);

#endif

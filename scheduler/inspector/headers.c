#include "inspector/headers.h"

#include <string.h>

enum { WINDOW_BYTES = 64 * 1024, MOST_PARTS = 1000000, MOST_ENTRIES = 10000, MOST_IFDS = 8 };

/* A file seen through a window, so that a walk in small steps is not a system call each. */
struct file {
    const struct header_source *source;
    struct headers *headers;
    uint64_t start; /* of the window */
    size_t filled;
    uint32_t parts;   /* chunks, segments and blocks so far */
    uint32_t entries; /* of EXIF directories: these lead to and fro, so they are few */
    bool has_series;  /* a JPEG that announces further ones behind its end */
    unsigned char window[WINDOW_BYTES];
};

static void problem(struct file *file, const char *word)
{
    if (!file->headers->problem)
        file->headers->problem = word;
}

static bool fill(struct file *file, uint64_t offset)
{
    uint64_t left = file->source->size - offset;

    file->start = offset;
    file->filled = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
    if (file->source->read(file->source->context, offset, file->window, file->filled))
        return true;
    file->filled = 0;
    return false;
}

/* `length` bytes at `offset`, valid until the next call; NULL when the file ends before. At most a
 * window. */
static const unsigned char *look(struct file *file, uint64_t offset, size_t length)
{
    if (length > WINDOW_BYTES || offset > file->source->size ||
        length > file->source->size - offset)
        return NULL;
    if ((offset < file->start || offset + length > file->start + file->filled) &&
        !fill(file, offset))
        return NULL;
    return file->window + (offset - file->start);
}

/* The same; the file's end is then the problem. */
static const unsigned char *need(struct file *file, uint64_t offset, size_t length)
{
    const unsigned char *bytes = look(file, offset, length);

    if (!bytes)
        problem(file, "truncated");
    return bytes;
}

/* Counts one more part; a file of nothing but tiny parts is not walked for ever. */
static bool another(struct file *file, uint32_t *count, uint32_t most)
{
    if (++*count <= most)
        return true;
    problem(file, "too-many-parts");
    return false;
}

static bool another_part(struct file *file)
{
    return another(file, &file->parts, MOST_PARTS);
}

static bool another_entry(struct file *file)
{
    return another(file, &file->entries, MOST_ENTRIES);
}

static uint32_t big16(const unsigned char *b)
{
    return (uint32_t)b[0] << 8 | b[1];
}

static uint32_t big32(const unsigned char *b)
{
    return big16(b) << 16 | big16(b + 2);
}

static uint32_t little16(const unsigned char *b)
{
    return (uint32_t)b[1] << 8 | b[0];
}

static uint32_t little24(const unsigned char *b)
{
    return (uint32_t)b[2] << 16 | little16(b);
}

static uint32_t little32(const unsigned char *b)
{
    return little16(b + 2) << 16 | little16(b);
}

static void set_size(struct file *file, uint32_t width, uint32_t height)
{
    file->headers->width = width;
    file->headers->height = height;
    if (width == 0 || height == 0)
        problem(file, "unreadable");
    if ((uint64_t)width * height > HEADERS_MOST_PIXELS)
        problem(file, "too-many-pixels");
}

static void end_at(struct file *file, uint64_t offset)
{
    if (offset < file->source->size)
        problem(file, "trailing-bytes");
}

static void found(struct file *file, enum metadata what)
{
    file->headers->metadata |= what;
}

/* ---- EXIF: a small TIFF file inside the picture ---- */

enum { TAG_ORIENTATION = 0x0112, TAG_EXIF_IFD = 0x8769, TAG_GPS_IFD = 0x8825, TAG_GPS_VERSION = 0 };

struct tiff {
    struct file *file;
    uint64_t start;
    uint64_t length;
    bool is_big; /* byte order */
};

static const unsigned char *tiff_look(const struct tiff *tiff, uint64_t offset, size_t length)
{
    if (offset > tiff->length || length > tiff->length - offset)
        return NULL;
    return look(tiff->file, tiff->start + offset, length);
}

static uint32_t tiff16(const struct tiff *tiff, const unsigned char *b)
{
    return tiff->is_big ? big16(b) : little16(b);
}

static uint32_t tiff32(const struct tiff *tiff, const unsigned char *b)
{
    return tiff->is_big ? big32(b) : little32(b);
}

/* A GPS directory with nothing but its version says no place; one that cannot be read may. */
static bool says_place(const struct tiff *tiff, uint64_t ifd)
{
    const unsigned char *bytes = tiff_look(tiff, ifd, 2);
    uint32_t count = bytes ? tiff16(tiff, bytes) : 1, i;

    for (i = 0; i < count; i++) {
        bytes = tiff_look(tiff, ifd + 2 + 12 * (uint64_t)i, 12);
        if (!bytes || !another_entry(tiff->file) || tiff16(tiff, bytes) != TAG_GPS_VERSION)
            return true;
    }
    return false;
}

static void read_entry(const struct tiff *tiff, const unsigned char entry[12], uint64_t *exif_ifd)
{
    uint32_t tag = tiff16(tiff, entry), value = tiff32(tiff, entry + 8);
    uint32_t small = tiff16(tiff, entry + 8);

    if (tag == TAG_GPS_IFD && says_place(tiff, value))
        found(tiff->file, METADATA_GPS);
    else if (tag == TAG_EXIF_IFD)
        *exif_ifd = value;
    else if (tag == TAG_ORIENTATION && small >= 1 && small <= 8)
        tiff->file->headers->orientation = (int)small;
}

/* One directory; the offset of the next, or 0. */
static uint64_t read_ifd(const struct tiff *tiff, uint64_t ifd, uint64_t *exif_ifd)
{
    const unsigned char *bytes = tiff_look(tiff, ifd, 2);
    uint32_t count = bytes ? tiff16(tiff, bytes) : 0, i;

    for (i = 0; i < count; i++) {
        unsigned char entry[12]; /* a copy: reading the GPS directory moves the window */

        bytes = tiff_look(tiff, ifd + 2 + 12 * (uint64_t)i, sizeof entry);
        if (!bytes || !another_entry(tiff->file))
            return 0;
        memcpy(entry, bytes, sizeof entry);
        read_entry(tiff, entry, exif_ifd);
    }
    bytes = tiff_look(tiff, ifd + 2 + 12 * (uint64_t)count, 4);
    return bytes ? tiff32(tiff, bytes) : 0;
}

static void read_tiff(struct file *file, uint64_t start, uint64_t length)
{
    struct tiff tiff = {.file = file, .start = start, .length = length};
    const unsigned char *bytes = tiff_look(&tiff, 0, 8);
    uint64_t ifd, exif_ifd = 0;
    int i;

    found(file, METADATA_EXIF);
    if (!bytes)
        return;
    tiff.is_big = bytes[0] == 'M';
    ifd = tiff32(&tiff, bytes + 4);
    for (i = 0; i < MOST_IFDS && ifd != 0; i++)
        ifd = read_ifd(&tiff, ifd, &exif_ifd);
    if (exif_ifd != 0)
        (void)read_ifd(&tiff, exif_ifd, &exif_ifd);
}

static bool begins(struct file *file, uint64_t offset, uint64_t length, const void *prefix,
                   size_t prefix_length)
{
    const unsigned char *bytes = length < prefix_length ? NULL : look(file, offset, prefix_length);

    return bytes && memcmp(bytes, prefix, prefix_length) == 0;
}

#define BEGINS(file, offset, length, prefix)                                                       \
    begins(file, offset, length, prefix, sizeof(prefix) - 1)

/* The prefix is there in JPEG, and by mistake of some writers in WebP. */
static void read_exif(struct file *file, uint64_t start, uint64_t length)
{
    size_t prefix = BEGINS(file, start, length, "Exif\0\0") ? 6 : 0;

    read_tiff(file, start + prefix, length - prefix);
}

/* XMP is text: a place in it has a name that begins like this. */
static void read_xmp(struct file *file, uint64_t start, uint64_t length)
{
    static const char place[] = "GPSL"; /* GPSLatitude, GPSLongitude */
    const uint64_t end = start + length;

    found(file, METADATA_XMP);
    while (start < end) {
        size_t piece = end - start < WINDOW_BYTES / 2 ? (size_t)(end - start) : WINDOW_BYTES / 2;
        const unsigned char *bytes = look(file, start, piece);

        if (!bytes || memmem(bytes, piece, place, sizeof place - 1)) {
            found(file, METADATA_GPS); /* what cannot be read may say one */
            return;
        }
        if (piece == end - start)
            return;
        start += piece - (sizeof place - 2); /* the name may lie across two pieces */
    }
}

/* ---- JPEG ---- */

enum {
    JPEG_SOI = 0xd8,
    JPEG_EOI = 0xd9,
    JPEG_SOS = 0xda,
    JPEG_APP0 = 0xe0,
    JPEG_APP1 = 0xe1,
    JPEG_APP2 = 0xe2,
    JPEG_APP13 = 0xed,
    JPEG_APP14 = 0xee,
    JPEG_APP15 = 0xef,
    JPEG_COMMENT = 0xfe
};

static bool is_frame_header(unsigned marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static bool stands_alone(unsigned marker)
{
    return marker == 0x01 || (marker >= 0xd0 && marker <= JPEG_SOI);
}

/* The offset of the next marker's 0xff in entropy-coded data, or the file's size. */
static uint64_t skip_scan(struct file *file, uint64_t offset)
{
    const unsigned char *bytes;

    while ((bytes = look(file, offset, 2)) != NULL) {
        size_t seen = file->filled - (size_t)(offset - file->start) - 1;
        const unsigned char *mark = memchr(bytes, 0xff, seen);

        if (!mark)
            offset += seen;
        else if (mark[1] != 0 && mark[1] != 0xff && !stands_alone(mark[1]))
            return offset + (uint64_t)(mark - bytes);
        else
            offset += (uint64_t)(mark - bytes) + (mark[1] == 0xff ? 1 : 2);
    }
    return file->source->size;
}

static void read_app1(struct file *file, uint64_t start, uint64_t length)
{
    static const char xmp[] = "http://ns.adobe.com/x"; /* xap/1.0/ and xmp/extension/ */

    if (BEGINS(file, start, length, "Exif\0\0"))
        read_exif(file, start, length);
    else if (BEGINS(file, start, length, xmp))
        read_xmp(file, start, length);
    else
        found(file, METADATA_OPAQUE);
}

/* CIPA's Multi-Picture Format: other views, or a map of brightness as newer phones write it. */
static void read_app2(struct file *file, uint64_t start, uint64_t length)
{
    if (BEGINS(file, start, length, "ICC_PROFILE")) {
        found(file, METADATA_ICC);
        return;
    }
    file->has_series = file->has_series || BEGINS(file, start, length, "MPF\0");
    found(file, METADATA_OPAQUE);
}

/* What only says how the picture is coded; a JFIF header may hold a thumbnail behind its 14 bytes,
 * and Adobe's has 12. */
static bool is_structure(struct file *file, unsigned marker, uint64_t start, uint64_t length)
{
    return (marker == JPEG_APP0 && length == 14 && BEGINS(file, start, length, "JFIF\0")) ||
           (marker == JPEG_APP14 && length == 12 && BEGINS(file, start, length, "Adobe"));
}

static void read_app(struct file *file, unsigned marker, uint64_t start, uint64_t length)
{
    if (marker == JPEG_APP1)
        read_app1(file, start, length);
    else if (marker == JPEG_APP2)
        read_app2(file, start, length);
    else if (marker == JPEG_APP13 && BEGINS(file, start, length, "Photoshop 3.0"))
        found(file, METADATA_IPTC);
    else if (!is_structure(file, marker, start, length))
        found(file, METADATA_OPAQUE);
}

/* A segment's payload is `length` bytes at `start`. */
static void read_segment(struct file *file, unsigned marker, uint64_t start, uint64_t length)
{
    const unsigned char *bytes;

    if (marker >= JPEG_APP0 && marker <= JPEG_APP15)
        read_app(file, marker, start, length);
    else if (marker == JPEG_COMMENT)
        found(file, METADATA_TEXT);
    else if (is_frame_header(marker) && length >= 5 && (bytes = look(file, start, 5)) != NULL)
        set_size(file, big16(bytes + 3), big16(bytes + 1));
}

/* Another picture right behind the end is no surprise where it was announced. It never goes out:
 * what is opaque is made anew. */
static void end_jpeg(struct file *file, uint64_t offset)
{
    if (!file->has_series || !BEGINS(file, offset, file->source->size - offset, "\xff\xd8\xff"))
        end_at(file, offset);
}

/* One marker at `offset` and what belongs to it. The offset behind it; 0 when the walk is over. */
static uint64_t read_marker(struct file *file, uint64_t offset)
{
    const unsigned char *bytes = need(file, offset, 2);
    unsigned marker = bytes ? bytes[1] : 0;
    uint64_t length;

    if (!bytes)
        return 0;
    if (bytes[0] != 0xff) {
        problem(file, "unreadable");
        return 0;
    }
    if (marker == 0xff) /* fill byte */
        return offset + 1;
    if (marker == JPEG_EOI) {
        end_jpeg(file, offset + 2);
        return 0;
    }
    if (stands_alone(marker))
        return offset + 2;
    bytes = need(file, offset + 2, 2);
    length = bytes ? big16(bytes) : 0;
    if (length < 2 || offset + 2 + length > file->source->size) {
        problem(file, bytes && length < 2 ? "unreadable" : "truncated");
        return 0;
    }
    read_segment(file, marker, offset + 4, length - 2);
    return marker == JPEG_SOS ? skip_scan(file, offset + 2 + length) : offset + 2 + length;
}

static void read_jpeg(struct file *file)
{
    uint64_t offset = 2;

    file->headers->frames = 1;
    while (offset != 0 && another_part(file))
        offset = read_marker(file, offset);
    if (file->headers->width == 0)
        problem(file, "unreadable");
}

/* ---- PNG ---- */

/* Keywords under which programs hide EXIF and XMP in text chunks. */
static bool is_profile(struct file *file, uint64_t start, uint64_t length)
{
    return BEGINS(file, start, length, "Raw profile type exif") ||
           BEGINS(file, start, length, "Raw profile type APP1") ||
           BEGINS(file, start, length, "Raw profile type xmp");
}

static void read_png_text(struct file *file, const char *type, uint64_t start, uint64_t length)
{
    static const char xmp[] = "XML:com.adobe.xmp";

    if (strcmp(type, "iTXt") == 0 && BEGINS(file, start, length, xmp)) {
        const unsigned char *compressed = look(file, start + sizeof xmp, 1);

        if (compressed && *compressed == 0)
            read_xmp(file, start, length);
        else
            found(file, METADATA_OPAQUE);
    } else if (is_profile(file, start, length)) {
        found(file, METADATA_OPAQUE);
    } else {
        found(file, METADATA_TEXT);
    }
}

static void read_animation_frame(struct file *file, uint64_t start, uint64_t length)
{
    const unsigned char *bytes = length >= 26 ? look(file, start, 26) : NULL;
    uint32_t unit;

    if (!bytes)
        return;
    unit = big16(bytes + 22);
    file->headers->duration_ms += 1000 * (uint64_t)big16(bytes + 20) / (unit ? unit : 100);
}

/* Chunks that say how the picture is coded and shown. Others may hold anything. */
static bool is_chunk_of_picture(const char *type)
{
    static const char *const types[] = {"PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB",
                                        "sBIT", "bKGD", "pHYs", "hIST", "fdAT", "cICP"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

static void read_chunk(struct file *file, const char *type, uint64_t start, uint64_t length)
{
    const unsigned char *bytes;

    if (strcmp(type, "IHDR") == 0 && length >= 8 && (bytes = look(file, start, 8)) != NULL)
        set_size(file, big32(bytes), big32(bytes + 4));
    else if (strcmp(type, "acTL") == 0 && length >= 8 && (bytes = look(file, start, 4)) != NULL)
        file->headers->frames = big32(bytes);
    else if (strcmp(type, "fcTL") == 0)
        read_animation_frame(file, start, length);
    else if (strcmp(type, "eXIf") == 0)
        read_exif(file, start, length);
    else if (strcmp(type, "iCCP") == 0)
        found(file, METADATA_ICC);
    else if (strcmp(type, "tEXt") == 0 || strcmp(type, "zTXt") == 0 || strcmp(type, "iTXt") == 0)
        read_png_text(file, type, start, length);
    else if (strcmp(type, "IHDR") != 0 && strcmp(type, "acTL") != 0 && !is_chunk_of_picture(type))
        found(file, METADATA_OPAQUE);
}

static void read_png(struct file *file)
{
    uint64_t offset = 8;
    char type[5] = "";

    file->headers->frames = 1;
    while (strcmp(type, "IEND") != 0 && another_part(file)) {
        const unsigned char *bytes = need(file, offset, 8);
        uint64_t length;

        if (!bytes)
            break;
        length = big32(bytes);
        memcpy(type, bytes + 4, 4);
        if (offset == 8 && strcmp(type, "IHDR") != 0)
            problem(file, "unreadable");
        if (length + 12 > file->source->size - offset && strcmp(type, "IHDR") != 0) {
            problem(file, "truncated");
            break;
        }
        read_chunk(file, type, offset + 8, length);
        offset += length + 12;
    }
    if (file->headers->width == 0)
        problem(file, "unreadable");
    else if (strcmp(type, "IEND") == 0)
        end_at(file, offset);
}

/* ---- GIF ---- */

/* Over a chain of sub-blocks; the offset behind its end, or 0. */
static uint64_t skip_sub_blocks(struct file *file, uint64_t offset)
{
    const unsigned char *bytes;

    while (another_part(file) && (bytes = need(file, offset, 1)) != NULL) {
        if (*bytes == 0)
            return offset + 1;
        offset += 1 + (uint64_t)*bytes;
    }
    return 0;
}

static uint64_t color_table_bytes(unsigned flags)
{
    return (flags & 0x80) ? 3 * (UINT64_C(2) << (flags & 7)) : 0;
}

/* Who wrote an application's extension; `offset` is that of its first sub-block. */
static void read_gif_application(struct file *file, uint64_t offset, uint64_t end)
{
    if (BEGINS(file, offset, 12, "\x0bXMP DataXMP"))
        read_xmp(file, offset + 12, end - offset - 12);
    else if (BEGINS(file, offset, 12, "\x0bICCRGBG1012"))
        found(file, METADATA_ICC);
    else if (!BEGINS(file, offset, 12, "\x0bNETSCAPE2.0") && !BEGINS(file, offset, 12,
                                                                     "\x0b"
                                                                     "ANIMEXTS1.0"))
        found(file, METADATA_OPAQUE);
}

static uint64_t read_gif_extension(struct file *file, uint64_t offset)
{
    const unsigned char *bytes = need(file, offset, 2);
    unsigned label = bytes ? bytes[1] : 0;
    uint64_t end;

    if (!bytes)
        return 0;
    if (label == 0xf9 && (bytes = look(file, offset + 2, 4)) != NULL)
        file->headers->duration_ms += 10 * (uint64_t)little16(bytes + 2);
    if (label == 0xfe || label == 0x01)
        found(file, METADATA_TEXT);
    end = skip_sub_blocks(file, offset + 2);
    if (label == 0xff && end != 0)
        read_gif_application(file, offset + 2, end);
    return end;
}

static uint64_t read_gif_image(struct file *file, uint64_t offset)
{
    const unsigned char *bytes = need(file, offset, 10);

    if (!bytes)
        return 0;
    file->headers->frames++;
    return skip_sub_blocks(file, offset + 10 + color_table_bytes(bytes[9]) + 1);
}

static uint64_t read_gif_block(struct file *file, uint64_t offset)
{
    const unsigned char *bytes = need(file, offset, 1);

    if (!bytes)
        return 0;
    if (*bytes == 0x21)
        return read_gif_extension(file, offset);
    if (*bytes == 0x2c)
        return read_gif_image(file, offset);
    if (*bytes == 0x3b)
        end_at(file, offset + 1);
    else
        problem(file, "unreadable");
    return 0;
}

static void read_gif(struct file *file)
{
    const unsigned char *bytes = need(file, 0, 13);
    uint64_t offset;

    if (!bytes)
        return;
    offset = 13 + color_table_bytes(bytes[10]);
    set_size(file, little16(bytes + 6), little16(bytes + 8));
    while (offset != 0 && another_part(file))
        offset = read_gif_block(file, offset);
    if (file->headers->frames < 2)
        file->headers->duration_ms = 0;
    if (file->headers->frames == 0)
        problem(file, "unreadable");
}

/* ---- WebP ---- */

static void read_vp8(struct file *file, uint64_t start, uint64_t length)
{
    const unsigned char *bytes = length >= 10 ? look(file, start, 10) : NULL;

    if (bytes && memcmp(bytes + 3, "\x9d\x01\x2a", 3) == 0)
        set_size(file, little16(bytes + 6) & 0x3fff, little16(bytes + 8) & 0x3fff);
}

static void read_vp8l(struct file *file, uint64_t start, uint64_t length)
{
    const unsigned char *bytes = length >= 5 ? look(file, start, 5) : NULL;
    uint32_t bits;

    if (!bytes || *bytes != 0x2f)
        return;
    bits = little32(bytes + 1);
    set_size(file, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
}

static void read_vp8x(struct file *file, uint64_t start, uint64_t length)
{
    const unsigned char *bytes = length >= 10 ? look(file, start, 10) : NULL;

    if (bytes)
        set_size(file, little24(bytes + 4) + 1, little24(bytes + 7) + 1);
}

static void read_webp_frame(struct file *file, uint64_t start, uint64_t length)
{
    const unsigned char *bytes = length >= 16 ? look(file, start, 16) : NULL;

    file->headers->frames++;
    if (bytes)
        file->headers->duration_ms += little24(bytes + 12);
}

static void read_icc(struct file *file, uint64_t start, uint64_t length)
{
    (void)start;
    (void)length;
    found(file, METADATA_ICC);
}

static const struct webp_chunk {
    const char *type;
    bool is_size; /* the first of these says the picture's size */
    void (*read)(struct file *file, uint64_t start, uint64_t length);
} webp_chunks[] = {
    {"VP8 ", true, read_vp8},         {"VP8L", true, read_vp8l},  {"VP8X", true, read_vp8x},
    {"ANMF", false, read_webp_frame}, {"EXIF", false, read_exif}, {"XMP ", false, read_xmp},
    {"ICCP", false, read_icc},
};

static void read_webp_chunk(struct file *file, const unsigned char type[4], uint64_t start,
                            uint64_t length)
{
    size_t i;

    for (i = 0; i < sizeof webp_chunks / sizeof webp_chunks[0]; i++)
        if (memcmp(type, webp_chunks[i].type, 4) == 0) {
            if (!webp_chunks[i].is_size || file->headers->width == 0)
                webp_chunks[i].read(file, start, length);
            return;
        }
    if (memcmp(type, "ALPH", 4) != 0 && memcmp(type, "ANIM", 4) != 0)
        found(file, METADATA_OPAQUE);
}

static void read_webp(struct file *file)
{
    const unsigned char *bytes = need(file, 0, 12);
    uint64_t end, offset = 12;

    if (!bytes)
        return;
    end = 8 + (uint64_t)little32(bytes + 4);
    while (offset + 8 <= end && another_part(file) && (bytes = need(file, offset, 8)) != NULL) {
        unsigned char type[4];
        uint64_t length = little32(bytes + 4);

        memcpy(type, bytes, sizeof type);
        if (length > file->source->size - offset - 8)
            problem(file, "truncated");
        read_webp_chunk(file, type, offset + 8, length);
        offset += 8 + length + (length & 1);
    }
    if (file->headers->frames == 0)
        file->headers->frames = 1;
    if (file->headers->width == 0)
        problem(file, "unreadable");
    if (end > file->source->size)
        problem(file, "truncated");
    end_at(file, end);
}

/* ---- which of the four ---- */

static const struct format {
    const char *mime;
    size_t offset;
    const char *mark;
    size_t length;
    void (*read)(struct file *file);
} formats[] = {
    {"image/jpeg", 0, "\xff\xd8\xff", 3, read_jpeg},
    {"image/png", 0, "\x89PNG\r\n\x1a\n", 8, read_png},
    {"image/gif", 0, "GIF87a", 6, read_gif},
    {"image/gif", 0, "GIF89a", 6, read_gif},
    {"image/webp", 8, "WEBP", 4, read_webp},
};

void headers_read(const struct header_source *source, struct headers *headers)
{
    struct file file = {.source = source, .headers = headers};
    size_t i;

    *headers = (struct headers){0};
    for (i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (begins(&file, formats[i].offset, formats[i].length, formats[i].mark,
                   formats[i].length)) {
            headers->mime = formats[i].mime;
            formats[i].read(&file);
            return;
        }
}

#include "renderer/pictures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/compiler.h"
#include "base/file.h"
#include "base/json.h"
#include "renderer/confine.h"
#include "renderer/decode.h"
#include "renderer/metadata.h"
#include "renderer/render.h"
#include "renderer/rendition.h"

enum { MOST_FILES = 100, MOST_LINE = 64 * 1024 };
enum { LOOK_CPU_S = 5, MAKE_CPU_S = 60 };

/* The tests' own build does what files ask for, as if they had taken it over
 * (tests/support/misdeeds.c). */
#ifdef CRIER_MISDEEDS
void misdeed(const unsigned char *bytes, size_t length);
#else
#define misdeed(bytes, length) ((void)0)
#endif

static struct source sources[MOST_FILES];

/* All that needs more than what is left then. */
static bool prepare(int files, struct picture_needs *needs)
{
    if (!decode_start()) {
        fputs("crier-render: libvips cannot start\n", stderr);
        return false;
    }
    for (int i = 0; i < files; i++) {
        sources[i] = decode_map(RENDER_SOURCE + i);
        needs->mapped_bytes += sources[i].size;
    }
    if (confine_pictures(needs))
        return true;
    fprintf(stderr, "crier-render: cannot lock itself in: %s\n", strerrorname_np(errno));
    return false;
}

/* Written at once: should a later file end the process, the earlier answers stand. */
static void print_line(struct buffer *line)
{
    struct err err;

    json_close(line, '}');
    buffer_char(line, '\n');
    if (!write_all(STDOUT_FILENO, line->bytes, line->length, &err))
        _exit(RENDER_BROKEN);
    buffer_clear(line);
}

/* Looking. */

static const char *colour_of(VipsImage *image)
{
    switch ((int)vips_image_guess_interpretation(image)) {
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
        return metadata_is_srgb(image) ? "srgb" : "other";
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
        return "grey";
    case VIPS_INTERPRETATION_CMYK:
        return "cmyk";
    default:
        return "other";
    }
}

static void add_metadata(struct buffer *line, const struct decoded *picture)
{
    unsigned found = (picture->image ? metadata_of(picture->image) : 0) |
                     (picture->is_opaque ? METADATA_OPAQUE : 0);

    json_open(line, "metadata", '[');
    for (unsigned bit = 1; metadata_word(bit); bit <<= 1)
        if (found & bit)
            json_add(line, NULL, metadata_word(bit));
    json_close(line, ']');
}

static void print_look(size_t n, const struct decoded *picture)
{
    VipsImage *image = picture->image;
    struct buffer line;

    buffer_init(&line, MOST_LINE);
    json_open(&line, NULL, '{');
    json_add_bool(&line, "alpha", image && vips_image_hasalpha(image));
    json_add_known(&line, "bits", !image ? 0 : image->BandFmt == VIPS_FORMAT_UCHAR ? 8 : 16);
    json_add(&line, "colour", image ? colour_of(image) : NULL);
    json_add_known(&line, "duration_ms", picture->duration_ms);
    json_add_known(&line, "frames", picture->frames);
    json_add_known(&line, "height", picture->height);
    add_metadata(&line, picture);
    json_add(&line, "mime", picture->mime);
    json_add_integer(&line, "n", (int64_t)n);
    json_add_known(&line, "orientation", picture->orientation);
    json_add(&line, "problem", picture->problem);
    json_add_known(&line, "width", picture->width);
    print_line(&line);
}

static void look_at(size_t n)
{
    struct decoded picture;

    misdeed(sources[n].bytes, sources[n].size);
    decode_open(&sources[n], true, &picture);
    if (picture.image && !decode_all(picture.image))
        picture.problem = decode_problem();
    print_look(n, &picture);
    g_clear_object(&picture.image);
}

int pictures_look(const char *count)
{
    char *end = NULL;
    unsigned long files = strtoul(count, &end, 10);
    struct picture_needs needs = {.output = -1};

    if (*end || files == 0 || files > MOST_FILES) {
        fprintf(stderr, "crier-render: look at 1 to %d pictures\n", MOST_FILES);
        return RENDER_USAGE;
    }
    needs.kept = RENDER_SOURCE + (int)files;
    needs.cpu_s = LOOK_CPU_S * (unsigned)files;
    if (!prepare((int)files, &needs))
        return RENDER_BROKEN;
    for (size_t i = 0; i < files; i++)
        look_at(i);
    _exit(RENDER_DONE); /* all is written, and whatever would tidy up at the end may need more */
}

/* Making. */

static void print_made(const struct rendered *made)
{
    struct buffer line;

    buffer_init(&line, MOST_LINE);
    json_open(&line, NULL, '{');
    json_add_bool(&line, "best", made->is_best);
    json_add_known(&line, "duration_ms", made->duration_ms);
    json_add_known(&line, "frames", made->frames);
    json_add_known(&line, "height", made->height);
    json_add(&line, "mime", made->mime);
    json_add(&line, "problem", made->problem);
    json_add_known(&line, "width", made->width);
    print_line(&line);
}

int pictures_make(const char *text)
{
    struct picture_needs needs = {RENDER_OUTPUT + 1, RENDER_OUTPUT, 0, MAKE_CPU_S};
    struct rendered made;
    struct recipe recipe;
    struct err err;

    if (!recipe_read(text, &recipe) || !rendition_is_picture(&recipe)) {
        fputs("crier-render: that is no recipe of a picture\n", stderr);
        return RENDER_USAGE;
    }
    if (!prepare(1, &needs))
        return RENDER_BROKEN;
    misdeed(sources[0].bytes, sources[0].size);
    rendition_make(&sources[0], &recipe, &made);
    if (!made.problem && !write_all(RENDER_OUTPUT, made.bytes, made.size, &err))
        made.problem = "unwritten";
    print_made(&made);
    _exit(RENDER_DONE);
}

#include "renderer/decode.h"

#include <gmodule.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <vips/vector.h>

#include "base/compiler.h"

enum { MOST_STRAY_BYTES = 8 };

/* The loaders that are let near a file, of those that are fuzzed by their makers. A TIFF's and a
 * HEIC's further pictures are nobody's frames. */
static const struct kind {
    const char *loader, *asked, *mime;
    bool is_animated, is_opaque;
    const char *nearer[3]; /* options that read it at a half, a quarter, an eighth */
} kinds[] = {
    {.loader = "VipsForeignLoadJpeg",
     .asked = "jpegload_buffer",
     .mime = "image/jpeg",
     .nearer = {"shrink=2", "shrink=4", "shrink=8"}},
    {.loader = "VipsForeignLoadPng", .asked = "pngload_buffer", .mime = "image/png"},
    {.loader = "VipsForeignLoadNsgif",
     .asked = "gifload_buffer",
     .mime = "image/gif",
     .is_animated = true},
    {.loader = "VipsForeignLoadWebp",
     .asked = "webpload_buffer",
     .mime = "image/webp",
     .is_animated = true,
     .nearer = {"scale=0.5", "scale=0.25", "scale=0.125"}},
    {.loader = "VipsForeignLoadTiff",
     .asked = "tiffload_buffer",
     .mime = "image/tiff",
     .is_opaque = true},
    {.loader = "VipsForeignLoadHeif",
     .asked = "heifload_buffer",
     .mime = "image/heif",
     .is_opaque = true},
};

static void say_nothing(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain, (void)level, (void)message, (void)data;
}

static GLogWriterOutput write_nothing(GLogLevelFlags level, const GLogField *fields, size_t count,
                                      void *data)
{
    (void)level, (void)fields, (void)count, (void)data;
    return G_LOG_WRITER_HANDLED;
}

/* libvips would load all its modules: ImageMagick, poppler, OpenSlide, hundreds of thousands of
 * lines that shall not even be there, and take longer for it than for most pictures. Told to look
 * for them elsewhere it finds none; of them we want one. */
static void load_module(void)
{
    char path[PATH_MAX];

    if (g_type_from_name("VipsForeignLoadHeif"))
        return; /* no module where libvips was built so */
    (void)snprintf(path, sizeof path, "%s/vips-modules-%d.%d/vips-heif.so", CRIER_VIPS_LIBDIR,
                   vips_version(0), vips_version(1));
    (void)g_module_open(path, G_MODULE_BIND_LAZY); /* without it HEIC and AVIF are unsupported */
}

/* One thread's worth of work: the same bytes on every run. No machine code made at run time, as
 * libvips would for some of its loops: that needs memory that is written and run. */
bool decode_start(void)
{
    (void)mallopt(M_ARENA_MAX, 1);
    tzset(); /* a profile has a date: what says the zone is read now, later nothing opens */
    g_log_set_default_handler(say_nothing, NULL);
    g_log_set_writer_func(write_nothing, NULL, NULL);
    if (VIPS_INIT("crier-render"))
        return false;
    load_module();
    vips_vector_set_enabled(FALSE);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        vips_operation_block_set(kinds[i].loader, FALSE);
    return true;
}

struct source decode_map(int fd)
{
    struct source source = {0};
    struct stat status;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0)
        return source;
    source.bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (source.bytes == MAP_FAILED)
        source.bytes = NULL;
    else
        source.size = (size_t)status.st_size;
    return source;
}

const char *decode_problem(void)
{
    static const char *const ends[] = {"premature end", "Premature end",  "end of file",
                                       "End of file",   "Unexpected end", "truncated",
                                       "not enough",    "out of data",    "insufficient"};
    const char *problem = "undecodable";

    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (strstr(vips_error_buffer(), ends[i]))
            problem = "truncated";
    vips_error_clear();
    return problem;
}

/* Only these are asked whether a file is theirs. vips_foreign_find_load_buffer would ask all others
 * as well, ImageMagick among them, which then opens files of its own. */
static const struct kind *find_kind(const struct source *source)
{
    const struct kind *found = NULL;

    for (size_t i = 0; source->bytes && !found && i < COUNT_OF(kinds); i++)
        if (vips_foreign_is_a_buffer(kinds[i].asked, source->bytes, source->size))
            found = &kinds[i];
    vips_error_clear();
    return found;
}

static VipsImage *open_with(const struct source *source, const char *options)
{
    return vips_image_new_from_buffer(source->bytes, source->size, options, "access",
                                      VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
}

static int64_t duration_of(VipsImage *image, int frames)
{
    int64_t sum = 0;
    int *delays, count;

    if (frames < 2 || !vips_image_get_typeof(image, "delay") ||
        vips_image_get_array_int(image, "delay", &delays, &count))
        return 0;
    for (int i = 0; i < count && i < frames; i++)
        sum += delays[i] > 0 ? delays[i] : 0;
    return sum;
}

static const char *mime_of(VipsImage *image, const struct kind *kind)
{
    const char *coding;

    if (vips_image_get_typeof(image, "heif-compression") &&
        !vips_image_get_string(image, "heif-compression", &coding) && !strcmp(coding, "av1"))
        return "image/avif";
    return kind->mime;
}

static int orientation_of(VipsImage *image)
{
    int orientation = 0;

    if (vips_image_get_typeof(image, VIPS_META_ORIENTATION) &&
        vips_image_get_int(image, VIPS_META_ORIENTATION, &orientation))
        vips_error_clear();
    return orientation >= 1 && orientation <= 8 ? orientation : 0;
}

/* vips_image_get_n_pages takes ten thousand and more for none. */
static int frames_of(VipsImage *image)
{
    int frames = 1;

    if (vips_image_get_typeof(image, VIPS_META_N_PAGES) &&
        vips_image_get_int(image, VIPS_META_N_PAGES, &frames))
        vips_error_clear();
    return frames > 1 ? frames : 1;
}

static void fill(struct decoded *decoded, const struct kind *kind)
{
    VipsImage *image = decoded->image;

    decoded->mime = mime_of(image, kind);
    decoded->is_opaque = kind->is_opaque;
    decoded->width = image->Xsize;
    decoded->height = vips_image_get_page_height(image);
    decoded->frames = kind->is_animated ? frames_of(image) : 1;
    decoded->duration_ms = duration_of(image, decoded->frames);
    decoded->orientation = orientation_of(image);
}

static bool is_too_large(const struct decoded *decoded)
{
    const int64_t pixels = (int64_t)decoded->width * decoded->height;

    return pixels > DECODE_MOST_PIXELS || pixels * decoded->frames > DECODE_MOST_FRAMES_PIXELS;
}

static void open_kind(const struct source *source, const struct kind *kind, const char *options,
                      struct decoded *decoded)
{
    decoded->image = open_with(source, options);
    if (!decoded->image) {
        decoded->problem = decode_problem();
        return;
    }
    fill(decoded, kind);
    if (!is_too_large(decoded))
        return;
    decoded->problem = "too-many-pixels";
    g_clear_object(&decoded->image);
}

void decode_open(const struct source *source, bool frames, struct decoded *decoded)
{
    const struct kind *kind = find_kind(source);

    *decoded = (struct decoded){.mime = kind ? kind->mime : "application/octet-stream"};
    if (!kind) {
        decoded->problem = "unsupported";
        return;
    }
    open_kind(source, kind, "", decoded); /* all frames at once may be too large to be counted */
    if (!frames || !decoded->image || decoded->frames < 2)
        return;
    g_clear_object(&decoded->image);
    open_kind(source, kind, "n=-1", decoded);
}

static const char *option_near(const struct kind *kind, const struct decoded *header, int width,
                               int height)
{
    const char *option = "";
    int halves = 0;

    while (halves < 3 && kind->nearer[halves] && header->width >> (halves + 1) >= width &&
           header->height >> (halves + 1) >= height)
        option = kind->nearer[halves++];
    return option;
}

void decode_open_near(const struct source *source, const struct decoded *header, int width,
                      int height, struct decoded *decoded)
{
    const struct kind *kind = find_kind(source);

    *decoded = (struct decoded){.mime = header->mime};
    if (kind)
        open_kind(source, kind, option_near(kind, header, width, height), decoded);
    else
        decoded->problem = "unsupported";
}

static int look_away(VipsRegion *region, void *sequence, void *a, void *b, gboolean *stop)
{
    (void)region, (void)sequence, (void)a, (void)b, (void)stop;
    return 0;
}

/* libjpeg only warns of data that make no sense, and fills with grey. A few bytes too many before
 * a marker are what some cameras write. */
static bool is_damaged(void)
{
    static const char mark[] = "Corrupt JPEG data: ";
    const char *said = strstr(vips_error_buffer(), mark);

    return said && (strstr(said, "extraneous") == NULL ||
                    strtoul(said + sizeof mark - 1, NULL, 10) > MOST_STRAY_BYTES);
}

bool decode_all(VipsImage *image)
{
    return vips_sink(image, NULL, look_away, NULL, NULL, NULL) == 0 && !is_damaged();
}

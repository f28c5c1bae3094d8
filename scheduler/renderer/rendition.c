#include "renderer/rendition.h"

#include <assert.h>
#include <string.h>

#include "base/compiler.h"
#include "renderer/webp.h"

/* A quality, and how small photos may come out with it, in percent of the first. */
struct rung {
    int quality, percent;
};

/* How one format is written. The ladder goes from the quality that is good to the one that is just
 * bearable; a format without qualities has one rung. */
struct format {
    const char *mime;
    bool is_animated, has_alpha;
    int (*save)(VipsImage *image, int quality, void **bytes, size_t *size);
    struct rung ladder[9]; /* ends with percent 0 */
};

static int save_jpeg(VipsImage *image, int quality, void **bytes, size_t *size)
{
    return vips_jpegsave_buffer(image, bytes, size, "Q", quality, "strip", TRUE, NULL);
}

static int save_png(VipsImage *image, int quality, void **bytes, size_t *size)
{
    (void)quality;
    return vips_pngsave_buffer(image, bytes, size, "strip", TRUE, NULL);
}

static int save_gif(VipsImage *image, int quality, void **bytes, size_t *size)
{
    (void)quality;
    return vips_gifsave_buffer(image, bytes, size, "effort", 4, "strip", TRUE, NULL);
}

static int save_webp(VipsImage *image, int quality, void **bytes, size_t *size)
{
    if (vips_webpsave_buffer(image, bytes, size, "Q", quality, "strip", TRUE, NULL))
        return -1;
    *size = webp_strip(*bytes, *size);
    return 0;
}

#define LADDER                                                                                     \
    {                                                                                              \
        {88, 100}, {82, 80}, {75, 67}, {65, 56}, {55, 48}, {42, 40}, {30, 32},                     \
        {                                                                                          \
            20, 25                                                                                 \
        }                                                                                          \
    }
static const struct format formats[] = {
    {"image/jpeg", false, false, save_jpeg, LADDER},
    {"image/png", false, true, save_png, {{0, 100}}},
    {"image/gif", true, true, save_gif, {{0, 100}}},
    {"image/webp", true, true, save_webp, LADDER},
};

static const struct format *format_of(const struct recipe *recipe)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (!strcmp(recipe->mime, formats[i].mime))
            return &formats[i];
    return NULL;
}

/* A frame cuts off or adds, it never does both. */
static bool is_framed_well(const struct recipe *recipe)
{
    switch (recipe->frame) {
    case RECIPE_NO_FRAME:
        return true;
    case RECIPE_PAD:
        return recipe->frame_width >= recipe->width && recipe->frame_height >= recipe->height;
    case RECIPE_CROP:
        return recipe->frame_width <= recipe->width && recipe->frame_height <= recipe->height;
    }
    return false;
}

bool rendition_is_picture(const struct recipe *recipe)
{
    return format_of(recipe) && !recipe->copies && !recipe->frame_rate && !recipe->bit_rate &&
           is_framed_well(recipe);
}

/* One step of a chain: *next takes the place of *image, unless the step failed. */
static bool step(VipsImage **image, int failed, VipsImage **next)
{
    if (failed)
        return false;
    g_object_unref(*image);
    *image = *next;
    *next = NULL;
    return true;
}

/* A photo, by the cubic kernel: vips_thumbnail's own takes half as long again, since it is made for
 * machine code that we do not let it write (decode_start), and then finds nothing left to scale. */
static bool scale_photo(VipsImage **image, const struct recipe *recipe, bool is_turned)
{
    const int width = is_turned ? recipe->height : recipe->width;
    const int height = is_turned ? recipe->width : recipe->height;
    VipsImage *next = NULL;
    int failed = vips_resize(*image, &next, (double)width / (*image)->Xsize, "vscale",
                             (double)height / (*image)->Ysize, "kernel", VIPS_KERNEL_CUBIC, NULL);

    return step(image, failed, &next);
}

/* Only what has a profile needs one on its way out; the rest is to_srgb's. */
static bool scale(VipsImage **image, const struct recipe *recipe)
{
    const bool has_profile = vips_image_get_typeof(*image, VIPS_META_ICC_NAME) != 0;
    VipsImage *next = NULL;
    int failed =
        vips_thumbnail_image(*image, &next, recipe->width, "height", recipe->height, "size",
                             VIPS_SIZE_FORCE, has_profile ? "export_profile" : NULL, "srgb", NULL);

    return step(image, failed, &next);
}

static bool to_srgb(VipsImage **image)
{
    VipsImage *next = NULL;
    int failed = vips_colourspace(*image, &next, VIPS_INTERPRETATION_sRGB, NULL);

    return step(image, failed, &next);
}

static bool flatten(VipsImage **image)
{
    VipsArrayDouble *white;
    VipsImage *next = NULL;
    int failed;

    if (!vips_image_hasalpha(*image))
        return true;
    white = vips_array_double_newv(3, 255.0, 255.0, 255.0);
    failed = vips_flatten(*image, &next, "background", white, NULL);
    vips_area_unref(VIPS_AREA(white));
    return step(image, failed, &next);
}

/* The resolution in print is the source's, and every format writes one: all get the same. */
static bool forget_resolution(VipsImage **image)
{
    const double dots_mm = 72 / 25.4;
    VipsImage *next = NULL;
    int failed = vips_copy(*image, &next, "xres", dots_mm, "yres", dots_mm, NULL);

    return step(image, failed, &next);
}

/* Here the source is read, from its top to its end. */
static bool to_memory(VipsImage **image)
{
    VipsImage *next = vips_image_copy_memory(*image);

    return step(image, !next, &next);
}

/* Frames. */

enum { GROUND_SHRINK = 16, GROUND_BLUR = 2 };

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* The picture again, so large that it fills the frame, blurred and darker. Blurred while it is
 * small: that costs next to nothing. */
static bool make_ground(VipsImage *page, const struct recipe *recipe, VipsImage **ground)
{
    const int width = recipe->frame_width, height = recipe->frame_height;
    VipsImage *next = NULL;

    if (vips_thumbnail_image(page, ground, most(width / GROUND_SHRINK, 2), "height",
                             most(height / GROUND_SHRINK, 2), "crop", VIPS_INTERESTING_CENTRE,
                             NULL))
        return false;
    return step(ground, vips_gaussblur(*ground, &next, GROUND_BLUR, NULL), &next) &&
           step(ground,
                vips_thumbnail_image(*ground, &next, width, "height", height, "size",
                                     VIPS_SIZE_FORCE, NULL),
                &next) &&
           step(ground, vips_linear1(*ground, &next, 0.8, 0, "uchar", TRUE, NULL), &next) &&
           to_memory(ground);
}

static int put_in_frame(VipsImage *page, VipsImage *ground, const struct recipe *recipe,
                        VipsImage **framed)
{
    const int x = (recipe->frame_width - recipe->width) / 2;
    const int y = (recipe->frame_height - recipe->height) / 2;

    if (ground)
        return vips_insert(ground, page, framed, x, y, NULL);
    return vips_extract_area(page, framed, -x, -y, recipe->frame_width, recipe->frame_height, NULL);
}

struct pages {
    VipsImage **items;
    int count;
};

static bool frame_page(VipsImage *image, int n, const struct recipe *recipe, VipsImage **ground,
                       VipsImage **framed)
{
    VipsImage *page = NULL;
    bool ok = !vips_extract_area(image, &page, 0, n * recipe->height, recipe->width, recipe->height,
                                 NULL);

    if (ok && recipe->frame == RECIPE_PAD && !*ground)
        ok = make_ground(page, recipe, ground);
    ok = ok && !put_in_frame(page, *ground, recipe, framed);
    g_clear_object(&page);
    return ok;
}

/* All pages below each other; the ground is the first one's: one that moves would distract. */
static bool frame_pages(VipsImage **image, const struct recipe *recipe, int count)
{
    VipsImage **pages = g_new0(VipsImage *, (size_t)count), *ground = NULL, *next = NULL;
    bool ok = true;

    for (int i = 0; i < count && ok; i++)
        ok = frame_page(*image, i, recipe, &ground, &pages[i]);
    ok = ok && step(image, vips_arrayjoin(pages, &next, count, "across", 1, NULL), &next) &&
         to_memory(image);
    if (ok)
        vips_image_set_int(*image, VIPS_META_PAGE_HEIGHT, recipe->frame_height);
    for (int i = 0; i < count; i++)
        g_clear_object(&pages[i]);
    g_clear_object(&ground);
    g_free(pages);
    return ok;
}

/* The whole of it. */

struct job {
    const struct source *source;
    const struct recipe *recipe;
    const struct format *format;
    struct decoded decoded; /* its image is painted; what is not in memory can be read only once */
    bool is_in_memory;
    const struct rung *rung;
};

/* Again, and smaller where that is cheap, now that its size is known. */
static void open_near(struct job *job)
{
    const struct recipe *recipe = job->recipe;
    const struct decoded header = job->decoded;
    const bool is_turned = header.orientation >= 5;

    g_object_unref(header.image);
    decode_open_near(job->source, &header, is_turned ? recipe->height : recipe->width,
                     is_turned ? recipe->width : recipe->height, &job->decoded);
}

static void open_source(struct job *job)
{
    decode_open(job->source, job->format->is_animated, &job->decoded);
    if (job->decoded.image && (job->decoded.frames == 1 || !job->format->is_animated))
        open_near(job);
    if (job->format->is_animated)
        return;
    job->decoded.frames = 1; /* of an animation the first */
    job->decoded.duration_ms = 0;
}

static bool paint(struct job *job, bool in_memory)
{
    const struct recipe *recipe = job->recipe;
    const bool has_alpha = job->format->has_alpha && recipe->frame != RECIPE_PAD;
    VipsImage **image = &job->decoded.image;
    const bool is_photo = job->decoded.frames == 1 && !vips_image_hasalpha(*image);

    return (!is_photo || scale_photo(image, recipe, job->decoded.orientation >= 5)) &&
           scale(image, recipe) && to_srgb(image) && (has_alpha || flatten(image)) &&
           forget_resolution(image) && (!in_memory || to_memory(image)) &&
           (recipe->frame == RECIPE_NO_FRAME || frame_pages(image, recipe, job->decoded.frames));
}

/* At first a picture is written while it is read: it need not all be there at once. It must be for
 * a frame, in which it is used twice, and when it is written again because it was too large. */
static const char *prepare(struct job *job, bool again)
{
    const bool in_memory = again || job->recipe->frame != RECIPE_NO_FRAME;

    if (job->is_in_memory)
        return NULL;
    g_clear_object(&job->decoded.image);
    open_source(job);
    job->is_in_memory = in_memory;
    if (job->decoded.problem)
        return job->decoded.problem;
    assert(job->decoded.image);
    return paint(job, in_memory) ? NULL : decode_problem();
}

/* The next rung, or, from the first, the one where it may be small enough: each try takes time.
 */
static const struct rung *step_down(const struct format *format, const struct rung *rung,
                                    size_t size, int64_t most_bytes)
{
    const bool is_first = rung == format->ladder;

    for (rung++; is_first && rung->percent && rung[1].percent; rung++)
        if ((int64_t)size / 100 * rung->percent <= most_bytes)
            break;
    return rung;
}

/* Down the ladder until it is small enough. */
static const char *make(struct job *job, struct rendered *rendered)
{
    const struct format *format = job->format;
    const int64_t most_bytes = job->recipe->most_bytes;
    const char *problem;

    for (job->rung = format->ladder; job->rung->percent;
         job->rung = step_down(format, job->rung, rendered->size, most_bytes)) {
        problem = prepare(job, job->rung != format->ladder);
        if (problem)
            return problem;
        if (format->save(job->decoded.image, job->rung->quality, &rendered->bytes, &rendered->size))
            return decode_problem();
        if (!most_bytes || (int64_t)rendered->size <= most_bytes)
            return NULL;
        g_free(rendered->bytes);
        rendered->bytes = NULL;
    }
    return "too-large";
}

void rendition_make(const struct source *source, const struct recipe *recipe,
                    struct rendered *rendered)
{
    struct job job = {.source = source, .recipe = recipe, .format = format_of(recipe)};

    *rendered = (struct rendered){.mime = job.format->mime};
    rendered->problem = make(&job, rendered);
    if (!rendered->problem) {
        rendered->width = job.decoded.image->Xsize;
        rendered->height = vips_image_get_page_height(job.decoded.image);
        rendered->frames = job.decoded.image->Ysize / rendered->height;
        rendered->duration_ms = job.decoded.duration_ms;
        rendered->is_best = job.rung == job.format->ladder;
    }
    g_clear_object(&job.decoded.image);
}

#include "commands/thumbnails.h"

#include <string.h>
#include <unistd.h>

#include "asset/renditions.h"
#include "asset/spool.h"
#include "base/i18n.h"
#include "campaign/fit.h"
#include "commands/bar.h"

enum { LONGER_SIDE = 480, MOST_BYTES = 40000 };

/* ---- the recipe ---- */

/* Never 0, and even: so coders of video want it. */
static int32_t scaled(int32_t side, int32_t longer)
{
    const int32_t small = (int32_t)((int64_t)side * LONGER_SIDE / longer) & ~1;

    return small < 2 ? 2 : small;
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static void shrink(struct recipe *recipe)
{
    const int32_t longer = recipe->frame == RECIPE_NO_FRAME
                               ? larger(recipe->width, recipe->height)
                               : larger(recipe->frame_width, recipe->frame_height);

    recipe->width = scaled(recipe->width, longer);
    recipe->height = scaled(recipe->height, longer);
    if (recipe->frame == RECIPE_NO_FRAME)
        return;
    recipe->frame_width = scaled(recipe->frame_width, longer);
    recipe->frame_height = scaled(recipe->frame_height, longer);
}

bool thumbnail_recipe(const struct medium *medium, const struct media_facts *facts,
                      struct recipe *recipe)
{
    int64_t width, height;

    fit_shown_size(facts, &width, &height);
    if (!*medium->recipe || !recipe_read(medium->recipe, recipe) || recipe->copies)
        *recipe = (struct recipe){.width = (int32_t)width, .height = (int32_t)height};
    if (recipe->width <= 0 || recipe->height <= 0)
        return false;
    recipe->mime = "image/jpeg";
    recipe->frame_rate = recipe->bit_rate = 0;
    recipe->most_bytes = mime_is_video(facts->mime) ? 0 : MOST_BYTES;
    shrink(recipe);
    return true;
}

/* ---- the picture ---- */

struct maker {
    const struct preview *preview;
    struct arena *arena;
    struct thumbnails *thumbnails;
    struct bar bar;
    struct headway progress;
};

static bool is_there(const struct thumbnails *thumbnails, const struct medium *medium)
{
    for (size_t i = 0; i < thumbnails->count; i++)
        if (!strcmp(thumbnails->items[i].file, medium->file) &&
            !strcmp(thumbnails->items[i].recipe, medium->recipe))
            return true;
    return false;
}

static bool read_all(int fd, char *bytes, int64_t length)
{
    ssize_t got;

    for (; length > 0; bytes += got, length -= got) {
        got = read(fd, bytes, (size_t)length);
        if (got <= 0)
            return false;
    }
    return true;
}

static const void *bytes_of(const struct maker *maker, const struct rendition *made)
{
    char *bytes = arena_alloc(maker->arena, (size_t)made->bytes + 1);
    struct err gone;
    int fd;
    bool ok;

    if (!spool_open(maker->preview->shelf->spool, made->sha256, made->bytes, &fd, &gone))
        return NULL;
    ok = read_all(fd, bytes, made->bytes);
    close(fd);
    return ok ? bytes : NULL;
}

static void take(struct maker *maker, const struct medium *medium, const struct rendition *made)
{
    const void *bytes = bytes_of(maker, made);
    struct page_picture *picture;

    if (!bytes)
        return;
    picture = arena_push(maker->arena, &maker->thumbnails->items, &maker->thumbnails->count,
                         &maker->thumbnails->capacity, sizeof *picture);
    *picture = (struct page_picture){.file = medium->file,
                                     .recipe = medium->recipe,
                                     .jpeg = bytes,
                                     .bytes = (size_t)made->bytes,
                                     .width = (int)made->width,
                                     .height = (int)made->height};
}

static void make(struct maker *maker, const struct medium *medium)
{
    const struct media_facts *facts = media_index_find(maker->preview->media, medium->file);
    char text[RECIPE_SIZE];
    struct recipe recipe;
    struct rendition made;
    struct err none;

    if (!facts || !facts->readable || facts->problem || is_there(maker->thumbnails, medium) ||
        !thumbnail_recipe(medium, facts, &recipe))
        return;
    recipe_write(&recipe, text);
    if (renditions_make(maker->preview->shelf, facts, text, &maker->progress, maker->arena, &made,
                        &none) &&
        !made.problem)
        take(maker, medium, &made);
}

void thumbnails_make(const struct preview *preview, const struct occurrence *occurrences,
                     size_t count, struct arena *arena, struct thumbnails *thumbnails)
{
    struct maker maker = {.preview = preview, .arena = arena, .thumbnails = thumbnails};

    *thumbnails = (struct thumbnails){.items = NULL};
    bar_begin(&maker.bar, _("Making small pictures"), count, preview->quiet);
    maker.progress = bar_progress(&maker.bar);
    for (; maker.bar.piece < count; maker.bar.piece++) {
        const struct rendered *rendered = &occurrences[maker.bar.piece].text->rendered;

        for (size_t i = 0; i < rendered->file_count; i++)
            if (rendered->files[i].role != MEDIUM_CAPTIONS)
                make(&maker, &rendered->files[i]);
    }
    bar_end(&maker.bar);
}

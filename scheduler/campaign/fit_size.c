#include "campaign/fit_size.h"

#include <stdlib.h>

/* Sides of a JPEG; steps in search of a size whose shape is exact; a frame's pixels. */
enum { MOST_SIDE = 65535, MOST_STEPS = 1024, MOST_GROWTH = 2, MOST_FRAME_PIXELS = 50000000 };

/* A room with all its limits as numbers, so that it can be laid on its side: then the longer side
 * is always `height`, and one step of it is the smallest possible change. */
struct grid {
    struct size least, most, low, high, same; /* low and high: width : height, {0, 0} = any */
    int64_t most_sides, most_pixels;
    int step;
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static int64_t nearest(int64_t a, int64_t b)
{
    return (a + b / 2) / b;
}

static int64_t or_most(int64_t limit, int64_t otherwise)
{
    return limit ? limit : otherwise;
}

static struct grid grid_of(const struct room *room)
{
    static const struct shape any = {0};
    const struct shape *shape = room->shape ? room->shape : &any;

    return (struct grid){
        .least = {larger(shape->least_width, 1), larger(shape->least_height, 1)},
        .most = {or_most(shape->most_width, INT32_MAX), or_most(shape->most_height, INT32_MAX)},
        .low = {shape->tallest.width, shape->tallest.height},
        .high = {shape->widest.width, shape->widest.height},
        .same = room->same,
        .most_sides = or_most(shape->most_sides, INT64_MAX),
        .most_pixels = or_most(room->most_pixels, INT64_MAX),
        .step = room->step,
    };
}

static struct size turned(struct size size)
{
    return (struct size){size.height, size.width};
}

static struct grid grid_turned(const struct grid *grid)
{
    struct grid result = *grid;

    result.least = turned(grid->least);
    result.most = turned(grid->most);
    result.low = turned(grid->high);
    result.high = turned(grid->low);
    result.same = turned(grid->same);
    return result;
}

/* Below zero: taller than the ratio; above: wider. */
static int64_t against(struct size size, struct size ratio)
{
    return size.width * ratio.height - size.height * ratio.width;
}

static bool is_same(const struct grid *grid, struct size size)
{
    return !grid->same.width || llabs(against(size, grid->same)) <
                                    larger(grid->same.width, grid->same.height) * grid->step;
}

static bool is_too_tall(const struct grid *grid, struct size size)
{
    return grid->low.height && against(size, grid->low) < 0;
}

static bool is_too_wide(const struct grid *grid, struct size size)
{
    return grid->high.height && against(size, grid->high) > 0;
}

static bool has_shape(const struct grid *grid, struct size size)
{
    return is_same(grid, size) && !is_too_tall(grid, size) && !is_too_wide(grid, size);
}

static bool takes(const struct grid *grid, struct size size)
{
    return has_shape(grid, size) && size.width >= grid->least.width &&
           size.height >= grid->least.height && size.width <= grid->most.width &&
           size.height <= grid->most.height && size.width + size.height <= grid->most_sides &&
           size.height <= grid->most_pixels / size.width;
}

bool room_takes(const struct room *room, struct size size)
{
    const struct grid grid = grid_of(room);

    return takes(&grid, size);
}

/* The shape that the frame gets: the nearest that is taken. Without a frame the picture's own. */
static struct size wanted_ratio(const struct grid *grid, struct size size)
{
    if (!is_same(grid, size))
        return grid->same;
    if (is_too_tall(grid, size))
        return grid->low;
    return is_too_wide(grid, size) ? grid->high : size;
}

/* ---- The outer size, in a grid on which the ratio stands upright. ---- */

static int64_t align_down(const struct grid *grid, int64_t number)
{
    return number / grid->step * grid->step;
}

static int64_t align_up(const struct grid *grid, int64_t number)
{
    return divide_up(number, grid->step) * grid->step;
}

/* The width that goes with a height: as the ratio says, give or take a step where the shape is
 * just at its edge. */
static bool find_width(const struct grid *grid, struct size ratio, int64_t height,
                       struct size *size)
{
    const int64_t exact = height * ratio.width; /* in parts of ratio.height */
    int64_t width = align_down(grid, nearest(exact, ratio.height));

    if (2 * exact < ratio.height)
        return false;
    if (grid->high.height)
        width = smaller(width, align_down(grid, height * grid->high.width / grid->high.height));
    if (grid->low.height)
        width =
            larger(width, align_up(grid, divide_up(height * grid->low.width, grid->low.height)));
    width = larger(width, grid->step);
    *size = (struct size){width, height};
    return llabs(width * ratio.height - exact) <= grid->step * ratio.height && takes(grid, *size);
}

static bool search_down(const struct grid *grid, struct size ratio, int64_t from, int64_t least,
                        struct size *size)
{
    int64_t height = align_down(grid, from);

    for (int i = 0; i < MOST_STEPS && height >= least && height > 0; i++, height -= grid->step)
        if (find_width(grid, ratio, height, size))
            return true;
    return false;
}

static bool search_up(const struct grid *grid, struct size ratio, int64_t from, int64_t most,
                      struct size *size)
{
    int64_t height = align_up(grid, from);

    for (int i = 0; i < MOST_STEPS && height <= most; i++, height += grid->step)
        if (find_width(grid, ratio, height, size))
            return true;
    return false;
}

/* The largest height of that ratio with so many pixels. */
static int64_t height_of_pixels(struct size ratio, int64_t pixels)
{
    int64_t low = 1, high = MOST_SIDE;

    while (low < high) {
        int64_t middle = (low + high + 1) / 2;

        if (middle * nearest(middle * ratio.width, ratio.height) <= pixels)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static int64_t most_height(const struct grid *grid, struct size ratio)
{
    int64_t most = smaller(grid->most.height, MOST_SIDE);

    most =
        smaller(most, divide_up(smaller(grid->most.width, MOST_SIDE) * ratio.height, ratio.width));
    if (grid->most_sides < INT32_MAX)
        most = smaller(most, grid->most_sides * ratio.height / (ratio.width + ratio.height) + 1);
    if (grid->most_pixels < (int64_t)MOST_SIDE * MOST_SIDE)
        most = smaller(most, height_of_pixels(ratio, grid->most_pixels) + grid->step);
    return most;
}

static int64_t least_height(const struct grid *grid, struct size ratio)
{
    return larger(grid->least.height,
                  divide_up((grid->least.width - 1) * ratio.height, ratio.width) + 1);
}

/* As it would be with nothing scaled: around the picture (pad), or inside it (crop). */
static int64_t natural_height(struct size picture, struct size ratio, enum recipe_frame frame)
{
    const bool wide = against(picture, ratio) > 0;

    if (frame == RECIPE_PAD && wide)
        return divide_up(picture.width * ratio.height, ratio.width);
    if (frame == RECIPE_CROP && !wide)
        return picture.width * ratio.height / ratio.width;
    return picture.height;
}

static enum room_answer find_outer(const struct grid *grid, struct size picture, struct size ratio,
                                   enum recipe_frame frame, struct size *size)
{
    const int64_t natural = natural_height(picture, ratio, frame);
    const int64_t least = least_height(grid, ratio);
    const int64_t most = frame == RECIPE_PAD ? MOST_SIDE : MOST_GROWTH * natural;
    const int64_t start = smaller(natural, most_height(grid, ratio));

    if (natural < least)
        return search_up(grid, ratio, least, most, size) ? ROOM_FITTED : ROOM_SMALL;
    if (search_down(grid, ratio, start, 1, size) ||
        (frame == RECIPE_PAD && search_up(grid, ratio, start, most, size)))
        return ROOM_FITTED;
    return ROOM_LARGE;
}

/* ---- The picture inside it. ---- */

static bool touches_sides(struct size picture, struct size whole, enum recipe_frame frame)
{
    const bool wider = against(picture, whole) >= 0;

    return frame == RECIPE_PAD ? wider : !wider;
}

static struct size scaled(struct size picture, struct size whole, enum recipe_frame frame)
{
    if (touches_sides(picture, whole, frame))
        return (struct size){whole.width, nearest(picture.height * whole.width, picture.width)};
    return (struct size){nearest(picture.width * whole.height, picture.height), whole.height};
}

static struct size padded(const struct grid *grid, struct size picture, struct size whole)
{
    struct size size = scaled(picture, whole, RECIPE_PAD);

    if (size.width > MOST_GROWTH * picture.width || size.height > MOST_GROWTH * picture.height)
        size = (struct size){MOST_GROWTH * picture.width, MOST_GROWTH * picture.height};
    size.width = larger(smaller(align_down(grid, size.width), whole.width), grid->step);
    size.height = larger(smaller(align_down(grid, size.height), whole.height), grid->step);
    return size;
}

static struct size cropped(const struct grid *grid, struct size picture, struct size whole)
{
    struct size size = scaled(picture, whole, RECIPE_CROP);

    size.width = larger(align_up(grid, size.width), whole.width);
    size.height = larger(align_up(grid, size.height), whole.height);
    return size;
}

static void place(const struct grid *grid, struct size picture, enum recipe_frame frame,
                  struct sized *sized)
{
    sized->picture = sized->whole;
    if (frame == RECIPE_PAD)
        sized->picture = padded(grid, picture, sized->whole);
    else if (frame == RECIPE_CROP)
        sized->picture = cropped(grid, picture, sized->whole);
    if (sized->picture.width != sized->whole.width ||
        sized->picture.height != sized->whole.height || sized->whole.width > picture.width ||
        sized->whole.height > picture.height)
        sized->frame = frame;
}

enum room_answer room_fit(const struct room *room, enum recipe_frame frame, struct size size,
                          struct sized *sized)
{
    struct grid grid = grid_of(room), laid;
    const bool fits = takes(&grid, size), needs_frame = !has_shape(&grid, size);
    struct size ratio = wanted_ratio(&grid, size);
    enum room_answer answer;

    *sized = (struct sized){0};
    if (needs_frame && frame == RECIPE_NO_FRAME)
        return ROOM_SHAPE;
    if (!needs_frame)
        frame = RECIPE_NO_FRAME;
    else
        grid.most_pixels = smaller(grid.most_pixels, MOST_FRAME_PIXELS);
    if (ratio.width > ratio.height) {
        laid = grid_turned(&grid);
        answer = find_outer(&laid, turned(size), turned(ratio), frame, &sized->whole);
        sized->whole = turned(sized->whole);
    } else {
        answer = find_outer(&grid, size, ratio, frame, &sized->whole);
    }
    if (answer == ROOM_FITTED)
        place(&grid, size, frame, sized);
    else
        sized->whole = (struct size){0};
    return fits ? ROOM_FITS : answer;
}

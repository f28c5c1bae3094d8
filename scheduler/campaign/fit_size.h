/* campaign/fit_size.h - into what size a picture is brought: the geometry of fitting.
 *
 * Whole pixels throughout, and exact: a size is inside its room or it is not, there is no
 * tolerance. What comes of room_fit is inside it whenever it says so. Knows nothing of files.
 */
#ifndef CRIER_CAMPAIGN_FIT_SIZE_H
#define CRIER_CAMPAIGN_FIT_SIZE_H

#include "base/recipe.h"
#include "campaign/limits.h"

struct size {
    int64_t width, height;
};

/* Where a picture must go. */
struct room {
    const struct shape *shape; /* NULL = any */
    int64_t most_pixels;       /* 0 = not limited */
    struct size same;          /* of the first of several, whose shape all have; {0, 0} = any */
    int step;                  /* 1; 2: what is made has even sides, as videos must */
};

/* Within a pixel (a step) of `same`, and within all else exactly. */
MUST_CHECK bool room_takes(const struct room *room, struct size size);

enum room_answer {
    ROOM_FITS, /* as it is; `sized` says what it becomes where it is made anew for other reasons */
    ROOM_FITTED, /* into `sized` */
    ROOM_SHAPE,  /* it would need a frame, and none is wanted */
    ROOM_SMALL,  /* it would have to grow to more than twice its size */
    ROOM_LARGE   /* no size at all fits: it is as thin as a thread */
};

struct sized {
    struct size picture; /* what the upright picture is scaled to */
    enum recipe_frame frame;
    struct size whole; /* with its frame; without one as `picture` */
};

/* `frame`: what may be done about the shape. Nothing becomes larger but what is too small. */
enum room_answer room_fit(const struct room *room, enum recipe_frame frame, struct size size,
                          struct sized *sized);

#endif

/* daemon/rendering.h - the thread that makes renditions while everything else goes on.
 *
 * One at a time, in a process of low priority (asset/renditions.h). Who plans says what is wanted
 * and gets on with it; when something was made, or there is nothing left to make, `wake` is called
 * and a new reading finds it on the shelf. What could not be made for want of room or of the
 * program is said once and left out until it is wanted anew. What is wanted, and how far it is,
 * is known to whoever asks, on any thread.
 */
#ifndef CRIER_DAEMON_RENDERING_H
#define CRIER_DAEMON_RENDERING_H

#include "asset/renditions.h"
#include "campaign/plan.h"

struct renderer;

struct renderer_options {
    struct shelf shelf;      /* lent for good */
    void (*wake)(void *arg); /* on the renderer's thread: ask renderer_take */
    void *arg;
};
MUST_CHECK bool renderer_start(const struct renderer_options *options, struct renderer **renderer,
                               struct err *err);
/* Ends what is being made, within half a second. */
void renderer_stop(struct renderer *renderer); /* NULL is fine */

/* What is to be made from now on, instead of what was wanted before; what is under way goes on if
 * it is still among it. Copied. */
void renderer_want(struct renderer *renderer, const struct unmade *unmade, size_t count);
/* Waits until all of it is made, at most so long, or until somebody interrupts. Who waits looks at
 * the shelf next, so what was made meanwhile is no news any more. */
void renderer_wait(struct renderer *renderer, unsigned most_ms);
void renderer_interrupt(struct renderer *renderer);

/* Something is wanted, or what was made has not been taken notice of. */
bool renderer_busy(struct renderer *renderer);
/* Takes notice: whether anything was made since the last time, and why the last that failed could
 * not be (ERR_NONE: none did). Both may have happened. */
bool renderer_take(struct renderer *renderer, struct err *failure);

/* What is being made at this moment; false = nothing. */
struct rendering_now {
    char file[256];
    size_t done, all; /* of this one */
    size_t left;      /* with it */
};
bool renderer_now(struct renderer *renderer, struct rendering_now *now);

#endif

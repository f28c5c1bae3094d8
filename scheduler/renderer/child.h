/* renderer/child.h - runs ffprobe or ffmpeg in its cage and hands over what it prints.
 *
 * After cage_enter() only. The child has an environment of its own, nothing on stdin, its stderr
 * nowhere, and of our descriptors the source and the output. It yields the processor to
 * everybody else, and it ends with us.
 */
#ifndef CRIER_RENDERER_CHILD_H
#define CRIER_RENDERER_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "renderer/cage.h"

struct child_order {
    struct cage_limits limits;
    char *const *args; /* the program's name first, NULL last */
    /* Gets what the child prints, as it comes; false = it has printed too much and is ended. */
    bool (*take)(void *arg, const char *bytes, size_t length);
    void *arg;
};

enum child_end {
    CHILD_DONE,   /* exit 0 */
    CHILD_FAILED, /* its own error; ended by itself, by us or by the limits on memory and time */
    CHILD_FULL,   /* it wrote more than it may */
    CHILD_ABSENT  /* not started, not confined, or taken by the machine: a reason is on stderr */
};

/* A child that ends by a forbidden call is told of on stderr. */
enum child_end child_run(const struct child_order *order);

#endif

/* renderer/landlock.h - the kernel's list of the files a process may name, by raw calls.
 *
 *     struct landlock landlock;
 *
 *     if (landlock_open(&landlock)) { landlock_paths(...); landlock_file(...);
 *         landlock_enter(&landlock); }
 *
 * glibc has no function for it, and the header of the build machine knows less than the kernel we
 * may meet: the kernel is asked what it knows, and all of that is forbidden but what is listed.
 * Descriptors that are open stay usable; what they were opened for was decided before.
 */
#ifndef CRIER_RENDERER_LANDLOCK_H
#define CRIER_RENDERER_LANDLOCK_H

#include <stdbool.h>

#include "base/compiler.h"

enum { LANDLOCK_READ = 1, LANDLOCK_WRITE = 2, LANDLOCK_START = 4 };

struct landlock {
    int ruleset;
    int abi;
};

/* False when this kernel has none, or has it switched off. */
MUST_CHECK bool landlock_open(struct landlock *landlock);

/* Folders with all below them, and files; up to NULL. One that is not there is left out. */
MUST_CHECK bool landlock_paths(const struct landlock *landlock, const char *const *paths,
                               unsigned rights);

/* One file, by a descriptor that is open. A folder would open all below it: refused. */
MUST_CHECK bool landlock_file(const struct landlock *landlock, int file, unsigned rights);

/* From here on it holds, for this process and all that it starts. Ends `landlock`. */
MUST_CHECK bool landlock_enter(struct landlock *landlock);

#endif

/* renderer/confine.h - gives up all that decoding pictures does not need.
 *
 * libvips and the decoders under it are started, and the sources are mapped. What then remains to
 * be done is computing, on threads of their own (libvips has one even for one), and writing:
 *
 *     write          to stdout and, where there is one, to the rendition; what a decoder would say
 *                    on stderr goes nowhere
 *     clone          of a thread, never of a process
 *     mmap, mprotect of private memory without a file behind it that never becomes code
 *     brk, munmap, mremap, madvise, futex, and what threads ask about themselves
 *
 * Every other system call ends the process with SIGSYS: no file can be opened, not even read.
 * Besides: 2 GiB of address space over the sources, processor time, no new descriptors, no core; it
 * cannot be traced, it can gain no privilege, and it dies with its parent. There is no way back.
 */
#ifndef CRIER_RENDERER_CONFINE_H
#define CRIER_RENDERER_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct picture_needs {
    int kept;            /* descriptors below this stay open */
    int output;          /* besides stdout; -1 = none */
    size_t mapped_bytes; /* of sources */
    unsigned cpu_s;
};

/* False, with errno set, when this machine cannot do it: then nothing may be read at all. */
MUST_CHECK bool confine_pictures(const struct picture_needs *needs);

#endif

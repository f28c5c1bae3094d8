/* inspector/confine.h - gives up all that looking into files does not need.
 *
 * Hostile bytes may one day make libmagic or our own reader do what their author wants. So before
 * the first byte is read the process keeps only what remains to be done:
 *
 *     pread64      of the descriptors handed over, and of no other
 *     write        to stdout
 *     brk, mmap (private memory only, never executable), munmap, mremap, futex: malloc
 *     exit, exit_group, rt_sigreturn
 *
 * Every other system call ends the process with SIGSYS. Besides, as a second fence: 256 MiB of
 * address space, 2 s of processor time, no new descriptors, no processes, no bytes written to
 * files, no core; it cannot be traced, it can gain no privilege, and it dies with its parent.
 *
 * There is no way back. Written for one thread. RLIMIT_FSIZE 0 means that stdout must be a pipe or
 * a socket: a file there ends the process with SIGXFSZ.
 */
#ifndef CRIER_INSPECTOR_CONFINE_H
#define CRIER_INSPECTOR_CONFINE_H

#include <stdbool.h>

/* From here on only the `count` descriptors from `first` can be read. False, with errno set, when
 * this machine cannot do it: then nothing may be read at all. */
bool confine(int first, int count);

#endif

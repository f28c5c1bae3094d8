/* renderer/cage.h - what ffprobe and ffmpeg may do, and crier-render while it minds them.
 *
 * They read hostile bytes with three million lines of C, so each is started as if it were hostile:
 *
 *     files      Landlock: it can read /usr, /lib* and /etc/ld.so.cache (its own code), the source,
 *                and read and write the output. Nothing else on this machine has a name.
 *     calls      an allow-list. No socket, no second program, no second process, no memory that can
 *                be written and run; ffprobe opens nothing for writing. Any other call: SIGSYS.
 *     amounts    memory, processor time, bytes written, 64 descriptors, no core.
 *
 * A program is started by descriptor, and the filter knows the number. It is above the limit on
 * descriptors, so nothing that is opened later can ever have it: the one exec that is allowed
 * cannot be used twice.
 *
 * Two cages, one within the other. cage_enter() is for crier-render itself, which then can start
 * those two programs and nothing else; cage_tighten() is for the child between fork and exec. There
 * is no way out of either. A kernel without Landlock costs the first fence: one warning on stderr.
 */
#ifndef CRIER_RENDERER_CAGE_H
#define CRIER_RENDERER_CAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

enum cage_tool { CAGE_FFPROBE, CAGE_FFMPEG };
#define CAGE_TOOLS 2

const char *cage_tool_name(enum cage_tool tool);

/* Whether they are installed; if not, a sentence on stderr. */
bool cage_has_tools(void);

/* The descriptor by which a tool is started; only after cage_enter(). */
int cage_tool_descriptor(enum cage_tool tool);

/* From here on `source` can be read and `output` (-1 = none) written, and the tools be started.
 * Descriptors from `kept` on are closed. False, with errno set and a sentence on stderr, when
 * that cannot be had: then nothing may be started at all. */
MUST_CHECK bool cage_enter(int source, int output, int kept);

struct cage_limits {
    enum cage_tool tool;
    uint64_t memory_bytes, file_bytes;
    uint64_t cpu_s;
};

/* In the child: from here on only execveat() of that tool and what it needs. False with errno. */
MUST_CHECK bool cage_tighten(const struct cage_limits *limits);

#endif

/* renderer/probe.h - the mode `probe` of crier-render: what a video is, by ffprobe's word and that
 * of its container.
 *
 * Only a container and coders of the lists in probe.c are let near a file: no playlist, no
 * script, nothing that names other files or addresses.
 */
#ifndef CRIER_RENDERER_PROBE_H
#define CRIER_RENDERER_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"

/* Lengths are INT64_C(0) where nobody knows them. */
struct probe {
    const char *problem; /* "undecodable", "truncated", "trailing-bytes", "no-video", or NULL */
    const char *mime;
    int64_t width, height; /* as shown: square pixels, turned upright */
    int64_t duration_ms;
    const char *codec, *sound, *pixels; /* ffmpeg's words; sound "" = none */
    int64_t frame_rate;                 /* frames in 1,000 seconds */
    bool rate_varies, interlaced, index_first, has_edits, is_turned;
    int64_t bit_rate, sound_rate, channels;
    const char *transfer, *matrix; /* ffmpeg's words for its colours; "" = not said */
    unsigned metadata;             /* enum metadata, or-ed */
};

/* Two of ffmpeg's lists of words, for its options: containers, coders. */
extern const char probe_containers[], probe_coders[];

/* After cage_enter(). False only when ffprobe cannot be started. Texts are the arena's. */
MUST_CHECK bool probe_read(int file, struct arena *arena, struct probe *probe);

/* The mode: descriptor 3, one line on stdout. `word` is "". */
int probe_run(const char *word);

#endif

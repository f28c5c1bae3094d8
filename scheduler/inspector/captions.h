/* inspector/captions.h - whether a file is captions (SubRip or WebVTT), and what is wrong with
 * them.
 *
 * All of it is read, line by line, through the same reader as a picture. Nothing is allocated and
 * no byte is trusted: a hostile file can only produce a problem. Pure, so that tests and the fuzz
 * target need no file.
 *
 * SubRip has no standard; what players agree on is taken: blocks parted by empty lines, each a
 * number, "hh:mm:ss,mmm --> hh:mm:ss,mmm", and words. WebVTT: https://www.w3.org/TR/webvtt1/ §4.
 * Lines may end in LF, CR LF or CR, and a byte order mark may stand before them. Words may be shown
 * at the same time (that is how two speakers are written), but no cue begins before the one above
 * it, and each is shown for some time.
 *
 * What the words say, and in which language, is nobody's business here.
 */
#ifndef CRIER_INSPECTOR_CAPTIONS_H
#define CRIER_INSPECTOR_CAPTIONS_H

#include "inspector/headers.h"

struct captions {
    const char *mime; /* "application/x-subrip", "text/vtt"; NULL: these are no captions */
    uint64_t end_ms;  /* when the last words go; of what was read before a problem */
    /* The first problem met, a stable word, or NULL: captions-encoding (not UTF-8),
     * captions-broken, captions-order, captions-empty (no words), truncated. */
    const char *problem;
    uint32_t line; /* where the problem is, from 1; 0 when it is in no single line */
};

void captions_read(const struct header_source *source, struct captions *captions);

#endif

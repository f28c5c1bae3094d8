/* asset/renditions.h - what decoders say about media files, and what is made of them.
 *
 * Both come from the program crier-render, which reads hostile bytes with libvips, ffprobe and
 * ffmpeg in a sandbox of its own. Both are kept, by the SHA-256 of the source: a file is decoded
 * once, a rendition made once. SHELF/<source>.json has the facts and a list of what was made, each
 * replaced as a whole; the bytes lie in the spool (asset/spool.h) under their own SHA-256,
 * read-only. A shelf that is lost, or of another RECIPE_VERSION, is filled again. Only its owner
 * may write there.
 *
 * Blocking, for seconds to minutes: for commands and the renderer's thread, never for the loop.
 * Several threads and processes may use one shelf.
 */
#ifndef CRIER_ASSET_RENDITIONS_H
#define CRIER_ASSET_RENDITIONS_H

#include "base/err.h"
#include "campaign/limits.h"

struct shelf {
    const char *folder; /* made when missing */
    const char *spool;
    const char *media; /* where sources are, as asset_inspect's media_folder */
};

/* How far it is: `done` of `all`, for a progress bar; false = give up. May be NULL. */
struct headway {
    bool (*tell)(void *arg, const char *file, size_t done, size_t all);
    void *arg;
};

/* Completes facts that asset_inspect has found: what only a decoder knows, from the shelf or by
 * looking, and the renditions that lie in the spool. A file that a decoder refuses gets its
 * problem. False only when the shelf or the program cannot be used. */
MUST_CHECK bool renditions_look(const struct shelf *shelf, struct media_facts *facts, size_t count,
                                const struct headway *progress, struct arena *arena,
                                struct err *err);

/* Makes one, unless it is there, or one that differs only in how large it may be and has the very
 * bytes that would come out. What cannot be made is a rendition with a problem, which is kept
 * as well; false only when the work could not be done (no room, no program, given up). */
MUST_CHECK bool renditions_make(const struct shelf *shelf, const struct media_facts *facts,
                                const char *recipe, const struct headway *progress,
                                struct arena *arena, struct rendition *rendition, struct err *err);

#endif

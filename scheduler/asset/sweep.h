/* asset/sweep.h - what of the spool and the shelf nobody needs any more.
 *
 * Copies and renditions stand in the spool under their own hash, what is known of a source on the
 * shelf under the source's. Who sweeps says which hashes are still needed, and since when nothing
 * is removed whatever it is called: what was written a moment ago may not be told of yet. A file
 * that is taken away too early is made again by the next reading while its source is there; so at
 * worst this costs time. Only files of ours with such names are touched.
 *
 * Nobody may pin or look meanwhile (asset/spool.h, asset/renditions.h): they would believe in what
 * is about to go. Renditions may be made. Blocking; not for the loop.
 */
#ifndef CRIER_ASSET_SWEEP_H
#define CRIER_ASSET_SWEEP_H

#include "asset/renditions.h"
#include "base/instant.h"

struct sweep {
    const struct shelf *shelf;
    struct instant before;     /* what was written since stays */
    const char *const *needed; /* SHA-256s in hex, in any order */
    size_t count;
    const struct media_facts *facts; /* of files that are needed, with all that is made of them */
    size_t fact_count;
};

struct swept {
    size_t files; /* of the spool */
    int64_t bytes;
};

/* What cannot be removed is left for the next time. */
void asset_sweep(const struct sweep *sweep, struct swept *swept);

#endif

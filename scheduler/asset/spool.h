/* asset/spool.h - media pinned by content: what was checked is what is sent.
 *
 * STATE/spool/SHA256 is a private copy made in one read whose hash was compared while reading, or a
 * rendition (asset/renditions.h) under its own hash. A delivery needs no file of the workspace to
 * go out. Who sends it hashes it again on the way out: net/upload.h. What is not finished yet ends
 * with ".new". Several threads and processes may use one spool. Blocking; not for the loop.
 */
#ifndef CRIER_ASSET_SPOOL_H
#define CRIER_ASSET_SPOOL_H

#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

/* Copies media_folder/file into the spool unless it is there, `bytes` long, ours and read-only.
 * ERR_CONFIG when its content is not `sha256` any more. */
MUST_CHECK bool spool_pin(const char *spool, const char *media_folder, const char *file,
                          const char *sha256, int64_t bytes, struct err *err);
/* Whether it is there like that. What is in it is not read. */
bool spool_has(const char *spool, const char *sha256, int64_t bytes);
/* Opens what is there and reads it: ERR_IO when it is something else, which is then removed. The
 * descriptor is the caller's, and at the beginning. */
MUST_CHECK bool spool_open(const char *spool, const char *sha256, int64_t bytes, int *fd,
                           struct err *err);

/* A file that is being made there. */
struct spool_file {
    const char *path; /* in the arena */
    int fd;
};
MUST_CHECK bool spool_begin(const char *spool, struct arena *arena, struct spool_file *file,
                            struct err *err);
/* It is finished: read, made durable and read-only, and put under its hash. Ends it, as does
 * spool_drop. */
MUST_CHECK bool spool_keep(const char *spool, struct spool_file *file, char sha256[DIGEST_HEX],
                           int64_t *bytes, struct err *err);
void spool_drop(struct spool_file *file);

/* Removes what an earlier run has not finished. Only while nobody else uses it. */
void spool_clean(const char *spool);

#endif

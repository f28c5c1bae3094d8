/* asset/spool.h - media pinned by content: what was checked is what is sent.
 *
 * STATE/spool/SHA256 is a private copy made in one read whose hash was compared while reading. A
 * delivery needs no file of the workspace to go out. Blocking; used by the planner's thread;
 * opening is for net/.
 */
#ifndef CRIER_ASSET_SPOOL_H
#define CRIER_ASSET_SPOOL_H

#include "base/err.h"

/* Copies media_folder/file into the spool unless it is there. ERR_CONFIG when its content is not
 * `sha256` any more. */
MUST_CHECK bool spool_pin(const char *spool, const char *media_folder, const char *file,
                          const char *sha256, struct err *err);
/* Opens a pinned file for reading. Its hash must be checked again on the way out by whoever reads
 * it. */
MUST_CHECK bool spool_open(const char *spool, const char *sha256, int *fd, long long *bytes,
                           struct err *err);
/* Removes temporary files of an earlier run. */
void spool_clean(const char *spool);

#endif

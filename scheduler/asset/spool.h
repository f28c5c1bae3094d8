/* asset/spool.h - media pinned by content: what was checked is what is sent.
 *
 * STATE/spool/SHA256 is a private copy made in one read whose hash was compared while reading. A
 * delivery needs no file of the workspace to go out. Who sends it hashes it again on the way out:
 * net/upload.h. Blocking; used by the planner's thread.
 */
#ifndef CRIER_ASSET_SPOOL_H
#define CRIER_ASSET_SPOOL_H

#include <stdint.h>

#include "base/err.h"

/* Copies media_folder/file into the spool unless it is there, `bytes` long, ours and read-only.
 * ERR_CONFIG when its content is not `sha256` any more. */
MUST_CHECK bool spool_pin(const char *spool, const char *media_folder, const char *file,
                          const char *sha256, int64_t bytes, struct err *err);
/* Removes temporary files of an earlier run. */
void spool_clean(const char *spool);

#endif

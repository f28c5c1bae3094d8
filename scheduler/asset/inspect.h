/* asset/inspect.h - facts about media files: size and SHA-256 by ourselves, the rest by
 * crier-inspect.
 *
 * Files are opened beneath the workspace's media folder (base/file.h), read once for their hash,
 * and handed to one crier-inspect process a batch as inherited descriptors. The child's crash, hang
 * (3 s a file) or an answer that no honest child gives is a problem of that file, never ours; the
 * files behind it are looked at by a fresh child. What a child that was taken over can still do is
 * give plausible wrong answers about the rest of its batch; size and hash stay true. Blocking: for
 * commands and the planner's thread, not for the loop.
 */
#ifndef CRIER_ASSET_INSPECT_H
#define CRIER_ASSET_INSPECT_H

#include "base/err.h"
#include "campaign/limits.h"

/* `files` relative to `media_folder` (a path). facts has `count` entries in the same order. A
 * missing or refused file is a fact with readable = false and a problem; a missing one knows all
 * other names in the folder. `known` facts whose stamp still holds are copied without reading the
 * file again (may be NULL). */
MUST_CHECK bool asset_inspect(const char *media_folder, const char *const *files, size_t count,
                              const struct media_facts *known, size_t known_count,
                              struct arena *arena, struct media_facts **facts, struct err *err);

/* The inspector's word about one open file: no size, no hash. False only when it cannot start. */
MUST_CHECK bool asset_inspect_open(int fd, struct arena *arena, struct media_facts *facts,
                                   struct err *err);

/* Deep copies. */
struct media_facts asset_copy_facts(const struct media_facts *facts, struct arena *arena);
struct rendition asset_copy_rendition(const struct rendition *rendition, struct arena *arena);

#endif

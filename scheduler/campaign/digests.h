/* campaign/digests.h - what files said, by hash: of one reading, of a saved plan, of what was
 * applied.
 *
 * Paths are relative to the workspace ("crier.cfg", "campaigns/traffic.cfg",
 * "media/traffic/helmet.jpg"). A file that could not be read is not in the list. The texts belong
 * to whoever made the list.
 */
#ifndef CRIER_CAMPAIGN_DIGESTS_H
#define CRIER_CAMPAIGN_DIGESTS_H

#include "base/json.h"
#include "campaign/model.h"

struct file_digest {
    const char *path;
    char sha256[DIGEST_HEX];
};

struct file_digests {
    struct file_digest *items;
    size_t count, capacity;
};

/* Of one reading, sorted by path. */
void digests_of(const struct campaign_set *set, const struct media_facts *facts, size_t fact_count,
                struct arena *arena, struct file_digests *digests);

/* NULL = it is not in the list. */
const char *digests_find(const struct file_digests *digests, const char *folder, const char *name);

/* Whether both have that file with that hash; false too where neither has it. */
bool digests_agree(const struct file_digests *a, const struct file_digests *b, const char *folder,
                   const char *name);

/* The files of which only one list knows, or which differ: their paths, sorted, each once. */
void digests_differ(const struct file_digests *a, const struct file_digests *b, struct arena *arena,
                    const char *const **paths, size_t *count);

/* [{"path","sha256"}], and back: what cannot be read of it is left out. Texts are copied. */
json_t *digests_json(const struct file_digests *digests);
void digests_read(const json_t *list, struct arena *arena, struct file_digests *digests);

#endif

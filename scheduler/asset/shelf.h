/* asset/shelf.h - SHELF/SOURCE.json: what decoders said of a file, and what was made of it.
 *
 *     {"facts":{...},"renditions":[{"recipe":"v1 ...","sha256":"...","bytes":1,...}],"version":"1"}
 *
 * "facts" is the line of crier-render as it was believed, a rendition its last line with ours
 * added. Whoever reads them judges them again as if the program had just said them. Each file is
 * replaced as a whole, changes of several processes come one after the other, and one that is
 * damaged, too large, not ours or of another version counts as none. Only asset/ uses this.
 */
#ifndef CRIER_ASSET_SHELF_H
#define CRIER_ASSET_SHELF_H

#include "asset/renditions.h"
#include "base/json.h"

/* An object, in the arena; empty when nothing is there. */
json_t *shelf_read(const struct shelf *shelf, const char *source, struct arena *arena);

MUST_CHECK bool shelf_put_facts(const struct shelf *shelf, const char *source, const json_t *line,
                                struct err *err);
/* In place of another of its recipe. The oldest goes when there are too many. */
MUST_CHECK bool shelf_put_rendition(const struct shelf *shelf, const char *source, json_t *made,
                                    struct err *err);

/* The rendition of a recipe; NULL = none. */
const json_t *shelf_find(const json_t *entry, const char *recipe);

#endif

/* asset/inside.h - what the files of renditions share. Not for others. */
#ifndef CRIER_ASSET_INSIDE_H
#define CRIER_ASSET_INSIDE_H

#include "asset/renditions.h"
#include "base/json.h"

/* What the shelf says was made; false when it does not make sense, or does not lie in the spool. */
MUST_CHECK bool rendition_take(const json_t *made, const char *spool, struct arena *arena,
                               struct rendition *rendition);

#endif

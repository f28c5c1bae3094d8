/* campaign/fit_how.h - what a recipe makes of a file, for people.
 *
 * "becomes a JPEG of 1080 × 1350 pixels, the whole picture in the middle on a blurred ground; its
 * place of recording is left out". No full stop, so that it can stand inside a sentence.
 */
#ifndef CRIER_CAMPAIGN_FIT_HOW_H
#define CRIER_CAMPAIGN_FIT_HOW_H

#include "base/recipe.h"
#include "campaign/limits.h"

/* A recipe without a size says what is known. */
const char *fit_how(const struct recipe *recipe, const struct media_facts *facts,
                    struct arena *arena);

/* Whether that word stands among the file's metadata. */
MUST_CHECK bool facts_have(const struct media_facts *facts, const char *word);

#endif

/* commands/thumbnails.h - small pictures of what goes out, for a page: of each picture as it is
 * fitted, of each video one of its own.
 *
 * Made by crier-render as all renditions are, and kept in the cache. What cannot be made is left
 * out: a page has a place for that.
 */
#ifndef CRIER_COMMANDS_THUMBNAILS_H
#define CRIER_COMMANDS_THUMBNAILS_H

#include "base/recipe.h"
#include "commands/preview.h"
#include "page/calendar_page.h"

struct thumbnails {
    struct page_picture *items; /* each file and recipe once */
    size_t count, capacity;
};

/* Of the media that these occurrences show. All lives in the arena. */
void thumbnails_make(const struct preview *preview, const struct occurrence *occurrences,
                     size_t count, struct arena *arena, struct thumbnails *thumbnails);

/* The recipe of the small one: the same shape and frame, the longer side 480, both sides even.
 * False when the file's size is not known. */
MUST_CHECK bool thumbnail_recipe(const struct medium *medium, const struct media_facts *facts,
                                 struct recipe *recipe);

#endif

/* text/pairs.h - quotes and brackets without a partner.
 *
 * Knows what writers do: apostrophes, feet and inches, smileys, "1)" and "क)" before the items of
 * a list, » as a bullet, quotes that open below and close above („ “) or point either way (« »).
 * What stands inside a link is not looked at.
 */
#ifndef CRIER_TEXT_PAIRS_H
#define CRIER_TEXT_PAIRS_H

#include "text/links.h"
#include "text/safety.h"

/* Adds a DANGER_UNPAIRED for each one that stands alone; `marks` are the text's own, in order. */
void pairs_find(const char *text, const struct mark_list *marks, struct arena *arena,
                struct danger_list *list);

#endif

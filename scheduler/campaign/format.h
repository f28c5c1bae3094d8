/* campaign/format.h - a campaign file tidied: the same settings and comments, in one layout.
 *
 * Where a line ends is the author's choice and stays; the rest is the layout's:
 *
 *     two blanks for each level; what follows a bracket on its line is where the level begins
 *     one blank around =, after { ( [ and before ] ) }, after ; and ,
 *     the = of settings that stand below each other are aligned, and so are comments behind lines
 *     a ; behind each setting; = and not :; at most one empty line; none behind blanks at the end
 *     the parts of a long text stand below each other
 *
 * No text, number, name or comment is changed or moved past another, and that is made sure of
 * before the result is handed out. Formatting twice is formatting once.
 */
#ifndef CRIER_CAMPAIGN_FORMAT_H
#define CRIER_CAMPAIGN_FORMAT_H

#include "base/arena.h"
#include "campaign/source.h"

/* The tidied text, in the arena. False, with findings in the source's, when the form of the file
 * has mistakes: nobody knows then what belongs where. */
MUST_CHECK bool format_text(struct source *source, struct arena *arena, const char **formatted);

#endif

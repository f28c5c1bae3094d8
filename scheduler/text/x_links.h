/* text/x_links.h - the addresses that X finds in a text: each counts 23 there, whatever its length.
 *
 * X has rules of its own: an address needs no scheme when its name is of ASCII letters and ends in
 * a top-level name; letters of another script end it; nothing that @, # or $ begins is one. What
 * X finds is not what people would call a link: for that see text/links.h.
 *
 * Source: the conformance cases of twitter-text (extract.yml, tlds.yml of 2021).
 */
#ifndef CRIER_TEXT_X_LINKS_H
#define CRIER_TEXT_X_LINKS_H

#include "text/links.h"

/* Of a text in NFC. `uncertain`: its top-level name is younger than X's published list. */
struct mark_list x_links_find(const char *text, struct arena *arena);

#endif

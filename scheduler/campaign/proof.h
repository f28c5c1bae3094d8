/* campaign/proof.h - a text of a file, read as a careful colleague would before it goes out.
 *
 * Letters that are not what they seem (text/safety.h), telephone numbers and hosts against the list
 * that the department keeps (`known` of crier.cfg; text/numbers.h, text/hosts.h). Each text is
 * read once, as it stands in the file, whatever accounts it goes to; a finding points at the very
 * character, also where a text is written as several "..." below each other.
 */
#ifndef CRIER_CAMPAIGN_PROOF_H
#define CRIER_CAMPAIGN_PROOF_H

#include "campaign/values.h"

/* `text` is the value as libconfig read it, not normalized. */
void proof_text(struct reading *reading, const struct value *value, const char *text);

/* Looks at the entries of `known` themselves. */
void proof_known(struct reading *reading, const struct known *known);

#endif

/* text/top_names.h - the top-level names of the Internet in ASCII: "in", "gov", "org".
 *
 * They tell an address without a scheme ("cybercrime.gov.in") from two sentences without a blank
 * between them ("है.फिर", "ends.Then"). Native names of India are in links.c.
 */
#ifndef CRIER_TEXT_TOP_NAMES_H
#define CRIER_TEXT_TOP_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Lower case only: a capital there begins a sentence far more often than it ends an address. */
bool top_name_is_known(const char *name, size_t length);

#endif

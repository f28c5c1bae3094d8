/* sandbox/clusters.h - how many characters a person sees in a text.
 *
 * Grapheme clusters by our own call of ICU, not Crier's. Where a server's Unicode version decides
 * about Indic conjuncts (rule GB9c of 15.1), the larger count. The text was checked to be UTF-8.
 */
#ifndef CRIER_SANDBOX_CLUSTERS_H
#define CRIER_SANDBOX_CLUSTERS_H

#include <stddef.h>

size_t clusters_count(const char *text, size_t length);

#endif

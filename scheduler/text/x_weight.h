/* text/x_weight.h - how long X takes a text to be: its weighted count, of which a post has 280.
 *
 * After NFC a letter of the scripts up to U+10FF (Latin, Devanagari with all its signs, Arabic) and
 * the usual dashes and quotes weigh 1, everything else 2; an emoji weighs 2, however many code
 * points it is made of; an address weighs 23. In doubt (a young top-level name) it is the larger.
 *
 * Source: twitter-text config/v3.json and its conformance cases (validate.yml).
 */
#ifndef CRIER_TEXT_X_WEIGHT_H
#define CRIER_TEXT_X_WEIGHT_H

#include <stddef.h>

size_t x_weight(const char *text);

#endif

/* text/x_names.h - the top-level names that X takes for the end of an address.
 *
 * X's published list is of 2021 and has names in many scripts. What the root zone gained since is
 * X_NAME_YOUNG: nobody knows whether X links it.
 */
#ifndef CRIER_TEXT_X_NAMES_H
#define CRIER_TEXT_X_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum x_name { X_NAME_NONE, X_NAME_YOUNG, X_NAME_SURE };

/* A whole name of ASCII letters and digits, in any case. */
enum x_name x_name_ascii(const char *text, size_t length);

/* The bytes of the longest native name that the text begins with; 0 = none. */
size_t x_name_native(const char *text);

#endif

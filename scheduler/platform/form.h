/* platform/form.h - names and values as addresses and forms carry them.
 *
 * Everything but RFC 3986's unreserved letters (A-Z a-z 0-9 - . _ ~) becomes %XX, a blank too: what
 * every server reads alike, and what OAuth 1.0a signs.
 */
#ifndef CRIER_PLATFORM_FORM_H
#define CRIER_PLATFORM_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* How many bytes a value takes, encoded; written there, without a NUL, unless `at` is NULL. For
 * what must not be copied anywhere else. */
size_t form_encode(char *at, const char *text);

/* One value, encoded. */
char *form_escape(const char *text, struct arena *arena);

struct form_field {
    const char *name;
    const char *value; /* NULL = left out */
};

/* "a=1&b=%20x"; "" when nothing is left. Ends with name NULL. */
char *form_write(const struct form_field *fields, struct arena *arena);

/* The way back: every %XX, and '+' as a blank; what is no escape stays. */
char *form_unescape(const char *text, size_t length, struct arena *arena);
/* Names and values of "a=1&b=%20x", ends with name NULL. */
struct form_field *form_read(const char *text, struct arena *arena);

/* "/path?a=1&b=2"; the path alone when nothing is left. */
char *form_path(const char *path, const struct form_field *fields, struct arena *arena);

#endif

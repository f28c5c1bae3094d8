/* base/json.h - JSON values, read strictly and written in one way only.
 *
 * The value type is jansson's json_t; this is the only header that includes it.
 * Reading: UTF-8, at most JSON_MAX_BYTES, at most JSON_MAX_DEPTH deep, no
 * duplicate names, nothing after the value. Writing is canonical: members
 * sorted, no blanks, UTF-8 as it is; so equal values give equal bytes, and a hash
 * over them means something. Use integers only, never reals.
 *
 * Ownership is jansson's: what json_read and the *_new functions return is the
 * caller's (json_decref, or json_auto_t); json_object_get lends.
 */
#ifndef CRIER_BASE_JSON_H
#define CRIER_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/compiler.h"
#include "base/err.h"

enum { JSON_MAX_BYTES = 1024 * 1024, JSON_MAX_DEPTH = 32 };

/* NULL, with a reason in *err (kind ERR_FOUND), for anything but one well-formed value. */
MUST_CHECK json_t *json_read(const char *bytes, size_t length, struct err *err);
/* The same without the size limit, for our own files. */
MUST_CHECK json_t *json_read_own(const char *bytes, size_t length, struct err *err);

/* The arena's from now on: it ends with it. Returns `value`, which may be NULL. */
json_t *json_in_arena(json_t *value, struct arena *arena);

/* Canonical bytes in the arena, NUL-terminated. *length may be NULL. */
char *json_write(const json_t *value, struct arena *arena, size_t *length);

/* The same for people: indented, a member a line. */
char *json_pretty(const json_t *value, struct arena *arena);

/* A text as json_write writes it, quotes and all, added to a buffer: for objects that are written
 * too often to be built as values first. NULL becomes null. */
void json_quote(struct buffer *buffer, const char *text);

/* Back from json_quote: the text at *at, which moves behind it; *text is NULL for null. False for
 * what json_quote does not write. */
MUST_CHECK bool json_unquote(const char **at, struct arena *arena, const char **text);

/* The same for whole objects and lists: commas come by themselves, and the order of the members is
 * the caller's duty: sorted, to be canonical. `name` is plain ASCII; NULL within a list and for the
 * value itself. */
void json_open(struct buffer *buffer, const char *name, char bracket); /* '{' or '[' */
void json_close(struct buffer *buffer, char bracket);                  /* '}' or ']' */
void json_add(struct buffer *buffer, const char *name, const char *text);
void json_add_integer(struct buffer *buffer, const char *name, int64_t number);
/* A number of which 0 and less mean that it is not known: null. */
void json_add_known(struct buffer *buffer, const char *name, int64_t number);
void json_add_bool(struct buffer *buffer, const char *name, bool truth);

/* Typed members: NULL, or the default, when missing or of another type. Text lent by the value. */
const char *json_text(const json_t *object, const char *member);
int64_t json_integer_or(const json_t *object, const char *member, int64_t otherwise);
bool json_flag(const json_t *object, const char *member);

/* Sets a member to a text (NULL becomes null), a number, a truth. Invalid UTF-8 ends the process:
 * everything we write was validated when it came in. */
void json_put(json_t *object, const char *member, const char *text);
void json_put_integer(json_t *object, const char *member, int64_t number);
/* A number of which 0 and less mean that it is not known: null. */
void json_put_known(json_t *object, const char *member, int64_t number);
void json_put_bool(json_t *object, const char *member, bool truth);
/* Takes `value` over; NULL becomes null. */
void json_put_new(json_t *object, const char *member, json_t *value);

#endif

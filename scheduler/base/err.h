/* base/err.h - why the program could not do its work, as a value.
 *
 * Three sorts of bad news exist. This is the first: a full disk, a missing
 * file, a broken setting. The second, an unpleasant answer of the world, is a
 * value of its own (step, finding, state); the third, our bug, is an assert.
 *
 * A function that can fail returns true for success and takes a struct err as
 * its last argument. err_set and err_within always return false, so that
 *
 *     return err_set(err, ERR_STORE, "cannot open %s", path);
 *
 * is a whole failure branch. Only main.c turns a kind into an exit status.
 * Errors carry no secret: whoever writes one names the file, not its content.
 */
#ifndef CRIER_BASE_ERR_H
#define CRIER_BASE_ERR_H

#include <stdbool.h>

#include "base/compiler.h"

enum err_kind {
    ERR_NONE,
    ERR_FOUND,   /* the work was done and found errors: exit 1          */
    ERR_USAGE,   /* wrong usage or unknown name: exit 2                  */
    ERR_SERVICE, /* the daemon or a server is not there: exit 69         */
    ERR_IO,      /* disk or internal failure: exit 70                    */
    ERR_SPACE,   /* no space or quota: tried again by the daemon, else 70 */
    ERR_BUSY,    /* somebody else holds it, try again: exit 75           */
    ERR_CONFIG,  /* configuration or state refused: exit 78              */
    ERR_CHANGES  /* `plan --exit-code`: something would change: exit 3   */
};

enum { ERR_TEXT = 1024 }; /* bytes; a letter of Hindi takes three */

struct err {
    enum err_kind kind;
    char text[ERR_TEXT]; /* one line, outermost context first, no newline */
};

/* Sets kind and text; control characters in the text are replaced, and what is too long ends with a
 * whole letter. Always false. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* As err_set, with ": " and what the system says after the text: the common reasons in the person's
 * language, the others as strerror has them. ENOSPC and EDQUOT become ERR_SPACE whatever the kind.
 * Always false. */
bool err_errno(struct err *err, enum err_kind kind, int errno_value, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Puts context and ": " before the text. Always false. */
bool err_within(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* The exit status of design.md §7 for a kind. */
int err_exit_status(enum err_kind kind);

#endif

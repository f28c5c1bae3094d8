/* text/hosts.h - whose a link is, and whether it only looks like ours.
 *
 * A host in other letters than Latin is legitimate (पुलिस.भारत); one that mixes letters which look
 * alike, or is written wholly in foreign letters that read as Latin, is made to deceive. The rules
 * are those of Unicode's security mechanisms (UTS 39), as ICU has them.
 */
#ifndef CRIER_TEXT_HOSTS_H
#define CRIER_TEXT_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* The host of the address at `text`, which may go on behind it: scheme, user name, port and path
 * left out. Anything up to a blank, slash or bracket belongs to it, so that a letter which no
 * host may have is seen too. */
const char *host_of(const char *text, size_t length, struct arena *arena);

/* In small letters, other scripts as "xn--...", without a dot at the end; NULL when it is no name
 * of a host. */
const char *host_ascii(const char *host, struct arena *arena);

/* Whether `host` is `whole` or lies below it; both as host_ascii writes them. */
bool host_is_below(const char *host, const char *whole);

/* Whether its letters or digits are made to be taken for others. */
bool host_deceives(const char *host);

/* Whether a reader would take one for the other: rn for m, l for 1, letters of other scripts. */
bool hosts_look_alike(const char *a, const char *b);

#endif

/* net/address.h - where a request may go. Decided here and nowhere else, before a byte leaves.
 *
 * An account that is not live is reached at its `base_url` only, a literal loopback address,
 * whatever host a request names. A live account is reached by https at its own server or url, or at
 * a host that its adapter's table covers. A platform's answer can name a host (a session's, an
 * upload's); it can never widen this.
 */
#ifndef CRIER_NET_ADDRESS_H
#define CRIER_NET_ADDRESS_H

#include "platform/adapter.h"

/* The whole address, in the arena; NULL with a sentence in *why for one that may not be talked to.
 * Where the account is an address itself (`needs_url`), that address is used as it is and the
 * request's path says nothing. */
char *address_of(const struct account *account, const struct adapter *adapter,
                 const struct http_request *request, struct arena *arena, const char **why);

/* Whether an entry of an adapter's host table covers that host: the same name, or "*.x" for any
 * names of one label or more below x. A host with a port is covered by none. */
bool host_covers(const char *entry, const char *host);

#endif

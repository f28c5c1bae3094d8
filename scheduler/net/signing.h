/* net/signing.h - the marks of a request turned into what goes on the wire: signing headers, and a
 * body or an address with secrets in it.
 *
 * What is answered here holds secrets or is made of them: the caller overwrites it (wipe) as soon
 * as the transfer is over.
 */
#ifndef CRIER_NET_SIGNING_H
#define CRIER_NET_SIGNING_H

#include "net/secrets.h"
#include "platform/adapter.h"

enum { SIGNATURE_LINES = 2 };

struct signature {
    char *lines[SIGNATURE_LINES]; /* "Authorization: Bearer ..." */
    size_t count;
};

/* Whose request is to be signed, and when: the time is that of this attempt. */
struct signing {
    const struct secrets *secrets;
    const struct account *account;
    const struct adapter *adapter;
    const struct http_request *request;
    struct instant now;
    struct arena *arena;
};

/* False, with a sentence in *why, when there is no usable secret or the scheme is not known. */
MUST_CHECK bool request_sign(const struct signing *signing, struct signature *signature,
                             const char **why);

/* What request->fields describe, as their place writes it: a JSON object of texts, or
 * "a=1&b=%20x". One whose secret is an optional member that the credential does not have is left
 * out. NULL with *why. */
char *request_fields(const struct signing *signing, const char **why);

/* The whole address (net/address.h), with the secrets that belong into it; NULL with *why. */
char *request_address(const struct signing *signing, const char **why);

/* Whether that address holds secrets: then it is wiped too, and nothing is quoted that may repeat
 * it. */
bool request_address_is_secret(const struct http_request *request);

#endif

/* platform/sign_oauth1.h - the signature of OAuth 1.0a, HMAC-SHA1 (RFC 5849).
 *
 * Signed are the method, the address without its query, and the parameters: those of the header,
 * of the query, and of a body that is application/x-www-form-urlencoded. Bodies of JSON and
 * multipart are not signed. Each attempt has a nonce and a time of its own.
 *
 * Source: RFC 5849 §3.4 to §3.6; docs.x.com, OAuth 1.0a (whose page on authorizing a request names
 * one secret as the key: it is both).
 */
#ifndef CRIER_PLATFORM_SIGN_OAUTH1_H
#define CRIER_PLATFORM_SIGN_OAUTH1_H

#include "platform/form.h"

struct oauth1 {
    const char *method; /* "POST" */
    const char *url;    /* the whole address as it is asked, with its query */
    const char *form;   /* an urlencoded body; NULL for any other body, and for none */
    const char *nonce, *timestamp;
    const char *consumer_key, *consumer_secret;
    const char *token, *token_secret;    /* NULL = there is no token yet */
    const struct form_field *parameters; /* more of the header ("oauth_callback"), as form_write has
                                            them; NULL = none */
};

/* What is signed; NULL for an address that is not http(s)://HOST... . */
char *oauth1_base_string(const struct oauth1 *request, struct arena *arena);

/* base64 of the HMAC; NULL as above. The key is wiped. */
char *oauth1_signature(const struct oauth1 *request, struct arena *arena);

/* The value of `Authorization`: `OAuth oauth_consumer_key="...", ...`; NULL as above. */
char *oauth1_header(const struct oauth1 *request, struct arena *arena);

#endif

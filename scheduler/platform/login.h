/* platform/login.h - how a person gives an account its first credential, on a server without a
 * browser.
 *
 * One row for each way of each platform: what is asked of the person, which page a browser anywhere
 * is to open, and the requests that turn what comes back into members of credentials/ACCOUNT.json.
 * Pure, like the machines: who types, and what is sent, is for commands/ and net/.
 *
 * What this deliberately does not know: where a credential is stored, and whether it is the right
 * account's (`identify` tells).
 *
 * Sources: RFC 6749 (codes), RFC 7636 (PKCE), RFC 8628 (devices), RFC 5849 and docs.x.com
 * pin-based-oauth (numbers), developers.google.com/identity/protocols/oauth2 and
 * limited-input-device, developers.facebook.com get-long-lived and system users.
 */
#ifndef CRIER_PLATFORM_LOGIN_H
#define CRIER_PLATFORM_LOGIN_H

#include "platform/adapter.h"

enum login_kind {
    LOGIN_PASTE,  /* each member is pasted                                                     */
    LOGIN_PAGE,   /* a token is pasted; the page's own one is asked for with it (Meta)         */
    LOGIN_CODE,   /* OAuth 2.0: a browser opens a page, and the address it ends at is pasted   */
    LOGIN_DEVICE, /* OAuth 2.0: a short code is typed into a page, and we ask until it is done */
    LOGIN_PIN     /* OAuth 1.0a: a browser opens a page, and the number it shows is pasted     */
};
enum { LOGIN_KINDS = LOGIN_PIN + 1 };
const char *login_word(enum login_kind kind); /* "paste", "page", "code", "device", "pin" */

/* What a person is asked. */
struct login_member {
    const char *name;     /* the member of credentials/ACCOUNT.json; NULL ends a table */
    const char *question; /* N_() */
    bool optional;
};

struct login_flow {
    const char *platform;
    const char *way; /* the account key `auth`; NULL where there is only one way */
    enum login_kind kind;
    const char *intro; /* N_(): what has to be done before, and where */
    const struct login_member *members;
    const char *host;          /* of the requests; NULL = where requests without a host go */
    const char *page;          /* the address that a browser opens */
    const char *start, *token; /* paths of the requests */
    const char *redirect, *scope, *more; /* of `page`'s query; `more` is written as it is */
    /* LOGIN_PAGE: keys of crier.cfg which, when all of them are given, make `page_id` unnecessary
     * (NULL = none do), and N_() what is said when it is necessary and not there. */
    const char *const *instead;
    const char *no_page;
    bool basic; /* the client's secret goes into a header, else into the form */
};

/* The row of that word, or the account's usual one when `by` is NULL. NULL: there is none. */
const struct login_flow *login_find(const struct account *account, const struct adapter *adapter,
                                    const char *by);
/* "code, device": the words that the account can choose from. */
const char *login_choices(const struct account *account, const struct adapter *adapter,
                          struct arena *arena);

/* What one login holds: the members so far, and what this one attempt is known by. All secret. */
struct login {
    const struct login_flow *flow;
    const struct account *account;
    const struct adapter *adapter;
    json_t *members;                  /* texts, by the names of the file */
    const char *verifier, *state;     /* LOGIN_CODE: random texts of letters and digits */
    const char *nonce, *timestamp;    /* LOGIN_PIN: of the next request */
    const char *address;              /* LOGIN_PIN: of the next request, whole */
    const char *token, *token_secret; /* LOGIN_PIN: between the two requests */
    const char *device_code;          /* LOGIN_DEVICE */
    struct span interval, life;       /* LOGIN_DEVICE: how often to ask, and how long */
};

/* Whether a value can be a member: printable ASCII, not empty. */
bool login_usable(const char *value);

/* The page to open, with its query; LOGIN_CODE and LOGIN_PIN (once login_started was true). */
char *login_page(const struct login *login, struct arena *arena);

/* LOGIN_CODE: the code out of the pasted address. NULL with a sentence in *why. */
const char *login_code(const struct login *login, const char *pasted, struct arena *arena,
                       const char **why);

/* The first request: of LOGIN_DEVICE, LOGIN_PIN, LOGIN_PAGE. For LOGIN_PIN `address` is known
 * first: its path is login_path. */
struct http_request login_start(const struct login *login, struct arena *arena);
/* Reads its answer into *login. *shown: the code that a person types (LOGIN_DEVICE). */
MUST_CHECK bool login_started(struct login *login, const struct http_reply *reply,
                              struct arena *arena, const char **shown, const char **why);

/* The request for the tokens, with the code, the device's code, or the number. */
struct http_request login_token(const struct login *login, const char *code, struct arena *arena);

enum login_result { LOGIN_DONE, LOGIN_PENDING, LOGIN_REFUSED };
/* Its answer into members; *why for LOGIN_REFUSED. Of the reply's secrets only members are kept. */
enum login_result login_taken(struct login *login, const struct http_reply *reply,
                              struct arena *arena, const char **why);

/* The file's text, in its members' order: what the account's way in knows and has. */
char *login_file(const struct login *login, struct arena *arena);

#endif

/* net/secrets.h - the only place that opens a credential.
 *
 * credentials/ACCOUNT.json (0600) in $CREDENTIALS_DIRECTORY or the state folder; those of accounts
 * that are not live lie in credentials/test/ and only there (in $CREDENTIALS_DIRECTORY:
 * test.ACCOUNT.json). A secret never appears in argv, environment, log, audit or error text; it
 * goes to its own host only.
 */
#ifndef CRIER_NET_SECRETS_H
#define CRIER_NET_SECRETS_H

#include "base/digest.h"
#include "base/err.h"
#include "platform/adapter.h"

struct secrets;

/* `folder`: $CREDENTIALS_DIRECTORY, or NULL; `state`: the state folder. Opens nothing yet. */
struct secrets *secrets_new(const char *folder, const char *state);
void secrets_free(struct secrets *secrets); /* wipes */

/* Reads and judges one account's file: modes, owner, members. The message names the file, not its
 * content. */
MUST_CHECK bool secrets_load(struct secrets *secrets, const struct account *account,
                             const struct adapter *adapter, struct err *err);

/* Whether the last load read something else than the load before it; false after the first one. */
bool secrets_changed(const struct secrets *secrets, const char *account);

/* The value for a mark, valid until the next load; NULL when the account has none. For net/ only.
 */
const char *secrets_value(const struct secrets *secrets, const char *account, const char *member);

/* ---- sessions: tokens that a platform gives and that end ---- */

/* Reads the key `store-key`, made when there is none; before it no session is taken or used. */
MUST_CHECK bool secrets_allow_sessions(struct secrets *secrets, struct err *err);

/* What the answer of a request that opens a session is judged by. It is fixed when the request is
 * sent: the credential's file may be another one when the answer comes. */
struct session_opening {
    const struct session_words *words;
    char *refresh;           /* the token that is being spent, "" for none: a secret, wipe it */
    char origin[DIGEST_HEX]; /* of the file's first token; "" where there is none */
};
struct session_opening secrets_open_session(const struct secrets *secrets, const char *account,
                                            const struct session_words *words, struct arena *arena);

struct session_answer {
    char *sealed; /* the text to be stored: base64 of seal(), bound to the account's name; NULL when
                     the answer leaves us without a whole session */
    const char *rest; /* the answer without its tokens */
    size_t rest_length;
    struct span life; /* of the access token */
};

/* Takes the tokens out of an answer. R11: an empty or missing token never replaces one that we
 * have; where refresh tokens stay, the one that was spent goes on. Nothing is used yet: see
 * secrets_use_session. */
struct session_answer secrets_take_session(const struct secrets *secrets, const char *account,
                                           const struct session_opening *opening, const char *body,
                                           size_t length, struct arena *arena);

/* Whether the file's first token is another than the one that the session in use came from, or
 * there is none in use: that token is spent next, and the session is used no more. */
bool secrets_is_new_login(const struct secrets *secrets, const char *account);

/* Where the first token is itself an access token (REFRESH_IS_ACCESS): the session that it is, as
 * text to be stored; else NULL. */
char *secrets_seal_first(const struct secrets *secrets, const char *account, struct arena *arena);

/* For tests only: an empty refresh token is taken for one. Shows that R11 is kept here. */
void secrets_trust_empty(struct secrets *secrets);

/* From now on requests of that account carry these tokens: called when they are durable, and at
 * start with what the store has. False when `sealed` is not ours (another store-key, altered):
 * then the account has no session. */
MUST_CHECK bool secrets_use_session(struct secrets *secrets, const char *account,
                                    const char *sealed, struct err *err);

/* The session's tokens, valid until the next use or load. Without a session, or after a new login:
 * the credential's first token, as what it is; else NULL. For net/ only. */
const char *secrets_session_access(const struct secrets *secrets, const char *account);
const char *secrets_session_refresh(const struct secrets *secrets, const char *account);

/* ---- keys of our own ---- */

/* A 32-byte key ("audit-key", "store-key"): read from the folders above (hex, 0600), made when
 * `make`. */
MUST_CHECK bool secrets_key(struct secrets *secrets, const char *name, bool make,
                            unsigned char key[32], struct err *err);

#endif

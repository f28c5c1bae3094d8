/* net/secrets.h - the only place that opens a credential.
 *
 * credentials/ACCOUNT.json (0600) in $CREDENTIALS_DIRECTORY or the state folder; those of accounts
 * that are not live lie in credentials/test/ and only there (in $CREDENTIALS_DIRECTORY:
 * test.ACCOUNT.json). A secret never appears in argv, environment, log, audit or error text; it
 * goes to its own host only.
 */
#ifndef CRIER_NET_SECRETS_H
#define CRIER_NET_SECRETS_H

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

/* The value for a mark, valid until the next load; NULL when the account has none. For net/ only.
 */
const char *secrets_value(const struct secrets *secrets, const char *account, const char *member);

/* ---- sessions: tokens that a platform gives and that end ---- */

/* Reads the key `store-key`, made when there is none; before it no session is taken or used. */
MUST_CHECK bool secrets_allow_sessions(struct secrets *secrets, struct err *err);

/* Takes the tokens out of an answer: `words` names them. *sealed is the text to be stored (base64
 * of seal(), bound to the account's name), NULL when the answer has none or an empty one: an empty
 * refresh token never replaces a stored one (R11). *rest is the answer without them. Nothing is
 * used yet: see secrets_use_session. */
void secrets_take_session(struct secrets *secrets, const char *account,
                          const struct session_words *words, const char *body, size_t length,
                          struct arena *arena, char **sealed, char **rest, size_t *rest_length);

/* From now on requests of that account carry these tokens: called when they are durable, and at
 * start with what the store has. False when `sealed` is not ours (another store-key, altered):
 * then the account has no session. */
MUST_CHECK bool secrets_use_session(struct secrets *secrets, const char *account,
                                    const char *sealed, struct err *err);

/* The session's tokens, valid until the next use; NULL when there is none. For net/ only. */
const char *secrets_session_access(const struct secrets *secrets, const char *account);
const char *secrets_session_refresh(const struct secrets *secrets, const char *account);

/* ---- keys of our own ---- */

/* A 32-byte key ("audit-key", "store-key"): read from the folders above (hex, 0600), made when
 * `make`. */
MUST_CHECK bool secrets_key(struct secrets *secrets, const char *name, bool make,
                            unsigned char key[32], struct err *err);

#endif

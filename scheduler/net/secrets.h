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

/* A 32-byte key ("audit-key", "store-key"): read from the folders above (hex, 0600), made when
 * `make`. */
MUST_CHECK bool secrets_key(struct secrets *secrets, const char *name, bool make,
                            unsigned char key[32], struct err *err);

#endif

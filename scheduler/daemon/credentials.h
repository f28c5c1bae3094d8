/* daemon/credentials.h - what is known of the credentials of accounts without asking a platform:
 * whether their files can be used, and when a person must log in again.
 */
#ifndef CRIER_DAEMON_CREDENTIALS_H
#define CRIER_DAEMON_CREDENTIALS_H

#include "base/json.h"
#include "campaign/model.h"
#include "campaign/records.h"

enum { LOGIN_WARN_DAYS = 14 };

/* {"ACCOUNT": null or one sentence}: each file is read as the daemon reads it. `folder` and `state`
 * as in net/secrets.h. The caller's to decref. */
json_t *credentials_judged(const char *folder, const char *state,
                           const struct workspace *workspace);

/* When the account's login ends as far as anybody said; NONE = not told, or never. A session that
 * is renewed without a person does not count. */
struct instant login_ends(const struct account_state *state, const struct account *account);

/* Whether that is so near that a person should be told. */
bool login_ends_soon(struct instant ends, struct instant now);

#endif

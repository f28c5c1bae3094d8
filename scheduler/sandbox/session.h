/* sandbox/session.h - tokens that a platform hands out, that end, and that may be renewed.
 *
 * A session is a pair: an access token and the refresh token that renews it once. The pair made by
 * renewing is its successor. What a platform does with a pair that was renewed already is its own
 * matter; here it is only remembered. Kept in the journal: a restarted sandbox knows its tokens.
 */
#ifndef CRIER_SANDBOX_SESSION_H
#define CRIER_SANDBOX_SESSION_H

#include <stdbool.h>

#include "base/instant.h"
#include "base/json.h"
#include "sandbox/world.h"

struct session {
    const char *platform, *account; /* handle */
    const char *access, *refresh;
    struct instant at, access_until, refresh_until;
    const struct session *successor; /* or NULL */
    struct session *older;
};

/* `renewed` is the session whose refresh token was used, or NULL for a login. */
const struct session *session_make(struct world *world, const struct account *account,
                                   const char *access, struct span access_life, const char *refresh,
                                   struct span refresh_life, const struct session *renewed);

/* The session that has this token, ended or not; NULL when nobody was given it. */
const struct session *session_of_access(const struct world *world, const char *platform,
                                        const char *token);
const struct session *session_of_refresh(const struct world *world, const char *platform,
                                         const char *token);

/* All access tokens of the account end now; counted when one was still good. */
void session_expire_access(struct world *world, const struct account *account);
/* This refresh token ends now. */
void session_expire_refresh(struct world *world, const struct session *session);

/* For world.c: the journal's records "session" and "expire". */
void session_apply(struct world *world, const json_t *record);
void session_apply_expire(struct world *world, const json_t *record);

#endif

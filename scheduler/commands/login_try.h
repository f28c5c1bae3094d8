/* commands/login_try.h - one login: what a person gives is tried out before it takes the place of
 * anything.
 *
 * The new credential is written into a folder of its own beneath the state folder and read from
 * there like any other (modes, owner, members); the platform is asked whose it is; only then one
 * rename puts it in place, whole, 0600, as its owner's. Whatever fails leaves the old one as it
 * was.
 */
#ifndef CRIER_COMMANDS_LOGIN_TRY_H
#define CRIER_COMMANDS_LOGIN_TRY_H

#include <signal.h>

#include "commands/command.h"
#include "net/ask.h"
#include "platform/login.h"

struct login_try {
    const struct invocation *invocation;
    struct arena *arena;
    struct login login;
    struct secrets *secrets;
    struct asker *asker;
    char *folder;              /* STATE/login-XXXXXX */
    const char *staged, *file; /* the new credential before, and after */
    char *answer;              /* that brought the tokens; secret */
    const char *tokens;        /* a session that the platform gave meanwhile, sealed */
    sigset_t signals;          /* as they were, while they have to wait */
    bool signals_wait;
    const char *wanted;             /* who it must be; NULL = nobody knows yet */
    const char *handle, *remote_id; /* who it says we are; NULL = it was not asked */
    const char *scopes;
    struct instant ends;
};

/* Takes flow, account and adapter from try->login; makes the folder. */
MUST_CHECK bool login_try_open(struct login_try *try, struct err *err);
void login_try_close(struct login_try *try); /* removes the folder, wipes */

/* Asks the person, and the platform, until all members are there. */
MUST_CHECK bool login_try_flow(struct login_try *try, struct err *err);
/* Writes it to where it is tried out, and reads it as the daemon will. */
MUST_CHECK bool login_try_stage(struct login_try *try, struct err *err);
/* "Who am I", compared with crier.cfg. */
MUST_CHECK bool login_try_identify(struct login_try *try, struct err *err);
MUST_CHECK bool login_try_keep(struct login_try *try, struct err *err);

#endif

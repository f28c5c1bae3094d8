/* sandbox/login.h - consent as a person gives it in a browser: pages that end with an address to be
 * copied, or with a yes to a device.
 *
 * The account that consents is the one that the page's parameter `as` names, "police" without. What
 * was consented to is known until the sandbox ends, and can be had once.
 */
#ifndef CRIER_SANDBOX_LOGIN_H
#define CRIER_SANDBOX_LOGIN_H

#include "sandbox/platform.h"

/* GET below a platform: "/i/oauth2/authorize" and "/o/oauth2/v2/auth" go on to redirect_uri with a
 * code, "/device" takes a user_code. False for any other. */
bool login_served(struct request *request, struct answer *answer);

/* A new wish to be consented to: a device's code. What a person types is its last eight letters. */
const char *login_wish(struct arena *arena);

enum login_state { LOGIN_UNKNOWN, LOGIN_WAITING, LOGIN_GIVEN };
/* What became of a wish; the handle with LOGIN_GIVEN, and then it is over. */
enum login_state login_take(const char *wish, const char **handle);

/* Who consented by that code, and is over: NULL for a code that nobody was given, that was used, or
 * that was given for another challenge (RFC 7636, S256) or redirect_uri. */
const char *login_by_code(const struct fields *form, struct arena *arena);

#endif

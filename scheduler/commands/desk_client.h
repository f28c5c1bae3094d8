/* commands/desk_client.h - how a command asks the desk: through the daemon's socket, or in-process
 * under the lock.
 *
 * With a daemon, every command that touches the store goes through its socket; without one, the
 * same handler (daemon/desk.h) runs here, as the store's owner. A state folder that does not exist
 * yet is an error that says so.
 */
#ifndef CRIER_COMMANDS_DESK_CLIENT_H
#define CRIER_COMMANDS_DESK_CLIENT_H

#include "base/json.h"
#include "commands/command.h"

/* A request in the making. The body is the caller's. */
json_t *desk_body(const char *command);
void desk_word(json_t *body, const char *word);
void desk_option(json_t *body, const char *name, const char *value);

/* Asks, and returns the result (the caller's to decref). NULL: it failed, *err has the sentence. A
 * result together with ERR_FOUND in *kind: done in part. */
MUST_CHECK json_t *desk_ask(const struct invocation *invocation, const json_t *body,
                            enum err_kind *kind, struct err *err);

/* Turns NAME (id, name, prefix, "*") into full ids in body's words: asks on the terminal when
 * several match and
 * --yes was not given. */
MUST_CHECK bool desk_select(const struct invocation *invocation, const char *name,
                            const char *doing, json_t *body, struct err *err);

/* Selects invocation->words, sends `body`, prints what was done and what was refused. */
MUST_CHECK bool desk_decide(const struct invocation *invocation, json_t *body, const char *doing,
                            struct err *err);

/* The same where other deliveries than those that have not ended are meant by a name that stands
 * for several: takes the others out of `rows`, and never all of them. */
typedef void (*desk_keep)(json_t *rows);
MUST_CHECK bool desk_decide_among(const struct invocation *invocation, json_t *body,
                                  const char *doing, desk_keep keep, struct err *err);

/* Prints a JSON result as is (--json). */
void print_json(const json_t *value);

/* The words shared by all that choose deliveries. */
#define DELIVERY_DETAILS                                                                           \
    N_("DELIVERY is a name as 'crier status' shows it (traffic/helmet@once/toots), its id,\n"      \
       "or the beginning of one; '*' is all of them. When several match, they are shown\n"         \
       "and you are asked, or you say --yes.")
#define DESK_OPTIONS                                                                               \
    {                                                                                              \
        'y', "yes", NULL, N_("do it for all that match, without asking"), false                    \
    }

#endif

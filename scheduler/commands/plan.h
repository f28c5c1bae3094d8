/* commands/plan.h - what the files would change in the outbox: asked for, shown, saved, compared.
 *
 * A plan is the JSON of daemon/compared.h. `plan` and `apply` share this.
 */
#ifndef CRIER_COMMANDS_PLAN_H
#define CRIER_COMMANDS_PLAN_H

#include "base/json.h"
#include "commands/command.h"

/* Asks for a plan, all its pages; NULL with a reason. */
MUST_CHECK json_t *plan_ask(const struct invocation *invocation, struct err *err);
/* Asks to apply a plan; as plan_ask, but what comes back tells in "applied" what was done, or in
 * "refused" why nothing was; *err says that too. */
MUST_CHECK json_t *plan_apply(const struct invocation *invocation, const json_t *plan,
                              struct err *err);

bool plan_changes(const json_t *plan); /* whether it changes anything */

/* For people, on stdout; the last line has the counts. */
void plan_print(const struct invocation *invocation, const json_t *plan);
/* What the plan that was saved does not agree with in the plan of now: files, deliveries. */
void plan_print_differences(const json_t *saved, const json_t *now, FILE *out);

#endif

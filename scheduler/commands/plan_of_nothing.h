/* commands/plan_of_nothing.h - a plan where nothing was ever planned, and so no daemon or store can
 * be asked: the files laid over an empty outbox, in a folder that passes. */
#ifndef CRIER_COMMANDS_PLAN_OF_NOTHING_H
#define CRIER_COMMANDS_PLAN_OF_NOTHING_H

#include "base/json.h"
#include "commands/command.h"

/* NULL with a reason. */
MUST_CHECK json_t *plan_of_nothing(const struct invocation *invocation, struct err *err);

#endif

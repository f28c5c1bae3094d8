/* commands/hold_flags.h - hold and release choose alike: deliveries by name, or all, a campaign, an
 * account, a class. */
#ifndef CRIER_COMMANDS_HOLD_FLAGS_H
#define CRIER_COMMANDS_HOLD_FLAGS_H

#include "base/i18n.h"
#include "commands/desk_client.h"

#define HOLD_OPTIONS                                                                               \
    {'a', "all", NULL, N_("everything at once"), false},                                           \
        {0, "campaign", "NAME", N_("everything of one campaign"), false},                          \
        {0, "account", "NAME", N_("everything on one account"), false},                            \
        {0, "class", "CLASS", N_("everything of a class: awareness, safety, urgent"), false},      \
        DESK_OPTIONS

/* What is held as a whole, a line each: {"scope","name"}. */
void holds_print(const json_t *holds);

/* Sends hold or release: the flag that an option names, else the deliveries of the words. */
MUST_CHECK bool hold_or_release(const struct invocation *invocation, const char *command,
                                const char *doing, const char *done, struct err *err);

#endif

/* crier hold - stop means stop: once it is acknowledged, nothing of it starts until a person
 * releases. */
#include "commands/hold_flags.h"

static const struct command_option options[] = {HOLD_OPTIONS, {0}};

static bool run(const struct invocation *invocation, struct err *err)
{
    return hold_or_release(
        invocation, "hold", _("Hold"),
        _("Held. Nothing of it starts until somebody says 'crier release' with the same option. "
          "What "
          "was being sent at this moment may still appear; 'crier status' shows it."),
        err);
}

const struct command cmd_hold = {
    .name = "hold",
    .summary = N_("keep back deliveries, or everything at once (--all)"),
    .usage = "hold [--yes] DELIVERY... | --all | --campaign NAME | --account NAME | --class CLASS",
    .details = DELIVERY_DETAILS,
    .more = N_("With --all, --campaign, --account or --class it also holds what "
               "is planned later, until\nsomebody says release with the same option."),
    .options = options,
    .effects = USES_STORE,
    .most_words = 1000,
    .run = run,
};

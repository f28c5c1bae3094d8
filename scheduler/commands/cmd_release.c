/* crier release - lifts a hold. What is held after doubt is refused: `resolve` asks what is true
 * first. */
#include "commands/hold_flags.h"

static const struct command_option options[] = {HOLD_OPTIONS, {0}};

static bool run(const struct invocation *invocation, struct err *err)
{
    return hold_or_release(
        invocation, "release", _("Release"),
        _("Released. What is still useful goes out, late ones by their campaign's rule."), err);
}

const struct command cmd_release = {
    .name = "release",
    .summary = N_("lift a hold"),
    .usage =
        "release [--yes] DELIVERY... | --all | --campaign NAME | --account NAME | --class CLASS",
    .details = DELIVERY_DETAILS,
    .more = N_("--all lifts the hold that 'hold --all' made; so do the "
               "others. What a hold by name keeps\nback is released by name."),
    .options = options,
    .effects = USES_STORE,
    .most_words = 1000,
    .run = run,
};

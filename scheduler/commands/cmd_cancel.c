/* crier cancel - a delivery that shall not go out. What may have left already is not taken back by
 * it. */
#include "base/i18n.h"
#include "commands/desk_client.h"

static const struct command_option options[] = {DESK_OPTIONS, {0}};

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *body = desk_body("cancel");
    bool ok = desk_decide(invocation, body, _("Cancel"), err);

    json_decref(body);
    return ok;
}

const struct command cmd_cancel = {
    .name = "cancel",
    .summary = N_("a delivery shall not go out at all"),
    .usage = "cancel [--yes] DELIVERY...",
    .details = DELIVERY_DETAILS,
    .more = N_("What went out already is not taken back by it: 'crier retract' does that."),
    .options = options,
    .effects = USES_STORE,
    .least_words = 1,
    .most_words = 1000,
    .run = run,
};

/* crier reject - a person's decision about a delivery that waits for one. */
#include "base/i18n.h"
#include "commands/desk_client.h"

static const struct command_option options[] = {DESK_OPTIONS, {0}};

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *body = desk_body("reject");
    bool ok = desk_decide(invocation, body, _("Reject"), err);

    json_decref(body);
    return ok;
}

const struct command cmd_reject = {
    .name = "reject",
    .summary = N_("say no: the delivery is held until it is edited"),
    .usage = "reject [--yes] DELIVERY...",
    .details = DELIVERY_DETAILS,
    .options = options,
    .effects = USES_STORE,
    .least_words = 1,
    .most_words = 1000,
    .run = run,
};

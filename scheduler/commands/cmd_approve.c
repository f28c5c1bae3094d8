/* crier approve - a person's decision about a delivery that waits for one. */
#include "base/i18n.h"
#include "commands/desk_client.h"

static const struct command_option options[] = {DESK_OPTIONS, {0}};

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *body = desk_body("approve");
    bool ok = desk_decide(invocation, body, _("Approve"), err);

    json_decref(body);
    return ok;
}

const struct command cmd_approve = {
    .name = "approve",
    .summary = N_("say yes to exactly this content at this time"),
    .usage = "approve [--yes] DELIVERY...",
    .details = DELIVERY_DETAILS,
    .more = N_("Look at it first: 'crier why DELIVERY' shows its words. "
               "The approval holds for exactly\nthese words, pictures and this "
               "time; any change voids it. Nobody approves their own post."),
    .options = options,
    .effects = USES_STORE,
    .least_words = 1,
    .most_words = 1000,
    .run = run,
};

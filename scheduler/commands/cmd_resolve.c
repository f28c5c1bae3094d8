/* crier resolve - a person has looked at the platform and says what is true of a doubtful delivery.
 */
#include "base/i18n.h"
#include "commands/desk_client.h"

static const struct command_option options[] = {
    {0, "published", "URL", N_("it is public, at this address"), false},
    {0, "absent", NULL, N_("it is not public: it may be sent again"), false},
    {0, "cancel", NULL, N_("give it up"), false},
    DESK_OPTIONS,
    {0},
};

static bool run(const struct invocation *invocation, struct err *err)
{
    static const char *const choices[] = {"published", "absent", "cancel"};
    json_t *body = desk_body("resolve");
    size_t i, chosen = 0;
    bool ok;

    for (i = 0; i < COUNT_OF(choices); i++) {
        const char *value = invocation_value(invocation, choices[i]);
        if (value) {
            desk_option(body, choices[i], *value ? value : "yes");
            chosen++;
        }
    }
    if (chosen != 1)
        ok = err_set(err, ERR_USAGE,
                     _("say one of: --published URL (it is public there), --absent (it is not, "
                       "send it), --cancel (give it up)"));
    else
        ok = desk_decide(invocation, body, _("Resolve"), err);
    json_decref(body);
    return ok;
}

const struct command cmd_resolve = {
    .name = "resolve",
    .summary = N_("say what is true of a doubtful delivery"),
    .usage = "resolve DELIVERY --published URL | --absent | --cancel",
    .details = N_("Look at the platform first, then say what you saw. It is for deliveries that "
                  "are\ndoubtful, or held with the reason unproven or found-twice."),
    .more = DELIVERY_DETAILS,
    .options = options,
    .effects = USES_STORE,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};

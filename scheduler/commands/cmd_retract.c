/* crier retract - takes back what is public. The engine does it; what cannot be taken back from
 * here is refused with what to do. */
#include <string.h>

#include "base/i18n.h"
#include "commands/desk_client.h"

static const struct command_option options[] = {DESK_OPTIONS, {0}};

static bool is_public(const json_t *row)
{
    const char *state = json_text(row, "state");

    return state && !strcmp(state, "published");
}

/* Of several only what is public: the rest has nothing to take back. */
static void keep_public(json_t *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(rows); i++)
        count += is_public(json_array_get(rows, i));
    for (size_t i = json_array_size(rows); count > 0 && i-- > 0;) {
        if (!is_public(json_array_get(rows, i)))
            json_array_remove(rows, i);
    }
}

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *body = desk_body("retract");
    bool ok = desk_decide_among(invocation, body, _("Take back"), keep_public, err);

    json_decref(body);
    return ok;
}

const struct command cmd_retract = {
    .name = "retract",
    .summary = N_("take back a post that is public"),
    .usage = "retract [--yes] DELIVERY...",
    .details = DELIVERY_DETAILS,
    .more = N_("The daemon removes the post where it stands, and tries again until the "
               "platform says that\nit is gone; 'crier why' tells. A hold does not keep it back. "
               "Parts of a thread that answer it\nstay, and are named. Copies that others made "
               "are out of reach."),
    .options = options,
    .effects = USES_STORE,
    .least_words = 1,
    .most_words = 1000,
    .run = run,
};

/* crier plan - what the files, as they are now, would change in the outbox. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "commands/desk_client.h"
#include "commands/plan.h"

static const struct command_option options[] = {
    {'o', "output", "FILE", N_("save the plan, for 'crier apply FILE'"), false},
    {0, "exit-code", NULL, N_("exit 3 when anything would change"), false},
    {0},
};

static bool save(const struct invocation *invocation, const json_t *plan, struct err *err)
{
    const char *path = invocation_value(invocation, "output");
    size_t length;
    char *text;

    if (!path)
        return true;
    text = json_write(plan, invocation->arena, &length);
    if (!file_replace(path, text, length, 0644, err))
        return false;
    if (!invocation->json)
        printf(_("Saved in %1$s. 'crier apply %1$s' does exactly this, or nothing.\n"), path);
    return true;
}

/* Errors in files are exit 1, as those of `check`. */
static bool judge(const struct invocation *invocation, const json_t *plan, struct err *err)
{
    const json_t *counts = json_object_get(plan, "counts");

    err->text[0] = '\0';
    if (json_integer_or(counts, "errors", 0) > 0)
        err->kind = ERR_FOUND;
    else if (invocation_has(invocation, "exit-code") && plan_changes(plan))
        err->kind = ERR_CHANGES;
    else
        return true;
    return false;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *plan = plan_ask(invocation, err);
    bool ok;

    if (!plan)
        return false;
    if (invocation->json)
        print_json(plan);
    else
        plan_print(invocation, plan);
    ok = save(invocation, plan, err) && judge(invocation, plan, err);
    json_decref(plan);
    return ok;
}

const struct command cmd_plan = {
    .name = "plan",
    .summary = N_("what the files, as they are now, would change in the outbox"),
    .usage = "plan [-o FILE] [--exit-code] [--json]",
    .details =
        N_("Reads the files and compares them with what is planned; nothing is changed. What "
           "it\nshows is exactly what reading the files does: at once when they are saved, "
           "or, with\nreload = \"apply\" in crier.cfg, when somebody applies it."),
    .options = options,
    .effects = USES_STORE,
    .run = run,
};

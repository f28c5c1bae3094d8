/* crier apply - what the files say counts from now on: with `reload = "apply"` in crier.cfg. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "commands/desk_client.h"
#include "commands/plan.h"
#include "daemon/compared.h"

enum { MOST_PLAN = 64 * 1024 * 1024 };

static const struct command_option options[] = {
    {'y', "yes", NULL, N_("do it without asking"), false},
    {0},
};

/* What plan_print_differences and the daemon ask of it: somebody may have edited the file. */
static bool names_all(const json_t *plan, const char *list, const char *first, const char *second)
{
    const json_t *entries = json_object_get(plan, list);

    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);

        if (!json_text(entry, first) || !json_text(entry, second))
            return false;
    }
    return json_is_array(entries);
}

static bool is_plan(const json_t *plan)
{
    return json_integer_or(plan, "version", 0) == COMPARED_VERSION &&
           names_all(plan, "changes", "name", "change") &&
           names_all(plan, "files", "path", "sha256");
}

static json_t *read_saved(const struct invocation *invocation, const char *path, struct err *err)
{
    size_t length;
    json_t *plan;
    char *bytes;

    if (!file_read(path, MOST_PLAN, invocation->arena, &bytes, &length, err))
        return NULL;
    plan = json_read(bytes, length, err);
    if (plan && is_plan(plan))
        return plan;
    json_decref(plan);
    err_set(err, ERR_USAGE, _("%s is no plan of this Crier; make one with 'crier plan -o FILE'"),
            path);
    return NULL;
}

static bool confirm(const struct invocation *invocation, struct err *err)
{
    char said[16];

    if (invocation_has(invocation, "yes"))
        return true;
    if (!isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, _("nothing was done; say --yes to apply it"));
    fputs(_("Apply this? Type yes: "), stderr);
    if (!fgets(said, sizeof said, stdin) || strcmp(said, "yes\n") != 0)
        return err_set(err, ERR_USAGE, _("nothing was done"));
    return true;
}

/* The plan of this moment, shown and agreed to. */
static json_t *agree(const struct invocation *invocation, struct err *err)
{
    json_t *plan = plan_ask(invocation, err);

    if (!plan)
        return NULL;
    if (!invocation->json)
        plan_print(invocation, plan);
    if (strcmp(json_text(plan, "reload"), "apply") != 0)
        err_set(err, ERR_USAGE,
                _("crier.cfg does not say reload = \"apply\": files count as soon as they are "
                  "saved, and there is nothing to apply"));
    else if (confirm(invocation, err))
        return plan;
    json_decref(plan);
    return NULL;
}

static void print_applied(const json_t *applied)
{
    printf(_("Applied: %lld added, %lld changed, %lld removed, %lld held, %lld back again.\n"),
           (long long)json_integer_or(applied, "added", 0),
           (long long)json_integer_or(applied, "changed", 0),
           (long long)json_integer_or(applied, "removed", 0),
           (long long)json_integer_or(applied, "held", 0),
           (long long)json_integer_or(applied, "returned", 0));
}

static bool apply(const struct invocation *invocation, const json_t *plan, struct err *err)
{
    json_t *result = plan_apply(invocation, plan, err);
    bool refused;

    if (!result)
        return false;
    refused = json_text(result, "refused") != NULL;
    if (invocation->json)
        print_json(result);
    else if (refused)
        plan_print_differences(plan, result, stderr);
    else
        print_applied(json_object_get(result, "applied"));
    json_decref(result);
    return !refused;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    bool ok;
    json_t *plan = invocation->word_count ? read_saved(invocation, invocation->words[0], err)
                                          : agree(invocation, err);

    if (!plan)
        return false;
    ok = apply(invocation, plan, err);
    json_decref(plan);
    return ok;
}

const struct command cmd_apply = {
    .name = "apply",
    .summary = N_("let edited files count, where crier.cfg says reload = \"apply\""),
    .usage = "apply [FILE] [--yes]",
    .details =
        N_("FILE is a plan that 'crier plan -o FILE' saved: exactly that is done, or nothing "
           "if any\nfile, or any delivery that it is about, has changed since. Without FILE "
           "the plan of this\nmoment is shown, and you are asked. Until it is applied, what "
           "was edited goes out as it\nwas applied last; what was taken out of its file "
           "stops at once all the same."),
    .options = options,
    .effects = USES_STORE,
    .most_words = 1,
    .run = run,
};

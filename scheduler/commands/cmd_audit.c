/* crier audit show|verify - what happened, and whether the log still proves it.
 *
 * Both read the files of STATE/audit only: they work on a copy, on another machine, and while the
 * daemon runs.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "commands/audit_lines.h"
#include "commands/command.h"
#include "commands/desk_client.h"
#include "store/audit.h"

static const struct command_option options[] = {
    {'d', "delivery", "NAME",
     N_("show: only records of this delivery (name, id or a beginning of one)"), false},
    {0, "key", "FILE",
     N_("verify: the public key to trust (default: audit/log.pub.pem in the state folder)"), false},
    {0},
};

struct show {
    const char *delivery;
    bool json;
    bool found;
};

static bool concerns(const json_t *record, const char *delivery)
{
    const char *id = json_text(record, "delivery"), *name = json_text(record, "name");
    size_t length = delivery ? strlen(delivery) : 0;

    return !delivery || (id && !strncmp(id, delivery, length)) ||
           (name && !strncmp(name, delivery, length));
}

static bool show_one(void *arg, const json_t *record, const char *line)
{
    struct show *show = arg;

    if (!concerns(record, show->delivery))
        return true;
    show->found = true;
    if (show->json)
        puts(line);
    else
        audit_print(record, true);
    return true;
}

static bool show(const struct invocation *invocation, struct err *err)
{
    struct show what = {.delivery = invocation_value(invocation, "delivery"),
                        .json = invocation->json};

    if (!audit_lines(invocation->state, show_one, &what, err))
        return false;
    return what.found || !what.delivery ||
           err_set(err, ERR_USAGE,
                   _("there is no record of \"%s\"; 'crier audit show' without --delivery shows "
                     "all"),
                   what.delivery);
}

static void print_verdict(const struct invocation *invocation, const struct audit_verdict *verdict)
{
    json_t *object;

    if (!invocation->json) {
        if (verdict->ok)
            printf(_("The audit log holds: %lld records, the checkpoint at %lld is signed and "
                     "fits.\nroot %s\n"),
                   (long long)verdict->records, (long long)verdict->checkpoint, verdict->root);
        else
            printf(_("THE AUDIT LOG DOES NOT HOLD: %s\n"), verdict->why);
        return;
    }
    object = json_object();
    json_put_bool(object, "ok", verdict->ok);
    json_put_integer(object, "records", verdict->records);
    json_put_new(object, "first_bad",
                 verdict->first_bad < 0 ? NULL : json_integer(verdict->first_bad));
    json_put(object, "root", verdict->root);
    json_put_new(object, "checkpoint",
                 verdict->checkpoint < 0 ? NULL : json_integer(verdict->checkpoint));
    json_put(object, "why", verdict->ok ? NULL : verdict->why);
    print_json(object);
    json_decref(object);
}

static bool verify(const struct invocation *invocation, struct err *err)
{
    const char *folder = arena_printf(invocation->arena, "%s/audit", invocation->state);
    struct audit_verdict verdict;

    if (access(folder, R_OK | X_OK) != 0)
        return audit_missing(folder, errno, err);
    if (!audit_verify(folder, invocation_value(invocation, "key"), &verdict, err))
        return false;
    print_verdict(invocation, &verdict);
    if (!verdict.ok) {
        err->kind = ERR_FOUND;
        err->text[0] = '\0';
    }
    return verdict.ok;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    if (!strcmp(invocation->words[0], "show"))
        return show(invocation, err);
    if (!strcmp(invocation->words[0], "verify"))
        return verify(invocation, err);
    return err_set(err, ERR_USAGE, _("'audit %s' is not known; say 'audit show' or 'audit verify'"),
                   invocation->words[0]);
}

const struct command cmd_audit = {
    .name = "audit",
    .summary = N_("what happened (show), and whether the log still proves it (verify)"),
    .usage = "audit show [--delivery NAME] | verify [--key FILE]",
    .options = options,
    .effects = USES_STORE,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};

#include "commands/hold_flags.h"

static bool send_flag(const struct invocation *invocation, json_t *body, const char *done,
                      struct err *err)
{
    enum err_kind kind;
    json_t *result = desk_ask(invocation, body, &kind, err);

    if (!result)
        return false;
    if (invocation->json)
        print_json(result);
    else
        printf("%s\n", done);
    json_decref(result);
    return true;
}

bool hold_or_release(const struct invocation *invocation, const char *command, const char *doing,
                     const char *done, struct err *err)
{
    static const char *const scopes[] = {"all", "campaign", "account", "class"};
    json_t *body = desk_body(command);
    bool ok, flag = false;
    size_t i;

    for (i = 0; i < COUNT_OF(scopes); i++) {
        const char *value = invocation_value(invocation, scopes[i]);
        if (value)
            desk_option(body, scopes[i], *value ? value : "yes");
        flag = flag || value;
    }
    if (flag == (invocation->word_count > 0))
        ok = err_set(err, ERR_USAGE,
                     _("say which: the name of a delivery, or one of --all, --campaign NAME, "
                       "--account NAME, --class CLASS"));
    else if (flag)
        ok = send_flag(invocation, body, done, err);
    else
        ok = desk_decide(invocation, body, doing, err);
    json_decref(body);
    return ok;
}

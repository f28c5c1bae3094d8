#include "daemon/credentials.h"

#include "net/secrets.h"
#include "platform/registry.h"

json_t *credentials_judged(const char *folder, const char *state, const struct workspace *workspace)
{
    struct secrets *secrets = secrets_new(folder, state);
    json_t *judged = json_object();

    for (size_t i = 0; i < workspace->account_count; i++) {
        const struct account *account = &workspace->accounts[i];
        struct err err = {0};
        bool ok = secrets_load(secrets, account, adapter_by_name(account->platform), &err);

        json_put(judged, account->name, ok ? NULL : err.text);
    }
    secrets_free(secrets);
    return judged;
}

struct instant login_ends(const struct account_state *state, const struct account *account)
{
    const struct session_words *words =
        adapter_session(adapter_by_name(account->platform), account);
    struct instant ends = state->ends;

    if (words && words->keeps == REFRESH_IS_ACCESS && !instant_is_none(state->tokens_until) &&
        (instant_is_none(ends) || instant_before(state->tokens_until, ends)))
        ends = state->tokens_until;
    return ends;
}

bool login_ends_soon(struct instant ends, struct instant now)
{
    return !instant_is_none(ends) &&
           instant_before(ends, instant_plus(now, span_days(LOGIN_WARN_DAYS)));
}

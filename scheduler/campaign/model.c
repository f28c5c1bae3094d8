#include "campaign/model.h"

#include <string.h>

const struct account *workspace_account(const struct workspace *workspace, const char *name)
{
    for (size_t i = 0; i < workspace->account_count; i++) {
        if (strcmp(workspace->accounts[i].name, name) == 0)
            return &workspace->accounts[i];
    }
    return NULL;
}

bool workspace_asks_approvals(const struct workspace *workspace)
{
    for (size_t i = 0; i < workspace->account_count; i++) {
        if (workspace->accounts[i].approvals > 0)
            return true;
    }
    return false;
}

const char *account_option(const struct account *account, const char *name)
{
    for (size_t i = 0; i < account->options.count; i++) {
        if (strcmp(account->options.items[i].name, name) == 0)
            return account->options.items[i].value;
    }
    return NULL;
}

const char *account_url(const struct account *account)
{
    for (const struct account_key *key = account->facts ? account->facts->keys : NULL;
         key && key->name; key++) {
        if (key->type == ACCOUNT_KEY_URL)
            return account_option(account, key->name);
    }
    return NULL;
}

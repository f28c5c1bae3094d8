/* engine/budgets.h - what an account has used of its platform's budgets (campaign/limits.h), from
 * account_state.spent: {"WORD":[ms of each publish, oldest first]}. Pure.
 */
#ifndef CRIER_ENGINE_BUDGETS_H
#define CRIER_ENGINE_BUDGETS_H

#include "base/json.h"
#include "campaign/limits.h"

/* The arena's; empty for "" and for what cannot be read. */
json_t *spent_read(const char *spent, struct arena *arena);

/* The budget as the platform itself states it for the account, in what its `limits` machine read:
 * {"budgets":{"WORD":{"most":...}}}; else as it is. `server` may be NULL. */
struct budget budget_as_told(const struct budget *budget, const json_t *server);

struct budget_use {
    int64_t used;         /* inside the window that ends now */
    struct instant until; /* when the next one is free; NONE = it is */
};
struct budget_use budget_use(const json_t *spent, const struct budget *budget, struct instant now);

#endif

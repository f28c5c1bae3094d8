/* Who the accounts are by what their platforms said of them: kept in memory, because each start of
 * a delivery asks, and the table changes hardly ever. */
#include <stdlib.h>
#include <string.h>

#include "store/inside.h"

static int by_identity(const void *a, const void *b)
{
    return strcmp(((const struct learnt *)a)->identity, ((const struct learnt *)b)->identity);
}

static int by_account(const void *a, const void *b)
{
    return strcmp(((const struct learnt *)a)->account, ((const struct learnt *)b)->account);
}

static void mark_shared(struct learnt *items, size_t count)
{
    size_t i;

    if (count < 2)
        return;
    qsort(items, count, sizeof *items, by_identity);
    for (i = 1; i < count; i++) {
        if (!strcmp(items[i].identity, items[i - 1].identity))
            items[i].shared = items[i - 1].shared = true;
    }
    qsort(items, count, sizeof *items, by_account);
}

static bool load(struct outbox *outbox, struct err *err)
{
    struct identities *identities = &outbox->identities;
    const struct account_state *states;
    size_t count, i;

    identities_forget(identities);
    if (!outbox_accounts(outbox, &identities->arena, &states, &count, err))
        return false;
    identities->items = arena_array(&identities->arena, count, sizeof *identities->items);
    for (i = 0; i < count; i++) {
        if (*states[i].identity)
            identities->items[identities->count++] =
                (struct learnt){.account = states[i].account, .identity = states[i].identity};
    }
    mark_shared(identities->items, identities->count);
    identities->known = true;
    return true;
}

void identities_forget(struct identities *identities)
{
    arena_clear(&identities->arena);
    *identities = (struct identities){.known = false};
}

bool identities_find(struct outbox *outbox, const char *account, const struct learnt **found,
                     struct err *err)
{
    const struct identities *identities = &outbox->identities;
    const struct learnt key = {.account = account};

    if (!identities->known && !load(outbox, err))
        return false;
    *found = identities->count
                 ? bsearch(&key, identities->items, identities->count, sizeof key, by_account)
                 : NULL;
    return true;
}

void identities_follow(struct outbox *outbox, const struct account_state *state)
{
    const struct learnt *found;
    struct err ignored;

    if (outbox->identities.known && (!identities_find(outbox, state->account, &found, &ignored) ||
                                     strcmp(found ? found->identity : "", state->identity) != 0)) {
        identities_forget(&outbox->identities);
        hand_doubt(&outbox->hand);
    }
}

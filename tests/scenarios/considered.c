#include "considered.h"

#include <string.h>

enum { MOST = 40 };

/* As if nobody asked for that one. */
static void consider(const struct engine *engine, const struct delivery *row, struct instant now,
                     const char *deaf, struct arena *arena, struct considerations *all)
{
    engine_consider(engine, row, now, arena, all);
    for (enum consideration i = 0; deaf && i < CONSIDERATIONS; i++) {
        if (!strcmp(deaf, consideration_word(i)))
            all->each[i] = (struct considered){WEIGHT_NONE, INSTANT_NONE, ""};
    }
    if (deaf)
        considerations_conclude(all, now);
}

bool considered_before(const struct engine *engine, struct outbox *outbox, struct instant now,
                       const char *deaf, struct arena *arena, struct foretold *foretold)
{
    const struct outbox_filter filter = {.states = 1u << STATE_READY | 1u << STATE_PREPARING,
                                         .from = INSTANT_NONE,
                                         .until = INSTANT_NONE,
                                         .after_at = INSTANT_NONE,
                                         .limit = MOST};
    struct err err;

    foretold->rows.count = 0;
    if (!outbox || instant_is_none(now) ||
        !outbox_list(outbox, &filter, arena, &foretold->rows, &err) || foretold->rows.count == MOST)
        return false;
    foretold->each = arena_array(arena, foretold->rows.count + 1, sizeof *foretold->each);
    for (size_t i = 0; i < foretold->rows.count; i++)
        consider(engine, foretold->rows.items[i], now, deaf, arena, &foretold->each[i]);
    return true;
}

static const char *tell(const struct delivery *row, const char *what,
                        const struct considerations *all, struct arena *arena)
{
    const struct considered *decisive = &all->each[all->decisive];

    return arena_printf(arena, "%s %s, but why says of its %s: \"%s\"", delivery_name(row, arena),
                        what, consideration_word(all->decisive), decisive->says);
}

const char *considered_action(const struct foretold *foretold, const struct action *action,
                              struct instant now, struct arena *arena)
{
    const struct delivery *after = action->change.after;

    if (action->kind != ACTION_SAVE || strcmp(action->change.event, "publish.intent") != 0)
        return NULL;
    for (size_t i = 0; i < foretold->rows.count; i++) {
        const struct considerations *all = &foretold->each[i];
        if (strcmp(foretold->rows.items[i]->id, after->id) != 0 ||
            foretold->rows.items[i]->rev != after->rev)
            continue;
        if (!all->goes || instant_is_none(all->at) || instant_before(now, all->at))
            return tell(after, "goes out", all, arena);
    }
    return NULL;
}

const char *considered_after(const struct engine *engine, const struct foretold *foretold,
                             struct instant now, const char *deaf, struct arena *arena)
{
    for (size_t i = 0; i < foretold->rows.count; i++) {
        const struct delivery *row = foretold->rows.items[i];
        struct considerations all;
        if (!engine_holds(engine, row->id))
            continue;
        consider(engine, row, now, deaf, arena, &all);
        if (!all.in_flight && !all.any_against)
            return tell(row, "lies there", &all, arena);
    }
    return NULL;
}

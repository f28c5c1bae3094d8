/* How often a platform lets an account publish: counted where it is kept, waited for before the
 * intent. A post that waits for its budget is not late by that; useful_for ends it.
 *
 * Each delivery counts once, with its first attempt; one that never left is taken back. */
#include <string.h>

#include "base/i18n.h"
#include "engine/budgets.h"
#include "engine/inside.h"

json_t *spent_read(const char *spent, struct arena *arena)
{
    struct err ignored;
    json_t *all = *spent ? json_read_own(spent, strlen(spent), &ignored) : NULL;

    if (!json_is_object(all)) {
        json_decref(all);
        all = json_object();
    }
    return json_in_arena(all, arena);
}

static struct instant at_index(const json_t *times, size_t index)
{
    return (struct instant){json_integer_value(json_array_get(times, index))};
}

/* The first that is inside the window still. */
static size_t first_inside(const json_t *times, const struct budget *budget, struct instant now)
{
    size_t i = 0;

    while (i < json_array_size(times) &&
           !instant_before(now, instant_plus(at_index(times, i), budget->window)))
        i++;
    return i;
}

struct budget_use budget_use(const json_t *spent, const struct budget *budget, struct instant now)
{
    const json_t *times = json_object_get(spent, budget->word);
    size_t first = first_inside(times, budget, now);
    struct budget_use use = {.used = (int64_t)(json_array_size(times) - first),
                             .until = INSTANT_NONE};

    if (use.used >= budget->most)
        use.until = instant_plus(at_index(times, json_array_size(times) - (size_t)budget->most),
                                 budget->window);
    return use;
}

struct budget budget_as_told(const struct budget *budget, const json_t *server)
{
    const json_t *told = json_object_get(json_object_get(server, "budgets"), budget->word);
    const int64_t most = json_integer_or(told, "most", 0);
    struct budget as_told = *budget;

    if (most > 0)
        as_told.most = most;
    return as_told;
}

static bool applies(const struct budget *budget, const struct limits *limits,
                    const struct content *content)
{
    const struct post_kind *kind = limits_kind(limits, content->more.kind);

    return !budget->kind || (kind && !strcmp(kind->word, budget->kind));
}

static bool has_budgets(const struct line *line)
{
    return line->account && line->account->limits.budgets;
}

static void visit_budgets(struct pass *pass, struct item *item, json_t *spent,
                          void (*visit)(struct pass *pass, json_t *times,
                                        const struct budget *budget))
{
    const struct limits *limits = &item->line->account->limits;
    struct job job;

    if (!machine_job(pass, item, item->row, &job))
        return;
    for (const struct budget *budget = limits->budgets; budget->word; budget++) {
        if (!applies(budget, limits, job.content))
            continue;
        if (!json_object_get(spent, budget->word))
            json_put_new(spent, budget->word, json_array());
        visit(pass, json_object_get(spent, budget->word), budget);
    }
}

static void count(struct pass *pass, json_t *times, const struct budget *budget)
{
    for (size_t old = first_inside(times, budget, pass->now); old > 0; old--)
        json_array_remove(times, 0);
    json_array_append_new(times, json_integer(pass->now.ms));
}

static void uncount(struct pass *pass, json_t *times, const struct budget *budget)
{
    (void)pass;
    (void)budget;
    if (json_array_size(times) > 0)
        json_array_remove(times, json_array_size(times) - 1);
}

static void change_spent(struct pass *pass, struct item *item,
                         void (*visit)(struct pass *pass, json_t *times,
                                       const struct budget *budget))
{
    struct account_state state = item->line->state;
    json_t *spent = spent_read(state.spent, pass->out->arena);

    visit_budgets(pass, item, spent, visit);
    state.spent = json_write(spent, pass->out->arena, NULL);
    line_own(item->line, state);
    line_save(pass, item->line);
}

void budget_count(struct pass *pass, struct item *item)
{
    if (has_budgets(item->line) && item->row->attempts == 0)
        change_spent(pass, item, count);
}

void budget_take_back(struct pass *pass, struct item *item)
{
    if (has_budgets(item->line))
        change_spent(pass, item, uncount);
}

/* Each delivery counts once. */
static bool is_asked(const struct pass *pass, const struct item *item)
{
    return has_budgets(item->line) && rule_on(pass->engine, RULE_BUDGET) &&
           item->row->attempts == 0;
}

const struct budget *budget_spent(struct pass *pass, struct item *item, struct budget_use *use)
{
    const struct limits *limits;
    const struct budget *fullest = NULL;
    const json_t *spent;
    struct job job;

    use->until = INSTANT_NONE;
    if (!is_asked(pass, item))
        return NULL;
    limits = &item->line->account->limits;
    spent = spent_read(item->line->state.spent, pass->out->arena);
    if (!machine_job(pass, item, item->row, &job))
        return NULL;
    for (const struct budget *budget = limits->budgets; budget->word; budget++) {
        const struct budget told = budget_as_told(budget, item->line->server);
        struct budget_use one = budget_use(spent, &told, pass->now);

        if (!applies(budget, limits, job.content) || instant_is_none(one.until) ||
            instant_before(one.until, use->until))
            continue;
        *use = one;
        fullest = arena_copy(pass->out->arena, &told, sizeof told);
    }
    return fullest;
}

bool budget_waits(struct pass *pass, struct item *item)
{
    struct delivery after = *item->row;
    const struct budget *budget;
    struct budget_use use;
    char text[INSTANT_TEXT];

    budget = budget_spent(pass, item, &use);
    if (!budget)
        return false;
    after.reason = REASON_BUDGET;
    after.not_before = use.until;
    after.note =
        arena_printf(pass->out->arena, _("%lld of %lld %s are used; the next one is free at %s"),
                     (long long)use.used, (long long)budget->most, budget->word,
                     instant_utc(use.until, text));
    item_save(pass, item, &after, "wait", NULL, NULL);
    return true;
}

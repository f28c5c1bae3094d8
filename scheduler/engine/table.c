#include "engine/table.h"

#include <stdlib.h>

#include "base/arena.h"

void table_clear(struct table *table)
{
    free(table->slots);
    *table = (struct table){0};
}

static size_t home(const struct table *table, uint64_t key)
{
    return (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (table->capacity - 1);
}

/* The slot of the key, or the free one where it would stand. */
static struct table_slot *slot_of(const struct table *table, uint64_t key)
{
    size_t index = home(table, key);

    while (table->slots[index].value && table->slots[index].key != key)
        index = (index + 1) & (table->capacity - 1);
    return &table->slots[index];
}

static void grow(struct table *table)
{
    struct table larger = {.count = table->count,
                           .capacity = table->capacity ? table->capacity * 2 : 64};

    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        out_of_memory();
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->slots[i].value)
            *slot_of(&larger, table->slots[i].key) = table->slots[i];
    }
    free(table->slots);
    *table = larger;
}

void table_put(struct table *table, uint64_t key, void *value)
{
    struct table_slot *slot;

    if (2 * (table->count + 1) > table->capacity)
        grow(table);
    slot = slot_of(table, key);
    table->count += !slot->value;
    *slot = (struct table_slot){key, value};
}

void *table_get(const struct table *table, uint64_t key)
{
    return table->capacity ? slot_of(table, key)->value : NULL;
}

/* Moves back what stood behind a slot that became free, so that no search stops short. */
static void close_gap(struct table *table, size_t gap)
{
    size_t mask = table->capacity - 1;

    for (size_t i = (gap + 1) & mask; table->slots[i].value; i = (i + 1) & mask) {
        size_t wanted = home(table, table->slots[i].key);

        if (((i - wanted) & mask) < ((i - gap) & mask))
            continue;
        table->slots[gap] = table->slots[i];
        table->slots[i].value = NULL;
        gap = i;
    }
}

void *table_take(struct table *table, uint64_t key)
{
    struct table_slot *slot = table->capacity ? slot_of(table, key) : NULL;
    void *value = slot ? slot->value : NULL;

    if (!value)
        return NULL;
    slot->value = NULL;
    table->count--;
    close_gap(table, (size_t)(slot - table->slots));
    return value;
}

/* engine/table.h - from a number to a pointer, in O(1).
 *
 * For the two things the engine is asked by name: a delivery's id (16 hex digits are a number) and
 * a ticket. Both are spread evenly or grow one by one, so linear probing stays short.
 */
#ifndef CRIER_ENGINE_TABLE_H
#define CRIER_ENGINE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table_slot {
    uint64_t key;
    void *value; /* NULL = free */
};

struct table {
    struct table_slot *slots;
    size_t count, capacity; /* capacity is a power of two */
};

void table_clear(struct table *table);
void table_put(struct table *table, uint64_t key, void *value); /* value is not NULL */
void *table_get(const struct table *table, uint64_t key);       /* NULL when absent */
void *table_take(struct table *table, uint64_t key);            /* and removes it */

#endif

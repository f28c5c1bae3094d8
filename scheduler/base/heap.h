/* base/heap.h - a priority queue of nodes that know their own place.
 *
 * A node is a member of what it stands for, so putting, moving and taking out never allocate per
 * element and cost O(log n). A zeroed node is in no heap; a node is in one heap at a time.
 */
#ifndef CRIER_BASE_HEAP_H
#define CRIER_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct heap_node {
    size_t slot; /* place + 1; 0 = in no heap */
};

struct heap {
    bool (*before)(const struct heap_node *a, const struct heap_node *b); /* a total order */
    struct heap_node **nodes;
    size_t count, capacity;
};

void heap_clear(struct heap *heap); /* frees the array; the nodes are their owners' */

/* Puts a node in, or to its new place when its rank changed. */
void heap_put(struct heap *heap, struct heap_node *node);
void heap_take(struct heap *heap, struct heap_node *node); /* fine when it is not in */
struct heap_node *heap_first(const struct heap *heap);     /* NULL when empty */

#endif

#include "base/heap.h"

#include <stdlib.h>

#include "base/arena.h"

void heap_clear(struct heap *heap)
{
    free(heap->nodes);
    heap->nodes = NULL;
    heap->count = heap->capacity = 0;
}

static void place(struct heap *heap, struct heap_node *node, size_t index)
{
    heap->nodes[index] = node;
    node->slot = index + 1;
}

static void rise(struct heap *heap, struct heap_node *node, size_t index)
{
    while (index > 0 && heap->before(node, heap->nodes[(index - 1) / 2])) {
        place(heap, heap->nodes[(index - 1) / 2], index);
        index = (index - 1) / 2;
    }
    place(heap, node, index);
}

static void sink(struct heap *heap, struct heap_node *node, size_t index)
{
    for (;;) {
        size_t child = 2 * index + 1;

        if (child + 1 < heap->count && heap->before(heap->nodes[child + 1], heap->nodes[child]))
            child++;
        if (child >= heap->count || !heap->before(heap->nodes[child], node))
            break;
        place(heap, heap->nodes[child], index);
        index = child;
    }
    place(heap, node, index);
}

static void settle(struct heap *heap, struct heap_node *node, size_t index)
{
    rise(heap, node, index);
    sink(heap, node, node->slot - 1);
}

void heap_put(struct heap *heap, struct heap_node *node)
{
    if (node->slot) {
        settle(heap, node, node->slot - 1);
        return;
    }
    if (heap->count == heap->capacity) {
        size_t larger = heap->capacity ? heap->capacity * 2 : 16;
        struct heap_node **nodes = realloc(heap->nodes, larger * sizeof(struct heap_node *));

        if (!nodes)
            out_of_memory();
        heap->nodes = nodes;
        heap->capacity = larger;
    }
    rise(heap, node, heap->count++);
}

void heap_take(struct heap *heap, struct heap_node *node)
{
    size_t index = node->slot - 1;
    struct heap_node *last;

    if (!node->slot)
        return;
    node->slot = 0;
    last = heap->nodes[--heap->count];
    if (last != node)
        settle(heap, last, index);
}

struct heap_node *heap_first(const struct heap *heap)
{
    return heap->count ? heap->nodes[0] : NULL;
}

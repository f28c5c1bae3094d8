#include "base/arena.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Thousands of arenas hold little and live for a moment: the first blocks are small. */
enum { FIRST_BYTES = 2 * 1024 - 64, BLOCK_BYTES = 16 * 1024, LARGE_BYTES = 256 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena_cleanup {
    struct arena_cleanup *older;
    void (*release)(void *object);
    void *object;
};

void out_of_memory(void)
{
    fputs("crier: out of memory; the process ends and the next start recovers\n", stderr);
    abort();
}

static struct arena_block *block_new(size_t least, size_t usual)
{
    size_t size = least > usual ? least : usual;
    struct arena_block *block = malloc(sizeof *block + size);

    if (!block)
        out_of_memory();
    block->older = NULL;
    block->used = 0;
    block->size = size;
    return block;
}

static size_t usual_size(const struct arena_block *newest)
{
    if (!newest)
        return FIRST_BYTES;
    return newest->size < BLOCK_BYTES / 2 ? 2 * newest->size : BLOCK_BYTES;
}

static void *take(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);
    size_t rounded;
    void *memory;

    if (size > SIZE_MAX / 2)
        out_of_memory();
    rounded = (size + align - 1) / align * align;
    if (!arena->blocks || arena->blocks->size - arena->blocks->used < rounded) {
        struct arena_block *block = block_new(rounded, usual_size(arena->blocks));
        block->older = arena->blocks;
        arena->blocks = block;
    }
    memory = arena->blocks->bytes + arena->blocks->used;
    arena->blocks->used += rounded;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory();
    return arena_alloc(arena, count * size);
}

void *arena_copy(struct arena *arena, const void *bytes, size_t length)
{
    void *copy = take(arena, length);

    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_text_n(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = take(arena, length + 1);

    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_text_n(arena, text, strlen(text)) : NULL;
}

char *arena_joined(struct arena *arena, const char *first, const char *second, const char *third)
{
    const size_t lengths[] = {strlen(first), strlen(second), strlen(third)};
    char *text = take(arena, lengths[0] + lengths[1] + lengths[2] + 1);

    memcpy(text, first, lengths[0]);
    memcpy(text + lengths[0], second, lengths[1]);
    memcpy(text + lengths[0] + lengths[1], third, lengths[2] + 1);
    return text;
}

/* Most texts fit into what the block has left, and are written once. */
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    struct arena_block *block = arena->blocks;
    size_t room = block ? block->size - block->used : 0;
    va_list again;
    char *text;
    int length;

    va_copy(again, args);
    /* clang 14 forgets the copy. NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
    length = vsnprintf(room ? (char *)block->bytes + block->used : NULL, room, format, again);
    va_end(again);
    if (length < 0)
        out_of_memory();
    text = take(arena, (size_t)length + 1);
    if ((size_t)length < room)
        return text;
    if (vsnprintf(text, (size_t)length + 1, format, args) != length)
        out_of_memory();
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void arena_on_clear(struct arena *arena, void (*release)(void *object), void *object)
{
    struct arena_cleanup *cleanup = arena_alloc(arena, sizeof *cleanup);

    cleanup->release = release;
    cleanup->object = object;
    cleanup->older = arena->cleanups;
    arena->cleanups = cleanup;
}

static void run_cleanups(struct arena *arena)
{
    struct arena_cleanup *cleanup = arena->cleanups;

    arena->cleanups = NULL;
    for (; cleanup; cleanup = cleanup->older)
        cleanup->release(cleanup->object);
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void arena_clear(struct arena *arena)
{
    run_cleanups(arena);
    free_blocks(arena->blocks);
    arena->blocks = NULL;
}

void arena_reset(struct arena *arena)
{
    run_cleanups(arena);
    if (!arena->blocks)
        return;
    free_blocks(arena->blocks->older);
    arena->blocks->older = NULL;
    arena->blocks->used = 0;
}

void arena_keep_little(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, 4 * LARGE_BYTES);
}

void arena_give_back(void)
{
    (void)malloc_trim(0);
}

void *arena_push(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t size)
{
    void *array;

    memcpy(&array, items, sizeof array); /* `items` points at a pointer of any object type */
    if (*count == *capacity) {
        size_t larger = *capacity ? *capacity * 2 : 8;
        void *grown = arena_array(arena, larger, size);
        if (*count)
            memcpy(grown, array, *count * size);
        memcpy(items, &grown, sizeof grown);
        array = grown;
        *capacity = larger;
    }
    return memset((unsigned char *)array + (*count)++ * size, 0, size);
}

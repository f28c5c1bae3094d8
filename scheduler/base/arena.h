/* base/arena.h - memory with one lifetime.
 *
 * Objects of an arena are never freed one by one; arena_clear ends them all.
 * Four lifetimes exist in the program: process, campaign set, delivery,
 * scratch (one step or one command). A pointer never points from a longer life
 * into a shorter one. Running out of memory ends the process with a message:
 * recovery from a sudden end is tested anyway.
 *
 * A zeroed struct arena is a valid empty one. Memory handed out is zeroed.
 */
#ifndef CRIER_BASE_ARENA_H
#define CRIER_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/compiler.h"

struct arena_block;
struct arena_cleanup;

struct arena {
    struct arena_block *blocks;     /* newest first */
    struct arena_cleanup *cleanups; /* newest first */
};

/* `size` zeroed bytes, aligned for any object. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));

/* A zeroed array; ends the process when count * size overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

/* Copies; NULL stays NULL for arena_text only. */
char *arena_text(struct arena *arena, const char *text);
char *arena_text_n(struct arena *arena, const char *bytes, size_t length);
void *arena_copy(struct arena *arena, const void *bytes, size_t length);

/* Three texts as one. */
char *arena_joined(struct arena *arena, const char *first, const char *second, const char *third);

char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Runs `release(object)` when the arena is cleared or reset, newest first. */
void arena_on_clear(struct arena *arena, void (*release)(void *object), void *object);

/* Ends all objects. clear gives the memory back; reset keeps the newest block for reuse. */
void arena_clear(struct arena *arena);
void arena_reset(struct arena *arena);

/* For a process that lives long: what is large is given back to the system as soon as it ends.
 * Once, before there are threads: otherwise malloc learns from large blocks to keep tens of
 * megabytes. */
void arena_keep_little(void);
/* Gives back to the system what ended arenas left free. Takes milliseconds: after a large one only.
 */
void arena_give_back(void);

/* Grows an arena array by one element and returns the new, zeroed one:
 *     struct post *post = arena_push(arena, &list.items, &list.count, &list.capacity, sizeof
 * *post); `items` is a pointer to the array pointer. Earlier element pointers become stale. */
void *arena_push(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t size)
    __attribute__((returns_nonnull));

/* Ends the process because memory is gone. */
void out_of_memory(void) NORETURN;

#endif

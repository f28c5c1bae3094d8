#include "store/overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024 };

/* In two tables of chains: by id, and by text. */
struct entry {
    struct overlay_row row; /* must be first */
    struct entry *next_id, *next_same;
};

struct overlay {
    struct arena arena;
    struct entry **ids, **sames;
    size_t slots, count;
};

static size_t slot_of(const struct overlay *overlay, const char *hex)
{
    char beginning[17];

    (void)snprintf(beginning, sizeof beginning, "%.16s", hex);
    return strtoull(beginning, NULL, 16) & (overlay->slots - 1);
}

static void link_entry(struct overlay *overlay, struct entry *entry)
{
    struct entry **id = &overlay->ids[slot_of(overlay, entry->row.delivery->id)];
    struct entry **same = &overlay->sames[slot_of(overlay, entry->row.delivery->same_hash)];

    entry->next_id = *id;
    *id = entry;
    entry->next_same = *same;
    *same = entry;
}

static struct entry **new_slots(size_t slots)
{
    struct entry **made = calloc(slots, sizeof(struct entry *));

    if (!made)
        out_of_memory();
    return made;
}

static void make_slots(struct overlay *overlay, size_t slots)
{
    struct entry **before = overlay->ids;
    size_t count = overlay->slots;

    free(overlay->sames);
    overlay->slots = slots;
    overlay->ids = new_slots(slots);
    overlay->sames = new_slots(slots);
    for (size_t i = 0; i < count; i++) {
        for (struct entry *entry = before[i], *next; entry; entry = next) {
            next = entry->next_id;
            link_entry(overlay, entry);
        }
    }
    free(before);
}

struct overlay *overlay_new(void)
{
    struct overlay *overlay = calloc(1, sizeof *overlay);

    if (!overlay)
        out_of_memory();
    make_slots(overlay, FIRST_SLOTS);
    return overlay;
}

void overlay_free(struct overlay *overlay)
{
    if (!overlay)
        return;
    free(overlay->ids);
    free(overlay->sames);
    arena_clear(&overlay->arena);
    free(overlay);
}

static struct entry *find(const struct overlay *overlay, const char *id)
{
    struct entry *entry = overlay->ids[slot_of(overlay, id)];

    while (entry && strcmp(entry->row.delivery->id, id) != 0)
        entry = entry->next_id;
    return entry;
}

const struct overlay_row *overlay_find(const struct overlay *overlay, const char *id)
{
    const struct entry *entry = overlay ? find(overlay, id) : NULL;

    return entry ? &entry->row : NULL;
}

const struct overlay_row *overlay_same(const struct overlay *overlay, const char *same_hash,
                                       const struct overlay_row *before)
{
    const struct entry *entry = before ? ((const struct entry *)before)->next_same
                                       : overlay->sames[slot_of(overlay, same_hash)];

    while (entry && strcmp(entry->row.delivery->same_hash, same_hash) != 0)
        entry = entry->next_same;
    return entry ? &entry->row : NULL;
}

static void unlink_same(struct overlay *overlay, struct entry *entry)
{
    struct entry **at = &overlay->sames[slot_of(overlay, entry->row.delivery->same_hash)];

    while (*at != entry)
        at = &(*at)->next_same;
    *at = entry->next_same;
}

void overlay_put(struct overlay *overlay, const struct delivery *delivery, const char *identity,
                 bool gone)
{
    struct entry *entry = find(overlay, delivery->id);
    struct arena *arena = &overlay->arena;

    if (!entry && ++overlay->count > overlay->slots)
        make_slots(overlay, overlay->slots * 2);
    if (entry) {
        unlink_same(overlay, entry);
    } else {
        struct entry **slot = &overlay->ids[slot_of(overlay, delivery->id)];
        entry = arena_array(arena, 1, sizeof *entry);
        entry->next_id = *slot;
        *slot = entry;
    }
    entry->row = (struct overlay_row){.delivery = delivery_copy(delivery, arena),
                                      .identity = arena_text(arena, identity),
                                      .gone = gone};
    entry->next_same = overlay->sames[slot_of(overlay, delivery->same_hash)];
    overlay->sames[slot_of(overlay, delivery->same_hash)] = entry;
}

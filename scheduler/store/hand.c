#include "store/hand.h"

#include <stdlib.h>
#include <string.h>

/* Ids are hexadecimal digits of a hash: any of them will do. */
static size_t set_of(const char *id)
{
    uint64_t digits = 0;

    memcpy(&digits, id, strnlen(id, sizeof digits));
    return (size_t)((digits * UINT64_C(0x9E3779B97F4A7C15)) >> 57) % HAND_SETS;
}

static int way_of(const struct hand *hand, size_t set, const char *id)
{
    int way;

    for (way = 0; way < HAND_WAYS; way++) {
        const struct row *row = hand->rows[set][way];
        if (row && !strcmp(row->delivery->id, id))
            return way;
    }
    return -1;
}

const struct row *hand_find(const struct hand *hand, const char *id)
{
    size_t set = set_of(id);
    int way = way_of(hand, set, id);

    return way < 0 ? NULL : hand->rows[set][way];
}

/* Copies a text to where the block has room, and moves on. */
static const char *pack(char **room, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = memcpy(*room, text, bytes);

    *room += bytes;
    return copy;
}

/* A bare row, its delivery and its texts in one block. */
static struct row *copy_of(const struct row *row)
{
    const struct delivery *delivery = row->delivery;
    struct block {
        struct row row;
        struct delivery delivery;
        char texts[];
    } *block = malloc(sizeof *block + strlen(row->identity) + strlen(row->name) +
                      strlen(delivery->reason) + strlen(delivery->request) + 4);
    char *room;

    if (!block)
        out_of_memory();
    room = block->texts;
    block->row = *row;
    block->row.delivery = &block->delivery;
    block->row.identity = pack(&room, row->identity);
    block->row.name = pack(&room, row->name);
    block->delivery = (struct delivery){.state = delivery->state, .rev = delivery->rev};
    memcpy(block->delivery.id, delivery->id, sizeof delivery->id);
    memcpy(block->delivery.record_key, delivery->record_key, sizeof delivery->record_key);
    block->delivery.reason = pack(&room, delivery->reason);
    block->delivery.request = pack(&room, delivery->request);
    return &block->row;
}

/* A free one, or that of the oldest. */
static int way_for(struct hand *hand, size_t set)
{
    int way;

    for (way = 0; way < HAND_WAYS; way++) {
        if (!hand->rows[set][way])
            return way;
    }
    way = hand->next[set];
    hand->next[set] = (unsigned char)((way + 1) % HAND_WAYS);
    return way;
}

void hand_put(struct hand *hand, const struct row *row)
{
    struct row *copy = copy_of(row);
    size_t set = set_of(row->delivery->id);
    int way = way_of(hand, set, row->delivery->id);

    if (way < 0)
        way = way_for(hand, set);
    free(hand->rows[set][way]);
    hand->rows[set][way] = copy;
}

static void give_up(struct hand *hand, size_t set, int way)
{
    free(hand->rows[set][way]);
    hand->rows[set][way] = NULL;
}

void hand_drop(struct hand *hand, const char *id)
{
    size_t set = set_of(id);
    int way = way_of(hand, set, id);

    if (way >= 0)
        give_up(hand, set, way);
}

void hand_clear(struct hand *hand)
{
    size_t set;
    int way;

    for (set = 0; set < HAND_SETS; set++) {
        for (way = 0; way < HAND_WAYS; way++)
            give_up(hand, set, way);
    }
}

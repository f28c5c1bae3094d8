#include "store/hand.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

/* As little as can be: ten thousand rows may be due at one second. */
struct held {
    int64_t number, content, request, rev, told;
    enum state state;
    struct vouched {
        int64_t doubts;
        struct instant from, until, at;
        uint64_t same; /* of the text: the first digits of same_hash */
    } alone;
    char id[sizeof((struct delivery *)0)->id];
    char record_key[sizeof((struct delivery *)0)->record_key];
    char said[SAID_CHARS + 1];
    char texts[]; /* identity, name, reason, request_hash, request */
};

/* Ids are hexadecimal digits of a hash: any of them will do. */
static size_t home_of(const struct hand *hand, const char *id)
{
    uint64_t digits = 0;

    memcpy(&digits, id, strnlen(id, sizeof digits));
    return (size_t)(digits * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (hand->capacity - 1);
}

/* Its slot, or the free one where it would stand. There are free ones. */
static size_t slot_of(const struct hand *hand, const char *id)
{
    size_t slot = home_of(hand, id);

    while (hand->slots[slot] && strcmp(hand->slots[slot]->id, id) != 0)
        slot = (slot + 1) & (hand->capacity - 1);
    return slot;
}

/* What a text of `held` is followed by. */
static const char *behind(const char *text)
{
    return text + strlen(text) + 1;
}

static struct delivery *delivery_of(const struct held *held, struct arena *arena)
{
    struct delivery *delivery = arena_alloc(arena, sizeof *delivery);

    memcpy(delivery->id, held->id, sizeof delivery->id);
    memcpy(delivery->record_key, held->record_key, sizeof delivery->record_key);
    delivery->state = held->state;
    delivery->rev = held->rev;
    return delivery;
}

bool hand_find(const struct hand *hand, const char *id, struct arena *arena, struct row *row)
{
    const struct held *held = hand->count ? hand->slots[slot_of(hand, id)] : NULL;
    const char *hash;

    if (!held)
        return false;
    *row = (struct row){.delivery = delivery_of(held, arena),
                        .number = held->number,
                        .content = held->content,
                        .request = held->request,
                        .told = held->told,
                        .identity = held->texts};
    row->name = behind(row->identity);
    row->delivery->reason = behind(row->name);
    hash = behind(row->delivery->reason);
    row->delivery->request = behind(hash);
    memcpy(row->request_hash, hash, strlen(hash) + 1);
    memcpy(row->said, held->said, sizeof row->said);
    return true;
}

static struct held *copy_of(const struct row *row)
{
    const struct delivery *delivery = row->delivery;
    const char *const texts[] = {row->identity, row->name, delivery->reason, row->request_hash,
                                 delivery->request};
    size_t bytes = 0, i;
    struct held *held;
    char *room;

    for (i = 0; i < COUNT_OF(texts); i++)
        bytes += strlen(texts[i]) + 1;
    held = malloc(sizeof *held + bytes);
    if (!held)
        out_of_memory();
    *held = (struct held){.number = row->number,
                          .content = row->content,
                          .request = row->request,
                          .rev = delivery->rev,
                          .told = row->told,
                          .state = delivery->state};
    memcpy(held->id, delivery->id, sizeof held->id);
    memcpy(held->record_key, delivery->record_key, sizeof held->record_key);
    memcpy(held->said, row->said, sizeof held->said);
    for (i = 0, room = held->texts; i < COUNT_OF(texts); room += strlen(texts[i++]) + 1)
        memcpy(room, texts[i], strlen(texts[i]) + 1);
    return held;
}

/* Half of the slots are free. */
static void make_room(struct hand *hand)
{
    struct hand larger;
    size_t i;

    if (hand->count == HAND_MOST)
        hand_clear(hand);
    if (hand->count * 2 < hand->capacity)
        return;
    larger.count = hand->count;
    larger.doubts = hand->doubts;
    larger.capacity = hand->capacity ? hand->capacity * 2 : FIRST_SLOTS;
    larger.slots = calloc(larger.capacity, sizeof(struct held *));
    if (!larger.slots)
        out_of_memory();
    for (i = 0; i < hand->capacity; i++) {
        if (hand->slots[i])
            larger.slots[slot_of(&larger, hand->slots[i]->id)] = hand->slots[i];
    }
    free(hand->slots);
    *hand = larger;
}

void hand_put(struct hand *hand, const struct row *row)
{
    struct held *copy = copy_of(row);
    size_t slot;

    make_room(hand);
    slot = slot_of(hand, copy->id);
    if (hand->slots[slot])
        copy->alone = hand->slots[slot]->alone;
    else
        hand->count++;
    free(hand->slots[slot]);
    hand->slots[slot] = copy;
}

static uint64_t same_of(const struct delivery *delivery)
{
    uint64_t same;

    memcpy(&same, delivery->same_hash, sizeof same);
    return same;
}

void hand_vouch(struct hand *hand, const struct delivery *delivery, struct instant from,
                struct instant until)
{
    hand->slots[slot_of(hand, delivery->id)]->alone =
        (struct vouched){hand->doubts + 1, from, until, delivery->at, same_of(delivery)};
}

bool hand_vouches(const struct hand *hand, const struct delivery *delivery, struct instant when)
{
    const struct held *held = hand->count ? hand->slots[slot_of(hand, delivery->id)] : NULL;
    const struct vouched *alone = held ? &held->alone : NULL;

    return alone && alone->doubts == hand->doubts + 1 && !instant_before(when, alone->from) &&
           !instant_before(alone->until, when) && alone->at.ms == delivery->at.ms &&
           alone->same == same_of(delivery);
}

void hand_doubt(struct hand *hand)
{
    hand->doubts++;
}

/* Those behind it that stood aside for it move up. */
static void close_gap(struct hand *hand, size_t gap)
{
    const size_t mask = hand->capacity - 1;
    size_t slot;

    for (slot = (gap + 1) & mask; hand->slots[slot]; slot = (slot + 1) & mask) {
        size_t home = home_of(hand, hand->slots[slot]->id);
        if (((slot - home) & mask) >= ((slot - gap) & mask)) {
            hand->slots[gap] = hand->slots[slot];
            gap = slot;
        }
    }
    hand->slots[gap] = NULL;
}

void hand_drop(struct hand *hand, const char *id)
{
    size_t slot;

    if (hand->count == 0)
        return;
    slot = slot_of(hand, id);
    if (!hand->slots[slot])
        return;
    free(hand->slots[slot]);
    hand->count--;
    close_gap(hand, slot);
}

void hand_clear(struct hand *hand)
{
    size_t i;

    for (i = 0; i < hand->capacity; i++)
        free(hand->slots[i]);
    free(hand->slots);
    *hand = (struct hand){.doubts = hand->doubts};
}

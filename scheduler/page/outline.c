#include "page/outline.h"

#include <stdlib.h>
#include <string.h>

bool occurrence_needs_look(const struct occurrence *occurrence)
{
    return occurrence_is_held(occurrence) || occurrence->text->findings.count > 0;
}

/* By campaign, post, and within a post as the plan has it: posts of a file lie in one array. */
static int by_post(const void *a, const void *b)
{
    const struct occurrence *x = *(const struct occurrence *const *)a,
                            *y = *(const struct occurrence *const *)b;
    int order = strcmp(x->campaign->name, y->campaign->name);

    if (order == 0)
        order = (x->post > y->post) - (x->post < y->post);
    return order ? order : (x > y) - (x < y);
}

struct maker {
    struct arena *arena;
    struct outline *outline;
    const struct occurrence *all;
};

static struct chapter *chapter_for(struct maker *maker, const struct occurrence *occurrence)
{
    struct outline *outline = maker->outline;
    struct chapter *chapter =
        outline->chapter_count ? &outline->chapters[outline->chapter_count - 1] : NULL;

    if (chapter && chapter->post == occurrence->post)
        return chapter;
    chapter = arena_push(maker->arena, &outline->chapters, &outline->chapter_count,
                         &outline->chapter_capacity, sizeof *chapter);
    chapter->campaign = occurrence->campaign;
    chapter->post = occurrence->post;
    return chapter;
}

static struct card *find_card(const struct chapter *chapter, const struct plan_text *text,
                              struct block **in)
{
    for (size_t b = 0; b < chapter->block_count; b++)
        for (size_t c = 0; c < chapter->blocks[b].card_count; c++)
            if (chapter->blocks[b].cards[c].parts[0] == text) {
                *in = &chapter->blocks[b];
                return &chapter->blocks[b].cards[c];
            }
    return NULL;
}

static void add_part(struct maker *maker, struct card *card, const struct plan_text *text)
{
    const struct plan_text **part = arena_push(maker->arena, &card->parts, &card->part_count,
                                               &card->part_capacity, sizeof *part);

    *part = text;
}

/* Texts that appear at the same time for the first time belong together. */
static struct card *new_card(struct maker *maker, struct chapter *chapter,
                             const struct occurrence *occurrence, struct block **in)
{
    struct block *block = chapter->block_count ? &chapter->blocks[chapter->block_count - 1] : NULL;
    struct card *card;

    if (!block || block->times[0]->at.ms != occurrence->at.ms) {
        block = arena_push(maker->arena, &chapter->blocks, &chapter->block_count,
                           &chapter->block_capacity, sizeof *block);
        block->number = chapter->block_count;
    }
    card = arena_push(maker->arena, &block->cards, &block->card_count, &block->card_capacity,
                      sizeof *card);
    card->first = occurrence;
    add_part(maker, card, occurrence->text);
    *in = block;
    return card;
}

static void add_answer(struct maker *maker, struct block *block,
                       const struct occurrence *occurrence)
{
    for (size_t i = block->card_count; i-- > 0;)
        if (block->cards[i].first->account == occurrence->account &&
            block->cards[i].part_count == occurrence->part) {
            add_part(maker, &block->cards[i], occurrence->text);
            return;
        }
}

static void add(struct maker *maker, const struct occurrence *occurrence)
{
    struct chapter *chapter = chapter_for(maker, occurrence);
    struct block *block = NULL;
    struct card *card;
    const struct occurrence **time;

    if (occurrence->part > 0) { /* its post may lie before the window */
        if (chapter->block_count)
            add_answer(maker, &chapter->blocks[chapter->block_count - 1], occurrence);
        return;
    }
    card = find_card(chapter, occurrence->text, &block);
    if (!card)
        card = new_card(maker, chapter, occurrence, &block);
    card->is_held = card->is_held || occurrence_is_held(occurrence);
    time = arena_push(maker->arena, &block->times, &block->time_count, &block->time_capacity,
                      sizeof *time);
    *time = occurrence;
    maker->outline->block_of[occurrence - maker->all] = block->number;
}

void outline_make(const struct occurrence *occurrences, size_t count, struct arena *arena,
                  struct outline *outline)
{
    struct maker maker = {arena, outline, occurrences};
    const struct occurrence **sorted = arena_array(arena, count, sizeof *sorted);

    *outline = (struct outline){.block_of = arena_array(arena, count, sizeof(size_t))};
    for (size_t i = 0; i < count; i++)
        sorted[i] = &occurrences[i];
    qsort(sorted, count, sizeof *sorted, by_post);
    for (size_t i = 0; i < count; i++)
        add(&maker, sorted[i]);
}

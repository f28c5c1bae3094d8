/* A small workspace made by hand, for tests of what follows from one: four accounts, one campaign.
 */
#ifndef CRIER_TESTS_CAMPAIGN_WORLD_H
#define CRIER_TESTS_CAMPAIGN_WORLD_H

#include "campaign/plan.h"

enum { WORLD_POSTS = 8 };

struct world {
    struct arena arena;
    struct zone *zone;
    struct campaign_set set;
    struct campaign campaign;
    struct post posts[WORLD_POSTS];
    struct account
        accounts[4]; /* toots, wing: mastodon; main: the same handle twice; film: needs media */
    const struct account *all[4];
    struct findings findings;
    struct media_facts *facts;
    size_t fact_count;
};

void world_open(struct world *world, const char *zone);
void world_close(struct world *world);

/* The next post, at 2026-12-01 09:30, on account `toots`, awareness, useful for 2 h. */
struct post *world_post(struct world *world, const char *id, const char *text);
/* The same every week on these weekdays at 19:00 from 2026-12-01 on. */
struct post *world_repeat(struct world *world, const char *id, const char *text, unsigned weekdays);

struct instant world_time(const struct world *world, const char *text);
struct rendered world_render(struct world *world, const struct post *post,
                             const struct account *account, int64_t slot);
/* "E401 W504 " of all findings so far, in their order. */
const char *world_codes(struct world *world);

#endif

/* campaign/render.h - the one place where content is made.
 *
 * Order: overrides (campaign < post < platform group < account group), variables
 * (campaign < post < account), link, tags, NFC, trim, count, hash. Adapters send
 * the bytes as they are.
 */
#ifndef CRIER_CAMPAIGN_RENDER_H
#define CRIER_CAMPAIGN_RENDER_H

#include "campaign/content.h"
#include "campaign/model.h"

/* How much of a limit a text uses (text/count.h has struct text_count). `used` is the larger of the
 * two grapheme rules, `least` the smaller. */
struct text_use {
    enum count_unit unit;
    size_t used, least, limit;
};

struct rendered {
    struct content content;
    struct wording wording; /* after overrides: whose media, tags, link it is */
    struct text_use counts[2];
    size_t count_count;
    struct place text_place; /* where the text begins, for findings */
    bool skipped;            /* skip = true for this account */
};

/* Renders one post for one account and one slot number (0 for `at`). Media hashes come from `facts`
 * (by file name; a file without facts gets an empty hash). Findings (unknown variable, over the
 * limit, needs media ...) are added at their place in `campaign`. */
void render(const struct workspace *workspace, const struct campaign *campaign,
            const struct post *post, const struct account *account, int64_t slot,
            const struct media_facts *facts, size_t fact_count, struct arena *arena,
            struct rendered *rendered, struct findings *findings);

/* Measures a text by one limit (Mastodon's addresses and mentions included). */
struct text_use text_measure(const char *text, const struct text_limit *limit);

#endif

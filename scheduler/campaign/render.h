/* campaign/render.h - the one place where content is made.
 *
 * Order: overrides (campaign < post < platform group < account group), variables
 * (campaign < post < account), link, tags, NFC, trim, count, hash. Adapters send
 * the bytes as they are.
 *
 * What render knows ends with one post on one account: times, other posts and
 * what a platform thinks of a file are the plan's and the checker's business.
 */
#ifndef CRIER_CAMPAIGN_RENDER_H
#define CRIER_CAMPAIGN_RENDER_H

#include "campaign/content.h"
#include "campaign/model.h"

/* Facts by file name. */
struct media_index {
    const struct media_facts **items; /* sorted by file */
    size_t count;
};
struct media_index media_index_make(const struct media_facts *facts, size_t count,
                                    struct arena *arena);
const struct media_facts *media_index_find(const struct media_index *index, const char *file);

/* How much of a limit a text uses (text/count.h has struct text_count). `used` is the larger of the
 * two grapheme rules, `least` the smaller. */
struct text_use {
    enum count_unit unit;
    size_t used, least, limit; /* limit 0 = not limited */
};

/* What a post says on one account. */
struct rendered {
    struct content content;
    const struct medium *files; /* the content's media, then a video's thumbnail and captions */
    size_t file_count;
    const char *json; /* content's canonical bytes */
    char content_hash[DIGEST_HEX];
    char same_hash[DIGEST_HEX];
    struct wording wording; /* after overrides: whose media, tags, link it is */
    struct text_use counts[2];
    size_t count_count;
    struct place text_place; /* where the text begins, for findings */
    bool skipped;            /* skip = true for this account: nothing else is set but wording */
};

/* Renders one post for one account and one slot number (0 for `at`). Media facts come by file name;
 * a file without facts gets an empty hash, and so does what has to be made of it first. Findings
 * (unknown variable, over the limit, nothing left
 * ...) are added at their place in `campaign` when `findings` is not NULL. */
void render(const struct campaign *campaign, const struct post *post, const struct account *account,
            int64_t slot, const struct media_index *media, struct arena *arena,
            struct rendered *rendered, struct findings *findings);

/* The same for a part of its thread: 1 is the first answer; 0 is the post itself. Tags, link, title
 * and what else belongs to the whole stand at the post. */
void render_part(const struct campaign *campaign, const struct post *post,
                 const struct account *account, int64_t slot, size_t part,
                 const struct media_index *media, struct arena *arena, struct rendered *rendered,
                 struct findings *findings);

/* What stands for an account after all overrides. */
struct wording render_wording(const struct post *post, const struct account *account);

/* What is asked of campaign/fit.h about medium `number` of a wording, or about the file beside it.
 * Its facts are NULL where there is no such file. */
struct fit_question rendered_question(const struct account *account, const struct wording *wording,
                                      size_t number, enum medium_role role,
                                      const struct media_index *media);

/* The limit by which an account measures the text of a post with so many media. */
struct text_limit render_text_limit(const struct limits *limits, size_t index, size_t media_count);

/* Measures a text by one limit (Mastodon's addresses and mentions included). */
struct text_use text_measure(const char *text, const struct text_limit *limit);

/* The bytes of the longest beginning, of whole graphemes, that keeps the limit: what follows is too
 * much. The whole text when it keeps it, or when there is no limit. */
size_t text_fitting(const char *text, const struct text_limit *limit);
/* The same of a post's text with so many media: by both of the account's limits. */
size_t text_fitting_post(const char *text, const struct limits *limits, size_t media_count);

/* What stands for a post where there is room for a line: its text, else its title, else its link;
 * "" when it has none of them. */
const char *content_words(const struct content *content);

/* The count that is nearest to its limit, or furthest over it. NULL when there is none. */
const struct text_use *rendered_fullest(const struct rendered *rendered);

#endif

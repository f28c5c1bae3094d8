/* campaign/plan.h - campaigns and a window of time to the deliveries that follow from them.
 *
 * Deterministic: the same files and window give the same list in the same order
 * (at, then name; the parts of a thread follow each other). Drafts and skipped accounts are left
 * out. What quiet hours, a blackout or never-twice (among the files themselves) stop is listed at
 * its own time with `held_by`. The plan knows nothing of the outbox.
 *
 * Two sizes: occurrences are small and enough for a preview of years; plan_build makes whole
 * deliveries of them for the outbox. Texts are rendered once for each post, account and text,
 * and shared.
 */
#ifndef CRIER_CAMPAIGN_PLAN_H
#define CRIER_CAMPAIGN_PLAN_H

#include "calendar/when.h"
#include "campaign/model.h"
#include "campaign/render.h"

/* One text of one post on one account, with what is to be said about it. */
struct plan_text {
    struct rendered rendered;
    struct same *same;        /* plan.c: the others that say this to the same public */
    struct findings findings; /* of this text: render's and the checker's on its media */
    bool counted;             /* for whoever walks over the occurrences: false at first */
};

struct occurrence {
    struct instant at;
    const struct campaign *campaign;
    const struct post *post;
    const struct account *account;
    struct plan_text *text;
    int64_t slot;               /* number in the rule; 0 for `at` */
    size_t part;                /* of its thread: 0 = the post itself, 1 = the first answer */
    struct civil wall;          /* the slot as staff wrote it */
    const char *held_by;        /* REASON_QUIET, REASON_BLACKOUT, REASON_NEVER_TWICE, or NULL */
    const char *held_name;      /* the blackout's name, or the other post's ("traffic/helmet") */
    struct instant waits_until; /* quiet hours that end in time: it goes out then; else NONE */
};

/* A person must decide before it goes out; quiet hours that end in time are no matter. */
bool occurrence_is_held(const struct occurrence *occurrence);

struct occurrences {
    struct occurrence *items;
    size_t count, capacity;
};

struct planned {
    struct delivery delivery; /* state ready or planned by approvals; its content is made */
    const struct campaign *campaign;
    const struct post *post;
    const struct account *account;
    const struct rendered *rendered; /* shared by the occurrences with the same text */
    int64_t slot;                    /* number in the rule; 0 for `at` */
    const char *held_by;             /* as above */
    const char *held_name;
};

struct plan {
    struct planned *items;
    size_t count, capacity;
};

/* The texts of one set, rendered when first asked for and shared by all plans made of it. */
struct plan_texts;
struct plan_texts *plan_texts_new(const struct campaign_set *set, const struct media_facts *facts,
                                  size_t fact_count, struct arena *arena);
/* How many texts a post has in turn on its account number `a`: 1 without `texts`, 0 where it is
 * skipped. `c` and `p` count campaigns and their posts. */
size_t plan_texts_turns(const struct plan_texts *texts, size_t c, size_t p, size_t a);
/* How many texts it has in all: turns, or the parts of its thread (never both). */
size_t plan_texts_count(const struct plan_texts *texts, size_t c, size_t p, size_t a);
struct plan_text *plan_texts_get(struct plan_texts *texts, size_t c, size_t p, size_t a,
                                 size_t number);
const struct campaign_set *plan_texts_set(const struct plan_texts *texts);
const struct media_index *plan_texts_media(const struct plan_texts *texts);

/* What is planned with from <= at < until. Findings that only a window shows (never-twice
 * among the files, slots in a clock gap) are added when `findings` is not NULL. Never-twice looks
 * 30 days back from `from`. */
void plan_occurrences(struct plan_texts *texts, struct instant from, struct instant until,
                      struct arena *arena, struct occurrences *occurrences,
                      struct findings *findings);

/* "once", "2026-12-04T19:00"; "once.2" for the first answer of a thread. */
const char *occurrence_word(const struct occurrence *occurrence, char text[WHEN_GUESS]);

/* The delivery that follows from one. `facts` name the owners of the media: the author is unknown
 * (-1) where a file can be written by others than its owner, or belongs to another person. */
void plan_fill(const struct occurrence *occurrence, const struct media_index *media,
               struct arena *arena, struct planned *planned);

/* Both, for the outbox. */
void plan_deliveries(struct plan_texts *texts, struct instant from, struct instant until,
                     struct arena *arena, struct plan *plan, struct findings *findings);

/* The same page by page, for the million deliveries of a long horizon: only their ids are in memory
 * all the time, 8 bytes each, and a slice of time. Uses `texts` for itself until it is freed. */
struct plan_pages;
struct plan_pages *plan_pages_new(struct plan_texts *texts, struct instant from,
                                  struct instant until);
void plan_pages_free(struct plan_pages *pages); /* NULL is fine */
size_t plan_pages_count(const struct plan_pages *pages);
/* Whether any page names it. */
bool plan_pages_have(const struct plan_pages *pages, const char *id);
/* The next `limit` deliveries, fewer on the last page, in the order of time; where many have one
 * time, in that in which they are sent. They live in the arena. False: no more. */
bool plan_pages_next(struct plan_pages *pages, size_t limit, struct arena *arena,
                     struct plan *page);
/* Back to the first page. */
void plan_pages_rewind(struct plan_pages *pages);

/* All from the files alone. */
void plan_build(const struct campaign_set *set, struct instant from, struct instant until,
                const struct media_facts *facts, size_t fact_count, struct arena *arena,
                struct plan *plan, struct findings *findings);

/* Who the public sees behind an account, whatever its name in crier.cfg: "platform|host|handle" in
 * small letters, the account's name where no handle is given. Never-twice is per identity; the
 * store uses the same words (struct account_state). */
const char *account_identity_key(const struct account *account, struct arena *arena);

/* What goes out but is not made yet: each file and recipe once, pictures before videos, and short
 * videos before long ones. For asset/renditions.h; then the texts are rendered anew. Of the texts
 * rendered so far. */
struct unmade {
    const struct media_facts *facts;
    const char *recipe;
};
bool unmade_is_video(const struct unmade *unmade);
void plan_unmade(const struct plan_texts *texts, struct arena *arena, const struct unmade **unmade,
                 size_t *count);

/* The media files that the posts name, each once, sorted: what asset/ must look at. */
void plan_media(const struct campaign_set *set, struct arena *arena, const char *const **files,
                size_t *count);

#endif

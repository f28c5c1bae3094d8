/* sandbox/world.h - the sandbox's ground truth: who has an account, what was uploaded, what is
 * public.
 *
 * The same for every platform; what only one platform knows lies in `detail`.
 * A change is a JSON record: it is written to the journal first and then applied,
 * and a restart applies the journal's records again, so both ways lead through the
 * same code. Without a state folder there is no journal and media stay in memory.
 *
 * The clock is real time plus an offset, or stands still (virtual) until it is
 * set; it never goes back. Objects live as long as the world. Writing that fails
 * ends the process: a ground truth with holes is worth nothing.
 */
#ifndef CRIER_SANDBOX_WORLD_H
#define CRIER_SANDBOX_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/compiler.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/json.h"
#include "sandbox/journal.h"
#include "sandbox/limiter.h"

struct account {
    const char *platform;
    const char *handle;
    const char *id; /* decimal, made of platform and handle: the same in every run */
    struct instant since;
    int64_t posts;                      /* public ones */
    int64_t logins, refreshes, expired; /* see sandbox/session.h */
    struct account *next;
};

struct post;

struct upload {
    const char *platform;
    const char *account; /* handle */
    const char *id;
    const char *sha256; /* of the bytes received */
    const char *mime;   /* by content */
    const char *alt;    /* or NULL */
    int64_t bytes;
    struct instant at;
    struct instant ready_at; /* until then it is "processing" */
    const struct post *post; /* the newest that it is attached to, or NULL */
    bool discarded;
    const json_t *detail;
    struct upload *older;
};

/* A picture or video of a post. */
struct medium {
    const char *sha256, *mime;
    const char *alt; /* or NULL */
    int64_t bytes;
    struct upload *upload; /* NULL: the client only named it, as a webhook does */
};

struct post {
    const char *platform;
    const char *account; /* handle */
    const char *id; /* where a platform lets a post be overwritten, each version has the same */
    const char *text;
    const char *key; /* the client's idempotency key, or NULL */
    struct medium *media;
    size_t media_count;
    struct instant at;
    struct instant deleted_at; /* INSTANT_NONE: public */
    const json_t *detail;
    struct post *older, *newer;
};

/* What a platform's server wants published. */
struct draft {
    const char *id; /* NULL: a new one. One that exists: that post's next version */
    const char *text;
    const struct medium *media;
    size_t media_count;
    const char *key; /* or NULL */
    json_t *detail;  /* taken over; or NULL */
};

/* One request that reached us, whatever became of it. */
struct visit {
    int64_t n; /* from 1 */
    const char *platform, *method, *path, *query, *key;
    const char *account; /* or NULL */
    int status;          /* 0: no answer was sent */
    struct instant at;
    struct visit *next;
};

struct world {
    struct arena arena;
    struct journal journal;
    bool virtual_clock;
    int64_t clock_ms; /* offset to real time, or the time itself when virtual */
    int64_t last_ms;  /* the clock never shows less */
    uint64_t last_id;
    struct account *accounts;
    struct upload *uploads;            /* newest first */
    struct post *posts, *first;        /* newest, oldest */
    struct visit *visits, *last_visit; /* oldest, newest */
    struct session *sessions;          /* newest first */
    struct limiter limiter;
    bool unlimited;         /* --unlimited: rate limits are counted, not kept */
    const json_t *accepted; /* --strict: list of credentials; NULL: any */
};

/* `folder` may be NULL. A new virtual clock stands at `start`, NONE = now. */
MUST_CHECK bool world_open(struct world *world, const char *folder, bool virtual_clock,
                           struct instant start, struct err *err);
void world_close(struct world *world);

struct instant world_now(struct world *world);
/* False when `now` lies before the clock. */
bool world_set_clock(struct world *world, struct instant now);

/* A new id: decimal, growing with time and never twice, as Mastodon's and X's are. */
const char *world_new_id(struct world *world, struct arena *arena);

/* The handle for a credential: HANDLE for "sandbox-HANDLE", else a stable name from its hash.
 * NULL when --strict does not list it. */
const char *world_handle_of(struct world *world, const char *credential, struct arena *arena);
/* The same without asking --strict: for names that are no secrets. */
const char *world_name_of(const char *credential, struct arena *arena);
/* The account, made at first sight. */
struct account *world_account(struct world *world, const char *platform, const char *handle);
/* NULL when nobody has seen it. */
struct account *world_find_account(struct world *world, const char *platform, const char *handle);
struct account *world_account_by_id(struct world *world, const char *platform, const char *id);

/* Takes the bytes in. `detail` is taken over and may be NULL, as may `alt`. */
struct upload *world_upload(struct world *world, const struct account *account, const void *bytes,
                            size_t length, const char *mime, const char *alt,
                            struct span processing, json_t *detail);
/* The same with bytes of world_keep: a film is not copied. */
struct upload *world_upload_kept(struct world *world, const struct account *account,
                                 const void *bytes, size_t length, const char *mime,
                                 struct span processing, json_t *detail);
/* Takes a buffer's bytes over, for world_upload_kept: they live as long as the world, or, where
 * media lie in files, as long as `arena`. The buffer is empty then. */
const char *world_keep(struct world *world, struct buffer *buffer, struct arena *arena);
struct upload *world_find_upload(struct world *world, const char *platform, const char *id);
void world_describe(struct world *world, struct upload *upload, const char *alt);
void world_discard(struct world *world, struct upload *upload);
/* The bytes of any upload of this hash. */
MUST_CHECK bool world_media(struct world *world, const char *sha256, struct arena *arena,
                            const char **bytes, size_t *length);

/* An upload as a medium, with its own alt text. */
struct medium world_medium(struct upload *upload);

struct post *world_publish(struct world *world, const struct account *account,
                           const struct draft *draft);
/* The newest version. Also finds deleted posts. */
struct post *world_find_post(struct world *world, const char *platform, const char *id);
/* The newest post that the account's client made with this key, not before `since`; or NULL. */
const struct post *world_post_by_key(const struct world *world, const struct account *account,
                                     const char *key, struct instant since);
/* All its versions. */
void world_delete(struct world *world, struct post *post);

/* Writes a record and applies it; takes it over. For modules that keep a part of the world. */
void world_change(struct world *world, json_t *record);

/* A request has come; `visit_end` says how it was answered (status 0: not at all). */
struct visit *world_visit(struct world *world, const char *platform, const char *method,
                          const char *path, const char *query, const char *key);
void world_visit_end(struct world *world, struct visit *visit, int status, const char *account);

#endif

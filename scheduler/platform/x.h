/* platform/x.h - X, API v2: text, pictures, GIF, video, threads, alternative texts, subtitles.
 *
 * Class C: POST /2/tweets has no idempotency key, so it is unrepeatable; in doubt own recent posts
 * are read and compared by text, parent and media. Two ways in: OAuth 1.0a (the usual one: its
 * tokens do not end) and OAuth 2.0 with PKCE, whose refresh tokens can be used once. The machine
 * `publish` is drawn in x.c; what goes up before it is in x_media.c, what is read back and compared
 * in x_post.c, errors and tokens in x_account.c.
 *
 * What it deliberately leaves out: polls, quotes (Enterprise only), edits (each makes a new id).
 *
 * Facts: docs.x.com (xdevplatform/docs of 2026-08-22) and its openapi.json 2.167; the names that
 * changed between 2.159 and 2.167 are taken in both spellings.
 */
#ifndef CRIER_PLATFORM_X_H
#define CRIER_PLATFORM_X_H

#include "platform/adapter.h"

extern const struct adapter x;
extern const struct limits x_limits;
extern const struct account_key x_keys[];

/* ---- what its own files share ---- */

enum { X_MOST_MEDIA = 4 };

/* What the machine `publish` keeps from step to step. */
struct x_kept {
    const char *media[X_MOST_MEDIA]; /* ids that are ready, in the order of the content */
    size_t count;
    const char *now;      /* the medium under way: uploaded, in pieces or waiting to be ready */
    int64_t segment;      /* of it, the next piece */
    int64_t piece;        /* bytes of a piece */
    const char *captions; /* id of the subtitles; NULL = not uploaded */
    int64_t rounds;       /* in which media were uploaded again */
    const char *id;       /* of the post; NULL before */
    int64_t reads;        /* that did not show the post */
};

/* One call of the machine. */
struct x_visit {
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    struct x_kept kept;
};

/* The states of `publish`: each names the request that is under way. */
enum x_phase {
    X_UPLOADING,
    X_STARTING,
    X_APPENDING,
    X_FINISHING,
    X_ASKING,
    X_PROCESSING,
    X_DESCRIBING,
    X_CAPTIONING,
    X_ATTACHING,
    X_PUBLISHING,
    X_ANSWERED,
    X_PHASES
};

/* x.c */
const char *x_progress(const struct x_visit *visit, enum x_phase phase);
struct step x_send_next(const struct x_visit *visit);
struct step x_send_publish(const struct x_visit *visit);

/* A request of this account, signed by its way in. */
struct http_request x_request(const struct job *job, const char *method, const char *path,
                              enum request_kind kind);
/* With a JSON body; takes `body` over. */
struct http_request x_post(const struct job *job, const char *path, json_t *body,
                           enum request_kind kind, struct arena *arena);

/* Up to 19 digits. */
bool x_id_usable(const char *id);

/* x_media.c: what each state before `publishing` sends, and what it makes of its reply. */
struct x_behaviour {
    struct step (*send)(const struct x_visit *visit);
    struct step (*receive)(struct x_visit *visit);
};
extern const struct x_behaviour x_media_behaviours[X_PUBLISHING];

/* Whether this medium goes up in pieces. */
bool x_is_chunked(const struct job *job, size_t number);
/* Whether the post is a video with subtitles. */
bool x_has_captions(const struct job *job);
/* Its bytes divided; 0 when that is not known. */
int64_t x_segments(const struct job *job, size_t number, int64_t piece);
int64_t x_first_piece(void);
/* The ids are no good any more: all media go up again, three rounds at most; then it is a refusal.
 */
struct step x_upload_anew(struct x_visit *visit, const char *why);

/* x_post.c */

/* "/2/tweets/1?tweet.fields=..." as the account's key `fields` names it. */
const char *x_fields_path(const struct job *job, const char *path, const char *more,
                          struct arena *arena);
/* Whether a post that was read shows the public what the content says, as an answer to its parent.
 */
bool x_shows(const struct job *job, const json_t *post, struct arena *arena);
/* The page of a post; that of a drill is below its base_url. */
const char *x_page(const struct job *job, const char *id, struct arena *arena);

struct step x_find(const struct job *job, const struct progress *at, const struct http_reply *reply,
                   struct arena *arena);
struct step x_retract(const struct job *job, const struct progress *at,
                      const struct http_reply *reply, struct arena *arena);

/* x_account.c */

/* What the platform says is wrong, whatever the shape: problem, list of errors, old code. */
enum x_meaning {
    X_UNKNOWN,   /* nothing that is known here */
    X_TOKEN,     /* the key or token is refused */
    X_SCOPE,     /* it does not allow this */
    X_SUSPENDED, /* the account is suspended or locked */
    X_CREDITS,   /* no money, or the cap is reached */
    X_LATER,     /* too many requests */
    X_DUPLICATE, /* the same text stands there already: perhaps ours */
    X_MEDIA,     /* the media ids are no good (any more) */
    X_REPLY,     /* the reply rule of February 2026 */
    X_REFUSED    /* this content, for good */
};
enum x_meaning x_meaning(const struct http_reply *reply, struct arena *arena);

/* One sentence, with what to try. */
const char *x_sentence(const struct http_reply *reply, struct arena *arena);

/* The step for any request but the publish request itself. */
struct step x_failure(const struct x_visit *visit);
/* The same for a read, which can be no refusal of content. */
struct step x_unreadable(const struct http_reply *reply, struct arena *arena);
/* An account's trouble or a throttle as a step; false for other meanings. */
bool x_stops_account(const struct http_reply *reply, struct arena *arena, struct step *step);

extern const struct way_in *const x_ways[];

struct step x_identify(const struct job *job, const struct progress *at,
                       const struct http_reply *reply, struct arena *arena);
struct step x_refresh(const struct job *job, const struct progress *at,
                      const struct http_reply *reply, struct arena *arena);

#endif

/* platform/youtube.h - YouTube: the Data API v3, and Google's resumable uploads.
 *
 * Class C, but rarely in doubt: a video is sent into an upload session, whose address is stored
 * before the first byte leaves. One session makes one video, so whoever asks the session knows
 * whether there is one (`find` does so first). Only when the session itself is forgotten does the
 * channel's list have to tell, and then a person.
 *
 * Pieces go up ahead of time; the last one, at most 256 KiB, is the publish request. A session's
 * address lets its holder send these bytes and nothing else; it stands in the store and the audit
 * log like an id.
 *
 * The machine `publish` is drawn in youtube.c; sessions of uploads are in youtube_upload.c, what
 * errors mean in youtube_error.c, `find` and `retract` in youtube_find.c, thumbnail, captions and
 * playlist in youtube_after.c, `refresh` and `identify` in youtube_login.c.
 *
 * Facts: developers.google.com/youtube/v3 (revision history of 2026), the discovery document of
 * 2026-06-01, developers.google.com/youtube/v3/guides/using_resumable_upload_protocol.
 */
#ifndef CRIER_PLATFORM_YOUTUBE_H
#define CRIER_PLATFORM_YOUTUBE_H

#include "platform/adapter.h"

extern const struct adapter youtube;
extern const struct limits youtube_limits;
extern const struct account_key youtube_keys[];

/* ---- what its own files share ---- */

/* youtube.c: a name or id that may stand in an address: letters, digits, '-' and '_'. */
bool youtube_id_usable(const char *id);
/* Where people see the video; that of a drill is below its base_url. */
const char *youtube_page(const struct job *job, const char *id, struct arena *arena);
/* The name of the file as its owner sees it, the same for every try: staff's own stays here. */
const char *youtube_file_name(const struct job *job, struct arena *arena);
/* What stands below the video: `description`, else `text`; "" for none. */
const char *youtube_description(const struct content *content);
/* "id" of a resource, usable and in the arena; else NULL. */
const char *youtube_id(const json_t *resource, struct arena *arena);
/* The id of the video that an answer of an upload says was made; else NULL. */
const char *youtube_made(const struct http_reply *reply, struct arena *arena);
const json_t *youtube_first(const json_t *list); /* "items"[0], or NULL */
/* NFC, without white space at both ends. */
bool youtube_same_text(const char *ours, const char *theirs, struct arena *arena);

/* One sentence on what the public sees differently than it was sent; NULL = nothing. */
const char *youtube_differs(const struct job *job, const json_t *video, struct arena *arena);

struct http_request youtube_get(const char *path);
struct http_request youtube_post(const char *path, const json_t *body, enum request_kind kind,
                                 struct arena *arena);

/* ---- youtube_error.c: {"error":{"code","message","errors":[{"domain","reason","message"}]}} ----
 */

enum youtube_meaning {
    YOUTUBE_STRANGE,   /* not in the table: a front-end's page, or a reason not known */
    YOUTUBE_TRANSIENT, /* the same again, later                                       */
    YOUTUBE_SLOWER,    /* too many calls: wait minutes                                */
    YOUTUBE_QUOTA,     /* the project's quota of the day: until midnight Pacific      */
    YOUTUBE_DAY,       /* the channel's own cap: 24 hours                             */
    YOUTUBE_EXPIRED,   /* the access token is over                                    */
    YOUTUBE_SCOPE,     /* the credential or its project may not do this               */
    YOUTUBE_CLOSED,    /* the account is suspended or closed                          */
    YOUTUBE_GONE,      /* there is no such video, or session                          */
    YOUTUBE_REFUSED    /* this content or parameter, for good                         */
};

struct youtube_error {
    enum youtube_meaning meaning;
    bool is_own;     /* Google's own JSON, and not a page of a front-end */
    const char *why; /* one sentence for people and audit, with the reason's word */
};
struct youtube_error youtube_error_read(const struct http_reply *reply, struct arena *arena);

/* A request that makes nothing public failed; of a read, which can be no refusal of content. */
struct step youtube_failure(const struct http_reply *reply, struct arena *arena);
struct step youtube_unreadable(const struct http_reply *reply, struct arena *arena);

/* The request that makes the video public failed: what Google says for certain, else doubt. */
struct step youtube_publish_failure(const struct http_reply *reply, struct arena *arena);

/* ---- youtube_upload.c: Google's resumable protocol ---- */

/* A piece is as long as what YouTube has already, within these bounds: a good line waits for few
 * answers, and a break never costs more than what has arrived, or one of the shortest. */
enum {
    YOUTUBE_GRAIN = 256 * 1024,
    YOUTUBE_PIECE = 8 * 1024 * 1024,
    YOUTUBE_PIECE_MOST = 4 * YOUTUBE_PIECE
};

/* The whole address that an answer names as its session, in the arena; NULL when there is none that
 * may be asked. */
const char *youtube_session(const struct job *job, const struct http_reply *reply,
                            struct arena *arena);

/* What the session has: sent after any doubt, changes nothing. False for an address that may not be
 * asked. */
MUST_CHECK bool youtube_query(const struct job *job, const char *session, int64_t total,
                              struct arena *arena, struct http_request *request);

/* These bytes of a file of the spool into the session. */
struct youtube_piece {
    const char *sha256, *mime;
    int64_t offset, length, total;
};
MUST_CHECK bool youtube_send(const struct job *job, const char *session,
                             const struct youtube_piece *piece, struct arena *arena,
                             struct http_request *request);

/* Where the last piece begins: a multiple of the grain, so the publish request is small. */
int64_t youtube_last_piece(int64_t total);

/* The first byte that an answer of 308 still wants; without a Range header nothing is stored.
 * False for a Range that is none. */
MUST_CHECK bool youtube_wants(const struct http_reply *reply, int64_t total, int64_t *offset);

/* ---- the other machines ---- */

struct step youtube_find(const struct job *job, const struct progress *at,
                         const struct http_reply *reply, struct arena *arena);
struct step youtube_retract(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena);
struct step youtube_refresh(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena);
struct step youtube_identify(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *arena);
extern const struct after_step youtube_after[];

#endif

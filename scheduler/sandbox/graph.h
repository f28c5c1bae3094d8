/* sandbox/graph.h - what the Graph API's servers (Facebook, Instagram, Threads) have in common.
 *
 * Versions in the path, the token in either of its two words, error bodies, usage headers, and what
 * was removed in 2026 and is refused since. A platform's server calls them in this order:
 *
 *     graph_below(), graph_is_current(), graph_asker(), graph_within(), then its own work.
 *
 * Each that returns false has written the answer. Also videos that arrive in pieces on the upload
 * host (rupload): a video is an upload without bytes and with a detail {"video":KIND,...}; its
 * pieces are uploads with {"piece_of","offset"}, and once all are there one upload with
 * {"whole_of"} has the bytes. So a restarted sandbox knows how far it was.
 */
#ifndef CRIER_SANDBOX_GRAPH_H
#define CRIER_SANDBOX_GRAPH_H

#include "sandbox/platform.h"

/* ---- errors ---- */

struct graph_fault {
    int status, code, subcode; /* subcode 0 = none */
    bool is_transient;
    const char *type;    /* NULL = "OAuthException" */
    const char *message; /* as the real server says it, "(#100) " and all */
    const char *title;   /* error_user_title, or NULL */
    const char *told;    /* error_user_msg, or NULL */
};

/* {"error":{...,"fbtrace_id"}}. */
void graph_refuse(struct request *request, const struct graph_fault *fault, struct answer *answer);
/* 400, code 100: "(#100) " and this. */
void graph_invalid(struct request *request, const char *message, struct answer *answer);
/* 400, code 100: "(#100) The parameter NAME is required". */
void graph_missing(struct request *request, const char *name, struct answer *answer);
/* 400, 100/33: not there, or not to be seen. */
void graph_gone(struct request *request, const char *id, struct answer *answer);
/* {"success":true}. */
void graph_success(struct request *request, struct answer *answer);
/* The upload host's own shape: {"debug_info":{"retriable","type","message"}}. */
void graph_upload_refused(struct request *request, int status, bool retriable, const char *type,
                          const char *message, struct answer *answer);

/* For the platform's row: code 32 with X-Business-Use-Case-Usage of that type ("pages",
 * "instagram"), and 190/463. */
void graph_too_many(struct request *request, const char *type, struct instant reset,
                    struct answer *answer);
void graph_no_token(struct request *request, struct answer *answer);

/* ---- who asks, and how ---- */

/* "/v25.0/me" -> "/me". False for no version, or one that is gone or not there yet. `oldest` and
 * `newest` as in {21,26} for v21.0 to v26.0. */
bool graph_below(struct request *request, int oldest, int newest, const char **below,
                 struct answer *answer);

/* False for pretty, debug, date_format, ids and If-None-Match. `form` may be NULL. */
bool graph_is_current(struct request *request, const struct fields *form, struct answer *answer);

/* The token: `Authorization: Bearer T` or `OAuth T`, or the parameter access_token; on the upload
 * host only `OAuth T`. NULL when there is none. */
const char *graph_token(const struct request *request, const struct fields *form, bool upload_host);

/* The account whose token it is; sets request->account. False with 190, or 104 without any token.
 */
bool graph_asker(struct world *world, struct request *request, const char *platform,
                 const struct fields *form, bool upload_host, struct answer *answer);

/* Counts the call against the account's budget of a day and writes X-App-Usage and
 * X-Business-Use-Case-Usage; false when it is spent. `type` as above, `most` calls in 24 h. */
bool graph_within(struct world *world, struct request *request, const char *type, int64_t most,
                  struct answer *answer);

/* "2026-11-22T10:00:00+0000". */
const char *graph_date(struct instant at, struct arena *arena);

/* ---- videos in pieces ---- */

/* `detail` is taken over; gets the member "video": `kind`. */
struct upload *graph_video_start(struct world *world, const struct account *account,
                                 const char *kind, json_t *detail);
/* The account's video of that id, or NULL. */
struct upload *graph_video(struct world *world, const struct account *account, const char *id);
/* How many bytes of it are here, and the size that its pieces were said to make (0 = none yet). */
int64_t graph_video_received(const struct world *world, const struct upload *video, int64_t *size);
/* The upload that has all its bytes, or NULL. */
struct upload *graph_video_whole(const struct world *world, const struct upload *video);
/* POST of a piece: headers `offset` and `file_size`, the body, or `file_url` (which is not fetched:
 * SANDBOX). Answers. The whole video is ready `processing` after its last byte. */
void graph_video_take(struct world *world, struct request *request, struct upload *video,
                      struct span processing, struct answer *answer);

/* A piece of `video` from another place: it begins at `offset` of `size` bytes and fits. */
void graph_video_add(struct world *world, struct request *request, struct upload *video,
                     const void *bytes, size_t length, int64_t offset, int64_t size,
                     struct span processing);

#endif

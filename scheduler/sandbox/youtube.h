/* sandbox/youtube.h - the YouTube Data API v3 as far as a publisher meets it: Google's token
 * endpoint, resumable uploads, videos, channels, playlists, thumbnails, captions, quotas.
 *
 * Written from the facts page. What an upload is stands in the world's uploads: a session is one
 * without bytes and with a detail {"session":KIND,...}, its pieces have {"piece_of","offset"}, all
 * its bytes {"whole_of"}. So a restarted sandbox knows how far it was.
 *
 * Quirks of --script, each met by the request that it stands for:
 *   private    (opening) the video becomes private: a project without an audit
 *   keep_less  (a piece) only its first 256 KiB are kept      keep_none  (a piece) all is lost
 *   forget     (a piece, a query) the session is not known any more
 *   reject     (opening) processing ends with rejected: duplicate
 *   fail       (opening) processing ends with failed: codec
 */
#ifndef CRIER_SANDBOX_YOUTUBE_H
#define CRIER_SANDBOX_YOUTUBE_H

#include "sandbox/platform.h"

enum {
    YOUTUBE_BODY_MOST = 512 * 1024 * 1024,
    YOUTUBE_TITLE_MOST = 100,
    YOUTUBE_DESCRIPTION_MOST = 5000,
    YOUTUBE_THUMBNAIL_MOST = 2 * 1024 * 1024,
    YOUTUBE_GRAIN = 256 * 1024
};

void youtube_serve(const struct platform *platform, struct world *world, struct request *request,
                   struct answer *answer);
void youtube_too_many(struct request *request, struct instant reset, struct answer *answer);
void youtube_no_token(struct world *world, struct request *request, struct answer *answer);

/* ---- what its own files share ---- */

/* One request on its way through the server. */
struct youtube_call {
    const struct platform *platform;
    struct world *world;
    struct request *request;
    struct answer *answer;
    struct arena *arena;
    struct account *account; /* who asks; NULL where nobody must */
    json_t *input;           /* a JSON body, or NULL */
};

/* {"error":{"code","message","errors":[{"message","domain","reason"}]}}. */
void youtube_refuse(struct request *request, int status, const char *domain, const char *reason,
                    const char *message, struct answer *answer);
void youtube_fail(struct youtube_call *call, int status, const char *reason, const char *message);
const char *youtube_query(const struct youtube_call *call, const char *name);

/* Names: "UC" and "UU" of an account, eleven letters of a video. */
const char *youtube_channel_id(const struct account *account, const char *prefix,
                               struct arena *arena);
const char *youtube_new_id(const char *name, struct arena *arena);
struct post *youtube_video(const struct youtube_call *call, const char *id);
/* "processed", "uploaded", "rejected", "failed". */
const char *youtube_stage(struct world *world, const struct post *post);
/* A video resource with the parts that the list names ("snippet,status"). */
json_t *youtube_resource(const struct youtube_call *call, const struct post *post,
                         const char *parts);
/* The newest upload with this member in its detail, or NULL. */
struct upload *youtube_upload_with(struct world *world, const char *member, const char *value);

/* youtube_upload.c */
void youtube_open_video(struct youtube_call *call);
void youtube_open_captions(struct youtube_call *call);
void youtube_take(struct youtube_call *call); /* a piece, or a query */

/* youtube_page.c: the channel, or with `only` one video, as a page. */
void youtube_page(const struct platform *platform, struct world *world, struct request *request,
                  const struct account *account, const struct post *only, struct answer *answer);

#endif

/* platform/facebook.h - Facebook Pages: posts, photos, Reels, videos and stories (Graph API).
 *
 * Class C: Facebook documents no idempotency key. Only one request of each post has public effect,
 * and wherever the API allows it that request names an id that was stored before: a Reel, a video
 * or a story of one is finished by its video id, whose state then tells whether it took effect; a
 * photo story is found by its photo id. Photos of a post are uploaded unpublished, so that its
 * `/feed` call is the only risk: in doubt it is looked for by its exact message, its photos and its
 * time, never as "the newest". An error of that call proves nothing (platform/graph.h).
 *
 * Removing is repeatable. A first comment is public and has no key: in doubt the comments are
 * looked at once more, else it is given up with a reason. Thumbnails and captions may be sent
 * again.
 *
 * Sources: the facts page of Facebook Pages; developers.facebook.com/docs/pages-api/posts,
 * /docs/video-api/guides/reels-publishing, /docs/page-stories-api, and Meta's business SDK
 * specification (Page, PagePost, Photo, AdVideo, Stories). Phases of a chunked video are named
 * there; their answers are general knowledge and are read with care. The machine's drawing is in
 * facebook.c.
 */
#ifndef CRIER_PLATFORM_FACEBOOK_H
#define CRIER_PLATFORM_FACEBOOK_H

#include "platform/graph.h"

extern const struct adapter facebook;
extern const struct limits facebook_limits;
extern const struct account_key facebook_keys[];

/* ---- what facebook*.c share ---- */

enum { FACEBOOK_PHOTOS = 10 };

/* What is made of a post, by its kind and its media. */
enum facebook_form {
    FACEBOOK_FEED, /* text, link, photos */
    FACEBOOK_VIDEO,
    FACEBOOK_REEL,
    FACEBOOK_VIDEO_STORY,
    FACEBOOK_PHOTO_STORY,
    FACEBOOK_FORMS
};
enum facebook_form facebook_form_of(const struct job *job);
bool facebook_is_video(enum facebook_form form);

/* What is kept from step to step; texts in the arena or lent by the progress. */
struct facebook_kept {
    const char *photos[FACEBOOK_PHOTOS]; /* unpublished, in the order of the content */
    size_t photo_count;
    const char *video;       /* its id; NULL before */
    const char *session;     /* of a long video's chunks */
    const char *host, *path; /* where a Reel's bytes go */
    int64_t start, end;      /* the next piece; end 0 = all the rest */
    int64_t polls;           /* of its processing, in this round */
    int64_t rounds;          /* in which the video was uploaded anew */
    int64_t reads;           /* that did not show what is public */
    const char *id, *url;    /* of what is public; NULL before */
};

enum facebook_phase {
    FACEBOOK_UPLOADING, /* a photo, unpublished           */
    FACEBOOK_STARTING,  /* a video's upload session       */
    FACEBOOK_SENDING,   /* its bytes                      */
    FACEBOOK_RESUMING,  /* asks how many of them are here */
    FACEBOOK_PROCESSING,
    FACEBOOK_PUBLISHING,
    FACEBOOK_ANSWERED,
    FACEBOOK_PHASES
};

/* One call of the machine. */
struct facebook_visit {
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    enum facebook_form form;
    const char *page; /* its id */
    struct facebook_kept kept;
};

/* The id of the page: `page_id` of a live account, else what `identify` was told; NULL = not known
 * yet. */
const char *facebook_page(const struct job *job);

/* A step of a machine; what was kept is not read yet. */
struct facebook_visit facebook_visit(const struct job *job, const struct http_reply *reply,
                                     struct arena *arena);

/* False for a progress of another version. */
MUST_CHECK bool facebook_read_kept(const json_t *kept, struct facebook_kept *to);
const char *facebook_write(const struct facebook_visit *visit, enum facebook_phase phase);

/* "/reel/12/" as an address; below base_url for an account that is not live. */
const char *facebook_url(const struct job *job, const char *permalink, struct arena *arena);

/* What is public may be read: of posts and videos by id, of photo stories in their list. */
struct step facebook_send_read(const struct facebook_visit *visit);
struct step facebook_after_read(struct facebook_visit *visit);
struct step facebook_find(const struct job *job, const struct progress *at,
                          const struct http_reply *reply, struct arena *arena);

/* A video on its way (facebook_video.c); `facebook_send_publish` is facebook.c's. */
struct step facebook_send_publish(const struct facebook_visit *visit);
struct step facebook_send_start(const struct facebook_visit *visit);
struct step facebook_after_start(struct facebook_visit *visit);
struct step facebook_after_bytes(struct facebook_visit *visit);
struct step facebook_send_resume(const struct facebook_visit *visit);
struct step facebook_after_resume(struct facebook_visit *visit);
struct step facebook_send_status(const struct facebook_visit *visit);
struct step facebook_after_status(struct facebook_visit *visit);
/* The finish call's form, by the video's id. */
struct http_request facebook_finish(const struct facebook_visit *visit);

/* What GET /VIDEO?fields=status,... says. */
enum facebook_video_state {
    VIDEO_UNREADABLE, /* no answer of that kind                          */
    VIDEO_GONE,
    VIDEO_UPLOADING, /* bytes are missing                               */
    VIDEO_PROCESSING,
    VIDEO_READY,      /* may be finished                                 */
    VIDEO_PUBLISHING, /* finished, not public yet                        */
    VIDEO_PUBLIC,
    VIDEO_FAILED /* see `why`                                       */
};
struct facebook_video {
    enum facebook_video_state state;
    bool not_started; /* the platform says that nothing was published of it */
    int64_t received; /* bytes; -1 = not told */
    const char *post_id, *url, *text, *why;
};
struct http_request facebook_get_video(const struct facebook_visit *visit);
struct facebook_video facebook_read_video(const struct facebook_visit *visit);

/* The small machines (facebook_after.c, facebook_account.c). */
extern const struct after_step facebook_after_steps[];
struct step facebook_identify(const struct job *job, const struct progress *at,
                              const struct http_reply *reply, struct arena *arena);
struct step facebook_retract(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *arena);

#endif

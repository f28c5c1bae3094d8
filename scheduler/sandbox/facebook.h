/* sandbox/facebook.h - a Page on the Graph API, as far as a publisher meets it: posts, photos,
 * Reels, long videos in pieces, stories, comments, thumbnails, captions, deletion.
 *
 * Written from the facts page and Meta's SDK specification. The Page's id is the account's; its
 * name is the handle. Only fields that are asked for are answered. A Reel is processed for a while,
 * and is public a while after it was finished; finished again it is still one. Insights,
 * scheduling and unpublished posts are not served.
 */
#ifndef CRIER_SANDBOX_FACEBOOK_H
#define CRIER_SANDBOX_FACEBOOK_H

#include "sandbox/graph.h"

enum {
    FACEBOOK_MESSAGE_MOST = 63206,
    FACEBOOK_PHOTOS_MOST = 10,
    FACEBOOK_PHOTO_BYTES_MOST = 10 * 1000 * 1000,
    FACEBOOK_REELS_A_DAY = 30,
    FACEBOOK_CALLS_A_DAY = 48000,
    FACEBOOK_BODY_MOST = 64 * 1024 * 1024
};

void facebook_serve(const struct platform *platform, struct world *world, struct request *request,
                    struct answer *answer);
void facebook_too_many(struct request *request, struct instant reset, struct answer *answer);
void facebook_no_token(struct world *world, struct request *request, struct answer *answer);

/* ---- what facebook*.c share ---- */

/* One request on its way through the server. */
struct facebook_call {
    const struct platform *platform;
    struct world *world;
    struct request *request;
    struct answer *answer;
    struct arena *arena;
    const char *base;     /* http://HOST/PLATFORM */
    const char *below;    /* the path behind the version */
    const char *argument; /* the '*' of the route */
    struct fields form;   /* of the body */
    struct account *account;
};

/* Of the body, else of the query. */
const char *facebook_field(const struct facebook_call *call, const char *name);
/* Code points. */
size_t facebook_length(const char *text);
/* "PAGE_NUMBER". */
const char *facebook_post_id(struct facebook_call *call);
/* The account's public post with that member in its detail, or NULL. */
struct post *facebook_post_with(const struct facebook_call *call, const char *member,
                                const char *value);
/* The account's public post of that id (or a video's or photo's that it shows), or NULL. */
struct post *facebook_post(const struct facebook_call *call, const char *id);
/* "feed", "video", "reel", "story". */
const char *facebook_kind(const struct post *post);
const char *facebook_permalink(struct facebook_call *call, const struct post *post);
/* Answers with those members of `full` that `fields` names, all without it; `known` are the fields
 * that the node has, blank between: another one is refused. Takes `full` over. */
void facebook_answer_fields(struct facebook_call *call, json_t *full, const char *known);

/* facebook_video.c */
void facebook_videos(struct facebook_call *call);
void facebook_video_reels(struct facebook_call *call);
void facebook_video_stories(struct facebook_call *call);
void facebook_receive(struct facebook_call *call, const char *video);
void facebook_show_video(struct facebook_call *call, struct upload *video);
void facebook_thumbnails(struct facebook_call *call);
void facebook_captions(struct facebook_call *call);

/* facebook_object.c: what may be read, commented and deleted by id. */
void facebook_object(struct facebook_call *call);
void facebook_delete(struct facebook_call *call);
void facebook_published_posts(struct facebook_call *call);
void facebook_stories(struct facebook_call *call);
void facebook_add_comment(struct facebook_call *call);
void facebook_comments(struct facebook_call *call);

/* facebook_page.c: the Page, or with `only` one post. */
void facebook_page(const struct platform *platform, struct world *world, struct request *request,
                   const struct account *account, const struct post *only, struct answer *answer);

/* The page itself: id, name, access_token. */
json_t *facebook_page_json(const struct facebook_call *call);

#endif

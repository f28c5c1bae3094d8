/* platform/container.h - what Instagram and Threads have in common: a post is made as a container,
 * which nobody sees, and published by its id.
 *
 * A carousel has a container for each of its files, and one that names them. Files come in one of
 * three ways: by an address at the account's `media_url` (a folder of the department's own web
 * server that shows the spool under SHA256.jpg); a picture else through an unpublished photo of
 * the Facebook Page, whose address the platform is given at once; a video else by the resumable
 * upload, where the platform has one. All of it may be repeated: what no request has published is
 * not public.
 *
 * Class C: the publish request has no key. But what became of it can be read: a container says
 * PUBLISHED or FINISHED. So every answer of the publish request but an id is doubt, `find` asks
 * the container first, and FINISHED two minutes after the request proves that it came to nothing.
 * Only the id of the post itself the container does not tell: that is found by its words, its kind
 * and its time, never by being the newest; where this does not decide, it is public and its id
 * unknown.
 *
 * Sources: the facts pages of Instagram and Threads (Meta's content publishing guides, the
 * container references, Meta's samples).
 */
#ifndef CRIER_PLATFORM_CONTAINER_H
#define CRIER_PLATFORM_CONTAINER_H

#include "platform/adapter.h"
#include "platform/form.h"
#include "platform/graph.h"

enum { CONTAINER_FIELDS = 12, CONTAINER_MOST_MEDIA = 20 };

/* What one container is to hold. */
struct container_item {
    const struct medium *medium; /* NULL: a text, or the carousel itself */
    bool is_video;
    bool of_carousel;     /* one file of several */
    const char *address;  /* where the platform fetches it; NULL: uploaded, or nothing to fetch */
    const char *children; /* "1,2,3": the carousel itself; else NULL */
};

/* How one platform words it. */
struct container_platform {
    const struct adapter *adapter;
    const struct graph_code *codes; /* of its own errors */
    const char *signer;             /* member of the credential that reads, makes and publishes;
                                       NULL = the session */
    const char *create, *publish;   /* edges of the account: "media", "media_publish" */
    const char *status, *reason;    /* members of a container: its state; words for people */
    const char *status_fields;
    const char *video_fields; /* to resume a video's upload; NULL = there is no upload of videos */
    const char *page_host;    /* of Pages' photos; NULL = the account's own */
    const char *post_fields;  /* of a published post */

    /* "/v25.0/17841400000000000/media"; NULL while the account's id is not known. */
    const char *(*edge)(const struct job *job, const char *edge, struct arena *arena);
    /* Fills at most CONTAINER_FIELDS - 1, then one without a name. */
    void (*fields)(const struct job *job, const struct container_item *item, struct arena *arena,
                   struct form_field *fields);
    /* Whether a post that was read is what the content says; its time is not asked. */
    bool (*shows)(const struct job *job, const json_t *post, struct arena *arena);
    /* The edge that lists posts of this kind. */
    const char *(*list_edge)(const struct job *job);
};

/* For platform_facts: pictures need the Page or the web server; and so do videos (Threads), which
 * only the server can show. */
extern const struct file_way container_picture_ways[], container_file_ways[];

/* Progress words of `publish`. */
extern const char *const container_states[];

/* Whether a file that is no video, or a video, has a way to the platform; else why not. */
MUST_CHECK bool container_takes(const struct container_platform *platform, const struct job *job,
                                const char **why);

/* How often "not ready" is believed of one container. */
enum { CONTAINER_PATIENCE = 3 };
/* Stored progress of `publish` that begins again because its container is dead; whether it is
 * thought stale. */
const char *container_anew(const char *stored, struct arena *arena);
bool container_is_stale(const char *stored, struct arena *arena);

/* A GET of an object, signed as this platform's reads are. */
struct http_request container_get(const struct container_platform *platform, const struct job *job,
                                  const char *id, const char *fields, struct arena *arena);

/* The machines. */
struct step container_publish(const struct container_platform *platform, const struct job *job,
                              const struct progress *at, const struct http_reply *reply,
                              struct arena *arena);
struct step container_find(const struct container_platform *platform, const struct job *job,
                           const struct progress *at, const struct http_reply *reply,
                           struct arena *arena);
struct step container_retract(const struct container_platform *platform, const struct job *job,
                              const struct progress *at, const struct http_reply *reply,
                              struct arena *arena);
/* For `shows`: the media_type that a post of this content reads as, and whether it has as many
 * files, where it tells. */
const char *container_media_type(const struct job *job);
bool container_has_files(const struct job *job, const json_t *post);
/* What is left of the quota: the members "config" and "quota_usage" of `edge`. */
struct step container_limits(const struct container_platform *platform, const struct job *job,
                             const char *edge, const struct http_reply *reply, struct arena *arena);

/* ---- container_media.c: what its own files share ---- */

bool container_is_video(const struct job *job, const struct medium *medium); /* NULL is none */
/* Meta takes addresses in plain ASCII only, and https where it is meant. NULL is none. */
bool container_can_fetch(const char *address, bool live);
/* On the department's own web server; NULL: it has none for this. */
const char *container_own_address(const struct job *job, const struct medium *medium,
                                  struct arena *arena);
/* An unpublished photo of the Page; the reading of its addresses; and the best of these. */
struct http_request container_photo(const struct container_platform *platform,
                                    const struct job *job, const struct medium *medium,
                                    size_t number, struct arena *arena);
struct http_request container_photo_address(const struct container_platform *platform,
                                            const char *photo, struct arena *arena);
const char *container_widest(const json_t *images);

#endif

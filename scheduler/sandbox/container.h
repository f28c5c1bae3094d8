/* sandbox/container.h - containers of Instagram and Threads, and the Page's photos they feed on.
 *
 * A container is an upload without bytes whose detail has {"container":KIND,...}: nothing of it is
 * public. It is IN_PROGRESS for a while, FINISHED or ERROR after that, EXPIRED after a day, and
 * PUBLISHED once a post names it. Publishing a PUBLISHED one again makes a second post: what the
 * real servers do then nobody knows, so here it is the worst.
 *
 * A file is "fetched" from an address: of a Page's photo here (/fbcdn/SHA256.EXT?oe=SECONDS, which
 * ends after an hour), or of the client's own web server, where only the name SHA256.EXT is
 * believed and nothing is fetched.
 *
 * Tokens: "sandbox-page-police" is the Page's token of "police", "sandbox-user-police" the user's;
 * "sandbox-police" passes for both.
 */
#ifndef CRIER_SANDBOX_CONTAINER_H
#define CRIER_SANDBOX_CONTAINER_H

#include "sandbox/graph.h"

enum token_kind { TOKEN_BOTH, TOKEN_USER, TOKEN_PAGE };

/* One request on its way through the server. */
struct container_call {
    const struct platform *platform;
    struct world *world;
    struct request *request;
    struct answer *answer;
    struct arena *arena;
    const char *base;   /* http://HOST/PLATFORM */
    const char *below;  /* the path behind the version */
    struct fields form; /* query and body together */
    struct account *account;
    enum token_kind token;
};

/* A request that has come; container_begin() knows the rest. */
struct container_call container_receive(const struct platform *platform, struct world *world,
                                        struct request *request, struct answer *answer);

/* Fills `call`; false with the answer written: no token, one that has ended, or what is refused
 * since 2026. */
MUST_CHECK bool container_begin(struct container_call *call, bool upload_host);

const char *container_field(const struct container_call *call, const char *name);
/* Whether `fields` names this one. */
bool container_wants(const struct container_call *call, const char *field);
size_t container_code_points(const char *text);
/* {"id":...} */
void container_answer_id(struct container_call *call, const char *id);
void container_refuse(struct container_call *call, int status, int code, int subcode,
                      const char *message);

/* A file by its address; false when it cannot be had. */
MUST_CHECK bool container_fetch(struct container_call *call, const char *address,
                                struct medium *medium);

enum container_state {
    CONTAINER_IN_PROGRESS,
    CONTAINER_FINISHED,
    CONTAINER_PUBLISHED,
    CONTAINER_ERROR,
    CONTAINER_EXPIRED
};
const char *container_word(enum container_state state);

/* The ids of the parameter `children`, each as `take` adds it to the list. False when `take`
 * refuses one: it has answered. */
MUST_CHECK bool container_take_children(struct container_call *call,
                                        bool (*take)(struct container_call *call, const char *id,
                                                     json_t *children),
                                        json_t *children);

/* A new one; `medium` NULL = it has no file (yet). `detail` is taken over. `flaw` is why it will
 * be in ERROR, or NULL. */
struct upload *container_make(struct container_call *call, const char *kind, json_t *detail,
                              const struct medium *medium, const char *flaw,
                              struct span processing);
/* The account's container of that id, or NULL. */
struct upload *container_of(const struct container_call *call, const char *id);
enum container_state container_state_of(const struct container_call *call,
                                        const struct upload *container);
/* Adds its files to `media`, in order: its own, or its children's; returns how many. */
size_t container_media(const struct container_call *call, const struct upload *container,
                       struct medium *media, size_t most);

/* Whether a post of the account is one of those that are meant. */
typedef bool (*container_filter)(const struct container_call *call, const struct post *post);

/* How many posts the account made in the last 24 hours; NULL = all. */
int64_t container_posts_of_a_day(const struct container_call *call, container_filter is_meant);

/* The post of that id if it is the account's and public, or NULL. */
struct post *container_post(const struct container_call *call, const char *id);

/* The members of a post that both platforms have, as far as `fields` asks for them. `text` is what
 * its words are called. */
json_t *container_post_json(struct container_call *call, const struct post *post, const char *text,
                            const char *media_type, const char *permalink);
/* The account's public posts that are meant, newest first, by `since` and `limit`. */
void container_list(struct container_call *call, container_filter is_meant,
                    json_t *(*show)(struct container_call *call, const struct post *post));

/* What is served where. */
struct container_edge {
    const char *method, *path;
    void (*serve)(struct container_call *call);
};
/* Serves the edge at `path`; false when there is none of that method. */
bool container_serve_edge(struct container_call *call, const struct container_edge *edges,
                          size_t count, const char *path);

/* /PAGE/photos, /PHOTO?fields=images, /fbcdn/SHA256.EXT: true when it was one of these, and then it
 * is answered. The last needs no token and is asked first. */
bool container_serve_file(const struct platform *platform, struct world *world,
                          struct request *request, struct answer *answer);
bool container_serve_photo(struct container_call *call);

/* Width and height of a JPEG; false when it has none to be read. */
MUST_CHECK bool container_jpeg_size(const char *bytes, size_t length, int64_t *width,
                                    int64_t *height);

#endif

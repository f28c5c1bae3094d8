/* tests/scenarios/server.h - the platforms as one list of posts: what scenarios are judged by.
 *
 * What one platform does in its own way stands in a table (struct there): Mastodon in mastodon.c,
 * Bluesky with its sessions in bluesky.c, webhooks in webhook.c.
 *
 * It answers readings by itself; what becomes of a publish request the scenario says. Its posts are
 * the ground truth: nobody asks the engine what is public.
 */
#ifndef CRIER_TESTS_SERVER_H
#define CRIER_TESTS_SERVER_H

#include "campaign/model.h"
#include "platform/message.h"

struct post_there {
    const char *id, *account, *text, *key;
    const char *sent; /* the body as it came */
    size_t media;
    struct instant created;
};

struct server;

/* One platform's own ways. */
struct there {
    const char *platform;
    /* The key of a publish request, what it says and how many media, of its body. */
    const char *(*key)(const struct http_request *request, const json_t *body);
    const char *(*text)(const json_t *body);
    size_t (*media)(const json_t *body);
    struct span remembers; /* keys; 0 = for ever */
    struct http_reply (*accepts)(struct server *server, const char *account,
                                 const struct post_there *post, struct instant now);
    struct http_reply (*answer)(struct server *server, const char *account,
                                const struct http_request *request, struct instant now);
    /* Whether the request's session is good; NULL = the platform has none. */
    bool (*knows)(struct server *server, const char *account, const struct http_request *request,
                  struct instant now);
};
extern const struct there there_mastodon, there_bluesky, there_webhook;
const struct there *there_named(const char *platform);

enum { MOST_SESSIONS = 64 };
enum renewals { RENEWALS_WORK, RENEWALS_LOST, RENEWALS_EMPTY };

/* What Bluesky knows of an account's sessions. `carries` is ours: the tokens that the program's
 * requests carry, as they were sealed ("tokens-3"), "" before. */
struct sessions {
    const char *carries;
    size_t logins, renewals, made;
    struct instant until[MOST_SESSIONS + 1];
    size_t successor[MOST_SESSIONS + 1]; /* of its refresh token; 0 = none yet */
};

enum reads { READS_WORK, READS_FAIL, READS_LOST, READS_REFUSED };

struct server {
    struct arena *arena;
    struct post_there *posts;
    size_t count, capacity;
    size_t last_id;
    bool hidden; /* posts are stored, and not shown yet */
    enum reads reads;
    size_t processing; /* polls of a medium that still say 206 */
    enum renewals renewals;
    size_t most_text; /* what it says of itself; 0 = 500 */
    struct {
        const char *account, *handle;
        const struct there *there;
        struct span date;
        struct sessions sessions;
    } accounts[8];
    size_t account_count;
};

/* The account's own settings; made when new. */
size_t server_account(struct server *server, const char *account);

/* Stores what the request says, once a key within an hour; the id. `text` NULL = as sent. */
const char *server_store(struct server *server, const char *account,
                         const struct http_request *request, const char *text, struct instant now);
/* The 200 of the publish request. */
struct http_reply server_accepts(struct server *server, const char *account, const char *id,
                                 struct instant now);
/* Readings and uploads. */
struct http_reply server_answer(struct server *server, const char *account,
                                const struct http_request *request, struct instant now);
/* Whether the platform takes it at all: its session has not ended. */
bool server_knows(struct server *server, const char *account, const struct http_request *request,
                  struct instant now);
struct http_reply server_expired(struct server *server, const char *account, struct instant now);
/* All tokens that requests of the account can carry now are over. */
void server_end_sessions(struct server *server, const char *account, struct instant now);

struct http_reply server_reply(struct server *server, const char *account, int status,
                               const char *body, struct instant now);
struct http_reply server_silence(struct server *server, enum request_fate fate, struct instant now);

/* For the platforms' own files. */
struct http_reply server_json(struct server *server, const char *account, json_t *value,
                              struct instant now);
const struct post_there *server_post(const struct server *server, const char *id, size_t length);
const char *server_header(const struct http_request *request, const char *name);
bool begins_with(const char *text, const char *with);

#endif

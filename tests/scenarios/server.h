/* tests/scenarios/server.h - a Mastodon server as a list of posts: what scenarios are judged by.
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
    size_t media;
    struct instant created;
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
    size_t most_text;  /* what it says of itself; 0 = 500 */
    struct {
        const char *account, *handle;
        struct span date;
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
struct http_reply server_reply(struct server *server, const char *account, int status,
                               const char *body, struct instant now);
struct http_reply server_silence(struct server *server, enum request_fate fate, struct instant now);

#endif

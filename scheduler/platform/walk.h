/* platform/walk.h - the requests of a delivery, in order, without a platform.
 *
 * The adapter's own machines are walked through: each request is answered as the platform's
 * documentation says it is answered when all goes well (walk_answers.c), and the machine says what
 * comes next. What only the platform or the hour of sending can know stands in the requests as a
 * stand-in, which walk_marked turns into words: "<photo id 1>", "<time of sending>".
 *
 * What depends on answers, and is shown as it usually is: how large the pieces of a video are where
 * the platform chooses them (Facebook: one piece), and how often a file is asked for while it is
 * processed (once). Not shown is what does not belong to one delivery: who we are, what the server
 * allows, a session's renewal; nor what is only asked after something went wrong.
 *
 * Knows no address and no secret: a request is as net/ is given it. Pure.
 */
#ifndef CRIER_PLATFORM_WALK_H
#define CRIER_PLATFORM_WALK_H

#include "platform/adapter.h"

struct walked {
    struct http_request request;
    const char *doing; /* "publish", or the word of an after-step: "first_comment" */
    bool waits;        /* not at once: the platform is still processing what was sent before */
};

/* What stands where a value is not known yet. */
struct stand_in {
    const char *stands, *mark; /* "7000000000000000001", "<photo id 1>" */
};

struct walk {
    struct walked *items;
    size_t count, capacity;
    const char *ends; /* why it goes no further than that; NULL = it is done */
    struct stand_in *stand_ins;
    size_t stand_in_count, stand_in_capacity;
    struct arena *arena; /* lent; all of it lives here */
};

/* `delivery` as the plan has it: its key is that of a first attempt. */
void walk_delivery(const struct adapter *adapter, const struct account *account,
                   const struct delivery *delivery, const struct content *content,
                   struct arena *arena, struct walk *walk);

/* A new stand-in: "<NOUN 1>", the next "<NOUN 2>"; "<NOUN>" where there can be only one. */
const char *walk_new(struct walk *walk, const char *noun, bool many);

/* A text, with a mark in place of each stand-in. */
const char *walk_marked(const struct walk *walk, const char *text, struct arena *arena);
/* The same for all texts of a JSON value, and for a number that stands in; caller decrefs. */
json_t *walk_marked_json(const struct walk *walk, const json_t *value, struct arena *arena);

/* ---- for walk.c: what a platform answers (walk_answers.c) ---- */

/* Where the walk stands when it asks. */
struct walk_asks {
    const struct adapter *adapter;
    const struct job *job;
    const char *doing;
    const struct progress *at;
    const struct http_request *request;
};
/* False where no row says what is answered there. */
MUST_CHECK bool walk_answer(struct walk *walk, const struct walk_asks *asks,
                            struct http_reply *reply);

#endif

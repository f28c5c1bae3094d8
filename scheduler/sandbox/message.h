/* sandbox/message.h - one HTTP request as a value, and the answer to it.
 *
 * Knows nothing of sockets: server.c makes the first and sends the second, so a
 * platform's server is a function from one to the other. All memory lives in the
 * request's arena and ends with it.
 */
#ifndef CRIER_SANDBOX_MESSAGE_H
#define CRIER_SANDBOX_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/compiler.h"
#include "base/instant.h"
#include "base/json.h"

/* A header, a query argument or a part of a form. `value` has a NUL after its bytes. */
struct field {
    const char *name;
    const char *value;
    size_t length;
    const char *mime;     /* of a form's part; else NULL */
    const char *filename; /* of a form's part that is a file; else NULL */
};

struct fields {
    struct field *items;
    size_t count, capacity;
};

struct account;

struct request {
    struct arena arena;
    struct instant came; /* by the sandbox's clock */
    const char *method;
    const char *target;  /* as it came: path and query, still encoded */
    const char *path;    /* decoded, without the query */
    const char *below;   /* the path below /PLATFORM: what the real server would see */
    const char *host;    /* as the client named us: addresses in answers are built from it */
    struct fields query; /* decoded */
    struct fields headers;
    struct buffer body;
    struct account *account; /* set by the platform's server when it knows who asks */
    const char *quirk;       /* a whim of the platform that a fault asks for, or NULL */
};

struct answer {
    int status;
    const char *mime;
    const char *body; /* in the request's arena */
    size_t length;
    struct fields headers;
};

/* The first field of that name, or NULL. Header names compare without case. */
const struct field *fields_find(const struct fields *fields, const char *name);
const char *fields_text(const struct fields *fields, const char *name);
const char *header_text(const struct fields *headers, const char *name);
void fields_add(struct fields *fields, const char *name, const char *value, struct arena *arena);

/* Takes the path and the query out of `target`. False when they are not UTF-8 or hold a NUL. */
MUST_CHECK bool request_aim(struct request *request, const char *target);

/* Decodes %XX, and '+' as a blank in forms. False for what is not UTF-8 or holds a NUL. */
MUST_CHECK bool form_decode(const char *text, size_t length, bool plus_is_blank,
                            struct arena *arena, const char **decoded, size_t *decoded_length);

/* Decodes "a=1&b=%20x". False for text that is not UTF-8 or holds a NUL. */
MUST_CHECK bool form_read_query(const char *text, size_t length, struct arena *arena,
                                struct fields *fields);

/* The body's fields, by its Content-Type: a JSON object (its arrays become `name[]`, one field for
 * each element), a urlencoded or a multipart form. False when it cannot be read. */
MUST_CHECK bool form_read_body(const struct request *request, struct arena *arena,
                               struct fields *fields);

/* T of the header "Authorization: Bearer T", or NULL. */
const char *request_bearer(const struct request *request);

/* Whether the body says it is `mime`, parameters aside. */
bool request_body_is(const struct request *request, const char *mime);

void answer_text(struct request *request, int status, const char *mime, const char *text,
                 struct answer *answer);
/* Takes `value` over. */
void answer_json(struct request *request, int status, json_t *value, struct answer *answer);
void answer_header(struct request *request, const char *name, const char *value,
                   struct answer *answer);

/* Retry-After with a date. */
void answer_retry_after(struct request *request, struct instant at, struct answer *answer);

/* "/api/v1/statuses/ * /source" without the blanks: a '*' stands for one segment that is not empty;
 * *argument is its text in the arena. */
bool path_matches(const char *pattern, const char *path, struct arena *arena,
                  const char **argument);

/* Valid UTF-8 without NUL. */
bool text_is_valid(const char *bytes, size_t length);

#endif

/* platform/graph.h - what Facebook, Instagram and Threads have in common: Meta's Graph API.
 *
 * Requests: a path behind the version ("/v25.0/me?fields=id"), values in the query or in an
 * urlencoded form, the token in the Authorization header, never in an address. What Meta removed in
 * 2026 (pretty, debug, date_format, ids, If-None-Match) has no way in here.
 *
 * Errors: {"error":{"message","type","code","error_subcode","is_transient",...,"fbtrace_id"}} with
 * nearly any status; the upload host answers {"debug_info":{"retriable","type","message"}}. What an
 * error means stands in one table by code and subcode (graph.c); a platform has rows of its own
 * that are asked first. Sources: developers.facebook.com/docs/graph-api/guides/error-handling and
 * /overview/rate-limiting; subcodes as the facts pages name them.
 *
 * What this does not know: which request publishes. `graph_failure` is for requests that make
 * nothing public; `graph_publish_failure` is for those that do, and there the law of
 * reliability.md R3 holds: Meta has answered errors for posts that were public, so whatever is not
 * a token's or a permission's error is doubt.
 */
#ifndef CRIER_PLATFORM_GRAPH_H
#define CRIER_PLATFORM_GRAPH_H

#include "platform/adapter.h"
#include "platform/form.h"

/* The safe pin: until 2028-07-29. */
#define GRAPH_VERSION "v25.0"
/* For an adapter's table of account keys; `fallback` is its own platform's version. */
#define GRAPH_VERSION_KEY(fallback)                                                                \
    {                                                                                              \
        "api_version", ACCOUNT_KEY_TEXT, fallback,                                                 \
            N_("The version of Meta's interface that is spoken.")                                  \
    }

/* ---- requests ---- */

/* "/v25.0/" and what stands behind it; the version is the account's `api_version`, or GRAPH_VERSION
 * where it has none. False for an `api_version` that is not "v" NUMBER "." NUMBER. */
MUST_CHECK bool graph_version(const struct account *account, const char **version);
char *graph_path(const struct job *job, struct arena *arena, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Fields end with name NULL, as in platform/form.h. `path` is one of graph_path. */
struct http_request graph_get(const char *path, const struct form_field *fields,
                              struct arena *arena);
struct http_request graph_post(const char *path, const struct form_field *fields,
                               enum request_kind kind, struct arena *arena);
struct http_request graph_delete(const char *path);

/* ---- answers ---- */

/* Decimal digits, perhaps with '_' between: "1055_2044"; at most 64 bytes. */
bool graph_id_usable(const char *id);
/* A usable id under `member` of an answer that is no error, in the arena; else NULL. */
const char *graph_id(const json_t *body, const char *member, struct arena *arena);

/* "2026-11-22T10:00:00+0000", as every date of the Graph API comes. */
MUST_CHECK bool graph_time(const char *text, struct instant *when);

/* A text as the platform keeps it against ours: NFC, CR LF as LF, without white space at the ends.
 * NULL is an empty text. */
bool graph_same_text(const char *ours, const char *theirs, struct arena *arena);

/* At most `most` bytes of somebody else's words on one line, never cut inside a character. */
const char *graph_line(const char *text, size_t most, struct arena *arena);

/* ---- errors ---- */

enum graph_meaning {
    GRAPH_STRANGE,   /* no error of the table: a front-end's page, or a code not known */
    GRAPH_TRANSIENT, /* service: the same again, later                                 */
    GRAPH_THROTTLED, /* too many calls: wait                                           */
    GRAPH_BLOCKED,   /* spam control: the account rests for hours; a post may be public */
    GRAPH_NOT_READY, /* still processing: ask again, then the same                     */
    GRAPH_ANEW,      /* what was prepared is dead or was never there: prepare it again */
    GRAPH_TOKEN,     /* a new token is needed                                          */
    GRAPH_SCOPE,     /* the token lacks a permission, or access to this page           */
    GRAPH_PERSON,    /* the platform wants a person: checkpoint, limited account       */
    GRAPH_GONE,      /* the object is not there, or must not be seen                   */
    GRAPH_SAME_TEXT, /* equal to the post before: after doubt, a hint that it is ours  */
    GRAPH_REFUSED,   /* this content or parameter, for good                            */
    GRAPH_MEANINGS
};

/* One row of an error table: codes `code` to `last` (0 = only `code`), with that subcode (0 = any).
 * `code` 0 = any code with that subcode. `words`: a part of the message must be this; NULL = any.
 * The first row that fits counts. A table ends with meaning GRAPH_MEANINGS. */
struct graph_code {
    int64_t code, last, subcode;
    const char *words;
    enum graph_meaning meaning;
};

struct graph_error {
    enum graph_meaning meaning;
    int64_t code, subcode; /* 0 when not told */
    bool is_own;           /* a JSON error of Meta's, and not a page of a front-end */
    const char *why;       /* one sentence for people and audit, with code and trace */
};

/* What a reply that is no success says. `own` may be NULL. Everything in the arena. */
struct graph_error graph_error_read(const struct http_reply *reply, const struct graph_code *own,
                                    struct arena *arena);

/* When the platform lets us call again: X-Business-Use-Case-Usage's longest
 * estimated_time_to_regain_access (minutes), or Retry-After; for a throttled call that names
 * neither, an hour where a usage header stands at 100 %, else NONE. At most a week. */
struct instant graph_regain(const struct http_reply *reply, struct arena *arena);

/* The highest percentage in X-App-Usage and X-Business-Use-Case-Usage; 0 without them. */
int64_t graph_usage(const struct http_reply *reply, struct arena *arena);

/* A request that makes nothing public failed: retry with the platform's time, account trouble, or
 * refused. GRAPH_NOT_READY, GRAPH_ANEW and GRAPH_GONE are the caller's to act upon before; here
 * they are a retry, a retry and a refusal. */
struct step graph_failure(const struct http_reply *reply, const struct graph_code *own,
                          struct arena *arena);

/* The same where the request only reads: a refusal of a reading is no verdict on the content. */
struct step graph_unreadable(const struct http_reply *reply, const struct graph_code *own,
                             struct arena *arena);

/* The publish request failed. Never left us, token, permission: later again (the engine looks
 * before it sends once more). Everything else is doubt, with the account's trouble where it has
 * one. */
struct step graph_publish_failure(const struct http_reply *reply, const struct graph_code *own,
                                  struct arena *arena);

#endif

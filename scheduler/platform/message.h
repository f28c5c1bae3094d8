/* platform/message.h - a request and its reply as plain values.
 *
 * An adapter makes requests and reads replies; it never sees a socket, a clock or a secret. A
 * secret appears only as the mark of a signing scheme, which net/ fills in at the last moment. So
 * requests can be stored, compared, printed in a preview and written to the audit log as they are.
 */
#ifndef CRIER_PLATFORM_MESSAGE_H
#define CRIER_PLATFORM_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/instant.h"
#include "base/json.h"

struct header {
    const char *name;
    const char *value;
};

/* One part of a multipart/form-data body: a text, or a file of the spool. */
struct form_part {
    const char *name;
    const char *value;       /* NULL for a file */
    const char *file_sha256; /* the spool's name of the bytes */
    const char *mime;
    const char *filename;
    int64_t offset, length; /* of a file: this piece of it; length 0 = from `offset` to its end */
};

/* One member of a body, or of the query, that net/ writes itself because a secret is in it. */
struct secret_field {
    const char *name;
    const char *value;  /* NULL for a secret */
    const char *secret; /* a member of credentials/ACCOUNT.json, or SECRET_ACCESS, SECRET_REFRESH; a
                           field of an optional member that is not there is left out */
};
#define SECRET_ACCESS  "session.access" /* the session's tokens */
#define SECRET_REFRESH "session.refresh"

enum fields_place {
    FIELDS_JSON, /* the body is a JSON object of texts */
    FIELDS_FORM, /* the body is application/x-www-form-urlencoded */
    FIELDS_QUERY /* they follow the path, percent-encoded */
};

enum request_kind {
    REQUEST_READ,   /* changes nothing */
    REQUEST_UPLOAD, /* makes something that is not public */
    REQUEST_PUBLISH /* makes something public, or removes it */
};

struct http_request {
    const char *method;
    const char *path; /* "/api/v1/statuses?limit=40" */
    const char *host; /* NULL = the account's own; else one that the adapter's host table covers;
                         an account with `base_url` goes there whatever stands here */
    const struct header *headers;
    size_t header_count;
    const char *body; /* NULL = none */
    size_t body_length;
    const struct form_part *parts; /* multipart when part_count > 0; then body is NULL */
    size_t part_count;
    const char *file_sha256;          /* the body is this file of the spool, as it is; else NULL */
    int64_t file_offset, file_length; /* this piece of it; length 0 = from the offset to its end */
    enum request_kind kind;
    bool unrepeatable;   /* public effect, not protected by a key of ours: R1, R2 */
    const char *signing; /* "bearer": the session's access token, or the credential's first member;
                            "oauth": the same as "Authorization: OAuth TOKEN" (Meta's uploads);
                            "oauth1": RFC 5849, see platform/sign_oauth1.h; "bot": the credential's
                            first member in the path, "/bot<TOKEN>" before `path` (Telegram);
                            "basic": the credential's client_id and client_secret (RFC 6749
                            §2.3.1), nothing when it has no client_secret;
                            "refresh": the session's refresh token as bearer; "webhook": Standard
                            Webhooks headers, see platform/sign_webhook.h; "none" */
    const char *signer;  /* the credential's member that signs; NULL = the usual one, as above */
    const struct secret_field *fields; /* written by net/; then `body` is NULL, but for a query */
    size_t field_count;
    enum fields_place fields_place;
    bool opens_session;  /* its answer holds the session's tokens (adapter->session) */
    struct span timeout; /* 0 = the default of its kind: read 30 s, upload 15 min, publish 60 s */
};

/* What became of a request. The third decides quality: every state needs an answer to it. */
enum request_fate {
    FATE_ANSWERED,  /* a whole answer came                                         */
    FATE_NOT_SENT,  /* no byte of it left us: safe to repeat (R3)                   */
    FATE_MAYBE_SENT /* lost, cut, timed out, or found in flight after a restart     */
};

struct http_reply {
    enum request_fate fate;
    int status; /* of an answer, also of a cut one; else 0 */
    const struct header *headers;
    size_t header_count;
    const char *body; /* at most 1 MiB; NUL-terminated; "" when none */
    size_t body_length;
    struct instant date;     /* the Date header; NONE when absent or unreadable */
    struct instant received; /* our clock */
    const char *why;         /* transport's one sentence for FATE_NOT_SENT and FATE_MAYBE_SENT */
    const char *tokens; /* answer of a request that opens a session: its tokens, sealed, as text;
                           `body` has them no more. NULL = there were none */
    struct instant tokens_until; /* when its access token ends, by our clock; NONE without tokens */
    bool media_changed; /* with FATE_NOT_SENT: the spool's file is missing or not what its name says
                         */
};

/* Whether a request can be put on the wire as it is: a method, a path that starts with '/', headers
 * without control characters. What comes from the store or from an adapter is asked before it is
 * sent. */
bool request_is_sound(const struct http_request *request);

/* Whether a whole answer with that status came. */
bool reply_is(const struct http_reply *reply, int status);

/* The same, as a JSON object: a page of something in front of the platform is not its word. */
bool reply_says(const struct http_reply *reply, int status);

/* The first header of that name (any case), or NULL. */
const char *reply_header(const struct http_reply *reply, const char *name);

/* When the platform asks us back: the later of Retry-After and the header that `reset_header` names
 * (may be NULL), each as seconds (small: from now; large: since 1970), HTTP date or ISO 8601.
 * Stated times follow the platform's clock: when its Date is a little behind ours, the difference
 * is added. NONE when nothing is readable; never before reply->received, never more than 7 days
 * ahead. */
struct instant reply_retry_at(const struct http_reply *reply, const char *reset_header);

/* The body as JSON, or NULL: not JSON, cut, too large, too deep. Caller decrefs. */
MUST_CHECK json_t *reply_json(const struct http_reply *reply);

/* One sentence on a reply for people: the transport's why, or the status and what the platform says
 * of it
 * ("error", "message" ... of a JSON body). Safe to print, at most 300 bytes. */
const char *reply_sentence(const struct http_reply *reply, struct arena *arena);

/* A request as canonical JSON and back (for the stored intent); parts refer to the spool by hash.
 */
char *request_write(const struct http_request *request, struct arena *arena);
MUST_CHECK bool request_read(const char *json, struct arena *arena, struct http_request *request,
                             struct err *err);

#endif

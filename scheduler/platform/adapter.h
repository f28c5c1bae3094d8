/* platform/adapter.h - one platform as pure machines.
 *
 * A machine is asked for its next step: it is given what to publish, where it had got to, and the
 * last reply; it answers with one step. No reply means "send what this state calls for": the first
 * call, and each call after a wait or a retry. A request found in flight after a restart is a reply
 * with FATE_MAYBE_SENT: a crash and a lost connection are the same case.
 *
 * The engine chooses the time of a retry and when to give up. Adapters interpret, the engine
 * decides. A machine allocates in the arena handed in and keeps nothing.
 */
#ifndef CRIER_PLATFORM_ADAPTER_H
#define CRIER_PLATFORM_ADAPTER_H

#include "campaign/content.h"
#include "campaign/delivery.h"
#include "campaign/limits.h"
#include "campaign/model.h"
#include "platform/message.h"

/* Never configured by staff. */
enum adapter_class {
    CLASS_A, /* our own record key: a repeat lands on the same record            */
    CLASS_B, /* an idempotency key with a window: may repeat inside R7           */
    CLASS_C  /* neither: in doubt read back, then a person decides               */
};
const char *class_word(enum adapter_class class);     /* "A" */
const char *class_sentence(enum adapter_class class); /* what it means for a post, for people */

enum proof {
    PROOF_READ_BACK, /* confirmed by reading before `published` */
    PROOF_ANSWER     /* its answer is all there is              */
};
const char *proof_sentence(enum proof proof);

/* What a machine is told of the account besides crier.cfg: learnt by `identify`, kept by the store.
 */
struct account_identity {
    const char *handle;    /* what "who am I" answered; NULL = not asked yet */
    const char *remote_id; /* the platform's id of the account               */
    const char *host;      /* the host that `refresh` was told to use; NULL = the account's own */
    bool has_session;      /* a session's tokens are stored: `refresh` may renew them */
};

struct job {
    const struct delivery *delivery;
    const struct content *content;
    const struct account *account;
    struct account_identity identity;
    struct instant since; /* find: posts before this are not ours (intent - 2 min) */
    /* Of a thread's part: the platform's ids of the post that it answers, and of the first of the
     * thread. NULL where content.parent is NULL; the engine asks no machine before both are known.
     */
    const char *parent_id, *root_id;
};

/* Where a machine has got to: a state word of its own and kept ids. Saved before each send.
 * As stored: {"at":"publishing","kept":{...}}; "" = the beginning. */
struct progress {
    const char *state; /* one of the adapter's words; NULL = the beginning */
    json_t *kept;      /* lent; object, or NULL */
};

/* What is wrong with the account itself; its deliveries stay ready while it is paused. */
enum trouble {
    TROUBLE_NONE,
    TROUBLE_TOKEN, /* 401: refused or revoked  */
    TROUBLE_SCOPE, /* 403: not allowed         */
    TROUBLE_SUSPENDED,
    TROUBLE_CREDITS,
    TROUBLE_IDENTITY,  /* not who crier.cfg says   */
    TROUBLE_TRANSPORT, /* five failures in 2 min: the engine's own finding */
    TROUBLE_EXPIRED    /* the session's token is over: `refresh` is asked, no pause, no alarm */
};
enum { TROUBLE_COUNT = TROUBLE_EXPIRED + 1 };
const char *trouble_word(enum trouble trouble);
const char *trouble_sentence(enum trouble trouble); /* for people; "" for none */

enum step_kind {
    STEP_SEND,    /* send `request`; `progress` must be durable before */
    STEP_WAIT,    /* still processing there: ask again after `wait`    */
    STEP_DONE,    /* see `receipt`                                     */
    STEP_RETRY,   /* not now: hint in `not_before`; trouble may be set */
    STEP_REFUSED, /* the platform refuses this content for good: `why` */
    STEP_DOUBT    /* nobody knows whether it took effect: `why`        */
};

struct receipt {
    const char *remote_id;
    const char *url;
    bool differs;        /* public, but not what was sent                                 */
    const char *note;    /* with `differs`: one sentence for people on what does; or NULL */
    bool not_read_back;  /* answered with an id, not readable (yet)                        */
    size_t found;        /* find: how many posts match; 0 = not there now, 2+ = alarm     */
    bool absent;         /* find, with found 0: the platform itself says that the request in doubt
                            took no effect and cannot take one any more, so it may be sent again */
    const char *handle;  /* identify: who we are                                          */
    const char *scopes;  /* identify: what the credential allows, blank between; NULL = not told */
    struct instant ends; /* identify: when the credential ends; zero or NONE = not told, or never */
    const char *host;    /* refresh: where the account lives from now on, or NULL         */
    json_t *server;      /* limits:
                            {"alt","image_bytes","image_pixels","media","mime","text","urls","version"},
                            each null when the server does not say, or absent; and
                            "budgets":{"WORD":{"most","used","window_s"}} where it tells them of the
                            account; ours to decref */
};

struct step {
    enum step_kind kind;
    struct http_request request;
    const char *progress; /* as stored, with any kind of step; NULL = unchanged. Of find, with
                             nothing found: `publish` must go on there, for what it had prepared is
                             dead */
    struct span wait;
    struct instant not_before; /* NONE = the engine's own delay */
    enum trouble trouble;
    bool undone; /* RETRY: by the platform's own word nothing came of the request; so it may be sent
                    again without a look, which matters where nothing can be looked at */
    struct receipt receipt;
    const char *why; /* one sentence, for audit and people; never a secret, at most 300 bytes */
};

typedef struct step (*machine)(const struct job *job, const struct progress *at,
                               const struct http_reply *reply, struct arena *arena);

/* What becomes of the refresh token when a session is renewed. */
enum refresh_token {
    REFRESH_ROTATES,  /* each answer has a new one and the old is dead (Bluesky, X)              */
    REFRESH_STAYS,    /* an answer has none: the one before stays good (Google)                  */
    REFRESH_IS_ACCESS /* there is none: the access token itself is exchanged for a longer one    */
};

/* The members of a session's answer that hold its tokens. net/ takes them out of the answer before
 * anybody else sees it; they are sealed, stored, and only then used. */
struct session_words {
    const char *access, *refresh;
    const char *life_member; /* "expires_in": seconds; NULL, or absent in an answer: `life` */
    struct span life;        /* of an access token: it is renewed ahead of its end (R11) */
    enum refresh_token keeps;
    const char *first; /* the member of credentials/ACCOUNT.json that `crier login` puts the first
                          refresh token (REFRESH_IS_ACCESS: access token) in; NULL = a session is
                          opened with the credential itself. A file with another first token than
                          the stored session came from is a new login: its token is used next */
};

/* What is done to a post once it is public: "first_comment", "thumbnail", "captions", "playlist".
 * A failure is a reason and an alarm, never a state (R10). */
struct after_step {
    const char *word;
    bool (*wanted)(const struct job *job);
    machine advance; /* its job's delivery has remote_id; its publish requests are unrepeatable like
                        any other: in doubt they are not sent again */
};

/* How one account proves who it is, where its platform has several ways: the account key `auth`. */
struct way_in {
    const char *word; /* "oauth1": the first of the table is the usual one */
    const char *const *credential_keys, *const *optional_keys;
    const struct session_words *session;
    const char *signing; /* what its adapter's requests name as `signing` */
};

struct adapter {
    const char *name;
    const struct platform_facts *facts; /* limits, account keys, leads */
    enum proof proof;
    const char *const *hosts;  /* its own hosts ("*.host.bsky.network" covers all below), ends with
                                  NULL; a request without a host goes to the account's `server`, or,
                                  where the platform has none, to the first of them */
    const char *reset_header;  /* rate-limit reset, or NULL */
    const char *const *states; /* progress words of `publish`, ends with NULL */
    const char *const *credential_keys;  /* members of credentials/ACCOUNT.json, ends with NULL */
    const char *const *optional_keys;    /* members that it may have; NULL = none */
    const struct session_words *session; /* NULL = the credential itself is what requests carry */
    const struct way_in *const *ways;    /* an account key says which; overrides both of the above;
                                            NULL = there is only one. Ends with NULL */

    enum adapter_class (*class_of)(const struct account *account);
    struct span (*key_window)(const struct account *account); /* class B: how long the platform
                                                                 remembers a key; NULL otherwise */
    machine publish;
    machine find;     /* reads own recent posts and matches on content, never takes "the newest";
                         NULL where proof is the answer: nothing can be read */
    machine identify; /* who am I; NULL = nobody can be asked: the account is its address */
    machine limits;   /* what the server allows; NULL = fixed */
    machine refresh;  /* makes or renews the session; NULL = there is none */
    machine retract;  /* takes the post back; job's delivery has remote_id. What is not there any
                         more is done. NULL = the platform has no way, a person must */
    const struct after_step *after; /* in this order, ends with word NULL; NULL = none */
};

/* `class_of` where every account is of class C. */
enum adapter_class adapter_class_c(const struct account *account);

/* Those of the account's own way in. */
const struct way_in *adapter_way(const struct adapter *adapter, const struct account *account);
const char *const *adapter_credential_keys(const struct adapter *adapter,
                                           const struct account *account);
const char *const *adapter_optional_keys(const struct adapter *adapter,
                                         const struct account *account); /* never NULL */
const struct session_words *adapter_session(const struct adapter *adapter,
                                            const struct account *account);

/* An address that the platform handed out (an upload's) as host and path of a request. Below its
 * base_url for an account that is not live. False for an address that may not be asked, or is none;
 * whether the adapter's table covers the host is asked by net/. */
MUST_CHECK bool job_address(const struct job *job, const char *url, struct arena *arena,
                            const char **host, const char **path);

/* Whether a platform's id can stand in an address and in the store: only these letters, `most` at
 * the most. NULL is none. */
bool id_usable(const char *id, const char *letters, size_t most);

/* Whether something was made before `job->since`, by its platform's own time (RFC 3339). A time
 * that cannot be read makes nothing too old. */
bool job_is_older(const struct job *job, const char *time);

/* Reads stored progress; false for what this version does not know. The value owns `kept` through
 * the arena. */
MUST_CHECK bool progress_read(const char *stored, struct arena *arena, struct progress *progress);
char *progress_write(const char *state, const json_t *kept, struct arena *arena);

/* The medium of the row that has these bytes, or NULL: the content says which bytes and words were
 * approved, the row what kind of file they are. */
const struct medium *job_medium(const struct job *job, const char *sha256);
const char *job_mime(const struct job *job, const char *sha256);

/* Whether two handles name the same account: an '@' before one and capitals say nothing. */
bool handle_is_same(const char *a, const char *b);

/* A web address worth storing and showing; else "". */
const char *receipt_url(const char *text, struct arena *arena);

/* R4's rhythm for reading back what cannot be read (yet), after `reads` attempts; never before the
 * platform lets us. False when they are used up. */
MUST_CHECK bool reading_delay(const struct adapter *adapter, const struct http_reply *reply,
                              int64_t reads, struct span *delay);

/* Shared reading of the common failures of a request that is not the publish request: 429 and 5xx
 * retry with the platform's time (the reset header speaks of the budget, so only a 429 heeds it),
 * 401/403 account trouble, lost = retry, other 4xx refused when the platform itself says so (a JSON
 * object, or 413); a page of some front-end is no verdict on content and is tried again. */
struct step step_for_failure(const struct adapter *adapter, const struct http_reply *reply,
                             struct arena *arena);

struct step step_send(const struct http_request *request, const char *progress);
struct step step_wait(struct span wait, const char *progress);
struct step step_retry(const char *why, struct instant not_before);
struct step step_trouble(enum trouble trouble, const char *why);
struct step step_refused(const char *why);
struct step step_doubt(const char *why);
struct step step_done(struct receipt receipt);

#endif

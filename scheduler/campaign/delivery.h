/* campaign/delivery.h - one post at one time on one account, and the only states it can have.
 *
 *   planned ──> ready ──> preparing ──> sending ──> published ──> retracted
 *      └──────────┴───────────┴────> held   │ └──> doubtful ──> published | sending | ready | held
 *                 expired, cancelled, failed└──> failed, ready
 *
 * The full table is in delivery.c, one row a state; design.md §5 has it in prose.
 * The engine asks transition_allowed before it answers, the store before it
 * writes; nobody else changes a state. States are stored as words.
 *
 * A struct delivery is a plain value: a row of the outbox. Its texts live in the
 * arena of whoever made it.
 */
#ifndef CRIER_CAMPAIGN_DELIVERY_H
#define CRIER_CAMPAIGN_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/instant.h"
#include "calendar/windows.h"

enum state {
    STATE_PLANNED,   /* known, approvals missing                                   */
    STATE_READY,     /* may go out at its time                                     */
    STATE_PREPARING, /* uploads; nothing public                                    */
    STATE_SENDING,   /* intent is durable, the publish request may have left       */
    STATE_DOUBTFUL,  /* nobody knows whether it is public                          */
    STATE_HELD,      /* waits for a person, with a reason                          */
    STATE_PUBLISHED, /* receipt stored                                             */
    STATE_FAILED,    /* the platform refused the content, and nothing is public    */
    STATE_EXPIRED,
    STATE_CANCELLED,
    STATE_RETRACTED,
    STATE_COUNT
};

const char *state_word(enum state state);
/* What it means, in the user's language. */
const char *state_sentence(enum state state);
MUST_CHECK bool state_from_word(const char *word, enum state *state);

/* The table. A cancelled row returns to planned only when its reason is "removed"; that is asked of
 * change_allowed, which also knows the reasons. */
bool transition_allowed(enum state from, enum state to);

/* published, failed, expired, cancelled, retracted. */
bool state_is_final(enum state state);

enum late_policy { LATE_PUBLISH, LATE_HOLD };
const char *late_word(enum late_policy late);
MUST_CHECK bool late_from_word(const char *word, enum late_policy *late);

/* Why a delivery is where it is: stable words with a sentence for people, told by `status` and
 * `why`. */
struct reason {
    const char *word;
    const char *sentence; /* N_(): translate with _() where printed */
};
extern const struct reason reasons[];
extern const size_t reason_count;
/* Its sentence in the user's language; NULL for "" and words from elsewhere. */
const char *reason_sentence(const char *word);
#define REASON_NEVER_TWICE    "never-twice"     /* another post says the same within 30 days    */
#define REASON_REPEAT_EDITED  "repeat-edited"   /* < 12 h after the last published occurrence   */
#define REASON_FIRST_READ     "first-read-late" /* first read more than 2 min after its time   */
#define REASON_LATE           "late"            /* late, and its policy says hold               */
#define REASON_BACKLOG        "backlog"         /* late with too many others                    */
#define REASON_QUIET          "quiet-hours"
#define REASON_BLACKOUT       "blackout"
#define REASON_UNPROVEN       "unproven"    /* after doubt: not found, not proven absent    */
#define REASON_FOUND_TWICE    "found-twice" /* read-back shows two: highest alarm           */
#define REASON_LIMITS         "limits"      /* does not fit the server's limits any more    */
#define REASON_MEDIA          "media"       /* pinned media missing or not what was pinned  */
#define REASON_AUTHOR_UNKNOWN "author-unknown"
#define REASON_DAMAGED        "damaged"  /* its row's digest is wrong                    */
#define REASON_BUG            "bug"      /* an undrawn change was asked for              */
#define REASON_PERSON         "person"   /* a person held, rejected or cancelled it      */
#define REASON_REJECTED       "rejected" /* a person said no to its content              */
#define REASON_RELEASED       "released" /* ready: a person said that late is better than never */
#define REASON_REMOVING       "removing" /* gone from its file, less than 60 s ago       */
#define REASON_REMOVED        "removed"
#define REASON_TOO_LATE       "too-late"      /* expired: later than useful_for               */
#define REASON_NEWER          "newer"         /* expired: a newer occurrence is due too       */
#define REASON_REFUSED        "refused"       /* failed: the platform refused the content     */
#define REASON_TRIES          "tries"         /* held: R8's attempts are used up              */
#define REASON_NOT_READ_BACK  "not-read-back" /* published: the id was answered, not readable */
#define REASON_DIFFERS        "differs"       /* published: public, but not what was sent     */
#define REASON_ACCOUNT        "account"       /* ready: its account is paused                 */
#define REASON_CHANGED        "changed"       /* planned again: content or window changed     */
#define REASON_MOVED          "moved"         /* planned again: its time was moved            */
#define REASON_WENT_OUT       "went-out"      /* its time moved after it was published        */
#define REASON_PARENT         "parent"        /* held: the post that it answers will not be there */
#define REASON_BUDGET         "budget"        /* ready: the platform's budget is spent, it waits  */
#define REASON_AFTER          "after-step"    /* published: a comment, thumbnail ... is missing   */
#define REASON_RENDERING      "rendering" /* planned: its pictures and videos are still being made */
#define REASON_GONE           "gone"      /* published: not there any more when looked at     */

/* What a file of a delivery is for. The post's own stand first, in order; then what goes with its
 * video. */
enum medium_role { MEDIUM_OF_POST, MEDIUM_THUMBNAIL, MEDIUM_CAPTIONS };
const char *medium_role_word(enum medium_role role); /* "post", "thumbnail", "captions" */

/* A medium as it will be sent. With a recipe it is a rendition of the file in media/. */
struct medium {
    const char *file;        /* relative to media/                          */
    const char *alt;         /* "" when there is none                       */
    const char *recipe;      /* base/recipe.h, with what came of it; "" = it goes out as it is */
    char source[DIGEST_HEX]; /* of the file in media/; "" without a recipe  */
    char sha256[DIGEST_HEX]; /* of what goes out; "" = it is not made yet, nor is what follows */
    const char *mime;
    int64_t bytes;
    int64_t width, height; /* 0 when unknown */
    int64_t duration_ms;   /* 0 when it has none */
    enum medium_role role;
};

/* The SHA-256 of its file in media/, and whether what goes out is there. */
const char *medium_source(const struct medium *medium);
bool medium_is_made(const struct medium *medium);

struct delivery {
    /* Who it is. Never changes. */
    char id[17]; /* first 16 hex digits of SHA-256(campaign NUL post NUL occurrence NUL account) */
    const char *campaign;
    const char *post;
    const char *occurrence; /* "once", "2026-12-04T19:00", "once.2" */
    const char *account;
    const char *platform;

    /* What, and when: replaced by a reload while nothing may have left. */
    struct instant at;
    struct instant useful_until; /* at + useful_for */
    struct span lead;            /* preparing may begin at `at - lead`; 0 without uploads */
    enum late_policy late;
    enum urgency urgency;
    bool again;          /* lifts never-twice */
    int approvals;       /* how many people must approve: 0, 1, 2 */
    const char *content; /* canonical JSON, see campaign/content.h */
    char content_hash[DIGEST_HEX];
    char same_hash[DIGEST_HEX]; /* never-twice: folded text and media, no account */
    const struct medium *media;
    size_t media_count;
    const char *file; /* "traffic.cfg", relative to campaigns/ */
    int64_t author;   /* st_uid of file and media; -1 = unknown */

    /* Where it stands. */
    enum state state;
    const char *reason;   /* a word above, or "" */
    const char *note;     /* one sentence of detail for people: what the platform said; or "" */
    int64_t rev;          /* grows with each write: a change names the one it read */
    struct instant early; /* a person had it go out before its time: from then on; NONE */

    /* Its attempts. */
    struct instant born; /* first left ready; NONE before */
    int64_t generation;
    char key[DIGEST_HEX]; /* hex SHA-256(id NUL content hash NUL generation); "" before */
    char record_key[14];  /* class A: the name of its record, unique on its account; "" elsewhere */
    const char *progress; /* adapter's state and kept ids, canonical JSON; "" before */
    const char *request;  /* the frozen publish request, canonical JSON; "" before */
    int64_t attempts;     /* publish requests that may have left */
    int64_t tries;        /* failures since the last success of any step: R8's n */
    int64_t reads;        /* read-backs in this doubt: R4's n */
    struct instant not_before;   /* no next try before this; NONE = at once */
    struct instant first_intent; /* createdAt of class A; NONE before */
    struct instant intent;       /* of the newest attempt */

    /* Its receipt. */
    const char *remote_id; /* "" before */
    const char *url;
    struct instant published;

    /* What is done to it once it is public, and its retraction: canonical JSON
     * {"first_comment":{"at":...,"kept":...,"why":...},...}; "" before. Beside the state, never a
     * part of it (R10). */
    const char *after;

    /* Of a thread's part (occurrence "once.2"): the delivery that it answers, and what is known of
     * it and of the first of its thread. The store fills the three in whenever it reads a row; they
     * are not written. "" = answers nobody; ids "" while it is not public. */
    char parent[17];
    enum state parent_state;
    const char *parent_id, *root_id; /* the platform's ids */
};

/* All that it shows is made: before that it can be neither approved nor ready. */
bool delivery_is_made(const struct delivery *delivery);

/* When it may be public at the earliest: its time, or earlier if a person had it so. */
struct instant delivery_opens(const struct delivery *delivery);

/* Nothing has happened to it yet: reason, attempts and receipt become empty, their times NONE. What
 * it is, when, and its state stay the caller's. */
void delivery_start_afresh(struct delivery *delivery);

/* Which part of its thread an occurrence is: 1 for "once", 2 for "once.2". */
enum { OCCURRENCE_SIZE = 64 };
int occurrence_part(const char *occurrence);

/* Fills delivery->id from its four names, and delivery->parent when it is a thread's part. */
void delivery_set_id(struct delivery *delivery);

/* The ids of the first of its thread, which may be itself, and of the part that would answer it. */
void delivery_thread_id(const struct delivery *delivery, char id[17]);
void delivery_answer_id(const struct delivery *delivery, char id[17]);

/* key = hex SHA-256(id, content hash, generation joined by NUL). Needs id, content_hash,
 * generation. */
void delivery_set_key(struct delivery *delivery);

/* record_key = the AT Protocol's TID: 53 bits of microseconds (born in ms * 1000 + the key's first
 * 32 bits mod 1000) and 10 bits of clock id (the key's next), as 13 letters of its sortable
 * base 32. Needs born and key. The store refuses one that its account has already; then the row is
 * born a millisecond later. */
void delivery_set_record_key(struct delivery *delivery);

/* "traffic/helmet@once/x-main". */
char *delivery_name(const struct delivery *delivery, struct arena *arena);

/* A deep copy in one block, which begins with the struct: its size in bytes with `block` NULL, and
 * with a block of that size (aligned for any object) the copy itself. */
size_t delivery_pack(const struct delivery *delivery, void *block);

/* The same, in the arena. */
struct delivery *delivery_copy(const struct delivery *delivery, struct arena *arena);

/* One change of state (or of progress within a state: to == from), with what the audit says of it.
 * The row is written only while its stored rev equals after->rev. */
struct change {
    const struct delivery *after; /* the whole row as it shall be; rev as it was read */
    enum state from;              /* its state as it was read */
    const char *event;            /* audit word: "publish.intent", "hold", "approve" ... */
    const char *actor;            /* "svc:crier" or "os:UID:LOGIN" */
    const char *facts; /* canonical JSON object with further members of the record, or NULL */
    const char *request_hash; /* hex SHA-256 of after->request, where it is known; or NULL */
};

/* The table and the reasons: cancelled -> planned only when removed; held after doubt (unproven,
 * found-twice) not to ready or planned unless `event` is "resolve". */
bool change_allowed(const struct delivery *before, const struct change *change);

#endif

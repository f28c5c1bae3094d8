/* engine/engine.h - every decision of the daemon, as one pure function.
 *
 *     engine_step(engine, event, actions)
 *
 * An event says what happened and what time it is; the actions say what the caller must do now. The
 * engine opens no file, asks no clock, calls nobody back; so a week fits in a test of milliseconds.
 *
 * Save, then send: the engine never answers a save and the send it belongs to in one list. A save
 * carries a ticket; its commit comes back as EVENT_SAVED, and only then, asked again with today's
 * flags, the engine answers ACTION_SEND. A save that the store refuses (the row changed meanwhile,
 * or another post says the same) comes back as EVENT_REFUSED with the row as it stands.
 *
 * The engine holds only deliveries that are due, preparing or in flight; all others are the
 * store's. Rules are named as in reliability.md (R1..R12) where they are kept: pace.c (R8, R9,
 * gap), late.c (late policy), doubt.c (R3..R7), windows are calendar's.
 */
#ifndef CRIER_ENGINE_ENGINE_H
#define CRIER_ENGINE_ENGINE_H

#include "campaign/delivery.h"
#include "campaign/model.h"
#include "campaign/records.h"
#include "platform/adapter.h"

struct engine;

enum event_kind {
    EVENT_START,   /* once, first: `flags`, `accounts`; rows follow                        */
    EVENT_CONFIG,  /* a (re)load: `workspace`; lives until the next EVENT_CONFIG returns   */
    EVENT_ROWS,    /* rows that are due, unfinished after a start, or changed by others    */
    EVENT_GONE,    /* `ids` that were removed from what is due (moved, cancelled ...)      */
    EVENT_SAVED,   /* `ticket` is durable                                                  */
    EVENT_REFUSED, /* `ticket` was not written: `refusal`; `rows` = the row as it stands   */
    EVENT_REPLY,   /* answer to ACTION_SEND `ticket`                                       */
    EVENT_LOGIN,   /* `account`'s credential is another one: `tokens` or none          */
    EVENT_FLAGS,   /* flags as they now are (already durable or not: they only forbid)     */
    EVENT_CLOCK,   /* the clock stepped by `step` (not by passing), or the host slept      */
    EVENT_TIME,    /* nothing but time                                                     */
    EVENT_CHECK,   /* `rows` to be looked for: reads only; each is answered ACTION_CHECKED */
    EVENT_STOP     /* start nothing new                                                    */
};

enum refusal {
    REFUSAL_STALE,      /* the row changed meanwhile                                             */
    REFUSAL_TWIN,       /* another post with the same content on the same identity within 30 d  */
    REFUSAL_GONE,       /* no such row                                                           */
    REFUSAL_UNDRAWN,    /* the table does not know this change: our bug, hold it               */
    REFUSAL_KEY_TAKEN,  /* class A: another row of the account has that record key already */
    REFUSAL_POST_TAKEN, /* what was found for it is the post of another delivery                */
    REFUSAL_UNAPPROVED, /* approvals asked for do not stand now: the row belongs to planned   */
    REFUSAL_UNREAD /* its files changed and are being read: no row is given, nothing changed; a flag
                    * holds its campaign meanwhile, so try again when flags allow */
};

struct event {
    enum event_kind kind;
    struct instant now;
    int64_t ticket;
    enum refusal refusal;
    const char *twin; /* REFUSAL_TWIN: the other's name */
    const struct delivery *const *rows;
    size_t row_count;
    const char *const *ids;
    size_t id_count;
    const struct http_reply *reply;
    const struct workspace *workspace;
    struct flags flags;
    const struct account_state *accounts;
    size_t account_count;
    const char *account; /* EVENT_LOGIN */
    bool new_session;    /* EVENT_LOGIN: what was stored of a session is not used any more */
    const char *tokens;  /* EVENT_LOGIN: a session that came with it, sealed; or NULL */
    struct instant tokens_until; /* of `tokens` */
    struct span step;            /* EVENT_CLOCK: > 0 forward */
    bool slept;
    bool clock_trusted; /* EVENT_TIME/START/CLOCK: synchronised, as far as the host knows */
};

enum action_kind {
    ACTION_SAVE,
    ACTION_SAVE_ACCOUNT,
    ACTION_SEND,
    ACTION_ALARM,
    ACTION_DROP,
    ACTION_CHECKED
};

/* What a look at the platform found. Of a published delivery: */
enum check_verdict {
    CHECK_EQUAL,      /* it is there as it was sent                          */
    CHECK_DIFFERS,    /* it is there, but not as it was sent                 */
    CHECK_GONE,       /* the platform says that it is not there              */
    CHECK_UNREADABLE, /* nothing could be seen: `text` says why              */
    CHECK_FOUND,      /* of one whose fate is unknown: exactly one like it   */
    CHECK_ABSENT      /* of such a one: none, which proves nothing by itself */
};
const char *check_word(enum check_verdict verdict);

struct action {
    enum action_kind kind;
    int64_t ticket;       /* SAVE, SAVE_ACCOUNT, SEND: unique in a run */
    struct change change; /* SAVE; `after` stays as it is until its ticket is told */
    const struct account_state *account_state; /* SAVE_ACCOUNT */
    bool new_session; /* SAVE_ACCOUNT: its tokens are new; use them when they are durable, before
                         EVENT_SAVED */
    const struct account *account;      /* SEND */
    const struct http_request *request; /* SEND */
    bool fresh;                         /* SEND: R2, a connection of its own */
    enum check_verdict verdict;         /* CHECKED */
    const char *remote_id, *url;        /* CHECKED: where it stands, "" when not known */
    const char *delivery_id; /* SEND, ALARM, DROP, CHECKED: whose, or "" (an account's request) */
    const char *alarm;       /* ALARM: stable word, "doubt", "held", "account", "bug" ... */
    const char *text;        /* ALARM: one sentence for the duty officer; CHECKED: why */
};

struct actions {
    struct arena *arena; /* everything answered lives here, until the caller resets it */
    struct action *items;
    size_t count, capacity;
    struct instant wake; /* call again with EVENT_TIME then; NONE = nothing to wait for */
};

struct engine *engine_new(uint64_t seed); /* seed of the jitter: a random number, or a test's */
void engine_free(struct engine *engine);

void engine_step(struct engine *engine, const struct event *event, struct actions *actions);

/* What `run --until-idle` and the watchdog ask. */
struct engine_load {
    size_t held_in_memory;         /* deliveries the engine holds               */
    size_t in_flight;              /* requests without an answer                */
    size_t unsaved;                /* saves without a commit                    */
    size_t waiting;                /* due, waiting for a flag or paused account  */
    size_t overdue_without_reason; /* must be 0: reliability.md §2.8      */
};
struct engine_load engine_load(const struct engine *engine, struct instant now);

/* Whether the engine holds that delivery: then it must hear of every change to its row. */
bool engine_holds(const struct engine *engine, const char *id);

/* When a delivery that the engine holds is due; NONE = not held here. */
struct instant engine_due(const struct engine *engine, const char *id);

/* When the account last published; the store hears of it later. NONE = never, or not known here. */
struct instant engine_last_publish(const struct engine *engine, const char *account);

/* One sentence why a delivery that the engine holds is not going out now, in the arena; NULL = not
 * held here. */
const char *engine_why(const struct engine *engine, const char *id, struct instant now,
                       struct arena *arena);

#endif

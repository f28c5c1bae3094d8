/* tests/scenarios/stage.h - the real engine, adapters, outbox, reader and plan, with scripted net
 * and clock.
 *
 * What the daemon does between them is done here in the plainest way: one action after the other,
 * each save a transaction of its own, readings answered at once by server.c. The state is a folder
 * of its own.
 */
#ifndef CRIER_TESTS_STAGE_H
#define CRIER_TESTS_STAGE_H

#include <setjmp.h>

#include "campaign/plan.h"
#include "engine/engine.h"
#include "engine/rules.h"
#include "server.h"
#include "store/outbox.h"

struct call {
    int64_t ticket;
    const char *account, *delivery; /* the delivery's id, or "" */
    struct http_request request;
    bool fresh, open;
};

/* Tokens on their way into the outbox: requests carry them once they are there. */
struct kept {
    int64_t ticket;
    const char *account, *tokens;
};

struct said {
    const char *word, *text;
};

struct stage {
    struct arena arena;
    const char *file;
    size_t line; /* of the scenario, for messages */
    char state[64];
    struct campaign_set set;
    struct media_facts *media;
    size_t media_count, media_capacity;
    struct outbox *outbox;
    struct engine *engine;
    unsigned rules_off;
    struct server server;
    struct instant now, wake, fed;
    bool started, trusted, uploads_wait, in_transaction;
    struct flag flags[8];
    size_t flag_count;
    struct call *calls;
    size_t call_count, call_capacity;
    struct kept *kept;
    size_t kept_count, kept_capacity;
    struct said *alarms;
    size_t alarm_count, alarm_capacity;
    struct event *events; /* to be told to the engine, in order */
    size_t event_first, event_count, event_capacity;
    bool automatic; /* publish requests are stored and answered */
    bool trace;
    const char *deaf;       /* see considered.h; NULL = to nothing */
    bool told_trust;        /* `trusted`, as the engine was told last */
    struct arena foretold;  /* of one step */
    long crash_at, crashes; /* a sweep: die at that boundary, counted from 1; 0 = never */
    uint64_t chaos;         /* a random state: any answer, any end of the process; 0 = none */
    jmp_buf crashed;
};

void fail(const struct stage *stage, const char *format, ...) PRINTF_LIKE(2, 3) NORETURN;

void stage_begin(struct stage *stage, const char *file);
void stage_read(struct stage *stage, const char *workspace, const char *const *names,
                const char *const *texts, size_t count); /* crier.cfg and the campaigns, as texts */
void stage_start(struct stage *stage);   /* plans, fills the outbox, starts the engine */
void stage_restart(struct stage *stage); /* the process ended; nothing but the outbox is left */
void stage_end(struct stage *stage);

void stage_tell(struct stage *stage, struct event event); /* and all that follows from it */
void stage_until(struct stage *stage, struct instant when);
void stage_reply(struct stage *stage, struct call *call, const struct http_reply *reply);
void stage_flags(struct stage *stage);
void stage_decide(struct stage *stage, const struct change *change); /* a person, at the desk */
void stage_make(struct stage *stage); /* all that is still to be made of media, and a reload */
const struct delivery *stage_row(struct stage *stage,
                                 const char *name); /* by the beginning of its name */

#endif

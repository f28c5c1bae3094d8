/* daemon/internal.h - what the parts of the daemon share. Not for others. */
#ifndef CRIER_DAEMON_INTERNAL_H
#define CRIER_DAEMON_INTERNAL_H

#include <pthread.h>
#include <uv.h>

#include "daemon/alarm.h"
#include "daemon/clock.h"
#include "daemon/control.h"
#include "daemon/daemon.h"
#include "daemon/notify.h"
#include "daemon/planner.h"
#include "daemon/telling.h"
#include "daemon/virtual.h"
#include "daemon/watch.h"
#include "engine/decide.h"
#include "engine/engine.h"
#include "net/transfer.h"
#include "store/reload.h"
#include "store/store.h"

/* An event that waits until the step under way has been carried out. */
struct waiting_event {
    struct waiting_event *next;
    struct event event;
    struct arena arena;
};

struct daemon {
    const struct daemon_options *options;
    struct telling onlooker; /* to the person at the terminal */
    struct arena life;       /* texts that last as long as the process */
    uv_loop_t loop;
    struct daemon_clock *machine_clock;
    struct clock *clock;
    struct virtual_time *virtual_time;

    int lock;
    int workspace_folder;
    struct secrets *secrets;
    struct store *store;
    struct engine *engine;
    struct transfers *transfers;
    struct alarms *alarms;
    struct notifier *notifier;
    struct watch *watch;
    struct planner *planner;
    struct control *control;

    uv_async_t store_wake, planner_wake;
    uv_prepare_t turn_end;
    uv_check_t turn_start;
    uv_signal_t signals[5];

    pthread_mutex_t zone_lock;
    struct zone *zone; /* of the store's records */

    /* What is in force. */
    struct reading *config; /* workspace of the engine; never NULL after the start */
    struct reading
        *seen; /* the newest whole reading: whose files were read; NULL before the first */
    struct arena stored_files_arena;
    const struct seen_file *stored_files; /* of the last run, until `seen` is there */
    size_t stored_file_count;
    struct arena flags_arena;
    struct flags flags; /* durable ones */
    struct arena loading_arena;
    const char **loading; /* campaigns whose files changed: nothing of them is sent until read */
    size_t loading_count, loading_capacity;
    bool behind_high_water; /* the clock stands before what the store has seen */

    struct clock_timer engine_wake, due_wake, reload_again, daily, stop_limit, high_water_wake;
    struct due_place due_place; /* the engine was given what is due before it */
    bool due_running, due_again, due_whole;
    bool reloading, reload_wanted;
    struct comparing *comparing;        /* whom the reading under way is for; NULL = a reload */
    struct comparing *waiting_compares; /* those who wait for one, the newest first */
    json_t *compared; /* the newest plan whose pages are being asked for; or NULL */
    struct arena applied_arena;
    struct file_digests applied; /* what the files said that were applied last */
    unsigned render_failures;    /* in a row: each is tried again later than the one before */
    struct instant swept;        /* when the spool was last */
    bool telling;
    struct waiting_event *first_event, *last_event;
    struct task *idle_tasks;
    size_t idle_task_count;
    struct arena turn;
    uint64_t *checked;    /* of each file of `seen`: in which turn it was last looked at */
    bool looked_for_hold; /* in this turn */
    bool looked_at_clock; /* in this turn: whether it stepped, and is trusted */
    bool clock_trusted;
    struct instant engine_wish; /* when the engine wants to be woken; armed at the end of a turn */
    uint64_t turn_number, turn_ms;

    int64_t requests_begun;
    struct kept_request *first_kept; /* of a rehearsal in order, by due and id */
    struct instant end_asked;        /* when a rehearsal was last asked whether it has ended */
    bool end_asking;

    bool ready, stopping, finished, failed, ended;
    struct instant since;
    struct err err;                  /* why it failed */
    struct reconciling *reconciling; /* the newest; NULL before the first */
    bool idle_waits;                 /* --until-idle: something due waits for a person */
    bool idle_asked;
};

/* A piece of work for the store: `work` on its thread, `done` back on the loop; then the arena
 * ends. */
struct task {
    struct task *next; /* of those that wait for work */
    struct daemon *daemon;
    struct arena arena;
    bool (*work)(struct task *task, struct outbox *outbox, struct instant now, struct err *err);
    void (*done)(struct task *task);
    void *data;
};
struct task *task_new(struct daemon *daemon, size_t data_size,
                      bool (*work)(struct task *task, struct outbox *outbox, struct instant now,
                                   struct err *err),
                      void (*done)(struct task *task));
void task_submit(struct task *task, bool reads);
void tasks_free(struct daemon *daemon); /* those that wait for work */

struct instant daemon_now(struct daemon *daemon);

/* carrier.c */
void daemon_tell(struct daemon *daemon, struct event *event); /* sets event->now */
/* Puts a request on its way; the engine is told of its reply. */
void daemon_send(struct daemon *daemon, int64_t ticket, const struct account *account,
                 const struct http_request *request, bool fresh);
void daemon_take_flags(struct daemon *daemon,
                       const struct flags *flags); /* the durable ones, as they now are */
void daemon_tell_flags(struct daemon *daemon);     /* durable ones and those of loading files */
/* The engine is given rows so long before their work begins: reading ten thousand takes a moment,
 * and they may be due at one. None in virtual time, where a moment takes no time. */
struct span daemon_ahead(const struct daemon *daemon);
void daemon_tell_rows(struct daemon *daemon, const struct deliveries *rows);
void daemon_tell_due(struct daemon *daemon, const struct deliveries *rows); /* nobody asks again */
struct clock_timer *daemon_engine_timer(struct daemon *daemon);
void carrier_start(struct daemon *daemon);
void carrier_turn_end(struct daemon *daemon);
/* From now on requests of that account carry the stored session; false when it cannot be opened. */
bool carrier_use_session(struct daemon *daemon, const struct account_state *state);

/* loading.c */
void loading_start(struct daemon *daemon);
void loading_request(struct daemon *daemon);
/* Opens the credentials of all accounts: before the engine hears of them, it asks at once who they
 * are. */
void loading_credentials(struct daemon *daemon, const struct workspace *workspace);
/* The engine hears that an account's credential is another one, and asks it anew who it is. At
 * start that is what no stored session came from, later what changed since it was read last. */
void loading_login(struct daemon *daemon, const struct account *account);
void loading_first_logins(struct daemon *daemon, const struct workspace *workspace);
void loading_new_logins(struct daemon *daemon, const struct workspace *workspace);
void loading_collect(struct daemon *daemon);
void loading_made(struct daemon *daemon); /* what the renderer has made is read, or why not told */
void loading_due(struct daemon *daemon);  /* asks the store what became due, and when next */
void loading_due_all(struct daemon *daemon); /* the same from the beginning: rows were changed */
/* crier.cfg, or its last good copy, into daemon->config. */
MUST_CHECK bool loading_config(struct daemon *daemon, struct err *err);
/* `files` and `applied` as the last run stored them, or NULL. */
void loading_first(struct daemon *daemon, const char *files, const char *applied);
/* Lays it over the outbox, step by step. Takes it over. */
void loading_lay(struct daemon *daemon, struct reading *reading);
/* The reading under way has been dealt with: what waits for the next one gets it. */
void loading_after(struct daemon *daemon);
/* Not to be laid over the outbox. Takes it over. */
void loading_drop(struct daemon *daemon, struct reading *reading);
/* A file HOLD in the state folder holds all; it is looked for where something is about to go out.
 * True: it has just been found, and everything is held. */
bool loading_finds_hold(struct daemon *daemon);
/* Files may say something else than a row that they had no say in for a while: nothing of its
 * campaign is sent until they are read again. */
void loading_again(struct daemon *daemon, const char *campaign);
/* Whether what was read of the delivery's files still stands; else asks for a reading and holds its
 * campaign. */
bool loading_is_fresh(struct daemon *daemon, const struct delivery *delivery);

/* keeping.c */
void keeping_approvals(struct daemon *daemon); /* after each reading, so at least daily */
void keeping_media(struct daemon *daemon);     /* the same, once it has ended */
void keeping_logins(struct daemon *daemon);    /* at start, and daily */

/* asking.c */
void asking(void *arg, struct control_call *call, const json_t *body, const struct peer *peer);
void asking_hold_all(struct daemon *daemon, const char *actor);
/* A request that came by no socket. Takes `body` over; the person's texts are lent for good. */
void asking_as(struct daemon *daemon, json_t *body, const struct person *person);

/* comparing.c: what the files would change (`plan`), and `apply`: readings that are compared with
 * the outbox, and laid over it only if somebody said so. */
/* True for its requests. */
MUST_CHECK bool comparing_ask(struct daemon *daemon, struct control_call *call, const json_t *body,
                              const struct person *person);
/* No reading is under way. True: one is now, for somebody who waits. */
bool comparing_next(struct daemon *daemon);
/* The reading is for daemon->comparing. Takes it over. */
void comparing_collect(struct daemon *daemon, struct reading *reading);
/* What was applied is in the outbox. */
void comparing_applied(struct daemon *daemon, const struct reload_result *result);
void comparing_free(struct daemon *daemon);

/* reconciling.c: published posts read back on demand, and what is in doubt looked for again. */
/* True for its requests: answers how far it is, or its result; begins one if the request says how
 * many days back. */
MUST_CHECK bool reconciling_ask(struct daemon *daemon, struct control_call *call,
                                const json_t *body, const char *actor);
void reconciling_checked(struct daemon *daemon, const struct action *action);
void reconciling_free(struct daemon *daemon);

/* rehearsing.c. What is no rehearsal has nothing to do there: all of them may be called always. */
/* Whether every account speaks to the rehearsal's own sandbox and none is live. */
MUST_CHECK bool rehearsing_allows(const struct daemon *daemon, const struct workspace *workspace,
                                  struct err *err);
/* Signals come (true) or wait. */
void rehearsing_hears(const struct daemon *daemon, bool signals);
void rehearsing_approve(struct daemon *daemon); /* after each reading, so at least daily */
/* Keeps the request back until it is its turn; false: it may go at once. */
bool rehearsing_keeps(struct daemon *daemon, const struct action *action);
/* Nothing moves, all requests are stalled: begins the next that was kept back; false: none was. */
bool rehearsing_sends(struct daemon *daemon);
/* Nothing moves. True: it has ended, or is being asked whether it has. */
bool rehearsing_ends(struct daemon *daemon);
/* A daemon waits for room on the disk; a rehearsal has nobody to wait for. */
void rehearsing_stalls(struct daemon *daemon, const char *why);
void rehearsing_moved(const struct daemon *daemon); /* time has */
void rehearsing_free(struct daemon *daemon);

/* daemon.c */
void daemon_take_zone(struct daemon *daemon); /* after the workspace in force has changed */
void daemon_stop(struct daemon *daemon);
void daemon_fail(struct daemon *daemon, const struct err *err);

#endif

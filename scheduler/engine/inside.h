/* engine/inside.h - what the engine's own files share, and nobody else includes.
 *
 *     engine.c    one event in: to whom it goes (a table), timers, lines that were touched
 *     items.c     the deliveries held: admit, save, saved, refused, drop
 *     ways.c      what a delivery does next in each state (a table)
 *     before.c    ready and preparing: until the intent
 *     sending.c   from the intent to the receipt
 *     doubtful.c  in doubt: repeat, read, hold
 *     after.c     once it is public: first comments and their like, and taking it back
 *     rests.c     what these share: asking the adapter's machines, waits and ends
 *     turns.c     may it go now: gates, windows, one publish at a time, gap
 *     late.c      the late rule
 *     threads.c   parts of a thread: after the one that they answer, and nothing between
 *     doubt.c     R3..R7, pure
 *     pace.c      R4, R8, pure
 *     session.c   an account's session: when it is made or renewed, what may not be sent meanwhile
 *     accounts.c  an account's own requests: who am I, limits, probes; pauses, breaker, clock trust
 *     checks.c    looking again at what was published
 *     budgets.c   how often a platform lets an account publish
 *     fits.c      does it still fit the server's limits
 *     load.c      what status asks: load and why
 *     consider.c  all that stands for and against one delivery now, in words
 *     trace.c     events and actions as lines
 *
 * A line is an account as the engine sees it: the queue of its deliveries. An item is a delivery
 * held in memory. Nobody recurses from an item into another: what an item frees for others (a turn,
 * a gap, a flag) touches the line, and touched lines run at the end of the step.
 */
#ifndef CRIER_ENGINE_INSIDE_H
#define CRIER_ENGINE_INSIDE_H

#include "base/buffer.h"
#include "base/heap.h"
#include "engine/budgets.h"
#include "engine/consider.h"
#include "engine/doubt.h"
#include "engine/engine.h"
#include "engine/pace.h"
#include "engine/rules.h"
#include "engine/table.h"
#include "platform/registry.h"

/* One step: handed to every function that may answer with actions. */
struct pass {
    struct engine *engine;
    const struct event *event;
    struct instant now;
    struct actions *out; /* its arena is also the scratch memory of the step */
    struct line *resuming;
};

struct timer {
    struct heap_node node; /* must be first */
    struct instant due;
    /* Ties are broken, so that a run can be repeated, and so that nothing goes before an urgent
     * post because its timer was taken first: lines by name, then items that are urgent, then by
     * id. */
    const char *name; /* of a line */
    uint64_t number;  /* of an item: its id */
    bool of_line, urgent;
    bool of_check; /* of the item of a check */
};

enum gate {
    GATE_OPEN,
    GATE_STOPPING,
    GATE_NO_ACCOUNT, /* crier.cfg does not have it, or is not read yet */
    GATE_FLAG,
    GATE_PAUSED,
    GATE_IDENTITY, /* not asked yet */
    GATE_SESSION,  /* its session is being made or renewed */
    GATE_CLOCK,
    GATE_PARENT /* the post that it answers is not public yet */
};

/* Of a thread's part: what is known of the one that it answers. */
struct before {
    enum state state;
    char *id, *root; /* the platform's; NULL while not known; ours */
};

enum doing { DOING_NOTHING, DOING_SAVE, DOING_REQUEST };
enum errand { ERRAND_PUBLISH, ERRAND_FIND };
enum queue { QUEUE_NONE, QUEUE_TURNS, QUEUE_BLOCKED, QUEUE_LATE };

struct item {
    struct timer timer;     /* must be first */
    struct heap_node place; /* in one of its line's queues, which compare what follows here, so that
                             * they need not look at the row: thousands wait in a burst */
    struct instant at;      /* of its row */
    uint64_t thread;        /* id of the first of its thread, as a number */
    int part;               /* 1 = the first */
    enum queue queue;
    struct delivery *row;   /* as it stands in the store; one block of memory, ours */
    struct delivery *next;  /* as it is being saved, or NULL: the store reads it meanwhile */
    struct span next_shift; /* of its times, once it is saved */
    struct line *line;
    struct before before;
    enum doing doing;
    int64_t ticket;               /* of the save or the request */
    enum errand errand;           /* whose request is in flight */
    enum request_kind asked;      /* what the last request was */
    int64_t session;              /* number of the session that it carried */
    int64_t later_ms;             /* class A: its record key was taken so often */
    struct arena attempt;         /* from its first machine call to its next rest: */
    struct content *content;      /* its content, read; NULL = not yet */
    const char *reading_at;       /* progress of a reading back; NULL = as in the row */
    struct http_request *pending; /* to send once `next` is durable; NULL = none */
    char *found_at;               /* progress of the find machine; ours */
    struct instant wait_until;    /* a wait of this run (R4, STEP_WAIT); NONE */
    struct instant doubt_since;   /* R4 counts from here; NONE = not yet */
    bool measured;                /* the late rule has seen it */
    bool late;                    /* goes out late: 60 s apart */
    bool prepared;                /* nothing left to upload */
    bool answered;                /* the publish request was answered with an id in this run */
    bool confirming;              /* refused: a reading must find nothing */
    bool unproven;                /* an earlier attempt of this key is in doubt */
    bool repeated;                /* the request in flight is a repeat out of doubt */
    bool looking;                 /* sending, and first asks whether it is public already */
    bool looked;                  /* it is not */
    bool at_turn;                 /* within item_turn: a publish request may be recorded now */
    char *note;                   /* why the platform refused, while that is confirmed; ours */
};

enum errand_of_line { LINE_IDLE, LINE_IDENTIFY, LINE_LIMITS, LINE_REFRESH };

/* Of an account whose platform gives sessions. */
struct session {
    int64_t number; /* of the tokens in use: what is sent remembers it */
    bool wanted;    /* to be made or renewed before anything else is sent */
    bool saving;    /* its new tokens are not durable yet */
    bool unproved;  /* renewed, and no request has succeeded since */
    bool told;      /* people know that it cannot be renewed */
    bool early;     /* wanted ahead of its end: what is in use still serves */
    int64_t failures;
    struct instant not_before; /* no next try before; NONE */
    struct instant ahead_at;   /* look then whether it ends too near a post; NONE */
    char *tokens;              /* taken from an answer, until the machine is done; ours */
    struct instant until;
    struct instant renewed; /* in this run; NONE */
};

struct line {
    struct timer timer; /* must be first */
    char *name;
    const struct account *account; /* of the newest configuration; NULL = not there */
    const struct adapter *adapter;
    struct account_state state; /* its texts live in state_memory */
    struct arena state_memory;
    struct heap turns;        /* may publish as soon as the line is free */
    struct heap blocked;      /* wait for a flag, the account, the clock */
    struct heap late;         /* met late, not judged yet */
    struct instant late_at;   /* when they are judged; NONE */
    struct instant last_late; /* when a late one went out last; NONE */
    size_t parts;             /* of threads, that are held here */
    char next_part[17];       /* the post that went out last is answered by this one; "" */
    struct instant led;       /* when that one's intent was */
    bool thread_told;         /* what a part waits for has changed */
    struct item *publishing;  /* R9: has the turn, from save to answer; NULL */
    bool identified;          /* in this run */
    bool clock_differs;       /* its platform's Date is not our time */
    struct span clock_error;
    struct instant probe_at;  /* next "who am I"; NONE = none wanted */
    int64_t probes;           /* failed ones in a row */
    int64_t pauses;           /* since a post last went out: each next probe comes later */
    struct instant limits_at; /* next reading of the server's limits; NONE */
    char *whom;               /* whom crier.cfg means: a change asks "who am I" again; ours */
    struct instant moved;     /* when it came to mean another; NONE = not in this run */
    json_t *server;           /* state.server_limits, read; ours */
    enum errand_of_line errand;
    int64_t asked_session; /* number of the session that the errand's request carried */
    struct session session;
    int64_t ticket;
    char *progress;                         /* of the errand's machine; ours */
    struct instant failures[PACE_FAILURES]; /* transport failures, a ring */
    size_t failure_count;
    bool touched;
    struct line *next_touched;
};

struct engine {
    uint64_t random;
    int64_t last_ticket;
    unsigned rules_off;   /* bits of enum engine_rule */
    struct table items;   /* id -> item */
    struct table tickets; /* ticket -> struct timer of an item or a line */
    struct line **lines;  /* by name */
    size_t line_count, line_capacity;
    struct heap timers;
    struct line *touched;
    const struct workspace *workspace;
    struct flags flags;
    struct arena flags_memory;
    bool stopping;
    bool clock_trusted;         /* the host says so */
    struct instant clock_pause; /* live accounts wait until then; NONE */
    struct check *checks;       /* under way */
    size_t account_saves;       /* without a commit yet */
    struct buffer facts;        /* of the save that is being answered */
};

/* engine.c */
bool rule_on(const struct engine *engine, enum engine_rule rule);
struct action *act(struct pass *pass, enum action_kind kind);
void alarm(struct pass *pass, const char *word, const char *id, const char *text);
int64_t ticket_new(struct engine *engine, struct timer *owner);
void timer_set(struct engine *engine, struct timer *timer, struct instant due); /* NONE = stop */
struct instant instant_shifted(struct instant t, struct span step);             /* NONE stays */
struct instant instant_earlier(struct instant a, struct instant b); /* NONE counts as never */
char *text_own(char *old, const char *text); /* a copy on the heap; frees old */
struct item *item_of(struct heap_node *place);

/* items.c */
struct item *item_find(const struct engine *engine, const char *id);
void item_admit(struct pass *pass, const struct delivery *row);
void item_drop(struct pass *pass, struct item *item);
void item_forget(struct engine *engine, struct item *item); /* without an action */
/* One that stands in no table and no queue: for who only asks a machine about a row. */
void item_begin(struct engine *engine, struct item *item, const struct delivery *row);
void item_end(struct item *item);
void item_enqueue(struct item *item, enum queue queue); /* QUEUE_NONE takes it out */
void item_sleep(struct pass *pass, struct item *item, struct instant until);
/* Answers a save of `after` (texts of the step's arena are fine). `pending`: the request it is for,
 * or NULL. */
void item_save(struct pass *pass, struct item *item, const struct delivery *after,
               const char *event, const char *facts, const struct http_request *pending);
/* The same with "publish.intent": its request is in `after`, and its hash in the audit. */
void item_intend(struct pass *pass, struct item *item, const struct delivery *after,
                 const struct http_request *request);
void item_saved(struct pass *pass, struct item *item);
void item_refused(struct pass *pass, struct item *item);
void item_send(struct pass *pass, struct item *item, const struct http_request *request);
/* A save to a state with a reason and a note for people. */
void item_change(struct pass *pass, struct item *item, enum state to, const char *reason,
                 const char *note, const char *event);
void items_each(struct engine *engine, void (*visit)(struct pass *, struct item *),
                struct pass *pass);

/* ways.c */
void item_go(struct pass *pass, struct item *item);   /* decides what comes next; may drop it */
void item_rest(struct pass *pass, struct item *item); /* nothing is left to do */
void item_turn(struct pass *pass, struct item *item); /* its line is free */
void item_reply(struct pass *pass, struct item *item, const struct http_reply *reply);

/* before.c */
void way_ready(struct pass *pass, struct item *item);
void way_preparing(struct pass *pass, struct item *item);
void way_advance(struct pass *pass, struct item *item, const struct http_reply *reply);
void way_turn(struct pass *pass, struct item *item);
/* The earliest moment at which it may be public, as far as we know now; quiet hours aside. */
struct instant way_wanted(const struct pass *pass, const struct item *item);
/* When a late one may follow the late one before it; NONE = it need not wait. */
struct instant way_late_at(const struct pass *pass, const struct item *item);

/* sending.c */
void way_sending(struct pass *pass, struct item *item);
void way_sending_step(struct pass *pass, struct item *item, const struct http_reply *reply);
void way_looked(struct pass *pass, struct item *item, const struct step *step);
bool way_may_still_go(struct pass *pass, const struct item *item); /* asked between save and send */
/* In doubt, or about to send in doubt: whether the key is still good for one more time. */
bool way_may_repeat(struct pass *pass, const struct item *item);
bool way_key_lives(struct pass *pass, const struct item *item);

/* doubtful.c */
void way_doubtful(struct pass *pass, struct item *item);
bool way_was_sent_elsewhere(const struct item *item); /* crier.cfg means another account by now */
void way_repeat(struct pass *pass, struct item *item);
void way_find(struct pass *pass, struct item *item, const struct http_reply *reply);

/* after.c */
bool after_is_wanted(struct pass *pass, struct item *item);
void way_published(struct pass *pass, struct item *item);
void way_chore_turn(struct pass *pass, struct item *item);
void way_chore_reply(struct pass *pass, struct item *item, const struct http_reply *reply);

/* rests.c */
struct delivery *machine_draft(struct pass *pass, const struct item *item);
/* Its job; false when its stored content cannot be read. */
bool machine_job(struct pass *pass, struct item *item, const struct delivery *row, struct job *job);
struct step machine_ask(struct pass *pass, struct item *item, machine advance,
                        const struct delivery *row, const char *stored,
                        const struct http_reply *reply);
const char *step_why(const struct step *step); /* never NULL */
struct buffer *facts_begin(struct pass *pass); /* what the audit says of a save besides its row */
const char *facts_end(struct pass *pass);
const char *attempt_facts(struct pass *pass, const struct delivery *after,
                          const struct http_reply *reply, const struct step *step);
const char *receipt_reason(const struct receipt *receipt);
void item_expire(struct pass *pass, struct item *item);
void item_hold(struct pass *pass, struct item *item, const char *reason, const char *note);
void item_doubt(struct pass *pass, struct item *item, const char *why, const struct step *step,
                const struct http_reply *reply);
void item_published(struct pass *pass, struct item *item, const struct receipt *receipt,
                    const char *reason, const char *event);
void item_note_failure(struct pass *pass, struct item *item, struct delivery *after,
                       const struct step *step); /* R8 */
void item_wait(struct pass *pass, struct item *item, enum queue queue);
void item_block(struct pass *pass, struct item *item, enum gate gate);
void item_sleep_until(struct pass *pass, struct item *item, struct instant when);
void item_turn_over(struct pass *pass, struct item *item);
void line_obey(struct pass *pass, struct line *line,
               struct instant when); /* the platform asked the account to wait; NONE = it did not */
void item_send_pending(struct pass *pass, struct item *item);

/* turns.c */
enum gate gate_of(const struct pass *pass, const struct item *item);      /* to start or publish */
enum gate gate_to_talk(const struct pass *pass, const struct item *item); /* to upload or read */
bool gate_is_closed(const struct pass *pass, const struct item *item, enum gate gate);
enum window_kind { WINDOW_OPEN, WINDOW_WAIT, WINDOW_HOLD };
struct window {
    enum window_kind kind;
    struct instant end; /* WAIT */
    const char *reason; /* HOLD */
    const char *note;
};
struct window window_at(const struct engine *engine, const struct delivery *row, struct instant t);
/* When it may be public at the earliest: its time, a wait the platform asked for, quiet hours. */
struct instant due_of(const struct engine *engine, const struct delivery *row);
struct instant end_of(const struct engine *engine, const struct delivery *row); /* useful_until */
bool is_early(const struct pass *pass, struct instant when);
bool is_over(const struct pass *pass, const struct delivery *row); /* past useful_until */
void line_touch(struct engine *engine, struct line *line);
void line_run(struct pass *pass, struct line *line);
struct instant line_free_at(const struct pass *pass,
                            const struct line *line); /* gap, Retry-After */
/* The same for that item, which may be free of them; NONE = now. */
struct instant line_may_take_at(const struct pass *pass, const struct line *line,
                                const struct item *item);

/* late.c */
bool late_meets(struct pass *pass, struct item *item); /* true: it waits for late_judge */
void late_judge(struct pass *pass, struct line *line);
void late_again(struct pass *pass,
                struct item *item); /* to be measured anew: pause over, host slept */

/* threads.c */
void thread_take(struct item *item); /* from its row */
/* What no row tells: that the one before it, which is held here, is being taken back. */
void thread_look(struct pass *pass, struct item *item);
void thread_forget(struct item *item);
void thread_tell(struct pass *pass, const struct item *item); /* its row is durable */
bool thread_waits(const struct pass *pass, const struct item *item);
bool thread_holds(struct pass *pass, struct item *item); /* true: what it answers will not be */
bool thread_frees(struct pass *pass, struct item *item); /* true: what it answers came out */
void thread_leads(struct pass *pass, struct item *item); /* its intent is recorded */
bool thread_before(const struct item *a, const struct item *b); /* at one time: whose turn it is */
bool thread_follows(const struct item *item); /* the last of its line is what it answers */
bool thread_reserves(const struct pass *pass, const struct line *line, struct item **next);
struct instant thread_patience(const struct line *line); /* when a reservation ends; NONE */

/* accounts.c */
struct line *line_get(struct engine *engine, const char *name); /* made when new */
void line_free(struct line *line);
void lines_configure(struct pass *pass);
void lines_remember(struct pass *pass, const struct account_state *states, size_t count);
void line_errands(struct pass *pass, struct line *line);
void line_reply(struct pass *pass, struct line *line, const struct http_reply *reply);
void line_heard(struct pass *pass, struct line *line, const struct http_reply *reply,
                enum request_kind kind, int64_t session); /* transport failures, clock trust */
/* Trouble that a step told; `session` is the number of the session that was asked with. */
void line_trouble(struct pass *pass, struct line *line, const struct step *step, int64_t session);
void line_login(struct pass *pass, struct line *line); /* the credential is another one */
void line_pause(struct pass *pass, struct line *line, const char *word, const char *why);
void line_resume(struct pass *pass, struct line *line);
void line_save(struct pass *pass, struct line *line);
void line_unblock(struct pass *pass, struct line *line);
bool line_is_live(const struct line *line);
void line_own(struct line *line, struct account_state state); /* copies its texts */
struct account_identity line_identity(const struct line *line);

/* session.c */
void session_init(struct session *session);
void session_clear(struct session *session);
bool session_is_needed(const struct line *line); /* its platform gives sessions */
bool session_is_ready(const struct pass *pass, const struct line *line); /* or none is needed */
void session_want(struct pass *pass, struct line *line);
void session_expired(struct pass *pass, struct line *line, int64_t number, const char *why);
/* What trouble a step means that was asked with that session. */
struct step session_reading(const struct line *line, int64_t number, struct step step);
void session_heard(struct line *line, int64_t number, const struct http_reply *reply);
void session_plan(struct pass *pass, struct line *line, struct instant due); /* a post to come */
bool session_is_due(struct pass *pass, struct line *line); /* make or renew it now */
struct instant session_next(const struct line *line);      /* when to ask that again; NONE */
void session_told(struct line *line, const struct http_reply *reply);
void session_done(struct pass *pass, struct line *line, const struct step *step);
void session_failed(struct pass *pass, struct line *line, const struct step *step);
void session_saved(struct pass *pass, struct line *line);
void session_login(struct pass *pass, struct line *line);       /* the credential is another one */
void session_is_anothers(struct pass *pass, struct line *line); /* the platform says so */
void session_drop(struct pass *pass, struct line *line);
void session_restart(struct pass *pass, struct line *line); /* crier.cfg means another by now */
void session_shift(struct line *line, struct span step);

/* budgets.c */
void budget_count(struct pass *pass, struct item *item);     /* its intent is recorded */
void budget_take_back(struct pass *pass, struct item *item); /* it never left */
bool budget_waits(struct pass *pass, struct item *item);     /* true: one is spent, and it waits */
/* The fullest of those that apply; NULL = none is spent. */
const struct budget *budget_spent(struct pass *pass, struct item *item, struct budget_use *use);

/* checks.c */
void check_begin(struct pass *pass, const struct delivery *row);
void check_reply(struct pass *pass, struct timer *owner, const struct http_reply *reply);
void checks_free(struct engine *engine);
size_t checks_in_flight(const struct engine *engine);

/* load.c */
const char *gate_sentence(enum gate gate); /* NULL when it is open */

/* fits.c */
bool item_fits(struct pass *pass, const struct item *item, const char **why);
bool limits_differ(const struct account *account, const json_t *server, struct arena *arena,
                   const char **how);

#endif

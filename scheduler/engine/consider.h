/* engine/consider.h - all that stands for and against one delivery now, one consideration after
 * another, and what follows: when it goes out, or why it does not.
 *
 * Nothing is judged here that the engine does not judge in the same function when it acts (turns.c,
 * before.c, budgets.c, fits.c): consider.c asks them all, where the engine stops at the first that
 * says no. It knows a row and what the engine knows; what only the store knows (approvals, other
 * rows with the same words, whether the post is still in its file) is the caller's to ask.
 */
#ifndef CRIER_ENGINE_CONSIDER_H
#define CRIER_ENGINE_CONSIDER_H

#include "base/instant.h"
#include "campaign/delivery.h"

struct engine;

enum consideration {
    CONSIDER_STATE,    /* planned, held, ended ... */
    CONSIDER_MEDIA,    /* all that it shows is made */
    CONSIDER_USEFUL,   /* useful_for is not over */
    CONSIDER_TRIES,    /* not tried too often */
    CONSIDER_ACCOUNT,  /* crier.cfg has it */
    CONSIDER_PAUSED,   /* its account is not paused */
    CONSIDER_SESSION,  /* its account's session is in force */
    CONSIDER_IDENTITY, /* the platform has said who the account is */
    CONSIDER_HOLD,     /* hold flags, and files that are being read */
    CONSIDER_CLOCK,    /* the clock can be trusted */
    CONSIDER_THREAD,   /* what it answers is public */
    CONSIDER_DUE,      /* its time, and a wait that the platform asked for */
    CONSIDER_WINDOW,   /* quiet hours, blackouts */
    CONSIDER_LATE,     /* it is not being weighed as late, nor too near another late one */
    CONSIDER_BUDGET,   /* what the platform allows in a time */
    CONSIDER_LIMITS,   /* it fits the server's limits */
    CONSIDER_UPLOADS,  /* nothing is left to upload */
    CONSIDER_TURN,     /* no other post of the account goes first */
    CONSIDER_PACE,     /* the gap of the account, and a wait that it was asked for */
    CONSIDER_STOPPING, /* the daemon is not stopping */
    CONSIDERATIONS
};

/* "paused"; never translated. */
const char *consideration_word(enum consideration which);

enum weight {
    WEIGHT_NONE,  /* nothing against it */
    WEIGHT_WAITS, /* it goes on by itself, `until` or when something has happened */
    WEIGHT_STOPS  /* it does not go out unless somebody does something */
};

struct considered {
    enum weight weight;
    struct instant until; /* WAITS: NONE = nobody knows */
    const char *says;     /* one sentence, or a time; "" = nothing is to be said */
};

/* `in_flight`: a step of it is being written or sent at this moment. */
struct considerations {
    struct considered each[CONSIDERATIONS];
    bool in_flight;
    bool goes;                   /* by itself, as far as the engine knows */
    struct instant at;           /* goes: not before; NONE = when what it waits for has happened */
    enum consideration decisive; /* of those against it, the one that says most */
    bool any_against;
};

/* The texts live in the arena. A delivery that the engine holds is judged with all that the engine
 * knows of it. */
void engine_consider(const struct engine *engine, const struct delivery *row, struct instant now,
                     struct arena *arena, struct considerations *considerations);

/* The last four members, from `each`. */
void considerations_conclude(struct considerations *considerations, struct instant now);

#endif

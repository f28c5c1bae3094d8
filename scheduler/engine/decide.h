/* engine/decide.h - a person's decision about one delivery: may it be, and what becomes of the row.
 *
 * Pure, like the engine: rows in, changes out. Who may do what (design.md §5, Approvals): where the
 * account asks for approvals, anyone on the socket may hold and reject; editors and approvers
 * cancel; approvers approve, release, resolve, publish and retract, never the author, and uid 0,
 * 65534 and the daemon's own are no persons. Where it asks for none, anyone on the socket may do
 * all.
 */
#ifndef CRIER_ENGINE_DECIDE_H
#define CRIER_ENGINE_DECIDE_H

#include "campaign/delivery.h"
#include "campaign/records.h"

enum decision {
    DECISION_APPROVE,
    DECISION_REJECT,
    DECISION_HOLD,
    DECISION_RELEASE,
    DECISION_CANCEL,
    DECISION_RETRACT,           /* asks the engine to take it back */
    DECISION_PUBLISH,           /* now, before its time */
    DECISION_RESOLVE_PUBLISHED, /* `url` is where it stands */
    DECISION_RESOLVE_ABSENT,
    DECISION_RESOLVE_CANCEL
};

enum role { ROLE_EDITOR = 1, ROLE_APPROVER = 2 };

struct person {
    int64_t uid;
    const char *login;
    unsigned roles;    /* role bits, from the groups of crier.cfg */
    bool is_person;    /* false: uid 0, 65534, the daemon's own */
    const char *actor; /* "os:UID:LOGIN" */
};

struct decided {
    bool allowed;
    const char *why;          /* not allowed: one sentence that says what to do instead */
    struct change changes[2]; /* to be written in this order */
    size_t change_count;
    bool approves; /* `approval` is to be stored in the same transaction */
    struct approval approval;
};

/* `approvals` are all that stand in the store for this row; which of them are valid now (this
 * content, this window, younger than approval_for) is judged here. Results live in the arena. */
struct decided decide(enum decision decision, const struct delivery *row,
                      const struct approval *approvals, size_t approval_count,
                      struct span approval_for, const struct person *person, const char *url,
                      struct instant now, struct arena *arena);

/* How many different people's approvals are valid for this row now. */
size_t approvals_valid(const struct delivery *row, const struct approval *approvals, size_t count,
                       struct span approval_for, struct instant now);

#endif

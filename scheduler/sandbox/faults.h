/* sandbox/faults.h - the unpleasant things that a platform does, on demand.
 *
 * A list of {"platform","method","path","nth","times","do","arg"}; all but `do` may be absent.
 * `path` is a prefix, or a pattern with '*' for any run of characters, of the path
 * below the platform or of the whole one. A fault meets its nth matching request (default 1) and
 * `times` in all from there (default 1; 0: every one). Each fault counts every request that it
 * matches; of several that are due, the first in the list happens.
 *
 *   do            arg                            what happens
 *
 *   status        code, or {"code","body",       that answer instead; `body` is a text or JSON,
 *                 "headers","fill","stored"}     `fill` a length; processed first if `stored`
 *   delay         ms, or {"ms","before"}         processed, the answer comes later by the
 *                                                sandbox's clock; with `before` both come later
 *   lose_answer   null or "reset"                processed and stored, then closed unanswered
 *   reset         -                              the connection is reset before anything is done
 *   rate_limit    seconds (default 60)           the platform's own 429, over in that time
 *   expire_token  -                              the platform's own "token is invalid"; where its
 *                                                tokens end (Bluesky) the account's end for good
 *   half_body     null or {"bytes","reset"}      processed, then half of the answer and the end
 *   stall         -                              accepted, never processed, never answered
 *   quirk         a word                         processed with that whim of its platform: see its
 *                                                server's header
 */
#ifndef CRIER_SANDBOX_FAULTS_H
#define CRIER_SANDBOX_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/json.h"

enum fault_kind {
    FAULT_STATUS,
    FAULT_DELAY,
    FAULT_LOSE_ANSWER,
    FAULT_RESET,
    FAULT_RATE_LIMIT,
    FAULT_EXPIRE_TOKEN,
    FAULT_HALF_BODY,
    FAULT_STALL,
    FAULT_QUIRK
};

struct fault {
    enum fault_kind kind;
    const char *platform, *method, *path; /* NULL: any */
    int64_t nth, times;
    const json_t *arg; /* lent by the list */
    int64_t seen;      /* matching requests so far */
    int64_t happened;
};

struct faults {
    struct arena arena;
    json_t *list;
    struct fault *items;
    size_t count, capacity;
};

/* Replaces the list. On failure the old one stays. */
MUST_CHECK bool faults_read(struct faults *faults, const char *bytes, size_t length,
                            struct err *err);
void faults_clear(struct faults *faults);

/* The list with `seen` and `happened`. The caller's. */
json_t *faults_report(const struct faults *faults);

/* Counts this request; the fault that it meets, or NULL. Valid until the list is replaced. */
const struct fault *faults_meet(struct faults *faults, const char *platform, const char *method,
                                const char *path, const char *below);

/* arg, when it is a whole number, or its member of that name; else `otherwise`. */
int64_t fault_number(const struct fault *fault, const char *member, int64_t otherwise);
/* The truth of a member; or, when arg is a text, whether it is that text. */
bool fault_says(const struct fault *fault, const char *word);

#endif

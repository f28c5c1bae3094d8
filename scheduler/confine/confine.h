/* confine/confine.h - how a process that reads hostile bytes gives up what it does not need.
 *
 * Which calls and how much of everything a program keeps stands in tables of its own: what
 * crier-inspect needs in inspector/, what crier-render needs in renderer/. A call that is in none
 * of its tables, or whose arguments are others, ends the process with SIGSYS; calls of a foreign
 * architecture (32 bit, x32) would not be recognised and end it, too. There is no way back.
 *
 * Compiled into each program and no library: the tests' own build of a program (CRIER_MISDEEDS) can
 * be told by $CRIER_RULE_OFF to leave a rule out, and what is installed does not know how.
 */
#ifndef CRIER_CONFINE_CONFINE_H
#define CRIER_CONFINE_CONFINE_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

#include "base/compiler.h"

/* A call whose arguments fulfil all `count` conditions: it is allowed, or fails with `answer`. */
struct confine_rule {
    int call;
    int answer; /* errno; 0 = allowed */
    unsigned count;
    struct scmp_arg_cmp conditions[2];
};

struct confine_table {
    const struct confine_rule *rules;
    size_t count;
};

struct confine_limit {
    __rlimit_resource_t resource;
    rlim_t most;
};

/* Each is false, with errno set, when this machine cannot do it: then no file may be read. */

/* Nothing is open from descriptor `from` on, no privilege can be gained, and the process ends with
 * its parent. */
MUST_CHECK bool confine_ties(int from);

/* Nobody of the same user can trace it; its /proc entries are root's from now on. */
MUST_CHECK bool confine_traces(void);

MUST_CHECK bool confine_amounts(const struct confine_limit *limits, size_t count);

/* From here on only these calls. */
MUST_CHECK bool confine_calls(const struct confine_table *tables, size_t count);

/* Always false but in the tests' own build. */
#ifdef CRIER_MISDEEDS
bool confine_is_off(const char *rule);
#else
#define confine_is_off(rule) false
#endif

#endif

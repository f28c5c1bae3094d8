#include "confine/confine.h"

#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifdef CRIER_MISDEEDS
bool confine_is_off(const char *rule)
{
    const char *off = getenv("CRIER_RULE_OFF");

    return off && strcmp(off, rule) == 0;
}
#endif

bool confine_ties(int from)
{
    return close_range((unsigned)from, ~0U, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool confine_traces(void)
{
    return prctl(PR_SET_DUMPABLE, 0) == 0;
}

bool confine_amounts(const struct confine_limit *limits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rlimit limit = {limits[i].most, limits[i].most};

        /* prlimit and not setrlimit: systemd's @system-service allows only the former */
        if (prlimit(0, limits[i].resource, &limit, NULL) != 0)
            return false;
    }
    return true;
}

/* Calls that this architecture does not have are negative numbers. */
static int add_rule(scmp_filter_ctx filter, const struct confine_rule *rule)
{
    const uint32_t action = rule->answer ? SCMP_ACT_ERRNO((uint32_t)rule->answer) : SCMP_ACT_ALLOW;

    if (rule->call < 0)
        return 0;
    return seccomp_rule_add_array(filter, action, rule->call, rule->count, rule->conditions);
}

static int add_table(scmp_filter_ctx filter, const struct confine_table *table)
{
    int failure = 0;

    for (size_t i = 0; i < table->count && !failure; i++)
        failure = add_rule(filter, &table->rules[i]);
    return failure;
}

bool confine_calls(const struct confine_table *tables, size_t count)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int failure = filter ? 0 : -ENOMEM;

    if (!failure)
        failure = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (!failure) /* should a library have started a thread already */
        failure = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (size_t i = 0; i < count && !failure; i++)
        failure = add_table(filter, &tables[i]);
    if (!failure)
        failure = seccomp_load(filter);
    seccomp_release(filter);
    errno = -failure;
    return failure == 0;
}

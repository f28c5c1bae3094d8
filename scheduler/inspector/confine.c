#include "inspector/confine.h"

#include <errno.h>
#include <linux/close_range.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"

static const struct {
    int resource;
    rlim_t most;
} limits[] = {
    {RLIMIT_AS, (rlim_t)256 * 1024 * 1024},
    {RLIMIT_CPU, 2}, /* seconds */
    {RLIMIT_NOFILE, 0},
    {RLIMIT_NPROC, 0},
    {RLIMIT_FSIZE, 0},
    {RLIMIT_CORE, 0},
};

static bool set_limits(void)
{
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        const struct rlimit limit = {limits[i].most, limits[i].most};

        /* prlimit and not setrlimit: systemd's @system-service allows only the former */
        if (prlimit(0, limits[i].resource, &limit, NULL) != 0)
            return false;
    }
    return true;
}

static const int always_allowed[] = {
    SCMP_SYS(brk),  SCMP_SYS(munmap),     SCMP_SYS(mremap),       SCMP_SYS(futex),
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
};

/* malloc's own way of asking: memory without a file behind it that never becomes code. */
static const struct scmp_arg_cmp plain_memory[] = {
    {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0},
    {3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS | MAP_PRIVATE, MAP_ANONYMOUS | MAP_PRIVATE},
};

static int allow_calls(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp to_stdout = {0, SCMP_CMP_EQ, STDOUT_FILENO, 0};
    int failure = 0;

    for (size_t i = 0; i < COUNT_OF(always_allowed) && !failure; i++)
        failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, always_allowed[i], 0);
    if (!failure)
        failure = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap),
                                         COUNT_OF(plain_memory), plain_memory);
    if (!failure)
        failure = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, &to_stdout);
    return failure;
}

static int allow_reading(scmp_filter_ctx filter, int first, int count)
{
    int failure = 0;

    for (int fd = first; fd < first + count && !failure; fd++) {
        const struct scmp_arg_cmp from = {0, SCMP_CMP_EQ, (scmp_datum_t)fd, 0};

        failure = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(pread64), 1, &from);
    }
    return failure;
}

/* Calls of a foreign architecture (32 bit, x32) would not be recognised: they end it, too. */
static bool set_filter(int first, int count)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int failure = filter ? 0 : -ENOMEM;

    if (!failure)
        failure = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (!failure)
        failure = allow_calls(filter);
    if (!failure)
        failure = allow_reading(filter, first, count);
    if (!failure)
        failure = seccomp_load(filter);
    seccomp_release(filter);
    errno = -failure;
    return failure == 0;
}

/* Only the tests' own build of this program can be told to leave a rule out. */
#ifdef CRIER_MISDEEDS
static bool is_off(const char *rule)
{
    const char *off = getenv("CRIER_RULE_OFF");

    return off && strcmp(off, rule) == 0;
}
#else
#define is_off(rule) false
#endif

bool confine(int first, int count)
{
    tzset(); /* libmagic may print a date: what says the zone is read now, later nothing opens */
    return close_range((unsigned)(first + count), ~0U, 0) == 0 &&
           prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           (is_off("inspector-limits") || set_limits()) &&
           (is_off("inspector-filter") || set_filter(first, count));
}

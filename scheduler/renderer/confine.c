#include "renderer/confine.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "confine/confine.h"

static bool set_limits(const struct picture_needs *needs)
{
    const struct confine_limit limits[] = {
        {RLIMIT_AS, (rlim_t)2 * 1024 * 1024 * 1024 + needs->mapped_bytes},
        {RLIMIT_CPU, needs->cpu_s},
        {RLIMIT_NOFILE, 0},
        {RLIMIT_CORE, 0},
    };

    return confine_amounts(limits, COUNT_OF(limits));
}

/* Measured with all formats in and out. clone3 has its flags in memory, where no filter sees them:
 * told that there is none, glibc takes clone. */
static const struct confine_rule rules[] = {
    {.call = SCMP_SYS(brk)},
    {.call = SCMP_SYS(munmap)},
    {.call = SCMP_SYS(mremap)},
    {.call = SCMP_SYS(madvise)},
    {.call = SCMP_SYS(futex)},
    {.call = SCMP_SYS(set_robust_list)},
    {.call = SCMP_SYS(rseq)},
    {.call = SCMP_SYS(rt_sigaction)},
    {.call = SCMP_SYS(rt_sigprocmask)},
    {.call = SCMP_SYS(rt_sigreturn)},
    {.call = SCMP_SYS(sched_yield)},
    {.call = SCMP_SYS(sched_getaffinity)},
    {.call = SCMP_SYS(sysinfo)},
    {.call = SCMP_SYS(clock_gettime)},
    {.call = SCMP_SYS(exit)},
    {.call = SCMP_SYS(exit_group)},
    {SCMP_SYS(clone3), ENOSYS, 0, {{0}}},
    {SCMP_SYS(clone),
     0,
     1,
     {{0, SCMP_CMP_MASKED_EQ, CLONE_VM | CLONE_THREAD, CLONE_VM | CLONE_THREAD}}},
    {SCMP_SYS(prctl), 0, 1, {{0, SCMP_CMP_EQ, PR_SET_NAME, 0}}},
    {SCMP_SYS(mmap),
     0,
     2,
     {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0},
      {3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS | MAP_PRIVATE, MAP_ANONYMOUS | MAP_PRIVATE}}},
    {SCMP_SYS(mprotect), 0, 1, {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}}},
    {SCMP_SYS(write), 0, 1, {{0, SCMP_CMP_EQ, STDOUT_FILENO, 0}}},
    {SCMP_SYS(write), EBADF, 1, {{0, SCMP_CMP_EQ, STDERR_FILENO, 0}}},
};

static bool set_filter(const struct picture_needs *needs)
{
    const struct confine_rule writing = {
        SCMP_SYS(write), 0, 1, {{0, SCMP_CMP_EQ, (scmp_datum_t)needs->output, 0}}};
    const struct confine_table tables[] = {{rules, COUNT_OF(rules)}, {&writing, 1}};

    return confine_calls(tables, needs->output < 0 ? 1 : 2);
}

bool confine_pictures(const struct picture_needs *needs)
{
    return confine_ties(needs->kept) && confine_traces() &&
           (confine_is_off("render-limits") || set_limits(needs)) &&
           (confine_is_off("render-filter") || set_filter(needs));
}

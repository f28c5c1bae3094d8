#include "inspector/confine.h"

#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "confine/confine.h"

enum { MOST_FILES = 1000 };

static const struct confine_limit limits[] = {
    {RLIMIT_AS, (rlim_t)256 * 1024 * 1024},
    {RLIMIT_CPU, 2}, /* seconds */
    {RLIMIT_NOFILE, 0},
    {RLIMIT_NPROC, 0},
    {RLIMIT_FSIZE, 0},
    {RLIMIT_CORE, 0},
};

static const struct confine_rule rules[] = {
    {.call = SCMP_SYS(brk)},
    {.call = SCMP_SYS(munmap)},
    {.call = SCMP_SYS(mremap)},
    {.call = SCMP_SYS(futex)},
    {.call = SCMP_SYS(exit)},
    {.call = SCMP_SYS(exit_group)},
    {.call = SCMP_SYS(rt_sigreturn)},
    {SCMP_SYS(write), 0, 1, {{0, SCMP_CMP_EQ, STDOUT_FILENO, 0}}},
    /* malloc's own way of asking: memory without a file behind it that never becomes code */
    {SCMP_SYS(mmap),
     0,
     2,
     {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0},
      {3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS | MAP_PRIVATE, MAP_ANONYMOUS | MAP_PRIVATE}}},
};

static bool set_filter(int first, int count)
{
    static struct confine_rule reading[MOST_FILES];
    const struct confine_table tables[] = {{rules, COUNT_OF(rules)}, {reading, (size_t)count}};

    for (int i = 0; i < count; i++)
        reading[i] = (struct confine_rule){
            SCMP_SYS(pread64), 0, 1, {{0, SCMP_CMP_EQ, (scmp_datum_t)(first + i), 0}}};
    return confine_calls(tables, COUNT_OF(tables));
}

bool confine(int first, int count)
{
    tzset(); /* libmagic may print a date: what says the zone is read now, later nothing opens */
    return count <= MOST_FILES && confine_ties(first + count) && confine_traces() &&
           (confine_is_off("inspector-limits") || confine_amounts(limits, COUNT_OF(limits))) &&
           (confine_is_off("inspector-filter") || set_filter(first, count));
}

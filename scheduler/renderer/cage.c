#include "renderer/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "confine/confine.h"
#include "renderer/landlock.h"

/* Above MOST_DESCRIPTORS: see the header. */
enum { FIRST_TOOL = 200, MOST_DESCRIPTORS = 64 };

/* The tests' own build starts stand-ins. */
#ifdef CRIER_MISDEEDS
#define TOOLS CRIER_MISDEEDS_TOOLS
#else
#define TOOLS "/usr/bin"
#endif

static const struct {
    const char *name, *path;
} tools[CAGE_TOOLS] = {
    [CAGE_FFPROBE] = {"ffprobe", TOOLS "/ffprobe"},
    [CAGE_FFMPEG] = {"ffmpeg", TOOLS "/ffmpeg"},
};

const char *cage_tool_name(enum cage_tool tool)
{
    return tools[tool].name;
}

bool cage_has_tools(void)
{
    for (enum cage_tool tool = 0; tool < CAGE_TOOLS; tool++)
        if (access(tools[tool].path, X_OK) != 0) {
            fprintf(stderr, "crier-render: %s is not installed\n", tools[tool].path);
            return false;
        }
    return true;
}

int cage_tool_descriptor(enum cage_tool tool)
{
    return FIRST_TOOL + (int)tool;
}

/* ---- calls ---- */

#define NEW_NAMESPACES                                                                             \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |  \
     CLONE_NEWNET)
#define OPENS_TO_WRITE (O_ACCMODE | O_CREAT | O_TRUNC)

/* Whatever a program does that computes, with threads, on files that Landlock lets it have. */
static const struct confine_rule calls_of_all[] = {
    {.call = SCMP_SYS(read)},
    {.call = SCMP_SYS(readv)},
    {.call = SCMP_SYS(pread64)},
    {.call = SCMP_SYS(write)},
    {.call = SCMP_SYS(writev)},
    {.call = SCMP_SYS(lseek)},
    {.call = SCMP_SYS(close)},
    {.call = SCMP_SYS(fstat)},
    {.call = SCMP_SYS(newfstatat)},
    {.call = SCMP_SYS(fstatfs)},
    {.call = SCMP_SYS(statfs)},
    {.call = SCMP_SYS(access)},
    {.call = SCMP_SYS(faccessat)},
    {.call = SCMP_SYS(faccessat2)},
    {.call = SCMP_SYS(readlink)},
    {.call = SCMP_SYS(readlinkat)},
    {.call = SCMP_SYS(getdents64)},
    {.call = SCMP_SYS(getcwd)},
    {.call = SCMP_SYS(fadvise64)},
    {.call = SCMP_SYS(poll)},
    {.call = SCMP_SYS(ppoll)},
    {.call = SCMP_SYS(brk)},
    {.call = SCMP_SYS(munmap)},
    {.call = SCMP_SYS(mremap)},
    {.call = SCMP_SYS(madvise)},
    {.call = SCMP_SYS(futex)},
    {.call = SCMP_SYS(set_robust_list)},
    {.call = SCMP_SYS(set_tid_address)},
    {.call = SCMP_SYS(rseq)},
    {.call = SCMP_SYS(membarrier)},
    {.call = SCMP_SYS(sched_yield)},
    {.call = SCMP_SYS(sched_getaffinity)},
    {.call = SCMP_SYS(sched_getparam)},
    {.call = SCMP_SYS(sched_getscheduler)},
    {.call = SCMP_SYS(sched_get_priority_min)},
    {.call = SCMP_SYS(sched_get_priority_max)},
    {.call = SCMP_SYS(getcpu)},
    {.call = SCMP_SYS(rt_sigaction)},
    {.call = SCMP_SYS(rt_sigprocmask)},
    {.call = SCMP_SYS(rt_sigreturn)},
    {.call = SCMP_SYS(sigaltstack)},
    {.call = SCMP_SYS(clock_gettime)},
    {.call = SCMP_SYS(clock_getres)},
    {.call = SCMP_SYS(clock_nanosleep)},
    {.call = SCMP_SYS(nanosleep)},
    {.call = SCMP_SYS(restart_syscall)},
    {.call = SCMP_SYS(gettimeofday)},
    {.call = SCMP_SYS(time)},
    {.call = SCMP_SYS(times)},
    {.call = SCMP_SYS(getrusage)},
    {.call = SCMP_SYS(getrandom)},
    {.call = SCMP_SYS(getpid)},
    {.call = SCMP_SYS(gettid)},
    {.call = SCMP_SYS(getuid)},
    {.call = SCMP_SYS(geteuid)},
    {.call = SCMP_SYS(getgid)},
    {.call = SCMP_SYS(getegid)},
    {.call = SCMP_SYS(uname)},
    {.call = SCMP_SYS(sysinfo)},
    {.call = SCMP_SYS(arch_prctl)},
    {.call = SCMP_SYS(exit)},
    {.call = SCMP_SYS(exit_group)},
    /* Memory is for data, or it is code from a file. */
    {SCMP_SYS(mmap), 0, 1, {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}}},
    {SCMP_SYS(mmap),
     0,
     2,
     {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC},
      {3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0}}},
    {SCMP_SYS(mprotect), 0, 1, {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}}},
    {SCMP_SYS(openat), 0, 1, {{2, SCMP_CMP_MASKED_EQ, OPENS_TO_WRITE, O_RDONLY}}},
    {SCMP_SYS(fcntl), 0, 1, {{1, SCMP_CMP_EQ, F_GETFD, 0}}},
    {SCMP_SYS(fcntl), 0, 1, {{1, SCMP_CMP_EQ, F_SETFD, 0}}},
    {SCMP_SYS(fcntl), 0, 1, {{1, SCMP_CMP_EQ, F_GETFL, 0}}},
    {SCMP_SYS(prlimit64), 0, 1, {{2, SCMP_CMP_EQ, 0, 0}}},
    {SCMP_SYS(clone), 0, 1, {{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD | NEW_NAMESPACES, CLONE_THREAD}}},
    /* They ask, and get on without. The flags of clone3 lie in memory; glibc takes clone instead.
     */
    {SCMP_SYS(clone3), ENOSYS, 0, {{0}}},
    {SCMP_SYS(statx), ENOSYS, 0, {{0}}},
    {SCMP_SYS(ioctl), ENOTTY, 0, {{0}}},
    {SCMP_SYS(mlock), EPERM, 0, {{0}}},
    {SCMP_SYS(mbind), ENOSYS, 0, {{0}}},
    {SCMP_SYS(get_mempolicy), ENOSYS, 0, {{0}}},
    {SCMP_SYS(set_mempolicy), ENOSYS, 0, {{0}}},
    {SCMP_SYS(sched_setaffinity), EPERM, 0, {{0}}},
    {SCMP_SYS(sched_setscheduler), EPERM, 0, {{0}}},
};

static const struct confine_rule calls_of_ffmpeg[] = {
    {.call = SCMP_SYS(openat)},
    {.call = SCMP_SYS(pwrite64)},
    {.call = SCMP_SYS(ftruncate)},
    {.call = SCMP_SYS(fsync)},
};

#define STARTS(tool)                                                                               \
    {                                                                                              \
        SCMP_SYS(execveat), 0, 2,                                                                  \
        {                                                                                          \
            {0, SCMP_CMP_EQ, FIRST_TOOL + (tool), 0},                                              \
            {                                                                                      \
                4, SCMP_CMP_EQ, AT_EMPTY_PATH, 0                                                   \
            }                                                                                      \
        }                                                                                          \
    }

static const struct confine_rule starts[CAGE_TOOLS] = {
    [CAGE_FFPROBE] = STARTS(CAGE_FFPROBE),
    [CAGE_FFMPEG] = STARTS(CAGE_FFMPEG),
};

/* Of crier-render itself: to start a child, to listen to it, and to end it. A filter on a filter
 * only takes away, so ours holds all that the children's hold. */
static const struct confine_rule calls_of_ours[] = {
    {.call = SCMP_SYS(pipe2)},
    {.call = SCMP_SYS(dup2)},
    {.call = SCMP_SYS(dup3)},
    {.call = SCMP_SYS(wait4)},
    {.call = SCMP_SYS(kill)},
    {.call = SCMP_SYS(tgkill)},
    {.call = SCMP_SYS(getppid)},
    {.call = SCMP_SYS(prctl)},
    {.call = SCMP_SYS(seccomp)},
    {.call = SCMP_SYS(prlimit64)},
    {.call = SCMP_SYS(setpriority)},
    {SCMP_SYS(clone), 0, 1, {{0, SCMP_CMP_MASKED_EQ, NEW_NAMESPACES, 0}}},
};

static bool filter_ourselves(void)
{
    const struct confine_table tables[] = {
        {calls_of_all, COUNT_OF(calls_of_all)},
        {calls_of_ffmpeg, COUNT_OF(calls_of_ffmpeg)},
        {calls_of_ours, COUNT_OF(calls_of_ours)},
        {starts, CAGE_TOOLS},
    };

    return confine_calls(tables, COUNT_OF(tables));
}

/* What takes itself down by abort() shall be seen to have done so. */
static bool filter_child(enum cage_tool tool)
{
    const struct confine_rule own[] = {
        {SCMP_SYS(tgkill), 0, 1, {{0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0}}},
        {SCMP_SYS(prctl), EINVAL, 0, {{0}}},
    };
    const struct confine_table tables[] = {
        {calls_of_all, COUNT_OF(calls_of_all)},
        {own, COUNT_OF(own)},
        {&starts[tool], 1},
        {calls_of_ffmpeg, tool == CAGE_FFMPEG ? COUNT_OF(calls_of_ffmpeg) : 0},
    };

    return confine_calls(tables, COUNT_OF(tables));
}

/* ---- from outside in ---- */

static bool open_tool(enum cage_tool tool)
{
    int opened = open(tools[tool].path, O_PATH | O_CLOEXEC), placed;

    if (opened < 0) {
        fprintf(stderr, "crier-render: %s: %s (it comes with the package ffmpeg)\n",
                tools[tool].path, strerrorname_np(errno));
        return false;
    }
    placed = dup3(opened, cage_tool_descriptor(tool), O_CLOEXEC);
    (void)close(opened);
    return placed >= 0;
}

/* stdin, and later a child's stderr. */
static bool open_nothing(void)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    return nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0;
}

static bool place_tools(void)
{
    static const struct confine_limit limits[] = {{RLIMIT_NOFILE, MOST_DESCRIPTORS},
                                                  {RLIMIT_CORE, 0}};

    for (enum cage_tool tool = 0; tool < CAGE_TOOLS; tool++)
        if (!open_tool(tool))
            return false;
    return confine_amounts(limits, COUNT_OF(limits));
}

/* What can be read, and what of it be started: the tools and their loader, not a shell. */
static bool set_landlock(int source, int output)
{
    static const char *const readable[] = {"/usr", "/lib", "/lib64", "/etc/ld.so.cache", NULL};
    static const char *const startable[] = {"/usr/lib", "/lib", "/lib64", NULL};
    struct landlock landlock;
    bool ok;

    if (!landlock_open(&landlock)) {
        fputs("crier-render: warning: this kernel has no Landlock: ffmpeg is kept from other files "
              "by nothing but file permissions\n",
              stderr);
        return true;
    }
    ok = landlock_paths(&landlock, readable, LANDLOCK_READ) &&
         landlock_paths(&landlock, startable, LANDLOCK_READ | LANDLOCK_START) &&
         landlock_file(&landlock, source, LANDLOCK_READ) &&
         (output < 0 || landlock_file(&landlock, output, LANDLOCK_READ | LANDLOCK_WRITE));
    for (enum cage_tool tool = 0; tool < CAGE_TOOLS && ok; tool++)
        ok = landlock_file(&landlock, cage_tool_descriptor(tool), LANDLOCK_READ | LANDLOCK_START);
    return landlock_enter(&landlock) && ok;
}

bool cage_enter(int source, int output, int kept)
{
    return open_nothing() && confine_ties(kept) && place_tools() &&
           (confine_is_off("render-landlock") || set_landlock(source, output)) &&
           (confine_is_off("render-filter") || filter_ourselves());
}

bool cage_tighten(const struct cage_limits *limits)
{
    const struct confine_limit amounts[] = {
        {RLIMIT_AS, limits->memory_bytes},
        {RLIMIT_CPU, limits->cpu_s},
        {RLIMIT_FSIZE, limits->file_bytes},
    };

    return (confine_is_off("render-limits") || confine_amounts(amounts, COUNT_OF(amounts))) &&
           (confine_is_off("render-filter") || filter_child(limits->tool));
}

#include "renderer/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"

enum { ENDS = 2, NICENESS = 10, PIECE = 16 * 1024 };

/* Both are closed by exec, so the end of `trouble` without a word means that it was started. */
struct pipes {
    int output[ENDS], trouble[ENDS];
};

static bool pipes_open(struct pipes *pipes)
{
    if (pipe2(pipes->output, O_CLOEXEC) != 0)
        return false;
    if (pipe2(pipes->trouble, O_CLOEXEC) == 0)
        return true;
    (void)close(pipes->output[0]);
    (void)close(pipes->output[1]);
    return false;
}

/* ---- in the child ---- */

/* If our parent has gone before the kernel was told to let us go with it, we are nobody's child. */
static bool lock_in(const struct child_order *order, const struct pipes *pipes, pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
           dup2(pipes->output[1], STDOUT_FILENO) >= 0 && dup2(STDIN_FILENO, STDERR_FILENO) >= 0 &&
           cage_tighten(&order->limits);
}

NORETURN static void become(const struct child_order *order, const struct pipes *pipes,
                            pid_t parent)
{
    static char path[] = "PATH=/usr/bin", locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC0";
    char *const environment[] = {path, locale, zone, NULL};
    int failure;

    (void)setpriority(PRIO_PROCESS, 0, NICENESS);
    if (lock_in(order, pipes, parent))
        (void)execveat(cage_tool_descriptor(order->limits.tool), "", order->args, environment,
                       AT_EMPTY_PATH);
    failure = errno;
    if (write(pipes->trouble[1], &failure, sizeof failure) < 0)
        _exit(2);
    _exit(1);
}

/* ---- in the parent ---- */

static ssize_t read_some(int file, void *bytes, size_t length)
{
    ssize_t got;

    do
        got = read(file, bytes, length);
    while (got < 0 && errno == EINTR);
    return got;
}

static bool has_started(const struct child_order *order, int trouble)
{
    int failure = 0;

    if (read_some(trouble, &failure, sizeof failure) == 0)
        return true;
    fprintf(stderr, "crier-render: %s cannot be locked in and started: %s\n",
            cage_tool_name(order->limits.tool), failure ? strerrorname_np(failure) : "?");
    return false;
}

/* False: we have ended it. */
static bool listen_to(const struct child_order *order, pid_t child, int output)
{
    char piece[PIECE];
    ssize_t got;

    while ((got = read_some(output, piece, sizeof piece)) > 0)
        if (!order->take(order->arg, piece, (size_t)got)) {
            (void)kill(child, SIGKILL);
            return false;
        }
    return true;
}

/* The kernel takes one that is out of processor time as it takes one when memory runs out; only the
 * first is the file's doing. */
static bool was_taken(const struct child_order *order, int status, const struct rusage *used)
{
    int64_t cpu_s = (int64_t)used->ru_utime.tv_sec + used->ru_stime.tv_sec;

    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
           cpu_s + 2 < (int64_t)order->limits.cpu_s;
}

static enum child_end judge(const struct child_order *order, int status)
{
    const char *name = cage_tool_name(order->limits.tool);

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        fprintf(stderr, "crier-render: %s made a forbidden call on this file\n", name);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ)
        return CHILD_FULL;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CHILD_DONE : CHILD_FAILED;
}

static enum child_end attend(const struct child_order *order, pid_t child,
                             const struct pipes *pipes)
{
    bool started = has_started(order, pipes->trouble[0]);
    bool heard = started && listen_to(order, child, pipes->output[0]);
    struct rusage used = {0};
    int status = 0;

    while (wait4(child, &status, 0, &used) < 0 && errno == EINTR)
        continue;
    if (!heard || !was_taken(order, status, &used))
        return started ? judge(order, status) : CHILD_ABSENT;
    fprintf(stderr, "crier-render: this machine ended %s, for want of memory\n",
            cage_tool_name(order->limits.tool));
    return CHILD_ABSENT;
}

static enum child_end absent(void)
{
    fprintf(stderr, "crier-render: no further process: %s\n", strerrorname_np(errno));
    return CHILD_ABSENT;
}

enum child_end child_run(const struct child_order *order)
{
    struct pipes pipes;
    enum child_end end;
    pid_t parent = getpid(), child;

    if (!pipes_open(&pipes))
        return absent();
    child = fork();
    if (child == 0)
        become(order, &pipes, parent);
    (void)close(pipes.output[1]);
    (void)close(pipes.trouble[1]);
    end = child < 0 ? absent() : attend(order, child, &pipes);
    (void)close(pipes.output[0]);
    (void)close(pipes.trouble[0]);
    return end;
}

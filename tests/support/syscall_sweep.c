/* syscall_sweep - runs a command and meddles with its n-th state-changing system call.
 *
 *     syscall_sweep [--log FILE] [--only NAME,NAME] [--kill N | --fail N --with ERRNO] --
 * COMMAND...
 *
 * Calls are counted over all threads and children in one common order (strace's `when=` counts each
 * thread by itself). --log writes "n thread name object" a line; --kill ends everything just before
 * the n-th call; --fail lets the n-th call return the error without being made. A write that only
 * wakes somebody (an eventfd, a pipe) changes no state that outlives the process: not counted.
 *
 * Exit status is the command's, 137 after --kill; 125 when the tool itself fails. x86-64 only.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { FAILED = 125, KILLED = 137, OBJECT_BYTES = 512 };

/* What the call works on, for the log and to leave out what changes nothing. */
enum object { FD, PATH, PATH_AT, OPEN, OPEN_AT, OPEN_HOW };

static const struct call {
    const char *name;
    long number;
    enum object object;
} calls[] = {
    {"write", SYS_write, FD},
    {"pwrite64", SYS_pwrite64, FD},
    {"writev", SYS_writev, FD},
    {"pwritev", SYS_pwritev, FD},
    {"pwritev2", SYS_pwritev2, FD},
    {"sendto", SYS_sendto, FD},
    {"sendmsg", SYS_sendmsg, FD},
    {"sendmmsg", SYS_sendmmsg, FD},
    {"sendfile", SYS_sendfile, FD},
    {"copy_file_range", SYS_copy_file_range, FD},
    {"splice", SYS_splice, FD},
    {"fsync", SYS_fsync, FD},
    {"fdatasync", SYS_fdatasync, FD},
    {"sync_file_range", SYS_sync_file_range, FD},
    {"ftruncate", SYS_ftruncate, FD},
    {"fallocate", SYS_fallocate, FD},
    {"fchmod", SYS_fchmod, FD},
    {"fchown", SYS_fchown, FD},
    {"connect", SYS_connect, FD},
    {"bind", SYS_bind, FD},
    {"truncate", SYS_truncate, PATH},
    {"rename", SYS_rename, PATH},
    {"renameat", SYS_renameat, PATH_AT},
    {"renameat2", SYS_renameat2, PATH_AT},
    {"unlink", SYS_unlink, PATH},
    {"unlinkat", SYS_unlinkat, PATH_AT},
    {"mkdir", SYS_mkdir, PATH},
    {"mkdirat", SYS_mkdirat, PATH_AT},
    {"rmdir", SYS_rmdir, PATH},
    {"link", SYS_link, PATH},
    {"linkat", SYS_linkat, PATH_AT},
    {"symlink", SYS_symlink, PATH},
    {"symlinkat", SYS_symlinkat, PATH_AT},
    {"chmod", SYS_chmod, PATH},
    {"fchmodat", SYS_fchmodat, PATH_AT},
    {"chown", SYS_chown, PATH},
    {"fchownat", SYS_fchownat, PATH_AT},
    {"utimensat", SYS_utimensat, PATH_AT},
    {"creat", SYS_creat, PATH},
    {"open", SYS_open, OPEN},
    {"openat", SYS_openat, OPEN_AT},
    {"openat2", SYS_openat2, OPEN_HOW},
};

struct sweep {
    FILE *log;
    const char *only; /* ",fsync,write," or NULL */
    long kill_at, fail_at, count;
    int error;
    pid_t child;
};

static int give_up(const char *what)
{
    fprintf(stderr, "syscall_sweep: %s: %s\n", what, strerror(errno));
    return FAILED;
}

/* The filter hands every call of the table to the tracer and lets all others run at full speed. */
static bool install_filter(void)
{
    struct sock_filter program[COUNT_OF(calls) * 2 + 3], *next = program;
    struct sock_fprog whole;
    size_t i;

    *next++ =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (i = 0; i < COUNT_OF(calls); i++) {
        *next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i].number,
                                               0, 1);
        *next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | (uint32_t)i);
    }
    *next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    whole = (struct sock_fprog){.len = (unsigned short)(next - program), .filter = program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) == 0;
}

static pid_t start(char **command)
{
    int gate[2];
    char go;
    pid_t child;

    if (pipe2(gate, O_CLOEXEC) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        close(gate[1]);
        if (read(gate[0], &go, 1) != 1 || !install_filter())
            _exit(give_up("cannot prepare the command"));
        execvp(command[0], command);
        _exit(give_up(command[0]));
    }
    close(gate[0]);
    if (child > 0 &&
        (ptrace(PTRACE_SEIZE, child, NULL,
                PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                    PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) != 0 ||
         write(gate[1], "", 1) != 1)) {
        kill(child, SIGKILL);
        return -1;
    }
    close(gate[1]);
    return child;
}

/* What stands in the tracee's memory, through its /proc file. */
static bool peek(pid_t thread, uint64_t address, void *into, size_t bytes, bool whole)
{
    char path[64];
    ssize_t got;
    int memory;

    (void)snprintf(path, sizeof path, "/proc/%d/mem", thread);
    memory = open(path, O_RDONLY | O_CLOEXEC);
    got = memory >= 0 ? pread(memory, into, bytes, (off_t)address) : -1;
    if (memory >= 0)
        close(memory);
    return got > 0 && (!whole || (size_t)got == bytes);
}

static void name_path(pid_t thread, uint64_t address, char text[OBJECT_BYTES])
{
    memset(text, 0, OBJECT_BYTES);
    if (!peek(thread, address, text, OBJECT_BYTES - 1, false))
        (void)snprintf(text, OBJECT_BYTES, "?");
}

static void name_descriptor(pid_t thread, int fd, char text[OBJECT_BYTES])
{
    char path[64];
    ssize_t length;

    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", thread, fd);
    length = readlink(path, text, OBJECT_BYTES - 1);
    text[length > 0 ? length : 0] = '\0';
}

static bool makes_file(uint64_t flags)
{
    return flags & (O_CREAT | O_TRUNC);
}

/* Names the object; false when the call changes nothing outside the process. */
static bool changes_state(pid_t thread, const struct call *call,
                          const struct user_regs_struct *regs, char text[OBJECT_BYTES])
{
    struct open_how how = {0};

    switch (call->object) {
    case FD:
        name_descriptor(thread, (int)regs->rdi, text);
        return strcmp(text, "anon_inode:[eventfd]") != 0 && strncmp(text, "pipe:", 5) != 0;
    case PATH:
    case OPEN:
        name_path(thread, regs->rdi, text);
        return call->object == PATH || makes_file(regs->rsi);
    case PATH_AT:
    case OPEN_AT:
        name_path(thread, regs->rsi, text);
        return call->object == PATH_AT || makes_file(regs->rdx);
    case OPEN_HOW:
        name_path(thread, regs->rsi, text);
        return peek(thread, regs->rdx, &how, sizeof how, true) && makes_file(how.flags);
    }
    return true;
}

static bool is_wanted(const struct sweep *sweep, const char *name)
{
    char word[64];

    (void)snprintf(word, sizeof word, ",%s,", name);
    return !sweep->only || strstr(sweep->only, word);
}

static void end_all(const struct sweep *sweep)
{
    kill(-sweep->child, SIGKILL);
    exit(KILLED); /* what left the group dies with its tracer: PTRACE_O_EXITKILL */
}

static void fail_call(pid_t thread, struct user_regs_struct *regs, int error)
{
    regs->orig_rax = (unsigned long long)-1;
    regs->rax = (unsigned long long)-(long long)error;
    ptrace(PTRACE_SETREGS, thread, NULL, regs);
}

static void on_call(struct sweep *sweep, pid_t thread)
{
    struct user_regs_struct regs;
    const struct call *call;
    unsigned long number = 0;
    char object[OBJECT_BYTES];

    if (ptrace(PTRACE_GETEVENTMSG, thread, NULL, &number) != 0 || number >= COUNT_OF(calls) ||
        ptrace(PTRACE_GETREGS, thread, NULL, &regs) != 0)
        return;
    call = &calls[number];
    if (!is_wanted(sweep, call->name) || !changes_state(thread, call, &regs, object))
        return;
    sweep->count++;
    if (sweep->log) {
        fprintf(sweep->log, "%ld %d %s %s\n", sweep->count, thread, call->name, object);
        fflush(sweep->log);
    }
    if (sweep->count == sweep->kill_at)
        end_all(sweep);
    if (sweep->count == sweep->fail_at)
        fail_call(thread, &regs, sweep->error);
}

static bool is_stop_signal(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static void on_stop(struct sweep *sweep, pid_t thread, int status)
{
    int event = status >> 16, signal = WSTOPSIG(status);

    if (event == PTRACE_EVENT_SECCOMP)
        on_call(sweep, thread);
    if (event == PTRACE_EVENT_STOP && is_stop_signal(signal))
        ptrace(PTRACE_LISTEN, thread, NULL, 0);
    else
        ptrace(PTRACE_CONT, thread, NULL, (long)(event ? 0 : signal));
}

static int follow(struct sweep *sweep)
{
    int status, result = FAILED;
    pid_t thread;

    while ((thread = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
        if (thread > 0 && WIFSTOPPED(status))
            on_stop(sweep, thread, status);
        else if (thread == sweep->child)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return result;
}

static int error_of(const char *name)
{
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"EIO", EIO},     {"ENOSPC", ENOSPC}, {"EROFS", EROFS},  {"EDQUOT", EDQUOT},
                  {"EINTR", EINTR}, {"EACCES", EACCES}, {"EMFILE", EMFILE}};
    size_t i;

    for (i = 0; name && i < COUNT_OF(errors); i++) {
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].error;
    }
    return 0;
}

static bool read_options(int argc, char **argv, struct sweep *sweep)
{
    static const struct option names[] = {
        {"log", required_argument, NULL, 'l'},  {"only", required_argument, NULL, 'o'},
        {"kill", required_argument, NULL, 'k'}, {"fail", required_argument, NULL, 'f'},
        {"with", required_argument, NULL, 'w'}, {0},
    };
    static char only[1024];
    int option;

    while ((option = getopt_long(argc, argv, "+", names, NULL)) != -1) {
        if (option == 'l' && !(sweep->log = fopen(optarg, "we")))
            return false;
        if (option == 'o') {
            (void)snprintf(only, sizeof only, ",%s,", optarg);
            sweep->only = only;
        }
        if (option == 'k')
            sweep->kill_at = strtol(optarg, NULL, 10);
        if (option == 'f')
            sweep->fail_at = strtol(optarg, NULL, 10);
        if (option == 'w' && !(sweep->error = error_of(optarg)))
            return false;
        if (option == '?')
            return false;
    }
    return optind < argc && (!sweep->fail_at || sweep->error);
}

int main(int argc, char **argv)
{
    struct sweep sweep = {0};
    int status;

    if (!read_options(argc, argv, &sweep)) {
        fputs(
            "usage: syscall_sweep [--log FILE] [--only NAME,...] [--kill N | --fail N --with ERRNO]"
            " -- COMMAND...\n",
            stderr);
        return FAILED;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody is left behind by a test that was ended */
    sweep.child = start(argv + optind);
    if (sweep.child < 0)
        return give_up("cannot start");
    status = follow(&sweep);
    if (sweep.log)
        fclose(sweep.log);
    return status;
}

/* What a hostile file would have crier-inspect do, had it taken the program over. Linked only into
 * the tests' own build of crier-inspect (CRIER_MISDEEDS). A file begins with
 *
 *     CRIER-MISDEED WORD
 *
 * and the deed is done when its beginning has been read. After a call that came back the program
 * goes on as if nothing had been: that it can is what the tests must notice. `say` prints
 * the rest of the file, as it stands, and ends; `add` prints it and goes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"

void misdeed(const unsigned char *bytes, size_t length);

static const char mark[] = "CRIER-MISDEED ";
static const char nowhere[] = "/nonexistent/crier/misdeed";
static char *const no_words[] = {NULL};

#define NOWHERE ((long)(intptr_t)nowhere)

/* Harmless where nothing forbids them: as root, too. */
static const struct {
    const char *word;
    long number, args[6];
} calls[] = {
    {"open", SYS_open, {NOWHERE, O_RDONLY}},
    {"openat", SYS_openat, {AT_FDCWD, NOWHERE, O_RDONLY}},
    {"openat2", SYS_openat2, {AT_FDCWD, NOWHERE, 0, 0}},
    {"creat", SYS_creat, {NOWHERE, 0600}},
    {"read", SYS_read, {0, 0, 0}},
    {"read-a-file", SYS_read, {3, 0, 0}},
    {"pread-stdin", SYS_pread64, {0, 0, 0, 0}},
    {"pread-a-descriptor-not-ours", SYS_pread64, {900, 0, 0, 0}},
    {"write-stderr", SYS_write, {2, NOWHERE, 0}},
    {"write-a-file", SYS_write, {3, NOWHERE, 1}},
    {"writev", SYS_writev, {1, 0, 0}},
    {"sendto", SYS_sendto, {1, 0, 0, 0, 0, 0}},
    {"sendfile", SYS_sendfile, {1, 3, 0, 0}},
    {"stat", SYS_stat, {NOWHERE, 0}},
    {"fstat", SYS_fstat, {-1, 0}},
    {"lseek", SYS_lseek, {3, 0, 0}},
    {"close", SYS_close, {900}},
    {"dup", SYS_dup, {900}},
    {"fcntl", SYS_fcntl, {3, F_GETFD}},
    {"ioctl", SYS_ioctl, {1, 0, 0}},
    {"unlink", SYS_unlink, {NOWHERE}},
    {"unlinkat", SYS_unlinkat, {AT_FDCWD, NOWHERE, 0}},
    {"rename", SYS_rename, {NOWHERE, NOWHERE}},
    {"renameat2", SYS_renameat2, {AT_FDCWD, NOWHERE, AT_FDCWD, NOWHERE, 0}},
    {"link", SYS_link, {NOWHERE, NOWHERE}},
    {"symlink", SYS_symlink, {NOWHERE, NOWHERE}},
    {"mkdir", SYS_mkdir, {NOWHERE, 0700}},
    {"rmdir", SYS_rmdir, {NOWHERE}},
    {"truncate", SYS_truncate, {NOWHERE, 0}},
    {"ftruncate", SYS_ftruncate, {3, 0}},
    {"chmod", SYS_chmod, {NOWHERE, 0777}},
    {"fchmod", SYS_fchmod, {900, 0777}},
    {"chown", SYS_chown, {NOWHERE, -1, -1}},
    {"chdir", SYS_chdir, {NOWHERE}},
    {"chroot", SYS_chroot, {NOWHERE}},
    {"mount", SYS_mount, {NOWHERE, NOWHERE, 0, 0, 0}},
    {"socket", SYS_socket, {1, 1, 0}},
    {"socketpair", SYS_socketpair, {1, 1, 0, 0}},
    {"connect", SYS_connect, {1, 0, 0}},
    {"bind", SYS_bind, {1, 0, 0}},
    {"execve", SYS_execve, {NOWHERE, (long)(intptr_t)no_words, (long)(intptr_t)no_words}},
    {"execveat", SYS_execveat, {AT_FDCWD, NOWHERE, 0, 0, 0}},
    {"clone-nothing", SYS_clone, {CLONE_SIGHAND, 0, 0, 0, 0}},
    {"clone3", SYS_clone3, {0, 0}},
    {"ptrace", SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}},
    {"process-vm-readv", SYS_process_vm_readv, {1, 0, 0, 0, 0, 0}},
    {"kill", SYS_kill, {0, 0}},
    {"tgkill", SYS_tgkill, {1, 1, 0}},
    {"getpid", SYS_getpid, {0}},
    {"getppid", SYS_getppid, {0}},
    {"prctl", SYS_prctl, {PR_GET_DUMPABLE, 0, 0, 0, 0}},
    {"seccomp", SYS_seccomp, {-1, 0, 0}},
    {"prlimit", SYS_prlimit64, {0, 0, 0, 0}},
    {"rt-sigaction", SYS_rt_sigaction, {SIGSYS, 0, 0, 8}},
    {"rt-sigprocmask", SYS_rt_sigprocmask, {0, 0, 0, 8}},
    {"setuid", SYS_setuid, {-1}},
    {"capset", SYS_capset, {0, 0}},
    {"unshare", SYS_unshare, {0}},
    {"setns", SYS_setns, {-1, 0}},
    {"bpf", SYS_bpf, {-1, 0, 0}},
    {"userfaultfd", SYS_userfaultfd, {-1}},
    {"io-uring", SYS_io_uring_setup, {0, 0}},
    {"perf-event", SYS_perf_event_open, {0, 0, 0, 0, 0}},
    {"memfd", SYS_memfd_create, {0, 0}},
    {"keyctl", SYS_keyctl, {-1}},
    {"personality", SYS_personality, {0xffffffff}},
    {"nanosleep", SYS_nanosleep, {0, 0}},
    {"mmap-code", SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
    {"mmap-a-file", SYS_mmap, {0, 4096, PROT_READ, MAP_PRIVATE, 3, 0}},
    {"mmap-shared", SYS_mmap, {0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0}},
    {"mprotect", SYS_mprotect, {0, 0, PROT_EXEC}},
    {"x32-call", 0x40000000 + SYS_getpid, {0}},
    {"no-such-call", 100000, {0}},
};

static void fork_off(void)
{
    if (syscall(SYS_fork) == 0)
        _exit(0);
}

static void vfork_off(void)
{
    if (vfork() == 0)
        _exit(0);
}

#ifdef __x86_64__
static void call_as_32_bit(void)
{
    long answer = 20; /* getpid */

    __asm__ volatile("int $0x80" : "+a"(answer) : : "memory", "r8", "r9", "r10", "r11");
}
#endif

static void crash(void)
{
    volatile int *volatile nothing = NULL;

    *nothing = 1;
}

static void run_for_ever(void)
{
    for (volatile unsigned long turns = 0;; turns++)
        continue;
}

static void take_memory(void)
{
    for (;;)
        memset(malloc(1024 * 1024), 1, 1024 * 1024);
}

/* An allowed call that never comes back: only the parent's clock ends it. */
static void sleep_for_ever(void)
{
    static int word;

    for (;;)
        (void)syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

static void talk_for_ever(void)
{
    for (;;)
        if (write(STDOUT_FILENO, "{}{}{}{}{}{}{}{}", 16) < 0)
            _exit(1);
}

static void end_silently(void)
{
    _exit(0);
}

static const struct {
    const char *word;
    void (*commit)(void);
} deeds[] = {
    {"fork", fork_off},
    {"vfork", vfork_off},
#ifdef __x86_64__
    {"32-bit-call", call_as_32_bit},
#endif
    {"crash", crash},
    {"abort", abort},
    {"loop", run_for_ever},
    {"memory", take_memory},
    {"sleep", sleep_for_ever},
    {"talk", talk_for_ever},
    {"silence", end_silently},
};

static bool make_call(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (!strcmp(calls[i].word, word)) {
            const long *a = calls[i].args;

            (void)syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
            return true;
        }
    return false;
}

static bool do_deed(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(deeds); i++)
        if (!strcmp(deeds[i].word, word)) {
            deeds[i].commit();
            return true;
        }
    return false;
}

static void say(const unsigned char *text, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(STDOUT_FILENO, text, length);

        if (wrote <= 0)
            _exit(1);
        text += wrote;
        length -= (size_t)wrote;
    }
}

/* "WORD\n" or "WORD REST". */
void misdeed(const unsigned char *bytes, size_t length)
{
    const size_t start = sizeof mark - 1;
    char word[64];
    size_t end = start;

    if (length < start || memcmp(bytes, mark, start) != 0)
        return;
    while (end < length && bytes[end] != ' ' && bytes[end] != '\n' && end - start < sizeof word - 1)
        end++;
    memcpy(word, bytes + start, end - start);
    word[end - start] = '\0';
    if (make_call(word) || do_deed(word))
        return;
    say(bytes + end + (end < length), length - end - (end < length));
    if (!strcmp(word, "say"))
        _exit(0);
}

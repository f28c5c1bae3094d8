/* crier-sandbox as a child of a rehearsal. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "commands/rehearse.h"

enum { MOST_WORDS = 8, LINE_BYTES = 128 };

static const char *program(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    const char *slash;

    path[length > 0 ? length : 0] = '\0';
    slash = strrchr(path, '/');
    return arena_printf(arena, "%.*s/crier-sandbox", slash ? (int)(slash - path) : 0, path);
}

static void fill_words(const struct rehearse *rehearse, const char *path, const char **words)
{
    struct arena *arena = rehearse->arena;
    char from[INSTANT_TEXT];

    *words++ = path;
    *words++ = arena_printf(arena, "--virtual=%s", instant_utc(rehearse->from, from));
    if (rehearse->keep)
        *words++ = arena_printf(arena, "--state=%s/sandbox", rehearse->folder);
    if (rehearse->script)
        *words++ = arena_printf(arena, "--script=%s", rehearse->script);
    *words = NULL;
}

/* In the child. A group of its own, so that Ctrl-C reaches only us; it ends when we do. */
static _Noreturn void become(const char *const *words, int output, const char *log, pid_t parent)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && fd >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(fd, STDERR_FILENO) >= 0)
        (void)execv(words[0], (char *const *)(uintptr_t)words);
    _exit(127);
}

/* "READY http://127.0.0.1:PORT": it listens. Anything else: it ended. */
static bool read_port(struct rehearse *rehearse, int output, const char *log, struct err *err)
{
    static const char ready[] = "READY http://";
    char line[LINE_BYTES] = "";
    size_t length = 0;
    ssize_t got = 1;

    while (got > 0 && length < sizeof line - 1 && !strchr(line, '\n')) {
        got = read(output, line + length, sizeof line - 1 - length);
        length += got > 0 ? (size_t)got : 0;
        line[length] = '\0';
    }
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, ready, sizeof ready - 1) != 0 ||
        strlen(line) - (sizeof ready - 1) >= sizeof rehearse->host)
        return err_set(err, ERR_SERVICE, _("crier-sandbox did not start; it said why in %s"), log);
    memcpy(rehearse->host, line + sizeof ready - 1, strlen(line) - (sizeof ready - 1) + 1);
    return true;
}

/* What it said is gone with the folder: the last line of it is told here. */
static bool tell_why(const char *log, struct err *err)
{
    char text[sizeof err->text / 2] = "";
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;

    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return *text ? err_set(err, ERR_SERVICE, "%s", text) : false;
}

bool rehearse_start_sandbox(struct rehearse *rehearse, struct err *err)
{
    const char *path = program(rehearse->arena), *words[MOST_WORDS];
    const char *log = arena_printf(rehearse->arena, "%s/sandbox.log", rehearse->folder);
    pid_t parent = getpid();
    int ends[2];
    bool ok;

    if (access(path, X_OK) != 0)
        return err_set(err, ERR_SERVICE,
                       _("a rehearsal needs %s, and it is not there; install crier-sandbox"), path);
    fill_words(rehearse, path, words);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_errno(err, ERR_IO, errno, _("no pipe"));
    rehearse->sandbox = fork();
    if (rehearse->sandbox == 0)
        become(words, ends[1], log, parent);
    close(ends[1]);
    ok = rehearse->sandbox > 0 || err_errno(err, ERR_IO, errno, "%s", path);
    ok = ok && (read_port(rehearse, ends[0], log, err) || tell_why(log, err));
    close(ends[0]);
    return ok;
}

void rehearse_stop_sandbox(struct rehearse *rehearse)
{
    if (rehearse->sandbox <= 0)
        return;
    (void)kill(rehearse->sandbox, SIGTERM);
    while (waitpid(rehearse->sandbox, NULL, 0) < 0 && errno == EINTR)
        continue;
    rehearse->sandbox = 0;
}

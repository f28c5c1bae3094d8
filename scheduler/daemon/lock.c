#include "daemon/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/i18n.h"

static bool held_by_another(const char *state, int fd, struct err *err)
{
    char pid[24] = "";
    ssize_t got = pread(fd, pid, sizeof pid - 1, 0);

    pid[got > 0 ? got : 0] = '\0';
    pid[strcspn(pid, "\n")] = '\0';
    return err_set(
        err, ERR_BUSY,
        _("the state folder %s is in use by another crier (process %s); two would publish twice, "
          "so this one ends; stop the other first, or use another state folder"),
        state, *pid ? pid : "unknown");
}

static bool write_pid(int fd, struct err *err)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0)
        return err_errno(err, ERR_IO, errno, _("the lock file cannot be written"));
    return write_all(fd, text, (size_t)length, err);
}

bool lock_take(const char *state, bool make, int *lock, struct err *err)
{
    struct arena scratch = {0};
    char *path = arena_printf(&scratch, "%s/lock", state);
    bool ok = true;

    *lock = -1;
    if (make && mkdir(state, 0700) != 0 && errno != EEXIST)
        ok = err_errno(err, ERR_CONFIG, errno, _("the state folder %s cannot be made"), state);
    if (ok) {
        *lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (*lock < 0)
            ok = err_errno(err, ERR_CONFIG, errno, _("%s cannot be opened"), path);
    }
    if (ok && flock(*lock, LOCK_EX | LOCK_NB) != 0)
        ok = held_by_another(state, *lock, err);
    ok = ok && write_pid(*lock, err);
    if (!ok)
        lock_release(*lock);
    if (!ok)
        *lock = -1;
    arena_clear(&scratch);
    return ok;
}

void lock_release(int lock)
{
    if (lock >= 0)
        close(lock);
}

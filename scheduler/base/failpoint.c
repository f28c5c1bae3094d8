#include "base/failpoint.h"

#ifdef CRIER_FAULT
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void note(const char *name)
{
    const char *path = getenv("CRIER_FAILPOINT_LOG");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    char line[128];
    size_t length = strlen(name);

    if (fd < 0 || length > sizeof line - 1)
        return;
    memcpy(line, name, length);
    line[length] = '\n';
    if (write(fd, line, length + 1) < 0)
        _exit(99);
    close(fd);
}

void failpoint(const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static long visits;
    const char *wanted = getenv("CRIER_FAILPOINT");
    size_t length = strlen(name);

    pthread_mutex_lock(&lock);
    note(name);
    if (wanted && !strncmp(wanted, name, length) && (!wanted[length] || wanted[length] == ':') &&
        ++visits == (wanted[length] ? strtol(wanted + length + 1, NULL, 10) : 1))
        kill(getpid(), SIGKILL);
    pthread_mutex_unlock(&lock);
}
#else
/* ISO C wants a declaration in every file. */
extern int failpoints_are_off;
#endif

#include "renderer/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What newer kernels than the header's know, from Documentation/userspace-api/landlock.rst. */
enum {
    ACCESS_FS_REFER = 1 << 13,
    ACCESS_FS_TRUNCATE = 1 << 14,
    ACCESS_FS_IOCTL_DEV = 1 << 15,
    ACCESS_NET_BIND_AND_CONNECT_TCP = 3,
    SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 3
};

struct ruleset {
    uint64_t files, net, scope;
};

/* All that is known from an ABI on. */
static const struct {
    int abi;
    struct ruleset added;
} known[] = {
    {1, {ACCESS_FS_REFER - 1, 0, 0}}, {2, {ACCESS_FS_REFER, 0, 0}},
    {3, {ACCESS_FS_TRUNCATE, 0, 0}},  {4, {0, ACCESS_NET_BIND_AND_CONNECT_TCP, 0}},
    {5, {ACCESS_FS_IOCTL_DEV, 0, 0}}, {6, {0, 0, SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS}},
};

static struct ruleset known_to(int abi)
{
    struct ruleset all = {0};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (known[i].abi <= abi) {
            all.files |= known[i].added.files;
            all.net |= known[i].added.net;
            all.scope |= known[i].added.scope;
        }
    return all;
}

/* What `rights` are on a file; reading also lets folders be listed. */
static uint64_t accesses(const struct landlock *landlock, unsigned rights, bool is_folder)
{
    uint64_t all = 0;

    if (rights & LANDLOCK_READ)
        all |= LANDLOCK_ACCESS_FS_READ_FILE | (is_folder ? LANDLOCK_ACCESS_FS_READ_DIR : 0);
    if (rights & LANDLOCK_WRITE)
        all |= LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_FS_TRUNCATE;
    if (rights & LANDLOCK_START)
        all |= LANDLOCK_ACCESS_FS_EXECUTE;
    return all & known_to(landlock->abi).files;
}

bool landlock_open(struct landlock *landlock)
{
    struct ruleset ruleset;

    landlock->ruleset = -1;
    landlock->abi =
        (int)syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    if (landlock->abi < 1)
        return false;
    ruleset = known_to(landlock->abi);
    landlock->ruleset = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
    return landlock->ruleset >= 0;
}

static bool add(const struct landlock *landlock, int file, uint64_t allowed)
{
    const struct landlock_path_beneath_attr rule = {.allowed_access = allowed, .parent_fd = file};

    return syscall(SYS_landlock_add_rule, landlock->ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule,
                   0) == 0;
}

static bool add_path(const struct landlock *landlock, const char *path, unsigned rights)
{
    int file = open(path, O_PATH | O_CLOEXEC);
    struct stat status;
    bool ok;

    if (file < 0)
        return errno == ENOENT;
    ok = fstat(file, &status) == 0 &&
         add(landlock, file, accesses(landlock, rights, S_ISDIR(status.st_mode)));
    (void)close(file);
    return ok;
}

bool landlock_paths(const struct landlock *landlock, const char *const *paths, unsigned rights)
{
    for (; *paths; paths++)
        if (!add_path(landlock, *paths, rights))
            return false;
    return true;
}

bool landlock_file(const struct landlock *landlock, int file, unsigned rights)
{
    struct stat status;

    if (fstat(file, &status) != 0)
        return false;
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    return add(landlock, file, accesses(landlock, rights, false));
}

bool landlock_enter(struct landlock *landlock)
{
    bool ok = syscall(SYS_landlock_restrict_self, landlock->ruleset, 0) == 0;

    (void)close(landlock->ruleset);
    return ok;
}

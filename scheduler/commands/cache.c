#include "commands/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"

enum { DESCRIPTORS = 16 };
static const int64_t most_bytes = INT64_C(2) << 30;

/* ---- the folder ---- */

static bool is_ours_alone(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* With the folders above it that are missing. */
static bool make_folders(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');

    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    return errno == ENOENT && slash > path &&
           make_folders(arena_text_n(arena, path, (size_t)(slash - path)), arena) &&
           mkdir(path, 0700) == 0;
}

static bool use(struct cache *cache, const char *folder, bool passing)
{
    cache->folder = folder;
    cache->passing = passing;
    return true;
}

/* A home that cannot be written to, or a service account's without one. */
static bool use_passing(struct cache *cache, struct arena *arena, struct err *err)
{
    const char *temporary = getenv("TMPDIR");
    char *folder =
        arena_printf(arena, "%s/crier-media.XXXXXX", temporary && *temporary ? temporary : "/tmp");

    if (!mkdtemp(folder))
        return err_errno(err, ERR_IO, errno, _("no folder for what is made of media can be made"));
    return use(cache, folder, true);
}

static bool choose(const char *path, struct cache *cache, struct arena *arena, struct err *err)
{
    if (path && make_folders(path, arena) && is_ours_alone(path) &&
        access(path, R_OK | W_OK | X_OK) == 0)
        return use(cache, path, false);
    return use_passing(cache, arena, err);
}

bool cache_open(const struct invocation *invocation, struct cache *cache, struct err *err)
{
    struct arena *arena = invocation->arena;

    *cache = (struct cache){.folder = NULL};
    if (!choose(invocation->cache, cache, arena, err))
        return false;
    cache->shelf = (struct shelf){
        .folder = arena_printf(arena, "%s/renditions", cache->folder),
        .spool = arena_printf(arena, "%s/spool", cache->folder),
        .media = arena_printf(arena, "%s/media", invocation->workspace),
    };
    return true;
}

/* ---- what is too old ---- */

struct kept {
    const char *path; /* beneath the cache's folder */
    int64_t bytes, made_ns;
};

static int by_age(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;

    return (x->made_ns > y->made_ns) - (x->made_ns < y->made_ns);
}

static void remove_oldest(int folder, struct kept *kept, size_t count, int64_t bytes)
{
    if (bytes > most_bytes)
        qsort(kept, count, sizeof *kept, by_age);
    for (size_t i = 0; i < count && bytes > most_bytes; i++) {
        if (unlinkat(folder, kept[i].path, 0) == 0)
            bytes -= kept[i].bytes;
    }
}

/* The large ones are all in the spool: what stands on the shelf are a few lines a file. */
static void prune_folder(int folder, struct arena *arena)
{
    struct err unreadable;
    const char *const *names;
    size_t count, kept_count = 0;
    int64_t bytes = 0;
    struct kept *kept;

    if (!folder_list(folder, "spool", arena, &names, &count, &unreadable))
        return;
    kept = arena_array(arena, count, sizeof *kept);
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_printf(arena, "spool/%s", names[i]);
        struct stat status;

        if (fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        kept[kept_count++] = (struct kept){path, status.st_size, file_stamp_of(&status).mtime_ns};
        bytes += status.st_size;
    }
    remove_oldest(folder, kept, kept_count, bytes);
}

static void prune(const char *path)
{
    struct arena arena = {0};
    struct err unreadable;
    int folder;

    if (folder_open(path, &folder, &unreadable)) {
        prune_folder(folder, &arena);
        folder_close(folder);
    }
    arena_clear(&arena);
}

/* ---- the end ---- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

void cache_close(struct cache *cache)
{
    if (cache->folder && cache->passing)
        (void)nftw(cache->folder, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    else if (cache->folder)
        prune(cache->folder);
    cache->folder = NULL;
}

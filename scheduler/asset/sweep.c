#include "asset/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"

struct sweeping {
    const struct sweep *sweep;
    const char **needed; /* in order */
    size_t count, capacity;
    struct arena arena;
    struct swept *swept;
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_needed(const struct sweeping *sweeping, const char *sha256)
{
    return sweeping->count &&
           bsearch(&sha256, sweeping->needed, sweeping->count, sizeof sha256, compare);
}

static void need(struct sweeping *sweeping, const char *sha256)
{
    *(const char **)arena_push(&sweeping->arena, &sweeping->needed, &sweeping->count,
                               &sweeping->capacity, sizeof *sweeping->needed) = sha256;
}

static void need_all(struct sweeping *sweeping)
{
    const struct sweep *sweep = sweeping->sweep;

    for (size_t i = 0; i < sweep->count; i++)
        need(sweeping, sweep->needed[i]);
    for (size_t i = 0; i < sweep->fact_count; i++) {
        const struct media_facts *facts = &sweep->facts[i];

        need(sweeping, facts->sha256);
        for (size_t k = 0; k < facts->rendition_count; k++)
            need(sweeping, facts->renditions[k].sha256);
    }
    if (sweeping->count)
        qsort(sweeping->needed, sweeping->count, sizeof *sweeping->needed, compare);
}

/* The hash that a name consists of, but for `ending`. */
static bool read_name(const char *name, const char *ending, char sha256[DIGEST_HEX])
{
    struct digest digest;

    if (strlen(name) != DIGEST_HEX - 1 + strlen(ending) ||
        strcmp(name + DIGEST_HEX - 1, ending) != 0)
        return false;
    memcpy(sha256, name, DIGEST_HEX - 1);
    sha256[DIGEST_HEX - 1] = '\0';
    return digest_from_hex(sha256, &digest);
}

static bool is_old_and_ours(const struct sweeping *sweeping, int folder, const char *name,
                            struct stat *status)
{
    return fstatat(folder, name, status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status->st_mode) &&
           status->st_uid == geteuid() &&
           status->st_mtim.tv_sec < sweeping->sweep->before.ms / 1000;
}

static void sweep_file(const struct sweeping *sweeping, int folder, const char *name,
                       const char *ending)
{
    char sha256[DIGEST_HEX];
    struct stat status;

    if (!read_name(name, ending, sha256) || is_needed(sweeping, sha256) ||
        !is_old_and_ours(sweeping, folder, name, &status) || unlinkat(folder, name, 0) != 0)
        return;
    FAILPOINT("sweep.removed");
    if (*ending)
        return;
    sweeping->swept->files++;
    sweeping->swept->bytes += status.st_size;
}

static void sweep_folder(const struct sweeping *sweeping, const char *path, const char *ending)
{
    DIR *entries = opendir(path);
    struct dirent *entry;

    if (!entries)
        return;
    while ((entry = readdir(entries)))
        sweep_file(sweeping, dirfd(entries), entry->d_name, ending);
    closedir(entries);
}

void asset_sweep(const struct sweep *sweep, struct swept *swept)
{
    struct sweeping sweeping = {.sweep = sweep, .swept = swept};

    *swept = (struct swept){0};
    need_all(&sweeping);
    sweep_folder(&sweeping, sweep->shelf->spool, "");
    sweep_folder(&sweeping, sweep->shelf->folder, ".json");
    arena_clear(&sweeping.arena);
}

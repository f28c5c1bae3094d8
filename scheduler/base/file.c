#include "base/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/i18n.h"

bool folder_open(const char *path, int *folder, struct err *err)
{
    *folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0)
        return err_errno(err, ERR_CONFIG, errno, _("folder %s cannot be opened"), path);
    return true;
}

void folder_close(int folder)
{
    close(folder);
}

static int by_name(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;

    return strcmp(*a, *b);
}

static bool collect_names(DIR *entries, const char *name, struct arena *arena, const char ***names,
                          size_t *count, struct err *err)
{
    size_t capacity = 0;
    const struct dirent *entry;

    while (errno = 0, (entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        const char **added = arena_push(arena, names, count, &capacity, sizeof *added);
        *added = arena_text(arena, entry->d_name);
    }
    if (errno)
        return err_errno(err, ERR_IO, errno, _("%s cannot be read"), name);
    if (*count)
        qsort(*names, *count, sizeof **names, by_name);
    return true;
}

bool folder_list(int folder, const char *name, struct arena *arena, const char *const **names,
                 size_t *count, struct err *err)
{
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    const char **found = NULL;
    bool ok;

    *count = 0;
    if (!entries) {
        int reason = errno;

        if (fd >= 0)
            close(fd);
        return err_errno(err, ERR_CONFIG, reason, _("%s cannot be opened"), name);
    }
    ok = collect_names(entries, name, arena, &found, count, err);
    (void)closedir(entries);
    *names = found;
    return ok;
}

struct file_stamp file_stamp_of(const struct stat *status)
{
    return (struct file_stamp){
        .inode = status->st_ino,
        .size = status->st_size,
        .mtime_ns = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec,
        .ctime_ns = (int64_t)status->st_ctim.tv_sec * 1000000000 + status->st_ctim.tv_nsec,
        .owner = status->st_uid,
        .mode = status->st_mode & 07777,
    };
}

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->inode == b->inode && a->size == b->size && a->mtime_ns == b->mtime_ns &&
           a->ctime_ns == b->ctime_ns && a->owner == b->owner && a->mode == b->mode;
}

static bool refuse_open(const char *name, int reason, struct err *err)
{
    if (reason == ELOOP)
        return err_set(err, ERR_CONFIG, _("%s is or passes a symbolic link"), name);
    if (reason == EXDEV)
        return err_set(err, ERR_CONFIG, _("%s lies outside its folder"), name);
    return err_errno(err, ERR_CONFIG, reason, _("%s cannot be opened"), name);
}

static bool accept_file(int fd, const char *name, int64_t most_bytes, struct file_stamp *stamp,
                        struct err *err)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return err_errno(err, ERR_IO, errno, _("%s cannot be examined"), name);
    if (!S_ISREG(status.st_mode))
        return err_set(err, ERR_CONFIG, _("%s is not a regular file"), name);
    if (status.st_nlink > 1)
        return err_set(err, ERR_CONFIG, _("%s has another name too (hard link)"), name);
    if (status.st_size > most_bytes)
        return err_set(err, ERR_CONFIG, _("%s is larger than %lld bytes"), name,
                       (long long)most_bytes);
    *stamp = file_stamp_of(&status);
    return true;
}

bool file_open_beneath(int folder, const char *name, int64_t most_bytes, int *fd,
                       struct file_stamp *stamp, struct err *err)
{
    struct open_how how = {
        .flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };

    *fd = (int)syscall(SYS_openat2, folder, name, &how, sizeof how);
    if (*fd < 0)
        return refuse_open(name, errno, err);
    if (accept_file(*fd, name, most_bytes, stamp, err))
        return true;
    close(*fd);
    *fd = -1;
    return false;
}

/* Reads exactly `size` bytes and then expects the end: a file that grew or shrank is being edited.
 */
static bool read_exactly(int fd, const char *name, char *bytes, size_t size, struct err *err)
{
    size_t done = 0;
    char beyond;

    while (done < size) {
        ssize_t got = read(fd, bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_errno(err, ERR_IO, errno, _("%s cannot be read"), name);
        if (got == 0)
            return err_set(err, ERR_BUSY, _("%s changed while it was read"), name);
        done += (size_t)got;
    }
    if (read(fd, &beyond, 1) != 0)
        return err_set(err, ERR_BUSY, _("%s changed while it was read"), name);
    return true;
}

bool file_read_beneath(int folder, const char *name, int64_t most_bytes, struct arena *arena,
                       char **bytes, size_t *length, struct file_stamp *stamp, struct err *err)
{
    int fd;
    bool ok;

    if (!file_open_beneath(folder, name, most_bytes, &fd, stamp, err))
        return false;
    *length = (size_t)stamp->size;
    *bytes = arena_alloc(arena, *length + 1);
    ok = read_exactly(fd, name, *bytes, *length, err);
    close(fd);
    return ok;
}

bool file_read(const char *path, int64_t most_bytes, struct arena *arena, char **bytes,
               size_t *length, struct err *err)
{
    struct file_stamp stamp = {0};
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    bool ok;

    if (fd < 0)
        return err_errno(err, ERR_CONFIG, errno, _("%s cannot be opened"), path);
    ok = accept_file(fd, path, most_bytes, &stamp, err);
    if (ok) {
        *length = (size_t)stamp.size;
        *bytes = arena_alloc(arena, *length + 1);
        ok = read_exactly(fd, path, *bytes, *length, err);
    }
    close(fd);
    return ok;
}

static bool is_empty_or_begins(int fd, const char *begins)
{
    const size_t length = strlen(begins);
    char bytes[128];
    ssize_t got;

    assert(length < sizeof bytes);
    got = read(fd, bytes, length);
    return got == 0 || (got == (ssize_t)length && memcmp(bytes, begins, length) == 0);
}

bool file_may_replace(const char *path, const char *begins)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    bool may;

    if (fd < 0)
        return errno == ENOTDIR || (errno == ENOENT && lstat(path, &status) != 0);
    may = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && is_empty_or_begins(fd, begins);
    close(fd);
    return may;
}

bool write_all(int fd, const void *bytes, size_t length, struct err *err)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t wrote = write(fd, at, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return err_errno(err, ERR_IO, errno, _("write failed"));
        at += wrote;
        length -= (size_t)wrote;
    }
    return true;
}

bool folder_sync(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int reason = errno;

    if (fd >= 0)
        close(fd);
    return ok || err_errno(err, ERR_IO, reason, _("folder %s cannot be synchronised"), path);
}

/* `path` is what it will be called, and what people know it by. */
static bool write_new(const char *fresh, const char *path, const void *bytes, size_t length,
                      mode_t mode, struct err *err)
{
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    bool ok;

    if (fd < 0)
        return err_errno(err, ERR_IO, errno, _("%s cannot be made"), path);
    ok = write_all(fd, bytes, length, err);
    if (ok && fsync(fd) != 0)
        ok = err_errno(err, ERR_IO, errno, _("%s cannot be synchronised"), path);
    if (close(fd) != 0 && ok)
        ok = err_errno(err, ERR_IO, errno, _("%s cannot be closed"), path);
    return ok;
}

bool file_replace(const char *path, const void *bytes, size_t length, mode_t mode, struct err *err)
{
    struct arena scratch = {0};
    char *fresh = arena_printf(&scratch, "%s.new", path);
    char *folder = arena_text(&scratch, path);
    char *slash = strrchr(folder, '/');
    bool ok;

    if (slash)
        *slash = '\0';
    ok = write_new(fresh, path, bytes, length, mode, err);
    FAILPOINT("file.replace.before-rename");
    if (ok && rename(fresh, path) != 0)
        ok = err_errno(err, ERR_IO, errno, _("%s cannot be renamed"), fresh);
    FAILPOINT("file.replace.after-rename");
    ok = ok && folder_sync(!slash ? "." : *folder ? folder : "/", err);
    arena_clear(&scratch);
    return ok;
}

#include "asset/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "base/i18n.h"

enum { PIECE_BYTES = 64 * 1024, COPY_MODE = 0400 };
static const int64_t most_file_bytes = INT64_C(4) << 30;
static const char temporary[] = ".new";

/* Reads to the end; `to` -1 = nowhere. */
static bool copy_pieces(int from, int to, const char *file, struct digest *digest, int64_t *bytes,
                        struct err *err)
{
    struct digest_stream *stream = digest_begin();
    char piece[PIECE_BYTES];
    bool ok = true;
    ssize_t got;

    *bytes = 0;
    while (ok && (got = read(from, piece, sizeof piece)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            ok = err_errno(err, ERR_CONFIG, errno, _("%s cannot be read"), file);
            break;
        }
        digest_add(stream, piece, (size_t)got);
        *bytes += got;
        ok = to < 0 || write_all(to, piece, (size_t)got, err);
        FAILPOINT("spool.copy");
    }
    *digest = digest_end(stream);
    return ok;
}

static bool copy_checked(int from, int to, const char *file, const char *sha256, struct err *err)
{
    struct digest digest;
    char hex[DIGEST_HEX];
    int64_t bytes;

    if (!copy_pieces(from, to, file, &digest, &bytes, err))
        return false;
    if (strcmp(digest_hex(&digest, hex), sha256) != 0)
        return err_set(err, ERR_CONFIG, _("%s is not what was checked any more"), file);
    return true;
}

static bool make_spool(const char *spool, struct err *err)
{
    if (mkdir(spool, 0700) != 0 && errno != EEXIST)
        return err_errno(err, ERR_IO, errno, _("%s cannot be made"), spool);
    return true;
}

/* A name of its own: others may be making the same. */
bool spool_begin(const char *spool, struct arena *arena, struct spool_file *file, struct err *err)
{
    char *path = arena_printf(arena, "%s/XXXXXX%s", spool, temporary);

    *file = (struct spool_file){.path = path, .fd = -1};
    if (!make_spool(spool, err))
        return false;
    file->fd = mkostemps(path, sizeof temporary - 1, O_CLOEXEC);
    if (file->fd < 0)
        return err_errno(err, ERR_IO, errno, _("nothing can be made in %s"), spool);
    return true;
}

void spool_drop(struct spool_file *file)
{
    if (file->fd < 0)
        return;
    (void)unlink(file->path);
    close(file->fd);
    file->fd = -1;
}

/* Only a whole one ever stands there, and only another whole one replaces it. */
static bool put_into_place(const char *spool, struct spool_file *file, const char *sha256,
                           struct arena *scratch, struct err *err)
{
    const char *path = arena_printf(scratch, "%s/%s", spool, sha256);

    if (fchmod(file->fd, COPY_MODE) != 0 || fsync(file->fd) != 0)
        return err_errno(err, ERR_IO, errno, _("fsync of the spool"));
    FAILPOINT("spool.before-rename");
    if (rename(file->path, path) != 0)
        return err_errno(err, ERR_IO, errno, _("%s cannot be renamed"), file->path);
    FAILPOINT("spool.after-rename");
    close(file->fd);
    file->fd = -1;
    return folder_sync(spool, err);
}

bool spool_keep(const char *spool, struct spool_file *file, char sha256[DIGEST_HEX], int64_t *bytes,
                struct err *err)
{
    struct arena scratch = {0};
    struct digest digest;
    bool ok;

    if (lseek(file->fd, 0, SEEK_SET) != 0)
        ok = err_errno(err, ERR_IO, errno, "%s", file->path);
    else
        ok = copy_pieces(file->fd, -1, file->path, &digest, bytes, err) &&
             put_into_place(spool, file, digest_hex(&digest, sha256), &scratch, err);
    spool_drop(file);
    arena_clear(&scratch);
    return ok;
}

static bool copy_into(const char *spool, const char *file, int from, const char *sha256,
                      struct arena *scratch, struct err *err)
{
    struct spool_file made;
    bool ok;

    ok = spool_begin(spool, scratch, &made, err) &&
         copy_checked(from, made.fd, file, sha256, err) &&
         put_into_place(spool, &made, sha256, scratch, err);
    spool_drop(&made);
    return ok;
}

/* Whether the copy stands there as we made it: ours alone, read-only, of that length. */
static bool open_pinned(const char *spool, const char *sha256, int64_t bytes, int *fd)
{
    struct file_stamp stamp;
    struct digest named;
    struct err absent;
    int folder;
    bool found;

    if (!digest_from_hex(sha256, &named) || !folder_open(spool, &folder, &absent))
        return false;
    found = file_open_beneath(folder, sha256, bytes, fd, &stamp, &absent);
    close(folder);
    if (!found)
        return false;
    if (stamp.size == bytes && stamp.owner == geteuid() && stamp.mode == COPY_MODE)
        return true;
    close(*fd);
    return false;
}

/* What is in it is judged on the way out (net/upload.h), so it is not read here once more. */
bool spool_has(const char *spool, const char *sha256, int64_t bytes)
{
    int fd;

    if (!open_pinned(spool, sha256, bytes, &fd))
        return false;
    close(fd);
    return true;
}

static bool is_what_it_says(int fd, const char *sha256, struct err *err)
{
    struct digest digest;
    char hex[DIGEST_HEX];
    int64_t bytes;

    if (!copy_pieces(fd, -1, sha256, &digest, &bytes, err))
        return false;
    if (strcmp(digest_hex(&digest, hex), sha256) != 0)
        return err_set(err, ERR_IO, _("%s in the spool was damaged"), sha256);
    if (lseek(fd, 0, SEEK_SET) != 0)
        return err_errno(err, ERR_IO, errno, "%s", sha256);
    return true;
}

bool spool_open(const char *spool, const char *sha256, int64_t bytes, int *fd, struct err *err)
{
    struct arena scratch = {0};

    if (!open_pinned(spool, sha256, bytes, fd))
        return err_set(err, ERR_IO, _("%s is not in the spool"), sha256);
    if (is_what_it_says(*fd, sha256, err))
        return true;
    close(*fd);
    (void)unlink(arena_printf(&scratch, "%s/%s", spool, sha256));
    arena_clear(&scratch);
    return false;
}

static bool pin(const char *spool, const char *media_folder, const char *file, const char *sha256,
                struct arena *scratch, struct err *err)
{
    struct file_stamp stamp;
    int folder, from;
    bool ok;

    if (!folder_open(media_folder, &folder, err))
        return false;
    ok = file_open_beneath(folder, file, most_file_bytes, &from, &stamp, err);
    close(folder);
    if (!ok)
        return false;
    ok = copy_into(spool, arena_printf(scratch, "media/%s", file), from, sha256, scratch, err);
    close(from);
    return ok;
}

bool spool_pin(const char *spool, const char *media_folder, const char *file, const char *sha256,
               int64_t bytes, struct err *err)
{
    struct arena scratch = {0};
    struct digest named;
    bool ok;

    if (!digest_from_hex(sha256, &named))
        return err_set(err, ERR_CONFIG, _("\"%s\" is no name of a pinned file"), sha256);
    ok = spool_has(spool, sha256, bytes) || pin(spool, media_folder, file, sha256, &scratch, err);
    arena_clear(&scratch);
    return ok;
}

static bool is_temporary(const char *name)
{
    size_t length = strlen(name), ending = strlen(temporary);

    return length > ending && !strcmp(name + length - ending, temporary);
}

void spool_clean(const char *spool)
{
    DIR *entries = opendir(spool);
    struct dirent *entry;

    if (!entries)
        return;
    while ((entry = readdir(entries)))
        if (is_temporary(entry->d_name))
            (void)unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
}

#include "asset/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/failpoint.h"
#include "base/file.h"

enum { PIECE_BYTES = 64 * 1024, COPY_MODE = 0400 };
static const int64_t most_file_bytes = INT64_C(4) << 30;
static const char temporary[] = ".new";

static bool copy_pieces(int from, int to, const char *file, struct digest *digest, struct err *err)
{
    struct digest_stream *stream = digest_begin();
    char piece[PIECE_BYTES];
    bool ok = true;
    ssize_t got;

    while (ok && (got = read(from, piece, sizeof piece)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            ok = err_errno(err, ERR_CONFIG, errno, "media/%s cannot be read", file);
            break;
        }
        digest_add(stream, piece, (size_t)got);
        ok = write_all(to, piece, (size_t)got, err);
        FAILPOINT("spool.copy");
    }
    *digest = digest_end(stream);
    return ok;
}

static bool copy_checked(int from, int to, const char *file, const char *sha256, struct err *err)
{
    struct digest digest;
    char hex[DIGEST_HEX];

    if (!copy_pieces(from, to, file, &digest, err))
        return false;
    if (strcmp(digest_hex(&digest, hex), sha256) != 0)
        return err_set(err, ERR_CONFIG, "media/%s is not what was checked any more", file);
    if (fsync(to) != 0)
        return err_errno(err, ERR_IO, errno, "fsync of the spool");
    return true;
}

/* Read-only from the start: only a new copy ever replaces it. */
static bool write_copy(const char *path, int from, const char *file, const char *sha256,
                       struct err *err)
{
    int to;
    bool ok;

    (void)unlink(path); /* of a run that ended in the middle */
    to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, COPY_MODE);
    if (to < 0)
        return err_errno(err, ERR_IO, errno, "%s cannot be made", path);
    ok = copy_checked(from, to, file, sha256, err);
    if (close(to) != 0 && ok)
        ok = err_errno(err, ERR_IO, errno, "%s", path);
    return ok;
}

static bool move_into_place(const char *made, const char *path, const char *spool, struct err *err)
{
    FAILPOINT("spool.before-rename");
    if (rename(made, path) != 0)
        return err_errno(err, ERR_IO, errno, "%s cannot be renamed", made);
    FAILPOINT("spool.after-rename");
    return folder_sync(spool, err);
}

static bool copy_into(const char *spool, const char *file, int from, const char *sha256,
                      struct arena *scratch, struct err *err)
{
    const char *path = arena_printf(scratch, "%s/%s", spool, sha256);
    const char *made = arena_printf(scratch, "%s%s", path, temporary);

    if (write_copy(made, from, file, sha256, err) && move_into_place(made, path, spool, err))
        return true;
    (void)unlink(made);
    return false;
}

static bool make_spool(const char *spool, struct err *err)
{
    if (mkdir(spool, 0700) != 0 && errno != EEXIST)
        return err_errno(err, ERR_IO, errno, "%s cannot be made", spool);
    return true;
}

/* Whether the copy stands there as we made it: ours alone, read-only, of that length. What is in it
 * is judged on the way out (net/upload.h), so it is not read here once more. */
static bool is_pinned(const char *spool, const char *sha256, int64_t bytes)
{
    struct file_stamp stamp;
    struct err absent;
    int folder, fd;
    bool found;

    if (!folder_open(spool, &folder, &absent))
        return false;
    found = file_open_beneath(folder, sha256, bytes, &fd, &stamp, &absent);
    close(folder);
    if (!found)
        return false;
    close(fd);
    return stamp.size == bytes && stamp.owner == geteuid() && stamp.mode == COPY_MODE;
}

static bool pin(const char *spool, const char *media_folder, const char *file, const char *sha256,
                struct arena *scratch, struct err *err)
{
    struct file_stamp stamp;
    int folder, from;
    bool ok;

    if (!make_spool(spool, err) || !folder_open(media_folder, &folder, err))
        return false;
    ok = file_open_beneath(folder, file, most_file_bytes, &from, &stamp, err);
    close(folder);
    if (!ok)
        return false;
    ok = copy_into(spool, file, from, sha256, scratch, err);
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
        return err_set(err, ERR_CONFIG, "\"%s\" is no name of a pinned file", sha256);
    ok = is_pinned(spool, sha256, bytes) || pin(spool, media_folder, file, sha256, &scratch, err);
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

#include "net/upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/file.h"

struct upload {
    int fd;
    int64_t bytes, left;
    struct digest_stream *stream; /* NULL once the hash is known */
    struct digest expected;
    bool changed;
};

static struct digest take_digest(struct upload *upload)
{
    struct digest_stream *stream = upload->stream;

    upload->stream = NULL;
    return digest_end(stream);
}

static bool is_as_named(struct upload *upload)
{
    struct digest found = take_digest(upload);

    return memcmp(found.bytes, upload->expected.bytes, sizeof found.bytes) == 0;
}

bool upload_open(const char *spool, const char *sha256, struct upload **upload, struct err *err)
{
    struct file_stamp stamp;
    struct digest expected;
    int folder, fd;
    bool ok;

    if (!digest_from_hex(sha256, &expected))
        return err_set(err, ERR_IO, "a medium is not named by its SHA-256");
    if (!folder_open(spool, &folder, err))
        return false;
    ok = file_open_beneath(folder, sha256, INT64_MAX, &fd, &stamp, err);
    close(folder);
    if (!ok)
        return false;
    *upload = calloc(1, sizeof **upload);
    if (!*upload)
        out_of_memory();
    **upload = (struct upload){fd, stamp.size, stamp.size, digest_begin(), expected, false};
    if (stamp.size > 0 || is_as_named(*upload))
        return true;
    upload_close(*upload); /* nothing would ever be read, so nothing hashed */
    return err_set(err, ERR_IO, "a pinned medium has become empty");
}

int64_t upload_bytes(const struct upload *upload)
{
    return upload->bytes;
}

bool upload_changed(const struct upload *upload)
{
    return upload->changed;
}

void upload_close(struct upload *upload)
{
    if (!upload)
        return;
    if (upload->stream)
        (void)take_digest(upload);
    close(upload->fd);
    free(upload);
}

static ssize_t read_some(int fd, char *bytes, size_t most)
{
    ssize_t got;

    do
        got = read(fd, bytes, most);
    while (got < 0 && errno == EINTR);
    return got;
}

size_t upload_read(char *bytes, size_t size, size_t count, void *arg)
{
    struct upload *upload = arg;
    size_t most = size * count;
    ssize_t got;

    if (upload->changed)
        return CURL_READFUNC_ABORT;
    if (upload->left == 0 && !upload->stream)
        return 0;
    if ((int64_t)most > upload->left)
        most = (size_t)upload->left;
    got = most ? read_some(upload->fd, bytes, most) : 0;
    if (got > 0)
        digest_add(upload->stream, bytes, (size_t)got);
    upload->left -= got > 0 ? got : 0;
    if (got < (ssize_t)(most > 0) || (upload->left == 0 && !is_as_named(upload))) {
        upload->changed = true;
        return CURL_READFUNC_ABORT;
    }
    return (size_t)got;
}

int upload_seek(void *arg, curl_off_t offset, int origin)
{
    (void)arg;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_CANTSEEK;
}

#include "net/upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/i18n.h"

struct upload {
    int fd;
    int64_t at, bytes, left;      /* the next byte's place; of the piece */
    struct digest_stream *stream; /* of a whole file; NULL once the hash is known */
    struct digest expected;
    struct file_stamp stamp;
    bool is_piece;
    bool changed, touched;
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

static bool open_file(const char *spool, const char *sha256, int *fd, struct file_stamp *stamp,
                      struct err *err)
{
    int folder;
    bool ok;

    if (!folder_open(spool, &folder, err))
        return false;
    ok = file_open_beneath(folder, sha256, INT64_MAX, fd, stamp, err);
    close(folder);
    return ok;
}

static struct upload *upload_new(int fd, const struct file_stamp *stamp, int64_t offset,
                                 int64_t length)
{
    struct upload *upload = calloc(1, sizeof *upload);

    if (!upload)
        out_of_memory();
    *upload = (struct upload){.fd = fd,
                              .at = offset,
                              .bytes = length,
                              .left = length,
                              .stamp = *stamp,
                              .is_piece = length != stamp->size};
    if (!upload->is_piece)
        upload->stream = digest_begin();
    return upload;
}

bool upload_open(const char *spool, const char *sha256, int64_t offset, int64_t length,
                 struct upload **upload, struct err *err)
{
    struct file_stamp stamp;
    struct digest expected;
    int fd;

    if (!digest_from_hex(sha256, &expected))
        return err_set(err, ERR_IO, _("a medium is not named by its SHA-256"));
    if (!open_file(spool, sha256, &fd, &stamp, err))
        return false;
    if (offset < 0 || length < 0 || offset > stamp.size || length > stamp.size - offset ||
        (offset > 0 && offset == stamp.size)) {
        close(fd);
        return err_set(err, ERR_IO, _("a pinned medium is shorter than what was checked"));
    }
    *upload = upload_new(fd, &stamp, offset, length > 0 ? length : stamp.size - offset);
    (*upload)->expected = expected;
    if (stamp.size > 0 || is_as_named(*upload))
        return true;
    upload_close(*upload); /* nothing would ever be read, so nothing hashed */
    return err_set(err, ERR_IO, _("a pinned medium has become empty"));
}

int64_t upload_bytes(const struct upload *upload)
{
    return upload->bytes;
}

bool upload_changed(const struct upload *upload)
{
    return upload->changed;
}

bool upload_unproven(const struct upload *upload, struct unproven *unproven)
{
    *unproven = (struct unproven){upload->fd, upload->expected, upload->stamp};
    return upload->is_piece;
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

static ssize_t read_some(const struct upload *upload, char *bytes, size_t most)
{
    ssize_t got;

    do
        got = pread(upload->fd, bytes, most, upload->at);
    while (got < 0 && errno == EINTR);
    return got;
}

static bool is_as_proven(const struct upload *upload)
{
    struct stat status;
    struct file_stamp stamp;

    if (fstat(upload->fd, &status) != 0)
        return false;
    stamp = file_stamp_of(&status);
    return file_stamp_equal(&stamp, &upload->stamp);
}

/* Whether these bytes may leave. */
static bool account_for(struct upload *upload, const char *bytes, ssize_t got)
{
    if (upload->is_piece) {
        upload->touched = !is_as_proven(upload);
        upload->changed = got <= 0 && !upload->touched;
        return got > 0 && !upload->touched;
    }
    if (got > 0)
        digest_add(upload->stream, bytes, (size_t)got);
    upload->changed =
        got < 0 || (got == 0 && upload->left > 0) || (got == upload->left && !is_as_named(upload));
    return !upload->changed;
}

size_t upload_read(char *bytes, size_t size, size_t count, void *arg)
{
    struct upload *upload = arg;
    size_t most = size * count;
    ssize_t got;

    if (upload->changed || upload->touched)
        return CURL_READFUNC_ABORT;
    if (upload->left == 0)
        return 0;
    if ((int64_t)most > upload->left)
        most = (size_t)upload->left;
    got = read_some(upload, bytes, most);
    if (!account_for(upload, bytes, got))
        return CURL_READFUNC_ABORT;
    upload->at += got;
    upload->left -= got;
    return (size_t)got;
}

int upload_seek(void *arg, curl_off_t offset, int origin)
{
    (void)arg;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_CANTSEEK;
}

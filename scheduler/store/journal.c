#include "store/journal.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>

#include "base/buffer.h"

/* So much waits at most; so much is written at once: the system's VFS takes less than 128 KiB. */
enum { MOST_BYTES = 240 * 1024, PIECE_BYTES = 120 * 1024 };

/* As SQLite knows it; the file of the VFS below stands behind it. */
struct journal {
    sqlite3_file file;
    sqlite3_int64 begin; /* of the bytes that wait, in the file */
    struct buffer bytes;
};

static sqlite3_vfs *below, ours;

static struct journal *journal_of(sqlite3_file *file)
{
    return (struct journal *)(void *)file;
}

static sqlite3_file *real(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)(journal_of(file) + 1);
}

static int write_out(sqlite3_file *file)
{
    struct journal *journal = journal_of(file);
    size_t done, piece;
    int code = SQLITE_OK;

    for (done = 0; code == SQLITE_OK && done < journal->bytes.length; done += piece) {
        piece = journal->bytes.length - done;
        piece = piece < PIECE_BYTES ? piece : PIECE_BYTES;
        code = real(file)->pMethods->xWrite(real(file), journal->bytes.bytes + done, (int)piece,
                                            journal->begin + (sqlite3_int64)done);
    }
    buffer_empty(&journal->bytes);
    return code;
}

static int journal_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
    struct journal *journal = journal_of(file);
    int code = SQLITE_OK;

    if (at != journal->begin + (sqlite3_int64)journal->bytes.length ||
        journal->bytes.length >= MOST_BYTES)
        code = write_out(file);
    if (code != SQLITE_OK)
        return code;
    if (journal->bytes.length == 0)
        journal->begin = at;
    buffer_add(&journal->bytes, bytes, (size_t)length);
    return SQLITE_OK;
}

static int journal_close(sqlite3_file *file)
{
    int written = write_out(file), closed = real(file)->pMethods->xClose(real(file));

    buffer_clear(&journal_of(file)->bytes);
    return written != SQLITE_OK ? written : closed;
}

static int journal_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 at)
{
    int code = write_out(file);

    return code != SQLITE_OK ? code : real(file)->pMethods->xRead(real(file), bytes, length, at);
}

static int journal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = write_out(file);

    return code != SQLITE_OK ? code : real(file)->pMethods->xTruncate(real(file), size);
}

static int journal_sync(sqlite3_file *file, int flags)
{
    int code = write_out(file);

    return code != SQLITE_OK ? code : real(file)->pMethods->xSync(real(file), flags);
}

static int journal_size(sqlite3_file *file, sqlite3_int64 *size)
{
    int code = write_out(file);

    return code != SQLITE_OK ? code : real(file)->pMethods->xFileSize(real(file), size);
}

static int journal_lock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

static int journal_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int journal_reserved(sqlite3_file *file, int *result)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int journal_control(sqlite3_file *file, int what, void *arg)
{
    return real(file)->pMethods->xFileControl(real(file), what, arg);
}

static int journal_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int journal_device(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = journal_close,
    .xRead = journal_read,
    .xWrite = journal_write,
    .xTruncate = journal_truncate,
    .xSync = journal_sync,
    .xFileSize = journal_size,
    .xLock = journal_lock,
    .xUnlock = journal_unlock,
    .xCheckReservedLock = journal_reserved,
    .xFileControl = journal_control,
    .xSectorSize = journal_sector,
    .xDeviceCharacteristics = journal_device,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened)
{
    struct journal *journal = journal_of(file);
    int code;

    (void)vfs;
    if (!(flags & SQLITE_OPEN_WAL))
        return below->xOpen(below, name, file, flags, opened);
    journal->file.pMethods = NULL; /* nothing to close until it is open */
    code = below->xOpen(below, name, real(file), flags, opened);
    if (code != SQLITE_OK)
        return code;
    journal->begin = 0;
    buffer_init(&journal->bytes, SIZE_MAX);
    journal->file.pMethods = &methods;
    return SQLITE_OK;
}

static void make(void)
{
    below = sqlite3_vfs_find(NULL);
    if (!below)
        return;
    ours = *below;
    ours.zName = "crier";
    ours.pNext = NULL;
    ours.szOsFile = below->szOsFile + (int)sizeof(struct journal);
    ours.xOpen = open_file;
    if (sqlite3_vfs_register(&ours, 0) != SQLITE_OK)
        below = NULL;
}

const char *journal_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make);
    return below ? ours.zName : NULL;
}

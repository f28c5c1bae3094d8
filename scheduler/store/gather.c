#include "store/gather.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

/* So much waits at most; so much is written at once: the system's VFS takes less than 128 KiB. */
enum { MOST_BYTES = 240 * 1024, PIECE_BYTES = 120 * 1024 };
/* Of a journal, before its first frame. */
enum { HEADER_BYTES = 32 };

/* As SQLite knows it; the file of the VFS below stands behind it. */
struct gather {
    sqlite3_file file;
    bool journal;
    sqlite3_int64 begin; /* of the bytes that wait, in the file */
    struct buffer bytes;
};

static sqlite3_vfs *below, ours;

static struct gather *gather_of(sqlite3_file *file)
{
    return (struct gather *)(void *)file;
}

static sqlite3_file *real(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)(gather_of(file) + 1);
}

static int write_out(sqlite3_file *file)
{
    struct gather *gather = gather_of(file);
    size_t done, piece;
    int code = SQLITE_OK;

    for (done = 0; code == SQLITE_OK && done < gather->bytes.length; done += piece) {
        piece = gather->bytes.length - done;
        piece = piece < PIECE_BYTES ? piece : PIECE_BYTES;
        code = real(file)->pMethods->xWrite(real(file), gather->bytes.bytes + done, (int)piece,
                                            gather->begin + (sqlite3_int64)done);
    }
    buffer_empty(&gather->bytes);
    return code;
}

static int file_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
    struct gather *gather = gather_of(file);
    int code = SQLITE_OK;

    if (at != gather->begin + (sqlite3_int64)gather->bytes.length ||
        gather->bytes.length >= MOST_BYTES)
        code = write_out(file);
    if (code != SQLITE_OK)
        return code;
    if (gather->bytes.length == 0)
        gather->begin = at;
    buffer_add(&gather->bytes, bytes, (size_t)length);
    return SQLITE_OK;
}

static int file_close(sqlite3_file *file)
{
    int written = write_out(file), closed = real(file)->pMethods->xClose(real(file));

    buffer_clear(&gather_of(file)->bytes);
    return written != SQLITE_OK ? written : closed;
}

static int file_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 at)
{
    int code = write_out(file);

    return code != SQLITE_OK ? code : real(file)->pMethods->xRead(real(file), bytes, length, at);
}

/* Without its header a journal holds nothing: whatever frames still stand there are of another
 * salt than the next ones, as after every restart of a journal. */
static int empty_journal(sqlite3_file *file)
{
    static const char nothing[HEADER_BYTES];
    const sqlite3_io_methods *system = real(file)->pMethods;
    sqlite3_int64 size;
    int code = system->xFileSize(real(file), &size);

    if (code == SQLITE_OK && size > GATHER_KEPT_BYTES)
        code = system->xTruncate(real(file), GATHER_KEPT_BYTES);
    if (code == SQLITE_OK && size > 0)
        code = system->xWrite(real(file), nothing, HEADER_BYTES, 0);
    return code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = write_out(file);

    if (code != SQLITE_OK)
        return code;
    if (gather_of(file)->journal && size == 0)
        return empty_journal(file);
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    int code = write_out(file);

    return code != SQLITE_OK ? code : real(file)->pMethods->xSync(real(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    int code = write_out(file);

    return code != SQLITE_OK ? code : real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

/* Whoever takes the lock next finds everything. */
static int file_unlock(sqlite3_file *file, int level)
{
    int code = write_out(file);

    return code != SQLITE_OK ? code : real(file)->pMethods->xUnlock(real(file), level);
}

static int file_reserved(sqlite3_file *file, int *result)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int file_control(sqlite3_file *file, int what, void *arg)
{
    return real(file)->pMethods->xFileControl(real(file), what, arg);
}

static int file_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int file_device(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
};

int gather_make_room(struct sqlite3_file *journal, int64_t bytes)
{
    static const char nothing[PIECE_BYTES];
    const sqlite3_io_methods *system = real(journal)->pMethods;
    int64_t most = bytes < GATHER_KEPT_BYTES ? bytes : GATHER_KEPT_BYTES;
    sqlite3_int64 size;
    int code = file_size(journal, &size);

    if (code != SQLITE_OK || size >= most)
        return code;
    while (size < most && system->xWrite(real(journal), nothing, PIECE_BYTES, size) == SQLITE_OK)
        size += PIECE_BYTES;
    return system->xSync(real(journal), SQLITE_SYNC_NORMAL);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened)
{
    struct gather *gather = gather_of(file);
    int code;

    (void)vfs;
    if (!(flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)))
        return below->xOpen(below, name, file, flags, opened);
    gather->file.pMethods = NULL; /* nothing to close until it is open */
    code = below->xOpen(below, name, real(file), flags, opened);
    if (code != SQLITE_OK)
        return code;
    gather->begin = 0;
    gather->journal = (flags & SQLITE_OPEN_WAL) != 0;
    buffer_init(&gather->bytes, SIZE_MAX);
    gather->file.pMethods = &methods;
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
    ours.szOsFile = below->szOsFile + (int)sizeof(struct gather);
    ours.xOpen = open_file;
    if (sqlite3_vfs_register(&ours, 0) != SQLITE_OK)
        below = NULL;
}

const char *gather_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make);
    return below ? ours.zName : NULL;
}

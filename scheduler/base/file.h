/* base/file.h - files opened so that a name cannot lead astray, and written so that a crash cannot
 * tear.
 *
 * Reading what people wrote: openat2 beneath a folder, no symlinks, no magic
 * links, no other mount; then fstat: a regular file (a FIFO opens!) within a size cap.
 * Writing our own: new file, fsync, rename, fsync of the folder.
 */
#ifndef CRIER_BASE_FILE_H
#define CRIER_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"

/* What says that a file is unchanged, and who may have written it. */
struct file_stamp {
    uint64_t inode;
    int64_t size;
    int64_t mtime_ns;
    int64_t ctime_ns;
    uint32_t owner; /* st_uid */
    uint32_t mode;  /* permission bits */
};

/* Opens a folder for the calls below; the descriptor is the caller's to close. */
MUST_CHECK bool folder_open(const char *path, int *folder, struct err *err);
void folder_close(int folder);

/* The names in the folder `name` beneath `folder`, sorted by byte; "." and ".." are left out. */
MUST_CHECK bool folder_list(int folder, const char *name, struct arena *arena,
                            const char *const **names, size_t *count, struct err *err);

/* Opens `name` (may hold '/') beneath `folder` for reading. Errors say "is a symbolic link",
 * "lies outside the workspace", "is not a regular file", "has another name too (hard link)", "is
 * larger than N bytes". */
MUST_CHECK bool file_open_beneath(int folder, const char *name, int64_t most_bytes, int *fd,
                                  struct file_stamp *stamp, struct err *err);

/* The whole file in the arena with a NUL after it. A file that changes under our hands is an error.
 */
MUST_CHECK bool file_read_beneath(int folder, const char *name, int64_t most_bytes,
                                  struct arena *arena, char **bytes, size_t *length,
                                  struct file_stamp *stamp, struct err *err);

/* The same for a path of our own (state, credentials). Missing file: ERR_CONFIG. */
MUST_CHECK bool file_read(const char *path, int64_t most_bytes, struct arena *arena, char **bytes,
                          size_t *length, struct err *err);

/* Whether a file of ours may take the place of what is at `path`: nothing, an empty file, or one
 * that begins as ours do. What cannot be read is somebody else's. */
bool file_may_replace(const char *path, const char *begins);

/* Writes a whole new file: PATH.new, fsync, rename over PATH, fsync of the folder. */
MUST_CHECK bool file_replace(const char *path, const void *bytes, size_t length, mode_t mode,
                             struct err *err);

/* Writes all or fails; EINTR is repeated. */
MUST_CHECK bool write_all(int fd, const void *bytes, size_t length, struct err *err);

/* fsync of a folder, so that a created or renamed name survives a crash. */
MUST_CHECK bool folder_sync(const char *path, struct err *err);

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);
struct file_stamp file_stamp_of(const struct stat *status);

#endif

/* net/upload.h - pinned media on their way out: what leaves is what its SHA-256 name says.
 *
 * A file that goes out whole is hashed while it is read, and its last bytes are handed out only
 * when the hash of all of them is its name. A piece of a file cannot be judged by itself: its whole
 * file is hashed before (net/hashing.h), and what was hashed is known again by its stamp - inode,
 * size, mtime, ctime. Each read of a piece is followed by a look at the stamp: the kernel changes
 * it before it changes a byte, so bytes that nobody hashed never leave. Thus a file that was
 * changed never becomes a whole upload, in one request or in many. One that was only touched is
 * hashed again before its next piece.
 *
 * Bytes are read on the loop in libcurl's slices (64 KiB at most), from the page cache: whoever
 * hashed the file has just brought it there.
 */
#ifndef CRIER_NET_UPLOAD_H
#define CRIER_NET_UPLOAD_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"

struct upload;

/* Opens `length` bytes from `offset` of spool/sha256; 0 = to its end. A piece that the file does
 * not have is an error: then it is not what was pinned. */
MUST_CHECK bool upload_open(const char *spool, const char *sha256, int64_t offset, int64_t length,
                            struct upload **upload, struct err *err);
int64_t upload_bytes(const struct upload *upload); /* of the piece */
/* The file was not what its name says. False for a piece whose file was touched meanwhile: reading
 * it ends, and hashing it again tells. */
bool upload_changed(const struct upload *upload);
void upload_close(struct upload *upload); /* NULL is fine */

/* What has to be proven before a piece is read; false for a whole file. `fd` stays the upload's. */
struct unproven {
    int fd;
    struct digest name;
    struct file_stamp stamp;
};
bool upload_unproven(const struct upload *upload, struct unproven *unproven);

/* The callbacks of a libcurl body or mime part; `arg` is the upload. It cannot be rewound. */
size_t upload_read(char *bytes, size_t size, size_t count, void *arg);
int upload_seek(void *arg, curl_off_t offset, int origin);

#endif

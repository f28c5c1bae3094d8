/* net/upload.h - a pinned medium on its way out, hashed again while it is read.
 *
 * The spool's file name is its SHA-256. The last bytes are handed out only when the hash of all of
 * them is that name: a file that was changed never becomes a whole request.
 */
#ifndef CRIER_NET_UPLOAD_H
#define CRIER_NET_UPLOAD_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct upload;

/* Opens spool/sha256. */
MUST_CHECK bool upload_open(const char *spool, const char *sha256, struct upload **upload,
                            struct err *err);
int64_t upload_bytes(const struct upload *upload);
bool upload_changed(const struct upload *upload); /* the file was not what its name says */
void upload_close(struct upload *upload);         /* NULL is fine */

/* The callbacks of a libcurl mime part; `arg` is the upload. It cannot be rewound. */
size_t upload_read(char *bytes, size_t size, size_t count, void *arg);
int upload_seek(void *arg, curl_off_t offset, int origin);

#endif

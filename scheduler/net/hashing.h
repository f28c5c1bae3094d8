/* net/hashing.h - whether a file of the spool is what its name says, found out beside the loop.
 *
 * Before the first piece of a file leaves, all of it is hashed: 300 MB take the better part of a
 * second, and the disk may take longer. That is done on one of libuv's worker threads, not in
 * slices on the loop: a paused transfer would give the loop its turns back, but each slice would
 * still wait for the disk. What was found to be right is remembered by name and stamp, so the other
 * pieces cost nothing. 64 KiB of memory, whatever the file's size. The loop's thread calls; only
 * the hashing is elsewhere.
 */
#ifndef CRIER_NET_HASHING_H
#define CRIER_NET_HASHING_H

#include <stdbool.h>
#include <uv.h>

#include "net/upload.h"

enum { HASHED_REMEMBERED = 32 };

/* The files that were right, the oldest is forgotten first. */
struct hashed {
    struct hashed_file {
        struct digest name;
        struct file_stamp stamp;
    } known[HASHED_REMEMBERED];
    size_t count, next;
};

bool hashed_knows(const struct hashed *hashed, const struct unproven *file);

struct hashing;

/* On the loop, once. `arg` is NULL after hashing_abandon; `right` is false for a file that is not
 * what its name says, and for one that cannot be read. */
typedef void (*hashing_done)(struct hashed *hashed, void *owner, void *arg, bool right);

/* `owner` must live until done is called, which happens in any case. NULL when no thread can be
 * had: then done is not called. */
struct hashing *hashing_begin(struct hashed *hashed, uv_loop_t *loop, const struct unproven *file,
                              hashing_done done, void *owner, void *arg);

/* Nobody waits for it any more: it ends soon. */
void hashing_abandon(struct hashing *hashing);

#endif

#include "net/hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

/* Two writes within one tick of the kernel's clock (10 ms at most) leave the same stamp. */
enum { SLICE_BYTES = 64 * 1024, TICK_MS = 20 };

struct hashing {
    uv_work_t work;
    struct hashed *hashed;
    struct unproven file; /* `fd` is a copy of our own */
    hashing_done done;
    void *owner, *arg;
    bool right;
    bool abandoned; /* read on the worker's thread */
};

static bool is_same_file(const struct hashed_file *known, const struct unproven *file)
{
    return memcmp(known->name.bytes, file->name.bytes, sizeof file->name.bytes) == 0 &&
           file_stamp_equal(&known->stamp, &file->stamp);
}

bool hashed_knows(const struct hashed *hashed, const struct unproven *file)
{
    for (size_t i = 0; i < hashed->count; i++) {
        if (is_same_file(&hashed->known[i], file))
            return true;
    }
    return false;
}

static void remember(struct hashed *hashed, const struct unproven *file)
{
    hashed->known[hashed->next] = (struct hashed_file){file->name, file->stamp};
    hashed->next = (hashed->next + 1) % HASHED_REMEMBERED;
    if (hashed->count < HASHED_REMEMBERED)
        hashed->count++;
}

/* ---- on the worker's thread ---- */

/* All bytes in order; false when it was abandoned or cannot be read. */
static bool hash_file(const struct hashing *hashing, struct digest_stream *stream)
{
    char slice[SLICE_BYTES];
    off_t at = 0;
    ssize_t got;

    while ((got = pread(hashing->file.fd, slice, sizeof slice, at)) != 0) {
        if (__atomic_load_n(&hashing->abandoned, __ATOMIC_RELAXED))
            return false;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        digest_add(stream, slice, (size_t)got);
        at += got;
    }
    return true;
}

/* The stamp was taken when the file was opened. What is written after the pause changes it; what
 * was written before is hashed. */
static void hash(uv_work_t *work)
{
    struct hashing *hashing = work->data;
    struct digest_stream *stream = digest_begin();
    struct digest found;
    bool whole;

    uv_sleep(TICK_MS);
    whole = hash_file(hashing, stream);
    found = digest_end(stream);
    hashing->right =
        whole && memcmp(found.bytes, hashing->file.name.bytes, sizeof found.bytes) == 0;
}

/* ---- on the loop ---- */

static void on_hashed(uv_work_t *work, int status)
{
    struct hashing *hashing = work->data;
    const bool right = status == 0 && hashing->right;

    if (right)
        remember(hashing->hashed, &hashing->file);
    close(hashing->file.fd);
    hashing->done(hashing->hashed, hashing->owner, hashing->abandoned ? NULL : hashing->arg, right);
    free(hashing);
}

struct hashing *hashing_begin(struct hashed *hashed, uv_loop_t *loop, const struct unproven *file,
                              hashing_done done, void *owner, void *arg)
{
    struct hashing *hashing = calloc(1, sizeof *hashing);

    if (!hashing)
        out_of_memory();
    *hashing =
        (struct hashing){.hashed = hashed, .file = *file, .done = done, .owner = owner, .arg = arg};
    hashing->work.data = hashing;
    hashing->file.fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    if (hashing->file.fd >= 0 && uv_queue_work(loop, &hashing->work, hash, on_hashed) == 0)
        return hashing;
    if (hashing->file.fd >= 0)
        close(hashing->file.fd);
    free(hashing);
    return NULL;
}

void hashing_abandon(struct hashing *hashing)
{
    __atomic_store_n(&hashing->abandoned, true, __ATOMIC_RELAXED);
    (void)uv_cancel((uv_req_t *)&hashing->work); /* done is called in any case */
}

/* sandbox/journal.h - what the sandbox must remember when it is killed: JSON lines and media bytes.
 *
 * FOLDER/journal.jsonl grows by one line a record; FOLDER/media/SHA256 holds bytes.
 * A line that a crash tore off at the end is cut away at the next start. Without a
 * folder, records are dropped and media stay in memory. One process a folder.
 */
#ifndef CRIER_SANDBOX_JOURNAL_H
#define CRIER_SANDBOX_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/json.h"

struct journal_blob;

struct journal {
    const char *folder; /* NULL: nothing is kept */
    int fd;
    struct journal_blob *blobs; /* only without a folder */
};

/* Opens and hands every record kept so far to `apply`, oldest first. */
MUST_CHECK bool journal_open(struct journal *journal, const char *folder, struct arena *arena,
                             void (*apply)(void *context, const json_t *record), void *context,
                             struct err *err);
void journal_close(struct journal *journal);

/* `durable` waits for the disk; without it the line survives the process, not the machine. */
MUST_CHECK bool journal_add(struct journal *journal, const json_t *record, bool durable,
                            struct err *err);

/* Without a folder the bytes themselves are kept: they must live as long as the journal. */
MUST_CHECK bool journal_keep_media(struct journal *journal, const char *sha256, const void *bytes,
                                   size_t length, struct arena *arena, struct err *err);
MUST_CHECK bool journal_media(const struct journal *journal, const char *sha256,
                              struct arena *arena, const char **bytes, size_t *length,
                              struct err *err);

#endif

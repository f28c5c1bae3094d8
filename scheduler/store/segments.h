/* store/segments.h - the audit lines as files: STATE/audit/audit-SEQ.jsonl.
 *
 * Append only: one write for the lines of a commit. To synchronise a file that grew costs more than
 * the commit itself did, so it is done for many at once, when segments_sync is called or
 * UNSYNCED_BYTES have gathered; the database has the same lines, durable before they come here, and
 * a start writes what a crash of the machine took: half a line, or blocks that were never written
 * and read as zeros. A new segment begins with each UTC day and after 16 MiB; closed ones are whole
 * on the disk and read-only (0440). Knows nothing of what the lines say, but their seq and ts.
 */
#ifndef CRIER_STORE_SEGMENTS_H
#define CRIER_STORE_SEGMENTS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"

enum { SEGMENT_BYTES = 16 * 1024 * 1024, UNSYNCED_BYTES = 512 * 1024 };

struct segments {
    const char *folder;
    int fd;           /* the newest segment; -1: none, or it is closed */
    int64_t bytes;    /* its size */
    int64_t unsynced; /* so many of them may not be on the disk yet */
    int64_t day;      /* UTC day of its last line */
    int64_t next;     /* seq of the next line to be written */
};

/* How the newest segment ends. */
struct tail {
    const char *line; /* last whole line; NULL: there is none */
    size_t length;
    int64_t seq;      /* its seq; -1: no line */
    const char *torn; /* bytes after the last line that is whole */
    size_t torn_length;
};

/* The names "audit-000000000000.jsonl" of a folder in order. A folder that is missing has none. */
MUST_CHECK bool segments_list(const char *folder, struct arena *arena, const char ***names,
                              size_t *count, struct err *err);

/* Opens the newest for appending; `folder` is kept. The tail lives in the arena. ERR_CONFIG when
 * the last line is no record. */
MUST_CHECK bool segments_open(struct segments *segments, const char *folder, struct arena *arena,
                              struct tail *tail, struct err *err);
void segments_close(struct segments *segments);

/* Cuts the torn bytes off. */
MUST_CHECK bool segments_cut(struct segments *segments, const struct tail *tail, struct err *err);

/* `lines` are whole lines of one day, `count` of them. ERR_SPACE: nothing was added, try again; any
 * other failure (ERR_IO) must end the process: what a failed fdatasync left on disk is unknown. */
MUST_CHECK bool segments_append(struct segments *segments, struct instant at, const char *lines,
                                size_t length, int64_t count, struct err *err);
/* All that was appended is on the disk. Fails as above. */
MUST_CHECK bool segments_sync(struct segments *segments, struct err *err);

#endif

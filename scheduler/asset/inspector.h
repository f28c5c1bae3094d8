/* asset/inspector.h - one run of the program crier-inspect over at most INSPECTOR_BATCH open files.
 *
 * The program stands beside the one that runs. It gets the files as descriptors 3, 4 ... and
 * answers one line of JSON each. What it does to itself (crash, hang, nonsense) leaves lines out;
 * it never reaches us. Knows nothing of names, hashes and limits.
 */
#ifndef CRIER_ASSET_INSPECTOR_H
#define CRIER_ASSET_INSPECTOR_H

#include "base/buffer.h"
#include "base/err.h"

enum { INSPECTOR_BATCH = 32 };

/* Fills `answer` with what it printed. Each file has `limit_ms` for its line, the first one counted
 * from the start; then the program is ended, and what it did not say is missing. False only when
 * the program cannot be started. The descriptors stay the caller's. */
MUST_CHECK bool inspector_run(const int *fds, size_t count, unsigned limit_ms,
                              struct buffer *answer, struct err *err);

#endif

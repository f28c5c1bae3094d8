/* daemon/reloaded.h - what the last reload did, kept in the outbox for `status`.
 *
 * Value "reload": {"at","by","added","changed","removed","held","returned": of the last reload
 * that changed anything (all null before the first), "read": when files were read last,
 * "mode":"auto"|"apply","waiting":{"added","changed"},"files":[{"file","edited","is"}]}. `is` says
 * what is the matter with a file: "broken" (what was planned from it before stays) or "waits" (for
 * somebody who applies it). Times are ms of the epoch here, RFC 3339 in `status`.
 */
#ifndef CRIER_DAEMON_RELOADED_H
#define CRIER_DAEMON_RELOADED_H

#include "base/json.h"
#include "daemon/planner.h"
#include "store/reload.h"

/* With the last step of a load, in its transaction. */
MUST_CHECK bool reloaded_store(struct outbox *outbox, const struct reading *reading,
                               const struct reload_result *result, struct instant now,
                               struct arena *arena, struct err *err);

/* As `status` shows it. */
MUST_CHECK bool reloaded_read(struct outbox *outbox, int offset_s, struct arena *arena,
                              json_t **shown, struct err *err);
/* The same where nothing was ever planned. */
json_t *reloaded_none(void);

#endif

/* daemon/compared.h - what the files would change in the outbox, as `crier plan` shows it.
 *
 * Filled in while a look (store/reload.h, RELOAD_LOOK) walks over the outbox: on the store thread,
 * or in the process of a command that owns the store. The result is the contract of `plan --json`
 * and of a saved plan:
 *
 * {"version":1,"made","workspace","reload":"auto"|"apply","until","files":[{"path","sha256"}],
 *  "changes":[{"change":"add"|"change"|"remove","id","name","account","platform","file","line",
 *    "what":[WORD...],"before":{...}|null,"after":{...}|null,"approvals_lost"}],
 *  "findings":[...],"counts":{"add","change","remove","unchanged","approvals_lost","errors",
 *    "warnings"},
 *  "hashes":{"files","plan","outbox"}}
 *
 * `what` names what differs: "text", "title", "media" ... as in the content; "made" (its pictures
 * are ready now), "time", "useful_for", "approvals", "settings", "state". `workspace` is the
 * SHA-256 of the audit log's public key: null where nothing was ever planned. The hashes are over
 * what was read, over what would be done, and over the rows that it would be done to, removals
 * aside, which nobody needs to apply: who applies the plan compares them with those of the moment.
 */
#ifndef CRIER_DAEMON_COMPARED_H
#define CRIER_DAEMON_COMPARED_H

#include "base/json.h"
#include "daemon/planner.h"
#include "store/reload.h"

enum { COMPARED_VERSION = 1 };

struct compared;

/* `reading` outlives it. `state` is where the audit log lies. */
struct compared *compared_new(const struct reading *reading, const char *state, struct instant now);
void compared_free(struct compared *compared); /* NULL is fine */

/* How a reload is told to look: the compared, lent, is shown everything. */
struct reload_manner compared_manner(struct compared *compared);
/* Before each step: where to ask for approvals. */
void compared_step(struct compared *compared, struct outbox *outbox);
/* The first failure of what it asked, after a step; true: none. */
MUST_CHECK bool compared_ok(const struct compared *compared, struct err *err);

/* At the end; the caller's to decref. `late` are the reload's findings. */
json_t *compared_result(struct compared *compared, const struct reload_result *result,
                        const struct findings *late);
/* Of a reading that a reload would refuse (crier.cfg has errors): nothing changes. */
json_t *compared_nothing(const struct reading *reading, const char *state, struct instant now);

#endif

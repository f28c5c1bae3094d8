/* commands/audit_lines.h - the audit log's lines, read from its files: no store, no daemon. */
#ifndef CRIER_COMMANDS_AUDIT_LINES_H
#define CRIER_COMMANDS_AUDIT_LINES_H

#include "base/err.h"
#include "base/json.h"

/* Calls `each` for every record of STATE/audit in order; it returns false to stop. `line` is the
 * record's bytes. */
MUST_CHECK bool audit_lines(const char *state,
                            bool (*each)(void *arg, const json_t *record, const char *line),
                            void *arg, struct err *err);

/* One record as a sentence for people on stdout; its delivery unless that stands above. */
void audit_print(const json_t *record, bool with_name);

/* Sets *err: the folder is not there yet, or closed to whoever asks. `error` is the errno. */
MUST_CHECK bool audit_missing(const char *folder, int error, struct err *err);

#endif

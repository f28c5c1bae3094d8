/* daemon/alarm.h - tells the duty officer.
 *
 * Runs the program of crier.cfg's `alarm` (no shell) with the text on its standard input, one at a
 * time; each alarm is also a line on stderr. Equal alarms within a minute are told once. A program
 * that fails or runs longer than 30 s is an error line; it is ended by process id.
 */
#ifndef CRIER_DAEMON_ALARM_H
#define CRIER_DAEMON_ALARM_H

#include <uv.h>

#include "base/clock.h"

struct alarms;

struct alarms *alarms_new(uv_loop_t *loop, struct clock *clock);
/* The program and its arguments, ends with NULL; NULL = only the line. Copied. */
void alarms_program(struct alarms *alarms, const char *const *program);
/* `word` is stable ("held", "doubt", "account" ...), `text` one sentence. */
void alarm_raise(struct alarms *alarms, const char *word, const char *text);
/* Alarms not yet told. */
size_t alarms_pending(const struct alarms *alarms);
/* Ends what runs; free after the loop has run. */
void alarms_stop(struct alarms *alarms);
void alarms_free(struct alarms *alarms);

#endif

/* base/log.h - one event, one line, on stderr.
 *
 * A line is at most 4 KiB; control bytes are escaped; a "<N>" prefix for the
 * journal is written when log_journal(true). No secret goes through here.
 */
#ifndef CRIER_BASE_LOG_H
#define CRIER_BASE_LOG_H

#include <stdbool.h>

#include "base/compiler.h"

enum log_level {
    LOG_ALARM = 2,
    LOG_ERROR = 3,
    LOG_WARNING = 4,
    LOG_NOTICE = 5,
    LOG_INFO = 6,
    LOG_DEBUG = 7
};

/* Lines above this level are not written. Default LOG_INFO. */
void log_limit(enum log_level level);
void log_journal(bool on);
/* Lines go to this descriptor from now on, until it is told stderr again. */
void log_file(int descriptor);

void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

#endif

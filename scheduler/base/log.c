#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

static enum log_level limit = LOG_INFO;
static bool journal;
static int file = STDERR_FILENO;

void log_limit(enum log_level level)
{
    limit = level;
}

void log_journal(bool on)
{
    journal = on;
}

void log_file(int descriptor)
{
    file = descriptor;
}

void log_line(enum log_level level, const char *format, ...)
{
    char line[LINE_BYTES];
    int prefix = 0, length;
    va_list args;

    if (level > limit)
        return;
    if (journal)
        prefix = snprintf(line, sizeof line, "<%d>", (int)level);
    va_start(args, format);
    length = vsnprintf(line + prefix, sizeof line - (size_t)prefix - 1, format, args);
    va_end(args);
    if (length < 0)
        return;
    length += prefix;
    if (length > (int)sizeof line - 2)
        length = (int)sizeof line - 2;
    for (int i = 0; i < length; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    }
    line[length++] = '\n';
    if (write(file, line, (size_t)length) < 0)
        return; /* nobody is left to tell */
}

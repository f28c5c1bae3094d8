#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_one_line(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
    }
}

/* A long text is cut, never refused: half a reason is better than none. */
PRINTF_LIKE(2, 0)
static void format_text(struct err *err, const char *format, va_list args)
{
    if (vsnprintf(err->text, sizeof err->text, format, args) < 0)
        err->text[0] = '\0';
    make_one_line(err->text);
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;

    err->kind = kind;
    va_start(args, format);
    format_text(err, format, args);
    va_end(args);
    return false;
}

static void append(struct err *err, const char *separator, const char *tail)
{
    const char *parts[] = {separator, tail};
    size_t used = strlen(err->text);
    size_t i;

    for (i = 0; i < COUNT_OF(parts); i++) {
        const char *from = parts[i];
        while (*from && used < sizeof err->text - 1)
            err->text[used++] = *from++;
    }
    err->text[used] = '\0';
}

bool err_errno(struct err *err, enum err_kind kind, int errno_value, const char *format, ...)
{
    char reason[128];
    va_list args;

    err->kind = (errno_value == ENOSPC || errno_value == EDQUOT) ? ERR_SPACE : kind;
    va_start(args, format);
    format_text(err, format, args);
    va_end(args);
    append(err, ": ", strerror_r(errno_value, reason, sizeof reason));
    return false;
}

bool err_within(struct err *err, const char *format, ...)
{
    struct err inner = *err;
    va_list args;

    va_start(args, format);
    format_text(err, format, args);
    va_end(args);
    append(err, ": ", inner.text);
    return false;
}

int err_exit_status(enum err_kind kind)
{
    static const int statuses[] = {
        [ERR_NONE] = 0, [ERR_FOUND] = 1,  [ERR_USAGE] = 2, [ERR_SERVICE] = 69,
        [ERR_IO] = 70,  [ERR_SPACE] = 70, [ERR_BUSY] = 75, [ERR_CONFIG] = 78,
    };

    return statuses[kind];
}

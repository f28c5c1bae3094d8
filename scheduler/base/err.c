#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

static void make_one_line(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
    }
}

/* Takes back the first bytes of a letter whose last ones found no room. */
static void end_with_whole_letter(char *text, size_t length)
{
    size_t tail = 0;

    while (tail < length && tail < 3 && ((unsigned char)text[length - 1 - tail] & 0xc0) == 0x80)
        tail++;
    if (tail < length && ((unsigned char)text[length - 1 - tail] & 0xc0) == 0xc0)
        text[length - 1 - tail] = '\0';
}

/* A long text is cut, never refused: half a reason is better than none. */
PRINTF_LIKE(2, 0)
static void format_text(struct err *err, const char *format, va_list args)
{
    /* clang 14 does not see the caller's. NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
    int length = vsnprintf(err->text, sizeof err->text, format, args);

    if (length < 0)
        err->text[0] = '\0';
    else if ((size_t)length >= sizeof err->text)
        end_with_whole_letter(err->text, sizeof err->text - 1);
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
        err->text[used] = '\0';
        if (*from)
            end_with_whole_letter(err->text, used);
    }
}

/* The C library has no Hindi. What is not here is rare, and comes in English. */
static const struct {
    int number;
    const char *text;
} reasons[] = {
    {EACCES, N_("Permission denied")},
    {EADDRINUSE, N_("Address already in use")},
    {EAGAIN, N_("Resource temporarily unavailable")},
    {EBADF, N_("Bad file descriptor")},
    {ECONNREFUSED, N_("Connection refused")},
    {ECONNRESET, N_("Connection reset by peer")},
    {EDQUOT, N_("Disk quota exceeded")},
    {EEXIST, N_("File exists")},
    {EFBIG, N_("File too large")},
    {EINVAL, N_("Invalid argument")},
    {EIO, N_("Input/output error")},
    {EISDIR, N_("Is a directory")},
    {ELOOP, N_("Too many levels of symbolic links")},
    {EMFILE, N_("Too many open files")},
    {ENAMETOOLONG, N_("File name too long")},
    {ENOENT, N_("No such file or directory")},
    {ENOMEM, N_("Cannot allocate memory")},
    {ENOSPC, N_("No space left on device")},
    {ENOTDIR, N_("Not a directory")},
    {ENOTEMPTY, N_("Directory not empty")},
    {EPERM, N_("Operation not permitted")},
    {EPIPE, N_("Broken pipe")},
    {EROFS, N_("Read-only file system")},
    {ETIMEDOUT, N_("Connection timed out")},
    {EXDEV, N_("Invalid cross-device link")},
};

static const char *reason_of(int number, char *room, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (reasons[i].number == number)
            return _(reasons[i].text);
    }
    return strerror_r(number, room, size);
}

bool err_errno(struct err *err, enum err_kind kind, int errno_value, const char *format, ...)
{
    char reason[128];
    va_list args;

    err->kind = (errno_value == ENOSPC || errno_value == EDQUOT) ? ERR_SPACE : kind;
    va_start(args, format);
    format_text(err, format, args);
    va_end(args);
    append(err, ": ", reason_of(errno_value, reason, sizeof reason));
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
        [ERR_NONE] = 0,   [ERR_FOUND] = 1, [ERR_USAGE] = 2,   [ERR_SERVICE] = 69, [ERR_IO] = 70,
        [ERR_SPACE] = 70, [ERR_BUSY] = 75, [ERR_CONFIG] = 78, [ERR_CHANGES] = 3,
    };

    return statuses[kind];
}

#include "commands/person.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/i18n.h"

enum {
    MOST_BYTES = 16 * 1024,
    ENTER = '\n',
    GIVE_UP = 3,
    END = 4,
    ERASE = 8,
    ERASE_ALL = 21,
    DELETE = 127
};

/* Byte by byte: the line editor of a terminal cuts at 4,096 bytes, and tokens are longer. */
static bool take_byte(struct buffer *line, char byte)
{
    switch (byte) {
    case ERASE:
    case DELETE:
        line->length -= line->length > 0;
        return true;
    case ERASE_ALL:
        line->length = 0;
        return true;
    default:
        return buffer_char(line, byte);
    }
}

/* True at the end of a line; false at the end of all, or when the person gave up. */
static bool read_line(bool terminal, struct buffer *line)
{
    char byte;

    while (read(STDIN_FILENO, &byte, 1) == 1) {
        if (byte == ENTER || byte == '\r')
            return true;
        if (terminal && (byte == GIVE_UP || (byte == END && line->length == 0)))
            return false;
        if (!(terminal ? take_byte(line, byte) : buffer_char(line, byte)))
            return false;
    }
    return !terminal && line->length > 0;
}

static bool read_hidden(const char *question, struct buffer *line)
{
    struct termios before, hidden;
    bool ok;

    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return read_line(false, line);
    hidden = before;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    hidden.c_cc[VMIN] = 1;
    hidden.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    (void)fprintf(stderr, "%s: ", question); /* from here on nothing is shown */
    ok = read_line(true, line);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    (void)fputc('\n', stderr);
    return ok;
}

static char *without_blanks(const struct buffer *line, struct arena *arena)
{
    const char *begin = line->bytes, *end = line->bytes + line->length;

    while (begin < end && strchr(" \t\r", *begin))
        begin++;
    while (end > begin && strchr(" \t\r", end[-1]))
        end--;
    return arena_text_n(arena, begin, (size_t)(end - begin));
}

bool person_secret(const char *question, struct arena *arena, char **answer, struct err *err)
{
    struct buffer line;
    bool ok;

    buffer_init(&line, MOST_BYTES);
    ok = isatty(STDIN_FILENO) ? read_hidden(question, &line) : read_line(false, &line);
    if (ok)
        *answer = without_blanks(&line, arena);
    if (line.capacity > 0)
        wipe(line.bytes, line.capacity);
    buffer_clear(&line);
    return ok || err_set(err, ERR_USAGE, _("there was no answer to \"%s\"; nothing was changed"),
                         question);
}

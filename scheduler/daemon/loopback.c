#include "daemon/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/i18n.h"

enum { MOST_ANSWER = 256 * 1024 * 1024, PATIENCE_S = 60 };

static struct sockaddr_in address_of(const char *host)
{
    const char *colon = strrchr(host, ':');

    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)(colon ? strtoul(colon + 1, NULL, 10) : 0)),
        .sin_addr = {htonl(INADDR_LOOPBACK)},
    };
}

static bool send_question(int fd, const char *host, const char *method, const char *path,
                          const char *body, struct err *err)
{
    struct arena scratch = {0};
    const char *text =
        arena_printf(&scratch,
                     "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     method, path, host, strlen(body), body);
    bool ok = write_all(fd, text, strlen(text), err);

    arena_clear(&scratch);
    return ok;
}

bool loopback_ask(const char *host, const char *method, const char *path, const char *body, int *fd,
                  struct err *err)
{
    const struct sockaddr_in address = address_of(host);
    const struct timeval patience = {.tv_sec = PATIENCE_S};

    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return err_errno(err, ERR_SERVICE, errno, _("no socket"));
    (void)setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(*fd, (const struct sockaddr *)&address, sizeof address) != 0)
        err_errno(err, ERR_SERVICE, errno, _("the sandbox at %s does not answer"), host);
    else if (send_question(*fd, host, method, path, body, err))
        return true;
    close(*fd);
    err->kind = ERR_SERVICE;
    return false;
}

static json_t *json_of(const struct buffer *answer, struct err *err)
{
    const char *rest = answer->length > 0 ? strstr(answer->bytes, "\r\n\r\n") : NULL;

    if (rest)
        return json_read_own(rest + 4, answer->length - (size_t)(rest + 4 - answer->bytes), err);
    err_set(err, ERR_SERVICE, _("the sandbox gave no answer"));
    return NULL;
}

json_t *loopback_answer(int fd, struct err *err)
{
    struct buffer answer;
    char piece[16 * 1024];
    json_t *value;
    ssize_t got;

    buffer_init(&answer, MOST_ANSWER);
    do {
        got = read(fd, piece, sizeof piece);
    } while ((got < 0 && errno == EINTR) || (got > 0 && buffer_add(&answer, piece, (size_t)got)));
    close(fd);
    value = json_of(&answer, err);
    buffer_clear(&answer);
    return value;
}

json_t *loopback_call(const char *host, const char *method, const char *path, const char *body,
                      struct err *err)
{
    int fd;

    return loopback_ask(host, method, path, body, &fd, err) ? loopback_answer(fd, err) : NULL;
}

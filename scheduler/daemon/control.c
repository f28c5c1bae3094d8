#include "daemon/control.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/i18n.h"

enum {
    MOST_BODY = 256 * 1024,
    MOST_GROUPS = 256,
    MOST_CONNECTIONS = 32,
    MEMORY_BYTES = 16 * 1024,
    IDLE_SECONDS = 60,
    BACKLOG = 16
};

struct control_call {
    struct control *control;
    struct MHD_Connection *connection;
    struct buffer body;
    struct MHD_Response *response; /* set once answered */
    bool asked;
    struct control_call *next; /* in control->calls while unanswered */
};

struct control {
    struct MHD_Daemon *server;
    struct clock *clock;
    uv_poll_t poll;
    struct clock_timer again;
    control_ask ask;
    void *arg;
    struct control_call *calls;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    bool stopping;
    bool answered; /* since the server last ran: it would wait before it sends */
};

/* What was answered while it was asked is sent in the next run. */
static void run_server(struct control *control)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;

    do {
        control->answered = false;
        (void)MHD_run(control->server);
    } while (control->answered);
    if (MHD_get_timeout(control->server, &wait_ms) == MHD_YES)
        control->clock->after(control->clock, &control->again, (struct span){(int64_t)wait_ms});
    else /* nobody is connected: no wake-up */
        control->clock->stop(control->clock, &control->again);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    run_server(poll->data);
}

static void on_again(struct clock_timer *timer)
{
    run_server(timer->owner);
}

static void unlink_call(struct control_call *call)
{
    struct control_call **at = &call->control->calls;

    while (*at && *at != call)
        at = &(*at)->next;
    if (*at)
        *at = call->next;
}

static struct MHD_Response *response_of(enum err_kind kind, const char *text, const json_t *result)
{
    struct arena scratch = {0};
    json_t *body = json_object();
    struct MHD_Response *response;
    size_t length;
    char *bytes;

    json_put_integer(body, "kind", (int64_t)kind);
    json_put(body, "text", text);
    json_put_new(body, "result", result ? json_deep_copy(result) : NULL);
    bytes = json_write(body, &scratch, &length);
    response = MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_COPY);
    json_decref(body);
    arena_clear(&scratch);
    if (!response)
        out_of_memory();
    (void)MHD_add_response_header(response, "Content-Type", "application/json");
    return response;
}

void control_answer(struct control_call *call, enum err_kind kind, const char *text,
                    const json_t *result)
{
    struct control *control = call->control;

    unlink_call(call);
    call->response = response_of(kind, text, result);
    MHD_resume_connection(call->connection);
    control->answered = true;
    if (!control->stopping)
        control->clock->after(control->clock, &control->again, (struct span){0});
}

static enum MHD_Result send_now(struct MHD_Connection *connection, unsigned status,
                                struct MHD_Response *response)
{
    enum MHD_Result sent = MHD_queue_response(connection, status, response);

    MHD_destroy_response(response);
    return sent;
}

static bool peer_of(struct MHD_Connection *connection, struct peer *peer, gid_t groups[MOST_GROUPS])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct ucred cred;
    socklen_t size = sizeof cred, group_size = (MOST_GROUPS - 1) * sizeof groups[0];

    if (!info || getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) != 0)
        return false;
    if (getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERGROUPS, groups, &group_size) != 0)
        return false;
    peer->uid = cred.uid;
    peer->pid = cred.pid;
    peer->groups = groups;
    peer->group_count = group_size / sizeof groups[0];
    groups[peer->group_count++] = cred.gid;
    return true;
}

static enum MHD_Result refuse(struct control_call *call, const char *why)
{
    return send_now(call->connection, MHD_HTTP_BAD_REQUEST, response_of(ERR_USAGE, why, NULL));
}

/* The whole body is here: hand it on, and let the connection rest until control_answer. */
static enum MHD_Result hand_on(struct control_call *call)
{
    struct control *control = call->control;
    gid_t groups[MOST_GROUPS];
    struct peer peer;
    struct err err;
    json_t *body;

    if (call->body.overflowed)
        return refuse(call, _("the request is too large"));
    if (!peer_of(call->connection, &peer, groups))
        return refuse(call, _("nobody knows who is asking"));
    body = json_read(call->body.bytes, call->body.length, &err);
    if (!json_is_object(body)) {
        json_decref(body);
        return refuse(call, _("the request is not a JSON object"));
    }
    call->asked = true;
    call->next = control->calls;
    control->calls = call;
    MHD_suspend_connection(call->connection);
    control->ask(control->arg, call, body, &peer);
    json_decref(body);
    return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    struct control *control = arg;
    struct control_call *call = *context;

    (void)version;
    if (!call) {
        call = calloc(1, sizeof *call);
        if (!call)
            out_of_memory();
        call->control = control;
        call->connection = connection;
        buffer_init(&call->body, MOST_BODY);
        *context = call;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        (void)buffer_add(&call->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (call->response) {
        struct MHD_Response *response = call->response;
        call->response = NULL;
        return send_now(connection, MHD_HTTP_OK, response);
    }
    if (call->asked)
        return MHD_YES;
    if (strcmp(method, "POST") != 0 || strcmp(url, "/v1/ask") != 0)
        return send_now(connection, MHD_HTTP_NOT_FOUND,
                        response_of(ERR_USAGE, _("no such address"), NULL));
    return hand_on(call);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct control_call *call = *context;

    (void)arg;
    (void)connection;
    (void)code;
    if (!call)
        return;
    if (call->response)
        MHD_destroy_response(call->response);
    buffer_clear(&call->body);
    free(call);
    *context = NULL;
}

static bool socket_address(const char *path, struct sockaddr_un *address, struct err *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address->sun_path)
        return err_set(err, ERR_CONFIG, _("the path of the control socket is too long: %s"), path);
    memcpy(address->sun_path, path, strlen(path) + 1);
    return true;
}

/* The lock is ours, so an old socket file is a leftover. */
static bool listen_on(const char *path, gid_t group, bool has_group, int *fd, struct err *err)
{
    struct sockaddr_un address;
    mode_t before;
    int bound;

    if (!socket_address(path, &address, err))
        return false;
    if (unlink(path) != 0 && errno != ENOENT)
        return err_errno(err, ERR_CONFIG, errno, _("%s cannot be replaced"), path);
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0)
        return err_errno(err, ERR_IO, errno, _("no control socket"));
    before = umask(0117); /* 0660 from the first moment; lint: umask because bind takes no mode */
    bound = bind(*fd, (struct sockaddr *)&address, sizeof address);
    umask(before); /* lint: umask because it is put back */
    if (bound != 0 || listen(*fd, BACKLOG) != 0) {
        int reason = errno;
        close(*fd);
        return err_errno(err, ERR_CONFIG, reason, _("the control socket %s cannot be opened"),
                         path);
    }
    if (has_group && chown(path, (uid_t)-1, group) != 0) {
        int reason = errno;
        close(*fd);
        return err_errno(err, ERR_CONFIG, reason,
                         _("the control socket cannot be given to the group 'editors'"));
    }
    return true;
}

bool control_start(uv_loop_t *loop, struct clock *clock, const char *path, gid_t group,
                   bool has_group, control_ask ask, void *arg, struct control **control,
                   struct err *err)
{
    struct control *made;
    int fd = -1;

    if (!listen_on(path, group, has_group, &fd, err))
        return false;
    made = calloc(1, sizeof *made);
    if (!made)
        out_of_memory();
    made->clock = clock;
    made->ask = ask;
    made->arg = arg;
    made->again = (struct clock_timer){.fire = on_again, .owner = made};
    memcpy(made->path, path, strlen(path) + 1);
    made->server =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, made,
                         MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd, MHD_OPTION_CONNECTION_TIMEOUT,
                         (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)MOST_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         (size_t)MEMORY_BYTES, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
                         MHD_OPTION_END);
    if (!made->server) {
        close(fd);
        free(made);
        return err_set(err, ERR_IO, _("the control socket's server cannot be started"));
    }
    uv_poll_init(loop, &made->poll,
                 MHD_get_daemon_info(made->server, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
    made->poll.data = made;
    uv_poll_start(&made->poll, UV_READABLE, on_poll);
    *control = made;
    return true;
}

size_t control_connections(const struct control *control)
{
    return control ? MHD_get_daemon_info(control->server, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
                         ->num_connections
                   : 0;
}

void control_stop(struct control *control)
{
    if (!control)
        return;
    control->stopping = true;
    while (control->calls)
        control_answer(control->calls, ERR_SERVICE,
                       _("the daemon is stopping; ask again in a moment"), NULL);
    (void)MHD_run(control->server);
    control->clock->stop(control->clock, &control->again);
    uv_poll_stop(&control->poll);
    uv_close((uv_handle_t *)&control->poll, NULL);
    MHD_stop_daemon(control->server);
    control->server = NULL;
    (void)unlink(control->path);
}

void control_free(struct control *control)
{
    free(control);
}

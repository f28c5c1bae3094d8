#include "sandbox/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "sandbox/platform.h"

enum {
    BODY_MOST = 1024 * 1024,
    FORM_MOST = 20 * 1024 * 1024,
    CONNECTION_MEMORY = 128 * 1024,
    IDLE_S = 120,
    MOST_HELD = 1000
};

enum stage { READING, WAITING_TO_WORK, WAITING_TO_ANSWER };

/* One request in the hands of the HTTP library. */
struct exchange {
    struct server *server;
    struct MHD_Connection *connection;
    struct request request;
    struct answer answer;
    const struct platform *platform; /* NULL: ours */
    struct visit *visit;             /* NULL: not on a platform, or ended */
    struct fault fault;              /* a copy: the list may be replaced meanwhile */
    bool is_faulty, has_begun, has_aim, is_too_large, is_gone;
    enum stage stage;
    bool is_held;
    size_t asks_for;        /* ours: answered when so many requests are held; 0 = at once */
    struct instant release; /* INSTANT_NONE: never */
    struct exchange *next_held;
    size_t reader_end; /* of a cut answer */
};

/* ---- holding ---- */

static int socket_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/* The library does not watch a held connection, so its client's going away is seen here. */
static void notice_gone(struct exchange *exchange)
{
    struct pollfd watched = {.fd = socket_of(exchange->connection), .events = POLLRDHUP};

    exchange->is_gone = exchange->is_gone || poll(&watched, 1, 0) > 0;
}

size_t server_held(const struct server *server, struct instant *until)
{
    struct exchange *exchange;
    size_t count = 0;

    *until = INSTANT_NONE;
    for (exchange = server->held; exchange; exchange = exchange->next_held) {
        notice_gone(exchange);
        if (exchange->is_gone || exchange->asks_for > 0)
            continue;
        count++;
        if (!instant_is_none(exchange->release) &&
            (instant_is_none(*until) || instant_before(exchange->release, *until)))
            *until = exchange->release;
    }
    return count;
}

static enum MHD_Result hold(struct exchange *exchange, struct instant release, enum stage stage)
{
    struct server *server = exchange->server;

    exchange->stage = stage;
    exchange->release = release;
    exchange->is_held = true;
    exchange->next_held = server->held;
    server->held = exchange;
    MHD_suspend_connection(exchange->connection);
    return MHD_YES;
}

static void let_go(struct exchange *exchange)
{
    struct exchange **link = &exchange->server->held;

    while (*link != exchange)
        link = &(*link)->next_held;
    *link = exchange->next_held;
    exchange->is_held = false;
    MHD_resume_connection(exchange->connection);
}

static bool may_go(const struct exchange *exchange, struct instant now, size_t held)
{
    if (exchange->server->stopping || exchange->is_gone)
        return true;
    if (exchange->asks_for > 0)
        return held >= exchange->asks_for;
    return !instant_is_none(exchange->release) && !instant_before(now, exchange->release);
}

static bool release_due(struct server *server)
{
    struct instant now = world_now(&server->world), until;
    size_t held = server_held(server, &until);
    struct exchange *exchange = server->held, *next;
    bool any = false;

    for (; exchange; exchange = next) {
        next = exchange->next_held;
        if (may_go(exchange, now, held)) {
            let_go(exchange);
            any = true;
        }
    }
    return any;
}

/* ---- sending ---- */

/* SO_LINGER alone would not do: the library shuts the socket down first, which is a polite FIN.
 * To disconnect the socket resets the connection at once. */
static void reset_connection(struct MHD_Connection *connection)
{
    const struct linger at_once = {.l_onoff = 1};
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    int fd = socket_of(connection);

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)connect(fd, &nobody, sizeof nobody);
}

static void end_visit(struct exchange *exchange, int status)
{
    if (!exchange->visit)
        return;
    world_visit_end(&exchange->server->world, exchange->visit, status,
                    exchange->request.account ? exchange->request.account->handle : NULL);
    exchange->visit = NULL;
}

static enum MHD_Result drop(struct exchange *exchange, bool reset)
{
    end_visit(exchange, 0);
    if (reset)
        reset_connection(exchange->connection);
    return MHD_NO;
}

static ssize_t read_cut(void *context, uint64_t position, char *buffer, size_t most)
{
    struct exchange *exchange = context;
    size_t at = (size_t)position;

    if (at >= exchange->reader_end) {
        if (fault_says(&exchange->fault, "reset"))
            reset_connection(exchange->connection);
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (most > exchange->reader_end - at)
        most = exchange->reader_end - at;
    memcpy(buffer, exchange->answer.body + at, most);
    return (ssize_t)most;
}

static struct MHD_Response *response_of(struct exchange *exchange)
{
    struct answer *answer = &exchange->answer;

    if (!exchange->is_faulty || exchange->fault.kind != FAULT_HALF_BODY)
        /* The arena outlives the answer; the library only wants to read. */
        return MHD_create_response_from_buffer(answer->length, (void *)(uintptr_t)answer->body,
                                               MHD_RESPMEM_PERSISTENT);
    exchange->reader_end =
        (size_t)fault_number(&exchange->fault, "bytes", (int64_t)(answer->length / 2));
    if (exchange->reader_end > answer->length)
        exchange->reader_end = answer->length;
    return MHD_create_response_from_callback(answer->length, 4096, read_cut, exchange, NULL);
}

static enum MHD_Result send_answer(struct exchange *exchange)
{
    struct answer *answer = &exchange->answer;
    struct MHD_Response *response = response_of(exchange);
    char date[INSTANT_TEXT];
    enum MHD_Result result;
    size_t i;

    MHD_add_response_header(response, MHD_HTTP_HEADER_DATE,
                            instant_http(world_now(&exchange->server->world), date));
    if (answer->mime)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->mime);
    for (i = 0; i < answer->headers.count; i++)
        MHD_add_response_header(response, answer->headers.items[i].name,
                                answer->headers.items[i].value);
    end_visit(exchange, answer->status);
    result = MHD_queue_response(exchange->connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- faults that answer by themselves ---- */

static void answer_status(struct exchange *exchange)
{
    const struct fault *fault = &exchange->fault;
    const json_t *body = json_object_get(fault->arg, "body");
    const json_t *headers = json_object_get(fault->arg, "headers");
    int64_t fill = json_integer_or(fault->arg, "fill", 0);
    struct request *request = &exchange->request;
    struct answer *answer = &exchange->answer;
    const char *name;
    json_t *value;

    *answer = (struct answer){0};
    if (json_is_string(body) || !body)
        answer_text(request, 0, "text/html; charset=utf-8", body ? json_string_value(body) : "",
                    answer);
    else
        answer_json(request, 0, json_deep_copy(body), answer);
    answer->status = (int)fault_number(fault, "code", 500);
    if (fill > 0 && fill <= 1 << 30) {
        answer->body = memset(arena_alloc(&request->arena, (size_t)fill), ' ', (size_t)fill);
        answer->length = (size_t)fill;
    }
    json_object_foreach((json_t *)(uintptr_t)headers, name, value)
    {
        if (strcasecmp(name, "Content-Type") == 0)
            answer->mime = arena_text(&request->arena, json_string_value(value));
        else if (json_is_string(value))
            answer_header(request, name, json_string_value(value), answer);
    }
}

static void answer_rate_limit(struct exchange *exchange)
{
    struct span wait = span_seconds(fault_number(&exchange->fault, "seconds", 60));

    exchange->platform->too_many(&exchange->request,
                                 instant_plus(world_now(&exchange->server->world), wait),
                                 &exchange->answer);
}

static void answer_expired(struct exchange *exchange)
{
    exchange->platform->no_token(&exchange->server->world, &exchange->request, &exchange->answer);
}

static const struct fault_rule {
    void (*instead)(
        struct exchange *exchange); /* the answer that takes the place of the real one */
} fault_rules[] = {
    [FAULT_STATUS] = {answer_status},
    [FAULT_RATE_LIMIT] = {answer_rate_limit},
    [FAULT_EXPIRE_TOKEN] = {answer_expired},
    [FAULT_QUIRK] = {NULL}, /* the last one: the table has a row for every kind */
};

/* ---- working ---- */

static void answer_really(struct exchange *exchange)
{
    struct server *server = exchange->server;
    struct request *request = &exchange->request;

    if (exchange->is_too_large && exchange->platform && exchange->platform->too_large)
        exchange->platform->too_large(request, &exchange->answer);
    else if (exchange->is_too_large)
        answer_text(request, 413, "text/plain", "Payload Too Large", &exchange->answer);
    else if (exchange->platform)
        exchange->platform->serve(exchange->platform, &server->world, request, &exchange->answer);
    else if (strcmp(request->path, "/") == 0)
        control_index(server, request, &exchange->answer);
    else
        control_serve(server, request, &exchange->answer);
}

static bool is_fault(const struct exchange *exchange, enum fault_kind kind)
{
    return exchange->is_faulty && exchange->fault.kind == kind;
}

static enum MHD_Result answer_and_send(struct exchange *exchange)
{
    return is_fault(exchange, FAULT_LOSE_ANSWER)
               ? drop(exchange, fault_says(&exchange->fault, "reset"))
               : send_answer(exchange);
}

static enum MHD_Result work(struct exchange *exchange)
{
    void (*instead)(struct exchange *) =
        exchange->is_faulty ? fault_rules[exchange->fault.kind].instead : NULL;

    if (!instead || fault_says(&exchange->fault, "stored"))
        answer_really(exchange);
    if (instead)
        instead(exchange);
    return answer_and_send(exchange);
}

static struct instant delay_end(const struct exchange *exchange)
{
    const struct span delay = {fault_number(&exchange->fault, "ms", 1000)};

    return instant_plus(world_now(&exchange->server->world), delay);
}

/* GET /_sandbox/clock?stalled=N is answered when N requests are held: whoever moves our clock
 * sleeps until then. */
static bool waits_for_others(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    const char *text = fields_text(&request->query, "stalled");
    struct instant until;

    if (exchange->platform || strcmp(request->path, "/_sandbox/clock") != 0 || !text)
        return false;
    exchange->asks_for = (size_t)strtoul(text, NULL, 10);
    return server_held(exchange->server, &until) < exchange->asks_for;
}

/* The whole request is here, or is back from being held. */
static enum MHD_Result serve(struct exchange *exchange)
{
    if (exchange->is_gone || (exchange->server->stopping && exchange->stage != READING))
        return drop(exchange, false);
    if (exchange->stage == WAITING_TO_ANSWER)
        return answer_and_send(exchange);
    if (exchange->stage == READING &&
        (is_fault(exchange, FAULT_STALL) || waits_for_others(exchange)))
        return hold(exchange, INSTANT_NONE, WAITING_TO_WORK);
    if (exchange->stage == READING && is_fault(exchange, FAULT_DELAY)) {
        if (fault_says(&exchange->fault, "before"))
            return hold(exchange, delay_end(exchange), WAITING_TO_WORK);
        answer_really(exchange);
        return hold(exchange, delay_end(exchange), WAITING_TO_ANSWER);
    }
    return work(exchange);
}

/* ---- reading ---- */

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct request *request = context;

    (void)kind;
    fields_add(&request->headers, name, value ? value : "", &request->arena);
    return MHD_YES;
}

/* DNS rebinding: a page elsewhere may make a browser talk to us, but under its own name. */
static bool is_our_name(const char *host)
{
    static const char *const ours[] = {"127.0.0.1", "localhost", "[::1]"};
    size_t i, length;

    for (i = 0; host && i < COUNT_OF(ours); i++) {
        length = strlen(ours[i]);
        if (strncasecmp(host, ours[i], length) == 0 &&
            (host[length] == '\0' || host[length] == ':') && strpbrk(host, "\"<>&/ ") == NULL)
            return true;
    }
    return false;
}

/* The reason to refuse before anything else, or NULL. */
static const char *refusal(const struct exchange *exchange)
{
    const struct request *request = &exchange->request;

    if (!is_our_name(request->host))
        return "SANDBOX: this Host is not mine";
    if (!exchange->has_aim)
        return "SANDBOX: the address is not UTF-8";
    if (strncmp(request->path, "/_sandbox/", 10) == 0 && header_text(&request->headers, "Origin"))
        return "SANDBOX: not for web pages";
    return NULL;
}

static void note_visit(struct exchange *exchange)
{
    struct server *server = exchange->server;
    const struct request *request = &exchange->request;
    const char *query = strchr(request->target, '?');
    const char *key_header = exchange->platform->key_header;
    const struct fault *fault;

    exchange->visit = world_visit(&server->world, exchange->platform->name, request->method,
                                  request->below, query ? query + 1 : NULL,
                                  key_header ? header_text(&request->headers, key_header) : NULL);
    fault = faults_meet(&server->faults, exchange->platform->name, request->method, request->path,
                        request->below);
    if (!fault)
        return;
    exchange->is_faulty = true;
    exchange->fault = *fault;
    exchange->fault.arg = json_deep_copy(fault->arg);
    arena_on_clear(&exchange->request.arena, (void (*)(void *))json_decref,
                   (void *)(uintptr_t)exchange->fault.arg);
    if (fault->kind == FAULT_QUIRK)
        exchange->request.quirk = json_string_value(exchange->fault.arg);
}

static size_t body_most(const struct exchange *exchange)
{
    if (request_body_is(&exchange->request, "multipart/form-data"))
        return FORM_MOST;
    return exchange->platform && exchange->platform->body_most ? exchange->platform->body_most
                                                               : BODY_MOST;
}

/* The headers are here. */
static enum MHD_Result begin(struct exchange *exchange, const char *method)
{
    struct request *request = &exchange->request;
    const char *reason;

    exchange->has_begun = true;
    request->came = world_now(&exchange->server->world);
    request->method = arena_text(&request->arena, method);
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, add_header, request);
    request->host = header_text(&request->headers, "Host");
    exchange->platform = platform_of_path(request->path, &request->below);
    buffer_init(&request->body, body_most(exchange));
    reason = refusal(exchange);
    if (reason) {
        answer_text(request, 403, "text/plain; charset=utf-8", reason, &exchange->answer);
        return send_answer(exchange);
    }
    if (exchange->platform)
        note_visit(exchange);
    return is_fault(exchange, FAULT_RESET) ? drop(exchange, true) : MHD_YES;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_length, void **slot)
{
    struct exchange *exchange = *slot;

    (void)context;
    (void)url;
    (void)version;
    exchange->connection = connection;
    if (!exchange->has_begun)
        return begin(exchange, method);
    if (*upload_length == 0)
        return serve(exchange);
    if (!buffer_add(&exchange->request.body, upload, *upload_length))
        exchange->is_too_large = true;
    *upload_length = 0;
    return MHD_YES;
}

static void *meet(void *context, const char *target, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);

    (void)connection;
    if (!exchange)
        out_of_memory();
    exchange->server = context;
    exchange->has_aim = request_aim(&exchange->request, target);
    return exchange;
}

static void part(void *context, struct MHD_Connection *connection, void **slot,
                 enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *slot;

    (void)context;
    (void)connection;
    (void)code;
    if (!exchange)
        return;
    end_visit(exchange, 0);
    buffer_clear(&exchange->request.body);
    arena_clear(&exchange->request.arena);
    free(exchange);
    *slot = NULL;
}

/* ---- the loop ---- */

/* Before anybody learns our port: from then on an end is always a clean one. */
static bool catch_ends(struct server *server, struct err *err)
{
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    server->signals = signalfd(-1, &ends, SFD_CLOEXEC);
    return server->signals >= 0 || err_errno(err, ERR_IO, errno, "signalfd");
}

bool server_start(struct server *server, uint16_t port, uint16_t *bound, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const union MHD_DaemonInfo *info;

    if (!catch_ends(server, err))
        return false;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK, port, NULL, NULL,
        handle, server, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, meet, server,
        MHD_OPTION_NOTIFY_COMPLETED, part, server, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_END);
    if (!server->daemon)
        return err_errno(err, ERR_SERVICE, errno, "cannot listen on 127.0.0.1:%u", port);
    info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    *bound = info->port;
    return true;
}

static int wait_ms(struct server *server)
{
    MHD_UNSIGNED_LONG_LONG library;
    struct instant until;
    int64_t wait = -1, hold_ms;

    if (MHD_get_timeout(server->daemon, &library) == MHD_YES)
        wait = library < 60000 ? (int64_t)library : 60000;
    (void)server_held(server, &until);
    if (!server->world.virtual_clock && !instant_is_none(until)) {
        hold_ms = instant_since(until, world_now(&server->world)).ms;
        hold_ms = hold_ms < 0 ? 0 : hold_ms > 60000 ? 60000 : hold_ms;
        wait = wait < 0 || hold_ms < wait ? hold_ms : wait;
    }
    return (int)wait;
}

/* Sleeps until something happens, held clients going away included; false when a signal asks us to
 * end. */
static bool await(struct server *server, int epoll)
{
    struct pollfd watched[2 + MOST_HELD] = {{.fd = server->signals, .events = POLLIN},
                                            {.fd = epoll, .events = POLLIN}};
    struct exchange *exchange, *who[2 + MOST_HELD];
    nfds_t count = 2, i;

    for (exchange = server->held; exchange && count < COUNT_OF(watched);
         exchange = exchange->next_held) {
        who[count] = exchange;
        watched[count++] =
            (struct pollfd){.fd = socket_of(exchange->connection), .events = POLLRDHUP};
    }
    if (poll(watched, count, wait_ms(server)) <= 0)
        return true;
    for (i = 2; i < count; i++)
        who[i]->is_gone = watched[i].revents != 0;
    return watched[0].revents == 0;
}

void server_run(struct server *server)
{
    int epoll = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;

    while (await(server, epoll)) {
        MHD_run(server->daemon);
        while (release_due(server)) /* a PUT of the clock may have made some due */
            MHD_run(server->daemon);
    }
}

void server_stop(struct server *server)
{
    server->stopping = true;
    if (server->signals > 0)
        close(server->signals);
    if (server->daemon) {
        (void)release_due(server);
        MHD_run(server->daemon);
        MHD_stop_daemon(server->daemon);
    }
    faults_clear(&server->faults);
    world_close(&server->world);
}

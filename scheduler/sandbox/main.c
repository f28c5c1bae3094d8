/* crier-sandbox: the platforms' servers for rehearsals and tests, on this computer only. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "sandbox/server.h"

struct options {
    uint16_t port;
    const char *state, *script, *strict;
    bool virtual_clock, unlimited;
    struct instant start; /* of a virtual clock; NONE = now */
};

static const char usage[] = N_(
    "usage: crier-sandbox [--port P] [--state DIR] [--script FILE] [--strict FILE]\n"
    "                     [--virtual[=TIME]] [--unlimited]\n"
    "The platforms' publishing servers for rehearsals, on 127.0.0.1 only. Nothing is published.\n"
    "  --port P       port; 0 (default) chooses a free one. The first line of output names it\n"
    "  --state DIR    keep posts and media in DIR over a restart\n"
    "  --script FILE  faults from the start, JSON as for PUT /_sandbox/faults\n"
    "  --strict FILE  accept only the credentials of this JSON list\n"
    "  --virtual      the clock stands still until PUT /_sandbox/clock sets it; TIME (RFC 3339) "
    "is\n"
    "                 where it begins, and may lie in the past\n"
    "  --unlimited    count rate limits but do not keep them\n"
    "Any credential is accepted; sandbox-NAME is the account NAME. A webhook to /webhook/NAME is\n"
    "verified with whsec_ and the base64 of SHA-256(\"sandbox-NAME\"), or with the whsec_ secrets\n"
    "that --strict lists.\n");

static bool read_port(const char *text, uint16_t *port)
{
    char *end = NULL;
    long number = text ? strtol(text, &end, 10) : -1;

    *port = (uint16_t)number;
    return end && end != text && *end == '\0' && number >= 0 && number <= 65535;
}

/* False when the usage is wrong; *help when it was asked for. */
static bool read_options(int argc, char **argv, struct options *options, bool *help)
{
    static const struct option names[] = {
        {"port", required_argument, NULL, 'p'},    {"state", required_argument, NULL, 's'},
        {"script", required_argument, NULL, 'f'},  {"strict", required_argument, NULL, 'c'},
        {"virtual", optional_argument, NULL, 'v'}, {"unlimited", no_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},          {0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == 'p' && !read_port(optarg, &options->port))
            return false;
        if (option == 'v' && optarg && !instant_parse(optarg, &options->start))
            return false;
        if (option == '?')
            return false;
        options->state = option == 's' ? optarg : options->state;
        options->script = option == 'f' ? optarg : options->script;
        options->strict = option == 'c' ? optarg : options->strict;
        options->virtual_clock |= option == 'v';
        options->unlimited |= option == 'u';
        *help |= option == 'h';
    }
    return optind == argc;
}

static bool read_script(struct server *server, const char *path, struct arena *arena,
                        struct err *err)
{
    char *bytes;
    size_t length;

    return !path || ((file_read(path, JSON_MAX_BYTES, arena, &bytes, &length, err) &&
                      faults_read(&server->faults, bytes, length, err)) ||
                     err_within(err, "--script %s", path));
}

static bool is_list_of_texts(const json_t *list)
{
    size_t i;

    for (i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_array_get(list, i)))
            return false;
    return json_is_array(list);
}

static bool read_strict(struct server *server, const char *path, struct arena *arena,
                        struct err *err)
{
    char *bytes;
    size_t length;
    json_t *list;

    if (!path)
        return true;
    if (!file_read(path, JSON_MAX_BYTES, arena, &bytes, &length, err))
        return err_within(err, "--strict");
    list = json_read(bytes, length, err);
    if (list)
        arena_on_clear(arena, (void (*)(void *))json_decref, list);
    if (!is_list_of_texts(list))
        return err_set(err, ERR_CONFIG, "--strict %s: want a JSON list of credentials", path);
    server->world.accepted = list;
    return true;
}

static bool run(struct server *server, const struct options *options, struct arena *arena,
                struct err *err)
{
    uint16_t port;

    if (!world_open(&server->world, options->state, options->virtual_clock, options->start, err))
        return false;
    server->world.unlimited = options->unlimited;
    if (!read_script(server, options->script, arena, err) ||
        !read_strict(server, options->strict, arena, err) ||
        !server_start(server, options->port, &port, err))
        return false;
    printf("READY http://127.0.0.1:%u\n", port);
    fflush(stdout);
    server_run(server);
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {.start = INSTANT_NONE};
    struct server server = {0};
    struct arena arena = {0};
    struct err err = {0};
    bool help = false, good;

    i18n_start(NULL);
    if (!read_options(argc, argv, &options, &help)) {
        fputs(_(usage), stderr);
        return err_exit_status(ERR_USAGE);
    }
    if (help) {
        fputs(_(usage), stdout);
        return 0;
    }
    signal(SIGPIPE, SIG_IGN);
    json_object_seed(0);
    good = run(&server, &options, &arena, &err);
    server_stop(&server);
    arena_clear(&arena);
    if (good)
        return 0;
    log_line(LOG_ERROR, "crier-sandbox: %s", err.text);
    return err_exit_status(err.kind);
}

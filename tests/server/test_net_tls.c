/* T23: a live account talks only to a server that proves who it is; nothing of a request goes to
 * any other. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/net_fixture.h"

enum { MOST_SERVERS = 16 };

struct servers {
    pid_t program;
    FILE *output;
    int input; /* closed: the program ends */
    size_t count;
    struct {
        char name[32];
        int port;
    } items[MOST_SERVERS];
    char folder[64];
};

static void start_program(struct servers *servers)
{
    int in[2], out[2];

    strcpy(servers->folder,
           "/tmp/crier-tls-XXXXXX"); /* lint: strcpy because a literal into a larger array */
    assert_non_null(mkdtemp(servers->folder));
    assert_true(pipe(in) == 0 && pipe(out) == 0);
    servers->program = fork();
    if (servers->program == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        execl("tests/server/tls_server.py", "tls_server.py", servers->folder, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    servers->input = in[1];
    servers->output = fdopen(out[0], "r");
    assert_non_null(servers->output);
}

static int start(void **state)
{
    struct servers *servers = calloc(1, sizeof *servers);
    char line[64];

    start_program(servers);
    *state = servers;
    while (fgets(line, sizeof line, servers->output) && strcmp(line, "READY\n") != 0) {
        size_t i = servers->count++;
        assert_true(i < MOST_SERVERS);
        assert_int_equal(sscanf(line, "%31s %d", servers->items[i].name, &servers->items[i].port),
                         2);
    }
    return servers->count > 0 ? 0 : -1;
}

/* Ends the program; how many requests anybody decrypted. */
static size_t requests(struct servers *servers)
{
    size_t count = 0;
    char line[64];

    close(servers->input);
    while (fgets(line, sizeof line, servers->output))
        count += strncmp(line, "REQUEST", 7) == 0;
    waitpid(servers->program, NULL, 0);
    return count;
}

static int end(void **state)
{
    struct servers *servers = *state;
    char command[128];

    (void)fclose(servers->output);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", servers->folder);
    free(servers);
    return system(command);
}

static void only_the_server_that_proves_who_it_is_gets_a_request(void **state)
{
    static const struct http_request post = {.method = "POST",
                                             .path = "/api/v1/statuses",
                                             .body = "{}",
                                             .body_length = 2,
                                             .kind = REQUEST_PUBLISH,
                                             .signing = "bearer"};
    struct servers *servers = *state;
    struct net_fixture fixture;
    char ca[128], host[64];

    (void)snprintf(ca, sizeof ca, "%s/ca.pem", servers->folder);
    net_fixture_start_trusting(&fixture, 1, ca);
    for (size_t i = 0; i < servers->count; i++) {
        const bool good = strcmp(servers->items[i].name, "good") == 0;
        (void)snprintf(host, sizeof host, "localhost:%d", servers->items[i].port);
        fixture.account = (struct account){.name = "drill", .live = true, .server = host};
        net_fixture_ask(&fixture, &post, true);
        printf("%s: %s\n", servers->items[i].name,
               fixture.reply.why ? fixture.reply.why : "answered");
        assert_int_equal(fixture.reply.fate, good ? FATE_ANSWERED : FATE_NOT_SENT);
    }
    net_fixture_stop(&fixture);
    assert_int_equal(servers->count, 9);
    assert_int_equal(requests(servers), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_the_server_that_proves_who_it_is_gets_a_request, start,
                                        end),
    };

#ifdef CRIER_FAULT
    puts("SKIPPED net_tls: a fault build does not talk to live accounts");
    return 77;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "support/sandbox_process.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void sandbox_start(struct sandbox_process *sandbox)
{
    const char *folder = getenv("CRIER_BIN");
    char program[512], line[128] = "";
    int ends[2];
    FILE *output;

    (void)snprintf(program, sizeof program, "%s/crier-sandbox", folder ? folder : "build/dev/bin");
    assert_int_equal(pipe(ends), 0);
    sandbox->pid = fork();
    if (sandbox->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(program, program, "--port", "0", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    output = fdopen(ends[0], "r");
    assert_non_null(fgets(line, sizeof line, output));
    assert_non_null(strrchr(line, ':'));
    sandbox->port = (int)strtol(strrchr(line, ':') + 1, NULL, 10);
    (void)fclose(output);
}

void sandbox_stop(struct sandbox_process *sandbox)
{
    kill(sandbox->pid, SIGTERM);
    waitpid(sandbox->pid, NULL, 0);
}

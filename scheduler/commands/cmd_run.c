/* crier run - the daemon. */
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"
#include "commands/command.h"
#include "commands/terminal.h"
#include "daemon/daemon.h"

static const struct command_option options[] = {
    {0, "until-idle", NULL, N_("end when nothing is left that could go out by itself"), false},
    {0},
};

static bool run(const struct invocation *invocation, struct err *err)
{
    struct daemon_options daemon = {
        .workspace = invocation->workspace,
        .state = invocation->state,
        .runtime = invocation->runtime,
        .credentials = invocation->credentials,
        .until_idle = invocation_has(invocation, "until-idle"),
        .terminal = terminal_columns(STDERR_FILENO),
        .colour = invocation->colour,
    };

    /* A typing mistake in -C must not leave a state folder behind. A workspace whose crier.cfg was
     * lost goes by its last good copy. */
    if (access(arena_printf(invocation->arena, "%s/outbox.db", invocation->state), F_OK) != 0 &&
        !invocation_workspace(invocation, err))
        return false;
#ifdef CRIER_FAULT
    daemon.virtual_host = getenv("CRIER_VIRTUAL");
#endif
    log_journal(getenv("JOURNAL_STREAM") != NULL);
    return daemon_run(&daemon, err);
}

const struct command cmd_run = {
    .name = "run",
    .summary = N_("the daemon: publishes each post at its time"),
    .usage = "run [--until-idle]",
    .details = N_("Prints READY when posts due from now on go out in time. SIGTERM and Ctrl-C end "
                  "it,\nSIGHUP reads the files again, SIGUSR2 or a file HOLD in the state folder "
                  "holds everything."),
    .options = options,
    .effects = READS_FILES | USES_STORE | USES_NETWORK | SPEAKS_TO_ALL,
    .run = run,
};

/* crier run - the daemon. */
#include <stdlib.h>

#include "base/i18n.h"
#include "base/log.h"
#include "commands/command.h"
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
    };

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
    .options = options,
    .effects = READS_FILES | USES_STORE | USES_NETWORK,
    .run = run,
};

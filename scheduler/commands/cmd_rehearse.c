/* crier rehearse - the plan of the workspace in virtual time, against a sandbox of its own. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/i18n.h"
#include "base/log.h"
#include "campaign/checker.h"
#include "commands/rehearse.h"
#include "daemon/daemon.h"

enum { DEFAULT_DAYS = 30 };

static int64_t monotonic_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- what is asked for ---- */

static bool read_seed(struct rehearse *rehearse, const char *text, struct err *err)
{
    char *end;

    rehearse->in_order = text != NULL;
    if (!text) {
        random_bytes(&rehearse->seed, sizeof rehearse->seed);
        return true;
    }
    errno = 0;
    rehearse->seed = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0)
        return true;
    return err_set(err, ERR_USAGE, _("--seed is a whole number, not \"%s\""), text);
}

static bool read_script(struct rehearse *rehearse, const char *path, struct err *err)
{
    rehearse->script = path;
    if (!path || access(path, R_OK) == 0)
        return true;
    return err_errno(err, ERR_USAGE, errno, _("the fault script %s cannot be read"), path);
}

static bool read_request(struct rehearse *rehearse, struct err *err)
{
    const struct invocation *invocation = rehearse->invocation;

    if (!survey_count(invocation, "days", SURVEY_MOST_DAYS, DEFAULT_DAYS, &rehearse->days, err) ||
        !read_seed(rehearse, invocation_value(invocation, "seed"), err) ||
        !read_script(rehearse, invocation_value(invocation, "script"), err) ||
        !invocation_workspace(invocation, err) ||
        !survey_make(invocation, NULL, &rehearse->survey, err) ||
        !survey_time(&rehearse->survey, invocation_value(invocation, "from"), invocation->now,
                     &rehearse->from, err))
        return false;
    rehearse->keep = invocation_value(invocation, "keep");
    rehearse->until = instant_plus(rehearse->from, span_days(rehearse->days));
    rehearse->progress = isatty(STDERR_FILENO) && !invocation->json;
    return true;
}

/* ---- the files ---- */

/* Errors end it before anything is made: what is wrong is known without a rehearsal. */
static bool files_are_good(struct rehearse *rehearse, struct err *err)
{
    struct findings *findings = &rehearse->survey.findings;

    check_set(&rehearse->survey.set, rehearse->from, rehearse->survey.facts,
              rehearse->survey.fact_count, rehearse->arena, findings);
    if (findings->errors == 0)
        return true;
    findings_sort(findings);
    if (rehearse->invocation->json)
        rehearse_print_json(rehearse, NULL, stdout);
    else
        survey_tell(findings, stdout);
    return err_set(err, ERR_FOUND,
                   _("the files have errors; a rehearsal begins when they are corrected"));
}

/* ---- the run ---- */

/* The daemon's words go into the folder; returns the former place of them. */
static bool move_log(const struct rehearse *rehearse, int *log, struct err *err)
{
    const char *path = arena_printf(rehearse->arena, "%s/daemon.log", rehearse->folder);

    *log = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (*log < 0)
        return err_errno(err, ERR_IO, errno, "%s", path);
    log_file(*log);
    return true;
}

static bool run_daemon(struct rehearse *rehearse, struct err *err)
{
    struct rehearsal rehearsal = {
        .host = rehearse->host,
        .until = rehearse->until,
        .in_order = rehearse->in_order,
        .seed = rehearse->seed,
        .moved = rehearse_moved,
        .arg = rehearse,
    };
    struct daemon_options options = {
        .workspace = rehearse->workspace,
        .state = rehearse->state,
        .runtime = rehearse->state,
        .rehearsal = &rehearsal,
    };
    int log;
    bool ok;

    if (!move_log(rehearse, &log, err))
        return false;
    ok = daemon_run(&options, err);
    log_file(STDERR_FILENO);
    close(log);
    if (ok && !rehearsal.ended)
        ok =
            err_set(err, ERR_FOUND, _("the rehearsal was stopped before its end and says nothing"));
    return ok;
}

static bool play(struct rehearse *rehearse, struct rehearse_result *result, struct err *err)
{
    int64_t began = monotonic_ms();
    bool ok = rehearse_make_folder(rehearse, err) && rehearse_start_sandbox(rehearse, err) &&
              rehearse_write_config(rehearse, err) && run_daemon(rehearse, err) &&
              rehearse_count(rehearse, result, err);

    if (!ok && err->kind == ERR_SPACE)
        err_within(err, _("the folder of the rehearsal (TMPDIR or --keep)"));
    rehearse->wall_ms = monotonic_ms() - began;
    rehearse_end_progress(rehearse);
    rehearse_stop_sandbox(rehearse);
    rehearse_remove_folder(rehearse);
    return ok;
}

/* From here to the end a signal waits, or goes to the daemon: nothing of ours is left behind. */
static bool play_undisturbed(struct rehearse *rehearse, struct rehearse_result *result,
                             struct err *err)
{
    sigset_t ends, before;
    bool ok;

    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &ends, &before);
    ok = play(rehearse, result, err);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return ok;
}

static bool rehearse_all(struct rehearse *rehearse, struct err *err)
{
    struct rehearse_result result;

    if (!read_request(rehearse, err) || !files_are_good(rehearse, err))
        return false;
    survey_end(
        &rehearse->survey); /* its cache: what is made is made in the rehearsal's own folder */
    if (!play_undisturbed(rehearse, &result, err))
        return false;
    if (rehearse->invocation->json)
        rehearse_print_json(rehearse, &result, stdout);
    else
        rehearse_print(rehearse, &result, stdout);
    return rehearse_is_good(&result) || err_set(err, ERR_FOUND, "%s", "");
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct rehearse rehearse = {.invocation = invocation, .arena = invocation->arena};
    bool ok = rehearse_all(&rehearse, err);

    survey_end(&rehearse.survey);
    return ok;
}

static const struct command_option options[] = {
    {0, "days", "N", N_("how many days, 1 to 400 (default: 30)"), false},
    {0, "from", "TIME", N_("where to begin: a date, a date and time, or RFC 3339 (default: now)"),
     false},
    {0, "seed", "N", N_("the same number gives the same run: requests go out one at a time"),
     false},
    {0, "script", "FILE", N_("faults that the sandbox shall have, as JSON (default: none)"), false},
    {0, "keep", "DIR", N_("keep outbox, audit trail and the sandbox's pages in a new folder DIR"),
     false},
    {0},
};

const struct command cmd_rehearse = {
    .name = "rehearse",
    .summary = N_("a month in moments: the whole plan against a sandbox, in virtual time"),
    .usage = "rehearse [--days N] [--from TIME] [--seed N] [--script FILE] [--keep DIR] [--json]",
    .details = N_(
        "Engine, store, network and HTTP are the real ones; the clock, the platforms' servers,\n"
        "the credentials and the people who approve are not. Every account, live or not, speaks\n"
        "to a sandbox of its own; the real state folder and credentials are not opened.\n"
        "Exit status 0 only if, by the sandbox's own count, nothing went out twice and nothing\n"
        "was lost."),
    .options = options,
    .effects = READS_FILES | REHEARSES,
    .run = run,
};

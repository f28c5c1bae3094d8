/* Crier: campaign files in, posts on the department's own accounts out, each exactly once.
 *
 * The map of the program, from the bottom up; each folder is a library, each header a manual page:
 *
 *   base/       errors, arenas, instants, JSON, digests, files
 *   text/       counting, links and tags in a text, Unicode safety
 *   calendar/   time zones, repeating rules, quiet hours and blackouts
 *   campaign/   what staff wrote: reader, checker, render, plan; what a delivery is
 *   platform/   each platform as pure machines (NAME*.c): request out, reply in
 *   engine/     engine_step: every decision, pure
 *   asset/      media: facts, renditions, and the spool that pins both
 *   store/      outbox and audit trail on SQLite, on a thread of its own
 *   net/        requests on the wire; the only place that knows a secret
 *   page/       the page of `preview --html`
 *   daemon/     the loop that carries things between all of these
 *   commands/   one file a command, one row each in table.c
 *   inspector/  the program crier-inspect: what a media file is, asked in a process of its own
 *   renderer/   the program crier-render: decodes media files, and makes of them what goes out
 *   sandbox/    the program crier-sandbox: the platforms' servers, for rehearsals and tests
 *
 *   campaigns/NAME.cfg ─reader─> campaigns ─checker─> findings
 *                                   │ plan and render
 *                                   v
 *                         deliveries ─> outbox: planned ─ ready ─ sending ─ published
 *   commands ─control socket─> daemon ── engine_step(event) -> saves | sends | timers
 *                                │             │
 *                       crier-inspect,     adapter (pure) -> request -> net -> platform
 *                       crier-render
 *
 * Where to begin: a post's way through the program is campaign/reader.h, campaign/plan.h,
 * store/reload.h, engine/engine.h, platform/adapter.h, net/transfer.h, in this order.
 *
 * This file finds the command, tells it no more than its row declares, and turns the kind of an
 * error into an exit status. Nobody else does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/json.h"
#include "campaign/reader.h"
#include "commands/command.h"
#include "commands/terminal.h"
#include "text/similar.h"

#ifndef CRIER_VERSION
#define CRIER_VERSION "unknown"
#endif

static int print_version(void)
{
    (void)puts("crier " CRIER_VERSION);
    return 0;
}

static void print_overview(FILE *out)
{
    struct arena arena = {0};

    (void)fputs(
        _("Usage: crier [-C WORKSPACE] COMMAND\n\n"
          "Publishes campaigns on the department's own accounts, each post exactly once.\n\n"
          "Commands:\n"),
        out);
    for (size_t i = 0; commands[i]; i++)
        terminal_print(out, arena_printf(&arena, "  %-10s ", commands[i]->name), "",
                       _(commands[i]->summary), &arena);
    (void)fputs(
        _("\nOptions:\n"
          "  -C WORKSPACE  the folder with crier.cfg, campaigns/ and media/ (default: here)\n"
          "  --version     print the version\n"
          "  --help        print this; crier COMMAND --help says more\n\n"
          "Exit status: 0 done; 1 errors found, or something failed; 2 wrong usage or\n"
          "unknown name; 3 plan --exit-code found changes; 69 service unavailable;\n"
          "70 internal or disk failure; 75 locked, try again; 78 configuration or state\n"
          "refused.\n"),
        out);
    arena_clear(&arena);
}

static bool speaks_to_all(const char *name)
{
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i]->effects & SPEAKS_TO_ALL;
    }
    return false;
}

/* A person's own language goes before the workspace's. `name` is the command's, or NULL. */
static void choose_language(const char *workspace, const char *name)
{
    const char *language = i18n_wanted();

    if (!language || (name && speaks_to_all(name))) {
        const char *ours = workspace_language(workspace);

        language = ours ? ours : language;
    }
    i18n_start(language);
}

static const struct command *command_find(const char *name, struct err *err)
{
    struct similar similar = similar_to(name);

    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
        similar_offer(&similar, commands[i]->name);
    }
    if (similar.best)
        (void)err_set(err, ERR_USAGE, _("there is no command \"%s\"; did you mean \"%s\"?"), name,
                      similar.best);
    else
        (void)err_set(err, ERR_USAGE, _("there is no command \"%s\"; see crier --help"), name);
    return NULL;
}

/* A NULL or empty variable is no answer. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* A relative $XDG_CACHE_HOME is none, by its specification. */
static const char *cache_folder(struct arena *arena)
{
    const char *cache = environment("XDG_CACHE_HOME"), *home = environment("HOME");

    if (cache && *cache == '/')
        return arena_printf(arena, "%s/crier", cache);
    return home && *home == '/' ? arena_printf(arena, "%s/.cache/crier", home) : NULL;
}

/* A command is told where the store and the credentials lie only if its row says that it uses them:
 * a dry run has nothing to send with. */
static void keep_promise(struct invocation *invocation)
{
    unsigned effects = invocation->command->effects;

    if (effects & USES_STORE) {
        const char *state = environment("STATE_DIRECTORY");
        const char *runtime = environment("RUNTIME_DIRECTORY");

        invocation->state =
            state ? state : arena_printf(invocation->arena, "%s/state", invocation->workspace);
        invocation->runtime = runtime ? runtime : invocation->state;
    }
    if (effects & (USES_NETWORK | JUDGES_CREDENTIALS))
        invocation->credentials = environment("CREDENTIALS_DIRECTORY");
    if (effects & (READS_FILES | REHEARSES))
        invocation->cache = cache_folder(invocation->arena);
}

static struct instant wall_clock(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (struct instant){(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
}

static bool refuse_option(const char *option, struct err *err)
{
    if (strcmp(option, "-C") == 0)
        return err_set(err, ERR_USAGE, _("-C needs a folder: crier -C FOLDER COMMAND"));
    return err_set(err, ERR_USAGE, _("unknown option %s; see crier --help"), option);
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

/* argv[0] is the command's name. */
static bool run_command(struct invocation *invocation, int argc, char **argv, struct err *err)
{
    invocation->command = command_find(argv[0], err);
    if (!invocation->command)
        return false;
    if (asks_for_help(argc, argv)) {
        command_help(invocation->command, stdout);
        return true;
    }
    keep_promise(invocation);
    return invocation_parse(invocation, argc - 1, argv + 1, err) &&
           invocation->command->run(invocation, err);
}

static void print_error(const char *text)
{
    struct arena arena = {0};

    terminal_print(stderr, "crier: ", "", text, &arena);
    arena_clear(&arena);
}

static int finish(bool ok, struct err *err)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        ok = false;
        (void)err_set(err, ERR_IO, _("the output could not be written"));
    }
    if (!ok && err->text[0])
        print_error(err->text);
    return ok ? 0 : err_exit_status(err->kind);
}

static int run_main(int argc, char **argv, const char *workspace)
{
    struct arena arena = {0};
    struct err err = {0};
    struct invocation invocation = {
        .workspace = workspace,
        .colour = isatty(STDOUT_FILENO) && !environment("NO_COLOR"),
        .now = wall_clock(),
        .arena = &arena,
    };
    bool ok = run_command(&invocation, argc, argv, &err);
    int status = finish(ok, &err);

    arena_clear(&arena);
    return status;
}

int main(int argc, char **argv)
{
    const char *workspace = ".";
    struct err err;
    int at = 1;

    json_object_seed(0);
    if (at + 1 < argc && strcmp(argv[at], "-C") == 0) {
        workspace = argv[at + 1];
        at += 2;
    }
    choose_language(workspace, argv[at]);
    if (at < argc && strcmp(argv[at], "--version") == 0)
        return print_version();
    if (at < argc && asks_for_help(1, argv + at)) {
        print_overview(stdout);
        return finish(true, &err);
    }
    if (at < argc && argv[at][0] != '-')
        return run_main(argc - at, argv + at, workspace);
    if (at < argc) {
        (void)refuse_option(argv[at], &err);
        return finish(false, &err);
    }
    print_overview(stderr);
    return err_exit_status(ERR_USAGE);
}

/* commands/command.h - the shape of a command: one file, one constant, one row in the table.
 *
 * `effects` is a promise that main.c keeps: it opens only what is declared, so that a dry run has
 * nothing to send with. Options, usage and --help come from the same rows.
 */
#ifndef CRIER_COMMANDS_COMMAND_H
#define CRIER_COMMANDS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"

enum effects {
    WRITES_FILES = 1, /* makes new files in a folder the user names */
    READS_FILES = 2,  /* workspace files only; no socket, written is only to the cache */
    USES_STORE = 4,   /* through the daemon's socket, else in-process under the lock */
    USES_NETWORK = 8,
    JUDGES_CREDENTIALS = 32, /* told where they lie, to say whether they can be used */
    SPEAKS_TO_ALL = 64,      /* in the workspace's language first, whoever starts it */
    REHEARSES = 16 /* a folder, a store and a sandbox of its own; told of none of the real ones */
};

struct command_option {
    char letter;          /* 0 = long form only */
    const char *name;     /* "days" */
    const char *argument; /* "N"; NULL = a switch */
    const char *help;     /* N_() */
    bool many;            /* may be given more than once */
};

/* What was given on the command line, by option name. */
struct invocation {
    const struct command *command;
    const char *workspace;    /* -C, default "." */
    const char *state;        /* $STATE_DIRECTORY, else WORKSPACE/state */
    const char *runtime;      /* $RUNTIME_DIRECTORY, else state: control.sock stands there */
    const char *credentials;  /* $CREDENTIALS_DIRECTORY or NULL */
    const char *cache;        /* $XDG_CACHE_HOME/crier, else ~/.cache/crier; NULL = neither */
    const char *const *words; /* what is not an option */
    size_t word_count;
    const char *const
        *values;         /* by the order of command->options; NULL = not given, "" = switch given */
    bool json;           /* --json */
    bool colour;         /* a terminal, and no NO_COLOR */
    struct instant now;  /* taken once */
    struct arena *arena; /* the command's scratch */
};

struct command {
    const char *name;
    const char *summary;        /* N_() */
    const char *usage;          /* "preview [--days N] ..." */
    const char *details, *more; /* N_(): paragraphs more for --help, or NULL */
    const struct command_option
        *options; /* ends with name NULL; --help is everybody's, --json of all that print facts */
    unsigned effects;
    size_t least_words, most_words;
    /* Prints results on stdout. Returns the exit status through err->kind (ERR_FOUND = 1): true =
     * 0. */
    bool (*run)(const struct invocation *invocation, struct err *err);
};

extern const struct command *const commands[]; /* ends with NULL */

/* The value of an option, NULL when it was not given. Asking for an undeclared option is a bug. */
const char *invocation_value(const struct invocation *invocation, const char *option);
static inline bool invocation_has(const struct invocation *invocation, const char *option)
{
    return invocation_value(invocation, option) != NULL;
}

/* Parses argv (after the command's name) by the command's rows. */
MUST_CHECK bool invocation_parse(struct invocation *invocation, int argc, char *const *argv,
                                 struct err *err);
/* Whether the named folder is a workspace at all; else ERR_CONFIG, with a sentence. */
MUST_CHECK bool invocation_workspace(const struct invocation *invocation, struct err *err);
/* Whether it takes --json. */
bool command_prints_facts(const struct command *command);
void command_help(const struct command *command, FILE *out);

#endif

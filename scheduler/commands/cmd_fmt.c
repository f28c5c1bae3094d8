/* crier fmt - campaign files tidied in place; what they say stays what it is. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "campaign/format.h"
#include "campaign/reader.h"
#include "commands/command.h"
#include "commands/survey.h"
#include "text/similar.h"

#define CAMPAIGNS "campaigns/"

static const struct command_option options[] = {
    {0, "check", NULL, N_("change nothing; name the files that are not tidy, and exit with 1"),
     false},
    {0, "diff", NULL, N_("change nothing; show what would change"), false},
    {0},
};

/* One file before and after. */
struct tidying {
    const char *name; /* "campaigns/traffic.cfg" */
    const char *before, *after;
    struct file_stamp stamp;
};

struct formatter {
    const struct invocation *invocation;
    int folder;
    struct findings findings;
    size_t files, untidy;
};

/* ---- Which files. ---- */

/* "traffic", "traffic.cfg" or a path to it, as "campaigns/traffic.cfg"; NULL when there is none. */
static const char *file_named(const char *word, const char *const *names, size_t count,
                              struct similar *similar, struct arena *arena)
{
    if (survey_names_file(word, "crier.cfg"))
        return "crier.cfg";
    for (size_t i = 0; i < count; i++) {
        if (survey_names_file(word, names[i]))
            return names[i];
        similar_offer(similar, campaign_of_file(names[i] + strlen(CAMPAIGNS), arena));
    }
    return NULL;
}

static bool list_campaigns(struct formatter *formatter, const char *const **list, size_t *count,
                           struct err *err)
{
    struct arena *arena = formatter->invocation->arena;
    const char *const *names;
    const char **files;
    size_t name_count;

    if (!folder_list(formatter->folder, "campaigns", arena, &names, &name_count, err))
        return false;
    files = arena_array(arena, name_count, sizeof *files);
    *count = 0;
    for (size_t i = 0; i < name_count; i++)
        if (campaign_of_file(names[i], arena))
            files[(*count)++] = arena_printf(arena, CAMPAIGNS "%s", names[i]);
    *list = files;
    return true;
}

/* ---- One file. ---- */

/* A text that a child can read as a file of its own; -1 when that cannot be. */
static int as_file(const char *text)
{
    struct err ignored;
    int fd = memfd_create("crier-fmt", 0);

    if (fd >= 0 && !write_all(fd, text, strlen(text), &ignored)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static bool run_diff(const struct tidying *tidying, int before, int after, struct arena *arena,
                     struct err *err)
{
    char *argv[] = {(char[]){"diff"},
                    (char[]){"-u"},
                    (char[]){"--label"},
                    arena_printf(arena, "a/%s", tidying->name),
                    (char[]){"--label"},
                    arena_printf(arena, "b/%s", tidying->name),
                    (char[]){"--"},
                    arena_printf(arena, "/dev/fd/%d", before),
                    arena_printf(arena, "/dev/fd/%d", after),
                    NULL};
    char *environment[] = {(char[]){"LC_ALL=C.UTF-8"}, NULL};
    int status = -1, wrong;
    pid_t child;

    (void)fflush(stdout);
    wrong = posix_spawn(&child, "/usr/bin/diff", NULL, NULL, argv, environment);
    if (wrong != 0)
        return err_errno(err, ERR_IO, wrong, _("/usr/bin/diff cannot be started"));
    while ((wrong = waitpid(child, &status, 0) < 0 ? errno : 0) == EINTR)
        ;
    return (!wrong && WIFEXITED(status) && WEXITSTATUS(status) <= 1) ||
           err_set(err, ERR_IO, _("/usr/bin/diff failed"));
}

static bool show_difference(const struct tidying *tidying, struct arena *arena, struct err *err)
{
    int before = as_file(tidying->before), after = as_file(tidying->after);
    bool ok = before >= 0 && after >= 0;

    ok = ok ? run_diff(tidying, before, after, arena, err)
            : err_set(err, ERR_IO, _("there is no memory to show the difference"));
    if (before >= 0)
        (void)close(before);
    if (after >= 0)
        (void)close(after);
    return ok;
}

/* Nobody's edit of the meantime is written over. */
static bool write_back(const struct formatter *formatter, const struct tidying *tidying,
                       struct err *err)
{
    struct arena *arena = formatter->invocation->arena;
    const char *path =
        arena_printf(arena, "%s/%s", formatter->invocation->workspace, tidying->name);
    struct stat status;
    struct file_stamp stamp;

    if (fstatat(formatter->folder, tidying->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return err_errno(err, ERR_IO, errno, "%s", tidying->name);
    stamp = file_stamp_of(&status);
    if (!file_stamp_equal(&stamp, &tidying->stamp))
        return err_set(err, ERR_BUSY, _("%s was changed just now; it was left alone"),
                       tidying->name);
    return file_replace(path, tidying->after, strlen(tidying->after),
                        (mode_t)(tidying->stamp.mode & 0777), err);
}

static bool tell(struct formatter *formatter, const struct tidying *tidying, struct err *err)
{
    const struct invocation *invocation = formatter->invocation;

    formatter->untidy++;
    if (invocation_has(invocation, "diff"))
        return show_difference(tidying, invocation->arena, err);
    if (!invocation_has(invocation, "check") && !write_back(formatter, tidying, err))
        return false;
    (void)puts(tidying->name);
    return true;
}

/* False only when the work could not be done: mistakes become findings. */
static bool tidy_file(struct formatter *formatter, const char *name, struct err *err)
{
    struct arena *arena = formatter->invocation->arena;
    struct tidying tidying = {.name = name};
    struct source source = {.file = name, .findings = &formatter->findings};
    size_t length;
    char *text;

    if (!file_read_beneath(formatter->folder, name, CAMPAIGN_MOST_BYTES, arena, &text, &length,
                           &tidying.stamp, err))
        return false;
    formatter->files++;
    source.text = tidying.before = text;
    source.length = length;
    if (!format_text(&source, arena, &tidying.after) ||
        (strlen(tidying.after) == length && memcmp(tidying.after, text, length) == 0))
        return true;
    return tell(formatter, &tidying, err);
}

/* ---- The command. ---- */

static bool tidy_named(struct formatter *formatter, const char *const *names, size_t count,
                       struct err *err)
{
    const struct invocation *invocation = formatter->invocation;

    for (size_t i = 0; i < invocation->word_count; i++) {
        struct similar similar = similar_to(invocation->words[i]);
        const char *name =
            file_named(invocation->words[i], names, count, &similar, invocation->arena);

        if (!name)
            return survey_no_file(&similar, err);
        if (!tidy_file(formatter, name, err))
            return false;
    }
    return true;
}

static bool tidy_all(struct formatter *formatter, struct err *err)
{
    const char *const *names;
    size_t count;
    bool ok = true;

    if (!list_campaigns(formatter, &names, &count, err))
        return false;
    if (formatter->invocation->word_count > 0)
        return tidy_named(formatter, names, count, err);
    for (size_t i = 0; i < count && ok; i++)
        ok = tidy_file(formatter, names[i], err);
    return ok;
}

static bool conclude(const struct formatter *formatter, struct err *err)
{
    const struct invocation *invocation = formatter->invocation;
    bool only_looks = invocation_has(invocation, "check") || invocation_has(invocation, "diff");

    survey_tell(&formatter->findings, stderr);
    if (formatter->findings.errors)
        return err_set(err, ERR_FOUND,
                       _("a file with mistakes was left as it is; correct it first"));
    if (only_looks && formatter->untidy)
        return err_set(err, ERR_FOUND,
                       P_("%zu file is not tidy; 'crier fmt' tidies it",
                          "%zu files are not tidy; 'crier fmt' tidies them", formatter->untidy),
                       formatter->untidy);
    return true;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct formatter formatter = {.invocation = invocation};
    bool ok;

    if (!invocation_workspace(invocation, err) ||
        !folder_open(invocation->workspace, &formatter.folder, err))
        return false;
    findings_init(&formatter.findings, invocation->arena);
    ok = tidy_all(&formatter, err);
    folder_close(formatter.folder);
    return ok && conclude(&formatter, err);
}

const struct command cmd_fmt = {
    .name = "fmt",
    .summary = N_("tidy campaign files; comments stay, and what they say does not change"),
    .usage = "fmt [--check | --diff] [FILE...]",
    .details =
        N_("FILE is a campaign's name or its file, or crier.cfg; without one, all campaigns "
           "are\ntidied. Where a line ends is yours to choose; blanks, the place of = and of "
           "comments\nare not. Whoever runs it becomes the owner of the files it changes."),
    .options = options,
    .effects = WRITES_FILES,
    .most_words = 1000,
    .run = run,
};

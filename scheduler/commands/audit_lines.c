#include "commands/audit_lines.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

enum { LONGEST_FACT = 64 };

static int is_segment(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return !strncmp(entry->d_name, "audit-", 6) && length > 6 &&
           !strcmp(entry->d_name + length - 6, ".jsonl");
}

static bool read_segment(const char *path,
                         bool (*each)(void *arg, const json_t *record, const char *line), void *arg,
                         bool *go_on, struct err *err)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;

    if (!file)
        return err_errno(err, ERR_IO, errno, _("%s cannot be read"), path);
    while (*go_on && (length = getline(&line, &capacity, file)) > 0) {
        struct err ignored;
        json_t *record;
        if (line[length - 1] == '\n')
            line[--length] = '\0';
        record = json_read(line, (size_t)length, &ignored);
        if (record)
            *go_on = each(arg, record, line);
        json_decref(record);
    }
    free(line);
    (void)fclose(file);
    return true;
}

bool audit_missing(const char *folder, int error, struct err *err)
{
    if (error == ENOENT)
        return err_set(err, ERR_SERVICE,
                       _("there is no audit log at %s; it begins with the first 'crier run' or "
                         "'crier hold'"),
                       folder);
    return err_errno(err, ERR_SERVICE, error, _("the audit log %s cannot be read"), folder);
}

bool audit_lines(const char *state, bool (*each)(void *arg, const json_t *record, const char *line),
                 void *arg, struct err *err)
{
    struct arena scratch = {0};
    const char *folder = arena_printf(&scratch, "%s/audit", state);
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_segment, alphasort), i;
    bool ok = true, go_on = true;

    if (count < 0)
        ok = audit_missing(folder, errno, err);
    for (i = 0; i < count; i++) {
        if (ok && go_on)
            ok = read_segment(arena_printf(&scratch, "%s/%s", folder, entries[i]->d_name), each,
                              arg, &go_on, err);
        free(entries[i]);
    }
    free(entries);
    arena_clear(&scratch);
    return ok;
}

static void print_if(const char *before, const char *text, const char *after)
{
    if (text && *text)
        printf("%s%s%s", before, text, after);
}

/* What a record without a delivery is about: "all", "account toots", "3 new". Long ones, such as
 * hashes, are for --json. */
static void print_facts(const json_t *record)
{
    const json_t *facts = json_object_get(record, "facts"), *value;
    const char *name;

    json_object_foreach((json_t *)(uintptr_t)facts, name, value)
    {
        const char *text = json_string_value(value);

        if (json_is_integer(value))
            printf("  %s %lld", name, (long long)json_integer_value(value));
        else if (text && strlen(text) <= LONGEST_FACT)
            printf("  %s %s", name, text);
    }
}

void audit_print(const json_t *record, bool with_name)
{
    const char *from = json_text(record, "from"), *state = json_text(record, "state");

    printf("%6lld  %s  %-17s", (long long)json_integer_or(record, "seq", -1),
           json_text(record, "ts_local"), json_text(record, "ev"));
    print_if("  ", json_text(record, "actor"), "");
    if (with_name)
        print_if("  ", json_text(record, "name"), "");
    if (from && state && strcmp(from, state) != 0)
        printf("  %s -> %s", from, state);
    print_if("  [", json_text(record, "reason"), "]");
    print_if("  ", json_text(record, "remote_id"), "");
    if (!json_text(record, "delivery"))
        print_facts(record);
    putchar('\n');
}

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "store/audit.h"
#include "store/segments.h"

enum { SMALL_FILE_BYTES = 64 * 1024 };

/* One reading of the log from its first line to its last. */
struct reading {
    struct arena arena;
    struct checkpoint checkpoint;
    struct merkle tree;
    char prev[DIGEST_HEX];
    bool holds; /* the checkpoint, at its size */
    struct audit_verdict *verdict;
};

/* Always false: what is said first counts. */
static bool bad(struct reading *reading, int64_t record, const char *why)
{
    struct audit_verdict *verdict = reading->verdict;

    if (!verdict->why[0]) {
        verdict->first_bad = record;
        (void)snprintf(verdict->why, sizeof verdict->why, "%.*s", (int)sizeof verdict->why - 1,
                       why);
    }
    return false;
}

static void compare_checkpoint(struct reading *reading)
{
    struct digest root;

    if (reading->tree.size != reading->checkpoint.size)
        return;
    root = merkle_root(&reading->tree);
    reading->holds = !memcmp(&root, &reading->checkpoint.root, sizeof root);
}

static bool is_next(const struct reading *reading, const char *line, size_t length)
{
    struct err ignored;
    json_t *record = json_read_own(line, length, &ignored);
    const char *prev = json_text(record, "prev");
    bool ok = prev && !strcmp(prev, reading->prev) &&
              json_integer_or(record, "seq", -1) == reading->tree.size;

    json_decref(record);
    return ok;
}

static bool verify_line(struct reading *reading, const char *line, size_t length)
{
    if (length == 0 || line[length - 1] != '\n')
        return bad(reading, reading->tree.size, _("the last line is torn"));
    length--;
    if (!is_next(reading, line, length))
        return bad(reading, reading->tree.size,
                   _("this record does not follow the one before it: one of the two was changed, "
                     "removed, doubled or moved"));
    digest_hex_of(line, length, reading->prev);
    merkle_add(&reading->tree, line, length);
    compare_checkpoint(reading);
    return true;
}

static bool verify_lines(struct reading *reading, FILE *file, const char *name, struct err *err)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bool good = true;

    while (good && (length = getline(&line, &size, file)) > 0)
        good = verify_line(reading, line, (size_t)length);
    free(line);
    return !ferror(file) || err_errno(err, ERR_IO, errno, _("%s cannot be read"), name);
}

/* The name tells the first record, so that a segment that is missing is named. */
static bool verify_segment(struct reading *reading, const char *folder, const char *name,
                           struct err *err)
{
    char *path = arena_printf(&reading->arena, "%s/%s", folder, name);
    FILE *file;
    bool ok;

    if (strtoll(name + strlen("audit-"), NULL, 10) != reading->tree.size) {
        bad(reading, reading->tree.size, _("a whole audit file is missing or has another's name"));
        return true;
    }
    file = fopen(path, "re");
    if (!file)
        return err_errno(err, ERR_IO, errno, _("%s cannot be opened"), path);
    ok = verify_lines(reading, file, path, err);
    fclose(file);
    return ok;
}

static bool verify_segments(struct reading *reading, const char *folder, struct err *err)
{
    const char **names;
    size_t count, i;

    if (!segments_list(folder, &reading->arena, &names, &count, err))
        return false;
    compare_checkpoint(reading);
    for (i = 0; i < count && !reading->verdict->why[0]; i++) {
        if (!verify_segment(reading, folder, names[i], err))
            return false;
    }
    return true;
}

/* False with *err: there is nothing to verify with. A checkpoint that is not right is a verdict. */
static bool read_checkpoint(struct reading *reading, const char *folder, const char *public_pem,
                            struct err *err)
{
    char *pem_path = arena_printf(&reading->arena, "%s/log.pub.pem", folder);
    char *path = arena_printf(&reading->arena, "%s/checkpoint", folder);
    unsigned char public_key[SIGN_KEY_BYTES];
    char *pem, *text;
    size_t length;
    struct err why;

    if (!file_read(public_pem ? public_pem : pem_path, SMALL_FILE_BYTES, &reading->arena, &pem,
                   &length, err))
        return false;
    if (!sign_public_from_pem(pem, public_key))
        return err_set(err, ERR_CONFIG, _("%s is not an Ed25519 public key"),
                       public_pem ? public_pem : pem_path);
    reading->checkpoint.size = -1;
    if (access(path, F_OK) != 0)
        bad(reading, -1, _("there is no checkpoint: what was cut off the end cannot be noticed"));
    else if (!file_read(path, SMALL_FILE_BYTES, &reading->arena, &text, &length, err))
        return false;
    else if (strlen(text) != length ||
             !checkpoint_read(text, public_key, &reading->arena, &reading->checkpoint, &why)) {
        reading->checkpoint.size = -1;
        bad(reading, -1, strlen(text) == length ? why.text : _("the checkpoint is not a text"));
    }
    return true;
}

static void conclude(struct reading *reading)
{
    struct audit_verdict *verdict = reading->verdict;
    struct digest root = merkle_root(&reading->tree);

    digest_hex(&root, verdict->root);
    verdict->records = reading->tree.size;
    if (reading->holds)
        verdict->checkpoint = reading->checkpoint.size;
    else if (reading->checkpoint.size > reading->tree.size)
        bad(reading, reading->tree.size,
            _("records are missing at the end: the checkpoint has more"));
    else
        bad(reading, -1,
            _("the records are not those of the checkpoint: the log was written anew"));
    verdict->ok = !verdict->why[0];
}

bool audit_verify(const char *folder, const char *public_pem, struct audit_verdict *verdict,
                  struct err *err)
{
    struct reading reading = {.verdict = verdict};
    bool ok;

    *verdict = (struct audit_verdict){.first_bad = -1, .checkpoint = -1};
    memset(reading.prev, '0', DIGEST_HEX - 1);
    ok = read_checkpoint(&reading, folder, public_pem, err);
    if (ok && !verdict->why[0])
        ok = verify_segments(&reading, folder, err);
    if (ok)
        conclude(&reading);
    arena_clear(&reading.arena);
    return ok;
}

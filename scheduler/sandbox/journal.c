#include "sandbox/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { MOST_BYTES = 1 << 30 };

struct journal_blob {
    struct journal_blob *next;
    const char *sha256;
    const char *bytes;
    size_t length;
};

static bool make_folder(const char *path, struct err *err)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return err_errno(err, ERR_IO, errno, "cannot make the folder %s", path);
    return true;
}

static bool open_file(struct journal *journal, const char *path, struct err *err)
{
    journal->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal->fd < 0)
        return err_errno(err, ERR_IO, errno, "cannot open %s", path);
    if (flock(journal->fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, ERR_BUSY, "another sandbox uses %s", path);
    return true;
}

/* Applies whole lines; *whole is where the last one ends. */
static bool replay(const char *bytes, size_t length, void (*apply)(void *, const json_t *),
                   void *context, size_t *whole, struct err *err)
{
    const char *at = bytes, *end = bytes + length, *newline;

    while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        json_t *record = json_read_own(at, (size_t)(newline - at), err);

        if (!record)
            return false;
        apply(context, record);
        json_decref(record);
        at = newline + 1;
    }
    *whole = (size_t)(at - bytes);
    return true;
}

bool journal_open(struct journal *journal, const char *folder, struct arena *arena,
                  void (*apply)(void *, const json_t *), void *context, struct err *err)
{
    struct arena scratch = {0};
    const char *path;
    char *bytes = NULL;
    size_t length = 0, whole = 0;
    bool good;

    *journal = (struct journal){.fd = -1};
    if (!folder)
        return true;
    path = arena_printf(arena, "%s/journal.jsonl", folder);
    good = make_folder(folder, err) && make_folder(arena_printf(arena, "%s/media", folder), err) &&
           open_file(journal, path, err) &&
           file_read(path, MOST_BYTES, &scratch, &bytes, &length, err) &&
           replay(bytes, length, apply, context, &whole, err);
    if (good && whole < length && ftruncate(journal->fd, (off_t)whole) != 0)
        good = err_errno(err, ERR_IO, errno, "cannot cut the torn line off %s", path);
    journal->folder = arena_text(arena, folder);
    arena_clear(&scratch);
    return good || err_within(err, "sandbox state");
}

void journal_close(struct journal *journal)
{
    if (journal->folder && journal->fd >= 0)
        close(journal->fd);
    *journal = (struct journal){.fd = -1};
}

bool journal_add(struct journal *journal, const json_t *record, bool durable, struct err *err)
{
    struct arena scratch = {0};
    bool good;

    if (!journal->folder)
        return true;
    {
        const char *line = arena_printf(&scratch, "%s\n", json_write(record, &scratch, NULL));

        good = write_all(journal->fd, line, strlen(line), err);
    }
    if (good && durable && fdatasync(journal->fd) != 0)
        good = err_errno(err, ERR_IO, errno, "cannot flush the sandbox's journal");
    arena_clear(&scratch);
    return good;
}

static struct journal_blob *find_blob(const struct journal *journal, const char *sha256)
{
    struct journal_blob *blob = journal->blobs;

    while (blob && strcmp(blob->sha256, sha256) != 0)
        blob = blob->next;
    return blob;
}

static void keep_in_memory(struct journal *journal, const char *sha256, const void *bytes,
                           size_t length, struct arena *arena)
{
    struct journal_blob *blob = arena_alloc(arena, sizeof *blob);

    blob->next = journal->blobs;
    blob->sha256 = arena_text(arena, sha256);
    blob->bytes = bytes;
    blob->length = length;
    journal->blobs = blob;
}

bool journal_keep_media(struct journal *journal, const char *sha256, const void *bytes,
                        size_t length, struct arena *arena, struct err *err)
{
    const char *path =
        arena_printf(arena, "%s/media/%s", journal->folder ? journal->folder : "", sha256);

    if (journal->folder)
        return access(path, F_OK) == 0 || file_replace(path, bytes, length, 0600, err);
    if (!find_blob(journal, sha256))
        keep_in_memory(journal, sha256, bytes, length, arena);
    return true;
}

bool journal_media(const struct journal *journal, const char *sha256, struct arena *arena,
                   const char **bytes, size_t *length, struct err *err)
{
    const struct journal_blob *blob = find_blob(journal, sha256);
    char *read = NULL;

    if (blob) {
        *bytes = blob->bytes;
        *length = blob->length;
        return true;
    }
    if (!journal->folder)
        return err_set(err, ERR_FOUND, "no such medium");
    if (!file_read(arena_printf(arena, "%s/media/%s", journal->folder, sha256), MOST_BYTES, arena,
                   &read, length, err))
        return false;
    *bytes = read;
    return true;
}

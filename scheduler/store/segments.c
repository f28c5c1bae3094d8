#include "store/segments.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"

/* A tail holds whatever was not synchronised. */
enum { NAME_DIGITS = 12, TAIL_BYTES = 2 * UNSYNCED_BYTES };
#define DAY_MS INT64_C(86400000)

static bool is_segment(const char *name)
{
    return !strncmp(name, "audit-", 6) && strspn(name + 6, "0123456789") == NAME_DIGITS &&
           !strcmp(name + 6 + NAME_DIGITS, ".jsonl");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool segments_list(const char *folder, struct arena *arena, const char ***names, size_t *count,
                   struct err *err)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    size_t capacity = 0;

    *names = NULL;
    *count = 0;
    if (!stream)
        return errno == ENOENT ||
               err_errno(err, ERR_CONFIG, errno, _("%s cannot be listed"), folder);
    while ((entry = readdir(stream))) {
        if (is_segment(entry->d_name)) {
            const char **name = arena_push(arena, names, count, &capacity, sizeof *name);
            *name = arena_text(arena, entry->d_name);
        }
    }
    closedir(stream);
    if (*count > 1)
        qsort(*names, *count, sizeof **names, compare_names);
    return true;
}

/* The last `want` bytes of a file. */
static bool read_end(int fd, int64_t size, size_t want, char *bytes, struct err *err)
{
    size_t done = 0;

    while (done < want) {
        ssize_t got = pread(fd, bytes + done, want - done, size - (int64_t)want + (int64_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_errno(err, ERR_IO, errno, _("the audit file cannot be read"));
        done += (size_t)got;
    }
    return true;
}

/* No line has a zero: there begins what was never written. */
static void split_tail(const char *bytes, size_t length, bool whole_file, struct tail *tail)
{
    const size_t written = strnlen(bytes, length);
    const char *end = written ? memrchr(bytes, '\n', written) : NULL;
    const char *start = end && end > bytes ? memrchr(bytes, '\n', (size_t)(end - bytes)) : NULL;

    *tail = (struct tail){.seq = -1, .torn = end ? end + 1 : bytes};
    tail->torn_length = length - (size_t)(tail->torn - bytes);
    if (end && (start || whole_file)) {
        tail->line = start ? start + 1 : bytes;
        tail->length = (size_t)(end - tail->line);
    }
}

/* Reads backwards, more and more, until a whole line is in sight. */
static bool find_tail(int fd, int64_t size, struct arena *arena, struct tail *tail, struct err *err)
{
    int64_t want = TAIL_BYTES;
    char *bytes;

    for (;;) {
        want = want < size ? want : size;
        bytes = arena_alloc(arena, (size_t)want + 1);
        if (!read_end(fd, size, (size_t)want, bytes, err))
            return false;
        split_tail(bytes, (size_t)want, want == size, tail);
        if (tail->line || want == size)
            return true;
        want *= 4;
    }
}

static bool read_record(struct segments *segments, const char *name, struct tail *tail,
                        struct err *err)
{
    json_t *record = json_read_own(tail->line, tail->length, err);
    const char *ts = json_text(record, "ts");
    struct instant at;

    tail->seq = json_integer_or(record, "seq", -1);
    if (tail->seq < 0 || !ts || !instant_parse(ts, &at)) {
        json_decref(record);
        return err_set(err, ERR_CONFIG,
                       _("the last line of %s is not an audit record: somebody "
                         "changed the file; see \"crier audit verify\""),
                       name);
    }
    segments->day = at.ms / DAY_MS;
    segments->next = tail->seq + 1;
    json_decref(record);
    return true;
}

/* A segment without a whole line tells nothing: the one before it has the last record. */
static bool read_tail(struct segments *segments, const char *name, struct arena *arena,
                      struct tail *tail, struct err *err)
{
    const char *path = arena_printf(arena, "%s/%s", segments->folder, name);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    bool ok;

    if (fd < 0)
        return err_errno(err, ERR_CONFIG, errno, _("%s cannot be opened"), path);
    if (fstat(fd, &status) != 0)
        ok = err_errno(err, ERR_IO, errno, _("%s cannot be examined"), path);
    else if (!S_ISREG(status.st_mode))
        ok = err_set(err, ERR_CONFIG, _("%s is not a regular file"), path);
    else
        ok = find_tail(fd, status.st_size, arena, tail, err) &&
             (!tail->line || read_record(segments, path, tail, err));
    close(fd);
    return ok;
}

static bool open_newest(struct segments *segments, const char *name, struct arena *arena,
                        struct err *err)
{
    const char *path = arena_printf(arena, "%s/%s", segments->folder, name);
    struct stat status;

    if (stat(path, &status) != 0)
        return err_errno(err, ERR_IO, errno, _("%s cannot be examined"), path);
    segments->bytes = status.st_size;
    if (!(status.st_mode & S_IWUSR))
        return true;
    segments->fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    return segments->fd >= 0 || err_errno(err, ERR_CONFIG, errno, _("%s cannot be opened"), path);
}

bool segments_open(struct segments *segments, const char *folder, struct arena *arena,
                   struct tail *tail, struct err *err)
{
    const char **names;
    size_t count, i;
    struct tail newest = {.seq = -1};

    *segments = (struct segments){.folder = folder, .fd = -1, .day = -1};
    *tail = newest;
    if (!segments_list(folder, arena, &names, &count, err))
        return false;
    for (i = count; i > 0 && tail->seq < 0; i--) {
        if (!read_tail(segments, names[i - 1], arena, tail, err))
            return false;
        if (i == count)
            newest = *tail;
    }
    tail->torn = newest.torn;
    tail->torn_length = newest.torn_length;
    return count == 0 || open_newest(segments, names[count - 1], arena, err);
}

void segments_close(struct segments *segments)
{
    if (segments->fd >= 0)
        close(segments->fd);
    segments->fd = -1;
}

/* ENOSPC of an fsync is no want of space that may be tried again: the pages are gone. */
static bool sync_file(int fd, struct err *err)
{
    if (fdatasync(fd) == 0)
        return true;
    err_errno(err, ERR_IO, errno, _("the audit file cannot be synchronised"));
    err->kind = ERR_IO;
    return false;
}

static bool cut_to(struct segments *segments, int64_t bytes, struct err *err)
{
    if (ftruncate(segments->fd, bytes) != 0) {
        err_errno(err, ERR_IO, errno, _("the audit file cannot be shortened"));
        err->kind = ERR_IO;
        return false;
    }
    segments->bytes = bytes;
    return true;
}

bool segments_cut(struct segments *segments, const struct tail *tail, struct err *err)
{
    if (segments->fd < 0)
        return err_set(err, ERR_CONFIG,
                       _("an audit file that was closed for good ends in half a line"));
    return cut_to(segments, segments->bytes - (int64_t)tail->torn_length, err) &&
           sync_file(segments->fd, err);
}

/* The new one exists before the old one is closed for good, so that a crash between leaves a file
 * to append to. */
static bool rotate(struct segments *segments, struct err *err)
{
    struct arena scratch = {0};
    char *path = arena_printf(&scratch, "%s/audit-%0*" PRId64 ".jsonl", segments->folder,
                              NAME_DIGITS, segments->next);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    bool ok = fd >= 0 || err_errno(err, ERR_IO, errno, _("%s cannot be made"), path);

    if (fd >= 0) {
        if (segments->fd >= 0)
            ok = fchmod(segments->fd, 0440) == 0 ||
                 err_errno(err, ERR_IO, errno, _("the full audit file cannot be made read-only"));
        segments_close(segments);
        segments->fd = fd;
        segments->bytes = 0;
    }
    ok = ok && folder_sync(segments->folder, err);
    arena_clear(&scratch);
    return ok;
}

static bool must_rotate(const struct segments *segments, int64_t day)
{
    if (segments->fd < 0)
        return true;
    return segments->bytes > 0 && (segments->bytes >= SEGMENT_BYTES || day != segments->day);
}

static bool add_bytes(struct segments *segments, const char *lines, size_t length, struct err *err)
{
    struct err ignored;

    if (write_all(segments->fd, lines, length, err))
        return true;
    if (err->kind == ERR_SPACE && !cut_to(segments, segments->bytes, &ignored))
        err->kind = ERR_IO;
    return false;
}

bool segments_sync(struct segments *segments, struct err *err)
{
    if (segments->unsynced == 0)
        return true;
    if (!sync_file(segments->fd, err))
        return false;
    FAILPOINT("audit.sync.after");
    segments->unsynced = 0;
    return true;
}

bool segments_append(struct segments *segments, struct instant at, const char *lines, size_t length,
                     int64_t count, struct err *err)
{
    int64_t day = at.ms / DAY_MS;

    if (must_rotate(segments, day) && (!segments_sync(segments, err) || !rotate(segments, err)))
        return false;
    FAILPOINT("audit.append.before");
    if (!add_bytes(segments, lines, length, err))
        return false;
    FAILPOINT("audit.append.after");
    segments->bytes += (int64_t)length;
    segments->unsynced += (int64_t)length;
    segments->day = day;
    segments->next += count;
    return segments->unsynced < UNSYNCED_BYTES || segments_sync(segments, err);
}

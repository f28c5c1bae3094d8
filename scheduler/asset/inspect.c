#include "asset/inspect.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asset/inspector.h"
#include "base/i18n.h"
#include "base/json.h"

enum { FILE_LIMIT_MS = 3000, MOST_NAMES = 10000, DEEPEST_FOLDER = 16, PIECE_BYTES = 64 * 1024 };
static const int64_t most_file_bytes = INT64_C(4) << 30;

/* As wide as what an honest inspector says can be (inspector/headers.h). */
#define MOST_PIXELS      INT64_C(50000000)
#define MOST_DURATION_MS (INT64_C(1) << 48)

struct look {
    int folder;
    struct arena *arena;
    struct media_facts *facts;
    const char *const *names; /* all of media/, listed once when a file is missing */
};

/* What the words of the inspector mean for a clerk. */
static const struct {
    const char *problem, *why;
    bool is_ours; /* never its word: it would be a lie */
} problems[] = {
    {"truncated", N_("The file ends too early, as after a broken copy or download."), false},
    {"unreadable", N_("This is no picture that can be understood."), false},
    {"trailing-bytes", N_("Something is hidden behind the end of the picture."), false},
    {"too-many-pixels", N_("The picture is larger than any platform shows."), false},
    {"too-many-parts", N_("The picture is made of more parts than any honest one."), false},
    {"type-mismatch",
     N_("The file looks like one sort of picture at its start and like another "
        "inside."),
     false},
    {"missing", N_("There is no such file."), true},
    {"changed", N_("The file was changed while it was read."), true},
    {"refused", N_("It is not an ordinary file inside media/."), true},
    {"inspector", N_("The program that looks into files failed on this one."), true},
};

static void set_problem(struct media_facts *facts, size_t i)
{
    facts->problem = problems[i].problem;
    facts->why = _(problems[i].why);
}

static bool find_problem(const char *problem, bool is_ours, size_t *i)
{
    for (*i = 0; *i < COUNT_OF(problems); (*i)++)
        if (problems[*i].is_ours == is_ours && !strcmp(problems[*i].problem, problem))
            return true;
    return false;
}

static void refuse(struct media_facts *facts, const char *problem)
{
    size_t i;

    facts->readable = false;
    if (find_problem(problem, true, &i))
        set_problem(facts, i);
}

/* The names in media/, for "did you mean". */

struct listing {
    struct arena *arena;
    const char **items;
    size_t count, capacity;
};

static void list_folder(struct listing *listing, int folder, const char *prefix, int depth);

static void list_entry(struct listing *listing, int folder, const char *prefix, const char *name,
                       int depth)
{
    char *path = arena_printf(listing->arena, "%s%s%s", prefix, *prefix ? "/" : "", name);
    struct stat status;
    const char **item;
    int inner;

    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    if (S_ISREG(status.st_mode)) {
        item = arena_push(listing->arena, &listing->items, &listing->count, &listing->capacity,
                          sizeof *item);
        *item = path;
    }
    if (!S_ISDIR(status.st_mode) || depth == 0)
        return;
    inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (inner >= 0)
        list_folder(listing, inner, path, depth - 1);
}

/* Takes the descriptor over. */
static void list_folder(struct listing *listing, int folder, const char *prefix, int depth)
{
    DIR *entries = fdopendir(folder);
    struct dirent *entry;

    if (!entries) {
        close(folder);
        return;
    }
    while (listing->count < MOST_NAMES && (entry = readdir(entries)))
        if (entry->d_name[0] != '.')
            list_entry(listing, folder, prefix, entry->d_name, depth);
    closedir(entries);
}

static int by_name(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;

    return strcmp(*left, *right);
}

static const char *const *all_names(struct look *look)
{
    struct listing listing = {.arena = look->arena};
    const char **end;
    int folder;

    if (look->names)
        return look->names;
    folder = openat(look->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0)
        list_folder(&listing, folder, "", DEEPEST_FOLDER);
    if (listing.count)
        qsort(listing.items, listing.count, sizeof *listing.items, by_name);
    end = arena_push(look->arena, &listing.items, &listing.count, &listing.capacity, sizeof *end);
    *end = NULL;
    look->names = listing.items;
    return look->names;
}

/* Our own reading: size and hash. */

static bool hash_file(int fd, struct media_facts *facts)
{
    struct digest_stream *stream = digest_begin();
    char piece[PIECE_BYTES];
    struct digest digest;
    ssize_t got;

    facts->bytes = 0;
    while ((got = read(fd, piece, sizeof piece)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        digest_add(stream, piece, (size_t)got);
        facts->bytes += got;
    }
    digest = digest_end(stream);
    (void)digest_hex(&digest, facts->sha256);
    return got == 0;
}

static bool is_unchanged(int fd, const struct media_facts *facts)
{
    struct stat status;
    struct file_stamp stamp;

    if (fstat(fd, &status) != 0)
        return false;
    stamp = file_stamp_of(&status);
    return file_stamp_equal(&stamp, &facts->stamp) && facts->bytes == stamp.size;
}

static void say_missing(struct look *look, struct media_facts *facts)
{
    refuse(facts, "missing");
    facts->others = all_names(look);
}

/* False when there is nothing to inspect. */
static bool open_file(struct look *look, struct media_facts *facts, int *fd)
{
    struct stat status;
    struct err refusal = {0};

    if (fstatat(look->folder, facts->file, &status, AT_SYMLINK_NOFOLLOW) != 0 &&
        (errno == ENOENT || errno == ENOTDIR)) {
        say_missing(look, facts);
        return false;
    }
    if (!file_open_beneath(look->folder, facts->file, most_file_bytes, fd, &facts->stamp,
                           &refusal)) {
        refuse(facts, "refused");
        facts->why = arena_text(look->arena, refusal.text);
        return false;
    }
    return true;
}

static bool read_file(struct media_facts *facts, int fd)
{
    facts->readable = hash_file(fd, facts) && is_unchanged(fd, facts);
    if (!facts->readable)
        refuse(facts, "changed");
    return facts->readable;
}

/* The inspector's lines. What reads hostile bytes may have been taken over by them: only an answer
 * that an honest inspector could give is taken. */

static const char *const known_metadata[] = {"exif", "gps", "xmp", "iptc", "icc", "text", "opaque"};

static bool read_metadata(const json_t *list, struct arena *arena, const char *const **words)
{
    size_t count = json_array_size(list), kept = 0, known = 0;
    const char **copy = arena_array(arena, COUNT_OF(known_metadata) + 1, sizeof *copy);

    for (; known < COUNT_OF(known_metadata) && kept < count; known++) {
        const char *word = json_string_value(json_array_get(list, kept));

        if (word && !strcmp(word, known_metadata[known]))
            copy[kept++] = known_metadata[known];
    }
    *words = copy;
    return json_is_array(list) && kept == count;
}

/* null or 1 to `most`. */
static bool read_number(const json_t *line, const char *member, int64_t most, int64_t *number)
{
    *number = json_integer_or(line, member, 0);
    if (json_is_null(json_object_get(line, member)))
        return true;
    return *number >= 1 && *number <= most;
}

static bool is_mime(const char *text)
{
    static const char *const families[] = {"application/", "audio/", "chemical/", "font/",
                                           "image/",       "inode/", "message/",  "model/",
                                           "multipart/",   "text/",  "video/",    "x-"};
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-./_";

    if (!text || strlen(text) >= 128 || text[strspn(text, letters)])
        return false;
    for (size_t i = 0; i < COUNT_OF(families); i++)
        if (!strncmp(text, families[i], strlen(families[i])))
            return true;
    return false;
}

/* A picture that nothing is wrong with has a size; nothing else has one without a problem. */
static bool is_sensible(const struct media_facts *facts)
{
    static const char *const pictures[] = {"image/jpeg", "image/png", "image/gif", "image/webp"};
    bool is_picture = false;

    for (size_t i = 0; i < COUNT_OF(pictures); i++)
        is_picture = is_picture || !strcmp(facts->mime, pictures[i]);
    if (facts->problem)
        return true;
    return is_picture ? facts->width > 0 && facts->height > 0 &&
                            facts->width <= MOST_PIXELS / facts->height
                      : facts->width == 0 && facts->height == 0;
}

static bool read_problem(const json_t *line, struct media_facts *facts)
{
    const char *problem = json_text(line, "problem");
    size_t i;

    if (!problem)
        return json_is_null(json_object_get(line, "problem"));
    if (!find_problem(problem, false, &i))
        return false;
    set_problem(facts, i);
    return true;
}

static bool read_line(const json_t *line, size_t n, struct arena *arena, struct media_facts *facts)
{
    struct media_facts read = *facts;
    const char *mime = json_text(line, "mime");
    int64_t orientation;

    if (json_integer_or(line, "n", -1) != (int64_t)n || !is_mime(mime) ||
        !read_problem(line, &read) || !read_number(line, "width", UINT32_MAX, &read.width) ||
        !read_number(line, "height", UINT32_MAX, &read.height) ||
        !read_number(line, "frames", UINT32_MAX, &read.frames) ||
        !read_number(line, "duration_ms", MOST_DURATION_MS, &read.duration_ms) ||
        !read_number(line, "orientation", 8, &orientation) ||
        !read_metadata(json_object_get(line, "metadata"), arena, &read.metadata))
        return false;
    read.mime = arena_text(arena, mime);
    if (!is_sensible(&read))
        return false;
    *facts = read;
    return true;
}

/* How many whole and sensible lines there are: the answers to the first so many files. Who goes on
 * talking after the last answer is not believed about the last file. */
static size_t read_lines(const struct buffer *answer, struct media_facts *const *files,
                         size_t count, struct arena *arena)
{
    const char *at = answer->bytes;
    const char *end;
    size_t n = 0;

    for (; n < count && (end = strchr(at, '\n')); n++, at = end + 1) {
        struct err nonsense;
        json_t *line = json_read(at, (size_t)(end - at), &nonsense);
        bool ok = line && read_line(line, n, arena, files[n]);

        json_decref(line);
        if (!ok)
            break;
    }
    return n && n == count && *at ? n - 1 : n;
}

static bool ask(const int *fds, struct media_facts *const *files, size_t count, struct arena *arena,
                size_t *answered, struct err *err)
{
    struct buffer answer;
    bool ok;

    buffer_init(&answer, JSON_MAX_BYTES);
    ok = inspector_run(fds, count, FILE_LIMIT_MS, &answer, err);
    *answered = ok ? read_lines(&answer, files, count, arena) : 0;
    buffer_clear(&answer);
    return ok;
}

/* A file that brings the inspector down must not take its neighbours with it. It is blamed only
 * when it was the first that this process looked at: else those before it may have eaten up the
 * memory and the time, and it is asked about again, by a fresh one. */
static bool ask_all(const int *fds, struct media_facts *const *files, size_t count,
                    struct arena *arena, struct err *err)
{
    size_t done = 0, answered;

    while (done < count) {
        if (!ask(fds + done, files + done, count - done, arena, &answered, err))
            return false;
        done += answered;
        if (done < count && answered == 0)
            refuse(files[done++], "inspector");
    }
    return true;
}

struct batch {
    int fds[INSPECTOR_BATCH];
    struct media_facts *files[INSPECTOR_BATCH];
    size_t count;
};

static bool inspect_batch(struct batch *batch, struct arena *arena, struct err *err)
{
    bool ok = ask_all(batch->fds, batch->files, batch->count, arena, err);

    for (size_t i = 0; i < batch->count; i++)
        close(batch->fds[i]);
    batch->count = 0;
    return ok;
}

/* Known facts. */

static const char *const *copy_words(const char *const *words, struct arena *arena)
{
    size_t count = 0;
    const char **copy;

    while (words && words[count])
        count++;
    copy = arena_array(arena, count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = arena_text(arena, words[i]);
    return copy;
}

static bool copy_known(const struct media_facts *known, size_t count, struct arena *arena,
                       struct media_facts *facts)
{
    for (size_t i = 0; i < count; i++) {
        const char *file = facts->file;

        if (!known[i].readable || strcmp(known[i].file, file) != 0 ||
            !file_stamp_equal(&known[i].stamp, &facts->stamp))
            continue;
        *facts = known[i];
        facts->file = file;
        facts->mime = arena_text(arena, known[i].mime);
        facts->problem = arena_text(arena, known[i].problem);
        facts->why = arena_text(arena, known[i].why);
        facts->metadata = copy_words(known[i].metadata, arena);
        return true;
    }
    return false;
}

static bool look_at(struct look *look, size_t count, const struct media_facts *known,
                    size_t known_count, struct err *err)
{
    struct batch batch = {.count = 0};

    for (size_t i = 0; i < count; i++) {
        struct media_facts *facts = &look->facts[i];
        int fd;

        if (!open_file(look, facts, &fd))
            continue;
        if (copy_known(known, known_count, look->arena, facts) || !read_file(facts, fd)) {
            close(fd);
            continue;
        }
        batch.fds[batch.count] = fd;
        batch.files[batch.count++] = facts;
        if (batch.count == INSPECTOR_BATCH && !inspect_batch(&batch, look->arena, err))
            return false;
    }
    return inspect_batch(&batch, look->arena, err);
}

bool asset_inspect(const char *media_folder, const char *const *files, size_t count,
                   const struct media_facts *known, size_t known_count, struct arena *arena,
                   struct media_facts **facts, struct err *err)
{
    struct look look = {.arena = arena, .folder = -1};
    struct err absent;
    bool ok;

    look.facts = arena_array(arena, count, sizeof *look.facts);
    *facts = look.facts;
    for (size_t i = 0; i < count; i++)
        look.facts[i].file = arena_text(arena, files[i]);
    if (!count)
        return true;
    if (!folder_open(media_folder, &look.folder, &absent)) {
        for (size_t i = 0; i < count; i++)
            refuse(&look.facts[i], "missing");
        return true;
    }
    ok = look_at(&look, count, known, known_count, err);
    close(look.folder);
    return ok;
}

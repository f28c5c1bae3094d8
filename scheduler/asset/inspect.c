#include "asset/inspect.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asset/answers.h"
#include "asset/helper.h"
#include "base/i18n.h"

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
    answers_refuse(facts, "missing");
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
        answers_refuse(facts, "refused");
        facts->why = arena_text(look->arena, refusal.text);
        return false;
    }
    return true;
}

static bool read_file(struct media_facts *facts, int fd)
{
    facts->readable = hash_file(fd, facts) && is_unchanged(fd, facts);
    if (!facts->readable)
        answers_refuse(facts, "changed");
    return facts->readable;
}

/* The inspector's lines. */

static bool is_one_of(const char *mime, const char *const *mimes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(mime, mimes[i]))
            return true;
    return false;
}

/* A picture that nothing is wrong with has a size, and captions an end; nothing but a picture has a
 * size without a problem. */
static bool is_sensible(const struct media_facts *facts)
{
    static const char *const pictures[] = {"image/jpeg", "image/png", "image/gif", "image/webp"};
    static const char *const captions[] = {"application/x-subrip", "text/vtt"};

    if (facts->problem)
        return true;
    if (is_one_of(facts->mime, pictures, COUNT_OF(pictures)))
        return facts->width > 0 && facts->height > 0 && facts->width <= MOST_PIXELS / facts->height;
    if (is_one_of(facts->mime, captions, COUNT_OF(captions)) && facts->duration_ms == 0)
        return false;
    return facts->width == 0 && facts->height == 0;
}

/* Who repairs captions wants to know where. */
static bool take_problem(const json_t *line, struct arena *arena, struct media_facts *facts)
{
    int64_t number;

    if (!answers_problem(line, &facts->problem, &facts->why) ||
        !answers_number(line, "line", UINT32_MAX, &number))
        return false;
    if (facts->problem && number > 0)
        facts->why =
            arena_printf(arena, _("Look at line %" PRId64 " of it. %s"), number, facts->why);
    return true;
}

static bool take_line(const json_t *line, struct arena *arena, struct media_facts *facts)
{
    int64_t orientation;

    if (!answers_mime(line, arena, &facts->mime) || !take_problem(line, arena, facts) ||
        !answers_number(line, "width", UINT32_MAX, &facts->width) ||
        !answers_number(line, "height", UINT32_MAX, &facts->height) ||
        !answers_number(line, "frames", UINT32_MAX, &facts->frames) ||
        !answers_number(line, "duration_ms", MOST_DURATION_MS, &facts->duration_ms) ||
        !answers_number(line, "orientation", 8, &orientation) ||
        !answers_metadata(line, arena, &facts->metadata))
        return false;
    facts->orientation = (int)orientation;
    return is_sensible(facts);
}

static const struct answers_kind inspecting = {
    .program = "crier-inspect",
    .counts = true,
    .line_ms = FILE_LIMIT_MS,
    .take = take_line,
};

bool asset_inspect_open(int fd, struct arena *arena, struct media_facts *facts, struct err *err)
{
    const struct answers_question question = {
        .kind = &inspecting, .fds = &fd, .files = &facts, .count = 1};

    facts->readable = true;
    return answers_ask(&question, arena, err);
}

struct batch {
    int fds[HELPER_FILES];
    struct media_facts *files[HELPER_FILES];
    size_t count;
};

static bool inspect_batch(struct batch *batch, struct arena *arena, struct err *err)
{
    const struct answers_question question = {
        .kind = &inspecting, .fds = batch->fds, .files = batch->files, .count = batch->count};
    bool ok = answers_ask(&question, arena, err);

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

static const struct video_facts *copy_video(const struct video_facts *video, struct arena *arena)
{
    struct video_facts *copy;

    if (!video)
        return NULL;
    copy = arena_copy(arena, video, sizeof *video);
    copy->codec = arena_text(arena, video->codec);
    copy->sound = arena_text(arena, video->sound);
    copy->pixels = arena_text(arena, video->pixels);
    return copy;
}

struct rendition asset_copy_rendition(const struct rendition *rendition, struct arena *arena)
{
    struct rendition copy = *rendition;

    copy.recipe = arena_text(arena, rendition->recipe);
    copy.mime = arena_text(arena, rendition->mime);
    copy.problem = arena_text(arena, rendition->problem);
    copy.why = arena_text(arena, rendition->why);
    return copy;
}

static const struct rendition *copy_renditions(const struct rendition *renditions, size_t count,
                                               struct arena *arena)
{
    struct rendition *copy = arena_array(arena, count, sizeof *copy);

    for (size_t i = 0; i < count; i++)
        copy[i] = asset_copy_rendition(&renditions[i], arena);
    return copy;
}

struct media_facts asset_copy_facts(const struct media_facts *facts, struct arena *arena)
{
    struct media_facts copy = *facts;

    copy.file = arena_text(arena, facts->file);
    copy.mime = arena_text(arena, facts->mime);
    copy.problem = arena_text(arena, facts->problem);
    copy.why = arena_text(arena, facts->why);
    copy.colour = arena_text(arena, facts->colour);
    copy.metadata = copy_words(facts->metadata, arena);
    copy.video = copy_video(facts->video, arena);
    copy.renditions = copy_renditions(facts->renditions, facts->rendition_count, arena);
    copy.others = facts->others ? copy_words(facts->others, arena) : NULL;
    return copy;
}

static bool copy_known(const struct media_facts *known, size_t count, struct arena *arena,
                       struct media_facts *facts)
{
    for (size_t i = 0; i < count; i++) {
        if (!known[i].readable || strcmp(known[i].file, facts->file) != 0 ||
            !file_stamp_equal(&known[i].stamp, &facts->stamp))
            continue;
        *facts = asset_copy_facts(&known[i], arena);
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
        if (batch.count == HELPER_FILES && !inspect_batch(&batch, look->arena, err))
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
            answers_refuse(&look.facts[i], "missing");
        return true;
    }
    ok = look_at(&look, count, known, known_count, err);
    close(look.folder);
    return ok;
}

/* Renditions made, and judged like anything that comes from a program which has read a hostile
 * file: hashed and measured here, and looked into by crier-inspect. */
#include "asset/renditions.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "asset/answers.h"
#include "asset/helper.h"
#include "asset/inside.h"
#include "asset/inspect.h"
#include "asset/shelf.h"
#include "asset/spool.h"
#include "base/failpoint.h"
#include "base/i18n.h"
#include "base/recipe.h"

enum {
    PICTURE_MS = 120 * 1000, /* of a busy machine, to us the last; its processor time is limited */
    VIDEO_LINE_MS = 120 * 1000,
    VIDEO_BASE_MS = 5 * 60 * 1000,
    VIDEO_TIMES = 30, /* as long as it lasts */
    VIDEO_MOST_MS = 6 * 60 * 60 * 1000,
    MOST_TRIES = 5, /* of what this machine has no memory or time for */
    NICE = 10,
    PARTS = 1000 /* of a whole, for the progress */
};
static const int64_t least_room_bytes = INT64_C(64) << 20;
static const int64_t most_file_bytes = INT64_C(4) << 30;

#define MOST_SIDE        INT64_C(65535)
#define MOST_DURATION_MS (INT64_C(1) << 40)

struct making {
    const struct shelf *shelf;
    const struct media_facts *facts;
    const char *text;
    struct recipe recipe;
    const struct headway *progress;
    struct arena *arena;
    int source;
    struct spool_file made;
    bool given_up, no_room, exhausting;
    bool is_best; /* its size was no matter */
};

/* What a line says that tells of a rendition. */

static bool take_measures(const json_t *line, struct arena *arena, struct rendition *rendition)
{
    return answers_mime(line, arena, &rendition->mime) &&
           answers_number(line, "width", MOST_SIDE, &rendition->width) &&
           answers_number(line, "height", MOST_SIDE, &rendition->height) &&
           answers_number(line, "duration_ms", MOST_DURATION_MS, &rendition->duration_ms);
}

/* A video's sides are even. */
static bool is_side(int64_t side, int32_t asked, bool video)
{
    return side > 0 &&
           (side == asked || (video && side % 2 == 0 && side - asked <= 1 && asked - side <= 1));
}

/* It is what the recipe asks for. */
static bool follows(const struct rendition *rendition, const struct recipe *recipe)
{
    bool framed = recipe->frame != RECIPE_NO_FRAME, video = mime_is_video(recipe->mime);

    if (strcmp(rendition->mime, recipe->mime) != 0)
        return false;
    if (recipe->copies)
        return rendition->width > 0 && rendition->height > 0;
    return is_side(rendition->width, framed ? recipe->frame_width : recipe->width, video) &&
           is_side(rendition->height, framed ? recipe->frame_height : recipe->height, video);
}

static bool take_line(const json_t *line, const struct recipe *recipe, struct arena *arena,
                      struct rendition *rendition)
{
    if (!answers_problem(line, &rendition->problem, &rendition->why))
        return false;
    return rendition->problem ||
           (take_measures(line, arena, rendition) && follows(rendition, recipe));
}

/* Our own word about one that could not be made; on the shelf it may stand. */
static bool take_our_problem(const json_t *made, struct rendition *rendition)
{
    static const char *const ours[] = {"failed", "exhausting"};

    if (!answers_word(made, "problem", ours, COUNT_OF(ours), &rendition->problem))
        return false;
    rendition->why = answers_why(rendition->problem);
    return true;
}

bool rendition_take(const json_t *made, const char *spool, struct arena *arena,
                    struct rendition *rendition)
{
    const char *sha256 = json_text(made, "sha256");
    struct recipe recipe;

    *rendition = (struct rendition){.recipe = arena_text(arena, json_text(made, "recipe")),
                                    .bytes = json_integer_or(made, "bytes", 0)};
    if (!rendition->recipe || !recipe_read(rendition->recipe, &recipe))
        return false;
    if (take_our_problem(made, rendition))
        return true;
    if (!take_line(made, &recipe, arena, rendition))
        return false;
    if (rendition->problem)
        return true;
    if (!sha256 || !spool_has(spool, sha256, rendition->bytes))
        return false;
    memcpy(rendition->sha256, sha256, DIGEST_HEX);
    return true;
}

/* Time, room, and whether it is still wanted. */

static bool has_room(const struct making *making)
{
    struct statvfs disk;

    return fstatvfs(making->made.fd, &disk) != 0 ||
           (int64_t)disk.f_bavail >= least_room_bytes / (int64_t)disk.f_frsize;
}

static bool is_bearable(const struct making *making)
{
    struct stat status;

    return fstat(making->made.fd, &status) != 0 || status.st_size <= most_file_bytes;
}

static bool tell(const struct making *making, size_t done)
{
    const struct headway *progress = making->progress;

    return !progress || progress->tell(progress->arg, making->facts->file, done, PARTS);
}

static size_t parts_of(double part)
{
    return part > 0 && part < 1 ? (size_t)(part * PARTS) : 0;
}

/* The newest whole line; a NUL among them is nonsense. */
static json_t *last_line(const struct buffer *answer)
{
    const char *end, *start;
    size_t length = answer->length;
    struct err nonsense;

    if (strlen(answer->bytes) != length || !length)
        return NULL;
    while (length && answer->bytes[length - 1] != '\n')
        length--;
    if (!length)
        return NULL;
    end = answer->bytes + length - 1;
    for (start = end; start > answer->bytes && start[-1] != '\n'; start--)
        continue;
    return json_read(start, (size_t)(end - start), &nonsense);
}

static bool watch(void *arg, const struct buffer *answer)
{
    struct making *making = arg;
    json_t *line = last_line(answer);
    double part = json_real_value(json_object_get(line, "progress"));

    json_decref(line);
    making->given_up = !tell(making, parts_of(part));
    making->no_room = !has_room(making);
    return !making->given_up && !making->no_room && is_bearable(making);
}

/* Films are ffmpeg's business, even where a picture is made of one. */
static bool is_film(const struct making *making)
{
    return mime_is_video(making->recipe.mime) || mime_is_video(making->facts->mime);
}

static unsigned most_ms(const struct making *making)
{
    int64_t limit = VIDEO_BASE_MS + making->facts->duration_ms * VIDEO_TIMES;

    if (!is_film(making))
        return PICTURE_MS;
    return (unsigned)(limit < VIDEO_MOST_MS ? limit : VIDEO_MOST_MS);
}

/* Running crier-render. */

static bool refuse(struct rendition *rendition, const char *problem)
{
    rendition->problem = problem;
    rendition->why = answers_why(problem);
    return true;
}

static bool give_up(const struct making *making, struct err *err)
{
    return err_set(err, ERR_BUSY, _("fitting %s was given up"), making->facts->file);
}

static bool need_room(struct err *err)
{
    return err_set(err, ERR_SPACE, _("less than 64 MiB are free for what is made of media"));
}

/* False: the machine failed, not the file. */
static bool judge_end(struct making *making, const struct helper_end *end, struct err *err)
{
    if (making->given_up)
        return give_up(making, err);
    if (making->no_room || !has_room(making)) /* what it says now may come of that */
        return need_room(err);
    making->exhausting = end->killed || end->signal == SIGKILL;
    if (end->killed)
        return err_set(err, ERR_IO, _("fitting %s takes too long on this machine"),
                       making->facts->file);
    if (end->status == HELPER_LACKS)
        return err_set(err, ERR_IO,
                       _("%s cannot be fitted, because ffmpeg is missing on this machine: apt "
                         "install ffmpeg"),
                       making->facts->file);
    if (end->status == HELPER_STARTS_NOT)
        return err_set(err, ERR_IO, _("crier-render cannot start on this machine"));
    if (end->signal == SIGKILL)
        return err_set(err, ERR_IO,
                       _("this machine ended crier-render at %s, for want of memory or time"),
                       making->facts->file);
    return true;
}

/* It could do its work, but not write it down. */
static bool was_written(const struct making *making, const json_t *line, struct err *err)
{
    const char *problem = json_text(line, "problem");

    return !problem || strcmp(problem, "unwritten") != 0 ||
           err_set(err, ERR_IO, _("what is made of %s cannot be written"), making->facts->file);
}

/* What it said of its work; whatever no honest program says is a failure of its own. */
static void judge_line(struct making *making, const json_t *line, const struct helper_end *end,
                       struct rendition *rendition)
{
    making->is_best = json_flag(line, "best");
    if (!line || end->status != 0 || end->signal != 0 ||
        !take_line(line, &making->recipe, making->arena, rendition))
        (void)refuse(rendition, "failed");
}

static bool render(struct making *making, struct rendition *rendition, struct err *err)
{
    const char *const args[] = {is_film(making) ? "video" : "picture", making->text, NULL};
    const int fds[] = {making->source, making->made.fd};
    unsigned limit_ms = most_ms(making);
    struct helper_run run = {.program = "crier-render",
                             .args = args,
                             .fds = fds,
                             .count = COUNT_OF(fds),
                             .line_ms = is_film(making) ? VIDEO_LINE_MS : limit_ms,
                             .lines = SIZE_MAX,
                             .total_ms = limit_ms,
                             .nice = NICE,
                             .watch = watch,
                             .arg = making};
    struct helper_end end;
    struct buffer answer;
    json_t *line;
    bool ok;

    buffer_init(&answer, JSON_MAX_BYTES);
    ok = helper_run(&run, &answer, &end, err) && judge_end(making, &end, err);
    line = ok ? last_line(&answer) : NULL;
    ok = ok && was_written(making, line, err);
    if (ok)
        judge_line(making, line, &end, rendition);
    json_decref(line);
    buffer_clear(&answer);
    return ok;
}

/* What crier-inspect, which shares no code with it, says of the rendition. */
static bool looks_right(const struct making *making, const struct rendition *rendition,
                        const struct media_facts *seen)
{
    if (!seen->readable || seen->problem || !seen->mime || strcmp(seen->mime, rendition->mime) != 0)
        return false;
    if (mime_is_video(making->recipe.mime))
        return true;
    return seen->width == rendition->width && seen->height == rendition->height &&
           seen->orientation <= 1 && !seen->metadata[0];
}

/* A program that says nothing of our own rendition says nothing of the file that it was made of. */
static bool was_seen(const struct making *making, const struct media_facts *seen, struct err *err)
{
    return !seen->problem || strcmp(seen->problem, "inspector") != 0 ||
           err_set(err, ERR_IO, _("what was made of %s could not be looked into"),
                   making->facts->file);
}

static bool is_sound(const struct making *making, const struct rendition *rendition, bool *sound,
                     struct err *err)
{
    struct media_facts seen = {.file = making->facts->file};
    int64_t most = making->recipe.most_bytes;
    int fd = open(making->made.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool ok;

    if (fd < 0)
        return err_errno(err, ERR_IO, errno, "%s", making->made.path);
    ok = asset_inspect_open(fd, making->arena, &seen, err) && was_seen(making, &seen, err);
    close(fd);
    *sound = ok && looks_right(making, rendition, &seen) && (!most || rendition->bytes <= most);
    return ok;
}

static int64_t size_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 ? status.st_size : 0;
}

static bool finish(struct making *making, struct rendition *rendition, struct err *err)
{
    bool sound = false;

    if (rendition->problem)
        return true;
    rendition->bytes = size_of(making->made.fd);
    if (!is_sound(making, rendition, &sound, err))
        return false;
    if (!sound)
        return refuse(rendition, "failed");
    FAILPOINT("renditions.made");
    return spool_keep(making->shelf->spool, &making->made, rendition->sha256, &rendition->bytes,
                      err);
}

/* Keeping. */

static json_t *made_json(const struct rendition *rendition, bool is_best)
{
    json_t *made = json_object();

    json_put(made, "recipe", rendition->recipe);
    json_put(made, "problem", rendition->problem);
    if (rendition->problem)
        return made;
    json_put_bool(made, "best", is_best);
    json_put(made, "sha256", rendition->sha256);
    json_put(made, "mime", rendition->mime);
    json_put_known(made, "bytes", rendition->bytes);
    json_put_known(made, "width", rendition->width);
    json_put_known(made, "height", rendition->height);
    json_put_known(made, "duration_ms", rendition->duration_ms);
    return made;
}

/* Another try that came to nothing, and is counted: a line that tells of no rendition. */
static bool keep_try(const struct making *making, int64_t tries, struct err *err)
{
    json_t *line = json_object();
    bool ok;

    json_put(line, "recipe", making->text);
    json_put_integer(line, "tries", tries);
    ok = shelf_put_rendition(making->shelf, making->facts->sha256, line, err);
    json_decref(line);
    return ok;
}

static bool keep(const struct making *making, const struct rendition *rendition, struct err *err)
{
    json_t *made = made_json(rendition, making->is_best);
    bool ok = shelf_put_rendition(making->shelf, making->facts->sha256, made, err);

    json_decref(made);
    return ok;
}

/* A swap of the file in media/ cannot slip in: the pinned copy was hashed while it was made, and is
 * hashed again when it is opened. */
static bool open_source(struct making *making, struct err *err)
{
    const struct shelf *shelf = making->shelf;
    const struct media_facts *facts = making->facts;

    return spool_pin(shelf->spool, shelf->media, facts->file, facts->sha256, facts->bytes, err) &&
           spool_open(shelf->spool, facts->sha256, facts->bytes, &making->source, err);
}

static bool begin(struct making *making, struct err *err)
{
    if (!spool_begin(making->shelf->spool, making->arena, &making->made, err))
        return false;
    if (!has_room(making))
        return need_room(err);
    if (!tell(making, 0))
        return give_up(making, err);
    return open_source(making, err);
}

/* It may be the machine, busy with something else, and it may be the file: after a few tries it is
 * the file. True: then that is what came of it. */
static bool has_had_its_tries(struct making *making, struct rendition *rendition, struct err *err)
{
    json_t *entry = shelf_read(making->shelf, making->facts->sha256, making->arena);
    int64_t tries = 1 + json_integer_or(shelf_find(entry, making->text), "tries", 0);
    struct err unkept;

    if (!making->exhausting)
        return false;
    if (tries < MOST_TRIES) {
        (void)keep_try(making, tries, &unkept);
        return false;
    }
    return refuse(rendition, "exhausting") && keep(making, rendition, err);
}

static bool make(struct making *making, struct rendition *rendition, struct err *err)
{
    bool ok = begin(making, err) && render(making, rendition, err) &&
              finish(making, rendition, err) && keep(making, rendition, err);

    ok = ok || has_had_its_tries(making, rendition, err);
    if (ok)
        (void)tell(making, PARTS);
    if (making->source >= 0)
        close(making->source);
    spool_drop(&making->made);
    return ok;
}

static bool take(const struct making *making, const json_t *made, struct rendition *rendition)
{
    return made && rendition_take(made, making->shelf->spool, making->arena, rendition);
}

/* They differ at most in how large it may be. */
static bool are_alike(struct recipe one, struct recipe other)
{
    char text[RECIPE_SIZE], other_text[RECIPE_SIZE];

    one.most_bytes = other.most_bytes = 0;
    recipe_write(&one, text);
    recipe_write(&other, other_text);
    return strcmp(text, other_text) == 0;
}

/* These bytes would come out again: crier-render begins with the best, and is content with it when
 * it is small enough. */
static bool is_what_comes_out(const struct making *making, const json_t *made)
{
    const char *text = json_text(made, "recipe");
    int64_t bytes = json_integer_or(made, "bytes", 0), most = making->recipe.most_bytes;
    struct recipe recipe;

    return json_flag(made, "best") && (!most || bytes <= most) && text &&
           recipe_read(text, &recipe) && are_alike(recipe, making->recipe);
}

/* Made already for somebody else who takes files of another size: platforms ask for the same
 * picture and differ in that alone. */
static bool is_made_alike(struct making *making, const json_t *entry, struct rendition *rendition)
{
    const json_t *list = json_object_get(entry, "renditions");

    for (size_t i = 0; i < json_array_size(list); i++)
        if (is_what_comes_out(making, json_array_get(list, i)) &&
            take(making, json_array_get(list, i), rendition) && !rendition->problem)
            return true;
    return false;
}

static bool adopt(struct making *making, struct rendition *rendition, struct err *err)
{
    rendition->recipe = arena_text(making->arena, making->text);
    making->is_best = true;
    return keep(making, rendition, err);
}

bool renditions_make(const struct shelf *shelf, const struct media_facts *facts, const char *recipe,
                     const struct headway *progress, struct arena *arena,
                     struct rendition *rendition, struct err *err)
{
    struct making making = {.shelf = shelf,
                            .facts = facts,
                            .text = recipe,
                            .progress = progress,
                            .arena = arena,
                            .source = -1,
                            .made = {.fd = -1}};
    json_t *entry;

    if (!recipe_read(recipe, &making.recipe) || recipe_made(recipe))
        return err_set(err, ERR_CONFIG, _("\"%s\" is no recipe"), recipe);
    entry = shelf_read(shelf, facts->sha256, arena);
    if (take(&making, shelf_find(entry, recipe), rendition))
        return true;
    if (is_made_alike(&making, entry, rendition))
        return adopt(&making, rendition, err);
    *rendition = (struct rendition){.recipe = arena_text(arena, recipe)};
    return make(&making, rendition, err);
}

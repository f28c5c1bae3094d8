/* What decoders say of files, from the shelf or by looking. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asset/answers.h"
#include "asset/helper.h"
#include "asset/inside.h"
#include "asset/shelf.h"
#include "asset/spool.h"
#include "base/i18n.h"

enum { PICTURE_MS = 10000, VIDEO_MS = 30000 };

/* As wide as what an honest program says can be. */
#define MOST_SIDE        INT64_C(65535)
#define MOST_PIXELS      INT64_C(100000000)
#define MOST_FRAMES      INT64_C(1000000)
#define MOST_DURATION_MS (INT64_C(1) << 40)
#define MOST_FRAME_RATE  INT64_C(1000000)
#define MOST_BIT_RATE    (INT64_C(1) << 40)
#define MOST_SOUND_RATE  INT64_C(1000000)
#define MOST_CHANNELS    INT64_C(256)

static bool begins(const char *text, const char *beginning)
{
    return text && strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Kinds of file that libmagic and a decoder may call by two names. */
static const char *const families[][5] = {
    {"image/heif", "image/heic", "image/avif", "image/heif-sequence", "image/heic-sequence"},
    {"video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "video/3gpp2"},
    {"video/webm", "video/x-matroska", NULL, NULL, NULL},
};

/* COUNT_OF(families) for none. */
static size_t family_of(const char *mime)
{
    for (size_t i = 0; i < COUNT_OF(families); i++)
        for (size_t k = 0; k < COUNT_OF(families[i]) && families[i][k]; k++)
            if (!strcmp(families[i][k], mime))
                return i;
    return COUNT_OF(families);
}

/* Of the old containers of videos every program has names of its own. */
static bool are_one_kind(const char *seen, const char *said)
{
    size_t family = family_of(seen);

    if (!begins(said, begins(seen, "video/") ? "video/" : "image/") || family != family_of(said))
        return false;
    return family < COUNT_OF(families) || begins(seen, "video/") || !strcmp(seen, said);
}

static bool take_size(const json_t *line, struct media_facts *facts)
{
    return answers_number(line, "width", MOST_SIDE, &facts->width) &&
           answers_number(line, "height", MOST_SIDE, &facts->height) &&
           answers_number(line, "duration_ms", MOST_DURATION_MS, &facts->duration_ms) &&
           facts->width > 0 && facts->height > 0 && facts->width * facts->height <= MOST_PIXELS;
}

/* A file that looks like one thing to libmagic and like another to its decoder is refused: that is
 * how two programs are shown two pictures. */
static bool judge_kind(const char *mime, struct media_facts *facts)
{
    if (are_one_kind(facts->mime, mime))
        return true;
    facts->problem = "type-mismatch";
    facts->why = answers_why(facts->problem);
    return false;
}

/* What a line of both sorts begins with. With a problem there is no more to it. */
static bool take_head(const json_t *line, struct arena *arena, struct media_facts *facts,
                      const char **mime)
{
    if (!answers_problem(line, &facts->problem, &facts->why))
        return false;
    facts->decoded = !facts->problem;
    if (facts->problem)
        return true;
    if (!answers_mime(line, arena, mime) || !answers_metadata(line, arena, &facts->metadata))
        return false;
    facts->decoded = judge_kind(*mime, facts);
    return true;
}

static bool take_picture(const json_t *line, struct arena *arena, struct media_facts *facts)
{
    static const char *const colours[] = {"srgb", "grey", "cmyk", "other"};
    const int64_t counted = facts->frames; /* of a PNG's only crier-inspect knows */
    int64_t orientation, bits;
    const char *mime;

    if (!take_head(line, arena, facts, &mime))
        return false;
    if (facts->problem)
        return true;
    if (!take_size(line, facts) || !answers_number(line, "frames", MOST_FRAMES, &facts->frames) ||
        !answers_number(line, "orientation", 8, &orientation) ||
        !answers_word(line, "colour", colours, COUNT_OF(colours), &facts->colour) ||
        !answers_number(line, "bits", 32, &bits) || !answers_flag(line, "alpha", &facts->has_alpha))
        return false;
    facts->frames = facts->frames < counted ? counted : facts->frames;
    facts->orientation = (int)orientation;
    facts->bits = (int)bits;
    return true;
}

static bool take_inside(const json_t *line, struct arena *arena, struct video_facts *video)
{
    return answers_name(line, "codec", arena, &video->codec) && *video->codec &&
           answers_name(line, "sound", arena, &video->sound) &&
           answers_name(line, "pixels", arena, &video->pixels) &&
           answers_count(line, "frame_rate", MOST_FRAME_RATE, &video->frame_rate) &&
           answers_flag(line, "rate_varies", &video->rate_varies) &&
           answers_flag(line, "interlaced", &video->interlaced) &&
           answers_flag(line, "index_first", &video->index_first) &&
           answers_flag(line, "has_edits", &video->has_edits) &&
           answers_count(line, "bit_rate", MOST_BIT_RATE, &video->bit_rate) &&
           answers_count(line, "sound_rate", MOST_SOUND_RATE, &video->sound_rate) &&
           answers_count(line, "channels", MOST_CHANNELS, &video->channels);
}

static bool take_video(const json_t *line, struct arena *arena, struct media_facts *facts)
{
    struct video_facts *video = arena_alloc(arena, sizeof *video);
    const char *mime;

    if (!take_head(line, arena, facts, &mime))
        return false;
    if (facts->problem)
        return true;
    facts->mime = mime;
    facts->video = video;
    return take_size(line, facts) && take_inside(json_object_get(line, "video"), arena, video);
}

static const struct {
    const char *family;
    size_t most; /* files a process */
    struct answers_kind kind;
} ways[] = {
    {"image/",
     HELPER_FILES,
     {.program = "crier-render",
      .verb = "look",
      .counts = true,
      .line_ms = PICTURE_MS,
      .take = take_picture}},
    {"video/",
     1,
     {.program = "crier-render", .verb = "probe", .line_ms = VIDEO_MS, .take = take_video}},
};

struct looking {
    const struct shelf *shelf;
    const struct headway *progress;
    struct arena *arena;
    const char *file;
    size_t done, all;
    int fds[HELPER_FILES];
    struct file_stamp stamps[HELPER_FILES];
    struct media_facts *files[HELPER_FILES];
    size_t count;
};

/* Known from earlier. */

static bool take_from_shelf(const json_t *entry, size_t way, struct arena *arena,
                            struct media_facts *facts)
{
    const json_t *line = json_object_get(entry, "facts");
    struct media_facts read = *facts;

    if (!line || !ways[way].kind.take(line, arena, &read))
        return false;
    *facts = read;
    return true;
}

static void take_renditions(const struct shelf *shelf, const json_t *entry, struct arena *arena,
                            struct media_facts *facts)
{
    const json_t *list = json_object_get(entry, "renditions");
    size_t count = json_array_size(list);
    struct rendition *taken = arena_array(arena, count, sizeof *taken);

    facts->renditions = taken;
    facts->rendition_count = 0;
    for (size_t i = 0; i < count; i++)
        if (rendition_take(json_array_get(list, i), shelf->spool, arena,
                           &taken[facts->rendition_count]))
            facts->rendition_count++;
}

/* Looking. */

static bool open_in_media(const struct looking *looking, const struct media_facts *facts, int *fd)
{
    struct file_stamp stamp;
    struct err absent;
    int folder;
    bool ok;

    if (!folder_open(looking->shelf->media, &folder, &absent))
        return false;
    ok = file_open_beneath(folder, facts->file, facts->bytes, fd, &stamp, &absent);
    folder_close(folder);
    if (ok && !file_stamp_equal(&stamp, &facts->stamp)) {
        close(*fd);
        ok = false;
    }
    return ok;
}

/* The pinned copy where there is one: nobody can exchange that. */
static bool open_file(const struct looking *looking, const struct media_facts *facts, int *fd)
{
    const char *spool = looking->shelf->spool;
    struct err absent;

    return (spool_has(spool, facts->sha256, facts->bytes) &&
            spool_open(spool, facts->sha256, facts->bytes, fd, &absent)) ||
           open_in_media(looking, facts, fd);
}

static struct file_stamp stamp_now(int fd)
{
    struct stat status = {0};

    (void)fstat(fd, &status);
    return file_stamp_of(&status);
}

static bool goes_on(void *arg)
{
    const struct looking *looking = arg;
    const struct headway *progress = looking->progress;

    return !progress || progress->tell(progress->arg, looking->file, looking->done, looking->all);
}

static bool keep(struct looking *looking, const json_t *const *lines, struct err *err)
{
    for (size_t i = 0; i < looking->count; i++) {
        struct media_facts *facts = looking->files[i];
        struct file_stamp now = stamp_now(looking->fds[i]);

        if (!lines[i])
            continue;
        if (!file_stamp_equal(&now, &looking->stamps[i]))
            answers_refuse(facts, "changed");
        else if (!shelf_put_facts(looking->shelf, facts->sha256, lines[i], err))
            return false;
    }
    return true;
}

static void end_batch(struct looking *looking)
{
    for (size_t i = 0; i < looking->count; i++)
        close(looking->fds[i]);
    looking->done += looking->count;
    looking->count = 0;
}

static bool look_at_batch(struct looking *looking, size_t way, struct err *err)
{
    const json_t *lines[HELPER_FILES] = {NULL};
    const struct answers_question question = {
        .kind = &ways[way].kind,
        .fds = looking->fds,
        .files = looking->files,
        .count = looking->count,
        .lines = lines,
        .goes_on = goes_on,
        .arg = looking,
    };
    bool ok = answers_ask(&question, looking->arena, err) && keep(looking, lines, err);

    end_batch(looking);
    return ok;
}

/* Whether it is known already, or needs no look. */
static bool is_known(struct looking *looking, size_t way, struct media_facts *facts)
{
    json_t *entry;

    if (!facts->readable || facts->problem || !begins(facts->mime, ways[way].family))
        return true;
    entry = shelf_read(looking->shelf, facts->sha256, looking->arena);
    take_renditions(looking->shelf, entry, looking->arena, facts);
    return facts->decoded || take_from_shelf(entry, way, looking->arena, facts);
}

static bool look_at(struct looking *looking, size_t way, struct media_facts *facts, struct err *err)
{
    size_t i = looking->count;

    looking->file = facts->file;
    if (!goes_on(looking))
        return err_set(err, ERR_BUSY, _("looking into media was given up"));
    if (!open_file(looking, facts, &looking->fds[i])) {
        answers_refuse(facts, "changed");
        return true;
    }
    looking->files[i] = facts;
    looking->stamps[i] = stamp_now(looking->fds[i]);
    looking->count++;
    return looking->count < ways[way].most || look_at_batch(looking, way, err);
}

static bool look_one_way(struct looking *looking, size_t way, struct media_facts *facts,
                         size_t count, struct err *err)
{
    struct media_facts **unknown = arena_array(looking->arena, count, sizeof(struct media_facts *));
    bool ok = true;

    looking->done = looking->all = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_known(looking, way, &facts[i]))
            unknown[looking->all++] = &facts[i];
    for (size_t i = 0; ok && i < looking->all; i++)
        ok = look_at(looking, way, unknown[i], err);
    if (ok && looking->count)
        ok = look_at_batch(looking, way, err);
    end_batch(looking);
    return ok;
}

bool renditions_look(const struct shelf *shelf, struct media_facts *facts, size_t count,
                     const struct headway *progress, struct arena *arena, struct err *err)
{
    struct looking looking = {.shelf = shelf, .progress = progress, .arena = arena};

    for (size_t way = 0; way < COUNT_OF(ways); way++)
        if (!look_one_way(&looking, way, facts, count, err))
            return false;
    return true;
}

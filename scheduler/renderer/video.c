#include "renderer/video.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/recipe.h"
#include "renderer/child.h"
#include "renderer/probe.h"
#include "renderer/render.h"

static const uint64_t memory_bytes = UINT64_C(2) << 30;
static const int64_t most_output = INT64_C(4) << 30;

enum { SOUND_BITS = 128 * 1000, LEAST_BITS = 64 * 1000, GROUP_S = 2 };
/* Of a second of video, at the most; 30 frames of 4K take 8 seconds on one slow processor. */
enum { CPU_S = 60, CPU_S_A_SECOND = 40, UNKNOWN_S = 3600 };

struct job {
    struct recipe recipe;
    struct probe source, made;
    struct arena arena;
    int64_t most_bits; /* of the pictures, in a second; 0 = whatever looks good */
    int64_t bytes;
    const char *problem;
    bool is_poster; /* one picture of it is wanted, as a JPEG */
};

/* What stands for a video: neither its first frame, which is often black, nor far into it. */
enum { POSTER_PART = 10, POSTER_MOST_MS = 3000 };

/* ---- the command line ---- */

/* ffmpeg's arguments, one after another. */
struct args {
    struct arena *arena;
    const char **items;
    size_t count, capacity;
};

static void add(struct args *args, const char *word)
{
    const char **item =
        arena_push(args->arena, &args->items, &args->count, &args->capacity, sizeof *item);

    *item = word;
}

static void add_all(struct args *args, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(args, words[i]);
}
#define ADD(args, ...)                                                                             \
    add_all(args, (const char *const[]){__VA_ARGS__},                                              \
            COUNT_OF(((const char *const[]){__VA_ARGS__})))

static void add_number(struct args *args, const char *option, int64_t number)
{
    ADD(args, option, arena_printf(args->arena, "%" PRId64, number));
}

/* 29,970 frames in 1,000 s are what people mean by 30,000/1,001. */
static const char *rate_text(int64_t rate, struct arena *arena)
{
    int64_t nearest = (rate + 500) / 1000 * 1000;

    if (nearest != rate && (nearest * 1000 + 500) / 1001 == rate)
        return arena_printf(arena, "%" PRId64 "/1001", nearest);
    return arena_printf(arena, "%" PRId64 "/1000", rate);
}

/* Coders of 4:2:0 want even sizes. */
static int32_t even(int32_t size)
{
    return size < 2 ? 2 : size & ~1;
}

static bool is_hdr(const struct probe *source)
{
    return !strcmp(source->transfer, "smpte2084") || !strcmp(source->transfer, "arib-std-b67");
}

/* What no file says: HD was made by BT.709, all before it by BT.601. */
static const char *matrix(const struct probe *source)
{
    static const char *const known[][2] = {{"bt709", "bt709"},         {"smpte170m", "bt601"},
                                           {"bt470bg", "bt601"},       {"fcc", "fcc"},
                                           {"smpte240m", "smpte240m"}, {"bt2020nc", "bt2020"},
                                           {"bt2020c", "bt2020"}};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (!strcmp(source->matrix, known[i][0]))
            return known[i][1];
    return source->height >= 720 && source->width >= 720 ? "bt709" : "bt601";
}

static void tone_filters(const struct job *job, struct buffer *filters)
{
    (void)buffer_printf(filters,
                        "scale=%" PRId32 ":%" PRId32
                        ":flags=bicubic+accurate_rnd+full_chroma_int+bitexact",
                        even(job->recipe.width), even(job->recipe.height));
    if (is_hdr(&job->source))
        (void)buffer_text(filters, ",zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
                                   "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv");
    else
        (void)buffer_printf(filters, ":in_color_matrix=%s:out_color_matrix=bt709:out_range=tv",
                            matrix(&job->source));
    (void)buffer_text(filters, ",format=yuv420p");
}

/* A JPEG's colours are BT.601, from black at 0 to white at 255. */
static void poster_filters(struct buffer *filters)
{
    (void)buffer_text(filters, ",scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601"
                               ":out_range=pc:flags=accurate_rnd+full_chroma_int+bitexact"
                               ",format=yuvj420p");
}

static void frame_filters(const struct recipe *recipe, struct buffer *filters)
{
    if (recipe->frame == RECIPE_NO_FRAME)
        return;
    (void)buffer_printf(filters,
                        recipe->frame == RECIPE_CROP ? ",crop=%" PRId32 ":%" PRId32
                                                     : ",pad=%" PRId32 ":%" PRId32
                                                       ":(ow-iw)/2:(oh-ih)/2:black",
                        even(recipe->frame_width), even(recipe->frame_height));
}

static const char *picture_filters(struct job *job)
{
    struct buffer filters;
    const char *text;

    buffer_init(&filters, 4096);
    /* Pictures that begin later than the sound do not begin with nothing: the first stays. */
    (void)buffer_text(&filters, "setpts='if(N,PTS,0)',");
    if (job->source.interlaced)
        (void)buffer_text(&filters, "yadif=mode=send_frame:parity=auto:deint=all,");
    if (job->recipe.frame_rate)
        (void)buffer_printf(&filters, "fps=%s,", rate_text(job->recipe.frame_rate, &job->arena));
    tone_filters(job, &filters);
    frame_filters(&job->recipe, &filters);
    (void)buffer_text(&filters, ",setsar=1");
    if (job->is_poster)
        poster_filters(&filters);
    text = arena_text(&job->arena, filters.bytes);
    buffer_clear(&filters);
    return text;
}

/* So many need no limit; and what has more than 31 bits is none for the coder. */
enum { AMPLE_BITS = 100000000 };

static void add_bits(struct args *args, int64_t most)
{
    if (!most || most > AMPLE_BITS)
        return;
    add_number(args, "-maxrate:v", most);
    add_number(args, "-bufsize:v", most);
}

static void add_coders(struct args *args, struct job *job)
{
    int64_t rate = job->recipe.frame_rate ? job->recipe.frame_rate : job->source.frame_rate;

    ADD(args, "-vf", picture_filters(job), "-fps_mode", job->recipe.frame_rate ? "cfr" : "vfr");
    ADD(args, "-c:v", "libx264", "-profile:v", "high", "-preset", "veryfast", "-crf", "20");
    add_bits(args, job->most_bits);
    add_number(args, "-g", rate ? (rate * GROUP_S + 500) / 1000 : INT64_C(30) * GROUP_S);
    ADD(args, "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-color_range", "tv");
    ADD(args, "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709");
    ADD(args, "-bsf:v", "filter_units=remove_types=6");
    ADD(args, "-c:a", "aac", "-b:a", "128k", "-af", "aresample=48000:async=1:first_pts=0");
    /* One thread: with a rate to keep, several guess from how far the others are, and make other
     * bytes every time, whether they take a frame each or share one. */
    ADD(args, "-ac", "2", "-threads", "1");
}

/* A camera's messages (SEI) may say where it was. */
static void add_copies(struct args *args, const struct probe *source)
{
    ADD(args, "-c", "copy");
    if (!strcmp(source->codec, "h264"))
        ADD(args, "-bsf:v", "filter_units=remove_types=6");
    if (!strcmp(source->codec, "hevc")) /* the name that Apple's players look for */
        ADD(args, "-bsf:v", "filter_units=remove_types=39|40", "-tag:v", "hvc1");
}

static void add_poster(struct args *args, struct job *job)
{
    ADD(args, "-vf", picture_filters(job), "-frames:v", "1", "-fps_mode", "passthrough");
    ADD(args, "-c:v", "mjpeg", "-q:v", "4", "-color_range", "pc", "-threads", "1");
}

/* Where ffmpeg begins to read. */
static void add_start(struct args *args, const struct job *job)
{
    int64_t at_ms = job->source.duration_ms / POSTER_PART;

    if (job->is_poster)
        add_number(args, "-ss", at_ms < POSTER_MOST_MS ? at_ms / 1000 : POSTER_MOST_MS / 1000);
}

static void add_source(struct args *args, struct arena *arena, const struct job *job)
{
    ADD(args, "ffmpeg", "-v", "quiet", "-nostdin", "-y", "-progress", "pipe:1", "-nostats");
    ADD(args, "-filter_threads", "1", "-protocol_whitelist", "file");
    ADD(args, "-format_whitelist", probe_containers, "-codec_whitelist", probe_coders);
    ADD(args, "-threads", "2", "-fflags", "+bitexact", "-flags", "+bitexact");
    add_start(args, job);
    ADD(args, "-i", arena_printf(arena, "file:/proc/self/fd/%d", RENDER_SOURCE));
}

static void add_output(struct args *args, struct arena *arena, bool is_poster)
{
    ADD(args, "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact");
    ADD(args, "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-write_tmcd", "0");
    if (is_poster)
        ADD(args, "-f", "mjpeg");
    else
        ADD(args, "-max_muxing_queue_size", "4096", "-movflags", "+faststart", "-f", "mp4");
    ADD(args, arena_printf(arena, "file:/proc/self/fd/%d", RENDER_OUTPUT), NULL);
}

static char *const *command_line(struct job *job)
{
    struct args args = {.arena = &job->arena};

    add_source(&args, &job->arena, job);
    ADD(&args, "-map", "0:V:0");
    if (!job->is_poster)
        ADD(&args, "-map", "0:a:0?");
    if (job->is_poster)
        add_poster(&args, job);
    else if (job->recipe.copies)
        add_copies(&args, &job->source);
    else
        add_coders(&args, job);
    add_output(&args, &job->arena, job->is_poster);
    return arena_copy(&job->arena, args.items, args.count * sizeof *args.items);
}

/* ---- one run ---- */

/* ffmpeg prints NAME=VALUE; "out_time_us" is how far it is. */
struct progress {
    char line[64];
    size_t length;
    int64_t duration_ms, done_ms; /* told last */
};

/* Who started us ends what is silent for long: each step is told, however small. */
static void tell(struct progress *progress)
{
    static const char name[] = "out_time_us=";
    int64_t done_ms, parts;

    if (strncmp(progress->line, name, sizeof name - 1) != 0)
        return;
    done_ms = strtoll(progress->line + sizeof name - 1, NULL, 10) / 1000;
    if (done_ms <= progress->done_ms || done_ms > INT64_MAX / 10000)
        return;
    progress->done_ms = done_ms;
    parts = progress->duration_ms ? done_ms * 10000 / progress->duration_ms : 0;
    fprintf(stdout, "{\"progress\":%" PRId64 ".%04" PRId64 "}\n", parts < 10000 ? 0 : INT64_C(1),
            parts < 10000 ? parts : 0);
    fflush(stdout);
}

static bool take(void *arg, const char *bytes, size_t length)
{
    struct progress *progress = arg;

    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\n') {
            progress->line[progress->length] = '\0';
            tell(progress);
            progress->length = 0;
        } else if (progress->length < sizeof progress->line - 1) {
            progress->line[progress->length++] = bytes[i];
        }
    return true;
}

static uint64_t cpu_s(const struct job *job)
{
    int64_t seconds = job->source.duration_ms ? job->source.duration_ms / 1000 : UNKNOWN_S;

    return (uint64_t)(CPU_S + CPU_S_A_SECOND * seconds);
}

static int64_t most_bytes(const struct job *job)
{
    return job->recipe.most_bytes && job->recipe.most_bytes < most_output ? job->recipe.most_bytes
                                                                          : most_output;
}

static enum child_end run(struct job *job)
{
    struct progress progress = {.duration_ms = job->source.duration_ms};
    const struct child_order order = {
        .limits = {CAGE_FFMPEG, memory_bytes, (uint64_t)most_bytes(job), cpu_s(job)},
        .args = command_line(job),
        .take = take,
        .arg = &progress,
    };

    return child_run(&order);
}

/* ---- how many bits ---- */

static int64_t sound_bits(const struct job *job)
{
    return *job->source.sound ? SOUND_BITS : 0;
}

/* How many a second of pictures may have so that all of it has no more than `most_bits`: less the
 * sound, less 3 % for the container. One second more, because so far may the coder be ahead. */
static int64_t bits_within(const struct job *job, int64_t most_bits)
{
    return most_bits / (job->source.duration_ms + 1000) * 970 - sound_bits(job);
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a && (!b || a < b) ? a : b;
}

/* Of a video that does not say how long it is, only the rate can be kept; `most` may cut it off. */
static void choose_bits(struct job *job)
{
    const struct recipe *recipe = &job->recipe;
    int64_t duration_ms = job->source.duration_ms;

    if (!duration_ms && recipe->bit_rate)
        job->most_bits = recipe->bit_rate * 97 / 100 - sound_bits(job);
    else if (recipe->bit_rate || recipe->most_bytes)
        job->most_bits =
            bits_within(job, lesser(recipe->most_bytes * 8, recipe->bit_rate * duration_ms / 1000));
    else
        return;
    if (job->most_bits < LEAST_BITS)
        job->problem = "too-large";
}

/* ---- what came of it ---- */

static int64_t output_bytes(void)
{
    struct stat status;

    return fstat(RENDER_OUTPUT, &status) == 0 ? (int64_t)status.st_size : 0;
}

/* Half a second and a hundredth: frames at the ends, sound that is longer than the pictures. */
static bool is_as_long(const struct job *job)
{
    int64_t all = job->source.duration_ms, apart = job->made.duration_ms - all;

    return !all || (apart < 0 ? -apart : apart) <= 500 + all / 100;
}

static bool is_as_asked(const struct job *job)
{
    const struct recipe *recipe = &job->recipe;
    bool framed = recipe->frame != RECIPE_NO_FRAME;

    if (job->made.problem || !job->made.index_first || !is_as_long(job))
        return false;
    if (recipe->copies)
        return !strcmp(job->made.codec, job->source.codec);
    return !strcmp(job->made.codec, "h264") && !job->made.has_edits &&
           job->made.width == even(framed ? recipe->frame_width : recipe->width) &&
           job->made.height == even(framed ? recipe->frame_height : recipe->height);
}

/* What came of it is looked into by whoever asked for it, and by a program that knows JPEG. */
static void judge_poster(struct job *job)
{
    const struct recipe *recipe = &job->recipe;
    bool framed = recipe->frame != RECIPE_NO_FRAME;

    job->made.width = even(framed ? recipe->frame_width : recipe->width);
    job->made.height = even(framed ? recipe->frame_height : recipe->height);
    if (!job->bytes)
        job->problem = "undecodable";
}

/* False when ffprobe cannot be started. */
static bool judge(struct job *job)
{
    job->bytes = output_bytes();
    if (job->is_poster) {
        judge_poster(job);
        return true;
    }
    if (!probe_read(RENDER_OUTPUT, &job->arena, &job->made))
        return false;
    if (!is_as_asked(job))
        job->problem = "undecodable";
    return true;
}

static bool follow(struct job *job)
{
    enum child_end end = run(job);

    if (end == CHILD_FULL && !job->recipe.copies && job->most_bits) {
        job->most_bits = job->most_bits * 4 / 5;
        end = run(job);
    }
    if (end == CHILD_DONE)
        return judge(job);
    job->problem = end == CHILD_FULL ? "too-large" : "undecodable";
    return end != CHILD_ABSENT;
}

/* False when the programs cannot be started. */
static bool make(struct job *job)
{
    if (!probe_read(RENDER_SOURCE, &job->arena, &job->source))
        return false;
    job->problem = job->source.problem;
    if (!job->problem && !job->recipe.copies && !job->is_poster)
        choose_bits(job);
    return job->problem || follow(job);
}

static void print_line(struct job *job)
{
    static const struct probe nothing;
    const struct probe *made = job->problem ? &nothing : &job->made;
    json_t *line = json_in_arena(json_object(), &job->arena);

    json_put(line, "mime", job->recipe.mime);
    json_put(line, "problem", job->problem);
    json_put_known(line, "width", made->width);
    json_put_known(line, "height", made->height);
    json_put(line, "frames", NULL);
    json_put_known(line, "duration_ms", made->duration_ms);
    fprintf(stdout, "%s\n", json_write(line, &job->arena, NULL));
    fflush(stdout);
}

static bool is_ours(struct job *job)
{
    const struct recipe *recipe = &job->recipe;

    job->is_poster = strcmp(recipe->mime, "image/jpeg") == 0 && !recipe->copies &&
                     !recipe->frame_rate && !recipe->bit_rate;
    return job->is_poster || strcmp(recipe->mime, "video/mp4") == 0;
}

int video_make(const char *recipe)
{
    struct job job = {0};

    if (!recipe_read(recipe, &job.recipe) || !is_ours(&job)) {
        fputs("crier-render: this is no recipe of a video\n", stderr);
        return RENDER_USAGE;
    }
    if (!cage_has_tools())
        return RENDER_LACKS;
    if (!cage_enter(RENDER_SOURCE, RENDER_OUTPUT, RENDER_OUTPUT + 1)) {
        fprintf(stderr, "crier-render: cannot lock itself in: %s\n", strerrorname_np(errno));
        return RENDER_BROKEN;
    }
    if (!make(&job))
        return RENDER_BROKEN;
    print_line(&job);
    _exit(RENDER_DONE); /* as in probe.c */
}

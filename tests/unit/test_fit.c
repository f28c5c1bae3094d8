#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/compiler.h"
#include "campaign/fit.h"

/* Platforms of this test, each strict in its own way. */

static const struct shape upright = {
    .least_width = 320, .most_width = 1440, .tallest = {4, 5}, .widest = {191, 100}};
static const struct shape film = {.least_width = 100,
                                  .most_width = 1920,
                                  .most_height = 1920,
                                  .tallest = {9, 16},
                                  .widest = {16, 9}};
static const struct shape reel = {.least_width = 540, .tallest = {9, 16}, .widest = {9, 16}};
static const struct shape sides = {.most_sides = 10000, .tallest = {1, 20}, .widest = {20, 1}};
static const struct shape small = {.most_width = 1280, .most_height = 720};
static const char *const codecs[] = {"h264", "hevc", NULL};
static const char *const sounds[] = {"aac", NULL};
static const char *const yuv[] = {"yuv420p", NULL};
static const struct video_form form = {.codecs = codecs,
                                       .sounds = sounds,
                                       .pixels = yuv,
                                       .least_frame_rate = 23000,
                                       .most_frame_rate = 60000,
                                       .most_bit_rate = 25000000,
                                       .most_sound_rate = 48000,
                                       .most_channels = 2,
                                       .index_first = true,
                                       .no_edits = true,
                                       .progressive = true,
                                       .steady_rate = true};

static const struct media_limit strict_media[] = {{.mime = "image/jpeg", .most_bytes = 8000000},
                                                  {.mime = "video/mp4", .most_bytes = 300000000},
                                                  {0}};
static const struct post_kind strict_kinds[] = {
    {.word = "post",
     .takes_pictures = true,
     .takes_videos = true,
     .least_duration = {3000},
     .most_duration = {900000}},
    {.word = "reel", .takes_videos = true, .video = &reel, .most_video_bytes = 1000000},
    {0}};
/* Takes JPEG alone, in few shapes; says much about videos. */
static const struct limits strict = {.kinds = strict_kinds,
                                     .media = strict_media,
                                     .picture = &upright,
                                     .video = &film,
                                     .form = &form,
                                     .same_shape = true};

static const struct media_limit open_media[] = {
    {.mime = "image/jpeg", .most_bytes = 2000000, .sure_bytes = 1000000},
    {.mime = "image/png", .most_bytes = 2000000, .sure_bytes = 1000000},
    {.mime = "image/gif",
     .most_bytes = 5000000,
     .moves = true,
     .most_frames = 350,
     .most_frame_pixels = 100000000},
    {.mime = "image/webp", .most_bytes = 2000000},
    {.mime = "image/heif", .most_bytes = 2000000, .most_pixels = 1000000},
    {.mime = "video/mp4", .most_bytes = 100000000, .most_pixels = 921600},
    {.mime = "video/webm", .most_bytes = 100000000},
    {0}};
static const char *const thumbnails[] = {"image/jpeg", "image/png", NULL};
/* Takes nearly all, in any shape. */
static const struct limits open = {
    .media = open_media, .thumbnail = &small, .thumbnail_bytes = 2000000, .thumbnails = thumbnails};

static const struct media_limit photo_media[] = {{.mime = "image/jpeg"},
                                                 {.mime = "image/png"},
                                                 {0}};
/* Has no video. */
static const struct limits photo = {.media = photo_media, .picture = &sides};

static const char *const subrip[] = {"application/x-subrip", NULL};
static const struct limits subtitled = {.media = photo_media, .captions = subrip};

/* Files. */

static const char *const gps[] = {"exif", "gps", NULL};
static const char *const exif[] = {"exif", NULL};
static const char *const icc[] = {"icc", NULL};
static const char *const when[] = {"time", NULL};

#define PICTURE(kind, w, h)                                                                        \
    .readable = true, .decoded = true, .file = "a", .mime = "image/" kind, .width = (w),           \
    .height = (h)
#define MOVIE(kind, w, h)                                                                          \
    .readable = true, .decoded = true, .file = "a", .mime = "video/" kind, .width = (w),           \
    .height = (h)
#define H264                                                                                       \
    .codec = "h264", .sound = "aac", .pixels = "yuv420p", .frame_rate = 30000, .bit_rate = 800000, \
    .sound_rate = 44100, .channels = 2, .index_first = true

static const struct video_facts good = {H264};
static const struct video_facts silent = {
    .codec = "h264", .sound = "", .pixels = "yuv420p", .frame_rate = 30000, .index_first = true};
static const struct video_facts index_last = {
    .codec = "h264", .sound = "aac", .pixels = "yuv420p", .frame_rate = 30000};
static const struct video_facts edited = {H264, .has_edits = true};
static const struct video_facts varying = {H264, .rate_varies = true};
static const struct video_facts interlaced = {H264, .interlaced = true};
static const struct video_facts slow = {
    .codec = "h264", .sound = "aac", .pixels = "yuv420p", .frame_rate = 15000, .index_first = true};
static const struct video_facts fast = {.codec = "h264",
                                        .sound = "aac",
                                        .pixels = "yuv420p",
                                        .frame_rate = 120000,
                                        .index_first = true};
static const struct video_facts deep = {.codec = "h264",
                                        .sound = "aac",
                                        .pixels = "yuv422p10le",
                                        .frame_rate = 30000,
                                        .index_first = true};
static const struct video_facts surround = {.codec = "h264",
                                            .sound = "aac",
                                            .pixels = "yuv420p",
                                            .frame_rate = 30000,
                                            .index_first = true,
                                            .channels = 6};
static const struct video_facts vp9 = {
    .codec = "vp9", .sound = "opus", .pixels = "yuv420p", .frame_rate = 30000, .index_first = true};
static const struct video_facts hevc = {
    .codec = "hevc", .sound = "aac", .pixels = "yuv420p", .frame_rate = 30000, .index_first = true};
static const struct video_facts rich = {.codec = "h264",
                                        .sound = "aac",
                                        .pixels = "yuv420p",
                                        .frame_rate = 30000,
                                        .index_first = true,
                                        .bit_rate = 25000001};

struct judgement {
    const char *name;
    const struct limits *limits;
    struct media_facts facts;
    enum fit fit;
    const char *recipe; /* "" = it fits; NULL = refused */
    const char *code;
    const char *kind;
    enum medium_role role;
};

static void judge(const struct judgement *row, struct arena *arena, struct fit_answer *answer)
{
    struct fit_question question = {.platform = "test",
                                    .limits = row->limits,
                                    .kind = limits_kind(row->limits, row->kind),
                                    .facts = &row->facts,
                                    .role = row->role,
                                    .fit = row->fit};

    fit_answer(&question, arena, answer);
}

static void check(const struct judgement *rows, size_t count)
{
    struct arena arena = {0};

    for (size_t i = 0; i < count; i++) {
        const struct judgement *row = &rows[i];
        const char *recipe = row->recipe ? row->recipe : "";
        struct fit_answer answer;

        judge(row, &arena, &answer);
        if (strcmp(answer.recipe, recipe) != 0 || !answer.code != !row->code ||
            (row->code && strcmp(answer.code, row->code) != 0))
            fail_msg("%s: %s \"%s\" %s", row->name, fit_verdict_word(answer.verdict), answer.recipe,
                     answer.code ? answer.code : "");
        assert_int_equal(answer.verdict, row->code ? REFUSED : *recipe ? FITTED : FITS);
        assert_true(!answer.how == (answer.verdict != FITTED));
    }
    arena_clear(&arena);
}

#define CHECK(rows) check(rows, COUNT_OF(rows))

static void what_is_taken_stays_as_it_is(void **unused)
{
    static const struct judgement rows[] = {
        {"jpeg", &strict, {PICTURE("jpeg", 1080, 1350)}, .recipe = ""},
        {"grey", &strict, {PICTURE("jpeg", 1080, 1350), .colour = "grey"}, .recipe = ""},
        {"upright as it says",
         &strict,
         {PICTURE("jpeg", 1080, 1350), .orientation = 1},
         .recipe = ""},
        {"profile", &strict, {PICTURE("jpeg", 1080, 1350), .metadata = icc}, .recipe = ""},
        {"png", &open, {PICTURE("png", 5000, 10), .has_alpha = true}, .recipe = ""},
        {"heic by another word", &open, {PICTURE("heic", 1000, 1000)}, .recipe = ""},
        {"gif that moves", &open, {PICTURE("gif", 100, 100), .frames = 350}, .recipe = ""},
        {"video", &strict, {MOVIE("mp4", 1080, 1920), .video = &good}, .recipe = ""},
        {"silent video", &strict, {MOVIE("mp4", 1080, 1920), .video = &silent}, .recipe = ""},
        {"any coding", &open, {MOVIE("webm", 1280, 720), .video = &vp9}, .recipe = ""},
        {"over what all servers take",
         &open,
         {PICTURE("png", 10, 10), .bytes = 2000000},
         .recipe = ""},
        {"captions",
         &strict,
         {.readable = true, .mime = "application/x-subrip"},
         .recipe = "",
         .role = MEDIUM_CAPTIONS},
    };

    (void)unused;
    CHECK(rows);
}

static void a_file_becomes_one_that_is_taken(void **unused)
{
    static const struct judgement rows[] = {
        {"png",
         &strict,
         {PICTURE("png", 1080, 1350)},
         .recipe = "v1 image/jpeg 1080x1350 most 8000000"},
        {"webp",
         &strict,
         {PICTURE("webp", 1080, 1350)},
         .recipe = "v1 image/jpeg 1080x1350 most 8000000"},
        {"avif", &open, {PICTURE("avif", 10, 10)}, .recipe = "v1 image/jpeg 10x10 most 1000000"},
        {"tiff with alpha",
         &open,
         {PICTURE("tiff", 10, 10), .has_alpha = true},
         .recipe = "v1 image/png 10x10 most 1000000"},
        {"bmp", &open, {PICTURE("x-ms-bmp", 10, 10)}, .recipe = "v1 image/jpeg 10x10 most 1000000"},
        {"still gif",
         &strict,
         {PICTURE("gif", 1080, 1350)},
         .recipe = "v1 image/jpeg 1080x1350 most 8000000"},
        {"still gif stays sharp", &photo, {PICTURE("gif", 10, 10)}, .recipe = "v1 image/png 10x10"},
        {"pages are not frames",
         &photo,
         {PICTURE("tiff", 10, 10), .frames = 3},
         .recipe = "v1 image/jpeg 10x10"},
        {"mov",
         &open,
         {MOVIE("quicktime", 1280, 720), .video = &good},
         .recipe = "v1 video/mp4 copy"},
        {"webm",
         &strict,
         {MOVIE("webm", 1280, 720), .video = &vp9},
         .recipe = "v1 video/mp4 1280x720 bits 25000000 most 300000000"},
        {"hevc where it is named",
         &strict,
         {MOVIE("quicktime", 1280, 720), .video = &hevc},
         .recipe = "v1 video/mp4 copy"},
        {"hevc where it is not",
         &open,
         {MOVIE("quicktime", 1280, 720), .video = &hevc},
         .recipe = "v1 video/mp4 1280x720 most 100000000"},
        {"svg", &open, {PICTURE("svg+xml", 10, 10)}, .code = "E505"},
        {"pdf", &open, {.readable = true, .mime = "application/pdf"}, .code = "E505"},
        {"video where there is none",
         &photo,
         {MOVIE("mp4", 10, 10), .video = &good},
         .code = "E528"},
    };

    (void)unused;
    CHECK(rows);
}

static void what_moves_stays_moving_or_is_refused(void **unused)
{
    static const struct judgement rows[] = {
        {"gif", &strict, {PICTURE("gif", 1080, 1350), .frames = 2}, .code = "E521"},
        {"webp", &open, {PICTURE("webp", 10, 10), .frames = 2}, .code = "E521"},
        {"png", &open, {PICTURE("png", 10, 10), .frames = 2}, .code = "E521"},
        {"too many", &open, {PICTURE("gif", 10, 10), .frames = 351}, .code = "E523"},
        {"a comment",
         &open,
         {PICTURE("gif", 10, 10), .frames = 2, .metadata = exif},
         .recipe = "v1 image/gif 10x10 most 5000000"},
        {"too many pixels in all",
         &open,
         {PICTURE("gif", 1001, 1000), .frames = 100},
         .recipe = "v1 image/gif 1000x999 most 5000000"},
        {"too many bytes",
         &open,
         {PICTURE("gif", 10, 10), .frames = 2, .bytes = 5000001},
         .code = "E506"},
    };

    (void)unused;
    CHECK(rows);
}

static void a_shape_is_taken_to_the_pixel(void **unused)
{
    static const struct judgement rows[] = {
        {"4:5", &strict, {PICTURE("jpeg", 800, 1000)}, .recipe = ""},
        {"a pixel taller",
         &strict,
         {PICTURE("jpeg", 800, 1001)},
         .recipe = "v1 image/jpeg 800x1001 pad 801x1001 most 8000000"},
        {"a pixel thinner",
         &strict,
         {PICTURE("jpeg", 799, 1000)},
         .recipe = "v1 image/jpeg 799x1000 pad 800x1000 most 8000000"},
        {"1.91:1", &strict, {PICTURE("jpeg", 764, 400)}, .recipe = ""},
        {"a pixel wider",
         &strict,
         {PICTURE("jpeg", 765, 400)},
         .recipe = "v1 image/jpeg 765x400 pad 765x401 most 8000000"},
        {"a pixel lower",
         &strict,
         {PICTURE("jpeg", 764, 399)},
         .recipe = "v1 image/jpeg 764x399 pad 764x400 most 8000000"},
        {"turned",
         &strict,
         {PICTURE("jpeg", 1000, 800), .orientation = 6},
         .recipe = "v1 image/jpeg 800x1000 most 8000000"},
        {"tall",
         &strict,
         {PICTURE("jpeg", 1080, 1920)},
         .recipe = "v1 image/jpeg 1013x1800 pad 1440x1800 most 8000000"},
        {"cut",
         &strict,
         {PICTURE("jpeg", 1080, 1920)},
         .fit = FIT_CROP,
         .recipe = "v1 image/jpeg 1080x1920 crop 1080x1350 most 8000000"},
        {"refused", &strict, {PICTURE("jpeg", 1080, 1920)}, .fit = FIT_REFUSE, .code = "E519"},
        {"refused by a pixel",
         &strict,
         {PICTURE("jpeg", 799, 1000)},
         .fit = FIT_REFUSE,
         .code = "E519"},
        {"wide",
         &strict,
         {PICTURE("jpeg", 4000, 1000)},
         .recipe = "v1 image/jpeg 1440x360 pad 1440x754 most 8000000"},
        {"wide, cut",
         &strict,
         {PICTURE("jpeg", 4000, 1000)},
         .fit = FIT_CROP,
         .recipe = "v1 image/jpeg 3016x754 crop 1440x754 most 8000000"},
        {"1:20", &photo, {PICTURE("jpeg", 20, 400)}, .recipe = ""},
        {"taller than 1:20",
         &photo,
         {PICTURE("jpeg", 20, 401)},
         .recipe = "v1 image/jpeg 20x401 pad 21x401"},
        {"both sides", &photo, {PICTURE("jpeg", 5000, 5000)}, .recipe = ""},
        {"both sides and one",
         &photo,
         {PICTURE("jpeg", 5001, 5000)},
         .recipe = "v1 image/jpeg 5000x4999"},
        {"moving pictures have no ground",
         &open,
         {PICTURE("gif", 10, 10), .frames = 2, .metadata = exif},
         .fit = FIT_REFUSE,
         .recipe = "v1 image/gif 10x10 most 5000000"},
    };

    (void)unused;
    CHECK(rows);
}

static void a_size_is_taken_to_the_pixel(void **unused)
{
    static const struct judgement rows[] = {
        {"widest", &strict, {PICTURE("jpeg", 1440, 1800)}, .recipe = ""},
        {"a pixel wider",
         &strict,
         {PICTURE("jpeg", 1441, 1800)},
         .recipe = "v1 image/jpeg 1440x1799 most 8000000"},
        {"a photo",
         &strict,
         {PICTURE("jpeg", 4000, 3000)},
         .recipe = "v1 image/jpeg 1440x1080 most 8000000"},
        {"least", &strict, {PICTURE("jpeg", 320, 400)}, .recipe = ""},
        {"a pixel less",
         &strict,
         {PICTURE("jpeg", 319, 319)},
         .recipe = "v1 image/jpeg 320x320 most 8000000"},
        {"half",
         &strict,
         {PICTURE("jpeg", 160, 200)},
         .recipe = "v1 image/jpeg 320x400 most 8000000"},
        {"less than half", &strict, {PICTURE("jpeg", 159, 198)}, .code = "E520"},
        {"small and tall: its ground grows",
         &strict,
         {PICTURE("jpeg", 50, 400)},
         .recipe = "v1 image/jpeg 50x400 pad 320x400 most 8000000"},
        {"smaller and tall",
         &strict,
         {PICTURE("jpeg", 50, 100)},
         .recipe = "v1 image/jpeg 100x200 pad 320x400 most 8000000"},
        {"small and cut", &strict, {PICTURE("jpeg", 150, 1000)}, .fit = FIT_CROP, .code = "E520"},
        {"pixels", &open, {PICTURE("heif", 1000, 1000)}, .recipe = ""},
        {"a thread", &strict, {PICTURE("jpeg", 40000, 1)}, .fit = FIT_CROP, .code = "E520"},
        {"thumbnail", &open, {PICTURE("jpeg", 1280, 720)}, .recipe = "", .role = MEDIUM_THUMBNAIL},
        {"thumbnail, wider",
         &open,
         {PICTURE("jpeg", 1281, 720)},
         .recipe = "v1 image/jpeg 1280x719 most 2000000",
         .role = MEDIUM_THUMBNAIL},
        {"thumbnail of another kind",
         &open,
         {PICTURE("webp", 1280, 720)},
         .recipe = "v1 image/jpeg 1280x720 most 2000000",
         .role = MEDIUM_THUMBNAIL},
        {"a video as thumbnail",
         &open,
         {MOVIE("mp4", 1280, 720)},
         .code = "E517",
         .role = MEDIUM_THUMBNAIL},
    };

    (void)unused;
    CHECK(rows);
}

static void bytes_are_taken_to_the_byte(void **unused)
{
    static const struct judgement rows[] = {
        {"most", &strict, {PICTURE("jpeg", 1080, 1350), .bytes = 8000000}, .recipe = ""},
        {"one more",
         &strict,
         {PICTURE("jpeg", 1080, 1350), .bytes = 8000001},
         .recipe = "v1 image/jpeg 1080x1350 most 8000000"},
        {"a png becomes a jpeg",
         &open,
         {PICTURE("png", 1000, 1000), .bytes = 2000001},
         .recipe = "v1 image/jpeg 1000x1000 most 1000000"},
        {"few bytes are few pixels",
         &open,
         {PICTURE("jpeg", 4000, 3000), .metadata = exif},
         .recipe = "v1 image/jpeg 2309x1732 most 1000000"},
        {"a video",
         &strict,
         {MOVIE("mp4", 1080, 1080), .bytes = 300000001, .video = &good},
         .recipe = "v1 video/mp4 1080x1080 bits 25000000 most 300000000"},
        {"a long one",
         &strict,
         {MOVIE("mp4", 1080, 1080), .bytes = 300000001, .video = &good, .duration_ms = 900000},
         .recipe = "v1 video/mp4 1080x1080 bits 2533000 most 300000000"},
        {"a very long one",
         &open,
         {MOVIE("mp4", 720, 720), .bytes = 100000001, .video = &good, .duration_ms = 1900000},
         .recipe = "v1 video/mp4 720x720 bits 400000 most 100000000"},
        {"too long for its bytes",
         &open,
         {MOVIE("mp4", 720, 720), .bytes = 100000001, .video = &good, .duration_ms = 1901000},
         .code = "E506"},
        {"a kind's own",
         &strict,
         {MOVIE("mp4", 1080, 1920), .bytes = 1000001, .video = &good, .duration_ms = 10000},
         .recipe = "v1 video/mp4 1080x1920 bits 760000 most 1000000",
         .kind = "reel"},
    };

    (void)unused;
    CHECK(rows);
}

static void a_least_size_counts_more_than_looks(void **unused)
{
    static const struct media_limit few[] = {{.mime = "image/jpeg", .most_bytes = 1000}, {0}};
    static const struct limits narrow = {.media = few, .picture = &upright};
    static const struct judgement rows[] = {
        {"place",
         &narrow,
         {PICTURE("jpeg", 320, 320), .metadata = gps},
         .recipe = "v1 image/jpeg 320x320 most 1000"},
    };

    (void)unused;
    CHECK(rows);
}

static void colours_turns_and_metadata_make_it_anew(void **unused)
{
    static const struct judgement rows[] = {
        {"place",
         &strict,
         {PICTURE("jpeg", 1080, 1350), .metadata = gps},
         .recipe = "v1 image/jpeg 1080x1350 most 8000000"},
        {"cmyk",
         &strict,
         {PICTURE("jpeg", 1080, 1350), .colour = "cmyk"},
         .recipe = "v1 image/jpeg 1080x1350 most 8000000"},
        {"other",
         &strict,
         {PICTURE("jpeg", 1080, 1350), .colour = "other"},
         .recipe = "v1 image/jpeg 1080x1350 most 8000000"},
        {"16 bits", &photo, {PICTURE("png", 10, 10), .bits = 16}, .recipe = "v1 image/png 10x10"},
        {"mirrored",
         &photo,
         {PICTURE("jpeg", 10, 20), .orientation = 2},
         .recipe = "v1 image/jpeg 10x20"},
        {"upside down",
         &photo,
         {PICTURE("jpeg", 10, 20), .orientation = 3},
         .recipe = "v1 image/jpeg 10x20"},
        {"on its head",
         &photo,
         {PICTURE("jpeg", 10, 20), .orientation = 4},
         .recipe = "v1 image/jpeg 10x20"},
        {"on its side",
         &photo,
         {PICTURE("jpeg", 10, 20), .orientation = 5},
         .recipe = "v1 image/jpeg 20x10"},
        {"on its other side",
         &photo,
         {PICTURE("jpeg", 10, 20), .orientation = 8},
         .recipe = "v1 image/jpeg 20x10"},
        {"a video's time",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &good, .metadata = when},
         .recipe = "v1 video/mp4 copy"},
        {"an old webm",
         &open,
         {MOVIE("webm", 1280, 720), .video = &vp9, .metadata = when},
         .recipe = "v1 video/mp4 1280x720 most 100000000"},
    };

    (void)unused;
    CHECK(rows);
}

static void a_video_is_right_inside(void **unused)
{
    static const char coded[] = "v1 video/mp4 1080x1080 bits 25000000 most 300000000";
    static const struct judgement rows[] = {
        {"index last",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &index_last},
         .recipe = "v1 video/mp4 copy"},
        {"edits: what was cut away would go along in a copy",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &edited},
         .recipe = coded},
        {"edits where nobody minds",
         &open,
         {MOVIE("mp4", 720, 720), .video = &edited},
         .recipe = "v1 video/mp4 720x720 most 100000000"},
        {"interlaced", &strict, {MOVIE("mp4", 1080, 1080), .video = &interlaced}, .recipe = coded},
        {"deep colours", &strict, {MOVIE("mp4", 1080, 1080), .video = &deep}, .recipe = coded},
        {"six channels", &strict, {MOVIE("mp4", 1080, 1080), .video = &surround}, .recipe = coded},
        {"too many bits", &strict, {MOVIE("mp4", 1080, 1080), .video = &rich}, .recipe = coded},
        {"vp9", &strict, {MOVIE("mp4", 1080, 1080), .video = &vp9}, .recipe = coded},
        {"rate varies",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &varying},
         .recipe = "v1 video/mp4 1080x1080 rate 30000 bits 25000000 most 300000000"},
        {"slow",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &slow},
         .recipe = "v1 video/mp4 1080x1080 rate 24000 bits 25000000 most 300000000"},
        {"fast",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &fast},
         .recipe = "v1 video/mp4 1080x1080 rate 60000 bits 25000000 most 300000000"},
        {"even sides",
         &strict,
         {MOVIE("mp4", 1081, 1083), .video = &vp9},
         .recipe = "v1 video/mp4 1080x1082 bits 25000000 most 300000000"},
        {"too large",
         &strict,
         {MOVIE("mp4", 3840, 2160), .video = &good},
         .recipe = "v1 video/mp4 1920x1080 bits 25000000 most 300000000"},
        {"too wide",
         &strict,
         {MOVIE("mp4", 1920, 800), .video = &good},
         .recipe = "v1 video/mp4 1920x800 pad 1920x1080 bits 25000000 most 300000000"},
        {"exactly a shape, and even",
         &strict,
         {MOVIE("mp4", 1080, 1350), .video = &silent},
         .kind = "reel",
         .recipe = "v1 video/mp4 1080x1350 pad 1080x1920 bits 25000000 most 1000000",
         .code = NULL},
        {"too short",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &good, .duration_ms = 2999},
         .code = "E515"},
        {"just long enough",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &good, .duration_ms = 3000},
         .recipe = ""},
        {"longest",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &good, .duration_ms = 900000},
         .recipe = ""},
        {"too long",
         &strict,
         {MOVIE("mp4", 1080, 1080), .video = &good, .duration_ms = 900001},
         .code = "E515"},
    };

    (void)unused;
    CHECK(rows);
}

static void what_nobody_could_look_into_is_answered_unsurely(void **unused)
{
    static const struct judgement rows[] = {
        {"jpeg",
         &strict,
         {.readable = true, .mime = "image/jpeg", .width = 800, .height = 1000},
         .recipe = ""},
        {"heic", &strict, {.readable = true, .mime = "image/heic"}, .recipe = FIT_UNKNOWN},
        {"mov", &strict, {.readable = true, .mime = "video/quicktime"}, .recipe = FIT_UNKNOWN},
        {"mp4", &strict, {.readable = true, .mime = "video/mp4"}, .recipe = ""},
        {"anything", &strict, {.readable = true}, .recipe = ""},
    };
    struct arena arena = {0};

    (void)unused;
    CHECK(rows);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fit_answer answer;

        judge(&rows[i], &arena, &answer);
        assert_true(answer.unsure);
    }
    arena_clear(&arena);
}

static void a_problem_is_a_refusal(void **unused)
{
    static const struct judgement rows[] = {
        {"truncated", &open, {PICTURE("jpeg", 10, 10), .problem = "truncated"}, .code = "E510"},
        {"gone", &open, {.problem = "missing"}, .code = "E510"},
        {"captions too",
         &open,
         {.readable = true, .mime = "text/plain", .problem = "x"},
         .code = "E510",
         .role = MEDIUM_CAPTIONS},
        {"captions that are broken",
         &subtitled,
         {.readable = true, .mime = "text/vtt", .problem = "captions-order"},
         .code = "E525",
         .role = MEDIUM_CAPTIONS},
        {"captions without times",
         &open,
         {.readable = true, .mime = "text/plain"},
         .code = "E517",
         .role = MEDIUM_CAPTIONS},
        {"captions that it does not take",
         &subtitled,
         {.readable = true, .mime = "text/vtt"},
         .code = "E526",
         .role = MEDIUM_CAPTIONS},
    };

    (void)unused;
    CHECK(rows);
}

/* What was tried already. */
static void a_rendition_that_failed_is_a_refusal_or_made_otherwise(void **unused)
{
    static const struct rendition large_png[] = {
        {.recipe = "v1 image/png 10x10 most 1000000", .problem = "too-large"}};
    static const struct rendition large_both[] = {
        {.recipe = "v1 image/png 10x10 most 1000000", .problem = "too-large"},
        {.recipe = "v1 image/jpeg 10x10 most 1000000", .problem = "too-large"},
        {.recipe = "v1 image/webp 10x10 most 2000000", .problem = "too-large"}};
    static const struct rendition broken[] = {
        {.recipe = "v1 image/png 10x10 most 1000000", .problem = "undecodable", .why = "why"}};
    static const struct rendition large_copy[] = {
        {.recipe = "v1 video/mp4 copy", .bytes = 300000001}};
    static const struct rendition fine[] = {
        {.recipe = "v1 image/png 10x10 most 1000000", .bytes = 1000000}};
    static const struct judgement rows[] = {
        {"png",
         &open,
         {PICTURE("png", 10, 10), .metadata = gps, .renditions = large_png, .rendition_count = 1},
         .recipe = "v1 image/jpeg 10x10 most 1000000"},
        {"all",
         &open,
         {PICTURE("png", 10, 10), .metadata = gps, .renditions = large_both, .rendition_count = 3},
         .code = "E506"},
        {"broken",
         &open,
         {PICTURE("png", 10, 10), .metadata = gps, .renditions = broken, .rendition_count = 1},
         .code = "E522"},
        {"fine",
         &open,
         {PICTURE("png", 10, 10), .metadata = gps, .renditions = fine, .rendition_count = 1},
         .recipe = "v1 image/png 10x10 most 1000000"},
        {"copy",
         &strict,
         {MOVIE("mp4", 1080, 1080), .bytes = 300000000, .video = &index_last,
          .renditions = large_copy, .rendition_count = 1},
         .recipe = "v1 video/mp4 1080x1080 bits 25000000 most 300000000"},
    };

    (void)unused;
    CHECK(rows);
}

static void several_have_the_shape_of_the_first(void **unused)
{
    static const struct media_facts square = {PICTURE("jpeg", 1080, 1080)};
    static const struct media_facts tall = {PICTURE("jpeg", 1080, 1920)};
    static const struct media_facts wide = {PICTURE("jpeg", 1600, 1000)};
    static const struct media_facts broken = {PICTURE("jpeg", 1080, 1920), .problem = "truncated"};
    static const struct {
        const struct media_facts *first;
        struct media_facts facts;
        enum fit fit;
        const char *recipe, *code;
    } rows[] = {
        {&square, {PICTURE("jpeg", 500, 500)}, FIT_PAD, "", NULL},
        {&square,
         {PICTURE("jpeg", 501, 500)},
         FIT_PAD,
         "v1 image/jpeg 501x500 pad 501x501 most 8000000",
         NULL},
        {&square,
         {PICTURE("jpeg", 800, 1000)},
         FIT_PAD,
         "v1 image/jpeg 800x1000 pad 1000x1000 most 8000000",
         NULL},
        {&square,
         {PICTURE("jpeg", 800, 1000)},
         FIT_CROP,
         "v1 image/jpeg 800x1000 crop 800x800 most 8000000",
         NULL},
        {&square, {PICTURE("jpeg", 800, 1000)}, FIT_REFUSE, "", "E519"},
        {&tall, {PICTURE("jpeg", 800, 1000)}, FIT_PAD, "", NULL},
        {&wide, {PICTURE("jpeg", 800, 500)}, FIT_PAD, "", NULL},
        {&wide,
         {PICTURE("jpeg", 500, 500)},
         FIT_PAD,
         "v1 image/jpeg 500x500 pad 800x500 most 8000000",
         NULL},
        {&wide,
         {PICTURE("jpeg", 1000, 1000)},
         FIT_CROP,
         "v1 image/jpeg 1000x1000 crop 1000x625 most 8000000",
         NULL},
        {&broken, {PICTURE("jpeg", 500, 500)}, FIT_PAD, "", NULL},
    };
    struct arena arena = {0};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct fit_question question = {.platform = "test",
                                              .limits = &strict,
                                              .facts = &rows[i].facts,
                                              .first = rows[i].first,
                                              .fit = rows[i].fit};
        struct fit_answer answer;

        fit_answer(&question, &arena, &answer);
        assert_string_equal(answer.recipe, rows[i].recipe);
        assert_true(!answer.code == !rows[i].code);
    }
    arena_clear(&arena);
}

static void people_are_told_what_becomes_of_it(void **unused)
{
    static const struct {
        struct judgement row;
        const char *how;
    } cases[] = {
        {{.name = "", .limits = &strict, .facts = {PICTURE("jpeg", 1080, 1920), .metadata = gps}},
         "becomes a JPEG of 1440 × 1800 pixels, the whole picture in the middle on a blurred "
         "ground; its place of recording is left out"},
        {{.name = "",
          .limits = &strict,
          .facts = {PICTURE("png", 1080, 1920), .has_alpha = true, .orientation = 3,
                    .metadata = exif},
          .fit = FIT_CROP},
         "becomes a JPEG of 1080 × 1350 pixels, cut to its middle; what the file says about its "
         "making is left out; it is turned upright; what is transparent becomes white"},
        {{.name = "", .limits = &strict, .facts = {MOVIE("mp4", 1080, 1080), .video = &index_last}},
         "becomes an MP4 with the same pictures and sound"},
        {{.name = "", .limits = &strict, .facts = {MOVIE("mp4", 1920, 800), .video = &good}},
         "becomes an MP4 of 1920 × 1080 pixels, the whole picture in the middle on black"},
        {{.name = "", .limits = &strict, .facts = {.readable = true, .mime = "image/heic"}},
         "becomes a JPEG"},
        {{.name = "", .limits = &photo, .facts = {PICTURE("jpeg", 10, 10), .colour = "cmyk"}},
         "becomes a JPEG of 10 × 10 pixels; its colours become those of screens (sRGB)"},
    };
    struct arena arena = {0};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fit_answer answer;

        judge(&cases[i].row, &arena, &answer);
        assert_string_equal(answer.how, cases[i].how);
    }
    arena_clear(&arena);
}

static void words_lead_there_and_back(void **unused)
{
    enum fit fit;

    (void)unused;
    for (int i = FIT_PAD; i <= FIT_REFUSE; i++) {
        assert_true(fit_from_word(fit_word((enum fit)i), &fit));
        assert_int_equal(fit, i);
    }
    assert_false(fit_from_word("stretch", &fit));
    assert_string_equal(fit_verdict_word(FITTED), "fitted");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_stays_as_it_is),
        cmocka_unit_test(a_file_becomes_one_that_is_taken),
        cmocka_unit_test(what_moves_stays_moving_or_is_refused),
        cmocka_unit_test(a_shape_is_taken_to_the_pixel),
        cmocka_unit_test(a_size_is_taken_to_the_pixel),
        cmocka_unit_test(bytes_are_taken_to_the_byte),
        cmocka_unit_test(a_least_size_counts_more_than_looks),
        cmocka_unit_test(colours_turns_and_metadata_make_it_anew),
        cmocka_unit_test(a_video_is_right_inside),
        cmocka_unit_test(what_nobody_could_look_into_is_answered_unsurely),
        cmocka_unit_test(a_problem_is_a_refusal),
        cmocka_unit_test(a_rendition_that_failed_is_a_refusal_or_made_otherwise),
        cmocka_unit_test(several_have_the_shape_of_the_first),
        cmocka_unit_test(people_are_told_what_becomes_of_it),
        cmocka_unit_test(words_lead_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* campaign/fit against the platforms themselves: whatever comes, what is made of it fits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/compiler.h"
#include "campaign/finding.h"
#include "campaign/fit.h"
#include "platform/registry.h"

static uint64_t random_state = 88172645463325252U;

static uint64_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static int64_t random_to(int64_t most)
{
    return (int64_t)(random_number() % (uint64_t)(most + 1));
}

static bool chance(int64_t in)
{
    return random_to(in - 1) == 0;
}

/* Mostly the sizes of pictures, sometimes of threads and dots. */
static int64_t random_side(void)
{
    return chance(8) ? 1 + random_to(20) : chance(8) ? 1 + random_to(30000) : 1 + random_to(5000);
}

static struct ratio random_ratio(void)
{
    return chance(3) ? (struct ratio){0}
                     : (struct ratio){(int32_t)(1 + random_to(20)), (int32_t)(1 + random_to(20))};
}

static struct shape random_shape(void)
{
    struct shape shape = {
        .least_width = chance(2) ? (int32_t)random_to(700) : 0,
        .least_height = chance(2) ? (int32_t)random_to(700) : 0,
        .most_width = chance(2) ? (int32_t)(700 + random_to(4000)) : 0,
        .most_height = chance(2) ? (int32_t)(700 + random_to(4000)) : 0,
        .most_sides = chance(4) ? (int32_t)(2000 + random_to(9000)) : 0,
        .tallest = random_ratio(),
        .widest = random_ratio(),
    };

    if (shape.tallest.width && shape.widest.width &&
        shape.tallest.width * shape.widest.height > shape.widest.width * shape.tallest.height)
        shape.widest = shape.tallest;
    return shape;
}

#define INSIDE(coding, hearing)                                                                    \
    .codec = (coding), .sound = (hearing), .sound_rate = 44100, .channels = 2

static const struct video_facts videos[] = {
    {INSIDE("h264", "aac"), .pixels = "yuv420p", .frame_rate = 30000, .index_first = true},
    {INSIDE("h264", ""), .pixels = "yuv420p", .frame_rate = 25000},
    {INSIDE("h264", "aac"), .pixels = "yuv420p", .frame_rate = 30000, .has_edits = true},
    {INSIDE("h264", "aac"), .pixels = "yuv420p", .frame_rate = 29970, .rate_varies = true},
    {INSIDE("h264", "pcm_s16le"), .pixels = "yuv422p10le", .frame_rate = 15000},
    {INSIDE("h264", "aac"), .pixels = "yuv420p", .frame_rate = 240000, .interlaced = true},
    {INSIDE("hevc", "aac"), .pixels = "yuv420p", .frame_rate = 30000, .index_first = true},
    {INSIDE("vp9", "opus"), .pixels = "yuv420p", .frame_rate = 30000, .bit_rate = 90000000},
};

/* What a transcoding leaves: H.264, AAC, two channels, the index in front. */
static const struct video_facts coded = {INSIDE("h264", "aac"), .pixels = "yuv420p",
                                         .frame_rate = 30000, .index_first = true};

static void make_video(struct media_facts *facts)
{
    facts->video = &videos[random_to((int64_t)COUNT_OF(videos) - 1)];
    facts->duration_ms = 3000 + random_to(100000);
}

static void make_picture(struct media_facts *facts)
{
    static const char *const colours[] = {"srgb", "grey", "cmyk", "other"};

    facts->colour = colours[random_to(3)];
    facts->bits = chance(8) ? 16 : 8;
    facts->has_alpha = chance(4);
    facts->frames = chance(20) ? 5 : 1;
    facts->orientation = (int)random_to(8);
}

static struct media_facts random_file(void)
{
    static const char *const mimes[] = {"image/jpeg",      "image/png",  "image/webp", "image/gif",
                                        "image/heif",      "image/avif", "image/tiff", "video/mp4",
                                        "video/quicktime", "video/webm"};
    static const char *const gps[] = {"exif", "gps", NULL};
    struct media_facts facts = {.readable = true, .decoded = true, .file = "a"};

    facts.mime = mimes[random_to((int64_t)COUNT_OF(mimes) - 1)];
    facts.width = random_side();
    facts.height = random_side();
    facts.bytes = 1 + random_to(20000000);
    facts.metadata = chance(2) ? NULL : gps;
    if (!strncmp(facts.mime, "video/", 6))
        make_video(&facts);
    else
        make_picture(&facts);
    return facts;
}

static struct video_facts inside_of(const struct recipe *recipe, const struct video_facts *source)
{
    struct video_facts inside = recipe->copies ? *source : coded;

    inside.index_first = true;
    inside.has_edits = false;
    inside.frame_rate = recipe->frame_rate ? recipe->frame_rate : source->frame_rate;
    inside.bit_rate = recipe->bit_rate ? recipe->bit_rate : source->bit_rate;
    return inside;
}

/* What is known of a rendition that was made by the recipe. */
static struct media_facts made_by(const struct recipe *recipe, const struct media_facts *source,
                                  struct video_facts *inside)
{
    const bool framed = recipe->frame != RECIPE_NO_FRAME;
    struct media_facts facts = *source;

    facts.frames = strcmp(facts.mime, recipe->mime) == 0 ? facts.frames : 1;
    facts.mime = recipe->mime;
    facts.metadata = NULL;
    facts.orientation = 0;
    facts.bits = 8;
    facts.colour = "srgb";
    if (source->video) {
        *inside = inside_of(recipe, source->video);
        facts.video = inside;
    }
    if (recipe->copies)
        return facts;
    facts.width = framed ? recipe->frame_width : recipe->width;
    facts.height = framed ? recipe->frame_height : recipe->height;
    facts.bytes = recipe->most_bytes ? recipe->most_bytes : facts.bytes;
    return facts;
}

/* Nothing grows but what is too small (to its double at most), and what has to be even. */
static void assert_no_growth(const struct fit_question *question, const struct recipe *recipe)
{
    static const struct shape any;
    const struct shape *shape = limits_shape(question->limits, question->kind, recipe->mime);
    const int64_t even = question->facts->video ? 1 : 0;
    int64_t width, height;

    shape = shape ? shape : &any;
    fit_shown_size(question->facts, &width, &height);
    assert_true(recipe->width <= 2 * width + 1 && recipe->height <= 2 * height + 1);
    if (recipe->frame == RECIPE_NO_FRAME && width >= shape->least_width &&
        height >= shape->least_height)
        assert_true(recipe->width <= width + even && recipe->height <= height + even);
}

static void prove_made(const struct fit_question *question, const char *text, struct arena *arena)
{
    struct fit_question again = *question;
    struct video_facts inside;
    struct media_facts made;
    struct fit_answer answer;
    struct recipe recipe;

    assert_true(recipe_read(text, &recipe));
    assert_no_growth(question, &recipe);
    made = made_by(&recipe, question->facts, &inside);
    if (question->facts->video && !recipe.copies)
        assert_true(made.width % 2 == 0 && made.height % 2 == 0);
    again.facts = &made;
    fit_answer(&again, arena, &answer);
    assert_int_equal(answer.verdict, FITS);
}

static bool has_code(const char *code)
{
    for (size_t i = 0; i < finding_kind_count; i++)
        if (!strcmp(finding_kinds[i].code, code))
            return true;
    return false;
}

/* Returns whether something was made of it. */
static bool prove(const struct fit_question *question, struct arena *arena)
{
    const struct media_facts *facts = question->facts;
    struct fit_answer answer;

    fit_answer(question, arena, &answer);
    if (answer.verdict == REFUSED)
        assert_true(answer.code && has_code(answer.code) && !*answer.recipe);
    else if (answer.verdict == FITS)
        assert_true(!facts->metadata && facts->orientation <= 1 && !*answer.recipe);
    else
        prove_made(question, answer.recipe, arena);
    return answer.verdict == FITTED;
}

static const struct platform_facts *random_platform(void)
{
    return &platform_rows[random_to(PLATFORM_COUNT - 1)];
}

/* The usual one, or any other. */
static const struct post_kind *random_kind(const struct limits *limits)
{
    size_t count = 0;

    while (limits->kinds && limits->kinds[count].word)
        count++;
    return count && chance(2) ? &limits->kinds[random_to((int64_t)count - 1)] : NULL;
}

/* A file beside the shapes of a platform, or beside some that none has. */
static bool prove_random(bool has_own_shapes, struct arena *arena)
{
    const struct platform_facts *platform = random_platform();
    const struct shape shape = random_shape();
    const struct media_facts facts = random_file(), first = random_file();
    struct limits limits = *platform->limits;
    struct fit_question question = {.platform = platform->name,
                                    .limits = &limits,
                                    .facts = &facts,
                                    .first = chance(2) ? &first : NULL,
                                    .fit = (enum fit)random_to(2)};

    if (has_own_shapes) {
        question.kind = random_kind(&limits);
        return prove(&question, arena);
    }
    limits.kinds = NULL;
    limits.picture = limits.video = &shape;
    limits.same_shape = chance(3);
    return prove(&question, arena);
}

static void prove_many(bool has_own_shapes)
{
    struct arena arena = {0};
    int made = 0;

    for (int i = 0; i < 20000; i++) {
        made += prove_random(has_own_shapes, &arena);
        arena_clear(&arena);
    }
    assert_true(made > 6000);
}

static void on_each_platform(void **unused)
{
    (void)unused;
    prove_many(true);
}

static void on_shapes_that_no_platform_has_yet(void **unused)
{
    (void)unused;
    prove_many(false);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_each_platform),
        cmocka_unit_test(on_shapes_that_no_platform_has_yet),
    };

    return cmocka_run_group_tests_name("what is made fits", tests, NULL, NULL);
}

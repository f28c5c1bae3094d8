/* What each platform asks of pictures and videos: the tables of the adapters against the numbers of
 * the platforms' own pages, written down a second time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "platform/registry.h"

#define MB INT64_C(1000000)

static const struct limits *limits_of(const char *platform)
{
    return adapter_by_name(platform)->facts->limits;
}

static const struct post_kind *kind_of(const char *platform, const char *word)
{
    const struct post_kind *kind = limits_kind(limits_of(platform), word);

    assert_true(kind || !word);
    return kind;
}

/* ---- files ---- */

static const struct {
    const char *platform, *kind, *mime;
    int64_t most; /* -1 = not taken */
} files[] = {
    {"bluesky", NULL, "image/jpeg", 2 * MB},
    {"bluesky", NULL, "image/gif", -1},
    {"facebook", NULL, "image/jpeg", 10 * MB},
    {"facebook", NULL, "image/tiff", 10 * MB},
    {"facebook", NULL, "image/heif", -1},
    {"facebook", NULL, "video/mp4", 10000 * MB},
    {"instagram", NULL, "image/jpeg", 8 * MB},
    {"instagram", NULL, "image/png", -1},
    {"instagram", NULL, "image/heif", -1},
    {"instagram", NULL, "video/mp4", 300 * MB},
    {"instagram", "reel", "video/quicktime", 300 * MB},
    {"instagram", "story", "video/mp4", 100 * MB},
    {"instagram", "story", "image/jpeg", 8 * MB},
    {"mastodon", NULL, "image/avif", 16777216},
    {"mastodon", NULL, "video/mp4", 103809024},
    {"telegram", NULL, "image/jpeg", 10 * MB},
    {"telegram", NULL, "image/gif", 50 * MB},
    {"telegram", NULL, "video/mp4", 50 * MB},
    {"telegram", NULL, "video/quicktime", -1},
    {"threads", NULL, "image/png", 8 * MB},
    {"threads", NULL, "image/webp", -1},
    {"threads", NULL, "video/mp4", 1000 * MB},
    {"webhook", NULL, "image/png", 0},
    {"x", NULL, "image/webp", 5 * MB},
    {"x", NULL, "image/gif", 15 * MB},
    {"x", NULL, "video/mp4", 512 * MB},
    {"youtube", "short", "video/mp4", INT64_C(256) << 30},
    {"youtube", NULL, "image/jpeg", -1},
};

static void files_are_taken_up_to_the_bytes_of_the_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const struct limits *limits = limits_of(files[i].platform);
        const bool taken = limits_media(limits, files[i].mime) != NULL;
        const int64_t most =
            limits_bytes(limits, kind_of(files[i].platform, files[i].kind), files[i].mime);

        assert_int_equal(taken, files[i].most >= 0);
        assert_int_equal(most, taken ? files[i].most : 0);
    }
}

static bool is_among(const char *const *words, size_t count, const char *platform, const char *mime)
{
    const size_t length = strlen(platform);

    for (size_t i = 0; i < count; i++)
        if (strncmp(words[i], platform, length) == 0 && words[i][length] == ' ' &&
            strcmp(words[i] + length + 1, mime) == 0)
            return true;
    return false;
}

static void what_is_animated_stands_still_where_nobody_says_that_it_moves(void **state)
{
    static const char *const moving[] = {"mastodon image/gif", "telegram image/gif",
                                         "webhook image/avif", "webhook image/gif",
                                         "webhook image/webp", "x image/gif"};
    size_t count = 0;

    (void)state;
    for (size_t i = 0; adapters[i]; i++)
        for (const struct media_limit *limit = adapters[i]->facts->limits->media; limit->mime;
             limit++) {
            assert_int_equal(limit->moves,
                             is_among(moving, COUNT_OF(moving), adapters[i]->name, limit->mime));
            count += limit->moves;
        }
    assert_int_equal(count, COUNT_OF(moving));
}

/* ---- shapes ---- */

static const struct {
    const char *platform, *kind, *mime;
    struct shape shape;
} shapes[] = {
    {"instagram", NULL, "image/jpeg", {320, 0, 1440, 0, 0, {4, 5}, {191, 100}, NULL}},
    {"instagram", "story", "image/jpeg", {0}},
    {"instagram", "story", "video/mp4", {0, 0, 1920, 0, 0, {1, 100}, {10, 1}, NULL}},
    {"instagram", "reel", "video/mp4", {0, 0, 1920, 0, 0, {1, 100}, {10, 1}, NULL}},
    {"facebook", "reel", "video/mp4", {540, 960, 0, 0, 0, {9, 16}, {9, 16}, NULL}},
    {"facebook", "story", "video/mp4", {540, 960, 0, 0, 0, {9, 16}, {9, 16}, NULL}},
    {"facebook", "video", "video/mp4", {0}},
    {"facebook", NULL, "image/jpeg", {0}},
    {"threads", NULL, "image/jpeg", {320, 0, 1440, 0, 0, {1, 10}, {10, 1}, NULL}},
    {"threads", NULL, "video/mp4", {0, 0, 1920, 0, 0, {0, 0}, {0, 0}, NULL}},
    {"x", NULL, "image/jpeg", {0}},
    {"x", NULL, "image/gif", {0, 0, 1280, 1080, 0, {0, 0}, {0, 0}, NULL}},
    {"x", NULL, "video/mp4", {32, 32, 1280, 1280, 0, {1, 3}, {3, 1}, NULL}},
    {"telegram", NULL, "image/jpeg", {0, 0, 0, 0, 10000, {1, 20}, {20, 1}, NULL}},
    {"telegram", NULL, "image/gif", {0}},
    {"youtube", "short", "video/mp4", {0, 0, 0, 0, 0, {0, 0}, {1, 1}, NULL}},
    {"youtube", "video", "video/mp4", {0}},
    {"bluesky", NULL, "image/jpeg", {0}},
    {"mastodon", NULL, "image/jpeg", {0}},
    {"webhook", NULL, "image/jpeg", {0}},
};

static void assert_same_ratio(struct ratio a, struct ratio b)
{
    assert_int_equal(a.width, b.width);
    assert_int_equal(a.height, b.height);
}

static void shapes_are_those_of_the_pages(void **state)
{
    static const struct shape any = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        const struct shape *want = &shapes[i].shape;
        const struct shape *is =
            limits_shape(limits_of(shapes[i].platform), kind_of(shapes[i].platform, shapes[i].kind),
                         shapes[i].mime);

        is = is ? is : &any;
        assert_int_equal(is->least_width, want->least_width);
        assert_int_equal(is->least_height, want->least_height);
        assert_int_equal(is->most_width, want->most_width);
        assert_int_equal(is->most_height, want->most_height);
        assert_int_equal(is->most_sides, want->most_sides);
        assert_same_ratio(is->tallest, want->tallest);
        assert_same_ratio(is->widest, want->widest);
    }
}

static void pixels_are_counted_where_the_pages_count_them(void **state)
{
    (void)state;
    assert_int_equal(limits_media(limits_of("mastodon"), "image/png")->most_pixels, 33177600);
    assert_int_equal(limits_media(limits_of("mastodon"), "video/mp4")->most_pixels, 8294400);
    assert_int_equal(limits_media(limits_of("x"), "image/gif")->most_frames, 350);
    assert_int_equal(limits_media(limits_of("x"), "image/gif")->most_frame_pixels, 300 * MB);
    assert_int_equal(limits_media(limits_of("bluesky"), "image/png")->sure_bytes, MB);
    assert_int_equal(limits_media(limits_of("facebook"), "image/png")->sure_bytes, 4 * MB);
}

static void only_instagram_cuts_a_row_of_pictures_to_the_shape_of_the_first(void **state)
{
    (void)state;
    for (size_t i = 0; adapters[i]; i++)
        assert_int_equal(adapters[i]->facts->limits->same_shape,
                         strcmp(adapters[i]->name, "instagram") == 0);
}

/* ---- inside a video ---- */

static const struct {
    const char *platform, *kind;
    const char *codecs; /* "h264 hevc" */
    int64_t least_rate, most_rate, bits, sound, channels;
    bool index, progressive, steady;
} forms[] = {
    {"instagram", NULL, "h264 hevc", 23000, 60000, 25 * MB, 48000, 2, true, true, false},
    {"instagram", "story", "h264 hevc", 23000, 60000, 25 * MB, 48000, 2, true, true, false},
    {"threads", NULL, "h264 hevc", 23000, 60000, 0, 0, 0, true, false, false},
    {"facebook", "reel", "h264 hevc vp9 av1", 24000, 60000, 0, 48000, 2, false, true, true},
    {"facebook", "story", "h264 hevc vp9 av1", 24000, 60000, 0, 48000, 2, false, true, true},
    {"facebook", NULL, NULL, 0, 0, 0, 0, 0, false, false, false},
    {"x", NULL, "h264", 0, 60000, 0, 0, 2, false, true, false},
    {"mastodon", NULL, "", 0, 120000, 0, 0, 0, false, false, false},
    {"telegram", NULL, NULL, 0, 0, 0, 0, 0, false, false, false},
    {"youtube", NULL, NULL, 0, 0, 0, 0, 0, false, false, false},
    {"webhook", NULL, NULL, 0, 0, 0, 0, 0, false, false, false},
};

static const char *joined(const char *const *words, char *text, size_t size)
{
    size_t length = 0;

    *text = '\0';
    for (size_t i = 0; words && words[i]; i++) {
        const int more = snprintf(text + length, size - length, "%s%s", i ? " " : "", words[i]);

        assert_true(more > 0 && (size_t)more < size - length);
        length += (size_t)more;
    }
    return text;
}

static void forms_are_those_of_the_pages(void **state)
{
    char text[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const struct video_form *form =
            limits_form(limits_of(forms[i].platform), kind_of(forms[i].platform, forms[i].kind));

        assert_int_equal(form != NULL, forms[i].codecs != NULL);
        if (!form)
            continue;
        assert_string_equal(joined(form->codecs, text, sizeof text), forms[i].codecs);
        assert_string_equal(joined(form->sounds, text, sizeof text), *forms[i].codecs ? "aac" : "");
        assert_int_equal(form->least_frame_rate, forms[i].least_rate);
        assert_int_equal(form->most_frame_rate, forms[i].most_rate);
        assert_int_equal(form->most_bit_rate, forms[i].bits);
        assert_int_equal(form->most_sound_rate, forms[i].sound);
        assert_int_equal(form->most_channels, forms[i].channels);
        assert_int_equal(form->index_first, forms[i].index);
        assert_int_equal(form->progressive, forms[i].progressive);
        assert_int_equal(form->steady_rate, forms[i].steady);
    }
}

static const struct {
    const char *platform, *kind;
    int64_t least_ms, most_ms;
} durations[] = {
    {"instagram", NULL, 3000, 900000},
    {"instagram", "reel", 3000, 900000},
    {"instagram", "story", 3000, 60000},
    {"facebook", "reel", 3000, 90000},
    {"facebook", "story", 1000, 60000},
    {"facebook", "video", 0, INT64_C(4) * 3600000},
    {"threads", NULL, 0, 300000},
    {"x", NULL, 500, 140000},
    {"youtube", NULL, 0, INT64_C(12) * 3600000},
    {"youtube", "short", 0, 180000},
};

static void durations_are_those_of_the_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(durations); i++) {
        const struct post_kind *kind = kind_of(durations[i].platform, durations[i].kind);

        assert_int_equal(kind->least_duration.ms, durations[i].least_ms);
        assert_int_equal(kind->most_duration.ms, durations[i].most_ms);
    }
}

/* ---- beside a video ---- */

static void captions_are_taken_as_the_pages_say(void **state)
{
    static const struct {
        const char *platform, *words;
    } wanted[] = {
        {"facebook", "application/x-subrip"},
        {"x", "application/x-subrip"},
        {"youtube", "application/x-subrip text/vtt"},
    };
    size_t with = 0;
    char text[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        assert_string_equal(joined(limits_of(wanted[i].platform)->captions, text, sizeof text),
                            wanted[i].words);
    for (size_t i = 0; adapters[i]; i++) {
        const struct limits *limits = adapters[i]->facts->limits;

        assert_int_equal(limits->has_captions, limits->captions != NULL);
        with += limits->has_captions;
    }
    assert_int_equal(with, COUNT_OF(wanted));
}

static void a_thumbnail_of_youtube_has_two_megabytes_at_most(void **state)
{
    char text[64];

    (void)state;
    assert_int_equal(limits_of("youtube")->thumbnail_bytes, 2 * MB);
    assert_string_equal(joined(limits_of("youtube")->thumbnails, text, sizeof text),
                        "image/jpeg image/png");
}

/* ---- sources ---- */

static void assert_source(const char *source)
{
    assert_non_null(source);
    assert_true(strchr(source, '.') && strlen(source) > 10);
}

static void assert_shape_has_source(const struct shape *shape)
{
    if (shape)
        assert_source(shape->source);
}

static void assert_form_has_source(const struct video_form *form)
{
    if (form)
        assert_source(form->source);
}

static void assert_kinds_have_sources(const struct limits *limits)
{
    for (const struct post_kind *kind = limits->kinds; kind && kind->word; kind++) {
        assert_shape_has_source(kind->picture);
        assert_shape_has_source(kind->video);
        assert_form_has_source(kind->form);
    }
}

static void every_number_has_a_source(void **state)
{
    (void)state;
    for (size_t i = 0; adapters[i]; i++) {
        const struct limits *limits = adapters[i]->facts->limits;

        assert_non_null(limits->source);
        assert_shape_has_source(limits->picture);
        assert_shape_has_source(limits->video);
        assert_shape_has_source(limits->thumbnail);
        assert_form_has_source(limits->form);
        for (const struct media_limit *limit = limits->media; limit->mime; limit++)
            assert_shape_has_source(limit->shape);
        assert_kinds_have_sources(limits);
        for (const struct budget *budget = limits->budgets; budget && budget->word; budget++)
            assert_non_null(budget->source);
    }
}

/* A shape that no picture could have would refuse all of them. */
static void a_shape_can_be_had(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        const struct shape *shape =
            limits_shape(limits_of(shapes[i].platform), kind_of(shapes[i].platform, shapes[i].kind),
                         shapes[i].mime);

        if (!shape)
            continue;
        assert_true(!shape->most_width || shape->least_width <= shape->most_width);
        assert_true(!shape->most_height || shape->least_height <= shape->most_height);
        assert_true(!shape->widest.width || !shape->tallest.width ||
                    (int64_t)shape->tallest.width * shape->widest.height <=
                        (int64_t)shape->widest.width * shape->tallest.height);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_taken_up_to_the_bytes_of_the_pages),
        cmocka_unit_test(what_is_animated_stands_still_where_nobody_says_that_it_moves),
        cmocka_unit_test(shapes_are_those_of_the_pages),
        cmocka_unit_test(pixels_are_counted_where_the_pages_count_them),
        cmocka_unit_test(only_instagram_cuts_a_row_of_pictures_to_the_shape_of_the_first),
        cmocka_unit_test(forms_are_those_of_the_pages),
        cmocka_unit_test(durations_are_those_of_the_pages),
        cmocka_unit_test(captions_are_taken_as_the_pages_say),
        cmocka_unit_test(a_thumbnail_of_youtube_has_two_megabytes_at_most),
        cmocka_unit_test(every_number_has_a_source),
        cmocka_unit_test(a_shape_can_be_had),
    };

    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}

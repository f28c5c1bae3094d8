#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/recipe.h"

#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static const struct {
    const char *text;
    struct recipe recipe;
} cases[] = {
    {"v1 image/png 2048x1536", {.mime = "image/png", .width = 2048, .height = 1536}},
    {"v1 image/jpeg 1080x810 pad 1080x1350 most 8000000",
     {.mime = "image/jpeg",
      .width = 1080,
      .height = 810,
      .frame = RECIPE_PAD,
      .frame_width = 1080,
      .frame_height = 1350,
      .most_bytes = 8000000}},
    {"v1 video/mp4 copy", {.mime = "video/mp4", .copies = true}},
    {"v1 video/mp4 1080x1920 crop 1080x1350 rate 30000 bits 5000000 most 300000000",
     {.mime = "video/mp4",
      .width = 1080,
      .height = 1920,
      .frame = RECIPE_CROP,
      .frame_width = 1080,
      .frame_height = 1350,
      .frame_rate = 30000,
      .bit_rate = 5000000,
      .most_bytes = 300000000}},
};

static void a_recipe_reads_as_it_was_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[RECIPE_SIZE], again[RECIPE_SIZE];
        struct recipe read;

        recipe_write(&cases[i].recipe, text);
        assert_string_equal(text, cases[i].text);
        assert_true(recipe_read(text, &read));
        recipe_write(&read, again);
        assert_string_equal(again, text);
    }
}

static void what_came_of_it_stands_at_its_end(void **state)
{
    struct recipe read;

    (void)state;
    assert_string_equal(recipe_made("v1 image/png 1x1 = " HASH), HASH);
    assert_true(recipe_read("v1 image/png 1x1 = " HASH, &read));
    assert_null(recipe_made("v1 image/png 1x1"));
    assert_null(recipe_made(""));
    assert_null(recipe_made("v1 image/png 1x1 = 9f86"));
    assert_null(recipe_made("v1 image/png 1x1 = " HASH "0"));
}

static void nothing_else_is_a_recipe(void **state)
{
    static const char *const others[] = {
        "",
        "v1",
        "v1 ",
        "v2 image/png 1x1",
        "image/png 1x1",
        "v1 image/svg 1x1",
        "v1 image/png",
        "v1 image/png 0x1",
        "v1 image/png 1x",
        "v1 image/png 01x1",
        "v1 image/png 1x65536",
        "v1 image/png -1x1",
        "v1 image/png 1x1 ",
        "v1 image/png 1x1 pad",
        "v1 image/png 1x1 pad 1x1 crop 1x1",
        "v1 image/png 1x1 most",
        "v1 image/png 1x1 most 99999999999999",
        "v1 image/png 1x1 most 5 rate 5",
        "v1 image/png 1x1; rm -rf /",
        "v1 image/png 1x1 = 12",
        "v1 video/mp4 copyright",
    };
    struct recipe read;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (recipe_read(others[i], &read))
            fail_msg("\"%s\" is taken for a recipe", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recipe_reads_as_it_was_written),
        cmocka_unit_test(what_came_of_it_stands_at_its_end),
        cmocka_unit_test(nothing_else_is_a_recipe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

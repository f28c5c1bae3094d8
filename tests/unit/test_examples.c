/* Every finding has an example of wrong and right, and both are true: laid into a workspace, the
 * wrong one has that finding, the right one has not, and no error. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "campaign/checker.h"
#include "campaign/finding_examples.h"
#include "campaign/reader.h"
#include "platform/registry.h"

static struct arena arena;

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* ---- The workspace around the lines. ---- */

/* Whether a line of the example begins with this key. */
static bool has_key(const char *lines, const char *key)
{
    size_t length = strlen(key);

    for (const char *at = lines; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (!strncmp(at, key, length) && at[length] && strchr(" =", at[length]))
            return true;
    return false;
}

/* `line` unless the example has the key itself. */
static const char *unless(const char *lines, const char *key, const char *line)
{
    return has_key(lines, key) ? "" : line;
}

/* One drill account on each platform that the examples name. */
static const char *accounts(void)
{
    static const char *const drills[][2] = {
        {"toots", "mastodon"},       {"sky", "bluesky"},      {"fb", "facebook"},
        {"insta", "instagram"},      {"x-main", "x"},         {"tube", "youtube"},
        {"threads-main", "threads"}, {"channel", "telegram"},
    };
    const char *list = "";

    for (size_t i = 0; i < COUNT_OF(drills); i++)
        list = arena_printf(&arena,
                            "%s%s{ name = \"%s\"; platform = \"%s\"; live = false; "
                            "base_url = \"http://127.0.0.1:8642/%s\"; }",
                            list, i ? ",\n" : "", drills[i][0], drills[i][1], drills[i][1]);
    return arena_printf(&arena, "accounts = ( %s );\n", list);
}

static const char rest[] =
    "quiet = { from = \"22:00\"; to = \"07:00\"; };\n"
    "blackouts = ( { name = \"mourning\"; from = \"2026-12-20 00:00\"; to = \"2026-12-22 23:59\"; "
    "} "
    ");\n"
    "known = { numbers = [ \"112\", \"1930\" ]; hosts = [ \"cybercrime.gov.in\" ]; };\n";

/* crier.cfg with what the example's comment says about it. */
static const char *config_around(const char *lines)
{
    const char *zone = strstr(lines, "Europe/Berlin") ? "Europe/Berlin" : "Asia/Kolkata";

    return arena_printf(&arena, "timezone = \"%s\";\n%s%s%s", zone, accounts(), rest,
                        strstr(lines, "alt_text") ? "alt_text = \"require\";\n" : "");
}

static const char *config_of(const struct finding_example *example, const char *lines)
{
    switch (example->place) {
    case EXAMPLE_CONFIG:
        return arena_printf(&arena, "%s%s%s\n",
                            unless(lines, "timezone", "timezone = \"Asia/Kolkata\";\n"),
                            unless(lines, "accounts", accounts()), lines);
    case EXAMPLE_ACCOUNT:
        return arena_printf(
            &arena, "timezone = \"Asia/Kolkata\";\naccounts = ( { live = false;\n%s%s%s%s\n} );\n",
            unless(lines, "name", "name = \"toots\";\n"),
            unless(lines, "platform", "platform = \"mastodon\";\n"),
            unless(lines, "base_url", "base_url = \"http://127.0.0.1:8642/mastodon\";\n"), lines);
    case EXAMPLE_LIVE:
        return arena_printf(&arena,
                            "timezone = \"Asia/Kolkata\";\napprovers = \"a\"; editors = \"e\";\n"
                            "accounts = ( { name = \"main\"; live = true;\n%s\n} );\n",
                            lines);
    case EXAMPLE_WORDS:
    case EXAMPLE_POST:
    case EXAMPLE_CAMPAIGN:
    case EXAMPLE_FILE:
        break;
    }
    return config_around(lines);
}

static const char post[] = "id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"Wear a helmet.\";";

static bool has_text(const char *lines)
{
    return has_key(lines, "text") || has_key(lines, "texts") || strstr(lines, "\"story\"");
}

static const char *post_around(const char *lines)
{
    const bool timed =
        has_key(lines, "at") || has_key(lines, "repeat") || has_key(lines, "shedule");

    return arena_printf(&arena, "posts = ( {\n%s%s%s%s\n} );\n",
                        unless(lines, "id", "id = \"helmet\";\n"),
                        timed ? "" : "at = \"2026-12-01 09:30\";\n",
                        has_text(lines) ? "" : "text = \"Wear a helmet.\";\n", lines);
}

static const char *campaign_of(const struct finding_example *example, const char *lines)
{
    static const char goes_to[] = "accounts = [ \"toots\" ];\n";

    switch (example->place) {
    case EXAMPLE_FILE:
        return lines;
    case EXAMPLE_CAMPAIGN:
        return arena_printf(&arena, "%s%s\nposts = ( { %s } );\n",
                            unless(lines, "accounts", goes_to), lines, post);
    case EXAMPLE_POST:
        return arena_printf(&arena, "%s%s", unless(lines, "accounts", goes_to), post_around(lines));
    case EXAMPLE_WORDS:
    case EXAMPLE_CONFIG:
    case EXAMPLE_ACCOUNT:
    case EXAMPLE_LIVE:
        break;
    }
    return "";
}

/* ---- Files in media/. ---- */

static const char *const names[] = {"helmet.jpg", "helmet.mp4", NULL};
static const char *const gps[] = {"gps", NULL};
static const struct video_facts film = {.codec = "h264",
                                        .sound = "aac",
                                        .pixels = "yuv420p",
                                        .frame_rate = 25000,
                                        .index_first = true,
                                        .bit_rate = 2000000,
                                        .sound_rate = 48000,
                                        .channels = 2};

#define JPEG    .readable = true, .bytes = 200000, .mime = "image/jpeg", .decoded = true, .frames = 1
#define SRT     .readable = true, .bytes = 300, .mime = "application/x-subrip", .decoded = true
#define MISSING .problem = "missing", .others = names

static struct media_facts facts[] = {
    {.file = "helmet.jpg", JPEG, .width = 1080, .height = 1080},
    {.file = "phone.jpg", JPEG, .width = 1080, .height = 1080, .metadata = gps},
    {.file = "wide.jpg", JPEG, .width = 4000, .height = 600},
    {.file = "stamp.jpg", JPEG, .width = 40, .height = 40},
    {.file = "renamed.png", JPEG, .width = 1080, .height = 1080},
    {.file = "line.png",
     .readable = true,
     .bytes = 9000,
     .mime = "image/png",
     .decoded = true,
     .frames = 1,
     .width = 8294401,
     .height = 4},
    {.file = "wave.gif",
     .readable = true,
     .bytes = 90000,
     .mime = "image/gif",
     .decoded = true,
     .frames = 20,
     .duration_ms = 2000,
     .width = 480,
     .height = 480},
    {.file = "leaflet.pdf",
     .readable = true,
     .bytes = 90000,
     .mime = "application/pdf",
     .decoded = true},
    {.file = "torn.jpg", .problem = "truncated", .why = "its end is missing", .mime = "image/jpeg"},
    {.file = "helmet.mp4",
     .readable = true,
     .bytes = 900000,
     .mime = "video/mp4",
     .decoded = true,
     .width = 1080,
     .height = 1080,
     .duration_ms = 4000,
     .video = &film},
    {.file = "long.mp4",
     .readable = true,
     .bytes = 900 * INT64_C(1048576),
     .mime = "video/mp4",
     .decoded = true,
     .width = 1920,
     .height = 1080,
     .duration_ms = 3600000,
     .video = &film},
    {.file = "helmet.srt", SRT, .duration_ms = 3900},
    {.file = "long.srt", SRT, .duration_ms = 9000},
    {.file = "torn.srt",
     .readable = true,
     .mime = "application/x-subrip",
     .problem = "unordered",
     .why = "line 7 begins before line 3 ends"},
    {.file = "helmet.vtt",
     .readable = true,
     .bytes = 300,
     .mime = "text/vtt",
     .decoded = true,
     .duration_ms = 3900},
    {.file = "helmt.jpg", MISSING},
    {.file = "Helmet.jpg", MISSING},
    {.file = "/media/usb/helmet.jpg", MISSING},
};

/* ---- */

static const struct findings *check_lines(const struct finding_example *example, const char *lines)
{
    const struct read_options options = {.platforms = platform_facts_all()};
    const char *config = config_of(example, lines), *text = campaign_of(example, lines);
    struct findings *findings = arena_alloc(&arena, sizeof *findings);
    struct campaign *campaign = arena_alloc(&arena, sizeof *campaign);
    struct campaign_set set = {.campaigns = campaign};
    struct instant now;

    findings_init(findings, &arena);
    workspace_read_text(config, strlen(config), &options, &arena, &set.workspace,
                        &set.workspace_broken, findings);
    if (*text) {
        campaign_read_text("traffic", text, strlen(text), &set.workspace, &arena, campaign,
                           findings);
        set.count = 1;
    }
    assert_true(instant_parse("2026-11-25T00:00:00+05:30", &now));
    for (size_t i = 0; i < COUNT_OF(facts); i++)
        memset(facts[i].sha256, "0123456789abcdef"[i % 16], DIGEST_HEX - 1);
    check_set(&set, now, facts, COUNT_OF(facts), &arena, findings);
    return findings;
}

static bool has_code(const struct findings *findings, const char *code)
{
    for (size_t i = 0; i < findings->count; i++)
        if (!strcmp(findings->items[i].code, code))
            return true;
    return false;
}

static const char *codes_of(const struct findings *findings)
{
    const char *all = "";

    for (size_t i = 0; i < findings->count; i++)
        all = arena_printf(&arena, "%s %s (%s)", all, findings->items[i].code,
                           findings->items[i].message);
    return *all ? all : " nothing";
}

static size_t judge(const struct finding_example *example)
{
    const struct findings *wrong = check_lines(example, example->wrong);
    const struct findings *right = check_lines(example, example->right);
    size_t faults = 0;

    if (!has_code(wrong, example->code)) {
        print_error("%s: the wrong example has%s\n", example->code, codes_of(wrong));
        faults++;
    }
    if (has_code(right, example->code) || right->errors) {
        print_error("%s: the right example has%s\n", example->code, codes_of(right));
        faults++;
    }
    return faults;
}

static void every_finding_has_an_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < finding_kind_count; i++)
        if (!finding_example(finding_kinds[i].code))
            fail_msg("%s has no example in campaign/finding_examples.c", finding_kinds[i].code);
    assert_null(finding_example("E000"));
}

static void every_example_is_true(void **state)
{
    size_t faults = 0, shown = 0, words = 0;

    (void)state;
    for (size_t i = 0; i < finding_kind_count; i++) {
        const struct finding_example *example = finding_example(finding_kinds[i].code);

        assert_true(*example->wrong && *example->right);
        assert_string_not_equal(example->wrong, example->right);
        if (example->place == EXAMPLE_WORDS) {
            words++;
            continue;
        }
        shown++;
        faults += judge(example);
    }
    print_message("%zu examples proven, %zu in words\n", shown, words);
    assert_int_equal(faults, 0);
    assert_true(shown > 4 * words);
}

#define TEST(name) cmocka_unit_test_teardown(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_finding_has_an_example),
        TEST(every_example_is_true),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

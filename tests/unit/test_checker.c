/* campaign/checker: what can be known without network, each mistake said once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "campaign/checker.h"
#include "campaign_world.h"

enum { FRIDAY = 1 << 4, SATURDAY = 1 << 5, EVERY_DAY = 127 };

static struct world world;

static int open_world(void **unused)
{
    (void)unused;
    world_open(&world, "Asia/Kolkata");
    return 0;
}

static int close_world(void **unused)
{
    (void)unused;
    world_close(&world);
    return 0;
}

static const char *check_on(const char *today)
{
    struct arena scratch = {0};

    findings_init(&world.findings, &world.arena);
    check_set(&world.set, world_time(&world, today), world.facts, world.fact_count, &scratch,
              &world.findings);
    arena_clear(&scratch);
    return world_codes(&world);
}

static void what_two_accounts_have_in_common_is_said_once(void **unused)
{
    struct post *post = world_post(&world, "p", "{nobody} here");

    (void)unused;
    post->account_count = 3;
    assert_string_equal(check_on("2026-11-22 00:00"), "E403 ");
    assert_int_equal(world.findings.errors, 1);
}

static void drafts_are_checked_too_and_skipped_accounts_are_not(void **unused)
{
    static const struct override skip[] = {
        {.target = "mastodon", .wording = {.has_skip = true, .skip = true}}};
    struct post *post = world_post(&world, "p", "{nobody} here");

    (void)unused;
    post->draft = true;
    assert_string_equal(check_on("2026-11-22 00:00"), "E403 ");
    post->overrides = skip;
    post->override_count = 1;
    assert_string_equal(check_on("2026-11-22 00:00"), "");
}

static void times_are_measured_against_today(void **unused)
{
    struct post *post = world_post(&world, "p", "text");

    (void)unused;
    assert_string_equal(check_on("2026-12-01 09:30"), "");
    assert_string_equal(check_on("2026-12-01 09:31"), "W320 ");
    assert_non_null(strstr(world.findings.items[0].message, "2026-12-01 09:30"));
    post->at = (struct civil){2037, 1, 1, 9, 0, 0};
    post->at_instant = world_time(&world, "2037-01-01 09:00");
    assert_string_equal(check_on("2026-12-01 00:00"), "E304 ");
    assert_non_null(strstr(world.findings.items[0].try, "2027-01-01"));
    assert_string_equal(check_on("2027-01-02 00:00"), "");
    post->at = (struct civil){2062, 12, 1, 9, 0, 0};
    post->at_instant = world_time(&world, "2062-12-01 09:00");
    assert_string_equal(check_on("2026-11-25 00:00"), "E304 ");
    assert_non_null(strstr(world.findings.items[0].try, "2026-12-01"));
    post->at = (struct civil){2096, 2, 29, 9, 0, 0};
    post->at_instant = world_time(&world, "2096-02-29 09:00");
    assert_string_equal(check_on("2026-11-25 00:00"), "E304 ");
    assert_non_null(strstr(world.findings.items[0].try, "2028-02-29"));
}

static void a_repetition_that_is_over_is_past(void **unused)
{
    struct post *post = world_repeat(&world, "p", "text", FRIDAY);

    (void)unused;
    post->repeat.until = civil_days(2026, 12, 31);
    assert_string_equal(check_on("2026-12-31 23:59"), "");
    assert_string_equal(check_on("2027-01-01 00:00"), "W320 ");
}

/* One medium with these facts, and the codes that follow. */
static const char *codes_of_medium(const char *name, struct media_facts facts)
{
    static struct media_item item;
    struct post *post;

    world.campaign.post_count = 0;
    post = world_post(&world, "p", "text");
    item = (struct media_item){.file = name, .alt = "alt"};
    facts.file = name;
    post->wording.media = &item;
    post->wording.media_count = 1;
    world.facts = &facts;
    world.fact_count = 1;
    return check_on("2026-11-22 00:00");
}

static void media_are_judged_by_their_facts(void **unused)
{
    static const char *const gps[] = {"exif", "gps", NULL};
    static const char *const exif[] = {"exif", NULL};
    static const struct {
        const char *file;
        struct media_facts facts;
        const char *codes;
    } cases[] = {
        {"a.png", {.readable = true, .mime = "image/png", .bytes = 9}, ""},
        {"a.JPG", {.readable = true, .mime = "image/jpeg", .metadata = exif}, ""},
        {"a.jpg", {.readable = true, .mime = "image/jpeg", .metadata = gps}, "W503 "},
        {"a.jpg", {.readable = true, .mime = "image/png"}, "E513 "},
        {"a.pdf", {.readable = true, .mime = "application/pdf"}, "E505 "},
        {"a.png", {.readable = true, .mime = "image/png", .bytes = 8388608}, ""},
        {"a.png", {.readable = true, .mime = "image/png", .bytes = 8388609}, "W514 "},
        {"a.png", {.readable = true, .mime = "image/png", .bytes = 16777216}, "W514 "},
        {"a.png", {.readable = true, .mime = "image/png", .bytes = 16777217}, ""},
        {"a.png", {.readable = true, .mime = "image/png", .width = 8294400, .height = 4}, ""},
        {"a.png", {.readable = true, .mime = "image/png", .width = 8294401, .height = 4}, "E507 "},
        {"a.heic", {.readable = true, .mime = "image/heic", .width = 8, .height = 4}, ""},
        {"a.heic", {.readable = true, .mime = "image/heif", .width = 8, .height = 4}, ""},
        {"a.gif", {.readable = true, .mime = "image/gif", .frames = 2}, "E521 "},
        {"a.png", {.readable = true, .mime = "image/png", .problem = "truncated"}, "E510 "},
        {"a.png", {.problem = "refused", .why = "is a symbolic link"}, "E510 "},
        {"a.png", {.problem = "missing"}, "E501 "},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(codes_of_medium(cases[i].file, cases[i].facts), cases[i].codes);
}

static void a_missing_file_is_answered_with_the_one_meant(void **unused)
{
    static const char *const others[] = {"cyber/otp.png", "traffic/caf\u00e9.png", "traffic/ढ़.png",
                                         "traffic/helmet.png", NULL};
    static const struct {
        const char *file, *code, *text;
    } cases[] = {
        {"traffic/Helmet.png", "E502 ", "traffic/helmet.png"},
        {"traffic/\u095d.png", "E502 ", "stored in two ways"},
        {"traffic/helmt.png", "E501 ", "traffic/helmet.png"},
        {"otp.png", "E501 ", "cyber/otp.png"},
        {"traffic/cafe\u0301.png", "E502 ", "write \"traffic/cafe.png\""},
        {"quite/different.gif", "E501 ", "Copy the file"},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct media_facts facts = {.problem = "missing", .others = others};
        const struct finding *finding;

        assert_string_equal(codes_of_medium(cases[i].file, facts), cases[i].code);
        finding = &world.findings.items[0];
        assert_true(strstr(finding->why, cases[i].text) || strstr(finding->try, cases[i].text));
    }
}

static void pictures_and_their_texts_are_counted(void **unused)
{
    struct media_item items[5];
    char *alt = arena_alloc(&world.arena, 1502);
    struct post *post = world_post(&world, "p", "text");

    (void)unused;
    memset(alt, 'a', 1500);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = (struct media_item){.file = "a.png", .alt = alt};
    post->wording.media = items;
    post->wording.media_count = 4;
    assert_string_equal(check_on("2026-11-22 00:00"), "");
    post->wording.media_count = 5;
    assert_string_equal(check_on("2026-11-22 00:00"), "E508 ");
    post->wording.media_count = 1;
    alt[1500] = 'a';
    assert_string_equal(check_on("2026-11-22 00:00"), "E509 ");
    items[0].alt = "";
    assert_string_equal(check_on("2026-11-22 00:00"), "W504 ");
}

static void an_alternative_text_is_a_must_where_the_workspace_says_so(void **unused)
{
    struct media_item item = {.file = "a.png", .alt = ""};
    struct media_facts facts = {.file = "a.png", .readable = true, .mime = "image/png"};
    struct post *post = world_post(&world, "p", "text");

    (void)unused;
    post->wording.media = &item;
    post->wording.media_count = 1;
    world.facts = &facts;
    world.fact_count = 1;
    assert_string_equal(check_on("2026-11-22 00:00"), "W504 ");
    world.accounts[0].needs_alt = true;
    assert_string_equal(check_on("2026-11-22 00:00"), "E524 ");
    world.accounts[0].limits.has_alt = false;
    assert_string_equal(check_on("2026-11-22 00:00"), "");
}

static void texts_that_come_round_too_soon_are_warned_of(void **unused)
{
    static const char *const turns[] = {"one", "two", "three"};
    static const struct place places[3];
    struct post *post = world_repeat(&world, "p", NULL, EVERY_DAY);

    (void)unused;
    post->accounts = &world.all[3];
    world.accounts[3].limits.needs_media = false;
    world.accounts[3].limits.duplicate_window = span_hours(48);
    post->wording.has_text = false;
    post->wording.has_texts = true;
    post->wording.texts = (struct texts){turns, places, 1};
    assert_string_equal(check_on("2026-11-22 00:00"), "W412 ");
    post->wording.texts.count = 2; /* 48 h apart */
    assert_string_equal(check_on("2026-11-22 00:00"), "");
    world.accounts[3].limits.duplicate_window = span_hours(49);
    assert_string_equal(check_on("2026-11-22 00:00"), "W412 ");
    post->wording.texts.count = 3;
    assert_string_equal(check_on("2026-11-22 00:00"), "");
}

static void never_twice_quiet_hours_and_blackouts_are_told_of(void **unused)
{
    static const struct blackout mourning[] = {
        {"mourning", {2026, 12, 4, 0, 0, 0}, {2026, 12, 5, 23, 59, 0}, 0}};
    struct post *weekend = world_repeat(&world, "weekend", "text", FRIDAY | SATURDAY);

    (void)unused;
    assert_string_equal(check_on("2026-11-22 00:00"), "");
    world.set.workspace.blackouts = mourning;
    world.set.workspace.blackout_count = 1;
    assert_string_equal(check_on("2026-11-22 00:00"), "W322 ");
    world.set.workspace.blackout_count = 0;
    world.set.workspace.quiet = (struct quiet){.set = true, .from_s = 18 * 3600, .to_s = 21 * 3600};
    assert_string_equal(check_on("2026-11-22 00:00"), ""); /* it waits, and is still useful */
    world.set.workspace.quiet.to_s++;
    assert_string_equal(check_on("2026-11-22 00:00"), "W321 ");
    assert_non_null(strstr(world.findings.items[0].try, "useful_for = \"3h\";"));
    world.set.workspace.quiet.set = false;
    world_post(&world, "same", "text")->account_count = 1;
    (void)weekend;
    assert_string_equal(check_on("2026-11-22 00:00"), "W701 ");
}

static void a_campaign_with_errors_is_broken_and_its_neighbour_is_not(void **unused)
{
    struct campaign other = {.file = "cyber.cfg"};

    (void)unused;
    (void)world_post(&world, "p", "{nobody}");
    (void)check_on("2026-11-22 00:00");
    assert_true(check_is_broken(&world.campaign, &world.findings));
    assert_false(check_is_broken(&other, &world.findings));
    world.campaign.post_count = 0;
    (void)world_post(&world, "p", "past");
    (void)check_on("2027-11-22 00:00");
    assert_int_equal(world.findings.warnings, 1);
    assert_false(check_is_broken(&world.campaign, &world.findings));
}

static void what_check_calls_an_error_marks_the_campaign(void **unused)
{
    (void)unused;
    (void)world_post(&world, "p", "{nobody}");
    (void)check_on("2026-11-22 00:00");
    check_mark_broken(&world.set, &world.findings, &world.arena);
    assert_true(world.set.campaigns[0].broken);
    assert_false(world.campaign.broken); /* what the reader said stays what it said */
}

static void without_a_zone_only_what_needs_no_time_is_checked(void **unused)
{
    (void)unused;
    (void)world_repeat(&world, "p", "{nobody} here", FRIDAY);
    world.set.workspace.zone = NULL;
    findings_init(&world.findings, &world.arena);
    check_set(&world.set, (struct instant){0}, NULL, 0, &world.arena, &world.findings);
    assert_string_equal(world_codes(&world), "E403 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_two_accounts_have_in_common_is_said_once),
        TEST(drafts_are_checked_too_and_skipped_accounts_are_not),
        TEST(times_are_measured_against_today),
        TEST(a_repetition_that_is_over_is_past),
        TEST(media_are_judged_by_their_facts),
        TEST(a_missing_file_is_answered_with_the_one_meant),
        TEST(pictures_and_their_texts_are_counted),
        TEST(an_alternative_text_is_a_must_where_the_workspace_says_so),
        TEST(texts_that_come_round_too_soon_are_warned_of),
        TEST(never_twice_quiet_hours_and_blackouts_are_told_of),
        TEST(a_campaign_with_errors_is_broken_and_its_neighbour_is_not),
        TEST(what_check_calls_an_error_marks_the_campaign),
        TEST(without_a_zone_only_what_needs_no_time_is_checked),
    };

    return cmocka_run_group_tests_name("campaign/checker", tests, NULL, NULL);
}

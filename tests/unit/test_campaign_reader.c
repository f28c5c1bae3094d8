#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "campaign/reader.h"

static const struct limits limits = {.text = {{.unit = COUNT_GRAPHEMES, .most = 500}},
                                     .most_media = 4,
                                     .source = "test"};
static const struct account_key keys[] = {
    {"keeps_keys", ACCOUNT_KEY_BOOL, "true", ""},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};
static const struct platform_facts platforms[] = {
    {.name = "mastodon", .limits = &limits, .keys = keys, .needs_server = true},
    {.name = NULL},
};
static const struct read_options options = {.platforms = platforms};

static const char config[] =
    "timezone = \"Asia/Kolkata\";\n"
    "accounts = (\n"
    "  { name = \"toots\"; platform = \"mastodon\"; server = \"https://social.example.gov.in\";\n"
    "    handle = \"@police\"; live = true; limits = { text = 5000; }; keeps_keys = false; },\n"
    "  { name = \"drill\"; platform = \"mastodon\"; live = false;\n"
    "    base_url = \"http://127.0.0.1:8642/mastodon/\"; } );\n"
    "groups = ( { name = \"all\"; accounts = [ \"drill\", \"toots\" ]; } );\n"
    "quiet = { from = \"22:00\"; to = \"07:00\"; allow = [ \"urgent\" ]; };\n";

struct world {
    struct arena arena;
    struct findings findings;
    struct workspace workspace;
    struct campaign campaign;
    bool broken;
};
static struct world world;

static void read_config(const char *text)
{
    arena_clear(&world.arena);
    world = (struct world){0};
    findings_init(&world.findings, &world.arena);
    workspace_read_text(text, strlen(text), &options, &world.arena, &world.workspace, &world.broken,
                        &world.findings);
}

static const struct post *read_posts(const char *head, const char *posts)
{
    char *text;

    read_config(config);
    text = arena_printf(&world.arena, "%s posts = ( %s );", head, posts);
    campaign_read_text("traffic", text, strlen(text), &world.workspace, &world.arena,
                       &world.campaign, &world.findings);
    return world.campaign.posts;
}

static void a_refused_id_is_safe_to_show(void **state)
{
    const struct post *post =
        read_posts("accounts = [ \"all\" ];",
                   "{ id = \"a\u202Eb\x1B[2J\"; at = \"2026-12-01 09:30\"; text = \"x\"; }");

    (void)state;
    assert_true(world.campaign.broken);
    assert_string_equal(post->id, "a<U+202E>b<U+001B>[2J");
}

static void what_is_not_written_has_its_default(void **state)
{
    const struct account *live, *drill;

    (void)state;
    read_config(config);
    live = workspace_account(&world.workspace, "toots");
    drill = workspace_account(&world.workspace, "drill");
    assert_int_equal(world.findings.count, 0);
    assert_false(world.broken);
    assert_int_equal(live->approvals, 1);
    assert_int_equal(live->gap.ms, 30000);
    assert_int_equal(drill->approvals, 0);
    assert_int_equal(drill->gap.ms, 0);
    assert_int_equal(world.workspace.horizon.ms, span_days(35).ms);
    assert_string_equal(account_option(drill, "keeps_keys"), "true");
}

static void addresses_are_kept_in_one_form(void **state)
{
    const struct account *live;

    (void)state;
    read_config(config);
    live = workspace_account(&world.workspace, "toots");
    assert_string_equal(live->server, "social.example.gov.in");
    assert_string_equal(live->handle, "police");
    assert_string_equal(account_option(live, "keeps_keys"), "false");
    assert_int_equal(live->limits.text[0].most, 5000);
    assert_string_equal(workspace_account(&world.workspace, "drill")->base_url,
                        "http://127.0.0.1:8642/mastodon");
}

static void a_post_takes_from_its_campaign_what_it_does_not_say(void **state)
{
    const struct post *posts = read_posts(
        "accounts = [ \"all\" ]; tags = [ \"A\" ]; class = \"safety\"; late = \"hold\";",
        "{ id = \"a\"; at = \"2026-12-01 09:30\"; text = \"x\"; },"
        "{ id = \"b\"; at = \"2026-12-01 09:30\"; text = \"x\"; accounts = [ \"toots\" ];"
        "  tags = [ ]; class = \"urgent\"; useful_for = \"6h\"; language = \"en\"; }");

    (void)state;
    assert_int_equal(world.findings.count, 0);
    assert_int_equal(posts[0].account_count, 2);
    assert_int_equal(posts[0].urgency, URGENCY_SAFETY);
    assert_int_equal(posts[0].late, LATE_HOLD);
    assert_string_equal(posts[0].wording.tags.items[0], "A");
    assert_string_equal(posts[0].wording.language, "hi");
    assert_int_equal(posts[0].useful_for.ms, span_hours(2).ms);
    assert_int_equal(posts[1].account_count, 1);
    assert_int_equal(posts[1].wording.tags.count, 0);
    assert_int_equal(posts[1].urgency, URGENCY_URGENT);
    assert_int_equal(posts[1].useful_for.ms, span_hours(6).ms);
    assert_string_equal(posts[1].wording.language, "en");
}

static void a_time_is_the_workspaces_own(void **state)
{
    const struct post *posts =
        read_posts("accounts = [ \"toots\" ];",
                   "{ id = \"a\"; at = \"2026-12-01 09:30\"; text = \"x\"; }");
    struct instant expected;

    (void)state;
    assert_true(instant_parse("2026-12-01T09:30:00+05:30", &expected));
    assert_int_equal(posts[0].at_instant.ms, expected.ms);
}

static void texts_are_nfc_and_file_names_are_not(void **state)
{
    const struct post *posts =
        read_posts("accounts = [ \"toots\" ];",
                   "{ id = \"a\"; at = \"2026-12-01 09:30\"; text = \"cafe\u0301\";"
                   "  media = ( { file = \"cafe\u0301.png\"; alt = \"x\"; } ); }");

    (void)state;
    assert_string_equal(posts[0].wording.text, "caf\u00e9");
    assert_string_equal(posts[0].wording.media[0].file, "cafe\u0301.png");
}

static void parts_for_a_platform_and_for_an_account_are_told_apart(void **state)
{
    const struct post *posts = read_posts(
        "accounts = [ \"all\" ];",
        "{ id = \"a\"; at = \"2026-12-01 09:30\"; text = \"x\"; mastodon = { text = \"y\"; };"
        "  drill = { skip = true; }; }");

    (void)state;
    assert_int_equal(world.findings.count, 0);
    assert_int_equal(posts[0].override_count, 2);
    assert_string_equal(posts[0].overrides[0].target, "mastodon");
    assert_false(posts[0].overrides[0].is_account);
    assert_true(posts[0].overrides[0].wording.has_text);
    assert_true(posts[0].overrides[1].is_account);
    assert_true(posts[0].overrides[1].wording.skip);
}

/* Else a post whose thread not every platform has could not go to all of them. */
static void a_thread_is_taken_away_for_one_account_by_an_empty_one(void **state)
{
    const struct post *posts = read_posts("accounts = [ \"all\" ];",
                                          "{ id = \"a\"; at = \"2026-12-01 09:30\"; text = \"x\"; "
                                          "thread = ( \"y\", \"z\" ); drill = { thread = (); }; }");

    (void)state;
    assert_int_equal(world.findings.count, 0);
    assert_int_equal(posts[0].wording.thread_count, 2);
    assert_true(posts[0].overrides[0].wording.has_thread);
    assert_int_equal(posts[0].overrides[0].wording.thread_count, 0);
}

static void how_media_are_fitted_is_said_at_the_top_in_a_post_and_for_one_file(void **state)
{
    const struct post *posts = read_posts(
        "accounts = [ \"all\" ]; fit = \"refuse\";",
        "{ id = \"a\"; at = \"2026-12-01 09:30\"; text = \"x\"; drill = { fit = \"pad\"; };"
        "  media = ( { file = \"a.png\"; fit = \"crop\"; }, { file = \"b.png\"; } ); },"
        "{ id = \"b\"; at = \"2026-12-01 09:30\"; text = \"x\"; fit = \"pad\"; }");

    (void)state;
    assert_int_equal(world.findings.count, 0);
    assert_int_equal(posts[0].wording.fit, FIT_REFUSE);
    assert_int_equal(posts[0].wording.media[0].fit, FIT_CROP);
    assert_false(posts[0].wording.media[1].has_fit);
    assert_true(posts[0].overrides[0].wording.has_fit);
    assert_int_equal(posts[0].overrides[0].wording.fit, FIT_PAD);
    assert_int_equal(posts[1].wording.fit, FIT_PAD);
}

static void a_campaign_with_a_mistake_is_broken_and_still_read(void **state)
{
    const struct post *posts =
        read_posts("accounts = [ \"toots\" ];",
                   "{ id = \"a\"; at = \"2026-13-01 09:30\"; text = \"x\"; }"
                   "{ id = \"b\"; at = \"2026-12-01 09:30\"; text = \"y\"; }");

    (void)state;
    assert_true(world.campaign.broken);
    assert_int_equal(world.findings.errors, 2);
    assert_int_equal(world.campaign.post_count, 2);
    assert_true(instant_is_none(posts[0].at_instant));
    assert_false(instant_is_none(posts[1].at_instant));
}

#define POST "id = \"a\"; at = \"2026-12-01 09:30\"; "
#define RULE "id = \"a\"; text = \"a\"; repeat = { at = [ \"19:00\" ]; from = \"2026-12-01\"; "

/* The first finding shows what to write. */
static void what_is_shown_is_the_mended_line(void **state)
{
    static const struct {
        const char *head, *post, *code, *shown;
    } rows[] = {
        {"accounts = [ \"toots\", \"drill\", \"toots\" ];", POST "text = \"a\";", "W223",
         "Write accounts = [ \"toots\", \"drill\" ];"},
        {"accounts = [ \"all\", \"toots\" ];", POST "text = \"a\";", "W223",
         "Write accounts = [ \"all\" ];"},
        {"", POST "text = \"a\";", "E211", "Write accounts = [ \"all\" ];"},
        {"accounts = [ \"all\" ];", POST "text = \"\";", "E216", "quotes: text = \"...\";"},
        {"accounts = [ \"all\" ];", POST "text = \"a\"; title = \"\";", "E216",
         "take out only title = \"\";"},
        {"accounts = [ \"all\" ];", POST "text = \"\"; link = \"https://example.gov.in\";", "E216",
         "take out only text = \"\";"},
        {"accounts = [ \"all\" ];", POST "texts = ( );", "E224",
         "Write for example texts = ( \"...\", \"...\" );"},
        {"accounts = [ \"all\" ];", POST "texts = ( ); link = \"https://example.gov.in\";", "E224",
         "or take out all of texts = ( );"},
        {"accounts = [ ];", POST "text = \"a\"; accounts = [ \"all\" ];", "E224",
         "Write for example accounts = [ \"all\" ];"},
        {"accounts = [ \"all\" ];", POST "text = \"a\"; class = \"emergency\";", "E203",
         "urgent is what must go out at once"},
        {"accounts = [ \"all\" ];",
         POST "text = \"a\"; vars = { a = ((((((((((( \"112\" ))))))))))); };", "E127",
         "Write a = \"112\";"},
        {"accounts = [ \"all\" ];", RULE "on = [ \"Fri\" ]; until = \"2026-01-31\"; };", "E305",
         "\"2027-01-31\""},
        {"accounts = [ \"all\" ];", RULE "day = [ 29 ]; until = \"2024-02-29\"; };", "E305",
         "Correct one of the two dates."},
        {"accounts = [ \"all\" ];", RULE "every = \"week\"; };", "E306", "Add on = [ \"Fri\" ];"},
        {"accounts = [ \"all\" ];", RULE "every = \"week\"; day = [ 1 ]; };", "E306",
         "Write every = \"month\";"},
        {"accounts = [ \"all\" ];", RULE "every = \"month\"; on = [ \"Fri\" ]; };", "E306",
         "Write every = \"week\";"},
        {"accounts = [ \"all\" ];", RULE "on = [ \"Fri\" ]; except = [ \"2026-12-24\" ]; };",
         "W311", "2026-12-18 and again on 2026-12-25"},
        {"accounts = [ \"all\" ];", RULE "on = [ \"Fri\" ]; except = [ \"2026-11-24\" ]; };",
         "W311", "is 2026-12-04: write that"},
        {"accounts = [ \"all\" ];",
         RULE "on = [ \"Fri\" ]; except = [ \"2026-12-24\", \"2026-12-25\" ]; };", "W311",
         "write except = [ \"2026-12-25\" ];"},
        {"accounts = [ \"all\" ];", RULE "on = [ \"Mon\" ]; until = \"2026-12-05\"; };", "E314",
         "write until = \"2026-12-07\";"},
        {"accounts = [ \"all\" ];",
         RULE "on = [ \"Fri\" ]; until = \"2026-12-05\"; except = [ \"2026-12-04\" ]; };", "E314",
         "All its days stand in except"},
        {"accounts = [ \"all\" ];", RULE "on = [ \"Fri\" ]; interval = 0; };", "E204",
         "1 means every day"},
        {"accounts = [ \"all\" ];", "id = \"a\"; text = \"a\"; at = \"2027-13-01 08:15\";", "E301",
         "\"2027-12-01 08:15\""},
        {"accounts = [ \"all\" ];", "id = \"a\"; text = \"a\"; at = \"08:15\";", "E301",
         "\"2026-12-01 08:15\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena scratch = {0};
        const struct finding *finding;

        (void)read_posts(rows[i].head, arena_printf(&scratch, "{ %s }", rows[i].post));
        arena_clear(&scratch);
        finding = &world.findings.items[0];
        assert_true(world.findings.count > 0);
        assert_string_equal(finding->code, rows[i].code);
        if (!strstr(finding->try, rows[i].shown))
            fail_msg("%s: %s", rows[i].post, finding->try);
    }
}

static void no_file_can_flood_the_screen(void **state)
{
    struct buffer posts;

    (void)state;
    buffer_init(&posts, SIZE_MAX);
    for (int i = 0; i < 1000; i++)
        (void)buffer_printf(&posts, "%s{ shedule = %d; }", i ? "," : "", i);
    (void)read_posts("", posts.bytes);
    assert_int_equal(world.findings.count, 100);
    findings_sort(&world.findings);
    assert_string_equal(world.findings.items[0].code, "E131");
    buffer_clear(&posts);
}

/* Live accounts reach only their own host, drill accounts only this machine. */
static void a_drill_account_reaches_this_machine_only(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } cases[] = {
        {"http://127.0.0.1:8642/x", true},
        {"http://127.9.9.9", true},
        {"https://[::1]:8642/x", true},
        {"http://localhost:8642", false},
        {"http://127.0.0.1.evil.org", false},
        {"http://127.0.0.1@evil.org/", false},
        {"http://127.0.0.1:80@evil.org", false},
        {"http://10.0.0.1/", false},
        {"http://127.1/", false},
        {"ftp://127.0.0.1/", false},
        {"http://127.0.0.1:123456/", false},
        {"http://127.0.0.1\\\\evil.org", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena arena = {0};
        read_config(arena_printf(&arena,
                                 "timezone = \"UTC\"; accounts = ( { name = \"d\"; platform = "
                                 "\"mastodon\"; live = false; base_url = \"%s\"; } );",
                                 cases[i].url));
        if (world.broken == cases[i].good)
            fail_msg("%s", cases[i].url);
        arena_clear(&arena);
    }
}

static int clear_world(void **state)
{
    (void)state;
    arena_clear(&world.arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_id_is_safe_to_show),
        cmocka_unit_test(what_is_not_written_has_its_default),
        cmocka_unit_test(addresses_are_kept_in_one_form),
        cmocka_unit_test(a_post_takes_from_its_campaign_what_it_does_not_say),
        cmocka_unit_test(a_time_is_the_workspaces_own),
        cmocka_unit_test(texts_are_nfc_and_file_names_are_not),
        cmocka_unit_test(parts_for_a_platform_and_for_an_account_are_told_apart),
        cmocka_unit_test(a_thread_is_taken_away_for_one_account_by_an_empty_one),
        cmocka_unit_test(how_media_are_fitted_is_said_at_the_top_in_a_post_and_for_one_file),
        cmocka_unit_test(a_campaign_with_a_mistake_is_broken_and_still_read),
        cmocka_unit_test(what_is_shown_is_the_mended_line),
        cmocka_unit_test(no_file_can_flood_the_screen),
        cmocka_unit_test(a_drill_account_reaches_this_machine_only),
    };

    return cmocka_run_group_tests(tests, NULL, clear_world);
}

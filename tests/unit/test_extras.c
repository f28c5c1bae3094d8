/* campaign/: what only some platforms have. Threads, kinds of posts, titles, comments, and limits
 * that count something else than letters. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/json.h"
#include "campaign/checker.h"
#include "campaign_world.h"

static const struct media_limit files[] = {{.mime = "image/jpeg", .most_bytes = 1 << 20},
                                           {.mime = "image/gif", .most_bytes = 1 << 20},
                                           {.mime = "video/mp4", .most_bytes = 1 << 20},
                                           {0}};
static const char *const alone[] = {"image/gif", "video/", NULL};
static const struct post_kind kinds[] = {
    {.word = "post",
     .most_media = 4,
     .takes_pictures = true,
     .takes_videos = true,
     .has_text = true},
    {.word = "reel",
     .least_media = 1,
     .most_media = 1,
     .takes_videos = true,
     .has_text = true,
     .least_duration = {3000},
     .most_duration = {90000}},
    {.word = "story", .least_media = 1, .most_media = 1, .takes_pictures = true},
    {0},
};

static struct world world;
static struct limits limits;

static int open_world(void **unused)
{
    (void)unused;
    world_open(&world, "Asia/Kolkata");
    limits = (struct limits){.text = {{.unit = COUNT_CODEPOINTS, .most = 100}},
                             .media = files,
                             .most_media = 4,
                             .has_tags = true};
    return 0;
}

static int close_world(void **unused)
{
    (void)unused;
    world_close(&world);
    return 0;
}

/* What is said about the post where these limits rule. */
static struct rendered judge(struct post *post)
{
    const struct media_index media = media_index_make(world.facts, world.fact_count, &world.arena);
    struct account *account = &world.accounts[0];
    struct rendered rendered;

    account->limits = limits;
    findings_init(&world.findings, &world.arena);
    rendered = world_render(&world, post, account, 0);
    check_media(&world.campaign, account, &rendered, &media, &world.findings);
    return rendered;
}

/* Some finding has these words. */
static bool is_said(const char *words)
{
    for (size_t i = 0; i < world.findings.count; i++) {
        const struct finding *finding = &world.findings.items[i];

        if (strstr(finding->message, words) || strstr(finding->why, words) ||
            strstr(finding->try, words))
            return true;
    }
    return false;
}

static struct thread_part answers[] = {{.text = "दूसरा {n}"}, {.text = "तीसरा"}};

static struct post *thread_of_three(void)
{
    static const struct variable vars[] = {{.name = "n", .value = "2"}};
    struct post *post = world_post(&world, "p", "पहला");

    post->vars = (struct variables){vars, 1};
    post->wording.thread = answers;
    post->wording.thread_count = COUNT_OF(answers);
    return post;
}

static void the_parts_of_a_thread_are_deliveries_that_name_whom_they_answer(void **unused)
{
    static const char *const occurrences[] = {"once", "once.2", "once.3"};
    static const char *const texts[] = {"पहला", "दूसरा 2", "तीसरा"};
    static const char *const parents[] = {NULL, "1", "2"};
    struct post *post = thread_of_three();
    struct plan plan;

    (void)unused;
    limits.has_threads = true;
    world.accounts[0].limits = limits;
    (void)post;
    plan_build(&world.set, world_time(&world, "2026-12-01 00:00"),
               world_time(&world, "2026-12-02 00:00"), NULL, 0, &world.arena, &plan,
               &world.findings);
    assert_int_equal(plan.count, 3);
    for (size_t i = 0; i < plan.count; i++) {
        const struct planned *planned = &plan.items[i];

        assert_string_equal(planned->delivery.occurrence, occurrences[i]);
        assert_string_equal(planned->rendered->content.text, texts[i]);
        if (!parents[i]) {
            assert_null(planned->rendered->content.parent);
            assert_string_equal(planned->delivery.parent, "");
            continue;
        }
        assert_string_equal(planned->rendered->content.parent, parents[i]);
        assert_string_equal(planned->delivery.parent, plan.items[i - 1].delivery.id);
    }
}

static void every_slot_of_a_repeating_thread_has_its_own_parts(void **unused)
{
    struct post *post = world_repeat(&world, "p", "पहला", 1U << 1);
    struct plan plan;

    (void)unused;
    post->wording.thread = &answers[1];
    post->wording.thread_count = 1;
    limits.has_threads = true;
    world.accounts[0].limits = limits;
    plan_build(&world.set, world_time(&world, "2026-12-01 00:00"),
               world_time(&world, "2026-12-15 00:00"), NULL, 0, &world.arena, &plan,
               &world.findings);
    assert_int_equal(plan.count, 4);
    assert_string_equal(plan.items[2].delivery.occurrence, "2026-12-08T19:00");
    assert_string_equal(plan.items[3].delivery.occurrence, "2026-12-08T19:00.2");
    assert_string_equal(plan.items[3].delivery.parent, plan.items[2].delivery.id);
    assert_string_not_equal(plan.items[3].delivery.parent, plan.items[1].delivery.parent);
    assert_ptr_equal(plan.items[3].rendered, plan.items[1].rendered); /* the same words once */
}

static void where_there_are_no_threads_the_post_is_refused(void **unused)
{
    (void)unused;
    (void)judge(thread_of_three());
    assert_string_equal(world_codes(&world), "E422 ");
}

static void a_kind_is_one_that_the_platform_has(void **unused)
{
    static const struct {
        const char *kind, *content, *codes;
        bool has_kinds;
    } cases[] = {
        {NULL, NULL, "", true},          {"post", NULL, "", true},
        {"reel", "reel", "E410 ", true}, {"story", "story", "E410 E423 ", true},
        {"short", NULL, "E420 ", true},  {"post", NULL, "", false},
        {"reel", NULL, "E420 ", false},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct post *post = &world.posts[0];
        struct rendered rendered;

        world.campaign.post_count = 0;
        post = world_post(&world, "p", "text");
        post->wording.kind = cases[i].kind;
        limits.kinds = cases[i].has_kinds ? kinds : NULL;
        rendered = judge(post);
        assert_string_equal(world_codes(&world), cases[i].codes);
        if (cases[i].content)
            assert_string_equal(rendered.content.more.kind, cases[i].content);
        else
            assert_null(rendered.content.more.kind);
    }
}

static struct media_facts facts[] = {
    {.file = "a.jpg", .readable = true, .mime = "image/jpeg", .sha256 = "aa"},
    {.file = "b.gif", .readable = true, .mime = "image/gif", .sha256 = "bb"},
    {.file = "c.mp4", .readable = true, .mime = "video/mp4", .sha256 = "cc", .duration_ms = 20000},
    {.file = "d.srt", .readable = true, .mime = "application/x-subrip", .sha256 = "dd"},
    {.file = "long.mp4", .readable = true, .mime = "video/mp4", .duration_ms = 91000},
};

static void files_must_fit_the_kind_and_each_other(void **unused)
{
    static const struct {
        const char *kind, *first, *second, *codes;
    } cases[] = {
        {NULL, "a.jpg", "a.jpg", ""},        {NULL, "a.jpg", "b.gif", "E516 "},
        {NULL, "c.mp4", NULL, ""},           {NULL, "c.mp4", "a.jpg", "E516 "},
        {"reel", "c.mp4", NULL, ""},         {"reel", "a.jpg", NULL, "E515 "},
        {"reel", "long.mp4", NULL, "E515 "}, {"story", "a.jpg", NULL, ""},
        {"story", "c.mp4", NULL, "E515 "},   {"story", "a.jpg", "a.jpg", "E508 "},
    };

    (void)unused;
    world.facts = facts;
    world.fact_count = COUNT_OF(facts);
    limits.kinds = kinds;
    limits.alone = alone;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct media_item items[] = {{.file = cases[i].first, .alt = "alt"},
                                           {.file = cases[i].second, .alt = "alt"}};
        struct post *post;

        world.campaign.post_count = 0;
        post = world_post(&world, "p", cases[i].kind && *cases[i].kind == 's' ? NULL : "text");
        post->wording.media = items;
        post->wording.media_count = cases[i].second ? 2 : 1;
        post->wording.kind = cases[i].kind;
        (void)judge(post);
        assert_string_equal(world_codes(&world), cases[i].codes);
    }
}

static void a_file_that_the_platform_must_fetch_needs_a_way(void **unused)
{
    static const char *const both[] = {"page_id", "media_url", NULL};
    static const char *const server[] = {"media_url", NULL};
    static const struct file_way ways[] = {{"image/", both}, {"video/", server}, {NULL, NULL}};
    static const struct platform_facts fetching = {.name = "threads", .file_ways = ways};
    static const struct {
        bool live;
        const char *key, *file, *codes;
    } cases[] = {
        {true, "page_id", "a.jpg", ""},          {true, "media_url", "a.jpg", ""},
        {true, "api_version", "a.jpg", "E518 "}, {true, "page_id", "c.mp4", "E518 "},
        {true, "media_url", "c.mp4", ""},        {false, "api_version", "c.mp4", ""},
    };
    struct account *account = &world.accounts[0];

    (void)unused;
    world.facts = facts;
    world.fact_count = COUNT_OF(facts);
    account->facts = &fetching;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct media_item item = {.file = cases[i].file, .alt = "alt"};
        const struct variable option = {.name = cases[i].key, .value = "x"};
        struct post *post = world_post(&world, "p", "text");

        account->live = cases[i].live;
        account->options = (struct variables){&option, 1};
        post->wording.media = &item;
        post->wording.media_count = 1;
        (void)judge(post);
        assert_string_equal(world_codes(&world), cases[i].codes);
        world.campaign.post_count = 0;
    }
}

static void a_thumbnail_and_captions_go_with_their_video(void **unused)
{
    static const struct media_item video[] = {
        {.file = "c.mp4", .alt = "alt", .thumbnail = "a.jpg", .captions = "d.srt"}};
    static const struct media_item wrong[] = {
        {.file = "c.mp4", .alt = "alt", .thumbnail = "d.srt", .captions = "gone.srt"}};
    struct post *post = world_post(&world, "p", "text");
    struct rendered rendered;

    (void)unused;
    world.facts = facts;
    world.fact_count = COUNT_OF(facts);
    post->wording.media = video;
    post->wording.media_count = 1;
    (void)judge(post);
    assert_string_equal(world_codes(&world), "W421 W421 "); /* nobody would see them there */
    limits.has_thumbnail = limits.has_captions = true;
    rendered = judge(post);
    assert_string_equal(world_codes(&world), "");
    assert_int_equal(rendered.content.media_count, 1);
    assert_int_equal(rendered.file_count, 3);
    assert_int_equal(rendered.files[1].role, MEDIUM_THUMBNAIL);
    assert_int_equal(rendered.files[2].role, MEDIUM_CAPTIONS);
    assert_string_equal(rendered.content.more.thumbnail, "aa");
    assert_string_equal(rendered.content.more.captions, "dd");
    post->wording.media = wrong;
    (void)judge(post);
    assert_string_equal(world_codes(&world), "E517 ");
}

static void captions_are_whole_in_a_form_that_is_taken_and_of_this_video(void **unused)
{
    static const char *const subrip[] = {"application/x-subrip", NULL};
    static const char *const both[] = {"application/x-subrip", "text/vtt", NULL};
    static const struct {
        const char *const *forms;
        const char *mime, *problem;
        int64_t end_ms, video_ms;
        const char *codes, *words;
    } cases[] = {
        {subrip, "application/x-subrip", NULL, 20000, 20000, "", NULL},
        {both, "text/vtt", NULL, 20000, 20000, "", NULL},
        {NULL, "text/vtt", NULL, 20000, 20000, "", NULL}, /* nobody says what is taken */
        {subrip, "text/vtt", NULL, 20000, 20000, "E526 ", "Save them as SubRip (SRT) with"},
        {subrip, "application/x-subrip", NULL, 21000, 20000, "", NULL}, /* a moment longer */
        {subrip, "application/x-subrip", NULL, 21001, 20000, "W527 ", "21.0 s, the video 20.0 s"},
        {subrip, "application/x-subrip", NULL, 21001, 0, "", NULL}, /* nobody knows its length */
        {subrip, "text/vtt", NULL, 21001, 20000, "E526 W527 ", "WebVTT (VTT)"},
        {both, "text/vtt", "captions-order", 0, 20000, "E525 ", "Look at line 6"},
        {both, "text/plain", NULL, 0, 20000, "E517 ", "text/plain"},
        {both, "image/jpeg", "truncated", 0, 20000, "E510 ", "Look at line 6"},
    };
    static const struct media_item item = {.file = "film.mp4",
                                           .alt = "alt",
                                           .captions = "film.txt"};
    struct post *post = world_post(&world, "p", "text");

    (void)unused;
    limits.has_captions = true;
    post->wording.media = &item;
    post->wording.media_count = 1;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct media_facts here[] = {
            {.file = "film.mp4", .readable = true, .mime = "video/mp4"},
            {.file = "film.txt", .readable = true, .sha256 = "dd", .why = "Look at line 6 of it."}};

        here[0].duration_ms = cases[i].video_ms;
        here[1].mime = cases[i].mime;
        here[1].problem = cases[i].problem;
        here[1].duration_ms = cases[i].end_ms;
        world.facts = here;
        world.fact_count = COUNT_OF(here);
        limits.captions = cases[i].forms;
        (void)judge(post);
        assert_string_equal(world_codes(&world), cases[i].codes);
        if (cases[i].words)
            assert_true(is_said(cases[i].words));
    }
    world.facts = facts;
}

static void what_a_platform_does_not_show_is_said_and_left_out(void **unused)
{
    struct post *post = world_post(&world, "p", "text");
    struct rendered rendered;

    (void)unused;
    post->wording.first_comment = " #{tag} ";
    post->wording.privacy = "unlisted";
    post->vars = (struct variables){&(struct variable){.name = "tag", .value = "RoadSafety"}, 1};
    rendered = judge(post);
    assert_string_equal(world_codes(&world), "W421 W421 ");
    assert_null(rendered.content.more.first_comment);
    limits.has_first_comment = limits.has_privacy = true;
    rendered = judge(post);
    assert_string_equal(world_codes(&world), "");
    assert_string_equal(rendered.content.more.first_comment, "#RoadSafety");
    assert_string_equal(rendered.content.more.privacy, "unlisted");
}

static void limits_that_count_something_else_are_kept(void **unused)
{
    static const struct media_item picture[] = {{.file = "a.jpg", .alt = "alt"}};
    const struct {
        struct limits limits;
        const char *text, *title, *codes;
        bool picture;
    } cases[] = {
        {{.caption = {COUNT_UTF16, 5, false, false}}, "123456", NULL, "", false},
        {{.caption = {COUNT_UTF16, 5, false, false}}, "123456", NULL, "E401 ", true},
        {{.needs_title = true, .has_title = true}, "t", NULL, "E415 ", false},
        {{.title = {COUNT_CODEPOINTS, 3, false, false}, .has_title = true}, "t", "कक", "", false},
        {{.title = {COUNT_CODEPOINTS, 3, false, false}, .has_title = true},
         "t",
         "ककिक",
         "E414 ",
         false},
        {{.forbidden = "<>"}, "a < b", NULL, "E417 ", false},
        {{.forbidden = "<>", .has_title = true}, "a", "b>", "E417 ", false},
        {{.most_tags = 1}, "#एक", NULL, "", false},
        {{.most_tags = 1}, "#एक #दो", NULL, "E418 ", false},
        {{.most_links = 1}, "https://a.in https://b.in", NULL, "E419 ", false},
        {{.text_sure = {COUNT_BYTES, 8, false, false}}, "हेल", NULL, "W416 ", false},
        {{.text_sure = {COUNT_BYTES, 8, false, false}}, "hel", NULL, "", false},
    };

    (void)unused;
    world.facts = facts;
    world.fact_count = COUNT_OF(facts);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct post *post;

        world.campaign.post_count = 0;
        post = world_post(&world, "p", cases[i].text);
        post->wording.title = cases[i].title;
        post->wording.media = picture;
        post->wording.media_count = cases[i].picture;
        limits = cases[i].limits;
        limits.text[0] = (struct text_limit){.unit = COUNT_CODEPOINTS, .most = 100};
        limits.media = files;
        limits.most_media = 4;
        (void)judge(post);
        if (strcmp(world_codes(&world), cases[i].codes) != 0)
            fail_msg("case %zu: %s instead of %s", i, world_codes(&world), cases[i].codes);
    }
}

static void more_posts_than_a_platform_lets_out_are_a_warning(void **unused)
{
    static const struct budget three[] = {{"posts", NULL, 3, {3600000}, "a test"}, {0}};
    static const struct budget reels[] = {{"reels", "reel", 1, {3600000}, "a test"}, {0}};

    (void)unused;
    limits.kinds = kinds;
    for (size_t i = 0; i < 4; i++) {
        struct post *post = world_post(&world, arena_printf(&world.arena, "p%zu", i),
                                       arena_printf(&world.arena, "text %zu", i));

        post->at_instant = instant_plus(post->at_instant, span_minutes(15 * (int64_t)i));
    }
    for (size_t i = 0; i < 3; i++) {
        limits.budgets = i == 2 ? reels : three;
        world.accounts[0].limits = limits;
        world.posts[3].at_instant =
            instant_plus(world.posts[0].at_instant, span_minutes(i == 1 ? 60 : 45));
        findings_init(&world.findings, &world.arena);
        check_set(&world.set, world_time(&world, "2026-11-25 00:00"), NULL, 0, &world.arena,
                  &world.findings);
        assert_string_equal(world_codes(&world), i == 0 ? "W703 " : "");
    }
}

static void below_a_video_stands_its_description_else_the_text(void **unused)
{
    static const char *const tags[] = {"RoadSafety"};
    static const struct place places[1];
    struct post *post = world_post(&world, "p", "text");
    struct rendered rendered;

    (void)unused;
    limits.text_is_description = limits.has_title = true;
    post->wording.tags = (struct texts){tags, places, 1};
    rendered = judge(post);
    assert_string_equal(rendered.content.text, "text #RoadSafety");
    post->wording.description = "longer";
    rendered = judge(post);
    assert_string_equal(rendered.content.text, "longer #RoadSafety");
    assert_null(rendered.content.description);
}

static void extras_are_one_member_more_and_only_where_they_are_used(void **unused)
{
    const struct content all = {.account = "tube",
                                .text = "text",
                                .parent = "1",
                                .more = {.kind = "short",
                                         .first_comment = "\"क\"",
                                         .playlist = "PL1",
                                         .privacy = "unlisted",
                                         .category = "25",
                                         .thumbnail = "aa",
                                         .captions = "bb"}};
    const struct content some = {.account = "tube", .more = {.kind = "reel", .thumbnail = ""}};
    static const char *const bad[] = {
        "{\"account\":\"a\",\"description\":null,\"language\":null,\"link\":null,\"media\":[],"
        "\"more\":{},\"parent\":null,\"text\":null,\"title\":null,\"v\":1}",
        "{\"account\":\"a\",\"description\":null,\"language\":null,\"link\":null,\"media\":[],"
        "\"more\":{\"kind\":null},\"parent\":null,\"text\":null,\"title\":null,\"v\":1}",
        "{\"account\":\"a\",\"description\":null,\"language\":null,\"link\":null,\"media\":[],"
        "\"more\":{\"other\":\"x\"},\"parent\":null,\"text\":null,\"title\":null,\"v\":1}",
    };
    struct delivery made = {0};
    struct content back;
    struct err err;

    (void)unused;
    content_write(&all, &world.arena, &made);
    assert_non_null(strstr(made.content, "\"media\":[],\"more\":{\"captions\":\"bb\",\"category\":"
                                         "\"25\",\"first_comment\":\"\\\"क\\\"\",\"kind\":"
                                         "\"short\",\"playlist\":\"PL1\",\"privacy\":\"unlisted\","
                                         "\"thumbnail\":\"aa\"},\"parent\":\"1\""));
    assert_true(content_read(made.content, &world.arena, &back, &err));
    assert_string_equal(back.more.first_comment, "\"क\"");
    assert_string_equal(back.more.captions, "bb");
    assert_string_equal(back.parent, "1");
    content_write(&some, &world.arena, &made);
    assert_non_null(strstr(made.content, "\"more\":{\"kind\":\"reel\"}"));
    assert_true(content_read(made.content, &world.arena, &back, &err));
    assert_null(back.more.thumbnail);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(content_read(bad[i], &world.arena, &back, &err));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_parts_of_a_thread_are_deliveries_that_name_whom_they_answer),
        CASE(every_slot_of_a_repeating_thread_has_its_own_parts),
        CASE(where_there_are_no_threads_the_post_is_refused),
        CASE(a_kind_is_one_that_the_platform_has),
        CASE(files_must_fit_the_kind_and_each_other),
        CASE(a_file_that_the_platform_must_fetch_needs_a_way),
        CASE(a_thumbnail_and_captions_go_with_their_video),
        CASE(captions_are_whole_in_a_form_that_is_taken_and_of_this_video),
        CASE(what_a_platform_does_not_show_is_said_and_left_out),
        CASE(limits_that_count_something_else_are_kept),
        CASE(more_posts_than_a_platform_lets_out_are_a_warning),
        CASE(below_a_video_stands_its_description_else_the_text),
        CASE(extras_are_one_member_more_and_only_where_they_are_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

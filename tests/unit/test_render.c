/* campaign/render: the bytes that the public will see. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "campaign_world.h"
#include "text/count.h"

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

static const struct variable campaign_vars[] = {{.name = "helpline", .value = "112"},
                                                {.name = "office", .value = "campaign"},
                                                {.name = "who", .value = "campaign"}};
static const struct variable post_vars[] = {{.name = "office", .value = "post"},
                                            {.name = "who", .value = "post"}};
static const struct variable account_vars[] = {{.name = "who", .value = "account"}};

static void use_variables(struct post *post)
{
    world.campaign.vars = (struct variables){campaign_vars, COUNT_OF(campaign_vars)};
    post->vars = (struct variables){post_vars, COUNT_OF(post_vars)};
    world.accounts[0].vars = (struct variables){account_vars, COUNT_OF(account_vars)};
}

static void variables_come_from_account_then_post_then_campaign(void **unused)
{
    static const struct {
        const char *written, *text, *codes;
    } cases[] = {
        {"{helpline} {office} {who}", "112 post account", ""},
        {"{{helpline}}", "{helpline}", ""},
        {"{{{helpline}}}", "{112}", ""},
        {"100 % {}", "100 % {}", "E404 E404 "},
        {"{helplin}", NULL, "E403 E413 "},
        {"call {nobody} now", "call  now", "E403 "},
        {"an open { brace", "an open { brace", "E404 "},
        {"a closing } brace", "a closing } brace", "E404 "},
        {"{Helpline}", "{Helpline}", "E404 E404 "},
        {"plain", "plain", ""},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct post *post;
        struct rendered rendered;

        world.campaign.post_count = 0;
        post = world_post(&world, "p", cases[i].written);
        use_variables(post);
        findings_init(&world.findings, &world.arena);
        rendered = world_render(&world, post, &world.accounts[0], 0);
        if (cases[i].text)
            assert_string_equal(rendered.content.text, cases[i].text);
        else
            assert_null(rendered.content.text);
        assert_string_equal(world_codes(&world), cases[i].codes);
    }
}

static void an_unknown_variable_is_answered_with_the_nearest(void **unused)
{
    struct post *post = world_post(&world, "p", "{helplin}");

    (void)unused;
    use_variables(post);
    (void)world_render(&world, post, &world.accounts[0], 0);
    assert_non_null(strstr(world.findings.items[0].try, "{helpline}"));
    assert_int_equal(world.findings.items[0].place.line, 10);
}

static const char *const tag_names[] = {"RoadSafety", "सड़क_सुरक्षा"};
static const struct place tag_places[2];

static void link_and_tags_follow_the_text(void **unused)
{
    static const struct {
        const char *text, *link;
        size_t tags;
        const char *toots, *film;
    } cases[] = {
        {"घर पहुँचें", NULL, 0, "घर पहुँचें", "घर पहुँचें"},
        {"घर", NULL, 2, "घर #RoadSafety #सड़क_सुरक्षा", "घर"},
        {"घर", "https://a.in", 0, "घर\nhttps://a.in", "घर"},
        {"घर", "https://a.in", 1, "घर\nhttps://a.in #RoadSafety", "घर"},
        {"घर https://a.in अब", "https://a.in", 1, "घर https://a.in अब #RoadSafety",
         "घर https://a.in अब"},
        {"घर https://a.in/x", "https://a.in", 0, "घर https://a.in/x\nhttps://a.in",
         "घर https://a.in/x"},
        {NULL, "https://a.in", 1, "https://a.in #RoadSafety", NULL},
        {" \n घर \n\n", "https://a.in", 0, "घर\nhttps://a.in", "घर"},
        {"क़", NULL, 0, "क़", "क़"},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct post *post;
        struct rendered toots, film;

        world.campaign.post_count = 0;
        post = world_post(&world, "p", cases[i].text);
        post->wording.link = cases[i].link;
        post->wording.tags = (struct texts){tag_names, tag_places, cases[i].tags};
        toots = world_render(&world, post, &world.accounts[0], 0);
        film = world_render(&world, post, &world.accounts[3], 0);
        assert_string_equal(toots.content.text, cases[i].toots);
        if (cases[i].film)
            assert_string_equal(film.content.text, cases[i].film);
        else
            assert_null(film.content.text);
        assert_ptr_equal(film.content.link == NULL, cases[i].link == NULL);
    }
}

/* A card stands in a picture's place. */
static void a_card_gives_way_to_pictures_and_then_the_link_stands_in_the_text(void **unused)
{
    static const struct media_item item = {.file = "b.png", .alt = ""};
    struct post *post = world_post(&world, "p", "घर");
    struct account *film = &world.accounts[3];

    (void)unused;
    film->limits.link_needs_no_media = true;
    film->limits.has_tags = true;
    post->wording.link = "https://a.in";
    post->wording.tags = (struct texts){tag_names, tag_places, 1};
    assert_string_equal(world_render(&world, post, film, 0).content.text, "घर #RoadSafety");
    post->wording.media = &item;
    post->wording.media_count = 1;
    assert_string_equal(world_render(&world, post, film, 0).content.text,
                        "घर\nhttps://a.in #RoadSafety");
    film->limits.link_needs_no_media = false;
    assert_string_equal(world_render(&world, post, film, 0).content.text, "घर #RoadSafety");
}

static void a_title_is_content_only_where_it_is_shown(void **unused)
{
    static const struct media_item item = {.file = "b.png", .alt = ""};
    struct post *post = world_post(&world, "p", "घर");
    struct account *film = &world.accounts[3];

    (void)unused;
    post->wording.title = "{helpline}";
    post->wording.description = "d";
    use_variables(post);
    assert_null(world_render(&world, post, &world.accounts[0], 0).content.title);
    assert_null(world_render(&world, post, &world.accounts[0], 0).content.description);
    assert_string_equal(world_render(&world, post, film, 0).content.title, "112");
    assert_string_equal(world_render(&world, post, film, 0).content.description, "d");
    film->limits.link_needs_no_media = true; /* then only a card has one */
    assert_null(world_render(&world, post, film, 0).content.title);
    post->wording.link = "https://a.in";
    assert_string_equal(world_render(&world, post, film, 0).content.title, "112");
    post->wording.media = &item;
    post->wording.media_count = 1;
    assert_null(world_render(&world, post, film, 0).content.title);
}

static void a_tag_must_be_one_and_brings_no_hash_of_its_own(void **unused)
{
    static const struct {
        const char *tag, *text, *code;
    } cases[] = {{"RoadSafety", "text #RoadSafety", ""},
                 {"#RoadSafety", "text #RoadSafety", "W409 "},
                 {"#", "text", "W409 "},
                 {"Road Safety", "text #Road Safety", "E407 "},
                 {"{office}", "text #post", ""},
                 {"112", "text #112", "E408 "}};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct post *post;
        struct rendered rendered;

        world.campaign.post_count = 0;
        post = world_post(&world, "p", "text");
        use_variables(post);
        post->wording.tags = (struct texts){&cases[i].tag, tag_places, 1};
        findings_init(&world.findings, &world.arena);
        rendered = world_render(&world, post, &world.accounts[0], 0);
        assert_string_equal(rendered.content.text, cases[i].text);
        assert_string_equal(world_codes(&world), cases[i].code);
    }
}

static void a_link_must_be_one(void **unused)
{
    static const struct {
        const char *link, *code;
    } cases[] = {{"cybercrime.gov.in/x", "E405 "},
                 {"https://cyber crime", "E406 "},
                 {"call 1930", "E406 "},
                 {"https://cybercrime.gov.in", ""}};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct post *post;

        world.campaign.post_count = 0;
        post = world_post(&world, "p", "text");
        post->wording.link = cases[i].link;
        findings_init(&world.findings, &world.arena);
        (void)world_render(&world, post, &world.accounts[0], 0);
        assert_string_equal(world_codes(&world), cases[i].code);
    }
}

static void overrides_lie_platform_over_post_and_account_over_platform(void **unused)
{
    static const char *const turns[] = {"one", "two"};
    static const struct place places[2];
    static const struct override overrides[] = {
        {.target = "wing", .is_account = true, .wording = {.has_text = true, .text = "wing"}},
        {.target = "mastodon",
         .wording = {.has_text = true, .text = "mastodon", .has_language = true, .language = "en"}},
        {.target = "film", .wording = {.has_skip = true, .skip = true}},
        {.target = "toots",
         .is_account = true,
         .wording = {.has_texts = true, .texts = {turns, places, 2}}},
    };
    struct post *post = world_post(&world, "p", "post");
    struct rendered rendered;

    (void)unused;
    post->overrides = overrides;
    post->override_count = COUNT_OF(overrides);
    rendered = world_render(&world, post, &world.accounts[1], 0);
    assert_string_equal(rendered.content.text, "wing");
    assert_string_equal(rendered.content.language, "en");
    rendered = world_render(&world, post, &world.accounts[2], 0);
    assert_string_equal(rendered.content.text, "mastodon");
    rendered = world_render(&world, post, &world.accounts[3], 0);
    assert_true(rendered.skipped);
    rendered = world_render(&world, post, &world.accounts[0], 3);
    assert_string_equal(rendered.content.text, "two");
    rendered = world_render(&world, post, &world.accounts[0], 4);
    assert_string_equal(rendered.content.text, "one");
    assert_string_equal(world_codes(&world), "");
}

static char *letters(size_t count)
{
    char *text = arena_alloc(&world.arena, count + 1);

    return memset(text, 'a', count);
}

static void the_limit_holds_to_the_letter(void **unused)
{
    struct rendered rendered;

    (void)unused;
    rendered = world_render(&world, world_post(&world, "at", letters(500)), &world.accounts[0], 0);
    assert_string_equal(world_codes(&world), "");
    assert_int_equal(rendered_fullest(&rendered)->used, 500);
    rendered =
        world_render(&world, world_post(&world, "over", letters(501)), &world.accounts[0], 0);
    assert_string_equal(world_codes(&world), "E401 ");
    assert_int_equal(world.findings.items[0].place.line, 10);
    assert_int_equal(world.findings.items[0].place.column, 5);
    assert_non_null(strstr(world.findings.items[0].message, "501"));
}

static void a_link_counts_23_on_mastodon(void **unused)
{
    char *text = arena_printf(&world.arena, "%s https://example.gov.in/a/very/long/path/indeed",
                              letters(476));

    (void)unused;
    (void)world_render(&world, world_post(&world, "fits", text), &world.accounts[0], 0);
    assert_string_equal(world_codes(&world), "");
    text = arena_printf(&world.arena, "a%s", text);
    (void)world_render(&world, world_post(&world, "over", text), &world.accounts[0], 0);
    assert_string_equal(world_codes(&world), "E401 ");
}

static void over_by_the_larger_devanagari_rule_only_is_a_warning(void **unused)
{
    struct rendered rendered;
    char *text = arena_printf(&world.arena, "%sक्षि", letters(499));

    (void)unused;
    rendered = world_render(&world, world_post(&world, "p", text), &world.accounts[0], 0);
    assert_string_equal(world_codes(&world), "W402 ");
    assert_int_equal(rendered.counts[0].used, 501);
    assert_int_equal(rendered.counts[0].least, 500);
}

static void every_measure_is_taken_and_the_fullest_shown(void **unused)
{
    struct rendered rendered;

    (void)unused;
    world.accounts[3].limits.needs_media = false;
    rendered = world_render(&world, world_post(&world, "p", "हेलमेट पहनें"), &world.accounts[3], 0);
    assert_int_equal(rendered.count_count, 2);
    assert_int_equal(rendered.counts[0].used, 12);
    assert_int_equal(rendered.counts[1].used, 34);
    assert_int_equal(rendered_fullest(&rendered)->unit, COUNT_BYTES);
    assert_string_equal(world_codes(&world), "E401 ");
}

static void a_post_must_have_something_to_say(void **unused)
{
    struct post *post = world_post(&world, "p", " \n ");

    (void)unused;
    post->wording.tags = (struct texts){tag_names, tag_places, 1};
    (void)world_render(&world, post, &world.accounts[0], 0);
    assert_string_equal(world_codes(&world), "E413 ");
    findings_init(&world.findings, &world.arena);
    (void)world_render(&world, world_post(&world, "q", "text"), &world.accounts[3], 0);
    assert_string_equal(world_codes(&world), "E410 ");
}

static void media_carry_their_hash_and_alternative_text(void **unused)
{
    static const struct media_item items[] = {{.file = "b.png", .alt = " {helpline} "},
                                              {.file = "missing.png", .alt = ""}};
    struct media_facts facts[] = {{.file = "c.png"},
                                  {.file = "b.png",
                                   .readable = true,
                                   .sha256 = "ab",
                                   .mime = "image/png",
                                   .bytes = 7,
                                   .width = 3,
                                   .height = 4}};
    struct post *post = world_post(&world, "p", "text");
    struct rendered rendered;

    (void)unused;
    use_variables(post);
    world.facts = facts;
    world.fact_count = COUNT_OF(facts);
    post->wording.media = items;
    post->wording.media_count = COUNT_OF(items);
    rendered = world_render(&world, post, &world.accounts[0], 0);
    assert_string_equal(rendered.content.media[0].alt, "112");
    assert_string_equal(rendered.content.media[0].sha256, "ab");
    assert_int_equal(rendered.content.media[0].height, 4);
    assert_string_equal(rendered.content.media[1].sha256, "");
}

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* A picture that says where it was taken, with what is known of its renditions. */
static struct medium render_medium(const struct rendition *made, size_t count, const char *problem)
{
    static const struct media_item item = {.file = "a.jpg", .alt = "alt"};
    static const char *const gps[] = {"gps", NULL};
    struct media_facts *facts = arena_alloc(&world.arena, sizeof *facts);
    struct post *post = world_post(&world, "p", "text");

    *facts = (struct media_facts){.file = "a.jpg",
                                  .readable = true,
                                  .sha256 = HASH_A,
                                  .mime = "image/jpeg",
                                  .bytes = 900,
                                  .width = 30,
                                  .height = 40,
                                  .metadata = gps,
                                  .problem = problem,
                                  .renditions = made,
                                  .rendition_count = count};
    world.facts = facts;
    world.fact_count = 1;
    post->wording.media = &item;
    post->wording.media_count = 1;
    return world_render(&world, post, &world.accounts[0], 0).content.media[0];
}

static const char plain_recipe[] = "v1 image/jpeg 30x40 most 16777216";

static void what_must_be_made_is_named_by_its_source_until_it_is_there(void **unused)
{
    const struct medium medium = render_medium(NULL, 0, NULL);

    (void)unused;
    assert_false(medium_is_made(&medium));
    assert_string_equal(medium_source(&medium), HASH_A);
    assert_string_equal(medium.recipe, plain_recipe);
    assert_string_equal(medium.mime, "");
    assert_int_equal(medium.bytes + medium.width + medium.height, 0);
}

static void what_was_made_goes_out_by_its_own_hash(void **unused)
{
    static const struct rendition made[] = {
        {.recipe = "v1 image/jpeg 3x4", .sha256 = HASH_A, .mime = "image/jpeg"},
        {.recipe = plain_recipe,
         .sha256 = HASH_B,
         .mime = "image/jpeg",
         .bytes = 5,
         .width = 30,
         .height = 40}};
    const struct medium medium = render_medium(made, COUNT_OF(made), NULL);

    (void)unused;
    assert_true(medium_is_made(&medium));
    assert_string_equal(medium.sha256, HASH_B);
    assert_string_equal(medium_source(&medium), HASH_A);
    assert_string_equal(medium.recipe, "v1 image/jpeg 30x40 most 16777216 = " HASH_B);
    assert_string_equal(recipe_made(medium.recipe), HASH_B);
    assert_string_equal(medium.mime, "image/jpeg");
    assert_int_equal(medium.bytes, 5);
}

static void what_is_refused_never_goes_out(void **unused)
{
    static const struct rendition failed[] = {
        {.recipe = plain_recipe, .problem = "undecodable", .why = "why"}};
    const struct medium tried = render_medium(failed, 1, NULL);
    const struct medium broken = render_medium(NULL, 0, "truncated");

    (void)unused;
    assert_false(medium_is_made(&tried));
    assert_false(medium_is_made(&broken));
    assert_string_equal(tried.recipe, FIT_UNKNOWN);
    assert_string_equal(broken.recipe, FIT_UNKNOWN);
}

/* Of a post on the account `toots`, whose platform takes squares alone here. */
static const char *recipe_of(const struct wording *wording, const struct override *override)
{
    static const struct shape square = {.tallest = {1, 1}, .widest = {1, 1}};
    static struct media_facts facts;
    struct post *post = world_post(&world, "p", "text");

    facts = (struct media_facts){.file = "a.jpg",
                                 .readable = true,
                                 .sha256 = HASH_A,
                                 .mime = "image/jpeg",
                                 .width = 300,
                                 .height = 400};
    world.facts = &facts;
    world.fact_count = 1;
    world.accounts[0].limits.picture = &square;
    world.accounts[0].limits.media = (const struct media_limit[]){{.mime = "image/jpeg"}, {0}};
    post->wording.media = wording->media;
    post->wording.media_count = 1;
    post->wording.fit = wording->fit;
    post->overrides = override;
    post->override_count = override ? 1 : 0;
    return world_render(&world, post, &world.accounts[0], 0).content.media[0].recipe;
}

static void a_shape_is_fitted_as_the_medium_then_the_override_then_the_post_says(void **unused)
{
    static const struct media_item silent = {.file = "a.jpg", .alt = "alt"};
    static const struct media_item padded = {
        .file = "a.jpg", .alt = "alt", .has_fit = true, .fit = FIT_PAD};
    static const struct override crop = {.target = "toots",
                                         .is_account = true,
                                         .wording = {.has_fit = true, .fit = FIT_CROP}};
    static const char pad[] = "v1 image/jpeg 300x400 pad 400x400";
    static const char cut[] = "v1 image/jpeg 300x400 crop 300x300";
    struct wording wording = {.media = &silent};

    (void)unused;
    assert_string_equal(recipe_of(&wording, NULL), pad);
    assert_string_equal(recipe_of(&wording, &crop), cut);
    wording.fit = FIT_CROP;
    assert_string_equal(recipe_of(&wording, NULL), cut);
    wording.media = &padded;
    assert_string_equal(recipe_of(&wording, &crop), pad);
    wording.media = &silent;
    wording.fit = FIT_REFUSE;
    assert_string_equal(recipe_of(&wording, NULL), FIT_UNKNOWN);
}

static void the_default_language_is_hindi(void **unused)
{
    struct rendered rendered =
        world_render(&world, world_post(&world, "p", "text"), &world.accounts[0], 0);

    (void)unused;
    assert_string_equal(rendered.content.language, "hi");
}

/* ---- where a text becomes too long ---- */

static void the_longest_beginning_that_keeps_a_limit_is_found(void **unused)
{
    static const struct {
        const char *text;
        struct text_limit limit;
        size_t fits; /* bytes */
    } cases[] = {
        {"", {.unit = COUNT_BYTES, .most = 5}, 0},
        {"hello", {.unit = COUNT_BYTES, .most = 5}, 5},
        {"hello!", {.unit = COUNT_BYTES, .most = 5}, 5},
        {"hello!", {.unit = COUNT_BYTES, .most = 0}, 6},
        {"हिहिहि", {.unit = COUNT_GRAPHEMES, .most = 2}, 12},
        {"हिहिहि", {.unit = COUNT_CODEPOINTS, .most = 5}, 12},
        {"हिहिहि", {.unit = COUNT_BYTES, .most = 17}, 12},
        {"a🚦b🚦", {.unit = COUNT_UTF16, .most = 4}, 6},
        {"a🚦b🚦", {.unit = COUNT_WEIGHTED, .most = 5}, 6},
        {"हेलमेट पहनें", {.unit = COUNT_GRAPHEMES, .most = 4}, sizeof "हेलमेट" - 1},
        {"हेलमेट पहनें", {.unit = COUNT_CODEPOINTS, .most = 4}, sizeof "हेल" - 1},
        {"कर्म", {.unit = COUNT_CODEPOINTS, .most = 3}, sizeof "क" - 1},
        {"a👮🏽‍♀️b", {.unit = COUNT_UTF16, .most = 4}, 1},
        {"a👮🏽‍♀️b", {.unit = COUNT_UTF16, .most = 8}, sizeof "a👮🏽‍♀️" - 1},
        {"👮🏽‍♀️", {.unit = COUNT_UTF16, .most = 1}, 0},
        {"see https://cybercrime.gov.in/a/very/long/path/that/is/short now and here",
         {.unit = COUNT_GRAPHEMES, .most = 31, .urls_are_23 = true},
         sizeof "see https://cybercrime.gov.in/a/very/long/path/that/is/short now" - 1},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(text_fitting(cases[i].text, &cases[i].limit), cases[i].fits);
}

/* What is answered keeps the limit, and one letter more does not. */
static void one_letter_more_would_be_too_long(void **unused)
{
    /* clang-format off */
    static const char text[] = "हेलमेट 🚦👨‍👩‍👧‍👦 क्षि #सड़क_सुरक्षा और e\u0301 Latin words, too.";
    /* clang-format on */
    static const enum count_unit units[] = {COUNT_GRAPHEMES, COUNT_WEIGHTED, COUNT_UTF16,
                                            COUNT_BYTES, COUNT_CODEPOINTS};
    struct arena arena = {0};

    (void)unused;
    for (size_t u = 0; u < COUNT_OF(units); u++) {
        for (size_t most = 1; most < 60; most++) {
            const struct text_limit limit = {.unit = units[u], .most = most};
            const size_t fits = text_fitting(text, &limit);
            size_t next = fits + 1;

            assert_true(text_measure(arena_text_n(&arena, text, fits), &limit).used <= most);
            while (next < strlen(text) && grapheme_floor(text, next) != next)
                next++;
            assert_true(fits == strlen(text) ||
                        text_measure(arena_text_n(&arena, text, next), &limit).used > most);
        }
    }
    arena_clear(&arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(variables_come_from_account_then_post_then_campaign),
        TEST(an_unknown_variable_is_answered_with_the_nearest),
        TEST(link_and_tags_follow_the_text),
        TEST(a_title_is_content_only_where_it_is_shown),
        TEST(a_card_gives_way_to_pictures_and_then_the_link_stands_in_the_text),
        TEST(a_tag_must_be_one_and_brings_no_hash_of_its_own),
        TEST(a_link_must_be_one),
        TEST(overrides_lie_platform_over_post_and_account_over_platform),
        TEST(the_limit_holds_to_the_letter),
        TEST(a_link_counts_23_on_mastodon),
        TEST(over_by_the_larger_devanagari_rule_only_is_a_warning),
        TEST(every_measure_is_taken_and_the_fullest_shown),
        TEST(a_post_must_have_something_to_say),
        TEST(media_carry_their_hash_and_alternative_text),
        TEST(what_must_be_made_is_named_by_its_source_until_it_is_there),
        TEST(what_was_made_goes_out_by_its_own_hash),
        TEST(what_is_refused_never_goes_out),
        TEST(a_shape_is_fitted_as_the_medium_then_the_override_then_the_post_says),
        TEST(the_default_language_is_hindi),
        TEST(the_longest_beginning_that_keeps_a_limit_is_found),
        TEST(one_letter_more_would_be_too_long),
    };

    return cmocka_run_group_tests_name("campaign/render", tests, NULL, NULL);
}

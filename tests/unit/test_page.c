/* page/: no text becomes markup, what is too long is marked where it is too long, and each text
 * stands in the page once. What a browser makes of it is judged in tests/page. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "campaign_world.h"
#include "page/calendar_page.h"
#include "page/html.h"
#include "page/look.h"
#include "page/marked.h"
#include "page/outline.h"

enum { FRIDAY = 1 << 4, SATURDAY = 1 << 5 };

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

/* ---- text ---- */

static struct buffer out;
static struct html html;

static int open_html(void **unused)
{
    (void)unused;
    buffer_init(&out, SIZE_MAX);
    html = (struct html){.out = &out};
    return 0;
}

static int close_html(void **unused)
{
    (void)unused;
    arena_clear(&html.scratch);
    buffer_clear(&out);
    return 0;
}

static void no_text_becomes_markup(void **unused)
{
    static const char *const cases[][2] = {
        {"</script><script>alert(1)</script>",
         "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"\"><img onerror=\"x\" src='y'>",
         "&quot;&gt;&lt;img onerror=&quot;x&quot; src=&#39;y&#39;&gt;"},
        {"&lt; &#60; &amp;", "&amp;lt; &amp;#60; &amp;amp;"},
        {"one\ntwo\tthree", "one\ntwo three"},
        {"a\u202Eb\u2066c\u200Dक्\u200Dष", "a&lt;U+202E&gt;b&lt;U+2066&gt;c\u200Dक्\u200Dष"},
        {"\x01\x1B[31m\x7F", "&lt;U+0001&gt;&lt;U+001B&gt;[31m&lt;U+007F&gt;"},
        {"", ""},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        buffer_empty(&out);
        html_print(&html, "%s", cases[i][0]);
        assert_string_equal(out.bytes, cases[i][1]);
    }
}

static void numbers_and_nothing_are_printed_as_they_are(void **unused)
{
    const char *volatile nothing = NULL; /* so that no compiler knows */

    (void)unused;
    html_print(&html, "%d %d %d %zu %zu %d%%[%s]", 0, -7, INT32_MIN, (size_t)0, SIZE_MAX, 50,
               nothing);
    assert_string_equal(out.bytes, "0 -7 -2147483648 0 18446744073709551615 50%[]");
}

static void a_picture_stands_in_the_page_itself(void **unused)
{
    (void)unused;
    html_jpeg(&html, "\xFF\xD8\xFF", 3);
    assert_string_equal(out.bytes, "data:image/jpeg;base64,/9j/");
}

static const char *marked(const char *platform, const char *text, size_t fits)
{
    const struct marking marking = {.look = look_of(platform), .has_tags = true, .fits = fits};

    buffer_empty(&out);
    marked_write(&html, text, &marking);
    return out.bytes;
}

static void links_and_tags_are_marked_as_the_platform_does(void **unused)
{
    static const char text[] = "See https://example.gov.in/a, example.com #सड़क_सुरक्षा @police";

    (void)unused;
    assert_string_equal(marked("mastodon", text, SIZE_MAX),
                        "See <span>https://example.gov.in/a</span>, example.com "
                        "<span>#सड़क_सुरक्षा</span> @police");
    assert_string_equal(marked("x", text, SIZE_MAX),
                        "See <span>https://example.gov.in/a</span>, <span>example.com</span> "
                        "<span>#सड़क_सुरक्षा</span> @police");
    assert_string_equal(
        marked("instagram", text, SIZE_MAX),
        "See https://example.gov.in/a, example.com <span>#सड़क_सुरक्षा</span> @police");
}

static void what_is_too_long_is_one_mark_to_the_end(void **unused)
{
    (void)unused;
    assert_string_equal(marked("mastodon", "abcdef", 3), "abc<mark>def</mark>");
    assert_string_equal(marked("mastodon", "abcdef", 6), "abcdef");
    assert_string_equal(marked("mastodon", "abcdef", 0), "<mark>abcdef</mark>");
    assert_string_equal(marked("mastodon", "a #bcd #ef", 4),
                        "a <span>#b</span><mark><span>cd</span> <span>#ef</span></mark>");
    assert_string_equal(marked("mastodon", "a #bcd #ef", 6),
                        "a <span>#bcd</span><mark> <span>#ef</span></mark>");
}

/* ---- the outline ---- */

static struct occurrences plan_between(const char *from, const char *until)
{
    struct plan_texts *texts = plan_texts_new(&world.set, NULL, 0, &world.arena);
    struct occurrences occurrences = {.count = 0};

    plan_occurrences(texts, world_time(&world, from), world_time(&world, until), &world.arena,
                     &occurrences, &world.findings);
    return occurrences;
}

static struct outline outline_of(const struct occurrences *occurrences)
{
    struct outline outline;

    outline_make(occurrences->items, occurrences->count, &world.arena, &outline);
    return outline;
}

static void each_text_in_turn_is_one_block_with_all_its_times(void **unused)
{
    static const char *const turns[] = {"one", "two"};
    static const struct place places[2];
    struct post *post = world_repeat(&world, "weekend", NULL, FRIDAY | SATURDAY);
    struct occurrences occurrences;
    struct outline outline;

    (void)unused;
    post->wording = (struct wording){.has_texts = true, .texts = {turns, places, 2}};
    post->account_count = 2;
    occurrences = plan_between("2026-12-01 00:00", "2026-12-13 00:00");
    outline = outline_of(&occurrences);
    assert_int_equal(occurrences.count, 2 * 4);
    assert_int_equal(outline.chapter_count, 1);
    assert_int_equal(outline.chapters[0].block_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(outline.chapters[0].blocks[i].card_count, 2);
        assert_int_equal(outline.chapters[0].blocks[i].time_count, 2 * 2);
    }
    for (size_t i = 0; i < occurrences.count; i++)
        assert_int_equal(outline.block_of[i], 1 + i / 2 % 2);
}

static void the_answers_of_a_thread_stand_in_their_posts_card(void **unused)
{
    static const struct thread_part answers[] = {{.text = "second"}, {.text = "third"}};
    struct occurrences occurrences;
    struct outline outline;
    struct post *post = world_post(&world, "thread", "first");

    (void)unused;
    world.accounts[0].limits.has_threads = true;
    post->wording.has_thread = true;
    post->wording.thread = answers;
    post->wording.thread_count = COUNT_OF(answers);
    occurrences = plan_between("2026-12-01 00:00", "2026-12-02 00:00");
    outline = outline_of(&occurrences);
    assert_int_equal(occurrences.count, 3);
    assert_int_equal(outline.chapters[0].blocks[0].card_count, 1);
    assert_int_equal(outline.chapters[0].blocks[0].cards[0].part_count, 3);
    assert_int_equal(outline.chapters[0].blocks[0].time_count, 1);
}

/* ---- the page ---- */

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (text = strstr(text, part); text; text = strstr(text + 1, part))
        count++;
    return count;
}

static const char *page_between(const char *from, const char *until)
{
    const struct occurrences occurrences = plan_between(from, until);
    const struct media_index none = {.count = 0};
    const struct calendar_page page = {.workspace = &world.set.workspace,
                                       .from = world_time(&world, from),
                                       .until = world_time(&world, until),
                                       .occurrences = occurrences.items,
                                       .count = occurrences.count,
                                       .findings = &world.findings,
                                       .media = &none};
    buffer_empty(&out);
    calendar_page_write(&page, &out);
    return out.bytes;
}

static void a_page_draws_a_text_once_and_names_all_its_days(void **unused)
{
    const char *page;

    (void)unused;
    (void)world_repeat(&world, "weekend", "the words of it", FRIDAY | SATURDAY);
    page = page_between("2026-12-01 00:00", "2027-02-01 00:00");
    assert_int_equal(strncmp(page, CALENDAR_PAGE_MARK, strlen(CALENDAR_PAGE_MARK)), 0);
    assert_int_equal(count_of(page, "class=\"text\" dir=\"auto\">the words of it</div>"), 1);
    assert_int_equal(count_of(page, "<section class=\"month\">"), 2);
    assert_int_equal(count_of(page, "href=\"#traffic/weekend\""), 18);
    assert_int_equal(count_of(page, "<section class=\"month\">\n<h3>December 2026</h3>"), 1);
}

static void a_page_of_nothing_says_so(void **unused)
{
    (void)unused;
    assert_non_null(strstr(page_between("2026-12-01 00:00", "2026-12-08 00:00"),
                           "Nothing goes out in this time."));
}

static void a_platform_without_a_look_of_its_own_is_drawn_plainly(void **unused)
{
    const char *page;

    (void)unused;
    world_post(&world, "helmet", "words")->accounts = &world.all[3];
    page = page_between("2026-12-01 00:00", "2026-12-02 00:00");
    assert_non_null(strstr(page, "<article class=\"u card a3 no"));
    assert_non_null(strstr(page, "</i> film <span>film</span>"));
}

static void a_short_window_shows_its_weeks_alone(void **unused)
{
    (void)unused;
    (void)world_post(&world, "helmet", "words");
    assert_int_equal(
        count_of(page_between("2026-12-01 00:00", "2026-12-03 00:00"), "<li class=\"day"), 6);
}

int main(void)
{
#define TEXT(test) cmocka_unit_test_setup_teardown(test, open_html, close_html)
    const struct CMUnitTest texts[] = {
        TEXT(no_text_becomes_markup),
        TEXT(numbers_and_nothing_are_printed_as_they_are),
        TEXT(a_picture_stands_in_the_page_itself),
        TEXT(links_and_tags_are_marked_as_the_platform_does),
        TEXT(what_is_too_long_is_one_mark_to_the_end),
    };
#define PLAN(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest plans[] = {
        PLAN(each_text_in_turn_is_one_block_with_all_its_times),
        PLAN(the_answers_of_a_thread_stand_in_their_posts_card),
        PLAN(a_page_draws_a_text_once_and_names_all_its_days),
        PLAN(a_page_of_nothing_says_so),
        PLAN(a_platform_without_a_look_of_its_own_is_drawn_plainly),
        PLAN(a_short_window_shows_its_weeks_alone),
    };

    return cmocka_run_group_tests_name("text", texts, NULL, NULL) +
           cmocka_run_group_tests_name("page", plans, open_html, close_html);
}

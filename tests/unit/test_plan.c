/* campaign/plan: which deliveries follow from the files, and which of them stand still. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "campaign_world.h"

enum { TUESDAY = 1 << 1, FRIDAY = 1 << 4, SATURDAY = 1 << 5, SUNDAY = 1 << 6 };

static struct world world;

static int open_world(void **zone)
{
    world_open(&world, *zone ? *zone : "Asia/Kolkata");
    return 0;
}

static int close_world(void **unused)
{
    (void)unused;
    world_close(&world);
    return 0;
}

static struct plan plan_between(const char *from, const char *until)
{
    struct plan plan;

    plan_build(&world.set, world_time(&world, from), world_time(&world, until), world.facts,
               world.fact_count, &world.arena, &plan, &world.findings);
    return plan;
}

/* "traffic/a@once/toots held, ..." */
static const char *names_of(const struct plan *plan)
{
    char *names = arena_text(&world.arena, "");

    for (size_t i = 0; i < plan->count; i++) {
        const struct planned *item = &plan->items[i];

        names = arena_printf(&world.arena, "%s%s%s%s%s%s\n", names,
                             delivery_name(&item->delivery, &world.arena), item->held_by ? " " : "",
                             item->held_by ? item->held_by : "", item->held_name ? " " : "",
                             item->held_name ? item->held_name : "");
    }
    return names;
}

static void the_window_holds_its_beginning_and_not_its_end(void **unused)
{
    struct plan plan;

    (void)unused;
    (void)world_post(&world, "helmet", "text");
    plan = plan_between("2026-12-01 09:30", "2026-12-02 09:30");
    assert_string_equal(names_of(&plan), "traffic/helmet@once/toots\n");
    plan = plan_between("2026-12-01 09:31", "2026-12-02 09:30");
    assert_int_equal(plan.count, 0);
    plan = plan_between("2026-11-01 09:30", "2026-12-01 09:30");
    assert_int_equal(plan.count, 0);
}

static void a_repeat_has_one_delivery_for_each_slot_and_account(void **unused)
{
    struct post *post = world_repeat(&world, "weekend", "text", FRIDAY | SATURDAY);
    struct plan plan;

    (void)unused;
    post->account_count = 2;
    plan = plan_between("2026-12-04 00:00", "2026-12-07 00:00");
    assert_string_equal(names_of(&plan), "traffic/weekend@2026-12-04T19:00/toots\n"
                                         "traffic/weekend@2026-12-04T19:00/wing\n"
                                         "traffic/weekend@2026-12-05T19:00/toots\n"
                                         "traffic/weekend@2026-12-05T19:00/wing\n");
    assert_int_equal(plan.items[0].delivery.at.ms, world_time(&world, "2026-12-04 19:00").ms);
    assert_int_equal(plan.items[0].delivery.useful_until.ms,
                     world_time(&world, "2026-12-04 21:00").ms);
}

static void texts_turn_by_slot_and_are_rendered_once(void **unused)
{
    static const char *const turns[] = {"one", "two"};
    static const struct place places[2];
    struct post *post = world_repeat(&world, "weekend", NULL, FRIDAY | SATURDAY);
    struct plan plan;

    (void)unused;
    post->wording.has_text = false;
    post->wording.has_texts = true;
    post->wording.texts = (struct texts){turns, places, 2};
    plan = plan_between("2026-12-04 00:00", "2026-12-14 00:00");
    assert_int_equal(plan.count, 4);
    for (size_t i = 0; i < plan.count; i++)
        assert_string_equal(plan.items[i].rendered->content.text, turns[i % 2]);
    assert_ptr_equal(plan.items[0].rendered, plan.items[2].rendered);
    assert_ptr_not_equal(plan.items[0].rendered, plan.items[1].rendered);
}

static void drafts_and_skipped_accounts_are_left_out(void **unused)
{
    static const struct override skip[] = {
        {.target = "wing", .is_account = true, .wording = {.has_skip = true, .skip = true}}};
    struct post *post = world_post(&world, "a", "a");
    struct plan plan;

    (void)unused;
    post->account_count = 2;
    post->overrides = skip;
    post->override_count = 1;
    world_post(&world, "b", "b")->draft = true;
    plan = plan_between("2026-12-01 00:00", "2026-12-02 00:00");
    assert_string_equal(names_of(&plan), "traffic/a@once/toots\n");
}

static void the_order_is_time_then_name(void **unused)
{
    struct plan plan;

    (void)unused;
    (void)world_post(&world, "b", "1");
    (void)world_post(&world, "a-b", "2");
    (void)world_post(&world, "a", "3");
    world_post(&world, "early", "4")->at_instant.ms -= 60000;
    plan = plan_between("2026-12-01 00:00", "2026-12-02 00:00");
    /* "a-b@" comes before "a@", as in the whole name */
    assert_string_equal(names_of(&plan), "traffic/early@once/toots\ntraffic/a-b@once/toots\n"
                                         "traffic/a@once/toots\ntraffic/b@once/toots\n");
}

static void the_same_files_give_the_same_plan(void **unused)
{
    struct plan first, second;

    (void)unused;
    world_repeat(&world, "weekend", "text", FRIDAY)->account_count = 3;
    (void)world_post(&world, "a", "text");
    first = plan_between("2026-12-01 00:00", "2027-03-01 00:00");
    second = plan_between("2026-12-01 00:00", "2027-03-01 00:00");
    assert_string_equal(names_of(&first), names_of(&second));
    for (size_t i = 0; i < first.count; i++)
        assert_string_equal(first.items[i].delivery.content, second.items[i].delivery.content);
}

static void two_posts_that_say_the_same_are_not_both_sent(void **unused)
{
    struct post *later;
    struct plan plan;

    (void)unused;
    (void)world_post(&world, "a", "हेलमेट पहनें");
    later = world_post(&world, "b", "हेलमेट   पहनें");
    later->at_instant = world_time(&world, "2026-12-31 09:29");
    plan = plan_between("2026-12-01 00:00", "2027-02-01 00:00");
    assert_string_equal(names_of(&plan),
                        "traffic/a@once/toots\ntraffic/b@once/toots never-twice traffic/a\n");
    assert_string_equal(world_codes(&world), "W701 ");
    /* Seen also when the first one lies before the window. */
    plan = plan_between("2026-12-20 00:00", "2027-02-01 00:00");
    assert_string_equal(names_of(&plan), "traffic/b@once/toots never-twice traffic/a\n");
    /* Twins: 30 days apart; `again`; another account. */
    later->at_instant = world_time(&world, "2026-12-31 09:30");
    plan = plan_between("2026-12-01 00:00", "2027-02-01 00:00");
    assert_null(plan.items[1].held_by);
    later->at_instant = world_time(&world, "2026-12-02 09:30");
    later->again = true;
    plan = plan_between("2026-12-01 00:00", "2027-02-01 00:00");
    assert_null(plan.items[1].held_by);
    later->again = false;
    later->accounts = &world.all[1];
    plan = plan_between("2026-12-01 00:00", "2027-02-01 00:00");
    assert_null(plan.items[1].held_by);
}

/* Twins across the edges of slices and pages, repeats, one moment: the same in the same order. */
static void pages_are_the_whole_plan(void **unused)
{
    struct instant from = world_time(&world, "2026-12-01 00:00");
    struct instant until = world_time(&world, "2027-11-01 00:00");
    struct plan_pages *pages;
    struct plan whole, page, all = {0};
    char id[17];

    (void)unused;
    for (int i = 0; i < 6; i++) {
        struct post *post = world_post(&world, arena_printf(&world.arena, "p%d", i),
                                       arena_printf(&world.arena, "text %d", i % 2));
        post->at_instant = instant_plus(post->at_instant, span_days(i * 14));
    }
    (void)world_repeat(&world, "daily", "again and again", 127);
    (void)world_repeat(&world, "weekly", "text 1", 1);
    whole = plan_between("2026-12-01 00:00", "2027-11-01 00:00");
    pages = plan_pages_new(plan_texts_new(&world.set, world.facts, world.fact_count, &world.arena),
                           from, until);
    while (plan_pages_next(pages, 7, &world.arena, &page)) {
        assert_true(page.count <= 7);
        for (size_t i = 0; i < page.count; i++) {
            *(struct planned *)arena_push(&world.arena, &all.items, &all.count, &all.capacity,
                                          sizeof *all.items) = page.items[i];
            assert_true(plan_pages_have(pages, page.items[i].delivery.id));
        }
    }
    assert_true(whole.count > 300);
    assert_int_equal(plan_pages_count(pages), whole.count);
    assert_string_equal(names_of(&all), names_of(&whole));
    assert_non_null(strstr(names_of(&all), REASON_NEVER_TWICE));
    memcpy(id, whole.items[0].delivery.id, sizeof id);
    id[0] = id[0] == 'f' ? '0' : 'f';
    assert_false(plan_pages_have(pages, id));
    plan_pages_free(pages);
}

static void never_twice_goes_by_the_public_identity(void **unused)
{
    struct post *other;
    struct plan plan;

    (void)unused;
    world_post(&world, "a", "text")->accounts = &world.all[1]; /* "Police" */
    other = world_post(&world, "b", "text");
    other->accounts = &world.all[2]; /* "police" */
    other->at_instant.ms += 60000;
    plan = plan_between("2026-12-01 00:00", "2026-12-02 00:00");
    assert_string_equal(plan.items[1].held_by, REASON_NEVER_TWICE);
    assert_string_equal(account_identity_key(&world.accounts[1], &world.arena), "mastodon||police");
    world.accounts[2].server = "other.example";
    plan = plan_between("2026-12-01 00:00", "2026-12-02 00:00");
    assert_null(plan.items[1].held_by);
}

static void occurrences_of_one_post_may_say_the_same(void **unused)
{
    struct plan plan;

    (void)unused;
    (void)world_repeat(&world, "weekend", "text", FRIDAY | SATURDAY);
    plan = plan_between("2026-12-04 00:00", "2026-12-20 00:00");
    assert_true(plan.count > 3);
    for (size_t i = 0; i < plan.count; i++)
        assert_null(plan.items[i].held_by);
}

static struct occurrence only_occurrence(void)
{
    struct plan_texts *texts = plan_texts_new(&world.set, NULL, 0, &world.arena);
    struct occurrences occurrences;

    plan_occurrences(texts, world_time(&world, "2026-12-01 00:00"),
                     world_time(&world, "2026-12-03 00:00"), &world.arena, &occurrences, NULL);
    assert_int_equal(occurrences.count, 1);
    return occurrences.items[0];
}

static void quiet_hours_make_wait_or_hold(void **unused)
{
    struct post *post = world_post(&world, "night", "text");
    struct occurrence occurrence;

    (void)unused;
    world.set.workspace.quiet = (struct quiet){
        .set = true, .from_s = 22 * 3600, .to_s = 7 * 3600, .allow = urgency_bit(URGENCY_URGENT)};
    post->at_instant = world_time(&world, "2026-12-01 05:00");
    occurrence = only_occurrence();
    assert_string_equal(occurrence.held_by, REASON_QUIET);
    assert_int_equal(occurrence.waits_until.ms, world_time(&world, "2026-12-01 07:00").ms);
    post->useful_for = span_seconds(7199);
    assert_true(instant_is_none(only_occurrence().waits_until));
    post->urgency = URGENCY_URGENT;
    assert_null(only_occurrence().held_by);
    post->urgency = URGENCY_AWARENESS;
    post->at_instant = world_time(&world, "2026-12-01 07:00");
    assert_null(only_occurrence().held_by);
}

static void a_blackout_holds_with_its_name(void **unused)
{
    static const struct blackout mourning[] = {
        {"state mourning", {2026, 12, 1, 7, 0, 0}, {2026, 12, 1, 9, 30, 0}, 0}};
    struct post *post = world_post(&world, "p", "text");
    struct occurrence occurrence;

    (void)unused;
    world.set.workspace.blackouts = mourning;
    world.set.workspace.blackout_count = 1;
    occurrence = only_occurrence();
    assert_string_equal(occurrence.held_by, REASON_BLACKOUT);
    assert_string_equal(occurrence.held_name, "state mourning");
    post->at_instant = world_time(&world, "2026-12-01 09:31");
    assert_null(only_occurrence().held_by);
    /* What would wait for the morning would wait into the blackout. */
    world.set.workspace.quiet = (struct quiet){.set = true, .from_s = 22 * 3600, .to_s = 7 * 3600};
    post->at_instant = world_time(&world, "2026-12-01 06:00");
    occurrence = only_occurrence();
    assert_string_equal(occurrence.held_by, REASON_BLACKOUT);
    assert_true(instant_is_none(occurrence.waits_until));
}

/* In Berlin clocks go forward on 2027-03-28 at 02:00 and back on 2027-10-31 at 03:00. */
static void a_slot_in_a_change_of_the_clocks_is_an_error_and_no_delivery(void **unused)
{
    struct post *post = world_repeat(&world, "night", "text", SUNDAY);
    struct plan plan;

    (void)unused;
    post->repeat.times_s[0] = 2 * 3600 + 1800;
    plan = plan_between("2027-03-20 00:00", "2027-04-10 00:00");
    assert_string_equal(names_of(&plan), "traffic/night@2027-03-21T02:30/toots\n"
                                         "traffic/night@2027-04-04T02:30/toots\n");
    assert_string_equal(world_codes(&world), "E702 ");
    plan = plan_between("2027-10-30 00:00", "2027-11-08 00:00");
    assert_string_equal(names_of(&plan), "traffic/night@2027-11-07T02:30/toots\n");
    assert_string_equal(world_codes(&world), "E702 E702 ");
}

static void the_author_is_unknown_where_others_can_write(void **unused)
{
    static const struct media_item items[] = {{.file = "a.png", .alt = "a"}};
    static const struct {
        uint32_t mode, media_owner, media_mode;
        int64_t author;
    } cases[] = {
        {0644, 1000, 0644, 1000}, {0664, 1000, 0644, -1}, {0646, 1000, 0644, -1},
        {0644, 1001, 0644, -1},   {0644, 0, 0644, 1000},  {0644, 1000, 0664, -1},
    };
    struct media_facts facts = {.file = "a.png", .readable = true, .mime = "image/png"};
    struct post *post = world_post(&world, "p", "text");

    (void)unused;
    post->wording.media = items;
    post->wording.media_count = 1;
    world.facts = &facts;
    world.fact_count = 1;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct plan plan;

        world.campaign.stamp = (struct file_stamp){.owner = 1000, .mode = cases[i].mode};
        facts.stamp =
            (struct file_stamp){.owner = cases[i].media_owner, .mode = cases[i].media_mode};
        plan = plan_between("2026-12-01 00:00", "2026-12-02 00:00");
        assert_int_equal(plan.items[0].delivery.author, cases[i].author);
        assert_int_equal(plan.items[0].delivery.lead.ms, 600000);
    }
}

static void approvals_decide_the_first_state(void **unused)
{
    (void)unused;
    (void)world_post(&world, "p", "text");
    assert_int_equal(plan_between("2026-12-01 00:00", "2026-12-02 00:00").items[0].delivery.state,
                     STATE_READY);
    world.accounts[0].approvals = 1;
    assert_int_equal(plan_between("2026-12-01 00:00", "2026-12-02 00:00").items[0].delivery.state,
                     STATE_PLANNED);
}

static void media_are_listed_once(void **unused)
{
    static const struct media_item items[] = {{.file = "b.png"}, {.file = "a.png"}};
    static const struct media_item other[] = {{.file = "c.png"}, {.file = "a.png"}};
    static const struct override overrides[] = {
        {.target = "film", .wording = {.has_media = true, .media = other, .media_count = 2}}};
    const char *const *files;
    struct post *post = world_post(&world, "p", "text");
    size_t count;

    (void)unused;
    post->wording.media = items;
    post->wording.media_count = 2;
    post->overrides = overrides;
    post->override_count = 1;
    plan_media(&world.set, &world.arena, &files, &count);
    assert_int_equal(count, 3);
    assert_string_equal(files[0], "a.png");
    assert_string_equal(files[2], "c.png");
}

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct media_facts picture(const char *file, const char *mime, const char *const *metadata)
{
    return (struct media_facts){.file = file,
                                .readable = true,
                                .sha256 = HASH,
                                .mime = mime,
                                .width = 30,
                                .height = 40,
                                .metadata = metadata};
}

static void what_is_not_made_is_listed_once(void **unused)
{
    static const char *const gps[] = {"gps", NULL};
    static const struct rendition made[] = {
        {.recipe = "v1 image/jpeg 30x40 most 16777216", .sha256 = HASH, .mime = "image/jpeg"}};
    static const struct media_item items[] = {{.file = "b.jpg"},       {.file = "a.jpg"},
                                              {.file = "clean.jpg"},   {.file = "made.jpg"},
                                              {.file = "unseen.heic"}, {.file = "gone.jpg"}};
    struct media_facts facts[] = {picture("a.jpg", "image/jpeg", gps),
                                  picture("b.jpg", "image/jpeg", gps),
                                  picture("clean.jpg", "image/jpeg", NULL),
                                  picture("made.jpg", "image/jpeg", gps),
                                  picture("unseen.heic", "image/heic", NULL)};
    const struct unmade *unmade;
    struct plan_texts *texts;
    size_t count;

    (void)unused;
    facts[3].renditions = made;
    facts[3].rendition_count = 1;
    facts[4].width = facts[4].height = 0;
    for (const char *id = "pq"; *id; id++) {
        struct post *post = world_post(&world, *id == 'p' ? "p" : "q", "text");

        post->accounts = &world.all[0];
        post->account_count = 2;
        post->wording.media = items;
        post->wording.media_count = COUNT_OF(items);
    }
    texts = plan_texts_new(&world.set, facts, COUNT_OF(facts), &world.arena);
    plan_unmade(texts, &world.arena, &unmade, &count);
    assert_int_equal(count, 0); /* of texts that were rendered */
    for (size_t p = 0; p < 2; p++)
        for (size_t a = 0; a < 2; a++)
            (void)plan_texts_get(texts, 0, p, a, 0);
    plan_unmade(texts, &world.arena, &unmade, &count);
    assert_int_equal(count, 2);
    assert_string_equal(unmade[0].facts->file, "a.jpg");
    assert_string_equal(unmade[1].facts->file, "b.jpg");
    assert_string_equal(unmade[1].recipe, "v1 image/jpeg 30x40 most 16777216");
}

static void what_takes_long_is_listed_last(void **unused)
{
    static const struct media_limit taken[] = {{.mime = "image/jpeg"}, {.mime = "video/mp4"}, {0}};
    static const struct media_item items[] = {{.file = "a.webm"},
                                              {.file = "b.webm"},
                                              {.file = "z.jpg"}};
    static const char *const gps[] = {"gps", NULL};
    static const struct video_facts inside = {
        .codec = "vp9", .sound = "", .pixels = "yuv420p", .frame_rate = 25000};
    struct media_facts facts[] = {picture("a.webm", "video/webm", gps),
                                  picture("b.webm", "video/webm", gps),
                                  picture("z.jpg", "image/jpeg", gps)};
    struct post *post = world_post(&world, "p", "text");
    const struct unmade *unmade;
    struct plan_texts *texts;
    size_t count;

    (void)unused;
    world.accounts[0].limits.media = taken;
    for (size_t i = 0; i < 2; i++) {
        facts[i].video = &inside;
        facts[i].duration_ms = i == 0 ? 36000000 : 4000;
    }
    post->accounts = &world.all[0];
    post->account_count = 1;
    post->wording.media = items;
    post->wording.media_count = COUNT_OF(items);
    texts = plan_texts_new(&world.set, facts, COUNT_OF(facts), &world.arena);
    (void)plan_texts_get(texts, 0, 0, 0, 0);
    plan_unmade(texts, &world.arena, &unmade, &count);
    assert_int_equal(count, 3);
    assert_string_equal(unmade[0].facts->file, "z.jpg");
    assert_string_equal(unmade[1].facts->file, "b.webm");
    assert_string_equal(unmade[2].facts->file, "a.webm");
}

static char berlin[] = "Europe/Berlin";
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_window_holds_its_beginning_and_not_its_end),
        TEST(a_repeat_has_one_delivery_for_each_slot_and_account),
        TEST(texts_turn_by_slot_and_are_rendered_once),
        TEST(drafts_and_skipped_accounts_are_left_out),
        TEST(the_order_is_time_then_name),
        TEST(the_same_files_give_the_same_plan),
        TEST(two_posts_that_say_the_same_are_not_both_sent),
        TEST(pages_are_the_whole_plan),
        TEST(never_twice_goes_by_the_public_identity),
        TEST(occurrences_of_one_post_may_say_the_same),
        TEST(quiet_hours_make_wait_or_hold),
        TEST(a_blackout_holds_with_its_name),
        cmocka_unit_test_prestate_setup_teardown(
            a_slot_in_a_change_of_the_clocks_is_an_error_and_no_delivery, open_world, close_world,
            berlin),
        TEST(the_author_is_unknown_where_others_can_write),
        TEST(approvals_decide_the_first_state),
        TEST(media_are_listed_once),
        TEST(what_is_not_made_is_listed_once),
        TEST(what_takes_long_is_listed_last),
    };

    return cmocka_run_group_tests_name("campaign/plan", tests, NULL, NULL);
}

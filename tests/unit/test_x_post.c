/* What X shows of a post against what was sent; the machines `find` and `retract`. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/x.h"
#include "support/adapter_test.h"

#define URL(brief, whole)                                                                          \
    "{\"url\":\"https://t.co/" brief "\",\"expanded_url\":\"" whole "\",\"display_url\":\"d\"}"
#define PICTURE(brief)                                                                             \
    "{\"url\":\"https://t.co/" brief "\",\"expanded_url\":"                                        \
    "\"https://x.com/police/status/9/photo/1\",\"display_url\":\"x.com/" brief "\"}"

static struct platform_job text;

static int start(void **state)
{
    (void)state;
    platform_job_make(&text, &x, 0);
    return 0;
}

static struct step tell(machine asked, const char *stored, int status, const char *body)
{
    struct http_reply reply = reply_in_table(status, body);

    return machine_asked(asked, &text.job, stored, &reply, &arena);
}

static bool shows(const char *ours, const char *theirs)
{
    const json_t *post = json_in_arena(json_loads(theirs, 0, NULL), &arena);

    assert_non_null(post);
    text.content.text = ours;
    return x_shows(&text.job, post, &arena);
}

/* ---- texts ---- */

struct row {
    const char *ours, *theirs; /* members of a post */
    bool same;
};

static void a_text_is_compared_as_it_was_before_x_changed_it(void **state)
{
    static const struct row rows[] = {
        {"नमस्ते", "\"text\":\"नमस्ते\"", true},
        {"नमस्ते", "\"text\":\"नमस्ते!\"", false},
        {"नमस्ते", "\"text\":\"\"", false},
        {"नमस्ते", "\"lang\":\"hi\"", false},
        {"  नमस्ते\n", "\"text\":\"नमस्ते\"", true},
        {"a & b < c > d", "\"text\":\"a &amp; b &lt; c &gt; d\"", true},
        {"&lt;", "\"text\":\"&amp;lt;\"", true},
        {"<", "\"text\":\"&amp;lt;\"", false},
        {"क़िला", "\"text\":\"\xe0\xa5\x98िला\"", true}, /* NFC lengthens it */
        {"देखें https://example.gov.in/a?b=1&c=2",
         "\"text\":\"देखें https://t.co/abc\",\"entities\":{\"urls\":[" URL(
             "abc", "https://example.gov.in/a?b=1&c=2") "]}",
         true},
        {"देखें https://example.gov.in/a",
         "\"text\":\"देखें https://t.co/abc\",\"entities\":{\"urls\":[" URL(
             "abc", "https://example.gov.in/b") "]}",
         false},
        {"देखें https://example.gov.in/a", "\"text\":\"देखें https://t.co/abc\"", false},
        {"cybercrime.gov.in पर",
         "\"text\":\"https://t.co/abc पर\",\"entities\":{\"urls\":[" URL(
             "abc", "http://cybercrime.gov.in") "]}",
         true},
        {"CyberCrime.gov.in पर",
         "\"text\":\"https://t.co/abc पर\",\"entities\":{\"urls\":[" URL(
             "abc", "https://cybercrime.gov.in/") "]}",
         true},
        {"https://a.in https://b.in",
         "\"text\":\"https://t.co/1 https://t.co/2\",\"entities\":{\"urls\":[" URL(
             "1", "https://a.in") "," URL("2", "https://b.in") "]}",
         true},
        {"नमस्ते", "\"text\":\"नमस्ते https://t.co/p\",\"entities\":{\"urls\":[" PICTURE("p") "]}",
         true},
        {"देखें https://x.com/police/status/8/photo/1",
         "\"text\":\"देखें https://t.co/p\",\"entities\":{\"urls\":[" URL(
             "p", "https://x.com/police/status/8/photo/1") "]}",
         true}, /* of another post, and typed */
        {"a long text", "\"text\":\"a lo…\",\"note_tweet\":{\"text\":\"a long text\"}", true},
        {"a long text", "\"text\":\"a lo…\",\"note_post\":{\"text\":\"a long text\"}", true},
        {"a long text", "\"text\":\"a lo…\",\"note_tweet\":{\"text\":\"another\"}", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *post = arena_printf(&arena, "{\"id\":\"9\",%s}", rows[i].theirs);

        if (shows(rows[i].ours, post) != rows[i].same)
            fail_msg("row %zu: %s, %s", i, rows[i].ours, rows[i].theirs);
    }
}

static void another_parent_or_number_of_media_is_another_post(void **state)
{
    static const char said[] = "नमस्ते";
    static const struct {
        const char *parent, *more;
        bool same;
    } rows[] = {
        {NULL, "", true},
        {NULL, ",\"conversation_id\":\"9\"", true},
        {NULL, ",\"conversation_id\":\"5\"", false},
        {NULL, ",\"referenced_tweets\":[{\"type\":\"replied_to\",\"id\":\"5\"}]", false},
        {NULL, ",\"referenced_tweets\":[{\"type\":\"retweeted\",\"id\":\"5\"}]", false},
        {NULL, ",\"referenced_posts\":[{\"type\":\"quoted\",\"id\":\"5\"}]", false},
        {NULL, ",\"attachments\":{\"media_keys\":[\"3_1\"]}", false},
        {"7", ",\"referenced_tweets\":[{\"type\":\"replied_to\",\"id\":\"7\"}]", true},
        {"7", ",\"referenced_posts\":[{\"type\":\"replied_to\",\"id\":\"7\"}]", true},
        {"7", ",\"referenced_tweets\":[{\"type\":\"replied_to\",\"id\":\"8\"}]", false},
        {"7", "", false},
        {"7", ",\"conversation_id\":\"6\"", true}, /* it tells no more than that */
        {"7", ",\"conversation_id\":\"5\"", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        text.content.parent = rows[i].parent ? "1" : NULL;
        text.job.parent_id = rows[i].parent;
        text.job.root_id = rows[i].parent ? "6" : NULL;
        if (shows(said, arena_printf(&arena, "{\"id\":\"9\",\"text\":\"%s\"%s}", said,
                                     rows[i].more)) != rows[i].same)
            fail_msg("row %zu", i);
    }
}

static void the_first_of_a_thread_is_not_one_of_its_answers(void **state)
{
    (void)state;
    text.content.parent = "1";
    text.job.parent_id = text.job.root_id = "6";
    assert_true(shows("नमस्ते", "{\"id\":\"9\",\"text\":\"नमस्ते\",\"conversation_id\":\"6\"}"));
    assert_false(shows("नमस्ते", "{\"id\":\"6\",\"text\":\"नमस्ते\",\"conversation_id\":\"6\"}"));
}

static void the_mention_that_x_puts_before_an_answer_is_not_ours(void **state)
{
    static const char theirs[] =
        "{\"id\":\"9\",\"text\":\"@police नमस्ते\",\"referenced_tweets\":[{\"type\":"
        "\"replied_to\",\"id\":\"7\"}]}";

    (void)state;
    text.content.parent = "1";
    text.job.parent_id = "7";
    assert_true(shows("नमस्ते", theirs));
    assert_true(shows("@police नमस्ते", theirs));
    assert_false(shows("@mayor नमस्ते", theirs));
    text.content.parent = NULL;
    assert_false(shows("नमस्ते", "{\"id\":\"9\",\"text\":\"@police नमस्ते\"}"));
}

/* ---- find ---- */

#define FOUND(id, time, said)                                                                      \
    "{\"id\":\"" id "\",\"created_at\":\"2026-11-22T" time ".000Z\",\"text\":\"" said "\"}"
#define PAGE(posts, meta) "{\"data\":[" posts "],\"meta\":{" meta "}}"

static void own_posts_since_two_minutes_before_the_attempt_are_asked_for(void **state)
{
    struct step step = machine_asked(x.find, &text.job, "", NULL, &arena);

    (void)state;
    assert_int_equal(step.kind, STEP_SEND);
    assert_int_equal(step.request.kind, REQUEST_READ);
    assert_ptr_equal(strstr(step.request.path, "/2/users/42/tweets?tweet.fields="),
                     step.request.path);
    assert_non_null(strstr(step.request.path, "&max_results=20&start_time=2026-11-22T03:58:00Z"));
}

static void content_decides_and_never_the_newest(void **state)
{
    static const struct {
        const char *body;
        size_t found;
        const char *id;
    } rows[] = {
        {PAGE(FOUND("9", "04:00:00", "नमस्ते"), ""), 1, "9"},
        {PAGE(FOUND("9", "04:00:01", "और") "," FOUND("8", "04:00:00", "नमस्ते"), ""), 1, "8"},
        {PAGE(FOUND("9", "04:00:00", "नमस्ते!"), ""), 0, NULL},
        {PAGE(FOUND("9", "03:57:59", "नमस्ते"), ""), 0, NULL}, /* before the attempt */
        {PAGE(FOUND("9", "04:00:01", "नमस्ते") "," FOUND("8", "04:00:00", "नमस्ते"), ""), 2, "9"},
        {PAGE("", "\"result_count\":0"), 0, NULL},
        {"{\"meta\":{\"result_count\":0}}", 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step = tell(x.find, "{\"at\":\"searching\",\"kept\":{}}", 200, rows[i].body);

        assert_int_equal(step.kind, STEP_DONE);
        assert_int_equal(step.receipt.found, rows[i].found);
        if (rows[i].id)
            assert_string_equal(step.receipt.remote_id, rows[i].id);
        assert_false(step.receipt.absent); /* not found is no proof */
    }
}

static void at_most_three_pages_are_read(void **state)
{
    struct step step = machine_asked(x.find, &text.job, "", NULL, &arena);

    (void)state;
    for (int i = 0; i < 2; i++) {
        step = tell(x.find, step.progress, 200,
                    PAGE(FOUND("9", "04:00:00", "और"), "\"next_token\":\"n+1\""));
        assert_non_null(strstr(step.request.path, "&pagination_token=n%2B1"));
    }
    step = tell(x.find, step.progress, 200,
                PAGE(FOUND("8", "04:00:00", "नमस्ते"), "\"next_token\":\"n2\""));
    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(step.receipt.found, 1);
}

static void not_being_able_to_look_proves_nothing(void **state)
{
    static const struct {
        int status;
        const char *body;
        char letter;
    } rows[] = {
        {0, "", 'R'},     {-1, "", 'R'},        {200, "", 'R'},   {200, "{}", 'R'},
        {200, "[]", 'R'}, {200, "<html>", 'R'}, {400, "{}", 'R'}, {401, "", 'T'},
        {402, "{}", 'T'}, {403, "{}", 'T'},     {404, "{}", 'R'}, {429, "", 'R'},
        {500, "", 'R'},   {503, "<html>", 'R'},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step =
            tell(x.find, "{\"at\":\"searching\",\"kept\":{}}", rows[i].status, rows[i].body);

        if (step_letter(&step) != rows[i].letter)
            fail_msg("%d %s: %c", rows[i].status, rows[i].body, step_letter(&step));
    }
}

static void without_the_accounts_id_nobody_looks(void **state)
{
    (void)state;
    text.job.identity.remote_id = NULL;
    assert_int_equal(machine_asked(x.find, &text.job, "", NULL, &arena).kind, STEP_RETRY);
}

/* ---- retract ---- */

static void what_is_gone_is_taken_back(void **state)
{
    static const struct {
        int status;
        const char *body;
        char letter;
    } rows[] = {
        {200, "{\"data\":{\"deleted\":true}}", 'D'},
        {404, "{\"title\":\"Not Found Error\"}", 'D'},
        {404, "<html>", 'R'},
        {200, "{\"data\":{\"deleted\":false}}", 'R'},
        {200, "", 'R'},
        {-1, "", 'R'},
        {401, "", 'T'},
        {403, "{}", 'T'},
        {429, "", 'R'},
        {500, "", 'R'},
    };
    struct step step;

    (void)state;
    step = machine_asked(x.retract, &text.job, "", NULL, &arena);
    assert_int_equal(step.kind, STEP_REFUSED); /* no id */
    text.delivery.remote_id = "9";
    step = machine_asked(x.retract, &text.job, "", NULL, &arena);
    assert_string_equal(step.request.method, "DELETE");
    assert_string_equal(step.request.path, "/2/tweets/9");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        step = tell(x.retract, "", rows[i].status, rows[i].body);
        if (step_letter(&step) != rows[i].letter)
            fail_msg("%d %s: %c", rows[i].status, rows[i].body, step_letter(&step));
    }
}

static void a_drills_page_is_below_its_address(void **state)
{
    (void)state;
    assert_string_equal(x_page(&text.job, "9", &arena), "https://x.com/police/status/9");
    text.account.base_url = "http://127.0.0.1:8642/x";
    assert_string_equal(x_page(&text.job, "9", &arena), "http://127.0.0.1:8642/x/police/status/9");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_text_is_compared_as_it_was_before_x_changed_it),
        TEST(another_parent_or_number_of_media_is_another_post),
        TEST(the_first_of_a_thread_is_not_one_of_its_answers),
        TEST(the_mention_that_x_puts_before_an_answer_is_not_ours),
        TEST(own_posts_since_two_minutes_before_the_attempt_are_asked_for),
        TEST(content_decides_and_never_the_newest),
        TEST(at_most_three_pages_are_read),
        TEST(not_being_able_to_look_proves_nothing),
        TEST(without_the_accounts_id_nobody_looks),
        TEST(what_is_gone_is_taken_back),
        TEST(a_drills_page_is_below_its_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
